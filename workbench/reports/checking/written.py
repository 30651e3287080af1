"""What a new run would write, tables and documents, beside what lies in the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workbench.core.language import speaking
from workbench.reports.checking.environments import Environment, another_workbench
from workbench.reports.checking.findings import Kind
from workbench.reports.checking.outcome import Verification
from workbench.reports.checking.papers import (
    Case,
    Papers,
    compared_documents,
    compared_tables,
    documents_of_another_run,
)
from workbench.reports.checking.published import as_published, compared_sentences, loose_words
from workbench.reports.datasets import Dataset
from workbench.reports.documents import documents
from workbench.reports.files import FIGURES
from workbench.reports.ledger import Collector, Ledger
from workbench.reports.parameters import Setting
from workbench.reports.project import Project
from workbench.reports.studies import Header, bibliography_of
from workbench.reports.tools import tool_versions

SHOWN: Mapping[Kind, str] = MappingProxyType(
    {
        "data": "data", "decision": "numbers", "major": "numbers", "minor": "numbers",
        "text": "texts", "entry": "texts", "figure": "figures",
    }
)  # fmt: skip
"""What documents show, by the class of a finding; others leave those of a new run as they were."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a notebook gave when it was executed again.

    Attributes
    ----------
    executed : NotebookNode
        With outputs.
    collected : Collector
        What it published.
    ledger : Ledger
        Of it.
    header : Header
        Of the notebook.
    datasets : list of Dataset
        What it used.
    environment : Environment
        In which it ran.
    """

    executed: Any
    collected: Collector
    ledger: Ledger
    header: Header
    datasets: list[Dataset]
    environment: Environment


def with_files(
    outcome: Verification, folder: Path, old: Ledger, ran: Ran, *, setting: Setting,
    project: Project,
) -> Verification:  # fmt: skip
    """Compare the tables and documents of a report with those that a run gives.

    Documents must show what the ledger says: they are set from the new run with the numbers, data
    and versions of the ledger and the report's own figures. Where numbers, texts, figures or data
    came out different, the report fails by these, and its documents are those of another run.
    """
    with speaking(setting.lang):
        tables, left, wrong = compared_tables(folder, old, ran.collected)
        wrong += compared_sentences(old, ran.ledger, ran.collected)
    classes = {f.kind for f in outcome.findings} | {f.kind for f in wrong}
    other = sorted({what for kind, what in SHOWN.items() if kind in classes})
    unread = [f"{', '.join(left)}, as texts of them came out different"] if left else []

    def made() -> dict[str, bytes]:
        with speaking(setting.lang):
            executed = as_published(ran.executed, old, _figures(folder)) if not other else None
        return documents(
            executed or ran.executed, ran.header, setting=setting, datasets=ran.datasets,
            versions=ran.environment.versions if other else old.versions,
            bibliography=bibliography_of(ran.header, project.notebooks),
        )  # fmt: skip

    if other:
        papers, reason = documents_of_another_run(folder, made, other)
        unread += [reason] if reason else []
    else:
        papers = compared_documents(folder, made, _case(outcome, old, ran, project))
    return _told(outcome, papers, tables=tables, wrong=wrong, unread=unread)


def _told(
    outcome: Verification, papers: Papers, *, tables: list[str], wrong: list[Any],
    unread: list[str],
) -> Verification:  # fmt: skip
    known = {f.id for f in outcome.findings if f.kind == "file"}
    found = [f for f in (*wrong, *papers.findings) if f.id not in known or f.kind != "file"]
    return replace(
        outcome,
        files=(*papers.files, *tables),
        by_content=papers.by_content,
        findings=(*outcome.findings, *found),
        uncompared=(*outcome.uncompared, *papers.uncompared),
        unchecked=(*outcome.unchecked, *unread),
    )


def _case(outcome: Verification, old: Ledger, ran: Ran, project: Project) -> Case:
    versions = dict(old.versions) == dict(ran.environment.versions)
    exact = versions and not outcome.within and not outcome.figures.within
    return Case(
        tools=_other_tools(old),
        workbench=another_workbench(project.root),
        loose=None if exact else loose_words(ran.executed),
    )


def _figures(folder: Path) -> dict[str, bytes]:
    """Return the figures that a report keeps, by path; links are no figures."""
    paths = (folder / FIGURES).glob("*")
    known = (path for path in paths if path.is_file() and not path.is_symlink())
    return {f"{FIGURES}/{path.name}": path.read_bytes() for path in known}


def _other_tools(ledger: Ledger) -> str:
    """Return the programs that set the report and are of other versions here."""
    here = tool_versions()
    return ", ".join(
        f"{name} was {ledger.tools.get(name, 'absent')}, is {here.get(name, 'absent')}"
        for name in {**ledger.tools, **here}
        if here.get(name) != ledger.tools.get(name)
    )
