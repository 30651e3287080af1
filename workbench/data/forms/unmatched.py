"""What is said of headings that mean nothing, and of columns of the form that were not found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from workbench.data.descriptor import Field
from workbench.data.forms.contents import FIGURES, fits, likely
from workbench.data.forms.nearness import misspelt, paired
from workbench.data.forms.problems import Problem, places
from workbench.data.forms.spelt import names_of, normal, with_year


def asked(
    lost: list[str],
    fields: tuple[Field, ...],
    frame: pd.DataFrame,
    *,
    used: set[str],
    dated: bool,
    figures: bool,
) -> list[Problem]:
    """Return the problems of headings that mean nothing and of columns that were not found.

    Parameters
    ----------
    lost : list of str
        Headings that mean nothing.
    fields : tuple of Field
        Of the form.
    frame : DataFrame
        Cells by heading.
    used : set of str
        Columns of the form that were found.
    dated : bool
        Whether headings name the years of their figures.
    figures : bool
        Whether a table without a column of figures lacks one.
    """
    bare = [text for text in lost if with_year(text)[1] and not normal(with_year(text)[0])]
    rest = sorted(set(lost) - set(bare))
    free = [field for field in fields if field.name not in used]
    near = paired(frame, rest, free)
    questions, suggested = _questions(rest, free, frame, near)
    unused = [text for text in rest if text not in near and text not in questions]
    found = used | suggested
    lacking = _lacking(fields, found, frame, unused, dated=dated, bare=bool(bare))
    measures = [field.name for field in fields if field.type in FIGURES]
    if figures and not bare and measures and not found & set(measures):
        lacking += _without_figures(lacking, measures, unused)
    return [
        *(questions.get(text) or _left_out(text, near, lacking) for text in rest),
        *_years(bare, measures),
        *lacking,
    ]


def _questions(
    texts: list[str], free: Sequence[Field], frame: pd.DataFrame, near: Mapping[str, str]
) -> tuple[dict[str, Problem], set[str]]:
    """Return the headings that are perhaps needed or misspelt columns, and these columns."""
    needed = [field for field in free if field.needed]
    wanted = {text: near[text] for text in texts if near.get(text) in {f.name for f in needed}}
    known = {name: field.name for field in free for name in names_of(field)}
    slips = {text: known[name] for text in texts if (name := misspelt(text, known))}
    others = [f for f in needed if f.name not in wanted.values() and f.type != "year"]
    if len(others) == 1 and not any(fits(frame[t], others[0]) for t in texts if t not in near):
        free_slips = [text for text in slips if text not in wanted]
        wanted |= {likely(frame, free_slips, others[0]): others[0].name}
    problems, suggested = {}, set()
    for text in texts:
        names = list(dict.fromkeys(held[text] for held in (wanted, slips) if text in held))
        if names:
            suggested |= set(names)
            problems[text] = _question(text, names, wanted.get(text, ""))
    return problems, suggested


def _question(text: str, names: list[str], needed: str) -> Problem:
    calls = " or ".join(f"columns={{{text!r}: {name!r}}}" for name in names)
    remedy = f"if it is {' or '.join(names)}, say {calls}; to leave it out, say None"
    if needed:
        remedy += f"; the form needs {needed}, in this column or another"
    perhaps = "perhaps " + " or ".join(map(repr, names))
    return Problem("unknown column", repr(text), repr(text), perhaps, remedy)


def _left_out(text: str, near: Mapping[str, str], lacking: list[Problem]) -> Problem:
    """Tell that a heading was left out; where the table lacks a column, that is to be known."""
    if text in near:
        remedy = f"left out; if it is {near[text]}, say columns={{{text!r}: {near[text]!r}}}"
        return Problem("unknown column", repr(text), repr(text), f"perhaps {near[text]!r}",
                       remedy, "told")  # fmt: skip
    remedy = "left out: the form has no such column"
    if lacking:
        remedy += f", and it lacks {places(problem.where for problem in lacking)}"
        return Problem("unknown column", repr(text), repr(text), "", remedy, "told")
    return Problem("unknown column", repr(text), repr(text), "", remedy, "yes")


def _years(bare: list[str], measures: list[str]) -> list[Problem]:
    """Return the problem of columns that are years, of which the figures are not named."""
    if not bare:
        return []
    named = ", ".join(f"{text!r}: {measures[0]!r}" for text in bare)
    return [
        Problem("years as columns", places(bare), f"{len(bare)} columns that are years",
                "a column year, and a column of what the figures are",
                f"say what they are of, e.g. columns={{{named}}}")
    ]  # fmt: skip


def _lacking(
    fields: tuple[Field, ...],
    found: set[str],
    frame: pd.DataFrame,
    unused: list[str],
    *,
    dated: bool,
    bare: bool,
) -> list[Problem]:
    """Return the columns that are needed and not there, but for those that were asked about."""
    gone = [field for field in fields if field.needed and field.name not in found]
    problems = []
    for field in gone:
        if field.type == "year" and (dated or bare):
            continue
        if field.type == "year":
            first = next(other.name for other in fields if other.type in FIGURES)
            remedy = (
                "of a table of one year, write it behind the headings of its figures, as in "
                f"'{first} 2023', or add the column: table.assign({field.name}=2023)"
            )
        elif bare and field.type in FIGURES:
            remedy = "say that the years are of it, as under years as columns"
        else:
            alike = [other for other in gone if _kind(other) == _kind(field)]
            held = _candidates(frame, unused, field, gone)
            only = len(alike) == 1 and _kind(field) != "string"
            remedy = f"add the column{_or_say(field.name, held, only=only)}"
        wanted = f"{field.title}" + (f", {field.unit}" if field.unit else "")
        problems.append(Problem("missing column", field.name, "none", wanted, remedy))
    return problems


def _candidates(
    frame: pd.DataFrame, unused: list[str], field: Field, gone: list[Field]
) -> list[str]:
    """Return the headings with cells of a field's kind; of regions the one most like them."""
    if not field.crosswalk:
        return [text for text in unused if fits(frame[text], field)]
    # numbers pass for codes of regions too
    counted = [other for other in gone if other.type in FIGURES][:1]
    texts = [t for t in unused if not any(fits(frame[t], other) for other in counted)]
    best = likely(frame, texts, field)
    return [best] if best else []


def _kind(field: Field) -> str:
    return field.crosswalk or ("figures" if field.type in FIGURES else field.type)


def _or_say(name: str, held: list[str], *, only: bool) -> str:
    """Return the call that names one of some headings; a call whole where there is one alone.

    Parameters
    ----------
    name : str
        Column of the form.
    held : list of str
        Headings with cells of its kind.
    only : bool
        Whether figures or regions are sought, and for no other column of the form.
    """
    if len(held) == 1 and only:
        return f", or if it is {held[0]!r}, say columns={{{held[0]!r}: {name!r}}}"
    of = f" of {places(map(repr, held))}" if held else ""
    return f", or say which it is{of}: columns={{'...': {name!r}}}"


def _without_figures(
    lacking: list[Problem], measures: list[str], unused: list[str]
) -> list[Problem]:
    if any(problem.where in measures for problem in lacking):
        return []
    of = f" of {places(map(repr, unused))}" if unused else ""
    return [Problem("missing column", "figures", "none", f"one or more of {places(measures)}",
                    f"add a column, or say which it is{of}: columns={{...}}")]  # fmt: skip
