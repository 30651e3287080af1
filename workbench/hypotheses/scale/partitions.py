"""Which zones a scale ladder looks at: given hierarchies, and random contiguous ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import region_ids
from workbench.core.seeds import generator
from workbench.errors import IdError, InputError, ValuesError, WeightsError
from workbench.numerics.partitions.agreement import numbered
from workbench.numerics.partitions.random_zones import parts_of, random_zones
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import Disconnected, IntArray
from workbench.weights import Weights

BASE, RANDOM = "base", "random"
FEWEST = 3
"""Fewest zones of a scale: two leave nothing to estimate a slope and its error from."""


@dataclass(frozen=True, slots=True, eq=False)
class Zoning:
    """One partition of the regions.

    Attributes
    ----------
    scale : str
        ``"base"``, the name of a hierarchy, or ``"random"``.
    draw : int
        Number of a random partition, from 1; 0 for the others.
    labels : ndarray of int, shape (n,)
        Zone of each region in sorted order of ids, 0 to k − 1.
    names : tuple of str, length k
        Ids of the zones.
    """

    scale: str
    draw: int
    labels: IntArray
    names: tuple[Any, ...]


def base_of(ids: pd.Index) -> Zoning:
    """Return the regions themselves as zones."""
    return Zoning(BASE, 0, np.arange(len(ids)), tuple(ids))


def given(hierarchy: Mapping[str, Any], ids: pd.Index) -> list[Zoning]:
    """Return the zones of given hierarchies.

    Raises
    ------
    InputError
        If `hierarchy` is no mapping of names to Series, a name is taken, or a hierarchy has
        fewer than three groups or one for every region.
    IdError
        If a region is not in a hierarchy.
    ValuesError
        If a region has no group.
    """
    if not isinstance(hierarchy, Mapping):
        raise InputError(
            "hierarchy",
            expected="a mapping of names to Series of groups by region id",
            found=type(hierarchy).__name__,
            remedy='hierarchy={"federal districts": regions["federal_district"]}',
        )
    return [_given(str(name), groups, ids) for name, groups in hierarchy.items()]


def drawn(
    random: Mapping[str, Any], links: Weights, *, disconnected: Disconnected, seed: int
) -> list[Zoning]:
    """Draw random contiguous partitions, the same for the same seed, size and number.

    Parameters
    ----------
    random : mapping
        ``{"sizes": [40, 20], "draws": 99}``.
    links : Weights
        Who may share a zone; directions are ignored.
    disconnected : {"error", "apart"}
        What is done with several connected parts: refused, or every part has zones of its own.
    seed : int

    Raises
    ------
    InputError
        If sizes or draws are no whole numbers in their bounds.
    WeightsError
        If the links have several connected parts under ``"error"``.
    """
    pattern: CsrArray = (links.sparse_base + links.sparse_base.T).tocsr()
    pattern.sort_indices()
    sizes, draws = _sizes(random, links.n)
    parts = parts_of(pattern)
    _check_parts(parts, links.ids, sizes, disconnected)
    return [
        _drawn(pattern, size, draw, generator(seed, "random zones", size, draw))
        for size in sizes
        for draw in range(1, draws + 1)
    ]


def pieces_of(zoning: Zoning, links: Weights) -> list[str]:
    """Name the zones whose members are not connected among themselves."""
    pattern: CsrArray = (links.sparse_base + links.sparse_base.T).tocsr()
    found = []
    for zone, name in enumerate(zoning.names):
        members = np.flatnonzero(zoning.labels == zone)
        if parts_of(pattern[members, :][:, members]).max() > 0:
            found.append(str(name))
    return found


def _given(name: str, groups: Any, ids: pd.Index) -> Zoning:
    if name in (BASE, RANDOM) or not isinstance(groups, pd.Series):
        raise InputError(
            "hierarchy",
            expected="Series of groups by region id, under names other than base and random",
            found=f"{name!r}: {type(groups).__name__}",
            remedy='hierarchy={"federal districts": regions["federal_district"]}',
        )
    region_ids(groups.index, argument=f"hierarchy[{name!r}]")
    lost = ids[~ids.isin(groups.index)]
    if len(lost):
        raise IdError(
            f"hierarchy[{name!r}]",
            expected="every region",
            found=f"{len(lost)} regions that it does not have",
            offenders=list(lost),
        )
    own = groups.reindex(ids)
    if own.isna().any():
        raise ValuesError(
            f"hierarchy[{name!r}]",
            expected="a group for every region",
            found=f"{int(own.isna().sum())} regions without",
            offenders=list(ids[own.isna()]),
        )
    labels, names = pd.factorize(own.astype(str), sort=True)
    if not FEWEST <= len(names) < len(ids):
        raise InputError(
            f"hierarchy[{name!r}]",
            expected=f"at least {FEWEST} groups, and fewer than the {len(ids)} regions",
            found=f"{len(names)} groups",
            why="a slope and its error need more than two zones",
        )
    return Zoning(name, 0, labels.astype(np.int64), tuple(names))


def _drawn(pattern: CsrArray, size: int, draw: int, rng: np.random.Generator) -> Zoning:
    labels = numbered(random_zones(pattern, size, rng))
    width = len(str(size))
    names = tuple(f"zone {zone + 1:0{width}d}" for zone in range(size))
    return Zoning(RANDOM, draw, labels, names)


def _sizes(random: Mapping[str, Any], n: int) -> tuple[list[int], int]:
    if not isinstance(random, Mapping) or set(random) - {"sizes", "draws"} or "sizes" not in random:
        raise InputError(
            "random",
            expected="sizes and a number of draws",
            found=repr(random),
            remedy='random={"sizes": [40, 20, 10], "draws": 99}',
        )
    sizes, draws = random["sizes"], random.get("draws", 99)
    sizes = [sizes] if isinstance(sizes, int) else list(sizes)
    wrong = [size for size in sizes if not _whole(size, FEWEST, n - 1)]
    if wrong or not sizes:
        raise InputError(
            "random['sizes']",
            expected=f"numbers of zones from {FEWEST} to {n - 1}",
            found=repr(sizes),
            offenders=wrong,
            remedy=f'random={{"sizes": [{max(FEWEST, n // 2)}], "draws": 99}}',
        )
    if not _whole(draws, 1, 100_000):
        raise InputError("random['draws']", expected="a whole number from 1", found=repr(draws))
    return sorted({int(size) for size in sizes}, reverse=True), int(draws)


def _whole(value: Any, least: int, most: int) -> bool:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return whole and least <= int(value) <= most


def _check_parts(
    parts: IntArray, ids: pd.Index, sizes: Sequence[int], disconnected: Disconnected
) -> None:
    count = int(parts.max()) + 1
    if count == 1:
        return
    main = int(np.bincount(parts).argmax())
    apart = [str(i) for i in ids[parts != main]]
    if disconnected == "error":
        raise WeightsError(
            "W",
            expected="connected regions: zones of one territory",
            found=f"{count} connected parts",
            offenders=apart,
            remedy='disconnected="apart" (every part has zones of its own), or '
            'wb.weights.queen(regions, islands="nearest")',
        )
    few = [size for size in sizes if size < count]
    if few:
        raise InputError(
            "random['sizes']",
            expected=f"at least {count} zones, one for each connected part",
            found=repr(few),
            offenders=apart,
        )
