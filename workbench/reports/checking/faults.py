"""Files, data and names that are not those of a report, before anything is executed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.reports.checking.findings import Finding
from workbench.reports.datasets import Dataset
from workbench.reports.ledger import LEDGER, PAGE, Ledger, sha256_text
from workbench.reports.manifest import disagreements
from workbench.reports.marks import changed_cells
from workbench.reports.parameters import Setting


def file_faults(folder: Path, ledger: Ledger) -> list[Finding]:
    """Return a finding for each file that is not as the manifest or the ledger says."""
    page = _page_faults(folder, ledger)
    lines = [line.rpartition(": ") for line in disagreements(folder)]
    others = [Finding(path, "file", what) for path, _, what in lines if not page or path != PAGE]
    return [*others, *page]


def _page_faults(folder: Path, ledger: Ledger) -> list[Finding]:
    try:
        page = (folder / PAGE).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        told = "missing" if isinstance(error, FileNotFoundError) else "cannot be read"
        return [Finding(PAGE, "file", told)]
    if sha256_text(page) != ledger.page:
        told = "not the page that the ledger was written with (edited by hand?)"
        return [Finding(PAGE, "file", told)]
    return []


def name_faults(ledger: Ledger, setting: Setting) -> list[Finding]:
    """Return a finding where a ledger has the name of another report than its parameters give."""
    if ledger.report == setting.report:
        return []
    told = f"the ledger is of {ledger.report!r}, its parameters of {setting.report!r}"
    return [Finding(LEDGER, "file", told)]


def data_faults(ledger: Ledger, datasets: list[Dataset], *, geodata: Path) -> list[Finding]:
    """Return a finding for each file of the data that is another one than in the ledger.

    It names the columns and rows that changed where the ledger has marks of them.
    """
    before, now = (
        {(d.name, file): digest for d in some for file, digest in d.files.items()}
        for some in (ledger.datasets, datasets)
    )
    marks = {(d.name, file): found for d in ledger.datasets for file, found in d.marks.items()}
    findings = []
    for key in sorted({**before, **now}):
        was, found = before.get(key, "none"), now.get(key, "none")
        if was != found:
            where = _where(geodata.joinpath(*key), marks.get(key, {}))
            told = f"the data changed{where}, SHA-256 {was[:12]} → {found[:12]}"
            findings.append(Finding("/".join(key), "data", told, was, found))
    return findings


def _where(path: Path, marks: Mapping[str, Any]) -> str:
    """Return in words what changed in a file that lies in the project; empty if it is not known."""
    try:
        told = changed_cells(path.name, path.read_bytes(), marks)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    return f" ({told})" if told else ""
