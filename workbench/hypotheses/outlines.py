"""The map that a question is given: geometries by region id, those of a sample, none missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from workbench.errors import IdError, InputError


def outlines_of(given: Any, ids: pd.Index, *, argument: str, remedy: str) -> Any:
    """Return the rows of a map for some regions, in their order.

    Parameters
    ----------
    given : GeoDataFrame or GeoSeries
        Points or polygons by region id; regions besides `ids` are left aside.
    ids : pandas.Index, length n
    argument, remedy : str
        Of the messages: what the caller's argument is called, and the way out.

    Raises
    ------
    InputError
        If it is no map.
    IdError
        If a region has no place.
    """
    if not hasattr(given, "geometry"):
        raise InputError(
            argument,
            expected="a GeoDataFrame or GeoSeries of points or polygons, indexed by region id",
            found=type(given).__name__,
            remedy=remedy,
        )
    refuse_placeless(ids.difference(given.index), argument=argument, remedy=remedy)
    return given.loc[ids]


def refuse_placeless(missing: Iterable[Any], *, argument: str, remedy: str) -> None:
    """Raise :class:`~workbench.errors.IdError` where regions have no place."""
    lost = list(missing)
    if lost:
        raise IdError(
            argument,
            expected="a place for every region of the sample",
            found=f"{len(lost)} regions without",
            offenders=lost,
            remedy=remedy,
        )
