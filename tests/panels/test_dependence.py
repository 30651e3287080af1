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

import workbench as wb
from workbench.errors import PanelError
from workbench.panels.dependence import pesaran_cd

FORMULA = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"
REFERENCE = Path(__file__).parents[1] / "reference" / "panel_dependence.csv"
RELATIVE = 1e-8
SPATIAL = ["LM lag", "LM error", "Robust LM lag", "Robust LM error"]


@pytest.fixture(scope="module")
def numbers():
    with REFERENCE.open(encoding="utf-8", newline="") as handle:
        return {row["quantity"]: float(row["value"]) for row in csv.DictReader(handle)}


@pytest.fixture(scope="module")
def panel():
    return wb.load("munnell-1990")


@pytest.fixture(scope="module")
def W():
    return wb.weights.queen(wb.load("us-states"))


@pytest.mark.parametrize("name", SPATIAL)
@pytest.mark.parametrize("effects", ["none", "entity", "time", "two-way"])
def test_spatial_tests_are_those_of_splm(panel, W, numbers, effects, name):
    answer = wb.fit(FORMULA, panel, W, effects=effects).diagnostics()[name]
    assert answer.statistic == pytest.approx(numbers[f"{effects}/{name}"], rel=RELATIVE)
    assert answer.df == (1.0,)


@pytest.mark.parametrize(
    ("effects", "published"),
    [("two-way", [46.90, 54.65, 1.16, 8.91]), ("entity", [136.43, 255.71, 29.51, 148.80])],
)
def test_spatial_tests_are_those_of_elhorst(shared_reference, effects, published):
    """Cigarette demand, Elhorst (2014), table 3.1: two printed decimals."""
    from libpysal.graph import Graph

    table = pd.read_csv(shared_reference / "data" / "cigar.csv").set_index(["state", "year"])
    links = pd.read_csv(shared_reference / "data" / "w_usa46_W.csv")
    states = np.sort(table.index.get_level_values("state").unique())
    focal, neighbor = (states[links[end].to_numpy() - 1] for end in ("focal", "neighbor"))
    graph = Graph.from_arrays(focal, neighbor, links["weight"].to_numpy())
    found = wb.fit("logc ~ logp + logy", table, graph, effects=effects).diagnostics()
    for name, value in zip(SPATIAL, published, strict=True):
        assert found[name].statistic == pytest.approx(value, abs=0.005)


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
    from workbench.panels.via_linearmodels import _refuse_no_variance
    from workbench.regression.design import Design
    from workbench.regression.specification import Specification

    design = Design("y ~ x - 1", "y", ("x",), np.ones(4), np.ones((4, 1)), pd.RangeIndex(4))
    specification = Specification("y ~ x - 1", covariance="clustered-two-way")
    for variance in (-1.0, 0.0, np.nan):
        with pytest.raises(PanelError, match="positive variances") as caught:
            _refuse_no_variance(specification, design, np.array([[variance]]))
        assert caught.value.offenders == ("x",)


def test_spatial_tests_do_not_depend_on_the_order_of_rows(panel, W):
    one = wb.fit(FORMULA, panel, W, effects="two-way").diagnostics()
    two = wb.fit(FORMULA, panel.sample(frac=1, random_state=3), W, effects="two-way").diagnostics()
    assert [one[name].statistic for name in SPATIAL] == [two[name].statistic for name in SPATIAL]
