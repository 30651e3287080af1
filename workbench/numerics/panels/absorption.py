"""Fixed effects of several crossed or nested factors taken out of columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import lsmr

from workbench.errors import ConvergenceError
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray, IntArray

EXACT = 3_000
"""Most effects of three factors or more whose rank is had from a dense matrix."""

TIGHT = 1e-14
# Relative residual of the normal equations: what is left is rounding of the data.


def without_factors(columns: Any, factors: tuple[IntArray, ...]) -> FloatArray:
    """Return the residuals of columns on the dummies of all factors, shape (n, k).

    Parameters
    ----------
    columns : ndarray of shape (n, k)
    factors : tuple of ndarray of int, shape (n,)
        Codes from 0, each in use.

    Raises
    ------
    ConvergenceError
        If the least squares do not settle, which nearly disconnected factors may cause.

    References
    ----------
    Fong, D. and Saunders, M. (2011). LSMR. SIAM Journal on Scientific Computing 33, 2950-2971.

    Examples
    --------
    >>> two = (np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    >>> without_factors(np.array([[1.0], [2.0], [3.0], [6.0]]), two).ravel().round(6)
    array([ 0.5, -0.5, -0.5,  0.5])
    """
    out = np.array(columns, dtype=np.float64)
    for codes in factors:  # exact for one factor, and a start for more
        out = out - _means(out, codes)
    if len(factors) == 1:
        return np.asarray(freeze(out))
    dummies = _dummies(factors)
    dummies = dummies @ sparse.diags_array(1.0 / np.sqrt(dummies.sum(axis=0)))
    for at in range(out.shape[1]):
        length = float(np.linalg.norm(np.asarray(columns, dtype=np.float64)[:, at]))
        for _ in range(2):  # the second solve removes what rounding left of the first
            found = lsmr(dummies, out[:, at], atol=TIGHT, btol=TIGHT, maxiter=20_000)
            out[:, at] -= dummies @ found[0]
        left = float(np.linalg.norm(dummies.T @ out[:, at]))
        if left > 1e-9 * max(length, np.finfo(float).tiny):
            raise ConvergenceError(
                "absorb",
                expected="effects that least squares can tell apart",
                found=f"a relative residual of {left / length:.2g} after 20,000 steps",
                remedy="absorb fewer columns",
            )
    return np.asarray(freeze(out))


def rank_of_factors(factors: tuple[IntArray, ...]) -> int:
    """Return the number of independent effects of factors, the constant among them.

    One factor: its levels. Two: levels less connected components of their graph (Abowd, Creecy
    and Kramarz 2002). More: the rank of their dummies where there are at most 3,000; beyond, each
    factor is compared with the first alone, which counts too many rather than too few.

    Examples
    --------
    >>> rank_of_factors((np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])))
    3
    """
    levels = [int(codes.max()) + 1 for codes in factors]
    if len(factors) == 1:
        return levels[0]
    if len(factors) == 2:
        return sum(levels) - _components(factors[0], factors[1])
    if sum(levels) <= EXACT:
        dummies = _dummies(factors)
        values = np.linalg.eigvalsh((dummies.T @ dummies).toarray())
        return int((values > 1e-9 * values[-1]).sum())
    return sum(levels) - sum(_components(factors[0], codes) for codes in factors[1:])


def _means(columns: FloatArray, codes: IntArray) -> FloatArray:
    count = np.bincount(codes)
    sums = np.stack([np.bincount(codes, weights=column) for column in columns.T], axis=1)
    return np.asarray((sums / count[:, None])[codes])


def _dummies(factors: tuple[IntArray, ...]) -> Any:
    n = len(factors[0])
    rows = np.arange(n)
    return sparse.hstack(
        [
            sparse.csr_array((np.ones(n), (rows, codes)), shape=(n, int(codes.max()) + 1))
            for codes in factors
        ],
        format="csr",
    )


def _components(first: IntArray, second: IntArray) -> int:
    a = int(first.max()) + 1
    size = a + int(second.max()) + 1
    links = sparse.csr_array((np.ones(len(first)), (first, a + second)), shape=(size, size))
    return int(connected_components(links, directed=False)[0])
