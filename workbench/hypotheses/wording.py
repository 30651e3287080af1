"""Words that sentences of every part of the room are made of."""

from __future__ import annotations

import math

from workbench.core.display import number


def p_text(p: float) -> str:
    """Return a p-value for a sentence.

    Examples
    --------
    >>> p_text(0.0312), p_text(0.5), p_text(1e-9), p_text(float("nan"))
    ('p = 0.031', 'p = 0.50', 'p < 0.001', 'p unknown')
    """
    if not math.isfinite(p):
        return "p unknown"
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def interval_text(estimate: float, low: float, high: float) -> str:
    """Return an estimate with its interval.

    Examples
    --------
    >>> interval_text(0.25, 0.1, 0.4)
    '0.25 [0.1, 0.4]'
    """
    return f"{number(float(estimate))} [{number(float(low))}, {number(float(high))}]"


def counted(count: int, what: str) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> counted(1, "region"), counted(3, "region")
    ('1 region', '3 regions')
    """
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
