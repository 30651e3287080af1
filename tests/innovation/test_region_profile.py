"""A profile's places, scores, growth and p-values are what they say, against other software."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import percentileofscore

import workbench as wb
from workbench.errors import IdError, InputError, PanelError, ValuesError
from workbench.numerics.standing.places import percentiles, place_p_value

TOLD = {
    "patents": {"direction": "higher", "group": "results"},
    "rd": {"direction": "higher", "group": "finance"},
    "researchers": {"direction": "higher", "group": "science"},
    "students": {"direction": "higher", "group": "people"},
    "unemployment": {"direction": "lower", "group": "people"},
}
PEERS = ["RU-TOM", "RU-NVS", "RU-IRK", "RU-OMS"]


@pytest.fixture(scope="module")
def panel():
    figures = wb.load("russia-innovation")
    people = figures["population"]
    return pd.DataFrame(
        {
            "patents": 100 * figures["patents"] / people,
            "rd": 100 * figures["rd"] / figures["grp"],
            "researchers": 10 * figures["researchers"] / people,
            "students": 1000 * figures["students"] / people,
            "unemployment": figures["unemployment"],
        }
    )


@pytest.fixture(scope="module")
def year(panel):
    return panel.xs(2019, level="year")


@pytest.fixture(scope="module")
def profile(panel):
    return wb.innovation.region_profile(panel, TOLD, "RU-KEM", peers=PEERS)


def test_the_default_period_is_the_last_with_every_figure(profile):
    assert profile.when == "2019"  # gross regional product ends there


def test_ranks_are_those_of_pandas(year, profile):
    rows = profile.tidy()
    for name, told in TOLD.items():
        ranks = year[name].rank(ascending=told["direction"] == "lower", method="min")
        assert rows.loc[name, "rank"] == ranks["RU-KEM"]
        assert rows.loc[name, "regions"] == year[name].count()
        assert rows.loc[name, "missing_share"] == pytest.approx(year[name].isna().mean())
        assert rows.loc[name, "value"] == year.loc["RU-KEM", name]
        assert rows.loc[name, "country_median"] == year[name].median()


def test_percentiles_are_scipys_of_the_other_regions(year, profile):
    for name, told in TOLD.items():
        sign = -1 if told["direction"] == "lower" else 1
        others = sign * year[name].drop("RU-KEM").dropna()
        expected = percentileofscore(others, sign * year.loc["RU-KEM", name], kind="mean")
        assert profile.tidy().loc[name, "percentile"] == pytest.approx(expected, rel=1e-12)


def test_scores_are_those_of_the_composite_index_without_its_treatment(year):
    complete = year.dropna()
    index = wb.innovation.composite(complete, wb.innovation.Indicators(pd.DataFrame(TOLD).T))
    profile = wb.innovation.region_profile(complete, TOLD, "RU-KEM")
    scores = profile.scores
    np.testing.assert_allclose(scores["index"], index.scores.loc[scores.index], rtol=1e-10)
    for name in ("people", "results", "finance"):
        levels = index.levels[name].loc[scores.index]
        np.testing.assert_allclose(scores[name], levels, rtol=1e-10)


def test_weights_of_indicators_and_groups_are_kept(year):
    table = pd.DataFrame(TOLD).T.assign(weight=[1.0, 1.0, 1.0, 3.0, 1.0])
    shares = {"people": 2.0, "finance": 1.0, "science": 1.0, "results": 0.0}
    told = wb.innovation.Indicators(table, group_weights=shares)
    found = wb.innovation.region_profile(year, told, "RU-KEM").tidy()
    assert found["weight"].to_dict() == pytest.approx(
        {"students": 0.375, "unemployment": 0.125, "rd": 0.25, "researchers": 0.25, "patents": 0.0}
    )


def test_gaps_add_up_to_the_distance(year, profile):
    gap = profile.gaps("best")["gap"].sum()
    assert gap == pytest.approx(100 - profile.overall["score"].iloc[0])
    assert profile.gaps("peers")["share"].sum() == pytest.approx(1)
    rows = profile.tidy()
    expected = (rows["weight"] * (rows["peers_index"] - rows["index"])).sum()
    assert profile.gaps("peers")["gap"].sum() == pytest.approx(expected)


def test_the_weighted_mean_of_the_country_is_the_countrys_own_figure(year):
    figures = wb.load("russia-innovation").xs(2019, level="year")
    found = wb.innovation.region_profile(
        year[["students"]], {"students": "higher"}, "RU-KEM", weights=figures["population"]
    )
    own = 1000 * figures["students"].sum() / figures["population"].sum()
    assert found.tidy().loc["students", "country_mean"] == pytest.approx(own)


def test_a_place_p_value_holds_its_level_over_all_orders():
    """Every order of five values equally likely: no more than alpha of them have p ≤ alpha."""
    p = np.array([place_p_value(order[0], order[1:]) for order in permutations(range(5))])
    for alpha in np.unique(p):
        assert (p <= alpha).mean() <= alpha + 1e-12
    assert p.min() == pytest.approx(2 / 5)
    assert place_p_value(9.0, np.arange(39.0) / 10) == pytest.approx(0.05)
    assert place_p_value(1.0, np.ones(7)) == 1.0


def test_percentiles_of_ends_and_ties():
    assert percentiles([1.0, 2.0, 3.0]).tolist() == [0, 50, 100]
    assert percentiles([1.0, 1.0, np.nan, 5.0]).tolist()[:2] == [25, 25]


@pytest.mark.slow
def test_placebo_p_values_are_those_of_a_loop(year):
    complete = year.dropna()
    alike = wb.innovation.peers(complete, "RU-KEM", k=6, columns=["students", "unemployment"])
    told = {name: TOLD[name] for name in ("patents", "rd")}
    found = wb.innovation.region_profile(complete, told, "RU-KEM", peers=alike)
    for name, scores in found.scores[["results", "finance"]].items():
        gaps = {}
        for one in complete.index:
            near = wb.innovation.peers(complete, one, k=6, columns=["students", "unemployment"])
            gaps[one] = scores[one] - scores[list(near.ids)].median()
        gaps = pd.Series(gaps)
        tails = (gaps >= gaps["RU-KEM"]).sum(), (gaps <= gaps["RU-KEM"]).sum()
        expected = min(1.0, 2 * min(tails) / len(gaps))
        assert found.components.loc[name, "p_placebo"] == pytest.approx(expected)


def test_no_place_p_value_where_likeness_was_asked_for(year):
    complete = year.dropna()
    alike = wb.innovation.peers(complete, "RU-KEM", columns=["students", "log(rd)"])
    found = wb.innovation.region_profile(complete, TOLD, "RU-KEM", peers=alike)
    missing = found.components["p_place"].isna()
    assert set(missing.index[missing]) == {"people", "finance"}
    assert any("students" in note and "no p-value" in note for note in found.notes)


def test_growth_leaves_steps_into_a_new_method_out(panel):
    """A jump of the whole country by a factor of ten in 2010 changes nothing that is told of it."""
    jumped = panel.copy()
    late = jumped.index.get_level_values("year") >= 2010
    jumped.loc[late, "students"] *= 10
    plain, told = (
        wb.innovation.region_profile(
            table, TOLD, "RU-KEM", peers=PEERS, breaks={"students": [2010]}
        ).dynamics().loc["students"]
        for table in (panel, jumped)
    )  # fmt: skip
    for name in ("growth", "country_growth", "peers_growth", "places_gained", "relative_last"):
        assert plain[name] == pytest.approx(told[name], rel=1e-9)
    assert told["breaks"] == 1
    path = np.log(panel.loc["RU-KEM", "students"])
    steps = path.diff().drop(2010).dropna()
    assert plain["growth"] == pytest.approx(steps.mean())


def test_dynamics_without_breaks_are_ends_of_the_series(panel, profile):
    row = profile.dynamics().loc["unemployment"]
    own = panel.loc["RU-KEM", "unemployment"]
    assert row["change"] == pytest.approx(own[2020] - own[2000])
    assert row["growth"] == pytest.approx(np.log(own[2020] / own[2000]) / 20)
    first = panel.xs(2000, level="year")["unemployment"].rank(method="min")["RU-KEM"]
    last = panel.xs(2020, level="year")["unemployment"].rank(method="min")["RU-KEM"]
    assert row["places_gained"] == first - last


def test_order_of_rows_and_of_the_metadata_does_not_matter(panel, profile):
    mixed = panel.sample(frac=1, random_state=3)
    told = dict(reversed(TOLD.items()))
    again = wb.innovation.region_profile(mixed, told, "RU-KEM", peers=PEERS[::-1])
    pd.testing.assert_frame_equal(again.tidy(), profile.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(again.components, profile.components, check_exact=True)
    pd.testing.assert_frame_equal(again.dynamics(), profile.dynamics(), check_exact=True)


def test_what_is_handed_out_can_be_changed_without_harm(profile):
    for table in (profile.tidy(), profile.components, profile.paths):
        table["rank"] = 0
    assert (profile.tidy()["rank"] > 0).all()
    assert (profile.components["rank"] > 0).all()
    assert (profile.paths["rank"].dropna() > 0).all()


def test_pictures_say_what_they_show(profile):
    assert "Percentiles of components" in profile.plot().alt
    assert "rank" in profile.plot_dynamics(kind="percentile").alt
    named = profile.plot(names=pd.Series({"RU-KEM": "Kemerovo"}))
    assert "Kemerovo" in [text.get_text() for text in named.legends[0].get_texts()]


def test_the_difference_of_two_components_is_placed_among_all(profile):
    row = profile.between("results", "people").iloc[0]
    at = profile.scores[["results", "people"]].dropna().rank()
    gaps = at["results"] - at["people"]
    assert row["difference"] == pytest.approx(100 * gaps["RU-KEM"] / (len(gaps) - 1))
    tails = (gaps >= gaps["RU-KEM"]).sum(), (gaps <= gaps["RU-KEM"]).sum()
    assert row["p_place"] == pytest.approx(min(1, 2 * min(tails) / len(gaps)))
    others = gaps.drop("RU-KEM")
    half = (others == gaps["RU-KEM"]).sum() / 2
    lower = ((others < gaps["RU-KEM"]).sum() + half) / len(others)
    assert row["share_lower"] == pytest.approx(lower)
    with pytest.raises(KeyError, match="did you mean 'people'"):
        profile.between("results", "peoples")
    with pytest.raises(InputError, match="another component"):
        profile.between("results", "results")


def test_it_prints_with_and_without_peers(year):
    for named in (None, PEERS, wb.innovation.peers(year, "RU-KEM", columns=["students"])):
        assert "Components" in str(wb.innovation.region_profile(year, TOLD, "RU-KEM", peers=named))


def test_refusals_name_who_and_what(panel, year):
    make = wb.innovation.region_profile
    with pytest.raises(ValuesError, match=r"region: .*patents.*\n.*RU-CHU"):
        make(year, TOLD, "RU-CHU")
    with pytest.raises(ValuesError, match=r"peers: .*\n.*RU-CHU"):
        make(year, TOLD, "RU-KEM", peers=["RU-CHU", "RU-TOM"])
    with pytest.raises(InputError, match="the region itself"):
        make(year, TOLD, "RU-KEM", peers=["RU-KEM", "RU-TOM"])
    with pytest.raises(IdError, match="RU-XX"):
        make(year, TOLD, "RU-KEM", peers=["RU-XX", "RU-TOM"])
    with pytest.raises(IdError, match=r"did you mean 'RU-KEM' \(Kemerovo Oblast, Кемеровская"):
        make(year, TOLD, "Кемеровская область")
    with pytest.raises(ValuesError, match="the same in all"):
        make(year.assign(rd=1.0), TOLD, "RU-KEM")
    with pytest.raises(InputError, match="did you mean 'patents'"):
        make(year, {"patent": "higher"}, "RU-KEM")
    with pytest.raises(InputError, match="peers of RU-KEM"):
        make(year, TOLD, "RU-KEM", peers=wb.innovation.peers(
            year, "RU-TOM", columns=["students", "unemployment"]
        ))  # fmt: skip
    with pytest.raises(PanelError, match="1999"):
        make(panel, TOLD, "RU-KEM", at=1999)
    with pytest.raises(InputError, match="breaks"):
        make(panel, TOLD, "RU-KEM", breaks={"patent": [2010]})
    with pytest.raises(PanelError, match="first of a new method"):
        make(panel, TOLD, "RU-KEM", breaks={"patents": [2000]})
    with pytest.raises(PanelError, match="a panel for dynamics"):
        make(year, TOLD, "RU-KEM").dynamics()
    with pytest.raises(InputError, match="a profile with peers"):
        make(year, TOLD, "RU-KEM").gaps("peers")
    with pytest.raises(InputError, match="DataFrame"):
        make([1, 2], TOLD, "RU-KEM")
