"""Promise: blocks of regions are about equal, do not hang apart, and depend on nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from workbench.numerics.geometry.blocks import (
    blocks_of_links,
    blocks_of_points,
    joined,
    within_steps,
)
from workbench.numerics.partitions.agreement import pieces


def grid(rows, columns):
    i = np.arange(rows * columns)
    row, column = i // columns, i % columns
    links = np.abs(row[:, None] - row) + np.abs(column[:, None] - column) == 1
    return sparse.csr_array(links.astype(float)), np.column_stack([row, column]).astype(float)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.integers(2, 9), st.integers(2, 9), st.data())
def test_every_block_is_there_and_none_is_twice_its_share(rows, columns, data):
    n = rows * columns
    k = data.draw(st.integers(2, n))
    links, points = grid(rows, columns)
    for labels in (blocks_of_links(links, k), blocks_of_points(points, k)):
        size = np.bincount(labels, minlength=k)
        assert len(size) == k
        assert size.min() >= 1
        assert size.max() <= 2 * np.ceil(n / k)


def test_a_strip_is_cut_across():
    links, points = grid(3, 40)
    for labels in (blocks_of_links(links, 4), blocks_of_points(points, 4)):
        assert np.bincount(labels).tolist() == [30] * 4
        assert pieces(labels, links).tolist() == [1] * 4
        middle = [labels[points[:, 1] == c] for c in (4, 14, 24, 34)]
        assert all(len(set(part)) == 1 for part in middle)


def test_parts_without_a_way_between_them_are_cut_one_after_the_other():
    links = sparse.block_diag([grid(3, 4)[0], grid(3, 4)[0]], format="csr")
    labels = blocks_of_links(sparse.csr_array(links), 2)
    assert len(set(labels[:12])) == len(set(labels[12:])) == 1
    assert labels[0] != labels[12]


def test_pieces_join_the_block_they_touch_most():
    """A chain of seven: the single 1 at the start goes to 0; an island stays what it is."""
    links = np.diag(np.ones(6), 1)
    links = sparse.block_diag([links, np.zeros((1, 1))], format="csr")
    found = joined(np.array([1, 0, 0, 0, 1, 1, 1, 0]), sparse.csr_array(links))
    assert found.tolist() == [0, 0, 0, 0, 1, 1, 1, 0]


def test_steps_follow_links_in_both_directions():
    links = sparse.csr_array(np.diag(np.ones(5), 1))
    inside = np.arange(6) == 2
    assert np.flatnonzero(within_steps(inside, links, 0)).tolist() == []
    assert np.flatnonzero(within_steps(inside, links, 1)).tolist() == [1, 3]
    assert np.flatnonzero(within_steps(inside, links, 2)).tolist() == [0, 1, 3, 4]
