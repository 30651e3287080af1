"""Every picture of a result takes a heading of the caller's, and none at all for an empty text."""

from __future__ import annotations

import inspect
from importlib import import_module
from pkgutil import walk_packages

import numpy as np
import pandas as pd
import pytest

import workbench
from workbench import explore, growth
from workbench.views.outlines import heading
from workbench.views.style import Picture


def results_that_draw() -> dict[str, type]:
    """Every result of explore and growth that has a picture, by name."""
    found = {}
    for module in walk_packages(workbench.__path__, "workbench."):
        if module.name.startswith(("workbench.explore.", "workbench.growth.")):
            for name, item in vars(import_module(module.name)).items():
                if inspect.isclass(item) and item.__module__ == module.name:
                    found[name] = item
    return {name: item for name, item in found.items() if hasattr(item, "plot")}


def test_every_result_takes_a_title():
    drawing = results_that_draw()
    assert {"SpatialMarkovResult", "SigmaConvergence", "LocalResult", "GlobalResult"} <= {*drawing}
    for name, item in drawing.items():
        parameters = inspect.signature(item.plot).parameters
        assert "title" in parameters, name
        assert parameters["title"].kind is inspect.Parameter.KEYWORD_ONLY, name


@pytest.fixture
def panel() -> pd.DataFrame:
    steps = np.random.default_rng(3).normal(size=(30, 10)).cumsum(axis=1)
    index = pd.MultiIndex.from_product(
        [[f"r{i:02d}" for i in range(30)], range(2000, 2010)], names=["region", "year"]
    )
    return pd.DataFrame({"x": np.exp(1 + 0.1 * steps).ravel()}, index=index)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    "draw",
    [
        lambda panel: explore.markov("x", panel, classes=3),
        lambda panel: explore.rank_mobility("x", panel),
        lambda panel: explore.gini("x", panel),
        lambda panel: growth.sigma_convergence("x", panel),
        lambda panel: growth.beta_convergence("x", panel),
        lambda panel: growth.convergence_clubs("x", panel),
    ],
)
def test_title_stands_over_the_picture_or_not_at_all(panel, draw):
    result = draw(panel)
    assert result.plot(title="My heading").get_suptitle() == "My heading"
    assert result.plot(title="").get_suptitle() == ""
    assert result.plot().get_suptitle()


@pytest.mark.parametrize("function", [explore.rank_mobility, growth.beta_convergence])
def test_names_replace_ids(panel, function):
    names = pd.Series({i: f"Region {i}" for i in panel.index.levels[0]})
    picture = function("x", panel).plot(names=names)
    texts = [text.get_text() for text in picture.axes[0].texts]
    assert texts
    assert all(text.startswith("Region r") for text in texts)


def test_empty_heading_takes_no_room():
    bare, empty = Picture(3, 2), Picture(3, 2)
    for figure in (bare, empty):
        figure.add_subplot()
    heading(empty, "")
    sizes = []
    for figure in (bare, empty):
        figure.draw_without_rendering()
        sizes.append(figure.axes[0].get_position().bounds)
    assert sizes[0] == sizes[1]
