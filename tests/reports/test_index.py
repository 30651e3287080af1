"""The index shows each study with picture, verdicts, files and last check, and loads nothing."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import pytest

from workbench.errors import ReportError
from workbench.reports.entries import Published, Text
from workbench.reports.files import FIGURES
from workbench.reports.index import index_html, write_index
from workbench.reports.ledger import Place, _picture, read_ledger
from workbench.reports.overview.answers import Answer, answers_of, sentences_of
from workbench.reports.overview.entry import check_of, entry_of
from workbench.reports.overview.pictures import SMALL, picture_of
from workbench.reports.studies import header_of, load_study, studies

ROOT = Path(__file__).parents[2]

HOSTILE = "<script>alert(1)</script> **bold** $x$ \"'&"


@pytest.fixture
def report(project):
    """The folder of a finished report, to be changed at will."""
    return project.reports / "small"


def checked(report, **changed):
    """Write the record of a check of a report, as ``workbench verify --record`` does."""
    digest = hashlib.sha256((report / "ledger.json").read_bytes()).hexdigest()
    record = {
        "ledger_sha256": digest, "outcome": "holds", "numbers": 7, "identical": 6, "within": 1,
        "different": 0, **changed,
    }  # fmt: skip
    path = report.parent / "checks" / "small.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(record), encoding="utf-8")


def index_of(project):
    return write_index(project).read_text(encoding="utf-8")


def ledger_with(finished, texts, places=("verdicts",)):
    """A ledger with other texts, in tables of these names."""
    return replace(
        read_ledger(finished.reports / "small"),
        texts={key: Text(key, text) for key, text in texts.items()},
        published=tuple(Place(name, "table", "", 1, "table", 1) for name in places),
    )


def test_a_study_has_picture_question_files_and_counts(finished):
    page = (finished.reports / "index.html").read_text(encoding="utf-8")
    assert re.search(r'<a class="picture" href="small/index.html"><img src="data:image/', page)
    assert "Does it run?" in page
    for path in ("index.html", "report.pdf", "report.docx", "ledger.json", "replication/README.md"):
        assert f'href="small/{path}"' in page
    assert "Tables: 1; figures: 1; sentences: 1; numbers: 7." in page
    assert "Data: Toy." in page


def test_index_loads_nothing_and_runs_nothing(finished):
    page = (finished.reports / "index.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
    assert not re.search(r"<script|@import|\son\w+=", page)


def test_a_link_goes_to_files_that_are_there(report, project):
    (report / "report.docx").unlink()
    page = index_of(project)
    assert "small/report.docx" not in page
    assert "small/report.pdf" in page


def test_same_reports_give_the_same_bytes(project):
    assert write_index(project).read_bytes() == write_index(project).read_bytes()


def test_a_check_counts_for_the_ledger_that_it_was_of(report, project):
    assert "Not re-checked since it was rendered." in index_of(project)
    checked(report)
    assert "it holds. Of 7 numbers 6 are identical, 1 within tolerance." in index_of(project)
    ledger = report / "ledger.json"
    ledger.write_text(ledger.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert check_of(report) is None
    assert "Not re-checked since it was rendered." in index_of(project)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"outcome": "differs", "different": 3}, "Re-checked: it differs in 3 places."),
        ({"outcome": "absent"}, "At the last check its data were not here."),
        (
            {"outcome": "partly", "not_compared": ["report.pdf"]},
            "Re-checked: its numbers hold; not compared: report.pdf.",
        ),
        (
            {"checked_by": "<b>Б</b>", "checked_on": "2026-01-31"},
            "Re-checked, &lt;b&gt;Б&lt;/b&gt;, 2026-01-31: it holds.",
        ),
        ({"numbers": "<script>"}, "Not re-checked"),
        ({"outcome": "<script>"}, "it differs"),
    ],
)
def test_what_a_check_said_is_said(report, project, changed, told):
    checked(report, **changed)
    page = index_of(project)
    assert told in page
    assert "<script" not in page


def test_a_record_that_is_none_is_none(report):
    for text in ("", "[]", "{", '{"ledger_sha256": 1}'):
        checked(report)
        (report.parent / "checks" / "small.json").write_text(text, encoding="utf-8")
        assert check_of(report) is None


def test_verdicts_are_counted_over_the_rows_of_a_hypothesis(finished):
    ledger = ledger_with(
        finished,
        {
            "hypotheses/H1/claim": "Neighbours matter",
            "verdicts/H1 · SDM/verdict": "supported",
            "verdicts/H1 · log(a / b)/verdict": "cannot tell",
            "verdicts/H1 · SLX/verdict": "supported",
            "verdicts/0/hypothesis": "H2",
            "verdicts/0/restriction": "rho > 0",
            "verdicts/0/verdict": "contradicted",
            "verdicts/0/hypothesis#2": "H3",
            "verdicts/0/verdict#2": "not applicable",
        },
        ("hypotheses", "verdicts"),
    )
    assert answers_of(ledger) == (
        Answer("H1", "Neighbours matter", {"supported": 2, "cannot tell": 1}),
        Answer("H2", "rho > 0", {"contradicted": 1}),
        Answer("H3", "", {"not applicable": 1}),
    )


def test_a_column_of_other_words_is_no_verdict(finished):
    texts = {"headline/a/verdict": "met", "headline/b/verdict": "supported"}
    assert answers_of(ledger_with(finished, texts, ("headline",))) == ()


def test_tables_named_for_verdicts_go_before_others(finished):
    texts = {"verdicts/H1/verdict": "supported", "pairs/a/verdict": "cannot tell"}
    ledger = ledger_with(finished, texts, ("pairs", "verdicts"))
    assert [answer.name for answer in answers_of(ledger)] == ["H1"]


def test_verdicts_and_labels_are_in_the_language_of_the_report(finished):
    ledger = ledger_with(finished, {"verdicts/H1/verdict": "supported"})
    entry = entry_of(finished.reports / "small", replace(ledger, parameters={"lang": "ru"}))
    page = index_html([entry])
    assert '<li lang="ru">' in page
    assert "После сборки отчёт не перепроверялся." in page
    assert "supported</span>" not in page


def test_sentences_lose_their_marks_and_the_whole_answer_is_first(finished):
    ledger = read_ledger(finished.reports / "small")
    assert sentences_of(ledger) == (
        "The estimate is 1.25 for <script>alert(1)</script> **bold** $x$.",
    )
    places = [
        Place(n, "claim", "", 1, sentence=f"**{n}** \\*") for n in ("answer-x", "limit", "answer")
    ]
    assert sentences_of(replace(ledger, published=tuple(places))) == ("answer *", "answer-x *")


def test_what_a_sentence_refers_to_is_in_words_on_the_index_page(finished):
    shown = (Place("models", "", "", 1, "table", 3), Place("lisa-map", "", "", 1, "figure", 2))
    told = {
        "answer": r"@models says **so** (@lisa-map, row [-@models]); a\@models, @rey2001.",
        "answer-ru": "Карта (@lisa-map) и таблица [-@models]. @models о том же.",
    }
    claims = tuple(Place(name, "claim", "", 1, sentence=text) for name, text in told.items())
    ledger = replace(read_ledger(finished.reports / "small"), published=(*shown, *claims))
    assert sentences_of(ledger) == (
        "Table\u00a03 says so (Figure\u00a02, row 3); a@models, @rey2001.",
        "Карта (рис.\u00a02) и таблица 3. Табл.\u00a03 о том же.",
    )


def test_hostile_text_is_inert(finished):
    ledger = ledger_with(finished, {f"verdicts/{HOSTILE}/verdict": "supported"})
    ledger = replace(
        ledger, title=HOSTILE, question=HOSTILE, study="small",
        parameters={"region": HOSTILE}, datasets=(replace(ledger.datasets[0], title=HOSTILE),),
    )  # fmt: skip
    entry = entry_of(finished.reports / "small", ledger)
    page = index_html([entry, replace(entry, folder=f"small--{HOSTILE}", alt=HOSTILE)])
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; **bold** $x$ &quot;&#x27;&amp;" in page
    assert not re.search(r'="[^"]*<', page)


def test_a_large_picture_becomes_small_and_a_broken_one_none(report):
    ledger = read_ledger(report)
    figure = report / FIGURES / "picture.svg"
    figure.write_text(
        figure.read_text(encoding="utf-8") + "<!--" + " " * SMALL + "-->", encoding="utf-8"
    )
    address = picture_of(report, ledger)
    assert address.startswith("data:image/png;base64,")
    assert address == picture_of(report, ledger)
    figure.write_text("<svg>" + "x" * SMALL, encoding="utf-8")
    assert picture_of(report, ledger) == ""


def test_a_picture_is_a_published_figure_of_the_report(finished, report):
    ledger = read_ledger(finished.reports / "small")
    for name in ("../../secret", "numbers", ""):
        assert picture_of(report, replace(ledger, picture=name)) == ""


def test_the_header_names_the_picture_else_a_map_else_the_first():
    things = [(Published(n, "figure", picture="<svg/>"), 1) for n in ("bars", "map-sales", "curve")]
    things.append((Published("table-map", "table"), 1))
    assert _picture("curve", things) == "curve"
    assert _picture("", things) == "map-sales"
    assert _picture("", things[:1]) == "bars"
    assert _picture("", things[3:]) == ""
    assert _picture("table-map", things) == "map-sales", "a table is no picture"
    assert _picture("of-a-table-not-here", things[:1]) == "bars"


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("study", studies(ROOT / "notebooks"), ids=lambda study: study.name)
def test_every_study_of_the_project_names_a_picture_that_it_publishes(study):
    named = header_of(load_study(study), study=study.name).picture
    ledger = json.loads((ROOT / "reports" / study.name / "ledger.json").read_text(encoding="utf-8"))
    assert named in {p["name"] for p in ledger["published"] if p["thing"] == "figure"}


def test_a_full_disk_leaves_the_index_of_before(project, monkeypatch):
    before = (project.reports / "index.html").read_bytes()

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbench.reports.index._write", full)
    with pytest.raises(ReportError, match="No space left on device"):
        write_index(project)
    assert (project.reports / "index.html").read_bytes() == before
    assert not list(project.reports.glob(".partial-*"))


def test_a_page_of_russian_reports_is_russian(finished):
    ledger = replace(read_ledger(finished.reports / "small"), parameters={"lang": "ru"})
    name = ledger.datasets[0].name
    folder = finished.reports / "small"
    page = index_html([entry_of(folder, ledger, titles={name: "Игрушка"})])
    assert '<html lang="ru">' in page
    assert "<h1>Исследования</h1>" in page
    assert ">Файл Word</a>" in page
    assert "Данные: Игрушка" in page
    english = entry_of(folder, read_ledger(folder), titles={name: "Игрушка"})
    page = index_html([english])
    assert "<h1>Studies</h1>" in page
    assert "Игрушка" not in page


def test_a_statement_is_found_by_the_name_below_its_levels(finished):
    ledger = ledger_with(
        finished,
        {
            "hypotheses/first · map/statement": "True neighbours matter",
            "hypotheses/first · both/statement": "This",
            "hypotheses/second · both/statement": "That",
            "verdicts/map/verdict": "supported",
            "verdicts/both/verdict": "supported",
        },
        ("hypotheses", "verdicts"),
    )
    told = [(answer.name, answer.statement) for answer in answers_of(ledger)]
    assert told == [("map", "True neighbours matter"), ("both", "")]


def test_a_single_hypothesis_is_told_in_full(finished):
    texts = {
        "hypothesis/H1/statement": "Neighbours matter",
        "verdict/SDM/hypothesis": "H1",
        "verdict/SDM/verdict": "supported",
    }
    (answer,) = answers_of(ledger_with(finished, texts, ("hypothesis", "verdict")))
    assert (answer.name, answer.statement) == ("H1", "Neighbours matter")


def test_a_picture_has_no_legend_on_the_index_and_is_not_taller_than_its_text(report):
    ledger = read_ledger(report)
    path = report / FIGURES / f"{ledger.picture}.svg"
    drawn = path.read_text(encoding="utf-8")
    legend = '<g id="legend_1"><g><text>unreadable</text></g></g>'
    path.write_text(drawn.replace("</svg>", f"{legend}</svg>"), encoding="utf-8")
    shown = b64decode(picture_of(report, ledger).partition("base64,")[2]).decode()
    assert "unreadable" not in shown
    assert shown == drawn
    style = (ROOT / "workbench/reports/theme/page.css").read_text(encoding="utf-8")
    assert re.search(r"\.studies \.picture img {[^}]*max-height: 20rem; object-fit: cover", style)
