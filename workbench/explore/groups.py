"""Groups of regions, by region id."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import region_ids
from workbench.errors import IdError, InputError, ValuesError
from workbench.typing import IntArray


def region_codes(
    groups: pd.Series[Any], ids: pd.Index, *, argument: str
) -> tuple[IntArray, pd.Index]:
    """Return each region's group as a number in sorted order of the groups, and the groups.

    Raises
    ------
    InputError, IdError, ValuesError
        If `groups` is no series by region id, regions do not match, a group is missing, or there
        are fewer than two.
    """
    if not isinstance(groups, pd.Series):
        raise InputError(
            argument,
            expected="a Series of groups indexed by region id",
            found=type(groups).__name__,
            remedy='regions["district"], or pandas.Series(groups, index=ids)',
        )
    given = region_ids(groups.index, argument=argument)
    lacking, beyond = ids.difference(given), given.difference(ids)
    if len(lacking) or len(beyond):
        raise IdError(
            argument,
            expected="the regions of the variable",
            found=f"{len(lacking)} of them without a group, {len(beyond)} that it does not have",
            offenders=[*lacking, *beyond],
            remedy="give each region of the variable a group, and drop those of others",
        )
    ordered = groups.reindex(ids)
    if ordered.isna().any():
        raise ValuesError(
            argument,
            expected="a group for every region",
            found=f"{int(ordered.isna().sum())} missing",
            offenders=ids[ordered.isna().to_numpy()].tolist(),
            remedy="give those regions a group, or leave them out of the panel",
        )
    codes, names = pd.factorize(ordered, sort=True)
    if len(names) < 2:
        raise ValuesError(
            argument,
            expected="at least two groups",
            found=f"{len(names)}: {names[0]!r}",
            why="one group of all regions has nothing beside it",
        )
    return codes.astype(np.int64), pd.Index(names)
