"""External data: described here, fetched when asked, pinned by their values, never by surprise."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.data import external, via_pooch, via_rdatasets
from workbench.data.bundled import bundled_root
from workbench.data.catalogue import Catalogue
from workbench.data.descriptor import read_descriptor
from workbench.errors import AbsentDataError, DataIntegrityError

NAME = "cigarette-demand"

# as Rdatasets writes tables: row names first; the numbers are invented
ORIGINAL = """\
rownames,state,year,price,pop,pop16,cpi,ndi,sales,pimin
1,1,63,20.5,3000,2000.5,30.6,1500.3045298,90.1,19
2,1,64,21,3010,2010,31,1600.0732025,91,19.5
3,9,63,18.25,800,600.1,30.6,2563.5419487999998,200,20.5
4,9,64,18.5,810,610,31,2600,201.4,21
"""

# the same table as other software writes it: quotes, order, further columns, a last bit
COPY = """\
"year","state","price","pop","pop16","cpi","ndi","sales","pimin","logc"
64,9,"18.5","810","610","31","2600","201.40000000000001","21","5.3"
63,9,"18.25","800","600.10000000000014","30.600000000000001","2563.5419488","200","20.5","5.2"
63,1,"20.5","3000","2000.5","30.600000000000001","1500.3045298","90.099999999999994","19","4.5"
64,1,"21","3010","2010","31","1600.0732025","91","19.5","4.5"
"""


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """A folder of datasets with a small external one; empty cache, no mirror, no network."""
    raw = json.loads((bundled_root() / NAME / "datapackage.json").read_text("utf-8"))
    table = read_descriptor(bundled_root() / NAME).resources[0]
    canonical = external.canonical(ORIGINAL.encode(), table, label="original")
    raw["resources"][0]["values"] = "sha256:" + hashlib.sha256(canonical).hexdigest()
    raw["parts"][0]["rows"] = 4
    folder = tmp_path / "geodata" / NAME
    folder.mkdir(parents=True)
    (folder / "datapackage.json").write_text(json.dumps(raw), encoding="utf-8")
    monkeypatch.delenv(external.MIRROR, raising=False)
    monkeypatch.setattr(external, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(via_pooch, "download", no_network)
    return tmp_path


def no_network(url, *, folder, name):
    raise ConnectionError(url)


def arriving(text, log):
    """A download that brings a text."""

    def download(url, *, folder, name):
        log.append(url)
        (folder / name).write_text(text, encoding="utf-8")
        return folder / name

    return download


def load(place, **options):
    return Catalogue(place / "geodata").load(NAME, **options)


def listed(place):
    return Catalogue(place / "geodata").datasets().loc[NAME, "where"]


def test_what_is_not_here_is_refused_with_licence_source_and_ways_out(place):
    with pytest.raises(AbsentDataError) as caught:
        load(place)
    told = str(caught.value)
    for word in (
        "Licence: GNU GPL", "Baltagi",
        "1c97ab8a1df2469762e635481ba27cf4e80e3e51/csv/Ecdat/Cigar.csv",
        'wb.load("cigarette-demand", download=True)', "workbench data fetch cigarette-demand",
        "WORKBENCH_DATA_MIRROR: it is not set", "a folder that holds Cigar.csv or cigar.csv",
    ):  # fmt: skip
        assert word in told
    assert listed(place) == "external (not here)"
    assert not (place / "cache").exists()


def test_it_is_described_without_being_here(place):
    fields = Catalogue(place / "geodata").describe(NAME).set_index("field")
    assert fields.loc["price", "unit"] == "US cents per pack"
    assert fields.loc["sales", "title_ru"] == "Продажи"


def test_the_original_becomes_a_keyed_panel(place, monkeypatch):
    (place / "mirror").mkdir()
    (place / "mirror" / "Cigar.csv").write_text(ORIGINAL, encoding="utf-8")
    monkeypatch.setenv(external.MIRROR, str(place / "mirror"))
    panel = load(place)
    assert panel.index.tolist() == [
        ("US-AL", 1963), ("US-AL", 1964), ("US-DC", 1963), ("US-DC", 1964),
    ]  # fmt: skip
    assert panel.columns.tolist() == ["price", "pop", "pop16", "cpi", "ndi", "sales", "pimin"]
    assert panel.loc[("US-DC", 1963), "price"] == 18.25
    assert panel.loc[("US-AL", 1964), "ndi"] == 1600.0732025
    provenance = panel.attrs["provenance"]
    assert "GPL" in provenance["licence"]
    assert str(place) not in json.dumps(provenance)
    assert listed(place) == "external (here)"


@pytest.mark.parametrize("name", ["cigar.csv", "Cigar.csv", f"{NAME}/Cigar.csv"])
def test_a_mirror_may_hold_another_copy_of_the_same_values(place, monkeypatch, name):
    file = place / "mirror" / name
    file.parent.mkdir(parents=True)
    file.write_text(COPY, encoding="utf-8")
    monkeypatch.setenv(external.MIRROR, str(place / "mirror"))
    found = load(place)
    file.write_text(ORIGINAL, encoding="utf-8")
    pd.testing.assert_frame_equal(found, load(place), check_exact=True)


def test_other_values_are_refused_by_name(place, monkeypatch):
    (place / "mirror").mkdir()
    file = place / "mirror" / "cigar.csv"
    monkeypatch.setenv(external.MIRROR, str(place / "mirror"))
    for old, new in (("21,3010", "21.1,3010"), ("4,9,64", "4,8,64"), (",201.4,", ",,")):
        file.write_text(ORIGINAL.replace(old, new), encoding="utf-8")
        with pytest.raises(DataIntegrityError, match="other values") as caught:
            load(place)
        assert caught.value.argument == "cigarette-demand/cigar.csv"
        assert caught.value.offenders == (str(file),)
        with pytest.raises(DataIntegrityError, match="other values"):  # nothing is fetched over it
            load(place, download=True)
    file.write_text(ORIGINAL.replace("pimin", "lowest"), encoding="utf-8")
    with pytest.raises(DataIntegrityError, match="4 rows without pimin"):
        load(place)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataIntegrityError, match="CSV in UTF-8"):
        load(place)


def test_a_download_happens_once_says_its_licence_and_is_kept(place, monkeypatch, capsys):
    log: list[str] = []
    monkeypatch.setattr(via_pooch, "download", arriving(ORIGINAL, log))
    first = load(place, download=True)
    assert log == [read_descriptor(place / "geodata" / NAME).resources[0].url]
    assert "Licence: GNU GPL" in capsys.readouterr().err
    assert [p.name for p in (place / "cache").rglob("*") if p.is_file()] == ["Cigar.csv"]
    monkeypatch.setattr(via_pooch, "download", no_network)
    for options in ({}, {"download": True}):
        pd.testing.assert_frame_equal(load(place, **options), first)
    assert capsys.readouterr().err == ""
    assert listed(place) == "external (here)"


def test_a_download_of_other_values_is_thrown_away(place, monkeypatch):
    monkeypatch.setattr(via_pooch, "download", arriving(ORIGINAL.replace("21,3010", "22,3010"), []))
    with pytest.raises(DataIntegrityError, match="other values"):
        load(place, download=True)
    assert not [p for p in (place / "cache").rglob("*") if p.is_file()]
    assert listed(place) == "external (not here)"


def test_a_spoilt_copy_in_the_cache_is_refused_and_fetched_anew(place, monkeypatch):
    spoilt = place / "cache" / NAME / "Cigar.csv"
    spoilt.parent.mkdir(parents=True)
    spoilt.write_text("state\n", encoding="utf-8")
    with pytest.raises(DataIntegrityError, match="download=True"):
        load(place)
    with pytest.raises(AbsentDataError, match=r"a copy of Cigar\.csv, which.*\n?.*no answer from"):
        load(place, download=True)
    monkeypatch.setattr(via_pooch, "download", arriving(COPY, []))
    assert len(load(place, download=True)) == 4


def test_text_that_looks_like_a_number_stays_text():
    table = read_descriptor(bundled_root() / NAME).resources[0]
    found = external.canonical(ORIGINAL.replace(",1,63", ",01,063").encode(), table, label="x")
    assert found.splitlines()[1].startswith(b"01,63,20.5")


def test_without_a_network_the_ways_out_are_told(place):
    with pytest.raises(AbsentDataError, match=r"no answer from https://.*ConnectionError"):
        load(place, download=True)
    assert not [p for p in (place / "cache").rglob("*") if p.is_file()]


def test_what_comes_with_the_workbench_is_never_downloaded(monkeypatch):
    monkeypatch.setattr(via_pooch, "download", no_network)
    assert len(wb.load("us-states", download=True)) == 48
    assert len(wb.load("libpysal:columbus", download=True)) == 49


def test_pooch_is_asked_for_the_file_as_it_is_and_kept_quiet(monkeypatch, tmp_path):
    import pooch

    asked = {}

    def retrieve(**options):
        asked.update(options, level=pooch.get_logger().level)
        return str(tmp_path / "x.csv")

    before = pooch.get_logger().level
    monkeypatch.setattr(pooch, "retrieve", retrieve)
    path = via_pooch.download("https://example.org/x.csv", folder=tmp_path, name="x.csv")
    assert path == tmp_path / "x.csv"
    assert asked == {
        "url": "https://example.org/x.csv", "known_hash": None, "fname": "x.csv", "path": tmp_path,
        "level": logging.WARNING,
    }  # fmt: skip
    assert pooch.get_logger().level == before


def test_an_unknown_number_of_a_state_is_refused():
    table = read_descriptor(bundled_root() / NAME).resources[0]
    cells = pd.DataFrame({"state": ["1", "52"], "year": ["63", "63"]})
    with pytest.raises(DataIntegrityError, match=r"numbers of states from 1 to 51; got '52'"):
        via_rdatasets.relabelled(cells, table)


def contiguity(panel):
    """W of the study: queen contiguity of the polygons, and the two neighbours of Washington."""
    states = wb.load("us-states")
    ids = panel.index.unique("region")
    links = wb.weights.queen(states.loc[states.index.intersection(ids)], normalize="binary")
    matrix = pd.DataFrame(links.sparse.toarray(), index=links.ids, columns=links.ids)
    matrix = matrix.reindex(index=ids, columns=ids, fill_value=0.0)
    for neighbour in ("US-MD", "US-VA"):
        matrix.loc["US-DC", neighbour] = matrix.loc[neighbour, "US-DC"] = 1.0
    return wb.weights.from_matrix(matrix, normalize="row")


@pytest.fixture
def panel(shared_reference, monkeypatch):
    monkeypatch.setenv(external.MIRROR, str(shared_reference / "data"))
    return wb.load(NAME)


def test_the_panel_is_the_table_of_plm(panel, shared_reference):
    source = pd.read_csv(shared_reference / "data" / "cigar.csv")
    assert panel.shape == (1380, 7)
    assert panel.index.levshape == (46, 30)
    columns = panel.columns.tolist()
    ours = panel.sort_index()
    codes = dict(enumerate(via_rdatasets.POSTAL, start=1))
    theirs = source.assign(region="US-" + source["state"].map(codes), year=source["year"] + 1900)
    theirs = theirs.set_index(["region", "year"]).sort_index()[columns]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    assert set(panel.index.unique("region")) - set(wb.load("us-states").index) == {"US-DC"}


def test_polygons_and_two_links_of_washington_are_the_weights_of_elhorst(panel, shared_reference):
    # w_usa46_W.csv: usa46 of R's SDPDmod, row-standardised
    W = contiguity(panel)
    codes = dict(enumerate(via_rdatasets.POSTAL, start=1))
    theirs = pd.read_csv(shared_reference / "data" / "w_usa46_W.csv")
    expected = {
        (f"US-{codes[i]}", f"US-{codes[j]}"): w
        for i, j, w in theirs[["focal_id", "neighbor_id", "weight"]].itertuples(index=False)
    }
    ours = W.graph.adjacency.to_dict()
    assert ours.keys() == expected.keys()
    assert all(ours[pair] == pytest.approx(w, rel=1e-15) for pair, w in expected.items())


def test_those_weights_are_also_the_matrix_that_libpysal_installs():
    # spat-sym-us.mat: Elhorst's matrix of 46 states, in the order of their names
    from scipy.io import loadmat

    from workbench.data.via_libpysal import examples_folder

    found = [
        v for k, v in loadmat(examples_folder() / "wmat" / "spat-sym-us.mat").items() if k[0] != "_"
    ]
    postal = [c for c in via_rdatasets.POSTAL if c not in ("AK", "CO", "HI", "NC", "OR")]
    ids = pd.Index([f"US-{code}" for code in postal], name="region")
    W = contiguity(
        pd.DataFrame(index=pd.MultiIndex.from_product([ids, [1963]], names=["region", "year"]))
    )
    assert W.ids.equals(ids.sort_values())
    order = ids.get_indexer(W.ids)
    ours = W.sparse.toarray() > 0
    assert found[0].shape == (46, 46)
    np.testing.assert_array_equal(ours, (np.asarray(found[0]) > 0)[np.ix_(order, order)])


def test_files_stay_out_of_the_folder_of_datasets():
    assert [p.name for p in (bundled_root() / NAME).iterdir()] == ["datapackage.json"]
