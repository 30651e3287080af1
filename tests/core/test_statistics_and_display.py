"""Tests are objects; "not applicable" is an answer; what is shown is escaped and complete."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import workbench as wb
from workbench import errors
from workbench.core import display
from workbench.core.glossary import GLOSSARY
from workbench.core.statistics import NotApplicable, Tests, chi2_test, f_test, normal_p
from workbench.core.vocabulary import coefficient_table, one_row


def test_p_values_are_those_of_scipy():
    assert chi2_test("x", 9.97, 1, null="h").p_value == stats.chi2.sf(9.97, 1)
    assert f_test("x", 3.0, (2, 40), null="h").p_value == stats.f.sf(3.0, 2, 40)
    assert normal_p(1.0, "two-sided") == pytest.approx(2 * stats.norm.sf(1.0))
    assert normal_p(1.0, "greater") == stats.norm.sf(1.0)
    assert normal_p(1.0, "less") == stats.norm.cdf(1.0)


def test_far_tails_keep_their_digits():
    table = coefficient_table(["x"], np.array([30.0]), np.array([1.0]))
    assert 0 < table.loc["x", "p_value"] < 1e-190


def test_not_applicable_has_no_number_and_says_why():
    answer = NotApplicable("LM lag", "rho = 0", "the model was fitted without weights W")
    assert not answer.applicable
    assert not answer.p_value < 0.05
    assert "without weights" in str(answer)
    both = Tests("Diagnostics", {"LM lag": answer, "J": chi2_test("J", 1.0, 2, null="normal")})
    assert both.tidy().loc["LM lag", "reason"].startswith("not applicable")
    assert set(both.tidy().columns) <= set(GLOSSARY)


def test_hostile_names_are_inert_in_html():
    table = pd.DataFrame({"x": [1.0]}, index=["<script>alert(1)</script>"])
    shown = display.html("<b>title</b>", [("<i>", table)], ["<u>"])
    for tag in ("<script>", "<b>title", "<i>", "<u>"):
        assert tag not in shown


def test_every_picture_can_be_drawn_by_somebody():
    for place in display.PICTURES.values():
        module, _, function = place.partition(":")
        assert callable(getattr(__import__(module, fromlist=[function]), function))


def test_glance_refuses_words_outside_the_glossary():
    with pytest.raises(errors.InputError, match="glossary"):
        one_row(nobs=3, wobble=1)


def test_errors_survive_a_trip_to_another_process():
    error = errors.ValuesError("rd", expected="e", found="f", offenders=["a"], why="w", remedy="r")
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert again.offenders == ("a",)


def test_the_public_face_is_complete_and_guides():
    for name in wb.__all__:
        assert getattr(wb, name) is not None
    with pytest.raises(AttributeError, match="did you mean 'moran'"):
        wb.morann  # noqa: B018


def test_importing_the_workbench_imports_nothing_heavy():
    heavy = "pandas,geopandas,scipy,matplotlib,libpysal,spreg,esda,linearmodels,statsmodels"
    code = f"import sys, workbench; print([m for m in '{heavy}'.split(',') if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_tests_that_do_not_apply_can_be_left_out():
    from workbench.core.statistics import NotApplicable, Tests, chi2_test

    made = chi2_test("A", 3.0, 1.0, null="a = 0")
    both = Tests("two", {"A": made, "B": NotApplicable("B", "b = 0", "there is no b")})
    assert list(both.made) == ["A"]
    assert list(both.made.tidy()["statistic"]) == [3.0]
    assert len(both) == 2


def named_mappings():
    """Return every result that is a mapping from names, each with a name that it holds."""
    y = wb.load("munnell-1990").xs(1986, level="year")
    W = wb.weights.queen(wb.load("us-states"))
    fit = wb.fit("log(gsp) ~ log(emp)", y, W)
    steps = wb.ladder("log(gsp) ~ log(emp)", y, W, models=("ols", "sar"))
    income = wb.load("us-income").loc[pd.IndexSlice[:, [1979, 2009]], :]
    growth = wb.growth.convergence_ladder("income", income, W, models=("ols", "sar"))
    panels = wb.panels.panel_ladder(
        "log(gsp) ~ log(emp)", wb.load("munnell-1990"), W, models=("slx", "sar")
    )
    return [
        (fit.diagnostics(), "LM lag"),
        (fit.diagnostics().tests, "LM lag"),
        (fit.covariances(["classical", "HC3"]), "HC3"),
        (steps, "sar"),
        (steps.paths(), "classic"),
        (growth, "sar"),
        (panels, "sar"),
    ]


def test_mappings_of_results_answer_unknown_names_as_mappings_do():
    for found, name in named_mappings():
        assert name in found
        assert found.get(name) is not None
        unknown = name[:-1]
        assert unknown not in found
        assert found.get(unknown) is None
        assert found.get(unknown, "other") == "other"


def test_mappings_of_results_name_the_nearest_of_their_names():
    for found, name in named_mappings():
        with pytest.raises(errors.OptionError, match=f"did you mean {name!r}") as caught:
            found[name[:-1]]
        assert isinstance(caught.value, KeyError)
        assert str(caught.value).startswith(caught.value.argument)
        again = pickle.loads(pickle.dumps(caught.value))
        assert (type(again), str(again)) == (type(caught.value), str(caught.value))


def test_a_mapping_without_names_says_so():
    with pytest.raises(errors.OptionError, match="there is none"):
        Tests("no tests")["LM lag"]


def test_a_model_that_failed_is_not_in_the_ladder_and_says_why():
    y = wb.load("munnell-1990").xs(1986, level="year")
    W = wb.weights.queen(wb.load("us-states"))
    steps = wb.ladder("log(gsp) ~ 1", y, W)
    assert steps.failures
    failed = next(iter(steps.failures))
    assert failed not in steps
    assert steps.get(failed) is None
    with pytest.raises(errors.InputError, match="which was not"):
        steps[failed]
