"""Tests between two fits: nested ones against R, others by the J test; refusals name the way."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench.errors import InputError, OptionError
from workbench.models import j_test, nested_tests


def fitted(case, model, formula=None, W=None, **options):
    return wb.fit(formula or case.formula, case.table, W or case.W, model=model, **options)


def test_nested_pairs_agree_with_r(columbus):
    sar, sem, sdm = (fitted(columbus, model) for model in ("sar", "sem", "sdm"))
    lags = nested_tests(sar, sdm)
    expected = columbus.numbers["LR/sdm_vs_lag/stat"]
    assert lags["LR"].statistic == pytest.approx(expected, rel=1e-5)
    assert lags["Wald"].statistic == pytest.approx(sdm.diagnostics()["Wald WX"].statistic)
    factor = nested_tests(sem, sdm)["LR"]
    expected = columbus.numbers["LR/sdm_vs_err_commonfactor/stat"]
    assert factor.statistic == pytest.approx(expected, rel=1e-5)
    assert "theta = -rho * beta" in factor.null


def test_fewer_regressors_are_nested_too(columbus):
    found = nested_tests(fitted(columbus, "sar", "CRIME ~ INC"), fitted(columbus, "sar"))
    assert found["Wald"].null == "the coefficients of HOVAL are zero"
    z = fitted(columbus, "sar").tstats["HOVAL"]
    assert found["Wald"].statistic == pytest.approx(z**2, rel=1e-10)


def test_robust_covariance_has_no_likelihood_ratio(columbus):
    large = fitted(columbus, "slx", covariance="robust")
    found = nested_tests(fitted(columbus, "ols"), large)
    assert "HC1" in str(found["LR"])
    assert found["Wald"].applicable


def test_pairs_that_are_not_nested_are_refused(columbus, labelled_case):
    sar, sdm = fitted(columbus, "sar"), fitted(columbus, "sdm")
    with pytest.raises(InputError, match="exchange the two"):
        nested_tests(sdm, sar)
    with pytest.raises(InputError, match="j_test"):
        nested_tests(sar, fitted(columbus, "sem"))
    with pytest.raises(InputError, match="the same W"):
        nested_tests(sar, fitted(columbus, "sdm", W=columbus.W.normalize("none")))
    with pytest.raises(InputError, match="outcome"):
        nested_tests(fitted(columbus, "ols", "log(CRIME) ~ INC"), fitted(columbus, "ols"))
    fewer = columbus.table.iloc[1:]
    W = columbus.W.restrict(fewer.index)
    with pytest.raises(InputError, match="49 regions against 48"):
        nested_tests(wb.fit(columbus.formula, fewer, W, model="sar"), sdm)


@pytest.fixture
def other_weights(reference_case):
    from libpysal.graph import Graph

    raw = reference_case("oldcol_knn6")
    return wb.weights.as_weights(Graph.from_sparse(raw.B, ids=raw.ids)).normalize("row")


def test_j_test_agrees_with_sphet(columbus, other_weights):
    """sphet 2.1-1 (tests/reference/cross_section_jtest.csv): coefficient over its error."""
    one, two = fitted(columbus, "sar"), fitted(columbus, "sar", W=other_weights)
    found = list(j_test(one, two).values())
    assert found[0].statistic == pytest.approx(2.08220394530269 / np.sqrt(1.2249282330843))
    assert found[1].statistic == pytest.approx(-1.07087483643249 / np.sqrt(1.50083783996825))
    robust = next(iter(j_test(one, two, covariance="robust").values()))
    assert robust.statistic == pytest.approx(2.08220394530269 / np.sqrt(0.59613625167731))


def test_j_test_of_regressors_without_weights(columbus):
    """Davidson and MacKinnon's case: the F of one added fitted value, by least squares."""
    one, two = (wb.fit(f"CRIME ~ {x}", columbus.table) for x in ("INC", "HOVAL"))
    z = next(iter(j_test(one, two).values())).statistic
    X = np.column_stack([one.design.X, two.fit.fitted])
    beta = np.linalg.lstsq(X, one.design.y, rcond=None)[0]
    e = one.design.y - X @ beta
    error = np.sqrt(e @ e / 46 * np.linalg.inv(X.T @ X)[-1, -1])
    assert z == pytest.approx(beta[-1] / error, rel=1e-8)


def test_j_test_refuses_what_it_cannot_compare(columbus):
    sar = fitted(columbus, "sar")
    with pytest.raises(InputError, match="spatial disturbance"):
        j_test(sar, fitted(columbus, "sem"))
    with pytest.raises(InputError, match="predict the same"):
        j_test(sar, sar)
    with pytest.raises(InputError, match="same left-hand side"):
        j_test(sar, fitted(columbus, "sar", "INC ~ HOVAL"))
    with pytest.raises(OptionError, match="classical"):
        j_test(sar, fitted(columbus, "slx"), covariance="hc0")
