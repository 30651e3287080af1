import numpy as np
import pytest

import workbench as wb
from workbench.errors import InputError
from workbench.numerics.moments.two_stage import two_stage

FORMULA = "log(gsp) ~ log(pc) + log(emp)"


@pytest.fixture(scope="module")
def y1986():
    return wb.load("munnell-1990").xs(1986, level="year")


def test_moments_take_weights_of_regressors(y1986):
    states = wb.load("us-states")
    W, V = wb.weights.queen(states), wb.weights.knn(states, 5)
    fit = wb.fit(FORMULA, y1986, W, model="sdm", W_x=V, method="gmm")
    table = y1986.loc[W.ids]
    x, y = np.log(table[["pc", "emp"]].to_numpy()), np.log(table["gsp"].to_numpy())
    W, V = W.sparse, V.sparse
    own = np.column_stack([np.ones(48), x, V @ x])
    once = W @ own[:, 1:]
    found = two_stage(y, np.column_stack([own, W @ y]), H=np.column_stack([own, once, W @ once]))
    np.testing.assert_allclose(fit.params, found.delta, rtol=1e-8)
    assert fit.weights_x is not None
    dense = np.linalg.inv(np.eye(48) - fit.params["rho"] * W.toarray())
    S = dense @ (fit.params["log(pc)"] * np.eye(48) + fit.params["W(log(pc))"] * V.toarray())
    assert fit.impacts()["log(pc)", "direct"]["estimate"] == pytest.approx(np.trace(S) / 48)
    assert fit.impacts()["log(pc)", "total"]["estimate"] == pytest.approx(S.sum() / 48)


def test_moments_refuse_case_weights(y1986):
    W = wb.weights.queen(wb.load("us-states"))
    with pytest.raises(InputError, match="case_weights"):
        wb.fit(FORMULA, y1986, W, model="sar", method="gmm", case_weights="unemp")


def test_lags_in_the_formula_are_those_of_durbin(y1986):
    W = wb.weights.queen(wb.load("us-states"))
    one = wb.fit(f"{FORMULA} + W(log(pc))", y1986, W, model="sar", method="gmm")
    two = wb.fit(FORMULA, y1986, W, model="sdm", method="gmm", durbin=["log(pc)"])
    np.testing.assert_allclose(one.params, two.params[one.params.index], rtol=1e-10)
