"""Keys of a user's table: names of regions become ids, texts become years, each pair once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pandas as pd

from workbench.data.crosswalk import RegionMatch, match_regions
from workbench.data.descriptor import Field
from workbench.data.forms.problems import Problem, places
from workbench.data.schemes import parents
from workbench.errors import IdError, nearest
from workbench.typing import Crosswalk

_ID = re.compile(r"\(([A-Z]{2}-[A-Z]{2,3})\)")
AMBIGUOUS = "ambiguous region"
OKRUGS = ("RU-NEN", "RU-KHM", "RU-YAN")

_YEAR = re.compile(
    r"^(?:за\s+)?((?:19|20)\d{2})(?:\.0+)?\s*(?:г\.?|год|году|year)?$", re.IGNORECASE
)
_WHOLE = re.compile(r"^(\d{4})(?:\.0+)?$")


def text_of(cell: Any) -> str | None:
    """Return a cell as text; codes that a spreadsheet made numbers lose their ``.0``."""
    if cell is None or cell is pd.NA or cell is pd.NaT or cell != cell:
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() or None


def regions(
    names: pd.Series,
    field: Field,
    said: Mapping[str, str | None],
    *,
    empty: pd.Series,
    coded: bool = False,
) -> tuple[pd.Series, pd.Series, list[Problem]]:
    """Return the id of each row's region.

    Parameters
    ----------
    names : Series of str or None, shape (n,)
        As in the table.
    field : Field
        Of the form; its ``crosswalk`` says whose ids.
    said : mapping of str to (str or None)
        Ids that the user gives; None leaves the rows out.
    empty : Series of bool, shape (n,)
        Rows without any figure.
    coded : bool
        Whether the heading says that the names are official codes.

    Returns
    -------
    ids : Series of str or None, shape (n,)
        None where there is none.
    out : Series of bool, shape (n,)
        Rows that are left out: aggregates, those that the user leaves out, notes below a table.
    problems : list of Problem

    Raises
    ------
    IdError
        If the user speaks of a name that the table does not have.
    """
    present = sorted({name for name in names if isinstance(name, str)})
    check_said(said, present)
    asked = [name for name in present if name not in said]
    ids: dict[str, str | None] = {name: said.get(name) for name in present}
    dropped = {name for name in present if name in said and said[name] is None}
    problems = _wrong_ids(said, field)
    if asked:
        found = match_regions(asked, to=cast("Crosswalk", field.crosswalk))
        ids |= {str(name): str(region) for name, region in found.ids.items()}
        notes = {name for name in found.unmatched["name"] if bool(empty[names == name].all())}
        dropped |= notes | set(found.left_out["name"])
        problems += [*_told_matched(found, field), *_told_left_out(found, notes)]
        problems += [*_unknown(found, notes), *_ambiguous(found)]
        problems += [] if coded else _short_codes(found, field)
    blank = names.isna()
    if (blank & ~empty).any():
        found_none = f"{int((blank & ~empty).sum())} rows with figures and no region"
        problems.append(Problem("rows without a region", field.name, found_none,
                                "a region in every row", "fill in the names: merged cells of a "
                                "spreadsheet hold a name in their first row only"))  # fmt: skip
    out = names.isin(dropped) | (blank & empty)
    return names.map(lambda name: ids.get(name), na_action="ignore"), out, problems


def _wrong_ids(said: Mapping[str, str | None], field: Field) -> list[Problem]:
    given = sorted({region for region in said.values() if region is not None})
    if not given:
        return []
    found = match_regions(given, to=cast("Crosswalk", field.crosswalk))
    wrong = [region for region in given if found.ids.get(region) != region]
    if not wrong:
        return []
    return [Problem("region name", places(wrong), "ids given by regions={...} that are none",
                    f"ids of {field.crosswalk}", "correct them")]  # fmt: skip


def _told_matched(found: RegionMatch, field: Field) -> list[Problem]:
    """Return what was read by its name or code; ids and the names of the dataset need no word."""
    table = found.table
    read = table[(table["kind"] == "region") & (table["name"] != table["region"])]
    if read.empty:
        return []
    example = read.iloc[0]
    how = f"read as ids, e.g. {example['name']!r} as {example['region']}"
    return [Problem("region name", field.name, f"{len(read)} names or codes",
                    f"ids of {field.crosswalk}", how, "yes")]  # fmt: skip


def _short_codes(found: RegionMatch, field: Field) -> list[Problem]:
    """Return the codes of two digits, which tax offices and number plates count otherwise."""
    table = found.table
    short = table[(table["kind"] == "region") & table["how"].str.endswith("of two digits")]
    if short.empty:
        return []
    read = places(f"{name!r} for {region}" for name, region in
                  short[["name", "region"]].itertuples(index=False))  # fmt: skip
    return [Problem("codes of two digits", field.name, f"{len(short)}, as OKATO {read}",
                    "names, ISO codes or codes known to be OKATO",
                    "if they are OKATO, give the column the heading 'OKATO'; codes of tax offices "
                    "and number plates differ: write names instead")]  # fmt: skip


def _told_left_out(found: RegionMatch, notes: set[str]) -> list[Problem]:
    problems = []
    for kind, held in found.left_out.groupby("kind"):
        where = places(map(repr, held["name"]))
        problems.append(Problem("not a region", where, str(kind), "regions", "left out", "yes"))
    if notes:
        problems.append(Problem("not a region", places(map(repr, notes)), "text without figures",
                                "regions", "left out", "yes"))  # fmt: skip
    return problems


def _unknown(found: RegionMatch, notes: set[str]) -> list[Problem]:
    problems = []
    for row in found.unmatched.astype(str).to_dict("records"):
        name, near = row["name"], row["nearest"]
        if name in notes:
            continue
        region = _ID.search(near)
        own = region[1] if region else "..."
        remedy = f"say which it is, regions={{{name!r}: {own!r}}}, or leave it out by None"
        expected = f"perhaps {near}" if near else "a region"
        problems.append(Problem("unknown region", repr(name), repr(name), expected, remedy))
    return problems


def _ambiguous(found: RegionMatch) -> list[Problem]:
    problems = []
    ids = {str(name): str(region) for name, region in found.ids.items()}
    for row in found.ambiguous.astype(str).to_dict("records"):
        name, near = row["name"], row["nearest"]
        region = _ID.search(near)
        own = region[1] if region else "..."
        remedy = f"say which it is, regions={{{name!r}: {own!r}}}, or leave it out by None"
        held = [okrug for okrug, id_ in ids.items() if id_ in OKRUGS and parents()[id_] == own]
        if held:
            without = ", ".join(f"{okrug!r}: None" for okrug in sorted(held))
            remedy = (
                f"if it is without them, say regions={{{name!r}: {own!r}}}; if it has them "
                f"inside, leave them out: regions={{{without}}}"
            )
        problems.append(Problem(AMBIGUOUS, repr(name), row["how"], near, remedy))
    return problems


def check_said(said: Mapping[str, str | None], present: Sequence[str]) -> None:
    """Refuse a word of the user's on names that the table does not have."""
    for name in said:
        if name not in present:
            raise IdError(
                "regions",
                expected="names of regions as they stand in the table",
                found=repr(name),
                remedy=nearest(name, present) or f"e.g. {present[0]!r}" if present else "",
            )


def years(cells: pd.Series, field: Field) -> tuple[pd.Series, list[Problem]]:
    """Return the year of each row, as a float that is NaN where the cell holds none.

    Parameters
    ----------
    cells : Series, shape (n,)
        Numbers, text such as ``"2019 г."``, or dates.
    field : Field
        Of the form, with its bounds.
    """
    found = cells.map(year_of).astype("float64")
    problems = _dates(cells, field)
    read = cells[found.notna()]
    problems += told_years(read, field)
    bad = sorted({"empty" if text_of(cell) is None else repr(text_of(cell))
                  for cell in cells[found.isna()]})  # fmt: skip
    if bad:
        problems.append(Problem("year", field.name, places(bad), "a year in every row",
                                "correct the cells of the file"))  # fmt: skip
    outside = found[(found < (field.minimum or -1e9)) | (found > (field.maximum or 1e9))]
    if len(outside):
        problems.append(
            Problem("year", field.name, places(f"{year:g}" for year in outside.unique()),
                    f"years from {field.minimum:g} to {field.maximum:g}",
                    "correct the cells, or drop these rows")
        )  # fmt: skip
    return found, problems


def told_years(read: pd.Series, field: Field) -> list[Problem]:
    """Tell the texts around years, such as "2019 г.", of cells that a year was read from."""
    texts = sorted({c for c in read if isinstance(c, str) and not _WHOLE.match(c)})
    if not texts:
        return []
    return [Problem("year", field.name, places(map(repr, texts)), "years as numbers",
                    "read as the year in the text", "yes")]  # fmt: skip


def year_of_text(text: str) -> float | None:
    """Return the year that a text is, with a word for it or without; None where it is none.

    Examples
    --------
    >>> year_of_text("2021 г."), year_of_text("в 2021"), year_of_text("12021")
    (2021.0, None, None)
    """
    match = _YEAR.match(text.strip())
    return float(match[1]) if match else None


def _dates(cells: pd.Series, field: Field) -> list[Problem]:
    """Return what is to be said of dates: first or last days of a year are told, others refused."""
    dates = sorted({cell for cell in cells if isinstance(cell, dt.date)})
    if not dates:
        return []
    inside = [date for date in dates if (date.month, date.day) not in ((1, 1), (12, 31))]
    if inside:
        return [Problem("dates in a year", field.name, places(f"{d:%Y-%m-%d}" for d in inside),
                        "figures of whole years", "write the year alone if the figures are of the "
                        "whole year; sum up those of its parts otherwise")]  # fmt: skip
    return [Problem("year", field.name, places(f"{d:%Y-%m-%d}" for d in dates), "years as numbers",
                    "read as the year of the date; a figure as of 1 January may be of the year "
                    "before", "told")]  # fmt: skip


def year_of(cell: Any) -> float:
    """Return the year of a number, text or date; NaN where it is none."""
    if isinstance(cell, dt.date | dt.datetime | pd.Timestamp):
        return float(cell.year)
    year = year_of_text(text_of(cell) or "")
    return float("nan") if year is None else year


def without_repeats(
    table: pd.DataFrame, key: list[str], names: pd.Series, *, regional: bool
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return a table with each key once, or the problem of keys that occur with several figures.

    Rows that repeat another in every cell are dropped.

    Parameters
    ----------
    table : DataFrame
        With the key as columns.
    key : list of str
        Columns of the key.
    names : Series of str
        Names of the regions as they stood in the table, by row.
    regional : bool
        Whether the key begins with a region: rows under several of its names can be left out.
    """
    same = table.duplicated()
    problems = []
    if same.any():
        where = places(_label(row) for row in table.loc[same, key].itertuples(index=False))
        problems.append(Problem("repeated row", where, f"{int(same.sum())} rows that repeat others "
                                "in every cell", "each key once", "dropped", "yes"))  # fmt: skip
    kept = table[~same]
    twice = kept.duplicated(subset=key, keep=False)
    if twice.any():
        where = places(_label(row) for row in kept.loc[twice, key].itertuples(index=False))
        spelt = sorted({str(name) for name in names[kept.index[twice]] if isinstance(name, str)})
        remedy = "correct the file so that each occurs once"
        regions_twice = kept.loc[twice, key[0]].nunique()
        if regional and len(spelt) > regions_twice:
            remedy = (
                "they stand under several names; say which to leave out: regions={"
                + f"{spelt[0]!r}: None}} (the names are {', '.join(map(repr, spelt))})"
            )
        problems.append(Problem("repeated key", where, "several rows that differ",
                                f"each {' and '.join(key)} once", remedy))  # fmt: skip
    return kept, problems


def _label(row: tuple[Any, ...]) -> str:
    return " ".join(text_of(part) or "?" for part in row)
