"""Rates of unequal populations: empirical Bayes estimates and standardised rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from workbench.errors import ValuesError
from workbench.numerics.sparse.matrices import as_vector, as_weights, row_sums
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True)
class EmpiricalBayes:
    """Rates drawn towards a mean by as much as their population leaves them uncertain.

    Attributes
    ----------
    rate : ndarray of shape (n,)
        Events over population.
    estimate : ndarray of shape (n,)
        ``m + (rate − m) a / (a + m / population)``.
    mean : ndarray of shape (n,)
        m: events over population of all regions, or of the region and its neighbours.
    between : ndarray of shape (n,)
        a: variance of the underlying rates, by moments; 0 where the estimate is negative.
    """

    rate: FloatArray
    estimate: FloatArray
    mean: FloatArray
    between: FloatArray


def global_estimates(events: Any, population: Any) -> EmpiricalBayes:
    """Draw rates towards the rate of all regions together.

    Parameters
    ----------
    events, population : ndarray of shape (n,)
        Events not negative, population positive.

    Returns
    -------
    EmpiricalBayes

    References
    ----------
    Marshall, R. J. (1991). Mapping disease and mortality rates using empirical Bayes estimators.
    Applied Statistics 40, 283–294, section 3.

    Examples
    --------
    >>> found = global_estimates(np.array([1.0, 8.0]), np.array([10.0, 10.0]))
    >>> found.estimate.round(3).tolist()
    [0.229, 0.671]
    """
    x, n = _checked(events, population)
    size = x.size
    mean, between = _moments(x, n)
    full = np.full(size, mean)
    return _estimates(x, n, full, np.full(size, max(between, 0.0)))


def local_estimates(events: Any, population: Any, W: Any) -> EmpiricalBayes:
    """Draw rates towards the rate of the region and its neighbours together.

    Parameters
    ----------
    events, population : ndarray of shape (n,)
        Events not negative, population positive.
    W : sparse array or ndarray of shape (n, n)
        Only where it is not zero matters.

    Returns
    -------
    EmpiricalBayes
        The scatter in a_i is of each rate around the mean of its own neighbourhood (Bailey and
        Gatrell; spdep's default), not around m_i. A region without neighbours keeps its rate.

    References
    ----------
    Marshall (1991), section 4; Bailey, T. C. and Gatrell, A. C. (1995). Interactive Spatial
    Data Analysis, 303–308.

    Examples
    --------
    >>> W = np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1)
    >>> found = local_estimates(np.array([1.0, 2, 2, 9]), np.full(4, 10.0), W)
    >>> found.mean.round(3).tolist()
    [0.15, 0.167, 0.433, 0.55]
    """
    x, n = _checked(events, population)
    links = as_weights(W)
    links.data = np.ones_like(links.data)
    links = sparse.csr_array(links + sparse.eye_array(x.size))
    links.data = np.ones_like(links.data)
    people = links @ n
    mean = (links @ x) / people
    rate = x / n
    scatter = links @ (n * (rate - mean) ** 2) / people
    between = scatter - mean * row_sums(links) / people
    return _estimates(x, n, mean, np.maximum(between, 0.0))


def standardised_rates(events: Any, population: Any) -> FloatArray:
    """Standardise rates by the variance that their population gives them.

    Parameters
    ----------
    events, population : ndarray of shape (n,)
        Events not negative, population positive.

    Returns
    -------
    ndarray of shape (n,)
        ``(rate − b) / sqrt(v)`` with b the rate of all regions together and ``v = a + b /
        population``, a estimated by moments; where v is negative, ``b / population``.

    References
    ----------
    Assunção, R. M. and Reis, E. A. (1999). A new proposal to adjust Moran's I for population
    density. Statistics in Medicine 18, 2147–2162, equations 7 to 9.

    Examples
    --------
    >>> standardised_rates(np.array([1.0, 8.0]), np.array([10.0, 10.0])).round(2).tolist()
    [-1.0, 1.0]
    """
    x, n = _checked(events, population)
    b, a = _moments(x, n)
    sampling = b / n
    variance = np.where(a + sampling > 0, a + sampling, sampling)
    return np.asarray((x / n - b) / np.sqrt(variance))


def _moments(x: FloatArray, n: FloatArray) -> tuple[float, float]:
    """Return the overall rate b and a = s² − b / mean(population), which may be negative."""
    b = float(x.sum() / n.sum())
    spread = float((n * (x / n - b) ** 2).sum() / n.sum())
    return b, spread - b / float(n.mean())


def _estimates(
    x: FloatArray, n: FloatArray, mean: FloatArray, between: FloatArray
) -> EmpiricalBayes:
    rate, noise = x / n, mean / n
    total = between + noise
    # without events nearby both are zero, and the mean, zero, is the estimate
    share = np.divide(between, total, out=np.zeros_like(total), where=total > 0)
    return EmpiricalBayes(rate, mean + (rate - mean) * share, mean, between)


def _checked(events: Any, population: Any) -> tuple[FloatArray, FloatArray]:
    x = as_vector(events, argument="events")
    n = as_vector(population, argument="population", size=x.size)
    if (x < 0).any() or not x.any():
        raise ValuesError("events", expected="some, and none negative", found="others")
    if (n <= 0).any():
        raise ValuesError("population", expected="positive values", found="others")
    return x, n
