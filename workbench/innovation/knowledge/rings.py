"""Spillovers by rings of distance: what there is around a region, near and far apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.alignment import common_regions, match
from workbench.core.expressions import label, labels
from workbench.errors import InputError, WeightsError, check_option, listing
from workbench.innovation.knowledge.made import MadeColumns, made_columns
from workbench.innovation.knowledge.rows import Rows, column_names, column_of, rows_of, safe
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import AggregationRule, BoolArray, EmptyRing, FloatArray
from workbench.weights import Weights, WeightsLike, as_weights


def ring_spillovers(
    data: pd.DataFrame,
    columns: str | Sequence[str],
    rings: Mapping[str, WeightsLike],
    *,
    rule: AggregationRule = "mean",
    empty: EmptyRing | None = None,
) -> MadeColumns:
    """Put beside each region what lies in each ring of distance around it.

    Parameters
    ----------
    data : DataFrame
        Indexed by region id, or by (region, period); of a panel each period is taken by itself,
        with the regions that it has. Not changed.
    columns : str or sequence of str
        Columns or expressions, e.g. ``"log(rd)"``. Missing values are refused.
    rings : mapping of str to Weights
        From :func:`workbench.weights.rings`, or any weights by name (borders, travel time), with
        the regions of the data.
    rule : {"mean", "sum"}
        ``"mean"``: Σ w x / Σ w over the regions in the ring. ``"sum"``: Σ w x with the weights as
        built (1 for a ring), as Anselin, Varga and Acs (1997) have it: it grows with the number of
        regions around, and of logarithms has no meaning.
    empty : {"zero", "missing", "error"}, optional
        What a region with nobody in a ring gets. A sum over nobody is ``"zero"``; a mean has no
        value, and is ``"missing"`` by default.

    Returns
    -------
    MadeColumns
        ``table`` has columns named ``rd_0_100_km``, ready for a formula; ``notes`` name regions
        with empty rings.

    Raises
    ------
    IdError, InputError, ValuesError, WeightsError
        If ids do not match, values are missing, names coincide, or a ring is empty under
        ``"error"``.

    Notes
    -----
    The rings together are a step function of distance:
    :func:`~workbench.innovation.knowledge.spillover_decay` estimates a smooth one. In a formula
    they are regressors whose coefficients are effects of neighbours, with no multiplier.

    References
    ----------
    Anselin, L., Varga, A. and Acs, Z. (1997). Local geographic spillovers between university
    research and high technology innovations. Journal of Urban Economics 42, 422-448. Bottazzi, L.
    and Peri, G. (2003). Innovation and spillovers in regions: evidence from European patent data.
    European Economic Review 47, 687-710.

    Examples
    --------
    >>> import workbench as wb
    >>> states = wb.load("us-states")
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> made = ring_spillovers(y, "log(pc)", wb.weights.rings(states, [0, 400, 800]))
    >>> made.columns
    ('log_pc_0_400_km', 'log_pc_400_800_km')
    """
    check_option("rule", rule, AggregationRule)
    fill: EmptyRing = empty if empty is not None else ("zero" if rule == "sum" else "missing")
    check_option("empty", fill, EmptyRing)
    rows, names = rows_of(data), column_names(columns)
    values = {name: column_of(name, rows) for name in names}
    made: dict[str, tuple[FloatArray, str, str]] = {}
    notes: list[str] = []
    for ring, W in _rings(rings).items():
        links = links_of(W, rows, rule, argument=f"rings[{ring!r}]")
        alone = reached(links, rows) == 0
        notes += _empty(alone, rows, ring, fill)
        for name in names:
            column = around(links, values[name], rows, rule)
            made[_named(name, ring, made)] = (
                np.where(alone, np.nan, column) if fill == "missing" else column,
                name,
                f"{rule} of {name} in the ring {ring}",
            )
    options = {"rule": rule, "empty": fill, "rings": ", ".join(map(str, rings))}
    heading = f"spillovers by ring of distance ({rule}s)"
    return made_columns(heading, rows, made, options=options, notes=tuple(notes))


def links_of(W: WeightsLike, rows: Rows, rule: AggregationRule, *, argument: str) -> CsrArray:
    """Return the weights of rings as built, in the order of the regions; rows by their mean too."""
    weights = as_weights(W, argument=argument)
    remedy = common_regions("data", panel=rows.periods is not None, weights=argument)
    both = match(rows.regions, weights.ids, argument="data", align="strict", remedy=remedy)
    if both.ids.equals(rows.regions):
        if rule == "sum" and weights.recipe.parameters.get("as_built") == "unknown":
            raise WeightsError(
                argument,
                expected="weights whose values before normalisation are known, for sums",
                found="rows that sum to 1, adopted from elsewhere",
                remedy='rule="mean", or build them here: wb.weights.rings(points, edges)',
            )
        return weights.sparse_base
    raise AssertionError  # match has sorted both


def around(links: CsrArray, values: FloatArray, rows: Rows, rule: AggregationRule) -> FloatArray:
    """Return Σ w x, or Σ w x / Σ w, over the regions of the same period, by row; 0 of nobody."""
    by = (rows.region, rows.period)
    sums = np.asarray((links @ rows.spread(values))[by])
    if rule == "sum":
        return sums
    total = reached(links, rows)
    return np.asarray(np.divide(sums, total, out=np.zeros_like(sums), where=total > 0))


def reached(links: CsrArray, rows: Rows) -> FloatArray:
    """Return Σ w over the regions that have a row in the period, by row, shape (n,)."""
    return np.asarray((links @ rows.present.astype(np.float64))[rows.region, rows.period])


def _rings(rings: Any) -> dict[str, Weights]:
    if not isinstance(rings, Mapping) or not rings:
        raise InputError(
            "rings",
            expected="a mapping from names of rings to weights",
            found=type(rings).__name__ if not isinstance(rings, Mapping) else "an empty one",
            remedy="wb.weights.rings(regions, [0, 100, 200, 400])",
        )
    return {str(name): as_weights(W, argument=f"rings[{name!r}]") for name, W in rings.items()}


def _named(name: str, ring: str, made: Mapping[str, object]) -> str:
    column = f"{safe(name)}_{safe(ring)}"
    if column in made:
        raise InputError(
            "rings",
            expected="names that differ in letters and digits",
            found=f"{column!r} twice",
            remedy="rename the rings",
        )
    return column


def _empty(alone: BoolArray, rows: Rows, ring: str, fill: EmptyRing) -> list[str]:
    """Name the regions, or rows of a panel, with nobody in a ring, or refuse them."""
    if not alone.any():
        return []
    where = labels(rows.table.index[alone])
    if rows.periods is not None:
        always = np.bincount(rows.region[~alone], minlength=len(rows.regions)) == 0
        whole = [label(region) for region in rows.regions[always]]
        part = labels(rows.table.index[alone & ~always[rows.region]])
        where = [*whole, *part]
    if fill == "error":
        raise WeightsError(
            "rings",
            expected=f"somebody in the ring {ring} of every region",
            found=f"{len(where)} with nobody",
            offenders=where,
            remedy='wider rings, or empty="missing"',
        )
    become = "0" if fill == "zero" else "missing"
    return [f"Nobody is in the ring {ring} of {len(where)}: {listing(where)}; they are {become}."]
