"""Predictions of a cross-section fit: at its own regions, under other regressors, at new ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import check_level, critical_value
from workbench.errors import InputError, check_option
from workbench.numerics.responses.predictors import (
    SINGLE,
    Known,
    Predicted,
    Process,
    predicted_new,
    predicted_sample,
    sample_variance,
    trend_signal,
)
from workbench.numerics.sparse.matrices import CsrArray
from workbench.regression.case_weights import (
    CaseWeights,
    new_case_weights,
    refuse_new_case_weights,
)
from workbench.regression.newdata import NewRows, aligned_new, error_weights, lag_weights, new_rows
from workbench.regression.retransformation import on_scale
from workbench.typing import FloatArray, IntArray, PredictionScale, Predictor
from workbench.weights import Weights

if TYPE_CHECKING:
    from workbench.regression.results import RegressionResults

IN_SAMPLE = ("trend", "signal", "TS", "TC", "BP")
WHAT_IF = ("trend", "TC")
AT_NEW = (
    "trend", "TC", "BP", "TS1", "TC1", "BP1", "BPW", "BPW1", "BPN", "BPN1", "KP2", "KP3", "KP5",
)  # fmt: skip
RENORMALIZED = ("TC1", "BP1", "BPW1", "BPN1")
STEP = 1e-5
# Of ρ and λ: central differences of functions that vary over tenths are then right to 1e-8.


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Predictions:
    """Predicted outcomes by region.

    Attributes
    ----------
    kind : str
        Which predictor, see :meth:`CrossSectionResults.predict`.
    table : pandas.DataFrame
        Index ``region``, sorted; ``prediction``, in units of the formula's outcome unless
        `scale` says otherwise; ``std_error``, its standard error from the uncertainty of the
        parameters (delta method); ``forecast_error``, the standard deviation of the outcome
        minus the prediction, disturbances and parameters together; ``conf_low conf_high``, the
        interval for the outcome. Forecast errors and intervals are missing for predictors that
        are biased or use the outcome that they predict. On another scale than the formula's the
        interval is the transformed one, and the errors are left out.
    scale : {"formula", "median", "smearing"}
        Of predictions and intervals.
    level : float
        Of the intervals.
    provenance : Provenance
        Of the model.
    notes : tuple of str
        What the reader must know.
    """

    kind: Predictor
    table: pd.DataFrame
    scale: PredictionScale
    level: float
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def values(self) -> pd.Series[Any]:
        """Predictions by region."""
        return self.table["prediction"].copy()

    def tidy(self) -> pd.DataFrame:
        """Return the table: a row a region."""
        return self.table.copy()

    def plot(self, regions: Any, *, title: str | None = None) -> Any:
        """Draw the predictions on a map of `regions` (polygons indexed by region id)."""
        return display.picture("predictions map", self, regions, title=title)

    def _heading(self) -> str:
        return f"Predictions ({self.kind}, {self.level:.0%}): {self.provenance.formula}"

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self.table)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self.table)], self.notes)


@dataclass(frozen=True, slots=True)
class _Answer:
    """Predictions of a case as a function of parameters, for derivatives.

    Attributes
    ----------
    ids : pandas.Index of length p
    at : callable
        From (ρ, λ) to predictions of shape (p, 1 + k): of the fit, then of each column of X with
        outcomes of zero, which are the derivatives in β.
    variance : ndarray of shape (p,)
        Of the outcome minus the prediction over σ², parameters known.
    """

    ids: pd.Index
    at: Callable[[float, float], FloatArray]
    variance: FloatArray


def predictions_of(
    fit: RegressionResults,
    newdata: pd.DataFrame | None,
    W_new: Any,
    *,
    kind: Predictor | None,
    others: tuple[Any, Any],
    scale: PredictionScale,
    level: float,
    case_weights_new: CaseWeights | None = None,
) -> Predictions:
    """Predict outcomes; see :meth:`CrossSectionResults.predict`."""
    check_level(level)
    check_option("scale", scale, PredictionScale)
    if kind is not None:
        check_option("kind", kind, Predictor)
    notes: tuple[str, ...] = ()
    if case_weights_new is not None and newdata is None:
        refuse_new_case_weights("no new regions")
    if newdata is None:
        chosen: Predictor = kind or "TS"
        _require(chosen, IN_SAMPLE, "the sample itself", newdata=False)
        answer = _in_sample(fit, fit.design.X, chosen, ids=fit.design.index)
    else:
        rows = new_rows(fit, newdata)
        if rows.known:
            chosen = kind or "TC"
            _require(chosen, WHAT_IF, "the sample's regions under other regressors", newdata=True)
            if case_weights_new is not None:
                refuse_new_case_weights("the sample's regions")
            X = rows.with_lags(lag_weights(fit))
            answer = _in_sample(fit, X, chosen, ids=rows.ids)
        else:
            chosen = kind or "BP"
            _require(chosen, AT_NEW, "new regions", newdata=True)
            case = new_case_weights(fit.design, newdata, rows.ids, case_weights_new)
            answer = _at_new(fit, rows, (W_new, *others), kind=chosen, case=case)
    table, told = _table(fit, answer, level)
    notes = (*notes, *told, *_kind_notes(fit, chosen))
    if scale != "formula":
        table, told = on_scale(fit, table, chosen, scale)
        notes = (*notes, *told)
    return Predictions(chosen, table, scale, level, fit.provenance, notes)


def _require(kind: str, available: tuple[str, ...], what: str, *, newdata: bool) -> None:
    if kind not in available:
        raise InputError(
            "kind",
            expected=f"one of {', '.join(map(repr, available))} for {what}",
            found=repr(kind),
            why="the others need outcomes or weights that this case does not have",
            remedy=f"kind={available[-1 if not newdata else 1]!r}",
        )


def spatial_parameters(fit: RegressionResults) -> tuple[float, float]:
    """Return ρ and λ of a fit, 0 where it has none."""
    values = dict(zip(fit.estimates.terms, fit.estimates.values, strict=True))
    return float(values.get("rho", 0.0)), float(values.get("lambda", 0.0))


def _columns(fit: RegressionResults, X: FloatArray) -> FloatArray:
    """Return the trend of the fit and then each column of X: shape (rows, 1 + k)."""
    beta = fit.estimates.values[: X.shape[1]]
    return np.column_stack([X @ beta, X])


def _outcomes(fit: RegressionResults) -> FloatArray:
    """Return the outcomes and then zeros, as many columns as :func:`_columns` has."""
    y = fit.design.y
    return np.column_stack([y, np.zeros((len(y), len(fit.design.terms)))])


def _matrix(weights: Weights | None, n: int) -> CsrArray:
    return sparse.csr_array((n, n)) if weights is None else weights.sparse


def _in_sample(fit: RegressionResults, X: FloatArray, kind: str, *, ids: pd.Index) -> _Answer:
    """Predict regions of the sample: all of them, or some where none affects another."""
    W = _matrix(fit.weights, fit.nobs)
    V = _matrix(error_weights(fit), fit.nobs)
    trend, outcomes = _columns(fit, X), _outcomes(fit)

    def process(rho: float, lam: float) -> Process:
        return Process(W, V, rho=rho, lam=lam, case_weights=fit.design.case_weights)

    def at(rho: float, lam: float) -> FloatArray:
        return predicted_sample(kind, process(rho, lam), trend, outcomes)

    rho, lam = spatial_parameters(fit)
    # Without Wy the trend is the expectation.
    around = "TC" if kind == "trend" and rho == 0.0 else kind
    if around == "TS" and rho == 0.0 and lam == 0.0:
        around = "TC"
    variance = sample_variance(around, process(rho, lam))
    return _Answer(ids, at, variance[fit.design.index.get_indexer(ids)])


def _at_new(
    fit: RegressionResults,
    rows: NewRows,
    given: tuple[Any, Any, Any],
    *,
    kind: str,
    case: FloatArray | None,
) -> _Answer:
    weights = aligned_new(fit, rows, given, needed=kind != "trend")
    W, V = weights.outcome, weights.disturbance
    X = rows.with_lags_over(weights.regressors)
    known = Known(_columns(fit, X), _outcomes(fit))
    rho, lam = spatial_parameters(fit)

    def found(rho: float, lam: float) -> Predicted:
        process = Process(W, V, rho=rho, lam=lam, case_weights=case)
        if kind == "trend":
            alone = np.full(len(known.new), np.nan)
            variance = process.variances(known.new) if rho == 0.0 and weights.given else alone
            return Predicted(known.trend[known.n :], variance)
        if kind in ("TS1", "KP5"):
            own = Process(
                _matrix(fit.weights, fit.nobs), _matrix(error_weights(fit), fit.nobs),
                rho=rho, lam=lam,
            )  # fmt: skip
            disturbances = own.A @ known.outcomes - _columns(fit, fit.design.X)
            return trend_signal(process, known, disturbances=disturbances)
        if kind in SINGLE:
            return _one_by_one(process, known, kind, weights.without_others)
        return predicted_new(kind, process, known)

    return _Answer(rows.ids, lambda r, s: found(r, s).values, found(rho, lam).variance)


def _one_by_one(
    process: Process,
    known: Known,
    kind: str,
    without_others: Callable[[int], tuple[CsrArray, CsrArray]],
) -> Predicted:
    """Predict each new region as if the other new ones were not there."""
    values, variance = [], []
    for o in range(len(known.new)):
        at = np.append(known.sample, known.n + o)
        if kind in RENORMALIZED:
            W, V = without_others(o)
            c = None if process.c is None else process.c[at]
            alone = Process(W, V, rho=process.rho, lam=process.lam, case_weights=c)
        else:
            alone = process.only(at)
        one = predicted_new(SINGLE[kind], alone, known.one(o))
        values.append(one.values)
        variance.append(one.variance)
    return Predicted(np.concatenate(values), np.concatenate(variance))


def _table(
    fit: RegressionResults, answer: _Answer, level: float
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    rho, lam = spatial_parameters(fit)
    here = answer.at(rho, lam)
    k = len(fit.design.terms)
    names = list(fit.estimates.terms)
    gradient = [here[:, 1 + i] for i in range(k)]
    positions = list(range(k))
    for name, unit in (("rho", (1.0, 0.0)), ("lambda", (0.0, 1.0))):
        if name in names:
            h = (STEP * unit[0], STEP * unit[1])
            up = answer.at(rho + h[0], lam + h[1])[:, 0]
            down = answer.at(rho - h[0], lam - h[1])[:, 0]
            gradient.append((up - down) / (2 * STEP))
            positions.append(names.index(name))
    J = np.stack(gradient)
    at: IntArray = np.array(positions, dtype=np.int64)
    cov = fit.estimates.cov[np.ix_(at, at)]
    of_parameters = np.clip(np.einsum("pi,pq,qi->i", J, cov, J), 0.0, None)
    forecast = np.sqrt(fit.sigma2 * answer.variance + of_parameters)
    half = critical_value(level, df=fit.estimates.df) * forecast
    table = pd.DataFrame(
        {
            "prediction": here[:, 0],
            "std_error": np.sqrt(of_parameters),
            "forecast_error": forecast,
            "conf_low": here[:, 0] - half,
            "conf_high": here[:, 0] + half,
        },
        index=answer.ids.rename("region"),
    )
    return table, ()


def _kind_notes(fit: RegressionResults, kind: str) -> tuple[str, ...]:
    rho, lam = spatial_parameters(fit)
    if kind == "trend" and rho != 0.0:
        return ("trend is Xb: with Wy in the model it is not the expectation of y; TC is.",)
    if kind in ("TS", "signal") and (rho != 0.0 or lam != 0.0):
        return (f"{kind} uses the outcomes that it predicts; no interval says how far it is off.",)
    if kind in ("TS1", "KP5"):
        return (f"{kind} leaves out what new regions do to each other; it has no interval.",)
    return ()
