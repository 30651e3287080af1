"""Publish a result, table, figure, number or sentence under a name, with every number recorded."""

from __future__ import annotations

import numbers as abstract
import re
import sys
from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.core.language import said_text, say, speaking
from workbench.errors import InputError, check_option
from workbench.reports.claims import Wording, said_notes, sentence_of, worded
from workbench.reports.comparing import checked_formats
from workbench.reports.comparison import Comparison, tolerance_of
from workbench.reports.digits import column_format
from workbench.reports.drawn import Drawn
from workbench.reports.drawn import drawn_by as draws_of
from workbench.reports.entries import Grid, Published, Row, Thing, check_name
from workbench.reports.made import made_of
from workbench.reports.records import Record, plain_value
from workbench.typing import Tolerance

FITTED = frozenset({"rsquared", "loglik", "sigma2", "aic"})
"""Columns of a glance that say how well something was fitted."""


def publish(
    thing: object,
    name: str,
    *,
    caption: Wording = "",
    notes: Wording = "",
    labels: Mapping[Any, Wording] | None = None,
    formats: Mapping[str, str] | None = None,
    kind: Tolerance | None = None,
    drawn_by: Drawn | None = None,
) -> Published | None:
    """Publish a thing under a name: shown here, in the report, and in its ledger of numbers.

    Parameters
    ----------
    thing : object
        A result (anything with ``to_publish()``, or ``tidy()``, and ``glance()`` where it has
        one), a
        :class:`~workbench.reports.comparison.Comparison`, a DataFrame or Series, a matplotlib
        figure, a test statistic, or a single number. Missing values are published as empty
        texts; geometries are left out.
    name : str
        Lower-case words joined by hyphens; unique in a run. First part of every number's id.
    caption, notes : str or mapping of language to str
        Plain text above and below; ``{"en": ..., "ru": ...}`` for one in each language, of which
        that of :func:`workbench.set_language` is shown. The caption is also the alternative text
        of a figure.
    labels : mapping or Series, optional
        What is shown in the place of names of columns, rows and levels of a table, and of texts
        in its cells, each a text or one in each language: ``{"rd": {"en": "R&D", "ru": "НИОКР"}}``,
        or the names of regions by id. Ids of numbers keep the names and recorded texts stay;
        names that the table does not have are no error.
    formats : mapping of str to str, optional
        Format of the numbers of a column, e.g. ``{"rate": ".1f"}``, where the one that is chosen
        by their size does not serve, as for digits that somebody else printed. By default the
        numbers of a column have the same decimals; those of a row where the columns are summary
        statistics (``mean``, ``sd``, ``min``, ``25%``) of the variable of their row.
    kind : {"exact", "closed form", "maximum likelihood", "permutation", "simulation"}, optional
        Rule by which verification compares the numbers. By default the thing's own
        ``tolerance``, else ``"closed form"``; whole numbers are exact.
    drawn_by : result, int, or several of these in a list or by name, optional
        Of a table whose numbers are of ``"permutation"`` or ``"simulation"``, the results that
        they came from, of which seed, method and W are recorded; or the seed of draws of your
        own. A result that is published whole tells it itself.

    Returns
    -------
    Published or None
        In a notebook the thing is shown and None is returned; elsewhere what would have been
        published.

    Raises
    ------
    InputError
        If the name is not of that form, the thing cannot be published, a text lacks one of the
        languages, or what `drawn_by` names records no seed.

    Examples
    --------
    >>> published = publish(0.4567, "rho", caption="Spatial dependence")
    >>> published.numbers[0].id, published.numbers[0].printed
    ('rho', '0.4567')
    """
    check_name(name)
    published = published_of(
        thing, name, caption=caption, notes=notes, labels=labels, formats=formats, kind=kind,
        drawn_by=drawn_by,
    )  # fmt: skip
    return _hand_over(published, thing)


def published_of(
    thing: object,
    name: str,
    *,
    caption: Wording = "",
    notes: Wording = "",
    labels: Mapping[Any, Wording] | None = None,
    formats: Mapping[str, str] | None = None,
    kind: Tolerance | None = None,
    drawn_by: Drawn | None = None,
) -> Published:
    """Return what :func:`publish` shows and records, without showing it."""
    if kind is not None:
        check_option("kind", kind, Tolerance)
    record = Record(
        name,
        tolerance=kind or tolerance_of(thing),
        forced=kind is not None,
        permutations=getattr(thing, "permutations", None),
        labels=_worded_labels(labels),
        formats=checked_formats(formats),
    )
    above, below = _texts(thing, caption, notes)
    word, grids, picture = _shown(thing, record, above)
    made, weights = made_of(thing)
    drawn, theirs = draws_of(drawn_by)
    return Published(
        name,
        word,
        above,
        below or _notes(thing, word),
        tuple(record.numbers),
        tuple(record.texts),
        grids,
        alt=str(getattr(thing, "alt", "")) if word == "figure" else "",
        picture=picture,
        made=(*made, *drawn),
        weights={**weights, **theirs},
    )


def claim(
    name: str,
    template: Wording,
    *,
    numbers: Mapping[str, object],
    kind: Tolerance | None = None,
    drawn_by: Drawn | None = None,
) -> Published | None:
    """Publish a sentence whose numbers are filled in, printed and recorded.

    Parameters
    ----------
    name : str
        As in :func:`publish`; each number is recorded as ``<name>/<key>``.
    template : str or mapping of language to str
        Markdown with fields as in ``"{x:.2f} % more patents"``. Only plain names may be used;
        a field without a format gets four significant digits, ``{x:p}`` is printed as a p-value:
        ``"p = {x:p}"`` gives "p = 0.041" or "p < 0.001". ``{"en": ..., "ru": ...}`` gives one in
        each language: both with the same fields and formats, in any order.
    numbers : mapping of str to number or str
        What the fields stand for. Texts are shown literally: Markdown and HTML in them are inert;
        ``{"en": ..., "ru": ...}`` gives a text in each language, of which the English one is
        recorded.
    kind : str, optional
        As in :func:`publish`.
    drawn_by : result, int, or several of these in a list or by name, optional
        As in :func:`publish`: a number in a sentence does not know where it came from.

    Returns
    -------
    Published or None
        As :func:`publish`.

    Raises
    ------
    InputError
        If fields and numbers do not match, a value is missing or infinite, or the templates of
        the two languages differ in their fields, whatever the language in use; or what
        `drawn_by` names records no seed.

    Examples
    --------
    >>> claim("growth", "It grew by {x:.1f} %.", numbers={"x": 2.345}).sentence
    'It grew by 2.3 %.'
    """
    check_name(name)
    if kind is not None:
        check_option("kind", kind, Tolerance)
    record = Record(name, tolerance=kind or "closed form", forced=kind is not None)
    sentence = sentence_of(template, numbers, record)
    made, weights = draws_of(drawn_by)
    published = Published(
        name, "claim", "", "", tuple(record.numbers), tuple(record.texts), sentence=sentence,
        made=made, weights=weights,
    )  # fmt: skip
    return _hand_over(published, None)


def _texts(thing: object, caption: Wording, notes: Wording) -> tuple[str, str]:
    """Return what stands above and below, in the language in use or that of a comparison."""
    if isinstance(thing, Comparison):
        caption = caption or thing.caption
        if thing.lang:
            with speaking(thing.lang):
                return worded(caption, argument="caption"), said_notes(notes)
    return worded(caption, argument="caption"), said_notes(notes)


def _worded_labels(labels: Mapping[Any, Wording] | None) -> dict[str, str]:
    """Return the labels in the language in use, by name."""
    if labels is None:
        return {}
    if not isinstance(labels, Mapping | pd.Series):
        raise InputError(
            "labels",
            expected="a mapping, or a Series, from a name to what is shown",
            found=type(labels).__name__,
            remedy='labels={"rd": "R&D"}',
        )
    return {str(name): worded(text, argument="labels") for name, text in labels.items()}


def _shown(thing: Any, record: Record, caption: str) -> tuple[Thing, tuple[Grid, ...], str]:
    if isinstance(thing, Comparison):
        return "comparison", (thing.grid(record),), ""
    if isinstance(thing, pd.Series):
        thing = thing.to_frame(name=thing.name if thing.name is not None else "value")
    if isinstance(thing, pd.DataFrame):
        return "table", (record.grid(thing),), ""
    if hasattr(thing, "savefig"):
        from workbench.reports.via_matplotlib import picture

        return "figure", (), picture(thing, salt=record.name)
    value = plain_value(thing)
    if isinstance(thing, abstract.Number) and not isinstance(value, str):
        return "number", (_single(value, record, caption),), ""
    if hasattr(thing, "to_publish"):
        tables = thing.to_publish()
        return "table", tuple(_titled(record, *pair) for pair in tables.items()), ""
    if hasattr(thing, "tidy"):
        return _result(thing, record)
    raise InputError(
        "thing",
        expected="a result with tidy(), a comparison, a DataFrame, a matplotlib figure, "
        "a statistic or a finite number",
        found=f"{type(thing).__name__}: {str(thing)[:60]!r}",
        remedy="publish a table of it instead, such as its thing.table or thing.table()",
    )


def _notes(thing: object, word: Thing) -> str:
    """Return the notes of a comparison, and of a result that says what is shown of it."""
    if word == "comparison":
        return str(getattr(thing, "notes", ""))
    if not hasattr(thing, "to_publish"):
        return ""
    notes = [getattr(thing, "conclusion", ""), *getattr(thing, "notes", ())]
    return " ".join(said_text(str(note)) for note in notes if note)


def _titled(record: Record, title: str, table: pd.DataFrame) -> Grid:
    if not record.forced:
        record.tolerance = table.attrs.get("tolerance", record.tolerance)
    section = "-".join(re.findall(r"\w+", title.lower()))
    return record.grid(table, title=title, section=section)


def _single(value: float, record: Record, caption: str) -> Grid:
    spec = column_format([value], column=record.name)
    cell = record.cell(value, row="", column="", spec=spec)
    return Grid("", (say("Value"),), (Row(caption or record.name, (cell,)),))


def _result(thing: Any, record: Record) -> tuple[Thing, tuple[Grid, ...], str]:
    table = thing.tidy()
    if len(table) == 1:  # one statistic reads better downwards, and says all that glance would
        return "statistic", (record.line(table, title=str(table.index[0]), section=""),), ""
    grids = [record.grid(table)]
    if hasattr(thing, "glance"):
        row = thing.glance()
        title = "Fit" if FITTED & set(row.columns) else "Summary"
        grids.append(record.line(row, title=title, section="glance"))
    word: Thing = "statistic" if hasattr(thing, "applicable") else "table"
    return word, tuple(grids), ""


def _hand_over(published: Published, thing: Any) -> Published | None:
    if not _in_notebook():
        return published
    from IPython.display import display as show

    show(published)
    if published.thing == "figure":
        from workbench.reports.via_matplotlib import forget

        forget(thing)
    return None


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")
