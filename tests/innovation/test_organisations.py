"""Creation and growth of organisations: published figures, exact intervals, classes, bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.core.glossary import GLOSSARY
from workbench.errors import IdError, InputError, ValuesError
from workbench.innovation.organisations import creation_rates, growth_rates
from workbench.innovation.organisations.intervals import rate_interval

# Organisations of creative industries in Russia, created in 2024 and in all: the twenty regions
# with most creations, as the monitoring of creative industries in Russia's regions for 2024
# published the figures. The bounds of the classes of both rates are from it too.
TOP = {
    "RU-MOW": (7413, 60493), "RU-MOS": (1111, 10054), "RU-SPE": (1036, 15550),
    "RU-TA": (419, 5199), "RU-KDA": (395, 5293), "RU-SVE": (306, 5823), "RU-NVS": (262, 4902),
    "RU-BA": (231, 2970), "RU-ROS": (229, 3336), "RU-LEN": (226, 1552), "RU-NIZ": (200, 3496),
    "RU-SAM": (176, 3330), "RU-CHE": (158, 3276), "RU-TYU": (137, 1810), "RU-KYA": (132, 2804),
    "RU-PER": (120, 2439), "RU-KGD": (110, 1883), "RU-UD": (106, 1537), "RU-SMO": (101, 1145),
    "RU-OMS": (96, 1716),
}  # fmt: skip
CAPITAL = ["RU-MOW", "RU-MOS"]


@pytest.fixture
def top():
    return pd.DataFrame.from_dict(TOP, orient="index", columns=["created", "total"])


def test_published_regions_are_in_their_classes(top):
    table = creation_rates(top["created"], top["total"]).augment()
    assert table["creation_rate"]["RU-LEN"] == pytest.approx(100 * 226 / 1552)
    assert set(table.index[table["class"] == "high"]) == {"RU-MOW", "RU-MOS", "RU-LEN"}
    # of the Southern district Krasnodar and Rostov have 7.5 and 6.9 per cent
    assert table.loc[["RU-KDA", "RU-ROS"], "creation_rate"].round(1).tolist() == [7.5, 6.9]
    assert (table.loc[["RU-KDA", "RU-ROS"], "class_sure"] == "moderate").all()


def test_the_published_share_of_the_capital_is_that_of_sums(top):
    # published: 53.6 % of all creations fall on Moscow and its oblast, hence about 15,903 in all;
    # the 2,939 of regions beyond the twenty are at most 96 each, the last of the twenty
    others = round(8524 / 0.536) - int(top["created"].sum())
    assert 0 < others < 96 * 62
    rest = pd.DataFrame({"created": [others], "total": [60_000]}, index=["others"])
    both = pd.concat([top, rest])
    found = creation_rates(both["created"], both["total"], agglomeration=CAPITAL).agglomeration
    assert found.loc["created", "share_percent"] == pytest.approx(53.6, abs=0.01)
    assert found.loc["created", "inside"] == 8524


def test_districts_are_rates_of_sums_and_not_means_of_rates(top):
    district = pd.Series("other", index=top.index)
    district[["RU-MOW", "RU-MOS", "RU-SMO"]] = "Central"
    found = creation_rates(top["created"], top["total"], districts=district).districts
    assert found.loc["Central", "creation_rate"] == pytest.approx(100 * 8625 / 71692)
    assert found.loc["Central", "size"] == 3
    # the study prints 5.8 % for the Central district: as a rate of sums that would need 149,000
    # organisations there, more than in these twenty regions together, so that it is none
    assert top["total"].sum() < 8625 / 0.058


def test_exact_intervals_are_those_of_r_and_of_statsmodels():
    from statsmodels.stats.rates import confint_poisson

    # R's printed output of binom.test(9, 24), 95 per cent confidence interval
    found = rate_interval(np.array([9.0]), np.array([24.0]), how="clopper-pearson", level=0.95)
    assert np.concatenate(found) == pytest.approx([0.1879929, 0.5940636], abs=5e-8)
    for x, m in ((10.0, 1.0), (0.0, 7.0), (250.0, 100.5)):
        found = rate_interval(np.array([x]), np.array([m]), how="poisson", level=0.95)
        expected = confint_poisson(x, m, method="exact-c", alpha=0.05)
        assert np.concatenate(found) == pytest.approx(np.array(expected), rel=1e-10)


def test_intervals_are_those_of_statsmodels_at_the_ends_too():
    from statsmodels.stats.proportion import proportion_confint

    x, m = np.array([0.0, 1, 7, 20, 20]), np.array([20.0, 20, 20, 20, 1000])
    for how, theirs in (("clopper-pearson", "beta"), ("wilson", "wilson")):
        found = np.array(rate_interval(x, m, how=how, level=0.9))
        expected = np.array(
            [proportion_confint(a, b, 0.1, theirs) for a, b in zip(x, m, strict=True)]
        ).T
        assert np.allclose(found, expected, rtol=1e-10, atol=1e-15)


def test_exact_intervals_cover_at_least_as_often_as_they_say():
    # all outcomes of a binomial, so that the coverage is exact
    for n, p in ((15, 0.06), (60, 0.1), (200, 0.055)):
        x = np.arange(n + 1.0)
        low, high = rate_interval(x, np.full(n + 1, float(n)), how="clopper-pearson", level=0.95)
        inside = (low <= p) & (p <= high)
        assert stats.binom.pmf(x, n, p)[inside].sum() >= 0.95


def test_bounds_of_classes_are_as_published():
    created = pd.Series({"a": 60, "b": 59, "c": 100, "d": 101})
    table = creation_rates(created, created * 0 + 1000).augment()
    assert table["class"].tolist() == ["moderate", "low", "moderate", "high"]
    assert (table["class_sure"] == "cannot tell").all()
    many = creation_rates(created * 1000, created * 0 + 1_000_000).augment()
    assert many["class_sure"].to_dict() == {
        "a": "cannot tell", "b": "low", "c": "cannot tell", "d": "high",
    }  # fmt: skip


def test_totals_of_the_start_make_rates_above_all_and_not_shares():
    created, before = pd.Series({"a": 30, "b": 5}), pd.Series({"a": 20, "b": 100})
    found = creation_rates(created, before, at="start")
    assert found.augment()["creation_rate"].to_dict() == {"a": 150.0, "b": 5.0}
    assert found.interval == "poisson"
    assert any("more created than there were: a" in note for note in found.notes)
    with pytest.raises(InputError, match="no share"):
        creation_rates(created, before, at="start", interval="wilson")
    with pytest.raises(ValuesError, match='at="start"') as caught:
        creation_rates(created, before)
    assert caught.value.offenders == ("a",)


def test_an_average_of_two_counts_may_have_a_half():
    created, start, end = (pd.Series({"a": n, "b": 9}) for n in (10, 99, 102))
    found = creation_rates(created, (start + end) / 2, at="average").augment()
    assert found["creation_rate"]["a"] == pytest.approx(100 * 10 / 100.5)
    # half the 2.5 % quantile of chi-square with 2 x 10 degrees of freedom
    assert found.loc["a", "conf_low"] == pytest.approx(100 * stats.chi2.ppf(0.025, 20) / 201)


def test_sums_of_classes_are_those_of_all(top):
    found = creation_rates(top["created"], top["total"])
    assert found.tidy()["size"].sum() == 20
    assert found.tidy()["created"].sum() == found.glance()["created"].item() == 12964


def test_growth_is_in_the_published_classes_and_silent_above_thirty():
    start = pd.Series({"a": 1000, "b": 1000, "c": 1000, "d": 1000, "e": 1000, "f": 1000, "g": 10})
    end = pd.Series({"a": 999, "b": 1000, "c": 1029, "d": 1030, "e": 1300, "f": 1301, "g": 0})
    found = growth_rates(start, end)
    assert found.augment()["class"].to_dict() == {
        "a": "declining", "b": "stable", "c": "stable", "d": "high", "e": "high",
        "f": "outside the scheme", "g": "declining",
    }  # fmt: skip
    assert any("says nothing: f" in note for note in found.notes)
    assert found.tidy()["size"].to_dict() == {
        "outside the scheme": 1, "high": 2, "stable": 2, "declining": 2,
    }  # fmt: skip


def test_contributions_add_up_to_the_growth_of_all(top):
    rng = np.random.default_rng(0)
    end = (top["total"] * rng.uniform(0.8, 1.4, 20)).round()
    district = pd.Series(np.repeat(["x", "y"], 10), index=top.index)
    found = growth_rates(top["total"], end, districts=district, agglomeration=CAPITAL, years=5)
    whole = found.glance()["growth_rate"].item()
    assert found.augment()["contribution"].sum() == pytest.approx(whole)
    assert found.districts["contribution"].sum() == pytest.approx(whole)
    first, last = top["total"], end
    for name in ("x", "y"):
        own = district == name
        assert found.districts.loc[name, "growth_rate"] == pytest.approx(
            100 * (last[own].sum() / first[own].sum() - 1)
        )
    rate = found.augment()
    assert np.allclose(
        (1 + rate["growth_per_year"] / 100) ** 5, 1 + rate["growth_rate"] / 100, rtol=1e-12
    )
    share = found.agglomeration["share_percent"]
    assert share["count_start"] == pytest.approx(100 * first[CAPITAL].sum() / first.sum())


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        (lambda t: t.assign(created=t["created"] - 97), ValuesError, "RU-OMS"),
        (lambda t: t.assign(total=t["total"].where(t.index != "RU-TA", 0)), ValuesError, "RU-TA"),
        (lambda t: t.assign(created=t["created"].where(t.index != "RU-TA")), ValuesError, "RU-TA"),
        (lambda t: t.assign(created=t["created"] / t["total"]), ValuesError, "not as shares"),
        (lambda t: t.assign(created=t["created"] / 7), ValuesError, "with a fraction"),
        (lambda t: t.assign(created=t["created"].astype(str)), ValuesError, "created"),
        (lambda t: t.set_axis(["RU-MOW"] * 20), IdError, "RU-MOW"),
    ],
)
def test_bad_counts_are_named(top, change, error, text):
    bad = change(top)
    with pytest.raises(error, match=text):
        creation_rates(bad["created"], bad["total"])


def test_other_bad_input_is_named(top):
    created, total = top["created"], top["total"]
    with pytest.raises(IdError, match="RU-OMS"):
        creation_rates(created, total.iloc[:-1])
    with pytest.raises(ValuesError, match="start"):
        growth_rates(created * 0, total)
    with pytest.raises(InputError, match=r"bounds=\(6, 10\)"):
        creation_rates(created, total, bounds=(0.06, 0.1))
    with pytest.raises(InputError, match="ascending"):
        growth_rates(created, total, bounds=(3, 0, 30))
    with pytest.raises(IdError, match="RU-XXX"):
        creation_rates(created, total, agglomeration=["RU-MOW", "RU-XXX"])
    with pytest.raises(InputError, match="some of the regions"):
        creation_rates(created, total, agglomeration=top.index)
    with pytest.raises(IdError, match="without a group"):
        creation_rates(created, total, districts=pd.Series({"RU-MOW": "C"}))
    with pytest.raises(ValuesError, match="at least one organisation in all"):
        creation_rates(created * 0, total, agglomeration=CAPITAL)


def test_order_of_rows_does_not_matter_and_nothing_is_changed(top):
    before = top.copy()
    one = creation_rates(top["created"], top["total"]).augment()
    other = creation_rates(top["created"].iloc[::-1], top["total"].sample(frac=1)).augment()
    pd.testing.assert_frame_equal(one, other)
    pd.testing.assert_frame_equal(top, before)


def test_tables_speak_the_glossary(top):
    for result in (
        creation_rates(top["created"], top["total"], agglomeration=CAPITAL),
        growth_rates(top["created"], top["total"], agglomeration=CAPITAL, years=2),
    ):
        tables = [result.tidy(), result.glance(), result.augment(), result.agglomeration]
        for table in tables:
            assert set(table.columns) <= set(GLOSSARY)
