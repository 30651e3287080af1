"""What a reader opens: an executed notebook as files in each format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.core.language import speaking
from workbench.reports.datasets import Dataset
from workbench.reports.document.assembled import assembled
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
        return {
            PAGE: page_html(document).encode(),
            PRINTED: report_pdf(document),
            WORD: report_docx(document),
        }
