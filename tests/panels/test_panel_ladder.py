"""The ladder of panels: through one door with cross-sections; no refused pair is passed over."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.errors import ConvergenceError, FormulaError, OptionError, PanelError
from workbench.ladders import ladder
from workbench.panels import panel_ladder
from workbench.panels.comparison import ladder as panel_ladder_module

FORMULA = "log(gsp) ~ log(emp) + unemp"


@pytest.fixture(scope="module")
def rungs(panel, W):
    return ladder(FORMULA, panel, W, models=["ols", "sar", "sem", "sdm"])


def test_a_nested_pair_of_other_rows_is_a_row_with_its_reason(panel, W):
    """Only pairs of which neither contains the other have no row."""
    later = panel[panel.index.get_level_values("year") > 1970]
    fits = {
        "sar": wb.fit(FORMULA, later, W, model="sar", effects="entity"),
        "sem": wb.fit(FORMULA, panel, W, model="sem", effects="entity"),
        "sdm": wb.fit(FORMULA, panel, W, model="sdm", effects="entity"),
    }
    tests = panel_ladder_module._tests(fits)
    assert set(tests) == {"LR sdm vs sar", "LR sdm vs sem"}
    refused = tests["LR sdm vs sar"]
    assert not refused.applicable
    assert "rows" in refused.reason
    assert "cannot be compared" in refused.reason
    assert tests["LR sdm vs sem"].applicable


def test_one_door_leads_to_both_ladders(panel, W, rungs):
    assert isinstance(rungs, wb.panels.PanelLadder)
    same = panel_ladder(FORMULA, panel, W, effects="two-way", models=["ols", "sar", "sem", "sdm"])
    pd.testing.assert_frame_equal(rungs.tidy(), same.tidy(), check_exact=True)
    y = panel.xs(1986, level="year")
    assert isinstance(ladder(FORMULA, y, W, models=["ols", "sar"]), wb.models.Ladder)
    assert isinstance(
        ladder(FORMULA, y, W, models=["ols", "sar"], effects="none"), wb.models.Ladder
    )


def test_choices_of_the_other_ladder_are_refused(panel, W):
    y = panel.xs(1986, level="year")
    for options in ({"effects": "two-way"}, {"lee_yu": "none"}, {"random": "kkp"}):
        with pytest.raises(PanelError, match="set_index"):
            ladder(FORMULA, y, W, **options)
    for options in ({"W_x": W}, {"W_error": W}, {"case_weights": "emp"}):
        with pytest.raises(PanelError, match=r"panel\.xs"):
            ladder(FORMULA, panel, W, **options)
    with pytest.raises(OptionError, match="different model words"):
        ladder(FORMULA, panel, W, models=["sar", "sar"])
    with pytest.raises(OptionError, match="different model words"):
        ladder(FORMULA, panel, W, models="sar")
    with pytest.raises(FormulaError, match="durbin"):
        ladder("log(gsp) ~ log(emp) + W(unemp)", panel, W)


def test_tables_of_all_models_under_one_another(rungs):
    tidy = rungs.tidy()
    assert tidy.index.names == ["model", "term"]
    pd.testing.assert_frame_equal(tidy.loc["sdm"], rungs["sdm"].tidy(), check_exact=True)
    impacts = rungs.impacts()
    assert set(impacts.columns) <= set(GLOSSARY)
    pd.testing.assert_frame_equal(
        impacts.loc["sar"], rungs["sar"].impacts().tidy(), check_exact=True
    )


def test_a_model_that_failed_is_named_with_its_reason(panel, W, monkeypatch):
    fit_panel = panel_ladder_module.fit_panel

    def failing(specification, data, weights):
        if specification.model == "sem":
            raise ConvergenceError("lambda", expected="a maximum", found="none in the interval")
        return fit_panel(specification, data, weights)

    monkeypatch.setattr(panel_ladder_module, "fit_panel", failing)
    found = panel_ladder(FORMULA, panel, W, models=["sar", "sem"])
    with pytest.raises(OptionError, match="none in the interval"):
        found["sem"]
    assert "sem was not estimated" in str(found)
