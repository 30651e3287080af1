"""Residual Moran's I and its three p-values are R's (reference/exploration_residual_moran.csv)."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.errors import CollinearityError, IdError, InputError, OptionError, ValuesError
from workbench.explore import moran, residual_moran

REFERENCE = Path(__file__).parents[2] / "reference" / "exploration_residual_moran.csv"
FORMULAS = {
    "oldcol": "CRIME ~ INC + HOVAL",
    "ncsids": "Q('ft.SID74') ~ Q('ft.NWBIR74')",
    "ncsids_islands": "Q('ft.SID74') ~ Q('ft.NWBIR74')",
    "boston": "log(CMEDV) ~ CRIM + ZN + INDUS + CHAS + I(NOX**2) + I(RM**2) + AGE + log(DIS)"
    " + log(RAD) + TAX + PTRATIO + B + log(LSTAT)",
}


@pytest.fixture(scope="module")
def numbers():
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        return {(r["case"], r["quantity"]): float(r["value"]) for r in csv.DictReader(file)}


@pytest.fixture
def fitted(explored):
    def load(name):
        case = explored(name)
        table = case.table.rename(columns=lambda column: column.replace(".", "_"))
        formula = FORMULAS[name].replace("Q('", "").replace("')", "").replace("ft.", "ft_")
        return formula, table, case.graphs["W"]

    return load


def test_statistic_with_islands(fitted, numbers):
    # spdep's moments are for as many residuals as counties with a neighbour:
    # tests/numerics/test_moran.py has what all of them have.
    found = residual_moran(*fitted("ncsids_islands"))
    assert found.statistic == pytest.approx(numbers["ncsids_islands", "normal/I"], rel=1e-10)


@pytest.mark.parametrize("name", [name for name in FORMULAS if name != "ncsids_islands"])
def test_statistic_moments_and_normal_p(fitted, numbers, name):
    found = residual_moran(*fitted(name))
    ours = [found.statistic, found.expected, found.variance, found.z]
    theirs = [numbers[name, f"normal/{q}"] for q in ("I", "expected", "variance", "z")]
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)
    # a z of 14.8 amplifies the fifteenth digit by z squared
    assert found.p_value == pytest.approx(numbers[name, "normal/p_two_sided"], rel=1e-9)


@pytest.mark.parametrize("name", ["oldcol", "ncsids"])
def test_exact_and_saddlepoint_p(fitted, numbers, name):
    exact = residual_moran(*fitted(name), inference="exact", alternative="greater")
    assert exact.statistic == pytest.approx(numbers[name, "exact/I"], rel=1e-10)
    # R's integrate() stops at a relative tolerance of 1.2e-4 and is in fact right to about 1e-12
    # absolutely, 1e-9 of these p-values
    assert exact.p_value == pytest.approx(numbers[name, "exact/p"], rel=1e-9)
    approximate = residual_moran(*fitted(name), inference="saddlepoint", alternative="greater")
    # R's uniroot() finds the saddlepoint to 1e-8 or so of its unit, which r and u inherit
    deviate = stats.norm.isf(approximate.p_value)
    assert deviate == pytest.approx(numbers[name, "saddlepoint/stat"], abs=3e-8)
    assert approximate.p_value == pytest.approx(numbers[name, "saddlepoint/p"], rel=1e-7)


def test_the_three_methods_tell_tails_apart(fitted):
    for method in ("normal", "exact", "saddlepoint"):
        both, upper, lower = (
            residual_moran(*fitted("oldcol"), inference=method, alternative=alternative).p_value
            for alternative in ("two-sided", "greater", "less")
        )
        assert upper + lower == pytest.approx(1.0, rel=1e-12)
        assert both == pytest.approx(2 * upper, rel=1e-12)


def test_a_tail_of_1e_42_is_a_number_and_not_rounding(fitted):
    exact = residual_moran(*fitted("boston"), inference="exact", alternative="greater").p_value
    near = residual_moran(*fitted("boston"), inference="saddlepoint", alternative="greater").p_value
    # the saddlepoint formula has a relative error of a per cent wherever it is
    assert exact == pytest.approx(near, rel=0.01)
    assert 1e-43 < exact < 1e-40


def test_intercept_alone_is_moran_under_normality(fitted):
    _, table, W = fitted("ncsids")
    alone = moran("ft_SID74", table, W, variance="normality", permutations=0)
    found = residual_moran("ft_SID74 ~ 1", table, W)
    for quantity in ("statistic", "expected", "variance", "z", "p_value"):
        assert getattr(found, quantity) == pytest.approx(getattr(alone, quantity), rel=1e-10)


def test_result_has_points_notes_and_provenance(fitted):
    formula, table, W = fitted("ncsids_islands")
    found = residual_moran(formula, table, W, inference="exact")
    points = found.augment()
    assert len(points) == 100
    assert int(points["lag"].isna().sum()) == 2
    assert "2 regions without neighbours" in found.notes[0]
    assert found.tidy().loc["Moran's I", "distribution"] == "exact"
    assert found.provenance.options["inference"] == "exact"
    assert f"residuals of {formula}" in str(found)
    assert found.plot().alt


def test_shuffled_rows_change_no_bit(fitted):
    formula, table, W = fitted("ncsids")
    order = np.random.default_rng(1).permutation(len(table))
    a = residual_moran(formula, table, W, inference="exact")
    b = residual_moran(formula, table.iloc[order], W, inference="exact")
    assert (a.statistic, a.p_value) == (b.statistic, b.p_value)
    pd.testing.assert_frame_equal(a.augment(), b.augment(), check_exact=True)


def test_what_cannot_be_tested_is_refused(fitted):
    _, table, W = fitted("oldcol")
    with pytest.raises(OptionError, match="inference"):
        residual_moran("CRIME ~ INC", table, W, inference="sad")
    with pytest.raises(CollinearityError):
        residual_moran("CRIME ~ INC + I(2*INC)", table, W)
    with pytest.raises(ValuesError, match="perfect fit"):
        residual_moran("I(2*INC) ~ INC", table, W)
    with pytest.raises(IdError):
        residual_moran("CRIME ~ INC", table.iloc[1:], W)
    with pytest.raises(InputError, match="DataFrame"):
        residual_moran("CRIME ~ INC", table["CRIME"], W)
