"""Spatial panels by moments: numbers of splm, dense moments, simulations, and what is refused.

splm 1.6-5 on Munnell's states, stored in ``tests/reference/panel_moments.csv``; it minimises to
about 1e-6. What it calls lambda is on Wy, its rho on Wu.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import workbench as wb
from workbench.errors import InputError, PanelError
from workbench.numerics.panels.gmm import between, error_components, within
from workbench.numerics.panels.layers import one_layer
from workbench.regression.instruments import GMM

FORMULA = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"
FILE = Path(__file__).parents[1] / "reference" / "panel_moments.csv"
NAMES = {"lambda": "rho", "(Intercept)": "Intercept"}


@pytest.fixture(scope="module")
def stored():
    out = {}
    with FILE.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            kind, name = row["quantity"].split("/", 1)
            table = out.setdefault(row["case"], {}).setdefault(kind, {})
            table[NAMES.get(name, name) if kind != "errcomp" else name] = float(row["value"])
    return out


CASES = {
    "random|error|fullweights": ("sem", "random"),
    "within|error|fullweights": ("sem", "entity"),
    "random|lag+error|fullweights": ("sac", "random"),
    "within|lag+error|fullweights": ("sac", "entity"),
    "lag only|w2sls": ("sar", "entity"),
    "lag only|ec2sls": ("sar", "random"),
}


@pytest.mark.parametrize("case", CASES)
def test_agrees_with_splm(panel, W, stored, case):
    model, effects = CASES[case]
    fit = wb.fit(FORMULA, panel, W, model=model, effects=effects, method="gmm")
    told = stored[case]
    coefficients = pd.Series(told["coef"])
    np.testing.assert_allclose(fit.params[coefficients.index], coefficients, rtol=2e-6)
    ratio = (fit.std_errors[coefficients.index] / pd.Series(told["se"])).to_numpy()
    N, T, k = 48, 17, len(coefficients)
    if case == "within|error|fullweights":
        # splm takes SSE/(NT - k) for the variance, which forgets the effects; ours is of moments
        e = fit.resids.to_numpy()
        expected = np.sqrt(fit.components.own / (e @ e / (N * T - k)))
    elif case == "lag only|w2sls":
        expected = np.sqrt((N * T - k) / (N * (T - 1) - k))
    elif case == "lag only|ec2sls":
        # splm multiplies by the variance of the weighted residuals, about 1
        share = np.sqrt(fit.components.own / fit.components.means)
        e = fit.resids.to_numpy()[:, None]
        white = (e - (1 - share) * between(e, T)) / np.sqrt(fit.components.own)
        expected = 1 / np.sqrt((white**2).sum() / (N * T - k))
    else:
        expected = 1.0
    np.testing.assert_allclose(ratio, expected, rtol=2e-6)
    if "errcomp" in told:
        error = told["errcomp"]
        assert fit.params["lambda"] == pytest.approx(error["rho"], rel=1e-6)
        assert fit.components.own == pytest.approx(error["sigma2_v"], rel=1e-6)
        if effects == "random":
            assert fit.components.means == pytest.approx(error["sigma2_1"], rel=1e-6)
    if effects == "random":
        # sigma_1^2 = sigma_nu^2 + T sigma_mu^2 (Kapoor, Kelejian and Prucha 2007, equation 8)
        assert fit.glance()["sigma2_effects"].item() * T + fit.components.own == pytest.approx(
            fit.components.means, rel=1e-12
        )


def test_first_step_moments_agree_with_splm(panel, W, stored):
    table = panel.loc[W.ids] if list(panel.index.unique(0)) != list(W.ids) else panel.sort_index()
    design = wb.fit(FORMULA, table).design
    u = design.y - design.X @ np.linalg.lstsq(design.X, design.y, rcond=None)[0]
    limits = (W.spectrum.rho_low, W.spectrum.rho_high)
    found = error_components(u, u, one_layer(W.sparse, 17), limits=limits, weighted=False)
    error = stored["random|error|initial"]["errcomp"]
    # the flat objective leaves splm about 1e-7 from its lowest point
    assert found.lambda_ == pytest.approx(error["rho"], rel=1e-6)
    assert found.own == pytest.approx(error["sigma2_v"], rel=1e-6)
    assert found.means == pytest.approx(error["sigma2_1"], rel=1e-6)


def test_moments_hold_exactly_for_their_expectation():
    """With u u' of its expected value every moment is zero at the truth: dense matrices."""
    from workbench.numerics.panels.gmm import _moments

    N, T, lam, own, above = 6, 4, 0.4, 1.5, 4.0
    rng = np.random.default_rng(0)
    M = rng.random((N, N)) * (1 - np.eye(N))
    M /= M.sum(axis=1, keepdims=True)
    big = np.kron(M, np.eye(T))
    Q1 = np.kron(np.eye(N), np.full((T, T), 1 / T))
    omega = own * (np.eye(N * T) - Q1) + above * Q1
    B = np.linalg.inv(np.eye(N * T) - lam * big)
    root = np.linalg.cholesky(B @ omega @ B.T)
    layers = one_layer(sparse.csr_array(M), T)
    for means, sigma2 in ((False, own), (True, above)):
        # quadratic forms add up over the columns of the root to their expectation
        total = sum(_moments(column, layers, means=means).at(lam) for column in root.T)
        level = _moments(root[:, 0], layers, means=means).level
        np.testing.assert_allclose(total, sigma2 * level, atol=1e-10)


def test_within_and_between_are_projections():
    x = np.random.default_rng(0).normal(size=(12, 2))
    np.testing.assert_allclose(within(x, 3) + between(x, 3), x)
    np.testing.assert_allclose(between(between(x, 3), 3), between(x, 3))


def simulated(rng, W, *, rho, lam, N=49, T=6):
    ids = list(W.ids)
    w = W.sparse.toarray()
    x, mu = rng.normal(size=(N, T)), 1.5 * rng.normal(size=N)
    u = np.linalg.solve(np.eye(N) - lam * w, mu[:, None] + rng.standard_t(6, size=(N, T)))
    y = np.linalg.solve(np.eye(N) - rho * w, 1.0 + 2.0 * x + u)
    index = pd.MultiIndex.from_product([ids, range(T)])
    return pd.DataFrame({"x": x.ravel(), "y": y.ravel()}, index=index)


@pytest.mark.slow
@pytest.mark.parametrize("effects", ["entity", "random"])
@pytest.mark.parametrize(
    ("model", "truth"),
    [("sar", (0.4, 0.0)), ("sem", (0.0, 0.4)), ("sac", (0.3, 0.3))],
)
def test_truth_is_found_with_disturbances_that_are_not_normal(model, truth, effects):
    row, column = np.divmod(np.arange(49), 7)
    near = np.abs(row[:, None] - row) + np.abs(column[:, None] - column) == 1
    W = wb.weights.from_matrix(near.astype(float), ids=[f"r{i:02d}" for i in range(49)])
    W = W.normalize("row")
    rng = np.random.default_rng(1)
    gaps, errors = [], []
    for _ in range(20):
        data = simulated(rng, W, rho=truth[0], lam=truth[1])
        fit = wb.fit("y ~ x", data, W, model=model, effects=effects, method="gmm")
        true = pd.Series({"Intercept": 1.0, "x": 2.0, "rho": truth[0], "lambda": truth[1]})
        gaps.append(fit.params - true[fit.params.index])
        errors.append(fit.std_errors)
    gaps, errors = pd.DataFrame(gaps), pd.DataFrame(errors)
    noise = gaps.std() / np.sqrt(len(gaps))
    # lambda is biased by order 1/N beside
    assert (gaps.mean().abs() < 3 * noise + 0.02).all()
    ratio = (errors.mean() / gaps.std()).drop("lambda", errors="ignore")
    # the standard deviation of 20 draws is known to 16 %
    assert ratio.between(0.55, 1.7).all()


def test_answers_in_the_shared_vocabulary(panel, W):
    fit = wb.fit(FORMULA, panel, W, model="gns", effects="random", method="gmm")
    again = wb.fit(
        FORMULA,
        panel.sample(frac=1, random_state=3),
        W,
        model="gns",
        effects="random",
        method=GMM(),
    )
    pd.testing.assert_frame_equal(fit.tidy(), again.tidy(), check_exact=True)
    assert np.isnan(fit.std_errors["lambda"])
    assert np.isnan(fit.loglik)
    assert fit.diagnostics()["Wald WX"].applicable
    assert fit.impacts().table.shape == (12, 6)
    assert np.isfinite(fit.impacts().table.to_numpy()).all()
    assert "moments" in str(fit)
    assert set(fit.glance().columns) <= set(wb.core.glossary.GLOSSARY)
    three = wb.fit(
        FORMULA, panel, W, model="sar", effects="entity", method=GMM(instrument_orders=3)
    )
    assert "W3(unemp)" in three.instruments


@pytest.mark.parametrize(
    ("choices", "argument"),
    [
        ({"effects": "none"}, "effects"),
        ({"effects": "two-way"}, "effects"),
        ({"lee_yu": "none"}, "lee_yu"),
        ({"factors": "cce"}, "factors"),
        ({"family": "poisson"}, "family"),
        ({"covariance": "clustered", "model": "sac"}, "covariance"),
        ({"method": GMM(errors="hom")}, "method"),
        ({"endogenous": ["unemp"], "instruments": ["hwy"]}, "endogenous"),
    ],
)
def test_what_moments_are_not_made_for_is_refused(panel, W, choices, argument):
    options = {"model": "sar", "effects": "entity", "method": "gmm"} | choices
    with pytest.raises(InputError) as caught:
        wb.fit(FORMULA, panel, W, **options)
    assert caught.value.argument == argument
    assert caught.value.remedy


def test_w_by_period_is_refused(panel, W):
    near = wb.weights.knn(wb.load("us-states"), 4)
    several = {year: W if year < 1980 else near for year in range(1970, 1987)}
    with pytest.raises(PanelError, match="one W"):
        wb.fit(FORMULA, panel, several, model="sar", effects="entity", method="gmm")


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("word", ["robust", "clustered", "clustered-time", "driscoll-kraay"])
def test_covariances_of_wy_instrumented_within_are_those_of_linearmodels(panel, W, word):
    """IV2SLS of demeaned columns with the lags as instruments, its sandwiches times our factors."""
    from linearmodels.iv import IV2SLS

    options = {"model": "sar", "effects": "entity", "method": "gmm"}
    fit = wb.fit(FORMULA, panel, W, covariance=word, **options)
    plain = wb.fit(FORMULA, panel, W, **options)
    pd.testing.assert_series_equal(fit.params, plain.params)
    N, T, k = 48, 17, 5
    X, y = plain.design.X, plain.design.y
    w = sparse.kron(W.sparse, sparse.eye_array(T))
    order = np.argsort(list(W.ids))
    assert (order == np.arange(N)).all()
    cols = within(np.column_stack([y, X, w @ y, w @ X, w @ (w @ X)]), T)
    regions, years = np.repeat(np.arange(N), T), np.tile(np.arange(T), N)
    kinds = {
        "robust": ({"cov_type": "robust"}, N * T / (N * T - k - N)),
        "clustered": ({"cov_type": "clustered", "clusters": regions}, factor(N, N * T, k)),
        "clustered-time": (
            {"cov_type": "clustered", "clusters": years},
            factor(T, N * T, k + N),
        ),
    }
    if word == "driscoll-kraay":
        stage = np.linalg.lstsq(cols[:, [1, 2, 3, 4, *range(6, 14)]], cols[:, 1:6], rcond=None)[0]
        hat = cols[:, [1, 2, 3, 4, *range(6, 14)]] @ stage
        scores = hat * (cols[:, 0] - cols[:, 1:6] @ fit.params)[:, None]
        sums = np.array([scores[years == t].sum(axis=0) for t in range(T)])
        lags = int(np.floor(4 * (T / 100) ** (2 / 9)))
        S = sums.T @ sums
        for lag in range(1, lags + 1):
            G = sums[lag:].T @ sums[:-lag]
            S += (1 - lag / (lags + 1)) * (G + G.T)
        bread = np.linalg.inv(hat.T @ hat)
        expected = bread @ S @ bread * N * T / (N * T - k - N)
    else:
        arguments, scale = kinds[word]
        told = IV2SLS(cols[:, 0], cols[:, 1:5], cols[:, 5], cols[:, 6:]).fit(
            debiased=False, **arguments
        )
        expected = told.cov.to_numpy() * scale
    np.testing.assert_allclose(fit.cov, expected, rtol=1e-8, atol=1e-16)
    if word == "clustered":
        assert fit.estimates.df == N - 1


def factor(groups, n, columns):
    """Stata's factor for few clusters."""
    return groups / (groups - 1) * (n - 1) / (n - columns)


def test_strength_and_validity_of_instruments_of_wy_are_those_of_a_cross_section(panel, W):
    """First stage and Sargan of demeaned columns, by linearmodels, with the effects counted."""
    from linearmodels.iv import IV2SLS

    fit = wb.fit(FORMULA, panel, W, model="sar", effects="entity", method="gmm")
    N, T, k = 48, 17, 5
    w = sparse.kron(W.sparse, sparse.eye_array(T))
    X, y = fit.design.X, fit.design.y
    cols = within(np.column_stack([y, X, w @ y, w @ X, w @ (w @ X)]), T)
    told = IV2SLS(cols[:, 0], cols[:, 1:5], cols[:, 5], cols[:, 6:]).fit(cov_type="unadjusted")
    tests = fit.diagnostics()
    partial = float(told.first_stage.diagnostics["partial.rsquared"].iloc[0])
    F = partial / (1 - partial) * (N * (T - 1) - 12) / 8
    assert tests["First stage F (rho)"].statistic == pytest.approx(F, rel=1e-8)
    # sigma2 divides by what effects and coefficients leave
    ratio = (N * (T - 1) - k) / (N * T)
    sargan = tests["Sargan over-identification"]
    assert sargan.statistic == pytest.approx(told.sargan.stat * ratio, rel=1e-8)
    assert sargan.df == (7.0,)
    assert not any("Weak" in note for note in fit.notes)
    random = wb.fit(FORMULA, panel, W, model="sar", effects="random", method="gmm")
    assert random.diagnostics()["First stage F (rho)"].applicable
    error = wb.fit(FORMULA, panel, W, model="sem", effects="entity", method="gmm")
    assert not error.diagnostics()["First stage F (rho)"].applicable
    both = wb.fit(FORMULA, panel, W, model="sac", effects="random", method="gmm")
    assert both.diagnostics()["First stage F (rho)"].statistic > 0
    assert not both.diagnostics()["Sargan over-identification"].applicable
    with pytest.raises(InputError, match="HC0 to HC3"):
        wb.fit(FORMULA, panel, W, model="sar", effects="entity", method="gmm", covariance="HC1")


def test_instruments_that_hardly_move_wy_are_told_and_rho_outside_has_no_impacts(W):
    rng = np.random.default_rng(1)
    index = pd.MultiIndex.from_product([W.ids, range(5)], names=["region", "year"])
    noise = pd.DataFrame(rng.normal(size=(len(index), 2)), index=index, columns=["y", "x"])
    outside = 0
    for seed in range(12):
        noise["x"] = np.random.default_rng(seed).normal(size=len(index))
        fit = wb.fit("y ~ x", noise, W, model="sar", effects="entity", method="gmm")
        if any("Weak instruments" in note for note in fit.notes):
            assert fit.diagnostics()["First stage F (rho)"].statistic < 10
        low, high = W.spectrum.rho_low, W.spectrum.rho_high
        if not low < fit.params["rho"] < high:
            outside += 1
            assert any("there are no impacts" in note for note in fit.notes)
            with pytest.raises(PanelError, match="lies outside"):
                fit.impacts()
    assert outside
