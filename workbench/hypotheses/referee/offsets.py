"""Constants that a formula adds before it takes a logarithm, and what could stand there instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAME = r"[A-Za-z_]\w*"
NUMBER = r"\d+(?:\.\d+)?"
_ADDED = re.compile(
    rf"(?P<c>{NUMBER})\s*\+\s*(?P<x>{NAME})\b(?!\s*\()|(?P<y>{NAME})\s*\+\s*(?P<d>{NUMBER})"
)
_LOG1P = re.compile(rf"log1p\(\s*(?P<x>{NAME})\s*\)")
_WHOLE = re.compile(
    rf"log\(\s*(?:{NUMBER}\s*\+\s*(?P<x>{NAME})|(?P<y>{NAME})\s*\+\s*{NUMBER})\s*\)"
)

FACTORS = (0.1, 0.5, 2.0)
"""What the constant is multiplied by."""


@dataclass(frozen=True, slots=True)
class Offset:
    """A constant added to a variable under a logarithm.

    Attributes
    ----------
    written : str
        As the formula has it: ``"1 + patents"`` or ``"log1p(patents)"``.
    variable : str
    constant : float
    """

    written: str
    variable: str
    constant: float

    def instead(self, constant: float) -> str:
        """Return the text with another constant."""
        text = f"{constant:g} + {self.variable}"
        return f"log({text})" if self.written.startswith("log1p") else text


def offsets(formula: str) -> tuple[Offset, ...]:
    """Return the constants that a formula adds to a variable within a logarithm.

    Examples
    --------
    >>> [o.written for o in offsets("log(1 + patents) ~ 1 + rd + log1p(students)")]
    ['1 + patents', 'log1p(students)']
    """
    found = [(m.start(), Offset(m.group(0), m.group("x"), 1.0)) for m in _LOG1P.finditer(formula)]
    for m in _ADDED.finditer(formula):
        if _within_log(formula, m.start()):
            variable, constant = m.group("x") or m.group("y"), m.group("c") or m.group("d")
            found.append((m.start(), Offset(m.group(0), variable, float(constant))))
    kept: dict[str, Offset] = {}
    for _, offset in sorted(found, key=lambda item: item[0]):
        if offset.constant > 0:
            kept.setdefault(offset.written, offset)
    return tuple(kept.values())


def alternatives(formula: str) -> dict[str, str]:
    """Return formulas with other constants, and with the inverse hyperbolic sine, by name.

    Examples
    --------
    >>> list(alternatives("log(1 + y) ~ x"))
    ['0.1 + y', '0.5 + y', '2 + y', 'asinh(y)']
    >>> alternatives("log(1 + y) ~ x")["asinh(y)"]
    'asinh(y) ~ x'
    """
    made: dict[str, str] = {}
    for offset in offsets(formula):
        for factor in FACTORS:
            constant = factor * offset.constant
            text = formula.replace(offset.written, offset.instead(constant))
            made[f"{constant:g} + {offset.variable}"] = text
    swapped = _LOG1P.sub(r"asinh(\g<x>)", formula)
    swapped = _WHOLE.sub(lambda m: f"asinh({m.group('x') or m.group('y')})", swapped)
    if swapped != formula:
        named = sorted(
            {o.variable for o in offsets(formula)} - {o.variable for o in offsets(swapped)}
        )
        made[f"asinh({', '.join(named)})"] = swapped
    return made


def renamings(formula: str, changed: str) -> dict[str, str]:
    """Return the terms of a formula that another writing of it renames.

    Examples
    --------
    >>> renamings("y ~ log(1 + x) + z", "y ~ asinh(x) + z")
    {'log(1 + x)': 'asinh(x)'}
    """
    old, new = (_terms(text) for text in (formula, changed))
    if len(old) != len(new):
        return {}
    return {a: b for a, b in zip(old, new, strict=True) if a != b}


def _terms(formula: str) -> list[str]:
    right = formula.partition("~")[2]
    parts, depth, current = [], 0, ""
    for letter in right:
        depth += (letter in "([") - (letter in ")]")
        if letter == "+" and depth == 0:
            parts.append(current.strip())
            current = ""
        else:
            current += letter
    return [*parts, current.strip()]


def _within_log(formula: str, at: int) -> bool:
    """Return whether a position lies within the parentheses of a logarithm."""
    opened: list[int] = []
    for i, letter in enumerate(formula[:at]):
        if letter == "(":
            opened.append(i)
        elif letter == ")" and opened:
            opened.pop()
    return any(re.search(r"log(?:10|2)?$", formula[:i].rstrip()) for i in opened)
