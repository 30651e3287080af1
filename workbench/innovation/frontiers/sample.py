"""The sample of a stochastic frontier: a cross-section or a panel, and what moves inefficiency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.expressions import evaluate, label, refuse_missing, refuse_nonfinite
from workbench.core.ids import canonical_order, ids_digest, region_ids
from workbench.core.panel_frame import PanelFrame, panel_frame
from workbench.core.periods import times
from workbench.data.schemes import refuse_mixed
from workbench.errors import CollinearityError, FormulaError, InputError, PanelError, ValuesError
from workbench.numerics.frontiers.composed import Composed
from workbench.numerics.regression.least_squares import linear_dependencies
from workbench.regression.design import (
    INTERCEPT,
    Design,
    build_design,
    check_estimable,
    complete_rows,
    refuse_names,
)
from workbench.regression.specification import Specification
from workbench.typing import FloatArray, Inefficiency, InefficiencyEffects, Missing

PARAMETERS = ("sigma2", "gamma", "mu", "eta")


@dataclass(frozen=True, slots=True, eq=False)
class FrontierSample:
    """Arrays and names of a stochastic frontier.

    Attributes
    ----------
    design : Design
    model : Composed
    means : tuple of str
        Names of the coefficients of the mean of inefficiency before truncation.
    panel : PanelFrame or None
    digest : str
        Of the ids of the rows.
    notes : tuple of str
    """

    design: Design
    model: Composed
    means: tuple[str, ...]
    panel: PanelFrame | None
    digest: str
    notes: tuple[str, ...]

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of all parameters, slopes first."""
        decay = ("eta",) if self.model.time is not None else ()
        return (*self.design.terms, "sigma2", "gamma", *self.means, *decay)


def read_sample(
    formula: str,
    data: pd.DataFrame,
    *,
    sign: float,
    distribution: Inefficiency,
    effects: InefficiencyEffects,
    determinants: str | None,
    missing: Missing,
) -> FrontierSample:
    """Read formula and table; refuse what no frontier can be estimated from."""
    Specification(formula, missing=missing)
    if not isinstance(data, pd.DataFrame):
        raise InputError(
            "data", expected="a DataFrame indexed by region, or by (region, period)",
            found=type(data).__name__, remedy="pass the table that has the columns",
        )  # fmt: skip
    panel = panel_frame(data) if isinstance(data.index, pd.MultiIndex) else None
    if panel is None and effects != "pooled":
        raise PanelError(
            "data", expected=f"a panel indexed by (region, period) for effects={effects!r}",
            found="a cross-section", remedy='effects="pooled"',
        )  # fmt: skip
    table = panel.table if panel is not None else _sorted(data)
    refuse_mixed(table.index, argument="data")
    table, notes = _complete(table, (formula, determinants), missing)
    if notes and panel is not None:
        panel = panel_frame(table)
    way_out = 'missing="drop", or complete the table'
    design = check_estimable(build_design(formula, table, remedy=way_out))
    refuse_names(PARAMETERS, design.terms, what="the parameters of inefficiency")
    notes = (*notes, *_doubts(design))
    groups, time = _groups(panel, effects, len(table))
    Z, means = _means(table, distribution, determinants, int(groups[-1]) + 1, way_out)
    model = Composed(
        design.y, design.X, groups, sign, Z, time, exponential=distribution == "exponential"
    )
    _require_rows(model)
    digest = ids_digest(table.index) if panel is None else panel.digest
    return FrontierSample(design, model, means, panel, digest, notes)


def _sorted(data: pd.DataFrame) -> pd.DataFrame:
    ids = region_ids(data.index, argument="data")
    return data.iloc[canonical_order(ids)]


def _complete(
    table: pd.DataFrame, formulas: tuple[str, str | None], missing: Missing
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    if missing == "error":
        return table, ()
    if missing == "drop-regions":
        raise InputError(
            "missing", expected="'error' or 'drop'", found="'drop-regions'",
            why="panels of a frontier need not be balanced", remedy='missing="drop"',
        )  # fmt: skip
    formula, determinants = formulas
    rows = complete_rows(formula, table)
    if determinants is not None:
        used = list(evaluate(determinants, table, argument="determinants").variables)
        rows = rows.intersection(table.index[table[used].notna().all(axis=1)], sort=False)
    kept = table.index.isin(rows)
    if kept.all():
        return table, ()
    if not kept.any():
        raise ValuesError(
            "data", expected="rows without missing values", found="none",
            remedy="take fewer variables",
        )  # fmt: skip
    gone = [label(key) for key in table.index[~kept]]
    return table[kept], (f"rows left out for missing values ({len(gone)}): {', '.join(gone)}",)


def _groups(
    panel: PanelFrame | None, effects: InefficiencyEffects, n: int
) -> tuple[Any, np.ndarray[Any, Any] | None]:
    """Return the group of each row, and its time from the last period where that matters."""
    if panel is None or effects == "pooled":
        return np.arange(n), None
    single = len(panel.regions) == n
    if single:
        raise PanelError(
            "data", expected="several periods of some region", found="one of each",
            why=f"effects={effects!r} are told from noise by what stays over time",
            remedy='effects="pooled"',
        )  # fmt: skip
    if effects == "time-invariant":
        return panel.region_codes, None
    moments = times(panel.periods)
    return panel.region_codes, (moments - moments[-1])[panel.period_codes]


def _means(
    table: pd.DataFrame, distribution: Inefficiency, determinants: str | None, count: int,
    way_out: str,
) -> tuple[np.ndarray[Any, Any] | None, tuple[str, ...]]:  # fmt: skip
    if determinants is None:
        if distribution != "truncated-normal":
            return None, ()
        return np.ones((count, 1)), ("mu",)
    found = evaluate(determinants, table, argument="determinants")
    if found.outcome is not None:
        raise FormulaError(
            "determinants", expected="a right-hand side", found=repr(determinants),
            remedy=repr(determinants.partition("~")[2].strip()),
        )  # fmt: skip
    refuse_missing(table, found.variables, remedy=way_out)
    refuse_nonfinite(found.regressors)
    Z = independent(found.regressors, argument="determinants")
    return Z, tuple(f"mu({name})" for name in found.regressors.columns)


def _require_rows(model: Composed) -> None:
    n, least = len(model.y), model.size + 1
    if n < least:
        raise InputError(
            "formula", expected=f"at least {least} observations for {model.size} parameters",
            found=str(n), remedy="take fewer terms",
        )  # fmt: skip


def _doubts(design: Design) -> tuple[str, ...]:
    notes = []
    if not design.outcome.startswith("log("):
        notes.append(
            f"The outcome {design.outcome} is not written as a logarithm: efficiency is exp(-u), "
            "a share of the frontier, only if it is one."
        )
    if INTERCEPT not in design.terms:
        notes.append("Without an intercept mean inefficiency is taken from the slopes.")
    return tuple(notes)


def independent(regressors: pd.DataFrame, *, argument: str) -> FloatArray:
    """Return determinants as an array, shape (n, k), or refuse columns that make up each other."""
    Z = regressors.to_numpy(dtype=float)
    depends = linear_dependencies(Z)
    if depends:
        names = sorted({str(regressors.columns[c]) for d in depends for c in d.columns})
        raise CollinearityError(
            argument, expected="determinants that do not depend on each other",
            found=f"{len(depends)} combinations", offenders=names,
            why="their coefficients cannot be told apart", remedy="leave out one of them",
        )  # fmt: skip
    return Z
