"""Local tails by dense eigenvalues, Imhof's integral and simulation; no stored reference."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, sparse, stats

from workbench.errors import CollinearityError, ValuesError
from workbench.numerics.autocorrelation.local_exact import local_tails, star_eigenvalues
from workbench.numerics.scores.quadratic_forms import saddlepoint_tails


def regression(W, *, slopes, seed=0):
    n = W.shape[0]
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(n), rng.standard_normal((n, slopes))])
    M = np.eye(n) - X @ np.linalg.pinv(X)
    return M @ rng.standard_normal(n), X, M


def star(w, i):
    V = np.zeros(w.shape)
    V[i] += 0.5 * w[i]
    V[:, i] += 0.5 * w[i]
    return V


def imhof(c):
    """Imhof (1961), equation 3.2, in the logarithm of u: two large coefficients fall slowly."""

    def integrand(t):
        u = np.exp(t)
        return np.sin(0.5 * np.arctan(c * u).sum()) * np.exp(-0.25 * np.log1p((c * u) ** 2).sum())

    return 0.5 + integrate.quad(integrand, -30, 30, epsabs=1e-12, limit=2000)[0] / np.pi


@pytest.mark.parametrize("slopes", [0, 2])
def test_closed_form_eigenvalues_are_those_of_dense_stars(any_weights, slopes):
    _, X, M = regression(any_weights, slopes=slopes)
    w = any_weights.toarray()
    ours = star_eigenvalues(X, any_weights)
    for i in range(0, len(w), 7):
        dense = np.linalg.eigvalsh(M @ star(w, i) @ M)
        padded = np.sort(np.concatenate([ours[i], np.zeros(len(w) - 2)]))
        np.testing.assert_allclose(padded, dense, atol=1e-12)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("slopes", [0, 2])
def test_tails_are_imhofs_integral_over_dense_eigenvalues(any_weights, slopes):
    e, X, M = regression(any_weights, slopes=slopes, seed=3)
    w = any_weights.toarray()
    n, k = X.shape
    found = local_tails(e, X, any_weights, method="exact")
    near = local_tails(e, X, any_weights, method="saddlepoint")
    for i in range(0, n, 11):
        if found.isolated[i]:
            assert np.isnan(found.upper[i])
            continue
        V = star(w, i)
        values = np.linalg.eigvalsh(M @ V @ M)
        c = np.delete(values, np.argsort(np.abs(values))[:k]) - (e @ V @ e) / (e @ e)
        c /= np.abs(c).max()
        # quad's absolute error; the tails of these draws are between 0.01 and 0.99
        assert found.upper[i] == pytest.approx(imhof(c), abs=1e-9)
        assert near.upper[i] == pytest.approx(float(saddlepoint_tails(c).upper), rel=1e-9)


@pytest.mark.slow
def test_statistic_is_local_moran_and_moments_are_those_of_simulation():
    n = 25
    W = sparse.csr_array(np.triu(np.random.default_rng(1).random((n, n)) < 0.2, 1) * 1.0)
    W = sparse.csr_array(W + W.T)
    e, X, M = regression(W, slopes=1, seed=2)
    found = local_tails(e, X, W, method="exact")
    np.testing.assert_allclose(found.statistic, e * (W @ e) / (e @ e / n), rtol=1e-12)
    # 200,000 draws of the disturbances: p-values to 0.0011, moments to about a per cent
    draws = np.random.default_rng(4).standard_normal((200_000, n)) @ M
    local = n * draws * (W @ draws.T).T / (draws**2).sum(axis=1, keepdims=True)
    share = (local >= found.statistic).mean(axis=0)
    assert np.abs(share - found.upper).max() < 4.5 * 0.0011
    np.testing.assert_allclose(local.var(axis=0), found.variance, rtol=0.03)
    error = np.sqrt(found.variance / 200_000)
    assert (np.abs(local.mean(axis=0) - found.expected) < 4.5 * error).all()


@pytest.mark.slow
def test_exact_p_is_uniform_where_the_normal_approximation_is_not():
    # a corner of a 4 x 4 lattice over 400 draws: Kolmogorov-Smirnov at 1 % accepts the exact
    # p-value and rejects the normal one
    line = np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1)
    W = np.kron(np.eye(4), line) + np.kron(line, np.eye(4))
    rng = np.random.default_rng(5)
    exact, normal = [], []
    for _ in range(400):
        x = rng.standard_normal(16)
        found = local_tails(x - x.mean(), np.ones((16, 1)), W, method="exact")
        exact.append(found.upper[0])
        normal.append(stats.norm.sf((found.statistic[0] - found.expected[0])
                                    / np.sqrt(found.variance[0])))  # fmt: skip
    assert stats.kstest(exact, "uniform").pvalue > 0.01
    assert stats.kstest(normal, "uniform").pvalue < 0.01


def test_saddlepoint_is_near_and_tails_add_up(any_weights):
    e, X, _ = regression(any_weights, slopes=1, seed=6)
    exact = local_tails(e, X, any_weights, method="exact")
    near = local_tails(e, X, any_weights, method="saddlepoint")
    linked = ~exact.isolated
    np.testing.assert_allclose((exact.upper + exact.lower)[linked], 1.0, rtol=1e-10)
    # Tiefelsdorf (2002) reports errors of a few hundredths where one eigenvalue dominates
    assert np.abs(exact.upper - near.upper)[linked].max() < 0.05
    both = exact.p_value("two-sided")[linked]
    tails = np.minimum(exact.p_value("greater"), exact.p_value("less"))[linked]
    np.testing.assert_array_equal(both, np.minimum(1.0, 2 * tails))


def test_a_region_at_the_mean_has_a_tail_too():
    # e_i = 0: the ratio is 0 and n - k - 2 coefficients vanish, two are left
    W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    e = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    found = local_tails(e, np.ones((5, 1)), W, method="exact")
    a, b = star_eigenvalues(np.ones((5, 1)), W)[2]
    assert found.upper[2] == pytest.approx(stats.f.sf(-b / a, 1, 1), rel=1e-9)


def test_what_are_no_residuals_is_refused():
    W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    ones = np.ones((5, 1))
    with pytest.raises(ValuesError, match="orthogonal"):
        local_tails(np.arange(5.0), ones, W, method="exact")
    with pytest.raises(ValuesError, match="zeros"):
        local_tails(np.zeros(5), ones, W, method="exact")
    with pytest.raises(CollinearityError):
        local_tails(np.arange(5.0) - 2, np.ones((5, 2)), W, method="exact")
    with pytest.raises(ValuesError, match="missing"):
        local_tails([np.nan, 0, 0, 0, 0], ones, W, method="exact")
