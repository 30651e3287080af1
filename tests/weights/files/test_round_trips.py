"""What is written comes back to the last bit; what a format cannot hold is refused by name."""

from __future__ import annotations

import struct
from pathlib import Path

import libpysal
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph, read_gal, read_gwt

import workbench as wb
from workbench.errors import (
    DataIntegrityError,
    IdError,
    InputError,
    MissingExtraError,
    WeightsError,
)
from workbench.weights import as_weights

REFERENCE = Path(__file__).parents[2] / "reference" / "weights"
TEXT = [".gal", ".gwt", ".csv", ".tsv", ".mtx"]


@pytest.fixture(scope="module")
def queen():
    return wb.weights.queen(wb.load("russia-regions"), islands="keep")


def numbered(W):
    """The same weights of regions that are called by number."""
    return as_weights(Graph.from_sparse(W.sparse.tocsr(), ids=list(range(11, 11 + W.n))))


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("ending", [".csv", ".tsv", ".mtx"])
def test_weights_come_back_with_ids_and_islands(tmp_path, queen, ending):
    path = queen.write(tmp_path / f"w{ending}")
    again = wb.weights.read(path)
    assert again.digest == queen.digest
    assert again.islands == queen.islands
    assert again.normalization == "row"
    assert path.name in str(again.card())


def test_links_come_back_from_gal_and_weights_from_gwt(tmp_path, queen):
    binary = queen.normalize("binary")
    gal = wb.weights.read(binary.write(tmp_path / "w.gal"))
    assert gal.digest == binary.digest
    assert gal.normalize("row").digest == queen.digest
    path = queen.write(tmp_path / "w.gwt")
    assert wb.weights.read(path, values="weights", ids=queen.ids).digest == queen.digest
    with pytest.raises(DataIntegrityError, match="ids="):
        wb.weights.read(path, values="weights")


@pytest.mark.parametrize("ending", [".swm", ".txt"])
def test_numbered_regions_come_back(tmp_path, queen, ending):
    W = numbered(queen)
    again = wb.weights.read(W.write(tmp_path / f"w{ending}"))
    assert again.digest == W.digest
    assert again.normalization == "row"


def test_bytes_are_the_same_for_the_same_weights(tmp_path, queen):
    for ending in TEXT:
        W = queen.normalize("binary") if ending == ".gal" else queen
        one = W.write(tmp_path / f"a{ending}").read_bytes()
        two = W.write(tmp_path / f"b{ending}").read_bytes()
        assert one == two
        assert b"\r" not in one
        assert str(tmp_path).encode() not in one


LABELS = st.lists(
    st.one_of(
        st.text(alphabet="абвАБxyz09-_.", min_size=1, max_size=6),
        st.sampled_from(["Нижний Новгород", "a,b", 'quo"te', "01", "7"]),
    ),
    min_size=3,
    max_size=8,
    unique=True,
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, derandomize=True)
@given(labels=LABELS, seed=st.integers(0, 1000))
def test_awkward_ids_come_back_or_are_refused_by_name(tmp_path_factory, labels, seed):
    rng = np.random.default_rng(seed)
    n = len(labels)
    dense = np.where(rng.random((n, n)) < 0.5, rng.random((n, n)), 0.0)
    np.fill_diagonal(dense, 0.0)
    W = wb.weights.from_matrix(dense, labels, islands="keep", normalize="none")
    folder = tmp_path_factory.mktemp("w")
    for ending in (".csv", ".mtx"):
        again = wb.weights.read(W.write(folder / f"w{ending}"), id_type="text")
        assert again.digest == W.digest
    spaced = [label for label in labels if " " in label]
    if spaced:
        with pytest.raises(IdError, match=spaced[0]):
            W.write(folder / "w.gwt")
    else:
        path = W.write(folder / "w.gwt")
        assert wb.weights.read(path, values="weights", ids=W.ids).digest == W.digest


def test_zeros_in_front_keep_ids_text(tmp_path):
    one = wb.weights.from_matrix(np.eye(3)[[1, 2, 0]], ["01", "02", "10"])
    assert wb.weights.read(one.write(tmp_path / "w.csv")).ids.tolist() == ["01", "02", "10"]
    two = wb.weights.from_matrix(np.eye(3)[[1, 2, 0]], [1, 2, 10])
    path = two.write(tmp_path / "v.csv")
    assert wb.weights.read(path).ids.tolist() == [1, 2, 10]
    assert wb.weights.read(path, id_type="text").ids.tolist() == ["1", "10", "2"]


def test_files_of_spdep_hold_the_stored_weights():
    """R's spdep 1.4-2, write.nb.gal and write.sn2gwt of usa48; weights in styles.csv."""
    stored = pd.read_csv(REFERENCE / "styles.csv")
    links = stored[stored["case"] == "usa48"]
    theirs = {(r.focal_id, r.neighbor_id): r.W for r in links.itertuples()}
    gal = wb.weights.read(REFERENCE / "usa48.gal").normalize("row")
    names = [line.split()[0] for line in (REFERENCE / "usa48.gal").read_text().splitlines()[1::2]]
    gwt = wb.weights.read(REFERENCE / "usa48.gwt", values="weights", ids=names)
    for W in (gal, gwt):
        focal, neighbor = W.sparse.nonzero()
        pairs = zip(W.ids[focal], W.ids[neighbor], strict=True)
        assert dict(zip(pairs, W.sparse.data, strict=True)) == pytest.approx(theirs, rel=1e-14)


def test_libpysal_reads_what_is_written_and_the_other_way_round(tmp_path, queen):
    linked = wb.weights.knn(wb.load("russia-regions", part="capitals80"), 4)
    binary = linked.normalize("binary")
    assert as_weights(read_gal(binary.write(tmp_path / "w.gal"))).digest == binary.digest
    ours = as_weights(read_gwt(linked.write(tmp_path / "w.gwt")))
    assert ours.digest == linked.digest
    linked.graph.to_gwt(tmp_path / "v.gwt")
    theirs = wb.weights.read(tmp_path / "v.gwt", values="weights")
    np.testing.assert_allclose(theirs.sparse.toarray(), linked.sparse.toarray(), rtol=1e-6)


def test_swm_of_arcgis_is_read_as_libpysal_reads_it():
    path = libpysal.examples.get_path("ohio.swm")
    file = libpysal.io.open(path, "r")
    theirs = as_weights(file.read())
    file.close()
    ours = wb.weights.read(path)
    assert ours.digest == theirs.digest
    assert ours.n == 88


def test_swm_gives_back_what_standardised_rows_were(tmp_path):
    rows = [(1, [2, 3], [0.25, 0.75], 8.0), (2, [1], [1.0], 2.0), (3, [], [], 0.0)]
    content = b"VERSION@10.1;UNIQUEID@id;SPATIALREFNAME@x;ROWSTD@TRUE\n" + struct.pack("<2i", 3, 1)
    for label, others, weights, total in rows:
        content += struct.pack("<2i", label, len(others))
        if others:
            content += struct.pack(f"<{len(others)}i", *others)
            content += struct.pack(f"<{len(others)}d", *weights) + struct.pack("<d", total)
    path = tmp_path / "w.swm"
    path.write_bytes(content + b"more")
    with pytest.raises(DataIntegrityError, match="4 bytes more"):
        wb.weights.read(path)
    path.write_bytes(content)
    W = wb.weights.read(path)
    np.testing.assert_array_equal(W.sparse_base.toarray(), [[0, 2, 6], [2, 0, 0], [0, 0, 0]])
    assert W.normalization == "row"


def test_gwt_with_distances_is_not_taken_for_weights(tmp_path, shared_reference):
    path = tmp_path / "d.gwt"
    path.write_text("0 2 cities id\na b 120.5\nb a 120.5\n")
    with pytest.raises(InputError, match="distances"):
        wb.weights.read(path)
    assert wb.weights.read(path, values="links").sparse.toarray().tolist() == [[0, 1], [1, 0]]
    boston = shared_reference / "data" / "boston_nn12.gwt"
    assert (wb.weights.read(boston, values="links").cardinalities == 12).all()


def test_a_gal_file_loses_no_weight(tmp_path, queen):
    with pytest.raises(WeightsError, match='normalize\\("binary"\\)'):
        queen.write(tmp_path / "w.gal")
    assert not (tmp_path / "w.gal").exists()


BROKEN = {
    "count.gal": ("2\na 2\nb\nb 1\na\n", "line 3"),
    "short.gal": ("3\na 1\nb\nb 1\na\n", "6 lines for 3 regions"),
    "stranger.gal": ("2\na 1\nz\nb 1\na\n", "'z'"),
    "empty.gal": ("\n", "empty"),
    "word.gwt": ("0 2 x id\na b heavy\nb a 1\n", "line 2"),
    "digits.csv": ("focal,neighbor,weight\na,b,1_0\nb,a,1\n", "line 2"),
    "nan.csv": ("focal,neighbor,weight\na,b,nan\nb,a,1\n", "line 2"),
    "negative.csv": ("focal,neighbor,weight\na,b,1\nb,a,-1\n", "line 3"),
    "twice.csv": ("focal,neighbor,weight\na,b,1\nb,a,1\na,b,1\n", "line 4"),
    "own.csv": ("focal,neighbor,weight\na,a,1\nb,a,1\n", "diagonal"),
    "columns.csv": ("from,to,weight\na,b,1\n", "columns="),
    "ragged.csv": ("focal,neighbor,weight\na,b\n", "line 2"),
    "rows.txt": ("3\n1 0 1 0\n2 1 0 0\n", "3 lines"),
    "cells.txt": ("2\n1 0 1\n2 1\n", "line 3"),
    "matrix.mtx": ("%%MatrixMarket nothing\n", "MatrixMarket"),
    "negative.gal": ("-1\n", "one region or more"),
    "none.gwt": ("0 0 x id\n", "one region or more"),
    "complex.mtx": (
        "%%MatrixMarket matrix coordinate complex general\n2 2 2\n1 2 1 1\n2 1 3 0\n",
        "real weights",
    ),
    "short.swm": ("VERSION@10.1;UNIQUEID@id\n\x05\x00\x00\x00", "complete SWM"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_refused_with_name_and_line(tmp_path, name):
    text, told = BROKEN[name]
    path = tmp_path / name
    path.write_bytes(text.encode())
    with pytest.raises((DataIntegrityError, InputError), match=told.replace("(", r"\(")) as caught:
        wb.weights.read(path, values="weights")
    assert name in str(caught.value)


def test_other_encodings_formats_and_stata_binaries_are_refused(tmp_path):
    path = tmp_path / "w.csv"
    path.write_bytes("focal,neighbor,weight\nОмск,Томск,1\n".encode("cp1251"))
    with pytest.raises(DataIntegrityError, match="UTF-8"):
        wb.weights.read(path)
    with pytest.raises(InputError, match="format="):
        wb.weights.read(path.rename(tmp_path / "w.dat"))
    binary = tmp_path / "w.stswm"
    binary.write_bytes(b"STSWM\x00\x01\x02")
    with pytest.raises(DataIntegrityError, match="spmatrix export"):
        wb.weights.read(binary)


def test_ids_must_be_those_of_the_regions(tmp_path, queen):
    path = queen.write(tmp_path / "w.csv")
    with pytest.raises(IdError, match="RU-TOM"):
        wb.weights.read(path, regions=wb.load("russia-regions").drop(index="RU-TOM"))


def test_row_numbers_take_ids_from_the_caller(tmp_path):
    path = tmp_path / "w.gal"
    path.write_text("3\n1 1\n2\n2 2\n1 3\n3 1\n2\n")
    W = wb.weights.read(path, ids=["c", "a", "b"])
    assert W.graph["a"].index.tolist() == ["b", "c"]


@pytest.mark.parametrize("ending", [".csv", ".gwt", ".gal"])
def test_ids_that_look_like_other_row_numbers_are_refused(tmp_path, ending):
    """Sorted as text, "10" comes before "2": the first id of twelve is not row 1 of any file."""
    links = np.roll(np.eye(12), 1, axis=1)
    W = wb.weights.from_matrix(links, [str(k) for k in range(1, 13)], normalize="none")
    path = W.write(tmp_path / f"w{ending}")
    options = {"values": "weights"} if ending == ".gwt" else {}
    assert wb.weights.read(path, id_type="text", **options).digest == W.digest
    with pytest.raises(IdError, match="by id or by row"):
        wb.weights.read(path, ids=W.ids, **options)
    by_number = sorted(W.ids, key=int)
    assert wb.weights.read(path, ids=by_number, **options).digest == W.digest


def test_ids_beside_a_matrix_are_matched_by_name(tmp_path, queen):
    path = queen.write(tmp_path / "w.mtx")
    shuffled = wb.load("russia-regions").sample(frac=1, random_state=1).index
    assert wb.weights.read(path, ids=shuffled).digest == queen.digest


def test_what_is_no_path_is_refused(queen):
    for call in (lambda: wb.weights.read(None), lambda: queen.write(7)):
        with pytest.raises(InputError, match="path"):
            call()


def test_a_file_that_is_there_stays(tmp_path, queen):
    path = queen.write(tmp_path / "w.csv")
    with pytest.raises(InputError, match="overwrite=True"):
        queen.write(path)
    before = path.read_bytes()
    with pytest.raises(IdError):
        wb.weights.write(queen, tmp_path / "w.swm")
    queen.write(path, overwrite=True)
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["w.csv"]


def test_parquet_names_the_package_that_is_missing(tmp_path, queen, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"spatial-workbench\[parquet\]"):
        queen.write(tmp_path / "w.parquet")


def test_parquet_comes_back_and_draws_its_links(tmp_path, queen):
    pytest.importorskip("pyarrow")
    assert wb.weights.read(queen.write(tmp_path / "w.parquet")).digest == queen.digest
    regions = wb.load("russia-regions")
    path = wb.weights.write(queen, tmp_path / "w.geoparquet", regions=regions)
    assert wb.weights.read(path).digest == queen.digest
    import geopandas as gpd

    assert gpd.read_parquet(path).geom_type.unique().tolist() == ["LineString"]
