"""Kelejian–Robinson by its definition and by its size without normality; no stored reference."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import sparse

from workbench.errors import WeightsError
from workbench.numerics.scores.kelejian_robinson import kelejian_robinson, linked_pairs


def rook(side):
    line = np.diag(np.ones(side - 1), 1) + np.diag(np.ones(side - 1), -1)
    return np.kron(np.eye(side), line) + np.kron(line, np.eye(side))


def test_it_is_the_explained_sum_of_squares_over_sigma_to_the_fourth(any_weights):
    n = any_weights.shape[0]
    rng = np.random.default_rng(0)
    X = np.column_stack([np.ones(n), rng.standard_normal((n, 2))])
    e = rng.standard_normal(n)
    dense = any_weights.toarray() != 0
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n) if dense[i, j] or dense[j, i]]
    C = np.array([e[i] * e[j] for i, j in pairs])
    Z = np.array([X[i] * X[j] for i, j in pairs])
    fit = sm.OLS(C, Z).fit()
    expected = (fit.fittedvalues**2).sum() / (e @ e / n) ** 2
    found = kelejian_robinson(e, X, any_weights)
    assert found.statistic == pytest.approx(expected, rel=1e-10)
    assert found.df == 3


def test_columns_that_repeat_others_do_not_count():
    # two dummies on a path that never meet: their products are zero on every pair
    W = rook(4)
    X = np.column_stack([np.ones(16), np.arange(16) == 0, np.arange(16) == 15]).astype(float)
    e = np.random.default_rng(1).standard_normal(16)
    assert kelejian_robinson(e, X, W).df == 1


@pytest.mark.slow
@pytest.mark.parametrize("law", ["exponential", "student"])
def test_size_without_normality_and_power(law):
    # 500 fields of 100 regions: 5 % with a standard error of 1 %, band of two and a half; products
    # of skewed disturbances make the statistic reject a little less in samples of this size
    rng = np.random.default_rng(2)
    dense = rook(10)
    W = sparse.csr_array(dense)
    X = np.column_stack([np.ones(100), rng.standard_normal(100)])
    M = np.eye(100) - X @ np.linalg.pinv(X)
    lag = np.linalg.inv(np.eye(100) - 0.7 * dense / dense.sum(axis=1, keepdims=True))
    null = alternative = 0
    for _ in range(500):
        u = rng.exponential(size=100) - 1 if law == "exponential" else rng.standard_t(6, size=100)
        null += kelejian_robinson(M @ u, X, W).pvalue <= 0.05
        alternative += kelejian_robinson(M @ lag @ u, X, W).pvalue <= 0.05
    assert 0.02 <= null / 500 <= 0.075
    assert alternative / 500 > 0.8


def test_pairs_count_once_and_too_few_are_refused():
    i, j = linked_pairs(rook(5))
    assert len(i) == 40
    assert (i < j).all()
    with pytest.raises(WeightsError, match="1 pairs"):
        kelejian_robinson([1.0, -1.0, 0.5], np.ones((3, 1)), [[0, 1, 0], [1, 0, 0], [0, 0, 0]])
