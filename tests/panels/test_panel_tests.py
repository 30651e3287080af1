"""Tests of effects, correlation over time and between regions equal R's plm and published values.

Numbers: tests/reference/panel_plm.csv (its README names the calls), Baltagi (2013, table 4.2) by
TSP, and statsmodels' Grunfeld data.
"""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from linearmodels.iv import IV2SLS

import workbench as wb
from workbench.numerics.panels.component_tests import breusch_godfrey, chi_bar_p, effect_scores
from workbench.panels.linear.covariances import problem_for
from workbench.panels.testing.effects import correlated_effects

FORMULA = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"
REFERENCE = Path(__file__).parents[1] / "reference" / "panel_plm.csv"
PLM = {
    "Breusch-Pagan LM": "plmtest bp individual",
    "Breusch-Pagan LM (periods)": "plmtest bp time",
    "Breusch-Pagan LM (both)": "plmtest bp twoways",
    "Honda": "plmtest honda individual",
    "Honda (periods)": "plmtest honda time",
    "Honda (both)": "plmtest honda twoways",
    "King-Wu (both)": "plmtest kw twoways",
    "Gourieroux-Holly-Monfort": "plmtest_ghm",
    "Wooldridge unobserved effects": "pwtest",
    "Hausman (auxiliary regression)": "phtest_aux",
    "Bera-Sosa-Yoon serial correlation": "pbsytest_AR",
    "Bera-Sosa-Yoon random effects": "pbsytest_RE",
    "Baltagi-Li joint": "pbsytest_J",
}
WITHIN = {
    "Pesaran CD": "pcdtest_within_cd",
    "Breusch-Pagan LM of regions": "pcdtest_within_lm",
    "Scaled LM of regions": "pcdtest_within_sclm",
    "Bias-corrected scaled LM": "pcdtest_within_bcsclm",
    "Local Pesaran CD": "pcdtest_local_W",
    "Wooldridge serial correlation": "pwartest",
    "Poolability F": "pFtest_ind",
    **{name: PLM[name] for name in ("Hausman (auxiliary regression)", "Honda")},
}


@pytest.fixture(scope="module")
def numbers():
    with REFERENCE.open(encoding="utf-8", newline="") as handle:
        return {row["quantity"]: float(row["value"]) for row in csv.DictReader(handle)}


@pytest.fixture(scope="module")
def random(panel):
    return wb.fit(FORMULA, panel, effects="random").diagnostics()


@pytest.fixture(scope="module")
def entity(panel, W):
    return wb.fit(FORMULA, panel, W, effects="entity").diagnostics()


@pytest.fixture(scope="module")
def grunfeld():
    import statsmodels.api as sm

    table = sm.datasets.grunfeld.load_pandas().data
    table = table[table["firm"] != "American Steel"].astype({"year": int})
    return table.set_index(["firm", "year"])


def check(found, names, numbers):
    for ours, theirs in names.items():
        # The auxiliary regression repeats columns that nearly agree, which magnifies rounding.
        relative = 1e-7 if "auxiliary" in ours else 1e-9
        assert found[ours].statistic == pytest.approx(
            numbers[f"{theirs}/statistic"], rel=relative
        ), ours
        assert found[ours].p_value == pytest.approx(
            numbers[f"{theirs}/p_value"], rel=1e-5, abs=1e-300
        ), ours


def test_tests_of_effects_are_those_of_plm(random, numbers):
    check(random, PLM, numbers)


def test_tests_of_residuals_within_are_those_of_plm(entity, numbers):
    check(entity, WITHIN, numbers)


def test_two_way_poolability_is_that_of_plm(panel, numbers):
    found = wb.fit(FORMULA, panel, effects="two-way").diagnostics()
    check(found, {"Poolability F": "pFtest_two"}, numbers)


def test_cigarettes_are_those_of_plm(cigarettes, shared_reference):
    cases = json.loads((shared_reference / "50_panel_plm.json").read_text())["cigar"]
    table, _ = cigarettes
    stored = {
        f"{name}/{quantity}": value if quantity == "p_value" else next(iter(value.values()))
        for name, case in cases.items()
        if "p_value" in case
        for quantity, value in case.items()
        if quantity in ("p_value", "statistic")
    }
    check(wb.fit("logc ~ logp + logy", table, effects="random").diagnostics(), PLM, stored)
    within = {ours: theirs for ours, theirs in WITHIN.items() if "Local" not in ours}
    check(wb.fit("logc ~ logp + logy", table, effects="entity").diagnostics(), within, stored)


def test_locally_robust_tests_are_those_of_baltagi(grunfeld):
    """Baltagi (2013), p. 108, by TSP: LM_mu 798.162, LM*_mu 664.948, LM*_rho 10.310, 808.471."""
    found = wb.fit("invest ~ value + capital", grunfeld).diagnostics()
    assert found["Breusch-Pagan LM"].statistic == pytest.approx(798.162, abs=5e-4)
    assert found["Bera-Sosa-Yoon random effects"].statistic ** 2 == pytest.approx(664.948, abs=5e-4)
    assert found["Bera-Sosa-Yoon serial correlation"].statistic == pytest.approx(10.310, abs=5e-4)
    assert found["Baltagi-Li joint"].statistic == pytest.approx(808.471, abs=6e-4)


def test_breusch_godfrey_has_lags_within_regions(panel, numbers, entity):
    """plm stacks its regions by name, Alabama to Wyoming, so that lags reach from one to the next;
    as one region the kernel has its value, and by regions that of a dense regression."""
    states = wb.load("us-states")
    names = states["name_en"] if "name_en" in states else states["name"]
    problem = problem_for(wb.fit(FORMULA, panel, effects="entity").basis)
    y, X = problem.design.y.reshape(48, 17), problem.design.X.reshape(48, 17, -1)
    ids = problem.design.index.get_level_values(0).unique()
    order = np.argsort(names.loc[ids].str.upper().to_numpy())
    stacked, rows = np.zeros(816, dtype=np.int64), np.arange(816)
    theirs = breusch_godfrey(y[order].ravel(), X[order].reshape(816, -1), stacked, rows, order=1)
    assert theirs == pytest.approx(numbers["pbgtest_order1/statistic"], rel=1e-9)
    X = X.reshape(816, -1)
    e = (y.ravel() - X @ np.linalg.lstsq(X, y.ravel(), rcond=None)[0]).reshape(48, 17)
    before = np.column_stack([np.zeros(48), e[:, :-1]]).ravel()
    both = np.column_stack([X, before])
    fitted = both @ np.linalg.lstsq(both, e.ravel(), rcond=None)[0]
    expected = 816 * (fitted @ fitted) / np.sum(e**2)
    assert entity["Breusch-Godfrey"].statistic == pytest.approx(expected, rel=1e-9)


def test_differences_are_tested_as_a_clustered_regression_of_residuals(panel):
    """Slope of residuals on their predecessors against -1/2, standard error clustered by region."""
    fit = wb.fit(FORMULA, panel, effects="first-difference")
    answer = fit.diagnostics()["Wooldridge first differences"]
    e = fit.fit.resids.reshape(48, 16)
    X = np.stack([np.ones((48, 15)), e[:, :-1]], axis=-1)
    flat = X.reshape(-1, 2)
    slopes = np.linalg.lstsq(flat, e[:, 1:].ravel(), rcond=None)[0]
    left = e[:, 1:] - X @ slopes
    sums = np.einsum("itk,it->ik", X, left)
    bread = np.linalg.inv(flat.T @ flat)
    variance = (bread @ sums.T @ sums @ bread)[1, 1]
    assert answer.statistic == pytest.approx((slopes[1] + 0.5) ** 2 / variance, rel=1e-9)
    assert answer.df == (1.0, 48 * 15 - 2.0)


def test_mundlak_is_a_regression_on_means(panel, random):
    """Balanced: quasi-demeaned y on quasi-demeaned X and regions' means, clustered by region."""
    problem = problem_for(wb.fit(FORMULA, panel, effects="random").basis)
    X, y = problem.design.X, problem.design.y
    levels = problem.levels.X[:, 1:].reshape(48, 17, -1)
    means = np.repeat(levels.mean(axis=1), 17, axis=0)
    both = np.column_stack([X, means])
    beta = np.linalg.lstsq(both, y, rcond=None)[0]
    scores = both * (y - both @ beta)[:, None]
    sums = scores.reshape(48, 17, -1).sum(axis=1)
    bread = np.linalg.inv(both.T @ both)
    cov = bread @ sums.T @ sums @ bread * 48 / 47 * 815 / (816 - both.shape[1])
    gap = beta[-4:]
    expected = gap @ np.linalg.solve(cov[-4:, -4:], gap)
    assert random["Mundlak (clustered)"].statistic == pytest.approx(expected, rel=1e-6)


def test_scores_with_gaps_are_the_published_formula():
    """Baltagi and Li (1990): n²/2 {A²/(M₁ − n) + B²/(M₂ − n)} by loops over regions, periods."""
    generator = np.random.default_rng(3)
    kept = generator.random((9, 6)) < 0.7
    region, period = np.nonzero(kept)
    u = generator.standard_normal(len(region))
    n, parts = len(u), []
    for codes in (region, period):
        ratio = sum(u[codes == c].sum() ** 2 for c in np.unique(codes)) / (u @ u)
        spare = sum(np.sum(codes == c) ** 2 for c in np.unique(codes)) - n
        parts.append(n**2 / 2 * (1 - ratio) ** 2 / spare)
    found = effect_scores(u, region, period)
    np.testing.assert_allclose([found.region**2, found.period**2], parts, rtol=1e-12)


def test_reference_of_a_mixture_is_that_of_its_draws():
    """¼χ²₀ + ½χ²₁ + ¼χ²₂ is max(z₁, 0)² + max(z₂, 0)²; 200,000 draws leave 0.0015."""
    z = np.random.default_rng(0).standard_normal((200_000, 2))
    mixed = np.sum(np.maximum(z, 0) ** 2, axis=1)
    for point in (0.5, 2.0, 4.0):
        assert chi_bar_p(point) == pytest.approx(np.mean(mixed > point), abs=0.004)


IV = {"method": "gmm", "endogenous": ["log(pc)"], "instruments": ["log(hwy)", "log(water)"]}


def test_worth_of_instruments_is_that_beside_dummies(panel):
    """linearmodels' IV2SLS with every dummy as a regressor: partial F, Sargan, Wu-Hausman."""
    found = wb.fit("log(gsp) ~ log(emp) + log(pc)", panel, effects="entity", **IV).diagnostics()
    panel = panel.sort_index()
    D = pd.get_dummies(panel.index.get_level_values(0)).to_numpy(dtype=float)
    exog = np.column_stack([np.log(panel["emp"]), D])
    y, x = np.log(panel["gsp"]).to_numpy(), np.log(panel["pc"]).to_numpy()
    Z = np.log(panel[["hwy", "water"]]).to_numpy()
    peer = IV2SLS(y, exog, x, Z).fit(cov_type="unadjusted", debiased=True)
    assert found["Sargan over-identification"].statistic == pytest.approx(peer.sargan.stat)
    full = np.column_stack([exog, Z])
    sse = [np.sum((x - A @ np.linalg.lstsq(A, x, rcond=None)[0]) ** 2) for A in (exog, full)]
    F = (sse[0] - sse[1]) / 2 / (sse[1] / (816 - full.shape[1]))
    assert found["First stage F (log(pc))"].statistic == pytest.approx(F, rel=1e-7)
    wu = peer.wu_hausman()
    assert found["Wu-Hausman exogeneity"].statistic == pytest.approx(wu.stat, rel=1e-6)
    assert found["Wu-Hausman exogeneity"].df == (1.0, float(wu.df_denom))


def test_weak_instruments_are_told(panel):
    formula = "log(gsp) ~ log(emp) + log(pc)"
    weak = wb.fit(formula, panel, effects="two-way", covariance="clustered", **IV)
    found = weak.diagnostics()["First stage F (log(pc))"]
    assert found.statistic < 10
    assert f"F = {found.statistic:.1f}, below 10" in " ".join(weak.notes)
    strong = wb.fit(formula, panel, effects="entity", **IV)
    assert "weak" not in " ".join(strong.notes)


def test_hansen_is_the_criterion_of_two_steps(panel):
    """Clustered moments: linearmodels' IVGMM on demeaned data weights by clusters alike."""
    from linearmodels.iv import IVGMM

    fit = wb.fit(
        "log(gsp) ~ log(emp) + log(pc)", panel, effects="entity", covariance="clustered", **IV
    )
    problem = problem_for(fit.basis)
    X, y, Z = problem.design.X, problem.design.y, problem.instruments
    peer = IVGMM(y, X[:, :1], X[:, 1], Z, weight_type="clustered", clusters=problem.region).fit(
        iter_limit=2
    )
    ours = fit.diagnostics()["Hansen J"]
    assert ours.statistic == pytest.approx(peer.j_stat.stat, rel=1e-6)
    assert ours.df == (1.0,)


@pytest.mark.slow
def test_tests_that_do_not_apply_say_why(panel):
    means = wb.fit(FORMULA, panel, effects="between").diagnostics()
    assert "three periods" in str(means["Scaled LM of regions"])
    assert "no regression in rows" in str(means["Breusch-Godfrey"])
    exact = wb.fit(
        "log(gsp) ~ log(pc)", panel, effects="entity", endogenous="log(pc)",
        instruments="log(hwy)", method="gmm",
    ).diagnostics()  # fmt: skip
    assert "as many instruments" in str(exact["Hansen J"])
    gap = wb.fit(FORMULA, panel.iloc[1:], effects="entity").diagnostics()
    assert gap["Honda"].applicable
    assert gap["Mundlak (clustered)"].applicable
    assert "not balanced" in str(gap["Local Pesaran CD"])
    for effects in ("random-two-way", "fama-macbeth", "first-difference", "random-time"):
        assert len(wb.fit(FORMULA, panel, effects=effects).diagnostics().made) > 8


@pytest.mark.slow
def test_mundlak_keeps_its_size_under_serial_correlation():
    """80 panels of 60 regions with random walks and variances that differ between regions: at 5 %
    it rejects at most 0.05 + 3 (0.05 · 0.95/80)^½ = 0.12."""
    generator = np.random.default_rng(11)
    names = [f"r{i:02d}" for i in range(60)]
    index = pd.MultiIndex.from_product([names, range(6)], names=["r", "year"])
    rejected = 0
    for draw in range(80):
        scale = generator.uniform(0.2, 2.0, (60, 1))
        x = scale * generator.standard_normal((60, 6)).cumsum(axis=1)
        e = scale * generator.standard_normal((60, 6)).cumsum(axis=1)
        y = x + e + generator.standard_normal((60, 1))
        if draw == 0:
            table = pd.DataFrame({"y": y.ravel(), "x": x.ravel()}, index=index)
            basis = wb.fit("y ~ x", table, effects="random").basis
        X = np.column_stack([np.ones(360), x.ravel()])
        again = replace(basis, design=replace(basis.design, y=y.ravel(), X=X))
        rejected += correlated_effects(again)["Mundlak (clustered)"].p_value < 0.05
    assert rejected / 80 <= 0.12
