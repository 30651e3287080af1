"""Verify a report: execute its notebook again and compare it number by number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.data.forms.own import left_aside
from workbench.errors import AbsentDataError, ReportError
from workbench.reports.checking.beside import compared_beside
from workbench.reports.checking.brought import Brought, brought_along
from workbench.reports.checking.consent import (
    Consent,
    is_own,
    plan_of,
    require_consent,
    without_consent,
)
from workbench.reports.checking.entries import (
    compared_head,
    compared_numbers,
    compared_rules,
    compared_texts,
    kinds_of,
    misprints,
    widened,
)
from workbench.reports.checking.environments import (
    Environment,
    Environments,
    Fresh,
    at_hand,
    machine_of,
)
from workbench.reports.checking.faults import (
    data_faults,
    file_faults,
    ledger_faults,
    name_faults,
    named_twice,
)
from workbench.reports.checking.findings import Finding
from workbench.reports.checking.making import compared_making
from workbench.reports.checking.notes import (
    environment_notes,
    notebook_notes,
    set_aside,
    version_notes,
)
from workbench.reports.checking.outcome import Verification
from workbench.reports.checking.pictures import compared_figures, pictures_of
from workbench.reports.checking.written import Ran, with_files
from workbench.reports.datasets import (
    absences,
    arrived,
    own_absences,
    sha256_of,
    used,
)
from workbench.reports.evidence import CRATE
from workbench.reports.kernel import Watch, execute
from workbench.reports.ledger import (
    LEDGER,
    NOTEBOOK,
    PROVENANCE,
    Collector,
    Ledger,
    make_ledger,
    read_ledger,
    sha256_text,
)
from workbench.reports.manifest import MANIFEST
from workbench.reports.parameters import Setting, setting_again, told, with_values
from workbench.reports.plain_json import check_depth
from workbench.reports.project import Project
from workbench.reports.running import TIMEOUT
from workbench.reports.studies import (
    Header,
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
    findings = file_faults(folder, ledger)
    brought = _brought(report, project, environments, trusted=trusted)
    own = trusted and is_own(ledger, project)
    absent = [
        *absences(report.header.datasets, geodata=project.geodata),
        *own_absences(ledger.datasets, geodata=project.geodata),
    ]
    if absent:
        findings += misprints(ledger)
        outcome = _beside(_without_data(ledger, absent, findings=findings), report, project)
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
        *(
            []
            if own
            else notebook_notes(
                report.setting, project, trusted=trusted, ran=outcome.machine is not None
            )
        ),
        *environment_notes(folder, project, environments),
    ]
    return replace(
        outcome,
        notes=tuple(notes),
        ledger=sha256_of(folder / LEDGER),
        findings=(*outcome.findings, *brought.findings),
        uncompared=(*outcome.uncompared, *brought.uncompared),
        unchecked=(*outcome.unchecked, *brought.unchecked),
    )


def _brought(
    report: _Report, project: Project, environments: Environments, *, trusted: bool
) -> Brought:
    """Return what is said of the project that came with the report, before anything is executed."""
    if trusted:
        return Brought()
    return brought_along(
        report.folder, report.ledger, report.notebook, report.setting, project, environments
    )


def _read(folder: Path) -> _Report:
    ledger = read_ledger(folder)
    check_depth(folder, PROVENANCE, CRATE)
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
    machine = machine_of(environment, ledger.versions)
    aside = arrived(ledger.datasets, geodata=project.geodata)
    collected = Collector(ledger.study)
    watch = Watch(progress=progress, finished=collected.take, ended=collected.end)
    with left_aside(aside):
        datasets = used(report.header.datasets, geodata=project.geodata)
        faults = [
            *findings,
            *data_faults(ledger, datasets, geodata=project.geodata),
            *name_faults(ledger, setting),
        ]
        twice = named_twice(ledger, geodata=project.geodata)
        try:
            executed = execute(
                with_values(report.notebook, setting), name=ledger.study, project=project.root,
                timeout=timeout, watch=watch, fresh=True, lang=setting.lang,
                python=environment.python,
            )  # fmt: skip
        except ReportError as error:
            faults += [f for f in twice if f.id not in {fault.id for fault in faults}]
            if not any(f.kind == "data" for f in faults):
                raise
            stopped = replace(_stopped(ledger, faults, error), machine=machine)
            return _beside(stopped, report, project)
    again = make_ledger(
        collected, report.header, setting=setting, notebook=ledger.notebook, page=ledger.page,
        datasets=datasets,
    )  # fmt: skip
    figures, drawn = compared_figures(report.folder, ledger, pictures_of(collected))
    outcome = compared(
        ledger,
        replace(again, versions=environment.versions),
        findings=[*faults, *drawn],
        notes=[
            *(set_aside(name, ledger.study) for name in aside),
            *(fault.line for fault in twice),
        ],
    )
    outcome = replace(outcome, figures=figures, environment=environment.told, machine=machine)
    ran = Ran(executed, collected, again, report.header, datasets, environment)
    outcome = with_files(outcome, report.folder, ledger, ran, setting=setting, project=project)
    return _beside(outcome, report, project, again)


def _beside(
    outcome: Verification, report: _Report, project: Project, again: Ledger | None = None
) -> Verification:
    """Compare what stands beside a report; files that are known to be others are told once."""
    known = {f.id for f in outcome.findings if f.kind == "file"}
    beside = compared_beside(
        report.folder, report.ledger, project, report.setting, again=again, changed=known
    )
    told = (*ledger_faults(report.folder, report.ledger), *beside.findings)
    return replace(
        outcome,
        files=(*outcome.files, *beside.files),
        findings=(*outcome.findings, *(f for f in told if f.id not in known)),
        unchecked=(*outcome.unchecked, *beside.unchecked),
        uncompared=(*outcome.uncompared, *beside.uncompared),
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
        kinds=kinds_of(old, new),
        findings=(
            *findings,
            *differences,
            *compared_rules(old, new, differences),
            *misprints(old),
            *compared_texts(old, new),
            *compared_head(old, new),
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


def _refuse_changed(folder: Path, findings: list[Finding]) -> None:
    if findings:
        raise ReportError(
            folder.name,
            expected=f"a report whose files are as {MANIFEST} says, or the project's own notebook",
            found=f"{len(findings)} that " + ("is not" if len(findings) == 1 else "are not"),
            offenders=[finding.line for finding in findings],
            why="what was changed by hand is not executed",
            remedy="ask for another copy; nothing was executed",
        )
