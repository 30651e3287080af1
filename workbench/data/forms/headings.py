"""Headings of a user's table against the columns of a form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.data.descriptor import Field
from workbench.data.forms import units
from workbench.data.forms.contents import disagreements
from workbench.data.forms.problems import Problem, places
from workbench.data.forms.spelt import UNIT, names_of, normal, readings, with_year
from workbench.data.forms.unmatched import asked
from workbench.errors import InputError, nearest

_FOOTNOTE = re.compile(r"(?<=\S)\s*(?:(?<!\d)\d{1,2}\)|[¹²³⁴-⁹⁰]+[⁾)]?|\*+)")
_MEASURED = re.compile(
    r"тыс|млн|млрд|миллион|миллиард|тысяч|\$|долл|руб|евро|процент|€|%|‰|(?<![^\W_])(?:thous\w*|"
    r"m[il]?n|bl?n|millions?|billions?|usd|rub|rur|eur|dollars?|per ?cents?|shares?)(?![^\W_])"
)
"""Letters of units: a heading with them and no known unit has one that is not understood."""

UNIT_COLUMNS = (
    "единица измерения", "единицы измерения", "ед измерения", "ед изм", "unit", "units",
    "unit of measure", "unit of measurement", "units of measurement",
)  # fmt: skip
"""Headings of a column that says what the figures are in."""

CODES = ("окато", "okato", "октмо", "oktmo")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the table: the field that it means, and the unit and year written in it.

    ``said`` tells whether the user named the field; ``exact`` whether it is the field's own name;
    ``coded`` whether it is a heading of official codes of regions.
    """

    text: str
    field: str
    unit: str = ""
    year: int | None = None
    said: bool = False

    @property
    def exact(self) -> bool:
        """Whether nothing had to be understood."""
        return self.text == self.field

    @property
    def coded(self) -> bool:
        """Whether it is a heading of OKATO or OKTMO codes."""
        return any(word in self.text.casefold() for word in CODES)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which headings are columns of the form, and what is wrong with the others.

    ``unit_column`` is the heading of a column of units, empty where there is none.
    """

    headings: tuple[Heading, ...]
    problems: tuple[Problem, ...]
    unit_column: str = ""


def lay_out(
    frame: pd.DataFrame,
    fields: tuple[Field, ...],
    said: Mapping[str, str | None],
    *,
    figures: bool = True,
) -> Layout:
    """Match headings with the columns of a form.

    Parameters
    ----------
    frame : DataFrame
        Cells by heading; they only tell what a missing column may be, and whether two columns of
        regions agree.
    fields : tuple of Field
        Of the form.
    said : mapping of str to (str or None)
        What the user says that headings are.
    figures : bool, default True
        Whether a table without a column of figures lacks one.

    Raises
    ------
    InputError
        If the user speaks of a heading that the table does not have.
    """
    texts = sorted(frame.columns)
    for heading in said:
        if heading not in texts:
            raise InputError(
                "columns",
                expected="headings of the table: " + ", ".join(map(repr, texts)),
                found=repr(heading),
                remedy=nearest(heading, texts),
            )
    measures = [f for f in fields if f.type in ("number", "integer")]
    found = [_understood(text, fields, measures, said) for text in texts if said.get(text, "")
             is not None]  # fmt: skip
    kept = [heading for heading in found if isinstance(heading, Heading)]
    lost = [text for text in found if isinstance(text, str)]
    unit_column = next((text for text in lost if normal(text) in UNIT_COLUMNS), "")
    lost = [text for text in lost if text != unit_column]
    kept, doubled = _without_repeats(kept, fields, frame)
    used = {heading.field for heading in kept}
    dated = any(heading.year is not None for heading in kept)
    problems = [
        *_told_names(kept, fields),
        *doubled,
        *asked(lost, fields, frame, used=used, dated=dated, figures=figures),
    ]
    return Layout(tuple(kept), tuple(problems), unit_column)


def _understood(
    text: str, fields: tuple[Field, ...], measures: list[Field], said: Mapping[str, str | None]
) -> Heading | str:
    """Return what a heading means, or the heading itself where it means nothing."""
    plain = _without_footnotes(text)
    by_year = any(field.type == "year" for field in fields)
    stem, year = with_year(plain) if by_year else (plain, None)
    if said.get(text):
        return Heading(text, str(said[text]), _unit_in(stem), year, said=True)
    # the year first: behind a unit it would pass for a part of it
    for candidate, when in dict.fromkeys([(stem, year), (plain, None)]):
        for body, unit in readings(candidate):
            field = _named(body, fields)
            if field is not None and (not unit or _is_unit(unit, field)):
                return Heading(text, field.name, unit, when)
    if year is not None and not normal(stem) and len(measures) == 1:
        return Heading(text, measures[0].name, year=year)
    return text


def _without_footnotes(text: str) -> str:
    """Return a heading without marks of footnotes; a bracket that was opened before stays."""
    open_ = text.count("(") >= text.count(")")
    return _FOOTNOTE.sub(lambda mark: mark[0] if open_ and ")" in mark[0] else "", text).strip()


def _unit_in(stem: str) -> str:
    """Return the unit in a heading, whole where it holds one that is not understood."""
    told = UNIT.match(stem)
    if told and units.parse(told[2]):
        return told[2]
    return units.written_in(stem) or (stem if _MEASURED.search(stem.casefold()) else "")


def _named(text: str, fields: tuple[Field, ...]) -> Field | None:
    word = normal(text)
    return next((field for field in fields if word in names_of(field)), None)


def _is_unit(text: str, field: Field) -> bool:
    # a unit of another kind is one too: it is refused later, by name
    return units.parse(text) is not None or units.factor(text, field.unit) is not None


def _without_repeats(
    headings: list[Heading], fields: tuple[Field, ...], frame: pd.DataFrame
) -> tuple[list[Heading], list[Problem]]:
    """Keep one heading a field, or one a field and year; of ids, the form's own or the first."""
    kept: list[Heading] = []
    problems: list[Problem] = []
    for field in fields:
        own = [heading for heading in headings if heading.field == field.name]
        undated = [heading for heading in own if heading.year is None]
        years = [heading.year for heading in own if heading.year is not None]
        if len(undated) <= 1 and len(years) == len(set(years)) and not (undated and years):
            kept += own
            continue
        names = places(repr(heading.text) for heading in own)
        if field.crosswalk and not years:
            chosen = next((h for h in own if h.said or h.exact), own[0])
            kept.append(chosen)
            problems.append(
                Problem("repeated column", field.name, names, "one column of regions",
                        f"read from {chosen.text!r}; the others were left out", "yes")
            )  # fmt: skip
            others = [heading.text for heading in own if heading is not chosen]
            problems += disagreements(frame, chosen.text, others, field)
            continue
        kept.append(own[0])
        problems.append(
            Problem("repeated column", field.name, names, "one column, or one a year",
                    f"say which to leave out: columns={{{own[-1].text!r}: None}}")
        )  # fmt: skip
    return kept, problems


def _told_names(headings: list[Heading], fields: tuple[Field, ...]) -> list[Problem]:
    order = {field.name: place for place, field in enumerate(fields)}
    renamed = [h for h in headings if not h.exact and h.year is None and not h.said]
    return [
        Problem(
            "column name", repr(h.text), repr(h.text), repr(h.field), f"read as {h.field}", "yes"
        )
        for h in sorted(renamed, key=lambda h: order[h.field])
    ]
