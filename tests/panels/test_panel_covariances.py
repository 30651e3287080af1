"""Covariances and effects of linear panels: dense formulas, regressions on dummies, BLUP.

The numbers of plm are held by test_every_panel_reference_is_met.py.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import InputError, OptionError, PanelError
from workbench.panels import DriscollKraay, PanelCorrected

FORMULA = "log(gsp) ~ log(pcap) + log(emp) + unemp"


def test_lags_of_the_word_are_those_without_a_choice(panel):
    fit = wb.fit(FORMULA, panel, effects="two-way")
    word = fit.with_covariance("driscoll-kraay")
    np.testing.assert_allclose(fit.with_covariance(DriscollKraay()).cov, word.cov, rtol=1e-10)
    np.testing.assert_allclose(
        wb.fit(FORMULA, panel, effects="two-way", covariance=DriscollKraay(2)).cov,
        word.cov,
        rtol=1e-10,
    )
    other = fit.with_covariance(DriscollKraay(lags=4))
    assert other.estimates.covariance == "Driscoll-Kraay, 4 lags"
    assert not np.allclose(other.cov, word.cov, rtol=1e-3)


@pytest.mark.parametrize("between", ["regions", "periods"])
def test_panel_corrected_is_the_dense_sandwich(panel, between):
    """(X'X)^-1 X' Omega X (X'X)^-1 with Omega = S x I, regions outermost."""
    fit = wb.fit(FORMULA, panel, effects="none", covariance=PanelCorrected(between))
    N, T = 48, 17
    E, X = fit.fit.resids.reshape(N, T), fit.design.X
    omega = np.kron(E @ E.T / T, np.eye(T))
    if between == "periods":
        omega = np.kron(np.eye(N), E.T @ E / N)
    bread = np.linalg.inv(X.T @ X)
    dense = bread @ X.T @ omega @ X @ bread * (N * T) / (N * T - X.shape[1])
    np.testing.assert_allclose(fit.cov, dense, rtol=1e-8)
    shuffled = wb.fit(
        FORMULA, panel.sample(frac=1, random_state=1), covariance=PanelCorrected(between)
    )
    assert shuffled.cov.equals(fit.cov)


def test_independent_regions_have_classical_errors_on_average():
    """Where disturbances are independent both estimate the same variance."""
    rng = np.random.default_rng(0)
    index = pd.MultiIndex.from_product([range(30), range(40)])
    data = pd.DataFrame(rng.normal(size=(1200, 2)), index=index, columns=["x", "y"])
    fit = wb.fit("y ~ x", data)
    for between in ("regions", "periods"):
        ratio = fit.with_covariance(PanelCorrected(between)).std_errors / fit.std_errors
        assert ratio.between(0.85, 1.15).all()


def test_what_cannot_be_had_is_refused(panel):
    gaps = panel.drop(("US-TX", 1975))
    with pytest.raises(PanelError, match="balanced panel"):
        wb.fit(FORMULA, gaps, covariance=PanelCorrected())
    with pytest.raises(PanelError, match="more of them than lags"):
        wb.fit(FORMULA, panel, covariance=DriscollKraay(lags=17))
    for make in (
        lambda: DriscollKraay(lags=-1),
        lambda: DriscollKraay(lags=True),
        lambda: PanelCorrected(debiased=1),
        lambda: PanelCorrected("states"),
    ):
        with pytest.raises((InputError, OptionError)):
            make()
    period = panel.xs(1986, level="year")
    for option in (DriscollKraay(), PanelCorrected()):
        with pytest.raises(OptionError, match="one cross-section"):
            wb.fit("log(gsp) ~ log(emp)", period, covariance=option)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", ["entity", "time", "two-way"])
def test_fixed_effects_are_those_of_dummies(panel, effects):
    """Least squares on all dummies: deviations from their mean, and their standard errors."""
    part = panel.loc[panel.index.get_level_values("region").unique()[:6]]
    fit = wb.fit("log(gsp) ~ log(emp)", part, effects=effects)
    table = fit.effects_table()
    c, n = fit.cells, fit.nobs
    regions, periods = np.eye(c.N)[c.region], np.eye(c.T)[c.period]
    kinds = {"entity": [regions], "time": [periods], "two-way": [regions, periods]}[effects]
    X = np.column_stack([fit.design.X, *kinds])
    inverse = np.linalg.pinv(X.T @ X)
    beta = inverse @ X.T @ fit.design.y
    at, expected, errors = 1, [], []
    for dummies in kinds:
        G = dummies.shape[1]
        pick = np.zeros((G, X.shape[1]))
        pick[:, at : at + G] = np.eye(G) - 1 / G
        expected += [*(pick @ beta)]
        errors += [*np.sqrt(np.diag(pick @ inverse @ pick.T) * fit.sigma2)]
        at += G
    np.testing.assert_allclose(table["estimate"].iloc[1:], expected, atol=1e-9)
    np.testing.assert_allclose(table["std_error"].iloc[1:], errors, rtol=1e-8)
    residual = fit.design.y - fit.design.X @ fit.params.to_numpy()
    assert table["estimate"].iloc[0] == pytest.approx(residual.mean(), abs=1e-10)
    assert n == len(residual)


def test_random_effects_are_conditional_means(panel):
    """Of a normal effect given the region's residuals, gaps among them."""
    part = panel.loc[panel.index.get_level_values("region").unique()[:20]].drop(("US-AL", 1970))
    for data in (part, panel):
        fit = wb.fit("log(gsp) ~ log(emp) + unemp", data, effects="random")
        parts = fit.variance_components()["variance"]
        table = fit.effects_table()
        for region in ("US-AL", "US-AR"):
            u = fit.resids.loc[region].to_numpy()
            omega = parts["own"] * np.eye(len(u)) + parts["region"]
            weights = np.linalg.solve(omega, np.full(len(u), parts["region"]))
            row = table.loc[("entity", region)]
            assert row["estimate"] == pytest.approx(weights @ u, rel=1e-9)
            variance = parts["region"] - weights.sum() * parts["region"]
            assert row["std_error"] == pytest.approx(np.sqrt(variance), rel=1e-9)
    assert fit.variance_components()["variance_share"].sum() == pytest.approx(1.0)
    assert set(fit.variance_components().columns) <= set(wb.core.glossary.GLOSSARY)


def test_models_without_these_say_so(panel):
    with pytest.raises(InputError, match="effects of regions or periods"):
        wb.fit(FORMULA, panel).effects_table()
    with pytest.raises(InputError, match="random effects"):
        wb.fit(FORMULA, panel, effects="entity").variance_components()
    with pytest.raises(InputError, match="effects"):
        wb.fit(FORMULA, panel, effects="random-two-way").effects_table()


@pytest.mark.slow
def test_serial_correlation_beside_effects_holds_its_level_and_finds_it():
    """40 panels at 5 %: 7 or more rejections have probability 0.3 %; effects do not count."""
    rng, rejected = np.random.default_rng(2), 0
    index = pd.MultiIndex.from_product([range(25), range(6)])
    for draw in range(41):
        e = rng.normal(size=(25, 6))
        for t in range(1, 6 if draw == 40 else 0):
            e[:, t] += 0.6 * e[:, t - 1]
        u = e + rng.normal(size=(25, 1))
        data = pd.DataFrame({"x": rng.normal(size=150)}, index=index).assign(
            y=lambda d, u=u: d["x"] + u.ravel()
        )
        found = wb.fit("y ~ x", data).diagnostics()["Baltagi-Li serial correlation"]
        if draw < 40:
            rejected += found.p_value < 0.05
    assert rejected <= 6
    assert found.p_value < 0.01
