"""Dynamic spatial panels equal dense formulas of all periods together, given the first.

Nine regions and five periods: the uncorrected estimates maximise the normal density of y_1 … y_T
given y_0 with dummies for the effects; the bias of the score is that of dense NT x NT traces; and
impacts are those of dense matrix powers, with numerical derivatives.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import workbench as wb
from workbench.numerics.panels import dynamic as panel_dynamic
from workbench.numerics.panels.dynamic import Feedback, bias_of_score, long_run_traces, roots_of
from workbench.numerics.panels.layers import one_layer
from workbench.numerics.panels.likelihood import PanelProblem, fit_panel_likelihood
from workbench.numerics.responses.paths import nodes_of
from workbench.panels.effects import Cells, without_effects

N, T = 9, 5
IDS = [f"r{i}" for i in range(N)]
LAGS_Y, LAGS_E = {"sar", "sac", "sdm", "gns"}, {"sem", "sac", "sdem", "gns"}


def weights(seed, *, rows=True, n=N):
    rng = np.random.default_rng(seed)
    matrix = rng.random((n, n)) * (rng.random((n, n)) < 0.5)
    matrix += np.roll(np.eye(n), 1, axis=1)
    np.fill_diagonal(matrix, 0)
    return matrix / (matrix.sum(axis=1, keepdims=True) if rows else 1.3 * matrix.sum(axis=1).max())


def simulated(W, M, *, seed=3, tau=0.4, eta=0.1, rho=0.3, lam=0.3):
    rng = np.random.default_rng(seed)
    alpha, y = rng.normal(size=N), rng.normal(size=(T + 1, N))
    x = rng.normal(size=(T + 1, N, 2))
    for t in range(1, T + 1):
        u = np.linalg.solve(np.eye(N) - lam * M, 0.5 * rng.normal(size=N))
        mean = tau * y[t - 1] + eta * W @ y[t - 1] + x[t] @ [1.0, -1.0] + alpha + u
        y[t] = np.linalg.solve(np.eye(N) - rho * W, mean)
    index = pd.MultiIndex.from_product([range(2000, 2001 + T), IDS]).swaplevel()
    table = {"y": y.ravel(), "a": x[..., 0].ravel(), "b": x[..., 1].ravel()}
    return pd.DataFrame(table, index=index)


def as_weights(matrix):
    return wb.weights.from_matrix(matrix, ids=IDS, normalize="none")


def density(fit, data, W, M, point):
    """Log-density of all periods after the first, given it: point is (estimates, σ², effects)."""
    p = len(fit.estimates.terms)
    at = dict(zip(fit.estimates.terms, point[:p], strict=True))
    sigma2, effects = point[p], point[p + 1 :].reshape(N, T).T.ravel()
    tau, eta, rho, lam = (at.get(k, 0.0) for k in ("tau", "eta", "rho", "lambda"))
    y = data["y"].to_numpy().reshape(T + 1, N)
    X = fit.design.X.reshape(N, T, -1).swapaxes(0, 1).reshape(N * T, -1)
    late = np.eye(T, k=-1)
    carry = tau * np.eye(N) + eta * W
    A = np.kron(np.eye(T), np.eye(N) - rho * W) - np.kron(late, carry)
    B = np.kron(np.eye(T), np.eye(N) - lam * M)
    mean = X @ point[: len(fit.design.terms)] + effects
    mean[:N] += carry @ y[0]
    e = B @ (A @ y[1:].ravel() - mean)
    logs = np.linalg.slogdet(A)[1] + np.linalg.slogdet(B)[1]
    return logs - 0.5 * N * T * np.log(2 * np.pi * sigma2) - 0.5 * (e @ e) / sigma2


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("dynamic", ["lag", "spatial-lag", "both"])
@pytest.mark.parametrize(
    ("model", "effects"),
    [("sar", "entity"), ("sdm", "two-way"), ("sac", "entity"), ("gns", "none"), ("sem", "time")],
)
def test_uncorrected_estimates_maximise_the_density(model, effects, dynamic):
    W, M = weights(1), weights(2)
    data = simulated(W, M)
    if effects == "none":
        data["y"] = data["y"] + 2.0
    options = {"W_error": as_weights(M)} if model in LAGS_E else {}
    if effects in ("entity", "time", "two-way"):
        options["lee_yu"] = "none"
    fit = wb.fit(
        "y ~ a + b", data, as_weights(W), model=model, effects=effects, dynamic=dynamic, **options
    )
    sums = fit.fixed.sums if fit.fixed else np.zeros(N * T)
    best = np.concatenate([fit.estimates.values, [fit.sigma2], sums])
    assert density(fit, data, W, M, best) == pytest.approx(fit.loglik, rel=1e-10)
    p = len(fit.estimates.terms)
    # Effects move together: the basis of what dummies can do.
    free = {
        "none": np.empty((N * T, 0)),
        "entity": np.kron(np.eye(N), np.ones((T, 1))),
        "time": np.kron(np.ones((N, 1)), np.eye(T)),
        "two-way": np.hstack(
            [np.kron(np.eye(N), np.ones((T, 1))), np.kron(np.ones((N, 1)), np.eye(T))]
        ),
    }[effects]
    moves = [*np.eye(len(best))[: p + 1], *np.vstack([np.zeros((p + 1, free.shape[1])), free]).T]
    step = 1e-5
    slopes = [
        (density(fit, data, W, M, best + step * m) - density(fit, data, W, M, best - step * m))
        / (2 * step)
        for m in moves
    ]
    # a bounded search stops within 1e-9 of the maximum, times curvatures of about 1e3
    assert np.abs(slopes).max() < 2e-4


def dense_bias(W, M, at, periods, effects):
    """Mean of the score at the truth from NT x NT matrices, with its sign changed."""
    tau, eta, rho, lam = at
    n = len(W)
    eye, late = np.eye(periods), np.eye(periods, k=-1)
    S, B = np.eye(n) - rho * W, np.eye(n) - lam * M
    A = np.kron(eye, S) - np.kron(late, tau * np.eye(n) + eta * W)
    spread = np.linalg.solve(A, np.kron(eye, np.linalg.inv(B)))
    space = np.eye(n) - 1 / n if effects == "two-way" else np.eye(n)
    Q = np.kron(np.eye(periods) - 1 / periods, space)

    def covariance(before, matrix):
        lagged = np.kron(late if before else eye, B @ matrix) @ spread
        return np.einsum("ij,ji->", Q, lagged)

    G, H = W @ np.linalg.inv(S), M @ np.linalg.inv(B)
    return -np.array(
        [
            covariance(True, np.eye(n)),
            covariance(True, W),
            covariance(False, W) - periods * np.trace(G),
            np.einsum("ij,ji->", Q, np.kron(eye, H)) - periods * np.trace(H),
            0.5 * (np.trace(Q) - n * periods),
        ]
    )


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("effects", "deflated"), [("entity", False), ("two-way", False), ("two-way", True)]
)
def test_bias_of_the_score_is_that_of_dense_traces(effects, deflated):
    n, at = 5, (0.4, 0.1, 0.3, 0.2)
    W, M = weights(4, n=n), weights(5, n=n)
    found = {}
    for periods in (60, 120):
        rng = np.random.default_rng(1)
        cells = Cells(np.repeat(np.arange(n), periods), np.tile(np.arange(periods), n), n, periods)
        lag, error = (one_layer(sparse.csr_array(m), periods) for m in (W, M))
        columns = rng.normal(size=(n * periods, 4))
        problem = PanelProblem(
            columns[:, 0],
            columns[:, 1:],
            lag,
            error,
            lambda x, c=cells: without_effects(x, c, effects),
            n * periods - (periods if deflated else 0),
            deflated=deflated,
        )
        maximum = fit_panel_likelihood(problem)
        truth = panel_dynamic.at_point(
            problem,
            panel_dynamic.Point(np.array([0.0, at[0], at[1]]), at[2], at[3], 1.0),
            loglik=0.0,
            maxima=maximum.maxima,
            optima=1,
        )
        ours = bias_of_score(
            problem,
            truth,
            sparse.csr_array(W),
            lags=(True, True),
            regions=n,
            periods=periods if effects == "two-way" else 0,
        )
        dense = dense_bias(W, M, at, periods, effects)
        if deflated:
            # determinants and observations without what effects of periods take
            S = 1.0 / (1.0 - np.array(at[2:]))
            dense[2:4] -= periods * S
            dense[4] -= 0.5 * periods
        assert ours[0] == 0.0
        found[periods] = np.array(ours[1:]) - dense
        np.testing.assert_allclose(ours[4:], dense[3:], rtol=1e-8)
    # what lasts beyond T periods is of order 1/T: twice the periods, half of it
    np.testing.assert_allclose(found[120][:3], 0.5 * found[60][:3], rtol=0.02)
    assert (np.abs(found[120][:3]) < 0.05 * np.abs(np.array(ours[1:4]))).all()


@pytest.mark.parametrize("rows", [True, False])
@pytest.mark.parametrize("seed", [1, 7])
def test_roots_and_traces_are_those_of_dense_matrices(rows, seed, monkeypatch):
    W = weights(seed, rows=rows)
    matrix, feedback = sparse.csr_array(W), Feedback(0.5, -0.2, 0.4)
    A = np.linalg.solve(np.eye(N) - 0.4 * W, 0.5 * np.eye(N) - 0.2 * W)
    sizes = np.sort(np.abs(np.linalg.eigvals(A)))
    assert roots_of(matrix, feedback).largest == pytest.approx(sizes[-1], rel=1e-10)
    P = np.linalg.inv(0.5 * np.eye(N) - 0.2 * W)
    assert long_run_traces(matrix, feedback) == pytest.approx([np.trace(P), np.trace(W @ P)])
    if rows:
        J = np.eye(N) - 1 / N
        dense = [np.trace(J @ P), np.trace(J @ W @ P)]
        assert long_run_traces(matrix, feedback, without_common=True) == pytest.approx(dense)
        monkeypatch.setattr(panel_dynamic, "DENSE_LIMIT", 2)
        assert long_run_traces(matrix, feedback, without_common=True) == pytest.approx(dense)


def test_large_maps_take_the_same_root_from_the_ends_of_the_spectrum(monkeypatch):
    near = np.abs(np.subtract.outer(np.arange(30), np.arange(30))) == 1
    W = sparse.csr_array(near / near.sum(axis=1, keepdims=True))
    points = [Feedback(0.5, 0.2, 0.2), Feedback(0.3, -0.6, 0.1), Feedback(-0.4, 0.5, -0.3)]
    exact = [roots_of(W, point).largest for point in points]
    monkeypatch.setattr(panel_dynamic, "DENSE_LIMIT", 2)
    found = [roots_of(W, point) for point in points]
    assert [one.largest for one in found] == pytest.approx(exact, rel=1e-8)
    directed = sparse.csr_array(weights(1))
    bound = roots_of(directed, points[0])
    assert not bound.exact
    monkeypatch.undo()
    assert bound.largest >= roots_of(directed, points[0]).largest - 1e-9


@pytest.fixture(scope="module", params=[True, False])
def durbin(request):
    W = weights(1, rows=request.param)
    data = simulated(W, W, seed=11, lam=0.0)
    fit = wb.fit("y ~ a + b", data, as_weights(W), model="sdm", effects="entity", dynamic="both")
    return fit, W


def dense_path(values, W, horizon, *, permanent):
    """Direct and total impacts of `a` at each horizon from matrix powers."""
    n = len(W)
    S = np.linalg.inv(np.eye(n) - values["rho"] * W)
    A = S @ (values["tau"] * np.eye(n) + values["eta"] * W)
    now = S @ (values["a"] * np.eye(n) + values["W(a)"] * W)
    out, total = [], np.zeros((n, n))
    for _ in range(horizon + 1):
        total = total + now if permanent else now
        out.append([np.trace(total) / n, (total.sum() - np.trace(total)) / n, total.sum() / n])
        now = A @ now
    return np.array(out).T


@pytest.mark.parametrize("change", ["permanent", "temporary"])
def test_path_of_impacts_is_that_of_matrix_powers(durbin, change):
    fit, W = durbin
    permanent = change == "permanent"
    table = fit.impacts_over_time(6, change=change).table.loc["a"]
    expected = dense_path(fit.params, W, 6, permanent=permanent)
    np.testing.assert_allclose(table["estimate"], expected.ravel(), rtol=1e-8)
    slopes = []
    for term in fit.params.index:
        up, down = fit.params.copy(), fit.params.copy()
        up[term], down[term] = up[term] + 1e-6, down[term] - 1e-6
        paths = [dense_path(p, W, 6, permanent=permanent) for p in (up, down)]
        slopes.append((paths[0] - paths[1]).ravel() / 2e-6)
    J = np.array(slopes).T
    errors = np.sqrt(np.einsum("ri,ij,rj->r", J, fit.cov.to_numpy(), J))
    np.testing.assert_allclose(table["std_error"], errors, rtol=1e-5)


def test_long_run_is_where_the_path_ends(durbin):
    fit, W = durbin
    p = fit.params
    P = np.linalg.inv((1 - p["tau"]) * np.eye(N) - (p["rho"] + p["eta"]) * W)
    S = P @ (p["a"] * np.eye(N) + p["W(a)"] * W)
    impacts = fit.impacts(horizon="long-run")
    assert impacts.direct["a"] == pytest.approx(np.trace(S) / N, rel=1e-9)
    assert impacts.total["a"] == pytest.approx(S.sum() / N, rel=1e-9)
    end = fit.impacts_over_time(200).table.xs(200, level="horizon")
    np.testing.assert_allclose(end["estimate"], impacts.table["estimate"], rtol=1e-6)
    np.testing.assert_allclose(end["std_error"], impacts.table["std_error"], rtol=1e-4)
    now = fit.impacts_over_time(0).table.xs(0, level="horizon")
    short = fit.impacts().table
    np.testing.assert_allclose(now["estimate"], short["estimate"], rtol=1e-9)
    np.testing.assert_allclose(now["std_error"], short["std_error"], rtol=1e-8)


def test_prediction_is_the_conditional_mean(durbin):
    fit, W = durbin
    p = fit.params
    y = simulated(W, W, seed=11, lam=0.0)["y"].to_numpy().reshape(T + 1, N)
    rest = (fit.design.X @ p[list(fit.design.terms)].to_numpy() + fit.fixed.sums).reshape(N, T).T
    mean = p["tau"] * y[:-1] + p["eta"] * y[:-1] @ W.T + rest
    ahead = np.linalg.solve(np.eye(N) - p["rho"] * W, mean.T)
    np.testing.assert_allclose(fit.predict().values, ahead.ravel(), rtol=1e-9)
    gap = (y[1:].T - ahead).ravel()
    residuals = ((np.eye(N) - p["rho"] * W) @ gap.reshape(N, T)).ravel()
    np.testing.assert_allclose(residuals, fit.resids, atol=1e-9)


NOWHERE = np.array([[0.3, -0.1, 0.5]])


def test_nodes_without_eigenvectors_are_refused():
    ladder = np.triu(np.ones((4, 4)), 1)
    with pytest.raises(wb.errors.WeightsError, match="eigenvectors"):
        nodes_of(sparse.csr_array(ladder), NOWHERE, 3)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("effects", ["entity", "two-way"])
@pytest.mark.parametrize("model", ["sar", "sem", "sac"])
def test_corrected_covariance_is_that_of_what_effects_leave(model, effects):
    """The inverse information from NT x NT matrices, Q taking the effects out of each of them."""
    W, M = weights(1), weights(2)
    data = simulated(W, M)
    error = {"W_error": as_weights(M)} if model in LAGS_E else {}
    fit = wb.fit(
        "y ~ a + b", data, as_weights(W), model=model, effects=effects, dynamic="both", **error
    )
    at = {"rho": 0.0, "lambda": 0.0, **fit.params}
    cube = data["y"].to_numpy().reshape(T + 1, N)
    y, before = cube[1:].T.ravel(), cube[:-1].T.ravel()
    eye = np.eye(N * T)
    wide, wide_M = np.kron(W, np.eye(T)), np.kron(M, np.eye(T))
    S, B = eye - at["rho"] * wide, eye - at["lambda"] * wide_M
    space = np.eye(N) - 1 / N if effects == "two-way" else np.eye(N)
    Q = np.kron(space, np.eye(T) - 1 / T)
    X = np.column_stack([fit.design.X, before, wide @ before])
    names = [*fit.design.terms, "tau", "eta"]
    e = Q @ B @ (S @ y - X @ fit.params[names].to_numpy())
    sigma2 = e @ e / np.trace(Q)
    assert fit.sigma2 == pytest.approx(sigma2, rel=1e-9)
    mean = S @ y - np.linalg.solve(B, e)
    H = B @ np.linalg.solve(S.T, wide.T).T @ np.linalg.inv(B)
    G = np.linalg.solve(B.T, wide_M.T).T
    scores = {"rho": (H, Q @ H @ B @ mean), "lambda": (G, np.zeros(N * T))}
    kept = [name for name in scores if name in fit.params]
    columns = np.column_stack([Q @ B @ X, *(scores[name][1] for name in kept)])
    k = len(names)
    info = np.zeros((len(columns.T) + 1,) * 2)
    info[:-1, :-1] = columns.T @ columns / sigma2
    for i, one in enumerate(kept):
        A = Q @ scores[one][0] @ Q
        for j, other in enumerate(kept):
            C = Q @ scores[other][0] @ Q
            info[k + i, k + j] += np.trace(A @ C) + np.trace(A.T @ C)
        info[k + i, -1] = info[-1, k + i] = np.trace(A) / sigma2
    info[-1, -1] = np.trace(Q) / (2 * sigma2**2)
    covariance = pd.DataFrame(np.linalg.inv(info)[:-1, :-1], [*names, *kept], [*names, *kept])
    found = fit.cov.loc[covariance.index, covariance.columns]
    np.testing.assert_allclose(found, covariance, rtol=1e-8, atol=1e-12)
