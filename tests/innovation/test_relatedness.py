"""Relatedness and its chance agree with definitions, R's EconGeo and the Harvard package."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from workbench.errors import IdError, InputError, OptionError, ValuesError
from workbench.innovation.activity_space import co_occurrence, relatedness, relatedness_density
from workbench.numerics.networks import chance, layout

# The table, and what PyPI's ecomplexity 0.5.3 printed for it: who has what, and density with the
# own activity included.
PEER = pd.DataFrame(
    [
        [12, 2, 3, 5, 8, 1],
        [2, 9, 4, 0, 1, 0],
        [7, 3, 0, 6, 2, 9],
        [0, 4, 8, 1, 0, 3],
        [5, 1, 2, 9, 4, 0],
        [1, 3, 7, 0, 1, 8],
        [10, 2, 1, 1, 0, 2],
    ],
    index=list("ABCDEFG"),
    columns=list("uvwxyz"),
)
PEER_HAS = [
    [1, 0, 0, 1, 1, 0],
    [0, 1, 1, 0, 0, 0],
    [1, 0, 0, 1, 0, 1],
    [0, 1, 1, 0, 0, 1],
    [0, 0, 0, 1, 1, 0],
    [0, 0, 1, 0, 0, 1],
    [1, 0, 0, 0, 0, 0],
]
PEER_DENSITY = [
    [0.857142857143, 0.0, 0.0, 0.875, 1.0, 0.25],
    [0.0, 0.833333333333, 0.714285714286, 0.0, 0.0, 0.375],
    [0.857142857143, 0.166666666667, 0.285714285714, 0.75, 0.5, 0.625],
    [0.142857142857, 1.0, 1.0, 0.125, 0.0, 0.75],
    [0.428571428571, 0.0, 0.0, 0.625, 0.833333333333, 0.125],
    [0.142857142857, 0.5, 0.714285714286, 0.125, 0.0, 0.625],
    [0.428571428571, 0.0, 0.0, 0.25, 0.166666666667, 0.125],
]


@pytest.fixture
def binary():
    """Four regions and three activities, small enough to count by hand."""
    return pd.DataFrame(
        {"bio": [1, 1, 0, 0], "it": [1, 1, 1, 0], "oil": [0, 0, 1, 1]}, index=list("abcd")
    )


def test_counts_of_regions_are_those_of_econgeo(econgeo_table, econgeo):
    found = co_occurrence(econgeo_table, among="regions", presence="weighted").counts
    theirs = [[econgeo["co_occurrence"][f"{i}/{j}"] for j in found] for i in found.index]
    assert found.to_numpy().tolist() == theirs


def test_diagonal_is_ubiquity_if_asked_for(binary):
    assert np.diag(co_occurrence(binary, presence="binary").counts).tolist() == [0, 0, 0]
    kept = co_occurrence(binary, presence="binary", diagonal=True).counts
    assert np.diag(kept).tolist() == [2, 3, 2]
    assert kept.loc["bio", "it"] == 2


def test_measures_by_hand(binary):
    """C(bio, it) = 2, C(it, oil) = 1; ubiquities 2, 3, 2; sums of co-occurrences 2, 3, 1."""

    def of(measure, **options):
        return relatedness(binary, measure=measure, presence="binary", **options).matrix

    assert of("proximity").loc["bio", "it"] == pytest.approx(2 / 3)
    assert of("proximity").loc["it", "oil"] == pytest.approx(1 / 3)
    assert of("cosine").loc["bio", "it"] == pytest.approx(2 / math.sqrt(6))
    assert of("jaccard").loc["bio", "it"] == pytest.approx(2 / 3)
    assert of("jaccard").loc["it", "oil"] == pytest.approx(1 / 4)
    # EconGeo's formula of association on the same counts: (C/t) / (s_i/t * s_j/t), t = 6
    assert of("association").loc["bio", "it"] == pytest.approx((2 / 6) / ((2 / 6) * (3 / 6)))
    # observed over expected in 4 regions: 2 / (2 * 3 / 4)
    assert of("association", totals="occurrences").loc["bio", "it"] == pytest.approx(4 / 3)
    # EconGeo's probability index: expectation (2/6 * 3/4 + 3/6 * 2/3) * 6/2
    t, i, j = 6, 2, 3
    meet = (i / t * j / (t - i) + j / t * i / (t - j)) * t / 2
    assert of("probability-index").loc["bio", "it"] == pytest.approx(2 / meet)
    assert of("jaccard", totals="co-occurrences").loc["it", "oil"] == pytest.approx(1 / (3 + 1 - 1))
    for measure in ("proximity", "cosine", "jaccard", "association", "probability-index"):
        assert (np.diag(of(measure)) == 0).all()
        assert of(measure).loc["bio", "oil"] == 0


def test_presence_and_density_are_those_of_the_harvard_package():
    found = relatedness_density(PEER, own="included", scale="share")
    assert found.has.to_numpy().tolist() == PEER_HAS
    np.testing.assert_allclose(found.values, PEER_DENSITY, atol=1e-12)


def test_density_without_the_own_activity_by_hand(binary):
    """Proximities bio-it 2/3, it-oil 1/3: around it a region with bio alone has 2/3 of 1."""
    found = relatedness_density(binary, presence="binary").values
    assert found.loc["a"].tolist() == pytest.approx([100, 100 * 2 / 3, 100])
    assert found.loc["d"].tolist() == pytest.approx([0, 100 / 3, 0])
    share = relatedness_density(binary, presence="binary", scale="share").values
    np.testing.assert_allclose(share * 100, found)


def test_density_with_relatedness_cut_at_a_value(binary):
    found = relatedness_density(binary, presence="binary", related_from=0.5)
    assert found.values.loc["c"].round(6).tolist()[:2] == [100.0, 0.0]
    assert found.values["oil"].isna().all()
    assert any("oil" in note for note in found.notes)


def test_density_uses_relatedness_as_given(binary):
    own = relatedness(binary, presence="binary", measure="jaccard")
    found = relatedness_density(binary, own, presence="binary").values
    same = relatedness_density(binary, presence="binary", measure="jaccard").values
    pd.testing.assert_frame_equal(found, same)
    shuffled = own.matrix.iloc[::-1, ::-1]
    pd.testing.assert_frame_equal(
        relatedness_density(binary, shuffled, presence="binary").values, found
    )
    with pytest.raises(IdError, match="oil"):
        relatedness_density(binary, own.matrix.drop(index="oil", columns="oil"), presence="binary")
    crooked = own.matrix.copy()
    crooked.loc["bio", "it"] = 0.9
    with pytest.raises(ValuesError, match="bio / it"):
        relatedness_density(binary, crooked, presence="binary")


def test_hypergeometric_null_equals_enumeration():
    """Every way to place 2 and 3 regions of 5: mean, spread and both tails."""
    table = pd.DataFrame(
        {"x": [1, 1, 0, 0, 0], "y": [1, 1, 1, 0, 0], "z": [1, 1, 1, 1, 1]}, index=list("abcde")
    )
    shared = [
        len(set(one) & set(other))
        for one in itertools.combinations(range(5), 2)
        for other in itertools.combinations(range(5), 3)
    ]
    row = relatedness(table, presence="binary").tidy().loc[("x", "y")]
    assert row["expected"] == pytest.approx(np.mean(shared))
    assert row["z"] == pytest.approx((2 - np.mean(shared)) / np.std(shared))
    upper = np.mean(np.array(shared) >= 2)
    assert row["p_value"] == pytest.approx(2 * upper)
    more = relatedness(table, presence="binary", alternative="greater").tidy().loc[("x", "y")]
    assert more["p_value"] == pytest.approx(upper)
    less = relatedness(table, presence="binary", alternative="less").tidy().loc[("x", "y")]
    assert less["p_value"] == pytest.approx(1.0)
    # what is everywhere leaves no choice
    assert relatedness(table, presence="binary").tidy().loc[("x", "z"), "p_value"] == 1.0


@pytest.mark.slow
def test_drawn_tables_keep_both_margins_and_reach_all_of_them():
    """All tables with the margins of a 4 × 4 permutation matrix are equally likely: 24 of them."""
    M = np.eye(4, dtype=bool)
    seen: dict[bytes, int] = {}
    draws = 4800
    for table in chance.tables(M, draws, lambda draw: np.random.default_rng(draw)):
        assert (table.sum(axis=0) == 1).all()
        assert (table.sum(axis=1) == 1).all()
        seen[table.tobytes()] = seen.get(table.tobytes(), 0) + 1
    assert len(seen) == 24
    counts = np.array(list(seen.values()))
    # chi-square of 23 degrees of freedom exceeds 49.7 in one of a thousand
    assert ((counts - draws / 24) ** 2 / (draws / 24)).sum() < 49.7


def test_fixed_margins_explain_what_diverse_regions_share():
    """Where nested regions differ in diversity alone, only the hypergeometric null sees pairs."""
    rng = np.random.default_rng(3)
    chances = np.linspace(0.05, 0.95, 150)
    values = (rng.random((150, 12)) < chances[:, None]).astype(int)
    table = pd.DataFrame(values, index=[f"r{i:03}" for i in range(150)]).rename(
        columns="a{}".format
    )
    table = table[table.sum(axis=1) > 0]
    alike = relatedness(table, presence="binary")
    kept = relatedness(table, presence="binary", null="fixed-margins", permutations=199)
    assert alike.glance()["pairs_flagged"].item() > 40
    assert kept.glance()["pairs_flagged"].item() == 0
    assert kept.tidy()["expected"].mean() > alike.tidy()["expected"].mean()
    again = relatedness(table, presence="binary", null="fixed-margins", permutations=199)
    pd.testing.assert_frame_equal(kept.tidy(), again.tidy())


def test_order_of_rows_and_columns_changes_nothing():
    shuffled = PEER.iloc[[3, 0, 6, 2, 5, 1, 4], [5, 2, 0, 1, 4, 3]]
    for one, other in (
        (relatedness(PEER, null="fixed-margins", permutations=49).tidy(),
         relatedness(shuffled, null="fixed-margins", permutations=49).tidy()),
        (relatedness_density(PEER).values, relatedness_density(shuffled).values),
    ):  # fmt: skip
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_callers_table_is_left_alone(binary):
    before = binary.copy()
    relatedness(binary, presence="binary", null="fixed-margins", permutations=19)
    relatedness_density(binary, presence="binary")
    pd.testing.assert_frame_equal(binary, before)


def test_spanning_tree_is_the_heaviest():
    """Against every tree of five nodes."""
    rng = np.random.default_rng(0)
    related = rng.random((5, 5))
    related = (related + related.T) / 2
    np.fill_diagonal(related, 0)
    pairs = list(itertools.combinations(range(5), 2))

    def spans(links):
        reached = {0}
        for _ in links:
            reached |= {n for link in links if reached & set(link) for n in link}
        return len(reached) == 5

    best = max(
        sum(related[link] for link in links)
        for links in itertools.combinations(pairs, 4)
        if spans(links)
    )
    found = layout.spanning_tree(related)
    assert related[found[:, 0], found[:, 1]].sum() == pytest.approx(best)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"presence": "binary"}, ValuesError, "A / u"),
        ({"presence": "weighted"}, InputError, "location quotients"),
        ({"measure": "dice"}, OptionError, "measure"),
        ({"threshold": 50.0}, ValuesError, "no location quotient of 50"),
        ({"presence": "positive", "threshold": 2.0}, InputError, "leave the threshold out"),
        ({"measure": "probability-index", "totals": "occurrences"}, InputError, "leave it out"),
        ({"null": "fixed-margins", "permutations": 5}, InputError, "permutations"),
        (
            {"measure": "cosine", "presence": "weighted", "null": "fixed-margins"},
            InputError,
            "zeros and ones",
        ),
    ],
)
def test_what_cannot_be_related_is_refused(options, error, words):
    with pytest.raises(error, match=words):
        relatedness(PEER, **options)


def test_empty_rows_and_columns_are_named():
    with pytest.raises(ValuesError, match="C"):
        relatedness(PEER.assign().mul([1, 1, 0, 1, 1, 1, 1], axis=0))
    with pytest.raises(ValuesError, match="x"):
        relatedness(PEER.assign(x=0))
    with pytest.raises(InputError, match="at least 2 activities"):
        relatedness(PEER[["u"]])
    with pytest.raises(ValuesError, match="B / v"):
        relatedness(PEER.replace(9, -9))
