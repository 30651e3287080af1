"""Where a table begins and ends: titles above, headings of several rows, notes below."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from workbench.data.files.grid import Grid, counted, filled
from workbench.data.files.numbers import NUMERIC
from workbench.errors import InputError

NOTE = re.compile(
    r"^(?:\d{1,2}\)|[¹²³⁴-⁹]|\*|примечани|источник|по данным|данные|без учета|без учёта|составлено|"
    r"рассчитано|note|source|\(\d\)|\[\d\]|см\.|с \d{4})",
    re.I,
)
LONG = 60
"""Letters from which the only cell of a row at the end is a note rather than a name."""

YEARS = range(1800, 2201)


@dataclass(frozen=True, slots=True)
class Layout:
    """A grid parted into heading, rows and what stands around them.

    Attributes
    ----------
    names : list of str
        Heading of each column that holds anything.
    rows : list of list
        Cells of those columns.
    lines : list of int
        Line of each row in the file.
    positions : list of int
        Position of each column in the file, counted from 0.
    width : int
        Number of cells of the heading as the file has it.
    above, below : tuple of str
        Lines left out.
    notes : tuple of str
        What was left out or named, a sentence each.
    """

    names: list[str]
    rows: list[list[Any]]
    lines: list[int]
    positions: list[int]
    width: int
    above: tuple[str, ...]
    below: tuple[str, ...]
    notes: tuple[str, ...]


def laid_out(grid: Grid, name: str) -> Layout:
    """Find the heading of a grid and the rows below it.

    Parameters
    ----------
    grid : Grid
        Cells as the file has them.
    name : str
        Of the file, for messages.

    Raises
    ------
    InputError
        If there is no heading or no row below it, or two columns have one name.

    Examples
    --------
    >>> grid = Grid([["Инвестиции"], [], ["", "2020"], ["Томск", "5"], ["1) Оценка."]],
    ...             [1, 2, 3, 4, 5])
    >>> found = laid_out(grid, "a.csv")
    >>> found.names, found.rows, found.above, found.below
    (['column 1', '2020'], [['Томск', '5']], ('Инвестиции',), ('1) Оценка.',))
    """
    width = max((len(row) for row in grid.rows), default=0)
    rows = [[*row, *[None] * (width - len(row))] for row in grid.rows]
    first, last = _heading(rows, grid, name)
    heading = _spread(rows[first : last + 1], grid, first)
    body = list(zip(rows[last + 1 :], grid.lines[last + 1 :], strict=True))
    body, numbered = _without_numbering(body)
    body, below = _without_notes(body)
    held = [(row, line) for row, line in body if any(map(filled, row))]
    if not held:
        raise InputError("path", expected="a table: a heading and rows below it",
                         found=f"{name}, with no row below {_text(rows[first])!r}")  # fmt: skip
    used = [*heading, *(row for row, _ in held)]
    columns = [k for k in range(width) if any(filled(row[k]) for row in used)]
    names, unnamed = _names(heading, columns)
    _refuse_data_as_heading(names, name, grid.lines[first])
    _refuse_duplicates(names, grid.lines[first])
    above = tuple(_text(row) for row in rows[:first] if any(map(filled, row)))
    notes = [
        *_told_around(above, below),
        *([f"A heading of {last - first + 1} rows was joined."] if last > first else []),
        *(["Left out: the row that numbers the columns."] if numbered else []),
        *_told_empty(len(body) - len(held), width - len(columns)),
        *([f"Columns without a heading are called {', '.join(unnamed)}."] if unnamed else []),
        *_told_merges(grid, [line for _, line in held]),
    ]
    return Layout(
        names=names,
        rows=[[row[k] for k in columns] for row, _ in held],
        lines=[line for _, line in held],
        positions=columns,
        width=max(len(row) for row in grid.rows[first : last + 1]),
        above=above,
        below=below,
        notes=tuple(notes),
    )


def _told_around(above: tuple[str, ...], below: tuple[str, ...]) -> list[str]:
    told = []
    for lines, where in ((above, "above the heading"), (below, "below the table")):
        if lines:
            told.append(f"Left out: {counted(len(lines), 'line')} {where}, {_short(lines[0])}")
    return told


def _told_empty(rows: int, columns: int) -> list[str]:
    empty = ((rows, "empty row"), (columns, "empty column"))
    told = [counted(number, what) for number, what in empty if number]
    return [f"Left out: {', '.join(told)}."] if told else []


def _short(text: str) -> str:
    return f'"{text[:57]}..."' if len(text) > LONG else f'"{text}".'


def _told_merges(grid: Grid, lines: list[int]) -> list[str]:
    inside = [top for top, *_ in grid.merged if top in set(lines)]
    if not inside:
        return []
    cells = counted(len(inside), "merged range")
    return [f"In the table: {cells}, with a value in the first cell only."]


def _heading(rows: list[list[Any]], grid: Grid, name: str) -> tuple[int, int]:
    """Return the first and the last row of the heading."""
    counts = [sum(map(filled, row)) for row in rows]
    usual = Counter(count for count in counts if count > 1)
    if not usual:
        raise InputError(
            "path", expected="a table: at least a heading and a row, and two columns",
            found=f"{name}, with one cell in a row at most",
        )  # fmt: skip
    typical = max(usual, key=lambda count: (usual[count], count))
    wide = [k for k, count in enumerate(counts) if count >= max(2, typical - 1)]
    first = wide[0]
    if first > 0 and any(map(filled, rows[first - 1][1:])) and _figures(rows[first]):
        first -= 1  # the corner of a heading may be empty: ["", "2020"] over ["Томск", "5"]
    found = first
    while first > 0 and _is_upper(rows, first, grid):
        first -= 1
    last = found
    while last + 2 < len(rows) and _goes_on(rows, first, last, grid):
        last += 1
    return first, last


def _figures(row: list[Any]) -> bool:
    """Return whether the cells beyond the first are mostly figures, years aside."""
    cells = [_title(cell) for cell in row[1:] if filled(cell)]
    return 2 * len(_no_years(cells)) > len(cells)


def _no_years(cells: list[str]) -> list[str]:
    numbers = [cell for cell in cells if NUMERIC.match(cell)]
    return [cell for cell in numbers if not (cell.isdigit() and int(cell) in YEARS)]


def _is_upper(rows: list[list[Any]], k: int, grid: Grid) -> bool:
    """Return whether the row above is a heading of groups of columns."""
    above, row = rows[k - 1], rows[k]
    if not any(map(filled, above[1:])):
        return False
    if _joined(grid, grid.lines[k - 1], grid.lines[k]):
        return True
    grouped = any(top == bottom == grid.lines[k - 1] and left > 0
                  for top, bottom, left, _ in grid.merged)  # fmt: skip
    return not filled(row[0]) and (grouped or (len(above) > 2 and filled(above[1])))


def _goes_on(rows: list[list[Any]], first: int, last: int, grid: Grid) -> bool:
    """Return whether the row below the heading belongs to it."""
    below = rows[last + 1]
    if _joined(grid, grid.lines[last], grid.lines[last + 1]):
        return True
    gaps = [k for k in range(1, len(below))
            if not any(filled(row[k]) for row in rows[first : last + 1])]  # fmt: skip
    return not filled(below[0]) and any(filled(below[k]) for k in gaps)


def _joined(grid: Grid, upper: int, lower: int) -> bool:
    """Return whether a merged cell reaches from one line to the next."""
    return any(top <= upper and bottom >= lower for top, bottom, *_ in grid.merged)


def _spread(heading: list[list[Any]], grid: Grid, first: int) -> list[list[Any]]:
    """Return the heading with groups written over each of their columns."""
    rows = [list(row) for row in heading]
    lines = grid.lines[first : first + len(rows)]
    spread = set()
    for top, bottom, left, right in grid.merged:
        if top in lines:
            k = lines.index(top)
            spread.add(k)
            rows[k][left : right + 1] = [rows[k][left]] * (right + 1 - left)
            for line in range(k + 1, min(bottom - top + k + 1, len(rows))):
                rows[line][left : right + 1] = [None] * (right + 1 - left)
    for k, row in enumerate(rows[:-1]):
        if k not in spread:  # text files know no merged cells: a group reaches to the next one
            held = None
            for column in range(1, len(row)):
                held = row[column] if filled(row[column]) else held
                row[column] = (
                    held if any(filled(low[column]) for low in rows[k + 1 :]) else row[column]
                )
    return rows


def _names(heading: list[list[Any]], columns: list[int]) -> tuple[list[str], list[str]]:
    names, unnamed = [], []
    for column in columns:
        parts = [_title(row[column]) for row in heading if filled(row[column])]
        if not parts:
            parts = [f"column {column + 1}"]
            unnamed.append(f"{parts[0]!r}")
        names.append(", ".join(dict.fromkeys(parts)))
    return names, unnamed


def _title(cell: Any) -> str:
    """Return a heading's cell as text: years without a decimal point, one space between words."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def _without_numbering(
    body: list[tuple[list[Any], int]],
) -> tuple[list[tuple[list[Any], int]], bool]:
    """Leave out the row "А 1 2 3" that numbers the columns of a printed table."""
    if not body:
        return body, False
    cells = [_title(cell) for cell in body[0][0] if filled(cell)]
    start = 2 if cells[:1] == ["1"] else 1
    ids = any(NUMERIC.match(_title(row[0])) for row, _ in body[1:] if filled(row[0]))
    ids = ids and [_title(row[0]) for row, _ in body[1:2]] != ["1"]  # rows are counted from 1 anew
    counted_off = len(cells) > 2 and (cells[0] in ("А", "A", "а", "a") or (start == 2 and not ids))
    if counted_off and cells[1:] == [str(k) for k in range(start, start + len(cells) - 1)]:
        return body[1:], True
    return body, False


def _without_notes(
    body: list[tuple[list[Any], int]],
) -> tuple[list[tuple[list[Any], int]], tuple[str, ...]]:
    """Leave out lines below the table: their only cell is the first, and they read like notes."""
    end = len(body)
    start = end
    for k in range(end - 1, -1, -1):
        row = body[k][0]
        count = sum(map(filled, row))
        if count == 0:
            continue
        if count > 1 or not isinstance(next(filter(filled, row)), str):
            break
        text = _text(row)
        after_gap = k > 0 and not any(map(filled, body[k - 1][0]))
        if NOTE.match(text) or len(text) > LONG or after_gap:
            start = k
        elif k + 1 != start:
            break
    below = tuple(_text(row) for row, _ in body[start:] if any(map(filled, row)))
    return body[:start], below


def _text(row: list[Any]) -> str:
    return " ".join(" ".join(str(cell).split()) for cell in row if filled(cell))


def _refuse_data_as_heading(names: list[str], file: str, line: int) -> None:
    """Refuse a first row of figures, which is no heading; years are one."""
    figures = _no_years(names[1:])
    if 2 * len(figures) > len(names[1:]):
        raise InputError(
            "path",
            expected="a heading: a row with the name of each column",
            found=f"figures in line {line} of {file}",
            offenders=figures,
            remedy="write the names of the columns above the figures",
        )


def _refuse_duplicates(names: list[str], line: int) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise InputError(
            "path",
            expected="a different name for each column",
            found=f"{len(twice)} names in line {line} that occur more than once",
            offenders=twice,
            why="a name would stand for two columns",
            remedy="rename or delete the columns that are repeated",
        )
