"""Between libpysal's weights and canonical sparse matrices: ids sorted, weights checked."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core.ids import canonical_order, region_ids
from workbench.errors import InputError, WeightsError
from workbench.numerics.sparse.matrices import CsrArray, row_sums
from workbench.numerics.sparse.scaling import rows_of
from workbench.typing import IntArray

if TYPE_CHECKING:
    from libpysal.graph import Graph

DIGEST_BITS = 40
# Weights enter the digest rounded to 40 bits (relative 1e-12): the last bits of a distance
# depend on the processor, and a digest must not.

UNIT_SUM_TOLERANCE = 1e-9
# Rounding of a row of a few thousand weights; a row that is farther from 1 was not normalised.


def canonical(matrix: Any) -> CsrArray:
    """Return a float64 CSR copy, shape (n, n): sorted, duplicates summed, zeros removed.

    Indices are 32-bit where they fit: half the memory, and what SciPy's solvers take.
    """
    out: CsrArray = sparse.csr_array(matrix, dtype=np.float64, copy=True)
    out.sum_duplicates()
    out.eliminate_zeros()
    out.sort_indices()
    if out.nnz < np.iinfo(np.int32).max and out.indices.dtype != np.int32:
        out.indices = out.indices.astype(np.int32)
        out.indptr = out.indptr.astype(np.int32)
    return out


def freeze(matrix: CsrArray) -> CsrArray:
    """Mark the arrays of a canonical matrix read-only and return it."""
    for array in (matrix.data, matrix.indices, matrix.indptr):
        array.setflags(write=False)
    return matrix


def largest_first(labels: Any) -> IntArray:
    """Return labels of parts, shape (n,), numbered by size; equal sizes by first appearance."""
    first, inverse, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )[1:]
    rank = np.empty(sizes.size, dtype=np.int64)
    rank[np.lexsort((first, -sizes))] = np.arange(sizes.size)
    return np.asarray(rank[inverse])


def is_row_normalized(matrix: CsrArray) -> bool:
    """Tell whether every row that has weights sums to 1 (to rounding)."""
    sums = row_sums(matrix)[np.diff(matrix.indptr) > 0]
    return bool(sums.size and np.abs(sums - 1.0).max() <= UNIT_SUM_TOLERANCE)


def is_symmetric(matrix: CsrArray) -> bool:
    """Tell whether the matrix equals its transpose (to rounding)."""
    difference = abs(matrix - matrix.T)
    scale = float(np.abs(matrix.data).max()) if matrix.nnz else 0.0
    return bool(difference.nnz == 0 or difference.max() <= UNIT_SUM_TOLERANCE * scale)


def weights_digest(ids: pd.Index, matrix: CsrArray) -> str:
    """Return 16 hexadecimal digits of the SHA-256 of sorted ids, links and rounded weights."""
    mantissa, exponent = np.frexp(matrix.data)
    rounded = np.ldexp(np.round(np.ldexp(mantissa, DIGEST_BITS)), exponent - DIGEST_BITS)
    digest = hashlib.sha256("\n".join(str(label) for label in ids).encode())
    digest.update(matrix.indptr.astype("<i8").tobytes())
    digest.update(matrix.indices.astype("<i8").tobytes())
    digest.update(rounded.astype("<f8").tobytes())
    return digest.hexdigest()[:16]


def graph_of(ids: pd.Index, matrix: CsrArray, *, transformation: str) -> Graph:
    """Return a libpysal Graph of a canonical matrix whose rows are the sorted `ids`.

    The levels of the index hold all ids, also those that are nobody's neighbour: otherwise
    ``Graph.sparse`` would not be square. Islands are self-loops of weight 0, as libpysal has it.
    """
    from libpysal.graph import Graph

    alone = np.flatnonzero(np.diff(matrix.indptr) == 0)
    focal = np.concatenate([rows_of(matrix), alone])
    neighbor = np.concatenate([matrix.indices, alone])
    weight = np.concatenate([matrix.data, np.zeros(alone.size)])
    order = np.lexsort((neighbor, focal))
    codes: Any = [focal[order], neighbor[order]]
    labels: Any = ids.rename(None)
    index = pd.MultiIndex(
        levels=[labels, labels],
        codes=codes,
        names=["focal", "neighbor"],
    )
    adjacency = pd.Series(weight[order], index=index, name="weight")
    graph = Graph(adjacency, transformation=transformation, is_sorted=True)
    freeze(graph.sparse)
    return graph


def sorted_matrix(ids: pd.Index, matrix: Any, *, argument: str) -> tuple[pd.Index, CsrArray]:
    """Return ids in canonical order and the matrix permuted to match."""
    ids = region_ids(ids, argument=argument)
    order = canonical_order(ids)
    return ids[order], canonical(sparse.csr_array(matrix)[order, :][:, order])


def matrix_of(weights: Any, *, argument: str) -> tuple[pd.Index, CsrArray]:
    """Return sorted ids and the canonical matrix of a libpysal Graph or W, untouched.

    Raises
    ------
    InputError
        If `weights` is neither.
    """
    from libpysal.graph import Graph
    from libpysal.weights import W

    if isinstance(weights, Graph):
        adjacency = weights.adjacency
        labels = region_ids(pd.Index(weights.unique_ids), argument=argument).rename("region")
        focal = labels.get_indexer(adjacency.index.get_level_values("focal"))
        neighbors = adjacency.index.get_level_values("neighbor")
        neighbor = labels.get_indexer(neighbors)
        if (neighbor < 0).any():
            raise WeightsError(
                argument,
                expected="a row for every region that is somebody's neighbour",
                found=f"{len(set(neighbors[neighbor < 0]))} neighbours without a row",
                offenders=sorted(set(neighbors[neighbor < 0]), key=str),
                why="a region without a row has neither neighbours nor a place in the order",
                remedy="give them a link of weight 0 to themselves, as libpysal writes islands",
            )
        values = adjacency.to_numpy(dtype=np.float64)
        n = len(labels)
        return sorted_matrix(
            labels, sparse.coo_array((values, (focal, neighbor)), shape=(n, n)), argument=argument
        )
    if isinstance(weights, W):
        return sorted_matrix(
            pd.Index(weights.id_order, name="region"), weights.sparse, argument=argument
        )
    raise InputError(
        argument,
        expected="Weights, a libpysal Graph or a libpysal W",
        found=f"{type(weights).__name__}",
        why="rows of a bare matrix have no ids to join on",
        remedy="build weights with workbench.weights, e.g. weights.queen(regions), or name the "
        "rows with workbench.weights.from_matrix(matrix, ids)",
    )


def check_weights(ids: pd.Index, matrix: CsrArray, *, argument: str) -> None:
    """Refuse weights that are not finite, negative, or link a region to itself."""
    focal = rows_of(matrix)
    faults = (
        (~np.isfinite(matrix.data), "finite weights", "weights that are missing or infinite"),
        (matrix.data < 0, "weights that are not negative", "negative weights"),
        (
            (focal == matrix.indices) & (matrix.data != 0),
            "no region as its own neighbour",
            "weights on the diagonal",
        ),
    )
    whys = (
        "every lag of these regions would be undefined",
        "the admissible interval of rho and row normalisation assume weights of one sign",
        "the lag of a variable would contain the variable itself",
    )
    remedies = (
        "drop or repair these links; coincident points have infinite inverse distance",
        "use distances or contiguity as weights, not differences or correlations",
        "remove the diagonal, e.g. graph.assign_self_weight(0) for a libpysal Graph",
    )
    for (mask, expected, found), why, remedy in zip(faults, whys, remedies, strict=True):
        if mask.any():
            raise WeightsError(
                argument,
                expected=expected,
                found=f"{int(mask.sum())} {found}",
                offenders=list(ids[np.unique(focal[mask])]),
                why=why,
                remedy=remedy,
            )
