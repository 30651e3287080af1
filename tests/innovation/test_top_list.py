"""A list of the largest regions bounds what is said of all of them, and no tighter than it may."""

from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workbench as wb
from workbench.errors import IdError, InputError, ValuesError

CAPITAL = ["RU-MOW", "RU-MOS"]


def every_rest(listed, missing):
    """Every way in which the regions that are not listed may have whole numbers."""
    return combinations_with_replacement(range(min(listed) + 1), missing)


def gini(x):
    """Mean absolute difference over twice the mean: the definition, not the formula by ranks."""
    x = np.asarray(x, dtype=float)
    return float(np.abs(x[:, None] - x).sum() / (2 * len(x) ** 2 * x.mean()))


def herfindahl(x):
    x = np.asarray(x, dtype=float)
    return float(((x / x.sum()) ** 2).sum())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(0, 3))
def test_bounds_are_the_extremes_over_every_way_to_spread_the_rest(values, missing):
    # by going through all of them
    listed = pd.Series(values, index=[f"r{i}" for i in range(len(values))])
    ways = [[*values, *rest] for rest in every_rest(values, missing)]
    found = wb.innovation.top_list(listed, regions=len(values) + missing).tidy()
    for name, measure in {"total": sum, "gini": gini, "herfindahl": herfindahl}.items():
        reached = [measure(way) for way in ways]
        assert found.loc[name, "least"] == pytest.approx(min(reached), abs=1e-12)
        assert found.loc[name, "most"] == pytest.approx(max(reached), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=2, max_size=4), st.data())
def test_a_known_total_leaves_only_the_ways_that_add_up_to_it(values, data):
    listed = pd.Series(values, index=[f"r{i}" for i in range(len(values))])
    total = data.draw(st.integers(sum(values), sum(values) + 3 * min(values)))
    ways = [way for rest in every_rest(values, 3) if sum(way := [*values, *rest]) == total]
    found = wb.innovation.top_list(listed, regions=len(values) + 3, total=total).tidy()
    assert found.loc["gini"].tolist() == pytest.approx(
        [min(map(gini, ways)), max(map(gini, ways))], abs=1e-12
    )
    assert found.loc["total"].tolist() == [total, total]


def test_the_printed_share_of_the_capital_is_one_that_the_printed_list_allows():
    # 53.6 % of creations in Moscow and its oblast, printed beside the list of twenty
    created = wb.load("creative-industries")["created"]
    found = wb.innovation.top_list(created, regions=85, parts=CAPITAL, printed="53.6").tidy()
    least, most = found.loc["total"].astype(int)
    shares = {total: round(100 * 8524 / total, 1) for total in (least - 1, least, most, most + 1)}
    assert list(shares.values()) == [53.7, 53.6, 53.6, 53.5]


def test_a_share_rounded_to_whole_per_cents_leaves_more_totals_than_one_with_decimals():
    created = wb.load("creative-industries")["created"]
    ends = {
        text: wb.innovation.top_list(created, regions=85, parts=CAPITAL, printed=text)
        .tidy()
        .loc["total"]
        .tolist()
        for text in ("54", "53.6", "53,6", "53,6 %")
    }
    assert ends["53.6"] == ends["53,6"] == ends["53,6 %"]
    assert ends["54"][0] < ends["53.6"][0] < ends["53.6"][1] < ends["54"][1]


def test_the_order_of_the_list_does_not_matter():
    created = wb.load("creative-industries")["created"]
    one = wb.innovation.top_list(created, regions=85, parts=CAPITAL)
    other = wb.innovation.top_list(
        created.sample(frac=1, random_state=1), regions=85, parts=CAPITAL
    )
    pd.testing.assert_frame_equal(one.tidy(), other.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(
        one.augment().sort_index(), other.augment().sort_index(), check_exact=True
    )


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"regions": 19}, InputError, "at least the 20 that are listed"),
        ({"regions": 85, "total": 12963}, ValuesError, "between 1.296e\\+04 and 1.92e|12964"),
        ({"regions": 85, "printed": "53.6"}, InputError, "parts= beside it"),
        ({"regions": 85, "parts": CAPITAL, "printed": "80.0"}, ValuesError, "44.39 and 65.75"),
        ({"regions": 85, "parts": CAPITAL, "printed": "half"}, InputError, "as printed"),
        ({"regions": 85, "parts": CAPITAL, "printed": 53.6}, InputError, "a text such as"),
        ({"regions": 85, "total": "15903"}, InputError, "a whole number; got '15903'"),
        ({"regions": 85, "total": float("nan")}, InputError, "a whole number; got nan"),
        ({"regions": 85, "total": True}, InputError, "a whole number; got True"),
        ({"regions": 85, "parts": ["RU-KEM"]}, IdError, "RU-KEM"),
    ],
)
def test_what_cannot_be_is_refused(arguments, error, message):
    created = wb.load("creative-industries")["created"]
    with pytest.raises(error, match=message):
        wb.innovation.top_list(created, **arguments)


def test_figures_that_are_no_counts_are_refused():
    with pytest.raises(ValuesError, match="whole numbers"):
        wb.innovation.top_list(pd.Series({"a": 1.5, "b": 2.0}), regions=3)


def test_a_share_that_no_whole_total_has_contradicts_the_list():
    # 3 of 5 is 60 %, 3 of 6 is 50 %: 55.0 % is neither, though it lies between
    with pytest.raises(ValuesError, match="3 of 5 is 60 %, and of 6 it is 50 %"):
        wb.innovation.top_list(pd.Series({"a": 3, "b": 2}), regions=3, parts=["a"], printed="55.0")
