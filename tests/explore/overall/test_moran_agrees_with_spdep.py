"""Moran's I, its moments and p-values are those of R's spdep (numbers in tests/reference)."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.explore.overall.moran import moran

CASES = [
    ("boston", "W", "CMEDV"),
    ("boston", "B", "CRIM"),
    ("usa48", "W", "price.1960"),
    ("usa48", "B", "price.1960"),
    ("ncsids", "W", "ft.SID74"),
    ("ncsids", "B", "rate79"),
    ("ncsids_islands", "W", "ft.SID74"),
    ("ncsids_islands", "B", "rate74"),
]
VARIANCES = {"randomization": "random", "normality": "normal"}


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize(("name", "style", "variable"), CASES)
@pytest.mark.parametrize("variance", VARIANCES)
def test_statistic_moments_and_p_value(explored, name, style, variable, variance):
    case = explored(name)
    result = moran(variable, case.table, case.graphs[style], permutations=0, variance=variance)
    section = f"moran/{style}/{variable}/{VARIANCES[variance]}"
    ours = [result.statistic, result.expected, result.variance, result.z, result.p_value]
    theirs = [case.numbers[f"{section}/{q}"] for q in ("I", "expected", "variance", "z", "p")]
    # closed forms; 1e-9 leaves room for what p-values of 1e-105 amplify
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    assert result.p_permutation is None


@pytest.mark.parametrize("name", ["boston", "ncsids", "ncsids_islands"])
def test_permutation_distribution_has_the_spread_of_spdeps(explored, name):
    case = explored(name)
    variable = {"boston": "CMEDV"}.get(name, "ft.SID74")
    result = moran(variable, case.table, case.graphs["W"], permutations=4999)
    # the sd of 999 draws is known to 1 / sqrt(2 * 999) = 2.2 %; 7 % is three of those
    theirs = case.numbers[f"moran/W/{variable}/mc999/sd"]
    assert result.simulated.std(ddof=1) == pytest.approx(theirs, rel=0.07)
    # and it agrees with the exact moments under randomisation to three standard errors
    assert result.simulated.std(ddof=1) ** 2 == pytest.approx(result.variance, rel=0.06)
    error = np.sqrt(result.variance / 4999)
    assert abs(result.simulated.mean() - result.expected) < 3 * error


def test_permutation_p_counts_the_observed_arrangement(explored):
    case = explored("usa48")
    result = moran("price.1960", case.table, case.graphs["W"], permutations=999)
    # I is 8 sd above its expectation: no permutation reaches it, and the doubled tail is 2 / 1000
    assert result.p_permutation == pytest.approx(0.002)
    greater = moran("price.1960", case.table, case.graphs["W"], alternative="greater")
    assert greater.p_permutation == pytest.approx(0.001)
    less = moran("price.1960", case.table, case.graphs["W"], alternative="less")
    assert less.p_permutation == pytest.approx(1.0)
