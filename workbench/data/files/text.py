"""Text files: encoding, separator, rows."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from workbench.data.files.grid import LARGEST_CELLS, Grid, filled
from workbench.errors import InputError, check_option
from workbench.typing import Separator

SEPARATORS: Mapping[str, str] = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma"}
"""In the order in which they are preferred where two part a file equally well."""

SAMPLE = 400
ENCODINGS = {"utf-8-sig": "UTF-8 with a byte-order mark", "utf-8": "UTF-8", "utf-16": "UTF-16",
             "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1251": "Windows-1251"}  # fmt: skip
HINT = re.compile(r'\A"?sep=(.)"?(?:\r\n|\n|\r)', re.I)
"""A first line that tells spreadsheet programs the separator."""

WORD = re.compile(r"[^\W\d_]{3,}")


def text_grid(
    content: bytes, name: str, *, encoding: str | None, separator: Separator | None
) -> Grid:
    r"""Return the rows of a text file.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        Its name, for messages.
    encoding, separator : str, optional
        What the caller says; told by the content otherwise.

    Raises
    ------
    InputError
        If the encoding or the separator cannot be told, quotes do not close, or it is no text.

    Examples
    --------
    >>> grid = text_grid("регион;доля\nТомск;1,5".encode("cp1251"), "a.csv", encoding=None,
    ...                  separator=None)
    >>> grid.rows, grid.encoding, grid.separator
    ([['регион', 'доля'], ['Томск', '1,5']], 'cp1251', ';')
    """
    used = _encoding(content, name) if encoding is None else _known(encoding)
    try:
        text = content.decode(used)
    except UnicodeDecodeError as error:
        raise _undecodable(name, f"bytes that are none in {used}") from error
    if "\x00" in text:
        raise InputError("path", expected="a table in text", found=f"{name}, which is no text",
                         remedy="save it as .csv or .xlsx")  # fmt: skip
    if separator is not None:
        check_option("separator", separator, Separator)
    hint = HINT.match(text)
    said = separator or (hint[1] if hint and hint[1] in SEPARATORS else None)
    mark, rival = (said, "") if said else _separator(text, name)
    rows, lines = _rows(text, mark, name)
    if hint:
        rows, lines = rows[1:], lines[1:]
    also = f"; {SEPARATORS[rival]}s would part it too, separator={rival!r} says so" if rival else ""
    parted = f"{SEPARATORS[mark].capitalize()}-separated, {ENCODINGS.get(used, used)}{also}."
    return Grid(rows, lines, notes=(parted,), encoding=used, separator=mark)


def _known(encoding: str) -> str:
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise InputError(
            "encoding", expected="the name of an encoding", found=repr(encoding),
            remedy='encoding="cp1251" for Windows-1251, "utf-8", "koi8-r", "cp866"',
        ) from error  # fmt: skip
    return encoding


def _encoding(content: bytes, name: str) -> str:
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in content[:4000]:
        return _wide(content[:4000], name)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _cyrillic(content, name)
    return "utf-8"


def _wide(head: bytes, name: str) -> str:
    """Return UTF-16 without its mark, whose every second byte is alike; refuse what is no text."""
    for used in ("utf-16-le", "utf-16-be"):
        text = head[: len(head) // 2 * 2].decode(used, errors="ignore")
        ordinary = sum(letter.isalnum() or letter in " \t\r\n.,;:-\"'()" for letter in text)
        latin = sum("\x09" <= letter <= "\u04ff" for letter in text)
        if text and min(ordinary, latin) > 0.9 * len(text) > 0:
            return used
    raise InputError("path", expected="a table in text", found=f"{name}, which is no text",
                     remedy="save it as .csv or .xlsx")  # fmt: skip


def _cyrillic(content: bytes, name: str) -> str:
    """Return Windows-1251 where it gives Russian words; other eight-bit encodings do not."""
    try:
        text = content.decode("cp1251")
    except UnicodeDecodeError as error:
        raise _undecodable(name, "neither UTF-8 nor Windows-1251") from error
    if text == content.decode("cp1252", errors="replace"):
        return "cp1251"  # spaces and dashes only, which both Windows encodings write alike
    words = [word for word in WORD.findall(text) if not word.isascii()]
    # KOI8-R turns cases around, DOS leaves signs in words, Western letters stand among Latin ones
    russian = [word for word in words if re.fullmatch("[А-ЯЁ]?[а-яё]+|[А-ЯЁ]+", word)]
    odd = sum(not letter.isalnum() and ord(letter) > 0x2020 and letter not in "№–—…“”‘’•€™"
              for letter in text)  # fmt: skip
    if len(russian) < 0.8 * max(len(words), 1) or odd > 0.02 * len(text) or not words:
        raise _undecodable(name, "not UTF-8, and no Russian words as Windows-1251")
    return "cp1251"


def _undecodable(name: str, found: str) -> InputError:
    return InputError(
        "encoding",
        expected="text whose encoding can be told (UTF-8, UTF-16, Windows-1251)",
        found=f"{name}: {found}",
        why="names of regions would be unreadable",
        remedy='say it: encoding="koi8-r", "cp866" (DOS), "cp1252" (Western), or save as UTF-8',
    )


def _separator(text: str, name: str) -> tuple[Separator, str]:
    """Return the mark that parts most rows into the same number of cells, and one as good."""
    scores: dict[str, int] = {}
    for mark in SEPARATORS:
        try:
            sample = list(itertools.islice(_reader(text, mark, strict=False), SAMPLE))
        except csv.Error:
            continue
        widths = Counter(len(row) for row in sample if any(map(filled, row)) and len(row) > 1)
        scores[mark] = max(widths.values(), default=0)
    best = max(scores.values(), default=0)
    if best < 2 and text.count('"') % 2:
        raise _unclosed(name, "a quote that does not close", "")
    if best < 2:
        raise InputError(
            "path",
            expected="a table: at least a heading and a row, and two columns",
            found=f"{name}, whose lines no tab, semicolon, bar or comma parts",
            remedy='say the separator, separator=";", if there is one',
        )
    good = [mark for mark, score in scores.items() if score == best]
    return good[0], "".join(good[1:2])  # type: ignore[return-value]


def _reader(text: str, mark: str, *, strict: bool = True) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=strict)


def _rows(text: str, mark: str, name: str) -> tuple[list[list[str | None]], list[int]]:
    rows: list[list[str | None]] = []
    lines: list[int] = []
    reader = _reader(text, mark)
    line, cells = 0, 0
    try:
        for row in reader:
            rows.append([cell.strip() or None for cell in row])
            lines.append(line + 1)
            line, cells = reader.line_num, cells + len(row)
            if cells > LARGEST_CELLS:
                raise InputError("path", expected=f"at most {LARGEST_CELLS:,} cells",
                                 found=f"more in {name}",
                                 remedy="keep the rows and columns that are needed")  # fmt: skip
    except csv.Error as error:
        raise _unclosed(name, str(error), f"line {line + 1}") from error
    return rows, lines


def _unclosed(name: str, found: str, line: str) -> InputError:
    return InputError(
        "path",
        expected="quotes that close, with a separator after them",
        found=f"{name}: {found}",
        offenders=[line] if line else [],
        remedy="double the quotes that are meant as text, or save the table as .xlsx",
    )


def shorter(grid: Grid, lines: list[int], width: int) -> int:
    """Return how many rows of a table have fewer cells than its heading; refuse those with more.

    Parameters
    ----------
    grid : Grid
        All rows of the file.
    lines : list of int
        Lines of the table's rows.
    width : int
        Number of cells of the heading.

    Raises
    ------
    InputError
        Naming the lines with more cells.
    """
    held = set(lines)
    own = [(row, line) for row, line in zip(grid.rows, grid.lines, strict=True) if line in held]
    longer = [f"line {line}" for row, line in own if any(map(filled, row[width:]))]
    if longer:
        comma = grid.separator == ","
        raise InputError(
            "path",
            expected=f"at most {width} cells in a row, as in the heading",
            found=f"more in {len(longer)} rows",
            offenders=longer,
            why="cells would stand under the wrong heading",
            remedy="decimal commas need quotes, or semicolons between the cells"
            if comma
            else f"look at {longer[0]}: quote cells that hold a separator",
        )
    return sum(len(row) < width for row, _ in own)
