"""What fits on the same data have in common, made once: samples and evaluated formulas."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Value = TypeVar("Value")

ENTRIES, ROWS = 32, 2_000_000
"""Samples and designs that are held, those of a few formulas, weights and tables, and their rows.

A row of ten columns is 80 bytes: two hundred megabytes at most, as a rule.
"""


class Preparations:
    """Values by what they were made of, the oldest let go; what they were made of is kept alive.

    Parts are told apart by identity: tables and weights are not to be changed meanwhile.
    """

    def __init__(self) -> None:
        self._held: OrderedDict[Hashable, tuple[Any, tuple[object, ...]]] = OrderedDict()
        self._rows = 0
        self._lock = threading.Lock()

    def get(
        self, names: tuple[Hashable, ...], parts: tuple[object, ...], build: Callable[[], Value]
    ) -> Value:
        """Return the value of `names` and `parts`, built if it is not held.

        Parameters
        ----------
        names : tuple
            Words and numbers that decide the value.
        parts : tuple of object
            Tables and weights that decide it, by identity.
        build : callable
        """
        key = (*names, *map(id, parts))
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                found: Value = self._held[key][0]
                return found
        value = build()
        with self._lock:
            self._held[key] = (value, parts)
            self._rows += _rows(parts)
            while len(self._held) > 1 and (len(self._held) > ENTRIES or self._rows > ROWS):
                _, (_, gone) = self._held.popitem(last=False)
                self._rows -= _rows(gone)
        return value


def _rows(parts: tuple[object, ...]) -> int:
    return len(parts[0]) if parts and isinstance(parts[0], Sized) else 0


_current: ContextVar[Preparations | None] = ContextVar("preparations", default=None)


@contextmanager
def shared_preparations(held: Preparations) -> Iterator[None]:
    """Let fits inside share their samples and evaluated formulas; no number depends on it.

    Examples
    --------
    >>> with shared_preparations(Preparations()):
    ...     [prepared((), (), lambda i=i: i) for i in range(3)]
    [0, 0, 0]
    """
    token = _current.set(held)
    try:
        yield
    finally:
        _current.reset(token)


def prepared(
    names: tuple[Hashable, ...], parts: tuple[object, ...], build: Callable[[], Value]
) -> Value:
    """Return what `build` makes; within :func:`shared_preparations` made once.

    Parameters
    ----------
    names, parts, build
        As :meth:`Preparations.get`.

    Examples
    --------
    >>> prepared(("design",), (), lambda: 1)
    1
    """
    found = _current.get()
    return build() if found is None else found.get(names, parts, build)
