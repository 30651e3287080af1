"""The specification tests by name: what each is about, its null, and what a small p says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

DEPENDENCE, LAGGED_X = "spatial dependence", "lagged regressors"
PARAMETERS, FORM = "spatial parameters", "functional form"
NORMALITY, VARIANCE = "normality", "heteroskedasticity"
OMITTED = "omitted variables"
IDENTIFICATION = "instruments"
FIRST_STAGE, RANK = "First stage", "Kleibergen-Paap"
SARGAN, BASMANN, HANSEN = "Sargan", "Basmann", "Hansen J"
DURBIN_TEST, WU_HAUSMAN = "Durbin", "Wu-Hausman"
ANSELIN_KELEJIAN = "Anselin-Kelejian"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a test is about.

    Attributes
    ----------
    about : str
        What is tested.
    null : str
        The null hypothesis in words.
    small_p : str
        How to read a small p-value.
    """

    about: str
    null: str
    small_p: str


_UNCORRELATED = "residuals are not spatially autocorrelated"
_NEIGHBOURS = "residuals resemble (or repel) their neighbours'"
_CONSTANT = "the variance of the disturbances is constant"
_VARIES = "variances differ between regions: classical standard errors mislead"
_NO_WX = "the coefficients of WX are zero"

CATALOGUE: Mapping[str, Entry] = MappingProxyType(
    {
        "Moran's I of residuals": Entry(DEPENDENCE, _UNCORRELATED, _NEIGHBOURS),
        "Moran's I (exact)": Entry(DEPENDENCE, _UNCORRELATED, _NEIGHBOURS),
        "Moran's I (saddlepoint)": Entry(DEPENDENCE, _UNCORRELATED, _NEIGHBOURS),
        "LM lag": Entry(DEPENDENCE, "rho = 0", "Wy is missing, or something like it"),
        "LM error": Entry(DEPENDENCE, "lambda = 0", "disturbances are spatially correlated"),
        "Robust LM lag": Entry(
            DEPENDENCE,
            "rho = 0, whatever lambda is nearby",
            "Wy is missing, not only correlated disturbances",
        ),
        "Robust LM error": Entry(
            DEPENDENCE,
            "lambda = 0, whatever rho is nearby",
            "disturbances are correlated, not only Wy missing",
        ),
        "LM SARMA": Entry(
            DEPENDENCE, "rho = 0 and lambda = 0", "a lag, an error, or both are missing"
        ),
        "LM remaining error": Entry(
            DEPENDENCE,
            "disturbances that remain beside Wy are not spatially correlated",
            "Wy does not exhaust the dependence: think of sac or sdm",
        ),
        "LM WX": Entry(LAGGED_X, _NO_WX, "neighbours' regressors are missing"),
        "Robust LM WX": Entry(
            LAGGED_X,
            f"{_NO_WX}, whatever rho is nearby",
            "neighbours' regressors are missing, not only Wy",
        ),
        "Robust LM lag (beside WX)": Entry(
            LAGGED_X,
            "rho = 0, whatever the coefficients of WX are nearby",
            "Wy is missing, not only neighbours' regressors",
        ),
        "LM SDM": Entry(LAGGED_X, f"rho = 0 and {_NO_WX}", "Wy, WX or both are missing"),
        "LM SDEM": Entry(
            LAGGED_X, f"lambda = 0 and {_NO_WX}", "WX, correlated disturbances or both are missing"
        ),
        "Wald WX": Entry(LAGGED_X, _NO_WX, "neighbours' regressors belong in the model"),
        "LR WX": Entry(LAGGED_X, _NO_WX, "neighbours' regressors belong in the model"),
        "Wald rho": Entry(PARAMETERS, "rho = 0", "Wy belongs in the model"),
        "Wald lambda": Entry(PARAMETERS, "lambda = 0", "disturbances are spatially correlated"),
        "LR spatial parameters": Entry(
            PARAMETERS,
            "the spatial parameters are zero: least squares on the same regressors",
            "the spatial parameters belong in the model",
        ),
        "Wald common factor": Entry(
            PARAMETERS,
            "theta = -rho * beta: the model is a spatial error model",
            "sem is too narrow: keep sdm",
        ),
        "LR common factor": Entry(
            PARAMETERS,
            "theta = -rho * beta: the model is a spatial error model",
            "sem is too narrow: keep sdm",
        ),
        "Spatial Hausman": Entry(
            OMITTED,
            "least squares and the error model estimate the same coefficients",
            "neither is right: something is omitted that is correlated with the regressors",
        ),
        "RESET": Entry(
            FORM,
            "squares and cubes of the fitted values have zero coefficients",
            "the relation is not linear in these terms, or terms are missing",
        ),
        "Link": Entry(
            FORM,
            "the square of the fitted values has a zero coefficient",
            "the outcome is on the wrong scale (try its logarithm), or terms are missing",
        ),
        "Jarque-Bera": Entry(
            NORMALITY, "disturbances are normal", "tails or asymmetry that normal ones do not have"
        ),
        "Breusch-Pagan": Entry(VARIANCE, _CONSTANT, _VARIES),
        "Breusch-Pagan (Koenker)": Entry(VARIANCE, _CONSTANT, _VARIES),
        "Breusch-Pagan (spatial)": Entry(VARIANCE, _CONSTANT, _VARIES),
        "White": Entry(VARIANCE, _CONSTANT, _VARIES),
    }
)
"""Every test of ``fit.diagnostics()``, in the order in which they are shown."""

_VALID = "the instruments are uncorrelated with the disturbance"
_INVALID = "an instrument is not valid, or the model is wrong"
_EXOGENOUS = "the regressors named endogenous may be treated as exogenous"
_KEEP = "least squares is inconsistent: keep the instruments"

INSTRUMENTS: Mapping[str, Entry] = MappingProxyType(
    {
        FIRST_STAGE: Entry(
            IDENTIFICATION,
            "the instruments do not predict the regressor beside the others",
            "they do; yet F below 10 is weak",
        ),
        RANK: Entry(
            IDENTIFICATION,
            "the instruments leave a coefficient unidentified",
            "identified, which does not say how well",
        ),
        SARGAN: Entry(IDENTIFICATION, _VALID, _INVALID),
        BASMANN: Entry(IDENTIFICATION, _VALID, _INVALID),
        HANSEN: Entry(IDENTIFICATION, _VALID, _INVALID),
        DURBIN_TEST: Entry(IDENTIFICATION, _EXOGENOUS, _KEEP),
        WU_HAUSMAN: Entry(IDENTIFICATION, _EXOGENOUS, _KEEP),
        ANSELIN_KELEJIAN: Entry(DEPENDENCE, _UNCORRELATED, f"{_NEIGHBOURS}: think of sac"),
    }
)
"""Further tests of fits by moments; the first stage once for each endogenous regressor."""


def entry(name: str) -> Entry:
    """Return what a test is about.

    Examples
    --------
    >>> entry("First stage: rho").about
    'instruments'
    """
    return CATALOGUE[name] if name in CATALOGUE else INSTRUMENTS[name.partition(": ")[0]]
