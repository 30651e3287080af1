"""Promise: with a lag and an error the highest maximum is found, and its errors are analytic."""

import csv
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import optimize, sparse

from workbench.errors import ConvergenceError
from workbench.numerics.likelihoods import maxima, two_parameters
from workbench.numerics.likelihoods.two_parameters import fit_lag_error
from workbench.numerics.responses import error_traces, traces
from workbench.numerics.responses.error_traces import pair_traces
from workbench.numerics.sparse.lag_and_error import lag_and_error
from workbench.numerics.sparse.logdet import log_determinant

FILE = Path(__file__).parents[1] / "reference" / "cross_section_two_parameters.csv"
CASES = ["oldcol", "ncsids", "ncsids_islands", "boston"]


def stored(case):
    with FILE.open(encoding="utf-8", newline="") as file:
        return {r["quantity"]: float(r["value"]) for r in csv.DictReader(file) if r["case"] == case}


def nested(case, model):
    X, W = case.X, case.W
    return X if model == "sac" else np.column_stack([X, (W @ X)[:, 1:]])


# R stops its search at about 1e-7 of rho and lambda; coefficients of Boston's GNS, whose rho is
# 0.85, move by 2.7e-5 of a coefficient that is nearly zero.
@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("model", ["sac", "gns"])
@pytest.mark.parametrize("name", CASES)
def test_estimates_and_errors_are_those_of_spatialreg(reference_case, name, model):
    case, numbers = reference_case(name), stored(name)
    found = fit_lag_error(case.y, nested(case, model), W=case.W)
    tolerance = 5e-5 if (name, model) == ("boston", "gns") else 2e-6
    coefficients = [v for k, v in numbers.items() if k.startswith(f"{model}/coef/")]
    np.testing.assert_allclose(found.beta, coefficients, rtol=tolerance, atol=1e-8)
    assert found.rho == pytest.approx(numbers[f"{model}/rho"], abs=1e-6)
    assert found.lambda_ == pytest.approx(numbers[f"{model}/lambda"], abs=1e-6)
    assert found.loglik == pytest.approx(numbers[f"{model}/LL"], abs=1e-8)
    errors = [v for k, v in numbers.items() if k.startswith(f"{model}/se/")]
    errors += [numbers[f"{model}/rho_se"], numbers[f"{model}/lambda_se"]]
    ours = np.sqrt(np.diag(found.covariance))[:-1]
    np.testing.assert_allclose(ours, errors, rtol=3e-6)


@pytest.mark.parametrize("name", ["ncsids", "boston"])
def test_both_maxima_of_the_general_model_are_reported(reference_case, name):
    case, numbers = reference_case(name), stored(name)
    found = fit_lag_error(case.y, nested(case, "gns"), W=case.W)
    assert len(found.maxima) == 2
    for place, top in enumerate(found.maxima, start=1):
        assert top.rho == pytest.approx(numbers[f"gns/optimum {place}/rho"], abs=1e-5)
        assert top.lambda_ == pytest.approx(numbers[f"gns/optimum {place}/lambda"], abs=1e-5)
        assert top.loglik == pytest.approx(numbers[f"gns/optimum {place}/LL"], abs=1e-8)


def dense_loglik(y, Z, W, M, c, rho, lam):
    """The concentrated likelihood written out with dense matrices."""
    n = len(y)
    A, B = np.eye(n) - rho * W, np.eye(n) - lam * M
    D = np.diag(np.sqrt(c))
    left, right = D @ B @ A @ y, D @ B @ Z
    e = left - right @ np.linalg.lstsq(right, left, rcond=None)[0]
    s2 = e @ e / n
    determinants = np.linalg.slogdet(A)[1] + np.linalg.slogdet(B)[1] + 0.5 * np.log(c).sum()
    return -0.5 * n * (np.log(2 * np.pi * s2) + 1) + determinants


def ridged(seed, n=16):
    """A small sample whose likelihood has two tops, on narrow slanted ridges."""
    rng = np.random.default_rng(seed)
    links = np.triu((rng.random((n, n)) < 3 / n).astype(float), 1)
    links += links.T
    sums = links.sum(axis=1)[:, None]
    W = np.divide(links, sums, where=sums > 0, out=np.zeros_like(links))
    x, e, eye = rng.normal(size=n), rng.normal(size=n), np.eye(n)
    Z = np.column_stack([np.ones(n), x, W @ x])
    rho, lam = rng.uniform(-0.9, 0.9, size=2)
    mean = Z @ [1.0, 0.5, 0.5]
    return np.linalg.solve(eye - rho * W, mean + np.linalg.solve(eye - lam * W, e)), Z, W


# Places of the tops on a dense grid of 1200 x 1200 points, polished by another search.
@pytest.mark.parametrize(
    ("seed", "places"),
    [
        (2851, [(-0.506, 0.831), (-0.399, 0.611)]),
        (3954, [(-0.950, -0.652), (-0.672, -0.935)]),
        (691, [(0.878, 0.413), (0.529, 0.928)]),
        (908, [(-0.168, -0.865), (-0.850, -0.142)]),
    ],
)
def test_two_tops_on_narrow_ridges_are_both_found(seed, places):
    y, Z, W = ridged(seed)

    def below(at):
        return -dense_loglik(y, Z, W, W, np.ones(len(y)), *at)

    options = {"xatol": 1e-9, "fatol": 1e-12}
    tops = [optimize.minimize(below, at, method="Nelder-Mead", options=options) for at in places]
    found = fit_lag_error(y, Z, W=W).maxima
    assert len(found) == len(tops)
    for ours, top in zip(found, sorted(tops, key=lambda top: top.fun), strict=True):
        np.testing.assert_allclose([ours.rho, ours.lambda_], top.x, atol=1e-5)
        assert ours.loglik == pytest.approx(-top.fun, abs=1e-9)


def example(n=60, seed=0):
    rng = np.random.default_rng(seed)
    W = (rng.random((n, n)) < 0.08) * (1 - np.eye(n))
    W[np.arange(n), (np.arange(n) + 1) % n] = 1.0
    W /= W.sum(axis=1)[:, None]
    M = np.roll(np.eye(n), 1, axis=1) * 0.5 + np.roll(np.eye(n), -1, axis=1) * 0.5
    Z = np.column_stack([np.ones(n), rng.normal(size=(n, 2))])
    c = rng.uniform(0.5, 2.0, size=n)
    u = np.linalg.solve(np.eye(n) - 0.4 * M, rng.normal(size=n) / np.sqrt(c))
    y = np.linalg.solve(np.eye(n) - 0.5 * W, Z @ [1.0, 2.0, -1.0] + u)
    return y, Z, W, M, c


def test_other_weights_for_the_error_and_case_weights_maximise_the_dense_likelihood():
    y, Z, W, M, c = example()
    found = fit_lag_error(y, Z, W=W, M=M, case_weights=c)
    at = (found.rho, found.lambda_)
    assert found.loglik == pytest.approx(dense_loglik(y, Z, W, M, c, *at), abs=1e-8)
    from scipy.optimize import minimize

    best = minimize(
        lambda p: -dense_loglik(y, Z, W, M, c, *p), at, method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-12},
    )  # fmt: skip
    np.testing.assert_allclose(best.x, at, atol=1e-6)


@pytest.mark.slow
def test_information_is_minus_the_expected_curvature():
    """Against a simulated average of numerical Hessians of the full likelihood."""
    y, Z, W, M, c = example(n=30, seed=3)
    n, k = Z.shape
    found = fit_lag_error(y, Z, W=W, M=M, case_weights=c)
    truth = np.concatenate([found.beta, [found.rho, found.lambda_, found.sigma2]])

    def loglik(theta, y):
        beta, rho, lam, s2 = theta[:k], theta[k], theta[k + 1], theta[k + 2]
        A, B = np.eye(n) - rho * W, np.eye(n) - lam * M
        e = np.sqrt(c) * (B @ (A @ y - Z @ beta))
        dets = np.linalg.slogdet(A)[1] + np.linalg.slogdet(B)[1]
        return -0.5 * n * np.log(2 * np.pi * s2) + dets + 0.5 * np.log(c).sum() - e @ e / s2 / 2

    def hessian(y):
        h = 1e-4 * np.maximum(1.0, np.abs(truth))
        H = np.empty((k + 3, k + 3))
        for i in range(k + 3):
            for j in range(k + 3):
                a, b = np.eye(k + 3)[i] * h, np.eye(k + 3)[j] * h
                H[i, j] = (
                    loglik(truth + a + b, y) - loglik(truth + a - b, y)
                    - loglik(truth - a + b, y) + loglik(truth - a - b, y)
                ) / (4 * h[i] * h[j])  # fmt: skip
        return H

    rng = np.random.default_rng(1)
    A, B = np.eye(n) - found.rho * W, np.eye(n) - found.lambda_ * M
    total = np.zeros((k + 3, k + 3))
    draws = 600
    for _ in range(draws):
        e = rng.normal(size=n) * np.sqrt(found.sigma2 / c)
        total -= hessian(np.linalg.solve(A, Z @ found.beta + np.linalg.solve(B, e)))
    information = np.linalg.inv(found.covariance)
    scale = np.sqrt(np.outer(np.diag(information), np.diag(information)))
    # 600 draws know an element to a few per cent of its scale
    np.testing.assert_allclose(total / draws / scale, information / scale, atol=0.05)


def test_probed_traces_agree_with_dense_ones_within_their_error(monkeypatch):
    _, _, W, M, c = example(n=120)
    W, M = sparse.csr_array(W), sparse.csr_array(M)
    exact = pair_traces(W, M, rho=0.4, lam=0.3, case_weights=c)
    monkeypatch.setattr(error_traces, "DENSE_LIMIT", 10)
    monkeypatch.setattr(error_traces, "joint_traces", lambda *_, **__: None)  # pivots needed
    probed = pair_traces(W, M, rho=0.4, lam=0.3, case_weights=c)
    assert exact.relative_error == 0.0
    assert 0.0 < probed.relative_error < 0.05
    for name in ("lag_lag", "error_error"):
        a, b = getattr(exact, name), getattr(probed, name)
        assert b == pytest.approx(a, rel=5 * probed.relative_error)


@pytest.mark.slow
@pytest.mark.parametrize("rho", [0.4, -0.3, 1e-5, 0.0])
@pytest.mark.parametrize("lam", [0.3, -0.6, 0.0])
def test_two_large_matrices_get_exact_traces_and_diagonals(monkeypatch, rho, lam):
    """Against dense inverses, beside 0 too, where differences over rho would cancel."""
    _, _, W, M, c = example(n=90)
    W, M = sparse.csr_array(W), sparse.csr_array(M)
    exact = pair_traces(W, M, rho=rho, lam=lam, case_weights=c)
    monkeypatch.setattr(error_traces, "DENSE_LIMIT", 10)
    monkeypatch.setattr(traces, "EIGENVALUE_LIMIT", 10)
    found = pair_traces(W, M, rho=rho, lam=lam, case_weights=c)
    assert found.relative_error == 0.0
    for name in ("lag", "error", "lag_lag", "error_error", "lag_error"):
        assert getattr(found, name) == pytest.approx(getattr(exact, name), rel=1e-9, abs=1e-9)
    B = np.eye(90) - lam * M.toarray()
    H = B @ W.toarray() @ np.linalg.inv(np.eye(90) - rho * W.toarray()) @ np.linalg.inv(B)
    ours = lag_and_error(W, M, rho=rho, lam=lam).diagonal()
    np.testing.assert_allclose(ours, np.diag(H), atol=1e-11)


@pytest.mark.slow
def test_one_large_matrix_without_case_weights_gets_exact_traces(monkeypatch):
    """Against dense inverses; the limits are lowered so that sparse factors are taken."""
    _, _, W, _, c = example(n=90)
    W = sparse.csr_array(W)
    exact = pair_traces(W, W, rho=0.4, lam=-0.3, case_weights=np.ones_like(c))
    monkeypatch.setattr(error_traces, "DENSE_LIMIT", 10)
    for name in ("lag_traces", "cross_traces"):
        original = getattr(error_traces, name)
        monkeypatch.setattr(error_traces, name, partial(original, dense_limit=10))
    found = pair_traces(W, W, rho=0.4, lam=-0.3, case_weights=np.ones_like(c))
    assert found.relative_error == 0.0
    for name in ("lag", "error", "lag_lag", "error_error", "lag_error"):
        assert getattr(found, name) == pytest.approx(getattr(exact, name), rel=1e-9)


@pytest.mark.slow
def test_sketches_lead_to_the_maximum_of_all_eigenvalues(monkeypatch):
    y, Z, W, _, _ = example(n=90)
    exact = fit_lag_error(y, Z, W=W)
    sparse_only = partial(log_determinant, spectrum=log_determinant(W).spectrum, dense_limit=10)
    monkeypatch.setattr(two_parameters, "log_determinant", sparse_only)
    found = fit_lag_error(y, Z, W=W)
    assert found.rho == pytest.approx(exact.rho, abs=1e-8)
    assert found.lambda_ == pytest.approx(exact.lambda_, abs=1e-8)
    assert found.loglik == pytest.approx(exact.loglik, abs=1e-9)
    assert len(found.maxima) == len(exact.maxima)


def test_what_cannot_be_told_apart_is_refused():
    """Two regions groups linked all with all: rho and lambda act on the mean alone."""
    n = 8
    W = (np.ones((n, n)) - np.eye(n)) / (n - 1)
    rng = np.random.default_rng(0)
    with pytest.raises(ConvergenceError, match="told apart"):
        fit_lag_error(rng.normal(size=n), np.ones((n, 1)), W=W)


def test_a_climb_that_starts_on_a_top_takes_no_step():
    # A score that is rounded to exactly 0 once divided by it, with a warning to the caller.
    step = maxima._direction(np.zeros(2), -np.eye(2), np.ones(2))
    assert np.array_equal(step, np.zeros(2))


def test_a_step_is_at_most_a_quarter_of_the_region():
    step = maxima._direction(np.array([8.0, 2.0]), -np.eye(2), np.array([2.0, 4.0]))
    assert np.allclose(step, np.array([8.0, 2.0]) * 0.25 / 4.0)
    short = maxima._direction(np.array([0.1, 0.2]), -np.eye(2), np.ones(2))
    assert np.allclose(short, [0.1, 0.2])


@pytest.mark.parametrize("rounding", [0.0, -1e-14, 1e-14])
def test_a_ridge_is_no_maximum_whatever_rounding_makes_of_it(rounding):
    """The surface -(rho + lambda)^2 is highest on a line; its curvature is singular."""
    ridge = SimpleNamespace(
        value=lambda rho, lam: -((rho + lam) ** 2),
        score=lambda rho, lam: np.full(2, -2.0 * (rho + lam)),
        curvature=lambda rho, lam: np.full((2, 2), -2.0) + rounding * np.eye(2),
    )
    assert maxima._top(ridge, np.zeros(2)) is None
