"""Tests of error components equal splm's, are scores of the dense normal density, keep their size.

Numbers: tests/reference/panel_spatial_tests.csv, whose README names the calls.
"""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import workbench as wb
from workbench.errors import PanelError
from workbench.numerics.panels.component_fit import (
    fit_effects,
    fit_effects_and_error,
    fit_spatial_error,
)
from workbench.numerics.panels.components import Components, component_score
from workbench.numerics.sparse.matrices import as_weights
from workbench.panels import component_tests

from .spatial_panels import drawn, lattice

FORMULA = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"
REFERENCE = Path(__file__).parents[1] / "reference" / "panel_spatial_tests.csv"
OPTIMA = 1e-4  # relative: splm's searches in two parameters end that far from the maximum


@pytest.fixture(scope="module")
def numbers():
    with REFERENCE.open(encoding="utf-8", newline="") as handle:
        return {row["quantity"]: float(row["value"]) for row in csv.DictReader(handle)}


@pytest.fixture(scope="module")
def munnell():
    W = wb.weights.queen(wb.load("us-states"))
    return wb.fit(FORMULA, wb.load("munnell-1990"), W)


@pytest.fixture(scope="module")
def found(munnell):
    return component_tests(munnell)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", ["BSK LMH", "BSK LM1", "BSK LM2", "BSJK J"])
def test_closed_forms_are_those_of_splm(found, numbers, name):
    assert found[name].statistic == pytest.approx(numbers[name], rel=1e-9)


@pytest.mark.parametrize("name", ["BSK CLM lambda", "BSK CLM mu"])
def test_conditional_tests_are_those_of_splm(found, numbers, name):
    assert found[name].statistic == pytest.approx(numbers[name], rel=1e-6)


def test_cigarettes(cigarettes, shared_reference):
    """splm on Baltagi's cigarette panel, which stays beside the project."""
    table, W = cigarettes
    found = component_tests(wb.fit("logc ~ logp + logy", table, W))
    stored = json.loads((shared_reference / "52_panel_splm_gm_tests.json").read_text())["cigar"]
    for name, call in (
        ("BSK LMH", "bsktest_LMH"),
        ("BSK LM1", "bsktest_LM1"),
        ("BSK LM2", "bsktest_LM2"),
        ("BSK CLM lambda", "bsktest_CLMlambda"),
        ("BSK CLM mu", "bsktest_CLMmu"),
        ("BSJK J", "bsjktest_J"),
    ):
        (expected,) = stored[call]["statistic"].values()
        assert found[name].statistic == pytest.approx(expected, rel=1e-6)


def test_serial_tests_are_those_of_splm_at_its_variance(munnell, numbers):
    y, X, W = munnell.design.y, munnell.design.X, as_weights(munnell.weights.sparse)
    for name, fit, tested, beside in (
        ("splm/C.1", fit_effects(y, X, N=48, serial=True), "lambda", ("mu", "psi")),
        ("splm/C.2", fit_effects_and_error(y, X, W=W), "psi", ("mu", "lambda")),
    ):
        u, at = fit
        phi = at.mu / at.sigma2
        theirs = float(u @ u) / u.size / (1 + phi)
        score = component_score(u, replace(at, sigma2=theirs, mu=phi * theirs), W=W)
        assert score.signed(tested, beside=beside) ** 2 == pytest.approx(numbers[name], rel=OPTIMA)


def covariance(at, W, T):
    B = np.eye(len(W)) - at.lambda_ * W
    V = at.psi ** np.abs(np.subtract.outer(np.arange(T), np.arange(T))) / (1 - at.psi**2)
    space = np.linalg.inv(B.T @ B)
    return at.mu * np.kron(np.eye(len(W)), np.ones((T, T))) + at.sigma2 * np.kron(space, V)


@pytest.mark.parametrize("mu", [0.0, 0.7])
def test_score_and_information_are_those_of_the_dense_density(mu):
    """Central differences of the log density, and ½ tr Ω⁻¹Ω_aΩ⁻¹Ω_b of dense matrices."""
    random = np.random.default_rng(4)
    W = np.where(random.random((5, 5)) < 0.6, random.random((5, 5)), 0.0)
    np.fill_diagonal(W, 0.0)
    W /= W.sum(axis=1, keepdims=True)
    at, T, h = Components(1.3, mu, 0.4, 0.3), 4, 1e-5
    u = random.standard_normal(20)
    names = ("sigma2", "mu", "psi", "lambda_")
    scores, slopes = [], []
    for name in names:
        two = [replace(at, **{name: getattr(at, name) + s * h}) for s in (1, -1)]
        up, down = (covariance(point, W, T) for point in two)
        density = [stats.multivariate_normal(np.zeros(20), S).logpdf(u) for S in (up, down)]
        scores.append((density[0] - density[1]) / (2 * h))
        slopes.append((up - down) / (2 * h))
    inverse = np.linalg.inv(covariance(at, W, T))
    info = [[0.5 * np.trace(inverse @ a @ inverse @ b) for b in slopes] for a in slopes]
    ours = component_score(u, at, W=as_weights(W))
    np.testing.assert_allclose(ours.score, scores, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(ours.information, info, rtol=1e-7, atol=1e-9)


def test_restricted_estimates_have_no_slope_left():
    W = lattice(5)
    w = as_weights(W.sparse)
    data = drawn(W, 6, 3, mu=0.8, psi=0.4, lam=0.4)
    y, X = data["y"].to_numpy(), np.column_stack([np.ones(150), data["x"]])
    cases = [
        (fit_effects(y, X, N=25, serial=True), [0, 1, 2]),
        (fit_spatial_error(y, X, W=w, serial=True), [0, 2, 3]),
        (fit_effects_and_error(y, X, W=w), [0, 1, 3]),
    ]
    for (u, at), free in cases:
        found = component_score(u, at, W=w)
        scaled = found.score[free] / np.sqrt(np.diag(found.information)[free])
        np.testing.assert_allclose(scaled, 0.0, atol=1e-4)


def test_serial_correlation_close_to_one_is_found(munnell):
    """splm (spreml, errors "semsr"): psi 0.990521, log-likelihood 2022.84870. A scan that ends
    before leaves a slope, and C.3 ten times as large."""
    y, X, W = munnell.design.y, munnell.design.X, as_weights(munnell.weights.sparse)
    u, at = fit_spatial_error(y, X, W=W, serial=True)
    assert at.psi == pytest.approx(0.990521197740828, abs=1e-7)
    found = component_score(u, at, W=W)
    assert abs(found.score[2]) < 1e-3 * np.sqrt(found.information[2, 2])


@pytest.mark.slow
def test_size_beside_the_other_component():
    """40 panels of 25 regions at 5 %: 7 or more rejections of one test have probability 0.3 %."""
    W = lattice(5)
    w, counts = as_weights(W.sparse), np.zeros(4, dtype=int)
    for seed in range(40):
        X = np.ones((100, 2))
        data = drawn(W, 4, seed, mu=0.6)
        y, X[:, 1] = data["y"].to_numpy(), data["x"]
        u, at = fit_effects(y, X, N=25, serial=False)
        counts[0] += abs(component_score(u, at, W=w).signed("lambda", beside=("mu",))) > 1.96
        u, at = fit_effects_and_error(y, X, W=w)
        beside = ("mu", "lambda") if at.mu > 0 else ("lambda",)
        counts[1] += abs(component_score(u, at, W=w).signed("psi", beside=beside)) > 1.96
        data = drawn(W, 4, seed, lam=0.4)
        y, X[:, 1] = data["y"].to_numpy(), data["x"]
        u, at = fit_spatial_error(y, X, W=w, serial=False)
        score = component_score(u, at, W=w).signed("mu", beside=("lambda",))
        counts[2:] += score > 1.645, score < -1.645
    assert counts.max() <= 6, counts


@pytest.mark.slow
def test_power():
    W = lattice(6)
    tests = component_tests(wb.fit("y ~ x", drawn(W, 6, 1, mu=1.0, lam=0.6, psi=0.5), W))
    assert all(test.p_value < 0.01 for name, test in tests.items() if name != "BSJK C.3")
    alone = component_tests(wb.fit("y ~ x", drawn(W, 6, 1, mu=2.0, lam=0.6, psi=0.2), W))
    assert alone["BSJK C.3"].p_value < 0.01


@pytest.mark.slow
def test_order_of_rows_and_wrong_models():
    W = lattice(4)
    data = drawn(W, 4, 2)
    one, two = (
        component_tests(wb.fit("y ~ x", table, W))
        for table in (data, data.sample(frac=1, random_state=1))
    )
    assert [t.statistic for t in one.values()] == [t.statistic for t in two.values()]
    for fit in (wb.fit("y ~ x", data, W, effects="entity"), wb.fit("y ~ x", data)):
        with pytest.raises(PanelError, match="pooled panel"):
            component_tests(fit)
