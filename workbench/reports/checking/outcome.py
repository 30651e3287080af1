"""The outcome of a verification, as a text and as plain values, without a clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from workbench.reports.checking.findings import KINDS, Finding, Kind, visible
from workbench.reports.tolerances import allowance
from workbench.typing import Tolerance

Outcome: TypeAlias = Literal["holds", "partly", "differs", "absent"]

SCHEMA = 1
SHOWN = 40
"""Differences that a certificate spells out; the rest is counted."""


TOLD: Mapping[Outcome, str] = MappingProxyType(
    {
        "holds": "holds",
        "partly": "holds IN PART: not all of its files were compared whole",
        "differs": "DOES NOT HOLD",
    }
)
"""What the text of an outcome begins with; where data are absent it is another text."""


@dataclass(frozen=True, slots=True)
class Machine:
    """On what a notebook was executed again.

    Attributes
    ----------
    python, system : str
        Implementation and version; system and architecture.
    versions : mapping of str to str
        Libraries that can change a number.
    others : mapping of str to str
        Of these, what the report was made with, where that was another version.
    """

    python: str
    system: str
    versions: Mapping[str, str]
    others: Mapping[str, str]

    def plain(self) -> dict[str, Any]:
        """Return it as plain values that JSON can hold."""
        known = {"python": self.python, "system": self.system, "versions": dict(self.versions)}
        return {**known, "report_made_with": dict(self.others)}

    def told(self) -> str:
        """Return the libraries in words."""
        return ", ".join(
            f"{name} {version}"
            + (f" (the report: {self.others[name]})" if name in self.others else "")
            for name, version in {**dict.fromkeys(self.others, "absent"), **self.versions}.items()
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """How many figures were compared, and what came of it.

    ``kept`` is whether the report keeps its figures as files; without them none is compared.
    """

    compared: int = 0
    identical: int = 0
    within: int = 0
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of re-executing a report.

    Attributes
    ----------
    study, report, title : str
        Names of the study and of the report's folder, and the title.
    ledger, notebook : str
        SHA-256 of the ledger that was verified and of the notebook that was executed.
    compared, identical, within : int
        Numbers compared, identical to the last bit, and different within their tolerance.
    largest : float
        Largest relative difference within tolerance.
    findings : tuple of Finding
        Everything that is not as it was, those within tolerance too, by class.
    figures : Figures
        Figures compared.
    notes : tuple of str
        What the reader may want to know though nothing is wrong.
    absent : tuple of str
        Data that are not here, external or the user's own, and how to get each. Where there are
        any, nothing was executed and no number compared: the report neither holds nor fails.
    parameters : str
        With which parameters the notebook was executed, empty where it has none.
    files : tuple of str
        Tables, page, PDF and Word file that were held against those of the new run.
    environment : str
        From which lock an environment was built for it; empty where it ran in the one at hand.
    kinds : mapping of str to int
        How many of the numbers compared are of each kind, whose tolerance decided.
    unchecked : tuple of str
        What the report says that could not be checked, or not here, each with the reason.
    by_content : tuple of str
        Documents compared in what they show and not byte by byte, each with the reason: how they
        look is not known, and the report holds in part only.
    uncompared : tuple of str
        Files of the report that could not be compared, each with the reason. With any of them it
        holds in part only.
    machine : Machine or None
        On what the notebook was executed again; None where it was not.
    """

    study: str
    compared: int = 0
    identical: int = 0
    within: int = 0
    largest: float = 0.0
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    parameters: str = ""
    report: str = ""
    title: str = ""
    ledger: str = ""
    notebook: str = ""
    figures: Figures = Figures()
    files: tuple[str, ...] = ()
    environment: str = ""
    kinds: Mapping[Tolerance, int] = field(default_factory=dict)
    unchecked: tuple[str, ...] = ()
    by_content: tuple[str, ...] = ()
    uncompared: tuple[str, ...] = ()
    machine: Machine | None = None

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The findings that make the report fail, those that weigh most first."""
        order = {kind: place for place, kind in enumerate(KINDS)}
        chosen = [f for f in self.findings if f.kind in order]
        return tuple(sorted(chosen, key=lambda f: order[f.kind]))

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything that makes the report fail, one line each; empty when it holds."""
        return tuple(finding.line for finding in self.failing)

    @property
    def classes(self) -> dict[Kind, int]:
        """How many findings are of each class that makes a report fail, where there are any."""
        counts = Counter(finding.kind for finding in self.failing)
        return {kind: counts[kind] for kind in KINDS if counts[kind]}

    @property
    def passed(self) -> bool:
        """Whether everything came out as published, and all files were compared."""
        return self.outcome == "holds"

    @property
    def outcome(self) -> Outcome:
        """Whether the report holds, wholly or in part, differs, or needs data not here."""
        if self.failing:
            return "differs"
        if self.absent:
            return "absent"
        return "partly" if self.uncompared or self.by_content else "holds"

    def certificate(self) -> str:
        """Return the outcome as a short text, without clock or machine."""
        if self.outcome == "absent":
            return self._not_run()
        lines = [
            f"Report {visible(self.report or self.study)}: {TOLD[self.outcome]}",
            *self._settings(),
            f"  numbers compared      {self.compared}",
            *(f"  {count:>6}  {allowance(kind)}" for kind, count in self.kinds.items()),
            f"  identical             {self.identical}",
            f"  within tolerance      {self.within} (at most {self.largest:.2g} relative)",
            f"  figures compared      {self._figures()}",
            f"  files compared        {len(self.files)}{self._files()}",
            f"  different             {len(self.failing)}",
            *(f"  {count:>6}  {KINDS[kind]}" for kind, count in self.classes.items()),
        ]
        lines += [f"  ! {finding.kind}: {finding.line}" for finding in self.failing[:SHOWN]]
        if len(self.failing) > SHOWN:
            lines.append(f"  ! and {len(self.failing) - SHOWN} more")
        return "\n".join([*lines, *self._further()]) + "\n"

    def _further(self) -> list[str]:
        told = {
            "NOT COMPARED": self.uncompared,
            "compared in what it shows, not byte by byte": self.by_content,
            "note": self.notes,
            "not checked": self.unchecked,
        }
        return [f"  {word}: {visible(line)}" for word, lines in told.items() for line in lines]

    def _not_whole(self) -> Iterator[str]:
        """Yield the files that were not compared, and documents beyond what was compared."""
        yield from map(_files_of, self.uncompared)
        yield from map(_beyond, self.by_content)

    def _figures(self) -> str:
        if not self.figures.kept:
            return "none: the report keeps no files of them"
        return (
            f"{self.figures.compared} ({self.figures.identical} identical, "
            f"{self.figures.within} within tolerance)"
        )

    def _files(self) -> str:
        return f" ({visible(', '.join(self.files))})" if self.files else ""

    def _settings(self) -> list[str]:
        told = {"parameters": self.parameters, "environment": self.environment}
        return [f"  {name:<20}  {visible(text)}" for name, text in told.items() if text]

    def _not_run(self) -> str:
        lines = [
            f"Report {visible(self.report or self.study)}: CANNOT BE RE-RUN without data that are "
            "not here",
            *self._settings(),
            "  numbers compared      0",
            *(f"  {visible(line)}" for text in self.absent for line in text.splitlines()),
            *self._further(),
        ]
        return "\n".join(lines) + "\n"

    def plain(self) -> dict[str, Any]:
        """Return the outcome as plain values that JSON can hold: what a certificate records."""
        return {
            **self.record(),
            "largest_relative": self.largest,
            "within_tolerance": [f.plain() for f in self.findings if f.kind not in KINDS],
            "absent": list(self.absent),
            "notes": list(self.notes),
            "not_checked": list(self.unchecked),
            "kinds": dict(self.kinds),
            "files": list(self.files),
            **({"not_compared": list(self.uncompared)} if self.uncompared else {}),
            **({"by_content": list(self.by_content)} if self.by_content else {}),
            **({"environment": self.environment} if self.environment else {}),
            **({"run": self.machine.plain()} if self.machine else {}),
        }

    def record(self) -> dict[str, Any]:
        """Return what stays true on another machine: the outcome, its counts and findings."""
        return {
            "schema": SCHEMA,
            "study": self.study,
            "report": self.report or self.study,
            "title": self.title,
            "ledger_sha256": self.ledger,
            "notebook_sha256": self.notebook,
            **({"parameters": self.parameters} if self.parameters else {}),
            "outcome": self.outcome,
            "numbers": self.compared,
            "identical": self.identical,
            "within": self.within,
            "different": len(self.failing),
            "classes": dict(self.classes),
            "figures": {
                "kept": self.figures.kept,
                "compared": self.figures.compared,
                "identical": self.figures.identical,
                "within": self.figures.within,
            },
            "findings": [finding.plain() for finding in self.failing],
            **({"not_compared": list(self._not_whole())} if self.outcome == "partly" else {}),
        }


def _beyond(line: str) -> str:
    """Return a document that was compared in part, and beyond what."""
    path, _, known = _files_of(line).partition(", in ")
    return f"{path} beyond its {known.removesuffix(' alone')}"


def _files_of(line: str) -> str:
    """Return which files a line is of, without the reason, which is of the machine."""
    return line.partition(", as ")[0]
