"""What a new run publishes with the numbers of a ledger in it: what a report must show."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from workbench.reports.checking.entries import ends_of, same_entries
from workbench.reports.checking.findings import Finding
from workbench.reports.document.pieces import Output, Shown, pieces
from workbench.reports.entries import MIME, Cell, Grid, Number, Published, published_from
from workbench.reports.files import FIGURES
from workbench.reports.formats import render
from workbench.reports.ledger import Collector, Ledger
from workbench.reports.markup import localised, typographic

SVG, PNG = "image/svg+xml", "image/png"


def as_published(executed: Any, old: Ledger, kept: Mapping[str, bytes]) -> Any:
    """Return a copy of an executed notebook that shows what a ledger says.

    Parameters
    ----------
    executed : NotebookNode
        Of the new run; the language in use must be that of the report.
    old : Ledger
        Whose numbers are printed in the place of those of the new run.
    kept : mapping of str to bytes
        The report's own figures by path, which stand in the place of those of the new run.
    """
    again = deepcopy(executed)
    for cell in again.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if MIME in data:
                picture = data.get(SVG) or data.get(PNG) or ""
                _put(data, published_from(data[MIME], picture=picture), old, kept)
    return again


def _put(data: Any, thing: Published, old: Ledger, kept: Mapping[str, bytes]) -> None:
    shown = with_numbers(thing, old)
    if shown != thing:
        data[MIME] = shown.to_dict()
    drawing = kept.get(f"{FIGURES}/{thing.name}.svg", b"")
    raster = kept.get(f"{FIGURES}/{thing.name}.png", b"")
    if drawing and SVG in data:
        data[SVG] = drawing.decode()
    elif raster and PNG in data and base64.b64decode(data[PNG]) != raster:
        data[PNG] = base64.b64encode(raster).decode()


def with_numbers(thing: Published, old: Ledger) -> Published:
    """Return a published thing with the numbers of a ledger in its tables or its sentence."""
    now = {number.id: number for number in thing.numbers}
    grids = tuple(_grid(grid, now, old) for grid in thing.grids)
    return replace(thing, grids=grids, sentence=_sentence(thing, old))


def _grid(grid: Grid, now: Mapping[str, Number], old: Ledger) -> Grid:
    rows = (replace(r, cells=tuple(_cell(c, now, old) for c in r.cells)) for r in grid.rows)
    return replace(grid, rows=tuple(rows))


def _cell(cell: Cell, now: Mapping[str, Number], old: Ledger) -> Cell:
    ends = (ends_of(cell.id) or ()) if "; " in cell.value else (cell.id,)
    if not cell.value or not ends or not all(end in old.numbers for end in ends):
        return cell
    shown, start = cell.shown, 0
    for end in ends:
        was, printed = _printed(old.numbers[end]), _printed(now[end]) if end in now else ""
        place = shown.find(printed, start) if printed else -1
        if place >= 0:
            shown = shown[:place] + was + shown[place + len(printed) :]
            start = place + len(was)
    value = "; ".join(repr(old.numbers[end].value) for end in ends)
    return replace(cell, shown=shown, value=value)


def _printed(number: Number) -> str:
    """Return a number as a report prints it: what follows from its value, whatever is recorded."""
    try:
        return localised(render(number.value, number.format))
    except (ValueError, TypeError):
        return localised(number.printed)


def _sentence(thing: Published, old: Ledger) -> str:
    """Return a sentence with the numbers of a ledger, each in its own place."""
    before = next((p.sentence for p in old.published if p.name == thing.name), "")
    mine, yours = before.split(" "), thing.sentence.split(" ")
    if mine == yours or len(mine) != len(yours):
        return thing.sentence
    pairs = [
        (typographic(_printed(number)), typographic(_printed(old.numbers[number.id])))
        for number in thing.numbers
        if number.id in old.numbers
    ]
    known = ({new.replace(*pair) for pair in pairs} for new in yours)
    words = zip(mine, yours, known, strict=True)
    return " ".join(was if was in forms else new for was, new, forms in words)


def compared_sentences(old: Ledger, again: Ledger, collected: Collector) -> Iterator[Finding]:
    """Return a finding for each sentence whose words changed where its numbers did.

    Where no number changed, sentences are compared as they are; where a text did, that is told.
    The language in use must be that of the report.
    """
    before = {place.name: place.sentence for place in old.published}
    for thing, _ in collected.published:
        was = before.get(thing.name)
        if not thing.sentence or was is None or same_entries(thing.name, old, again):
            continue
        expected = _sentence(thing, old)
        texts = all(old.texts.get(text.id) == text for text in thing.texts)
        if texts and was != expected:
            told = f"its sentence was {was!r}, which is not what it says with the ledger's numbers"
            yield Finding(thing.name, "text", told, was, expected)


def loose_words(executed: Any) -> frozenset[str]:
    """Return the words of what a notebook shows and no ledger holds: outputs, notes, descriptions.

    Their numbers are compared with the documents alone.
    """
    texts: list[str] = []
    for piece in pieces(executed):
        if isinstance(piece, Output) and piece.mime not in (SVG, PNG):
            texts += [piece.plain, *([piece.data] if piece.mime == "text/html" else [])]
        elif isinstance(piece, Shown):
            thing = piece.published
            texts += [thing.notes, thing.alt]
            rows = (row for grid in thing.grids for row in grid.rows)
            texts += [cell.shown for row in rows for cell in row.cells if not cell.id]
    return frozenset(word for text in texts for word in text.replace("<", " <").split())
