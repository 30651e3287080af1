"""A report and its project in one file, and what was left out of it."""

from __future__ import annotations

from pathlib import Path

import typer

from workbench.errors import InputError
from workbench.reports.bundling import bundle_report
from workbench.reports.project import Project


def pack(report: Path, to: Path, project: Project) -> None:
    """Write the bundle of a report and say what is in it.

    Parameters
    ----------
    report : Path
        Folder of the report.
    to : Path
        The zip; not inside the report.
    project : Project
        Where its data and locks are.
    """
    if to.suffix.lower() != ".zip" or to.resolve().is_relative_to(report.resolve()):
        raise InputError(
            "to",
            expected="a file that ends in .zip, outside the report",
            found=str(to),
            remedy=f"--to {report.name}.zip",
        )
    bundle = bundle_report(report, project, to=to)
    typer.echo(f"{report.name}: {bundle.files} files in {to}")
    for line in bundle.left_out:
        typer.echo(f"left out: {line}")
