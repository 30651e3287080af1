"""How weights were built, in plain values: enough to build them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from workbench.errors import check_option
from workbench.typing import Islands


@dataclass(frozen=True, slots=True)
class Recipe:
    """The builder of weights, its parameters and what happened on the way.

    Attributes
    ----------
    builder : str
        The function that built the weights, e.g. ``"queen"``, or ``"adopted"`` for weights that
        were built elsewhere.
    parameters : mapping of str to plain values
        The builder's arguments that decide the links and their weights. Read-only.
    islands : {"error", "nearest", "keep", "drop"}
        What is done with regions that have no neighbour.
    crs : str
        Name of the coordinate reference system of the geometries; empty where unknown.
    unit : str
        Unit of distances; empty where no distance was measured.
    notes : tuple of str
        What a reader must know: links that were added, regions that were left out.
    """

    builder: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    islands: Islands = "keep"
    crs: str = ""
    unit: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_option("islands", self.islands, Islands)
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    @property
    def as_built_unknown(self) -> bool:
        """Whether the weights came row-normalised, so that nobody knows what they were."""
        return self.parameters.get("as_built") == "unknown"

    def noting(self, *notes: str) -> Recipe:
        """Return this recipe with more notes; empty ones are left out."""
        return replace(self, notes=(*self.notes, *(note for note in notes if note)))

    def __str__(self) -> str:
        arguments = [f"{name}={value!r}" for name, value in self.parameters.items()]
        return f"{self.builder}({', '.join([*arguments, f'islands={self.islands!r}'])})"

    def __reduce__(self) -> tuple[Any, ...]:
        # A mapping proxy cannot be pickled, and results travel to other processes.
        return (
            Recipe,
            (
                self.builder,
                dict(self.parameters),
                self.islands,
                self.crs,
                self.unit,
                self.notes,
            ),
        )
