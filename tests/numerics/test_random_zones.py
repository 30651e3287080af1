"""Random zones: every region in one connected zone, k of them, whatever the graph."""

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse import csgraph

from workbench.numerics.partitions.random_zones import joined, random_zones


def lattice(rows, columns):
    line = lambda n: sparse.diags_array([np.ones(n - 1)] * 2, offsets=[-1, 1])  # noqa: E731
    return sparse.csr_array(
        sparse.kron(line(rows), sparse.eye_array(columns))
        + sparse.kron(sparse.eye_array(rows), line(columns))
    )


def neighbours(links):
    dense = links.toarray() > 0
    return {i: set(np.flatnonzero(dense[i]).tolist()) for i in range(len(dense))}


def reached(start, members, around):
    """Walk within a zone, by brute force."""
    found, todo = {start}, [start]
    while todo:
        for one in (around[todo.pop()] & members) - found:
            found.add(one)
            todo.append(one)
    return found


@pytest.mark.parametrize("k", [2, 7, 20, 48])
def test_zones_are_connected_and_as_many_as_asked(k):
    links = lattice(7, 7)
    around = neighbours(links)
    for seed in range(5):
        zones = random_zones(links, k, np.random.default_rng(seed))
        assert sorted(set(zones.tolist())) == list(range(k))
        for zone in range(k):
            members = set(np.flatnonzero(zones == zone).tolist())
            assert reached(min(members), members, around) == members


def test_zones_of_a_lattice_have_roughly_equal_numbers():
    sizes = [
        np.bincount(random_zones(lattice(12, 12), 12, np.random.default_rng(seed)))
        for seed in range(20)
    ]
    assert np.median([size.max() for size in sizes]) <= 18  # 12 on average
    assert np.median([size.std() for size in sizes]) < 5


def test_every_connected_part_has_zones_of_its_own():
    links = sparse.csr_array(sparse.block_diag([lattice(4, 4), lattice(1, 3), np.zeros((1, 1))]))
    parts = csgraph.connected_components(links)[1]
    for seed in range(10):
        zones = random_zones(links, 6, np.random.default_rng(seed))
        for zone in range(6):
            assert len(set(parts[zones == zone].tolist())) == 1
        assert (zones == zones[-1]).sum() == 1  # the island


@pytest.mark.slow
def test_seeds_are_uniform_over_regions():
    """On a complete graph each pair of regions is as likely as any other to share a zone."""
    n, draws = 6, 3000
    links = sparse.csr_array(np.ones((n, n)) - np.eye(n))
    together = np.zeros((n, n))
    for seed in range(draws):
        zones = random_zones(links, 3, np.random.default_rng(seed))
        together += zones[:, None] == zones[None, :]
    share = together[np.triu_indices(n, 1)] / draws
    # zones of two each: a pair shares one with probability 1/5; six standard errors
    assert np.abs(share - 0.2).max() < 6 * np.sqrt(0.2 * 0.8 / draws)


def test_zones_are_neighbours_where_members_are():
    links = lattice(5, 5)
    zones = random_zones(links, 6, np.random.default_rng(3))
    dense, found = links.toarray(), joined(links, zones).toarray()
    for a in range(6):
        for b in range(6):
            linked = dense[np.ix_(zones == a, zones == b)].any()
            assert found[a, b] == float(linked and a != b)
