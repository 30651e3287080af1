"""Page, PDF and Word file say the same, refer to the same, and hold every text inert."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from docx import Document as Word
from matplotlib.figure import Figure
from pypdf import PdfReader

import workbench as wb
from workbench.errors import ReportError
from workbench.reports.documents import documents
from workbench.reports.gridded import BREAK
from workbench.reports.parameters import Setting
from workbench.reports.studies import Header, bibliography_of
from workbench.reports.via_nbformat import v4

WORKS = """
@book{lesage2009,
  author = {LeSage, J. and Pace, R. K.}, year = {2009},
  title = {{Introduction to Spatial Econometrics}}, publisher = {CRC Press},
}

@article{jaffe1989,
  author = {Jaffe, A. B.}, year = {1989}, title = {{Real effects of academic research}},
  journal = {American Economic Review}, volume = {79}, pages = {957--970},
}
"""
HOSTILE = (
    '<script>alert(1)</script> #panic("x") $x^2$ \\input{y} @nobody [a](b) `c` **d** '
    '#read("/etc/passwd") </w:t> & ]]> *e*'
)
FILES = ("index.html", "report.pdf", "report.docx")


def table(frame=None, name="models", **told):
    frame = pd.DataFrame({"estimate": [1.25, -0.5]}, index=["x", "y"]) if frame is None else frame
    return wb.publish(frame, name, **told)


def figure(name="picture", **told):
    drawn = Figure()
    drawn.subplots().plot([0, 1, 2], [1, 0, 1])
    return wb.publish(drawn, name, **told)


def executed(*cells):
    """Return a notebook as if it had been executed: texts are prose, others are outputs."""
    made = [v4.new_markdown_cell("# A study")]
    for cell in cells:
        if isinstance(cell, str):
            made.append(v4.new_markdown_cell(cell))
        else:
            outputs = [v4.new_output("display_data", cell._repr_mimebundle_())]
            made.append(v4.new_code_cell("wb.publish()", outputs=outputs))
    return v4.new_notebook(cells=made)


def written(*cells, lang="en", header=None, bibliography=WORKS):
    setting = Setting("small", {"lang": "en"}, {"lang": lang})
    return documents(
        executed(*cells),
        header or Header("A study", "Does it hold?", title_ru="Исследование"),
        setting=setting,
        datasets=[],
        versions={"numpy": "2"},
        bibliography=bibliography,
    )


def read(files):
    """Return the text of each format, with spaces made one."""
    word = Word(io.BytesIO(files["report.docx"]))
    cells = [c.text for t in word.tables for row in t.rows for c in row.cells]
    with zipfile.ZipFile(io.BytesIO(files["report.docx"])) as archive:
        told = archive.read("word/document.xml").decode()
    every = re.sub("<w:instrText.*?</w:instrText>|<[^>]*>", "", told)
    pages = PdfReader(io.BytesIO(files["report.pdf"])).pages
    texts = {
        "index.html": re.sub("<[^>]*>", "", files["index.html"].decode()),
        "report.pdf": " ".join(page.extract_text() for page in pages),
        "report.docx": " ".join([every, *cells]),
    }
    return {name: re.sub(r"\s+", " ", text) for name, text in texts.items()}


def test_things_and_equations_have_the_same_numbers_in_every_format():
    files = written(
        "By @eq-kpf and @models, @second and @picture.\n\n$$y = x$$ {#eq-kpf}\n\nAlso $$z = 1$$.",
        table(caption="The first"),
        figure(caption="A line"),
        table(name="second", caption="The other"),
    )
    for name, text in read(files).items():
        assert "By equation (1) and Table 1, Table 2 and Figure 1." in text, name
        assert "Table 1. The first" in text, name
        assert "Table 2. The other" in text, name
        assert "Figure 1. A line" in text, name
        assert "(2)" not in text, name
    page = files["index.html"].decode()
    assert '<a href="#models">' in page
    assert '<figure id="models"' in page
    assert '<div id="eq-kpf" class="equation">' in page


def test_russian_names_what_it_refers_to_and_keeps_short_words_with_the_next():
    with wb.speaking("ru"):
        shown = table(caption="Оценки в 80 регионах"), figure(caption="Линия")
    files = written(
        "@models и [-@picture] в тексте — по формуле @eq-a.\n\n$$y$$ {#eq-a}", *shown, lang="ru"
    )
    for name, text in read(files).items():
        assert "Табл. 1 и 1 в тексте — по формуле (1)." in text, name
        assert "Таблица 1. Оценки в 80 регионах" in text, name
        assert "−0,500" in text, name
    page = files["index.html"].decode()
    assert "в\u00a0тексте\u00a0— по\u00a0формуле" in page
    assert "Оценки в\u00a080\u00a0регионах" in page
    assert '<div lang="en">' not in page


@pytest.mark.quick_cases(5)
@pytest.mark.parametrize(
    ("prose", "message"),
    [
        ("See @modles.", r"@modles in cell 2.*\n.*did you mean 'models'"),
        ("See @said.", "@said in cell 2.*a claim, which has no number"),
        ("Both [@models; @jaffe1989].", "references in cell 2"),
        ("$$y$$ {#kpf}", "{#kpf} in cell 2.*eq- and lower-case"),
        ("$$y$$ {#eq-a}\n\n$$z$$ {#eq-a}", "occurs once"),
        ("[there](#modles)", "link #modles in cell 2"),
        ("![x](secret.png)", "picture 'secret.png' in cell 2"),
        ("[x](javascript:alert(1))", r"link 'javascript:alert\(1\)' in cell 2.*scheme javascript:"),
        ("<JavaScript:alert(1)>", "link 'JavaScript:.*in cell 2"),
        ("[x](data:text/html,a)", "link 'data:.*in cell 2"),
        ("[x](../secret.html)", "link '../secret.html' in cell 2.*a path"),
        ("a <b>c</b>", "prose in cell 2.*only comments.*<b>"),
        ("<script>alert(1)</script>", "prose in cell 2.*<script>"),
        ("`<i>`{=html}", "prose in cell 2.*<i>"),
        ("<div onclick='x'>\n\na\n\n</div>", "prose in cell 2.*onclick"),
        (r"$$y = \nosuchword{x}$$", "(?i)could not convert TeX math"),
        ("::: {.note}\nnever closed", "cell 2: expected prose that closes what it opens"),
    ],
)
def test_what_is_nowhere_is_refused_with_its_cell(prose, message):
    said = wb.claim("said", "It is {x:.1f}.", numbers={"x": 1.0})
    with pytest.raises(ReportError, match=f"(?s){message}"):
        written(prose, table(), said)


def test_addresses_are_followed_and_comments_are_seen_by_nobody():
    files = written(
        "<!-- given -->\n\n[a](https://a.org), [b](mailto:b@c.org), [d](doi:10.1/2), [e](#models)"
        " and <https://f.org> <!-- inline -->.",
        table(),
    )
    for name, content in files.items():
        assert b"<!-- given" not in content, name
    assert not any("<!--" in text or "-->" in text for text in read(files).values())
    page = files["index.html"].decode()
    assert all(f'href="{to}"' in page for to in ("https://a.org", "mailto:b@c.org", "doi:10.1/2"))


def test_a_name_published_and_a_work_may_not_be_called_the_same():
    with pytest.raises(ReportError, match="published name 'jaffe1989'"):
        written("Text.", table(name="jaffe1989"))


def test_every_name_that_is_nowhere_is_told_at_once():
    """A student mends them in one go, and does not run the study anew for each."""
    said = wb.claim("said", "It is {x:.1f}.", numbers={"x": 1.0})
    with pytest.raises(ReportError) as refused:
        written("See @modles and [@jaffe1998].", table(), said, "And @said.")
    message = str(refused.value)
    assert "3 names that are nowhere" in message
    assert "@modles in cell 2 (did you mean 'models'?)" in message
    assert "@jaffe1998 in cell 2 (did you mean 'jaffe1989'?)" in message
    assert "@said in cell 5 (refer to a table or a figure)" in message


def test_a_reference_speaks_the_language_of_its_paragraph():
    """An author may write in one language and ask for captions in the other."""
    prose = "The share is in @models, by @eq-a.\n\nДоля дана в @models.\n\n$$y$$ {#eq-a}"
    for lang in ("en", "ru"):
        with wb.speaking(lang):
            shown = table(caption="Shares")
        for name, text in read(written(prose, shown, lang=lang)).items():
            assert "The share is in Table 1, by equation (1)." in text, (name, lang)
            assert "Доля дана в табл. 1." in text, (name, lang)


def test_an_address_and_an_escaped_sign_are_no_references():
    text = read(written(r"Write to a@b.ru or \@someone."))["report.pdf"]
    assert "Write to a@b.ru or @someone." in text


def test_works_that_are_cited_are_listed_at_the_end_and_no_others():
    for name, text in read(written("As @jaffe1989 and others [@jaffe1989, p. 3] say.")).items():
        assert "As Jaffe (1989) and others (Jaffe 1989, 3) say." in text, name
        assert "American Economic Review 79" in text, name
        assert "LeSage" not in text, name
        assert text.rindex("Jaffe, A. B. 1989") > text.rindex("others"), name
    russian = read(written("По работе [@lesage2009].", lang="ru"))
    for name, text in russian.items():
        assert "Литература" in text, name
        assert "(LeSage и Pace 2009)" in text, name
        assert "2009 г" not in text, name
    assert "References" not in read(written("Nothing is cited."))["index.html"]


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_citation_has_the_conjunction_of_its_sentence_and_the_list_that_of_the_report(lang):
    cells = "As @lesage2009 say in plain English.", "По-русски так пишут и в [@lesage2009]."
    listed = {"en": "LeSage, J., and R. K. Pace. 2009", "ru": "LeSage, J., и R. K. Pace. 2009"}
    for name, text in read(written(*cells, lang=lang)).items():
        assert "As LeSage and Pace (2009) say" in text, name
        assert "(LeSage и Pace 2009)" in text, name
        assert text.count(listed[lang]) == 1, name
        assert text.count("R. K. Pace. 2009") == 1, name


def test_a_study_may_have_a_bibliography_of_its_own(tmp_path):
    header = Header("A study")
    assert bibliography_of(header, tmp_path) == ""
    (tmp_path / "references.bib").write_text("@book{a, year={1}}", encoding="utf-8")
    (tmp_path / "own.bib").write_text("@book{b, year={2}}", encoding="utf-8")
    assert "book{a" in bibliography_of(header, tmp_path)
    assert "book{b" in bibliography_of(replace(header, bibliography="own.bib"), tmp_path)
    for name in ("none.bib", "../own.bib"):
        with pytest.raises(ReportError, match="beside the notebook"):
            bibliography_of(replace(header, bibliography=name), tmp_path)


def test_the_bibliography_of_all_studies_is_one_that_pandoc_reads():
    folder = Path(__file__).parents[2] / "notebooks"
    works = bibliography_of(Header("A study"), folder)
    keys = re.findall(r"^@\w+\{([^,]+),", works, re.MULTILINE)
    assert keys == sorted(set(keys))
    assert "LeSage" in read(written("[@lesage2009]", bibliography=works))["index.html"]


def test_hostile_text_is_inert_and_legible_in_every_format():
    frame = pd.DataFrame({"word": [HOSTILE], HOSTILE: [1.5]}, index=pd.Index([HOSTILE]))
    said = wb.claim("said", "In {where}.", numbers={"where": HOSTILE})
    files = written(
        "Prose.",
        table(frame, caption=HOSTILE, notes=HOSTILE),
        figure(caption=HOSTILE),
        said,
        header=Header(HOSTILE, HOSTILE),
    )
    page = files["index.html"].decode()
    assert "<script" not in page
    plain = page.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    assert plain.replace("&amp;", "&").count('#panic("x") $x^2$ \\input{y} @nobody') >= 6
    pdf = read(files)["report.pdf"].replace(" ", "")
    assert pdf.count('#panic("x")$x^2$') >= 5
    assert "root:" not in pdf
    word = Word(io.BytesIO(files["report.docx"]))
    shown = word.tables[0].rows[1].cells[1].text
    assert shown.replace(BREAK, "") == HOSTILE, "long words have places to break, as in the PDF"
    assert word.core_properties.title == HOSTILE


def test_a_pdf_is_an_archive_with_its_fonts_and_alternative_texts():
    drawn = figure(caption="Линия ρ")
    reader = PdfReader(io.BytesIO(written("Текст: ∞ ρ λ ₀ ² − × ≥ · →", drawn)["report.pdf"]))
    assert "/OutputIntents" in reader.trailer["/Root"]
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part[^0-9]*2", metadata)
    assert re.search(r"pdfaid:conformance[^A-Z]*B", metadata)
    assert "Текст: ∞ ρ λ ₀ ² − × ≥ · →" in reader.pages[0].extract_text()
    assert reader.pages[0].mediabox.width == pytest.approx(595.28, abs=0.1)
    fonts = [f.get_object() for p in reader.pages for f in p["/Resources"]["/Font"].values()]
    for font in fonts:
        inside = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert any(key in inside for key in ("/FontFile2", "/FontFile3"))
    alts = [o["/Alt"] for o in _objects(reader) if "/Alt" in o]
    assert alts == ["Линия ρ"]


def _objects(reader):
    found = (reader.get_object(number) for number in range(1, len(reader.xref_objStm) + 2000))
    return [one for one in found if isinstance(one, dict)]


@pytest.mark.slow
def test_text_flows_on_where_a_figure_does_not_fit():
    """The first page has seven tenths of text; the figure is on the second, what follows not."""
    lines = "Line.\n\n" * 26
    after = [f"Sentence {n} after it.\n\n" for n in range(4)]
    files = written(lines, figure("one", caption="First"), "".join(after), table(caption="T"))
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(files["report.pdf"])).pages]
    assert "Figure 1. First" in texts[1]
    assert all(one.strip() in texts[0] for one in after)
    text = " ".join(
        page.extract_text()
        for page in PdfReader(
            io.BytesIO(
                written("Text.\n\n", *[figure(f"f{n}", caption="F") for n in range(7)])[
                    "report.pdf"
                ]
            )
        ).pages
    )
    assert re.findall(r"Figure (\d)\. F", text) == list("1234567")


def test_a_reference_leads_to_the_page_that_a_figure_went_to():
    things = "By @one.\n\n" + "Line.\n\n" * 26, figure("one", caption="First"), "After it."
    reader = PdfReader(io.BytesIO(written(*things)["report.pdf"]))
    (link,) = (a.get_object() for a in reader.pages[0]["/Annots"])
    assert reader.get_page_number((link.get("/Dest") or link["/A"]["/D"])[0].get_object()) == 1
    assert "Figure 1. First" in reader.pages[1].extract_text()


def test_thousands_of_a_russian_table_are_read_back_from_print():
    with wb.speaking("ru"):
        shown = table(pd.DataFrame({"рубли": [30344.9, 282266.9, -1e6]}), caption="Суммы")
    text = PdfReader(io.BytesIO(written("Текст.", shown, lang="ru")["report.pdf"])).pages[0]
    plain = re.sub(r"\s", " ", text.extract_text())
    assert all(one in plain for one in ("30 345", "282 267", "−1 000 000"))


def test_a_character_without_a_glyph_is_named_with_its_cell():
    frame = pd.DataFrame({"a": [1.5]}, index=["株"])
    with pytest.raises(ReportError, match=r"U\+682A.*cell 3 \(models\)"):
        written("Text.", table(frame))


@pytest.mark.slow
def test_wide_tables_lie_across_and_long_ones_repeat_their_heads():
    wide = pd.DataFrame({f"coefficient{n}": [123456.25 + n] for n in range(16)}, index=["row"])
    long = pd.DataFrame({"share": [n + 0.5 for n in range(120)]}, index=range(120))
    files = written("Text.", table(wide, caption="Wide"), table(long, "long", caption="Long"))
    pages = PdfReader(io.BytesIO(files["report.pdf"])).pages
    across = [p for p in pages if p.mediabox.width > p.mediabox.height]
    assert len(across) == 1
    text = across[0].extract_text()
    assert all(f"coefficient{n}" in text for n in range(16))
    assert all(f"{123456.25 + n:,.0f}" in text.replace(" ", "") for n in range(16))
    texts = [p.extract_text() for p in pages]
    pieces = [one for one in texts if "60.5" in one or "119.5" in one]
    assert len(pieces) == 2
    assert all("Share" in one for one in pieces)
    word = Word(io.BytesIO(files["report.docx"]))
    assert {section.page_width.cm > section.page_height.cm for section in word.sections} == {
        True,
        False,
    }
    assert "<w:tblHeader/>" in word.tables[1].rows[0]._tr.xml


@pytest.mark.slow
def test_a_table_of_sentences_stays_upright_and_a_low_one_on_one_page():
    sentence = "The coefficient of the lagged variable does not differ from that of its neighbours"
    law = "W·log(patents_per_capita)+W·log(research_per_capita)+W·log(human_capital)=0"
    words = pd.DataFrame(
        {"statement": [sentence] * 2, "restriction": [law] * 2, "alternative": [sentence] * 2,
         "p_value": [0.25, 0.5]},
        index=["a hypothesis about neighbours", "another hypothesis about them"],
    )  # fmt: skip
    pages = PdfReader(io.BytesIO(written("Text.", table(words))["report.pdf"])).pages
    assert all(page.mediabox.width < page.mediabox.height for page in pages)
    line = next(one for one in pages[0].extract_text().splitlines() if "research_" in one)
    assert "human_capital)=0" not in line
    word = Word(
        io.BytesIO(written("Text.", table(words.drop(columns="restriction")))["report.docx"])
    )
    assert len(word.sections) == 1
    low = pd.DataFrame({"share": [n + 0.5 for n in range(20)]}, index=range(20))
    for lines in (20, 26, 32):
        pages = PdfReader(io.BytesIO(written("Line.\n\n" * lines, table(low))["report.pdf"])).pages
        texts = [page.extract_text() for page in pages]
        assert sum("Share" in text for text in texts) == 1, lines


def test_a_word_file_has_tables_mathematics_and_pages_of_its_own():
    files = written("## Part\n\n$$y = \\rho W y$$ {#eq-a}", table(caption="Estimates"), figure())
    word = Word(io.BytesIO(files["report.docx"]))
    assert [[c.text for c in row.cells] for row in word.tables[0].rows] == [
        ["", "Estimate"],
        ["x", "1.250"],
        ["y", "−0.500"],
    ]
    assert [p.text for p in word.paragraphs if p.style.name == "heading 2"] or any(
        p.text == "Part" and p.style.name.lower() == "heading 2" for p in word.paragraphs
    )
    assert any(p.style.name == "Table Caption" for p in word.paragraphs)
    assert word.sections[0].page_width.cm == pytest.approx(21.0, abs=0.01)
    with zipfile.ZipFile(io.BytesIO(files["report.docx"])) as archive:
        assert "m:oMathPara" in archive.read("word/document.xml").decode()
        assert not re.search(r"20\d\d-\d\d-\d\dT", archive.read("docProps/core.xml").decode())
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert any(name.endswith(".png") for name in archive.namelist())


@pytest.mark.slow
def test_word_counts_the_numbers_of_captions_itself():
    with wb.speaking("ru"):
        things = table(caption="Оценки"), figure(caption="Линия"), table(name="b", caption="Ещё")
    content = written("Текст, @b.", *things, lang="ru")["report.docx"]
    word = Word(io.BytesIO(content))
    captions = [
        p.text for p in word.paragraphs if p.style.name in ("Table Caption", "Image Caption")
    ]
    assert captions == ["Таблица 1. Оценки", "Рисунок 1. Линия", "Таблица 2. Ещё"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read("word/document.xml").decode()
    counted = re.findall(r" SEQ (\w+) \\\* ARABIC .*?<w:t>(\d+)</w:t>", text)
    assert counted == [("Table", "1"), ("Figure", "1"), ("Table", "2")]


def test_tables_of_a_word_file_fit_their_page():
    wide = pd.DataFrame({f"coefficient{n}": [0.25] for n in range(40)}, index=["row"])
    words = pd.DataFrame({"told": ["a sentence of many words " * 9], "x": [1.5]}, index=["r" * 60])
    content = written("Text.", table(wide, "wide"), table(words, "words"))["report.docx"]
    found = Word(io.BytesIO(content))
    rooms = [s.page_width - s.left_margin - s.right_margin for s in found.sections]
    widths = [sum(column.width for column in one.columns) for one in found.tables]
    assert widths[0] <= max(rooms)
    assert widths[1] <= min(rooms)


def test_the_same_notebook_gives_the_same_bytes():
    cells = ("Text @models [@jaffe1989].", table(caption="T"), figure(caption="F"))
    one, two = written(*cells), written(*cells)
    assert set(one) == set(FILES)
    for name in FILES:
        assert one[name] == two[name], name


@pytest.mark.slow
def test_headings_in_another_language_are_headings_in_print():
    """A report in Russian of English prose: "== Weights" once stood in the text as it is."""
    prose = "## Weights\n\nText.", "Text.\n\n## Models [@jaffe1989]\n\nText."
    reader = PdfReader(io.BytesIO(written(*prose, lang="ru")["report.pdf"]))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "==" not in text
    assert [one["/Title"] for one in reader.outline][:2] == ["Weights", "Models (Jaffe 1989)"]
    contents = text[: text.index("Text.")]
    assert "Weights" in contents
    assert "Models" in contents


def test_prose_in_another_language_than_the_page_says_so():
    page = written("English prose.", lang="ru")["index.html"].decode()
    assert '<div lang="en">' in page
    page = written("Русская проза.")["index.html"].decode()
    assert '<div lang="ru">' in page


@pytest.mark.parametrize(
    ("lang", "own", "other"), [("ru", "ru-RU", "en-US"), ("en", "en-US", "ru-RU")]
)
def test_a_word_file_is_in_the_language_of_its_report(lang, own, other):
    prose = {"en": "English prose.", "ru": "Русская проза."}
    content = written(prose["en"], prose["ru"], lang=lang)["report.docx"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text, settings, styles = (
            archive.read(f"word/{name}.xml").decode() for name in ("document", "settings", "styles")
        )
    assert set(re.findall(r'<w:lang w:val="([^"]*)"', text)) == {other}
    assert f'<w:themeFontLang w:val="{own}"' in settings
    assert re.search(rf'<w:lang [^>]*w:val="{own}"', styles)


@pytest.mark.slow
def test_a_browser_shows_the_page_and_asks_nothing_of_a_network(asked_by, tmp_path):
    page = tmp_path / "index.html"
    page.write_bytes(written("Text.", table(), figure())["index.html"])
    shown, asked = asked_by(page, tmp_path)
    assert "Table 1." in shown
    assert asked == []
    page.write_text('<img src="http://elsewhere.example/x.png">', encoding="utf-8")
    assert asked_by(page, tmp_path)[1] == ["elsewhere.example"]  # one that does ask is seen


def test_every_line_of_the_contents_leads_to_a_heading():
    files = written("## Weights\n\nText.", table(name="weights"), "## Weights\n\nText.")
    page = files["index.html"].decode()
    nav = re.search("<nav.*?</nav>", page, re.DOTALL)[0]
    assert nav.count("<li>") == 2
    aims = re.findall('href="#([^"]+)"', nav)
    assert len({*aims}) == 2
    assert "weights" not in aims
    assert all(re.search(f'<h2[^>]* id="{re.escape(aim)}"', page) for aim in aims)


@pytest.mark.slow
def test_widths_do_not_depend_on_how_a_process_hashes():
    """Nine numbers of one length, of which six are measured: a set has them in another order."""
    told = (
        "from workbench.reports.gridded import measured;"
        "print(measured([f'{n}.25' for n in range(11, 20)], 'estimate', number=True))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", told], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in "123"
    }  # fmt: skip
    assert len(said) == 1


def test_a_table_that_has_to_be_small_is_set_small():
    """Columns get the width of their longest word at the size that the plan says, no other."""
    words = [f"agglomeration{i:02d}" for i in range(16)]
    files = written(table(pd.DataFrame([words], columns=words, index=["x"]), name="wide"))
    sizes = set()

    def note(text, _transformation, matrix, _font, size):
        if "agglomeration" in text:
            sizes.add(round(abs(matrix[3]) * size, 1))

    for page in PdfReader(io.BytesIO(files["report.pdf"])).pages:
        page.extract_text(visitor_text=note)
    assert sizes
    assert max(sizes) < 8
