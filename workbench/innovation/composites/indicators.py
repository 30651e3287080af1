"""Metadata of indicators: which way is better, how much they weigh, where they belong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.errors import InputError, ValuesError, nearest
from workbench.innovation.composites.construction import INDEX
from workbench.typing import FloatArray, IntArray

LEVELS = ("group", "parent")
"""Columns that are levels where the caller names none."""
TEXTS = ("unit", "label")
NUMBERS = ("weight", "low", "high")
DIRECTIONS: Mapping[str, float] = MappingProxyType({"higher": 1.0, "lower": -1.0})


class Indicators:
    """Indicators of a composite index, checked and immutable.

    Parameters
    ----------
    table : DataFrame, mapping or Indicators
        A row an indicator, indexed by its name, with the columns

        - ``direction``, required: ``"higher"`` where more is better, ``"lower"`` where less is;
        - ``weight``: of the indicator within its group, not negative, in any unit;
        - ``group``: the sub-index it belongs to, and ``parent``: the level above (or the columns
          that `levels` names);
        - ``low``, ``high``: goalposts, in the indicator's unit;
        - ``unit``, ``label``: for tables and pictures.

        Or a mapping of names to such rows, or to directions alone.
    levels : sequence of str, optional
        Columns that say where an indicator belongs, from the lowest level up: ``("sub-index",
        "pillar")``. By default ``group`` and ``parent``, those that are there.
    group_weights : mapping of str to float, optional
        Weights of groups within the level above; of all groups of a level, or of none.

    Attributes
    ----------
    table : pandas.DataFrame
        Sorted by group and name, so that no number depends on the order of the caller's rows; a
        copy each time.
    levels : tuple of str
        Names of the levels from the lowest groups up, the last ``"index"``.

    Raises
    ------
    InputError
        If directions are not given, columns are unknown, or an indicator occurs twice.
    ValuesError
        If directions, weights or goalposts cannot be used; if a group has two parents.

    Examples
    --------
    >>> told = Indicators({"patents": "higher", "rd": "higher", "unemployment": "lower"})
    >>> told.names, told.levels
    (('patents', 'rd', 'unemployment'), ('index',))
    """

    __slots__ = ("_group_weights", "_levels", "_table")

    _table: pd.DataFrame
    _levels: tuple[str, ...]
    _group_weights: Mapping[str, float]

    def __init__(
        self,
        table: pd.DataFrame | Mapping[str, Any] | Indicators,
        *,
        levels: Sequence[str] | None = None,
        group_weights: Mapping[str, float] | None = None,
    ) -> None:
        if isinstance(table, Indicators):
            levels = table._levels if levels is None else levels
            group_weights = table._group_weights if group_weights is None else group_weights
            table = table.table
        frame = _frame(table)
        named = tuple(c for c in LEVELS if c in frame) if levels is None else tuple(levels)
        _refuse_columns(frame, named)
        _refuse_directions(frame)
        _refuse_numbers(frame)
        _refuse_goalposts(frame)
        _refuse_levels(frame, named)
        ordered = frame.sort_values(
            [*reversed(named), "indicator"], key=lambda column: column.astype(str)
        )
        object.__setattr__(self, "_table", ordered)
        object.__setattr__(self, "_levels", named)
        object.__setattr__(self, "_group_weights", dict(group_weights or {}))
        _refuse_group_weights(self)

    def __reduce__(self) -> tuple[Any, ...]:
        # a copy is made anew, because attributes cannot be set one by one
        return _again, (self._table, self._levels, self._group_weights)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"indicators are immutable; make new ones to change {name!r}")

    @property
    def table(self) -> pd.DataFrame:
        """The metadata, a row an indicator; a copy."""
        return self._table.copy()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the indicators, by group and name."""
        return tuple(map(str, self._table.index))

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of the levels from the lowest groups up, the last ``"index"``."""
        return (*self._levels, INDEX)

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Names of the groups of each level, without the index, in sorted order."""
        return tuple(tuple(sorted(set(self._table[c].astype(str)))) for c in self._levels)

    @property
    def labels(self) -> tuple[str, ...]:
        """The label of each indicator, its name where there is none."""
        if "label" not in self._table:
            return self.names
        given = self._table["label"]
        return tuple(n if pd.isna(t) else str(t) for n, t in zip(self.names, given, strict=True))

    @property
    def weighted(self) -> bool:
        """Whether weights are given, of indicators or of groups."""
        return "weight" in self._table or bool(self._group_weights)

    @property
    def direction(self) -> FloatArray:
        """+1 where more is better, -1 where less is, shape (k,)."""
        return np.array([DIRECTIONS[word] for word in self._table["direction"]])

    @property
    def goalposts(self) -> tuple[FloatArray, FloatArray]:
        """Low and high ends, shapes (k,), NaN where there are none."""
        empty = np.full(len(self._table), np.nan)
        low, high = (
            self._table[c].to_numpy(dtype=np.float64, na_value=np.nan)
            if c in self._table
            else empty
            for c in ("low", "high")
        )
        return low, high

    @property
    def tree(self) -> tuple[IntArray, ...]:
        """Group of each indicator, parent of each group, …, zeros: positions in `groups`."""
        codes: list[IntArray] = []
        below: Sequence[str] = self.names
        belongs = self._table[list(self._levels)].astype(str)
        belongs.index = belongs.index.astype(str)
        for column, names in zip(self._levels, self.groups, strict=True):
            of = dict(zip(belongs.index, belongs[column], strict=True))
            codes.append(np.array([names.index(of[member]) for member in below], dtype=np.int64))
            below, belongs = names, belongs.drop_duplicates(column).set_index(column)
        return (*codes, np.zeros(len(below), dtype=np.int64))

    @property
    def expert(self) -> tuple[FloatArray, ...]:
        """Given weights of the members of each level, ones where none are given."""
        own = self._table["weight"] if "weight" in self._table else np.ones(len(self._table))
        rest = [np.array([self._group_weights.get(g, 1.0) for g in names]) for names in self.groups]
        return (np.asarray(own, dtype=np.float64), *rest)

    def tidy(self) -> pd.DataFrame:
        """Return the metadata, a row an indicator."""
        return self.table

    def __str__(self) -> str:
        return display.text(f"{len(self._table)} indicators", [("", self._table)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(f"{len(self._table)} indicators", [("", self._table)])


def _frame(table: Any) -> pd.DataFrame:
    if isinstance(table, Mapping):
        rows = {
            name: dict(row) if isinstance(row, Mapping) else {"direction": row}
            for name, row in table.items()
        }
        table = pd.DataFrame.from_dict(rows, orient="index")
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            "indicators",
            expected="a DataFrame indexed by indicator, or a mapping of indicator to direction",
            found=type(table).__name__,
            remedy='{"patents": "higher", "unemployment": "lower"}',
        )
    if not len(table):
        raise InputError("indicators", expected="at least one indicator", found="an empty table")
    index = table.index
    repeated = index[index.duplicated()].unique()
    nameless = len(index) - len(index.dropna())
    if len(repeated) or index.hasnans or index.nlevels > 1:
        raise InputError(
            "indicators",
            expected="one row an indicator, indexed by its name",
            found=f"{len(repeated)} names that occur more than once, {nameless} missing"
            if index.nlevels == 1
            else f"an index of {index.nlevels} levels",
            offenders=repeated,
            remedy='table.set_index("indicator")',
        )
    return table.rename_axis(index="indicator")


def _refuse_columns(frame: pd.DataFrame, levels: tuple[str, ...]) -> None:
    known = ("direction", *NUMBERS, *TEXTS, *levels)
    absent = [name for name in levels if name not in frame]
    unknown = [str(name) for name in frame.columns if name not in known]
    if absent or unknown:
        first = (unknown or absent)[0]
        raise InputError(
            "indicators",
            expected=f"the columns {', '.join((*known, *(() if levels else LEVELS)))}",
            found=f"{len(unknown)} unknown, {len(absent)} levels without a column",
            offenders=[*unknown, *absent],
            remedy='table.set_index("indicator")'
            if first == "indicator"
            else nearest(first, known)
            or f'drop them, or say that they are levels: Indicators(table, levels=["{first}"])',
        )


def _again(table: pd.DataFrame, levels: tuple[str, ...], weights: dict[str, float]) -> Indicators:
    return Indicators(table, levels=levels, group_weights=weights)


def _refuse_directions(frame: pd.DataFrame) -> None:
    given = frame["direction"] if "direction" in frame else pd.Series(np.nan, index=frame.index)
    absent = given.isna()
    if absent.any():
        raise InputError(
            "indicators",
            expected="a direction for every indicator",
            found=f"none for {int(absent.sum())} of them",
            offenders=frame.index[absent],
            why="turned the wrong way, an indicator rewards the worst region",
            remedy='say "higher" where more is better and "lower" where less is, in a column '
            '"direction"',
        )
    wrong = ~given.isin(list(DIRECTIONS))
    if wrong.any():
        raise ValuesError(
            "direction",
            expected=" or ".join(map(repr, DIRECTIONS)),
            found=", ".join(sorted({repr(word) for word in given[wrong]})),
            offenders=frame.index[wrong],
            remedy='"higher" where more is better, "lower" where less is: '
            f'{{"{frame.index[wrong][0]}": "higher", ...}}',
        )


def _refuse_numbers(frame: pd.DataFrame) -> None:
    for name in NUMBERS:
        if name not in frame:
            continue
        numbers = pd.to_numeric(frame[name], errors="coerce")
        bad = (~np.isfinite(numbers) if name == "weight" else np.isinf(numbers)) | (
            frame[name].notna() & numbers.isna()
        )
        if name == "weight":
            bad |= numbers < 0
        if bad.any():
            raise ValuesError(
                name,
                expected="finite numbers" + (" of 0 or more" if name == "weight" else ""),
                found=", ".join(str(one) for one in frame[name][bad].head(3)),
                offenders=frame.index[bad],
                remedy="give every indicator a weight, or leave the column out"
                if name == "weight"
                else "",
            )


def _refuse_goalposts(frame: pd.DataFrame) -> None:
    if ("low" in frame) != ("high" in frame):
        raise InputError(
            "indicators", expected='both "low" and "high"', found="one of them",
            why="a scale has two ends",
        )  # fmt: skip
    if "low" not in frame:
        return
    low, high = (frame[name].astype(float) for name in ("low", "high"))
    bad = (low.isna() != high.isna()) | (low >= high)
    if bad.any():
        raise ValuesError(
            "goalposts",
            expected="a low end below the high one, or neither",
            found=f"others for {int(bad.sum())} indicators",
            offenders=frame.index[bad],
            why="which of the two is better says the direction",
        )


def _refuse_levels(frame: pd.DataFrame, levels: tuple[str, ...]) -> None:
    seen: set[str] = {INDEX}
    for place, level in enumerate(levels):
        absent = frame[level].isna()
        if absent.any():
            raise ValuesError(
                level,
                expected=f"a {level} for every indicator",
                found=f"none for {int(absent.sum())}",
                offenders=frame.index[absent],
            )
        names = set(frame[level].astype(str))
        if level == INDEX or names & seen:
            raise ValuesError(
                level,
                expected='names that no other level has, "index" being the top',
                found="names of two levels" if names & seen else "a level of that name",
                offenders=sorted(names & seen),
                remedy="rename the groups of one level",
            )
        seen |= names
        if place:
            below = levels[place - 1]
            parents = frame.groupby(frame[below].astype(str))[level].nunique()
            if (parents > 1).any():
                raise ValuesError(
                    below,
                    expected=f"one {level} for every {below}",
                    found=f"several for {int((parents > 1).sum())}",
                    offenders=parents.index[parents > 1],
                )


def _refuse_group_weights(told: Indicators) -> None:
    given = told._group_weights
    known = {name for names in told.groups for name in names}
    unknown = [name for name in given if name not in known]
    torn = [g for names in told.groups if set(names) & set(given) for g in names if g not in given]
    bad = [
        name
        for name, weight in given.items()
        if isinstance(weight, bool) or not np.isreal(weight) or not 0 <= float(weight) < np.inf
    ]
    if unknown or torn or bad:
        raise InputError(
            "group_weights",
            expected="a finite weight of 0 or more for every group of a level",
            found=f"{len(unknown)} unknown groups, {len(torn)} without a weight, {len(bad)} "
            "weights that cannot be used",
            offenders=[*unknown, *torn, *bad],
            remedy=nearest(unknown[0], known) if unknown else "",
        )
