"""Plants thrown at a map: geographic concentration beyond what the sizes of plants bring.

Letters as in Ellison and Glaeser (1997): x_i the shares of regions in everything, s_i in an
activity, z_j the shares of its plants, H = Σ z², G = Σ (s − x)². Under the null each plant falls on
region i with probability x_i, independently; Ω = diag(x) − x x′ is the covariance of one plant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from workbench.typing import AgglomerationIndex, FloatArray, IntArray

CELLS = 2_000_000
"""Plants that are thrown at a time."""


@dataclass(frozen=True, slots=True)
class Plants:
    """Power sums over the shares of plants, by activity.

    Attributes
    ----------
    powers : ndarray of shape (5, k)
        Σ z² (the Herfindahl index H) to Σ z⁶.
    """

    powers: FloatArray

    @property
    def H(self) -> FloatArray:
        """Herfindahl index of plants, shape (k,)."""
        return np.asarray(self.powers[0])

    @classmethod
    def equal(cls, H: FloatArray) -> Plants:
        """Return the sums of 1/H plants of one size, the smallest that H allows."""
        return cls(np.stack([H**power for power in range(1, 6)]))


@dataclass(frozen=True, slots=True)
class Index:
    """An index of agglomeration and its distribution under the null, shape (k,) each.

    Attributes
    ----------
    raw : ndarray
        G, or Σ s² − Σ x².
    gamma : ndarray
        (raw / (1 − Σ x²) − H) / (1 − H); NaN for a single plant.
    mean, sd, skewness : ndarray
        Of `raw` under the null.
    scale : ndarray
        (1 − Σ x²)(1 − H), which turns `raw` less its mean into `gamma`.
    """

    raw: FloatArray
    gamma: FloatArray
    mean: FloatArray
    sd: FloatArray
    skewness: FloatArray
    scale: FloatArray


def index(s: FloatArray, x: FloatArray, plants: Plants, *, kind: AgglomerationIndex) -> Index:
    """Return γ of activities with the exact first three moments of G under the null.

    ``Var G = 2 {H² [Σx² − 2Σx³ + (Σx²)²] − Σz⁴ [Σx² − 4Σx³ + 3(Σx²)²]}``; that of Σ s² − Σ x² adds
    ``4 [Σx³ − (Σx²)²] (H − 2 Σz³)``.

    Parameters
    ----------
    s : ndarray of shape (n, k)
        Shares of regions in each activity.
    x : ndarray of shape (n,)
    plants : Plants
    kind : {"ellison-glaeser", "maurel-sedillot"}

    References
    ----------
    Ellison, G. and Glaeser, E. (1997). Geographic concentration in U.S. manufacturing industries: a
    dartboard approach. Journal of Political Economy 105(5), 889-927, equation (5) and appendix.

    Maurel, F. and Sédillot, B. (1999). A measure of the geographic concentration in French
    manufacturing industries. Regional Science and Urban Economics 29, 575-604.
    """
    S2, H = (x**2).sum(), plants.H
    if kind == "ellison-glaeser":
        raw = ((s - x[:, None]) ** 2).sum(axis=0)
    else:
        raw = (s**2).sum(axis=0) - S2
    variance, cumulant = _moments(x, plants.powers, kind)
    single = H >= 1
    sd = np.where(single, np.nan, np.sqrt(np.maximum(variance, 0.0)))
    scale = np.where(single, np.nan, (1 - S2) * (1 - H))
    mean = (1 - S2) * H
    with np.errstate(divide="ignore", invalid="ignore"):
        skewness = cumulant / sd**3
    return Index(raw, (raw - mean) / scale, mean, sd, np.asarray(skewness), scale)


def _moments(
    x: FloatArray, powers: FloatArray, kind: AgglomerationIndex
) -> tuple[FloatArray, FloatArray]:
    """Return variance and third central moment of `raw` under the null, shape (k,) each.

    With plant j in region c, v_j = e_c − x and a_j = |v_j|² less its mean = 2 (Σx² − x_c),
    raw less its mean is Σ u_j a_j + 2 Σ_{i<j} z_i z_j v_i′v_j with u = z² for G and z² − z for the
    difference of squares, since x′v_j = −a_j / 2. Products over distinct plants that do not pair up
    have mean zero; what is left are the sums below.
    """
    P2, P3, P4, P5, P6 = powers
    if kind == "ellison-glaeser":
        u2, u3, uz, u2z2, uz2, uz4 = P4, P6, P3, P6, P4, P6
    else:
        u2, u3 = P4 - 2 * P3 + P2, P6 - 3 * P5 + 3 * P4 - P3
        uz, u2z2, uz2, uz4 = P3 - P2, P6 - 2 * P5 + P4, P4 - P3, P6 - P5
    S2, S3, S4 = ((x**power).sum() for power in (2, 3, 4))
    a = 2 * (S2 - x)
    trace2 = S2 - 2 * S3 + S2**2
    trace3 = S3 - 3 * S4 + 3 * S2 * S3 - S2**3
    variance = (x @ a**2) * u2 + 2 * trace2 * (P2**2 - P4)
    # v'Ωv of a plant in each region, and the cube of v_i'v_j over two plants
    form = x - x**2 - 2 * x * (x - S2) + S3 - S2**2
    apart = S2 - x[:, None] - x
    cube = x @ apart**3 @ x + x**2 @ ((1 + np.diag(apart)) ** 3 - np.diag(apart) ** 3)
    third = (
        (x @ a**3) * u3
        + 6 * ((x * a) ** 2).sum() * (uz**2 - u2z2)
        + 12 * (x @ (a * form)) * (uz2 * P2 - uz4)
        + 4 * cube * (P3**2 - P6)
        + 8 * trace3 * (P2**3 - 3 * P2 * P4 + 2 * P6)
    )
    return np.asarray(variance), np.asarray(third)


def null_law(found: Index, *, normal: bool) -> stats.distributions.rv_frozen:
    """Return the law of `raw` under the null: normal, or Pearson's type III by three moments."""
    if normal:
        return stats.norm(found.mean, found.sd)
    return stats.pearson3(found.skewness, found.mean, found.sd)


def throw(
    z: FloatArray,
    x: FloatArray,
    *,
    kind: AgglomerationIndex,
    draws: int,
    generator: np.random.Generator,
) -> FloatArray:
    """Return `raw` of an activity whose plants fall by chance, shape (R,).

    Parameters
    ----------
    z : ndarray of shape (m,)
        Shares of its plants.
    x : ndarray of shape (n,)
    kind, draws, generator
        Index, number of draws, source of chance.
    """
    n, m = len(x), len(z)
    edges = np.cumsum(x)[:-1]
    out = np.empty(draws)
    step = max(1, CELLS // max(m, n))
    for first in range(0, draws, step):
        count = min(step, draws - first)
        place = np.searchsorted(edges, generator.random((count, m)), side="right")
        flat = (place + n * np.arange(count)[:, None]).ravel()
        s = np.bincount(flat, weights=np.tile(z, count), minlength=n * count).reshape(count, n)
        from_whole = ((s - x) ** 2).sum(axis=1)
        difference = (s**2).sum(axis=1) - (x**2).sum()
        out[first : first + count] = from_whole if kind == "ellison-glaeser" else difference
    return out


def plant_sums(employment: FloatArray, activity: IntArray, k: int) -> Plants:
    """Return the power sums of the plants of each of k activities.

    Examples
    --------
    >>> plant_sums(np.array([1.0, 1.0, 5.0]), np.array([0, 0, 1]), 2).H.tolist()
    [0.5, 1.0]
    """
    total = np.bincount(activity, weights=employment, minlength=k)
    z = employment / total[activity]
    sums = [np.bincount(activity, weights=z**power, minlength=k) for power in range(2, 7)]
    # rounding must not make more than all of it
    return Plants(np.minimum(np.stack(sums), 1.0))


@dataclass(frozen=True, slots=True)
class Joint:
    """Coagglomeration of activities.

    Attributes
    ----------
    gamma : ndarray of shape (k, k)
        Of pairs; on the diagonal G / (1 − Σ x²) of an activity.
    expected, std_error : ndarray of shape (k, k)
        Of pairs under independent locations, each activity as concentrated as it is; NaN on the
        diagonal.
    group, group_expected, group_error : float
        Of all together.
    """

    gamma: FloatArray
    expected: FloatArray
    std_error: FloatArray
    group: float
    group_expected: float
    group_error: float


def coagglomeration(
    s: FloatArray, x: FloatArray, w: FloatArray, part: FloatArray, within: float
) -> Joint:
    """Return γᶜ of pairs, Σ (s_j − x)(s_l − x) / (1 − Σ x²), and of a group.

    With w the activities' shares in the group, its plants cancel in Ellison and Glaeser's index,
    which is the mean of the pairs: ``Σ_{j≠l} w_j w_l γᶜ_jl / (1 − Σ w²)``. If activities choose
    independently and activity j has covariance v_j Ω (v_j = γ_j + H_j (1 − γ_j), estimated by
    G_j / (1 − Σ x²)), the product of two has variance v_j v_l tr Ω². As x holds a part π_j of each
    activity, its mean is not zero but ``Σ_m π_m² v_m − π_j v_j − π_l v_l``.

    Parameters
    ----------
    s : ndarray of shape (n, k)
    x : ndarray of shape (n,)
    w : ndarray of shape (k,)
    part : ndarray of shape (k,)
        Shares π of the activities in x.
    within : float
        Σ_m π_m² v_m over all activities that x holds.

    References
    ----------
    Ellison, G. and Glaeser, E. (1997), as above, section VI.

    Ellison, G., Glaeser, E. and Kerr, W. (2010). What causes industry agglomeration? Evidence from
    coagglomeration patterns. American Economic Review 100(3), 1195-1213, equation (1).
    """
    S2, S3 = (x**2).sum(), (x**3).sum()
    away = s - x[:, None]
    gamma = away.T @ away / (1 - S2)
    own = np.diag(gamma).copy()
    trace = S2 - 2 * S3 + S2**2
    std_error = np.sqrt(np.outer(own, own) * trace) / (1 - S2)
    expected = within - (part * own)[:, None] - part * own
    for part_of_pairs in (expected, std_error):
        np.fill_diagonal(part_of_pairs, np.nan)
    # an activity spread exactly as the whole is beside none
    std_error[std_error == 0] = np.nan
    pair = np.outer(w, w)
    np.fill_diagonal(pair, 0.0)
    rest = pair.sum()
    group, mean = (float((pair * np.nan_to_num(of)).sum() / rest) for of in (gamma, expected))
    spread = float(np.sqrt(2 * ((pair * np.nan_to_num(std_error)) ** 2).sum()) / rest)
    return Joint(gamma, expected, std_error, group, mean, spread or float("nan"))


def own_variance(s: FloatArray, x: FloatArray) -> FloatArray:
    """Return v_j = G_j / (1 − Σ x²) of each activity, shape (k,)."""
    return np.asarray(((s - x[:, None]) ** 2).sum(axis=0) / (1 - (x**2).sum()))
