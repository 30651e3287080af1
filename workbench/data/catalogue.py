"""The catalogue: which datasets there are, what is in them, and loading them by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from workbench.data import external, via_libpysal
from workbench.data.assembly import assemble
from workbench.data.bundled import bundled_root, project_root
from workbench.data.descriptor import DESCRIPTOR_FILE, Descriptor, Field, read_descriptor
from workbench.data.forms import own
from workbench.data.inspection import QualityReport, inspect
from workbench.data.register import note_loaded
from workbench.errors import DataIntegrityError, InputError, unknown_option

SUMMARY_COLUMNS = ("title", "kind", "parts", "rows", "licence", "source", "where")
BUNDLED, PROJECT = "bundled", "project"
FIELD_COLUMNS = (
    "field", "part", "type", "unit", "title", "title_ru", "description", "description_ru",
)  # fmt: skip


def datasets() -> pd.DataFrame:
    """List the datasets; those that are not external load without a network.

    Returns
    -------
    DataFrame
        Indexed by ``name``; columns ``title``, ``kind`` (regions, points, lines, panel or
        table), ``parts`` (names for `load`, the default first), ``rows`` (of the default
        part), ``licence``, ``source``, ``where``: ``bundled``,
        ``project`` (of the project one works in), ``library`` when a file is read
        from an installed package, ``external (here)`` or ``external (not here)`` when a table is
        not distributed with the workbench and has a copy in the mirror or the cache, or has none,
        ``yours (here)`` or ``yours (not here)`` of a form, whose table is the user's; its
        ``rows`` are 0, as the file is not read.

    Examples
    --------
    >>> datasets().loc["russia-regions", ["kind", "where"]].tolist()
    ['regions', 'bundled']
    """
    return catalogue().datasets()


def load(name: str, *, part: str | None = None, download: bool = False) -> pd.DataFrame:
    """Load a dataset: checked against its digest and schema, keyed, with its provenance.

    Parameters
    ----------
    name : str
        Name in :func:`datasets`, e.g. ``"russia-regions"`` or ``"libpysal:columbus"``.
    part : str, optional
        Part of the dataset, e.g. ``"regions83"``; the first one when left out.
    download : bool
        For an external dataset that is not here: download it, once, under the licence that the
        refusal without it says. Nothing is downloaded otherwise, nor for other datasets.

    Returns
    -------
    GeoDataFrame or DataFrame
        Regions, points and lines: a GeoDataFrame indexed by ``region``. Panels: a DataFrame
        indexed by (``region``, ``year``). Missing cells are NaN. ``.attrs["provenance"]`` is
        a dict: ``dataset``, ``part``, ``title``, ``licence``, ``source``, ``sha256`` by file.
        Each call reads anew: frames share nothing.

    Raises
    ------
    OptionError
        If there is no such dataset or part; names the nearest one.
    AbsentDataError
        If an external dataset is not here; says its licence, its source and the ways to get it.
        Of a form: says where the user's table belongs, and its columns.
    DataIntegrityError
        If a file is missing, its SHA-256 differs from the descriptor's, or its content
        disagrees with the schema. Of a form: if the user's table does not pass its check.

    Notes
    -----
    A copy of an external dataset is looked for in the folder that the environment variable
    ``WORKBENCH_DATA_MIRROR`` names, then among earlier downloads. What is pinned is the table of
    its values rather than a file: copies that R, pandas or a spreadsheet wrote differ in their
    bytes, not in their numbers, which are rounded to 12 significant digits. Copies with other
    values are refused. :func:`workbench.data.register.loaded` tells what this process has loaded.

    Examples
    --------
    >>> load("russia-innovation").loc[("RU-TOM", 2014), "population"].item() > 1000
    True
    """
    frame = catalogue().load(name, part=part, download=download)
    note_loaded(name, frame.columns)
    return frame


def describe(name: str) -> pd.DataFrame:
    """Describe the fields of a dataset.

    Parameters
    ----------
    name : str
        Name in :func:`datasets`.

    Returns
    -------
    DataFrame
        A row a field and part: ``field``, ``part``, ``type``, ``unit``, ``title``,
        ``title_ru``, ``description``, ``description_ru``. Fields of libpysal's examples have
        names and types only: their meaning is in the example's own README.
        ``.attrs["typed"]`` says that ``field`` holds names to be typed: no report translates them.

    Raises
    ------
    OptionError
        If there is no such dataset.

    Examples
    --------
    >>> fields = describe("russia-innovation").set_index("field")
    >>> fields.loc["rd", "unit"]
    'mln RUB'
    """
    return catalogue().describe(name)


def quality(name: str, *, part: str | None = None) -> QualityReport:
    """Report what a user should know before a number: gaps, oddities, repeated keys.

    Parameters
    ----------
    name : str
        Name in :func:`datasets`.
    part : str, optional
        Part of the dataset; the first one when left out.

    Returns
    -------
    QualityReport
        Missing cells by field and year, known anomalies with their values, repeated keys.

    Raises
    ------
    OptionError
        If there is no such dataset or part.
    DataIntegrityError
        As in :func:`load`.

    Examples
    --------
    >>> int(quality("russia-innovation").missing.loc[2020, "grp"])
    80
    """
    return catalogue().quality(name, part=part)


def catalogue() -> Catalogue:
    """Return the catalogue of the project that one works in: its own datasets and the bundled."""
    return Catalogue(bundled_root(), project_root())


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The datasets under a folder, those of a project, and the examples that libpysal installs.

    Attributes
    ----------
    root : Path
        Folder with one folder a dataset, each with its ``datapackage.json``.
    project : Path or None
        Another such folder, whose datasets come first. A name may be in both only where the
        descriptors are the same.
    """

    root: Path
    project: Path | None = None

    def names(self) -> tuple[str, ...]:
        """Return every name that :meth:`load` accepts: datasets of the project first."""
        bundled, own = _named(self.root), _named(self.project)
        rest = [name for name in bundled if name not in own]
        return (*own, *rest, *(via_libpysal.PREFIX + name for name in via_libpysal.EXAMPLES))

    def descriptor(self, name: str) -> Descriptor:
        """Return the descriptor of a dataset of the project or the folder.

        Raises
        ------
        OptionError
            If there is none of that name.
        DataIntegrityError
            If both have another one of that name.
        """
        self._check_name(name)
        return read_descriptor(self._home(name) / name)

    def _home(self, name: str) -> Path:
        """Return the folder that holds a dataset's."""
        if self.project is None or name not in _named(self.project):
            return self.root
        own, bundled = (root / name / DESCRIPTOR_FILE for root in (self.project, self.root))
        if bundled.is_file() and bundled.read_bytes() != own.read_bytes():
            raise DataIntegrityError(
                name,
                expected="a dataset of the project or of the workbench",
                found="another one of this name in each",
                why="a reader could not tell which of them the numbers are of",
                remedy=f"give the project's own another name: its folder geodata/{name} and the "
                "name in its datapackage.json",
            )
        return self.project

    def is_external(self, name: str) -> bool:
        """Return whether a dataset must be downloaded, or found in a mirror."""
        return not _is_example(name) and self.descriptor(name).external

    def datasets(self) -> pd.DataFrame:
        """List the datasets; see :func:`datasets`."""
        rows = [
            self._example_row(name) if _is_example(name) else self._row(name)
            for name in self.names()
        ]
        return pd.DataFrame(
            rows, index=pd.Index(self.names(), name="name"), columns=list(SUMMARY_COLUMNS)
        )

    def load(self, name: str, *, part: str | None = None, download: bool = False) -> pd.DataFrame:
        """Load a dataset; see :func:`load`."""
        if _is_example(name):
            example: pd.DataFrame = via_libpysal.load_example(name, part=part)
            return example
        descriptor = self.descriptor(name)
        chosen = descriptor.part(part)
        if descriptor.yours:
            return _own_table(descriptor)
        if download:
            external.fetch(descriptor)
        return assemble(descriptor, chosen, root=self._home(name))

    def describe(self, name: str) -> pd.DataFrame:
        """Describe the fields of a dataset; see :func:`describe`."""
        rows = self._example_fields(name) if _is_example(name) else self._fields(name)
        fields = pd.DataFrame(rows, columns=list(FIELD_COLUMNS))
        fields.attrs["typed"] = ["field"]
        return fields

    def quality(self, name: str, *, part: str | None = None) -> QualityReport:
        """Report on a dataset; see :func:`quality`."""
        frame = self.load(name, part=part)
        anomalies = () if _is_example(name) else self.descriptor(name).anomalies
        return inspect(frame, anomalies=anomalies)

    def _check_name(self, name: str) -> None:
        if not isinstance(name, str):
            raise InputError("name", expected="the name of a dataset", found=repr(name))
        if name not in self.names():
            raise unknown_option("name", name, self.names())

    def _row(self, name: str) -> tuple[object, ...]:
        descriptor = self.descriptor(name)
        default = descriptor.parts[0]
        own = self.project is not None and self._home(name) == self.project
        return (
            descriptor.title,
            default.kind,
            ", ".join(part.name for part in descriptor.parts),
            default.rows,
            "; ".join(descriptor.licences),
            "; ".join(descriptor.sources),
            PROJECT if own and descriptor.where == BUNDLED else _where(descriptor),
        )

    def _example_row(self, name: str) -> tuple[object, ...]:
        example = via_libpysal.example(name)
        default = next(iter(example.layers.values()))
        source = f"libpysal, example {name.removeprefix(via_libpysal.PREFIX)}"
        return (
            example.title,
            default.kind,
            ", ".join(example.layers),
            default.rows,
            via_libpysal.LICENCE,
            source,
            "library",
        )

    def _fields(self, name: str) -> list[tuple[str, ...]]:
        descriptor = self.descriptor(name)
        return [
            _field_row(field, part.name)
            for part in descriptor.parts
            for field in descriptor.fields_of(part)
        ]

    def _example_fields(self, name: str) -> list[tuple[str, ...]]:
        rows = []
        for part in via_libpysal.example(name).layers:
            frame = via_libpysal.load_example(name, part=part)
            rows += [(str(c), part, _kind(frame[c]), *[""] * 5) for c in frame.columns]
        return rows


def _named(root: Path | None) -> tuple[str, ...]:
    """Return the names of the datasets of a folder, in order."""
    found = () if root is None else root.glob(f"*/{DESCRIPTOR_FILE}")
    return tuple(sorted(file.parent.name for file in found))


def _where(descriptor: Descriptor) -> str:
    if descriptor.yours:
        return own.where(descriptor)
    return external.where(descriptor) if descriptor.external else descriptor.where


def _own_table(form: Descriptor) -> pd.DataFrame:
    """Load the user's table of a form, if it is here and passes the form's check."""
    from workbench.data.forms.adopting import adopt  # brings the readers of four formats

    file = own.find(form)
    if file is None:
        raise own.absence(form)
    return adopt(file, form.name)


def _field_row(field: Field, part: str) -> tuple[str, ...]:
    texts = (field.title, field.title_ru, field.description, field.description_ru)
    return (field.name, part, field.type, field.unit, *texts)


def _is_example(name: object) -> bool:
    return isinstance(name, str) and name.startswith(via_libpysal.PREFIX)


def _kind(column: pd.Series) -> str:
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    if pd.api.types.is_numeric_dtype(column):
        return "number"
    return "geometry" if column.dtype == "geometry" else "string"
