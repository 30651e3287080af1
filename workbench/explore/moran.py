"""Moran's I of a variable: is it clustered in space at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed
from workbench.core.statistics import Statistic, normal_p
from workbench.core.vocabulary import one_row
from workbench.errors import check_option
from workbench.explore.permuted import check_permutations, permutation_p
from workbench.explore.variable import Variable, island_notes, quadrants, read_variable
from workbench.numerics import moran as kernel
from workbench.numerics.permutation import global_moran
from workbench.typing import Align, Alternative, FloatArray, MoranVariance, Tolerance

NULL = "no spatial autocorrelation"
ASSUMPTIONS = {
    "randomization": "every arrangement of the observed values over the regions is equally likely",
    "normality": "the values are independent draws from one normal distribution",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MoranResult:
    """Moran's I with its moments and p-values; immutable.

    Attributes
    ----------
    variable : str
        As the caller wrote it.
    test : Statistic
        The statistic as an object; the attributes below read from it.
    points : pandas.DataFrame
        What :meth:`augment` hands out copies of.
    simulated : ndarray, shape (permutations,)
        I of the permuted values, in the order of permutations; read-only.
    notes : tuple of str
        What the reader must know: regions left out, or without neighbours.
    """

    variable: str
    test: Statistic
    points: pd.DataFrame
    simulated: FloatArray
    notes: tuple[str, ...] = ()

    @property
    def statistic(self) -> float:
        """Moran's I."""
        return self.test.statistic

    @property
    def expected(self) -> float:
        """Its expectation under the null, −1/(n − 1)."""
        return float("nan") if self.test.expected is None else self.test.expected

    @property
    def variance(self) -> float:
        """Its variance under the null."""
        return float("nan") if self.test.variance is None else self.test.variance

    @property
    def z(self) -> float:
        """Its standard deviate."""
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
        return f"{self.test.name} of {self.variable}"

    def tidy(self) -> pd.DataFrame:
        """Return one row: statistic, moments, p-values, alternative and null."""
        return self.test.tidy()

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
        of the neighbours' values; regions without neighbours have no lag (NaN) and the quadrant
        ``isolated``.
        """
        return self.points.copy()

    def plot(self) -> Any:
        """Return the Moran scatterplot; for its options see ``views.charts.moran_scatterplot``."""
        return display.picture("moran scatterplot", self)

    def __str__(self) -> str:
        return display.text(self.heading, [("", self.tidy().T)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, [("", self.tidy())], self.notes)


def moran(
    variable: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    variance: MoranVariance = "randomization",
    align: Align = "strict",
) -> MoranResult:
    """Test a variable for spatial autocorrelation with Moran's I.

    ``I = (n / S0) z′Wz / z′z`` with z the deviations from the mean and S0 the sum of the weights
    (Cliff and Ord 1981, equation 1.37). The first p-value is from the normal approximation of
    ``(I − E I) / sd``, with the moments of Cliff and Ord (equations 1.38 and 1.39); the second puts
    the observed values on the regions in R random orders.

    Parameters
    ----------
    variable : str or pandas.Series
        A column, an expression such as ``"log(patents / population)"``, or values by region id.
        Missing, infinite and constant values are refused.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; None when `variable` is a series.
    W : Weights, Graph or libpysal W
        Spatial weights. Regions without neighbours count in the mean and variance of the variable
        but not in n (as in spdep with ``adjust.n = TRUE``); a note names them.
    permutations : int, default 999
        Number of permutations R; 0 for none.
    seed : int, default 0
        Seed of the permutations.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` is positive autocorrelation.
    variance : {"randomization", "normality"}
        Null model of the analytic variance.
    align : {"strict", "intersection"}
        What to do about regions that only the table or only the weights have.

    Returns
    -------
    MoranResult
        ``statistic expected variance z p_value p_permutation alternative null permutations``, and
        ``tidy() augment() plot()``.

    Raises
    ------
    FormulaError, ValuesError, IdError
        If the variable cannot be read, has no valid values, or does not match the weights.
    InputError
        If the seed or the number of permutations cannot be used.

    References
    ----------
    Cliff, A. and Ord, K. (1981). Spatial Processes: Models and Applications. Pion.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> x = pd.Series(range(25), index=range(25), name="x", dtype=float)
    >>> bool(moran(x, None, W).p_permutation < 0.01)
    True
    """
    check_option("alternative", alternative, Alternative)
    check_option("variance", variance, MoranVariance)
    check_permutations(permutations, none_allowed=True)
    check_seed(seed)
    read = read_variable(variable, table, W, align=align)
    test = _analytic(read, alternative, variance)
    simulated, p_permutation = _permuted(read, permutations, seed, alternative)
    notes = (*read.notes, *island_notes(read.weights))
    provenance = Provenance(
        method="Moran's I",
        formula=read.name,
        nobs=len(read.values),
        ids_digest=ids_digest(read.weights.ids),
        weights=read.weights.card().to_dict(),
        seed=int(seed) if permutations else None,
        notes=notes,
        options={
            "permutations": str(permutations),
            "alternative": alternative,
            "variance": variance,
        },
    )
    test = replace(
        test,
        p_permutation=p_permutation,
        permutations=permutations or None,
        provenance=provenance,
    )
    return MoranResult(read.name, test, _points(read), simulated, notes)


def _analytic(read: Variable, alternative: Alternative, variance: MoranVariance) -> Statistic:
    moments = kernel.moran(read.values, read.weights.sparse)
    normal = variance == "normality"
    z = moments.z_normal if normal else moments.z_randomisation
    return Statistic(
        name="Moran's I",
        statistic=moments.I,
        null=NULL,
        p_value=normal_p(z, alternative),
        alternative=alternative,
        distribution="normal",
        expected=moments.expected,
        variance=moments.variance_normal if normal else moments.variance_randomisation,
        z=z,
        assumptions=ASSUMPTIONS[variance],
    )


def _permuted(
    read: Variable, permutations: int, seed: int, alternative: Alternative
) -> tuple[FloatArray, float | None]:
    """Return I of the permuted values and their p-value, or nothing for no permutations."""
    W = read.weights.sparse
    draws = global_moran(read.values, W, permutations=permutations, seed=seed)
    # the kernel's n counts all regions, the statistic's those with neighbours
    simulated = draws.simulated * (int((np.diff(W.indptr) > 0).sum()) / W.shape[0])
    simulated.setflags(write=False)
    if not permutations:
        return simulated, None
    p_value = permutation_p(draws.at_least, draws.at_most, permutations, alternative)
    return simulated, float(p_value)


def _points(read: Variable) -> pd.DataFrame:
    z = read.values - read.values.mean()
    z /= np.sqrt(z @ z / len(z))
    W = read.weights.sparse
    lag = np.where(np.diff(W.indptr) > 0, W @ z, np.nan)
    ids = read.weights.ids
    return pd.DataFrame(
        {"value": z, "lag": lag, "quadrant": quadrants(z, lag)},
        index=pd.Index(ids, name=ids.name or "region"),
    )
