"""The compiled search, SciPy's search and comparing all pairs find the same neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.numerics.geometry import neighbours

TIE = neighbours.TIE


def straight(points):
    return lambda a, b: np.sqrt(((points[a] - points[b]) ** 2).sum(axis=1))


def widened(lines):
    return lines * (1 + 1e-8) + 1e-14


def by_definition(points, k, measure):
    """The k nearest of each, ties within 1e-9 of the k-th to the first positions."""
    n = len(points)
    out = np.empty((n, k), dtype=np.int64)
    for i in range(n):
        others = np.delete(np.arange(n), i)
        d = measure(np.full(n - 1, i), others)
        last = np.sort(d)[k - 1]
        near = others[d < last * (1 - TIE)]
        tied = others[(d >= last * (1 - TIE)) & (d <= last * (1 + TIE))]
        out[i] = np.sort(np.concatenate([near, tied])[:k])
    return out


def clouds():
    rng = np.random.default_rng(7)
    globe = rng.standard_normal((300, 3))
    cell = np.stack(np.meshgrid(np.arange(17.0), np.arange(15.0)), axis=-1).reshape(-1, 2)
    town = np.concatenate([rng.normal(0, 1e-4, (200, 2)), rng.random((100, 2)), [[1e6, 0.0]]])
    return {
        "plane": rng.random((301, 2)),
        "globe": globe / np.linalg.norm(globe, axis=1)[:, None],
        "lattice": cell,
        "noisy lattice": cell * 0.1 + rng.choice([0.0, 1e-17, 3e-17], cell.shape),
        "shuffled lattice": rng.permutation(cell),
        "towns": town,
        "coincident": np.repeat(rng.random((12, 2)), 25, axis=0)[rng.permutation(300)],
        "crowds": np.repeat(rng.random((3, 2)), [100, 1, 180], axis=0)[rng.permutation(281)],
        "one place": np.ones((60, 2)),
        "line": np.column_stack([np.zeros(200), np.arange(200.0)]),
        "two": np.array([[0.0, 0.0], [1.0, 0.0]]),
    }


@pytest.fixture(params=[pytest.param("compiled", marks=pytest.mark.slow), "scipy"])
def engine(request, monkeypatch):
    if request.param == "compiled":
        monkeypatch.setattr(neighbours, "SMALL", 0)
        monkeypatch.setattr(neighbours, "MOST_COMPILED", 10**9)
    return request.param


@pytest.mark.quick_cases(7)
@pytest.mark.parametrize("name", clouds())
@pytest.mark.parametrize("k", [1, 4, 7, 30])
def test_nearest_are_those_of_the_definition(engine, name, k):
    points = clouds()[name]
    k = min(k, len(points) - 1)
    measure = straight(points)
    found = neighbours.nearest(points, k, bound=widened, measure=measure)
    np.testing.assert_array_equal(found.neighbors, by_definition(points, k, measure))
    own = (points[:, None] == points[None]).all(axis=2).sum(axis=1)
    assert found.coincident == (own > 1).sum()
    assert found.crowded == (own > k + 1).sum()


@pytest.mark.quick_cases(15)
@pytest.mark.parametrize("name", clouds())
@pytest.mark.parametrize("share", [0.0, 0.05, 0.3, 2.0])
def test_pairs_are_those_of_the_definition(engine, name, share):
    points = clouds()[name]
    radius = share * float(np.ptp(points, axis=0).max())
    pairs = neighbours.within(points, radius, certain=radius, most=10**9)
    square = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    np.fill_diagonal(square, np.inf)
    expected = np.nonzero(square <= radius)
    focal = np.repeat(np.arange(len(points)), np.diff(pairs.indptr))
    np.testing.assert_array_equal(focal, expected[0])
    np.testing.assert_array_equal(pairs.indices, expected[1])
    assert pairs.doubtful == 0
    distances = neighbours.pair_distances(pairs, measure=straight(points))
    np.testing.assert_allclose(distances, square[expected], rtol=1e-14)
    assert neighbours.count_within(points, radius) == focal.size


def test_both_directions_of_a_pair_have_the_same_distance(engine, monkeypatch):
    monkeypatch.setattr(neighbours, "BLOCK", 100)
    points = clouds()["plane"]

    def noisy(a, b):
        return np.asarray(a) * 1000.0 + np.asarray(b)

    pairs = neighbours.within(points, 0.2, certain=0.0, most=10**9)
    values = neighbours.pair_distances(pairs, measure=noisy)
    focal = np.repeat(np.arange(len(points)), np.diff(pairs.indptr))
    low, high = np.minimum(focal, pairs.indices), np.maximum(focal, pairs.indices)
    np.testing.assert_array_equal(values, low * 1000.0 + high)
    assert pairs.doubtful == pairs.indices.size


def test_too_many_pairs_are_not_listed(engine):
    points = clouds()["plane"]
    assert neighbours.within(points, 2.0, certain=2.0, most=301 * 300 - 1) is None
    assert neighbours.within(points, 2.0, certain=2.0, most=301 * 300) is not None


def test_all_pairs_leave_out_the_diagonal(monkeypatch):
    monkeypatch.setattr(neighbours, "BLOCK", 10)
    points = clouds()["line"][:7]
    values = neighbours.all_pairs(7, measure=straight(points)).reshape(7, 6)
    square = np.abs(np.arange(7.0)[:, None] - np.arange(7.0))
    np.testing.assert_array_equal(values, square[~np.eye(7, dtype=bool)].reshape(7, 6))


@pytest.mark.slow
@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    n=st.integers(2, 120),
    grid=st.integers(1, 12),
    dimensions=st.sampled_from([2, 3]),
    seed=st.integers(0, 10_000),
    data=st.data(),
)
def test_both_searches_agree_on_points_full_of_ties(n, grid, dimensions, seed, data):
    points = np.random.default_rng(seed).integers(0, grid, (n, dimensions)) / grid
    k = data.draw(st.integers(1, n - 1))
    measure = straight(points)
    one = neighbours.nearest(points, k, bound=widened, measure=measure)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "SMALL", 0)
        patch.setattr(neighbours, "MOST_COMPILED", 10**9)
        two = neighbours.nearest(points, k, bound=widened, measure=measure)
    np.testing.assert_array_equal(one.neighbors, two.neighbors)
    assert (one.coincident, one.crowded) == (two.coincident, two.crowded)


def test_the_distance_that_counts_decides_not_the_straight_line(engine):
    """The measure turns the order of lines within what the bound allows."""
    rng = np.random.default_rng(3)
    points = rng.random((200, 2))
    stretch = 1 + 0.2 * rng.random((200, 200))
    stretch = np.maximum(stretch, stretch.T)

    def measure(a, b):
        return straight(points)(a, b) * stretch[a, b]

    found = neighbours.nearest(points, 5, bound=lambda r: 1.2 * r + 1e-12, measure=measure)
    np.testing.assert_array_equal(found.neighbors, by_definition(points, 5, measure))
