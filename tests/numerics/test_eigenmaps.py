"""Promise: eigenvector maps are those of the centred W, whichever library computes them."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import sparse

from workbench.numerics import eigenmaps as module
from workbench.numerics.eigenmaps import eigenmaps
from workbench.numerics.moran import moran
from workbench.numerics.selection import Selection, _partial_p, global_test, select


def ring(n):
    shift = sparse.csr_array(np.roll(np.eye(n), 1, axis=1))
    return sparse.csr_array(shift + shift.T)


def test_eigenvalues_of_a_ring_are_cosines():
    """A circulant: 2 cos(2 pi k / n); the constant vector, of eigenvalue 2, is centred away."""
    n = 12
    expected = 2 * np.cos(2 * np.pi * np.arange(1, n) / n)
    maps = eigenmaps(ring(n))
    np.testing.assert_allclose(
        maps.eigenvalues, np.sort(expected[expected > 1e-9])[::-1], atol=1e-12
    )
    maps = eigenmaps(ring(n), sign="negative")
    np.testing.assert_allclose(maps.eigenvalues, np.sort(expected[expected < -1e-9]), atol=1e-12)


def test_vectors_are_centred_orthonormal_and_have_their_moran(any_weights):
    for sign in ("positive", "negative"):
        maps = eigenmaps(any_weights, sign=sign)
        V = maps.vectors
        np.testing.assert_allclose(V.T @ V, np.eye(V.shape[1]), atol=1e-10)
        np.testing.assert_allclose(V.sum(axis=0), 0.0, atol=1e-9)
        for column in range(0, V.shape[1], 5):
            observed = moran(V[:, column], any_weights, count="all").I
            assert observed == pytest.approx(maps.moran[column], rel=1e-8, abs=1e-10)


def test_the_basis_of_an_eigenspace_does_not_depend_on_the_library(monkeypatch):
    """All but two eigenvalues of a ring are double: LAPACK may return any basis of each plane."""
    one = eigenmaps(ring(16)).vectors
    original = module._dense

    def turned(W):
        values, vectors = original(W)
        pairs = [(0, 1), (3, 4), (11, 12)]
        for i, j in pairs:
            if abs(values[i] - values[j]) < 1e-9:
                c, s = np.cos(1.0), np.sin(1.0)
                vectors[:, [i, j]] = vectors[:, [i, j]] @ np.array([[c, -s], [s, c]])
        return values, -vectors

    monkeypatch.setattr(module, "_dense", turned)
    np.testing.assert_allclose(eigenmaps(ring(16)).vectors, one, atol=1e-10)


def test_leading_maps_by_iteration_equal_the_dense_ones(monkeypatch):
    rng = np.random.default_rng(3)
    points = rng.random((120, 2))
    distance = np.linalg.norm(points[:, None] - points, axis=2)
    W = sparse.csr_array(((distance < 0.2) & (distance > 0)).astype(float))
    dense = eigenmaps(W, most=8)
    monkeypatch.setattr(module, "DENSE_LIMIT", 50)
    iterated = eigenmaps(W, most=8)
    np.testing.assert_allclose(iterated.eigenvalues, dense.eigenvalues, rtol=1e-10)
    np.testing.assert_allclose(iterated.vectors, dense.vectors, atol=1e-7)
    assert not iterated.complete


def test_regressions_equal_statsmodels():
    rng = np.random.default_rng(5)
    W = ring(40)
    V = eigenmaps(W).vectors
    y = 2 * V[:, 3] + rng.normal(size=40) + 7
    ours = Selection.of(y, V, (3, 0, 8))
    theirs = sm.OLS(y, sm.add_constant(V[:, [3, 0, 8]])).fit()
    assert ours.rsquared_adj == pytest.approx(theirs.rsquared_adj, rel=1e-10)
    assert ours.loglik == pytest.approx(theirs.llf, rel=1e-10)
    np.testing.assert_allclose(ours.residuals, theirs.resid, atol=1e-12)


def test_the_global_test_equals_counting_by_hand():
    rng = np.random.default_rng(6)
    V = eigenmaps(ring(20)).vectors
    y = rng.normal(size=20)
    orders = np.array([rng.permutation(20) for _ in range(99)])
    X = sm.add_constant(V)
    observed = sm.OLS(y, X).fit().rsquared
    more = sum(sm.OLS(y[order], X).fit().rsquared >= observed - 1e-12 for order in orders)
    assert global_test(y, V, orders) == (more + 1) / 100


def test_a_further_map_is_tested_by_permuting_the_residuals_of_those_before():
    """Freedman and Lane (1983), by hand: F of the column in a regression of fitted + permuted."""
    rng = np.random.default_rng(8)
    V = eigenmaps(ring(30)).vectors
    y = 3 * V[:, 2] + 0.8 * V[:, 5] + 0.4 * rng.normal(size=30)
    before = Selection.of(y, V, (2,))
    orders = np.array([rng.permutation(30) for _ in range(199)])
    fitted = y - y.mean() - before.residuals
    small, large = sm.add_constant(V[:, [2]]), sm.add_constant(V[:, [2, 5]])

    def statistic(values):
        restricted, full = sm.OLS(values, small).fit().ssr, sm.OLS(values, large).fit().ssr
        return (restricted - full) / full

    observed = statistic(y)
    reached = sum(statistic(fitted + before.residuals[order]) >= observed for order in orders)
    assert _partial_p(before, V, 5, orders) == (reached + 1) / 200


def test_selection_stops_at_the_adjusted_rsquared_of_all_maps():
    rng = np.random.default_rng(9)
    V = eigenmaps(ring(60)).vectors
    orders = np.array([rng.permutation(60) for _ in range(199)])
    for _ in range(20):
        y = V[:, :6] @ rng.normal(size=6) + 0.3 * rng.normal(size=60)
        everything = Selection.of(y, V, tuple(range(V.shape[1])))
        ceiling = max(everything.rsquared_adj, 0.0)  # of no map at all
        assert select(y, V, orders, alpha=0.9).rsquared_adj <= ceiling + 1e-12
