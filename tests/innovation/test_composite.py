"""A composite index is what the published ones are, and keeps its promises."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.innovation.composites import Indicators, composite
from workbench.innovation.composites.constructing import construct
from workbench.innovation.composites.construction import Construction

REFERENCE = Path(__file__).parents[1] / "reference"
GROUPS = {
    "patents": "creation", "royalties": "creation", "internet": "recent", "exports": "recent",
    "telephones": "old", "electricity": "old", "schooling": "skills", "university": "skills",
}  # fmt: skip
GOALPOSTS = {
    "patents": (0, 994), "royalties": (0, 272.6), "internet": (0, 232.4), "exports": (0, 80.8),
    "telephones": (0, np.log10(901)), "electricity": (np.log10(22), np.log10(6969)),
    "schooling": (0.8, 12), "university": (0.1, 27.4),
}  # fmt: skip
"""Extremes observed in all countries: UNDP (2001), Human Development Report, technical note 2."""


@pytest.fixture(scope="module")
def tai():
    return pd.read_csv(REFERENCE / "tai.csv", index_col="country")


@pytest.fixture(scope="module")
def published():
    return pd.read_csv(REFERENCE / "tai_published.csv", index_col="country")


@pytest.fixture(scope="module")
def told():
    rows = {
        name: {"direction": "higher", "group": GROUPS[name], "low": low, "high": high}
        for name, (low, high) in GOALPOSTS.items()
    }
    return Indicators(rows)


@pytest.fixture(scope="module")
def made():
    """Thirty regions, six indicators of which two are better when lower, three groups, two tops."""
    rng = np.random.default_rng(7)
    names = list("uvwxyz")
    data = pd.DataFrame(
        rng.lognormal(size=(30, 6)), index=[f"r{i:02d}" for i in range(30)], columns=names
    )
    table = pd.DataFrame(
        {
            "direction": ["higher", "lower", "higher", "higher", "lower", "higher"],
            "group": ["a", "a", "a", "b", "b", "c"],
            "parent": ["top", "top", "top", "top", "top", "rest"],
            "weight": [1.0, 2.0, 3.0, 1.0, 1.0, 5.0],
        },
        index=names,
    )
    return data, table


def test_technology_achievement_is_as_published(tai, told, published):
    """Scores: UNDP (2001), two decimals. Ranks: OECD/JRC (2008), tables 23 (EW) and 38 (LIN).

    Singapore's score is left out: the handbook's data put it eighth, the report's tenth.
    """
    index = composite(tai, told, normalisation="goalposts", span=(0, 1), options={"capped": True})
    assert index.ranks.to_dict() == published["lin"].to_dict()
    scores = published["tai"].dropna()
    # two decimals, and inputs rounded to three digits
    np.testing.assert_allclose(index.scores[scores.index], scores, atol=0.0065)


def test_geometric_ranks_are_the_handbooks(tai, published):
    """OECD/JRC (2008), table 38, column GME: raw values, equation 37."""
    index = composite(
        tai, dict.fromkeys(tai, "higher"), normalisation="none", aggregation="geometric"
    )
    assert index.ranks.to_dict() == published["gme"].to_dict()


def test_scales_of_schooling_are_the_handbooks(tai):
    """OECD/JRC (2008), table 15: z-scores, min-max, distances to the mean, the best, the worst."""
    told = dict.fromkeys(tai, "higher")
    wanted = {
        "z-score": (0.26, 1.52, 1.27, -1.58),
        "min-max": (0.59, 1.00, 0.92, 0.00),
        "percent-of-mean": (1.04, 1.25, 1.21, 0.74),
        "distance-to-leader": (0.83, 1.00, 0.97, 0.59),
        "distance-to-reference": (1.41, 1.69, 1.63, 1.00),
    }
    regions = ["Finland", "United States", "Canada", "Singapore"]
    for word, values in wanted.items():
        index = composite(tai, told, normalisation=word, reference_region="Slovenia")
        found = index.normalised.loc[regions, "schooling"] / (1 if word == "z-score" else 100)
        np.testing.assert_allclose(found, values, atol=0.0051, err_msg=word)


def test_geometric_mean_compensates_less():
    """OECD/JRC (2008), section 6.11: 21, 1, 1, 1 against 6, 6, 6, 6, and one unit more."""
    data = pd.DataFrame(
        [[21.0, 1, 1, 1], [6, 6, 6, 6], [21, 2, 1, 1], [6, 7, 6, 6]], columns=list("abcd")
    )
    told = dict.fromkeys("abcd", "higher")
    found = composite(data, told, normalisation="none", aggregation="geometric")
    np.testing.assert_allclose(found.scores, [2.14, 6.0, 2.54, 6.23], atol=0.006)
    equal = composite(data, told, normalisation="none").scores
    assert equal[0] == equal[1] == 6.0


def test_human_development_is_that_of_the_technical_notes():
    """UNDP (2020), technical notes: income of 3,829 is 0.5506; (0.6971 · 0.3447 · 0.5506)^⅓."""
    told = Indicators(
        {
            "life": {"direction": "higher", "group": "health", "low": 20, "high": 85},
            "mean_years": {"direction": "higher", "group": "education", "low": 0, "high": 15},
            "expected_years": {"direction": "higher", "group": "education", "low": 0, "high": 18},
            "log_income": {
                "direction": "higher", "group": "income", "low": np.log(100), "high": np.log(75000)
            },
        }
    )  # fmt: skip
    data = pd.DataFrame(
        {
            "life": [20 + 65 * 0.6971],
            # the two schooling indices on either side of their published mean
            "mean_years": [15 * (0.3447 - 0.09)],
            "expected_years": [18 * (0.3447 + 0.09)],
            "log_income": [np.log(3829)],
        },
        index=["SDN"],
    )
    index = composite(
        data, told, normalisation="goalposts", span=(0, 1),
        aggregation={"index": "geometric", "sub-index": "arithmetic"},
    )  # fmt: skip
    np.testing.assert_allclose(
        index.levels.loc["SDN", ["health", "education", "income"]], [0.6971, 0.3447, 0.5506],
        atol=5e-5,
    )  # fmt: skip
    assert index.scores["SDN"] == pytest.approx(0.510, abs=5e-4)


@pytest.mark.parametrize("word", ["min-max", "z-score", "rank", "percentile", "categorical"])
def test_index_does_not_depend_on_units_nor_on_the_side_measured(made, word):
    data, table = made
    told = Indicators(table)
    turned = table.assign(direction=table["direction"].map({"higher": "lower", "lower": "higher"}))
    first = composite(data, told, normalisation=word)
    units = composite(data * 1000.0 + 3.0, told, normalisation=word)
    other = composite(7.0 - 2.5 * data, Indicators(turned), normalisation=word)
    for again in (units, other):
        np.testing.assert_allclose(again.scores, first.scores, atol=1e-9)


def test_ranks_of_a_rank_scale_survive_any_monotone_transformation(made):
    data, table = made
    told = Indicators(table)
    first = composite(data, told, normalisation="borda")
    assert composite(np.log(data), told, normalisation="borda").ranks.equals(first.ranks)


def test_rows_and_columns_in_any_order_give_the_same_bits(made):
    data, table = made
    first = composite(data, Indicators(table), imputation="em", outliers="winsorise")
    mixed = composite(
        data.sample(frac=1, random_state=1)[data.columns[::-1]],
        Indicators(table.sample(frac=1, random_state=2)), imputation="em", outliers="winsorise",
    )  # fmt: skip
    assert first.scores.equals(mixed.scores)
    assert first.contributions.equals(mixed.contributions)


def test_nothing_of_the_callers_is_changed(made):
    data, table = made
    before = data.copy(), table.copy()
    index = composite(data, table, outliers="winsorise")
    scores = index.scores
    for handed in (scores, index.levels, index.data, index.normalised, index.contributions):
        handed.iloc[0] = -1.0
    metadata = index.indicators.table
    metadata["direction"] = "lower"
    assert index.scores.min() >= 0
    assert index.normalised.min().min() >= 0
    assert index.data.min().min() > 0
    assert set(index.indicators.table["direction"]) == {"higher", "lower"}
    assert data.equals(before[0])
    assert table.equals(before[1])


@pytest.mark.parametrize("weighting", ["equal", "expert", "pca", "entropy", "bod"])
def test_contributions_add_up_to_the_score(made, weighting):
    data, table = made
    index = composite(data, table, weighting=weighting)
    np.testing.assert_allclose(index.contributions.sum(axis=1), index.scores, rtol=1e-12)
    if weighting != "bod":
        assert index.weights.sum() == pytest.approx(1.0)


def test_levels_are_weighted_means_of_what_is_below(made):
    data, table = made
    told = Indicators(table, group_weights={"a": 1, "b": 3, "c": 1})
    index = composite(data, told)
    Z, levels = index.normalised, index.levels
    np.testing.assert_allclose(levels["a"], (Z["u"] + 2 * Z["v"] + 3 * Z["w"]) / 6)
    np.testing.assert_allclose(levels["top"], (levels["a"] + 3 * levels["b"]) / 4)
    np.testing.assert_allclose(index.scores, (levels["top"] + levels["rest"]) / 2)
    assert index.weights["w"] == pytest.approx(3 / 6 * 1 / 4 * 1 / 2)
    assert index.construction.weighting == "expert"


def test_aggregation_is_chosen_by_level(made):
    data, table = made
    index = composite(
        data, table, span=(1, 100), weighting="equal",
        aggregation={"index": "geometric", "parent": "harmonic"},
    )  # fmt: skip
    levels = index.levels
    assert index.construction.aggregation == ("arithmetic", "harmonic", "geometric")
    np.testing.assert_allclose(levels["top"], 2 / (1 / levels["a"] + 1 / levels["b"]))
    np.testing.assert_allclose(index.scores, np.sqrt(levels["top"] * levels["rest"]))


def test_one_path_is_replayed(made):
    """What a replay computes is what the index has, with weights and left-out indicators too."""
    data, table = made
    index = composite(data, table, normalisation="z-score")
    prepared, recipe = index.prepared, index.construction
    np.testing.assert_array_equal(construct(prepared, recipe), index.scores)
    kept = np.array([name != "w" for name in prepared.names])
    without = composite(data.drop(columns="w"), table.drop(index="w"), normalisation="z-score")
    np.testing.assert_allclose(construct(prepared, recipe, kept=kept), without.scores)
    weights = [np.arange(1.0, 7.0), None, None]
    other = table.assign(weight=pd.Series(weights[0], index=list(prepared.names)))
    np.testing.assert_allclose(
        construct(prepared, recipe, weights=weights, kept=kept),
        composite(
            data.drop(columns="w"), other.drop(index="w"), normalisation="z-score"
        ).scores,
    )  # fmt: skip
    last = np.array([name == "z" for name in prepared.names])  # its groups alone are left
    np.testing.assert_allclose(construct(prepared, recipe, kept=last), index.normalised["z"])


def test_rebuilding_changes_the_recipe_only(made):
    data, table = made
    index = composite(data, table)
    other = index.rebuild({"normalisation": "z-score", "aggregation": {"index": "arithmetic"}})
    assert other.construction == index.construction.with_(
        {"normalisation": "z-score", "aggregation": ("arithmetic",) * 3}
    )
    assert other.scores.equals(composite(data, table, normalisation="z-score").scores)
    shifts = index.compare(other)
    assert shifts.spearman == pytest.approx(index.scores.corr(other.scores, method="spearman"))
    assert index.compare(index.scores).mean_shift == 0


def test_a_positive_shift_is_ranks_gained():
    data = pd.DataFrame({"x": [3.0, 2.0, 1.0, 0.0], "y": [3.0, 2.0, 1.0, 0.0]}, index=list("abcd"))
    index = composite(data, {"x": "higher", "y": "higher"})
    found = index.compare(pd.Series({"d": 4.0, "a": 3.0, "b": 2.0, "c": 1.0}))
    assert found.table["shift"].to_dict() == {"d": -3, "a": 1, "b": 1, "c": 1}
    assert found.mean_shift == 1.5  # OECD/JRC (2008), equation 38
    assert found.kendall == pytest.approx(0.0)


def test_authors_scales_are_taken_for_mazziotta_and_pareto(made):
    data, table = made
    index = composite(data, table, normalisation="z-score", aggregation="mazziotta-pareto")
    np.testing.assert_allclose(index.normalised.mean(), 100)
    # Mazziotta and Pareto (2016) divide by n, not n − 1
    np.testing.assert_allclose(index.normalised.std(ddof=0), 10)
    assert (index.scores <= (index.normalised * index.weights).sum(axis=1) + 1e-9).all()
    adjusted = composite(data, table, aggregation="adjusted-mazziotta-pareto")
    assert adjusted.normalised.min().min() == 70
    assert adjusted.normalised.max().max() == 130


def test_imputed_cells_are_listed_and_counted(made):
    data, table = made
    holes = data.copy()
    holes.loc["r03", ["u", "x"]] = np.nan
    holes.loc["r11", "u"] = np.nan
    index = composite(holes, table, imputation="median")
    listed = index.imputed
    assert listed[["indicator"]].to_numpy().ravel().tolist() == ["u", "x", "u"]
    assert listed["value"].tolist() == [
        holes["u"].median(), holes["x"].median(), holes["u"].median(),
    ]  # fmt: skip
    assert index.coverage.loc["u", "imputed"] == 2
    assert index.coverage_by_region.loc["r03", "known_share"] == pytest.approx(4 / 6)
    assert "3 of 180 cells were missing" in index.notes[0]
    groups = pd.Series(["g", "h"] * 15, index=data.index)
    found = composite(holes, table, imputation="group-mean", groups=groups).imputed
    same = groups == groups["r03"]
    assert found["value"].iloc[0] == pytest.approx(holes["u"][same].mean())


def test_treated_cells_are_listed(made):
    data, table = made
    wild = data.copy()
    wild.loc["r05", "y"] = 1000.0
    index = composite(wild, table, outliers="winsorise")
    row = index.treated.set_index("indicator").loc[["y"]]
    assert row["value"].max() == 1000.0
    assert row["moved_to"].max() <= wild["y"].sort_values().iloc[-2]
    assert any(".treated lists them" in note for note in index.notes)


def test_periods_compare_on_common_scales():
    panel = wb.load("us-income")[["income"]].loc[(slice(None), [1929, 1969, 2009]), :]
    panel = panel.assign(log=np.log(panel["income"]))
    told = {"income": "higher", "log": "higher"}
    pooled = composite(panel, told)
    assert pooled.scores.index.nlevels == 2
    mean = pooled.scores.groupby(level=1).mean()
    assert mean.is_monotonic_increasing
    assert set(pooled.ranks.groupby(level=1).min()) == {1}
    based = composite(panel, told, reference=1969)
    of_base = based.scores.xs(1969, level=1)
    alone = composite(panel.xs(1969, level=1), told).scores
    np.testing.assert_allclose(of_base, alone)
    assert based.scores.xs(2009, level=1).max() > 100


def test_lines_in_time_fill_gaps_of_a_panel():
    index = pd.MultiIndex.from_product([["a", "b", "c"], [2000, 2001, 2002]])
    panel = pd.DataFrame(
        {"x": [1.0, np.nan, 3.0, 4, 5, 6, 7, 8, 9], "y": np.arange(9.0)[::-1]}, index=index
    )
    found = composite(panel, {"x": "higher", "y": "lower"}, imputation="linear")
    assert found.imputed["value"].tolist() == [2.0]


def test_weights_of_the_metadata_left_aside_are_told(made):
    data, table = made
    assert any("not used" in note for note in composite(data, table, weighting="pca").notes)
    assert composite(data, table).notes == ()


def test_results_speak_the_vocabulary(made):
    data, table = made
    index = composite(data, table)
    extra = {"group", "parent"}
    names = set(index.levels)
    for frame in (index.tidy(), index.glance(), index.augment(), index.coverage):
        assert set(frame.columns) <= set(GLOSSARY) | extra | names
    for frame in (index.checks().tidy(), index.checks().glance(), index.checks().components):
        assert set(frame.columns) <= set(GLOSSARY)
    shifts = index.compare(index)
    assert set(shifts.glance().columns) | set(shifts.tidy().columns) <= set(GLOSSARY)
    for result in (index, index.checks(), shifts):
        assert result.heading in str(result)
        assert "<table" in result._repr_html_()
    plain = index.provenance.to_dict()
    json.dumps(plain)
    assert plain["options"]["normalisation"] == "min-max"
    assert Construction().with_({}) == Construction()


def test_two_regions_that_are_opposites_tie_under_every_scale():
    """z-scores of opposite indicators cancel: what rounding leaves is no rank."""
    data = pd.DataFrame({"a": [0.1, 0.4], "b": [0.55, 0.35]}, index=["x", "y"])
    for word in ("min-max", "z-score", "rank", "borda", "percentile", "categorical"):
        index = composite(data, {"a": "higher", "b": "higher"}, normalisation=word)
        assert index.ranks.tolist() == [1, 1], word


def test_equal_sub_indices_tie_in_votes_whatever_rounding_makes_of_them():
    """0.1 + 0.2 and 0.3 are one number: of a pair with equal sub-indices nobody wins a vote."""
    data = pd.DataFrame(
        {"a": [0.1, 0.3, 0.0, 1.0], "b": [0.2, 0.0, 0.0, 1.0], "c": [0.5, 0.5, 0.0, 1.0]},
        index=list("wxyz"),
    )
    meta = pd.DataFrame({"direction": "higher", "group": list("ppq")}, index=list("abc"))
    index = composite(
        data, meta, aggregation={"group": "arithmetic", "index": "condorcet"},
        normalisation="none",
    )  # fmt: skip
    assert index.levels.loc["w", "p"] != index.levels.loc["x", "p"]
    assert index.scores.to_dict() == {"w": 0.0, "x": 0.0, "y": -3.0, "z": 3.0}


def test_correlations_of_ranks_take_rounding_for_a_tie_as_ranks_do():
    """scipy's coefficients of the scores without rounding."""
    data = pd.DataFrame({"a": [1.0, 4.0, 9.0, 2.0]}, index=list("wxyz"))
    index = composite(data, {"a": "higher"})
    published = pd.Series([0.1 + 0.2, 0.3, 0.9, 0.1], index=list("wxyz"))
    found = index.compare(published)
    exact = index.compare(published.round(3))
    assert (found.spearman, found.kendall) == (exact.spearman, exact.kendall)
    assert found.kendall == pytest.approx(stats.kendalltau([1, 4, 9, 2], [3, 3, 9, 1]).statistic)
    assert found.spearman == pytest.approx(stats.spearmanr([1, 4, 9, 2], [3, 3, 9, 1]).statistic)
