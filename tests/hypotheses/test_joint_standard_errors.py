"""A combination of impacts has its joint standard error.

References: numerical derivatives of LeSage and Pace's impacts by dense inverses; Monte Carlo.
"""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench.errors import InputError
from workbench.hypotheses.statements.estimands import (
    NotInModelError,
    coefficient,
    direct,
    indirect,
    lambda_,
    moran_index,
    rho,
    total,
)

FORMULA = "log(gsp) ~ log(emp) + log(pc)"
EMP, PC = "log(emp)", "log(pc)"


def dense_impacts(named, Ws, Vs, term):
    """Direct, indirect, total of one term by (I(1 - tau) - (rho + eta) W)^-1 (beta I + theta V)."""
    several = []
    for W, V in zip(Ws, Vs, strict=True):
        n = len(W)
        left = (1 - named.get("tau", 0)) * np.eye(n)
        left -= (named.get("rho", 0) + named.get("eta", 0)) * W
        S = np.linalg.solve(left, named.get(term, 0) * np.eye(n) + named.get(f"W({term})", 0) * V)
        several.append([np.trace(S) / n, S.sum() / n])
    straight, whole = np.mean(several, axis=0)
    return {"direct": straight, "indirect": whole - straight, "total": whole}


def dense_error(fit, combine, Ws, Vs=None, *, lags=()):
    """Value and delta-method error of ``combine(impacts, parameters)`` by central differences."""
    terms, at, V = list(fit.params.index), fit.params.to_numpy(), fit.cov.to_numpy()

    def value(theta):
        named = dict(zip(terms, theta, strict=True))
        short = {k: v for k, v in named.items() if k not in lags}
        return combine(lambda t: dense_impacts(short, Ws, Vs or Ws, t), named)

    gradient = np.empty(len(at))
    for i, size in enumerate(np.maximum(np.abs(at), 0.1) * 1e-5):
        step = np.zeros(len(at))
        step[i] = size
        gradient[i] = (value(at + step) - value(at - step)) / (2 * size)
    return value(at), np.sqrt(gradient @ V @ gradient)


def agrees(estimate, reference):
    # central differences carry about 1e-9
    np.testing.assert_allclose([estimate.value, estimate.std_error], reference, rtol=2e-7)


DIFFERENCES = {
    "two spillovers": (
        indirect(EMP) - indirect(PC),
        lambda s, _: s(EMP)["indirect"] - s(PC)["indirect"],
    ),
    "spillover and direct": (
        indirect(EMP) - 0.5 * direct(EMP),
        lambda s, _: s(EMP)["indirect"] - 0.5 * s(EMP)["direct"],
    ),
    "total and coefficient": (
        2 * total(PC) + coefficient(EMP) / 4,
        lambda s, b: 2 * s(PC)["total"] + b[EMP] / 4,
    ),
    "with the intercept": (
        total(PC) - coefficient("Intercept"),
        lambda s, b: s(PC)["total"] - b["Intercept"],
    ),
}


@pytest.mark.quick_cases(5)
@pytest.mark.parametrize("which", DIFFERENCES)
@pytest.mark.parametrize("model", ["slx", "sar", "sdm", "gns"])
def test_of_cross_sections(year, queen, model, which):
    fit = wb.fit(FORMULA, year, queen, model=model)
    estimand, combine = DIFFERENCES[which]
    agrees(estimand.estimate(fit), dense_error(fit, combine, [queen.sparse.toarray()]))


def test_where_rows_of_w_have_other_sums(year, states):
    binary = wb.weights.queen(states, normalize="spectral")
    fit = wb.fit(FORMULA, year, binary, model="sdm")
    estimand, combine = DIFFERENCES["two spillovers"]
    agrees(estimand.estimate(fit), dense_error(fit, combine, [binary.sparse.toarray()]))


def test_where_regressors_have_weights_of_their_own(year, queen, states):
    near = wb.weights.knn(states, 4)
    fit = wb.fit(FORMULA, year, queen, model="sdm", W_x=near)
    estimand, combine = DIFFERENCES["spillover and direct"]
    W, V = queen.sparse.toarray(), near.sparse.toarray()
    agrees(estimand.estimate(fit), dense_error(fit, combine, [W], [V]))


def test_of_a_panel_with_clusters(panel, queen):
    fit = wb.fit(FORMULA, panel, queen, model="sdm", effects="two-way", covariance="clustered")
    estimand, combine = DIFFERENCES["two spillovers"]
    agrees(estimand.estimate(fit), dense_error(fit, combine, [queen.sparse.toarray()]))


def test_where_w_changes_over_time(panel, queen, states):
    near = wb.weights.knn(states, 4)
    years = panel.index.unique("year")
    W = {year: queen if year < 1978 else near for year in years}
    fit = wb.fit(FORMULA, panel, W, model="sdm", effects="entity", lee_yu="none")
    estimand, combine = DIFFERENCES["two spillovers"]
    agrees(
        estimand.estimate(fit), dense_error(fit, combine, [W[y].sparse.toarray() for y in years])
    )


@pytest.fixture(scope="module")
def dynamic(panel, queen):
    return wb.fit(
        FORMULA, panel, queen, model="sar", effects="two-way", dynamic="both", lee_yu="none"
    )


def test_of_the_long_run(dynamic, queen):
    if not dynamic.stable:
        pytest.fail("the example should have a long run")
    estimand = total(EMP, "long-run") - indirect(PC, "long-run")
    reference = dense_error(
        dynamic,
        lambda s, _: s(EMP)["total"] - s(PC)["indirect"],
        [queen.sparse.toarray()],
    )
    agrees(estimand.estimate(dynamic), reference)


def test_of_the_short_run_beside_a_parameter(dynamic, queen):
    reference = dense_error(
        dynamic,
        lambda s, b: s(EMP)["total"] - b["tau"],
        [queen.sparse.toarray()],
        lags=("tau", "eta"),
    )
    agrees((total(EMP) - coefficient("tau")).estimate(dynamic), reference)


def test_a_difference_is_not_one_of_independent_estimates(sdm):
    """Correlation of the two impacts is far from 0 here: what separate errors would leave out."""
    both = (direct(EMP) - indirect(EMP)).estimate(sdm).std_error
    apart = np.hypot(direct(EMP).estimate(sdm).std_error, indirect(EMP).estimate(sdm).std_error)
    assert abs(both / apart - 1) > 0.05


@pytest.mark.parametrize("method", ["delta", "monte-carlo"])
def test_one_impact_is_the_row_of_the_table(sdm, dynamic, panel, queen, method):
    moments = wb.fit(FORMULA, panel, queen, model="sar", effects="entity", method="gmm")
    for fit, horizon in ((sdm, None), (moments, None), (dynamic, None), (dynamic, "long-run")):
        options = {"horizon": horizon} if horizon else {}
        table = fit.impacts(method=method, draws=500, seed=4, **options)
        for made, effect in ((direct, "direct"), (indirect, "indirect"), (total, "total")):
            found = made(PC, horizon).estimate(fit, method=method, draws=500, seed=4)
            row = table[PC, effect]
            assert found.value == row["estimate"]
            assert (found.conf_low, found.conf_high) == (row["conf_low"], row["conf_high"])
            np.testing.assert_allclose(found.std_error, row["std_error"], rtol=1e-13)
            if method == "delta":
                assert found.std_error == row["std_error"]
                assert found.p_value() == row["p_value"]


def test_one_coefficient_is_the_row_of_the_table(year, sdm):
    fit = wb.fit(FORMULA, year, covariance="HC3")
    row = fit.tidy(0.9).loc[EMP]
    found = coefficient(EMP).estimate(fit, level=0.9)
    assert [found.value, found.std_error, found.conf_low, found.conf_high] == row[
        ["estimate", "std_error", "conf_low", "conf_high"]
    ].tolist()
    assert found.p_value() == row["p_value"]  # Student's t, as the table has it
    assert rho().estimate(sdm).value == sdm.params["rho"]


def test_draws_agree_with_gradients_where_effects_are_nearly_linear(panel, queen):
    fit = wb.fit(FORMULA, panel, queen, model="sdm", effects="entity")
    estimand = indirect(EMP) - indirect(PC) + coefficient(EMP)
    drawn = estimand.estimate(fit, method="monte-carlo", draws=20_000)
    made = estimand.estimate(fit)
    assert drawn.value == made.value
    # 20,000 draws: 0.5 % of a standard error; the rest is curvature
    np.testing.assert_allclose(drawn.std_error, made.std_error, rtol=0.03)
    np.testing.assert_allclose(drawn.interval(0.9), made.interval(0.9), atol=made.std_error / 10)


def test_draws_of_other_parameters_are_joint(sdm):
    """The intercept is no parameter of an impact, and is correlated with those that are."""
    both = coefficient("Intercept") + 10 * coefficient(PC)
    drawn = (both + 1e-9 * total(EMP)).estimate(sdm, method="monte-carlo", draws=20_000)
    error = both.estimate(sdm).std_error
    apart = np.hypot(sdm.std_errors["Intercept"], 10 * sdm.std_errors[PC])
    assert abs(error / apart - 1) > 0.05
    # 20,000 draws; those whose rho leaves its interval are left out
    np.testing.assert_allclose(drawn.std_error, error, rtol=0.02)


def test_draws_are_those_of_the_seed(sdm):
    found = [
        (indirect(EMP) - indirect(PC)).estimate(sdm, method="monte-carlo", draws=500, seed=seed)
        for seed in (0, 0, 1)
    ]
    assert found[0].std_error == found[1].std_error != found[2].std_error


def test_rows_in_another_order_change_nothing(year, queen, sdm):
    other = wb.fit(FORMULA, year.sample(frac=1, random_state=1), queen, model="sdm")
    for estimand in (indirect(EMP) - indirect(PC), moran_index("residuals")):
        a, b = (estimand.estimate(fit, draws=200) for fit in (sdm, other))
        assert (a.value, a.p_value()) == (b.value, b.p_value())


def test_a_term_is_found_however_it_is_spaced(year):
    fit = wb.fit("log(gsp) ~ unemp + I(unemp**2) + C(unemp > 6)", year)
    assert coefficient("I( unemp**2 )").estimate(fit).value == fit.params["I(unemp ** 2)"]


def test_what_a_fit_lacks_is_named(sdm, year):
    with pytest.raises(NotInModelError, match=r"log\(emp\), log\(pc\)") as caught:
        indirect("log(pcc)").estimate(sdm)
    assert "did you mean 'log(pc)'" in str(caught.value)
    with pytest.raises(NotInModelError, match="lambda"):
        lambda_().estimate(sdm)
    with pytest.raises(NotInModelError, match="dynamic panel"):
        total(EMP, "long-run").estimate(sdm)
    ols = wb.fit(FORMULA, year)
    with pytest.raises(NotInModelError, match="by the form of ols"):
        indirect(EMP).estimate(ols)
    with pytest.raises(NotInModelError, match="W"):
        moran_index("residuals").estimate(ols)


def test_an_index_has_no_covariance_with_anything():
    year, W = (
        wb.load("munnell-1990").xs(1986, level="year"),
        wb.weights.queen(wb.load("us-states")),
    )
    fit = wb.fit(FORMULA, year, W, model="sar")
    with pytest.raises(InputError, match="no standard error"):
        (moran_index("residuals") - rho()).estimate(fit)
    with pytest.raises(InputError, match="cancel"):
        rho() - rho()


def test_an_index_is_that_of_moran(year, queen, sdm):
    found = moran_index("log(gsp)").estimate(sdm, draws=200, seed=3)
    reference = wb.moran("log(gsp)", year, queen, permutations=199, seed=3)
    assert found.value == reference.statistic
    assert found.p_value() == reference.p_permutation
    assert np.isnan([found.std_error, found.conf_low, found.conf_high]).all()
