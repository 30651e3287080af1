"""Publish a result, table, figure, number or sentence under a name, with every number recorded."""

from __future__ import annotations

import numbers as abstract
import re
import string
import sys
from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.errors import InputError, check_option, nearest
from workbench.reports.entries import Grid, Published, Row, Thing, check_name
from workbench.reports.formats import column_format
from workbench.reports.markup import inert_markdown, typographic
from workbench.reports.records import Record, plain_value
from workbench.reports.tables import Comparison, tolerance_of
from workbench.typing import Tolerance

FITTED = frozenset({"rsquared", "loglik", "sigma2", "aic"})
"""Columns of a glance that say how well something was fitted."""


def publish(
    thing: object, name: str, *, caption: str = "", notes: str = "", kind: Tolerance | None = None
) -> Published | None:
    """Publish a thing under a name: shown here, in the report, and in its ledger of numbers.

    Parameters
    ----------
    thing : object
        A result (anything with ``to_publish()``, or ``tidy()``, and ``glance()`` where it has
        one), a
        :class:`~workbench.reports.tables.Comparison`, a DataFrame or Series, a matplotlib
        figure, a test statistic, or a single number. Missing values are published as empty
        texts; geometries are left out.
    name : str
        Lower-case words joined by hyphens; unique in a run. First part of every number's id.
    caption, notes : str
        Plain text above and below. The caption is also the alternative text of a figure.
    kind : {"exact", "closed form", "maximum likelihood", "permutation", "simulation"}, optional
        Rule by which verification compares the numbers. By default the thing's own
        ``tolerance``, else ``"closed form"``; whole numbers are exact.

    Returns
    -------
    Published or None
        In a notebook the thing is shown and None is returned; elsewhere what would have been
        published.

    Raises
    ------
    InputError
        If the name is not of that form or the thing cannot be published.

    Examples
    --------
    >>> published = publish(0.4567, "rho", caption="Spatial dependence")
    >>> published.numbers[0].id, published.numbers[0].printed
    ('rho', '0.4567')
    """
    check_name(name)
    if kind is not None:
        check_option("kind", kind, Tolerance)
    record = Record(
        name,
        tolerance=kind or tolerance_of(thing),
        forced=kind is not None,
        permutations=getattr(thing, "permutations", None),
    )
    word, grids, picture = _shown(thing, record, caption)
    published = Published(
        name,
        word,
        caption,
        notes or _notes(thing, word),
        tuple(record.numbers),
        tuple(record.texts),
        grids,
        alt=str(getattr(thing, "alt", "")) if word == "figure" else "",
        picture=picture,
    )
    return _hand_over(published, thing)


def claim(
    name: str, template: str, *, numbers: Mapping[str, object], kind: Tolerance | None = None
) -> Published | None:
    """Publish a sentence whose numbers are filled in, printed and recorded.

    Parameters
    ----------
    name : str
        As in :func:`publish`; each number is recorded as ``<name>/<key>``.
    template : str
        Markdown with fields as in ``"{x:.2f} % more patents"``. Only plain names may be used;
        a field without a format gets four significant digits, ``{x:p}`` is printed as a p-value:
        ``"p = {x:p}"`` gives "p = 0.041" or "p < 0.001".
    numbers : mapping of str to number or str
        What the fields stand for. Texts are shown literally: Markdown and HTML in them are inert.
    kind : str, optional
        As in :func:`publish`.

    Returns
    -------
    Published or None
        As :func:`publish`.

    Raises
    ------
    InputError
        If fields and numbers do not match, or a value is missing or infinite.

    Examples
    --------
    >>> claim("growth", "It grew by {x:.1f} %.", numbers={"x": 2.345}).sentence
    'It grew by 2.3 %.'
    """
    check_name(name)
    if kind is not None:
        check_option("kind", kind, Tolerance)
    record = Record(name, tolerance=kind or "closed form", forced=kind is not None)
    fields = _fields(template, numbers)
    parts = []
    for literal, key, spec in fields:
        parts.append(literal)
        if key is not None:
            shown = _filled(record, key, numbers[key], spec)
            if shown.startswith("<") and literal.endswith("= "):  # "p = <0.001" is no relation
                parts[-1], shown = literal.removesuffix("= "), f"< {shown[1:]}"
            parts.append(shown)
    sentence = "".join(parts)
    published = Published(
        name, "claim", "", "", tuple(record.numbers), tuple(record.texts), sentence=sentence
    )
    return _hand_over(published, None)


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
        remedy="publish its table instead, e.g. publish(thing.table, name)",
    )


def _notes(thing: object, word: Thing) -> str:
    """Return the notes of a comparison, and of a result that says what is shown of it."""
    if word == "comparison":
        return str(getattr(thing, "notes", ""))
    if not hasattr(thing, "to_publish"):
        return ""
    return " ".join(filter(None, [getattr(thing, "conclusion", ""), *getattr(thing, "notes", ())]))


def _titled(record: Record, title: str, table: pd.DataFrame) -> Grid:
    if not record.forced:
        record.tolerance = table.attrs.get("tolerance", record.tolerance)
    section = "-".join(re.findall(r"\w+", title.lower()))
    return record.grid(table, title=title, section=section)


def _single(value: float, record: Record, caption: str) -> Grid:
    spec = column_format([value], column=record.name)
    cell = record.cell(value, row="", column="", spec=spec)
    return Grid("", ("Value",), (Row(caption or record.name, (cell,)),))


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


def _fields(template: str, numbers: Mapping[str, object]) -> list[tuple[str, str | None, str]]:
    parsed = list(string.Formatter().parse(template))
    used = []
    for _, key, spec, conversion in parsed:
        if key is None:
            continue
        if key not in numbers or conversion or "{" in (spec or ""):
            raise InputError(
                "template",
                expected="plain fields among " + ", ".join(repr(k) for k in numbers),
                found=f"the field {{{key}}}",
                remedy=nearest(key, numbers) or f"add it: numbers={{{key!r}: ...}}",
            )
        used.append(key)
    unused = [key for key in numbers if key not in used]
    if unused:
        raise InputError(
            "numbers",
            expected="only what the template uses",
            found=f"{len(unused)} unused",
            offenders=unused,
            remedy=f"write {{{unused[0]}}} into the template or leave it out",
        )
    return [(literal, key, spec or "") for literal, key, spec, _ in parsed]


def _filled(record: Record, key: str, value: object, spec: str) -> str:
    plain = plain_value(value)
    if isinstance(plain, str):
        if not isinstance(value, str):
            raise InputError(
                f"numbers[{key!r}]", expected="a finite number or a text", found=repr(value)
            )
        record.cell(plain, row="", column=key)
        return inert_markdown(plain)
    try:
        cell = record.cell(plain, row="", column=key, spec=spec)
    except ValueError as error:
        raise InputError(
            "template",
            expected="a format for numbers, e.g. {x:.2f}",
            found=f"{{{key}:{spec}}} ({error})",
        ) from error
    return typographic(cell.shown)


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
