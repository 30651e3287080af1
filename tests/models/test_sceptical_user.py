"""Promise: odd data give a right number or a refusal by name, whose remedy mends it when pasted.

What is right is known by construction: no variance, parameters that may change places, columns of
no number.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import (
    CollinearityError,
    FormulaError,
    InputError,
    OptionError,
    ValuesError,
)

FORMULA = "y ~ a + b"
SPATIAL = ("sar", "sem", "sac", "sdm", "sdem", "gns")


def lattice(rows, columns):
    row, column = np.divmod(np.arange(rows * columns), columns)
    near = np.abs(row[:, None] - row) + np.abs(column[:, None] - column) == 1
    ids = [f"r{i:02d}" for i in range(rows * columns)]
    return wb.weights.from_matrix(near.astype(float), ids)


@pytest.fixture(scope="module")
def data():
    W, rng = lattice(6, 6), np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(36, 2)), index=W.ids, columns=["a", "b"])
    noise = rng.normal(size=36)
    mean = 1 + 2 * table["a"] - table["b"]
    table["y"] = np.linalg.solve(np.eye(36) - 0.4 * W.sparse.toarray(), mean + noise)
    return table, W


@pytest.mark.parametrize("model", ["ols", "slx", *SPATIAL])
def test_an_outcome_made_of_the_regressors_is_refused(data, model):
    """Its residuals are rounding: standard errors of 1e-17 mean nothing."""
    table, W = data
    for level in (1.0, 1e9):
        made = table.assign(y=level + 2 * table["a"] - table["b"])
        with pytest.raises(ValuesError, match="reproduce exactly") as caught:
            wb.fit(FORMULA, made, W, model=model)
        assert "leave out" in str(caught.value)


@pytest.mark.parametrize("model", ["sar", "sac", "sdm", "gns"])
def test_an_outcome_without_disturbance_is_refused(data, model):
    """y = (I - W/2)^-1 Xb: at rho = 1/2 nothing is left, and the likelihood has no maximum."""
    table, W = data
    A = np.eye(36) - 0.5 * W.sparse.toarray()
    made = table.assign(y=np.linalg.solve(A, 1 + 2 * table["a"] - table["b"]))
    with pytest.raises(ValuesError, match="reproduce exactly"):
        wb.fit(FORMULA, made, W, model=model)


def test_one_degree_of_freedom_and_a_lag_reproduce_any_outcome():
    """With n - k = 1 some rho leaves nothing: an estimate beside it would be a matter of luck."""
    W = lattice(2, 5)
    refused = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        table = pd.DataFrame(rng.normal(size=(10, 9)), index=W.ids, columns=list("abcdefghy"))
        X = np.column_stack([np.ones(10), table[list("abcdefgh")]])
        last = np.linalg.qr(X, mode="complete").Q[:, -1]
        rho = (last @ table["y"]) / (last @ (W.sparse @ table["y"]))
        if -1 < rho < 1:
            refused += 1
            with pytest.raises(ValuesError, match="reproduce exactly"):
                wb.fit("y ~ a + b + c + d + e + f + g + h", table, W, model="sar")
    assert refused > 2


@pytest.mark.parametrize("formula", ["y ~ 1", "y ~ side"])
def test_rho_and_lambda_that_may_change_places_are_refused(data, formula):
    """Where W maps the regressors into themselves, likelihoods at (r, s) and (s, r) are equal."""
    table, _ = data
    ids = table.index
    # two complete groups: the lag of their dummy is a combination of it and the constant
    group = np.repeat([0, 1], 18)
    together = (group[:, None] == group).astype(float) - np.eye(36)
    W = lattice(6, 6) if formula == "y ~ 1" else wb.weights.from_matrix(together, ids)
    table = table.assign(side=group.astype(float))
    with pytest.raises(InputError, match="change places") as caught:
        wb.fit(formula, table, W, model="sac")
    assert 'model="sar"' in str(caught.value)


def test_other_weights_of_the_error_keep_them_in_their_places(data):
    table, W = data
    twice = wb.weights.higher_order(W, 2)
    assert "lambda" in wb.fit("y ~ 1", table, W, model="sac", W_error=twice).params


def test_numbers_and_text_in_one_column_are_told_apart(data):
    table, W = data
    for dtype in (object, str):
        mixed = table.assign(a=table["a"].astype(dtype))
        mixed.loc["r03", "a"] = "n/a"
        with pytest.raises(ValuesError, match="r03") as caught:
            wb.fit(FORMULA, mixed, W, model="sar")
        assert "n/a" in str(caught.value)
        mixed["a"] = pd.to_numeric(mixed["a"], errors="coerce")  # the remedy
        assert wb.fit(FORMULA, mixed, W, model="sar", missing="drop").nobs == 35


def test_codes_that_are_mostly_words_stay_categories(data):
    table, W = data
    codes = table.assign(kind=["north", "south", "7"] * 12)
    assert "kind[T.north]" in wb.fit("y ~ a + kind", codes, W, model="sar").params


def test_columns_of_no_number_are_named(data):
    table, W = data
    columns = {
        "complex": table["a"] + 1j,
        "dates": pd.Series(pd.date_range("2020", periods=36), table.index),
        "spans": pd.Series(pd.to_timedelta(np.arange(36), "D"), table.index),
        "lists": pd.Series([[1]] * 36, table.index),
    }
    for name, column in columns.items():
        with pytest.raises(ValuesError, match=name):
            wb.fit(f"y ~ a + {name}", table.assign(**{name: column}), W)
        with pytest.raises(ValuesError, match=name):
            wb.fit(f"{name} ~ a", table.assign(**{name: column}), W)


@pytest.mark.parametrize("make", [pd.Categorical, list])
def test_a_category_that_never_varies_is_not_dropped_in_silence(data, make):
    table, W = data
    with pytest.raises(ValuesError, match="kind"):
        wb.fit("y ~ a + kind", table.assign(kind=make(["urban"] * 36)), W)


def test_a_category_that_nobody_has_says_how_to_go(data):
    table, W = data
    kind = pd.Categorical(["x", "z"] * 18, categories=["x", "z", "never"])
    table = table.assign(kind=kind)
    with pytest.raises(ValuesError, match="never") as caught:
        wb.fit("y ~ a + kind", table, W)
    assert "remove_unused_categories" in str(caught.value)
    table["kind"] = table["kind"].cat.remove_unused_categories()  # the remedy
    assert wb.fit("y ~ a + kind", table, W).nobs == 36


@pytest.mark.parametrize(
    ("said", "meant"),
    [("SAR", "sar"), ("Sdm", "sdm"), ("lag", "sar"), ("error", "sem"), ("durbin", "sdm"),
     ("sarar", "sac")],
)  # fmt: skip
def test_other_names_of_models_lead_to_ours(data, said, meant):
    with pytest.raises(OptionError, match=f"did you mean '{meant}'"):
        wb.fit(FORMULA, *data, model=said)


def test_arguments_in_the_wrong_order_are_not_printed_whole(data):
    table, W = data
    with pytest.raises(FormulaError) as caught:
        wb.fit(table, FORMULA, W)
    assert "DataFrame" in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_bare_matrix_is_told_how_to_get_its_names(data):
    table, W = data
    matrix = W.sparse.toarray()
    with pytest.raises(InputError, match="from_matrix"):
        wb.fit(FORMULA, table, matrix, model="sar")
    named = wb.weights.from_matrix(matrix, table.index)  # the remedy
    assert wb.fit(FORMULA, table, named, model="sar").nobs == 36


def test_lags_that_repeat_columns_are_spelt_out(data):
    table, W = data
    repeated = table.assign(near=W.sparse @ table["a"].to_numpy())
    with pytest.raises(CollinearityError, match=r"-1\*near \+1\*W\(a\) = 0"):
        wb.fit("y ~ a + near", repeated, W, model="sdm")
    fit = wb.fit("y ~ a + near", repeated, W, model="sdm", durbin=["near"])  # one of the two
    assert "W(near)" in fit.params


def test_standard_errors_of_draws_near_the_end_of_rho_are_not_to_be_trusted(labelled_case):
    """Columbus GNS: rho is 0.7 standard errors from 1, where impacts of draws have no variance."""
    case = labelled_case("oldcol")
    gns = wb.fit(case.formula, case.table, case.W, model="gns")
    assert any("read the interval" in note for note in gns.impacts(method="monte-carlo").notes)
    sar = wb.fit(case.formula, case.table, case.W, model="sar")  # 4.8 standard errors away
    assert not any("read the interval" in note for note in sar.impacts(method="monte-carlo").notes)


def test_text_in_a_new_table_is_named_by_its_regions(data):
    table, W = data
    fit = wb.fit(FORMULA, table, W)
    new = table.iloc[:3].drop(columns="y").set_axis(["n1", "n2", "n3"], axis=0)
    with pytest.raises(ValuesError, match="n2") as caught:
        fit.predict(new.astype({"a": object}).assign(a=[1.0, "x", 2.0]))
    assert "n1" not in str(caught.value)
    text = new.assign(a=new["a"].astype(str))
    with pytest.raises(ValuesError, match="to_numeric"):
        fit.predict(text)
    text["a"] = pd.to_numeric(text["a"])  # the remedy
    assert len(fit.predict(text).values) == 3


@pytest.mark.parametrize("formula", ["y ~ a**2", "y ~ b + log(exp(a))^2", "y ~ `a` ** 2"])
def test_a_power_that_formulas_do_not_mean_is_refused(data, formula):
    """In formulas a**2 is a and its interactions: a alone. The square is I(a**2)."""
    with pytest.raises(FormulaError, match=r"I\(") as caught:
        wb.fit(formula, *data)
    assert "I(" in str(caught.value)


def test_powers_that_formulas_mean_are_taken(data):
    table, W = data
    square = wb.fit("y ~ a + I(a**2)", table, W)
    assert "I(a ** 2)" in square.params
    assert "a:b" in wb.fit("y ~ (a + b)**2", table, W).params


@pytest.mark.parametrize("unit", [1e-160, 1e160])
@pytest.mark.parametrize("column", ["a", "y"])
def test_numbers_whose_squares_cannot_be_held_are_refused(data, column, unit):
    table, W = data
    odd = table.assign(**{column: table[column] * unit})
    with pytest.raises(ValuesError, match=f"{column}: expected values whose squares") as caught:
        wb.fit(FORMULA, odd, W, model="sdm")
    assert f"table['{column}'] /" in str(caught.value)
    odd[column] /= unit  # the remedy
    assert wb.fit(FORMULA, odd, W, model="sdm").nobs == 36
