"""A specification curve fits every combination as wb.fit would, and drops none."""

import itertools

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import FormulaError, IdError, InputError, OptionError
from workbench.hypotheses.curve import plan
from workbench.hypotheses.curve.engine import specification_curve
from workbench.hypotheses.curve.plan import DIMENSIONS, NOT_USED
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.models import GMM
from workbench.regression import design
from workbench.regression.covariances import Clustered

NUMBERS = ["estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"]
SHORT, LONG = "log(gsp) ~ log(pc)", "log(gsp) ~ log(pc) + log(emp) + unemp"


@pytest.fixture(scope="module")
def states():
    return wb.load("us-states")


@pytest.fixture(scope="module")
def weights(states):
    queen = wb.weights.queen(states)
    return {"queen": queen, "two steps": queen.higher_order(2, lower_order=True)}


@pytest.fixture(scope="module")
def panel():
    whole = wb.load("munnell-1990")
    return whole[whole.index.get_level_values("year") >= 1982]


@pytest.fixture(scope="module")
def y1986(panel):
    return panel.xs(1986, level="year")


@pytest.fixture(scope="module")
def spillover():
    return Hypothesis("Capital next door matters", "indirect(log(pc)) > 0", name="spillover")


def same(found, expected):
    """Equal to the last bit, NaN where NaN."""
    return np.asarray(found, float).tobytes() == np.asarray(expected, float).tobytes()


def rows_are_plain_fits(curve, data_of, weights):
    """Ask wb.fit and Hypothesis.test of every row by its labels alone."""
    for _, row in curve.table.iterrows():
        if row["status"] != "estimated":
            continue
        fit = wb.fit(
            row["formula"],
            data_of(row["sample"]),
            weights.get(row["weights"]),
            model=row["model"],
            method=row["method"],
            effects=row["effects"],
            covariance=row["covariance"],
        )
        verdict = curve.hypothesis.test(fit)
        assert same(row[NUMBERS].tolist(), [getattr(verdict, name) for name in NUMBERS]), row
        assert (row["verdict"], row["nobs"]) == (verdict.answer, fit.nobs)


def fits_counted(monkeypatch):
    """Models that are fitted from here on."""
    calls, plain = [], plan.fit_anew
    monkeypatch.setattr(
        plan, "fit_anew", lambda *a, **more: calls.append(more["model"]) or plain(*a, **more)
    )
    return calls


@pytest.mark.slow
def test_every_row_of_a_panel_is_a_plain_fit_to_the_last_bit(panel, weights, spillover):
    curve = specification_curve(
        spillover,
        panel,
        formulas=SHORT,
        weights=weights["queen"],
        models=["slx", "sar", "sdm", "sdem"],
        effects=["two-way", "random"],
        covariances=["classical", "clustered", "driscoll-kraay"],
        engine="fit",
        jobs=1,
    )
    assert len(curve.table) == 4 * 2 * 3
    assert (curve.table["status"] == "estimated").sum() >= 18
    rows_are_plain_fits(curve, lambda sample: panel, {"queen": weights["queen"]})


@pytest.mark.slow
def test_every_row_of_a_cross_section_is_a_plain_fit_to_the_last_bit(y1986, weights, spillover):
    curve = specification_curve(
        spillover,
        y1986,
        formulas=LONG,
        weights=weights,
        models=["slx", "sar", "sdm", "sac"],
        methods=["ml", "gmm"],
        covariances=["classical", "HC1", "HC3", "qml"],
        engine="fit",
    )
    assert {"estimated", "not applicable"} == set(curve.table["status"])
    rows_are_plain_fits(curve, lambda sample: y1986, weights)


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"lee_yu": "none"}])
def test_engines_agree_on_every_row_and_on_what_does_not_apply(panel, weights, spillover, options):
    choices = {
        "formulas": [SHORT, "log(gsp) ~ log(emp)"],
        "weights": weights["queen"],
        "models": ["ols", "slx", "sar", "sem", "sdm", "sdem"],
        "effects": ["none", "two-way"],
        "covariances": ["classical", "clustered", "HC1"],
        "samples": {"panel": None, "1986": lambda table: table.xs(1986, level="year")},
        "options": options,
    }
    exact = specification_curve(spillover, panel, engine="fit", jobs=1, **choices)
    found = specification_curve(spillover, panel, engine="auto", jobs=1, **choices)
    words = ["status", "verdict", "nobs"]
    pd.testing.assert_frame_equal(found.table[words], exact.table[words])
    absent = exact.table["status"] != "estimated"
    assert found.table.loc[absent, "reason"].equals(exact.table.loc[absent, "reason"])
    np.testing.assert_allclose(found.table[NUMBERS], exact.table[NUMBERS], rtol=1e-7, atol=1e-9)
    only = specification_curve(spillover, panel, engine="batch", jobs=1, **choices).table
    estimated = only["status"] == "estimated"
    assert estimated.any() == (not options)
    assert only.loc[estimated, NUMBERS].equals(found.table.loc[estimated, NUMBERS])
    left = only.loc[~estimated]
    assert left["status"].eq("not applicable").all()


def test_a_specification_can_be_fitted_again(y1986, weights, spillover):
    curve = specification_curve(
        spillover, y1986, formulas=[SHORT, LONG], weights=weights, models=["slx", "sdm"]
    )
    fit = curve.fit(8)
    assert (fit.model, fit.formula) == ("sdm", LONG)
    assert spillover.test(fit).estimate == pytest.approx(curve.table.loc[8, "estimate"], rel=1e-8)
    with pytest.raises(InputError, match="one of '1', '2'"):
        curve.fit(9)


def test_numbers_count_every_combination_in_the_order_of_the_dimensions(y1986, weights, spillover):
    curve = specification_curve(
        spillover, y1986, formulas=[SHORT, LONG], weights=weights, models=["slx", "sdm"]
    )
    found = list(zip(*(curve.table[name] for name in ("formula", "weights", "model")), strict=True))
    assert found == list(itertools.product([SHORT, LONG], weights, ["slx", "sdm"]))
    assert curve.table.index.tolist() == list(range(1, 9))
    assert curve.table.columns[: len(DIMENSIONS)].tolist() == list(DIMENSIONS)
    assert curve.plan.dimensions == ("formula", "weights", "model")


def test_what_does_not_go_together_is_counted_and_told(panel, weights, spillover):
    curve = specification_curve(
        spillover,
        panel,
        formulas=LONG,
        weights=weights["queen"],
        models=["slx", "sar", "sem"],
        covariances=["classical", "HC1"],
        effects=["entity", "first-difference"],
        methods=["ml", "gmm"],
        samples={"panel": None, "1986": lambda table: table.xs(1986, level="year")},
    )
    table = curve.table
    assert len(table) == 3 * 2 * 2 * 2 * 2
    assert not (table["status"] == "failed").any()
    assert (table.loc[table["sample"] == "1986", "status"] == "not applicable").all()
    assert table.loc[table["sample"] == "1986", "reason"].str.startswith("effects:").any()
    by_moments = table[(table["method"] == "gmm") & (table["model"] == "slx")]
    assert (by_moments["status"] == "not applicable").all()
    absent = table[table["status"] == "not applicable"]
    assert absent[NUMBERS].isna().all(axis=None)
    assert curve.glance()["not_applicable"].item() == len(absent)
    assert f"{len(absent)} of {len(table)} specifications do not apply" in " ".join(curve.notes)
    assert "do not apply" in str(curve)
    assert "do not apply" in curve._repr_html_()


def test_a_term_that_a_formula_lacks_does_not_apply_there(y1986, weights, spillover):
    curve = specification_curve(
        spillover,
        y1986,
        formulas=[SHORT, "log(gsp) ~ log(emp)"],
        weights=weights,
        models=["slx", "sdm"],
    )
    lacking = curve.table[curve.table["formula"] == "log(gsp) ~ log(emp)"]
    assert (lacking["status"] == "not applicable").all()
    assert lacking["reason"].str.contains("'log(pc)'", regex=False).all()
    assert (curve.table["status"] == "estimated").sum() == 4


def test_a_fit_that_fails_is_recorded_with_its_error(y1986, weights, spillover):
    data = y1986.assign(
        twice=2 * y1986["unemp"], zero=y1986["unemp"].where(y1986.index != "US-AL", 0)
    )
    curve = specification_curve(
        spillover,
        data,
        formulas=[SHORT, SHORT + " + unemp + twice", SHORT + " + log(zero)"],
        weights=weights["queen"],
        models="slx",
        covariances=["classical", "HC1"],
    )
    assert curve.table["status"].tolist() == ["estimated"] * 2 + ["failed"] * 4
    assert curve.table.loc[3, "reason"].startswith("formula: expected regressors that are not")
    assert "US-AL" in curve.table.loc[5, "reason"]
    assert curve.table.loc[[3, 4, 5, 6], "verdict"].eq("").all()
    assert "4 of 6 specifications failed" in " ".join(curve.notes)


def test_a_fault_of_another_library_is_recorded_too(y1986, weights, spillover, monkeypatch):
    def broken(formula, data, W, **arguments):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("workbench.hypotheses.curve.plan.fit_anew", broken)
    curve = specification_curve(
        spillover, y1986, formulas=SHORT, weights=weights["queen"], models="slx", engine="fit"
    )
    assert curve.table["reason"].tolist() == ["ZeroDivisionError: division by zero"]
    assert curve.table["status"].tolist() == ["failed"]


def test_ols_is_estimated_once_whatever_the_weights(y1986, weights):
    capital = Hypothesis("Capital matters", "direct(log(pc)) > 0")
    curve = specification_curve(
        capital, y1986, formulas=SHORT, weights=weights, models=["ols", "slx"]
    )
    assert curve.table["model"].tolist() == ["ols", "slx", "slx"]
    assert curve.table["weights"].tolist() == [NOT_USED, "queen", "two steps"]
    assert curve.notes == (
        "4 combinations are 3 specifications; the same ones are estimated once: "
        "ols does not use W (1).",
    )


def test_equal_weights_samples_and_models_count_once(y1986, weights, spillover):
    curve = specification_curve(
        spillover,
        y1986,
        formulas=[SHORT + " + W(log(pc))"],
        weights={**weights, "again": wb.weights.as_weights(weights["queen"].graph)},
        models=["ols", "slx"],
        samples={"all": None, "every": "gsp > 0"},
    )
    assert len(curve.table) == 2
    assert "12 combinations are 2 specifications" in curve.notes[0]
    assert "weights again = queen" in curve.notes[0]
    assert "sample every = all" in curve.notes[0]
    assert "W(...) make it slx" in curve.notes[0]


def test_samples_are_masks_queries_functions_tables_and_ids(panel, weights, states, spillover):
    north = states.index[states["division"].isin(states["division"].unique()[:4])]
    samples = {
        "all": None,
        "query": "year >= 1983",
        "mask of regions": pd.Series(states.index.isin(north), index=states.index),
        "mask of rows": panel.index.get_level_values("year").to_numpy() < 1984,
        "ids": list(north),
        "function": lambda table: table.xs(1985, level="year"),
        "table": panel.xs(1986, level="year"),
    }
    curve = specification_curve(
        spillover,
        panel,
        formulas=SHORT,
        weights=weights["queen"],
        models="sdm",
        samples=samples,
    )
    years = panel.index.get_level_values("year").nunique()
    nobs = dict(zip(curve.table["sample"], curve.table["nobs"], strict=True))
    assert nobs == {
        "all": 48 * years,
        "query": 48 * 4,
        "mask of regions": len(north) * years,
        "mask of rows": 48 * 2,
        "function": 48,
        "table": 48,
    }
    assert "sample ids = mask of regions" in curve.notes[0]
    of_north = wb.fit(
        SHORT, panel.loc[list(north)], weights["queen"], model="sdm", align="intersection"
    )
    found = curve.table.set_index("sample").loc["mask of regions", "estimate"]
    assert found == pytest.approx(spillover.test(of_north).estimate, rel=1e-8)


def test_outcomes_take_the_place_of_the_left_hand_side(y1986, weights, spillover):
    curve = specification_curve(
        spillover,
        y1986,
        formulas={"short": SHORT, "long": "log(pc) + log(emp)"},
        outcomes={"product": "log(gsp)", "per head": "log(gsp / emp)"},
        weights=weights["queen"],
        models="slx",
    )
    assert curve.table["outcome"].tolist() == ["product", "product", "per head", "per head"]
    assert curve.table["formula"].tolist() == ["short", "long"] * 2
    assert curve.fit(4).formula == "log(gsp / emp) ~ log(pc) + log(emp)"


def test_several_hypotheses_share_the_fits(y1986, weights, spillover, monkeypatch):
    import workbench.hypotheses.curve.plan as plan

    calls, plain = [], plan.fit_anew
    monkeypatch.setattr(
        plan, "fit_anew", lambda *a, **k: calls.append(k["model"]) or plain(*a, **k)
    )
    own = Hypothesis("Capital at home matters", "direct(log(pc)) > 0", name="own")
    choices = {
        "formulas": [SHORT, LONG],
        "weights": weights,
        "models": ["slx", "sdm"],
        "engine": "fit",
        "jobs": 1,
    }
    both = specification_curve([spillover, own], y1986, **choices)
    assert len(calls) == 8
    assert list(both) == ["spillover", "own"]
    alone = specification_curve(own, y1986, **choices)
    assert same(both["own"].table[NUMBERS], alone.table[NUMBERS])
    assert both["own"].digest == alone.digest != both["spillover"].digest
    assert both.tidy().index.names == ["hypothesis", "specification"]
    assert both.glance().index.tolist() == ["spillover", "own"]


def test_covariances_of_one_specification_cost_one_fit(y1986, weights, spillover, monkeypatch):
    import workbench.hypotheses.curve.plan as plan

    calls, plain = [], plan.fit_anew
    monkeypatch.setattr(
        plan, "fit_anew", lambda *a, **k: calls.append(k["model"]) or plain(*a, **k)
    )
    specification_curve(
        spillover,
        y1986,
        formulas=SHORT,
        weights=weights["queen"],
        models="slx",
        covariances=["classical", "HC0", "HC1", "HC2", "HC3"],
        engine="fit",
    )
    assert calls == ["slx"]


def test_a_formula_is_evaluated_once_for_all_models(panel, weights, spillover, monkeypatch):
    calls, plain = [], design.evaluated_model
    monkeypatch.setattr(
        design, "evaluated_model", lambda *a, **k: calls.append(a[0]) or plain(*a, **k)
    )
    specification_curve(
        spillover,
        panel,
        formulas=SHORT,
        weights=weights["queen"],
        models=["slx", "sar", "sdm", "sdem"],
        effects=["none", "entity", "two-way"],
        engine="fit",
        jobs=1,
    )
    assert len(calls) == 1


@pytest.mark.slow
def test_the_order_of_rows_decides_nothing(panel, weights, spillover):
    choices = {
        "formulas": [SHORT, LONG],
        "weights": weights,
        "models": ["slx", "sdm"],
        "samples": {"all": None, "late": "year > 1983"},
    }
    straight = specification_curve(spillover, panel, **choices)
    shuffled = specification_curve(spillover, panel.sample(frac=1.0, random_state=1), **choices)
    assert same(straight.table[NUMBERS], shuffled.table[NUMBERS])
    assert straight.digest == shuffled.digest


def test_nothing_of_the_caller_is_changed(panel, weights, spillover):
    before = panel.copy()
    curve = specification_curve(
        spillover, panel, formulas=LONG, weights=weights, models=["slx", "sdm"]
    )
    pd.testing.assert_frame_equal(panel, before)
    tidy = curve.tidy()
    tidy["estimate"] = 0.0
    assert (curve.table["estimate"] != 0).all()


def test_intervals_are_of_the_hypothesis_or_as_asked(y1986, weights):
    at_ten = Hypothesis("Capital next door matters", "indirect(log(pc)) > 0", alpha=0.1)
    choices = {"formulas": SHORT, "weights": weights["queen"], "models": "slx", "engine": "fit"}
    row = specification_curve(at_ten, y1986, **choices).table.loc[1]
    expected = wb.fit(SHORT, y1986, weights["queen"], model="slx").impacts(level=0.9)
    assert row["conf_low"] == expected["log(pc)", "indirect"]["conf_low"]
    wide = specification_curve(at_ten, y1986, level=0.99, **choices).table.loc[1]
    expected = wb.fit(SHORT, y1986, weights["queen"], model="slx").impacts(level=0.99)
    assert wide["conf_low"] == expected["log(pc)", "indirect"]["conf_low"]
    assert wide["verdict"] == row["verdict"]


def test_objects_have_labels(y1986, weights, states, spillover):
    divisions = Clustered(states["division"])
    curve = specification_curve(
        spillover,
        y1986,
        formulas=SHORT,
        weights=weights["queen"],
        models="sdm",
        methods={"two orders": "gmm", "three orders": GMM(instrument_orders=3)},
        covariances=["classical", divisions],
    )
    assert curve.table["method"].unique().tolist() == ["two orders", "three orders"]
    assert curve.table["covariance"].unique().tolist() == ["classical", divisions.label]
    assert curve.table["status"].eq("estimated").all()


@pytest.mark.parametrize(
    ("changes", "error", "told"),
    [
        ({"models": ["slx", "sdn"]}, OptionError, "sdm"),
        ({"effects": "fixed"}, OptionError, "entity"),
        ({"covariances": ["clusterd"]}, OptionError, "clustered"),
        ({"methods": "moments"}, OptionError, "gmm"),
        ({"engine": "fast"}, OptionError, "auto"),
        ({"formulas": "log(pc) + log(emp)"}, InputError, "outcomes="),
        ({"formulas": "log(gsp) ~ log(pcap2)"}, FormulaError, "pcap"),
        ({"formulas": []}, InputError, "at least one choice"),
        ({"formulas": [SHORT, SHORT]}, InputError, "different labels"),
        ({"weights": None}, InputError, "spatial weights for slx"),
        ({"weights": {"queen": 3}}, InputError, "queen"),
        ({"formulas": "log(gsp) ~ log(emp)"}, InputError, "which none of them has"),
        ({"options": {"covariance": "HC1"}}, InputError, "covariances="),
        ({"options": {"mising": "drop"}}, OptionError, "missing"),
        ({"outcomes": "log(gsp) ~ log(pc)"}, InputError, "left-hand sides"),
        ({"samples": {"few": ["US-AL", "US-XX"]}}, IdError, "US-XX"),
        ({"samples": {"none": "gsp < 0"}}, InputError, "with rows"),
        ({"samples": {"odd": "gdp > 0"}}, FormulaError, "gdp"),
        ({"samples": {"odd": 3}}, InputError, "a mask, a query"),
        ({"samples": {"own": lambda table: table.rename({"US-AL": "US-XX"})}}, IdError, "US-XX"),
        ({"seed": -1}, InputError, "seed"),
        ({"level": 95}, InputError, "level"),
    ],
)
def test_names_are_refused_before_any_work(
    y1986, weights, spillover, monkeypatch, changes, error, told
):
    def working(*arguments, **more):
        raise AssertionError

    monkeypatch.setattr("workbench.hypotheses.curve.running.each", working)
    choices = {"formulas": SHORT, "weights": weights, "models": ["slx"], **changes}
    with pytest.raises(error, match=told):
        specification_curve(spillover, y1986, **choices)


def test_a_parameter_that_no_model_has_is_refused(y1986, weights):
    with pytest.raises(InputError, match="rho, which none of them has"):
        specification_curve(
            Hypothesis("Feedback", "rho > 0"),
            y1986,
            formulas=SHORT,
            weights=weights,
            models=["slx", "sem"],
        )


def test_data_and_hypothesis_must_be_what_they_are(y1986, weights):
    with pytest.raises(InputError, match="a Hypothesis"):
        specification_curve("indirect(log(pc)) > 0", y1986, formulas=SHORT, models="ols")
    one = Hypothesis("Capital", "direct(log(pc)) > 0")
    with pytest.raises(InputError, match="different names"):
        specification_curve([one, one], y1986, formulas=SHORT, models="ols")
    with pytest.raises(InputError, match="DataFrame"):
        specification_curve(one, y1986.to_numpy(), formulas=SHORT, models="ols")
    with pytest.raises(IdError, match="US-AL"):
        specification_curve(one, y1986.drop("US-AL"), formulas=SHORT, models="slx", weights=weights)


def refused(spillover, y1986, weights, **changed):
    given = {"formulas": SHORT, "weights": weights, "models": ["slx", "sdm"]} | changed
    with pytest.raises((InputError, IdError, FormulaError)) as error:
        specification_curve(spillover, y1986, **given)
    return str(error.value)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"options": ["missing"]}, 'options={"missing": "drop-regions"}'),
        ({"options": {"missing": "drop-region"}}, "did you mean 'drop-regions'?"),
        ({"cache": 3}, 'cache="curve-cache"'),
        ({"method": "monte-carlo", "draws": 7}, "at least 100"),
        ({"samples": {"a": "pc > @least"}}, "lambda table"),
    ],
)
def test_faults_of_a_call_are_told_before_anything_is_estimated(
    spillover, y1986, weights, changed, told
):
    assert told in refused(spillover, y1986, weights, **changed)


def test_the_way_out_of_unmatched_ids_works_when_pasted(spillover, y1986, weights):
    fewer = y1986.iloc[3:]
    message = refused(spillover, fewer, weights)
    assert 'options={"align": "intersection"}' in message
    given = {"formulas": SHORT, "weights": weights, "models": ["slx"]}
    curve = specification_curve(spillover, fewer, **given, options={"align": "intersection"})
    assert (curve.table["nobs"] == len(fewer)).all()


def test_formulas_that_differ_in_spaces_are_one(spillover, y1986, weights):
    formulas = ["log(1 + gsp) ~ log(pc)", "log(1+gsp)~log(pc)", "log(1+gsp) ~ log(pc) + unemp"]
    curve = specification_curve(spillover, y1986, formulas=formulas, weights=weights, models="slx")
    assert len(curve.table) == 4  # two formulas, two W
    assert "outcome" not in curve.plan.dimensions
    assert any("are 4 specifications" in note for note in curve.notes)


def test_what_cannot_be_estimated_together_is_said_of_the_engine(spillover, y1986, weights):
    given = {"formulas": SHORT, "weights": weights, "models": "sar", "methods": "gmm"}
    curve = specification_curve(spillover, y1986, **given, engine="batch")
    assert curve.table["reason"].str.startswith("engine: ").all()


def test_a_value_no_term_can_take_is_named_by_its_region(spillover, y1986, states, weights):
    joined = wb.join(states, y1986)
    joined.loc["US-OH", "pc"] = 0.0
    given = {"formulas": SHORT, "weights": weights, "models": "slx"}
    curve = specification_curve(spillover, joined, **given)
    assert set(curve.table["status"]) == {"failed"}
    assert curve.table["reason"].str.contains("US-OH").all()


def test_a_curve_shows_its_counts_downwards_and_no_row_numbers(spillover, y1986, weights):
    given = {"formulas": SHORT, "weights": weights, "models": "slx"}
    curve = specification_curve(spillover, y1986, **given)
    html = curve._repr_html_()
    assert "<th>0</th>" not in html
    assert html.count("</th>\n      <td>spillover</td>") == 1
    assert " 0\nhypothesis" not in str(curve)
