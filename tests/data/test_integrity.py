"""Nothing is parsed unless its digest agrees, and nothing loads unless its schema holds."""

import hashlib
import json
import shutil

import pytest

from workbench.data import bundled
from workbench.data.bundled import bundled_root
from workbench.data.catalogue import Catalogue
from workbench.errors import DataIntegrityError


@pytest.fixture
def copy(tmp_path):
    """Return a copy of the bundled datasets that a test may spoil."""
    root = tmp_path / "geodata"
    shutil.copytree(bundled_root(), root)
    return root


def reseal(root, name, path):
    """Write the digest of a changed file into its descriptor."""
    file = root / name / "datapackage.json"
    raw = json.loads(file.read_text("utf-8"))
    digest = hashlib.sha256((root / name / path).read_bytes()).hexdigest()
    for resource in raw["resources"]:
        if resource["path"] == path:
            resource["hash"] = f"sha256:{digest}"
    file.write_text(json.dumps(raw), "utf-8")


def edit(root, name, path, old, new):
    file = root / name / path
    text = file.read_text("utf-8")
    assert text.count(old) >= 1
    file.write_text(text.replace(old, new, 1), "utf-8", newline="\n")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("russia-innovation", "innovation.csv"),
        ("russia-regions", "regions.csv"),
        ("russia-regions", "regions80.gpkg"),
        ("us-states", "states.csv"),
    ],
)
def test_a_changed_byte_is_refused_with_both_digests(copy, name, path):
    file = copy / name / path
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    content = bytearray(file.read_bytes())
    content[-2] ^= 1
    file.write_bytes(content)
    after = hashlib.sha256(content).hexdigest()
    with pytest.raises(DataIntegrityError) as refusal:
        Catalogue(copy).load(name)
    for words in (f"{name}/{path}", before, after, "restore the file"):
        assert words in str(refusal.value)


def test_an_absent_file_is_named(copy):
    (copy / "russia-innovation" / "innovation.csv").unlink()
    with pytest.raises(DataIntegrityError, match=r"russia-innovation/innovation\.csv.*no file"):
        Catalogue(copy).load("russia-innovation")


def test_a_changed_library_file_is_refused(monkeypatch):
    readers = {**bundled.LIBRARY_READERS, "linearmodels": lambda path: b"STATE,ST_ABB\n"}
    monkeypatch.setattr(bundled, "LIBRARY_READERS", readers)
    with pytest.raises(DataIntegrityError, match=r"linearmodels/munnell\.csv(.|\n)*install the"):
        Catalogue(bundled_root()).load("munnell-1990")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("region,year,grp", "region,year,grp_mln", r"expected columns region, year, grp,"),
        ("RU-AD,2001,6641.8", "RU-AD,2001,n/a", r"'grp'.*number values; got 'n/a'(.|\n)*line 3"),
        ("RU-AD,2001,6641.8", "RU-AD,2001,inf", r"'grp'.*number values; got 'inf'(.|\n)*line 3"),
        ("RU-AD,2001,6641.8", "RU-AD,2001,-1", r"'grp'.*at least 0; got '-1'(.|\n)*line 3"),
        ("RU-AD,2001,", "RU-AD,2001.5,", r"'year'.*year values; got '2001\.5'"),
        ("RU-AD,2001,", "RU-AD,1999,", r"'year'.*at least 2000; got '1999'"),
        ("RU-AD,2001,", "AD,2001,", r"'region'.*text like RU-.*got 'AD'"),
        ("RU-AD,2001,", ",2001,", r"'region'.*a value in every row; got ''"),
        ("RU-AD,2001,", "RU-AD,2000,", r"unique keys \(region, year\)(.|\n)*\('RU-AD', 2000\)"),
    ],
)
def test_content_against_the_schema_is_refused_by_column_and_line(copy, old, new, words):
    edit(copy, "russia-innovation", "innovation.csv", old, new)
    reseal(copy, "russia-innovation", "innovation.csv")
    with pytest.raises(DataIntegrityError, match=words):
        Catalogue(copy).load("russia-innovation")


def test_a_word_outside_the_list_is_refused(copy):
    edit(copy, "russia-regions", "regions.csv", ",Southern,", ",South,")
    reseal(copy, "russia-regions", "regions.csv")
    with pytest.raises(DataIntegrityError, match=r"'federal_district'.*a listed word; got 'South'"):
        Catalogue(copy).load("russia-regions")


def test_a_unit_without_geometry_is_named(copy):
    edit(copy, "russia-regions", "regions.csv", "RU-AD,Adygea", "RU-ADY,Adygea")
    edit(copy, "russia-regions", "regions.csv", ",79000000,RU-AD,", ",79000000,RU-ADY,")
    reseal(copy, "russia-regions", "regions.csv")
    with pytest.raises(DataIntegrityError, match=r"one geometry for each row(.|\n)*RU-AD, RU-ADY"):
        Catalogue(copy).load("russia-regions")


def test_a_missing_row_is_noticed(copy):
    file = copy / "russia-innovation" / "innovation.csv"
    file.write_text("".join(file.read_text("utf-8").splitlines(True)[:-1]), "utf-8", newline="\n")
    reseal(copy, "russia-innovation", "innovation.csv")
    with pytest.raises(DataIntegrityError, match=r"1680 rows in part 'panel'; got 1679"):
        Catalogue(copy).load("russia-innovation")


def test_loading_leaves_the_files_as_they_were(copy):
    for _ in range(2):
        Catalogue(copy).load("russia-regions")
    assert sorted(file.name for file in (copy / "russia-regions").iterdir()) == sorted(
        file.name for file in (bundled_root() / "russia-regions").iterdir()
    )


def test_data_are_found_inside_a_wheel_and_beside_a_working_copy(tmp_path, monkeypatch):
    package = tmp_path / "site" / "workbench"
    monkeypatch.setattr(bundled, "__file__", str(package / "data" / "bundled.py"))
    with pytest.raises(DataIntegrityError, match="install the package anew"):
        bundled_root()
    (tmp_path / "site" / "geodata").mkdir(parents=True)
    assert bundled_root() == tmp_path.resolve() / "site" / "geodata"
    (package / "_geodata").mkdir(parents=True)
    assert bundled_root() == package.resolve() / "_geodata"
