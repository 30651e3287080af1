"""Promise: HC0 to HC3 and clustered covariances are those of statsmodels."""

import numpy as np
import pytest

from workbench.errors import ValuesError
from workbench.numerics.regression.least_squares import hc1_covariance, least_squares
from workbench.numerics.regression.sandwich import (
    cluster_covariance,
    hc_covariance,
    influence,
    two_way_cluster_covariance,
)


@pytest.fixture
def boston(reference_case):
    stored = reference_case("boston")
    fit = least_squares(stored.y, stored.X)
    return stored, fit, influence(stored.X, fit.residuals)


@pytest.fixture
def peer(boston):
    import statsmodels.api as sm

    stored, _, _ = boston
    return sm.OLS(np.array(stored.y), np.array(stored.X)).fit()


def groups(n):
    rng = np.random.default_rng(2)
    return rng.integers(0, 30, n), rng.integers(0, 12, n)


@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3"])
def test_hc_is_that_of_statsmodels(boston, peer, kind):
    expected = getattr(peer, f"cov_{kind}")
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    found = hc_covariance(boston[2], kind)
    np.testing.assert_allclose(found / scale, expected / scale, atol=1e-9)


def test_hc1_is_the_older_function(boston):
    stored, fit, found = boston
    np.testing.assert_allclose(
        hc_covariance(found, "HC1"), hc1_covariance(stored.X, fit.residuals), rtol=1e-8
    )


def test_influences_sum_to_zero_and_leverage_to_the_columns(boston):
    stored, _, found = boston
    size = np.abs(found.scores).sum(axis=0)
    assert np.all(np.abs(found.scores.sum(axis=0)) < 1e-10 * size)
    assert found.leverage.sum() == pytest.approx(stored.X.shape[1], rel=1e-12)


def test_clusters_are_those_of_statsmodels_with_statas_factor(boston, peer):
    from statsmodels.stats.sandwich_covariance import cov_cluster, cov_cluster_2groups

    stored, _, found = boston
    k = stored.X.shape[1]
    first, second = groups(len(stored.y))
    expected = cov_cluster(peer, first)
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    one = cluster_covariance(found.scores, first, columns=k)
    np.testing.assert_allclose(one / scale, expected / scale, atol=1e-9)
    both = two_way_cluster_covariance(found.scores, first, second, columns=k)
    np.testing.assert_allclose(
        both / scale, cov_cluster_2groups(peer, first, second)[0] / scale, atol=1e-9
    )


def test_a_cluster_for_each_is_hc1_with_its_factor(boston):
    stored, _, found = boston
    n, k = stored.X.shape
    # n/(n-1) (n-1)/(n-k) = n/(n-k)
    alone = cluster_covariance(found.scores, np.arange(n), columns=k)
    np.testing.assert_allclose(alone, hc_covariance(found, "HC1"), rtol=1e-10)


def test_leverage_of_one_is_named():
    X = np.column_stack([np.ones(6), [1.0, 0, 0, 0, 0, 0], [0.0, 1, 2, 3, 5, 4]])
    fit = least_squares(np.array([3.0, 1, 4, 1, 5, 9]), X)
    found = influence(X, fit.residuals)
    for kind in ("HC2", "HC3"):
        with pytest.raises(ValuesError, match="leverage below 1") as caught:
            hc_covariance(found, kind)
        assert caught.value.offenders == (0,)
    assert np.isfinite(hc_covariance(found, "HC1")).all()
