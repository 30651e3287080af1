"""Case weights c: the variance of a disturbance is sigma2 / c, in every model and after it.

Numbers from R (spautolm and lm with weights), statsmodels' WLS, likelihoods and covariances
written out densely, and fits without a region.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

import workbench as wb
from workbench.errors import FormulaError, IdError, InputError, ValuesError
from workbench.models import Clustered, Conley, influence, j_test, nested_tests

FILE = Path(__file__).parents[1] / "reference" / "cross_section_case_weights.csv"
FAMILY = ("ols", "slx", "sar", "sem", "sac", "sdm", "sdem", "gns")
LEAST_SQUARES = ("ols", "slx")
LIKELIHOOD = tuple(model for model in FAMILY if model not in LEAST_SQUARES)


@pytest.fixture
def heavy(columbus):
    """Columbus with weights that differ by a factor of about thirty, unlike the regressors."""
    weights = np.exp(np.random.default_rng(1).uniform(-1.7, 1.7, 49))
    return columbus.table.assign(people=weights)


def fitted(case, table, model="ols", **options):
    return wb.fit(case.formula, table, case.W, model=model, case_weights="people", **options)


def parts(fit, case):
    """Return y, Z, c, W and (beta, rho, lambda, sigma2) of the likelihood."""
    k = len(fit.design.terms)
    sigma2 = float(np.sum(fit.weighted_resids**2)) / fit.nobs
    values = fit.estimates.values[:k], fit.params.get("rho", 0.0), fit.params.get("lambda", 0.0)
    c = fit.design.case_weights
    return fit.design.y, fit.design.X, c, case.W.sparse.toarray(), (*values, sigma2)


def dense_loglik(y, Z, c, W, beta, rho, lam, sigma2):
    """Log-density of y, normal with mean A^-1 Z beta and precision A'B'CBA / sigma2."""
    A, B = (np.eye(len(y)) - p * W for p in (rho, lam))
    root = np.sqrt(c)[:, None] * B @ A
    covariance = sigma2 * np.linalg.inv(root.T @ root)
    return stats.multivariate_normal(np.linalg.solve(A, Z @ beta), covariance).logpdf(y)


def dense_information(y, Z, c, W, beta, rho, lam, sigma2, spatial):
    """Expected information of (beta, the spatial parameters, sigma2), from V and its derivatives.

    With mean m and covariance V of y it is m_i'V^-1 m_j + tr(V^-1 V_i V^-1 V_j) / 2.
    """
    k = Z.shape[1]

    def moments(theta):
        b, rest = theta[:k], dict(zip((*spatial, "sigma2"), theta[k:], strict=True))
        A, B = (np.eye(len(y)) - rest.get(p, 0.0) * W for p in ("rho", "lambda"))
        inverse = np.linalg.inv(B @ A)
        return np.linalg.solve(A, Z @ b), rest["sigma2"] * (inverse / c) @ inverse.T

    at = [*beta, *({"rho": rho, "lambda": lam}[p] for p in spatial), sigma2]
    V = moments(at)[1]
    slopes = []
    for i, value in enumerate(at):
        h = 1e-5 * max(1.0, abs(value))
        up, down = ([*at[:i], value + s * h, *at[i + 1 :]] for s in (1, -1))
        (m1, V1), (m0, V0) = moments(up), moments(down)
        slopes.append(((m1 - m0) / (2 * h), np.linalg.solve(V, (V1 - V0) / (2 * h))))
    precise = np.linalg.inv(V)
    return np.array([
        [a @ precise @ b + 0.5 * np.trace(P @ Q) for b, Q in slopes] for a, P in slopes
    ])  # fmt: skip


def test_weighted_error_model_agrees_with_r(labelled_case):
    case = labelled_case("ncsids")
    with FILE.open(encoding="utf-8", newline="") as handle:
        r = {row["quantity"]: float(row["value"]) for row in csv.DictReader(handle)}
    B = case.W.normalize("none")
    fit = wb.fit(case.formula, case.table, B, model="sem", case_weights="BIR74")
    terms = ("(Intercept)", "ft.NWBIR74")
    # spautolm stops its search of lambda at about 1e-8
    np.testing.assert_allclose(
        fit.params, [*(r[f"autolm/coef/{t}"] for t in terms), r["autolm/lambda"]], rtol=1e-7
    )
    np.testing.assert_allclose(
        fit.std_errors.iloc[:2], [r[f"autolm/se/{t}"] for t in terms], rtol=1e-7
    )
    assert fit.loglik == pytest.approx(r["autolm/LL"], rel=1e-12)
    assert fit.sigma2 == pytest.approx(r["autolm/s2"], rel=1e-7)
    assert fit.rsquared == pytest.approx(r["autolm/NK"], rel=1e-9)
    # its error of lambda is from a numerical Hessian: observed, not expected, information
    assert fit.std_errors["lambda"] == pytest.approx(r["autolm/lambda_se"], rel=0.1)
    ols = wb.fit(case.formula, case.table, case_weights="BIR74")
    assert ols.loglik == pytest.approx(r["autolm/LL0"], rel=1e-12)
    alone = wb.fit("sid ~ 1", case.table, case_weights="BIR74")
    assert alone.loglik == pytest.approx(r["autolm/LLNull"], rel=1e-12)
    tests = fit.diagnostics()
    assert tests["LR spatial parameters"].statistic == pytest.approx(
        2 * (r["autolm/LL"] - r["autolm/LL0"]), rel=1e-9
    )


@pytest.mark.parametrize("model", LEAST_SQUARES)
def test_least_squares_agree_with_statsmodels(columbus, heavy, model):
    fit = fitted(columbus, heavy, model)
    peer = sm.WLS(fit.design.y, fit.design.X, weights=fit.case_weights.to_numpy()).fit()
    np.testing.assert_allclose(fit.params, peer.params, rtol=1e-9)
    np.testing.assert_allclose(fit.std_errors, peer.bse, rtol=1e-9)
    np.testing.assert_allclose(fit.resids, peer.resid, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(fit.weighted_resids, peer.wresid, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(fit.fitted_values + fit.resids, fit.design.y, rtol=1e-12)
    assert fit.loglik == pytest.approx(peer.llf, rel=1e-12)
    assert fit.rsquared == pytest.approx(peer.rsquared, rel=1e-10)
    assert fit.sigma2 == pytest.approx(peer.scale, rel=1e-10)
    for word in ("HC0", "HC1", "HC2", "HC3"):
        np.testing.assert_allclose(
            fit.with_covariance(word).cov, peer.get_robustcov_results(word).cov_params(), rtol=1e-8
        )
    side = pd.Series(np.arange(49) % 7, fit.design.index, name="side")
    mine = fit.with_covariance(Clustered(by=side))
    theirs = peer.get_robustcov_results("cluster", groups=side.to_numpy())
    np.testing.assert_allclose(mine.cov, theirs.cov_params(), rtol=1e-8)


def test_conley_sums_scores_of_weighted_rows(columbus, heavy):
    import geopandas as gpd

    points = gpd.points_from_xy(heavy["X"], heavy["Y"])
    places = gpd.GeoSeries(points, index=heavy.index, crs="EPSG:32617")
    fit = fitted(columbus, heavy)
    option = Conley(places, distance=8, kernel="uniform", metric="planar", unit="crs")
    found = fit.with_covariance(option)
    X, c, e = fit.design.X, fit.design.case_weights, fit.resids.to_numpy()
    xy = heavy.loc[fit.design.index, ["X", "Y"]].to_numpy()
    near = np.linalg.norm(xy[:, None] - xy[None], axis=-1) <= 8
    scores = X * (c * e)[:, None]
    bread = np.linalg.inv(X.T * c @ X)
    np.testing.assert_allclose(found.cov, bread @ scores.T @ near @ scores @ bread, rtol=1e-8)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("model", LIKELIHOOD)
def test_likelihoods_and_errors_are_those_of_dense_matrices(columbus, heavy, model):
    fit = fitted(columbus, heavy, model)
    y, Z, c, W, (beta, rho, lam, sigma2) = parts(fit, columbus)
    at = dense_loglik(y, Z, c, W, beta, rho, lam, sigma2)
    assert fit.loglik == pytest.approx(at, rel=1e-11)
    assert fit.sigma2 == pytest.approx(sigma2, rel=1e-11)
    # no step away from the estimates is higher
    steps = [(s * 1e-3 if "rho" in fit.params else 0.0, 0.0) for s in (1, -1)]
    steps += [(0.0, s * 1e-3 if "lambda" in fit.params else 0.0) for s in (1, -1)]
    for up, across in steps:
        assert dense_loglik(y, Z, c, W, beta, rho + up, lam + across, sigma2) <= at
    for j in range(len(beta)):
        for h in (1e-3, -1e-3):
            moved = beta.copy()
            moved[j] *= 1 + h
            assert dense_loglik(y, Z, c, W, moved, rho, lam, sigma2) < at
    spatial = [name for name in ("rho", "lambda") if name in fit.params]
    info = dense_information(y, Z, c, W, beta, rho, lam, sigma2, spatial)
    # derivatives by central differences: right to about 1e-8 of the largest entry
    expected = np.linalg.inv(info)[:-1, :-1]
    np.testing.assert_allclose(np.sqrt(np.diag(fit.cov)), np.sqrt(np.diag(expected)), rtol=1e-5)
    scale = np.sqrt(np.diag(expected))
    np.testing.assert_allclose(fit.cov / np.outer(scale, scale), expected / np.outer(scale, scale),
                               atol=1e-5)  # fmt: skip
    A, B = (np.eye(49) - p * W for p in (rho, lam))
    np.testing.assert_allclose(fit.resids, B @ (A @ y - Z @ beta), rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(fit.fitted_values + fit.resids, y, rtol=1e-12)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("model", FAMILY)
def test_equal_weights_are_no_weights(columbus, model):
    plain = wb.fit(columbus.formula, columbus.table, columbus.W, model=model)
    equal = wb.fit(
        columbus.formula, columbus.table.assign(people=4.0), columbus.W, model=model,
        case_weights="people",
    )  # fmt: skip
    np.testing.assert_allclose(equal.params, plain.params, rtol=1e-8)
    np.testing.assert_allclose(equal.std_errors, plain.std_errors, rtol=1e-7)
    assert equal.loglik == pytest.approx(plain.loglik, rel=1e-12)
    assert equal.rsquared == pytest.approx(plain.rsquared, rel=1e-9)
    assert equal.sigma2 == pytest.approx(4 * plain.sigma2, rel=1e-9)
    np.testing.assert_allclose(
        equal.impacts().table["std_error"], plain.impacts().table["std_error"], rtol=1e-7
    )
    mine, theirs = equal.diagnostics(), plain.diagnostics()
    for name, answer in theirs.items():
        assert mine[name].applicable == answer.applicable, name
        if answer.applicable:
            # the exact law of Moran's I is summed to 1e-6
            assert mine[name].statistic == pytest.approx(answer.statistic, rel=1e-6), name
            assert mine[name].p_value == pytest.approx(answer.p_value, rel=1e-4), name
    pd.testing.assert_frame_equal(mine.collinearity, theirs.collinearity, rtol=1e-8)
    found, expected = equal.predict(), plain.predict()
    np.testing.assert_allclose(found.table, expected.table, rtol=1e-7, equal_nan=True)


def test_lagrange_multipliers_are_scores_of_the_weighted_likelihood(columbus, heavy):
    fit = fitted(columbus, heavy)
    y, X, c, W, (beta, _, _, sigma2) = parts(fit, columbus)
    found, e = fit.diagnostics(), fit.resids.to_numpy()
    for name, spatial, lag in (("LM lag", "rho", W @ y), ("LM error", "lambda", W @ e)):
        score = (c * e) @ lag / sigma2
        info = dense_information(y, X, c, W, beta, 0.0, 0.0, sigma2, (spatial,))
        variance = np.linalg.inv(info)[3, 3]
        assert found[name].statistic == pytest.approx(score**2 * variance, rel=1e-6)
    sar = fitted(columbus, heavy, "sar")
    y, X, c, W, (beta, rho, _, sigma2) = parts(sar, columbus)
    score = (c * sar.resids) @ (W @ sar.resids) / sigma2
    info = dense_information(y, X, c, W, beta, rho, 0.0, sigma2, ("rho", "lambda"))
    remaining = sar.diagnostics()["LM remaining error"].statistic
    assert remaining == pytest.approx(score**2 * np.linalg.inv(info)[4, 4], rel=1e-6)
    root = np.sqrt(c)
    e, X = root * e, root[:, None] * X
    even = root[:, None] * W / root
    M = np.eye(49) - X @ np.linalg.inv(X.T @ X) @ X.T
    moran = found["Moran's I of residuals"]
    assert moran.statistic == pytest.approx(e @ even @ e / (e @ e), rel=1e-10)
    assert moran.expected == pytest.approx(np.trace(M @ even) / 46, rel=1e-9)
    K = M @ (even + even.T) @ M / 2
    spread = 2 * (46 * np.trace(K @ K) - np.trace(K) ** 2) / (46**2 * 48)
    assert moran.variance == pytest.approx(spread, rel=1e-8)


def test_form_and_variance_tests_take_weighted_rows(columbus, heavy):
    fit = fitted(columbus, heavy)
    found, y = fit.diagnostics(), fit.design.y
    more = np.column_stack([fit.design.X, fit.fitted_values**2, fit.fitted_values**3])
    peer = sm.WLS(y, more, weights=fit.case_weights.to_numpy()).fit()
    assert found["RESET"].statistic == pytest.approx(
        float(peer.f_test(np.eye(5)[3:]).fvalue), rel=1e-6
    )
    both = np.column_stack([np.ones(49), fit.fitted_values, fit.fitted_values**2])
    peer = sm.WLS(y, both, weights=fit.case_weights.to_numpy()).fit()
    assert found["Link"].statistic == pytest.approx(peer.tvalues[2] ** 2, rel=1e-6)
    from statsmodels.stats.diagnostic import het_breuschpagan

    lm = het_breuschpagan(fit.weighted_resids, fit.design.X)[0]
    assert found["Breusch-Pagan (Koenker)"].statistic == pytest.approx(lm, rel=1e-9)
    c = fit.case_weights.to_numpy()
    inc = sm.WLS(fit.design.X[:, 1], fit.design.X[:, [0, 2]], weights=c).fit()
    assert found.collinearity.loc["INC", "vif"] == pytest.approx(1 / (1 - inc.rsquared), rel=1e-9)


@pytest.mark.parametrize("model", ["ols", "sar", "sem", "sac"])
def test_every_applicable_test_is_finite_with_and_without_slopes(columbus, heavy, model):
    for name, answer in fitted(columbus, heavy, model).diagnostics().items():
        assert not answer.applicable or np.isfinite(answer.statistic), name
    if model == "sac":  # rho and lambda are not told apart without a regressor
        return
    alone = wb.fit("CRIME ~ 1", heavy, columbus.W, model=model, case_weights="people")
    for name, answer in alone.diagnostics().items():
        assert not answer.applicable or np.isfinite(answer.statistic), name


def test_tests_within_a_fit_compare_weighted_likelihoods(columbus, heavy):
    sdm, sar, sem, slx = (fitted(columbus, heavy, m) for m in ("sdm", "sar", "sem", "slx"))
    found = sdm.diagnostics()
    for name, small in (
        ("LR WX", sar), ("LR common factor", sem), ("LR spatial parameters", slx),
    ):  # fmt: skip
        assert found[name].statistic == pytest.approx(2 * (sdm.loglik - small.loglik), rel=1e-8)


def test_nested_and_j_tests_need_the_same_case_weights(columbus, heavy):
    sar, sdm = fitted(columbus, heavy, "sar"), fitted(columbus, heavy, "sdm")
    assert nested_tests(sar, sdm)["LR"].statistic == pytest.approx(2 * (sdm.loglik - sar.loglik))
    plain = wb.fit(columbus.formula, heavy, columbus.W, model="sdm")
    other = wb.fit(columbus.formula, heavy, columbus.W, model="sdm", case_weights="HOVAL")
    for large in (plain, other):
        with pytest.raises(InputError, match="same case weights"):
            nested_tests(sar, large)
        with pytest.raises(InputError, match="case_weights="):
            j_test(sar, large)
    twice = wb.fit(
        columbus.formula, heavy, columbus.W.higher_order(2), model="sar", case_weights="people"
    )
    assert all(np.isfinite(answer.statistic) for answer in j_test(sar, twice).values())


def test_influence_is_that_of_a_fit_without_the_region(columbus, heavy):
    found = influence(fitted(columbus, heavy))
    region = heavy.index[11]
    without = wb.fit(columbus.formula, heavy.drop(index=region), case_weights="people")
    for term in without.params.index:
        assert found.of(term).loc[region, "without"] == pytest.approx(
            without.params[term], rel=1e-9
        )
    lag = influence(fitted(columbus, heavy, "sar")).of("rho")
    assert np.isfinite(lag["change"]).all()


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["ols", "sar", "sem", "gns"])
def test_predictions_are_those_of_the_dense_normal_law(columbus, heavy, model):
    new = heavy.index[[5, 6, 30]]
    seen = heavy.drop(index=new)
    part = wb.fit(
        columbus.formula, seen, columbus.W.restrict(seen.index), model=model,
        case_weights="people",
    )  # fmt: skip
    every = fitted(columbus, heavy, model).design
    W = columbus.W.sparse.toarray()
    A, B = (np.eye(49) - part.params.get(p, 0.0) * W for p in ("rho", "lambda"))
    inverse = np.linalg.inv(B @ A)
    V = (inverse / every.case_weights) @ inverse.T
    mean = np.linalg.solve(A, every.X @ part.estimates.values[: every.X.shape[1]])
    out = every.index.isin(new)
    gain = V[np.ix_(out, ~out)] @ np.linalg.inv(V[np.ix_(~out, ~out)])
    best = mean[out] + gain @ (every.y[~out] - mean[~out])
    left = V[np.ix_(out, out)] - gain @ V[np.ix_(~out, out)]
    found = part.predict(heavy.loc[new], columbus.W, case_weights_new="people").table
    np.testing.assert_allclose(found["prediction"], best, rtol=1e-8)
    noise = found["forecast_error"] ** 2 - found["std_error"] ** 2
    np.testing.assert_allclose(noise, part.sigma2 * np.diag(left), rtol=1e-7)
    series = heavy["people"].loc[new[::-1]]
    same = part.predict(heavy.loc[new], columbus.W, case_weights_new=series).table
    np.testing.assert_array_equal(found, same)
    for kind in ("TC", "BPW", "BP1", "KP2", "BPN"):
        part.predict(heavy.loc[new], columbus.W, kind=kind, case_weights_new="people")
    with pytest.raises(InputError, match="case_weights_new='population'"):
        part.predict(heavy.loc[new], columbus.W)


def test_predictions_in_the_sample_know_the_variances(columbus, heavy):
    fit = fitted(columbus, heavy, "sar")
    y, Z, c, W, (beta, rho, _, sigma2) = parts(fit, columbus)
    A = np.eye(49) - rho * W
    Q = A.T * c @ A
    mean = np.linalg.solve(A, Z @ beta)
    expected = mean - (Q @ (y - mean)) / np.diag(Q) + (y - mean)
    best = fit.predict(kind="BP").table
    np.testing.assert_allclose(best["prediction"], expected, rtol=1e-9)
    noise = best["forecast_error"] ** 2 - best["std_error"] ** 2
    np.testing.assert_allclose(noise, sigma2 / np.diag(Q), rtol=1e-8)
    what_if = fit.predict(heavy.assign(people=0.0, CRIME=0.0))
    np.testing.assert_allclose(what_if.values, mean, rtol=1e-10)
    with pytest.raises(InputError, match="leave case_weights_new out"):
        fit.predict(heavy, case_weights_new="people")
    with pytest.raises(InputError, match="leave case_weights_new out"):
        fit.predict(case_weights_new="people")


def test_smearing_takes_equal_variances(columbus, heavy):
    table = heavy.assign(crime=heavy["CRIME"] + 1)
    fit = wb.fit("log(crime) ~ INC", table, case_weights="people")
    assert np.isfinite(fit.predict(scale="median").values).all()
    with pytest.raises(InputError, match="scale='median'"):
        fit.predict(scale="smearing")


def test_weights_go_by_region_in_any_order(columbus, heavy):
    column = fitted(columbus, heavy, "sdm")
    series = heavy["people"].sample(frac=1.0, random_state=2)
    shuffled = columbus.table.sample(frac=1.0, random_state=5)
    keyed = wb.fit(columbus.formula, shuffled, columbus.W, model="sdm", case_weights=series)
    np.testing.assert_array_equal(column.params, keyed.params)
    np.testing.assert_array_equal(column.cov, keyed.cov)
    assert column.provenance.options["case_weights"] == keyed.provenance.options["case_weights"]
    assert column.provenance.options["case_weights"].startswith("people ")
    pd.testing.assert_series_equal(
        keyed.case_weights, heavy["people"].sort_index(), check_names=False
    )


def test_the_result_says_what_the_weights_do(columbus, heavy):
    fit = fitted(columbus, heavy, "sem")
    assert any("variance of a disturbance is sigma2 / weight" in note for note in fit.notes)
    table = fit.augment()
    np.testing.assert_allclose(
        table["weighted_residual"], table["residual"] * np.sqrt(table["case_weight"])
    )
    plain = wb.fit(columbus.formula, heavy)
    assert plain.case_weights is None
    np.testing.assert_array_equal(plain.weighted_resids, plain.resids)
    assert "case_weight" not in plain.augment()


def test_lags_in_the_formula_are_not_weighted(columbus, heavy):
    named = wb.fit(
        columbus.formula + " + W(INC)", heavy, columbus.W, model="sem", case_weights="people"
    )
    asked = fitted(columbus, heavy, "sdem", durbin=["INC"])
    np.testing.assert_array_equal(named.params, asked.params)


def test_missing_weights_leave_their_regions_out_when_asked_to(columbus, heavy):
    heavy.loc[heavy.index[4], "people"] = np.nan
    with pytest.raises(ValuesError, match='missing="drop"'):
        fitted(columbus, heavy)
    fit = fitted(columbus, heavy, "sar", missing="drop")
    kept = heavy.drop(index=heavy.index[4])
    expected = wb.fit(
        columbus.formula, kept, columbus.W.restrict(kept.index), model="sar",
        case_weights="people",
    )  # fmt: skip
    np.testing.assert_array_equal(fit.params, expected.params)
    assert any(str(heavy.index[4]) in note for note in fit.notes)


BAD = {
    "zero": (0.0, "or give them a small weight"),
    "negative": (-2.0, "one over a variance"),
    "infinite": (np.inf, "finite weights"),
    "missing": (np.nan, "complete them"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_weight_is_refused_with_its_region(columbus, heavy, what):
    value, way = BAD[what]
    region = heavy.index[7]
    heavy.loc[region, "people"] = value
    with pytest.raises(ValuesError) as caught:
        fitted(columbus, heavy)
    assert f"1 {what} in people" in str(caught.value)
    assert str(region) in str(caught.value)
    assert way in str(caught.value)


def test_weights_without_ids_or_of_other_regions_are_refused(columbus, heavy):
    def refusal(error, given):
        with pytest.raises(error) as caught:
            wb.fit(columbus.formula, heavy, columbus.W, case_weights=given)
        return str(caught.value)

    assert "did you mean 'people'?" in refusal(FormulaError, "peoples")
    assert "without ids" in refusal(InputError, heavy["people"].to_numpy())
    assert "1 regions without a weight" in refusal(IdError, heavy["people"].iloc[1:])
    more = pd.concat([heavy["people"], pd.Series({"nowhere": 1.0})])
    assert "nowhere" in refusal(IdError, more)
    assert "more than once" in refusal(IdError, pd.concat([heavy["people"]] * 2))
    assert "numeric" in refusal(ValuesError, heavy["people"].astype(str))
    assert "positive numbers" in refusal(ValuesError, heavy["people"] > 1)


def test_common_regions_take_their_own_weights(columbus, heavy):
    fewer = columbus.W.restrict(heavy.index[1:])
    fit = wb.fit(
        columbus.formula, heavy, fewer, model="sar", case_weights=heavy["people"].iloc[1:],
        align="intersection",
    )  # fmt: skip
    with pytest.raises(ValuesError, match="1 missing in people"):
        wb.fit(
            columbus.formula, heavy, fewer, model="sar", align="intersection",
            case_weights=heavy["people"].iloc[2:],
        )  # fmt: skip
    kept = heavy.drop(index=heavy.index[0])
    expected = wb.fit(columbus.formula, kept, fewer, model="sar", case_weights="people")
    np.testing.assert_array_equal(fit.params, expected.params)
