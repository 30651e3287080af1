"""Models estimated by the thousand are, number by number, those of the plain estimators."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy import sparse

from workbench.numerics.likelihoods.many.along import Spreads, course_of
from workbench.numerics.likelihoods.many.disturbances import error_models_of
from workbench.numerics.likelihoods.many.effects import (
    Combination,
    combined_impacts,
    multiplier_of,
)
from workbench.numerics.likelihoods.many.ground import Ground, outcomes_of, regressors_of
from workbench.numerics.likelihoods.many.jobs import Jobs, each_design
from workbench.numerics.likelihoods.many.lags import lag_models_of
from workbench.numerics.likelihoods.many.least import least_squares_of
from workbench.numerics.likelihoods.one_parameter import fit_error, fit_lag
from workbench.numerics.panels.layers import one_layer
from workbench.numerics.panels.likelihood import PanelProblem, fit_panel_likelihood
from workbench.numerics.regression.least_squares import least_squares
from workbench.numerics.responses.impacts import average_impacts, impact_std_errors
from workbench.numerics.sparse.matrices import as_weights
from workbench.panels.effects import Cells, without_effects

DESIGNS = ([0, 1], [0, 1, 2], [0, 1, 2, 3, 4, 5], [0, 1, 6], [0, 1, 2, 6, 7], [1, 2, 3])


def lattice(side, *, island=False):
    """Rook contiguity of a square, rows summing to one; region 3 alone where asked."""
    i = np.arange(side * side)
    A = np.abs(i[:, None] // side - i // side) + np.abs(i[:, None] % side - i % side) == 1
    if island:
        A[3], A[:, 3] = False, False
    return as_weights(A / np.maximum(A.sum(axis=1), 1)[:, None])


def directed(n, k):
    points = np.random.default_rng(5).uniform(size=(n, 2))
    apart = ((points[:, None] - points) ** 2).sum(axis=2) + 9 * np.eye(n)
    A = np.zeros((n, n))
    A[np.arange(n)[:, None], np.argsort(apart, axis=1)[:, :k]] = 1 / k
    return as_weights(A)


def inverse_distance(n):
    points = np.random.default_rng(6).uniform(size=(n, 2))
    A = 1.0 / (np.sqrt(((points[:, None] - points) ** 2).sum(axis=2)) + 1e9 * np.eye(n))
    np.fill_diagonal(A, 0.0)
    return as_weights(A / np.linalg.eigvalsh(A).max())


WEIGHTS = {
    "island": partial(lattice, 7, island=True),
    "directed": partial(directed, 60, 4),
    "inverse distance": partial(inverse_distance, 50),
    "sparse factors": partial(lattice, 25),
}


def data(W, rho=0.4):
    """Nine regressors far from zero, the last three lags of others, and an outcome."""
    n = W.shape[0]
    rng = np.random.default_rng(n)
    X = np.column_stack([np.ones(n), 50 + rng.normal(size=(n, 8))])
    X[:, -3:] = W @ X[:, 1:4]
    A = sparse.csc_array(sparse.eye_array(n) - rho * W)
    y = sparse.linalg.spsolve(A, X @ rng.normal(size=9) * 0.3 + rng.normal(size=n))
    return y, X


def close(found, expected, tolerance=1e-9):
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=0)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("kind", ["lag", "error"])
@pytest.mark.parametrize("name", WEIGHTS)
def test_likelihoods_are_those_of_the_plain_estimators(name, kind):
    W = WEIGHTS[name]()
    y, X = data(W)
    ground = Ground(one_layer(W, 1), lambda x: x, y.size)
    known = regressors_of(ground, X, filtered=kind == "error")
    outcomes, course = outcomes_of(known, y[:, None]), course_of(ground)
    jobs, determinant = each_design(DESIGNS), ground.determinant()
    if kind == "lag":
        spreads = Spreads(known, course)
        many = lag_models_of(known, outcomes, jobs, spreads=spreads, determinant=determinant)
    else:
        many = error_models_of(known, outcomes, jobs, course=course, determinant=determinant)
    assert many.sound.sum() >= 4
    for i, design in enumerate(DESIGNS):
        if not many.sound[i]:  # a likelihood that rises towards an end: left to the plain search
            continue
        one = (fit_lag if kind == "lag" else fit_error)(y, X[:, design], W=W)
        at = [*design, 9]
        close(many.spatial[i], one.spatial)
        close(many.beta[i, design], one.beta)
        close(many.sigma2[i], one.sigma2)
        close(many.loglik[i], one.loglik)
        found, expected = many.covariance[i][np.ix_(at, at)], one.covariance[:-1, :-1]
        size = np.sqrt(np.diag(expected))
        np.testing.assert_allclose(
            found / np.outer(size, size), expected / np.outer(size, size), rtol=0, atol=1e-9
        )
        assert many.optima[i] == one.optima


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("effects", ["none", "entity", "time", "two-way"])
@pytest.mark.parametrize("kind", ["lag", "error"])
def test_panels_are_those_of_the_plain_likelihood(effects, kind):
    W, T = lattice(6), 5
    N = W.shape[0]
    rng = np.random.default_rng(3)
    cells = Cells(np.repeat(np.arange(N), T), np.tile(np.arange(T), N), N, T)
    layers = one_layer(W, T)
    X = rng.normal(size=(N * T, 4)) + np.repeat(rng.normal(size=(N, 4)), T, axis=0)
    u = rng.normal(size=N * T) + rng.normal(size=N)[cells.region] + rng.normal(size=T)[cells.period]
    y = layers.solve((X @ [1.0, -0.5, 0.3, 0.0] + u)[:, None], 0.4)[:, 0]
    clear = partial(without_effects, cells=cells, effects=effects)
    by_entity, by_time = effects in ("entity", "two-way"), effects in ("time", "two-way")
    problem = PanelProblem(
        y=y,
        X=X,
        lag=layers if kind == "lag" else None,
        error=None if kind == "lag" else layers,
        clear=clear,
        n_eff=N * T - cells.count(effects),
        share=(T - 1) / T if by_entity else 1.0,
        deflated=by_time,
    )
    one = fit_panel_likelihood(problem)
    ground = Ground(layers, clear, problem.n_eff, problem.share, problem.deflated)
    known = regressors_of(ground, X, filtered=kind == "error")
    outcomes, course = outcomes_of(known, y[:, None]), course_of(ground)
    jobs, determinant = each_design([[0, 1, 2, 3]]), ground.determinant()
    if kind == "lag":
        spreads = Spreads(known, course)
        many = lag_models_of(known, outcomes, jobs, spreads=spreads, determinant=determinant)
    else:
        many = error_models_of(known, outcomes, jobs, course=course, determinant=determinant)
    close(many.spatial[0], one.rho + one.lambda_)
    close(many.beta[0], one.beta)
    close(many.loglik[0], one.loglik)
    expected = one.covariance[:-1, :-1]
    size = np.sqrt(np.diag(expected))
    np.testing.assert_allclose(
        many.covariance[0] / np.outer(size, size),
        expected / np.outer(size, size),
        rtol=0,
        atol=1e-9,
    )


def test_a_model_does_not_depend_on_what_is_estimated_beside_it_nor_on_its_outcomes_place():
    W = WEIGHTS["directed"]()
    y, X = data(W)
    ground = Ground(one_layer(W, 1), lambda x: x, y.size)
    known, course = regressors_of(ground, X, filtered=False), course_of(ground)
    Y = np.column_stack([np.roll(y, 7), y])
    outcomes, determinant = outcomes_of(known, Y), ground.determinant()
    columns = tuple(np.array(d) for d in DESIGNS)
    spreads = Spreads(known, course)
    all_jobs = Jobs(columns, np.tile(np.arange(6), 2), np.repeat([0, 1], 6))
    together = lag_models_of(known, outcomes, all_jobs, spreads=spreads, determinant=determinant)
    alone = Jobs(columns, np.array([4]), np.array([1]))
    one = lag_models_of(known, outcomes, alone, spreads=spreads, determinant=determinant)
    close(one.beta[0], together.beta[10], 1e-12)
    close(one.covariance[0], together.covariance[10], 1e-11)


def test_least_squares_and_what_is_collinear():
    W = WEIGHTS["island"]()
    y, X = data(W)
    X = np.column_stack([X, X[:, 1] + X[:, 2]])
    ground = Ground(one_layer(W, 1), lambda x: x, y.size)
    known = regressors_of(ground, X, filtered=False)
    jobs = each_design([[0, 1, 2], [0, 1, 2, 9]])
    many = least_squares_of(known, outcomes_of(known, y[:, None]), jobs)
    one = least_squares(y, X[:, :3])
    close(many.beta[0, :3], one.beta)
    close(many.covariance[0, :3, :3], one.sigma2 * one.xtx_inverse)
    close(many.loglik[0], one.loglik)
    assert many.sound.tolist() == [True, False]


def test_impacts_and_their_errors_are_those_of_the_delta_method():
    W = WEIGHTS["island"]()  # rows do not have one sum
    y, X = data(W)
    ground = Ground(one_layer(W, 1), lambda x: x, y.size)
    known, course = regressors_of(ground, X, filtered=False), course_of(ground)
    design = [0, 1, 2, 6, 7]
    many = lag_models_of(
        known,
        outcomes_of(known, y[:, None]),
        each_design([design]),
        spreads=Spreads(known, course),
        determinant=ground.determinant(),
    )
    one = fit_lag(y, X[:, design], W=W)
    impacts = average_impacts(one.beta[1:3], one.beta[3:], traces=one.traces)
    at = [5, 1, 2, 3, 4]
    errors = impact_std_errors(impacts, one.covariance[np.ix_(at, at)])
    multiplier = multiplier_of(W, many.spatial, course=course, lagged=np.array([True]))
    for k, (d, t) in enumerate([(1.0, 0.0), (-1.0, 1.0), (0.0, 1.0)]):
        direct, total, lag = np.zeros((1, 9)), np.zeros((1, 9)), np.zeros((1, 9), dtype=bool)
        direct[0, [1, 6]], total[0, [1, 6]], lag[0, 6] = d, t, True
        found = combined_impacts(
            many, multiplier, Combination(direct, total, lag, np.zeros((1, 10)))
        )
        close(found[0][0], impacts.effects[0, k])
        close(found[1][0], errors[0, k])
