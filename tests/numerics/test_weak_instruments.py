"""Weak-instrument kernels against dense formulae, statsmodels, known marks and simulation."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import linalg, optimize, stats

from workbench.errors import InputError
from workbench.numerics.moments.instruments import first_stage, overidentification
from workbench.numerics.moments.two_stage import basis_of, two_stage
from workbench.numerics.moments.weak_instruments import (
    anderson_rubin,
    beside,
    effective_f,
    hansen_j,
)


def drawn(n=60, m=3, *, strength=1.0, seed=3):
    """Outcome, endogenous column, exogenous regressors with the constant, instruments."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(n), rng.normal(size=n)])
    H = rng.normal(size=(n, m))
    v, e = rng.normal(size=(2, n))
    x = strength * H.sum(axis=1) + X[:, 1] + v
    y = 0.4 * x + X @ [1.0, 2.0] + 0.8 * v + e
    return y, x, X, H


def partialled(y, x, X, H):
    """The same beside X, and the room of the tests."""
    Q = basis_of(beside(H, X))
    return (
        beside(y[:, None], X)[:, 0],
        beside(x[:, None], X)[:, 0],
        Q,
        len(y) - X.shape[1] - H.shape[1],
    )


@pytest.mark.parametrize("rho", [-0.5, 0.0, 0.4, 2.0])
def test_anderson_rubin_is_the_f_test_of_the_instruments_in_the_reduced_form(rho):
    y, x, X, H = drawn()
    fit = sm.OLS(y - rho * x, np.column_stack([X, H])).fit()
    f = fit.f_test(np.eye(5)[2:])
    a, b, Q, room = partialled(y, x, X, H)
    test = anderson_rubin(a, b, Q, room=room)
    assert test.statistic(rho) == pytest.approx(float(f.fvalue), rel=1e-10)
    assert test.p_value(rho) == pytest.approx(float(f.pvalue), rel=1e-8)


@pytest.mark.parametrize(("strength", "seed"), [(1.0, 3), (0.3, 3), (0.05, 4), (0.02, 9)])
def test_set_for_one_variance_is_that_of_the_quadratic_inequality(strength, seed):
    """Dufour and Taamouti (2005): a rho² + 2 b rho + c <= 0 with A = P − (F m / room) M."""
    a, b, Q, room = partialled(*drawn(strength=strength, seed=seed))
    m = Q.shape[1]
    share = stats.f.ppf(0.95, m, room) * m / room

    def form(u, v):
        inside = (Q.T @ u) @ (Q.T @ v)
        return inside - share * (u @ v - inside)

    low, high = -3.0, 3.0
    pieces = anderson_rubin(a, b, Q, room=room).confidence_set(low, high)
    quadratic = np.array([form(b, b), -2 * form(a, b), form(a, a)])
    roots = np.roots(quadratic)
    inner = sorted(r.real for r in roots if abs(r.imag) < 1e-12 and low < r.real < high)
    ends = [end for piece in pieces for end in piece if low + 1e-6 < end < high - 1e-6]
    assert ends == pytest.approx(inner, abs=1e-8)
    for point in np.linspace(low + 0.01, high - 0.01, 23):
        inside = any(left <= point <= right for left, right in pieces)
        assert inside == bool(np.polyval(quadratic, point) <= 0)


def test_sets_may_be_empty_pieces_or_everything():
    y, x, X, H = drawn(n=200)
    wrong = y + 5 * H[:, 0] ** 2 + 3 * H[:, 1]  # an instrument that belongs in the equation
    a, b, Q, room = partialled(wrong, x, X, H)
    assert anderson_rubin(a, b, Q, room=room).confidence_set(-1, 1) == ()
    noise = np.random.default_rng(1).normal(size=x.size)
    a, b, Q, room = partialled(y, noise, X, H[:, :1])
    ((low, high),) = anderson_rubin(a - Q @ (Q.T @ a), b, Q, room=room).confidence_set(-1, 1)
    assert (low, high) == pytest.approx((-1, 1), abs=1e-8)


def test_robust_and_clustered_statistics_are_their_dense_forms():
    y, x, X, H = drawn(n=40)
    a, b, Q, room = partialled(y, x, X, H)
    e = a - 0.3 * b
    groups = np.repeat(np.arange(10), 4)
    g = sum(Q[i] * e[i] for i in range(40))
    S = sum(np.outer(Q[i], Q[i]) * e[i] ** 2 for i in range(40))
    by = [sum(Q[i] * e[i] for i in np.flatnonzero(groups == c)) for c in range(10)]
    C = sum(np.outer(s, s) for s in by)
    robust = anderson_rubin(a, b, Q, room=room, robust=True)
    clustered = anderson_rubin(a, b, Q, room=room, groups=groups)
    for test, middle, scores in ((robust, S, 40), (clustered, C, 10)):
        q = g @ np.linalg.inv(middle) @ g
        # Hotelling's T² of the mean score, with the covariance around that mean.
        T2 = (scores - 1) * q / (scores - q)
        F = T2 * (scores - 3) / (3 * (scores - 1))
        assert test.statistic(0.3) == pytest.approx(F)
        assert test.p_value(0.3) == pytest.approx(stats.f.sf(F, 3, scores - 3))


def test_subset_statistic_is_the_smallest_over_the_other_coefficient():
    y, x, X, H = drawn()
    a, b, Q, room = partialled(y, x, X, H)
    w = Q @ [1.0, -1.0, 0.5] + 0.1 * np.random.default_rng(5).normal(size=60)
    w = beside(w[:, None], X)
    plain = anderson_rubin(a, b, Q, room=room)

    def at(gamma):
        moved = anderson_rubin(a - gamma * w[:, 0], b, Q, room=room)
        return moved.statistic(0.2) * 3 / 2

    grid = np.linspace(-20, 20, 801)
    near = grid[np.argmin([at(gamma) for gamma in grid])]
    best = optimize.minimize_scalar(at, bounds=(near - 0.1, near + 0.1), method="bounded").fun
    found = anderson_rubin(a, b, Q, room=room, others=w)
    assert found.statistic(0.2) == pytest.approx(best, rel=1e-7)
    assert found.df == (2.0, float(room))
    assert plain.df == (3.0, float(room))
    with pytest.raises(InputError, match="one variance"):
        anderson_rubin(a, b, Q, room=room, others=w, robust=True)


def test_with_one_strong_instrument_the_set_is_nearly_the_wald_interval():
    y, x, X, H = drawn(n=2000, m=1, strength=3.0)
    stage = two_stage(y, np.column_stack([X, x]), H=np.column_stack([X, H]))
    half = 1.96 * np.sqrt(stage.sse / (2000 - 3) * stage.inverse[-1, -1])
    a, b, Q, room = partialled(y, x, X, H)
    ((low, high),) = anderson_rubin(a, b, Q, room=room).confidence_set(-2, 2)
    # Exactly identified: two-stage least squares is the value with a statistic of zero.
    assert anderson_rubin(a, b, Q, room=room).statistic(float(stage.delta[-1])) < 1e-15
    assert (low, high) == pytest.approx(
        (stage.delta[-1] - half, stage.delta[-1] + half), abs=0.03 * half
    )


def test_effective_f_is_the_first_stage_f_for_one_variance_and_its_dense_form_otherwise():
    y, x, X, H = drawn()
    _, b, Q, room = partialled(y, x, X, H)
    f = first_stage(x[:, None], X, H=H).f[0]
    assert effective_f(b, Q, room=room).value == pytest.approx(f, rel=1e-10)
    v = b - Q @ (Q.T @ b)
    V = (Q * v[:, None] ** 2).T @ Q * 60 / room
    assert effective_f(b, Q, room=room, robust=True).value == pytest.approx(
        np.sum((Q.T @ b) ** 2) / np.trace(V)
    )


def test_marks_are_those_of_montiel_olea_and_pflueger():
    """Simplified marks: with one instrument the 95 % point of chi-squared(1, 10), about 23.1.

    With several, (1 + 2x)/(Σw² + 2x max w) effective ones, w the shares of the eigenvalues of V, as
    in the authors' program for Stata.
    """
    y, x, X, H = drawn(m=1)
    _, b, Q, room = partialled(y, x, X, H)
    found = effective_f(b, Q, room=room, robust=True)
    assert found.instruments == pytest.approx(1.0)
    assert found.critical == pytest.approx(stats.ncx2.ppf(0.95, 1, 10))
    assert found.critical == pytest.approx(23.11, abs=0.005)
    y, x, X, H = drawn()
    _, b, Q, room = partialled(y, x, X, H)
    v = b - Q @ (Q.T @ b)
    w = np.linalg.eigvalsh((Q * v[:, None] ** 2).T @ Q)
    w = w / w.sum()
    K = 21 / (np.sum(w**2) + 20 * w.max())
    several = effective_f(b, Q, room=room, robust=True)
    assert several.instruments == pytest.approx(K)
    assert several.critical == pytest.approx(stats.ncx2.ppf(0.95, K, 10 * K) / K)


def test_j_without_clusters_is_hansens():
    y, x, X, H = drawn()
    Z = np.column_stack([X, x])
    stage = two_stage(y, Z, H=np.column_stack([X, H]))
    known = overidentification(y, Z, stage=stage).hansen.statistic
    assert hansen_j(y, Z, stage.basis, e=stage.residuals, groups=None) == pytest.approx(known)
    each = np.arange(60)
    assert hansen_j(y, Z, stage.basis, e=stage.residuals, groups=each) == pytest.approx(known)


def test_beside_leaves_what_least_squares_leaves():
    _, x, X, _ = drawn()
    rest = x - X @ linalg.lstsq(X, x)[0]
    assert beside(x[:, None], X)[:, 0] == pytest.approx(rest, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("m", [3, 12])
def test_clustered_test_keeps_its_size(m):
    """800 samples of 48 regions in 8 periods, correlated within; 99.9 % binomial bounds."""
    G, T, draws, rejected = 48, 8, 800, 0
    groups, one = np.repeat(np.arange(G), T), np.ones((G * T, 1))
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        H = (rng.normal(size=(G, 1, m)) + rng.normal(size=(G, T, m))).reshape(-1, m)
        e = (rng.normal(size=(G, 1)) + rng.normal(size=(G, T))).reshape(-1, 1)
        left, Q = beside(e, one)[:, 0], basis_of(beside(H, one))
        test = anderson_rubin(left, left, Q, room=G * T - 1 - m, groups=groups)
        rejected += test.p_value(0.0) < 0.05
    low, high = stats.binom.interval(0.999, draws, 0.05)
    assert low <= rejected <= high


@pytest.mark.slow
def test_set_covers_where_two_stage_least_squares_does_not():
    """600 samples with instruments of no strength: bounds of 99.9 % of a binomial around 0.95."""
    draws, covered, wald = 600, 0, 0
    for seed in range(draws):
        y, x, X, H = drawn(n=80, m=4, strength=0.05, seed=seed)
        a, b, Q, room = partialled(y, x, X, H)
        covered += anderson_rubin(a, b, Q, room=room).p_value(0.4) >= 0.05
        stage = two_stage(y, np.column_stack([X, x]), H=np.column_stack([X, H]))
        error = np.sqrt(stage.sse / (80 - 3) * stage.inverse[-1, -1])
        wald += abs(stage.delta[-1] - 0.4) <= stats.norm.isf(0.025) * error
    low, high = stats.binom.interval(0.999, draws, 0.95)
    assert low <= covered <= high
    assert wald < low
