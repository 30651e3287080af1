"""Promise: Moran's I and its moments are spdep's, with islands under either count of n."""

import numpy as np
import pytest

from workbench.errors import OptionError, ValuesError, WeightsError
from workbench.numerics.autocorrelation.moran import moran, residual_moran, weight_sums
from workbench.numerics.regression.least_squares import least_squares
from workbench.numerics.sparse.matrices import as_weights

CASES = ["boston", "usa48", "ncsids", "ncsids_islands"]


def _stored_moments(stored):
    for key in stored.numbers:
        parts = key.split("/")
        if parts[0] == "moran" and parts[-1] == "I" and parts[3] != "normal":
            style, variable, kind = parts[1:4]
            yield style, variable, kind


@pytest.mark.parametrize("case", CASES)
def test_moments_agree_with_spdep(reference_case, case):
    stored = reference_case(case)
    seen = 0
    for style, variable, kind in _stored_moments(stored):
        W = stored.W if style == "W" else stored.B
        found = moran(
            stored.table[variable], W, count="all" if kind == "random_all_n" else "linked"
        )
        base = f"moran/{style}/{variable}"
        # 1e-11: closed forms; 15 digits are stored.
        close = {"rel": 1e-11}
        assert pytest.approx(stored.numbers[f"{base}/{kind}/I"], **close) == found.I
        assert found.expected == pytest.approx(stored.numbers[f"{base}/{kind}/expected"], **close)
        variance = stored.numbers[f"{base}/{kind}/variance"]
        assert found.variance_randomisation == pytest.approx(variance, rel=1e-10)
        assert found.z_randomisation == pytest.approx(stored.numbers[f"{base}/{kind}/z"], rel=1e-9)
        if kind == "random":
            normal = stored.numbers[f"{base}/normal/variance"]
            assert found.variance_normal == pytest.approx(normal, rel=1e-10)
        seen += 1
    assert seen >= 2


@pytest.mark.parametrize("case", ["oldcol", "boston", "ncsids"])
def test_residual_moments_agree_with_spdep(reference_case, case):
    stored = reference_case(case)
    fit = least_squares(stored.y, stored.X)
    found = residual_moran(fit.residuals, stored.X, W=stored.W)
    numbers = stored.numbers
    assert pytest.approx(numbers["ols/lm_morantest/I"], rel=1e-9) == found.I
    assert found.expected == pytest.approx(numbers["ols/lm_morantest/expected"], rel=1e-9)
    assert found.variance == pytest.approx(numbers["ols/lm_morantest/variance"], rel=1e-9)
    assert found.z == pytest.approx(numbers["ols/lm_morantest/z"], rel=1e-9)


def test_islands_take_no_degree_of_freedom_from_residual_moments(reference_case):
    """spdep's own formula with all counties in N - p: its N leaves the residuals of two out."""
    stored = reference_case("ncsids_islands")
    W, X, n, k = np.asarray(stored.W.todense()), stored.X, len(stored.y), stored.X.shape[1]
    P = np.eye(n) - X @ np.linalg.pinv(X)
    A = P @ (W + W.T) @ P / 2
    mean = np.trace(A) / (n - k)
    variance = 2 * (np.sum(A * A) - np.trace(A) ** 2 / (n - k)) / ((n - k) * (n - k + 2))
    found = residual_moran(P @ stored.y, X, W=stored.W)
    scale = (n - 2) / W.sum()
    assert pytest.approx(stored.numbers["ols/lm_morantest/I"], rel=1e-9) == found.I
    assert found.expected == pytest.approx(scale * mean, rel=1e-9)
    assert found.variance == pytest.approx(scale**2 * variance, rel=1e-9)
    everyone = residual_moran(P @ stored.y, X, W=stored.W, count="all")
    assert everyone.z == pytest.approx(found.z, rel=1e-12)


@pytest.mark.quick_cases(2)
def test_residual_moments_are_those_of_simulated_residuals(any_weights):
    n = any_weights.shape[0]
    random = np.random.default_rng(3)
    X = np.column_stack([np.ones(n), random.normal(size=n)])
    e = random.normal(size=(n, 20_000))
    e -= X @ np.linalg.lstsq(X, e, rcond=None)[0]
    found = residual_moran(e[:, 0], X, W=any_weights)
    scale = found.n / any_weights.sum()
    simulated = scale * (e * (any_weights @ e)).sum(axis=0) / (e**2).sum(axis=0)
    # 20,000 draws: mean to 0.7 % of a standard deviation, variance to 1 % (four of its errors).
    assert simulated.mean() == pytest.approx(found.expected, abs=0.03 * found.variance**0.5)
    assert simulated.var() == pytest.approx(found.variance, rel=0.05)


def test_sums_do_not_overflow_for_integer_binary_weights():
    n = 70_000
    from scipy import sparse

    ring = sparse.csr_array(
        (np.ones(2 * n, dtype=np.int64), (np.r_[:n, :n], np.r_[1 : n + 1, -1 : n - 1] % n))
    )
    x = np.sin(np.arange(n))
    sums = weight_sums(as_weights(ring))
    assert (2.0 * n, 4.0 * n, 16.0 * n) == (sums.S0, sums.S1, sums.S2)
    assert 0 < moran(x, ring).variance_randomisation < 1e-4


def test_constants_missing_values_and_empty_weights_are_refused():
    W = np.ones((5, 5)) - np.eye(5)
    with pytest.raises(ValuesError, match="a constant"):
        moran(np.full(5, 0.1), W)
    with pytest.raises(ValuesError, match="1 missing or infinite"):
        moran(np.array([1, 2, 3, np.nan, 5]), W)
    with pytest.raises(WeightsError, match="S0 = 0"):
        moran(np.arange(5.0), np.zeros((5, 5)), count="all")
    with pytest.raises(OptionError, match="did you mean 'linked'"):
        moran(np.arange(5.0), W, count="linkd")
