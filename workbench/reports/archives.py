"""Zip archives: written with the same bytes every time, and read without trust."""

from __future__ import annotations

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from workbench.errors import ReportError

LONGEST_AGO = (1980, 1, 1, 0, 0, 0)
"""Time of every file: the earliest that the format knows, so that no clock is in the bytes."""

MOST_FILES = 20_000
MOST_BYTES = 2_000_000_000
"""Bytes of all files together, unpacked."""

MOST_RATIO = 200
"""How many times its size a file may become; text of tables reaches about twenty."""

SMALL = 1_000_000
"""Bytes up to which the ratio is of no concern: a blank table packs well."""

LONGEST_PATH = 240
CHUNK = 1 << 20
FORBIDDEN = re.compile(r'[<>:"|?*\\]')
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
ENCRYPTED = 0x1
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError)
"""What reading a damaged archive raises: names that are not UTF-8 among them."""


def write_archive(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a zip: sorted by path, with one time and one mode.

    The archive takes its place only when it is complete.

    Parameters
    ----------
    path : pathlib.Path
        Of the archive; an old one is replaced.
    files : mapping of str to bytes
        Content by path, with slashes.

    Raises
    ------
    ReportError
        If it cannot be written; an old archive is then untouched.
    """
    partial = path.with_name(f".partial-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with ZipFile(partial, "w") as archive:
            for name in sorted(files):
                entry = ZipInfo(name, date_time=LONGEST_AGO)
                entry.create_system = 3
                entry.external_attr = (stat.S_IFREG | 0o644) << 16
                archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, compresslevel=9)
        partial.replace(path)
    except OSError as error:
        raise ReportError(
            path.name,
            expected="to write the archive",
            found=f"{type(error).__name__}: {error.strerror}",
            remedy="free some space, or name another place",
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def unpack(path: Path, folder: Path) -> None:
    """Unpack a zip into an empty folder; nothing is written before every entry was looked at.

    Parameters
    ----------
    path : pathlib.Path
        Of the archive.
    folder : pathlib.Path
        Where it is unpacked.

    Raises
    ------
    ReportError
        If it is no zip, is damaged, too large or encrypted, or has an entry that is no plain file
        inside it: absolute or climbing paths, drives, backslashes, links, two names that some
        file systems take for one.
    """
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
            _refuse(path, entries)
            for entry in entries:
                if not entry.is_dir():
                    _extract(archive, entry, folder / entry.filename)
    except DAMAGED as error:
        raise ReportError(
            path.name, expected="a sound zip archive", found=f"{type(error).__name__}: {error}"
        ) from error
    except OSError as error:
        raise ReportError(
            path.name,
            expected="to read the archive and unpack it into a temporary folder",
            found=f"{type(error).__name__}: {error.strerror}",
        ) from error


def _extract(archive: ZipFile, entry: ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    left = entry.file_size
    with archive.open(entry) as source, target.open("xb") as copy:
        while chunk := source.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                raise zipfile.BadZipFile(f"{entry.filename!r} is larger than it says")
            copy.write(chunk)


def _refuse(path: Path, entries: list[ZipInfo]) -> None:
    """Refuse an archive as a whole, then for its entries."""
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_FILES or total > MOST_BYTES:
        raise ReportError(
            path.name,
            expected=f"at most {MOST_FILES:,} files of {MOST_BYTES:,} bytes together",
            found=f"{len(entries):,} files of {total:,} bytes",
        )
    faults = [f"{entry.filename[:80]!r} {fault}" for entry in entries if (fault := _fault(entry))]
    faults += _collisions([entry.filename for entry in entries])
    if sum(entry.compress_size for entry in entries) > path.stat().st_size:
        faults.append("entries overlap")
    if faults:
        raise ReportError(
            path.name,
            expected="plain files, each inside the archive's own folders",
            found=f"{len(faults)} that are not",
            offenders=faults,
            why="an archive could otherwise write anywhere",
            remedy="ask for another copy; nothing was unpacked",
        )


def _fault(entry: ZipInfo) -> str:
    """Return what is wrong with an entry, or an empty string."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFDIR if entry.is_dir() else stat.S_IFREG):
        return "is a link or no plain file"
    if entry.flag_bits & ENCRYPTED:
        return "is encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in a way that not every reader knows"
    if entry.file_size > max(SMALL, MOST_RATIO * entry.compress_size):
        return f"unpacks to more than {MOST_RATIO} times its size"
    return _path_fault(entry.orig_filename)


def _path_fault(name: str) -> str:
    """Return why a path is refused, judged for every system and not for this one alone."""
    parts = name.removesuffix("/").split("/")
    if name.startswith("/") or PurePosixPath(name).is_absolute():
        return "is absolute"
    if ".." in parts:
        return "climbs out of the archive"
    if not name.isprintable() or FORBIDDEN.search(name):
        return "has a character that no path should have"
    if any(part in ("", ".") or part != part.strip() or part.endswith(".") for part in parts):
        return "is no path that every system reads alike"
    if any(DEVICES.fullmatch(part) for part in parts):
        return "is the name of a device"
    return "is too long" if len(name) > LONGEST_PATH else ""


def _collisions(names: list[str]) -> list[str]:
    """Return the names of which a file system could make one, and files that are also folders."""
    seen: dict[str, str] = {}
    faults = []
    for name in names:
        key = _folded(name)
        if key in seen:
            faults.append(f"{name[:80]!r} and {seen[key][:80]!r} are one name")
        seen[key] = name
    files = {_folded(name) for name in names if not name.endswith("/")}
    for name in names:
        above = {_folded(str(parent)) for parent in PurePosixPath(name).parents}
        if above & files:
            faults.append(f"{name[:80]!r} lies in a file")
    return faults


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name.rstrip("/")).casefold()
