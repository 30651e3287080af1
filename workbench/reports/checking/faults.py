"""Files, data and names that are not those of a report, before anything is executed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workbench.data.bundled import bundled_root
from workbench.reports.checking.findings import Finding
from workbench.reports.datasets import Dataset, sha256_of
from workbench.reports.documents import PRINTED, WORD
from workbench.reports.evidence import CRATE, README
from workbench.reports.ledger import (
    LEDGER,
    NOTEBOOK,
    PAGE,
    PROVENANCE,
    SCHEMA,
    Ledger,
    sha256_text,
)
from workbench.reports.manifest import MANIFEST, disagreements
from workbench.reports.marks import changed_cells, marks_of
from workbench.reports.parameters import Setting
from workbench.reports.plain_json import departures, parsed

DESCRIPTOR = "datapackage.json"

ALWAYS = frozenset({PAGE, PRINTED, WORD, LEDGER, NOTEBOOK, PROVENANCE, README, CRATE, MANIFEST})
"""Files of every report."""

SHOWN = 3


def file_faults(folder: Path, ledger: Ledger) -> list[Finding]:
    """Return a finding for each file that is not as the manifest or the ledger says."""
    page = _page_faults(folder, ledger)
    lines = [line.rpartition(": ") for line in disagreements(folder)]
    others = [Finding(path, "file", what) for path, _, what in lines if not page or path != PAGE]
    found = [*others, *page, *_folder_faults(folder, ledger)]
    told = {one.id for one in found}
    more = [*_notebook_faults(folder, ledger), *_added(folder, ledger)]
    return [*found, *(one for one in more if one.id not in told)]


def strange_files(folder: Path, ledger: Ledger) -> list[str]:
    """Return the files in the folder of a report that no report has and its ledger does not name.

    A ledger of an earlier workbench may name none of its files: nothing is strange beside it.
    """
    named = {file for place in ledger.published for file in place.files}
    here = (path for path in sorted(folder.rglob("*")) if path.is_file() or path.is_symlink())
    paths = (path.relative_to(folder).as_posix() for path in here)
    known = named or ledger.schema >= SCHEMA
    return [path for path in paths if known and path not in ALWAYS | named]


def _added(folder: Path, ledger: Ledger) -> list[Finding]:
    told = "added: no report has it, and the ledger does not name it"
    return [Finding(path, "file", told) for path in strange_files(folder, ledger)]


def _folder_faults(folder: Path, ledger: Ledger) -> list[Finding]:
    """Return a finding for each folder of a report that is gone with all that the ledger names."""
    named = {file.partition("/")[0] for place in ledger.published for file in place.files}
    return [
        Finding(f"{name}/", "file", "missing, though the ledger names files in it")
        for name in sorted(named)
        if not (folder / name).exists()
    ]


def _notebook_faults(folder: Path, ledger: Ledger) -> list[Finding]:
    """Return a finding where the notebook holds more than the sources that the ledger names."""
    if sha256_of(folder / NOTEBOOK) == ledger.notebook:
        return []
    told = "holds more than the sources of its cells: outputs, attachments or other words"
    return [Finding(NOTEBOOK, "file", told)]


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


def ledger_faults(folder: Path, ledger: Ledger) -> list[Finding]:
    """Return a finding where a ledger says what no workbench writes: a key that nothing reads.

    Parameters
    ----------
    folder : pathlib.Path
        The report.
    ledger : Ledger
        As it was read from there; one of an earlier schema is not looked at.
    """
    if ledger.schema < SCHEMA:
        return []
    try:
        plain = parsed((folder / LEDGER).read_text(encoding="utf-8"))
        lines = list(departures(plain, parsed(ledger.to_json())))
    except (ValueError, TypeError) as error:
        lines = [f"holds what cannot be written: {error}"]
    more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return [Finding(LEDGER, "record", "; ".join([*lines[:SHOWN], *more]))] if lines else []


def name_faults(ledger: Ledger, setting: Setting) -> list[Finding]:
    """Return a finding where a ledger has the name of another report than its parameters give."""
    if ledger.report == setting.report:
        return []
    told = f"the ledger is of {ledger.report!r}, its parameters of {setting.report!r}"
    return [Finding(LEDGER, "file", told)]


def data_faults(ledger: Ledger, datasets: list[Dataset], *, geodata: Path) -> list[Finding]:
    """Return a finding for each file of the data that is another one than in the ledger.

    It names the columns and rows that changed where the ledger has marks of them. A ledger whose
    digest is that of the file, and whose marks are those of another one, was changed with it.
    """
    before, now = _digests(ledger.datasets), _digests(datasets)
    marks, here = _marks(ledger.datasets), _marks(datasets)
    findings = []
    for key in sorted({**before, **now}):
        was, found = before.get(key, "none"), now.get(key, "none")
        where = _where(geodata.joinpath(*key), marks.get(key, {}))
        if was != found:
            told = f"the data changed{where}, SHA-256 {was[:12]} → {found[:12]}"
            findings.append(Finding("/".join(key), "data", told, was, found))
        elif marks.get(key) and marks[key] != here.get(key):
            told = f"the data changed{where}, though the ledger has their SHA-256 {found[:12]}"
            findings.append(Finding("/".join(key), "data", told))
    return findings


def named_twice(ledger: Ledger, *, geodata: Path) -> list[Finding]:
    """Return a finding for each file of a project's data that the workbench at hand has otherwise.

    Both have the data set under one name, and no reader could tell which of them is meant: a
    notebook that loads it stops.
    """
    findings = []
    for dataset in ledger.datasets:
        own, ours = geodata / dataset.name, bundled_root() / dataset.name
        for file in sorted({*dataset.files, DESCRIPTOR}):
            mine, yours = _content(own / file), _content(ours / file)
            if mine is None or yours is None or mine == yours:
                continue
            told = changed_cells(file, mine, marks_of(file, yours))
            where = f" ({told})" if told else ""
            told = f"not the data of this name that the workbench at hand has{where}"
            findings.append(Finding(f"{dataset.name}/{file}", "data", told))
    return findings


def _digests(datasets: Iterable[Dataset]) -> dict[tuple[str, str], str]:
    return {(d.name, file): digest for d in datasets for file, digest in d.files.items()}


def _marks(datasets: Iterable[Dataset]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(d.name, file): found for d in datasets for file, found in d.marks.items()}


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _where(path: Path, marks: Mapping[str, Any]) -> str:
    """Return in words what changed in a file that lies in the project; empty if it is not known."""
    try:
        told = changed_cells(path.name, path.read_bytes(), marks)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    return f" ({told})" if told else ""
