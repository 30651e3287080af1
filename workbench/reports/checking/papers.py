"""The files that people open, tables and documents, beside those that the new run gives."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from workbench.errors import ReportError
from workbench.reports.checking.entries import ends_of
from workbench.reports.checking.findings import Finding, Kind
from workbench.reports.documents import PRINTED, WORD
from workbench.reports.entries import Cell, Grid, Published
from workbench.reports.files import TABLES, files_of
from workbench.reports.ledger import PAGE, Collector, Ledger

DOCUMENTS = (PAGE, PRINTED, WORD)

SHOWN: dict[Kind, str] = {
    "data": "data", "decision": "numbers", "major": "numbers", "minor": "numbers",
    "text": "texts", "entry": "texts", "figure": "figures",
}  # fmt: skip
"""What documents show, by the class of a finding; others leave those of a new run as they were."""

OTHER = "not the one that the new run gives, though its numbers, texts and figures are the same"


def compared_tables(
    folder: Path, old: Ledger, collected: Collector
) -> tuple[list[str], list[str], list[Finding]]:
    """Compare the tables that a report keeps as CSV with those of a new run.

    Numbers that came out different are told one by one; the files are then held against the
    tables of the new run with the numbers of the ledger in them.

    Parameters
    ----------
    folder : pathlib.Path
        The report; a folder without ``tables/`` keeps none.
    old : Ledger
        Of the report.
    collected : Collector
        What the new run published; the language must be that of the report.

    Returns
    -------
    tuple of list of str, list of str and list of Finding
        Paths of the files compared, of those that could not be, and a finding for each that is
        another one, is missing, or that no table gives.
    """
    if not (folder / TABLES).is_dir():
        return [], [], []
    same, left, findings = [], [], []
    here = {path.relative_to(folder).as_posix() for path in (folder / TABLES).rglob("*.csv")}
    for thing, _ in collected.published:
        wanted = {p: c for p, c in files_of(thing).items() if p.startswith(f"{TABLES}/")}
        expected = {**wanted, **_as_published(thing, old)} if wanted else {}
        for path in expected:
            here.discard(path)
            found = _read(folder / path)
            if found is None:
                findings.append(Finding(path, "file", "missing, though the new run gives it"))
            elif found not in (wanted[path], expected[path]) and not _same_texts(thing, old):
                left.append(path)
            else:
                same.append(path)
                if found != expected[path]:
                    told = "its cells are not those of the ledger"
                    findings.append(Finding(path, "file", told))
    findings += [Finding(path, "file", "no table of the new run gives it") for path in sorted(here)]
    return same, left, findings


def compared_documents(
    folder: Path,
    documents: Callable[[], Mapping[str, bytes]],
    *,
    findings: Collection[Finding],
    obstacle: str,
) -> tuple[list[str], str, list[Finding]]:
    """Compare page, PDF and Word file with those that are set from the new run.

    Parameters
    ----------
    folder : pathlib.Path
        The report.
    documents : callable
        Sets the documents of the new run, by path.
    findings : collection of Finding
        What is not as it was.
    obstacle : str
        Why documents of the same run may be other bytes, as other versions; empty if they may not.

    Returns
    -------
    tuple of list of str, str and list of Finding
        Paths of the files compared, why the others were not, and a finding for each that differs.
    """
    kept = [path for path in DOCUMENTS if (folder / path).is_file()]
    classes = {f.kind for f in findings}
    other = sorted({what for kind, what in SHOWN.items() if kind in classes})
    if other:
        obstacle = f"what they show came out different: {', '.join(other)}"
    elif "within tolerance" in classes:
        obstacle = obstacle or "numbers or figures are within tolerance, not identical"
    try:
        made = documents()
    except ReportError as error:
        return [], f"{_words(kept)}, as they cannot be set here: {error}", []
    differing = [path for path in kept if not _alike(path, _read(folder / path), made[path])]
    if obstacle:
        same = [path for path in kept if path not in differing]
        return same, f"{_words(differing)}, as {obstacle}" if differing else "", []
    return kept, "", [Finding(path, "file", OTHER) for path in differing]


def _words(paths: list[str]) -> str:
    return ", ".join(paths)


def _alike(path: str, old: bytes | None, new: bytes) -> bool:
    """Say whether two documents are the same; of a Word file, whether all parts in it are."""
    if old == new or old is None:
        return old == new
    if path != WORD:
        return False
    try:
        return list(_parts(old)) == list(_parts(new))
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return False


def _parts(content: bytes) -> Iterator[tuple[str, int, int]]:
    """Return name, size and checksum of each part: how hard it was packed depends on zlib."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if archive.testzip() is not None:
            raise ValueError("a part that is not as its checksum says")
        for part in archive.infolist():
            yield part.filename, part.file_size, part.CRC


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def _same_texts(thing: Published, old: Ledger) -> bool:
    """Say whether a ledger has the same entries of a thing, and its texts letter by letter."""
    now = {number.id for number in thing.numbers} | {text.id for text in thing.texts}
    known = {*old.numbers, *old.texts}
    before = {key for key in known if key == thing.name or key.startswith(f"{thing.name}/")}
    texts = (old.texts.get(text.id) == text for text in thing.texts)
    return now == before and all(texts)


def _as_published(thing: Published, old: Ledger) -> dict[str, bytes]:
    """Return the tables of a thing with the numbers of a ledger in them."""
    return files_of(replace(thing, grids=tuple(_with_numbers(g, old) for g in thing.grids)))


def _with_numbers(grid: Grid, old: Ledger) -> Grid:
    rows = (replace(r, cells=tuple(_with_number(c, old) for c in r.cells)) for r in grid.rows)
    return replace(grid, rows=tuple(rows))


def _with_number(cell: Cell, old: Ledger) -> Cell:
    ends = (ends_of(cell.id) or ()) if "; " in cell.value else (cell.id,)
    if not cell.value or not ends or not all(end in old.numbers for end in ends):
        return cell
    return replace(cell, value="; ".join(repr(old.numbers[end].value) for end in ends))
