"""Maps with groups that are known because they were planted."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from shapely.geometry import box


def lattice_of(side: int) -> tuple[gpd.GeoDataFrame, Graph]:
    cells = [(i, j) for i in range(side) for j in range(side)]
    name = {cell: f"c{cell[0]:02d}{cell[1]:02d}" for cell in cells}
    steps = ((0, 1), (1, 0), (0, -1), (-1, 0))
    pairs = [
        (name[i, j], name[i + a, j + b])
        for i, j in cells
        for a, b in steps
        if (i + a, j + b) in name
    ]
    focal, neighbor = zip(*pairs, strict=True)
    graph = Graph.from_arrays(np.array(focal), np.array(neighbor), np.ones(len(pairs)))
    shapes = [box(j, i, j + 1, i + 1) for i, j in cells]
    frame = gpd.GeoDataFrame(geometry=shapes, index=pd.Index(list(name.values()), name="region"))
    return frame, graph


@pytest.fixture(scope="session")
def quarters() -> tuple[gpd.GeoDataFrame, Graph, pd.Series]:
    """Return an 8 × 8 map, rook neighbours, and the quarter of each cell.

    Quarters have means ten standard deviations apart in two variables, in no order of ids.
    """
    frame, graph = lattice_of(8)
    row = frame.index.str[1:3].astype(int).to_numpy()
    column = frame.index.str[3:5].astype(int).to_numpy()
    quarter = 2 * (row >= 3) + (column >= 5)
    rng = np.random.default_rng(11)
    frame["rd"] = np.array([0.0, 10.0, 10.0, 0.0])[quarter] + rng.normal(size=64)
    frame["men"] = np.array([0.0, 0.0, 10.0, 10.0])[quarter] * 3 + rng.normal(size=64)
    frame["people"] = rng.integers(1, 9, size=64).astype(float)
    return frame, graph, pd.Series(quarter, index=frame.index, name="quarter")


@pytest.fixture(scope="session")
def noise() -> tuple[gpd.GeoDataFrame, Graph]:
    """Return an 6 × 6 map of three variables without any groups."""
    frame, graph = lattice_of(6)
    rng = np.random.default_rng(4)
    for name in ("a", "b", "c"):
        frame[name] = rng.normal(size=36)
    return frame, graph
