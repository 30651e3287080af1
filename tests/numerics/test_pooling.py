"""Rubin's rules: by hand, against statsmodels' multiple imputation, and their limits."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.errors import InputError
from workbench.numerics.composites.pooling import rubin, t_interval


def test_three_versions_pooled_by_hand():
    found = rubin(np.array([[1.0], [2.0], [6.0]]), np.array([[0.5], [1.0], [1.5]]))
    # Q = 3, U = 1, B = (4 + 1 + 9)/2 = 7, T = 1 + 4/3 · 7 = 31/3, ν = 2 (1 + 3/28)²
    assert found.estimate[0] == pytest.approx(3.0)
    assert found.within[0] == pytest.approx(1.0)
    assert found.between[0] == pytest.approx(7.0)
    assert found.variance[0] == pytest.approx(31 / 3)
    assert found.df[0] == pytest.approx(2 * (1 + 3 / 28) ** 2)
    assert found.share_between[0] == pytest.approx((28 / 3) / (31 / 3))


def test_pooled_errors_are_those_of_statsmodels_combination():
    """statsmodels.imputation.mice.MICE.combine, fed with seven made-up fits."""
    from statsmodels.imputation.mice import MICE

    rng = np.random.default_rng(0)
    estimates, errors = rng.normal(size=(7, 3)), rng.uniform(0.1, 1, size=(7, 3))

    class One:
        def __init__(self, q, u):
            self.params, self._u, self.scale = q, u, 1.0
            self._results = self

        def cov_params(self):
            return np.diag(self._u)

    mice = MICE.__new__(MICE)
    mice.results_list = [One(q, u) for q, u in zip(estimates, errors, strict=True)]
    mice.exog_names, mice.endog_names, mice.model_class = ["a", "b", "c"], "y", None
    theirs = mice.combine()
    ours = rubin(estimates, errors)
    np.testing.assert_allclose(ours.estimate, theirs.params, rtol=1e-12)
    np.testing.assert_allclose(ours.std_error, np.sqrt(np.diag(theirs.cov_params())), rtol=1e-12)


def test_versions_that_agree_have_the_errors_of_one():
    found = rubin(np.full((4, 2), 2.0), np.full((4, 2), 0.25), complete_df=30.0)
    assert found.std_error.tolist() == [0.5, 0.5]
    assert found.df.tolist() == [30.0, 30.0]
    _, _, low, high = t_interval(found)
    np.testing.assert_allclose((high - low) / 2, 0.5 * 2.0422724563, rtol=1e-9)  # t(30), 97.5 %


def test_degrees_of_freedom_never_exceed_those_of_one_version():
    """Barnard and Rubin (1999): ν between 0 and ν_complete, whatever the fraction."""
    rng = np.random.default_rng(1)
    for spread in (1e-6, 0.1, 1.0, 10.0):
        found = rubin(spread * rng.normal(size=(20, 5)), np.ones((20, 5)), complete_df=12.0)
        assert ((found.df > 0) & (found.df <= 12.0)).all()


def test_one_version_is_refused():
    with pytest.raises(InputError, match="at least two versions"):
        rubin(np.ones((1, 2)), np.ones((1, 2)))


def test_degrees_of_freedom_of_three_versions_in_a_small_sample_by_hand():
    """Barnard and Rubin (1999), eq. 3: ν̂ = (ν₀ + 1)/(ν₀ + 3) ν₀ (1 − γ), 1/ν = 1/ν_m + 1/ν̂."""
    found = rubin(np.array([[1.0], [2.0], [6.0]]), np.array([[0.5], [1.0], [1.5]]), complete_df=9.0)
    # γ = 28/31, ν_m = 2 (31/28)², ν̂ = 10/12 · 9 · 3/31
    assert found.df[0] == pytest.approx(1 / (1 / (2 * (31 / 28) ** 2) + 1 / (7.5 * 3 / 31)))
