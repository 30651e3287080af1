"""MatrixMarket: a sparse matrix that every language reads, with the ids in a file beside it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.io import mmread, mmwrite

from workbench.errors import InputError
from workbench.weights.files.links import Links, Reading, Writing, bad, text_of


def beside(path: Path) -> Path:
    """Return where the ids of a matrix are kept: one a line, in the order of rows."""
    return path.with_suffix(".ids.txt")


def read(path: Path, how: Reading) -> Links:
    """Read coordinates or an array, general or symmetric; ids from beside or from the caller."""
    text_of(path)
    try:
        matrix = sparse.coo_array(mmread(path, spmatrix=False))
    except (ValueError, OverflowError) as error:
        raise bad(path, 0, "a MatrixMarket file", str(error)) from error
    if matrix.shape[0] != matrix.shape[1]:
        raise bad(path, 0, "a square matrix", f"shape {matrix.shape}")
    if np.iscomplexobj(matrix.data):
        raise bad(path, 1, "real weights", "complex ones")
    n = matrix.shape[0]
    # Ids beside the matrix are its own: what the caller gives is then matched by name.
    numbered = not beside(path).exists()
    if numbered and how.ids is None:
        raise InputError(
            "ids",
            expected="the region id of each row",
            found=f"neither ids= nor a file {beside(path).name} beside",
            why="rows of a bare matrix cannot be joined by key",
            remedy="pass ids=..., in the order of the rows",
        )
    labels = [str(row) for row in range(1, n + 1)] if numbered else text_of(beside(path))
    if len(labels) != n:
        raise bad(beside(path), 0, f"{n} ids", f"{len(labels)}")
    return Links(
        labels,
        matrix.row.astype(np.int64),
        matrix.col.astype(np.int64),
        matrix.data.astype(np.float64),
        numbered=numbered,
    )


def write(content: Writing) -> bytes:
    """Return the matrix in coordinates, in full precision."""
    n = len(content.ids)
    out = BytesIO()
    matrix = sparse.coo_array((content.weight, (content.focal, content.neighbor)), shape=(n, n))
    mmwrite(out, matrix, precision=17, symmetry="general")
    return out.getvalue()
