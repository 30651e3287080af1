"""Promise: marginal likelihoods are the integrals they are said to be."""

import numpy as np
import pytest
from scipy import integrate, stats

from workbench.numerics.marginal import marginal_likelihoods


@pytest.fixture
def small():
    random = np.random.default_rng(3)
    n = 12
    links = np.triu(random.random((n, n)) < 0.35, 1)
    links[np.arange(n - 1), np.arange(1, n)] = True
    links = (links | links.T).astype(float)
    W = links / links.sum(axis=1, keepdims=True)
    Z = np.column_stack([np.ones(n), random.standard_normal(n)])
    y = np.linalg.solve(np.eye(n) - 0.4 * W, Z @ [1.0, 2.0] + random.standard_normal(n))
    return y, Z, W


def densities(y, Z, V):
    """Log of the integral over beta (flat) and sigma (1/sigma) of N(y; Zb, s2 V), by formula of
    the Gaussian integral over beta and numerical quadrature over log sigma."""
    n = len(y)
    P = np.linalg.inv(V)
    gram = Z.T @ P @ Z
    beta = np.linalg.solve(gram, Z.T @ P @ y)

    def at(log_sigma):
        s2 = np.exp(2 * log_sigma)
        likelihood = stats.multivariate_normal(Z @ beta, s2 * V).logpdf(y)
        spread = 0.5 * np.linalg.slogdet(2 * np.pi * s2 * np.linalg.inv(gram))[1]
        return np.exp(likelihood + spread + n)

    return np.log(integrate.quad(at, -4, 4, limit=200)[0]) - n


def test_ratios_are_those_of_integrated_densities(small):
    """Dense normal densities at 40 Gauss-Legendre nodes of the admissible interval of rho.

    The density of the error model does not vanish at 1 (B maps the constant to zero there).
    """
    y, Z, W = small
    n = len(y)
    low = 1 / np.linalg.eigvals(W).real.min()
    nodes, shares = np.polynomial.legendre.leggauss(40)
    lag, error = [], []
    for r in low + (1 - low) * (nodes + 1) / 2:
        A = np.eye(n) - r * W
        lag.append(np.linalg.slogdet(A)[1] + densities(A @ y, Z, np.eye(n)))
        error.append(densities(y, Z, np.linalg.inv(A.T @ A)))
    plain = densities(y, Z, np.eye(n))
    found = marginal_likelihoods(y, Z, W=W)
    for values, ours in ((lag, found.lag), (error, found.error)):
        expected = np.log(shares @ np.exp(np.array(values) - plain) / 2)
        assert ours - found.none == pytest.approx(expected, abs=1e-6)


def test_units_change_no_ratio(small):
    y, Z, W = small
    one, two = marginal_likelihoods(y, Z, W=W), marginal_likelihoods(1000 * y, Z * [1, 50], W=W)
    assert two.lag - two.error == pytest.approx(one.lag - one.error, abs=1e-8)
    assert two.lag - two.none == pytest.approx(one.lag - one.none, abs=1e-8)
