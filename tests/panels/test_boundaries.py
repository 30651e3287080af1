"""Few regions with nearly the same neighbours: no number where the likelihood has no maximum."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import ConvergenceError, WeightsError


def panel(W: np.ndarray, T: int, rho: float, seed: int) -> pd.DataFrame:
    n, rng = len(W), np.random.default_rng(seed)
    x = rng.normal(size=(T, n))
    shocks = rng.normal(size=(T, n)) + rng.normal(size=n)
    y = np.linalg.solve(np.eye(n) - rho * W, (x + shocks).T)
    index = pd.MultiIndex.from_product([range(n), range(T)], names=["id", "year"])
    return pd.DataFrame({"y": y.ravel(), "x": x.T.ravel()}, index=index)


def alike(n: int) -> np.ndarray:
    """Every region has all others for neighbours, with one weight."""
    return (np.ones((n, n)) - np.eye(n)) / (n - 1)


def by_distance(n: int) -> np.ndarray:
    places = np.random.default_rng(n).random((n, 2))
    gap = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    np.fill_diagonal(gap, np.inf)
    return (1 / gap) / (1 / gap).sum(axis=1, keepdims=True)


def weights(W: np.ndarray) -> wb.Weights:
    return wb.weights.from_matrix(W, ids=list(range(len(W))), normalize="none")


def transformed_loglik(data: pd.DataFrame, W: np.ndarray, rho: float, *, lag_x: bool) -> float:
    """The likelihood of y* = rho W* y* + x* b with contrasts over regions, from its definition."""
    n = len(W)
    # An orthonormal basis of what is orthogonal to ones, by QR: Lee and Yu (2010), section 3.
    F = np.linalg.qr(np.column_stack([np.ones(n), np.eye(n)[:, 1:]]))[0][:, 1:]
    y, x = (data[name].to_numpy().reshape(n, -1) for name in ("y", "x"))
    star = F.T @ W @ F
    columns = [x, W @ x] if lag_x else [x]
    X = np.column_stack([(F.T @ c).ravel() for c in columns])
    left = (F.T @ y - rho * star @ (F.T @ y)).ravel()
    rest = left - X @ np.linalg.lstsq(X, left, rcond=None)[0]
    m, T = left.size, y.shape[1]
    logdet = np.linalg.slogdet(np.eye(n - 1) - rho * star)[1]
    return float(T * logdet - 0.5 * m * np.log(rest @ rest))


@pytest.mark.quick_cases(4)
@pytest.mark.parametrize("lee_yu", ["transformation", "bias-correction", "none"])
@pytest.mark.parametrize("effects", ["time", "two-way"])
@pytest.mark.parametrize("model", ["sar", "sem", "sac"])
def test_a_flat_likelihood_has_no_estimate(model, effects, lee_yu):
    W = alike(10)
    data = panel(W, 5, 0.5, 0)
    with pytest.raises(WeightsError, match=r"-0\.111111 times itself") as caught:
        wb.fit("y ~ x", data, weights(W), model=model, effects=effects, lee_yu=lee_yu)
    name = "lambda" if model == "sem" else "rho"
    assert f"for {name};" in str(caught.value)
    assert 'effects="entity"' in caught.value.remedy


def test_that_likelihood_is_flat_by_its_definition():
    W = alike(10)
    data = panel(W, 5, 0.5, 0)
    found = [transformed_loglik(data, W, rho, lag_x=False) for rho in (-5.0, -0.5, 0.0, 0.9)]
    np.testing.assert_allclose(found, found[0], rtol=1e-12)
    fit = wb.fit("y ~ x", data, weights(W), model="sar", effects="entity")
    assert -9 < fit.params["rho"] < 1
    assert fit.std_errors["rho"] < 1


def test_nearly_alike_is_estimated():
    W = alike(10)
    W[0, 1], W[0, 2] = W[0, 1] * 1.5, W[0, 2] * 0.5
    fit = wb.fit("y ~ x", panel(W, 40, 0.5, 1), weights(W), model="sar", effects="time")
    assert np.isfinite(fit.std_errors).all()


def test_a_likelihood_that_rises_to_the_end_names_parameter_interval_and_ways_out():
    W = by_distance(5)
    data = panel(W, 3, 0.9, 4)
    rising = [transformed_loglik(data, W, x, lag_x=True) for x in (-2, -1, 0, 0.5, 0.9, 0.999)]
    assert (np.diff(rising) > 0).all()
    low = 1 / np.linalg.eigvals(W).real.min()
    with pytest.raises(ConvergenceError) as caught:
        wb.fit("y ~ x", data, weights(W), model="sdm", effects="time")
    error = caught.value
    assert error.argument == "rho"
    assert f"({low:.6g}, 1)" in error.expected
    assert error.found.endswith("the end at 1")
    for options in ({"lee_yu": "none", "effects": "time"}, {"effects": "entity"}):
        fit = wb.fit("y ~ x", data, weights(W), model="sdm", **options)
        assert low < fit.params["rho"] < 1
    assert "slx" in error.remedy


def test_a_maximum_that_rounding_makes_at_the_end_is_none():
    W = by_distance(4)
    data = panel(W, 2, 0.9, 1)
    with pytest.raises(ConvergenceError, match="the end at 1") as caught:
        wb.fit("y ~ x", data, weights(W), model="sdm", effects="two-way")
    assert caught.value.argument == "rho"


@pytest.mark.parametrize(
    ("model", "formula", "word"),
    [
        ("sar", "y ~ x", "rho: "),
        ("sem", "y ~ x", "lambda: "),
        ("sac", "y ~ x - 1", "rho and lambda"),
    ],
)
def test_equal_weights_in_a_cross_section_have_no_maximum(model, formula, word):
    """Beside an intercept log|I - λW| - n/2 log SSE = log(1 - λ) - log(1 + λ/(n - 1)) + constant
    rises without bound towards λ = 1 - n: once a λ of -12.9999988 with a standard error of 1e-6."""
    W, rng = alike(14), np.random.default_rng(3)
    data = pd.DataFrame({"x": rng.normal(size=14)}, index=pd.RangeIndex(14, name="id"))
    data["y"] = 1 + data["x"] + rng.normal(size=14)
    with pytest.raises(ConvergenceError, match=word):
        wb.fit(formula, data, weights(W), model=model)


@pytest.mark.slow
def test_a_ridge_of_the_likelihood_is_no_maximum():
    """W² is a combination of W and I: Wy, WX and Wu hold no more than two numbers can say. Once
    49 maxima, the highest with standard errors of millions."""
    W = alike(14)
    with pytest.raises(ConvergenceError, match="told apart"):
        wb.fit("y ~ x", panel(W, 6, 0.3, 3), weights(W), model="gns", effects="entity")


def test_a_singular_information_names_the_parameters_that_the_model_has():
    from workbench.numerics.likelihoods.information import inverse_information

    flat = np.ones((2, 2))
    with pytest.raises(ConvergenceError) as caught:
        inverse_information(flat, ["rho"])
    assert "rho" in str(caught.value)
    assert "lambda" not in str(caught.value)
    with pytest.raises(ConvergenceError, match="rho and lambda cannot be told apart"):
        inverse_information(flat, ["rho", "lambda"])
    with pytest.raises(ConvergenceError, match="singular"):  # all but 1e-13 is shared
        inverse_information(flat - np.diag([0, 1e-13]) + np.diag([0, 2e-13]), ["rho"])
