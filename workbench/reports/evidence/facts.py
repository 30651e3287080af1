"""Everything that is known of a run, from which its evidence is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.reports.entries import Published
from workbench.reports.evidence.citation import Citation
from workbench.reports.evidence.sources import Source
from workbench.reports.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Run:
    """What an execution gave besides outputs.

    Attributes
    ----------
    things : tuple of Published
        What was published, with pictures.
    kernel : mapping
        BLAS and peak memory, as the kernel saw them.
    seconds : float
        Wall time of the execution.
    """

    things: tuple[Published, ...]
    kernel: Mapping[str, Any]
    seconds: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What evidence tells of.

    Attributes
    ----------
    ledger : Ledger
        Of the run.
    command : str
        That gives the report again.
    machine : mapping
        What :func:`workbench.reports.machine.machine` says, with the BLAS of the kernel.
    run : Run
        The execution.
    sources : tuple of Source
        The data.
    citation : Citation
        Authors and licence of the project.
    sizes : mapping of str to int
        Bytes of the files of the report that are written so far, by path.
    digests : mapping of str to str
        Their SHA-256.
    """

    ledger: Ledger
    command: str
    machine: Mapping[str, Any]
    run: Run
    sources: tuple[Source, ...]
    citation: Citation
    sizes: Mapping[str, int]
    digests: Mapping[str, str]

    @property
    def memory(self) -> int | None:
        """Peak memory of the kernel in MiB."""
        found = self.run.kernel.get("peak_memory_mib")
        return int(found) if found is not None else None

    @property
    def commit(self) -> Mapping[str, Any]:
        """Commit, its date and whether files differ from it; empty without git."""
        return dict(self.machine.get("source", {}))
