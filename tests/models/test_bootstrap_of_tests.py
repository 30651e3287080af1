"""P-values from draws of the null: laws recovered, every model, refusals with a way out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from scipy import sparse, stats

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.errors import InputError, OptionError
from workbench.models.resampling.quantities import impact_rule
from workbench.models.testing.named_tests import answer_of
from workbench.numerics.sparse.recent import forget

MORAN = "Moran's I of residuals"


@pytest.fixture(autouse=True)
def nothing_held():
    forget()
    yield
    forget()


@pytest.fixture(scope="module")
def square():
    """A SAR on 400 regions with rook neighbours."""
    side = 20
    step = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(side, side))
    B = sparse.kron(step, sparse.eye_array(side)) + sparse.kron(sparse.eye_array(side), step)
    ids = [f"r{i:03d}" for i in range(side * side)]
    W = wb.weights.as_weights(Graph.from_sparse(sparse.csr_array(B), ids=ids)).normalize("row")
    rng = np.random.default_rng(5)
    x = rng.normal(size=(side * side, 2))
    A = np.eye(side * side) - 0.4 * W.sparse.toarray()
    y = np.linalg.solve(A, 1.0 + x.sum(axis=1) + rng.normal(size=side * side))
    index = pd.Index(ids, name="region")
    return pd.DataFrame({"y": y, "a": x[:, 0], "b": x[:, 1]}, index=index), W


@pytest.mark.slow
def test_likelihood_ratio_under_its_null_is_chi_square(square):
    """400 regions: mean and variance of 499 draws within their Monte-Carlo error, and Kolmogorov's
    distance within its 0.1 % bound."""
    table, W = square
    sar, sdm = (wb.fit("y ~ a + b", table, W, model=model) for model in ("sar", "sdm"))
    test = sar.bootstrap_test(sdm, draws=499)
    assert test.asymptotic.df == (2.0,)
    assert test.statistic == pytest.approx(2 * (sdm.loglik - sar.loglik))
    assert abs(test.draws.mean() - 2) < 3.5 * np.sqrt(2 * 2 / 499)
    # the fourth moment of a chi-square with k degrees about its mean is 12k(k + 4)
    assert abs(test.draws.var() - 4) < 3.5 * np.sqrt((12 * 2 * 6 - 16) / 499)
    assert stats.kstest(test.draws, stats.chi2(2).cdf).pvalue > 0.001
    assert test.critical_value(0.05) == pytest.approx(np.sort(test.draws)[474])


def test_moran_of_least_squares_has_the_moments_of_its_normal_law(columbus):
    """Under normal errors Moran's I of OLS residuals has known mean and variance at any n."""
    fit = wb.fit(columbus.formula, columbus.table, columbus.W)
    test = fit.bootstrap_test(MORAN, draws=999)
    known = fit.diagnostics()[MORAN]
    assert test.statistic == pytest.approx(known.statistic, rel=1e-12)
    assert abs(test.draws.mean() - known.expected) < 3.5 * np.sqrt(known.variance / 999)
    assert test.draws.var() == pytest.approx(known.variance, rel=3.5 * np.sqrt(2 / 999))
    exact = fit.diagnostics()["Moran's I (exact)"].p_value
    assert abs(test.p_value - exact) < 3.5 * np.sqrt(exact / 999) + 2 / 1000
    assert test.alternative == "two-sided"


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["sar", "sem", "gns"])
def test_moran_of_any_model_is_that_of_its_residuals(columbus, model):
    fit = wb.fit(columbus.formula, columbus.table, columbus.W, model=model)
    test = fit.bootstrap_test(MORAN, kind="residual", draws=19)
    e, W = fit.resids.to_numpy(), columbus.W.sparse
    assert test.statistic == pytest.approx(49 / W.sum() * (e @ (W @ e)) / (e @ e), abs=1e-12)
    y = fit.simulate(1, kind="residual")[1]
    again = wb.fit(columbus.formula, columbus.table.assign(CRIME=y), columbus.W, model=model)
    e = again.resids.to_numpy()
    assert test.draws[1] == pytest.approx(49 / W.sum() * (e @ (W @ e)) / (e @ e), abs=1e-7)
    assert test.asymptotic is None


def test_a_side_of_its_own_takes_that_side_of_the_law_too(columbus):
    fit = wb.fit(columbus.formula, columbus.table, columbus.W)
    both, upper = (fit.bootstrap_test(MORAN, draws=99, alternative=a) for a in (None, "greater"))
    assert upper.p_value == pytest.approx(both.p_value / 2)
    assert upper.asymptotic.p_value == pytest.approx(both.asymptotic.p_value / 2)
    lower = fit.bootstrap_test(MORAN, draws=99, alternative="less")
    assert lower.p_value + upper.p_value == pytest.approx(1.01)  # the data are in both tails
    lm = fit.bootstrap_test("LM lag", draws=39, alternative="two-sided")
    assert lm.asymptotic is None


def test_p_value_counts_the_data_among_the_draws(columbus):
    fit = wb.fit(columbus.formula, columbus.table, columbus.W)
    test = fit.bootstrap_test("LM lag", draws=99)
    beyond = int((test.draws >= test.statistic).sum())
    assert test.p_value == (beyond + 1) / 100
    assert test.alternative == "greater"


@pytest.mark.slow
def test_a_name_a_function_and_an_answer_are_one_test(columbus):
    fit = wb.fit(columbus.formula, columbus.table, columbus.W, model="sar")
    name = fit.bootstrap_test("LM remaining error", draws=19)
    answer = fit.bootstrap_test(lambda fit: fit.diagnostics()["LM remaining error"], draws=19)
    plain = fit.bootstrap_test(
        lambda fit: fit.diagnostics()["LM remaining error"].statistic,
        draws=19,
        alternative="greater",
    )
    np.testing.assert_allclose(name.draws, answer.draws, rtol=1e-12)
    assert name.p_value == answer.p_value == plain.p_value
    assert name.name == "LM remaining error"
    assert plain.asymptotic is None


@pytest.mark.parametrize("model", ["ols", "sdm"])
def test_one_test_alone_is_that_of_all_diagnostics(columbus, model):
    fit = wb.fit(columbus.formula, columbus.table, columbus.W, model=model)
    for name, answer in fit.diagnostics().items():
        pd.testing.assert_frame_equal(answer_of(fit, name).tidy(), answer.tidy())


def test_models_that_are_not_nested_have_a_law_by_draws(columbus):
    sem, sar = (
        wb.fit(columbus.formula, columbus.table, columbus.W, model=model)
        for model in ("sem", "sar")
    )
    low, high = sorted((sem, sar), key=lambda fit: fit.loglik)
    test = low.bootstrap_test(high, draws=39)
    assert test.asymptotic is None
    assert test.draws.min() < 0  # of its own outcomes the null is often the better one
    assert low.model in test.null
    assert high.model in test.null


@pytest.mark.slow
def test_common_factor_by_draws_of_the_error_model(columbus):
    sem, sdm = (
        wb.fit(columbus.formula, columbus.table, columbus.W, model=model)
        for model in ("sem", "sdm")
    )
    test = sem.bootstrap_test(sdm, draws=59)
    assert test.asymptotic.df == (2.0,)
    assert (test.draws > -1e-8).all()


def test_tables_and_picture(columbus):
    fit = wb.fit(columbus.formula, columbus.table, columbus.W)
    test = fit.bootstrap_test("LM lag", draws=39)
    assert set(test.tidy().columns) | set(test.glance().columns) <= set(GLOSSARY)
    assert test.tidy().loc["LM lag", "p_bootstrap"] == test.p_value
    assert "39 draws from the fitted ols" in str(test)
    assert "<table" in test._repr_html_()
    texts = " ".join(t.get_text() for t in test.plot().findobj(lambda o: hasattr(o, "get_text")))
    assert "chi-square (1)" in texts
    assert "bootstrap p" in texts


def test_order_of_rows_changes_no_bit(columbus):
    tests = []
    for table in (columbus.table, columbus.table.sample(frac=1, random_state=1)):
        forget()
        sar, sdm = (
            wb.fit(columbus.formula, table, columbus.W, model=model) for model in ("sar", "sdm")
        )
        tests.append(sar.bootstrap_test(sdm, draws=19).draws)
    pd.testing.assert_series_equal(*tests, check_exact=True)


def test_refusals_say_what_would_do(columbus):
    ols, sar = (
        wb.fit(columbus.formula, columbus.table, columbus.W, model=model)
        for model in ("ols", "sar")
    )
    with pytest.raises(OptionError, match="did you mean 'LM lag'"):
        ols.bootstrap_test("LM lags")
    with pytest.raises(InputError, match="exchange the two fits"):
        sar.bootstrap_test(ols)
    with pytest.raises(InputError, match="exchange the two fits"):
        sar.bootstrap_test(sar)
    with pytest.raises(InputError, match="not of sar"):
        sar.bootstrap_test("RESET")
    with pytest.raises(InputError, match="at least 19"):
        ols.bootstrap_test("LM lag", draws=9)
    with pytest.raises(InputError, match="one number"):
        ols.bootstrap_test(lambda fit: fit.params, draws=19)
    with pytest.raises(InputError, match="the name of a test"):
        ols.bootstrap_test(5)
    with pytest.raises(OptionError, match="did you mean 'greater'"):
        ols.bootstrap_test("LM lag", draws=19, alternative="greatest")
    without = wb.fit(columbus.formula, columbus.table)
    with pytest.raises(InputError, match="a fit with weights W"):
        without.bootstrap_test(MORAN)
    fewer = wb.fit(columbus.formula, columbus.table.iloc[:40], columbus.W, align="intersection")
    with pytest.raises(InputError, match="a fit on the same regions"):
        ols.bootstrap_test(fewer)
    with pytest.raises(InputError, match="for one critical value"):
        ols.bootstrap_test(MORAN, draws=19).critical_value()


def test_impacts_of_draws_know_weights_of_regressors(columbus):
    """Where WX has weights of its own, the impacts of a draw are those of ``impacts()``."""
    ids = columbus.table.index
    ring = {a: [b] for a, b in zip(ids, [*ids[1:], ids[0]], strict=True)}
    V = wb.weights.as_weights(Graph.from_dicts(ring))
    for model in ("slx", "sdm"):
        fit = wb.fit(columbus.formula, columbus.table, columbus.W, model=model)
        object.__setattr__(fit, "weights_x", V)
        found = impact_rule(fit._impact_parts(), None)(fit.estimates.values)
        np.testing.assert_allclose(found.ravel(), fit.impacts().tidy()["estimate"], rtol=1e-8)
