"""Tests of dependence equal R's splm and plm; where they would mislead, they say why not.

Numbers: tests/reference/panel_dependence.csv (its README names the calls). Same closed forms on
both sides: 1e-8 relative is far above rounding.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import workbench as wb
from workbench.errors import PanelError
from workbench.panels.linear.choices import refuse_no_variance
from workbench.panels.testing.dependence import pesaran_cd

from .spatial_panels import contrasts

FORMULA = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"
REFERENCE = Path(__file__).parents[1] / "reference" / "panel_dependence.csv"
RELATIVE = 1e-8
SPATIAL = ["LM lag", "LM error", "Robust LM lag", "Robust LM error"]


@pytest.fixture(scope="module")
def numbers():
    with REFERENCE.open(encoding="utf-8", newline="") as handle:
        return {row["quantity"]: float(row["value"]) for row in csv.DictReader(handle)}


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", SPATIAL)
@pytest.mark.parametrize("effects", ["none", "entity", "time", "two-way"])
def test_spatial_tests_of_demeaned_data_are_those_of_splm(panel, W, numbers, effects, name):
    fit = wb.fit(FORMULA, panel, W, effects=effects)
    answer = wb.panels.lag_error_tests(fit, convention="demeaned")[name]
    assert answer.statistic == pytest.approx(numbers[f"{effects}/{name}"], rel=RELATIVE)
    assert answer.df == (1.0,)


@pytest.mark.parametrize(
    ("effects", "published"),
    [("two-way", [46.90, 54.65, 1.16, 8.91]), ("entity", [136.43, 255.71, 29.51, 148.80])],
)
def test_spatial_tests_are_those_of_elhorst(cigarettes, effects, published):
    """Cigarette demand, Elhorst (2014), table 3.1: two printed decimals."""
    fit = wb.fit("logc ~ logp + logy", *cigarettes, effects=effects)
    found = wb.panels.lag_error_tests(fit, convention="demeaned")
    for name, value in zip(SPATIAL, published, strict=True):
        assert found[name].statistic == pytest.approx(value, abs=0.005)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", ["none", "entity", "time", "two-way"])
def test_spatial_tests_have_the_effects_transformed_out(panel, W, effects):
    """Contrasts, dense: with them the panel is a cross-section of W* = FWF', whose trace is not
    zero where effects of periods go. Pooled, that is the cross-sectional test."""
    fit = wb.fit(FORMULA, panel, W, effects=effects)
    found = fit.diagnostics()
    N, T = 48, 17
    over_time = contrasts(T) if effects in ("entity", "two-way") else np.eye(T)
    over_space = contrasts(N) if effects in ("time", "two-way") else np.eye(N)
    F = np.kron(over_space, over_time)
    small = over_space @ W.sparse.toarray() @ over_space.T
    big = np.kron(small, np.eye(len(over_time)))
    y, X = F @ fit.design.y, F @ fit.design.X
    n, t = len(y), len(over_time) * np.trace(small)
    J = len(over_time) * np.sum(small * small + small * small.T) - 2 * t**2 / n
    b = np.linalg.lstsq(X, y, rcond=None)[0]
    e = y - X @ b
    s2 = e @ e / n
    rest = big @ X @ b
    rest = rest - X @ np.linalg.lstsq(X, rest, rcond=None)[0]
    score = np.array([e @ big @ y / s2 - t, e @ big @ e / s2 - t])
    info = np.array([[rest @ rest / s2 + J, J], [J, J]])
    own = np.array([info[0, 1] / info[1, 1], info[0, 1] / info[0, 0]]) * score[::-1]
    robust = (score - own) ** 2 * np.diag(np.linalg.inv(info))
    expected = [*(score**2 / np.diag(info)), *robust]
    np.testing.assert_allclose([found[name].statistic for name in SPATIAL], expected, rtol=1e-8)
    tests = wb.panels.lag_error_tests(fit)
    assert tests["LM rho"].statistic == found["LM lag"].statistic
    assert tests["LM lambda"].statistic == found["LM error"].statistic
    joint = score @ np.linalg.solve(info, score)
    assert tests["LM joint"].statistic == pytest.approx(joint, rel=1e-8)
    if effects == "none":
        plain = wb.panels.lag_error_tests(fit, convention="demeaned")
        for name in SPATIAL:
            assert plain[name].statistic == pytest.approx(found[name].statistic, rel=1e-9)


@pytest.mark.slow
def test_size_of_both_conventions(W):
    """300 panels of 48 states over 17 years, both effects, no dependence, at 5 %: the transformed
    tests reject 5 % within four standard errors; LM error of demeaned data at least twice that."""
    from workbench.numerics.panels.layers import one_layer
    from workbench.numerics.panels.scores import panel_lagrange_multipliers
    from workbench.numerics.scores.lagrange import lagrange_multipliers
    from workbench.panels.effects import Cells, without_effects
    from workbench.panels.testing.lag_error_problem import problem_without_effects
    from workbench.regression.design import Design

    N, T, draws = 48, 17, 300
    rng, layers = np.random.default_rng(1), one_layer(W.sparse, T)
    cells = Cells(np.repeat(np.arange(N), T), np.tile(np.arange(T), N), N, T)
    X = rng.standard_normal((N * T, 1))
    stacked = sparse.kron(W.sparse, sparse.eye_array(T), format="csr")
    rejected = np.zeros((2, 4))
    kinds = ["lag", "error", "robust_lag", "robust_error"]
    for _ in range(draws):
        y = X[:, 0] + rng.standard_normal(N)[cells.region] + rng.standard_normal(T)[cells.period]
        y = y + rng.standard_normal(N * T)
        design = Design("y ~ x", "y", ("x",), y, X, pd.RangeIndex(N * T))
        ours = panel_lagrange_multipliers(problem_without_effects(design, cells, "two-way", layers))
        own, regressor = (without_effects(a, cells, "two-way") for a in (y[:, None], X))
        theirs = lagrange_multipliers(own[:, 0], regressor, W=stacked)
        for at, found in enumerate((ours, theirs)):
            rejected[at] += [getattr(found, kind).statistic > 3.8415 for kind in kinds]
    assert (np.abs(rejected[0] / draws - 0.05) < 4 * np.sqrt(0.05 * 0.95 / draws)).all(), rejected
    assert rejected[1, 1] / draws > 0.1, rejected


def test_serial_correlation_is_that_of_plm(panel, numbers):
    answer = wb.fit(FORMULA, panel, effects="entity").diagnostics()["Wooldridge serial correlation"]
    assert answer.statistic == pytest.approx(numbers["entity/Wooldridge F"], rel=RELATIVE)
    assert answer.df == (1.0, 766.0)


def test_pesaran_is_the_sum_of_pairwise_correlations(panel):
    fit = wb.fit(FORMULA, panel)
    correlations = np.corrcoef(fit.fit.resids.reshape(48, 17))
    pairs = correlations[np.triu_indices(48, k=1)].sum()
    expected = np.sqrt(2 * 17 / (48 * 47)) * pairs
    assert fit.diagnostics()["Pesaran CD"].statistic == pytest.approx(expected, rel=1e-10)


def test_pesaran_is_refused_where_effects_of_periods_decide_it(panel):
    """Independent noise less its period means: the formula gives about −√(T/2) ≈ −4.5 always."""
    cells = wb.fit(FORMULA, panel).cells
    noise = np.random.default_rng(0).standard_normal((48, 17))
    noise -= noise.mean(axis=0)
    assert pesaran_cd(noise.ravel(), cells, "none").statistic < -2.5
    answer = wb.fit(FORMULA, panel, effects="two-way").diagnostics()["Pesaran CD"]
    assert "sum to zero in every period" in str(answer)


def test_tests_that_do_not_apply_say_why(panel, W):
    two_way = wb.fit(FORMULA, panel, effects="two-way").diagnostics()
    assert "without weights W" in str(two_way["LM lag"])
    assert "effects of periods" in str(two_way["Hausman"])
    assert 'effects="entity"' in str(two_way["Wooldridge serial correlation"])
    random = wb.fit(FORMULA, panel, W, effects="random").diagnostics()
    assert "random effects" in str(random["LM error"])
    binary = W.normalize("binary")
    yearly = wb.fit(FORMULA, panel, binary, effects="time").diagnostics()["LM lag"]
    assert "do not sum to one value" in str(yearly)
    assert wb.fit(FORMULA, panel, binary, effects="entity").diagnostics()["LM lag"].applicable


def test_one_period_or_one_region_leaves_answers_not_crashes(panel):
    period = panel.xs(1986, level="year", drop_level=False)
    assert "one period" in str(wb.fit(FORMULA, period).diagnostics()["Breusch-Pagan LM"])
    region = panel.xs("US-TX", level="region", drop_level=False)
    found = wb.fit(FORMULA, region, effects="entity").diagnostics()
    assert "one effect only" in str(found["Poolability F"])


def test_pooled_dummies_in_place_of_an_intercept_are_diagnosed(panel):
    dummies = panel.assign(y=panel.index.get_level_values("year"))
    answers = wb.fit("log(gsp) ~ log(emp) + C(y) - 1", dummies).diagnostics()
    # The same regression with an intercept has the same residuals.
    same = wb.fit("log(gsp) ~ log(emp) + C(y)", dummies).diagnostics()
    name = "Breusch-Pagan LM"
    assert answers[name].statistic == pytest.approx(same[name].statistic, rel=1e-9)


@pytest.mark.parametrize("covariance", ["clustered-time", "clustered-two-way", "driscoll-kraay"])
def test_covariances_refuse_a_single_period(panel, covariance):
    period = panel.xs(1986, level="year", drop_level=False)
    with pytest.raises(PanelError, match=r"at least [23] periods") as caught:
        wb.fit(FORMULA, period, covariance=covariance)
    assert 'covariance="robust"' in str(caught.value)


def test_driscoll_kraay_refuses_two_periods(panel):
    """Scores of two periods are opposites: Bartlett's sum over them is rounding."""
    two = panel[panel.index.get_level_values("year") >= 1985]
    with pytest.raises(PanelError, match="at least 3 periods"):
        wb.fit(FORMULA, two, effects="entity", covariance="driscoll-kraay")


def test_clusters_refuse_a_single_region(panel):
    region = panel.xs("US-TX", level="region", drop_level=False)
    with pytest.raises(PanelError, match="at least 2 regions"):
        wb.fit(FORMULA, region, covariance="clustered")


def test_variances_that_are_not_positive_are_refused():
    """Two regions, two years: two-way clustering subtracts more than it adds."""
    from workbench.regression.design import Design
    from workbench.regression.specification import Specification

    design = Design("y ~ x - 1", "y", ("x",), np.ones(4), np.ones((4, 1)), pd.RangeIndex(4))
    specification = Specification("y ~ x - 1", covariance="clustered-two-way")
    for variance in (-1.0, 0.0, np.nan):
        with pytest.raises(PanelError, match="positive variances") as caught:
            refuse_no_variance(specification, design, np.array([[variance]]))
        assert caught.value.offenders == ("x",)


@pytest.mark.slow
def test_spatial_tests_do_not_depend_on_the_order_of_rows(panel, W):
    one = wb.fit(FORMULA, panel, W, effects="two-way").diagnostics()
    two = wb.fit(FORMULA, panel.sample(frac=1, random_state=3), W, effects="two-way").diagnostics()
    assert [one[name].statistic for name in SPATIAL] == [two[name].statistic for name in SPATIAL]


@pytest.mark.parametrize("word", ["clustered", "clustered-two-way"])
def test_a_variance_of_nothing_has_a_way_out_that_was_not_taken(panel, word):
    fit = wb.fit(FORMULA, panel, covariance=word)
    nothing = np.zeros_like(fit.estimates.cov)
    with pytest.raises(PanelError, match="positive variances") as caught:
        refuse_no_variance(fit.basis.specification, fit.design, nothing)
    message = str(caught.value)
    assert message.count(f'"{word}"') == 0
    assert ("two-way clustering" in message) == (word == "clustered-two-way")
