"""The examples that libpysal installs load by name, and nothing reaches for a network."""

import socket

import pytest

import workbench.data as data
from workbench.data import via_libpysal
from workbench.errors import DataIntegrityError, OptionError

LAYERS = [(name, part) for name, item in via_libpysal.EXAMPLES.items() for part in item.layers]


@pytest.mark.parametrize(("name", "part"), LAYERS)
def test_every_layer_loads_with_unique_ids(name, part):
    layer = via_libpysal.EXAMPLES[name].layers[part]
    frame = data.load(f"libpysal:{name}", part=part)
    assert frame.index.name == "region"
    assert frame.index.is_unique
    assert len(frame) == layer.rows
    provenance = frame.attrs["provenance"]
    assert provenance["dataset"] == f"libpysal:{name}"
    assert layer.file in provenance["sha256"]
    if layer.kind != "table":
        kind = {"regions": "Polygon", "points": "Point", "lines": "LineString"}[layer.kind]
        assert frame.geom_type.str.endswith(kind).all()
        # coordinates in degrees never come without their CRS
        west, south, east, north = frame.total_bounds
        degrees = -180 <= west < -60 and east <= 180 and south > 0 and north <= 90
        assert frame.crs is not None or not degrees


def test_columbus_is_anselins():
    # Anselin (1988), Spatial Econometrics, table 12.1: first neighbourhood
    columbus = data.load("libpysal:columbus")
    assert columbus.loc[1, "CRIME"] == pytest.approx(15.72598, abs=1e-5)
    assert columbus.loc[1, "INC"] == pytest.approx(19.531, abs=1e-9)


def test_fields_of_an_example_are_listed():
    fields = data.describe("libpysal:columbus").set_index("field")
    assert fields.loc["CRIME", "type"] == "number"
    assert fields.loc["geometry", "type"] == "geometry"
    assert data.quality("libpysal:columbus").complete


@pytest.mark.parametrize("name", ["libpysal:columbos", "libpysal:NCOVR", "libpysal:"])
def test_an_absent_example_is_refused_without_a_download(name, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(OptionError, match="nothing here uses a network") as refusal:
        data.load(name)
    if name == "libpysal:columbos":
        assert "did you mean 'libpysal:columbus'?" in str(refusal.value)


def test_an_unknown_layer_gets_the_nearest_one():
    with pytest.raises(OptionError, match="did you mean 'schools'"):
        data.load("libpysal:geodanet", part="school")


def test_a_library_without_the_file_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(via_libpysal, "examples_folder", lambda: tmp_path)
    with pytest.raises(DataIntegrityError, match=r"libpysal:columbus/columbus\.shp(.|\n)*install"):
        data.load("libpysal:columbus")
    with pytest.raises(DataIntegrityError, match=r"libpysal/us48\.shp(.|\n)*no file"):
        data.load("us-states")
