"""Panels of American states, and their neighbours by shared borders, which many modules fit."""

import numpy as np
import pandas as pd
import pytest

import workbench as wb


@pytest.fixture(scope="session")
def panel():
    return wb.load("munnell-1990")


@pytest.fixture(scope="session")
def W():
    return wb.weights.queen(wb.load("us-states"))


@pytest.fixture(scope="session")
def cigarettes(shared_reference):
    """Baltagi's cigarette panel and its W, which stay beside the project."""
    table = pd.read_csv(shared_reference / "data" / "cigar.csv").set_index(["state", "year"])
    links = pd.read_csv(shared_reference / "data" / "w_usa46_W.csv")
    dense = np.zeros((46, 46))
    dense[links["focal"] - 1, links["neighbor"] - 1] = links["weight"]
    states = sorted(table.index.get_level_values("state").unique())
    return table, wb.weights.from_matrix(dense, ids=states)
