"""Draws behind numbers that no longer tell them: the results, or the seeds, that a caller names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from workbench.core.provenance import Provenance
from workbench.errors import InputError
from workbench.reports.entries import Made
from workbench.reports.made import Cards, collected, provenances_of_one
from workbench.reports.records import label_text

Drawn: TypeAlias = object | Mapping[Any, object]
"""A result or the seed of a caller's own draws; or several, in a list or by name."""

OWN = "draws with a seed that the notebook names"


def drawn_by(given: Drawn | None) -> tuple[tuple[Made, ...], Cards]:
    """Return how the results were made that numbers were drawn by, and the cards of their weights.

    Parameters
    ----------
    given : result, int, or several of these in a list, tuple or mapping; or None
        Results know their seed; a number is the seed of draws that the caller made.

    Raises
    ------
    InputError
        If something is neither, or a result records no seed.

    Examples
    --------
    >>> made, _ = drawn_by(2014)
    >>> made[0].method, made[0].seed
    ('draws with a seed that the notebook names', 2014)
    """
    if given is None:
        return (), {}
    return collected(pair for label, one in _named(given) for pair in _draws(label, one))


def drawn_impacts(impacts: Mapping[str, pd.DataFrame]) -> dict[str, Provenance]:
    """Return how impacts were made that were drawn, by a name beside that of their model."""
    made = ((name, table.attrs.get("provenance")) for name, table in impacts.items())
    return {
        f"{name}, impacts": own
        for name, own in made
        if isinstance(own, Provenance) and own.seed is not None
    }


def _named(given: Drawn) -> Iterator[tuple[str, object]]:
    if isinstance(given, Mapping):
        yield from ((f"draws: {label_text(label)}", one) for label, one in given.items())
    elif isinstance(given, list | tuple):
        yield from ((f"draws: {number}", one) for number, one in enumerate(given, start=1))
    else:
        yield "draws", given


def _draws(label: str, one: object) -> Iterator[tuple[str, Provenance]]:
    if isinstance(one, int | np.integer) and not isinstance(one, bool):
        yield label, Provenance(OWN, seed=int(one))
        return
    known = provenances_of_one(one)
    if not known:
        raise InputError(
            "drawn_by",
            expected="results, or the seeds of draws of your own",
            found=f"{type(one).__name__} as {label!r}",
            why="a reader who draws again needs the seed",
            remedy="name the result that the numbers came from, e.g. drawn_by=wb.lisa(...), or "
            "drawn_by=2014",
        )
    seeds = {name: _seed(one, own) for name, own in known.items()}
    if all(seed is None for seed in seeds.values()):
        raise InputError(
            "drawn_by",
            expected="results that were drawn and record their seed",
            found=f"{type(one).__name__} as {label!r}, whose provenance has no seed",
            why="a reader who draws again needs the seed",
            remedy="if it was drawn, name its seed: drawn_by=0; if not, leave it out",
        )
    for name, own in known.items():
        yield f"{label}, {name}" if name else label, replace(own, seed=seeds[name])


def _seed(one: object, own: Provenance) -> int | None:
    """Return the seed of a result: of its provenance, or its own where that has none."""
    found = own.seed if own.seed is not None else getattr(one, "seed", None)
    return int(found) if isinstance(found, int | np.integer) else None
