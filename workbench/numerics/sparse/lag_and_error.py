"""I − ρW and I − λM on one order of elimination: traces and diagonals of their products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import sparse

from workbench.numerics.responses.diagonals import lag_diagonals
from workbench.numerics.responses.traces import SMALL_SHARE, own_traces
from workbench.numerics.sparse.elimination import Elimination, copied, eliminate_pattern
from workbench.numerics.sparse.factors import STEP, factors_of
from workbench.numerics.sparse.logdet import dominant
from workbench.numerics.sparse.matrices import EIGENVALUE_LIMIT, CsrArray, as_weights, factor
from workbench.numerics.sparse.recent import Recent, fingerprint
from workbench.typing import FloatArray

Link: TypeAlias = tuple[FloatArray, FloatArray]
"""A matrix to be inverted, and the one that follows it in a product."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LagAndError:
    """A = I − ρW and B = I − λM, with G = MB⁻¹ and H = BWA⁻¹B⁻¹, on one pattern.

    Attributes
    ----------
    elimination : Elimination
        Of the pattern of W and M.
    A, B, W, M, eye : ndarray of shape (entries,)
        As the elimination wants their entries.
    rho, lam : float
    divided : bool
        Whether H is had as (BA⁻¹B⁻¹ − I)/ρ, which takes a step less; not where ρ is so small
        that the difference would cancel.
    """

    elimination: Elimination
    A: FloatArray
    B: FloatArray
    W: FloatArray
    M: FloatArray
    eye: FloatArray
    rho: float
    lam: float
    divided: bool

    @property
    def n(self) -> int:
        """Number of regions."""
        return self.elimination.n

    def chain(self, links: Sequence[Link]) -> float:
        """Return tr D₁⁻¹C₁D₂⁻¹C₂ … D_m⁻¹C_m of the links (D, C), by one complex factor.

        The matrix with D_i on the diagonal, −C_i right of it and ihC_m in the first column of
        the last row has the determinant |D₁| … |D_m| |I + ihD₁⁻¹C₁ … D_m⁻¹C_m|, whose logarithm
        has h times the trace for its imaginary part.
        """
        m = len(links)
        blocks = copied(self.elimination, m)
        out = np.zeros(blocks.elimination.indices.size, np.complex128)
        for i, (D, C) in enumerate(links):
            out[blocks.place(i, i)] += D
            last = i == m - 1
            out[blocks.place(i, 0 if last else i + 1)] += 1j * STEP * C if last else -C
        pivots = blocks.elimination.pivots(out, symmetric=False)
        return float((pivots.imag / pivots.real).sum() / STEP)

    def turned(self, values: FloatArray) -> FloatArray:
        """Return the entries of the transpose."""
        return values[self.elimination.twin]

    def scaled_eye(self, diagonal: FloatArray) -> FloatArray:
        """Return the entries of a diagonal matrix."""
        out = np.zeros_like(self.eye)
        out[self.elimination.diagonal] = diagonal[self.elimination.order]
        return out

    def traces(self, tr_g: float, tr_h: float, c: FloatArray) -> tuple[float, float, float, float]:
        """Return tr GH, tr G′H, tr G′G and tr H′H, the last three between roots of c.

        Parameters
        ----------
        tr_g, tr_h : float
            tr G and tr H.
        c : ndarray of shape (n,)
            Case weights: G stands for C^½GC^−½.
        """
        inverse, B, A, eye = self.scaled_eye(1.0 / c), self.B, self.A, self.eye
        own = [(A, eye), (B, inverse)] if self.divided else [(eye, self.W), (A, eye), (B, inverse)]
        on_h = [(inverse, B), *own]  # C B (A⁻¹ or WA⁻¹) B⁻¹ C⁻¹
        back_b, back_m = self.turned(B), self.turned(self.M)
        gg = self.chain([(back_b, back_m), (inverse, self.M), (B, inverse)])
        gh = self.chain([*own[:-1], (B, self.M)])
        gth = self.chain([(back_b, back_m), *on_h])
        if not self.divided:
            back = [(back_b, eye), (self.turned(A), self.turned(self.W)), (eye, back_b)]
            return gh, gth, gg, self.chain([*back, *on_h])
        hth = self.chain([(back_b, eye), (self.turned(A), back_b), *on_h])
        tr_a = self.n + self.rho * tr_h
        return (
            (gh - tr_g) / self.rho,
            (gth - tr_g) / self.rho,
            gg,
            (hth - 2.0 * tr_a + self.n) / self.rho**2,
        )

    def diagonal(self) -> FloatArray:
        """Return the diagonal of H, shape (n,), from the entries of an inverse on the pattern."""
        E, eye = self.elimination, self.eye
        blocks = copied(E, 2 if self.divided else 3)
        out = np.zeros(blocks.elimination.indices.size)
        out[blocks.place(0, 0)], out[blocks.place(1, 1)] = self.B, self.A
        out[blocks.place(1, 0)] = -eye
        if not self.divided:
            out[blocks.place(2, 2)], out[blocks.place(2, 1)] = eye, -self.W
        entries = blocks.elimination.inverse(out, symmetric=False)[1]
        # (j, i) of A⁻¹B⁻¹ (or WA⁻¹B⁻¹) beside (i, j) of B
        found = self.B * entries[blocks.place(1 if self.divided else 2, 0)[E.twin]]
        row = np.repeat(np.arange(E.n), np.diff(E.indptr))
        h = np.empty(E.n)
        h[E.order] = np.bincount(row, weights=found, minlength=E.n)
        return np.asarray((h - 1.0) / self.rho if self.divided else h)


_held: Recent[Elimination] = Recent()


def lag_and_error(W: CsrArray, M: CsrArray, *, rho: float, lam: float) -> LagAndError | None:
    """Prepare the two matrices; None where one of them needs a choice of pivots.

    Parameters
    ----------
    W, M : csr_array of shape (n, n)
        Weights of the lag and of the error.
    rho, lam : float
        Inside their admissible intervals.
    """
    if not (factors_of(W).safe(rho) and factors_of(M).safe(lam)):
        return None
    E = _held.get(
        fingerprint(W) + fingerprint(M),
        lambda: eliminate_pattern(as_weights(abs(W) + abs(M))),
        size=W.shape[0],
    )
    eye, of_w, of_m = (np.zeros(E.indices.size) for _ in range(3))
    eye[E.diagonal] = 1.0
    of_w[E.places(W)], of_m[E.places(M)] = W.data, M.data
    divided = abs(rho) * float(abs(W).sum(axis=1).max()) >= SMALL_SHARE
    A, B = eye - rho * of_w, eye - lam * of_m
    return LagAndError(E, A, B, of_w, of_m, eye, rho, lam, divided)


def lag_score_diagonal(W: CsrArray, M: CsrArray, *, rho: float, lam: float) -> FloatArray:
    """Return the diagonal of H = BWA⁻¹B⁻¹, the form of the score for ρ, exactly, shape (n,).

    Parameters are those of :func:`lag_and_error`. Where pivots have to be chosen it takes two
    sparse solves a region.

    Examples
    --------
    >>> W = as_weights([[0.0, 1.0], [1.0, 0.0]])
    >>> lag_score_diagonal(W, W, rho=0.5, lam=0.3).round(4).tolist()
    [0.6667, 0.6667]
    """
    if W is M or lam == 0.0:  # B commutes with A: H is WA⁻¹
        return lag_diagonals(W, rho)[0]
    if W.shape[0] <= EIGENVALUE_LIMIT:
        return _dense_diagonal(W, M, rho, lam)
    joint = lag_and_error(W, M, rho=rho, lam=lam)
    return _solved_diagonal(W, M, rho, lam) if joint is None else joint.diagonal()


def outcome_variances(
    W: CsrArray,
    M: CsrArray,
    *,
    rho: float,
    lam: float,
    case_weights: FloatArray | None = None,
) -> FloatArray | None:
    """Return the diagonal of A⁻¹B⁻¹C⁻¹B⁻ᵀA⁻ᵀ, var(y)/σ² by region, exactly at any n.

    The last block of the first column of the inverse of a matrix with A′, B′, B, A on its
    diagonal and −I below it. None where a factor would have to choose its pivots.

    Parameters
    ----------
    W, M : csr_array of shape (n, n)
        Weights of the lag and of the error.
    rho, lam : float
        Inside their admissible intervals; 0 leaves the matrix out.
    case_weights : ndarray of shape (n,), optional
        c > 0, the diagonal of C: the variance of a disturbance is σ²/c.
    """
    c = np.ones(W.shape[0]) if case_weights is None else case_weights
    joint = lag_and_error(W, M, rho=rho, lam=lam)
    if joint is None:
        return None
    turned = joint.turned
    steps = [turned(joint.A)] * (rho != 0.0) + [turned(joint.B), joint.B] * (lam != 0.0)
    steps += [joint.A] * (rho != 0.0)
    m, E = len(steps), joint.elimination
    if m == 0:
        return np.asarray(1.0 / c)
    blocks = copied(E, m)
    out = np.zeros(blocks.elimination.indices.size)
    for i, step in enumerate(steps):
        out[blocks.place(i, i)] = step
        if i:
            out[blocks.place(i, i - 1)] = -joint.scaled_eye(
                1.0 / c if i == m // 2 else np.ones(E.n)
            )
    entries = blocks.elimination.inverse(out, symmetric=False)[1]
    variances = np.empty(E.n)
    variances[E.order] = entries[blocks.place(m - 1, 0)[E.diagonal]]
    return variances


def joint_traces(
    W: CsrArray, M: CsrArray, *, rho: float, lam: float, case_weights: FloatArray
) -> tuple[float, float, float, float, float] | None:
    """Return tr H, tr G, tr H² + tr H′H, tr G² + tr G′G and tr GH + tr G′H, exactly at any n.

    None where a factor would have to choose its pivots. G and H are as in
    :func:`workbench.numerics.responses.error_traces.pair_traces`.

    Notes
    -----
    tr H′H takes a complex factor of 5n rows on the pattern of W and M.
    """
    joint = lag_and_error(W, M, rho=rho, lam=lam)
    if joint is None:
        return None
    (tr_h, tr_h2), (tr_g, tr_g2) = own_traces(W, rho), own_traces(M, lam)
    gh, gth, gtg, hth = joint.traces(tr_g, tr_h, case_weights)
    return tr_h, tr_g, tr_h2 + hth, tr_g2 + gtg, gh + gth


def _dense_diagonal(W: CsrArray, M: CsrArray, rho: float, lam: float) -> FloatArray:
    w, m = W.toarray(), M.toarray()
    eye = np.eye(len(w))
    B = eye - lam * m
    lagged = w @ np.linalg.solve(eye - rho * w, np.linalg.solve(B, eye))
    return np.asarray(np.einsum("ij,ji->i", B, lagged))


def _solved_diagonal(W: CsrArray, M: CsrArray, rho: float, lam: float) -> FloatArray:
    n, block = W.shape[0], 256
    eye = sparse.eye_array(n, format="csr")
    B = sparse.csr_array(eye - lam * M)
    of_a = factor(eye - rho * W, symmetric=dominant(W, rho))
    of_b = factor(B, symmetric=dominant(M, lam))
    out = np.empty(n)
    for start in range(0, n, block):
        at = np.arange(start, min(start + block, n))
        unit = np.zeros((n, at.size))
        unit[at, np.arange(at.size)] = 1.0
        column = B[at] @ (W @ of_a.solve(of_b.solve(unit)))
        out[at] = column[np.arange(at.size), np.arange(at.size)]
    return out
