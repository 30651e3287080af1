"""Group-time effects of an event sample, labelled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import InputError, PanelError
from workbench.numerics.panels.staggered import GroupTime, by_event_time, group_time_effects
from workbench.panels.events.samples import NEVER, EventSample, earliest
from workbench.panels.sample import MISSING_REMEDY
from workbench.regression.design import INTERCEPT, build_design
from workbench.typing import FloatArray, IntArray


def by_group_time(
    sample: EventSample, comparison: str, window: tuple[int, int] | None, covariance: Any
) -> Any:
    """Return keys, estimates, covariance, degrees of freedom, cells, rows and notes.

    Regions that lack rows because they are exposed before they are treated are left out whole.
    """
    if not (isinstance(covariance, str) and covariance == "clustered"):
        raise InputError(
            "covariance",
            expected='"clustered" for method="callaway-santanna"',
            found=repr(covariance),
            why="its influences are those of regions",
            remedy='method="sun-abraham" takes other covariances',
        )
    if len(sample.exposures) > 1:
        raise InputError(
            "W",
            expected='one W for method="callaway-santanna"',
            found=f"{len(sample.exposures)} by name",
            why="a region that several reach has effects of each, which only a regression parts",
            remedy='method="sun-abraham"',
        )
    exposed_to = (
        earliest(sample.exposures) if sample.exposures else np.full_like(sample.first, NEVER)
    )
    if comparison == "not-yet" and (exposed_to != NEVER).any():
        raise InputError(
            "comparison",
            expected='"never" where W says who is exposed',
            found="'not-yet'",
            why="regions treated later are exposed before",
            remedy='comparison="never"',
        )
    outcome, whole = _outcome(sample)
    notes = []
    if not whole.all():
        notes.append(f"{int((~whole).sum())} regions without all periods are left out.")
    first, exposed = sample.first[whole], exposed_to[whole]
    controls = (first == NEVER) & (exposed == NEVER)
    if not controls.any() and comparison == "never":
        raise PanelError(
            "comparison",
            expected="regions never treated",
            found="none",
            remedy='comparison="not-yet"',
        )
    keys, parts, influence, tables, rows = [], [], [], {}, []
    for effect, begin in (("own", first), ("exposure", exposed)):
        found = group_time_effects(
            outcome, begin, controls=controls, not_yet=comparison == "not-yet"
        )
        if not len(found.effects):
            continue
        low, high = window if window is not None else (-len(sample.periods), len(sample.periods))
        gaps = np.unique(found.period - found.cohort)
        times = gaps[(gaps >= low) & (gaps <= high) & (gaps != -1)]
        estimates, psi = by_event_time(found, begin, times)
        keys += [(effect, int(time)) for time in times]
        rows += [_rows_at(found, begin, int(time)) for time in times]
        parts.append(estimates)
        influence.append(psi)
        tables[effect] = _cells(found, sample)
    if not keys:
        raise PanelError(
            "data", expected="treated regions with all periods", found="none", remedy="window=None"
        )
    psi = np.column_stack(influence)
    cov = psi.T @ psi / len(psi) ** 2
    cells = pd.concat(tables, names=["effect"])
    notes.append(f"Standard errors are clustered by region, of {len(psi)} regions.")
    return keys, np.concatenate(parts), cov, None, cells, rows, tuple(notes)


def _rows_at(found: GroupTime, begin: IntArray, time: int) -> int:
    """Return how many regions are behind the effect at a time."""
    cohorts = found.cohort[found.period - found.cohort == time]
    return int(np.isin(begin, cohorts).sum())


def _outcome(sample: EventSample) -> tuple[FloatArray, IntArray]:
    """Return the outcome of regions with all periods, a row a region, and which those are."""
    design = build_design(sample.specification.formula, sample.panel.table, remedy=MISSING_REMEDY)
    if design.terms != (INTERCEPT,):
        raise InputError(
            "formula",
            expected='an outcome alone for method="callaway-santanna"',
            found=f"covariates {', '.join(t for t in design.terms if t != INTERCEPT)}",
            remedy='method="sun-abraham" takes covariates',
        )
    counts = np.bincount(sample.panel.region_codes, minlength=len(sample.first))
    whole = counts == len(sample.periods)
    table = np.full((len(sample.first), len(sample.periods)), np.nan)
    table[sample.panel.region_codes, sample.code] = design.y
    return table[whole], whole


def _cells(found: Any, sample: EventSample) -> pd.DataFrame:
    N = len(found.influence)
    index = pd.MultiIndex.from_arrays(
        [sample.periods[found.cohort], sample.periods[found.period]], names=["cohort", "period"]
    )
    error = np.sqrt(np.sum(found.influence**2, axis=0)) / N
    return pd.DataFrame({"estimate": found.effects, "std_error": error}, index=index)
