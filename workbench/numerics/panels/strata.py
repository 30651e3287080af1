"""Quadratic forms of a panel with random effects: within regions, and between their means.

With Ω = σ²[φ(ιι′ ⊗ I) + I ⊗ (B′B)⁻¹] (Baltagi) or σ²[(φιι′ + I) ⊗ (B′B)⁻¹] (Kapoor, Kelejian and
Prucha), B = I − λM, the disturbances of T − 1 contrasts over time have σ²(B′B)⁻¹, and √T times the
means have σ²(cI + (B′B)⁻¹) or σ²(1 + c)(B′B)⁻¹, where c = Tφ. Nothing larger than N × N is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from workbench.numerics.sparse.elimination import Elimination, eliminate_pattern
from workbench.numerics.sparse.matrices import EIGENVALUE_LIMIT, CsrArray
from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Form:
    """A quadratic form with its derivatives, and log-determinant, of the means' covariance.

    Attributes
    ----------
    K, along_lambda, along_c : ndarray of shape (m, m)
        Columns′ σ²Ω⁻¹ columns over all observations, and its derivatives.
    D, D_lambda, D_c : float
        Log-determinant of the means' covariance beside −2 log|B|, and its derivatives.
    """

    K: FloatArray
    along_lambda: FloatArray
    along_c: FloatArray
    D: float
    D_lambda: float
    D_c: float


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """Columns of a balanced panel, split.

    Attributes
    ----------
    within : tuple of ndarray, each (m, m)
        Cross-products of the columns less their means of regions: own, with lags by M, of lags.
    means, lags : ndarray, shape (N, m)
        √T times the means of regions, and M times these.
    spread : Spread
        Of the means.
    """

    within: tuple[FloatArray, FloatArray, FloatArray]
    means: FloatArray
    lags: FloatArray
    spread: Spread

    def form(self, lam: float, c: float) -> Form:
        """Return the quadratic form at λ and c."""
        own, cross, lags = self.within
        both = cross + cross.T
        K, along = own - lam * both + lam * lam * lags, 2.0 * lam * lags - both
        F, F_lam = self.means - lam * self.lags, -self.lags
        part = self.spread.of(F, F_lam, lam, c)
        return Form(
            K + part.K,
            along + part.along_lambda,
            part.along_c,
            part.D,
            part.D_lambda,
            part.D_c,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Covariance of the means: I + cBB′ beside B (Baltagi), or 1 + c (KKP, or no disturbance).

    Attributes
    ----------
    M : csr_array or None
        Weights of the disturbance, where effects of regions are not spread by them; None else.
    N : int
        Number of regions.
    elimination : Elimination or None
        Of the pattern of BB′ beyond 600 regions.
    places : tuple of ndarray
        Entries of I, M + M′ and MM′ on that pattern.
    """

    M: CsrArray | None
    N: int
    elimination: Elimination | None = None
    places: tuple[FloatArray, ...] = ()

    def of(self, F: FloatArray, F_lam: FloatArray, lam: float, c: float) -> Form:
        """Return F′(I + cBB′)⁻¹F, or F′F/(1 + c), with derivatives; F = B times the means."""
        if self.M is None:
            own, slope = F.T @ F, F_lam.T @ F
            share = 1.0 / (1.0 + c)
            n = float(self.N)
            along = share * (slope + slope.T)
            return Form(
                share * own, along, -(share**2) * own, n * float(np.log1p(c)), 0.0, n * share
            )
        solved, D, D_lam, D_c = self._inverse(F, lam, c)
        back = self.M.T @ solved
        Bt = solved - lam * back  # B'R F
        slope = F_lam.T @ solved + c * (back.T @ Bt)
        return Form(F.T @ solved, slope + slope.T, -(Bt.T @ Bt), D, D_lam, D_c)

    def _inverse(
        self, F: FloatArray, lam: float, c: float
    ) -> tuple[FloatArray, float, float, float]:
        """Return RF with R = (I + cBB′)⁻¹, log|R⁻¹| and its derivatives in λ and c."""
        if self.elimination is None:
            return self._dense(F, lam, c)
        E = self.elimination
        one, first, second = self.places
        square = one - lam * first + lam * lam * second
        pivots, entries = E.inverse(one + c * square, symmetric=True)
        D = float(np.log(pivots).sum())
        D_lam = c * float(entries @ (2.0 * lam * second - first))
        solved = splu(sparse.csc_matrix(self.whitening(lam, c))).solve(np.ascontiguousarray(F))
        return np.asarray(solved), D, D_lam, float(entries @ square)

    def _dense(self, F: FloatArray, lam: float, c: float) -> tuple[FloatArray, float, float, float]:
        R = np.linalg.inv(self.whitening(lam, c).toarray())
        M = self.dense()
        B = np.eye(self.N) - lam * M
        D = -float(np.linalg.slogdet(R)[1])
        D_lam = -2.0 * c * float(np.einsum("ij,ij->", R @ M, B))
        return R @ F, D, D_lam, float(np.einsum("ij,ij->", R @ B, B))

    def dense(self) -> FloatArray:
        """Return M as a dense array."""
        return np.zeros((self.N, self.N)) if self.M is None else np.asarray(self.M.toarray())

    def inverse_diagonal(self, lam: float, c: float) -> FloatArray:
        """Return the diagonal of (I + cBB′)⁻¹, shape (N,)."""
        if self.M is None:
            return np.full(self.N, 1.0 / (1.0 + c))
        if self.elimination is None:
            return np.asarray(np.linalg.inv(self.whitening(lam, c).toarray()).diagonal().copy())
        E = self.elimination
        one, first, second = self.places
        values = one + c * (one - lam * first + lam * lam * second)
        out = np.empty(self.N)
        out[E.order] = E.inverse(values, symmetric=True)[1][E.diagonal]
        return out

    def whitening(self, lam: float, c: float) -> Any:
        """Return I + cBB′, sparse."""
        M = sparse.csr_array((self.N, self.N)) if self.M is None else self.M
        B = sparse.eye_array(self.N, format="csr") - lam * M
        return sparse.eye_array(self.N, format="csr") + c * (B @ B.T)


def spread_of(M: CsrArray | None, N: int, *, own_effects: bool) -> Spread:
    """Prepare the covariance of the means.

    Parameters
    ----------
    M : csr_array of shape (N, N) or None
        Weights of the disturbance.
    N : int
    own_effects : bool
        Whether effects of regions stay where they are (Baltagi) while disturbances spread.
    """
    if M is None or not own_effects:
        return Spread(None, N)
    if N <= EIGENVALUE_LIMIT:
        return Spread(M, N)
    eye = sparse.eye_array(N, format="csr")
    first, second = sparse.csr_array(M + M.T), sparse.csr_array(M @ M.T)
    E = eliminate_pattern(sparse.csr_array(abs(first) + abs(second)))
    return Spread(M, N, E, tuple(_placed(E, A) for A in (sparse.csr_array(eye), first, second)))


def _placed(E: Elimination, A: CsrArray) -> FloatArray:
    out = np.zeros(E.indices.size)
    at: IntArray = E.places(A)
    np.add.at(out, at, A.data)
    return out


def split(columns: FloatArray, T: int, *, M: CsrArray | None, spread: Spread) -> Strata:
    """Split columns, shape (N T, m) sorted by region and period, into contrasts and means."""
    n, m = columns.shape
    cube = columns.reshape(n // T, T, m)
    middle = cube.mean(axis=1)
    inner = (cube - middle[:, None, :]).reshape(n, m)
    means = np.sqrt(T) * middle
    zero = np.zeros((m, m))
    own = inner.T @ inner
    if M is None:
        return Strata((own, zero, zero), means, np.zeros_like(means), spread)
    lags = np.asarray(M @ inner.reshape(n // T, T * m)).reshape(n, m)
    return Strata((own, inner.T @ lags, lags.T @ lags), means, np.asarray(M @ means), spread)


def inverse_square_diagonal(M: CsrArray, lam: float) -> FloatArray:
    """Return the diagonal of (B′B)⁻¹, B = I − λM, shape (N,).

    Examples
    --------
    >>> M = sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> inverse_square_diagonal(M, 0.5).round(4).tolist()
    [2.2222, 2.2222]
    """
    N = M.shape[0]
    form = spread_of(sparse.csr_array(M.T), N, own_effects=True)
    if form.elimination is None:
        inverse = np.linalg.inv(np.eye(N) - lam * M.toarray())
        return np.asarray(np.einsum("ij,ij->i", inverse, inverse))
    one, first, second = form.places
    E = form.elimination
    values = one - lam * first + lam * lam * second
    out = np.empty(N)
    out[E.order] = E.inverse(values, symmetric=True)[1][E.diagonal]
    return out
