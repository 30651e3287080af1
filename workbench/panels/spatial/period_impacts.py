"""Impacts where W changes over time: by period, and averaged over regions and periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import check_level
from workbench.errors import PanelError, check_option
from workbench.numerics.responses.impacts import AverageImpacts, average_impacts, impact_std_errors
from workbench.numerics.responses.traces import lag_traces
from workbench.regression.impacts import (
    EFFECTS,
    ImpactParts,
    Impacts,
    effect_draws,
    impact_table,
)
from workbench.regression.parameters import (
    draw_notes,
    drawn_inference,
    enough,
    inference,
    is_drawn,
    parameter_draws,
    picked,
    require_spatial,
    sound_covariance_at,
)
from workbench.typing import BoolArray, FloatArray, ImpactMethod

AVERAGED = "Impacts are averages over all regions and periods, each period under its own W."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ImpactsByPeriod:
    """Impacts under the W of each period.

    Attributes
    ----------
    table : pandas.DataFrame
        Index (term, effect, period); columns ``estimate std_error statistic p_value conf_low
        conf_high``.
    method : {"delta", "monte-carlo"}
    level : float
        Of the intervals.
    provenance : Provenance
        Of the model.
    """

    table: pd.DataFrame
    method: ImpactMethod
    level: float
    provenance: Provenance

    def tidy(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def effect(self, term: str, effect: str = "total") -> pd.DataFrame:
        """Return the rows of one term and effect, a row a period."""
        found = self.table.xs((term, effect), level=("term", "effect"))
        return pd.DataFrame(found)

    def plot(self, *, title: str = "") -> Any:
        """Draw the impacts over the periods with bands of their intervals, a panel an effect."""
        return display.picture("impacts by period", self, title=title)

    def _heading(self) -> str:
        return f"Impacts by period ({self.level:.0%} intervals): {self.provenance.formula}"

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self.table)], ())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self.table)], ())


def impacts_by_period(
    parts: Mapping[object, ImpactParts],
    *,
    method: ImpactMethod,
    draws: int,
    seed: int,
    level: float,
) -> ImpactsByPeriod:
    """Return the impacts of every period; see :meth:`PanelResults.impacts_by_period`."""
    from workbench.regression.impacts import impacts_of

    tables = [
        impacts_of(one, method=method, draws=draws, seed=seed, level=level).table
        for one in parts.values()
    ]
    table = pd.concat(tables, keys=list(parts), names=["period"])
    first = next(iter(parts.values()))
    order = [
        (period, term, effect) for term in first.terms for effect in EFFECTS for period in parts
    ]
    table = table.loc[order].reorder_levels(["term", "effect", "period"])
    return ImpactsByPeriod(table, method, level, first.provenance)


def impacts_over_periods(
    parts: Mapping[object, ImpactParts],
    *,
    method: ImpactMethod,
    draws: int,
    seed: int,
    level: float,
) -> Impacts:
    """Return impacts averaged over regions and periods; regions of each period count alike."""
    check_option("method", method, ImpactMethod)
    check_level(level)
    several = list(parts.values())
    first = several[0]
    averaged = averaged_over_periods(several)
    if not is_drawn(method):
        positions = np.concatenate([[first.rho], first.own, first.lagged])
        error = impact_std_errors(averaged, sound_covariance_at(first.cov, positions))
        columns = inference(averaged.effects, error, df=first.df, level=level)
        table = impact_table(first, columns)
        return Impacts(table, "delta", level, first.provenance, first.tolerance, (AVERAGED,))
    sample = parameter_draws(first, draws, seed)
    drawn, kept = drawn_over_periods(several, sample)
    columns = drawn_inference(averaged.effects, drawn, level=level)
    return Impacts(
        impact_table(first, columns),
        "monte-carlo",
        level,
        replace(first.provenance, seed=seed),
        "simulation",
        (AVERAGED, *draw_notes(int(kept.sum()), draws, seed)),
    )


def _shares(several: list[ImpactParts]) -> FloatArray:
    sizes = np.array([require_spatial(parts, "impacts").n for parts in several], dtype=float)
    return np.asarray(sizes / sizes.sum())


def averaged_over_periods(several: list[ImpactParts]) -> AverageImpacts:
    """Return average impacts and gradients: both are linear in the averages of each period."""
    if any(one.lagged_by is not None for one in several):
        raise PanelError(
            "W_x",
            expected="one W for Wy and WX, for averages over periods",
            found="weights of the regressors of their own, and weights that change over time",
            remedy="fit.impacts_by_period()",
        )
    first, shares = several[0], _shares(several)
    beta, theta = picked(first.estimates, first.own), picked(first.estimates, first.lagged)
    rho = float(first.estimates[first.rho]) if first.rho >= 0 else 0.0
    found = [
        average_impacts(
            beta, theta, traces=lag_traces(require_spatial(one, "impacts").sparse, rho=rho)
        )
        for one in several
    ]
    fields = ("effects", "gradient_rho", "gradient_beta", "gradient_theta")
    return AverageImpacts(
        *(
            np.tensordot(shares, np.array([getattr(one, name) for one in found]), axes=1)
            for name in fields
        )
    )


def drawn_over_periods(
    several: list[ImpactParts], sample: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Return averaged impacts of the draws that every W admits, and which draws these are."""
    shares = _shares(several)
    kept = np.ones(len(sample), dtype=bool)
    for one in several:
        kept &= effect_draws(one, sample)[1]
    enough(int(kept.sum()), len(sample))
    inside = sample[kept]
    total = sum(
        share * effect_draws(one, inside)[0] for share, one in zip(shares, several, strict=True)
    )
    return np.asarray(total), kept
