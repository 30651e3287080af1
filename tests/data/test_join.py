"""The join goes by key, says what did not match, and changes nothing of the caller's."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

import workbench.data as data
from workbench.errors import IdError, InputError, OptionError, PanelError


@pytest.fixture
def regions():
    return gpd.GeoDataFrame(
        {"name": ["Tomsk", "Kemerovo", "Omsk"], "geometry": [Point(i, 0) for i in range(3)]},
        index=pd.Index(["RU-TOM", "RU-KEM", "RU-OMS"], name="region"),
        crs="EPSG:4326",
    )


@pytest.fixture
def table():
    return pd.DataFrame(
        {"rd": [10.0, 20.0, 30.0], "firms": [1, 2, 3]},
        index=pd.Index(["RU-OMS", "RU-TOM", "RU-KEM"], name="region"),
    )


def test_rows_meet_by_key_in_the_order_of_regions(regions, table):
    joined = data.join(regions, table)
    assert isinstance(joined, gpd.GeoDataFrame)
    assert joined.crs == regions.crs
    assert joined.index.equals(regions.index)
    assert joined["rd"].tolist() == [20.0, 30.0, 10.0]
    assert joined["firms"].dtype == "int64"
    assert joined.columns.tolist() == ["name", "geometry", "rd", "firms"]


def test_shuffled_rows_give_the_same_table():
    regions = data.load("russia-regions")
    table = data.load("russia-innovation").xs(2014, level="year")
    joined = data.join(regions, table)
    for seed in range(3):
        mixed = data.join(regions, table.sample(frac=1, random_state=seed))
        pd.testing.assert_frame_equal(pd.DataFrame(mixed), pd.DataFrame(joined))
        other = data.join(regions.sample(frac=1, random_state=seed), table).sort_index()
        pd.testing.assert_frame_equal(pd.DataFrame(other), pd.DataFrame(joined))
    # positions prove nothing: a cell is checked against the source by its id
    assert joined.loc["RU-TOM", "rd"] == table.loc["RU-TOM", "rd"]


def test_strict_names_the_ids_of_both_sides(regions, table):
    table = table.rename(index={"RU-OMS": "RU-XXX"})
    with pytest.raises(IdError) as refusal:
        data.join(regions, table)
    text = str(refusal.value)
    assert "1 only in regions: RU-OMS; 1 only in the table: RU-XXX" in text
    assert 'how="inner"' in text
    assert refusal.value.offenders == ("RU-OMS", "RU-XXX")


def test_strict_refuses_a_table_with_more_and_a_table_with_less(regions, table):
    with pytest.raises(IdError, match="1 only in the table: RU-OMS"):
        data.join(regions.drop(index="RU-OMS"), table)
    with pytest.raises(IdError, match="1 only in regions: RU-OMS"):
        data.join(regions, table.drop(index="RU-OMS"))


def test_inner_and_left_say_what_did_not_match(regions, table):
    table = table.rename(index={"RU-OMS": "RU-XXX"})
    inner = data.join(regions, table, how="inner")
    assert inner.index.tolist() == ["RU-TOM", "RU-KEM"]
    assert inner["rd"].tolist() == [20.0, 30.0]
    left = data.join(regions, table, how="left")
    assert left.index.tolist() == regions.index.tolist()
    assert np.isnan(left.loc["RU-OMS", "rd"])
    for joined, fate in ((inner, "left out"), (left, "without figures")):
        report = joined.attrs["join"]
        assert (report.matched, report.regions_only, report.table_only) == (
            2, ("RU-OMS",), ("RU-XXX",),
        )  # fmt: skip
        assert not report.complete
        assert f"1 only in regions, {fate}: RU-OMS" in str(report)
        assert "1 only in the table, left out: RU-XXX" in str(report)


def test_inputs_stay_as_they_were(regions, table):
    kept = regions.copy(deep=True), table.copy(deep=True)
    joined = data.join(regions, table)
    joined.loc["RU-TOM", ["rd", "name"]] = [-1.0, "spoilt"]
    pd.testing.assert_frame_equal(pd.DataFrame(regions), pd.DataFrame(kept[0]))
    pd.testing.assert_frame_equal(table, kept[1])
    assert regions.attrs == {}
    assert table.attrs == {}


def test_provenance_of_both_sides_is_kept():
    joined = data.join(
        data.load("russia-regions"), data.load("russia-innovation").xs(2014, level="year")
    )
    provenance = joined.attrs["provenance"]
    assert provenance["regions"]["dataset"] == "russia-regions"
    assert provenance["table"]["dataset"] == "russia-innovation"
    # what pandas does with attrs when it writes Parquet
    assert json.loads(json.dumps(joined.attrs))["join"][:2] == ["strict", 80]


def test_columns_in_both_are_refused_by_name(regions, table):
    with pytest.raises(InputError, match=r"1 columns in both(.|\n)*Where \(1\): name") as refusal:
        data.join(regions, table.assign(name="x"))
    assert "table.drop(columns=['name'])" in str(refusal.value)


@pytest.mark.parametrize("side", ["regions", "table"])
def test_repeated_and_missing_ids_are_refused(regions, table, side):
    frames = {"regions": regions, "table": table}
    repeated = pd.concat([frames[side], frames[side].iloc[[0]]])
    with pytest.raises(IdError, match=rf"{side}: expected unique region ids"):
        data.join(**{**frames, side: repeated})
    missing = frames[side].set_axis(["RU-TOM", None, "RU-OMS"])
    with pytest.raises(IdError, match=rf"{side}: expected an id for every row"):
        data.join(**{**frames, side: missing})


def test_a_panel_is_refused_with_the_cross_section_to_take(regions):
    panel = data.load("russia-innovation")
    with pytest.raises(PanelError, match=r"panel\.xs\(2020, level='year'\)"):
        data.join(regions, panel)


def test_text_against_numbers_is_named_with_the_conversion(regions, table):
    codes = regions.set_axis(["01001", "01003", "13005"])
    numbers = table.set_axis([1001, 1003, 13005])
    with pytest.raises(IdError, match=r"ids of the same kind(.|\n)*numbers, e\.g\. 1001") as lost:
        data.join(codes, numbers)
    assert "table.index = table.index.astype(str).str.zfill(5)" in str(lost.value)
    mended = numbers.set_axis(numbers.index.astype(str).str.zfill(5))
    assert len(data.join(codes, mended)) == 3
    with pytest.raises(IdError, match=r"table\.index = table\.index\.astype\(int\)"):
        data.join(regions.set_axis([7, 8, 9]), table.set_axis(["7", "8", "9"]))
    with pytest.raises(IdError, match=r"table\.index = table\.index\.astype\(str\)\."):
        data.join(regions.set_axis(["7", "8", "10"]), table.set_axis([7, 8, 10]))
    with pytest.raises(IdError, match=r"regions\.index = regions\.index\.astype\(str\)"):
        data.join(regions.set_axis([7, 8, 9]), table)


def test_ids_left_in_a_column_are_found(regions, table):
    with pytest.raises(IdError, match=r"table = table\.set_index\('region'\)"):
        data.join(regions, table.reset_index())
    with pytest.raises(IdError, match=r"no id in common(.|\n)*set_index\('code'\)"):
        data.join(regions, table.rename_axis("code").reset_index().set_axis(list("abc")))


def test_nothing_in_common_is_refused_under_every_policy(regions, table):
    for how in ("strict", "inner", "left"):
        with pytest.raises(IdError, match="no id in common"):
            data.join(regions, table.set_axis(["a", "b", "c"]), how=how)


def test_other_things_than_frames_are_refused(regions, table):
    with pytest.raises(InputError, match=r"regions: expected a GeoDataFrame.*got DataFrame"):
        data.join(table, table)
    with pytest.raises(InputError, match=r"got Series(.|\n)*to_frame"):
        data.join(regions, table["rd"])
    with pytest.raises(OptionError, match="did you mean 'inner'"):
        data.join(regions, table, how="iner")
