"""Absorptive capacity: statsmodels' interaction, and where along it an effect differs from 0."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.errors import (
    FormulaError,
    IdError,
    OptionError,
    PanelError,
    ValuesError,
    WeightsError,
)
from workbench.innovation.knowledge import absorptive_capacity


@pytest.fixture(scope="module")
def W():
    return wb.weights.queen(wb.load("us-states"))


@pytest.fixture(scope="module")
def table(W):
    y = wb.load("munnell-1990").xs(1986, level="year").loc[W.ids]
    rng = np.random.default_rng(0)
    s = W.sparse @ np.log(y["pc"])
    z = rng.standard_normal(48) + 5
    x = rng.standard_normal(48)
    out = 1 + 0.5 * x + (-1.0 + 0.4 * z) * (s - s.mean()) + 0.3 * rng.standard_normal(48)
    return y.assign(z=z, x=x, out=out)


@pytest.fixture(scope="module")
def found(table, W):
    return absorptive_capacity("out ~ x", table, W, spillover="log(pc)", capacity="z")


@pytest.fixture(scope="module")
def reference(table, W):
    """Not centred: the same line, by statsmodels."""
    return smf.ols("out ~ x + s * z", table.assign(s=W.sparse @ np.log(table["pc"]))).fit()


def test_centring_changes_no_fit_and_gives_the_effect_at_the_mean(found, reference, table):
    np.testing.assert_allclose(found.fit.fitted_values, reference.fittedvalues, rtol=1e-10)
    assert found.tidy().loc["spillover_x_capacity", "estimate"] == pytest.approx(
        reference.params["s:z"], rel=1e-9
    )
    at_mean = reference.params["s"] + reference.params["s:z"] * table["z"].mean()
    assert found.tidy().loc["spillover", "estimate"] == pytest.approx(at_mean, rel=1e-9)
    assert found.test.p_value == pytest.approx(reference.pvalues["s:z"], rel=1e-7)


def test_effects_along_capacity_are_contrasts_of_statsmodels(found, reference):
    table = found.marginal([3.0, 4.5, 7.0], level=0.9)
    for z, row in table.iterrows():
        contrast = reference.t_test(f"s + {z} * s:z = 0")
        assert row["estimate"] == pytest.approx(contrast.effect.item(), rel=1e-8)
        assert row["std_error"] == pytest.approx(contrast.sd.item(), rel=1e-8)
        assert row["p_value"] == pytest.approx(contrast.pvalue.item(), rel=1e-6)
        np.testing.assert_allclose(
            row[["conf_low", "conf_high"]].astype(float), contrast.conf_int(0.1)[0], rtol=1e-8
        )


@pytest.mark.parametrize("band", ["pointwise", "simultaneous"])
def test_regions_of_significance_end_where_the_band_meets_zero(found, band):
    """Johnson and Neyman 1936; brute force over a fine grid of capacities."""
    regions = found.significant(band=band)
    ends = [e for e in regions[["lower", "upper"]].to_numpy().ravel() if np.isfinite(e)]
    assert ends
    for end in ends:
        row = found.marginal([end], band=band).iloc[0]
        assert min(abs(row["conf_low"]), abs(row["conf_high"])) < 1e-8
    grid = np.linspace(-20, 30, 4001)
    table = found.marginal(grid, band=band)
    outside = (table["conf_low"] > 0) | (table["conf_high"] < 0)
    within = np.zeros(len(grid), dtype=bool)
    for low, high in regions[["lower", "upper"]].to_numpy():
        within |= (grid > low) & (grid < high)
    np.testing.assert_array_equal(within, outside)
    z = found.values
    for _, row in regions.iterrows():
        share = ((z > row["lower"]) & (z <= row["upper"])).mean()
        assert row["share"] == pytest.approx(share)


def test_the_simultaneous_band_is_scheffes(found):
    both = [found.marginal([4.0], band=band).iloc[0] for band in ("pointwise", "simultaneous")]
    widths = [row["conf_high"] - row["estimate"] for row in both]
    df = found.fit.estimates.df
    ratio = np.sqrt(2 * stats.f.ppf(0.95, 2, df)) / stats.t.ppf(0.975, df)
    assert widths[1] / widths[0] == pytest.approx(ratio, rel=1e-10)
    assert both[1]["p_value"] == pytest.approx(
        stats.f.sf(both[1]["statistic"] ** 2 / 2, 2, df), rel=1e-10
    )


def test_the_capacity_may_be_a_term_of_the_formula(found, table, W):
    other = absorptive_capacity("out ~ x + z", table, W, spillover="log(pc)", capacity="z")
    pd.testing.assert_frame_equal(other.tidy(), found.tidy())


def test_a_column_that_is_a_spillover_already(found, table, W):
    ready = table.assign(s=W.sparse @ np.log(table["pc"]))
    other = absorptive_capacity("out ~ x", ready, spillover="s", capacity="z")
    pd.testing.assert_frame_equal(other.tidy(), found.tidy())
    assert other.heading.startswith("Effect of s by z")


def test_panels_with_effects_and_clusters(W):
    panel = wb.load("munnell-1990")
    found = absorptive_capacity(
        "log(gsp) ~ log(pc) + unemp", panel, W, spillover="log(pc)", capacity="log(emp)",
        effects="two-way", covariance="clustered",
    )  # fmt: skip
    flat = panel.reset_index()
    entity, time = panel.index.names
    wide = np.log(panel["pc"]).unstack().loc[W.ids]  # noqa: PD010
    lag = pd.DataFrame(W.sparse @ wide, wide.index, wide.columns)
    flat["s"] = lag.stack().reindex(panel.index).to_numpy()  # noqa: PD013
    flat["z"] = np.log(flat["emp"])
    fit = smf.ols(f"np.log(gsp) ~ np.log(pc) + unemp + s * z + C({entity}) + C({time})", flat).fit()
    assert found.tidy().loc["spillover_x_capacity", "estimate"] == pytest.approx(
        fit.params["s:z"], rel=1e-6
    )
    effect = found.marginal([8.0]).iloc[0]
    assert effect["estimate"] == pytest.approx(fit.params["s"] + 8 * fit.params["s:z"], rel=1e-6)
    assert len(found.augment()) == len(panel)


def test_a_spatial_disturbance(table, W):
    found = absorptive_capacity("out ~ x", table, W, spillover="log(pc)", capacity="z", model="sem")
    assert "lambda" in found.fit.params.index
    assert found.test.distribution == "normal"
    assert not found.marginal(band="simultaneous").isna().any(axis=None)
    with pytest.raises(WeightsError, match="sem"):
        absorptive_capacity("out ~ x", table, spillover="pc", capacity="z", model="sem")


def test_unusable_input_is_refused(table, W):
    how = {"spillover": "log(pc)", "capacity": "z"}
    with pytest.raises(OptionError, match="model"):
        absorptive_capacity("out ~ x", table, W, model="sar", **how)
    with pytest.raises(FormulaError, match="spillover"):
        absorptive_capacity("out ~ x", table.assign(spillover=1.0), W, **how)
    broken = table.assign(z=table["z"].drop("US-TX"))
    with pytest.raises(ValuesError, match="US-TX"):
        absorptive_capacity("out ~ x", broken, W, **how)
    with pytest.raises(IdError, match="US-TX"):
        absorptive_capacity("out ~ x", table.drop(index="US-TX"), W, **how)
    with pytest.raises(FormulaError, match="w"):
        absorptive_capacity("out ~ x", table, W, spillover="w", capacity="z")
    panel = wb.load("munnell-1990").drop(index=("US-AL", 1980))
    with pytest.raises(PanelError, match="every period"):
        absorptive_capacity("log(gsp) ~ unemp", panel, W, spillover="pc", capacity="emp")
    found = absorptive_capacity("out ~ x", table, W, **how)
    with pytest.raises(ValuesError, match="at"):
        found.marginal([np.nan])
    with pytest.raises(OptionError, match="band"):
        found.marginal(band="joint")


def test_results_show_themselves(found, table, W):
    for frame in (found.tidy(), found.glance(), found.augment(), found.marginal()):
        assert set(frame.columns) <= set(GLOSSARY)
    assert found.heading in str(found)
    assert "<table" in found._repr_html_()
    assert found.plot().alt.endswith(".")
    mixed = absorptive_capacity(
        "out ~ x", table.sample(frac=1, random_state=1), W, spillover="log(pc)", capacity="z"
    )
    pd.testing.assert_frame_equal(mixed.tidy(), found.tidy(), check_exact=True)


@pytest.mark.parametrize("written", ["W(log(pc))", " W( log(pc) ) "])
def test_a_spillover_may_be_written_as_a_formula_names_it(found, table, W, written):
    same = absorptive_capacity("out ~ x", table, W, spillover=written, capacity="z")
    pd.testing.assert_frame_equal(same.tidy(), found.tidy())
    assert same.spillover.replace(" ", "") == found.spillover == "W(log(pc))"


def test_lags_that_are_no_spillover_are_refused_with_the_call_that_is_one(table, W):
    given = {"spillover": "W(log(pc))", "capacity": "z"}
    with pytest.raises(WeightsError, match=r"absorptive_capacity\(formula, data, W, spillover="):
        absorptive_capacity("out ~ x", table, **given)
    for wrong in ("W(W(pc))", "W(pc) + W(emp)", "2 * W(pc)", "W()"):
        with pytest.raises(FormulaError, match="one spatial lag"):
            absorptive_capacity("out ~ x", table, W, spillover=wrong, capacity="z")
    with pytest.raises(FormulaError, match="ring_spillovers"):
        absorptive_capacity("out ~ x", table, W, spillover="log(pc)", capacity="W(z)")
