"""The card of weights: what a reader must know before trusting a lag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.errors import WeightsError, listing
from workbench.typing import Islands, Normalization
from workbench.weights import graphs
from workbench.weights.weights import Weights


@dataclass(frozen=True, slots=True)
class Card:
    """What spatial weights are, in plain values.

    Attributes
    ----------
    recipe : str
        The builder with its parameters.
    parameters : mapping
        The same as values.
    policy : {"error", "nearest", "keep", "drop"}
        What was done with islands.
    normalization : Normalization
        As :class:`Weights` has it.
    n : int
        Number of regions.
    ids_digest : str
        Digest of the sorted ids.
    crs, unit : str
        Coordinate reference system of the geometries, unit of distances; empty where unknown.
    links : int
        Ordered pairs of regions with a positive weight.
    density : float
        links / (n (n - 1)).
    cardinalities : mapping of int to int
        Number of neighbours -> number of regions.
    islands : tuple
        Ids without neighbours.
    component_sizes : tuple of int
        Sizes of the connected parts, largest first; directions of links are ignored.
    symmetric : bool or None
        Whether the weights as built equal their transpose; false for nearest neighbours, None
        for weights that came row-normalised.
    smallest_eigenvalue, largest_eigenvalue : float or None
        Extreme real eigenvalues (bounds where `exact` is false); None without any cycle.
    rho_low, rho_high : float or None
        Open interval of admissible rho, on which I - rho W is nonsingular.
    exact : bool
        Whether eigenvalues and interval are exact.
    digest : str
        Digest of ids and weights.
    notes : tuple of str
        Links that were added, regions that were left out.
    """

    recipe: str
    parameters: Mapping[str, Any]
    policy: Islands
    normalization: Normalization
    n: int
    ids_digest: str
    crs: str
    unit: str
    links: int
    density: float
    cardinalities: Mapping[int, int]
    islands: tuple[Any, ...]
    component_sizes: tuple[int, ...]
    symmetric: bool | None
    smallest_eigenvalue: float | None
    largest_eigenvalue: float | None
    rho_low: float | None
    rho_high: float | None
    exact: bool
    digest: str
    notes: tuple[str, ...]

    @property
    def cardinality_range(self) -> tuple[int, float, int]:
        """Smallest, mean and largest number of neighbours."""
        return min(self.cardinalities), self.links / self.n, max(self.cardinalities)

    def table(self) -> pd.DataFrame:
        """Return the card as a table: index ``property``, one column ``value`` of text."""
        low, mean, high = self.cardinality_range
        sizes = ", ".join(str(size) for size in self.component_sizes[:5])
        more = ", ..." if len(self.component_sizes) > 5 else ""
        rows = {
            "recipe": self.recipe,
            "normalisation": _NORMALIZATIONS[self.normalization],
            "regions": f"{self.n:,} (ids {self.ids_digest})",
            "CRS": self.crs or "not stated",
            "unit of distance": self.unit or "none measured",
            "links": f"{self.links:,} ({_share(self.density)} of ordered pairs)",
            "neighbours": f"{low} to {high}, mean {mean:.2f}",
            "islands": f"{len(self.islands)} ({listing(self.islands)})" if self.islands else "none",
            "components": f"{len(self.component_sizes)} (sizes {sizes}{more})",
            "symmetric as built": {True: "yes", False: "no", None: "unknown"}[self.symmetric],
            "eigenvalues": self._eigenvalues(),
            "admissible rho": self._interval(),
            "digest": self.digest,
        }
        index = pd.Index(list(rows), name="property")
        return pd.DataFrame({"value": list(rows.values())}, index=index)

    def histogram(self) -> pd.DataFrame:
        """Return how many regions have how many neighbours: index ``neighbours``, ``regions``."""
        counts = dict(sorted(self.cardinalities.items()))
        return pd.DataFrame(
            {"regions": list(counts.values())}, index=pd.Index(list(counts), name="neighbours")
        )

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: :meth:`table`; the notes stand below it."""
        return {"": self.table()}

    def to_dict(self) -> dict[str, Any]:
        """Return the card as plain JSON values (ids that are not text or numbers as text)."""
        low, mean, high = self.cardinality_range
        return {
            "recipe": self.recipe,
            "parameters": {name: _plain(value) for name, value in self.parameters.items()},
            "policy": self.policy,
            "normalization": self.normalization,
            "n": self.n,
            "ids_digest": self.ids_digest,
            "crs": self.crs,
            "unit": self.unit,
            "links": self.links,
            "density": self.density,
            "cardinality": {
                "min": low,
                "mean": mean,
                "max": high,
                "histogram": {str(k): v for k, v in sorted(self.cardinalities.items())},
            },
            "islands": [_plain(label) for label in self.islands],
            "components": {
                "count": len(self.component_sizes),
                "sizes": list(self.component_sizes),
            },
            "symmetric": self.symmetric,
            "eigenvalues": {
                "smallest": self.smallest_eigenvalue,
                "largest": self.largest_eigenvalue,
                "exact": self.exact,
            },
            "rho": [self.rho_low, self.rho_high],
            "digest": self.digest,
            "notes": list(self.notes),
        }

    def _eigenvalues(self) -> str:
        if self.smallest_eigenvalue is None or self.largest_eigenvalue is None:
            return "all zero"
        kind = "smallest and largest real" if self.exact else "bounds"
        return f"{self.smallest_eigenvalue:.6g} and {self.largest_eigenvalue:.6g} ({kind})"

    def _interval(self) -> str:
        if self.rho_low is None or self.rho_high is None:
            return "not bounded: no region is reached from its own neighbours"
        safe = "" if self.exact else " (safe bounds: the true interval may be wider)"
        return f"({self.rho_low:.6g}, {self.rho_high:.6g}){safe}"

    def __str__(self) -> str:
        return display.text("Spatial weights", self._tables(), self.notes)

    def _repr_html_(self) -> str:
        return display.html("Spatial weights", self._tables(), self.notes)

    def _tables(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.table()), ("Regions by number of neighbours", self.histogram().T)]


_NORMALIZATIONS: Mapping[str, str] = MappingProxyType(
    {
        "none": "weights as built",
        "binary": "every link weighs 1",
        "row": "rows sum to 1",
        "global": "all weights sum to the number of regions with neighbours",
        "double": "all weights sum to 1",
        "doubly-stochastic": "rows and columns sum to 1",
        "spectral": "divided by the largest eigenvalue",
        "min-max": "divided by the smaller of the largest row and column sums",
        "variance": "variance-stabilising",
    }
)


def card_of(weights: Weights) -> Card:
    """Compute the card of weights; the costly parts, eigenvalues and digest, are kept."""
    matrix = weights.sparse
    counts = np.unique(np.diff(matrix.indptr), return_counts=True)
    try:
        spectrum = weights.spectrum
    except WeightsError:
        spectrum = None
    pairs = weights.n * (weights.n - 1)
    recipe = weights.recipe
    return Card(
        recipe=str(recipe),
        parameters=recipe.parameters,
        policy=recipe.islands,
        normalization=weights.normalization,
        n=weights.n,
        ids_digest=weights.ids_digest,
        crs=recipe.crs,
        unit=recipe.unit,
        links=int(matrix.nnz),
        density=matrix.nnz / pairs if pairs else 0.0,
        cardinalities={int(k): int(v) for k, v in zip(*counts, strict=True)},
        islands=weights.islands,
        component_sizes=tuple(sorted(np.bincount(weights.components).tolist(), reverse=True)),
        symmetric=None if recipe.as_built_unknown else graphs.is_symmetric(weights.sparse_base),
        smallest_eigenvalue=spectrum.smallest if spectrum else None,
        largest_eigenvalue=spectrum.largest if spectrum else None,
        rho_low=spectrum.rho_low if spectrum else None,
        rho_high=spectrum.rho_high if spectrum else None,
        exact=spectrum.exact if spectrum else True,
        digest=weights.digest,
        notes=recipe.notes,
    )


def _share(value: float) -> str:
    return f"{value:.2%}" if value >= 1e-4 or value == 0 else f"{100 * value:.2g}%"


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
