"""Files: where they lie, and their digests; nothing is parsed before its digest agrees."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from workbench.data import external, via_libpysal, via_linearmodels
from workbench.data.descriptor import Descriptor, Resource
from workbench.errors import DataIntegrityError

LIBRARY_READERS: Mapping[str, Callable[[str], bytes]] = MappingProxyType(
    {
        "libpysal": via_libpysal.resource_bytes,
        "linearmodels": via_linearmodels.resource_bytes,
    }
)
"""Which adapter reads a file that an installed package holds."""


def bundled_root() -> Path:
    """Return the folder of the bundled datasets.

    It lies inside the package where a wheel was installed, and beside it in a working copy.

    Raises
    ------
    DataIntegrityError
        If neither is there.

    Examples
    --------
    >>> (bundled_root() / "russia-regions" / "datapackage.json").is_file()
    True
    """
    package = Path(__file__).resolve().parents[1]
    for candidate in (package / "_geodata", package.parent / "geodata"):
        if candidate.is_dir():
            return candidate
    raise DataIntegrityError(
        "geodata",
        expected="the folder of bundled datasets, in the package or beside it",
        found="neither",
        remedy="install the package anew, as a wheel or as an editable working copy",
    )


def project_root() -> Path | None:
    """Return the folder of the project's own datasets; None where there is none beside the bundled.

    The project is the one that ``WORKBENCH_PROJECT`` names, else the nearest folder at or above
    the working one that holds ``notebooks/`` and ``pyproject.toml``.
    """
    named = os.environ.get("WORKBENCH_PROJECT", "")
    here = Path.cwd()
    above = [
        folder
        for folder in (here, *here.parents)
        if (folder / "notebooks").is_dir() and (folder / "pyproject.toml").is_file()
    ]
    project = Path(named) if named else next(iter(above), None)
    if project is None or not (project / "geodata").is_dir():
        return None
    own = (project / "geodata").resolve()
    return None if own == bundled_root() else own


def verified_files(descriptor: Descriptor, *, root: Path) -> dict[str, bytes]:
    """Read every file of a dataset and check its SHA-256 against the descriptor.

    Parameters
    ----------
    descriptor : Descriptor
        The dataset.
    root : Path
        Folder of the datasets.

    Returns
    -------
    dict of str to bytes
        Content by name of resource; of an external table, its canonical form.

    Raises
    ------
    AbsentDataError
        If an external table has no copy here.
    DataIntegrityError
        If a file is missing or its digest differs; names the file and both digests.
    """
    files = {}
    for resource in descriptor.resources:
        if resource.url:
            files[resource.name] = external.content(resource, descriptor)
            continue
        label = f"{resource.library or descriptor.name}/{resource.path}"
        content = _content(resource, folder=root / descriptor.name, label=label)
        _check_digest(content, resource, label=label)
        files[resource.name] = content
    return files


def _content(resource: Resource, *, folder: Path, label: str) -> bytes:
    try:
        if resource.library:
            return LIBRARY_READERS[resource.library](resource.path)
        return (folder / resource.path).read_bytes()
    except OSError as error:
        raise DataIntegrityError(
            label,
            expected=f"a file with SHA-256 {resource.sha256}",
            found=f"no file that can be read ({type(error).__name__})",
            remedy=_remedy(resource),
        ) from error


def _check_digest(content: bytes, resource: Resource, *, label: str) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != resource.sha256:
        raise DataIntegrityError(
            label,
            expected=f"SHA-256 {resource.sha256}",
            found=f"SHA-256 {found}",
            why="every number computed from a changed file would differ from the published ones",
            remedy=_remedy(resource),
        )


def _remedy(resource: Resource) -> str:
    if resource.library:
        return f"install the version of {resource.library} that the lock file names"
    return "restore the file from the distribution; keep data of your own outside geodata"
