"""How a weight falls with distance, and how it changes with the parameter of the fall."""

from __future__ import annotations

import math

import numpy as np

from workbench.typing import DecayForm, FloatArray

LENGTHS: tuple[DecayForm, ...] = ("exponential", "gaussian", "binary")
"""Forms whose parameter is a distance; that of ``"power"`` is an exponent, without unit."""


def falling(distances: FloatArray, form: DecayForm, parameter: float) -> FloatArray:
    """Return f(d): d^−α, exp(−d/δ), exp(−d²/2δ²), or 1 up to δ and 0 beyond, of the same shape.

    Parameters
    ----------
    distances : ndarray
        At least 0; a power of 0 is infinite.
    form : {"power", "exponential", "gaussian", "binary"}
    parameter : float
        Exponent α > 0 of ``"power"``; of the others the length δ > 0 in the unit of distances.

    References
    ----------
    Power: Harris (1954). Exponential, Gaussian: Fotheringham and O'Kelly (1989). Spatial
    Interaction Models, section 1.3.

    Examples
    --------
    >>> falling(np.array([1.0, 2.0]), "power", 2.0).tolist()
    [1.0, 0.25]
    """
    d = np.asarray(distances, dtype=np.float64)
    with np.errstate(under="ignore", divide="ignore", over="ignore"):
        if form == "power":
            return np.asarray(1.0 / d if parameter == 1.0 else d**-parameter)
        if form == "exponential":
            return np.asarray(np.exp(-d / parameter))
        if form == "gaussian":
            return np.asarray(np.exp(-0.5 * (d / parameter) ** 2))
    return np.asarray((d <= parameter).astype(np.float64))


def change(distances: FloatArray, form: DecayForm, parameter: float) -> FloatArray:
    """Return the derivative of f(d) with respect to its parameter, of the same shape.

    Examples
    --------
    >>> f = lambda p: falling(np.array([3.0]), "gaussian", p)
    >>> exact = change(np.array([3.0]), "gaussian", 2.0)
    >>> bool(np.allclose(exact, (f(2 + 1e-6) - f(2 - 1e-6)) / 2e-6))
    True
    """
    d = np.asarray(distances, dtype=np.float64)
    f = falling(d, form, parameter)
    if form == "power":
        return np.asarray(-np.log(d) * f)
    if form == "exponential":
        return np.asarray(d / parameter**2 * f)
    if form == "gaussian":
        return np.asarray(d**2 / parameter**3 * f)
    raise AssertionError  # a step has no derivative; its callers estimate none


def half_distance(form: DecayForm, parameter: float) -> float:
    """Return the distance at which f is half of what it is at 0; of a power the ratio of distances.

    A power has no value at 0: from any distance to 2^(1/α) times it, half is lost.

    Examples
    --------
    >>> round(half_distance("exponential", 100.0), 3), half_distance("power", 1.0)
    (69.315, 2.0)
    """
    if form == "power":
        with np.errstate(over="ignore"):
            return float(np.exp2(1.0 / parameter))
    if form == "exponential":
        return parameter * math.log(2.0)
    return parameter * math.sqrt(2.0 * math.log(2.0)) if form == "gaussian" else parameter
