"""Every fit says in its own table whether the neighbours' regressors are missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb

WITHOUT = {"sar": "sdm", "sem": "sdem", "sac": "gns"}


@pytest.mark.parametrize("model", list(WITHOUT))
def test_score_test_of_wx_is_the_dense_formula(columbus, model):
    """s'(I_VV - I_Vp I_pp^-1 I_pV)^-1 s, the information of the larger model by dense inverses."""
    fit = wb.fit(columbus.formula, columbus.table, columbus.W, model=model)
    w, X, y = columbus.W.sparse.toarray(), fit.design.X, fit.design.y
    n, k = X.shape
    rho, lam = (float(fit.params.get(name, 0.0)) for name in ("rho", "lambda"))
    A, B = np.eye(n) - rho * w, np.eye(n) - lam * w
    V = w @ X[:, 1:]
    beta = fit.params.iloc[:k].to_numpy()
    e = B @ (A @ y - X @ beta)
    s2 = e @ e / n
    G, H = w @ np.linalg.inv(A), w @ np.linalg.inv(B)
    own = {"rho": B @ G @ X @ beta, "lambda": np.zeros(n)}
    forms = {"rho": B @ G @ np.linalg.inv(B), "lambda": H}
    names = [name for name in ("rho", "lambda") if name in fit.params.index]
    L = np.column_stack([B @ X, *(own[name] for name in names), np.zeros(n), B @ V])
    P = [*np.zeros((k, n, n)), *(forms[name] for name in names), np.eye(n) / (2 * s2)]
    P += [*np.zeros((V.shape[1], n, n))]
    info = L.T @ L / s2 + np.array([[np.trace(a @ b + a.T @ b) for b in P] for a in P])
    score = np.zeros(len(info))
    score[-V.shape[1] :] = (B @ V).T @ e / s2
    found = fit.diagnostics()["LM WX"]
    assert found.statistic == pytest.approx(score @ np.linalg.solve(info, score), rel=1e-5)
    assert found.df == (float(V.shape[1]),)


@pytest.fixture(scope="module")
def lattice():
    """400 regions of a map of squares; one regressor, its lag 0.1: a local alternative."""
    import geopandas as gpd
    from shapely import box

    ids = [f"r{i:03d}" for i in range(400)]
    squares = gpd.GeoSeries([box(i % 20, i // 20, i % 20 + 1, i // 20 + 1) for i in range(400)])
    W = wb.weights.queen(gpd.GeoDataFrame(geometry=squares.set_axis(ids)))
    rng = np.random.default_rng(2)
    x, e = rng.normal(size=400), rng.normal(size=400)
    w = W.sparse.toarray()
    y = np.linalg.solve(np.eye(400) - 0.4 * w, 1 + x + 0.3 * w @ x + e)
    return pd.DataFrame({"y": y, "x": x}, index=pd.Index(ids, name="region")), W


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", list(WITHOUT))
def test_score_ratio_and_wald_agree_on_many_regions(lattice, model):
    """Answers to one question by three routes, equal in large samples near the null."""
    table, W = lattice
    small = wb.fit("y ~ x", table, W, model=model).diagnostics()
    large = wb.fit("y ~ x", table, W, model=WITHOUT[model])
    about = large.diagnostics()
    ratio = 2 * (large.loglik - wb.fit("y ~ x", table, W, model=model).loglik)
    assert about["LR WX"].statistic == pytest.approx(ratio, abs=1e-6)
    root = np.sqrt([small["LM WX"].statistic, ratio, about["Wald WX"].statistic])
    assert np.ptp(root[:2]) < 0.2  # in standard errors
    # gns hardly tells its three kinds of spillover apart, and Wald's test is the one that suffers
    assert model == "sac" or np.ptp(root) < 0.35
    assert not about["LM WX"].applicable
    assert "Wald WX" in about["LM WX"].reason


@pytest.mark.slow
def test_the_size_is_nominal_without_lags(lattice):
    """200 samples without WX from a lag model: 5 % of rejections, within 3 standard errors."""
    from workbench.numerics.likelihoods.one_parameter import fit_lag
    from workbench.numerics.likelihoods.quasi_likelihood import added_score, linear_scores
    from workbench.numerics.sparse.logdet import log_determinant

    _, W = lattice
    part = W.sparse[:144][:, :144]
    rng = np.random.default_rng(9)
    prepared = log_determinant(part)
    inverse = np.linalg.inv(np.eye(144) - 0.4 * part.toarray())
    X = np.column_stack([np.ones(144), rng.normal(size=(144, 2))])
    lags = part @ X[:, 1:]
    low = 0
    for _ in range(200):
        y = inverse @ (X @ [1.0, 1.0, -1.0] + rng.normal(size=144))
        found = fit_lag(y, X, W=part, logdet=prepared)
        linear = linear_scores(X, found.beta, W=part, M=None, rho=found.spatial, lam=0.0)
        answer = added_score(
            lags,
            found.residuals,
            linear=linear,
            inverse=found.covariance,
            sigma2=found.sigma2,
            slopes=3,
        )
        low += answer.pvalue < 0.05
    assert abs(low / 200 - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 200)
