"""Weights matrices of every kind that the kernels promise to serve."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from workbench.numerics.sparse import assembly_tree, fronts


def _row(A):
    sums = A.sum(axis=1)
    return A / np.where(sums == 0, 1.0, sums)[:, None]


def _rook(side):
    line = np.diag(np.ones(side - 1), 1) + np.diag(np.ones(side - 1), -1)
    eye = np.eye(side)
    return np.kron(eye, line) + np.kron(line, eye)


def _nearest(n, k):
    points = np.random.default_rng(7).random((n, 2))
    distance = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(distance, np.inf)
    A = np.zeros((n, n))
    A[np.repeat(np.arange(n), k), np.argsort(distance, axis=1)[:, :k].ravel()] = 1.0
    return A


def _parts():
    A = np.zeros((53, 53))
    A[:49, :49] = _rook(7)
    A[49, 50] = A[50, 49] = 1.0  # a pair apart; regions 51 and 52 have no neighbour
    return A


def _distances():
    points = np.random.default_rng(3).random((60, 2))
    distance = np.linalg.norm(points[:, None] - points, axis=2) + np.eye(60)
    return 1.0 / distance * (1.0 - np.eye(60))


KINDS = {
    "rook, row-standardised": _row(_rook(7)),
    "rook, binary": _rook(8),
    "nearest neighbours, row-standardised": _row(_nearest(100, 5)),
    "nearest neighbours, binary": _nearest(64, 4),
    "islands and parts, row-standardised": _row(_parts()),
    "islands and parts, binary": _parts(),
    "inverse distance": _distances(),
}


@pytest.fixture(params=list(KINDS))
def kind(request):
    """Name of a kind of weights, and the matrix as CSR."""
    return request.param, sparse.csr_array(KINDS[request.param])


@pytest.fixture
def any_weights(kind):
    return kind[1]


def dense_parts(W, rho):
    """M = (I − ρW)⁻¹ and G = WM by dense inverse: the definition, for small n."""
    w = W.toarray()
    M = np.linalg.inv(np.eye(len(w)) - rho * w)
    return w, M, w @ M


@pytest.fixture
def by_inverse():
    return dense_parts


@pytest.fixture
def plain_kernels(monkeypatch):
    """Let Python read the lines of the sparse factors: the same numbers, and nothing to compile."""
    for module in (assembly_tree, fronts):
        for name, kernel in vars(module).copy().items():
            if hasattr(kernel, "py_func"):
                monkeypatch.setattr(module, name, kernel.py_func)
