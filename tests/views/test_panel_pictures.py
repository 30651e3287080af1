"""Pictures of panels carry the numbers of their results, and say them in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import OptionError
from workbench.panels import panel_ladder
from workbench.views.ladder import EDGES

FORMULA = "log(gsp) ~ log(pc) + unemp"


@pytest.fixture(scope="module")
def panel():
    return wb.load("munnell-1990")


@pytest.fixture(scope="module")
def W():
    return wb.weights.queen(wb.load("us-states"))


@pytest.fixture(scope="module")
def ladder(panel, W):
    return panel_ladder(FORMULA, panel, W, effects="entity")


@pytest.fixture(scope="module")
def shocks(panel, W):
    return wb.panels.common_shocks(wb.fit(FORMULA, panel, W, model="sdm", effects="two-way"))


def texts(figure):
    return [t.get_text() for t in figure.findobj(lambda o: hasattr(o, "get_text")) if t.get_text()]


def test_the_lattice_of_panels_is_on_the_footing_of_the_tests(ladder):
    """2 (l - l0) is the LR statistic and the difference of parameters its degrees of freedom."""
    table = ladder.criteria()
    for name, test in ladder.tests.items():
        large, small = name.removeprefix("LR ").split(" vs ")
        ratio = 2 * (table.loc[large, "loglik"] - table.loc[small, "loglik"])
        assert test.statistic == pytest.approx(ratio, rel=1e-9)
        if (small, large) != ("sem", "sdm"):
            assert test.df == (table.loc[large, "parameters"] - table.loc[small, "parameters"],)
    n = ladder["sar"].extras["nobs_effective"]
    bic = table["parameters"] * np.log(n) - 2 * table["loglik"]
    np.testing.assert_allclose(table["bic"], bic, rtol=1e-12)
    assert table["probability_bic"].sum() == pytest.approx(1.0)
    assert table.loc["sar", "bic"] == pytest.approx(ladder["sar"].bic, rel=1e-12)


@pytest.mark.parametrize("lee_yu", ["none", "bias-correction"])
def test_criteria_without_transformation_count_the_effects(panel, W, lee_yu):
    found = panel_ladder(
        FORMULA, panel, W, effects="entity", lee_yu=lee_yu, models=["ols", "sar", "sdm"]
    )
    table = found.criteria()
    test = found.tests["LR sar vs ols"]
    assert test.df == (table.loc["sar", "parameters"] - table.loc["ols", "parameters"],)
    ratio = 2 * (table.loc["sar", "loglik"] - table.loc["ols", "loglik"])
    assert test.statistic == pytest.approx(ratio)


def test_the_lattice_shows_models_tests_and_spillovers(ladder, panel, W):
    shown = texts(ladder.plot())
    table = ladder.criteria()
    assert f"BIC {table.loc['sdm', 'bic']:.1f}" in shown
    tested = [f"LR {large} vs {small}" in ladder.tests for small, large in EDGES]
    assert sum(text.startswith("p ") for text in shown) == sum(tested)
    assert any("log(pc)" in text for text in shown)
    with pytest.raises(OptionError, match="did you mean"):
        ladder.plot(term="unem")
    random = panel_ladder(FORMULA, panel, W, effects="random", models=["ols", "sar", "sdm"])
    shown = texts(random.plot())
    assert "no likelihood" in shown
    assert not any("nan" in text for text in shown)


def test_shocks_have_a_scale_a_term_and_the_verdict_over_it(shocks):
    figure = shocks.plot()
    drawn = [axes for axes in figure.axes if axes.get_visible()]
    assert len(drawn) == 2
    for axes, term in zip(drawn, ["log(pc)", "unemp"], strict=True):
        title = axes.get_title(loc="center")
        assert title.startswith(term)
        first = shocks.impacts.loc[(shocks.impacts.index[0][0], term, "indirect")]
        low, high = axes.get_xlim()
        assert low < min(first["conf_low"], 0)
        assert high > max(first["conf_high"], 0)
    assert "Verdicts: log(pc)" in figure.alt
    assert "unemp" in texts(shocks.plot(effect="direct"))
    with pytest.raises(OptionError, match="indirect"):
        shocks.plot(effect="indirekt")


def test_an_interval_that_runs_out_of_the_picture_has_arrows_and_its_number(shocks):
    from dataclasses import replace

    table = shocks.impacts.copy()
    name = table.index.unique("estimator")[1]
    table.loc[(name, "unemp", "indirect"), ["estimate", "conf_low", "conf_high"]] = [7.5, -90, 105]
    axes = replace(shocks, impacts=table).plot().axes[1]
    assert axes.get_xlim()[1] < 5
    assert [line.get_marker() for line in axes.lines if line.get_marker() in "<>"] == ["<", ">"]
    assert "7.5" in texts(axes)


def test_residuals_by_period_lie_in_their_band_or_out_of_it(panel, W):
    found = wb.panels.moran_by_period(wb.fit(FORMULA, panel, W, effects="two-way"))
    z = (found.table["statistic"] - found.table["expected"]) / np.sqrt(found.table["variance"])
    np.testing.assert_allclose(z, found.table["z"], rtol=1e-10)
    axes = found.plot().axes[0]
    points = axes.collections[-1]
    np.testing.assert_allclose(points.get_offsets()[:, 1], found.table["statistic"])
    full = (points.get_facecolors()[:, :3] != 1.0).any(axis=1)
    assert (full == (found.table["p_value"] < 0.05)).all()
    assert "p < 0.001" in found.plot().alt


def test_probabilities_are_bars_with_the_range_of_the_priors(panel, W):
    near = wb.weights.knn(wb.load("us-states"), 6)
    found = wb.panels.model_probabilities(
        FORMULA, panel, {"queen": W, "six nearest": near}, models=["sar", "sdm"]
    )
    axes = found.plot().axes[0]
    np.testing.assert_allclose(
        [bar.get_width() for bar in axes.patches], found.table["probability"]
    )
    assert [t.get_text() for t in axes.get_yticklabels()] == ["sar", "sdm"] * 2
    assert {"queen", "six nearest"} <= set(texts(axes))
    spread = axes.collections[0].get_segments()
    np.testing.assert_allclose(
        [s[:, 0] for s in spread], found.table[["probability_low", "probability_high"]]
    )


def test_impacts_by_period_are_lines_over_the_years(panel, W):
    near = wb.weights.knn(wb.load("us-states"), 6)
    by_period = {year: W if year < 1978 else near for year in range(1970, 1987)}
    fit = wb.fit(FORMULA, panel, by_period, model="sar", effects="entity", lee_yu="none")
    found = fit.impacts_by_period()
    figure = found.plot(title="Under the W of each year")
    line = next(line for line in figure.axes[2].lines if line.get_label() == "log(pc)")
    np.testing.assert_allclose(line.get_ydata(), found.effect("log(pc)", "total")["estimate"])
    assert list(line.get_xdata()) == list(range(1970, 1987))
    assert "Totals in 1986" in figure.alt


@pytest.mark.slow
def test_periods_of_the_calendar_are_drawn_too(panel, W):
    table = panel.copy()
    years = table.index.levels[1].astype(str)
    table.index = table.index.set_levels(pd.PeriodIndex(years, freq="Y"), level=1)
    found = wb.panels.moran_by_period(wb.fit(FORMULA, table, W, effects="entity"))
    assert found.plot().to_png()[:4] == b"\x89PNG"


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("test", ["cips", "hadri"])
def test_unit_roots_are_a_distribution_over_regions_with_its_mean(panel, test):
    found = wb.panels.unit_root("log(gsp)", panel, test=test, draws=199)
    figure = found.plot()
    axes = figure.axes[0]
    assert sum(bar.get_height() for bar in axes.patches) == len(found.table)
    lines = [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() in ("-", "--")]
    wanted = [found.table["statistic"].mean()]
    wanted += [found.critical[0.05]] if test == "cips" else []
    np.testing.assert_allclose(lines, wanted)
    assert found.answer.null in figure.alt
