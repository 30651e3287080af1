"""What a document shows, whatever bytes it is: its words and pictures, beside those it must show.

Bytes differ where another version of a program set a document. What a reader sees in it must not.
"""

from __future__ import annotations

import base64
import io
import math
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import PurePosixPath
from xml.etree import ElementTree

from workbench.errors import ReportError
from workbench.reports.archives import DAMAGED
from workbench.reports.checking.pictures import difference
from workbench.reports.via_pypdf import words_of

AROUND = 3
"""Words told before and after those that differ."""

LONGEST = 90
CLOSE = 1e-3
"""How far numbers that no ledger holds may differ, relative: a last printed digit."""

IN = {".html": "words, pictures and style", ".docx": "words and pictures", ".pdf": "words alone"}
"""What of a document is compared, by its ending."""

_WITHOUT_MEANING = frozenset({"class", "id", "role"})
_EMBEDDED = re.compile(r"data:image/\w+;base64,([A-Za-z0-9+/=\s]+)")
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL | re.IGNORECASE)
_NUMBER = re.compile(r"[-−+]?\d[\d.,]*(?:e[-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class Content:
    """What a document shows: words in their order, pictures, style, and by what it shows them."""

    words: list[str]
    pictures: list[bytes] = field(default_factory=list)
    style: str = ""
    tags: frozenset[str] = frozenset()


def content_of(path: str, document: bytes) -> Content:
    """Return what a document shows.

    Raises
    ------
    ReportError
        If it cannot be read.
    """
    try:
        kind = PurePosixPath(path).suffix
        if kind == ".pdf":
            return Content(words_of(document))
        return _word_file(document) if kind == ".docx" else _page(document.decode())
    except (OSError, KeyError, *DAMAGED, ElementTree.ParseError, AssertionError) as error:
        raise ReportError(path, expected="one that can be read", found=f"{error}") from error


def differences(old: Content, new: Content, *, loose: frozenset[str] | None = None) -> list[str]:
    """Return what a document shows and should not, a line each; empty where it shows the same.

    Parameters
    ----------
    old, new : Content
        Of the document, and of the one that shows what it should.
    loose : frozenset of str, optional
        Words that nobody published, whose numbers may differ in a last digit; None where the new
        run gives the same numbers to the last bit, and pictures too.
    """
    told = [f"has <{tag}>, which it should not" for tag in sorted(old.tags - new.tags)]
    told += _in_words(old.words, new.words, loose or frozenset())
    if len(old.pictures) != len(new.pictures):
        return [*told, f"has {len(old.pictures)} pictures, should have {len(new.pictures)}"]
    for number, (mine, yours) in enumerate(zip(old.pictures, new.pictures, strict=True), start=1):
        same, what = difference(mine, yours)
        if not same and (what or loose is None):
            told.append(f"picture {number}: {what or 'drawn otherwise'}")
    return told


def _in_words(was: list[str], wanted: list[str], loose: frozenset[str]) -> list[str]:
    if was == wanted:
        return []
    return [
        f"says {_excerpt(was, i, j)}, should say {_excerpt(wanted, k, m)}"
        for i, j, k, m in _changes(was, wanted)
        if not _tolerable(was[i:j], wanted[k:m], loose)
    ]


def _changes(was: list[str], wanted: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Return where the words differ: word by word where there are as many, else as they align."""
    if len(was) == len(wanted):
        for i, (a, b) in enumerate(zip(was, wanted, strict=True)):
            if a != b:
                yield i, i + 1, i, i + 1
        return
    start = next(i for i, (a, b) in enumerate(zip_longest(was, wanted)) if a != b)
    for kind, i, j, k, m in SequenceMatcher(None, was[start:], wanted[start:]).get_opcodes():
        if kind != "equal":
            yield i + start, j + start, k + start, m + start


def _excerpt(words: list[str], start: int, stop: int) -> str:
    told = " ".join(words[max(start - AROUND, 0) : stop + AROUND])
    return repr(told if len(told) <= LONGEST else f"{told[:LONGEST]} …")


def _tolerable(was: list[str], wanted: list[str], loose: frozenset[str]) -> bool:
    return len(was) == len(wanted) and all(
        b in loose and _close(a, b) for a, b in zip(was, wanted, strict=True)
    )


def _close(a: str, b: str) -> bool:
    mine, yours = (_NUMBER.findall(text) for text in (a, b))
    if _NUMBER.sub("0", a) != _NUMBER.sub("0", b) or not mine:
        return False
    return all(
        math.isclose(_number(x), _number(y), rel_tol=CLOSE)
        for x, y in zip(mine, yours, strict=True)
    )


def _number(text: str) -> float:
    plain = text.replace("−", "-").rstrip(".,")
    try:
        return float(plain.replace(",", "") if "." in plain else plain.replace(",", ".", 1))
    except ValueError:
        return math.nan


class _Reader(HTMLParser):
    """Takes in all that a page says, attributes and comments too; drawings are taken apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.style: list[str] = []
        self.embedded: list[bytes] = []
        self.tags: set[str] = set()
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._inside = tag
        for name, value in attrs:
            embedded = _EMBEDDED.fullmatch(value or "") if name == "src" else None
            if embedded:
                self.embedded.append(base64.b64decode(embedded[1]))
            elif name not in _WITHOUT_MEANING:
                self.words += [f"{name}=", *(value or "").split()]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._inside = ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data: str) -> None:
        (self.style if self._inside == "style" else self.words).extend(data.split())

    def handle_comment(self, data: str) -> None:
        self.words += ["<!--", *data.split()]

    def handle_decl(self, decl: str) -> None:
        self.words += decl.split()

    def handle_pi(self, data: str) -> None:
        self.words += data.split()

    def unknown_decl(self, data: str) -> None:
        self.words += data.split()


def _page(text: str) -> Content:
    """Return what a page shows; of a drawing its words are those of its first tag."""
    drawings = [drawing.encode() for drawing in _SVG.findall(text)]
    reader = _Reader()
    reader.feed(_SVG.sub(lambda found: found[0][: found[0].index(">") + 1], text))
    reader.close()
    pictures = [*drawings, *reader.embedded]
    return Content(reader.words, pictures, " ".join(reader.style), frozenset(reader.tags))


def _word_file(document: bytes) -> Content:
    words: list[str] = []
    pictures = []
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        for name in sorted(archive.namelist()):
            if name.startswith("word/media/"):
                pictures.append(archive.read(name))
            elif name.startswith("word/") and name.endswith(".xml"):
                words += _of_part(archive.read(name))
    return Content(words, pictures)


def _of_part(xml: bytes) -> list[str]:
    """Return the words of a part in paragraphs, and the texts that stand for its pictures."""
    parts = []
    for element in ElementTree.fromstring(xml).iter():
        kind = element.tag.rpartition("}")[2]
        if kind in ("t", "instrText", "delText"):
            parts.append(element.text or "")
        elif kind in ("p", "tab", "br", "tc"):
            parts.append(" ")
        elif kind in ("docPr", "cNvPr"):
            parts.append(f" {element.get('descr', '')} {element.get('title', '')} ")
    return "".join(parts).split()
