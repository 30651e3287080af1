"""What splm printed for Munnell's states, digit by digit, and what its standard errors are.

Printed by splm in "04 Further Topics in Spatial Econometrics" (T. Shimamura, 8 June 2020, an R
notebook on GitHub): ``spml(log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp, model = "random")``
with queen contiguity of the 48 states. What splm calls rho is on Wu, its lambda on Wy.
"""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb

FORMULA = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"
N, T, K = 48, 17, 5


def concentrated(fit, *, lag):
    """Return minus the log-likelihood of (spatial parameter, phi), beta and sigma maximised out."""
    order = [list(fit.weights.ids).index(i) for i in fit.resids.index.unique(0)]
    W = fit.weights.sparse.toarray()[np.ix_(order, order)]
    y, X = fit.design.y.reshape(N, T), fit.design.X.reshape(N, T, K)

    def value(parameters):
        spatial, phi = parameters
        A = np.eye(N) - spatial * W
        spread = np.eye(N) if lag else np.linalg.inv(A.T @ A)
        blocks = (T * phi * np.eye(N) + spread, spread)
        over, within = (np.linalg.cholesky(np.linalg.inv(block)).T for block in blocks)

        def white(a):
            mean = a.mean(axis=1, keepdims=True)
            parts = (np.sqrt(T) * np.tensordot(over, mean, 1), np.tensordot(within, a - mean, 1))
            return np.concatenate(parts, axis=1)

        outcome, regressors = white(A @ y if lag else y).ravel(), white(X).reshape(-1, K)
        beta = np.linalg.lstsq(regressors, outcome, rcond=None)[0]
        residuals = outcome - regressors @ beta
        logdets = [np.linalg.slogdet(block)[1] for block in blocks]
        jacobian = T * np.linalg.slogdet(A)[1] if lag else 0.0
        sigma2 = residuals @ residuals / (N * T)
        constant = N * T * (np.log(2 * np.pi * sigma2) + 1)
        return 0.5 * (constant + logdets[0] + (T - 1) * logdets[1]) - jacobian

    return value


def observed_errors(value, at):
    step = 1e-4 * np.abs(at)
    hessian = np.empty((2, 2))
    for i, j in np.ndindex(2, 2):
        a, b = np.eye(2)[i] * step, np.eye(2)[j] * step
        up, down = value(at + a + b) + value(at - a - b), value(at + a - b) + value(at - a + b)
        hessian[i, j] = (up - down) / (4 * step[i] * step[j])
    return np.sqrt(np.diag(np.linalg.inv(hessian)))


@pytest.mark.parametrize(
    ("model", "spatial", "printed"),
    [("sem", "lambda", (0.03371, 1.73081)), ("sar", "rho", (0.029099, 8.3017))],
)
def test_splm_prints_errors_of_the_observed_information(panel, W, model, spatial, printed):
    """Ours are of the expected one: the same where random effects hold, which Hausman denies."""
    fit = wb.fit(
        FORMULA,
        panel,
        W,
        model=model,
        effects="random",
        random="baltagi" if model == "sem" else None,
    )
    at = fit.params[[spatial, "phi"]].to_numpy()
    value = concentrated(fit, lag=model == "sar")
    assert -value(at) == pytest.approx(fit.loglik, abs=1e-6)
    # splm differentiates numerically
    np.testing.assert_allclose(observed_errors(value, at), printed, rtol=2e-3)
    assert abs(fit.std_errors[spatial] / printed[0] - 1) > 0.03


def test_splm_prints_errors_of_slopes_as_if_rho_were_known(panel, W):
    fit = wb.fit(FORMULA, panel, W, model="sar", effects="random")
    slopes = ["Intercept", "log(pcap)", "log(pc)", "log(emp)", "unemp"]
    precision = np.linalg.inv(fit.cov.to_numpy())[: len(slopes), : len(slopes)]
    printed = [0.15071855, 0.02493997, 0.02163422, 0.02642113, 0.00089175]
    np.testing.assert_allclose(np.sqrt(np.diag(np.linalg.inv(precision))), printed, rtol=1e-5)
