"""Promise: marginal likelihoods are the integrals they are said to be."""

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from workbench.errors import ValuesError
from workbench.numerics.likelihoods.marginal import Form, Prior, log_marginal
from workbench.numerics.likelihoods.one_parameter import fit_error, fit_lag

NONE, LAG, ERROR, BOTH = Form(), Form(lag=True), Form(error=True), Form(lag=True, error=True)


@pytest.fixture
def small():
    return drawn(12, seed=3)


def drawn(n, seed, rho=0.4):
    random = np.random.default_rng(seed)
    links = np.triu(random.random((n, n)) < min(0.35, 4 / n), 1)
    links[np.arange(n - 1), np.arange(1, n)] = True
    links = (links | links.T).astype(float)
    W = links / links.sum(axis=1, keepdims=True)
    Z = np.column_stack([np.ones(n), random.standard_normal(n)])
    y = np.linalg.solve(np.eye(n) - rho * W, Z @ [1.0, 2.0] + random.standard_normal(n))
    return y, Z, W


def ours(y, Z, W, form, prior=Prior(), constant=True):  # noqa: B008 - a frozen value
    return log_marginal(y, Z, form=form, prior=prior, constant=constant, W=W)


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


def low_end(W):
    return 1 / np.linalg.eigvals(W).real.min()


@pytest.mark.slow
def test_ratios_under_flat_priors_are_those_of_integrated_densities(small):
    """Dense normal densities at 40 Gauss-Legendre nodes of the admissible interval of rho.

    The density of the error model does not vanish at 1 (B maps the constant to zero there).
    """
    y, Z, W = small
    n = len(y)
    nodes, shares = np.polynomial.legendre.leggauss(40)
    low = low_end(W)
    lag, error = [], []
    for r in low + (1 - low) * (nodes + 1) / 2:
        A = np.eye(n) - r * W
        lag.append(np.linalg.slogdet(A)[1] + densities(A @ y, Z, np.eye(n)))
        error.append(densities(y, Z, np.linalg.inv(A.T @ A)))
    plain = densities(y, Z, np.eye(n))
    for values, form in ((lag, LAG), (error, ERROR)):
        expected = np.log(shares @ np.exp(np.array(values) - plain) / 2)
        found = ours(y, Z, W, form) - ours(y, Z, W, NONE)
        assert found == pytest.approx(expected, abs=1e-6)


def g_density(y, X, g, A, B):
    """Log of the integral over one slope, the mean and sigma, by brute force on a grid.

    y* = BAy around B(1 a + X b): b | s normal with variance g s2 / (X'B'MBX), a flat in units of
    its standard error s / |B1|, 1/s. The
    slope and the constant are integrated numerically over 161 x 161 points, log s over 161.
    """
    own, one, x = B @ A @ y, B @ np.ones(len(y)), B @ X
    x = x - one * (one @ x) / (one @ one)  # a shift of the constant, flat
    t = np.linspace(-9, 9, 161)
    w = t[1] - t[0]
    logs = np.linspace(-2.5, 2.5, 161)
    total = []
    for s in np.exp(logs):
        scale = s / np.sqrt([one @ one, x @ x])
        centre = np.array([one @ own, x @ own]) / [one @ one, x @ x]
        a, b = centre[0] + scale[0] * t, centre[1] + scale[1] * t
        rest = own[:, None, None] - one[:, None, None] * a[:, None] - x[:, None, None] * b
        fit = -0.5 * (rest**2).sum(axis=0) / s**2 - len(y) * np.log(s * np.sqrt(2 * np.pi))
        prior = stats.norm(0, np.sqrt(g) * scale[1]).logpdf(b)
        total.append(np.exp(fit + prior[None, :]).sum() * w**2 * scale.prod())
    unit = 0.5 * np.log(one @ one)
    return np.log(np.sum(total) * (logs[1] - logs[0])) + np.linalg.slogdet(A @ B)[1] + unit


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(("lag", "error"), [(0.0, 0.0), (0.3, 0.0), (0.0, -0.4), (0.3, -0.4)])
def test_density_given_rho_and_lambda_under_g_is_brute_force(lag, error, monkeypatch):
    """The integrand itself, against sums over slope, constant and sigma; n = 7.

    Ratios to the model without rho and lambda, in which shared constants cancel.
    """
    import workbench.numerics.likelihoods.marginal as room

    y, Z, W = drawn(7, seed=1)
    seen = {}

    def keep(density, _):
        seen["at"] = density([np.array([v]) for v in (lag, error) if v])[0]
        return 0.0

    monkeypatch.setattr(room, "_log_integral", keep)
    form = Form(lag=bool(lag), error=bool(error))
    prior = Prior(g=7.0)
    plain = ours(y, Z, W, NONE, prior)
    got = plain if form == NONE else (ours(y, Z, W, form, prior), seen["at"])[1]
    eye, D = np.eye(7), 1 - low_end(W)
    expected = g_density(y, Z[:, 1], 7.0, eye - lag * W, eye - error * W)
    base = g_density(y, Z[:, 1], 7.0, eye, eye)
    got += np.log(D) * (bool(lag) + bool(error))  # the uniform prior, 1/D each
    assert got - plain == pytest.approx(expected - base, abs=2e-5)


def test_slopes_are_penalised_as_brute_force_says():
    """With and without one regressor: the ratio keeps the prior's (1 + g)^(-1/2)."""
    y, Z, W = drawn(7, seed=1)
    eye = np.eye(7)
    own = y - y.mean()
    logs = np.linspace(-2.5, 4, 4001)
    s = np.exp(logs)
    plain = np.log(
        np.sum(np.exp(-0.5 * own @ own / s**2) * (s * np.sqrt(2 * np.pi)) ** -6)
        * (logs[1] - logs[0])
    )
    expected = g_density(y, Z[:, 1], 7.0, eye, eye) - plain
    prior = Prior(g=7.0)
    found = ours(y, Z, W, NONE, prior) - ours(y, Z[:, :1], W, NONE, prior)
    assert found == pytest.approx(expected, abs=1e-4)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("prior", [Prior(), Prior(g=30.0), Prior(g=30.0, shape=2.0)])
def test_integrals_over_rho_and_lambda_are_those_of_scipy(small, prior, monkeypatch):
    """scipy's quad and dblquad over the whole admissible interval of the same integrand."""
    import workbench.numerics.likelihoods.marginal as room

    y, Z, W = small
    inside, where, seen = room._log_integral, room._where, {}

    def keep(density, box):
        seen["density"] = density
        return inside(density, box)

    def whole_interval(density, ends):
        seen["ends"] = ends
        return where(density, ends)

    monkeypatch.setattr(room, "_log_integral", keep)
    monkeypatch.setattr(room, "_where", whole_interval)
    for form in (LAG, ERROR, BOTH):
        found = ours(y, Z, W, form, prior)
        at, ends = seen["density"], seen["ends"]

        def value(*x, at=at, found=found):
            return float(np.exp(at([np.array([v]) for v in x])[0] - found))

        whole = integrate.nquad(value, ends, opts={"epsabs": 1e-7, "epsrel": 1e-7})[0]
        assert whole == pytest.approx(1.0, abs=1e-5)


def test_many_regions_agree_with_the_laplace_approximation():
    """n = 300: the integral is a normal one around the maximum up to O(1/n)."""
    y, Z, W = drawn(300, seed=2)
    n, k = Z.shape
    values = np.linalg.eigvals(W).real
    low = 1 / values.min()
    own = np.linalg.lstsq(Z, np.column_stack([y, W @ y]), rcond=None)[0]
    e, eL = (np.column_stack([y, W @ y]) - Z @ own).T

    def log_density(r):
        return np.log(1 - r * values).sum() - 0.5 * (n - k) * np.log(np.sum((e - r * eL) ** 2))

    best = optimize.minimize_scalar(
        lambda r: -log_density(r), bounds=(low, 1), method="bounded", options={"xatol": 1e-10}
    ).x
    h = 1e-3
    bend = -(log_density(best + h) - 2 * log_density(best) + log_density(best - h)) / h**2
    laplace = log_density(best) + 0.5 * np.log(2 * np.pi / bend) - np.log(1 - low)
    plain = -0.5 * (n - k) * np.log(e @ e)
    found = ours(y, Z, W, LAG) - ours(y, Z, W, NONE)
    assert found == pytest.approx(laplace - plain, abs=0.02)


def test_bayes_factors_stay_beside_bic_as_regions_grow():
    """With g = n, log ratios and half the differences of BIC differ by O(1), not by O(log n).

    Schwarz (1978). Bounds: half of log(prior density times 2 pi over information a region),
    terms of which each is below 3 here; log n alone would move by 2.1 from the first n to the
    last.
    """
    gaps = []
    for n in (75, 600):
        y, Z, W = drawn(n, seed=4)
        prior = Prior(g=float(n))
        base = ours(y, Z, W, NONE, prior)
        e = y - Z @ np.linalg.lstsq(Z, y, rcond=None)[0]
        plain = -0.5 * n * (np.log(2 * np.pi * (e @ e) / n) + 1)
        for form, fit in ((LAG, fit_lag), (ERROR, fit_error)):
            by_bic = fit(y, Z, W=W).loglik - plain - 0.5 * np.log(n)
            gaps.append(ours(y, Z, W, form, prior) - base - by_bic)
    gaps = np.array(gaps).reshape(2, 2)
    assert np.all(np.abs(gaps) < 3.0)
    assert np.all(np.abs(gaps[1] - gaps[0]) < 1.0)


@pytest.mark.parametrize("prior", [Prior(), Prior(g=12.0)])
def test_units_change_no_ratio(small, prior):
    y, Z, W = small
    forms = (NONE, LAG, ERROR, BOTH)
    one = np.array([ours(y, Z, W, form, prior) for form in forms])
    two = np.array([ours(1000 * y, Z * [1, 50], W, form, prior) for form in forms])
    np.testing.assert_allclose(two - two[0], one - one[0], atol=1e-8)


def test_perfect_fit_is_refused(small):
    _, Z, W = small
    with pytest.raises(ValuesError, match="residuals of zero"):
        ours(Z @ [1.0, 2.0], Z, W, LAG)
