"""K-densities: the smoothed distribution of distances between points, observed and drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.numerics.points.ground import Ground, Marks, Thrown, draw_key, over_draws
from workbench.numerics.points.pairs import BINS, count_pairs, weigh_pairs
from workbench.numerics.points.smoothing import density, silverman
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Densities:
    """K-densities at M distances of the points and of R draws.

    Attributes
    ----------
    observed : ndarray, shape (M,)
        Per unit of distance.
    simulated : ndarray, shape (R, M)
    bandwidth : float
        Of the observed curve.
    bandwidths : ndarray, shape (R,)
        Of the draws.
    bin_width : float
        Of the widest bin. Rules give no bandwidth below it but 0.
    error : float
        Bound on what binning can change in any density, half a bin times the steepest slope
        0.242/h², at the smallest of all bandwidths h. Typically the change is its square.
    """

    observed: FloatArray
    simulated: FloatArray
    bandwidth: float
    bandwidths: FloatArray
    bin_width: float
    error: float


def densities(
    ground: Ground,
    marks: Marks,
    at: FloatArray,
    *,
    bandwidth: float | None,
    draws: int,
    seed: int,
    name: str = "",
    threads: int | None = None,
) -> Densities:
    """Estimate the density of distances between points, and under R draws of a null.

    Parameters
    ----------
    ground : Ground
    marks : Marks
    at : ndarray, shape (M,)
        Distances, from 0.
    bandwidth : float or None
        In units of distance, the same for every curve; None: Silverman's rule for the pairs of
        each curve, so that the observed one and the draws are treated alike.
    draws : int
        R.
    seed : int
    name : str
        What the draws are for: another name, other draws.
    threads : int, optional
        Numbers do not depend on it.

    Returns
    -------
    Densities
        A bandwidth is 0, and its curve NaN, where all pairs are equally far apart.

    Examples
    --------
    >>> line = np.array([[0.0, 1.0, 3.0, 7.0], [0.0] * 4, [0.0] * 4])
    >>> marks = Marks(np.array([0, 1, 2]), None, None, "location", 4)
    >>> at = np.linspace(0, 20, 201)
    >>> ground = Ground(line, 1.0, False)
    >>> found = densities(ground, marks, at, bandwidth=1.0, draws=2, seed=0)
    >>> round(float(np.trapezoid(found.observed, at)), 6)
    1.0
    """
    per_line, positions = ground.bins()
    bin_width = float(np.diff(positions).max())
    curves = np.empty((draws + 1, at.size))
    widths = np.empty(draws + 1)
    key = draw_key(seed, name)

    def one(number: int) -> None:
        thrown = marks.thrown(key, number - 1, whole=False) if number else marks.observed()
        counts, mass = _histogram(ground, thrown, per_line)
        # of few pairs nearly all bins are empty
        taken = np.flatnonzero(counts)
        counts, mass, where = counts[taken], mass[taken], positions[taken]
        rule = silverman(counts, where) if bandwidth is None else bandwidth
        widths[number] = max(rule, bin_width) if rule > 0.0 else 0.0
        if rule > 0.0:
            density(mass, where, widths[number], at, curves[number])
        else:
            curves[number] = np.nan

    over_draws(one, draws + 1, threads=threads, title="draws")
    smallest = float(widths[widths > 0.0].min(initial=np.inf))
    return Densities(
        observed=freeze(curves[0].copy()),
        simulated=freeze(curves[1:]),
        bandwidth=float(widths[0]),
        bandwidths=freeze(widths[1:]),
        bin_width=bin_width,
        error=0.242 * 0.5 * bin_width / smallest**2,
    )


def _histogram(ground: Ground, thrown: Thrown, per_line: float) -> tuple[IntArray, FloatArray]:
    """Return the number of pairs and the sum of their products of weights by bin."""
    counts = np.zeros(BINS, dtype=np.int64)
    here = np.ascontiguousarray(ground.lines[:, thrown.here])
    there = here if thrown.within else np.ascontiguousarray(ground.lines[:, thrown.there])
    buffer = np.empty(there.shape[1], dtype=np.int32)
    if thrown.weights is None:
        count_pairs(here, there, thrown.within, per_line, buffer, counts)
        return counts, counts.astype(np.float64)
    weighed = np.zeros(BINS)
    mass_here, mass_there = thrown.weights[thrown.here], thrown.weights[thrown.there]
    weigh_pairs(
        here, there, mass_here, mass_there, thrown.within, per_line, buffer, counts, weighed
    )
    return counts, weighed
