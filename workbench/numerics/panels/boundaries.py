"""Where the likelihood of a panel has no maximum inside: flat in ρ, or rising towards an end."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from workbench.errors import ConvergenceError, WeightsError
from workbench.numerics.panels.layers import Layers
from workbench.typing import FloatArray

FLAT = 1e-9
"""Share of a column below which what is left of it is rounding."""

FULL = 4
"""W is looked at from one entry in so many on."""


def refuse_flat(
    columns: FloatArray, layers: Layers, clear: Callable[[FloatArray], FloatArray], name: str
) -> None:
    """Refuse weights that only multiply what effects leave of the data by one number.

    Parameters
    ----------
    columns : ndarray of shape (n, k)
        Outcome first, effects out.
    layers : Layers
    clear : callable
        Takes effects out of columns.
    name : str
        The parameter.

    Notes
    -----
    If W x is g x and effects for every x, as where all regions have all others for neighbours
    with the same weight (g = −1/(N − 1)), I − ρW multiplies the data by 1 − ρg, which the variance
    undoes (Kelejian and Prucha 2002, Regional Science and Urban Economics 32; Lee 2004,
    Econometrica 72, on equal weights).
    """
    if any(FULL * W.nnz < W.shape[0] ** 2 for W in layers.matrices):
        return  # g I + 1a′ + b1′ is no sparse matrix
    for part in (columns[:, :1], columns[:, 1:]):
        lags = clear(layers.lag(part))
        g = float((lags * part).sum()) / max(float((part * part).sum()), 1e-300)
        if np.linalg.norm(lags - g * part) > FLAT * np.linalg.norm(part) * max(abs(g), FLAT):
            return
    raise WeightsError(
        "W",
        expected=f"neighbours that differ between regions beyond effects of periods, for {name}",
        found=f"weights by which every variable, effects out, is lagged to {g:.6g} times itself",
        why=f"{name} only multiplies the outcome, which the variance undoes: the likelihood does "
        "not tell one value from another",
        remedy='effects="entity" (or "none") keeps what all regions have in common; or weights by '
        "borders or distance, e.g. wb.weights.knn(regions, k=5)",
    )


def at_the_end(error: ConvergenceError) -> ConvergenceError:
    """Say why a parameter ends at its bound where effects of periods are transformed out."""
    if error.argument == "W":  # no end is known for two parameters
        return error
    return ConvergenceError(
        error.argument,
        expected=error.expected,
        found=error.found,
        why="effects of periods are transformed out, and with them what all regions move together "
        f"by, which alone keeps {error.argument} from an end at the inverse of the row sum: few "
        "regions with nearly the same neighbours leave little that speaks against it",
        remedy='lee_yu="none" estimates the effects along with the rest, biased but inside; '
        'effects="entity" keeps what periods have in common; or leave out the parameter: '
        'model="slx"',
    )
