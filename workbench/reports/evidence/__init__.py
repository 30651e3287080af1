"""What a reader checks with: the notebook, the ledger, and on what the report was made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from workbench.reports import ledger as records
from workbench.reports.ledger import Ledger
from workbench.reports.machine import machine
from workbench.reports.manifest import MANIFEST, manifest_text
from workbench.reports.project import Project
from workbench.reports.studies import notebook_text


def evidence(
    ledger: Ledger, notebook: Any, *, project: Project, documents: Mapping[str, bytes]
) -> dict[str, bytes]:
    """Return the files that stand beside the documents of a report, by their path in it.

    The last of them is the manifest of all files, documents too.

    Parameters
    ----------
    ledger : Ledger
        Of the run.
    notebook : NotebookNode
        As it was executed, without outputs and injected parameters.
    project : Project
        Where it was executed.
    documents : mapping of str to bytes
        The documents, by path.
    """
    texts = {
        records.LEDGER: ledger.to_json(),
        records.NOTEBOOK: notebook_text(notebook),
        records.PROVENANCE: json.dumps(machine(project), ensure_ascii=False, indent=1) + "\n",
    }
    made = {path: text.encode() for path, text in texts.items()}
    return {**made, MANIFEST: manifest_text({**documents, **made}).encode()}
