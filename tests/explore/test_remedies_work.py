"""Promise: a refusal names the caller's argument, and what it tells the caller to do works."""

import warnings

import numpy as np
import pandas as pd
import pytest
from geopandas import GeoDataFrame, points_from_xy
from libpysal.graph import Graph

from workbench.errors import IdError, InputError, ValuesError
from workbench.explore import (
    choose_k,
    cluster,
    correlogram,
    distance_correlogram,
    distance_scatter,
    group_stability,
    join_counts,
    moran,
    regionalize,
)

N = 16
RANDOM = np.random.default_rng(2)
LINE = Graph.from_dicts({i: [j for j in (i - 1, i + 1) if 0 <= j < N] for i in range(N)})


@pytest.fixture
def table() -> GeoDataFrame:
    return GeoDataFrame(
        {"x": RANDOM.normal(size=N), "y": RANDOM.normal(size=N)},
        geometry=points_from_xy(RANDOM.random(N) * 1e5, RANDOM.random(N) * 1e5), crs=3857,
    )  # fmt: skip


def test_missing_values_of_profiles_are_mended_as_the_refusal_says(table):
    gaps = table.assign(x=table["x"].mask(table.index == 15))
    for call in (lambda t: cluster(["x"], t, k=3), lambda t: choose_k(["x"], t, k=[2, 3], draws=2)):
        with pytest.raises(ValuesError) as caught:
            call(gaps)
        assert caught.value.offenders == ("15",)
        assert "align" not in caught.value.remedy  # they have no such argument
        assert call(gaps.drop(index=15)) is not None
    with pytest.raises(ValuesError, match="intersection"):
        regionalize(["x"], gaps, LINE, k=3)
    kept = regionalize(["x"], gaps.drop(index=15), LINE, k=3, align="intersection")
    assert kept.profiles.n == 15


def test_complex_numbers_are_no_numbers(table):
    with pytest.raises(ValuesError, match="complex128"):
        moran("z", table.assign(z=table["x"] + 1j), LINE)


@pytest.mark.parametrize(
    ("kinds", "text"),
    [([[1, 2], [3]], r"values such as \[1, 2\]"), ([1, "1"], "read differently")],
)
def test_categories_without_a_name_of_their_own_are_refused(table, kinds, text):
    column = pd.Series([kinds[i % 2] for i in range(N)], name="kind", dtype=object)
    with pytest.raises(ValuesError, match=text) as caught:
        join_counts(column, None, LINE)
    assert len(caught.value.offenders) == N
    mended = join_counts(column.astype(str), None, LINE) if "such" in text else None
    assert mended is None or len(mended.tidy()) == 4


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda t: correlogram("x", t, LINE, orders=0), "orders"),
        (lambda t: distance_correlogram("x", t, breaks=[3, 2]), "breaks"),
        (lambda t: distance_correlogram("x", t, breaks=["a", "b"]), "breaks"),
        (lambda t: distance_correlogram("x", pd.concat([t, t])), "regions"),
        (lambda t: distance_scatter("x", pd.concat([t, t])), "regions"),
        (lambda t: correlogram("x", t, LINE, orders=2, level="a"), "level"),
        (lambda t: group_stability(cluster(["x"], t, k=2), by="noise", share="a"), "share"),
    ],
)
def test_refusals_name_the_argument_that_the_caller_knows(table, call, argument):
    with pytest.raises(InputError) as caught:
        call(table)
    assert caught.value.argument == argument
    assert isinstance(caught.value, IdError) == (argument == "regions")
    assert "edges" not in caught.value.remedy


def test_a_reach_beyond_the_map_ends_with_the_map(table):
    whole = distance_correlogram("x", table, max_distance=1e9, bins=4, permutations=39)
    assert len(whole.table) == 4
    assert whole.table["pairs"].sum() == N * (N - 1)
    assert whole.table["pairs"].min() > N * (N - 1) / 8
    # a reach within the map is where the last class ends, not at its last pair
    part = distance_correlogram("x", table, max_distance=50, bins=4, permutations=39)
    assert part.table.index[-1].endswith("-50 km")


def test_constants_read_as_numbers(table):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValuesError) as caught:
            moran("one", table.assign(one=0.1), LINE)
    assert caught.value.found == "the constant 0.1"
