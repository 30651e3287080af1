"""W_x lags the regressors, W the outcome: impacts are (I - rho W)^-1 (I beta + W_x theta)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import IdError, InputError
from workbench.models import influence, j_test, nested_tests
from workbench.models.testing.nesting import common_factor_is_exact

MODELS = ("slx", "sdm", "sdem", "gns")


@pytest.fixture
def wide(reference_case):
    """Six nearest neighbours of Columbus: directed, unlike the contiguity of W."""
    from libpysal.graph import Graph

    raw = reference_case("oldcol_knn6")
    return wb.weights.as_weights(Graph.from_sparse(raw.B, ids=raw.ids)).normalize("row")


def fitted(case, W_x, model="sdm", **options):
    return wb.fit(case.formula, case.table, case.W, model=model, W_x=W_x, **options)


def effects(params, design, W, V, term):
    """S of one term from a dense inverse, shape (n, n)."""
    n = len(W)
    beta, theta = params.get(term, 0.0), params.get(f"W({term})", 0.0)
    return np.linalg.inv(np.eye(n) - params.get("rho", 0.0) * W) @ (beta * np.eye(n) + theta * V)


def three(S):
    direct, total = np.trace(S) / len(S), S.sum() / len(S)
    return np.array([direct, total - direct, total])


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("model", MODELS)
def test_impacts_are_those_of_a_dense_inverse_with_their_errors(columbus, wide, model):
    fit = fitted(columbus, wide, model)
    W, V = columbus.W.sparse.toarray(), wide.sparse.toarray()
    np.testing.assert_array_equal(fit.design.X[:, 3:], wide.sparse @ fit.design.X[:, 1:3])
    for term in ("INC", "HOVAL"):
        found = fit.impacts().table.xs(term, level="term")
        np.testing.assert_allclose(
            found["estimate"], three(effects(fit.params, fit.design, W, V, term)), rtol=1e-10
        )
        gradient = []
        for name in fit.params.index:
            h = 1e-6 * max(1.0, abs(fit.params[name]))
            up, down = (fit.params.copy() for _ in range(2))
            up[name] += h
            down[name] -= h
            moved = [three(effects(p, fit.design, W, V, term)) for p in (up, down)]
            gradient.append((moved[0] - moved[1]) / (2 * h))
        J = np.array(gradient)
        # central differences of functions of order one, step 1e-6: right to about 1e-8
        errors = np.sqrt(np.einsum("pe,pq,qe->e", J, fit.cov.to_numpy(), J))
        np.testing.assert_allclose(found["std_error"], errors, rtol=1e-6)


def test_estimates_are_those_of_the_lags_written_as_columns(columbus, wide):
    table = columbus.table
    columns = table.assign(**{f"lag{v}": wide.lag(table[v]) for v in ("INC", "HOVAL")})
    for model, plain in (("slx", "ols"), ("sdm", "sar"), ("sdem", "sem"), ("gns", "sac")):
        fit = fitted(columbus, wide, model)
        by_hand = wb.fit(
            columbus.formula + " + lagINC + lagHOVAL", columns, columbus.W, model=plain
        )
        np.testing.assert_allclose(fit.params, by_hand.params, rtol=1e-9)
        np.testing.assert_allclose(fit.std_errors, by_hand.std_errors, rtol=1e-8)
        assert fit.loglik == pytest.approx(by_hand.loglik, rel=1e-12)


def test_effects_in_depth_follow_the_same_matrices(columbus, wide):
    fit = fitted(columbus, wide, "sdm")
    W, V = columbus.W.sparse.toarray(), wide.sparse.toarray()
    S = effects(fit.params, fit.design, W, V, "INC")
    region = fit.design.index[7]
    impulse = fit.impulse("INC", region, method="delta").table["estimate"]
    np.testing.assert_allclose(impulse, S[:, 7], rtol=1e-9, atol=1e-12)
    by_region = fit.impacts_by_region("INC", method="delta")
    np.testing.assert_allclose(by_region.effect("own"), np.diag(S), rtol=1e-9)
    np.testing.assert_allclose(by_region.effect("given"), S.sum(0) - np.diag(S), rtol=1e-8)
    orders = fit.impacts_by_order(3).table["estimate"].xs("INC", level="term")
    np.testing.assert_allclose(
        orders.groupby(level="effect").sum()["total"], S.sum() / 49, rtol=1e-9
    )
    assert fit.marginal_impacts("INC").total.iloc[0] == pytest.approx(S.sum() / 49, rel=1e-8)
    elastic = fit.elasticities(at="means").table["estimate"]["INC", "total"]
    ratio = columbus.table["INC"].mean() / columbus.table["CRIME"].mean()
    assert elastic == pytest.approx(S.sum() / 49 * ratio, rel=1e-9)
    drawn = fit.impacts(method="monte-carlo", draws=2000)
    # 2,000 draws tell a standard deviation to 1.6 %; the delta method is linear in rho besides
    np.testing.assert_allclose(drawn.table["std_error"], fit.impacts().table["std_error"], rtol=0.1)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("model", MODELS)
def test_predictions_lag_regressors_by_w_x(columbus, wide, model):
    fit = fitted(columbus, wide, model)
    W = columbus.W.sparse.toarray()
    table = columbus.table.assign(INC=columbus.table["INC"] + 1.0)
    rows = table.loc[fit.design.index]
    X = np.column_stack([np.ones(49), rows["INC"], rows["HOVAL"]])
    X = np.column_stack([X, wide.sparse @ X[:, 1:]])
    inverse = np.linalg.inv(np.eye(49) - fit.params.get("rho", 0.0) * W)
    expected = inverse @ X @ fit.estimates.values[:5]
    np.testing.assert_allclose(fit.predict(table).values, expected, rtol=1e-10)


def test_new_regions_need_w_x_over_old_and_new(columbus, wide):
    new = columbus.table.index[[3, 20]]
    seen = columbus.table.drop(index=new)
    W, V = (each.restrict(seen.index) for each in (columbus.W, wide))
    fit = wb.fit(columbus.formula, seen, W, model="sdm", W_x=V)
    fresh = columbus.table.loc[new]
    with pytest.raises(InputError, match="W_x_new"):
        fit.predict(fresh, columbus.W)
    found = fit.predict(fresh, columbus.W, W_x_new=wide, kind="TC").values
    every = fitted(columbus, wide, "sdm").design
    inverse = np.linalg.inv(np.eye(49) - fit.params["rho"] * columbus.W.sparse.toarray())
    expected = pd.Series(inverse @ every.X @ fit.estimates.values[:5], every.index)
    np.testing.assert_allclose(found, expected.loc[found.index], rtol=1e-10)


def test_influence_follows_impacts_of_w_x(columbus, wide):
    wide = wide.normalize("none")  # row sums that differ: total impacts then tell W from W_x
    fit = fitted(columbus, wide, "slx")
    found = influence(fit)
    region = fit.design.index[10]
    # Exact: the region's equation is left out, the lags that hold its values stay.
    rest = np.arange(49) != 10
    beta = np.linalg.lstsq(fit.design.X[rest], fit.design.y[rest], rcond=None)[0]
    params = pd.Series(beta, fit.params.index)
    W, V = np.zeros((49, 49)), wide.sparse.toarray()
    without = three(effects(params, fit.design, W, V, "INC"))
    for effect, value in zip(("direct", "indirect", "total"), without, strict=True):
        assert found.of("INC", effect).loc[region, "without"] == pytest.approx(value, rel=1e-8)
    sdm = fitted(columbus, wide, "sdm")
    found = influence(sdm)
    step = pd.Series({t: found.of(t).loc[region, "change"] for t in sdm.params.index})
    # impacts move with the estimates to first order: a thousandth of the step, both ways
    W = columbus.W.sparse.toarray()
    ends = [three(effects(sdm.params + s * step, sdm.design, W, V, "INC")) for s in (1e-3, -1e-3)]
    moved = (ends[0] - ends[1]) / 2e-3
    for effect, value in zip(("direct", "indirect", "total"), moved, strict=True):
        assert found.of("INC", effect).loc[region, "change"] == pytest.approx(value, rel=1e-5)


def test_w_itself_changes_nothing(columbus):
    plain = wb.fit(columbus.formula, columbus.table, columbus.W, model="sdm")
    same = fitted(columbus, columbus.W)
    assert same.weights_x is None
    np.testing.assert_array_equal(plain.params, same.params)
    np.testing.assert_array_equal(plain.impacts().table, same.impacts().table)


def test_the_result_and_its_provenance_name_w_x(columbus, wide):
    fit = fitted(columbus, wide, "gns", W_error=wide)
    assert fit.weights_x.digest == wide.digest
    assert fit.weights_error.digest == wide.digest
    assert fit.weights.digest == columbus.W.digest
    assert wide.digest in fit.provenance.options["W_x"]


def test_the_formula_lags_by_w_x(columbus, wide):
    named = wb.fit(
        columbus.formula + " + W(INC)", columbus.table, columbus.W, model="sar", W_x=wide
    )
    asked = fitted(columbus, wide, "sdm", durbin=["INC"])
    np.testing.assert_array_equal(named.params, asked.params)
    np.testing.assert_array_equal(named.impacts().table, asked.impacts().table)
    squared = columbus.W.higher_order(2)
    assert wb.fit(
        columbus.formula + " + W(INC)", columbus.table, columbus.W, W_x=squared
    ).weights_x.digest == squared.digest  # fmt: skip


def test_fits_with_other_w_x_are_not_nested_unless_wx_goes(columbus, wide):
    one, other = fitted(columbus, wide, "sdm"), fitted(columbus, None, "sdm")
    small = fitted(columbus, None, "slx")
    with pytest.raises(InputError, match="W_x"):
        nested_tests(small, one)
    sar = wb.fit(columbus.formula, columbus.table, columbus.W, model="sar")
    found = nested_tests(sar, one)
    assert found["LR"].statistic == pytest.approx(2 * (one.loglik - sar.loglik))
    assert found["LR"].statistic == pytest.approx(one.diagnostics()["LR WX"].statistic)
    assert nested_tests(fitted(columbus, wide, "slx"), one)["LR"].df == (1.0,)
    assert len(j_test(one, other)) == 2


def test_no_common_factor_with_other_lags(columbus, wide):
    fit = fitted(columbus, wide, "sdm")
    assert not common_factor_is_exact(fit)
    found = fit.diagnostics()
    assert not found["LR common factor"].applicable
    assert "WX has other weights" in found["Wald common factor"].reason
    sem = wb.fit(columbus.formula, columbus.table, columbus.W, model="sem")
    assert not nested_tests(sem, fit)["LR"].applicable


def test_robust_covariances_take_the_same_regressors(columbus, wide):
    fit = fitted(columbus, wide, "slx").with_covariance("HC1")
    X, e = fit.design.X, fit.resids.to_numpy()
    bread = np.linalg.inv(X.T @ X)
    expected = 49 / 44 * bread @ (X.T * e**2) @ X @ bread
    np.testing.assert_allclose(fit.cov, expected, rtol=1e-9)


def test_rows_that_miss_values_leave_w_x_too(columbus, wide):
    table = columbus.table.copy()
    table.loc[table.index[3], "INC"] = np.nan
    fit = wb.fit(columbus.formula, table, columbus.W, model="sdm", W_x=wide, missing="drop")
    kept = table.drop(index=table.index[3])
    W, V = (each.restrict(kept.index) for each in (columbus.W, wide))
    expected = wb.fit(columbus.formula, kept, W, model="sdm", W_x=V)
    np.testing.assert_array_equal(fit.params, expected.params)
    assert any("W_x: " in note and "49 to 48" in note for note in fit.notes)


def test_w_x_without_wx_or_of_other_regions_is_refused(columbus, wide):
    for model in ("ols", "sar", "sem", "sac"):
        with pytest.raises(InputError, match=r"W\(x\) in the formula"):
            fitted(columbus, wide, model)
    fewer = wide.restrict(columbus.table.index[1:])
    with pytest.raises(IdError, match="W_x"):
        fitted(columbus, fewer)
    with pytest.raises(InputError, match="W_x"):
        fitted(columbus, "near")
