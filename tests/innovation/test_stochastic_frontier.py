"""Stochastic frontiers: Frontier 4.1's own example, integrals, and simulations of known truth."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

import workbench as wb
from workbench.errors import ConvergenceError, ValuesError
from workbench.innovation.frontiers import stochastic_frontier
from workbench.numerics.frontiers import inefficiency as law
from workbench.numerics.frontiers.composed import Composed, conditional, information, loglik

REFERENCE = Path(__file__).parents[1] / "reference"
FORMULA = "log(output) ~ log(capital) + log(labour)"


@pytest.fixture(scope="module")
def firms():
    return pd.read_csv(REFERENCE / "data" / "frontier41.csv", index_col="firm")


@pytest.fixture(scope="module")
def stored():
    with (REFERENCE / "frontier41.csv").open() as file:
        return {(row["case"], row["quantity"]): float(row["value"]) for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def half(firms):
    return stochastic_frontier(FORMULA, firms)


def panel_of(seed, *, eta=0.0, regions=80, periods=6, mu=0.0):
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([range(regions), range(periods)], names=["region", "year"])
    x = rng.normal(size=(regions * periods, 2))
    u = stats.truncnorm.rvs(-mu / 0.5, np.inf, loc=mu, scale=0.5, size=regions, random_state=rng)
    decay = np.exp(-eta * (np.tile(np.arange(periods), regions) - periods + 1.0))
    y = 1.0 + x @ [0.5, 0.3] + rng.normal(0, 0.2, len(x)) - np.repeat(u, periods) * decay
    table = pd.DataFrame({"y": np.exp(y), "a": np.exp(x[:, 0]), "b": np.exp(x[:, 1])}, index=index)
    return table, u


def test_half_normal_is_that_of_frontier_41(half, stored):
    # Frontier 4.1 stops at 1e-5; its log-likelihood is 4e-6 short of the maximum
    for term in half.params.index:
        assert half.params[term] == pytest.approx(stored["half-normal", f"coef/{term}"], abs=2e-5)
    assert half.loglik == pytest.approx(stored["half-normal", "loglik"], abs=1e-5)
    assert half.loglik >= stored["half-normal", "loglik"]
    assert half.maximum.least_squares == pytest.approx(
        stored["half-normal", "ols/loglik"], abs=1e-5
    )
    ratio = half.tests["no inefficiency"]
    assert ratio.statistic == pytest.approx(stored["half-normal", "lr"], abs=2e-5)
    assert ratio.p_value == pytest.approx(stored["half-normal", "lrtest_p"], abs=5e-4)
    expected = [stored["half-normal", f"efficiency/{firm}"] for firm in half.efficiency.index]
    np.testing.assert_allclose(half.efficiency, expected, atol=2e-5)
    mean = half.glance()["mean"].iloc[0]
    assert mean == pytest.approx(stored["half-normal", "mean_efficiency"], abs=1e-5)


def test_truncated_likelihood_and_efficiencies_are_those_of_r(firms, stored):
    # R's frontier bounds mu at two standard deviations and stops there: so its point, not ours
    case = "truncated-normal"
    y = np.log(firms["output"].to_numpy())
    X = np.column_stack([np.ones(60), np.log(firms["capital"]), np.log(firms["labour"])])
    model = Composed(y, X, np.arange(60), 1.0, np.ones((60, 1)))
    names = ("Intercept", "log(capital)", "log(labour)", "sigma2", "gamma", "mu")
    p = np.array([stored[case, f"coef/{name}"] for name in names])
    p[3], p[4] = np.log(p[3]), np.log(p[4] / (1 - p[4]))
    assert loglik(model, p)[0] == pytest.approx(stored[case, "loglik"], abs=5e-4)
    found = conditional(model, p)
    values = law.efficiency(found.mean, found.scale, found.weight)
    for firm in (1, 12, 35):
        assert values[firm - 1] == pytest.approx(stored[case, f"efficiency/{firm}"], abs=2e-5)
    assert values.mean() == pytest.approx(stored[case, "mean_efficiency"], abs=1e-5)
    fit = stochastic_frontier(FORMULA, firms, distribution="truncated-normal")
    assert fit.loglik > loglik(model, p)[0]  # further along the ridge
    assert fit.params["mu"] < stored[case, "coef/mu"]


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize(
    "kind", ["half-normal", "truncated", "decay", "determinants", "exponential"]
)
def test_likelihood_is_the_integral_over_inefficiency_and_its_gradient_is_exact(kind, sign):
    rng = np.random.default_rng(7)
    n, groups = 12, np.repeat(np.arange(4), 3)
    X, y = np.column_stack([np.ones(n), rng.normal(size=n)]), rng.normal(size=n)
    base = np.array([0.3, 0.2, np.log(0.8), 0.4])
    Z = np.column_stack([np.ones(n), rng.normal(size=n)])
    models = {
        "half-normal": (Composed(y, X, groups, sign), base),
        "truncated": (Composed(y, X, groups, sign, np.ones((4, 1))), np.append(base, 0.7)),
        "decay": (
            Composed(y, X, groups, sign, np.ones((4, 1)), np.tile([-2.0, -1.0, 0.0], 4)),
            np.append(base, [0.7, 0.3]),
        ),
        "determinants": (Composed(y, X, np.arange(n), sign, Z), np.append(base, [0.5, -0.4])),
        "exponential": (Composed(y, X, np.arange(n), sign, exponential=True), base),
    }
    model, p = models[kind]
    value, gradient = loglik(model, p)
    gamma = 1 / (1 + np.exp(-p[3]))
    su, sv = np.sqrt(np.exp(p[2]) * gamma), np.sqrt(np.exp(p[2]) * (1 - gamma))
    e = y - X @ p[:2]
    total = 0.0
    for group in np.unique(model.groups):
        rows = model.groups == group
        mu = 0.0 if model.Z is None else float(model.Z[group] @ p[4 : 4 + model.Z.shape[1]])
        g = 1.0 if model.time is None else np.exp(-p[-1] * model.time[rows])

        def density(u, rows=rows, mu=mu, g=g):
            noise = stats.norm.pdf(e[rows] + sign * g * u, scale=sv).prod()
            if model.exponential:
                return noise * stats.expon.pdf(u, scale=su)
            return noise * stats.norm.pdf(u, mu, su) / stats.norm.cdf(mu / su)

        total += np.log(integrate.quad(density, 0, 12, epsabs=0, epsrel=1e-10, limit=200)[0])
    assert value == pytest.approx(total, rel=1e-8)
    steps = 1e-6 * np.eye(len(p))
    slopes = [(loglik(model, p + h)[0] - loglik(model, p - h)[0]) / 2e-6 for h in steps]
    np.testing.assert_allclose(gradient, slopes, rtol=1e-6, atol=1e-7)


def test_efficiencies_and_intervals_are_those_of_the_conditional_law():
    centre, scale, weight = np.array([-1.0, 0.2]), np.array([0.5, 0.3]), np.array([1.0, 1.3])
    u = stats.truncnorm(-centre / scale, np.inf, loc=centre, scale=scale)
    np.testing.assert_allclose(law.mean(centre, scale), u.mean(), rtol=1e-8)
    for i in range(2):
        one = stats.truncnorm(-centre[i] / scale[i], np.inf, loc=centre[i], scale=scale[i])
        expected = one.expect(lambda x, w=weight[i]: np.exp(-w * x))
        found = law.efficiency(centre, scale, weight)[i]
        assert found == pytest.approx(expected, rel=1e-7)
    low, high = law.interval(centre, scale, weight, level=0.9)
    np.testing.assert_allclose(low, np.exp(-weight * u.ppf(0.95)), rtol=1e-9)
    np.testing.assert_allclose(high, np.exp(-weight * u.ppf(0.05)), rtol=1e-9)


def test_standard_errors_are_those_of_the_observed_information(half):
    # a second route: differences of the value, in the reported parameters
    point = half.params.to_numpy()
    model = half.sample.model

    def value(q):
        inner = q.copy()
        inner[3], inner[4] = np.log(q[3]), np.log(q[4] / (1 - q[4]))
        return loglik(model, inner)[0]

    H, steps = np.empty((5, 5)), 1e-4 * np.eye(5)
    for i in range(5):
        for j in range(5):
            a, b = steps[i], steps[j]
            H[i, j] = value(point + a + b) - value(point + a - b)
            H[i, j] += value(point - a - b) - value(point - a + b)
    errors = np.sqrt(np.diag(np.linalg.inv(-H / 4e-8)))
    np.testing.assert_allclose(half.std_errors, errors, rtol=1e-3)
    assert np.isnan(half.tidy().loc["gamma", "p_value"])
    assert 0 < half.tidy().loc["gamma", "conf_low"] < half.tidy().loc["gamma", "conf_high"] < 1


def test_units_and_order_of_rows_do_not_matter(firms, half):
    other = stochastic_frontier(FORMULA, firms.assign(capital=firms["capital"] * 1e9))
    np.testing.assert_allclose(other.efficiency, half.efficiency, rtol=1e-6)
    assert other.loglik == pytest.approx(half.loglik, abs=1e-9)
    linear = "log(output) ~ capital + log(labour)"
    a, b = (
        stochastic_frontier(linear, table)
        for table in (firms, firms.assign(capital=firms["capital"] * 1e6))
    )
    assert b.std_errors["capital"] * 1e6 == pytest.approx(a.std_errors["capital"], rel=1e-6)
    same = stochastic_frontier(FORMULA, firms.sample(frac=1, random_state=0))
    pd.testing.assert_series_equal(same.params, half.params, check_exact=True)
    pd.testing.assert_series_equal(same.efficiency, half.efficiency, check_exact=True)


def test_truncated_normal_at_zero_mean_is_half_normal(half):
    model = half.sample.model
    nested = Composed(model.y, model.X, model.groups, 1.0, np.ones((60, 1)))
    p = np.append(half.maximum.point, 0.0)
    assert loglik(nested, p)[0] == pytest.approx(half.loglik, rel=1e-12)
    assert (np.linalg.eigvalsh(information(model, half.maximum.point)) > 0).all()


def test_a_cost_frontier_is_a_production_frontier_turned_round(firms):
    turned = stochastic_frontier("I(-log(output)) ~ log(capital) + log(labour)", firms, kind="cost")
    straight = stochastic_frontier(FORMULA, firms)
    assert turned.loglik == pytest.approx(straight.loglik, abs=1e-8)
    np.testing.assert_allclose(turned.efficiency, straight.efficiency, rtol=1e-6)


def test_the_wrong_skewness_is_refused_by_name_or_said(firms):
    # R's frontier gives gamma = 1.4e-05 and efficiencies about 1.001 here, with a warning
    with pytest.raises(ValuesError, match=r"skewed to the right.*-0\.554") as told:
        stochastic_frontier(FORMULA, firms, kind="cost")
    assert 'wrong_skew="ols"' in told.value.remedy
    fit = stochastic_frontier(FORMULA, firms, kind="cost", wrong_skew="ols")
    assert (fit.efficiency == 1.0).all()
    assert fit.params["gamma"] == 0.0
    assert fit.tests["no inefficiency"].p_value == 1.0
    assert any("the wrong way" in note for note in fit.notes)
    ols = wb.fit(FORMULA, firms)
    np.testing.assert_allclose(fit.params[:3], ols.params, rtol=1e-9)


def test_a_frontier_without_noise_is_refused():
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"x": np.exp(rng.normal(size=60))})
    table["y"] = table["x"] ** 0.5 * np.exp(-rng.exponential(0.7, 60))
    with pytest.raises(ConvergenceError, match="noise"):
        stochastic_frontier("log(y) ~ log(x)", table)


def test_efficiency_of_a_region_holds_for_all_its_periods():
    table, u = panel_of(1)
    fit = stochastic_frontier("log(y) ~ log(a) + log(b)", table, effects="time-invariant")
    by_region = fit.efficiency.unstack()  # noqa: PD010
    assert (by_region.max(axis=1) == by_region.min(axis=1)).all()
    assert np.corrcoef(by_region[0], np.exp(-u))[0, 1] > 0.9
    assert fit.regions().shape == (80, 3)


def test_panels_need_not_be_balanced():
    table, _ = panel_of(2, eta=0.1)
    some = table.drop(index=[(0, 0), (3, 5), (7, 2)])
    fit = stochastic_frontier("log(y) ~ log(a) + log(b)", some, effects="decay")
    assert fit.params["eta"] == pytest.approx(0.1, abs=0.05)
    assert (0, 0) not in fit.efficiency.index
    assert 3 not in fit.regions().index


def test_ranks_of_close_regions_are_unsure(half):
    ranks = half.ranks(draws=400)
    assert sorted(ranks["rank"]) == list(range(1, 61))
    assert (ranks["rank_low"] <= ranks["rank_high"]).all()
    assert ranks["probability_best"].sum() == pytest.approx(1.0)
    first = ranks.iloc[0]
    assert first["rank_high"] > 10
    fixed = half.ranks(draws=400, parameters=False)
    pd.testing.assert_index_equal(fixed.index.sort_values(), ranks.index.sort_values())


def test_spatial_residuals_are_found():
    grid = wb.load("us-states")
    W = wb.weights.queen(grid)
    rng = np.random.default_rng(5)
    ids = W.ids
    smooth = np.linalg.solve(np.eye(len(ids)) - 0.8 * W.sparse.toarray(), rng.normal(size=len(ids)))
    table = pd.DataFrame({"x": np.exp(rng.normal(size=len(ids)))}, index=ids)
    table["y"] = table["x"] ** 0.5 * np.exp(0.3 * smooth - np.abs(rng.normal(0, 1.0, len(ids))))
    fit = stochastic_frontier("log(y) ~ log(x)", table, wrong_skew="ols")
    assert fit.residual_moran(W, permutations=99).statistic > 0


@pytest.mark.slow
def test_models_find_what_they_were_drawn_from():
    slopes, decays, means = [], [], []
    for seed in range(20):
        table, _ = panel_of(seed, eta=0.08, regions=100)
        fit = stochastic_frontier("log(y) ~ log(a) + log(b)", table, effects="decay")
        slopes.append(fit.params["log(a)"])
        decays.append(fit.params["eta"])
        rng = np.random.default_rng(seed)
        n = 600
        z, x = rng.normal(size=n), rng.normal(size=n)
        mu = 0.3 + 0.6 * z
        u = stats.truncnorm.rvs(-mu / 0.6, np.inf, loc=mu, scale=0.6, random_state=rng)
        y = 1.0 + 0.5 * x + rng.normal(0, 0.2, n) - u
        one = pd.DataFrame({"y": np.exp(y), "x": np.exp(x), "z": z})
        fit = stochastic_frontier(
            "log(y) ~ log(x)", one, distribution="truncated-normal", determinants="z"
        )
        means.append(fit.params["mu(z)"])
    assert np.mean(slopes) == pytest.approx(0.5, abs=0.01)
    assert np.mean(decays) == pytest.approx(0.08, abs=0.01)
    assert np.mean(means) == pytest.approx(0.6, abs=0.06)


@pytest.mark.slow
def test_the_ratio_test_rejects_no_inefficiency_as_often_as_it_says():
    # 400 samples of 200 without inefficiency: 5 % have a standard error of 1.1 %
    p, nothing = [], 0
    for seed in range(400):
        rng = np.random.default_rng(seed)
        table = pd.DataFrame({"x": rng.normal(size=200)})
        table["y"] = 1.0 + table["x"] + rng.normal(size=200)
        fit = stochastic_frontier("y ~ x", table, wrong_skew="ols")
        p.append(fit.tests["no inefficiency"].p_value)
        nothing += not fit.maximum.found
    assert 0.02 < np.mean(np.array(p) < 0.05) < 0.08
    assert 0.42 < nothing / 400 < 0.62  # residuals are skewed the wrong way half of the time


def test_skewness_of_separate_firms_is_coellis_and_that_of_panels_is_not_given(half, firms):
    """M3T = m₃ √(n / (6 m₂³)) (Coelli 1995, eq. 8), by hand from least squares."""
    e = np.asarray(wb.fit(FORMULA, firms).resids)
    expected = (e**3).mean() / (e**2).mean() ** 1.5 * np.sqrt(len(e) / 6)
    found = half.tests["skewness"]
    assert found.statistic == pytest.approx(expected, rel=1e-9)
    assert found.p_value == pytest.approx(stats.norm.cdf(expected), rel=1e-9)
