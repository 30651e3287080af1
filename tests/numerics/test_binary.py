"""Promise: logits are those of other software, penalised or not, and separation is found exactly.

Reference: ``firth_expected.csv`` (R's logistf and brglm2 to the digits they print, see the README
there); statsmodels; a dense optimiser of the penalised likelihood; closed forms.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.optimize import minimize

from workbench.errors import ConvergenceError
from workbench.numerics.binary.discrimination import area_under_curve
from workbench.numerics.binary.logit import fit_logit, null_loglik
from workbench.numerics.binary.profiles import profile_interval, profile_statistic
from workbench.numerics.binary.separation import EITHER, find_separation

REFERENCE = Path(__file__).parents[1] / "reference"
CASES = {
    "endometrial": ("endometrial.csv", "HG"),
    "sep8": ("firth_sep8.csv", "Y"),
    "2x2_41": ("firth_2x2_41.csv", "mort_28"),
}


def case(name):
    file, outcome = CASES[name]
    table = pd.read_csv(REFERENCE / file)
    expected = pd.read_csv(REFERENCE / "firth_expected.csv").query("data == @name")
    slopes = [term for term in expected["term"] if term != "Intercept"]
    X = np.column_stack([np.ones(len(table)), table[slopes].to_numpy(dtype=float)])
    return table[outcome].to_numpy(dtype=float), X, expected


def drawn(seed=0, n=60, slope=1.2):
    random = np.random.default_rng(seed)
    X = np.column_stack([np.ones(n), random.normal(size=(n, 2)) * [1.0, 30.0]])
    p = 1 / (1 + np.exp(-(-1.0 + slope * X[:, 1] - 0.02 * X[:, 2])))
    return (random.uniform(size=n) < p).astype(float), X


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", CASES)
def test_firth_agrees_with_logistf(name):
    y, X, expected = case(name)
    fit = fit_logit(y, X, penalised=True)
    # the reference has eight decimals
    np.testing.assert_allclose(fit.beta, expected["coef"], atol=6e-9)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.cov)), expected["se_information"], atol=6e-9)
    for at, row in enumerate(expected.itertuples()):
        ends = profile_interval(y, X, fit, column=at, level=0.95, penalised=True)
        np.testing.assert_allclose(ends, (row.pl_lower95, row.pl_upper95), atol=6e-9)
        found = profile_statistic(y, X, fit, column=at, value=0.0, penalised=True)
        assert found == pytest.approx(row.chisq, abs=6e-9)


def test_firth_adds_a_half_to_each_cell_of_a_table():
    counts = np.array([[7, 2], [0, 5]])  # rows x = 0, 1; columns y = 0, 1
    x = np.repeat([0, 0, 1, 1], counts.ravel())
    y = np.repeat([0, 1, 0, 1], counts.ravel()).astype(float)
    cells = counts + 0.5
    fit = fit_logit(y, np.column_stack([np.ones(len(x)), x]), penalised=True)
    odds = np.log(cells[:, 1] / cells[:, 0])
    np.testing.assert_allclose(fit.beta, [odds[0], odds[1] - odds[0]], atol=1e-10)


@pytest.mark.parametrize("penalised", [False, True])
def test_the_maximum_is_that_of_a_general_optimiser(penalised):
    y, X = drawn(seed=3)

    def objective(beta):
        eta = X @ beta
        p = 1 / (1 + np.exp(-eta))
        value = np.sum(y * eta - np.logaddexp(0, eta))
        if penalised:
            value += 0.5 * np.linalg.slogdet((X * (p * (1 - p))[:, None]).T @ X)[1]
        return -value

    fit = fit_logit(y, X, penalised=penalised)
    found = minimize(objective, np.zeros(3), method="Nelder-Mead", options={
        "xatol": 1e-10, "fatol": 1e-13, "maxiter": 20_000, "maxfev": 20_000})  # fmt: skip
    assert fit.objective == pytest.approx(-found.fun, abs=1e-10)
    np.testing.assert_allclose(fit.beta, found.x, atol=1e-5)


def test_maximum_likelihood_agrees_with_statsmodels():
    from statsmodels.discrete.discrete_model import Logit

    y, X = drawn(seed=1)
    fit, other = fit_logit(y, X), Logit(y, X).fit(disp=0, tol=1e-12)
    np.testing.assert_allclose(fit.beta, other.params, rtol=1e-8)
    np.testing.assert_allclose(fit.cov, other.cov_params(), rtol=1e-8)
    assert fit.loglik == pytest.approx(other.llf, rel=1e-12)
    assert null_loglik(y) == pytest.approx(other.llnull, rel=1e-10)


def test_units_of_a_column_scale_its_coefficient_only():
    y, X = drawn(seed=2)
    scale = np.array([1.0, 1e6, 1e-4])
    one, two = (fit_logit(y, Z, penalised=True) for Z in (X, X * scale))
    np.testing.assert_allclose(two.beta * scale, one.beta, rtol=1e-9)
    assert two.objective == pytest.approx(one.objective + np.log(scale).sum(), rel=1e-10)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("origin", [2000.0, 1e6, 1e8])
@pytest.mark.parametrize("events", [8, 40])
def test_the_origin_of_a_column_moves_the_constant_only(origin, events):
    """Years, and coordinates in metres; with eight events the column separates."""
    random = np.random.default_rng(8)
    x = np.sort(random.uniform(size=80))
    y = (np.arange(80) >= 80 - events).astype(float)
    y[10] = float(events == 40)
    X, moved = (np.column_stack([np.ones(80), x + shift]) for shift in (0.0, origin))
    kind = "complete" if events == 8 else "none"
    assert find_separation(y, X).kind == find_separation(y, moved).kind == kind
    one, two = (fit_logit(y, Z, penalised=True) for Z in (X, moved))
    digits = 1e-15 * origin * 1e3  # what the shifted figures still hold of x
    assert two.beta[1] == pytest.approx(one.beta[1], rel=1e-8 + digits)
    assert two.objective == pytest.approx(one.objective, rel=1e-8 + digits)
    one_end, two_end = (
        profile_interval(y, Z, fit, column=1, level=0.95, penalised=True)
        for Z, fit in ((X, one), (moved, two))
    )
    np.testing.assert_allclose(two_end, one_end, rtol=1e-7 + digits)
    if kind == "complete":
        assert find_separation(y, moved).directions.tolist() == [-1, 1]


def test_ends_of_a_profile_are_where_the_test_just_rejects():
    y, X = drawn(seed=4)
    for penalised in (False, True):
        fit = fit_logit(y, X, penalised=penalised)
        for end in profile_interval(y, X, fit, column=1, level=0.9, penalised=penalised):
            found = profile_statistic(y, X, fit, column=1, value=end, penalised=penalised)
            assert found == pytest.approx(stats.chi2.ppf(0.9, 1), abs=1e-7)


def nearly_separated():
    """Eight events that size tells but for two, beside a regressor that goes with size."""
    random = np.random.default_rng(21)
    size = random.normal(7.0, 0.8, 78)
    other = 0.6 * size + random.normal(0.0, 0.8, 78)
    order = np.argsort(-size)
    y = np.zeros(78)
    y[order[:7]] = 1.0
    y[order[8]] = 1.0
    return y, np.column_stack([np.ones(78), size, other])


def penalised_objective(y, X):
    def value(beta):
        eta = X @ beta
        p = 1 / (1 + np.exp(-eta))
        with np.errstate(divide="ignore"):
            half = 0.5 * np.linalg.slogdet((X * (p * (1 - p))[:, None]).T @ X)[1]
        return np.sum(y * eta - np.logaddexp(0, eta)) + half

    return value


@pytest.mark.slow
def test_profiles_near_separation_are_the_highest_there_are():
    y, X = nearly_separated()
    fit = fit_logit(y, X, penalised=True)
    objective, bound = penalised_objective(y, X), stats.chi2.ppf(0.95, 1)
    for column in range(3):
        for end in profile_interval(y, X, fit, column=column, level=0.95, penalised=True):
            found = profile_statistic(y, X, fit, column=column, value=end, penalised=True)
            assert found == pytest.approx(bound, abs=1e-6)
            others = [at for at in range(3) if at != column]
            # from where a line between the estimate and the end leads, and beside it
            slope = fit.cov[:, column] / fit.cov[column, column]
            start = fit.beta + slope * (end - fit.beta[column])

            def negative(free, end=end, column=column, others=others):
                beta = np.empty(3)
                beta[column], beta[others] = end, free
                return -objective(beta)

            for stretch in (0.9, 1.0, 1.1):
                best = minimize(negative, stretch * start[others], method="Nelder-Mead")
                assert 2 * (fit.objective + best.fun) > bound - 1e-3


def test_second_derivatives_of_the_penalty_are_those_of_differences():
    from workbench.numerics.binary.logit import _penalty_hessian, _state

    y, X = drawn(seed=6)
    Z, beta, step = X / np.abs(X).max(axis=0), np.array([-0.5, 1.0, -0.7]), 1e-5

    def slope(beta):
        penalised, plain = _state(y, Z, beta, True), _state(y, Z, beta, False)
        return penalised.score - plain.score

    rows = [(slope(beta + step * e) - slope(beta - step * e)) / (2 * step) for e in np.eye(3)]
    np.testing.assert_allclose(_penalty_hessian(_state(y, Z, beta, True), Z), rows, atol=1e-8)


def test_a_likelihood_without_maximum_is_no_estimate():
    with pytest.raises(ConvergenceError, match="maximum"):
        fit_logit([0, 0, 1, 1], np.column_stack([np.ones(4), [1.0, 2, 3, 4]]))


def test_kinds_of_separation():
    x = np.array([1.0, 2, 3, 4, 5, 6])
    X = np.column_stack([np.ones(6), x])
    complete = find_separation([0, 0, 0, 1, 1, 1], X)
    assert (complete.kind, complete.rows.all()) == ("complete", True)
    tied = np.column_stack([np.ones(6), [1.0, 2, 3, 3, 4, 5]])
    quasi = find_separation([0, 0, 0, 1, 1, 1], tied)
    assert quasi.kind == "quasi-complete"
    assert quasi.rows.tolist() == [True, True, False, False, True, True]
    assert find_separation([0, 1, 0, 1, 0, 1], X).kind == "none"
    # centred at the gap the constant may go either way, and x only up
    assert find_separation([0, 0, 0, 1, 1, 1], X - [0, 3.5]).directions.tolist() == [EITHER, 1]
    # the other way round
    assert find_separation([1, 1, 1, 0, 0, 0], X).directions.tolist() == [1, -1]


def test_a_category_without_events_sends_its_own_coefficient_only():
    dummy = np.array([0.0, 0, 0, 0, 0, 0, 1, 1])
    other = np.array([1.0, 2, 3, 1, 2, 3, 2, 2])
    found = find_separation([0, 1, 0, 1, 0, 1, 0, 0], np.column_stack([np.ones(8), dummy, other]))
    assert found.kind == "quasi-complete"
    assert found.directions.tolist() == [0, -1, 0]
    assert found.rows.tolist() == [False] * 6 + [True] * 2


@pytest.mark.parametrize("scale", [1.0, 1e6, 1e-6])
@pytest.mark.parametrize("overlap", [1e-3, 1e-6, 1e-8])
def test_a_small_overlap_is_none(scale, overlap):
    x = np.array([1.0, 2, 3 + overlap, 3, 4, 5]) * scale
    assert find_separation([0, 0, 0, 1, 1, 1], np.column_stack([np.ones(6), x])).kind == "none"
    x = np.array([1.0, 2, 3 - overlap, 3, 4, 5]) * scale
    assert find_separation([0, 0, 0, 1, 1, 1], np.column_stack([np.ones(6), x])).kind == "complete"


def test_one_regressor_is_judged_as_order_statistics_do():
    random = np.random.default_rng(5)
    seen = set()
    for _ in range(60):
        x, y = random.integers(0, 6, 7).astype(float), random.integers(0, 2, 7).astype(float)
        if y.min() == y.max() or x.min() == x.max():
            continue
        low, high = x[y == 0], x[y == 1]
        strict = low.max() < high.min() or high.max() < low.min()
        weak = low.max() <= high.min() or high.max() <= low.min()
        expected = "complete" if strict else "quasi-complete" if weak else "none"
        assert find_separation(y, np.column_stack([np.ones(7), x])).kind == expected
        seen.add(expected)
    assert seen == {"complete", "quasi-complete", "none"}


def test_area_under_curve_agrees_with_scikit_learn():
    from sklearn.metrics import roc_auc_score

    random = np.random.default_rng(0)
    y, p = random.integers(0, 2, 40).astype(float), random.integers(0, 9, 40) / 9  # ties
    assert area_under_curve(y, p) == pytest.approx(roc_auc_score(y, p), abs=1e-14)


@pytest.mark.slow
def test_profile_intervals_cover_what_they_say_with_few_events():
    """Simulated: 40 regions, about 5 events, a slope of 1; by maximum likelihood many have none."""
    random = np.random.default_rng(11)
    covered, separated, draws = 0, 0, 2000
    x = random.normal(size=40)
    X = np.column_stack([np.ones(40), x])
    p = 1 / (1 + np.exp(-(-2.3 + x)))
    done = 0
    while done < draws:
        y = (random.uniform(size=40) < p).astype(float)
        if y.min() == y.max():
            continue
        done += 1
        fit = fit_logit(y, X, penalised=True)
        statistic = profile_statistic(y, X, fit, column=1, value=1.0, penalised=True)
        covered += statistic <= stats.chi2.ppf(0.95, 1)
        separated += find_separation(y, X).kind != "none"
    # binomial standard error 0.5 points at 95 %; few outcomes leave few values of the statistic
    assert 0.935 <= covered / draws <= 0.975
    assert separated > 0
