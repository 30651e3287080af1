"""What every analysis of a curve reads from its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.errors import InputError, ValuesError
from workbench.hypotheses.curve.evaluation import ESTIMATED
from workbench.typing import BoolArray, FloatArray

if TYPE_CHECKING:
    from workbench.hypotheses.curve.result import SpecificationCurve

SAME = 1e-9
"""Relative difference below which two estimates are one: covariances do not change an estimate,
sums in another order change its last bits."""


def estimated(curve: SpecificationCurve) -> pd.DataFrame:
    """Return the rows that have an estimate, in the order of specifications.

    Raises
    ------
    ValuesError
        If no specification could be estimated.
    """
    table = curve.table.sort_index()
    kept = table[table["status"] == ESTIMATED]
    if len(kept) == 0:
        counts = table["status"].value_counts().to_dict()
        reasons = table["reason"].astype(str).drop_duplicates().tolist()
        raise ValuesError(
            "curve",
            expected="at least one specification with an estimate",
            found=", ".join(f"{n} {status}" for status, n in counts.items()) or "none at all",
            offenders=reasons,
            remedy="see curve.table['reason'], and mend formulas, weights or the hypothesis",
        )
    return kept


def dimensions_of(curve: SpecificationCurve) -> tuple[str, ...]:
    """Return the dimensions that vary over the specifications."""
    return tuple(curve.plan.dimensions)


def benchmark(curve: SpecificationCurve) -> float:
    """Return the value that the hypothesis compares the estimand with."""
    return float(curve.hypothesis.value)


def beyond(curve: SpecificationCurve, table: pd.DataFrame) -> tuple[BoolArray, BoolArray]:
    """Tell which estimates are significantly above the value, and which below it.

    At α, two-sided; of an equivalence, whose p-value asks something else, by the interval.
    """
    value, estimate = benchmark(curve), numbers(table, "estimate")
    if curve.hypothesis.relation == "=":
        low, high = numbers(table, "conf_low"), numbers(table, "conf_high")
        return np.asarray(low > value), np.asarray(high < value)
    significant = numbers(table, "p_value") < curve.hypothesis.alpha
    return np.asarray((estimate > value) & significant), np.asarray(
        (estimate < value) & significant
    )


def numbers(table: pd.DataFrame, column: str) -> FloatArray:
    """Return a column as floats, missing where it is."""
    return np.asarray(pd.to_numeric(table[column]).to_numpy(dtype=float))


def distinct(estimates: FloatArray) -> int:
    """Count estimates that differ by more than rounding.

    Examples
    --------
    >>> distinct(np.array([0.3, 0.1 + 0.2, 0.5]))
    2
    """
    ordered = np.sort(estimates[np.isfinite(estimates)])
    if ordered.size == 0:
        return 0
    scale = np.maximum(np.abs(ordered[1:]), np.abs(ordered[:-1]))
    return 1 + int((np.diff(ordered) > SAME * scale).sum())


def check_curve(curve: Any) -> None:
    """Refuse what is no specification curve."""
    if not hasattr(curve, "table") or not hasattr(curve, "plan"):
        raise InputError(
            "curve",
            expected="a specification curve",
            found=type(curve).__name__,
            remedy="wb.specification_curve(hypothesis, data, formulas=[...], weights={...})",
        )
