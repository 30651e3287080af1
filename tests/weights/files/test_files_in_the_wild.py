"""Files that GeoDa, ArcGIS and PySAL wrote are read as libpysal reads them."""

from __future__ import annotations

from pathlib import Path

import libpysal
import numpy as np
import pytest

import workbench as wb
from workbench.weights import as_weights

EXAMPLES = Path(libpysal.examples.__file__).parent
FILES = sorted(
    path for path in EXAMPLES.rglob("*") if path.suffix.lower() in (".gal", ".gwt", ".swm")
)


def test_there_are_files_of_each_format():
    assert {path.suffix for path in FILES} == {".gal", ".gwt", ".swm"}
    assert len(FILES) >= 20


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.filterwarnings(
    "ignore:The weights matrix is not fully connected",
    "ignore::pytest.PytestUnraisableExceptionWarning",  # libpysal leaves the table beside open
    "ignore::ResourceWarning",
)
def test_links_and_weights_equal_libpysal(path):
    file = libpysal.io.open(str(path))
    theirs = as_weights(file.read())
    file.close()
    ours = wb.weights.read(path, values="weights" if path.suffix == ".gwt" else None)
    assert sorted(map(str, ours.ids)) == sorted(map(str, theirs.ids))
    order = [list(map(str, theirs.ids)).index(str(label)) for label in ours.ids]
    np.testing.assert_allclose(
        ours.sparse.toarray(), theirs.sparse.toarray()[order][:, order], rtol=1e-12
    )


def test_matrices_of_the_wild_need_ids_from_the_caller():
    path = EXAMPLES / "virginia" / "virginia_queen.mtx"
    W = wb.weights.read(path, ids=range(1, 137))
    queen = wb.weights.read(path.with_suffix(".gal"))
    assert W.sparse.nnz == queen.sparse.nnz
    assert sorted(W.cardinalities) == sorted(queen.cardinalities)
