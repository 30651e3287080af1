"""Potential links: counted by brute force, exact, and never fewer than there are."""

from __future__ import annotations

from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from workbench.core.glossary import GLOSSARY
from workbench.errors import IdError, InputError, OptionError, UnknownNameError, ValuesError
from workbench.innovation.position import potential_links


@pytest.fixture(scope="module")
def agents():
    return pd.DataFrame(
        {"firms": [5, 0, 3, 1], "labs": [2, 1, 0, 4], "funds": [1, 0, 0, 2]}, index=list("dbca")
    )


@pytest.fixture(scope="module")
def places():
    return gpd.GeoSeries(gpd.points_from_xy([0, 3000, 0, 7000], [0, 0, 4000, 1000]),
                         index=list("abcd"), crs=3857)  # fmt: skip


def everyone(agents):
    """Every agent as (region, type)."""
    return [(r, t) for r in agents.index for t in agents for _ in range(agents.loc[r, t])]


def test_links_within_by_counting_pairs_of_agents(agents):
    found = potential_links(agents)
    people = everyone(agents)
    for a, b in [("firms", "firms"), ("firms", "labs"), ("labs", "funds")]:
        for region in agents.index:
            count = sum(
                1 for p, q in combinations(people, 2)
                if p[0] == q[0] == region and sorted((p[1], q[1])) == sorted((a, b))
            )  # fmt: skip
            assert found.table.loc[region, f"{a}-{b}"] == count


def test_all_pairs_are_n_choose_two(agents):
    found = potential_links(agents)
    N = agents.sum(axis=1).sort_index()
    np.testing.assert_array_equal(found.table["within"], N * (N - 1) // 2)
    one = potential_links(agents["firms"])
    np.testing.assert_array_equal(one.table["within"], [0, 0, 3, 10])
    assert found.tidy()["link_share"].sum() == pytest.approx(1.0)


def test_links_across_by_counting_pairs_of_agents(agents, places):
    people = everyone(agents)
    at = {r: np.array([places[r].x, places[r].y]) / 1000 for r in places.index}

    def weighed(pairs):
        return sum(
            np.exp(-np.linalg.norm(at[p[0]] - at[q[0]]) / 4)
            for p, q in combinations(people, 2)
            if p[0] != q[0] and (pairs is None or tuple(sorted((p[1], q[1]))) in pairs)
        )

    every = potential_links(agents, distances=places, decay=4)
    assert every.glance()["links_across"].item() == pytest.approx(weighed(None), rel=1e-12)
    some = potential_links(agents, between=[("labs", "firms")], distances=places, decay=4)
    assert some.glance()["links_across"].item() == pytest.approx(
        weighed({("firms", "labs")}), rel=1e-12
    )
    np.testing.assert_array_equal(some.table["within"], agents.sort_index().eval("firms * labs"))


def test_share_of_links_that_there_are(agents):
    actual = pd.Series({"a": 7, "b": 0, "c": 1, "d": 14})
    found = potential_links(agents, actual=actual)
    assert found.table.loc["d", "realised"] == pytest.approx(14 / 28)
    assert np.isnan(found.table.loc["b", "realised"])
    assert any("b" in note and "no possible link" in note for note in found.notes)
    assert found.glance()["realised"].item() == pytest.approx(22 / (28 + 21 + 3))
    pairs = pd.DataFrame({"firms-labs": [4, 0, 0, 9]}, index=list("abcd"))
    by_pair = potential_links(agents, actual=pairs)
    assert by_pair.table.loc["d", "realised_firms-labs"] == pytest.approx(0.9)
    with pytest.raises(ValuesError, match="c within"):
        potential_links(agents, actual=actual + 3)


def test_large_numbers_are_exact():
    n = 999_999_937
    found = potential_links(pd.Series({"a": n, "b": 2}))
    assert found.table["within"].tolist() == [n * (n - 1) // 2, 1]


def test_order_of_rows_changes_nothing(agents, places):
    straight = potential_links(agents, distances=places, decay=4).table
    mixed = potential_links(agents[::-1], distances=places[::-1], decay=4).table
    pd.testing.assert_frame_equal(mixed, straight, check_exact=True)


def test_unusable_input_is_refused(agents, places):
    for value, error in ((-1, ValuesError), (1.5, ValuesError), (np.nan, ValuesError)):
        broken = agents.astype(float)
        broken.loc["c", "labs"] = value
        with pytest.raises(error, match="c labs"):
            potential_links(broken)
    with pytest.raises(ValuesError, match="kind"):
        potential_links(agents.assign(kind="x"))
    with pytest.raises(UnknownNameError, match="firms"):
        potential_links(agents, between=[("firm", "labs")])
    with pytest.raises(InputError, match="twice"):
        potential_links(agents, between=[("firms", "labs"), ("labs", "firms")])
    with pytest.raises(InputError, match="between"):
        potential_links(agents, between="firms")
    with pytest.raises(InputError, match="decay=200"):
        potential_links(agents, distances=places)
    with pytest.raises(InputError, match="distances=regions"):
        potential_links(agents, decay=3)
    with pytest.raises(IdError, match="a"):
        potential_links(agents, distances=places.drop(index="a"), decay=3)
    with pytest.raises(IdError, match="a"):
        potential_links(agents, actual=pd.Series({"b": 0}))
    with pytest.raises(OptionError, match="form"):
        potential_links(agents, distances=places, decay=3, form="linear")
    with pytest.raises(IdError, match="more than once"):
        potential_links(pd.concat([agents, agents]))


def test_results_show_themselves(agents, places):
    found = potential_links(agents, distances=places, decay=4)
    for table in (found.tidy(), found.glance()):
        assert set(table.columns) <= set(GLOSSARY)
    assert found.heading in str(found)
    assert "<table" in found._repr_html_()
    assert found.plot().alt.endswith(".")


def test_two_pairs_of_one_name_are_refused():
    """Types with dashes: (a-b, c) and (a, b-c) would be one column, and its links lost."""
    counts = pd.DataFrame({"a-b": [2], "c": [1], "a": [2], "b-c": [5]}, index=["x"])
    with pytest.raises(InputError, match="'a-b-c' twice"):
        potential_links(counts)
    renamed = counts.rename(columns=lambda name: name.replace("-", "_"))
    assert potential_links(renamed).table["within"].item() == 45
