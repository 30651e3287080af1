"""Forms: what the user has and the workbench has not is described, found, checked and loaded."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import workbench as wb
from workbench.data.bundled import bundled_root
from workbench.data.descriptor import read_descriptor
from workbench.data.forms import own
from workbench.data.forms.blank import blank, write_blank
from workbench.errors import AbsentDataError, DataIntegrityError, InputError, OptionError

EXPORTS = "high-tech-exports"


@pytest.fixture
def yours(tmp_path, monkeypatch):
    """The folder of the user's tables, empty."""
    folder = tmp_path / "mine"
    folder.mkdir()
    monkeypatch.setenv(own.YOURS, str(folder))
    return folder


def table():
    return pd.DataFrame(
        {"region": ["RU-TOM", "RU-TA"], "year": [2019, 2019], "high_tech_exports": [30.5, 200.0]}
    )


def test_what_is_not_here_is_described_and_its_absence_says_what_to_do(yours):
    fields = wb.describe(EXPORTS).set_index("field")
    assert fields.loc["exports", "unit"] == "mln USD"
    assert fields.loc["high_tech_exports", "title_ru"] == "Экспорт высокотехнологичных товаров"
    assert wb.datasets().loc[EXPORTS, "where"] == "yours (not here)"
    assert not wb.data.is_here(EXPORTS)
    with pytest.raises(AbsentDataError) as caught:
        wb.load(EXPORTS)
    told = str(caught.value)
    for word in (
        "Columns it must have: region, year, high_tech_exports", "It may have: exports",
        "high-tech-exports.csv or high-tech-exports.xlsx", "WORKBENCH_YOURS", str(yours),
        "workbench data form high-tech-exports --to",
    ):  # fmt: skip
        assert word in told


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("suffix", own.SUFFIXES)
def test_the_users_file_loads_like_any_dataset(yours, suffix):
    file = yours / f"{EXPORTS}{suffix}"
    writers = {".csv": "to_csv", ".xlsx": "to_excel", ".parquet": "to_parquet"}
    if suffix == ".dta":
        table().to_stata(file, write_index=False)
    else:
        getattr(table(), writers[suffix])(file, index=False)
    assert wb.data.is_here(EXPORTS)
    assert wb.datasets().loc[EXPORTS, "where"] == "yours (here)"
    frame = wb.load(EXPORTS)
    assert frame.index.tolist() == [("RU-TA", 2019), ("RU-TOM", 2019)]
    assert frame["high_tech_exports"].tolist() == [200.0, 30.5]
    provenance = frame.attrs["provenance"]
    assert provenance["sha256"] == {file.name: own.digest(file)}
    json.dumps(frame.attrs)
    assert wb.quality(EXPORTS).rows == 2


def test_a_file_that_needs_a_word_is_refused_and_what_is_adopted_can_be_kept(yours):
    thousand = table().assign(high_tech_exports=[30500.0, 200000.0])
    file = yours / f"{EXPORTS}.csv"
    thousand.to_csv(file, index=False)
    with pytest.raises(DataIntegrityError, match="suspected unit") as caught:
        wb.load(EXPORTS)
    assert f"wb.data.adopt(FILE, 'high-tech-exports', ..., to='{file}')" in caught.value.remedy
    moved = file.rename(yours / "from-customs.csv")
    said = {"high_tech_exports": "thousand USD"}
    taken = wb.data.adopt(moved, EXPORTS, units=said, to=file)
    pd.testing.assert_frame_equal(wb.load(EXPORTS), taken)
    with pytest.raises(InputError, match="figures that stand in it would be lost"):
        wb.data.adopt(moved, EXPORTS, units=said, to=file)


def test_what_is_kept_needs_no_word_again(yours):
    # 640 mln in the middle is unusual, and 1.234 may be a thousand
    large = table().assign(high_tech_exports=[1.234, 64.125])
    large.loc[len(large)] = ["RU-MOW", 2019, 9000.0]
    large.loc[len(large)] = ["RU-SPE", 2019, 7000.5]
    large.loc[len(large)] = ["RU-MOS", 2019, 5000.25]
    assert not wb.data.check(large, EXPORTS).passed
    file = yours / f"{EXPORTS}.csv"
    taken = wb.data.adopt(large, EXPORTS, units={"high_tech_exports": "mln USD"}, to=file)
    pd.testing.assert_frame_equal(wb.load(EXPORTS), taken)
    file.unlink()
    small = wb.data.adopt(table().assign(high_tech_exports=[1.234, 64.125]), EXPORTS, to=file)
    pd.testing.assert_frame_equal(wb.load(EXPORTS), small)


def filled_in(form):
    """A row of a form with a figure in every column."""
    fields = read_descriptor(bundled_root() / form).fields_of(
        read_descriptor(bundled_root() / form).parts[0]
    )
    words = {"region": "RU-TOM", "year": 2022, "unit": "a cluster", "kind": "cluster", "lon": 85.0,
             "lat": 56.5, "year_start": 2015, "list_year": 2020, "members_total": 4}  # fmt: skip
    if form == "nuts2-knowledge":
        words |= {"region": "UKC1", "longitude": -1.4, "latitude": 54.6}
    plain = {"year": 2015, "string": "a word"}
    cells = {
        field.name: words.get(field.name, field.enum[0] if field.enum else plain.get(field.type, 1))
        for field in fields
    }
    return pd.DataFrame([cells])


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("form", own.form_names())
def test_every_form_is_kept_with_units_that_it_reads_again(yours, form):
    filled = filled_in(form)
    units = {
        field.name: field.unit
        for field in own.form_named(form).fields_of(own.form_named(form).parts[0])
        if field.unit and field.type != "year"
    }
    taken = wb.data.adopt(filled, form, units=units, to=yours / f"{form}.csv")
    pd.testing.assert_frame_equal(wb.load(form), taken)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a.xlsx", "a file .csv"),
        ("nowhere/deeper/a.csv", "'nowhere', which is not there"),
        ("file/a.csv", "'file', which is no folder"),
    ],
)
def test_where_a_table_cannot_be_kept(yours, name, told):
    (yours / "file").write_bytes(b"")
    with pytest.raises(InputError, match=told):
        wb.data.adopt(table(), EXPORTS, to=yours / name)
    assert [path.name for path in yours.iterdir()] == ["file"]


def test_the_place_that_a_check_prints_is_made_where_it_is_not_there(tmp_path, monkeypatch):
    monkeypatch.delenv(own.YOURS, raising=False)
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    project.mkdir()
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("WORKBENCH_PROJECT", str(project))
    taken = wb.data.adopt(table(), EXPORTS, to=f"yours/{EXPORTS}.csv")
    pd.testing.assert_frame_equal(wb.load(EXPORTS), taken)
    assert not (elsewhere / "yours").exists()
    with pytest.raises(InputError, match="which is there"):
        wb.data.adopt(table(), EXPORTS, to=f"yours/{EXPORTS}.csv")
    monkeypatch.delenv("WORKBENCH_PROJECT")
    wb.data.adopt(table(), EXPORTS, to=f"yours/{EXPORTS}.csv")
    assert (elsewhere / "yours" / f"{EXPORTS}.csv").is_file()


@pytest.mark.parametrize("name", [f"{EXPORTS}.CSV", "High-Tech-Exports.csv"])
def test_case_of_the_files_name_does_not_hide_it(yours, name):
    table().to_csv(yours / name, index=False)
    assert wb.data.is_here(EXPORTS)
    assert len(wb.load(EXPORTS)) == 2


def test_a_file_of_a_kind_that_is_not_read_does_not_pass_for_missing(yours):
    (yours / f"{EXPORTS}.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(DataIntegrityError, match=r"save it as high-tech-exports\.xlsx"):
        wb.data.is_here(EXPORTS)
    table().to_csv(yours / f"{EXPORTS}.csv", index=False)
    assert wb.data.is_here(EXPORTS)


def test_a_folder_that_is_not_there_does_not_pass_for_a_missing_table(yours, monkeypatch):
    monkeypatch.setenv(own.YOURS, str(yours / "typo"))
    with pytest.raises(InputError, match="expected a folder that is there"):
        wb.data.is_here(EXPORTS)
    with own.left_aside([EXPORTS]):
        assert not wb.data.is_here(EXPORTS)
    with pytest.raises(AbsentDataError):
        wb.load(EXPORTS)


def test_several_files_of_one_form_are_refused(yours):
    for suffix in (".csv", ".xlsx"):
        (yours / f"{EXPORTS}{suffix}").write_bytes(b"")
    with pytest.raises(
        DataIntegrityError, match=r"high-tech-exports\.csv, high-tech-exports\.xlsx"
    ):
        wb.data.is_here(EXPORTS)


def test_without_the_variable_the_folder_of_the_project_is_meant(tmp_path, monkeypatch):
    monkeypatch.delenv(own.YOURS, raising=False)
    monkeypatch.delenv("WORKBENCH_PROJECT", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "yours").mkdir()
    table().to_csv(tmp_path / "yours" / f"{EXPORTS}.csv", index=False)
    assert wb.data.is_here(EXPORTS)
    monkeypatch.setenv("WORKBENCH_PROJECT", str(tmp_path / "elsewhere"))
    assert not wb.data.is_here(EXPORTS)
    monkeypatch.setenv("WORKBENCH_PROJECT", str(tmp_path))
    with own.left_aside([EXPORTS]):
        assert not wb.data.is_here(EXPORTS)
    assert wb.data.is_here(EXPORTS)


def test_an_unknown_form_is_refused(yours):
    with pytest.raises(OptionError, match="did you mean 'ai-geography'"):
        wb.data.is_here("ai-geograpy")


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("name", own.form_names())
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_an_empty_form_is_written_and_needs_only_figures(tmp_path, name, suffix):
    file = tmp_path / f"filled{suffix}"
    written = write_blank(name, file)
    assert written[0] == file
    if blank(own.form_named(name)).empty:  # a heading alone is no table
        with pytest.raises(InputError, match=r"a heading and (a row|rows)"):
            wb.data.check(file, name)
        return
    found = wb.data.check(file, name)
    kinds = set(found.problems.query("mended == 'no'")["problem"])
    assert "missing column" not in kinds
    assert "unknown column" not in kinds
    before = file.read_bytes()
    with pytest.raises(InputError, match="a new file"):
        write_blank(name, file)
    assert file.read_bytes() == before


def test_an_empty_form_that_is_filled_in_passes(tmp_path):
    form = own.form_named(EXPORTS)
    rows = blank(form).astype(object)
    rows["year"], rows["high_tech_exports"] = 2019, [10.0 + k for k in range(80)]
    rows.loc[rows["region"] == "RU-KEM", ["year", "high_tech_exports"]] = None
    file = tmp_path / "filled.csv"
    rows.to_csv(file, index=False, encoding="utf-8-sig")
    frame = wb.data.adopt(file, EXPORTS)
    assert len(frame) == 79
    assert frame.columns.tolist() == ["high_tech_exports"]
    with pytest.raises(InputError, match=r"\.csv or \.xlsx"):
        write_blank(EXPORTS, tmp_path / "form.txt")


@pytest.mark.parametrize("name", own.form_names())
def test_a_form_holds_what_a_check_needs(name):
    form = read_descriptor(bundled_root() / name)
    fields = form.fields_of(form.parts[0])
    names = {field.name for field in fields}
    assert form.yours
    assert form.where == "yours"
    key = next(field for field in fields if field.name == "region")
    assert key.crosswalk == "russia-regions" or key.notation == "nuts-2"
    for field in fields:
        if field.merge[:1] == ("mean",):
            weight = next(other for other in fields if other.name == field.merge[1])
            assert weight.merge == ("sum",)
        assert not field.part_of or field.part_of in names
        assert not field.usual or 0 < field.usual[0] < field.usual[1]


def test_the_first_regressors_are_those_of_the_published_logits():
    # zemtsov_2025_logit.csv names nine regressors, in this order
    form = own.form_named("ai-geography")
    names = [field.name for field in form.fields_of(form.parts[0])]
    start = names.index("st_potential")
    assert names[start : start + 9] == [
        "st_potential", "research_centres", "education_programmes", "developers",
        "production_technologies", "software_employment_share", "software_revenue",
        "counterparty_links", "creation_potential",
    ]  # fmt: skip
