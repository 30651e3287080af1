"""Promise: eigenvector maps are those of the centred W, and no statistic hangs on their basis."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import sparse

from workbench.errors import ConvergenceError
from workbench.numerics.autocorrelation import eigenmaps as module
from workbench.numerics.autocorrelation import selection
from workbench.numerics.autocorrelation.eigenmaps import eigenmaps
from workbench.numerics.autocorrelation.moran import moran
from workbench.numerics.autocorrelation.selection import (
    Selection,
    global_test,
    moran_test,
    partial_test,
    select_by_moran,
    select_forward,
)


def ring(n):
    shift = sparse.csr_array(np.roll(np.eye(n), 1, axis=1))
    return sparse.csr_array(shift + shift.T)


def torus(a, b):
    return sparse.csr_array(
        sparse.kron(ring(a), sparse.eye_array(b)) + sparse.kron(sparse.eye_array(a), ring(b))
    )


def rook(side):
    line = sparse.diags_array([np.ones(side - 1)] * 2, offsets=[-1, 1])
    eye = sparse.eye_array(side)
    return sparse.csr_array(sparse.kron(eye, line) + sparse.kron(line, eye))


def near(n, seed, radius=0.25):
    points = np.random.default_rng(seed).random((n, 2))
    distance = np.linalg.norm(points[:, None] - points, axis=2)
    return sparse.csr_array(((distance < radius) & (distance > 0)).astype(float))


def orders_of(n, seed, draws=99):
    rng = np.random.default_rng(seed)
    return np.array([rng.permutation(n) for _ in range(draws)])


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


@pytest.mark.parametrize("directed", [False, True])
def test_leading_maps_by_iteration_equal_the_dense_ones(monkeypatch, directed):
    W = near(120, 3, radius=0.2)
    if directed:
        W.data *= np.random.default_rng(4).random(W.nnz)
    for sign in ("positive", "negative"):
        with monkeypatch.context() as patch:
            dense = eigenmaps(W, sign=sign, most=8)
            patch.setattr(module, "DENSE_LIMIT", 50)
            iterated = eigenmaps(W, sign=sign, most=8)
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
    assert global_test(y, V, orders=orders) == (more + 1) / 100


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
    assert partial_test(before, V, columns=np.array([5]), orders=orders) == (reached + 1) / 200


def test_selection_stops_at_the_adjusted_rsquared_of_all_maps():
    rng = np.random.default_rng(9)
    maps = eigenmaps(near(60, 1))
    V = maps.vectors
    orders = orders_of(60, 9)
    several = 0
    for _ in range(20):
        y = V[:, :6] @ rng.normal(size=6) + 0.3 * rng.normal(size=60)
        everything = Selection.of(y, V, tuple(range(V.shape[1])))
        chosen = select_forward(y, maps, orders=orders, alpha=0.9)
        assert len(chosen.vectors) == 1 or chosen.rsquared_adj <= everything.rsquared_adj + 1e-12
        several += len(chosen.vectors) > 1
    assert several >= 10


def test_a_pattern_of_one_map_is_selected_above_the_ceiling_too():
    """Map 2 with a little noise: alone it is worth more, adjusted, than all 17 maps together."""
    maps = eigenmaps(near(60, 1))
    y = maps.vectors[:, 2] + 0.02 * np.random.default_rng(2).normal(size=60)
    everything = sm.OLS(y, sm.add_constant(maps.vectors)).fit().rsquared_adj
    chosen = select_forward(y, maps, orders=orders_of(60, 1), alpha=0.05)
    assert chosen.vectors == (2,)
    assert chosen.rsquared_adj > everything


def test_moran_of_all_maps_sums_to_minus_one(any_weights):
    """tr(H (W + W') H / 2) = -S0 / n, as W has no diagonal."""
    total = sum(eigenmaps(any_weights, sign=sign).moran.sum() for sign in ("positive", "negative"))
    assert total == pytest.approx(-1.0, abs=1e-9)


def test_eigenspaces_of_a_torus_are_whole():
    """Eigenvalues 2 cos(2 pi i / a) + 2 cos(2 pi j / b), by multiplicity."""
    a, b = 7, 9
    i, j = np.meshgrid(np.arange(a), np.arange(b), indexing="ij")
    closed = (2 * np.cos(2 * np.pi * i / a) + 2 * np.cos(2 * np.pi * j / b)).ravel()[1:]
    values, sizes = np.unique(closed[closed > 1e-9].round(9), return_counts=True)
    maps = eigenmaps(torus(a, b))
    assert [len(columns) for columns in maps.members()] == sizes[::-1].tolist()
    for columns, value in zip(maps.members(), values[::-1], strict=True):
        np.testing.assert_allclose(maps.eigenvalues[columns], value, atol=1e-8)
    np.testing.assert_array_equal(np.concatenate(maps.members()), np.arange(maps.spaces.size))


@pytest.mark.parametrize("dense", [True, False])
def test_a_limit_on_maps_never_splits_an_eigenspace(monkeypatch, dense):
    """Sizes on a 6 x 6 torus begin 4, 4, 4: of at most 9 maps there are 8."""
    if not dense:
        monkeypatch.setattr(module, "DENSE_LIMIT", 10)
    assert eigenmaps(torus(6, 6), most=9).spaces.tolist() == [0] * 4 + [1] * 4
    few = eigenmaps(torus(6, 6), most=3)
    assert few.vectors.shape == (36, 0)
    assert not few.complete
    assert few.members() == []


def test_iteration_says_whether_it_found_all(monkeypatch):
    whole = eigenmaps(near(60, 2))
    monkeypatch.setattr(module, "DENSE_LIMIT", 10)
    count = whole.eigenvalues.size
    assert eigenmaps(near(60, 2), most=count).complete
    assert not eigenmaps(near(60, 2), most=count - 1).complete


def test_an_iteration_that_does_not_end_is_refused(monkeypatch):
    def endless(*arguments, **options):
        raise module.ArpackNoConvergence("no", np.empty(0), np.empty((0, 0)))

    monkeypatch.setattr(module, "DENSE_LIMIT", 10)
    monkeypatch.setattr(module, "eigsh", endless)
    with pytest.raises(ConvergenceError, match="fewer"):
        eigenmaps(near(60, 2))


def test_a_complete_graph_has_no_positive_maps_and_its_arrays_are_read_only():
    """H (11' - I) H = -H."""
    everyone = sparse.csr_array(np.ones((12, 12)) - np.eye(12))
    assert eigenmaps(everyone).vectors.shape == (12, 0)
    maps = eigenmaps(everyone, sign="negative")
    np.testing.assert_allclose(maps.eigenvalues, -1.0)
    assert maps.spaces.tolist() == [0] * 11
    with pytest.raises(ValueError, match="read-only"):
        maps.vectors[0, 0] = 1.0


@pytest.mark.parametrize("W", [rook(7), torus(6, 7)], ids=["rook lattice", "torus"])
def test_selection_does_not_depend_on_the_order_of_rows(W):
    """Rows in another order turn the basis of every eigenspace; what is selected stays."""
    rng = np.random.default_rng(11)
    n = W.shape[0]
    maps = eigenmaps(W)
    y = maps.vectors[:, :8] @ rng.normal(size=8) + 0.1 * rng.normal(size=n)
    order = rng.permutation(n)
    turned = W[order][:, order].tocsr()
    orders = orders_of(n, 12)
    back = np.argsort(order)
    # The same permutations of the same regions: region order[i] stands in row i.
    same = np.array([back[draw[order]] for draw in orders])
    one = select_forward(y, maps, orders=orders, alpha=0.05)
    two = select_forward(y[order], eigenmaps(turned), orders=same, alpha=0.05)
    assert len(one.vectors) == len(two.vectors) > 1
    assert one.rsquared_adj == pytest.approx(two.rsquared_adj, rel=1e-10)
    np.testing.assert_allclose(one.residuals[order], two.residuals, atol=1e-10)


def test_forward_selection_equals_regressions_by_hand():
    """Each step: the column of largest R2, tested by F of fitted + permuted residuals."""
    n, alpha = 50, 0.05
    maps = eigenmaps(near(n, 4))
    assert np.unique(maps.spaces).size == maps.spaces.size
    V, rng, orders = maps.vectors, np.random.default_rng(5), orders_of(n, 6)
    y = 4 * V[:, 1] - 3 * V[:, 4] + 2 * V[:, 0] + 0.3 * rng.normal(size=n)

    def fit(values, columns):
        return sm.OLS(values, sm.add_constant(V[:, columns]) if columns else np.ones(n)).fit()

    ceiling, chosen = fit(y, list(range(V.shape[1]))).rsquared_adj, []
    while True:
        rest = [column for column in range(V.shape[1]) if column not in chosen]
        new = max(rest, key=lambda column: fit(y, [*chosen, column]).rsquared)
        small, large = fit(y, chosen), fit(y, [*chosen, new])
        observed = (small.ssr - large.ssr) / large.ssr
        reached = 0
        for order in orders:
            values = small.fittedvalues + small.resid[order]
            restricted, full = fit(values, chosen).ssr, fit(values, [*chosen, new]).ssr
            reached += (restricted - full) / full >= observed
        if large.rsquared_adj > ceiling or (reached + 1) / 100 > alpha:
            break
        chosen.append(new)
    assert select_forward(y, maps, orders=orders, alpha=alpha).vectors == tuple(chosen)
    assert len(chosen) >= 2


def test_residual_moran_selection_equals_regressions_by_hand():
    """Each step: the column whose residuals have the smallest |I|, until I is not significant."""
    n, alpha = 50, 0.05
    W = near(n, 7)
    maps = eigenmaps(W)
    V, rng, orders = maps.vectors, np.random.default_rng(8), orders_of(n, 9)
    y = 3 * V[:, 2] + 2 * V[:, 0] + 2 * V[:, 5] + 0.15 * rng.normal(size=n)

    def index(values):
        return moran(values, W, count="all").I

    def p_of(values):
        reached = sum(index(values[order]) >= index(values) - 1e-12 for order in orders)
        return (reached + 1) / 100

    chosen, residuals = [], y
    assert moran_test(y, W, orders=orders, sign="positive") == p_of(y) == 0.01
    while p_of(residuals) <= alpha:
        left = {
            column: sm.OLS(y, sm.add_constant(V[:, [*chosen, column]])).fit().resid
            for column in range(V.shape[1])
            if column not in chosen
        }
        chosen.append(min(left, key=lambda column: abs(index(left[column]))))
        residuals = left[chosen[-1]]
    found = select_by_moran(y, maps, W, orders=orders, alpha=alpha, sign="positive")
    assert found.vectors == tuple(chosen)
    assert len(chosen) >= 2
    np.testing.assert_allclose(found.residuals, residuals, atol=1e-10)


def test_negative_moran_is_tested_on_its_side():
    W = ring(24)
    zigzag = np.where(np.arange(24) % 2, 1.0, -1.0)
    zigzag[:3] = 0.3
    orders = orders_of(24, 1)
    assert moran_test(zigzag, W, orders=orders, sign="negative") == 0.01
    assert moran_test(zigzag, W, orders=orders, sign="positive") == 1.0
    found = select_by_moran(
        zigzag, eigenmaps(W, sign="negative"), W, orders=orders, alpha=0.05, sign="negative"
    )
    assert abs(moran(found.residuals, W).I) < abs(moran(zigzag, W).I) / 3


def test_several_columns_are_explained_together():
    """R2 of a redundancy analysis: explained over total squares, summed over columns."""
    rng = np.random.default_rng(14)
    V = eigenmaps(near(40, 3)).vectors
    Y = np.column_stack([V[:, 0], 2 * V[:, 3]]) + 0.2 * rng.normal(size=(40, 2))
    fits = [sm.OLS(Y[:, j], sm.add_constant(V[:, [0, 3]])).fit() for j in (0, 1)]
    ratio = sum(fit.ssr for fit in fits) / sum(fit.centered_tss for fit in fits)
    ours = Selection.of(Y, V, (0, 3))
    assert ours.rsquared_adj == pytest.approx(1 - ratio * 39 / 37, rel=1e-12)
    assert np.isnan(ours.loglik)
    orders = orders_of(40, 15)
    more = 0
    for order in orders:
        again = [sm.OLS(Y[order, j], sm.add_constant(V)).fit().ess for j in (0, 1)]
        more += sum(again) >= sum(sm.OLS(Y[:, j], sm.add_constant(V)).fit().ess for j in (0, 1))
    assert global_test(Y, V, orders=orders) == (more + 1) / 100


def test_blocks_of_permutations_change_no_p(monkeypatch):
    rng = np.random.default_rng(16)
    W = near(40, 5)
    maps, orders, y = eigenmaps(W), orders_of(40, 17), rng.normal(size=40)
    before = Selection.of(y, maps.vectors, (0,))

    def everything():
        return (
            global_test(y, maps.vectors, orders=orders),
            moran_test(y, W, orders=orders, sign="positive"),
            partial_test(before, maps.vectors, columns=np.array([1, 2]), orders=orders),
        )

    whole = everything()
    monkeypatch.setattr(selection, "BLOCK", 41)
    assert everything() == whole


def test_an_exact_fit_ends_the_selection():
    maps = eigenmaps(near(40, 6))
    y = 2 * maps.vectors[:, 1] - maps.vectors[:, 4]
    chosen = select_forward(y, maps, orders=orders_of(40, 1), alpha=0.05)
    assert sorted(chosen.vectors) == [1, 4]
    assert chosen.sse == 0.0
    assert chosen.rsquared_adj == 1.0
