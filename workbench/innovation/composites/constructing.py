"""From prepared arrays and a recipe to scores: the one path, run once or a thousand times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import InputError
from workbench.innovation.composites.construction import Construction
from workbench.innovation.composites.normalising import normalised
from workbench.innovation.composites.prepared import Prepared
from workbench.innovation.composites.putting_together import aggregate, member_weights
from workbench.innovation.composites.treating import complete, treated
from workbench.numerics.composites.levels import pruned
from workbench.numerics.composites.outliers import Treated
from workbench.typing import BoolArray, FloatArray, IntArray

Weights = Sequence[FloatArray | None]


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """The data after each step before weights come in.

    Attributes
    ----------
    filled : ndarray, shape (n, k)
        After imputation.
    treated : numerics.composites.outliers.Treated
        After the treatment of outliers, with what it changed.
    normalised : ndarray, shape (n, k)
        After normalisation: more is better.
    """

    filled: FloatArray
    treated: Treated
    normalised: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """Scores of every level.

    Attributes
    ----------
    levels : tuple of ndarray
        Scores of the groups of each level, shapes (n, m), the last (n, 1) the index.
    weights : tuple of ndarray
        Of the members of each level within their group, summing to one in it; shape (m,), or
        (n, m) where rows have weights of their own, which do not sum to one then.
    tree : tuple of ndarray of int
        Group of each member at each level.
    """

    levels: tuple[FloatArray, ...]
    weights: tuple[FloatArray, ...]
    tree: tuple[IntArray, ...]

    @property
    def scores(self) -> FloatArray:
        """The index, shape (n,)."""
        return self.levels[-1][:, 0]


def construct(
    prepared: Prepared,
    construction: Construction,
    *,
    weights: Weights | None = None,
    kept: BoolArray | None = None,
) -> FloatArray:
    """Return the scores of a recipe on prepared arrays.

    Parameters
    ----------
    prepared : Prepared
        Data and metadata.
    construction : Construction
        The recipe.
    weights : sequence of ndarray or None, optional
        In place of the recipe's weights: one array a level from the indicators up, shapes as
        ``prepared.expert``, not negative; each group's are divided by their sum. None in place of
        an array leaves that level to the recipe.
    kept : ndarray of bool, shape (k,), optional
        Indicators to use; all by default. The rest leave before any step.

    Returns
    -------
    ndarray, shape (n,)
        Larger is better.

    Raises
    ------
    ValuesError, InputError
        If a step cannot be made on these values, naming regions and indicators.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.innovation.composites import composite
    >>> data = pd.DataFrame({"rd": [1.0, 2.0, 3.0], "patents": [4.0, 2.0, 3.0]}, index=list("abc"))
    >>> index = composite(data, {"rd": "higher", "patents": "higher"})
    >>> construct(index.prepared, index.construction, weights=[np.array([3.0, 1.0])]).tolist()
    [75.0, 12.5, 62.5]
    """
    if kept is not None:
        if weights is not None:
            _, stays = pruned(prepared.tree, np.asarray(kept, dtype=bool))
            weights = [w if w is None else w[s] for w, s in zip(weights, stays, strict=True)]
        prepared = prepared.only(kept)
    return build(prepared, construction, stages(prepared, construction).normalised, weights).scores


def stages(prepared: Prepared, construction: Construction) -> Stages:
    """Impute, treat outliers and normalise; the part that does not depend on weights."""
    filled = complete(prepared, construction)
    changed = treated(filled, prepared, construction)
    return Stages(filled, changed, normalised(changed, prepared, construction))


def build(
    prepared: Prepared,
    construction: Construction,
    Z: FloatArray,
    weights: Weights | None = None,
) -> Built:
    """Weigh and aggregate normalised indicators, shape (n, k), level by level."""
    depth = len(prepared.tree)
    given = _given(weights, prepared)
    words, rules = construction.weightings(depth), construction.aggregations(depth)
    scores: list[FloatArray] = []
    used: list[FloatArray] = []
    values = Z
    for level, (weighting, rule) in enumerate(zip(words, rules, strict=True)):
        codes = prepared.tree[level]
        votes = level > 0 and rules[level - 1] == "condorcet"
        shares = member_weights(
            values, prepared, level, given[level], word=weighting, construction=construction,
            votes=votes,
        )  # fmt: skip
        values = aggregate(values, shares, codes, rule, prepared, votes=votes)
        scores.append(values)
        used.append(shares)
    return Built(tuple(scores), tuple(used), prepared.tree)


def _given(weights: Weights | None, prepared: Prepared) -> list[Any]:
    if weights is None:
        return [None] * len(prepared.tree)
    shapes = [None if w is None else np.shape(w) for w in weights]
    wanted = [w.shape for w in prepared.expert]
    if len(shapes) != len(wanted) or any(
        s not in (None, w) for s, w in zip(shapes, wanted, strict=True)
    ):
        raise InputError(
            "weights",
            expected=f"one array a level, shapes {wanted}, or None for a level",
            found=f"shapes {shapes}",
        )
    return list(weights)
