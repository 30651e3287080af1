"""Bad input to a composite index is refused by name, and the way out mends it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import (
    IdError,
    InputError,
    OptionError,
    PanelError,
    UnknownNameError,
    ValuesError,
)
from workbench.innovation.composites import Construction, Indicators, composite


@pytest.fixture
def data():
    rng = np.random.default_rng(2)
    return pd.DataFrame(
        rng.lognormal(size=(12, 3)), index=[f"r{i:02d}" for i in range(12)], columns=list("abc")
    )


@pytest.fixture
def told():
    return {"a": "higher", "b": "lower", "c": "higher"}


def refused(kind, offenders, call, *args, **kwargs):
    with pytest.raises(kind) as caught:
        call(*args, **kwargs)
    assert list(caught.value.offenders) == offenders
    return str(caught.value)


@pytest.mark.parametrize(
    ("table", "offenders"),
    [
        ({"a": {"weight": 1.0}, "b": {"direction": "lower"}}, ["a"]),
        ({"a": None, "b": "higher"}, ["a"]),
        (pd.DataFrame({"weight": [1.0, 2.0]}, index=["a", "b"]), ["a", "b"]),
    ],
)
def test_directions_must_be_given(table, offenders):
    text = refused(InputError, offenders, Indicators, table)
    assert "direction" in text
    assert '"lower" where less is' in text


def test_metadata_is_checked(told):
    rows = pd.DataFrame({"direction": list(told.values())}, index=list(told))
    refused(ValuesError, ["b"], Indicators, {"a": "higher", "b": "up"})
    refused(InputError, ["wieght"], Indicators, rows.assign(wieght=1.0))
    assert "did you mean 'weight'" in refused(
        InputError, ["wieght"], Indicators, rows.assign(wieght=1.0)
    )
    refused(ValuesError, ["b"], Indicators, rows.assign(weight=[1.0, -1.0, 1.0]))
    refused(ValuesError, ["c"], Indicators, rows.assign(weight=[1.0, 1.0, np.nan]))
    refused(ValuesError, ["a"], Indicators, rows.assign(low=[2, 0, 0], high=[1, 1, 1]))
    refused(InputError, [], Indicators, rows.assign(low=0.0))
    refused(ValuesError, ["b"], Indicators, rows.assign(group=["g", None, "g"]))
    refused(
        ValuesError, ["g"], Indicators, rows.assign(group=["g", "g", "h"], parent=["p", "q", "q"])
    )
    refused(ValuesError, ["g"], Indicators, rows.assign(group=["g", "g", "h"], parent="g"))
    refused(InputError, ["a"], Indicators, pd.concat([rows, rows.loc[["a"]]]))
    refused(InputError, ["pillar"], Indicators, rows, levels=["pillar"])
    grouped = rows.assign(group=["g", "g", "h"])
    refused(InputError, ["k"], Indicators, grouped, group_weights={"g": 1, "h": 1, "k": 1})
    refused(InputError, ["h"], Indicators, grouped, group_weights={"g": 1})
    with pytest.raises(AttributeError, match="immutable"):
        Indicators(rows)._levels = ()


def test_data_and_metadata_must_be_about_the_same_indicators(data, told):
    refused(InputError, ["c"], composite, data.drop(columns="c"), told)
    text = refused(InputError, ["d"], composite, data.assign(d=1.0), told)
    assert "without metadata" in text
    mended = data.assign(d=1.0)[list(Indicators(told).names)]
    assert len(composite(mended, told).scores) == 12
    refused(ValuesError, ["b"], composite, data.assign(b="x"), told)
    assert "set_index" in refused(
        InputError,
        ["indicator"],
        Indicators,
        pd.DataFrame({"indicator": ["a"], "direction": ["higher"]}),
    )
    with pytest.raises(InputError, match="DataFrame"):
        composite(data.to_numpy(), told)


def test_cells_that_are_no_numbers_are_named(data, told):
    data.loc["r04", "b"] = np.inf
    refused(ValuesError, ["r04: b"], composite, data, told)
    data.loc["r04", "b"] = np.nan
    text = refused(ValuesError, ["r04: b"], composite, data, told)
    assert 'imputation="median"' in text
    assert composite(data, told, imputation="median").imputed["indicator"].tolist() == ["b"]


def test_indicators_that_are_the_same_everywhere_are_named(data, told):
    data["c"] = 0.1 + 0.2
    text = refused(ValuesError, ["c"], composite, data, told)
    assert "same everywhere" in text
    for word in ("z-score", "rank", "percentile", "distance-to-leader"):
        refused(ValuesError, ["c"], composite, data, told, normalisation=word)


def test_ids_are_checked(data, told):
    with pytest.raises(IdError, match="unique"):
        composite(pd.concat([data, data.iloc[:1]]), told)
    mixed = data.set_axis(
        ["RU-ARK", "RU-NEN", "RU-TYU", "RU-TOM", "RU-KEM", "RU-MOW", "RU-SPE", "RU-AD", "RU-AL",
         "RU-BA", "RU-BU", "RU-DA"]
    )  # fmt: skip
    with pytest.raises(IdError, match="one scheme"):
        composite(mixed, told)


def test_thin_coverage_is_refused(data, told):
    data.loc["r01", ["a", "b"]] = np.nan
    data.loc["r02":"r08", "c"] = np.nan
    refused(ValuesError, ["r01 (33%)", "c (42%)"], composite, data, told, imputation="median")
    composite(data, told, imputation="median", coverage=0.3)
    data.loc["r01"] = np.nan
    refused(ValuesError, ["r01"], composite, data, told, imputation="median", coverage=0.0)


def test_imputation_says_what_it_lacks(data, told):
    data.loc["r01", "a"] = np.nan
    with pytest.raises(PanelError, match="linear"):
        composite(data, told, imputation="linear")
    with pytest.raises(ValuesError, match="groups"):
        composite(data, told, imputation="group-mean")
    with pytest.raises(ValuesError, match="more than 3 regions"):
        composite(data.iloc[:3], told, imputation="em")
    alone = pd.Series(["g" if i == 1 else "h" for i in range(12)], index=data.index)
    refused(ValuesError, ["r01: a"], composite, data, told, imputation="group-mean", groups=alone)
    with pytest.raises(IdError):
        composite(data, told, imputation="group-mean", groups=alone.iloc[1:])


def test_a_zero_in_a_geometric_mean_is_refused_and_the_way_out_works(data, told):
    lowest = sorted({data["a"].idxmin(), data["b"].idxmax(), data["c"].idxmin()})
    text = refused(ValuesError, lowest, composite, data, told, aggregation="geometric")
    assert "span=(1, 100)" in text
    assert composite(data, told, aggregation="geometric", span=(1, 100)).scores.min() > 0
    with pytest.raises(ValuesError, match="above zero"):
        composite(data, told, normalisation="z-score", aggregation="harmonic")


def test_scales_say_what_they_lack(data, told):
    refused(ValuesError, ["a", "b", "c"], composite, data, told, normalisation="goalposts")
    refused(ValuesError, ["b"], composite, data, told, normalisation="none")
    with pytest.raises(InputError, match="reference_region"):
        composite(data, told, normalisation="distance-to-reference")
    with pytest.raises(InputError, match="r99"):
        composite(data, told, normalisation="distance-to-reference", reference_region="r99")
    data.loc["r03", "a"] = 0.0
    refused(ValuesError, ["r03: a"], composite, data, told, normalisation="distance-to-leader")


def test_contributions_of_what_is_no_sum_are_refused(data, told):
    index = composite(data, told, aggregation="condorcet")
    with pytest.raises(InputError, match="arithmetic"):
        index.contributions  # noqa: B018
    assert len(index.rebuild({"aggregation": "arithmetic"}).contributions) == 12
    with pytest.raises(InputError, match="arithmetic"):
        composite(data, told, weighting="bod", aggregation="geometric", span=(1, 100))


def test_weights_that_are_shares_need_values_from_zero(data, told):
    for word in ("bod", "entropy"):
        with pytest.raises(ValuesError, match="0 or more") as caught:
            composite(data, told, normalisation="z-score", weighting=word)
        assert set(caught.value.offenders) <= set(data.index)
    data.loc["r02"] = [data["a"].min(), data["b"].max(), data["c"].min()]
    refused(ValuesError, ["r02"], composite, data, told, weighting="bod")
    assert composite(data, told, weighting="bod", span=(1, 100)).scores.max() == pytest.approx(1)


def test_words_and_numbers_of_the_recipe_are_checked(data, told):
    with pytest.raises(OptionError, match="'z-score'"):
        composite(data, told, normalisation="zscore")
    with pytest.raises(OptionError, match="level of aggregation"):
        composite(data, told, aggregation={"pillar": "geometric"})
    with pytest.raises(OptionError, match="normalisation"):
        composite(data, told).rebuild({"normalization": "z-score"})
    with pytest.raises(InputError, match="expert"):
        composite(data, told, weighting="expert")
    for choice, value in [
        ("span", (1, 0)), ("span", 5), ("moments", (0, 0)), ("bounds", (0.5, 0.2)),
        ("neighbours", 0), ("winsorised", True), ("capped", 1), ("weighting", ("equal", "x")),
    ]:  # fmt: skip
        with pytest.raises(InputError):
            Construction().with_({choice: value})
    with pytest.raises(InputError, match="own"):
        composite(data, told, options={"span": (1, 2)})
    with pytest.raises(InputError, match="coverage"):
        composite(data, told, imputation="median", coverage=2)


def test_panels_are_checked(told, data):
    with pytest.raises(PanelError, match="cross-section"):
        composite(data, told, reference=2010)
    panel = wb.load("us-income")[["income"]]
    with pytest.raises(PanelError, match="1066"):
        composite(panel, {"income": "higher"}, reference=1066)
    with pytest.raises(PanelError):
        composite(panel.swaplevel(), {"income": "higher"})


def test_pictures_ask_for_known_regions(told, data):
    index = composite(data, told)
    with pytest.raises(UnknownNameError, match="r99"):
        index.profile("r99")
    with pytest.raises(InputError, match="panel"):
        index.plot(period=2010)


def test_comparison_needs_the_same_regions(told, data):
    index = composite(data, told)
    with pytest.raises(IdError):
        index.compare(index.scores.iloc[:5])
    with pytest.raises(InputError, match="finite"):
        index.compare(index.scores.replace(index.scores.iloc[0], np.nan))
    with pytest.raises(InputError, match="Series"):
        index.compare([1, 2])


def test_logarithms_meet_no_goalposts_and_no_common_scale(told):
    """Goalposts are in the units of the indicator: log(x) between them is neither."""
    table = pd.DataFrame(
        {"a": [*np.linspace(1.0, 2.0, 14), 60.0], "b": np.arange(15.0)},
        index=[f"r{i:02d}" for i in range(15)],
    )
    meta = pd.DataFrame({"direction": "higher", "low": 0.0, "high": 80.0}, index=["a", "b"])
    for word in ("goalposts", "none"):
        for how in ("log", "box-cox"):
            text = refused(
                ValuesError, ["a"], composite, table, meta, outliers=how, normalisation=word
            )
            assert 'outliers="trim"' in text
        composite(table, meta, outliers="trim", normalisation=word)
        # a value pulled in is still in its units
        composite(table, meta, outliers="winsorise", normalisation=word)


@pytest.mark.parametrize("word", ["pca", "entropy"])
def test_weights_by_the_data_name_indicators_and_regions(word):
    table = pd.DataFrame({"a": [1.0, 2, 3, 5], "b": [4.0] * 4, "c": [4.0] * 4}, index=list("wxyz"))
    meta = pd.DataFrame(
        {"direction": "higher", "low": 0.0, "high": 8.0, "group": list("ppp")}, index=list("abc")
    )
    if word == "pca":
        refused(ValuesError, ["b", "c"], composite, table, meta, normalisation="goalposts",
                weighting=word)  # fmt: skip
    else:  # an indicator without differences has no weight by entropy
        index = composite(table, meta, normalisation="goalposts", weighting=word)
        assert index.weights.to_dict() == {"a": 1.0, "b": 0.0, "c": 0.0}
    text = refused(ValuesError, [], composite, table[["a"]].assign(d=[1.0, 3, 2, 9]).iloc[:2],
                   {"a": "higher", "d": "higher"}, weighting=word)  # fmt: skip
    assert "at least 3 regions" in text
    assert "w, x" in text


def test_groups_without_differences_are_named_by_their_indicators():
    """Condorcet's circle: every region wins once, so the group tells nobody apart."""
    table = pd.DataFrame(
        {"a": [1.0, 2, 3], "b": [2.0, 3, 1], "c": [3.0, 1, 2], "d": [1.0, 2, 3]}, index=list("xyz")
    )
    meta = pd.DataFrame({"direction": "higher", "group": list("PPPQ")}, index=list("abcd"))
    refused(
        ValuesError, ["group of a+b+c"], composite, table, meta,
        aggregation={"group": "condorcet", "index": "arithmetic"},
        weighting={"group": "equal", "index": "pca"},
    )  # fmt: skip


def test_bounds_of_shares_are_checked_in_the_callers_words(data, told):
    text = refused(InputError, [], composite, data, told, weighting="bod", span=(1, 100),
                   options={"bounds": (0.4, 1.0)})  # fmt: skip
    assert text.startswith("bounds:")
    # the lowest of each indicator has a zero, which no share lifts to a tenth
    lowest = sorted({data["a"].idxmin(), data["b"].idxmax(), data["c"].idxmin()})
    text = refused(ValuesError, lowest, composite, data, told, weighting="bod",
                   options={"bounds": (0.1, 1.0)})  # fmt: skip
    assert "span=(1, 100)" in text
    composite(data, told, weighting="bod", span=(1, 100), options={"bounds": (0.1, 1.0)})


def test_votes_that_meet_a_mean_of_positive_values_have_a_way_out_that_works(data, told):
    meta = pd.DataFrame({"direction": pd.Series(told), "group": list("ppq")})
    votes = {"group": "condorcet", "index": "geometric"}
    with pytest.raises(ValuesError, match="condorcet"):
        composite(data, meta, aggregation=votes, span=(1, 100))
    composite(data, meta, aggregation={**votes, "index": "arithmetic"})


def test_em_names_indicators_that_are_the_same_everywhere(data, told):
    holes = data.assign(c=2.0)
    holes.iloc[0, 2] = np.nan
    goalposts = {name: {"direction": way, "low": 0.0, "high": 20.0} for name, way in told.items()}
    refused(ValuesError, ["c"], composite, holes, goalposts, imputation="em",
            normalisation="goalposts")  # fmt: skip
    composite(holes, goalposts, imputation="nearest", normalisation="goalposts")


def test_choices_of_detail_that_nothing_uses_are_told(data, told):
    index = composite(
        data, told, normalisation="rank", span=(1, 100), moments=(100, 10),
        reference_region="r03", options={"neighbours": 3, "capped": True},
    )  # fmt: skip
    said = [note.split(" ")[0] for note in index.notes]
    assert said == ["span", "moments", "capped", "neighbours", "reference_region"]
    assert not composite(data, told, span=(1, 100)).notes


def test_the_period_of_a_reference_region_is_named_from_the_data():
    rows = pd.MultiIndex.from_product([list("abc"), [2019, 2020]], names=["region", "year"])
    panel = pd.DataFrame({"x": [1.0, 2, 3, 4, 5, 7]}, index=rows)
    how = {"normalisation": "distance-to-reference", "reference_region": "b"}
    with pytest.raises(PanelError, match="reference=2019"):
        composite(panel, {"x": "higher"}, **how)
    index = composite(panel, {"x": "higher"}, **how, reference=2019)
    assert index.scores.loc[("b", 2019)] == 100.0


@pytest.mark.parametrize("normalisation", ["none", "min-max"])
def test_an_indicator_without_differences_is_refused_by_name(data, told, normalisation):
    told = dict.fromkeys(told, "higher")
    refused(ValuesError, ["c"], composite, data.assign(c=2.0), told, normalisation=normalisation)


def test_weights_that_sum_to_zero_are_named_with_a_way_out(data, told):
    rows = {name: {"direction": d, "weight": 0.0} for name, d in told.items()}
    text = refused(InputError, ["a", "b", "c"], composite, data, rows, weighting="expert")
    assert 'weighting="equal"' in text
    composite(data, rows, weighting="equal")
