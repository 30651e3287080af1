"""How the weight of a pair falls with its distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import InputError, WeightsError, check_option
from workbench.typing import Decay, FloatArray
from workbench.weights.distances import check_positive

UNBOUND = float("inf")


@dataclass(frozen=True, slots=True)
class Falling:
    """A rule from distances to weights, checked.

    Attributes
    ----------
    decay : {"binary", "inverse", "exponential", "double-power"}
        1; d⁻ᵖ; exp(−αd); (1 − (d/D)^α)^α.
    power : float
        The p of ``"inverse"``.
    alpha : float or None
        The α of ``"exponential"`` (in 1/unit) or ``"double-power"``.
    threshold : float
        The D of ``"double-power"``; infinite without one.
    minimum_distance : float or None
        Distances below it count as it.

    References
    ----------
    Bivand, R. S., Pebesma, E. and Gómez-Rubio, V. (2013). Applied Spatial Data Analysis with R,
    2nd edition, section 9.2; the double-power rule is Fotheringham, Brunsdon and Charlton's
    (2002) bisquare for α = 2.

    Examples
    --------
    >>> import numpy as np
    >>> Falling("inverse", power=2.0, minimum_distance=0.5).weights(np.array([0.0, 2.0])).tolist()
    [4.0, 0.25]
    """

    decay: Decay
    power: float = 1.0
    alpha: float | None = None
    threshold: float = UNBOUND
    minimum_distance: float | None = None

    def __post_init__(self) -> None:
        check_option("decay", self.decay, Decay)
        check_positive("power", self.power)
        if self.power != 1 and self.decay != "inverse":
            raise _unused("power", self.power, self.decay, 'decay="inverse"')
        if self.decay in ("exponential", "double-power"):
            self._check_alpha()
        elif self.alpha is not None:
            other = 'decay="exponential" or "double-power"'
            raise _unused("alpha", self.alpha, self.decay, other)
        if self.minimum_distance is not None:
            check_positive("minimum_distance", self.minimum_distance)
            if self.minimum_distance >= self.threshold:
                raise InputError(
                    "minimum_distance",
                    expected=f"less than the threshold of {self.threshold:g}",
                    found=f"{self.minimum_distance:g}",
                    why="all distances would count as one",
                )

    def _check_alpha(self) -> None:
        if self.alpha is None:
            meaning = "in 1/unit" if self.decay == "exponential" else "without unit"
            raise InputError(
                "alpha",
                expected=f'a positive number, {meaning}, with decay="{self.decay}"',
                found="none",
                why="how fast weights fall is the hypothesis that they state",
                remedy="e.g. alpha=0.01 halves the weight every 69 km"
                if self.decay == "exponential"
                else "e.g. alpha=2, which is the bisquare",
            )
        check_positive("alpha", self.alpha)

    @property
    def parameters(self) -> dict[str, Any]:
        """What a recipe tells: the words and numbers in use."""
        out: dict[str, Any] = {}
        if self.decay == "inverse":
            out["power"] = float(self.power)
        if self.alpha is not None:
            out["alpha"] = float(self.alpha)
        if self.minimum_distance is not None:
            out["minimum_distance"] = float(self.minimum_distance)
        return out

    def weights(self, distances: FloatArray) -> FloatArray:
        """Compute the weights of distances, same shape; at D the double-power rule gives 0.

        Raises
        ------
        WeightsError
            If a weight is too small or too large for a number.
        """
        if self.decay == "binary":
            return np.ones(np.shape(distances))
        d = distances
        if self.minimum_distance is not None:
            d = np.maximum(d, self.minimum_distance)
        with np.errstate(over="ignore", under="ignore", divide="ignore"):
            out = self._formula(d)
        # The double-power rule reaches 0 at the threshold, to rounding a little before.
        lost = (out == 0) & (self.decay != "double-power")
        if lost.any() or not np.isfinite(out).all():
            raise WeightsError(
                "alpha" if self.alpha is not None else "power",
                expected="weights that numbers can hold",
                found=f"{int((lost | ~np.isfinite(out)).sum())} weights of 0 or infinity",
                why="a link that falls to 0 is none",
                remedy="choose a smaller one, a shorter threshold or a longer unit",
            )
        return out

    def _formula(self, d: FloatArray) -> FloatArray:
        if self.decay == "inverse":
            return np.asarray(d**-self.power)
        assert self.alpha is not None
        if self.decay == "exponential":
            return np.asarray(np.exp(-self.alpha * d))
        share = np.minimum(d / self.threshold, 1.0)
        return np.asarray((1.0 - share**self.alpha) ** self.alpha)


def _unused(argument: str, value: object, decay: str, other: str) -> InputError:
    return InputError(
        argument,
        expected=f'none with decay="{decay}"',
        found=repr(value),
        why="it would not enter the weights",
        remedy=f"leave it out, or choose {other}",
    )
