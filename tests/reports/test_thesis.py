"""A thesis begins from the student's own files: drafted, refused by name, or written whole."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, box

import workbench as wb
from workbench.cli import main
from workbench.data import catalogue
from workbench.errors import (
    DataIntegrityError,
    GeometryError,
    IdError,
    InputError,
    PanelError,
    ReportError,
    ValuesError,
)
from workbench.reports.studies import Study, disagreement
from workbench.reports.thesis import folder as writing
from workbench.reports.thesis.draft import draft
from workbench.reports.thesis.folder import make_folder
from workbench.reports.thesis.notebook import script
from workbench.reports.thesis.wanted import Wanted

ROOT = Path(__file__).parents[2]
IDS = [f"{number:02d}" for number in range(1, 14)]
ISLAND = "13"


def values(number):
    """Return (outcome, regressor, other) of a region: known numbers without a pattern."""
    return round(number**1.5 % 7, 3), (number * 5) % 11 + 0.25, (number * number) % 13 + 1


@pytest.fixture
def files(tmp_path):
    """Twelve squares in a row of three and an island, in degrees, and their table."""
    shapes = [box(30 + k % 4, 50 + k // 4, 31 + k % 4, 51 + k // 4) for k in range(12)]
    regions = gpd.GeoDataFrame(
        {"code": IDS}, geometry=[*shapes, box(40, 50, 41, 51)], crs="EPSG:4326"
    )
    regions.to_file(tmp_path / "map.gpkg")
    table = pd.DataFrame(
        [(int(one), *values(int(one))) for one in IDS],
        columns=["Код", "Доход, тыс. руб.", "Образование (%)", "R&D"],
    )
    table.to_csv(tmp_path / "figures.csv", index=False)
    return tmp_path, regions, table


def asked(place, **more):
    known = {"data": place / "map.gpkg", "table": place / "figures.csv", "region": "Код"}
    return Wanted("my-thesis", **{**known, **more})


def test_names_units_and_ids_are_drafted_from_the_files(files):
    place, _, table = files
    found = draft(asked(place))
    assert [(c.name, c.unit, c.type) for c in found.columns] == [
        ("Доход", "тыс. руб.", "number"),
        ("Образование", "%", "number"),
        ("R_D", "?", "number"),
    ]
    assert (found.outcome, found.regressors) == ("Доход", ("Образование", "R_D"))
    assert set(found.places.frame.index) == {str(int(one)) for one in IDS}  # "01" is 1
    for row in table.itertuples(index=False):
        assert found.figures.loc[str(row[0]), "Доход"] == row[1]


def test_outcome_and_regressors_are_taken_as_named(files):
    found = draft(asked(files[0], outcome="R&D", regressors=("доход, ТЫС. руб.",)))
    assert (found.outcome, found.regressors) == ("R_D", ("Доход",))
    with pytest.raises(InputError, match="outcome") as refused:
        draft(asked(files[0], outcome="Доходы"))
    assert "Доход, тыс. руб." in str(refused.value)


def test_regions_that_do_not_match_are_refused_by_name(files):
    place, _, table = files
    table.iloc[:-1].assign(Код=[*range(1, 12), 99]).to_csv(place / "figures.csv", index=False)
    with pytest.raises(IdError) as refused:
        draft(asked(place))
    message = str(refused.value)
    assert "only on the map: 12, 13" in message
    assert "only in the table: 99" in message
    assert "--matched-only" in message
    found = draft(asked(place, matched_only=True))
    assert found.regions == 11
    assert any("99" in note and "at your word" in note for note in found.notes)


def test_a_cell_that_is_no_number_is_named(files):
    place, _, table = files
    table.astype({"R&D": object}).assign(**{"R&D": ["3*", *range(12)]}).to_csv(
        place / "figures.csv", index=False
    )
    with pytest.raises(ValuesError, match="a footnote mark after 3") as refused:
        draft(asked(place))
    assert "row 1" in str(refused.value)


def test_a_region_twice_asks_for_the_years(files):
    place, _, table = files
    both = pd.concat([table.assign(Год=2019), table.assign(Год=2020)])
    both.to_csv(place / "figures.csv", index=False)
    with pytest.raises(PanelError, match="--time"):
        draft(asked(place))
    found = draft(asked(place, time="Год"))
    assert found.panel
    assert found.figures.index.names == ["region", "year"]
    assert draft_of_one_year(place, table).panel is False


def draft_of_one_year(place, table):
    table.assign(Год=2019).to_csv(place / "figures.csv", index=False)
    return draft(asked(place, time="Год"))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda g: g.set_crs(None, allow_override=True), InputError, "--crs"),
        (lambda g: g.assign(code=["01", *IDS[:-1]]), IdError, "dissolve"),
        (lambda g: g.set_geometry([None, *g.geometry[1:]]), GeometryError, "without"),
        (
            lambda g: g.set_geometry([LineString([(0, 0), (1, 1)]), *g.geometry[1:]]),
            GeometryError,
            "LineString",
        ),
        (lambda g: g.rename(columns={"code": "x"}).assign(x=range(50, 63)), IdError, "--data-id"),
    ],
)
@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_map_that_cannot_be_used_is_refused(files, change, error, words):
    place, regions, _ = files
    (place / "map.gpkg").unlink()
    change(regions).to_file(place / "map.geojson" if words != "--crs" else place / "map.gpkg")
    data = place / ("map.gpkg" if words == "--crs" else "map.geojson")
    named = "code" if error is IdError and words == "dissolve" else ""
    with pytest.raises(error, match=words):
        draft(asked(place, data=data, data_region=named))


def test_points_with_attributes_need_no_table(files):
    place, regions, table = files
    points = regions.set_geometry([Point(30 + k, 50 + k % 3) for k in range(13)])
    points.assign(y=table["R&D"], x=table["Образование (%)"]).to_file(place / "points.gpkg")
    found = draft(asked(place, data=place / "points.gpkg", table=None, region="code"))
    assert found.places.kind == "points"
    assert (found.outcome, found.regressors) == ("y", ("x",))


def russian_excel(file, *, wrong=""):
    """Write a table as a statistical office does: title, decimal commas, notes, an aggregate."""
    regions = wb.load("russia-regions")
    panel = wb.load("russia-innovation").reset_index()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Инновационная активность регионов России"])
    sheet.append([])
    sheet.append(["Регион", "Год", "Патенты, ед.", "Студенты (тыс. чел.)", "Население, тыс. чел."])
    for row in panel[panel["year"].between(2011, 2014)].itertuples():
        figures = [row.patents, row.students, row.population]
        shown = ["…" if pd.isna(x) else str(x).replace(".", ",") for x in figures]
        name = regions.loc[row.region, "name_ru"]
        sheet.append([wrong if wrong and row.region == "RU-TOM" else name, row.year, *shown])
    sheet.append(["Российская Федерация", 2014, "1,5", "2,5", "3,5"])
    sheet.append([])
    sheet.append(["1) По данным Росстата."])
    book.save(file)
    return file


def wide_excel(file, *, stems=("ВРП, млн руб. ", "Инвестиции, млн руб., ")):
    """Write the same with years in headings, as a statistical office prints its tables."""
    regions = wb.load("russia-regions")
    panel = wb.load("russia-innovation").reset_index()
    panel = panel[panel["year"].between(2011, 2013)]
    table = panel.pivot_table(index="region", columns="year", values=["patents", "students"])
    book = openpyxl.Workbook()
    sheet = book.active
    headings = [f"{stem}{year}" for stem in stems for year in (2011, 2012, 2013)]
    sheet.append(["Регион", *headings])
    for region, row in table.iterrows():
        shown = [str(x).replace(".", ",") for x in row.iloc[: len(headings)]]
        sheet.append([regions.loc[region, "name_ru"], *shown])
    book.save(file)
    return file, table


def test_years_in_headings_become_rows(tmp_path):
    """The table of the office has a column a year; each figure must stand in its year."""
    file, table = wide_excel(tmp_path / "figures.xlsx")
    found = draft(Wanted("my-thesis", None, file, region="Регион"))
    assert found.panel
    assert sorted(set(found.figures.index.get_level_values("year"))) == [2011, 2012, 2013]
    kept = found.figures.loc[("RU-TOM", 2012)]
    assert kept[found.outcome] == pytest.approx(table.loc["RU-TOM", ("patents", 2012)])
    assert kept[found.regressors[0]] == pytest.approx(table.loc["RU-TOM", ("students", 2012)])
    assert any("Years stood in headings" in note for note in found.notes)


def test_one_figure_by_years_explains_nothing(tmp_path):
    """A figure is not explained by itself of another year unless somebody says so."""
    file, _ = wide_excel(tmp_path / "grp.xlsx", stems=("",))
    with pytest.raises(InputError, match="at least two columns of numbers"):
        draft(Wanted("my-thesis", None, file, region="Регион"))


def test_russian_regions_are_found_by_name_without_a_map(tmp_path):
    file = russian_excel(tmp_path / "figures.xlsx")
    found = draft(Wanted("my-thesis", None, file, time="Год"))
    assert (found.regions, len(found.figures), found.part) == (80, 320, "regions80")
    bundled = wb.load("russia-innovation")
    assert (
        found.figures.loc[("RU-TOM", 2013), "Студенты"] == bundled.loc[("RU-TOM", 2013), "students"]
    )
    assert any("Российская Федерация" in note for note in found.notes)


def test_an_unknown_region_is_refused_with_the_nearest(tmp_path):
    file = russian_excel(tmp_path / "figures.xlsx", wrong="Томскаяя область")
    with pytest.raises(IdError, match="Томскаяя") as refused:
        draft(Wanted("my-thesis", None, file, region="Регион", time="Год"))
    assert "RU-TOM" in str(refused.value)


def test_the_folder_holds_a_study_in_step_and_data_that_load(files, monkeypatch):
    place, _, table = files
    written = make_folder(draft(asked(place)), place / "my-thesis")
    for name in ("README.md", "Makefile", "pyproject.toml", ".gitignore",
                 "notebooks/references.bib", "reports/.gitkeep",
                 "geodata/my-thesis/datapackage.json",
                 "geodata/my-thesis/source/figures.csv"):  # fmt: skip
        assert name in written
    assert disagreement(Study("my-thesis", place / "my-thesis" / "notebooks")) == ""
    monkeypatch.chdir(place / "my-thesis" / "notebooks")
    loaded = wb.load("my-thesis")
    assert loaded["Доход"].sum() == pytest.approx(table["Доход, тыс. руб."].sum(), abs=1e-12)
    assert len(wb.load("my-thesis", part="regions")) == 13
    where = wb.datasets()["where"]
    assert where["my-thesis"] == "project"
    assert where["russia-regions"] == "bundled"
    said = json.loads(
        (place / "my-thesis/geodata/my-thesis/datapackage.json").read_text(encoding="utf-8")
    )
    assert "to be filled in" in said["licenses"][0]["title"]


def test_the_same_files_give_the_same_folder_and_name_no_place(files):
    place, _, _ = files
    for name in ("one", "two"):
        make_folder(draft(asked(place)), place / name)
    for file in (path for path in (place / "one").rglob("*") if path.is_file()):
        content = file.read_bytes()
        assert content == (place / "two" / file.relative_to(place / "one")).read_bytes()
        assert str(place).encode() not in content


def test_nothing_is_written_over(files):
    place, _, _ = files
    (place / "my-thesis").mkdir()
    with pytest.raises(InputError, match="never written over"):
        make_folder(draft(asked(place)), place / "my-thesis")
    assert list((place / "my-thesis").iterdir()) == []


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_an_interruption_leaves_nothing(files, monkeypatch, fault):
    place, _, _ = files
    before = sorted(place.iterdir())

    def stop(*args, **kwargs):
        raise fault

    monkeypatch.setattr(writing, "sync", stop)
    with pytest.raises((KeyboardInterrupt, ReportError)):
        make_folder(draft(asked(place)), place / "my-thesis")
    assert sorted(place.iterdir()) == before


def test_a_changed_file_and_a_name_in_both_are_refused(files, monkeypatch):
    place, _, _ = files
    make_folder(draft(asked(place)), place / "my-thesis")
    monkeypatch.chdir(place / "my-thesis")
    table = place / "my-thesis/geodata/my-thesis/figures.csv"
    table.write_text(table.read_text(encoding="utf-8") + "99,1,1,1\n", encoding="utf-8")
    with pytest.raises(DataIntegrityError, match="SHA-256"):
        wb.load("my-thesis")
    (place / "my-thesis/geodata/my-thesis").rename(place / "my-thesis/geodata/us-states")
    with pytest.raises(DataIntegrityError, match="another one of this name"):
        catalogue.load("us-states")


@pytest.mark.parametrize("name", ["My thesis", "диплом", "us-states", "-x", ""])
def test_a_name_that_cannot_be_is_refused(name):
    with pytest.raises(InputError, match="name"):
        Wanted(name, None, Path("x.csv"))


def test_a_hostile_heading_stays_words(files):
    place, _, table = files
    evil = 'x"]; import os # <script>alert(1)</script> $x$'
    table.rename(columns={"R&D": evil}).to_csv(place / "figures.csv", index=False)
    make_folder(draft(asked(place)), place / "my-thesis")
    script = (place / "my-thesis/notebooks/my-thesis.py").read_text(encoding="utf-8")
    code = "\n".join(line for line in script.splitlines() if not line.startswith("#"))
    compile(code, "study", "exec")
    assert "import os" not in code
    assert "<script>" not in script


def test_the_command_refuses_without_a_traceback_and_writes_with_one_line(
    files, capsys, monkeypatch
):
    place, _, _ = files
    monkeypatch.chdir(place)
    with pytest.raises(SystemExit) as left:
        main(["new", "my-thesis"])
    assert left.value.code == 2
    assert "--regions russia-regions" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        main(
            [
                "new",
                "my-thesis",
                "--data",
                "map.gpkg",
                "--table",
                "figures.csv",
                "--id",
                "Код",
                "--lang",
                "ru",
            ]
        )
    assert left.value.code == 0
    assert "make thesis" in capsys.readouterr().out
    readme = (place / "my-thesis" / "README.md").read_text(encoding="utf-8")
    assert "выполнить блокнот" in readme


def begun(place, *words):
    """Begin a thesis by the command line, make it and verify it; return its page."""
    program = f"{sys.executable} -m workbench.cli"
    environment = {**__import__("os").environ, "PYTHONPATH": str(ROOT)}
    for command, cwd in (
        ([*program.split(), "new", "my-thesis", *words], place),
        (["make", "thesis", f"WORKBENCH={program}"], place / "my-thesis"),
        (["make", "verify", f"WORKBENCH={program}"], place / "my-thesis"),
    ):
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return (place / "my-thesis/reports/my-thesis/index.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_map_with_an_island_and_a_gap_is_made_and_verified(files):
    place, _, table = files
    table.loc[2, "Образование (%)"] = None
    table.to_csv(place / "figures.csv", index=False)
    page = begun(place, "--data", "map.gpkg", "--table", "figures.csv", "--id", "Код",
                 "--regressors", "Образование")  # fmt: skip
    assert f"{ISLAND} linked to" in page
    assert "12 rows of 12 regions" in page.replace("\n", " ")


@pytest.mark.slow
def test_a_russian_panel_is_made_and_verified(tmp_path):
    russian_excel(tmp_path / "figures.xlsx")
    page = begun(tmp_path, "--regions", "russia-regions", "--table", "figures.xlsx",
                 "--time", "Год", "--lang", "ru")  # fmt: skip
    assert "Что спросит рецензент" in page
    assert "Описательные статистики" in page


def titled_excel(file, *, above, stems=("", "Инвестиции, млн руб., ")):
    """Write a table whose figures stand under years alone, below lines of a title."""
    _, table = wide_excel(file, stems=stems)
    book = openpyxl.load_workbook(file)
    book.active.insert_rows(1, len(above))
    for row, line in enumerate(above, start=1):
        book.active.cell(row, 1, line)
    book.save(file)
    return file, table


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("above", "name", "unit"),
    [
        (["Валовой региональный продукт, млн руб."], "Валовой_региональный_продукт", "млн руб."),
        (["Таблица 1.", "Валовой региональный продукт", "(млн руб.)"],
         "Валовой_региональный_продукт", "млн руб."),
        (["Таблица 1."], "grp_2", "?"),
        (["Инвестиции, млн руб."], "grp_2", "?"),
    ],
)  # fmt: skip
def test_figures_under_bare_years_are_named_by_the_line_above(tmp_path, above, name, unit):
    """The title of the table says what years hold; where none stands above, the file's name."""
    file, table = titled_excel(tmp_path / "grp 2.xlsx", above=above)
    found = draft(Wanted("my-thesis", None, file, region="Регион"))
    column = found.columns[0]
    assert (column.name, column.unit) == (name, unit)
    kept = found.figures.loc[("RU-TOM", 2012)]
    assert kept[column.name] == pytest.approx(table.loc["RU-TOM", ("patents", 2012)])
    other = found.columns[1]
    assert kept[other.name] == pytest.approx(table.loc["RU-TOM", ("students", 2012)])
    assert any("under years alone are called" in note for note in found.notes)


def test_rows_of_a_region_that_is_there_twice_are_named(tmp_path):
    """Line 3 of the file is the first region, line 84 the row that somebody pasted again."""
    file = one_year(tmp_path / "figures.xlsx", again=True)
    with pytest.raises(PanelError) as refused:
        draft(Wanted("my-thesis", None, file, region="Регион"))
    message = str(refused.value)
    assert "rows 2, 82" in message
    assert "keep one of the rows" in message
    assert "--time" in message


def one_year(file, *, names=None, constant=False, again=False):
    """Write a year of two figures by region, and a third that may be the same everywhere."""
    regions = wb.load("russia-regions")["name_ru"]
    year = wb.load("russia-innovation").xs(2013, level="year")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Регион", "Квота, %", "Студенты", "Население", "Год основания"])
    rows = [
        [(names or {}).get(region, regions[region]), 5.0 if constant else 1.0 + k,
         row.students, row.population, 7.0 + k % 3]
        for k, (region, row) in enumerate(year.iterrows())
    ]  # fmt: skip
    for row in rows + rows[:1] * again:
        sheet.append(row)
    book.save(file)
    return file


def test_an_ambiguous_region_is_told_what_it_may_be(tmp_path):
    file = one_year(tmp_path / "figures.xlsx", names={"RU-AL": "Алтай"})
    with pytest.raises(IdError) as refused:
        draft(Wanted("my-thesis", None, file, region="Регион"))
    message = str(refused.value)
    assert "Алтайский край (RU-ALT)" in message
    assert "Республика Алтай (RU-AL)" in message
    assert "Тюмен" not in message


def test_a_column_of_one_value_is_passed_over_and_refused_by_name(tmp_path):
    file = one_year(tmp_path / "figures.xlsx", constant=True)
    wanted = Wanted("my-thesis", None, file, region="Регион")
    found = draft(wanted)
    assert "Квота" not in (found.outcome, *found.regressors)
    assert any("One value throughout" in note and "Квота, %" in note for note in found.notes)
    for argument in ({"outcome": "Квота"}, {"regressors": ("Квота",)}):
        with pytest.raises(ValuesError, match="Квота, %"):
            draft(replace(wanted, **argument))


def test_a_map_and_a_table_that_spell_russian_regions_otherwise_meet(tmp_path):
    regions = wb.load("russia-regions")[["name_ru", "geometry"]].reset_index(drop=True)
    regions.to_file(tmp_path / "map.gpkg")
    short = {"RU-TOM": "Томская обл.", "RU-OMS": "Омская обл.", "RU-TA": "Респ. Татарстан"}
    file = one_year(tmp_path / "figures.xlsx", names=short)
    found = draft(Wanted("my-thesis", tmp_path / "map.gpkg", file, region="Регион"))
    assert found.complete
    assert "Томская обл." in found.places.frame.index
    assert any("Томская область = Томская обл." in note for note in found.notes)
    every = {region: name.upper() for region, name in wb.load("russia-regions")["name_ru"].items()}
    file = one_year(tmp_path / "figures.xlsx", names=every)
    assert draft(Wanted("my-thesis", tmp_path / "map.gpkg", file, region="Регион")).complete


class Terminal(io.StringIO):
    """What a student types, on a terminal."""

    def isatty(self):
        return True


def answered(monkeypatch, capsys, *lines):
    monkeypatch.setattr("sys.stdin", Terminal("".join(f"{line}\n" for line in lines)))
    with pytest.raises(SystemExit) as left:
        main(["new", "my-thesis", "--data", "map.gpkg", "--table", "figures.csv", "--lang", "ru"])
    return left.value.code, capsys.readouterr().out


def test_the_dialogue_is_russian_and_finds_the_regions(tmp_path, monkeypatch, capsys):
    regions = wb.load("russia-regions")[["name_ru", "geometry"]].reset_index(drop=True)
    regions.to_file(tmp_path / "map.gpkg")
    excel = one_year(tmp_path / "figures.xlsx")
    pd.read_excel(excel).to_csv(tmp_path / "figures.csv", index=False)
    monkeypatch.chdir(tmp_path)
    code, out = answered(monkeypatch, capsys, "", "", "", "")
    assert code == 0
    for words in ("Столбец регионов", "Регионов: 80, строк: 80.", "В черновике", "Дальше:"):
        assert words in out
    for words in ("Column", "Next", "explains", "rows"):
        assert words not in out


@pytest.mark.parametrize(("answer", "left"), [("y", 0), ("n", 2)])
def test_a_region_off_the_map_is_asked_about(files, monkeypatch, capsys, answer, left):
    place, _, table = files
    table.assign(Код=[*range(1, 13), 99]).to_csv(place / "figures.csv", index=False)
    monkeypatch.chdir(place)
    code, out = answered(monkeypatch, capsys, "Код", "", "", "", answer)
    assert code == left
    assert "Только на карте: 13." in out
    assert "Только в таблице: 99." in out
    assert (place / "my-thesis").exists() is (left == 0)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_draft_shows_the_outcome_and_its_figures_say_what_they_are(files, lang):
    code = script(draft(asked(files[0], lang=lang)))
    assert "#     picture: map\n" in code
    assert "Table 1" not in code
    assert "all that are on the map" in code
    assert '"—"' not in code


@pytest.mark.parametrize("periods", [1, 2])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_guidance_refers_to_every_table_and_figure(files, lang, periods):
    place, _, table = files
    if periods == 2:
        years = [table.assign(year=year) for year in (2019, 2020)]
        pd.concat(years).to_csv(place / "figures.csv", index=False)
    more = {"time": "year"} if periods == 2 else {}
    code = script(draft(asked(place, lang=lang, **more)))
    published = re.findall(r'^wb\.publish\(\n(?:.*\n)+?    "([a-z0-9-]+)",$', code, re.MULTILINE)
    assert ("ladder-criteria" in published) == (periods == 2)
    assert len(published) > 15
    prose = "".join(line for line in code.splitlines(keepends=True) if line.startswith("# "))
    assert [name for name in published if not re.search(rf"@{name}(?![\w-])", prose)] == []
