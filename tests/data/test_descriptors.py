"""Descriptors are valid data packages, in two languages, and agree with what they describe."""

import json
from pathlib import Path

import pytest
from frictionless import Package

from workbench.data.bundled import bundled_root
from workbench.data.descriptor import read_descriptor
from workbench.errors import DataIntegrityError, OptionError

DATASETS = [
    "ai-geography",
    "ai-maturity",
    "ai-geography-published",
    "cigarette-demand",
    "creative-industries",
    "eu-nuts2-knowledge",
    "high-tech-exports",
    "kemerovo-published",
    "munnell-1990",
    "nuts2-knowledge",
    "russia-innovation",
    "russia-regions",
    "us-income",
    "us-metro-knowledge",
    "us-states",
]
BUNDLED = [
    "ai-geography-published",
    "creative-industries",
    "kemerovo-published",
    "russia-innovation",
    "russia-regions",
]


@pytest.mark.parametrize("name", DATASETS)
def test_descriptor_is_a_valid_data_package(name):
    report = Package.validate_descriptor(str(bundled_root() / name / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])


@pytest.mark.parametrize("name", BUNDLED)
def test_files_satisfy_their_schema_by_frictionless(name):
    # digests, sizes, types, constraints and primary keys, by the standard's own implementation
    report = Package(str(bundled_root() / name / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "note"])


def test_the_table_of_states_satisfies_its_schema_by_frictionless():
    package = Package(str(bundled_root() / "us-states" / "datapackage.json"))
    report = package.get_resource("states").validate()
    assert report.valid, report.flatten(["type", "note"])


@pytest.mark.parametrize("name", DATASETS)
def test_every_field_speaks_both_languages(name):
    descriptor = read_descriptor(bundled_root() / name)
    assert descriptor.name == name
    for part in descriptor.parts:
        for field in descriptor.fields_of(part):
            texts = (field.title, field.title_ru, field.description, field.description_ru)
            assert all(texts), field.name
    assert descriptor.licences
    assert descriptor.sources
    assert len(descriptor.provenance) > 100


@pytest.mark.parametrize("name", DATASETS)
def test_anomalies_name_fields_of_the_dataset(name):
    descriptor = read_descriptor(bundled_root() / name)
    tables = (*descriptor.resources, *descriptor.tables)
    fields = {field.name for table in tables for field in table.fields}
    assert {anomaly.field for anomaly in descriptor.anomalies} <= fields


def test_unknown_part_gets_the_nearest_one():
    descriptor = read_descriptor(bundled_root() / "russia-regions")
    with pytest.raises(OptionError, match=r"did you mean 'capitals80'"):
        descriptor.part("capital80")


@pytest.mark.parametrize("text", ["{", "[]", '{"name": "broken"}'])
def test_a_broken_descriptor_is_refused_by_name(tmp_path: Path, text):
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "datapackage.json").write_text(text)
    with pytest.raises(DataIntegrityError, match=r"broken/datapackage\.json"):
        read_descriptor(folder)


def test_a_part_of_unknown_fields_is_refused(tmp_path: Path):
    raw = json.loads((bundled_root() / "russia-innovation" / "datapackage.json").read_text("utf-8"))
    raw["parts"][0]["fields"].append("patent_families")
    (tmp_path / "datapackage.json").write_text(json.dumps(raw))
    with pytest.raises(DataIntegrityError, match="patent_families"):
        read_descriptor(tmp_path)
