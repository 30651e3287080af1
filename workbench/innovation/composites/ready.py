"""The choices that are drawn when none are named."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any

import numpy as np

from workbench.errors import InputError, WorkbenchError
from workbench.innovation.composites.construction import Construction
from workbench.innovation.composites.factors import (
    LEFT_OUT,
    NOISE,
    READY_NOISE,
    Factor,
    read_factors,
    weights_that_count,
)
from workbench.innovation.composites.indicators import Indicators
from workbench.innovation.composites.prepared import Prepared
from workbench.innovation.composites.replay import Replay, reason

FEWEST_TO_LEAVE_OUT = 4
"""Indicators from which one is left out in the ready set: of three, one is a third of the index."""


def ready_factors(
    prepared: Prepared, construction: Construction, indicators: Indicators
) -> tuple[tuple[Factor, ...], tuple[str, ...]]:
    """Return the ready set for an index, and notes on what was left out of it.

    Normalisation min-max, z-score or percentile; weights equal, by principal components or, if the
    metadata have them, expert; aggregation arithmetic, geometric or by pairwise votes; outliers as
    they are or winsorised; imputation by mean, median or nearest regions where values are missing;
    weights moved by up to 25 %; one indicator left out or none. The recorded choice is always
    among the alternatives. Alternatives that fail beside others on these data are left out, those
    first that fail most often.
    """
    drawn = _wanted(prepared, construction)
    notes: list[str] = []
    while True:
        failures, first = _failures(drawn, prepared, construction)
        culprits = {
            (name, word): count
            for (name, word), count in failures.items()
            if word != getattr(construction, name) and len(drawn[name]) > 1
        }
        if not culprits:
            break
        (name, word) = max(culprits, key=lambda one: (culprits[one], *map(str, one)))
        drawn[name] = [other for other in drawn[name] if other != word]
        notes.append(f"{name}={word!r} is not drawn; {first[name, word]}")
    chosen: dict[str, Any] = {name: words for name, words in drawn.items() if len(words) > 1}
    if weights_that_count(prepared):
        chosen[NOISE] = READY_NOISE
    if len(prepared.names) >= FEWEST_TO_LEAVE_OUT:
        chosen[LEFT_OUT] = True
    if not chosen:
        raise InputError(
            "factors",
            expected="choices that can be drawn",
            found="none in the ready set that these data allow",
            remedy="name them, factors={...}",
        )
    return read_factors(chosen, prepared, construction, indicators), tuple(notes)


def _wanted(prepared: Prepared, construction: Construction) -> dict[str, list[Any]]:
    expert = any(np.ptp(weights) > 0 for weights in prepared.expert)
    words: dict[str, list[Any]] = {
        "imputation": ["mean", "median", "nearest"] if np.isnan(prepared.X).any() else [],
        "outliers": ["none", "winsorise"],
        "normalisation": ["min-max", "z-score", "percentile"],
        "weighting": ["equal", "pca", *(["expert"] if expert else [])],
        "aggregation": ["arithmetic", "geometric", "condorcet"],
    }
    recorded = {name: getattr(construction, name) for name in words}
    return {
        name: [recorded[name], *(word for word in options if word != recorded[name])]
        for name, options in words.items()
    }


def _failures(
    drawn: dict[str, list[Any]], prepared: Prepared, construction: Construction
) -> tuple[Counter[tuple[str, Any]], dict[tuple[str, Any], str]]:
    """Count in how many failing combinations each alternative stands."""
    factors = tuple(Factor(name, tuple(words)) for name, words in drawn.items())
    replay = Replay(prepared, construction, factors)
    counts: Counter[tuple[str, Any]] = Counter()
    first: dict[tuple[str, Any], str] = {}
    for codes in product(*(range(len(words)) for words in drawn.values())):
        try:
            replay.base(codes)
        except WorkbenchError as error:
            for factor, code in zip(factors, codes, strict=True):
                key = (factor.name, factor.alternatives[code])
                counts[key] += 1
                first.setdefault(key, reason(error))
    return counts, first
