"""Promise: the page of a Russian thesis has no English words outside code, names and formulas.

Both kinds are begun from files, made as a student makes them, and read as a reader does: text,
tables, notes, and what stands in pictures and beside them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import workbench as wb

ROOT = Path(__file__).parents[2]
MAP = ROOT / "geodata" / "russia-regions" / "regions80.gpkg"

WORD = re.compile(r"[A-Za-z]{3,}")
APART = re.compile(
    r"\bRU-[A-Z]{2,3}\b"  # ids of regions
    r"|\b[0-9a-f]{16}\b"  # checksums
    r"|\b(?:indirect|W|chi2|queen|knn)\([^()]*\)"  # formulas and recipes
    r"|[\w./-]+\.(?:csv|gpkg|xlsx|json|ipynb)\b"  # files
    r"|\b[a-z-]+ \d+\.\d+(?:\.\d+)*"  # libraries with their versions
)
CODE = ("script", "style", "code", "pre", "math")
BREAKS = ("td", "th", "p", "li", "figcaption", "h1", "h2", "h3", "text", "figure", "section", "nav")

NAMES = frozenset(
    [
        "OLS", "SLX", "SAR", "SEM", "SDM", "SDEM", "SARMA", "CCE", "LISA", "AIC", "BIC", "RESET",
        "CDw", "CRS", "SHA", "rho", "lambda",
    ]
)  # fmt: skip
"""Names of models, criteria, tests, parameters and standards."""

SPOKEN = frozenset(
    [
        "Only", "regions", "only", "the", "table", "Islands", "Geometry", "Collinear", "Constant",
        "over", "time", "Missing",
    ]
)  # fmt: skip
"""Beginnings of refusals, which are English: the guidance quotes them and says what they mean."""

WORKS = frozenset(
    [
        "Anselin", "LeSage", "Pace", "Simonsohn", "Luc", "James", "Kelley", "Uri", "Simmons",
        "Joseph", "Nelson", "Leif", "Local", "Indicators", "Spatial", "Association",
        "Geographical", "Analysis", "Introduction", "Econometrics", "CRC", "Press",
        "Specification", "Curve", "Nature", "Human", "Behaviour",
    ]
)  # fmt: skip
"""Authors and titles of the works that the draft cites."""

OWN = frozenset(["cross", "panel", "thesis", "iso", "queen", "knn"])
"""What the student called things, and weights by the words that ask for them in the guidance."""

TYPED = frozenset(["region", "year"])
"""Names of columns as they are typed in formulas: each by itself in its cell."""


class _Page(HTMLParser):
    """Reads what a reader sees or is read aloud, code and formulas aside."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._now, self._depth = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._depth += tag in CODE
        if tag in BREAKS:
            self._end()
        if not self._depth:
            self.found += [said for name, said in attrs if name in ("alt", "aria-label") and said]

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag in CODE
        if tag in BREAKS:
            self._end()

    def handle_data(self, data: str) -> None:
        if not self._depth:
            self._now += data

    def _end(self) -> None:
        self.found.append(" ".join(self._now.split()))
        self._now = ""


def left_over(html: str) -> dict[str, list[str]]:
    """Return the texts of a page that hold words of English, with the words."""
    page = _Page()
    page.feed(html)
    page.handle_endtag("p")
    known = NAMES | SPOKEN | WORKS | OWN
    words = {text: WORD.findall(APART.sub(" ", text)) for text in page.found}
    return {
        text: left
        for text, all_ in words.items()
        if text not in TYPED and (left := [w for w in all_ if w not in known])
    }


def excel(file: Path, headings: list[str], rows: list[list[object]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Инновационная активность регионов"])
    sheet.append(headings)
    for row in rows:
        shown = [str(x).replace(".", ",") if isinstance(x, float) else x for x in row]
        sheet.append(["…" if pd.isna(x) else y for x, y in zip(row, shown, strict=True)])
    sheet.append(["1) По данным Росстата."])
    book.save(file)


def figures(first: int, last: int) -> pd.DataFrame:
    table = wb.load("russia-innovation").reset_index()
    return table[table["year"].between(first, last)]


def page_of(place: Path, name: str, *words: str) -> str:
    """Begin a thesis by the command line and run it; return its page."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for command, cwd in (
        (["new", name, *words, "--lang", "ru"], place),
        (["run", name], place / name),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "workbench.cli", *command],
            cwd=cwd, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    return (place / name / "reports" / name / "index.html").read_text(encoding="utf-8")


def test_english_is_found_and_names_are_not():
    page = (
        "<p>Honda (periods) и LM SARMA</p><code>wb.fit</code><p>RU-KGD, indirect(rd) &gt; 0</p>"
        '<svg aria-label="a map"></svg><text>queen</text><td>figures.csv</td>'
    )
    assert left_over(page) == {"Honda (periods) и LM SARMA": ["Honda", "periods"], "a map": ["map"]}


@pytest.mark.slow
def test_a_cross_section_speaks_russian_throughout(tmp_path):
    table = figures(2013, 2013).assign(
        unemployment=lambda t: t["unemployment"].where(t["region"] != "RU-TOM")
    )
    columns = ["region", "patents", "students", "population", "unemployment"]
    excel(
        tmp_path / "cross.xlsx",
        ["Код", "Патенты, ед.", "Студенты (тыс. чел.)", "Население, тыс. чел.", "Безработица, %"],
        table[columns].astype(object).to_numpy().tolist(),
    )
    page = page_of(
        tmp_path, "cross-thesis", "--data", str(MAP), "--table", "cross.xlsx", "--id", "Код"
    )
    assert left_over(page) == {}
    readme = (tmp_path / "cross-thesis" / "README.md").read_text(encoding="utf-8")
    assert "Пропуски: Патенты" in readme
    assert "Left out" not in readme
    described = (tmp_path / "cross-thesis/geodata/cross-thesis/datapackage.json").read_text("utf-8")
    assert "заполнить: лицензия данных" in described


@pytest.mark.slow
def test_a_panel_speaks_russian_throughout(tmp_path):
    names = wb.load("russia-regions")["name_ru"]
    table = figures(2008, 2014)
    table = table.assign(region=table["region"].map(names))
    columns = ["region", "year", "patents", "students", "population"]
    excel(
        tmp_path / "panel.xlsx",
        ["Регион", "Год", "Патенты, ед.", "Студенты (тыс. чел.)", "Население, тыс. чел."],
        table[columns].astype(object).to_numpy().tolist(),
    )
    page = page_of(
        tmp_path, "panel-thesis", "--regions", "russia-regions", "--table", "panel.xlsx",
        "--id", "Регион", "--time", "Год",
    )  # fmt: skip
    assert left_over(page) == {}
    assert ">year<" in page
    readme = (tmp_path / "panel-thesis" / "README.md").read_text(encoding="utf-8")
    assert "Панель: периодов 7, с 2008 по 2014." in readme
