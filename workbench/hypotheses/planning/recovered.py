"""Recovery after estimation: whether the estimator finds what it says, in data like these."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, generator
from workbench.core.vocabulary import check_level, one_row
from workbench.errors import InputError, WorkbenchError
from workbench.hypotheses.planning.outcomes import (
    right_side,
    whole_draws,
    with_outcome,
    without_outcome,
)
from workbench.hypotheses.planning.processes import drawer_of
from workbench.hypotheses.planning.verdicts import performance, verdict_notes
from workbench.hypotheses.statements.given import check_fit
from workbench.hypotheses.work.faults import FAULTS, in_one_line
from workbench.hypotheses.work.running import each
from workbench.refitting import refit
from workbench.regression.results import LAMBDA, RHO
from workbench.typing import FloatArray, Tolerance

if TYPE_CHECKING:
    from workbench.regression.results import RegressionResults

COLUMNS = ("estimate", "std_error", "conf_low", "conf_high")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Recovery:
    """How well an estimator finds parameters that are known, because data were drawn from them.

    Attributes
    ----------
    table : pandas.DataFrame
        Index (term, effect), effect ``coefficient`` for rho, lambda and models without W, else
        ``direct``, ``indirect``, ``total``; columns ``truth bias bias_error rmse rmse_error
        deviation std_error_mean error_ratio ratio_error coverage coverage_error reading``.
    estimates, std_errors : pandas.DataFrame
        A row a draw that succeeded (by number, from 1), a column a quantity.
    failed : pandas.Series
        Why each of the other draws failed, by number.
    draws : int
        Outcomes that were drawn.
    level : float
        Of the intervals whose coverage is counted.
    notes, provenance, tolerance
    """

    table: pd.DataFrame
    estimates: pd.DataFrame
    std_errors: pd.DataFrame
    failed: pd.Series[Any]
    draws: int
    level: float
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "simulation"

    @property
    def share_failed(self) -> float:
        """Share of the draws whose fit failed."""
        return len(self.failed) / self.draws

    def tidy(self) -> pd.DataFrame:
        """Return the table: a row a quantity."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: draws, failures, level, and the worst coverage and bias."""
        off = self.table["coverage"] - self.level
        biases = (self.table["bias"] / self.table["deviation"]).abs()
        return one_row(
            draws=self.draws,
            failed=len(self.failed),
            level=self.level,
            coverage_low=self.table["coverage"].min(),
            coverage_high=float((off + self.level).max()),
            bias_largest=biases.max(),
            nobs=self.provenance.nobs,
        )

    def plot(self, *, title: str | None = None) -> Any:
        """Draw bias, standard errors over true scatter, and coverage, a row a quantity.

        Parameters
        ----------
        title : str, optional
            Heading.
        """
        return display.picture("recovery", self, title=title)

    def _heading(self) -> str:
        return f"Recovery ({self.draws} draws at the estimate): {self.provenance.formula}"

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self.table)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self.table)], self.notes)


def recovery(
    fit: RegressionResults,
    draws: int = 199,
    *,
    seed: int = 0,
    level: float = 0.95,
    jobs: int | None = None,
) -> Recovery:
    """Draw outcomes from a fit, estimate them as it was estimated, and compare with the truth.

    Parameters
    ----------
    fit : RegressionResults
        Of :func:`workbench.fit`: a cross-section by least squares or maximum likelihood, or a
        panel by these, pooled or with fixed effects, which stay as they were estimated.
    draws : int, default 199
    seed : int
    level : float
        Of the delta-method intervals whose coverage is counted.
    jobs : int, optional
        Processes; without, others are started where the work takes long. No number depends on it.

    Returns
    -------
    Recovery
        Bias, root mean squared error, standard errors over true scatter and coverage of each
        impact and of rho and lambda, each with its Monte Carlo error, and a verdict in words.

    Raises
    ------
    InputError
        If the fit is of another estimator, or the draws are too few.
    ValuesError
        If the fit reproduces its outcome exactly.

    Notes
    -----
    Innovations are normal with the variance of the fit, independent and of one variance: what is
    tested is the estimator under its own model, for this W, sample and design. Other dependence is
    another question. A fit that fails is recorded in ``failed``; bias and coverage are those of
    the others, and the notes say what coverage is if failures count as missed. Monte Carlo errors
    as in Morris, White and Crowther (2019), table 6.

    References
    ----------
    Morris, T. P., White, I. R. and Crowther, M. J. (2019). Using simulation studies to evaluate
    statistical methods. Statistics in Medicine 38, 2074-2102.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.hypotheses.planning import recovery
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> found = recovery(wb.fit("log(gsp) ~ log(emp)", y, W, model="slx"), 19)
    >>> found.table.index.tolist()[1]
    ('log(emp)', 'indirect')
    """
    check_fit(fit)
    check_level(level)
    number, seed = whole_draws(draws, "draws"), check_seed(seed)
    if fit.call is None:
        raise InputError(
            "fit",
            expected="a result of wb.fit",
            found=f"{fit.provenance.method}, which does not know what it was asked",
            remedy="wb.fit(formula, data, W, model=...)",
        )
    truth = quantities(fit, level)
    shared = (fit, drawer_of(fit), level, seed)
    numbers = range(1, number + 1)
    answers = dict(
        zip(numbers, each(_draw, shared, numbers, jobs=jobs, title="recovery"), strict=True)
    )
    failed = {draw: told for draw, told in answers.items() if isinstance(told, str)}
    kept = {draw: found for draw, found in answers.items() if not isinstance(found, str)}
    tables = [_table(kept, place, truth.index) for place in range(len(COLUMNS))]
    estimates, errors = tables[0], tables[1]
    table = performance(truth["estimate"], tables, level=level)
    reasons = pd.Series(failed, name="reason", dtype=object).rename_axis("draw")
    notes = verdict_notes(table, reasons, draws=number, level=level)
    provenance = replace(
        fit.provenance,
        method=f"recovery of {fit.provenance.method}",
        seed=seed,
        options={**fit.provenance.options, "draws": str(number), "level": f"{level:g}"},
    )
    return Recovery(table, estimates, errors, reasons, number, level, notes, provenance)


def quantities(fit: RegressionResults, level: float) -> pd.DataFrame:
    """Return what is looked at: impacts, rho and lambda, or coefficients of models without W.

    Returns
    -------
    pandas.DataFrame
        Index (term, effect); columns ``estimate std_error conf_low conf_high``. Impacts that are
        zero by the form of the model are left out.
    """
    spatial = [name for name in (RHO, LAMBDA) if name in fit.estimates.terms]
    own = fit.tidy(level).loc[:, list(COLUMNS)]
    parts = []
    if fit.design.lagged or RHO in spatial:
        impacts = fit.impacts(level=level).table.loc[:, list(COLUMNS)]
        parts.append(impacts[impacts["std_error"].notna()])
        named = own.loc[spatial]
    else:
        named = own.loc[[*fit.design.slopes, *spatial]]
    named.index = pd.MultiIndex.from_tuples(
        [(term, "coefficient") for term in named.index], names=["term", "effect"]
    )
    return pd.concat([*parts, named])


def _draw(shared: Any, draw: int) -> list[list[float]] | str:
    """Return estimates, errors and ends of intervals of one draw, or why its fit failed."""
    fit, drawer, level, seed = shared
    outcome = drawer.outcome(generator(seed, "recovery", draw))
    try:
        found = quantities(_again(fit, outcome), level)
    except FAULTS as fault:
        if isinstance(fault, WorkbenchError):
            return f"{fault.argument}: {fault.found}"
        return in_one_line(fault)
    if not np.isfinite(found.to_numpy()).all():
        return "an estimate, standard error or interval is missing or infinite"
    return [found[name].tolist() for name in COLUMNS]


def _again(fit: RegressionResults, outcome: FloatArray) -> RegressionResults:
    call = fit.call
    if call is None:
        raise AssertionError
    right = right_side(call.specification.formula)
    data = without_outcome(call.data, right, *_beside(fit))
    formula, table = with_outcome(right, data, outcome, fit.design.index)
    return refit(fit, {"formula": formula, "data": table})


def _beside(fit: RegressionResults) -> tuple[str, ...]:
    """Return columns that a fit reads besides those of its formula."""
    call = fit.call
    if call is None:
        return ()
    weights = (call.case_weights,) if isinstance(call.case_weights, str) else ()
    return (*weights, *call.specification.absorb)


def _table(kept: dict[int, Any], place: int, columns: pd.Index) -> pd.DataFrame:
    index = pd.Index(list(kept), name="draw", dtype="int64")
    values = np.array([found[place] for found in kept.values()], dtype=np.float64)
    return pd.DataFrame(values.reshape(len(kept), len(columns)), index=index, columns=columns)
