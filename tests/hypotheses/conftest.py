"""Fits that hypotheses are asked of: American states, cross-section and panel."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb

FORMULA = "log(gsp) ~ log(emp) + log(pc)"


@pytest.fixture(scope="module")
def states():
    return wb.load("us-states")


@pytest.fixture(scope="module")
def queen(states):
    return wb.weights.queen(states)


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    return wb.load("munnell-1990")


@pytest.fixture(scope="module")
def year(panel) -> pd.DataFrame:
    return panel.xs(1986, level="year")


@pytest.fixture(scope="module")
def sdm(year, queen):
    return wb.fit(FORMULA, year, queen, model="sdm")
