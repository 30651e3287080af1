"""Large maps go through compiled code, which gives what the plain code gives."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import box
from shapely.affinity import rotate

from workbench.numerics.geometry import borders, boxes, incidence
from workbench.weights.borders import touching


def wall(rows=7, columns=8, *, angle=0.0):
    """Bricks: T-junctions everywhere, with rounding noise where the wall is turned."""
    bricks = [
        box(c + r % 2 / 2, r, c + r % 2 / 2 + 1, r + 1) for r in range(rows) for c in range(columns)
    ]
    return np.array([rotate(brick, angle, origin=(0, 0)) for brick in bricks])


def plates():
    """Blocks with a round hole and what is in it; every third one is in two parts."""
    out = []
    for k in range(30):
        x, y = 3 * (k % 6), 3 * (k // 6)
        disc = shapely.Point(x + 1.5, y + 1.5).buffer(1)
        frame = box(x, y, x + 3, y + 3).difference(disc)
        out += [shapely.union(frame, box(90 + k, 0, 91 + k, 1)) if k % 3 == 0 else frame, disc]
    return np.array(out)


def scattered(seed=4):
    """Triangles that lie on one another."""
    rng = np.random.default_rng(seed)
    return shapely.polygons(rng.random((60, 1, 2)) * 6 + rng.random((60, 3, 2)))


def stacked():
    """A wall, two of its bricks once more, and a brick whose corner is at minus zero."""
    twins = [wall()[11], shapely.reverse(wall()[20])]
    return np.array([*wall(), *twins, box(-1.0, -1.0, -0.0, -0.0)])


def mixed():
    """Squares that share edges, every other ring the other way round."""
    squares = [box(c, r, c + 1, r + 1) for r in range(5) for c in range(5)]
    return np.array([shapely.reverse(s) if k % 2 else s for k, s in enumerate(squares)])


MAPS = {
    "bricks": wall(),
    "turned bricks": wall(angle=17.0),
    "holes and parts": plates(),
    "triangles": scattered(),
    "twins": stacked(),
    "both ways round": mixed(),
    "far away": shapely.transform(wall(angle=30.0), lambda xy: xy + 1e7),
}


@pytest.mark.slow
@pytest.mark.parametrize("rook", [False, True])
@pytest.mark.parametrize("name", MAPS)
def test_compiled_equals_plain(monkeypatch, name, rook):
    answers = []
    for threshold in (10**9, 0):
        monkeypatch.setattr(borders, "COMPILED", threshold)
        answers.append(touching(MAPS[name], rook=rook))
    plain, fast = answers
    assert (plain.matrix != fast.matrix).nnz == 0
    assert fast.matrix.has_canonical_format
    assert plain.matrix.nnz > 0
    for field in ("first", "second", "share"):
        np.testing.assert_array_equal(getattr(plain, field), getattr(fast, field))


@pytest.mark.slow
def test_places_are_equal_coordinates(monkeypatch):
    """Whole numbers and tiny ones, minus zero, and a table that grows: as np.unique tells them."""
    rng = np.random.default_rng(0)
    whole = rng.integers(-30, 30, (3000, 2)).astype(float)
    xy = np.concatenate([whole, -0.0 * whole[:50], rng.random((3000, 2)), 1e-300 * whole])
    expected = np.unique(xy, axis=0, return_inverse=True)[1].reshape(-1)
    for threshold in (10**9, 0):
        monkeypatch.setattr(borders, "COMPILED", threshold)
        place, count = borders.places(xy)
        assert count == expected.max() + 1
        pairs = np.unique(np.column_stack([place, expected]), axis=0)
        assert len(pairs) == count


def test_equal_keys_of_different_points_are_told_apart(monkeypatch):
    monkeypatch.setattr(borders, "_keys", lambda xy: np.zeros(len(xy), dtype=np.uint64))
    place, count = borders.places(np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]))
    assert count == 2
    assert place[0] == place[2] != place[1]


def test_points_are_one_only_if_both_coordinates_agree():
    """A crowd of points a step apart in x is no chain: their y are far from each other."""
    step = np.arange(500.0)
    crowd = np.column_stack([step * 0.9, step % 25 * 100])
    twin = crowd[[123]] + 0.4
    found = borders.clusters(np.concatenate([crowd, twin]), 1.0)
    assert found[500] == 123
    np.testing.assert_array_equal(found[:500], np.arange(500))


def test_points_agree_over_several_steps_and_across_any_line():
    xy = np.array([[0.0, 0.0], [0.9, 0.5], [1.8, -0.2], [3.0, 0.0]])
    assert borders.clusters(xy, 1.0).tolist() == [0, 0, 0, 3]


def test_boxes_that_meet_are_those_of_all_pairs():
    rng = np.random.default_rng(2)
    low = np.concatenate([rng.random((300, 2)), [[-5.0, 0.5], [0.2, 0.2]]])
    high = low + np.concatenate([rng.random((300, 2)) * 0.1, [[9.0, 0.0], [0.0, 0.0]]])
    ask_low = np.concatenate([low[:100], rng.normal(size=(50, 2)) * 1e6])
    ask_high = ask_low + 0.05
    apart = (low[None] > ask_high[:, None]) | (high[None] < ask_low[:, None])
    asked, found = boxes.meeting(boxes.grid(low, high), ask_low, ask_high)
    assert set(zip(asked, found, strict=True)) == set(
        zip(*np.nonzero(~apart.any(axis=2)), strict=True)
    )
    assert asked.size == (~apart.any(axis=2)).sum()


@pytest.mark.slow
def test_rings_that_pass_unexamined_are_valid():
    """Random rings, far and near, some wound twice, some with an ear of 1e-9."""
    rng = np.random.default_rng(1)
    rings = []
    for k in range(4000):
        angle = np.sort(rng.random(3 + k % 6)) * 2 * np.pi * (1 + k % 2)
        xy = np.column_stack([np.cos(angle), np.sin(angle)]) * rng.uniform(0.4, 1, (angle.size, 1))
        if k % 3 == 0:
            xy = rng.random(xy.shape)
        if k % 7 == 0:
            xy[-1] = xy[0] + rng.normal(size=2) * 1e-9
        rings.append(shapely.Polygon((xy if k % 11 else xy[::-1]) + (k % 5) * 1e6))
    start = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(rings))])
    passed = incidence.star_shaped(shapely.get_coordinates(rings), start)
    assert shapely.is_valid(np.array(rings)[passed]).all()
    assert 500 < passed.sum() < 3500
