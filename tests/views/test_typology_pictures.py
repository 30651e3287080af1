"""Pictures of typologies: every group, class and step is in the legend and in the description."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from shapely.geometry import box

from workbench.errors import InputError
from workbench.explore.typology import choose_k, classify, cluster, regionalize, stability
from workbench.views.typology import group_colors


@pytest.fixture(scope="module")
def cells() -> gpd.GeoDataFrame:
    rng = np.random.default_rng(3)
    shapes = [box(i, j, i + 1, j + 1) for i in range(5) for j in range(4)]
    values = rng.normal(size=(20, 2))
    index = [f"r{k:02d}" for k in range(20)]
    return gpd.GeoDataFrame({"a": values[:, 0], "b": values[:, 1]}, geometry=shapes, index=index)


@pytest.fixture(scope="module")
def chain(cells) -> Graph:
    ids = list(cells.index)
    near = {k: [ids[j] for j in (i - 1, i + 1) if 0 <= j < 20] for i, k in enumerate(ids)}
    return Graph.from_dicts(near)


def legend_of(figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_map_of_groups_lists_and_numbers_every_group(cells, chain):
    result = regionalize(["a", "b"], cells, chain, k=4)
    figure = result.plot()
    assert legend_of(figure) == [f"{g} ({n})" for g, n in result.sizes.items()]
    assert [t.get_text() for t in figure.axes[0].texts] == ["1", "2", "3", "4"]
    assert all(f"{g} ({n})" in figure.alt for g, n in result.sizes.items())
    painted = figure.axes[0].collections[0].get_facecolors()
    assert len(np.unique(painted, axis=0)) == 4
    assert not cluster(["a", "b"], cells, k=3).plot().axes[0].texts


def test_map_without_some_results_says_no_data(cells, chain):
    result = regionalize(["a"], cells.iloc[:15], chain, k=3, align="intersection")
    assert legend_of(result.plot(cells))[-1] == "no data (5)"


def test_tables_without_geometry_need_regions(cells, chain):
    plain = pd.DataFrame(cells[["a", "b"]])
    result = regionalize(["a"], plain, chain, k=3)
    with pytest.raises(InputError, match="the table had no geometry"):
        result.plot()
    assert legend_of(result.plot(cells)) == legend_of(regionalize(["a"], cells, chain, k=3).plot())


def test_map_of_classes_lists_empty_ones(cells):
    result = classify("a", cells, method="user", breaks=[-9.0, 0.0])
    assert legend_of(result.plot())[0] == "(−∞, -9] (0)"
    assert len(legend_of(result.plot())) == 3


def test_map_of_stability_has_fixed_classes(cells, chain):
    result = stability(regionalize(["a", "b"], cells, chain, k=3), by="noise", draws=4, share=0.5)
    entries = legend_of(result.plot())
    assert [e.rpartition(" ")[0] for e in entries] == [
        "at most 50 %", "50 to 75 %", "75 to 90 %", "90 to 99 %", "above 99 %",
    ]  # fmt: skip
    assert sum(int(e.rpartition("(")[2][:-1]) for e in entries) == 20


def test_profiles_show_each_mean(cells, chain):
    result = regionalize(["a", "b"], cells, chain, k=3)
    axes = result.plot_profiles().axes[0]
    shown = [float(t.get_text().replace("−", "-")) for t in axes.texts]
    np.testing.assert_allclose(shown, result.profile.T.to_numpy().ravel(), atol=0.0501)


def test_choice_marks_each_rule(cells, chain):
    result = choose_k(["a", "b"], cells, chain, k=range(2, 5), draws=3)
    figure = result.plot()
    assert f"k = {result.elbow}" in figure.axes[0].get_title(loc="left")
    assert f"mean silhouette: {result.silhouette}" in figure.alt


def test_colours_of_many_groups_differ():
    assert len({str(color) for color in group_colors(30)}) == 30
