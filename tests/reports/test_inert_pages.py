"""Pages hold no control of what is read, no id twice, and print numbers in words as in tables."""

from __future__ import annotations

import io
import re
import zipfile

import pandas as pd
import pytest
from docx import Document as Word
from matplotlib.figure import Figure
from openpyxl import load_workbook

import workbench as wb
from workbench.core.language import say
from workbench.reports.comparison import Comparison
from workbench.reports.documents import documents
from workbench.reports.parameters import Setting
from workbench.reports.studies import Header
from workbench.reports.via_nbformat import v4
from workbench.reports.via_typst import typeset

TURNED = "Tom\x00sk\x07\x1b \u202eevil\u2066\u200f"
HARMFUL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _report(*outputs, title="A study"):
    cells = [v4.new_markdown_cell(f"# A study\n\nProse of {TURNED}.")]
    for published in outputs:
        shown = v4.new_output("display_data", published._repr_mimebundle_())
        cells.append(v4.new_code_cell(f"name = '{TURNED}'", outputs=[shown]))
    printed = v4.new_output("stream", text=TURNED)
    cells.append(v4.new_code_cell("print()", outputs=[printed]))
    return documents(
        v4.new_notebook(cells=cells), Header(title, TURNED), setting=Setting("s", {}, {}),
        datasets=[], versions={},
    )  # fmt: skip


def _figure(name):
    drawn = Figure()
    axes = drawn.subplots()
    axes.plot([0, 1, 2], [1, 0, 1], marker="o", label="Tomsk \u202eevil")
    axes.legend()
    return wb.publish(drawn, name, caption=TURNED)


@pytest.fixture(scope="module")
def hostile():
    frame = pd.DataFrame({"name": [TURNED], "estimate": [1.5]}, index=[TURNED])
    frame.columns = ["name", TURNED]
    table = wb.publish(frame, "table", caption=TURNED, notes=TURNED)
    said = wb.claim("said", "Of {name}.", numbers={"name": TURNED})
    return _report(table, _figure("one"), _figure("two"), said, title=TURNED)


def test_no_control_and_no_change_of_direction_reaches_a_page(hostile):
    page = hostile["index.html"].decode()
    assert not HARMFUL.search(page)
    assert page.count("Tomsk evil") >= 5


def test_a_word_file_of_such_names_opens(hostile):
    with zipfile.ZipFile(io.BytesIO(hostile["report.docx"])) as archive:
        assert not HARMFUL.search(archive.read("word/document.xml").decode())
    told = [cell.text for cell in Word(io.BytesIO(hostile["report.docx"])).tables[0]._cells]
    assert "Tomsk evil" in told


def test_tables_for_papers_hold_none_either(tmp_path):
    frame = pd.DataFrame({"share": [0.5]}, index=[TURNED])
    made = wb.table(frame, caption=TURNED, notes=TURNED)
    texts = [made.to_html(), made.to_latex(), made.to_typst(), made.to_csv()]
    made.to_excel(tmp_path / "t.xlsx")
    made.to_docx(tmp_path / "t.docx")
    sheet = load_workbook(tmp_path / "t.xlsx").active
    texts += [str(cell.value) for row in sheet.iter_rows() for cell in row]
    texts += [cell.text for cell in Word(tmp_path / "t.docx").tables[0]._cells]
    assert not any(map(HARMFUL.search, texts))
    assert typeset(made.to_typst())


def test_no_id_stands_twice_on_a_page_and_every_reference_finds_its_own(hostile):
    page = hostile["index.html"].decode()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len({*ids})
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) == 2
    for drawing in drawings:
        own = {*re.findall(r'\sid="([^"]+)"', drawing)}
        called = {*re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', drawing)}
        assert called
        assert {a or b for a, b in called} <= own


def test_numbers_in_words_have_the_minus_of_print_and_ranges_dates_and_codes_keep_theirs():
    found = "is -0.1734 [-0.4306, 0.0839] in 2010-2014, US-10.5, 2020-01-31, `x-1.5`"
    frame = pd.DataFrame({"finding": [found]}, index=["a"])
    page = _report(wb.publish(frame, "found", notes=found))["index.html"].decode()
    told = "is −0.1734 [−0.4306, 0.0839] in 2010-2014, US-10.5, 2020-01-31, `x-1.5`"
    assert page.count(told) == 2


def test_places_of_rows_are_no_labels():
    frame = pd.DataFrame({"hypothesis": ["H1", "H2"], "estimate": [0.25, 0.5]})
    published = wb.publish(frame, "verdicts")
    (grid,) = published.grids
    assert (grid.corner, [row.label for row in grid.rows]) == ("Hypothesis", ["H1", "H2"])
    assert [text.id for text in published.texts] == [
        "verdicts/0/hypothesis",
        "verdicts/1/hypothesis",
    ]
    numbers = wb.publish(frame[["estimate"]], "only").grids[0]
    assert [row.label for row in numbers.rows] == ["", ""]
    years = wb.publish(frame.set_axis([2019, 2020]), "years").grids[0]
    assert [row.label for row in years.rows] == ["2019", "2020"]


def test_both_ends_of_an_interval_have_the_decimals_of_the_estimate():
    ends = {
        "estimate": [0.2664, 0.7179],
        "conf_low": [0.0355, 0.3768],
        "conf_high": [0.4973, 1.059],
    }
    published = wb.publish(pd.DataFrame(ends, index=["H1", "H3"]), "verdicts")
    assert {len(number.printed.partition(".")[2]) for number in published.numbers} == {3}


def test_a_small_p_is_one_relation():
    assert say("p = {p}", p="<0.001") == "p < 0.001"


def test_least_squares_has_no_spillover_to_print():
    places = pd.MultiIndex.from_tuples([("x", "indirect")], names=["term", "effect"])
    none = pd.DataFrame({"estimate": [0.0], "std_error": [float("nan")]}, index=places)
    some = pd.DataFrame({"estimate": [0.25], "std_error": [0.1]}, index=places)
    empty = pd.DataFrame({"estimate": [], "std_error": []})
    made = Comparison(
        {"OLS": empty, "SDM": empty}, {"OLS": none, "SDM": some},
        {"OLS": pd.Series(dtype=float), "SDM": pd.Series(dtype=float)},
        {"OLS": "closed form", "SDM": "closed form"}, (), ("x",),
    )  # fmt: skip
    published = wb.publish(made, "models")
    shown = [[cell.shown for cell in row.cells] for row in published.grids[0].rows if row.cells]
    assert shown == [["—", "0.250"], ["", "(0.100)"]]
    assert [number.value for number in published.numbers] == [0.0, 0.25, 0.1]
