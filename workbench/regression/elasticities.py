"""Impacts in the units that readers think in: per cents where the formula takes logarithms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.errors import ValuesError, check_option
from workbench.regression.design import Design
from workbench.regression.impacts import Impacts
from workbench.regression.scales import Scale, scale_of
from workbench.typing import ElasticityAt, FloatArray, ImpactMethod, Tolerance

LARGE_SEMI_ELASTICITY = 10.0
# Per cent from which 100 b differs from 100 (exp(b) − 1) by more than a twentieth of itself.


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Elasticities:
    """Impacts as elasticities and semi-elasticities; the formula tells which.

    Attributes
    ----------
    table : pandas.DataFrame
        Index (term, effect); columns ``estimate std_error statistic p_value conf_low conf_high
        reads``, where ``reads`` says what the estimate is: with log(y) ~ log(x) per cent per per
        cent, with log(y) ~ x per cent per unit, with y ~ log(x) units per per cent, with y ~ x
        units per unit. Impacts are multiplied by 1, 100, 1/100 and 1.
    at : {"formula", "means"}
        With ``"means"`` levels are turned into elasticities at the means of the sample.
    method, level, provenance, tolerance, notes
        Of the impacts.
    """

    table: pd.DataFrame
    at: ElasticityAt
    method: ImpactMethod
    level: float
    provenance: Provenance
    tolerance: Tolerance
    notes: tuple[str, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """Return the table: a row a term and effect."""
        return self.table.copy()

    def plot(self, *, title: str = "") -> Any:
        """Draw the estimates with their intervals, a panel an effect."""
        return display.picture("impacts", self, title=title)

    def _heading(self) -> str:
        return f"Elasticities ({self.level:.0%} intervals): {self.provenance.formula}"

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self.table)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self.table)], self.notes)


def elasticities_of(impacts: Impacts, design: Design, *, at: ElasticityAt) -> Elasticities:
    """Turn impacts into elasticities; see the class."""
    check_option("at", at, ElasticityAt)
    outcome = scale_of(design.outcome)
    table = impacts.table.copy()
    reads = pd.Series("", index=table.index, dtype=object)
    notes = list(impacts.notes)
    for term in design.impact_terms:
        scale = scale_of(term)
        factor, said = _factor(outcome, scale, design, at)
        rows = table.index.get_level_values("term") == term
        part = table.loc[rows, ["estimate", "std_error", "conf_low", "conf_high"]].to_numpy()
        part = _scaled(part, factor)
        table.loc[rows, ["estimate", "std_error", "conf_low", "conf_high"]] = part
        if factor < 0:
            table.loc[rows, "statistic"] *= -1
        reads[rows] = said
        largest = float(np.nanmax(np.abs(part[:, 0])))
        semi = outcome.logarithmic and not scale.logarithmic and at == "formula"
        if semi and largest > LARGE_SEMI_ELASTICITY:
            notes.append(
                f"{term}: per cents b above are changes of logarithms; "
                "the change itself is 100 (exp(b / 100) - 1) %."
            )
    table["reads"] = reads
    return Elasticities(
        table,
        at,
        impacts.method,
        impacts.level,
        impacts.provenance,
        impacts.tolerance,
        (*notes, *_together(design)),
    )


def _scaled(part: FloatArray, factor: float) -> FloatArray:
    """Multiply estimate, std_error, conf_low and conf_high, keeping errors and ends in order."""
    out = part * factor
    out[:, 1] = np.abs(out[:, 1])
    if factor < 0:
        out[:, 2:] = out[:, [3, 2]]
    return np.asarray(out)


def _factor(outcome: Scale, scale: Scale, design: Design, at: ElasticityAt) -> tuple[float, str]:
    """Return what an impact is multiplied by, and what it then says."""
    if at == "means" and not scale.category:
        factor = outcome.log_base / scale.log_base
        if not scale.logarithmic:
            factor *= _mean(design.values((scale.term,))[:, 0], scale.term)
        if not outcome.logarithmic:
            factor /= _mean(design.y, outcome.term)
        means = "" if scale.logarithmic and outcome.logarithmic else ", at the means"
        return factor, f"1 % more {scale.inner}: % of {outcome.inner}{means}"
    factor = 1.0
    if scale.logarithmic:
        factor /= scale.log_base
    if outcome.logarithmic:
        factor *= outcome.log_base
    if outcome.logarithmic and not scale.logarithmic:
        factor *= 100.0
    if scale.logarithmic and not outcome.logarithmic:
        factor /= 100.0
    what = f"% of {outcome.inner}" if outcome.logarithmic else f"units of {outcome.inner}"
    return factor, f"{scale.step}: {what}"


def _mean(values: FloatArray, name: str) -> float:
    mean = float(values.mean())
    if abs(mean) <= 1e-8 * float(np.abs(values).max()):
        raise ValuesError(
            name,
            expected="a variable whose mean is not zero",
            found=f"a mean of {mean:.3g}",
            why="a relative change of zero is no number",
            remedy='elasticities(at="formula")',
        )
    return mean


def _together(design: Design) -> tuple[str, ...]:
    """Name the variables that enter more than one term: their terms cannot change alone."""
    said = []
    for name in variables_of(design):
        terms = terms_with(name, design)
        if len(terms) > 1:
            said.append(
                f"{name} enters {', '.join(terms)}, which change together: "
                f"marginal_impacts({name!r}) joins them."
            )
    return tuple(said)


def variables_of(design: Design) -> tuple[str, ...]:
    """Return the columns of the table that the formula uses."""
    return () if design.variables is None else tuple(map(str, design.variables.columns))


def terms_with(name: str, design: Design) -> list[str]:
    """Return the terms in which a variable occurs."""
    word = re.compile(rf"(?<![\w.]){re.escape(name)}(?![\w.(])")
    return [term for term in design.impact_terms if word.search(term)]
