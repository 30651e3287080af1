"""Tables for papers: what is asked for stands in every format, and nothing in them acts."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import matplotlib.figure
import numpy as np
import openpyxl
import pandas as pd
import pypdf
import pytest
import typst
from docx import Document

import workbench as wb
from workbench.errors import InputError, OptionError
from workbench.reports.entries import published_from
from workbench.reports.formats import headings, shown_row
from workbench.reports.markup import typographic_in
from workbench.reports.writers.latex import escaped as in_latex
from workbench.reports.writers.typst import escaped as in_typst

FORMULA = "log(gsp) ~ log(pcap) + log(emp)"
HOSTILE = (
    "<script>alert(1)</script>",
    r"\input{/etc/passwd} $x$ 50% _a_ ^ ~ & # {",
    '#eval("1+1") *bold* $pi$ @ref [b] `raw` // gone',
    '=HYPERLINK("http://x","y")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "-2+3",
    "[option] & row \\\\ x",
    "1. first\n= heading\n- item",
    "a\x00b\u202ec",
)


@pytest.fixture(scope="module")
def year():
    return wb.load("munnell-1990").xs(1986, level="year")


@pytest.fixture(scope="module")
def models(year):
    W = wb.weights.queen(wb.load("us-states"))
    return {word.upper(): wb.fit(FORMULA, year, W, model=word) for word in ("ols", "sar", "sdm")}


@pytest.fixture
def hostile():
    """A table whose every text tries something: labels, headings, cells, caption, notes."""
    frame = pd.DataFrame(
        {
            HOSTILE[0]: [1.25] * len(HOSTILE),
            "text": list(HOSTILE),
            HOSTILE[2]: list(reversed(HOSTILE)),
        },
        index=pd.Index(HOSTILE, name=HOSTILE[1]),
    )
    return wb.table(frame, caption=HOSTILE[1] + HOSTILE[2], notes=HOSTILE[2] + HOSTILE[0])


def read_pdf(source: str) -> str:
    reader = pypdf.PdfReader(io.BytesIO(typst.compile(source.encode())))
    return "\n".join(page.extract_text() for page in reader.pages)


def unescaped(text: str) -> str:
    """What is left of LaTeX when escapes of single characters are taken out."""
    return re.sub(r"\\[{}$&#%_\\,]", "", text)


def cells_of(document) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in document.tables[0].rows]


# -- what a comparison shows ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("under", "column", "wrap"),
    [("std_error", "std_error", "({:.3f})"), ("tstat", "statistic", "({:.3f})")],
)
def test_what_is_asked_for_stands_under_the_estimate(models, under, column, wrap):
    table = wb.compare(models, under=under).table
    for name, fit in models.items():
        expected = wrap.format(fit.tidy().loc["log(emp)", column])
        assert table.loc[("", "log(emp)", column), name] == expected


def test_intervals_stand_in_one_cell_and_both_ends_are_recorded(models):
    compared = wb.compare(models, under="interval")
    low, high = models["SAR"].tidy().loc["rho", ["conf_low", "conf_high"]]
    shown = compared.table.loc[("", "rho", "interval"), "SAR"]
    assert shown == f"[{low:.3f}, {high:.3f}]"
    numbers = {number.id: number.value for number in wb.publish(compared, "m").numbers}
    assert numbers["m/rho/SAR/conf_low"] == low
    assert numbers["m/rho/SAR/conf_high"] == high
    with wb.speaking("ru"):
        assert f"{low:.3f}; {high:.3f}]".replace(".", ",").replace("-", "−") in compared.to_html()


def test_both_ends_of_a_small_interval_are_set_as_numbers_are():
    assert typographic_in("[-1.6e-04, 0.001]") == "[−1.6×10⁻⁴, 0.001]"
    assert typographic_in("[-1,6e-04; -0,001]") == "[−1,6×10⁻⁴; −0,001]"


def test_nothing_stands_under_the_estimate_on_request(models):
    table = wb.compare(models, under=None).table
    assert set(table.index.get_level_values("statistic")) == {"estimate", "value"}
    assert "parentheses" not in wb.compare(models, under=None).notes


def test_stars_are_off_and_their_levels_are_told(models):
    p = models["SAR"].tidy()["p_value"]
    assert "*" not in wb.compare(models).table.to_string()
    starred = wb.compare(models, stars=(0.05, 0.5))
    assert "* p < 0.5, ** p < 0.05." in starred.notes
    for term in p.index:
        shown = starred.table.loc[("", term, "estimate"), "SAR"]
        assert shown.count("*") == sum(p[term] < level for level in (0.5, 0.05))
    assert "* p < 0.1, ** p < 0.05, *** p < 0.01." in wb.compare(models, stars=True).notes
    with pytest.raises(InputError, match="stars"):
        wb.compare(models, stars=(0.05, 5))


def test_terms_are_kept_dropped_and_ordered(models):
    def terms(**options):
        table = wb.compare(models, statistics=(), under=None, **options).table
        return list(table.index.get_level_values("term"))

    assert terms(keep=["rho", "log(emp)"]) == ["log(emp)", "rho"]
    assert terms(drop=["W(*", "Intercept"]) == ["log(pcap)", "log(emp)", "rho"]
    assert terms(order=["rho", "log(emp)"])[:3] == ["rho", "log(emp)", "Intercept"]
    kept = wb.compare(models, keep=["log(emp)"], impacts=True).table
    assert set(kept.loc["Total impacts"].index.get_level_values("term")) == {"log(emp)"}
    with pytest.raises(InputError, match=r"drop: .*\n.*did you mean 'log\(emp\)'"):
        terms(drop=["log(em)"])
    with pytest.raises(InputError, match="none left"):
        terms(drop=["*"])
    with pytest.raises(InputError, match="a list of terms"):
        terms(keep="rho")


def test_terms_are_grouped_by_what_they_are_or_as_asked_for(models):
    table = wb.compare(models, groups=True, statistics=(), under=None).table
    blocks = {term: block for block, term, _ in table.index}
    assert blocks["log(emp)"] == "Regressors"
    assert blocks["W(log(emp))"] == "Lags of regressors"
    assert blocks["rho"] == "Parameters of lags"
    own = wb.compare(models, groups={"Labour": ["*emp*"]}, statistics=(), under=None).table
    blocks = {term: block for block, term, _ in own.index}
    assert blocks["W(log(emp))"] == "Labour"
    assert blocks["rho"] == "Other terms"
    with pytest.raises(InputError, match="each term in one group"):
        wb.compare(models, groups={"a": ["rho"], "b": ["rho"]})


def test_any_statistic_is_a_row(models):
    compared = wb.compare(
        models,
        statistics=[
            "covariance",
            {"Terms": lambda fit: len(fit.params), "Lags": {"SDM": {"en": "yes", "ru": "да"}}},
            "aic",
        ],
        formats={"aic": ".0f"},
    )
    fit = compared.table.loc["Fit"]
    assert list(fit.index.get_level_values("term")) == ["Covariance", "Terms", "Lags", "AIC"]
    assert fit.loc[("Terms", "value"), "SDM"] == str(len(models["SDM"].params))
    assert list(fit.loc[("Lags", "value")]) == ["", "", "yes"]
    assert fit.loc[("AIC", "value"), "OLS"] == f"{models['OLS'].aic:.0f}"
    ids = {number.id for number in wb.publish(compared, "m").numbers}
    assert "m/row/SDM/Terms" in ids
    with pytest.raises(OptionError, match="statistics"):
        wb.compare(models, statistics=["r2"])
    with pytest.raises(InputError, match="values by model"):
        wb.compare(models, statistics=[{"Lags": {"SLX": "yes"}}])


def test_labels_are_shown_in_either_language_and_ids_stay(models):
    labels = {
        "log(emp)": {"en": "Employment", "ru": "Занятость"},
        "SAR": {"en": "Lag", "ru": "Лаг"},
        "nobs": "N",
    }
    english = wb.compare(models, labels=labels, lang="en")
    russian = wb.compare(models, labels=labels, lang="ru")
    assert "Employment" in english.to_html()
    assert "W(Employment)" in english.to_html()
    html = russian.to_html()
    for text in ("Занятость", "W(Занятость)", "Лаг", ">N<", "Константа", "0,"):
        assert text in html
    one, other = wb.publish(english, "m"), wb.publish(russian, "m")
    assert (one.numbers, one.texts) == (other.numbers, other.texts)
    assert other.notes.startswith("В скобках")


def test_impacts_made_before_are_set_beside_coefficients(models):
    made = models["SDM"].impacts(method="monte-carlo", draws=200, seed=1)
    table = wb.compare(models, impacts={"SDM": made}, effects=["indirect"]).table
    value = made["log(emp)", "indirect"]["std_error"]
    key = ("Indirect impacts", "log(emp)", "std_error")
    assert table.loc[key, "SDM"] == f"({value:.3f})"
    assert table.loc[key, "SAR"] == ""
    assert "Direct impacts" not in table.index.get_level_values("block")
    with pytest.raises(InputError, match="impacts by name of a model"):
        wb.compare(models, impacts={"SLX": made})


def test_odds_ratios_of_logits(year):
    """exp(b), with exp(b)·se by the delta method, and the interval's ends by exp."""
    data = year.assign(high=(year["gsp"] > year["gsp"].median()).astype(int))
    fit = wb.fit("high ~ unemp", data, family="binomial")
    row = fit.tidy().loc["unemp"]
    table = wb.compare({"logit": fit}, odds_ratios=True).table["logit"]
    assert table["", "unemp", "estimate"] == f"{np.exp(row['estimate']):.3f}"
    assert table["", "unemp", "std_error"] == f"({np.exp(row['estimate']) * row['std_error']:.3f})"
    assert "Intercept" not in table.index.get_level_values("term")
    assert "delta method" in wb.compare({"logit": fit}, odds_ratios=True).notes
    with pytest.raises(InputError, match="yes or no"):
        wb.compare({"ols": wb.fit("unemp ~ log(gsp)", year)}, odds_ratios=True)


@pytest.mark.slow
def test_headings_of_several_levels_are_kept_in_every_format(models, tmp_path):
    years = {("1986", name): fit for name, fit in models.items()} | {"alone": models["OLS"]}
    compared = wb.compare(years, caption="Two levels")
    assert 'colspan="3">1986<' in compared.to_html()
    assert r"\multicolumn{3}{c}{1986}" in compared.to_latex()
    assert r"\cmidrule(lr){2-4}" in compared.to_latex()
    assert "colspan: 3)[#text[1986]]" in compared.to_typst()
    compared.to_docx(tmp_path / "t.docx")
    assert cells_of(Document(tmp_path / "t.docx"))[0] == ["", "1986", "1986", "1986", ""]
    compared.to_excel(tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert [str(area) for area in sheet.merged_cells.ranges] == ["B3:D3"]
    assert "1986 · SAR" in compared.to_csv()


# -- the same table in every format -------------------------------------------------------------


def test_every_format_holds_the_printed_numbers(models, tmp_path):
    compared = wb.compare(models, impacts=True, caption="Models", lang="ru")
    value = models["SAR"].params["log(pcap)"]
    printed = f"{value:.3f}".replace(".", ",")
    assert printed in compared.to_latex()
    text = read_pdf(compared.to_typst())
    assert printed in text
    assert "Косвенные эффекты" in text
    assert "Таблица\xa01" in text
    compared.to_docx(tmp_path / "t.docx")
    rows = cells_of(Document(tmp_path / "t.docx"))
    assert next(row for row in rows if row[0] == "log(pcap)")[2] == printed
    compared.to_excel(tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    row = next(row for row in sheet.iter_rows() if row[0].value == "log(pcap)")
    assert row[2].value == pytest.approx(value, rel=1e-15)  # Excel keeps 16 digits
    assert row[2].number_format == "0.000"
    lines = list(csv.reader(io.StringIO(compared.to_csv())))
    assert {len(line) for line in lines} == {4}
    assert float(next(line for line in lines if line[0] == "log(pcap)")[2]) == value


@pytest.mark.slow
def test_the_same_table_gives_the_same_bytes(models, tmp_path):
    for name in ("one", "two"):
        made = wb.compare(models, caption="Models")
        made.to_docx(tmp_path / f"{name}.docx")
        made.to_excel(tmp_path / f"{name}.xlsx")
    for kind in ("docx", "xlsx"):
        assert (tmp_path / f"one.{kind}").read_bytes() == (tmp_path / f"two.{kind}").read_bytes()
        with zipfile.ZipFile(tmp_path / f"one.{kind}") as files:
            assert {entry.date_time for entry in files.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            about = files.read("docProps/core.xml").decode()
        assert "python-docx" not in about
        assert "openpyxl" not in about
    one, two = (wb.compare(models).to_html() for _ in range(2))
    assert one == two
    assert " id=" not in one


def test_what_is_tabled_is_what_would_be_published(models):
    """Diagnostics, a local statistic with the words of its clusters, a single number."""
    year, W = wb.load("munnell-1990").xs(1986, level="year"), wb.weights.queen(wb.load("us-states"))
    lisa = wb.lisa("unemp", year, W, permutations=99, seed=1)
    for thing in (models["OLS"].diagnostics(), lisa, 0.25):
        with wb.speaking("ru"):
            published = wb.publish(thing, "table", caption="c")
        assert wb.table(thing, caption="c", lang="ru").published == published
    assert "незначимо" in wb.table(lisa, lang="ru").to_latex(long=True)


def test_long_and_wide_tables(models):
    table = wb.table(models["OLS"].tidy(), caption="Long", notes="All.")
    long = table.to_latex(long=True, wide=True, label="tab:long")
    for text in (r"\begin{longtable}", r"\endhead", r"\endlastfoot", r"\begin{landscape}"):
        assert text in long
    assert r"\caption{Long}\label{tab:long} \\" in long
    assert r"\begin{sidewaystable}" in table.to_latex(wide=True)
    many = pd.DataFrame({"value": np.arange(120.0)}, index=[f"r{i}" for i in range(120)])
    source = wb.table(many, caption="Many").to_typst(long=True)
    pages = pypdf.PdfReader(io.BytesIO(typst.compile(source.encode()))).pages
    assert len(pages) > 1
    assert all("Value" in page.extract_text() for page in pages)
    wide = pypdf.PdfReader(io.BytesIO(typst.compile(table.to_typst(wide=True).encode())))
    assert any(page.mediabox.width > page.mediabox.height for page in wide.pages)


@pytest.mark.parametrize(("wide", "size"), [(False, (210, 297)), (True, (297, 210))])
def test_a_word_page_is_a4_and_turned_on_request(models, tmp_path, wide, size):
    """ISO 216: A4 has 210 by 297 millimetres."""
    wb.table(models["OLS"].tidy()).to_docx(tmp_path / "t.docx", wide=wide)
    section = Document(tmp_path / "t.docx").sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == size
    assert section.orientation == int(wide)


def test_figures_and_bad_names_are_refused(models, tmp_path):
    with pytest.raises(InputError, match="rows and columns"):
        wb.table(matplotlib.figure.Figure())
    with pytest.raises(OptionError, match="lang"):
        wb.table(models["OLS"], lang="de")
    for write in (wb.compare(models).to_latex, wb.compare(models).to_typst):
        with pytest.raises(InputError, match="label: expected letters"):
            write(label="a}\\input{b")
    for write in (wb.compare(models).to_docx, wb.compare(models).to_excel):
        with pytest.raises(InputError, match="make the folder first"):
            write(tmp_path / "nowhere" / "t.x")


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "from -0.5194 to -0.02401"), ("ru", "от -0,5194 до -0,02401")],
)
def test_numbers_in_words_and_intervals_have_a_minus_in_excel(models, tmp_path, lang, words):
    """A hyphen before a decimal number is a minus; CSV keeps what a program reads."""
    told = wb.table(pd.DataFrame({"reason": [words, "-2+3"]}, index=["a", "US-10"]), lang=lang)
    told.to_excel(tmp_path / "t.xlsx")
    texts = [c.value for row in openpyxl.load_workbook(tmp_path / "t.xlsx").active for c in row]
    assert words.replace("-", "−") in texts
    assert {"-2+3", "US-10"} <= set(texts)
    assert words.replace("-", "−") in read_pdf(told.to_typst())
    assert words in told.to_csv()
    compared = wb.compare(models, under="interval", lang=lang)
    compared.to_excel(tmp_path / "t.xlsx")
    cells = [c.value for row in openpyxl.load_workbook(tmp_path / "t.xlsx").active for c in row]
    ends = [text for text in cells if isinstance(text, str) and text.startswith("[")]
    assert any("−" in text for text in ends)
    assert not any("-" in text for text in ends)


# -- hostile texts ------------------------------------------------------------------------------


def test_hostile_texts_are_inert_in_html(hostile):
    html = hostile.to_html()
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_hostile_texts_are_inert_in_latex(hostile):
    """Only our own commands are left, braces balance, and no row starts with an option."""
    ours = {
        "begin", "end", "centering", "caption", "toprule", "midrule", "bottomrule", "item",
        "footnotesize", "textbackslash", "textasciicircum", "textasciitilde", "textless",
        "textgreater", "textbar", "textquotedbl", "textasciigrave", "raggedright",
        "arraybackslash", "linewidth", "endhead", "endfirsthead", "endfoot", "endlastfoot",
        "multicolumn", "noindent", "par", "dimexpr", "relax", "fontsize", "selectfont",
        "setlength", "tabcolsep", "allowbreak", "begingroup", "endgroup",
    }  # fmt: skip
    for long in (False, True):
        source = hostile.to_latex(long=long)
        body = unescaped(source)
        assert set(re.findall(r"\\([A-Za-z]+)", body)) <= ours
        assert body.count("{") == body.count("}")
        for mark in "$#^~_":
            assert mark not in body
        rows = [line for line in source.splitlines() if re.search(r"(?<!\\)&", line)]
        assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {3}
        assert not [line for line in source.splitlines() if line.startswith(("[", "*"))]
        assert "\x00" not in source
        assert "\u202e" not in source


def test_hostile_texts_are_inert_in_typst(hostile):
    """The compiled page shows each text as it was, nothing evaluated, nothing missing."""
    shown = re.sub(r"\s", "", read_pdf(hostile.to_typst(long=True)))
    for text in HOSTILE[:-1]:
        assert re.sub(r"\s", "", text) in shown
    assert "abc" in shown


@pytest.mark.parametrize("text", HOSTILE)
def test_every_character_reaches_the_page_through_typst(text):
    shown = re.sub(r"\s", "", read_pdf(in_typst(text)))
    assert shown == re.sub(r"[\s\x00\u202e]", "", text)


def test_latex_escapes_one_by_one():
    """Each special character of LaTeX, by its command in the LaTeX companion's tables."""
    assert in_latex(r"\{}$&#%_^~<>") == (
        r"\textbackslash{}\{\}\$\&\#\%\_\textasciicircum{}\textasciitilde{}\textless{}\textgreater{}"
    )
    assert in_latex("a--b") == "a-{}-b"
    assert in_latex("[x] 5 − ρ²") == r"{}[x] 5 $-$ $\rho$\textsuperscript{2}"


def test_hostile_texts_are_inert_in_word(hostile, tmp_path):
    hostile.to_docx(tmp_path / "t.docx")
    document = Document(tmp_path / "t.docx")
    rows = cells_of(document)
    for text in HOSTILE[:-2]:
        assert text in [row[0] for row in rows]
    assert "HYPERLINK" not in re.sub(r"<w:t[ >].*?</w:t>", "", document.element.xml, flags=re.S)


def test_hostile_texts_are_inert_in_excel(hostile, tmp_path):
    hostile.to_excel(tmp_path / "t.xlsx")
    with zipfile.ZipFile(tmp_path / "t.xlsx") as files:
        assert b"<f>" not in files.read("xl/worksheets/sheet1.xml")
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "t.xlsx").active for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    texts = [cell.value for cell in cells]
    for text in HOSTILE[3:7]:
        assert text in texts
    assert all(c.quotePrefix for c in cells if str(c.value).startswith(("=", "+", "@", "-2")))


def test_hostile_texts_are_inert_in_csv(hostile):
    lines = list(csv.reader(io.StringIO(hostile.to_csv())))
    starts = {cell[0] for line in lines for cell in line if cell}
    assert not starts & set("=+-@\t\r")
    assert {len(line) for line in lines} == {4}


def test_negative_numbers_stay_numbers_in_csv():
    table = wb.table(pd.DataFrame({"x": [-1.5, 2.0]}, index=["a", "b"]))
    assert pd.read_csv(io.StringIO(table.to_csv()), index_col=0)["x"].tolist() == [-1.5, 2.0]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_weights_are_a_table_of_their_card(lang):
    states = wb.load("us-states")
    near = wb.weights.distance_band(states, 300, islands="nearest")
    card = near.card()
    assert card.notes, "some states are linked to one beyond the band, which a reader must know"
    shown = wb.table(near, lang=lang)
    assert str(shown) == str(wb.table(card, lang=lang))
    (grid,) = shown.published.grids
    assert len(grid.rows) == len(card.table())
    assert {cell.shown for row in grid.rows for cell in row.cells} >= {card.digest}
    assert "US-" in shown.published.notes


def test_a_table_without_caption_begins_with_its_heading():
    assert str(wb.table(pd.DataFrame({"a": [1.5]}, index=["x"]))).splitlines()[0].split() == ["a"]


def test_a_thing_that_is_no_table_is_refused_with_a_way_out():
    with pytest.raises(InputError, match=r"thing\.table\(\)"):
        wb.table(object())


def test_names_that_are_typed_are_not_translated():
    fields = wb.describe("russia-innovation").set_index("title_ru")[["field", "unit"]]
    with wb.speaking("ru"):
        made = wb.publish(fields, "fields")
        rows = [shown_row(row) for row in made.grids[0].rows]
    assert [row.cells[0].shown for row in rows] == fields["field"].tolist()
    again = published_from(made.to_dict())
    assert again.grids == made.grids


def test_failed_beside_passed_is_of_questions_and_a_fit_is_a_model():
    with wb.speaking("ru"):
        assert headings(["passed", "failed"]) == ("Пройдено", "Не пройдено")
        assert headings(["draw", "failed"])[1] == "Не удалось"
        assert headings(["fit"]) == ("модель",)
    assert headings(["fit", "passed", "failed"]) == ("fit", "passed", "failed")
