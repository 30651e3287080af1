"""Regions at risk of adoption, period by period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.alignment import common_regions
from workbench.core.ids import canonical_order, region_ids
from workbench.data.schemes import refuse_mixed
from workbench.errors import InputError, ValuesError, listing
from workbench.innovation.diffusion.via_statsmodels import TREND
from workbench.innovation.reading import same_regions, series
from workbench.numerics.diffusion import hazards as kernel
from workbench.typing import BoolArray, FloatArray, HazardBaseline, HazardLink, IntArray
from workbench.weights import Weights

FEWEST_ADOPTERS = 5
"""Adopters below which two or three coefficients are no estimates."""


@dataclass(frozen=True, slots=True, eq=False)
class RiskTable:
    """A row a region and period in which it might adopt.

    Attributes
    ----------
    ids : pandas.Index, length n
        Regions in sorted order.
    terms : DataFrame, N rows
        Indexed by (region, period): ``contagious``, ``hierarchical`` of sizes, controls.
    base : DataFrame, N rows
        Columns of the rate that all have in common.
    y : ndarray, shape (N,)
        1 where the region adopts in the period.
    before : ndarray of bool, shape (n, T)
        Whether a region had adopted when the period began.
    rows : (ndarray of int, ndarray of int), shape (N,) each
        Position of region and period of each row.
    link : str
    notes : tuple of str
    """

    ids: pd.Index
    terms: pd.DataFrame
    base: pd.DataFrame
    y: FloatArray
    before: BoolArray
    rows: tuple[IntArray, IntArray]
    link: HazardLink
    notes: tuple[str, ...]

    def without(self, leave_out: list[str]) -> pd.DataFrame:
        """Return the terms of a model without some of them."""
        return self.terms.drop(columns=leave_out)


def risk_table(
    adopted: pd.Series[Any],
    weights: Weights,
    *,
    size: pd.Series[Any] | None,
    controls: pd.DataFrame | None,
    periods: tuple[int, int] | None,
    link: HazardLink,
    baseline: HazardBaseline,
) -> RiskTable:
    """Return regions at risk by period; arguments and errors as in :func:`adoption_hazard`."""
    first = _first_adoption(adopted, weights)
    years, notes = _record(first, periods)
    before = first.to_numpy()[:, None] < years[None, :]
    event = first.to_numpy()[:, None] == years[None, :]
    kept = ~before
    if baseline == "periods":
        idle = ~event.any(axis=0)
        kept &= ~idle
        if idle.any():
            notes = (*notes, f"Nobody adopts in {listing(years[idle].tolist())}: with an effect of "
                     "their own these periods tell nothing.")  # fmt: skip
    rows = np.nonzero(kept)
    index = pd.MultiIndex.from_arrays(
        [first.index[rows[0]], years[rows[1]]], names=["region", "period"]
    )
    base = _base(index, baseline)
    terms = pd.DataFrame({"contagious": kernel.exposure(weights.sparse, before)[rows]}, index=index)
    for name, values in _constant(size, controls, first.index, list(base.columns)).items():
        terms[name] = values.to_numpy()[rows[0]]
    _refuse_flat(terms)
    return RiskTable(
        ids=first.index,
        terms=terms,
        base=base,
        y=event[rows].astype(np.float64),
        before=before,
        rows=(rows[0].astype(np.int64), rows[1].astype(np.int64)),
        link=link,
        notes=notes,
    )


def _first_adoption(adopted: pd.Series[Any], weights: Weights) -> pd.Series[Any]:
    """Return the period of first adoption in sorted order of ids, infinite where there is none."""
    if not isinstance(adopted, pd.Series):
        raise InputError(
            "adopted",
            expected="a Series of first periods, indexed by region id",
            found=type(adopted).__name__,
            remedy='used.reset_index("year").groupby(level=0)["year"].min(), with used the '
            "rows of a panel in which there are adopters",
        )
    ids = region_ids(adopted.index, argument="adopted")
    refuse_mixed(ids, argument="adopted")
    same_regions(ids, weights.ids, argument="adopted", totals=False,
                 otherwise=common_regions("adopted"))  # fmt: skip
    if not pd.api.types.is_numeric_dtype(adopted.dtype) or pd.api.types.is_bool_dtype(
        adopted.dtype
    ):
        raise ValuesError(
            "adopted",
            expected="periods as whole numbers, e.g. 2014",
            found=f"values of type {adopted.dtype}",
            remedy="of dates take the year: adopted.dt.year",
        )
    ordered = adopted.iloc[canonical_order(ids)].astype(float)
    known = ordered.dropna()
    odd = known[known != known.round()]
    if len(odd):
        raise ValuesError(
            "adopted",
            expected="periods as whole numbers",
            found=f"{len(odd)} with a fraction or infinite",
            offenders=odd.index,
            remedy="leave those who never adopted missing (NaN)",
        )
    if len(known) < FEWEST_ADOPTERS:
        raise ValuesError(
            "adopted",
            expected=f"at least {FEWEST_ADOPTERS} regions that adopt",
            found=str(len(known)),
            offenders=known.index,
            why="the terms of the hazard are estimated from adoptions",
        )
    return ordered.fillna(np.inf)


def _record(
    first: pd.Series[Any], periods: tuple[int, int] | None
) -> tuple[FloatArray, tuple[str, ...]]:
    known = first[np.isfinite(first)]
    low, high = int(known.min()), int(known.max())
    begin, end = (low, high) if periods is None else _pair(periods)
    if not (begin < end and begin <= low and high <= end):
        outside = known[(known < begin) | (known > end)]
        raise ValuesError(
            "periods",
            expected=f"a record of two periods or more that holds all adoptions, {low} to {high}",
            found=f"{begin} to {end}",
            offenders=outside.index,
            why="who adopted before the record began is not at risk in it",
            remedy="leave those regions out of the question, or lengthen the record",
        )
    notes: tuple[str, ...] = ()
    if periods is None and not np.isfinite(first).all():
        notes = (
            f"The record is taken to end in {end}, the last adoption: periods=({begin}, ...) says "
            "how long the others are known not to have adopted.",
        )
    return np.arange(begin, end + 1, dtype=np.float64), notes


def _pair(periods: Any) -> tuple[int, int]:
    """Return first and last period of the record, or refuse what are none."""
    listed = list(periods) if isinstance(periods, Sequence) and not isinstance(periods, str) else []
    whole = [isinstance(one, int | np.integer) and not isinstance(one, bool) for one in listed]
    if len(whole) != 2 or not all(whole):
        raise InputError(
            "periods",
            expected="the first and the last period, whole numbers",
            found=repr(periods),
            remedy="periods=(2000, 2015)",
        )
    return int(listed[0]), int(listed[1])


def _constant(
    size: pd.Series[Any] | None, controls: pd.DataFrame | None, ids: pd.Index, base: list[str]
) -> dict[str, pd.Series[Any]]:
    """Return the terms that do not change over time, by name."""
    held: dict[str, pd.Series[Any]] = {}
    if size is not None:
        held["hierarchical"] = np.log(series(size, argument="size", ids=ids, positive=True))
    if controls is None:
        return held
    if not isinstance(controls, pd.DataFrame):
        raise InputError(
            "controls", expected="a DataFrame indexed by region id", found=type(controls).__name__
        )
    names = [str(name) for name in controls.columns]
    taken = {"contagious", "hierarchical", *base} & set(names)
    taken |= {name for name in names if names.count(name) > 1}
    if taken:
        raise InputError(
            "controls",
            expected="names of their own",
            found=f"{sorted(taken)}, which name other terms of the hazard",
            remedy="controls.rename(columns=...)",
        )
    for name in controls.columns:
        held[str(name)] = series(controls[name], argument=f"controls[{name!r}]", ids=ids)
    return held


def _refuse_flat(terms: pd.DataFrame) -> None:
    flat = [name for name in terms.columns if terms[name].nunique() < 2]
    if flat:
        raise ValuesError(
            flat[0],
            expected="a term that differs between regions or periods",
            found="the same value in every row at risk",
            offenders=flat,
            why="its effect cannot be told from the common rate",
            remedy="nobody is exposed to neighbours that adopted: more periods are needed"
            if flat[0] == "contagious"
            else "leave it out",
        )


def _base(index: pd.MultiIndex, baseline: HazardBaseline) -> pd.DataFrame:
    period = pd.Series(index.get_level_values(1), index=index)
    if baseline == "periods":
        dummies = pd.get_dummies(period.astype(int), dtype=float)
        return dummies.rename(columns=lambda year: f"period {year}")
    base = pd.DataFrame({"Intercept": 1.0}, index=index)
    if baseline == "trend":
        base[TREND] = period - period.min()
    return base
