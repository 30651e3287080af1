"""Adapter: binary regressions of adoption by statsmodels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.errors import ConvergenceError
from workbench.typing import FloatArray, HazardLink

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


def binary_fit(X: pd.DataFrame, y: FloatArray, *, link: HazardLink) -> BinaryFit:
    """Fit a binary regression by maximum likelihood.

    Raises
    ------
    ConvergenceError
        If the likelihood has no finite maximum: a column separates adopters from the others.
    """
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

    links = sm.families.links
    family = sm.families.Binomial(link=links.CLogLog() if link == "cloglog" else links.Logit())
    with warnings.catch_warnings(), np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        # separation is found below, in the estimates themselves
        for kind in (ConvergenceWarning, PerfectSeparationWarning):
            warnings.simplefilter("ignore", kind)
        warnings.filterwarnings("ignore", message="divide by zero|overflow|invalid value")
        found = sm.GLM(y, X.to_numpy(), family=family).fit(maxiter=200, tol=1e-12)
    params = pd.Series(found.params, index=X.columns)
    spread = X.std(ddof=0).where(lambda s: s > 0, 1.0)
    cov = pd.DataFrame(found.cov_params(), index=X.columns, columns=X.columns)
    standard = pd.Series(np.sqrt(np.diag(cov)), index=X.columns) * spread
    extreme = standard.index[~(standard < LOST)]
    if len(extreme) or not found.converged or not np.isfinite(found.llf):
        raise ConvergenceError(
            "adopted",
            expected="a likelihood with a maximum",
            found="none: coefficients grow without end" if len(extreme) else "no convergence",
            offenders=list(extreme),
            why="where a term parts all who adopt from all who do not, its effect has no size",
            remedy='leave the term out, or take fewer of them: baseline="trend"',
        )
    eta = np.asarray(X.to_numpy() @ params.to_numpy())
    return BinaryFit(params, cov, float(found.llf), eta)
