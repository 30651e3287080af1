"""Spatial lags of a stacked panel, period by period: never a Kronecker product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.numerics.responses.traces import solve_lag
from workbench.numerics.sparse.matrices import CsrArray, constant_row_sum
from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """Weights of every period of a panel whose rows are sorted by region, then period.

    Attributes
    ----------
    matrices : tuple of csr_array
        One W of shape (N, N) for all T periods of a balanced panel, or one W_t a period, of the
        regions present in it.
    rows : tuple of ndarray of int
        Where W_t differ: rows of the stack that belong to each period, in the order of W_t. Empty
        for one W.
    T : int
        Number of periods.
    """

    matrices: tuple[CsrArray, ...]
    rows: tuple[IntArray, ...]
    T: int

    @property
    def constant(self) -> bool:
        """Whether one W serves all periods."""
        return not self.rows

    def blocks(self) -> Iterator[tuple[CsrArray, int]]:
        """Yield each matrix with the number of periods that it serves."""
        times = self.T if self.constant else 1
        return ((W, times) for W in self.matrices)

    def row_sums(self) -> tuple[float, ...] | None:
        """Return the one sum of the rows of each matrix, or None where some matrix has several."""
        sums = [constant_row_sum(W) for W in self.matrices]
        found = tuple(c for c in sums if c is not None)
        return found if len(found) == len(sums) else None

    def lag(self, columns: FloatArray) -> FloatArray:
        """Return W_t x_t of each column, shape (n, k)."""
        return self._each(columns, lambda W, x: W @ x)

    def solve(self, columns: FloatArray, rho: float, *, transpose: bool = False) -> FloatArray:
        """Return (I − ρW_t)⁻¹ x_t of each column, shape (n, k)."""
        return self._each(columns, lambda W, x: solve_columns(W, x, rho=rho, transpose=transpose))

    def _each(
        self, columns: FloatArray, apply: Callable[[CsrArray, FloatArray], Any]
    ) -> FloatArray:
        n, k = columns.shape
        if self.constant:
            stacked = np.ascontiguousarray(columns).reshape(n // self.T, self.T * k)
            return np.asarray(apply(self.matrices[0], stacked)).reshape(n, k)
        out = np.empty((n, k))
        for W, rows in zip(self.matrices, self.rows, strict=True):
            out[rows] = apply(W, columns[rows])
        return out


def one_layer(W: CsrArray, T: int) -> Layers:
    """Return the layers of one W for T periods.

    Examples
    --------
    >>> from scipy import sparse
    >>> W = sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> one_layer(W, 2).lag(np.array([[1.0], [2.0], [3.0], [4.0]])).ravel().tolist()
    [3.0, 4.0, 1.0, 2.0]
    """
    return Layers((W,), (), T)


def solve_columns(
    W: CsrArray, right: FloatArray, *, rho: float, transpose: bool = False
) -> FloatArray:
    """Return (I − ρW)⁻¹ right, or (I − ρW′)⁻¹ right, for many columns on one factor.

    Parameters
    ----------
    W : csr_array of shape (n, n)
    right : ndarray of shape (n, m)
    rho : float
        Inside the admissible interval of W.
    transpose : bool
        Whether W is transposed.
    """
    if rho == 0.0:
        return right
    return solve_lag(W, np.asarray(right), rho=rho, transpose=transpose)
