"""Promise: maximum likelihood agrees with spatialreg to its optimiser, and is a true maximum."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy import sparse

from workbench.errors import CollinearityError, ConvergenceError, ValuesError
from workbench.numerics.likelihoods import one_parameter as likelihood
from workbench.numerics.likelihoods import search
from workbench.numerics.likelihoods.one_parameter import fit_error, fit_lag
from workbench.numerics.likelihoods.search import maximise
from workbench.numerics.sparse.logdet import log_determinant
from workbench.numerics.sparse.spectrum import extreme_eigenvalues

CASES = ["oldcol", "ncsids", "ncsids_islands", "boston"]
MODELS = ["lag", "err", "sdm"]


def _fit(stored, model, **options):
    X, names = stored.X, list(stored.names)
    if model == "sdm":
        X = np.column_stack([X, stored.W @ X[:, 1:]])
        names += [f"lag.{name}" for name in stored.names[1:]]
    estimate = fit_error if model == "err" else fit_lag
    return estimate(stored.y, X, W=stored.W, **options), names, X


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("case", CASES)
def test_estimates_agree_with_spatialreg(reference_case, case, model):
    stored = reference_case(case)
    fit, names, _ = _fit(stored, model)
    numbers = stored.numbers
    spatial = "lambda" if model == "err" else "rho"
    # R's optimiser stops about 1e-8 (Boston's error model: 3e-7) from the maximum in ρ or λ;
    # coefficients that are small against their standard errors move more, hence the scale.
    assert fit.spatial == pytest.approx(numbers[f"{model}/{spatial}"], abs=1e-6)
    assert fit.loglik == pytest.approx(numbers[f"{model}/LL"], abs=1e-9)
    assert fit.loglik >= numbers[f"{model}/LL"] - 1e-11
    assert fit.sigma2 == pytest.approx(numbers[f"{model}/s2"], rel=1e-6)
    errors = stored.terms(f"{model}/se", names)
    np.testing.assert_array_less(
        np.abs(fit.beta - stored.terms(f"{model}/coef", names)) / errors, 1e-5
    )
    V = stored.vcov(model, [*names, spatial, "sigma"])
    scale = np.sqrt(np.diag(V))
    np.testing.assert_allclose(
        fit.covariance / np.outer(scale, scale), V / np.outer(scale, scale), atol=3e-6
    )
    for part, values in (("resid", fit.residuals), ("fitted", fit.fitted)):
        head = [numbers[f"{model}/{part}_head/{i}"] for i in range(5)]
        np.testing.assert_allclose(values[:5], head, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_sparse_factors_give_the_estimates_of_eigenvalues(reference_case, model, monkeypatch):
    stored = reference_case("boston")
    dense, _, _ = _fit(stored, model)
    exact = extreme_eigenvalues(stored.W)
    monkeypatch.setattr(
        likelihood, "lag_traces", lambda W, **more: _traces(W, **more, dense_limit=0)
    )
    logdet = log_determinant(stored.W, spectrum=exact, dense_limit=0)
    sparse, _, _ = _fit(stored, model, logdet=logdet)
    # Interpolant to 1e-9 in value.
    assert sparse.spatial == pytest.approx(dense.spatial, abs=1e-9)
    assert sparse.loglik == pytest.approx(dense.loglik, abs=2e-9)
    scale = np.sqrt(np.diag(dense.covariance))
    np.testing.assert_allclose(
        sparse.covariance / np.outer(scale, scale),
        dense.covariance / np.outer(scale, scale),
        atol=1e-8,
    )


_traces = likelihood.lag_traces


def _numerical(function, x, order, step):
    if order == 1:
        return (function(x + step) - function(x - step)) / (2 * step)
    return (function(x + step) - 2 * function(x) + function(x - step)) / step**2


@pytest.mark.parametrize("model", ["lag", "err"])
def test_derivatives_of_the_likelihood_are_its_derivatives(any_weights, model):
    n = any_weights.shape[0]
    random = np.random.default_rng(5)
    X = np.column_stack([np.ones(n), random.normal(size=(n, 2))])
    y = X @ [1.0, 2.0, -1.0] + random.normal(size=n)
    logdet = log_determinant(any_weights)
    captured = {}
    original = likelihood.maximise

    def spy(profile, **options):
        captured["profile"] = profile
        return original(profile, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(likelihood, "maximise", spy)
        (fit_lag if model == "lag" else fit_error)(y, X, W=any_weights, logdet=logdet)
    profile = captured["profile"]
    high = logdet.spectrum.rho_high

    def value(x):
        return float(profile.evaluate(np.array([x]), 0)[0])

    for share in (-0.4, 0.1, 0.6):
        x = share * high
        at = np.array([x])
        # Central differences: about 1e-6 of the scale is all they can show.
        first, second = (_numerical(value, x, o, 1e-4 * high) for o in (1, 2))
        assert profile.evaluate(at, 1)[0] == pytest.approx(first, rel=1e-5, abs=1e-5 / high)
        assert profile.evaluate(at, 2)[0] == pytest.approx(second, rel=1e-4, abs=1e-4 / high**2)


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("model", ["lag", "err"])
def test_estimate_is_the_highest_point_of_a_brute_force_grid(any_weights, model):
    n = any_weights.shape[0]
    random = np.random.default_rng(11)
    X = np.column_stack([np.ones(n), random.normal(size=n)])
    high = extreme_eigenvalues(any_weights).rho_high
    shock = np.linalg.solve(np.eye(n) - 0.5 * high * any_weights.toarray(), random.normal(size=n))
    y = X @ [1.0, 1.0] + shock
    fit = (fit_lag if model == "lag" else fit_error)(y, X, W=any_weights)
    w = any_weights.toarray()
    low = extreme_eigenvalues(any_weights).rho_low
    for rho in np.linspace(low, high, 301)[1:-1]:
        A = np.eye(n) - rho * w
        Z = X if model == "lag" else A @ X
        e = A @ y - Z @ np.linalg.lstsq(Z, A @ y, rcond=None)[0]
        loglik = -n / 2 * (np.log(2 * np.pi * (e @ e) / n) + 1) + np.linalg.slogdet(A)[1]
        assert loglik <= fit.loglik + 1e-9


@pytest.mark.parametrize("model", ["lag", "err"])
def test_covariance_is_the_inverse_information_matrix(any_weights, by_inverse, model):
    n = any_weights.shape[0]
    random = np.random.default_rng(4)
    X = np.column_stack([np.ones(n), random.normal(size=n)])
    y = X @ [2.0, 1.0] + random.normal(size=n)
    fit = (fit_lag if model == "lag" else fit_error)(y, X, W=any_weights)
    w, _, G = by_inverse(any_weights, fit.spatial)
    s2 = fit.sigma2
    information = np.zeros((4, 4))
    # Anselin (1988), equations 6.24–6.29 (lag) and 6.30–6.34 (error).
    Z = X if model == "lag" else X - fit.spatial * w @ X
    information[:2, :2] = Z.T @ Z / s2
    information[2, 2] = np.trace(G @ G) + np.trace(G.T @ G)
    information[2, 3] = information[3, 2] = np.trace(G) / s2
    information[3, 3] = n / (2 * s2**2)
    if model == "lag":
        g = G @ X @ fit.beta
        information[:2, 2] = information[2, :2] = X.T @ g / s2
        information[2, 2] += g @ g / s2
    np.testing.assert_allclose(fit.covariance, np.linalg.inv(information), rtol=1e-8, atol=1e-12)


class _TwoHills:
    """Maxima at −0.6 (value 1) and 0.5 (value 2)."""

    def evaluate(self, x, order):
        a, b = np.exp(-((x + 0.6) ** 2) / 0.02), 2 * np.exp(-((x - 0.5) ** 2) / 0.02)
        first = -100 * (a * (x + 0.6) + b * (x - 0.5))
        second = a * ((100 * (x + 0.6)) ** 2 - 100) + b * ((100 * (x - 0.5)) ** 2 - 100)
        return [a + b, first, second][order]


def test_the_higher_of_two_optima_is_found():
    best = maximise(_TwoHills(), low=-1.0, high=1.0, argument="x")
    assert best.optima == 2
    assert best.x == pytest.approx(0.5, abs=1e-10)


class _Sketch:
    """A log-determinant of zero, of which a sketch knows the slope to `error`."""

    def __init__(self, error):
        self.error, self.asked = error, []

    def slope_bounds(self, x):
        return np.full(x.shape, -self.error), np.full(x.shape, self.error)

    def derivative(self, x):
        return np.zeros_like(x)

    def sketches(self):
        return iter([_Sketch(1e3), _Sketch(0.005)])


@dataclass(frozen=True)
class _Saddle:
    """−(x² − 1/4)² + x/50: maxima next to ±1/2, the right one higher."""

    logdet: _Sketch

    def evaluate(self, x, order):
        self.logdet.asked.extend(x)
        value, first = -((x**2 - 0.25) ** 2) + 0.02 * x, -4.0 * x * (x**2 - 0.25) + 0.02
        return [value, first, -12.0 * x**2 + 1.0][order]


def test_a_search_by_sketches_finds_both_optima_and_asks_only_next_to_them():
    logdet = _Sketch(0.0)
    best = maximise(_Saddle(logdet), low=-1.0, high=1.0, argument="x")
    roots = np.roots([-4.0, 0.0, 1.0, 0.02]).real
    assert best.optima == 2
    assert best.x == pytest.approx(max(roots), abs=1e-10)
    assert np.abs(np.subtract.outer(logdet.asked, roots)).min(axis=1).max() < 1e-6


@pytest.mark.parametrize(
    ("sign", "expected"),
    [
        ([1, 1, 0, 0, -1, -1], True),
        ([1, -1, 1, 0, -1], True),
        ([1, 0, 1, -1], False),  # two optima may hide where the sign is open
        ([-1, 0, 1, -1], False),
        ([0, 1, -1], False),
        ([1, -1, 0], False),
        ([1, *[0] * 7, -1], False),
        ([0, 0], False),
    ],
)
def test_a_sketch_decides_only_if_no_optimum_can_hide(sign, expected):
    assert search._decided(np.array(sign, dtype=float)) is expected


class _Slope:
    def evaluate(self, x, order):
        return [x, np.ones_like(x), np.zeros_like(x)][order]


def test_a_maximum_at_the_end_is_refused():
    with pytest.raises(ConvergenceError, match="still rises towards the end at 1"):
        maximise(_Slope(), low=-1.0, high=1.0, argument="rho")


def test_an_outcome_that_x_reproduces_is_refused(reference_case):
    stored = reference_case("oldcol")
    with pytest.raises(ValuesError, match="residuals that are all zero"):
        fit_lag(stored.X @ [1.0, 2.0, 3.0], stored.X, W=stored.W)


def test_collinear_columns_are_refused_with_the_combination(reference_case):
    stored = reference_case("oldcol")
    X = np.column_stack([stored.X, stored.X[:, 1] + stored.X[:, 2]])
    with pytest.raises(CollinearityError, match=r"-1\*column 1 -1\*column 2 \+1\*column 3 = 0"):
        fit_error(stored.y, X, W=stored.W)


def test_missing_values_are_refused_with_their_rows(reference_case):
    stored = reference_case("oldcol")
    y = stored.y.copy()
    y[3] = np.nan
    with pytest.raises(ValuesError, match=r"Where \(1\): 3"):
        fit_lag(y, stored.X, W=stored.W)


@pytest.mark.parametrize("model", ["lag", "err"])
def test_results_are_read_only_and_inputs_untouched(reference_case, model):
    stored = reference_case("oldcol")
    before = stored.W.copy()
    fit, _, _ = _fit(stored, model)
    assert not fit.beta.flags.writeable
    assert not fit.covariance.flags.writeable
    assert (before != stored.W).nnz == 0


@pytest.mark.parametrize("model", ["lag", "err"])
def test_order_of_regions_does_not_matter(reference_case, model):
    stored = reference_case("oldcol")
    order = np.random.default_rng(0).permutation(len(stored.y))
    estimate = fit_lag if model == "lag" else fit_error
    a = estimate(stored.y, stored.X, W=stored.W)
    b = estimate(stored.y[order], stored.X[order], W=stored.W[order][:, order])
    # 1e-10: sums in another order.
    assert a.spatial == pytest.approx(b.spatial, abs=1e-10)
    np.testing.assert_allclose(a.covariance, b.covariance, rtol=1e-8, atol=1e-10)


def _simulated(W, rho, n, model):
    random = np.random.default_rng(8)
    X = np.column_stack([np.ones(n), random.normal(size=(n, 2))])
    shock = random.normal(size=n)
    A = sparse.csc_array(sparse.eye_array(n) - rho * W)
    if model == "lag":
        return X, sparse.linalg.spsolve(A, X @ [1.0, 1.0, -1.0] + shock)
    return X, X @ [1.0, 1.0, -1.0] + sparse.linalg.spsolve(A, shock)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["lag", "err"])
@pytest.mark.parametrize("rho", [-0.6, 0.0, 0.7, 0.97])
def test_a_large_map_gets_the_estimates_of_all_its_eigenvalues(model, rho):
    side = 42  # n = 1,764, beyond the size at which eigenvalues are taken
    n = side**2
    line = sparse.diags_array([np.ones(side - 1)] * 2, offsets=[-1, 1]) + sparse.eye_array(side)
    A = sparse.csr_array(sparse.kron(line, line) - sparse.eye_array(n))
    W = sparse.csr_array(sparse.diags_array(1.0 / A.sum(axis=1)) @ A)
    X, y = _simulated(W, rho, n, model)
    estimate = fit_lag if model == "lag" else fit_error
    found = estimate(y, X, W=W)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(likelihood, "lag_traces", lambda W, **more: _traces(W, **more, dense_limit=n))
        exact = estimate(y, X, W=W, logdet=log_determinant(W, dense_limit=n))
    assert found.spatial == pytest.approx(exact.spatial, abs=1e-9)
    assert found.loglik == pytest.approx(exact.loglik, abs=1e-8)
    assert found.optima == exact.optima
    np.testing.assert_allclose(found.covariance, exact.covariance, rtol=1e-7, atol=1e-12)
