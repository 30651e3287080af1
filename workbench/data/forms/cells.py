"""Cells of a user's table read as numbers; those that are none are named one by one."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.data.descriptor import Field
from workbench.data.files import is_missing, to_numbers, why_no_number
from workbench.data.forms import keys, units
from workbench.data.forms.problems import Problem, places

COMMA = ","

ANSWERS = {"yes": 1.0, "да": 1.0, "true": 1.0, "no": 0.0, "нет": 0.0, "false": 0.0}


def numbers_of(
    cells: pd.DataFrame,
    fields: tuple[Field, ...],
    *,
    decimal: str | None,
    thousands: str | None,
    labels: pd.Series,
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the figures of a table as floats, NaN where a cell is missing or no number.

    Parameters
    ----------
    cells : DataFrame, shape (n, k)
        Columns of the form, as they stand.
    fields : tuple of Field
        Of the form.
    decimal, thousands : str or None
        Marks in cells of text; None for a decimal mark that cannot be told.
    labels : Series of str, shape (n,)
        What a row is called.
    """
    turned = cells.copy()
    problems: list[Problem] = []
    texts: list[str] = []
    for field in fields:
        if field.name not in cells or field.type not in ("number", "integer"):
            continue
        own, percent = _without_percent(cells[field.name], field)
        own, answers = _without_answers(own, field)
        own, years = _without_words_of_years(own, field)
        numbers, others = to_numbers(
            own, decimal=decimal or ".", thousands=thousands if decimal else None
        )
        if decimal is None:  # said once for all columns
            others = others[[not _may_be_number(cell) for cell in others]]
        turned[field.name] = numbers
        texts += [cell for cell in own if isinstance(cell, str) and not is_missing(cell)]
        problems += [
            *percent,
            *answers,
            *years,
            *_no_numbers(others, field, labels, decimal or ".", thousands),
        ]
        problems += _marks(own, field, labels)
    return turned, [*_decimal(texts, decimal, thousands), *problems]


def _decimal(texts: list[str], decimal: str | None, thousands: str | None) -> list[Problem]:
    doubtful = sorted({text for text in texts if _may_be_number(text) and not text.isdigit()})
    if decimal is None and doubtful:
        return [Problem("decimal mark", "figures", places(map(repr, doubtful)),
                        "a mark that parts whole numbers from fractions",
                        "say which it is: decimal=',' or decimal='.'")]  # fmt: skip
    found = []
    plain = [text for text in texts if _may_be_number(text)]
    commas = sorted({text for text in plain if COMMA in text})
    if decimal == COMMA and commas:
        found.append(Problem("decimal comma", "figures", f"e.g. {commas[0]!r}", "decimal points",
                             "read as numbers", "yes"))  # fmt: skip
    grouped = sorted({text for text in plain if thousands and _grouped(text, thousands)})
    if decimal and grouped:
        found.append(Problem("grouped digits", "figures", f"e.g. {grouped[0]!r}", "plain numbers",
                             "read as numbers", "yes"))  # fmt: skip
    return found


def _grouped(text: str, thousands: str) -> bool:
    return any(ch.isspace() for ch in text) if thousands == " " else thousands in text


def _may_be_number(cell: Any) -> bool:
    """Return whether a text is a number but for its marks."""
    return (
        isinstance(cell, str)
        and any(ch.isdigit() for ch in cell)
        and all(ch.isdigit() or ch.isspace() or ch in ".,-−–'’" for ch in cell)
    )


def _without_percent(cells: pd.Series, field: Field) -> tuple[pd.Series, list[Problem]]:
    """Return cells without the sign of the unit that the column has anyhow."""
    signed = cells.map(lambda cell: isinstance(cell, str) and cell.rstrip().endswith("%"))
    if not signed.any() or units.parse(field.unit) != units.parse("%"):
        return cells, []
    bare = cells.map(
        lambda cell: (
            cell.rstrip()[:-1].rstrip()
            if isinstance(cell, str) and cell.rstrip().endswith("%")
            else cell
        )
    )
    told = Problem("per cent sign", field.name, f"{int(signed.sum())} cells with %", field.unit,
                   "read without the sign", "yes")  # fmt: skip
    return bare, [told]


def _without_answers(cells: pd.Series, field: Field) -> tuple[pd.Series, list[Problem]]:
    """Return 1 and 0 for the words yes and no where the column holds 0 and 1."""
    if field.type != "integer" or (field.minimum, field.maximum) != (0.0, 1.0):
        return cells, []
    words = cells.map(lambda cell: ANSWERS.get(str(cell).casefold()))
    said = words.notna()
    if not said.any():
        return cells, []
    found = places({repr(str(cell)) for cell in cells[said]})
    told = Problem("words for 0 and 1", field.name, found, "0 or 1", "read as 0 and 1", "yes")
    return words.where(said, cells), [told]


def _without_words_of_years(cells: pd.Series, field: Field) -> tuple[pd.Series, list[Problem]]:
    """Return the year in a text such as "2021 г." where the column holds years."""
    if field.unit != "year":
        return cells, []
    years = cells.map(lambda cell: keys.year_of_text(cell) if isinstance(cell, str) else None)
    said = years.notna()
    if not said.any():
        return cells, []
    return years.where(said, cells), keys.told_years(cells[said], field)


def _no_numbers(
    others: pd.Series, field: Field, labels: pd.Series, decimal: str, thousands: str | None
) -> list[Problem]:
    problems = []
    for text in sorted({str(cell) for cell in others}):
        held = others[others.map(str) == text]
        why = why_no_number(held.iloc[0], decimal=decimal, thousands=thousands)
        problems.append(
            Problem("text in numbers", f"{field.name}: {places(labels[held.index])}",
                    f"{text!r} ({why})", f"a number{', ' + field.unit if field.unit else ''}",
                    "correct these cells of the file, or empty them where there is no figure")
        )  # fmt: skip
    return problems


def _marks(cells: pd.Series, field: Field, labels: pd.Series) -> list[Problem]:
    """Tell the marks that were read as missing figures, which some tables use for none."""
    marks = cells[[isinstance(cell, str) and is_missing(cell) for cell in cells]]
    if marks.empty:
        return []
    found = ", ".join(sorted({repr(mark) for mark in marks}))
    return [Problem("marks", f"{field.name}: {places(labels[marks.index])}", found, "figures",
                    "read as missing; where such a mark means none, write 0", "told")]  # fmt: skip
