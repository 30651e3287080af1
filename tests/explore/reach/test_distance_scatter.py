"""The distance scatter: pairs, simultaneous envelope, sampling said so; and Kelejian–Robinson."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from workbench.core.glossary import GLOSSARY
from workbench.errors import InputError, OptionError, ValuesError
from workbench.explore import distance_scatter, kelejian_robinson


def field(n, *, trend, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 1e6, (2, n))
    values = trend * np.sin(x / 2e5) * np.cos(y / 2e5) + rng.standard_normal(n)
    return gpd.GeoDataFrame(
        {"value": values, "more": x},
        index=[f"r{i:03d}" for i in rng.permutation(n)],
        geometry=gpd.points_from_xy(x, y), crs=3857,
    )  # fmt: skip


def test_pairs_are_all_pairs_within_reach():
    regions = field(30, trend=2, seed=0)
    found = distance_scatter("value", regions, max_distance=400)
    points = found.augment()
    xy = np.column_stack([regions.geometry.x, regions.geometry.y]) / 1000
    z = pd.Series((regions["value"] - regions["value"].mean()) / regions["value"].std(ddof=0))
    place = dict(zip(regions.index, xy, strict=True))
    expected = {
        frozenset((a, b)): (np.hypot(*(place[a] - place[b])), z[a] * z[b])
        for k, a in enumerate(regions.index)
        for b in regions.index[k + 1 :]
        if np.hypot(*(place[a] - place[b])) <= 400
    }
    assert len(points) == len(expected) == found.total
    for (a, b), row in points.iterrows():
        np.testing.assert_allclose(row.to_numpy(), expected[frozenset((a, b))], rtol=1e-9)


def test_a_field_with_a_range_leaves_the_envelope_there_and_returns():
    found = distance_scatter("value", field(150, trend=2, seed=1))
    assert found.p_value <= 0.01
    # correlation of sin(x/200) cos(y/200) turns negative beyond a quarter wave, about 300 km
    assert 150 < found.reach < 400
    variogram = distance_scatter("value", field(150, trend=2, seed=1), measure="semivariance")
    assert 150 < variogram.reach < 400
    assert "alike beyond chance up to" in str(found)


@pytest.mark.slow
def test_noise_leaves_the_simultaneous_envelope_at_its_level():
    # 200 fields at 5 %: standard error 1.54 %, band of two and a half
    flagged = 0
    for seed in range(200):
        found = distance_scatter("value", field(40, trend=0, seed=seed), permutations=99)
        curve = found.tidy()
        flagged += bool(
            ((curve["statistic"] > curve["envelope_high"])
             | (curve["statistic"] < curve["envelope_low"])).any()
        )  # fmt: skip
    assert 0.012 <= flagged / 200 <= 0.09


def test_too_many_pairs_are_sampled_and_said_so():
    regions = field(80, trend=1, seed=3)
    every, some = (distance_scatter("value", regions, pairs=p) for p in (50_000, 500))
    assert len(every.augment()) == every.total == some.total
    assert len(some.augment()) == 500
    assert f"500 of the {every.total:,} pairs" in " ".join(some.notes)
    assert some.augment().index.isin(every.augment().index).all()
    other = distance_scatter("value", regions, pairs=500, seed=1)
    assert not other.augment().index.equals(some.augment().index)


def test_beyond_what_is_measured_pairs_are_drawn(monkeypatch):
    monkeypatch.setattr("workbench.explore.reach.distance_pairs.MEASURED", 1000)
    found = distance_scatter("value", field(80, trend=1, seed=3), pairs=150)
    assert found.total is None
    assert len(found.augment()) == 150
    assert "drawn at random with equal chances" in " ".join(found.notes)


def test_shuffled_rows_change_no_bit():
    regions = field(40, trend=1, seed=4)
    order = np.random.default_rng(1).permutation(40)
    a, b = (distance_scatter("value", r, permutations=49) for r in (regions, regions.iloc[order]))
    pd.testing.assert_frame_equal(a.tidy(), b.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(a.augment(), b.augment(), check_exact=True)


def test_result_speaks_the_vocabulary_and_draws_itself():
    found = distance_scatter("value", field(40, trend=1, seed=4), permutations=49)
    assert set(found.tidy()) | set(found.augment()) | set(found.glance()) <= set(GLOSSARY)
    picture = found.plot()
    assert "pairs" in " ".join(
        t.get_text() for t in picture.findobj(lambda o: hasattr(o, "get_text"))
    )
    assert "over all distances" in picture.alt
    assert picture.to_svg() == found.plot().to_svg()
    assert "<table" in found._repr_html_()


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"measure": "covariance"}, OptionError, "measure"),
        ({"pairs": 3}, InputError, "pairs"),
        ({"max_distance": 0.001}, InputError, "leave it out"),
        ({"bandwidth": -1}, InputError, "bandwidth"),
        ({"bandwidth": 0.01}, ValuesError, r"bandwidth=\S+ or more"),
        ({"permutations": 0}, InputError, "permutations"),
        ({"unit": "miles"}, OptionError, "unit"),
    ],
)
def test_unusable_options_are_refused(options, error, text):
    with pytest.raises(error, match=text):
        distance_scatter("value", field(30, trend=1, seed=5), **options)


def test_bad_values_are_refused_by_name():
    regions = field(30, trend=1, seed=5)
    regions.loc["r007", "value"] = np.inf
    with pytest.raises(ValuesError, match="r007"):
        distance_scatter("value", regions)


def test_kelejian_robinson_by_formula(explored):
    case = explored("oldcol")
    found = kelejian_robinson("CRIME ~ INC + HOVAL", case.table, case.graphs["W"])
    assert found.df == (3.0,)
    assert found.provenance.formula == "CRIME ~ INC + HOVAL"
    # weights do not matter, links do
    binary = kelejian_robinson("CRIME ~ INC + HOVAL", case.table, case.graphs["B"])
    assert binary.statistic == found.statistic
    order = np.random.default_rng(0).permutation(len(case.table))
    again = kelejian_robinson("CRIME ~ INC + HOVAL", case.table.iloc[order], case.graphs["W"])
    assert again.statistic == found.statistic
