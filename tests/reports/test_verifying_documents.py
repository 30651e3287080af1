"""Page, PDF and Word file show what the ledger says, whatever bytes they may be."""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import replace

import pytest

from workbench.core.language import speaking
from workbench.core.provenance import library_versions
from workbench.errors import ReportError
from workbench.reports.checking import papers, written
from workbench.reports.checking.certificate import certificate
from workbench.reports.checking.environments import Environment
from workbench.reports.checking.published import as_published, compared_sentences, with_numbers
from workbench.reports.checking.shown import Content, content_of, differences
from workbench.reports.entries import MIME, Cell, Grid, Number, Published, Row
from workbench.reports.ledger import Collector, read_ledger
from workbench.reports.tools import tool_versions
from workbench.reports.verifying import verify_report
from workbench.reports.via_typst import typeset

KEY = "numbers/x/estimate"


def in_json(path, change):
    plain = json.loads(path.read_text(encoding="utf-8"))
    change(plain)
    path.write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def claiming(folder, kind, **versions):
    """Let a report say that it was made with other versions, wherever it says so."""
    for name in ("ledger.json", "provenance.json"):
        in_json(folder / name, lambda plain: plain[kind].update(versions))
    here = {**library_versions(), **tool_versions()}
    for name in ("replication/README.md", "ro-crate-metadata.json"):
        text = (folder / name).read_text(encoding="utf-8")
        for program, version in versions.items():
            for quoted in (f"`{program}`", program):
                text = text.replace(f"{quoted} {here[program]}", f"{quoted} {version}")
        (folder / name).write_text(text, encoding="utf-8")


def in_page(folder, was, now):
    page = folder / "index.html"
    text = page.read_text(encoding="utf-8")
    assert was in text
    page.write_text(text.replace(was, now, 1), encoding="utf-8")
    digest = hashlib.sha256(page.read_bytes()).hexdigest()
    in_json(folder / "ledger.json", lambda plain: plain["page"].update(sha256=digest))


def in_word_file(path, was, now):
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(was.encode(), now.encode()))


def told_of(outcome, name):
    return "; ".join(f.told for f in outcome.failing if f.id == name)


@pytest.fixture
def folder(project):
    return project.reports / "small"


@pytest.mark.parametrize(("kind", "name"), [("versions", "numpy"), ("tools", "typst")])
@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("1.25 for", "5.21 for", "estimate is 5.21 for"),
        ("and a question", "and no answer", "and no answer."),
    ],
)
def test_forged_page_is_seen_whatever_versions_the_report_claims(
    project, folder, replayed, sealed, kind, name, was, now, told
):
    claiming(folder, kind, **{name: "0.1.0"})
    in_page(folder, was, now)
    sealed(folder)
    outcome = verify_report(folder, project)
    assert outcome.outcome == "differs"
    assert told in told_of(outcome, "index.html")
    assert "should say" in told_of(outcome, "index.html")


def test_page_that_says_more_in_attributes_comments_or_tags_is_seen(folder):
    page = (folder / "index.html").read_bytes()
    wanted = content_of("index.html", page)
    assert not differences(wanted, wanted)
    for was, now in (
        (b'title="1.25"', b'title="5.21"'), (b"</body>", b"<!-- > 5.21 --></body>"),
        (b"</body>", b"<script>alert(1)</script></body>"),
        (b"<p>It has", b'<p style="display:none">It has'),
        (b"</style>", b"p {color: #fff}</style>"),
    ):  # fmt: skip
        assert was in page
        found = content_of("index.html", page.replace(was, now, 1))
        assert differences(found, wanted) or found.style != wanted.style, now


def test_drawing_in_a_page_is_held_against_the_figure(folder):
    page = (folder / "index.html").read_bytes()
    wanted = content_of("index.html", page)
    start = page.index(b"<path")
    forged = page[:start] + b'<path d="M 0 0 L 9 9"/>' + page[start:]
    assert "picture 1" in differences(content_of("index.html", forged), wanted)[0]


def test_words_of_a_pdf_and_a_word_file_are_compared_where_typst_is_another(
    project, folder, replayed, sealed
):
    claiming(folder, "tools", typst="0.1.0")
    (folder / "report.pdf").write_bytes(typeset("= A small study\n\nIt says 5.21."))
    in_word_file(folder / "report.docx", "1.25", "5.21")
    sealed(folder)
    outcome = verify_report(folder, project)
    assert outcome.outcome == "differs"
    assert "should say" in told_of(outcome, "report.pdf")
    assert "5.21" in told_of(outcome, "report.docx")


def test_documents_of_other_bytes_that_show_the_same_are_claimed_to_do_that_and_no_more(
    project, folder, replayed, sealed
):
    claiming(folder, "tools", typst="0.1.0")
    path = folder / "report.pdf"
    path.write_bytes(path.read_bytes() + b"\n% by hand\n")
    sealed(folder)
    outcome = verify_report(folder, project)
    now = tool_versions()["typst"]
    reason = f"typst was 0.1.0, is {now}"
    assert outcome.by_content == (f"report.pdf, in words alone, as {reason}",)
    assert outcome.outcome == "partly", "how it looks is not known: it may hide its words"
    assert outcome.record()["not_compared"] == ["report.pdf beyond its words"]
    assert f"not byte by byte: report.pdf, in words alone, as {reason}" in outcome.certificate()
    made = certificate(outcome, folder, project)
    assert json.loads(made["certificate.json"])["by_content"] == list(outcome.by_content)
    words = " ".join(content_of("certificate.pdf", made["certificate.pdf"]).words)
    assert "compared in what they show, not byte by byte: report.pdf" in words
    assert "The report holds in part" in words
    assert "Page, PDF and Word file are those" not in words


def test_documents_of_a_report_made_with_other_libraries_are_compared_byte_by_byte(
    project, folder, replayed
):
    """They tell the versions of the report, whatever libraries are here."""

    @contextmanager
    def later():
        yield Environment(sys.executable, {**library_versions(), "numpy": "99.0"})

    outcome = verify_report(folder, project, environments=later)
    assert (outcome.outcome, outcome.by_content) == ("holds", ())
    assert {"index.html", "report.pdf", "report.docx"} <= {*outcome.files}
    assert outcome.machine.versions["numpy"] == "99.0"
    assert outcome.machine.others == {"numpy": library_versions()["numpy"]}


def test_document_of_other_bytes_without_a_reason_fails(project, folder, replayed, sealed):
    path = folder / "report.pdf"
    path.write_bytes(path.read_bytes() + b"\n% by hand\n")
    sealed(folder)
    outcome = verify_report(folder, project)
    assert "not the one that the new run gives" in told_of(outcome, "report.pdf")
    path.unlink()
    sealed(folder)
    assert "missing" in told_of(verify_report(folder, project), "report.pdf")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 and nothing", b"\x00" * 64])
def test_document_that_cannot_be_read_fails(project, folder, replayed, sealed, content):
    claiming(folder, "tools", typst="0.1.0")
    for name in ("report.pdf", "report.docx"):
        (folder / name).write_bytes(content)
    sealed(folder)
    outcome = verify_report(folder, project)
    assert "cannot be read" in told_of(outcome, "report.pdf")
    assert "cannot be read" in told_of(outcome, "report.docx")


def test_without_a_reader_of_pdf_the_report_holds_in_part(
    project, folder, replayed, sealed, monkeypatch
):
    monkeypatch.setattr(papers, "readable", lambda: False)
    assert verify_report(folder, project).passed, "the same bytes need no reader"
    path = folder / "report.pdf"
    path.write_bytes(path.read_bytes() + b"\n% by hand\n")
    sealed(folder)
    outcome = verify_report(folder, project)
    assert (outcome.outcome, outcome.passed) == ("partly", False)
    assert "holds IN PART" in outcome.certificate()
    assert "report.pdf" not in outcome.files


def test_documents_that_cannot_be_set_leave_the_report_in_part(
    project, folder, replayed, monkeypatch
):
    def failing(*_given, **_more):
        raise ReportError("cell 1", expected="to set", found="no glyph")

    monkeypatch.setattr(written, "documents", failing)
    outcome = verify_report(folder, project)
    assert outcome.outcome == "partly"
    assert "index.html, report.pdf, report.docx, as they cannot be set" in outcome.uncompared[0]
    made = certificate(outcome, folder, project)
    plain = json.loads(made["certificate.json"])
    assert (plain["outcome"], plain["not_compared"]) == ("partly", list(outcome.uncompared))
    assert outcome.record()["not_compared"] == ["index.html, report.pdf, report.docx"]
    words = " ".join(content_of("certificate.pdf", made["certificate.pdf"]).words)
    assert "The report holds in part" in words
    assert "not certified: index.html" in words
    assert "Not all files" in made["codecheck.yml"].decode()


def test_style_of_another_workbench_leaves_the_page_in_part(
    project, folder, replayed, sealed, monkeypatch
):
    """A rule of style can hide words, so that they are not certified."""
    in_page(folder, "</style>", "data {font-size: 0}</style>")
    sealed(folder)
    assert "style" in told_of(verify_report(folder, project), "index.html")
    monkeypatch.setattr(written, "another_workbench", lambda _root: True)
    outcome = verify_report(folder, project)
    assert outcome.outcome == "partly"
    assert outcome.uncompared[0].startswith("index.html, as another workbench set it")


@pytest.mark.parametrize("name", ["index.html", "report.docx"])
def test_another_workbench_in_a_bundle_excuses_no_other_words(
    project, folder, replayed, sealed, monkeypatch, name
):
    monkeypatch.setattr(written, "another_workbench", lambda _root: True)
    if name == "index.html":
        in_page(folder, "1.25 for", "5.21 for")
    else:
        in_word_file(folder / name, "1.25", "5.21")
    sealed(folder)
    outcome = verify_report(folder, project)
    assert outcome.outcome == "differs"
    assert "5.21" in told_of(outcome, name)


def test_run_within_tolerance_shows_the_digits_of_the_ledger(run, folder):
    """1.25 is what the run gives; a ledger of 1.2345 is printed so in table and sentence."""
    ledger = read_ledger(folder)
    other = replace(ledger.numbers[KEY], value=1.2345)
    said = replace(ledger.numbers["answer/x"], value=1.2345)
    sentence = next(p.sentence for p in ledger.published if p.name == "answer")
    places = tuple(
        replace(p, sentence=sentence.replace("1.25", "1.23")) if p.name == "answer" else p
        for p in ledger.published
    )
    numbers = {**ledger.numbers, KEY: other, "answer/x": said}
    old = replace(ledger, numbers=numbers, published=places)
    with speaking("en"):
        again = as_published(run[2], old, {})
    payloads = [o["data"][MIME] for c in again.cells for o in c.get("outputs", ())
                if MIME in o.get("data", {})]  # fmt: skip
    cell = payloads[0]["grids"][0]["rows"][0]["cells"][0]
    assert (cell["shown"], cell["value"]) == ("1.234", "1.2345")
    assert payloads[1]["sentence"] == sentence.replace("1.25", "1.23")


@pytest.mark.parametrize(
    ("lang", "now", "was"),
    [("en", "[0.10, 0.15]*", "[0.20, 0.25]*"), ("ru", "[0,10; 0,15]*", "[0,20; 0,25]*")],
)
def test_both_ends_of_an_interval_are_those_of_the_ledger(folder, lang, now, was):
    def numbers(low, high):
        ends = {"tab/x/conf_low": low, "tab/x/conf_high": high}
        return {key: Number(key, v, f"{v:.2f}", ".2f", "closed form") for key, v in ends.items()}

    cell = Cell(now, "tab/x/conf_low", "0.1; 0.15")
    thing = Published(
        "tab", "table", numbers=tuple(numbers(0.1, 0.15).values()),
        grids=(Grid("", ("interval",), (Row("x", (cell,)),)),),
    )  # fmt: skip
    old = replace(read_ledger(folder), numbers=numbers(0.2, 0.25))
    with speaking(lang):
        shown = with_numbers(thing, old).grids[0].rows[0].cells[0]
    assert (shown.shown, shown.value) == (was, "0.2; 0.25")


def test_words_of_a_sentence_are_compared_where_its_numbers_moved(run, folder):
    ledger = read_ledger(folder)
    collected = Collector("small")
    for name, given in run[1]:
        if name == "finished":
            collected.take(*given)
    number = replace(ledger.numbers["answer/x"], value=1.2345, printed="1.23")

    def found(change):
        places = tuple(replace(p, sentence=change(p.sentence)) for p in ledger.published)
        numbers = {**ledger.numbers, number.id: number}
        old = replace(ledger, numbers=numbers, published=places)
        with speaking("en"):
            return [(f.id, f.kind) for f in compared_sentences(old, ledger, collected)]

    assert found(lambda text: text.replace("1.25", "1.23")) == []
    assert found(lambda text: text.replace("1.25", "1.32")) == [("answer", "text")]
    assert found(lambda text: text.replace("1.25 for", "1.23 not for")) == [("answer", "text")]


def test_last_digits_of_what_nobody_published_may_move_and_no_others():
    was = Content(["loss", "0.12345", "and", "p", "0.049"])
    moved = Content(["loss", "0.12346", "and", "p", "0.050"])
    loose = frozenset({"0.12346", "0.050"})
    assert "0.050" in differences(was, moved, loose=loose)[0]
    assert len(differences(was, moved, loose=loose)) == 1
    assert len(differences(was, moved)) == 2


def test_word_files_of_one_checksum_are_not_one_file(folder):
    """ "plumless" and "buckeroo" are the textbook pair with one CRC-32."""
    files = []
    for word in (b"plumless", b"buckeroo"):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr(zipfile.ZipInfo("word/document.xml", (1980, 1, 1, 0, 0, 0)), word)
        files.append(made.getvalue())
    assert zlib.crc32(b"plumless") == zlib.crc32(b"buckeroo")
    assert papers._alike("report.docx", files[0], files[0])
    assert not papers._alike("report.docx", *files)
