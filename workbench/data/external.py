"""External datasets: described here, kept elsewhere, downloaded only when the user says so.

A copy is looked for in the folder that ``WORKBENCH_DATA_MIRROR`` names, then in the cache. What is
pinned is not a file but its table of values (:mod:`workbench.data.canonical`), because copies of
one table differ in their bytes. A dataset may have several tables: they come together or not at
all.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from workbench.data import via_pooch
from workbench.data.canonical import canonical
from workbench.data.descriptor import Descriptor, Resource
from workbench.errors import AbsentDataError, DataIntegrityError

MIRROR = "WORKBENCH_DATA_MIRROR"
"""Variable of the environment that names a folder of copies, which stands in for the network."""

HERE, NOT_HERE = "external (here)", "external (not here)"


@dataclass(frozen=True, slots=True)
class Copy:
    """A file that may hold an external table, and where it was found: mirror or cache."""

    path: Path
    place: str


def where(descriptor: Descriptor) -> str:
    """Return whether every external table of a dataset has a copy here.

    Parameters
    ----------
    descriptor : Descriptor
        A dataset with external tables.

    Returns
    -------
    str
        ``"external (here)"`` or ``"external (not here)"``. Copies are not read.
    """
    return NOT_HERE if any(find(r, descriptor) is None for r in _tables(descriptor)) else HERE


def find(resource: Resource, descriptor: Descriptor) -> Copy | None:
    """Return the copy of an external table: of the mirror if it has one, else of the cache.

    A mirror holds it as ``<dataset>/<file>`` or ``<file>``, under the name at its address or
    another that the descriptor lists.

    Parameters
    ----------
    resource : Resource
        The external table.
    descriptor : Descriptor
        Its dataset.

    Returns
    -------
    Copy or None
        It is not read.
    """
    mirror = os.environ.get(MIRROR, "")
    if mirror:
        folder = Path(mirror).expanduser()
        for name in (resource.path, *resource.copies):
            for path in (folder / descriptor.name / name, folder / name):
                if path.is_file():
                    return Copy(path, "mirror")
    cached = _cached(resource, descriptor)
    return Copy(cached, "cache") if cached.is_file() else None


def content(resource: Resource, descriptor: Descriptor) -> bytes:
    """Return the canonical table of an external resource, its digest checked.

    Parameters
    ----------
    resource : Resource
        The external table.
    descriptor : Descriptor
        Its dataset.

    Returns
    -------
    bytes
        See :func:`workbench.data.canonical.canonical`.

    Raises
    ------
    AbsentDataError
        If there is no copy here; says the licence, the source and the call that downloads it.
    DataIntegrityError
        If the values of the copy are not those pinned.
    """
    copy = find(resource, descriptor)
    if copy is None:
        raise absence(descriptor)
    return _checked_copy(copy, resource, descriptor)


def absence(descriptor: Descriptor, *, found: str = "") -> AbsentDataError:
    """Return the refusal of a dataset that is not here: its licence, source and ways out.

    Parameters
    ----------
    descriptor : Descriptor
        A dataset with external tables.
    found : str
        What came instead of a copy; without, where copies were looked for.
    """
    tables = _tables(descriptor)
    missing = [r for r in tables if find(r, descriptor) is None] or tables
    names = ", ".join(resource.path for resource in missing)
    several = len(missing) > 1
    copies = f"copies of {names}, which are" if several else f"a copy of {names}, which is"
    accepted = " and ".join(" or ".join((r.path, *r.copies)) for r in missing)
    searched, without = _mirror_said(accepted)
    found = found or f"none in the cache, nor in {searched}"
    call = f'wb.load("{descriptor.name}", download=True)'
    return AbsentDataError(
        descriptor.name,
        expected=f"{copies} not distributed with the workbench",
        found=f"{found}.\n  {terms(descriptor)}",
        remedy=f"download it under these terms: {call}, or in a terminal: workbench data fetch "
        f"{descriptor.name}; without a network, {without}",
    )


def _mirror_said(accepted: str) -> tuple[str, str]:
    """Return where copies were looked for besides the cache, and how to have them there."""
    mirror = os.environ.get(MIRROR, "")
    anew = f"set {MIRROR} to a folder that holds {accepted}"
    if not mirror:
        return f"{MIRROR}: it is not set", anew
    named = f"the folder that {MIRROR} names ({mirror})"
    if not Path(mirror).expanduser().is_dir():
        return f"{named}, which does not exist", anew
    return named, f"put {accepted} into that folder"


def terms(descriptor: Descriptor) -> str:
    """Return the licence, the source and the addresses of a dataset, a line each.

    Examples
    --------
    >>> from workbench.data.bundled import bundled_root
    >>> from workbench.data.descriptor import read_descriptor
    >>> terms(read_descriptor(bundled_root() / "cigarette-demand")).splitlines()[0][:16]
    'Licence: GNU GPL'
    """
    return "\n  ".join(
        [
            f"Licence: {'; '.join(descriptor.licences)}",
            f"Source: {'; '.join(descriptor.sources)}",
            *(f"Address: {resource.url}" for resource in _tables(descriptor)),
        ]
    )


def fetch(descriptor: Descriptor) -> None:
    """Download the external tables of a dataset that are not here, into the cache.

    Says the licence, the source and every address on the standard error stream first, once. Each
    download is checked; they enter the cache when all are right, so that nothing half-done stays.

    Parameters
    ----------
    descriptor : Descriptor
        The dataset; without external tables nothing happens.

    Raises
    ------
    AbsentDataError
        If an address cannot be reached; says which.
    DataIntegrityError
        If the values that came are not those pinned; names the table. All are thrown away.
    """
    wanted = [table for table in _tables(descriptor) if not _sound(table, descriptor)]
    if not wanted:
        return
    sys.stderr.write(f"Downloading {descriptor.name}\n  {terms(descriptor)}\n")
    target = cache_folder() / descriptor.name
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as folder:
        came = [_download(table, descriptor, folder=Path(folder)) for table in wanted]
        for path, table in zip(came, wanted, strict=True):
            path.replace(_cached(table, descriptor))


def cache_folder() -> Path:
    """Return the folder of downloads, as the system has it for this user."""
    from platformdirs import user_cache_path

    return user_cache_path("spatial-workbench", appauthor=False)


def _sound(resource: Resource, descriptor: Descriptor) -> bool:
    """Return whether a copy is here and right; a wrong one of the user's mirror is refused."""
    copy = find(resource, descriptor)
    if copy is None:
        return False
    try:
        _checked_copy(copy, resource, descriptor)
    except DataIntegrityError:
        if copy.place == "mirror":
            raise
        return False
    return True


def _download(resource: Resource, descriptor: Descriptor, *, folder: Path) -> Path:
    try:
        came = via_pooch.download(resource.url, folder=folder, name=resource.path)
    except OSError as error:
        found = f"no answer from {resource.url} ({type(error).__name__})"
        raise absence(descriptor, found=found) from error
    remedy = (
        "nothing of it was kept; if it comes again, the address holds another table: set "
        f"{MIRROR} to a folder with a right copy of {resource.path}"
    )
    _checked(came, resource, descriptor, where=resource.url, remedy=remedy)
    return came


def _checked_copy(copy: Copy, resource: Resource, descriptor: Descriptor) -> bytes:
    call = f'wb.load("{descriptor.name}", download=True)'
    remedy = f"remove {copy.path}, then download the table: {call}"
    return _checked(copy.path, resource, descriptor, where=str(copy.path), remedy=remedy)


def _checked(
    path: Path, resource: Resource, descriptor: Descriptor, *, where: str, remedy: str
) -> bytes:
    label = f"{descriptor.name}/{path.name}"
    table = canonical(path.read_bytes(), resource, label=label, remedy=remedy)
    found = hashlib.sha256(table).hexdigest()
    if found != resource.sha256:
        raise DataIntegrityError(
            label,
            expected=f"the table whose values have the SHA-256 {resource.sha256}",
            found=f"other values: SHA-256 {found}",
            offenders=[where],
            why="every number computed from other values would differ from the published ones",
            remedy=remedy,
        )
    return table


def _tables(descriptor: Descriptor) -> list[Resource]:
    return [resource for resource in descriptor.resources if resource.url]


def _cached(resource: Resource, descriptor: Descriptor) -> Path:
    return cache_folder() / descriptor.name / resource.path
