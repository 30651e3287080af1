"""Datasets load by name: keyed, typed, complete, with provenance, and sharing nothing."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import workbench.data as data
from workbench.data import external
from workbench.errors import InputError, OptionError

PARTS = [
    ("russia-regions", "regions80", 80),
    ("russia-regions", "regions83", 83),
    ("russia-regions", "capitals80", 80),
    ("russia-regions", "capitals83", 83),
    ("russia-innovation", "panel", 1680),
    ("kemerovo-published", "economy", 3),
    ("kemerovo-published", "innovation-active", 5),
    ("us-states", "states", 48),
    ("munnell-1990", "panel", 816),
    ("creative-industries", "top20", 20),
    ("us-income", "panel", 3888),
]


@pytest.mark.quick_cases(4)
@pytest.mark.parametrize(("name", "part", "rows"), PARTS)
def test_every_part_loads_keyed_and_says_where_it_comes_from(name, part, rows):
    frame = data.load(name, part=part)
    assert len(frame) == rows
    assert frame.index.is_unique
    assert frame.index.names[0] == "region"
    assert frame.index.is_monotonic_increasing
    provenance = frame.attrs["provenance"]
    assert (provenance["dataset"], provenance["part"]) == (name, part)
    assert provenance["licence"]
    assert provenance["source"]
    assert all(len(digest) == 64 for digest in provenance["sha256"].values())
    json.dumps(frame.attrs)


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize(("name", "part", "rows"), PARTS)
def test_description_matches_what_is_loaded(name, part, rows):
    frame = data.load(name, part=part)
    fields = data.describe(name).query("part == @part")
    assert fields["field"].tolist() == [*frame.index.names, *frame.columns]
    assert not fields.drop(columns="unit").eq("").any(axis=None)


def test_the_list_says_what_there_is(monkeypatch, tmp_path):
    monkeypatch.delenv(external.MIRROR, raising=False)
    monkeypatch.setattr(external, "cache_folder", lambda: tmp_path)
    monkeypatch.setenv("WORKBENCH_YOURS", str(tmp_path))
    listed = data.datasets()
    assert listed.index.name == "name"
    columns = ["title", "kind", "parts", "rows", "licence", "source", "where"]
    assert listed.columns.tolist() == columns
    own = listed[~listed.index.str.startswith("libpysal:")]
    assert own["where"].to_dict() == {
        "ai-clusters": "bundled",
        "ai-geography": "yours (not here)",
        "ai-maturity": "yours (not here)",
        "ai-geography-published": "bundled",
        "cigarette-demand": "external (not here)",
        "cluster-registry": "yours (not here)",
        "eu-nuts2-knowledge": "external (not here)",
        "high-tech-exports": "yours (not here)",
        "kemerovo-published": "bundled",
        "munnell-1990": "library",
        "nuts2-knowledge": "yours (not here)",
        "russia-innovation": "bundled",
        "russia-regions": "bundled",
        "creative-industries": "bundled",
        "us-income": "library",
        "us-metro-knowledge": "external (not here)",
        "us-states": "library",
    }
    assert not listed.isna().any(axis=None)


def test_regions_have_names_in_two_languages_and_an_equal_area_crs():
    regions = data.load("russia-regions")
    assert regions.columns.tolist() == [
        "name_en", "name_ru", "federal_district", "federal_district_ru", "capital", "capital_ru",
        "geometry",
    ]  # fmt: skip
    assert regions.loc["RU-TA", "name_en"] == "Tatarstan"
    assert regions.loc["RU-TA", "name_ru"] == "Республика Татарстан"
    assert regions["name_en"].is_unique
    assert regions["federal_district"].nunique() == 8
    assert regions.groupby("federal_district")["federal_district_ru"].nunique().eq(1).all()
    assert regions.crs.is_projected
    assert regions.geometry.is_valid.all()
    # Russia without Crimea and inland seas: 17.10 million square kilometres (Rosreestr);
    # coasts simplified at 5 km leave a margin of one percent
    assert regions.area.sum() / 1e12 == pytest.approx(17.10, rel=0.01)


def test_the_schemes_are_nested():
    whole = data.load("russia-regions", part="regions83")
    merged = data.load("russia-regions", part="regions80")
    assert set(whole.index) - set(merged.index) == {"RU-NEN", "RU-KHM", "RU-YAN"}
    areas = whole.area.groupby(whole["region80"]).sum()
    # the two files were simplified separately
    np.testing.assert_allclose(areas, merged.area[areas.index], rtol=0.02)


def test_every_capital_lies_in_its_region():
    regions = data.load("russia-regions", part="regions83")
    capitals = data.load("russia-regions", part="capitals83")
    assert capitals.crs.to_epsg() == 4326
    away = regions.distance(capitals.to_crs(regions.crs), align=True)
    # coasts and borders are simplified at 5 km
    assert away.max() < 10_000


def test_national_totals_are_those_that_rosstat_published():
    # national totals as Rosstat published them: sum of gross regional products (mln RUB),
    # internal R&D expenditure (mln RUB), annual average population (thousand), 2005 and 2010
    published = {
        ("grp", 2005): 18_034_385.2,
        ("grp", 2010): 37_687_768.2,
        ("rd", 2005): 230_785.2,
        ("rd", 2010): 523_377.2,
        ("population", 2010): 142_849.5,
    }
    totals = data.load("russia-innovation").groupby(level="year").sum()
    for (field, year), value in published.items():
        # each of 80 figures is rounded to 0.1 at most
        assert totals.loc[year, field] == pytest.approx(value, abs=4), (field, year)


def test_blanks_stay_missing_and_zeros_are_not_invented():
    panel = data.load("russia-innovation")
    assert panel.dtypes.eq("float64").all()
    assert panel["patents"].isna().sum() == 67
    assert panel["utility_models"].isna().sum() == 144
    assert panel[["patents", "utility_models"]].min().min() == 1
    assert not panel[["investment", "population"]].isna().any(axis=None)


def test_munnell_is_the_table_of_linearmodels():
    from linearmodels.datasets import munnell

    source = munnell.load()
    ours = data.load("munnell-1990")
    theirs = source.set_index(["ST_ABB", "YR"]).sort_index()
    assert ours.index.get_level_values("region").str[3:].tolist() == list(
        theirs.index.get_level_values("ST_ABB")
    )
    columns = ["P_CAP", "HWY", "WATER", "UTIL", "PC", "GSP", "EMP", "UNEMP"]
    # the same cells read by two readers: the last bit may differ
    np.testing.assert_allclose(ours.to_numpy(), theirs[columns].to_numpy(float), rtol=1e-15)
    # public capital is the sum of its three kinds, to the rounding of the source
    parts = ours[["hwy", "water", "util"]].sum(axis=1)
    np.testing.assert_allclose(ours["pcap"], parts, atol=0.05)


def test_all_48_states_of_munnell_join_the_map():
    states = data.load("us-states")
    table = data.load("munnell-1990").xs(1986, level="year")
    joined = data.join(states, table)
    assert len(joined) == 48
    assert joined.attrs["join"].complete
    assert not joined.isna().any(axis=None)
    # the state that the source misspells, and one that it cuts
    assert joined.loc["US-TN", "name_en"] == "Tennessee"
    assert joined.loc["US-MA", "name_en"] == "Massachusetts"


def test_income_is_the_table_of_libpysal_and_joins_the_map():
    from workbench.data.via_libpysal import resource_path

    # the source names its states in full; the ids come from codes
    source = pd.read_csv(resource_path("usjoin.csv")).drop(columns="STATE_FIPS").set_index("Name")
    states = data.load("us-states")
    income = data.load("us-income").pivot_table("income", "region", "year")
    ours = income.rename(index=states["name_en"])
    assert ours.shape == source.shape == (48, 81)
    np.testing.assert_array_equal(ours.loc[source.index], source)
    joined = data.join(states, data.load("us-income").xs(1929, level="year"))
    assert joined.attrs["join"].complete
    assert joined.loc["US-AL", "income"] == 323


def test_states_carry_the_geometry_of_their_own_name():
    import geopandas as gpd

    from workbench.data.via_libpysal import resource_path

    source = gpd.read_file(resource_path("us48.shp")).set_index("STATE_NAME")
    states = data.load("us-states").set_index("name_en")
    assert states.geometry.geom_equals(source.geometry.loc[states.index].set_crs(4326)).all()


def test_loads_share_nothing():
    for name in ("russia-regions", "russia-innovation", "us-states", "libpysal:columbus"):
        first = data.load(name)
        kept = first.copy(deep=True)
        column = first.columns[0]
        first[column] = first[column].to_numpy()[::-1].copy()
        first["added"] = 1
        first.attrs["provenance"]["dataset"] = "spoilt"
        again = data.load(name)
        pd.testing.assert_frame_equal(pd.DataFrame(again), pd.DataFrame(kept))
        assert again.attrs["provenance"]["dataset"] == name


def test_an_unknown_name_gets_the_nearest_one():
    with pytest.raises(OptionError, match=r"did you mean 'russia-regions'"):
        data.load("rusia-regions")
    with pytest.raises(OptionError, match=r"did you mean 'libpysal:columbus'"):
        data.load("columbus")
    with pytest.raises(OptionError, match=r"did you mean 'munnell-1990'"):
        data.describe("munnell")
    with pytest.raises(OptionError, match=r"expected one of 'regions80'"):
        data.load("russia-regions", part="oblasts")
    with pytest.raises(InputError, match=r"the name of a dataset; got 7"):
        data.load(7)


def test_importing_the_room_imports_no_table_library():
    code = (
        "import sys, workbench.data as d; d.__all__;"
        "heavy = {'pandas', 'geopandas', 'libpysal', 'linearmodels'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert sorted(data.__all__) == dir(data)
    assert all(callable(getattr(data, name)) for name in data.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'fetch'"):
        data.fetch  # noqa: B018
