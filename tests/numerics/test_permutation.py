"""Promise: permutations have the right law, and no split, order or tie changes their counts."""

from itertools import pairwise
from itertools import permutations as orders

import numpy as np
import pytest

from workbench.errors import ValuesError, WeightsError
from workbench.numerics.moran import moran
from workbench.numerics.permutation import (
    drawn_lags,
    global_moran,
    local_moran,
    moran_permutations,
)

KEYS = np.arange(1000, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)


def _sample(n, seed=0):
    return np.random.default_rng(seed).gamma(2.0, size=n)


def test_any_split_of_the_run_gives_the_same_bits(any_weights):
    x = _sample(any_weights.shape[0])
    whole = moran_permutations(x, any_weights, permutations=300, seed=4)
    cuts = [0, 1, 63, 64, 65, 200, 300]
    parts = [
        moran_permutations(x, any_weights, permutations=b - a, seed=4, start=a)
        for a, b in pairwise(cuts)
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_global_moments_are_those_under_randomisation(any_weights):
    x = _sample(any_weights.shape[0])
    exact = moran(x, any_weights, count="all")
    found = global_moran(x, any_weights, permutations=9999, seed=1)
    assert found.observed == pytest.approx(exact.I, rel=1e-12)
    # 9,999 draws: mean to 1 % of a standard deviation (four errors: 4 %), variance to 1.4 %.
    sd = exact.variance_randomisation**0.5
    assert found.simulated.mean() == pytest.approx(exact.expected, abs=0.04 * sd)
    assert found.simulated.std() == pytest.approx(sd, rel=0.04)


def test_global_spread_agrees_with_spdep(reference_case):
    stored = reference_case("boston")
    found = global_moran(stored.table["CMEDV"], stored.W, permutations=9999, seed=0)
    # spdep's own 999 permutations know the spread to 2.2 %, ours to 0.7 %.
    assert found.simulated.std() == pytest.approx(stored.numbers["moran/W/CMEDV/mc999/sd"], rel=0.1)
    assert found.at_least == 0


def test_local_values_do_not_depend_on_the_order_of_regions(any_weights):
    n = any_weights.shape[0]
    x = _sample(n)
    order = np.random.default_rng(6).permutation(n)
    # Canonical order is the caller's; here only the keys and the neighbours move along.
    a = local_moran(x, any_weights, permutations=99, seed=3, keys=KEYS[:n])
    b = local_moran(x, any_weights, permutations=99, seed=3, keys=KEYS[:n])
    np.testing.assert_array_equal(a.at_least, b.at_least)
    moved = local_moran(
        x[order], any_weights[order][:, order], permutations=99, seed=3, keys=KEYS[:n][order]
    )
    np.testing.assert_allclose(moved.statistic, a.statistic[order], rtol=1e-10, atol=1e-12)


def test_local_moments_are_conditional_randomisation_ones(reference_case):
    stored = reference_case("ncsids_islands")
    x = stored.table["ft.SID74"]
    for W in (stored.W, stored.B):
        found = local_moran(x, W, permutations=9999, seed=0, keys=KEYS[:100])
        linked = ~found.isolated
        z, n = found.value, 100
        k = np.diff(W.indptr)
        w1 = np.asarray(W.sum(axis=1)).ravel()
        w2 = np.asarray((W.multiply(W)).sum(axis=1)).ravel()
        # Sampling without replacement from the other n − 1 (Sokal, Oden and Thomson 1998, A4).
        mean = -z / (n - 1)
        var = (n - z**2) / (n - 1) - mean**2
        expected = z * w1 * mean
        variance = z**2 * var * (w2 * (n - 1) - w1**2) / (n - 2)
        sd = np.sqrt(variance)
        assert (np.abs(found.expected - expected)[linked] < 0.05 * sd[linked] + 1e-12).all()
        # 9,999 draws of skewed sums: a variance is known to about 2 %.
        np.testing.assert_allclose(found.variance[linked], variance[linked], rtol=0.1)
        assert (found.isolated == (k == 0)).all()


def test_islands_have_no_statistic_and_full_counts(reference_case):
    stored = reference_case("ncsids_islands")
    found = local_moran(
        stored.table["ft.SID74"], stored.W, permutations=99, seed=0, keys=KEYS[:100]
    )
    assert found.isolated.sum() == 2
    assert np.isnan(found.statistic[found.isolated]).all()
    assert (found.at_least[found.isolated] == 99).all()
    assert (found.at_most[found.isolated] == 99).all()


def test_ordered_draws_without_replacement_are_uniform():
    values, w = np.array([1.0, 10.0, 100.0, 1000.0]), np.array([1.0, 0.3])
    draws = drawn_lags(values, w, permutations=24_000, generator=np.random.default_rng(0))
    expected = sorted(a + 0.3 * b for a, b in orders(values, 2))
    found, counts = np.unique(draws.round(6), return_counts=True)
    np.testing.assert_allclose(found, np.unique(np.round(expected, 6)))
    assert counts.sum() == 24_000
    # Twelve ordered pairs, 2,000 each, standard deviation 43; one sum occurs for one pair only.
    assert np.abs(counts - 2000).max() < 200


def test_long_neighbourhoods_are_drawn_by_the_same_law():
    random = np.random.default_rng(1)
    values, w = random.normal(size=40), random.random(30)
    swapped = drawn_lags(values, w, permutations=20_000, generator=np.random.default_rng(2))
    mean, var = values.mean(), values.var()
    assert swapped.mean() == pytest.approx(w.sum() * mean, abs=0.05 * swapped.std())
    variance = var * ((w**2).sum() * 40 - w.sum() ** 2) / 39
    assert swapped.var() == pytest.approx(variance, rel=0.05)


def test_replayed_and_full_shuffles_choose_the_same_values():
    from workbench.numerics.permutation import _replayed, _shuffled

    m, k = 50, 20
    random = np.random.default_rng(5)
    slots = np.arange(k)[:, None] + (random.random((k, 300)) * (m - np.arange(k))[:, None]).astype(
        np.int64
    )
    values = random.normal(size=m)
    np.testing.assert_array_equal(values[_replayed(slots)], _shuffled(values, slots))


def test_ties_count_in_both_tails():
    # Decimals that do not add exactly: most permuted sums of this 0/1 variable tie.
    n = 60
    x = np.where(np.arange(n) % 2 == 0, 0.1, 0.3)
    ring = np.roll(np.eye(n), 1, axis=1) + np.roll(np.eye(n), -1, axis=1)
    W = ring * 0.7 + np.roll(np.eye(n), 2, axis=1) * 0.7
    found = local_moran(x, W, permutations=999, seed=0, keys=KEYS[:n])
    ties = found.at_least + found.at_most - 999
    for i in (0, 1):
        others = np.delete(found.value, i)
        share = (others[0] == others).mean()
        assert 0 < share < 1
    # Observed lag: two of one kind, one of the other; hypergeometric probability about 3/8.
    assert np.abs(ties / 999 - 0.38).max() < 0.1


def test_local_rate_of_rejection_is_nominal_under_the_null(any_weights):
    n = any_weights.shape[0]
    rejected = []
    for sample in range(12):
        found = local_moran(
            _sample(n, seed=sample), any_weights, permutations=199, seed=sample, keys=KEYS[:n]
        )
        p = np.minimum(1.0, 2 * (np.minimum(found.at_least, found.at_most) + 1) / 200)
        rejected.append((p <= 0.05)[~found.isolated].mean())
    # Twelve samples of about 60 regions, correlated: ± 3 points.
    assert np.mean(rejected) < 0.085


def test_refusals_say_where():
    W = np.ones((5, 5)) - np.eye(5)
    x = np.arange(5.0)
    with pytest.raises(WeightsError, match="1 regions that are their own neighbours"):
        local_moran(x, W + np.diag([0, 1.0, 0, 0, 0]), permutations=9, seed=0, keys=KEYS[:5])
    with pytest.raises(ValuesError, match="1 repeated"):
        local_moran(x, W, permutations=9, seed=0, keys=KEYS[[0, 1, 2, 3, 3]])
    with pytest.raises(ValueError, match="at least 0"):
        global_moran(x, W, permutations=9, seed=-1)
