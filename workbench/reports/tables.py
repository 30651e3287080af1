"""Anything that can be published as a table, for papers: LaTeX, Typst, Word, Excel, CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from workbench.core.language import language, speaking
from workbench.errors import InputError, check_option
from workbench.reports.claims import Wording, said_notes, worded
from workbench.reports.entries import Published
from workbench.reports.markup import plain_text
from workbench.reports.printable import Printable
from workbench.reports.publishing import published_of
from workbench.typing import Language


@dataclass(frozen=True, slots=True, repr=False)
class Table(Printable):
    """A table as it is published; made by :func:`workbench.table`.

    Attributes
    ----------
    published : Published
        Its grids, caption and notes, as :func:`workbench.publish` would show them.
    lang : {"en", "ru"}
        Language of what is shown.
    """

    published: Published
    lang: Language

    def _language(self) -> Language:
        return self.lang

    def _published(self) -> Published:
        return self.published

    def __str__(self) -> str:
        """Return the table as text."""
        return plain_text(replace(self.published, name=""))

    __repr__ = __str__


def table(
    thing: object,
    *,
    caption: Wording = "",
    notes: Wording = "",
    labels: Mapping[Any, Wording] | None = None,
    formats: Mapping[str, str] | None = None,
    lang: Language | None = None,
) -> Table:
    """Return a thing as a table for a paper: exactly what :func:`workbench.publish` would show.

    Parameters
    ----------
    thing : object
        What can be published but figures: a result, diagnostics, a LISA, a verdict, weights
        (their card), a :class:`~workbench.reports.comparison.Comparison`, a DataFrame or Series,
        a test statistic, a number.
    caption, notes : text, or one in each language
        Above and below the table.
    labels, formats : mapping, optional
        As :func:`workbench.publish`.
    lang : {"en", "ru"}, optional
        Language of headings and of words in cells, and of the decimal mark; that in use by default.
        A comparison that was made in a language of its own keeps it.

    Returns
    -------
    Table
        ``to_html() to_latex() to_typst() to_docx() to_csv() to_excel()``; long ones over pages by
        ``long=True``, wide ones turned by ``wide=True``. Missing values are empty cells.

    Raises
    ------
    InputError
        If the thing is a figure or cannot be published.
    OptionError
        If the language is neither.

    Examples
    --------
    >>> import pandas as pd
    >>> shares = pd.DataFrame({"share": [0.25, 0.5]}, index=["RU-TOM", "RU-KEM"])
    >>> print(table(shares, labels={"RU-TOM": "Tomsk & district"}).to_csv(), end="")
    "","Share"
    "Tomsk & district",0.25
    "RU-KEM",0.5
    """
    if lang is not None:
        check_option("lang", lang, Language)
    spoken = lang or getattr(thing, "lang", None) or language()
    with speaking(spoken):
        if isinstance(thing, Published):
            above, below = worded(caption, argument="caption"), said_notes(notes)
            published = replace(thing, caption=above or thing.caption, notes=below or thing.notes)
        else:
            published = published_of(
                thing, "table", caption=caption, notes=notes, labels=labels, formats=formats
            )
    if not published.grids:
        raise InputError(
            "thing",
            expected="something with rows and columns",
            found=f"a {published.thing}",
            remedy="save a figure by its savefig(path)",
        )
    return Table(published, spoken)
