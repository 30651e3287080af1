"""Reference cases as users would hold them: a table by region id, and a libpysal Graph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import workbench as wb

CASES = ("oldcol", "ncsids", "ncsids_islands", "boston")
FORMULAS = {
    "oldcol": "CRIME ~ INC + HOVAL",
    "ncsids": "sid ~ nwbir",
    "ncsids_islands": "sid ~ nwbir",
    "boston": "log(CMEDV) ~ CRIM + ZN + INDUS + CHAS + I(NOX**2) + I(RM**2) + AGE + log(DIS)"
    " + log(RAD) + TAX + PTRATIO + B + log(LSTAT)",
}


@dataclass(frozen=True)
class LabelledCase:
    """A case with our names of terms paired with R's."""

    name: str
    formula: str
    table: pd.DataFrame
    W: wb.weights.Weights
    names: list[str]
    numbers: dict[str, float]

    def expected(self, section: str, *, lagged: bool = False) -> np.ndarray:
        """Numbers of a section in the order of our terms."""
        names = [*self.names]
        if lagged:
            names += [f"lag.{name}" for name in self.names[1:]]
        return np.array([self.numbers[f"{section}/{name}"] for name in names])


@pytest.fixture
def labelled_case(reference_case):
    """Return a function from a case's name to its table, weights and numbers."""
    return lambda name: labelled(reference_case(name))


@pytest.fixture(params=CASES)
def case(request, labelled_case):
    return labelled_case(request.param)


@pytest.fixture
def columbus(labelled_case):
    return labelled_case("oldcol")


def labelled(raw):
    table = pd.DataFrame(raw.table, index=pd.Index(raw.ids, name="region"))
    table = table.rename(columns={"ft.SID74": "sid", "ft.NWBIR74": "nwbir"})
    graph = Graph.from_sparse(raw.B, ids=raw.ids)
    W = wb.weights.as_weights(graph).normalize("row")
    return LabelledCase(raw.name, FORMULAS[raw.name], table, W, raw.names, raw.numbers)
