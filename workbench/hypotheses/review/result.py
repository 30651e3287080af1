"""The checklist with its answers: a table, a draft of the letter, the evidence of each item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import unknown_name
from workbench.hypotheses.published import telling
from workbench.hypotheses.review.findings import Finding
from workbench.hypotheses.review.registry import QUESTIONS
from workbench.typing import RefereeAnswer, Tolerance, words

MARKS: Mapping[str, str] = MappingProxyType(
    {"passed": "✓", "failed": "✗", "not applicable": "–", "not known": "?"}
)
NO_VERDICT = (
    "Passed means that the statement stood where it was tried; not known means that these data, or "
    "what was given, cannot tell. There is no overall verdict."
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Referee(Mapping[str, Finding]):
    """The answers to a referee's questions about one fit; immutable.

    A mapping from the name of a question to its finding: ``review["weights"].answer``.

    Attributes
    ----------
    findings : mapping of str to Finding
        In the order of the list.
    statement : str
        What had to stand.
    title : str
        Model and formula.
    notes : tuple of str
        What the statement was, what was tried and left out.
    provenance : Provenance
        That of the fit, with the seed of the checks.
    """

    findings: Mapping[str, Finding]
    statement: str
    title: str
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "simulation"

    def __getitem__(self, name: str) -> Finding:
        if name not in self.findings:
            raise unknown_name("question", name, self.findings)
        return self.findings[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    @property
    def table(self) -> pd.DataFrame:
        """A row a question: ``question answer finding number p_value why reference call``."""
        rows = {
            name: {
                "question": QUESTIONS[name].question,
                "answer": found.answer,
                "finding": found.sentence,
                "number": np.nan if found.number is None else found.number,
                "p_value": np.nan if found.p_value is None else found.p_value,
                "why": QUESTIONS[name].why,
                "reference": QUESTIONS[name].reference,
                "call": found.call,
            }
            for name, found in self.findings.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("item")

    @property
    def evidence(self) -> dict[str, pd.DataFrame]:
        """The table behind each answer that has one, by name of the question; copies."""
        return {
            name: found.evidence.copy()
            for name, found in self.findings.items()
            if found.evidence is not None
        }

    def tidy(self) -> pd.DataFrame:
        """Return a row a question: ``question answer finding number p_value call``."""
        return self.table.drop(columns=["why", "reference"])

    def glance(self) -> pd.DataFrame:
        """Return one row: the statement, and how many questions have each answer."""
        answers: list[str] = [found.answer for found in self.findings.values()]
        counts = {word.replace(" ", "_"): answers.count(word) for word in words(RefereeAnswer)}
        return one_row(statement=self.statement, **counts)

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: how many answers of each kind, and a row a question."""
        shown = self.table[["question", "answer", "finding", "p_value"]]
        counts = self.glance().set_index("statement")
        return {"": counts, "Questions": telling(shown, "question", "finding")}

    def letter(self) -> str:
        """Return drafts of the answers to a referee, in Markdown, in the order of the list.

        Questions that do not arise are listed at the end. Each draft has its numbers and the call
        that mends or deepens it; it is a draft: the author decides what to do about it.
        """
        parts = [f"We thank the referee. The model is {self.title}."]
        number = 0
        for name, found in self.findings.items():
            if found.answer == "not applicable":
                continue
            number += 1
            parts.append(self._answer(number, name, found))
        idle = [
            f"{name} ({found.sentence.rstrip('.')})"
            for name, found in self.findings.items()
            if found.answer == "not applicable"
        ]
        if idle:
            parts.append(f"Questions that do not arise: {'; '.join(idle)}.")
        return "\n\n".join(parts) + "\n"

    def _answer(self, number: int, name: str, found: Finding) -> str:
        lines = [f"**{number}. {QUESTIONS[name].question}** ({found.answer})", found.sentence]
        if found.call:
            lead = "What mends or deepens it" if found.answer != "passed" else "See also"
            lines.append(f"{lead}: `{found.call}`")
        return "\n\n".join(lines)

    def plot(self, *, title: str | None = None) -> Any:
        """Draw the checklist: a row a question, its answer and the numbers that decide.

        Parameters
        ----------
        title : str, optional
            Heading.
        """
        return display.picture("referee", self, title=title)

    def _heading(self) -> str:
        return f"Referee's checklist. {self.title}"

    def _summary(self) -> str:
        row = self.glance().iloc[0]
        told = [f"{row[word.replace(' ', '_')]} {word}" for word in words(RefereeAnswer)]
        return f"{self.statement}: {', '.join(told)}"

    def __str__(self) -> str:
        lines = [self._heading(), self._summary(), ""]
        for name, found in self.findings.items():
            lines.append(f"{MARKS[found.answer]} {QUESTIONS[name].question} [{found.answer}]")
            lines.append(f"    {found.sentence}")
            if found.call:
                lines.append(f"    {found.call}")
        return "\n".join([*lines, "", *self.notes, NO_VERDICT])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(_html_row(name, found) for name, found in self.findings.items())
        notes = "".join(
            f"<p><small>{escape(note)}</small></p>" for note in (*self.notes, NO_VERDICT)
        )
        return (
            '<div class="workbench-result">'
            f"<p><strong>{escape(self._heading())}</strong></p><p>{escape(self._summary())}</p>"
            '<table class="dataframe"><thead><tr><th></th><th>question</th><th>finding</th></tr>'
            f"</thead><tbody>{rows}</tbody></table>{notes}</div>"
        )


COLORS: Mapping[str, str] = MappingProxyType(
    {"passed": "#2B6CB0", "failed": "#B5321F", "not applicable": "#999999", "not known": "#8A6D1B"}
)
"""Told apart without colour too: every answer has its mark and its word."""


def _html_row(name: str, found: Finding) -> str:
    question = QUESTIONS[name]
    left = "text-align:left;vertical-align:top"
    mark = (
        f'<span style="color:{COLORS[found.answer]};white-space:nowrap">'
        f"{MARKS[found.answer]} {escape(found.answer)}</span>"
    )
    call = f"<br><code>{escape(found.call)}</code>" if found.call else ""
    return (
        f'<tr><td style="{left}">{mark}</td>'
        f'<td style="{left}"><strong>{escape(question.question)}</strong><br>'
        f"<small>{escape(question.why)} {escape(question.reference)}</small></td>"
        f'<td style="{left};max-width:44em">{escape(found.sentence)}{call}</td></tr>'
    )
