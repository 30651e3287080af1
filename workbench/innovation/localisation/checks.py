"""What the measures of specialisation ask beyond a usable table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from workbench.core.seeds import enough_draws
from workbench.core.vocabulary import check_level
from workbench.errors import InputError, ValuesError, check_whole, unknown_option
from workbench.explore.permuted import FEWEST, permutation_p
from workbench.innovation.reading import TwoWay
from workbench.typing import Alternative, FloatArray, words


def require_counts(read: TwoWay, *, argument: str, remedy: str, why: str) -> None:
    """Refuse figures that are not whole where a formula rests on counting error."""
    broken = read.values != np.round(read.values)
    if broken.any():
        raise ValuesError(
            argument,
            expected="counts: whole numbers of people, firms or patents",
            found=f"{int(broken.sum())} figures with a fraction",
            offenders=read.cells(broken),
            why=why,
            remedy=remedy,
        )


def check_measures(measures: Sequence[Any], option: Any) -> tuple[Any, ...]:
    """Return the measures that are asked for, each once and each known.

    Examples
    --------
    >>> from workbench.typing import StructureMeasure
    >>> check_measures(["gini", "theil"], StructureMeasure)
    ('gini', 'theil')
    """
    several = isinstance(measures, Iterable) and not isinstance(measures, str)
    listed = tuple(measures) if several else (measures,)
    for measure in listed:
        if measure not in words(option):
            raise unknown_option("measures", measure, words(option))
    if not listed or len(set(listed)) < len(listed):
        raise InputError(
            "measures",
            expected="at least one measure, each once",
            found=repr(list(listed)),
            remedy='measures=["krugman", "hachman"]',
        )
    return listed


def check_draws(draws: object, level: float) -> int:
    """Return the number of draws, enough for an interval of `level`, or refuse it."""
    count = check_whole(
        "draws",
        draws,
        least=FEWEST,
        why="quantiles and p-values come from the draws",
        remedy="draws=999",
    )
    return enough_draws(count, check_level(level))


def drawn_p(value: float, draws: FloatArray, alternative: Alternative) -> float:
    """Return (M + 1) / (R + 1), two-sided twice the smaller tail, ties counted.

    NaN of a value that is none, and beside draws that are none: they are in neither tail.

    Examples
    --------
    >>> drawn_p(2.0, np.array([0.0, 1.0, 2.0]), "greater")
    0.5
    """
    if np.isnan(value) or np.isnan(draws).any():
        return float("nan")
    # an infinite value ties with infinite draws
    slack = 1e-12 * max(abs(value), 1.0) if np.isfinite(value) else 0.0
    at_least, at_most = (draws >= value - slack).sum(), (draws <= value + slack).sum()
    return float(permutation_p(at_least, at_most, len(draws), alternative))
