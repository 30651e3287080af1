"""Predictions: what they are by definition, how far off they say they are, and what they refuse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from libpysal.graph import Graph

import workbench as wb
from workbench.errors import FormulaError, IdError, InputError, OptionError, ValuesError

SIDE = 9


def lattice():
    n = SIDE * SIDE
    row, column = np.divmod(np.arange(n), SIDE)
    near = np.maximum(abs(row[:, None] - row), abs(column[:, None] - column)) == 1
    ids = np.array([f"r{i:02d}" for i in range(n)])
    focal, neighbor = np.nonzero(near)
    graph = Graph.from_arrays(ids[focal], ids[neighbor], np.ones(len(focal)))
    return wb.weights.as_weights(graph).normalize("row")


W_ALL = lattice()
w = W_ALL.sparse.toarray()
NEW = ["r10", "r11", "r40", "r77"]


def simulated(seed, *, rho=0.5, lam=0.0, theta=0.0):
    rng = np.random.default_rng(seed)
    n = len(w)
    a = rng.normal(size=n)
    u = np.linalg.solve(np.eye(n) - lam * w, 0.5 * rng.normal(size=n))
    y = np.linalg.solve(np.eye(n) - rho * w, 1 + a + theta * w @ a + u)
    return pd.DataFrame({"y": y, "a": a}, index=W_ALL.ids.rename("region"))


def split(table):
    return table.drop(index=NEW), table.loc[NEW]


def fitted(table, model, formula="y ~ a"):
    return wb.fit(formula, table, W_ALL.restrict(table.index), model=model)


@pytest.mark.parametrize("model", ["sar", "sem", "sdm", "slx"])
def test_the_best_predictor_is_the_conditional_mean_of_the_dense_normal(model):
    seen, new = split(simulated(1))
    fit = fitted(seen, model)
    p, n = fit.params, len(w)
    order = [*fit.design.index, *NEW]
    at = W_ALL.ids.get_indexer(order)
    ww = w[np.ix_(at, at)]
    a = pd.concat([seen, new])["a"].loc[order].to_numpy()
    trend = p["Intercept"] + p["a"] * a + p.get("W(a)", 0.0) * (ww @ a)
    A = np.eye(n) - p.get("rho", 0.0) * ww
    B = np.eye(n) - p.get("lambda", 0.0) * ww
    root = np.linalg.inv(B @ A)
    sigma, mean = fit.sigma2 * root @ root.T, np.linalg.solve(A, trend)
    s, o = slice(0, len(seen)), slice(len(seen), n)
    load = sigma[o, s] @ np.linalg.inv(sigma[s, s])
    found = fit.predict(new, W_ALL).table
    assert list(found.index) == sorted(NEW)
    np.testing.assert_allclose(
        found["prediction"], mean[o] + load @ (fit.design.y - mean[s]), atol=1e-8
    )
    spread = np.diag(sigma[o, o] - load @ sigma[s, o])
    expected = np.sqrt(spread + found["std_error"] ** 2)
    np.testing.assert_allclose(found["forecast_error"], expected, rtol=1e-8)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("model", "kind"),
    [("sdm", kind) for kind in ("TC", "BP", "BPW", "BPN", "BP1", "KP2", "trend", "TS1")]
    + [("sem", kind) for kind in ("TC", "BP", "BPN", "KP5")],
)
def test_standard_errors_are_numerical_derivatives_over_all_parameters(model, kind):
    """Dense: predictions at moved parameters, central differences, delta method."""
    seen, new = split(simulated(2, theta=0.5))
    fit = fitted(seen, model)

    def at(values):
        moved = replace(fit, estimates=replace(fit.estimates, values=values))
        return moved.predict(new, W_ALL, kind=kind).values.to_numpy()

    values = fit.estimates.values
    step = 1e-5
    J = np.stack([(at(values + step * e) - at(values - step * e)) / (2 * step)
                  for e in np.eye(len(values))])  # fmt: skip
    expected = np.sqrt(np.einsum("pi,pq,qi->i", J, fit.estimates.cov, J))
    found = fit.predict(new, W_ALL, kind=kind).table["std_error"]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_least_squares_intervals_are_those_of_statsmodels():
    table = simulated(3, rho=0.0)
    seen, new = split(table)
    fit = wb.fit("y ~ a", seen)
    other = sm.OLS(seen["y"], sm.add_constant(seen[["a"]])).fit()
    expected = other.get_prediction(sm.add_constant(new[["a"]])).summary_frame(alpha=0.05)
    found = fit.predict(new).table.loc[NEW]
    for ours, theirs in {
        "prediction": "mean", "std_error": "mean_se",
        "conf_low": "obs_ci_lower", "conf_high": "obs_ci_upper",
    }.items():  # fmt: skip
        np.testing.assert_allclose(found[ours], expected[theirs], rtol=1e-9)


@pytest.mark.slow
def test_intervals_of_new_regions_hold_their_outcomes_as_often_as_they_say():
    """25 samples of 12 new regions, known truth: 300 outcomes, 95 % less 3 binomial errors."""
    hits = {kind: [] for kind in ("TC", "BP")}
    held = W_ALL.ids[3::7]
    seen_by = W_ALL.restrict(W_ALL.ids.difference(held))
    for seed in range(25):
        table = simulated(100 + seed)
        fit = wb.fit("y ~ a", table.drop(index=held), seen_by, model="sar")
        new, truth = table.loc[held, ["a"]], table.loc[held, "y"]
        for kind, inside in hits.items():
            found = fit.predict(new, W_ALL, kind=kind).table
            inside.extend((found["conf_low"] <= truth) & (truth <= found["conf_high"]))
    for inside in hits.values():
        assert 0.912 <= np.mean(inside) <= 0.988


def test_knowing_the_neighbours_helps():
    """BP never promises larger errors than predictors that use less of the sample."""
    seen, new = split(simulated(4, rho=0.7))
    fit = fitted(seen, "sar")
    error = {
        kind: fit.predict(new, W_ALL, kind=kind).table["forecast_error"] ** 2
        - fit.predict(new, W_ALL, kind=kind).table["std_error"] ** 2
        for kind in ("TC", "BP", "BPW", "BPN")
    }
    for kind in ("TC", "BPW", "BPN"):
        assert (error["BP"] <= error[kind] + 1e-12).all()


@pytest.mark.parametrize("model", ["ols", "slx", "sar", "sem", "sdm"])
def test_fitted_values_are_trend_and_signal(model):
    fit = wb.fit("y ~ a", simulated(5), W_ALL, model=model)
    whole = fit.predict().values
    np.testing.assert_allclose(whole, fit.fitted_values, atol=1e-10)
    parts = fit.predict(kind="trend").values + fit.predict(kind="signal").values
    np.testing.assert_allclose(parts, whole, atol=1e-10)


@pytest.mark.parametrize("model", ["ols", "slx", "sar", "sem", "sdm"])
def test_what_if_nothing_changed(model):
    table = simulated(6)
    fit = wb.fit("y ~ a", table, W_ALL, model=model)
    same = fit.predict(table.drop(columns="y").sample(frac=1, random_state=0))
    pd.testing.assert_frame_equal(same.table, fit.predict(kind="TC").table, check_exact=True)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["sac", "gns", "sdem"])
def test_fits_with_error_weights_of_their_own_predict_with_them(model):
    """Fitted values of the likelihood are trend and signal with the same two weights."""
    table = simulated(13, lam=0.4)
    V = W_ALL.higher_order(2).normalize("row")
    fit = wb.fit("y ~ a", table, W_ALL, model=model, W_error=V)
    assert fit.weights_error.digest == V.digest
    np.testing.assert_allclose(fit.predict().values, fit.fitted_values, atol=1e-9)
    seen, new = split(table)
    part = wb.fit("y ~ a", seen, W_ALL.restrict(seen.index), model=model,
                  W_error=V.restrict(seen.index))  # fmt: skip
    with pytest.raises(InputError, match="W_error_new"):
        part.predict(new, W_ALL)
    found = part.predict(new, W_ALL, W_error_new=V).table
    assert (found["forecast_error"] > 0).all()
    fit.impacts_by_order(2) if model != "sdem" else fit.impacts_by_region("a", method="delta")


def test_what_if_agrees_with_an_impulse():
    table = simulated(7)
    fit = wb.fit("y ~ a", table, W_ALL, model="sdm")
    changed = table.copy()
    changed.loc["r33", "a"] += 0.5
    gain = fit.predict(changed).values - fit.predict(kind="TC").values
    impulse = fit.impulse("a", "r33", 0.5, method="delta").table["estimate"]
    np.testing.assert_allclose(gain, impulse, atol=1e-10)


def test_categories_of_new_rows_keep_the_base_of_the_fit():
    rng = np.random.default_rng(0)
    table = simulated(8).assign(group=rng.choice(["p", "q", "r"], size=len(w)))
    seen, new = split(table)
    fit = wb.fit("y ~ a + C(group)", seen)
    alone = new.assign(group="q")  # alone, q would be its own base
    expected = fit.params["Intercept"] + fit.params["C(group)[T.q]"] + fit.params["a"] * new["a"]
    np.testing.assert_allclose(fit.predict(alone).values.loc[NEW], expected)
    with pytest.raises(ValuesError, match=r"C\(group\)\[T.z\]"):
        fit.predict(new.assign(group="z"))


def test_medians_and_means_of_an_outcome_whose_logarithm_is_predicted():
    table = simulated(9)
    table = table.assign(wealth=np.exp(table["y"]))
    fit = wb.fit("log(wealth) ~ a", table, W_ALL, model="sar")
    plain = fit.predict(kind="TC")
    median = fit.predict(kind="TC", scale="median")
    np.testing.assert_allclose(median.values, np.exp(plain.values))
    np.testing.assert_allclose(median.table["conf_high"], np.exp(plain.table["conf_high"]))
    mean = fit.predict(kind="TC", scale="smearing")
    factor = np.exp(table["y"] - plain.values).mean()  # Duan (1983), equation of the estimator
    np.testing.assert_allclose(mean.values, factor * median.values)
    assert "smearing" in str(mean)
    base = wb.fit("log10(wealth) ~ a", table, W_ALL, model="sar")
    np.testing.assert_allclose(
        base.predict(kind="TC", scale="smearing").values, mean.values, rtol=1e-6
    )
    with pytest.raises(InputError, match="not a logarithm"):
        wb.fit("y ~ a", table).predict(scale="median")
    with pytest.raises(InputError, match="smearing"):
        fit.predict(scale="smearing")


def test_refusals_name_regions_and_columns():
    table = simulated(10)
    seen, new = split(table)
    fit = fitted(seen, "sdm")
    with pytest.raises(InputError, match="W_new"):
        fit.predict(new)
    with pytest.raises(IdError, match="r77"):
        fit.predict(new, W_ALL.restrict(table.index.drop("r77")))
    with pytest.raises(IdError, match="r77"):
        fit.predict(new.drop(index="r77"), W_ALL)
    with pytest.raises(IdError, match="r00"):
        fit.predict(pd.concat([new, seen.loc[["r00"]]]), W_ALL)
    with pytest.raises(IdError, match="more than once"):
        fit.predict(pd.concat([new, new]), W_ALL)
    with pytest.raises(IdError, match="r00"):
        fit.predict(seen.drop(index="r00"))
    with pytest.raises(FormulaError, match="without a"):
        fit.predict(new[["y"]], W_ALL)
    with pytest.raises(ValuesError, match="r10"):
        fit.predict(new.assign(a=[np.nan, 1, 1, 1]), W_ALL)
    with pytest.raises(ValuesError, match="r10"):
        fit.predict(new.assign(a=[np.inf, 1, 1, 1]), W_ALL)
    with pytest.raises(OptionError, match="'bp'"):
        fit.predict(new, W_ALL, kind="bp")
    with pytest.raises(InputError, match="new regions"):
        fit.predict(new, W_ALL, kind="TS")
    with pytest.raises(InputError, match="sample itself"):
        fit.predict(kind="BPW")
    with pytest.raises(InputError, match="DataFrame"):
        fit.predict([1, 2])
    with pytest.raises(InputError, match="level"):
        fit.predict(level=95)
    with pytest.raises(FormulaError, match="center"):
        fitted(seen, "sar", "y ~ center(a)").predict(new, W_ALL)


def test_nothing_of_the_callers_changes():
    seen, new = split(simulated(11))
    before = new.copy(deep=True)
    fit = fitted(seen, "sar")
    stored = fit.design.variables.copy(deep=True)
    fit.predict(new, W_ALL)
    fit.marginal_impacts("a")
    pd.testing.assert_frame_equal(new, before)
    pd.testing.assert_frame_equal(fit.design.variables, stored)


def test_results_show_themselves():
    seen, new = split(simulated(12))
    fit = fitted(seen, "sar")
    for result in (
        fit.predict(new, W_ALL),
        fit.predict(kind="trend"),
        fit.impulse("a", "r00", method="delta"),
        fit.impacts_by_order(2),
        fit.impacts_by_region("a", method="delta"),
        fit.elasticities(),
        fit.marginal_impacts("a"),
    ):
        assert "y ~ a" in str(result)
        assert "<table" in result._repr_html_()
        from workbench.core.glossary import GLOSSARY

        assert set(result.tidy().columns) <= set(GLOSSARY)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("model", ["ols", "sem"])
@pytest.mark.parametrize("kind", ["TC", "trend"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("part", [["r40"], ["r77", "r03", "r40"]])
def test_some_regions_of_the_sample_are_predicted_as_among_all(model, kind, weighted, part):
    table = simulated(3, rho=0.0, lam=0.4).assign(c=np.linspace(0.5, 2.0, SIDE * SIDE))
    changed = table.assign(a=table["a"] + 1)
    fit = wb.fit("y ~ a", table, W_ALL, model=model, case_weights="c" if weighted else None)
    among_all = fit.predict(changed, kind=kind).table.loc[sorted(part)]
    # Equal to rounding: products of matrices of other shapes may sum in another order.
    pd.testing.assert_frame_equal(
        fit.predict(changed.loc[part], kind=kind).table, among_all, rtol=1e-12
    )


def test_one_region_of_the_sample_without_weights_is_one_row():
    table = simulated(4)
    answer = wb.fit("y ~ a", table).predict(table.loc[["r40"]]).table
    assert answer.index.tolist() == ["r40"]
