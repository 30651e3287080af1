"""Adapter to pypdf: the text of a PDF. Without that package no PDF is read."""

from __future__ import annotations

import io
import re
from importlib.util import find_spec

from workbench.errors import ReportError

FEWEST = 4
"""Pages from which lines that stand on all of them are known as heads of pages."""

_PAGE_NUMBER = re.compile(r"\d+ / \d+")
_BROKEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\s*")


def readable() -> bool:
    """Say whether the package is here."""
    return find_spec("pypdf") is not None


def words_of(content: bytes) -> list[str]:
    """Return the words of a PDF in the order of its pages.

    Page numbers are left out and what stands at the head of every page is told once, as other
    pages begin elsewhere; so are hyphens after letters, as other lines break elsewhere.

    Raises
    ------
    ReportError
        If it cannot be read.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    malformed = (PyPdfError, OSError, ValueError, LookupError, TypeError, AttributeError,
                 RecursionError, NotImplementedError, ArithmeticError)  # fmt: skip
    try:
        texts = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    except malformed as error:
        raise ReportError("PDF", expected="one that can be read", found=f"{error}") from error
    pages = [[line.strip() for line in text.splitlines()] for text in texts]
    later = [{line for line in page if line} for page in pages[1:]]
    heads = set.intersection(*later) if len(pages) >= FEWEST else set()
    lines = [line for page in pages[:1] for line in page]
    lines += [line for page in pages[1:] for line in page if line not in heads]
    text = "\n".join(line for line in lines if not _PAGE_NUMBER.fullmatch(line))
    told = "\n".join(sorted(heads))
    return _BROKEN.sub("", f"{told}\n{text}").split()
