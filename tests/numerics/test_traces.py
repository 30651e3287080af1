"""Promise: traces and sums are exact for any W, dense or by sparse factors."""

import numpy as np
import pytest
from scipy import sparse

from workbench.errors import ValuesError
from workbench.numerics.responses import traces as module
from workbench.numerics.responses.traces import cross_traces, lag_traces
from workbench.numerics.sparse.logdet import log_determinant
from workbench.numerics.sparse.spectrum import extreme_eigenvalues

FIELDS = (
    *("tr_m", "tr_mw", "tr_g2", "tr_gtg", "tr_wg", "tr_wtg"),
    *("sum_m", "sum_mw", "slope_m", "slope_mw", "slope_tr_m", "slope_tr_mw"),
)


def _expected(W, rho, by_inverse):
    w, M, G = by_inverse(W, rho)
    one = np.ones(len(w))
    traces = [M, M @ w, G @ G, G.T @ G, w @ G, w.T @ G]
    sums = [one @ X @ one for X in (M, M @ w, M @ w @ M, M @ w @ M @ w)]
    return [*(np.trace(X) for X in traces), *sums, np.trace(M @ w @ M), np.trace(M @ w @ M @ w)]


@pytest.mark.quick_cases(15)
@pytest.mark.parametrize(
    "limit", [1500, pytest.param(0, marks=pytest.mark.slow)], ids=["dense", "sparse"]
)
@pytest.mark.parametrize("share", [-0.9, -0.3, 0.0, 0.4, 0.95])
def test_every_trace_equals_its_definition(any_weights, by_inverse, limit, share):
    spectrum = extreme_eigenvalues(any_weights)
    rho = share * (spectrum.rho_high if share > 0 else -spectrum.rho_low)
    traces = lag_traces(any_weights, rho=rho, dense_limit=limit)
    found = [getattr(traces, field) for field in FIELDS]
    # 1e-10: a complex step has no truncation error; what is left is the condition of I − ρW.
    np.testing.assert_allclose(
        found, _expected(any_weights, rho, by_inverse), rtol=1e-10, atol=1e-10
    )


@pytest.mark.quick_cases(3)
@pytest.mark.usefixtures("plain_kernels")
@pytest.mark.parametrize("share", [-0.9, 0.4])
def test_lines_of_the_sparse_factors_give_every_trace(any_weights, by_inverse, share):
    spectrum = extreme_eigenvalues(any_weights)
    rho = share * (spectrum.rho_high if share > 0 else -spectrum.rho_low)
    traces = lag_traces(any_weights, rho=rho, dense_limit=0)
    found = [getattr(traces, field) for field in FIELDS]
    np.testing.assert_allclose(
        found, _expected(any_weights, rho, by_inverse), rtol=1e-10, atol=1e-10
    )


def test_traces_at_zero_are_traces_of_powers(reference_case):
    # tr W² of oldcol as spatialreg's trW(type = "mult") gives it.
    at_zero = lag_traces(reference_case("oldcol").W, rho=0.0)
    assert at_zero.tr_g2 == pytest.approx(10.8022779667423, rel=1e-12)
    assert at_zero.tr_mw == pytest.approx(0.0, abs=1e-12)


@pytest.mark.quick_cases(15)
@pytest.mark.parametrize(
    "limit", [1500, pytest.param(0, marks=pytest.mark.slow)], ids=["dense", "sparse"]
)
@pytest.mark.parametrize(
    "pair", [(0.6, 0.3), (0.6, -0.5), (0.0, 0.4), (0.5, 0.5), (0.5, 0.5000001)]
)
def test_traces_at_two_parameters_equal_their_definition(any_weights, by_inverse, limit, pair):
    rho, other = np.array(pair) * extreme_eigenvalues(any_weights).rho_high
    found = cross_traces(any_weights, rho=rho, other=other, dense_limit=limit)
    first, second = by_inverse(any_weights, rho)[2], by_inverse(any_weights, other)[2]
    assert found.tr_gtg == pytest.approx(np.trace(first.T @ second), rel=1e-10, abs=1e-10)
    # 1e-9 where the parameters differ by 1e-7: tr G² halfway leaves the square of the distance.
    assert found.tr_gg == pytest.approx(np.trace(first @ second), rel=1e-9, abs=1e-10)


def test_a_singular_parameter_is_refused(any_weights):
    with pytest.raises(ValuesError, match="singular"):
        cross_traces(np.array([[0.0, 1.0], [1.0, 0.0]]), rho=1.0, other=0.2)


@pytest.mark.slow
def test_the_log_determinant_gives_the_same_trace_of_the_square(any_weights):
    spectrum = extreme_eigenvalues(any_weights)
    logdet = log_determinant(any_weights, spectrum=spectrum, dense_limit=0)
    for share in (-0.6, 0.01, 0.7):
        rho = share * spectrum.rho_high
        if not logdet.admits(rho):
            continue
        read = lag_traces(any_weights, rho=rho, logdet=logdet, dense_limit=0)
        own = lag_traces(any_weights, rho=rho, dense_limit=0)
        # Twice differentiated on a panel of width 0.25: 1e-15 n times 11²/0.125².
        assert read.tr_g2 == pytest.approx(own.tr_g2, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("share", [-0.5, 0.4, 0.9])
def test_differences_for_very_large_n_give_standard_errors_to_1e_8(
    any_weights, by_inverse, share, monkeypatch
):
    monkeypatch.setattr(module, "DIFFERENCE_LIMIT", 0)
    spectrum = extreme_eigenvalues(any_weights)
    rho = share * (spectrum.rho_high if share > 0 else -spectrum.rho_low)
    found = lag_traces(any_weights, rho=rho, dense_limit=0)
    _, _, G = by_inverse(any_weights, rho)
    assert found.tr_gtg == pytest.approx(np.trace(G.T @ G), rel=1e-8)
    assert found.tr_g2 == pytest.approx(np.trace(G @ G), rel=1e-8)


SIDE = 45


@pytest.fixture(scope="module")
def large_grid():
    """Rook contiguity of a grid, n = 2,025: eigenvalues 2 cos + 2 cos in closed form."""
    line = sparse.diags_array([np.ones(SIDE - 1), np.ones(SIDE - 1)], offsets=[-1, 1])
    eye = sparse.eye_array(SIDE)
    waves = 2.0 * np.cos(np.pi * np.arange(1, SIDE + 1) / (SIDE + 1))
    return sparse.csr_array(sparse.kron(line, eye) + sparse.kron(eye, line)), np.add.outer(
        waves, waves
    ).ravel()


@pytest.mark.slow
@pytest.mark.parametrize("rho", [-0.2, 0.001, 0.15, 0.249])
def test_traces_of_a_large_grid_have_their_closed_form(large_grid, rho):
    W, omega = large_grid
    g = omega / (1.0 - rho * omega)
    found = lag_traces(W, rho=rho)
    assert found.tr_g == pytest.approx(g.sum(), rel=1e-9)
    assert found.tr_g2 == pytest.approx((g**2).sum(), rel=1e-10)
    assert found.tr_gtg == pytest.approx((g**2).sum(), rel=1e-9)
    assert found.tr_wg == pytest.approx((omega * g).sum(), rel=1e-10)
    other = cross_traces(W, rho=rho, other=0.1)
    expected = (g * omega / (1.0 - 0.1 * omega)).sum()
    assert other.tr_gg == pytest.approx(expected, rel=1e-10)
    assert other.tr_gtg == pytest.approx(expected, rel=1e-10)
    logdet = log_determinant(W)
    assert logdet.value(rho) == pytest.approx(np.log(1.0 - rho * omega).sum(), abs=1e-9)
