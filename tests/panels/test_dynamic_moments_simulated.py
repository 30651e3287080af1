"""Lags in time by moments on samples of a known process: bias, intervals, size of the tests.

Regressors are correlated with effects, variances differ between regions, shocks are common where
effects of periods are estimated.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.panels import DynamicGMM

from .spatial_panels import drawn_dynamic, lattice

W = lattice(10)
REPETITIONS = 50
TESTS = ("AR(1)", "AR(2)", "Hansen J", "Difference-in-Hansen (levels)")
pytestmark = pytest.mark.slow


def repeated(T, method, *, truth, effects, model="sar", weights=W):
    gaps, errors, small = [], [], []
    for seed in range(REPETITIONS):
        data = drawn_dynamic(W, T, seed, years=float(effects == "two-way"), **truth)
        fit = wb.fit(
            "y ~ x", data, weights, model=model, effects=effects, dynamic="lag", method=method
        )
        true = {"x": 1.0, **truth}
        terms = [term for term in fit.params.index if term in true]
        gaps.append([fit.params[term] - true[term] for term in terms])
        errors.append(fit.std_errors[terms].to_numpy())
        tests = fit.diagnostics()
        small.append([tests[name].p_value < 0.05 for name in TESTS])
    return np.array(gaps), np.array(errors), np.mean(small, axis=0)


def holds(gaps, errors, *, slack):
    """Bias within noise and `slack`, intervals within what so many samples know."""
    noise = gaps.std(axis=0, ddof=1) / np.sqrt(REPETITIONS)
    assert (np.abs(gaps.mean(axis=0)) < 3 * noise + slack).all()
    covered = (np.abs(gaps) < 1.96 * errors).mean(axis=0)
    # 50 draws of 95 % know the share to 3.1 points; 100 regions leave some to large samples
    assert (covered > 0.95 - 3 * 0.031 - 0.02).all()
    ratio = errors.mean(axis=0) / gaps.std(axis=0, ddof=1)
    assert ((ratio > 0.75) & (ratio < 1.35)).all()


def keeps_its_size(share):
    return share < 0.05 + 3 * 0.031


def test_difference_gmm_with_wy_finds_the_truth_and_keeps_its_size():
    truth = {"tau": 0.4, "rho": 0.3}
    gaps, errors, (first, second, J, _) = repeated(6, "gmm", truth=truth, effects="two-way")
    # weak instruments lean: a fifth of a standard error
    holds(gaps, errors, slack=0.02)
    assert first > 0.9
    assert keeps_its_size(second)
    assert keeps_its_size(J)


def test_system_gmm_finds_a_persistent_truth_that_differences_hardly_see():
    options = {"truth": {"tau": 0.8}, "effects": "entity", "model": "ols", "weights": None}
    gaps, errors, (_, second, J, levels) = repeated(6, DynamicGMM("system"), **options)
    holds(gaps, errors, slack=0.02)
    for share in (second, J, levels):
        assert keeps_its_size(share)
    plain, _, _ = repeated(6, "gmm", **options)
    assert plain.std(axis=0)[1] > 2 * gaps.std(axis=0)[1]


def moving_average(seed, N=200, T=9, tau=0.5):
    """y = tau y(-1) + x + mu + v + 0.8 v(-1)."""
    rng = np.random.default_rng(seed)
    mu, x = rng.standard_normal(N), rng.standard_normal((30 + T, N))
    v = rng.standard_normal((31 + T, N))
    y = np.zeros((31 + T, N))
    for t in range(30 + T):
        y[t + 1] = tau * y[t] + x[t] + mu + v[t + 1] + 0.8 * v[t]
    index = pd.MultiIndex.from_product([range(N), range(T)], names=["region", "year"])
    return pd.DataFrame({"y": y[-T:].T.ravel(), "x": x[-T:].T.ravel()}, index=index)


def test_second_lags_that_are_no_instruments_are_seen():
    """Under a moving average of order one AR(2) rejects; lags from the third on find the truth."""
    seen, early, later = [], [], []
    for seed in range(15):
        data = moving_average(seed)
        options = {"effects": "entity", "dynamic": "lag"}
        fit = wb.fit("y ~ x", data, method="gmm", **options)
        seen.append(fit.diagnostics()["AR(2)"].p_value < 0.05)
        early.append(fit.params["tau"] - 0.5)
        fit = wb.fit("y ~ x", data, method=DynamicGMM(lags=(3, 5)), **options)
        later.append((fit.params["tau"] - 0.5) / fit.std_errors["tau"])
    assert np.mean(seen) > 0.9
    assert np.mean(early) > 0.05
    # means of 15 standard normal numbers
    assert abs(np.mean(later)) < 3 / np.sqrt(15)
