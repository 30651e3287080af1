"""Partitions: indices agree with scikit-learn and with their definitions on sets."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse import csgraph
from sklearn.metrics import adjusted_rand_score

from workbench.numerics.partitions.agreement import (
    adjusted_rand,
    jaccard,
    join_up,
    kept_company,
    numbered,
    pieces,
    squares,
)


@pytest.fixture
def two() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    a = rng.integers(4, size=60)
    return numbered(a), numbered(np.where(rng.random(60) < 0.4, rng.integers(5, size=60), a))


def test_adjusted_rand_is_scikit_learns(two):
    a, b = two
    assert adjusted_rand(a, b) == pytest.approx(adjusted_rand_score(a, b), rel=1e-12)
    assert adjusted_rand(a, np.zeros(60, dtype=int)) == pytest.approx(0.0, abs=1e-12)
    assert adjusted_rand(np.zeros(60, dtype=int), np.zeros(60, dtype=int)) == 1.0


def test_jaccard_is_that_of_the_sets(two):
    a, b = two
    sets = [set(np.flatnonzero(b == g)) for g in range(b.max() + 1)]
    for g, value in enumerate(jaccard(a, b)):
        own = set(np.flatnonzero(a == g))
        assert value == max(len(own & other) / len(own | other) for other in sets)


def test_jaccard_of_a_group_without_members_is_missing():
    assert np.isnan(jaccard(np.array([0, 0, 2]), np.array([0, 0, 1]))[1])


def test_matching_keeps_the_most_members():
    a = np.array([0, 0, 0, 0, 1, 1, 1])
    b = np.array([1, 1, 1, 0, 0, 0, 0])
    assert kept_company(a, b).tolist() == [True, True, True, False, True, True, True]
    # one group for both keeps the larger one only
    assert kept_company(a, np.zeros(7, dtype=int)).tolist() == [True] * 4 + [False] * 3


def test_numbers_follow_size_then_first_member():
    assert numbered(np.array([5, 9, 9, 1, 1, 7])).tolist() == [2, 0, 0, 1, 1, 3]


def test_pieces_ignore_directions_and_count_islands():
    links = sparse.csr_array(np.array([[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0.0]]))
    assert pieces(np.array([0, 0, 0, 1]), links).tolist() == [2, 1]
    assert pieces(np.array([0, 0, 1, 1]), links).tolist() == [1, 1]


def test_squares_add_up(two):
    X = np.random.default_rng(1).normal(size=(60, 3)) * 7 + 100
    parts = squares(X, two[0])
    means = np.array([X[two[0] == g].mean(axis=0) for g in range(4)])
    size = np.bincount(two[0])
    between = (size[:, None] * (means - X.mean(axis=0)) ** 2).sum()
    assert parts.between == pytest.approx(between, rel=1e-10)


def test_fewest_links_come_back_in_the_order_asked_for():
    ring = np.zeros((6, 6))
    for i in range(6):
        ring[i, (i + 1) % 6] = ring[(i + 1) % 6, i] = 1.0
    gone = np.zeros((6, 6))
    for i, j in ((0, 1), (2, 3), (4, 5)):
        gone[i, j] = gone[j, i] = 1.0
    links, restored = join_up(
        sparse.csr_array(ring - gone), sparse.csr_array(gone), np.array([2, 0, 1])
    )
    assert restored == 2
    assert csgraph.connected_components(links)[0] == 1
    assert links[4, 5] == links[0, 1] == 1.0
    assert links[2, 3] == 0.0
    assert (links != links.T).nnz == 0
