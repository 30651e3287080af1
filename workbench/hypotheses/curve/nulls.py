"""Outcomes as they would be were the estimand zero in every specification, drawn for all at once.

What a specification would find by chance depends on how outcomes, regressors and errors are spread
over the map. Regions are therefore not exchangeable; what may be exchanged is what is left once
the dependence between them has been filtered out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from workbench.core.expressions import label
from workbench.errors import WorkbenchError
from workbench.hypotheses.curve.benches import Bench
from workbench.hypotheses.curve.designs import Prepared
from workbench.hypotheses.statements.atoms import LAMBDA, RHO, Effect, Parameter
from workbench.numerics.likelihoods.many.disturbances import error_models_of
from workbench.numerics.likelihoods.many.ground import Ground, outcomes_of, regressors_of
from workbench.numerics.likelihoods.many.jobs import Jobs, Many
from workbench.numerics.likelihoods.many.least import least_squares_of
from workbench.numerics.panels.layers import one_layer
from workbench.numerics.sparse.matrices import constant_row_sum
from workbench.panels.effects import BY_ENTITY, BY_TIME
from workbench.regression.design import lag_name
from workbench.typing import CurveNull, FloatArray
from workbench.weights import Weights

if TYPE_CHECKING:
    from workbench.hypotheses.statements.estimands import Estimand


@dataclass(frozen=True, slots=True, eq=False)
class NullModel:
    """What an outcome is made of where the estimand is zero.

    Attributes
    ----------
    mean : ndarray of shape (n,)
        y less its disturbance: regressors that stay, and effects.
    innovations : ndarray of shape (n,)
        Filtered disturbances, scaled to the variance that they are residuals of.
    ground : Ground
        With the W of the disturbance.
    weights : Weights or None
        That W; None where nothing was filtered.
    lambda_ : float
    """

    mean: FloatArray
    innovations: FloatArray
    ground: Ground
    weights: Weights | None
    lambda_: float

    def outcomes(self, signs: FloatArray) -> FloatArray:
        """Return outcomes with the innovations multiplied by signs, shape (n, R)."""
        drawn = signs * self.innovations[:, None]
        if self.lambda_ != 0.0:
            drawn = self.ground.layers.solve(drawn, self.lambda_)
        return self.mean[:, None] + drawn


def kept_regressors(entry: Prepared, estimand: Estimand) -> list[int]:
    """Return the positions of the regressors that stay where the estimand is zero.

    Of an indirect impact the lag of its term is left out; of a direct or total one, and where
    several impacts of a term are compared, term and lag; of a coefficient its column.
    """
    effects: dict[str, set[str]] = {}
    gone: set[str] = set()
    for _, atom in estimand.parts:
        if isinstance(atom, Parameter):
            gone.add(atom.term)
        elif isinstance(atom, Effect):
            effects.setdefault(atom.term, set()).add(atom.effect)
    for term, asked in effects.items():
        gone.add(lag_name(term))
        if asked != {"indirect"}:
            gone.add(term)
    return [place for place, term in enumerate(entry.design.terms) if term not in gone]


def about_dependence(estimand: Estimand) -> bool:
    """Return whether an estimand is a parameter of spatial dependence itself."""
    return any(isinstance(a, Parameter) and a.term in (RHO, LAMBDA) for _, a in estimand.parts)


def null_models(
    benches: Sequence[Bench], estimand: Estimand, null: CurveNull
) -> tuple[list[NullModel], list[list[int]]]:
    """Return the null models of a curve, each once, and which of them each entry has.

    Parameters
    ----------
    benches : sequence of Bench
    estimand : Estimand
    null : {"regions", "periods"}
        With ``"regions"`` disturbances are filtered by the W, of those that the specifications of
        the sample have, under which the null model is likeliest.

    Notes
    -----
    A null model is y = X₀β + effects + u, u = λWu + ε, X₀ the regressors of the specification but
    for those of :func:`kept_regressors`. Specifications with the same X₀, outcome, sample and
    effects share it.
    """
    filtered = null == "regions" and not about_dependence(estimand)
    entries = [entry for bench in benches for entry in bench.entries]
    weights: dict[str, dict[str, Weights]] = {}
    for entry in entries:
        if entry.weights is not None:
            weights.setdefault(entry.digest, {}).setdefault(entry.weights.digest, entry.weights)
    places: dict[tuple[object, ...], int] = {}
    groups: dict[tuple[object, ...], list[tuple[int, Prepared, FloatArray]]] = {}
    which: list[list[int]] = []
    for bench in benches:
        which.append([])
        for entry in bench.entries:
            X = entry.design.X[:, kept_regressors(entry, estimand)]
            effects = entry.specification.effects
            key = (entry.digest, effects, X.shape, X.tobytes(), entry.design.y.tobytes())
            if key not in places:
                places[key] = len(places)
                groups.setdefault(key[:2], []).append((places[key], entry, X))
            which[-1].append(places[key])
    models: dict[int, NullModel] = {}
    for (digest, _), group in groups.items():
        candidates = list(weights.get(str(digest), {}).values()) if filtered else []
        models |= _of_group(group, candidates)
    return [models[place] for place in range(len(places))], which


def ground_of(entry: Prepared, weights: Weights | None) -> Ground | None:
    """Return the ground of a disturbance with some W; None where effects do not allow it."""
    n, cells, effects = entry.design.nobs, entry.cells, entry.specification.effects
    if weights is None:
        return Ground(entry.ground.layers, entry.ground.clear, n - entry.absorbed)
    if cells is None:
        return Ground(one_layer(weights.sparse, 1), entry.ground.clear, n)
    deflated = effects in BY_TIME
    if deflated and constant_row_sum(weights.sparse) is None:
        return None
    share = (cells.T - 1) / cells.T if effects in BY_ENTITY else 1.0
    layers = one_layer(weights.sparse, cells.T)
    return Ground(layers, entry.ground.clear, n - entry.absorbed, share, deflated)


def _of_group(
    group: Sequence[tuple[int, Prepared, FloatArray]], candidates: Sequence[Weights]
) -> dict[int, NullModel]:
    """Return the null models of one sample with one kind of effects, by place."""
    first = group[0][1]
    columns = np.column_stack([X for _, _, X in group])
    ends = np.cumsum([0, *(X.shape[1] for _, _, X in group)])
    designs = tuple(np.arange(a, b) for a, b in pairwise(ends))
    Y = np.column_stack([entry.design.y for _, entry, _ in group])
    everyone = np.arange(len(group))
    jobs = Jobs(designs, everyone, everyone)
    best: list[tuple[float, Ground | None, Weights | None, FloatArray, float]] = [
        (-np.inf, None, None, np.empty(0), 0.0) for _ in group
    ]
    for W in (*candidates, None):
        ground = ground_of(first, W)
        if ground is None:
            continue
        try:
            found = _fitted(ground, columns, Y, jobs, filtered=W is not None)
        except WorkbenchError:  # weights without a determinant
            continue
        for row in range(len(group)):
            better = W is not None and found.sound[row] and found.loglik[row] > best[row][0]
            if better or (W is None and best[row][1] is None):
                beta = found.beta[row, designs[row]]
                best[row] = (float(found.loglik[row]), ground, W, beta, float(found.spatial[row]))
    models = {}
    for row, (place, entry, X) in enumerate(group):
        _, ground, W, beta, lam = best[row]
        if ground is None:
            raise AssertionError
        models[place] = _model(entry, X, ground, W, beta=beta, lam=lam)
    return models


def _fitted(
    ground: Ground, columns: FloatArray, Y: FloatArray, jobs: Jobs, *, filtered: bool
) -> Many:
    known = regressors_of(ground, columns, filtered=filtered)
    outcomes = outcomes_of(known, Y)
    if not filtered:
        return least_squares_of(known, outcomes, jobs)
    determinant = ground.determinant()
    return error_models_of(known, outcomes, jobs, course=None, determinant=determinant)


def _model(
    entry: Prepared,
    X: FloatArray,
    ground: Ground,
    weights: Weights | None,
    *,
    beta: FloatArray,
    lam: float,
) -> NullModel:
    cleared = ground.clear(np.column_stack([entry.design.y, X]))
    u = cleared[:, 0] - cleared[:, 1:] @ beta
    innovations = u if lam == 0.0 else u - lam * ground.layers.lag(u[:, None])[:, 0]
    # residuals are shorter than disturbances by what coefficients and effects took up
    left = max(entry.design.nobs - entry.absorbed - X.shape[1], 1)
    scale = np.sqrt(entry.design.nobs / left)
    return NullModel(entry.design.y - u, scale * innovations, ground, weights, lam)


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Labels of regions or periods of all samples, each with its place.

    Attributes
    ----------
    places : dict of str to int
    """

    places: dict[str, int]

    def of(self, entry: Prepared, null: CurveNull) -> np.ndarray:
        """Return the place of each row's region or period, shape (n,)."""
        return np.array([self.places[name] for name in _names(entry, null)])


def labels_of(benches: Sequence[Bench], null: CurveNull) -> Labels:
    """Return the labels of all samples in sorted order: one draw acts on all of them."""
    names = {name for bench in benches for name in _names(bench.entries[0], null)}
    return Labels({name: place for place, name in enumerate(sorted(names))})


def _names(entry: Prepared, null: CurveNull) -> list[str]:
    index = entry.design.index
    if entry.cells is not None:
        index = index.get_level_values(1 if null == "periods" else 0)
    return [label(one) for one in index]


def relabelling(bench: Bench) -> Callable[[np.ndarray], Bench]:
    """Return what lays a bench anew with the data of its regions exchanged, weights as they are.

    The argument of what is returned are keys by region, shape (n,) a row: regions take the data of
    each other in the order of the keys.
    """
    raw = bench.columns.copy()
    lagged = np.zeros(raw.shape[1], dtype=bool)
    for entry, places in zip(bench.entries, bench.designs, strict=True):
        at = dict(zip(entry.design.terms, places, strict=True))
        for term in entry.design.lagged:
            raw[:, at[lag_name(term)]] = entry.design.values((term,))[:, 0]
            lagged[at[lag_name(term)]] = True
    return partial(_relabelled, bench, raw, lagged)


def _relabelled(bench: Bench, raw: FloatArray, lagged: np.ndarray, keys: np.ndarray) -> Bench:
    layers = bench.entries[0].ground.layers
    n = raw.shape[0]
    table = np.arange(n).reshape(n // layers.T, layers.T)
    rows = table[np.argsort(keys[table[:, 0]], kind="stable")].ravel()
    columns = raw[rows]
    columns[:, lagged] = layers.lag(columns[:, lagged])
    held = {name: told for name, told in bench.held.items() if name in ("determinant", "alike")}
    return replace(bench, columns=columns, outcomes=bench.outcomes[rows], held=held)
