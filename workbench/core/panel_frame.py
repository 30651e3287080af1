"""What makes a table a panel: a (region, period) index in one order, each cell once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.expressions import label
from workbench.core.ids import canonical_order, cells_digest, region_ids
from workbench.errors import PanelError
from workbench.typing import BoolArray, IntArray

TIME_NAMES = frozenset({"year", "years", "time", "period", "date", "quarter", "month", "t"})
"""Names of an index level that say that it counts time."""


@dataclass(frozen=True, slots=True, eq=False)
class PanelFrame:
    """A table with one row a (region, period), sorted by region and then by period.

    Attributes
    ----------
    table : pandas.DataFrame, n rows
        The caller's columns and index labels, in canonical order.
    regions : pandas.Index, length N
        Region ids in sorted order.
    periods : pandas.Index, length T
        Periods in increasing order.
    region_codes, period_codes : ndarray of int, shape (n,)
        Position of each row's region in `regions` and of its period in `periods`.
    """

    table: pd.DataFrame
    regions: pd.Index
    periods: pd.Index
    region_codes: IntArray
    period_codes: IntArray

    @property
    def gaps(self) -> tuple[tuple[object, object], ...]:
        """The (region, period) cells for which there is no row, in sorted order."""
        present = np.zeros((len(self.regions), len(self.periods)), dtype=bool)
        present[self.region_codes, self.period_codes] = True
        regions, periods = self.regions.tolist(), self.periods.tolist()
        return tuple((regions[i], periods[t]) for i, t in np.argwhere(~present))

    @property
    def balanced(self) -> bool:
        """Whether every region has a row in every period."""
        return len(self.table) == len(self.regions) * len(self.periods)

    @property
    def digest(self) -> str:
        """First 16 hexadecimal digits of the SHA-256 of the rows' regions and periods."""
        codes = self.region_codes, self.period_codes
        return cells_digest(self.regions.tolist(), self.periods.tolist(), codes)

    def keep(self, rows: BoolArray) -> PanelFrame:
        """Return the panel of the rows where `rows`, shape (n,), is true."""
        return panel_frame(self.table[rows])


def panel_frame(data: pd.DataFrame, *, argument: str = "data") -> PanelFrame:
    """Check that a table is a panel and put its rows in canonical order.

    Parameters
    ----------
    data : pandas.DataFrame
        Indexed by (region, period), rows in any order; periods are numbers, dates or pandas
        periods. Not changed. Cells without a row are allowed and reported as `gaps`.
    argument : str
        Name of the caller's argument, for messages.

    Returns
    -------
    PanelFrame

    Raises
    ------
    PanelError
        If the index does not have two levels, the levels are swapped, periods are text, or a
        (region, period) occurs more than once.
    IdError
        If region ids are missing or of mixed kinds.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_tuples([("b", 2001), ("a", 2001), ("a", 2000)])
    >>> panel = panel_frame(pd.DataFrame({"y": [1.0, 2.0, 3.0]}, index=index))
    >>> panel.table["y"].tolist(), panel.balanced, panel.gaps
    ([3.0, 2.0, 1.0], False, (('b', 2000),))
    """
    index = _two_levels(data, argument)
    first, second = (_plain(index, level) for level in (0, 1))
    _refuse_swapped(index, first, second, argument)
    _refuse_missing(index, second, argument)
    _refuse_text(index, second, argument)
    _refuse_repeated(index, argument)
    regions = region_ids(first.unique(), argument=argument)
    regions = regions[canonical_order(regions)]
    periods = second.unique().sort_values()
    region_codes = regions.get_indexer(first).astype(np.int64)
    period_codes = periods.get_indexer(second).astype(np.int64)
    order = _order(region_codes * len(periods) + period_codes, len(regions) * len(periods))
    return PanelFrame(
        table=data.iloc[order],
        regions=regions,
        periods=periods,
        region_codes=_frozen(region_codes[order]),
        period_codes=_frozen(period_codes[order]),
    )


def _order(cells: IntArray, size: int) -> IntArray:
    """Return the positions that put rows in the order of their cells, each of 0 … size − 1 once."""
    if size > 4 * len(cells):
        return np.argsort(cells, kind="stable").astype(np.int64)
    row = np.full(size, -1, dtype=np.int64)
    row[cells] = np.arange(len(cells))
    return row[row >= 0]


def _two_levels(data: pd.DataFrame, argument: str) -> pd.MultiIndex:
    index = data.index
    if not isinstance(index, pd.MultiIndex) or index.nlevels != 2:
        raise PanelError(
            argument,
            expected="an index of two levels, (region, period)",
            found=f"{index.nlevels} level(s) {list(index.names)}",
            remedy='frame.set_index(["region", "year"])',
        )
    if len(index) == 0:
        raise PanelError(argument, expected="at least one row", found="an empty panel")
    return index


def _plain(index: pd.MultiIndex, level: int) -> pd.Index:
    """Return a level's values without categories, and objects as what they hold."""
    values = index.get_level_values(level)
    if isinstance(values, pd.CategoricalIndex) or values.dtype == object:
        inferred: pd.Index = pd.Index(values.to_numpy()).infer_objects()
        return inferred
    return values


def _counts_time(values: pd.Index) -> bool:
    kind = values.dtype
    if pd.api.types.is_bool_dtype(kind):
        return False
    return (
        pd.api.types.is_numeric_dtype(kind)
        or pd.api.types.is_datetime64_any_dtype(kind)
        or isinstance(kind, pd.PeriodDtype)
    )


def _refuse_swapped(index: pd.MultiIndex, first: pd.Index, second: pd.Index, argument: str) -> None:
    names = [str(name).lower() for name in index.names]
    by_kind = _counts_time(first) and not _counts_time(second) and not _reads_as_number(second)
    by_name = names[0] in TIME_NAMES and names[1] not in TIME_NAMES
    if by_kind or by_name:
        raise PanelError(
            argument,
            expected="the index levels in the order (region, period)",
            found=f"{list(index.names)} with first row {label(index[0])}: periods come first",
            why="years would be taken for regions, and effects for each other",
            remedy="panel.swaplevel().sort_index()",
        )


def _reads_as_number(values: pd.Index) -> bool:
    return bool(pd.to_numeric(values.astype(str).to_series(), errors="coerce").notna().all())


def _refuse_missing(index: pd.MultiIndex, second: pd.Index, argument: str) -> None:
    missing = np.asarray(index.get_level_values(0).isna()) | np.asarray(second.isna())
    if missing.any():
        raise PanelError(
            argument,
            expected="a region and a period for every row",
            found=f"{int(missing.sum())} rows without one",
            offenders=[f"row {row}" for row in np.flatnonzero(missing)],
            remedy="drop those rows or complete their index",
        )


def _refuse_text(index: pd.MultiIndex, second: pd.Index, argument: str) -> None:
    if _counts_time(second):
        return
    name = index.names[1]
    mended = (
        f"panel.index = panel.index.set_levels(panel.index.levels[1].astype(int), level={name!r})"
        if _reads_as_number(second)
        else "make the second level a number (2014) or a date (pandas.to_datetime)"
    )
    raise PanelError(
        argument,
        expected=f"numbers or dates in the second index level, {name!r}",
        found=f"{second.dtype}, e.g. {second[0]!r}",
        why="text has no order in time: '9' comes after '10'",
        remedy=mended if name is not None else mended.replace("level=None", "level=1"),
    )


def _refuse_repeated(index: pd.MultiIndex, argument: str) -> None:
    repeated = index[index.duplicated()].unique()
    if len(repeated):
        raise PanelError(
            argument,
            expected="one row for every (region, period)",
            found=f"{len(repeated)} that occur more than once",
            offenders=sorted(label(key) for key in repeated),
            why="a repeated row counts twice in every mean",
            remedy="aggregate or drop the repeated rows, e.g. panel.groupby(level=[0, 1]).mean()",
        )


def _frozen(codes: IntArray) -> IntArray:
    codes.setflags(write=False)
    return codes


def longer_gaps(periods: pd.Index) -> tuple[str, ...]:
    """Name the gaps between periods that are longer than the shortest one, as text.

    Months, quarters and years of the calendar count as equal: they differ by a tenth at the most.

    Examples
    --------
    >>> import pandas as pd
    >>> longer_gaps(pd.Index([2000, 2001, 2005])), longer_gaps(pd.Index([1990, 2000, 2010]))
    (('2001 to 2005',), ())
    """
    dates = isinstance(periods, pd.PeriodIndex | pd.DatetimeIndex)
    counts: Any = periods.asi8 if dates else periods  # type: ignore[attr-defined]
    steps = np.diff(np.asarray(counts, dtype=np.float64))
    names = [period_text(period) for period in periods]
    longer = np.flatnonzero(steps > 1.15 * steps.min(initial=np.inf))
    return tuple(f"{names[i]} to {names[i + 1]}" for i in longer.tolist())


def period_text(period: object) -> str:
    """Return a period as short text: a date without its midnight, anything else as it is.

    Examples
    --------
    >>> period_text(2014), period_text(pd.Timestamp("2014-01-01"))
    ('2014', '2014-01-01')
    """
    if isinstance(period, pd.Timestamp) and period == period.normalize():
        return period.date().isoformat()
    return str(period)
