"""One thread of linear algebra for estimators whose products are short."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import threadpool_limits

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


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
        with threadpool_limits(1, user_api="blas"):
            return function(*args, **kwargs)

    return limited
