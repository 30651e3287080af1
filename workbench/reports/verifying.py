"""Verify a report: execute its notebook again and compare it number by number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.core.language import speaking
from workbench.data.forms.own import left_aside
from workbench.errors import AbsentDataError, ReportError
from workbench.reports.checking.consent import (
    Consent,
    is_own,
    plan_of,
    require_consent,
    without_consent,
)
from workbench.reports.checking.entries import (
    compared_numbers,
    compared_rules,
    compared_texts,
    misprints,
    widened,
)
from workbench.reports.checking.environments import (
    Environment,
    Environments,
    Fresh,
    another_workbench,
    at_hand,
)
from workbench.reports.checking.findings import Finding
from workbench.reports.checking.making import compared_making
from workbench.reports.checking.notes import environment_notes, set_aside, version_notes
from workbench.reports.checking.outcome import Verification
from workbench.reports.checking.papers import compared_documents, compared_tables
from workbench.reports.checking.pictures import compared_figures, pictures_of
from workbench.reports.datasets import (
    Dataset,
    absences,
    arrived,
    own_absences,
    sha256_of,
    used,
)
from workbench.reports.documents import documents
from workbench.reports.kernel import Watch, execute
from workbench.reports.ledger import (
    LEDGER,
    NOTEBOOK,
    PAGE,
    Collector,
    Ledger,
    make_ledger,
    read_ledger,
    sha256_text,
)
from workbench.reports.manifest import MANIFEST, disagreements
from workbench.reports.parameters import Setting, setting_again, told, with_values
from workbench.reports.project import Project
from workbench.reports.running import TIMEOUT
from workbench.reports.studies import (
    Header,
    Study,
    bibliography_of,
    clean,
    header_of,
    notebook_text,
    read_notebook,
)


@dataclass(frozen=True, slots=True)
class _Report:
    """A report as it lies there: its folder, ledger and notebook."""

    folder: Path
    ledger: Ledger
    notebook: Any
    header: Header
    setting: Setting


@dataclass(frozen=True, slots=True)
class _Run:
    """What a notebook gave when it was executed again."""

    executed: Any
    collected: Collector
    datasets: list[Dataset]
    environment: Environment


def verify_report(
    folder: Path,
    project: Project,
    *,
    timeout: float = TIMEOUT,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    consent: Consent = without_consent,
    trusted: bool = True,
    environments: Environments = at_hand,
) -> Verification:
    """Execute the notebook of a report again and compare what it publishes with the ledger.

    Nothing is written, neither in the report nor elsewhere. Files are held against the manifest
    first. A report on external data, or a file of the user's, that are not here is not executed:
    the outcome says what it needs, after the page and the ledger were held against each other. A
    file of the user's that the report was made without is left aside.

    Parameters
    ----------
    folder : pathlib.Path
        The report.
    project : Project
        Where data and notebooks are.
    timeout : float
        Seconds for the whole notebook.
    progress : callable of (done, total)
        Called before each cell.
    consent : callable of Plan to bool
        Shown what will be executed. Without its yes a notebook that is not the project's own is
        not executed; by default the answer is no.
    trusted : bool
        Whether the project is the user's; False for one that came with the report.
    environments : callable
        Gives the environment of the kernel: the one at hand, or
        :class:`~workbench.reports.checking.environments.Fresh`.

    Returns
    -------
    Verification

    Raises
    ------
    InputError
        If there is no consent; nothing was executed.
    ReportError
        If the folder holds no ledger, or its notebook is not the one that the ledger names or
        has other parameters (it is then not executed), or a report with files that are not those
        of its manifest is not of the project's own notebook, or a cell fails.
    """
    report = _read(folder)
    ledger = report.ledger
    findings = _file_faults(folder, ledger)
    own = trusted and is_own(ledger, project)
    absent = [
        *absences(report.header.datasets, geodata=project.geodata),
        *own_absences(ledger.datasets, geodata=project.geodata),
    ]
    if absent:
        findings += misprints(ledger)
        outcome = _without_data(ledger, absent, findings=findings)
    else:
        if not own:
            _refuse_changed(folder, findings)
        known = environments.told if isinstance(environments, Fresh) else ""
        require_consent(plan_of(report.notebook, ledger, environment=known, own=own), consent)
        with environments() as environment:
            outcome = _again(
                report, project, environment, findings, timeout=timeout, progress=progress
            )
    notes = [
        *outcome.notes,
        *_notebook_notes(report, project, own=own, trusted=trusted),
        *environment_notes(folder, project, environments),
    ]
    return replace(outcome, notes=tuple(notes), ledger=sha256_of(folder / LEDGER))


def _read(folder: Path) -> _Report:
    ledger = read_ledger(folder)
    notebook = _own_notebook(folder, ledger)
    setting = setting_again(
        notebook, study=ledger.study, recorded=ledger.parameters, folder=folder.name
    )
    return _Report(folder, ledger, notebook, header_of(notebook, study=ledger.study), setting)


def _again(
    report: _Report,
    project: Project,
    environment: Environment,
    findings: list[Finding],
    *,
    timeout: float,
    progress: Callable[[int, int], None],
) -> Verification:
    """Execute the notebook of a report and compare."""
    ledger, setting = report.ledger, report.setting
    aside = arrived(ledger.datasets, geodata=project.geodata)
    collected = Collector(ledger.study)
    watch = Watch(progress=progress, finished=collected.take, ended=collected.end)
    with left_aside(aside):
        datasets = used(report.header.datasets, geodata=project.geodata)
        faults = [*findings, *_data_faults(ledger, datasets), *_name_faults(ledger, setting)]
        try:
            executed = execute(
                with_values(report.notebook, setting), name=ledger.study, project=project.root,
                timeout=timeout, watch=watch, fresh=True, lang=setting.lang,
                python=environment.python,
            )  # fmt: skip
        except ReportError as error:
            if not any(f.kind == "data" for f in faults):
                raise
            return _stopped(ledger, faults, error)
    again = make_ledger(
        collected, report.header, setting=setting, notebook=ledger.notebook, page=ledger.page,
        datasets=datasets,
    )  # fmt: skip
    figures, drawn = compared_figures(report.folder, ledger, pictures_of(collected))
    outcome = compared(
        ledger,
        replace(again, versions=environment.versions),
        findings=[*faults, *drawn],
        notes=[set_aside(name, ledger.study) for name in aside],
    )
    outcome = replace(outcome, figures=figures, environment=environment.told)
    return _with_files(outcome, report, project, _Run(executed, collected, datasets, environment))


def _with_files(
    outcome: Verification, report: _Report, project: Project, run: _Run
) -> Verification:
    """Compare the tables and documents of a report with those that a run gives."""
    ledger, setting = report.ledger, report.setting
    with speaking(setting.lang):
        tables, left, wrong = compared_tables(report.folder, ledger, run.collected)

    def made() -> dict[str, bytes]:
        return documents(
            run.executed, report.header, setting=setting, datasets=run.datasets,
            versions=run.environment.versions,
            bibliography=bibliography_of(report.header, project.notebooks),
        )  # fmt: skip

    obstacle = ""
    if dict(ledger.versions) != dict(run.environment.versions):
        obstacle = "the libraries are of other versions"
    elif another_workbench(project.root):
        obstacle = "they were set by another workbench"
    elif outcome.figures.within:
        obstacle = "figures are within tolerance, not identical"
    shown, why, other = compared_documents(
        report.folder, made, findings=outcome.findings, obstacle=obstacle
    )
    known = {f.id for f in outcome.findings if f.kind == "file"}
    unread = [f"{', '.join(left)} not compared: texts of them came out different"] if left else []
    return replace(
        outcome,
        files=(*shown, *tables),
        findings=(*outcome.findings, *(f for f in [*wrong, *other] if f.id not in known)),
        notes=(*outcome.notes, *unread, *([why] if why else [])),
    )


def _stopped(ledger: Ledger, faults: list[Finding], error: ReportError) -> Verification:
    """Return what can be said of a report whose notebook does not run on data that changed."""
    line = next(iter(str(error).splitlines()), "")
    return replace(
        _named(ledger),
        findings=(*faults, *misprints(ledger)),
        notes=(f"no number was compared, as its notebook stops on data that changed: {line}",),
    )


def compared(
    old: Ledger, new: Ledger, *, findings: list[Finding], notes: list[str]
) -> Verification:
    """Compare two ledgers of one study, entry by entry."""
    count, differences = compared_numbers(old, new)
    within = [d for d in differences if d.kind == "within tolerance"]
    return replace(
        _named(old),
        compared=count,
        identical=count - len(differences),
        within=len(within),
        largest=max((d.relative or 0.0 for d in within), default=0.0),
        findings=(
            *findings,
            *differences,
            *compared_rules(old, new, differences),
            *misprints(old),
            *compared_texts(old, new),
            *compared_making(old, new),
        ),
        notes=(*version_notes(old, new), *widened(old, new, within), *notes),
    )


def _named(ledger: Ledger) -> Verification:
    return Verification(
        ledger.study,
        report=ledger.report,
        title=ledger.title,
        notebook=ledger.notebook,
        parameters=told(ledger.parameters),
    )


def _without_data(
    ledger: Ledger, absent: list[AbsentDataError], *, findings: list[Finding]
) -> Verification:
    """Return what can be said of a report whose data are not here."""
    return replace(
        _named(ledger),
        findings=tuple(findings),
        absent=tuple(map(str, absent)),
    )


def _own_notebook(folder: Path, ledger: Ledger) -> object:
    """Return the notebook of the report if it is the one that the ledger names."""
    path = folder / NOTEBOOK
    notebook = clean(read_notebook(path))
    if sha256_text(notebook_text(notebook)) != ledger.notebook:
        raise ReportError(
            f"{folder.name}/{NOTEBOOK}",
            expected="the notebook that the ledger was made from",
            found="another one: its digest disagrees with the ledger",
            why="what is executed must be what was reported",
            remedy="render the report again: workbench run " + ledger.study,
        )
    return notebook


def _file_faults(folder: Path, ledger: Ledger) -> list[Finding]:
    """Return a finding for each file that is not as the manifest or the ledger says."""
    page = _page_faults(folder, ledger)
    lines = [line.rpartition(": ") for line in disagreements(folder)]
    others = [Finding(path, "file", what) for path, _, what in lines if not page or path != PAGE]
    return [*others, *page]


def _refuse_changed(folder: Path, findings: list[Finding]) -> None:
    if findings:
        raise ReportError(
            folder.name,
            expected=f"a report as its {MANIFEST} says, or one of the project's own notebook",
            found=f"{len(findings)} files that are not",
            offenders=[finding.line for finding in findings],
            why="what was changed by hand is not executed",
            remedy="ask for another copy; nothing was executed",
        )


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


def _name_faults(ledger: Ledger, setting: Setting) -> list[Finding]:
    if ledger.report == setting.report:
        return []
    told = f"the ledger is of {ledger.report!r}, its parameters of {setting.report!r}"
    return [Finding(LEDGER, "file", told)]


def _data_faults(ledger: Ledger, datasets: list[Dataset]) -> list[Finding]:
    before, now = (
        {f"{d.name}/{file}": digest for d in some for file, digest in d.files.items()}
        for some in (ledger.datasets, datasets)
    )
    return [
        Finding(name, "data", f"the data changed, SHA-256 {was[:12]} → {found[:12]}", was, found)
        for name in sorted({**before, **now})
        if (was := before.get(name, "none")) != (found := now.get(name, "none"))
    ]


def _notebook_notes(report: _Report, project: Project, *, own: bool, trusted: bool) -> list[str]:
    """Return what is to be known of a notebook that is not the one of the project."""
    if own:
        return []
    study = report.ledger.study
    if not trusted:
        return [f"what was executed came with the report: notebook and data of {study}"]
    if Study(study, project.notebooks).script.exists():
        return [
            f"notebooks/{study} has changed since this report was made: "
            f"{report.setting.command} renders it anew"
        ]
    return [f"notebooks/ holds no readable pair named {study}"]
