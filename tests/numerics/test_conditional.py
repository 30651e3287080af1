"""Promise: local p-values follow the law of conditional permutation, whatever the route taken."""

from itertools import permutations as orders

import numpy as np
import pytest
from scipy import sparse, stats

from workbench.errors import WeightsError
from workbench.numerics.autocorrelation.local_forms import local, moments
from workbench.numerics.permutations import conditional, samples
from workbench.numerics.permutations.conditional import median_tails, neighbor_medians, tails


def _sample(n, seed=0):
    return np.random.default_rng(seed).gamma(2.0, size=n)


def _features(n, many):
    z = _sample(n)
    if not many:
        return z[None, :], None
    return np.vstack([z**2, z]), np.column_stack([np.ones(n), -2 * z])


def _brute(statistic, i, draws, rng):
    """T_i of neighbours drawn from the others by numpy, one sample at a time."""
    W, F, a = statistic.W, statistic.features, statistic.coefficients
    w = W.data[W.indptr[i] : W.indptr[i + 1]]
    others = np.delete(np.arange(F.shape[1]), i)
    chosen = np.array([rng.permutation(others)[: w.size] for _ in range(draws)])
    return np.array([w @ (a[i] @ F[:, row]) for row in chosen])


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("many", [False, True])
def test_tails_and_moments_are_those_of_drawing_the_neighbours(any_weights, many):
    statistic = local(*_features(any_weights.shape[0], many), any_weights)
    found = tails(statistic, permutations=20_000, seed=0)
    mean, variance = moments(statistic)
    rng = np.random.default_rng(5)
    linked = np.flatnonzero(np.diff(statistic.W.indptr))
    for i in linked[:: max(1, linked.size // 4)]:
        drawn = _brute(statistic, i, 4000, rng)
        tie = 1e-9 * max(1.0, np.abs(drawn).max())
        # 4,000 draws know a share to 0.8 points, the mean to 1.6 % of a deviation: four errors.
        above = (drawn >= statistic.observed[i] - tie).mean()
        assert found.at_least[i] / 20_000 == pytest.approx(above, abs=0.032)
        below = (drawn <= statistic.observed[i] + tie).mean()
        assert found.at_most[i] / 20_000 == pytest.approx(below, abs=0.032)
        assert mean[i] == pytest.approx(drawn.mean(), abs=0.064 * drawn.std() + 1e-12)
        assert variance[i] == pytest.approx(drawn.var(), rel=0.2)


def test_small_samples_are_exactly_uniform():
    # Every ordered pair of four other regions: 12 values, each with probability 1/12.
    W = sparse.csr_array(np.array([[0, 1.0, 0.3, 0, 0]] + [[0.0] * 5] * 4))
    F = np.array([7.0, 1.0, 10.0, 100.0, 1000.0])
    statistic = local(F, None, W)
    values = np.array([a + 0.3 * b for a, b in orders(F[1:], 2)])
    expected = (values >= statistic.observed[0] - 1e-9).mean()
    found = tails(statistic, permutations=50_000, seed=0)
    assert found.at_least[0] / 50_000 == pytest.approx(expected, abs=4 * (0.25 / 50_000) ** 0.5)


def test_searched_sums_and_run_through_samples_agree(any_weights, monkeypatch):
    """The route by sorted whole numbers and the one by floating sums count the same samples."""
    F = _sample(any_weights.shape[0])
    by_search = tails(local(F, None, any_weights), permutations=999, seed=2)
    monkeypatch.setattr(conditional, "_constant", lambda coefficients: False)
    by_running = tails(local(F, None, any_weights), permutations=999, seed=2)
    np.testing.assert_array_equal(by_search.at_least, by_running.at_least)
    np.testing.assert_array_equal(by_search.at_most, by_running.at_most)


@pytest.mark.parametrize("many", [False, True])
def test_threads_and_memory_do_not_change_a_count(any_weights, many, monkeypatch):
    statistic = local(*_features(any_weights.shape[0], many), any_weights)
    whole = tails(statistic, permutations=700, seed=1, threads=1)
    monkeypatch.setattr(samples, "CELLS", 1000)
    monkeypatch.setattr(conditional, "SHORT", 100)
    monkeypatch.setattr(conditional, "PART", 7)
    for threads in (1, 2, 4):
        found = tails(statistic, permutations=700, seed=1, threads=threads)
        np.testing.assert_array_equal(found.at_least, whole.at_least)
        np.testing.assert_array_equal(found.at_most, whole.at_most)


def test_another_seed_gives_other_samples(any_weights):
    statistic = local(_sample(any_weights.shape[0]), None, any_weights)
    one, two = (tails(statistic, permutations=500, seed=seed) for seed in (1, 2))
    assert (one.at_least != two.at_least).any()


def test_stopping_early_gives_the_same_head_of_the_run(any_weights):
    """A tail stops at the h-th hit: the hits before are those of the full run."""
    statistic = local(_sample(any_weights.shape[0]), None, any_weights)
    whole = tails(statistic, permutations=2000, seed=0)
    early = tails(statistic, permutations=2000, seed=0, enough=20)
    linked = np.diff(statistic.W.indptr) > 0
    stopped = early.drawn_above < 2000
    assert stopped[linked].any()
    assert (early.at_least[stopped & linked] == 20).all()
    assert (whole.at_least[stopped & linked] >= 20).all()
    full = linked & ~stopped
    np.testing.assert_array_equal(early.at_least[full], whole.at_least[full])
    # h/l estimates the same tail as M/R; its standard error is about 1/sqrt(h) of it.
    ratio = (20 / early.drawn_above[stopped & linked]) / (whole.at_least[stopped & linked] / 2000)
    assert np.median(ratio) == pytest.approx(1.0, abs=0.3)


def test_values_that_tie_in_decimals_are_ties():
    n = 60
    x = np.where(np.arange(n) % 2 == 0, 0.1, 0.3)
    ring = np.roll(np.eye(n), 1, axis=1) + np.roll(np.eye(n), -1, axis=1)
    W = ring * 0.7 + np.roll(np.eye(n), 2, axis=1) * 0.7
    unequal = W * np.where(ring > 0, 2.0, 1.0)
    for weights in (W, unequal):
        found = tails(local(x, None, weights), permutations=9999, seed=0)
        share = (found.at_least + found.at_most - 9999)[0] / 9999
        a, b = (weights[0][weights[0] > 0][k] for k in (0, -1))
        assert a > 0
        assert b > 0
        w = weights[0][weights[0] > 0]
        others = np.delete(x, 0)
        observed = weights[0] @ x
        rng = np.random.default_rng(3)
        draws = np.array([w @ rng.permutation(others)[: w.size] for _ in range(20_000)])
        # 20,000 draws know a share to 0.35 points
        assert share == pytest.approx((np.abs(draws - observed) < 1e-9).mean(), abs=0.02)


@pytest.mark.slow
def test_medians_follow_the_law_of_drawing_the_neighbours(any_weights):
    x = _sample(any_weights.shape[0])
    found = median_tails(x, any_weights, permutations=5000, seed=0)
    W = any_weights
    rng = np.random.default_rng(9)
    medians = neighbor_medians(x, W)
    linked = np.flatnonzero(np.diff(W.indptr))
    assert np.isnan(np.delete(medians, linked)).all()
    for i in linked[:: max(1, linked.size // 3)]:
        neighbors = W.indices[W.indptr[i] : W.indptr[i + 1]]
        assert medians[i] == np.median(x[neighbors])
        others = np.delete(x, i)
        draws = [np.median(rng.permutation(others)[: neighbors.size]) for _ in range(4000)]
        above = (np.array(draws) >= medians[i] - 1e-12).mean()
        assert found.at_least[i] / 5000 == pytest.approx(above, abs=0.04)


def test_regions_without_neighbours_count_everything(reference_case):
    stored = reference_case("ncsids_islands")
    found = tails(local(stored.table["ft.SID74"], None, stored.W), permutations=99, seed=0)
    alone = np.diff(stored.W.indptr) == 0
    assert alone.sum() == 2
    assert (found.at_least[alone] == 99).all()
    assert (found.at_most[alone] == 99).all()


def test_a_region_that_is_its_own_neighbour_is_refused():
    with pytest.raises(WeightsError, match="1 regions that are their own neighbours"):
        local(np.arange(5.0), None, np.ones((5, 5)) - np.diag([0, 1.0, 1, 1, 1]))


def test_complete_weights_are_served():
    """All others are neighbours: with equal weights nothing varies, with unequal ones it does."""
    n = 12
    equal = np.ones((n, n)) - np.eye(n)
    x = _sample(n)
    found = tails(local(x, None, equal), permutations=99, seed=0)
    assert (found.at_least == 99).all()
    assert (found.at_most == 99).all()
    np.testing.assert_allclose(moments(local(x, None, equal))[1], 0, atol=1e-12)
    weights = equal * np.random.default_rng(0).random((n, n))
    unequal = tails(local(x, None, weights), permutations=999, seed=0)
    assert (unequal.at_least < 999).any()


def test_p_values_are_uniform_under_the_null():
    """Normal noise on a lattice: two-sided p of all regions, 150 maps of 64."""
    line = np.diag(np.ones(7), 1) + np.diag(np.ones(7), -1)
    W = np.kron(np.eye(8), line) + np.kron(line, np.eye(8))
    rng = np.random.default_rng(1)
    p = []
    for seed in range(150):
        found = tails(local(rng.standard_normal(64), None, W), permutations=199, seed=seed)
        p.append(np.minimum(1.0, 2 * (np.minimum(found.at_least, found.at_most) + 1) / 200))
    for level in (0.05, 0.1, 0.5):
        # 9,600 p-values, neighbours correlated: three points of a percent times four
        assert (np.array(p) <= level).mean() == pytest.approx(level, abs=0.012 + 0.01 * level)
    assert stats.kurtosis(np.concatenate(p)) < 0
