"""W that changes over time, and panels with gaps: equal to dense block matrices, or refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import linalg, optimize

import workbench as wb
from workbench.errors import IdError, InputError, PanelError

N, T = 12, 4
IDS = [f"r{i:02d}" for i in range(N)]
YEARS = list(range(2001, 2001 + T))


def matrix(seed, n=N, *, rows=True):
    rng = np.random.default_rng(seed)
    found = rng.random((n, n)) * (rng.random((n, n)) < 0.25)
    found += np.roll(np.eye(n), 1, axis=1)
    np.fill_diagonal(found, 0)
    return found / (found.sum(axis=1, keepdims=True) if rows else 2.0)


def as_weights(values, ids=IDS):
    return wb.weights.from_matrix(values, ids=list(ids), normalize="none")


@pytest.fixture(scope="module")
def panel():
    rng = np.random.default_rng(7)
    index = pd.MultiIndex.from_product([IDS, YEARS], names=["region", "year"])
    table = pd.DataFrame(rng.normal(size=(N * T, 2)), index=index, columns=["a", "b"])
    mean = table @ [1.0, -1.0] + np.repeat(rng.normal(size=N), T) + rng.normal(size=N * T) * 0.6
    y = np.linalg.solve(np.eye(N * T) - 0.4 * block([matrix(s) for s in range(T)]), mean)
    return table.assign(y=y)


def block(matrices):
    """Dense W of a whole panel, rows by region, then period."""
    n, t = len(matrices[0]), len(matrices)
    by_period = linalg.block_diag(*matrices)
    order = np.arange(n * t).reshape(t, n).T.ravel()
    return by_period[np.ix_(order, order)]


@pytest.fixture(scope="module")
def W():
    return {year: as_weights(matrix(s)) for s, year in enumerate(YEARS)}


def dense_loglik(y, X, *, lag, error):
    """Concentrated log-likelihood of (ρ, λ), dense; 0 for what the model does not have."""

    def value(rho, lam):
        A, B = np.eye(len(y)) - rho * lag, np.eye(len(y)) - lam * error
        left, right = B @ A @ y, B @ X
        e = left - right @ np.linalg.lstsq(right, left, rcond=None)[0]
        logs = np.linalg.slogdet(A)[1] + np.linalg.slogdet(B)[1]
        n = len(y)
        return logs - 0.5 * n * (np.log(2 * np.pi * (e @ e) / n) + 1)

    return value


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("model", ["sar", "sem", "sac", "sdm"])
@pytest.mark.parametrize("effects", ["none", "time", "entity", "two-way"])
def test_likelihood_is_that_of_the_block_matrix(panel, W, model, effects):
    if effects in ("entity", "two-way") and model in ("sem", "sac"):
        with pytest.raises(PanelError, match="one W of the disturbance"):
            wb.fit("y ~ a", panel, W, model=model, effects=effects)
        return
    given = {} if effects == "none" else {"lee_yu": "none"}
    fit = wb.fit("y ~ a + b", panel, W, model=model, effects=effects, **given)
    whole = block([matrix(s) for s in range(T)])
    X = panel[["a", "b"]].to_numpy()
    X = np.column_stack([X, whole @ X]) if model == "sdm" else X
    dummies = {
        "none": np.ones((N * T, 1)),
        "time": np.kron(np.ones((N, 1)), np.eye(T)),
        "entity": np.kron(np.eye(N), np.ones((T, 1))),
        "two-way": np.column_stack(
            [np.kron(np.eye(N), np.ones((T, 1))), np.kron(np.ones((N, 1)), np.eye(T))[:, 1:]]
        ),
    }[effects]
    value = dense_loglik(
        panel["y"].to_numpy(), np.column_stack([X, dummies]), lag=whole, error=whole
    )
    at = [fit.params.get("rho", 0.0), fit.params.get("lambda", 0.0)]
    assert fit.loglik == pytest.approx(value(*at), abs=1e-8)
    for place, name in enumerate(("rho", "lambda")):
        if name in fit.params:
            h = 1e-5 * np.eye(2)[place]
            slope = (value(*(at + h)) - value(*(at - h))) / 2e-5
            assert abs(slope * fit.std_errors[name]) < 1e-6


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("effects", "given"), [("entity", "several"), ("two-way", "several"), ("time", "one")]
)
def test_correction_takes_out_the_mean_of_the_score(panel, W, effects, given):
    """E score is tr JG − tr G in ρ and (tr J − n)/2σ² in σ², J what the effects leave: dense."""
    weights = W if given == "several" else W[2001]
    direct, corrected = (
        wb.fit("y ~ a + b", panel, weights, model="sar", effects=effects, lee_yu=word)
        for word in ("none", "bias-correction")
    )
    lags = block([matrix(s if given == "several" else 0) for s in range(T)])
    G = lags @ np.linalg.inv(np.eye(N * T) - direct.params["rho"] * lags)
    centre = {n: np.eye(n) - 1 / n for n in (N, T)}
    # effects of regions and of periods are corrected for one after the other
    kinds = {
        "entity": [np.kron(np.eye(N), centre[T])],
        "time": [np.kron(centre[N], np.eye(T))],
        "two-way": [np.kron(np.eye(N), centre[T]), np.kron(centre[N], np.eye(T))],
    }[effects]
    shift = np.zeros(4)
    for J in kinds:
        shift[2] += np.trace(G) - np.trace(J @ G)
        shift[3] += (N * T - np.trace(J)) / (2 * direct.sigma2)
    step = direct.fixed.covariance @ shift
    np.testing.assert_allclose(corrected.params - direct.params, step[:3], atol=1e-9)
    assert corrected.sigma2 - direct.sigma2 == pytest.approx(step[3], rel=1e-8)
    assert corrected.loglik == direct.loglik


@pytest.mark.slow
def test_one_w_in_every_period_is_one_w(panel):
    one = as_weights(matrix(0))
    several = dict.fromkeys(YEARS, one)
    for effects, lee_yu in [("none", None), ("time", "transformation"), ("two-way", "none")]:
        for model in ("slx", "sar", "sdm") + (("sem", "gns") if effects != "two-way" else ()):
            given = {} if model == "slx" else {"lee_yu": lee_yu}
            a, b = (
                wb.fit("y ~ a + b", panel, w, model=model, effects=effects, **given)
                for w in (one, several)
            )
            np.testing.assert_allclose(a.params, b.params, rtol=1e-8, atol=1e-9)
            np.testing.assert_allclose(a.std_errors, b.std_errors, rtol=1e-7)
            if model not in ("sem",):
                np.testing.assert_allclose(
                    a.impacts().tidy()["std_error"], b.impacts().tidy()["std_error"], rtol=1e-7
                )


def test_impacts_are_averages_over_regions_and_periods(panel, W):
    fit = wb.fit("y ~ a + b", panel, W, model="sdm")
    p = fit.params
    inverse = np.linalg.inv(np.eye(N * T) - p["rho"] * block([matrix(s) for s in range(T)]))
    S = inverse @ (p["a"] * np.eye(N * T) + p["W(a)"] * block([matrix(s) for s in range(T)]))
    impacts = fit.impacts()
    assert impacts.direct["a"] == pytest.approx(np.trace(S) / (N * T), rel=1e-10)
    assert impacts.total["a"] == pytest.approx(S.sum() / (N * T), rel=1e-10)
    by_period = fit.impacts_by_period()
    for t, year in enumerate(YEARS):
        A = np.eye(N) - p["rho"] * matrix(t)
        S = np.linalg.solve(A, p["b"] * np.eye(N) + p["W(b)"] * matrix(t))
        found = by_period.table.loc[("b", "direct", year), "estimate"]
        assert found == pytest.approx(np.trace(S) / N, rel=1e-10)
    of_periods = by_period.effect("a", "total")["estimate"].mean()
    assert impacts.total["a"] == pytest.approx(of_periods, rel=1e-10)


def test_draws_are_averaged_draw_by_draw(panel):
    one = as_weights(matrix(0))
    a, b = (
        wb.fit("y ~ a + b", panel, w, model="sdm").impacts(method="monte-carlo", draws=500)
        for w in (one, dict.fromkeys(YEARS, one))
    )
    np.testing.assert_allclose(a.tidy(), b.tidy(), rtol=1e-5)


def test_effects_of_one_w_are_asked_of_one_period(panel, W):
    fit = wb.fit("y ~ a + b", panel, W, model="sar")
    with pytest.raises(PanelError, match="in_period"):
        fit.impulse("a", IDS[0])
    impulse = fit.in_period(2002).impulse("a", IDS[0], method="delta")
    A = np.eye(N) - fit.params["rho"] * matrix(1)
    expected = fit.params["a"] * np.linalg.inv(A)[:, 0]
    np.testing.assert_allclose(impulse.table["estimate"], expected, rtol=1e-9)
    one = wb.fit("y ~ a + b", panel, as_weights(matrix(0)), model="sar")
    with pytest.raises(PanelError, match="one W for all periods"):
        one.impacts_by_period()


@pytest.fixture(scope="module")
def gappy(panel):
    return panel.drop([("r03", 2002), ("r07", 2001), ("r07", 2004)])


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["sar", "sem", "sdm", "gns"])
def test_gaps_with_a_w_of_the_regions_present(gappy, model):
    full = {year: as_weights(matrix(s)) for s, year in enumerate(YEARS)}
    own = {year: w.restrict(gappy.xs(year, level="year").index) for year, w in full.items()}
    fit = wb.fit("y ~ a + b", gappy, own, model=model)
    again = wb.fit("y ~ a + b", gappy, full, model=model, align="intersection")
    pd.testing.assert_frame_equal(fit.tidy(), again.tidy(), check_exact=True)
    rows = gappy.reset_index()
    whole = np.zeros((len(rows), len(rows)))
    for year, w in own.items():
        at = np.flatnonzero(rows["year"] == year)
        whole[np.ix_(at, at)] = w.sparse.toarray()
    X = np.column_stack([np.ones(len(rows)), gappy[["a", "b"]]])
    X = np.column_stack([X, whole @ X[:, 1:]]) if model in ("sdm", "gns") else X
    value = dense_loglik(gappy["y"].to_numpy(), X, lag=whole, error=whole)
    at = [fit.params.get("rho", 0.0), fit.params.get("lambda", 0.0)]
    assert fit.loglik == pytest.approx(value(*at), abs=1e-8)
    if model in ("sar", "sem"):
        free = (lambda x: -value(x, 0.0)) if model == "sar" else (lambda x: -value(0.0, x))
        best = optimize.minimize_scalar(free, bounds=(-0.9, 0.95), method="bounded")
        assert max(at) == pytest.approx(best.x, abs=1e-4)


@pytest.mark.parametrize("effects", ["entity", "time", "two-way"])
def test_gaps_with_effects_are_the_regression_on_dummies(gappy, effects):
    full = {year: as_weights(matrix(s)) for s, year in enumerate(YEARS)}
    fit = wb.fit(
        "y ~ a + b",
        gappy,
        full,
        model="sar",
        effects=effects,
        align="intersection",
        lee_yu="none",
    )
    rows = gappy.reset_index()
    whole = np.zeros((len(rows), len(rows)))
    for year, w in fit.spatial.by_period.items():
        at = np.flatnonzero(rows["year"] == year)
        whole[np.ix_(at, at)] = w.sparse.toarray()
    dummies = [pd.get_dummies(rows[name]).to_numpy(float) for name in ("region", "year")]
    D = {"entity": dummies[0], "time": dummies[1]}.get(
        effects, np.column_stack([dummies[0], dummies[1][:, 1:]])
    )
    X = np.column_stack([gappy[["a", "b"]], D])
    value = dense_loglik(gappy["y"].to_numpy(), X, lag=whole, error=whole)
    rho = fit.params["rho"]
    assert fit.loglik == pytest.approx(value(rho, 0.0), abs=1e-8)
    assert fit.loglik >= max(value(rho + h, 0.0) for h in (-1e-3, 1e-3))
    if effects != "two-way":
        assert fit.effects_table().shape[0] == 1 + D.shape[1]


def refusal(error, *arguments, **options):
    with pytest.raises(error) as caught:
        wb.fit(*arguments, **options)
    return str(caught.value)


def test_what_cannot_be_estimated_is_refused_with_a_way_out(panel, gappy, W):
    formula = "y ~ a + b"
    text = refusal(PanelError, formula, panel, W, model="sar", effects="entity")
    assert 'lee_yu="bias-correction"' in text
    wb.fit(formula, panel, W, model="sar", effects="entity", lee_yu="bias-correction")
    assert "one W" in refusal(PanelError, formula, panel, W, model="sar", effects="random")
    text = refusal(PanelError, formula, gappy, as_weights(matrix(0)), model="sar")
    assert 'align="intersection"' in text
    assert "r03" in text
    short = {year: w for year, w in W.items() if year != 2003}
    assert "2003" in refusal(PanelError, formula, panel, short, model="sar")
    assert "r07" in refusal(IdError, formula, gappy, W, model="sar")
    options = {"effects": "entity", "align": "intersection", "lee_yu": "bias-correction"}
    assert 'lee_yu="none"' in refusal(PanelError, formula, gappy, W, model="sar", **options)
    cross = panel.xs(2001, level="year")
    assert "(region, period)" in refusal(InputError, formula, cross, W, model="sar")


def test_spare_periods_are_named(panel, W):
    fit = wb.fit("y ~ a + b", panel, W | {2030: W[2001]}, model="sar")
    assert any("2030" in note for note in fit.notes)


def test_error_weights_may_change_too(panel, W):
    other = {year: as_weights(matrix(s + 20)) for s, year in enumerate(YEARS)}
    fit = wb.fit("y ~ a + b", panel, W, model="sac", W_error=other)
    X = np.column_stack([np.ones(N * T), panel[["a", "b"]]])
    value = dense_loglik(
        panel["y"].to_numpy(),
        X,
        lag=block([matrix(s) for s in range(T)]),
        error=block([matrix(s + 20) for s in range(T)]),
    )
    at = fit.params["rho"], fit.params["lambda"]
    assert fit.loglik == pytest.approx(value(*at), abs=1e-8)
    one = wb.fit("y ~ a + b", panel, W, model="sac", W_error=as_weights(matrix(20)))
    assert one.nobs == N * T
