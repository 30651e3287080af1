"""Predictions equal R's spatialreg 1.4-2, in the sample and of held-out regions.

Numbers: tests/reference/cross_section_predictions.csv. R's optimiser stops at about 1e-8 in rho,
which predictions carry on: 1e-6 relative, as for the estimates, and 1e-7 of the largest prediction
for those that are differences near zero.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest

import workbench as wb
from tests.conftest import REFERENCE

MODELS = {"lag": "sar", "err": "sem", "sdm": "sdm"}


def stored():
    with (REFERENCE / "cross_section_predictions.csv").open(encoding="utf-8", newline="") as handle:
        rows = [
            [*row["quantity"].split("/"), float(row["value"])] for row in csv.DictReader(handle)
        ]
    found: dict[tuple[str, str, str], dict[str, float]] = {}
    for model, where, kind, region, value in rows:
        found.setdefault((model, where, kind), {})[region] = value
    return found


NUMBERS = stored()


def chosen(where):
    return [key for key in NUMBERS if key[1] == where and key[2] != "coef"]


def agrees(predictions, numbers):
    ours = predictions.values
    theirs = np.array([numbers[region] for region in ours.index])
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-7 * np.abs(theirs).max())


@pytest.mark.quick_cases(5)
@pytest.mark.parametrize(("model", "where", "kind"), chosen("in"))
def test_in_the_sample(columbus, model, where, kind):
    fit = wb.fit(columbus.formula, columbus.table, columbus.W, model=MODELS[model])
    agrees(fit.predict(kind=kind), NUMBERS[model, where, kind])


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize(("model", "where", "kind"), chosen("out"))
def test_of_held_out_regions(columbus, model, where, kind):
    numbers = NUMBERS[model, where, kind]
    seen = columbus.table.drop(index=list(numbers))
    fit = wb.fit(columbus.formula, seen, columbus.W.restrict(seen.index), model=MODELS[model])
    new = columbus.table.loc[list(numbers)].drop(columns="CRIME")
    agrees(fit.predict(new, columbus.W, kind=kind), numbers)


def test_every_kind_of_the_reference_is_covered():
    kinds = {kind for _, where, kind in NUMBERS if where == "out"} - {"coef"}
    assert kinds == {
        "trend", "TC", "TS1", "TC1", "BP", "BPW", "BPN", "BP1", "BPW1", "BPN1", "KP2", "KP3", "KP5",
    }  # fmt: skip
