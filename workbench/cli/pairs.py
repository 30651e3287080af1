"""What ``workbench notebooks check`` says."""

from __future__ import annotations

from pathlib import Path

import typer

from workbench.reports.prose import GIVEN, typed_numbers
from workbench.reports.studies import disagreement, load_study, studies


def check_pairs(folder: Path, *, prose: bool) -> bool:
    """Say which pairs disagree and, if asked, which results were typed; return whether none."""
    pairs = studies(folder)
    faults = [fault for fault in map(disagreement, pairs) if fault]
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        typer.echo("Bring them in step: workbench notebooks sync", err=True)
        return False
    typer.echo(f"{len(pairs)} in step")
    return not prose or _says_none_typed(folder)


def _says_none_typed(folder: Path) -> bool:
    found = [
        f"{study.name}, {typed}"
        for study in studies(folder)
        for typed in typed_numbers(load_study(study))
    ]
    for line in found:
        typer.echo(line, err=True)
    if found:
        typer.echo(
            "Take them from results: wb.claim(name, template, numbers={...}). Where a paragraph "
            f"tells what is given and no result, write {GIVEN} into it.",
            err=True,
        )
    return not found
