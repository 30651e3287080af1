"""Promise: traces and sums are exact for any W, dense or by sparse factors."""

import numpy as np
import pytest

from workbench.numerics.spectrum import extreme_eigenvalues
from workbench.numerics.traces import lag_traces

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


@pytest.mark.parametrize("limit", [1500, 0], ids=["dense", "sparse"])
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


def test_traces_at_zero_are_traces_of_powers(reference_case):
    # tr W² of oldcol as spatialreg's trW(type = "mult") gives it.
    at_zero = lag_traces(reference_case("oldcol").W, rho=0.0)
    assert at_zero.tr_g2 == pytest.approx(10.8022779667423, rel=1e-12)
    assert at_zero.tr_mw == pytest.approx(0.0, abs=1e-12)
