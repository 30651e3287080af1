"""From a student's files to a draft: regions, figures by region and year, columns described."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.core.language import said_text, speaking
from workbench.data.bundled import bundled_root
from workbench.data.catalogue import Catalogue
from workbench.data.crosswalk.matching import match_regions
from workbench.data.crosswalk.result import EMPTY, label
from workbench.data.files import RawTable, read_table
from workbench.errors import IdError, InputError, ValuesError, listing
from workbench.reports.thesis.columns import Column, figures_of, one_of
from workbench.reports.thesis.matched import index_of, matched
from workbench.reports.thesis.places import Places, russian, vector_file
from workbench.reports.thesis.wanted import BUNDLED_REGIONS, Wanted
from workbench.reports.thesis.wide import YEAR, laid_out, title_of

FEWEST = 10
"""Regions below which no spatial model can be told from noise."""
MOST_REGRESSORS = 3


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of the thesis once its files are read; made by :func:`draft`.

    Attributes
    ----------
    wanted : Wanted
        The answers.
    places : Places or None
        The student's regions; None for the bundled ones.
    part : str
        Of the bundled regions; empty for the student's.
    names : Series of str
        What the table calls each region, by id; empty where it has ids only.
    figures : DataFrame
        By ``region``, or (``region``, ``year``).
    columns : tuple of Column
        Of the figures.
    outcome, regressors : str, tuple of str
        Names of columns.
    time : str
        Heading of the column of periods, if there are several.
    complete : bool
        Whether both files have the same regions.
    notes : tuple of str
        What was found and decided, a sentence each, in English.
    """

    wanted: Wanted
    places: Places | None
    part: str
    names: pd.Series[Any]
    figures: pd.DataFrame
    columns: tuple[Column, ...]
    outcome: str
    regressors: tuple[str, ...]
    time: str
    complete: bool
    notes: tuple[str, ...]

    @property
    def panel(self) -> bool:
        """Whether there are several periods."""
        return bool(self.time)

    @property
    def told(self) -> tuple[str, ...]:
        """The notes in the language of the thesis."""
        with speaking(self.wanted.lang):
            return tuple(said_text(note) for note in self.notes)

    @property
    def regions(self) -> int:
        """How many regions have figures."""
        return self.figures.index.get_level_values("region").nunique()


@dataclass(frozen=True, slots=True)
class _Cells:
    """Rows of the student's table: region, its name, period, cells, what stands above them."""

    frame: pd.DataFrame
    region: str
    marks: dict[str, Any]
    notes: tuple[str, ...]
    time: str = ""
    title: str = ""


def draft(wanted: Wanted) -> Draft:
    """Read the files of a thesis, match their regions, and describe what is in them.

    Parameters
    ----------
    wanted : Wanted
        The answers of the student.

    Returns
    -------
    Draft
        Nothing is written.

    Raises
    ------
    InputError
        If a file cannot be read, a column is not there or there are too few regions.
    IdError
        If regions do not match; names them.
    PanelError
        If a region occurs twice, or twice in a period.
    ValuesError
        If a column of numbers has cells that are none.
    """
    cells = _by_year(_cells(wanted), wanted)
    places, part, keys, names, told = _located(wanted, cells)
    frame = cells.frame[keys.notna().to_numpy()]
    keys = keys.dropna()
    years, heading = _years(frame, wanted.time or cells.time)
    time = heading if years is not None else ""
    index = index_of(keys, years, list(frame.index))
    drop = [cells.region, *([heading] if heading else [])]
    rows = [f"{' '.join(map(str, key)) if isinstance(key, tuple) else key}" for key in index]
    figures, columns = figures_of(frame.drop(columns=drop).set_axis(rows), **cells.marks)
    figures = figures.set_axis(index).sort_index()
    figures, complete, more = matched(
        figures, _ids_of(places, part), matched_only=wanted.matched_only
    )
    outcome, regressors, constant = _chosen(wanted, columns, figures)
    notes = (*cells.notes, *told, *more, *constant, *_told(columns, figures, time))
    found = Draft(wanted, places, part, names, figures, columns, outcome, regressors, time,
                  complete, notes)  # fmt: skip
    if found.regions < FEWEST:
        raise InputError(
            "table",
            expected=f"figures of at least {FEWEST} regions",
            found=f"{found.regions}",
            why="a spatial model of so few cannot be told from noise",
        )
    return found


def _headings(frame: pd.DataFrame) -> list[str]:
    return list(map(str, frame.columns))


def _cells(wanted: Wanted) -> _Cells:
    """Read the table, or the attributes of the vector file."""
    if wanted.table is None:
        assert wanted.data is not None
        column = wanted.data_region or wanted.region
        places = vector_file(wanted.data, column=column, ids=(), crs=wanted.crs)
        frame = places.attributes.reset_index().rename(columns={"region": places.column})
        marks: dict[str, Any] = {"decimal": wanted.decimal or ".", "thousands": None}
        return _Cells(frame, places.column, marks, ("Figures are attributes of the vector file.",))
    raw = read_table(wanted.table, sheet=wanted.sheet or None, decimal=wanted.decimal)
    if raw.decimal is None:
        raise InputError(
            "decimal",
            expected="the decimal mark of the table",
            found=f"cells of {raw.path_name} that do not tell it: 1,234 may be a thousand",
            remedy='say it: --decimal "," or --decimal "."',
        )
    frame = raw.frame
    region = one_of("id", wanted.region, _headings(frame)) if wanted.region else _guessed(raw)
    found = {"decimal": raw.decimal, "thousands": raw.thousands}
    return _Cells(frame, region, found, raw.notes, title=title_of(raw.above))


def _by_year(cells: _Cells, wanted: Wanted) -> _Cells:
    """Return a row a region and year where years stand in headings and none is said to be time."""
    if wanted.time:
        return cells
    named = wanted.table.stem if wanted.table is not None else "figures"
    frame, notes = laid_out(cells.frame, cells.region, bare=[*filter(None, [cells.title]), named])
    if not notes:
        return cells
    return replace(cells, frame=frame, notes=(*cells.notes, *notes), time=YEAR)


def _guessed(raw: RawTable) -> str:
    """Return the only column of text that has a name for each row, or ask for it."""
    frame = raw.frame
    texts = [
        str(name)
        for name in frame.columns
        if match_regions(frame[name]).ids.size > len(frame[name].unique()) / 2
    ]
    if len(texts) == 1:
        return texts[0]
    raise InputError(
        "id",
        expected=f"the column of regions: {', '.join(map(repr, _headings(frame)))}",
        found="none named, and "
        + ("none holds Russian regions" if not texts else f"{listing(texts)} could be"),
        remedy="name it: --id COLUMN",
    )


def _located(
    wanted: Wanted, cells: _Cells
) -> tuple[Places | None, str, pd.Series[Any], pd.Series[Any], list[str]]:
    """Return the places, the id of each row (missing where it is no region), and names by id."""
    written = cells.frame[cells.region].map(label)
    none = pd.Series(dtype=object)
    if wanted.data is not None:
        ids = sorted(set(written) - {EMPTY})
        told = "" if wanted.table is None else wanted.data_region
        column = told or (cells.region if wanted.table is None else "")
        places = vector_file(wanted.data, column=column, ids=ids, crs=wanted.crs)
        if EMPTY in set(written):
            rows = [f"row {row}" for row in written.index[written == EMPTY]]
            raise IdError(
                f"column {cells.region!r}", expected="a region in every row",
                found=f"{len(rows)} rows without", offenders=rows,
                remedy="fill them in, or delete rows that are no regions",
            )  # fmt: skip
        note = f"Regions: column {cells.region!r} of the table, {places.column!r} of the map."
        other = [f"Called otherwise on the map: {listing(places.respelled)}."]
        return places, "", written, none, [note, *(other if places.respelled else [])]
    match, part = russian(written, cells.region)
    ids_by_name = match.ids
    keys = written.map(dict(ids_by_name.items()))
    names = pd.Series(ids_by_name.index, index=ids_by_name.to_numpy()).groupby(level=0).first()
    left = [f"{name} ({kind})" for name, kind, _ in match.left_out.itertuples(index=False)]
    notes = [f"{len(names)} regions of Russia found by name; polygons of {part}."]
    notes += [f"Left out, as no regions: {listing(left)}."] if left else []
    return None, part, keys, names, [*notes, *match.notes]


def _years(frame: pd.DataFrame, said: str) -> tuple[pd.Series[Any] | None, str]:
    """Return the period of each row, if there are several, and the heading of their column."""
    if not said:
        return None, ""
    heading = one_of("time", said, _headings(frame))
    texts = frame[heading].map(label)
    bad = [f"row {row}: {text!r}" for row, text in texts.items() if not text.isdigit()]
    if bad:
        raise InputError(
            f"column {heading!r}",
            expected="whole years",
            found=f"{len(bad)} cells that are none",
            offenders=bad,
            remedy="write 2020 for “2020 год”; quarters and months go into a number that grows",
        )
    years = texts.astype(int)
    return (years if len(set(years)) > 1 else None), heading


def _ids_of(places: Places | None, part: str) -> set[str]:
    if places is not None:
        return set(places.frame.index)
    return set(Catalogue(bundled_root()).load(BUNDLED_REGIONS, part=part).index)


def _chosen(
    wanted: Wanted, columns: tuple[Column, ...], figures: pd.DataFrame
) -> tuple[str, tuple[str, ...], list[str]]:
    """Return the outcome, the regressors, as named or the first columns of numbers, and a note."""
    every = {column.heading: column.name for column in columns if column.type == "number"}
    same = {heading: name for heading, name in every.items() if figures[name].nunique() < 2}
    numbers = {heading: name for heading, name in every.items() if heading not in same}
    if len(numbers) < 2:
        raise InputError(
            "table",
            expected="at least two columns of numbers that vary: one to explain, one that explains",
            found=f"{len(numbers)}: {listing(list(numbers))}" if numbers else "none",
        )
    outcome = _named("outcome", wanted.outcome, every, same) if wanted.outcome else ""
    said = tuple(_named("regressors", one, every, same) for one in wanted.regressors)
    rest = [name for name in numbers.values() if name not in said]
    outcome = outcome or next(iter(rest), "")
    if outcome in ("", *said) or len(set(said)) < len(said):
        raise InputError(
            "regressors", expected="columns other than the outcome, each once",
            found=listing(list(wanted.regressors)),
        )  # fmt: skip
    notes = [f"One value throughout, so not in the formula: {listing(list(same))}."] if same else []
    return outcome, said or tuple(n for n in rest if n != outcome)[:MOST_REGRESSORS], notes


def _named(argument: str, said: str, names: dict[str, str], same: dict[str, str]) -> str:
    """Return the name of a column of numbers that somebody named; refuse one that is constant."""
    heading = one_of(argument, said, list(names))
    if heading in same:
        raise ValuesError(
            argument,
            expected="a column that varies",
            found=f"{heading!r}, which has one value in every row",
            why="what does not vary neither explains nor can be explained",
            remedy="name another column",
        )
    return names[heading]


def _told(columns: tuple[Column, ...], figures: pd.DataFrame, time: str) -> list[str]:
    gaps = [f"{c.name} {n}" for c in columns if (n := int(figures[c.name].isna().sum()))]
    notes = [f"Missing cells: {listing(gaps)}."] if gaps else []
    if time:
        years = figures.index.get_level_values("year")
        notes.append(f"A panel: {years.nunique()} periods, {years.min()} to {years.max()}.")
    return notes


def source_files(wanted: Wanted) -> tuple[Path, ...]:
    """Return the files that are kept as they came: the table."""
    return () if wanted.table is None else (wanted.table,)
