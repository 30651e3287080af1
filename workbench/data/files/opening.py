"""A path, checked: what kind of file it is, told by its content and its ending."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Literal

from workbench.data.files.grid import LARGEST_BYTES
from workbench.errors import InputError, listing

Kind = Literal["text", "excel", "parquet", "stata"]

TEXT = (".csv", ".tsv", ".tab", ".txt", "")
EXCEL = (".xlsx", ".xlsm")
SPREADSHEETS = (".xls", ".xlsb", ".ods", ".numbers", ".xlt")
KNOWN = "a CSV, TSV, Excel (.xlsx), Parquet or Stata (.dta) file"
LARGEST_UNPACKED = 5 * LARGEST_BYTES
AS_XLSX = "open it in a spreadsheet program and save it as .xlsx, without a password"


def opened(path: object) -> tuple[Path, Kind]:
    """Return a path and the kind of its file.

    Raises
    ------
    InputError
        If there is no such file, it is a folder, empty, too large, or of a kind that is not read.
    """
    if not isinstance(path, str | Path) or not str(path).strip():
        raise InputError("path", expected="the path of a file", found=repr(path))
    where = Path(path)
    if not where.exists():
        raise InputError("path", expected=KNOWN, found=f"{str(path)!r}, where nothing is",
                         remedy=_beside(where))  # fmt: skip
    if where.is_dir():
        inside = sorted(p.name for p in where.iterdir() if _readable(p))
        remedy = f"name a file in it: {listing(inside)}" if inside else ""
        raise InputError("path", expected=KNOWN, found=f"the folder {where.name!r}", remedy=remedy)
    size = where.stat().st_size
    if size == 0:
        raise InputError("path", expected=KNOWN, found=f"{where.name}, an empty file")
    if size > LARGEST_BYTES:
        raise InputError(
            "path",
            expected=f"a file of at most {LARGEST_BYTES // 1_000_000} MB",
            found=f"{where.name} of {size // 1_000_000} MB",
            remedy="keep the rows and columns that are needed",
        )
    return where, _kind(where)


def _kind(where: Path) -> Kind:
    with where.open("rb") as file:
        head = file.read(512)
    ending = where.suffix.lower()
    if head.startswith(b"PK\x03\x04"):
        return _zipped(where, ending)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        what = "encrypted, or in the old Excel format" if ending in EXCEL else "an old Excel file"
        raise _refusal(where, what, AS_XLSX)
    if head.startswith(b"PAR1"):
        return "parquet"
    if ending == ".dta":
        return "stata"
    if (
        head.lstrip(b"\xef\xbb\xbf \r\n\t")[:40]
        .lower()
        .startswith((b"<html", b"<!doc", b"<table", b"<?xml"))
    ):
        raise _refusal(where, "a web page or XML under another name", AS_XLSX)
    if ending in SPREADSHEETS or ending in EXCEL or ending == ".parquet":
        said = "no Excel file inside" if ending in EXCEL else "not of a kind that is read"
        raise _refusal(where, said, AS_XLSX if ending != ".parquet" else "write it anew")
    if ending not in TEXT:
        raise _refusal(where, f"a file ending in {ending}", "save it as .csv or .xlsx")
    return "text"


def _zipped(where: Path, ending: str) -> Kind:
    if ending not in EXCEL:
        remedy = AS_XLSX if ending in SPREADSHEETS else "if it is an Excel file, name it .xlsx"
        raise _refusal(where, "a compressed file", remedy)
    try:
        with zipfile.ZipFile(where) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
            parts = set(archive.namelist())
    except (zipfile.BadZipFile, OSError) as error:
        raise _refusal(where, "a damaged Excel file", "copy it anew") from error
    if "xl/workbook.xml" not in parts:
        raise _refusal(where, "a compressed file that is no Excel workbook", AS_XLSX)
    if unpacked > LARGEST_UNPACKED:
        raise _refusal(where, f"{unpacked // 1_000_000} MB when unpacked", "keep the sheet needed")
    return "excel"


def _refusal(where: Path, what: str, remedy: str) -> InputError:
    return InputError("path", expected=KNOWN, found=f"{where.name}: {what}", remedy=remedy)


def _readable(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() in (*TEXT[:-1], *EXCEL, ".parquet", ".dta")


def _beside(where: Path) -> str:
    folder = where.parent
    if not folder.is_dir():
        return f"there is no folder {folder.name!r} either"
    inside = sorted(p.name for p in folder.iterdir() if _readable(p))
    return f"in its folder are {listing(inside)}" if inside else "its folder holds no table"
