"""How strong instruments are and whether they are valid: first stage, rank, over-identification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg, stats

from workbench.numerics.moments.two_stage import TwoStage, basis_of, projected_fit
from workbench.numerics.scores.chi_square import ChiSquare, chi_square
from workbench.numerics.scores.specification_errors import SmallSample
from workbench.numerics.sparse.matrices import CsrArray, as_columns, freeze
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True)
class FirstStage:
    """Regressions of g endogenous columns on l excluded instruments, m instruments in all.

    Attributes
    ----------
    partial_r2 : ndarray of shape (g,)
        Of the excluded instruments beside the exogenous regressors.
    shea_r2 : ndarray of shape (g,)
        The same beside the other endogenous columns, as predicted (Shea 1997).
    f : ndarray of shape (g,)
        F statistic of the excluded instruments.
    conditional_f : ndarray of shape (g,)
        Sanderson and Windmeijer's (2016), which allows for the other endogenous columns; the
        same as `f` where there is one.
    p_values : ndarray of shape (g,)
        Of `conditional_f`.
    df : tuple of int
        Degrees of freedom of `f`: (l, n − m).
    conditional_df : tuple of int
        Of `conditional_f`: (l − g + 1, n − m).
    cragg_donald_f : float
        F form of the smallest canonical correlation (Cragg and Donald 1993).
    kleibergen_paap_f : float
        Its form that is right under any variances (Kleibergen and Paap 2006).
    kleibergen_paap : ChiSquare
        rk LM statistic against instruments that leave a coefficient unidentified.
    """

    partial_r2: FloatArray
    shea_r2: FloatArray
    f: FloatArray
    conditional_f: FloatArray
    p_values: FloatArray
    df: tuple[int, int]
    conditional_df: tuple[int, int]
    cragg_donald_f: float
    kleibergen_paap_f: float
    kleibergen_paap: ChiSquare


def first_stage(Y: Any, X: Any, *, H: Any, absorbed: int = 0) -> FirstStage:
    """Measure how well instruments predict endogenous columns.

    Parameters
    ----------
    Y : ndarray of shape (n, g)
        Endogenous columns.
    X : ndarray of shape (n, k)
        Exogenous regressors, k may be 0.
    H : ndarray of shape (n, l), l ≥ g
        Excluded instruments; (X, H) of full column rank.
    absorbed : int
        Effects that were taken out of all columns beforehand.

    References
    ----------
    Sanderson, E. and Windmeijer, F. (2016). Journal of Econometrics 190, pp. 212-221.
    Kleibergen, F. and Paap, R. (2006). Journal of Econometrics 133, pp. 97-126.

    Examples
    --------
    >>> h = np.array([[0.0], [1.0], [2.0], [4.0]])
    >>> first_stage(h + [[0.1], [-0.1], [0.0], [0.0]], np.ones((4, 1)), H=h).df
    (1, 2)
    """
    Y = np.asarray(Y, dtype=np.float64)
    n = Y.shape[0]
    X, H = as_columns(X, argument="X", rows=n), as_columns(H, argument="H", rows=n)
    y, h = _beside(Y, X), _beside(H, X)
    basis = basis_of(h)
    (g, m), room = (Y.shape[1], H.shape[1]), n - X.shape[1] - H.shape[1] - absorbed
    predicted = basis @ (basis.T @ y)
    explained, total = np.sum(predicted**2, axis=0), np.sum(y**2, axis=0)
    f = (explained / m) / ((total - explained) / room)
    conditional = np.array([_conditional(y, basis, j, (m, g, room)) for j in range(g)])
    rank = _Rank(y, h, basis, room)
    return FirstStage(
        partial_r2=freeze(explained / total),
        shea_r2=freeze(_shea(y, predicted)),
        f=freeze(f),
        conditional_f=freeze(conditional),
        p_values=freeze(stats.f.sf(conditional, m - g + 1, room)),
        df=(m, room),
        conditional_df=(m - g + 1, room),
        cragg_donald_f=rank.cragg_donald_f(),
        kleibergen_paap_f=rank.wald_f(),
        kleibergen_paap=rank.multiplier(),
    )


def _beside(values: FloatArray, X: FloatArray) -> FloatArray:
    if X.shape[1] == 0:
        return values
    basis = basis_of(X)
    rest = values - basis @ (basis.T @ values)
    return np.asarray(rest - basis @ (basis.T @ rest))


def _conditional(
    y: FloatArray, basis: FloatArray, column: int, sizes: tuple[int, int, int]
) -> float:
    m, g, room = sizes
    others = np.delete(y, column, axis=1)
    rest = y[:, column]
    if g > 1:
        rest = projected_fit(rest, others, basis).residuals
    explained = float(np.sum((basis.T @ rest) ** 2))
    return (explained / (m - g + 1)) / ((float(rest @ rest) - explained) / room)


def _shea(y: FloatArray, predicted: FloatArray) -> FloatArray:
    own, projected = np.linalg.inv(y.T @ y), np.linalg.inv(predicted.T @ predicted)
    return np.asarray(np.diag(own) / np.diag(projected))


@dataclass(frozen=True, slots=True, eq=False)
class _Rank:
    """Canonical correlations of endogenous columns y and instruments h beside X."""

    y: FloatArray
    h: FloatArray
    basis: FloatArray
    room: int

    def _unit(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return orthonormal columns that span y, and singular vectors of basis′ of them."""
        unit = basis_of(self.y)
        return unit, *np.linalg.svd(self.basis.T @ unit)[::2]

    def cragg_donald_f(self) -> float:
        r2 = float(np.linalg.svd(self.basis.T @ basis_of(self.y), compute_uv=False)[-1]) ** 2
        return float(self.room * r2 / (1.0 - r2) / self.h.shape[1])

    def _rk(self, *, residuals: bool) -> float:
        unit, U, Vt = self._unit()
        kept = self.y.shape[1] - 1
        theta = self.basis.T @ unit
        left, right = self.basis @ U[:, kept:], Vt[kept:].T
        series = unit - self.basis @ theta if residuals else unit
        # Rows are scores of λ = A⊥′ΘB⊥: one column of B⊥, so the Kronecker product is plain.
        scores = left * (series @ right)
        value = U[:, kept:].T @ theta @ right[:, 0]
        return float(value @ linalg.solve(scores.T @ scores, value, assume_a="pos"))

    def multiplier(self) -> ChiSquare:
        return chi_square(self._rk(residuals=False), self.h.shape[1] - self.y.shape[1] + 1)

    def wald_f(self) -> float:
        n = self.y.shape[0]
        return float(self._rk(residuals=True) * self.room / n / self.h.shape[1])


@dataclass(frozen=True, slots=True)
class Overidentified:
    """Tests of the instruments beyond those that are needed.

    Attributes
    ----------
    sargan : ChiSquare
        n R² of the residuals on the instruments, for one variance (Sargan 1958).
    basmann : ChiSquare
        Its form for small samples (Basmann 1960).
    hansen : ChiSquare
        J of two-step efficient GMM, right under any variances (Hansen 1982).
    """

    sargan: ChiSquare
    basmann: ChiSquare
    hansen: ChiSquare


def overidentification(y: FloatArray, Z: FloatArray, *, stage: TwoStage) -> Overidentified:
    """Test whether all instruments agree on the coefficients.

    Parameters
    ----------
    y : ndarray of shape (n,)
    Z : ndarray of shape (n, k)
    stage : TwoStage
        Two-stage least squares of y on Z with m > k instruments.

    Examples
    --------
    >>> from workbench.numerics.moments.two_stage import two_stage
    >>> x = np.array([[0.0], [1.0], [2.0], [4.0]])
    >>> y = np.array([0.1, 1.0, 1.9, 4.2])
    >>> stage = two_stage(y, x, H=np.c_[x, np.sqrt(x)])
    >>> overidentification(y, x, stage=stage).sargan.df
    1
    """
    e, Q = stage.residuals, stage.basis
    (n, m), k = Q.shape, Z.shape[1]
    s = n * float(np.sum((Q.T @ e) ** 2)) / stage.sse
    scores = Q * e[:, None]
    middle = linalg.cho_factor(scores.T @ scores)
    C = Q.T @ Z
    lhs = C.T @ linalg.cho_solve(middle, C)
    delta = linalg.solve(lhs, C.T @ linalg.cho_solve(middle, Q.T @ y), assume_a="pos")
    moments = Q.T @ (y - Z @ delta)
    J = float(moments @ linalg.cho_solve(middle, moments))
    return Overidentified(
        sargan=chi_square(s, m - k),
        basmann=chi_square(s * (n - m) / (n - s), m - k),
        hansen=chi_square(J, m - k),
    )


def endogeneity(
    y: FloatArray, Z: FloatArray, *, tested: list[int], stage: TwoStage
) -> tuple[ChiSquare, SmallSample]:
    """Test whether some columns of Z may be treated as exogenous: Durbin and Wu-Hausman.

    Parameters
    ----------
    y : ndarray of shape (n,)
    Z : ndarray of shape (n, k)
    tested : list of int
        Positions of the columns; others that are endogenous stay so.
    stage : TwoStage
        Two-stage least squares of y on Z.

    Returns
    -------
    durbin : ChiSquare
        δ/(ε₀′ε₀/n), δ the gain in explained residuals ε₀ of the fit that takes the columns as
        exogenous (Durbin 1954).
    wu_hausman : SmallSample
        (δ/t)/((ε₀′ε₀ − δ)/(n − k − t)) of t columns (Wu 1973; Hausman 1978).

    Examples
    --------
    >>> from workbench.numerics.moments.two_stage import two_stage
    >>> h = np.array([[0.0], [1.0], [2.0], [4.0], [3.0]])
    >>> x = h + np.array([[0.1], [-0.1], [0.2], [0.0], [0.3]])
    >>> y = np.array([0.1, 1.0, 1.9, 4.2, 3.1])
    >>> endogeneity(y, x, tested=[0], stage=two_stage(y, x, H=h))[1].df
    (1, 3)
    """
    (n, k), t = Z.shape, len(tested)
    more = _beside(Z[:, tested], stage.basis)
    wider = np.column_stack([stage.basis, basis_of(more)])
    treated = projected_fit(y, Z, wider).residuals
    gain = _explained(treated, wider) - _explained(stage.residuals, stage.basis)
    total = float(treated @ treated)
    room = n - k - t
    f = (gain / t) / ((total - gain) / room)
    small = SmallSample(f, (t, room), float(stats.f.sf(f, t, room)))
    return chi_square(gain / (total / n), t), small


def _explained(e: FloatArray, basis: FloatArray) -> float:
    return float(np.sum((basis.T @ e) ** 2))


def anselin_kelejian(
    e: FloatArray, Z: FloatArray, *, W: CsrArray, covariance: FloatArray
) -> ChiSquare:
    """Test residuals of two-stage least squares for spatial autocorrelation.

    (e′We/σ²)² / (tr(W′W + W²) + 4 e′WZ (V/s²) Z′W′e/σ²) with V the covariance of the estimates,
    σ² = e′e/n and s² = e′e/(n − k), chi-squared with one degree of freedom (Anselin and Kelejian
    1997, equation 13).

    Parameters
    ----------
    e : ndarray of shape (n,)
        Residuals.
    Z : ndarray of shape (n, k)
        Regressors, endogenous ones as observed.
    W : csr_array of shape (n, n)
    covariance : ndarray of shape (k, k)

    References
    ----------
    Anselin, L. and Kelejian, H. H. (1997). International Regional Science Review 20, pp. 153-182.

    Examples
    --------
    >>> from scipy import sparse
    >>> W = sparse.csr_array(np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1))
    >>> e = np.array([1.0, 1.0, -1.0, -1.0])
    >>> round(anselin_kelejian(e, np.zeros((4, 1)), W=W, covariance=np.eye(1)).statistic, 4)
    0.3333
    """
    n, k = Z.shape
    sigma2 = float(e @ e) / n
    spread = covariance * ((n - k) / float(e @ e))
    trace = float(W.power(2).sum() + W.multiply(W.T).sum())
    cross = (W.T @ e) @ Z
    score = float(e @ (W @ e)) / sigma2
    return chi_square(score**2 / (trace + 4.0 * float(cross @ spread @ cross) / sigma2), 1)


def complement(basis: FloatArray, X: FloatArray) -> FloatArray:
    """Return orthonormal columns that span what a basis has beside X, shape (n, m − k).

    Parameters
    ----------
    basis : ndarray of shape (n, m)
        Orthonormal columns.
    X : ndarray of shape (n, k)
        Of full column rank, within the span of the basis.

    Examples
    --------
    >>> complement(np.eye(3)[:, :2], np.ones((3, 1)) * [[1], [1], [0]]).shape
    (3, 1)
    """
    k = X.shape[1]
    if k == 0:
        return basis
    # The last left singular vectors of the coordinates of X are orthogonal to all of them.
    U = np.linalg.svd(basis.T @ (X / np.linalg.norm(X, axis=0)))[0]
    return np.asarray(basis @ U[:, k:])
