"""What came with a report in a bundle: its notebook, README, workbench, and what else is there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import ReportError
from workbench.reports.bundling import PROJECT, left_out_of, notebook_files, readme
from workbench.reports.checking.environments import (
    Environments,
    Fresh,
    another_workbench,
    unknown_workbench,
)
from workbench.reports.checking.findings import Finding
from workbench.reports.ledger import PROVENANCE, Ledger
from workbench.reports.parameters import Setting
from workbench.reports.project import Project

SHOWN = 8
"""Files of a project that are named one by one."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of looking at a project that came with a report.

    Attributes
    ----------
    findings : tuple of Finding
        Files that are not what the report gives.
    uncompared : tuple of str
        The workbench, where nothing says that it gave the report.
    unchecked : tuple of str
        Files of which the report holds no digest.
    """

    findings: tuple[Finding, ...] = ()
    uncompared: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()


def brought_along(
    folder: Path,
    ledger: Ledger,
    notebook: Any,
    setting: Setting,
    project: Project,
    environments: Environments,
) -> Brought:
    """Compare what came with a report and was not executed with what the report gives.

    Parameters
    ----------
    folder : pathlib.Path
        The report.
    ledger : Ledger
        Of it.
    notebook : NotebookNode
        Of it, without outputs.
    setting : Setting
        Of it: its command.
    project : Project
        That came with it.
    environments : callable
        In which it was executed; a new one has the workbench of the project.
    """
    known = notebook_files(notebook, ledger.study)
    try:
        left_out = left_out_of(ledger, project)
        text = readme(folder.name, ledger, left_out, command=setting.command)
        known["README.md"] = text.encode()
    except (ReportError, OSError, ValueError, KeyError, TypeError, AttributeError):
        pass  # data that are others are told elsewhere, and name the README with them
    here = {path: project.root / path for path in known if (project.root / path).is_file()}
    other = [path for path, file in here.items() if file.read_bytes() != known[path]]
    written = set(other) if another_workbench(project.root) else set[str]()
    written -= {f"notebooks/{ledger.study}.ipynb"}  # its bytes are those of the report's
    told = "not what the report gives"
    findings = [Finding(f"{PROJECT}/{path}", "file", told) for path in other if path not in written]
    rest = [f"{path}, which another workbench wrote" for path in sorted(written)]
    rest += _others(project.root, ledger, {*known, "locks/environment.txt"})
    unchecked = f"{', '.join(rest)} of the project, of which the report holds no digest"
    return Brought(
        tuple(findings),
        tuple(_unknown_workbench(folder, ledger, project, environments)),
        (unchecked,) if rest else (),
    )


def _others(root: Path, ledger: Ledger, known: set[str]) -> list[str]:
    """Return the other files of a project; those of the workbench and the data are compared."""
    names = {f"geodata/{one.name}/{file}" for one in ledger.datasets for file in one.files}
    names |= {f"geodata/{one.name}/datapackage.json" for one in ledger.datasets} | known
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    relative = [path.relative_to(root) for path in paths]
    found = [
        path.as_posix()
        for path in relative
        if path.parts[0] != "workbench" and path.as_posix() not in names
    ]
    more = len(found) - SHOWN
    return [*found[:SHOWN], *([f"and {more} more"] if more > 0 else [])]


def _unknown_workbench(
    folder: Path, ledger: Ledger, project: Project, environments: Environments
) -> list[str]:
    if isinstance(environments, Fresh):
        return []
    try:
        code = str(json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))["code"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        code = ""
    if not unknown_workbench(project.root, code, ledger.versions):
        return []
    told = "as it is neither what the report was made with nor what was executed"
    return [f"{PROJECT}/workbench, {told}; --fresh-env executes it"]
