"""Spatial panels answer in the shared vocabulary, join by key, and refuse what they cannot do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.core.vocabulary import COEFFICIENT_COLUMNS
from workbench.errors import (
    CollinearityError,
    ConvergenceError,
    IdError,
    InputError,
    OptionError,
    PanelError,
)
from workbench.panels import nested_tests, panel_ladder

FORMULA = "log(gsp) ~ log(pcap) + log(emp)"


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", ["none", "entity", "two-way", "random"])
@pytest.mark.parametrize("model", ["sdm", "sac"])
def test_order_of_rows_changes_no_bit(panel, W, model, effects):
    before = panel.copy(deep=True)
    one = wb.fit(FORMULA, panel, W, model=model, effects=effects)
    two = wb.fit(FORMULA, panel.sample(frac=1, random_state=1), W, model=model, effects=effects)
    pd.testing.assert_frame_equal(panel, before)
    for table in ("tidy", "glance", "augment"):
        a, b = getattr(one, table)(), getattr(two, table)()
        pd.testing.assert_frame_equal(a, b, check_exact=True)
    assert tuple(one.tidy().columns) == COEFFICIENT_COLUMNS
    assert set(one.glance().columns) <= set(GLOSSARY)
    augmented = one.augment()
    left = augmented[one.design.outcome] - augmented["fitted"] - augmented["residual"]
    assert np.abs(left).max() < 1e-12
    if effects != "none":
        table = one.effects_table()
        pd.testing.assert_frame_equal(table, two.effects_table(), check_exact=True)
        assert tuple(table.columns) == COEFFICIENT_COLUMNS
    assert one.title in str(one)
    assert "<table" in one._repr_html_()
    assert one.provenance.options["model"] == model


def test_effects_in_depth_are_those_of_the_cross_section_w(panel, W):
    fit = wb.fit(FORMULA, panel, W, model="sdm", effects="two-way")
    impacts = fit.impacts()
    n = W.n
    p, w = fit.params, W.sparse.toarray()
    S = np.linalg.solve(np.eye(n) - p["rho"] * w, p["log(emp)"] * np.eye(n) + p["W(log(emp))"] * w)
    assert impacts.direct["log(emp)"] == pytest.approx(np.trace(S) / n, rel=1e-10)
    assert impacts.total["log(emp)"] == pytest.approx(S.sum() / n, rel=1e-10)
    by_order = fit.impacts_by_order(3, method="delta").table["estimate"]
    whole = by_order.xs(("log(emp)", "total"), level=("term", "effect")).sum()
    assert whole == pytest.approx(impacts.total["log(emp)"], rel=1e-9)
    by_region = fit.impacts_by_region("log(emp)", method="delta")
    assert by_region.effect("own").mean() == pytest.approx(impacts.direct["log(emp)"])
    impulse = fit.impulse("log(emp)", W.ids[0], method="delta").table["estimate"]
    np.testing.assert_allclose(impulse, S[:, 0], rtol=1e-9)
    assert fit.elasticities().table["reads"].iloc[0] == "1 % more pcap: % of gsp"
    drawn = fit.impacts(method="monte-carlo", draws=4000).tidy()["std_error"]
    ratio = drawn / impacts.tidy()["std_error"]
    # 4,000 draws leave about 1 %, the bend of the impacts another two
    assert ((ratio > 0.93) & (ratio < 1.1)).all()


def test_durbin_takes_the_terms_that_are_named(panel, W):
    fit = wb.fit(FORMULA, panel, W, model="sdm", effects="entity", durbin=["log(emp)"])
    assert fit.design.lagged == ("log(emp)",)
    assert "W(log(pcap))" not in fit.params
    assert fit.impacts().table.shape == (6, 6)


def test_error_weights_of_their_own(panel, W):
    other = wb.weights.knn(wb.load("us-states"), 4)
    fit = wb.fit(FORMULA, panel, W, model="sac", effects="two-way", W_error=other)
    same = wb.fit(FORMULA, panel, W, model="sac", effects="two-way", W_error=W)
    plain = wb.fit(FORMULA, panel, W, model="sac", effects="two-way")
    pd.testing.assert_frame_equal(same.tidy(), plain.tidy())
    assert fit.provenance.options["W_error"] == other.digest
    assert fit.params["lambda"] != pytest.approx(plain.params["lambda"], abs=1e-3)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["slx", "sdm"])
@pytest.mark.parametrize("effects", ["entity", "random"])
def test_regressors_may_be_lagged_by_weights_of_their_own(panel, W, model, effects):
    other = wb.weights.knn(wb.load("us-states"), 4)
    fit = wb.fit(FORMULA, panel, W, model=model, effects=effects, W_x=other)
    column = fit.design.X[:, fit.design.terms.index("W(log(emp))")]
    lagged = pd.Series(column, index=fit.design.index).xs(1980, level="year")
    emp = np.log(panel["emp"]).xs(1980, level="year").loc[W.ids]
    np.testing.assert_allclose(lagged.loc[W.ids], other.sparse.toarray() @ emp, rtol=1e-12)
    p, n = fit.params, W.n
    A = np.eye(n) - p.get("rho", 0.0) * W.sparse.toarray()
    right = p["log(emp)"] * np.eye(n) + p["W(log(emp))"] * other.sparse.toarray()
    S = np.linalg.solve(A, right)
    assert fit.impacts().total["log(emp)"] == pytest.approx(S.sum() / n, rel=1e-9)
    assert fit.provenance.options["W_x"] == other.digest
    same = wb.fit(FORMULA, panel, W, model=model, effects=effects, W_x=W)
    plain = wb.fit(FORMULA, panel, W, model=model, effects=effects)
    pd.testing.assert_frame_equal(same.tidy(), plain.tidy())
    if model == "sdm":
        later = fit.predict(panel.rename(index={1986: 1990}, level="year")).values
        np.testing.assert_allclose(later, fit.predict().values, rtol=1e-9)
    several = wb.fit(
        FORMULA, panel, W, model=model, effects=effects, W_x=dict.fromkeys(range(1970, 1987), other)
    )
    np.testing.assert_allclose(several.params, fit.params, rtol=1e-7)
    by_period = several.impacts_by_period().effect("log(emp)", "direct")["estimate"]
    np.testing.assert_allclose(by_period, fit.impacts().direct["log(emp)"], rtol=1e-7)
    with pytest.raises(PanelError, match="impacts_by_period"):
        several.impacts()


def test_notes_say_what_was_done_about_effects(panel, W):
    options = {"model": "sar", "effects": "two-way"}
    default = wb.fit(FORMULA, panel, W, **options)
    assert "752 of 816" in " ".join(default.notes)
    assert default.glance()["lee_yu"].item() == "transformation"
    corrected = wb.fit(FORMULA, panel, W, lee_yu="bias-correction", **options)
    assert "corrected" in " ".join(corrected.notes)
    direct = wb.fit(FORMULA, panel, W, lee_yu="none", **options)
    assert "direct approach" in " ".join(direct.notes)
    assert direct.aic == pytest.approx(-2 * direct.loglik + 2 * (3 + 1 + 48 + 17 - 1))
    assert default.aic == pytest.approx(-2 * default.loglik + 2 * (3 + 1))
    assert default.bic == pytest.approx(-2 * default.loglik + np.log(752) * (3 + 1))
    random = wb.fit(FORMULA, panel, W, model="sem", effects="random")
    assert "Baltagi" in " ".join(random.notes)
    several = wb.fit(
        "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp", panel, W, model="gns", effects="entity"
    )
    assert "2 maxima" in " ".join(several.notes)


def refusal(error, *arguments, **options):
    with pytest.raises(error) as caught:
        wb.fit(*arguments, **options)
    return str(caught.value)


def test_options_that_do_not_belong_are_refused(panel, W):
    wrong = [
        ({"model": "sar", "lee_yu": "none"}, "fixed effects"),
        ({"model": "sar", "effects": "random", "random": "kkp"}, "spatial disturbance"),
        ({"model": "sem", "effects": "entity", "random": "kkp"}, "random"),
        ({"model": "slx", "effects": "entity", "lee_yu": "none"}, "maximum likelihood"),
        ({"model": "sar", "W_error": W}, "spatial error"),
        ({"model": "sar", "W_x": W}, "WX"),
        ({"model": "sar", "effects": "entity", "factors": "cce", "lee_yu": "none"}, "likelihood"),
        ({"model": "slx", "effects": "entity", "factors": "cce", "W_x": W}, "W_x"),
        ({"model": "slx", "effects": "entity", "family": "poisson", "W_x": W}, "W_x"),
        ({"model": "sar", "effects": "entity", "family": "poisson"}, "slx"),
        ({"model": "sar", "covariance": "robust"}, "variances differ"),
    ]
    for options, word in wrong:
        assert word in refusal(InputError, FORMULA, panel, W, **options)
    refusal(OptionError, FORMULA, panel, W, model="sar", effects="entity", lee_yu="transform")
    refusal(OptionError, FORMULA, panel, W, model="sem", effects="random", random="anselin")
    cross = panel.xs(1986, level="year")
    assert "(region, period)" in refusal(PanelError, FORMULA, cross, W, model="sar", lee_yu="none")
    assert "weights" in refusal(InputError, FORMULA, panel, model="sar")


@pytest.mark.parametrize("effects", ["time", "two-way"])
def test_uneven_rows_under_effects_of_periods_are_refused(panel, W, effects):
    binary = W.normalize("binary")
    text = refusal(PanelError, FORMULA, panel, binary, model="sar", effects=effects)
    assert 'lee_yu="none"' in text
    assert "US-" in text
    wb.fit(FORMULA, panel, binary, model="sar", effects=effects, lee_yu="none")
    text = refusal(PanelError, FORMULA, panel, binary, model="sem", effects=effects, lee_yu="none")
    assert 'effects="entity"' in text
    wb.fit(FORMULA, panel, binary, model="sem", effects="entity")


def test_islands_are_named_where_effects_of_periods_cannot_be_taken_out(panel):
    states = wb.load("us-states")
    near = wb.weights.distance_band(states, 250, unit="km", islands="keep")
    text = refusal(PanelError, FORMULA, panel, near, model="sar", effects="two-way")
    assert near.islands[0] in text
    fit = wb.fit(FORMULA, panel, near, model="sar", effects="entity")
    assert "without neighbours" in " ".join(fit.notes)


@pytest.mark.parametrize("effects", ["none", "entity", "two-way"])
def test_a_level_of_the_outcome_is_the_intercept(panel, W, effects):
    """A million more of y: W of equal row sums moves the intercept or the effects alone."""
    table = panel.assign(y=np.log(panel["gsp"]), high=np.log(panel["gsp"]) + 1e6)
    low, high = (
        wb.fit(f"{y} ~ log(pcap) + log(emp)", table, W, model="sdm", effects=effects)
        for y in ("y", "high")
    )
    slopes = [term for term in low.params.index if term != "Intercept"]
    # the sum of a million and ten digits of y leaves 1e-10 of y, 1e-8 of its part beyond effects
    np.testing.assert_allclose(high.params[slopes], low.params[slopes], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(high.std_errors[slopes], low.std_errors[slopes], rtol=1e-4)


def test_absorbed_regressors_and_unknown_regions_are_named(panel, W):
    fixed = panel.assign(size=panel.groupby(level="region")["gsp"].transform("mean"))
    text = refusal(CollinearityError, "gsp ~ emp + size", fixed, W, model="sar", effects="entity")
    assert "size" in text
    some = panel.loc[panel.index.get_level_values("region") != "US-AL"]
    assert "US-AL" in refusal(IdError, FORMULA, some, W, model="sar")


def test_no_variance_between_regions_is_refused(W):
    rng = np.random.default_rng(0)
    index = pd.MultiIndex.from_product([W.ids, range(6)])
    x = rng.normal(size=len(index))
    e = rng.normal(size=(W.n, 6))
    y = x + (e - e.mean(axis=1, keepdims=True)).ravel()
    table = pd.DataFrame({"x": x, "y": y}, index=index)
    with pytest.raises(ConvergenceError, match="without them"):
        wb.fit("y ~ x", table, W, model="sar", effects="random")


def test_predictions_refuse_what_they_do_not_know(panel, W):
    fit = wb.fit(FORMULA, panel, W, model="sar", effects="two-way")
    with pytest.raises(IdError, match="US-AL"):
        fit.predict(panel.drop(index="US-AL", level="region"))
    later = panel.rename(index={1986: 1990}, level="year")
    with pytest.raises(PanelError, match="1990"):
        fit.predict(later)
    pooled = wb.fit(FORMULA, panel, W, model="sar")
    with pytest.raises(InputError, match="effects"):
        pooled.effects_table()


def test_more_of_a_regressor_moves_predictions_by_the_impacts(panel, W):
    fit = wb.fit(FORMULA, panel, W, model="sdm", effects="entity")
    more = panel.assign(emp=panel["emp"] * np.exp(0.1))
    gain = (fit.predict(more).values - fit.predict().values).mean()
    assert gain == pytest.approx(0.1 * fit.impacts().total["log(emp)"], rel=1e-9)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", ["none", "entity", "two-way"])
def test_nested_models(panel, W, effects):
    fits = {
        model: wb.fit(FORMULA, panel, W, model=model, effects=effects)
        for model in ("ols", "slx", "sar", "sem", "sdm")
    }
    lr = {m: nested_tests(fits[m], fits["sdm"])["LR"] for m in ("ols", "slx", "sar", "sem")}
    assert [lr[m].df for m in lr] == [(3.0,), (1.0,), (2.0,), (2.0,)]
    sdm, sar = fits["sdm"].loglik, fits["sar"].loglik
    assert lr["sar"].statistic == pytest.approx(2 * (sdm - sar))
    # least squares are the spatial model at rho = 0, on the observations that it counts
    wald = fits["sar"].diagnostics()["Wald rho"].statistic
    assert nested_tests(fits["ols"], fits["sar"])["LR"].statistic == pytest.approx(wald, rel=0.5)
    assert fits["sdm"].diagnostics()["Wald common factor"].statistic == pytest.approx(
        lr["sem"].statistic, rel=0.5
    )
    with pytest.raises(InputError, match="exchange"):
        nested_tests(fits["sdm"], fits["sar"])
    if effects == "entity":
        other = wb.fit(FORMULA, panel, W, model="sdm", effects="entity", lee_yu="none")
        with pytest.raises(InputError, match="effects"):
            nested_tests(fits["sar"], other)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", ["two-way", "random"])
def test_ladder_holds_the_fits_and_the_tests_between_them(panel, W, effects):
    found = panel_ladder(FORMULA, panel, W, effects=effects)
    assert list(found) == ["ols", "slx", "sar", "sem", "sdm", "sdem", "sac", "gns"]
    alone = wb.fit(FORMULA, panel, W, model="sdm", effects=effects)
    pd.testing.assert_frame_equal(found["sdm"].tidy(), alone.tidy(), check_exact=True)
    test = found.tests["LR gns vs sac"]
    assert test.statistic == pytest.approx(2 * (found["gns"].loglik - found["sac"].loglik))
    assert "LR sdm vs sem" in list(found.tests)
    assert not {"LR sem vs sar", "LR sdm vs sac"} & set(found.tests)
    assert found.tests["LR sar vs ols"].applicable == (effects == "two-way")
    assert np.isnan(found.table.loc["rho", "sem"])
    assert "LR sar vs ols" in str(found)
    assert ("one footing" in str(found)) == (effects == "two-way")
    assert "LR sdm vs sar" in found._repr_html_()
    with pytest.raises(OptionError):
        found["sdn"]
