"""The recipe of a composite index: every choice that decides its numbers, as a value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from workbench.errors import InputError, check_number, check_option, check_whole, unknown_option
from workbench.typing import (
    Imputation,
    IndexAggregation,
    IndexWeighting,
    Normalisation,
    OutlierRule,
    words,
)

INDEX = "index"
"""Name of the top level."""


@dataclass(frozen=True, slots=True)
class Construction:
    """How an index is put together; a value that two indices can share, hashable.

    Attributes
    ----------
    imputation : str
        ``refuse`` (missing values are refused), ``mean``, ``median``, ``group-mean``,
        ``group-median``, ``nearest`` (mean of the nearest regions, hot deck with one), ``em``
        (multivariate normal), ``linear`` (in time, panels only).
    outliers : str
        ``none``, ``winsorise`` (where absolute skewness is above 2 and excess kurtosis above 3.5),
        ``trim`` (to the fences, 1.5 interquartile ranges beyond the quartiles), ``log`` and
        ``box-cox`` (indicators that fail the rule of ``winsorise`` are transformed).
    normalisation : str
        ``min-max``, ``z-score``, ``rank``, ``borda``, ``percentile``, ``categorical``,
        ``distance-to-leader``, ``distance-to-reference``, ``percent-of-mean``, ``goalposts``, or
        ``none`` for indicators that share a scale.
    weighting : str or tuple of str
        ``equal``, ``expert`` (the metadata's), ``pca``, ``entropy`` or ``bod`` (benefit of the
        doubt); one word, or one a level from the indicators up.
    aggregation : str or tuple of str
        ``arithmetic``, ``geometric``, ``harmonic``, ``mazziotta-pareto``,
        ``adjusted-mazziotta-pareto``, ``condorcet``; one word, or one a level from the indicators
        up.
    span : (float, float), optional
        Ends of the scale of ``min-max`` and ``goalposts``; 0 and 100, or 70 and 130 where the
        indicators are put together by ``adjusted-mazziotta-pareto``, as its authors have it.
    moments : (float, float), optional
        Mean and standard deviation of ``z-score``; 0 and 1, or 100 and 10 where the indicators are
        put together by ``mazziotta-pareto``. The standard deviation has the divisor n − 1,
        for that index n, as its authors have it.
    capped : bool
        Whether values beyond their goalposts count as at them.
    neighbours : int
        Of ``nearest``.
    winsorised : int
        Most points of an indicator that ``winsorise`` changes.
    bounds : (float, float)
        Least and greatest share of an indicator in the score under ``bod``.

    Examples
    --------
    >>> Construction().with_({"normalisation": "z-score"}).normalisation
    'z-score'
    """

    imputation: Imputation = "refuse"
    outliers: OutlierRule = "none"
    normalisation: Normalisation = "min-max"
    weighting: IndexWeighting | tuple[IndexWeighting, ...] = "equal"
    aggregation: IndexAggregation | tuple[IndexAggregation, ...] = "arithmetic"
    span: tuple[float, float] | None = None
    moments: tuple[float, float] | None = None
    capped: bool = False
    neighbours: int = 1
    winsorised: int = 5
    bounds: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        check_option("imputation", self.imputation, Imputation)
        check_option("outliers", self.outliers, OutlierRule)
        check_option("normalisation", self.normalisation, Normalisation)
        _check_words("weighting", self.weighting, IndexWeighting)
        _check_words("aggregation", self.aggregation, IndexAggregation)
        for name in ("span", "moments", "bounds"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, _pair(name, getattr(self, name)))
        if self.span is not None and self.span[0] >= self.span[1]:
            raise InputError("span", expected="the low end before the high", found=str(self.span))
        if self.moments is not None:
            why = "a standard deviation is positive"
            check_number("moments", self.moments[1], above=0.0, why=why)
        if not 0 <= self.bounds[0] < self.bounds[1] <= 1:
            expected = "two shares from 0 to 1, the least first"
            raise InputError("bounds", expected=expected, found=str(self.bounds))
        for name in ("neighbours", "winsorised"):
            check_whole(name, getattr(self, name))
        if not isinstance(self.capped, bool):
            raise InputError("capped", expected="True or False", found=repr(self.capped))

    def with_(self, changes: Mapping[str, Any]) -> Construction:
        """Return the recipe with some choices changed.

        Raises
        ------
        OptionError
            If a key is no choice, or a word is not among the options.
        """
        known = [field.name for field in fields(self)]
        for name in changes:
            if name not in known:
                raise unknown_option("changes", name, known)
        return replace(self, **changes)

    @property
    def ends(self) -> tuple[float, float]:
        """Ends of the scale of ``min-max`` and ``goalposts`` in use."""
        if self.span is not None:
            return self.span
        return (70.0, 130.0) if self._first == "adjusted-mazziotta-pareto" else (0.0, 100.0)

    @property
    def centre_and_spread(self) -> tuple[float, float]:
        """Mean and standard deviation of ``z-score`` in use."""
        if self.moments is not None:
            return self.moments
        return (100.0, 10.0) if self._first == "mazziotta-pareto" else (0.0, 1.0)

    @property
    def ddof(self) -> int:
        """What the divisor n − ddof of ``z-score`` takes off."""
        return 0 if self._first == "mazziotta-pareto" else 1

    @property
    def _first(self) -> str:
        return self.aggregation if isinstance(self.aggregation, str) else self.aggregation[0]

    def weightings(self, levels: int) -> tuple[IndexWeighting, ...]:
        """Return the word of each level from the indicators up."""
        each: tuple[IndexWeighting, ...] = _each("weighting", self.weighting, levels)
        return each

    def aggregations(self, levels: int) -> tuple[IndexAggregation, ...]:
        """Return the word of each level from the indicators up."""
        each: tuple[IndexAggregation, ...] = _each("aggregation", self.aggregation, levels)
        return each

    def to_dict(self) -> dict[str, str]:
        """Return every choice as text."""
        return {field.name: _text(getattr(self, field.name)) for field in fields(self)}


def by_level(argument: str, given: Any, levels: tuple[str, ...], default: str) -> Any:
    """Return one word, or a tuple of one a level, from a word or a mapping of level to word.

    Parameters
    ----------
    argument : str
        For messages.
    given : str or mapping of str to str
        Keys: a level of the metadata stands for how its groups are made, ``"index"`` for how the
        index is. Levels that are not named take `default`.
    levels : tuple of str
        Names of the levels from the lowest up, the last ``"index"``.
    default : str
        Word of the levels that are not named.

    Examples
    --------
    >>> by_level("aggregation", {"index": "geometric"}, ("group", "index"), "arithmetic")
    ('arithmetic', 'geometric')
    """
    if not isinstance(given, Mapping):
        return given
    # the handbook's word for the only level of groups
    names = {"sub-index": levels[0]} if len(levels) == 2 else {}
    named = {names.get(key, key) if key not in levels else key: word for key, word in given.items()}
    for key in named:
        if key not in levels:
            raise unknown_option(f"level of {argument}", key, levels)
    return tuple(named.get(level, default) for level in levels)


def _each(argument: str, given: Any, levels: int) -> Any:
    if isinstance(given, str):
        return (given,) * levels
    if len(given) != levels:
        raise InputError(
            argument,
            expected=f"one word, or one for each of {levels} levels from the indicators up",
            found=f"{len(given)} words",
            remedy="name levels in composite(): {'index': 'geometric'}",
        )
    return given


def _check_words(argument: str, given: Any, option: Any) -> None:
    if isinstance(given, tuple) and given:
        for word in given:
            check_option(argument, word, option)
        return
    if not isinstance(given, str):
        raise InputError(
            argument,
            expected=f"one of {', '.join(map(repr, words(option)))}, or a tuple of one a level",
            found=repr(given),
        )
    check_option(argument, given, option)


def _pair(argument: str, given: Any) -> tuple[float, float]:
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise InputError(argument, expected="two numbers", found=repr(given))
    low, high = (check_number(argument, value) for value in given)
    return low, high


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_text(part) for part in value)
    return f"{value:g}" if isinstance(value, float) and math.isfinite(value) else str(value)
