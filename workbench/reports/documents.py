"""What a reader opens: an executed notebook as files in each format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.reports.datasets import Dataset
from workbench.reports.ledger import PAGE
from workbench.reports.page import page_html
from workbench.reports.parameters import Setting
from workbench.reports.studies import Header


def documents(
    executed: Any,
    header: Header,
    *,
    setting: Setting,
    datasets: list[Dataset],
    versions: Mapping[str, str],
) -> dict[str, bytes]:
    """Return the documents of an executed notebook by their path in the report.

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

    Raises
    ------
    ReportError
        If a document cannot be set.
    """
    page = page_html(executed, header, setting=setting, datasets=datasets, versions=versions)
    return {PAGE: page.encode()}
