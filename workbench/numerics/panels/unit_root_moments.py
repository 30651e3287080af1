"""Moments of Dickey-Fuller t-ratios under a unit root (Im, Pesaran and Shin 2003, table 3)."""

from __future__ import annotations

import numpy as np

from workbench.errors import ValuesError
from workbench.typing import FloatArray

LENGTHS = (10, 15, 20, 25, 30, 40, 50, 60, 70, 100)
"""Columns of the table: observations of a regression."""

MOST_LAGS = 8

_ = np.nan
_MEANS = {
    "intercept": (
        (-1.504, -1.514, -1.522, -1.520, -1.526, -1.523, -1.527, -1.519, -1.524, -1.532),
        (-1.488, -1.503, -1.516, -1.514, -1.519, -1.520, -1.524, -1.519, -1.522, -1.530),
        (-1.319, -1.387, -1.428, -1.443, -1.460, -1.476, -1.493, -1.490, -1.498, -1.514),
        (-1.306, -1.366, -1.413, -1.433, -1.453, -1.471, -1.489, -1.486, -1.495, -1.512),
        (-1.171, -1.260, -1.329, -1.363, -1.394, -1.428, -1.454, -1.458, -1.470, -1.495),
        (_, _, -1.313, -1.351, -1.384, -1.421, -1.451, -1.454, -1.467, -1.494),
        (_, _, _, -1.289, -1.331, -1.380, -1.418, -1.427, -1.444, -1.476),
        (_, _, _, -1.273, -1.319, -1.371, -1.411, -1.423, -1.441, -1.474),
        (_, _, _, -1.212, -1.266, -1.329, -1.377, -1.393, -1.415, -1.456),
    ),
    "trend": (
        (-2.166, -2.167, -2.168, -2.167, -2.172, -2.173, -2.176, -2.174, -2.174, -2.177),
        (-2.173, -2.169, -2.172, -2.172, -2.173, -2.177, -2.180, -2.178, -2.176, -2.179),
        (-1.914, -1.999, -2.047, -2.074, -2.095, -2.120, -2.137, -2.143, -2.146, -2.158),
        (-1.922, -1.977, -2.032, -2.065, -2.091, -2.117, -2.137, -2.142, -2.146, -2.158),
        (-1.750, -1.823, -1.911, -1.968, -2.009, -2.057, -2.091, -2.103, -2.114, -2.135),
        (_, _, -1.888, -1.955, -1.998, -2.051, -2.087, -2.101, -2.111, -2.135),
        (_, _, _, -1.868, -1.923, -1.995, -2.042, -2.065, -2.081, -2.113),
        (_, _, _, -1.851, -1.912, -1.986, -2.036, -2.063, -2.079, -2.112),
        (_, _, _, -1.761, -1.835, -1.925, -1.987, -2.024, -2.046, -2.088),
    ),
}
_VARIANCES = {
    "intercept": (
        (1.069, 0.923, 0.851, 0.809, 0.789, 0.770, 0.760, 0.749, 0.736, 0.735),
        (1.255, 1.011, 0.915, 0.861, 0.831, 0.803, 0.781, 0.770, 0.753, 0.745),
        (1.421, 1.078, 0.969, 0.905, 0.865, 0.830, 0.798, 0.789, 0.766, 0.754),
        (1.759, 1.181, 1.037, 0.952, 0.907, 0.858, 0.819, 0.802, 0.782, 0.761),
        (2.080, 1.279, 1.097, 1.005, 0.946, 0.886, 0.842, 0.819, 0.801, 0.771),
        (_, _, 1.171, 1.055, 0.980, 0.912, 0.863, 0.839, 0.814, 0.781),
        (_, _, _, 1.114, 1.023, 0.942, 0.886, 0.858, 0.834, 0.795),
        (_, _, _, 1.164, 1.062, 0.968, 0.910, 0.875, 0.851, 0.806),
        (_, _, _, 1.217, 1.105, 0.996, 0.929, 0.896, 0.871, 0.818),
    ),
    "trend": (
        (1.132, 0.869, 0.763, 0.713, 0.690, 0.655, 0.633, 0.621, 0.610, 0.597),
        (1.453, 0.975, 0.845, 0.769, 0.734, 0.687, 0.654, 0.641, 0.627, 0.605),
        (1.627, 1.036, 0.882, 0.796, 0.756, 0.702, 0.661, 0.653, 0.634, 0.613),
        (2.482, 1.214, 0.983, 0.861, 0.808, 0.735, 0.688, 0.674, 0.650, 0.625),
        (3.947, 1.332, 1.052, 0.913, 0.845, 0.759, 0.705, 0.685, 0.662, 0.629),
        (_, _, 1.165, 0.991, 0.899, 0.792, 0.730, 0.705, 0.673, 0.638),
        (_, _, _, 1.055, 0.945, 0.828, 0.753, 0.725, 0.689, 0.650),
        (_, _, _, 1.145, 1.009, 0.872, 0.786, 0.747, 0.713, 0.661),
        (_, _, _, 1.208, 1.063, 0.902, 0.808, 0.766, 0.728, 0.670),
    ),
}


def ips_moments(observations: int, lags: int, *, deterministic: str) -> tuple[float, float]:
    """Return mean and variance of a t-ratio, interpolated between the lengths of the table.

    Parameters
    ----------
    observations : int
        Of a region's regression, T − lags − 1; those of 100 serve for more.
    lags : int
        0 to 8.
    deterministic : {"intercept", "trend"}

    Raises
    ------
    ValuesError
        If the table has no entry: fewer than 10 observations, or too many lags for them.

    Examples
    --------
    >>> tuple(round(moment, 4) for moment in ips_moments(17, 2, deterministic="intercept"))
    (-1.4034, 1.0344)
    """
    found = np.array([np.nan, np.nan])
    if 0 <= lags <= MOST_LAGS and observations >= LENGTHS[0]:
        rows: list[FloatArray] = [
            np.asarray(table[deterministic][lags]) for table in (_MEANS, _VARIANCES)
        ]
        found = np.array([np.interp(min(observations, 100), LENGTHS, row) for row in rows])
    if np.isnan(found).any():
        raise ValuesError(
            "lags",
            expected="a length and number of lags that the table of moments has",
            found=f"{observations} observations a region with {lags} lags",
            why="without the moments there is no p-value",
            remedy='fewer lags, more periods, or test="cips", whose reference is simulated',
        )
    return float(found[0]), float(found[1])
