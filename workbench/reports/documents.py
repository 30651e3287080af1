"""What a reader opens: an executed notebook as files in each format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from types import MappingProxyType
from typing import Any

from workbench.core.language import speaking
from workbench.reports.datasets import Dataset
from workbench.reports.document.assembled import Document, assembled
from workbench.reports.document.printed import report_pdf
from workbench.reports.document.word import report_docx
from workbench.reports.ledger import PAGE
from workbench.reports.page import page_html
from workbench.reports.parameters import Setting
from workbench.reports.studies import Header

PRINTED = "report.pdf"
WORD = "report.docx"


def documents(
    executed: Any,
    header: Header,
    *,
    setting: Setting,
    datasets: list[Dataset],
    versions: Mapping[str, str],
    bibliography: str = "",
) -> dict[str, bytes]:
    """Return the documents of an executed notebook by their path in the report.

    All are written from one document, in the language of the setting, so that a table has the
    same number in each.

    Parameters
    ----------
    executed : NotebookNode
        With outputs.
    header : Header
        Title and question.
    setting : Setting
        Name and parameters of the report.
    datasets : list of Dataset
        What the study used.
    versions : mapping of str to str
        Libraries.
    bibliography : str
        Text of the BibTeX file whose works the study cites; empty if there is none.

    Raises
    ------
    ReportError
        If a document cannot be set.
    """
    with speaking(setting.lang):
        document = assembled(
            executed,
            header,
            setting=setting,
            datasets=datasets,
            versions=versions,
            bibliography=bibliography,
        )
        with ThreadPoolExecutor(max_workers=len(_WRITERS)) as pool:
            made = {
                name: pool.submit(copy_context().run, write, document)  # in the same language
                for name, write in _WRITERS.items()
            }
        return {name: one.result() for name, one in made.items()}


def _page(document: Document) -> bytes:
    return page_html(document).encode()


_WRITERS: Mapping[str, Callable[[Document], bytes]] = MappingProxyType(
    {PAGE: _page, PRINTED: report_pdf, WORD: report_docx}
)
"""Programs of others do most of the work, so that one waits while the next one computes."""
