"""Promise: score tests against Durbin models are spdep's, with islands too; size is nominal."""

import numpy as np
import pytest

from workbench.numerics.scores.durbin import durbin_scores
from workbench.numerics.scores.lagrange import lagrange_multipliers

CASES = ["oldcol", "ncsids", "ncsids_islands", "boston"]
NAMES = {
    "wx": "SDM_RSWX",
    "robust_wx": "SDM_adjRSWX",
    "robust_lag": "SDM_adjRSlag",
    "joint": "SDM_Joint",
    "joint_error": "SDEM_Joint",
}


@pytest.mark.parametrize("case", CASES)
def test_agree_with_spdep(reference_case, case):
    """spdep 1.4-2, SD.RStests."""
    stored = reference_case(case)
    found = durbin_scores(stored.y, stored.X, Z=stored.X[:, 1:], W=stored.W)
    for ours, theirs in NAMES.items():
        test = getattr(found, ours)
        # 1e-7: R solves with the cross-products of Boston's badly scaled columns.
        expected = stored.numbers[f"ols/SD_RS/{theirs}/stat"]
        assert test.statistic == pytest.approx(expected, rel=1e-7, abs=1e-9)
        p = stored.numbers[f"ols/SD_RS/{theirs}/p"]
        assert test.pvalue == pytest.approx(p, rel=1e-5, abs=1e-15)


@pytest.mark.parametrize("case", ["oldcol", "ncsids_islands"])
def test_identities_hold_without_islands_and_only_then(reference_case, case):
    """Koley and Bera (2024): with row sums of one WXb lies in the span of [X, WX]."""
    stored = reference_case(case)
    found = durbin_scores(stored.y, stored.X, Z=stored.X[:, 1:], W=stored.W)
    simple = lagrange_multipliers(stored.y, stored.X, W=stored.W)
    gap = abs(found.robust_lag.statistic / simple.error.statistic - 1.0)
    assert gap < 1e-9 if case == "oldcol" else gap > 0.5
    # This partition of the joint statistic holds whatever the weights are.
    assert found.joint.statistic == pytest.approx(
        found.wx.statistic + found.robust_lag.statistic, rel=1e-9
    )


def test_collinear_lags_have_no_test(reference_case):
    stored = reference_case("oldcol")
    Z = np.ones((49, 1))  # its lag is the constant
    assert durbin_scores(stored.y, stored.X, Z=Z, W=stored.W) is None


@pytest.mark.slow
def test_size_is_nominal_under_the_null(reference_case):
    stored = reference_case("ncsids_islands")
    random = np.random.default_rng(5)
    X = np.column_stack([np.ones(100), random.normal(size=(100, 2))])
    p = np.array(
        [
            [getattr(m, name).pvalue for name in NAMES]
            for m in (
                durbin_scores(X.sum(axis=1) + random.normal(size=100), X, Z=X[:, 1:], W=stored.W)
                for _ in range(400)
            )
        ]
    )
    # 400 samples: four standard errors of a 5 % rate are 4.4 points.
    rates = (p < 0.05).mean(axis=0)
    assert np.all((rates > 0.006) & (rates < 0.094))
