"""A printed table set beside a dataset, cell by cell, in units of the last printed digit."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.expressions import label
from workbench.core.ids import ids_digest
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.data.printed_columns import Counterpart, counterparts
from workbench.errors import IdError, InputError, ValuesError, check_number
from workbench.typing import PrintedVerdict, Tolerance

MOST_DECIMALS = 12
ID = re.compile(r"[A-Z]{2}-[A-Z0-9]+$")
SAME: PrintedVerdict = "same digits"
REVISED: PrintedVerdict = "revised"
INCOMPARABLE: PrintedVerdict = "not comparable"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PrintedComparison:
    """Printed figures beside those of a dataset; immutable.

    Attributes
    ----------
    cells : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    tolerance_units : float
        Difference up to which digits count as the same, in units of the last printed digit.
    notes : tuple of str
    provenance : Provenance
    """

    cells: pd.DataFrame
    tolerance_units: float
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "closed form"

    @property
    def heading(self) -> str:
        """How many cells agree, differ, and cannot be compared."""
        row = self.glance().iloc[0]
        return (
            f"{len(self.cells)} printed figures: {row['same']:.0f} with the same digits, "
            f"{row['revised']:.0f} revised, {row['incomparable']:.0f} not comparable"
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row a printed cell, in the order of the printed table.

        Columns ``printed ours last_digits verdict reason``: the figure as printed, the dataset's
        in the same unit, their difference (ours less printed) in units of the last printed digit.
        """
        return self.cells.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: cells with the same digits, revised, not comparable; largest difference.

        ``largest_digits`` is over the cells that are compared.
        """
        verdicts = self.cells["verdict"]
        compared = self.cells.loc[verdicts != INCOMPARABLE, "last_digits"].abs()
        return one_row(
            same=int((verdicts == SAME).sum()),
            revised=int((verdicts == REVISED).sum()),
            incomparable=int((verdicts == INCOMPARABLE).sum()),
            largest_digits=float(compared.max()) if len(compared) else math.nan,
        )

    def __str__(self) -> str:
        return display.text(self.heading, [("", self.cells)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, [("", self.cells)], self.notes)


def compare_printed(
    printed: pd.DataFrame,
    dataset: pd.DataFrame,
    *,
    columns: Mapping[str, str | None] | None = None,
    decimals: int | Mapping[str, int] | None = None,
    tolerance: float = 0.5,
    definitions: Mapping[str, str] | None = None,
) -> PrintedComparison:
    """Compare a printed table with a dataset, cell by cell, to the last printed digit.

    Parameters
    ----------
    printed : DataFrame
        Figures as printed, indexed as `dataset` is (by region, or by region and year). Missing
        cells are blanks of the table, and are passed over. Not changed.
    dataset : DataFrame
        The figures to set beside them. Not changed. Missing cells are reported, not refused.
    columns : mapping of str to str or None, optional
        The dataset's counterpart of printed columns: a column, or an expression that brings it to
        the printed unit, such as ``{"grp": "grp / 1000"}``; None where there is none. Columns that
        are left out have the counterpart of the same name.
    decimals : int or mapping of str to int, optional
        Decimals printed, of all columns or of each. By default as many as some cell of the column
        needs, which is one too few where the last digit of a whole column happens to be 0.
    tolerance : float
        Difference up to which digits are the same, in units of the last printed digit: 0.5 is what
        rounding explains.
    definitions : mapping of str to str, optional
        Printed columns that mean something else than their counterparts, and what: their cells are
        ``not comparable`` whatever the figures, and the difference is shown all the same.

    Returns
    -------
    PrintedComparison
        ``.tidy()``, ``.glance()``.

    Raises
    ------
    InputError, IdError, ValuesError, FormulaError
        If a table cannot be read, columns or decimals are unknown, indexes are of different levels,
        or printed cells have more decimals than was said.

    Notes
    -----
    The verdict is ``same digits`` where the distance of ours from the printed figure, times
    10^decimals, is at most the tolerance,
    ``revised`` where it is more, and ``not comparable`` with a reason: the dataset has no such
    column, no such region or year, no figure there, another unit (where both are datasets of the
    catalogue, whose descriptors tell), or another definition. *Revised* says that the figures
    differ, not who changed them.

    Examples
    --------
    >>> import workbench as wb
    >>> found = compare_printed(
    ...     wb.load("kemerovo-published"),
    ...     wb.load("russia-innovation"),
    ...     columns={"grp": "grp / 1000", "investment": "investment / 1000"},
    ... )
    >>> found.tidy().loc[("RU-KEM", 2015, "grp"), "verdict"]
    'same digits'
    """
    width = check_number("tolerance", tolerance, above=0.0)
    _require_table(printed, "printed")
    _require_table(dataset, "dataset")
    _require_levels(printed, dataset)
    _require_kinds(printed, dataset)
    read = counterparts(printed, dataset, columns=columns, definitions=definitions)
    places = _places(printed, decimals)
    rows = {
        (*_key(where), name): _cell(value, where, read[name], places[name], width)
        for where, values in zip(printed.index, printed.to_numpy(dtype=object), strict=True)
        for name, value in zip(map(str, printed.columns), values, strict=True)
        if not pd.isna(value)
    }
    if not rows:
        raise ValuesError("printed", expected="at least one figure", found="blanks only")
    levels = [*(name or "region" for name in printed.index.names), "variable"]
    cells = pd.DataFrame(list(rows.values()), index=pd.MultiIndex.from_tuples(rows, names=levels))
    return PrintedComparison(
        cells=cells,
        tolerance_units=width,
        notes=(
            "Differences are ours less printed, in units of the last printed digit; up to "
            f"{width:g} they are the same digits.",
        ),
        provenance=Provenance(
            method="printed figures beside a dataset",
            formula=", ".join(f"{name} ~ {one.text}" for name, one in read.items()),
            nobs=len(cells),
            ids_digest=ids_digest(label(key) for key in rows),
            options={"tolerance": f"{width:g}", "decimals": str(places)},
        ),
    )


def _cell(
    value: object, where: Any, other: Counterpart, decimals: int, tolerance: float
) -> dict[str, Any]:
    printed = float(str(value))
    ours = other.at(where)
    units = (ours - printed) * 10.0**decimals
    reason = other.reason or other.absence(where)
    # a figure half-way between two printed ones is stored a little to one side
    close = abs(units) <= tolerance * (1 + 1e-9) + 1e-9 * abs(printed) * 10.0**decimals
    verdict = INCOMPARABLE if reason else SAME if close else REVISED
    return {
        "printed": printed,
        "ours": ours,
        "last_digits": units,
        "verdict": verdict,
        "reason": reason,
    }


def _key(where: Any) -> tuple[Any, ...]:
    return where if isinstance(where, tuple) else (where,)


def _require_table(table: Any, argument: str) -> None:
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            argument,
            expected="a DataFrame indexed by region, or by region and year",
            found=type(table).__name__,
            remedy='table.set_index(["region", "year"])',
        )
    if not len(table) or not table.shape[1]:
        raise InputError(argument, expected="rows and columns", found="an empty table")
    repeated = table.index[table.index.duplicated()].unique()
    if len(repeated) or not table.columns.is_unique:
        raise IdError(
            argument,
            expected="every row and every column once",
            found=f"{len(repeated)} keys that occur more than once"
            if len(repeated)
            else "columns that occur more than once",
            offenders=[label(key) for key in repeated]
            or list(table.columns[table.columns.duplicated()]),
            why="a cell must be one figure",
            remedy="drop the repeated ones",
        )


def _require_levels(printed: pd.DataFrame, dataset: pd.DataFrame) -> None:
    ours, theirs = dataset.index.nlevels, printed.index.nlevels
    if ours != theirs:
        raise IdError(
            "printed",
            expected=f"an index as the dataset's: {ours} level{'s' * (ours > 1)}, "
            f"{list(dataset.index.names)}",
            found=f"{theirs}: {list(printed.index.names)}",
            remedy='printed.set_index(["region", "year"])'
            if ours > theirs
            else 'take one year of it: printed.xs(2015, level="year")',
        )


def _require_kinds(printed: pd.DataFrame, dataset: pd.DataFrame) -> None:
    """Refuse keys that cannot meet: text beside numbers, names beside ids."""
    for level, name in enumerate(dataset.index.names):
        theirs, ours = printed.index.unique(level), dataset.index.unique(level)
        texts, owns = theirs.map(_kind_of), ours.map(_kind_of)
        if len(theirs.intersection(ours)) or set(texts) & set(owns):
            continue
        raise IdError(
            "printed",
            expected=f"{name or 'keys'} as the dataset has them, e.g. {label(ours[0])}",
            found=f"{', '.join(sorted(set(texts)))}, e.g. {label(theirs[0])}",
            offenders=[label(key) for key in theirs],
            why="every cell would pass for one that the dataset does not have",
            remedy=f"numbers: printed.rename(index=int, level={level}); names of regions: "
            "wb.data.match_regions(...).apply(...); levels in the order of the dataset: "
            "printed.swaplevel()",
        )


def _kind_of(key: object) -> str:
    if not isinstance(key, str):
        return "other than text"
    return "ids" if ID.match(key) else "text"


def _places(printed: pd.DataFrame, decimals: int | Mapping[str, int] | None) -> dict[str, int]:
    names = [str(name) for name in printed.columns]
    if isinstance(decimals, Mapping):
        unknown = [name for name in decimals if name not in names]
        if unknown:
            raise InputError(
                "decimals", expected=f"printed columns: {', '.join(names)}",
                found="others", offenders=unknown,
            )  # fmt: skip
        said: dict[str, int | None] = {name: decimals.get(name) for name in names}
    else:
        said = dict.fromkeys(names, decimals)
    return {name: _decimals(printed[name], said[name]) for name in names}


def _decimals(column: pd.Series[Any], said: int | None) -> int:
    numbers = _numbers(column).dropna()
    needed = [_needed(value) for value in numbers]
    most = max(needed, default=0)
    if said is None:
        return most
    # a minus says tens or hundreds; a bool is no number of decimals
    if isinstance(said, bool) or not isinstance(said, int | np.integer):
        raise InputError("decimals", expected="a whole number", found=repr(said))
    beyond = numbers.index[[value > max(said, 0) for value in needed]]
    if len(beyond):
        raise ValuesError(
            "decimals",
            expected=f"printed figures of {column.name} with at most {max(said, 0)} decimals",
            found=f"{len(beyond)} with more, e.g. {numbers.loc[beyond[0]]:g}",
            offenders=[label(key) for key in beyond],
            remedy=f"decimals={most}",
        )
    return int(said)


def _needed(value: float) -> int:
    text = f"{value:.{MOST_DECIMALS}f}".rstrip("0")
    return len(text.partition(".")[2])


def _numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    bad = (numbers.isna() & column.notna()) | np.isinf(numbers)
    if bad.any():
        raise ValuesError(
            str(column.name),
            expected="printed figures as numbers",
            found=f"{int(bad.sum())} that are none, e.g. {column[bad].iloc[0]!r}",
            offenders=[label(key) for key in column.index[bad]],
            remedy="write decimal points, and leave blanks for figures that are not printed",
        )
    return numbers
