"""A recorded construction replayed with its choices drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from workbench.errors import WorkbenchError
from workbench.innovation.composites.constructing import Built, build, stages
from workbench.innovation.composites.construction import Construction
from workbench.innovation.composites.factors import (
    DIRICHLET,
    GOALPOSTS,
    IMPUTED,
    LEFT_OUT,
    NOISE,
    Factor,
    multiplied,
    shared_groups,
)
from workbench.innovation.composites.prepared import Prepared
from workbench.innovation.composites.treating import complete
from workbench.numerics.composites.imputation import normal_em
from workbench.numerics.composites.levels import pruned
from workbench.numerics.composites.missing_draws import MissingCells, missing_cells
from workbench.typing import BoolArray, FloatArray

HELD = 2**24
"""Most numbers of normalised data that are kept for the next draw, 128 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """A combination of alternatives, built once: what noise starts from."""

    prepared: Prepared
    construction: Construction
    Z: FloatArray
    built: Built
    stays: tuple[BoolArray, ...]


@dataclass(slots=True)
class Replay:
    """A construction with uncertain choices, as a function of uniform numbers.

    Attributes
    ----------
    prepared, construction
        As recorded.
    factors : tuple of Factor
        What is drawn.
    """

    prepared: Prepared
    construction: Construction
    factors: tuple[Factor, ...]
    held: dict[tuple[int, ...], Base | WorkbenchError] = field(default_factory=dict)
    cells: MissingCells | None = None

    @property
    def sizes(self) -> list[int]:
        """Uniform numbers that each factor takes."""
        return [factor.inputs for factor in self.factors]

    def codes(self, u: Sequence[FloatArray]) -> tuple[int, ...]:
        """Return the number of each factor's alternative; −1 for noise."""
        pairs = zip(self.factors, u, strict=True)
        return tuple(f.code(float(part[0])) if f.discrete else -1 for f, part in pairs)

    def scores(self, u: Sequence[FloatArray]) -> FloatArray:
        """Return the scores (n,) of one draw: uniform numbers by factor.

        Raises
        ------
        WorkbenchError
            If the drawn choices do not go together on these data.
        """
        base = self.base(self.codes(u))
        noise = {f.name: (f, part) for f, part in zip(self.factors, u, strict=True) if f.inputs > 0}
        base = self._drawn_cells(base, noise.get(IMPUTED))
        moved = self._goalposts(base, noise.get(GOALPOSTS))
        # noise multiplies the weights that the moved goalposts make
        weights = self._weights(moved, noise.get(NOISE) or noise.get(DIRICHLET))
        if weights is None:
            return moved.built.scores
        return build(moved.prepared, moved.construction, moved.Z, weights).scores

    def base(self, codes: tuple[int, ...]) -> Base:
        """Return what a combination of alternatives builds; kept for the next draw."""
        found = self.held.get(codes)
        if found is None:
            try:
                found = self._made(codes)
            except WorkbenchError as error:
                # kept without its frames, which would hold every array of the attempt
                found = error.with_traceback(None)
            room = (len(self.held) + 1) * self.prepared.X.size <= HELD
            if room or isinstance(found, WorkbenchError):
                self.held[codes] = found
        if isinstance(found, WorkbenchError):
            raise found.with_traceback(None)
        return found

    def _made(self, codes: tuple[int, ...]) -> Base:
        chosen = {
            f.name: f.alternatives[code]
            for f, code in zip(self.factors, codes, strict=True)
            if f.discrete
        }
        left_out = chosen.pop(LEFT_OUT, None)
        kept = np.array([name != left_out for name in self.prepared.names])
        stays = pruned(self.prepared.tree, kept)[1]
        prepared = self.prepared.only(kept)
        construction = self.construction.with_(chosen)
        Z = stages(prepared, construction).normalised
        return Base(prepared, construction, Z, build(prepared, construction, Z), stays)

    def _drawn_cells(self, base: Base, noise: tuple[Factor, FloatArray] | None) -> Base:
        if noise is None:
            return base
        if self.cells is None:
            require_normal(self.prepared)
            self.cells = missing_cells(self.prepared.X, normal_em(self.prepared.X))
        full = replace(base.prepared, X=self.cells.drawn(noise[1])[:, base.stays[0]])
        Z = stages(full, base.construction).normalised
        return replace(base, prepared=full, Z=Z, built=build(full, base.construction, Z))

    def _goalposts(self, base: Base, noise: tuple[Factor, FloatArray] | None) -> Base:
        if noise is None or not uses_goalposts(base.construction):
            return base
        factor, u = noise
        low_u, high_u = (part[base.stays[0]] for part in np.split(u, 2))
        low, high = base.prepared.low, base.prepared.high
        reach = factor.amount * (high - low)
        moved = replace(
            base.prepared,
            low=low + reach * (2.0 * low_u - 1.0),
            high=high + reach * (2.0 * high_u - 1.0),
        )
        Z = stages(moved, base.construction).normalised
        return replace(base, prepared=moved, Z=Z, built=build(moved, base.construction, Z))

    def _weights(
        self, base: Base, noise: tuple[Factor, FloatArray] | None
    ) -> list[FloatArray | None] | None:
        if noise is None:
            return None
        factor, u = noise
        masks = shared_groups(self.prepared)
        parts = np.split(u, np.cumsum([int(mask.sum()) for mask in masks])[:-1])
        weights: list[FloatArray | None] = []
        for mask, part, stay, shares in zip(
            masks, parts, base.stays, base.built.weights, strict=True
        ):
            if shares.ndim > 1:  # every region has weights of its own, which are its best
                weights.append(None)
                continue
            full = np.full(mask.size, 0.5)
            full[mask] = part
            weights.append(multiplied(factor, full[stay], shares))
        return weights


def require_normal(prepared: Prepared) -> None:
    """Refuse data on which EM cannot stand: the recipe for it refuses them, in its words."""
    complete(prepared, Construction(imputation="em"))


def uses_goalposts(construction: Construction) -> bool:
    """Return whether goalposts decide the scores."""
    return construction.normalisation == "goalposts"


def reason(error: WorkbenchError) -> str:
    """Return what a draw failed for, the same for all draws that fail alike."""
    return f"{error.argument}: expected {error.expected}"
