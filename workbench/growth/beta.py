"""Beta convergence: do poor regions grow faster, how fast, and how much through neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.panel_frame import period_text
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import COEFFICIENT_COLUMNS, check_level, critical_value
from workbench.errors import InputError, check_option, unknown_option
from workbench.fitting import fit
from workbench.growth.sample import INITIAL, GrowthSample, controls_at_start, growth_sample
from workbench.numerics.dynamics.convergence import Speed, speed_of_convergence
from workbench.regression.results import RegressionResults
from workbench.typing import Align, Covariance, Model, Tolerance

if TYPE_CHECKING:
    from workbench.models.results import Diagnostics
    from workbench.weights import WeightsLike

EFFECTS = ("direct", "total")
SPEED, HALF_LIFE = "speed", "half-life"
INTERVALS = (
    "Intervals of speed and half-life are the interval of the slope carried through their formulas "
    "(for the half-life that is Fieller's set); their standard errors are by the delta method."
)
TOTAL = (
    "total: every region starts from a level one unit higher; direct: one region does, with what "
    "returns to it through its neighbours."
)


@dataclass(frozen=True, eq=False, repr=False)
class BetaConvergence:
    """A growth regression with its speed of convergence; immutable.

    Attributes
    ----------
    sample : GrowthSample
        Growth, initial level, controls, periods.
    fit : RegressionResults
        The regression, with everything it offers (`params`, `impacts()`, `tidy()` ...).
    notes : tuple of str
        What the reader must know.
    """

    sample: GrowthSample
    fit: RegressionResults
    notes: tuple[str, ...] = ()

    @property
    def model(self) -> str:
        """Model word."""
        return self.fit.model

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return self.fit.tolerance

    @property
    def provenance(self) -> Provenance:
        """What produced the result: the regression, what grew, and when."""
        what = self.sample
        start, end = period_text(what.start), period_text(what.end)
        ends = {"variable": what.variable, "start": start, "end": end}
        base = self.fit.provenance
        return replace(base, notes=self.notes, options={**base.options, **ends})

    @property
    def heading(self) -> str:
        """What grew, when, and by which model."""
        return say(
            "Beta convergence of {variable}, {when}: {model}",
            variable=self.sample.variable,
            when=self.sample.when,
            model=self.model,
        )

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return slope, speed and half-life, index (term, effect).

        ``initial`` is the direct and total impact of the log initial level on growth; ``speed`` is
        a unit of time, ``half-life`` in units of time. The statistic and p-value of the speed are
        those of the slope, with the sign turned: one is zero when the other is. Where there is no
        convergence the half-life is missing.
        """
        rows: dict[tuple[str, str], tuple[float, ...]] = {}
        slopes = self.fit.impacts(level=level).table
        critical = critical_value(level, df=self.fit.estimates.df)
        for effect in EFFECTS:
            row = slopes.loc[[(INITIAL, effect)]].to_numpy(dtype=float)[0]
            b, error, statistic, p_value = row[:4]
            found = speed_of_convergence(b, error, span=self.sample.span, critical=critical)
            rows[INITIAL, effect] = tuple(row)
            rows[SPEED, effect] = _speed_row(found, -statistic, p_value)
            rows[HALF_LIFE, effect] = _half_life_row(found)
        terms = [(term, effect) for term in (INITIAL, SPEED, HALF_LIFE) for effect in EFFECTS]
        index = pd.MultiIndex.from_tuples(terms, names=["term", "effect"])
        values = np.array([rows[key] for key in terms])
        return pd.DataFrame(values, index=index, columns=list(COEFFICIENT_COLUMNS))

    def speed(self, effect: str = "total", *, level: float = 0.95) -> pd.Series[Any]:
        """Return the speed of convergence a unit of time: estimate, error, interval.

        Parameters
        ----------
        effect : {"total", "direct"}
            Of which impact of the initial level.
        level : float
            Confidence level.
        """
        return self._row(SPEED, effect, level)

    def half_life(self, effect: str = "total", *, level: float = 0.95) -> pd.Series[Any]:
        """Return the time in which half of a gap closes, log 2 over the speed.

        Parameters
        ----------
        effect : {"total", "direct"}
            Of which impact of the initial level.
        level : float
            Confidence level. The upper end is infinite where the interval of the speed reaches
            zero.

        Raises
        ------
        InputError
            If the slope is not negative, so that no gap closes, or not above −1/T.
        """
        row = self._row(HALF_LIFE, effect, level)
        if np.isnan(row["estimate"]):
            slope, span = self._row(INITIAL, effect, level)["estimate"], self.sample.span
            raise InputError(
                "half_life",
                expected=f"a slope below 0 and above -1/T = {-1 / span:.4g}",
                found=f"{slope:.4g}",
                why="gaps do not halve when they do not shrink"
                if slope >= 0
                else "the slope says that gaps close more than completely",
                remedy='read the slope itself: result.tidy().loc["initial"]',
            )
        return row

    def glance(self) -> pd.DataFrame:
        """Return the regression's one row."""
        return self.fit.glance()

    def augment(self) -> pd.DataFrame:
        """Return a row a region: ``growth initial fitted residual``."""
        table = self.fit.augment()
        table.insert(1, INITIAL, self.sample.table[INITIAL].reindex(table.index))
        return table

    def diagnostics(self) -> Diagnostics:
        """Return the specification tests of the regression."""
        found: Diagnostics = self.fit.diagnostics()  # type: ignore[attr-defined]
        return found

    def plot(self, *, title: str | None = None, names: pd.Series[Any] | None = None) -> Any:
        """Return growth against the initial level; `names` by region id replace the ids.

        For more options see ``views.growth.growth_scatterplot``.
        """
        return display.picture("growth scatterplot", self, title=title, names=names)

    def _row(self, term: str, effect: str, level: float) -> pd.Series[Any]:
        if effect not in EFFECTS:
            raise unknown_option("effect", effect, EFFECTS)
        row: pd.Series[Any] = self.tidy(check_level(level)).loc[(term, effect), :]  # type: ignore[assignment]
        return row

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [
            ("Convergence", self.tidy()),
            (f"{self.fit.title}: {self.fit.formula}", self.fit.tidy()),
            ("Fit", self.glance()),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def beta_convergence(
    variable: str | pd.DataFrame | pd.Series[Any],
    panel: pd.DataFrame | None,
    W: WeightsLike | None = None,
    *,
    start: Any = None,
    end: Any = None,
    controls: str | Sequence[str] = (),
    model: Model = "ols",
    covariance: Covariance = "classical",
    align: Align = "strict",
) -> BetaConvergence:
    """Estimate a growth regression, and from it the speed of convergence and the half-life.

    (1/T) log(y_T/y_0) = a + b log y_0 + controls (+ spatial terms), β = −log(1 + bT)/T, half-life
    log 2/β. In models with spatial terms b is the direct or the total impact of log y_0, since
    what a region gains from a poor start passes on to its neighbours and back.

    Parameters
    ----------
    variable : str, DataFrame or Series
        A column or expression of the panel in levels, such as ``"grp / population"``: logarithms
        are taken here. Positive; missing values are refused.
    panel : DataFrame or None
        Indexed by (region, period), rows in any order.
    W : Weights, Graph or libpysal W, optional
        Spatial weights; needed for every model but ``ols``.
    start, end : period, optional
        First and last period; those of the panel by default.
    controls : str or sequence of str, optional
        Further terms, taken in the first period: ``"log(investment) + unemployment"``. With them
        convergence is conditional.
    model : {"ols", "slx", "sar", "sem", "sdm"}
        As in :func:`workbench.fitting.fit`.
    covariance : {"classical", "robust"}
        As in :func:`workbench.fitting.fit`.
    align : {"strict", "intersection"}
        What to do about regions that only the panel or only the weights have.

    Returns
    -------
    BetaConvergence
        ``tidy() speed() half_life() fit diagnostics() plot()``.

    Raises
    ------
    ValuesError, PanelError, FormulaError, IdError
        If values cannot be used; each message names regions and periods.
    InputError
        If the end is not after the start, or the model needs weights.

    References
    ----------
    Barro, R. and Sala-i-Martin, X. (1992). Convergence. Journal of Political Economy 100(2),
    223-251.

    LeSage, J. and Fischer, M. (2008). Spatial growth regressions: model specification, estimation
    and interpretation. Spatial Economic Analysis 3(3), 275-304.

    Examples
    --------
    >>> import workbench as wb
    >>> result = beta_convergence("income", wb.load("us-income"), start=1929, end=2009)
    >>> result.fit.formula
    'growth ~ initial'
    >>> bool(result.speed()["conf_low"] > 0)
    True
    """
    check_option("model", model, Model)
    sample = growth_sample(variable, panel, W, start=start, end=end, controls=controls, align=align)
    with controls_at_start(sample):
        fitted = fit(
            sample.formula, sample.table, sample.weights, model=model, covariance=covariance
        )
    return from_fit(sample, fitted)


def from_fit(sample: GrowthSample, fitted: RegressionResults) -> BetaConvergence:
    """Return the convergence that a fitted growth regression says."""
    spatial = (TOTAL,) if fitted.model not in ("ols", "sem") else ()
    return BetaConvergence(sample, fitted, (*sample.notes, *fitted.notes, *spatial, INTERVALS))


def _speed_row(found: Speed, statistic: float, p_value: float) -> tuple[float, ...]:
    if np.isnan(found.speed):
        statistic = p_value = float("nan")
    return (found.speed, found.std_error, statistic, p_value, found.low, found.high)


def _half_life_row(found: Speed) -> tuple[float, ...]:
    nan = float("nan")
    return (
        found.half_life, found.half_life_std_error, nan, nan,
        found.half_life_low, found.half_life_high,
    )  # fmt: skip
