"""What a panel refuses, it refuses by name, and the way out that it gives works when pasted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import (
    CollinearityError,
    FormulaError,
    IdError,
    InputError,
    PanelError,
    WorkbenchError,
)

FORMULA = "log(gsp) ~ log(emp) + unemp"


def refusal(kind, *arguments, **options):
    with pytest.raises(WorkbenchError) as caught:
        wb.fit(*arguments, **options)
    assert type(caught.value) is kind
    return caught.value


def pasted(error, panel):
    """Run the statement that a message gives, on a variable called panel."""
    here = {"panel": panel.copy(), "pandas": pd}
    exec(error.remedy, here)
    return here["panel"]


def numbered(panel, W, *, text):
    """The panel and W with regions called 0, 1, ...; those of the panel as text if wanted."""
    codes = pd.Series(range(W.n), index=W.ids)
    regions = codes.loc[panel.index.get_level_values(0)].to_numpy()
    other = panel.copy()
    other.index = pd.MultiIndex.from_arrays(
        [regions.astype(str) if text else regions, panel.index.get_level_values(1)],
        names=["region", "year"],
    )
    return other, wb.weights.from_matrix(W.sparse, ids=list(range(W.n)), normalize="row")


def test_ids_that_match_as_text_are_told_apart_from_other_regions(panel, W):
    mixed, numbers = numbered(panel, W, text=True)
    found = refusal(IdError, FORMULA, mixed, numbers, model="sar", effects="entity")
    assert "int (0)" in found.expected
    assert found.found == "str ('0')"
    mended = pasted(found, mixed)
    fit = wb.fit(FORMULA, mended, numbers, model="sar", effects="entity")
    same = wb.fit(FORMULA, panel, W, model="sar", effects="entity")
    assert fit.params["rho"] == pytest.approx(same.params["rho"], abs=1e-8)


def test_levels_the_other_way_round_are_seen_by_the_weights(panel, W):
    """Where regions are numbers too, only W tells years from regions."""
    other, numbers = numbered(panel, W, text=False)
    swapped = other.swaplevel().rename_axis([None, None])
    found = refusal(PanelError, FORMULA, swapped, numbers, model="sar")
    assert "(region, period)" in found.expected
    mended = eval(found.remedy, {"panel": swapped})
    assert wb.fit(FORMULA, mended, numbers, model="sar").nobs == len(panel)


def test_years_as_text_and_the_statement_that_mends_them(panel, W):
    text = panel.copy()
    text.index = text.index.set_levels(text.index.levels[1].astype(str), level="year")
    found = refusal(PanelError, FORMULA, text, W, model="sar")
    assert wb.fit(FORMULA, pasted(found, text), W, model="sar").nobs == len(panel)


def test_years_that_are_no_keys_of_the_weights_by_period(panel, W):
    years = panel.index.unique("year")
    found = refusal(
        PanelError, FORMULA, panel, dict.fromkeys(map(str, years), W), model="sar", effects="entity"
    )
    assert "keys are str, periods int" in found.found


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("rho", {"model": "sdm", "effects": "entity"}),
        ("lambda", {"model": "slx", "effects": "two-way"}),
        ("Intercept", {"model": "sar", "effects": "entity"}),
        ("phi", {"model": "sem", "effects": "random"}),
        ("tau", {"model": "sar", "effects": "entity", "dynamic": "lag"}),
        ("rho", {"model": "sar", "effects": "entity", "method": "gmm"}),
        ("rho", {"effects": "entity", "family": "poisson"}),
    ],
)
def test_columns_called_as_parameters_are_refused(panel, W, name, options):
    """A column called Intercept was dropped without a word under fixed effects."""
    table = panel.rename(columns={"unemp": name})
    found = refusal(FormulaError, f"gsp ~ log(emp) + `{name}`", table, W, **options)
    assert name in found.found
    assert "rename" in found.remedy


def test_a_column_called_as_a_lag_is_refused(panel, W):
    table = panel.assign(**{"W(unemp)": panel["pc"]})
    formula = "log(gsp) ~ unemp + `W(unemp)`"
    found = refusal(FormulaError, formula, table, W, model="sdm", effects="entity")
    assert found.found == "W(unemp)"


@pytest.mark.parametrize(
    ("column", "effects", "kind", "way"),
    [
        ("area", "entity", "constant over time", "random"),
        ("area", "two-way", "constant over time", "time"),
        ("trend", "two-way", "the same in all regions", "entity"),
        ("trend", "time", "the same in all regions", "entity"),
    ],
)
def test_what_effects_absorb_comes_with_effects_that_estimate_it(
    panel, W, column, effects, kind, way
):
    table = panel.assign(
        area=panel.groupby(level=0)["gsp"].transform("first"),
        trend=panel.index.get_level_values("year").astype(float),
    )
    formula = f"{FORMULA} + {column}"
    found = refusal(CollinearityError, formula, table, W, model="sar", effects=effects)
    assert found.offenders == (column,)
    assert kind in found.found
    assert f'effects="{effects}"' in found.why
    assert f'effects="{way}"' in found.remedy
    assert column in wb.fit(formula, table, W, model="sar", effects=way).params


def test_one_period_and_one_row_a_region(panel, W):
    one = panel[panel.index.get_level_values("year") == 1986]
    for options in ({}, {"model": "sar"}, {"model": "sar", "method": "gmm"}):
        found = refusal(PanelError, FORMULA, one, W, effects="entity", **options)
        assert "second period" in found.expected
        assert "1 periods" in found.found
    few = pd.concat([panel.drop("US-AL", level=0), panel.loc[["US-AL"]].iloc[:1]])
    fit = wb.fit(FORMULA, few, effects="entity")
    assert any("a single row" in note and "US-AL" in note for note in fit.notes)
    without = wb.fit(FORMULA, panel.drop("US-AL", level=0), effects="entity")
    np.testing.assert_allclose(fit.params, without.params, rtol=1e-10)


def test_the_period_in_a_formula(panel, W):
    found = refusal(FormulaError, f"{FORMULA} + C(year)", panel, W, effects="entity")
    assert "level of its index" in found.found
    table = eval(found.remedy, {"table": panel})
    fit = wb.fit(f"{FORMULA} + C(year)", table, W, effects="entity")
    same = wb.fit(FORMULA, panel, W, effects="two-way")
    assert fit.params["unemp"] == pytest.approx(same.params["unemp"], rel=1e-8)


def test_choices_that_would_be_passed_over_are_refused(panel, W):
    found = refusal(
        InputError, "gsp ~ unemp", panel, W, effects="entity", family="poisson", factors="cce"
    )
    assert found.argument == "factors"
    found = refusal(PanelError, FORMULA, panel, W, model="sar", absorb=["region"])
    assert found.remedy == 'leave absorb out, or model="ols"'
    found = refusal(
        PanelError, "log(gsp) ~ unemp + W(unemp)", panel, W, effects="entity", factors="cce"
    )
    assert "formula" in found.argument


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["ols", "sar", "sem"])
def test_lags_that_the_formula_names_are_those_of_durbin(panel, W, model):
    whole = {"ols": "slx", "sar": "sdm", "sem": "sdem"}[model]
    named = wb.fit(f"{FORMULA} + W(unemp)", panel, W, model=model, effects="two-way")
    asked = wb.fit(FORMULA, panel, W, model=whole, durbin=["unemp"], effects="two-way")
    assert named.model == whole
    assert any("W(unemp) in the formula" in note for note in named.notes)
    pd.testing.assert_frame_equal(named.tidy(), asked.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(named.impacts().tidy(), asked.impacts().tidy(), check_exact=True)


def test_a_term_that_enters_by_its_lag_alone(panel, W):
    """The lag as a column of the table is the other side; impacts are those of theta alone."""
    table = panel.sort_index()
    wide = table["unemp"].to_numpy().reshape(W.n, -1)
    table = table.assign(near=(W.sparse @ wide).ravel())
    fit = wb.fit("log(gsp) ~ log(emp) + W(unemp)", panel, W, model="sar", effects="entity")
    other = wb.fit("log(gsp) ~ log(emp) + near", table, W, model="sar", effects="entity")
    np.testing.assert_allclose(fit.params[["log(emp)", "W(unemp)", "rho"]], other.params, rtol=1e-7)
    S = np.linalg.inv(np.eye(W.n) - fit.params["rho"] * W.sparse.toarray()) @ W.sparse.toarray()
    total = fit.params["W(unemp)"] * S.sum() / W.n
    assert fit.impacts()["unemp", "total"]["estimate"] == pytest.approx(total, rel=1e-8)
    np.testing.assert_allclose(fit.predict().values, fit.predict(panel).values, rtol=1e-10)


def test_lags_that_the_formula_names_in_counts_moments_and_over_time(panel, W):
    for options in (
        {"family": "poisson", "effects": "entity"},
        {"model": "sar", "method": "gmm", "effects": "entity"},
        {"model": "sar", "dynamic": "lag", "effects": "entity"},
    ):
        counts = "family" in options
        formula = "gsp ~ log(emp)" if counts else "log(gsp) ~ log(emp)"
        fit = wb.fit(f"{formula} + unemp + W(unemp)", panel, W, **options)
        other = {"model": "slx" if counts else "sdm", "durbin": ["unemp"]}
        asked = wb.fit(f"{formula} + unemp", panel, W, **{**options, **other})
        pd.testing.assert_series_equal(fit.params, asked.params, check_exact=True)


def test_comparisons_of_models_take_lags_from_durbin(panel, W):
    formula = "log(gsp) ~ log(emp) + W(unemp)"
    for call in (wb.panels.panel_ladder, wb.panels.model_probabilities, wb.panels.elhorst_path):
        with pytest.raises(FormulaError, match="durbin"):
            call(formula, panel, W)


@pytest.mark.parametrize(
    "shape",
    [
        lambda panel: panel.sample(frac=1, random_state=3),
        lambda panel: panel.rename_axis([None, None]),
        lambda panel: panel.set_axis(
            pd.MultiIndex.from_arrays(
                [
                    pd.Categorical(panel.index.get_level_values(0)),
                    pd.Categorical(panel.index.get_level_values(1)),
                ],
                names=panel.index.names,
            )
        ),
        lambda panel: panel.set_axis(
            panel.index.set_levels(panel.index.levels[1].astype(float), level=1)
        ),
    ],
    ids=["unsorted", "unnamed", "categorical", "float years"],
)
def test_the_dress_of_an_index_changes_no_bit(panel, W, shape):
    before = wb.fit(FORMULA, panel, W, model="sdm", effects="two-way")
    after = wb.fit(FORMULA, shape(panel), W, model="sdm", effects="two-way")
    pd.testing.assert_frame_equal(after.tidy(), before.tidy(), check_exact=True)
