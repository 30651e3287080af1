"""Refusals of the weights room in the words of the caller's arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from workbench.errors import WorkbenchError


@contextmanager
def called(names: Mapping[str, str]) -> Iterator[None]:
    """Name arguments in refusals as this function's caller does.

    Parameters
    ----------
    names : mapping of str to str
        From the name further down to the caller's, e.g. ``{"edges": "breaks"}``.

    Examples
    --------
    >>> from workbench.errors import InputError
    >>> with called({"edges": "breaks"}):
    ...     raise InputError("edges", expected="numbers", found="'a'", remedy="edges=[0, 1]")
    Traceback (most recent call last):
    workbench.errors.InputError: breaks: expected numbers; got 'a'.
      Way out: breaks=[0, 1].
    """
    try:
        yield
    except WorkbenchError as error:
        if error.argument not in names:
            raise
        here, there = names[error.argument], error.argument
        raise type(error)(
            here,
            expected=error.expected,
            found=error.found,
            offenders=error.offenders,
            why=error.why,
            remedy=error.remedy.replace(f"{there}=", f"{here}=").replace(f"{there}.", f"{here}."),
        ) from None
