"""Pictures of W show every link once, say which go one way, and describe themselves."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb


@pytest.fixture(scope="module")
def regions():
    return wb.load("russia-regions")


@pytest.fixture(scope="module")
def capitals():
    return wb.load("russia-regions", part="capitals80")


def drawn(figure):
    return sum(
        len(c.get_segments()) for c in figure.axes[0].collections if hasattr(c, "get_segments")
    )


def legend_of(figure):
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def test_links_one_way_have_a_legend_with_counts(regions, capitals):
    W = wb.weights.knn(capitals, 4)
    dense = W.sparse.toarray() > 0
    mutual, either = np.triu(dense & dense.T).sum(), np.triu(dense | dense.T).sum()
    figure = W.plot(regions)
    assert drawn(figure) == either
    assert legend_of(figure) == [f"both ways ({mutual})", f"one way ({either - mutual})"]


def test_larger_weights_are_darker(regions, capitals):
    figure = wb.weights.inverse_distance(capitals).plot(regions)
    assert drawn(figure) == 80 * 79 / 2
    shades = [c.get_alpha() for c in figure.axes[0].collections if hasattr(c, "get_segments")]
    assert shades == sorted(shades)
    assert len(set(shades)) == 5
    assert legend_of(figure) == ["darker: larger weight as built"]


def test_equal_weights_and_both_ways_need_no_legend(regions):
    W = wb.weights.queen(regions, islands="nearest")
    assert legend_of(W.plot(regions)) == []


def test_the_histogram_has_a_bar_for_every_number_of_neighbours(regions):
    W = wb.weights.queen(regions, islands="keep")
    figure = W.plot_cardinalities()
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    assert heights == np.bincount(W.cardinalities).tolist()
    assert "2 without neighbours" in figure.alt
    assert "mean 4.53" in figure.alt


def test_many_numbers_of_neighbours_are_grouped(capitals):
    W = wb.weights.distance_band(capitals, 3000)
    bars = W.plot_cardinalities().axes[0].patches
    assert len(bars) <= 40
    assert sum(bar.get_height() for bar in bars) == 80
