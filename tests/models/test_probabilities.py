"""Promise: posterior probabilities of models and of weights find what made the data."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.errors import IdError, InputError, OptionError
from workbench.models import weights_probabilities
from workbench.numerics.likelihoods.marginal import Form, Prior, log_marginal
from workbench.typing import Model, words

SIDE = 18
TRUTHS = {
    "ols": (0.0, 0.0, 0.0),
    "slx": (0.0, 1.0, 0.0),
    "sar": (0.5, 0.0, 0.0),
    "sem": (0.0, 0.0, 0.6),
    "sdm": (0.5, 1.0, 0.0),
    "sdem": (0.0, 1.0, 0.6),
}


@pytest.fixture(scope="module")
def lattices():
    """Rook and bishop neighbours on one grid: two W without a common link."""
    i = np.arange(SIDE * SIDE)
    row, column = i // SIDE, i % SIDE
    high, wide = (np.abs(v[:, None] - v) for v in (row, column))
    ids = [f"r{k:03d}" for k in i]
    return {
        name: wb.weights.from_matrix(
            sparse.csr_array(links.astype(float)), ids=ids, normalize="row"
        )
        for name, links in {"rook": high + wide == 1, "bishop": (high == 1) & (wide == 1)}.items()
    }


def drawn(W, rho, theta, lam, *, seed=5):
    n = W.n
    x, e = np.random.default_rng(seed).standard_normal((2, n))
    M = W.sparse.toarray()
    u = np.linalg.solve(np.eye(n) - lam * M, e)
    y = np.linalg.solve(np.eye(n) - rho * M, 1 + x + theta * M @ x + u)
    return pd.DataFrame({"y": y, "x": x}, index=W.ids)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("truth", TRUTHS)
def test_the_truth_has_the_largest_probability_in_strong_data(lattices, truth):
    W = lattices["rook"]
    table = drawn(W, *TRUTHS[truth])
    found = wb.ladder("y ~ x", table, W, models=list(TRUTHS)).marginal()
    assert found.table["probability"].idxmax() == truth
    assert found.table["probability"].sum() == pytest.approx(1)
    assert found.sensitivity.sum(axis=1).to_numpy() == pytest.approx(1)
    assert set(found.table.columns) <= set(GLOSSARY)
    assert found.g == W.n  # max(n, q^2) with q = 2


def test_rows_are_the_kernels_numbers_whatever_the_place_of_the_constant(columbus):
    steps = wb.ladder(columbus.formula, columbus.table, columbus.W)
    found = steps.marginal(g=20.0)
    assert list(found.table.index) == list(words(Model))
    table, W = columbus.table.sort_index(), columbus.W.sparse
    X = np.column_stack([np.ones(49), table[["INC", "HOVAL"]]])
    Z = np.column_stack([X, W @ X[:, 1:]])
    for model, matrix, form in (
        ("ols", X, Form()),
        ("sac", X, Form(lag=True, error=True)),
        ("sdm", Z, Form(lag=True)),
        ("gns", Z, Form(lag=True, error=True)),
    ):
        expected = log_marginal(
            table["CRIME"], matrix, form=form, prior=Prior(20.0), constant=True, W=W
        )
        assert found.table["log_marginal"][model] == pytest.approx(expected, abs=1e-9)


def test_range_over_priors_holds_the_probability(columbus):
    found = wb.ladder(columbus.formula, columbus.table, columbus.W).marginal()
    low, own, high = (found.table[f"probability{w}"] for w in ("_low", "", "_high"))
    assert (low <= own).all()
    assert (own <= high).all()
    assert "cannot tell" in found.answer
    assert found.model is None
    assert "Prior: slopes normal" in str(found)
    assert "<table" in found._repr_html_()


@pytest.mark.slow
@pytest.mark.parametrize("truth", ["sar", "sdem"])
@pytest.mark.parametrize("name", ["rook", "bishop"])
def test_weights_that_made_the_data_are_found(lattices, truth, name):
    table = drawn(lattices[name], *TRUTHS[truth])
    found = weights_probabilities("y ~ x", table.sample(frac=1, random_state=1), lattices)
    assert found.table["probability"].sum() == pytest.approx(1)
    assert found.by_weights()[name] > 0.99
    assert found.by_model().idxmax() == truth
    assert found.table["probability"].idxmax() == (name, truth)
    assert f"{truth} with {name}" in found.answer


def test_weights_and_models_are_checked(lattices):
    table = drawn(lattices["rook"], 0.5, 0.0, 0.0)
    alone = weights_probabilities("y ~ x", table, list(lattices.values()), models=["ols", "sar"])
    assert alone.table.index.tolist() == [("none", "ols"), ("W1", "sar"), ("W2", "sar")]
    part = lattices["bishop"].restrict(table.index[:-1])
    both = {"rook": lattices["rook"], "part": part}
    with pytest.raises(IdError, match="r323"):
        weights_probabilities("y ~ x", table, both, align="intersection")
    with pytest.raises(InputError, match="none"):
        weights_probabilities("y ~ x", table, {})
    for models in ((), "sar", ("sar", "sar"), ("sra",)):
        with pytest.raises(OptionError):
            weights_probabilities("y ~ x", table, lattices, models=models)
    with pytest.raises(InputError, match="g"):
        weights_probabilities("y ~ x", table, lattices, models=["sar"], g=0.0)
    with pytest.raises(InputError, match="models of one W"):
        wb.ladder("y ~ x", table, lattices["rook"], models=["ols", "slx"]).marginal().by_weights()


def test_sensitivity_has_the_priors_that_it_names(columbus):
    found = wb.ladder(columbus.formula, columbus.table, columbus.W, models=["ols", "sar"])
    table, W = columbus.table.sort_index(), columbus.W.sparse
    X = np.column_stack([np.ones(49), table[["INC", "HOVAL"]]])
    priors = (Prior(49.0), Prior(4.9), Prior(490.0), Prior(49.0, shape=2.0))
    for row, prior in zip(found.marginal().sensitivity["sar"], priors, strict=True):
        log = [
            log_marginal(table["CRIME"], X, form=form, prior=prior, constant=True, W=W)
            for form in (Form(), Form(lag=True))
        ]
        assert row == pytest.approx(1 / (1 + np.exp(log[0] - log[1])), rel=1e-9)
