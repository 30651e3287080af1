"""What a published thing consists of: numbers and texts with ids, and the grid that shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

from workbench.errors import InputError
from workbench.typing import Tolerance

MIME = "application/vnd.workbench.published+json"
"""Mime type under which an executed cell carries a published thing."""

Thing: TypeAlias = Literal["table", "comparison", "statistic", "figure", "number", "claim"]
RowKind: TypeAlias = Literal["data", "detail", "group"]

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Number:
    """A published number.

    Attributes
    ----------
    id : str
        ``<published name>/<row>/<column>``, unique in a run.
    value : int or float
        At full precision, always finite.
    printed : str
        As the report shows it.
    format : str
        How `value` became `printed`; see :func:`workbench.reports.formats.render`.
    tolerance : str
        Which rule decides whether another value is the same number.
    p_value : bool
        Whether it is a p-value (its relative error grows as it shrinks).
    permutations : int or None
        Number of permutations R behind it.
    row, column : str
        Where it stands in its table; a number of a sentence has its key as column.
    """

    id: str
    value: int | float
    printed: str
    format: str
    tolerance: Tolerance
    p_value: bool = False
    permutations: int | None = None
    row: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """How a result was made.

    Attributes
    ----------
    label : str
        Which of several results; the variable that holds it.
    method, formula : str
        As the result's provenance says.
    nobs : int
        Observations used.
    ids_digest : str
        Digest of the region ids.
    weights : str
        Digest of W, empty without.
    seed : int or None
        Of the random steps; None where there were none.
    options : mapping of str to str
        Other choices that decide the numbers.
    notes : tuple of str
        What was done to the sample or W on the caller's word.
    """

    label: str
    method: str
    formula: str = ""
    nobs: int = 0
    ids_digest: str = ""
    weights: str = ""
    seed: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A published text (cluster, verdict, missing value) that must be the same again."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: what is shown, and the id and full value of the number behind it.

    What is ``typed`` is a name that a reader types, the same in every language.
    """

    shown: str
    id: str = ""
    value: str = ""
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: a label and cells; ``detail`` belongs to the row above it."""

    label: str
    cells: tuple[Cell, ...] = ()
    kind: RowKind = "data"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it is shown: header cells over rows."""

    corner: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """A published thing, as a notebook shows it and as the ledger records it.

    Attributes
    ----------
    name : str
        Unique in a run, lower-case words joined by hyphens.
    thing : str
        What kind of object it is.
    caption, notes : str
        Text above and below it.
    numbers, texts : tuple
        Everything that verification compares.
    grids : tuple of Grid
        Tables that show them.
    sentence : str
        Markdown of a claim.
    alt : str
        What a figure shows, in words; the caption where there is none.
    picture : str
        A figure: SVG, or PNG in base64 where the SVG would be too large.
    made : tuple of Made
        How it was made, where the thing knows.
    weights : mapping of str to mapping
        Cards of the W that it was made with, by digest.
    """

    name: str
    thing: Thing
    caption: str = ""
    notes: str = ""
    numbers: tuple[Number, ...] = ()
    texts: tuple[Text, ...] = ()
    grids: tuple[Grid, ...] = ()
    sentence: str = ""
    alt: str = ""
    picture: str = field(default="", repr=False)
    made: tuple[Made, ...] = ()
    weights: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the picture as plain values that JSON can hold."""
        plain = asdict(self)
        del plain["picture"]
        for cell in (c for grid in plain["grids"] for row in grid["rows"] for c in row["cells"]):
            if not cell["typed"]:
                del cell["typed"]
        return plain

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        del include, exclude
        from workbench.reports.markup import grids_html, plain_text

        bundle: dict[str, Any] = {MIME: self.to_dict(), "text/plain": plain_text(self)}
        if self.sentence:
            bundle["text/markdown"] = self.sentence
        elif self.picture:
            mime = "image/svg+xml" if self.picture.startswith("<svg") else "image/png"
            bundle[mime] = self.picture
        else:
            bundle["text/html"] = grids_html(self)
        return bundle


def published_from(payload: Mapping[str, Any], *, picture: str = "") -> Published:
    """Rebuild a published thing from what :meth:`Published.to_dict` gave."""
    plain = dict(payload)
    plain["numbers"] = tuple(Number(**number) for number in plain["numbers"])
    plain["texts"] = tuple(Text(**text) for text in plain["texts"])
    plain["grids"] = tuple(_grid_from(grid) for grid in plain["grids"])
    plain["made"] = tuple(made_from(made) for made in plain.get("made", ()))
    return Published(**plain, picture=picture)


def made_from(plain: Mapping[str, Any]) -> Made:
    """Rebuild how something was made from its plain values."""
    return Made(**{**plain, "notes": tuple(plain.get("notes", ()))})


DRAWN: frozenset[Tolerance] = frozenset({"permutation", "simulation"})
"""Kinds of numbers that come from draws."""


def _grid_from(plain: Mapping[str, Any]) -> Grid:
    rows = tuple(
        Row(row["label"], tuple(Cell(**cell) for cell in row["cells"]), row["kind"])
        for row in plain["rows"]
    )
    return Grid(plain["corner"], tuple(plain["header"]), rows, plain["title"])


def check_name(name: str) -> str:
    """Return the name of a published thing, or refuse it."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InputError(
            "name",
            expected="lower-case letters and digits joined by hyphens, e.g. 'tab-impacts'",
            found=repr(name),
            why="the name is part of the id of every number and of the link to it",
        )
    return name
