"""Promise: impacts are LeSage and Pace's for any W, with right standard errors and draws."""

import numpy as np
import pytest
from scipy import sparse

from workbench.errors import ValuesError
from workbench.numerics.likelihoods.one_parameter import fit_lag
from workbench.numerics.responses.impacts import average_impacts, impact_draws, impact_std_errors
from workbench.numerics.responses.traces import lag_traces
from workbench.numerics.sparse.logdet import log_determinant
from workbench.numerics.sparse.spectrum import extreme_eigenvalues

BETA, THETA = np.array([1.5, -0.7]), np.array([0.4, 0.9])


def _by_definition(W, rho, beta, theta):
    """Averages of S_k = (I − ρW)⁻¹(Iβ_k + Wθ_k), LeSage and Pace (2009), 2.46–2.48."""
    w = W.toarray()
    n = len(w)
    M = np.linalg.inv(np.eye(n) - rho * w)
    out = []
    for b, t in zip(beta, theta, strict=True):
        S = M @ (np.eye(n) * b + w * t)
        direct, total = np.trace(S) / n, S.sum() / n
        out.append([direct, total - direct, total])
    return np.array(out)


@pytest.mark.quick_cases(15)
@pytest.mark.parametrize(
    "limit", [1500, pytest.param(0, marks=pytest.mark.slow)], ids=["dense", "sparse"]
)
@pytest.mark.parametrize("share", [-0.8, -0.2, 0.0, 0.45, 0.9])
def test_impacts_equal_the_dense_definition(any_weights, share, limit):
    spectrum = extreme_eigenvalues(any_weights)
    rho = share * (spectrum.rho_high if share > 0 else -spectrum.rho_low)
    traces = lag_traces(any_weights, rho=rho, dense_limit=limit)
    found = average_impacts(BETA, THETA, traces=traces)
    expected = _by_definition(any_weights, rho, BETA, THETA)
    np.testing.assert_allclose(found.effects, expected, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("share", [-0.5, 0.3, 0.8])
def test_gradients_are_derivatives_of_the_definition(any_weights, share):
    spectrum = extreme_eigenvalues(any_weights)
    rho = share * (spectrum.rho_high if share > 0 else -spectrum.rho_low)
    found = average_impacts(BETA, THETA, traces=lag_traces(any_weights, rho=rho))
    h = 1e-5 * spectrum.rho_high
    up = _by_definition(any_weights, rho + h, BETA, THETA)
    down = _by_definition(any_weights, rho - h, BETA, THETA)
    # Central differences of step 1e-5: about 1e-8 relative.
    np.testing.assert_allclose(found.gradient_rho, (up - down) / (2 * h), rtol=1e-6, atol=1e-7)
    unit = _by_definition(any_weights, rho, [1.0, 0.0], [0.0, 1.0])
    np.testing.assert_allclose(found.gradient_beta, unit[0], rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(found.gradient_theta, unit[1], rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("model", ["lag", "sdm"])
@pytest.mark.parametrize("case", ["oldcol", "ncsids", "ncsids_islands", "boston"])
def test_impacts_agree_with_spatialreg(reference_case, case, model):
    stored = reference_case(case)
    names = stored.names[1:]
    X = stored.X if model == "lag" else np.column_stack([stored.X, stored.W @ stored.X[:, 1:]])
    fit = fit_lag(stored.y, X, W=stored.W)
    K = len(names)
    theta = fit.beta[1 + K :] if model == "sdm" else None
    found = average_impacts(fit.beta[1 : 1 + K], theta, traces=fit.traces)
    V = np.zeros((1 + 2 * K, 1 + 2 * K))
    at = [X.shape[1], *range(1, X.shape[1])]
    V[: len(at), : len(at)] = fit.covariance[np.ix_(at, at)]
    errors = impact_std_errors(found, V)
    # With islands spatialreg's total is β/(1 − ρ), as if every row summed to 1: direct only.
    effects = ("direct",) if case == "ncsids_islands" else ("direct", "indirect", "total")
    for column, effect in enumerate(effects):
        stored_values = stored.terms(f"{model}/impacts_exact/{effect}", names)
        # R's optimiser: 1e-8 in ρ, in units of a standard error of the impact.
        gap = np.abs(found.effects[:, column] - stored_values) / errors[:, column]
        assert gap.max() < 1e-5


@pytest.mark.quick_cases(1)
def test_delta_errors_agree_with_many_draws(any_weights):
    random = np.random.default_rng(1)
    rho = 0.3 * extreme_eigenvalues(any_weights).rho_high
    spread = np.diag([0.02 * rho, 0.01, 0.02, 0.015, 0.01])
    mix = np.eye(5) + 0.3 * random.normal(size=(5, 5))
    V = spread @ mix @ mix.T @ spread
    draws = random.multivariate_normal([rho, *BETA, *THETA], V, size=40_000)
    found = impact_draws(draws[:, 0], draws[:, 1:3], theta=draws[:, 3:], W=any_weights)
    errors = impact_std_errors(
        average_impacts(BETA, THETA, traces=lag_traces(any_weights, rho=rho)), V
    )
    # 40,000 draws: a standard deviation is known to 0.35 %; small spreads keep it linear.
    np.testing.assert_allclose(found.effects.std(axis=0), errors, rtol=0.03)


@pytest.mark.quick_cases(7)
@pytest.mark.parametrize(
    "limit", [1500, pytest.param(0, marks=pytest.mark.slow)], ids=["eigenvalues", "sparse factors"]
)
def test_each_draw_equals_the_dense_definition(any_weights, limit):
    spectrum = extreme_eigenvalues(any_weights)
    random = np.random.default_rng(2)
    rho = random.uniform(0.9 * spectrum.rho_low, 0.97 * spectrum.rho_high, size=400)
    beta, theta = random.normal(size=(400, 2)), random.normal(size=(400, 2))
    logdet = log_determinant(any_weights, spectrum=spectrum, dense_limit=limit)
    found = impact_draws(rho, beta, theta=theta, W=any_weights, logdet=logdet)
    assert found.admissible.all()
    for r in range(0, 400, 25):
        expected = _by_definition(any_weights, rho[r], beta[r], theta[r])
        np.testing.assert_allclose(found.effects[r], expected, rtol=1e-7, atol=1e-7)


def test_draws_outside_the_interval_are_flagged_and_empty(any_weights):
    high = extreme_eigenvalues(any_weights).rho_high
    found = impact_draws(np.array([0.5, 1.2]) * high, np.ones((2, 1)), W=any_weights)
    assert found.admissible.tolist() == [True, False]
    assert np.isnan(found.effects[1]).all()
    assert np.isfinite(found.effects[0]).all()


def test_total_impact_of_binary_weights_is_not_one_over_one_minus_rho(reference_case):
    # The trap: 1/(1 − ρ) is right for row sums of 1 only.
    W = reference_case("oldcol").B
    total = average_impacts(np.array([1.0]), traces=lag_traces(W, rho=0.073)).total[0]
    assert total == pytest.approx(_by_definition(W, 0.073, [1.0], [0.0])[0, 2], rel=1e-10)
    assert total > 1.2 / (1 - 0.073)


def test_a_covariance_of_the_wrong_size_is_refused():
    traces = lag_traces(sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]])), rho=0.2)
    with pytest.raises(ValuesError, match=r"shape \(3, 3\), of \(rho, beta, theta\)"):
        impact_std_errors(average_impacts(np.array([1.0]), traces=traces), np.eye(2))
