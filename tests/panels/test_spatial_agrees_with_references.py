"""Static spatial panels equal exact numbers from R: Munnell's states, and Baltagi's cigarettes.

Numbers: tests/reference/panel_spatial_munnell.csv (its README names the sources); those of the
cigarettes stay beside the project. The references were maximised to about 1e-8 in rho.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import workbench as wb
from workbench.numerics.likelihoods.information import inverse_information
from workbench.numerics.panels.bias import bias_corrected
from workbench.numerics.panels.information import information
from workbench.numerics.panels.layers import one_layer
from workbench.numerics.panels.likelihood import PanelProblem, fit_panel_likelihood
from workbench.panels.effects import Cells, without_effects

FORMULA = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"
REFERENCE = Path(__file__).parents[1] / "reference" / "panel_spatial_munnell.csv"
ESTIMATES = 2e-7  # absolute: R's optimisers stop there
ERRORS = 2e-7  # relative: they move with the estimates
OPTIMA = 2e-5  # relative: splm's three-parameter searches end that far from the maximum

FIXED = [
    f"{effects}/{model}/{lee_yu}"
    for effects in ("entity", "time", "two-way")
    for model in ("sar", "sdm", "sem", "sdem", "sac")
    for lee_yu in ("none", "transformation")
]


WITH_ERRORS = [
    f"{effects}/{model}/{lee_yu}"
    for effects in ("entity", "time", "two-way")
    for model in ("sar", "sdm")
    for lee_yu in ("none", "transformation")
    if effects == "entity" or lee_yu == "transformation"
]


@pytest.fixture(scope="module")
def numbers():
    found: dict[str, dict[str, float]] = {}
    with REFERENCE.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            found.setdefault(row["case"], {})[row["quantity"]] = float(row["value"])
    return found


def under(case, section):
    prefix = section + "/"
    return {name[len(prefix) :]: v for name, v in case.items() if name.startswith(prefix)}


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("name", FIXED)
def test_fixed_effects(panel, W, numbers, name):
    case, (effects, model, lee_yu) = numbers[name], name.split("/")
    fit = wb.fit(FORMULA, panel, W, model=model, effects=effects, lee_yu=lee_yu)
    expected = under(case, "coef") | {p: case[p] for p in ("rho", "lambda") if p in case}
    assert set(fit.params.index) == set(expected)
    np.testing.assert_allclose(fit.params[list(expected)], list(expected.values()), atol=ESTIMATES)
    assert fit.sigma2 == pytest.approx(case["sigma2"], rel=1e-6)
    assert fit.loglik == pytest.approx(case["loglik"], abs=1e-8)
    assert fit.glance()["nobs_effective"].item() == case["nobs_effective"]
    if "rho" in case:
        impacts = fit.impacts()
        for effect in ("direct", "total"):
            wanted = under(case, effect)
            found = getattr(impacts, effect)[list(wanted)]
            np.testing.assert_allclose(found, list(wanted.values()), atol=ESTIMATES)


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("name", WITH_ERRORS)
def test_standard_errors_of_fixed_effects(panel, W, numbers, name):
    """Not of the direct approach with effects of periods: there the stored information leaves
    the effects of periods in G(Xβ), see the test of that convention below."""
    case, (effects, model, lee_yu) = numbers[name], name.split("/")
    wanted = under(case, "se")
    fit = wb.fit(FORMULA, panel, W, model=model, effects=effects, lee_yu=lee_yu)
    np.testing.assert_allclose(fit.std_errors[list(wanted)], list(wanted.values()), rtol=ERRORS)


@pytest.mark.parametrize("effects", ["entity", "time", "two-way"])
@pytest.mark.parametrize("model", ["sar", "sem"])
def test_direct_approach_is_the_regression_on_dummies(panel, W, numbers, model, effects):
    """spatialreg on all dummies, analytic standard errors: they hold all effects."""
    case = numbers[f"{effects}/{model}/lsdv"]
    fit = wb.fit(FORMULA, panel, W, model=model, effects=effects, lee_yu="none")
    wanted = under(case, "se")
    # spatialreg's search for lambda stops at 1e-5, and the standard errors with it
    relative = ERRORS if model == "sar" else 1e-5
    np.testing.assert_allclose(fit.std_errors[list(wanted)], list(wanted.values()), rtol=relative)
    assert fit.loglik == pytest.approx(case["loglik"], abs=1e-6)


@pytest.mark.parametrize("model", ["sar", "sdm"])
def test_correction_of_effects_of_regions_is_that_of_the_variance(panel, W, numbers, model):
    case = numbers[f"entity/{model}/none"]
    fit = wb.fit(FORMULA, panel, W, model=model, effects="entity", lee_yu="bias-correction")
    assert fit.sigma2 == pytest.approx(case["corrected/sigma2"], rel=1e-7)
    assert fit.params["rho"] == pytest.approx(case["rho"], abs=ESTIMATES)


def _problem(panel, W, *, durbin, effects):
    frame = panel.sort_index()
    y = np.log(frame["gsp"].to_numpy())
    X = np.column_stack([np.log(frame[["pcap", "pc", "emp"]].to_numpy()), frame["unemp"]])
    N, T = 48, 17
    layers = one_layer(W, T)
    X = np.column_stack([X, layers.lag(X)]) if durbin else X
    cells = Cells(np.repeat(np.arange(N), T), np.tile(np.arange(T), N), N, T)
    return PanelProblem(
        y, X, layers, None, lambda columns: without_effects(columns, cells, effects), N * T
    )


@pytest.mark.parametrize("model", ["sar", "sdm"])
def test_stored_information_leaves_effects_of_periods_in_the_spread(panel, W, numbers, model):
    """The stored standard errors and corrections of the direct approach follow exactly once
    G(Xβ) is not cleared of its means of periods: that, and nothing else, is the difference."""
    problem = _problem(panel, W.sparse, durbin=model == "sdm", effects="two-way")
    found = fit_panel_likelihood(problem)
    X = problem.clear(problem.X)
    spread = problem.lag.lag(problem.lag.solve((X @ found.beta)[:, None], found.rho))[:, 0]
    info = information(problem, found.traces, X, spread, sigma2=found.sigma2)
    covariance = inverse_information(info, ["rho"])
    case = numbers[f"two-way/{model}/none"]
    errors = np.sqrt(np.diag(covariance))[:-1]
    stored = [*under(case, "se").values()]
    terms = [*under(case, "se")]
    order = [terms.index(t) for t in (*under(case, "coef"), "rho")]
    np.testing.assert_allclose(errors, np.array(stored)[order], rtol=ERRORS)
    N, T = 48, 17
    shift = np.zeros(len(info))
    shift[-2:] = T / (1 - found.rho), T / (2 * found.sigma2)
    moved = np.array([*found.beta, found.rho, found.sigma2]) + covariance @ shift
    assert moved[-2] == pytest.approx(case["corrected/rho"], abs=ESTIMATES)
    assert moved[-1] * T / (T - 1) == pytest.approx(case["corrected/sigma2"], rel=1e-6)
    np.testing.assert_allclose(
        moved[:-2], [*under(case, "corrected/coef").values()], atol=ESTIMATES
    )
    ours = bias_corrected(problem, found, regions=N, periods=T)
    # the two conventions differ by a twentieth of a standard error of rho
    assert abs(ours.rho - case["corrected/rho"]) < 0.05 * errors[-1]


@pytest.mark.parametrize("model", ["sar", "sem", "sac"])
def test_pooled_models_equal_splm(panel, W, numbers, model):
    case = numbers[f"none/{model}/pooled"]
    fit = wb.fit(FORMULA, panel, W, model=model)
    _equal(fit, case)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("model", "structure"),
    [("sar", None), ("sem", "baltagi"), ("sem", "kkp"), ("sac", "baltagi"), ("sac", "kkp")],
)
def test_random_effects_equal_splm(panel, W, numbers, model, structure):
    """splm's standard errors of β take the others as known, which is right without Wy only."""
    case = numbers[f"random/{model}/{structure or 'none'}"]
    fit = wb.fit(FORMULA, panel, W, model=model, effects="random", random=structure)
    _equal(fit, case)
    assert fit.params["phi"] == pytest.approx(case["phi"], rel=OPTIMA)


def _equal(fit, case):
    expected = under(case, "coef") | {p: case[p] for p in ("rho", "lambda") if p in case}
    np.testing.assert_allclose(
        fit.params[list(expected)], list(expected.values()), rtol=OPTIMA, atol=2e-6
    )
    assert fit.loglik == pytest.approx(case["loglik"], abs=2e-6)
    assert fit.loglik >= case["loglik"] - 1e-8
    assert fit.sigma2 == pytest.approx(case["sigma2"], rel=OPTIMA)
    wanted = under(case, "se")
    if wanted:
        np.testing.assert_allclose(fit.std_errors[list(wanted)], list(wanted.values()), rtol=OPTIMA)


@pytest.fixture(scope="module")
def oracle(shared_reference):
    return json.loads((shared_reference / "55_panel_own_oracle.json").read_text())["cigar"]


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("model", ["sar", "sdm", "sem", "sdem", "sac"])
@pytest.mark.parametrize(
    ("effects", "stored"), [("entity", "individual"), ("time", "time"), ("two-way", "twoways")]
)
def test_cigarettes(cigarettes, oracle, model, effects, stored):
    data, W = cigarettes
    for lee_yu, word in (("none", "FALSE"), ("transformation", "TRUE")):
        case = oracle[f"{stored}|{model}|LY={word}"]
        fit = wb.fit("logc ~ logp + logy", data, W, model=model, effects=effects, lee_yu=lee_yu)
        names = [f"W({n[2:]})" if n.startswith("W_") else n for n in case["names"]]
        np.testing.assert_allclose(fit.params[names], case["b"], atol=ESTIMATES)
        for name in ("rho", "lambda"):
            assert fit.params.get(name, 0.0) == pytest.approx(case[name], abs=ESTIMATES)
        assert fit.loglik == pytest.approx(case["LL"], abs=1e-8)
        if "se_info" in case and (lee_yu == "transformation" or effects == "entity"):
            np.testing.assert_allclose(fit.std_errors[names], case["se_info"], rtol=ERRORS)
