"""Which models are estimated, what is found of them, and algebra on many small matrices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.typing import BoolArray, FloatArray, IntArray

BLOCK = 512
"""Models a block: their small matrices stay in the processor's memory."""

RANK = 1e-8
"""Share of a regressor's length that must remain beside the others; the plain estimator refuses
below 1e-9, and decides in between."""

EXACT = 1e-20
"""Share of an outcome's sum of squares below which the plain estimator is asked about rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Jobs:
    """Which regressors each model has, and which outcome.

    Attributes
    ----------
    columns : tuple of ndarray of int
        Positions of the regressors of each design.
    design, outcome : ndarray of int, shape (m,)
        Design and outcome of each model.
    """

    columns: tuple[IntArray, ...]
    design: IntArray
    outcome: IntArray

    def blocks(self) -> Iterator[tuple[IntArray, IntArray]]:
        """Yield models of designs of equal size, and the positions of these designs."""
        sizes = np.array([len(columns) for columns in self.columns])
        for size in np.unique(sizes[self.design]):
            whole = np.flatnonzero(sizes[self.design] == size)
            for start in range(0, whole.size, BLOCK):
                yield whole[start : start + BLOCK], np.flatnonzero(sizes == size)


@dataclass(frozen=True, slots=True, eq=False)
class Many:
    """Estimates of m models over the p regressors that any of them has.

    Attributes
    ----------
    beta : ndarray of shape (m, p)
        0 where a model does without.
    spatial : ndarray of shape (m,)
        ρ of lag models, λ of error models, 0 without.
    sigma2, loglik : ndarray of shape (m,)
        SSE/n_eff of likelihoods, SSE/(degrees of freedom) of least squares; with all constants.
    covariance : ndarray of shape (m, p + 1, p + 1)
        Of (β, spatial), from the inverse of the expected information; zeros for what is not there.
    optima : ndarray of int, shape (m,)
        Local maxima found.
    sound : ndarray of bool, shape (m,)
        Where false, numbers are not to be used: the plain estimator says why, or knows better.
    """

    beta: FloatArray
    spatial: FloatArray
    sigma2: FloatArray
    loglik: FloatArray
    covariance: FloatArray
    optima: IntArray
    sound: BoolArray


def empty(m: int, p: int) -> Many:
    """Return what is filled block by block: nothing is sound yet."""
    return Many(
        np.zeros((m, p)),
        np.zeros(m),
        np.full(m, np.nan),
        np.full(m, np.nan),
        np.zeros((m, p + 1, p + 1)),
        np.ones(m, dtype=np.int64),
        np.zeros(m, dtype=bool),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Bases:
    """Orthonormal bases of designs of one size k.

    Attributes
    ----------
    columns : ndarray of int, shape (d, k)
    Q : ndarray of shape (d, q, k)
    inverse : ndarray of shape (d, k, k)
        Of R.
    ranked : ndarray of bool, shape (d,)
    """

    columns: IntArray
    Q: FloatArray
    inverse: FloatArray
    ranked: BoolArray


def bases_of(columns: IntArray, stacked: FloatArray) -> Bases:
    """Return the bases of matrices of shape (d, q, k)."""
    length = np.linalg.norm(stacked, axis=1)
    scaled = stacked / np.where(length > 0.0, length, 1.0)[:, None, :]
    Q, R = np.linalg.qr(scaled)
    diagonal = np.abs(np.diagonal(R, axis1=1, axis2=2))
    ranked = (diagonal > RANK).all(axis=1) & (length > 0.0).all(axis=1)
    safe = np.where(ranked[:, None, None], R, np.eye(R.shape[1]))
    inverse = np.linalg.inv(safe) / np.where(length > 0.0, length, 1.0)[:, :, None]
    return Bases(columns, Q, inverse, np.asarray(ranked))


def designs(jobs: Jobs, positions: IntArray, own: FloatArray) -> Bases:
    """Return the bases of designs at these positions, from coordinates of all regressors."""
    columns = np.array([jobs.columns[i] for i in positions], dtype=np.int64)
    return bases_of(columns, np.ascontiguousarray(own[:, columns].transpose(1, 0, 2)))


def times(A: FloatArray, v: FloatArray) -> FloatArray:
    """Return A v of each model."""
    return np.asarray((A @ v[..., None])[..., 0])


def across(A: FloatArray, v: FloatArray) -> FloatArray:
    """Return A′v of each model."""
    return np.asarray((v[..., None, :] @ A)[..., 0, :])


def dot(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the inner product of each model."""
    return np.asarray((a * b).sum(axis=-1))


def residual(basis: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what v, (m, q + 2), has along a basis, (m, q, k), and what it leaves."""
    q = basis.shape[1]
    along = across(basis, v[:, :q])
    rest = v.copy()
    rest[:, :q] -= times(basis, along)
    return along, rest


def put(
    found: Many,
    at: IntArray,
    columns: IntArray,
    *,
    beta: FloatArray,
    beta_cov: FloatArray,
    cross: FloatArray | None = None,
    variance: FloatArray | None = None,
) -> None:
    """Write coefficients and covariances of a block of models to their places."""
    rows = at[:, None]
    found.beta[rows, columns] = beta
    found.covariance[at[:, None, None], columns[:, :, None], columns[:, None, :]] = beta_cov
    if cross is not None:
        found.covariance[rows, columns, -1] = found.covariance[rows, -1, columns] = cross
    if variance is not None:
        found.covariance[at, -1, -1] = variance


def gaussian(sse: FloatArray, n: int) -> FloatArray:
    """Return −n/2 (log 2π + log(SSE/n) + 1)."""
    return np.asarray(-0.5 * n * (np.log(2.0 * np.pi) + np.log(sse / n) + 1.0))


def concentrated(
    sse: FloatArray, first: FloatArray, second: FloatArray, *, n: int, order: int
) -> FloatArray:
    """Return a derivative of −n/2 (log 2π + log(SSE/n) + 1) from SSE and its derivatives."""
    if order == 0:
        return gaussian(sse, n)
    if order == 1:
        return np.asarray(-0.5 * n * first / sse)
    return np.asarray(-0.5 * n * (second / sse - (first / sse) ** 2))


def each_design(columns: Sequence[Sequence[int]]) -> Jobs:
    """Return jobs of one model a design, all of the first outcome."""
    m = len(columns)
    whole = tuple(np.asarray(c, dtype=np.int64) for c in columns)
    return Jobs(whole, np.arange(m), np.zeros(m, dtype=np.int64))
