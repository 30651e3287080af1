"""Panels with common factors: averages over regions, principal components, and what they leave.

Arrays are regions first: y of shape (N, T), regressors of shape (N, T, p). A projection off factors
is a T × T matrix M, the same for all regions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from workbench.errors import CollinearityError, ValuesError
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray

MOST_FACTORS = 8
RANK_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class FactorFit:
    """Coefficients of a panel whose common factors are projected out.

    Attributes
    ----------
    beta : ndarray of shape (p,)
    covariance : ndarray of shape (p, p)
        Allows for any dependence within a region and, with pooled estimates, for slopes that differ
        between regions.
    residuals : ndarray of shape (N, T)
        M(y − Cβ): after the factors.
    by_region : ndarray of shape (N, p) or None
        Slopes of each region, where they were estimated.
    overidentification : tuple of (float, int) or None
        Hansen's J and its degrees of freedom.
    covariance_title : str
        How the covariance was computed, in words.
    """

    beta: FloatArray
    covariance: FloatArray
    residuals: FloatArray
    by_region: FloatArray | None = None
    overidentification: tuple[float, int] | None = None
    covariance_title: str = "clustered by region"


def projection_off(factors: FloatArray) -> FloatArray:
    """Return M = I − H(H′H)⁻H′ for factors H of shape (T, h), whatever their rank.

    Examples
    --------
    >>> projection_off(np.ones((2, 1)))
    array([[ 0.5, -0.5],
           [-0.5,  0.5]])
    """
    length = np.linalg.norm(factors, axis=0)
    basis, values, _ = np.linalg.svd(factors / np.where(length > 0, length, 1.0))
    rank = int(np.sum(values > RANK_TOLERANCE * max(values.max(initial=0.0), 1e-300)))
    return np.asarray(np.eye(len(factors)) - basis[:, :rank] @ basis[:, :rank].T)


def averages_over_regions(y: FloatArray, X: FloatArray) -> FloatArray:
    """Return the constant and the averages of y and of each column of X, shape (T, 2 + k)."""
    return np.column_stack([np.ones(y.shape[1]), y.mean(axis=0), X.mean(axis=0)])


def projected(M: FloatArray, values: FloatArray) -> FloatArray:
    """Return M applied to the periods of an array of shape (N, T) or (N, T, p)."""
    return np.asarray(np.moveaxis(np.tensordot(M, values, axes=(1, 1)), 0, 1))


def pooled(
    y: FloatArray, C: FloatArray, M: FloatArray, *, Z: FloatArray | None = None
) -> FactorFit:
    """Estimate one slope for all regions after projecting factors out.

    β = (A′B⁻¹A)⁻¹A′B⁻¹g with A = Σ Z′MC, B = Σ Z′MZ, g = Σ Z′My over regions; least squares where
    Z = C. The covariance is clustered by region with N/(N − 1).

    Parameters
    ----------
    y : ndarray of shape (N, T)
    C : ndarray of shape (N, T, p)
        Regressors, endogenous ones among them.
    M : ndarray of shape (T, T)
        From :func:`projection_off`.
    Z : ndarray of shape (N, T, q), optional
        Instruments, q ≥ p; the regressors themselves without.

    Raises
    ------
    CollinearityError
        If a column of C has nothing left after the factors; ``offenders`` holds positions.
    ValuesError
        If the instruments do not identify the coefficients.
    """
    own, left = projected(M, C), projected(M, y)
    refuse_absorbed(C, own)
    at = own if Z is None else projected(M, Z)
    A = np.einsum("itq,itp->qp", at, own)
    B = np.einsum("itq,itr->qr", at, at)
    K = _weighting(A, B)
    beta = K @ np.einsum("itq,it->q", at, left)
    residuals = left - own @ beta
    moments = np.einsum("itq,it->iq", at, residuals)
    N = len(y)
    covariance = K @ (moments.T @ moments) @ K.T * N / (N - 1)
    return FactorFit(freeze(beta), freeze(covariance), freeze(residuals))


def mean_group(y: FloatArray, C: FloatArray, M: FloatArray) -> FactorFit:
    """Estimate slopes of each region after projecting factors out, and average them.

    Pesaran (2006), equations 51 and 58: the covariance is that of the regions' slopes over N.

    Raises
    ------
    ValuesError
        If the periods that the factors leave are not more than the slopes, or a region's
        regressors are collinear; ``offenders`` holds positions of regions.
    """
    own, left = projected(M, C), projected(M, y)
    refuse_absorbed(C, own)
    spare, p = round(float(np.trace(M))), C.shape[2]
    if spare <= p:
        raise ValuesError(
            "data",
            expected=f"more than {p} periods beyond the factors, to estimate slopes of each region",
            found=str(spare),
            remedy='factors="cce" has pooled slopes; or take fewer regressors',
        )
    cross = np.einsum("itp,itq->ipq", own, own)
    scale = np.sqrt(np.einsum("ipp->ip", cross))
    scaled = cross / np.where(scale > 0, scale, 1.0)[:, :, None]
    scaled = scaled / np.where(scale > 0, scale, 1.0)[:, None, :]
    singular = np.flatnonzero(np.linalg.eigvalsh(scaled)[:, 0] < RANK_TOLERANCE)
    if singular.size:
        raise ValuesError(
            "data",
            expected="regressors that vary over time within every region, beyond the factors",
            found=f"{singular.size} regions in which they do not",
            offenders=singular.tolist(),
            remedy='factors="cce" has pooled slopes; or leave these regions out',
        )
    slopes = np.linalg.solve(cross, np.einsum("itp,it->ip", own, left)[..., None])[..., 0]
    beta, N = slopes.mean(axis=0), len(y)
    gap = slopes - beta
    residuals = left - np.einsum("itp,ip->it", own, slopes)
    return FactorFit(
        freeze(beta),
        freeze(gap.T @ gap / (N * (N - 1))),
        freeze(residuals),
        by_region=freeze(slopes),
        covariance_title="of the regions' slopes (Pesaran 2006)",
    )


def pooled_cce(y: FloatArray, C: FloatArray, M: FloatArray) -> FactorFit:
    """Estimate by :func:`pooled` with Pesaran's covariance, where regions have slopes of their own.

    K Σ Qᵢ(bᵢ − b̄)(bᵢ − b̄)′Qᵢ K · N/(N − 1) with Qᵢ = X′MX of region i, K = (Σ Qᵢ)⁻¹, bᵢ the
    region's slopes and b̄ their mean (Pesaran 2006, equations 67 to 69); it is the clustered
    covariance with b̄ in the place of the pooled slopes. Where periods are too few for bᵢ the
    covariance is clustered.
    """
    fit = pooled(y, C, M)
    try:
        group = mean_group(y, C, M)
    except ValuesError:
        return fit
    own = projected(M, C)
    cross = np.einsum("itp,itq->ipq", own, own)
    gap = np.asarray(group.by_region) - group.beta
    moments = np.einsum("ipq,iq->ip", cross, gap)
    K, N = np.linalg.inv(cross.sum(axis=0)), len(y)
    return replace(
        fit,
        covariance=freeze(K @ (moments.T @ moments) @ K * N / (N - 1)),
        by_region=group.by_region,
        covariance_title="of the regions' slopes (Pesaran 2006)",
    )


def refuse_absorbed(C: FloatArray, left: FloatArray) -> None:
    """Raise :class:`CollinearityError` if factors take a whole column; positions as offenders."""
    before = np.sqrt(np.sum(C**2, axis=(0, 1)))
    after = np.sqrt(np.sum(left**2, axis=(0, 1)))
    gone = np.flatnonzero(after <= RANK_TOLERANCE * before)
    if gone.size:
        raise CollinearityError(
            "formula",
            expected="regressors that vary beyond the common factors",
            found=f"{gone.size} that the factors determine",
            offenders=gone.tolist(),
            why="what is the same in all regions cannot be told from a common shock",
            remedy="leave them out",
        )


def _weighting(A: FloatArray, B: FloatArray) -> FloatArray:
    """Return (A′B⁻¹A)⁻¹A′B⁻¹ for moments A of shape (q, p) and weights B, scaled before solving."""
    size = np.sqrt(np.diag(B))
    if not (size > 0).all():
        raise _unidentified("an instrument has nothing left after the factors")
    weights = np.linalg.pinv(B / np.outer(size, size), rcond=RANK_TOLERANCE, hermitian=True)
    half = (A / size[:, None]).T @ weights / size[None, :]
    information = half @ A
    scale = np.sqrt(np.abs(np.diag(information)))
    if not (scale > 0).all() or (
        np.linalg.eigvalsh(information / np.outer(scale, scale))[0] < RANK_TOLERANCE
    ):
        raise _unidentified("the moments do not tell the coefficients apart")
    return np.asarray(np.linalg.solve(information, half))


def _unidentified(found: str) -> ValuesError:
    return ValuesError(
        "formula",
        expected="regressors whose neighbours' values are instruments for the lagged outcome",
        found=found,
        remedy="take other regressors, or a model without Wy",
    )


def principal_factors(values: FloatArray, count: int) -> FloatArray:
    """Return the `count` leading principal factors, shape (T, count), with F′F/T = I.

    Eigenvectors of Σ vᵢvᵢ′ over regions and columns of an array of shape (N, T) or (N, T, k).
    """
    if count == 0:
        return np.empty((values.shape[1], 0))
    vectors = np.linalg.eigh(_second_moment(values))[1][:, ::-1][:, :count]
    return np.asarray(vectors * np.sqrt(values.shape[1]))


def _second_moment(values: FloatArray) -> FloatArray:
    stacked = values if values.ndim == 3 else values[..., None]
    N, T, k = stacked.shape
    return np.asarray(np.einsum("itk,isk->ts", stacked, stacked) / (N * T * k))


def number_of_factors(values: FloatArray, *, most: int = MOST_FACTORS) -> int:
    """Return the number of factors by the largest ratio of neighbouring eigenvalues.

    Ahn and Horenstein (2013, Econometrica 81): ER(k) = μ_k/μ_{k+1}, k from 0 to `most`, where
    μ₀ = Σμ/log min(N, T) lets the answer be none. μ are eigenvalues of the second moments over
    regions, in units of the number of periods.

    Parameters
    ----------
    values : ndarray of shape (N, T) or (N, T, k)
    most : int
        Largest number considered, at most half the periods.
    """
    eigenvalues = np.linalg.eigvalsh(_second_moment(values))[::-1]
    N, T = values.shape[:2]
    most = min(most, T // 2, len(eigenvalues) - 1)
    mock = eigenvalues.sum() / np.log(min(N, T))
    # What is left of an exact factor structure is rounding, and no further factor.
    floor = 1e-12 * eigenvalues[0]
    chain = np.maximum(np.concatenate([[mock], eigenvalues[: most + 1]]), floor)
    return int(np.argmax(chain[:-1] / chain[1:]))


def dependence_exponent(residuals: FloatArray, *, level: float = 0.1, order: float = 0.5) -> float:
    """Return the exponent α of cross-section dependence: ½ for weak dependence, 1 for factors.

    α̂ = log m/(2 log N), m the number of pairs of regions, each with itself among them, whose
    residuals correlate over time by more than T^(−½) Φ⁻¹(1 − p/(2 N^δ)) in absolute value.

    Parameters
    ----------
    residuals : ndarray of shape (N, T)
        That vary in every region; N ≥ 2, T ≥ 3.
    level : float
        Nominal size p of the many tests.
    order : float
        δ of the critical value.

    References
    ----------
    Bailey, N., Kapetanios, G. and Pesaran, M. H. (2019). Exponent of cross-sectional dependence for
    residuals. Sankhya B 81, 46-102.
    """
    N, T = residuals.shape
    R = correlations(residuals)
    critical = stats.norm.isf(level / (2.0 * N**order)) / np.sqrt(T)
    related = int(np.sum(np.abs(R) > critical)) - int(np.sum(np.abs(np.diag(R)) > critical)) + N
    return float(np.log(related) / (2.0 * np.log(N)))


def correlations(residuals: FloatArray) -> FloatArray:
    """Return the correlations of regions over time, shape (N, N)."""
    e = residuals - residuals.mean(axis=1, keepdims=True)
    e = e / np.linalg.norm(e, axis=1, keepdims=True)
    return np.asarray(e @ e.T)


def weighted_cd(residuals: FloatArray, signs: FloatArray) -> float:
    """Return the power-enhanced CD statistic with random signs, standard normal under the null.

    √(2T/(N(N − 1))) Σᵢ<ⱼ wᵢwⱼρᵢⱼ + Σᵢ<ⱼ |ρᵢⱼ| 1(|ρᵢⱼ| > 2 √(log N/T)), w = ±1: signs break the sum
    to zero that effects of periods or averages over regions impose on residuals.

    Parameters
    ----------
    residuals : ndarray of shape (N, T)
    signs : ndarray of shape (N,)
        w, of −1 and 1.

    References
    ----------
    Juodis, A. and Reese, S. (2022). The incidental parameters problem in testing for remaining
    cross-section correlation. Journal of Business and Economic Statistics 40, 1191-1203.
    """
    N, T = residuals.shape
    R = correlations(residuals)
    upper = np.triu_indices(N, 1)
    rho = R[upper]
    weighted = float(np.sum(np.outer(signs, signs)[upper] * rho))
    screened = float(np.sum(np.abs(rho)[np.abs(rho) > 2.0 * np.sqrt(np.log(N) / T)]))
    return float(np.sqrt(2.0 * T / (N * (N - 1.0))) * weighted + screened)
