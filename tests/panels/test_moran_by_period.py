"""Moran's I by period has the moments of dense matrices, and the size that it says."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.errors import PanelError
from workbench.numerics.autocorrelation.moran import residual_moran
from workbench.panels import moran_by_period

from .spatial_panels import drawn, lattice

EFFECTS = ["none", "entity", "time", "two-way"]


def projection(data, N, T, effects):
    i = np.arange(N * T)
    X = [np.ones(N * T), data["x"].to_numpy()]
    if effects in ("entity", "two-way"):
        X += list((i // T == np.arange(N)[:, None]).astype(float))
    if effects in ("time", "two-way"):
        X += list((i % T == np.arange(T)[:, None]).astype(float))
    X = np.array(X).T
    return np.eye(N * T) - X @ np.linalg.pinv(X)


@pytest.mark.parametrize("effects", EFFECTS)
def test_moments_are_those_of_dense_matrices(effects):
    W, T = lattice(3), 4
    data = drawn(W, T, 2)
    fit = wb.fit("y ~ x", data, W, effects=effects)
    found = moran_by_period(fit)
    M = projection(data, 9, T, effects)
    S = 0.5 * (W.sparse.toarray() + W.sparse.toarray().T)
    e = M @ data["y"].to_numpy()
    A, sizes = [], []
    for t in range(T):
        at = np.arange(9) * T + t
        pick = np.zeros((9 * T, 9 * T))
        pick[np.ix_(at, at)] = np.eye(9)
        full = np.zeros((9 * T, 9 * T))
        full[np.ix_(at, at)] = S
        r = np.trace(M @ full) / np.trace(M @ pick)
        A.append(full - r * pick)
        sizes.append((np.trace(M @ pick), e[at] @ e[at], r, e[at] @ S @ e[at]))
    cov = np.array([[2 * np.trace(M @ a @ M @ b) for b in A] for a in A])
    size, squares, r, lagged = np.array(sizes).T
    z = (lagged - r * squares) / (squares / size) / np.sqrt(np.diag(cov))
    np.testing.assert_allclose(found.table["z"], z, rtol=1e-8)
    np.testing.assert_allclose(found.table["statistic"], lagged / squares * 9 / S.sum(), rtol=1e-9)
    scale = np.sqrt(np.diag(cov))
    joint = z @ np.linalg.pinv(cov / np.outer(scale, scale), rcond=1e-9) @ z
    assert found.joint.statistic == pytest.approx(joint, rel=1e-7)


def test_one_period_has_the_expectation_of_cross_sections():
    W = lattice(5)
    data = drawn(W, 1, 2)
    fit = wb.fit("y ~ x", data, W)
    found = moran_by_period(fit).table.iloc[0]
    single = residual_moran(fit.fit.resids, fit.design.X, W=W.sparse)
    assert found["statistic"] == pytest.approx(single.I, rel=1e-10)
    assert found["expected"] == pytest.approx(single.expected, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("effects", ["entity", "two-way"])
def test_size_of_the_joint_test(effects):
    """50 panels at 5 %: 8 or more rejections have probability 0.3 %."""
    W, rejected = lattice(6), 0
    for seed in range(50):
        data = drawn(W, 5, seed, mu=float(effects in ("entity", "two-way")))
        fit = wb.fit("y ~ x", data, W, effects=effects)
        rejected += moran_by_period(fit).joint.p_value < 0.05
    assert rejected <= 7


def test_dependence_in_one_period_is_seen_there():
    W = lattice(9)
    data, error = drawn(W, 5, 1, mu=1.0), drawn(W, 5, 2, lam=0.8)["y"]
    year = data.index.get_level_values("year") == 2002
    data.loc[year, "y"] += 2 * error[year]
    table = moran_by_period(wb.fit("y ~ x", data, W, effects="entity")).table
    assert table["p_value"].idxmin() == 2002
    assert table.loc[2002, "p_value"] < 0.001
    assert set(table.columns) <= set(GLOSSARY)


def test_what_a_spatial_model_leaves_is_in_its_diagnostics():
    W = lattice(8)
    data = drawn(W, 5, 1, rho=0.6, mu=1.0)
    without = wb.fit("y ~ x", data, W, effects="entity").diagnostics()
    left = wb.fit("y ~ x", data, W, model="sar", effects="entity").diagnostics()
    assert without["Moran by period"].p_value < 0.001 < left["Moran by period"].p_value
    assert left["Pesaran CD"].applicable
    assert left["Juodis-Reese CDw+"].applicable
    random = wb.fit("y ~ x", data, W, effects="random")
    assert "random effects" in str(random.diagnostics()["Moran by period"])
    with pytest.raises(PanelError, match="random effects"):
        moran_by_period(random)
