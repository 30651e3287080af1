"""LM and LR tests once effects are transformed out: those of the transformed cross-section.

The panel is turned into a cross-section by dense orthonormal contrasts, on which the tests of
cross-sections, held to spdep elsewhere, are run.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import workbench as wb
from workbench.errors import PanelError
from workbench.numerics.likelihoods.one_parameter import fit_error, fit_lag
from workbench.numerics.regression.least_squares import least_squares
from workbench.numerics.responses.traces import lag_traces
from workbench.numerics.scores.lagrange import error_after_lag, lagrange_multipliers
from workbench.panels import lag_error_tests

from .spatial_panels import drawn, lattice, transformed

REFERENCE = Path(__file__).parents[1] / "reference" / "panel_dependence.csv"
NAMES = ["joint", "rho", "lambda", "rho | lambda", "lambda | rho"]


@pytest.fixture(scope="module")
def W():
    return lattice(4)


def asked(data, W, effects):
    return lag_error_tests(wb.fit("y ~ x", data, W, effects=effects))


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", ["entity", "time", "two-way"])
def test_lm_are_those_of_the_transformed_cross_section(W, effects):
    data = drawn(W, 5, 3, rho=0.3, lam=0.2, mu=1.0, years=1.0)
    found = asked(data, W, effects)
    y, X, big = transformed(data, W, 5, effects)
    dense = lagrange_multipliers(y, X, W=big)
    # Contrasts over regions leave W with a diagonal: its trace is the expectation of the score.
    trace = float(np.trace(big))
    if effects == "entity":
        assert found["LM lambda"].statistic == pytest.approx(dense.error.statistic, rel=1e-9)
        assert found["LM rho"].statistic == pytest.approx(dense.lag.statistic, rel=1e-9)
        assert found["LM joint"].statistic == pytest.approx(dense.sarma.statistic, rel=1e-9)
    fit = least_squares(y, X)
    e, s2, n = fit.residuals, fit.sigma2_ml, y.size
    score = e @ big @ e / s2 - trace
    double = float(np.sum(big * big) + np.sum(big * big.T)) - 2 * trace**2 / n
    assert found["LM lambda"].statistic == pytest.approx(score**2 / double, rel=1e-9)


def test_conditional_and_ratios_are_those_of_the_transformed_cross_section(W):
    effects = "entity"
    data = drawn(W, 5, 3, rho=0.3, lam=0.2, mu=1.0)
    found = asked(data, W, effects)
    y, X, big = transformed(data, W, 5, effects)
    lag, error, plain = fit_lag(y, X, W=big), fit_error(y, X, W=big), least_squares(y, X)
    assert found["LR rho"].statistic == pytest.approx(2 * (lag.loglik - plain.loglik), abs=1e-7)
    ratio = 2 * (error.loglik - plain.loglik)
    assert found["LR lambda"].statistic == pytest.approx(ratio, abs=1e-7)
    rho = lag.spatial
    e = y - rho * big @ y - X @ lag.beta
    after = error_after_lag(
        e,
        W=big,
        sigma2=lag.sigma2,
        rho_variance=lag.covariance[X.shape[1], X.shape[1]],
        traces=lag_traces(big, rho=rho),
    )
    assert found["LM lambda | rho"].statistic == pytest.approx(after.statistic, rel=1e-6)


def test_entity_effects_count_t_minus_one_periods_of_t():
    """Debarsy and Ertur's marginal tests are (T − 1)/T of Elhorst's, which splm computes: once in
    the variance (T/(T − 1) of demeaned squares, squared), once in the trace."""
    with REFERENCE.open(encoding="utf-8", newline="") as handle:
        splm = {row["quantity"]: float(row["value"]) for row in csv.DictReader(handle)}
    W = wb.weights.queen(wb.load("us-states"))
    formula = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"
    fit = wb.fit(formula, wb.load("munnell-1990"), W, effects="entity")
    found = lag_error_tests(fit)
    for ours, theirs in (("LM rho", "LM lag"), ("LM lambda", "LM error")):
        expected = splm[f"entity/{theirs}"] * 16 / 17
        assert found[ours].statistic == pytest.approx(expected, rel=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("effects", ["entity", "two-way"])
def test_size(effects):
    """40 panels at 5 %: 7 or more rejections of one test have probability 0.3 %."""
    W, counts = lattice(5), dict.fromkeys(NAMES, 0)
    for seed in range(40):
        found = asked(drawn(W, 4, seed, mu=1.0, years=float(effects == "two-way")), W, effects)
        for name in NAMES:
            counts[name] += found[f"LM {name}"].p_value < 0.05
    assert max(counts.values()) <= 6, counts


def test_conditional_tests_find_the_one_that_is_there():
    W = lattice(9)
    lag = asked(drawn(W, 5, 1, rho=0.5, mu=1.0), W, "entity")
    error = asked(drawn(W, 5, 1, lam=0.6, mu=1.0), W, "entity")
    for kind in ("LM", "LR"):
        assert lag[f"{kind} rho | lambda"].p_value < 0.01 < lag[f"{kind} lambda | rho"].p_value
        assert error[f"{kind} lambda | rho"].p_value < 0.01 < error[f"{kind} rho | lambda"].p_value


def test_wrong_models_and_weights_are_refused(W):
    data = drawn(W, 4, 1)
    for fit in (
        wb.fit("y ~ x", data, W, effects="random"),
        wb.fit("y ~ x", data, effects="entity"),
        wb.fit("y ~ x", data, W, model="sar", effects="entity"),
    ):
        with pytest.raises(PanelError, match="balanced panel of least squares"):
            lag_error_tests(fit)
    with pytest.raises(PanelError, match="one sum"):
        asked(data, W.normalize("binary"), "two-way")
