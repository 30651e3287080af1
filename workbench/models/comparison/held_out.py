"""Which regions are held out together: blocks that the caller gives, or that are made here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import IdError, InputError
from workbench.numerics.geometry.blocks import blocks_of_links, blocks_of_points, joined
from workbench.numerics.partitions.agreement import pieces
from workbench.typing import IntArray
from workbench.weights import Weights
from workbench.weights.places import locate, natural_unit

MOST, A_BLOCK = 10, 10
# Blocks by default: ten, or fewer where that would leave less than ten regions in each.


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """A partition of the regions.

    Attributes
    ----------
    labels : pandas.Series
        A label of each region of the sample, in its order.
    notes : tuple of str
        How the blocks were made.
    """

    labels: pd.Series[Any]
    notes: tuple[str, ...] = ()


def blocks_for(given: Any, index: pd.Index, W: Weights, *, k: int | None) -> Blocks:
    """Return the blocks of a sample.

    Parameters
    ----------
    given : Series, GeoDataFrame, GeoSeries or None
        Labels, shapes, or nothing: then W is cut.
    index : pandas.Index
        Ids of the sample, sorted.
    W : Weights
        Of the sample.
    k : int or None
        Number of blocks to make; not together with labels.

    Raises
    ------
    InputError
        If labels are incomplete, there is one block only, or `k` is not a number of blocks.
    """
    if given is not None and not hasattr(given, "geometry"):
        if k is not None:
            raise InputError("k", expected="labels or a number of blocks, not both", found=repr(k))
        return Blocks(_aligned(given, index))
    count = _number(k, len(index))
    if given is None:
        labels, how = blocks_of_links(W.sparse, count), "the links of W, from end to end"
    else:
        labels, how = _by_place(given, index, count), "the regions' places, across the longest axis"
    labels = joined(labels, W.sparse)
    broken = int(np.count_nonzero(pieces(labels, W.sparse) > 1))
    note = f"{count} blocks made by halving {how}; {_pieces(broken)}."
    return Blocks(pd.Series(labels + 1, index=index, name="block"), (note,))


def _pieces(broken: int) -> str:
    return f"{broken} of them are not connected" if broken else "each is connected"


def _number(k: int | None, n: int) -> int:
    if k is None:
        return max(2, min(MOST, n // A_BLOCK))
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 2 <= k <= n:
        raise InputError("k", expected=f"a number of blocks, 2 to {n}", found=repr(k))
    return int(k)


def _by_place(shapes: Any, index: pd.Index, k: int) -> IntArray:
    places = locate(shapes, metric="auto", unit=natural_unit(shapes, "auto"), argument="blocks")
    missing = index.difference(places.ids)
    if len(missing):
        raise IdError(
            "blocks",
            expected="a shape for every region of the sample",
            found=f"{len(missing)} regions without one",
            offenders=list(missing),
            remedy="leave blocks out: then W is cut into blocks",
        )
    return blocks_of_points(places.points[places.ids.get_indexer(index)], k)


def _aligned(blocks: Any, index: pd.Index) -> pd.Series[Any]:
    if not isinstance(blocks, pd.Series) or not blocks.index.is_unique:
        raise InputError(
            "blocks",
            expected="a Series of labels indexed by region id, each once, or shapes of the regions",
            found=type(blocks).__name__,
            remedy="W.components where W has several, any partition of the regions, or nothing",
        )
    missing = index.difference(blocks.dropna().index)
    if len(missing):
        raise InputError(
            "blocks",
            expected="a label for every region of the sample",
            found=f"{len(missing)} regions without one",
            offenders=missing,
        )
    labels: pd.Series[Any] = blocks.loc[index]
    if labels.nunique() < 2:
        raise InputError("blocks", expected="two blocks or more", found="one")
    return labels
