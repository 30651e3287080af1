"""Pairs and their smooth: local linear by least squares, ranks by enumeration, draws by chance."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.errors import ValuesError
from workbench.numerics.autocorrelation.pair_smooth import (
    local_linear,
    pair_smooth,
    sampled_pairs,
    unranked,
)


def test_local_linear_is_weighted_least_squares_at_each_place():
    rng = np.random.default_rng(0)
    d, y, grid, h = rng.uniform(0, 10, 80), rng.standard_normal(80), np.linspace(1, 9, 7), 2.0
    ours = local_linear(d, grid, bandwidth=h) @ y
    for g, value in zip(grid, ours, strict=True):
        root = np.sqrt(np.maximum(1 - ((d - g) / h) ** 2, 0))
        X = np.column_stack([np.ones(80), d - g])
        line = np.linalg.lstsq(X * root[:, None], y * root, rcond=None)[0]
        assert value == pytest.approx(line[0], rel=1e-9)


def test_a_window_with_one_distance_is_refused():
    with pytest.raises(ValuesError, match=r"bandwidth=\S+ or more"):
        local_linear([1.0, 1.0, 5.0], [1.0], bandwidth=2.0)


def test_ranks_of_pairs_are_those_of_the_list():
    for n in (2, 3, 7, 50):
        i, j = np.triu_indices(n, 1)
        first, second = unranked(np.arange(len(i)), n)
        np.testing.assert_array_equal(first, i)
        np.testing.assert_array_equal(second, j)
    # the ends of the list of a million regions, where square roots lose digits
    n = 1_000_000
    total = n * (n - 1) // 2
    first, second = unranked([0, n - 2, n - 1, total - 1], n)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == [
        (0, 1), (0, n - 1), (1, 2), (n - 2, n - 1),
    ]  # fmt: skip


def test_drawn_pairs_are_different_and_equally_likely():
    first, second = sampled_pairs(40, 300, seed=5)
    assert len(set(zip(first.tolist(), second.tolist(), strict=True))) == 300
    assert (first < second).all()
    counts = np.zeros((40, 40))
    for seed in range(200):
        counts[sampled_pairs(40, 300, seed=seed)] += 1
    drawn = counts[np.triu_indices(40, 1)]
    # each of 780 pairs is in a sample of 300 with probability 0.385: 76.9 of 200, sd 6.9
    assert drawn.mean() == pytest.approx(200 * 300 / 780)
    assert drawn.std() == pytest.approx(np.sqrt(200 * 0.385 * 0.615), rel=0.1)


@pytest.mark.parametrize("measure", ["product", "semivariance"])
def test_draws_are_the_smooths_of_permuted_values(measure):
    rng = np.random.default_rng(6)
    x, d = rng.random(9), rng.uniform(0, 4, 36)
    pairs = sampled_pairs(9, 100, seed=0)
    # one row that picks the first pair: its draws must be pairs of the values themselves
    S = np.vstack([np.eye(36)[0], local_linear(d, [2.0], bandwidth=2.0)[0]])
    found = pair_smooth(x, pairs, S, measure=measure, permutations=40, seed=1)
    z = (x - x.mean()) / x.std()
    a, b = np.meshgrid(z, z)
    every = a * b if measure == "product" else 0.5 * (a - b) ** 2
    assert np.abs(every.ravel()[:, None] - found.simulated[:, 0]).min(axis=0).max() < 1e-12
    fewer = pair_smooth(x, pairs, S, measure=measure, permutations=7, seed=1)
    np.testing.assert_array_equal(fewer.simulated, found.simulated[:7])
    i, j = pairs
    value = z[i] * z[j] if measure == "product" else 0.5 * (z[i] - z[j]) ** 2
    np.testing.assert_allclose(found.values, value, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(found.observed, S @ value, rtol=1e-10)
