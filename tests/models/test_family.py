"""Promise: the whole family stands behind one door, with any regressors lagged."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import InputError, OptionError

FILE = Path(__file__).parents[1] / "reference" / "cross_section_two_parameters.csv"


@pytest.fixture(scope="module")
def states():
    regions = wb.load("us-states")
    panel = wb.load("munnell-1990")
    return panel.xs(1986, level="year"), wb.weights.queen(regions), wb.weights.knn(regions, 5)


FORMULA = "log(gsp) ~ log(pc) + log(emp)"


@pytest.mark.parametrize("model", ["sac", "sdem", "gns"])
def test_every_model_answers_in_the_common_vocabulary(states, model):
    y, W, _ = states
    fit = wb.fit(FORMULA, y, W, model=model)
    spatial = {"sac": ["rho", "lambda"], "sdem": ["lambda"], "gns": ["rho", "lambda"]}[model]
    assert list(fit.params.index[-len(spatial) :]) == spatial
    assert fit.tidy().columns[0] == "estimate"
    assert fit.impacts().total.index.tolist() == ["log(pc)", "log(emp)"]
    assert np.isfinite(fit.impacts().tidy().to_numpy(dtype=float)).all()
    assert not fit.diagnostics()["LM remaining error"].applicable
    shuffled = wb.fit(FORMULA, y.sample(frac=1, random_state=1), W, model=model)
    pd.testing.assert_frame_equal(fit.tidy(), shuffled.tidy(), check_exact=True)


def test_likelihoods_are_nested(states):
    y, W, _ = states
    value = {m: wb.fit(FORMULA, y, W, model=m).loglik for m in (
        "ols", "slx", "sar", "sem", "sac", "sdm", "sdem", "gns")}  # fmt: skip
    for small, large in [
        ("ols", "sar"), ("ols", "sem"), ("sar", "sac"), ("sem", "sac"), ("slx", "sdm"),
        ("slx", "sdem"), ("sdm", "gns"), ("sdem", "gns"), ("sac", "gns"), ("sem", "sdm"),
    ]:  # fmt: skip
        assert value[large] >= value[small] - 1e-9


def test_other_weights_of_the_error_enter(states):
    y, W, K = states
    own = wb.fit(FORMULA, y, W, model="sem")
    other = wb.fit(FORMULA, y, W, model="sem", W_error=K)
    alone = wb.fit(FORMULA, y, K, model="sem")
    assert own.loglik != other.loglik
    assert other.params["lambda"] == alone.params["lambda"]
    assert K.digest in other.provenance.options["W_error"]
    both = wb.fit(FORMULA, y, W, model="sac", W_error=K)
    assert both.loglik >= max(wb.fit(FORMULA, y, W, model="sar").loglik, other.loglik) - 1e-9


def test_a_subset_of_regressors_is_lagged(states):
    y, W, _ = states
    fit = wb.fit(FORMULA, y, W, model="sdm", durbin=["log(pc)"])
    assert [t for t in fit.params.index if t.startswith("W(")] == ["W(log(pc))"]
    assert fit.provenance.options["durbin"] == "log(pc)"
    impacts = fit.impacts().tidy()
    rho, b = fit.params["rho"], fit.params["log(emp)"]
    # rows of W sum to one: the total impact of a term that is not lagged is b / (1 - rho)
    assert impacts.loc[("log(emp)", "total"), "estimate"] == pytest.approx(b / (1 - rho))


def test_choices_that_do_not_fit_are_refused(states):
    y, W, K = states
    with pytest.raises(InputError, match="did you mean 'log\\(pc\\)'"):
        wb.fit(FORMULA, y, W, model="sdm", durbin=["log(pp)"])
    with pytest.raises(InputError, match="no spatially lagged regressors"):
        wb.fit(FORMULA, y, W, model="sar", durbin=["log(pc)"])
    with pytest.raises(InputError, match="spatial error"):
        wb.fit(FORMULA, y, W, model="sar", W_error=K)
    with pytest.raises(InputError, match="'classical' or 'qml'"):
        wb.fit(FORMULA, y, W, model="gns", covariance="robust")
    with pytest.raises(OptionError, match="did you mean 'sac'"):
        wb.fit(FORMULA, y, W, model="sacx")
    with pytest.raises(InputError, match="US-WY"):
        wb.fit(FORMULA, y, W, model="sac", W_error=K.restrict(K.ids.drop("US-WY")))
    with pytest.raises(InputError, match="did you mean 'log\\(pc\\)'"):
        wb.fit(FORMULA, wb.load("munnell-1990"), W, model="slx", durbin=["log(pp)"])


@pytest.mark.parametrize(("word", "model"), [("sdm_partial", "sdm"), ("sdem_partial", "sdem")])
def test_partial_durbin_models_agree_with_spatialreg(reference_case, word, model):
    case = reference_case("oldcol")
    with FILE.open(encoding="utf-8", newline="") as file:
        numbers = {
            r["quantity"].removeprefix(f"{word}/"): float(r["value"])
            for r in csv.DictReader(file)
            if r["case"] == "oldcol" and r["quantity"].startswith(f"{word}/")
        }
    lagged = [k.removeprefix("coef/lag.") for k in numbers if k.startswith("coef/lag.")]
    table = pd.DataFrame(case.table, index=pd.Index(case.ids))
    W = wb.weights.from_matrix(case.W, ids=case.ids, normalize="none")
    fit = wb.fit("CRIME ~ INC + HOVAL", table, W, model=model, durbin=lagged)
    assert fit.loglik == pytest.approx(numbers["LL"], abs=1e-8)
    for term, value in numbers.items():
        if term.startswith("coef/") and "Intercept" not in term:
            name = term.removeprefix("coef/")
            ours = f"W({name.removeprefix('lag.')})" if name.startswith("lag.") else name
            assert fit.params[ours] == pytest.approx(value, rel=2e-6)
