"""Run a study: execute it, render it, and put the new report in place of the old one."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from workbench.core.language import speaking
from workbench.core.provenance import library_versions
from workbench.errors import ReportError
from workbench.reports import ledger as records
from workbench.reports.datasets import used
from workbench.reports.documents import documents
from workbench.reports.evidence import Run, evidence
from workbench.reports.index import write_index
from workbench.reports.kernel import Watch, execute
from workbench.reports.ledger import Collector, Ledger, make_ledger, sha256_text
from workbench.reports.parameters import setting_of, with_values
from workbench.reports.project import Project
from workbench.reports.studies import (
    bibliography_of,
    find_study,
    header_of,
    load_study,
    notebook_text,
)

PARTIAL = ".partial-"
TIMEOUT = 1800.0
"""Seconds that a study may take unless the caller says otherwise."""


def run_study(
    project: Project,
    name: str,
    *,
    parameters: Mapping[str, object] = MappingProxyType({}),
    timeout: float = TIMEOUT,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Ledger:
    """Execute a study in a fresh kernel and write its report to ``reports/<name>/``.

    With parameters other than the defaults the folder is ``reports/<name>--<parameter>-<value>/``.

    The report is written beside the old one and takes its place only when it is complete: a
    failure or an interruption at any moment leaves the old report as it was.

    Parameters
    ----------
    project : Project
        Where notebooks, data and reports are.
    name : str
        Name of the study.
    parameters : mapping of str to object
        Values for the study's parameters; texts are read as values of the default's type.
    timeout : float
        Seconds for the whole notebook.
    progress : callable of (done, total)
        Called before each cell.

    Returns
    -------
    Ledger
        Of the new report.

    Raises
    ------
    InputError
        If there is no such study or parameter, or a value is not of the default's type.
    AbsentDataError
        If it uses an external data set that is not here; nothing is executed.
    ReportError
        If the pair of files disagrees, a cell fails, or the report cannot be written.
    """
    study = find_study(project.notebooks, name)
    notebook = load_study(study)
    header = header_of(notebook, study=study.name)
    setting = setting_of(notebook, study=study.name, given=parameters)
    datasets = used(header.datasets, geodata=project.geodata)
    works = bibliography_of(header, project.notebooks)
    collected = Collector(study.name)
    watch = Watch(progress=progress, finished=collected.take, ended=collected.end)
    started = time.perf_counter()
    executed = execute(
        with_values(notebook, setting), name=study.name, project=project.root, timeout=timeout,
        watch=watch, lang=setting.lang,
    )  # fmt: skip
    seconds = round(time.perf_counter() - started, 1)
    written = documents(
        executed, header, setting=setting, datasets=datasets, versions=library_versions(),
        bibliography=works,
    )  # fmt: skip
    ledger = make_ledger(
        collected,
        header,
        setting=setting,
        notebook=sha256_text(notebook_text(notebook)),
        page=sha256_text(written[records.PAGE].decode()),
        datasets=datasets,
    )
    run = Run(tuple(thing for thing, _ in collected.published), collected.kernel, seconds)
    with speaking(setting.lang):
        beside = evidence(
            ledger, notebook, project=project, documents=written, run=run, command=setting.command
        )
    replace_report(project.reports, setting.report, {**written, **beside})
    write_index(project)
    return ledger


def replace_report(reports: Path, name: str, files: Mapping[str, bytes]) -> None:
    """Write a report beside the old one, then swap; if that fails, the old one is there again.

    Parameters
    ----------
    reports : pathlib.Path
        Where all reports are.
    name : str
        Folder of this one.
    files : mapping of str to bytes
        Content by path inside the folder, with slashes.

    Raises
    ------
    ReportError
        If it cannot be written.
    """
    partial, old, place = (
        reports / f"{PARTIAL}{name}",
        reports / f"{PARTIAL}old-{name}",
        reports / name,
    )
    try:
        reports.mkdir(parents=True, exist_ok=True)
        _recover(old, place)
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        for file, content in files.items():
            _write(partial / file, content)
        if place.exists():
            place.rename(old)
        partial.rename(place)
    except OSError as error:
        raise ReportError(
            f"reports/{name}",
            expected="to write the report",
            found=f"{type(error).__name__}: {error.strerror}",
            remedy="free some space or change the rights; the report from before is untouched",
        ) from error
    finally:
        _recover(old, place)
        shutil.rmtree(partial, ignore_errors=True)


def _recover(old: Path, place: Path) -> None:
    """Remove what a swap has set aside, or put it back if the swap did not get through."""
    if old.exists() and not place.exists():
        old.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
