"""Duranton and Overman's K-density: at which distances are establishments of a sector apart."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from workbench.errors import ValuesError, check_number
from workbench.innovation.points.asking import Asked, ask, take_distances
from workbench.innovation.points.comparing import Compared, compare
from workbench.innovation.points.curves import PointCurves
from workbench.innovation.points.establishments import Establishments, read_establishments
from workbench.numerics.points.densities import Densities, densities
from workbench.typing import FloatArray, PointMetric, PointNull, Unit

FINE = 7
"""Bins in a bandwidth from which rounding to bins changes a curve by a thousandth or less."""

STEPS = 100
"""Steps from 0 to the median distance where distances are not given."""


def k_density(
    points: Any,
    *,
    sector: str,
    sectors: Hashable | Sequence[Hashable] | None = None,
    neighbours: Hashable | None = None,
    weight: str | None = None,
    controls: Hashable | Sequence[Hashable] | None = None,
    null: PointNull = "location",
    distances: Sequence[float] | None = None,
    bandwidth: float | None = None,
    draws: int = 999,
    level: float = 0.95,
    metric: PointMetric = "auto",
    unit: Unit = "km",
    seed: int = 0,
) -> PointCurves:
    """Estimate the density of distances between establishments, against chance.

    For the n establishments of a sector with distances ``d_ij``,
    ``K(d) = Σ_{i<j} w_ij [φ((d − d_ij)/h) + φ((d + d_ij)/h)] / (h Σ_{i<j} w_ij)``:
    a Gaussian kernel, reflected at zero, so that K is a density on [0, ∞), per unit of distance.
    Unweighted ``w_ij = 1``; with employment ``w_ij = e_i e_j``, the density of distances between
    employees of different establishments. (The paper's factor 1/(n(n − 1)) makes half of it; bands
    are scaled alike.) Between two sectors the sums are over i in one and j in the other.

    Parameters
    ----------
    points : GeoDataFrame
        A row an establishment, indexed by its id: all establishments, of every sector, since they
        are the sites on which chance could have put the sector. Several may share a place.
    sector : str
        Column with the sector of each.
    sectors : label or sequence, optional
        Which ones to look at; by default all with ten establishments or more. At least three.
    neighbours : label, optional
        Another sector, for distances from the sectors in question to it (co-localisation).
    weight : str, optional
        Column with the employment of each; positive.
    controls : label or sequence, optional
        Draw from the sites of the sector(s) in question and of these sectors only. With
        ``neighbours="B"`` and ``controls=["A", "B"]`` sectors A and B are compared with a
        random split of their joint sites. By default all sites.
    null : {"location", "labelling", "independence"}
        ``"location"``: establishments, with their employment, are put at sites drawn without
        replacement. ``"labelling"``: sites keep their employment and only the sector is drawn
        (the same without weights). ``"independence"``, with `neighbours`: the sector in question
        stays, the others are drawn among the remaining sites.
    distances : sequence of float, optional
        Where K is taken, in `unit`; by default 101 from 0 to the median distance of all pairs of
        establishments.
    bandwidth : float, optional
        h in `unit`. By default Silverman's rule (1986, equation 3.31) for the pairs of each curve,
        the observed one and the draws alike.
    draws : int, default 999
        R.
    level : float, default 0.95
        5 % of the draws are above an upper global band at some distance, 5 % below a lower one.
    metric : {"auto", "planar", "great-circle"}, default "auto"
        Great-circle for longitude and latitude, planar in a projection.
    unit : {"km", "m", "crs"}, default "km"
        Unit of distances.
    seed : int, default 0
        Of the draws. A sector's draws do not depend on which others are looked at.

    Returns
    -------
    PointCurves
        ``.tidy()`` a row a sector and distance, ``.glance()`` a row a sector: ``localisation`` is
        Γ = Σ Γ(d) Δd with ``Γ(d) = max(K(d) − upper band, 0)``, a share of the pairs (the paper's
        sum, at steps of one); ``dispersion`` is Ψ of ``max(lower band − K(d), 0)`` where a sector
        is nowhere localised, else 0; ``p_localised p_dispersed`` test the whole curve.

    Raises
    ------
    InputError, GeometryError, IdError, ValuesError
        If places, sectors or weights are missing or unusable (ids named), a sector is unknown or
        too small, or there are too few draws for the bands.

    Notes
    -----
    Distances are put into 65,536 bins, from 0 to the diagonal of the sites' box, and read at the
    bins' middles: this changes K by about (bin/h)²/24, mostly a part in 10⁴ or less. A strict
    bound is in the provenance, and a note tells where bins are wider than h/7. Time is that of
    n²/2 distances a draw, memory that of the sites.

    References
    ----------
    Duranton, G. and Overman, H. (2005). Testing for localization using micro-geographic data.
    Review of Economic Studies 72, 1077-1106, sections 3, 4 and 6. Silverman, B. (1986). Density
    Estimation for Statistics and Data Analysis, sections 2.10 and 3.4.2.

    Examples
    --------
    >>> import numpy as np
    >>> from geopandas import GeoDataFrame, points_from_xy
    >>> rng = np.random.default_rng(0)
    >>> xy = np.vstack([rng.uniform(0, 1e5, (180, 2)), rng.normal(5e4, 3e3, (20, 2))])
    >>> firms = GeoDataFrame({"industry": ["other"] * 180 + ["optics"] * 20},
    ...     geometry=points_from_xy(*xy.T), crs=3857)
    >>> found = k_density(firms, sector="industry", sectors="optics", draws=399)
    >>> found.glance().loc["optics", "verdict"]
    'localised'
    """
    sites = read_establishments(points, sector=sector, weight=weight, metric=metric, unit=unit)
    asked = ask(
        "K-density", sites, sectors=sectors, neighbours=neighbours, controls=controls, null=null,
        draws=draws, level=level, seed=seed,
    )  # fmt: skip
    if bandwidth is not None:
        bandwidth = _bandwidth(bandwidth, sites)
    at, notes = take_distances(distances, asked, steps=STEPS, zero=True)

    def one(code: int) -> Compared:
        found = _densities(asked, code, at, bandwidth)
        facts = {"bandwidth": found.bandwidth}
        return Compared(
            found.observed, found.simulated, facts, found.error, _coarse(asked, code, found)
        )

    options = {
        "weight": str(weight),
        "bandwidth": "Silverman's rule, every curve" if bandwidth is None else f"{bandwidth:g}",
    }
    return compare(asked, at, one, title="K-density", notes=notes, options=options)


def _bandwidth(bandwidth: float, sites: Establishments) -> float:
    _, positions = sites.ground.bins()
    width = float(np.diff(positions).max())
    return check_number(
        "bandwidth",
        bandwidth,
        above=width,
        why=f"distances are told apart to {width:.2g} {sites.unit}",
    )


def _coarse(asked: Asked, code: int, found: Densities) -> tuple[str, ...]:
    """Say where bins are wide beside the kernel, as for a sector within a town of a continent."""
    if found.bin_width * FINE <= found.bandwidth:
        return ()
    unit = asked.sites.unit
    return (
        f"{asked.sites.labels[code]}: distances are told apart to {found.bin_width:.2g} {unit}, "
        f"the bandwidth is {found.bandwidth:.2g}; give a wider one, or pass a smaller area.",
    )


def _densities(asked: Asked, code: int, at: FloatArray, bandwidth: float | None) -> Densities:
    ground, marks = asked.marks(code)
    found = densities(
        ground,
        marks,
        at,
        bandwidth=bandwidth,
        draws=asked.draws,
        seed=asked.seed,
        name=asked.name(code),
    )
    if found.bandwidth == 0.0 or (found.bandwidths == 0.0).any():
        whose = "the sector" if found.bandwidth == 0.0 else "a draw"
        raise ValuesError(
            "sectors",
            expected="pairs at different distances",
            found=f"{whose} with all pairs equally far apart",
            offenders=[asked.sites.labels[code]],
            why="a spread of zero gives no bandwidth",
            remedy="say how wide the kernel is, e.g. bandwidth=5",
        )
    return found
