"""Score tests of error components: effects of regions, serial and spatial correlation.

The disturbance of a balanced panel has the covariance σ²_μ (ιι′ ⊗ I) + σ²_e (V ⊗ (B′B)⁻¹), V that
of an autoregression ψ over time, B = I − λW (Baltagi, Song, Jung and Koh 2007, equation 2.5). In
coordinates that turn V into I and ι into one axis, and diagonalise B′B, it is diagonal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import toeplitz

from workbench.errors import ValuesError
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import FloatArray

PARAMETERS = ("sigma2", "mu", "psi", "lambda")


@dataclass(frozen=True, slots=True)
class Components:
    """Values of the parameters of the covariance.

    Attributes
    ----------
    sigma2 : float
        σ²_e, of the innovations.
    mu : float
        σ²_μ, variance of the effects of regions.
    psi, lambda_ : float
        Of the autoregressions over time and over space.
    """

    sigma2: float
    mu: float = 0.0
    psi: float = 0.0
    lambda_: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class ComponentScore:
    """First derivatives and information of the likelihood in (σ²_e, σ²_μ, ψ, λ).

    Attributes
    ----------
    score : ndarray of shape (4,)
    information : ndarray of shape (4, 4)
        Expected; that between these and β is zero.
    """

    score: FloatArray
    information: FloatArray

    def signed(self, name: str, *, beside: tuple[str, ...] = ()) -> float:
        """Return the signed root of the LM statistic of one parameter.

        Parameters
        ----------
        name : str
            One of :data:`PARAMETERS`.
        beside : tuple of str
            Those that were estimated along with σ²_e; the others are zero and known.

        Returns
        -------
        float
            Standard normal under the null.
        """
        at = [PARAMETERS.index(x) for x in ("sigma2", *beside, name)]
        # Scaled to a unit diagonal: σ²_e and λ live on different scales.
        block = self.information[np.ix_(at, at)]
        scale = 1.0 / np.sqrt(np.diag(block))
        inverse = np.linalg.inv(block * np.outer(scale, scale)) * np.outer(scale, scale)
        return float(self.score[at[-1]] * np.sqrt(inverse[-1, -1]))


@dataclass(frozen=True, slots=True, eq=False)
class PooledMoments:
    """What the tests without estimated components are made of, from least-squares residuals.

    Attributes
    ----------
    regions : float
        A = e′(ιι′ ⊗ I)e / e′e − 1.
    serial : float
        F = Σ e_t e_{t−1} / e′e.
    spatial : float
        H = e′(I ⊗ W)e / e′e.
    N, T : int
    trace : float
        b = tr(W² + W′W).
    """

    regions: float
    serial: float
    spatial: float
    N: int
    T: int
    trace: float

    @property
    def of_regions(self) -> float:
        """LM1 of Baltagi, Song and Koh (2003), equation 2.13: against effects of regions."""
        return float(np.sqrt(self.N * self.T / (2.0 * (self.T - 1.0))) * self.regions)

    @property
    def of_space(self) -> float:
        """LM2, equation 2.16: against a spatial error."""
        return float(np.sqrt(self.N**2 * self.T / self.trace) * self.spatial)

    @property
    def joint(self) -> float:
        """LM_J of Baltagi, Song, Jung and Koh (2007), equation 3.3: all three at once."""
        A, F, T = self.regions, self.serial, self.T
        mixed = A**2 - 4.0 * A * F + 2.0 * T * F**2
        return self.N * T**2 / (2.0 * (T - 1.0) * (T - 2.0)) * mixed + self.of_space**2


def pooled_moments(residuals: FloatArray, *, W: CsrArray) -> PooledMoments:
    """Return the moments of least-squares residuals, sorted by region, then period.

    Parameters
    ----------
    residuals : ndarray of shape (N T,)
    W : csr_array of shape (N, N)

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> W = as_weights(np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> pooled_moments(np.array([1.0, 1.0, -1.0, -1.0]), W=W).regions
    1.0
    """
    N = W.shape[0]
    e = residuals.reshape(N, -1)
    square = float(np.sum(e * e))
    return PooledMoments(
        float(np.sum(e.sum(axis=1) ** 2)) / square - 1.0,
        float(np.sum(e[:, 1:] * e[:, :-1])) / square,
        float(np.sum(e * (W @ e))) / square,
        N,
        e.shape[1],
        float((W.data**2).sum() + W.multiply(W.T).sum()),
    )


def over_time(psi: float, T: int) -> FloatArray:
    """Return the (T, T) matrix P with PVP′ = I (Prais and Winsten 1954)."""
    P = np.eye(T) - psi * np.eye(T, k=-1)
    P[0, 0] = np.sqrt(1.0 - psi * psi)
    return P


def along_effects(P: FloatArray) -> FloatArray:
    """Return an orthonormal basis of which the first row is along Pι."""
    j = P.sum(axis=1)
    basis = np.linalg.qr(np.column_stack([j, np.eye(len(j))[:, 1:]])).Q.T
    return np.asarray(basis if basis[0] @ j > 0 else -basis)


def component_score(disturbances: FloatArray, at: Components, *, W: CsrArray) -> ComponentScore:
    """Return score and information of the error components.

    Parameters
    ----------
    disturbances : ndarray of shape (N T,)
        y − Xβ with β at its best given the components; sorted by region, then period.
    at : Components
    W : csr_array of shape (N, N)
        Dense algebra of this order is done.

    Raises
    ------
    ValuesError
        If σ²_e is not positive.

    Notes
    -----
    ``score_a = −½ tr Ω⁻¹Ω_a + ½ u′Ω⁻¹Ω_aΩ⁻¹u``, ``information_ab = ½ tr Ω⁻¹Ω_aΩ⁻¹Ω_b``.

    References
    ----------
    Baltagi, B., Song, S. H., Jung, B. C. and Koh, W. (2007). Testing for serial correlation,
    spatial autocorrelation and random effects using panel data. Journal of Econometrics 140, 5–51.

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> W = as_weights(np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> u = np.array([1.0, -2.0, 0.5, 0.5, 1.0, -1.0])
    >>> component_score(u, Components(1.0), W=W).information.shape
    (4, 4)
    """
    if not at.sigma2 > 0.0:
        raise ValuesError("sigma2", expected="a positive variance", found=str(at.sigma2))
    N = W.shape[0]
    T = disturbances.size // N
    times, spaces, d, basis, turn = _derivatives(at, W, T)
    share = np.zeros(T)
    share[0] = at.mu * times[1][0, 0]
    omega = at.sigma2 * d[:, None] + share[None, :]  # (N, T)
    v = (basis.T @ disturbances.reshape(N, T) @ turn.T) / omega
    score = np.array(
        [
            0.5 * float(np.sum(v * (K @ v @ A.T)))
            - 0.5 * float(np.sum(np.outer(np.diag(K), np.diag(A)) / omega))
            for A, K in zip(times, spaces, strict=True)
        ]
    )
    first, other = 1.0 / omega[:, 0], 1.0 / omega[:, -1]
    info = np.empty((4, 4))
    for a in range(4):
        for b in range(a, 4):
            info[a, b] = info[b, a] = _information(
                (times[a], times[b]), (spaces[a], spaces[b]), (first, other)
            )
    return ComponentScore(score, info)


def _derivatives(
    at: Components, W: CsrArray, T: int
) -> tuple[list[FloatArray], list[FloatArray], FloatArray, FloatArray, FloatArray]:
    """Return Ω_a = A ⊗ K of each parameter, in the turned coordinates, and these."""
    N = W.shape[0]
    P = over_time(at.psi, T)
    turn = along_effects(P) @ P
    w = W.toarray()
    B = np.eye(N) - at.lambda_ * w
    values, basis = np.linalg.eigh(B.T @ B)
    d = 1.0 / values
    cross = basis.T @ (w.T @ B + B.T @ w) @ basis
    effects = np.zeros((T, T))
    effects[0, 0] = float(np.sum(P.sum(axis=1) ** 2))
    eye = np.eye(T)
    spread = np.diag(d)
    times = [eye, effects, at.sigma2 * (turn @ _serial(at.psi, T) @ turn.T), at.sigma2 * eye]
    spaces = [spread, np.eye(N), spread, d[:, None] * cross * d[None, :]]
    return times, spaces, d, basis, turn


def _serial(psi: float, T: int) -> FloatArray:
    """Return the derivative in ψ of V = ψ^|s−t| / (1 − ψ²)."""
    k = np.arange(T)
    left = 1.0 - psi * psi
    slope = k * psi ** np.maximum(k - 1, 0) / left + 2.0 * psi * psi**k / left**2
    return np.asarray(toeplitz(slope))


def _information(
    times: tuple[FloatArray, FloatArray],
    spaces: tuple[FloatArray, FloatArray],
    inverses: tuple[FloatArray, FloatArray],
) -> float:
    """Return ½ tr Ω⁻¹Ω_aΩ⁻¹Ω_b; Ω differs between the first coordinate over time and the rest."""
    product = times[0] * times[1].T
    both = spaces[0] * spaces[1].T
    parts = (product[0, 0], product[0, 1:].sum(), product[1:, 0].sum(), product[1:, 1:].sum())
    total = 0.0
    pairs = ((0, 0), (0, 1), (1, 0), (1, 1))
    for part, (i, j) in zip(parts, pairs, strict=True):
        if part != 0.0:
            total += float(part) * float(inverses[i] @ both @ inverses[j])
    return 0.5 * total
