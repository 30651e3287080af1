"""Who may be a peer: everybody, the regions of the same group, or those that are named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import region_ids
from workbench.errors import IdError, InputError, ValuesError
from workbench.typing import IntArray


def candidates_of(among: Any, ids: pd.Index, region: Any, *, lost: Sequence[Any] = ()) -> IntArray:
    """Return the positions in `ids` of the regions that may be peers of one.

    Parameters
    ----------
    among : Series, sequence of ids or None
        As the caller gave it.
    ids : pandas.Index
        Regions with figures, in sorted order.
    region : id
        The region itself, which is none of its peers.
    lost : sequence of ids
        Regions that were left out for missing figures.
    """
    if among is None:
        return np.flatnonzero(ids != region).astype(np.int64)
    named = _of_group(among, region) if isinstance(among, pd.Series) else _listed(among, region)
    unknown = [one for one in named if one not in ids and one not in lost]
    if unknown and not isinstance(among, pd.Series):
        raise IdError(
            "among", expected="ids of regions of the data", found=f"{len(unknown)} others",
            offenders=unknown,
        )  # fmt: skip
    return np.flatnonzero(ids.isin(named) & (ids != region)).astype(np.int64)


def named_peers(named: Sequence[Any], ids: pd.Index, region: Any, *, argument: str) -> list[Any]:
    """Return peers that the caller names, in sorted order, or refuse them.

    Raises
    ------
    InputError, IdError
        If the region is among them, one occurs twice, or is not in the data.
    """
    listed = _listed(named, region, argument=argument)
    unknown = [one for one in listed if one not in ids]
    if unknown:
        raise IdError(
            argument,
            expected="ids of regions of the data",
            found=f"{len(unknown)} others",
            offenders=unknown,
            remedy="leave them out, or complete the data",
        )
    return sorted(listed, key=str)


def _of_group(groups: pd.Series[Any], region: Any) -> list[Any]:
    ids = region_ids(groups.index, argument="among")
    if region not in ids or pd.isna(groups[region]):
        raise ValuesError(
            "among",
            expected="a value for the region",
            found="none",
            offenders=[region],
            why="peers are the regions with the same value",
            remedy="a list of ids instead, among=[...]",
        )
    return [one for one in groups.index[groups == groups[region]] if one != region]


def _listed(named: Any, region: Any, *, argument: str = "among") -> list[Any]:
    if isinstance(named, str) or not isinstance(named, Sequence | pd.Index | np.ndarray):
        raise InputError(
            argument,
            expected="a list of region ids",
            found=repr(named),
            remedy=f'{argument}=["{named}"]' if isinstance(named, str) else "",
        )
    listed = list(named)
    if region in listed:
        raise InputError(
            argument,
            expected="regions other than the one that is compared with them",
            found="the region itself among them",
            offenders=[region],
            why="it would be compared with itself",
            remedy=f"{argument}=[one for one in {argument} if one != {region!r}]",
        )
    repeated = sorted({str(one) for one in listed if listed.count(one) > 1})
    if repeated or len(listed) < 2:
        raise InputError(
            argument,
            expected="at least two regions, each once",
            found=f"{len(listed)}, {len(repeated)} of them more than once",
            offenders=repeated,
        )
    return listed
