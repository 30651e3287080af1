"""Types by the distance to the leader, as in the rating of Russia's regions by HSE."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.errors import IdError, ValuesError, check_number, listing, nearest
from workbench.innovation.typologies.result import RegionTypes, frozen, with_shares
from workbench.innovation.typologies.rules import ON_BOUND, LeaderRule, shares_of_draws
from workbench.innovation.typologies.scores import (
    check_near,
    names_of_draws,
    read_draws,
    read_names,
    read_score,
    read_shares,
    roman,
)
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray

CENTRED = 1e-9
"""Mean of all scores over the leader's below which a draw is one of centred scores."""


def leader_types(
    scores: Any,
    *,
    shares: Sequence[float] = (0.2, 0.4, 0.6),
    labels: Sequence[str] | None = None,
    leader: Any = "max",
    near: float = 0.01,
    draws: Any = None,
) -> RegionTypes:
    """Put regions into types by how far below the leader their score is.

    The distance of region i is ``d_i = (L − s_i) / L`` with L the leader's score. With the shares
    of the HSE rating type I lags by no more than 20 %, II by more than 20 and no more than 40, III
    by more than 40 and no more than 60, IV by more than 60: **a region on a bound belongs to the
    type nearer to the leader**. Scores within a billionth of the leader's from a bound are on it.

    Parameters
    ----------
    scores : pandas.Series, or a result with ``.scores``
        By region id, higher is better, on a scale with a natural zero: none negative, because a
        share of a leader's z-score has no meaning. Missing values and equal scores are refused.
    shares : sequence of float, default (0.2, 0.4, 0.6)
        Upper ends of the distances of all types but the last, ascending, between 0 and 1.
    labels : sequence of str, optional
        Names of the types, one more than `shares`, nearest to the leader first; I, II, III ...
    leader : {"max"}, float, or a region id
        The largest score; a score of your own (a target, last year's best); or a region, the
        capital say. Regions above the leader are of the first type. Where ids are numbers, a whole
        number is an id.
    near : float, default 0.01
        Regions within this share of the leader's score from a bound are named.
    draws : pandas.DataFrame, or the uncertainty of a composite index
        Scores under other choices or samples, a row a region and a column a draw. Each draw has a
        leader of its own; the share of draws is the probability of a type. Draws of centred scores
        (z-scores) are refused like the scores themselves, and the ready set of an index's
        ``uncertainty()`` has them: ``index.uncertainty({"left_out": True, "weight_noise": 0.25})``
        keeps the index's own normalisation.

    Returns
    -------
    RegionTypes
        ``.labels``, ``.probabilities``, ``.tidy()`` (a row a type), ``.augment()`` (a row a
        region), ``.plot()``, ``.map(regions)``.

    Raises
    ------
    InputError, IdError, ValuesError
        If scores, shares, labels, the leader or the draws cannot be used, naming the regions.

    References
    ----------
    Gokhberg, L. (ed.) (2021). Rating of Innovative Development of the Regions of the Russian
    Federation, issue 7. Moscow: HSE University.

    Examples
    --------
    >>> score = pd.Series([0.50, 0.40, 0.39, 0.10], index=list("abcd"), name="index")
    >>> leader_types(score).labels.astype(str).to_dict()
    {'a': 'I', 'b': 'I', 'c': 'II', 'd': 'IV'}
    """
    read = read_score(scores, non_negative=True)
    steps = read_shares(shares)
    names = read_names(labels, len(steps) + 1) if labels is not None else roman(len(steps) + 1)
    check_near(near, remedy="near=0.01")
    rule = _rule(leader, steps, read)
    X = read.to_numpy()[:, None]
    bounds = rule.bounds(X, X)
    membership = rule.place(X, bounds)
    first = rule.leader(X, X)
    regions = _regions(read, rule, bounds, membership, names, near)
    drawn = None if draws is None else read_draws(draws, read.index)[:, :, None]
    chances = None
    if drawn is not None:
        _refuse_leaderless(rule, drawn, names_of_draws(draws))
        chances = shares_of_draws(rule, drawn, len(names))
        with_shares(regions, chances, membership, names)
    told = _leader_text(rule, read)
    notes = (*_notes(regions, membership, names, rule, read, near),)
    return RegionTypes(
        scores=read.to_frame(),
        names=names,
        ordered=True,
        membership=frozen(membership),
        rule=rule,
        rows=_rows(read, bounds[0], membership, names),
        regions=regions,
        shares=chances,
        draws=drawn,
        tolerance="closed form" if drawn is None else "simulation",
        heading=say(
            "Types of {name} by the distance to the leader, {told} ({first:.4g})",
            name=read.name,
            told=told,
            first=first,
        ),
        notes=notes,
        provenance=Provenance(
            method="types by the distance to the leader",
            formula=str(read.name),
            nobs=len(read),
            ids_digest=ids_digest(read.index),
            notes=notes,
            options={
                "shares": ", ".join(f"{share:g}" for share in steps),
                "leader": told,
                "near": f"{near:g}",
                "draws": "0" if drawn is None else str(len(drawn)),
            },
        ),
    )


def _rule(leader: Any, steps: tuple[float, ...], read: pd.Series[Any]) -> LeaderRule:
    ids = read.index
    rule = LeaderRule(steps)
    if isinstance(leader, str) and leader == "max":
        pass
    elif isinstance(leader, numbers.Integral | str) and leader in ids:
        rule = LeaderRule(steps, at=list(ids).index(leader))
    elif isinstance(leader, str):
        known = [str(label) for label in ids]
        raise IdError(
            "leader",
            expected='"max", a score, or the id of a region',
            found=repr(leader),
            remedy=nearest(leader, known) or f"leader={ids[0]!r}",
        )
    elif isinstance(leader, numbers.Integral) and pd.api.types.is_integer_dtype(ids.dtype):
        raise IdError(
            "leader",
            expected="the id of a region, where ids are whole numbers",
            found=repr(leader),
            remedy=f"leader={float(leader)!r} for a score",
        )
    else:
        remedy = 'leader="max"'
        rule = LeaderRule(steps, value=check_number("leader", leader, above=0.0, remedy=remedy))
    _refuse_zero(rule, read)
    return rule


def _refuse_zero(rule: LeaderRule, read: pd.Series[Any]) -> None:
    X = read.to_numpy()[:, None]
    if rule.leader(X, X) <= 0:
        raise ValuesError(
            "leader",
            expected="a leader with a positive score",
            found=f"{rule.leader(X, X):g}",
            offenders=[] if rule.at is None else [read.index[rule.at]],
            why="distances are shares of the leader's score",
            remedy='leader="max", or another region',
        )


def _refuse_leaderless(rule: LeaderRule, drawn: FloatArray, labels: pd.Index) -> None:
    # noise may take a score of about zero below it; a mean of about zero is that of z-scores
    leaders = [rule.leader(X, X) for X in drawn]
    bad = [
        draw
        for draw, (first, X) in enumerate(zip(leaders, drawn, strict=True))
        if first <= 0 or float(X.mean()) <= CENTRED * first
    ]
    if bad:
        raise ValuesError(
            "draws",
            expected="scores with a natural zero and a positive leader in every draw",
            found=f"{len(bad)} draws that are centred, or whose leader is not above zero",
            offenders=labels[bad].tolist(),
            why="distances are shares of the leader's score",
            remedy="draw constructions that end in scores from 0, as min-max ones do: "
            'index.uncertainty({"left_out": True, "weight_noise": 0.25}) keeps the normalisation',
        )


def _leader_text(rule: LeaderRule, read: pd.Series[Any]) -> str:
    if rule.value is not None:
        return "a given score"
    if rule.at is not None:
        return str(read.index[rule.at])
    best = read.index[(read == read.max()).to_numpy()]
    return listing(best.tolist())


def _regions(
    read: pd.Series[Any],
    rule: LeaderRule,
    bounds: list[FloatArray],
    membership: Any,
    names: tuple[str, ...],
    near: float,
) -> pd.DataFrame:
    X = read.to_numpy()[:, None]
    first = rule.leader(X, X)
    away = rule.distances(X, bounds)
    return pd.DataFrame(
        {
            "score": read,
            "behind_leader": (first - read) / first,
            "type": [names[t] for t in membership],
            "to_bound": away,
            "near_bound": away <= near + ON_BOUND,
        },
        index=read.index,
    )


def _rows(
    read: pd.Series[Any], cuts: FloatArray, membership: Any, names: tuple[str, ...]
) -> pd.DataFrame:
    k = len(names)
    mean = read.groupby(membership).mean().reindex(range(k)).to_numpy()
    return pd.DataFrame(
        {
            "size": np.bincount(membership, minlength=k),
            "lower": [*cuts, 0.0],
            "upper": [np.inf, *cuts],
            "mean": freeze(np.array(mean)),
        },
        index=pd.Index(names, name="type"),
    )


def _notes(
    regions: pd.DataFrame,
    membership: Any,
    names: tuple[str, ...],
    rule: LeaderRule,
    read: pd.Series[Any],
    near: float,
) -> list[str]:
    notes = ["A region on a bound is of the type nearer to the leader."]
    close = regions.index[regions["near_bound"]].tolist()
    if close:
        notes.append(
            f"{len(close)} regions within {near:g} of the leader's score from a bound: "
            f"{listing(close)}"
        )
    above = regions.index[regions["behind_leader"] < 0].tolist()
    if above:
        notes.append(
            f"{len(above)} regions above the leader are of type {names[0]}: {listing(above)}"
        )
    ties = int((read == read.max()).sum())
    if rule.at is None and rule.value is None and ties > 1:
        notes.append(f"{ties} regions share the largest score")
    empty = [name for t, name in enumerate(names) if not (membership == t).any()]
    if empty:
        notes.append(f"types without a region: {', '.join(empty)}")
    return notes
