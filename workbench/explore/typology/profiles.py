"""Profiles: several variables of each region, standardised, in sorted order of ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import canonical_order, region_ids
from workbench.errors import InputError, ValuesError, check_option
from workbench.explore.variable import LEFT_OUT, REMEDY, geometry_of, read_column
from workbench.numerics.sparse.matrices import CsrArray, freeze
from workbench.typing import Align, FloatArray, Standardization
from workbench.weights import Weights, align_to, require_connected
from workbench.weights.algebra import symmetrize

NORMAL_MAD = 1.482602218505602
"""1 / Φ⁻¹(3/4): makes the median absolute deviation the standard deviation under normality."""


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """Several variables of each region.

    Attributes
    ----------
    ids : pandas.Index
        Region ids in sorted order.
    names : tuple of str, length p
        Variables as the caller wrote them.
    raw : ndarray, shape (n, p)
        Their values, in their own units; read-only.
    X : ndarray, shape (n, p)
        Standardised; read-only.
    standardize : {"z", "robust", "none"}
        How.
    weights : Weights or None
        Of the sample, where the groups have to be contiguous.
    geometry : geopandas.GeoSeries or None
        Of the sample, if the table had one.
    notes : tuple of str
        What was done on the caller's word, or to directed weights.
    """

    ids: pd.Index
    names: tuple[str, ...]
    raw: FloatArray
    X: FloatArray
    standardize: Standardization
    weights: Weights | None
    geometry: Any
    notes: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Number of regions."""
        return len(self.ids)

    @property
    def links(self) -> CsrArray | None:
        """Symmetric 0/1 pattern of neighbours, or None without weights."""
        if self.weights is None:
            return None
        return symmetrize(self.weights, "either").normalize("binary").sparse

    @property
    def distinct(self) -> int:
        """Number of different profiles."""
        return len(np.unique(self.X, axis=0))


def read_profiles(
    variables: str | Sequence[str],
    table: pd.DataFrame,
    W: Any = None,
    *,
    standardize: Standardization,
    align: Align = "strict",
) -> Profiles:
    """Evaluate variables on a table, match them with connected weights, standardise them.

    Parameters
    ----------
    variables : sequence of str
        Columns of `table`, or expressions of its columns such as ``"log(rd / population)"``.
    table : DataFrame or GeoDataFrame
        Indexed by region id, in any order; missing values are refused.
    W : Weights, Graph or libpysal W, optional
        Spatial weights in one connected part.
    standardize : {"z", "robust", "none"}
        ``(x − mean) / sd`` with divisor n, ``(x − median) / (1.4826 MAD)``, or x as it is.
    align : {"strict", "intersection"}
        What to do about regions that only the table or only the weights have.

    Raises
    ------
    FormulaError, ValuesError, IdError
        If a variable cannot be read, has no valid values, or does not match the weights.
    WeightsError
        If the weights fall into several parts.
    """
    check_option("standardize", standardize, Standardization)
    names = _names(variables)
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            "table",
            expected="a DataFrame or GeoDataFrame indexed by region id",
            found=type(table).__name__,
            remedy="pass the table that has the columns",
        )
    notes: list[str] = []
    if W is None:
        weights = None
        ordered = table.iloc[canonical_order(region_ids(table.index, argument="table"))]
    else:
        ordered, weights, note = align_to(table, W, argument="table", align=align)
        require_connected(weights)
        notes += [note] if note else []
        if _directed(weights):
            notes.append("links of W that go one way only count as links both ways")
    remedy = LEFT_OUT if W is None else REMEDY
    columns = [read_column(name, ordered, remedy=remedy) for name in names]
    raw = np.column_stack([column.to_numpy(dtype=np.float64) for column in columns])
    X = np.column_stack([_standardized(column, standardize) for column in columns])
    return Profiles(
        ids=ordered.index.rename(ordered.index.name or "region"),
        names=names,
        raw=freeze(raw),
        X=freeze(X),
        standardize=standardize,
        weights=weights,
        geometry=geometry_of(table, ordered.index),
        notes=tuple(notes),
    )


def _names(variables: Any) -> tuple[str, ...]:
    names = (variables,) if isinstance(variables, str) else tuple(variables)
    if not names or not all(isinstance(name, str) and name.strip() for name in names):
        raise InputError(
            "variables",
            expected="columns or expressions, e.g. ['log(rd)', 'students / population']",
            found=repr(variables),
        )
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InputError(
            "variables",
            expected="each variable once",
            found=f"{', '.join(repeated)} more than once",
            offenders=repeated,
            why="a repeated variable counts twice in every distance",
            remedy="list it once",
        )
    return names


def _directed(weights: Weights) -> bool:
    pattern = weights.normalize("binary").sparse
    return bool(abs(pattern - pattern.T).sum() > 0)


def _standardized(column: pd.Series[Any], how: Standardization) -> FloatArray:
    x = column.to_numpy(dtype=np.float64)
    if how == "none":
        return x
    if how == "z":
        return np.asarray((x - x.mean()) / x.std())
    middle = np.median(x)
    spread = NORMAL_MAD * float(np.median(np.abs(x - middle)))
    if spread == 0.0:
        same = int((x == middle).sum())
        raise ValuesError(
            str(column.name),
            expected='values with a spread about the median for standardize="robust"',
            found=f"{same} of {len(x)} regions at the median {middle:g}",
            why="the median absolute deviation is zero",
            remedy='standardize="z" divides by the standard deviation',
        )
    return np.asarray((x - middle) / spread)


def check_k(k: Any, profiles: Profiles) -> int:
    """Return the number of groups as a plain integer, from 2 to below the number of regions.

    Raises
    ------
    InputError
        If it is not, or if there are no more different profiles than groups.
    """
    whole = isinstance(k, int | np.integer) and not isinstance(k, bool)
    if not whole or not 2 <= k < profiles.n:
        raise InputError(
            "k",
            expected=f"a whole number of groups from 2 to n - 1 = {profiles.n - 1}",
            found=repr(k),
            remedy="choose_k(variables, table) shows what several numbers of groups explain",
        )
    if k > profiles.distinct:
        raise InputError(
            "k",
            expected=f"at most as many groups as different profiles, {profiles.distinct}",
            found=repr(k),
            why="regions that are exactly alike cannot be told apart",
            remedy=f"k={profiles.distinct} or fewer, or more variables",
        )
    return int(k)
