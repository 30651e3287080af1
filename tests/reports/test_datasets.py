"""A report names every file that its study read, also those that an installed library holds."""

from __future__ import annotations

import hashlib
import json

import pytest

from workbench.data.bundled import bundled_root
from workbench.errors import ReportError
from workbench.reports.datasets import describe, used


@pytest.mark.parametrize("name", ["us-income", "us-states", "munnell-1990", "russia-regions"])
def test_checksums_are_those_of_the_descriptor(name):
    folder = bundled_root() / name
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    promised = {
        "/".join(filter(None, [r.get("library", ""), r["path"]])): r["hash"].removeprefix("sha256:")
        for r in descriptor["resources"]
    }
    assert describe(folder).files == promised
    assert used([name], geodata=bundled_root())[0].files == promised


def lay_out(folder, *resources):
    (folder / "toy").mkdir()
    (folder / "toy" / "here.csv").write_bytes(b"a\n1\n")
    text = json.dumps({"title": "Toy", "resources": list(resources)})
    (folder / "toy" / "datapackage.json").write_text(text, encoding="utf-8")
    return folder / "toy"


def test_files_beside_the_descriptor_and_no_addresses(tmp_path):
    toy = lay_out(tmp_path, {"path": ["here.csv", "https://example.org/there.csv"]})
    assert describe(toy).files == {"here.csv": hashlib.sha256(b"a\n1\n").hexdigest()}


def test_missing_files_are_named(tmp_path):
    toy = lay_out(
        tmp_path, {"path": "here.csv"}, {"path": "gone.csv"},
        {"path": "us49.shp", "library": "unheard-of"}, {"path": "x.shp", "library": "libpysal"},
    )  # fmt: skip
    with pytest.raises(ReportError, match=r"gone\.csv, libpysal/x\.shp, us49\.shp"):
        describe(toy)
