"""Marcon and Puech's M: how over-represented is a sector around its own establishments."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from workbench.errors import InputError
from workbench.innovation.points.asking import Asked, ask, take_distances
from workbench.innovation.points.comparing import Compared, compare
from workbench.innovation.points.curves import PointCurves
from workbench.innovation.points.establishments import read_establishments
from workbench.numerics.points.relative import Relative, relative_concentration
from workbench.typing import BoolArray, FloatArray, PointMetric, PointNull, Unit

STEPS = 50
"""Steps to the median distance where distances are not given."""


def m_function(
    points: Any,
    *,
    sector: str,
    sectors: Hashable | Sequence[Hashable] | None = None,
    neighbours: Hashable | None = None,
    weight: str | None = None,
    controls: Hashable | Sequence[Hashable] | None = None,
    null: PointNull = "location",
    distances: Sequence[float] | None = None,
    draws: int = 999,
    level: float = 0.95,
    metric: PointMetric = "auto",
    unit: Unit = "km",
    seed: int = 0,
) -> PointCurves:
    """Compare a sector's share among neighbours up to each distance with its share overall.

    ``M(r) = Σ_i (B_i(r) / A_i(r)) / Σ_i (B_i / A_i)`` over the establishments i of the sector in
    question, where ``A_i(r)`` is the weight of all establishments within r of i, itself excepted,
    ``B_i(r)`` that of those of the sector itself (or of `neighbours`), and ``A_i``, ``B_i`` the
    same without limit of distance. M = 2: up to r, the sector's share is twice that in the whole
    area; 1 is independence. Establishments without any neighbour up to r do not count at r. M is
    cumulative, relative to all establishments, and needs no area or correction of edges.

    Parameters
    ----------
    points : GeoDataFrame
        A row an establishment, indexed by its id: all establishments, of every sector. Several
        may share a place.
    sector : str
        Column with the sector of each.
    sectors : label or sequence, optional
        Which ones to look at; by default all with ten establishments or more. At least two.
    neighbours : label, optional
        The sector counted around those in question; by default each around itself.
    weight : str, optional
        Column with the employment of each; positive.
    controls : label or sequence, optional
        Compare with these sectors only, beside those in question; by default with all.
    null : {"location", "labelling", "independence"}
        ``"location"``: establishments, with sector and weight, are put onto all sites in random
        order. ``"labelling"``: sites keep their weight and only the sectors are. With
        `neighbours`, ``"independence"``: the sector in question stays, the others are.
    distances : sequence of float, optional
        r, in `unit`, a neighbour at r counting to a part in 10⁹; by default 50 steps to the median
        distance of all pairs of establishments, without the first ones at which no establishment
        of the sector, or of a draw, has a neighbour.
    draws : int, default 999
        R.
    level : float, default 0.95
        5 % of the draws are above an upper global band at some distance, 5 % below a lower one.
    metric, unit, seed
        As for :func:`k_density`.

    Returns
    -------
    PointCurves
        ``.tidy()`` a row a sector and distance, ``.glance()`` a row a sector; ``localisation`` is
        the excess of M over its upper band summed over steps of distance, in `unit`.

    Raises
    ------
    InputError, GeometryError, IdError, ValuesError
        If places, sectors or weights are missing or unusable (ids named), a sector is unknown or
        too small, M is not defined at a distance that was asked for, or there are too few draws.

    Notes
    -----
    Time is that of n² distances a draw for n establishments of a sector, or of n N among N sites
    where weights are thrown, too.

    References
    ----------
    Marcon, E. and Puech, F. (2010). Measures of the geographic concentration of industries:
    improving distance-based methods. Journal of Economic Geography 10, 745-762, sections 2.2 and
    2.3. Marcon, E. and Puech, F. (2017). A typology of distance-based measures of spatial
    concentration. Regional Science and Urban Economics 62, 56-67.

    Examples
    --------
    >>> from geopandas import GeoDataFrame, points_from_xy
    >>> rng = np.random.default_rng(0)
    >>> xy = np.vstack([rng.uniform(0, 1e5, (180, 2)), rng.normal(5e4, 3e3, (20, 2))])
    >>> firms = GeoDataFrame({"industry": ["other"] * 180 + ["optics"] * 20},
    ...     geometry=points_from_xy(*xy.T), crs=3857)
    >>> found = m_function(firms, sector="industry", sectors="optics", distances=[5, 10, 20])
    >>> found.glance().loc["optics", "verdict"]
    'localised'
    """
    sites = read_establishments(points, sector=sector, weight=weight, metric=metric, unit=unit)
    asked = ask(
        "M function", sites, sectors=sectors, neighbours=neighbours, controls=controls, null=null,
        draws=draws, level=level, seed=seed,
    )  # fmt: skip
    at, notes = take_distances(distances, asked, steps=STEPS, zero=False)
    found = {code: _relative(asked, code, at) for code in asked.sectors}
    kept = np.logical_and.reduce([_defined(one) for one in found.values()])
    if not kept.all():
        _require_own(distances, at, kept, unit=sites.unit)
        notes = (*notes, f"Distances begin at {at[kept][0]:.4g} {sites.unit}: no nearer does every "
                 "draw have an establishment with a neighbour.")  # fmt: skip

    def one(code: int) -> Compared:
        curve = found[code]
        return Compared(curve.observed[kept], curve.simulated[:, kept], {})

    options = {"weight": str(weight)}
    return compare(asked, at[kept], one, title="M function", notes=notes, options=options)


def _relative(asked: Asked, code: int, at: FloatArray) -> Relative:
    ground, marks = asked.marks(code)
    return relative_concentration(
        ground, marks, at, draws=asked.draws, seed=asked.seed, name=asked.name(code)
    )


def _defined(found: Relative) -> BoolArray:
    return np.asarray(np.isfinite(found.observed) & np.isfinite(found.simulated).all(axis=0))


def _require_own(distances: Any, at: FloatArray, kept: BoolArray, *, unit: str) -> None:
    """Refuse distances that the caller chose and at which M is not defined."""
    if distances is None and kept.any():
        return
    bad = at[~kept]
    way_out = f"begin at {at[kept][0]:g}" if kept.any() else "take larger distances"
    raise InputError(
        "distances",
        expected="distances within which some establishment of the sector has a neighbour",
        found=f"{bad.size} of {at.size} at which none has, as observed or in a draw",
        offenders=[f"{r:g} {unit}" for r in bad],
        why="a share of no neighbours is not defined",
        remedy=way_out,
    )
