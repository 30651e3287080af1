"""What no curve of distance can come from is refused by name; what is odd is noted."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from workbench.errors import (
    GeometryError,
    IdError,
    InputError,
    OptionError,
    UnknownNameError,
    ValuesError,
)
from workbench.innovation.points import k_density

FEW = {"draws": 119, "level": 0.8}


def refused(error, text, points, measure, **options):
    given = {"sector": "sector", "distances": [10, 20], "draws": 99, **options}
    with pytest.raises(error, match=text):
        measure(points, **given)


def test_unknown_names_are_answered_with_the_nearest(firms, measure):
    refused(UnknownNameError, "did you mean 'sector'", firms, measure, sector="sektor")
    refused(UnknownNameError, "did you mean 'jobs'", firms, measure, weight="job")
    refused(UnknownNameError, "sectors: .*\n.*did you mean 'optics'", firms, measure,
            sectors=["optic"])  # fmt: skip
    refused(UnknownNameError, "neighbours: .*\n.*'shops'", firms, measure, neighbours="shop")
    refused(UnknownNameError, "controls: .*\n.*'shops'", firms, measure, controls=["shop"])
    refused(OptionError, "did you mean 'location'", firms, measure, null="locations")
    refused(OptionError, "metric", firms, measure, metric="ellipsoidal")


@pytest.mark.parametrize(
    ("value", "found"), [(0.0, "zero"), (-3.0, "zero"), (np.nan, "missing"), (np.inf, "infinite")]
)
def test_weights_that_are_no_employment_are_named(firms, measure, value, found):
    bad = firms.assign(jobs=firms["jobs"].astype(float))
    bad.loc[["e0003", "e0100"], "jobs"] = value
    refused(ValuesError, f"jobs: .*2 {found}.*\n.*e0003, e0100", bad, measure, weight="jobs")


def test_texts_as_weights_are_refused(firms, measure):
    bad = firms.assign(jobs=firms["jobs"].astype(str))
    refused(ValuesError, "jobs: expected numbers", bad, measure, weight="jobs")


def test_missing_places_sectors_and_ids_are_named(firms, measure):
    bad = firms.copy()
    bad.loc["e0005", "geometry"] = None
    refused(GeometryError, "e0005", bad, measure)
    bad = firms.copy()
    bad.loc["e0007", "sector"] = None
    refused(ValuesError, "sector: .*1 missing.*\n.*e0007", bad, measure)
    mixed = firms.copy()
    mixed["sector"] = [1] * 100 + ["1"] * 129
    refused(ValuesError, "spelt alike", mixed, measure)
    twice = firms.set_index(pd.Index(["same"] * 2 + list(firms.index[2:])))
    refused(IdError, "same", twice, measure)
    refused(InputError, "GeoDataFrame", pd.DataFrame(firms), measure)
    refused(GeometryError, "coordinate reference system", firms.set_crs(None, allow_override=True),
            measure)  # fmt: skip


def test_degrees_are_no_plane(firms, measure):
    refused(GeometryError, "degree", firms.to_crs(4326), measure, metric="planar")


def test_too_few_establishments_are_named(firms, measure):
    bad = firms.copy()
    bad.loc["e0001", "sector"] = "rare"
    refused(ValuesError, "sectors: expected sectors of at least .*\n.*rare", bad, measure,
            sectors=["rare"])  # fmt: skip
    tiny = firms.iloc[:9]
    refused(InputError, "a sector with 10 establishments", tiny, measure)
    one = firms.iloc[:40]
    refused(InputError, "beside 'other'", one, measure)
    refused(InputError, "controls: .*beside 'optics'", firms, measure, sectors="optics",
            controls="optics")  # fmt: skip


def test_nulls_that_leave_nothing_to_chance_are_refused(firms, measure):
    refused(InputError, "for a sector around itself", firms, measure, null="independence")
    refused(InputError, "another sector than", firms, measure, sectors="shops", neighbours="shops")
    pair = firms[firms["sector"].isin(["optics", "shops"])]
    refused(InputError, "beside 'optics'", pair, measure, sectors="optics", neighbours="shops",
            null="independence")  # fmt: skip


@pytest.mark.parametrize("distances", [[3, 2], [-1, 2], [1, np.nan], [], "ten", [[1, 2]], [0.0]])
def test_distances_must_increase(firms, measure, distances):
    refused(InputError, "distances: expected increasing", firms, measure, distances=distances)


@pytest.mark.parametrize(
    ("option", "value"),
    [("draws", 0), ("draws", 9.5), ("level", 1.0), ("level", 95), ("seed", -1), ("draws", 12)],
)
def test_settings_out_of_range_are_refused(firms, measure, option, value):
    refused(InputError, option, firms, measure, **{option: value})


def test_bandwidths_must_be_positive_and_exist(firms, table):
    refused(InputError, "bandwidth", firms, k_density, bandwidth=0)
    refused(InputError, "told apart to 0.0021 km", firms, k_density, bandwidth=0.001)
    corners = np.array([[0.0, 0.0], [1000.0, 0.0], [500.0, np.sqrt(0.75) * 1000.0]])
    three = table(np.vstack([corners, corners + 5e4, corners + 9e4]), ["a"] * 3 + ["b"] * 6, 32637)
    options = {"sector": "sector", "sectors": "a", "distances": [1.0, 2.0], "draws": 99}
    assert k_density(three, bandwidth=5.0, **options).tidy()["estimate"].notna().all()
    same = table(
        np.repeat([[0.0, 0.0], [9e4, 0]], [12, 30], axis=0), ["a"] * 12 + ["b"] * 30, 32637
    )
    with pytest.raises(ValuesError, match="equally far apart"):
        k_density(same, **options)
    with pytest.raises(GeometryError, match="more than one place"):
        k_density(same.iloc[:12], **options)


def test_bins_that_are_coarse_beside_the_kernel_are_noted(firms):
    far = firms.copy()
    far.loc["e0000", "geometry"] = gpd.points_from_xy([4e5], [3e6])[0]
    at = [1.0, 2.0, 4.0]
    found = k_density(far, sector="sector", sectors="optics", distances=at, **FEW)
    assert not any("told apart" in note for note in found.notes)
    tight = far.copy()
    rows = tight["sector"] == "optics"
    shift = np.random.default_rng(0).normal(0, 300, (rows.sum(), 2)) + 4.5e5
    tight.loc[rows, "geometry"] = gpd.points_from_xy(*shift.T, crs=far.crs)
    found = k_density(tight, sector="sector", sectors="optics", distances=at, **FEW)
    assert any("optics: distances are told apart to" in note for note in found.notes)
