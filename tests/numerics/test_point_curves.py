"""Pairs by distance, their smoothed densities, M and bands agree with dense formulas in numpy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import cdist, pdist, squareform

from workbench.errors import InputError
from workbench.numerics.points.bands import bands
from workbench.numerics.points.densities import densities
from workbench.numerics.points.ground import Ground, Marks, draw_key, median_distance
from workbench.numerics.points.relative import relative_concentration
from workbench.numerics.points.smoothing import density, silverman

N = 70
AT = np.linspace(0.0, 60.0, 31)


def normal(u):
    return np.exp(-0.5 * u**2) / np.sqrt(2 * np.pi)


def dense_density(distances, weights, h, at):
    """Silverman's reflected kernel estimate, term by term."""
    u = at[:, None]
    kernel = normal((u - distances) / h) + normal((u + distances) / h)
    return kernel @ weights / (h * weights.sum())


def rule_of_thumb(distances):
    low, high = np.quantile(distances, [0.25, 0.75])
    spread = min(distances.std(ddof=1), (high - low) / 1.34)
    return 0.9 * spread * distances.size**-0.2


def dense_m(D, here, there, weights, at):
    """M of Marcon and Puech (2010), point by point."""
    out = []
    for r in at:
        above = below = 0.0
        for i in here:
            near = (r * (1 + 1e-9) >= D[i]) & (np.arange(len(D)) != i)
            around = weights[near].sum()
            if around == 0:
                continue
            others = [j for j in there if j != i]
            above += weights[[j for j in others if near[j]]].sum() / around
            below += weights[others].sum() / (weights.sum() - weights[i])
        out.append(above / below if below else np.nan)
    return np.array(out)


@pytest.fixture(scope="module")
def plane():
    xy = np.random.default_rng(5).uniform(0, 80, (N, 2))
    return Ground(np.vstack([xy.T, np.zeros(N)]), 1.0, False)


@pytest.fixture(scope="module")
def weights():
    return np.random.default_rng(6).lognormal(size=N)


@pytest.fixture(scope="module")
def types():
    order = np.random.default_rng(7).permutation(N)
    return np.sort(order[:18]), np.sort(order[18:30])


def distances_of(plane):
    return squareform(pdist(plane.lines.T))


@pytest.mark.parametrize("weighted", [False, True])
def test_density_within_a_type_is_the_dense_formula(plane, types, weights, weighted):
    here, _ = types
    mass = weights if weighted else None
    marks = Marks(here, None, mass, "location", N)
    found = densities(plane, marks, AT, bandwidth=None, draws=1, seed=0)
    d = pdist(plane.lines.T[here])
    products = np.multiply.outer(weights[here], weights[here])[np.triu_indices(here.size, 1)]
    expected = dense_density(d, products if weighted else np.ones(d.size), found.bandwidth, AT)
    # bins are two thousandths of a kilometre wide
    assert np.abs(found.observed - expected).max() < min(found.error, 1e-6)
    assert found.bandwidth == pytest.approx(rule_of_thumb(d), rel=1e-4)


@pytest.mark.parametrize("weighted", [False, True])
def test_density_between_types_is_scipys_kernel_estimate(plane, types, weights, weighted):
    here, there = types
    mass = weights if weighted else None
    marks = Marks(here, there, mass, "location", N)
    found = densities(plane, marks, AT, bandwidth=4.0, draws=1, seed=0)
    d = cdist(plane.lines.T[here], plane.lines.T[there]).ravel()
    products = np.multiply.outer(weights[here], weights[there]).ravel() if weighted else None
    both = None if products is None else np.concatenate([products, products])
    kde = stats.gaussian_kde(np.concatenate([d, -d]), bw_method=1.0, weights=both)
    kde.set_bandwidth(4.0 / np.sqrt(kde.covariance[0, 0]))
    # the same bins: half their width over the bandwidth squared bounds what they can change
    assert found.error == pytest.approx(0.242 * 0.5 * plane.longest / 2**16 / 16, rel=1e-6)
    assert np.abs(found.observed - 2 * kde(AT)).max() < min(found.error, 1e-6)


def test_smoothing_of_bins_is_exact_to_nine_digits():
    rng = np.random.default_rng(0)
    positions = np.cumsum(rng.uniform(0.01, 0.02, 4000))  # unequal, as arcs over chords are
    counts = rng.poisson(0.3, 4000)
    values = np.repeat(positions, counts)
    h = silverman(counts, positions)
    assert h == pytest.approx(rule_of_thumb(values), rel=1e-12)
    at = np.linspace(0, 40, 57)
    out = np.empty(at.size)
    for bandwidth in (h, 0.3, 30.0):
        density(counts.astype(float), positions, bandwidth, at, out)
        dense = dense_density(values, np.ones(values.size), bandwidth, at)
        np.testing.assert_allclose(out, dense, rtol=1e-8, atol=1e-9 / bandwidth)


def test_equal_distances_have_no_bandwidth_and_a_zero_range_yields_to_the_deviation():
    positions = np.arange(1.0, 6.0)
    assert silverman(np.array([0, 9, 0, 0, 0]), positions) == 0.0
    values = np.repeat(positions, [0, 9, 0, 0, 1])
    found = silverman(np.array([0, 9, 0, 0, 1]), positions)
    assert found == pytest.approx(0.9 * values.std(ddof=1) * 10**-0.2)


def test_density_integrates_to_one(plane, types):
    marks = Marks(types[0], None, None, "location", N)
    at = np.linspace(0, 200, 4001)
    found = densities(plane, marks, at, bandwidth=None, draws=3, seed=0)
    for curve in (found.observed, *found.simulated):
        assert np.trapezoid(curve, at) == pytest.approx(1.0, abs=1e-6)


def test_median_is_that_of_all_pairs(plane):
    found = median_distance(plane, np.arange(N))
    assert found == pytest.approx(np.median(pdist(plane.lines.T)), abs=0.01)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("inter", [False, True])
def test_m_is_the_dense_formula(plane, types, weights, weighted, inter):
    here, there = types
    mass = weights if weighted else None
    marks = Marks(here, there if inter else None, mass, "location", N)
    at = np.array([0.5, 3.0, 7.5, 20.0, 60.0, 200.0])
    found = relative_concentration(plane, marks, at, draws=1, seed=0)
    used = weights if weighted else np.ones(N)
    expected = dense_m(distances_of(plane), here, there if inter else here, used, at)
    np.testing.assert_allclose(found.observed, expected, rtol=1e-12)
    assert found.observed[-1] == pytest.approx(1.0, rel=1e-12)


def test_m_of_draws_is_the_dense_formula_of_the_thrown_marks(plane, types, weights):
    here, there = types
    D, at = distances_of(plane), np.array([4.0, 12.0, 40.0])
    for null in ("location", "labelling", "independence"):
        marks = Marks(here, there, weights, null, N)
        found = relative_concentration(plane, marks, at, draws=3, seed=4, name="x")
        for r in range(3):
            thrown = marks.thrown(draw_key(4, "x"), r, whole=True)
            expected = dense_m(D, thrown.here, thrown.there, thrown.weights, at)
            np.testing.assert_allclose(found.simulated[r], expected, rtol=1e-12)


def test_m_by_hand():
    """Four points on a line at 0, 1, 5, 6; A at 0 and 1: within 1 each sees one of its own.

    B/A = 1 up to 1, the share of the other A among the other three is 1/3: M = 3. Up to 5 the
    first sees A and one B (1/2), the second all (1/3): M = (1/2 + 1/3)/(2/3) = 5/4.
    """
    ground = Ground(np.vstack([[0.0, 1.0, 5.0, 6.0], np.zeros((2, 4))]), 1.0, False)
    marks = Marks(np.array([0, 1]), None, None, "location", 4)
    at = np.array([0.5, 1.0, 5.0, 6.0])
    found = relative_concentration(ground, marks, at, draws=1, seed=0)
    np.testing.assert_allclose(found.observed, [np.nan, 3.0, 1.25, 1.0])
    assert found.counted.tolist() == [0, 2, 2, 2]


def test_m_is_one_where_all_are_neighbours_and_where_there_is_one_type(plane, weights):
    # dbmss's test data: three points at distance 1, types 1, 2, 2, weights 1, 2, 3
    corners = np.vstack([[0.0, 1.0, 0.5], [0.0, 0.0, np.sqrt(0.75)], np.zeros(3)])
    three = Ground(corners, 1.0, False)
    for here, there in (([1, 2], None), ([0], [1, 2]), ([1, 2], [0])):
        other = None if there is None else np.array(there)
        marks = Marks(np.array(here), other, np.array([1.0, 2, 3]), "labelling", 3)
        found = relative_concentration(three, marks, np.array([1.0]), draws=1, seed=0)
        assert found.observed[0] == pytest.approx(1.0, rel=1e-14)
    everyone = Marks(np.arange(N), None, weights, "location", N)
    found = relative_concentration(plane, everyone, np.array([20.0, 40.0]), draws=2, seed=0)
    np.testing.assert_allclose(found.observed, 1.0, rtol=1e-12)
    np.testing.assert_allclose(found.simulated, 1.0, rtol=1e-12)


def test_distances_of_a_grid_count_at_their_limit():
    """Tenths of a kilometre between points in metres are not tenths to the last bit."""
    x = np.arange(8) * 100.0 + 400_000.0
    ground = Ground(np.vstack([x, np.full(8, 6e6), np.zeros(8)]), 0.001, False)
    marks = Marks(np.arange(0, 8, 2), None, None, "location", 8)
    at = np.arange(1, 8) / 10
    found = relative_concentration(ground, marks, at, draws=1, seed=0)
    D = np.abs(np.subtract.outer(np.arange(8), np.arange(8))) / 10.0
    expected = dense_m(D, np.arange(0, 8, 2), np.arange(0, 8, 2), np.ones(8), at)
    np.testing.assert_allclose(found.observed, expected, rtol=1e-12)


def test_throws_move_what_the_null_says(types, weights):
    here, there = types
    key = draw_key(0, "")
    both = np.concatenate([here, there])
    for number in range(5):
        moved = Marks(here, there, weights, "location", N).thrown(key, number, whole=True)
        np.testing.assert_array_equal(np.sort(moved.weights), np.sort(weights))
        np.testing.assert_array_equal(moved.weights[moved.here], weights[here])
        np.testing.assert_array_equal(moved.weights[moved.there], weights[there])
        label = Marks(here, there, weights, "labelling", N).thrown(key, number, whole=True)
        np.testing.assert_array_equal(label.weights, weights)
        np.testing.assert_array_equal(label.here, moved.here)
        kept = Marks(here, there, weights, "independence", N).thrown(key, number, whole=True)
        np.testing.assert_array_equal(kept.here, here)
        np.testing.assert_array_equal(kept.weights[here], weights[here])
        np.testing.assert_array_equal(kept.weights[kept.there], weights[there])
        assert not np.intersect1d(kept.here, kept.there).size
        for one in (moved, label):
            assert np.unique(np.concatenate([one.here, one.there])).size == both.size


def test_every_site_is_drawn_equally_often():
    marks = Marks(np.arange(3), None, None, "location", 9)
    drawn = [marks.thrown(draw_key(0, ""), k, whole=False).here for k in range(3000)]
    counts = np.bincount(np.concatenate(drawn), minlength=9)
    # each is drawn in a third of 3,000, with a standard deviation of 26
    assert stats.chisquare(counts).pvalue > 0.001
    assert all(np.unique(one).size == 3 for one in drawn)


@pytest.mark.parametrize("weighted", [False, True])
def test_numbers_depend_neither_on_threads_nor_on_how_many_are_drawn(
    plane, types, weights, weighted
):
    marks = Marks(*types, weights if weighted else None, "location", N)
    few = densities(plane, marks, AT, bandwidth=None, draws=20, seed=1, threads=1)
    many = densities(plane, marks, AT, bandwidth=None, draws=50, seed=1, threads=4)
    np.testing.assert_array_equal(few.simulated, many.simulated[:20])
    at = np.array([5.0, 20.0])
    small = relative_concentration(plane, marks, at, draws=20, seed=1, threads=1)
    large = relative_concentration(plane, marks, at, draws=50, seed=1, threads=4)
    np.testing.assert_array_equal(small.simulated, large.simulated[:20])


def hits(draws, band):
    return (draws >= band).any(axis=1).mean()


def test_global_band_is_the_rank_that_five_per_cent_of_draws_hit():
    """Duranton and Overman's rule by search: whole ranks around the level, and between them."""
    rng = np.random.default_rng(3)
    draws = np.cumsum(rng.standard_normal((430, 12)), axis=1)
    found = bands(np.zeros(12), draws, level=0.05)
    ordered = np.sort(draws, axis=0)[::-1]
    shares = [hits(draws, ordered[k]) for k in range(20)]
    k = max(j for j, share in enumerate(shares) if share <= 0.05)
    between = (0.05 - shares[k]) / (shares[k + 1] - shares[k])
    assert 0.1 < between < 0.9
    expected = (1 - between) * ordered[k] + between * ordered[k + 1]
    np.testing.assert_allclose(found.high, expected, rtol=1e-12)
    mirrored = bands(np.zeros(12), -draws, level=0.05)
    np.testing.assert_allclose(mirrored.low, -found.high, rtol=1e-12)
    np.testing.assert_allclose(found.local_high, ordered[20])  # 21 of 431 are at most 5 %


def test_at_one_distance_bands_and_p_values_are_order_statistics():
    draws = np.arange(1.0, 101.0)[:, None]
    found = bands(np.array([97.5]), draws, level=0.05)
    assert found.local_high[0] == 96.0  # the 5th of the 5 highest of 101
    assert found.high[0] == 96.0  # hit by 5 of 100
    assert found.above[0] == pytest.approx(1.5)
    assert found.p_above == pytest.approx(4 / 101)  # 98, 99, 100 and itself
    assert found.p_below == pytest.approx(98 / 101)
    assert not found.below.any()


def test_rounding_is_no_excess():
    draws = np.random.default_rng(0).uniform(1, 2, (99, 3))
    draws[:, 1] = 1.0 + 1e-15 * np.arange(99)
    observed = np.array([1.5, 1.0 + 1e-13, 1.5])
    found = bands(observed, draws, level=0.05)
    assert not found.above.any()
    assert not found.below.any()


def test_too_few_draws_are_refused_with_how_many_it_takes():
    draws = np.random.default_rng(0).standard_normal((99, 60))
    with pytest.raises(InputError, match=r"draws: expected about \d+ or more"):
        bands(np.zeros(60), draws, level=0.05)
    with pytest.raises(InputError, match="about 19 or more"):
        bands(np.zeros(1), draws[:10, :1], level=0.05)


@pytest.mark.slow
def test_bands_have_their_nominal_size_for_smooth_curves():
    """A curve like its draws is above a global band in 5 % of samples (700, ± 3 s.e.)."""
    rng = np.random.default_rng(12)
    smooth = np.exp(-0.5 * np.subtract.outer(np.arange(40), np.arange(40)) ** 2 / 6.0**2)
    root = np.linalg.cholesky(smooth + 1e-8 * np.eye(40))
    outcome = []
    for _ in range(700):
        curves = rng.standard_normal((400, 40)) @ root.T
        found = bands(curves[0], curves[1:], level=0.05)
        local = (curves[0] > found.local_high).mean()
        outcome.append([found.above.any(), found.below.any(), found.p_above <= 0.05, local])
    rates = np.mean(outcome, axis=0)
    se = np.sqrt(0.05 * 0.95 / 700)
    assert np.abs(rates[:3] - 0.05).max() < 3 * se
    assert abs(rates[3] - 0.05) < 3 * se
