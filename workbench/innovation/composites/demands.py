"""What weights that the data decide ask of the data."""

from __future__ import annotations

import numpy as np

from workbench.errors import InputError, ValuesError
from workbench.innovation.composites.prepared import Prepared
from workbench.innovation.composites.treating import SAME, label_of
from workbench.numerics.composites.levels import members
from workbench.typing import BoolArray, FloatArray, IntArray

FEWEST_ROWS = 3
"""Two rows correlate perfectly in everything."""
SLACK = 1e-11
"""Rounding of a sum of bounds."""


def require_something(values: FloatArray, codes: IntArray, prepared: Prepared) -> None:
    """Refuse rows that have nothing but zeros in a group: no weights lift them."""
    nothing = np.zeros(len(values), dtype=bool)
    for part in members(codes):
        if len(part) > 1:
            nothing |= values[:, part].max(axis=1) <= 0
    if nothing.any():
        raise ValuesError(
            "data",
            expected="a value above zero in every group of every region for weighting='bod'",
            found=f"{int(nothing.sum())} regions with zeros only",
            offenders=_regions(prepared, nothing),
            remedy="keep the scale away from zero: span=(1, 100)",
        )


def require_bounds(
    values: FloatArray, codes: IntArray, bounds: tuple[float, float], prepared: Prepared
) -> None:
    """Refuse bounds of shares that no weights of some group, or of some region, can keep."""
    low, high = bounds
    blocked = np.zeros(len(values), dtype=bool)
    for part in members(codes):
        size = len(part)
        if size == 1:
            continue
        if low * size > 1.0 + SLACK or high * size < 1.0 - SLACK:
            raise InputError(
                "bounds",
                expected=f"shares that {size} members of a group can have with a sum of 1",
                found=f"{low:g} to {high:g}",
                remedy=f'options={{"bounds": (0.0, 1.0)}}; the least up to {1 / size:.3g}, the '
                f"greatest from {1 / size:.3g}",
            )
        zero = values[:, part] == 0
        # a zero has a share of zero: the others must be allowed to make up for it
        blocked |= zero.any(axis=1) if low > 0 else (~zero).sum(axis=1) * high < 1.0 - SLACK
    blocked &= values.max(axis=1) > 0
    if blocked.any():
        raise ValuesError(
            "data",
            expected="normalised values above zero where bounds of shares bind",
            found=f"{int(blocked.sum())} regions with zeros for which no weights keep {bounds}",
            offenders=_regions(prepared, blocked),
            why="the share of an indicator of zero is zero",
            remedy="keep the scale away from zero: span=(1, 100)",
        )


def require_differences(values: FloatArray, prepared: Prepared, level: int, word: str) -> None:
    """Refuse too few rows for weights by correlation or entropy, and members without differences.

    A group of one member needs no weights.
    """
    shared = np.bincount(prepared.tree[level])[prepared.tree[level]] > 1
    if not shared.any():
        return
    if len(values) < FEWEST_ROWS:
        raise ValuesError(
            "data",
            expected=f"at least {FEWEST_ROWS} regions for weighting={word!r}",
            found=", ".join(label_of(one) for one in prepared.ids),
            why="weights would rest on one difference",
            remedy='pass weighting="equal"',
        )
    same = shared & (np.ptp(values, axis=0) <= SAME * np.abs(values).max(axis=0))
    # entropy gives a member without differences no weight, unless no member has any
    if word == "entropy":
        zero = same & (values.max(axis=0) <= 0)
        flat = [part for part in members(prepared.tree[level]) if same[part].all()]
        same = zero
        for part in flat:
            same[part] = shared[part]
    if same.any():
        raise ValuesError(
            "data",
            expected=f"members of groups that differ between regions for weighting={word!r}",
            found=f"{int(same.sum())} that are the same everywhere",
            offenders=names_of_members(prepared, level, same),
            why="a weight would rest on rounding",
            remedy='leave them out, or pass weighting="equal"',
        )


def names_of_members(prepared: Prepared, level: int, where: BoolArray) -> list[str]:
    """Return names of indicators, or of groups by the indicators in them."""
    below = np.arange(len(prepared.names))
    for codes in prepared.tree[:level]:
        below = codes[below]
    named = [
        "+".join(name for name, place in zip(prepared.names, below, strict=True) if place == one)
        for one in np.flatnonzero(where)
    ]
    return named if level == 0 else [f"{prepared.levels[level - 1]} of {name}" for name in named]


def _regions(prepared: Prepared, where: BoolArray) -> list[str]:
    return [label_of(prepared.ids[row]) for row in np.flatnonzero(where)]
