"""The index page of all reports: title, question, what can be checked."""

from __future__ import annotations

from html import escape
from pathlib import Path

from workbench.errors import ReportError
from workbench.reports.ledger import LEDGER, Ledger, read_ledger
from workbench.reports.page import THEME
from workbench.reports.project import Project

TITLE = "Studies"


def write_index(project: Project) -> Path:
    """Write ``reports/index.html`` from the ledgers that are there, and return its path."""
    ledgers = []
    for path in sorted(project.reports.glob(f"[!.]*/{LEDGER}")):
        try:
            ledgers.append(read_ledger(path.parent))
        except ReportError:
            continue  # a report of another version is not listed; verify says what is wrong with it
    place = project.reports / "index.html"
    place.write_text(index_html(ledgers), encoding="utf-8", newline="\n")
    return place


def index_html(ledgers: list[Ledger]) -> str:
    """Return the index page of some reports."""
    style = (THEME / "page.css").read_text(encoding="utf-8")
    items = "\n".join(_item(ledger) for ledger in ledgers) or "<li>No study is rendered yet.</li>"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{TITLE}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<header><h1>{TITLE}</h1></header>\n<main>\n"
        f'<ul class="studies">\n{items}\n</ul>\n</main>\n</body>\n</html>\n'
    )


def _item(ledger: Ledger) -> str:
    link = f"{escape(ledger.study)}/index.html"
    question = f"<p>{escape(ledger.question)}</p>" if ledger.question else ""
    things = f"{len(ledger.published)} tables, figures and sentences; {len(ledger.numbers)} numbers"
    return (
        f'<li><h2><a href="{link}">{escape(ledger.title)}</a></h2>{question}'
        f'<p class="notes">{things} in the '
        f'<a href="{escape(ledger.study)}/{LEDGER}">ledger</a>. Check them: '
        f"<code>workbench verify reports/{escape(ledger.study)}</code></p></li>"
    )
