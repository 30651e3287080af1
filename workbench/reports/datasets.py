"""Which data a study used: every file of its data sets with its checksum."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from workbench.data.bundled import LIBRARY_READERS
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
    """Return a data set's title and the checksums of its files, in stable order.

    A resource that names a ``library`` is the file that the installed package holds; it is listed
    as ``<library>/<path>``.
    """
    descriptor = _descriptor(folder)
    contents: dict[str, Callable[[], bytes]] = {}
    for resource in descriptor.get("resources", []):
        contents |= _contents(resource, folder)
    sums: dict[str, str] = {}
    missing: list[str] = []
    for label in sorted(contents):
        try:
            sums[label] = hashlib.sha256(contents[label]()).hexdigest()
        except (OSError, KeyError):  # an adapter knows only the files of its catalogue
            missing.append(label)
    if missing:
        raise ReportError(
            f"data set {folder.name!r}",
            expected="every file that its datapackage.json names",
            found=f"{len(missing)} missing",
            offenders=missing,
        )
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


def _contents(resource: dict[str, Any], folder: Path) -> dict[str, Callable[[], bytes]]:
    """Return what reads each file of a resource; addresses on the web are no files."""
    named = resource.get("path", [])
    paths = [path for path in ([named] if isinstance(named, str) else named) if "://" not in path]
    library = resource.get("library", "")
    if library in LIBRARY_READERS:
        read = LIBRARY_READERS[library]
        return {f"{library}/{path}": partial(read, path) for path in paths}
    return {path: (folder / path).read_bytes for path in paths}
