"""The sample of a measure of inequality: one cross-section or a panel, with population if given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import ids_digest, region_ids
from workbench.core.panel_frame import period_text
from workbench.core.provenance import Provenance
from workbench.errors import InputError, ValuesError
from workbench.explore.panel_variable import PanelVariable, read_panel
from workbench.typing import Align, FloatArray

ONLY = "all"
"""Index label of the one row of a single cross-section."""


@dataclass(frozen=True, slots=True, eq=False)
class InequalitySample:
    """Values, population shares and periods.

    Attributes
    ----------
    read : PanelVariable
        One period for a cross-section.
    periods : pandas.Index
        Labels of the rows of a result; ``"all"`` for a cross-section.
    shares : ndarray of shape (n, T), or None
        Population shares, each column summing to one.
    population : str
        Name of the population variable, or an empty string.
    """

    read: PanelVariable
    periods: pd.Index
    shares: FloatArray | None
    population: str

    def column(self, period: int) -> FloatArray:
        """Return the values in a period, in memory of their own.

        numpy sums a column of a table in another order than a vector; one year of a panel and a
        cross-section would differ in the last bit.
        """
        return self.read.values[:, period].copy()

    def share(self, period: int) -> FloatArray | None:
        """Return the population shares in a period, or None for equal ones."""
        return None if self.shares is None else self.shares[:, period].copy()

    def provenance(
        self, method: str, options: dict[str, str], *, seed: int | None = None
    ) -> Provenance:
        """Return what produced a result."""
        weights = self.read.weights
        told = {"population": self.population} if self.population else {}
        return Provenance(
            method=method,
            formula=self.read.name,
            nobs=int(self.read.values.size),
            ids_digest=ids_digest(self.read.ids),
            weights=None if weights is None else weights.described,
            seed=seed,
            notes=self.read.notes,
            options={"periods": ", ".join(map(period_text, self.periods)), **told, **options},
        )


def read_inequality(
    variable: str | pd.DataFrame | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any = None,
    *,
    population: str | None = None,
    align: Align = "strict",
    periods: Sequence[Any] | pd.Index | None = None,
    positive: bool = False,
) -> InequalitySample:
    """Read a variable, and population if any, from a cross-section or a panel.

    Parameters
    ----------
    variable : str, DataFrame or Series
        A column or expression of `table`; or with ``table=None`` a series by region id or by
        (region, period), or a wide table (regions by periods).
    table : DataFrame or None
        Indexed by region id (one cross-section) or by (region, period).
    W : Weights, Graph or libpysal W, optional
    population : str, optional
        Column or expression of `table`, positive; regions count by it.
    align, periods
        As for :func:`~workbench.explore.panel_variable.read_panel`.
    positive : bool
        Whether zeros are refused too, because logarithms are taken.

    Raises
    ------
    ValuesError
        If there is one region only, a value is negative, zero where logarithms are taken, or a
        period's mean is zero.
    """
    single = _is_cross_section(variable, table)
    if single and periods is not None:
        raise InputError(
            "periods",
            expected="a panel, from which to choose periods",
            found="a table of one cross-section",
            remedy="leave out periods, or pass the panel",
        )
    if single:
        variable, table = _as_panel(variable), _as_panel(table)
    read = read_panel(variable, table, W, align=align, periods=periods)
    if len(read.ids) < 2:
        raise ValuesError(
            read.name,
            expected="at least two regions",
            found=f"{len(read.ids)}",
            offenders=read.ids.tolist(),
            why="one region is as equal to itself as can be, whatever its value",
            remedy="pass the table of all regions",
        )
    if positive:
        _refuse(read, read.values <= 0, "positive values", "zero or negative", _LOG)
    _refuse(read, read.values < 0, "values that are not negative", "negative", _NEGATIVE)
    empty = np.broadcast_to(read.values.sum(axis=0) == 0, read.values.shape)
    _refuse(read, empty, "a positive mean in every period", "values of a period all zero", _LOG)
    labels = pd.Index([ONLY], name="period") if single else read.periods
    if population is None:
        return InequalitySample(read, labels, None, "")
    shares = _shares(population, table, read, W, align)
    return InequalitySample(read, labels, shares, population)


_LOG = "shares of a total of nothing, and the logarithm of nothing, do not exist"
_NEGATIVE = "with negative values a Gini coefficient can exceed one"


def _is_cross_section(variable: Any, table: Any) -> bool:
    source = table if table is not None else variable
    if not isinstance(source, pd.DataFrame | pd.Series) or isinstance(source.index, pd.MultiIndex):
        return False
    return table is not None or isinstance(variable, pd.Series)


def _as_panel(source: Any) -> Any:
    """Return a table of one cross-section as a panel of one period; anything else as it is."""
    if not isinstance(source, pd.DataFrame | pd.Series):
        return source
    ids = region_ids(source.index, argument="table")
    index = pd.MultiIndex.from_arrays(
        [ids, np.zeros(len(ids), dtype=np.int64)], names=[ids.name or "region", "period"]
    )
    return source.set_axis(index)


def _refuse(
    read: PanelVariable, bad: FloatArray | np.ndarray[Any, Any], expected: str, found: str, why: str
) -> None:
    if not np.any(bad):
        return
    single = len(read.periods) == 1
    offenders = [
        str(read.ids[i]) if single else f"{read.ids[i]} {read.periods[t]}"
        for i, t in np.argwhere(bad)
    ]
    raise ValuesError(
        read.name,
        expected=expected,
        found=f"{len(offenders)} {found}",
        offenders=offenders,
        why=why,
        remedy="leave those regions out, or measure a variable that has a natural zero, "
        "e.g. income rather than its growth",
    )


def _shares(population: str, table: Any, read: PanelVariable, W: Any, align: Align) -> FloatArray:
    if not isinstance(population, str) or not isinstance(table, pd.DataFrame):
        raise InputError(
            "population",
            expected="a column or expression of the table",
            found=type(population).__name__ if table is not None else "no table",
            remedy='put the population into the table and pass its name, population="population"',
        )
    people = read_panel(
        population, table, W, align=align, periods=read.periods, constant_allowed=True
    )
    _refuse(people, people.values <= 0, "a positive population", "zero or negative", _PEOPLE)
    shares = np.asarray(people.values / people.values.sum(axis=0))
    shares.setflags(write=False)
    return shares


_PEOPLE = "a region without people has no value a head"
