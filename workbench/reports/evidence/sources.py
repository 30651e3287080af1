"""Where the data of a report come from: licence, source, and whether they may be passed on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from workbench.reports.datasets import Dataset, data_folders
from workbench.reports.plain_json import parsed

Availability: TypeAlias = Literal["here", "elsewhere", "yours"]
"""In the project or an installed package; to be fetched; the author's own."""


@dataclass(frozen=True, slots=True)
class Link:
    """Something with a title and, where it has one, an address and a short name."""

    title: str
    url: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A data set as its descriptor tells of it.

    Attributes
    ----------
    name, title, description, origin : str
        Of the data set; how its files were made.
    availability : {"here", "elsewhere", "yours"}
        Whether it comes with the project, is fetched under its own terms, or is the author's own.
    licences, references : tuple of Link
        Under which it may be used, and where it was taken from.
    files : mapping of str to str
        SHA-256 by file, as the ledger has it; of an external table, that of its values.
    """

    name: str
    title: str
    description: str
    origin: str
    availability: Availability
    licences: tuple[Link, ...]
    references: tuple[Link, ...]
    files: dict[str, str]

    def plain(self) -> dict[str, Any]:
        """Return everything as plain values that JSON can hold."""
        return asdict(self)


def sources(datasets: tuple[Dataset, ...], *, geodata: Path) -> tuple[Source, ...]:
    """Return where the data sets of a report come from, in the order of the ledger.

    Parameters
    ----------
    datasets : tuple of Dataset
        Of the ledger.
    geodata : pathlib.Path
        Folder of the descriptors.
    """
    folders = {folder.name: folder for folder in data_folders(geodata)}
    return tuple(_source(dataset, folders[dataset.name]) for dataset in datasets)


def _source(dataset: Dataset, folder: Path) -> Source:
    raw = parsed((folder / "datapackage.json").read_text(encoding="utf-8"))
    resources = raw.get("resources", [])
    availability: Availability = "here"
    if dataset.yours:
        availability = "yours"
    elif any("values" in resource for resource in resources):
        availability = "elsewhere"
    return Source(
        dataset.name,
        dataset.title,
        str(raw.get("description", "")),
        str(raw.get("provenance", "")),
        availability,
        _links(raw.get("licenses", ())),
        _links(raw.get("sources", ())),
        dict(dataset.files),
    )


def _links(raw: Any) -> tuple[Link, ...]:
    return tuple(
        Link(
            str(one.get("title") or one.get("name", "")),
            str(one.get("path", "")),
            str(one.get("name", "")),
        )
        for one in raw
    )
