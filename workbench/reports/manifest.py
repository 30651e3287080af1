"""The manifest of a folder: the SHA-256 of every file, in the form that ``sha256sum -c`` reads."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from workbench.errors import InputError, ReportError
from workbench.reports.datasets import sha256_of

MANIFEST = "manifest-sha256.txt"

_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


def manifest_text(files: Mapping[str, bytes]) -> str:
    r"""Return the manifest of files, given by path: a line each, sorted by path.

    Parameters
    ----------
    files : mapping of str to bytes
        Content by path inside the folder, with slashes. The manifest itself is left out.

    Raises
    ------
    InputError
        If a path has a backslash or line break, which ``sha256sum`` would write otherwise.

    Examples
    --------
    >>> manifest_text({"a.txt": b""})[:20]
    'e3b0c44298fc1c149afb'
    """
    strange = [path for path in files if not path.isprintable() or "\\" in path]
    if strange:
        raise InputError(
            "files",
            expected="paths of printable characters without backslashes",
            found=f"{len(strange)} others",
            offenders=map(repr, strange),
        )
    return "".join(
        f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n"
        for path in sorted(files)
        if path != MANIFEST
    )


def read_manifest(folder: Path) -> dict[str, str]:
    """Return the digests that the manifest of a folder names, by path.

    Raises
    ------
    ReportError
        If there is none, or it is not of that form.
    """
    try:
        lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise ReportError(
            f"{folder.name}/{MANIFEST}",
            expected="the digests of the files of this folder",
            found="none" if isinstance(error, FileNotFoundError) else type(error).__name__,
            why="without it nobody can say whether a file was changed",
            remedy="render the report again: workbench run STUDY",
        ) from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        match = _LINE.fullmatch(line)
        if match is None or match[2] in found:
            raise ReportError(
                f"{folder.name}/{MANIFEST}",
                expected="a line a file: its SHA-256, two spaces, its path",
                found=f"line {number}: {line[:80]!r}" + (" a second time" if match else ""),
            )
        found[match[2]] = match[1]
    return found


def disagreements(folder: Path) -> list[str]:
    """Return what in a folder is not as its manifest says, a line each; empty if all is.

    Raises
    ------
    ReportError
        If the folder has no readable manifest.
    """
    told = read_manifest(folder)
    here = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    faults = []
    for path in sorted({*told, *here} - {MANIFEST}):
        if path not in here:
            faults.append(f"{path}: missing")
        elif path not in told:
            faults.append(f"{path}: not in the manifest")
        elif here[path].is_symlink() or sha256_of(here[path]) != told[path]:
            faults.append(f"{path}: changed, its SHA-256 is not that of the manifest")
    return faults


def check_manifest(folder: Path, *, remedy: str = "") -> None:
    """Refuse a folder that is not as its manifest says.

    Raises
    ------
    ReportError
        If a file is missing, changed, or not in the manifest; or there is no manifest.
    """
    faults = disagreements(folder)
    if faults:
        raise ReportError(
            folder.name,
            expected=f"every file as {MANIFEST} says",
            found=f"{len(faults)} not",
            offenders=faults,
            why="what was changed by hand is not what was computed",
            remedy=remedy,
        )


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_symlink() or path.is_file():
            yield path
