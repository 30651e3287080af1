"""What a construction starts from: the data and the metadata as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import compress
from typing import Any

import numpy as np

from workbench.errors import InputError
from workbench.numerics.composites.levels import pruned
from workbench.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Indicators and their metadata as arrays, checked; what a construction is replayed on.

    Attributes
    ----------
    X : ndarray, shape (n, k)
        Values as given, a row a region (or region and period) in sorted order; NaN is missing.
    direction : ndarray, shape (k,)
        +1 where more is better, -1 where less is.
    tree : tuple of ndarray of int
        ``tree[0]`` (k,) is the group of each indicator, ``tree[1]`` the parent of each group, and
        so on; the last is all zeros, the index. One array of zeros without groups.
    expert : tuple of ndarray
        The metadata's weight of each member of each level, shapes as in `tree`; ones where there
        are none. They need not sum to one.
    low, high : ndarray, shape (k,)
        Goalposts; NaN where there are none.
    ids : tuple
        Label of each row, for messages.
    names : tuple of str
        Of the indicators.
    levels : tuple of str
        Of the levels from the lowest groups up, the last ``"index"``; as long as `tree`.
    groups : ndarray of int, shape (n,), or None
        Group of each row, for imputation by group.
    period : ndarray of int, shape (n,), or None
        Period of each row of a panel.
    entity : ndarray of int, shape (n,), or None
        Region of each row of a panel.
    times : ndarray, shape (n,), or None
        Period of each row of a panel as a number, for interpolation.
    rows : ndarray of bool, shape (n,), or None
        Rows whose ranges, means and leaders normalise all rows; None for all of them.
    target : int or None
        Row of the region that ``distance-to-reference`` relates to.
    """

    X: FloatArray
    direction: FloatArray
    tree: tuple[IntArray, ...]
    expert: tuple[FloatArray, ...]
    low: FloatArray
    high: FloatArray
    ids: tuple[Any, ...]
    names: tuple[str, ...]
    levels: tuple[str, ...]
    groups: IntArray | None = None
    period: IntArray | None = None
    entity: IntArray | None = None
    times: FloatArray | None = None
    rows: BoolArray | None = None
    target: int | None = None

    def only(self, kept: BoolArray) -> Prepared:
        """Return what is left without some indicators, shape (k,); empty groups go too.

        Raises
        ------
        InputError
            If no indicator is kept, or `kept` has another length.
        """
        kept = np.asarray(kept, dtype=bool)
        if kept.shape != self.direction.shape or not kept.any():
            raise InputError(
                "kept",
                expected=f"a truth value for each of {len(self.direction)} indicators, one true",
                found=f"{int(kept.sum())} true of shape {kept.shape}",
            )
        if kept.all():
            return self
        tree, stays = pruned(self.tree, kept)
        return replace(
            self,
            X=self.X[:, kept],
            direction=self.direction[kept],
            tree=tree,
            expert=tuple(w[stay] for w, stay in zip(self.expert, stays, strict=True)),
            low=self.low[kept],
            high=self.high[kept],
            names=tuple(compress(self.names, kept)),
        )
