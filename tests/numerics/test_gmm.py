"""Moment kernels against dense formulas, linearmodels, and simulations with known truth."""

from __future__ import annotations

import numpy as np
import pytest
from linearmodels.iv import IV2SLS, IVGMM
from scipy import sparse, stats

from workbench.errors import CollinearityError, ConvergenceError, ValuesError
from workbench.numerics.moments import quadratic as gmm_moments
from workbench.numerics.moments.disturbances import fit_error_gmm, three_moments
from workbench.numerics.moments.instruments import (
    complement,
    endogeneity,
    first_stage,
    overidentification,
)
from workbench.numerics.moments.quadratic import Quadratic, second_order, smallest
from workbench.numerics.moments.two_stage import independent, two_stage
from workbench.numerics.sparse.recent import forget


def queen(side):
    """Row-standardised queen contiguity of a square lattice."""
    path = sparse.diags_array([np.ones(side - 1)] * 2, offsets=[-1, 1], shape=(side, side))
    step = path + sparse.eye_array(side)
    B = sparse.csr_array(sparse.kron(step, step) - sparse.eye_array(side * side))
    return sparse.csr_array(sparse.diags_array(1 / B.sum(axis=1)) @ B)


@pytest.fixture(params=[7, 8])
def M(request):
    """A directed matrix with a row without weights."""
    random = np.random.default_rng(request.param)
    dense = random.random((30, 30)) * (random.random((30, 30)) < 0.15)
    np.fill_diagonal(dense, 0)
    dense[4] = 0
    return sparse.csr_array(dense)


@pytest.fixture
def system():
    """Two endogenous columns, two exogenous, five instruments, variances that differ."""
    random = np.random.default_rng(5)
    n = 300
    X = np.column_stack([np.ones(n), random.standard_normal(n)])
    H = random.standard_normal((n, 5))
    u = random.standard_normal(n) * (0.5 + H[:, 0] ** 2)
    strength = np.array([[1, 0.2], [0.5, -1], [0, 1], [0, 0], [0.3, 0.0]])
    shared = np.outer(u, [0.5, -0.3])
    Y = X @ [[1, 0], [0.5, 1]] + H @ strength + shared + random.standard_normal((n, 2))
    y = X @ [1.0, -1.0] + Y @ [0.5, 2.0] + u
    return y, X, Y, H


def dense_moments(M, moments):
    D = M.toarray()
    product = D.T @ D
    n = len(D)
    if moments == "het":
        return product - np.diag(np.diag(product)), (D + D.T) / 2
    t = np.trace(product) / n
    return (product - t * np.eye(n)) / (1 + t**2), (D + D.T) / 2


@pytest.mark.parametrize("moments", ["het", "hom"])
@pytest.mark.parametrize("blocks", [False, True])
def test_moments_are_those_of_dense_matrices(M, moments, blocks, monkeypatch):
    if blocks:
        monkeypatch.setattr(gmm_moments, "HELD", 0)
        monkeypatch.setattr(gmm_moments, "BLOCK", 100)
    forget()
    A = dense_moments(M, moments)
    quadratic = Quadratic(moments, second_order(M))
    assert (quadratic.order.product is None) == blocks
    if blocks:
        assert len(list(quadratic.order.blocks())) > 2
    v = np.random.default_rng(1).standard_normal(30)
    np.testing.assert_allclose(quadratic.times(v), [a @ v for a in A], atol=1e-12)
    np.testing.assert_allclose(quadratic.diagonals, [np.diag(a) for a in A], atol=1e-12)
    s = v**2
    expected = [[s @ (a * b) @ s for b in A] for a in A]
    np.testing.assert_allclose(quadratic.weighted_products(s), expected, rtol=1e-11)
    g, G = quadratic.system(v)
    lam = 0.37
    e = v - lam * (M @ v)
    np.testing.assert_allclose(g - G @ [lam, lam**2], [e @ a @ e / 30 for a in A], atol=1e-12)
    forget()


def test_the_minimum_is_that_of_a_fine_grid():
    random = np.random.default_rng(3)
    grid = np.linspace(-0.95, 0.95, 190_001)
    met = 0
    for _ in range(40):
        root = random.uniform(-0.8, 0.8)
        G = random.standard_normal((3, 2))
        g = G @ [root, root**2] + 0.02 * random.standard_normal(3)
        half = random.standard_normal((3, 3))
        weight = half @ half.T
        m = g[:, None] - G @ np.stack([grid, grid**2])
        values = np.einsum("rg,rs,sg->g", m, weight, m)
        at = grid[values.argmin()]
        if abs(at) > 0.94:
            with pytest.raises(ConvergenceError, match="end of the interval"):
                smallest(g, G, weight, limits=(-0.95, 0.95))
            continue
        assert smallest(g, G, weight, limits=(-0.95, 0.95)) == pytest.approx(at, abs=1e-5)
        met += 1
    assert met > 20


def test_three_moments_are_the_least_squares_of_1999(M):
    """Both unknowns by brute force (Kelejian and Prucha 1999, equation 7)."""
    from scipy.optimize import minimize

    u = np.random.default_rng(2).standard_normal(30)
    D = M.toarray()
    limits = (-0.9, 0.9)

    def distance(at):
        e = u - at[0] * (D @ u)
        lagged = D @ e
        m = [e @ e / 30 - at[1], lagged @ lagged / 30 - at[1] * np.trace(D.T @ D) / 30]
        return sum(part**2 for part in (*m, e @ lagged / 30))

    found = minimize(distance, [0.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-10})
    assert three_moments(u, second_order(M), limits=limits) == pytest.approx(found.x[0], abs=1e-5)


def test_two_stage_least_squares_is_the_textbook_formula(system):
    y, X, Y, H = system
    Z, every = np.column_stack([X, Y]), np.column_stack([X, H])
    P = every @ np.linalg.inv(every.T @ every) @ every.T
    found = two_stage(y, Z * [1, 1e6, 1, 1e-6], H=every * 1e3)
    expected = np.linalg.inv(Z.T @ P @ Z) @ Z.T @ P @ y
    np.testing.assert_allclose(found.delta * [1, 1e6, 1, 1e-6], expected, rtol=1e-9)
    np.testing.assert_allclose(found.residuals, y - Z @ expected, atol=1e-9)
    scale = np.outer([1, 1e6, 1, 1e-6], [1, 1e6, 1, 1e-6])
    np.testing.assert_allclose(found.inverse * scale, np.linalg.inv(Z.T @ P @ Z), rtol=1e-9)


def test_unidentified_coefficients_are_refused(system):
    y, X, Y, H = system
    with pytest.raises(ValuesError, match="at least 4"):
        two_stage(y, np.column_stack([X, Y]), H=np.column_stack([X, H[:, 0]]))
    same = np.column_stack([Y[:, 0], Y[:, 0] - (Y[:, 1] - complement_part(Y[:, 1], X, H))])
    with pytest.raises(CollinearityError, match="not identified"):
        two_stage(y, np.column_stack([X, same]), H=np.column_stack([X, H]))


def complement_part(v, X, H):
    every = np.linalg.qr(np.column_stack([X, H])).Q
    return every @ (every.T @ v)


def test_strength_and_validity_are_those_of_linearmodels(system):
    y, X, Y, H = system
    peer = IV2SLS(y, X, Y, H).fit(cov_type="unadjusted", debiased=True)
    found = first_stage(Y, X, H=H)
    table = peer.first_stage.diagnostics
    np.testing.assert_allclose(found.partial_r2, table["partial.rsquared"].astype(float), rtol=1e-8)
    np.testing.assert_allclose(found.shea_r2, table["shea.rsquared"].astype(float), rtol=1e-8)
    np.testing.assert_allclose(found.f, table["f.stat"].astype(float), rtol=1e-8)
    assert found.cragg_donald_f == pytest.approx(peer.first_stage.cragg_donald_f, rel=1e-8)
    robust = IV2SLS(y, X, Y, H).fit(cov_type="robust").first_stage
    assert found.kleibergen_paap_f == pytest.approx(robust.kleibergen_paap_f, rel=1e-8)
    assert found.kleibergen_paap.statistic == pytest.approx(robust.kleibergen_paap.stat, rel=1e-8)
    assert found.kleibergen_paap.df == robust.kleibergen_paap.df
    Z, every = np.column_stack([X, Y]), np.column_stack([X, H])
    stage = two_stage(y, Z, H=every)
    over = overidentification(y, Z, stage=stage)
    assert over.sargan.statistic == pytest.approx(peer.sargan.stat, rel=1e-8)
    assert over.basmann.statistic == pytest.approx(peer.basmann.stat, rel=1e-8)
    two_steps = IVGMM(y, X, Y, H).fit(iter_limit=2)
    assert over.hansen.statistic == pytest.approx(two_steps.j_stat.stat, rel=1e-7)
    assert over.hansen.df == two_steps.j_stat.df == 3
    for tested, names in (([2, 3], None), ([2], "endog.0"), ([3], "endog.1")):
        durbin, wu_hausman = endogeneity(y, Z, tested=tested, stage=stage)
        assert durbin.statistic == pytest.approx(peer.durbin(names).stat, rel=1e-8)
        assert wu_hausman.statistic == pytest.approx(peer.wu_hausman(names).stat, rel=1e-8)
        assert wu_hausman.pvalue == pytest.approx(peer.wu_hausman(names).pval, rel=1e-6)


def test_conditional_f_is_that_of_two_regressions(system):
    """Sanderson and Windmeijer (2016), section 3: residuals of 2SLS on the instruments."""
    _, X, Y, H = system
    n, every = len(X), np.column_stack([X, H])
    found = first_stage(Y, X, H=H)
    for j in (0, 1):
        Z = np.column_stack([X, Y[:, 1 - j]])
        e = two_stage(Y[:, j], Z, H=every).residuals
        full = e - every @ np.linalg.lstsq(every, e)[0]
        none = e - X @ np.linalg.lstsq(X, e)[0]
        f = (none @ none - full @ full) / 4 / (full @ full / (n - 7))
        assert found.conditional_f[j] == pytest.approx(f, rel=1e-9)
        assert found.p_values[j] == pytest.approx(stats.f.sf(f, 4, n - 7), rel=1e-9)


def test_complement_serves_as_the_excluded_instruments(system):
    _, X, Y, H = system
    basis = np.linalg.qr(np.column_stack([X, H])).Q
    one, two = first_stage(Y, X, H=H), first_stage(Y, X, H=complement(basis, X))
    np.testing.assert_allclose(one.conditional_f, two.conditional_f, rtol=1e-9)
    assert one.kleibergen_paap_f == pytest.approx(two.kleibergen_paap_f, rel=1e-9)


def test_redundant_instruments_are_found():
    x = np.random.default_rng(0).standard_normal((20, 2))
    H = np.column_stack([np.ones(20), x, x[:, 0] * 2 - 1, x[:, 1] ** 2])
    assert independent(H, first=3) == [0, 1, 2, 4]


@pytest.mark.parametrize("moments", ["het", "hom", "kp99"])
def test_scale_of_the_outcome_and_of_regressors_does_not_move_lambda(moments):
    W = queen(9)
    random = np.random.default_rng(11)
    X = np.column_stack([np.ones(81), random.standard_normal(81)])
    y = X @ [1.0, 2.0] + np.linalg.solve(np.eye(81) - 0.5 * W.toarray(), random.standard_normal(81))
    one = fit_error_gmm(y, X, H=X, M=W, moments=moments, limits=(-1.4, 1.0))
    scaled = X * [1.0, 1e5]
    two = fit_error_gmm(1e4 * y, scaled, H=scaled, M=W, moments=moments, limits=(-1.4, 1.0))
    assert two.lambda_ == pytest.approx(one.lambda_, rel=1e-8)
    np.testing.assert_allclose(two.delta, one.delta * 1e4 / [1.0, 1e5], rtol=1e-8)
    assert two.covariance[2, 2] == pytest.approx(one.covariance[2, 2], rel=1e-7, nan_ok=True)


@pytest.mark.slow
def test_intervals_cover_under_variances_that_differ():
    """Truth rho = 0.4, lambda = 0.5; standard deviations from 0.2 to 1.3 (625 regions).

    Bounds: those of 95 of 100 intervals in 200 draws, one mistake in 10,000.
    """
    side, draws = 25, 200
    W, n = queen(side), side * side
    random = np.random.default_rng(20)
    X = np.column_stack([np.ones(n), 2.0 * random.standard_normal((n, 2))])
    spread = 0.2 + 1.1 * random.random(n)
    eye = np.eye(n)
    lag = np.linalg.inv(eye - 0.4 * W.toarray())
    both = lag @ np.linalg.inv(eye - 0.5 * W.toarray())
    truth = np.array([1.0, 1.0, -1.0, 0.4, 0.5])
    trend = lag @ (X @ truth[:3])
    once = W @ X[:, 1:]
    H = np.column_stack([X, once, W @ once])
    found, errors = np.zeros((draws, 5)), np.zeros((draws, 5))
    for draw in range(draws):
        y = trend + both @ (spread * random.standard_normal(n))
        fit = fit_error_gmm(y, np.column_stack([X, W @ y]), H=H, M=W, limits=(-1.4, 1.0))
        found[draw] = np.append(fit.delta, fit.lambda_)
        errors[draw] = np.sqrt(np.diag(fit.covariance))
    covered = (np.abs(found - truth) < 1.96 * errors).mean(axis=0)
    low, high = stats.binom.ppf([5e-5, 1 - 5e-5], draws, 0.95) / draws
    assert ((covered >= low) & (covered <= high)).all(), covered
    # what 200 draws leave, and a tenth of a standard error for the bias of a sample of 625
    room = (4 / np.sqrt(draws) + 0.1) * found.std(axis=0)
    assert (np.abs(found.mean(axis=0) - truth) < room).all()
    np.testing.assert_allclose(errors.mean(axis=0), found.std(axis=0), rtol=0.2)


@pytest.mark.slow
def test_skewed_disturbances_of_one_variance_are_allowed_for():
    """``hom`` estimates third and fourth moments: sd of lambda from 200 draws, known to 5 %."""
    side, draws = 16, 200
    W, n = queen(side), side * side
    random = np.random.default_rng(21)
    X = np.column_stack([np.ones(n), random.exponential(size=n)])
    H = np.column_stack([X, W @ X[:, 1]])
    error = np.linalg.inv(np.eye(n) - 0.4 * W.toarray())
    values, claims = [], []
    for _ in range(draws):
        y = X @ [1.0, 1.0] + error @ (random.exponential(size=n) - 1.0)
        fit = fit_error_gmm(y, X, H=H, M=W, moments="hom", limits=(-1.4, 1.0))
        values.append(fit.lambda_)
        claims.append(np.sqrt(fit.covariance[2, 2]))
    assert np.mean(claims) == pytest.approx(np.std(values), rel=0.2)
