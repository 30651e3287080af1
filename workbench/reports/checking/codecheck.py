"""A draft of ``codecheck.yml`` for a report: what a codechecker completes by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.reports.checking.outcome import Verification
from workbench.reports.ledger import read_ledger
from workbench.reports.project import Project
from workbench.reports.via_typst import printable

VERSION = "https://codecheck.org.uk/spec/config/2.0/"
"""Specification that the draft follows."""

HEAD = """\
%YAML 1.1
# Draft, made from a verification. Complete what is empty: the ORCID of each author, the reference
# of the paper, the codechecker, and the report once it is published.
# There is no identifier here: only the CODECHECK register issues one (node `certificate`).
"""

DOCUMENTS = {
    "index.html": "the report as a page",
    "report.pdf": "the report on paper",
    "report.docx": "the report for a word processor",
    "ledger.json": "every number of the report with its place and tolerance",
}
FOLDERS = {"figures": "figure", "tables": "table"}

SUMMARIES = {
    "holds": "The notebook of the report was executed again. {numbers} numbers and {figures} "
    "came out as published or within the tolerance of their kind.",
    "partly": "The notebook of the report was executed again. {numbers} numbers and {figures} "
    "came out as published or within the tolerance of their kind. Not all files of the report "
    "could be compared whole; certificate.json names them.",
    "differs": "The notebook of the report was executed again, or its files were found to be "
    "changed. {numbers} numbers and {figures} were compared; {different} things are not as "
    "published, each named in certificate.json.",
    "absent": "Data that the report needs were not at hand. Nothing was executed.",
}


def codecheck_text(
    outcome: Verification, folder: Path, project: Project, *, name: str = "", on: str = ""
) -> str:
    """Return the draft of ``codecheck.yml`` for a report.

    Parameters
    ----------
    outcome : Verification
        Of the report.
    folder : pathlib.Path
        The report: its documents, figures and tables are the manifest.
    project : Project
        Whose ``CITATION.cff`` names the authors.
    name, on : str
        The codechecker and the date of the check; empty where they are not told.

    Returns
    -------
    str
        YAML 1.1. Texts of the report are values in it and nothing else.
    """
    import yaml

    drawn = f"{outcome.figures.compared} figures"
    summary = SUMMARIES[outcome.outcome].format(
        numbers=outcome.compared, figures=drawn, different=len(outcome.failing)
    )
    plain: dict[str, Any] = {
        "version": VERSION,
        "manifest": _manifest(folder),
        "paper": {
            "title": printable(outcome.title or outcome.study),
            "authors": _authors(project),
            "reference": "",
        },
        "codechecker": [{"name": printable(name), "ORCID": ""}],
        "report": "",
        "summary": summary,
        **({"check_time": on} if on else {}),
    }
    body = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=96)
    return f"{HEAD}---\n{body}"


def _manifest(folder: Path) -> list[dict[str, str]]:
    """Return the files that a check makes anew, each with what it is."""
    captions = {place.name: place.caption for place in read_ledger(folder).published}
    found = [(name, told) for name, told in DOCUMENTS.items() if (folder / name).is_file()]
    for place, word in FOLDERS.items():
        for path in sorted((folder / place).glob("*")):
            caption = captions.get(path.stem, "")
            told = f"{word}: {caption}" if caption else word
            found.append((f"{place}/{path.name}", told))
    return [{"file": printable(name), "comment": printable(told)} for name, told in found]


def _authors(project: Project) -> list[dict[str, str]]:
    """Return the authors that the project names; one without a name where it names none."""
    import yaml

    try:
        text = (project.root / "CITATION.cff").read_text(encoding="utf-8")
        listed = yaml.safe_load(text)["authors"]
        known = [_author(author) for author in listed]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError):
        known = []
    return known or [{"name": "", "ORCID": ""}]


def _author(author: dict[str, Any]) -> dict[str, str]:
    parts = (str(author.get(key, "")) for key in ("given-names", "family-names"))
    name = str(author.get("name", "")) or " ".join(part for part in parts if part)
    orcid = str(author.get("orcid", "")).rpartition("/")[2]
    return {"name": printable(name), "ORCID": printable(orcid)}
