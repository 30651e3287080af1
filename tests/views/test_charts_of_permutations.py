"""Promise: charts of permutation tests say what is drawn, and draw what cannot vary."""

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from workbench.explore import (
    correlogram,
    geary,
    getis_ord,
    join_counts,
    residual_moran,
    smoothed_rates,
)

IDS = [f"r{i}" for i in range(12)]
EVERYONE = Graph.from_dicts({a: [b for b in IDS if b != a] for a in IDS})
LINE = Graph.from_dicts({i: [IDS[j] for j in (k - 1, k + 1) if 0 <= j < 12]
                         for k, i in enumerate(IDS)})  # fmt: skip
x = pd.Series(np.random.default_rng(0).lognormal(size=12), IDS, name="x")


def labels(figure):
    handles = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    for axes in figure.axes:
        if axes.get_legend() is not None:
            handles += [text.get_text() for text in axes.get_legend().get_texts()]
    return handles


@pytest.mark.parametrize("statistic", [geary, getis_ord])
def test_statistics_that_cannot_vary_are_drawn(statistic):
    figure = statistic(x, None, EVERYONE, permutations=99).plot()
    assert labels(figure) == ["99 permutations", "observed"]
    figure.savefig("/dev/null", format="png")


def test_the_total_of_different_colours_is_no_count_of_one_colour():
    half = pd.Series(["a"] * 6 + ["b"] * 6, IDS, name="half")
    figure = join_counts(half, None, LINE, permutations=99).plot()
    assert labels(figure) == [
        "95 % at random", "one colour", "different colours", "all different colours",
    ]  # fmt: skip
    points = {c.get_label(): len(c.get_offsets()) for c in figure.axes[0].collections
              if c.get_label() and not c.get_label().startswith("_")}  # fmt: skip
    assert (points["one colour"], points["all different colours"]) == (2, 1)
    figure.savefig("/dev/null", format="png")
    figure.canvas.draw()
    label = figure.axes[0].xaxis.label.get_window_extent()
    assert label.x0 >= 0
    assert label.x1 <= figure.bbox.width


def test_joins_none_of_which_can_vary_say_so():
    half = pd.Series(["a"] * 6 + ["b"] * 6, IDS, name="half")
    figure = join_counts(half, None, EVERYONE, permutations=99).plot()
    assert "no count of joins can vary" in [text.get_text() for text in figure.axes[0].texts]


def test_of_many_colours_the_farthest_pairs_are_drawn():
    ids = list(range(60))
    ring = Graph.from_dicts({i: [(i - 1) % 60, (i + 1) % 60] for i in ids})
    many = pd.Series([f"c{i % 20:02d}" for i in ids], ids, name="many")
    found = join_counts(many, None, ring, permutations=99)
    figure = found.plot()
    assert len(figure.axes[0].get_yticks()) == 40
    assert figure.get_size_inches()[1] < 14
    z = found.tidy()["z"].abs()
    shown = [text.get_text().rsplit(" (", 1)[0] for text in figure.axes[0].get_yticklabels()]
    assert z[shown].min() >= z.dropna().drop(shown).max()


def test_pictures_say_which_side_is_alike():
    assert "C below 1" in geary(x, None, LINE, permutations=99).plot().axes[0].get_xlabel()
    curve = correlogram(x, None, LINE, orders=2, statistic="geary", permutations=39)
    assert "below 1" in curve.plot().axes[0].get_ylabel()
    frame = pd.DataFrame({"x": x, "y": x[::-1].to_numpy()}, IDS)
    assert "residual" in residual_moran("y ~ x", frame, LINE).plot().axes[0].get_xlabel()
    table = pd.DataFrame({"events": range(12), "people": 50}, IDS)
    assert {"left as it is", "rate of all regions"} < set(
        labels(smoothed_rates("events", "people", table).plot())
    )
