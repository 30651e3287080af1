"""Linear combinations of what an estimand is made of, and their text."""

from __future__ import annotations

import math

from workbench.errors import InputError
from workbench.hypotheses.statements.atoms import Atom

Parts = tuple[tuple[float, Atom], ...]


def merged(parts: Parts) -> Parts:
    """Return a combination in which each piece occurs once, none with the factor 0."""
    sums: dict[Atom, float] = {}
    for factor, atom in parts:
        sums[atom] = sums.get(atom, 0.0) + factor
    return tuple((factor, atom) for atom, factor in sums.items() if factor != 0.0)


def scaled(parts: Parts, factor: float) -> Parts:
    """Return a combination times a number."""
    return tuple((factor * own, atom) for own, atom in parts)


def number_text(value: float) -> str:
    """Return the shortest text that reads back as the same number.

    Examples
    --------
    >>> number_text(2.0), number_text(-0.05), number_text(1e-7)
    ('2', '-0.05', '1e-07')
    """
    if not math.isfinite(value):
        raise InputError("number", expected="a finite number", found=repr(value))
    return repr(value + 0.0).removesuffix(".0")


def text_of(parts: Parts) -> str:
    """Return a combination as the grammar writes it."""
    pieces: list[str] = []
    for factor, atom in parts:
        size = "" if abs(factor) == 1.0 else f"{number_text(abs(factor))}*"
        sign = ("-" if factor < 0 else "") if not pieces else (" - " if factor < 0 else " + ")
        pieces.append(f"{sign}{size}{atom.text}")
    return "".join(pieces)
