"""One thread of linear algebra for estimators whose products are short."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import ThreadpoolController

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


_limited: ContextVar[bool] = ContextVar("limited", default=False)


@contextmanager
def single_thread() -> Iterator[None]:
    """Let BLAS use one thread inside; within another such block nothing is done again.

    Examples
    --------
    >>> with single_thread():
    ...     one_thread(lambda x: x + 1)(1)
    2
    """
    if _limited.get():
        yield
        return
    token = _limited.set(True)
    try:
        with _libraries(len(sys.modules)).limit(limits=1, user_api="blas"):
            yield
    finally:
        _limited.reset(token)


def one_thread(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Let BLAS use one thread while `function` runs.

    Threads that wait for products of n × k numbers with small k cost as much as the rest of an
    estimate; and sums over several threads differ with their number in the last bits.

    Examples
    --------
    >>> one_thread(lambda x: x + 1)(1)
    2
    """

    @wraps(function)
    def limited(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        with single_thread():
            return function(*args, **kwargs)

    return limited


@lru_cache(maxsize=1)
def _libraries(modules: int) -> ThreadpoolController:  # noqa: ARG001  the key of the cache
    """Find the libraries that hold threads, anew when modules were imported since.

    To look for them reads what is mapped into memory, 2 to 3 ms: more than a third of a fit of 80
    regions. The linear algebra comes with modules, so none is missed.
    """
    return ThreadpoolController()
