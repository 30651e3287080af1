"""What every statistic of all regions promises besides its numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.glossary import GLOSSARY
from workbench.errors import IdError, InputError, OptionError, ValuesError
from workbench.explore import (
    GlobalResult,
    bivariate_moran,
    differential_moran,
    geary,
    getis_ord,
    join_counts,
    lee,
    moran,
    moran_rates,
    smoothed_rates,
)

ONE = {
    "moran": lambda *a, **k: moran("rate74", *a, **k),
    "geary": lambda *a, **k: geary("rate74", *a, **k),
    "getis_ord": lambda *a, **k: getis_ord("rate74", *a, **k),
    "bivariate_moran": lambda *a, **k: bivariate_moran("rate74", "rate79", *a, **k),
    "lee": lambda *a, **k: lee("rate74", "rate79", *a, **k),
    "differential_moran": lambda *a, **k: differential_moran("rate79", "rate74", *a, **k),
    "moran_rates": lambda *a, **k: moran_rates("SID74", "BIR74", *a, **k),
}
EVERY = {**ONE, "join_counts": lambda *a, **k: join_counts("kind", *a, **k)}


@pytest.fixture
def case(overall):
    return overall("ncsids_islands")


@pytest.fixture
def table(case, overall):
    return case.table.assign(kind=overall("ncsids").colors)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("name", EVERY)
def test_shuffled_rows_change_no_bit(case, table, name):
    order = np.random.default_rng(1).permutation(len(table))
    straight = EVERY[name](table, case.graphs["W"], permutations=99)
    shuffled = EVERY[name](table.iloc[order], case.graphs["W"], permutations=99)
    pd.testing.assert_frame_equal(shuffled.tidy(), straight.tidy(), check_exact=True)
    np.testing.assert_array_equal(shuffled.simulated, straight.simulated)
    pd.testing.assert_frame_equal(shuffled.augment(), straight.augment(), check_exact=True)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", EVERY)
def test_seed_decides_the_permutations_and_fewer_are_the_first_of_more(case, table, name):
    runs = [EVERY[name](table, case.graphs["W"], permutations=99, seed=s) for s in (0, 1)]
    assert not np.array_equal(runs[0].simulated, runs[1].simulated)
    few = EVERY[name](table, case.graphs["W"], permutations=19)
    np.testing.assert_array_equal(few.simulated, runs[0].simulated[:19])
    none = EVERY[name](table, case.graphs["W"], permutations=0)
    assert none.permutations == 0
    assert none.tolerance == "closed form"
    assert none.provenance.seed is None


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("name", ONE)
def test_one_result_speaks_the_vocabulary(case, table, name):
    found = ONE[name](table, case.graphs["W"], permutations=99, seed=7)
    assert isinstance(found, GlobalResult)
    row = found.tidy().iloc[0]
    for column in ("statistic", "expected", "variance", "z", "p_value", "p_permutation",
                   "alternative", "null", "permutations"):  # fmt: skip
        assert row[column] == getattr(found, column)
    for shown in (found.tidy(), found.glance(), found.augment()):
        assert set(shown.columns) <= set(GLOSSARY)
    # Moran's own "greater" is plain; every other says what it stands for
    assert ("greater" in found.tidy()) == (name != "moran")
    assert found.glance().loc[0, "nobs"] == 100
    assert found.test.name in str(found)
    assert found._repr_html_().startswith("<div")
    provenance = found.provenance.to_dict()
    assert provenance["seed"] == 7
    assert provenance["weights"]["digest"]
    assert provenance["options"]["permutations"] == "99"
    assert any("2 regions without neighbours" in note for note in found.notes)
    with pytest.raises(ValueError, match="read-only"):
        found.simulated[0] = 0.0
    handed_out = found.augment()
    handed_out["value"] = 0.0
    assert found.augment()["value"].abs().sum() > 1
    assert found.plot().alt


def test_join_counts_speak_the_vocabulary(case, table):
    found = join_counts("kind", table, case.graphs["W"], permutations=99, seed=7)
    for shown in (found.tidy(), found.glance(), found.augment()):
        assert set(shown.columns) <= set(GLOSSARY)
    assert found.tidy()["greater"].str.contains("positive").sum() == 3
    assert found.glance().loc[0, "nobs"] == 100
    assert "hi:hi" in str(found)
    assert found._repr_html_().startswith("<div")
    assert found.provenance.to_dict()["seed"] == 7
    with pytest.raises(ValueError, match="read-only"):
        found.simulated[0] = 0.0
    assert "hi:hi" in found.plot().alt


def test_smoothed_rates_speak_the_vocabulary(case, table):
    found = smoothed_rates("SID74", "BIR74", table, case.graphs["B"])
    for shown in (found.tidy(), found.glance(), found.augment()):
        assert set(shown.columns) <= set(GLOSSARY)
    handed_out = found.tidy()
    handed_out["rate"] = 0.0
    assert found.tidy()["rate"].sum() > 0
    assert "100 regions" in found.plot().alt
    assert "Empirical Bayes rates of SID74 / BIR74" in str(found)
    shuffled = smoothed_rates("SID74", "BIR74", table.iloc[::-1], case.graphs["B"])
    pd.testing.assert_frame_equal(shuffled.tidy(), found.tidy(), check_exact=True)


@pytest.mark.parametrize("name", EVERY)
def test_callers_graph_and_table_are_left_alone(case, table, name):
    graph, before = case.graphs["B"], table.copy()
    links = graph.adjacency.copy()
    EVERY[name](table, graph, permutations=19)
    pd.testing.assert_series_equal(graph.adjacency, links)
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("name", EVERY)
def test_missing_regions_and_unusable_options_are_refused(case, table, name):
    call = EVERY[name]
    graph = case.graphs["W"]
    with pytest.raises(IdError, match="1825"):
        call(table.iloc[1:], graph)
    with pytest.raises(OptionError, match="alternative: expected one of 'two-sided'"):
        call(table, graph, alternative="both")
    with pytest.raises(InputError, match="permutations: expected 0 for none"):
        call(table, graph, permutations=5)
    with pytest.raises(InputError, match="seed: expected an integer"):
        call(table, graph, seed=-1)
    with pytest.raises(OptionError, match="align"):
        call(table, graph, align="outer")


@pytest.mark.parametrize("name", ["geary", "differential_moran", "moran_rates"])
def test_variance_is_a_word(case, table, name):
    with pytest.raises(OptionError, match="did you mean 'normality'"):
        ONE[name](table, case.graphs["W"], variance="normal")


@pytest.mark.parametrize("name", ONE)
def test_no_number_comes_from_missing_or_infinite_values(case, table, name):
    for value in (np.nan, np.inf):
        bad = table.astype({"SID74": float})
        bad.loc["1832", ["rate74", "SID74"]] = value
        with pytest.raises(ValuesError) as caught:
            ONE[name](bad, case.graphs["W"])
        assert [str(i) for i in caught.value.offenders] == ["1832"]


def test_negative_values_have_no_g(case, table):
    bad = table.assign(change=table["rate79"] - table["rate74"])
    with pytest.raises(ValuesError, match="below zero") as caught:
        getis_ord("change", bad, case.graphs["B"])
    assert set(caught.value.offenders) == set(bad.index[bad["change"] < 0])
    only = table.assign(one=(table.index == "1832").astype(float))
    with pytest.raises(ValuesError, match="two of them with positive values"):
        getis_ord("one", only, case.graphs["B"])


@pytest.mark.parametrize("statistic", [moran, geary, getis_ord])
def test_where_no_arrangement_differs_there_is_no_p_value(statistic):
    """With equal weights between all regions every arrangement gives the same number."""
    from libpysal.graph import Graph

    names = [f"r{i}" for i in range(8)]
    everyone = Graph.from_dicts({a: [b for b in names if b != a] for a in names})
    x = pd.Series(np.arange(1.0, 9.0) ** 1.5, index=names, name="x")
    for alternative in ("greater", "less"):
        found = statistic(x, None, everyone, permutations=99, alternative=alternative)
        assert np.isnan(found.z)
        assert np.isnan(found.p_value)
        # all permuted values are ties with the observed one, though sums round in another order
        assert found.p_permutation == 1.0
        assert any("every arrangement" in note for note in found.notes)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", ["geary", "getis_ord", "lee", "bivariate_moran"])
def test_mirrored_maps_are_ties(name):
    """A line read backwards has the same statistic: two of the 120 orders of five values."""
    from libpysal.graph import Graph

    ids = list("abcde")
    line = Graph.from_dicts({i: [ids[j] for j in (k - 1, k + 1) if 0 <= j < 5]
                             for k, i in enumerate(ids)})  # fmt: skip
    table = pd.DataFrame({"rate74": [0.1, 0.7, 0.3, 1e3, 0.2], "rate79": [3.0, 1, 2, 5, 4]}, ids)
    found = ONE[name](table, line, permutations=4999)
    near = abs(found.simulated - found.statistic) <= 1e-9 * abs(found.statistic)
    ties = int(near.sum())
    # bivariate moves y alone around x: the very same y; in W'W, of which Lee's L is made, the
    # first, third and fifth region are one line, the second and fourth another: four orders
    share = {"bivariate_moran": 1, "lee": 4}.get(name, 2) / 120
    assert ties / 4999 == pytest.approx(share, rel=0.4)
    greater = ONE[name](table, line, permutations=4999, alternative="greater").p_permutation
    less = ONE[name](table, line, permutations=4999, alternative="less").p_permutation
    assert greater + less == pytest.approx((4999 + 2 + ties) / 5000, abs=1e-12)
