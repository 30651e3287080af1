"""Panel estimates, standard errors and tests equal R's plm 2.6-2 on Munnell's states.

Numbers: tests/reference/panel_munnell.csv (its README names the calls). Both sides solve the same
least squares; 1e-8 relative is far above rounding and far below any difference of method.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import workbench as wb

FORMULA = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"
REFERENCE = Path(__file__).parents[1] / "reference" / "panel_munnell.csv"
RELATIVE = 1e-8


@pytest.fixture(scope="module")
def numbers():
    with REFERENCE.open(encoding="utf-8", newline="") as handle:
        return {row["quantity"]: float(row["value"]) for row in csv.DictReader(handle)}


def expected(numbers, section, terms):
    names = ["(Intercept)" if term == "Intercept" else term for term in terms]
    return np.array([numbers[f"{section}/{name}"] for name in names])


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", ["none", "entity", "time", "two-way", "random"])
def test_estimates_and_classical_errors(panel, numbers, effects):
    fit = wb.fit(FORMULA, panel, effects=effects)
    terms = list(fit.params.index)
    np.testing.assert_allclose(fit.params, expected(numbers, f"{effects}/coef", terms), RELATIVE)
    np.testing.assert_allclose(fit.std_errors, expected(numbers, f"{effects}/se", terms), RELATIVE)
    assert fit.fit.df_resid == numbers[f"{effects}/df"]
    assert fit.rsquared == pytest.approx(numbers[f"{effects}/r2"], rel=RELATIVE)
    assert fit.sigma2 == pytest.approx(numbers[f"{effects}/sigma2"], rel=RELATIVE)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", ["entity", "time", "two-way"])
def test_residuals_are_those_once_effects_are_out(panel, numbers, effects):
    fit = wb.fit(FORMULA, panel, effects=effects)
    assert float(fit.resids @ fit.resids) == pytest.approx(numbers[f"{effects}/ssr"], rel=RELATIVE)


def test_random_effects_have_their_own_residuals_and_likelihood(panel):
    """Against the dense normal density with blocks own I + effect 11'."""
    from linearmodels.panel import RandomEffects
    from scipy.stats import multivariate_normal

    fit = wb.fit("log(gsp) ~ log(emp)", panel, effects="random")
    y = np.log(panel["gsp"])
    X = np.log(panel[["emp"]]).assign(one=1.0)[["one", "emp"]]
    np.testing.assert_allclose(fit.resids, y - X.to_numpy() @ fit.params.to_numpy(), atol=1e-10)
    parts = RandomEffects(y, X).fit().variance_decomposition
    block = parts["Residual"] * np.eye(17) + parts["Effects"] * np.ones((17, 17))
    density = multivariate_normal(mean=np.zeros(17), cov=block)
    expected = density.logpdf(fit.resids.to_numpy().reshape(48, 17)).sum()
    assert fit.loglik == pytest.approx(expected, rel=1e-9)
    assert fit.aic == pytest.approx(-2 * expected + 2 * 4)


def test_errors_clustered_by_region_differ_by_the_documented_factor(panel, numbers):
    """plm's HC0 has no small-sample factor; ours is Stata's,
    G/(G−1) · (n−1)/(n−k), the entity effects nested in the clusters not counted."""
    fit = wb.fit(FORMULA, panel, effects="entity", covariance="clustered")
    hc0 = expected(numbers, "entity/se_arellano_HC0", list(fit.params.index))
    ratio = (fit.std_errors.to_numpy() / hc0) ** 2
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-7)
    G, n, k = 48, 816, 4
    assert ratio[0] == pytest.approx(G / (G - 1) * (n - 1) / (n - k), rel=1e-9)


def test_driscoll_kraay_is_the_dense_formula(panel):
    """X'X⁻¹ S X'X⁻¹, Bartlett weights over period sums of scores, times n/(n − k − effects)."""
    fit = wb.fit(FORMULA, panel, effects="two-way", covariance="driscoll-kraay")
    N, T = 48, 17
    bandwidth = int(fit.provenance.options["bandwidth"])
    assert bandwidth == int(4 * (T / 100) ** (2 / 9))
    X = fit.design.X.reshape(N, T, -1)
    X = X - X.mean(axis=1, keepdims=True) - X.mean(axis=0, keepdims=True) + X.mean(axis=(0, 1))
    scores = (X * fit.fit.resids.reshape(N, T, 1)).sum(axis=0)
    S = scores.T @ scores
    for lag in range(1, bandwidth + 1):
        cross = scores[lag:].T @ scores[:-lag]
        S += (1 - lag / (bandwidth + 1)) * (cross + cross.T)
    flat = X.reshape(N * T, -1)
    inverse = np.linalg.inv(flat.T @ flat)
    n, k = N * T, flat.shape[1]
    dense = inverse @ S @ inverse * n / (n - k - (N + T - 1))
    np.testing.assert_allclose(fit.cov, dense, rtol=1e-8)


def test_choice_of_effects(panel, numbers):
    entity = wb.fit(FORMULA, panel, effects="entity").diagnostics()
    two_way = wb.fit(FORMULA, panel, effects="two-way").diagnostics()
    pairs = [
        (entity["Poolability F"], "F entity"),
        (two_way["Poolability F"], "F two-way"),
        (entity["Breusch-Pagan LM"], "LM entity"),
        (entity["Hausman"], "Hausman"),
        (entity["Pesaran CD"], "CD entity"),
    ]
    for answer, name in pairs:
        # Hausman inverts a difference of covariances, which magnifies rounding.
        relative = 1e-5 if name == "Hausman" else RELATIVE
        assert answer.statistic == pytest.approx(numbers[f"{name}/statistic"], rel=relative)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("covariance", ["robust", "clustered-time", "clustered-two-way"])
def test_other_covariances_are_those_of_linearmodels(panel, covariance):
    from linearmodels.panel import PanelOLS

    options = {
        "robust": {"cov_type": "robust"},
        "clustered-time": {"cov_type": "clustered", "cluster_time": True, "group_debias": True},
        "clustered-two-way": {
            "cov_type": "clustered", "cluster_time": True, "cluster_entity": True,
            "group_debias": True,
        },
    }  # fmt: skip
    plain = panel.assign(
        lgsp=np.log(panel["gsp"]), lpcap=np.log(panel["pcap"]), lemp=np.log(panel["emp"])
    )
    peer = PanelOLS(
        plain["lgsp"], plain[["lpcap", "lemp"]], entity_effects=True, time_effects=True
    ).fit(**options[covariance])
    ours = wb.fit(
        "log(gsp) ~ log(pcap) + log(emp)", panel, effects="two-way", covariance=covariance
    )
    np.testing.assert_allclose(ours.std_errors, peer.std_errors, rtol=1e-9)
    # linearmodels takes residual degrees of freedom; clustered ones here are G − 1, as in Stata.
    df = {"robust": peer.df_resid, "clustered-time": 16, "clustered-two-way": 16}[covariance]
    expected = 2 * stats.t.sf(np.abs(peer.tstats), df)
    np.testing.assert_allclose(ours.pvalues, expected, rtol=1e-6, atol=1e-14)
