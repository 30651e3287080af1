"""Count panels: Poisson regressions with multiplicative effects, such as those of patents."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.expressions import evaluate, label, refuse_missing, refuse_nonfinite
from workbench.core.statistics import Answer, NotApplicable, Statistic, Tests, normal_p
from workbench.errors import ConvergenceError, InputError, PanelError, ValuesError
from workbench.numerics.panels.poisson import PoissonFit, fit_poisson, poisson_loglik
from workbench.panels.effects import BY_TIME, TITLES, Cells, estimable_design
from workbench.panels.linear.choices import refuse_no_variance
from workbench.panels.results import PanelResults
from workbench.panels.sample import PanelSample
from workbench.panels.spatial.score_covariances import TITLES as COVARIANCES
from workbench.panels.spatial.score_covariances import score_covariance
from workbench.panels.testing.dependence import PESARAN, pesaran_cd
from workbench.regression.design import Design, read_only
from workbench.regression.results import Estimates, Fit
from workbench.regression.specification import Specification
from workbench.typing import Effects, FloatArray, IntArray

MODELS = ("ols", "slx")
OVERDISPERSION = "Cameron-Trivedi overdispersion"
ON_LOGS = (
    "Coefficients and impacts are on the log of the expected count: 0.01 is about one per cent."
)


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Rows that carry information on the coefficients.

    Attributes
    ----------
    design : Design
        Rows of regions (under effects of periods, periods) with a positive count.
    cells : Cells
        Of these rows, codes without gaps.
    notes : tuple of str
        What was left out.
    offset : ndarray, shape (n,), or None
        Logarithm of the exposure of these rows.
    """

    design: Design
    cells: Cells
    notes: tuple[str, ...]
    offset: FloatArray | None = None


def fit_counts(specification: Specification, design: Design, sample: PanelSample) -> PanelResults:
    """Estimate E(y) = exp(effects + Xβ + WXθ) by Poisson (quasi-)maximum likelihood.

    Parameters
    ----------
    specification : Specification
        ``family="poisson"``, model ``ols`` or ``slx``, effects none, entity, time or two-way.
    design : Design
        Lags of regressors appended already, of all regions.
    sample : PanelSample

    Returns
    -------
    PanelResults

    Raises
    ------
    InputError
        If the model or the effects are not available for counts.
    ValuesError
        If an outcome is negative.
    ConvergenceError
        If regressors separate the zeros (the terms are named).
    """
    _refuse_unavailable(specification)
    _refuse_negative(design)
    offset = offset_of(specification, sample)
    counts = _informative(design, sample.cells, specification.effects, offset)
    usable = estimable_design(counts.design, counts.cells, specification.effects)
    found, base = _estimated(usable, counts, specification.effects)
    k = len(usable.terms)
    cov = found.bread[:k, :k]
    if specification.covariance != "classical":
        cov = score_covariance(specification.covariance_name, found.scores[:, :k], counts.cells)
        refuse_no_variance(specification, usable, cov)
    title = COVARIANCES.get(specification.covariance_name, "information matrix (variance = mean)")
    estimates = Estimates(
        usable.terms, read_only(found.beta[:k]), read_only(cov), df=None, covariance=title
    )
    effects = specification.effects
    fit = _fit(usable, found, base, parameters=k + counts.cells.count(effects))
    notes = (*sample.notes, *counts.notes, *_dispersion_note(fit, specification), ON_LOGS)
    method = f"{specification.model}, {TITLES[effects]}, Poisson maximum likelihood"
    return PanelResults(
        specification.model,
        usable,
        estimates,
        fit,
        sample.weights,
        sample.provenance(specification, method, {"family": "poisson"}),
        notes,
        "maximum likelihood",
        extras={
            "family": "poisson",
            "effects": effects,
            "entities": counts.cells.N,
            "periods": counts.cells.T,
        },
        cells=counts.cells,
        effects=effects,
        family="poisson",
    )


def _refuse_unavailable(specification: Specification) -> None:
    if specification.model not in MODELS:
        raise InputError(
            "model",
            expected="'ols' or 'slx' with family=\"poisson\"",
            found=repr(specification.model),
            why="a count is no linear function of its neighbours' counts: rho has no likelihood "
            "here",
            remedy='model="slx" lets the neighbours\' regressors act',
        )
    if specification.effects == "random":
        raise PanelError(
            "effects",
            expected='none, entity, time or two-way effects with family="poisson"',
            found="'random'",
            why="random effects of counts need the law of the effects; fixed ones do not",
            remedy='effects="entity"',
        )
    specification.refuse_covariance(
        available=("classical", *COVARIANCES),
        why="of counts there are sums of scores over rows, regions and periods",
    )


def _refuse_negative(design: Design) -> None:
    negative = design.y < 0
    if negative.any():
        at = design.index[negative]
        raise ValuesError(
            design.outcome,
            expected='counts, or amounts that are not negative, with family="poisson"',
            found=f"{int(negative.sum())} negative values",
            offenders=[label(key) for key in at],
            remedy='a linear model: leave family="poisson" out',
        )


def offset_of(specification: Specification, sample: PanelSample) -> FloatArray | None:
    """Return the logarithm of the exposure of each row, or None; refuse one that is not above 0."""
    exposure = specification.exposure
    if exposure is None:
        return None
    table = sample.panel.table
    found = evaluate(f"I({exposure}) - 1", table, argument="exposure", shown=exposure)
    refuse_missing(table, found.variables, remedy=sample.missing_remedy)
    columns = found.regressors
    if columns.shape[1] != 1:
        raise InputError(
            "exposure",
            expected="one number a row",
            found=f"{columns.shape[1]} columns from {exposure!r}",
            remedy='exposure="population"',
        )
    refuse_nonfinite(columns)
    values = columns.to_numpy(dtype=float)[:, 0]
    if (values <= 0).any():
        raise ValuesError(
            "exposure",
            expected="numbers above zero",
            found=f"{int((values <= 0).sum())} that are not, in {exposure!r}",
            offenders=[label(key) for key in table.index[values <= 0]],
            why="an expected count is proportional to it, and its logarithm is taken",
            remedy='leave those rows out, or put the variable into the formula: "y ~ x + '
            f'{exposure}"',
        )
    return np.asarray(np.log(values))


def _informative(
    design: Design, cells: Cells, effects: Effects, offset: FloatArray | None
) -> Counts:
    """Leave out regions or periods without any count: their effect takes everything."""
    kept, notes = np.ones(design.nobs, dtype=bool), []
    for what, codes, number, wanted in (
        ("regions", cells.region, cells.N, effects in ("entity", "two-way")),
        ("periods", cells.period, cells.T, effects in BY_TIME),
    ):
        if not wanted:
            continue
        empty = np.bincount(codes, weights=design.y, minlength=number) == 0
        if empty.any():
            kept &= ~empty[codes]
            level = 0 if what == "regions" else 1
            gone = design.index[empty[codes]].get_level_values(level).unique()
            notes.append(
                f"{what} without any count tell nothing about the coefficients and are left out "
                f"({len(gone)}): {', '.join(map(label, gone))}"
            )
    if kept.all():
        return Counts(design, cells, (), offset)
    offset = None if offset is None else offset[kept]
    return Counts(_rows(design, kept), _recoded(cells, kept), tuple(notes), offset)


def _rows(design: Design, kept: np.ndarray) -> Design:
    variables = design.variables
    return replace(
        design,
        y=read_only(design.y[kept]),
        X=read_only(design.X[kept]),
        index=design.index[kept],
        variables=None if variables is None else pd.DataFrame(variables[kept]),
        outside=None if design.outside is None else read_only(design.outside[kept]),
    )


def _recoded(cells: Cells, kept: np.ndarray) -> Cells:
    regions, region = np.unique(cells.region[kept], return_inverse=True)
    periods, period = np.unique(cells.period[kept], return_inverse=True)
    return Cells(region.astype(np.int64), period.astype(np.int64), len(regions), len(periods))


def dummies_and_groups(cells: Cells, effects: Effects) -> tuple[FloatArray, IntArray | None]:
    """Return columns of effects that stand beside the regressors, and those concentrated out."""
    groups = {"entity": cells.region, "two-way": cells.region, "time": cells.period}.get(effects)
    if effects != "two-way":
        return np.empty((len(cells.region), 0)), groups
    # regions are concentrated out, periods are few: columns
    return (cells.period[:, None] == np.arange(1, cells.T)).astype(float), groups


def _estimated(design: Design, counts: Counts, effects: Effects) -> tuple[PoissonFit, float]:
    """Return the fit, and the log-likelihood of the effects alone."""
    dummies, groups = dummies_and_groups(counts.cells, effects)
    offset = counts.offset
    try:
        X = np.column_stack([design.X, dummies])
        found = fit_poisson(design.y, X, groups=groups, offset=offset)
    except ConvergenceError as error:
        raise ConvergenceError(
            "formula",
            expected=error.expected,
            found=error.found,
            offenders=[_column(design, int(at)) for at in error.offenders],
            why="a combination of these terms is zero wherever the count is positive and of one "
            "sign wherever it is zero (separation)",
            remedy="leave out one of them, or the rows that they separate",
        ) from None
    if dummies.size:
        return found, fit_poisson(design.y, dummies, groups=groups, offset=offset).loglik
    codes = np.zeros(design.nobs, dtype=np.int64) if groups is None else groups
    exposure = np.ones(design.nobs) if offset is None else np.exp(offset)
    rates = np.bincount(codes, weights=design.y) / np.bincount(codes, weights=exposure)
    return found, poisson_loglik(design.y, exposure * rates[codes])


def _column(design: Design, position: int) -> str:
    if position < len(design.terms):
        return design.terms[position]
    return "an effect of a period"


def _fit(design: Design, found: PoissonFit, base: float, *, parameters: int) -> Fit:
    df = design.nobs - parameters
    pearson = (design.y - found.mean) / np.sqrt(found.mean)
    return Fit(
        fitted=read_only(found.mean),
        resids=read_only(design.y - found.mean),
        loglik=found.loglik,
        parameters=parameters,
        sigma2=float(pearson @ pearson) / df,
        rsquared=1.0 - found.loglik / base,
        df_resid=df,
    )


def _dispersion_note(fit: Fit, specification: Specification) -> tuple[str, ...]:
    if fit.sigma2 <= 1.2:
        return ()
    if specification.covariance != "classical":
        return (
            f"The variance is about {fit.sigma2:.1f} times the mean, which these standard errors "
            "allow for; criteria from the likelihood do not.",
        )
    return (
        f"The variance is about {fit.sigma2:.1f} times the mean: these standard errors are about "
        f'{np.sqrt(fit.sigma2):.1f} times too small. Take covariance="clustered".',
    )


def diagnose_counts(fit: PanelResults) -> Tests:
    """Return the tests of a count panel: overdispersion, dependence between regions."""
    pearson = fit.fit.resids / np.sqrt(fit.fit.fitted)
    return Tests(
        f"Diagnostics: {fit.title}",
        {
            OVERDISPERSION: overdispersion(fit.design.y, fit.fit.fitted),
            PESARAN: pesaran_cd(pearson, fit.cells, fit.effects),
        },
    )


def overdispersion(y: FloatArray, mean: FloatArray) -> Answer:
    """Return the regression test of variance = mean against variance = mean + α mean².

    Parameters
    ----------
    y, mean : ndarray, shape (n,)
        Counts and fitted means.

    Returns
    -------
    Statistic or NotApplicable
        The t-ratio of ((y − μ)² − y)/μ on μ without constant, normal under the null; two-sided:
        negative means less variance than the mean.

    References
    ----------
    Cameron, A. C. and Trivedi, P. (1990). Journal of Econometrics 46, 347-364.
    """
    null = "the variance of the counts is their mean"
    if (y != np.round(y)).any():
        return NotApplicable(OVERDISPERSION, null, "the outcome is not a count")
    left = ((y - mean) ** 2 - y) / mean
    slope = float(left @ mean) / float(mean @ mean)
    resid = left - slope * mean
    error = float(np.sqrt(np.sum(resid**2 * mean**2))) / float(mean @ mean)
    z = slope / error
    return Statistic(
        OVERDISPERSION, z, null, normal_p(z, "two-sided"), z=z, expected=0.0, variance=1.0
    )
