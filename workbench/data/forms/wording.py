"""Words of a user's table: those of a closed list in two languages, and those that lack."""

from __future__ import annotations

import pandas as pd

from workbench.data.descriptor import Field
from workbench.data.forms.problems import Problem, places


def understood(cells: pd.Series, field: Field) -> tuple[pd.Series, list[Problem]]:
    """Return cells with the words of a field's list in place of those that mean them.

    Parameters
    ----------
    cells : Series of str or None, shape (n,)
        As they stand.
    field : Field
        Of the form; without a list of words the cells come back as they are.

    Returns
    -------
    cells : Series of str or None, shape (n,)
        Words that are not known stay.
    problems : list of Problem
        What was read.
    """
    if not field.enum:
        return cells, []
    known = {_plain(word): word for word in field.enum}
    known |= {_plain(other): word for word, others in field.synonyms for other in others}
    words = cells.map(lambda cell: known.get(_plain(cell), cell), na_action="ignore")
    read = cells.notna() & (words != cells)
    if not read.any():
        return cells, []
    pairs = zip(cells[read], words[read], strict=True)
    told = places(f"{cell!r} as {word!r}" for cell, word in pairs)
    found = places(map(repr, cells[read]))
    expected = "one of " + listed(field)
    return words, [Problem("word", field.name, found, expected, f"read {told}", "yes")]


def _plain(word: str) -> str:
    return " ".join(word.casefold().replace("ё", "е").split())


def listed(field: Field) -> str:
    """Return the words of a field's list, each with the first that means it in brackets."""
    others = {word: f" ({meant[0]})" for word, meant in field.synonyms if meant}
    return ", ".join(word + others.get(word, "") for word in field.enum)


def wrong(table: pd.DataFrame, fields: tuple[Field, ...], labels: pd.Series) -> list[Problem]:
    """Return the cells without a word that is needed, and those with a word that is not listed.

    Parameters
    ----------
    table : DataFrame, shape (n, k)
        Columns of the form.
    fields : tuple of Field
        Of the form.
    labels : Series of str, shape (n,)
        What a row is called.
    """
    problems = []
    for field in fields:
        if field.name not in table:
            continue
        own = table[field.name]
        coded = field.crosswalk or field.notation
        if field.required and field.type == "string" and not coded and own.isna().any():
            problems.append(
                Problem("missing word", f"{field.name}: {places(labels[own.isna()])}",
                        f"{int(own.isna().sum())} empty cells", "a word in every row",
                        "fill them in, or leave these rows out of the file")
            )  # fmt: skip
        odd = own.notna() & ~own.isin(field.enum) & bool(field.enum)
        if odd.any():
            problems.append(
                Problem("unknown word", f"{field.name}: {places(labels[odd])}",
                        places(map(repr, own[odd])), "one of " + listed(field),
                        "correct these cells of the file")
            )  # fmt: skip
    return problems
