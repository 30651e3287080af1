"""The index page of all reports: title, question, what can be checked."""

from __future__ import annotations

from html import escape
from pathlib import Path

from workbench.errors import ReportError
from workbench.reports.ledger import LEDGER, Ledger, read_ledger
from workbench.reports.page import THEME
from workbench.reports.parameters import told
from workbench.reports.project import Project

TITLE = "Studies"


def write_index(project: Project) -> Path:
    """Write ``reports/index.html`` from the ledgers that are there, and return its path."""
    reports = []
    for path in sorted(project.reports.glob(f"[!.]*/{LEDGER}")):
        try:
            reports.append((path.parent.name, read_ledger(path.parent)))
        except ReportError:
            continue  # a report of another version is not listed; verify says what is wrong with it
    place = project.reports / "index.html"
    place.write_text(index_html(reports), encoding="utf-8", newline="\n")
    return place


def index_html(reports: list[tuple[str, Ledger]]) -> str:
    """Return the index page of some reports, given as pairs of folder and ledger.

    Reports with other parameters stand under their study.
    """
    style = (THEME / "page.css").read_text(encoding="utf-8")
    by_study: dict[str, list[tuple[str, Ledger]]] = {}
    for folder, ledger in sorted(reports, key=lambda pair: (pair[0] != pair[1].study, pair[0])):
        by_study.setdefault(ledger.study, []).append((folder, ledger))
    listed = (_study(by_study[study]) for study in sorted(by_study))
    items = "\n".join(listed) or "<li>No study is rendered yet.</li>"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{TITLE}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<header><h1>{TITLE}</h1></header>\n<main>\n"
        f'<ul class="studies">\n{items}\n</ul>\n</main>\n</body>\n</html>\n'
    )


def _study(reports: list[tuple[str, Ledger]]) -> str:
    """Return the reports of one study, the one with its defaults first."""
    (folder, ledger), *others = reports
    question = f"<p{_lang(ledger)}>{escape(ledger.question)}</p>" if ledger.question else ""
    things = f"{len(ledger.published)} tables, figures and sentences; {len(ledger.numbers)} numbers"
    given = f" Parameters: {escape(told(ledger.parameters))}." if folder != ledger.study else ""
    links = "".join(
        f'<li><a href="{escape(other)}/index.html">{escape(_beside(made, ledger))}</a></li>'
        for other, made in others
    )
    return (
        f'<li><h2{_lang(ledger)}><a href="{escape(folder)}/index.html">{escape(ledger.title)}</a>'
        f'</h2>{question}<p class="notes">{things} in the '
        f'<a href="{escape(folder)}/{LEDGER}">ledger</a>.{given} Check them: '
        f"<code>workbench verify reports/{escape(folder)}</code></p>"
        + (
            f'<p class="notes">With other parameters:</p><ul class="notes">{links}</ul>'
            if links
            else ""
        )
        + "</li>"
    )


def _beside(ledger: Ledger, first: Ledger) -> str:
    """Return in which parameters a report differs from the first of its study."""
    known = {name: repr(value) for name, value in first.parameters.items()}
    other = {n: v for n, v in ledger.parameters.items() if known.get(n) != repr(v)}
    return told(other or ledger.parameters) or ledger.report


def _lang(ledger: Ledger) -> str:
    return ' lang="ru"' if ledger.parameters.get("lang") == "ru" else ""
