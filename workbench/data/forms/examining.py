"""The steps of a check: headings, keys, figures, units, bounds, scheme; what each finds is told."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd

from workbench.data.descriptor import Descriptor, Field
from workbench.data.files import is_missing
from workbench.data.forms import (
    adding,
    figures,
    fixed,
    keys,
    nuts,
    placing,
    regional,
    scattered,
    units_beside,
    wording,
)
from workbench.data.forms.cells import numbers_of
from workbench.data.forms.flags import unflagged
from workbench.data.forms.headings import Layout, lay_out
from workbench.data.forms.lengthening import lengthen
from workbench.data.forms.problems import Problem, places
from workbench.data.forms.source import Source, marks
from workbench.data.forms.words import Words
from workbench.typing import RegionScheme


def examined(source: Source, form: Descriptor, said: Words) -> tuple[pd.DataFrame, list[Problem]]:
    """Return a table as the form wants it, as far as it goes, and what was found on the way.

    Parameters
    ----------
    source : Source
        Cells as they stand.
    form : Descriptor
        The form.
    said : Words
        The user's word on the table.

    Returns
    -------
    DataFrame
        By the form's key; to be handed out only where no problem is left unmended.
    list of Problem
        In the order of the steps.
    """
    fields = form.fields_of(form.parts[0])
    key = list(form.resource(form.parts[0].table).primary_key)
    words = _words_of_rows(fields, key)
    layout = lay_out(source.frame, fields, said.columns, figures=not words)
    problems = list(layout.problems)
    if source.frame.empty:
        problems.append(Problem("no figures", "rows", "none", "figures", "fill them in"))
        return source.frame, problems
    cells, told = lengthen(source.frame, layout.headings, fields)
    problems += told
    cells, told = unflagged(cells, fields)
    problems += told
    measures = [f.name for f in fields if f.type in figures.FIGURES and f.name in cells]
    gaps = cells[measures].map(is_missing)
    coded = all(heading.coded for heading in layout.headings if heading.field in _regional(fields))
    told_by = [name for name in words if name in cells]
    empty = cells[measures + told_by].map(is_missing).all(axis=1) & bool(measures + told_by)
    cells, names, told = _keyed(cells, fields, said, empty, coded=coded)
    problems += told
    decimal, thousands = _marks(source, said, cells, measures)
    labels = _labels(cells, key, names)
    table, told = numbers_of(cells, fields, decimal=decimal, thousands=thousands, labels=labels)
    problems += told
    table, told = _emptied(table, gaps.loc[table.index], empty.loc[table.index], fields, key)
    problems += told
    table, told = _weighed(table, fields, _units(source, layout, said, fields),
                           labels[table.index])  # fmt: skip
    problems += [*told, *_missing(gaps.loc[table.index], fields, labels[table.index])]
    table, told = _finished(table, fields, key, names, said)
    if any(problem.problem == keys.AMBIGUOUS for problem in problems):
        # an oblast that waits for a word would pass for missing
        told = [one for one in told if (one.problem, one.mended) != ("scheme", "no")]
    if any(problem.problem == nuts.LEVEL for problem in problems):
        problems = [one for one in problems if one.problem != "no figures"]
    return table, [*problems, *told]


def _weighed(
    table: pd.DataFrame,
    fields: tuple[Field, ...],
    told: tuple[dict[str, str], dict[str, str], list[Problem]],
    labels: pd.Series,
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return figures in the form's units, and what cannot be of them."""
    given, origin, problems = told
    turned, converted = figures.converted(table, fields, given, origin)
    suspects = figures.suspected(turned, fields, given)
    # what is perhaps in another unit is held to no bounds
    doubted = [name for name, problem in suspects.items() if problem.mended == "no"]
    bounds = figures.out_of_bounds(turned.drop(columns=doubted), fields, labels)
    far = scattered.scattered(turned.drop(columns=doubted), fields, given, labels)
    odd = [*wording.wrong(turned, fields, labels), *fixed.differing(turned, fields),
           *placing.misplaced(turned, fields, labels), *placing.beyond_europe(turned, fields),
           *adding.contradicted(turned, labels)]  # fmt: skip
    return turned, [*problems, *converted, *suspects.values(), *far, *bounds, *odd]


def _words_of_rows(fields: tuple[Field, ...], key: list[str]) -> list[str]:
    """Return the words without which a row says nothing, where figures are not needed.

    A registry lists things: a row with its name, form and place is one without any figure, too.
    """
    if any(field.required and field.type in figures.FIGURES for field in fields):
        return []
    return [field.name for field in fields if field.required and field.type == "string"
            and not field.crosswalk and field.name not in key]  # fmt: skip


def _regional(fields: tuple[Field, ...]) -> set[str]:
    return {field.name for field in fields if field.crosswalk}


def _keyed(
    cells: pd.DataFrame, fields: tuple[Field, ...], said: Words, empty: pd.Series, *, coded: bool
) -> tuple[pd.DataFrame, pd.Series, list[Problem]]:
    """Return the cells with ids and years, the names as they stood, and what was found."""
    keyed = cells.copy()
    names = pd.Series("", index=cells.index, dtype=object)
    problems: list[Problem] = []
    out = pd.Series(False, index=cells.index)
    for field in fields:
        if field.name not in cells:
            continue
        if field.crosswalk:
            names = cells[field.name].map(keys.text_of)
            ids, gone, told = keys.regions(names, field, said.regions, empty=empty, coded=coded)
            keyed[field.name] = ids
            out |= gone
            problems += told
        elif field.notation == nuts.NUTS2:
            names = cells[field.name].map(keys.text_of)
            keyed[field.name], gone, told = nuts.codes(names, field, said.regions, empty=empty)
            out |= gone
            problems += told
        elif field.type == "string":
            texts = cells[field.name].map(keys.text_of)
            keyed[field.name], told = wording.understood(texts, field)
            problems += told
    kept = keyed[~out]
    for field in fields:
        if field.type == "year" and field.name in cells:
            # rows of an empty form have no year yet
            problems += keys.years(kept.loc[~empty[kept.index], field.name], field)[1]
            kept = kept.assign(**{field.name: keys.years(kept[field.name], field)[0]})
    return kept, names, problems


def _units(
    source: Source, layout: Layout, said: Words, fields: tuple[Field, ...]
) -> tuple[dict[str, str], dict[str, str], list[Problem]]:
    """Return the unit of each column that has one told, and who tells it.

    Cells that a spreadsheet shows as per cents are shares, whatever else is said of them.
    """
    headed = {h.field: h.unit for h in layout.headings if h.unit}
    origin = dict.fromkeys(headed, ", as its heading says") | dict.fromkeys(said.units, "")
    given = headed | dict(said.units)
    present = {heading.field for heading in layout.headings}
    measures = [f for f in fields if f.type in figures.FIGURES and f.name in present]
    listed, problems = units_beside.of_column(
        source, layout.unit_column, headed, said.units, measures
    )
    problems += units_beside.overruled(headed, said.units, measures)
    given |= listed
    origin |= dict.fromkeys(listed, f", as the column {layout.unit_column!r} says")
    for heading in layout.headings:
        shown = source.percent.get(heading.text, 0)
        if not shown:
            continue
        cells = source.frame[heading.text]
        held = sum(isinstance(cell, int | float) for cell in cells)
        if shown < held:
            problems.append(
                Problem("mixed formats", heading.field, f"{shown} of {held} cells shown as per "
                        "cents", "one format in a column",
                        "give all its cells one format in the spreadsheet")
            )  # fmt: skip
        given[heading.field] = "share"
        origin[heading.field] = ", which the spreadsheet shows as per cents"
    problems += units_beside.above(source, given, measures)
    return given, origin, problems


def _marks(
    source: Source, said: Words, cells: pd.DataFrame, measures: list[str]
) -> tuple[str | None, str | None]:
    """Return the marks of the figures: the user's word, else what these columns show."""
    shown = marks(cells, measures)
    decimal, thousands = shown.decimal, shown.thousands
    if said.decimal:
        if shown.clashing:  # the other mark parts decimals somewhere: it groups no digits
            return said.decimal, thousands if thousands in (" ", "'") else None
        return said.decimal, None if thousands == said.decimal else thousands or _other(
            said.decimal
        )
    if decimal is None and source.decimal is not None:
        return source.decimal, source.thousands
    return decimal, thousands


def _other(decimal: str) -> str:
    return "," if decimal == "." else "."


def _labels(table: pd.DataFrame, key: list[str], names: pd.Series) -> pd.Series:
    """Return what rows are called: their key, or the name in the table where no id was found."""
    parts = []
    for name in key:
        own = table[name].map(keys.text_of) if name in table else pd.Series(None, table.index)
        parts.append(own.astype(object))
    first = parts[0].where(parts[0].notna(), names[table.index]) if parts else names[table.index]
    rest = parts[1:]
    return pd.Series(
        [" ".join(part for part in row if isinstance(part, str) and part) or "a row without key"
         for row in zip(first, *rest, strict=True)],
        index=table.index, dtype=object,
    )  # fmt: skip


def _emptied(
    table: pd.DataFrame,
    gaps: pd.DataFrame,
    empty: pd.Series,
    fields: tuple[Field, ...],
    key: list[str],
) -> tuple[pd.DataFrame, list[Problem]]:
    """Leave out rows and columns without any figure, as an empty form has them."""
    measures = list(gaps.columns)
    if not measures:
        return table, []
    if empty.all():
        return table, [Problem("no figures", places(measures), "no number in any row", "figures",
                               "fill them in")]  # fmt: skip
    bare = [name for name in measures if gaps[name].all()]
    lacking = [field.name for field in fields if field.present and field.name in bare]
    problems = []
    if lacking:
        problems.append(Problem("missing figure", places(lacking), "no number in any row",
                                "figures in some rows", "fill them in"))  # fmt: skip
    elif bare:
        problems.append(Problem("empty columns", places(bare), "no number in any row", "figures",
                                "left out", "yes"))  # fmt: skip
    if empty.any():
        problems.append(Problem("empty rows", ", ".join(key), f"{int(empty.sum())} rows without "
                                "any figure", "figures", "left out", "yes"))  # fmt: skip
    return table.loc[~empty].drop(columns=bare), problems


def _missing(gaps: pd.DataFrame, fields: tuple[Field, ...], labels: pd.Series) -> list[Problem]:
    """Return the gaps of figures that the form needs in every row."""
    problems = []
    for field in fields:
        if field.required and field.name in gaps:
            gap = gaps[field.name]
            if gap.any() and not gaps.to_numpy().all():
                problems.append(
                    Problem("missing figure", f"{field.name}: {places(labels[gap])}",
                            f"{int(gap.sum())} empty cells", "a figure in every row",
                            "fill them in, or leave these rows out of the file")
                )  # fmt: skip
    return problems


def _finished(
    table: pd.DataFrame, fields: tuple[Field, ...], key: list[str], names: pd.Series, said: Words
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the table by its key in one scheme of regions, as far as its key goes."""
    lacking = [name for name in key if name not in table]
    if lacking:
        return table.iloc[:0], []
    whole = table[table[key].notna().all(axis=1)]
    crosswalk = next((field.name for field in fields if field.crosswalk), "")
    coded = next((field.name for field in fields if field.notation == nuts.NUTS2), crosswalk)
    kept, problems = keys.without_repeats(whole, key, names, regional=coded == key[0])
    if any(problem.mended == "no" for problem in problems):
        return kept, problems
    kept = kept.astype({field.name: "int64" for field in fields
                        if field.type == "year" and field.name in kept})  # fmt: skip
    frame = kept.set_index(key).sort_index()
    frame = frame[[field.name for field in fields if field.name in frame]]
    scheme = cast("RegionScheme", said.scheme)
    if crosswalk == key[0] and said.scheme:
        frame, told = regional.brought(frame, fields, scheme)
        problems += told
        if len(frame) and not any(problem.mended == "no" for problem in told):
            problems += regional.missing_regions(frame, scheme)
    elif crosswalk in frame and said.scheme:
        frame[crosswalk] = regional.parents_of(frame[crosswalk], said.scheme)
    return _typed(frame, fields), problems


def _typed(frame: pd.DataFrame, fields: tuple[Field, ...]) -> pd.DataFrame:
    kinds = {f.name: np.float64 for f in fields if f.type in figures.FIGURES and f.name in frame}
    return frame.astype(kinds)
