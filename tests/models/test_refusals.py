"""Bad input never yields a number; the message says what, where and the way out."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench.errors import (
    CollinearityError,
    FormulaError,
    IdError,
    InputError,
    OptionError,
    PanelError,
    ValuesError,
)


def refusal(error, columbus, formula=None, *, table=None, W="own", **options):
    W = columbus.W if isinstance(W, str) else W
    with pytest.raises(error) as caught:
        wb.fit(
            formula or columbus.formula, columbus.table if table is None else table, W, **options
        )
    return str(caught.value)


def test_misspelt_column_gets_the_nearest(columbus):
    text = refusal(FormulaError, columbus, "CRIME ~ INCOME + HOVAL")
    assert "'INCOME'" in text
    assert "did you mean 'INC'?" in text


def test_unknown_function_is_named(columbus):
    assert "functions" in refusal(FormulaError, columbus, "CRIME ~ logg(INC)")


def test_unreadable_formula_shows_how(columbus):
    assert "log(patents) ~" in refusal(FormulaError, columbus, "CRIME ~ INC +")
    assert "an outcome on the left" in refusal(FormulaError, columbus, "INC + HOVAL")


def test_unknown_model_gets_the_nearest(columbus):
    assert "did you mean 'sdm'?" in refusal(OptionError, columbus, model="sdmm")


def test_missing_value_is_named_with_its_region(columbus):
    table = columbus.table.copy()
    region = table.index[3]
    table.loc[region, "INC"] = np.nan
    text = refusal(ValuesError, columbus, table=table)
    assert f"INC at {region}" in text
    assert 'missing="drop"' in text


def test_dropping_says_who_and_restricts_the_weights(columbus):
    table = columbus.table.copy()
    region = table.index[3]
    table.loc[region, "INC"] = np.nan
    fit = wb.fit(columbus.formula, table, columbus.W, model="sar", missing="drop")
    assert fit.nobs == 48
    assert any(region in note for note in fit.notes)
    assert "restricted from 49 to 48" in fit.notes[-1]
    expected = wb.fit(
        columbus.formula, table.drop(region), columbus.W.restrict(table.index.drop(region)),
        model="sar",
    )  # fmt: skip
    np.testing.assert_array_equal(fit.params, expected.params)


def test_logarithm_of_zero_is_named(columbus):
    table = columbus.table.copy()
    table.loc[table.index[5], "INC"] = 0.0
    text = refusal(ValuesError, columbus, "CRIME ~ log(INC)", table=table)
    assert "log(INC)" in text
    assert str(table.index[5]) in text
    assert "log(1 + x)" in text


def test_infinite_value_is_refused(columbus):
    table = columbus.table.copy()
    table.loc[table.index[5], "CRIME"] = np.inf
    assert str(table.index[5]) in refusal(ValuesError, columbus, table=table)


def test_constant_outcome_is_refused(columbus):
    assert "vary" in refusal(ValuesError, columbus, table=columbus.table.assign(CRIME=3.0))


def test_collinear_columns_are_spelt_out(columbus):
    table = columbus.table.assign(both=columbus.table["INC"] + columbus.table["HOVAL"])
    text = refusal(CollinearityError, columbus, "CRIME ~ INC + HOVAL + both", table=table)
    assert "= 0" in text
    for name in ("INC", "HOVAL", "both"):
        assert name in text


def test_constant_regressor_is_collinear_with_the_intercept(columbus):
    table = columbus.table.assign(one=7.0)
    assert "Intercept" in refusal(CollinearityError, columbus, "CRIME ~ INC + one", table=table)


def test_more_coefficients_than_regions_is_refused(columbus):
    few = columbus.table.head(3)
    W = columbus.W.restrict(few.index) if not columbus.W.islands else None
    assert "fewer coefficients" in refusal(InputError, columbus, table=few, W=W)


def test_unmatched_regions_are_named_on_both_sides(columbus):
    gone = columbus.table.index[0]
    table = columbus.table.drop(gone).rename(index={columbus.table.index[1]: "elsewhere"})
    text = refusal(IdError, columbus, table=table, model="sar")
    assert "elsewhere" in text
    assert str(gone) in text
    assert 'align="intersection"' in text


def test_intersection_restricts_and_says_so(columbus):
    gone = columbus.table.index[0]
    fit = wb.fit(
        columbus.formula, columbus.table.drop(gone), columbus.W, model="sar", align="intersection"
    )
    assert fit.nobs == 48
    assert str(gone) in fit.notes[0]
    np.testing.assert_allclose(np.asarray(fit.weights.sparse.sum(axis=1)).ravel(), 1.0)


def test_duplicated_regions_are_named(columbus):
    import pandas as pd

    table = pd.concat([columbus.table, columbus.table.head(1)])
    assert str(columbus.table.index[0]) in refusal(IdError, columbus, table=table)


def test_spatial_model_without_weights_says_what_to_pass(columbus):
    assert "wb.weights.queen(regions)" in refusal(InputError, columbus, W=None, model="sdm")


def test_effects_need_a_panel(columbus):
    assert 'set_index(["region", "year"])' in refusal(PanelError, columbus, effects="entity")


def test_covariance_that_does_not_fit_the_model_is_refused(columbus):
    assert "'classical'" in refusal(InputError, columbus, model="sar", covariance="robust")


def test_table_that_is_no_table(columbus):
    assert "DataFrame" in refusal(InputError, columbus, table=[1, 2, 3])


def test_impacts_and_tests_that_are_not_there_get_the_nearest(columbus):
    fit = wb.fit(columbus.formula, columbus.table, columbus.W, model="sar")
    with pytest.raises(OptionError, match="did you mean 'INC'"):
        fit.impacts()["INCC", "direct"]
    with pytest.raises(OptionError, match="did you mean 'LM remaining error'"):
        fit.diagnostics()["LM remaining eror"]


def test_tests_that_do_not_apply_say_why(columbus):
    found = wb.fit(columbus.formula, columbus.table).diagnostics()
    assert not found["LM lag"].applicable
    assert "without weights" in str(found["LM lag"])
