"""A report in one file, with everything that is needed to execute it again but its environment."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

from workbench.errors import ReportError
from workbench.reports.archives import unpack, write_archive
from workbench.reports.datasets import data_folders, sha256_of
from workbench.reports.evidence.markdown import code, inline
from workbench.reports.ledger import NOTEBOOK, Ledger, read_ledger, sha256_text
from workbench.reports.manifest import MANIFEST, check_manifest, manifest_text
from workbench.reports.parameters import setting_again
from workbench.reports.project import Project
from workbench.reports.studies import (
    WORKS,
    bibliography_of,
    clean,
    header_of,
    notebook_text,
    read_notebook,
    script_text,
)

PROJECT = "project"
"""Folder of a bundle that holds the project."""

TAKEN = ("pyproject.toml", "Makefile", "LICENSE", "CITATION.cff", "locks")
"""Files and folders of a project's root that are taken along where they are."""

_LEFT = ("__pycache__", "_geodata")
_DESCRIPTOR = "datapackage.json"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was written: how many files it has, and which data are left out and why."""

    files: int
    left_out: tuple[str, ...]


def bundle_report(folder: Path, project: Project, *, to: Path) -> Bundle:
    """Write a report and the project that it needs as one zip: same report, same bytes.

    The archive holds the folder of the report, ``project/`` (the workbench, the locks, the
    notebook and those data sets that may be passed on) and a manifest of all files. Data that
    come from elsewhere, and the user's own, are named in ``project/README.md`` and left out.

    Parameters
    ----------
    folder : pathlib.Path
        The report.
    project : Project
        Where its data and locks are.
    to : pathlib.Path
        The zip.

    Returns
    -------
    Bundle

    Raises
    ------
    ReportError
        If the report is not as its manifest says, its notebook is not the one that the ledger
        names, a data set is not as it was when the report was made, or the zip cannot be written.
    """
    folder = folder.resolve()
    ledger = read_ledger(folder)
    check_manifest(folder, remedy=f"render the report again: workbench run {ledger.study}")
    _refuse_name(folder)
    notebook = _notebook(folder, ledger)
    command = setting_again(
        notebook, study=ledger.study, recorded=ledger.parameters, folder=folder.name
    ).command
    data, left_out = _data(ledger, project)
    inside = {
        **_root_files(project.root),
        **_tree(Path(str(package_files("workbench"))), "workbench"),
        **data,
        **notebook_files(notebook, ledger.study),
        **_works(notebook, ledger, project),
    }
    inside["README.md"] = readme(folder.name, ledger, left_out, command=command).encode()
    bundled = {
        **_tree(folder, folder.name),
        **{f"{PROJECT}/{path}": content for path, content in inside.items()},
    }
    bundled[MANIFEST] = manifest_text(bundled).encode()
    write_archive(to, bundled)
    return Bundle(len(bundled), tuple(left_out))


def _works(notebook: Any, ledger: Ledger, project: Project) -> dict[str, bytes]:
    """Return the file that the study cites from, if there is one."""
    header = header_of(notebook, study=ledger.study)
    text = bibliography_of(header, project.notebooks)
    return {f"notebooks/{header.bibliography or WORKS}": text.encode()} if text else {}


@contextmanager
def opened(path: Path) -> Iterator[tuple[Path, Project]]:
    """Unpack a bundle into a temporary folder and give the report and its project.

    Nothing of it is executed. The folder is removed at the end.

    Parameters
    ----------
    path : pathlib.Path
        A zip that :func:`bundle_report` wrote.

    Yields
    ------
    tuple of pathlib.Path and Project
        The folder of the report, and the project beside it.

    Raises
    ------
    ReportError
        If the zip has entries that are no plain files inside it or is too large, a file is
        missing, changed or not in the manifest, or it holds anything but one report and its
        project.
    """
    with tempfile.TemporaryDirectory(prefix="wb-bundle-", ignore_cleanup_errors=True) as place:
        root = Path(place).resolve() / "bundle"
        root.mkdir()
        unpack(path, root)
        report = _report_in(root, path.name)
        _refuse_compiled(root, path.name)
        try:
            check_manifest(root)
            check_manifest(report)
        except ReportError as error:
            raise ReportError(
                path.name,
                expected="a bundle whose files are those of its manifest",
                found=error.found,
                offenders=error.offenders,
                why="what is executed must be what was reported",
                remedy="ask for another copy; nothing was executed",
            ) from error
        yield report, Project.at(root / PROJECT)


def _refuse_compiled(root: Path, name: str) -> None:
    """Refuse what no bundle holds and Python would take in the place of source or data."""
    paths = (path.relative_to(root) for path in sorted(root.rglob("*")))
    found = [p.as_posix() for p in paths if p.name in _LEFT or p.suffix == ".pyc"]
    if found:
        raise ReportError(
            name,
            expected="source and data as they are read",
            found=f"{len(found)} compiled or installed in their place",
            offenders=found,
            remedy="ask for another copy; nothing was executed",
        )


def readme(report: str, ledger: Ledger, left_out: list[str], *, command: str) -> str:
    """Return the README of a bundle: three commands, and the data that are left out.

    Parameters
    ----------
    report : str
        Folder of the report.
    ledger : Ledger
        Of it.
    left_out : list of str
        A line for each data set that is not in the bundle.
    command : str
        That makes the report.
    """
    lines = [
        f"# The project behind the report: {inline(ledger.title)}",
        "",
        f"The report is in {code(f'../{report}/')}: open its `index.html` in a browser. To execute "
        "it again, in this folder, with make and Python 3.11 or newer:",
        "",
        "```sh",
        "make env",
        f".venv/bin/workbench verify ../{report}",
        f".venv/bin/{command}",
        "```",
        "",
        "The first makes the environment from the lock files; it is the only one that needs a "
        "network. The second executes the notebook of the report and compares every number; it "
        "changes nothing. The third writes a report of its own into `reports/`.",
        "",
        f"`sha256sum -c {MANIFEST}`, one folder up, checks every file.",
        "",
    ]
    if left_out:
        lines += ["Not in this bundle:", "", *(f"- {line}" for line in left_out), ""]
    return "\n".join(lines)


def _refuse_name(folder: Path) -> None:
    if folder.name.casefold() == PROJECT:
        raise ReportError(
            folder.name,
            expected=f"a report of another name than {PROJECT!r}",
            found="that name",
            why="the bundle keeps the project under it",
            remedy="rename the study",
        )


def _report_in(root: Path, name: str) -> Path:
    found = sorted(path.name for path in root.iterdir())
    reports = [one for one in found if one not in (PROJECT, MANIFEST)]
    if len(reports) != 1 or len(found) != 3 or not (root / reports[0]).is_dir():
        raise ReportError(
            name,
            expected=f"one report, the folder {PROJECT}/ and {MANIFEST}",
            found=", ".join(found[:6]) or "nothing",
            remedy="make the archive by: workbench bundle reports/NAME --to NAME.zip",
        )
    return root / reports[0]


def _notebook(folder: Path, ledger: Ledger) -> Any:
    notebook = clean(read_notebook(folder / NOTEBOOK))
    if sha256_text(notebook_text(notebook)) != ledger.notebook:
        raise ReportError(
            f"{folder.name}/{NOTEBOOK}",
            expected="the notebook that the ledger was made from",
            found="another one: its digest disagrees with the ledger",
            why="what is executed must be what was reported",
            remedy=f"render the report again: workbench run {ledger.study}",
        )
    return notebook


def _root_files(root: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name in TAKEN:
        path = root / name
        if path.is_dir():
            found |= _tree(path, name)
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def _tree(folder: Path, name: str) -> dict[str, bytes]:
    """Return the files below a folder by path; hidden ones, caches and links are left out."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if any(part.startswith(".") or part in _LEFT for part in parts) or path.suffix == ".pyc":
            continue
        if path.is_file() and not path.is_symlink():
            found["/".join((name, *parts))] = path.read_bytes()
    return found


def notebook_files(notebook: Any, study: str) -> dict[str, bytes]:
    """Return the pair of files of a notebook, by their path in a project."""
    return {
        f"notebooks/{study}.ipynb": notebook_text(notebook).encode(),
        f"notebooks/{study}.py": script_text(notebook).encode(),
    }


def left_out_of(ledger: Ledger, project: Project) -> list[str]:
    """Return a line for each data set of a report that a bundle of it does not hold.

    Raises
    ------
    ReportError
        If a data set is not there, or not as it was when the report was made.
    """
    return _data(ledger, project)[1]


def _data(ledger: Ledger, project: Project) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of the data sets that may be passed on, and a line for each that may not."""
    folders = {folder.name: folder for folder in data_folders(project.geodata)}
    found: dict[str, bytes] = {}
    left_out: list[str] = []
    for dataset in ledger.datasets:
        folder = folders.get(dataset.name)
        if folder is None:
            raise ReportError(
                f"data set {dataset.name!r}",
                expected="the data sets of the report in geodata/",
                found="none of that name",
            )
        paths, reason = _own_files(folder)
        found |= {
            f"geodata/{folder.name}/{path}": (folder / path).read_bytes()
            for path in (_DESCRIPTOR, *paths)
        }
        _refuse_changed(folder, paths, dataset.files)
        if reason:
            left_out.append(f"{code(dataset.name)} ({inline(dataset.title)}): {reason}")
    return found, left_out


def _own_files(folder: Path) -> tuple[list[str], str]:
    """Return the files that lie in the folder of a data set, and why others are left out."""
    descriptor = json.loads((folder / _DESCRIPTOR).read_text(encoding="utf-8"))
    paths: list[str] = []
    reason = ""
    for resource in descriptor.get("resources", []):
        if resource.get("yours"):
            reason = "a table of the author's own, which is not passed on"
        elif "values" in resource:
            reason = (
                "has terms of its own and is not passed on; they are shown, and asked about, by "
                f"{code(f'.venv/bin/workbench data fetch {folder.name}')}"
            )
        elif not resource.get("library"):
            named = resource.get("path", [])
            paths += [p for p in ([named] if isinstance(named, str) else named) if "://" not in p]
    _refuse_outside(folder, paths)
    return sorted(set(paths)), reason


def _refuse_outside(folder: Path, paths: list[str]) -> None:
    root = folder.resolve()
    outside = [path for path in paths if not (folder / path).resolve().is_relative_to(root)]
    if outside:
        raise ReportError(
            f"data set {folder.name!r}",
            expected="files inside its own folder",
            found=f"{len(outside)} elsewhere",
            offenders=outside,
            why="a bundle holds nothing that its report did not name as its own",
        )


def _refuse_changed(folder: Path, paths: list[str], recorded: dict[str, str]) -> None:
    changed = [path for path in paths if recorded.get(path) != sha256_of(folder / path)]
    if changed:
        raise ReportError(
            f"data set {folder.name!r}",
            expected="the files that the report was made from",
            found=f"{len(changed)} changed since",
            offenders=changed,
            why="the bundle would not give the report again",
            remedy="render the report again, then bundle it",
        )
