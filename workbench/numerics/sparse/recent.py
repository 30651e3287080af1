"""What was last prepared for a matrix, found again by its content."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, ClassVar, Generic, TypeVar
from weakref import WeakSet

import numpy as np

from workbench.numerics.sparse.matrices import CsrArray

Value = TypeVar("Value")

ENTRIES, REGIONS = 8, 1_500_000
# Orders of elimination take about 250 bytes a region: at most some hundred megabytes are held.


def fingerprint(W: CsrArray) -> bytes:
    """Return a digest of a matrix in canonical CSR form: pattern and values, to the last bit.

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> a, b = as_weights([[0, 1], [1, 0]]), as_weights([[0, 2], [2, 0]])
    >>> fingerprint(a) == fingerprint(a.copy()), fingerprint(a) == fingerprint(b)
    (True, False)
    """
    digest = hashlib.blake2b(str(W.shape).encode(), digest_size=16)
    for part in (W.indptr.astype(np.int64), W.indices.astype(np.int64), W.data):
        digest.update(np.ascontiguousarray(part).data)
    return digest.digest()


class Recent(Generic[Value]):
    """The values last built, by key; the oldest go when there are many or they are large.

    A value must follow from its key alone: then finding it or building it anew is the same.

    Examples
    --------
    >>> recent = Recent()
    >>> recent.get("a", lambda: 1, size=1), recent.get("a", lambda: 2, size=1)
    (1, 1)
    """

    _all: ClassVar[WeakSet[Recent[Any]]] = WeakSet()

    def __init__(self) -> None:
        Recent._all.add(self)
        self._held: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, build: Callable[[], Value], *, size: int) -> Value:
        """Return the value of `key`, built if it is not held; `size` in regions."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key][0]
        value = build()
        with self._lock:
            self._held[key] = (value, size)
            while len(self._held) > 1 and (len(self._held) > ENTRIES or self._size() > REGIONS):
                self._held.popitem(last=False)
        return value

    def _size(self) -> int:
        return sum(size for _, size in self._held.values())

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._held.clear()


def forget() -> None:
    """Let go of all that was prepared for any matrix, e.g. to free its memory."""
    for recent in list(Recent._all):
        recent.clear()
