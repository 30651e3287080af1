"""The files that people open, tables and documents, beside those that the new run gives."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from workbench.errors import ReportError
from workbench.reports.archives import DAMAGED
from workbench.reports.checking.findings import Finding
from workbench.reports.checking.published import with_numbers
from workbench.reports.checking.shown import IN, content_of, differences
from workbench.reports.documents import PRINTED, WORD
from workbench.reports.entries import Published
from workbench.reports.files import TABLES, files_of
from workbench.reports.ledger import PAGE, Collector, Ledger
from workbench.reports.via_pypdf import readable

DOCUMENTS = (PAGE, PRINTED, WORD)

OTHER = "not the one that the new run gives, though it shows the same"

SHOWN_LINES = 3


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
        expected = {**wanted, **files_of(with_numbers(thing, old))} if wanted else {}
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


@dataclass(frozen=True, slots=True)
class Case:
    """Why documents that show the same may be other bytes here than in the report.

    Attributes
    ----------
    tools : str
        Programs of other versions, in words; empty where there are none.
    workbench : bool
        Whether another workbench set them.
    loose : frozenset of str or None
        Words that nobody published, where numbers of the new run may differ in a last digit;
        None where all is the same to the last bit.
    """

    tools: str = ""
    workbench: bool = False
    loose: frozenset[str] | None = None

    @property
    def told(self) -> str:
        """The reasons, in words; empty where there is none."""
        known = {
            "they were set by another workbench": self.workbench,
            self.tools: bool(self.tools),
            "the new run is the same within tolerance, not to the last bit": self.loose is not None,
        }
        return "; ".join(text for text, holds in known.items() if holds)


@dataclass(frozen=True, slots=True)
class Papers:
    """What came of comparing documents.

    Attributes
    ----------
    files : tuple of str
        Those that were compared, whatever came of it.
    by_content : tuple of str
        Of these, those that are other bytes and show what they must, each with what of it was
        compared and why.
    findings : tuple of Finding
        For each that shows something else, or is another one without a reason.
    uncompared : tuple of str
        Those that could not be compared, each with the reason.
    """

    files: tuple[str, ...] = ()
    by_content: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    uncompared: tuple[str, ...] = ()


def compared_documents(
    folder: Path, documents: Callable[[], Mapping[str, bytes]], case: Case
) -> Papers:
    """Compare page, PDF and Word file with those that show what the ledger says.

    Parameters
    ----------
    folder : pathlib.Path
        The report.
    documents : callable
        Sets the documents of the new run with the ledger's numbers, by path.
    case : Case
        Why they may be other bytes. What they show is then compared.
    """
    try:
        made = documents()
    except ReportError as error:
        return Papers(uncompared=(f"{', '.join(DOCUMENTS)}, as they cannot be set: {error}",))
    papers = Papers()
    for path in DOCUMENTS:
        papers = _with(papers, path, _read(folder / path), made[path], case)
    return papers


def documents_of_another_run(
    folder: Path, documents: Callable[[], Mapping[str, bytes]], other: list[str]
) -> tuple[Papers, str]:
    """Return the documents that are those of a run which differs, and why others are left.

    Parameters
    ----------
    folder : pathlib.Path
        The report, which fails anyhow.
    documents : callable
        Sets the documents of the new run, by path.
    other : list of str
        What came out different, in words.
    """
    kept = [path for path in DOCUMENTS if (folder / path).is_file()]
    try:
        made = documents()
    except ReportError as error:
        return Papers(), f"{', '.join(kept)}, as they cannot be set here: {error}"
    same = tuple(path for path in kept if _alike(path, _read(folder / path), made[path]))
    left = ", ".join(path for path in kept if path not in same)
    reason = f"{left}, as what they show came out different: {', '.join(other)}" if left else ""
    return Papers(same), reason


def _with(papers: Papers, path: str, old: bytes | None, new: bytes, case: Case) -> Papers:
    """Return what came of comparing, with one document more."""
    files = (*papers.files, path)
    if old is None:
        found = Finding(path, "file", "missing, though a report has it")
        return replace(papers, findings=(*papers.findings, found))
    if _alike(path, old, new):
        return replace(papers, files=files)
    if path == PRINTED and not readable():
        line = f"{path}, as it is other bytes, and no PDF is read without the package pypdf"
        return replace(papers, uncompared=(*papers.uncompared, line))
    told, left = _shown(path, old, new, case)
    if left and not told:
        return replace(papers, uncompared=(*papers.uncompared, f"{path}, as {left}"))
    if told or not case.told:
        found = Finding(path, "file", "; ".join(told) or OTHER)
        return replace(papers, files=files, findings=(*papers.findings, found))
    line = f"{path}, in {IN[PurePosixPath(path).suffix]}, as {case.told}"
    return replace(papers, files=files, by_content=(*papers.by_content, line))


def _shown(path: str, old: bytes, new: bytes, case: Case) -> tuple[list[str], str]:
    """Return what a document shows and should not, and why that could not be found out."""
    wanted = content_of(path, new)
    try:
        found = content_of(path, old)
    except ReportError as error:
        return [f"cannot be read: {error.found}"], ""
    told = differences(found, wanted, loose=case.loose)
    if len(told) > SHOWN_LINES:
        told = [*told[:SHOWN_LINES], f"and {len(told) - SHOWN_LINES} more"]
    if found.style == wanted.style:
        return told, ""
    if case.workbench:
        return told, "another workbench set it in another style, which could hide what it says"
    return [*told, "its style is another"], ""


def _alike(path: str, old: bytes | None, new: bytes) -> bool:
    """Say whether two documents are the same; of a Word file, whether all parts in it are."""
    if old == new or old is None:
        return old == new
    if path != WORD:
        return False
    try:
        return _sizes(old) == _sizes(new) and list(_parts(old)) == list(_parts(new))
    except (OSError, NotImplementedError, *DAMAGED):
        return False


def _sizes(content: bytes) -> list[tuple[str, int]]:
    """Return name and size of each part, so that none is unpacked that is larger than it may be."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(part.filename, part.file_size) for part in archive.infolist()]


def _parts(content: bytes) -> Iterator[bytes]:
    """Return the content of each part: how hard it was packed depends on zlib."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.infolist():
            yield archive.read(part)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def _same_texts(thing: Published, old: Ledger) -> bool:
    """Say whether a ledger has the same entries of a thing, and its texts letter by letter."""
    now = {number.id for number in thing.numbers} | {text.id for text in thing.texts}
    known = {*old.numbers, *old.texts}
    before = {key for key in known if key == thing.name or key.startswith(f"{thing.name}/")}
    texts = (old.texts.get(text.id) == text for text in thing.texts)
    return now == before and all(texts)
