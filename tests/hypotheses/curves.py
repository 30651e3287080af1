"""Curves made by hand: tables with known sums, no model behind them."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy.stats import norm

from workbench.core.provenance import Provenance
from workbench.hypotheses.curve.evaluation import NUMBERS
from workbench.hypotheses.curve.plan import DIMENSIONS, Plan
from workbench.hypotheses.curve.result import SpecificationCurve

HYPOTHESIS = SimpleNamespace(
    statement="R&D next door raises patenting",
    restriction="indirect(log(rd)) > 0",
    value=0.0,
    relation=">",
    alpha=0.05,
    digest="0123456789abcdef",
    margin=None,
    name="H1",
)


def verdicts(table, value=0.0):
    """Verdicts of a direction "greater" from intervals."""
    low, high = table["conf_low"], table["conf_high"]
    return np.where(low > value, "supported", np.where(high < value, "contradicted", "cannot tell"))


def curve_of(table, *, hypothesis=HYPOTHESIS):
    """Make a curve of a table that has estimates, standard errors and some dimensions."""
    table = table.copy()
    for name in DIMENSIONS:
        if name not in table:
            table[name] = "only one"
    table["statistic"] = (table["estimate"] - hypothesis.value) / table["std_error"]
    table["conf_low"] = table["estimate"] - 1.96 * table["std_error"]
    table["conf_high"] = table["estimate"] + 1.96 * table["std_error"]
    table["p_value"] = 2 * norm.sf(np.abs(table["statistic"]))
    if "status" not in table:
        table["status"] = "estimated"
    if "reason" not in table:
        table["reason"] = ""
    table["nobs"] = 80
    table["verdict"] = verdicts(table, hypothesis.value)
    lost = table["status"] != "estimated"
    table.loc[lost, "verdict"] = "not applicable"
    table.loc[lost, ["estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"]] = (
        np.nan
    )
    table.index = pd.RangeIndex(1, len(table) + 1, name="specification")
    dimensions = tuple(name for name in DIMENSIONS if len(set(table[name])) > 1)
    plan = Plan(hypothesis, {}, (), dimensions)
    return SpecificationCurve(
        hypothesis,
        plan,
        table[[*DIMENSIONS, *NUMBERS, "verdict", "status", "reason", "nobs"]],
        (),
        Provenance(method="specification curve"),
    )


def grid(**labels):
    """All combinations of labels, a column a dimension."""
    return pd.DataFrame(list(product(*labels.values())), columns=list(labels))
