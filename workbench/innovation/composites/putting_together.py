"""One level of an index: weights of its members, and their aggregation into groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from workbench.errors import InputError, ValuesError
from workbench.innovation.composites.construction import Construction
from workbench.innovation.composites.demands import (
    names_of_members,
    require_bounds,
    require_differences,
    require_something,
)
from workbench.innovation.composites.prepared import Prepared
from workbench.innovation.composites.treating import label_of
from workbench.numerics.composites import aggregation as means
from workbench.numerics.composites.levels import members, within_groups
from workbench.typing import FloatArray, IndexAggregation, IndexWeighting, IntArray

POSITIVE: Mapping[str, str] = MappingProxyType(
    {
        "geometric": "a geometric mean with a zero in it is zero whatever the rest is",
        "harmonic": "a harmonic mean with a zero in it is zero whatever the rest is",
        "mazziotta-pareto": "its penalty is relative to the mean, which must be far from zero",
        "adjusted-mazziotta-pareto": "its penalty is relative to the mean",
    }
)
"""Aggregations that need values above zero, and why."""

UNDER_VOTES = (
    "wins less losses of 'condorcet' run below zero: pass equal or expert weights and "
    'aggregation "arithmetic" on the level above it'
)
"""The way out where values are counts of pairwise votes, which no normalisation lifts."""


def member_weights(
    values: FloatArray,
    prepared: Prepared,
    level: int,
    given: FloatArray | None,
    *,
    word: IndexWeighting,
    construction: Construction,
    votes: bool = False,
) -> FloatArray:
    """Return weights of the members of a level, summing to one in each group.

    Parameters
    ----------
    values : ndarray, shape (n, m)
        Normalised indicators, or scores of the groups below.
    given : ndarray, shape (m,), or None
        Weights in place of those that `word` makes.
    votes : bool
        Whether values are counts of pairwise votes, for messages.

    Returns
    -------
    ndarray, shape (m,), or (n, m) where each row has its own, which do not sum to one then: under
    ``bod`` they turn values into scores from 0 to 1.
    """
    codes = prepared.tree[level]
    if given is not None:
        return _shares(np.asarray(given, dtype=np.float64), codes, prepared, level)
    if word == "expert":
        return _shares(prepared.expert[level], codes, prepared, level)
    if word == "equal":
        return _shares(np.ones(len(codes)), codes, prepared, level)
    if word in ("bod", "entropy"):
        _require_not_negative(values, word, prepared, votes)
    if word == "bod":
        require_bounds(values, codes, construction.bounds, prepared)
        require_something(values, codes, prepared)
        return _doubtful(values, codes, construction)
    require_differences(values, prepared, level, word)
    return _by_data(values, codes, word)


def _by_data(values: FloatArray, codes: IntArray, word: IndexWeighting) -> FloatArray:
    from workbench.numerics.composites import weighting

    shares = np.ones(len(codes))
    for part in members(codes):
        if len(part) > 1:
            inside = values[:, part]
            shares[part] = (
                weighting.pca_weights(inside).weights
                if word == "pca"
                else weighting.entropy_weights(inside)
            )
    return shares


def _doubtful(values: FloatArray, codes: IntArray, construction: Construction) -> FloatArray:
    from workbench.numerics.composites.frontier import benefit_of_the_doubt  # compiled

    weights = np.zeros(values.shape)
    low, high = construction.bounds
    for part in members(codes):
        if len(part) == 1:
            weights[:, part] = 1.0 / values[:, part].max()
        else:
            weights[:, part] = benefit_of_the_doubt(values[:, part], low, high).weights
    return weights


def _require_not_negative(values: FloatArray, word: str, prepared: Prepared, votes: bool) -> None:
    wrong = values < 0
    if wrong.any():
        raise ValuesError(
            "data",
            expected=f"normalised values of 0 or more for weighting={word!r}",
            found=f"{int(wrong.sum())} below zero",
            offenders=[label_of(prepared.ids[row]) for row in np.flatnonzero(wrong.any(axis=1))],
            why="its weights are made of shares",
            remedy=UNDER_VOTES if votes else 'pass normalisation="min-max"',
        )


def _shares(weights: FloatArray, codes: IntArray, prepared: Prepared, level: int) -> FloatArray:
    bad = ~np.isfinite(weights) | (weights < 0)
    totals = np.bincount(codes, weights=np.where(bad, 1.0, weights))
    bad |= (totals <= 0)[codes]
    if bad.any():
        raise InputError(
            "weights",
            expected="finite weights, none negative, with a positive sum in every group",
            found=np.array2string(weights, precision=3, threshold=6),
            offenders=names_of_members(prepared, level, bad),
            why=f"the {prepared.levels[level]} divides weights by their sum",
            remedy="give one of them a positive weight, leave them out of data and metadata, or "
            'pass weighting="equal"',
        )
    return within_groups(weights, codes)


def aggregate(
    values: FloatArray,
    weights: FloatArray,
    codes: IntArray,
    rule: IndexAggregation,
    prepared: Prepared,
    *,
    votes: bool = False,
) -> FloatArray:
    """Return the score of each group, shape (n, groups).

    Raises
    ------
    ValuesError
        If a rule that needs values above zero meets others, naming regions.
    InputError
        If weights of each row meet a rule that is no sum.
    """
    if weights.ndim == 2:
        return _sums(values, weights, codes, rule)
    if rule in POSITIVE:
        _require_positive(values, rule, prepared, votes)
    mean = RULES[rule]
    return np.column_stack([mean(values[:, part], weights[part]) for part in members(codes)])


def _condorcet(values: FloatArray, weights: FloatArray) -> FloatArray:
    return means.copeland(means.outranking(values, weights))


RULES: Mapping[str, Callable[[FloatArray, FloatArray], FloatArray]] = MappingProxyType(
    {
        "arithmetic": means.arithmetic,
        "geometric": means.geometric,
        "harmonic": means.harmonic,
        "mazziotta-pareto": means.mazziotta_pareto,
        "adjusted-mazziotta-pareto": means.mazziotta_pareto,
        "condorcet": _condorcet,
    }
)
"""How members become a group."""


def _sums(values: FloatArray, weights: FloatArray, codes: IntArray, rule: str) -> FloatArray:
    if rule != "arithmetic":
        raise InputError(
            "aggregation",
            expected="'arithmetic' under weighting='bod'",
            found=repr(rule),
            why="weights that each region chooses for itself are those of a sum",
            remedy='pass aggregation="arithmetic", or another weighting',
        )
    weighted = values * weights
    return np.column_stack([weighted[:, part].sum(axis=1) for part in members(codes)])


def _require_positive(values: FloatArray, rule: str, prepared: Prepared, votes: bool) -> None:
    wrong = values <= 0
    if wrong.any():
        rows = np.flatnonzero(wrong.any(axis=1))
        raise ValuesError(
            "data",
            expected=f"normalised values above zero for aggregation={rule!r}",
            found=f"{int(wrong.sum())} that are zero or below, the least {values.min():g}",
            offenders=[label_of(prepared.ids[row]) for row in rows],
            why=POSITIVE[rule],
            remedy=UNDER_VOTES
            if votes
            else 'keep the scale away from zero: normalisation="min-max" with span=(1, 100), '
            'or "z-score" with moments=(100, 10)',
        )
