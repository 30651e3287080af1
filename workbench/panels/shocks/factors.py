"""Panels with common shocks: CCE and defactored instruments behind the one door."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from scipy import sparse

from workbench.core.expressions import label
from workbench.core.statistics import Answer, NotApplicable, Tests, chi2_test
from workbench.errors import CollinearityError, InputError, PanelError, ValuesError
from workbench.numerics.panels.common_factors import (
    FactorFit,
    averages_over_regions,
    mean_group,
    pooled,
    pooled_cce,
    projection_off,
)
from workbench.numerics.panels.defactored import defactored_instruments
from workbench.numerics.sparse.matrices import CsrArray
from workbench.panels.effects import estimable_design
from workbench.panels.results import PanelResults
from workbench.panels.sample import PanelSample, lag_slopes_by_period
from workbench.panels.spatial.multiplier import inadmissible
from workbench.panels.testing.dependence import WEIGHTED, weighted_cd_test
from workbench.regression.design import Design, read_only
from workbench.regression.results import RHO, Estimates, Fit
from workbench.regression.specification import LAGS_X, Specification
from workbench.typing import FloatArray

HANSEN = "Hansen J"
MODELS = ("ols", "slx", "sar", "sdm")
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "cce": "common correlated effects, pooled",
        "cce-mean-group": "common correlated effects, mean group",
        "defactored": "defactored instruments",
    }
)


def fit_factors(specification: Specification, design: Design, sample: PanelSample) -> PanelResults:
    """Estimate y_it = ρWy + Xβ + WXθ + α_i + λ_i′f_t + ε_it, common shocks f_t taken out.

    Parameters
    ----------
    specification : Specification
        ``factors`` other than ``"none"``, ``effects="entity"``, model ols, slx, sar or sdm.
    design : Design
        Without spatial lags.
    sample : PanelSample
        Balanced.

    Returns
    -------
    PanelResults
        Without likelihood. Residuals are what region effects and factors leave. Covariances allow
        for any dependence within a region.

    Raises
    ------
    PanelError
        If effects, periods or balance do not allow the estimator.
    CollinearityError
        If a regressor is the same in all regions, or constant in each (named).
    """
    _refuse_unavailable(specification, sample)
    own = estimable_design(design, sample.cells, "entity")
    full = lag_slopes_by_period(own, sample) if specification.model in LAGS_X else own
    cube = (sample.cells.N, sample.cells.T)
    y, X = full.y.reshape(cube), full.X.reshape(*cube, -1)
    exogenous = own.X.reshape(*cube, -1)
    lagged = specification.model in ("sar", "sdm")
    try:
        found, told = _estimated(specification, y, X, exogenous, sample, lagged=lagged)
    except (CollinearityError, ValuesError) as error:
        raise _named(error, full, sample) from None
    return _labelled(specification, full, sample, found, told, lagged=lagged)


def _refuse_unavailable(specification: Specification, sample: PanelSample) -> None:
    if specification.model not in MODELS:
        raise InputError(
            "model",
            expected=f"one of {', '.join(map(repr, MODELS))} with factors",
            found=repr(specification.model),
            why="common shocks take the place of a spatial disturbance",
            remedy='model="sdm"',
        )
    if specification.effects != "entity":
        raise PanelError(
            "effects",
            expected=f'"entity" with factors={specification.factors!r}',
            found=repr(specification.effects),
            why="shocks that act on each region in its own way contain effects of periods, and the "
            "regions' own levels are taken out with them",
            remedy='effects="entity"',
        )
    if specification.covariance not in ("classical", "clustered"):
        raise InputError(
            "covariance",
            expected='"clustered", which is what factors are estimated with',
            found=repr(specification.covariance),
            remedy='covariance="clustered"',
        )
    if not sample.cells.balanced:
        gaps = [label(cell) for cell in sample.panel.gaps]
        raise PanelError(
            "data",
            expected="the same regions in every period, with factors",
            found=f"{len(gaps)} (region, period) cells missing",
            offenders=gaps,
            remedy='missing="drop-regions"',
        )
    if specification.factors == "cce-mean-group" and specification.model in ("sar", "sdm"):
        raise InputError(
            "factors",
            expected='"cce" or "defactored" for a model with Wy',
            found="'cce-mean-group'",
            why="a region alone has too few periods to instrument its neighbours' outcome",
            remedy='factors="cce"',
        )


def _estimated(
    specification: Specification,
    y: FloatArray,
    X: FloatArray,
    exogenous: FloatArray,
    sample: PanelSample,
    *,
    lagged: bool,
) -> tuple[FactorFit, dict[str, str]]:
    """Return the fit, coefficients of X before ρ, and what was chosen."""
    C, powers = X, tuple[CsrArray, ...]()
    if lagged or specification.factors == "defactored":
        W = sample.require_weights().sparse
        powers = (W, sparse.csr_array(W @ W))
    if lagged:
        C = np.concatenate([X, _lag(W, y[..., None])], axis=2)
    if specification.factors == "defactored":
        y, C, exogenous = (
            values - values.mean(axis=1, keepdims=True) for values in (y, C, exogenous)
        )
        made = defactored_instruments(y, C, X=exogenous, lags=powers)
        told = {
            "factors of regressors": str(made.of_regressors),
            "factors of errors": str(made.of_errors),
        }
        return made.fit, told
    H = averages_over_regions(y, exogenous)
    _refuse_short(H)
    M = projection_off(H)
    told = {"averages": str(H.shape[1] - 1)}
    if specification.factors == "cce-mean-group":
        return mean_group(y, C, M), told
    if not lagged:
        return pooled_cce(y, C, M), told
    Z = np.concatenate([X, *(_lag(A, exogenous) for A in powers)], axis=2)
    return pooled(y, C, M, Z=Z), told


def _lag(A: CsrArray, values: FloatArray) -> FloatArray:
    N, T, k = values.shape
    return np.asarray((A @ values.reshape(N, -1)).reshape(N, T, k))


def _refuse_short(H: FloatArray) -> None:
    T, h = H.shape
    if h + 1 >= T:
        raise PanelError(
            "data",
            expected=f"more than {h + 1} periods: {h} go to the constant and the averages",
            found=str(T),
            remedy='fewer regressors, or factors="defactored"',
        )


def _named(
    error: CollinearityError | ValuesError, design: Design, sample: PanelSample
) -> InputError:
    """Return the error with names in the place of positions."""
    names: list[str] = []
    if isinstance(error, CollinearityError):
        names = [[*design.terms, RHO][int(at)] for at in error.offenders]
    elif error.offenders:
        names = [label(sample.panel.regions[int(at)]) for at in error.offenders]
    return type(error)(
        error.argument,
        expected=error.expected,
        found=error.found,
        offenders=names,
        why=error.why,
        remedy=error.remedy,
    )


def _labelled(
    specification: Specification,
    design: Design,
    sample: PanelSample,
    found: FactorFit,
    told: dict[str, str],
    *,
    lagged: bool,
) -> PanelResults:
    terms = (*design.terms, *((RHO,) if lagged else ()))
    resids = np.ascontiguousarray(found.residuals).ravel()
    method = f"{specification.model}, {TITLES[specification.factors]}"
    parameters = len(terms) + sample.cells.N
    fit = Fit(
        fitted=read_only(design.y - resids),
        resids=read_only(resids),
        loglik=float("nan"),
        parameters=parameters,
        sigma2=float(resids @ resids) / max(design.nobs - parameters, 1),
        rsquared=float("nan"),
        df_resid=design.nobs - parameters,
    )
    return PanelResults(
        specification.model,
        design,
        Estimates(
            terms,
            read_only(found.beta),
            read_only(found.covariance),
            df=None,
            covariance=found.covariance_title,
        ),
        fit,
        sample.weights,
        sample.provenance(specification, method, {"factors": specification.factors, **told}),
        (*sample.notes, *_notes(found, told, sample, lagged=lagged)),
        extras={
            "effects": specification.effects,
            "factors": specification.factors,
            "entities": sample.cells.N,
            "periods": sample.cells.T,
        },
        cells=sample.cells,
        effects=specification.effects,
        factors=specification.factors,
        overidentification=found.overidentification,
    )


def _notes(
    found: FactorFit, told: dict[str, str], sample: PanelSample, *, lagged: bool
) -> tuple[str, ...]:
    notes = tuple(f"{what}: {number}" for what, number in told.items() if what != "averages")
    if not lagged:
        return notes
    reason = inadmissible(float(found.beta[-1]), sample.weights)
    if not reason:
        return notes
    return (*notes, f"{reason}: the instruments do not identify it, there are no impacts.")


def diagnose_factors(fit: PanelResults) -> Tests:
    """Return the tests of a fit with factors: instruments, and dependence that is left."""
    null = "the instruments are uncorrelated with the errors"
    J: Answer = NotApplicable(HANSEN, null, "no more instruments than coefficients")
    if fit.overidentification is not None:
        value, df = fit.overidentification
        J = chi2_test(HANSEN, value, df, null=null)
    elif fit.factors == "cce" and fit.model in ("sar", "sdm"):
        J = NotApplicable(HANSEN, null, "the moments are not weighted by their covariance")
    return Tests(
        f"Diagnostics: {fit.title}",
        {HANSEN: J, WEIGHTED: weighted_cd_test(fit.fit.resids, fit.cells)},
    )
