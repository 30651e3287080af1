"""Pictures of effects name every class, tell the region that changes, and take a heading."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

import workbench as wb
from workbench.errors import IdError
from workbench.views.style import Picture

SIDE = 6


@pytest.fixture(scope="module")
def world():
    cells = [(i, j) for i in range(SIDE) for j in range(SIDE)]
    ids = pd.Index([f"r{i}{j}" for i, j in cells], name="region")
    regions = gpd.GeoDataFrame(
        geometry=[box(j, i, j + 1, i + 1) for i, j in cells], index=ids, crs="EPSG:3857"
    )
    W = wb.weights.queen(regions)
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(len(ids), 2)), index=ids, columns=["a", "b"])
    w = W.sparse.toarray()
    mean = 1 + table["a"].to_numpy() + 0.2 * rng.normal(size=len(ids))
    table["y"] = np.linalg.solve(np.eye(len(ids)) - 0.5 * w, mean)
    return regions, wb.fit("y ~ a + b", table, W, model="sdm")


def test_an_impulse_map_outlines_its_source_and_counts_every_region(world):
    regions, fit = world
    picture = fit.impulse("a", "r22", method="delta").plot(regions)
    assert isinstance(picture, Picture)
    assert "r22, outlined: " in picture.alt
    texts = [text.get_text() for text in picture.legends[0].get_texts()]
    counts = [int(t.split("(")[1].split(")")[0]) for t in texts if " to " in t]
    assert sum(counts) == SIDE * SIDE - 1
    assert picture.get_suptitle() == "Effect of +1 of a in r22"
    assert fit.impulse("a", "r22", method="delta").plot(regions, title="T").get_suptitle() == "T"


@pytest.mark.parametrize("effect", ["own", "received", "given"])
def test_a_map_of_each_effect_of_regions(world, effect):
    regions, fit = world
    result = fit.impacts_by_region("a", method="delta")
    picture = result.plot(regions, effect=effect)
    texts = [text.get_text() for text in picture.legends[0].get_texts()]
    counts = [int(t.split("(")[1].split(")")[0]) for t in texts]
    assert sum(counts) == SIDE * SIDE
    with pytest.raises(IdError, match="r00"):
        result.plot(regions.drop(index="r00"))


def test_a_chart_of_orders_has_a_panel_an_effect_and_all_orders(world):
    _, fit = world
    picture = fit.impacts_by_order(3).plot(title="Orders")
    assert [axes.get_title() for axes in picture.axes] == ["direct", "indirect", "total"]
    labels = [tick.get_text() for tick in picture.axes[0].get_xticklabels()]
    assert labels == ["0", "1", "2", "3", "beyond"]
    assert "order 0" in picture.alt


@pytest.mark.slow
def test_predictions_elasticities_and_marginal_impacts_draw(world):
    regions, fit = world
    assert "Predicted y (TC)" in fit.predict(kind="TC").plot(regions).get_suptitle()
    assert "total a" in fit.elasticities().plot().alt
    assert "total a" in fit.marginal_impacts("a").plot().alt
