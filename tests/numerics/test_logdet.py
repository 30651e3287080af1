"""Promise: log|I − ρW| and its derivatives are those of the dense determinant, by either engine."""

import numpy as np
import pytest

from workbench.errors import ValuesError
from workbench.numerics.sparse.logdet import log_determinant
from workbench.numerics.sparse.recent import forget

SHARES = np.array([0.0002, 0.05, 0.3, 0.5, 0.8, 0.99, 0.9998])


def _rhos(logdet):
    low, high = logdet.spectrum.rho_low, logdet.spectrum.rho_high
    return low + (high - low) * SHARES


@pytest.mark.parametrize(
    "limit", [1500, pytest.param(0, marks=pytest.mark.slow)], ids=["eigenvalues", "sparse factors"]
)
def test_value_and_derivatives_equal_the_dense_ones(any_weights, by_inverse, limit):
    exact = log_determinant(any_weights)
    logdet = log_determinant(any_weights, spectrum=exact.spectrum, dense_limit=limit)
    for rho in _rhos(exact):
        w, _, G = by_inverse(any_weights, rho)
        expected = np.linalg.slogdet(np.eye(len(w)) - rho * w)[1]
        # Interpolation stops at 1e-9 absolute; each derivative loses about two digits.
        assert logdet.value(rho) == pytest.approx(expected, abs=2e-9)
        assert logdet.derivative(rho) == pytest.approx(-np.trace(G), rel=1e-7, abs=1e-7)
        assert logdet.second(rho) == pytest.approx(-np.trace(G @ G), rel=1e-5)


def test_arrays_and_scalars_agree(any_weights):
    logdet = log_determinant(any_weights)
    rhos = _rhos(logdet)
    together = logdet.value(rhos)
    assert isinstance(logdet.value(0.0), float)
    np.testing.assert_array_equal(together, [logdet.value(r) for r in rhos])
    assert logdet.value(0.0) == 0.0


@pytest.mark.slow
def test_the_reported_error_bounds_the_true_one(any_weights):
    exact = log_determinant(any_weights)
    logdet = log_determinant(any_weights, spectrum=exact.spectrum, dense_limit=0)
    assert exact.error == 0.0
    rhos = _rhos(exact)
    # + 1e-10: rounding of the factors themselves at n up to 100.
    assert np.abs(logdet.value(rhos) - exact.value(rhos)).max() <= logdet.error + 1e-10


def test_rho_outside_the_interval_is_refused(any_weights):
    logdet = log_determinant(any_weights)
    with pytest.raises(ValuesError, match="1 outside"):
        logdet.value(np.array([0.0, logdet.spectrum.rho_high * 1.01]))


@pytest.mark.slow
def test_the_sketches_hold_the_true_slope_between_their_bounds(any_weights):
    exact = log_determinant(any_weights)
    low, high = exact.spectrum.rho_low, exact.spectrum.rho_high
    rhos = 0.5 * (low + high) + 0.5 * (high - low) * np.tanh(np.linspace(-3.79, 3.79, 301))
    truth = exact.derivative(rhos)
    widths = []
    for sketch in log_determinant(any_weights, spectrum=exact.spectrum, dense_limit=0).sketches():
        below, above = sketch.slope_bounds(rhos)
        slack = 1e-9 * np.abs(truth).max()
        assert (below <= truth + slack).all()
        assert (truth <= above + slack).all()
        widths.append(np.median(above - below))
    assert widths == sorted(widths, reverse=True)
    assert list(exact.sketches()) == []


@pytest.mark.slow
def test_answers_do_not_depend_on_what_was_asked_before(any_weights):
    exact = log_determinant(any_weights)
    rhos = _rhos(exact)
    forget()
    one = log_determinant(any_weights, spectrum=exact.spectrum, dense_limit=0)
    first = [one.second(r) for r in rhos]
    forget()
    other = log_determinant(any_weights, spectrum=exact.spectrum, dense_limit=0)
    assert other is not one
    list(other.sketches())
    np.testing.assert_array_equal(other.second(rhos[::-1])[::-1], first)
