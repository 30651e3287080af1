"""The language of captions, labels and headings: English, or Russian where it was asked for.

English texts are their own keys: :func:`say` looks the Russian one up in
:mod:`workbench.core.russian` and leaves a text that is not there as it is. Numbers, the names of
columns in tables of results, and errors are the same in both languages.
"""

from __future__ import annotations

import numbers
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from string import Formatter
from typing import Any

from workbench.errors import InputError, check_option
from workbench.typing import Language, words

VARIABLE = "WORKBENCH_LANG"
"""Variable of the environment that names the language where nothing else does."""

_chosen: ContextVar[Language | None] = ContextVar("language", default=None)


def language() -> Language:
    """Return the language in use: what was set, else that of ``WORKBENCH_LANG``, else English.

    Examples
    --------
    >>> with speaking("ru"):
    ...     language()
    'ru'
    """
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    wanted = os.environ.get(VARIABLE, "")
    for word in words(Language):
        if wanted == word:
            return word  # type: ignore[return-value]
    return "en"


def set_language(lang: Language) -> None:
    """Set the language of captions, labels and headings from here on.

    Parameters
    ----------
    lang : {"en", "ru"}
        English or Russian.

    Raises
    ------
    OptionError
        If it is neither.

    Examples
    --------
    >>> set_language("en")
    >>> language()
    'en'
    """
    check_option("lang", lang, Language)
    _chosen.set(lang)


@contextmanager
def speaking(lang: Language) -> Iterator[None]:
    """Set the language for the lines of a ``with`` block."""
    check_option("lang", lang, Language)
    token = _chosen.set(lang)
    try:
        yield
    finally:
        _chosen.reset(token)


def decimal_comma(printed: str) -> str:
    r"""Return a printed number as Russian prints it: comma, thin spaces, a space before per cent.

    Examples
    --------
    >>> decimal_comma("0.25"), decimal_comma("12,345.6"), decimal_comma("95%")
    ('0,25', '12\u202f345,6', '95\xa0%')
    """
    return _DIGITS.sub(
        lambda found: found[0].replace(",", "\u202f").replace(".", ","), printed
    ).replace("%", "\xa0%")


_DIGITS = re.compile(r"\d+(,\d{3})*(\.\d+)?|\.\d+")


class _RussianFields(Formatter):
    """Puts values into fields, numbers with a decimal comma."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        printed = super().format_field(value, format_spec)
        return decimal_comma(printed) if isinstance(value, numbers.Number) else printed


def say(text: str, /, **values: object) -> str:
    """Return a text in the language in use, with values put into its fields.

    Parameters
    ----------
    text : str
        The English text; fields as ``"{n} regions"``, filled after the translation.
    **values
        What the fields stand for; numbers get a decimal comma in Russian. Without any, braces
        stay as they are.

    Examples
    --------
    >>> say("{n} regions", n=80)
    '80 regions'
    """
    if language() == "en":
        return _related(text.format(**values)) if values else text
    from workbench.core.russian import RUSSIAN  # large, and needed by few

    found = RUSSIAN.get(text, text)
    return _related(_RussianFields().format(found, **values)) if values else found


def _related(text: str) -> str:
    """Return a text in which "p = <0.001" is "p < 0.001": one relation, not two."""
    return text.replace("= <", "< ")


def said_word(text: str) -> str:
    """Return a word of a cell in the language in use: a class, a verdict, an effect, a test.

    Only the words of :data:`workbench.core.russian.CELLS` are said; names of regions and variables
    stay as they are.

    Examples
    --------
    >>> with speaking("ru"):
    ...     said_word("High-High"), said_word("Tuva")
    ('Высокий–Высокий', 'Tuva')
    """
    if language() == "en":
        return text
    from workbench.core.russian import CELLS

    return CELLS.get(text, text)


def said_text(text: str) -> str:
    """Return a text of a cell in the language in use: a word, or sentences with values in them.

    Sentences are known by their forms in :mod:`workbench.core.russian.sentences`; one that is not
    there is left as it is.

    Examples
    --------
    >>> with speaking("ru"):
    ...     said_text("4 to 6, mean 4.50"), said_text("Tuva")
    ('от 4 до 6, в среднем 4,50', 'Tuva')
    """
    if language() == "en" or not text:
        return text
    from workbench.core.russian import RUSSIAN
    from workbench.core.russian.patterns import told

    found = RUSSIAN.get(text)
    if found is None:
        found = told(text, RUSSIAN.get, decimal_comma)
    return text if found is None else found


def chosen(text: str | Mapping[str, str], *, argument: str = "caption") -> str:
    """Return a text, or of a text in several languages that of the language in use.

    Parameters
    ----------
    text : str or mapping of language to str
        ``{"en": ..., "ru": ...}`` must have both.
    argument : str
        Name of the caller's argument, for the message.

    Raises
    ------
    InputError
        If a language is missing, or there is one more.

    Examples
    --------
    >>> chosen({"en": "Patents", "ru": "Патенты"})
    'Patents'
    """
    if isinstance(text, str):
        return text
    known = words(Language)
    if not isinstance(text, Mapping) or set(text) != set(known):
        raise InputError(
            argument,
            expected="a text, or one in each language: {'en': ..., 'ru': ...}",
            found=repr(text) if not isinstance(text, Mapping) else f"languages {sorted(text)}",
            remedy="give both languages, or one text for both",
        )
    return text[language()]
