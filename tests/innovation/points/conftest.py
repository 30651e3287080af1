"""A small country of establishments that the tests of points share."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest

from workbench.innovation.points import k_density, m_function


@pytest.fixture(scope="session")
def table():
    """Makes a table of establishments from coordinates, sectors and further columns."""

    def build(xy, sectors, crs, **columns):
        ids = [f"e{k:04d}" for k in range(len(xy))]
        geometry = gpd.points_from_xy(xy[:, 0], xy[:, 1], crs=crs)
        return gpd.GeoDataFrame({"sector": sectors, **columns}, geometry=geometry, index=ids)

    return build


@pytest.fixture(scope="session")
def firms(table):
    """Optics in a cluster of 8 km, machines anywhere, shops on a grid, 100 km across."""
    rng = np.random.default_rng(2)
    grid = np.array(np.meshgrid(np.arange(5), np.arange(5))).reshape(2, -1).T * 24e3 + 2e3
    xy = np.vstack(
        [
            rng.uniform(0, 1e5, (150, 2)),
            rng.normal(6e4, 4e3, (24, 2)),
            rng.uniform(0, 1e5, (30, 2)),
            grid,
        ]
    )
    sectors = ["other"] * 150 + ["optics"] * 24 + ["machines"] * 30 + ["shops"] * 25
    return table(xy + 4e5, sectors, 32637, jobs=rng.integers(1, 300, len(xy)))


@pytest.fixture(params=[k_density, m_function])
def measure(request):
    return request.param
