"""What would be executed, shown before it is: a notebook can do anything that Python can."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from workbench.errors import InputError, ReportError
from workbench.reports.checking.findings import visible
from workbench.reports.ledger import Ledger, sha256_text
from workbench.reports.parameters import told
from workbench.reports.project import Project
from workbench.reports.studies import Study, load_study, notebook_text

SHOWN = 40

_COMMAND = re.compile(r"^\s*[%!]")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a verification would execute.

    Attributes
    ----------
    study, digest : str
        Name of the study and SHA-256 of the notebook.
    cells, lines : int
        Cells of code, and lines in them.
    imports : tuple of str
        Modules that the notebook names, the first part of each.
    commands : tuple of str
        Lines that are commands of the notebook or of the shell, and cells that cannot be read.
    datasets : tuple of str
        Data sets that the ledger names.
    parameters : str
        With which it would be executed.
    environment : str
        What would be installed for it; empty for the environment at hand.
    own : bool
        Whether it is the project's own notebook, which needs no consent.
    """

    study: str
    digest: str
    cells: int
    lines: int
    imports: tuple[str, ...]
    commands: tuple[str, ...]
    datasets: tuple[str, ...]
    parameters: str = ""
    environment: str = ""
    own: bool = False

    def told(self) -> str:
        """Return it as a text, with nothing in it that a terminal would act upon."""
        if self.own:
            return (
                f"Executing the project's own notebook {visible(self.study)}: {self.cells} cells, "
                f"{self.lines} lines, SHA-256 {self.digest}\n"
            )
        rows = {
            "notebook": f"{self.study}, SHA-256 {self.digest}",
            "code": f"{self.cells} cells, {self.lines} lines",
            "imports": ", ".join(self.imports) or "none",
            "data": ", ".join(self.datasets) or "none",
            "parameters": self.parameters,
            "installs": self.environment,
        }
        lines = ["To be executed:", *(f"  {k:<11} {visible(v)}" for k, v in rows.items() if v)]
        lines += [f"  command     {visible(line)}" for line in self.commands[:SHOWN]]
        if len(self.commands) > SHOWN:
            lines.append(f"  and {len(self.commands) - SHOWN} more commands")
        lines.append(
            "This notebook is not the project's own. It can do anything that Python can do under "
            "your name: read and delete files, use the network. Read it first."
        )
        return "\n".join(lines) + "\n"


Consent: TypeAlias = Callable[[Plan], bool]


def plan_of(notebook: Any, ledger: Ledger, *, environment: str = "", own: bool = False) -> Plan:
    """Return what executing the notebook of a report would mean.

    Parameters
    ----------
    notebook : NotebookNode
        Of the report.
    ledger : Ledger
        Of the report.
    environment : str
        What would be installed for it.
    own : bool
        Whether it is the project's own.
    """
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    imports: set[str] = set()
    commands: list[str] = []
    for source in sources:
        lines = source.splitlines()
        commands += [line.strip() for line in lines if _COMMAND.match(line)]
        plain = "\n".join("pass" if _COMMAND.match(line) else line for line in lines)
        try:
            imports |= _imports(ast.parse(plain))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            commands.append("a cell that is no plain Python: " + (lines[0] if lines else "")[:60])
    return Plan(
        study=ledger.study,
        digest=ledger.notebook,
        cells=len(sources),
        lines=sum(len(source.splitlines()) for source in sources),
        imports=tuple(sorted(imports)),
        commands=tuple(commands),
        datasets=tuple(dataset.name for dataset in ledger.datasets),
        parameters=told(ledger.parameters),
        environment=environment,
        own=own,
    )


def _imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def is_own(ledger: Ledger, project: Project) -> bool:
    """Say whether the notebook of a report is the one that the project keeps under its name."""
    study = Study(Path(ledger.study).name, project.notebooks)
    try:
        return sha256_text(notebook_text(load_study(study))) == ledger.notebook
    except (ReportError, OSError):
        return False


def require_consent(plan: Plan, consent: Consent) -> None:
    """Show what would be executed, and refuse to go on without a yes if it is not the project's.

    Raises
    ------
    InputError
        If the answer is no.
    """
    if not consent(plan) and not plan.own:
        raise InputError(
            f"the notebook of {plan.study!r}",
            expected="your consent to execute it: it is not the project's own",
            found="none",
            why="a notebook can do anything that Python can do under your name",
            remedy="read notebook.ipynb of the report, then: workbench verify ... --yes",
        )


def without_consent(_plan: Plan) -> bool:
    """Consent to nothing: what holds where nobody is asked."""
    return False


def may_ask() -> bool:
    """Say whether there is a person at a terminal to be asked."""
    return sys.stdin is not None and sys.stdin.isatty()
