"""Pictures are complete, described in words, and the same on every run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import IdError, InputError


@pytest.fixture(scope="module")
def states():
    return wb.load("us-states")


@pytest.fixture(scope="module")
def W(states):
    return wb.weights.queen(states)


@pytest.fixture(scope="module")
def table(states):
    return wb.join(states, wb.load("munnell-1990").xs(1986, level="year"))


def texts(figure):
    return " ".join(t.get_text() for t in figure.findobj(lambda o: hasattr(o, "get_text")))


def test_lisa_map_names_every_class_in_geodas_colours(table, W):
    figure = wb.lisa("log(gsp)", table, W, permutations=199).plot()
    shown = texts(figure)
    for name in ("High-High", "Low-Low", "High-Low", "Low-High", "not significant", "isolated"):
        assert name in shown
    svg = figure.to_svg().lower()
    for colour in ("#ff0000", "#0000ff", "#a7adf9", "#f4ada8"):
        assert colour in svg
    assert figure.alt


def test_lisa_map_without_geometry_says_what_to_pass(table, W):
    plain = pd.DataFrame(table.drop(columns="geometry"))
    with pytest.raises(InputError, match="regions"):
        wb.lisa("log(gsp)", plain, W, permutations=99).plot()


def test_moran_scatterplot_has_the_statistic_as_its_slope(table, W):
    found = wb.moran("log(gsp)", table, W, permutations=99)
    points = found.augment()
    slope = np.polyfit(points["value"], points["lag"], 1)[0]
    assert slope == pytest.approx(found.statistic, rel=1e-9)
    assert f"{found.statistic:.3f}" in texts(found.plot())


def test_names_with_dollars_are_names(table, W):
    """Dollars would be mathematics, and what stands between them an error at drawing."""
    named = table.rename(index=lambda region: rf"$\frac{region}$")
    found = wb.moran("log(gsp)", named, wb.weights.knn(named, 4), permutations=99)
    assert r"$\frac" in texts(found.plot())


def test_choropleth_counts_every_region(table, states):
    values = table["unemp"].copy()
    values.iloc[0] = np.nan
    shown = texts(wb.choropleth(values, states, k=4))
    assert "no data (1)" in shown
    with pytest.raises(InputError, match="a Series indexed by region id"):
        wb.choropleth(list(values), states)
    with pytest.raises(IdError, match="nowhere"):
        wb.choropleth(values.rename({values.index[1]: "nowhere"}), states)


def test_impacts_chart_and_connectivity_map_can_be_drawn(table, W, states):
    fit = wb.fit("log(gsp) ~ log(pcap) + log(emp)", table, W, model="sdm")
    chart = fit.impacts().plot()
    assert "log(pcap)" in texts(chart)
    both = wb.impacts_chart(
        {
            "SDM": fit.impacts(),
            "SLX": wb.fit("log(gsp) ~ log(pcap) + log(emp)", table, W, model="slx").impacts(),
        }
    )
    assert "SLX" in texts(both)
    assert W.plot(states).alt


def test_pictures_are_the_same_on_every_run(table, W):
    one, two = (wb.moran("log(gsp)", table, W, permutations=99).plot().to_svg() for _ in range(2))
    assert one == two
    assert "<dc:date>" not in one


def test_a_map_outlines_the_regions_that_are_asked_for():
    regions = wb.load("russia-regions")
    values = wb.load("russia-innovation").xs(2019, level="year")["unemployment"]
    plain = wb.choropleth(values, regions)
    marked = wb.choropleth(values, regions, highlight=["RU-KEM"])
    extra = len(marked.axes[0].collections) - len(plain.axes[0].collections)
    assert extra == 1
    assert len(marked.axes[0].collections[-1].get_paths()) == 1
    with pytest.raises(InputError, match=r"highlight=\['RU-KEM'\]"):
        wb.choropleth(values, regions, highlight="RU-KEM")
    with pytest.raises(IdError, match="RU-XX"):
        wb.choropleth(values, regions, highlight=["RU-XX"])
