"""Measures of inequality between regions, over one cross-section or every period of a panel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, check_number, unknown_option
from workbench.explore.inequality.sample import InequalitySample, read_inequality
from workbench.numerics.dynamics import inequality as kernel
from workbench.typing import FloatArray, InequalityMeasure, Tolerance, words

POSITIVE = frozenset({"theil", "log_deviation", "atkinson"})
"""Measures that take logarithms or powers of the values."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class InequalityResult:
    """Measures of inequality, a row a period; immutable.

    Attributes
    ----------
    variable : str
        As the caller wrote it.
    table : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    entities : int
        Number of regions.
    notes : tuple of str
    provenance : Provenance
    """

    variable: str
    table: pd.DataFrame
    entities: int
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form"

    @property
    def heading(self) -> str:
        """What is unequal."""
        return say("Inequality of {variable}", variable=self.variable)

    def tidy(self) -> pd.DataFrame:
        """Return a row a period: ``mean`` and a column a measure."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: ``entities periods``."""
        return one_row(entities=self.entities, periods=len(self.table))

    def plot(self, *, title: str | None = None) -> Any:
        """Return the measures over time; see ``views.inequality.inequality_lines``."""
        return display.picture("inequality over time", self, title=title)

    def __str__(self) -> str:
        return display.text(self.heading, [("", self.table)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, [("", self.table)], self.notes)


def inequality(
    variable: str | pd.DataFrame | pd.Series[Any],
    table: pd.DataFrame | None = None,
    *,
    measures: Sequence[InequalityMeasure] = ("gini", "theil", "variation"),
    population: str | None = None,
    aversion: float = 0.5,
    periods: Sequence[Any] | pd.Index | None = None,
) -> InequalityResult:
    """Measure inequality between regions.

    Parameters
    ----------
    variable : str, DataFrame or Series
        A column or expression of `table`, a series, or a wide table (regions by periods). Missing
        and negative values are refused; so are zeros for measures that take logarithms.
    table : DataFrame, optional
        Indexed by region id (one cross-section) or by (region, period).
    measures : sequence of {"gini", "theil", "log_deviation", "atkinson", "variation"}
        What to compute, in this order.
    population : str, optional
        Column or expression of `table` by which regions count; the variable is then a value a
        head. Without it all regions count the same.
    aversion : float, default 0.5
        ε of Atkinson's measure, positive.
    periods : sequence, optional
        Periods of a panel to use.

    Returns
    -------
    InequalityResult
        ``tidy()`` has a row a period (``"all"`` for a cross-section).

    Raises
    ------
    InputError
        If a measure is unknown or `aversion` is not positive.
    ValuesError, PanelError, IdError, FormulaError
        If values cannot be used.

    References
    ----------
    Cowell, F. A. (2011). Measuring Inequality. Oxford University Press, chapter 3 and appendix.

    Examples
    --------
    >>> income = pd.Series([1.0, 3.0], index=["a", "b"], name="income")
    >>> inequality(income, measures=["gini", "variation"]).tidy().loc["all"].tolist()
    [2.0, 0.25, 0.5]
    """
    chosen = _checked(measures)
    check_number("aversion", aversion, above=0.0, remedy="aversion=0.5, or any above 0")
    sample = read_inequality(
        variable, table, population=population, periods=periods, positive=bool(POSITIVE & {*chosen})
    )
    rows = [
        {
            "mean": _mean(sample, t),
            **{m: measured(m, sample.column(t), sample.share(t), aversion) for m in chosen},
        }
        for t in range(len(sample.periods))
    ]
    options = {"measures": ", ".join(chosen)}
    if "atkinson" in chosen:
        options["aversion"] = str(aversion)
    return InequalityResult(
        sample.read.name,
        pd.DataFrame(rows, index=sample.periods),
        len(sample.read.ids),
        sample.read.notes,
        sample.provenance("inequality", options),
    )


def gini(
    variable: str | pd.DataFrame | pd.Series[Any],
    table: pd.DataFrame | None = None,
    *,
    population: str | None = None,
    periods: Sequence[Any] | pd.Index | None = None,
) -> InequalityResult:
    """Return the Gini coefficient, ``ΣΣ p_i p_j |y_i − y_j| / (2 μ)``, a row a period.

    Parameters are those of :func:`inequality`. The largest value among n equal shares p is
    1 − 1/n, not 1.

    Examples
    --------
    >>> income = pd.Series([1.0, 3.0], index=["a", "b"], name="income")
    >>> gini(income).tidy().loc["all", "gini"].item()
    0.25
    """
    return inequality(variable, table, measures=["gini"], population=population, periods=periods)


def measured(
    measure: InequalityMeasure, y: FloatArray, p: FloatArray | None, aversion: float
) -> float:
    """Return one measure of values with population shares."""
    if measure == "atkinson":
        return kernel.atkinson(y, p, aversion=aversion)
    functions = {
        "gini": kernel.gini,
        "theil": kernel.theil,
        "log_deviation": kernel.log_deviation,
        "variation": kernel.variation,
    }
    return functions[measure](y, p)


def _mean(sample: InequalitySample, period: int) -> float:
    return float(np.average(sample.column(period), weights=sample.share(period)))


def _checked(measures: Sequence[Any]) -> tuple[Any, ...]:
    options = words(InequalityMeasure)
    several = isinstance(measures, Iterable) and not isinstance(measures, str)
    listed = tuple(measures) if several else (measures,)
    for measure in listed:
        if measure not in options:
            raise unknown_option("measures", measure, options)
    if not listed or len(set(listed)) < len(listed):
        raise InputError(
            "measures",
            expected="at least one measure, each once",
            found=repr(list(listed)),
            remedy='measures=["gini", "theil"]',
        )
    return listed
