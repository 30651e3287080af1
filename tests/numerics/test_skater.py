"""SKATER agrees with R's spdep, with spopt, and with trying every cut by the dense formula."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse import csgraph

from workbench.numerics.partitions.skater import skater, spanning_tree

REFERENCE = Path(__file__).parents[1] / "reference"


def lattice(rows: int, columns: int) -> sparse.csr_array:
    def path(n: int) -> sparse.csr_array:
        return sparse.csr_array(np.eye(n, k=1) + np.eye(n, k=-1))

    return sparse.csr_array(
        sparse.kron(path(rows), np.eye(columns)) + sparse.kron(np.eye(rows), path(columns))
    )


@pytest.fixture(scope="module")
def boston(reference_case):
    case = reference_case("boston")
    X = np.column_stack([case.table[name] for name in ("CMEDV", "NOX", "RM", "LSTAT")])
    with (REFERENCE / "exploration_skater.csv").open(encoding="utf-8", newline="") as file:
        stored = {row["quantity"]: row["value"] for row in csv.DictReader(file)}
    groups = np.array([int(stored[f"group/{i}"]) for i in case.ids])
    path = np.array([float(stored[f"ssw/{k}"]) for k in range(1, 11)])
    X = (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)
    return case.B, X, groups, path, float(stored["mst/cost"])


def test_groups_criterion_and_tree_are_those_of_spdep(boston):
    links, X, groups, path, cost = boston
    found = skater(links, X, 10, criterion="distances")
    assert found.cost == pytest.approx(cost, rel=1e-12)
    np.testing.assert_allclose(found.path, path, rtol=1e-12)
    # spdep numbers groups in the order of cuts too: equal up to one renaming
    pairs = set(zip(found.labels.tolist(), groups.tolist(), strict=True))
    assert len(pairs) == 10


def test_distances_criterion_agrees_with_spopt():
    from libpysal.weights import lat2W
    from sklearn.metrics.pairwise import euclidean_distances
    from spopt.region.skater import SpanningForest

    X = np.random.default_rng(3).normal(size=(30, 2))
    forest = SpanningForest(dissimilarity=euclidean_distances, reduction=np.sum, center=np.mean)
    forest.fit(5, lat2W(5, 6), data=X)
    ours = skater(lattice(5, 6), X, 5, criterion="distances").labels
    pairs = set(zip(ours.tolist(), forest.current_labels_.tolist(), strict=True))
    assert len(pairs) == 5


@pytest.mark.parametrize("criterion", ["squares", "distances"])
def test_each_cut_is_the_best_of_all(criterion):
    X = np.random.default_rng(8).normal(size=(24, 3)) + 5.0
    power = {"squares": 1.0, "distances": 0.5}[criterion]

    def value(labels):
        parts = (X[labels == g] for g in np.unique(labels))
        return sum((((p - p.mean(axis=0)) ** 2).sum(axis=1) ** power).sum() for p in parts)

    found = skater(lattice(4, 6), X, 6, criterion=criterion)
    kept = [tuple(link) for link in found.tree]
    for k in range(2, 7):
        options = {}
        for link in kept:
            rest = np.array([other for other in kept if other != link])
            graph = sparse.csr_array((np.ones(len(rest)), rest.T), shape=(24, 24))
            options[link] = value(csgraph.connected_components(graph, directed=False)[1])
        best = min(options, key=options.get)
        kept.remove(best)
        assert found.path[k - 1] == pytest.approx(options[best], rel=1e-10)
    assert found.path[-1] == pytest.approx(value(found.labels), rel=1e-10)


def test_neighbours_that_are_exactly_alike_stay_neighbours():
    # a sparse matrix of lengths would drop the zeros, and the tree would fall apart
    X = np.array([[0.0], [0.0], [0.0], [9.0], [9.0], [9.0]])
    tree, cost = spanning_tree(lattice(1, 6), X)
    assert tree.tolist() == [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5]]
    assert cost == 9.0
    assert skater(lattice(1, 6), X, 2, criterion="squares").labels.tolist() == [0, 0, 0, 1, 1, 1]


def test_tree_is_as_short_as_scipys():
    X = np.random.default_rng(2).normal(size=(42, 2))
    links = lattice(6, 7).tocoo()
    length = np.sqrt(((X[links.row] - X[links.col]) ** 2).sum(axis=1))
    dense = sparse.csr_array((length, (links.row, links.col)), shape=(42, 42))
    tree, cost = spanning_tree(lattice(6, 7), X)
    assert cost == pytest.approx(csgraph.minimum_spanning_tree(dense).sum(), rel=1e-12)
    assert len(tree) == 41


def test_as_many_pieces_as_regions_leaves_nothing_within():
    found = skater(lattice(2, 3), np.arange(6.0)[:, None], 6, criterion="squares")
    assert sorted(found.labels) == [0, 1, 2, 3, 4, 5]
    assert found.path[-1] == pytest.approx(0.0, abs=1e-12)
