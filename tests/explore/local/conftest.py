"""Local statistics computed by R, beside the tables and graphs that they were computed from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

REFERENCE = Path(__file__).parents[2] / "reference"

CASES = [
    ("boston", "W", "CMEDV"),
    ("boston", "B", "NOX"),
    ("ncsids", "W", "ft.SID74"),
    ("ncsids_islands", "B", "rate74"),
    ("ncsids_islands", "W", "ft.SID74"),
    ("usa48", "W", "price.1960"),
]


@pytest.fixture(params=CASES, ids=" ".join)
def spdep(request, explored: Callable) -> tuple[pd.Series, object, pd.DataFrame]:
    """Return a variable, its weights and spdep's local statistics, by region id."""
    name, style, variable = request.param
    case = explored(name)
    stored = pd.read_csv(REFERENCE / "exploration_local.csv", dtype={"id": str})
    own = (stored["case"] == name) & (stored["style"] == style)
    rows = stored[own].set_index("id").sort_index()
    assert len(rows) == len(case.table)
    return case.table[variable].rename(variable), case.graphs[style], rows


@pytest.fixture
def boston(explored: Callable) -> tuple[pd.DataFrame, object, pd.DataFrame]:
    """Return Boston's table, its row-standardised weights and spdep's joint statistics."""
    case = explored("boston")
    stored = pd.read_csv(REFERENCE / "exploration_local_boston.csv", dtype={"id": str})
    return case.table, case.graphs["W"], stored.set_index("id").sort_index()
