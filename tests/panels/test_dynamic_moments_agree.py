"""Difference and system GMM against linearmodels' instruments and against formulae written out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from linearmodels.iv import IV2SLS, IVGMM
from scipy import linalg

import workbench as wb
from workbench.panels import DynamicGMM

from .spatial_panels import drawn_dynamic, lattice

W = lattice(7)
N, T = 49, 7
DATA = drawn_dynamic(W, T, 3, tau=0.4, rho=0.3)
DENSE = W.sparse.toarray()
y = DATA["y"].to_numpy().reshape(N, T)
x = DATA["x"].to_numpy().reshape(N, T)
Wy, Wx = DENSE @ y, DENSE @ x


def changed(a, t):
    return a[:, t] - a[:, t - 1]


def test_one_lag_and_one_step_is_anderson_and_hsiao():
    """y_{t-2} instruments the difference of y_{t-1}: linearmodels' IV2SLS, clustered."""
    fit = wb.fit(
        "y ~ x",
        DATA,
        effects="entity",
        dynamic="lag",
        method=DynamicGMM(lags=(2, 2), steps=1),
    )
    columns = {
        "dy": np.concatenate([changed(y, t) for t in range(2, T)]),
        "dx": np.concatenate([changed(x, t) for t in range(2, T)]),
        "before": np.concatenate([changed(y, t - 1) for t in range(2, T)]),
        "z": np.concatenate([y[:, t - 2] for t in range(2, T)]),
        "region": np.tile(np.arange(N), T - 2),
    }
    frame = pd.DataFrame(columns)
    told = IV2SLS(frame["dy"], frame[["dx"]], frame[["before"]], frame[["z"]]).fit(
        cov_type="clustered", clusters=frame["region"], debiased=False
    )
    np.testing.assert_allclose(fit.params[["x", "tau"]], told.params, rtol=1e-10)
    np.testing.assert_allclose(fit.std_errors[["x", "tau"]], told.std_errors, rtol=1e-10)
    assert not fit.diagnostics()["Hansen J"].applicable


@pytest.fixture(scope="module")
def deviations():
    """Rows of orthogonal deviations with collapsed lags 2 to 3, one after the other."""
    rows = []
    for i in range(N):
        for t in range(1, T - 1):
            h = T - 1 - t
            c = np.sqrt(h / (h + 1))
            later = slice(t + 1, T)

            def off(a, i=i, t=t, c=c, later=later):
                return c * (a[i, t] - a[i, later].mean())

            lagged = np.column_stack([np.full(N, np.nan), y[:, :-1]])
            row = {"region": i, "y": off(y), "x": off(x), "tau": off(lagged), "rho": off(Wy)}
            row |= {"wx": off(Wx), "w2x": off(DENSE @ Wx)}
            for lag in (1, 2):
                row[f"y{lag}"] = y[i, t - lag] if t >= lag else 0.0
                row[f"wy{lag}"] = Wy[i, t - lag] if t >= lag else 0.0
            rows.append(row)
    return pd.DataFrame(rows)


OWN = ["wx", "w2x", "y1", "y2", "wy1", "wy2"]


@pytest.mark.parametrize("steps", [1, 2])
def test_deviations_are_instrumented_as_by_linearmodels(deviations, steps):
    """Deviations are white: one step is 2SLS, two steps IVGMM with clustered moments."""
    asked = DynamicGMM(transform="deviations", lags=(2, 3), steps=steps)
    fit = wb.fit("y ~ x", DATA, W, model="sar", effects="entity", dynamic="lag", method=asked)
    d = deviations
    options = {"weight_type": "clustered", "clusters": d["region"], "center": False}
    parts = (d["y"], d[["x"]], d[["tau", "rho"]], d[OWN])
    if steps == 1:
        told = IV2SLS(*parts).fit(cov_type="clustered", clusters=d["region"], debiased=False)
        np.testing.assert_allclose(fit.std_errors[["x", "tau", "rho"]], told.std_errors, rtol=1e-9)
    else:
        told = IVGMM(*parts, **options).fit(iter_limit=2)
        J = fit.diagnostics()["Hansen J"]
        assert J.statistic == pytest.approx(told.j_stat.stat, rel=1e-9)
        assert J.df == (4.0,)
    np.testing.assert_allclose(fit.params[["x", "tau", "rho"]], told.params, rtol=1e-9)


def past(value, t, first, collapse):
    """A lag as one instrument, or as one for each period from the first that has it."""
    return [value] if collapse else [value * (s == t) for s in range(first, T)]


def exogenous(i, t):
    return [changed(x, t)[i], changed(Wx, t)[i], changed(DENSE @ Wx, t)[i]]


def in_differences(i, collapse):
    rows, Z, maps = [], [], []
    for t in range(2, T):
        maps.append(np.eye(T - 1)[t - 1] - np.eye(T - 1)[t - 2])
        rows.append([changed(a, s)[i] for a, s in ((y, t), (x, t), (y, t - 1), (Wy, t))])
        own = exogenous(i, t)
        for a in (y, Wy):
            for lag in (2, 3):
                own += past(a[i, t - lag] if t >= lag else 0.0, t, lag, collapse)
        Z.append(own)
    return np.array(rows), np.array(Z), np.array(maps)


def in_levels(i, collapse):
    rows, Z = [], []
    for t in range(1, T):
        rows.append([y[i, t], x[i, t], y[i, t - 1], Wy[i, t]])
        own = exogenous(i, t)
        for a in (y, Wy):
            own += past(changed(a, t - 1)[i] if t >= 2 else 0.0, t, 2, collapse)
        Z.append(own)
    return np.array(rows), np.array(Z), np.eye(T - 1)


def blocks(*, system, collapse, two_way):
    """y, X, Z and L of each region, from the definitions, lags 2 and 3 of y and Wy."""
    each = []
    for i in range(N):
        rows, Z, maps = in_differences(i, collapse)
        if system:
            below, more, own = in_levels(i, collapse)
            ones = np.r_[np.zeros(len(rows)), np.ones(len(below))][:, None]
            rows, maps = np.vstack([rows, below]), np.vstack([maps, own])
            Z = linalg.block_diag(Z, more)
            if not two_way:
                rows, Z = np.hstack([rows[:, :1], ones, rows[:, 1:]]), np.hstack([ones, Z])
        each.append((rows, Z, maps))
    rows, Z, maps = (np.stack(part) for part in zip(*each, strict=True))
    if two_way:
        # effects of periods: a dummy an equation of a region, partialled out
        rows, Z = rows - rows.mean(axis=0), Z - Z.mean(axis=0)
    return rows[:, :, 0], rows[:, :, 1:], Z, maps


def written_out(Y, X, Z, maps):
    """Both steps, Windmeijer by a numerical derivative, Hansen, serial correlation."""
    k = X.shape[2]
    ZX, Zy = np.einsum("irm,irk->mk", Z, X), np.einsum("irm,ir->m", Z, Y)

    def solve(S):
        A = np.linalg.pinv(S)
        return np.linalg.solve(ZX.T @ A @ ZX, ZX.T @ A @ Zy), A

    def omega(b):
        g = np.einsum("irm,ir->im", Z, Y - X @ b)
        return g.T @ g

    H = np.einsum("irs,its->irt", maps, maps)
    one, A1 = solve(np.einsum("irm,irt,itn->mn", Z, H, Z))
    half = np.linalg.inv(ZX.T @ A1 @ ZX) @ ZX.T @ A1
    V1 = half @ omega(one) @ half.T
    two, A2 = solve(omega(one))
    V2 = np.linalg.inv(ZX.T @ A2 @ ZX)
    steps = 1e-5 * np.eye(k)
    slopes = [(solve(omega(one + e))[0] - solve(omega(one - e))[0]) / 2e-5 for e in steps]
    D = np.column_stack(slopes)
    V = V2 + D @ V2 + V2 @ D.T + D @ V1 @ D.T
    left = Zy - ZX @ two
    tail = ZX.T @ A2 @ np.einsum("irm,ir->im", Z, Y - X @ two).T
    return one, V1, two, V, float(left @ A2 @ left), V2 @ tail


def serial(Y, X, b, V, pulled, order):
    """Arellano and Bond's statistic, region by region; pulled is (X'ZAZ'X)^-1 X'ZA g_i."""
    total = variance = 0.0
    slope, crossed = np.zeros(len(b)), np.zeros(len(b))
    for i in range(N):
        e = Y[i] - X[i] @ b
        product = e[order:] @ e[:-order]
        total, variance = total + product, variance + product**2
        slope = slope + e[:-order] @ X[i, order:]
        crossed = crossed + pulled[:, i] * product
    return total / np.sqrt(variance - 2 * slope @ crossed + slope @ V @ slope)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("two_way", [False, True])
@pytest.mark.parametrize("collapse", [True, False])
@pytest.mark.parametrize("system", [False, True])
def test_estimates_are_those_of_the_formulae(system, collapse, two_way):
    options = {"collapse": collapse, "lags": (2, 3)}
    asked = DynamicGMM("system" if system else "difference", steps=1, **options)
    chosen = {
        "model": "sar",
        "effects": "two-way" if two_way else "entity",
        "dynamic": "lag",
    }
    fit = wb.fit("y ~ x", DATA, W, method=asked, **chosen)
    Y, X, Z, maps = blocks(system=system, collapse=collapse, two_way=two_way)
    one, V1, two, V, J, pulled = written_out(Y, X, Z, maps)
    np.testing.assert_allclose(fit.params, one, rtol=1e-7)
    np.testing.assert_allclose(fit.cov, V1, rtol=1e-6, atol=1e-12)
    assert len(fit.instruments) == np.linalg.matrix_rank(Z.reshape(-1, Z.shape[2]))
    fit = wb.fit("y ~ x", DATA, W, method=DynamicGMM(asked.equations, **options), **chosen)
    np.testing.assert_allclose(fit.params, two, rtol=1e-7)
    # the derivative is numerical, to about 1e-6 of its size
    np.testing.assert_allclose(fit.cov, V, rtol=1e-4, atol=1e-10)
    tests = fit.diagnostics()
    assert tests["Hansen J"].statistic == pytest.approx(J, rel=1e-7)
    assert tests["Hansen J"].df == (Z.shape[2] - X.shape[2],)
    changes = slice(0, T - 2)
    for order in (1, 2):
        z = serial(Y[:, changes], X[:, changes], two, V, pulled, order)
        assert tests[f"AR({order})"].statistic == pytest.approx(z, rel=1e-4)
    if system:
        # J of the equations without levels, with their part of the covariance of all moments
        moving = slice(int(not two_way), None)
        part = blocks(system=False, collapse=collapse, two_way=two_way)
        m = part[2].shape[2]
        kept = slice(int(not two_way), int(not two_way) + m)
        C = np.einsum("irm,irk->mk", Z, X)[kept, moving]
        c = np.einsum("irm,ir->m", Z, Y)[kept]
        g = np.einsum("irm,ir->im", Z, Y - X @ one)[:, kept]
        A = np.linalg.inv(g.T @ g)
        rest = c - C @ np.linalg.solve(C.T @ A @ C, C.T @ A @ c)
        found = tests["Difference-in-Hansen (levels)"]
        assert found.statistic == pytest.approx(J - rest @ A @ rest, rel=1e-6)
        assert found.df == (Z.shape[2] - X.shape[2] - (m - C.shape[1]),)
    else:
        e = Y - X @ one
        u = np.einsum("irm,ir->m", Z, e)
        H = np.einsum("irs,its->irt", maps, maps)
        S = np.einsum("irm,irt,itn->mn", Z, H, Z)
        sigma2 = (e**2).sum() / (e.size - X.shape[2]) / 2
        sargan = tests["Sargan"]
        assert sargan.statistic == pytest.approx(u @ np.linalg.solve(S, u) / sigma2, rel=1e-7)
        assert fit.sigma2 == pytest.approx(
            ((Y - X @ two) ** 2).sum() / (e.size - X.shape[2]) / 2, rel=1e-7
        )


def test_periods_taken_out_are_dummies_that_instrument_themselves():
    asked = DynamicGMM(lags=(2, 3), steps=1)
    fit = wb.fit("y ~ x", DATA, W, model="sar", effects="two-way", dynamic="lag", method=asked)
    Y, X, Z, maps = blocks(system=False, collapse=True, two_way=False)
    dummies = np.broadcast_to(np.eye(T - 2), (N, T - 2, T - 2))
    X, Z = np.concatenate([X, dummies], axis=2), np.concatenate([Z, dummies], axis=2)
    one, V, *_ = written_out(Y, X, Z, maps)
    np.testing.assert_allclose(fit.params, one[:3], rtol=1e-9)
    np.testing.assert_allclose(fit.cov, V[:3, :3], rtol=1e-8, atol=1e-14)


def test_deviations_in_a_system_are_those_of_the_formulae(deviations):
    """Deviations above levels: A is the inverse of Z'LL'Z with F in the corner of LL'."""
    asked = DynamicGMM("system", transform="deviations", lags=(2, 3))
    fit = wb.fit("y ~ x", DATA, W, model="sar", effects="entity", dynamic="lag", method=asked)
    F = np.zeros((T - 2, T - 1))
    for r in range(T - 2):
        h = T - 2 - r
        F[r, r], F[r, r + 1 :] = 1.0, -1.0 / h
        F[r] *= np.sqrt(h / (h + 1))
    rows, Z = [], []
    for i in range(N):
        own = deviations[deviations["region"] == i]
        below, more, _ = in_levels(i, True)
        rows.append(np.vstack([own[["y", "x", "tau", "rho"]], below]))
        Z.append(linalg.block_diag(own[["x", *OWN]].to_numpy(), more))
    rows, Z = np.stack(rows), np.stack(Z)
    ones = np.r_[np.zeros(T - 2), np.ones(T - 1)]
    ones = np.broadcast_to(ones[:, None], (N, 2 * T - 3, 1))
    X = np.concatenate([ones, rows[:, :, 1:]], axis=2)
    maps = np.broadcast_to(np.vstack([F, np.eye(T - 1)]), (N, 2 * T - 3, T - 1))
    _, _, two, V, J, _ = written_out(rows[:, :, 0], X, np.concatenate([ones, Z], axis=2), maps)
    np.testing.assert_allclose(fit.params, two, rtol=1e-7)
    # the derivative is numerical
    np.testing.assert_allclose(fit.cov, V, rtol=1e-4, atol=1e-10)
    assert fit.diagnostics()["Hansen J"].statistic == pytest.approx(J, rel=1e-7)
