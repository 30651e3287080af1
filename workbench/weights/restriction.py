"""Weights among some of the regions, and what leaving the others out does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import region_ids
from workbench.errors import IdError, InputError, WeightsError, listing
from workbench.weights.graphs import canonical
from workbench.weights.islands import without_islands
from workbench.weights.weights import Weights, assemble


def restrict(W: Weights, ids: Iterable[Any]) -> Weights:
    """Return the weights among some of the regions, normalised anew.

    Parameters
    ----------
    W : Weights
        Not changed.
    ids : iterable
        Region ids to keep, in any order.

    Returns
    -------
    Weights
        Links among the kept regions, from the weights as built; the recipe notes how many
        regions were left out and which ones became islands.

    Raises
    ------
    IdError
        If an id is unknown or repeated.
    WeightsError
        If regions lose all neighbours under the policies ``"error"`` and ``"nearest"``: the
        nearest of the regions that remain is not known without their geometry. Under
        ``"keep"`` they stay, under ``"drop"`` they are left out too.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> from workbench.weights import as_weights
    >>> W = as_weights(Graph.from_dicts({"a": ["b"], "b": ["a", "c"], "c": ["b"]}))
    >>> restrict(W, ["a", "b"]).normalize("row").sparse.toarray().tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    kept = _known(W, ids)
    if len(kept) == W.n:
        return W
    positions = W.ids.get_indexer(kept)
    base = canonical(W.sparse_base[positions, :][:, positions])
    alone = kept[np.diff(base.indptr) == 0]
    arisen = alone[~alone.isin(pd.Index(W.islands))]
    if len(arisen) and W.recipe.islands in ("error", "nearest"):
        raise _isolating(W, list(arisen))
    dropped = ""
    if len(arisen) and W.recipe.islands == "drop":
        kept, base, dropped = without_islands(kept, base)
        arisen = arisen[:0]
    counts = np.diff(base.indptr)
    recipe = W.recipe.noting(
        f"weights restricted from {W.n} to {len(kept)} regions and normalised anew; these "
        f"have {counts.min()} to {counts.max()} neighbours among themselves",
        f"{len(arisen)} became islands by the restriction ({listing(arisen)})"
        if len(arisen)
        else "",
        dropped,
    )
    return assemble(kept, base, recipe, normalization=W.normalization)


def restrict_noted(weights: Weights, ids: pd.Index) -> tuple[Weights, tuple[str, ...]]:
    """Restrict weights and return them with what the restriction did, for a result's notes."""
    restricted = weights.restrict(ids)
    return restricted, restricted.recipe.notes[len(weights.recipe.notes) :]


def island_notes(weights: Weights | None) -> tuple[str, ...]:
    """Return a sentence naming the regions whose spatial lag is 0 for want of neighbours."""
    if weights is None or not weights.islands:
        return ()
    alone = listing(weights.islands)
    return (f"{len(weights.islands)} regions without neighbours, whose spatial lag is 0: {alone}",)


def _known(W: Weights, ids: Iterable[Any]) -> pd.Index:
    if isinstance(ids, str) or not isinstance(ids, Iterable):
        raise InputError("ids", expected="several region ids", found=repr(ids))
    wanted = region_ids(pd.Index(list(ids)), argument="ids")
    unknown = wanted[~wanted.isin(W.ids)]
    if len(unknown):
        raise IdError(
            "ids",
            expected="ids of these weights",
            found=f"{len(unknown)} unknown ids",
            offenders=list(unknown),
            remedy=f"ids look like {listing(list(W.ids))}",
        )
    kept: pd.Index = W.ids[W.ids.isin(wanted)]
    return kept


def _isolating(W: Weights, arisen: list[Any]) -> WeightsError:
    return WeightsError(
        "W",
        expected=f'regions that keep a neighbour (islands="{W.recipe.islands}")',
        found=f"{len(arisen)} that would lose all their neighbours",
        offenders=arisen,
        why="their spatial lag would be 0, which is a value and not a missing one",
        remedy="build the weights from the regions that remain, e.g. "
        'wb.weights.queen(regions.loc[ids], islands="nearest"), leave those regions out '
        'too, or build them with islands="keep" or islands="drop"',
    )
