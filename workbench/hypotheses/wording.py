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

    Examples
    --------
    >>> interval_text(0.25, 0.1, 0.4), interval_text(-0.1734, -0.4306, 0.08385)
    ('0.250 [0.100, 0.400]', '-0.173 [-0.431, 0.084]')
    """
    told, first, last = alike(estimate, low, high)
    return f"{told} [{first}, {last}]"


def alike(*values: float) -> tuple[str, ...]:
    """Return numbers of one kind with the same decimals: the largest has three digits.

    Examples
    --------
    >>> alike(-0.5848, -0.02449), alike(123.4, 2.5)
    (('-0.585', '-0.024'), ('123', '2'))
    """
    size = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if not 1e-3 <= size < 1e4:
        return tuple(number(float(value)) for value in values)
    decimals = max(2 - math.floor(math.log10(size)), 0)
    return tuple(f"{round(value, decimals) + 0.0:.{decimals}f}" for value in values)


def counted(count: int, what: str) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> counted(1, "region"), counted(3, "region")
    ('1 region', '3 regions')
    """
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
