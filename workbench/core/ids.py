"""Region ids: what makes them usable, their canonical order and their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable
from itertools import pairwise

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from workbench.errors import IdError
from workbench.typing import IntArray


def region_ids(index: pd.Index, *, argument: str) -> pd.Index:
    """Check that an index can serve as region ids and return it.

    Parameters
    ----------
    index : pandas.Index
        Candidate ids, one a row. A MultiIndex is refused: pass the region level.
    argument : str
        Name of the caller's argument, for the message.

    Returns
    -------
    pandas.Index
        The same labels, with the frequency and levels left as they were.

    Raises
    ------
    IdError
        If the index is empty, has several levels, missing or duplicated labels, or mixes
        text with numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> region_ids(pd.Index(["RU-TOM", "RU-KEM"]), argument="regions").tolist()
    ['RU-TOM', 'RU-KEM']
    """
    if isinstance(index, pd.MultiIndex):
        raise IdError(
            argument,
            expected="one row a region, indexed by region id",
            found=f"an index of {index.nlevels} levels {list(index.names)}",
            remedy='take one cross-section, e.g. panel.xs(2014, level="year")',
        )
    if len(index) == 0:
        raise IdError(argument, expected="at least one region", found="an empty index")
    if index.hasnans:
        raise IdError(
            argument,
            expected="an id for every row",
            found=f"{int(np.sum(index.isna()))} missing ids",
            remedy="drop those rows or give them ids",
        )
    repeated = index[index.duplicated()].unique()
    if len(repeated):
        raise IdError(
            argument,
            expected="unique region ids",
            found=f"{len(repeated)} ids that occur more than once",
            offenders=repeated,
            why="a repeated id makes every join ambiguous",
            remedy="aggregate or drop the repeated rows",
        )
    # A typed index holds one kind; asking every label of a million takes 0.2 s.
    typed = is_numeric_dtype(index.dtype) or isinstance(index.dtype, pd.StringDtype)
    if not typed and len({isinstance(label, str) for label in index}) > 1:
        raise IdError(
            argument,
            expected="ids of one kind",
            found="text and numbers mixed",
            offenders=[label for label in index if not isinstance(label, str)],
            remedy="make them text: frame.index = frame.index.astype(str)",
        )
    return index


def canonical_order(ids: pd.Index) -> IntArray:
    """Return the positions that put unique ids in sorted order, shape (n,).

    Everything inside the workbench runs in this order, so that no number depends on the
    order of the caller's rows, not even in its last bit.
    """
    return np.argsort(ids.to_numpy(), kind="stable").astype(np.int64)


def ids_digest(ids: Iterable[Hashable]) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of the ids, in sorted order.

    Examples
    --------
    >>> ids_digest(["b", "a"]) == ids_digest(["a", "b"])
    True
    """
    text = "\n".join(sorted(str(label) for label in ids))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def cells_digest(
    regions: Iterable[Hashable], periods: Iterable[Hashable], codes: tuple[IntArray, IntArray]
) -> str:
    """Return :func:`ids_digest` of the texts ``"region period"`` of a panel's rows.

    Parameters
    ----------
    regions, periods : iterables
        Ids of the N regions and T periods.
    codes : (ndarray of int, ndarray of int), shape (n,) each
        Region and period of each row, as positions; rows sorted by region.

    Examples
    --------
    >>> codes = np.array([0, 0, 1]), np.array([0, 1, 0])
    >>> found = cells_digest(["a", "b"], [1999, 2000], codes)
    >>> found == ids_digest(["a 1999", "a 2000", "b 1999"])
    True
    """
    heads, tails = [f"{region} " for region in regions], [str(period) for period in periods]
    ends = np.searchsorted(codes[0], np.arange(len(heads)), side="right").tolist()
    rows, order = codes[1], sorted(range(len(heads)), key=heads.__getitem__)
    if any(heads[j].startswith(heads[i]) for i, j in pairwise(order)):
        texts = (heads[i] + tails[t] for i, t in zip(*(c.tolist() for c in codes), strict=True))
        return ids_digest(texts)
    # Where no head begins another, the rows of a region stand together in the order of texts:
    # heads and tails are sorted apart, and a million rows are never sorted as text.
    every = sorted(tails)
    digest, first = hashlib.sha256(), True
    for i in order:
        start = ends[i - 1] if i else 0
        held = ends[i] - start
        if not held:
            continue
        own = every if held == len(tails) else sorted(tails[t] for t in rows[start : ends[i]])
        line = "\n" + heads[i]
        text = line + line.join(own)
        digest.update((text[1:] if first else text).encode())
        first = False
    return digest.hexdigest()[:16]
