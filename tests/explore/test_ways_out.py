"""Refusals that a newcomer meets name a way that leads out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench import explore
from workbench.errors import GeometryError, InputError, OptionError, PanelError, ValuesError
from workbench.explore.variable import evaluate_expression


@pytest.fixture(scope="module")
def states():
    return wb.load("us-states")


@pytest.fixture(scope="module")
def W(states):
    return wb.weights.queen(states)


@pytest.fixture(scope="module")
def table(states):
    income = wb.load("us-income").xs(2009, level="year")["income"]
    return states.assign(income=income)


@pytest.mark.parametrize(
    ("word", "meant"),
    [("bh", "benjamini-hochberg"), ("fdr", "benjamini-hochberg"), ("BY", "benjamini-yekutieli")],
)
def test_names_of_other_software_lead_to_our_correction(table, W, word, meant):
    with pytest.raises(OptionError, match=f"did you mean '{meant}'"):
        explore.lisa("income", table, W, correction=word)


def test_doing_nothing_is_not_offered_as_a_correction(table, W):
    with pytest.raises(OptionError, match="correction='bonferroni'"):
        explore.lisa("income", table, W, correction="xyz")


def test_an_unlike_word_is_not_guessed_at(table, W):
    with pytest.raises(OptionError, match="choose one"):
        explore.lisa("income", table, W, inference="normal")
    with pytest.raises(OptionError, match="did you mean 'fisher-jenks'"):
        explore.classify("income", table, method="natural breaks")


def test_a_local_join_count_of_text_leads_to_one_category(table, W):
    with pytest.raises(ValuesError, match=r"table\['division'\] == '"):
        explore.local_join_counts("division", table, W)


def test_local_join_counts_keep_the_map_of_a_boolean_column(table, W):
    events = table.assign(rich=table["income"] > table["income"].median())
    found = explore.local_join_counts("rich", events, W)
    assert found.geometry is not None
    assert found.variable == "rich"


def test_an_example_of_a_measured_value_is_a_plain_number(table, W):
    with pytest.raises(ValuesError, match=r"e\.g\. \d") as refused:
        explore.join_counts((table["income"] / 7).rename("x"), None, W)
    assert "float64" not in str(refused.value)


def test_each_stability_sends_the_other_ones_result_there(table, W):
    groups = explore.cluster(["income"], table, k=2)
    with pytest.raises(InputError, match="group_stability"):
        explore.stability(groups, [W])
    local = explore.lisa("income", table, W, permutations=99)
    with pytest.raises(InputError, match=r"stability\(result, family\)"):
        explore.group_stability(local, by="noise")


def test_regions_without_a_crs_are_refused_under_their_own_name(table):
    bare = table.set_crs(None, allow_override=True)
    with pytest.raises(GeometryError, match=r"^regions: "):
        explore.distance_correlogram("income", bare)


def test_a_comparison_of_tests_is_refused_with_another_table(table, W):
    found = {"Moran": explore.moran("income", table, W), "Geary": explore.geary("income", table, W)}
    with pytest.raises(InputError, match=r"pandas\.concat"):
        wb.compare(found)
    together = pd.concat({name: result.tidy() for name, result in found.items()})
    assert wb.publish(together, "tests").numbers


def test_the_heading_says_that_draws_stopped_early(table, W):
    assert "until 20 are as extreme" in str(explore.lisa("income", table, W, stop_after=20))
    assert "until" not in str(explore.lisa("income", table, W, permutations=999))


@pytest.mark.slow
def test_k_means_ends_in_the_same_groups_whatever_the_seed():
    """Ten starts of this table end in different local minima; 150 do not."""
    georgia = wb.load("libpysal:georgia")
    sums = [
        explore.cluster(["PctBach", "PctPov", "PctEld"], georgia, k=4, seed=seed)
        .glance()
        .loc[0, "within"]
        for seed in range(3)
    ]
    assert np.ptp(sums) < 1e-9 * sums[0]


def test_a_gap_that_still_grows_says_so(states):
    georgia = wb.load("libpysal:georgia")
    W = wb.weights.queen(georgia)
    found = explore.choose_k(["PctBach", "PctPov"], georgia, W, k=range(2, 5), draws=5)
    assert found.gap is None
    assert "try larger k=" in str(found)


def test_a_note_says_that_weights_were_restricted_only_if_they_were(table, W):
    more = pd.concat([table[["income"]], pd.DataFrame({"income": [1.0]}, index=["US-XX"])])
    (note,) = explore.moran("income", more, W, align="intersection").notes
    assert "1 without weights (US-XX)" in note
    assert "normalised" not in note
    fewer = table.drop("US-AL")
    (note,) = explore.moran("income", fewer, W, align="intersection").notes
    assert note.count("normalised anew") == 1


def test_the_glance_of_a_map_says_at_which_level(table, W):
    assert explore.lisa("income", table, W, alpha=0.1).glance().loc[0, "level"] == 0.1


def test_global_g_notes_links_that_do_not_count_the_same(table, W):
    assert any("0/1" in note for note in explore.getis_ord("income", table, W).notes)
    assert explore.getis_ord("income", table, W.normalize("binary")).notes == ()


@pytest.mark.parametrize("cutoff", [36_000, 0, 10**9])
def test_a_condition_written_as_an_expression_is_the_series_of_it(table, cutoff):
    written = evaluate_expression(f"income > {cutoff}", table)
    assert written.tolist() == (table["income"] > cutoff).astype(float).tolist()


def test_a_local_join_count_takes_a_condition(table, W):
    written = explore.local_join_counts("income > 36000", table, W)
    given = explore.local_join_counts((table["income"] > 36_000).rename("x"), table, W)
    pd.testing.assert_frame_equal(written.table, given.table)


def test_values_without_ids_are_refused_in_a_line(table, W):
    with pytest.raises(InputError, match="got ndarray") as refused:
        explore.moran(table["income"].to_numpy(), table, W)
    assert "pandas.Series(values, index=ids" in str(refused.value)
    assert len(str(refused.value)) < 400


def test_an_absent_year_is_not_taken_for_another():
    panel = wb.load("us-income")
    with pytest.raises(PanelError, match="1929 and 2009") as refused:
        explore.gini("income", panel, periods=[1979, 2040])
    assert "did you mean" not in str(refused.value)
