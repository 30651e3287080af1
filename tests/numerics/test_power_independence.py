"""Rank conditions of reflection on graphs whose answer is known."""

import numpy as np
import pytest
from scipy import linalg

from workbench.numerics.sparse import independence
from workbench.numerics.sparse.independence import effective_neighborhoods, power_independence


def stream():
    return np.random.default_rng(0)


def groups(*sizes):
    """Complete groups, each member the neighbour of all others, rows of sum 1."""
    return linalg.block_diag(*[(np.ones((m, m)) - np.eye(m)) / (m - 1) for m in sizes])


def path(n):
    W = np.eye(n, k=1) + np.eye(n, k=-1)
    return W / W.sum(axis=1, keepdims=True)


def star(n):
    W = np.zeros((n, n))
    W[0, 1:], W[1:, 0] = 1 / (n - 1), 1.0
    return W


def test_equal_complete_groups_fail():
    """W² = I/(m − 1) + W (m − 2)/(m − 1): Manski's reflection."""
    found = power_independence(groups(5, 5, 5), 2, seed=stream())
    assert found.rank == 2
    assert not found.independent
    assert found.smallest < 1e-12


def test_groups_of_different_size_pass_but_hardly():
    """Lee (2007): identification from group sizes, which is weak where they are alike."""
    near = power_independence(groups(19, 20, 21), 2, seed=stream())
    far = power_independence(groups(3, 9, 40), 2, seed=stream())
    assert near.independent
    assert far.independent
    assert near.smallest < 0.05 * far.smallest


def test_network_effects_need_a_third_power_that_a_star_does_not_have():
    """Bramoullé, Djebbari and Fortin (2009), section 3: in a star W³ = W; in a path it is not."""
    assert power_independence(star(7), 2, seed=stream()).independent
    assert power_independence(star(7), 3, seed=stream()).rank == 3
    assert power_independence(path(7), 3, seed=stream()).independent


def test_singular_values_are_those_of_the_stacked_matrices():
    W = path(6)
    stacked = np.column_stack([M.ravel() / np.linalg.norm(M) for M in (np.eye(6), W, W @ W)])
    found = power_independence(W, 2, seed=stream())
    assert found.singular == pytest.approx(np.linalg.svd(stacked, compute_uv=False))
    assert found.exact


def test_random_columns_find_the_same_rank(monkeypatch):
    monkeypatch.setattr(independence, "EXACT_UP_TO", 10)
    equal = power_independence(groups(5, 5, 5, 5), 2, seed=stream())
    line = power_independence(path(40), 3, seed=stream())
    powers = [np.linalg.matrix_power(path(40), k) for k in range(4)]
    stacked = np.column_stack([power.ravel() / np.linalg.norm(power) for power in powers])
    exact = np.linalg.svd(stacked, compute_uv=False)
    assert equal.rank == 2
    assert not equal.exact
    assert line.independent
    assert line.smallest == pytest.approx(exact[-1], rel=0.2)  # products with 128 columns


def test_effective_neighborhoods_are_a_ratio_of_eigenvalues():
    W = path(9)
    M = np.eye(9) - 1 / 9
    values = np.linalg.eigvalsh(M @ W @ W.T @ M)
    assert effective_neighborhoods(W, seed=stream()) == pytest.approx(
        values.sum() ** 2 / np.sum(values**2)
    )
    assert effective_neighborhoods(np.zeros((4, 4)), seed=stream()) == 0.0
