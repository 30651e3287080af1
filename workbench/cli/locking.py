"""What a reviewer asks of a lock: what was decided, and whether the report keeps to it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import typer

from workbench.hypotheses.locks.lock import Lock
from workbench.reports.ledger import Ledger, read_ledger

DIGEST_ENDS = ("/lock/content", "/glance/lock")
"""Ends of the ids under which a published lock, and marked verdicts, tell the digest."""


def show(path: Path) -> None:
    """Print what a lock holds."""
    typer.echo(str(Lock.read(path)))


def check(path: Path, report: Path) -> bool:
    """Say whether a report publishes this lock and no other; return whether it does.

    Parameters
    ----------
    path : Path
        A file that ``Lock.save`` wrote; its content must have its digest.
    report : Path
        Folder of a rendered report.
    """
    lock = Lock.read(path)
    ledger = read_ledger(report)
    told = {
        identifier: text.text
        for identifier, text in ledger.texts.items()
        if identifier.endswith(DIGEST_ENDS)
    }
    others = {identifier: digest for identifier, digest in told.items() if digest != lock.digest}
    if not told:
        typer.echo(f"{report.name} publishes no lock; {path.name} holds {lock.digest}", err=True)
        return False
    for identifier, digest in others.items():
        typer.echo(f"{identifier}: {digest}, not {lock.digest} of {path.name}", err=True)
    if others:
        return False
    typer.echo(f"{report.name} and {path.name} agree: lock {lock.digest}")
    typer.echo(lock.notes[-1])
    for line in _statuses(ledger):
        typer.echo(line)
    return True


def _statuses(ledger: Ledger) -> list[str]:
    """Count the verdicts by status, and spell out what changed after the lock."""
    found = [text.text for name, text in ledger.texts.items() if name.endswith("/status")]
    kinds = Counter(text.split(":", 1)[0].split(" (", 1)[0] for text in found)
    counted = [f"{count} {kind}" for kind, count in sorted(kinds.items())]
    changed = sorted({text for text in found if text.startswith("changed after the lock:")})
    return [*([f"Verdicts: {', '.join(counted)}"] if counted else []), *changed]
