"""Kernels of spatial panels: sparse routes equal dense ones, lags are those of each period."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg

from workbench.numerics.panels import random_fit as panel_random_fit
from workbench.numerics.panels import strata as panel_strata
from workbench.numerics.panels.determinant import panel_determinant
from workbench.numerics.panels.layers import Layers, one_layer, solve_columns
from workbench.numerics.panels.likelihood import PanelProblem, fit_panel_likelihood
from workbench.numerics.panels.random import RandomProblem, RandomTop, random_maxima
from workbench.numerics.panels.strata import inverse_square_diagonal, spread_of
from workbench.numerics.sparse.matrices import as_weights

N, T = 40, 3


def matrix(seed, n=N):
    rng = np.random.default_rng(seed)
    found = rng.random((n, n)) * (rng.random((n, n)) < 0.1) + np.roll(np.eye(n), 1, axis=0)
    np.fill_diagonal(found, 0.0)
    return found / found.sum(axis=1, keepdims=True)


W, M = as_weights(matrix(0)), as_weights(matrix(1))


def test_lags_and_solutions_are_those_of_the_kronecker_product():
    x = np.random.default_rng(2).normal(size=(N * T, 2))
    whole = np.kron(W.toarray(), np.eye(T))
    layers = one_layer(W, T)
    np.testing.assert_allclose(layers.lag(x), whole @ x, atol=1e-14)
    solved = np.linalg.solve(np.eye(N * T) - 0.4 * whole, x)
    np.testing.assert_allclose(layers.solve(x, 0.4), solved, atol=1e-12)
    turned = np.linalg.solve(np.eye(N * T) - 0.4 * whole.T, x)
    np.testing.assert_allclose(layers.solve(x, 0.4, transpose=True), turned, atol=1e-12)
    rows = tuple(np.arange(t, N * T, T) for t in range(T))
    several = Layers((W, M, W), rows, T)
    by_period = linalg.block_diag(*(w.toarray() for w in (W, M, W)))
    order = np.concatenate(rows)
    np.testing.assert_allclose(several.lag(x)[order], by_period @ x[order], atol=1e-14)
    assert solve_columns(W, x[:N], rho=0.0) is not None


@pytest.mark.parametrize("order", [0, 1, 2])
def test_determinants_add_up_and_are_deflated(order):
    layers = Layers((W, M), (np.arange(N), np.arange(N, 2 * N)), 2)
    found = panel_determinant(layers, share=0.5, sums=(1.0, 1.0))

    def value(rho):
        logs = [np.linalg.slogdet(np.eye(N) - rho * w.toarray())[1] for w in (W, M)]
        return 0.5 * (sum(logs) - 2 * np.log(1 - rho))

    h, rho = 1e-4, 0.37
    expected = (
        value(rho),
        (value(rho + h) - value(rho - h)) / (2 * h),
        (value(rho + h) - 2 * value(rho) + value(rho - h)) / h**2,
    )[order]
    got = (found.value, found.derivative, found.second)[order](rho)
    # central differences leave about 1e-6 of the second derivative
    assert got == pytest.approx(expected, rel=(1e-12, 1e-6, 1e-5)[order])
    assert found.admits(0.99)
    assert not found.admits(1.01)


@pytest.fixture
def sparse_route(monkeypatch):
    monkeypatch.setattr(panel_strata, "EIGENVALUE_LIMIT", 5)


@pytest.mark.slow
def test_sparse_forms_equal_dense_ones(sparse_route):
    rng = np.random.default_rng(3)
    F, F_lam = rng.normal(size=(N, 3)), rng.normal(size=(N, 3))
    fast = spread_of(M, N, own_effects=True)
    assert fast.elimination is not None
    slow = panel_strata.Spread(M, N)
    a, b = fast.of(F, F_lam, 0.4, 2.5), slow.of(F, F_lam, 0.4, 2.5)
    for name in ("K", "along_lambda", "along_c", "D", "D_lambda", "D_c"):
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=1e-10, atol=1e-11)
    np.testing.assert_allclose(
        fast.inverse_diagonal(0.4, 2.5), slow.inverse_diagonal(0.4, 2.5), rtol=1e-11
    )
    B = np.linalg.inv(np.eye(N) - 0.4 * M.toarray())
    np.testing.assert_allclose(inverse_square_diagonal(M, 0.4), np.diag(B @ B.T), rtol=1e-11)


@pytest.mark.parametrize("own_effects", [True, False])
def test_derivatives_of_the_form_are_differences(own_effects):
    rng = np.random.default_rng(4)
    means, lags = rng.normal(size=(N, 2)), rng.normal(size=(N, 2))
    spread = spread_of(M, N, own_effects=own_effects)

    def at(lam, c):
        return spread.of(means - lam * lags, -lags, lam, c)

    h, here = 1e-6, at(0.3, 1.7)
    for name, total, up, down in (
        ("along_lambda", "K", at(0.3 + h, 1.7), at(0.3 - h, 1.7)),
        ("along_c", "K", at(0.3, 1.7 + h), at(0.3, 1.7 - h)),
        ("D_lambda", "D", at(0.3 + h, 1.7), at(0.3 - h, 1.7)),
        ("D_c", "D", at(0.3, 1.7 + h), at(0.3, 1.7 - h)),
    ):
        slope = (getattr(up, total) - getattr(down, total)) / (2 * h)
        np.testing.assert_allclose(getattr(here, name), slope, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("lag", [True, False])
def test_probes_equal_dense_traces_within_their_error(lag):
    y = np.random.default_rng(5).normal(size=N * T)
    problem = RandomProblem(y, np.ones((N * T, 1)), T, W if lag else None, M, own_effects=True)
    top = RandomTop(0.3 if lag else 0.0, 0.4, 2.0, 0.0)
    exact, _ = panel_random_fit._dense(problem, M, top, 1.3)
    probed, error = panel_random_fit._probed(problem, M, top, 1.3)
    own = np.diag(exact) > 0
    gap = np.abs(np.diag(probed)[own] / np.diag(exact)[own] - 1)
    assert (gap < 4 * error).all()
    assert error < 0.05
    scale = np.sqrt(np.outer(np.diag(exact), np.diag(exact)))[np.ix_(own, own)]
    apart = np.abs(probed - exact)[np.ix_(own, own)] / scale
    assert apart.max() < 4 * error


@pytest.mark.slow
def test_sparse_and_dense_routes_find_one_maximum(monkeypatch):
    rng = np.random.default_rng(6)
    X = np.column_stack([np.ones(N * T), rng.normal(size=N * T)])
    noise = np.kron(np.linalg.inv(np.eye(N) - 0.5 * M.toarray()), np.eye(T))
    y = X @ [1.0, 2.0] + np.repeat(rng.normal(size=N), T) + noise @ rng.normal(size=N * T)
    problem = RandomProblem(y, X, T, None, M, own_effects=True)
    slow = random_maxima(problem)
    monkeypatch.setattr(panel_strata, "EIGENVALUE_LIMIT", 5)
    fast = random_maxima(problem)
    assert len(slow) == len(fast)
    assert fast[0].lambda_ == pytest.approx(slow[0].lambda_, abs=1e-9)
    assert fast[0].c == pytest.approx(slow[0].c, rel=1e-8)


@pytest.mark.slow
def test_large_regions_need_no_dense_matrix():
    """700 regions, beyond the dense limit: traces are those of the dense information."""
    n, periods = 700, 3
    rng = np.random.default_rng(7)
    place = np.arange(n)
    near = np.isin((place[:, None] - place) % n, (1, 2, n - 1, n - 2))
    w = near / near.sum(axis=1, keepdims=True)
    layers = one_layer(as_weights(w), periods)
    x = rng.normal(size=(n * periods, 1))
    y = layers.solve(x + rng.normal(size=(n * periods, 1)), 0.4)[:, 0]

    def clear(columns):
        cube = columns.reshape(n, periods, -1)
        cube = cube - cube.mean(axis=1, keepdims=True)
        return (cube - cube.mean(axis=0)).reshape(columns.shape)

    n_eff = (n - 1) * (periods - 1)
    problem = PanelProblem(y, x, layers, None, clear, n_eff, 2 / 3, True)
    found = fit_panel_likelihood(problem)
    Q = np.eye(n) - 1 / n
    G = Q @ w @ np.linalg.inv(np.eye(n) - found.rho * w) @ Q
    assert found.traces.lag == pytest.approx(2 * np.trace(G), rel=1e-8)
    assert found.traces.lag_lag == pytest.approx(2 * (np.sum(G * G.T) + np.sum(G * G)), rel=1e-8)
