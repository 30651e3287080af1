"""A corner computed in two ways is one corner; what has no neighbour is refused by name."""

from __future__ import annotations

import csv

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

import workbench as wb
from workbench.errors import WeightsError


def lattice(rows, columns, *, x, y, step):
    """Cells whose far corners are computed from their own near ones: noise of 1e-16."""
    return gpd.GeoSeries(
        {
            f"{r:02d}-{c:02d}": box(
                x + c * step, y + r * step, (x + c * step) + step, (y + r * step) + step
            )
            for r in range(rows)
            for c in range(columns)
        }
    )


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    rows=st.integers(2, 7),
    columns=st.integers(2, 7),
    x=st.floats(-180, 180),
    y=st.floats(-90, 90),
    step=st.sampled_from([0.1, 1 / 3, 3.35, 333.3]),
)
def test_noisy_lattice_has_the_counts_of_the_closed_form(rows, columns, x, y, step):
    cells = lattice(rows, columns, x=x, y=y, step=step)
    edges = rows * (columns - 1) + columns * (rows - 1)
    corners = 2 * (rows - 1) * (columns - 1)
    assert wb.weights.rook(cells).sparse.nnz == 2 * edges
    assert wb.weights.queen(cells).sparse.nnz == 2 * (edges + corners)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", ["wheat", "world"])
@pytest.mark.parametrize("builder", ["queen", "rook"])
def test_contiguity_equals_spdep_on_noisy_coordinates(shared_reference, name, builder):
    """R's spdep 1.4-2, poly2nb with its default snap; wheat's plots differ by 7e-15."""
    folder = shared_reference / "data" / "geo"
    frame = gpd.read_file(folder / f"{name}.gpkg")
    frame = frame.set_index(pd.RangeIndex(1, len(frame) + 1))
    with (folder / f"w_{name}_{builder}_B.csv").open(encoding="utf-8", newline="") as handle:
        theirs = {(int(r["focal"]), int(r["neighbor"])) for r in csv.DictReader(handle)}
    W = getattr(wb.weights, builder)(frame, islands="keep")
    rows, columns = W.sparse.nonzero()
    assert set(zip(W.ids[rows], W.ids[columns], strict=True)) == theirs


def test_regions_that_only_nearly_touch_are_not_neighbours():
    apart = gpd.GeoSeries({"a": box(0, 0, 1, 1), "b": box(1.000001, 0, 2, 1)})
    assert wb.weights.queen(apart, islands="keep").islands == ("a", "b")


def test_a_restriction_that_isolates_a_nearest_neighbour_says_so():
    line = gpd.GeoSeries({k: Point(x, 0) for k, x in zip("abcd", (0, 1, 5, 6), strict=True)})
    smaller = wb.weights.knn(line.set_crs(3857), 1, islands="keep").restrict(["a", "b", "d"])
    assert smaller.islands == ("d",)
    assert "1 became islands by the restriction (d)" in str(smaller.card())
    with pytest.raises(WeightsError, match="d"):
        wb.weights.knn(line.set_crs(3857), 1).restrict(["a", "b", "d"])


def test_a_single_region_has_no_nearest_one():
    alone = gpd.GeoSeries({"only": box(0, 0, 1, 1)}, crs=3857)
    with pytest.raises(WeightsError, match="single region"):
        wb.weights.queen(alone, islands="nearest")
    assert wb.weights.queen(alone, islands="keep").islands == ("only",)
