"""Typologies are described and compared: against other software, closed forms and permutations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from workbench.core.glossary import GLOSSARY
from workbench.errors import IdError, InputError, OptionError, ValuesError
from workbench.explore.typology import classify, cluster
from workbench.innovation.typologies import (
    compare_typologies,
    leader_types,
    typology_profiles,
)
from workbench.numerics.partitions.concord import agreement_weights, kappa, matched
from workbench.numerics.partitions.contrasts import contrast

IDS = [f"r{i:03d}" for i in range(60)]
# two raters of 100 subjects, the example of Fleiss, Levin and Paik (2003), Statistical Methods for
# Rates and Proportions, chapter 18; kappa follows by hand from the margins, errors by statsmodels
FLEISS = np.array([[75, 1, 4], [5, 4, 1], [0, 0, 10]])


def spread(table):
    """Labels of two raters that have this cross table."""
    rows, columns = np.indices(table.shape)
    a, b = (np.repeat(side.ravel(), table.ravel()) for side in (rows, columns))
    index = [f"s{i:03d}" for i in range(len(a))]
    return pd.Series(a, index=index), pd.Series(b, index=index)


def ordered(series, names):
    kinds = pd.CategoricalDtype(list(names), ordered=True)
    return pd.Series(pd.Categorical.from_codes(series, dtype=kinds), index=series.index)


@pytest.fixture
def table():
    rng = np.random.default_rng(5)
    centres = np.repeat([[0.0, 0.0], [4.0, 4.0], [8.0, 0.0]], 20, axis=0)
    frame = pd.DataFrame(centres + rng.normal(size=(60, 2)), index=IDS, columns=["rd", "men"])
    return frame.assign(noise=rng.normal(size=60))


@pytest.fixture
def planted():
    return pd.Series(np.repeat(["core", "hub", "edge"], 20), index=IDS, name="planted")


def test_kappa_is_that_of_the_textbook_and_of_statsmodels():
    from statsmodels.stats.inter_rater import cohens_kappa

    # (0.89 - 0.66) / (1 - 0.66) by hand from the margins 0.8 0.1 0.1 and 0.8 0.05 0.15
    assert kappa(FLEISS, np.eye(3)).kappa == pytest.approx((0.89 - 0.66) / 0.34, rel=1e-12)
    for word, weights in ((None, None), ("linear", "linear"), ("quadratic", "quadratic")):
        ours = kappa(FLEISS, agreement_weights(3, word))
        theirs = cohens_kappa(FLEISS, wt=weights)
        assert ours.kappa == pytest.approx(theirs.kappa, rel=1e-12)
        assert ours.std_error == pytest.approx(theirs.std_kappa, rel=1e-10)


def test_kappas_reach_the_result_with_their_intervals():
    a, b = (ordered(one, ["low", "mid", "high"]) for one in spread(FLEISS))
    found = compare_typologies(a, b, permutations=99).tidy()
    assert found["estimate"]["Cohen's kappa"] == pytest.approx(0.676, abs=5e-4)
    expected = kappa(FLEISS, agreement_weights(3, "quadratic"))
    assert found["estimate"]["weighted kappa"] == expected.kappa
    half = stats.norm.isf(0.025) * expected.std_error
    assert found["conf_low"]["weighted kappa"] == pytest.approx(expected.kappa - half)
    assert found["estimate"]["share in agreement"] == 0.89
    assert (found["reason"] == "").all()


@pytest.mark.parametrize("seed", range(4))
def test_indices_are_those_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    a = pd.Series(rng.integers(0, 4, 60), index=IDS)
    b = pd.Series(np.where(rng.random(60) < 0.5, a, rng.integers(0, 5, 60)), index=IDS)
    found = compare_typologies(a, b, permutations=19).tidy()["estimate"]
    assert found["adjusted Rand"] == pytest.approx(adjusted_rand_score(a, b), abs=1e-12)
    assert found["adjusted mutual information"] == pytest.approx(
        adjusted_mutual_info_score(a, b), abs=1e-12
    )


def test_other_names_of_the_same_types_agree_perfectly(planted):
    other = planted.map({"core": 3, "hub": 1, "edge": 2})
    found = compare_typologies(planted, other, permutations=99)
    assert found.tidy()["estimate"].iloc[:3].tolist() == [1.0, 1.0, 1.0]
    assert found.matching.to_dict() == {"1": "hub", "2": "edge", "3": "core"}
    assert found.disagreeing.empty
    assert np.isnan(found.tidy()["estimate"]["Cohen's kappa"])
    assert "names of types differ" in found.tidy()["reason"]["Cohen's kappa"]
    # 99 permutations: 2 (0 + 1) / 100
    assert found.tidy()["p_permutation"]["adjusted Rand"] == 0.02


def test_matching_is_the_best_of_all_permutations():
    rng = np.random.default_rng(0)
    from itertools import permutations

    for _ in range(20):
        counts = rng.integers(0, 9, size=(4, 4))
        best = max(sum(counts[p[j], j] for j in range(4)) for p in permutations(range(4)))
        assert matched(counts)[1] == best


def test_a_pair_that_shares_nobody_is_no_match():
    partner, kept = matched(np.array([[5, 4, 0], [3, 0, 0], [0, 6, 0]]))
    # the third column is nobody's
    assert (partner[2], kept) == (-1, 11)


@pytest.mark.slow
def test_permutations_expect_nothing_of_unrelated_types():
    rng = np.random.default_rng(11)
    p_values = []
    for _ in range(60):
        a, b = (pd.Series(rng.integers(0, 3, 60), index=IDS) for _ in range(2))
        found = compare_typologies(a, b, permutations=39).tidy()
        p_values.append(found["p_permutation"]["adjusted Rand"])
        assert abs(found["expected"]["adjusted Rand"]) < 0.03
    # a level of 10 % over 60 draws: more than 14 has a probability below 0.1 %
    assert sum(p <= 0.1 for p in p_values) <= 14


def test_published_types_of_some_regions_are_compared_on_those(planted):
    published = planted.iloc[:50].replace({"core": "I"})
    with pytest.raises(IdError):
        compare_typologies(planted, published)
    found = compare_typologies(planted, published, align="intersection", permutations=19)
    assert found.glance()["nobs"].item() == 50
    assert "50 regions" in found.notes[0]
    # the first twenty are all of one planted type
    few = pd.Series(["x", "y"] * 10, index=IDS[:20])
    with pytest.raises(ValuesError, match="regions in common"):
        compare_typologies(planted, few, align="intersection")


def test_all_kinds_of_typologies_are_read(table, planted):
    score = table["rd"] - table["rd"].min() + 1.0
    kinds = [
        cluster(["rd", "men"], table, k=3, method="ward"),
        classify("rd", table, k=3),
        leader_types(score),
        planted,
        planted.astype("category"),
        pd.Series(np.repeat([1.0, 2.0, 3.0], 20), index=IDS),
    ]
    for one in kinds:
        found = compare_typologies(one, planted, permutations=19)
        assert found.cross.to_numpy().sum() == 60


def test_one_ladder_is_climbed_from_the_same_end(table):
    score = table["rd"] - table["rd"].min() + 1.0
    types = leader_types(score, shares=(0.3, 0.6), labels=["high", "mid", "low"])
    classes = classify(score, None, k=3)
    found = compare_typologies(types, classes, permutations=19).tidy()
    assert found["estimate"]["weighted kappa"] > 0.6


@pytest.mark.parametrize(
    ("bad", "error", "text"),
    [
        (pd.Series(np.linspace(0, 1, 60), index=IDS), ValuesError, "classify"),
        (pd.Series(["x"] * 60, index=IDS), ValuesError, "at least two types"),
        (pd.Series(IDS, index=IDS), ValuesError, "fewer than regions"),
        (pd.Series(["a", None] * 30, index=IDS), ValuesError, "30 missing"),
        (pd.Series(["a", 1] * 30, index=IDS, dtype=object), ValuesError, "mixed"),
        (pd.Series(["a", "a "] * 30, index=IDS), ValuesError, "strip"),
        (["a", "b"] * 30, InputError, "Series"),
    ],
)
def test_bad_types_are_named(planted, bad, error, text):
    with pytest.raises(error, match=text):
        compare_typologies(planted, bad)


def test_contrasts_are_those_of_scipy(table, planted):
    codes = np.repeat([0, 1, 2], 20)
    for name in table:
        parts = [table[name].to_numpy()[codes == code] for code in range(3)]
        found = contrast(table[name].to_numpy(), codes)
        F, H = stats.f_oneway(*parts), stats.kruskal(*parts)
        assert pytest.approx(F.statistic, rel=1e-10) == found.F
        assert found.p_value == pytest.approx(F.pvalue, rel=1e-8)
        assert (found.H, found.H_p_value) == (H.statistic, H.pvalue)
        # F = (eta2 / (k - 1)) / ((1 - eta2) / (n - k))
        assert pytest.approx(found.eta_squared / 2 / ((1 - found.eta_squared) / 57)) == found.F


def test_profiles_find_the_variables_that_tell_types_apart(table, planted):
    found = typology_profiles(planted, table)
    assert found.separation.index[-1] == "noise"
    assert (found.separation["p_adjusted"][["rd", "men"]] < 1e-6).all()
    means = table.groupby(planted).mean()
    assert found.tidy()["mean"]["rd"].to_dict() == pytest.approx(means["rd"].to_dict())
    # weighted by size the standardised means add up to nothing
    total = (found.tidy()["z_mean"] * found.tidy()["size"]).groupby("variable").sum()
    assert np.allclose(total, 0.0, atol=1e-10)


def test_typical_regions_are_nearest_to_the_means_of_their_type(table, planted):
    found = typology_profiles(planted, table)
    Z = (table - table.mean()) / table.std(ddof=0)
    away = (Z - Z.groupby(planted).transform("mean")).pow(2).sum(axis=1).pow(0.5)
    for name in ("core", "hub", "edge"):
        own = away[planted == name]
        assert found.typical(1)[name] == [own.idxmin()]
        assert found.farthest(1)[name] == [own.idxmax()]
    assert np.allclose(found.augment()["distance"], away.sort_index())


def test_what_made_the_types_is_not_tested(table, planted):
    groups = cluster(["rd", "men"], table, k=3, method="ward")
    found = typology_profiles(groups, table).separation
    assert found["p_value"].isna().to_dict() == {"rd": True, "men": True, "noise": False}
    assert found.loc["noise", "p_adjusted"] == found.loc["noise", "p_value"]
    told = typology_profiles(planted, table, made_from=["rd"]).separation
    assert told["made_types"].to_dict() == {"rd": True, "men": False, "noise": False}


@pytest.mark.slow
def test_adjustments_are_those_of_statsmodels(table, planted):
    from statsmodels.stats.multitest import multipletests

    for adjust in ("holm", "fdr_bh"):
        found = typology_profiles(planted, table, adjust=adjust).separation
        expected = multipletests(found["kruskal_p"], method=adjust)[1]
        assert np.allclose(found["kruskal_p_adjusted"], expected, rtol=1e-12, atol=0)


def test_bad_profiles_are_named(table, planted):
    with pytest.raises(ValuesError, match=r"constant|differ|vary"):
        typology_profiles(planted, table.assign(flat=1.0))
    with pytest.raises(IdError):
        typology_profiles(planted, table.iloc[:40])
    with pytest.raises(OptionError, match="holm"):
        typology_profiles(planted, table, adjust="bonferroni")
    with pytest.raises(InputError, match="numeric"):
        typology_profiles(planted, table.astype(str))


def test_order_of_rows_does_not_matter(table, planted):
    turned = typology_profiles(planted.iloc[::-1], table.sample(frac=1, random_state=1))
    first = typology_profiles(planted, table)
    pd.testing.assert_frame_equal(turned.augment(), first.augment())
    pd.testing.assert_frame_equal(turned.separation, first.separation)
    other = classify("rd", table, k=3)
    pd.testing.assert_frame_equal(
        compare_typologies(planted.iloc[::-1], other, permutations=39).tidy(),
        compare_typologies(planted, other, permutations=39).tidy(),
    )


def test_tables_speak_the_glossary(table, planted):
    profiles = typology_profiles(planted, table)
    compared = compare_typologies(planted, classify("rd", table, k=3), permutations=19)
    tables = [profiles.separation]
    for result in (profiles, compared):
        tables += [result.tidy(), result.glance(), result.augment()]
    for one in tables:
        assert set(one.columns) <= set(GLOSSARY)
