"""Digests under which answers are kept: of all that decides them, and of nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.hypotheses.curve.labels import weights_digest
from workbench.hypotheses.curve.plan import Choice, Plan
from workbench.hypotheses.work.store import code_digest, digest_of
from workbench.weights import as_weights

if TYPE_CHECKING:
    from workbench.hypotheses.statements.hypothesis import Hypothesis

WEIGHTS = ("W", "W_error", "W_x")


class Keys:
    """Digests of the specifications of a plan.

    A digest follows from the columns that the specification can read, its weights, its arguments,
    the hypotheses, how standard errors are computed, the version of the package and its source.

    Parameters
    ----------
    plan : Plan
    hypotheses : sequence of Hypothesis
    engine : str
        What estimates: numbers of different engines may differ in their last digits.
    """

    def __init__(self, plan: Plan, hypotheses: Sequence[Hypothesis], *, engine: str) -> None:
        self._plan = plan
        self._columns: dict[tuple[str, str], str] = {}
        self._weights: dict[int, str] = {}
        asked = [hypothesis.digest for hypothesis in hypotheses]
        drawn = (plan.method, plan.draws, plan.seed) if plan.method != "delta" else (plan.seed,)
        self._common = digest_of(code_digest(), engine, asked, drawn, plan.level)

    def of(self, choice: Choice) -> str:
        """Return the digest of a specification."""
        said = {
            name: self._digest_of_weights(value) if name in WEIGHTS else value
            for name, value in choice.arguments.items()
        }
        return digest_of(self._common, said, self._digest_of_table(choice))

    def _digest_of_weights(self, W: Any) -> str:
        found = self._weights.get(id(W))
        if found is None:
            adopted = W if W is None or isinstance(W, Mapping) else as_weights(W)
            found = self._weights[id(W)] = weights_digest(adopted)
        return found

    def _digest_of_table(self, choice: Choice) -> list[str]:
        """Return digests of the index and of each column that the words of a choice can mean."""
        table = self._plan.samples[choice.sample]
        told = " ".join(_words(choice.arguments))
        kept = [column for column in table.columns if str(column) in told]
        return [self._column(choice.sample, table, column) for column in ("", *kept)]

    def _column(self, sample: str, table: pd.DataFrame, column: Any) -> str:
        key = (sample, str(column))
        if key not in self._columns:
            part = table.index if column == "" else table[column].array
            values = part if column == "" else pd.Series(part)
            self._columns[key] = digest_of(str(column), values)
        return self._columns[key]


def _words(arguments: Mapping[str, Any]) -> list[str]:
    """Return every text among arguments, in lists too."""
    found: list[str] = []
    for value in arguments.values():
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, list | tuple):
            found += [word for word in value if isinstance(word, str)]
    return found
