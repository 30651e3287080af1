"""Log-determinants and traces by LU with pivots, for a ρ at which none can be left out."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from workbench.numerics.sparse.matrices import CsrArray, factor

STEP = 1e-20
"""A complex step this small makes the imaginary part exact to rounding (no differences taken)."""


def log_abs_det(A: Any) -> float:
    """Return log|det A| of a sparse nonsingular matrix by one LU factorisation."""
    return float(np.log(np.abs(factor(A, symmetric=False).U.diagonal())).sum())


def slope(A: Any, B: Any, *, symmetric: bool = False) -> float:
    """Return tr(A⁻¹B) = d log|A + hB| / dh by one complex factorisation, exact to rounding.

    `symmetric` where no pivots are needed after all, as for a dominant diagonal.
    """
    shifted = sparse.csr_array(A, dtype=np.complex128) + 1j * STEP * sparse.csr_array(B)
    diagonal = factor(shifted, symmetric=symmetric).U.diagonal()
    return float((diagonal.imag / diagonal.real).sum() / STEP)


def trace_product(W: CsrArray, rho: float, other: float | None = None, *, transpose: bool) -> float:
    """Return tr(G₁G₂), or tr(G₁′G₂) where `transpose`, with G = W(I − ρW)⁻¹ at two ρ.

    With A = I − ρW, the determinant of the block matrix [[A₂, ihW], [W, A₁]] is
    |A₂| |A₁ − ihWA₂⁻¹W|, whose logarithm has the imaginary part −h tr(A₁⁻¹WA₂⁻¹W).
    """
    n = W.shape[0]
    eye = sparse.eye_array(n, format="csr")
    left, right = eye - rho * W, eye - (rho if other is None else other) * W
    corner, below = (left.T, W.T) if transpose else (left, W)
    block = sparse.block_array([[right, 1j * STEP * W], [below, corner]], format="csr")
    # Both copies of a region next to each other: the fill stays that of 2 × 2 blocks.
    order = np.arange(2 * n).reshape(2, n).T.ravel()
    diagonal = factor(block[order][:, order], symmetric=False).U.diagonal()
    return float(-(diagonal.imag / diagonal.real).sum() / STEP)
