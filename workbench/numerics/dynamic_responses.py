"""Responses over time to a change of a regressor: averages of A^h(I − ρW)⁻¹(βI + θW).

Every power is a function of W, so that traces are sums over its eigenvalues w of
((τ + ηw)/(1 − ρw))^h (β + θw)/(1 − ρw), and sums of rows are the same over spectral weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import WeightsError
from workbench.numerics.matrices import DENSE_LIMIT, CsrArray, constant_row_sum, symmetrize
from workbench.numerics.spectrum import eigenvalues
from workbench.typing import FloatArray

BLOCK = 4_000_000
"""Numbers held at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """Where averages of functions of W are taken: Σ_i weights_i f(places_i), real part.

    Attributes
    ----------
    direct, total : tuple of ndarray (places, weights)
        For tr f(W)/N and for 1′f(W)1/N.
    """

    direct: tuple[Any, Any]
    total: tuple[Any, Any]


def nodes_of(W: CsrArray) -> Nodes:
    """Return the places and weights of W.

    Parameters
    ----------
    W : csr_array of shape (N, N)
        Any weights of up to 1,500 regions.

    Raises
    ------
    WeightsError
        If there are more regions, or rows have different sums and W has no basis of eigenvectors.

    Examples
    --------
    >>> from scipy import sparse
    >>> found = nodes_of(sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]])))
    >>> found.direct[0].tolist(), found.total[0].tolist()
    ([-1.0, 1.0], [1.0])
    """
    N = W.shape[0]
    if N > DENSE_LIMIT:
        raise WeightsError(
            "W",
            expected=f"at most {DENSE_LIMIT:,} regions, for the path of effects over time",
            found=f"{N:,}",
            why="it needs every eigenvalue of W",
            remedy='impacts(horizon="short-run") and impacts(horizon="long-run") need none',
        )
    values = eigenvalues(W)
    direct = (values, np.full(N, 1.0 / N))
    c = constant_row_sum(W)
    if c is not None:
        return Nodes(direct, (np.array([c]), np.ones(1)))
    return Nodes(direct, _spectral(W))


def _spectral(W: CsrArray) -> tuple[Any, Any]:
    """Return eigenvalues and (1′v_i)(u_i′1)/N, v and u right and left eigenvectors."""
    twin = symmetrize(W)
    N = W.shape[0]
    if twin is not None:
        values, vectors = np.linalg.eigh(twin.S.toarray())
        left, right = (1.0 / np.sqrt(twin.d)) @ vectors, vectors.T @ np.sqrt(twin.d)
        return values, left * right / N
    dense = W.toarray()
    values, vectors = np.linalg.eig(dense)
    inverse = np.linalg.pinv(vectors)
    gap = np.abs((vectors * values) @ inverse - dense).max()
    # Rounding grows with the condition of the eigenvectors; 1e-8 keeps eight digits.
    if gap > 1e-8 * np.abs(dense).max():
        raise WeightsError(
            "W",
            expected="rows that have one sum, or eigenvectors that span all regions",
            found="neither",
            why="total effects over time are then no sum over eigenvalues",
            remedy='W.normalize("row")',
        )
    return values, vectors.sum(axis=0) * inverse.sum(axis=1) / N


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """What a unit of β and of θ does h periods later, on average.

    Attributes
    ----------
    values : ndarray of shape (R, H + 1, 2, 2)
        By parameter point, horizon, (direct, total) and (β, θ).
    slopes : ndarray of shape (R, H + 1, 2, 2, 3)
        Derivatives in τ, η and ρ; empty where not asked for.
    """

    values: FloatArray
    slopes: FloatArray


def responses(
    nodes: Nodes, points: FloatArray, horizon: int, *, permanent: bool, slopes: bool = False
) -> Responses:
    """Return responses at parameter points (τ, η, ρ).

    Parameters
    ----------
    nodes : Nodes
    points : ndarray of shape (R, 3)
    horizon : int
        H, the last period.
    permanent : bool
        Whether the change stays (responses add up) or lasts one period.
    slopes : bool
        Whether derivatives are wanted.

    Examples
    --------
    >>> from scipy import sparse
    >>> nodes = nodes_of(sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]])))
    >>> found = responses(nodes, np.array([[0.5, 0.0, 0.0]]), 2, permanent=True)
    >>> found.values[0, :, 1, 0].tolist()
    [1.0, 1.5, 1.75]
    """
    kinds = [_of_kind(*pair, points, horizon, slopes) for pair in (nodes.direct, nodes.total)]
    values, gradients = (np.stack(part, axis=2) for part in zip(*kinds, strict=True))
    if permanent:
        values, gradients = values.cumsum(axis=1), gradients.cumsum(axis=1)
    return Responses(values, gradients)


def _of_kind(
    w: Any, weights: Any, points: FloatArray, horizon: int, slopes: bool
) -> tuple[FloatArray, FloatArray]:
    """Return values (R, H + 1, 2) and derivatives (R, H + 1, 2, 3) of one kind of average."""
    R = len(points)
    values = np.empty((R, horizon + 1, 2))
    gradients = np.empty((R, horizon + 1, 2, 3) if slopes else (R, horizon + 1, 2, 0))
    both = np.stack([weights, weights * w], axis=-1)
    step = max(1, BLOCK // max(len(w), 1))
    for start in range(0, R, step):
        part = slice(start, start + step)
        tau, eta, rho = (points[part, i, None] for i in range(3))
        reach = 1.0 / (1.0 - rho * w)
        root = (tau + eta * w) * reach
        power, before = reach, np.zeros_like(reach)
        for h in range(horizon + 1):
            values[part, h] = (power @ both).real
            if slopes:
                # d root/dτ = reach, d root/dη = w reach, d root/dρ = w root reach
                along = h * before * reach
                turned = (along, along * w, along * root * w + power * w * reach)
                gradients[part, h] = np.stack([(x @ both).real for x in turned], axis=-1)
            before, power = power, power * root
    return values, gradients
