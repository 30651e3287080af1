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
    """Return an estimate with its interval, all with the same decimals.

    The largest of the three gets three significant digits.

    Examples
    --------
    >>> interval_text(0.25, 0.1, 0.4), interval_text(-0.1734, -0.4306, 0.08385)
    ('0.250 [0.100, 0.400]', '-0.173 [-0.431, 0.084]')
    """
    size = max((abs(v) for v in (estimate, low, high) if math.isfinite(v)), default=0.0)
    if not 1e-3 <= size < 1e4:
        return f"{number(float(estimate))} [{number(float(low))}, {number(float(high))}]"
    decimals = max(2 - math.floor(math.log10(size)), 0)
    told, first, last = (
        f"{round(value, decimals) + 0.0:.{decimals}f}" for value in (estimate, low, high)
    )
    return f"{told} [{first}, {last}]"


def counted(count: int, what: str) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> counted(1, "region"), counted(3, "region")
    ('1 region', '3 regions')
    """
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
