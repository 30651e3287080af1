"""Nearest neighbours, bands and decays equal those of R's spdep 1.4-2."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import workbench as wb

REFERENCE = Path(__file__).parents[1] / "reference"
FIRST_ORDER = 1.2e-5
# spdep's formula on WGS 84 is of the first order in the flattening f = 1/298.26: it leaves about
# f² = 1.1e-5 of the distance. Ours is exact to 15 nm.


def rows(name):
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def pairs(W):
    focal, neighbor = W.sparse.nonzero()
    return set(zip(W.ids[focal], W.ids[neighbor], strict=True))


@pytest.fixture(scope="module")
def boston():
    table = pd.read_csv(REFERENCE / "weights" / "distances_boston_points.csv")
    points = gpd.points_from_xy(table["x"], table["y"], crs=32619)
    return gpd.GeoSeries(points, index=pd.Index(table["region"]))


@pytest.fixture(scope="module")
def seats():
    table = pd.read_csv(REFERENCE / "data" / "weights_nc_lonlat.csv")
    points = gpd.points_from_xy(table["lon"], table["lat"], crs=4326)
    return gpd.GeoSeries(points, index=pd.RangeIndex(1, len(table) + 1))


@pytest.mark.parametrize("k", [1, 4, 6, 10])
def test_nearest_neighbours(boston, k):
    """Where they differ, the distances agree to 1e-9: a tie, which spdep breaks by rounding."""
    theirs = {
        (int(row["focal"]), int(neighbor))
        for row in rows("weights/distances_boston_knn")
        if row["k"] == str(k)
        for neighbor in row["neighbors"].split()
    }
    ours = pairs(wb.weights.knn(boston, k))
    assert len(ours) == len(theirs) == 506 * k
    instead = dict(theirs - ours)
    assert len(instead) == {1: 0, 4: 3, 6: 0, 10: 0}[k]
    for focal, neighbor in ours - theirs:
        other = boston[focal].distance(boston[instead[focal]])
        assert boston[focal].distance(boston[neighbor]) == pytest.approx(other, rel=1e-9)
        assert neighbor < instead[focal]


@pytest.mark.parametrize("band", ["1.0", "1.5"])
def test_bands(boston, band):
    """At exactly the largest nearest distance spdep drops pairs by the last bit: stay below."""
    stored = [row for row in rows("weights/distances_boston_bands") if row["band"] == band]
    threshold = float(stored[0]["d"]) * (1 - 1e-8)
    W = wb.weights.distance_band(boston, threshold, unit="crs", islands="keep")
    theirs = {int(row["neighbours"]): int(row["regions"]) for row in stored}
    assert W.cardinalities.value_counts().sort_index().to_dict() == theirs


DECAYS = {
    "idw": {"decay": "inverse"},
    "exp": {"decay": "exponential", "alpha": 1.0},
    "dpd": {"decay": "double-power", "alpha": 1.0},
}


def decayed(boston, case):
    d = float(rows("weights/distances_boston_bands")[0]["d"])
    # The double-power rule drops pairs at dmax itself; the others must stay below, as above.
    threshold = d if case == "dpd" else d * (1 - 1e-8)
    return wb.weights.distance_band(boston, threshold, unit="crs", islands="keep", **DECAYS[case])


@pytest.mark.parametrize("case", DECAYS)
def test_decays(boston, case):
    W = decayed(boston, case).sparse.toarray()
    theirs = np.zeros((8, 506))
    for row in rows("weights/distances_boston_decay"):
        if row["case"] == case:
            theirs[int(row["focal"]) - 1, int(row["neighbor"]) - 1] = float(row["weight"])
    np.testing.assert_array_equal(W[:8] > 0, theirs > 0)
    # Near dmax the double-power weight is a difference of nearly equal numbers.
    np.testing.assert_allclose(W[:8], theirs, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("case", DECAYS)
def test_decays_of_all_regions(boston, shared_reference, case):
    table = pd.read_csv(shared_reference / f"data/geo/w_boston_dist_{case}_a1_W.csv")
    theirs = np.zeros((506, 506))
    theirs[table["focal"] - 1, table["neighbor"] - 1] = table["weight"]
    np.testing.assert_allclose(
        decayed(boston, case).sparse.toarray(), theirs, rtol=1e-10, atol=1e-14
    )


def stored_pairs(case):
    found = [row for row in rows("weights_pairs") if row["case"] == case]
    return {(int(row["focal"]), int(row["neighbor"])) for row in found}


def test_geodesic_neighbours_are_exactly_theirs(seats):
    """On the ellipsoid no allowance is needed: see the same on a sphere in the other module."""
    assert pairs(wb.weights.knn(seats, 5, metric="ellipsoidal")) == stored_pairs("nc knn5")
    band = wb.weights.distance_band(seats, 60, metric="ellipsoidal")
    assert pairs(band) == stored_pairs("nc 60 km")


@pytest.mark.parametrize("crs", [4326, 32617])
def test_geodesic_distances(seats, crs):
    W = wb.weights.distance_band(
        seats.to_crs(crs), 60, metric="ellipsoidal", decay="inverse", normalize="none"
    )
    km = 1 / W.sparse.toarray()[:3].clip(min=1e-12)
    for row in rows("weights/distances_nc_km"):
        ours = km[int(row["focal"]) - 1, int(row["neighbor"]) - 1]
        assert ours == pytest.approx(float(row["km"]), rel=FIRST_ORDER)
