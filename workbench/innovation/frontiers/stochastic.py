"""Stochastic frontiers: noise and one-sided inefficiency told apart by likelihood.

The libraries of the field hold half-normal cross-sections or approximate standard errors, so the
likelihoods, with exact gradients, are written here and maximised by SciPy.
"""

from __future__ import annotations

import pandas as pd
from scipy import stats

from workbench.core.provenance import Provenance
from workbench.core.statistics import Answer, NotApplicable, Statistic, Tests
from workbench.core.vocabulary import check_level
from workbench.errors import InputError, ValuesError, check_option
from workbench.innovation.frontiers.sample import FrontierSample, read_sample
from workbench.innovation.frontiers.stochastic_result import StochasticFrontier
from workbench.numerics.frontiers.maximum import Maximum, maximise
from workbench.typing import (
    FrontierKind,
    Inefficiency,
    InefficiencyEffects,
    Missing,
    WrongSkew,
)

SIGNS: dict[FrontierKind, float] = {"production": 1.0, "cost": -1.0}


def stochastic_frontier(
    formula: str,
    data: pd.DataFrame,
    *,
    distribution: Inefficiency = "half-normal",
    kind: FrontierKind = "production",
    effects: InefficiencyEffects = "pooled",
    determinants: str | None = None,
    wrong_skew: WrongSkew = "refuse",
    missing: Missing = "error",
    level: float = 0.95,
) -> StochasticFrontier:
    """Estimate a frontier with noise v and inefficiency u >= 0: y = x'β + v − u.

    Parameters
    ----------
    formula : str
        ``"log(patents) ~ log(rd) + log(researchers)"``: outcome and inputs in logarithms, so that
        exp(−u) is efficiency.
    data : DataFrame
        Indexed by region, or by (region, period), rows in any order; panels need not be balanced.
    distribution : {"half-normal", "exponential", "truncated-normal"}
        Of inefficiency.
    kind : {"production", "cost"}
        Whether inefficiency lowers the outcome or raises it (y = x'β + v + u).
    effects : {"pooled", "time-invariant", "decay"}
        In a panel: inefficiency drawn anew in each row, one of the region for all periods (Pitt
        and Lee 1981; Battese and Coelli 1988), or that times exp(−η(t − T)), T the last period
        (Battese and Coelli 1992), in units of time of the index (years where it is dates).
    determinants : str, optional
        Right-hand side z of the mean of inefficiency before truncation, u ~ N+(z'δ, σ_u²) (Battese
        and Coelli 1995), constant included; with ``distribution="truncated-normal"`` and pooled
        effects.
    wrong_skew : {"refuse", "ols"}
        What to do where the likelihood is highest without inefficiency, as it is when residuals of
        least squares are skewed the other way (Waldman 1982): refuse, or return least squares with
        every region efficient, and say so.
    missing : {"error", "drop"}
        What to do with rows that miss a variable.
    level : float
        Confidence level of estimates and of efficiencies.

    Returns
    -------
    StochasticFrontier
        ``tidy() glance() augment() regions() ranks() residual_moran() plot()``, ``tests``.

    Raises
    ------
    FormulaError, ValuesError, IdError, PanelError, InputError
        If no frontier can be estimated; rows are named.
    ConvergenceError
        If noise vanishes, or a ridge leads the parameters away.

    Notes
    -----
    ``sigma2`` is σ_u² + σ_v² and ``gamma`` σ_u²/σ², σ_u² the variance before truncation (its mean
    squared if exponential): gamma is no share of the variance of y, since u varies less than σ_u².
    Standard errors come from the observed information; intervals of ``sigma2`` and ``gamma`` are
    made for their logarithm and logit.

    Efficiency is E(exp(−u) | residual) (Battese and Coelli 1988), inefficiency E(u | residual)
    (Jondrow et al. 1982). Their intervals (Horrace and Schmidt 1996) hold given the parameters:
    they are too short where these are uncertain; :meth:`StochasticFrontier.ranks` has both.

    The test of no inefficiency is one-sided, gamma on the edge of what is possible: its law is a
    mixture of chi-squares (Coelli 1995; Kodde and Palm 1986).

    References
    ----------
    Aigner, D., Lovell, C. A. K. and Schmidt, P. (1977). Formulation and estimation of stochastic
    frontier production function models. Journal of Econometrics 6(1), 21-37.

    Battese, G. and Coelli, T. (1992). Frontier production functions, technical efficiency and panel
    data. Journal of Productivity Analysis 3, 153-169.

    Battese, G. and Coelli, T. (1995). A model for technical inefficiency effects in a stochastic
    frontier production function for panel data. Empirical Economics 20, 325-332.

    Coelli, T. (1995). Estimators and hypothesis tests for a stochastic frontier function. Journal
    of Productivity Analysis 6, 247-268.

    Kodde, D. and Palm, F. (1986). Wald criteria for jointly testing equality and inequality
    restrictions. Econometrica 54(5), 1243-1248.

    Waldman, D. (1982). A stationary point for the stochastic frontier likelihood. Journal of
    Econometrics 18(2), 275-279.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> table = pd.DataFrame({"rd": np.exp(rng.normal(size=200))}, index=range(200))
    >>> waste = np.abs(rng.normal(scale=0.8, size=200))
    >>> noise = rng.normal(scale=0.2, size=200)
    >>> table["patents"] = np.exp(1.0 + 0.5 * np.log(table["rd"]) + noise - waste)
    >>> fit = stochastic_frontier("log(patents) ~ log(rd)", table)
    >>> bool(abs(fit.params["log(rd)"] - 0.5) < 0.1)
    True
    >>> fit.tests["no inefficiency"].p_value < 0.01
    True
    """
    check_option("distribution", distribution, Inefficiency)
    check_option("kind", kind, FrontierKind)
    check_option("effects", effects, InefficiencyEffects)
    check_option("wrong_skew", wrong_skew, WrongSkew)
    check_level(level)
    _require_together(distribution, effects, determinants)
    sample = read_sample(
        formula, data, sign=SIGNS[kind], distribution=distribution, effects=effects,
        determinants=determinants, missing=missing,
    )  # fmt: skip
    found = maximise(sample.model)
    notes = sample.notes
    if not found.found:
        if wrong_skew == "refuse":
            raise _no_inefficiency(found, kind)
        notes = (*notes, _said(found, kind))
    return StochasticFrontier(
        sample=sample,
        maximum=found,
        distribution=distribution,
        kind=kind,
        effects=effects,
        level=level,
        tests=_tests(sample, found),
        notes=notes,
        provenance=Provenance(
            method=f"stochastic {kind} frontier by maximum likelihood",
            formula=formula,
            nobs=sample.design.nobs,
            ids_digest=sample.digest,
            notes=notes,
            options={
                "distribution": distribution, "kind": kind, "effects": effects,
                "determinants": determinants or "", "wrong_skew": wrong_skew, "missing": missing,
                "level": str(level),
            },
        ),
    )  # fmt: skip


def _require_together(
    distribution: Inefficiency, effects: InefficiencyEffects, determinants: str | None
) -> None:
    if determinants is not None and (distribution != "truncated-normal" or effects != "pooled"):
        raise InputError(
            "determinants",
            expected="distribution='truncated-normal' and effects='pooled' beside them",
            found=f"distribution={distribution!r}, effects={effects!r}",
            why="they move the mean of inefficiency before truncation, row by row",
            remedy='distribution="truncated-normal", effects="pooled"',
        )
    if distribution == "exponential" and effects != "pooled":
        raise InputError(
            "distribution",
            expected=f"'half-normal' or 'truncated-normal' for effects={effects!r}",
            found="'exponential'",
            remedy='distribution="half-normal"',
        )


def _said(found: Maximum, kind: FrontierKind) -> str:
    wrong = found.skewness * SIGNS[kind] >= 0.0
    return (
        f"No inefficiency: the likelihood is highest at least squares (skewness of its residuals "
        f"{found.skewness:+.3f}" + (", the wrong way" if wrong else "") + "). Every region is "
        "called efficient; standard errors are those of least squares."
    )


def _no_inefficiency(found: Maximum, kind: FrontierKind) -> ValuesError:
    side, word = ("left", "negative") if kind == "production" else ("right", "positive")
    return ValuesError(
        "formula",
        expected=f"residuals of least squares that are skewed to the {side} ({word} skewness)",
        found=f"skewness {found.skewness:+.3f}, and a likelihood that is highest without "
        "inefficiency",
        why="efficiencies would be made up: noise alone fits as well (Waldman 1982)",
        remedy='other terms, or wrong_skew="ols" for least squares with every region efficient',
    )


def _tests(sample: FrontierSample, found: Maximum) -> Tests:
    return Tests(
        "Inefficiency",
        {"no inefficiency": _ratio(sample, found), "skewness": _skewness(sample, found)},
    )


def _ratio(sample: FrontierSample, found: Maximum) -> Statistic:
    """Return the likelihood ratio with its law at the edge of what is possible."""
    restrictions = sample.model.size - sample.model.X.shape[1] - 1
    ratio = max(2.0 * (found.loglik - found.least_squares), 0.0)
    above = float(stats.chi2.sf(ratio, restrictions))
    below = float(stats.chi2.sf(ratio, restrictions - 1)) if restrictions > 1 else float(ratio <= 0)
    return Statistic(
        name="likelihood ratio",
        statistic=ratio,
        null="no inefficiency: gamma = 0",
        p_value=1.0 if ratio == 0.0 else 0.5 * (below + above),
        alternative="greater",
        distribution="mixed chi2",
        df=(float(restrictions - 1), float(restrictions)),
        assumptions="half a chi-square with each of these degrees of freedom, 0 a mass at zero",
    )


def _skewness(sample: FrontierSample, found: Maximum) -> Answer:
    """Return Coelli's (1995) test of the third moment of the residuals of least squares."""
    null = "residuals of least squares are symmetric"
    if sample.model.groups[-1] + 1 < len(sample.model.y):
        return NotApplicable("skewness", null, "residuals of a region share its inefficiency")
    z = found.skewness * (sample.design.nobs / 6.0) ** 0.5
    lower = sample.model.sign > 0
    return Statistic(
        name="third moment",
        statistic=z,
        null=null,
        p_value=float(stats.norm.cdf(z) if lower else stats.norm.sf(z)),
        alternative="less" if lower else "greater",
        z=z,
        assumptions="many observations, normal noise",
    )
