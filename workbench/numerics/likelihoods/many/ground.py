"""What specifications of one sample and one W share: few coordinates in place of many rows.

All that a likelihood needs of its columns are their inner products. In an orthonormal basis of
every regressor that some specification has, a column is as many numbers as there are regressors,
not as many as there are rows; nothing is squared, so that no digit is lost on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.numerics.panels.determinant import PanelDeterminant, panel_determinant
from workbench.numerics.panels.layers import Layers
from workbench.numerics.sparse.matrices import constant_row_sum
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Weights and effects that specifications have in common.

    Attributes
    ----------
    layers : Layers
        One W of N regions for all T periods; T = 1 for a cross-section. Rows are sorted by
        region, then period.
    clear : callable
        Takes fixed effects out of columns, shape (n, k).
    n_eff : int
        Observations that count: n less the effects that are transformed out.
    share : float
        Of the log-determinants: 1, or (T − 1)/T where effects of regions are transformed out.
    deflated : bool
        Whether effects of periods are transformed out; the rows of W then have one sum.
    """

    layers: Layers
    clear: Callable[[FloatArray], FloatArray]
    n_eff: int
    share: float = 1.0
    deflated: bool = False

    @property
    def row_sum(self) -> float | None:
        """The one sum of the rows of W, or None."""
        return constant_row_sum(self.layers.matrices[0])

    @property
    def periods(self) -> float:
        """Periods that effects leave: the multiplicity of traces and determinants."""
        return self.share * self.layers.T

    def determinant(self) -> PanelDeterminant:
        """Return the log-determinant over the periods that effects leave."""
        c = self.row_sum if self.deflated else None
        return panel_determinant(self.layers, share=self.share, sums=() if c is None else (c,))

    def lag(self, columns: FloatArray) -> FloatArray:
        """Return WX of columns, effects out, shape (n, k)."""
        return self.clear(self.layers.lag(columns))


@dataclass(frozen=True, slots=True, eq=False)
class Regressors:
    """Every regressor that some specification has, in coordinates.

    Attributes
    ----------
    ground : Ground
    columns : ndarray of shape (n, p)
        Effects out.
    Q : ndarray of shape (n, q)
        Orthonormal; spans the columns, and their lags where disturbances are filtered.
    own, lagged : ndarray of shape (q, p)
        Coordinates of the columns, of their lags (zeros where nothing is filtered).
    """

    ground: Ground
    columns: FloatArray
    Q: FloatArray
    own: FloatArray
    lagged: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """Outcomes in the coordinates of regressors, and two more for what lies outside of them.

    Attributes
    ----------
    own, lagged : ndarray of shape (m, q + 2)
        Of y and of Wy, effects out, a row an outcome.
    """

    own: FloatArray
    lagged: FloatArray


def regressors_of(ground: Ground, columns: FloatArray, *, filtered: bool) -> Regressors:
    """Put regressors into coordinates.

    Parameters
    ----------
    ground : Ground
    columns : ndarray of shape (n, p)
        Effects are still in them.
    filtered : bool
        Whether models have a spatial disturbance, which filters regressors by I − λW.

    Examples
    --------
    >>> from workbench.numerics.panels.layers import one_layer
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> W = as_weights(np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1))
    >>> ground = Ground(one_layer(W, 1), lambda x: x, 4)
    >>> regressors_of(ground, np.ones((4, 1)), filtered=True).Q.shape
    (4, 2)
    """
    cleared = ground.clear(np.asarray(columns, dtype=np.float64))
    if not filtered:
        Q, R = np.linalg.qr(cleared)
        return Regressors(ground, cleared, Q, R, np.zeros_like(R))
    Q, R = np.linalg.qr(np.column_stack([cleared, ground.lag(cleared)]))
    p = cleared.shape[1]
    return Regressors(ground, cleared, Q, R[:, :p], R[:, p:])


def outcomes_of(regressors: Regressors, Y: FloatArray) -> Outcomes:
    """Put outcomes and their spatial lags into the coordinates of regressors.

    Parameters
    ----------
    regressors : Regressors
    Y : ndarray of shape (n, m)
        Effects are still in them.

    Examples
    --------
    >>> from workbench.numerics.panels.layers import one_layer
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> W = as_weights(np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1))
    >>> X = regressors_of(Ground(one_layer(W, 1), lambda x: x, 4), np.ones((4, 1)), filtered=False)
    >>> y = np.arange(4.0)[:, None]
    >>> float((outcomes_of(X, y).own ** 2).sum().round(12))  # lengths are kept
    14.0
    """
    ground, Q = regressors.ground, regressors.Q
    cleared = ground.clear(np.asarray(Y, dtype=np.float64))
    parts = []
    for block in (cleared, ground.lag(cleared)):
        inside = Q.T @ block
        rest = block - Q @ inside
        more = Q.T @ rest  # twice is enough (Kahan and Parlett)
        parts.append((inside + more, rest - Q @ more))
    (y, e), (lag, eL) = parts
    length = np.linalg.norm(e, axis=0)
    along = (e * eL).sum(axis=0) / np.where(length > 0.0, length, 1.0)
    across = np.linalg.norm(eL - e * (along / np.where(length > 0.0, length, 1.0)), axis=0)
    zero = np.zeros_like(length)
    return Outcomes(
        np.ascontiguousarray(np.vstack([y, length, zero]).T),
        np.ascontiguousarray(np.vstack([lag, along, across]).T),
    )
