"""The matrices of a panel's score in ρ and λ, as products that are solved for and never formed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy import sparse

from workbench.numerics.panels.layers import Layers
from workbench.numerics.responses.diagonals import lag_diagonals
from workbench.numerics.sparse.lag_and_error import lag_score_diagonal
from workbench.numerics.sparse.logdet import dominant
from workbench.numerics.sparse.matrices import CsrArray, factor
from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """H = B W A⁻¹B⁻¹ with A = I − ρW and B = I − λM, the matrix of ε′Hε in the score of ρ.

    Without M it is G = WA⁻¹; the form of λ is that of M in the place of W.

    Attributes
    ----------
    W : csr_array of shape (n, n)
    M : csr_array or None
    rho, lam : float
    solvers : tuple
        Factors of A and of B, None for the identity.
    centred : bool
        Whether the mean of every column is taken out of H, as effects of periods do.
    """

    W: CsrArray
    M: CsrArray | None
    rho: float
    lam: float
    solvers: tuple[Any, Any]
    centred: bool

    def times(self, columns: FloatArray) -> FloatArray:
        """Return H times columns, shape (n, m)."""
        out = self.W @ _solve(self.solvers[0], _solve(self.solvers[1], columns))
        if self.M is not None and self.lam != 0.0:
            out = out - self.lam * (self.M @ out)
        return np.asarray(out - out.mean(axis=0) if self.centred else out)

    def turned(self, columns: FloatArray) -> FloatArray:
        """Return H′ times columns, shape (n, m)."""
        inner = columns - columns.mean(axis=0) if self.centred else columns
        if self.M is not None and self.lam != 0.0:
            inner = inner - self.lam * (self.M.T @ inner)
        back = _solve(self.solvers[0], self.W.T @ inner, transpose=True)
        return _solve(self.solvers[1], back, transpose=True)

    def diagonal(self) -> FloatArray:
        """Return the diagonal of H, exactly, shape (n,)."""
        if self.M is None:
            found = lag_diagonals(self.W, self.rho)[0]
        else:
            found = lag_score_diagonal(self.W, self.M, rho=self.rho, lam=self.lam)
        if not self.centred:
            return found
        ones = np.ones((self.W.shape[0], 1))
        whole = Form(self.W, self.M, self.rho, self.lam, self.solvers, False)
        return np.asarray(found - whole.turned(ones)[:, 0] / len(ones))


def _solve(solver: Any, columns: Any, *, transpose: bool = False) -> FloatArray:
    right: FloatArray = np.ascontiguousarray(columns)
    if solver is None:
        return right
    return np.asarray(solver.solve(right, trans="T" if transpose else "N"))


def _solver(W: CsrArray | None, x: float) -> Any:
    if W is None or x == 0.0:
        return None
    A = sparse.eye_array(W.shape[0], format="csr") - x * W
    return factor(A, symmetric=dominant(W, x))


def form_of(
    W: CsrArray, M: CsrArray | None, *, rho: float, lam: float, centred: bool = False
) -> Form:
    """Return the form of the score for ρ, with A and B factored.

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> W = as_weights([[0.0, 1.0], [1.0, 0.0]])
    >>> form_of(W, None, rho=0.5, lam=0.0).times(np.eye(2)).round(4).tolist()
    [[0.6667, 1.3333], [1.3333, 0.6667]]
    """
    return Form(W, M, rho, lam, (_solver(W, rho), _solver(M, lam)), centred)


@dataclass(frozen=True, slots=True, eq=False)
class FormLayer:
    """The forms of the periods that share one W.

    Attributes
    ----------
    rows : ndarray of int, shape (m, times)
        Rows of the stack: a row a region, a column a period.
    region : ndarray of int, shape (m,)
        Codes of the regions.
    forms : tuple of Form
        Of ρ and of λ, those that the model has.
    """

    rows: IntArray
    region: IntArray
    forms: tuple[Form, ...]


def form_layers(
    lag: Layers | None,
    error: Layers | None,
    *,
    at: tuple[float, float],
    region: IntArray,
    centred: bool,
) -> tuple[FormLayer, ...]:
    """Return the forms of (ρ, λ) of every period, one layer where W are those of all periods.

    Parameters
    ----------
    lag, error : Layers or None
        Weights of Wy and of the disturbance; not both None.
    at : (float, float)
        ρ and λ.
    region : ndarray of int, shape (n,)
        Region of each row; rows are sorted by region, then period.
    centred : bool
        Whether there are effects of periods.
    """
    some = lag or error
    if some is None:
        return ()
    varying = next((x for x in (lag, error) if x is not None and not x.constant), None)
    T = some.T
    stacks = (
        [np.arange(len(region)).reshape(-1, T)]
        if varying is None
        else [rows[:, None] for rows in varying.rows]
    )
    made = []
    for rows, (W, M) in zip(stacks, _matrices(lag, error, len(stacks)), strict=True):
        forms = []
        build = partial(form_of, centred=centred)
        if W is not None:
            forms.append(build(W, M, rho=at[0], lam=at[1] if M is not None else 0.0))
        if M is not None:
            forms.append(build(M, None, rho=at[1], lam=0.0))
        made.append(FormLayer(rows, region[rows[:, 0]], tuple(forms)))
    return tuple(made)


def _matrices(
    lag: Layers | None, error: Layers | None, times: int
) -> Iterator[tuple[CsrArray | None, CsrArray | None]]:
    for t in range(times):
        yield tuple(  # type: ignore[misc]
            None if x is None else x.matrices[0 if x.constant else t] for x in (lag, error)
        )
