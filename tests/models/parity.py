"""Our numbers under R's names, from public calls, for every section of the stored references.

What no public call hands out (covariances of sigma squared, the coefficients of the J test's
auxiliary regression, log-determinants, the lower of two maxima) comes from the kernels beneath.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd
from scipy import stats

import workbench as wb
from tests.conftest import REFERENCE, load_case
from tests.models.conftest import LabelledCase, labelled
from workbench.models import CrossSectionResults, nested_tests
from workbench.numerics.likelihoods import two_parameters
from workbench.numerics.likelihoods.one_parameter import fit_error, fit_lag

Numbers = Mapping[str, float]
EFFECTS = ("direct", "indirect", "total")
# section of the references -> our model, and which regressors are lagged (R's formula in Durbin)
MODELS = {
    "lag": "sar",
    "err": "sem",
    "sdm": "sdm",
    "sdem": "sdem",
    "slx": "slx",
    "sac": "sac",
    "gns": "gns",
    "sdm_partial": "sdm",
    "sdem_partial": "sdem",
}
PARTIAL = {"oldcol": ["INC"], "boston": ["CRIM", "log(LSTAT)"]}
DRAWS = 20_000


def stored(file: str) -> dict[str, dict[str, float]]:
    """Return case -> quantity -> value of one file."""
    found: dict[str, dict[str, float]] = {}
    with (REFERENCE / f"cross_section_{file}.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            found.setdefault(row["case"], {})[row["quantity"]] = float(row["value"])
    return found


@cache
def case_of(name: str) -> LabelledCase:
    return labelled(load_case(name))


@cache
def fitted(name: str, section: str) -> CrossSectionResults:
    case = case_of(name)
    durbin = PARTIAL.get(name) if section.endswith("_partial") else None
    model = MODELS.get(section, section)
    return wb.fit(case.formula, case.table, case.W, model=model, durbin=durbin)


def names_of(name: str) -> dict[str, str]:
    """Return our terms -> R's."""
    case = case_of(name)
    ours = fitted(name, "ols").design.terms
    pairs = dict(zip(ours, case.names, strict=True))
    lags = {f"W({our})": f"lag.{theirs}" for our, theirs in pairs.items()}
    return {**pairs, **lags, "rho": "rho", "lambda": "lambda"}


def in_file_order(name: str, values: pd.Series) -> np.ndarray:
    return values.reindex(case_of(name).table.index).to_numpy()


def by_term(section: str, values: pd.Series, names: Mapping[str, str]) -> dict[str, float]:
    return {f"{section}/{names[term]}": float(value) for term, value in values.items()}


def answer(base: str, found, *, stat="stat", p="p") -> dict[str, float]:
    numbers = {f"{base}/{stat}": found.statistic, f"{base}/{p}": found.p_value}
    return {**numbers, f"{base}/df": found.df[0]} if found.applicable and found.df else numbers


def coefficients(name: str, section: str) -> dict[str, float]:
    fit, names = fitted(name, section), names_of(name)
    table = fit.tidy().drop(index=["rho", "lambda"], errors="ignore")
    found = {}
    for column, key in zip(
        ("estimate", "std_error", "statistic", "p_value"), ("coef", "se", "z", "p"), strict=True
    ):
        found |= by_term(f"{section}/{key}", table[column], names)
    for spatial in ("rho", "lambda"):
        if spatial in fit.params:
            found[f"{section}/{spatial}"] = fit.params[spatial]
            found[f"{section}/{spatial}_se"] = fit.std_errors[spatial]
    return found


def covariance(name: str, section: str) -> dict[str, float]:
    """Both triangles: the references hold one."""
    fit, names = fitted(name, section), names_of(name)
    spatial = [term for term in ("rho", "lambda") if term in fit.params]
    W = fit.weights.sparse
    if len(spatial) == 2:
        kernel = two_parameters.fit_lag_error(fit.design.y, fit.design.X, W=W)
    else:
        kernel = (fit_lag if spatial == ["rho"] else fit_error)(fit.design.y, fit.design.X, W=W)
    terms = [*(names[term] for term in fit.estimates.terms), "sigma"]
    values = np.array(kernel.covariance)
    values[:-1, :-1] = fit.cov.to_numpy()
    return {
        f"{section}/vcov/{a}/{b}": values[i, j]
        for i, a in enumerate(terms)
        for j, b in enumerate(terms)
    }


def overall(name: str, section: str) -> dict[str, float]:
    fit = fitted(name, section)
    # R starts SDM and SDEM from the regression on X and WX, GNS from that on X alone
    small = fitted(name, "slx" if section in ("sdm", "sdem") else "ols")
    if section.endswith("_partial"):
        case = case_of(name)
        small = wb.fit(case.formula, case.table, case.W, model="slx", durbin=PARTIAL[name])
    sse = float(np.sum(fit.resids**2))
    found = {"n": fit.nobs, "k_params": fit.fit.parameters, "LL": fit.loglik, "SSE": sse}
    found |= {"AIC": fit.aic, "BIC": fit.bic, "s2": fit.sigma2, "NK": fit.rsquared}
    found |= {"LL_lm": small.loglik, "AIC_lm": small.aic}
    card = fit.weights.card()
    found |= {"interval/0": card.rho_low, "interval/1": card.rho_high}
    rows = zip(in_file_order(name, fit.resids), in_file_order(name, fit.fitted_values), strict=True)
    for i, (e, f) in enumerate(list(rows)[:5]):
        found |= {f"resid_head/{i}": e, f"fitted_head/{i}": f}
    return {f"{section}/{key}": value for key, value in found.items()}


def tests(name: str, section: str) -> dict[str, float]:
    fit = fitted(name, section)
    found = fit.diagnostics()
    spatial = [term for term in ("rho", "lambda") if term in fit.params]
    numbers = answer(f"{section}/bp", found["Breusch-Pagan (Koenker)"], p="p_value")
    numbers |= answer(f"{section}/Hausman", found["Spatial Hausman"], p="p_value")
    numbers[f"{section}/LMtest_resid_err"] = found["LM remaining error"].statistic
    if len(spatial) == 1:
        numbers |= answer(f"{section}/Wald", found[f"Wald {spatial[0]}"])
        return numbers | answer(f"{section}/LR", found["LR spatial parameters"])
    # of SAC and GNS the ratio tests all that they have beyond least squares, Wald lambda alone
    ratio = nested_tests(fitted(name, "ols"), fit)["LR"]
    numbers[f"{section}/Wald/stat"] = found["Wald lambda"].statistic
    return numbers | answer(f"{section}/LR", ratio)


def impacts(name: str, section: str) -> dict[str, float]:
    fit, names = fitted(name, section), names_of(name)
    found = {}
    delta = fit.impacts()
    for effect in EFFECTS:
        values = getattr(delta, effect)
        errors = delta.table["std_error"].xs(effect, level="effect")
        for key in ("impacts_exact", "impacts_traces", "impacts"):
            found |= by_term(f"{section}/{key}/{effect}", values, names)
        # of SDEM spatialreg's are those of least squares, with n - k, beside a vcov with n
        scale = np.sqrt(fit.nobs / (fit.nobs - fit.design.X.shape[1]))
        found |= by_term(f"{section}/impacts_exact/se/{effect}", errors * scale, names)
        found |= by_term(f"{section}/impacts/se_{effect}", errors, names)
    if "rho" not in fit.params:
        return found
    table = fit.impacts(method="monte-carlo", draws=DRAWS, seed=1).table["std_error"]
    for effect in EFFECTS:
        errors = table.xs(effect, level="effect")
        found |= by_term(f"{section}/impacts_traces/sim_se_{effect}", errors, names)
    return found


def least_squares_with_lags(name: str, section: str = "slx") -> dict[str, float]:
    fit = fitted(name, section)
    found = {"slx/sigma": np.sqrt(fit.sigma2), "slx/R2": fit.rsquared, "slx/LL": fit.loglik}
    return {**coefficients(name, section), **found, **impacts(name, section)}


def maxima(name: str, section: str) -> dict[str, float]:
    fit = fitted(name, section)
    found = two_parameters.fit_lag_error(fit.design.y, fit.design.X, W=fit.weights.sparse)
    numbers = {}
    for place, top in enumerate(found.maxima, start=1):
        base = f"{section}/optimum {place}"
        numbers |= {f"{base}/rho": top.rho, f"{base}/lambda": top.lambda_, f"{base}/LL": top.loglik}
    return numbers


def of_model(name: str, section: str) -> dict[str, float]:
    """Return all numbers of one model of one case."""
    if section == "slx":
        return least_squares_with_lags(name)
    found = {
        **coefficients(name, section),
        **covariance(name, section),
        **overall(name, section),
        **tests(name, section),
        **impacts(name, section),
    }
    return {**found, **maxima(name, section)} if section in ("sac", "gns") else found


def ratios(name: str, section: str = "LR") -> dict[str, float]:
    pairs = {
        "sdm_vs_lag": ("lag", "sdm"),
        "sdm_vs_err_commonfactor": ("err", "sdm"),
        "sac_vs_lag": ("lag", "sac"),
        "sac_vs_err": ("err", "sac"),
    }
    found = {}
    for key, (small, large) in pairs.items():
        ratio = nested_tests(fitted(name, small), fitted(name, large))["LR"]
        found |= answer(f"LR/{key}", ratio)
    return found


def powers(name: str, section: str = "traces") -> dict[str, float]:
    """Traces of powers of W, from what each order adds to a direct impact: b rho^p tr(W^p) / n."""
    fit = fitted(name, "lag")
    term = fit.design.slopes[0]
    orders = fit.impacts_by_order(10).table["estimate"].xs("direct", level="effect").loc[term]
    unit = fit.params[term] / fit.nobs
    return {f"traces/{p}": orders[p] / (unit * fit.params["rho"] ** p) for p in range(1, 11)}


def of_least_squares(name: str) -> dict[str, float]:
    """Return the numbers of R's lm and the tests on it; `section` is the first part of a path."""
    case, fit = case_of(name), fitted(name, "ols")
    found = {key.removeprefix("ols/"): v for key, v in coefficients(name, "ols").items()}
    found |= {f"t/{key[2:]}": v for key, v in found.items() if key.startswith("z/")}
    n, df = fit.nobs, fit.fit.df_resid
    empty = wb.fit(case.formula.split("~")[0] + "~ 1", case.table, case.W)
    wald = nested_tests(empty, fit)["Wald"]
    found |= {"n": n, "sigma2": fit.sigma2, "R2": fit.rsquared, "SSE": float(np.sum(fit.resids**2))}
    found |= {"adjR2": 1 - (1 - fit.rsquared) * (n - 1) / df, "F/dendf": df}
    found |= {"F/value": wald.statistic / wald.df[0], "F/numdf": wald.df[0]}
    found |= {"logLik": fit.loglik, "AIC": fit.aic, "BIC": fit.bic}
    return {**found, **dependence(name), **scores(name)}


def dependence(name: str) -> dict[str, float]:
    case, fit = case_of(name), fitted(name, "ols")
    tests = fit.diagnostics()
    residual = tests["Moran's I of residuals"]
    plain = wb.moran("residual", fit.augment(), case.W, permutations=0)
    found = {}
    for base, moran in (("lm_morantest", residual), ("moran_test_on_resid", plain)):
        moran = getattr(moran, "test", moran)
        found |= {f"{base}/I": moran.statistic, f"{base}/expected": moran.expected}
        found |= {f"{base}/variance": moran.variance, f"{base}/z": moran.z}
        found[f"{base}/p_value"] = moran.p_value
    for key, method in (("exact", "exact"), ("sad", "saddlepoint")):
        moran = wb.explore.residual_moran(
            case.formula, case.table, case.W, inference=method, alternative="greater"
        )
        base = f"morantest_{key}"
        found |= {f"{base}/I": moran.statistic, f"{base}/p": moran.p_value}
        found[f"{base}/stat"] = stats.norm.isf(moran.p_value)
    return found


def scores(name: str) -> dict[str, float]:
    tests = fitted(name, "ols").diagnostics()
    found = answer("bp_koenker", tests["Breusch-Pagan (Koenker)"], p="p_value")
    found |= answer("bp_nonstudentized", tests["Breusch-Pagan"], p="p_value")
    found |= answer("white_cross", tests["White"])
    found["jarque_bera"] = tests["Jarque-Bera"].statistic
    pairs = {
        "RS/RSerr": "LM error",
        "RS/RSlag": "LM lag",
        "RS/adjRSerr": "Robust LM error",
        "RS/adjRSlag": "Robust LM lag",
        "RS/SARMA": "LM SARMA",
        "SD_RS/SDM_RSlag": "LM lag",
        "SD_RS/SDM_adjRSlag": "Robust LM lag (beside WX)",
        "SD_RS/SDM_RSWX": "LM WX",
        "SD_RS/SDM_adjRSWX": "Robust LM WX",
        "SD_RS/SDM_Joint": "LM SDM",
        "SD_RS/SDEM_RSerr": "LM error",
        "SD_RS/SDEM_RSWX": "LM WX",
        "SD_RS/SDEM_Joint": "LM SDEM",
    }
    for key, test in pairs.items():
        found |= answer(key, tests[test])
    return found
