"""SDPDmod's numbers at its own rho, which it reads off an interpolated grid.

Given that rho the rest is closed form: the same numbers follow to 1e-10, so that the grid and its
demeaning of Wy before the lag are all that is different. Rho itself is compared loosely.
"""

from __future__ import annotations

import numpy as np

from tests.panels.references import EFFECTS, fitted, listed, stored, weights_of
from workbench.numerics.panels.layers import one_layer
from workbench.numerics.panels.likelihood import PanelProblem, Point, at_point
from workbench.panels.effects import Cells, without_effects


def cases(panel: str) -> list[str]:
    found = dict.fromkeys(key.split("/")[0] for key in stored("sdpd", panel))
    return [case for case in found if "|" in case]


def theirs(panel: str) -> dict[str, float]:
    made: dict[str, float] = {}
    for case in cases(panel):
        made |= _case(panel, case)
        if case.startswith("static"):
            made |= _drawn(panel, case)
    return made


def _data(panel, case):
    """Return y, regressors, cells and layers; of dynamic models the first period is given."""
    fit = fitted(panel, effects="none")
    N, T = fit.cells.N, fit.cells.T
    words = case.split("|")
    y, X = fit.design.y.reshape(N, T), fit.design.X[:, 1:].reshape(N, T, -1)
    before = np.empty((N, T, 0))
    if words[0] == "dynamic":
        before, y, X = y[:, :-1, None], y[:, 1:], X[:, 1:]
        T -= 1
        before = before.reshape(N * T, 1)
    layers = one_layer(weights_of(panel).sparse, T)
    columns = [X.reshape(N * T, -1)]
    if words[1] == "sdm":
        columns.append(layers.lag(columns[0]))
    if words[0] == "dynamic":
        lagged = [layers.lag(before)] if words[-1] == "stl=TRUE" else []
        columns = [before, *lagged, *columns]
    cells = Cells(np.repeat(np.arange(N), T), np.tile(np.arange(T), N), N, T)
    return y.ravel(), np.column_stack(columns), cells, layers


def _variance_factor(words, cells):
    """Lee and Yu's switch: T/(T - 1) or N/(N - 1) in static models, N/(N - 1) in two-way ones."""
    if words[3] == "LY=FALSE":
        return 1.0
    if words[0] == "static":
        return {"individual": cells.T / (cells.T - 1), "time": cells.N / (cells.N - 1)}.get(
            words[2], np.nan
        )
    return cells.N / (cells.N - 1) if words[2] == "twoways" else 1.0


def _case(panel, case):
    numbers, words = stored("sdpd", panel), case.split("|")
    y, X, cells, layers = _data(panel, case)
    effects = EFFECTS.get(words[2], "none")

    def clear(columns):
        return without_effects(columns, cells, effects)

    factor = _variance_factor(words, cells)
    if np.isnan(factor):
        return {}  # both effects, Lee and Yu: corrected on top of the grid
    rho, n = numbers[f"{case}/rho"], len(y)
    filtered = clear((y - rho * layers.lag(y[:, None])[:, 0])[:, None])[:, 0]
    own, Z = clear(y[:, None])[:, 0], clear(X)
    beta = np.linalg.lstsq(Z, filtered, rcond=None)[0]
    both = words[0] == "dynamic" and factor > 1.0
    e = (filtered if both else own - rho * layers.lag(own[:, None])[:, 0]) - Z @ beta
    sigma2 = factor * float(e @ e) / n
    names = [key for key in numbers if key.startswith(f"{case}/coef/")]
    made = dict(zip(names, beta, strict=True)) | {f"{case}/sige": sigma2}
    if words[0] == "static":
        inner = filtered - Z @ beta
        made[f"{case}/rsqr"] = 1 - inner @ inner / np.sum((y - y.mean()) ** 2)
    odd = panel == "produc" and words[1] == "sdm" and words[2] in ("individual", "twoways")
    if words[0] == "dynamic" or odd:
        return made
    problem = PanelProblem(own, Z, layers, None, lambda columns: columns, n)
    at = at_point(problem, Point(beta, rho, 0.0, sigma2), loglik=0.0, maxima=(), optima=1)
    errors = np.sqrt(np.diag(at.covariance))
    made |= listed(f"{case}/se", errors[:-2]) | {f"{case}/rho_se": errors[-2]}
    for i, row in enumerate(at.covariance):
        made |= listed(f"{case}/varcov/{i}", row)
    return made


DRAWS = 20_000


def _drawn(panel, case):
    """Means and standard deviations of impacts of draws from its own estimates and covariance."""
    numbers = stored("sdpd", panel)
    beta = [value for key, value in numbers.items() if key.startswith(f"{case}/coef/")]
    size = len(beta) + 1
    cov = np.array([[numbers[f"{case}/varcov/{i}/{j}"] for j in range(size)] for i in range(size)])
    mean = np.array([*beta, numbers[f"{case}/rho"]])
    if mean[-1] + 4 * np.sqrt(cov[-1, -1]) >= 1:
        return {}  # draws near 1 have no standard deviation to agree on
    scale = np.sqrt(np.diag(cov))
    root = np.linalg.cholesky(cov / np.outer(scale, scale))
    draws = np.random.default_rng(1).standard_normal((DRAWS, size)) @ root.T * scale + mean
    rho, values = draws[:, -1], np.linalg.eigvals(weights_of(panel).sparse.toarray())
    inverse = 1.0 / (1.0 - rho[:, None] * values)
    own, over = inverse.mean(axis=1).real, (values * inverse).mean(axis=1).real
    k = (size - 1) // 2 if "|sdm|" in case else size - 1
    theta = draws[:, k:-1] if "|sdm|" in case else np.zeros((DRAWS, k))
    direct = own[:, None] * draws[:, :k] + over[:, None] * theta
    total = (draws[:, :k] + theta) / (1.0 - rho[:, None])
    made: dict[str, float] = {}
    for name, sample in (("DIRECT", direct), ("TOTAL", total), ("INDIRECT", total - direct)):
        for i in range(k):
            base = f"{case}/impacts/{name}.tab/values/{i}"
            made |= {f"{base}/0": sample[:, i].mean(), f"{base}/1": sample[:, i].std()}
    return made
