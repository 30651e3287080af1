"""Join counts of k colours: pairs of colours and their total, with moments and permutations.

A join is half of w_ij + w_ji, so that counts of symmetric binary weights are numbers of borders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from workbench.numerics.autocorrelation.getis_ord import linked
from workbench.numerics.autocorrelation.moran import WeightSums, refuse_few, weight_sums
from workbench.numerics.permutations.bilinear_forms import SINGLE, permuted_forms
from workbench.numerics.permutations.ties import MARGIN
from workbench.numerics.sparse.matrices import CsrArray, as_weights
from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class JoinCountMoments:
    """Join counts of k colours, a row a pair, with their moments under random arrangement.

    Rows are the k same-colour pairs, the k (k − 1)/2 pairs of different colours (the later one
    first: (1, 0), (2, 0), (2, 1), …), and the total of different colours.

    Attributes
    ----------
    pairs : tuple of (int, int)
        Colors of each row but the last.
    counts, expected, variance : ndarray of shape (k (k + 1)/2 + 1,)
    sizes : ndarray of int, shape (k,)
        Regions of each colour that have a neighbour.
    n : int
        Regions that have a neighbour.
    rounding : ndarray of shape (k (k + 1)/2 + 1,)
        Differences of counts below this are rounding.
    """

    pairs: tuple[tuple[int, int], ...]
    counts: FloatArray
    expected: FloatArray
    variance: FloatArray
    sizes: IntArray
    n: int
    rounding: FloatArray


def join_counts(colors: Any, W: Any, *, k: int) -> JoinCountMoments:
    """Count joins of regions of k colours.

    Parameters
    ----------
    colors : ndarray of int, shape (n,)
        Color of each region, 0 … k − 1.
    W : sparse array or ndarray of shape (n, n)
        Any weights with a zero diagonal. Regions without neighbours are left out, also of the
        numbers of regions of each colour.
    k : int
        Number of colours.

    Returns
    -------
    JoinCountMoments

    Raises
    ------
    WeightsError
        If fewer than four regions have neighbours.

    References
    ----------
    Cliff, A. and Ord, K. (1981). Spatial Processes, section 1.4, non-free sampling.

    Examples
    --------
    >>> W = np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1)
    >>> join_counts(np.array([0, 0, 1, 1]), W, k=2).counts.tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    fields, U, W = _fields(colors, W, k)
    sums = weight_sums(W)
    pairs = _pairs(k)
    lagged = U @ fields.T
    counts = np.array([_half(a, b) * float(fields[a] @ lagged[:, b]) for a, b in pairs])
    n, sizes = fields.shape[1], fields.sum(axis=1)
    expected = np.array([_expected(sizes, n, sums.S0, a, b) for a, b in pairs])
    variance = np.array([_second(sizes, n, sums, a, b) for a, b in pairs]) - expected**2
    total = sums.S0 / 2.0 - expected[:k].sum()
    counts = np.append(counts, counts[k:].sum())
    return JoinCountMoments(
        pairs=pairs,
        counts=counts,
        expected=np.append(expected, total),
        # a variance that is zero comes out as the rounding of the two terms
        variance=np.append(
            np.where(variance > 1e-12 * expected**2, variance, 0.0),
            _variance_of_total(sizes, n, sums, expected[:k], variance[:k]),
        ),
        sizes=sizes.astype(np.int64),
        n=n,
        rounding=_rounding(counts, U),
    )


def join_count_permutations(
    colors: Any, W: Any, *, k: int, permutations: int, seed: int
) -> FloatArray:
    """Return the join counts of random arrangements of the colours, a column a row of the table.

    Parameters are those of :func:`join_counts` and of
    :func:`~workbench.numerics.permutations.bilinear_forms.permuted_forms`; only regions with a
    neighbour exchange their colours.

    Returns
    -------
    ndarray of shape (permutations, k (k + 1)/2 + 1)

    Examples
    --------
    >>> W = np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1)
    >>> colors = np.array([0, 0, 1, 1])
    >>> join_count_permutations(colors, W, k=2, permutations=5, seed=0).shape
    (5, 4)
    """
    fields, U, _ = _fields(colors, W, k)
    pairs = _pairs(k)
    forms = permuted_forms(fields, U, pairs=pairs, permutations=permutations, seed=seed)
    forms = forms * np.array([_half(a, b) for a, b in pairs])
    return np.column_stack([forms, forms[:, k:].sum(axis=1)])


def _pairs(k: int) -> tuple[tuple[int, int], ...]:
    return (*((a, a) for a in range(k)), *((a, b) for a in range(1, k) for b in range(a)))


def _rounding(counts: FloatArray, U: CsrArray) -> FloatArray:
    """Bound the rounding of counts; permuted ones add weights of single precision in large maps."""
    double = MARGIN * float(np.finfo(np.float64).eps) * float(abs(U).sum())
    if U.shape[0] < SINGLE:
        return np.full(counts.size, double)
    return np.asarray(double + float(np.finfo(np.float32).eps) * np.abs(counts))


def _half(a: int, b: int) -> float:
    return 0.5 if a == b else 1.0


def _fields(colors: Any, W: Any, k: int) -> tuple[FloatArray, CsrArray, CsrArray]:
    """Return the colours as indicators (k, n), (W + W′)/2 and W, of regions with a neighbour."""
    weights = as_weights(W)
    keep = linked(weights)
    weights = sparse.csr_array(weights[keep][:, keep])
    held = np.asarray(colors)[keep]
    refuse_few(held.size)
    fields = (held[None, :] == np.arange(k)[:, None]).astype(np.float64)
    return fields, sparse.csr_array(0.5 * (weights + weights.T)), weights


def _falling(m: float, terms: int) -> float:
    """Return m (m − 1) … of `terms` factors."""
    return float(np.prod([max(m - step, 0.0) for step in range(terms)]))


def _expected(sizes: FloatArray, n: int, S0: float, a: int, b: int) -> float:
    if a == b:
        return 0.5 * S0 * _falling(sizes[a], 2) / _falling(n, 2)
    return float(S0 * sizes[a] * sizes[b] / _falling(n, 2))


def _second(sizes: FloatArray, n: int, sums: WeightSums, a: int, b: int) -> float:
    """Return E[count²]: the same join twice, two that share a region, two apart."""
    shared, apart = sums.S2 - 2.0 * sums.S1, sums.S0**2 + sums.S1 - sums.S2
    p, q = float(sizes[a]), float(sizes[b])
    if a == b:
        same = sums.S1 * _falling(p, 2)
        star, two = shared * _falling(p, 3), apart * _falling(p, 4)
    else:
        same = 2.0 * sums.S1 * p * q
        star, two = shared * p * q * (p + q - 2.0), 4.0 * apart * _falling(p, 2) * _falling(q, 2)
    return 0.25 * (same / _falling(n, 2) + star / _falling(n, 3) + two / _falling(n, 4))


def _variance_of_total(
    sizes: FloatArray, n: int, sums: WeightSums, expected: FloatArray, variance: FloatArray
) -> float:
    """Return the variance of S0/2 less all same-colour joins; two colours share no join."""
    apart = 0.25 * (sums.S0**2 + sums.S1 - sums.S2) / _falling(n, 4)
    ordered = sizes * (sizes - 1.0)
    together = apart * (ordered.sum() ** 2 - ordered @ ordered)
    products = expected.sum() ** 2 - expected @ expected
    return float(variance.sum() + together - products)
