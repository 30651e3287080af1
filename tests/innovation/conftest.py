"""The table and the numbers of R's EconGeo that several tests of innovation compare with."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture
def econgeo_table():
    """Eight regions and six activities, made up."""
    return pd.read_csv(REFERENCE / "data" / "innovation_econgeo.csv", index_col=0)


@pytest.fixture(scope="session")
def econgeo():
    """By function of EconGeo 2.1: a Series by region, activity or ``region/activity``."""
    numbers = pd.read_csv(REFERENCE / "innovation_econgeo.csv").set_index("quantity")["value"]
    parts = numbers.index.str.split("/", n=1, expand=True)
    return {name: group.droplevel(0) for name, group in numbers.set_axis(parts).groupby(level=0)}
