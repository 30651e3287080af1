"""Headings of a user's table against the columns of a form."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.data.descriptor import Field
from workbench.data.forms import units
from workbench.data.forms.contents import disagreements, likely
from workbench.data.forms.problems import Problem, places
from workbench.errors import InputError, nearest

ALIKE = 0.75
"""Likeness from which a heading may be a misspelt column of the form: below, "exports" is taken
for "reports"."""

_YEAR = re.compile(
    r"^(.*?)[\s,_(]*(?<!\d)((?:19|20)\d{2})(?:\d\))?(?:\s*(?:г\.?|год|year))?\s*\)?$",
    re.IGNORECASE,
)
_LAST_UNIT = re.compile(r"^(.*)\s*[,(\[]\s*([^()\[\]]+?)\s*[)\]]?$")
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
_UNIT = re.compile(r"^(.*?)\s*[,(\[]\s*([^()\[\]]+?)\s*[)\]]?$")


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
    unknown, suggested = _unknown(lost, fields, {heading.field for heading in kept}, frame)
    problems = [
        *_told_names(kept, fields),
        *doubled,
        *unknown,
        *_lacking(kept, lost, fields, frame, suggested, figures=figures),
    ]
    return Layout(tuple(kept), tuple(problems), unit_column)


def _understood(
    text: str, fields: tuple[Field, ...], measures: list[Field], said: Mapping[str, str | None]
) -> Heading | str:
    """Return what a heading means, or the heading itself where it means nothing."""
    plain = _without_footnotes(text)
    by_year = any(field.type == "year" for field in fields)
    stem, year = _with_year(plain) if by_year else (plain, None)
    if said.get(text):
        return Heading(text, str(said[text]), _unit_in(stem), year, said=True)
    # the year first: behind a unit it would pass for a part of it
    for candidate, when in dict.fromkeys([(stem, year), (plain, None)]):
        for body, unit in _readings(candidate):
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
    told = _UNIT.match(stem)
    if told and units.parse(told[2]):
        return told[2]
    return units.written_in(stem) or (stem if _MEASURED.search(stem.casefold()) else "")


def normal(text: str) -> str:
    """Return a heading without case, marks and doubled spaces.

    Examples
    --------
    >>> normal(" High-tech_exports ")
    'high tech exports'
    """
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold().replace("ё", "е")).split())


def _names(field: Field) -> set[str]:
    texts = (field.name, field.title, field.title_ru, field.source_name, *field.aliases)
    return {normal(text) for text in texts if text}


def _named(text: str, fields: tuple[Field, ...]) -> Field | None:
    word = normal(text)
    return next((field for field in fields if word in _names(field)), None)


def _readings(text: str) -> list[tuple[str, str]]:
    """Return a heading without what may be the unit in it, with that unit, and as it stands.

    The unit first: signs such as "‰" are no letters of a name, and would be passed over.
    """
    found = _UNIT.match(text)
    last = _LAST_UNIT.match(
        text
    )  # "Экспорт, всего, млн долл." has the unit behind the second comma
    pairs = [(match[1], match[2]) for match in (found, last) if match]
    return [*dict.fromkeys(pairs), (text, "")]


def _is_unit(text: str, field: Field) -> bool:
    # a unit of another kind is one too: it is refused later, by name
    return units.parse(text) is not None or units.factor(text, field.unit) is not None


def _with_year(text: str) -> tuple[str, int | None]:
    found = _YEAR.match(text.strip())
    return (found[1], int(found[2])) if found else (text, None)


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


def _unknown(
    lost: list[str], fields: tuple[Field, ...], used: set[str], frame: pd.DataFrame
) -> tuple[list[Problem], set[str]]:
    """Return the headings that mean nothing, and the columns that they perhaps are."""
    free = [field for field in fields if field.name not in used]
    needed = [field for field in free if field.needed and field.type != "year"]
    wanted = {likely(frame, lost, field): field.name for field in needed}
    known = {name: field.name for field in free for name in _names(field)}
    problems = []
    suggested = set()
    bare = [text for text in lost if _with_year(text)[1] and not normal(_with_year(text)[0])]
    for text in sorted(set(lost) - set(bare)):
        bodies = [normal(body) for body, _ in _readings(text)]
        alike = (difflib.get_close_matches(b, sorted(known), n=1, cutoff=ALIKE) for b in bodies)
        near = next(filter(None, alike), [])
        if near:
            names = dict.fromkeys([wanted.get(text, known[near[0]]), known[near[0]]])
            suggested |= set(names)
            calls = " or ".join(f"columns={{{text!r}: {name!r}}}" for name in names)
            remedy = f"if it is {' or '.join(names)}, say {calls}; to leave it out, say None"
            if len(names) > 1:
                remedy += f"; the form needs {wanted[text]}, in this column or another"
            perhaps = "perhaps " + " or ".join(map(repr, names))
            problems.append(Problem("unknown column", repr(text), repr(text), perhaps, remedy))
        else:
            remedy = "left out: the form has no such column"
            problems.append(Problem("unknown column", repr(text), repr(text), "", remedy, "yes"))
    return [*problems, *_years(bare, fields)], suggested


def _years(bare: list[str], fields: tuple[Field, ...]) -> list[Problem]:
    """Return the problem of columns that are years, of which the figures are not named."""
    if not bare:
        return []
    measures = [field.name for field in fields if field.type in ("number", "integer")]
    named = ", ".join(f"{text!r}: {measures[0]!r}" for text in bare)
    return [
        Problem("years as columns", places(bare), f"{len(bare)} columns that are years",
                "a column year, and a column of what the figures are",
                f"say what they are of, e.g. columns={{{named}}}")
    ]  # fmt: skip


def _lacking(
    kept: list[Heading],
    lost: list[str],
    fields: tuple[Field, ...],
    frame: pd.DataFrame,
    suggested: set[str],
    *,
    figures: bool,
) -> list[Problem]:
    """Return the columns that are needed and not there, but for those that were asked about."""
    measures = [field for field in fields if field.type in ("number", "integer")]
    present = {heading.field for heading in kept}
    dated = any(heading.year is not None for heading in kept)
    bare = any(_with_year(text)[1] and not normal(_with_year(text)[0]) for text in lost)
    problems = []
    for field in fields:
        if field.name in present | suggested or not field.needed:
            continue
        if field.type == "year":
            if dated or bare:
                continue
            remedy = (
                "of a table of one year, write it behind the headings of its figures, as in "
                f"'{measures[0].name} 2023', or add the column: table.assign({field.name}=2023)"
            )
        else:
            example = likely(frame, lost, field)
            remedy = "add the column, or say which it is: columns={" + (
                f"{example or '...'!r}: {field.name!r}}}"
            )
            if bare and field.type in ("number", "integer"):
                remedy = "say that the years are of it, as under years as columns"
        wanted = f"{field.title}" + (f", {field.unit}" if field.unit else "")
        problems.append(Problem("missing column", field.name, "none", wanted, remedy))
    asked = present | suggested
    if figures and not bare and measures and not asked & {field.name for field in measures}:
        names = places(field.name for field in measures)
        if not any(problem.where in [f.name for f in measures] for problem in problems):
            problems.append(Problem("missing column", "figures", "none", f"one or more of {names}",
                                    "add a column, or say which it is: columns={...}"))  # fmt: skip
    return problems
