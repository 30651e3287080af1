"""Tests taken one after the other, and what was made of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.core.statistics import Answer, Statistic

COLUMNS = ["step", "test", "statistic", "df", "p_value", "decision"]


@dataclass(frozen=True, slots=True)
class Step:
    """One test of a path and what was made of it."""

    test: str
    answer: Answer
    decision: str

    def row(self) -> dict[str, object]:
        """Return the glossary's columns."""
        df = self.answer.df[0] if isinstance(self.answer, Statistic) else float("nan")
        return {
            "test": self.test,
            "statistic": self.answer.statistic,
            "df": df,
            "p_value": self.answer.p_value,
            "decision": self.decision,
        }


def steps_table(steps: Sequence[Step]) -> pd.DataFrame:
    """Return a row a step: index ``step``; ``test statistic df p_value decision``.

    Degrees of freedom are whole numbers, missing where a step has none.
    """
    rows = [{"step": i, **step.row()} for i, step in enumerate(steps, start=1)]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"df": "Int64"}).set_index("step")
