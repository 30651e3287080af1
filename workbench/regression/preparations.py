"""What fits on the same data have in common, made once: samples and evaluated formulas."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Value = TypeVar("Value")

ENTRIES = 32
"""Samples and designs that are held: those of a few formulas, weights and tables."""


class Preparations:
    """Values by what they were made of, the oldest let go; what they were made of is kept alive.

    Parts are told apart by identity: tables and weights are not to be changed meanwhile.
    """

    def __init__(self) -> None:
        self._held: OrderedDict[Hashable, tuple[Any, tuple[object, ...]]] = OrderedDict()
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
            while len(self._held) > ENTRIES:
                self._held.popitem(last=False)
        return value


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
