"""Fixtures that every room's tests may use: stored cases and numbers from other software."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import gcd
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

REFERENCE = Path(__file__).parent / "reference"
SHARED_REFERENCE = Path(__file__).parents[2] / "shared" / "reference"

# case -> (data file, weights file)
FILES = {
    "oldcol": ("oldcol", "oldcol"),
    "oldcol_knn6": ("oldcol", "oldcol_knn6"),
    "ncsids": ("ncsids", "ncsids"),
    "ncsids_islands": ("ncsids", "ncsids_islands"),
    "boston": ("boston", "boston"),
    "usa48": ("usa48", "usa48"),
}


def pytest_configure(config: pytest.Config) -> None:
    """Make known the mark that leaves some cases of a test to the quick suite."""
    config.addinivalue_line(
        "markers", "quick_cases(n): n cases of the test, spread over all, are quick, the rest slow"
    )


@pytest.hookimpl(tryfirst=True)  # before slow ones are left out, and before any reordering
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow all but some cases of a test with ``quick_cases(n)``."""
    cases: dict[tuple[str, int], list[pytest.Item]] = {}
    for item in items:
        mark = item.get_closest_marker("quick_cases")
        if mark is not None:
            cases.setdefault((item.nodeid.split("[", 1)[0], mark.args[0]), []).append(item)
    for (_, count), several in cases.items():
        quick = spread(count, len(several))
        for position, item in enumerate(several):
            if position not in quick:
                item.add_marker("slow")


def spread(count: int, total: int) -> set[int]:
    """Return places among `total`, the first one and others apart by a step that divides nothing.

    Cases of crossed parameters follow each other in rows: equal steps would meet one column only.
    """
    golden = max(1, round(0.618 * total))
    step = next(s for s in range(golden, 2 * total + 1) if gcd(s, total) == 1)
    return {number * step % total for number in range(min(count, total))}


@dataclass(frozen=True)
class ReferenceCase:
    """A stored data set with its weights and the numbers computed by R.

    ``y`` (n,), ``X`` (n, k) with the constant first, ``names`` (k,) as R names them,
    ``ids`` (n,) in file order, ``table`` the raw columns, ``W`` and ``B`` the
    row-standardised and binary weights (CSR), ``numbers`` quantity -> value:
    ``lag/coef/INC``, ``err/lambda``, ``sdm/vcov/rho/INC`` (upper triangle, ``sigma``
    is sigma squared), ``ols/RS/RSerr/stat``, ``moran/W/ft.SID74/random/variance``.
    """

    name: str
    formula: str
    ids: list[str]
    y: np.ndarray
    X: np.ndarray
    names: list[str]
    W: sparse.csr_array
    B: sparse.csr_array
    table: dict[str, np.ndarray]
    numbers: dict[str, float]

    def terms(self, section: str, names: list[str] | None = None) -> np.ndarray:
        """Numbers of `section` (``"lag/coef"``) in the order of `names` (default: X's)."""
        return np.array([self.numbers[f"{section}/{name}"] for name in names or self.names])

    def vcov(self, section: str, names: list[str]) -> np.ndarray:
        """Stored covariance matrix of `section` in the order of `names`; absent entries are 0."""
        key = f"{section}/vcov"
        return np.array(
            [
                [
                    self.numbers.get(f"{key}/{a}/{b}", self.numbers.get(f"{key}/{b}/{a}", 0.0))
                    for b in names
                ]
                for a in names
            ]
        )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _numbers(file: str, case: str, prefix: str = "") -> dict[str, float]:
    path = REFERENCE / f"cross_section_{file}.csv"
    if not path.exists():
        return {}
    rows = [row for row in _rows(path) if row["case"] == case]
    return {prefix + row["quantity"]: float(row["value"]) for row in rows}


def _design(
    data: str, table: dict[str, np.ndarray]
) -> tuple[str, np.ndarray, dict[str, np.ndarray]]:
    if data == "oldcol":
        columns = {name: table[name] for name in ("INC", "HOVAL")}
        return "CRIME ~ INC + HOVAL", table["CRIME"], columns
    if data == "ncsids":
        columns = {"ft.NWBIR74": table["ft.NWBIR74"]}
        return "ft.SID74 ~ ft.NWBIR74", table["ft.SID74"], columns
    if data == "usa48":
        return "price.1960 ~ 1", table["price.1960"], {}
    columns = {name: table[name] for name in ("CRIM", "ZN", "INDUS")}
    columns["CHAS1"] = table["CHAS"]
    columns["I(NOX^2)"] = table["NOX"] ** 2
    columns["I(RM^2)"] = table["RM"] ** 2
    columns["AGE"] = table["AGE"]
    columns["log(DIS)"] = np.log(table["DIS"])
    columns["log(RAD)"] = np.log(table["RAD"])
    columns |= {name: table[name] for name in ("TAX", "PTRATIO", "B")}
    columns["log(LSTAT)"] = np.log(table["LSTAT"])
    return "log(CMEDV) ~ " + " + ".join(columns), np.log(table["CMEDV"]), columns


@cache
def load_case(name: str) -> ReferenceCase:
    """Read a stored case; the arrays are read-only because they are shared by all tests."""
    data, weights = FILES[name]
    rows = _rows(REFERENCE / "data" / f"cross_section_{data}.csv")
    ids = [row["id"] for row in rows]
    table = {key: np.array([float(row[key]) for row in rows]) for key in rows[0] if key != "id"}
    position = {identifier: i for i, identifier in enumerate(ids)}
    edges = _rows(REFERENCE / "data" / f"cross_section_w_{weights}.csv")
    i = np.array([position[edge["focal_id"]] for edge in edges])
    j = np.array([position[edge["neighbor_id"]] for edge in edges])
    n = len(ids)
    binary = sparse.csr_array((np.ones(len(i)), (i, j)), shape=(n, n))
    degree = np.bincount(i, minlength=n)
    row = sparse.csr_array((1.0 / degree[i], (i, j)), shape=(n, n))
    formula, y, columns = _design(data, table)
    X = np.column_stack([np.ones(n), *columns.values()])
    for array in (y, X, *table.values()):
        array.setflags(write=False)
    numbers = _numbers(name, name)
    numbers |= _numbers("ols", name, "ols/") | _numbers("moran", name, "moran/")
    names = ["(Intercept)", *columns]
    return ReferenceCase(name, formula, ids, y, X, names, row, binary, table, numbers)


@pytest.fixture(scope="session")
def reference_case() -> Callable[[str], ReferenceCase]:
    """Return a loader: ``reference_case("oldcol")`` -> :class:`ReferenceCase`."""
    return load_case


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """Folder of the reference numbers that are not redistributed; skips where it is absent."""
    if not SHARED_REFERENCE.exists():
        pytest.skip("the reference data that may not be redistributed are not beside this checkout")
    return SHARED_REFERENCE
