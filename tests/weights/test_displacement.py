"""A displaced map gives every region the neighbours of the place where it lands."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import IdError, InputError
from workbench.numerics.geometry import rewiring
from workbench.weights.displacement import turn_of
from workbench.weights.places import locate, natural_unit


@pytest.fixture(scope="module")
def capitals():
    return wb.load("russia-regions", part="capitals80")


@pytest.fixture(scope="module")
def queen():
    return wb.weights.queen(wb.load("russia-regions"), islands="nearest")


def kept(W, other):
    """Share of the links of W that the other has too."""
    return W.sparse.astype(bool).multiply(other.sparse.astype(bool)).sum() / W.sparse.nnz


def test_the_lag_of_a_region_is_the_lag_of_where_it_lands(queen, capitals):
    """Dense formula: row i is row order[i] of W without region i, normalised anew."""
    other = wb.weights.displaced(queen, capitals, angle=120)
    places = locate(capitals, metric="auto", unit=natural_unit(capitals, "auto")).points
    order = rewiring.match_places(rewiring.rotate(places, 120.0), places)
    expected = queen.sparse_base.toarray()[order]
    np.fill_diagonal(expected, 0.0)
    expected = expected / np.maximum(expected.sum(axis=1, keepdims=True), 1e-300)
    np.testing.assert_allclose(other.sparse.toarray(), expected, rtol=1e-14)
    assert "map turned by 120.0 degrees" in str(other.card())


def test_its_links_are_wrong_where_those_of_a_rotated_map_are_half_right(queen, capitals):
    angles = (60, 120, 240, 300)
    moved = [kept(queen, wb.weights.displaced(queen, capitals, angle=a)) for a in angles]
    turned = [kept(queen, wb.weights.rotated(queen, capitals, angle=a)) for a in angles]
    assert max(moved) < 0.25 < 0.35 < min(turned)


def test_a_full_turn_is_the_map_itself_and_two_mirrors_are_none(queen, capitals):
    assert wb.weights.displaced(queen, capitals, angle=360).digest == queen.digest
    mirrored = wb.weights.displaced(queen, capitals, angle=0, mirrored=True)
    assert kept(queen, mirrored) < 0.5
    square = wb.load("us-states")
    W = wb.weights.queen(square)
    assert wb.weights.displaced(W, square, angle=0, mirrored=True).n == W.n


def test_draws_are_any_angle_and_half_of_them_mirrored():
    turns = [turn_of(3, draw) for draw in range(400)]
    # four standard errors of a share of one half among 400
    assert np.mean([t.mirrored for t in turns]) == pytest.approx(0.5, abs=0.1)
    quarters = np.bincount([int(t.angle // 90) for t in turns], minlength=4)
    assert np.abs(quarters - 100).max() < 4 * np.sqrt(75)
    small = [t for t in turns if t.small]
    assert all(min(t.angle, 360 - t.angle) < 30 and not t.mirrored for t in small)
    assert small


def test_row_order_and_the_callers_weights_do_not_matter(queen, capitals):
    before = queen.digest
    one = wb.weights.displaced(queen, capitals, seed=1, draw=2)
    two = wb.weights.displaced(queen, capitals.sample(frac=1, random_state=1), seed=1, draw=2)
    assert one.digest == two.digest
    assert queen.digest == before
    assert not one.sparse.diagonal().any()


def test_refusals(queen, capitals):
    with pytest.raises(InputError, match="degrees"):
        wb.weights.displaced(queen, capitals, angle="x")
    with pytest.raises(IdError):
        wb.weights.displaced(queen, capitals.iloc[1:], angle=90)
    assert isinstance(wb.weights.displaced(queen, capitals, angle=90).cardinalities, pd.Series)


def test_displaced_weights_come_one_after_the_other():
    states = wb.load("us-states")
    W = wb.weights.queen(states)
    several = wb.weights.perturbations(W, "displaced", draws=3, seed=2, points=states)
    single = [wb.weights.displaced(W, states, seed=2, draw=draw) for draw in range(3)]
    assert [one.digest for one in several] == [one.digest for one in single]
    with pytest.raises(InputError, match="displaced"):
        wb.weights.perturbations(W, "displaced")
