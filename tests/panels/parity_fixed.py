"""Fixed effects by maximum likelihood: the exact oracle, regressions on dummies, and splm's.

`ours` are public calls; observed curvatures are second derivatives of our likelihood's kernel.
`theirs` are our estimators under what the other software does otherwise, which shows that this,
and nothing else, is the difference.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

import workbench as wb
from tests.panels.references import (
    EFFECTS,
    demeaned,
    fitted,
    listed,
    names_of_regions,
    under,
    weights_of,
)
from workbench.numerics.likelihoods.information import inverse_information
from workbench.numerics.panels.information import information
from workbench.numerics.panels.layers import one_layer
from workbench.numerics.panels.likelihood import (
    PanelProblem,
    Point,
    at_point,
    fit_panel_likelihood,
)
from workbench.panels.effects import without_effects

MODELS = ("sar", "sdm", "sem", "sdem", "sac")
LEE_YU = {"FALSE": "none", "TRUE": "transformation"}
HAS_LAG, HAS_ERROR = ("sar", "sdm", "sac"), ("sem", "sdem", "sac")


def terms_of(fit):
    return [term for term in fit.params.index if term not in ("rho", "lambda")]


# the oracle


def of_oracle(panel: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, effects in EFFECTS.items():
        for model in MODELS:
            for word, lee_yu in LEE_YU.items():
                base = f"{name}|{model}|LY={word}"
                found |= _oracle_case(panel, base, effects, model, lee_yu)
    return found


def _oracle_case(panel, base, effects, model, lee_yu):
    fit = fitted(panel, model=model, effects=effects, lee_yu=lee_yu)
    terms = terms_of(fit)
    found = listed(f"{base}/b", fit.params[terms])
    found |= {f"{base}/{name}": fit.params.get(name, 0.0) for name in ("rho", "lambda")}
    found |= {f"{base}/sigma2": fit.sigma2, f"{base}/LL": fit.loglik}
    found[f"{base}/N_eff"] = fit.glance()["nobs_effective"].item()
    if model in ("sar", "sdm", "sac"):
        impacts = fit.impacts()
        for effect in ("direct", "indirect", "total"):
            values = getattr(impacts, effect)[list(fit.design.slopes[: _regressors(panel)])]
            found |= listed(f"{base}/impacts/{effect}", values)
    if model in ("sar", "sdm") and (effects == "entity" or lee_yu == "transformation"):
        found |= listed(f"{base}/se_info", fit.std_errors[terms])
        found[f"{base}/rho_se_info"] = fit.std_errors["rho"]
        problem = oracle_problem(panel, effects, model, lee_yu)
        kernel = fit_panel_likelihood(problem)
        found[f"{base}/sigma2_se_info"] = float(np.sqrt(kernel.covariance[-1, -1]))
        if lee_yu == "none":
            corrected = fitted(panel, model=model, effects=effects, lee_yu="bias-correction")
            found[f"{base}/sigma2_BC"] = corrected.sigma2
    return found | _curvature(panel, base, effects, model, lee_yu)


def _regressors(panel):
    return 4 if panel == "produc" else 2


@cache
def oracle_problem(panel, effects, model, lee_yu) -> PanelProblem:
    fit = fitted(panel, effects="none")
    cells, layers = fit.cells, one_layer(weights_of(panel).sparse, fit.cells.T)
    X = fit.design.X[:, 1:]
    if model in ("sdm", "sdem"):
        X = np.column_stack([X, layers.lag(X)])
    out = lee_yu == "transformation"
    n = fit.design.nobs
    return PanelProblem(
        y=fit.design.y,
        X=X,
        lag=layers if model in HAS_LAG else None,
        error=layers if model in HAS_ERROR else None,
        clear=lambda columns: without_effects(columns, cells, effects),
        n_eff=n - (cells.count(effects) if out else 0),
        share=(cells.T - 1) / cells.T if out and effects != "time" else 1.0,
        deflated=out and effects != "entity",
    )


def _curvature(panel, base, effects, model, lee_yu):
    """Standard errors from the observed information, at our estimates."""
    p = oracle_problem(panel, effects, model, lee_yu)
    errors, k = observed_errors(panel, p), p.X.shape[1]
    names = [*(["rho"] if p.lag else []), *(["lambda"] if p.error else []), "sigma2"]
    last = {f"{base}/{n}_se_hess": v for n, v in zip(names, errors[k:], strict=True)}
    return listed(f"{base}/se_hess", errors[:k]) | last


def observed_errors(panel, p: PanelProblem):
    """Roots of the diagonal of the inverse of minus the second derivatives."""
    at = fit_panel_likelihood(p)
    layers = p.lag or p.error

    def lag(columns):
        return p.clear(layers.lag(columns))

    values = np.linalg.eigvals(weights_of(panel).sparse.toarray())
    if p.deflated:
        values = np.delete(values, np.abs(values - 1).argmin())
    rho, lam, s2 = at.rho, at.lambda_, at.sigma2
    y, Wy, X = p.clear(p.y[:, None]), lag(p.y[:, None]), p.clear(p.X)
    r = y - rho * Wy - X @ at.beta[:, None]
    e = (r - lam * lag(r))[:, 0]
    J = np.column_stack([-(X - lam * lag(X)), -(Wy - lam * lag(Wy)), -lag(r)])
    k = X.shape[1]
    curved = np.zeros((k + 2, k + 2))
    curved[: k + 1, k + 1] = np.concatenate([e @ lag(X), e @ lag(Wy)])
    H = np.zeros((k + 3, k + 3))
    H[: k + 2, : k + 2] = (J.T @ J + curved + curved.T) / s2
    H[: k + 2, k + 2] = H[k + 2, : k + 2] = -(J.T @ e) / s2**2
    H[k + 2, k + 2] = e @ e / s2**3 - p.n_eff / (2 * s2**2)
    times = p.share * layers.T
    for place, x in ((k, rho), (k + 1, lam)):
        H[place, place] += times * float(np.sum((values / (1 - x * values)) ** 2).real)
    has = [*range(k), *([k] if p.lag else []), *([k + 1] if p.error else []), k + 2]
    scale = 1 / np.sqrt(np.diag(H)[has])
    inverse = np.linalg.inv(H[np.ix_(has, has)] * np.outer(scale, scale))
    return np.sqrt(np.diag(inverse)) * scale


def oracle_conventions(panel: str) -> dict[str, float]:
    """The stored information leaves means of periods in G(Xβ), where dummies have none.

    So do the corrections of two-way effects from it; that of periods' effects alone, σ²N/(N − 1),
    is another than ours, which moves ρ too.
    """
    found: dict[str, float] = {}
    for name, effects in (("time", "time"), ("twoways", "two-way")):
        for model in ("sar", "sdm"):
            p = oracle_problem(panel, effects, model, "none")
            at = fit_panel_likelihood(p)
            mean = p.clear(p.X) @ at.beta
            spread = p.lag.lag(p.lag.solve(mean[:, None], at.rho))[:, 0]
            info = information(p, at.traces, p.clear(p.X), spread, sigma2=at.sigma2)
            cov = inverse_information(info, ["rho"])
            errors, base = np.sqrt(np.diag(cov)), f"{name}|{model}|LY=FALSE"
            found |= listed(f"{base}/se_info", errors[:-2])
            found |= {f"{base}/rho_se_info": errors[-2], f"{base}/sigma2_se_info": errors[-1]}
            cells = fitted(panel, effects="none").cells
            if effects == "time":
                found[f"{base}/sigma2_BC"] = at.sigma2 * cells.N / (cells.N - 1)
                continue
            shift = np.zeros(len(info))
            shift[-2:] = cells.T / (1 - at.rho), cells.T / (2 * at.sigma2)
            moved = np.array([*at.beta, at.rho, at.sigma2]) + cov @ shift
            base = f"{base}/BC_leeyu_elhorst"
            found |= listed(f"{base}/b", moved[:-2])
            found |= {f"{base}/rho": moved[-2]}
            found[f"{base}/sigma2"] = moved[-1] * cells.T / (cells.T - 1)
    return found


# spatialreg on all dummies


def of_dummies(panel: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, effects in EFFECTS.items():
        for word, model, spatial in (("lag", "sar", "rho"), ("error", "sem", "lambda")):
            fit = fitted(panel, model=model, effects=effects, lee_yu="none")
            base, terms = f"{name} {word}", terms_of(fit)
            wrap = "I(x - lambda * WX)" if word == "error" else ""
            found |= under(f"{base}/coef", fit.params)
            found |= under(f"{base}/se", fit.std_errors[terms], lambda term, w=wrap: w + term)
            found |= {f"{base}/{spatial}": fit.params[spatial], f"{base}/LL": fit.loglik}
            found |= {f"{base}/{spatial}_se": fit.std_errors[spatial], f"{base}/s2": fit.sigma2}
    return found


# splm

SPLM = {"lag": "sar", "error": "sem", "sarar": "sac"}
THEIR_NAMES = {"rho": "lambda", "lambda": "rho"}


def splm_name(term):
    return THEIR_NAMES.get(term, term)


@cache
def on_demeaned(panel, effects, model, durbin=False):
    """splm lags the demeaned y where Wy is to be demeaned: the same with effects of regions.

    That is our pooled model of data demeaned beforehand. Returns the fit and the terms' names.
    """
    formula, table, names = demeaned(panel, effects, durbin)
    fit = wb.fit(formula, table, weights_of(panel), model=model)
    return fit, {f"x{i}": name for i, name in enumerate(names, start=1)}


def of_splm_within(panel: str) -> tuple[dict[str, float], dict[str, float]]:
    """Return what is met, and what is theirs, for every within model of splm."""
    met: dict[str, float] = {}
    other: dict[str, float] = {}
    for name, effects in EFFECTS.items():
        for kind, model in SPLM.items():
            for word in LEE_YU:
                base = f"within|{name}|{kind}|LeeYu={word}"
                into = met if effects == "entity" else other
                into |= _splm_case(panel, base, effects, model, word)
        if panel == "cigar":
            for word in LEE_YU:
                base = f"SDM|{name}|LeeYu={word}"
                into = met if effects == "entity" else other
                into |= _splm_case(panel, base, effects, "sar", word, durbin=True)
    errs = [key for key in met if key.endswith("logLik") and "|error|" in key]
    other |= {key: met.pop(key) for key in errs}
    return met, other


def _splm_case(panel, base, effects, model, word, durbin=False):
    if effects == "entity":
        own = "sdm" if durbin else model
        fit = fitted(panel, model=own, effects=effects, lee_yu=LEE_YU[word])
        names = {f"W({n})": f"w{n}" for n in fit.design.slopes}
    else:
        fit, names = on_demeaned(panel, effects, model, durbin)

    def named(term):
        return splm_name(names.get(term, term))

    values = fit.params.to_numpy()
    errors, sigma2, loglik = fit.std_errors.to_numpy(), fit.sigma2, fit.loglik
    if effects == "time" and word == "TRUE":
        errors, sigma2, loglik = _counted_less(panel, effects, model, durbin)
    terms = list(fit.params.index)
    if effects == "two-way" and word == "TRUE":
        return _wrongly_moved(panel, base, model, durbin, named) if model != "sac" else {}
    found = {f"{base}/coef/{named(t)}": v for t, v in zip(terms, values, strict=True)}
    found |= {f"{base}/se/{named(t)}": v for t, v in zip(terms, errors, strict=True)}
    spatial = {t: v for t, v in fit.params.items() if t in THEIR_NAMES}
    found |= under(f"{base}/spat.coef", spatial, named)
    found |= {f"{base}/sigma2": sigma2}
    if model == "sem":
        # the concentrated likelihood without its constants, -n/2 log(SSE)
        n = fit.nobs
        whole = fitted(panel, model="sem", effects=effects, lee_yu="none").loglik
        whole = whole if effects == "entity" else loglik if word == "FALSE" else fit.loglik
        found[f"{base}/logLik"] = whole - n / 2 * (np.log(n) - 1 - np.log(2 * np.pi))
    elif model == "sar":
        found[f"{base}/logLik"] = loglik
    return found | _splm_levels(panel, base, effects, fit, names, word)


def _demeaned_problem(panel, effects, model, durbin, n):
    _, table, _ = demeaned(panel, effects, durbin)
    fit, _ = on_demeaned(panel, effects, model, durbin)
    layers = one_layer(weights_of(panel).sparse, fit.cells.T)
    problem = PanelProblem(
        y=table["y"].to_numpy(),
        X=table.drop(columns="y").to_numpy(),
        lag=layers if model in HAS_LAG else None,
        error=layers if model in HAS_ERROR else None,
        clear=lambda columns: columns,
        n_eff=n,
    )
    rho, lam = (float(fit.params.get(name, 0.0)) for name in ("rho", "lambda"))
    return problem, Point(fit.params[terms_of(fit)].to_numpy(), rho, lam, fit.sigma2)


def _wrongly_moved(panel, base, model, durbin, named):
    """splm's Lee and Yu of both effects: the correction with the other sign, divided by T.

    The estimates move by -V (0, 1/(1 - rho), 1/(2 sigma2))/N where +V (...) T is the correction,
    and the variance is T/(T + 1) of what is left where it is to be T/(T - 1).
    """
    fit, _ = on_demeaned(panel, "two-way", model, durbin)
    cells = fit.cells
    problem, point = _demeaned_problem(panel, "two-way", model, durbin, fit.nobs)
    at = at_point(problem, point, loglik=0.0, maxima=(), optima=1)
    values = np.array([*fit.params, fit.sigma2])
    shift = np.zeros(len(values))
    shift[-2:] = 1 / (1 - values[-2]), 1 / (2 * fit.sigma2)
    moved = values - at.covariance @ shift / cells.N
    found = {
        f"{base}/coef/{named(t)}": v for t, v in zip(fit.params.index, moved[:-1], strict=True)
    }
    spatial = fit.params.index[-1]
    found[f"{base}/spat.coef/{named(spatial)}"] = moved[-2]
    found[f"{base}/sigma2"] = moved[-1] * cells.T / (cells.T + 1)
    return found


def _counted_less(panel, effects, model, durbin):
    """splm's Lee and Yu of periods: (N - 1)T observations in variance and information."""
    fit, _ = on_demeaned(panel, effects, model, durbin)
    cells = fit.cells
    n = (cells.N - 1) * cells.T
    problem, point = _demeaned_problem(panel, effects, model, durbin, n)
    sigma2, rho = fit.sigma2 * cells.N / (cells.N - 1), point.rho
    point = replace(point, sigma2=sigma2)
    at = at_point(problem, point, loglik=0.0, maxima=(), optima=1)
    values = np.linalg.eigvals(weights_of(panel).sparse.toarray())
    determinant = cells.T * np.sum(np.log(1 - rho * values)).real
    loglik = -n / 2 * (np.log(2 * np.pi * sigma2) + 1) + determinant
    return np.sqrt(np.diag(at.covariance))[:-1], sigma2, loglik


def _splm_levels(panel, base, effects, fit, names, word):
    """R-squared of all variation, disturbances unfiltered, and effects from data in levels."""
    plain = fitted(panel, effects="none")
    y, X, cells = plain.design.y, plain.design.X[:, 1:], plain.cells
    layers = one_layer(weights_of(panel).sparse, cells.T)
    beta = fit.params[terms_of(fit)].to_numpy()
    if len(beta) > X.shape[1]:
        X = np.column_stack([X, layers.lag(X)])
    rho = float(fit.params.get("rho", 0.0))
    levels = y - X @ beta - rho * layers.lag(y[:, None])[:, 0]
    inner = without_effects(levels[:, None], cells, effects)[:, 0]
    found = {f"{base}/r2": 1 - inner @ inner / np.sum((y - y.mean()) ** 2)}
    if word == "TRUE" or base.startswith("SDM"):
        return found
    table = levels.reshape(cells.N, cells.T)
    found[f"{base}/effects_intercept/0"] = levels.mean()
    regions = list(plain.design.index.get_level_values(0).unique())
    called = names_of_regions(panel)
    order = sorted(range(cells.N), key=lambda i: called[regions[i]] if panel == "produc" else i)
    means = table.mean(axis=1)[order] - levels.mean()
    if effects != "time":
        found |= listed(f"{base}/effects_SE", means[:5])
    if effects != "entity":
        found |= listed(f"{base}/effects_TE", table.mean(axis=0)[:5] - levels.mean())
    return found
