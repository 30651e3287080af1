"""What a Moran result promises besides its numbers: order, vocabulary, provenance, notes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.errors import IdError, InputError, OptionError
from workbench.explore.overall.moran import moran


def test_shuffled_rows_change_no_bit(explored):
    case = explored("boston")
    straight = moran("CMEDV", case.table, case.graphs["W"])
    order = np.random.default_rng(1).permutation(len(case.table))
    shuffled = moran("CMEDV", case.table.iloc[order], case.graphs["W"])
    assert shuffled.statistic == straight.statistic
    assert shuffled.p_permutation == straight.p_permutation
    np.testing.assert_array_equal(shuffled.simulated, straight.simulated)
    pd.testing.assert_frame_equal(shuffled.augment(), straight.augment(), check_exact=True)


def test_seed_decides_the_permutations_and_nothing_else(explored):
    case = explored("ncsids")
    a, again, b = (moran("ft.SID74", case.table, case.graphs["W"], seed=s) for s in (0, 0, 1))
    np.testing.assert_array_equal(a.simulated, again.simulated)
    assert not np.array_equal(a.simulated, b.simulated)
    assert a.statistic == b.statistic


def test_fewer_permutations_are_the_first_of_more(explored):
    case = explored("ncsids")
    few = moran("ft.SID74", case.table, case.graphs["W"], permutations=99)
    many = moran("ft.SID74", case.table, case.graphs["W"], permutations=499)
    np.testing.assert_array_equal(few.simulated, many.simulated[:99])


def test_callers_graph_and_table_are_left_alone(explored):
    case = explored("ncsids")
    table, graph = case.table.copy(), case.graphs["B"]
    before = graph.adjacency.copy()
    moran("ft.SID74", table, graph)
    pd.testing.assert_series_equal(graph.adjacency, before)
    assert graph.transformation == "O"
    pd.testing.assert_frame_equal(table, case.table)


def test_result_cannot_be_changed_through_what_it_hands_out(explored):
    case = explored("ncsids")
    result = moran("ft.SID74", case.table, case.graphs["W"])
    handed_out = result.augment()
    handed_out["value"] = 0.0
    assert result.augment()["value"].abs().sum() > 1
    with pytest.raises(ValueError, match="read-only"):
        result.simulated[0] = 0.0


def test_augment_is_standardised_and_islands_have_no_lag(explored):
    case = explored("ncsids_islands")
    result = moran("ft.SID74", case.table, case.graphs["W"])
    points = result.augment()
    assert points["value"].mean() == pytest.approx(0, abs=1e-12)
    assert points["value"].std(ddof=0) == pytest.approx(1)
    alone = points[points["lag"].isna()]
    assert len(alone) == 2
    assert set(alone["quadrant"]) == {"isolated"}
    assert "2 regions without neighbours" in result.notes[0]
    assert all(str(i) in result.notes[0] for i in alone.index)
    # I = (98 / 98) z'Wz / z'z: both n and S0 count the regions that have neighbours
    connected = points.dropna()
    product = (connected["value"] * connected["lag"]).sum() / len(points)
    assert result.statistic == pytest.approx(product, rel=1e-12)


def test_tidy_speaks_the_vocabulary(explored):
    case = explored("ncsids")
    result = moran("ft.SID74", case.table, case.graphs["W"])
    row = result.tidy().iloc[0]
    for column in ("statistic", "expected", "variance", "z", "p_value", "p_permutation",
                   "alternative", "null", "permutations"):  # fmt: skip
        assert row[column] == getattr(result, column)
    assert result.glance().loc[0, "nobs"] == 100
    assert "Moran&#x27;s I of ft.SID74" in result._repr_html_()
    assert "Moran's I of ft.SID74" in str(result)
    assert result.tolerance == "permutation"


def test_provenance_says_how_to_make_it_again(explored):
    case = explored("ncsids")
    provenance = moran("ft.SID74", case.table, case.graphs["W"], seed=7).provenance.to_dict()
    assert provenance["seed"] == 7
    assert provenance["formula"] == "ft.SID74"
    assert provenance["nobs"] == 100
    assert provenance["weights"]["digest"]
    assert provenance["options"]["permutations"] == "999"


def test_missing_regions_are_refused_unless_the_caller_says_so(explored):
    case = explored("ncsids")
    fewer = case.table.iloc[1:]
    with pytest.raises(IdError, match="1825"):
        moran("ft.SID74", fewer, case.graphs["W"])
    result = moran("ft.SID74", fewer, case.graphs["W"], align="intersection")
    assert result.provenance.nobs == 99
    assert "1825" in result.notes[0]


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"alternative": "both"}, OptionError, "alternative: expected one of 'two-sided'"),
        ({"variance": "normal"}, OptionError, "did you mean 'normality'"),
        ({"permutations": 5}, InputError, "permutations: expected 0 for none, or a whole number"),
        ({"permutations": 99.0}, InputError, "got 99.0"),
        ({"seed": -1}, InputError, "seed: expected an integer"),
    ],
)
def test_unusable_options_are_refused(explored, options, error, text):
    case = explored("ncsids")
    with pytest.raises(error, match=text):
        moran("ft.SID74", case.table, case.graphs["W"], **options)
