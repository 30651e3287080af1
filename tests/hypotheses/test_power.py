"""Power before estimation: closed forms, dense information, simulation; the outcome is not read."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.power import TTestPower

import workbench as wb
from workbench.errors import ConvergenceError, InputError, OptionError
from workbench.hypotheses.planning import power
from workbench.hypotheses.planning.planned import Planned
from workbench.hypotheses.planning.rejections import distance_for, rejection
from workbench.hypotheses.statements.absences import NotInModelError
from workbench.hypotheses.statements.hypothesis import Hypothesis


@pytest.fixture(scope="module")
def W():
    return wb.weights.queen(wb.load("us-states"))


@pytest.fixture(scope="module")
def panel():
    return wb.load("munnell-1990")[["emp", "unemp", "gsp"]]


@pytest.fixture(scope="module")
def y1986(panel):
    return panel.xs(1986, level="year")


def dense(W, table, *columns):
    """W and the regressors with their lags, in the order of the sorted ids."""
    ordered = table.sort_index()
    X = np.column_stack([np.ones(len(ordered)), *(f(ordered) for f in columns)])
    M = W.sparse.toarray()
    return M, np.column_stack([X, M @ X[:, 1:]])


def log_emp(table):
    return np.log(table["emp"].to_numpy())


def unemp(table):
    return table["unemp"].to_numpy()


# --- the tail probabilities


def test_two_sided_power_is_that_of_statsmodels():
    for df in (5.0, 43.0, 748.0):
        for nc in (0.0, 0.5, 2.0, 4.5):
            n = df + 1
            found = rejection(nc, alpha=0.05, relation="!=", df=df)
            other = TTestPower().power(nc / np.sqrt(n), n, 0.05, df=df, alternative="two-sided")
            assert found == pytest.approx(other, abs=1e-9)


def test_power_of_a_direction_is_one_tail_at_half_alpha():
    assert rejection(0.0, alpha=0.1, relation=">", df=20.0) == pytest.approx(0.05, abs=1e-10)
    z = stats.norm.isf(0.025) + stats.norm.isf(0.2)
    assert distance_for(0.8, alpha=0.05, relation=">", df=None) == pytest.approx(z, abs=1e-9)
    left = rejection(-1.7, alpha=0.05, relation="<", df=12.0)
    assert left == pytest.approx(rejection(1.7, alpha=0.05, relation=">", df=12.0), abs=1e-10)


def test_tails_far_away_are_one_and_zero_not_missing():
    assert rejection([60.0, -60.0], alpha=0.05, relation=">", df=43.0).tolist() == [1.0, 0.0]


# --- least squares: closed form


def test_ols_is_the_textbook_formula(y1986):
    """One regressor: T is noncentral t with b sqrt(Sxx) / sigma, n - 2 degrees of freedom."""
    x, n = log_emp(y1986), len(y1986)
    sxx = ((x - x.mean()) ** 2).sum()
    found = power("coefficient(log(emp)) != 0", y1986, formula="~ log(emp)", model="ols", sigma=2.0)
    for b in (0.3, 0.9):
        d = b * np.sqrt(sxx) / 2.0
        other = TTestPower().power(d / np.sqrt(n), n, 0.05, df=n - 2, alternative="two-sided")
        assert found.at(b) == pytest.approx(other, abs=1e-9)
    assert found.at(found.minimum) == pytest.approx(0.8, abs=1e-9)
    assert found.minimum_standardised == pytest.approx(found.minimum * x.std(ddof=1) / 2.0)


def test_slx_spillover_is_the_dense_formula(W, y1986):
    """Row-standardised W: the indirect impact is theta, its variance that of least squares."""
    _, X = dense(W, y1986, log_emp, unemp)
    se = 0.5 * np.sqrt(np.linalg.inv(X.T @ X)[3, 3])
    found = power("indirect(log(emp)) > 0", y1986, W, formula="~ log(emp) + unemp", sigma=0.5)
    assert found.moves == "W(log(emp))"
    np.testing.assert_allclose(found.table["std_error"], se, rtol=1e-9)
    n_k = len(X) - X.shape[1]
    tail = stats.nct.sf(stats.t.isf(0.025, n_k), n_k, found.table.index / se)
    np.testing.assert_allclose(found.table["power"], tail, atol=1e-9)


def test_two_way_panel_is_least_squares_with_dummies(W, panel):
    ordered = panel.sort_index()
    N, T = 48, 17
    x = log_emp(ordered)
    lag = (W.sparse @ x.reshape(N, T)).ravel()
    dummies = np.column_stack([np.kron(np.eye(N), np.ones((T, 1))), np.tile(np.eye(T), (N, 1))])
    X = np.column_stack([x, lag, dummies[:, :-1]])
    se = np.sqrt(np.linalg.inv(X.T @ X)[1, 1])
    found = power("indirect(log(emp)) > 0", panel, W, formula="~ log(emp)", effects="two-way")
    np.testing.assert_allclose(found.table["std_error"], se, rtol=1e-7)
    df = N * T - X.shape[1]
    at = float(found.table.index[12])
    tail = stats.nct.sf(stats.t.isf(0.025, df), df, at / se)
    assert found.at(at) == pytest.approx(tail, abs=1e-8)


# --- likelihood: dense information


def test_sdm_spillover_is_the_dense_information_and_delta_method(W, y1986):
    """Ord's information with dense matrices; the gradient of the impact by differences."""
    M, X = dense(W, y1986, log_emp, unemp)
    n, k = X.shape
    rho, sigma = 0.35, 0.8
    found = power(
        "indirect(log(emp)) > 0",
        y1986,
        W,
        formula="~ log(emp) + unemp",
        model="sdm",
        rho=rho,
        sigma=sigma,
        coefficients={"log(emp)": 0.6, "unemp": -0.1, "Intercept": 1.5},
        values=[0.4, 0.9],
    )
    for value in (0.4, 0.9):
        theta = found.table.loc[value, "coefficient"]
        beta = np.array([1.5, 0.6, -0.1, theta, 0.0])
        G = M @ np.linalg.inv(np.eye(n) - rho * M)
        info = np.zeros((k + 2, k + 2))
        info[:k, :k] = X.T @ X / sigma**2
        spread = G @ X @ beta
        info[:k, k] = info[k, :k] = X.T @ spread / sigma**2
        info[k, k] = np.trace(G @ G) + np.trace(G.T @ G) + spread @ spread / sigma**2
        info[k, k + 1] = info[k + 1, k] = np.trace(G) / sigma**2
        info[k + 1, k + 1] = n / (2 * sigma**4)
        cov = np.linalg.inv(info)[: k + 1, : k + 1]

        def indirect(p):
            S = np.linalg.inv(np.eye(n) - p[k] * M) @ (p[1] * np.eye(n) + p[3] * M)
            return (S.sum() - np.trace(S)) / n

        at = np.append(beta, rho)
        step = 1e-6
        slope = [
            (indirect(at + step * e) - indirect(at - step * e)) / (2 * step) for e in np.eye(k + 1)
        ]
        assert indirect(at) == pytest.approx(value, abs=1e-9)
        se = np.sqrt(slope @ cov @ slope)
        assert found.table.loc[value, "std_error"] == pytest.approx(se, rel=1e-6)
        tail = stats.norm.sf(stats.norm.isf(0.025) - value / se)
        assert found.at(value) == pytest.approx(tail, abs=1e-6)


def test_panel_likelihood_has_the_standard_errors_that_a_fit_finds(W, panel):
    """At a fit's own estimates the plan has its standard errors: effects are transformed out."""
    fit = wb.fit("gsp ~ log(emp) + unemp", panel, W, model="sdm", effects="two-way")
    params = fit.params
    found = power(
        "rho != 0",
        panel,
        W,
        formula="~ log(emp) + unemp",
        model="sdm",
        effects="two-way",
        sigma=float(np.sqrt(fit.sigma2)),
        coefficients=params.drop("rho").to_dict(),
        values=[float(params["rho"])],
    )
    assert found.table["std_error"].iloc[0] == pytest.approx(fit.std_errors["rho"], rel=1e-6)


# --- what more regions or periods would do


def test_needed_sizes_are_the_least_that_suffice(W, panel):
    found = power("indirect(log(emp)) > 0", panel, W, formula="~ log(emp)", effects="two-way")
    half = found.minimum / 2
    table = found.needed(half)
    se, N, T, k = found.table["std_error"].iloc[0], 48, 17, 2
    for size, least in (("regions", "N"), ("periods", "T")):
        need = int(table.loc[size, "needed"])
        powers = []
        for number in (need - 1, need):
            n, t = (number, T) if least == "N" else (N, number)
            scale = (n - 1) / (N - 1) * (t - 1) / (T - 1)
            df = n * t - k - (n + t - 1)
            nc = half / se * np.sqrt(scale)
            powers.append(stats.nct.sf(stats.t.isf(0.025, df), df, nc))
        assert powers[0] < 0.8 <= powers[1]
    assert table["now"].tolist() == [48, 17]


def test_needed_of_what_is_seen_already_is_no_more_than_there_is(W, y1986):
    found = power("indirect(log(emp)) > 0", y1986, W, formula="~ log(emp)")
    assert found.needed(found.minimum).loc["regions", "needed"] == 48
    assert found.needed(2 * found.minimum).loc["regions", "needed"] < 48
    with pytest.raises(InputError, match=r"needed\(1\)"):
        found.needed(-1.0)


# --- the outcome is not read


@pytest.mark.slow
@pytest.mark.parametrize("model", ["slx", "sdm"])
def test_outcomes_change_nothing(W, y1986, model):
    def asked(table, formula="~ log(emp) + unemp"):
        return power("indirect(log(emp)) > 0", table, W, formula=formula, model=model).table

    plain = asked(y1986[["emp", "unemp"]])
    missing = y1986.assign(gsp=np.nan)
    pd.testing.assert_frame_equal(asked(missing), plain, check_exact=True)
    absent = y1986.drop(columns="gsp")
    pd.testing.assert_frame_equal(
        asked(absent, "log(gsp) ~ log(emp) + unemp"), plain, check_exact=True
    )
    text = y1986.assign(gsp="secret")
    pd.testing.assert_frame_equal(asked(text), plain, check_exact=True)


@pytest.mark.slow
def test_order_of_rows_changes_nothing(W, panel):
    def asked(table):
        return power("indirect(log(emp)) > 0", table, W, formula="~ log(emp)", effects="entity")

    shuffled = panel.sample(frac=1.0, random_state=3)
    pd.testing.assert_frame_equal(asked(shuffled).table, asked(panel).table, check_exact=True)


def test_nothing_of_the_caller_is_changed(W, y1986):
    before = y1986.copy()
    power("indirect(log(emp)) > 0", y1986, W, formula="~ log(emp)")
    pd.testing.assert_frame_equal(y1986, before)


# --- hypotheses


def test_a_hypothesis_brings_its_direction_value_and_alpha(W, y1986):
    H = Hypothesis("Less next door", "indirect(log(emp)) < -0.2", alpha=0.1)
    found = power(H, y1986, W, formula="~ log(emp)")
    assert (found.alpha, found.null, found.hypothesis) == (0.1, -0.2, "Less next door")
    assert found.minimum < -0.2
    assert found.at(-0.2) == pytest.approx(0.05, abs=1e-9)
    assert (found.table.index <= -0.2).all()


def test_spillover_beyond_half_the_direct_impact_moves_with_the_lag(W, y1986):
    found = power("indirect(log(emp)) - 0.5*direct(log(emp)) > 0", y1986, W, formula="~ log(emp)")
    _, X = dense(W, y1986, log_emp)
    cov = np.linalg.inv(X.T @ X)
    g = np.array([0.0, -0.5, 1.0])
    np.testing.assert_allclose(found.table["std_error"], np.sqrt(g @ cov @ g), rtol=1e-9)


def test_lags_that_the_formula_names_make_the_model(W, y1986):
    named = power("indirect(unemp) > 0", y1986, W, formula="~ emp + unemp + W(unemp)", model="sar")
    assert named.model == "sdm"
    assert named.moves == "W(unemp)"


def test_words_tell_what_stays_unseen(W, y1986):
    found = power("indirect(log(emp)) > 0", y1986, W, formula="~ log(emp)", sigma=0.2)
    told = " ".join(found.notes)
    assert f"below {found.minimum:.3g} would mostly stay unseen" in told
    assert "elasticities where the outcome is a logarithm" in told
    assert found.glance()["target"].item() == 0.8
    picture = found.plot()
    assert "80%" in picture.alt


# --- bad input


@pytest.mark.quick_cases(7)
@pytest.mark.parametrize(
    ("changes", "error", "told"),
    [
        ({"model": "sar"}, InputError, "without rho a spatial lag has no spillovers"),
        ({"model": "sem"}, NotInModelError, "indirect"),
        ({"model": "slx", "rho": 0.3}, InputError, "which has no rho"),
        ({"model": "sdm", "rho": 1.4}, InputError, "no sound inverse"),
        ({"sigma": 0.0}, InputError, "sigma"),
        ({"sigma": float("nan")}, InputError, "sigma"),
        ({"coefficients": {"log(pc)": 1.0}}, OptionError, "log"),
        ({"coefficients": {"log(emp)": np.inf}}, InputError, "coefficients"),
        ({"effects": "random"}, OptionError, "two-way"),
        ({"moves": "unemp"}, OptionError, "moves"),
        ({"target": 1.0}, InputError, "target"),
        ({"values": [np.nan]}, InputError, "values"),
        ({"formula": "~"}, InputError, "regressors on the right"),
        ({"simulate": 1}, InputError, "simulate"),
        ({"W": None}, InputError, "W"),
    ],
)
def test_refused_by_name(W, y1986, changes, error, told):
    given = {"W": W, "formula": "~ log(emp)", **changes}
    with pytest.raises(error, match=told):
        power("indirect(log(emp)) > 0", y1986, **given)


def test_equivalences_and_other_things_are_refused(W, y1986):
    with pytest.raises(InputError, match="equivalence"):
        power("indirect(log(emp)) = 0 +- 0.1", y1986, W, formula="~ log(emp)")
    with pytest.raises(InputError, match="a Hypothesis"):
        power(3.0, y1986, W, formula="~ log(emp)")
    with pytest.raises(NotInModelError):
        power("indirect(log(pc)) > 0", y1986, W, formula="~ log(emp)")


def test_missing_regressors_are_refused_with_the_region(W, y1986):
    gap = y1986.copy()
    gap.iloc[4, gap.columns.get_loc("emp")] = np.nan
    with pytest.raises(InputError, match="missing"):
        power("indirect(log(emp)) > 0", gap, W, formula="~ log(emp)")


# --- simulation


@pytest.mark.slow
def test_simulation_estimates_as_fit_does_and_agrees(W, y1986):
    """SLX is exact: 25 draws at each of four values are within four Monte Carlo errors."""
    found = power("indirect(log(emp)) > 0", y1986, W, formula="~ log(emp)", simulate=25, seed=1)
    done = found.table.dropna(subset=["power_simulated"])
    assert len(done) == 4
    assert done["failed"].sum() == 0
    error = np.sqrt(done["power"] * (1 - done["power"]) / 25)
    assert ((done["power_simulated"] - done["power"]).abs() < 4 * error).all()
    assert found.tolerance == "simulation"


def test_simulated_fits_that_fail_are_counted_with_their_reason(W, y1986, monkeypatch):
    def refused(self, outcome):
        raise ConvergenceError("y", expected="a maximum", found="none in the interval")

    monkeypatch.setattr(Planned, "refitted", refused)
    found = power("indirect(log(emp)) > 0", y1986, W, formula="~ log(emp)", simulate=2)
    done = found.table.dropna(subset=["power_simulated"])
    assert done["failed"].tolist() == [2, 2, 2, 2]
    assert done["power_simulated"].tolist() == [0.0] * 4
    assert "8 simulated fits failed, most often: y: expected a maximum" in " ".join(found.notes)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "effects", "rho"),
    [("slx", "none", 0.0), ("sdm", "none", 0.3), ("slx", "two-way", 0.0)],
)
def test_formula_and_simulation_agree(W, panel, y1986, model, effects, rho):
    """Known truth, 400 draws a value, 100 for a panel, whose draws are long.

    A cross-section of 48 leaves the SDM short of its limit.
    """
    draws = 400 if effects == "none" else 100
    data = y1986 if effects == "none" else panel
    found = power(
        "indirect(log(emp)) > 0",
        data,
        W,
        formula="~ log(emp)",
        model=model,
        effects=effects,
        rho=rho,
        coefficients={"log(emp)": 1.0},
        simulate=draws,
    )
    done = found.table.dropna(subset=["power_simulated"])
    error = np.sqrt(done["power"] * (1 - done["power"]) / draws)
    # the normal limit with 48 regions: beside Monte Carlo error six points were seen
    slack = 0.06 if model == "sdm" else 0.0
    assert ((done["power_simulated"] - done["power"]).abs() < 3.3 * error + slack).all()
