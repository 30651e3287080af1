"""Simulated maps and panels whose truth is known, for the tests of the referee."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

import workbench as wb
from workbench.hypotheses.referee.findings import Finding
from workbench.hypotheses.referee.registry import QUESTIONS
from workbench.hypotheses.referee.review import referee


def lattice(side: int) -> gpd.GeoDataFrame:
    """Squares of 100 km with ids r000 ..."""
    squares = [
        box(1e5 * (i % side), 1e5 * (i // side), 1e5 * (i % side + 1), 1e5 * (i // side + 1))
        for i in range(side * side)
    ]
    ids = pd.Index([f"r{i:03d}" for i in range(side * side)], name="region")
    return gpd.GeoDataFrame(geometry=squares, index=ids, crs=3857)


def ask(fit: Any, name: str, **given: Any) -> Finding:
    """Put one question of the list."""
    skip = [other for other in QUESTIONS if other != name]
    return referee(fit, skip=skip, **given)[name]


def noise_beside(X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Noise of variance 1 (divisor n - k) that is orthogonal to the columns of X and 1.

    Least squares of Xb plus this noise estimates exactly b with s^2 = 1.
    """
    Z = np.column_stack([np.ones(len(X)), X])
    e = rng.normal(size=len(X))
    e -= Z @ np.linalg.lstsq(Z, e, rcond=None)[0]
    return e * np.sqrt((len(X) - Z.shape[1]) / (e @ e))


def multiplier(W: wb.weights.Weights, rho: float) -> np.ndarray:
    """(I - rho W)^-1 by a dense inverse."""
    return np.linalg.inv(np.eye(W.n) - rho * W.sparse.toarray())


def panel_of(columns: dict[str, np.ndarray], regions: Any) -> pd.DataFrame:
    """A table by (region, year) of arrays of shape (regions, years)."""
    T = next(iter(columns.values())).shape[1]
    index = pd.MultiIndex.from_product(
        [regions.index, range(2000, 2000 + T)], names=["region", "year"]
    )
    return pd.DataFrame({name: values.ravel() for name, values in columns.items()}, index=index)
