"""Local Moran equals spdep's, has honest p-values, and says what it cannot know."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import FormulaError, InputError, ValuesError
from workbench.typing import Cluster, words

CASES = [
    ("boston", "W", "CMEDV"),
    ("ncsids", "W", "ft.SID74"),
    ("usa48", "W", "price.1960"),
]


def column(case, name):
    return case.table[name].rename("value")


@pytest.mark.parametrize(("name", "style", "variable"), CASES)
def test_statistics_equal_spdep(explored, name, style, variable):
    case = explored(name)
    expected = case.local_series(f"{style}/{variable}/Ii")
    assert len(expected) == len(case.table)
    table = wb.lisa(column(case, variable), case.table, case.graphs[style], permutations=99).table
    np.testing.assert_allclose(
        table["statistic"].loc[expected.index], expected, rtol=1e-10, atol=1e-12
    )


def test_pseudo_p_values_equal_spdep_within_their_monte_carlo_error(explored):
    """spdep's folded p is half of ours; both have sd sqrt(p(1-p)/R), so 5 sd of the difference."""
    case = explored("boston")
    expected = case.local_series("W/CMEDV/p_folded")
    found = wb.lisa(column(case, "CMEDV"), case.table, case.graphs["W"], permutations=9999).table
    folded = (found["p_value"] / 2).loc[expected.index]
    middle = folded.clip(1e-4, 0.4999)
    error = np.sqrt(middle * (1 - middle) * 2 / 9999)
    # where both tails are near one half the smaller of two noisy counts is biased downwards
    away = expected < 0.45
    assert (np.abs(folded - expected)[away] < 5 * error[away] + 1e-4).all()


def noise(lattice, side, maps, permutations):
    graph = lattice(side)
    rng = np.random.default_rng(12)
    ids = pd.Index(sorted(graph.unique_ids))
    rejected = [
        (
            wb.lisa(
                pd.Series(rng.standard_normal(len(ids)), index=ids, name="noise"),
                None,
                graph,
                permutations=permutations,
                seed=draw,
                alpha=0.05,
            ).table["p_value"]
            <= 0.05
        ).mean()
        for draw in range(maps)
    ]
    return float(np.mean(rejected))


@pytest.mark.slow
def test_pure_noise_is_rejected_at_the_nominal_rate(lattice):
    """40 maps of 100 regions: the standard error of the share is about 0.4 points."""
    assert noise(lattice, 10, 40, 399) == pytest.approx(0.05, abs=0.01)


@pytest.mark.slow
def test_pure_noise_is_rejected_at_the_nominal_rate_within_half_a_point(lattice):
    assert noise(lattice, 12, 200, 999) == pytest.approx(0.05, abs=0.005)


def test_order_of_rows_and_seed_decide_as_promised(explored):
    case = explored("ncsids")
    call = {"permutations": 199, "seed": 7}
    one = wb.lisa("ft.SID74", case.table, case.graphs["W"], **call)
    two = wb.lisa("ft.SID74", case.table.sample(frac=1, random_state=8), case.graphs["W"], **call)
    other = wb.lisa("ft.SID74", case.table, case.graphs["W"], permutations=199, seed=8)
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)
    assert not one.table["p_value"].equals(other.table["p_value"])


def test_islands_are_isolated_without_p_value_and_outside_the_correction(explored):
    case = explored("ncsids_islands")
    found = wb.lisa("ft.SID74", case.table, case.graphs["W"], permutations=499, seed=1)
    alone = found.table["cluster"] == "isolated"
    assert alone.sum() == 2
    assert found.table.loc[alone, ["p_value", "p_adjusted"]].isna().all().all()
    from scipy.stats import false_discovery_control

    kept = found.table.loc[~alone]
    np.testing.assert_allclose(kept["p_adjusted"], false_discovery_control(kept["p_value"]))


def test_counts_name_every_class(explored):
    case = explored("boston")
    found = wb.lisa("CMEDV", case.table, case.graphs["W"], permutations=999)
    assert tuple(found.counts.index) == words(Cluster)
    assert found.counts.sum() == 506
    assert found.counts["High-High"] > 0


def test_too_few_permutations_are_pointed_out(explored):
    case = explored("boston")
    found = wb.lisa("CMEDV", case.table, case.graphs["W"], permutations=99)
    assert "needs R >=" in " ".join(found.notes)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_unusable_values_are_named(explored, bad):
    case = explored("ncsids")
    table = case.table.copy()
    table.loc[table.index[4], "ft.SID74"] = bad
    with pytest.raises(ValuesError) as caught:
        wb.lisa("ft.SID74", table, case.graphs["W"])
    assert str(table.index[4]) in str(caught.value)


def test_constant_text_and_unknown_variables_are_refused(explored):
    case = explored("usa48")
    table = case.table.assign(one=1.0, word="x")
    with pytest.raises(ValuesError, match="vary"):
        wb.lisa("one", table, case.graphs["W"])
    with pytest.raises(ValuesError, match="numbers"):
        wb.lisa("word", table, case.graphs["W"])
    with pytest.raises(FormulaError, match="onee"):
        wb.lisa("log(onee)", table, case.graphs["W"])
    with pytest.raises(InputError, match="permutations"):
        wb.lisa("one", table, case.graphs["W"], permutations=3)


def test_weights_are_left_alone(explored):
    case = explored("ncsids")
    legacy = case.graphs["B"].to_W()
    before = legacy.transform, legacy.sparse.toarray().copy()
    wb.lisa("ft.SID74", case.table, legacy, permutations=99)
    assert legacy.transform == before[0]
    np.testing.assert_array_equal(legacy.sparse.toarray(), before[1])
