"""Every result of growth speaks the house's vocabulary and says what produced it."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.growth import (
    beta_convergence,
    convergence_clubs,
    convergence_ladder,
    sigma_convergence,
)


@pytest.fixture(scope="module")
def results():
    panel = wb.load("us-income")
    W = wb.weights.queen(wb.load("us-states"))
    return {
        "sigma": sigma_convergence("income", panel),
        "beta": beta_convergence("income", panel, W, model="sar"),
        "ladder": convergence_ladder("income", panel, W, models=("ols", "sar")),
        "clubs": convergence_clubs("log(income)", panel),
    }


@pytest.mark.parametrize("name", ["sigma", "beta", "ladder", "clubs"])
def test_tables_use_words_of_the_glossary(results, name):
    result = results[name]
    tables = [result.tidy(), result.glance()]
    if name != "ladder":
        tables.append(result.augment())
    for table in tables:
        assert isinstance(table, pd.DataFrame)
        assert set(table.columns) <= set(GLOSSARY)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", ["sigma", "beta", "ladder", "clubs"])
def test_results_show_themselves(results, name):
    result = results[name]
    assert result.heading in str(result)
    assert str(result) == repr(result)
    assert "<table" in result._repr_html_()
    assert result.plot().alt.endswith(".")


@pytest.mark.parametrize("name", ["sigma", "beta", "clubs"])
def test_provenance_is_plain_and_names_the_choices(results, name):
    plain = results[name].provenance.to_dict()
    json.dumps(plain)
    assert plain["options"]
    assert plain["notes"] == results[name].notes


def test_beta_names_variable_and_periods(results):
    options = results["beta"].provenance.options
    assert (options["variable"], options["start"], options["end"]) == ("income", "1929", "2009")


def test_results_cannot_be_changed(results):
    for result in results.values():
        # slotted dataclasses answer a name that is no field with TypeError (CPython 3.11)
        with pytest.raises((AttributeError, TypeError)):
            result.notes = ()
