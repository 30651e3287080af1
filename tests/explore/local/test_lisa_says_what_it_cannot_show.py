"""Levels, notes, vocabulary: what a LISA says beside its numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.errors import InputError, OptionError
from workbench.explore import lisa
from workbench.explore.permuted import permutation_p, smallest_p


@pytest.fixture
def noise(lattice):
    graph = lattice(8)
    values = np.random.default_rng(3).standard_normal(64)
    return pd.Series(values, index=sorted(graph.unique_ids), name="noise"), graph


def test_permutations_that_cannot_reach_the_threshold_are_counted(noise):
    x, graph = noise
    found = lisa(x, None, graph, permutations=999)
    # two-sided: 2 / (R + 1) <= 0.05 / 64 needs R + 1 >= 2560
    assert found.notes == (
        "no region is significant (false discovery rate 0.05); R = 999 cannot reach the threshold "
        "0.000781 of a region by itself with n = 64 (smallest p 0.002): needs R >= 2559",
    )
    enough = lisa(x, None, graph, permutations=2559)
    assert "R = 2559 could have shown one" in enough.notes[0]
    assert "cannot reach" in lisa(x, None, graph, permutations=2558).notes[0]


def test_one_peak_is_found_with_exactly_the_permutations_that_are_asked_for(noise):
    x, graph = noise
    x = x.copy()
    peak = [f"c{i:02d}{j:02d}" for i in (3, 4, 5) for j in (3, 4, 5)]
    x[peak] += 9
    found = lisa(x, None, graph, permutations=2559)
    assert found.table.loc["c0404", "cluster"] == "High-High"
    assert found.table.loc["c0404", "p_value"] == smallest_p(2559, "two-sided") == 2 / 2560
    assert found.notes == ()


def test_alpha_takes_the_place_of_the_false_discovery_rate(noise):
    x, graph = noise
    found = lisa(x, None, graph, permutations=999, alpha=0.1)
    table = found.table
    flagged = ~table["cluster"].isin(["not significant", "isolated"])
    pd.testing.assert_series_equal(flagged, table["p_value"] <= 0.1, check_names=False)
    assert "unadjusted p 0.1" in found.heading


def test_classes_follow_value_and_lag(noise):
    x, graph = noise
    table = lisa(x, None, graph, permutations=999, alpha=0.5).table
    for name, (own, around) in {
        "High-High": (1, 1), "Low-Low": (-1, -1), "High-Low": (1, -1), "Low-High": (-1, 1),
    }.items():  # fmt: skip
        part = table[table["cluster"] == name]
        assert len(part)
        assert (np.sign(part["value"]) == own).all()
        assert (np.sign(part["lag"]) == around).all()
    np.testing.assert_allclose(table["statistic"], table["value"] * table["lag"], rtol=1e-12)


def test_one_sided_alternatives_split_the_tails(noise):
    x, graph = noise
    both, high, low = (
        lisa(x, None, graph, permutations=499, alternative=a).table["p_value"]
        for a in ("two-sided", "greater", "less")
    )
    np.testing.assert_allclose(both, np.minimum(1, 2 * np.minimum(high, low)), rtol=1e-14)


def test_isolated_regions_have_no_lag_and_are_named(explored):
    case = explored("ncsids_islands")
    found = lisa("rate74", case.table, case.graphs["B"], permutations=99)
    expected = case.local_series("B/rate74/Ii")
    connected = found.table.dropna(subset=["statistic"])
    # spdep gives regions without neighbours a zero; here they have no statistic
    assert (expected.drop(connected.index) == 0).all()
    np.testing.assert_allclose(
        connected["statistic"], expected[connected.index], rtol=1e-10, atol=1e-12
    )
    alone = found.table[found.table["cluster"] == "isolated"]
    assert alone[["lag", "statistic", "p_value", "p_adjusted"]].isna().all(axis=None)
    assert all(identifier in found.notes[0] for identifier in alone.index)
    assert "needs R >= 3919" in found.notes[1]  # 2 * 98 / 0.05 - 1


def test_tables_speak_the_vocabulary_and_are_copies(noise):
    x, graph = noise
    found = lisa(x, None, graph, permutations=99, seed=5)
    columns = [
        "value",
        "lag",
        "statistic",
        "expected",
        "variance",
        "z",
        "p_value",
        "p_adjusted",
        "cluster",
    ]
    assert list(found.table.columns) == columns
    handed_out = found.table
    handed_out["cluster"] = "changed"
    pd.testing.assert_frame_equal(found.tidy(), found.augment())
    assert "changed" not in set(found.table["cluster"])
    assert found.glance().loc[0, "nobs"] == 64
    assert found.glance().loc[0, "weights"] == found.provenance.weights["digest"]
    assert found.provenance.seed == 5
    assert "LISA of noise" in found._repr_html_()
    assert found.tolerance == "permutation"


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"fdr": 1.5}, InputError, "fdr: expected a number between 0 and 1; got 1.5"),
        ({"fdr": 0.05, "alpha": 0.05}, InputError, "alpha: expected either fdr or alpha"),
        ({"alpha": 0}, InputError, "alpha: expected a number between 0 and 1; got 0"),
        ({"permutations": 0}, InputError, "permutations: expected a whole number of at least 19"),
        ({"alternative": "folded"}, OptionError, "alternative: expected one of"),
    ],
)
def test_unusable_options_are_refused(noise, options, error, text):
    x, graph = noise
    with pytest.raises(error, match=text):
        lisa(x, None, graph, **options)


def test_p_values_of_ties_are_one():
    assert permutation_p(99, 99, 99, "two-sided") == 1.0
    assert permutation_p(0, 99, 99, "less") == 1.0


@pytest.mark.parametrize(
    ("options", "least"),
    [
        ({}, 2 / 21),
        ({"fdr": 0.05, "correction": "benjamini-yekutieli"}, 2 / 21),
        ({"alpha": 0.01, "correction": "bonferroni"}, 2 / 21),
        ({"alternative": "greater", "permutations": 99}, 1 / 21),
        ({"permutations": 99, "stop_after": 5}, 2 / 21),
        ({"alpha": 0.005, "correction": "max-t", "permutations": 99}, 1 / 21 / 8),
    ],
)
def test_where_no_number_of_permutations_suffices_it_says_so(options, least):
    """Two neighbours out of seven others: 21 pairs, so that one tail is never below 1/21."""
    from libpysal.graph import Graph

    ids = np.arange(8)
    ring = Graph.from_arrays(np.repeat(ids, 2), (ids[:, None] + [-1, 1]).ravel() % 8, np.ones(16))
    x = pd.Series(np.random.default_rng(0).gamma(2.0, size=8), ids, name="x")
    found = lisa(x, None, ring, **options)
    assert any(f"p is at least {least:.3g}" in note for note in found.notes)
    assert not any("R >=" in note or "could have shown" in note for note in found.notes)


def test_equal_values_are_counted_as_such():
    """Half ones, half zeros on a ring: a pair of ones is no rarity, whatever R."""
    from libpysal.graph import Graph

    ids = np.arange(100)
    ring = Graph.from_arrays(
        np.repeat(ids, 2), (ids[:, None] + [-1, 1]).ravel() % 100, np.ones(200)
    )
    x = pd.Series(ids % 2 * 1.0, ids, name="x")
    pair = 49 * 48 / (99 * 98)
    assert f"p is at least {2 * pair:.3g}" in lisa(x, None, ring, permutations=999).notes[-1]


def test_the_joint_correction_draws_as_many_maps_as_it_asks_for(noise):
    x, graph = noise
    x = x.copy()
    x[:] = np.random.default_rng(0).random(len(x)) / 100
    peak = sorted(graph.unique_ids)[9]
    x[[peak, *graph[peak].index]] = 10.0
    few = lisa(x, None, graph, alpha=1e-4, correction="max-t", permutations=999)
    assert "needs R >= 9999" in few.notes[-1]
    enough = lisa(x, None, graph, alpha=9e-5, correction="max-t", permutations=11_999)
    assert enough.table["p_adjusted"].min() == pytest.approx(1 / 12_000)
    assert enough.flagged.any()
