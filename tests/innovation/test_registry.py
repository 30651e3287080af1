"""A registry counts what is listed, refuses rows that cannot be right, and chance is enumerated."""

from __future__ import annotations

from itertools import product

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from shapely.geometry import box

import workbench as wb
from workbench.errors import (
    GeometryError,
    IdError,
    InputError,
    UnknownNameError,
    ValuesError,
)
from workbench.innovation import registry


@pytest.fixture(scope="module")
def shapes():
    return wb.load("russia-regions", part="regions83")


@pytest.fixture
def listed():
    return wb.load("ai-clusters")


@pytest.fixture
def squares():
    """Four regions of 100 km in a row."""
    return gpd.GeoSeries(
        [box(i * 1e5, 0, (i + 1) * 1e5, 1e5) for i in range(4)], index=list("abcd"), crs=32637
    )


@pytest.fixture
def small():
    """Five clusters in two of the four squares."""
    table = pd.DataFrame(
        {
            "name_en": ["one", "two", "three", "four", "five"],
            "city": ["X", "X", "Y", "Z", "Z"],
            "form": ["territorial", "territorial", "network", "network", "territorial"],
            "industry": ["ai", "it", "ai", "ai", "steel"],
            "region": ["a", "a", "b", "b", "b"],
            "year_start": [2010, 2012, 2012, None, 2015],
            "members_companies": [3, None, 5, 1, None],
            "members_universities": [1, None, 0, 1, None],
            "members_research": [0, None, None, 0, None],
            "members_other": [0, None, None, 2, None],
            "members_total": [4, 30, 9, 4, None],
            "investment_mln_rub": [100.0, None, 50.0, 25.0, None],
            "investment_kind": ["plan", None, "grant", "grant", None],
        },
        index=["k1", "k2", "k3", "k4", "k5"],
    )
    xy = [(5e4, 5e4), (5e4, 5e4), (15e4, 5e4), (15e4, 6e4), (20.5e4, 5e4)]
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(*np.array(xy).T), crs=32637)


def test_bundled_registry_holds_and_counts_add_up(listed, shapes):
    found = registry(listed, shapes)
    assert int(found.counts("region").sum()) == len(listed) == 51
    assert len(found.counts("region")) == 83
    assert found.counts("year").sum() == listed["year_start"].notna().sum()
    for by in ("form", "industry", "kind"):
        pd.testing.assert_series_equal(
            found.counts(by).sort_index(), listed[by].value_counts().sort_index(),
            check_names=False, check_dtype=False,
        )  # fmt: skip
    assert found.cross("form", "region").to_numpy().sum() == 51
    assert (found.cross("form", "region").sum() == found.counts("region")).all()
    assert not set(listed["region"]) & {"RU-CR", "RU-SEV"}


def test_every_row_says_where_it_is_from_and_what_was_not_read_again(listed):
    assert listed["source"].str.match(r"https?://\S+\.\S+").all()
    recalled = listed["evidence"].str.contains("recalled, not re-read")
    assert (recalled == (listed["basis"] == "in part")).all()
    assert not listed["evidence"].str.contains("from memory").any()
    money = listed["investment_mln_rub"].notna()
    assert (money == listed["investment_kind"].notna()).all()


def test_counts_of_a_small_registry(small, squares):
    found = registry(small, squares)
    assert found.counts("region").to_dict() == {"a": 2, "b": 3, "c": 0, "d": 0}
    assert found.counts("year").to_dict() == {2010: 1, 2012: 2, 2015: 1}
    assert found.cross("region", "industry").loc["b", "ai"] == 2
    assert found.cumulative()["clusters"].tolist() == [1, 1, 3, 3, 3, 4]
    assert found.cumulative("form").loc[2012].to_dict() == {"territorial": 2, "network": 1}
    assert found.only("industry", "ai").counts("region").to_dict() == {
        "a": 1,
        "b": 2,
        "c": 0,
        "d": 0,
    }
    assert found.glance()["places"].item() == 4
    assert "k4" in " ".join(found.notes)
    assert "k5" in " ".join(found.notes)


def test_money_is_added_up_within_a_kind_only(small, squares):
    table = registry(small, squares).investment()
    assert table["sum"].to_dict() == {"grant": 75.0, "plan": 100.0}
    assert table.loc["grant"].to_dict() == {
        "clusters": 2, "smallest_sum": 25.0, "largest_sum": 50.0, "sum": 75.0
    }  # fmt: skip


def test_members_are_those_published(small, squares):
    long = registry(small, squares).members()
    assert long[long["cluster"] == "k2"].to_numpy().tolist() == [["k2", "total", 30]]
    assert len(long) == 5 + 1 + 3 + 5


def test_rates_have_exact_poisson_intervals(small, squares):
    people = pd.Series({"a": 1000.0, "b": 2000.0, "c": 500.0, "d": 100.0})
    table = registry(small, squares).per(people, per=1000)
    low, high = stats.chi2.ppf(0.025, 6) / 2, stats.chi2.ppf(0.975, 8) / 2
    np.testing.assert_allclose(
        table.loc["b", ["rate", "conf_low", "conf_high"]].astype(float), [1.5, low / 2, high / 2]
    )
    np.testing.assert_allclose(table.loc["d", "conf_high"], -np.log(0.025) * 10)


def test_excess_is_that_of_enumeration(small, squares):
    """All 4^5 places of five clusters, each with the probability that the shares give it."""
    people = pd.Series({"a": 4.0, "b": 1.0, "c": 3.0, "d": 2.0}, name="people")
    found = registry(small, squares).excess(people, draws=39_999, adjust="none")
    share, observed = people.to_numpy() / 10, np.array([2, 3, 0, 0])
    every = np.array([np.bincount(w, minlength=4) for w in product(range(4), repeat=5)])
    chance = np.array([np.prod(share[list(w)]) for w in product(range(4), repeat=5)])
    square = ((every - 5 * share) ** 2 / (5 * share)).sum(axis=1)
    own = ((observed - 5 * share) ** 2 / (5 * share)).sum()
    gather = ((every / 5 - share) ** 2).sum(axis=1)
    apart = ((observed / 5 - share) ** 2).sum()
    row = found.glance().iloc[0]
    np.testing.assert_allclose([row["statistic"], row["raw_concentration"]], [own, apart])
    for name, values, value in (
        ("p_permutation", square, own),
        ("p_concentration", gather, apart),
    ):
        exact = chance[values >= value - 1e-9].sum()
        assert abs(row[name] - exact) < 4 * np.sqrt(exact * (1 - exact) / 40_000) + 1e-4
    same = (every == observed).all(axis=1)
    np.testing.assert_allclose(row["loglik"], np.log(chance[same].sum()))
    np.testing.assert_allclose((square * chance).sum() / 3, 1.0)  # 1 on average


def test_regions_with_more_than_their_share(small, squares):
    people = pd.Series({"a": 4.0, "b": 1.0, "c": 3.0, "d": 2.0})
    table = registry(small, squares).excess(people, draws=99, adjust="none").tidy()
    assert table.index[0] == "b"
    np.testing.assert_allclose(table.loc["b", "ratio"], 6.0)
    upper = sum(stats.binom.pmf(k, 5, 0.1) for k in (3, 4, 5))
    np.testing.assert_allclose(table.loc["b", "p_value"], 2 * upper)
    assert table.loc["b", "verdict"] == "more"


def test_interval_of_an_excess_leaves_one_where_its_test_rejects(small, squares):
    """Both are of a binomial count, n known: Clopper and Pearson invert that test."""
    for mass in (0.2, 0.5, 1.0, 2.0, 7.0, 30.0, 90.0):
        people = pd.Series({"a": mass, "b": 1.0, "c": 3.0, "d": 2.0})
        table = registry(small, squares).excess(people, draws=19, adjust="none").tidy()
        away = (table["conf_low"] > 1) | (table["conf_high"] < 1)
        assert (away == (table["p_value"] < 0.05)).all()
        share = people[table.index] / people.sum()
        # no clusters of five: (1 − p)^5 = 0.025 ends the interval
        np.testing.assert_allclose(
            table.loc["d", "conf_high"], (1 - 0.025**0.2) / share["d"], rtol=1e-12
        )
        assert (table["conf_high"] * share <= 1).all()


def test_rows_in_any_order_give_the_same_and_nothing_is_changed(listed, shapes):
    before = listed.copy()
    heads = pd.Series(np.arange(1.0, 84.0), index=shapes.index)
    one = registry(listed, shapes)
    other = registry(listed.sample(frac=1, random_state=0), shapes.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(one.augment(), other.augment())
    for ask in (lambda r: r.per(heads), lambda r: r.excess(heads, draws=99).tidy()):
        pd.testing.assert_frame_equal(ask(one), ask(other), check_exact=True)
    pd.testing.assert_frame_equal(listed, before)


def test_places_outside_their_region_are_refused_by_name(listed, shapes):
    wrong = listed.copy()
    wrong.loc["tomsk-pharma-it", "region"] = "RU-KEM"
    with pytest.raises(ValuesError, match=r"tomsk-pharma-it \(\d+ km from RU-KEM, in RU-TOM\)"):
        registry(wrong, shapes)
    turned = pd.DataFrame(listed.drop(columns="geometry"))
    turned["lon"], turned["lat"] = listed.geometry.y, listed.geometry.x
    with pytest.raises(GeometryError, match="longitude first"):
        registry(turned, shapes)


def test_table_with_coordinates_is_read_as_one_with_points(listed, shapes):
    plain = pd.DataFrame(listed.drop(columns="geometry"))
    plain["lon"], plain["lat"] = listed.geometry.x, listed.geometry.y
    found = registry(plain, shapes)
    assert found.notes == registry(listed, shapes).notes
    assert (found.augment().geometry == listed.geometry).all()
    assert "geometry" not in plain
    bare = registry(plain.drop(columns=["lon", "lat"]), shapes)
    assert any("no places" in note for note in bare.notes)
    with pytest.raises(InputError, match="without places"):
        bare.map()


@pytest.mark.parametrize(
    ("row", "column", "value", "error", "told"),
    [
        ("k2", "form", None, ValuesError, "k2"),
        ("k2", "industry", " ", ValuesError, "k2"),
        ("k1", "year_start", 20100, ValuesError, "k1"),
        ("k1", "year_start", 2010.5, ValuesError, "k1"),
        ("k3", "members_companies", -1, ValuesError, "k3"),
        ("k3", "members_companies", 1.5, ValuesError, "k3"),
        ("k1", "members_total", 5, ValuesError, "contradict"),
        ("k3", "members_total", 4, ValuesError, "contradict"),
        ("k3", "investment_kind", None, ValuesError, "ceiling of a grant"),
        ("k3", "investment_mln_rub", -5, ValuesError, "k3"),
        ("k2", "name_en", " ONE", ValuesError, r"k1, k2"),
        ("k2", "region", "z", IdError, r"k2 \(z\)"),
        ("k2", "region", "d", ValuesError, r"k2 \(250 km from d, in a\)"),
    ],
)
def test_rows_that_cannot_be_right_are_refused_by_name(
    small, squares, row, column, value, error, told
):
    small.loc[row, column] = value
    with pytest.raises(error, match=told):
        registry(small, squares)


def test_table_taken_in_by_the_form_is_a_registry(listed, shapes, tmp_path):
    plain = pd.DataFrame(listed.drop(columns=["geometry", "basis"]))
    plain["lon"], plain["lat"] = listed.geometry.x, listed.geometry.y
    plain["name_en"] = None
    file = tmp_path / "mine.csv"
    plain.rename(columns={"region": "Субъект РФ", "name_ru": "Наименование"}).to_csv(file)
    assert wb.data.check(file, "cluster-registry").passed
    found = registry(wb.data.adopt(file, "cluster-registry"), wb.load("russia-regions"))
    inside = registry(listed, wb.load("russia-regions"))
    pd.testing.assert_series_equal(found.counts("region"), inside.counts("region"))


def test_calls_that_cannot_be_right_are_refused(small, squares):
    with pytest.raises(InputError):
        registry([1, 2])
    with pytest.raises(UnknownNameError, match="industry"):
        registry(small, by=["industri"])
    with pytest.raises(GeometryError, match="projection"):
        registry(small, squares.to_crs(4326))
    with pytest.raises(IdError):
        registry(small.set_axis(["k1"] * 5), squares)
    found = registry(small, squares)
    with pytest.raises(UnknownNameError):
        found.counts("nothing")
    with pytest.raises(UnknownNameError):
        found.only("industry", "aii")
    with pytest.raises(ValuesError, match="share of zero"):
        found.excess(pd.Series({"a": 1.0, "b": 0.0, "c": 1.0, "d": 1.0}))
    with pytest.raises(IdError, match="1 of them missing"):
        found.per(pd.Series({"a": 1.0, "b": 1.0, "c": 1.0}))
    with pytest.raises(ValuesError, match="zero or negative"):
        found.per(pd.Series({"a": 1.0, "b": 1.0, "c": 1.0, "d": 0.0}))


def test_scheme_with_okrugs_inside_is_told_what_to_do(listed, small):
    away = listed.copy()
    away.loc["tomsk-pharma-it", "region"] = "RU-KHM"
    with pytest.raises(IdError, match="regions83"):
        registry(away, wb.load("russia-regions"))


@pytest.mark.slow
def test_pictures_show_themselves(listed, shapes):
    found = registry(listed, shapes)
    heads = pd.Series(1.0, index=shapes.index, name="equal shares")
    for picture in (
        found.plot(),
        found.plot("industry", names=shapes["name_ru"]),
        found.map(),
        found.map(by="industry"),
        found.excess(heads, draws=99).plot(names=shapes["name_en"]),
    ):
        assert picture.to_svg().startswith("<?xml")
        assert picture.alt


@pytest.mark.slow
def test_counts_by_the_shares_are_flagged_at_the_nominal_rate(squares):
    """Of 1,000 registries of 20 clusters by the shares about 5 % are flagged at 5 %."""
    rng = np.random.default_rng(3)
    people = pd.Series({"a": 4.0, "b": 1.0, "c": 3.0, "d": 2.0})
    flagged = np.zeros(2)
    for trial in range(1000):
        where = rng.choice(list("abcd"), 20, p=people / 10)
        table = pd.DataFrame({"region": where, "form": "x", "industry": "y"}).add_prefix("")
        row = registry(table, squares, year=None).excess(people, draws=199, seed=trial).glance()
        flagged += (row[["p_permutation", "p_concentration"]].iloc[0] <= 0.05).to_numpy()
    error = 4 * np.sqrt(1000 * 0.05 * 0.95)
    assert (np.abs(flagged - 50) < error).all()


def test_rows_without_a_place_are_counted_and_stand_on_no_map(listed, shapes):
    plain = pd.DataFrame(listed.drop(columns="geometry"))
    plain["lon"], plain["lat"] = listed.geometry.x, listed.geometry.y
    there = registry(plain, shapes)
    away = ["altai-biopharma", "skolkovo"]
    plain.loc[away, ["lon", "lat"]] = np.nan
    found = registry(plain, shapes)
    assert found.counts("region").sum() == len(listed)
    assert list(found.located().index) == [row for row in there.table.index if row not in away]
    assert "altai-biopharma, skolkovo" in " ".join(found.notes)
    assert found.glance()["places"].item() == there.only(
        "name_en", [name for row, name in listed["name_en"].items() if row not in away]
    ).glance()["places"].item()  # fmt: skip
    assert found.map().to_svg().startswith("<?xml")
    nowhere = found.only("name_en", list(listed.loc[away, "name_en"]))
    assert len(nowhere.located()) == 0
    with pytest.raises(InputError, match="without places"):
        nowhere.map()
    plain.loc["skolkovo", "lat"] = 55.7
    with pytest.raises(GeometryError, match="skolkovo"):
        registry(plain, shapes)
    bare = registry(plain.assign(lon=np.nan, lat=np.nan), shapes)
    assert any("no places" in note for note in bare.notes)
    assert len(bare.located()) == 0
