"""Pictures of growth show every region, club and model, and say so in words."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench.errors import IdError, InputError
from workbench.growth import (
    beta_convergence,
    convergence_clubs,
    convergence_ladder,
    sigma_convergence,
)


@pytest.fixture(scope="module")
def russia():
    return wb.load("russia-innovation").drop(index="RU-CE", level="region")


@pytest.fixture(scope="module")
def clubs(russia):
    return convergence_clubs("log(grp * 1000 / population)", russia, periods=range(2000, 2020))


def test_dispersion_is_drawn_from_zero(russia):
    result = sigma_convergence("grp / population", russia, periods=range(2000, 2020))
    picture = result.plot()
    axes = picture.axes[0]
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), result.dispersion)
    assert axes.get_ylim()[0] == 0
    assert "Standard deviation of logarithms of grp / population" in picture.alt


def test_scatterplot_has_a_point_a_region_and_the_total_slope(russia):
    result = beta_convergence("grp / population", russia, start=2000, end=2019)
    axes = result.plot().axes[0]
    assert len(axes.collections[0].get_offsets()) == 79
    line = axes.lines[-1]
    assert line.get_slope() == pytest.approx(result.tidy()["estimate"].iloc[0])


def test_speeds_have_a_row_a_model(russia):
    W = wb.weights.queen(wb.load("russia-regions"), islands="nearest")
    steps = convergence_ladder(
        "grp / population", russia, W, start=2000, end=2019, align="intersection",
        models=("ols", "sar", "sdm"),
    )  # fmt: skip
    picture = steps.plot()
    assert [tick.get_text() for tick in picture.axes[0].get_yticklabels()] == ["ols", "sar", "sdm"]
    assert "sdm direct" in picture.alt


def test_paths_and_map_show_every_region(clubs):
    axes = clubs.plot().axes[0]
    thin = [
        line for line in axes.lines if line.get_linewidth() == 0.6 and len(line.get_xdata()) > 2
    ]
    assert len(thin) == 79
    regions = wb.load("russia-regions")
    picture = clubs.map(regions)
    assert len(picture.axes[0].collections[0].get_paths()) == 80
    assert "Map of the clubs" in picture.alt
    assert f"club 1: {len(clubs.members(1))}" in picture.alt


def test_map_needs_geometry_of_every_region(clubs):
    with pytest.raises(InputError, match=r"clubs\.map\(regions\)"):
        clubs.map()
    with pytest.raises(IdError, match="RU-TOM"):
        clubs.map(wb.load("russia-regions").drop(index="RU-TOM"))


def test_rates_say_what_they_are_per(russia):
    """Years that lie ten apart give rates a year, not a period; other numbers have no unit."""
    decades = russia[russia.index.get_level_values(1).isin([2000, 2005, 2010, 2019])]
    for result in (
        beta_convergence("grp / population", decades),
        sigma_convergence("grp / population", decades),
    ):
        title = " ".join(result.plot().get_suptitle().split())
        assert " a year" in title
        assert "a period" not in title
    counted = decades.rename(index={2000: 0, 2005: 5, 2010: 10, 2019: 19}, level=1)
    counted.index = counted.index.set_names("wave", level=1)
    figure = beta_convergence("grp / population", counted).plot()
    assert figure.axes[0].get_ylabel() == "average growth a unit of time"
