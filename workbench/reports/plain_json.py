"""JSON read without trust: no key twice, nothing nested without end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.errors import ReportError

DEEPEST = 100
"""Levels of nesting; a file of a report has about ten."""


class TooDeepError(ValueError):
    """JSON that is nested deeper than `DEEPEST`."""

    def __init__(self) -> None:
        super().__init__(f"nested deeper than {DEEPEST} levels")


def parsed(text: str) -> Any:
    r"""Return what a JSON text holds.

    A key that occurs twice could show a reader one value and this workbench another.

    Parameters
    ----------
    text : str
        The JSON.

    Raises
    ------
    ValueError
        If it is no JSON, an object has a key twice, or it is nested deeper than `DEEPEST`.

    Examples
    --------
    >>> parsed('{"value": 1, "value": 2}')
    Traceback (most recent call last):
    ...
    ValueError: the key 'value' occurs twice
    """
    try:
        plain = json.loads(text, object_pairs_hook=_once)
    except RecursionError as error:
        raise TooDeepError from error
    level = [plain]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _inside(one)]
    if level:
        raise TooDeepError
    return plain


def check_depth(folder: Path, *names: str) -> None:
    """Refuse files of a report that nest without end; others are told of where they are read.

    Raises
    ------
    ReportError
        If one of them is nested deeper than `DEEPEST`.
    """
    for name in names:
        try:
            parsed((folder / name).read_text(encoding="utf-8"))
        except TooDeepError as error:
            raise ReportError(
                f"{folder.name}/{name}",
                expected="a record as this workbench writes it",
                found=str(error),
            ) from error
        except (OSError, ValueError):
            continue


def departures(was: Any, wanted: Any, path: str = "") -> Iterator[str]:
    """Yield where parsed JSON is otherwise than it should be, a line for each place.

    Parameters
    ----------
    was, wanted : object
        As parsed; ``1``, ``1.0`` and ``true`` are three values.
    path : str
        Where they stand.
    """
    if isinstance(was, dict) and isinstance(wanted, dict):
        yield from (f"{path}{key} is unknown" for key in was if key not in wanted)
        yield from (f"{path}{key} is missing" for key in wanted if key not in was)
        for key in (key for key in was if key in wanted):
            yield from departures(was[key], wanted[key], f"{path}{key}/")
    elif isinstance(was, list) and isinstance(wanted, list) and len(was) == len(wanted):
        for number, (one, other) in enumerate(zip(was, wanted, strict=True)):
            yield from departures(one, other, f"{path}{number}/")
    elif type(was) is not type(wanted) or was != wanted:
        yield f"{path.removesuffix('/')} is not as it is written"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} occurs twice")
        found[key] = value
    return found


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value
