"""A user's file is read as it stands: what was found is said, what cannot be told is asked."""

from __future__ import annotations

import builtins
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data.files import grid as limits
from workbench.data.files import opening, read_table, to_numbers, why_no_number
from workbench.data.files.layout import laid_out
from workbench.errors import InputError, MissingExtraError, OptionError

NBSP, THIN, NARROW = "\u00a0", "\u2009", "\u202f"

ROSSTAT = (
    "1.1. ВНУТРЕННИЕ ЗАТРАТЫ НА ИССЛЕДОВАНИЯ И РАЗРАБОТКИ;;;\n"
    "(миллионов рублей);;;\n"
    ";2018;2019;2020\n"
    f"Российская Федерация;1 028 247,6;1 134 786,7;1{NBSP}174{NBSP}534,3\n"
    "Центральный федеральный округ;536 154,2;…;604 129,0\n"
    "\n"
    "Томская область;14 205,9;-;15 803,1\n"
    "г. Москва;371 230,0;н/д;412 350,7\n"
    ";;;\n"
    "1) Без учёта субъектов малого предпринимательства.;;;\n"
    "Источник: Росстат.;;;\n"
)


def write(folder, content, *, name="table.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def book(folder, rows, *, name="book.xlsx", sheet="Лист1", merge=(), more=()):
    workbook = openpyxl.Workbook()
    own = workbook.active
    own.title = sheet
    for row in rows:
        own.append(row)
    for cells in merge:
        own.merge_cells(cells)
    for title, held in more:
        other = workbook.create_sheet(title)
        for row in held:
            other.append(row)
    workbook.save(folder / name)
    return folder / name


def told(table):
    return " ".join(table.notes)


# -- a yearbook's table --


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("cp1251", "Windows-1251"),
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "byte-order mark"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
    ],
)
def test_a_yearbook_table_in_every_encoding(tmp_path, encoding, named):
    content = ROSSTAT.replace("…", "...") if encoding == "cp1251" else ROSSTAT
    table = read_table(write(tmp_path, content, encoding=encoding))
    assert list(table.frame.columns) == ["column 1", "2018", "2019", "2020"]
    assert table.frame["column 1"].tolist() == [
        "Российская Федерация", "Центральный федеральный округ", "Томская область", "г. Москва",
    ]  # fmt: skip
    assert (table.decimal, table.thousands, table.separator) == (",", " ", ";")
    assert table.above == (
        "1.1. ВНУТРЕННИЕ ЗАТРАТЫ НА ИССЛЕДОВАНИЯ И РАЗРАБОТКИ", "(миллионов рублей)",
    )  # fmt: skip
    assert table.below == (
        "1) Без учёта субъектов малого предпринимательства.", "Источник: Росстат.",
    )  # fmt: skip
    assert sum(table.missing.values()) == 3
    assert table.missing["-"] == table.missing["н/д"] == 1
    for part in (
        "Semicolon-separated", named, "Decimal commas, thousands parted by spaces",
        "2 lines above the heading", "2 lines below the table", "2 empty rows", "'column 1'",
    ):  # fmt: skip
        assert part in told(table)


def test_marks_of_significance_are_no_missing_figures(tmp_path):
    table = read_table(write(tmp_path, "model;b;sig\n1;0.5;*\n2;0.7;**\n3;0.1;x\n"))
    assert table.missing == {"x": 1}


def test_numbers_of_a_yearbook_are_those_that_were_printed(tmp_path):
    table = read_table(write(tmp_path, ROSSTAT, encoding="utf-8"))
    frame = table.frame.set_index("column 1")
    numbers, others = to_numbers(frame["2020"], decimal=table.decimal, thousands=table.thousands)
    assert numbers.to_dict() == {
        "Российская Федерация": 1174534.3, "Центральный федеральный округ": 604129.0,
        "Томская область": 15803.1, "г. Москва": 412350.7,
    }  # fmt: skip
    assert others.empty
    numbers, others = to_numbers(frame["2019"], decimal=",", thousands=" ")
    assert numbers.isna().tolist() == [False, True, True, True]
    assert others.empty


def test_rows_are_known_by_their_line_in_the_file(tmp_path):
    table = read_table(write(tmp_path, ROSSTAT))
    assert table.frame.index.tolist() == [4, 5, 7, 8]
    assert table.frame.index.name == "line"
    quoted = 'region,note,rd\n"RU-TOM","two\nlines",1\n"RU-OMS",one,2\n'
    table = read_table(write(tmp_path, quoted))
    assert table.frame.index.tolist() == [2, 4]
    assert table.frame["note"].tolist() == ["two\nlines", "one"]


@pytest.mark.parametrize(("mark", "name"), [(";", "Semicolon"), ("\t", "Tab"), ("|", "Bar"),
                                            (",", "Comma")])  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(tmp_path, mark, name, end):
    rows = [["region", "rd", "name"], ["RU-TOM", "1.5", "a"], ["RU-OMS", "2.5", "b"]]
    table = read_table(write(tmp_path, end.join(mark.join(row) for row in rows)))
    assert table.notes[0].startswith(f"{name}-separated")
    assert table.frame.to_numpy().tolist() == rows[1:]


def test_decimal_commas_do_not_pass_for_separators(tmp_path):
    table = read_table(write(tmp_path, "region;a;b\nRU-TOM;1,5;2,5\nRU-OMS;3,5;4,5\n"))
    assert table.frame["b"].tolist() == ["2,5", "4,5"]
    both = read_table(write(tmp_path, "a,b;c\n1,5;2\n3,5;4\n"))
    assert both.separator == ";"
    assert "commas would part it too" in told(both)
    assert read_table(write(tmp_path, "a,b;c\n1,5;2\n3,5;4\n"), separator=",").separator == ","


def test_unquoted_decimal_commas_between_commas_are_refused_with_their_lines(tmp_path):
    path = write(tmp_path, "region,a,b\nRU-TOM,1,2\nRU-OMS,3,5,4\nRU-KEM,3,5\n")
    with pytest.raises(InputError, match="decimal commas need quotes") as caught:
        read_table(path)
    assert caught.value.offenders == ("line 3",)


# -- marks that cannot be told apart --


def test_a_thousand_or_one_and_a_bit_is_asked(tmp_path):
    path = write(tmp_path, 'region;a\nRU-TOM;"1,234"\nRU-OMS;"5,678"\n')
    table = read_table(path)
    assert table.decimal is None
    assert "ambiguous" in told(table)
    assert '"1,234"' in repr(table.notes) or "1,234" in told(table)
    with pytest.raises(InputError, match="the file does not tell it"):
        to_numbers(table.frame["a"], decimal=table.decimal)
    comma = read_table(path, decimal=",")
    assert to_numbers(comma.frame["a"], decimal=comma.decimal)[0].tolist() == [1.234, 5.678]
    point = read_table(path, decimal=".", thousands=",")
    numbers, _ = to_numbers(point.frame["a"], decimal=".", thousands=point.thousands)
    assert numbers.tolist() == [1234.0, 5678.0]
    assert "as said by the caller" in told(point)


@pytest.mark.parametrize(
    ("cells", "decimal", "thousands"),
    [
        (["1,234.5"], ".", ","),
        (["1.234,5"], ",", "."),
        (["1,234,567"], ".", ","),
        (["1.234.567"], ",", "."),
        (["0,125"], ",", None),
        (["1234,567"], ",", None),
        (["12,5", "1,234"], ",", None),
        ([f"1{NBSP}234"], ".", " "),
        ([f"1{THIN}234,5"], ",", " "),
        ([f"1{NARROW}234,5"], ",", " "),
        (["1'234.5"], ".", "'"),
        (["1’234"], ".", "'"),
        (["12", "RU-TOM"], ".", None),
        (["01.02.2020", "1.2.3"], ".", None),
        (["12,5", "12.5"], None, None),
        (["12.5", "1,234"], ".", ","),
        (["12,5", "1.234"], ",", "."),
        (["1 234", "5,678"], ",", " "),
        (["1,234", "1.234"], None, None),
        (["1.234.567", "12.5"], None, None),
        (["12,5%"], ",", None),
        (["-1,5E+03"], ",", None),
    ],
)
def test_marks_are_read_off_the_cells(tmp_path, cells, decimal, thousands):
    rows = "".join(f'r{k};"{cell}"\n' for k, cell in enumerate(cells))
    table = read_table(write(tmp_path, "region;a\n" + rows))
    assert (table.decimal, table.thousands) == (decimal, thousands)


def test_points_beside_commas_are_told_with_the_rarer_kind(tmp_path):
    table = read_table(write(tmp_path, "region;a\nb;1,5\nc;2,5\nd;3.5\n"))
    assert table.decimal is None
    assert "both used (3.5)" in told(table)


# -- cells that are no numbers --


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("12,5%", "per cent"),
        ("12,5 %", "per cent"),
        ("12,5¹⁾", "footnote mark after 12,5"),
        ("12,5²", "footnote mark after 12,5"),
        ("12,5 1)", "footnote mark after 12,5"),
        ("12,5*", "footnote mark after 12,5"),
        ("12.5", "decimal point"),
        ("1 234,5", "grouped otherwise"),
        ("#DIV/0!", "error"),
        ("много", "text"),
        (True, "truth value"),
        (np.inf, "infinite"),
        (pd.Timestamp("2020-01-01"), "Timestamp"),
    ],
)
def test_cells_that_are_no_numbers_are_named(cell, why):
    column = pd.Series(["1,5", cell, None, "–"], index=["a", "b", "c", "d"], dtype=object)
    before = column.copy()
    numbers, others = to_numbers(column, decimal=",")
    assert numbers["a"] == 1.5
    assert numbers.isna().tolist() == [False, True, True, True]
    assert others.index.tolist() == ["b"]
    assert why in why_no_number(cell, decimal=",")
    pd.testing.assert_series_equal(column, before)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("−5,5", -5.5), ("-5", -5.0), ("+5", 5.0), ("1,5E+03", 1500.0), (7, 7.0), (np.int64(7), 7.0),
     (" 7 ", 7.0), ("007", 7.0), (0.1, 0.1)],
)  # fmt: skip
def test_numbers_are_read(cell, value):
    numbers, others = to_numbers(pd.Series([cell], dtype=object), decimal=",", thousands=" ")
    assert numbers.tolist() == [value]
    assert others.empty


@pytest.mark.parametrize("cell", ["1,23,456", "12 34", "1 2345", "1,,5", "1,5,", ",5", "٣", "1_000",
                                  "nan5", "0x10", "1e999", "inf"])  # fmt: skip
def test_what_only_resembles_a_number_is_none(cell):
    numbers, others = to_numbers(pd.Series([cell]), decimal=",", thousands=" ")
    assert numbers.isna().all()
    assert len(others) == 1


def test_marks_must_differ_and_be_known():
    column = pd.Series(["1"])
    with pytest.raises(InputError, match="another mark"):
        to_numbers(column, decimal=",", thousands=",")
    with pytest.raises(OptionError):
        to_numbers(column, decimal=";")
    with pytest.raises(InputError, match="expected a Series"):
        to_numbers(["1"], decimal=".")


# -- Excel --


def test_excel_keeps_numbers_and_says_its_sheet(tmp_path):
    path = book(tmp_path, [["Регион", 2019, 2020.0], ["Томская область", 12.5, 13],
                           ["г. Москва", "…", "1 234,5"]])  # fmt: skip
    table = read_table(path)
    assert list(table.frame.columns) == ["Регион", "2019", "2020"]
    assert table.frame["2019"].tolist() == [12.5, "…"]
    assert table.frame["2020"].tolist() == [13, "1 234,5"]
    assert table.sheet == "Лист1"
    assert (table.decimal, table.thousands, table.missing) == (",", " ", {"…": 1})


def test_several_sheets_are_asked_by_name_and_empty_ones_are_not(tmp_path):
    rows = [["region", "a"], ["RU-TOM", 1]]
    path = book(tmp_path, rows, more=[("other", rows), ("empty", [])])
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert caught.value.offenders == ("Лист1", "other")
    assert read_table(path, sheet="other").sheet == "other"
    with pytest.raises(InputError, match="did you mean 'other'"):
        read_table(path, sheet="othr")
    one = read_table(book(tmp_path, rows, more=[("empty", [])]))
    assert "Other sheets are empty: empty." in one.notes


def test_merged_headings_are_joined(tmp_path):
    rows = [
        ["Затраты на исследования по субъектам Российской Федерации", None, None, None, None],
        [None, None, None, None, "млн руб."],
        ["Регион", 2019, None, 2020, None],
        [None, "всего", "вузы", "всего", "вузы"],
        ["А", 1, 2, 3, 4],
        ["Томская область", 10, 1, 12, 2],
        ["г. Москва", 20, 3, 22, 4],
        ["Примечание: предварительные данные.", None, None, None, None],
    ]
    merge = ["A1:E1", "A3:A4", "B3:C3", "D3:E3"]
    table = read_table(book(tmp_path, rows, merge=merge))
    assert list(table.frame.columns) == [
        "Регион", "2019, всего", "2019, вузы", "2020, всего", "2020, вузы",
    ]  # fmt: skip
    assert table.frame["2020, вузы"].tolist() == [2, 4]
    assert table.above[1] == "млн руб."
    assert table.below == ("Примечание: предварительные данные.",)
    assert "A heading of 2 rows was joined." in table.notes
    assert "Left out: the row that numbers the columns." in table.notes


def test_a_row_of_numbers_is_a_numbering_only_above_names(tmp_path):
    figures = read_table(write(tmp_path, "id;a;b\n1;2;3\n2;5;9\n"))
    assert figures.frame["id"].tolist() == ["1", "2"]
    names = read_table(write(tmp_path, "Регион;a;b\n1;2;3\nТомск;5;9\n"))
    assert names.frame["Регион"].tolist() == ["Томск"]


def test_headings_of_two_rows_in_text(tmp_path):
    content = "Регион;2019;;2020;\n;всего;вузы;всего;вузы\nТомск;10;1;12;2\nОмск;1;2;3;4\n"
    table = read_table(write(tmp_path, content))
    assert list(table.frame.columns) == [
        "Регион", "2019, всего", "2019, вузы", "2020, всего", "2020, вузы",
    ]  # fmt: skip
    years = ";Всего;;Вузы;\n;2019;2020;2019;2020\nТомск;10;1;12;2\nОмск;1;2;3;4\n"
    table = read_table(write(tmp_path, years))
    assert list(table.frame.columns)[1:] == [
        "Всего, 2019", "Всего, 2020", "Вузы, 2019", "Вузы, 2020",
    ]  # fmt: skip


def test_errors_of_excel_are_named_by_cell(tmp_path):
    workbook = openpyxl.Workbook()
    own = workbook.active
    for row in (["region", "a"], ["RU-TOM", "#DIV/0!"], ["RU-OMS", "#N/A"], ["RU-KEM", 3]):
        own.append(row)
    for cell in ("B2", "B3"):
        own[cell].data_type = "e"
    workbook.save(tmp_path / "book.xlsx")
    table = read_table(tmp_path / "book.xlsx")
    assert table.faulty == {"B2": "#DIV/0!", "B3": "#N/A"}
    assert "An error instead of a value in 2 cells: B2 #DIV/0!, B3 #N/A." in table.notes
    numbers, others = to_numbers(table.frame["a"], decimal=".")
    assert others.to_dict() == {2: "#DIV/0!", 3: "#N/A"}
    assert numbers[4] == 3


def with_value(path, cell, value):
    """Write the stored value of a formula into a workbook, as a spreadsheet program does."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    start = sheet.index(f'r="{cell}"')
    end = sheet.index("</c>", start)
    body = sheet[start:end].replace("<v></v>", "").replace("<v/>", "").replace("<v />", "")
    parts["xl/worksheets/sheet1.xml"] = (
        sheet[:start] + body + f"<v>{value}</v>" + sheet[end:]
    ).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_formulas_read_as_stored_values_or_not_at_all(tmp_path):
    path = book(tmp_path, [["region", "a", "b"], ["RU-TOM", 2, "=B2*2"], ["RU-OMS", 3, 5]])
    with pytest.raises(InputError, match="no program has computed") as caught:
        read_table(path)
    assert caught.value.offenders == ("C2",)
    assert read_table(with_value(path, "C2", 4)).frame["b"].tolist() == [4, 5]


def test_cells_shown_as_per_cents_are_told(tmp_path):
    workbook = openpyxl.Workbook()
    own = workbook.active
    own.append(["region", "share"])
    own.append(["RU-TOM", 0.125])
    own["B2"].number_format = "0.0%"
    workbook.save(tmp_path / "book.xlsx")
    table = read_table(tmp_path / "book.xlsx")
    assert table.frame["share"].tolist() == [0.125]
    assert table.percent == {"share": 1}
    assert "held as shares (0.125 for 12.5 %): 'share'" in told(table)


# -- Stata and Parquet --


def test_stata_with_labels(tmp_path):
    frame = pd.DataFrame({"region": ["RU-TOM", "RU-OMS"], "rd": [1.5, np.nan],
                          "kind": pd.Categorical(["city", "oblast"])})  # fmt: skip
    frame.to_stata(tmp_path / "t.dta", write_index=False, version=118)
    table = read_table(tmp_path / "t.dta")
    assert table.frame["rd"].tolist() == [1.5, None]
    assert table.frame["kind"].tolist() == ["city", "oblast"]
    assert "Labels instead of codes in kind." in table.notes
    with pytest.raises(InputError, match="cannot be read"):
        read_table(write(tmp_path, "no stata", name="bad.dta"))


def test_stata_labels_that_are_no_names_of_codes(tmp_path):
    frame = pd.DataFrame({"region": ["RU-TOM", "RU-OMS"], "kind": [1, 2]})
    labels = {"kind": {1: "city", 2: "city"}}
    frame.to_stata(tmp_path / "t.dta", write_index=False, version=118, value_labels=labels)
    table = read_table(tmp_path / "t.dta")
    assert table.frame["kind"].tolist() == [1, 2]
    assert any("Codes instead of labels" in note for note in table.notes)


def test_parquet_without_pyarrow_is_said(tmp_path, monkeypatch):
    real = builtins.__import__

    def absent(name, *args, **kwargs):
        if name == "pyarrow":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(MissingExtraError, match=r"spatial-workbench\[parquet\]"):
        read_table(write(tmp_path, b"PAR1....PAR1", name="t.parquet"))


def test_parquet(tmp_path):
    frame = pd.DataFrame({"rd": [1.5]}, index=pd.Index(["RU-TOM"], name="region"))
    frame.to_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert table.frame.to_numpy().tolist() == [["RU-TOM", 1.5]]


# -- files that are none --


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", b"", "an empty file"),
        ("t.csv", b"\n\n", "no tab, semicolon, bar or comma"),
        ("t.csv", b"only words\nand more\n", "no tab, semicolon, bar or comma"),
        ("t.csv", b"region;a\n", "no tab, semicolon, bar or comma"),
        ("t.csv", b"\x00\x01\x02\x03\xff\xfe\x00\x07", "no text"),
        ("t.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "encrypted, or in the old Excel format"),
        ("t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx"),
        ("t.xls", b"<html><table><tr><td>1</td></tr></table>", "a web page"),
        ("t.xlsx", b"PK\x03\x04 broken", "damaged"),
        ("t.csv", b"PK\x03\x04 broken", "name it .xlsx"),
        ("t.xlsx", b"region;a\n1;2", "no Excel file inside"),
        ("t.pdf", b"%PDF-1.4", "ending in .pdf"),
        ("t.csv", b"region;a;a\nx;1;2\ny;1;2\n", "more than once"),
        ("t.csv", b"RU-TOM;1.5;2.5\nRU-OMS;1.5;2.5\n", "the name of each column"),
        ("t.csv", b'region;a\n"RU-TOM;1\nRU-OMS;2\n', "quotes that close"),
        ("t.csv", "région;é\nSão;1\nJoão;2\n".encode("cp1252"), 'encoding="koi8-r"'),
        ("t.csv", "регион;доля\nТомск;1\nОмск;2\n".encode("koi8-r"), 'encoding="koi8-r"'),
        ("t.csv", "регион;доля\nТомск;1\nОмск;2\n".encode("cp866"), 'encoding="koi8-r"'),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_the_way_out(tmp_path, name, content, said):
    with pytest.raises(InputError) as caught:
        read_table(write(tmp_path, content, name=name))
    assert said in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_a_named_encoding_is_used(tmp_path):
    path = write(tmp_path, "регион;доля\nТомск;1\n", encoding="koi8-r")
    assert read_table(path, encoding="koi8-r").frame["регион"].tolist() == ["Томск"]
    with pytest.raises(InputError, match="the name of an encoding"):
        read_table(path, encoding="koi9")
    with pytest.raises(InputError, match="none in utf-8"):
        read_table(path, encoding="utf-8")


def test_spaces_alone_tell_no_western_from_cyrillic_and_need_not(tmp_path):
    table = read_table(write(tmp_path, f"region;a\nRU-TOM;1{NBSP}234,5\n", encoding="cp1252"))
    assert table.frame["a"].tolist() == [f"1{NBSP}234,5"]
    assert (table.decimal, table.thousands) == (",", " ")


def test_no_file_and_a_folder(tmp_path):
    write(tmp_path, "a;b\n1;2\n", name="rd.csv")
    with pytest.raises(InputError, match=r"where nothing is[\s\S]*rd\.csv"):
        read_table(tmp_path / "absent.csv")
    with pytest.raises(InputError, match=r"name a file in it: rd\.csv"):
        read_table(tmp_path)
    with pytest.raises(InputError, match="the path of a file"):
        read_table(None)


def test_options_of_another_kind_are_refused(tmp_path):
    path = write(tmp_path, "a;b\nx;2\ny;3\n")
    with pytest.raises(InputError, match="leave it out"):
        read_table(path, sheet="Лист1")
    with pytest.raises(OptionError):
        read_table(path, separator=":")
    with pytest.raises(InputError, match="another mark"):
        read_table(path, decimal=",", thousands=",")


def test_sizes_are_guarded(tmp_path, monkeypatch):
    path = write(tmp_path, "a;b\nx;2\ny;3\n")
    monkeypatch.setattr(opening, "LARGEST_BYTES", 5)
    with pytest.raises(InputError, match="MB"):
        read_table(path)
    monkeypatch.undo()
    assert limits.LARGEST_CELLS > 1_000_000
    monkeypatch.setattr("workbench.data.files.text.LARGEST_CELLS", 3)
    with pytest.raises(InputError, match="cells"):
        read_table(path)


def test_short_rows_are_filled_and_told(tmp_path):
    table = read_table(write(tmp_path, "region;a;b\nRU-TOM;1;2\nRU-OMS;1\nRU-KEM;1;2\n"))
    assert table.frame.loc[3, "b"] is None
    assert "Filled with empty cells: 1 row shorter than the heading." in table.notes


# -- what stands around a table --


def test_a_region_without_figures_at_the_end_is_no_note(tmp_path):
    table = read_table(write(tmp_path, "Регион;a;b\nТомск;1;2\nЧеченская Республика;;\n"))
    assert table.frame["Регион"].tolist() == ["Томск", "Чеченская Республика"]
    assert table.frame.loc[3, ["a", "b"]].tolist() == [None, None]
    assert table.below == ()


def test_a_line_after_a_gap_is_a_note(tmp_path):
    table = read_table(write(tmp_path, "Регион;a;b\nТомск;1;2\nОмск;1;2\n\nПредварительно\n"))
    assert table.frame["Регион"].tolist() == ["Томск", "Омск"]
    assert table.below == ("Предварительно",)
    assert 'Left out: 1 line below the table, "Предварительно".' in table.notes


def test_empty_columns_are_left_out_and_unnamed_ones_are_called(tmp_path):
    table = read_table(write(tmp_path, "region;;a;\nRU-TOM;;1;x\nRU-OMS;;2;y\n"))
    assert list(table.frame.columns) == ["region", "a", "column 4"]
    assert "Left out: 1 empty column." in table.notes


def test_the_table_is_not_changed_by_its_user(tmp_path):
    table = read_table(write(tmp_path, "a;b\nx;2\ny;3\n"))
    frame = table.frame
    frame.loc[2, "a"] = "changed"
    assert table.frame["a"].tolist() == ["x", "y"]
    with pytest.raises(AttributeError):
        table.decimal = ","
    assert "table.csv: 2 rows, 2 columns" in str(table)
    assert "Semicolon-separated" in table._repr_html_()
    assert table.path_name == "table.csv"


def test_a_table_narrower_than_its_title_block(tmp_path):
    content = ["Инвестиции", "", "", "млн руб."], ["", "2018", "2019", "2020"], ["Томск", "1,5",
               "2,5", "3,5"], ["Омск", "1,5", "2,5", "3,5"]  # fmt: skip
    found = laid_out(limits.Grid([list(row) for row in content], [1, 2, 3, 4]), "t.csv")
    assert found.names == ["column 1", "2018", "2019", "2020"]
    assert found.above == ("Инвестиции млн руб.",)


def test_a_line_for_spreadsheet_programs_tells_the_separator(tmp_path):
    table = read_table(write(tmp_path, "sep=;\na,b;c\n1,5;2\n3,5;4\n"))
    assert list(table.frame.columns) == ["a,b", "c"]
    assert table.frame.index.tolist() == [3, 4]


# -- properties --


@settings(max_examples=100, deadline=None)
@given(
    value=st.decimals(-(10**9), 10**9, places=3, allow_nan=False),
    decimal=st.sampled_from([",", "."]),
    space=st.sampled_from([" ", NBSP, THIN, NARROW, "'"]),
)
def test_a_number_written_and_read_is_itself(value, decimal, space):
    text = f"{value:,f}".replace(",", "|").replace(".", decimal).replace("|", space)
    thousands = "'" if space == "'" else " "
    numbers, others = to_numbers(pd.Series([text]), decimal=decimal, thousands=thousands)
    assert others.empty
    assert numbers.tolist() == [float(value)]


@settings(max_examples=100, deadline=None)
@given(content=st.one_of(
    st.binary(max_size=200),
    st.text("aЖ1,;\t|\"'\n. -", max_size=120).map(str.encode),
    st.text("абвгд;\n1,5", max_size=80).map(lambda text: text.encode("cp1251")),
))  # fmt: skip
def test_whatever_a_file_holds_it_is_a_table_or_a_refusal(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        table = read_table(path)
    except (InputError, MissingExtraError):  # bytes may look like Parquet
        return
    assert table.frame.columns.is_unique
    assert len(table.frame) > 0
    assert table.notes


def test_a_row_of_numbers_is_a_numbering_above_rows_that_are_counted_too(tmp_path):
    lines = "№ п/п;Регион;2018;2019\n1;2;3;4\n1;Томская область;5,5;6\n2;Москва;7;8\n"
    file = tmp_path / "a.csv"
    file.write_text(lines, encoding="utf-8")
    table = read_table(file)
    assert table.frame["Регион"].tolist() == ["Томская область", "Москва"]
    assert "Left out: the row that numbers the columns." in table.notes


def test_a_number_in_brackets_is_named_as_such():
    assert why_no_number("(51,2)", decimal=",").startswith("a number in brackets")
    assert why_no_number("51,2 (1)", decimal=",") == "a footnote mark after 51,2"
