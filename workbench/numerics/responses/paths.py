"""Responses over time to a change of a regressor: averages of A^h(I − ρW)⁻¹(βI + θW).

Every power is a function of W, so that traces are sums over its eigenvalues w of
((τ + ηw)/(1 − ρw))^h (β + θw)/(1 − ρw), and sums of rows are the same over spectral weights. Of
many regions no eigenvalue is computed: sums over a contour about them are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import WeightsError
from workbench.numerics.sparse.contours import averages
from workbench.numerics.sparse.matrices import DENSE_LIMIT, CsrArray, constant_row_sum, symmetrize
from workbench.numerics.sparse.spectrum import eigenvalues
from workbench.typing import FloatArray

BLOCK = 4_000_000
"""Numbers held at a time."""

CHECKED = 24
"""Periods at which a contour is checked, evenly in their logarithm."""

FULL = 0.1
"""Share of non-zeros from which on W is taken as dense: its factors would be."""


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


def nodes_of(W: CsrArray, points: FloatArray, horizon: int) -> Nodes:
    """Return the places and weights of W, for :func:`responses` at parameter points.

    Parameters
    ----------
    W : csr_array of shape (N, N)
        Up to 1,500 regions, and where more than a tenth of it is filled, by all eigenvalues. Beyond
        by :func:`workbench.numerics.sparse.contours.averages`, to eleven digits of the first
        response.
    points : ndarray of shape (R, 3)
        (τ, η, ρ), the estimates first, for whose derivatives the nodes serve too.
    horizon : int
        The last period.

    Raises
    ------
    WeightsError
        If rows have different sums and W has no basis of eigenvectors; or, beyond 1,500 regions, W
        is directed and ρ beyond the inverse of its spectral radius.

    Examples
    --------
    >>> from scipy import sparse
    >>> W = sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> found = nodes_of(W, np.array([[0.5, 0.0, 0.0]]), 2)
    >>> found.direct[0].tolist(), found.total[0].tolist()
    ([-1.0, 1.0], [1.0])
    """
    N = W.shape[0]
    c = constant_row_sum(W)
    shared = (np.array([c]), np.ones(1))
    if N > DENSE_LIMIT and W.nnz < FULL * N * N:
        ends = _outermost(points)
        places, direct, total = averages(
            W, lambda w: _families(w, ends, horizon), rho=float(points[0, 2])
        )
        return Nodes((places, direct), (places, total) if c is None else shared)
    values = eigenvalues(W)
    return Nodes((values, np.full(N, 1.0 / N)), _spectral(W) if c is None else shared)


def _outermost(points: FloatArray) -> FloatArray:
    """Return the first point and those where a parameter or the root of w = 1 is extreme."""
    if len(points) == 1:
        return points
    root = (points[:, 0] + points[:, 1]) / (1.0 - points[:, 2])
    each = np.column_stack([points, root])
    rows = [0, *each.argmin(axis=0).tolist(), *each.argmax(axis=0).tolist()]
    return np.asarray(points[rows])


def _families(w: Any, points: FloatArray, horizon: int) -> Any:
    """Return responses to β and θ, and slopes of the first point: (families, periods, m)."""
    steps = np.unique(np.rint(np.geomspace(1, horizon + 1, CHECKED)).astype(int) - 1)
    values, slopes = [], []
    for h, (power, before) in enumerate(_powers(w, points, horizon)):
        if h in steps:
            values.append(power)
            slopes.append([x[0] for x in _turned(w, points[:1], h, power[:1], before[:1])])
    each = np.concatenate([np.stack(values, axis=1), np.stack(slopes, axis=1)])
    return np.concatenate([each, each * w])


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
    >>> W, points = sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]])), np.array([[0.5, 0, 0]])
    >>> found = responses(nodes_of(W, points, 2), points, 2, permanent=True)
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
        for h, (power, before) in enumerate(_powers(w, points[part], horizon)):
            values[part, h] = (power @ both).real
            if slopes:
                turned = _turned(w, points[part], h, power, before)
                gradients[part, h] = np.stack([(x @ both).real for x in turned], axis=-1)
    return values, gradients


def _powers(w: Any, points: FloatArray, horizon: int) -> Iterator[tuple[Any, Any]]:
    """Yield ((τ + ηw)/(1 − ρw))^h/(1 − ρw), shape (R, m), beside that of h − 1, for each h."""
    tau, eta, rho = (points[:, i, None] for i in range(3))
    reach = 1.0 / (1.0 - rho * w)
    root = (tau + eta * w) * reach
    power, before = reach, np.zeros_like(reach)
    for _ in range(horizon + 1):
        yield power, before
        before, power = power, power * root


def _turned(w: Any, points: FloatArray, h: int, power: Any, before: Any) -> tuple[Any, Any, Any]:
    """Return the derivatives of the power in τ, η and ρ."""
    reach = 1.0 / (1.0 - points[:, 2, None] * w)
    # d root/dτ = reach, d root/dη = w reach, d root/dρ = w root reach
    along = h * before * reach
    return along, along * w, (h + 1) * power * w * reach
