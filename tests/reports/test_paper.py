"""Printed pages: figures stay in their sections, rows on their page, and a full disk is said."""

from __future__ import annotations

import io
import json
import re
import resource
import zipfile

import pandas as pd
import pytest
from pypdf import PdfReader

import workbench as wb
from workbench.errors import ReportError
from workbench.reports.document import word_tables
from workbench.reports.document.printed import PRELUDE, THEME, Places, placed_figures
from workbench.reports.entries import Cell, Grid, Row
from workbench.reports.gridded import grid_source, planned
from workbench.reports.room import room_for
from workbench.reports.via_typst import marked, told, typeset


@pytest.fixture
def small_files():
    """Let no file grow beyond 20 kB, as on a disk that is full: the fonts are larger."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("small_files")
def test_a_disk_that_is_full_while_a_page_is_set_is_said():
    with pytest.raises(ReportError, match="free some space") as refused:
        typeset("= A title")
    assert "the report from before is untouched" in str(refused.value)


@pytest.mark.parametrize("error", [FileNotFoundError(2, "No usable temporary directory found")])
def test_no_place_for_temporary_files_is_said(error, monkeypatch):
    def absent(**_given):
        raise error

    monkeypatch.setattr("tempfile.TemporaryDirectory", absent)
    with pytest.raises(ReportError, match="No usable temporary directory"):
        typeset("= A title")


def test_time_that_ran_out_is_no_lack_of_room():
    with pytest.raises(TimeoutError), room_for("pdf"):
        raise TimeoutError


def _picture(height):
    """An SVG as wide as the page and of a height in centimetres."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="16cm" height="{height}cm">'
        f'<rect width="100%" height="100%" fill="#ccc"/></svg>'
    ).encode()


def _report(body):
    prelude = "\n".join((THEME / name).read_text(encoding="utf-8") for name in PRELUDE)
    return f"{prelude}\n#show: wb-report.with(title: [T])\n{body}"


def _figures(*numbers):
    return "".join(f'#wb-picture(number: {n}, caption: "c", "{n}.svg")\n' for n in numbers)


def test_no_figure_leaves_its_section_nor_overtakes_another():
    heights = {1: 9, 2: 12, 3: 4, 4: 11, 5: 6, 6: 10, 7: 3}
    files = {f"{n}.svg": _picture(height) for n, height in heights.items()}
    sections = [((1, 2, 3), 150), ((4,), 40), ((5, 6, 7), 300)]
    body = "".join(
        f'\n== Section #wb-at({-at}, "heading")\n\n{_figures(*numbers)}\n#lorem({words})\n'
        for at, (numbers, words) in enumerate(sections)
    )
    text = _report(body)
    placed = placed_figures(text, files)
    moved = json.loads(placed["figures.json"])["moved"]
    assert 0 < len(moved) < len(heights)
    told = marked(text, "wb-at", files=files | placed)
    stand = {(one["number"], one["part"]): (one["page"], one["y"]) for one in told}
    in_order = []
    for at, (numbers, _) in enumerate(sections):
        in_order += [stand[-at, "heading"], *(stand[n, "own"] for n in numbers)]
    assert in_order == sorted(in_order)


def test_text_flows_on_before_a_figure_that_does_not_fit():
    text = _report(f'\n#v(16cm)\n\n{_figures(1)}\n#lorem(20) #wb-at(0, "after")\n\n#lorem(300)')
    files = {"1.svg": _picture(12)}
    told = marked(text, "wb-at", files=files | placed_figures(text, files))
    pages = {one["part"]: one["page"] for one in told}
    assert (pages["after"], pages["own"]) == (1, 2)


def test_a_figure_that_nearly_fits_is_made_a_little_smaller_and_stays():
    files = {"1.svg": _picture(12)}
    sizes = {}
    for above in (4, 11, 12, 18):
        text = _report(f"\n#v({above}cm)\n\n{_figures(1)}\n#lorem(300)")
        placed = placed_figures(text, files)
        told = marked(text, "wb-at", files=files | placed)
        (page,) = [one["page"] for one in told if one["part"] == "own"]
        sizes[above] = json.loads(placed["figures.json"])["scaled"].get("1", 1), page
    assert sizes[4] == (1, 1)
    assert sizes[18] == (1, 2)
    assert (sizes[11], sizes[12]) == ((0.9, 1), (0.8, 1))


def test_a_row_of_a_table_stands_on_one_page():
    sentence = " ".join(["word"] * 180)
    rows = tuple(Row(f"row{n}", (Cell(f"begin{n}x {sentence} end{n}x"),)) for n in range(12))
    grid = Grid("item", ("finding",), rows)
    made = typeset(_report(f"#wb-tabular({grid_source(grid)})"), files=Places().told())
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]
    assert len(pages) > 1
    for n in range(12):
        (first,) = [at for at, page in enumerate(pages) if f"begin{n}x" in page]
        assert f"end{n}x" in pages[first]


def test_headings_of_neighbours_do_not_touch():
    cells = (Cell("H1"), Cell("0.2664", "a", "0.2664"))
    grid = Grid("fit", ("hypothesis", "estimate"), (Row("across regions", cells),))
    plan = planned([grid])
    needed = told(
        f'#context [#metadata(measure(text({plan.size}pt, strong("hypothesis"))).width / 1pt) <w>]',
        "w",
    )
    assert plan.widths[0][1] >= needed + 7.9  # four points on each side


def test_headings_of_a_table_for_a_paper_stand_at_its_rule():
    frame = pd.DataFrame({"a heading of many words, " * 4: [1.5], "b": [2.5]}, index=["x"])
    assert "if y < 1 { bottom }" in wb.table(frame).to_typst()


def _long_beside(label):
    """A table with a short column of labels beside a sentence of 40 words."""
    sentence = " ".join(["weights"] * 40)
    return Grid("item", ("content",), (Row(label, (Cell(sentence, "a/content", ""),)),))


def test_a_short_column_is_not_broken_beside_a_long_one():
    """It is as wide as if it stood beside little; the long one takes what is left of the line."""
    little = Grid("item", ("content",), (Row("hypothesis 'H1'", (Cell("x", "a/content", ""),)),))
    short, long = planned([_long_beside("hypothesis 'H1'")]).widths[0]
    alone = planned([little]).widths[0][0]
    assert short == pytest.approx(alone, abs=0.5)
    assert long > 5 * short
    word, wide = (word_tables.planned(grid) for grid in (little, _long_beside("hypothesis 'H1'")))
    assert word.size == wide.size
    assert wide.widths[0] == word.widths[0]


def test_a_long_sentence_takes_few_lines():
    """Beside ten columns of numbers too: the page turns before the sentence is a thread."""
    numbers = tuple(Cell("1234.5678", f"a/{j}", "1234.5678") for j in range(9))
    sentence = Cell("weakest where initiatives and centres stand " * 4, "a/reason", "")
    grid = Grid("item", (*map(str, range(9)), "reason"), (Row("H1", (*numbers, sentence)),))
    plan = planned([grid])
    assert plan.widths[0][-1] > 26 * 0.4 * plan.size


def test_contents_of_a_word_file_are_there_before_a_program_makes_them(finished):
    """Where fields are not made anew, as in a preview, the names of the sections stand and lead."""
    with zipfile.ZipFile(finished.reports / "small" / "report.docx") as archive:
        text = archive.read("word/document.xml").decode()
    field = text[text.index('fldCharType="begin"') : text.index('fldCharType="end"')]
    headings = re.findall(r'<w:pStyle w:val="Heading[12]" /></w:pPr>(.*?)</w:p>', text, re.DOTALL)
    told = ["".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", one)) for one in headings]
    assert told
    assert re.findall(r"<w:t [^>]*>([^<]*)</w:t></w:r></w:hyperlink>", field) == told
    assert all(f'w:name="{name}"' in text for name in re.findall(r'w:anchor="([^"]+)"', field))


def test_a_long_call_may_break_in_a_word_file():
    """Otherwise two such columns turn the page: the place to break is there, and nothing else."""
    call = "coefficient(log(researchers_per_capita)) > 0"
    cells = tuple(Cell(call, name, "") for name in "abcd")
    grid = Grid("", ("claimed", "null", "first", "last"), (Row("H1", cells),))
    plan = word_tables.planned(grid)
    assert not plan.across
    text = word_tables.table_xml(grid, plan)
    assert "coefficient(\u200blog(" in text
    assert call.replace(">", "&gt;") in text.replace("\u200b", "")


def test_a_heading_over_one_column_fits_it_word_by_word():
    """As wide as if the word stood at the column itself; in Word too."""
    row = Row("x", (Cell("0.17", "a/p", "0.17"), Cell("0.26", "a/q", "0.26")))
    over, own = (
        Grid("variable", heads, (row,))
        for heads in (("CIPS, intercept · p", "CIPS, trend · p"), ("intercept", "trend"))
    )
    assert planned([over]).widths[0] == pytest.approx(planned([own]).widths[0], abs=0.5)
    assert word_tables.planned(over).widths == word_tables.planned(own).widths


def test_nothing_is_copied_from_where_a_word_may_break():
    """A name in a table of a PDF is the name that is typed in Python."""
    name = "inverse_distance(power=1.0, researchers_per_capita_before)"
    grid = Grid("", ("W",), (Row("", (Cell(" ".join([name] * 4), "a", ""),)),))
    text = f"""{(THEME / "tables.typ").read_text(encoding="utf-8")}
#context wb-drawn({grid_source(grid)}, (10pt, 90pt), 8)"""
    shown = PdfReader(io.BytesIO(typeset(text))).pages[0].extract_text()
    assert "\u200b" not in shown
    assert name.replace(" ", "") in shown.replace("\n", "").replace(" ", "")
    assert name not in shown, "it breaks"
