"""Stored cases as an explorer meets them: a table by region id, and a graph."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

REFERENCE = Path(__file__).parents[1] / "reference"


@dataclass(frozen=True)
class Case:
    """``table`` and ``graph`` share ids; ``numbers`` are R's, ``local`` R's local statistics."""

    table: pd.DataFrame
    graphs: dict[str, Graph]
    numbers: dict[str, float]
    local: dict[str, float]

    def local_series(self, section: str) -> pd.Series:
        prefix = section + "/"
        found = {k.removeprefix(prefix): v for k, v in self.local.items() if k.startswith(prefix)}
        return pd.Series(found).sort_index()


@pytest.fixture(scope="session")
def explored(reference_case: Callable) -> Callable[[str], Case]:
    """Return a loader: ``explored("boston").table``, ``.graphs["W"]``."""

    def load(name: str) -> Case:
        case = reference_case(name)
        ids = pd.Index(case.ids, name="region")
        graphs = {
            style: Graph.from_sparse(matrix.tocoo(), ids=ids)
            for style, matrix in (("W", case.W), ("B", case.B))
        }
        with (REFERENCE / "exploration_local_moran.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["case"] == name]
        local = {row["quantity"]: float(row["value"]) for row in rows}
        return Case(pd.DataFrame(case.table, index=ids), graphs, case.numbers, local)

    return load


@pytest.fixture(scope="session")
def lattice() -> Callable[[int], Graph]:
    """Return a builder of queen contiguity on a square lattice with text ids, by formula."""

    def build(side: int) -> Graph:
        cells = [(i, j) for i in range(side) for j in range(side)]
        name = {cell: f"c{cell[0]:02d}{cell[1]:02d}" for cell in cells}
        steps = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1) if (a, b) != (0, 0)]
        pairs = [
            (name[i, j], name[i + a, j + b])
            for i, j in cells
            for a, b in steps
            if (i + a, j + b) in name
        ]
        focal, neighbor = zip(*pairs, strict=True)
        return Graph.from_arrays(np.array(focal), np.array(neighbor), np.ones(len(pairs)))

    return build
