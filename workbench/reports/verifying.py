"""Verify a report: execute its notebook again and compare number by number."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbench.core.provenance import library_versions
from workbench.data.forms.own import left_aside
from workbench.errors import AbsentDataError, ReportError
from workbench.reports.datasets import Dataset, absences, arrived, own_absences, used
from workbench.reports.kernel import Watch, execute
from workbench.reports.ledger import (
    NOTEBOOK,
    PAGE,
    Collector,
    Ledger,
    inconsistencies,
    make_ledger,
    read_ledger,
    sha256_text,
)
from workbench.reports.parameters import Setting, setting_again, told, with_values
from workbench.reports.project import Project
from workbench.reports.running import TIMEOUT
from workbench.reports.studies import (
    Study,
    clean,
    header_of,
    load_study,
    notebook_text,
    read_notebook,
)
from workbench.reports.tolerances import LEVEL, Difference, difference

SHOWN = 40
"""Differences that a certificate spells out; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of re-executing a report.

    Attributes
    ----------
    study : str
        Its name.
    compared, identical, within : int
        Numbers compared, identical to the last bit, and different within their tolerance.
    largest : float
        Largest relative difference within tolerance.
    faults : tuple of str
        Everything that is not as it was, one line each; empty when the report holds.
    notes : tuple of str
        What the reader may want to know though nothing is wrong.
    absent : tuple of str
        Data that are not here, external or the user's own, and how to get each. Where there are
        any, nothing was executed and no number compared: the report neither holds nor fails.
    parameters : str
        With which parameters the notebook was executed, empty where it has none.
    """

    study: str
    compared: int
    identical: int
    within: int
    largest: float
    faults: tuple[str, ...]
    notes: tuple[str, ...]
    absent: tuple[str, ...] = ()
    parameters: str = ""

    @property
    def passed(self) -> bool:
        """Whether every number and text came out as published."""
        return not self.faults and not self.absent

    def certificate(self) -> str:
        """Return the outcome as a short text, without clock or machine."""
        if self.absent and not self.faults:
            return self._not_run()
        verdict = "holds" if self.passed else "DOES NOT HOLD"
        lines = [
            f"Report {self.study}: {verdict}",
            *self._parameters(),
            f"  numbers compared      {self.compared}",
            f"  identical             {self.identical}",
            f"  within tolerance      {self.within} (at most {self.largest:.2g} relative)",
            f"  different             {len(self.faults)}",
        ]
        lines += [f"  ! {fault}" for fault in self.faults[:SHOWN]]
        if len(self.faults) > SHOWN:
            lines.append(f"  ! and {len(self.faults) - SHOWN} more")
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join(lines) + "\n"

    def _parameters(self) -> list[str]:
        return [f"  parameters            {self.parameters}"] if self.parameters else []

    def _not_run(self) -> str:
        lines = [
            f"Report {self.study}: CANNOT BE RE-RUN without data that are not here",
            *self._parameters(),
            "  numbers compared      0",
            *(f"  {line}" for text in self.absent for line in text.splitlines()),
            *(f"  note: {note}" for note in self.notes),
        ]
        return "\n".join(lines) + "\n"


def verify_report(
    folder: Path,
    project: Project,
    *,
    timeout: float = TIMEOUT,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Verification:
    """Execute the notebook of a report again and compare what it publishes with the ledger.

    Nothing is written, neither in the report nor elsewhere. A report on external data, or a file of
    the user's, that are not here is not executed: the outcome says what it needs, after the page
    and the ledger were held against each other. A file of the user's that the report was made
    without is left aside.

    Parameters
    ----------
    folder : pathlib.Path
        The report: ``ledger.json``, ``index.html`` and ``notebook.ipynb``.
    project : Project
        Where data and notebooks are.
    timeout : float
        Seconds for the whole notebook.
    progress : callable of (done, total)
        Called before each cell.

    Returns
    -------
    Verification

    Raises
    ------
    ReportError
        If the folder holds no ledger, or its notebook is not the one that the ledger names or
        has other parameters (it is then not executed), or a cell fails.
    """
    ledger = read_ledger(folder)
    notebook = _own_notebook(folder, ledger)
    header = header_of(notebook, study=ledger.study)
    setting = setting_again(
        notebook, study=ledger.study, recorded=ledger.parameters, folder=folder.name
    )
    notes = _notes(ledger, setting, project)
    absent = [
        *absences(header.datasets, geodata=project.geodata),
        *own_absences(ledger.datasets, geodata=project.geodata),
    ]
    if absent:
        return _without_data(folder, ledger, absent, notes=notes)
    aside = arrived(ledger.datasets, geodata=project.geodata)
    collected = Collector(ledger.study)
    watch = Watch(progress=progress, finished=collected.take)
    with left_aside(aside):
        datasets = used(header.datasets, geodata=project.geodata)
        execute(
            with_values(notebook, setting), name=ledger.study, project=project.root,
            timeout=timeout, watch=watch, fresh=True, lang=setting.lang,
        )  # fmt: skip
    faults = [
        *_page_faults(folder, ledger),
        *_data_faults(ledger, datasets),
        *_name_faults(ledger, setting),
    ]
    again = make_ledger(
        collected, header, setting=setting, notebook=ledger.notebook, page=ledger.page,
        datasets=datasets,
    )  # fmt: skip
    notes += [_left_aside(name, ledger.study) for name in aside]
    return compared(ledger, again, faults=faults, notes=notes)


def _left_aside(form: str, study: str) -> str:
    return (
        f"your file of {form} is here and was left aside, as the report was made without it: "
        f"workbench run {study} uses it"
    )


def _without_data(
    folder: Path, ledger: Ledger, absent: list[AbsentDataError], *, notes: list[str]
) -> Verification:
    """Return what can be said of a report whose data are not here."""
    return Verification(
        study=ledger.study,
        compared=0,
        identical=0,
        within=0,
        largest=0.0,
        faults=(*_page_faults(folder, ledger), *_misprints(ledger)),
        notes=tuple(notes),
        absent=tuple(map(str, absent)),
        parameters=told(ledger.parameters),
    )


def compared(old: Ledger, new: Ledger, *, faults: list[str], notes: list[str]) -> Verification:
    """Compare two ledgers of one study, entry by entry."""
    same_numpy = old.versions.get("numpy") == new.versions.get("numpy")
    found = [
        difference(number, new.numbers[key], same_numpy=same_numpy)
        for key, number in old.numbers.items()
        if key in new.numbers
    ]
    differences = [d for d in found if d is not None]
    within = [d for d in differences if d.within]
    faults = [
        *faults,
        *(_told(d) for d in differences if not d.within),
        *(f"{d.id}: moved across {LEVEL}, {d.old!r} → {d.new!r}" for d in within if d.crosses),
        *_entry_faults(old, new),
    ]
    return Verification(
        study=old.study,
        compared=len(found),
        identical=len(found) - len(differences),
        within=len(within),
        largest=max((d.relative for d in within), default=0.0),
        faults=tuple(faults),
        notes=tuple(notes),
        parameters=told(new.parameters),
    )


def _told(d: Difference) -> str:
    crosses = f"; it moved across {LEVEL}" if d.crosses else ""
    share = "" if math.isinf(d.relative) else f", relative difference {d.relative:.2g}"
    return f"{d.id}: was {d.old!r}, is {d.new!r}{share} (allowed: {d.allowed}){crosses}"


def _entry_faults(old: Ledger, new: Ledger) -> list[str]:
    texts = [
        f"{key}: was {text.text!r}, is {new.texts[key].text!r}"
        for key, text in old.texts.items()
        if key in new.texts and new.texts[key].text != text.text
    ]
    before, after = {**old.numbers, **old.texts}, {**new.numbers, **new.texts}
    gone = [f"{key}: published before, not now" for key in before if key not in after]
    fresh = [f"{key}: published now, not before" for key in after if key not in before]
    kinds = [
        f"{key}: was a number, is a text (or the other way round)"
        for key in before
        if key in after and (key in old.numbers) != (key in new.numbers)
    ]
    return [*_misprints(old), *texts, *kinds, *gone, *fresh]


def _misprints(ledger: Ledger) -> list[str]:
    return [
        f"{key}: the ledger prints {ledger.numbers[key].printed!r}, which is not its value "
        f"{ledger.numbers[key].value!r}"
        for key in inconsistencies(ledger)
    ]


def _own_notebook(folder: Path, ledger: Ledger) -> object:
    """Return the notebook of the report if it is the one that the ledger names."""
    path = folder / NOTEBOOK
    notebook = clean(read_notebook(path))
    if sha256_text(notebook_text(notebook)) != ledger.notebook:
        raise ReportError(
            f"{folder.name}/{NOTEBOOK}",
            expected="the notebook that the ledger was made from",
            found="another one: its digest disagrees with the ledger",
            why="what is executed must be what was reported",
            remedy="render the report again: workbench run " + ledger.study,
        )
    return notebook


def _page_faults(folder: Path, ledger: Ledger) -> list[str]:
    try:
        page = (folder / PAGE).read_text(encoding="utf-8")
    except OSError:
        return [f"{PAGE}: missing"]
    if sha256_text(page) != ledger.page:
        return [f"{PAGE}: not the page that the ledger was written with (edited by hand?)"]
    return []


def _name_faults(ledger: Ledger, setting: Setting) -> list[str]:
    if ledger.report == setting.report:
        return []
    return [f"the ledger is of {ledger.report!r}, its parameters of {setting.report!r}"]


def _data_faults(ledger: Ledger, datasets: list[Dataset]) -> list[str]:
    before = {
        f"{d.name}/{file}": digest for d in ledger.datasets for file, digest in d.files.items()
    }
    now = {f"{d.name}/{file}": digest for d in datasets for file, digest in d.files.items()}
    changed = [name for name in sorted({**before, **now}) if before.get(name) != now.get(name)]
    return [
        f"{name}: the data changed, SHA-256 {before.get(name, 'none')[:12]} → "
        f"{now.get(name, 'none')[:12]}"
        for name in changed
    ]


def _notes(ledger: Ledger, setting: Setting, project: Project) -> list[str]:
    now = library_versions()
    notes = [
        f"{name} was {version}, is {now.get(name, 'absent')}"
        for name, version in ledger.versions.items()
        if now.get(name) != version
    ]
    study = Study(ledger.study, project.notebooks)
    try:
        current = sha256_text(notebook_text(load_study(study)))
    except (ReportError, OSError):
        return [*notes, f"notebooks/ holds no readable pair named {ledger.study}"]
    if current != ledger.notebook:
        notes.append(
            f"notebooks/{ledger.study} has changed since this report was made: "
            f"{setting.command} renders it anew"
        )
    return notes
