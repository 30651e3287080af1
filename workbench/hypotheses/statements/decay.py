"""How far a spillover reaches: the length over which it falls to 1/e, by profile likelihood."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import check_number
from workbench.hypotheses.statements.absences import NotInModelError
from workbench.hypotheses.statements.atoms import Decay
from workbench.hypotheses.statements.estimands import Estimand
from workbench.hypotheses.statements.estimates import Estimate
from workbench.hypotheses.statements.pieces import named
from workbench.hypotheses.statements.profiles import davies_p, lengths_of, profile_of
from workbench.hypotheses.statements.sites import Sites, sites_of
from workbench.numerics.threads import single_thread
from workbench.refitting import refit
from workbench.regression.design import Design, lag_name
from workbench.regression.results import RegressionResults
from workbench.typing import FloatArray, Metric, Model, Unit

WITH_LAGS: Mapping[str, Model] = {"ols": "slx", "sar": "sdm", "sem": "sdem", "sac": "gns"}
LEAST_SQUARES = ("ols", "slx")
FIXED = ("none", "entity", "time", "two-way")
STEP = 1e-3
"""Relative, of central differences of lags by the length."""
SLOPE = "slope_of_the_decay"


def decay_length(
    term: str,
    points: Any,
    *,
    shortest: float | None = None,
    longest: float | None = None,
    normalize: bool = True,
    metric: Metric = "auto",
    unit: Unit = "km",
) -> Estimand:
    """Return the length δ over which the spillover of a term decays, w_ij = exp(−d_ij/δ).

    Parameters
    ----------
    term : str
        As the formula writes it.
    points : GeoDataFrame or GeoSeries
        Places of the regions, by id.
    shortest, longest : float, optional
        Range that is searched, in `unit`; from half the median distance of nearest neighbours to
        the largest distance without.
    normalize : bool
        Whether rows of W sum to 1, so that the lag is a mean; without, it is a sum, which falls
        with remoteness and, of logarithms, depends on their unit.
    metric, unit
        How distances are measured, as in :func:`workbench.weights.distance_band`.

    Returns
    -------
    Estimand
        In `unit`. Of the effect, half is gone after δ log 2, and all but 1/e after δ.

    Notes
    -----
    The fit is estimated anew along δ with W(δ) in the place of W that lags regressors (a model
    without lagged regressors takes that of the term: ``ols`` as ``slx``, ``sar`` as ``sdm``). The
    estimate is where the likelihood is highest, the interval what a likelihood-ratio test does not
    reject; an end is open where the range ends first. Standard errors that allow for more than the
    likelihood (robust, clustered) scale the ratio (Chandler and Bate 2007).

    Without a spillover there is no δ. Where the largest Wald statistic of the lags along δ is not
    significant at 1 − level, by Davies's bound, or the interval is open at both ends, there is no
    estimate: a verdict is then ``"cannot tell"``.

    References
    ----------
    Keller, W. (2002). Geographic localization of international technology diffusion. American
    Economic Review 92, 120-142. Bottazzi, L. and Peri, G. (2003). Innovation and spillovers in
    regions. European Economic Review 47, 687-710. Chandler, R. E. and Bate, S. (2007). Inference
    for clustered data using the independence loglikelihood. Biometrika 94, 167-183. Davies, R. B.
    (1987). Biometrika 74, 33-43.

    Examples
    --------
    >>> import workbench as wb
    >>> reach = decay_length("log(emp)", wb.load("us-states"), shortest=50, longest=2000)
    >>> reach.text.startswith("decay_length[50..2000 km, row, ")
    True
    """
    sites = sites_of(points, metric=metric, unit=unit)
    low = float(np.median(sites.nearest())) / 2 if shortest is None else shortest
    high = float(sites.distances.max()) if longest is None else longest
    check_number("shortest", low, above=0.0)
    check_number("longest", high, above=low, why="it bounds the range that is searched")
    return Estimand(((1.0, Decay(term, sites, float(low), float(high), normalize)),))


def length_of(atom: Decay, fit: RegressionResults, *, level: float) -> Estimate:
    """Return the decay length of a spillover in a fit; see :func:`decay_length`."""
    with single_thread():
        return _length_of(atom, fit, level=level)


def _length_of(atom: Decay, fit: RegressionResults, *, level: float) -> Estimate:
    along = _Along(atom, fit)
    searched = f"Searched from {atom.shortest:.4g} to {atom.longest:.4g} {atom.unit}."
    absent = davies_p(along.strengths(), along.lags)
    if absent > 1.0 - level:
        told = f"no spillover that could decay: p = {absent:.3g} of its largest along the range"
        return _unknown(level, (told, searched))
    profile, length = profile_of(
        along.deviance,
        shortest=atom.shortest,
        longest=atom.longest,
        df=along.df,
        scale=along.scale,
        unit=atom.unit,
    )
    low, high = profile.interval(level)
    if low == 0.0 and math.isinf(high):
        return _unknown(level, ("the profile is flat: no length is rejected", searched))
    ends = {atom.shortest: 0.0, atom.longest: math.inf}
    value = next((to for end, to in ends.items() if math.isclose(end, length)), length)
    return Estimate(
        value,
        math.nan,
        along.df,
        low,
        high,
        level,
        "profile likelihood",
        (*_reading(value, low, high, atom), searched),
        profile,
    )


def _unknown(level: float, notes: tuple[str, ...]) -> Estimate:
    return Estimate(math.nan, math.nan, None, 0.0, math.inf, level, "profile likelihood", notes)


def _reading(value: float, low: float, high: float, atom: Decay) -> tuple[str, ...]:
    told = []
    if 0.0 < value < math.inf:
        told.append(
            f"Half of the spillover is gone after {value * math.log(2):.4g} {atom.unit}, all but "
            f"1/e after {value:.4g} {atom.unit}."
        )
    else:
        end = "shortest" if value == 0.0 else "longest"
        told.append(f"The likelihood rises up to the {end} length of the range.")
    if low == 0.0:
        told.append("The interval is open below: shorter lengths are not rejected.")
    if math.isinf(high):
        told.append("The interval is open above: longer lengths are not rejected.")
    return tuple(told)


class _Along:
    """A fit as a function of the length of its decay."""

    def __init__(self, atom: Decay, fit: RegressionResults) -> None:
        _refuse_others(fit)
        term = named("term", atom.term, fit.design.impact_terms, fit)
        lagged = fit.design.lagged
        if lagged and term not in lagged:
            raise NotInModelError(
                "term",
                expected=f"a term that the fit lags, {', '.join(lagged)}",
                found=f"{atom.term!r}, which enters without a lag",
                remedy=f"durbin=[..., {atom.term!r}]",
            )
        self.atom, self.fit = atom, fit
        self.terms = lagged or (term,)
        self.sites: Sites = atom.sites.of(_regions(fit))
        self.changes: dict[str, object] = {}
        if not lagged:
            self.changes = {"model": WITH_LAGS[fit.model], "durbin": (term,)}
        self.lags = len(self.terms)
        self.df: float | None = None
        self._design: Design | None = None
        call = fit.call
        self.plain = (
            fit.model in LEAST_SQUARES
            and not isinstance(fit.design.index, pd.MultiIndex)
            and fit.case_weights is None
            and call is not None
            and call.specification.covariance == "classical"
        )
        self._seen: dict[float, tuple[float, float]] = {}

    def at(self, length: float, **more: object) -> RegressionResults:
        """Return the fit with regressors lagged by the W of a length."""
        W = self.sites.weights(length, row=self.atom.normalize)
        call = self.fit.call
        by = {"W": W} if call is None or call.W is None else {"W_x": W}
        return refit(self.fit, {**self.changes, **by, **more})

    def deviance(self, length: float) -> float:
        """Return −2 log-likelihood at a length; of least squares ν log SSE, ν one less for δ."""
        with single_thread():  # evidence asks again, after the search
            return self._asked(length)[0]

    def strengths(self) -> FloatArray:
        """Return the Wald statistic of the lags at lengths across the range, in their order."""
        lengths = lengths_of(self.atom.shortest, self.atom.longest)
        return np.array([self._asked(float(length))[1] for length in lengths])

    def _asked(self, length: float) -> tuple[float, float]:
        if length not in self._seen:
            if self.plain:
                self._seen[length] = self._by_columns(length)
            else:
                made = self.at(length)
                self._seen[length] = (self._lost(made), _wald(made, self.terms))
        return self._seen[length]

    def _by_columns(self, length: float) -> tuple[float, float]:
        """Return the same for least squares of a cross-section: only columns of X change."""
        if self._design is None:
            self._design = self.at(self.atom.shortest).design
        design = self._design
        W = self.sites.matrix(length, row=self.atom.normalize)
        at = [design.terms.index(lag_name(term)) for term in self.terms]
        X = np.array(design.X)
        X[:, at] = W @ design.values(self.terms)
        Q, R = np.linalg.qr(X)
        inverse = np.linalg.inv(R)
        projected = Q.T @ design.y
        residuals = design.y - Q @ projected
        degrees = len(X) - X.shape[1]
        self.df = float(degrees - 1)
        squares = float(residuals @ residuals)
        theta, rows = (inverse @ projected)[at], inverse[at]
        wald = theta @ np.linalg.solve(squares / degrees * rows @ rows.T, theta)
        return self.df * math.log(squares), float(wald)

    def _lost(self, made: RegressionResults) -> float:
        if made.model not in LEAST_SQUARES:
            return -2.0 * made.loglik
        degrees = float(made.fit.df_resid - 1)
        self.df = degrees
        residuals = made.weighted_resids.to_numpy()
        return degrees * math.log(float(residuals @ residuals))

    def scale(self, length: float) -> float:
        """Return the variance of δ that the covariance gives, over that of the likelihood."""
        call = self.fit.call
        if call is None or call.specification.covariance == "classical":
            return 1.0
        here = self.at(length)
        up, down = (self.at(length * (1 + sign * STEP)) for sign in (1, -1))
        slope = sum(
            here.params[lag_name(t)] * (up.design.values((t_,)) - down.design.values((t_,)))[:, 0]
            for t in self.terms
            for t_ in (lag_name(t),)
        )
        column = pd.Series(np.asarray(slope) / np.std(slope), index=here.design.index)
        changes = {
            "formula": f"{call.specification.formula} + {SLOPE}",
            "data": call.data.assign(**{SLOPE: column.reindex(call.data.index)}),
        }
        if self.changes.get("durbin") is None and call.specification.durbin is None:
            changes |= {} if "W(" in call.specification.formula else {"durbin": self.terms}
        wide = self.at(length, **changes)
        narrow = self.at(length, **changes, covariance="classical")
        return float((wide.std_errors[SLOPE] / narrow.std_errors[SLOPE]) ** 2)


def _wald(fit: RegressionResults, terms: tuple[str, ...]) -> float:
    """Return the Wald statistic of the lags of some terms."""
    at = [fit.estimates.terms.index(lag_name(term)) for term in terms]
    theta, V = fit.estimates.values[at], fit.estimates.cov[np.ix_(at, at)]
    return float(theta @ np.linalg.solve(V, theta))


def _regions(fit: RegressionResults) -> pd.Index:
    index = fit.design.index
    return index.unique(level=0) if isinstance(index, pd.MultiIndex) else index


def _refuse_others(fit: RegressionResults) -> None:
    """Refuse a fit without a Gaussian likelihood in which effects of regions and periods fit."""
    call = fit.call
    chosen = call.specification if call is not None else None
    plain = (
        chosen is not None
        and chosen.method == "ml"
        and chosen.family == "gaussian"
        and chosen.factors == "none"
        and chosen.dynamic == "none"
        and chosen.effects in FIXED
        and not isinstance(getattr(call, "W", None), Mapping)
    )
    if not plain:
        raise NotInModelError(
            "fit",
            expected="a fit by least squares or maximum likelihood with one W, of a cross-section "
            "or a static panel with fixed effects",
            found=f"{fit.title}: {fit.formula}",
            why="the decay is found by the likelihood of normal disturbances",
            remedy='wb.fit(formula, data, W, model="slx")',
        )
