"""Descriptors: what a dataset's ``datapackage.json`` says, as frozen values.

The file is a Frictionless Data Package (version 1). Properties of ours stand beside the
standard's: ``parts`` (what can be loaded from the package), ``tables`` (laid out from several
files), ``anomalies`` (oddities of the source, kept), ``provenance`` (how the files were made), and
the Russian texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import DataIntegrityError, unknown_option

DESCRIPTOR_FILE = "datapackage.json"


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its name, type, unit, texts in two languages, and constraints.

    Attributes
    ----------
    name, type, unit : str
        Type is one of ``string number integer year geometry``; unit is empty where none applies.
    title, title_ru, description, description_ru : str
        Texts for people.
    source_name : str
        Name of the column in the source, where it was renamed on loading.
    required, unique : bool
        Whether a value must be present in every row, and whether it may occur once only.
    minimum, maximum : float or None
        Inclusive bounds of numbers.
    pattern : str
        Regular expression that every text matches in full; empty for any.
    enum : tuple of str
        Admissible words; empty for any.
    aliases : tuple of str
        Further headings under which users have the column, besides name and titles.
    crosswalk : str
        Dataset whose ids the column holds, under any of their names; empty for other text.
    merge : tuple of str
        What becomes of okrugs that go into their oblasts: ``("sum",)``, ``("mean", weights)`` or
        ``("first",)``; empty where nothing can be said.
    usual : tuple of float
        Lowest and highest median over the regions that units allow for; empty where unknown.
    part_of : str
        Column of the same table that no value may exceed; empty for none.
    synonyms : tuple of (str, tuple of str)
        Words of ``enum``, each with others that mean it to users, the Russian one first.
    notation : str
        Whose way of writing cells may follow: ``"nuts-2"`` of codes of regions of Europe,
        ``"eurostat"`` of figures with flags behind them; empty for none.
    per : str
        Column of the key that decides the value, the same in all its rows; empty for none.
    present : bool
        Whether the column must be there, though cells may be empty.
    """

    name: str
    type: str
    unit: str
    title: str
    title_ru: str
    description: str
    description_ru: str
    source_name: str = ""
    required: bool = False
    unique: bool = False
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    enum: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    crosswalk: str = ""
    merge: tuple[str, ...] = ()
    usual: tuple[float, ...] = ()
    part_of: str = ""
    synonyms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notation: str = ""
    per: str = ""
    present: bool = False

    @property
    def needed(self) -> bool:
        """Whether the column must be there."""
        return self.required or self.present


@dataclass(frozen=True, slots=True)
class Resource:
    """A file of a dataset: where it is, its digest, and its schema if it is a table.

    ``library`` is empty for bundled files, else the installed package that holds the file.
    ``key`` is the column of a geometry file that matches the table, ``crs`` its declared CRS.

    ``url`` is the address of an external table, empty for what is here; ``sha256`` is then of its
    canonical values (:func:`workbench.data.canonical.canonical`), ``path`` the name of the file at
    the address, ``copies`` other names under which a mirror may hold it, and ``importer`` the
    adapter that lays it out. ``only`` names the rows that are wanted of it: a column and the values
    that it has in them; every condition must hold, and without any the whole table is meant.

    ``made_of`` are the names of the tables from which a further one is laid out, empty otherwise;
    such a table has no file.

    ``yours`` marks a form: the table is the user's, has no digest and may not be here;
    ``scheme`` is then the scheme of regions that it is brought to.
    """

    name: str
    path: str
    format: str
    sha256: str
    library: str
    key: str
    crs: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    missing_values: tuple[str, ...]
    url: str = ""
    copies: tuple[str, ...] = ()
    importer: str = ""
    yours: bool = False
    scheme: str = ""
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()
    made_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where a part's geometry comes from: polygons of a resource, or two coordinate columns.

    ``via`` is the column of the table that matches the geometry file's key; empty for the
    primary key. ``points`` is (x, y), empty for polygons.
    """

    field: Field
    resource: str = ""
    via: str = ""
    points: tuple[str, ...] = ()
    crs: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that can be loaded: rows and fields of a table, with or without geometry.

    ``equal`` names two columns; where given, the part holds the rows in which they agree.
    """

    name: str
    kind: str
    title: str
    title_ru: str
    table: str
    fields: tuple[str, ...]
    rows: int
    equal: tuple[str, ...] = ()
    geometry: Geometry | None = None


@dataclass(frozen=True, slots=True)
class Anomaly:
    """An oddity of the source that was kept; region or year are None where it concerns all."""

    region: str | None
    year: int | None
    field: str
    note: str
    note_ru: str


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A dataset: its texts, rights, sources, parts, files and known oddities.

    ``resources`` are files, ``tables`` are laid out from several of them.
    """

    name: str
    title: str
    title_ru: str
    description: str
    description_ru: str
    licences: tuple[str, ...]
    sources: tuple[str, ...]
    provenance: str
    parts: tuple[Part, ...]
    resources: tuple[Resource, ...]
    anomalies: tuple[Anomaly, ...]
    tables: tuple[Resource, ...] = ()

    @property
    def where(self) -> str:
        """``external``, ``yours``, ``library`` (of an installed package), or ``bundled``."""
        if self.external:
            return "external"
        if self.yours:
            return "yours"
        return "library" if any(resource.library for resource in self.resources) else "bundled"

    @property
    def external(self) -> bool:
        """Whether a table must be downloaded, or found in a mirror."""
        return any(resource.url for resource in self.resources)

    @property
    def yours(self) -> bool:
        """Whether this is a form: it describes a table that the user has."""
        return any(resource.yours for resource in self.resources)

    def part(self, name: str | None) -> Part:
        """Return a part by name; the first one for None.

        Raises
        ------
        OptionError
            If the dataset has no such part.
        """
        if name is None:
            return self.parts[0]
        by_name = {part.name: part for part in self.parts}
        if name not in by_name:
            raise unknown_option("part", name, by_name)
        return by_name[name]

    def resource(self, name: str) -> Resource:
        """Return a resource, or a table laid out from several, by name."""
        return {item.name: item for item in (*self.resources, *self.tables)}[name]

    def fields_of(self, part: Part) -> tuple[Field, ...]:
        """Return a part's fields: its key, its columns, its geometry."""
        table = self.resource(part.table)
        by_name = {field.name: field for field in table.fields}
        columns = tuple(by_name[name] for name in (*table.primary_key, *part.fields))
        return columns if part.geometry is None else (*columns, part.geometry.field)


def read_descriptor(folder: Path) -> Descriptor:
    """Read a dataset's ``datapackage.json``.

    Parameters
    ----------
    folder : Path
        Folder of the dataset.

    Returns
    -------
    Descriptor
        The descriptor; every name that a part mentions is known to exist.

    Raises
    ------
    DataIntegrityError
        If the file is missing, is not JSON, or lacks what the workbench needs.

    Examples
    --------
    >>> from workbench.data.bundled import bundled_root
    >>> read_descriptor(bundled_root() / "russia-regions").parts[0].rows
    80
    """
    label = f"{folder.name}/{DESCRIPTOR_FILE}"
    try:
        raw = json.loads((folder / DESCRIPTOR_FILE).read_text(encoding="utf-8"))
        descriptor = _descriptor(raw)
        for part in descriptor.parts:
            descriptor.fields_of(part)
        for table in descriptor.tables:
            [descriptor.resource(name) for name in table.made_of]
    except OSError as error:
        raise _broken(label, f"the file cannot be read ({type(error).__name__})") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _broken(label, f"{type(error).__name__}: {error}") from error
    return descriptor


def _broken(label: str, found: str) -> DataIntegrityError:
    return DataIntegrityError(
        label,
        expected="a data package with names, parts, resources and digests",
        found=found,
        remedy="restore the file from the distribution, e.g. by installing the package anew",
    )


def _descriptor(raw: Mapping[str, Any]) -> Descriptor:
    return Descriptor(
        name=raw["name"],
        title=raw["title"],
        title_ru=raw["title_ru"],
        description=raw["description"],
        description_ru=raw["description_ru"],
        licences=tuple(item["title"] for item in raw["licenses"]),
        sources=tuple(item["title"] for item in raw["sources"]),
        provenance=raw["provenance"],
        parts=tuple(_part(item) for item in raw["parts"]),
        resources=tuple(_resource(item) for item in raw["resources"]),
        anomalies=tuple(Anomaly(**item) for item in raw["anomalies"]),
        tables=tuple(_laid_out(item) for item in raw.get("tables", ())),
    )


def _resource(raw: Mapping[str, Any]) -> Resource:
    yours = raw.get("yours", False)
    # a form has no file: the standard then wants its rows, of which there are none
    path = "" if yours else raw["path"]
    url = path if "://" in path else ""
    return Resource(
        name=raw["name"],
        path=path.rpartition("/")[2] if url else path,
        format=raw["format"],
        sha256="" if yours else raw["values" if url else "hash"].removeprefix("sha256:"),
        library=raw.get("library", ""),
        key=raw.get("key", ""),
        crs=raw.get("crs", ""),
        **_schema(raw.get("schema", {})),
        url=url,
        copies=tuple(raw.get("copies", ())),
        importer=raw.get("importer", ""),
        yours=yours,
        scheme=raw.get("scheme", ""),
        only=tuple((column, tuple(values)) for column, values in raw.get("only", {}).items()),
    )


def _laid_out(raw: Mapping[str, Any]) -> Resource:
    return Resource(
        name=raw["name"],
        path=raw["name"],
        format="",
        sha256="",
        library="",
        key="",
        crs="",
        **_schema(raw["schema"]),
        importer=raw["importer"],
        made_of=tuple(raw["made_of"]),
    )


def _schema(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "fields": tuple(_field(item) for item in raw.get("fields", ())),
        "primary_key": tuple(raw.get("primaryKey", ())),
        "missing_values": tuple(raw.get("missingValues", ("",))),
    }


def _part(raw: Mapping[str, Any]) -> Part:
    geometry = raw.get("geometry")
    return Part(
        name=raw["name"],
        kind=raw["kind"],
        title=raw["title"],
        title_ru=raw["title_ru"],
        table=raw["table"],
        fields=tuple(raw["fields"]),
        rows=raw["rows"],
        equal=tuple(raw.get("equal", ())),
        geometry=None if geometry is None else _geometry(geometry),
    )


def _geometry(raw: Mapping[str, Any]) -> Geometry:
    return Geometry(
        field=_field(raw["field"]),
        points=tuple(raw.get("points", ())),
        **_chosen(raw, ("resource", "via", "crs")),
    )


def _field(raw: Mapping[str, Any]) -> Field:
    constraints = raw.get("constraints", {})
    return Field(
        **_chosen(raw, ("name", "type", "unit", "title", "title_ru")),
        **_chosen(raw, ("description", "description_ru", "source_name")),
        **_chosen(raw, ("crosswalk", "part_of", "notation", "per", "present")),
        **_chosen(constraints, ("required", "unique", "pattern")),
        minimum=_bound(constraints, "minimum"),
        maximum=_bound(constraints, "maximum"),
        enum=tuple(constraints.get("enum", ())),
        aliases=tuple(raw.get("aliases", ())),
        merge=tuple(raw.get("merge", ())),
        usual=tuple(map(float, raw.get("usual", ()))),
        synonyms=tuple((word, tuple(meant)) for word, meant in raw.get("synonyms", {}).items()),
    )


def _bound(constraints: Mapping[str, Any], name: str) -> float | None:
    # the standard writes bounds of years as text
    return float(constraints[name]) if name in constraints else None


def _chosen(raw: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: raw[name] for name in names if name in raw}
