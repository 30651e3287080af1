"""Two labelled things meet by key; ids are usable or refused; nothing depends on their order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.alignment import match
from workbench.core.expressions import labels
from workbench.core.ids import canonical_order, ids_digest, region_ids
from workbench.core.panel_frame import panel_frame
from workbench.core.seeds import generator
from workbench.errors import IdError, InputError, OptionError

names = st.lists(st.text("abcdef", min_size=1, max_size=4), min_size=1, max_size=12, unique=True)


@given(names, st.randoms())
def test_order_of_ids_changes_nothing(ids, random):
    shuffled = list(ids)
    random.shuffle(shuffled)
    assert ids_digest(ids) == ids_digest(shuffled)
    one, two = pd.Index(ids), pd.Index(shuffled)
    assert one[canonical_order(one)].equals(two[canonical_order(two)])
    assert match(one, two, argument="data", align="strict").ids.equals(one[canonical_order(one)])


@given(names, names)
def test_intersection_keeps_what_both_have(left, right):
    common = sorted(set(left) & set(right))
    if not common:
        with pytest.raises(IdError, match="no id in common"):
            match(pd.Index(left), pd.Index(right), argument="data", align="intersection")
        return
    found = match(pd.Index(left), pd.Index(right), argument="data", align="intersection")
    assert list(found.ids) == common
    assert set(found.only_in_data) == set(left) - set(right)
    assert set(found.only_in_weights) == set(right) - set(left)


def test_mismatch_is_refused_with_the_ids_and_the_way_out():
    with pytest.raises(IdError) as caught:
        match(pd.Index(["a", "b"]), pd.Index(["b", "c"]), argument="data", align="strict")
    text = str(caught.value)
    assert "1 regions without weights: a" in text
    assert "1 regions without data: c" in text
    assert 'align="intersection"' in text
    assert caught.value.offenders == ("a", "c")


def test_many_offenders_are_counted_and_five_shown():
    ids = pd.Index([f"r{i}" for i in range(9)])
    with pytest.raises(IdError, match=r"r1, r2, r3, r4, r5 and 3 more"):
        match(ids, pd.Index(["r0"]), argument="data", align="strict")


@pytest.mark.parametrize(
    ("index", "told"),
    [
        (pd.Index(["a", "a"]), "more than once"),
        (pd.Index(["a", None]), "missing ids"),
        (pd.Index(["a", 1]), "text and numbers mixed"),
        (pd.Index([]), "empty"),
        (pd.MultiIndex.from_product([["a"], [2000]]), "xs(2014"),
    ],
)
def test_unusable_ids_are_refused(index, told):
    with pytest.raises(IdError) as caught:
        region_ids(index, argument="regions")
    assert told in str(caught.value)


def test_align_word_is_checked():
    with pytest.raises(OptionError, match="did you mean 'intersection'"):
        match(pd.Index(["a"]), pd.Index(["a"]), argument="data", align="intersect")


def test_streams_are_named_and_seeded():
    assert generator(1, "a").integers(1 << 60) == generator(1, "a").integers(1 << 60)
    assert generator(1, "a").integers(1 << 60) != generator(1, "b").integers(1 << 60)
    for seed in (-1, 1.5, True, "0"):
        with pytest.raises(InputError, match="seed"):
            generator(seed)


@pytest.mark.parametrize(
    ("regions", "periods"),
    [
        (["RU-TOM", "RU-KEM", "RU-ALT"], [1999, 2000, 10_000]),
        ([10, 9, 100], pd.to_datetime(["2001-01-01", "2002-01-01", "1999-01-01"])),
        (["a", "a 1999", "b"], [1999, 2000, 2001]),  # one head begins another
        ([1.5, 2.0, -3.0], pd.period_range("2001", periods=3, freq="Q")),
    ],
)
@pytest.mark.parametrize("rows", [slice(None), [0, 1, 4, 6, 7, 8], [3, 8]])
def test_a_panels_digest_is_that_of_its_labels(regions: list, periods: list, rows: object) -> None:
    index = pd.MultiIndex.from_product([regions, periods])
    data = pd.DataFrame({"y": np.arange(9.0)}, index=index).iloc[rows]
    panel = panel_frame(data.sample(frac=1.0, random_state=0))
    assert panel.digest == ids_digest(labels(data.index))


@pytest.mark.parametrize("cells", [range(12), [1, 4, 11], [7], [0, 1, 2, 3, 8, 9]])
def test_rows_of_a_panel_are_sorted_however_few_its_cells(cells: object) -> None:
    index = pd.MultiIndex.from_product([["b", "a", "c"], [2003, 2001, 2004, 2002]])[list(cells)]
    data = pd.DataFrame({"y": np.arange(len(index))}, index=index)
    panel = panel_frame(data.sample(frac=1.0, random_state=1))
    pd.testing.assert_frame_equal(panel.table, data.sort_index())
