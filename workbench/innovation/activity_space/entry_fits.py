"""From the rows of an entry model to estimates, and what cannot be estimated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.errors import CollinearityError, ConvergenceError, ValuesError, listing
from workbench.innovation.activity_space.entry_sample import DENSITY, EntrySample
from workbench.numerics.networks import choices as kernel
from workbench.typing import BoolArray, EntryEffect, EntryModelKind, FloatArray, IntArray

EXTREME = 15.0
"""Linear predictor from which outcomes may be separated: a probability of 3 in 10 million."""

Effects = tuple[EntryEffect, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Estimated:
    """Estimates of the terms that are shown.

    Attributes
    ----------
    names : list of str
    params, cov : ndarray, shapes (k,) and (k, k)
    rsquared, loglik : float
    slope, slope_se : float
        What a unit of density adds to the probability, or to the log odds.
    rows : ndarray of bool
        Which rows of the sample were used.
    notes : tuple of str
    """

    names: list[str]
    params: FloatArray
    cov: FloatArray
    rsquared: float
    loglik: float
    slope: float
    slope_se: float
    rows: BoolArray
    notes: tuple[str, ...] = ()


def estimate(
    model: EntryModelKind, sample: EntrySample, effects: Effects, clusters: Effects
) -> Estimated:
    """Estimate a model by its name."""
    if model == "linear":
        return _linear(sample, effects, clusters)
    if model == "logit":
        return _logit(sample, effects, clusters)
    return _conditional(sample, effects[0])


def _linear(sample: EntrySample, effects: Effects, clusters: Effects) -> Estimated:
    factors = tuple(sample.codes[name] for name in effects)
    X, y, names = sample.X, sample.y, sample.names
    if factors:
        both, gone = kernel.left_by_effects(np.column_stack([X, y]), factors)
        _refuse_absorbed(names, gone[:-1], effects)
        X, y = both[:, :-1], both[:, -1]
    else:
        X, names = np.column_stack([np.ones(len(y)), X]), ["Intercept", *names]
    _refuse_dependent(names, X)
    inside = tuple(sample.codes[name] for name in effects if name in clusters)
    counted = kernel.counted_effects(factors, inside)
    by = _groups(sample, clusters, np.ones(len(y), dtype=np.bool_))
    found = kernel.linear(y, X, factors, by, counted=counted)
    _refuse_no_variance(found.cov, clusters)
    at = names.index(DENSITY)
    return Estimated(
        names=names,
        params=found.params,
        cov=found.cov,
        rsquared=found.rsquared,
        loglik=float("nan"),
        slope=float(found.params[at]),
        slope_se=float(np.sqrt(found.cov[at, at])),
        rows=np.ones(len(y), dtype=np.bool_),
    )


def _logit(sample: EntrySample, effects: Effects, clusters: Effects) -> Estimated:
    from workbench.innovation.activity_space import via_statsmodels

    y = sample.y
    for name in effects:
        _refuse_one_outcome(sample, name)
    dummies = [_dummies(sample.codes[name]) for name in effects]
    X = np.column_stack([np.ones(len(y)), sample.X, *dummies])
    shown = ["Intercept", *sample.names]
    extra = [f"{n} {k}" for n, d in zip(effects, dummies, strict=True) for k in range(d.shape[1])]
    if effects:
        _, gone = kernel.left_by_effects(sample.X, tuple(sample.codes[n] for n in effects))
        _refuse_absorbed(sample.names, gone, effects)
    _refuse_dependent([*shown, *extra], X)
    found = via_statsmodels.logit(y, X, _groups(sample, clusters, np.ones(len(y), dtype=np.bool_)))
    _refuse_separated(y, X, found.params, found.converged, [*shown, *extra])
    p = found.probabilities
    weight = p * (1 - p)
    slope = float(weight.mean() * found.params[1])
    gradient = found.params[1] * (X * (weight * (1 - 2 * p))[:, None]).mean(axis=0)
    gradient[1] += weight.mean()
    keep = np.arange(len(shown)) if not effects else np.arange(1, len(shown))
    cov, variance = found.cov[np.ix_(keep, keep)], float(gradient @ found.cov @ gradient)
    _refuse_no_variance(np.diag([*np.diag(cov), variance]), clusters)
    return Estimated(
        names=[shown[k] for k in keep],
        params=found.params[keep],
        cov=cov,
        rsquared=1 - found.loglik / found.loglik_null,
        loglik=found.loglik,
        slope=slope,
        slope_se=float(np.sqrt(variance)),
        rows=np.ones(len(y), dtype=np.bool_),
    )


def _conditional(sample: EntrySample, group: EntryEffect) -> Estimated:
    from workbench.innovation.activity_space import via_statsmodels

    codes = sample.codes[group]
    size, events = np.bincount(codes), np.bincount(codes, weights=sample.y)
    mixed = (events > 0) & (events < size)
    rows = mixed[codes]
    if mixed.sum() < 2:
        raise ValuesError(
            "transitions",
            expected=f"at least two groups by {group} with both outcomes",
            found=f"{int(mixed.sum())}",
            why="a group in which all or nothing happened says nothing of what moves it",
            remedy='model="linear"',
        )
    y, X = sample.y[rows], sample.X[rows]
    within = np.unique(codes[rows], return_inverse=True)[1].astype(np.int64)
    left, gone = kernel.left_by_effects(X, (within,))
    _refuse_absorbed(sample.names, gone, (group,))
    _refuse_dependent(sample.names, left)
    found = via_statsmodels.conditional_logit(y, X, within)
    _refuse_separated_within(y, X, within, found.params, found.converged, sample.names)
    _refuse_no_variance(found.cov, (group,))
    notes: tuple[str, ...] = ()
    if not mixed.all():
        notes = (
            f"{int((~mixed).sum())} of {len(mixed)} groups by {group} have one outcome only and "
            f"say nothing; {int((~rows).sum())} rows are left out.",
        )
    return Estimated(
        names=sample.names,
        params=found.params,
        cov=found.cov,
        rsquared=1 - found.loglik / found.loglik_null,
        loglik=found.loglik,
        slope=float(found.params[0]),
        slope_se=float(np.sqrt(found.cov[0, 0])),
        rows=rows,
        notes=notes,
    )


def _dummies(codes: IntArray) -> FloatArray:
    return np.asarray(np.eye(int(codes.max()) + 1)[codes][:, 1:])


def _groups(sample: EntrySample, clusters: Effects, rows: BoolArray) -> tuple[IntArray, ...]:
    found = []
    for name in clusters:
        codes = np.unique(sample.codes[name][rows], return_inverse=True)[1].astype(np.int64)
        if codes.max() == 0:
            raise ValuesError(
                "clusters",
                expected="at least two clusters",
                found=f"one {name}",
                why="one cluster shows no spread between clusters",
                remedy=f"leave {name!r} out of clusters",
            )
        found.append(codes)
    return tuple(found)


def _refuse_absorbed(names: list[str], gone: BoolArray, effects: Effects) -> None:
    if gone.any():
        lost = [name for name, away in zip(names, gone, strict=True) if away]
        raise CollinearityError(
            "effects",
            expected="terms that vary beside the fixed effects",
            found=f"{listing(lost)} taken up by effects of {', '.join(effects)}",
            offenders=lost,
            why="what is the same for all rows of a group cannot be told from its effect",
            remedy="leave those terms out, or name fewer effects=[...]",
        )


def _refuse_dependent(names: list[str], X: FloatArray) -> None:
    if len(X) <= X.shape[1]:
        raise ValuesError(
            "transitions",
            expected=f"more rows at risk than the {X.shape[1]} terms and effects",
            found=str(len(X)),
            remedy="take more periods, or fewer effects and controls",
        )
    bad = kernel.dependent(X)
    if len(bad):
        raise CollinearityError(
            "controls",
            expected="terms none of which follows from the others",
            found=f"{len(bad)} that do",
            offenders=[names[k] for k in bad],
            remedy="leave one of them out",
        )


def _refuse_no_variance(cov: FloatArray, clusters: Effects) -> None:
    if (np.diag(cov) <= 0).any() or not np.isfinite(cov).all():
        raise ValuesError(
            "clusters",
            expected="positive variances",
            found="some that are zero or negative",
            why="with few clusters the variance of two ways, V1 + V2 - V12, can come out negative",
            remedy=f"clusters={list(clusters[:1])}",
        )


def _refuse_one_outcome(sample: EntrySample, name: EntryEffect) -> None:
    codes = sample.codes[name]
    share = np.bincount(codes, weights=sample.y) / np.bincount(codes)
    one = (share == 0) | (share == 1)
    if one.any():
        labels = np.unique(sample.rows.get_level_values(name).to_numpy())
        raise ValuesError(
            "effects",
            expected=f"both outcomes for every {name}",
            found=f"{int(one.sum())} with one only",
            offenders=labels[one].tolist(),
            why="their effects tell the outcome without error (separation), and have no estimate",
            remedy=f'model="conditional-logit", effects=["{name}"], or model="linear"',
        )


def _refuse_separated(
    y: FloatArray,
    X: FloatArray,
    params: FloatArray,
    converged: bool,
    names: list[str],
) -> None:
    suspect = not converged or np.abs(X @ params).max() > EXTREME
    direction = kernel.separating(y, X) if suspect else None
    _refuse_direction(direction, names, converged)


def _refuse_separated_within(
    y: FloatArray,
    X: FloatArray,
    groups: IntArray,
    params: FloatArray,
    converged: bool,
    names: list[str],
) -> None:
    centred = (
        X
        - np.stack([np.bincount(groups, weights=c) / np.bincount(groups) for c in X.T], axis=1)[
            groups
        ]
    )
    suspect = not converged or np.abs(centred @ params).max() > EXTREME
    direction = None
    if suspect:
        # given how many, a group is separated where one threshold of its own splits it
        dummies = np.eye(int(groups.max()) + 1)[groups]
        found = kernel.separating(y, np.column_stack([X, dummies]))
        direction = None if found is None else found[: X.shape[1]]
    _refuse_direction(direction, names, converged)


def _refuse_direction(direction: FloatArray | None, names: list[str], converged: bool) -> None:
    if direction is not None:
        terms = [n for n, b in zip(names, direction, strict=True) if abs(b) > 1e-7]
        terms = [n for n in terms if n != "Intercept"] or terms
        raise ValuesError(
            "transitions",
            expected="outcomes that no combination of terms tells apart without error",
            found=f"separation by {listing(terms)}",
            offenders=terms,
            why="the likelihood rises for ever: there is no estimate",
            remedy='leave one of them out, or model="linear"',
        )
    if not converged:
        raise ConvergenceError(
            "model",
            expected="a likelihood with a maximum",
            found="no convergence",
            why="an estimate that has not settled is none",
            remedy='scale the controls to similar sizes, or model="linear"',
        )
