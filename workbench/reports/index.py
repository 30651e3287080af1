"""The index page of all reports: picture, question, verdicts, files and last check of each."""

from __future__ import annotations

import os
from pathlib import Path

from workbench.core.language import say, speaking
from workbench.errors import ReportError
from workbench.reports.datasets import russian_titles
from workbench.reports.ledger import LEDGER, read_ledger
from workbench.reports.overview.entry import Entry, entry_of
from workbench.reports.overview.markup import study_html
from workbench.reports.page import THEME
from workbench.reports.project import Project
from workbench.reports.writers.inert import harmless
from workbench.typing import Language

INDEX = "index.html"
PARTIAL = ".partial-index.html"
TITLE = "Studies"
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""What a browser may load: nothing that is not in the page."""


def write_index(project: Project) -> Path:
    """Write ``reports/index.html`` from the reports that are there, and return its path.

    Raises
    ------
    ReportError
        If it cannot be written; the index from before is untouched.
    """
    reports = []
    titles = russian_titles(project.geodata)
    for path in sorted(project.reports.glob(f"[!.]*/{LEDGER}")):
        try:
            reports.append(entry_of(path.parent, read_ledger(path.parent), titles=titles))
        except ReportError:
            continue  # a report of another version is not listed; verify says what is wrong with it
    place, partial = project.reports / INDEX, project.reports / PARTIAL
    try:
        _write(partial, index_html(reports).encode())
        partial.replace(place)
    except OSError as error:
        raise ReportError(
            f"reports/{INDEX}",
            expected="to write the index of all reports",
            found=f"{type(error).__name__}: {error.strerror}",
            remedy="free some space or change the rights; reports are untouched, and the index is "
            "written again after the next run",
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return place


def index_html(reports: list[Entry]) -> str:
    """Return the index page of some reports. Those with other parameters stand under their study.

    Parameters
    ----------
    reports : list of Entry
        In any order. The page is Russian where all of them are.
    """
    style = (THEME / "page.css").read_text(encoding="utf-8")
    by_study: dict[str, list[Entry]] = {}
    for entry in sorted(reports, key=lambda e: (e.folder != e.ledger.study, e.folder)):
        by_study.setdefault(entry.ledger.study, []).append(entry)
    listed = (study_html(by_study[study]) for study in sorted(by_study))
    lang: Language = "ru" if reports and {entry.lang for entry in reports} == {"ru"} else "en"
    with speaking(lang):
        title = say(TITLE)
    items = "\n".join(listed) or "<li>No study is rendered yet.</li>"
    return harmless(
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<header class="wide-page"><h1>{title}</h1></header>\n<main>\n'
        f'<ul class="studies">\n{items}\n</ul>\n</main>\n</body>\n</html>\n'
    )


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
