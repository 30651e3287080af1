"""How kernels are compiled: at first use, kept on disk, without the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

_njit: Any = numba.njit
compiled: Callable[[Kernel], Kernel] = _njit(cache=True, nogil=True)
inlined: Callable[[Kernel], Kernel] = _njit(cache=True, nogil=True, inline="always")
