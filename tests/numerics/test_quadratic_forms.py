"""Tails of quadratic forms: closed forms, Imhof's own integral, simulation, dense eigenvalues."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from workbench.errors import InputError, ValuesError
from workbench.numerics.scores import quadratic_forms
from workbench.numerics.scores.quadratic_forms import (
    exact_tails,
    residual_eigenvalues,
    saddlepoint_tails,
)

# P(χ²(m1) > b χ²(m2)) is a tail of Fisher's F
FISHER = [
    (1, 1, 3.0), (2, 2, 1.0), (1, 1, 1e-3), (3, 7, 0.5), (1, 100, 0.9), (50, 3, 40.0),
]  # fmt: skip


@pytest.mark.parametrize(("m1", "m2", "b"), FISHER)
def test_two_terms_are_fishers_f(m1, m2, b):
    ours = exact_tails([1.0, -b], [m1, m2])
    # scipy's own tail of F is good to about 1e-13 of it
    assert float(ours.upper) == pytest.approx(stats.f.sf(b * m2 / m1, m1, m2), rel=1e-11)
    assert float(ours.lower) == pytest.approx(stats.f.cdf(b * m2 / m1, m1, m2), rel=1e-11)


def imhof(c):
    """Imhof (1961), equation 3.2, by scipy's quad: an absolute error of 1e-10 or so."""

    def integrand(u):
        return np.sin(0.5 * np.arctan(c * u).sum()) / (u * np.prod((1 + (c * u) ** 2) ** 0.25))

    return 0.5 + integrate.quad(integrand, 0, 400, epsabs=1e-12, limit=2000)[0] / np.pi


@pytest.mark.parametrize("seed", range(6))
def test_many_terms_are_imhofs_integral(seed):
    rng = np.random.default_rng(seed)
    c = rng.standard_normal(14) + rng.uniform(-0.4, 0.4)
    c /= np.abs(c).max()
    assert float(exact_tails(c).upper) == pytest.approx(imhof(c), abs=1e-9)


def test_rows_are_computed_together_as_alone():
    rng = np.random.default_rng(7)
    c, m = rng.standard_normal((5, 4)), rng.integers(1, 30, (5, 4))
    for kernel in (exact_tails, saddlepoint_tails):
        together = kernel(c, m).upper
        alone = [float(kernel(row, times).upper) for row, times in zip(c, m, strict=True)]
        np.testing.assert_allclose(together, alone, rtol=1e-10)
    repeated = np.repeat(c[0], m[0])
    assert float(exact_tails(repeated).upper) == pytest.approx(
        float(exact_tails(c[0], m[0]).upper), rel=1e-10
    )


def test_coefficients_of_one_sign_leave_no_doubt():
    found = exact_tails([[1.0, 0.5], [-1.0, -2.0], [0.0, -1.0]])
    assert found.upper.tolist() == [1.0, 0.0, 0.0]
    assert saddlepoint_tails([1.0, 0.0]).lower == 0.0
    with pytest.raises(ValuesError):
        exact_tails([0.0, 0.0])
    with pytest.raises(ValuesError):
        exact_tails([1.0, np.nan])


def plain_formula(c):
    """1 − Φ(r + log(u/r)/r) as printed, with the saddlepoint by scipy's root finder."""
    ends = 0.5 / c.min() * (1 - 1e-12), 0.5 / c.max() * (1 - 1e-12)
    w = optimize.brentq(lambda w: (c / (1 - 2 * w * c)).sum(), *ends, xtol=1e-15, rtol=1e-14)
    r = np.sign(w) * np.sqrt(np.log(1 - 2 * w * c).sum())
    u = w * np.sqrt(2 * ((c / (1 - 2 * w * c)) ** 2).sum())
    return stats.norm.sf(r + np.log(u / r) / r)


def test_saddlepoint_is_the_formula_and_passes_through_the_mean_without_a_jump():
    c = np.array([1.0, 0.3, 0.2, -0.5, -0.6, -0.4])
    # away from the mean, then on both sides of the switch to a series (u = 0.05, a shift of 0.013)
    for shift, accuracy in [(0.3, 1e-11), (-0.2, 1e-11), (0.0135, 1e-9), (-0.012, 1e-9)]:
        ours = float(saddlepoint_tails(c + shift).upper)
        assert ours == pytest.approx(plain_formula(c + shift), rel=accuracy)
    p = [float(saddlepoint_tails(c + shift).upper) for shift in np.linspace(-3e-2, 3e-2, 61)]
    # a smooth curve has second differences of the order of the step squared, here 1e-6
    assert np.abs(np.diff(p, 2)).max() < 3e-6
    assert p[30] == pytest.approx(float(saddlepoint_tails(c + 1e-13).upper), abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_saddlepoint_is_closer_than_the_normal_approximation(seed):
    c = np.random.default_rng(seed).standard_normal(60) - 0.3
    exact, near = float(exact_tails(c).upper), float(saddlepoint_tails(c).upper)
    normal = stats.norm.sf(-c.sum() / np.sqrt(2 * (c**2).sum()))
    assert abs(np.log(near / exact)) < 0.5 * abs(np.log(normal / exact))
    assert near == pytest.approx(exact, rel=0.08)


def test_eigenvalues_are_those_of_mwm_without_the_zeros_of_x(any_weights):
    n = any_weights.shape[0]
    rng = np.random.default_rng(0)
    X = np.column_stack([np.ones(n), rng.random((n, 2))])
    M = np.eye(n) - X @ np.linalg.pinv(X)
    dense = np.linalg.eigvalsh(M @ (0.5 * (any_weights + any_weights.T)).toarray() @ M)
    ours = residual_eigenvalues(X, any_weights)
    assert len(ours) == n - 3
    np.testing.assert_allclose(np.sort(np.append(ours, np.zeros(3))), dense, atol=1e-12)


def test_too_many_regions_are_refused_with_a_way_out(monkeypatch):
    monkeypatch.setattr(quadratic_forms, "LARGEST", 10)
    with pytest.raises(InputError, match='inference="normal"'):
        residual_eigenvalues(np.ones((11, 1)), np.ones((11, 11)) - np.eye(11))


def test_size_is_the_level_where_the_normal_approximation_is_off():
    # 4,000 draws of normal residuals on a star, whose Moran's I is far from normal: the exact
    # p-value is uniform (Kolmogorov-Smirnov at 1 %)
    n = 12
    W = np.zeros((n, n))
    W[0, 1:] = W[1:, 0] = 1.0
    eigenvalues = residual_eigenvalues(np.ones((n, 1)), W)
    e = np.random.default_rng(11).standard_normal((4000, n))
    e -= e.mean(axis=1, keepdims=True)
    ratio = np.einsum("ri,ij,rj->r", e, W, e) / (e**2).sum(axis=1)
    p = exact_tails(eigenvalues - ratio[:, None]).upper
    assert stats.kstest(p, "uniform").pvalue > 0.01
