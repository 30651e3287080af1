"""Stored cases with R's statistics of all regions, in the styles of weights that R has."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from scipy import sparse

from workbench.weights import Weights, as_weights

REFERENCE = Path(__file__).parents[2] / "reference"


@dataclass(frozen=True)
class Overall:
    """``table`` and ``graphs`` share ids; ``numbers`` are R's; ``colors`` those of join counts.

    ``weights`` are the graphs adopted once, so that their card is not made for every call.
    """

    table: pd.DataFrame
    graphs: dict[str, Graph]
    weights: dict[str, Weights]
    numbers: dict[str, float]
    colors: pd.Series


def styles(B: sparse.csr_array) -> dict[str, sparse.csr_array]:
    """Return 0/1 weights in the styles of R's ``nb2listw``, by formula.

    C makes all weights sum to the number of regions with neighbours, U to one; S divides rows by
    the root of their sum of squares and scales to the number of all regions (Tiefelsdorf, Griffith
    and Boots 1999).
    """
    degree = np.asarray(B.sum(axis=1)).ravel()
    linked = float((degree > 0).sum())
    row = np.maximum(degree, 1.0)
    S = sparse.csr_array(sparse.diags_array(1 / np.sqrt(row)) @ B)
    return {
        "B": B,
        "W": sparse.csr_array(sparse.diags_array(1 / row) @ B),
        "C": B * (linked / B.sum()),
        "U": B / B.sum(),
        "S": S * (B.shape[0] / S.sum()),
    }


@cache
def rows(file: str, name: str) -> tuple[dict[str, str], ...]:
    with (REFERENCE / file).open(encoding="utf-8", newline="") as opened:
        return tuple(row for row in csv.DictReader(opened) if row["case"] == name)


@pytest.fixture(scope="session")
def overall(reference_case: Callable) -> Callable[[str], Overall]:
    """Return a loader: ``overall("boston").graphs["S"]``."""

    @cache
    def load(name: str) -> Overall:
        case = reference_case(name)
        ids = pd.Index(case.ids, name="region")
        graphs = {
            style: Graph.from_sparse(matrix.tocoo(), ids=ids)
            for style, matrix in styles(case.B).items()
        }
        numbers = {
            row["quantity"]: float(row["value"]) for row in rows("exploration_global.csv", name)
        }
        painted = {row["id"]: row["color"] for row in rows("data/exploration_colors.csv", name)}
        colors = pd.Series(painted, name="color", dtype=object)
        adopted = {style: as_weights(graph) for style, graph in graphs.items()}
        return Overall(pd.DataFrame(case.table, index=ids), graphs, adopted, numbers, colors)

    return load
