"""Dummies of time since treatment, and the weights that average them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.panel_frame import period_text
from workbench.errors import PanelError
from workbench.panels.events.samples import NEVER, EventSample
from workbench.panels.linear.basis import Basis, build_basis
from workbench.panels.sample import MISSING_REMEDY
from workbench.regression.design import build_design, read_only
from workbench.typing import BoolArray, FloatArray, IntArray

Key = tuple[str, int]
FAR = 10**6


@dataclass(frozen=True, slots=True, eq=False)
class Dummies:
    """A regression of an event study.

    Attributes
    ----------
    basis : Basis
    names : list of str, length m
        Terms of the dummies.
    cells : MultiIndex
        (effect, cohort, period) of each dummy of a saturated regression; its time otherwise.
    weights : mapping
        From (effect, time) to weights of the dummies, shape (m,).
    rows : mapping
        From (effect, time) to rows under this effect at this time.
    notes : tuple of str
    """

    basis: Basis
    names: list[str]
    cells: pd.MultiIndex
    weights: Mapping[Key, FloatArray]
    rows: Mapping[Key, int]
    notes: tuple[str, ...]


def dummies_of(sample: EventSample, *, saturated: bool, window: tuple[int, int] | None) -> Dummies:
    """Build the regression: a dummy a cohort and time, or a time; −1 is the reference.

    The reference of a cohort whose rows at −1 are left out is its last clean time before. Without
    regions never treated the last cohort is the comparison, and its treated periods are left out.
    """
    sample, notes = (sample, ()) if sample.controls.any() else _last_cohort(sample)
    low, high = window if window is not None else (-FAR, FAR)
    columns: list[FloatArray] = []
    names: list[str] = []
    keys: list[tuple[str, int, int]] = []
    sizes: list[float] = []
    for effect, begin in sample.begins.items():
        of_row = begin[sample.panel.region_codes]
        on, time = of_row != NEVER, sample.code - of_row
        for cohort in np.unique(of_row[on]) if saturated else [NEVER]:
            rows = on & (of_row == cohort) if saturated else on
            times = time if saturated else np.clip(time, low, high)
            for value in _times(times, rows):
                hit = rows & (times == value)
                columns.append(hit.astype(float))
                keys.append((effect, int(cohort), int(value)))
                sizes.append(float(hit.sum()))
                names.append(_name(effect, int(cohort), int(value), sample.periods))
    if not columns:
        raise PanelError(
            "data",
            expected="treated regions with rows before and after",
            found="none once rows are left out",
            remedy="a W that reaches less far, or more periods",
        )
    design = build_design(sample.specification.formula, sample.panel.table, remedy=MISSING_REMEDY)
    design = replace(
        design,
        terms=(*design.terms, *names),
        X=read_only(np.column_stack([design.X, *columns])),
        variables=None,
    )
    basis = build_basis(sample.specification, design, sample.sample)
    weights = _weights(keys, np.array(sizes), low, high)
    cells = pd.MultiIndex.from_tuples(
        [(e, *_labels(c, t, sample.periods)) for e, c, t in keys],
        names=["effect", "cohort", "period"],
    )
    if window is not None and not saturated:
        notes = (*notes, f"Times before {low} and after {high} are in these ends.")
    rows = {key: int(np.array(sizes)[weight > 0].sum()) for key, weight in weights.items()}
    return Dummies(basis, names, cells, weights, rows, notes)


def _times(time: IntArray, rows: BoolArray) -> list[int]:
    """Return the times of a cohort without its reference, the last clean one before treatment."""
    found = np.unique(time[rows])
    before = found[found < 0]
    if not len(before):
        return []
    return [int(value) for value in found if value != before.max()]


def _weights(
    keys: list[tuple[str, int, int]], sizes: FloatArray, low: int, high: int
) -> dict[Key, FloatArray]:
    """Average cohorts of the same effect and time by their numbers of rows."""
    out: dict[Key, FloatArray] = {}
    for effect in dict.fromkeys(e for e, _, _ in keys):
        for time in sorted({t for e, _, t in keys if e == effect and low <= t <= high}):
            if time == -1:  # a cohort whose reference is earlier: not comparable at -1
                continue
            hit = np.array([(e, t) == (effect, time) for e, _, t in keys], dtype=float)
            weights = hit * sizes
            out[effect, time] = weights / weights.sum()
    return out


def _last_cohort(sample: EventSample) -> tuple[EventSample, tuple[str, ...]]:
    """Take the last cohort for comparison, in the periods before it is treated."""
    last = int(sample.first.max())
    if (sample.first == last).all():
        raise PanelError(
            "treated",
            expected="regions never treated, or treated at different times",
            found="one time for all",
            why="nobody is left to compare with",
        )
    kept = sample.code < last
    panel = sample.panel.keep(kept)
    at = sample.panel.regions.get_indexer(panel.regions)
    first = sample.first[at]
    note = (
        f"All regions are treated: those of {period_text(sample.periods[last])} are the "
        "comparison, in the periods before."
    )
    made = replace(
        sample,
        panel=panel,
        first=np.where(first == last, NEVER, first),
        exposures={name: begin[at] for name, begin in sample.exposures.items()},
        code=sample.code[kept],
    )
    return made, (note,)


def _name(effect: str, cohort: int, time: int, periods: pd.Index) -> str:
    of = "" if cohort == NEVER else f"{period_text(periods[cohort])}, "
    return f"{effect}[{of}{time:+d}]"


def _labels(cohort: int, time: int, periods: pd.Index) -> tuple[object, object]:
    if cohort == NEVER:
        return None, time
    return periods[cohort], periods[cohort + time]
