"""Information criteria of several models of one sample, and what they make of the models."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.models.results import CrossSectionResults
from workbench.models.testing.answers import require_likelihood
from workbench.regression.probabilities import weights_of

CRITERIA = {"aic": "AIC", "aicc": "AICc", "bic": "BIC"}


def corrected_aic(fit: CrossSectionResults) -> float:
    """Return AIC + 2 k (k + 1) / (n − k − 1), NaN where n ≤ k + 1 (Hurvich and Tsai 1989)."""
    k, n = fit.fit.parameters, fit.nobs
    return fit.aic + 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else float("nan")


def criteria_table(fits: Mapping[str, CrossSectionResults]) -> pd.DataFrame:
    """Return the criteria of each model with weights.

    Parameters
    ----------
    fits : mapping of str to CrossSectionResults
        On one sample.

    Returns
    -------
    pandas.DataFrame
        Index ``model``; columns ``parameters loglik aic aicc bic aic_weight aicc_weight
        probability_bic``. A weight is exp(−Δ/2) over its sum, Δ the distance to the smallest
        criterion (Burnham and Anderson 2002, section 2.9). Of BIC it approximates the posterior
        probability of the model when all are equally likely beforehand and the prior of the
        parameters is worth one observation (Raftery 1995).
    """
    for fit in fits.values():
        require_likelihood(fit, "information criteria", argument="fits")
    table = pd.DataFrame(
        {
            "parameters": [fit.fit.parameters for fit in fits.values()],
            "loglik": [fit.loglik for fit in fits.values()],
            "aic": [fit.aic for fit in fits.values()],
            "aicc": [corrected_aic(fit) for fit in fits.values()],
            "bic": [fit.bic for fit in fits.values()],
        },
        index=pd.Index(list(fits), name="model"),
    )
    for criterion, name in (("aic", "aic_weight"), ("aicc", "aicc_weight")):
        table[name] = weights_of(table[criterion])
    return table.assign(probability_bic=weights_of(table["bic"]))


def best_by(table: pd.DataFrame) -> str:
    """Say in one line which model each criterion prefers."""
    chosen: dict[str, list[str]] = {}
    for word, name in CRITERIA.items():
        if table[word].notna().any():
            chosen.setdefault(str(table[word].idxmin()), []).append(name)
    best = "; ".join(f"{', '.join(names)} for {model}" for model, names in chosen.items())
    first, share = table["probability_bic"].idxmax(), table["probability_bic"].max()
    return (
        f"Smallest: {best}. Among the models fitted, all equally likely beforehand, {first} has "
        f"probability {share:.2f} by BIC."
    )
