"""Progress of long work: a bar that appears only when the wait is noticeable."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

DELAY = 2.0
"""Seconds before a bar is shown: what is over sooner needs none."""


@contextmanager
def progress(total: int, label: str) -> Iterator[Callable[[int], object]]:
    """Give a function that is told how much was done; a bar shows it, in notebooks too.

    Parameters
    ----------
    total : int
        How much there is to do.
    label : str
        What is being done.

    Examples
    --------
    >>> with progress(10, "permutations") as tick:
    ...     _ = tick(10)
    """
    with warnings.catch_warnings():
        # without ipywidgets a notebook gets the bar of a terminal, which needs no warning
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm

    with tqdm(total=total, desc=label, delay=DELAY, leave=False) as bar:
        yield bar.update
