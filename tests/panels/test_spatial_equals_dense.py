"""Estimates, likelihood and covariance of every model and effect equal dense NT x NT formulas.

A panel of nine regions and five periods: the normal density of all observations (of the transformed
ones where effects are transformed out) at our estimates; its numerical gradient is zero; and our
covariance is the inverse of the expected information, from numerical derivatives of mean and
variance.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import linalg

import workbench as wb

N, T = 9, 5
STEP = 1e-5
LAGS_Y, LAGS_E, LAGS_X = (
    {"sar", "sac", "sdm", "gns"},
    {"sem", "sac", "sdem", "gns"},
    {"sdm", "sdem", "gns"},
)
MODELS = ["sar", "sem", "sac", "sdm", "sdem", "gns"]


def weights(seed, *, rows=True):
    rng = np.random.default_rng(seed)
    matrix = rng.random((N, N)) * (rng.random((N, N)) < 0.5)
    matrix += np.roll(np.eye(N), 1, axis=1)
    np.fill_diagonal(matrix, 0)
    return matrix / (matrix.sum(axis=1, keepdims=True) if rows else matrix.sum(axis=1).max())


def simulated(W, M, *, rho, lam, seed=26):
    """A panel in whose samples every model has a maximum inside its intervals."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N * T, 2))
    lag, error = np.kron(W, np.eye(T)), np.kron(M, np.eye(T))
    mean = X @ [1.5, -2.0] + lag @ X @ [0.5, 0.3]
    mean += np.repeat(rng.normal(size=N) * 1.5, T) + np.tile(rng.normal(size=T), N)
    u = np.linalg.solve(np.eye(N * T) - lam * error, 0.7 * rng.normal(size=N * T))
    y = np.linalg.solve(np.eye(N * T) - rho * lag, mean + u)
    index = pd.MultiIndex.from_product([[f"r{i}" for i in range(N)], range(2001, 2001 + T)])
    return pd.DataFrame({"y": y, "a": X[:, 0], "b": X[:, 1]}, index=index)


def as_weights(matrix):
    return wb.weights.from_matrix(matrix, ids=[f"r{i}" for i in range(N)], normalize="none")


def kept(effects):
    """Rows of an orthonormal basis of what the effects leave."""
    centre = {n: np.eye(n) - 1 / n for n in (N, T)}
    first = centre[N] if effects in ("time", "two-way") else np.eye(N)
    second = centre[T] if effects in ("entity", "two-way") else np.eye(T)
    return linalg.orth(np.kron(first, second)).T


def dummies(effects):
    regions, periods = np.kron(np.eye(N), np.ones((T, 1))), np.kron(np.ones((N, 1)), np.eye(T))
    return {
        "none": np.empty((N * T, 0)),
        "random": np.empty((N * T, 0)),
        "entity": regions,
        "time": periods,
        "two-way": np.column_stack([regions, periods[:, 1:]]),
    }[effects]


class Dense:
    """Mean and variance of y as functions of (β, effects, ρ, λ, φ, σ²)."""

    def __init__(self, fit, W, M, X, effects, *, structure=None):
        self.W, self.M, self.X = W, M, X
        self.lag, self.error = fit.model in LAGS_Y, fit.model in LAGS_E
        self.random, self.structure = effects == "random", structure

    def moments(self, theta):
        k = self.X.shape[1]
        rest = list(theta[k:])
        rho = rest.pop(0) if self.lag else 0.0
        lam = rest.pop(0) if self.error else 0.0
        phi = rest.pop(0) if self.random else 0.0
        A = np.kron(np.linalg.inv(np.eye(N) - rho * self.W), np.eye(T))
        B = np.linalg.inv(np.eye(N) - lam * self.M)
        P, ones = B @ B.T, np.ones((T, T))
        own = np.kron(phi * (P if self.structure == "kkp" else np.eye(N)), ones)
        variance = A @ (np.kron(P, np.eye(T)) + own) @ A.T * rest.pop(0)
        return A @ self.X @ theta[:k], variance

    def loglik(self, theta, y, basis):
        mean, variance = self.moments(theta)
        gap, V = basis @ (y - mean), basis @ variance @ basis.T
        half = linalg.cho_factor(V, lower=True)
        quadratic = gap @ linalg.cho_solve(half, gap)
        logdet = 2 * np.log(np.diag(half[0])).sum()
        return -0.5 * (len(gap) * np.log(2 * np.pi) + logdet + quadratic)

    def information(self, theta, basis):
        def at(point):
            mean, variance = self.moments(point)
            return basis @ mean, basis @ variance @ basis.T

        V = at(theta)[1]
        slopes = []
        for unit in np.eye(len(theta)) * STEP:
            up, down = at(theta + unit), at(theta - unit)
            slopes.append([(u - d) / (2 * STEP) for u, d in zip(up, down, strict=True)])
        means = np.array([mean for mean, _ in slopes])
        spreads = [np.linalg.solve(V, variance) for _, variance in slopes]
        inner = [[0.5 * np.sum(a * b.T) for b in spreads] for a in spreads]
        return means @ np.linalg.solve(V, means.T) + np.array(inner)


def checked(fit, dense, theta, y, basis, *, keep):
    """Compare likelihood, gradient and the covariance at the places `keep` of theta."""
    assert fit.loglik == pytest.approx(dense.loglik(theta, y, basis), abs=1e-8)
    steps = np.eye(len(theta)) * STEP
    slope = np.array(
        [dense.loglik(theta + h, y, basis) - dense.loglik(theta - h, y, basis) for h in steps]
    ) / (2 * STEP)
    whole = np.linalg.inv(dense.information(theta, basis))
    assert np.abs(slope * np.sqrt(np.diag(whole))).max() < 1e-6
    covariance = whole[np.ix_(keep, keep)]
    found = fit.cov.to_numpy()
    scale = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    # central differences leave about 1e-9 of mean and variance
    np.testing.assert_allclose(found / scale, covariance / scale, atol=1e-6)
    return whole


def regressors(fit, W, data):
    """X as the formula means it, lags by a Kronecker product."""
    X = data[["a", "b"]].to_numpy()
    if fit.model in LAGS_X:
        X = np.column_stack([X, np.kron(W, np.eye(T)) @ X])
    if fit.effects in ("none", "random"):
        X = np.column_stack([np.ones(N * T), X])
    return X


@pytest.mark.quick_cases(5)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("effects", ["entity", "time", "two-way"])
def test_transformation_is_the_density_of_what_effects_leave(model, effects):
    W, M = weights(1), weights(2)
    data = simulated(W, M, rho=0.3, lam=0.3)
    fit = wb.fit(
        "y ~ a + b", data, as_weights(W), model=model, effects=effects, W_error=_error(model, M)
    )
    X = regressors(fit, W, data)
    theta = np.append(fit.params.to_numpy(), fit.sigma2)
    dense = Dense(fit, W, M, X, effects)
    keep = list(range(len(theta) - 1))
    checked(fit, dense, theta, data["y"].to_numpy(), kept(effects), keep=keep)


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("effects", ["none", "entity", "time", "two-way"])
def test_direct_approach_is_the_density_with_dummies(model, effects):
    W, M = weights(1), weights(2)
    data = simulated(W, M, rho=0.3, lam=0.3)
    given = {} if effects == "none" else {"lee_yu": "none"}
    fit = wb.fit(
        "y ~ a + b",
        data,
        as_weights(W),
        model=model,
        effects=effects,
        W_error=_error(model, M),
        **given,
    )
    X, D = regressors(fit, W, data), dummies(effects)
    k = X.shape[1]
    dense = Dense(fit, W, M, np.column_stack([X, D]), effects)
    values = fit.params.to_numpy()
    sums = fit.fixed.sums if D.shape[1] else np.zeros(N * T)
    effects_at = np.linalg.lstsq(D, sums, rcond=None)[0]
    theta = np.concatenate([values[:k], effects_at, values[k:], [fit.sigma2]])
    keep = [*range(k), *range(k + D.shape[1], len(theta) - 1)]
    covariance = checked(fit, dense, theta, data["y"].to_numpy(), np.eye(N * T), keep=keep)
    if D.shape[1]:
        _effects_are_those(fit, covariance, theta, D, k)


def _effects_are_those(fit, dense_covariance, theta, D, k):
    """Effects as deviations from their mean, and their errors, by contrasts of the dummies."""
    covariance = dense_covariance
    inside = slice(k, k + D.shape[1])
    table = fit.effects_table()
    over = D.reshape(N, T, -1)
    rows = [over.mean(axis=(0, 1))]
    if fit.effects in ("entity", "two-way"):
        rows += list(over.mean(axis=1) - rows[0])
    if fit.effects in ("time", "two-way"):
        rows += list(over.mean(axis=0) - rows[0])
    L = np.array(rows)
    np.testing.assert_allclose(table["estimate"], L @ theta[inside], atol=1e-8)
    errors = np.sqrt(np.diag(L @ covariance[inside, inside] @ L.T))
    np.testing.assert_allclose(table["std_error"], errors, rtol=1e-5)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("structure", ["baltagi", "kkp"])
def test_random_effects(model, structure):
    W, M = weights(1), weights(2)
    data = simulated(W, M, rho=0.3, lam=0.3)
    given = {"random": structure} if model in LAGS_E else {}
    fit = wb.fit(
        "y ~ a + b",
        data,
        as_weights(W),
        model=model,
        effects="random",
        W_error=_error(model, M),
        **given,
    )
    X = regressors(fit, W, data)
    theta = np.append(fit.params.to_numpy(), fit.sigma2)
    dense = Dense(fit, W, M, X, "random", structure=structure)
    keep = list(range(len(theta) - 1))
    checked(fit, dense, theta, data["y"].to_numpy(), np.eye(N * T), keep=keep)
    _predictions_are_conditional_means(fit, data, W, M, X, structure)


def _predictions_are_conditional_means(fit, data, W, M, X, structure):
    """E(μ | y) and its error from the joint normal of μ and y; residuals are white then."""
    p = fit.params
    rho, lam, phi = p.get("rho", 0.0), p.get("lambda", 0.0), p["phi"]
    u = (np.eye(N * T) - rho * np.kron(W, np.eye(T))) @ data["y"] - X @ p.to_numpy()[: X.shape[1]]
    B = np.linalg.inv(np.eye(N) - lam * M)
    loads = np.kron(B if structure == "kkp" else np.eye(N), np.ones((T, 1)))
    V = phi * loads @ loads.T + np.kron(B @ B.T, np.eye(T))
    gain = phi * loads.T @ np.linalg.inv(V)
    table = fit.effects_table().loc["entity"]
    np.testing.assert_allclose(table["estimate"], gain @ u, atol=1e-8)
    left = fit.sigma2 * (phi * np.eye(N) - phi * gain @ loads)
    np.testing.assert_allclose(table["std_error"] ** 2, np.diag(left), rtol=1e-7)
    white = np.kron(np.linalg.inv(B), np.eye(T)) @ (u - loads @ (gain @ u))
    np.testing.assert_allclose(fit.resids, white, atol=1e-8)


@pytest.mark.parametrize("effects", ["none", "entity", "time", "two-way"])
def test_rows_of_other_sums_under_the_direct_approach(effects):
    """Effects of periods then reach regions unevenly; dummies take that up, and so do we."""
    W = weights(4, rows=False)
    data = simulated(W, W, rho=0.4, lam=0.0)
    given = {} if effects == "none" else {"lee_yu": "none"}
    fit = wb.fit("y ~ a + b", data, as_weights(W), model="sdm", effects=effects, **given)
    X, D = regressors(fit, W, data), dummies(effects)
    k = X.shape[1]
    dense = Dense(fit, W, W, np.column_stack([X, D]), effects)
    values = fit.params.to_numpy()
    sums = fit.fixed.sums if D.shape[1] else np.zeros(N * T)
    theta = np.concatenate(
        [values[:k], np.linalg.lstsq(D, sums, rcond=None)[0], values[k:], [fit.sigma2]]
    )
    keep = [*range(k), *range(k + D.shape[1], len(theta) - 1)]
    checked(fit, dense, theta, data["y"].to_numpy(), np.eye(N * T), keep=keep)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("model", ["sar", "sem", "gns"])
@pytest.mark.parametrize("effects", ["none", "entity", "two-way"])
def test_predictions_are_the_reduced_form(model, effects):
    W = weights(1)
    data = simulated(W, W, rho=0.3, lam=0.3)
    fit = wb.fit("y ~ a + b", data, as_weights(W), model=model, effects=effects)
    A = np.eye(N * T) - fit.params.get("rho", 0.0) * np.kron(W, np.eye(T))
    X = regressors(fit, W, data)
    trend = X @ fit.params.to_numpy()[: X.shape[1]]
    if effects != "none":
        table = fit.effects_table()["estimate"]
        trend = trend + table.iloc[0] + np.repeat(table.loc["entity"].to_numpy(), T)
        if effects == "two-way":
            trend = trend + np.tile(table.loc["time"].to_numpy(), N)
    found = fit.predict()
    np.testing.assert_allclose(found.values, np.linalg.solve(A, trend), rtol=1e-9)
    again = fit.predict(data[["b", "a"]].sample(frac=1, random_state=0))
    np.testing.assert_allclose(again.values, found.values, rtol=1e-9)
    if effects == "entity":
        later = data.xs(2005, level=1, drop_level=False).rename(index={2005: 2010}, level=1)
        expected = found.values.xs(2005, level=1)
        np.testing.assert_allclose(fit.predict(later).values, expected, rtol=1e-9)


def _error(model, M):
    return as_weights(M) if model in LAGS_E else None
