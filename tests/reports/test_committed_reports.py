"""Every report that is kept here weighs little, asks nothing of a network, and prints whole."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream

from workbench.reports.ledger import read_ledger
from workbench.reports.project import Project
from workbench.reports.studies import studies

PROJECT = Project.at(Path(__file__).parents[2])
NAMES = [study.name for study in studies(PROJECT.notebooks)]
HEAVIEST = 3_000_000
"""Bytes of a page that still opens at once."""

LOADING = {
    "src", "srcset", "data", "poster", "action", "formaction", "background", "manifest", "ping",
    "xlink:href",
}  # fmt: skip
"""Attributes from which a browser loads; a link loads nothing before somebody follows it."""

ACTIVE = {"script", "link", "iframe", "object", "embed", "base", "form", "video", "audio"}
INSIDE = ("data:", "#")
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


class Page(HTMLParser):
    """Collects what a browser would load, run or follow by itself."""

    def __init__(self, text):
        super().__init__()
        self.faults, self.policies = [], []
        self.feed(text)
        self.styles(text)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag in ACTIVE or any(name.startswith("on") for name in told):
            self.faults.append(self.get_starttag_text()[:80])
        if tag == "meta" and "http-equiv" in told:
            self.policies.append((told["http-equiv"], told.get("content")))
        loading = LOADING | ({"href"} if tag != "a" else set())
        for name in loading & set(told):
            if not (told[name] or "").startswith(INSIDE):
                self.faults.append(f"{tag} {name}={told[name]}"[:80])

    def styles(self, text):
        self.faults += re.findall(r"@import[^;]{0,40}", text)
        aims = re.findall(r"url\(\s*[\"']?([^)\"']{0,60})", text)
        self.faults += [aim for aim in aims if not aim.startswith(INSIDE)]


@pytest.mark.quick_cases(5)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_weighs_less_than_three_megabytes_and_loads_nothing(name):
    path = PROJECT.reports / name / "index.html"
    assert path.stat().st_size < HEAVIEST
    page = Page(path.read_text(encoding="utf-8"))
    assert page.faults == []
    assert page.policies == [("Content-Security-Policy", POLICY)]


@pytest.mark.parametrize(
    "loads",
    [
        '<img src="https://a.example/x.png">', "<script>1</script>", '<p onclick="x()">',
        '<link rel="stylesheet" href="//a.example/x.css">', "<style>@import 'x.css';</style>",
        '<p style="background: url(http://a.example/x)">', '<svg><use xlink:href="http://a/x#b"/>',
    ],
)  # fmt: skip
def test_what_would_load_is_seen(loads):
    assert Page(loads).faults
    assert not Page('<a href="https://a.example">x</a><use xlink:href="#b"/>').faults


@pytest.mark.slow
@pytest.mark.parametrize("name", [*NAMES, ""])
def test_a_browser_opens_a_report_from_its_file_and_asks_nobody(name, asked_by, tmp_path):
    page = PROJECT.reports / name / "index.html"
    shown, asked = asked_by(page, tmp_path)
    assert len(shown) > 0.9 * len(page.read_text(encoding="utf-8"))
    assert asked == []


def letters(text):
    """Return the letters and digits of a text: lines of a PDF break and hyphenate elsewhere."""
    return "".join(re.findall(r"[^\W_]+", text))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_printed_report_says_every_caption_in_letters_that_it_has(name):
    reader = PdfReader(PROJECT.reports / name / "report.pdf")
    root = reader.trailer["/Root"]
    assert "/OutputIntents" in root
    metadata = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part[^0-9]*2", metadata)
    assert re.search(r"pdfaid:conformance[^A-Z]*B", metadata)
    said = letters("".join(page.extract_text() for page in reader.pages))
    ledger = read_ledger(PROJECT.reports / name)
    for place in ledger.published:
        if place.word:
            told = letters(f"{place.word} {place.number} {place.caption}").lower()
            assert told in said.lower(), place.name
    assert "\ufffd" not in said
    for number, page in enumerate(reader.pages, start=1):
        assert not _faults(page, reader), number


def _faults(page, reader):
    """Return fonts that are not inside or whose letters are not known, and empty boxes."""
    fonts = page["/Resources"].get("/Font", {})
    faults, wide = [], set()
    for key, font in fonts.items():
        font = font.get_object()
        inside = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        if not {"/FontFile2", "/FontFile3"} & set(inside) or "/ToUnicode" not in font:
            faults.append(key)
        if font["/Encoding"] == "/Identity-H":
            wide.add(key)
    current = ""
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator == b"Tf":
            current = operands[0]
        if operator in (b"Tj", b"TJ") and current in wide:
            shown = operands[0] if operator == b"TJ" else operands
            codes = b"".join(s.original_bytes for s in shown if hasattr(s, "original_bytes"))
            if any(codes[at : at + 2] == b"\0\0" for at in range(0, len(codes), 2)):
                faults.append("an empty box")
    return faults


WIDE, HIGH = 16 / 2.54 * 72, 0.9 * 24 / 2.54 * 72
"""Points of a printed page that a figure may take, as ``theme/report.typ`` says."""

READ = 5.0
"""Points that a letter has at least: that of a footnote mark."""


@pytest.mark.parametrize("name", NAMES)
def test_letters_of_figures_are_read_on_a_printed_page(name):
    """The smallest letters of each figure, where it is made as small as the page asks for."""
    small = {}
    for path in sorted((PROJECT.reports / name / "figures").glob("*.svg")):
        text = path.read_text(encoding="utf-8")
        head = re.search(r"<svg[^>]*>", text)[0]
        width, height = (
            float(re.search(rf' {side}="([\d.]+)pt"', head)[1]) for side in ("width", "height")
        )
        letters = [float(size) for size in re.findall(r"font-size: ([\d.]+)px", text)]
        smallest = min(letters, default=READ) * min(1.0, WIDE / width, HIGH / height)
        if smallest < READ:
            small[path.name] = round(smallest, 2)
    assert not small
