"""One statistic of all regions together: what every such function returns, and how it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed
from workbench.core.statistics import Statistic, normal_p
from workbench.core.vocabulary import one_row
from workbench.errors import check_option
from workbench.explore.permuted import check_permutations, permutation_p
from workbench.explore.variable import quadrants
from workbench.numerics.permutations.global_moran import single_slack, tail_counts
from workbench.typing import Alternative, FloatArray, Tolerance
from workbench.weights import Weights

NULL = "no spatial autocorrelation"
SCATTERPLOT, HISTOGRAM = "moran scatterplot", "permutation histogram"
SMALLEST_DEVIATION = 1e-6
# Of the expectation: below it the standard deviation is what rounding leaves of zero.


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GlobalResult:
    """A global statistic of spatial association with its moments and p-values; immutable.

    Attributes
    ----------
    variable : str
        As the caller wrote it; of two variables, both.
    test : Statistic
        The statistic as an object; the attributes below read from it.
    points : pandas.DataFrame
        What :meth:`augment` hands out copies of.
    simulated : ndarray, shape (permutations,)
        The statistic of the permuted values, in the order of permutations; read-only.
    notes : tuple of str
        What the reader must know: regions left out, or without neighbours.
    greater : str
        What ``alternative="greater"`` stands for; empty for Moran's I, where it is plain.
    axes : tuple of str
        What ``value`` and ``lag`` of :meth:`augment` are, for the axes of the scatterplot.
    drawn_as : str
        Picture that :meth:`plot` draws: ``"moran scatterplot"`` or ``"permutation histogram"``.
    """

    variable: str
    test: Statistic
    points: pd.DataFrame
    simulated: FloatArray
    notes: tuple[str, ...] = ()
    greater: str = ""
    axes: tuple[str, str] = ("value, standardised", "spatial lag of the standardised value")
    drawn_as: str = SCATTERPLOT

    @property
    def statistic(self) -> float:
        """The statistic: I, C, G or L."""
        return self.test.statistic

    @property
    def expected(self) -> float:
        """Its expectation under the null."""
        return float("nan") if self.test.expected is None else self.test.expected

    @property
    def variance(self) -> float:
        """Its variance under the null."""
        return float("nan") if self.test.variance is None else self.test.variance

    @property
    def z(self) -> float:
        """Its standard deviate; of Geary's C with the sign turned: positive is positive."""
        return float("nan") if self.test.z is None else self.test.z

    @property
    def p_value(self) -> float:
        """P-value from the normal approximation of the standard deviate."""
        return self.test.p_value

    @property
    def p_permutation(self) -> float | None:
        """P-value from the permutations; None if none were drawn."""
        return self.test.p_permutation

    @property
    def alternative(self) -> Alternative:
        """Alternative hypothesis of both p-values."""
        return self.test.alternative

    @property
    def null(self) -> str:
        """The null hypothesis in words."""
        return self.test.null

    @property
    def permutations(self) -> int:
        """Number of permutations R."""
        return len(self.simulated)

    @property
    def provenance(self) -> Provenance:
        """What produced the result."""
        return self.test.provenance or Provenance(method=self.test.name)

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "permutation" if self.permutations else "closed form"

    @property
    def heading(self) -> str:
        """Name of the statistic and the variable."""
        return say("{name} of {variable}", name=say(self.test.name), variable=self.variable)

    def tidy(self) -> pd.DataFrame:
        """Return one row: statistic, moments, p-values, alternative and null.

        Where it needs saying, ``greater`` says what ``alternative="greater"`` stands for.
        """
        row = self.test.tidy()
        return row.assign(greater=self.greater) if self.greater else row

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, permutations, alternative, weights."""
        return one_row(
            nobs=len(self.points),
            permutations=self.permutations,
            alternative=self.alternative,
            weights=str((self.provenance.weights or {}).get("digest", "")),
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region: ``value lag quadrant``.

        ``value`` is standardised (mean 0, variance 1 with divisor n) and ``lag`` the weighted sum
        of the neighbours' values, of two variables those of the second; regions without
        neighbours have no lag (NaN) and the quadrant ``isolated``.
        """
        return self.points.copy()

    def plot(self, *, title: str | None = None) -> Any:
        """Return the Moran scatterplot, or the permuted statistics around the observed one.

        For options see ``views.charts.moran_scatterplot`` and
        ``views.permutations.permutation_histogram``.
        """
        return display.picture(self.drawn_as, self, title=title)

    def __str__(self) -> str:
        return display.text(self.heading, [("", self.tidy().T)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, [("", self.tidy())], self.notes)


@dataclass(frozen=True, slots=True)
class Plan:
    """How p-values are taken: permutations R, their seed, and the alternative; checked."""

    permutations: int
    seed: int
    alternative: Alternative

    def __post_init__(self) -> None:
        check_option("alternative", self.alternative, Alternative)
        check_permutations(self.permutations, none_allowed=True)
        check_seed(self.seed)


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """A statistic, its moments and its permuted values, before p-values are taken.

    Attributes
    ----------
    name : str
        What the literature calls it.
    statistic, expected, variance : float
    simulated : ndarray, shape (R,)
        Permuted values, none for R = 0.
    rounding : float
        Statistics closer than this are ties.
    assumptions : str
        What the moments take for granted.
    null : str
    sign : int
        −1 where small values of the statistic are what ``"greater"`` stands for.
    floor : float
        Share of the expectation up to which a standard deviation is what rounding leaves of zero.
    """

    name: str
    statistic: float
    expected: float
    variance: float
    simulated: FloatArray
    rounding: float
    assumptions: str
    null: str = NULL
    sign: int = 1
    floor: float = SMALLEST_DEVIATION

    def tails(self, regions: int) -> tuple[int, int]:
        """Count permuted values at least, and at most, as large; turned with the sign."""
        slack = self.rounding + single_slack(self.simulated, regions)
        at_least, at_most = tail_counts(self.statistic, self.simulated, slack=slack)
        return (at_least, at_most) if self.sign > 0 else (at_most, at_least)

    def deviate(self) -> float:
        """Return the standard deviate; not a number where the statistic cannot vary."""
        deviation = float(np.sqrt(max(self.variance, 0.0)))
        if deviation <= self._least():
            return float("nan")
        return self.sign * (self.statistic - self.expected) / deviation

    def why_none(self) -> str:
        """Return why there is no standard deviate."""
        return NEGATIVE if self.variance < -(self._least() ** 2) else CANNOT_VARY

    def _least(self) -> float:
        return max(self.rounding, self.floor * abs(self.expected))


@dataclass(frozen=True, slots=True, eq=False)
class About:
    """What a statistic is about: names, weights, points, notes and how it is shown."""

    variable: str
    weights: Weights
    points: pd.DataFrame
    notes: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    greater: str = ""
    axes: tuple[str, str] | None = None
    drawn_as: str = SCATTERPLOT


def conclude(computed: Computed, plan: Plan, about: About) -> GlobalResult:
    """Take both p-values and put the result together with its notes and provenance."""
    z = computed.deviate()
    stuck = (computed.why_none(),) if np.isnan(z) else ()
    notes = (*about.notes, *stuck)
    computed.simulated.setflags(write=False)
    test = Statistic(
        name=computed.name,
        statistic=computed.statistic,
        null=computed.null,
        p_value=normal_p(z, plan.alternative),
        alternative=plan.alternative,
        distribution="normal",
        expected=computed.expected,
        variance=computed.variance,
        z=z,
        p_permutation=p_permutation_of(computed, plan, regions=len(about.weights.ids)),
        permutations=plan.permutations or None,
        assumptions=computed.assumptions,
        provenance=provenance_of(
            computed.name, about.variable, plan, about.weights, notes=notes, options=about.options
        ),
    )
    axes = (f"{about.variable}, standardised", "spatial lag of the standardised value")
    return GlobalResult(
        about.variable,
        test,
        about.points,
        computed.simulated,
        notes,
        about.greater,
        about.axes or axes,
        about.drawn_as,
    )


CANNOT_VARY = (
    "every arrangement of the values gives the same statistic under these weights, to rounding: "
    "there is no standard deviate and no p-value from it"
)
NEGATIVE = (
    "so few regions have neighbours that the approximate variance is negative: there is no "
    "standard deviate and no p-value from it; go by the permutation p-value"
)


def p_permutation_of(computed: Computed, plan: Plan, *, regions: int) -> float | None:
    """Return the permutation p-value of a statistic, or None without permutations."""
    if not plan.permutations:
        return None
    return float(permutation_p(*computed.tails(regions), plan.permutations, plan.alternative))


def provenance_of(
    method: str,
    formula: str,
    plan: Plan,
    weights: Weights,
    *,
    notes: tuple[str, ...],
    options: Mapping[str, str],
) -> Provenance:
    """Return the provenance of a statistic of regions under a plan."""
    return Provenance(
        method=method,
        formula=formula,
        nobs=len(weights.ids),
        ids_digest=weights.ids_digest,
        weights=weights.described,
        seed=int(plan.seed) if plan.permutations else None,
        notes=notes,
        options={
            "permutations": str(plan.permutations),
            "alternative": plan.alternative,
            **options,
        },
    )


def scatter_points(
    values: FloatArray, weights: Weights, *, lagged: FloatArray | None = None
) -> pd.DataFrame:
    """Return a row a region: standardised value, lag (of `lagged`, if given) and quadrant."""
    z = _standardised(values)
    around = z if lagged is None else _standardised(lagged)
    W = weights.sparse
    lag = np.where(np.diff(W.indptr) > 0, W @ around, np.nan)
    index = pd.Index(weights.ids, name=weights.ids.name or "region")
    return pd.DataFrame({"value": z, "lag": lag, "quadrant": quadrants(z, lag)}, index=index)


def _standardised(values: FloatArray) -> FloatArray:
    z = values - values.mean()
    return np.asarray(z / np.sqrt(z @ z / len(z)))
