"""Log-determinants of a panel: sums over periods, less what effects of periods take out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.numerics.panels.layers import Layers
from workbench.numerics.sparse.logdet import log_determinant
from workbench.numerics.sparse.spectrum import Spectrum
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class PanelDeterminant:
    """The function ρ ↦ Σ_p w_p log|I − ρW_p| − Σ_p w_p log(1 − ρc_p), with its derivatives.

    Attributes
    ----------
    parts : tuple of LogDeterminant (or Sketch)
        One for each W_p.
    weights : tuple of float
        Their multiplicities w_p: periods, or the share of them that effects leave.
    sums : tuple of float
        c_p, the one sum of the rows of W_p, where effects of periods are transformed out
        (Lee and Yu 2010, equation 22): the eigenvalue that goes with the vector of ones. Empty
        without.
    spectrum : Spectrum
        Admissible interval: where all W_p admit.
    """

    parts: tuple[Any, ...]
    weights: tuple[float, ...]
    sums: tuple[float, ...]
    spectrum: Spectrum

    def value(self, rho: Any) -> Any:
        """Return the function at ρ, a float for a scalar or an array of its shape."""
        return self._total("value", rho) - self._removed(rho, 0)

    def derivative(self, rho: Any) -> Any:
        """Return its first derivative."""
        return self._total("derivative", rho) - self._removed(rho, 1)

    def second(self, rho: Any) -> Any:
        """Return its second derivative."""
        return self._total("second", rho) - self._removed(rho, 2)

    def admits(self, rho: Any) -> Any:
        """Return whether each ρ lies inside the admissible interval."""
        values = np.asarray(rho, dtype=np.float64)
        return (values > self.spectrum.rho_low) & (values < self.spectrum.rho_high)

    def sketches(self) -> Iterator[PanelDeterminant]:
        """Yield ever finer pictures of the interval; none where some part is cheap anyway."""
        for parts in zip(*(part.sketches() for part in self.parts), strict=False):
            yield PanelDeterminant(parts, self.weights, self.sums, self.spectrum)

    def rough(self, nodes: int = 32) -> PanelDeterminant:
        """Return the same function from sketches of so many nodes, for scans of the interval."""
        parts = tuple(part.rough(nodes) for part in self.parts)
        return PanelDeterminant(parts, self.weights, self.sums, self.spectrum)

    def slope_bounds(self, rho: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return bounds of the derivative at increasing ρ; of sketches."""
        removed = self._removed(rho, 1)
        low, high = -removed, -removed
        for part, w in zip(self.parts, self.weights, strict=True):
            below, above = part.slope_bounds(rho)
            low, high = low + w * below, high + w * above
        return low, high

    def _total(self, name: str, rho: Any) -> Any:
        return sum(w * getattr(p, name)(rho) for p, w in zip(self.parts, self.weights, strict=True))

    def _removed(self, rho: Any, order: int) -> Any:
        if not self.sums:
            return 0.0
        total: Any = 0.0
        for c, w in zip(self.sums, self.weights, strict=True):
            left = 1.0 - np.asarray(rho) * c
            total = total + w * (np.log(left), -c / left, -((c / left) ** 2))[order]
        return float(total) if np.ndim(total) == 0 else total


def panel_determinant(
    layers: Layers, *, share: float = 1.0, sums: tuple[float, ...] = ()
) -> PanelDeterminant:
    """Prepare Σ_t log|I − ρW_t| from one log-determinant a matrix.

    Parameters
    ----------
    layers : Layers
    share : float
        What effects of regions leave of the periods: (T − 1)/T where they are transformed out.
    sums : tuple of float
        Row sums of the matrices, where effects of periods are transformed out.

    Examples
    --------
    >>> from scipy import sparse
    >>> from workbench.numerics.panels.layers import one_layer
    >>> W = sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> found = panel_determinant(one_layer(W, 3), share=2 / 3)
    >>> bool(np.isclose(found.value(0.5), 2 * np.log(0.75)))
    True
    """
    blocks = list(layers.blocks())
    parts = tuple(log_determinant(W) for W, _ in blocks)
    low = max(part.spectrum.rho_low for part in parts)
    high = min(part.spectrum.rho_high for part in parts)
    first = parts[0].spectrum
    whole = len(parts) == 1
    spectrum = first if whole else _narrowed(first, low, high)
    return PanelDeterminant(parts, tuple(share * times for _, times in blocks), sums, spectrum)


def _narrowed(first: Spectrum, low: float, high: float) -> Spectrum:
    return Spectrum(1.0 / low, 1.0 / high, low, high, first.exact)
