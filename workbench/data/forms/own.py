"""The user's own files: where they lie, whether they are here, and what to do where they are not.

A form is a dataset of the catalogue without a file: it says which columns a table of the user's
has, and in which units. The table lies in a folder of the user's, under the name of the form.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from workbench.data.bundled import bundled_root
from workbench.data.descriptor import DESCRIPTOR_FILE, Descriptor, read_descriptor
from workbench.errors import AbsentDataError, DataIntegrityError, InputError, unknown_option

YOURS = "WORKBENCH_YOURS"
"""Variable of the environment that names the folder of the user's own tables."""

ASIDE = "WORKBENCH_YOURS_ASIDE"
"""Variable that names forms, by commas, whose files are left aside as if they were not here: a
report that was made without them is verified without them."""

FOLDER = "yours"
SUFFIXES = (".csv", ".xlsx", ".parquet", ".dta")
UNREAD = (".xls", ".xlsb", ".xlsm", ".ods", ".numbers", ".tsv", ".tab", ".txt", ".sav", ".zip")
"""Endings of tables that are not looked for: under the name of a form they are told."""

HERE, NOT_HERE = "yours (here)", "yours (not here)"


def is_here(form: str) -> bool:
    """Return whether the user's file of a form is here, so that ``wb.load`` can read it.

    Parameters
    ----------
    form : str
        Name of a form in ``wb.datasets()``, e.g. ``"ai-geography"``.

    Returns
    -------
    bool
        The file is not read: it may still not pass the form's check.

    Raises
    ------
    OptionError
        If there is no such form.
    DataIntegrityError
        If there are several files of the form, or one of a kind that is not looked for.
    InputError
        If ``WORKBENCH_YOURS`` names a folder that is not there.

    Examples
    --------
    >>> with left_aside(["ai-geography"]):
    ...     is_here("ai-geography")
    False
    """
    descriptor = form_named(form)
    place = folder()
    if os.environ.get(YOURS) and not place.is_dir() and not _is_aside(descriptor):
        raise InputError(
            YOURS,
            expected="a folder that is there",
            found=repr(os.environ[YOURS]),
            why="a table of yours that is in another folder would pass for missing",
            remedy=f"correct the variable, or unset it for the folder {FOLDER}/ of the project",
        )
    return find(descriptor) is not None


def form_named(name: str) -> Descriptor:
    """Return the descriptor of a form of the catalogue, or refuse the name.

    Raises
    ------
    OptionError
        If there is no such form; names the nearest one.
    """
    forms = form_names()
    if name not in forms:
        raise unknown_option("form", name, forms)
    return read_descriptor(bundled_root() / name)


def form_names() -> tuple[str, ...]:
    """Return the names of the forms of the catalogue.

    Examples
    --------
    >>> form_names()
    ('ai-geography', 'ai-maturity', 'cluster-registry', 'high-tech-exports', 'nuts2-knowledge')
    """
    folders = [file.parent for file in sorted(bundled_root().glob(f"*/{DESCRIPTOR_FILE}"))]
    return tuple(folder.name for folder in folders if read_descriptor(folder).yours)


def folder(project: Path | None = None) -> Path:
    """Return the folder of the user's tables; it need not exist.

    Parameters
    ----------
    project : Path, optional
        The project; without, the one that ``WORKBENCH_PROJECT`` names, else the working folder.

    Returns
    -------
    Path
        What ``WORKBENCH_YOURS`` names, else ``yours`` of the project.
    """
    named = os.environ.get(YOURS, "")
    if named:
        return Path(named).expanduser()
    return (project or Path(os.environ.get("WORKBENCH_PROJECT") or Path.cwd())) / FOLDER


def find(form: Descriptor, project: Path | None = None) -> Path | None:
    """Return the user's file of a form, or None where there is none.

    Parameters
    ----------
    form : Descriptor
        The form.
    project : Path, optional
        As in :func:`folder`.

    Raises
    ------
    DataIntegrityError
        If there are several: which one is meant cannot be told; or one of a kind that is not read.
    """
    if _is_aside(form):
        return None
    place = folder(project)
    files = sorted(place.iterdir()) if place.is_dir() else []
    named = [file for file in files if file.stem.lower() == form.name and file.is_file()]
    found = [file for file in named if file.suffix.lower() in SUFFIXES]
    unread = [file.name for file in named if file.suffix.lower() in UNREAD]
    if unread and not found:
        raise DataIntegrityError(
            form.name,
            expected=f"a file of this form ending in {', '.join(SUFFIXES)}",
            found=unread[0],
            why="it would pass for missing",
            remedy=f"save it as {form.name}.xlsx, or give it another name",
        )
    if len(found) > 1:
        raise DataIntegrityError(
            form.name,
            expected="one file of this form",
            found=f"{len(found)}",
            offenders=[file.name for file in found],
            why="numbers would depend on which of them is read",
            remedy="keep the one that is meant, and give the others another name",
        )
    return found[0] if found else None


def _is_aside(form: Descriptor) -> bool:
    return form.name in os.environ.get(ASIDE, "").split(",")


def where(form: Descriptor, project: Path | None = None) -> str:
    """Return ``"yours (here)"`` or ``"yours (not here)"``; the file is not read."""
    return NOT_HERE if find(form, project) is None else HERE


def digest(file: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


@contextmanager
def left_aside(forms: Sequence[str]) -> Iterator[None]:
    """Leave the files of some forms aside in the lines of a ``with`` block, and in its kernels."""
    before = os.environ.get(ASIDE)
    os.environ[ASIDE] = ",".join([*([before] if before else []), *forms])
    try:
        yield
    finally:
        del os.environ[ASIDE]
        if before is not None:
            os.environ[ASIDE] = before


def absence(form: Descriptor, before: Mapping[str, str] | None = None) -> AbsentDataError:
    """Return the refusal of a form whose file is not here: where it belongs and what is in it.

    ``before`` is the file that a report was made with: its SHA-256 by its name.
    """
    fields = form.fields_of(form.parts[0])
    needed = ", ".join(field.name for field in fields if field.needed)
    free = ", ".join(field.name for field in fields if not field.needed)
    names = " or ".join(form.name + suffix for suffix in SUFFIXES)
    place = (
        f"the folder that {YOURS} names ({os.environ[YOURS]})"
        if os.environ.get(YOURS)
        else f"the folder {FOLDER}/ of the project, or one that {YOURS} names"
    )
    was = "".join(f"; it was {name}, SHA-256 {sha}" for name, sha in (before or {}).items())
    columns = f"Columns it must have: {needed}" + (f".\n  It may have: {free}" if free else "")
    return AbsentDataError(
        form.name,
        expected="a table of your own: it does not come with the workbench",
        found=f"no such file{was}.\n  {columns}",
        remedy=f"put {names} into {place}; an empty one to fill in: workbench data form "
        f"{form.name} --to {form.name}.xlsx; wb.describe({form.name!r}) says what each column "
        f"means, wb.data.check(FILE, {form.name!r}) what to change in a table that you have",
    )
