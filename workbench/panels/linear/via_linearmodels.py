"""Adapter to linearmodels: panel estimators on codes of regions and periods."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import PanelError
from workbench.numerics.panels.error_components import Components, components_loglik
from workbench.panels.effects import (
    BY_ENTITY,
    BY_TIME,
    FIXED,
    Cells,
    refuse_short_periods,
    units_of,
)
from workbench.panels.linear.choices import refuse_no_variance
from workbench.panels.linear.degrees import counted, reference_df
from workbench.panels.linear.transformed import Problem
from workbench.regression.design import Design
from workbench.regression.specification import Specification
from workbench.typing import Effects, FloatArray

COVARIANCES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "classical": {"cov_type": "unadjusted"},
        "robust": {"cov_type": "robust"},
        "clustered": {"cov_type": "clustered", "cluster_entity": True, "group_debias": True},
        "clustered-time": {"cov_type": "clustered", "cluster_time": True, "group_debias": True},
        "clustered-two-way": {
            "cov_type": "clustered",
            "cluster_entity": True,
            "cluster_time": True,
            "group_debias": True,
        },
        "driscoll-kraay": {"cov_type": "kernel", "kernel": "bartlett"},
        "newey-west": {"cov_type": "kernel", "kernel": "bartlett"},
    }
)
"""Our word for a covariance, and the options by which linearmodels knows it."""

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "classical": "classical",
        "robust": "robust (White)",
        "clustered": "clustered by region",
        "clustered-time": "clustered by period",
        "clustered-two-way": "clustered by region and period",
        "driscoll-kraay": "Driscoll-Kraay",
        "newey-west": "Newey-West over periods",
    }
)


@dataclass(frozen=True, slots=True)
class Estimated:
    """What linearmodels found, as arrays in the order of the design.

    Attributes
    ----------
    params, cov : ndarray, shapes (k,) and (k, k)
        Coefficients and covariance.
    resids : ndarray, shape (n,)
        y − Xβ less fixed effects; random effects stay in it.
    df : float
        Residual degrees of freedom, the effects counted.
    reference_df : float
        Those of Student's t: of G clusters G − 1, in two ways the smaller; otherwise `df`.
    loglik, sigma2, rsquared : float
        Gaussian log-likelihood at the estimates, with all constants; R-squared is that of the
        regression once the effects are taken out.
    covariance : str
        How the covariance was computed, in words.
    options : dict of str to str
        What was chosen besides, e.g. the bandwidth.
    components : Components, optional
        Variances of random effects.
    """

    params: FloatArray
    cov: FloatArray
    resids: FloatArray
    df: float
    loglik: float
    sigma2: float
    rsquared: float
    covariance: str
    options: dict[str, str]
    reference_df: float
    components: Components | None = None


def estimate(specification: Specification, design: Design, cells: Cells) -> Estimated:
    """Estimate a design whose columns the effects do not absorb.

    Standard errors use the small-sample factor n / (n − k − effects) of linearmodels
    (``debiased=True``); with clusters that contain the effects, the effects are not counted.
    Clustered ones also G/(G − 1) · (n − 1)/n for G clusters, which together is Stata's factor.
    Driscoll–Kraay uses Bartlett's kernel with bandwidth ⌊4 (T/100)^(2/9)⌋ (Newey and West 1994).
    """
    options, told = _covariance_options(specification, cells)
    _refuse_few_groups(specification, cells)
    model = _model(specification.effects, design, cells)
    with warnings.catch_warnings():
        # linearmodels writes into a pandas index attribute that pandas 3 deprecates
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            found = model.fit(debiased=True, **options)
        except ValueError as error:
            raise PanelError(
                "effects",
                expected=f"a panel from which effects={specification.effects!r} can be estimated",
                found=" ".join(str(error).split()),
                remedy="take more periods, or other effects",
            ) from None
    cov = found.cov.to_numpy(dtype=float)
    refuse_no_variance(specification, design, cov)
    if specification.effects == "random":
        return _random(found, design, cells, specification, told)
    return Estimated(
        params=found.params.to_numpy(dtype=float),
        cov=cov,
        resids=np.asarray(found.resids, dtype=float).ravel(),
        df=float(found.df_resid),
        loglik=float(found.loglik),
        sigma2=float(found.s2),
        rsquared=float(found.rsquared),
        covariance=TITLES[specification.covariance_name],
        options=told,
        reference_df=reference_df(
            specification.covariance_name, cells.region, cells.period, spare=float(found.df_resid)
        ),
    )


def _random(
    found: Any, design: Design, cells: Cells, specification: Specification, told: dict[str, str]
) -> Estimated:
    """Return residuals y − Xβ and the exact likelihood, where linearmodels quasi-demeans."""
    params = found.params.to_numpy(dtype=float)
    residuals = design.y - design.X @ params
    parts = found.variance_decomposition
    components = Components(float(parts["Residual"]), float(parts["Effects"]), 0.0)
    return Estimated(
        params=params,
        cov=found.cov.to_numpy(dtype=float),
        resids=residuals,
        df=float(found.df_resid),
        loglik=random_effects_loglik(
            residuals, cells, effect=components.region, own=components.own
        ),
        sigma2=float(found.s2),
        rsquared=float(found.rsquared),
        covariance=TITLES[specification.covariance_name],
        options=told,
        reference_df=reference_df(
            specification.covariance_name, cells.region, cells.period, spare=float(found.df_resid)
        ),
        components=components,
    )


def estimate_transformed(specification: Specification, problem: Problem, cells: Cells) -> Estimated:
    """Estimate a transformed problem by least squares, the effects counted.

    Parameters
    ----------
    specification : Specification
    problem : Problem
        Without endogenous regressors.
    cells : Cells
        Of the panel in levels.

    Returns
    -------
    Estimated
        Residuals are those of the transformed rows; of random effects y − Xβ in levels.
    """
    from linearmodels.panel import PooledOLS

    options, told = _covariance_options(specification, cells)
    _refuse_few_groups(specification, cells)
    index = pd.MultiIndex.from_arrays([problem.region, problem.period], names=["entity", "time"])
    design = problem.design
    y = pd.DataFrame({"y": design.y}, index=index)
    X = pd.DataFrame(np.array(design.X), index=index, columns=list(design.terms))
    extra = counted(problem, specification.covariance_name)
    with warnings.catch_warnings():
        # linearmodels writes into a pandas index attribute that pandas 3 deprecates
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        found = PooledOLS(y, X).fit(debiased=True, extra_df=extra, **options)
        cov = found.cov.to_numpy(dtype=float)
    refuse_no_variance(specification, design, cov)
    params = found.params.to_numpy(dtype=float)
    resids = design.y - design.X @ params
    sse, loglik = float(resids @ resids), float(found.loglik)
    if problem.components is not None:
        resids = problem.levels.y - problem.levels.X @ params
        loglik = _components_loglik(resids, problem, cells)
    return Estimated(
        params=params,
        cov=cov,
        resids=resids,
        df=float(problem.spare),
        loglik=loglik,
        sigma2=sse / problem.spare,
        rsquared=float(found.rsquared),
        covariance=TITLES[specification.covariance_name],
        options=told,
        reference_df=reference_df(
            specification.covariance_name,
            problem.region,
            problem.period,
            spare=float(problem.spare),
        ),
        components=problem.components,
    )


def _components_loglik(resids: FloatArray, problem: Problem, cells: Cells) -> float:
    found = problem.components
    if found is None or not cells.balanced:
        raise AssertionError
    return components_loglik(resids, found, shape=(cells.N, cells.T))


def estimate_by_period(specification: Specification, design: Design, cells: Cells) -> Estimated:
    """Average the coefficients of one regression a period (Fama and MacBeth 1973).

    The covariance is that of the coefficients over periods, over T, with T − 1 degrees of freedom;
    ``newey-west`` lets the coefficients of nearby periods depend.
    """
    from linearmodels.panel import FamaMacBeth

    _, told = _covariance_options(specification, cells)
    _refuse_few_groups(specification, cells)
    refuse_short_periods(design, cells)
    units = units_of(design)
    index = pd.MultiIndex.from_arrays([cells.region, cells.period], names=["entity", "time"])
    y = pd.DataFrame({"y": design.y}, index=index)
    X = pd.DataFrame(design.X / units, index=index, columns=list(design.terms))
    options: dict[str, Any] = {"cov_type": "unadjusted"}
    if specification.covariance_name == "newey-west":
        bandwidth = float(told["bandwidth"])
        options = {"cov_type": "kernel", "kernel": "bartlett", "bandwidth": bandwidth}
    with warnings.catch_warnings():
        # as above
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        found = FamaMacBeth(y, X).fit(debiased=True, **options)
        cov = found.cov.to_numpy(dtype=float) / np.outer(units, units)
    refuse_no_variance(specification, design, cov)
    params = found.params.to_numpy(dtype=float) / units
    resids = design.y - design.X @ params
    df = float(found.df_resid)
    return Estimated(
        params=params,
        cov=cov,
        resids=resids,
        df=df,
        loglik=float(found.loglik),
        sigma2=float(resids @ resids) / (design.nobs - len(params)),
        rsquared=float(found.rsquared),
        covariance="of the coefficients over periods"
        if specification.covariance_name == "classical"
        else TITLES[specification.covariance_name],
        options=told,
        reference_df=df,
    )


def two_stage(problem: Problem, endogenous: tuple[str, ...]) -> FloatArray:
    """Return two-stage least-squares coefficients of a transformed problem, shape (k,)."""
    from linearmodels.iv import IV2SLS

    design = problem.design
    at = [design.terms.index(term) for term in endogenous]
    own = [i for i in range(len(design.terms)) if i not in at]
    exogenous = design.X[:, own] if own else None
    found = IV2SLS(design.y, exogenous, design.X[:, at], problem.instruments).fit(
        cov_type="unadjusted"
    )
    params = np.empty(len(design.terms))
    params[[*own, *at]] = found.params.to_numpy(dtype=float)
    return params


def random_components(design: Design, cells: Cells) -> Components:
    """Return the variances of Swamy and Arora for regions, gaps allowed."""
    found = _model("random", design, cells).fit()
    parts = found.variance_decomposition
    return Components(float(parts["Residual"]), float(parts["Effects"]), 0.0)


def random_effects_loglik(
    residuals: FloatArray, cells: Cells, *, effect: float, own: float
) -> float:
    """Return the normal log-likelihood of y − Xβ with random effects of regions.

    Parameters
    ----------
    residuals : ndarray, shape (n,)
        y − Xβ, sorted by region.
    cells : Cells
        Region of each row.
    effect, own : float
        Variances of the regions' effects and of the disturbances.

    Returns
    -------
    float
        −½ (n log 2π + log|Ω| + u'Ω⁻¹u), Ω block-diagonal with blocks own·I + effect·11'
        (Baltagi 2021, equation 2.33), at the GLS estimates, which do not maximise it.
    """
    counts = np.bincount(cells.region, minlength=cells.N)
    sums = np.bincount(cells.region, weights=residuals, minlength=cells.N)
    total = own + counts * effect
    within = float(residuals @ residuals) - float(np.sum(sums**2 / counts))
    quadratic = within / own + float(np.sum(sums**2 / counts / total))
    determinant = float(np.sum((counts - 1) * np.log(own) + np.log(total)))
    return -0.5 * float(len(residuals) * np.log(2 * np.pi) + determinant + quadratic)


def _refuse_few_groups(specification: Specification, cells: Cells) -> None:
    """Raise :class:`PanelError` if the covariance sums over a single cluster or few periods."""
    word = specification.covariance_name
    needs = {
        "clustered": (("regions", cells.N, 2),),
        "clustered-time": (("periods", cells.T, 2),),
        "clustered-two-way": (("regions", cells.N, 2), ("periods", cells.T, 2)),
        # Of two periods the sums of scores are opposites: their kernel covariance is zero.
        "driscoll-kraay": (("periods", cells.T, 3),),
        "newey-west": (("periods", cells.T, 3),),
    }
    for what, number, least in needs.get(word, ()):
        if number < least:
            raise PanelError(
                "covariance",
                expected=f"at least {least} {what} for covariance={word!r}",
                found=str(number),
                why="scores sum to zero over all observations: no variance is left to estimate",
                remedy='covariance="robust"',
            )


def _covariance_options(
    specification: Specification, cells: Cells
) -> tuple[dict[str, Any], dict[str, str]]:
    options = dict(COVARIANCES[specification.covariance_name])
    if specification.covariance_name not in ("driscoll-kraay", "newey-west"):
        return options, {}
    bandwidth = math.floor(4 * (cells.T / 100) ** (2 / 9))
    return {**options, "bandwidth": bandwidth}, {"kernel": "bartlett", "bandwidth": str(bandwidth)}


def _model(effects: Effects, design: Design, cells: Cells) -> Any:
    from linearmodels.panel import PanelOLS, PooledOLS, RandomEffects

    index = pd.MultiIndex.from_arrays([cells.region, cells.period], names=["entity", "time"])
    y = pd.DataFrame({"y": design.y}, index=index)
    X = pd.DataFrame(np.array(design.X), index=index, columns=list(design.terms))
    if effects in FIXED:
        return PanelOLS(y, X, entity_effects=effects in BY_ENTITY, time_effects=effects in BY_TIME)
    return PooledOLS(y, X) if effects == "none" else RandomEffects(y, X)
