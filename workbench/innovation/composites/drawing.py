"""Draws of a construction: replayed, ranked, and what became of those that failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core.seeds import generator
from workbench.errors import ValuesError, WorkbenchError
from workbench.innovation.composites.factors import Factor, read_factors
from workbench.innovation.composites.ready import ready_factors
from workbench.innovation.composites.replay import Replay, reason
from workbench.numerics.composites.levels import ranks
from workbench.progress import progress
from workbench.typing import FloatArray, IntArray

if TYPE_CHECKING:
    from workbench.innovation.composites.index import CompositeIndex


def replayed(
    replay: Replay, draws: int, seed: int
) -> tuple[list[FloatArray], list[tuple[int, ...]], dict[int, WorkbenchError]]:
    """Return scores of draws that could be built, choices of all, and errors by draw."""
    scores: list[FloatArray] = []
    codes: list[tuple[int, ...]] = []
    errors: dict[int, WorkbenchError] = {}
    with progress(draws, "constructions") as tick:
        for draw in range(1, draws + 1):
            u = [
                generator(seed, "composite draw", factor.name, draw).random(factor.inputs)
                for factor in replay.factors
            ]
            codes.append(replay.codes(u))
            try:
                scores.append(replay.scores(u))
            except WorkbenchError as error:
                errors[draw] = error.with_traceback(None)
            tick(1)
    return scores, codes, errors


def failures(errors: Mapping[int, WorkbenchError], choices: pd.DataFrame) -> pd.DataFrame:
    """Return a row a reason: how many draws failed for it, and what they have in common."""
    columns = ["failed", "share", "in_common"]
    if not errors:
        return pd.DataFrame(columns=columns, index=pd.Index([], name="reason"))
    reasons = pd.Series({draw: reason(error) for draw, error in errors.items()})
    rows = {}
    for text, part in reasons.groupby(reasons, sort=True):
        own = choices.loc[part.index]
        same = [
            f"{name}={own[name].iloc[0]}"
            for name in own.columns
            if len(own[name].unique()) < 2 <= len(choices[name].unique())
        ]
        rows[text] = [len(part), len(part) / len(choices), ", ".join(same)]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.index.name = "reason"
    return table.sort_values("failed", ascending=False, kind="stable")


def none_built(errors: Mapping[int, WorkbenchError]) -> ValuesError:
    """Return the refusal when no drawn construction could be built."""
    first = next(iter(errors.values()))
    return ValuesError(
        "factors",
        expected="choices that go together on these data",
        found=f"none of {len(errors)} draws could be built; the first: {reason(first)}",
        why="without draws there is nothing to tell",
        remedy=first.remedy or "draw other alternatives",
    )


def read_or_ready(
    index: CompositeIndex, factors: Mapping[str, Any] | None
) -> tuple[tuple[Factor, ...], tuple[str, ...]]:
    """Return the factors that were named, or the ready set with what was left out of it."""
    if factors is None:
        return ready_factors(index.source.prepared, index.construction, index.indicators)
    return read_factors(factors, index.source.prepared, index.construction, index.indicators), ()


def ranks_of(scores: FloatArray, index: CompositeIndex) -> IntArray:
    """Return the rank of each row in each column; in a panel, each period by itself."""
    period = index.source.prepared.period
    if period is None:
        return ranks(scores.T).T
    found = np.empty(scores.shape, dtype=np.int64)
    for code in np.unique(period):
        found[period == code] = ranks(scores[period == code].T).T
    return found
