"""What a check found: an answer with its evidence, never an answer without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pandas as pd

from workbench.errors import InputError, check_option
from workbench.typing import RefereeAnswer

if TYPE_CHECKING:
    from workbench.hypotheses.review.case import Case

PASSED: Final = "passed"
FAILED: Final = "failed"
NOT_APPLICABLE: Final = "not applicable"
NOT_KNOWN: Final = "not known"
MADE = (PASSED, FAILED)


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """The answer to one question of a referee.

    Attributes
    ----------
    answer : {"passed", "failed", "not applicable", "not known"}
    sentence : str
        Draft of the answer to the referee, with its numbers.
    evidence : pandas.DataFrame or None
        What the answer rests on; ``"passed"`` and ``"failed"`` must have it.
    number : float or None
        The one number of the evidence that decides, where there is one.
    p_value : float or None
        The p-value that decides, where there is one.
    call : str
        The call that mends or deepens it, in terms of ``fit``, ``wb`` and ``regions``.
    brief : str
        The deciding number in a few words, for pictures.
    raised : str
        Name of the error that kept the check from being made; empty where it was made.

    Raises
    ------
    InputError
        If a check says that it passed or failed without a table that holds a finite number, or in
        a sentence without numbers.
    """

    answer: RefereeAnswer
    sentence: str
    evidence: pd.DataFrame | None = None
    number: float | None = None
    p_value: float | None = None
    call: str = ""
    brief: str = ""
    raised: str = ""

    def __post_init__(self) -> None:
        check_option("answer", self.answer, RefereeAnswer)
        if self.answer not in MADE:
            return
        if not holds_a_number(self.evidence):
            raise InputError(
                "evidence",
                expected=f"a table with a finite number behind {self.answer!r}",
                found="nothing" if self.evidence is None else "a table without any",
                why="a check that shows nothing has not been made",
            )
        if not any(letter.isdigit() for letter in self.sentence):
            raise InputError(
                "sentence", expected="a sentence with its numbers", found=repr(self.sentence)
            )


Check: TypeAlias = "Callable[[Case], Finding]"


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a referee asks, and the check that answers it.

    Attributes
    ----------
    name : str
        Short name, by which it is looked up and skipped.
    question : str
        As a referee would ask it.
    why : str
        Why it matters.
    reference : str
        Where that is argued.
    check : callable
        From the case to a finding.
    """

    name: str
    question: str
    why: str
    reference: str
    check: Check


def holds_a_number(table: pd.DataFrame | None) -> bool:
    """Return whether any cell of a table is a finite number."""
    if table is None or table.empty:
        return False
    numbers = table.select_dtypes("number")
    return bool(np.isfinite(numbers.to_numpy(dtype=float, na_value=np.nan)).any())


def not_known(sentence: str, **more: Any) -> Finding:
    """Return the finding of a check that could not decide."""
    return Finding(NOT_KNOWN, sentence, **more)


def not_applicable(sentence: str) -> Finding:
    """Return the finding of a question that does not arise."""
    return Finding(NOT_APPLICABLE, sentence)


def failed_if(wrong: bool) -> RefereeAnswer:
    """Return the answer of a check that was made.

    Examples
    --------
    >>> failed_if(True), failed_if(False)
    ('failed', 'passed')
    """
    return FAILED if wrong else PASSED


def cell(table: Any, row: Any, column: str) -> float:
    """Return a number of a table."""
    return float(table.loc[row, column])
