"""Dynamics: order of rows, refusals, nulls at their level, and what results say of themselves."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from workbench.core.glossary import GLOSSARY
from workbench.errors import InputError, PanelError, ValuesError, WeightsError
from workbench.explore.dynamics import (
    directional_lisa,
    lisa_markov,
    markov,
    rank_markov,
    rank_mobility,
    spatial_markov,
)
from workbench.explore.dynamics.lisa_markov import QUADRANTS
from workbench.explore.local.moran import lisa

KIND = {"both": (True, True), "start": (True, False), "end": (False, True),
        "neither": (False, False)}  # fmt: skip
PLAIN = [markov, rank_markov]
SPATIAL = [spatial_markov, lisa_markov, directional_lisa, rank_mobility]
FEW = {"permutations": 39}


def _run(function, panel, W, **options):
    return (
        function("x", panel, **options) if function in PLAIN else function("x", panel, W, **options)
    )


@pytest.fixture
def panel(lattice):
    """Thirty-six regions, six years of a persistent positive variable, rows out of order."""
    rng = np.random.default_rng(7)
    ids = sorted(lattice(6).unique_ids)
    steps = rng.normal(size=(36, 6)).cumsum(axis=1)
    index = pd.MultiIndex.from_product([ids, range(2000, 2006)], names=["region", "year"])
    frame = pd.DataFrame({"x": np.exp(0.3 * steps).ravel()}, index=index)
    return frame.sample(frac=1, random_state=1)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("function", [*PLAIN, *SPATIAL])
def test_row_order_changes_no_bit(panel, lattice, function):
    W = lattice(6)
    options = {} if function in PLAIN else FEW
    before = panel.copy()
    first = _run(function, panel, W, **options)
    again = _run(function, panel.sample(frac=1, random_state=9), W, **options)
    pd.testing.assert_frame_equal(first.tidy(), again.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(first.augment(), again.augment(), check_exact=True)
    assert str(first) == str(again)
    pd.testing.assert_frame_equal(panel, before)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("function", SPATIAL)
def test_seed_decides_the_permutations(panel, lattice, function):
    def p(seed):
        result = function("x", panel, lattice(6), seed=seed, **FEW)
        table = result.tests.tidy() if hasattr(result, "tests") else result.tidy()
        columns = [c for c in table if c.endswith("p_permutation")]
        return table[columns].to_numpy(dtype=float).ravel().tolist()

    assert p(1) == p(1)
    assert p(1) != p(2)


def test_units_and_shuffled_labels(panel, lattice):
    """A change of units moves no class; the same regions under new names keep their numbers."""
    W = lattice(6)
    scaled = panel * 1024.0
    a, b = (spatial_markov("x", p, W, permutations=0) for p in (panel, scaled))
    pd.testing.assert_frame_equal(a.tidy(), b.tidy(), check_exact=True)
    renamed = {name: f"z{5 - int(name[1:3])}{name[3:]}" for name in W.unique_ids}
    other = panel.rename(index=renamed, level=0)
    links = W.adjacency.reset_index()
    graph = Graph.from_adjacency(
        links.assign(focal=links["focal"].map(renamed), neighbor=links["neighbor"].map(renamed))
    )
    c = spatial_markov("x", other, graph, permutations=0)
    pd.testing.assert_frame_equal(a.tidy(), c.tidy())


def test_rows_of_w_are_made_means(panel, lattice):
    """Binary, row-standardised and doubled weights make the same neighbours' mean."""
    W = lattice(6)
    links = W.adjacency.reset_index()
    doubled = Graph.from_adjacency(links.assign(weight=links["weight"] * 2))
    for function in (spatial_markov, lisa_markov):
        results = [function("x", panel, g, permutations=0) for g in (W, W.transform("r"), doubled)]
        for other in results[1:]:
            pd.testing.assert_frame_equal(results[0].tidy(), other.tidy())


@pytest.mark.parametrize("function", [spatial_markov, lisa_markov, directional_lisa])
def test_islands_are_refused_by_name(panel, lattice, function):
    W = lattice(6)
    links = W.adjacency.drop("c0000", level="focal").drop("c0000", level="neighbor")
    alone = pd.Series([0.0], index=pd.MultiIndex.from_tuples([("c0000", "c0000")]))
    island = Graph(pd.concat([links, alone]).rename_axis(["focal", "neighbor"]).rename("weight"))
    with pytest.raises(WeightsError, match=r"c0000[\s\S]*islands=\"nearest\""):
        function("x", panel, island, **FEW)
    with pytest.raises(WeightsError, match="W: expected spatial weights"):
        function("x", panel, None, **FEW)


@pytest.mark.parametrize("function", [*PLAIN, *SPATIAL])
def test_one_period_and_bad_values_are_refused(panel, lattice, function):
    W = lattice(6)
    single = panel[panel.index.get_level_values("year") == 2000]
    with pytest.raises(PanelError, match="at least 2 periods"):
        _run(function, single, W)
    broken = panel.copy()
    broken.loc[("c0000", 2003), "x"] = np.nan
    with pytest.raises(ValuesError, match="c0000 2003"):
        _run(function, broken, W)
    with pytest.raises(ValuesError, match="constant"):
        _run(function, panel.assign(x=1.0), W)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"classes": 1}, "nowhere to move"),
        ({"classes": 2.5}, "whole number"),
        ({"classes": "five"}, "whole number"),
        ({"classes": True}, "whole number"),
        ({"classes": [2.0, 1.0]}, "increasing"),
        ({"classes": []}, "at least one"),
        ({"classes": [1.0, np.nan]}, "finite"),
        ({"classes": ["low", "high"]}, "finite cutoffs"),
        ({"classes": [[1.0, 2.0], [3.0, 4.0]]}, "finite cutoffs"),
        ({"classes": {1.0, 2.0}}, "finite cutoffs"),
        ({"classes": np.float32(5)}, "whole number"),
        ({"classes": None}, "whole number"),
        ({"classes": [1.0], "pooled": False}, "leave out method and pooled"),
        ({"method": "quintiles"}, "did you mean 'quantiles'"),
    ],
)
def test_unusable_classes_are_refused(panel, options, text):
    with pytest.raises(InputError, match=text):
        markov("x", panel, **options)


def test_ties_that_leave_no_room_for_a_class_are_refused(panel):
    tied = panel.assign(x=panel["x"].where(panel["x"] > panel["x"].median(), 0.0))
    with pytest.raises(ValuesError, match="coincide"):
        markov("x", tied)
    with pytest.raises(ValuesError, match=r"Where[\s\S]*200"):
        markov("x", tied, pooled=False)
    with pytest.raises(ValuesError, match="positive mean"):
        markov("x - 3", panel, relative=True)


def test_chains_say_which_class_nobody_was_in(panel):
    found = markov("x", panel, classes=[0.5, 1.0, 50.0, 60.0])
    assert any("nobody was ever in class 4, 5" in note for note in found.notes)
    assert found.probabilities.loc[5].isna().all()
    assert found.steady_state.loc[[4, 5]].tolist() == [0.0, 0.0]
    assert found.steady_state.sum() == pytest.approx(1.0)
    wide = pd.DataFrame({0: [1.0, 1.0], 1: [1.0, 3.0]}, index=["a", "b"])
    entered = markov(wide, classes=[2.0])
    assert any("no move from it was seen" in note for note in entered.notes)
    assert entered.steady_state.isna().all()
    stays = markov(pd.DataFrame({0: [1.0, 3.0], 1: [3.0, 3.0], 2: [3.0, 4.0]}), classes=[2.0])
    assert any("absorbing" in note for note in stays.notes)
    assert stays.steady_state.tolist() == [0.0, 1.0]
    assert not entered.tests["order 1 against 2 (LR)"].applicable


def test_standard_errors_and_counts_by_hand():
    wide = pd.DataFrame({0: [1.0, 1, 1, 3], 1: [1.0, 3, 1, 3]}, index=list("abcd"))
    found = markov(wide, classes=[2.0])
    assert found.transitions.to_numpy().tolist() == [[2, 1], [0, 1]]
    assert found.std_errors.loc[1, 2] == pytest.approx(np.sqrt(1 / 3 * 2 / 3 / 3))
    assert found.tidy().loc[(1, 2)].tolist() == [1.0, 1 / 3, found.std_errors.loc[1, 2]]


def test_chains_add_up(panel, lattice):
    found = spatial_markov("x", panel, lattice(6), classes=3, permutations=0)
    counts = sum(part.counts for part in found.conditional.values())
    assert (counts == found.pooled.counts).all()
    np.testing.assert_array_equal(found.pooled.counts, markov("x", panel, classes=3).chain.counts)
    assert counts.sum() == 36 * 5


def test_directions_by_hand(lattice):
    """Two regions that are each other's neighbours: a rises by 2, b falls by 1."""
    pair = Graph.from_arrays(np.array(["a", "b"]), np.array(["b", "a"]), np.ones(2))
    wide = pd.DataFrame({0: [1.0, 5.0], 1: [3.0, 4.0]}, index=["a", "b"])
    found = directional_lisa(wide, None, pair, relative=False, sectors=4, permutations=19)
    moves = found.augment()
    assert moves.loc["a", ["change", "lag_change"]].tolist() == [2.0, -1.0]
    assert moves["sector"].tolist() == [4, 2]
    assert moves.loc["a", "angle"] == pytest.approx(360 - np.degrees(np.arctan(0.5)))
    assert found.together.statistic == 0.0


def test_regions_that_do_not_move_have_no_direction(lattice):
    W = lattice(3)
    ids = sorted(W.unique_ids)
    wide = pd.DataFrame({0: np.arange(9.0), 1: np.arange(9.0)}, index=ids)
    wide.loc["c0202", 1] = 20.0
    found = directional_lisa(wide, None, W, relative=False, permutations=19)
    assert found.tidy()["statistic"].sum() == 4
    assert "5 regions did not move" in found.notes[0]
    still = wide[[0, 0]].set_axis([0, 1], axis=1)
    with pytest.raises(ValuesError, match="no change"):
        directional_lisa(still, None, W, relative=False)


def test_ranks_by_hand():
    # c looks at b but b not at c: a pair all the same
    path = Graph.from_arrays(np.array(list("abc")), np.array(list("bab")), np.ones(3))
    wide = pd.DataFrame({0: [1.0, 2.0, 3.0], 1: [2.0, 1.0, 3.0]}, index=["a", "b", "c"])
    regimes = pd.Series(["x", "x", "y"], index=["a", "b", "c"])
    row = rank_mobility(wide, None, path, regimes=regimes, permutations=0).tidy().iloc[0]
    assert row["tau"] == pytest.approx(1 / 3)
    assert row["tau_neighbors"] == 0.0
    assert row["theta"] == 0.0
    with pytest.raises(ValuesError, match="at least two groups"):
        rank_mobility(wide, regimes=pd.Series("x", index=["a", "b", "c"]))


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("function", [*PLAIN, *SPATIAL])
def test_results_speak_the_vocabulary_and_draw_themselves(panel, lattice, function):
    options = {} if function in PLAIN else FEW
    result = _run(function, panel, lattice(6), **options)
    tidy = result.tidy()
    for name in [*tidy.columns, *result.glance().columns]:
        assert name in GLOSSARY, name
    assert len(result.glance()) == 1
    picture = result.plot()
    assert result.variable in picture.alt
    assert len(picture.to_png(50)) > 1000
    assert "<table" in result._repr_html_()
    assert result.provenance.to_dict()["options"]
    assert (result.provenance.seed is None) == (function in PLAIN)


@pytest.mark.slow
def test_permutation_tests_keep_their_level(lattice):
    """White noise, 100 panels, level 0.1 with 19 permutations; 4 standard errors are 0.12."""
    W = lattice(5)
    ids = sorted(W.unique_ids)
    rng = np.random.default_rng(11)
    hits = {"spatial markov": 0, "lisa markov": 0, "directional": 0}
    draws = 100
    for _ in range(draws):
        wide = pd.DataFrame(1 + rng.random((25, 4)), index=ids, columns=range(4))
        markov_p = spatial_markov(wide, None, W, classes=2, permutations=19).tests["LR"]
        lisa_p = lisa_markov(wide, None, W, permutations=19).tests["LR"]
        hits["spatial markov"] += markov_p.p_permutation <= 0.1
        hits["lisa markov"] += lisa_p.p_permutation <= 0.1
        rose = directional_lisa(wide, None, W, permutations=19).together
        hits["directional"] += rose.p_value <= 0.1
    # shares of few regions are tied often, which can only make a test reject less
    assert all(count / draws < 0.22 for count in hits.values()), hits
    assert min(hits["spatial markov"], hits["lisa markov"]) > 0


@pytest.mark.slow
def test_rank_tests_keep_their_level(lattice):
    """200 independent intervals in one panel, level 0.1; 4 standard errors are 0.085."""
    W = lattice(5)
    ids = sorted(W.unique_ids)
    rng = np.random.default_rng(12)
    wide = pd.DataFrame(rng.random((25, 201)), index=ids, columns=range(201))
    regimes = pd.Series([i[:3] for i in ids], index=ids)
    table = rank_mobility(wide, None, W, regimes=regimes, permutations=199).tidy().iloc[:-1]
    for name in ("tau_neighbors", "theta"):
        rate = (table[f"{name}_p_permutation"] <= 0.1).mean()
        assert 0.015 < rate < 0.185


def test_numbers_of_a_rose_stand_in_its_smallest_sector(panel, lattice):
    result = directional_lisa("x", panel, lattice(6), **FEW)
    table = result.tidy()
    smallest = table.loc[table["statistic"].idxmin()]
    axes = result.plot().axes[0]
    angle = axes.get_rlabel_position()
    assert smallest["angle_low"] < angle < smallest["angle_high"]


@pytest.mark.slow
def test_ties_on_a_permuted_map_are_no_refusal(lattice):
    """Counts, mostly zero: the observed means make four classes, those of some permutations not."""
    graph = lattice(5)
    ids = sorted(graph.unique_ids)
    done = 0
    for seed in range(20):
        counts = np.random.default_rng(seed).poisson(0.12, size=(25, 4)).astype(float)
        wide = pd.DataFrame(counts, index=ids, columns=range(4))
        options = {"classes": [0.5], "lag_classes": 3}
        try:
            spatial_markov(wide, None, graph, **options, permutations=0)
        except ValuesError:
            continue  # the observed means tie: refused by name
        p = spatial_markov(wide, None, graph, **options, permutations=39).tests["LR"].p_permutation
        assert p is None or 0 < p <= 1
        done += 1
    assert done >= 5


def test_ends_of_a_rose_may_be_dates_in_text(panel, lattice):
    dates = panel.index.set_levels(pd.to_datetime(panel.index.levels[1].astype(str)), level=1)
    dated = panel.set_axis(dates)
    found = directional_lisa("x", dated, lattice(6), start="2000", end="2003", permutations=19)
    same = directional_lisa("x", panel, lattice(6), start=2000, end=2003, permutations=19)
    pd.testing.assert_frame_equal(found.tidy(), same.tidy())
    with pytest.raises(PanelError, match=r"start[\s\S]*Way out: swap them"):
        directional_lisa("x", panel, lattice(6), start=2003, end=2000)


@pytest.mark.parametrize("function", [markov, spatial_markov, lisa_markov])
def test_moves_over_unequal_times_are_told(panel, lattice, function):
    options = {} if function in PLAIN else {"permutations": 0}
    gap = _run(function, panel, lattice(6), periods=[2000, 2001, 2002, 2005], **options)
    assert any("unequal times" in note and "2002 to 2005" in note for note in gap.notes)
    even = _run(function, panel, lattice(6), periods=[2000, 2002, 2004], **options)
    assert not any("unequal times" in note for note in even.notes)


def test_order_of_rounding_or_of_one_region_is_none(panel):
    wide = panel.reset_index().pivot_table(index="region", columns="year", values="x")
    wide[2003] = 0.3
    wide.loc[wide.index[::2], 2003] = 0.1 + 0.2
    with pytest.raises(ValuesError, match=r"all are equal[\s\S]*2003"):
        rank_mobility(wide)
    with pytest.raises(PanelError, match=r"at least two regions; got 1: c0000"):
        rank_mobility(wide.iloc[:1])


def test_ranks_by_hand_and_chains_that_fall_apart():
    """b and c change places once; a stays on top; d, e are equal and ordered by id."""
    wide = pd.DataFrame(
        {2000: [9.0, 5, 4, 1, 1], 2001: [9.0, 4, 5, 1, 1], 2002: [9.0, 4, 5, 1, 1]},
        index=list("abcde"),
    )
    found = rank_markov(wide.loc[list("ecadb")])
    assert found.transitions.to_numpy().tolist() == [
        [2, 0, 0, 0, 0], [0, 1, 1, 0, 0], [0, 1, 1, 0, 0], [0, 0, 0, 2, 0], [0, 0, 0, 0, 2]
    ]  # fmt: skip
    assert found.augment()["rank"].xs("e").tolist() == [4, 4, 4]
    assert found.augment()["rank"].xs("b").tolist() == [2, 3, 3]
    assert any("4 recurrent classes, 3 of one state" in note for note in found.notes)
    assert any("3 values equal another one of their period, in 3" in note for note in found.notes)
    assert found.chain.steady_state.isna().all()
    assert found.first_passage.loc[1, 2] == np.inf
    places = rank_markov(wide, states="regions").transitions
    assert places.loc["b"].tolist() == [0, 1, 1, 0, 0]
    assert rank_markov(np.exp(wide)).transitions.equals(found.transitions)
    with pytest.raises(InputError, match="did you mean 'regions'"):
        rank_markov(wide, states="region")
    with pytest.raises(PanelError, match="at least two regions"):
        rank_markov(wide.iloc[:1] + np.arange(3)[None])


@pytest.mark.slow
def test_ends_of_moves_are_tested_as_lisa_does(panel, lattice):
    """Each period's p-values are those of lisa(); counts of moves by hand; giddy's 4 x 16 types."""
    W = lattice(6)
    options = {"permutations": 199, "seed": 3}
    for level in ({"alpha": 0.1}, {"fdr": 0.2}):
        found = lisa_markov("x", panel, W, **options, **level)
        points = found.augment()
        for year in (2000, 2005):
            one = lisa("x", panel.xs(year, level=1), W, **options, **level)
            ours = points.xs(year, level=1)
            np.testing.assert_array_equal(ours["p_value"], one.local["p_value"])
            np.testing.assert_array_equal(ours["p_adjusted"], one.local["p_adjusted"])
            np.testing.assert_array_equal(
                ours["significant"], one.local["cluster"].isin(list(QUADRANTS))
            )
        moves, table = found.moves(), found.tidy()
        assert len(moves) == 36 * 5
        kinds = moves.groupby(["from", "to", "significant_start", "significant_end"]).size()
        for (start, end), row in table.iterrows():
            for name, flags in KIND.items():
                assert row[f"significant_{name}"] == kinds.get((start, end, *flags), 0)
        sums = table[[f"significant_{name}" for name in KIND]].sum(axis=1)
        assert (sums == table["transitions"]).all()
        assert {*table.columns, *points.columns, *moves.columns} <= set(GLOSSARY)
        assert found.provenance.seed == 3
        assert "significant_both" in str(found)
        assert "significant" not in str(lisa_markov("x", panel, W, permutations=0))
        first = points.loc[moves.index[7][0]].loc[moves.index[7][1]]
        assert (first["quadrant"], first["significant"]) == tuple(
            moves.iloc[7][["from", "significant_start"]]
        )


def test_ends_are_tested_only_when_asked_for(panel, lattice):
    plain = lisa_markov("x", panel, lattice(6), permutations=0)
    assert "significant_both" not in plain.tidy()
    assert plain.provenance.seed is None
    with pytest.raises(InputError, match=r"alpha=0\.05"):
        plain.moves()
    with pytest.raises(InputError, match="either fdr or alpha"):
        lisa_markov("x", panel, lattice(6), alpha=0.05, fdr=0.05)
    tested = lisa_markov("x", panel, lattice(6), permutations=0, alpha=0.05)
    assert tested.provenance.seed == 0
    assert tested.tests["LR"].p_permutation is None


def test_under_no_association_few_ends_are_significant(lattice):
    """Level of alpha over 49 regions and 30 periods, dependent: 5 errors as if a third counted."""
    ids = sorted(lattice(7).unique_ids)
    noise = np.random.default_rng(12).normal(size=(49, 30))
    wide = pd.DataFrame(noise, index=ids, columns=range(30))
    found = lisa_markov(wide, None, lattice(7), permutations=199, alpha=0.1)
    share = found.augment()["significant"].mean()
    assert abs(share - 0.1) < 5 * np.sqrt(0.1 * 0.9 / (49 * 30 / 3))


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("function", [*PLAIN, *SPATIAL])
def test_results_travel_to_other_processes(panel, lattice, function):
    options = {} if function in PLAIN else {"permutations": 19}
    if function is lisa_markov:
        options["alpha"] = 0.05
    result = _run(function, panel, lattice(6), **options)
    again = pickle.loads(pickle.dumps(result))
    pd.testing.assert_frame_equal(again.tidy(), result.tidy())
    assert str(again) == str(result)
