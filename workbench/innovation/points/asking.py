"""What is asked of establishments: which sectors, among which sites, under which null."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.core.seeds import check_seed, generator
from workbench.core.vocabulary import check_level
from workbench.errors import InputError, ValuesError, check_option, check_whole
from workbench.innovation.points.establishments import Establishments, few, named
from workbench.numerics.points.ground import Ground, Marks, median_distance
from workbench.typing import FloatArray, IntArray, PointMeasure, PointNull

USUAL = 10
"""Establishments from which a sector is looked at where none is named, as in Duranton and
Overman (2005): of fewer a curve shows single pairs."""

LEAST = {"K-density": 3, "M function": 2}
"""Establishments that a curve takes: three distances have a spread, two points a distance."""

MOST_FOR_MEDIAN = 20_000
"""Establishments whose pairs all count for the median distance; of more that many are drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Checked choices that both measures share.

    Attributes
    ----------
    measure : {"K-density", "M function"}
    sites : Establishments
    sectors : tuple of int
        Codes of the sectors in question, in order of their names.
    neighbours : int or None
        Code of the sector that is looked at from there.
    controls : tuple of int or None
        Codes of the sectors among whose sites are drawn, too; None: all.
    null : {"location", "labelling", "independence"}
    draws, seed : int
    level : float
    notes : tuple of str
    """

    measure: PointMeasure
    sites: Establishments
    sectors: tuple[int, ...]
    neighbours: int | None
    controls: tuple[int, ...] | None
    null: PointNull
    draws: int
    level: float
    seed: int
    notes: tuple[str, ...]

    def pool(self, sector: int) -> IntArray:
        """Return the positions of the establishments that a sector is compared with."""
        if self.controls is None:
            return np.arange(len(self.sites.ids))
        own = (sector,) if self.neighbours is None else (sector, self.neighbours)
        return self.sites.of((*own, *self.controls))

    def marks(self, sector: int) -> tuple[Ground, Marks]:
        """Return the ground of a sector's pool and its marks, or refuse a null without chance."""
        pool = self.pool(sector)
        codes = self.sites.codes[pool]
        here = np.flatnonzero(codes == sector)
        there = None if self.neighbours is None else np.flatnonzero(codes == self.neighbours)
        self._require_chance(sector, here, there, pool.size)
        weights = None if self.sites.weights is None else self.sites.weights[pool]
        ground = self.sites.ground
        part = Ground(np.ascontiguousarray(ground.lines[:, pool]), ground.scale, ground.sphere)
        return part, Marks(here, there, weights, self.null, pool.size)

    def name(self, sector: int) -> str:
        """Return what the draws of a sector are for: other sectors do not change them."""
        other = "" if self.neighbours is None else str(self.sites.labels[self.neighbours])
        return f"{self.sites.labels[sector]}\x1f{other}"

    def _require_chance(
        self, sector: int, here: IntArray, there: IntArray | None, size: int
    ) -> None:
        fixed = here.size if there is None or self.null == "independence" else 0
        moving = 0 if there is None else there.size
        if size > fixed + (moving if fixed else 0):
            return
        raise InputError(
            "points" if self.controls is None else "controls",
            expected=f"establishments of other sectors beside {self.sites.labels[sector]!r}",
            found="none",
            why="drawn from its own sites alone, every draw is the sector itself",
            remedy="pass all establishments, of every sector"
            if self.controls is None
            else 'name other sectors, e.g. controls=["..."], or leave controls out',
        )


def ask(
    measure: PointMeasure,
    sites: Establishments,
    *,
    sectors: Any,
    neighbours: Hashable | None,
    controls: Any,
    null: PointNull,
    draws: int,
    level: float,
    seed: int,
) -> Asked:
    """Check the choices that both measures share.

    Raises
    ------
    InputError
        If an option cannot be used, a sector is unknown or has too few establishments.
    """
    check_option("null", null, PointNull)
    check_level(level)
    check_seed(seed)
    draws = check_whole("draws", draws)
    if null == "independence" and neighbours is None:
        raise InputError(
            "null",
            expected='"location" or "labelling" for a sector around itself',
            found='"independence"',
            why="it keeps the sector where it is, and only moves others",
            remedy='null="location", or name another sector, neighbours=...',
        )
    other = None if neighbours is None else sites.code(neighbours, argument="neighbours")
    chosen, notes = _chosen(measure, sites, sectors, other)
    return Asked(
        measure=measure,
        sites=sites,
        sectors=chosen,
        neighbours=other,
        controls=None if controls is None else _codes(sites, controls, argument="controls"),
        null=null,
        draws=int(draws),
        level=float(level),
        seed=int(seed),
        notes=notes,
    )


def _codes(sites: Establishments, labels: Any, *, argument: str) -> tuple[int, ...]:
    single = isinstance(labels, str) or not isinstance(labels, Iterable)
    codes = {sites.code(label, argument=argument) for label in ([labels] if single else labels)}
    if not codes:
        raise InputError(argument, expected="one sector or more", found="none")
    return tuple(sorted(codes))


def _chosen(
    measure: PointMeasure, sites: Establishments, sectors: Any, other: int | None
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    counts = np.bincount(sites.codes, minlength=len(sites.labels))
    least = LEAST[measure]
    if sectors is not None:
        chosen = _codes(sites, sectors, argument="sectors")
        _require_points(sites, counts, chosen, least=least, argument="sectors")
        notes: tuple[str, ...] = ()
    else:
        chosen = tuple(int(k) for k in np.flatnonzero(counts >= USUAL) if k != other)
        small = [sites.labels[k] for k in np.flatnonzero(counts < USUAL)]
        notes = (
            (f"{len(small)} sectors of fewer than {USUAL} establishments are not looked at "
             f"({named(small)}); name them in sectors=[...] to do so.",)
            if small else ()
        )  # fmt: skip
    if other is not None:
        least_there = max(1, least - 1)
        _require_points(sites, counts, (other,), least=least_there, argument="neighbours")
    if other in chosen:
        raise InputError(
            "neighbours",
            expected="another sector than those in question",
            found=repr(sites.labels[other]),
            remedy="leave neighbours out for a sector around itself",
        )
    if not chosen:
        raise InputError(
            "points",
            expected=f"a sector with {USUAL} establishments or more",
            found=f"at most {int(counts.max())}",
            remedy="name the sectors to look at all the same, sectors=[...]",
        )
    return chosen, notes


def _require_points(
    sites: Establishments,
    counts: IntArray,
    codes: tuple[int, ...],
    *,
    least: int,
    argument: str,
) -> None:
    short = [k for k in codes if counts[k] < least]
    if short:
        raise ValuesError(
            argument,
            expected=f"sectors of at least {few(least)}",
            found=", ".join(str(counts[k]) for k in short[:5]),
            offenders=[sites.labels[k] for k in short],
            why="a curve is made of the distances between them",
            remedy="leave these sectors out, or join them with related ones",
        )


def take_distances(
    distances: Any, asked: Asked, *, steps: int, zero: bool
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the distances at which curves are taken, by default up to the median of all pairs.

    Parameters
    ----------
    distances : sequence of float or None
        Increasing, in the unit of the establishments.
    asked : Asked
    steps : int
        Number of equal steps to the median.
    zero : bool
        Whether they begin at zero.

    Raises
    ------
    InputError
        If they are no increasing finite numbers from zero.
    """
    if distances is not None:
        return _own_distances(distances), ()
    everyone = np.arange(len(asked.sites.ids))
    notes: tuple[str, ...] = ()
    if everyone.size > MOST_FOR_MEDIAN:
        draw = generator(asked.seed, "median distance")
        everyone = np.sort(draw.choice(everyone, MOST_FOR_MEDIAN, replace=False))
        notes = (f"The median distance is that of {MOST_FOR_MEDIAN:,} establishments drawn.",)
    median = median_distance(asked.sites.ground, everyone)
    at = np.linspace(0.0, median, steps + 1)
    reach = f"Distances reach to the median of all pairs, {median:.4g} {asked.sites.unit}."
    return (at if zero else at[1:]), (reach, *notes)


def _own_distances(distances: Any) -> FloatArray:
    try:
        at = np.array(distances, dtype=np.float64)
    except (TypeError, ValueError):
        at = np.empty((0, 0))
    fine = at.ndim == 1 and at.size > 0 and bool(np.isfinite(at).all())
    if not fine or at[0] < 0 or (np.diff(at) <= 0).any() or at[-1] <= 0:
        raise InputError(
            "distances",
            expected="increasing numbers from 0",
            found=repr(distances),
            remedy="e.g. distances=range(0, 181)",
        )
    return at
