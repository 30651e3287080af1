"""Outcomes of earlier periods of a panel, beside the regressors of their own time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.core.panel_frame import longer_gaps
from workbench.errors import PanelError
from workbench.regression.design import Design
from workbench.regression.lag_terms import has_lags
from workbench.regression.results import RegressionResults

LEVELS = ("none", "entity", "time", "two-way", "random", "random-time", "random-two-way")
"""Effects under which the rows of a fit are regions in periods."""


def past_arguments(
    fit: RegressionResults, arguments: dict[str, Any], lag: int, *, own_time: bool
) -> dict[str, Any]:
    """Return the arguments of a fit whose outcome is that of `lag` periods before.

    Parameters
    ----------
    fit : RegressionResults
        Of a panel.
    arguments : dict
        Of this fit, with data of the regions of its sample.
    lag : int
    own_time : bool
        Whether the regressors of the outcome's own time stand beside those of today.
    """
    design = fit.design
    outcome = pd.Series(design.y, index=design.index)
    columns = {_name(lag): _before(outcome, lag)}
    slopes = design.impact_terms if own_time else ()
    of: dict[str, str] = {}
    for position, term in enumerate(slopes):
        today = pd.Series(design.values((term,))[:, 0], index=design.index)
        before = _before(today, lag)
        known = before.notna()
        if np.allclose(today[known], before[known], rtol=1e-12, atol=0.0):
            continue  # what never changes is there already
        of[term] = f"{_name(lag)}_{position + 1}"
        columns[of[term]] = before
    past = pd.DataFrame(columns)
    past = past[past[_name(lag)].notna()]
    data = arguments["data"].loc[arguments["data"].index.isin(past.index)]
    made = arguments | {
        "formula": _formula(str(arguments["formula"]), _name(lag), of, design),
        "data": data.join(past),
    }
    if arguments["durbin"] is not None:
        made["durbin"] = (*arguments["durbin"], *(of[t] for t in arguments["durbin"] if t in of))
    return made


def _name(lag: int) -> str:
    return f"past_{lag}"


def _formula(formula: str, outcome: str, of: dict[str, str], design: Design) -> str:
    """Return the formula with another outcome and, beside each regressor, that of its time."""
    right = formula.split("~", 1)[1].strip()
    added = [name for term, name in of.items() if term in design.slopes]
    if has_lags(formula):
        added += [f"W({of[term]})" for term in design.asked if term in of]
    return " + ".join([f"{outcome} ~ {right}", *added])


def _before(values: pd.Series[Any], lag: int) -> pd.Series[Any]:
    """Return each region's value `lag` periods before, missing where there is none."""
    regions, periods = (values.index.get_level_values(level) for level in (0, 1))
    known = periods.unique().sort_values()
    later = known.get_indexer(periods) + lag
    inside = later < len(known)
    moved = pd.MultiIndex.from_arrays([regions[inside], known[later[inside]]])
    return pd.Series(values.to_numpy()[inside], index=moved).reindex(values.index)


def refuse_other_panels(fit: RegressionResults) -> None:
    """Refuse fits whose rows are not regions in evenly spaced periods.

    Raises
    ------
    PanelError
        If the effects leave other rows, the model has lags in time or an exposure, or periods are
        not evenly apart.
    """
    if fit.call is None:
        raise AssertionError
    asked = fit.call.specification
    found = ""
    if asked.effects not in LEVELS:
        found = f"effects={asked.effects!r}"
    elif asked.dynamic != "none":
        found = f"dynamic={asked.dynamic!r}"
    elif asked.exposure:
        found = f"exposure={asked.exposure!r}"
    if found:
        raise PanelError(
            "lags",
            expected="a panel whose rows are regions in periods, without lags in time",
            found=found,
            why="the outcome of an earlier period would stand on both sides, or in no row",
            remedy='outcomes={"label": "column"}, or a fit with effects="two-way"',
        )
    uneven = longer_gaps(pd.Index(fit.design.index.get_level_values(1).unique().sort_values()))
    if uneven:
        raise PanelError(
            "lags",
            expected="periods that are evenly apart",
            found=f"{len(uneven)} longer steps",
            offenders=uneven,
            why="the period before is then not the same time ago everywhere",
            remedy="keep those that are evenly apart",
        )
