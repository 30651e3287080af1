"""Classes: mapclassify's bounds, goodness by formula, and no class that ties made up."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from workbench.errors import FormulaError, InputError, OptionError, ValuesError
from workbench.explore.typology import classify, compare_classifications

KINDS = {
    "fisher-jenks": "FisherJenks",
    "quantiles": "Quantiles",
    "equal-interval": "EqualInterval",
    "maximum-breaks": "MaximumBreaks",
    "std-mean": "StdMean",
    "box-plot": "BoxPlot",
    "head-tail": "HeadTailBreaks",
    "percentiles": "Percentiles",
}
COUNTED = ("fisher-jenks", "quantiles", "equal-interval", "maximum-breaks")


@pytest.fixture
def patents() -> pd.Series:
    values = np.random.default_rng(6).lognormal(3, 1.2, size=70)
    return pd.Series(values, index=[f"r{i:02d}" for i in range(70)], name="patents")


@pytest.mark.parametrize("method", list(KINDS))
def test_bounds_and_counts_are_mapclassifys(patents, method):
    kind = getattr(import_module("mapclassify"), KINDS[method])  # compiles as it is imported
    found = classify(patents, None, method=method)
    theirs = kind(patents.to_numpy(), **({"k": 5} if method in COUNTED else {}))
    np.testing.assert_allclose(found.upper, theirs.bins, rtol=1e-12)
    np.testing.assert_array_equal(found.membership, theirs.yb)
    assert found.sizes.sum() == 70
    within = sum(((g - g.mean()) ** 2).sum() for _, g in patents.groupby(theirs.yb))
    assert found.gvf == pytest.approx(1 - within / (69 * patents.var()), rel=1e-10)
    assert found.adcm == pytest.approx(theirs.adcm, rel=1e-10)


def test_fisher_jenks_is_the_best_of_all_cuts():
    values = pd.Series([1.0, 2.0, 4.0, 7.0, 9.0, 9.5, 20.0], index=list("abcdefg"), name="x")
    best = max(
        classify(values, None, method="user", breaks=[values.iloc[i], values.iloc[j], 20.0]).gvf
        for i in range(5)
        for j in range(i + 1, 6)
    )
    assert classify(values, None, k=3).gvf == pytest.approx(best, rel=1e-12)


def test_order_of_rows_changes_no_bit(patents):
    order = np.random.default_rng(0).permutation(70)
    for method in KINDS:
        straight = classify(patents, None, method=method)
        shuffled = classify(patents.iloc[order], None, method=method)
        pd.testing.assert_frame_equal(straight.tidy(), shuffled.tidy(), check_exact=True)
        pd.testing.assert_frame_equal(straight.augment(), shuffled.augment(), check_exact=True)


def test_intervals_are_closed_on_the_right_and_hold_their_values():
    rd = pd.Series([1.0, 2.0, 3.0, 4.0, 9.0], index=list("abcde"), name="rd")
    found = classify(rd, None, method="user", breaks=[0.5, 2.0, 4.0])
    assert found.labels.astype(str).tolist() == ["(0.5, 2]"] * 2 + ["(2, 4]"] * 2 + ["(4, 9]"]
    assert found.sizes.to_dict() == {"(−∞, 0.5]": 0, "(0.5, 2]": 2, "(2, 4]": 2, "(4, 9]": 1}
    assert found.notes == ("1 of 4 classes have no region",)
    assert found.tidy()["mean"].tolist()[1:] == [1.5, 3.5, 9.0]
    assert np.isnan(found.tidy()["mean"].iloc[0])


def test_bounds_that_differ_late_are_told_apart_in_the_labels():
    x = pd.Series([1000001.0, 1000002.0, 1000003.0, 1000004.0], index=list("abcd"), name="x")
    found = classify(x / 1e3, None, method="equal-interval", k=3)
    assert len(set(found.intervals)) == 3


def test_largest_value_is_in_the_last_class():
    x = pd.Series(np.linspace(0.1, 0.7, 7) / 3, index=range(7), name="x")
    for k in range(2, 7):
        assert classify(x, None, method="equal-interval", k=k).membership.max() == k - 1


def test_quantiles_are_as_many_as_asked_for(patents):
    # mapclassify makes 32 of 31, because 31 steps of 100 / 31 fall short of 100
    values = pd.Series(np.arange(310.0) ** 1.5, index=range(310), name="x")
    for k in (30, 31, 58):
        found = classify(values, None, method="quantiles", k=k)
        assert found.k == k
        assert found.sizes.max() - found.sizes.min() <= 1


def test_comparison_sets_methods_side_by_side(patents):
    table = compare_classifications(patents, None, k=4)
    assert list(table.index) == list(KINDS)
    same = table[table["classes"] == 4]
    assert same["gvf"].idxmax() == "fisher-jenks"
    for method, row in table.iterrows():
        one = classify(patents, None, method=method, k=4 if method in COUNTED else None)
        assert row["gvf"] == one.gvf
        assert row["adcm"] == one.adcm


def test_a_method_that_refuses_says_so_in_the_comparison():
    counts = pd.Series([0.0] * 8 + [1.0, 2.0, 3.0, 5.0], index=range(12), name="patents")
    table = compare_classifications(counts, None, k=4)
    assert table.loc["quantiles", "status"] == "refused: 3 of 4 classes"
    assert np.isnan(table.loc["quantiles", "gvf"])
    assert table.loc["fisher-jenks", "status"] == "classified"


def test_ties_are_refused_where_they_would_make_up_a_class():
    counts = pd.Series([0.0] * 8 + [1.0, 2.0, 3.0, 5.0], index=range(12), name="patents")
    with pytest.raises(ValuesError, match="8 regions share the value 0") as caught:
        classify(counts, None, method="quantiles", k=4)
    assert set(caught.value.offenders) == set(range(8))
    with pytest.raises(ValuesError, match="bounds that coincide"):
        classify(counts, None, method="percentiles")
    # two gaps of 5 are both cut for three classes: nothing is arbitrary
    two = pd.Series([0.0, 1.0, 6.0, 11.0, 12.0], index=range(5), name="x")
    assert classify(two, None, method="maximum-breaks", k=3).sizes.tolist() == [2, 1, 2]
    even = pd.Series([1.0, 2.0, 3.0, 4.0, 9.0], index=range(5), name="x")
    assert classify(even, None, method="maximum-breaks", k=2).sizes.tolist() == [4, 1]
    with pytest.raises(ValuesError, match="1, and several as wide as the next, 1"):
        classify(even, None, method="maximum-breaks", k=3)


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"method": "jenks"}, OptionError, "did you mean 'fisher-jenks'"),
        ({"k": 1}, InputError, "k: expected a whole number of classes from 2; got 1"),
        ({"k": 71}, ValuesError, "at least 71 different values for 71 classes; got 70"),
        ({"k": 5, "method": "box-plot"}, InputError, 'no number of classes with method="box-plot"'),
        ({"breaks": [1, 2]}, InputError, 'breaks: expected bounds only with method="user"'),
        ({"method": "user"}, InputError, "breaks: expected upper bounds"),
        ({"method": "user", "breaks": [3, 2]}, InputError, "finite and ascending"),
        ({"method": "user", "breaks": [2, np.nan]}, InputError, "finite and ascending"),
        ({"method": "user", "breaks": ["low"]}, InputError, "finite and ascending"),
    ],
)
def test_unusable_options_are_refused(patents, options, error, text):
    with pytest.raises(error, match=text):
        classify(patents, None, **options)


def test_bad_values_yield_no_classes(patents):
    table = patents.to_frame()
    for bad in (np.nan, np.inf):
        with pytest.raises(ValuesError, match="r03"):
            classify("patents", table.assign(patents=patents.where(patents.index != "r03", bad)))
    with pytest.raises(ValuesError, match="patents"):
        classify("patents", table.assign(patents=1.0))
    with pytest.raises(FormulaError, match="patent"):
        classify("patent", table)
    with pytest.raises(ValuesError, match="expected numbers"):
        classify(patents.astype(str), None)
