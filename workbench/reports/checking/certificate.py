"""A verification as files: certificate.json, certificate.pdf and a draft for CODECHECK."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from workbench.errors import InputError, ReportError
from workbench.reports.checking.codecheck import codecheck_text
from workbench.reports.checking.findings import KINDS
from workbench.reports.checking.outcome import Verification
from workbench.reports.checking.papers import DOCUMENTS
from workbench.reports.project import Project
from workbench.reports.tolerances import allowance
from workbench.reports.via_typst import printable, typeset
from workbench.typing import Tolerance

JSON, PDF, CODECHECK = "certificate.json", "certificate.pdf", "codecheck.yml"
CHECKS = "checks"
"""Folder beside the reports that holds the certificate of each one's last verification."""

SHOWN = 200
LONGEST = 400

VERDICTS = {
    "holds": "The report holds",
    "partly": "The report holds in part: not all of its files were compared whole",
    "differs": "The report does not hold",
    "absent": "The report could not be re-run",
}
SUMMARIES = {
    "holds": "Its notebook was executed again. Every number, text and figure came out as "
    "published, or within the tolerance of its kind.",
    "partly": "Its notebook was executed again. Every number, text and figure came out as "
    "published, or within the tolerance of its kind.",
    "differs": "Its notebook was executed again. Below is what is not as published.",
    "changed": "Its files are not as they were. Data that it needs are not here, so that its "
    "notebook was not executed.",
    "absent": "Data that it needs are not here. Its notebook was not executed and no number was "
    "compared.",
}
UNCOMPARED = "Files of the report could not be compared, so that what they say is not certified:"
BY_CONTENT = (
    "How documents look is not certified: they were compared in what they show, not byte by byte:"
)
BYTES = "Page, PDF and Word file are those that show this: byte by byte, Word part by part."

MEANING = (
    "A number is compared with the one of the ledger under the same name, by the rule of its kind. "
    "The kind is how the number comes about, and the new run says it, not the ledger alone: "
    f"{'; '.join(map(allowance, get_args(Tolerance)))}. A p-value may move by more the smaller it "
    "is, as its tail does. Where the ledger names another kind than the new run, that is a "
    "difference, and the narrower rule holds."
    "\n\n"
    "A difference is minor below 10\u00a0% of the published value, major from there on or with "
    "another sign, and a decision where a p-value crossed 0.05, an interval took in or left out "
    "zero, or a verdict became another. Texts, captions, methods, formulas, options, notes, seeds "
    "and the cards of W are compared word by word, figures shape by shape, tables with those of "
    "the new run, documents with those that show its content with the numbers of the ledger; "
    "provenance, README and crate with those that follow from "
    "the ledger, the data's own descriptors and the files. That numbers come out again says "
    "nothing of whether they answer the question."
)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_COMMON = re.compile(r"[^\u0020-\u007e\u00a0-\u017f\u0391-\u03c9\u0400-\u045f\u2010-\u2026→−×≥≤]")


@dataclass(frozen=True, slots=True)
class Checker:
    """Who checked and when, as they say; empty where they do not.

    Raises
    ------
    InputError
        If the date is not of the form ``2026-01-31``.
    """

    name: str = ""
    on: str = ""

    def __post_init__(self) -> None:
        if self.on and not _DATE.fullmatch(self.on):
            raise InputError("checked-on", expected="a date as 2026-01-31", found=repr(self.on))

    def plain(self) -> dict[str, str]:
        """Return what is known, as a certificate records it."""
        known = {"checked_by": self.name, "checked_on": self.on}
        return {key: text for key, text in known.items() if text}


def certificate(
    outcome: Verification, folder: Path, project: Project, *, checker: Checker | None = None
) -> dict[str, bytes]:
    """Return the files of a certificate by name: same outcome, same bytes.

    Parameters
    ----------
    outcome : Verification
        Of the report.
    folder : pathlib.Path
        The report.
    project : Project
        Whose authors are named in the draft for CODECHECK.
    checker : Checker, optional
        Who checked, and when.
    """
    who = checker or Checker()
    plain = {**outcome.plain(), **who.plain()}
    return {
        JSON: _json(plain),
        PDF: _pdf(plain, outcome, who),
        CODECHECK: codecheck_text(outcome, folder, project, name=who.name, on=who.on).encode(),
    }


def record(outcome: Verification, project: Project, *, checker: Checker | None = None) -> Path:
    """Write the outcome to ``reports/checks/<report>.json`` and return the path.

    It names the ledger that was verified by its SHA-256 and nothing of the machine. That data were
    not here takes no place of an earlier check of the same ledger.

    Raises
    ------
    ReportError
        If it cannot be written.
    """
    path = project.reports / CHECKS / f"{outcome.report}.json"
    if outcome.outcome == "absent" and _ledger_of(path) == outcome.ledger:
        return path
    write(path.parent, {path.name: _json({**outcome.record(), **(checker or Checker()).plain()})})
    return path


def write(folder: Path, made: Mapping[str, bytes]) -> None:
    """Write files into a folder, each complete or not at all.

    Raises
    ------
    ReportError
        If one cannot be written; what was there under its name is untouched.
    """
    for name, content in made.items():
        partial = folder / f".partial-{name}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(content)
            partial.replace(folder / name)
        except OSError as error:
            raise ReportError(
                str(folder / name),
                expected="to write the certificate",
                found=f"{type(error).__name__}: {error.strerror}",
                remedy="free some space, or name another folder",
            ) from error
        finally:
            partial.unlink(missing_ok=True)


def _ledger_of(path: Path) -> str:
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["ledger_sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _json(plain: Mapping[str, Any]) -> bytes:
    return (json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _pdf(plain: Mapping[str, Any], outcome: Verification, who: Checker) -> bytes:
    """Set the certificate; characters that no font has are written as their numbers."""
    source = files("workbench.reports").joinpath("theme", "certificate.typ").read_text("utf-8")
    page = _page(plain, outcome, who)
    try:
        return typeset(source, files={JSON: _json(_each(page, _short))})
    except ReportError:
        return typeset(source, files={JSON: _json(_each(page, _common))})


def _page(plain: Mapping[str, Any], outcome: Verification, who: Checker) -> dict[str, Any]:
    """Return what the page shows, all of it as texts and numbers."""
    failing = outcome.failing
    checked = [
        ("Report", outcome.report or outcome.study, False),
        ("Parameters", outcome.parameters, False),
        ("Ledger, SHA-256", outcome.ledger, True),
        ("Notebook, SHA-256", outcome.notebook, True),
        ("Environment", outcome.environment or "the one at hand", False),
        *_machine(outcome),
        ("Checked by", who.name, False),
        ("Checked on", who.on, False),
    ]
    return {
        "report": plain["report"],
        "title": outcome.title or outcome.study,
        "outcome": outcome.outcome,
        "verdict": VERDICTS[outcome.outcome],
        "summary": _summary(outcome),
        "checked": [row for row in checked if row[1]],
        "counts": _counts(outcome),
        "shown": [f.plain() for f in failing[:SHOWN]],
        "more": max(len(failing) - SHOWN, 0),
        "absent": list(outcome.absent),
        "notes": list(outcome.notes),
        "uncompared": list(outcome.uncompared),
        "by_content": list(outcome.by_content),
        "unchecked": list(outcome.unchecked),
        "meaning": MEANING.split("\n\n"),
    }


def _summary(outcome: Verification) -> str:
    """Return what the certificate claims, and no more than was done."""
    told = SUMMARIES["changed" if outcome.absent and outcome.failing else outcome.outcome]
    if outcome.outcome == "partly" and outcome.uncompared:
        told = f"{told} {UNCOMPARED} {'; '.join(outcome.uncompared)}."
    if outcome.outcome == "partly" and outcome.by_content:
        told = f"{told} {BY_CONTENT} {'; '.join(outcome.by_content)}."
    exact = outcome.outcome == "holds"
    return f"{told} {BYTES}" if exact and {*DOCUMENTS} <= {*outcome.files} else told


def _machine(outcome: Verification) -> list[tuple[str, str, bool]]:
    """Return on what it was executed again; nothing where it was not."""
    machine = outcome.machine
    if machine is None:
        return []
    return [
        ("Executed with", f"{machine.python}; {machine.system}", False),
        ("Libraries", machine.told(), False),
    ]


def _counts(outcome: Verification) -> list[tuple[str, str, bool]]:
    """Return what was counted, in words; the last says whether it is part of the line above."""
    figures = outcome.figures
    drawn = f"{figures.compared}" if figures.kept else "none: the report keeps no files of them"
    return [
        ("Numbers compared", f"{outcome.compared}", False),
        *((allowance(kind), f"{count}", True) for kind, count in outcome.kinds.items()),
        ("identical to the last bit", f"{outcome.identical}", True),
        (f"within tolerance (at most {outcome.largest:.2g} relative)", f"{outcome.within}", True),
        ("Figures compared", drawn, False),
        ("identical or within tolerance", f"{figures.identical + figures.within}", True),
        ("Files compared", f"{len(outcome.files)}", False),
        *([(", ".join(outcome.files), "", True)] if outcome.files else []),
        ("Different", f"{len(outcome.failing)}", False),
        *((KINDS[kind], f"{count}", True) for kind, count in outcome.classes.items()),
    ]


def _each(thing: Any, change: Any) -> Any:
    if isinstance(thing, str):
        return change(thing)
    if isinstance(thing, Mapping):
        return {key: _each(value, change) for key, value in thing.items()}
    return [_each(one, change) for one in thing] if isinstance(thing, list | tuple) else thing


def _short(text: str) -> str:
    plain = printable(text)
    return plain if len(plain) <= max(LONGEST, len(MEANING)) else plain[:LONGEST] + " …"


def _common(text: str) -> str:
    return _COMMON.sub(lambda match: f"U+{ord(match[0]):04X}", _short(text))
