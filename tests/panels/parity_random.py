"""Random effects and pooled models of splm by maximum likelihood, and its impacts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.panels.parity_fixed import SPLM, THEIR_NAMES, observed_errors, on_demeaned
from tests.panels.references import (
    EFFECTS,
    constant,
    fitted,
    listed,
    stored,
    under,
    weights_of,
)
from workbench.numerics.panels.component_fit import fit_effects, fit_spatial_error
from workbench.numerics.panels.layers import one_layer
from workbench.numerics.panels.likelihood import PanelProblem
from workbench.numerics.sparse.matrices import as_weights

STRUCTURES = {"b": "baltagi", "kkp": "kkp", "none": None}


def _model(lag: bool, error: bool) -> str:
    return {(True, True): "sac", (True, False): "sar", (False, True): "sem"}[lag, error]


def of_splm_random(panel: str) -> tuple[dict[str, float], dict[str, float]]:
    """Return what is met, and what is theirs: standard errors and R-squared under Wy."""
    met: dict[str, float] = {}
    other: dict[str, float] = {}
    for kind, effects in (("random", "random"), ("pooling", "none")):
        for lag in (False, True):
            for word, structure in STRUCTURES.items():
                error = word != "none"
                if not lag and not error:
                    if kind == "pooling":
                        continue
                    _without_space(panel, f"{kind}|lag=FALSE|none", other)
                    continue
                model = _model(lag, error)
                options = {"model": model, "effects": effects}
                if kind == "random" and error:
                    options["random"] = structure
                fit = fitted(panel, **options)
                base = f"{kind}|lag={str(lag).upper()}|{word}"
                case = _case(base, fit, kind)
                table = [key for key in case if "Table/se" in key]
                met |= {key: value for key, value in case.items() if key not in table}
                if kind == "pooling":
                    other |= _observed(panel, base, fit, table)
                other |= _conditional(base, fit)
                if not lag:
                    own = [k for k in other if k.startswith(f"{base}/") and "Table" not in k]
                    met |= {k: other.pop(k) for k in own}
    return met, other | _serial(panel)


def _serial(panel):
    """Disturbances correlated over time: the kernels of our tests of components."""
    plain = fitted(panel, effects="none")
    y, X, N = plain.design.y, plain.design.X, plain.cells.N
    W = as_weights(weights_of(panel).sparse)
    made: dict[str, float] = {}
    for word, (u, at) in (
        ("semsr", fit_spatial_error(y, X, W=W, serial=True)),
        ("srre", fit_effects(y, X, N=N, serial=True)),
    ):
        # splm keeps phi at 1e-8 where effects have no variance
        for name in (word, "sr") if word == "srre" else (word,):
            base = f"spreml|{name}|lag=FALSE"
            beta = np.linalg.lstsq(X, y - u, rcond=None)[0]
            terms = (constant(term) for term in plain.design.terms)
            made |= under(f"{base}/coef", dict(zip(terms, beta, strict=True)))
            made |= _serial_case(base, (y, u), at, W.toarray())
    assert at.mu == 0.0
    return {key: value for key, value in made.items() if key in stored("splm", panel)}


def _serial_case(base, data, at, W):
    y, u = data
    N, T = len(W), len(y) // len(W)
    found: dict[str, float] = {}
    V = at.psi ** np.abs(np.subtract.outer(np.arange(T), np.arange(T))) / (1 - at.psi**2)
    table = (np.eye(N) - at.lambda_ * W) @ u.reshape(N, T)
    quadratic = np.sum((table @ np.linalg.inv(V)) * table) / at.sigma2
    determinant = N * (T * np.log(at.sigma2) + np.linalg.slogdet(V)[1])
    determinant -= 2 * T * np.linalg.slogdet(np.eye(N) - at.lambda_ * W)[1]
    found[f"{base}/logLik"] = -0.5 * (N * T * np.log(2 * np.pi) + determinant + quadratic)
    found |= {f"{base}/sigma2/1": at.sigma2, f"{base}/errcomp/psi": at.psi}
    found[f"{base}/r2"] = 1 - u @ u / np.sum((y - y.mean()) ** 2)
    table_of = f"{base}/ErrCompTable/est"
    if "semsr|" in base:
        found[f"{base}/errcomp/rho"] = found[f"{table_of}/1"] = at.lambda_
        return found | {f"{table_of}/0": at.psi}
    if "srre|" in base:
        return found | {f"{base}/sigma2/0": at.sigma2, f"{table_of}/1": at.psi}
    return found | {table_of: at.psi}


def _observed(panel, base, fit, keys):
    """splm differentiates the likelihood numerically: the observed information, not its mean."""
    layers = one_layer(weights_of(panel).sparse, fit.cells.T)
    problem = PanelProblem(
        y=fit.design.y,
        X=fit.design.X,
        lag=layers if "rho" in fit.params else None,
        error=layers if "lambda" in fit.params else None,
        clear=lambda columns: columns,
        n_eff=fit.nobs,
    )
    errors = dict(zip([*fit.params.index, "sigma2"], observed_errors(panel, problem), strict=True))
    return {key: errors["rho" if "/ARCoef" in key else "lambda"] for key in keys}


def _slopes(fit):
    return [term for term in fit.params.index if term not in ("rho", "lambda", "phi")]


def _case(base, fit, kind):
    found = under(f"{base}/coef", fit.params[_slopes(fit)], constant)
    found[f"{base}/logLik"] = fit.loglik
    lag, error = "rho" in fit.params, "lambda" in fit.params
    phi = float(fit.params.get("phi", 0.0))
    if kind == "random" or not error:
        # the model without disturbance or effects has all of its variance twice
        found |= listed(f"{base}/sigma2", [fit.sigma2 * (1 + phi), fit.sigma2, fit.sigma2 * phi])
    else:
        found[f"{base}/sigma2/1"] = fit.sigma2
    names = [name for name in ("phi", "lambda") if name in fit.params]
    for key, values in (("est", fit.params), ("se", fit.std_errors)):
        many = len(names) > 1
        for place, name in enumerate(names):
            path = f"{base}/ErrCompTable/{key}"
            found[f"{path}/{place}" if many else path] = float(values[name])
    for name in names:
        found[f"{base}/errcomp/{THEIR_NAMES.get(name, name)}"] = float(fit.params[name])
    if lag:
        found[f"{base}/ARCoefTable/est"] = found[f"{base}/arcoef/lambda"] = float(fit.params["rho"])
        found[f"{base}/ARCoefTable/se"] = float(fit.std_errors["rho"])
    return found


def _conditional(base, fit):
    """Standard errors of the slopes with the other parameters known, and R-squared without Wy."""
    slopes = _slopes(fit)
    at = [fit.params.index.get_loc(term) for term in slopes]
    scale = fit.std_errors.to_numpy()
    info = np.linalg.inv(fit.cov.to_numpy() / np.outer(scale, scale))[np.ix_(at, at)]
    errors = np.sqrt(np.diag(np.linalg.inv(info))) * scale[at]
    found = {f"{base}/se/{constant(t)}": v for t, v in zip(slopes, errors, strict=True)}
    y, e = fit.design.y, fit.design.y - fit.design.X @ fit.params[slopes].to_numpy()
    return {**found, f"{base}/r2": 1 - np.sum(e**2) / np.sum((y - y.mean()) ** 2)}


def _without_space(panel, base, other):
    """Random effects alone by maximum likelihood, the kernel of the tests of components."""
    plain = fitted(panel, effects="none")
    y, X, cells = plain.design.y, plain.design.X, plain.cells
    u, at = fit_effects(y, X, N=cells.N, serial=False)
    beta = np.linalg.lstsq(X, y - u, rcond=None)[0]
    N, T = cells.N, cells.T
    total = at.sigma2 + T * at.mu
    cube = X.reshape(N, T, -1)
    means = cube.mean(axis=1)
    within = (cube - means[:, None]).reshape(N * T, -1)
    info = within.T @ within / at.sigma2 + T * means.T @ means / total
    errors = np.sqrt(np.diag(np.linalg.inv(info)))
    terms = [constant(t) for t in plain.design.terms]
    other |= {f"{base}/coef/{t}": v for t, v in zip(terms, beta, strict=True)}
    other |= {f"{base}/se/{t}": v for t, v in zip(terms, errors, strict=True)}
    table = u.reshape(N, T)
    mean = table.mean(axis=1)
    quadratic = np.sum((table - mean[:, None]) ** 2) / at.sigma2 + T * mean @ mean / total
    determinant = N * ((T - 1) * np.log(at.sigma2) + np.log(total))
    loglik = -0.5 * (N * T * np.log(2 * np.pi) + determinant + quadratic)
    phi = at.mu / at.sigma2
    other |= listed(f"{base}/sigma2", [at.sigma2 + at.mu, at.sigma2, at.mu])
    other |= {f"{base}/logLik": loglik, f"{base}/errcomp/phi": phi}
    other |= {f"{base}/ErrCompTable/est": phi}
    other[f"{base}/r2"] = 1 - u @ u / np.sum((y - y.mean()) ** 2)


# impacts


def of_impacts(panel: str) -> tuple[dict[str, float], dict[str, float]]:
    """Return what is met, and what is theirs: of effects of periods, from demeaned data."""
    met: dict[str, float] = {}
    other: dict[str, float] = {}
    for name, effects in EFFECTS.items():
        for kind in ("lag", "sarar"):
            if effects == "entity":
                fit = fitted(panel, model=SPLM[kind], effects=effects, lee_yu="none")
                into = met
            else:
                fit, into = on_demeaned(panel, effects, SPLM[kind])[0], other
            into |= _impacts(f"within {name} {kind}", fit)
            other |= _drawn_apart(f"within {name} {kind}", fit)
    met |= _impacts("random lag", fitted(panel, model="sar", effects="random"))
    if panel == "produc":
        fit = fitted(panel, model="sac", effects="random", random="baltagi")
        met |= _impacts("random sarar b", fit)
    return met, other


def _impacts(base, fit):
    found = {f"{base}/lambda_spatial_lag": float(fit.params["rho"])}
    table = fit.impacts().table
    terms = list(fit.design.slopes)
    for effect in ("direct", "indirect", "total"):
        values = table.xs(effect, level="effect").loc[terms]
        for source in ("analytic", "splm"):
            found |= listed(f"{base}/{source}/{effect}", values["estimate"])
    return found


def _drawn_apart(base, fit):
    """splm draws the coefficients and lambda as if they were independent."""
    cov = np.array(fit.estimates.cov)
    spatial = [place for place, term in enumerate(fit.estimates.terms) if term in THEIR_NAMES]
    for place in spatial:
        own = cov[place, place]
        cov[place, :] = cov[:, place] = 0.0
        cov[place, place] = own
    apart = replace(fit, estimates=replace(fit.estimates, cov=cov))
    table, terms = (
        apart.impacts(method="monte-carlo", draws=20_000, seed=1).table,
        fit.design.slopes,
    )
    found: dict[str, float] = {}
    for effect in ("direct", "indirect", "total"):
        values = table.xs(effect, level="effect").loc[list(terms), "std_error"]
        found |= listed(f"{base}/splm/sim_se_{effect}", values)
    return found
