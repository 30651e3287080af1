"""Weights from what flows between regions: migrants, co-patents, trade."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.errors import check_option
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import Diagonal, FlowDirection, Islands, Normalization, Repeated
from workbench.weights import pairlists, tables
from workbench.weights.graphs import canonical, is_symmetric
from workbench.weights.islands import refusal, settle
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights


def flows(
    table: pd.DataFrame,
    *,
    origin: str = "origin",
    destination: str = "destination",
    value: str = "value",
    regions: Any = None,
    direction: FlowDirection = "in",
    self_flows: Diagonal = "drop",
    repeated: Repeated = "error",
    islands: Islands = "error",
    normalize: Normalization = "row",
    unit: str = "",
) -> Weights:
    """Build weights from a table of origins and destinations.

    Parameters
    ----------
    table : DataFrame
        A row a pair of regions; not changed.
    origin, destination, value : str
        Names of the columns. Values are finite and not negative; pairs that are not listed,
        or listed with 0, have no link.
    regions : Index, Series or (Geo)DataFrame indexed by region id, optional
        The regions, also those without any flow; without it those that the table names.
    direction : {"in", "out", "both"}, default "in"
        What row i holds: what i receives from j, what it sends to j, or their sum.
    self_flows : {"drop", "error"}, default "drop"
        What is done with flows within a region: left out (noted) or refused.
    repeated : {"error", "sum"}, default "error"
        What is done with pairs that are listed twice (years, sectors): refused or added (noted).
    islands : {"error", "keep", "drop"}, default "error"
        What is done with regions without flows in this direction.
    normalize : Normalization, default "row"
        ``"row"``: shares of all that i receives or sends.
    unit : str
        Of the flows, for the card.

    Returns
    -------
    Weights
        Directed unless `direction` is ``"both"``.

    Raises
    ------
    IdError
        If the table names ids that are no region.
    InputError
        If a column is missing.
    ValuesError, WeightsError
        If values are missing, infinite or negative, pairs repeated, regions islands.

    References
    ----------
    Sonn, J. W. and Storper, M. (2008). The increasing importance of geographical proximity in
    knowledge production. Environment and Planning A 40; LeSage, J. P. and Pace, R. K. (2008).
    Spatial econometric modeling of origin-destination flows. Journal of Regional Science 48(5).

    Examples
    --------
    >>> moves = pd.DataFrame(
    ...     {"origin": ["a", "b", "c"], "destination": ["b", "a", "b"], "value": [30, 5, 10]}
    ... )
    >>> flows(moves, islands="keep").sparse.toarray()[1].tolist()
    [0.75, 0.0, 0.25]
    """
    check_option("direction", direction, FlowDirection)
    check_option("self_flows", self_flows, Diagonal)
    check_option("repeated", repeated, Repeated)
    read = pairlists.read(
        table,
        columns=(origin, destination, value),
        argument="table",
        regions=regions,
        repeated=repeated,
    )
    own = int((read.pairs.itself & (read.pairs.value > 0)).sum())
    pairs = tables.without_diagonal(
        read.pairs,
        policy=self_flows,
        argument="table",
        option="self_flows",
        what="flows within a region",
    )
    matrix = _turned(pairs.matrix(), direction)
    recipe = Recipe(
        "flows", {"value": value, "direction": direction}, islands=islands, unit=unit
    ).noting(
        f"flows within {own} regions left out" if own else "",
        f"{read.merged} rows added to another of the same pair" if read.merged else "",
        "" if is_symmetric(matrix) else "flows are directed: the weights are not symmetric",
    )
    return settle(
        pairs.ids,
        matrix,
        recipe,
        normalization=normalize,
        refuse=lambda lost: refusal(
            pairs.ids,
            lost,
            found=f"{lost.size} regions without flows ({direction})",
            measured=False,
        ),
    )


def _turned(sent: CsrArray, direction: FlowDirection) -> CsrArray:
    """Turn the matrix of what rows send to columns."""
    if direction == "out":
        return sent
    return canonical(sent.T if direction == "in" else sent + sent.T)
