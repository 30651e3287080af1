"""Correlograms are those of R's spdep (tests/reference/exploration_correlogram.csv)."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from workbench.explore import correlogram, moran

REFERENCE = Path(__file__).parents[2] / "reference" / "exploration_correlogram.csv"
QUANTITIES = ("statistic", "expected", "variance")


@pytest.fixture(scope="module")
def numbers():
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        return {(r["case"], r["quantity"]): float(r["value"]) for r in csv.DictReader(file)}


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("statistic", ["moran", "geary", "correlation"])
def test_six_orders_of_boston(explored, numbers, statistic):
    case = explored("boston")
    found = correlogram(
        "CMEDV", case.table, case.graphs["B"], statistic=statistic, permutations=19, level=0.9
    ).table
    for quantity in QUANTITIES[: 1 if statistic == "correlation" else 3]:
        theirs = [numbers["boston", f"{statistic}/CMEDV/{k}/{quantity}"] for k in range(1, 7)]
        np.testing.assert_allclose(found[quantity], theirs, rtol=1e-10)


@pytest.mark.parametrize(
    ("name", "variable"), [("ncsids_islands", "ft.SID74"), ("usa48", "price.1960")]
)
def test_geary_of_the_first_order_with_and_without_islands(explored, numbers, name, variable):
    case = explored(name)
    found = correlogram(
        variable, case.table, case.graphs["B"], orders=1, statistic="geary", permutations=0
    ).table.loc[1]
    for quantity in (*QUANTITIES, "p_value"):
        theirs = numbers[name, f"geary/{variable}/1/{quantity}"]
        assert found[quantity] == pytest.approx(theirs, rel=1e-10)


def test_order_one_is_moran_itself(explored):
    case = explored("ncsids_islands")
    # the same permutations under the same seed, hence the same permutation p-value
    alone = moran("ft.SID74", case.table, case.graphs["W"], seed=3)
    first = correlogram("ft.SID74", case.table, case.graphs["W"], orders=3, seed=3)
    assert first.table.loc[1, "statistic"] == pytest.approx(alone.statistic, rel=1e-12)
    assert first.table.loc[1, "p_value"] == pytest.approx(alone.p_value, rel=1e-12)
    assert first.table.loc[1, "p_permutation"] == alone.p_permutation
    np.testing.assert_allclose(first.simulated[:, 0], alone.simulated, rtol=1e-9, atol=1e-12)
