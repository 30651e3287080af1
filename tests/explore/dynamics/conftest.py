"""Per capita incomes of the 48 states, 1929 to 2009, with their neighbours: giddy's example."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from libpysal.examples import get_path
from libpysal.graph import Graph

NOT_STATES = (
    "United States 3/", "Alaska 3/", "District of Columbia", "Hawaii 3/", "New England", "Mideast",
    "Great Lakes", "Plains", "Southeast", "Southwest", "Rocky Mountain", "Far West 3/",
)  # fmt: skip


@pytest.fixture(scope="session")
def income() -> pd.DataFrame:
    """Wide: a row a state, a column a year, rows out of order."""
    table = pd.read_csv(get_path("usjoin.csv")).set_index("Name").drop(columns="STATE_FIPS")
    table.columns = table.columns.astype(int)
    return table.sample(frac=1, random_state=5)


@pytest.fixture(scope="session")
def states() -> Graph:
    """Contiguity of giddy's states48.gal, its positions turned into the names of usjoin.csv."""
    names = pd.read_csv(get_path("usjoin.csv"))["Name"].tolist()
    lines = Path(get_path("states48.gal")).read_text(encoding="utf-8").splitlines()[1:]
    pairs = [
        (names[int(head.split()[0])], names[int(other)])
        for head, tail in zip(lines[::2], lines[1::2], strict=True)
        for other in tail.split()
    ]
    focal, neighbor = zip(*pairs, strict=True)
    return Graph.from_arrays(np.array(focal), np.array(neighbor), np.ones(len(pairs))).transform(
        "r"
    )


@pytest.fixture(scope="session")
def later_income() -> pd.DataFrame:
    """State over national income, 1969 and 2008: giddy's example of the rose."""
    with Path(get_path("spi_download.csv")).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if len(row) > 40][1:]
    nation = np.array(rows[0][3:], dtype=float)
    kept = {
        row[2]: np.array(row[3:], dtype=float) / nation for row in rows if row[2] not in NOT_STATES
    }
    table = pd.DataFrame(kept).T
    return table.iloc[:, [0, -1]].set_axis([1969, 2008], axis=1)


@pytest.fixture(scope="session")
def mexico() -> pd.DataFrame:
    """Incomes of the 32 Mexican states, 1940 to 2000, and two groupings of them."""
    table = pd.read_csv(get_path("mexico.csv")).set_index("State")
    return table.rename(columns={f"pcgdp{year}": year for year in range(1940, 2010, 10)})
