"""Counts of organisations by region: read, added up over districts, shared with a capital."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from workbench.errors import IdError, InputError, ValuesError
from workbench.explore.groups import region_codes
from workbench.innovation.reading import series


def read_counts(
    values: Any,
    *,
    argument: str,
    ids: pd.Index | None = None,
    other: str = "",
    positive: str = "",
    whole: bool = True,
) -> pd.Series[Any]:
    """Return whole numbers of organisations by region id, in sorted order.

    Parameters
    ----------
    values : pandas.Series
        By region id.
    ids : pandas.Index, optional
        The regions that there must be.
    other : str
        Argument of the caller that `ids` come from.
    positive : str
        Why zero is refused; empty where it is not.
    whole : bool
        Whether fractions are refused; an average of two counts may have one.

    Raises
    ------
    InputError, IdError, ValuesError
        If it is no series of whole numbers by region id, or regions do not match.
    """
    read = series(values, argument=argument, ids=ids, other=other, non_negative=True)
    part = read != np.round(read)
    if whole and part.any():
        shares = bool((read <= 1).all())
        raise ValuesError(
            argument,
            expected="whole numbers of organisations",
            found=f"{int(part.sum())} with a fraction",
            offenders=read.index[part].tolist(),
            why="rates are made here, with an interval that needs the counts",
            remedy=f"pass {argument} as counts"
            + (", not as shares" if shares else ", not as per cent or per head"),
        )
    empty = read == 0
    if positive and empty.any():
        raise ValuesError(
            argument,
            expected="at least one organisation in every region",
            found=f"{int(empty.sum())} regions without",
            offenders=read.index[empty].tolist(),
            why=positive,
            remedy=f"leave those regions out: {argument}[{argument} > 0]",
        )
    read.index = read.index.rename(read.index.name or "region")
    return read


def summed(table: pd.DataFrame, districts: pd.Series[Any]) -> pd.DataFrame:
    """Add counts up over districts: a row a district, ``size`` and a column a count."""
    codes, names = region_codes(districts, table.index, argument="districts")
    sums = {
        name: np.bincount(codes, weights=table[name].to_numpy(dtype=np.float64)) for name in table
    }
    index = pd.Index(names, name=districts.name or "district")
    return pd.DataFrame({"size": np.bincount(codes), **sums}, index=index)


def listed_regions(regions: Any, ids: pd.Index, *, argument: str) -> pd.Index:
    """Return the regions of an agglomeration, some but not all of those there are."""
    several = isinstance(regions, Sequence | pd.Index) and not isinstance(regions, str)
    wanted: pd.Index = pd.Index(list(regions) if several else [])
    if not len(wanted) or wanted.has_duplicates:
        raise InputError(
            argument,
            expected="ids of regions, each once",
            found=repr(regions),
            remedy=f'{argument}=["RU-MOW", "RU-MOS"]',
        )
    unknown = wanted[~wanted.isin(ids)]
    if len(unknown):
        raise IdError(
            argument,
            expected="regions of the table",
            found=f"{len(unknown)} that it does not have",
            offenders=unknown.tolist(),
            remedy="list ids as the table writes them",
        )
    if len(wanted) == len(ids):
        raise InputError(
            argument,
            expected="some of the regions",
            found="all of them",
            why="the share of all regions is one",
            remedy="list the regions of the agglomeration only",
        )
    return wanted


def refuse_empty_total(total: float, *, argument: str) -> None:
    """Refuse a share of a total of nothing."""
    if total == 0:
        raise ValuesError(
            argument,
            expected="at least one organisation in all regions together",
            found="none",
            why="a share of nothing does not exist",
            remedy="leave out agglomeration=, or pass another year",
        )


class Classed(Protocol):
    """What rates by region have in common: classes, districts, the share of listed regions."""

    @property
    def districts(self) -> pd.DataFrame | None:
        """The columns by district, from sums of counts."""

    @property
    def agglomeration(self) -> pd.DataFrame | None:
        """Share of the listed regions, per cent."""

    def tidy(self) -> pd.DataFrame:
        """Return a row a class."""

    def glance(self) -> pd.DataFrame:
        """Return one row."""


def summary(result: Classed) -> list[tuple[str, pd.DataFrame]]:
    """Return the parts of a result as they are shown: all regions, classes, what was asked for."""
    parts = [("", result.glance().set_axis([""])), ("Classes", result.tidy())]
    if result.districts is not None:
        parts.append(("Districts, from sums of counts", result.districts))
    if result.agglomeration is not None:
        parts.append(("Share of the listed regions, per cent", result.agglomeration))
    return parts
