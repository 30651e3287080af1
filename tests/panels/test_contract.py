"""Panels answer in the shared vocabulary, join by key, and refuse what they cannot estimate."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.core.vocabulary import COEFFICIENT_COLUMNS
from workbench.errors import CollinearityError, IdError, InputError, PanelError, ValuesError

FORMULA = "log(gsp) ~ log(pcap) + log(emp)"


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", ["none", "entity", "time", "two-way", "random"])
@pytest.mark.parametrize("model", ["ols", "slx"])
def test_order_of_rows_changes_no_bit(panel, W, model, effects):
    one = wb.fit(FORMULA, panel, W, model=model, effects=effects)
    two = wb.fit(FORMULA, panel.sample(frac=1, random_state=1), W, model=model, effects=effects)
    pd.testing.assert_frame_equal(one.tidy(), two.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(one.augment(), two.augment(), check_exact=True)
    assert tuple(one.tidy().columns) == COEFFICIENT_COLUMNS
    assert set(one.glance().columns) <= set(GLOSSARY)


def test_lags_are_those_of_each_period(panel, W):
    fit = wb.fit(FORMULA, panel, W, model="slx")
    column = fit.design.X[:, fit.design.terms.index("W(log(emp))")]
    lagged = pd.Series(column, index=fit.design.index).xs(1980, level="year")
    emp = np.log(panel["emp"]).xs(1980, level="year").loc[W.ids]
    np.testing.assert_allclose(lagged.loc[W.ids], W.sparse.toarray() @ emp, rtol=1e-12)


def test_slx_impacts_are_coefficients_times_row_sums(panel, W):
    fit = wb.fit(FORMULA, panel, W, model="slx", effects="two-way")
    impacts = fit.impacts()
    assert impacts["log(emp)", "direct"]["estimate"] == pytest.approx(fit.params["log(emp)"])
    assert impacts["log(emp)", "indirect"]["estimate"] == pytest.approx(fit.params["W(log(emp))"])
    pooled = fit.cov.loc["log(emp)", "log(emp)"] + fit.cov.loc["W(log(emp))", "W(log(emp))"]
    pooled += 2 * fit.cov.loc["log(emp)", "W(log(emp))"]
    assert impacts["log(emp)", "total"]["std_error"] == pytest.approx(np.sqrt(pooled))


def test_inputs_are_not_changed(panel, W):
    before = panel.copy(deep=True)
    wb.fit(FORMULA, panel, W, model="slx", effects="entity")
    pd.testing.assert_frame_equal(panel, before)


def refusal(error, *arguments, **options):
    with pytest.raises(error) as caught:
        wb.fit(*arguments, **options)
    return str(caught.value)


def test_absorbed_regressor_is_named(panel):
    fixed = panel.assign(size=panel.groupby(level="region")["gsp"].transform("mean"))
    text = refusal(CollinearityError, "log(gsp) ~ log(emp) + size", fixed, effects="entity")
    assert "size" in text
    yearly = panel.assign(cycle=panel.groupby(level="year")["unemp"].transform("mean"))
    text = refusal(CollinearityError, "log(gsp) ~ log(emp) + cycle", yearly, effects="two-way")
    assert "cycle" in text


def test_repeated_region_and_year_are_named(panel):
    text = refusal(PanelError, FORMULA, pd.concat([panel, panel.head(1)]))
    assert "US-AL" in text
    assert "1970" in text


def test_swapped_levels_are_noticed(panel):
    assert "swaplevel" in refusal(PanelError, FORMULA, panel.swaplevel())


def test_gap_is_named_and_the_way_out_works(panel, W):
    gap = panel.copy()
    gap.loc[("US-TX", 1975), "emp"] = np.nan
    text = refusal(ValuesError, FORMULA, gap)
    assert "emp at US-TX 1975" in text
    assert 'missing="drop" ' in text
    # one W needs the same regions in every period: leaving rows out is no way out there
    assert 'missing="drop" ' not in refusal(ValuesError, FORMULA, gap, W, model="slx")
    text = refusal(PanelError, FORMULA, gap, W, model="slx", missing="drop")
    assert "US-TX 1975" in text
    assert 'missing="drop-regions"' in text
    fit = wb.fit(FORMULA, gap, W, model="slx", effects="two-way", missing="drop-regions")
    assert fit.nobs == 47 * 17
    assert "US-TX" in fit.notes[0]
    without = wb.fit(FORMULA, gap, effects="two-way", missing="drop")
    assert without.nobs == 48 * 17 - 1


def test_regions_without_weights_are_named(panel, W):
    fewer = W.restrict(W.ids.drop("US-TX"))
    assert "US-TX" in refusal(IdError, FORMULA, panel, fewer, model="slx")
    fit = wb.fit(FORMULA, panel, fewer, model="slx", align="intersection")
    assert fit.nobs == 47 * 17
    assert "US-TX" in fit.notes[0]


def test_choices_for_cross_sections_only_say_what_to_do(panel, W):
    text = refusal(InputError, FORMULA, panel, W, model="sdm", case_weights="emp")
    assert "case_weights" in text
    assert "xs(2014" in text


def test_panel_too_short_for_its_effects_is_refused(panel):
    single = panel.xs(1986, level="year", drop_level=False)
    assert "more periods" in refusal(PanelError, FORMULA, single, effects="random")


def test_unbalanced_panel_has_no_pesaran_test_and_says_why(panel):
    fit = wb.fit(FORMULA, panel.iloc[1:], effects="entity")
    assert not fit.diagnostics()["Pesaran CD"].applicable
    assert "not balanced" in str(fit.diagnostics()["Pesaran CD"])


def test_two_way_clusters_without_impacts_name_a_covariance_that_has_them(W):
    """A sum of two clusterings less a third need not be positive: here an eigenvalue is not."""
    rng = np.random.default_rng(9)
    index = pd.MultiIndex.from_product([W.ids, range(3)], names=["region", "year"])
    data = pd.DataFrame(rng.standard_normal((len(index), 3)), columns=list("yab"), index=index)
    options = {"model": "slx", "effects": "two-way", "covariance": "clustered-two-way"}
    fit = wb.fit("y ~ a + b", data, W, **options)
    with pytest.raises(InputError, match="semi-definite") as caught:
        fit.impacts()
    assert 'fit.with_covariance("clustered").impacts()' in str(caught.value)
    assert (fit.with_covariance("clustered").impacts().table["std_error"] > 0).all()
