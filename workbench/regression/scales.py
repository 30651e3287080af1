"""What a unit of a term is: told by the logarithms that the formula writes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from workbench.regression.design import INTERCEPT

BASES: Mapping[str, float] = MappingProxyType({"log": math.e, "log10": 10.0, "log2": 2.0})
"""Logarithms that are read as relative changes, with their bases."""

_CALL = re.compile(r"(log10|log2|log)\((.+)\)")
_LEVEL = re.compile(r"(.+)\[(?:T\.)?(.+)\]")


@dataclass(frozen=True, slots=True)
class Scale:
    """Scale of one side of a formula.

    Attributes
    ----------
    term : str
        As the formula writes it.
    inner : str
        What the logarithm is taken of; the term itself for other terms.
    base : float or None
        Base of the logarithm; None for other terms.
    category : str
        Of a column of a categorical variable; else empty.
    """

    term: str
    inner: str
    base: float | None
    category: str = ""

    @property
    def logarithmic(self) -> bool:
        """Whether a unit is a relative change."""
        return self.base is not None

    @property
    def log_base(self) -> float:
        """The natural logarithm of the base: 1 for ``log``."""
        return math.log(self.base) if self.base is not None else 1.0

    @property
    def step(self) -> str:
        """What changes, in words: ``"1 % more rd"`` or ``"1 more x"``."""
        if self.category:
            return f"{self.inner} = {self.category} rather than its base"
        return f"1 % more {self.inner}" if self.logarithmic else f"1 more {self.inner}"


def scale_of(term: str) -> Scale:
    """Read the scale of a term or outcome.

    ``log(x)``, ``log10(x)`` and ``log2(x)`` are logarithmic; everything else, ``log1p(x)`` and
    ``log(x) ** 2`` among it, is a level.

    Examples
    --------
    >>> scale_of("log(patents / population)").inner
    'patents / population'
    >>> scale_of("log(a) * log(b)").logarithmic
    False
    """
    found = _CALL.fullmatch(term)
    if found and _balanced(found[2]):
        return Scale(term, found[2], BASES[found[1]])
    level = _LEVEL.fullmatch(term)
    if level and term != INTERCEPT:
        inner = level[1]
        if inner.startswith("C(") and inner.endswith(")"):
            inner = inner[2:-1]
        return Scale(term, inner, None, level[2])
    return Scale(term, term, None)


def _balanced(text: str) -> bool:
    """Return whether no bracket closes that was not opened: the outer pair is one pair."""
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0
