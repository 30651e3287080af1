"""Plain values of parameters: of which type they are, how they are read and written."""

from __future__ import annotations

import ast
import math
import re
from typing import TypeAlias

from workbench.errors import InputError

Scalar: TypeAlias = str | int | float | bool | None
Value: TypeAlias = Scalar | list[Scalar]
"""What a parameter may be."""

LONGEST = 200
"""Characters of a text; longer ones are data, and belong in a file."""

MOST = 100
"""Entries of a list."""

_WHOLE = re.compile(r"[+-]?[0-9]+")
_WORDS = {"true": True, "false": False}
_KINDS = {
    str: "a text", int: "a whole number", float: "a number", bool: "true or false",
    list: "a list", type(None): "a text, number, true, false or None",
}  # fmt: skip
PLAIN = f"a text in one line, of at most {LONGEST} printable characters"


def shortened(text: object, most: int = 60) -> str:
    """Return the beginning of a text, for messages."""
    whole = str(text)
    return whole if len(whole) <= most else f"{whole[:most]}… ({len(whole)} characters)"


def kind(default: Value) -> str:
    """Return in words what a parameter with this default may be.

    Examples
    --------
    >>> kind(2010), kind("RU-KEM")
    ('a whole number', 'a text')
    """
    return _KINDS[type(default)]


def equal(a: Value, b: Value) -> bool:
    """Say whether two values are the same and of one type: 1 is neither 1.0 nor True."""
    return repr(a) == repr(b)


def fault(value: object, default: Value) -> str:
    """Return what a value should have been, or an empty string if it may stand for the default."""
    if isinstance(value, list):
        if not isinstance(default, list):
            return kind(default)
        inside = _inside(default)
        wrong = [f for f in (_scalar_fault(one, inside) for one in value) if f]
        return f"a list, each {wrong[0]}" if wrong else _too_many(value)
    return kind(default) if isinstance(default, list) else _scalar_fault(value, default)


def _too_many(value: list[object]) -> str:
    return f"a list of at most {MOST}" if len(value) > MOST else ""


def _inside(default: list[Scalar]) -> Scalar:
    """Return an entry that all entries of the list are like; None if they are of several types."""
    return default[0] if len({type(one) for one in default}) == 1 else None


def _scalar_fault(value: object, default: Scalar) -> str:
    if default is not None and type(value) is not type(default):
        return kind(default)
    if value is not None and not isinstance(value, str | int | float):
        return kind(default)
    if isinstance(value, float) and not math.isfinite(value):
        return "a finite number"
    if isinstance(value, str) and (len(value) > LONGEST or not value.isprintable()):
        return PLAIN
    return ""


def read(name: str, given: object, default: Value) -> Value:
    """Return a given value as one of the default's type.

    Parameters
    ----------
    name : str
        Of the parameter, for messages.
    given : object
        A text as on a command line, or a value.
    default : str, int, float, bool, None or list of these
        Decides the type; None takes what the text reads as.

    Raises
    ------
    InputError
        If it is not of that type, not finite, or a text of several lines or too many characters.

    Examples
    --------
    >>> read("year", "2015", 2010), read("years", "2015,2020", [2010]), read("cutoff", "0.5", None)
    (2015, [2015, 2020], 0.5)
    """
    try:
        value = _parsed(given, default) if isinstance(given, str) else _widened(given, default)
        wrong = fault(value, default)
    except ValueError:
        value, wrong = None, kind(default)
    if wrong:
        raise InputError(
            f"parameter {name}",
            expected=f"{wrong}; the default is {name} = {default!r}",
            found=repr(shortened(given)),
            remedy=f"for example -p {name}={written(default, default)}",
        )
    return value  # type: ignore[return-value]


def _widened(given: object, default: Value) -> object:
    if isinstance(given, list):
        like = _inside(default) if isinstance(default, list) else None
        return [_widened(one, like) for one in given]
    whole = isinstance(given, int) and not isinstance(given, bool)
    return float(given) if whole and isinstance(default, float) else given  # type: ignore[arg-type]


def _parsed(text: str, default: Value) -> object:
    """Read a text; ValueError if it is not of the default's type."""
    if isinstance(default, str) or len(text) > LONGEST:
        return text
    stripped = text.strip()
    if isinstance(default, bool):
        return _WORDS.get(stripped.lower(), text)
    if isinstance(default, int):
        return int(stripped) if _WHOLE.fullmatch(stripped) else text
    if isinstance(default, float):
        return float(stripped)
    if default is None:
        return _literal(stripped, text)
    if stripped.startswith("["):
        return _widened(_literal(stripped, text), default)
    inside = _inside(default)
    return [_parsed(part.strip(), inside) for part in stripped.split(",")] if stripped else []


def _literal(stripped: str, text: str) -> object:
    """Return what a text says as a literal; the text itself where it is none."""
    try:
        return ast.literal_eval(stripped)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return text


def written(value: Value, default: Value) -> str:
    """Return the text that :func:`read` makes this value of.

    Examples
    --------
    >>> written("RU-TOM", "RU-KEM"), written(True, False), written("5", None)
    ('RU-TOM', 'true', "'5'")
    """
    plain = str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, list) or not equal(_again(plain, default), value):
        return repr(value)
    return plain


def _again(text: str, default: Value) -> Value:
    try:
        return _parsed(text, default)  # type: ignore[return-value]
    except ValueError:
        return None
