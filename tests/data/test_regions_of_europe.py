"""The form of regions of Europe: codes, levels, versions, flags, units and places are met by name.

Codes and changes between versions are those of Eurostat's correspondence tables.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.data.bundled import bundled_root
from workbench.data.descriptor import read_descriptor
from workbench.data.files.flags import FLAGS
from workbench.data.forms import nuts
from workbench.errors import IdError, InputError

FORM = "nuts2-knowledge"
PLACES = {
    "DE21": ("Oberbayern", 11.9, 48.1),
    "FRF2": ("Champagne-Ardenne", 4.5, 48.7),
    "UKC1": ("Tees Valley and Durham", -1.4, 54.6),
    "EE00": ("Eesti", 25.8, 58.7),
}


def table(**changed) -> pd.DataFrame:
    """Invented figures of four regions and three years; R&D of the first two."""
    rows = [
        (code, year, *place, 10.5 + year % 7, *((200.0, 50.0) if year < 2011 else (None, None)))
        for code, place in PLACES.items()
        for year in (2009, 2010, 2011)
    ]
    names = ["region", "year", "name", "longitude", "latitude", "patents", "business_rd",
             "university_rd"]  # fmt: skip
    return pd.DataFrame(rows, columns=names).assign(**changed)


def problem(found, name: str) -> dict[str, str]:
    """The one problem of a kind that a check found."""
    rows = found.problems.query("problem == @name")
    assert len(rows) == 1, found
    return rows.iloc[0].to_dict()


def with_row(**row) -> pd.DataFrame:
    known = {"year": 2009, "name": "x", "longitude": 10.0, "latitude": 50.0, "patents": 5.0}
    return pd.concat([table(), pd.DataFrame([known | row])], ignore_index=True)


def test_a_table_of_the_form_passes_without_a_word_and_is_keyed():
    found = wb.data.check(table(), FORM)
    assert found.passed
    assert found.problems.empty
    own = wb.data.adopt(table(), FORM)
    assert own.index.names == ["region", "year"]
    assert own.loc[("UKC1", 2009), "business_rd"] == 200
    assert np.isnan(own.loc[("UKC1", 2011), "business_rd"])


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("DE", "countries"), ("US", "countries"), ("DE2", "regions of NUTS 1"),
        ("ITC", "regions of NUTS 1"), ("DE212", "regions of NUTS 3"),
        ("EU27_2020", "groups of countries"), ("EA19", "groups of countries"),
        ("UKZZ", "patents or money of no region"), ("FRXX", "patents or money of no region"),
    ],
)  # fmt: skip
def test_rows_of_other_levels_are_left_out_by_name(code, kind):
    found = wb.data.check(with_row(region=code), FORM)
    assert found.passed
    assert found.rows == 12
    told = problem(found, "not a region of NUTS 2")
    assert (told["where"], told["found"]) == (repr(code), kind)


@pytest.mark.parametrize("cut", [2, 3])
def test_a_table_of_another_level_alone_is_refused(cut):
    found = wb.data.check(table(region=table()["region"].str[:cut]), FORM)
    assert not found.passed
    assert "take the rows of NUTS 2" in problem(found, nuts.LEVEL)["remedy"]


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("way", ["{}: {}", "{} - {}", "{}"])
def test_codes_stand_before_names_or_in_small_letters(way):
    held = table()
    spelt = [way.format(code.lower(), name) for code, name in held[["region", "name"]].to_numpy()]
    own = wb.data.adopt(held.assign(region=spelt), FORM)
    assert set(own.index.get_level_values("region")) == set(PLACES)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", ["Wien", "Eesti", "Oberbayern", "XX11", "EL5"])
def test_names_are_no_codes(name):
    found = wb.data.check(with_row(region=name), FORM)
    if name == "EL5":  # one of NUTS 1
        assert found.passed
        return
    asked = problem(found, "unknown region")
    assert asked["where"] == repr(name)
    assert wb.data.check(with_row(region=name), FORM, regions={name: None}).passed
    own = wb.data.adopt(with_row(region=name), FORM, regions={name: "AT13"})
    assert ("AT13", 2009) in own.index


def test_words_on_regions_are_held_to_the_table():
    with pytest.raises(IdError, match="FRF3"):
        wb.data.check(table(), FORM, regions={"FRF3": None})


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("first", "second"),
    [("FR21", "FRF2"), ("UKI1", "UKI3"), ("EL11", "EL51"), ("HU10", "HU11"), ("PT17", "PT1A"),
     ("GR30", "EL30"), ("HR04", "HR05"), ("FR91", "FRY1")],
)  # fmt: skip
def test_two_versions_of_one_country_are_refused(first, second):
    held = table(region=table()["region"].replace({"DE21": first, "FRF2": second}))
    asked = problem(wb.data.check(held, FORM), "versions of NUTS")
    assert asked["where"] == " beside ".join([first, second])
    assert asked["mended"] == "no"
    assert wb.data.check(held, FORM, regions={first: None}).passed


def test_versions_of_different_countries_may_differ():
    # regions of one country do not overlap those of another
    held = table(region=table()["region"].replace({"DE21": "HU10"}))
    assert wb.data.check(held, FORM).passed


def test_no_code_went_and_came_in_the_same_change():
    for version, old, new in nuts.CHANGES:
        codes = [*old.split(), *new.split()]
        assert len(codes) == len(set(codes)), version
        assert {code[:2] for code in codes} <= nuts.COUNTRIES
        assert len({code[:2] for code in codes}) == 1
        assert all(len(code) == 4 for code in codes)


def test_flags_are_read_and_told():
    cells = ["12.3 e", ": c", "12.3p", ":", "5.0 b", *["7"] * 7]
    found = wb.data.check(table(patents=cells), FORM)
    assert found.passed
    told = problem(found, "flags")["found"]
    assert (
        told == "1 b (break in time series), 1 c (confidential), 1 e (estimated), 1 p (provisional)"
    )
    own = wb.data.adopt(table(patents=cells), FORM)["patents"]
    assert own.loc["DE21"].tolist()[::2] == [12.3, 12.3]
    assert own.loc[("FRF2", 2010)] == 5
    assert own.isna().sum() == 2


def test_flags_go_with_decimal_commas():
    cells = ["12,3 e"] * 12
    assert wb.data.adopt(table(patents=cells), FORM)["patents"].eq(12.3).all()


def test_other_forms_name_a_flag_and_do_not_read_it():
    held = pd.DataFrame({"region": ["RU-TOM"], "year": [2019], "high_tech_exports": ["51.2 e"]})
    found = wb.data.check(held, "high-tech-exports")
    assert "a flag of Eurostat after 51.2 (estimated)" in problem(found, "text in numbers")["found"]


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("unit", "times"), [("THS_EUR", 1000), ("thousand euros", 1000), ("MIO_EUR", 1), ("EUR", 1e6),
                        ("тыс. евро", 1000)]
)  # fmt: skip
def test_euros_are_converted_as_the_heading_says(unit, times):
    held = table(business_rd=table()["business_rd"] * times)
    own = wb.data.adopt(held.rename(columns={"business_rd": f"business_rd, {unit}"}), FORM)
    assert own["business_rd"].dropna().eq(200).all()


def test_units_that_only_sizes_suggest_are_asked_about():
    found = wb.data.check(table(business_rd=table()["business_rd"] * 1000), FORM)
    assert "units={'business_rd': 'thousand EUR'}" in problem(found, "suspected unit")["remedy"]
    people = wb.data.check(table(population=4e6), FORM)
    assert "units={'population': 'people'}" in problem(people, "suspected unit")["remedy"]


def test_other_money_is_refused():
    held = table().rename(columns={"business_rd": "business_rd, mln USD"})
    assert problem(wb.data.check(held, FORM), "unit")["mended"] == "no"


def test_swapped_coordinates_are_refused_and_regions_overseas_are_not():
    held = table()
    swapped = held.assign(longitude=held["latitude"], latitude=held["longitude"])
    assert (
        "each in its own column"
        in problem(wb.data.check(swapped, FORM), "place outside Europe")["remedy"]
    )
    far = with_row(region="FRY1", longitude=-61.5, latitude=16.2)
    assert wb.data.check(far, FORM).passed


def test_a_region_has_one_place_and_one_name():
    moved = table(longitude=np.linspace(0, 11, 12))
    assert problem(wb.data.check(moved, FORM), "several values")["where"].startswith("longitude")
    named = table(name=[f"{k}" for k in range(12)])
    assert problem(wb.data.check(named, FORM), "several values")["where"].startswith("name")


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("column", ["patents", "business_rd", "university_rd"])
def test_columns_that_the_study_needs_must_be_there_with_figures(column):
    lacking = wb.data.check(table().drop(columns=column), FORM)
    assert problem(lacking, "missing column")["where"] == column
    empty = wb.data.check(table(**{column: None}), FORM)
    assert problem(empty, "missing figure")["where"] == column


def test_the_descriptor_says_what_is_written_how():
    fields = {
        field.name: field for field in read_descriptor(bundled_root() / FORM).resources[0].fields
    }
    assert fields["region"].notation == nuts.NUTS2
    assert {name for name, field in fields.items() if field.notation == "eurostat"} == {
        "patents", "business_rd", "university_rd", "population"
    }  # fmt: skip
    assert {name for name, field in fields.items() if field.per} == {
        "name",
        "longitude",
        "latitude",
    }


# written by hand in the layout of Eurostat's TSV: spaces behind years and figures, flags, colons
OLDER = (
    "unit,sectperf,geo\\time\t2011 \t2010 \t2009 \n"
    "MIO_EUR,BES,DE21\t: \t5200.1 e\t5100.5 \n"
    "MIO_EUR,BES,UKC1\t190.5 bp\t:c\t180.0 \n"
    "MIO_EUR,HES,DE21\t900\t880.25 u\t: c\n"
)
NEWER = (
    "freq,sectperf,unit,geo\\TIME_PERIOD\t2009 \t2010 \t2011 \n"
    "A,BES,MIO_EUR,DE21\t5100.5 \t5200.1 e\t: \n"
    "A,BES,MIO_EUR,UKC1\t180.0 \t: c\t190.5 bp\n"
    "A,HES,MIO_EUR,DE21\t: c\t880.25 u\t900 \n"
)


def written(tmp_path, text: str, name: str = "rd_e_gerdreg.tsv"):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("text", [OLDER, NEWER, NEWER.replace("\n", "\r\n"), "\ufeff" + NEWER])
def test_both_layouts_of_eurostat_are_read_alike(tmp_path, text):
    long = wb.data.read_eurostat(written(tmp_path, text))
    keyed = long.set_index(["sectperf", "region", "year"])[["value", "flag"]]
    assert len(long) == 9
    assert set(long["unit"]) == {"MIO_EUR"}
    assert keyed.loc[("BES", "DE21", 2010)].tolist() == [5200.1, "e"]
    assert keyed.loc[("BES", "UKC1", 2011)].tolist() == [190.5, "bp"]
    assert keyed.loc[("HES", "DE21", 2011)].tolist() == [900, ""]
    gaps = keyed[keyed["value"].isna()]["flag"]
    assert gaps.to_dict() == {("BES", "DE21", 2011): "", ("BES", "UKC1", 2010): "c",
                              ("HES", "DE21", 2009): "c"}  # fmt: skip
    assert long.dtypes[["year", "value"]].astype(str).tolist() == ["int64", "float64"]


def test_every_flag_has_a_meaning(tmp_path):
    for letter in FLAGS:
        long = wb.data.read_eurostat(
            written(tmp_path, f"unit,geo\\time\t2010\nNR,UKC1\t7 {letter}\n")
        )
        assert long[["value", "flag"]].to_numpy().tolist() == [[7.0, letter]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("region,year,patents\nUKC1,2010,5\n", "begins with 'region,year,patents'"),
        ("DATAFLOW,LAST UPDATE,geo,TIME_PERIOD,OBS_VALUE\nESTAT,x,UKC1,2010,5\n", "as TSV"),
        ("unit,sex\\time\t2010\nNR,T\t5\n", "no geo"),
        ("unit,geo\\time\t2010Q1\nNR,UKC1\t5\n", "2010Q1"),
        ("unit,geo\\time\t2010\t2010\nNR,UKC1\t5\t6\n", "a year twice"),
        ("unit,geo\\time\t2010\nNR,UKC1\t5\t6\n", "line 2"),
        ("unit,geo\\time\t2010\nUKC1\t5\n", "line 2"),
        ("unit,geo\\time\t2010\nNR,UKC1\t5,5\n", "line 2, 2010: '5,5'"),
        ("unit,geo\\time\t2010\nNR,UKC1\tfive\n", "'five'"),
        ("unit,geo\\time\t2010\nNR,UKC1\t5\nNR,UKC1\t6\n", "NR UKC1 2010"),
        ("unit,geo\\time\t2010\n", "none in"),
    ],
)
def test_other_layouts_are_refused_by_name(tmp_path, text, said):
    with pytest.raises(InputError) as caught:
        wb.data.read_eurostat(written(tmp_path, text))
    assert said in str(caught.value)


def test_packed_files_are_refused(tmp_path):
    file = tmp_path / "rd.tsv.gz"
    file.write_bytes(b"\x1f\x8b\x08\x00rest")
    with pytest.raises(InputError, match=r"\.gz"):
        wb.data.read_eurostat(file)


def test_tables_of_eurostat_become_a_table_of_the_form(tmp_path):
    """As the guide has it: read, join, take in."""
    rd = wb.data.read_eurostat(written(tmp_path, OLDER))
    sectors = rd.pivot_table("value", ["region", "year"], "sectperf")
    patents = "unit,geo\\time\t2010\t2011\nNR,DE21\t2500.5\t2400\nNR,UKC1\t60.25 p\t: \n"
    applied = wb.data.read_eurostat(written(tmp_path, patents, "pat_ep_rtot.tsv"))
    figures = pd.DataFrame(
        {
            "patents": applied.set_index(["region", "year"])["value"],
            "business_rd": sectors["BES"],
            "university_rd": sectors["HES"],
        }
    )
    points = pd.DataFrame.from_dict(
        PLACES, orient="index", columns=["name", "longitude", "latitude"]
    )
    own = wb.data.adopt(figures.join(points.rename_axis("region")), FORM)
    assert own.loc[("DE21", 2010), ["patents", "business_rd", "university_rd"]].tolist() == [
        2500.5, 5200.1, 880.25
    ]  # fmt: skip
