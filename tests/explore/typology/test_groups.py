"""Groups: found where planted, connected, the same for any order of rows, refused when unfit."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csgraph

from workbench.errors import (
    ConvergenceError,
    FormulaError,
    IdError,
    InputError,
    OptionError,
    ValuesError,
    WeightsError,
)
from workbench.explore.typology import cluster, regionalize, via_spopt
from workbench.numerics.partitions.agreement import adjusted_rand

BOTH = ["rd", "men"]
CONTIGUOUS = ["skater", "ward", "azp"]
APART = ["k-means", "ward", "average", "complete"]


def agreement(result, truth) -> float:
    return adjusted_rand(result.membership, truth.reindex(result.labels.index).to_numpy())


def connected(result, graph) -> bool:
    sparse = graph.sparse.tocsr()
    place = {name: i for i, name in enumerate(graph.unique_ids)}
    for group in range(1, result.k + 1):
        members = [place[name] for name in result.labels.index[result.labels == group]]
        if csgraph.connected_components(sparse[members][:, members])[0] != 1:
            return False
    return True


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("method", CONTIGUOUS)
def test_planted_quarters_are_found(quarters, method):
    frame, graph, truth = quarters
    result = regionalize(BOTH, frame, graph, k=4, method=method, starts=2)
    assert agreement(result, truth) == 1.0
    assert result.sizes.tolist() == sorted(truth.value_counts(), reverse=True)


@pytest.mark.parametrize("method", APART)
def test_planted_groups_are_found_without_a_map(quarters, method):
    frame, _, truth = quarters
    assert agreement(cluster(BOTH, frame, k=4, method=method), truth) == 1.0


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("method", CONTIGUOUS)
def test_groups_of_noise_are_connected_all_the_same(noise, method):
    frame, graph = noise
    result = regionalize(["a", "b", "c"], frame, graph, k=7, method=method, starts=2)
    assert connected(result, graph)
    assert result.k == 7
    assert (result.tidy()["pieces"] == 1).all()
    assert not connected(cluster(["a", "b", "c"], frame, k=7), graph)


def test_boston_falls_into_the_groups_of_spdep(reference_case):
    import csv
    from pathlib import Path

    case = reference_case("boston")
    path = Path(__file__).parents[2] / "reference" / "exploration_skater.csv"
    with path.open(encoding="utf-8", newline="") as file:
        stored = {row["quantity"]: row["value"] for row in csv.DictReader(file)}
    spdep = pd.Series({i: int(stored[f"group/{i}"]) for i in case.ids})
    table = pd.DataFrame(case.table, index=pd.Index(case.ids, name="region"))
    graph = Graph.from_sparse(case.B.tocoo(), ids=table.index)
    columns = ["CMEDV", "NOX", "RM", "LSTAT"]
    result = regionalize(columns, table, graph, k=10, criterion="distances")
    assert agreement(result, spdep) == 1.0
    assert result.sizes.tolist() == [312, 88, 19, 17, 16, 15, 15, 11, 9, 4]


def test_max_p_reaches_the_floor_in_connected_groups(noise):
    frame, graph = noise
    result = regionalize(["a", "b"], frame, graph, method="max-p", floor=4, starts=3)
    assert connected(result, graph)
    assert (result.sizes >= 4).all()
    # 36 cells make nine groups of four at most; the heuristic comes near
    assert 7 <= result.k <= 9
    weighed = frame.assign(people=np.arange(36.0) % 5)
    by_people = regionalize(
        ["a", "b"], weighed, graph, method="max-p", floor=9, floor_variable="people", starts=2
    )
    total = weighed["people"].groupby(by_people.labels).sum()
    assert (total >= 9).all()
    np.testing.assert_allclose(by_people.tidy()["floor_sum"], total)


@pytest.mark.slow
def test_azp_is_never_worse_than_skater_and_better_on_noise(noise):
    frame, graph = noise
    start = regionalize(["a", "b", "c"], frame, graph, k=5)
    moved = regionalize(["a", "b", "c"], frame, graph, k=5, method="azp", starts=3)
    one = regionalize(["a", "b", "c"], frame, graph, k=5, method="azp", starts=1)
    assert one.squares.within.sum() <= start.squares.within.sum()
    assert moved.squares.within.sum() <= one.squares.within.sum()
    assert moved.squares.within.sum() < start.squares.within.sum()


@pytest.mark.slow
def test_moves_end_where_many_regions_are_alike(noise):
    frame, graph = noise
    alike = frame.assign(a=np.round(frame["a"]) / 3, b=np.round(frame["b"]) / 7)
    for seed in range(4):
        result = regionalize(["a", "b"], alike, graph, k=4, method="azp", starts=2, seed=seed)
        assert connected(result, graph)


def test_ward_without_a_map_is_scipys(noise):
    frame, _ = noise
    result = cluster(["a", "b", "c"], frame, k=5, method="ward")
    scipys = fcluster(linkage(result.profiles.X, "ward"), 5, "maxclust")
    assert adjusted_rand(result.membership, scipys - 1) == 1.0


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("method", [*CONTIGUOUS, "max-p"])
def test_order_of_rows_changes_no_bit_of_contiguous_groups(noise, method):
    frame, graph = noise
    how = {"floor": 5} if method == "max-p" else {"k": 5}
    order = np.random.default_rng(9).permutation(36)
    links = graph.adjacency.iloc[np.random.default_rng(1).permutation(len(graph.adjacency))]
    focal, neighbor = (links.index.get_level_values(level) for level in ("focal", "neighbor"))
    other = Graph.from_arrays(focal, neighbor, links.to_numpy())
    names = ["a", "b", "c"]
    straight = regionalize(names, frame, graph, method=method, starts=2, **how)
    shuffled = regionalize(names, frame.iloc[order], other, method=method, starts=2, **how)
    pd.testing.assert_frame_equal(straight.augment(), shuffled.augment(), check_exact=True)
    pd.testing.assert_frame_equal(straight.tidy(), shuffled.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(straight.means, shuffled.means, check_exact=True)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("method", APART)
def test_order_of_rows_changes_no_bit_of_groups(noise, method):
    frame, _ = noise
    straight = cluster(["a", "b"], frame, k=5, method=method)
    shuffled = cluster(["a", "b"], frame.iloc[::-1], k=5, method=method)
    pd.testing.assert_frame_equal(straight.augment(), shuffled.augment(), check_exact=True)
    pd.testing.assert_frame_equal(straight.glance(), shuffled.glance(), check_exact=True)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["azp", "max-p"])
def test_random_numbers_of_the_caller_go_on_as_if_nothing_had_been(noise, method):
    frame, graph = noise
    how = {"floor": 5} if method == "max-p" else {"k": 5}
    results = []
    for state in (1, 2):
        random.seed(state)
        np.random.seed(state)  # noqa: NPY002
        expected = random.Random(state).random(), np.random.RandomState(state).random()
        results.append(regionalize(["a"], frame, graph, method=method, starts=2, **how))
        assert (random.random(), np.random.random()) == expected  # noqa: NPY002
    assert results[0].labels.equals(results[1].labels)


def test_seed_decides_heuristics_and_nothing_else(noise):
    frame, graph = noise
    runs = [
        regionalize(["a", "b"], frame, graph, method="max-p", floor=5, starts=1, seed=s).labels
        for s in (0, 0, 1, 2)
    ]
    assert runs[0].equals(runs[1])
    assert not runs[0].equals(runs[2]) or not runs[0].equals(runs[3])
    trees = [regionalize(["a", "b"], frame, graph, k=4, seed=s) for s in (0, 1)]
    assert trees[0].labels.equals(trees[1].labels)
    assert trees[0].provenance.seed is None


def test_units_do_not_matter_under_z(noise):
    frame, graph = noise
    scaled = frame.assign(a=frame["a"] * 1024.0 + 3.0)
    one, other = (regionalize(["a", "b"], f, graph, k=5) for f in (frame, scaled))
    assert one.labels.equals(other.labels)


def test_standardisations_are_their_formulas(noise):
    frame, _ = noise
    a = frame.sort_index()["a"]
    z = cluster(["a", "b"], frame, k=3).profiles.X[:, 0]
    np.testing.assert_allclose(z, (a - a.mean()) / a.std(ddof=0), rtol=1e-12)
    robust = cluster(["a", "b"], frame, k=3, standardize="robust").profiles.X[:, 0]
    mad = (a - a.median()).abs().median()
    np.testing.assert_allclose(robust, (a - a.median()) / (1.4826022185 * mad), rtol=1e-9)
    np.testing.assert_array_equal(
        cluster(["a", "b"], frame, k=3, standardize="none").profiles.X[:, 0], a
    )


def test_tables_say_what_the_labels_imply(quarters):
    frame, graph, _ = quarters
    result = regionalize(BOTH, frame, graph, k=4)
    by_hand = frame[BOTH].groupby(result.labels).mean()
    np.testing.assert_allclose(result.means, by_hand, rtol=1e-12)
    z = (frame[BOTH] - frame[BOTH].mean()) / frame[BOTH].std(ddof=0)
    within = ((z - z.groupby(result.labels).transform("mean")) ** 2).sum(axis=1)
    np.testing.assert_allclose(result.tidy()["within"], within.groupby(result.labels).sum())
    np.testing.assert_allclose(result.augment()["distance"] ** 2, within.sort_index())
    row = result.glance().loc[0]
    assert row["within"] + row["between"] == pytest.approx(2 * 64)  # n times p under z
    assert row["explained"] > 0.95
    assert row["weights"] == result.provenance.weights["digest"]
    assert "SKATER" in str(result)
    assert "group" in result._repr_html_()


def test_silhouettes_are_rousseeuws(noise):
    frame, _ = noise
    result = cluster(["a", "b"], frame, k=4, method="complete")
    X, g = result.profiles.X, result.membership
    D = np.sqrt(((X[:, None] - X[None]) ** 2).sum(axis=2))
    for i in range(36):
        own = D[i, g == g[i]].sum() / (np.sum(g == g[i]) - 1) if np.sum(g == g[i]) > 1 else 0.0
        nearest = min(D[i, g == h].mean() for h in range(4) if h != g[i])
        expected = (nearest - own) / max(nearest, own) if np.sum(g == g[i]) > 1 else 0.0
        assert result.silhouette[i] == pytest.approx(expected, abs=1e-12)


def test_callers_objects_are_left_alone_and_results_are_read_only(noise):
    frame, graph = noise
    table, before = frame.copy(), graph.adjacency.copy()
    result = regionalize(["a"], table, graph, method="max-p", floor=5, starts=1)
    pd.testing.assert_frame_equal(table, frame)
    pd.testing.assert_series_equal(graph.adjacency, before)
    with pytest.raises(ValueError, match="read-only"):
        result.membership[0] = 3
    handed_out = result.labels
    handed_out[:] = 99
    assert result.labels.max() < 99


def test_links_one_way_count_both_ways_and_it_is_said(noise):
    frame, graph = noise
    pairs = graph.adjacency.index
    onward = {name: [b for a, b in pairs if a == name and b > a] for name in graph.unique_ids}
    whole = Graph.from_dicts(onward)
    result = regionalize(["a"], frame, whole, k=4)
    assert result.labels.equals(regionalize(["a"], frame, graph, k=4).labels)
    assert "one way" in result.notes[0]


def test_groups_that_a_library_leaves_in_pieces_are_refused(noise, monkeypatch):
    frame, graph = noise
    monkeypatch.setattr(via_spopt, "azp", lambda X, *a, **k: np.arange(len(X)) % 5)
    with pytest.raises(ConvergenceError, match="several pieces from azp"):
        regionalize(["a"], frame, graph, k=5, method="azp", starts=1)
    with pytest.raises(ConvergenceError, match="expected 4 groups; got 5"):
        regionalize(["a"], frame, graph, k=4, method="azp", starts=1)
    monkeypatch.setattr(via_spopt, "max_p", lambda X, *a, **k: np.arange(len(X)) // 6)
    with pytest.raises(ConvergenceError, match="expected at least 7 in every group"):
        regionalize(["a"], frame, graph, method="max-p", floor=7, starts=1)
    monkeypatch.setattr(via_spopt, "max_p", lambda X, *a, **k: np.zeros(len(X), dtype=int))
    with pytest.raises(ConvergenceError, match="got one group"):
        regionalize(["a"], frame, graph, method="max-p", floor=7, starts=1)


def test_a_map_in_parts_is_refused_by_name_with_a_way_out(noise):
    frame, graph = noise
    kept = [n for n in graph.unique_ids if not n.startswith("c03")]
    with pytest.raises(WeightsError, match=r"2 parts of 18, 12 regions") as caught:
        regionalize(["a"], frame.loc[kept], graph.subgraph(kept), k=4)
    assert set(caught.value.offenders) == {n for n in kept if n > "c03"}
    assert "connect(W, regions)" in caught.value.remedy


def test_regions_that_only_one_side_has(noise):
    frame, graph = noise
    with pytest.raises(IdError, match="c0000"):
        regionalize(["a"], frame.iloc[1:], graph, k=4)
    result = regionalize(["a"], frame.iloc[1:], graph, k=4, align="intersection")
    assert result.profiles.n == 35
    assert "c0000" in result.notes[0]


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"k": 1}, InputError, "from 2 to n - 1 = 35; got 1"),
        ({"k": 36}, InputError, "got 36"),
        ({"k": None}, InputError, "got None"),
        ({"k": 4.0}, InputError, "got 4.0"),
        ({"k": True}, InputError, "got True"),
        ({"k": 3, "method": "redcap"}, OptionError, "one of 'skater', 'ward', 'azp', 'max-p'"),
        ({"k": 3, "criterion": "square"}, OptionError, "did you mean 'squares'"),
        ({"k": 3, "standardize": "zscore"}, OptionError, "standardize"),
        ({"k": 3, "starts": 0}, InputError, "starts: expected a whole number of at least 1"),
        ({"k": 3, "seed": -1}, InputError, "seed"),
        ({"k": 3, "floor": 5}, InputError, 'a floor only with method="max-p"'),
        ({"method": "max-p", "k": 3, "floor": 5}, InputError, "no number of groups"),
        ({"method": "max-p"}, InputError, "floor: expected a positive number"),
        ({"method": "max-p", "floor": 19}, InputError, "at most half of the total"),
        ({"method": "max-p", "floor": 1}, InputError, "more than the smallest region"),
        ({"method": "max-p", "floor": float("nan")}, InputError, "positive number"),
        ({"method": "max-p", "floor": 3, "floor_variable": "b"}, ValuesError, "negative"),
        ({"method": "max-p", "floor": 3, "floor_variable": "x"}, FormulaError, "x"),
    ],
)
def test_unusable_options_are_refused(noise, options, error, text):
    frame, graph = noise
    with pytest.raises(error, match=text):
        regionalize(["a"], frame, graph, **options)


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        (lambda t: t.assign(a=t["a"].where(t.index != "c0203")), ValuesError, "c0203"),
        (lambda t: t.assign(a=t["a"].replace(t.loc["c0203", "a"], np.inf)), ValuesError, "c0203"),
        (lambda t: t.assign(a=1.0), ValuesError, "a: "),
        (lambda t: t.assign(a=t["a"].astype(str)), ValuesError, "expected numbers"),
        (lambda t: t.drop(columns="a"), FormulaError, "a"),
        (lambda t: pd.concat([t, t.iloc[:1]]), IdError, "c0000"),
        (lambda t: t["a"], InputError, "table: expected a DataFrame"),
    ],
)
def test_bad_tables_yield_no_groups(noise, change, error, text):
    frame, graph = noise
    with pytest.raises(error, match=text):
        cluster(["a", "b"], change(frame), k=3)
    with pytest.raises(error, match=text):
        regionalize(["a", "b"], change(frame), graph, k=3)


def test_variables_are_named_once_and_told_apart(noise):
    frame, _ = noise
    with pytest.raises(InputError, match="a more than once"):
        cluster(["a", "a"], frame, k=3)
    with pytest.raises(InputError, match="variables: expected columns"):
        cluster([], frame, k=3)
    few = frame.assign(a=(frame["a"] > 0).astype(float))
    with pytest.raises(InputError, match="as different profiles, 2"):
        cluster(["a"], few, k=3)
    mostly = frame.assign(a=np.where(np.arange(36) < 30, 0.0, frame["a"]))
    with pytest.raises(ValuesError, match="30 of 36 regions at the median 0"):
        cluster(["a"], mostly, k=3, standardize="robust")
    with pytest.raises(ValuesError, match=r"log\(b\)") as caught:
        cluster(["log(b)"], frame, k=3)
    assert set(caught.value.offenders) == set(frame.index[frame["b"] <= 0])


def test_merging_of_more_regions_than_memory_holds_is_refused(monkeypatch, noise):
    from workbench.explore.typology import via_sklearn

    frame, graph = noise
    monkeypatch.setattr(via_sklearn, "MOST_MERGED", 30)
    with pytest.raises(InputError, match="at most 30 regions for average") as caught:
        cluster(["a", "b"], frame, k=3, method="average")
    assert caught.value.remedy == 'method="k-means"'
    assert cluster(["a", "b"], frame, k=3, method="k-means").k == 3
    # with links only neighbours merge: no square of distances
    assert regionalize(["a", "b"], frame, graph, k=3, method="ward").k == 3
