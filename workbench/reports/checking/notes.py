"""What the reader of an outcome may want to know though nothing is wrong."""

from __future__ import annotations

import json
from pathlib import Path

from workbench.reports.checking.environments import Environments, Fresh, another_workbench
from workbench.reports.ledger import PROVENANCE, Ledger
from workbench.reports.parameters import Setting
from workbench.reports.project import Project
from workbench.reports.studies import Study


def set_aside(form: str, study: str) -> str:
    """Return that a file of the user's is here which the report was made without."""
    return (
        f"your file of {form} is here and was left aside, as the report was made without it: "
        f"workbench run {study} uses it"
    )


def version_notes(old: Ledger, new: Ledger) -> list[str]:
    """Return each library that is of another version than in the ledger."""
    return [
        f"{name} was {version}, is {new.versions.get(name, 'absent')}"
        for name, version in old.versions.items()
        if new.versions.get(name) != version
    ]


def environment_notes(folder: Path, project: Project, environments: Environments) -> list[str]:
    """Return whether the workbench at hand, or the lock of a new environment, is another one."""
    if not isinstance(environments, Fresh):
        if not another_workbench(project.root):
            return []
        return [
            "it was executed with the workbench at hand, whose source is not that of the project; "
            "--fresh-env takes the project's"
        ]
    try:
        provenance = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
        recorded = str(provenance["lock"]["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return ["the report does not say with which lock it was made"]
    if environments.told.endswith(recorded):
        return []
    return [f"the report was made with another lock, SHA-256 {recorded or 'unknown'}"]


def notebook_notes(setting: Setting, project: Project, *, trusted: bool, ran: bool) -> list[str]:
    """Return what is to be known of a notebook that is not the project's own.

    Parameters
    ----------
    setting : Setting
        Of the report.
    project : Project
        In which it was, or would be, executed.
    trusted : bool
        Whether the project is the user's; False for one that came with the report.
    ran : bool
        Whether anything was executed.
    """
    study = setting.study
    if not trusted:
        what = f"notebook and data of {study}"
        if ran:
            return [f"what was executed came with the report: {what}"]
        return [f"nothing was executed; what would be came with the report: notebook of {study}"]
    if Study(study, project.notebooks).script.exists():
        return [
            f"notebooks/{study} has changed since this report was made: "
            f"{setting.command} renders it anew"
        ]
    return [f"notebooks/ holds no readable pair named {study}"]
