"""Verify a report in a folder or a bundle: ask, show what comes of it, write what is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from workbench.cli.progress import Progress
from workbench.errors import InputError
from workbench.reports.bundling import opened
from workbench.reports.checking.certificate import Checker, certificate, record, write
from workbench.reports.checking.consent import Plan, may_ask
from workbench.reports.checking.environments import Environments, Fresh, at_hand
from workbench.reports.checking.outcome import Verification
from workbench.reports.index import write_index
from workbench.reports.project import Project, find_root
from workbench.reports.verifying import verify_report


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller of ``workbench verify`` asks for.

    Attributes
    ----------
    fresh_env : bool
        Whether an environment is built from the lock.
    yes : bool
        Whether a notebook that is not the project's own is executed without asking.
    certificate : pathlib.Path or None
        Folder for the certificate.
    keep : bool
        Whether the outcome is recorded beside the reports.
    checker : Checker
        Who checks, and when.
    timeout : float
        Seconds for the notebook.
    """

    fresh_env: bool
    yes: bool
    certificate: Path | None
    keep: bool
    checker: Checker
    timeout: float


@dataclass(frozen=True, slots=True)
class _Place:
    """A report that can be read, with the project that it is executed in."""

    folder: Path
    project: Project
    own: bool


def verify(report: Path, wishes: Wishes, *, start: Path | None) -> Verification:
    """Verify a report, say what came of it, and write the certificate and the record.

    Parameters
    ----------
    report : pathlib.Path
        Its folder, or a bundle of it.
    wishes : Wishes
        What is asked for.
    start : pathlib.Path or None
        Folder of the project; the one that the caller is in by default. A bundle brings its own.

    Raises
    ------
    InputError
        If there is nothing at `report`, or the certificate would lie in the report, or a record is
        asked for of a report that is not the project's, or there is no consent.
    ReportError
        As :func:`workbench.reports.verifying.verify_report`, or if the bundle is refused.
    """
    if not os.path.exists(report):  # noqa: PTH110 — a path too long is none either
        raise InputError(
            "report",
            expected="a folder or a bundle that is there",
            found=str(report),
            remedy="render one: workbench run STUDY",
        )
    if wishes.certificate is not None and _inside(wishes.certificate, report):
        raise InputError(
            "certificate",
            expected="a folder outside the report",
            found=str(wishes.certificate),
            why="verification never changes a report",
        )
    with _at(report, start) as place:
        if wishes.keep:
            _require_own(place, report)
        outcome = _verified(place, wishes)
        typer.echo(outcome.certificate(), nl=False)
        if wishes.certificate is not None:
            made = certificate(outcome, place.folder, place.project, checker=wishes.checker)
            write(wishes.certificate, made)
        if wishes.keep:
            record(outcome, place.project, checker=wishes.checker)
            write_index(place.project)
    return outcome


def _verified(place: _Place, wishes: Wishes) -> Verification:
    environments: Environments = at_hand
    if wishes.fresh_env:
        environments = Fresh(place.project, say=lambda line: typer.echo(line, err=True))

    def consent(plan: Plan) -> bool:
        typer.echo(plan.told(), nl=False, err=True)
        if wishes.yes or plan.own:
            return True
        return may_ask() and typer.confirm("Execute it?", default=False, err=True)

    with Progress(place.folder.name) as progress:
        return verify_report(
            place.folder, place.project, timeout=wishes.timeout, progress=progress,
            consent=consent, trusted=place.own, environments=environments,
        )  # fmt: skip


@contextmanager
def _at(report: Path, start: Path | None) -> Iterator[_Place]:
    """Give the report of a folder or of a bundle, unpacked for as long as it is needed."""
    if report.suffix.lower() == ".zip" and report.is_file():
        with opened(report) as (folder, project):
            yield _Place(folder, project, own=False)
    else:
        yield _Place(report, Project.at(find_root(start or Path.cwd())), own=True)


def _inside(certificate: Path, report: Path) -> bool:
    return report.is_dir() and certificate.resolve().is_relative_to(report.resolve())


def _require_own(place: _Place, report: Path) -> None:
    if not place.own or place.folder.resolve().parent != place.project.reports:
        raise InputError(
            "record",
            expected=f"a report of the project, in {place.project.reports.name}/",
            found=str(report),
            remedy="--certificate DIR writes the outcome of any report",
        )
