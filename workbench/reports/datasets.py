"""Which data a study used: every file of its data sets with its checksum."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from workbench.errors import ReportError, nearest


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set as it lies on disk: its title and the SHA-256 of each of its files."""

    name: str
    title: str
    files: dict[str, str]


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def data_folders(geodata: Path) -> list[Path]:
    """Return the folders with a descriptor: the project's first, then those of the package."""
    bundled = Path(str(files("workbench") / "_geodata"))
    found: dict[str, Path] = {}
    for parent in (geodata, bundled):
        for descriptor in sorted(parent.glob("*/datapackage.json")):
            found.setdefault(descriptor.parent.name, descriptor.parent)
    return [found[name] for name in sorted(found)]


def describe(folder: Path) -> Dataset:
    """Return a data set's title and the checksums of its files, in stable order."""
    descriptor = _descriptor(folder)
    paths = [p for resource in descriptor.get("resources", []) for p in _paths(resource)]
    missing = [path for path in paths if not (folder / path).is_file()]
    if missing:
        raise ReportError(
            f"data set {folder.name!r}",
            expected="every file that its datapackage.json names",
            found=f"{len(missing)} missing",
            offenders=missing,
        )
    sums = {path: sha256_of(folder / path) for path in sorted(paths)}
    return Dataset(folder.name, str(descriptor.get("title", folder.name)), sums)


def used(names: Sequence[str], *, geodata: Path) -> list[Dataset]:
    """Return the data sets that a study names, or refuse one that is not there."""
    folders = {folder.name: folder for folder in data_folders(geodata)}
    for name in names:
        if name not in folders:
            raise ReportError(
                "datasets",
                expected="data sets with a datapackage.json in geodata/",
                found=repr(name),
                remedy=nearest(name, folders) or "see them: workbench list",
            )
    return [describe(folders[name]) for name in sorted(names)]


def _descriptor(folder: Path) -> dict[str, Any]:
    path = folder / "datapackage.json"
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ReportError(
            f"data set {folder.name!r}", expected="a readable datapackage.json", found=str(error)
        ) from error


def _paths(resource: dict[str, Any]) -> list[str]:
    path = resource.get("path", [])
    found = [path] if isinstance(path, str) else list(path)
    return [p for p in found if "://" not in p]
