"""Recipes as the caller writes them, and in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from workbench.errors import InputError, listing
from workbench.innovation.composites.constructing import Stages
from workbench.innovation.composites.construction import Construction, by_level
from workbench.innovation.composites.indicators import Indicators
from workbench.innovation.composites.source import Source

GOALPOSTS = "goalpost_noise"
TO_REFERENCE = "distance-to-reference"
USED_BY: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "span": ("normalisation", ("min-max", "goalposts")),
        "moments": ("normalisation", ("z-score",)),
        "capped": ("normalisation", ("goalposts",)),
        "neighbours": ("imputation", ("nearest",)),
        "winsorised": ("outliers", ("winsorise",)),
        "bounds": ("weighting", ("bod",)),
        GOALPOSTS: ("normalisation", ("goalposts",)),
    }
)
"""Which choice each detail belongs to, and the words under which it counts."""


def recipe(
    make: Callable[[Mapping[str, Any]], Construction],
    choices: Mapping[str, Any],
    indicators: Indicators,
) -> Construction:
    """Return a recipe from choices in which levels are called by name.

    Parameters
    ----------
    make : callable
        Takes choices with one word, or a tuple of one a level.
    choices : mapping
        ``weighting`` and ``aggregation`` may be mappings of level to word.
    indicators : Indicators
        Which knows the levels.
    """
    defaults = {"weighting": weighting_of(indicators), "aggregation": "arithmetic"}
    named = {
        name: by_level(name, value, indicators.levels, defaults[name])
        if name in defaults
        else value
        for name, value in choices.items()
    }
    construction = make(named)
    if not indicators.weighted and "expert" in construction.weightings(len(indicators.levels)):
        raise InputError(
            "weighting",
            expected="weights in the metadata for 'expert'",
            found="none",
            why="equal weights would pass for experts'",
            remedy='give a column "weight", or pass weighting="equal"',
        )
    return construction


def weighting_of(indicators: Indicators) -> str:
    """Return the weighting where none is asked for: the given weights if there are any."""
    return "expert" if indicators.weighted else "equal"


def described(construction: Construction) -> str:
    """Return the recipe as a line of words."""
    choices = construction.to_dict()
    skipped = {"imputation": "refuse", "outliers": "none"}
    shown = [
        f"{name} {choices[name]}"
        for name in ("imputation", "outliers", "normalisation", "weighting", "aggregation")
        if skipped.get(name) != choices[name]
    ]
    return ", ".join(shown)


def told(source: Source, construction: Construction, steps: Stages) -> tuple[str, ...]:
    """Return notes on what was done to the data, and on weights that were left aside."""
    names = np.array(source.prepared.names)
    missing = np.isnan(source.prepared.X)
    notes = []
    if missing.any():
        what = names[missing.any(axis=0)].tolist()
        notes.append(
            f"{int(missing.sum())} of {missing.size} cells were missing and imputed "
            f"({construction.imputation}), in {listing(what)}; .imputed lists them."
        )
    moved = steps.treated.moved
    if moved.any():
        what = names[moved.any(axis=0)].tolist()
        notes.append(
            f"{int(moved.sum())} outlying values were moved ({construction.outliers}), in "
            f"{listing(what)}; .treated lists them."
        )
    changed = names[steps.treated.transformed].tolist()
    if changed:
        how = "power" if construction.outliers == "box-cox" else "logarithm"
        notes.append(f"The {how} of indicators with outliers was taken: {listing(changed)}.")
    words = construction.weightings(len(source.prepared.tree))
    if source.indicators.weighted and "expert" not in words:
        notes.append("The weights of the metadata are not used: weighting is " + words[0] + ".")
    return (*notes, *_unused(source, construction))


def details_unused(construction: Construction) -> dict[str, str]:
    """Return details of a recipe that its other choices do not use, with what would use them."""
    words = construction.weighting
    given: dict[str, set[str]] = {
        "imputation": {construction.imputation},
        "outliers": {construction.outliers},
        "normalisation": {construction.normalisation},
        "weighting": {words} if isinstance(words, str) else set(words),
    }
    return {
        detail: f"{choice} " + " or ".join(map(repr, users))
        for detail, (choice, users) in USED_BY.items()
        if not given[choice] & set(users)
    }


def _unused(source: Source, construction: Construction) -> list[str]:
    """Return a note a detail that was given and is not used."""
    usual = Construction()
    absent = details_unused(construction)
    notes = [
        f"{detail} is not used: it is of {absent[detail]}."
        for detail in absent
        if detail != GOALPOSTS and getattr(construction, detail) != getattr(usual, detail)
    ]
    if source.prepared.target is not None and construction.normalisation != TO_REFERENCE:
        notes.append(f"reference_region is not used: it is of normalisation {TO_REFERENCE!r}.")
    return notes
