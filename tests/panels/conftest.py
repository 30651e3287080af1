"""The panel of American states and its neighbours by shared borders, which many modules fit."""

import pytest

import workbench as wb


@pytest.fixture(scope="session")
def panel():
    return wb.load("munnell-1990")


@pytest.fixture(scope="session")
def W():
    return wb.weights.queen(wb.load("us-states"))
