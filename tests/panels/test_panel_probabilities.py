"""Probabilities of panels are those of the transformed cross-section, and find the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import workbench as wb
from workbench.errors import InputError, OptionError, PanelError
from workbench.numerics.likelihoods.marginal import Form, Prior, log_marginal
from workbench.numerics.panels.marginal import log_panel_marginal
from workbench.panels import model_probabilities
from workbench.panels.testing.lag_error_problem import transformed_problem

from .spatial_panels import drawn, lattice, transformed

FORMS = {"ols": Form(), "sar": Form(lag=True), "sem": Form(error=True), "sac": Form(True, True)}


@pytest.fixture(scope="module")
def W():
    return lattice(7)


def test_marginal_likelihoods_are_those_of_the_transformed_cross_section():
    """Effects of regions: T − 1 contrasts over time of one W, on which cross-sections are exact."""
    W = lattice(4)
    data = drawn(W, 4, 2, rho=0.3, mu=1.0)
    y, X, big = transformed(data, W, 4, "entity")
    found = model_probabilities("y ~ x", data, W, effects="entity", models=list(FORMS))
    assert found.g == len(y)
    for model, form in FORMS.items():
        expected = log_marginal(
            y, X, form=form, prior=Prior(found.g), constant=False, W=sparse.csr_array(big)
        )
        assert found.table.loc[model, "log_marginal"] == pytest.approx(expected, abs=1e-5)


def test_effects_of_periods_take_the_constant_out_of_the_determinant():
    """Dense: log|I − ρW| on contrasts over regions, integrated by Gauss and Legendre."""
    W = lattice(4)
    data = drawn(W, 4, 2, rho=0.3, mu=1.0, years=1.0)
    y, X, big = transformed(data, W, 4, "two-way")
    nodes, shares = np.polynomial.legendre.leggauss(80)
    low = 1 / np.linalg.eigvals(W.sparse.toarray()).real.min()
    rhos = low + (nodes + 1) * (1 - low) / 2
    logs = []
    for rho in rhos:
        z = y - rho * big @ y
        sse = np.sum((z - X @ np.linalg.lstsq(X, z, rcond=None)[0]) ** 2)
        logs.append(
            np.linalg.slogdet(np.eye(len(y)) - rho * big)[1]
            - 0.5 * np.log1p(50.0)
            - 0.5 * len(y) * np.log((50 * sse + z @ z) / 51)
        )
    expected = np.log(np.sum(shares * np.exp(np.array(logs) - max(logs))) / 2) + max(logs)
    problem = transformed_problem(wb.fit("y ~ x", data, W, effects="two-way"))
    lag = type(problem)(**{n: getattr(problem, n) for n in problem.__slots__} | {"error": None})
    found = log_panel_marginal(lag, prior=Prior(50.0), constant=False)
    assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("truth", "there"),
    [
        ("slx", {"theta": 1.0}),
        ("sar", {"rho": 0.5}),
        ("sem", {"lam": 0.6}),
        ("sdm", {"rho": 0.5, "theta": 1.0}),
        ("sdem", {"lam": 0.6, "theta": 1.0}),
    ],
)
def test_the_truth_is_the_most_probable(W, truth, there):
    found = model_probabilities("y ~ x", drawn(W, 6, 3, mu=1.0, years=1.0, **there), W)
    assert found.table["probability"].idxmax() == truth
    assert found.table["probability"].sum() == pytest.approx(1)


@pytest.mark.slow
def test_the_weights_that_made_the_data_are_found(W):
    others = wb.weights.from_matrix(np.roll(W.sparse.toarray(), 11, (0, 1)), ids=W.ids)
    data = drawn(W, 6, 3, mu=1.0, rho=0.4)
    found = model_probabilities("y ~ x", data, {"rook": W, "other": others}, effects="entity")
    assert found.by_weights()["rook"] > 0.99
    assert found.by_model().idxmax() == "sar"


def test_weak_data_cannot_tell():
    found = model_probabilities("y ~ x", drawn(lattice(4), 2, 1), lattice(4), effects="time")
    assert found.model is None
    assert found.answer.startswith("The data cannot tell")


def test_wrong_requests_are_refused(W):
    data = drawn(W, 3, 1)
    with pytest.raises(PanelError, match="random"):
        model_probabilities("y ~ x", data, W, effects="random")
    with pytest.raises(OptionError, match="different model words"):
        model_probabilities("y ~ x", data, W, models=["sar", "sar"])
    with pytest.raises(InputError, match="by period"):
        model_probabilities("y ~ x", data, {2000 + t: W for t in range(3)})
    with pytest.raises(InputError, match="one or more weights"):
        model_probabilities("y ~ x", data, {})
