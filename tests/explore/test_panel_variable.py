"""What a panel statistic is about: sorted, balanced, finite, aligned by key, or refused by name."""

from __future__ import annotations

import libpysal
import numpy as np
import pandas as pd
import pytest

from workbench.errors import FormulaError, IdError, InputError, PanelError, ValuesError
from workbench.explore.panel_variable import read_panel


@pytest.fixture
def panel():
    """Four regions in three years, rows out of order; g = 1 ... 12 in sorted order."""
    index = pd.MultiIndex.from_product([list("abcd"), [2000, 2001, 2002]], names=["id", "year"])
    frame = pd.DataFrame({"g": np.arange(1.0, 13.0), "people": 2.0, "kind": "x"}, index=index)
    return frame.sample(frac=1, random_state=3)


@pytest.fixture
def ring():
    links = {"focal": list("dbca"), "neighbor": list("acdb"), "weight": 1.0}
    return libpysal.graph.Graph.from_adjacency(pd.DataFrame(links))


def test_rows_in_any_order_give_the_same_values(panel, ring):
    before = panel.copy()
    read = read_panel("g", panel, ring)
    assert read.values.tolist() == np.arange(1.0, 13.0).reshape(4, 3).tolist()
    assert read.ids.tolist() == read.weights.ids.tolist() == list("abcd")
    assert read.periods.tolist() == [2000, 2001, 2002]
    assert read_panel("g", panel.sample(frac=1)).values.tobytes() == read.values.tobytes()
    pd.testing.assert_frame_equal(panel, before)
    with pytest.raises(ValueError, match="read-only"):
        read.values[0, 0] = 0


def test_expression_wide_table_and_series_agree(panel):
    read = read_panel("log(g / people)", panel)
    np.testing.assert_allclose(read.values, np.log(np.arange(1.0, 13.0) / 2).reshape(4, 3))
    wide = panel.pivot_table("g", "id", "year").iloc[::-1, [1, 0, 2]]
    expected = read_panel("g", panel)
    for other in (read_panel(wide, None), read_panel(panel["g"], None)):
        assert other.values.tobytes() == expected.values.tobytes()
        assert other.ids.tolist() == list("abcd")
    assert read_panel(wide, None).name == "value"


def test_gaps_are_named_and_periods_is_the_way_out(panel):
    hole = panel.drop(index=[("a", 2001)])
    with pytest.raises(PanelError, match=r"a 2001[\s\S]*periods=\[2000, 2002\]") as refused:
        read_panel("g", hole)
    assert refused.value.offenders == ("a 2001",)
    assert read_panel("g", hole, periods=[2002, 2000]).values.shape == (4, 2)
    panel.loc[("a", 2001), "g"] = np.nan
    with pytest.raises(ValuesError, match=r"a 2001[\s\S]*periods=\[2000, 2002\]"):
        read_panel("g", panel)
    for expression in ("log(g)", "g / people"):
        with pytest.raises(
            ValuesError, match=r"g at a 2001[\s\S]*complete: periods=\[2000, 2002\]"
        ):
            read_panel(expression, panel)
    assert read_panel("log(g)", panel, periods=[2000, 2002]).values.shape == (4, 2)
    ragged = panel.drop(index=[("a", 2001), ("b", 2000), ("c", 2002)])
    with pytest.raises(PanelError, match=r"leave out the regions with gaps \(a, b, c\)"):
        read_panel("g", ragged)


def test_no_values_from_bad_input(panel, ring):
    with pytest.raises(PanelError, match="more than once"):
        read_panel("g", pd.concat([panel, panel.iloc[:1]]))
    with pytest.raises(ValuesError, match="undefined"):
        read_panel("log(g - 4.5)", panel)
    with pytest.raises(ValuesError, match="kind: expected numbers"):
        read_panel("kind", panel)
    with pytest.raises(ValuesError, match="expected numbers"):
        read_panel("true", panel.assign(true=True))
    with pytest.raises(ValuesError, match="constant"):
        read_panel("people", panel)
    with pytest.raises(FormulaError, match="gg"):
        read_panel("gg", panel)
    with pytest.raises(PanelError, match="swaplevel"):
        read_panel("g", panel.swaplevel())
    with pytest.raises(InputError, match="indexed by"):
        read_panel("g", None)
    with pytest.raises(InputError, match="beside a panel"):
        read_panel(panel, panel)
    panel.loc[("c", 2000), "g"] = np.inf
    with pytest.raises(ValuesError, match="c 2000"):
        read_panel("g", panel)


def test_wide_tables_are_checked(panel):
    wide = panel.pivot_table("g", "id", "year")
    with pytest.raises(ValuesError, match="name"):
        read_panel(wide.assign(name="x"), None)
    with pytest.raises(PanelError, match=r"astype\(int\)"):
        read_panel(wide.set_axis(["2000", "2001", "2002"], axis=1), None)
    for twice, text in (
        (wide.set_axis([2000, 2000, 2002], axis=1), "more than once[\\s\\S]*2000"),
        (wide.set_axis(list("abca"), axis=0), "more than once[\\s\\S]*a"),
    ):
        with pytest.raises(PanelError, match=text) as refused:
            read_panel(twice, None)
        mended = eval(
            refused.value.remedy.removeprefix("keep one of each, e.g. "), {"table": twice}
        )
        assert read_panel(mended, None).values.size == mended.size


@pytest.mark.parametrize(
    "names",
    [["9", "10", "11"], ["2009-01-01", "2010-01-01", "2011-01-01"], ["grp_9", "grp_10", "grp_11"]],
)
def test_the_way_out_of_columns_in_text_leads_out(panel, names):
    table = panel.pivot_table("g", "id", "year").set_axis(names, axis=1)
    with pytest.raises(PanelError, match="numbers or dates") as refused:
        read_panel(table, None)
    exec(refused.value.remedy, {"table": table, "pandas": pd})
    assert len(read_panel(table, None).periods) == 3


def test_columns_of_several_levels_are_refused(panel):
    wide = panel.pivot_table(["g"], "id", "year")
    with pytest.raises(PanelError, match=r"table\['g'\]"):
        read_panel(wide, None)
    assert read_panel(wide["g"], None).values.shape == (4, 3)


@pytest.mark.parametrize("periods", [["2000", "2001"], [2000.5]])
def test_periods_that_are_not_there_name_those_that_are(panel, periods):
    with pytest.raises(PanelError, match=r"Way out: .*2000"):
        read_panel("g", panel, periods=periods)


@pytest.mark.parametrize("periods", [2000, "2000", [], [2000, 2000], [2000, 1999]])
def test_periods_must_be_there(panel, periods):
    with pytest.raises(InputError, match="periods"):
        read_panel("g", panel, periods=periods)


def test_regions_meet_weights_by_key(panel, ring):
    fewer = panel.drop(index="a", level=0)
    with pytest.raises(IdError, match="1 regions without data: a"):
        read_panel("g", fewer, ring)
    read = read_panel("g", fewer, ring, align="intersection")
    assert read.ids.tolist() == list("bcd")
    assert "left out" in read.notes[0]
    # a gap in a region that the weights do not have does not matter once it is left out
    more = pd.concat([panel, panel.iloc[:1].rename(index={panel.index[0][0]: "z"}, level=0)])
    assert read_panel("g", more, ring, align="intersection").values.shape == (4, 3)
