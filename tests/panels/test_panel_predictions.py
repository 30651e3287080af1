"""Predictions of panels by least squares: dummies are the other side; the rest is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import IdError, PanelError

FORMULA = "log(gsp) ~ log(emp) + unemp"


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize(
    ("effects", "dummies"),
    [("none", []), ("entity", ["region"]), ("time", ["year"]), ("two-way", ["region", "year"])],
)
def test_other_regressors_are_predicted_as_by_dummies(panel, effects, dummies):
    fit = wb.fit(FORMULA, panel, effects=effects)
    table = panel.assign(emp=panel["emp"] * 1.1).loc[["US-TX", "US-CA"]]
    blocks = [pd.get_dummies(panel.index.get_level_values(d), dtype=float) for d in dummies]
    D = np.column_stack([np.ones(len(panel)), *(block.to_numpy() for block in blocks)])
    x = np.column_stack([np.log(panel["emp"]), panel["unemp"]])
    b = np.linalg.lstsq(np.column_stack([x, D]), np.log(panel["gsp"]), rcond=None)[0]
    at = panel.index.get_indexer(table.index)
    new = np.column_stack([np.log(table["emp"]), table["unemp"]])
    expected = pd.Series(new @ b[:2] + D[at] @ b[2:], index=table.index)
    found = fit.predict(table.sample(frac=1, random_state=0)).values
    np.testing.assert_allclose(found, expected.loc[found.index], rtol=1e-9)
    np.testing.assert_allclose(fit.predict().values, fit.fitted_values, rtol=1e-12)


def test_lags_of_other_regressors_are_those_of_their_neighbours(panel, W):
    fit = wb.fit(FORMULA, panel, W, model="slx", effects="entity")
    there = panel.index.get_level_values("region") == "US-NV"
    more = panel.assign(unemp=panel["unemp"] + there)
    moved = (fit.predict(more).values - fit.predict().values).xs(1980, level="year")
    dense = pd.DataFrame(W.sparse.toarray(), index=W.ids, columns=W.ids)["US-NV"]
    expected = fit.params["W(unemp)"] * dense
    expected["US-NV"] += fit.params["unemp"]
    np.testing.assert_allclose(moved.loc[W.ids], expected, atol=1e-12)
    with pytest.raises(IdError, match="neighbours") as caught:
        fit.predict(panel.drop("US-NV", level=0))
    assert caught.value.offenders == ("US-NV",)


def test_periods_to_come_and_regions_that_are_new(panel):
    later = panel.rename(index={1986: 1990}, level="year").xs(1990, level="year", drop_level=False)
    found = wb.fit(FORMULA, panel, effects="entity").predict(later)
    same = wb.fit(FORMULA, panel, effects="entity").predict().values.xs(1986, level="year")
    np.testing.assert_allclose(found.values, same, rtol=1e-12)
    with pytest.raises(PanelError, match="1990"):
        wb.fit(FORMULA, panel, effects="two-way").predict(later)
    with pytest.raises(IdError, match="not known") as caught:
        wb.fit(FORMULA, panel, effects="entity").predict(
            later.rename(index={"US-TX": "US-XX"}, level=0)
        )
    assert caught.value.offenders == ("US-XX",)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"effects": "random"}, "random"),
        ({"effects": "first-difference"}, "first-difference"),
        ({"effects": "entity", "family": "poisson"}, "counts"),
        ({"effects": "entity", "model": "sar", "method": "gmm"}, "moments"),
        ({"effects": "entity", "model": "slx", "factors": "cce"}, "shocks"),
        ({"effects": "entity", "absorb": ["year"]}, "absorbed"),
    ],
)
def test_models_without_such_an_expectation_say_why(panel, W, options, said):
    with pytest.raises(PanelError, match="fitted_values") as caught:
        wb.fit(FORMULA.replace("log(gsp)", "gsp"), panel, W, **options).predict()
    assert said in caught.value.found
