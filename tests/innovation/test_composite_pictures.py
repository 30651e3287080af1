"""Pictures of an index show every part, and say so in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.innovation.composites import composite


@pytest.fixture(scope="module")
def index():
    rng = np.random.default_rng(4)
    names = [f"x{i}" for i in range(8)]
    data = pd.DataFrame(
        rng.lognormal(size=(15, 8)), index=[f"r{i:02d}" for i in range(15)], columns=names
    )
    groups = ["in", "in", "in", "mid", "mid", "out", "out", "out"]
    told = {n: {"direction": "higher", "group": g} for n, g in zip(names, groups, strict=True)}
    return composite(data, told)


def test_stacked_bars_end_at_the_score(index):
    picture = index.plot()
    axes = picture.axes[0]
    ends = np.zeros(15)
    for bar in axes.patches:
        place = round(bar.get_y() + bar.get_height() / 2)
        ends[place] = max(ends[place], bar.get_x() + bar.get_width())
    ranked = index.scores.sort_values(ascending=False)
    np.testing.assert_allclose(ends, ranked)
    assert [label.get_text() for label in axes.get_yticklabels()] == ranked.index.tolist()
    assert ranked.index[0] in picture.alt


def test_parts_below_zero_go_left_and_a_dot_is_the_score(index):
    other = index.rebuild({"normalisation": "z-score"})
    axes = other.plot(most=5).axes[0]
    assert min(bar.get_x() for bar in axes.patches) < 0
    dots = axes.collections[0].get_offsets()[:, 0]
    np.testing.assert_allclose(dots, other.scores.sort_values(ascending=False).iloc[:5])


def test_an_index_that_is_no_sum_has_plain_bars(index):
    axes = index.rebuild({"aggregation": "condorcet"}).plot(title="Votes").axes[0]
    assert len(axes.patches) == 15


def test_profile_has_a_row_a_sub_index_and_the_leader(index):
    worst = index.ranks.idxmax()
    picture = index.profile(worst, peers=["r03"])
    axes = picture.axes[0]
    assert {label.get_text() for label in axes.get_yticklabels()} == {"in", "mid", "out"}
    texts = [text.get_text() for text in picture.legends[0].get_texts()]
    assert f"{index.ranks.idxmin()} (leader)" in texts
    assert "r03" in texts
    assert f"rank {index.ranks.max()} of 15" in picture.alt


def test_correlations_are_written_once(index):
    picture = index.checks().plot()
    assert len(picture.axes[0].texts) == 8 * 7 // 2
    assert picture.alt.endswith(".")


def test_a_period_of_a_panel_is_drawn():
    rows = pd.MultiIndex.from_product([list("abc"), [2000, 2010]])
    panel = pd.DataFrame({"x": np.arange(6.0), "y": [3.0, 1, 4, 1, 5, 9]}, index=rows)
    made = composite(panel, {"x": "higher", "y": "lower"})
    assert len(made.plot(period=2000).axes[0].get_yticklabels()) == 3
    assert made.profile("a").axes[0].get_xlabel() == "normalised indicator"
    assert "2010" in made.plot().alt
