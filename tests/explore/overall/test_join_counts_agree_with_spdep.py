"""Join counts and their moments are those of R's spdep, and of every arrangement of the colours."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from workbench.errors import FormulaError, ValuesError
from workbench.explore import join_counts
from workbench.numerics.autocorrelation.join_counts import join_counts as kernel

LEVELS = {"boston": ["no", "river"], "ncsids": ["lo", "mid", "hi"]}
QUANTITIES = ["statistic", "expected", "variance", "z"]


def colors(case, name: str) -> pd.Series:
    return case.colors.astype(pd.CategoricalDtype(LEVELS[name]))


@pytest.mark.parametrize("name", LEVELS)
@pytest.mark.parametrize("style", ["B", "W"])
def test_every_pair_and_the_total(overall, name, style):
    case = overall(name)
    found = join_counts(colors(case, name), None, case.weights[style], permutations=0)
    table = found.tidy()
    k = len(LEVELS[name])
    assert len(table) == k * (k + 1) // 2 + 1
    for pair, row in table.iterrows():
        section = f"{style}/joins/{'Jtot' if pair == 'all different' else pair}"
        theirs = [case.numbers[f"{section}/{quantity}"] for quantity in QUANTITIES]
        np.testing.assert_allclose(row[QUANTITIES].astype(float), theirs, rtol=1e-10)
    assert "p_permutation" not in table


@pytest.mark.parametrize("name", LEVELS)
def test_p_values_and_permutations(overall, name):
    case = overall(name)
    found = join_counts(
        colors(case, name), None, case.weights["B"], alternative="greater", permutations=1999
    )
    table = found.tidy()
    for at, level in enumerate(LEVELS[name]):
        section = f"B/joins/{level}:{level}"
        row = table.loc[f"{level}:{level}"]
        assert row["p_value"] == pytest.approx(case.numbers[f"{section}/p_greater"], rel=1e-9)
        # a variance of 999 draws is known to 4.5 %, of 1,999 to 3.2 %; colours that join rarely
        # have heavier tails: 20 % is three and a half of both together
        assert found.simulated[:, at].var() == pytest.approx(
            case.numbers[f"{section}/mc999/var"], rel=0.2
        )
    error = np.sqrt(table["variance"] / 1999)
    assert (abs(found.simulated.mean(axis=0) - table["expected"]) < 4 * error).all()
    np.testing.assert_allclose(found.simulated.var(axis=0), table["variance"], rtol=0.15)


@pytest.mark.slow
def test_moments_are_those_of_all_arrangements():
    """All 720 arrangements of three colours on six regions, with directed weights."""
    random = np.random.default_rng(2)
    W = random.random((6, 6)) * (random.random((6, 6)) < 0.7)
    np.fill_diagonal(W, 0.0)
    held = np.array([0, 0, 0, 1, 1, 2])
    counts = np.array([kernel(held[list(p)], W, k=3).counts for p in permutations(range(6))])
    found = kernel(held, W, k=3)
    np.testing.assert_allclose(counts.mean(axis=0), found.expected, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(counts.var(axis=0), found.variance, rtol=1e-11, atol=1e-14)


def test_islands_are_left_out_of_counts_and_moments(overall):
    case, whole = overall("ncsids_islands"), overall("ncsids")
    painted = colors(whole, "ncsids")
    found = join_counts(painted, None, case.weights["B"], permutations=99)
    alone = case.graphs["B"].isolates
    rest = painted.drop(alone)
    smaller = join_counts(rest, None, case.graphs["B"].subgraph(rest.index), permutations=99)
    pd.testing.assert_frame_equal(found.tidy(), smaller.tidy(), check_exact=True)
    assert "left out" in found.notes[0]
    assert found.augment()["same_color"].isna().sum() == len(alone) == 2


def test_any_kind_of_categories_gives_the_same_counts(overall):
    case = overall("boston")
    river = case.table["CHAS"] == 1
    graph = case.weights["B"]
    as_text = join_counts(case.colors, None, graph).tidy()
    for other in (river, river.astype(int), river.astype(float), case.colors.astype("string")):
        found = join_counts(other.rename("river"), None, graph).tidy()
        np.testing.assert_array_equal(found[QUANTITIES], as_text[QUANTITIES])
        np.testing.assert_array_equal(found["p_permutation"], as_text["p_permutation"])
    by_name = join_counts("CHAS", case.table, graph)
    assert by_name.tidy().index.tolist() == ["0.0:0.0", "1.0:1.0", "1.0:0.0", "all different"]


def test_shuffled_rows_change_no_bit(overall):
    case = overall("ncsids")
    straight = join_counts(case.colors, None, case.weights["B"])
    shuffled = join_counts(case.colors.sample(frac=1, random_state=1), None, case.weights["B"])
    pd.testing.assert_frame_equal(straight.tidy(), shuffled.tidy(), check_exact=True)
    np.testing.assert_array_equal(straight.simulated, shuffled.simulated)


def test_a_color_that_occurs_once_has_no_p_value_of_its_own(lattice):
    graph = lattice(4)
    held = pd.Series("a", index=graph.unique_ids, name="kind")
    held.iloc[5:9] = "b"
    held.iloc[0] = "c"
    found = join_counts(held, None, graph)
    row = found.tidy().loc["c:c"]
    assert row["statistic"] == row["expected"] == row["variance"] == 0
    assert np.isnan(row["z"])
    assert np.isnan(row["p_value"])
    assert row["p_permutation"] == 1.0
    assert any(note.startswith("c: fewer than two") for note in found.notes)
    assert found.tidy().drop("c:c")["p_value"].notna().all()


def test_same_colors_on_a_line_by_hand():
    line = Graph.from_dicts({"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c"]})
    held = pd.Series([True, True, False, True], index=list("abcd"), name="large")
    table = join_counts(held, None, line, permutations=0).tidy()
    assert table["statistic"].tolist() == [0.0, 1.0, 2.0, 2.0]
    # three of six pairs of regions are joined; three pairs are both large
    assert table.loc["True:True", "expected"] == pytest.approx(3 * 3 / 6)


def test_what_are_no_categories_is_refused(overall):
    case = overall("boston")
    graph, table = case.weights["B"], case.table
    with pytest.raises(ValuesError, match=r"not all whole.*\n.*\n.*qcut\(table\['CMEDV'\]"):
        join_counts("CMEDV", table, graph)
    with pytest.raises(ValuesError, match="whole numbers"):
        join_counts("TAX", table, graph)
    with pytest.raises(ValuesError, match="the constant 'x'"):
        join_counts(pd.Series("x", index=table.index, name="kind"), None, graph)
    with pytest.raises(ValuesError, match="506 categories"):
        join_counts(pd.Series(table.index, index=table.index, name="tract"), None, graph)
    gaps = case.colors.copy()
    gaps.iloc[[3, 7]] = None
    with pytest.raises(ValuesError, match="missing values") as caught:
        join_counts(gaps, None, graph)
    assert caught.value.offenders == tuple(gaps.index[[3, 7]])
    with pytest.raises(FormulaError, match="did you mean 'CHAS'"):
        join_counts("CHASS", table, graph)
