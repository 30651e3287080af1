"""Weights of a panel: one W for all periods, or one a period."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from workbench.core.expressions import label
from workbench.core.panel_frame import PanelFrame
from workbench.errors import IdError, InputError, PanelError, listing
from workbench.numerics.panels.layers import Layers
from workbench.numerics.sparse.matrices import as_weights
from workbench.panels.effects import Cells
from workbench.typing import Align, FloatArray
from workbench.weights import Weights, WeightsLike, align_to, island_notes, restrict_noted
from workbench.weights import as_weights as read_weights

PanelWeightsLike: TypeAlias = "WeightsLike | Mapping[Any, WeightsLike]"
"""W of all periods, or a mapping from period to W."""


@dataclass(frozen=True, slots=True, eq=False)
class PanelWeights:
    """Aligned weights of a panel.

    Attributes
    ----------
    weights : tuple of Weights
        One, of the same regions in every period; or one a period, of the regions present in it.
    periods : tuple
        The periods, where weights differ; empty for one W.
    """

    weights: tuple[Weights, ...]
    periods: tuple[object, ...] = ()

    @property
    def one(self) -> Weights | None:
        """The W of all periods, or None where each has its own."""
        return None if self.periods else self.weights[0]

    @property
    def by_period(self) -> dict[object, Weights]:
        """The weights by period; empty for one W."""
        return dict(zip(self.periods, self.weights, strict=False)) if self.periods else {}

    def of(self, period: object) -> Weights:
        """Return the weights of a period."""
        return self.one if self.one is not None else self.by_period[period]

    @property
    def digest(self) -> str:
        """Digest of one W, or of those of all periods together."""
        if self.one is not None:
            return self.one.digest
        parts = "".join(weights.digest for weights in self.weights)
        return hashlib.sha256(parts.encode()).hexdigest()[: len(self.weights[0].digest)]

    def layers(self, cells: Cells) -> Layers:
        """Return the matrices as the kernels take them."""
        T = cells.T
        matrices = tuple(as_weights(weights.sparse) for weights in self.weights)
        if self.one is not None:
            return Layers(matrices, (), T)
        rows = tuple(np.flatnonzero(cells.period == t) for t in range(T))
        return Layers(matrices, rows, T)

    def lag(self, columns: FloatArray, cells: Cells) -> FloatArray:
        """Return W_t x_t of each column, shape (n, k)."""
        return self.layers(cells).lag(np.asarray(columns))

    def restricted(self, panel: PanelFrame) -> tuple[PanelWeights, tuple[str, ...]]:
        """Return the weights of the regions left in each period, and what that did."""
        if self.one is not None:
            if len(panel.regions) == self.one.n:
                return self, ()
            left, told = restrict_noted(self.one, panel.regions)
            return PanelWeights((left,)), told
        kept, notes = [], []
        for period in panel.periods:
            weights = self.by_period[period]
            present = present_in(panel, period)
            if len(present) < weights.n:
                weights, told = restrict_noted(weights, present)
                notes += [f"{label(period)}: {note}" for note in told]
            kept.append(weights)
        return PanelWeights(tuple(kept), tuple(panel.periods)), tuple(notes)

    def island_notes(self) -> tuple[str, ...]:
        """Return a sentence on regions without neighbours, for each W that has some."""
        if self.one is not None:
            return island_notes(self.one)
        return tuple(
            f"{label(period)}: {note}"
            for period, weights in self.by_period.items()
            for note in island_notes(weights)
        )


def present_in(panel: PanelFrame, period: object) -> pd.Index:
    """Return the regions that have a row in a period, sorted."""
    code = panel.periods.get_loc(period)
    return panel.regions[np.sort(panel.region_codes[panel.period_codes == code])]


def align_panel(
    panel: PanelFrame, W: PanelWeightsLike, *, argument: str, align: Align
) -> tuple[PanelFrame, PanelWeights, tuple[str, ...]]:
    """Bring a panel and its weights to the same regions, in every period that has its own W.

    Raises
    ------
    PanelError
        If a mapping lacks the W of a period.
    IdError
        If region ids do not match.
    """
    if not isinstance(W, Mapping):
        _refuse_other_ids(panel, W, argument)
        regions = pd.DataFrame(index=panel.regions)
        kept, weights, note = align_to(regions, W, argument=argument, align=align)
        if len(kept) < len(panel.regions):
            panel = panel.keep(panel.regions.isin(kept.index)[panel.region_codes])
        return panel, PanelWeights((weights,)), (note,) if note else ()
    _refuse_periods(panel, W, argument)
    inside = np.zeros(len(panel.table), dtype=bool)
    found: dict[object, Weights] = {}
    notes: list[str] = []
    for code, period in enumerate(panel.periods):
        here = panel.period_codes == code
        present = pd.DataFrame(index=present_in(panel, period))
        name = f"{argument} in {label(period)}"
        kept, found[period], note = align_to(present, W[period], argument=name, align=align)
        inside |= here & panel.regions.isin(kept.index)[panel.region_codes]
        notes += [f"{label(period)}: {note}"] if note else []
    spare = [label(period) for period in W if period not in found]
    if spare:
        notes.append(f"W of periods that the data do not have, unused: {listing(spare)}")
    if not inside.all():
        panel = panel.keep(inside)
    several = PanelWeights(tuple(found[p] for p in panel.periods), tuple(panel.periods))
    return panel, several, tuple(notes)


def _refuse_periods(panel: PanelFrame, W: Mapping[Any, WeightsLike], argument: str) -> None:
    missing = [period for period in panel.periods if period not in W]
    if missing:
        raise PanelError(
            argument,
            expected="a W for every period of the data",
            found=f"{len(missing)} periods without one{_keys(W, missing[0])}",
            offenders=[label(period) for period in missing],
            why="the neighbours of a region in these periods are not known",
            remedy="add them to the mapping, {period: W}, or pass one W for all periods",
        )


def _keys(W: Mapping[Any, WeightsLike], period: object) -> str:
    """Say of which kind the keys are, where that is why none is found."""
    unlike = [key for key in W if not isinstance(key, type(period)) and str(key) == str(period)]
    if not unlike:
        return ""
    return f": its keys are {type(unlike[0]).__name__}, periods {type(period).__name__}"


def _refuse_other_ids(panel: PanelFrame, W: WeightsLike, argument: str) -> None:
    """Refuse ids that would match as text, and levels that are the other way round."""
    known = read_weights(W).ids
    if panel.regions.isin(known).any():
        return
    name = panel.table.index.names[0]
    level = 0 if name is None else repr(name)
    if panel.periods.isin(known).any():
        raise PanelError(
            argument,
            expected="the index levels in the order (region, period)",
            found="ids of the weights in the second level",
            why="years would be taken for regions, and effects for each other",
            remedy="panel.swaplevel().sort_index()",
        )
    if set(panel.regions.map(str)) & set(known.map(str)):
        theirs, ours = known.tolist()[0], panel.regions.tolist()[0]
        kind = type(theirs).__name__
        raise IdError(
            argument,
            expected=f"region ids of the kind that the weights have, {kind} ({theirs!r})",
            found=f"{type(ours).__name__} ({ours!r})",
            why="numbers and text do not match each other",
            remedy="panel.index = panel.index.set_levels("
            f"panel.index.levels[0].astype({kind}), level={level})",
        )


def align_other(
    panel: PanelFrame, W: PanelWeightsLike, *, argument: str, align: Align
) -> tuple[PanelWeights, tuple[str, ...]]:
    """Return W_error or W_x, the `argument`, for a panel that is settled already."""
    kept, weights, notes = align_panel(panel, W, argument=f"data for {argument}", align=align)
    if len(kept.table) < len(panel.table):
        gone = panel.table.index.difference(kept.table.index)
        raise InputError(
            argument,
            expected="the regions of the sample",
            found=f"{len(gone)} rows without weights",
            offenders=[label(key) for key in gone],
            remedy=f"build {argument} from the same regions as W",
        )
    weights, told = weights.restricted(panel)
    return weights, tuple(
        f"{argument}: {note}" for note in (*notes, *told, *weights.island_notes())
    )
