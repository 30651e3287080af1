"""Promise: distances with holes, with one value or with none are handled, and remedies work."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from workbench.errors import InputError, ValuesError
from workbench.explore import distance_correlogram, distance_scatter
from workbench.numerics.autocorrelation.pair_smooth import local_linear

RANDOM = np.random.default_rng(5)


def places(x, y, *, crs=3857):
    geometry = gpd.points_from_xy(x, y)
    return gpd.GeoDataFrame({"x": RANDOM.normal(size=len(x))}, geometry=geometry, crs=crs)


def test_a_default_bandwidth_reaches_two_distances_everywhere():
    line = places(np.arange(10.0), np.zeros(10))
    found = distance_scatter("x", line, unit="m", permutations=39)
    # distances are whole: at 4 the second nearest is one away, more than an eighth of the reach
    assert 1 < found.bandwidth < 1.02
    assert any("bandwidth is 1.01 m" in note for note in found.notes)
    with pytest.raises(ValuesError, match="two different distances") as caught:
        distance_scatter("x", line, unit="m", bandwidth=0.5)
    remedy = float(caught.value.remedy.split("=")[1].split()[0])
    assert distance_scatter("x", line, unit="m", bandwidth=remedy, permutations=39).bandwidth > 1


def test_points_at_the_same_place_are_pairs_at_distance_zero():
    # both sides of the date line; half a degree there is some 23 km at 65 degrees north
    lon = [179.5, -179.5, 179, -179, 178, -178, 177, -177, 179.5, 179.5, -176, 176]
    found = distance_scatter("x", places(lon, [65.0] * 12, crs=4326), permutations=39)
    assert (found.augment()["distance"] == 0).sum() == 3
    assert found.augment()["distance"].max() < 200
    near = distance_correlogram(
        "x", places(lon, [65.0] * 12, crs=4326), breaks=[0, 30, 400], permutations=39
    )
    # 3 coincident pairs, and 179.5 with 179 (three times) and -179.5 with -179
    assert near.table["pairs"].tolist() == [14, 132 - 14]


@pytest.mark.parametrize("call", [distance_correlogram, distance_scatter])
def test_places_that_are_one_place_are_refused(call):
    with pytest.raises(InputError) as caught:
        call("x", places([1.0] * 8, [2.0] * 8), unit="m")
    assert "coordinates" in caught.value.remedy
    assert isinstance(caught.value, InputError)
    assert "inf" not in str(caught.value)


def test_one_distance_alone_fades_nowhere():
    grid = places(np.arange(25.0) % 5, np.arange(25) // 5)
    with pytest.raises(InputError, match="all 1 m apart") as caught:
        distance_scatter("x", grid, unit="m", max_distance=1)
    assert caught.value.remedy == "a larger max_distance"
    assert distance_scatter("x", grid, unit="m", max_distance=3, permutations=39).p_value > 0


def test_lines_are_those_of_weighted_least_squares():
    d, at, h = RANDOM.uniform(0, 10, 60), np.array([0.0, 3.0, 9.5]), 2.5
    rows = local_linear(d, at, bandwidth=h)
    y = RANDOM.normal(size=60)
    for g, row in zip(at, rows, strict=True):
        w = np.maximum(1 - ((d - g) / h) ** 2, 0)
        X = np.column_stack([np.ones(60), d - g])
        beta = np.linalg.solve(X.T @ (w[:, None] * X), X.T @ (w * y))
        assert row @ y == pytest.approx(beta[0], rel=1e-9)


def test_the_smooth_of_many_pairs_fits_into_memory():
    import tracemalloc

    d = RANDOM.uniform(0, 10, 200_000)
    tracemalloc.start()
    rows = local_linear(d, np.linspace(0, 10, 50), bandwidth=1.25)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows.nbytes == 80e6
    assert peak < 1.3 * rows.nbytes


def test_series_and_frames_agree():
    frame = places(np.arange(12.0), RANDOM.random(12))
    alone = distance_scatter(frame["x"], frame.geometry, unit="m", permutations=39)
    pd.testing.assert_frame_equal(
        alone.tidy(), distance_scatter("x", frame, unit="m", permutations=39).tidy()
    )


def test_of_many_regions_the_near_pairs_are_found(monkeypatch):
    """A sample of all pairs would hold hardly any that are near: they are listed instead."""
    from workbench.explore.reach import distance_pairs

    frame = places(RANDOM.random(300) * 1e3, RANDOM.random(300) * 1e3)
    every = distance_scatter("x", frame, unit="m", max_distance=20, permutations=39)
    monkeypatch.setattr(distance_pairs, "MEASURED", 1000)
    found = distance_scatter("x", frame, unit="m", max_distance=20, pairs=50_000, permutations=39)
    # fewer than 1,000 of 44,850 pairs, of which 100 at a time would be drawn
    listed = distance_scatter("x", frame, unit="m", max_distance=20, pairs=100, permutations=39)
    assert every.total == found.total == listed.total > 40
    pd.testing.assert_frame_equal(found.augment(), every.augment())
    assert len(listed.augment()) <= 100
    with pytest.raises(InputError, match="0 pairs within 1e-06 m"):
        distance_scatter("x", frame, unit="m", max_distance=1e-6, permutations=39)
    # beyond reach of a list a sample is drawn, and said to be one
    far = distance_scatter("x", frame, unit="m", pairs=100, permutations=39)
    assert far.total is None
    assert len(far.augment()) == 100
