"""What a reader checks with: ledger, notebook, tables and figures as files, and their origin."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from workbench.hypotheses.work.store import code_digest
from workbench.reports import ledger as records
from workbench.reports.evidence.citation import citation_of
from workbench.reports.evidence.crate import CRATE, crate_json
from workbench.reports.evidence.facts import Facts, Run
from workbench.reports.evidence.record import provenance_json
from workbench.reports.evidence.replication import README, replication_readme
from workbench.reports.evidence.sources import sources
from workbench.reports.files import all_files
from workbench.reports.ledger import Ledger
from workbench.reports.machine import machine
from workbench.reports.manifest import MANIFEST, manifest_text
from workbench.reports.project import Project
from workbench.reports.studies import notebook_text

__all__ = ["CRATE", "README", "Run", "evidence"]


def evidence(
    ledger: Ledger,
    notebook: Any,
    *,
    project: Project,
    documents: Mapping[str, bytes],
    run: Run,
    command: str,
) -> dict[str, bytes]:
    """Return the files that stand beside the documents of a report, by their path in it.

    Ledger, notebook, tables and figures are the same bytes for the same run. What may differ
    between two runs is in ``provenance.json``, in the crate, in ``replication/README.md`` and,
    by their digests, in the manifest of all files.

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
    run : Run
        What was published, and what the kernel and the clock said.
    command : str
        That gives the report again.
    """
    written = {
        records.LEDGER: ledger.to_json().encode(),
        records.NOTEBOOK: notebook_text(notebook).encode(),
        **all_files(run.things),
    }
    here = machine(project)
    origins = sources(ledger.datasets, geodata=project.geodata)
    citation = citation_of(project.root)

    def facts() -> Facts:
        files = {**documents, **written}
        return Facts(
            ledger,
            command,
            {**here, "blas": run.kernel.get("blas") or here["blas"], "code": code_digest()},
            run,
            origins,
            citation,
            {path: len(content) for path, content in files.items()},
            {path: hashlib.sha256(content).hexdigest() for path, content in files.items()},
        )

    written[records.PROVENANCE] = provenance_json(facts()).encode()
    written[README] = replication_readme(facts()).encode()
    written[CRATE] = crate_json(facts()).encode()
    return {**written, MANIFEST: manifest_text({**documents, **written}).encode()}
