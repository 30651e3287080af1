"""Adapter: binary regressions of adoption by statsmodels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import CollinearityError, ConvergenceError
from workbench.numerics.regression.least_squares import linear_dependencies
from workbench.typing import FloatArray, HazardLink

TREND = "trend"
LOST = 10.0
"""Standard error of a standardised coefficient from which the maximum is not finite: iterations
stop where the likelihood is flat, and a hazard ratio known to a factor of e²⁰ is not known."""


@dataclass(frozen=True, slots=True)
class BinaryFit:
    """Estimates of one binary regression.

    Attributes
    ----------
    params, cov : Series and DataFrame
        By name of the column.
    loglik : float
    eta : ndarray, shape (N,)
        Fitted linear predictor.
    """

    params: pd.Series[float]
    cov: pd.DataFrame
    loglik: float
    eta: FloatArray


def binary_fit(
    base: pd.DataFrame, terms: pd.DataFrame, y: FloatArray, *, link: HazardLink
) -> BinaryFit:
    """Fit a binary regression by maximum likelihood.

    Parameters
    ----------
    base : DataFrame
        What all have in common; the columns other than :data:`TREND` add up to one.
    terms : DataFrame
        Centred and scaled, as the trend is, while the likelihood climbs: neither their unit nor how
        far they are from zero decides whether it arrives.

    Raises
    ------
    CollinearityError
        If a column is a linear combination of others.
    ConvergenceError
        If the likelihood has no finite maximum: a column separates adopters from the others.
    """
    X = pd.concat([base, terms], axis=1)
    constant = np.isin(X.columns, base.columns) & (X.columns != TREND)
    mean = np.where(constant, 0.0, X.mean())
    spread = np.where(constant, 1.0, X.std(ddof=0))
    standard = (X.to_numpy() - mean) / spread
    _refuse_collinear(standard, X.columns)
    found = _climbed(standard, y, link)
    cov = np.asarray(found.cov_params())
    _refuse_lost(found, X.columns[~(np.sqrt(np.diag(cov)) * _spread(standard) < LOST)])
    back = np.diag(1.0 / spread) - np.outer(constant, mean / spread)
    return BinaryFit(
        pd.Series(back @ found.params, index=X.columns),
        pd.DataFrame(back @ cov @ back.T, index=X.columns, columns=X.columns),
        float(found.llf),
        np.asarray(standard @ found.params),
    )


def _spread(X: FloatArray) -> FloatArray:
    """Return standard deviations of columns, 1 of a constant, shape (k,)."""
    spread = X.std(axis=0)
    return np.asarray(np.where(spread > 0, spread, 1.0))


def _refuse_collinear(X: FloatArray, names: pd.Index) -> None:
    depends = linear_dependencies(X)
    if depends:
        involved = [str(names[column]) for column in depends[0].columns]
        raise CollinearityError(
            involved[-1],
            expected="a term that is no linear combination of the others",
            found=f"one of {', '.join(involved[:-1]) or 'nothing'}",
            offenders=involved,
            why="their effects cannot be told apart",
            remedy='leave one of them out; where periods are among them, baseline="trend"',
        )


def _climbed(X: FloatArray, y: FloatArray, link: HazardLink) -> Any:
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

    links = sm.families.links
    family = sm.families.Binomial(link=links.CLogLog() if link == "cloglog" else links.Logit())
    with warnings.catch_warnings(), np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        # separation is found below, in the estimates themselves
        for kind in (ConvergenceWarning, PerfectSeparationWarning):
            warnings.simplefilter("ignore", kind)
        warnings.filterwarnings("ignore", message="divide by zero|overflow|invalid value")
        return sm.GLM(y, X, family=family).fit(maxiter=200, tol=1e-12)


def _refuse_lost(found: Any, extreme: pd.Index) -> None:
    if len(extreme) or not found.converged or not np.isfinite(found.llf):
        raise ConvergenceError(
            "adopted",
            expected="a likelihood with a maximum",
            found="none: coefficients grow without end" if len(extreme) else "no convergence",
            offenders=list(extreme),
            why="where a term parts all who adopt from all who do not, its effect has no size",
            remedy='leave the term out, or take fewer of them: baseline="trend"',
        )
