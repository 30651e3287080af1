"""Formulas evaluate as numpy does, keep their names, and say what is wrong with them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.expressions import FUNCTIONS, evaluate
from workbench.errors import FormulaError, ValuesError

TABLE = pd.DataFrame({"x": [1.0, 4.0, 9.0], "y": [2.0, 3.0, 5.0]}, index=["a", "b", "c"])


@pytest.mark.parametrize("name", ["log", "exp", "log10", "log2", *FUNCTIONS])
def test_functions_are_numpys(name):
    numpys = getattr(np, {"asinh": "arcsinh"}.get(name, name))
    found = evaluate(f"y ~ {name}(x)", TABLE).regressors[f"{name}(x)"]
    np.testing.assert_array_equal(found, numpys(TABLE["x"]))


def test_terms_are_named_as_written_and_rows_kept():
    found = evaluate("log(y) ~ x + I(x ** 2)", TABLE.assign(y=[0.0, 3.0, np.nan]))
    assert list(found.regressors.columns) == ["Intercept", "x", "I(x ** 2)"]
    assert found.outcome is not None
    assert found.outcome.name == "log(y)"
    assert list(found.outcome.index) == ["a", "b", "c"]
    assert found.variables == ("x", "y")


def test_numbers_stored_as_text_are_no_categories():
    for text in (TABLE.assign(x=["1", "2", "3"]), TABLE.astype(object)):
        with pytest.raises(ValuesError, match=r"pandas.to_numeric\(table\['x'\]\)"):
            evaluate("y ~ x", text.assign(y=TABLE["y"]))
    assert evaluate("y ~ x", TABLE.assign(x=["a", "b", "a"])).regressors.shape == (3, 2)


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("y ~ sqr(x)", "did you mean 'sqrt'"),
        ("y ~ xx", "did you mean 'x'"),
        ("y ~ x +", "write + between terms"),
        ("y ~ x + W(x)", 'model="slx"'),
        ("word ~ x", "pandas.to_numeric"),
        ("y ~ twice", "more than once"),
        ("", "text like"),
    ],
)
def test_faults_are_named(formula, told):
    with pytest.raises(FormulaError) as caught:
        evaluate(
            formula,
            pd.concat([TABLE.assign(word="a", twice=1), TABLE.assign(twice=2)[["twice"]]], axis=1),
        )
    assert told in str(caught.value)
