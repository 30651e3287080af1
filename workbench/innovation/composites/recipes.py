"""Recipes as the caller writes them, and in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from workbench.errors import InputError, listing
from workbench.innovation.composites.constructing import Stages
from workbench.innovation.composites.construction import Construction, by_level
from workbench.innovation.composites.indicators import Indicators
from workbench.innovation.composites.source import Source


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
    return tuple(notes)
