"""Sentences with numbers in them: the fields of a template, in one language or in two."""

from __future__ import annotations

import string
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import TypeAlias

from workbench.core.language import chosen, language, said_text, say, speaking
from workbench.errors import InputError, nearest
from workbench.reports.markup import inert_markdown, typographic
from workbench.reports.records import Record, plain_value

Wording: TypeAlias = str | Mapping[str, str]
"""A text, or one in each language: ``{"en": ..., "ru": ...}``."""

Field: TypeAlias = tuple[str, str | None, str]
"""Literal text, then the key of a number (none at the end of a template) and its format."""


def worded(text: Wording, *, argument: str) -> str:
    """Return a text in the language in use.

    Raises
    ------
    InputError
        If it is no text, or lacks a language.

    Examples
    --------
    >>> worded({"en": "Patents", "ru": "Патенты"}, argument="caption")
    'Patents'
    """
    if isinstance(text, Mapping):
        strangers = [lang for lang, one in text.items() if not isinstance(one, str)]
        if strangers:
            raise InputError(
                argument,
                expected="a text in each language: {'en': ..., 'ru': ...}",
                found=f"{type(text[strangers[0]]).__name__} for {strangers[0]!r}",
            )
    return chosen(text, argument=argument)


def said_notes(notes: Wording) -> str:
    """Return notes in the language in use; one text that results wrote is known by its forms."""
    said = worded(notes, argument="notes")
    return said_text(said) if isinstance(notes, str) else said


def sentence_of(template: Wording, numbers: Mapping[str, object], record: Record) -> str:
    """Return the sentence in the language in use, with every number recorded.

    Numbers are recorded in the order of the English template, so that ids are the same in every
    language.

    Parameters
    ----------
    template : str or mapping of language to str
        As in :func:`workbench.claim`.
    numbers : mapping of str to number or str
        What the fields stand for.
    record : Record
        Takes the numbers and texts.

    Raises
    ------
    InputError
        As :func:`workbench.claim`.
    """
    with speaking("en"):
        order = _fields(worded(template, argument="template"), numbers)
    _refuse_unused(order, numbers)
    wanted = order
    if isinstance(template, Mapping):
        texts = {lang: _fields(text, numbers) for lang, text in template.items()}
        _refuse_unlike(texts)
        wanted = texts[language()]
    filled: dict[tuple[str, str], list[str]] = defaultdict(list)
    for _, key, spec in order:
        if key is not None:
            filled[key, spec].append(_filled(record, key, numbers[key], spec))
    return "".join(_parts(wanted, filled))


def _parts(fields: list[Field], filled: Mapping[tuple[str, str], list[str]]) -> list[str]:
    parts = []
    for literal, key, spec in fields:
        parts.append(literal)
        if key is not None:
            shown = filled[key, spec].pop(0)
            if shown.startswith("<") and literal.endswith("= "):  # "p = <0.001" is no relation
                parts[-1], shown = literal.removesuffix("= "), f"< {shown[1:]}"
            parts.append(shown)
    return parts


def _refuse_unlike(texts: Mapping[str, list[Field]]) -> None:
    """Refuse templates of which one says a number that the other does not."""
    counts = {lang: Counter(_written(f) for f in fields if f[1]) for lang, fields in texts.items()}
    (one, mine), (other, yours) = counts.items()
    for lang, more, fewer in ((one, mine, yours), (other, yours, mine)):
        alone = sorted((more - fewer).elements())
        if alone:
            raise InputError(
                "template",
                expected="the same fields and formats in both languages, each as often",
                found=f"{', '.join(alone)} in {lang!r} only",
                why="a report says the same numbers in every language",
                remedy=f"write {alone[0]} into the other template, or leave it out of both",
            )


def _written(field: Field) -> str:
    _, key, spec = field
    return f"{{{key}:{spec}}}" if spec else f"{{{key}}}"


def _fields(template: str, numbers: Mapping[str, object]) -> list[Field]:
    parsed = _parsed(template)
    for _, key, spec, conversion in parsed:
        if key is not None and (key not in numbers or conversion or "{" in (spec or "")):
            raise InputError(
                "template",
                expected="plain fields among " + ", ".join(repr(k) for k in numbers),
                found=f"the field {{{key}}}",
                remedy=nearest(key, numbers) or f"add it: numbers={{{key!r}: ...}}",
            )
    return [(literal, key, spec or "") for literal, key, spec, _ in parsed]


def _refuse_unused(fields: list[Field], numbers: Mapping[str, object]) -> None:
    used = {key for _, key, _ in fields}
    unused = [key for key in numbers if key not in used]
    if unused:
        raise InputError(
            "numbers",
            expected="only what the template uses",
            found=f"{len(unused)} unused",
            offenders=unused,
            remedy=f"write {{{unused[0]}}} into the template or leave it out",
        )


def _parsed(template: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(string.Formatter().parse(template))
    except ValueError as error:
        raise InputError(
            "template",
            expected="a sentence with fields in braces, {x:.2f}",
            found=f"{template[:80]!r} ({error})",
            remedy="write {{ and }} for braces that are meant as such",
        ) from error


def _filled(record: Record, key: str, value: object, spec: str) -> str:
    """Record a value and return it as the sentence shows it."""
    if isinstance(value, Mapping):
        with speaking("en"):
            record.cell(worded(value, argument=f"numbers[{key!r}]"), row="", column=key)
        return inert_markdown(worded(value, argument=f"numbers[{key!r}]"))
    plain = plain_value(value)
    if isinstance(plain, str):
        if not isinstance(value, str):
            raise InputError(
                f"numbers[{key!r}]", expected="a finite number or a text", found=repr(value)
            )
        record.cell(plain, row="", column=key)
        return inert_markdown(say(plain))
    try:
        cell = record.cell(plain, row="", column=key, spec=spec)
    except ValueError as error:
        raise InputError(
            "template",
            expected="a format for numbers, e.g. {x:.2f}",
            found=f"{{{key}:{spec}}} ({error})",
        ) from error
    return typographic(cell.shown)
