"""Figures by region and period, each once, and on the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench.errors import IdError, PanelError, listing


class OffMapError(IdError):
    """Regions that only one of the two files has.

    Attributes
    ----------
    without, beyond : tuple of str
        Those only on the map, and those only in the table.
    """

    without: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()


def index_of(keys: pd.Series[Any], years: pd.Series[Any] | None, rows: Sequence[Any]) -> pd.Index:
    """Return the index of the figures.

    Parameters
    ----------
    keys, years : Series
        Region and, of several, period of each row.
    rows : sequence
        What the file calls each row: its number.

    Raises
    ------
    PanelError
        If a region occurs twice, or twice in a period; names the rows.
    """
    regions = pd.Index(keys, name="region")
    index: pd.Index = (
        regions
        if years is None
        else pd.MultiIndex.from_arrays([regions, pd.Index(years, name="year")])
    )
    twice = list(dict.fromkeys(index[index.duplicated()].sort_values()))
    if not twice:
        return index
    at = [
        f"{one}: rows {listing([row for row, key in zip(rows, index, strict=True) if key == one])}"
        for one in twice
    ]
    raise PanelError(
        "table",
        expected="each region once" + ("" if years is None else " a period"),
        found=f"{len(twice)} that occur again",
        offenders=at,
        why="of two figures of one region neither may be dropped unseen",
        remedy="keep one of the rows in the file"
        + ("; if they are of several years, name the column of years: --time COLUMN"
           if years is None else ""),
    )  # fmt: skip


def matched(
    figures: pd.DataFrame, ids: set[str], *, matched_only: bool
) -> tuple[pd.DataFrame, bool, list[str]]:
    """Return the figures of regions that are on the map; refuse others unless that is wanted.

    Raises
    ------
    OffMapError
        If regions are in one of the files only.
    """
    held = set(figures.index.get_level_values("region"))
    without, beyond = sorted(ids - held), sorted(held - ids)
    if not without and not beyond:
        return figures, True, []
    told = [f"{len(without)} only on the map: {listing(without)}"] if without else []
    told += [f"{len(beyond)} only in the table: {listing(beyond)}"] if beyond else []
    if not matched_only:
        error = OffMapError(
            "table",
            expected="the same regions as on the map",
            found="; ".join(told),
            why="a region without figures is a hole among the neighbours of others, and figures "
            "without a region would be lost",
            remedy="complete or correct the files; or leave these regions out on purpose, and say "
            "so in the thesis: --matched-only",
        )
        error.without, error.beyond = tuple(without), tuple(beyond)
        raise error
    kept = figures[figures.index.get_level_values("region").isin(ids)]
    return kept, False, [f"Left out at your word: {'; '.join(told)}."]
