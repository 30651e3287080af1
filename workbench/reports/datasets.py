"""Which data a study used: every file of its data sets with its checksum."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from workbench.core.language import language
from workbench.data import external
from workbench.data.bundled import LIBRARY_READERS, bundled_root
from workbench.data.descriptor import Descriptor, read_descriptor
from workbench.data.forms import own
from workbench.errors import AbsentDataError, ReportError, nearest
from workbench.reports.marks import marks_of
from workbench.reports.plain_json import parsed

HERE, NOT_HERE = "here", "not here"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set as it lies on disk: its title and the SHA-256 of each of its files.

    ``terms`` are the licence, source and address of an external one, empty otherwise. ``yours`` is
    ``"here"`` or ``"not here"`` for a form, whose table is the user's, and empty otherwise.
    ``title_ru`` is for the page alone: no ledger records it.
    ``marks`` are those of its tables, by file; data that are not passed on have none.
    """

    name: str
    title: str
    files: dict[str, str]
    terms: str = ""
    yours: str = ""
    marks: dict[str, dict[str, Any]] = field(default_factory=dict)
    title_ru: str = ""

    @property
    def shown(self) -> str:
        """The title in the language in use, as far as there is one."""
        return self.title_ru if self.title_ru and language() == "ru" else self.title

    def plain(self) -> dict[str, Any]:
        """Return what a ledger records of it."""
        known = {"name": self.name, "title": self.title, "files": self.files}
        more = {"yours": self.yours, "marks": self.marks}
        return {**known, **{key: value for key, value in more.items() if value}}


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def data_folders(geodata: Path) -> list[Path]:
    """Return the folders with a descriptor: the project's first, then those of the package."""
    found: dict[str, Path] = {}
    for parent in (geodata, bundled_root()):
        for descriptor in sorted(parent.glob("*/datapackage.json")):
            found.setdefault(descriptor.parent.name, descriptor.parent)
    return [found[name] for name in sorted(found)]


def russian_titles(geodata: Path) -> dict[str, str]:
    """Return the Russian title of each data set that has one, by name.

    A descriptor that cannot be read has none.
    """
    found = {}
    for folder in data_folders(geodata):
        try:
            found[folder.name] = str(_descriptor(folder).get("title_ru", ""))
        except (ReportError, OSError, ValueError):
            continue
    return {name: title for name, title in found.items() if title}


def describe(folder: Path, *, project: Path | None = None) -> Dataset:
    """Return a data set's title and the checksums of its files, in stable order.

    A resource that names a ``library`` is the file that the installed package holds; it is listed
    as ``<library>/<path>``. One at an address is the copy in the mirror or the cache; its checksum
    is of the table of values. A form has the user's file if it is here, otherwise none.

    Raises
    ------
    AbsentDataError
        If an external table has no copy here.
    ReportError
        If a file is missing.
    """
    descriptor = _descriptor(folder)
    if _is_form(descriptor):
        return _own(folder, project)
    contents: dict[str, Callable[[], bytes]] = {}
    for resource in descriptor.get("resources", []):
        contents |= _contents(resource, folder)
    sums: dict[str, str] = {}
    marks: dict[str, dict[str, Any]] = {}
    missing: list[str] = []
    for label in sorted(contents):
        try:
            content = contents[label]()
            sums[label] = hashlib.sha256(content).hexdigest()
            if found := {} if _external(descriptor) else marks_of(label, content):
                marks[label] = found
        except (OSError, KeyError):  # an adapter knows only the files of its catalogue
            missing.append(label)
    if missing:
        raise ReportError(
            f"data set {folder.name!r}",
            expected="every file that its datapackage.json names",
            found=f"{len(missing)} missing",
            offenders=missing,
        )
    title = str(descriptor.get("title", folder.name))
    russian = str(descriptor.get("title_ru", ""))
    terms = _terms(descriptor, folder)
    return Dataset(folder.name, title, sums, terms, title_ru=russian, marks=marks)


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
    return [describe(folders[name], project=geodata.parent) for name in sorted(names)]


def absences(names: Sequence[str], *, geodata: Path) -> list[AbsentDataError]:
    """Return a refusal for each external data set that a study names and that is not here."""
    folders = {folder.name: folder for folder in data_folders(geodata)}
    chosen = [folders[name] for name in sorted(names) if name in folders]
    read = [read_descriptor(folder) for folder in chosen if _external(_descriptor(folder))]
    return [external.absence(d) for d in read if external.where(d) == external.NOT_HERE]


def own_absences(before: Sequence[Dataset], *, geodata: Path) -> list[AbsentDataError]:
    """Return a refusal for each form whose file was here when a report was made, and is not now."""
    now = {name: (form, here) for name, form, here in _forms(before, geodata)}
    return [
        own.absence(now[d.name][0], d.files)
        for d in before
        if d.yours == HERE and d.name in now and not now[d.name][1]
    ]


def arrived(before: Sequence[Dataset], *, geodata: Path) -> list[str]:
    """Return the forms whose file was not here when a report was made, and is now."""
    now = {name: here for name, _, here in _forms(before, geodata)}
    return [d.name for d in before if d.yours == NOT_HERE and now.get(d.name, False)]


def _forms(datasets: Sequence[Dataset], geodata: Path) -> list[tuple[str, Descriptor, bool]]:
    folders = {folder.name: folder for folder in data_folders(geodata)}
    names = [d.name for d in datasets if d.yours and d.name in folders]
    read = [read_descriptor(folders[name]) for name in names]
    return [(form.name, form, own.find(form, geodata.parent) is not None) for form in read]


def _own(folder: Path, project: Path | None) -> Dataset:
    """Return what there is of a form: the user's file, or nothing."""
    form = read_descriptor(folder)
    file = own.find(form, project)
    files = {} if file is None else {file.name: own.digest(file)}
    here = NOT_HERE if file is None else HERE
    return Dataset(form.name, form.title, files, yours=here, title_ru=form.title_ru)


def _is_form(descriptor: dict[str, Any]) -> bool:
    return any(resource.get("yours") for resource in descriptor.get("resources", []))


def _external(descriptor: dict[str, Any]) -> bool:
    return any("values" in resource for resource in descriptor.get("resources", []))


def _terms(descriptor: dict[str, Any], folder: Path) -> str:
    return external.terms(read_descriptor(folder)) if _external(descriptor) else ""


def _descriptor(folder: Path) -> dict[str, Any]:
    path = folder / "datapackage.json"
    try:
        return dict(parsed(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ReportError(
            f"data set {folder.name!r}", expected="a readable datapackage.json", found=str(error)
        ) from error


def _contents(resource: dict[str, Any], folder: Path) -> dict[str, Callable[[], bytes]]:
    """Return what reads each file of a resource; bare addresses on the web are no files."""
    if "values" in resource:
        descriptor = read_descriptor(folder)
        table = descriptor.resource(resource["name"])
        return {table.path: partial(external.content, table, descriptor)}
    named = resource.get("path", [])
    paths = [path for path in ([named] if isinstance(named, str) else named) if "://" not in path]
    library = resource.get("library", "")
    if library in LIBRARY_READERS:
        read = LIBRARY_READERS[library]
        return {f"{library}/{path}": partial(read, path) for path in paths}
    return {path: (folder / path).read_bytes for path in paths}
