"""splm's estimators by moments and its tests, from public calls; or ours with its choices."""

from __future__ import annotations

from functools import cache, partial
from unittest import mock

import numpy as np
from scipy import stats

import workbench as wb
from tests.panels.parity_fixed import splm_name
from tests.panels.parity_random import _slopes
from tests.panels.references import (
    FORMULA,
    constant,
    data_of,
    fitted,
    listed,
    under,
    weights_of,
)
from workbench.numerics.panels.component_fit import fit_effects, fit_effects_and_error
from workbench.numerics.panels.components import component_score
from workbench.numerics.panels.gmm import between, error_components, within
from workbench.numerics.panels.layers import one_layer
from workbench.numerics.sparse.matrices import as_weights

MODELS = {"error": "sem", "lag+error": "sac"}
WITHIN = {"random": "random", "within": "entity"}


def named(term):
    return splm_name(constant(term))


@cache
def unweighted(panel, model, effects):
    """Our estimator with splm's first moments, each of the same weight, in the place of ours."""
    plain = partial(error_components, weighted=False)
    with mock.patch("workbench.panels.spatial.moments.error_components", plain):
        return wb.fit(
            FORMULA[panel],
            data_of(panel),
            weights_of(panel),
            model=model,
            effects=effects,
            method="gmm",
        )


def ours(panel: str) -> dict[str, float]:
    return of_moments(panel)[0] | of_tests(panel)[0]


def theirs(panel: str) -> dict[str, float]:
    return of_moments(panel)[1] | of_tests(panel)[1]


def of_moments(panel: str) -> tuple[dict[str, float], dict[str, float]]:
    met: dict[str, float] = {}
    other: dict[str, float] = {}
    for kind, effects in WITHIN.items():
        for word, model in MODELS.items():
            full = fitted(panel, model=model, effects=effects, method="gmm")
            first = unweighted(panel, model, effects)
            fits = {"fullweights": full, "initial": first}
            if kind == "within":
                # within regions there is one set of moments: nothing is to be weighted
                fits = dict.fromkeys(("fullweights", "initial", "weights"), full)
            for weights, fit in fits.items():
                base = f"spgm|{kind}|{word}|{weights}"
                public = fit is full
                _moments(base, fit, met if public else other, other, effects)
    for name, effects in (("w2sls", "entity"), ("ec2sls", "random")):
        fit = fitted(panel, model="sar", effects=effects, method="gmm")
        _moments(f"spgm|lag only|{name}", fit, met, other, effects)
    return met, other | _other_stages(panel)


def _moments(base, fit, into, other, effects):
    into |= under(f"{base}/coef", fit.params.drop("lambda", errors="ignore"), named)
    N, T = fit.cells.N, fit.cells.T
    k = len(fit.params) - ("lambda" in fit.params)
    e, found, factor = fit.resids.to_numpy(), fit.components, 1.0
    if base.startswith("spgm|within|error"):
        # SSE/(NT - k) for the variance, which forgets the effects; ours is of moments
        factor = np.sqrt(found.own / (e @ e / (N * T - k)))
        other[f"{base}/sigma2/0"] = e @ e / (N * T - k)
    elif base.endswith("w2sls") and effects == "entity":
        factor = np.sqrt((N * T - k) / (N * (T - 1) - k))
    elif base.endswith("ec2sls"):
        # times the variance of the weighted residuals, about 1
        white = e[:, None] - (1 - np.sqrt(found.own / found.means)) * between(e[:, None], T)
        factor = 1 / np.sqrt(np.sum(white**2) / found.own / (N * T - k))
    errors = fit.std_errors.drop("lambda", errors="ignore") / factor
    (into if factor == 1.0 else other).update(under(f"{base}/se", errors, named))
    if "lambda" not in fit.params:
        return
    values = [fit.params["lambda"], found.own]
    if effects == "random":
        values += [found.means, 1 - np.sqrt(found.own / found.means)]
    into |= listed(f"{base}/errcomp", values)


def _other_stages(panel):
    """Between regions, and generalised with instruments that are weighted as the regressors."""
    fit = fitted(panel, model="sar", effects="random", method="gmm")
    y, X, T, found = fit.design.y, fit.design.X, fit.cells.T, fit.components
    layers = one_layer(weights_of(panel).sparse, T)
    Z = np.column_stack([layers.lag(y[:, None]), X])
    once = layers.lag(X[:, 1:])
    H = np.column_stack([X, once, layers.lag(once)])
    share = np.sqrt(found.own / found.means)
    white = partial(_quasi, T=T, share=1 - share)
    made = {}
    for name, turn, n in (
        ("b2sls", lambda x: between(x, T)[::T], fit.cells.N),
        ("g2sls", white, len(y)),
    ):
        yy, ZZ, HH = turn(y[:, None])[:, 0], turn(Z), turn(H)
        fitted_Z = HH @ np.linalg.lstsq(HH, ZZ, rcond=None)[0]
        delta = np.linalg.lstsq(fitted_Z, yy, rcond=None)[0]
        e = yy - ZZ @ delta
        cov = np.linalg.inv(fitted_Z.T @ fitted_Z) * (e @ e) / (n - len(delta))
        terms = ["lambda", *(constant(t) for t in fit.design.terms)]
        base = f"spgm|lag only|{name}"
        made |= {f"{base}/coef/{t}": v for t, v in zip(terms, delta, strict=True)}
        made |= {f"{base}/se/{t}": v for t, v in zip(terms, np.sqrt(np.diag(cov)), strict=True)}
    return made


def _quasi(columns, *, T, share):
    return columns - share * between(columns, T)


# tests


def of_tests(panel: str) -> tuple[dict[str, float], dict[str, float]]:
    plain = fitted(panel, effects="none")
    tests = wb.panels.component_tests(plain)
    met: dict[str, float] = {}
    for case, key, name in (
        ("bsktest_LMH", "LM-H", "BSK LMH"),
        ("bsktest_LM1", "LM1", "BSK LM1"),
        ("bsktest_LM2", "LM2", "BSK LM2"),
        ("bsktest_CLMlambda", "LM*-lambda", "BSK CLM lambda"),
        ("bsktest_CLMmu", "LM*-mu", "BSK CLM mu"),
        ("bsjktest_J", "LM", "BSJK J"),
    ):
        test = tests[name]
        met |= {f"{case}/statistic/{key}": test.statistic, f"{case}/p_value": test.p_value}
        if case == "bsjktest_J":
            met[f"{case}/parameter/df"] = test.df[0]
    endings = {"none": "pooling", "entity": "within", "two-way": "within_twoways"}
    endings["time"] = "within_time"
    words = {"lml": "LM lag", "lme": "LM error"}
    words |= {"rlml": "Robust LM lag", "rlme": "Robust LM error"}
    for effects, ending in endings.items():
        fit = fitted(panel, effects=effects)
        for word, name in words.items():
            test = wb.panels.lag_error_tests(fit, convention="demeaned")[name]
            case = f"slmtest_{word}_{ending}"
            met |= {f"{case}/statistic/LM": test.statistic, f"{case}/p_value": test.p_value}
            met[f"{case}/parameter/df"] = test.df[0]
    return met, _serial(panel) | _hausman(panel)


def _serial(panel):
    """splm's variance of the innovations is that of all residuals over 1 + phi."""
    fit = fitted(panel, effects="none")
    y, X, W = fit.design.y, fit.design.X, as_weights(weights_of(panel).sparse)
    made = {}
    for case, start, tested, beside in (
        (
            "bsjktest_C.1",
            fit_effects(y, X, N=fit.cells.N, serial=True),
            "lambda",
            ("mu", "psi"),
        ),
        ("bsjktest_C.2", fit_effects_and_error(y, X, W=W), "psi", ("mu", "lambda")),
    ):
        u, at = start
        phi = at.mu / at.sigma2
        variance = float(u @ u) / u.size / (1 + phi)
        moved = type(at)(variance, phi * variance, at.psi, at.lambda_)
        value = component_score(u, moved, W=W).signed(tested, beside=beside) ** 2
        made |= {f"{case}/statistic/LM": value, f"{case}/parameter/df": 1.0}
        made[f"{case}/p_value"] = float(stats.chi2.sf(value, 1))
    return made


def _hausman(panel):
    """Fixed effects by the direct approach, random ones with rho and lambda taken as known."""
    made = {}
    for word, model, structure in (
        ("error", "sem", "kkp"),
        ("lag", "sar", None),
        ("sarar", "sac", "kkp"),
    ):
        fixed = fitted(panel, model=model, effects="entity", lee_yu="none")
        options = {"random": structure} if structure else {}
        random = fitted(panel, model=model, effects="random", **options)
        terms = list(fixed.design.terms)
        slopes = _slopes(random)
        at = [random.params.index.get_loc(term) for term in slopes]
        scale = random.std_errors.to_numpy()
        info = np.linalg.inv(random.cov.to_numpy() / np.outer(scale, scale))[np.ix_(at, at)]
        known = np.linalg.inv(info) * np.outer(scale[at], scale[at])
        kept = [slopes.index(term) for term in terms]
        gap = (fixed.params[terms] - random.params[terms]).to_numpy()
        spread = fixed.cov.loc[terms, terms].to_numpy() - known[np.ix_(kept, kept)]
        value = abs(float(gap @ np.linalg.solve(spread, gap)))
        case = f"sphtest_ML_{word}"
        made |= {f"{case}/statistic/chisq": value, f"{case}/parameter/df": float(len(terms))}
        made[f"{case}/p_value"] = float(stats.chi2.sf(value, len(terms)))
    return made


__all__ = ["ours", "theirs", "within"]
