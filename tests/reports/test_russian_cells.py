"""Promise: a table of a report in Russian has Russian words in its cells and headings.

What stays in Latin letters: ids, formulas, and the names of models, statistics, software, datasets
and authors. A name that is no word of a language is listed below; a word is translated instead.
"""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

import workbench as wb
from workbench.reports.datasets import absences
from workbench.reports.markup import grids_html
from workbench.reports.project import Project
from workbench.reports.running import run_study
from workbench.reports.studies import Study, header_of, load_study, studies, sync

PROJECT = Project.at(Path(__file__).parents[2])
STUDIES = studies(PROJECT.notebooks)

WORD = re.compile(r"[A-Za-z]{3,}")
POINT = re.compile(r"[-−]?\d+\.\d+")
CALL = re.compile(r"\b[A-Za-z_]\w*\(")
ADDRESS = re.compile(r"https?://\S+")
ID = re.compile(r"\b[A-Z]{2}-[A-Z0-9]{2,3}\b|\b[0-9a-f]{16}\b")

NAMES = frozenset(
    [
        "OLS", "SLX", "SAR", "SEM", "SDM", "SDEM", "SAC", "GNS", "SARMA", "CCE", "GMM", "KKP",
        "BSJK", "BSK", "LMJ", "LMH", "CLM", "CDw", "LISA", "SKATER", "AIC", "BIC", "AICc", "RMSE",
        "RESET", "ROC", "FDR", "chi",
        "rho", "lambda", "tau", "eta", "phi", "theta", "sigma", "gamma", "alpha", "beta",
        "Stata", "Python", "PySAL", "spreg", "esda", "statsmodels", "linearmodels", "splm", "plm",
        "IPS", "CIPS", "spdep", "spatialreg", "SDPDmod",
        "GeoDa", "EPSG", "WGS", "NAD", "GRS", "CRS", "Albers",
        "III", "XXI", "Elhorst", "Mendez", "Munnell", "Baltagi", "Anselin", "LeSage", "Pace",
    ]
)  # fmt: skip
"""Names of models, criteria, parameters, software, maps and authors; Roman numerals."""

KNOWN: dict[str, frozenset[str]] = {
    "ai-clusters": frozenset({"Smart", "Technologies", "Tomsk"}),
    "income-convergence": frozenset({"South Carolina", "New York", "Mississippi", "Connecticut"}),
    "public-capital": frozenset({"gsp", "pcap", "emp", "unemp"}),
    # the variable under a logarithm, in an answer about zeros
    "knowledge-spillovers": frozenset({"patents"}),
}
"""Real names in the tables of one study: of firms, clusters, places; of columns in formulas."""


PROSE = ""
"""Where a table stands that is in no figure: in the text of the author, which is English."""


class _Tables(HTMLParser):
    """Reads captions, headings and cells of tables, with the id of the figure they stand in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self._figure, self._open = PROSE, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "figure":
            self._figure = dict(attrs).get("id") or ""
        if tag in ("td", "th", "caption"):
            self._open = True
            self.found.append((self._figure, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "caption"):
            self._open = False
        if tag == "figure":
            self._figure = PROSE

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[-1] = (self._figure, self.found[-1][1] + data)


def without_formulas(text: str) -> str:
    """Leave calls such as ``log((1 + rd) / population)`` out, to the last bracket, addresses."""
    text = ADDRESS.sub(" ", text)
    while called := CALL.search(text):
        end, depth = called.end(), 1
        while depth and end < len(text):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        text = f"{text[: called.start()]} {text[end:]}"
    return ID.sub(" ", text)


def left_over(html: str, known: frozenset[str] = frozenset()) -> list[str]:
    """Return what is not Russian in the tables of a page: figure and cell."""
    tables = _Tables()
    tables.feed(html)
    cells = [(figure, text.strip()) for figure, text in tables.found if text.strip() not in known]
    return list(
        dict.fromkeys(
            f"{figure}: {text}"
            for figure, text in cells
            if POINT.fullmatch(text) or set(WORD.findall(without_formulas(text))) - NAMES - known
        )
    )


def test_words_are_found_and_names_are_not():
    table = pd.DataFrame(
        {"p_value": [0.5], "kind of thing": ["SDM"], "there": ["0.25"]},
        index=pd.Index(["indirect(log((1 + rd) / population)) > 0"], name="term"),
    )
    with wb.speaking("ru"):
        page = f'<figure id="t">{grids_html(wb.publish(table, "t"))}</figure>'
    assert left_over(page) == ["t: kind of thing", "t: there"]
    assert left_over(page, frozenset({"kind of thing"})) == ["t: there"]
    assert left_over("<td>0.25</td><td>RU-KEM</td><td>splm 1.6-5</td>") == [": 0.25"]
    assert left_over("<td>https://example.org/some-news</td>") == []
    assert left_over("<p>prose</p><th>создание · row</th>") == [": создание · row"]


def known_names(study: str) -> frozenset[str]:
    """Return the names of a study; ids of clusters and columns of a form are read from them."""
    listed = KNOWN.get(study, frozenset())
    if study == "ai-clusters":
        ids = map(str, wb.load("ai-clusters", part="registry").index)
        return listed | frozenset(ids) | frozenset(wb.describe("ai-maturity")["field"])
    return listed


FEWER = {
    "ai-geography": {"MAPS = 199 ": "MAPS = 19 ", "DRAWS = 500\n": "DRAWS = 50\n"},
    "knowledge-spillovers": {
        "draws=199, seed=2014": "draws=19, seed=2014",
        "recovery(sdm, 199,": "recovery(sdm, 19,",
    },
}
"""Simulations of the two longest studies, a tenth as long: the words of tables stay the same."""


def with_fewer_draws(study: Study, folder: Path) -> Project:
    """Return the project with a copy of its notebooks, in which a study draws less."""
    shutil.copytree(PROJECT.notebooks, folder / "notebooks")
    copy = Study(study.name, folder / "notebooks")
    script = copy.folder / f"{study.name}.py"
    text = script.read_text(encoding="utf-8")
    for written, fewer in FEWER.get(study.name, {}).items():
        assert written in text
        text = text.replace(written, fewer)
    script.write_text(text, encoding="utf-8")
    sync(copy)
    return Project.at(PROJECT.root, notebooks=copy.folder, reports=folder / "reports")


@pytest.mark.slow
@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)
def test_tables_in_russian_have_no_english_words(study, tmp_path, monkeypatch):
    header = header_of(load_study(study), study=study.name)
    absent = absences(header.datasets, geodata=PROJECT.geodata)
    if absent:
        pytest.skip(f"external data are not here: {', '.join(a.argument for a in absent)}")
    monkeypatch.delenv("WORKBENCH_YOURS", raising=False)
    project = with_fewer_draws(study, tmp_path)
    run_study(project, study.name, parameters={"lang": "ru"})
    folder = project.reports / f"{study.name}--lang-ru"
    page = (folder / "index.html").read_text(encoding="utf-8")
    found = left_over(page, known_names(study.name))
    assert [one for one in found if not one.startswith(f"{PROSE}: ")] == []
