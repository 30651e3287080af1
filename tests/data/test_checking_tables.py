"""Tables as users have them: the check says what to do, doing so passes, and the figures are right.

All figures are invented.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import openpyxl
import pandas as pd
import pytest

import workbench as wb
from workbench.cli.forms import examine
from workbench.data.forms.regional import units_of
from workbench.errors import DataIntegrityError, IdError, InputError, OptionError, ValuesError

EXPORTS = "high-tech-exports"


def names_of(problems, mended=None):
    chosen = problems if mended is None else problems[problems["mended"] == mended]
    return chosen["problem"].tolist()


def row(found, problem):
    rows = found.problems.query("problem == @problem")
    assert len(rows) == 1, found
    return rows.iloc[0]


def exports(**columns):
    """Three regions in two years, in the form's own words and units."""
    table = pd.DataFrame(
        {
            "region": ["RU-KEM", "RU-KEM", "RU-TA", "RU-TA", "RU-TOM", "RU-TOM"],
            "year": [2019, 2020] * 3,
            "high_tech_exports": [10.0, 11.0, 200.0, 210.5, 30.0, 31.25],
        }
    )
    return table.assign(**columns)


def regions83():
    return sorted(units_of("83"))


def geography83(**columns):
    ids = regions83()
    table = pd.DataFrame({"region": ids, "year": 2023, "developers": np.arange(83) + 1})
    return table.assign(**columns)


def test_a_table_in_the_words_of_the_form_passes_and_is_keyed():
    found = wb.data.check(exports(), EXPORTS)
    assert found.passed
    assert names_of(found.problems) == ["missing regions"]
    assert row(found, "missing regions")["mended"] == "told"
    assert "3 of 80 regions" in str(found)
    frame = wb.data.adopt(exports(), EXPORTS)
    assert frame.index.names == ["region", "year"]
    assert frame.loc[("RU-TA", 2020), "high_tech_exports"] == 210.5
    assert frame.dtypes.eq("float64").all()


def test_a_russian_csv_of_a_spreadsheet(tmp_path):
    """cp1251, semicolons, decimal commas, spaces in numbers, names in Russian, the country."""
    file = tmp_path / "Экспорт.csv"
    text = (
        "Субъект РФ;Год;Экспорт высокотехнологичных товаров, млн долл. США\r\n"
        "Российская Федерация;2019;10 900,1\r\n"
        "Центральный федеральный округ;2019;3 000,0\r\n"
        "г. Москва;2019;1 234,5\r\n"
        "Респ. Татарстан;2019;200,25\r\n"
        "Томская область;2019;30,5\r\n"
    )
    file.write_bytes(text.encode("cp1251"))
    found = wb.data.check(file, EXPORTS)
    assert found.passed, found
    assert found.file == "Экспорт.csv"
    assert {"column name", "region name", "not a region", "decimal comma", "grouped digits"} <= set(
        names_of(found.problems, "yes")
    )
    left_out = found.problems.query("problem == 'not a region'")
    assert set(left_out["found"]) == {"country", "federal district"}
    assert set(left_out["where"]) == {"'Российская Федерация'", "'Центральный федеральный округ'"}
    frame = wb.data.adopt(file, EXPORTS)
    assert frame["high_tech_exports"].to_dict() == {
        ("RU-MOW", 2019): 1234.5, ("RU-TA", 2019): 200.25, ("RU-TOM", 2019): 30.5,
    }  # fmt: skip
    provenance = frame.attrs["provenance"]
    assert (provenance["form"], provenance["file"]) == (EXPORTS, "Экспорт.csv")
    assert len(provenance["sha256"]["Экспорт.csv"]) == 64
    assert str(tmp_path) not in str(provenance)
    assert any("country" in sentence for sentence in provenance["mended"])


def test_an_excel_file_with_russian_names(tmp_path):
    file = tmp_path / "table.xlsx"
    table = pd.DataFrame(
        {
            "Регион": ["Кемеровская область - Кузбасс", "Санкт-Петербург", "Россия"],
            "Год": [dt.datetime(2019, 1, 1), "2019 г.", "2019"],
            "Высокотехнологичный экспорт": [10.5, 300, 11_000],
            "Примечание": [None, "предв.", None],
        }
    )
    table.to_excel(file, index=False)
    found = wb.data.check(file, EXPORTS)
    assert found.passed, found
    assert row(found, "unknown column")["remedy"].startswith("left out")
    frame = wb.data.adopt(file, EXPORTS)
    assert frame["high_tech_exports"].to_dict() == {("RU-KEM", 2019): 10.5, ("RU-SPE", 2019): 300.0}


def test_a_table_of_83_units_is_merged_by_the_rule_of_each_column():
    ids = regions83()
    people = pd.Series(1000.0, index=ids)
    people["RU-TYU"], people["RU-KHM"], people["RU-YAN"] = 1500.0, 1600.0, 500.0
    internet = pd.Series(80.0, index=ids)
    internet["RU-TYU"], internet["RU-KHM"], internet["RU-YAN"] = 70.0, 90.0, 95.0
    table = geography83(
        population=people.to_numpy(), internet_share=internet.to_numpy(), st_potential=5.0,
        ai_created=[int(region == "RU-NEN") for region in ids],
    )  # fmt: skip
    found = wb.data.check(table, "ai-geography")
    assert found.passed, found
    merged = row(found, "scheme")
    assert (merged["found"], merged["expected"], merged["mended"]) == (
        "83 units",
        "80 units",
        "yes",
    )
    assert "internet_share: mean weighted by population" in merged["remedy"]
    frame = wb.data.adopt(table, "ai-geography").xs(2023, level="year")
    assert len(frame) == 80
    developers = table.set_index("region")["developers"]
    parts = ["RU-TYU", "RU-KHM", "RU-YAN"]
    assert frame.loc["RU-TYU", "developers"] == developers[parts].sum()
    assert frame.loc["RU-TYU", "internet_share"] == pytest.approx(
        (70 * 1500 + 90 * 1600 + 95 * 500) / 3600, rel=1e-14
    )
    assert frame.loc["RU-ARK", "ai_created"] == 1
    assert frame["ai_created"].sum() == 1
    # an index is neither a total nor a share: of the whole there is none
    assert np.isnan(frame.loc["RU-TYU", "st_potential"])
    assert frame.loc["RU-TOM", "st_potential"] == 5
    ruleless = row(found, "no rule for merging")
    assert ruleless["mended"] == "told"
    assert "scheme" not in ruleless["remedy"]
    okrugs = dict.fromkeys(["RU-NEN", "RU-KHM", "RU-YAN"])
    whole = wb.data.adopt(table, "ai-geography", regions=okrugs)
    assert whole.loc[("RU-TYU", 2023), "st_potential"] == 5


def test_a_share_without_its_weight_is_not_merged():
    table = geography83(internet_share=80.0)
    found = wb.data.check(table, "ai-geography")
    assert not found.passed
    problem = row(found, "scheme")
    assert problem["where"] == "internet_share"
    assert "a column population" in problem["expected"]
    assert "add the column population" in problem["remedy"]
    assert "regions={...: None}" in problem["remedy"]
    # what it says leads on: not to okrugs apart, which wb.load and the studies do not take
    assert "scheme" not in problem["remedy"]
    okrugs = dict.fromkeys(["RU-NEN", "RU-KHM", "RU-YAN"])
    for passing in (
        wb.data.check(table.assign(population=1000.0), "ai-geography"),
        wb.data.check(table, "ai-geography", columns={"internet_share": None}),
        wb.data.check(table, "ai-geography", regions=okrugs),
        wb.data.check(table, "ai-geography", scheme="83"),
    ):
        assert passing.passed, passing
    assert len(wb.data.adopt(table, "ai-geography", scheme="83")) == 83


def test_a_table_of_80_units_is_not_made_83():
    table = geography83()
    whole = wb.data.adopt(table, "ai-geography").reset_index()
    found = wb.data.check(whole, "ai-geography", scheme="83")
    assert not found.passed
    assert "scheme='80'" in row(found, "scheme")["remedy"]
    assert wb.data.check(whole, "ai-geography", scheme="80").passed


def test_a_panel_that_changes_its_scheme_is_merged_year_by_year():
    old = wb.data.adopt(geography83(), "ai-geography").reset_index().assign(year=2022)
    table = pd.concat([old, geography83()])
    found = wb.data.check(table, "ai-geography")
    assert found.passed, found
    assert row(found, "scheme")["where"] == "regions, 2023"
    frame = wb.data.adopt(table, "ai-geography")
    before, after = frame.xs(2022, level="year"), frame.xs(2023, level="year")
    pd.testing.assert_frame_equal(before, after)
    mixed = table[(table["year"] == 2022) | (table["region"] != "RU-NEN")]
    wrong = wb.data.check(mixed, "ai-geography")
    assert "RU-ARK without RU-NEN" in row(wrong, "scheme")["found"]


def test_notes_below_a_table_and_rows_without_a_region():
    table = pd.DataFrame(
        {
            "Регион": ["Томская область", "* предварительные данные", None],
            "Год": [2019, None, None], "high_tech_exports": [30.0, None, None],
        }
    )  # fmt: skip
    found = wb.data.check(table, EXPORTS)
    assert found.passed, found
    assert found.rows == 1
    merged_cells = table.assign(Год=[2019, 2019, 2020], high_tech_exports=[30.0, None, 31.0])
    found = wb.data.check(merged_cells, EXPORTS)
    assert "fill in the names" in row(found, "rows without a region")["remedy"]
    assert not found.passed


def test_a_unit_of_another_kind_is_refused_by_its_column():
    table = exports().assign(**{"Экспорт, млн руб.": 5000.0})
    found = wb.data.check(table, EXPORTS)
    problem = row(found, "unit")
    assert (problem["where"], problem["expected"]) == ("exports", "mln USD")
    assert wb.data.check(table, EXPORTS, columns={"Экспорт, млн руб.": None}).passed


def test_a_part_that_is_missing_is_named():
    table = geography83().query("region != 'RU-YAN'")
    found = wb.data.check(table, "ai-geography")
    assert not found.passed
    assert "RU-KHM" in row(found, "scheme")["where"] + row(found, "scheme")["found"]


def test_an_oblast_that_may_be_with_or_without_its_okrugs_needs_a_word():
    table = pd.DataFrame(
        {
            "Регион": ["Тюменская область", "Ханты-Мансийский АО - Югра", "Ямало-Ненецкий АО"],
            "Год": 2019,
            "high_tech_exports": [50.0, 20.0, 10.0],
        }
    )
    found = wb.data.check(table, EXPORTS)
    assert not found.passed
    remedy = row(found, "ambiguous region")["remedy"]
    assert "regions={'Тюменская область': 'RU-TYU'}" in remedy
    assert "'Ямало-Ненецкий АО': None" in remedy
    without = wb.data.adopt(table, EXPORTS, regions={"Тюменская область": "RU-TYU"})
    assert without["high_tech_exports"].tolist() == [80.0]
    okrugs = {"Ханты-Мансийский АО - Югра": None, "Ямало-Ненецкий АО": None}
    whole = wb.data.adopt(table, EXPORTS, regions=okrugs)
    assert whole["high_tech_exports"].tolist() == [50.0]


def test_oblasts_that_wait_for_a_word_do_not_pass_for_missing_ones():
    names = wb.load("russia-regions", part="regions83")["name_ru"]
    table = pd.DataFrame(
        {"Регион": names.to_numpy(), "Год": 2019, "high_tech_exports": 10.0}
    )  # every unit has its row
    found = wb.data.check(table, EXPORTS)
    assert names_of(found.problems, "no") == ["ambiguous region", "ambiguous region"]
    oblasts = {"Архангельская область": "RU-ARK", "Тюменская область": "RU-TYU"}
    frame = wb.data.adopt(table, EXPORTS, regions=oblasts)
    assert len(frame) == 80
    # sums of two and of three units with 10 each
    assert frame.loc[[("RU-ARK", 2019), ("RU-TYU", 2019)], "high_tech_exports"].tolist() == [20, 30]


def test_a_heading_that_is_perhaps_a_needed_column_is_told_once():
    table = exports().rename(columns={"year": "Годъ", "Год": "Годъ"})
    found = wb.data.check(table, EXPORTS)
    assert names_of(found.problems, "no") == ["unknown column"]
    assert "columns={'Годъ': 'year'}" in row(found, "unknown column")["remedy"]
    assert wb.data.check(table, EXPORTS, columns={"Годъ": "year"}).passed


def test_years_as_columns_ask_what_they_are_of():
    table = pd.DataFrame(
        {
            "Регион": ["Томская область", "Татарстан"],
            "2019": [30.0, 200.0],
            "2020 г.": [31.0, 210.0],
        }
    )
    found = wb.data.check(table, EXPORTS)
    assert not found.passed
    call = "columns={'2019': 'high_tech_exports', '2020 г.': 'high_tech_exports'}"
    assert call in row(found, "years as columns")["remedy"]
    said = {"2019": "high_tech_exports", "2020 г.": "high_tech_exports"}
    frame = wb.data.adopt(table, EXPORTS, columns=said)
    assert frame["high_tech_exports"].to_dict() == {
        ("RU-TA", 2019): 200.0, ("RU-TA", 2020): 210.0,
        ("RU-TOM", 2019): 30.0, ("RU-TOM", 2020): 31.0,
    }  # fmt: skip


def test_years_in_headings_beside_the_name_of_the_figure_need_no_word():
    table = pd.DataFrame(
        {
            "Регион": ["Томская область", "Татарстан"],
            "Экспорт, млрд долл. 2019": [0.1, 5.0],
            "Экспорт, млрд долл. 2020": [0.2, 6.0],
            "high_tech_exports_2019": [30.0, 200.0],
            "high_tech_exports_2020": [31.0, 210.0],
        }
    )
    frame = wb.data.adopt(table, EXPORTS)
    assert frame.loc[("RU-TOM", 2019)].tolist() == [30.0, 100.0]
    assert frame.loc[("RU-TA", 2020)].tolist() == [210.0, 6000.0]


def test_figures_in_another_unit_are_suspected_and_never_turned_silently():
    table = exports(high_tech_exports=exports()["high_tech_exports"] * 1000)
    found = wb.data.check(table, EXPORTS)
    assert not found.passed
    problem = row(found, "suspected unit")
    assert problem["mended"] == "no"
    assert "units={'high_tech_exports': 'thousand USD'}" in problem["remedy"]
    said = wb.data.check(table, EXPORTS, units={"high_tech_exports": "thousand USD"})
    assert said.passed
    assert row(said, "unit")["remedy"] == "converted: divided by 1000"
    frame = wb.data.adopt(table, EXPORTS, units={"high_tech_exports": "thousand USD"})
    pd.testing.assert_frame_equal(frame, wb.data.adopt(exports(), EXPORTS), check_exact=True)
    headed = table.rename(columns={"high_tech_exports": "high_tech_exports, thousand USD"})
    assert wb.data.check(headed, EXPORTS).passed
    # the user's word is believed, and the reader told
    large = exports(high_tech_exports=exports()["high_tech_exports"] * 400)
    assert not wb.data.check(large, EXPORTS).passed
    believed = wb.data.check(large, EXPORTS, units={"high_tech_exports": "mln USD"})
    assert believed.passed
    assert row(believed, "unit")["mended"] == "told"


def test_shares_of_one_are_suspected_where_percent_are_meant():
    table = geography83(broadband_share=0.83, organisations=500)
    found = wb.data.check(table, "ai-geography")
    assert "units={'broadband_share': 'share'}" in row(found, "suspected unit")["remedy"]
    frame = wb.data.adopt(table, "ai-geography", units={"broadband_share": "share"})
    assert frame.loc[("RU-TOM", 2023), "broadband_share"] == pytest.approx(83)


def test_cells_that_a_spreadsheet_shows_as_per_cents_are_shares(tmp_path):
    file = tmp_path / "shares.xlsx"
    table = pd.DataFrame(
        {
            "Регион": ["Томская область", "г. Москва"],
            "Год": 2023,
            "adoption_share, %": [0.05, 0.125],
        }
    )
    with pd.ExcelWriter(file) as book:
        table.to_excel(book, sheet_name="a", index=False)
        for cell in book.sheets["a"]["C"][1:]:
            cell.number_format = "0.0%"
    frame = wb.data.adopt(file, "ai-geography")
    assert frame["adoption_share"].tolist() == [12.5, 5.0]
    assert "shows as per cents" in row(wb.data.check(file, "ai-geography"), "unit")["found"]
    with pd.ExcelWriter(file) as book:
        table.to_excel(book, sheet_name="a", index=False)
        book.sheets["a"]["C2"].number_format = "0.0%"
    mixed = wb.data.check(file, "ai-geography")
    assert row(mixed, "mixed formats")["mended"] == "no"


def test_a_region_twice_is_refused_and_a_row_twice_is_not():
    again = pd.DataFrame({"region": ["Томская обл."], "year": [2019], "high_tech_exports": [99.0]})
    table = pd.concat([exports(), again], ignore_index=True)
    found = wb.data.check(table, EXPORTS)
    problem = row(found, "repeated key")
    assert (problem["where"], problem["mended"]) == ("RU-TOM 2019", "no")
    assert "regions={'RU-TOM': None}" in problem["remedy"]
    passing = wb.data.check(table, EXPORTS, regions={"Томская обл.": None})
    assert passing.passed, passing
    twice = pd.concat([exports(), exports().head(2)], ignore_index=True)
    found = wb.data.check(twice, EXPORTS)
    assert found.passed
    assert row(found, "repeated row")["mended"] == "yes"
    assert found.rows == 6


def test_names_that_only_resemble_a_region_are_suggested_not_taken():
    table = exports(
        region=["RU-KEM", "RU-KEM", "RU-TA", "RU-TA", "Томска область", "Томска область"]
    )
    found = wb.data.check(table, EXPORTS)
    problem = row(found, "unknown region")
    assert "regions={'Томска область': 'RU-TOM'}" in problem["remedy"]
    frame = wb.data.adopt(table, EXPORTS, regions={"Томска область": "RU-TOM"})
    pd.testing.assert_frame_equal(frame, wb.data.adopt(exports(), EXPORTS))
    assert wb.data.check(table, EXPORTS, regions={"Томска область": None}).rows == 4
    with pytest.raises(IdError, match="did you mean 'Томска область'"):
        wb.data.check(table, EXPORTS, regions={"Томская область": None})
    wrong = wb.data.check(table, EXPORTS, regions={"Томска область": "RU-XYZ"})
    assert "RU-XYZ" in wrong.problems.query("mended == 'no'")["where"].tolist()


def test_text_in_numbers_is_named_by_cell():
    cells = ["10", "ок. 11", "200", "нет", "30", "…"]
    found = wb.data.check(exports(high_tech_exports=cells), EXPORTS)
    problems = found.problems.query("problem == 'text in numbers'")
    assert problems["where"].tolist() == [
        "high_tech_exports: RU-TA 2020", "high_tech_exports: RU-KEM 2020",
    ]  # fmt: skip
    assert "'нет'" in problems.iloc[0]["found"]
    assert row(found, "marks")["where"] == "high_tech_exports: RU-TOM 2020"
    infinite = wb.data.check(exports(high_tech_exports=[1, 2, np.inf, 4, True, 6]), EXPORTS)
    where = infinite.problems.query("problem == 'text in numbers'")["where"]
    assert set(where) == {"high_tech_exports: RU-TA 2019", "high_tech_exports: RU-TOM 2019"}
    assert "empty rows" not in names_of(infinite.problems)


def test_a_mark_that_may_part_thousands_or_decimals_needs_a_word():
    table = exports(high_tech_exports=["1,234", "5", "2,345", "6", "7", "8"])
    found = wb.data.check(table, EXPORTS)
    assert "decimal=','" in row(found, "decimal mark")["remedy"]
    small = wb.data.adopt(table, EXPORTS, decimal=",")["high_tech_exports"]
    large = wb.data.adopt(table, EXPORTS, decimal=".")["high_tech_exports"]
    assert small[("RU-KEM", 2019)] == 1.234
    assert large[("RU-KEM", 2019)] == 1234


def test_bounds_parts_counts_and_years_are_held():
    table = exports(exports=[5.0, 50.0, 900.0, 900.0, 90.0, 90.0], year=[1919, 2020] * 3)
    table.loc[1, "high_tech_exports"] = -1.0
    found = wb.data.check(table, EXPORTS)
    told = found.problems.query("mended == 'no'").set_index("problem")
    assert told.loc["out of bounds", "where"] == "high_tech_exports: RU-KEM 2020"
    assert told.loc["part above its whole", "where"] == "high_tech_exports: RU-KEM 1919"
    assert told.loc["year", "found"] == "1919"
    broken = geography83(developers=np.arange(83) / 10)
    counts = row(wb.data.check(broken, "ai-geography"), "fraction of a count")
    assert "thousand organisations" in counts["remedy"]
    assert wb.data.check(
        broken, "ai-geography", units={"developers": "thousand organisations"}
    ).passed


def test_a_heading_that_resembles_a_column_needs_a_word():
    table = exports().rename(columns={"high_tech_exports": "hightech_exprots"})
    found = wb.data.check(table, EXPORTS)
    assert names_of(found.problems, "no") == ["unknown column"]
    call = "columns={'hightech_exprots': 'high_tech_exports'}"
    assert call in row(found, "unknown column")["remedy"]
    assert wb.data.check(table, EXPORTS, columns={"hightech_exprots": "high_tech_exports"}).passed
    yearless = wb.data.check(exports().drop(columns="year").iloc[::2], EXPORTS)
    assert "assign(year=" in row(yearless, "missing column")["remedy"]


def test_words_for_zero_and_one_are_read():
    ids = regions83()
    table = geography83(ai_created=["да" if region == "RU-TOM" else "нет" for region in ids])
    frame = wb.data.adopt(table, "ai-geography", scheme="83")
    assert frame["ai_created"].sum() == 1
    assert frame.loc[("RU-TOM", 2023), "ai_created"] == 1


def test_clusters_are_kept_by_their_names_with_their_region():
    table = pd.DataFrame(
        {
            "Кластер": ["Зеленоград", "Smart Tomsk"], "Год": 2024,
            "Регион": ["г. Москва", "Томская область"], "kind": "cluster",
            "strategy_governance": [60, 40], "people": [70, 55], "data_infrastructure": [65, 50],
            "use_in_processes": [40, 20], "effects": [30, 10],
        }
    )  # fmt: skip
    frame = wb.data.adopt(table, "ai-maturity")
    assert frame.index.tolist() == [("Smart Tomsk", 2024), ("Зеленоград", 2024)]
    assert frame["region"].tolist() == ["RU-TOM", "RU-MOW"]
    odd = wb.data.check(table.assign(kind="Cluster?"), "ai-maturity")
    assert row(odd, "unknown word")["expected"] == ("one of cluster (кластер), region (регион)")
    gaps = wb.data.check(table.assign(effects=[30, None]), "ai-maturity")
    assert row(gaps, "missing figure")["where"] == "effects: Smart Tomsk 2024"


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_and_columns_does_not_matter(seed):
    ids = regions83()
    table = geography83(
        region=["Тюменская обл. без авт. округов" if r == "RU-TYU" else r for r in ids],
        adoption_share=["н/д" if r == "RU-KEM" else f"{3 + 0.1 * k:.1f}".replace(".", ",")
                        for k, r in enumerate(ids)],
        organisations=np.arange(83) * 7 + 100, stray="x",
    )  # fmt: skip
    mixed = table.sample(frac=1, random_state=seed)[sorted(table.columns)]
    first, second = wb.data.check(table, "ai-geography"), wb.data.check(mixed, "ai-geography")
    assert str(first) == str(second)
    assert first.sha256 == second.sha256
    pd.testing.assert_frame_equal(
        wb.data.adopt(table, "ai-geography"), wb.data.adopt(mixed, "ai-geography"), check_exact=True
    )


def test_the_refusal_carries_the_problems_and_the_table_stays_as_it_was():
    table = exports(high_tech_exports=["1,5 тыс", "2", "3", "4", "5", "6"], odd=1)
    before = table.copy(deep=True)
    with pytest.raises(DataIntegrityError) as caught:
        wb.data.adopt(table, EXPORTS, units={"high_tech_exports": "mln USD"})
    told = str(caught.value)
    assert "'1,5 тыс'" in told
    assert "RU-KEM 2019" in told
    assert caught.value.offenders == ("high_tech_exports: RU-KEM 2019",)
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"units": {"high_tech_exports": "mln RUB"}}, InputError, "can be turned into mln USD"),
        ({"units": {"high_tech_export": "USD"}}, OptionError, "did you mean 'high_tech_exports'"),
        ({"columns": {"yaer": "year"}}, InputError, "did you mean 'year'"),
        ({"columns": {"year": "years"}}, OptionError, "did you mean 'year'"),
        ({"scheme": "81"}, OptionError, "scheme"),
        ({"decimal": ";"}, OptionError, "decimal"),
        ({"units": ["USD"]}, InputError, "a mapping"),
    ],
)
def test_words_that_cannot_be_followed_are_refused(options, error, told):
    with pytest.raises(error, match=told):
        wb.data.check(exports(), EXPORTS, **options)


def test_what_is_no_table_or_no_form_is_refused():
    with pytest.raises(OptionError, match="did you mean 'high-tech-exports'"):
        wb.data.check(exports(), "hightech-exports")
    with pytest.raises(OptionError, match="one of 'ai-geography'"):
        wb.data.check(exports(), "us-states")
    with pytest.raises(InputError, match="a DataFrame"):
        wb.data.check([1, 2], EXPORTS)
    with pytest.raises(InputError, match="with headings"):
        wb.data.check(pd.DataFrame(), EXPORTS)
    nothing = wb.data.check(exports().iloc[:0], EXPORTS)
    assert names_of(nothing.problems) == ["no figures"]
    assert not nothing.passed


def test_the_check_tells_itself_in_a_row_and_in_a_notebook():
    found = wb.data.check(exports(high_tech_exports="<b>"), EXPORTS)
    glance = found.glance().iloc[0]
    assert (glance["form"], glance["passed"], glance["rows"]) == (EXPORTS, False, 6)
    assert glance["unmended"] == len(found.unmended)
    assert "&lt;b&gt;" in found._repr_html_()
    assert "<b>'" not in found._repr_html_()
    problems = found.problems
    problems.loc[:, "mended"] = "yes"
    assert not found.passed


def book(path, rows, *, hidden=()):
    """Write sheets by their names, some of them hidden."""
    work = openpyxl.Workbook()
    work.remove(work.active)
    for name, lines in rows.items():
        sheet = work.create_sheet(name)
        for line in lines:
            sheet.append(line)
    for name in hidden:
        work[name].sheet_state = "hidden"
    work.save(path)
    return path


UNTOLD = ["Регион", "Год", "Экспорт высокотехнологичных товаров"]


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("heading", ["Единица измерения", "Ед. изм.", "Unit of measure"])
def test_a_column_of_units_is_followed_and_not_left_out(heading):
    table = exports(**{heading: "Тысяча долларов США"})
    found = wb.data.check(table, EXPORTS)
    assert found.passed, found
    told = found.problems.query("problem == 'unit'")["found"]
    assert any(f"as the column {heading!r} says" in text for text in told)
    frame = wb.data.adopt(table, EXPORTS)
    assert frame.loc[("RU-TA", 2020), "high_tech_exports"] == 0.2105


@pytest.mark.parametrize(
    ("heading", "value"),
    [("adoption_share, ‰", 0.5), ("Организации, использующие ИИ, %", 5.0), ("adoption_share", 5.0)],
)
def test_signs_of_units_in_headings_are_read(heading, value):
    table = pd.DataFrame({"region": ["RU-TOM"], "year": [2022], heading: [5.0]})
    assert wb.data.adopt(table, "ai-geography")["adoption_share"].item() == value


def test_units_that_differ_by_row_need_a_word():
    table = exports(unit=["тыс. долл. США", "млн долл. США"] * 3)
    found = wb.data.check(table, EXPORTS)
    told = row(found, "units by row")
    assert (told["where"], told["mended"]) == ("high_tech_exports", "no")
    assert wb.data.check(table, EXPORTS, units={"high_tech_exports": "mln USD"}).passed


def test_a_unit_above_the_table_is_asked_about_and_never_passed_over(tmp_path):
    lines = [["Экспорт по субъектам Российской Федерации"], ["(в тысячах долларов США)"],
             UNTOLD, ["Томская область", 2019, 51.2], ["Татарстан", 2019, 120.0]]  # fmt: skip
    path = book(tmp_path / "a.xlsx", {"1": lines})
    told = row(wb.data.check(path, EXPORTS), "unit above the table")
    assert told["mended"] == "no"
    assert "units={'high_tech_exports': 'тысячах долларов сша'}" in told["remedy"]
    thousand = {"high_tech_exports": "тысячах долларов сша"}
    frame = wb.data.adopt(path, EXPORTS, units=thousand)
    assert frame.loc[("RU-TOM", 2019), "high_tech_exports"] == 0.0512
    assert wb.data.check(path, EXPORTS, units={"high_tech_exports": "mln USD"}).passed
    lines[1] = ["(млн. долл. США)"]
    assert wb.data.check(book(tmp_path / "b.xlsx", {"1": lines}), EXPORTS).passed


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("HT exports (thousand of US dollars)", 0.0305),
        ("Вывоз, долл. США, тыс.", 0.0305),
        ("Вывоз (тыс. долл. США) всего", 0.0305),
        ("Вывоз, всего", 30.5),
    ],
)
def test_the_unit_in_a_heading_that_the_user_names_is_read(heading, value):
    table = pd.DataFrame({"region": ["RU-TOM"], "year": [2019], heading: [30.5]})
    frame = wb.data.adopt(table, EXPORTS, columns={heading: "high_tech_exports"})
    assert frame["high_tech_exports"].item() == value


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("heading", ["HT exports, $m thousands", "Вывоз, тыс. у. е.", "exp, mln €"])
def test_a_unit_that_is_not_understood_is_no_unit_of_the_form(heading):
    table = pd.DataFrame({"region": ["RU-TOM"], "year": [2019], heading: [30.5]})
    said = {"columns": {heading: "high_tech_exports"}}
    assert names_of(wb.data.check(table, EXPORTS, **said).problems, "no") == ["unit"]
    assert wb.data.check(table, EXPORTS, units={"high_tech_exports": "USD"}, **said).passed


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    "years",
    [["2018", "2019 1)"], ["2018 г.", "2019 г.1)"], ["2018*", "2019²⁾"], ["2018", "20191)"]],
)
def test_footnotes_of_years_in_headings_do_not_hide_the_year(years):
    stem = "Экспорт высокотехнологичных товаров, млн долл. США, "
    table = pd.DataFrame({"Регион": ["Томская область"], stem + years[0]: [1.5],
                          stem + years[1]: [2.5]})  # fmt: skip
    frame = wb.data.adopt(table, EXPORTS)
    assert frame["high_tech_exports"].to_dict() == {("RU-TOM", 2018): 1.5, ("RU-TOM", 2019): 2.5}


def test_two_columns_of_regions_must_agree():
    table = exports(ОКАТО=["32000000000"] * 2 + ["92000000000"] * 2 + ["69000000000"] * 2)
    assert wb.data.check(table, EXPORTS).passed
    wrong = table.assign(ОКАТО=["32000000000"] * 2 + ["92000000000"] * 2 + ["68000000000"] * 2)
    found = wb.data.check(wrong, EXPORTS)
    assert row(found, "regions that disagree")["found"] == "'RU-TOM' beside '68000000000'"
    assert wb.data.check(wrong, EXPORTS, columns={"ОКАТО": None}).passed


def test_codes_of_two_digits_are_okato_only_under_that_heading():
    # 77, 78 and 50 are Moscow, Saint Petersburg and Moscow oblast to the tax offices
    table = pd.DataFrame({"region": [77, 78, 50], "year": 2019, "high_tech_exports": [51.0, 5, 9]})
    told = row(wb.data.check(table, EXPORTS), "codes of two digits")
    assert told["mended"] == "no"
    assert "'77' for RU-CHU" in told["found"]
    okato = table.rename(columns={"region": "OKATO"})
    frame = wb.data.adopt(okato, EXPORTS)
    assert sorted(frame.index.get_level_values("region")) == ["RU-CHU", "RU-NVS", "RU-YAR"]


def test_dates_inside_a_year_are_no_years_and_others_are_told():
    quarter = exports(year=pd.Timestamp("2019-03-31"), region=["RU-KEM", "RU-TA", "RU-TOM"] * 2)
    found = wb.data.check(quarter.iloc[:3], EXPORTS)
    assert row(found, "dates in a year")["mended"] == "no"
    end = quarter.iloc[:3].assign(year=dt.date(2019, 12, 31))
    found = wb.data.check(end, EXPORTS)
    assert found.passed
    assert row(found, "year")["mended"] == "told"


def test_points_of_one_column_group_no_digits_of_another():
    table = exports(high_tech_exports=["10.512", "10.5"] * 3, exports=["1000,75"] * 6)
    found = wb.data.check(table, EXPORTS, decimal=",")
    told = found.problems.query("problem == 'text in numbers'")["found"].tolist()
    assert told[1] == "'10.512' (a decimal point, where the file has decimal commas)"


def test_a_missing_column_is_looked_for_in_the_cells():
    table = exports().rename(columns={"region": "column 1", "high_tech_exports": "Значение"})
    table["Примечание"] = "оценка"
    found = wb.data.check(table, EXPORTS)
    remedies = " ".join(found.problems.query("mended == 'no'")["remedy"])
    assert "columns={'column 1': 'region'}" in remedies
    assert "columns={'Значение': 'high_tech_exports'}" in remedies
    said = {"column 1": "region", "Значение": "high_tech_exports"}
    assert wb.data.check(table, EXPORTS, columns=said).passed


def test_a_workbook_of_several_sheets_says_which_are_hidden_and_how_to_name_one(tmp_path):
    lines = [["region", "year", "high_tech_exports"], ["RU-TOM", 2019, 30.5]]
    path = book(tmp_path / "a.xlsx", {"old": lines, "new": lines}, hidden=["old"])
    with pytest.raises(InputError) as caught:
        wb.data.check(path, EXPORTS)
    text = str(caught.value)
    assert "hidden in the workbook: old" in text
    assert "sheet='new', or give the sheet that is meant the name 'high-tech-exports'" in text
    assert wb.data.check(path, EXPORTS, sheet="new").passed
    named = book(tmp_path / "b.xlsx", {"old": lines, EXPORTS: lines})
    assert wb.data.check(named, EXPORTS).passed


def test_a_table_of_one_year_may_say_it_in_its_headings():
    table = exports().query("year == 2019").drop(columns="year")
    assert "'high_tech_exports 2023'" in row(wb.data.check(table, EXPORTS), "missing column").remedy
    dated = table.rename(columns={"high_tech_exports": "high_tech_exports 2019"})
    frame = wb.data.adopt(dated, EXPORTS)
    assert frame.index.get_level_values("year").tolist() == [2019] * 3


def test_an_encoding_that_must_be_said_can_be_said(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes("Регион;Год;high_tech_exports\nТомская область;2019;51\n".encode("koi8-r"))
    with pytest.raises(InputError, match=r"then hand over wb\.data\.read_table"):
        wb.data.check(file, EXPORTS)
    assert wb.data.check(wb.data.read_table(file, encoding="koi8-r"), EXPORTS).passed


def test_units_that_contradict_each_other_are_told_or_refused():
    heading = "high_tech_exports, тыс. долл. США"
    table = exports().rename(columns={"high_tech_exports": heading})
    said = {"units": {"high_tech_exports": "mln USD"}}
    found = wb.data.check(table, EXPORTS, **said)
    assert found.passed
    assert row(found, "unit")[["found", "mended"]].tolist() == [
        "'тыс. долл. США' in the heading", "told",
    ]  # fmt: skip
    agreeing = table.assign(unit="thousand USD")
    assert wb.data.check(agreeing, EXPORTS).passed
    other = wb.data.check(table.assign(unit="млн долл."), EXPORTS)
    assert row(other, "units that disagree")["mended"] == "no"
    assert wb.data.check(table.assign(unit="млн долл."), EXPORTS, **said).passed


def test_a_share_printed_for_the_whole_oblast_needs_no_weight():
    parts = ["Архангельская область без автономного округа", "Ненецкий автономный округ"]
    table = pd.DataFrame({"region": ["Архангельская область", *parts], "year": 2023,
                          "adoption_share": [5.4, 5.0, 10.0]})  # fmt: skip
    told = row(wb.data.check(table, "ai-geography"), "scheme")
    assert "leave those of their parts out by regions={...: None}" in told["remedy"]
    frame = wb.data.adopt(table, "ai-geography", regions=dict.fromkeys(parts))
    assert frame["adoption_share"].to_dict() == {("RU-ARK", 2023): 5.4}


def test_a_row_without_its_name_is_not_lost():
    table = pd.DataFrame({"cluster": ["alpha", None], "name_ru": ["А", "Б"], "form": "territorial",
                          "region": ["RU-TOM", "RU-TA"], "industry": "ИИ", "source": ["a", None],
                          "members_companies": [3, 4]})  # fmt: skip
    found = wb.data.check(table, "cluster-registry")
    told = found.problems.query("problem == 'missing word'")["where"].tolist()
    assert [where.split(":")[0] for where in told] == ["cluster", "source"]


def test_a_year_in_a_heading_of_a_table_without_years_needs_a_word():
    table = pd.DataFrame({"cluster": ["alpha"], "name_ru": ["А"], "form": "territorial",
                          "region": ["RU-TOM"], "industry": "ИИ", "source": ["a"],
                          "members_companies 2023": [3]})  # fmt: skip
    found = wb.data.check(table, "cluster-registry")
    assert row(found, "unknown column")["mended"] == "no"
    said = {"columns": {"members_companies 2023": "members_companies"}}
    frame = wb.data.adopt(table, "cluster-registry", **said)
    assert frame["members_companies"].tolist() == [3.0]


def test_a_registry_needs_the_words_of_its_rows_and_no_figures():
    table = pd.DataFrame({"Код": ["alpha", "beta"], "Название": ["А", "Б"], "Форма": "territorial",
                          "Регион": ["Томская область", "г. Москва"], "Отрасль": "ИИ",
                          "Источник": "a"})  # fmt: skip
    found = wb.data.check(table, "cluster-registry")
    assert found.passed, str(found)
    assert "unknown column" not in set(found.problems["problem"])
    assert wb.data.adopt(table, "cluster-registry")["region"].tolist() == ["RU-TOM", "RU-MOW"]
    partly = table.assign(lon=[84.98, None], lat=[56.5, None])
    frame = wb.data.adopt(partly, "cluster-registry")
    assert list(frame.index) == ["alpha", "beta"]
    assert frame["lon"].isna().tolist() == [False, True]
    blank = pd.concat([partly, pd.DataFrame([{"Код": "gamma"}])], ignore_index=True)
    assert "passed, 2 rows" in str(wb.data.check(blank, "cluster-registry"))
    # where figures are what a form is for, a table without any lacks them
    bare = pd.DataFrame({"region": ["RU-TOM"], "year": [2023]})
    lacking = wb.data.check(bare, "ai-geography").problems.query("problem == 'missing column'")
    assert lacking["where"].tolist() == ["figures"]


def test_figures_of_two_units_in_one_column_are_asked_about_by_row():
    ids = sorted(units_of("80"))
    share = np.where(np.arange(80) % 3 == 0, 0.1, 12.0)
    revenue = np.where(np.arange(80) == 5, 3e9, 2.0)
    table = pd.DataFrame({"region": ids, "year": 2023, "adoption_share": share})
    found = wb.data.check(table, "ai-geography")
    assert names_of(found.problems, "no") == ["mixed units"]
    assert row(found, "mixed units")["where"].startswith(f"adoption_share: {ids[0]} 2023, {ids[3]}")
    assert wb.data.check(table, "ai-geography", units={"adoption_share": "%"}).passed
    money = table.assign(adoption_share=12.0, software_revenue=revenue)
    found = wb.data.check(money, "ai-geography")
    assert row(found, "mixed units")["where"] == f"software_revenue: {ids[5]} 2023"
    assert wb.data.check(money, "ai-geography", units={"software_revenue": "bln RUB"}).passed
    # a capital is a thousand times an ordinary region and no error: it is told
    capital = money.assign(software_revenue=np.where(np.arange(80) == 5, 2000.0, 2.0))
    found = wb.data.check(capital, "ai-geography")
    assert found.passed
    assert row(found, "far from the median")["mended"] == "told"


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("seed", range(5))
def test_skewed_figures_of_one_unit_are_not_taken_for_two(seed):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "region": sorted(units_of("80")), "year": 2023,
            "adoption_share": np.clip(rng.lognormal(1.5, 1.0, 80), 0.05, 90),
            "software_employment_share": np.clip(rng.lognormal(-0.5, 1.2, 80), 0, 30),
            "software_revenue": rng.lognormal(0.7, 1.8, 80),
        }
    )  # fmt: skip
    found = wb.data.check(table, "ai-geography")
    assert found.passed, found
    assert "mixed units" not in names_of(found.problems)


def clusters(**columns):
    table = pd.DataFrame({"cluster": ["alpha", "beta"], "name_ru": ["А", "Б"],
                          "form": "territorial", "region": ["RU-TOM", "RU-MOW"],
                          "industry": "ИИ", "source": "a"})  # fmt: skip
    return table.assign(**columns)


def test_a_key_twice_is_refused_in_the_words_of_its_own_form():
    problem = row(wb.data.check(clusters(cluster="alpha"), "cluster-registry"), "repeated key")
    assert problem["expected"] == "each cluster once"
    assert "regions=" not in problem["remedy"]
    twice = pd.concat([exports(), exports(high_tech_exports=1.0)])
    assert row(wb.data.check(twice, EXPORTS), "repeated key")["expected"] == (
        "each region and year once"
    )


def test_words_of_a_list_are_read_in_russian_and_shown_in_it():
    table = clusters(form=["Территориальный", "национальная  сеть"], basis=["частично", "read"])
    frame = wb.data.adopt(table, "cluster-registry")
    assert frame["form"].tolist() == ["territorial", "national network"]
    assert frame["basis"].tolist() == ["in part", "read"]
    odd = wb.data.check(clusters(form="рассеянный"), "cluster-registry")
    assert "territorial (территориальный)" in row(odd, "unknown word")["expected"]


def test_a_place_outside_the_region_of_its_row_is_named():
    # Tomsk is at 85 E 56.5 N, Moscow at 37.6 E 55.75 N; 158 E 53 N is in Kamchatka
    right = wb.data.check(clusters(lon=[85.0, 37.6], lat=[56.5, 55.75]), "cluster-registry")
    assert right.passed, right
    wrong = wb.data.check(clusters(lon=[85.0, 158.0], lat=[56.5, 53.0]), "cluster-registry")
    problem = row(wrong, "place outside its region")
    assert (problem["where"], problem["mended"]) == ("beta", "no")
    assert "RU-MOW" in problem["found"]
    # Surgut lies in the okrug, and so in the oblast that holds it; Simferopol has no border here
    away = clusters(region=["RU-KHM", "RU-CR"], lon=[73.4, 34.1], lat=[61.25, 44.95])
    assert "place outside its region" not in names_of(
        wb.data.check(away, "cluster-registry").problems
    )


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize(
    ("members", "right"),
    [
        ({"members_companies": [10, 3], "members_total": [5, 3]}, False),
        ({"members_companies": [10, 3], "members_total": [12, 3]}, True),
        ({"members_companies": [10, 3], "members_total": [None, 3]}, True),
        ({"members_companies": [6, 3], "members_research": [5, None], "members_total": [10, 3]},
         False),
        ({"members_companies": 1, "members_universities": 1, "members_research": 1,
          "members_other": [2, 1], "members_total": [6, 4]}, False),
        ({"members_companies": 1, "members_universities": 1, "members_research": 1,
          "members_other": [None, 1], "members_total": [6, 4]}, True),
        ({"members_companies": [2.5, 3], "members_total": [5, 3]}, False),
        ({"year_start": [2019.5, 2020]}, False),
        ({"City": "Tomsk", "region": "RU-TOM"}, True),
    ],
)  # fmt: skip
def test_a_registry_that_passes_is_one_that_can_be_counted(members, right):
    """What the check lets through, the reading of a registry does: the two agree on each case."""
    found = wb.data.check(clusters(**members), "cluster-registry")
    assert found.passed is right, found
    if not right:
        assert "alpha" in found.unmended[0].where
    counted = clusters(**{"year_start": 2020, **members}).set_index("cluster")
    counted = counted.rename(columns={"City": "city"})
    if right:
        assert len(wb.innovation.registry(counted, by=["form", "industry"]).table) == 2
    else:
        with pytest.raises(ValuesError):
            wb.innovation.registry(counted, by=["form", "industry"])


def test_parts_above_their_total_are_named_with_both_numbers():
    table = clusters(Компании=[10, 3], Участники=[5, 3])
    problem = row(wb.data.check(table, "cluster-registry"), "members that disagree")
    assert problem["where"] == "members_total: alpha"
    assert problem["found"] == "alpha: 5, parts 10"


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("heading", ["Год начала", "Год перечня"])
def test_words_for_years_are_read_in_every_column_of_years(heading):
    name = {"Год начала": "year_start", "Год перечня": "list_year"}[heading]
    table = clusters(**{heading: ["2021 г.", " 2019 год"]})
    found = wb.data.check(table, "cluster-registry")
    assert found.passed, found
    told = row(found, "year")
    assert (told["where"], told["mended"]) == (name, "yes")
    assert wb.data.adopt(table, "cluster-registry")[name].tolist() == [2021.0, 2019.0]
    mixed = clusters(**{heading: [2021, None]})
    assert "year" not in names_of(wb.data.check(mixed, "cluster-registry").problems)
    unsure = wb.data.check(clusters(**{heading: ["около 2021", 2019]}), "cluster-registry")
    assert row(unsure, "text in numbers")["mended"] == "no"


def test_the_bundled_registry_passes_as_a_table_of_the_users():
    own = pd.DataFrame(
        wb.load("ai-clusters").drop(columns="geometry", errors="ignore")
    ).reset_index()
    found = wb.data.check(own, "cluster-registry")
    assert found.passed, found


def test_a_heading_that_may_be_two_columns_is_asked_about_once():
    table = exports().rename(columns={"high_tech_exports": "Экспорт ВТ"})
    found = wb.data.check(table, EXPORTS)
    assert names_of(found.problems, "no") == ["unknown column"]
    remedy = row(found, "unknown column")["remedy"]
    assert "columns={'Экспорт ВТ': 'high_tech_exports'} or" in remedy
    assert wb.data.check(table, EXPORTS, columns={"Экспорт ВТ": "high_tech_exports"}).passed


def test_the_command_line_says_where_its_keywords_are_given(tmp_path, capsys):
    file = tmp_path / "t.csv"
    exports().rename(columns={"high_tech_exports": "Экспорт ВТ"}).to_csv(file, index=False)
    assert not examine(file, EXPORTS, sheet=None)
    told = capsys.readouterr().out
    assert told.count("wb.data.check(") == 1
    assert f"wb.data.adopt({str(file)!r}, '{EXPORTS}', columns={{...}}, to=" in told
    exports().to_csv(file, index=False)
    assert examine(file, EXPORTS, sheet=None)
    assert "wb.data" not in capsys.readouterr().out
    exports(**{"В дружественные страны": 4.0}).to_csv(file, index=False)
    assert examine(file, EXPORTS, sheet=None)
    assert capsys.readouterr().out.count("columns={...}") == 2


def maturity(**columns):
    table = pd.DataFrame({"Кластер": ["А", "Б"], "Регион": ["Москва", "Томская область"],
                          "Год": 2023, "Кадры": [60, 40], "Эффекты": [20, 30]})  # fmt: skip
    return table.assign(**columns)


MATURITY = "ai-maturity"


def test_each_missing_column_is_sought_in_a_column_of_its_own():
    """The nearest heading by its words, in any order of columns; following the hints is right."""
    table = maturity(Данные=[40, 41], Процессы=[30, 31], Стратегия=[50, 70])
    found = wb.data.check(table, MATURITY)
    asked = found.problems.query("mended == 'no'").set_index("where")["remedy"]
    right = {"Стратегия": "strategy_governance", "Данные": "data_infrastructure",
             "Процессы": "use_in_processes"}  # fmt: skip
    assert set(asked.index) == {repr(heading) for heading in right}
    for heading, name in right.items():
        assert f"columns={{{heading!r}: {name!r}}}" in asked[repr(heading)]
        assert sum(other in asked[repr(heading)] for other in right.values()) == 1
    assert "unknown column" not in names_of(found.problems, "yes")
    frame = wb.data.adopt(table, MATURITY, columns=right)
    assert frame.loc[("А", 2023), list(right.values())].tolist() == [50, 40, 30]


def test_of_two_headings_near_one_column_the_nearer_is_asked_about():
    table = maturity(Стратегия=[50, 70], Процессы=[30, 31], Данные=[40, 41])
    table["Стратегия развития региона"] = [1, 2]
    problems = wb.data.check(table, MATURITY).problems.query("problem == 'unknown column'")
    asked = problems.set_index("where")
    assert "columns={'Стратегия': 'strategy_governance'}" in asked.loc["'Стратегия'", "remedy"]
    other = asked.loc["'Стратегия развития региона'"]
    assert "strategy_governance" not in other["remedy"]


def test_where_no_column_is_near_those_that_are_left_are_listed_and_none_is_chosen():
    table = maturity(Блок1=[40, 41], Блок2=[30, 31], Блок3=[50, 70], Анкета="вторая")
    found = wb.data.check(table, MATURITY)
    lacking = found.problems.query("problem == 'missing column'")
    assert lacking["where"].tolist() == [
        "strategy_governance", "data_infrastructure", "use_in_processes",
    ]  # fmt: skip
    for remedy in lacking["remedy"]:
        assert "of 'Блок1', 'Блок2', 'Блок3'" in remedy
        assert "columns={'Блок" not in remedy
    left = found.problems.query("problem == 'unknown column'")
    assert left["mended"].tolist() == ["told"] * 4
    assert left["remedy"].str.contains("and it lacks data_infrastructure, strategy_gov").all()


def test_a_column_left_out_that_is_near_one_that_may_be_there_is_told():
    headings = {"В дружественные страны, тыс. долл.": "high_tech_to_friendly",
                "В недружественные страны, тыс. долл.": "high_tech_to_unfriendly"}  # fmt: skip
    table = exports(**dict.fromkeys(headings, 4000.0), Примечание="предв.")
    found = wb.data.check(table, EXPORTS)
    assert found.passed, found
    told = found.problems.query("problem == 'unknown column'").set_index("where")
    for heading, name in headings.items():
        assert told.loc[repr(heading), "mended"] == "told"
        assert f"columns={{{heading!r}: {name!r}}}" in told.loc[repr(heading), "remedy"]
    assert told.loc["'Примечание'", "mended"] == "yes"
    frame = wb.data.adopt(table, EXPORTS, columns=headings)
    assert frame["high_tech_to_friendly"].tolist() == [4.0] * 6


def test_years_of_one_column_are_asked_about_together():
    table = pd.DataFrame({"Регион": ["Томская область", "Татарстан"], "Вывоз, 2019": [30.0, 200.0],
                          "Вывоз, 2020": [31.0, 210.0]})  # fmt: skip
    near = table.rename(columns=lambda text: text.replace("Вывоз", "Высокотехнологичный вывоз"))
    asked = wb.data.check(near, EXPORTS).problems.query("problem == 'unknown column'")
    said = dict.fromkeys(near.columns[1:], "high_tech_exports")
    assert [f"columns={{{h!r}: 'high_tech_exports'}}" in r
            for h, r in zip(said, asked["remedy"], strict=True)] == [True, True]  # fmt: skip
    assert wb.data.check(near, EXPORTS, columns=said).passed


def test_a_word_that_is_needed_is_never_sought_among_words_that_are_not_near():
    table = clusters(Примечание="б").drop(columns="source")
    remedy = row(wb.data.check(table, "cluster-registry"), "missing column")["remedy"]
    assert "columns={'...': 'source'}" in remedy


def test_a_column_of_words_is_never_taken_for_figures_by_its_name():
    table = maturity(Стратегия=["принята", "нет"], Данные=[1, 2], Процессы=[3, 4])
    found = wb.data.check(table, MATURITY)
    lacking = found.problems.query("problem == 'missing column'")
    assert lacking["where"].tolist() == ["strategy_governance"]
    assert "'Стратегия'" not in lacking["remedy"].iloc[0]
