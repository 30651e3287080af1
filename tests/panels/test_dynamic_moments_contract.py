"""Lags in time by moments: the shared vocabulary, gaps, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.core.vocabulary import COEFFICIENT_COLUMNS
from workbench.errors import CollinearityError, InputError, PanelError
from workbench.panels import DynamicGMM, DynamicMomentResults
from workbench.regression.instruments import GMM

from .spatial_panels import drawn_dynamic, lattice

W = lattice(7)
DATA = drawn_dynamic(W, 7, 3, tau=0.4, rho=0.3)
SHORT = {"effects": "entity", "dynamic": "lag", "method": "gmm"}


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", ["entity", "two-way"])
@pytest.mark.parametrize(
    ("model", "dynamic", "terms"),
    [
        ("ols", "lag", ["x", "tau"]),
        ("ols", "both", ["x", "tau", "eta"]),
        ("slx", "spatial-lag", ["x", "W(x)", "eta"]),
        ("sar", "lag", ["x", "tau", "rho"]),
        ("sdm", "both", ["x", "W(x)", "tau", "eta", "rho"]),
    ],
)
def test_order_of_rows_changes_no_bit(model, dynamic, terms, effects):
    options = {"model": model, "effects": effects, "dynamic": dynamic, "method": "gmm"}
    before = DATA.copy(deep=True)
    one = wb.fit("y ~ x", DATA, W, **options)
    two = wb.fit("y ~ x", DATA.sample(frac=1, random_state=1), W, **options)
    pd.testing.assert_frame_equal(DATA, before)
    assert isinstance(one, DynamicMomentResults)
    for table in ("tidy", "glance", "augment"):
        a, b = getattr(one, table)(), getattr(two, table)()
        pd.testing.assert_frame_equal(a, b, check_exact=True)
    pd.testing.assert_frame_equal(
        one.diagnostics().tidy(), two.diagnostics().tidy(), check_exact=True
    )
    assert one.tidy().index.tolist() == terms
    assert tuple(one.tidy().columns) == COEFFICIENT_COLUMNS
    assert set(one.glance().columns) <= set(GLOSSARY)
    augmented = one.augment()
    assert len(augmented) == 49 * 6
    left = augmented["y"] - augmented["fitted"] - augmented["residual"]
    assert np.abs(left).max() < 1e-12
    assert one.title in str(one)
    assert "<table" in one._repr_html_()
    assert one.provenance.options["lags"] == "2 to 4"
    assert np.isnan(one.loglik)
    assert one.impacts().table.shape == (3, 6)
    assert one.predict().table.shape == (49 * 6, 1)


def test_impacts_now_later_and_over_time_agree_with_the_coefficients():
    fit = wb.fit("y ~ x", DATA, **SHORT)
    tau, beta = fit.params["tau"], fit.params["x"]
    long = fit.impacts(horizon="long-run")["x", "total"]
    assert long["estimate"] == pytest.approx(beta / (1 - tau))
    J = np.array([1 / (1 - tau), beta / (1 - tau) ** 2])
    V = fit.cov.loc[["x", "tau"], ["x", "tau"]].to_numpy()
    assert long["std_error"] == pytest.approx(np.sqrt(J @ V @ J))
    path = fit.impacts_over_time(2).effect("x")["estimate"]
    np.testing.assert_allclose(path, beta * np.array([1, 1 + tau, 1 + tau + tau**2]))
    with pytest.raises(InputError, match="Wy or WX"):
        fit.impacts_by_order()
    spatial = wb.fit("y ~ x", DATA, W, model="sar", **SHORT)
    tau, beta, rho = spatial.params[["tau", "x", "rho"]]
    w = W.sparse.toarray()
    S = np.linalg.inv((1 - tau) * np.eye(49) - rho * w) * beta
    long = spatial.impacts(horizon="long-run")
    assert long.direct["x"] == pytest.approx(np.trace(S) / 49)
    assert long.total["x"] == pytest.approx(S.sum() / 49)
    assert spatial.impacts_over_time(3, method="monte-carlo", draws=200).table.shape == (12, 6)
    sharp = drawn_dynamic(W, 14, 3, tau=0.2, rho=0.2, slope=2.0)
    fit = wb.fit("y ~ x", sharp, W, model="sar", **SHORT)
    delta = fit.impacts(horizon="long-run").table["std_error"]
    drawn = fit.impacts(horizon="long-run", method="monte-carlo", draws=2000).table["std_error"]
    # 2,000 draws leave 1.6 %, the bend of the impacts some more
    np.testing.assert_allclose(drawn, delta, rtol=0.15)
    gap = spatial.params["tau"] + spatial.params["rho"] - 1
    two = ["tau", "rho"]
    assert spatial.diagnostics()["Wald unit root"].statistic == pytest.approx(
        gap**2 / spatial.cov.loc[two, two].sum().sum()
    )


@pytest.mark.parametrize("transform", ["differences", "deviations"])
def test_gaps_are_used_as_far_as_they_go(transform):
    """Without W a panel may have gaps: rows of Z written out for what is observed."""
    gone = [(W.ids[0], 2003), (W.ids[1], 2000), (W.ids[2], 2006), (W.ids[3], 2002)]
    data = DATA.drop(gone)
    options = {"transform": transform, "lags": (2, 3), "steps": 1}
    fit = wb.fit("y ~ x", data, effects="entity", dynamic="lag", method=DynamicGMM(**options))
    y = DATA["y"].to_numpy().reshape(49, 7).copy()
    for region, year in gone:
        y[list(W.ids).index(region), year - 2000] = np.nan
    x = DATA["x"].to_numpy().reshape(49, 7)
    ZX, Zy, S = np.zeros((3, 2)), np.zeros(3), np.zeros((3, 3))
    for i in range(49):
        rows = [t for t in range(1, 7) if np.isfinite(y[i, t] + y[i, t - 1])]
        C, Z = [], []
        for r, t in enumerate(rows):
            c = np.zeros(len(rows))
            if transform == "differences":
                if t - 1 not in rows:
                    continue
                c[r], c[r - 1], base = 1, -1, t
            else:
                h = len(rows) - r - 1
                if not h:
                    continue
                c[r], c[r + 1 :], base = 1, -1 / h, t + 1
                c *= np.sqrt(h / (h + 1))
            C.append(c)
            lags = [y[i, base - lag] if base >= lag else 0.0 for lag in (2, 3)]
            Z.append([c @ x[i, rows], *np.nan_to_num(lags)])
        C, Z = np.array(C).reshape(-1, len(rows)), np.array(Z).reshape(-1, 3)
        levels = np.column_stack([y[i, rows], x[i, rows], y[i, [t - 1 for t in rows]]])
        moved = C @ levels
        ZX, Zy, S = ZX + Z.T @ moved[:, 1:], Zy + Z.T @ moved[:, 0], S + Z.T @ C @ C.T @ Z
    A = np.linalg.inv(S)
    np.testing.assert_allclose(fit.params, np.linalg.solve(ZX.T @ A @ ZX, ZX.T @ A @ Zy), rtol=1e-9)
    assert any("4 gaps" in note for note in fit.notes)
    with pytest.raises(PanelError, match="because W is given"):
        wb.fit("y ~ x", data, W, model="sar", **SHORT)


def test_regressors_that_disturbances_move_are_instrumented_by_their_past():
    asked = DynamicGMM(predetermined="x", lags=(2, 3))
    fit = wb.fit("y ~ x", DATA, W, model="sdm", effects="two-way", dynamic="lag", method=asked)
    assert {"x, lag 1", "x, lag 2", "W(x), lag 1"} <= set(fit.instruments)
    assert "x" not in fit.instruments
    assert fit.diagnostics()["First stage F: x"].applicable
    asked = DynamicGMM(endogenous=["x"], lags=(2, 3))
    fit = wb.fit("y ~ x", DATA, effects="two-way", dynamic="lag", method=asked)
    assert fit.instruments == ("y, lag 2", "y, lag 3", "x, lag 2", "x, lag 3")
    with pytest.raises(InputError, match="terms of the formula"):
        wb.fit("y ~ x", DATA, **SHORT | {"method": DynamicGMM(endogenous="z")})


def test_instruments_too_many_for_the_regions_are_refused_or_told():
    every = {"collapse": False, "lags": (2, None)}
    longer = drawn_dynamic(W, 8, 3)
    with pytest.raises(InputError, match="fewer instruments than regions") as caught:
        wb.fit("y ~ x", longer, W, model="sar", **SHORT | {"method": DynamicGMM("system", **every)})
    assert "DynamicGMM(equations='system', lags=(2, None)) collapses" in str(caught.value)
    assert "steps=1, lags=(2, None), collapse=False)" in str(caught.value)
    fit = wb.fit(
        "y ~ x",
        longer,
        W,
        model="sar",
        **SHORT | {"method": DynamicGMM("system", steps=1, **every)},
    )
    assert not fit.diagnostics()["Hansen J"].applicable
    assert any("Instruments are many" in note for note in fit.notes)
    few = wb.fit("y ~ x", DATA, **SHORT)
    assert any("4 instruments of 2 coefficients, 49 regions" in note for note in few.notes)
    assert few.glance()["instruments"].iloc[0] == 4


def test_short_or_uneven_panels_are_refused():
    years = DATA.index.get_level_values(1)
    with pytest.raises(PanelError, match="at least 3 periods"):
        wb.fit("y ~ x", DATA[years < 2002], **SHORT)
    assert wb.fit("y ~ x", DATA[years < 2003], **SHORT).nobs == 98
    three = wb.fit("y ~ x", DATA[years < 2003], **SHORT)
    assert not three.diagnostics()["AR(1)"].applicable
    with pytest.raises(PanelError, match="evenly apart"):
        wb.fit("y ~ x", DATA[years != 2003], **SHORT)
    codes, steps = np.repeat(np.arange(49), 7), np.tile(np.arange(7), 49)
    with pytest.raises(PanelError, match="no equation"):
        wb.fit("y ~ x", DATA[(codes + steps) % 2 == 0], **SHORT)


@pytest.mark.parametrize(
    ("choices", "argument"),
    [
        ({"model": "sem"}, "model"),
        ({"effects": "none"}, "effects"),
        ({"effects": "random"}, "effects"),
        ({"effects": "first-difference", "model": "ols"}, "effects"),
        ({"factors": "cce"}, "factors"),
        ({"family": "poisson"}, "family"),
        ({"lee_yu": "none"}, "lee_yu"),
        ({"random": "kkp"}, "random"),
        ({"random_method": "nerlove"}, "random_method"),
        ({"covariance": "driscoll-kraay"}, "covariance"),
        ({"endogenous": ["x"], "instruments": ["z"]}, "endogenous"),
        ({"method": GMM(instrument_orders=3)}, "method"),
        ({"method": DynamicGMM(), "dynamic": "none"}, "method"),
        ({"dynamic": "spatial-lag", "W": None, "model": "ols"}, "W"),
    ],
)
def test_misplaced_choices_are_refused(choices, argument):
    options = {"model": "sar", "W": W} | SHORT | choices
    data = DATA.assign(z=DATA["x"] ** 2)
    with pytest.raises(InputError) as caught:
        wb.fit("y ~ x", data, **options)
    assert caught.value.argument == argument


@pytest.mark.parametrize(
    "options",
    [
        {"equations": "levels"},
        {"transform": "within"},
        {"steps": 3},
        {"steps": True},
        {"lags": (1, 2)},
        {"lags": (3, 2)},
        {"lags": 2},
        {"lags": (2, 2.5)},
        {"collapse": 1},
        {"instrument_orders": 0},
        {"predetermined": ["x"], "endogenous": ["x"]},
    ],
)
def test_options_that_mean_nothing_are_refused(options):
    with pytest.raises(InputError):
        DynamicGMM(**options)


def test_what_moments_cannot_give_is_refused():
    fit = wb.fit("y ~ x", DATA, W, model="sar", **SHORT)
    with pytest.raises(InputError, match="maximum likelihood"):
        fit.effects_table()
    with pytest.raises(InputError):
        fit.with_covariance("robust")
    plain = wb.fit("y ~ x", DATA, W, **SHORT)
    with pytest.raises(PanelError, match="lags in time"):
        wb.panels.lag_error_tests(plain)
    assert wb.panels.moran_by_period(plain).notes
    other = wb.fit("y ~ x", DATA, W, model="sdm", **SHORT)
    assert not wb.panels.nested_tests(fit, other)["LR"].applicable
    with pytest.raises(CollinearityError, match="vary"):
        wb.fit("y ~ x + k", DATA.assign(k=np.repeat(np.arange(49.0), 7)), **SHORT)
    with pytest.raises(InputError, match="rename"):
        wb.fit("y ~ tau", DATA.rename(columns={"x": "tau"}), **SHORT)


def test_predictions_are_those_of_the_reduced_form():
    fit = wb.fit("y ~ x", DATA, W, model="sar", **SHORT)
    w, rho = W.sparse.toarray(), fit.params["rho"]
    y = DATA["y"].to_numpy().reshape(49, 7)[:, 1:]
    rest = fit.fitted_values.to_numpy().reshape(49, 6) - rho * w @ y
    expected = np.linalg.solve(np.eye(49) - rho * w, rest)
    np.testing.assert_allclose(fit.predict().table["prediction"], expected.ravel(), rtol=1e-10)
    with pytest.raises(PanelError, match="own sample"):
        fit.predict(DATA)


def test_units_of_the_outcome_change_units_of_the_estimates_only():
    options = {"model": "sdm", "effects": "two-way", "dynamic": "both", "method": "gmm"}
    one = wb.fit("y ~ x", DATA, W, **options)
    two = wb.fit("y ~ x", DATA.assign(y=1e6 * DATA["y"], x=1e-3 * DATA["x"]), W, **options)
    scale = np.array([1e9, 1e9, 1, 1, 1])
    np.testing.assert_allclose(two.params, scale * one.params, rtol=1e-7)
    np.testing.assert_allclose(two.std_errors, scale * one.std_errors, rtol=1e-7)
    J = "Hansen J"
    assert two.diagnostics()[J].statistic == pytest.approx(one.diagnostics()[J].statistic)


def test_other_weights_and_missing_values_go_the_ways_of_the_house():
    options = {"model": "sdm", **SHORT}
    ids = list(W.ids)
    other = wb.weights.from_matrix(np.roll(np.eye(49), 1, axis=1), ids=ids)
    fit = wb.fit("y ~ x", DATA, W, W_x=other, **options)
    assert fit.weights_x is not None
    assert {"W(x)", "W(x) by W", "W2(x)"} <= set(fit.instruments)
    assert np.isfinite(fit.impacts().table.to_numpy()).all()
    with pytest.raises(PanelError, match="one W for all periods"):
        wb.fit("y ~ x", DATA, dict.fromkeys(range(2000, 2007), W) | {2003: other}, **options)
    holes = DATA.copy()
    holes.loc[(ids[0], 2003), "x"] = np.nan
    with pytest.raises(InputError, match="missing"):
        wb.fit("y ~ x", holes, **SHORT)
    assert wb.fit("y ~ x", holes, missing="drop", **SHORT).nobs == 49 * 6 - 2
    assert wb.fit("y ~ x", holes, W, missing="drop-regions", **options).nobs == 48 * 6


def test_rho_outside_its_interval_has_no_impacts():
    found = 0
    for seed in range(8):
        noise = drawn_dynamic(W, 5, seed, tau=0.0, rho=0.9, slope=0.02, spread=0.0)
        fit = wb.fit("y ~ x", noise, W, model="sar", **SHORT)
        assert any("Weak instruments" in note for note in fit.notes)
        if abs(fit.params["rho"]) >= 1:
            found += 1
            assert not fit.stable
            assert not fit.diagnostics()["Wald unit root"].applicable
            for asked in (fit.impacts, fit.impacts_over_time, fit.predict):
                with pytest.raises(PanelError, match="lies outside"):
                    asked()
            with pytest.raises(PanelError):
                fit.impacts(horizon="long-run")
    assert found
