"""From a variable and several W to the table of a correlogram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed
from workbench.core.statistics import normal_p
from workbench.core.vocabulary import check_level
from workbench.errors import ValuesError, check_option
from workbench.explore.overall.result import SMALLEST_DEVIATION
from workbench.explore.permuted import check_permutations
from workbench.explore.reach.correlogram import NAMES, CorrelogramResult
from workbench.explore.variable import Variable
from workbench.numerics.autocorrelation.lag_statistics import LagStatistics, lag_statistics
from workbench.numerics.autocorrelation.moran import Count
from workbench.numerics.permutations.bilinear_forms import SINGLE
from workbench.numerics.permutations.envelopes import TIE, holm, joint_inference
from workbench.numerics.permutations.global_moran import SINGLE_TIES
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import Alternative, FloatArray, LagStatistic

GREATER = 'z is turned for Geary\'s C: positive z and alternative="greater" are C below 1'

FEW = 0.5
"""Share of regions with a neighbour below which a lag is noted as resting on few."""


@dataclass(frozen=True, slots=True)
class LagTest:
    """What to measure at every lag and how to infer; validated on construction.

    Attributes
    ----------
    statistic : {"moran", "geary", "correlation"}
        Measure of autocorrelation.
    permutations : int
        Joint permutations R; 0 for none, which the correlation cannot do with.
    seed : int
        Of the permutations.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` is positive autocorrelation.
    level : float
        Of the envelope.
    """

    statistic: LagStatistic
    permutations: int
    seed: int
    alternative: Alternative
    level: float

    def __post_init__(self) -> None:
        check_option("statistic", self.statistic, LagStatistic)
        check_option("alternative", self.alternative, Alternative)
        # The correlation has no p-value but from permutations.
        check_permutations(self.permutations, none_allowed=self.statistic != "correlation")
        check_seed(self.seed)
        check_level(self.level)

    def options(self) -> dict[str, str]:
        """Return the choices that decide the numbers, as text."""
        return {
            "statistic": self.statistic,
            "permutations": str(self.permutations),
            "alternative": self.alternative,
            "level": f"{self.level:g}",
        }


@dataclass(frozen=True, slots=True, eq=False)
class Lags:
    """Several W from near to far, and what is known of them.

    Attributes
    ----------
    matrices : list of csr_array
        One a lag, in the order of the variable's values.
    table : pandas.DataFrame
        A row a lag, at least ``pairs linked``; its index labels the lags.
    unit : str
        Of distances, or empty.
    count : {"linked", "all"}
        What n is where regions have no neighbour at a lag.
    weights : mapping or None
        Card of the weights that the lags come from.
    options : mapping of str to str
        How the lags were made.
    """

    matrices: list[CsrArray]
    table: pd.DataFrame
    unit: str
    count: Count
    weights: Mapping[str, object] | None
    options: Mapping[str, str]


def lag_table(matrices: Mapping[Any, CsrArray], *, name: str) -> pd.DataFrame:
    """Return a row a lag, indexed by label: ``pairs`` and ``linked`` regions."""
    return pd.DataFrame(
        {
            "pairs": [matrix.nnz for matrix in matrices.values()],
            "linked": [int((np.diff(m.indptr) > 0).sum()) for m in matrices.values()],
        },
        index=pd.Index(list(matrices), name=name),
    )


def correlogram_of(
    read: Variable, lags: Lags, test: LagTest, *, notes: tuple[str, ...]
) -> CorrelogramResult:
    """Measure a variable at every lag and infer on all of them jointly."""
    found = lag_statistics(
        read.values,
        lags.matrices,
        statistic=test.statistic,
        permutations=test.permutations,
        seed=test.seed,
        count=lags.count,
    )
    table = _table(found, lags.table, test, n=len(read.values))
    told = (*read.notes, *notes, *_notes(table, len(read.values), test, lags.count))
    return CorrelogramResult(
        variable=read.name,
        kind=test.statistic,
        unit=lags.unit,
        lags=table,
        simulated=found.simulated,
        alternative=test.alternative,
        level=float(test.level),
        notes=told,
        provenance=Provenance(
            method=f"correlogram of {NAMES[test.statistic]}",
            formula=read.name,
            nobs=len(read.values),
            ids_digest=read.weights.ids_digest,
            weights=lags.weights,
            seed=int(test.seed) if test.permutations else None,
            notes=told,
            options={**test.options(), **lags.options},
        ),
    )


def _table(found: LagStatistics, index: pd.DataFrame, test: LagTest, *, n: int) -> pd.DataFrame:
    alternative = test.alternative
    undefined = np.isnan(found.observed) | np.isnan(found.simulated).any(axis=0)
    if undefined.any():
        raise ValuesError(
            "statistic",
            expected="lags that vary between regions",
            found=f"{int(undefined.sum())} at which the variable or its lag can be constant",
            offenders=list(index.index[undefined]),
            why="a constant has no correlation",
            remedy='leave those lags out, or statistic="moran"',
        )
    # Positive autocorrelation makes Geary's C small: it is the alternative "greater" all the same.
    sign = -1.0 if test.statistic == "geary" else 1.0
    columns: dict[str, Any] = {"statistic": found.observed}
    if test.statistic != "correlation":
        z = sign * deviates(found)
        p_value = np.array([normal_p(value, alternative) for value in z])
        columns |= {"expected": found.expected, "variance": found.variance, "z": z}
        columns |= {"p_value": p_value, "p_holm": holm(p_value)}
    if len(found.simulated):
        # Permuted values of many regions are held in single precision.
        tie = SINGLE_TIES if n >= SINGLE else TIE
        joint = joint_inference(
            sign * found.observed,
            sign * found.simulated,
            alternative=alternative,
            level=test.level,
            tie=tie,
        )
        ends = (joint.low, joint.high) if sign > 0 else (-joint.high, -joint.low)
        columns |= {"p_permutation": joint.p_pointwise, "p_adjusted": joint.p_adjusted}
        columns |= {"envelope_low": ends[0], "envelope_high": ends[1]}
    return index.assign(**columns)


def deviates(found: LagStatistics) -> FloatArray:
    """Return ``(statistic − expected) / sd``, NaN where the statistic cannot vary, shape (L,).

    Also where the variance is not known or, because n counts too few regions, negative.
    """
    deviation = np.sqrt(np.maximum(found.variance, 0.0))
    varies = deviation > SMALLEST_DEVIATION * np.abs(found.expected)
    out = np.full(deviation.shape, np.nan)
    np.divide(found.observed - found.expected, deviation, out=out, where=varies)
    return out


def _notes(table: pd.DataFrame, n: int, test: LagTest, count: Count) -> tuple[str, ...]:
    def shown(lags: pd.Index) -> str:
        return "; ".join(f"{label}: {table.loc[label, 'linked']} of {n}" for label in lags)

    notes = [GREATER] if test.statistic == "geary" else []
    moments = test.statistic != "correlation"
    few = table.index[table["linked"] < FEW * n]
    if len(few):
        notes.append(
            f"lags at which fewer than half of the regions have a neighbour ({shown(few)})"
        )
    rough = table.index[table["linked"] < n]
    if moments and count == "linked" and len(rough):
        notes.append(
            f"lags at which some regions have no neighbour ({shown(rough)}): expected, variance, z "
            "and p_value are approximate there; go by p_permutation"
        )
    if moments and table["z"].isna().any():
        without = ", ".join(str(label) for label in table.index[table["z"].isna()])
        notes.append(
            "lags without z and p_value, because too few regions have neighbours for a variance or "
            f"every arrangement gives the same statistic: {without}"
        )
    if test.permutations:
        notes.append(
            f"p_adjusted (step-down max-T) and the {100 * test.level:g} % envelope hold for all "
            f"{len(table)} lags at once; p_value and p_permutation for one lag looked at alone"
        )
    return tuple(notes)
