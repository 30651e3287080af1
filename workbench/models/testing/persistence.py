"""Spatial unit roots: whether variables are so persistent that a regression is spurious."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.statistics import Statistic, Tests
from workbench.models.results import CrossSectionResults
from workbench.models.testing.distances import check_share, measure, numeric_columns, provenance_of
from workbench.numerics.regression.least_squares import least_squares
from workbench.numerics.scores.persistence import (
    Frequencies,
    brownian_differences,
    frequencies,
    low_frequency_test,
    stationarity,
    unit_root,
)
from workbench.regression.design import INTERCEPT
from workbench.typing import FloatArray, Metric, Unit
from workbench.weights.places import natural_unit

RESIDUALS = "residuals"
LFUR, LFST = "LFUR", "LFST"
NULLS = {
    LFUR: "a spatial unit root: Lévy's Brownian motion",
    LFST: "weak, exponentially falling correlation (0.03 or less on average)",
}
READINGS = {
    (False, True): "like a spatial unit root",
    (True, False): "weakly dependent",
    (True, True): "between: dependent at long range, but not a unit root",
    (False, False): "cannot tell",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UnitRoots:
    """Tests of unit roots and stationarity, variable by variable.

    Attributes
    ----------
    tests : mapping of str to Tests
        By variable (and ``"residuals"`` of a fit): ``"LFUR"`` and ``"LFST"``.
    level : float
        At which `table` reads them.
    notes : tuple of str
        What was measured and what follows.
    provenance : Provenance
    """

    tests: Mapping[str, Tests]
    level: float
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def table(self) -> pd.DataFrame:
        """A row a variable: both p-values and what they say together."""
        rows = {name: self._row(answers) for name, answers in self.tests.items()}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("variable")

    def _row(self, answers: Tests) -> dict[str, object]:
        root, calm = answers[LFUR].p_value, answers[LFST].p_value
        reading = READINGS[root <= self.level, calm <= self.level]
        return {"unit_root_p": root, "stationary_p": calm, "reading": reading}

    def tidy(self) -> pd.DataFrame:
        """Return a row a variable and test: ``statistic distribution p_value null``."""
        frames = {name: answers.tidy() for name, answers in self.tests.items()}
        return pd.concat(frames, names=["variable", "test"])

    def __str__(self) -> str:
        return display.text("Spatial unit roots", [("", self.table)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html("Spatial unit roots", [("", self.table)], self.notes)


def unit_roots(
    subject: pd.Series[Any] | pd.DataFrame | CrossSectionResults,
    regions: Any,
    *,
    q: int = 15,
    level: float = 0.05,
    metric: Metric = "auto",
    unit: Unit = "km",
) -> UnitRoots:
    """Test variables, or everything in a regression, for spatial unit roots.

    Between surfaces as persistent as Brownian motion regressions are spurious: t statistics grow
    with the number of regions although nothing is related. LFUR has a unit root as its null, LFST
    weak dependence. Both look at the q smoothest weighted averages only.

    Parameters
    ----------
    subject : Series, DataFrame or CrossSectionResults
        Values by region id, or a fit: then its outcome, its regressors and the residuals of the
        outcome on the regressors by least squares are tested.
    regions : GeoDataFrame or GeoSeries
        Points or polygons (which count at their centroids) indexed by region id, with a CRS;
        geometries of other regions are not used.
    q : int, default 15
        Number of averages.
    level : float, default 0.05
        At which the table reads the p-values.
    metric, unit : str
        As for :func:`workbench.weights.distance_band`; the tests are free of the unit.

    Returns
    -------
    UnitRoots
        ``.table``, a row a variable; ``.tests["log(rd)"]["LFUR"].p_value``.

    Raises
    ------
    ValuesError, IdError, GeometryError
        If values or geometries cannot be used.
    InputError
        If q is too large or there are more than 4,000 regions.

    Notes
    -----
    P-values are exact for normal surfaces: ratios of quadratic forms by numerical integration. Of
    residuals the null is that the disturbance is such a surface, given the regressors.

    References
    ----------
    Müller, U. and Watson, M. (2024). Spatial unit roots and spurious regression. Econometrica
    92(5), 1661-1695.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.models import unit_roots
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> found = unit_roots(y["unemp"], wb.load("us-states"))
    >>> found.table.columns.tolist()
    ['unit_root_p', 'stationary_p', 'reading']
    """
    check_share("level", level)
    columns, X = _columns(subject)
    place = measure(regions, columns.index, metric=metric, unit=unit)
    ones = np.ones((len(columns), 1))
    tests = _tested(columns, frequencies(place.distances, ones, q=q))
    if X is not None and isinstance(subject, CrossSectionResults):
        e = least_squares(subject.design.y, X).residuals
        found = frequencies(place.distances, X, q=q)
        tests.update(_tested(pd.DataFrame({RESIDUALS: e}, index=columns.index), found))
    result = UnitRoots(tests, level, (), provenance_of("spatial unit-root tests", columns, q=q))
    notes = (f"{place.note}.", *_reading_of(result, X is not None))
    return UnitRoots(tests, level, notes, result.provenance)


def _columns(
    subject: pd.Series[Any] | pd.DataFrame | CrossSectionResults,
) -> tuple[pd.DataFrame, FloatArray | None]:
    """Return the variables by column, and the regressors of a fit (with a constant)."""
    if not isinstance(subject, CrossSectionResults):
        return numeric_columns(subject, argument="subject"), None
    design = subject.design
    names = [term for term in design.terms if term != INTERCEPT]
    at = [design.terms.index(term) for term in names]
    table = pd.DataFrame(design.X[:, at], index=design.index, columns=names)
    table.insert(0, design.outcome, design.y, allow_duplicates=True)
    if design.has_intercept:
        return table, np.asarray(design.X)
    return table, np.column_stack([np.ones(design.nobs), design.X])


def _tested(columns: pd.DataFrame, found: Frequencies) -> dict[str, Tests]:
    contrasts = {LFUR: unit_root(found), LFST: stationarity(found)}
    answers: dict[str, Tests] = {}
    for name, column in columns.items():
        each = {}
        for word, contrast in contrasts.items():
            test = low_frequency_test(column.to_numpy(), found, contrast)
            each[word] = Statistic(
                name=word,
                statistic=test.statistic,
                null=NULLS[word],
                p_value=test.pvalue,
                alternative="greater",
                distribution="exact",
                assumptions="a normal surface with isotropic covariance",
            )
        answers[str(name)] = Tests(str(name), each)
    return answers


def _reading_of(result: UnitRoots, is_fit: bool) -> tuple[str, ...]:
    persistent = result.table.index[result.table["reading"] == READINGS[False, True]]
    if not is_fit or len(persistent) == 0:
        return ()
    residuals = RESIDUALS in persistent
    text = f"Like a spatial unit root: {', '.join(persistent)}."
    if residuals:
        return (
            f"{text} With such residuals the regression may be spurious and its standard errors "
            "mean little: estimate it in spatial_differences too.",
        )
    return (f"{text} The residuals are not: the variables may share their persistence.",)


def spatial_differences(
    values: pd.Series[Any] | pd.DataFrame,
    regions: Any,
    *,
    metric: Metric = "auto",
) -> pd.DataFrame:
    """Difference variables spatially, so that Brownian surfaces become uncorrelated.

    Each column is multiplied by the inverse square root of the covariance that Lévy's Brownian
    motion has at these places once means are out. A regression of differenced variables is
    generalised least squares under a spatial unit root, and not spurious.

    Parameters
    ----------
    values : Series or DataFrame
        Numeric columns by region id; transform first (logarithms are taken before differences).
    regions, metric
        As for :func:`unit_roots`.

    Returns
    -------
    pandas.DataFrame
        The same columns, sorted by region id; each sums to zero, so that a regression of them
        takes no intercept: ``wb.fit("y ~ x - 1", differences, covariance="robust")``.

    Raises
    ------
    ValuesError, IdError, GeometryError, InputError
        As :func:`unit_roots`.

    Notes
    -----
    Distances count as shares of the largest: the scale of the differences is arbitrary, and
    coefficients do not depend on it.

    References
    ----------
    Müller, U. and Watson, M. (2024). Spatial unit roots and spurious regression. Econometrica
    92(5), 1661-1695 (the LBM-GLS transformation).

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.models import spatial_differences
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> moved = spatial_differences(y[["gsp", "emp"]], wb.load("us-states"))
    >>> bool(abs(moved.sum()).max() < 1e-6 * abs(moved).max().max())
    True
    """
    columns = numeric_columns(values)
    place = measure(regions, columns.index, metric=metric, unit=natural_unit(regions, metric))
    moved = brownian_differences(columns.to_numpy(), place.distances)
    return pd.DataFrame(moved, index=columns.index, columns=columns.columns)
