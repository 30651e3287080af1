"""Results of localisation speak the house's vocabulary, show themselves and draw what they say."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from workbench.core.glossary import GLOSSARY
from workbench.innovation.localisation import (
    coagglomeration,
    concentration,
    ellison_glaeser,
    location_quotients,
    locational_gini,
    shift_share,
    specialisation,
)
from workbench.innovation.localisation.checks import drawn_p
from workbench.numerics.concentration.structure import gini_of_quotients


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(11)
    ids, names = [f"r{i}" for i in range(9)], ["steel", "code", "food", "ships", "optics"]
    return pd.DataFrame(rng.poisson(rng.gamma(1.0, 12.0, (9, 5))) + 1, ids, names)


@pytest.fixture(scope="module")
def plants():
    rng = np.random.default_rng(3)
    return pd.DataFrame({
        "region": rng.choice([f"r{i}" for i in range(8)], 160),
        "activity": rng.choice(list("abcd"), 160),
        "employment": rng.lognormal(2, 1, 160),
    })  # fmt: skip


@pytest.fixture(scope="module")
def results(table, plants):
    return {
        "quotients": location_quotients(table),
        "plain quotients": location_quotients(table / 7, interval="none"),
        "adjusted quotients": location_quotients(table, adjust="benjamini-hochberg"),
        "specialisation": specialisation(table, draws=39),
        "concentration": concentration(table, draws=39, reference="rest"),
        "gini": locational_gini(table, draws=39),
        "agglomeration": ellison_glaeser(plants, draws=99),
        "sédillot": ellison_glaeser(plants, index="maurel-sedillot", inference="pearson"),
        "coagglomeration": coagglomeration(table, group=["steel", "code", "food"]),
        "shift-share": shift_share(table, table + np.arange(5)),
        "arcelus": shift_share(table, table + np.arange(5), form="arcelus"),
    }


NAMES = (
    "quotients", "plain quotients", "adjusted quotients", "specialisation", "concentration",
    "gini", "agglomeration", "sédillot", "coagglomeration", "shift-share", "arcelus",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_tables_use_words_of_the_glossary(results, name):
    for frame in (results[name].tidy(), results[name].glance()):
        assert isinstance(frame, pd.DataFrame)
        assert set(frame.columns) <= set(GLOSSARY)
    assert len(results[name].glance()) == 1


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", NAMES)
def test_results_show_themselves(results, name):
    result = results[name]
    assert result.heading in str(result)
    assert str(result) == repr(result)
    assert "<table" in result._repr_html_()
    assert result.plot().alt.endswith(".")
    assert result.plot(title="A title").get_suptitle() == "A title"


@pytest.mark.parametrize("name", NAMES)
def test_provenance_is_plain_and_names_the_choices(results, name):
    plain = results[name].provenance.to_dict()
    json.dumps(plain)
    assert plain["options"]
    assert plain["notes"] == results[name].notes


def test_results_cannot_be_changed(results):
    for result in results.values():
        with pytest.raises((AttributeError, TypeError)):
            result.notes = ()
    with pytest.raises(ValueError, match="read-only"):
        results["quotients"].values[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        results["shift-share"].parts[0, 0, 0] = 1.0


def test_seeds_decide_and_nothing_else(table):
    one, same, other = (specialisation(table, draws=39, seed=s).tidy() for s in (0, 0, 1))
    pd.testing.assert_frame_equal(one, same, check_exact=True)
    assert not one["expected"].equals(other["expected"])
    np.testing.assert_array_equal(one["estimate"], other["estimate"])


def test_regions_do_not_depend_on_the_measures_beside_them(table):
    alone = specialisation(table, draws=39, measures=["gini"]).tidy()
    among = specialisation(table, draws=39).tidy().xs("gini", level="measure")
    np.testing.assert_array_equal(alone.droplevel("measure"), among)


def test_classes_follow_intervals_or_adjusted_p_values(results):
    plain, adjusted = (results[name].tidy() for name in ("quotients", "adjusted quotients"))
    above = plain["conf_low"] > 1
    assert (plain["class"].eq("specialised") == above).all()
    assert (plain["class"].eq("not specialised") == (plain["conf_high"] < 1)).all()
    told = adjusted["class"] != "cannot tell"
    assert (told == (adjusted["p_adjusted"] <= 0.05)).all()
    assert told.sum() < (plain["class"] != "cannot tell").sum()
    region = plain.index[above.to_numpy()][0][0]
    listed = plain.loc[region][above.loc[region]].sort_values("quotient", ascending=False)
    assert results["quotients"].specialised(region) == listed.index.tolist()


def test_heat_map_leaves_grey_what_cannot_be_told(results):
    result = results["quotients"]
    drawn = result.plot().axes[0].images[0].get_array()
    grey = (result.classes == "cannot tell").to_numpy()
    np.testing.assert_array_equal(np.ma.getmaskarray(drawn), grey)
    told = result.values[~grey]
    np.testing.assert_allclose(drawn.compressed(), np.clip(np.log2(told), -2, 2))


def test_forest_has_a_row_an_activity(results):
    axes = results["quotients"].forest(region="r3").axes[0]
    labels = [tick.get_text() for tick in axes.get_yticklabels()]
    held = results["quotients"].quotients.loc["r3"].sort_values(ascending=False)
    assert labels == held.index.tolist()
    points = axes.collections[-1].get_offsets()
    np.testing.assert_allclose(points[:, 0], held)
    assert len(results["quotients"].forest(activity="code").axes[0].get_yticks()) == 9


def test_charts_show_the_range_by_chance(results):
    result = results["agglomeration"]
    table = result.tidy().sort_values("gamma", ascending=False)
    axes = result.plot().axes[0]
    bars = axes.patches
    np.testing.assert_allclose([bar.get_x() for bar in bars], table["chance_low"])
    np.testing.assert_allclose(axes.collections[-1].get_offsets()[:, 0], table["gamma"])
    other = results["specialisation"].plot("gini").axes[0]
    held = results["specialisation"].wide()["gini"].sort_values(ascending=False)
    np.testing.assert_allclose(other.collections[-1].get_offsets()[:, 0], held)


def test_lorenz_curves_end_at_one(results):
    axes = results["gini"].plot(["code", "steel"]).axes[0]
    curves = axes.lines[1:]
    assert len(curves) == 2
    for curve in curves:
        np.testing.assert_allclose(curve.get_xydata()[[0, -1]], [[0, 0], [1, 1]])


@pytest.mark.slow
def test_bars_of_parts_add_up_to_growth(results):
    axes = results["shift-share"].plot().axes[0]
    widths = np.array([[bar.get_width() for bar in group] for group in axes.containers])
    growth = axes.collections[-1].get_offsets()[:, 0]
    np.testing.assert_allclose(widths.sum(axis=0), growth, atol=1e-12)


def test_classes_of_gamma(results):
    table = results["agglomeration"].tidy()
    expected = pd.cut(table["gamma"], [-np.inf, 0.02, 0.05, np.inf], right=False,
                      labels=["not very localised", "localised", "very localised"])  # fmt: skip
    assert table["localised"].tolist() == expected.tolist()


def test_a_quotient_to_nothing_makes_no_coefficient():
    """All of region a is activity x: beside the rest its quotient does not exist."""
    jobs = pd.DataFrame({"x": [50, 0, 0], "y": [0, 30, 25], "z": [0, 8, 9]}, index=list("abc"))
    found = locational_gini(jobs, reference="rest", counting="equal", draws=39)
    kept = ["gini", "std_error", "conf_low", "conf_high", "p_value"]
    assert found.tidy().loc["x", kept].isna().all()
    assert any("no coefficient (x)" in note for note in found.notes)
    assert found.tidy().loc["y", "gini"] == pytest.approx(
        gini_of_quotients(np.array([0, 30, 25]) / 55, np.array([50, 8, 9]) / 67)
    )


def test_what_is_no_number_has_no_chance_and_infinities_tie():
    assert np.isnan(drawn_p(np.nan, np.zeros(9), "two-sided"))
    assert np.isnan(drawn_p(1.0, np.array([0.0, np.nan]), "greater"))
    assert drawn_p(np.inf, np.array([np.inf, 1.0, 2.0]), "greater") == 0.5
