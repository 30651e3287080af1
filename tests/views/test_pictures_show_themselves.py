"""Pictures show themselves without global plotting state, keep letters, and fit their labels."""

from __future__ import annotations

import subprocess
import sys

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, box

from workbench.core.display import PICTURES, picture
from workbench.errors import GeometryError, InputError, OptionError, ValuesError
from workbench.views import choropleth, impacts_chart
from workbench.views.style import CLUSTER_COLORS, Picture


@pytest.fixture
def squares() -> gpd.GeoDataFrame:
    cells = [box(i, j, i + 1, j + 1) for i in range(4) for j in range(3)]
    return gpd.GeoDataFrame(geometry=cells, index=[f"r{k:02d}" for k in range(12)])


@pytest.fixture
def values(squares) -> pd.Series:
    return pd.Series(np.arange(12.0) ** 2, index=squares.index, name="value")


def impacts(scale: float = 1.0) -> pd.DataFrame:
    index = pd.MultiIndex.from_product(
        [["log(rd)", "students"], ["direct", "indirect", "total"]], names=["term", "effect"]
    )
    estimate = scale * np.array([0.3, 0.1, 0.4, -0.2, 0.05, -0.15])
    return pd.DataFrame(
        {"estimate": estimate, "conf_low": estimate - 0.1, "conf_high": estimate + 0.1}, index=index
    )


def shown(figure: Picture) -> list[str]:
    return [t.get_text() for t in figure.findobj(lambda o: hasattr(o, "get_text")) if t.get_text()]


def test_every_kind_of_picture_resolves():
    from importlib import import_module

    for target in PICTURES.values():
        module, _, function = target.partition(":")
        assert callable(getattr(import_module(module), function))
    assert isinstance(picture("impacts", impacts()), Picture)


def test_ipython_gets_a_png_with_its_description(squares, values):
    figure = choropleth(values, squares, title="Площади")
    from IPython.core.formatters import DisplayFormatter

    data, metadata = DisplayFormatter().format(figure)
    assert data["image/png"][:4] in (b"\x89PNG", "iVBO")  # bytes, or base64 in some versions
    assert metadata["image/png"]["alt"] == figure.alt
    assert "Площади" in figure.alt


def test_settings_of_the_caller_are_left_alone(squares, values):
    before = dict(mpl.rcParams)
    choropleth(values, squares).to_svg()
    assert dict(mpl.rcParams) == before


def test_drawing_does_not_import_pyplot():
    code = (
        "import sys, pandas as pd\n"
        "from workbench.views import impacts_chart\n"
        "frame = pd.DataFrame({'term': ['x'], 'effect': ['direct'], 'estimate': [1.0],"
        " 'conf_low': [0.5], 'conf_high': [1.5]})\n"
        "impacts_chart(frame).to_png()\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_letters_stay_letters_in_svg(squares, values):
    svg = choropleth(values, squares, title="Патенты на миллион жителей").to_svg()
    assert "Патенты на миллион жителей" in svg
    assert "<dc:date>" not in svg


def test_saved_files_carry_no_date(squares, values, tmp_path):
    figure = choropleth(values, squares)
    contents = []
    for name in ("one.pdf", "two.pdf"):
        figure.savefig(tmp_path / name)
        contents.append((tmp_path / name).read_bytes())
    assert contents[0] == contents[1]
    assert b"CreationDate" not in contents[0]


def test_classes_hold_every_region_once(squares, values):
    # quantiles of 0, 1, 4 ... 121: three regions a class
    legend = choropleth(values, squares, k=4).legends[0]
    assert [t.get_text().rpartition(" ")[2] for t in legend.get_texts()] == ["(3)"] * 4
    two = choropleth(values.clip(upper=1), squares, k=5).legends[0]
    assert [t.get_text() for t in two.get_texts()] == ["0 (1)", "1 (11)"]


def test_order_of_rows_does_not_change_a_map(squares, values):
    straight = choropleth(values, squares).to_svg()
    assert choropleth(values.iloc[::-1], squares.iloc[::-1]).to_svg() == straight


def test_legend_texts_lie_inside_the_picture(squares, values):
    for regions in (squares, squares.scale(3, 1, origin=(0, 0)), squares.scale(1, 4)):
        shapes = gpd.GeoSeries(regions.geometry, index=squares.index)
        figure = choropleth(values, shapes, title="A heading " * 12, legend_title="unit")
        figure.draw_without_rendering()
        width, height = figure.bbox.width, figure.bbox.height
        for text in [*figure.legends[0].get_texts(), figure._suptitle]:
            extent = text.get_window_extent()
            assert extent.x0 >= 0
            assert extent.x1 <= width
            assert extent.y0 >= 0
            assert extent.y1 <= height


def test_colours_of_clusters_are_geodas():
    assert CLUSTER_COLORS["High-High"] == "#FF0000"
    assert CLUSTER_COLORS["Low-Low"] == "#0000FF"
    assert CLUSTER_COLORS["High-Low"] == "#F4ADA8"
    assert CLUSTER_COLORS["Low-High"] == "#A7ADF9"
    assert CLUSTER_COLORS["not significant"] == "#EEEEEE"


def test_impacts_of_several_models_are_told_apart():
    figure = impacts_chart({"SAR": impacts(), "SDM": impacts(2).reset_index()}, title="Compared")
    words = shown(figure)
    for word in ("SAR", "SDM", "direct", "indirect", "total", "log(rd)", "students", "Compared"):
        assert word in words
    assert "SDM indirect log(rd) 0.2 [0.1, 0.3]" in figure.alt


@pytest.mark.parametrize(
    ("draw", "error", "text"),
    [
        (lambda s, v: choropleth(v, s, scheme="jenks"), OptionError, "did you mean 'fisher-jenks'"),
        (lambda s, v: choropleth(v, s, k=1), InputError, "k: expected 2 to 9 classes; got 1"),
        (lambda s, v: choropleth(v.astype(str), s), ValuesError, "values: expected numbers"),
        (lambda s, v: choropleth(v / 0, s), ValuesError, "values: expected finite values"),
        (lambda s, v: choropleth(v * np.nan, s), ValuesError, "expected at least one value"),
        (lambda s, v: choropleth(v, v), InputError, "regions: expected a GeoDataFrame"),
        (
            lambda s, v: choropleth(v, s.set_geometry([LineString([(0, 0), (1, 1)])] * 12)),
            GeometryError,
            "regions: expected a polygon for every region",
        ),
        (
            lambda s, v: choropleth(v, s.set_geometry([Point(0, 0)] * 12)),
            GeometryError,
            "regions: expected points in different places; got all in one place",
        ),
        (
            lambda s, v: impacts_chart(impacts().drop(columns="conf_low")),
            InputError,
            "found|got one without conf_low",
        ),
        (lambda s, v: impacts_chart({}), InputError, "impacts: expected 1 to 6 models; got 0"),
    ],
)
def test_what_cannot_be_drawn_is_refused(squares, values, draw, error, text):
    with pytest.raises(error, match=text):
        draw(squares, values)
