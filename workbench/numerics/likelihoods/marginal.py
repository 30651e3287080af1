"""Marginal likelihoods of the spatial family: coefficients, variance, ρ and λ integrated out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import stats

from workbench.errors import ConvergenceError, ValuesError
from workbench.numerics.panels.determinant import PanelDeterminant
from workbench.numerics.sparse.logdet import LogDeterminant, log_determinant
from workbench.numerics.sparse.matrices import as_columns, as_vector, as_weights
from workbench.typing import FloatArray

COARSE = (401, 81)
# Points an axis of the grid that finds where the density lies: one parameter, two.
DEPTH = 50.0
# Outside of where the density is above e^-50 of its top nothing is left of the integral.
NODES = 20
PANELS = ((8, 16), (4, 7))
# Gauss-Legendre panels an axis: the integral and the finer one that it is held against.
ZOOMS = 40


@dataclass(frozen=True, slots=True)
class Prior:
    """Priors of the coefficients and of ρ and λ.

    Attributes
    ----------
    g : float or None
        Slopes given σ² are normal around 0 with covariance g σ² (Z′MZ)⁻¹, M taking out the
        constant (Zellner's g-prior); None for flat priors of all coefficients, under which only
        models with the same regressors can be compared.
    shape : float
        ρ and λ are Beta(shape, shape) on their admissible intervals; 1 is uniform.
    """

    g: float | None = None
    shape: float = 1.0


@dataclass(frozen=True, slots=True)
class Form:
    """Which spatial parameters a model has: ρ (of Wy), λ (of Vu)."""

    lag: bool = False
    error: bool = False


def log_marginal(
    y: Any,
    Z: Any,
    *,
    form: Form,
    prior: Prior,
    constant: bool,
    W: Any = None,
    V: Any = None,
) -> float:
    """Integrate β, σ, ρ and λ out of y = ρWy + Zβ + u, u = λVu + ε, ε normal.

    Parameters
    ----------
    y : ndarray of shape (n,)
    Z : ndarray of shape (n, k)
        Regressors of full column rank; the constant first where `constant` says so.
    form : Form
        Whether the model has ρ, whether it has λ.
    prior : Prior
    constant : bool
        Whether the first column is the constant, which has no g.
    W, V : sparse array or ndarray of shape (n, n), optional
        Weights of the outcome, and of the disturbance (W without).

    Returns
    -------
    float
        log p(y) up to a constant that models of one y share: under a g-prior all models with a
        constant, under flat priors those with the same Z.

    Raises
    ------
    ConvergenceError
        If the integral is not found to 1e-6.
    ValuesError
        If Z reproduces y exactly.

    Notes
    -----
    With A = I − ρW, B = I − λV, prior 1/σ, m = n − 1 with a constant and n without, q slopes:
    p(y | ρ, λ) ∝ |A||B| (1 + g)^(−q/2) [(g SSE + SST) / (1 + g)]^(−m/2), SSE and SST the sums of
    squares of BAy around BZ and around Bι. The constant is flat in units of its own standard
    error: flat as it stands, it would count the more in an error model the closer λ comes to 1,
    where W maps it to zero, and not in a lag model. Flat priors of all coefficients (LeSage
    2014): |A||B| |Z′B′BZ|^(−1/2) SSE^(−(n−k)/2). ρ and λ are integrated over the admissible
    intervals by Gauss-Legendre panels where the density is.

    References
    ----------
    LeSage, J. P. and Parent, O. (2007). Bayesian model averaging for spatial econometric models.
    Geographical Analysis 39, 241–267. LeSage, J. P. (2014). What regional scientists need to know
    about spatial econometrics. Review of Regional Studies 44, 13–32. Zellner, A. (1986).

    Examples
    --------
    >>> W = np.diag(np.ones(5), 1) + np.diag(np.ones(5), -1)
    >>> y = np.array([1.0, 2.0, 2.5, 4.0, 6.0, 5.0])
    >>> one = np.ones((6, 1))
    >>> forms = Form(), Form(lag=True)
    >>> none, lag = (
    ...     log_marginal(y, one, form=f, prior=Prior(), constant=True, W=W) for f in forms
    ... )
    >>> lag > none
    True
    """
    y = as_vector(y, argument="y")
    Z = as_columns(Z, argument="Z", rows=y.size)
    own = as_weights(W) if form.lag or (form.error and V is None) else None
    of_error = (own if V is None else as_weights(V, argument="V")) if form.error else None
    density = Density(
        squares_of(
            y,
            Z,
            lagged=None if own is None or not form.lag else np.asarray(own @ y),
            error=None if of_error is None else lambda columns: np.asarray(of_error @ columns),
        ),
        Z.shape,
        prior=prior,
        constant=constant,
        lag=log_determinant(own) if form.lag and own is not None else None,
        error=log_determinant(of_error) if of_error is not None else None,
    )
    return log_integral_of(density)


def log_integral_of(density: Density) -> float:
    """Integrate ρ and λ, those that the model has, out of a density.

    Raises
    ------
    ConvergenceError
        If the integral is not found to 1e-6.
    """
    ends = [
        (det.spectrum.rho_low, det.spectrum.rho_high)
        for det in (density.lag, density.error)
        if det is not None
    ]
    if not ends:
        return float(density.at([])[0])
    return _log_integral(density.at, _where(density.roughly().at, ends))


@dataclass(frozen=True, slots=True)
class Squares:
    """Sums of squares in an orthonormal basis of [Z, y, Wy], so that nothing is squared twice.

    Attributes
    ----------
    grams : ndarray of shape (3, p, p)
        Coefficients of 1, −λ and λ² in Q′B′BQ.
    outcome : ndarray of shape (p, 2)
        y and −Wy in the basis.
    k : int
        Columns of Z.
    """

    grams: FloatArray
    outcome: FloatArray
    k: int

    def gram(self, lam: FloatArray) -> FloatArray:
        """Return Q′B′BQ at each λ, shape (l, p, p)."""
        powers = np.stack([np.ones_like(lam), -lam, lam**2])
        return np.asarray(np.einsum("sl,spq->lpq", powers, self.grams))

    def beyond(self, gram: FloatArray, first: int) -> FloatArray:
        """Return the cross-products of B[y, −Wy] around the first basis vectors, (l, 2, 2)."""
        rest = self.outcome[first:]
        block = gram[:, first:, first:]
        if first:
            border = gram[:, :first, first:]
            solved = np.linalg.solve(gram[:, :first, :first], border)
            block = block - np.swapaxes(border, 1, 2) @ solved
        return np.asarray(rest.T @ block @ rest)


def squares_of(
    y: FloatArray,
    Z: FloatArray,
    *,
    lagged: FloatArray | None = None,
    error: Callable[[FloatArray], FloatArray] | None = None,
) -> Squares:
    """Return the sums of squares behind a density.

    Parameters
    ----------
    y : ndarray of shape (n,)
    Z : ndarray of shape (n, k)
    lagged : ndarray of shape (n,), optional
        Wy, where the model has it.
    error : callable, optional
        Takes columns, shape (n, m), to V times these, where the model has a disturbance Vu.

    Raises
    ------
    ValuesError
        If Z reproduces y exactly.
    """
    k = Z.shape[1]
    basis, coordinates = np.linalg.qr(
        np.column_stack(
            [Z / np.linalg.norm(Z, axis=0), y, np.zeros(y.size) if lagged is None else -lagged]
        ),
        mode="reduced",
    )
    # 1e-12 of the norm: a residual that is rounding of y.
    if abs(coordinates[k, k]) <= 1e-12 * np.linalg.norm(y):
        raise ValuesError(
            "y",
            expected="an outcome that the regressors do not reproduce exactly",
            found="residuals of zero",
            why="the marginal likelihood is infinite",
        )
    eye = np.eye(k + 2)
    if error is None:
        grams = np.stack([eye, np.zeros_like(eye), np.zeros_like(eye)])
    else:
        lags = error(basis)
        cross = basis.T @ lags
        grams = np.stack([eye, cross + cross.T, lags.T @ lags])
    return Squares(grams, coordinates[:, k:], k)


@dataclass(frozen=True, slots=True)
class Density:
    """The log density of y given ρ and λ times their priors, on a product of axes.

    Attributes
    ----------
    squares : Squares
    shape : (n, k)
        Observations that count, and regressors.
    prior : Prior
    constant : bool
        Whether the first regressor is the constant.
    lag, error : LogDeterminant, PanelDeterminant or None
        Of I − ρW and of I − λV.
    """

    squares: Squares
    shape: tuple[int, ...]
    prior: Prior
    constant: bool
    lag: LogDeterminant | PanelDeterminant | None
    error: LogDeterminant | PanelDeterminant | None

    def roughly(self) -> Density:
        """Return the same with log-determinants that are cheap everywhere, for the search."""
        lag, error = (None if det is None else det.rough(64) for det in (self.lag, self.error))
        return replace(self, lag=lag, error=error)

    def at(self, axes: Sequence[FloatArray]) -> FloatArray:
        """Return the log density at each (ρ, λ), shape (points of ρ × points of λ) raveled."""
        given = list(axes)
        rho = given.pop(0) if self.lag is not None else np.zeros(1)
        lam = given.pop(0) if self.error is not None else np.zeros(1)
        out = self._of_data(rho, lam)
        if self.lag is not None:
            out = out + (self.lag.value(rho) + self._log_prior(rho, self.lag))[:, None]
        if self.error is not None:
            out = out + (self.error.value(lam) + self._log_prior(lam, self.error))[None, :]
        return out.ravel()

    def _log_prior(self, x: FloatArray, of: LogDeterminant | PanelDeterminant) -> FloatArray:
        low, high = of.spectrum.rho_low, of.spectrum.rho_high
        shape = self.prior.shape
        return np.asarray(stats.beta.logpdf(x, shape, shape, loc=low, scale=high - low))

    def _of_data(self, rho: FloatArray, lam: FloatArray) -> FloatArray:
        n, k = self.shape
        gram = self.squares.gram(lam)
        sse = _quadratic(self.squares.beyond(gram, k), rho)
        if self.prior.g is None:
            volume = np.linalg.slogdet(gram[:, :k, :k]).logabsdet
            return np.asarray(-0.5 * volume - 0.5 * (n - k) * np.log(sse))
        g, first = self.prior.g, int(self.constant)
        sst = _quadratic(self.squares.beyond(gram, first), rho)
        mixed = (g * sse + sst) / (1.0 + g)
        scale = 0.5 * (k - first) * np.log1p(g)
        return np.asarray(-scale - 0.5 * (n - first) * np.log(mixed))


def _quadratic(cross: FloatArray, rho: FloatArray) -> FloatArray:
    """Return (1, ρ) C (1, ρ)′ for each ρ and each of the (l, 2, 2) matrices, shape (m, l)."""
    one = np.stack([np.ones_like(rho), rho])
    return np.asarray(np.einsum("im,lij,jm->ml", one, cross, one))


_LogDensity = Callable[[Sequence[FloatArray]], FloatArray]


def _log_integral(density: _LogDensity, box: list[tuple[float, float]]) -> float:
    """Return the log of the integral of exp(density) over a box of one or two dimensions."""
    top = float(density([np.linspace(low, high, 43)[1:-1] for low, high in box]).max())
    coarse, fine = (_by_panels(density, box, top, panels) for panels in PANELS[len(box) - 1])
    if not fine > 0.0 or abs(fine - coarse) > 1e-6 * fine:
        raise ConvergenceError(
            "W",
            expected="a marginal likelihood to six digits",
            found=f"{fine:.6g} after {coarse:.6g} from half as many points",
            remedy="compare the models by BIC: ladder.criteria()",
        )
    return float(top + np.log(fine))


def _where(density: _LogDensity, ends: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return a box that holds the density, found on grids that close in on it."""
    box, points = ends, COARSE[len(ends) - 1]
    for _ in range(ZOOMS):
        axes = [np.linspace(low, high, points + 2)[1:-1] for low, high in box]
        values = density(axes).reshape([points] * len(box))
        held = [np.unique(at) for at in np.nonzero(values > values.max() - DEPTH)]
        framed = [
            np.concatenate([[low], axis, [high]])
            for axis, (low, high) in zip(axes, box, strict=True)
        ]
        box = [
            (float(axis[at[0]]), float(axis[at[-1] + 2]))
            for at, axis in zip(held, framed, strict=True)
        ]
        if all(at.size > points // 4 for at in held):
            break
    return box


def _by_panels(
    density: _LogDensity, box: list[tuple[float, float]], top: float, panels: int
) -> float:
    nodes, shares = np.polynomial.legendre.leggauss(NODES)
    axes, weights = [], []
    for low, high in box:
        edges = np.linspace(low, high, panels + 1)
        halves = [0.5 * (b - a) for a, b in pairwise(edges)]
        axes.append(
            np.concatenate([a + h * (nodes + 1.0) for a, h in zip(edges, halves, strict=False)])
        )
        weights.append(np.concatenate([h * shares for h in halves]))
    every = weights[0] if len(weights) == 1 else np.outer(*weights).ravel()
    return float(every @ np.exp(density(axes) - top))
