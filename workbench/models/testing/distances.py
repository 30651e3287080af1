"""Distances between the regions of a sample, and what is measured at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core.expressions import labels, refuse_constant, refuse_missing, refuse_nonfinite
from workbench.core.ids import canonical_order, ids_digest, region_ids
from workbench.core.provenance import Provenance
from workbench.errors import IdError, InputError, ValuesError
from workbench.numerics.scores.persistence import LARGEST
from workbench.typing import Metric, Unit
from workbench.weights.places import locate

if TYPE_CHECKING:
    from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """All pairwise distances of some regions.

    Attributes
    ----------
    ids : pandas.Index
        Sorted region ids, length n.
    distances : ndarray, shape (n, n)
        In `unit`.
    unit : str
    note : str
        What was measured, in a sentence.
    """

    ids: pd.Index
    distances: FloatArray
    unit: str
    note: str


def measure(regions: Any, ids: pd.Index, *, metric: Metric, unit: Unit) -> Measured:
    """Measure the distances between the regions with these ids.

    Raises
    ------
    IdError
        If a region has no geometry.
    InputError
        If there are too many regions, or all are at one place.
    """
    places = locate(regions, metric=metric, unit=unit, argument="regions")
    lost = ids.difference(places.ids)
    if len(lost):
        raise IdError(
            "regions",
            expected="a geometry for every region of the sample",
            found=f"{len(lost)} regions without one",
            offenders=list(lost),
            remedy="pass geometries indexed by the same region ids",
        )
    n = len(ids)
    if n > LARGEST:
        raise InputError(
            "regions",
            expected=f"at most {LARGEST:,} regions",
            found=f"{n:,}",
            why="all pairwise distances are held and decomposed",
            remedy="aggregate to larger regions",
        )
    at = places.ids.get_indexer(ids)
    i, j = np.triu_indices(n, 1)
    distances = np.zeros((n, n))
    distances[i, j] = places.distances(at[i], at[j])
    distances += distances.T
    if not distances.any():
        raise InputError(
            "regions", expected="regions at different places", found="all at one place"
        )
    return Measured(ids, distances, places.unit, places.note())


def numeric_columns(values: Any, *, argument: str = "values") -> pd.DataFrame:
    """Return a Series or the columns of a DataFrame as numbers in sorted order of ids.

    Raises
    ------
    ValuesError
        If a column is not numeric, or a value is missing or infinite, or all are equal.
    """
    if isinstance(values, pd.Series):
        values = values.to_frame(str(values.name) if values.name is not None else argument)
    if not isinstance(values, pd.DataFrame) or values.shape[1] == 0:
        raise InputError(
            argument,
            expected="a Series, or a DataFrame of numeric columns, indexed by region id",
            found=type(values).__name__,
            remedy='e.g. table[["log_patents", "log_rd"]]',
        )
    table = pd.DataFrame(values).iloc[canonical_order(region_ids(values.index, argument=argument))]
    for name, column in table.items():
        if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            raise ValuesError(
                str(name),
                expected="numbers",
                found=f"{column.dtype}",
                offenders=labels(table.index[:1]),
                remedy="leave the column out: values[[...]]",
            )
    refuse_missing(table, list(table.columns), remedy="drop those regions first: values.dropna()")
    table = table.astype(float)
    refuse_nonfinite(table)
    for _, column in table.items():
        refuse_constant(column)
    return table


def check_share(argument: str, value: float) -> None:
    """Raise :class:`~workbench.errors.InputError` unless the value lies between 0 and 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 < value < 1.0:
        raise InputError(
            argument,
            expected="a share between 0 and 1",
            found=repr(value),
            remedy=f"{argument}=0.05",
        )


def provenance_of(
    method: str, columns: pd.DataFrame, *, q: int, draws: int | None = None, seed: int | None = None
) -> Provenance:
    """Return what produced a result from columns of values."""
    options = {"q": str(q)} | ({} if draws is None else {"draws": str(draws)})
    return Provenance(
        method=method,
        formula=", ".join(map(str, columns.columns)),
        nobs=len(columns),
        ids_digest=ids_digest(columns.index),
        seed=seed,
        options=options,
    )
