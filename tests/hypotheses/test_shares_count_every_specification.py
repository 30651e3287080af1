"""Shares of a curve: every specification is counted once, with its denominator."""

from inspect import signature
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tests.hypotheses.curves import HYPOTHESIS, curve_of, grid
from workbench.errors import UnknownNameError, ValuesError
from workbench.hypotheses.curve.attribution import attribution_of
from workbench.hypotheses.curve.inference import curve_test
from workbench.hypotheses.curve.influence import influence_of
from workbench.hypotheses.curve.result import SpecificationCurve
from workbench.hypotheses.curve.shares import COUNTED, shares_of


@pytest.fixture
def curve():
    table = grid(weights=["queen", "knn"], model=["slx", "sdm", "ols"], covariance=["HC1", "HC3"])
    table["estimate"] = [3, 3, 1, 1, 9, 9, -3, -3, -1, -1, 0, 0]
    table["std_error"] = [1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, np.nan]
    table["status"] = "estimated"
    table.loc[[4, 5], "status"] = "not applicable"
    table.loc[10, "status"] = "failed"
    return curve_of(table)


def test_counts_by_hand(curve):
    whole = shares_of(curve).overall
    assert whole[["specifications", "estimated", "not_applicable", "failed"]].tolist() == [
        12, 9, 2, 1,
    ]  # fmt: skip
    signs = ["positive", "positive_significant", "negative", "negative_significant"]
    assert whole[signs].tolist() == [4, 1, 4, 1]  # one estimate is zero and has no sign
    assert whole[["supported", "contradicted", "cannot_tell"]].tolist() == [1, 1, 7]
    assert whole["estimates"] == 5
    values = [3, 3, 1, 1, -3, -3, -1, -1, 0]
    assert whole["median"] == np.median(values)
    assert (
        whole[["quartile_low", "quartile_high"]].tolist()
        == np.quantile(values, [0.25, 0.75]).tolist()
    )
    assert whole[["smallest", "largest"]].tolist() == [-3, 3]


def test_signs_are_about_the_value_of_the_hypothesis(curve):
    """Of an equivalence significance is by interval: its p-value asks something else."""
    table = curve.table.reset_index(drop=True)
    two = SimpleNamespace(**{**vars(HYPOTHESIS), "value": 2.0})
    whole = shares_of(curve_of(table, hypothesis=two)).overall
    assert whole[["positive", "negative"]].tolist() == [2, 7]
    same = SimpleNamespace(**{**vars(two), "relation": "=", "margin": 0.1})
    whole = shares_of(curve_of(table, hypothesis=same)).overall
    # below 2 by more than 1.96 standard errors: -3, -3, -1 and -1
    assert whole[["positive_significant", "negative_significant"]].tolist() == [0, 4]


def test_choices_of_a_dimension_add_up_to_the_whole(curve):
    shares = shares_of(curve)
    assert list(shares.by) == ["weights", "model", "covariance"]
    for table in shares.by.values():
        counts = ["specifications", "estimated", "not_applicable", "failed", *COUNTED]
        assert (table[counts].sum() == shares.overall[counts]).all()


def test_every_share_says_what_it_is_of(curve):
    tidy = shares_of(curve).tidy()
    assert np.allclose(tidy["share"] * tidy["of"], tidy["count"])
    for shown in (str(shares_of(curve)), shares_of(curve)._repr_html_()):
        assert "1 of 9 (11%)" in shown
        assert "no probabilities" in shown


def test_what_shares_hide_is_noted(curve):
    notes = " ".join(shares_of(curve).notes)
    assert "9 estimated specifications hold 5 distinct estimates" in notes
    assert "1 estimates have no standard error" in notes
    assert "1 estimates equal 0" in notes


def test_a_choice_without_any_estimate_is_shown_without_numbers():
    table = grid(weights=["queen", "knn"], model=["slx", "ols"])
    table["estimate"], table["std_error"] = 1.0, 1.0
    table["status"] = ["estimated", "not applicable"] * 2
    row = shares_of(curve_of(table)).of("model").loc["ols"]
    assert row["not_applicable"] == 2
    assert row["estimated"] == 0
    assert np.isnan(row["median"])


def test_the_value_of_the_hypothesis_is_the_border():
    table = grid(weights=["queen", "knn", "rook"])
    table["estimate"], table["std_error"] = [0.5, 1.5, 3.0], 0.1
    from types import SimpleNamespace

    from tests.hypotheses.curves import HYPOTHESIS

    above = curve_of(table, hypothesis=SimpleNamespace(**{**vars(HYPOTHESIS), "value": 1.0}))
    assert shares_of(above).overall["negative_significant"] == 1
    assert shares_of(above).overall["positive_significant"] == 2


def test_rows_in_another_order_change_nothing(curve):
    from dataclasses import replace

    turned = replace(curve, table=curve.table.iloc[::-1])
    pd.testing.assert_frame_equal(shares_of(curve).table, shares_of(turned).table)


def test_a_curve_without_estimates_is_refused_with_the_reasons():
    table = grid(weights=["queen", "knn"])
    table["estimate"], table["std_error"] = 1.0, 1.0
    table["status"], table["reason"] = "failed", "no such column"
    with pytest.raises(ValuesError, match="2 failed") as refusal:
        shares_of(curve_of(table))
    assert refusal.value.offenders == ("no such column",)


def test_a_dimension_that_does_not_vary_is_refused(curve):
    with pytest.raises(UnknownNameError, match="weights"):
        shares_of(curve).of("weigths")


@pytest.mark.parametrize("relation", [">", "<", "!=", "="])
def test_the_summary_of_a_curve_counts_as_its_shares_do(relation):
    """Against 0.5, not 0: of an estimate of 0.2 significantly below it the sign is negative."""
    asked = SimpleNamespace(
        **{
            **vars(HYPOTHESIS),
            "value": 0.5,
            "relation": relation,
            "margin": 0.1 if relation == "=" else None,
            "label": "H1",
        }
    )
    table = grid(formula=["a", "b"], model=["slx", "sdm"])
    table["estimate"], table["std_error"] = [0.2, 0.45, 0.8, -0.1], [0.1, 0.1, 0.1, 1.0]
    curve = curve_of(table, hypothesis=asked)
    names = ["positive", "negative", "positive_significant", "negative_significant"]
    assert curve.glance().loc[0, names].tolist() == [1, 3, 1, 1]
    assert shares_of(curve).overall[names].tolist() == [1, 3, 1, 1]


def test_methods_of_a_curve_name_the_options_of_what_they_call():
    for method, function in (
        (SpecificationCurve.test, curve_test),
        (SpecificationCurve.influence, influence_of),
        (SpecificationCurve.attribution, attribution_of),
    ):
        own, called = (list(signature(one).parameters.values())[1:] for one in (method, function))
        assert own == called
