"""From predictions of a logarithm to predictions of what was taken the logarithm of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.errors import InputError
from workbench.regression.scales import scale_of
from workbench.typing import PredictionScale, Predictor

if TYPE_CHECKING:
    from workbench.regression.results import RegressionResults


def on_scale(
    fit: RegressionResults, table: pd.DataFrame, kind: str, scale: PredictionScale
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return predictions and intervals of the outcome without its logarithm, and notes.

    The power of a predicted logarithm is the median of the outcome; its mean is larger by the
    mean power of the errors of prediction, estimated from the sample (Duan 1983).

    References
    ----------
    Duan, N. (1983). Smearing estimate: a nonparametric retransformation method. JASA 78, 605-610.
    """
    outcome = scale_of(fit.design.outcome)
    if not outcome.logarithmic:
        raise InputError(
            "scale",
            expected="'formula' for an outcome that is not a logarithm",
            found=repr(scale),
            why=f"{fit.design.outcome} is predicted on its own scale already",
            remedy="scale='formula'",
        )
    rate = outcome.log_base
    factor, notes = 1.0, (f"Medians of {outcome.inner}: powers of the predicted logarithms.",)
    if scale == "smearing" and fit.design.case_weights is not None:
        raise InputError(
            "scale",
            expected="'formula' or 'median' for a fit with case weights",
            found="'smearing'",
            why="one factor for all regions takes errors of one variance",
            remedy="scale='median'",
        )
    if scale == "smearing":
        errors = fit.design.y - _counterpart(fit, kind)
        factor = float(np.mean(np.exp(rate * errors)))
        notes = (
            f"Means of {outcome.inner}: powers of the predicted logarithms times {factor:.4g}, "
            "the mean power of the errors in the sample (Duan's smearing).",
        )
    power = np.exp(rate * table[["prediction", "conf_low", "conf_high"]])
    out = table.assign(
        prediction=factor * power["prediction"],
        std_error=np.nan,
        forecast_error=np.nan,
        conf_low=power["conf_low"],
        conf_high=power["conf_high"],
    )
    return out, notes


def _counterpart(fit: RegressionResults, kind: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the predictions of the sample that use as much as this predictor does."""
    if kind in ("trend", "signal", "TS", "TS1", "KP5") and {"rho", "lambda"} & set(
        fit.estimates.terms
    ):
        raise InputError(
            "scale",
            expected="'formula' or 'median' for this predictor",
            found=f"'smearing' with kind={kind!r}",
            why="it is not an expectation, so that the mean of its errors corrects nothing",
            remedy="kind='TC' or kind='BP'",
        )
    from workbench.regression.predictions import predictions_of

    like: Predictor = "TC" if kind in ("trend", "TS", "TC", "TC1") else "BP"
    found = predictions_of(
        fit, None, None, kind=like, others=(None, None), scale="formula", level=0.95
    )
    return found.values.to_numpy()
