"""Draws are estimates on outcomes of the fit: spread, intervals, and what never changes them."""

from __future__ import annotations

import threading

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from scipy import sparse

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.errors import ConvergenceError, InputError, OptionError, ValuesError
from workbench.numerics.sparse.recent import forget
from workbench.typing import BootstrapInterval, Model, words

MODELS = words(Model)


@pytest.fixture(autouse=True)
def nothing_held():
    forget()
    yield
    forget()


def lattice(side, *, seed=0, normalise="row"):
    """A square of regions with rook neighbours, and a table whose y follows a known SDM."""
    n = side * side
    step = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(side, side))
    B = sparse.csr_array(sparse.kron(step, sparse.eye_array(side)))
    B = sparse.csr_array(B + sparse.kron(sparse.eye_array(side), step))
    ids = [f"r{i:04d}" for i in range(n)]
    W = wb.weights.as_weights(Graph.from_sparse(B, ids=ids))
    W = W.normalize(normalise) if normalise else W
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    spread = np.eye(n) - 0.4 * W.sparse.toarray()
    y = np.linalg.solve(spread, 1.0 + x + 0.5 * (W.sparse @ x) + rng.normal(size=n))
    return pd.DataFrame({"y": y, "x": x}, index=pd.Index(ids, name="region")), W


@pytest.fixture(scope="module")
def square():
    return lattice(14)


def fits(case, model, **options):
    return wb.fit(case.formula, case.table, case.W, model=model, **options)


# -- a draw is an estimate on an outcome ---------------------------------------------------------


def other_weights(case):
    index = case.table.index
    ring = {a: [b] for a, b in zip(index, [*index[1:], index[0]], strict=True)}
    return wb.weights.as_weights(Graph.from_dicts(ring))


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", MODELS)
def test_a_draw_is_the_fit_of_a_simulated_outcome(columbus, model):
    fit = fits(columbus, model)
    boot = fit.bootstrap(draws=39)
    drawn = fit.simulate(3)
    for number in (1, 3):
        again = wb.fit(
            columbus.formula,
            columbus.table.assign(CRIME=drawn[number]),
            columbus.W,
            model=model,
        )
        row = boot.draws.loc[number]
        np.testing.assert_allclose(row.xs("coefficient", level="effect"), again.params, rtol=1e-7)
        if model in ("ols", "sem"):
            continue
        expected = again.impacts().tidy()["estimate"]
        np.testing.assert_allclose(row.loc[expected.index], expected, rtol=1e-7, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "options"),
    [("sac", {"W_error": True}), ("sdem", {"W_error": True}), ("gns", {"durbin": ["INC"]})],
)
def test_a_draw_keeps_other_weights_and_partial_lags(columbus, model, options):
    if "W_error" in options:
        options = {"W_error": other_weights(columbus)}
    fit = fits(columbus, model, **options)
    boot = fit.bootstrap("params", kind="wild", draws=39)
    table = columbus.table.assign(CRIME=fit.simulate(2, kind="wild")[2])
    again = wb.fit(columbus.formula, table, columbus.W, model=model, **options)
    np.testing.assert_allclose(boot.draws.loc[2], again.params, rtol=1e-7)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", MODELS)
def test_a_draw_keeps_case_weights_and_weights_of_regressors(columbus, model):
    table = columbus.table.assign(people=np.random.default_rng(0).uniform(1, 9, 49))
    options = {"case_weights": "people"}
    if model in ("slx", "sdm", "sdem", "gns"):
        options["W_x"] = other_weights(columbus)
    fit = wb.fit(columbus.formula, table, columbus.W, model=model, **options)
    boot = fit.bootstrap(kind="residual", draws=39)
    whole = fit.bootstrap(lambda fit: fit.params, kind="residual", draws=39)
    table = table.assign(CRIME=fit.simulate(2, kind="residual")[2])
    again = wb.fit(columbus.formula, table, columbus.W, model=model, **options)
    row = boot.draws.loc[2]
    np.testing.assert_allclose(row.xs("coefficient", level="effect"), again.params, rtol=1e-7)
    np.testing.assert_allclose(whole.draws.loc[2], again.params, rtol=1e-7)
    if model not in ("ols", "sem"):
        impacts = again.impacts().tidy()["estimate"]
        np.testing.assert_allclose(row.loc[impacts.index], impacts, rtol=1e-7, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("normalise", ["", pytest.param("row", marks=pytest.mark.slow)])
def test_beyond_eigenvalues_draws_are_those_fits_too(normalise):
    table, W = lattice(26, normalise=normalise)  # 676 regions: sparse factors
    if not normalise:
        table["y"] = table["x"] + np.random.default_rng(1).normal(size=len(table))
    fit = wb.fit("y ~ x", table, W, model="sdm")
    boot = fit.bootstrap(draws=39)
    again = wb.fit("y ~ x", table.assign(y=fit.simulate(2)[2]), W, model="sdm")
    row = boot.draws.loc[2]
    np.testing.assert_allclose(row.xs("coefficient", level="effect"), again.params, rtol=1e-6)
    impacts = again.impacts().tidy()["estimate"]
    np.testing.assert_allclose(row.loc[impacts.index], impacts, rtol=1e-6)


def test_innovations_pass_both_filters(columbus):
    """Dense filters take the wild outcomes back to residuals whose signs were drawn."""
    M = other_weights(columbus)
    fit = fits(columbus, "gns", W_error=M)
    p, W = fit.params, columbus.W.sparse.toarray()
    Z = pd.DataFrame(fit.design.X, columns=list(fit.design.terms))
    assert fit.weights.ids.equals(fit.design.index)
    drawn = fit.simulate(4, kind="wild", leverage="HC0")
    eye = np.eye(49)
    beta = p[list(fit.design.terms)].to_numpy()
    for number in drawn:
        u = (eye - p["rho"] * W) @ drawn[number].to_numpy() - Z.to_numpy() @ beta
        e = (eye - p["lambda"] * fit.weights_error.sparse.toarray()) @ u
        np.testing.assert_allclose(np.abs(e), np.abs(fit.resids), atol=1e-9)
        assert 5 < int((e * fit.resids > 0).sum()) < 44


def test_clusters_share_their_multiplier(columbus):
    fit = fits(columbus, "ols")
    by = pd.Series(np.arange(49) ** 2 % 7, index=columbus.table.index)  # 4 of unequal sizes
    drawn = fit.simulate(6, kind="wild", by=by.sample(frac=1, random_state=0), multipliers="webb")
    ratio = drawn.sub(fit.fitted_values, axis=0).div(fit.resids, axis=0)
    groups = ratio.groupby(by.loc[ratio.index].to_numpy())
    scaled = groups.transform(lambda column: column / column.iloc[0])
    h = np.diag(fit.design.X @ np.linalg.pinv(fit.design.X))
    stretch = pd.Series(1 / np.sqrt(1 - h), index=ratio.index)
    expected = stretch.groupby(by.loc[ratio.index].to_numpy()).transform(lambda s: s / s.iloc[0])
    np.testing.assert_allclose(scaled, np.outer(expected, np.ones(6)), rtol=1e-8)


def test_residual_draws_are_centred_residuals_rescaled(columbus):
    # without an intercept residuals have a mean
    fit = wb.fit("CRIME ~ INC + HOVAL - 1", columbus.table, columbus.W, model="sar")
    drawn = fit.simulate(2, kind="residual")
    e = fit.resids.to_numpy()
    pool = (e - e.mean()) * np.sqrt(49 / 47)
    A = np.eye(49) - fit.params["rho"] * columbus.W.sparse.toarray()
    found = A @ drawn[1].to_numpy() - fit.design.X @ fit.params.iloc[:2].to_numpy()
    assert np.abs(found[:, None] - pool).min(axis=1).max() < 1e-9
    assert len(np.unique(found.round(8))) < 49


# -- the spread is what theory says --------------------------------------------------------------


def test_parametric_errors_of_least_squares_are_the_closed_form(columbus):
    """Normal draws: R·var*/var is chi-square with R − 1 degrees of freedom."""
    fit = fits(columbus, "ols")
    draws = 999
    found = fit.bootstrap(draws=draws).tidy()["std_error"].to_numpy()
    ratio = (found / fit.std_errors.to_numpy()) ** 2
    assert np.abs(ratio - 1).max() < 3.5 * np.sqrt(2 / (draws - 1))
    bias = fit.bootstrap(draws=draws).bias.to_numpy() / fit.std_errors.to_numpy()
    assert np.abs(bias).max() < 3.5 / np.sqrt(draws)


@pytest.mark.slow
@pytest.mark.parametrize(("model", "draws"), [("sar", 499), ("sdm", 799)])
def test_parametric_errors_approach_the_information_matrix(square, model, draws):
    """196 regions: Monte-Carlo error of a standard deviation, and 1/√n of the law's own."""
    table, W = square
    fit = wb.fit("y ~ x", table, W, model=model)
    found = fit.bootstrap(draws=draws).tidy()["std_error"]
    analytic = fit.std_errors.to_numpy(), fit.impacts().tidy()["std_error"].to_numpy()
    ratio = found.to_numpy() / np.concatenate(analytic)
    assert np.abs(ratio - 1).max() < 3.5 / np.sqrt(2 * draws) + 1 / np.sqrt(fit.nobs)


def test_wild_draws_recover_the_robust_covariance(columbus):
    """For v = ±1, var(a'v) is HC0, and its estimate has variance 2((Σa²)² − Σa⁴)/R."""
    fit = wb.fit(columbus.formula, columbus.table, covariance="HC0")
    draws = 999
    boot = fit.bootstrap(kind="wild", leverage="HC0", draws=draws)
    a = np.linalg.pinv(fit.design.X) * fit.resids.to_numpy()
    exact = (a**2).sum(axis=1)
    np.testing.assert_allclose(exact, np.diag(fit.cov), rtol=1e-10)
    spread = np.sqrt(2 * (exact**2 - (a**4).sum(axis=1)) / draws)
    assert (np.abs(boot.draws.var().to_numpy() - exact) < 3.5 * spread).all()


@pytest.mark.parametrize("leverage", ["HC1", "HC2", "HC3"])
def test_wild_leverages_are_those_of_the_covariances(columbus, leverage):
    """Innovations of draws have exactly the size that the covariance squares."""
    fit = wb.fit(columbus.formula, columbus.table, covariance=leverage)
    drawn = fit.simulate(1, kind="wild", leverage=leverage)[1] - fit.fitted_values
    a = np.linalg.pinv(fit.design.X) * drawn.to_numpy()
    np.testing.assert_allclose(a @ a.T, fit.cov, rtol=1e-9)


def test_wild_and_homoskedastic_errors_part_where_variances_differ():
    rng = np.random.default_rng(3)
    x = rng.normal(size=200)
    table = pd.DataFrame({"x": x, "y": x + np.abs(x) ** 1.5 * rng.normal(size=200)})
    fit = wb.fit("y ~ x", table, covariance="HC2")
    wild, plain = (
        fit.bootstrap(kind=kind, draws=399).tidy()["std_error"].iloc[1]
        for kind in ("wild", "parametric")
    )
    assert wild > 1.4 * plain
    assert wild == pytest.approx(fit.std_errors.iloc[1], rel=3.5 / np.sqrt(2 * 399))


@pytest.mark.slow
def test_intervals_cover_the_truth_as_often_as_they_say():
    """120 samples of a SAR with 256 regions: the share covered is binomial."""
    table, W = lattice(16)
    truth, samples = 0.4, 120
    A = np.eye(256) - truth * W.sparse.toarray()
    rng = np.random.default_rng(7)
    covered = np.zeros(2)
    for sample in range(samples):
        y = np.linalg.solve(A, 1 + table["x"].to_numpy() + rng.normal(size=256))
        boot = wb.fit("y ~ x", table.assign(y=y), W, model="sar").bootstrap(
            draws=199, level=0.9, interval="basic", seed=sample, jobs=1
        )
        for place, (key, value) in enumerate(
            [(("rho", "coefficient"), truth), (("x", "total"), 1 / 0.6)]
        ):
            low, high = boot.conf_int().loc[key]
            covered[place] += low < value < high
    error = np.sqrt(0.9 * 0.1 / samples)
    assert np.abs(covered / samples - 0.9).max() < 3 * error


# -- intervals and p-values ----------------------------------------------------------------------


def test_acceleration_of_least_squares_is_the_closed_form(columbus):
    """Without innovation i the estimate loses (X′X)⁻¹x_i ε̂_i."""
    fit = fits(columbus, "ols")
    boot = fit.bootstrap(draws=99, interval="bca")
    a = np.linalg.pinv(fit.design.X) * fit.resids.to_numpy()
    expected = (a**3).sum(axis=1) / (6 * (a**2).sum(axis=1) ** 1.5)
    np.testing.assert_allclose(boot.acceleration, expected, rtol=1e-8)
    assert any("49 fits" in note for note in boot.notes)


def test_too_many_regions_are_corrected_for_bias_only(columbus, monkeypatch):
    import sys

    monkeypatch.setattr(sys.modules["workbench.models.resampling.bootstrap"], "JACKKNIFE", 48)
    boot = fits(columbus, "ols").bootstrap(draws=99, interval="bca")
    assert (boot.acceleration == 0).all()
    assert any("for bias only" in note for note in boot.notes)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("interval", words(BootstrapInterval))
def test_p_values_are_the_level_at_which_an_interval_ends_at_zero(columbus, interval):
    fit = wb.fit("CRIME ~ HOVAL", columbus.table, columbus.W, model="sdm")
    boot = fit.bootstrap(draws=399, interval=interval)
    table = boot.tidy()
    p = table.loc[("W(HOVAL)", "coefficient"), "p_value"]
    assert 0.02 < p < 0.98
    ends = [
        boot.conf_int(level=1 - share).loc[("W(HOVAL)", "coefficient")].to_numpy()
        for share in (0.9 * p - 0.01, min(0.995, 1.1 * p + 0.01))
    ]
    assert ends[0][0] < 0 < ends[0][1]
    assert not ends[1][0] < 0 < ends[1][1]


@pytest.mark.slow
def test_studentised_t_of_the_fit_comes_from_its_own_errors(columbus):
    fit = fits(columbus, "sar")
    boot = fit.bootstrap(draws=59, interval="studentised")
    drawn = wb.fit(
        columbus.formula, columbus.table.assign(CRIME=fit.simulate(1)[1]), columbus.W, model="sar"
    )
    np.testing.assert_allclose(
        boot.std_errors.loc[1].xs("coefficient", level="effect"), drawn.std_errors, rtol=1e-8
    )
    t = (boot.draws - boot.estimate) / boot.std_errors
    low, high = np.quantile(t, [0.025, 0.975], axis=0, method="weibull")
    np.testing.assert_allclose(boot.tidy()["conf_low"], boot.estimate - high * boot.std_error)
    np.testing.assert_allclose(boot.tidy()["conf_high"], boot.estimate - low * boot.std_error)


def test_effects_zero_by_form_have_no_inference(columbus):
    boot = fits(columbus, "sem").bootstrap("impacts", draws=39)
    assert boot.tidy().xs("indirect", level="effect")["std_error"].isna().all()
    assert boot.tidy().xs("direct", level="effect")["std_error"].notna().all()
    assert any("by its form" in note for note in boot.notes)


# -- what never changes a draw -------------------------------------------------------------------


def test_order_of_rows_changes_no_bit(columbus):
    shuffled = columbus.table.sample(frac=1, random_state=2)
    for kind in ("parametric", "residual", "wild"):
        one, two = (
            wb.fit(columbus.formula, table, columbus.W, model="sdm").bootstrap(kind=kind, draws=39)
            for table in (columbus.table, shuffled)
        )
        forget()
        pd.testing.assert_frame_equal(one.draws, two.draws, check_exact=True)


@pytest.mark.slow
def test_fewer_draws_are_the_first_of_more(columbus):
    fit = fits(columbus, "sac")
    few = fit.bootstrap(draws=39).draws
    forget()
    more = fit.bootstrap(draws=59).draws
    pd.testing.assert_frame_equal(few, more.iloc[:39], check_exact=True)
    assert not fit.bootstrap(draws=39, seed=1).draws.equals(few)


@pytest.mark.slow
def test_number_of_processes_changes_no_bit(columbus):
    fit = fits(columbus, "sar")
    statistic = lambda fit: fit.params["INC"] / fit.params["HOVAL"]  # noqa: E731
    own, params = fit.bootstrap(statistic, draws=39, jobs=1), fit.bootstrap("params", draws=39)
    forget()
    pd.testing.assert_frame_equal(
        fit.bootstrap(statistic, draws=39, jobs=2).draws, own.draws, check_exact=True
    )
    pd.testing.assert_frame_equal(
        fit.bootstrap("params", draws=39, jobs=2).draws, params.draws, check_exact=True
    )
    lock = threading.Lock()
    with pytest.raises(InputError, match="jobs=1"):
        fit.bootstrap(lambda fit: fit.aic + lock.locked(), draws=39, jobs=2)


@pytest.mark.slow
def test_long_work_goes_to_processes_by_itself(columbus, monkeypatch):
    import workbench.models.resampling.draws as resampling

    fit = fits(columbus, "sar")
    own = fit.bootstrap("params", draws=39, jobs=1)
    forget()
    monkeypatch.setattr(resampling, "ALONE", 0.0)
    monkeypatch.setattr(resampling, "WORTH", 0.0)
    monkeypatch.setenv("WORKBENCH_THREADS", "2")
    found = fit.bootstrap("params", draws=39)
    pd.testing.assert_frame_equal(found.draws, own.draws, check_exact=True)
    lock = threading.Lock()  # what cannot be sent is made here
    assert len(fit.bootstrap(lambda fit: fit.aic + lock.locked(), draws=39).draws) == 39


def test_what_was_drawn_before_an_interruption_is_kept(columbus):
    fit = fits(columbus, "ols")
    calls = []

    def statistic(fit):
        calls.append(1)
        if len(calls) == 25:
            raise KeyboardInterrupt
        return fit.rsquared

    with pytest.raises(KeyboardInterrupt):
        fit.bootstrap(statistic, draws=39, jobs=1)
    before = len(calls)
    boot = fit.bootstrap(statistic, draws=39, jobs=1)
    plain = fit.bootstrap(lambda fit: fit.rsquared, draws=39, jobs=1)
    np.testing.assert_array_equal(boot.draws, plain.draws)
    assert len(calls) - before < 39 - 15
    done = len(calls)
    fit.bootstrap(statistic, draws=49, interval="basic", jobs=1)
    assert len(calls) - done < 10 + 6


def test_a_function_that_changed_its_mind_starts_anew(columbus):
    fit = fits(columbus, "ols")
    power = [1]

    def statistic(fit):
        return fit.rsquared ** power[0]

    one = fit.bootstrap(statistic, draws=39).draws
    power[0] = 2
    np.testing.assert_allclose(fit.bootstrap(statistic, draws=39).draws, one**2, rtol=1e-12)


def test_inputs_are_not_changed(columbus):
    before = columbus.table.copy(deep=True)
    fit = fits(columbus, "sdm")
    y = fit.design.y.copy()
    boot = fit.bootstrap(kind="wild", draws=39)
    pd.testing.assert_frame_equal(columbus.table, before)
    np.testing.assert_array_equal(fit.design.y, y)
    with pytest.raises(AttributeError):
        boot.level = 0.9


# -- any statistic -------------------------------------------------------------------------------


@pytest.mark.slow
def test_statistics_of_every_shape(columbus):
    fit = fits(columbus, "sar")
    number = fit.bootstrap(lambda fit: fit.impacts().total["INC"], draws=39)
    own = fit.bootstrap("impacts", draws=39).draws["INC", "total"]
    np.testing.assert_allclose(number.draws["statistic"], own, rtol=1e-9)
    series = fit.bootstrap(lambda fit: fit.params, draws=39)
    assert series.draws.columns.tolist() == ["Intercept", "INC", "HOVAL", "rho"]
    mapping = fit.bootstrap(lambda fit: {"a": fit.aic, "b": fit.bic}, draws=39)
    assert mapping.draws.columns.tolist() == ["a", "b"]
    assert mapping.tidy()["p_value"].isna().all()
    test = fit.bootstrap(lambda fit: fit.diagnostics()["Jarque-Bera"], draws=39)
    assert (test.draws > 0).all(axis=None)


def test_tables_use_the_glossary_and_pictures_say_what_they_show(columbus):
    boot = fits(columbus, "sdm").bootstrap(draws=59)
    assert set(boot.tidy().columns) | set(boot.glance().columns) <= set(GLOSSARY)
    assert boot.provenance.options["kind"] == "parametric"
    assert boot.provenance.seed == 0
    assert "seed 0" in str(boot)
    assert "<table" in boot._repr_html_()
    picture = boot.plot(["INC", "rho"])
    assert len(picture.axes) == 5
    assert "59 bootstrap draws" in picture.alt
    assert "INC, indirect" in picture.alt
    with pytest.raises(InputError, match="INCOME"):
        boot.plot(["INCOME"])


def test_results_survive_pickling(columbus):
    import pickle

    boot = fits(columbus, "sar").bootstrap(draws=39)
    again = pickle.loads(pickle.dumps(boot))
    pd.testing.assert_frame_equal(again.tidy(), boot.tidy(), check_exact=True)


# -- failures are counted, and refusals name the way out -----------------------------------------


def test_failed_draws_are_counted_and_left_out(columbus):
    fit = fits(columbus, "ols")
    bound = fit.bootstrap(lambda fit: fit.rsquared, draws=99).draws["statistic"].quantile(0.05)
    boot = fit.bootstrap(lambda fit: fit.rsquared if fit.rsquared > bound else np.nan, draws=99)
    assert len(boot.failed) == 5
    assert len(boot.draws) == 94
    assert set(boot.failed.index) | set(boot.draws.index) == set(range(1, 100))
    assert any("5 of 99 draws failed" in note and "missing" in note for note in boot.notes)
    assert boot.glance()["failed"].iloc[0] == 5


def test_too_many_failures_are_refused_with_their_reason(columbus):
    fit = fits(columbus, "ols")
    once = []

    def statistic(fit):
        if len(once) < 3:
            once.append(1)
            return 1.0
        raise ConvergenceError("rho", expected="a maximum", found="none at all")

    with pytest.raises(ConvergenceError, match="none at all"):
        fit.bootstrap(statistic, draws=99, jobs=1)


def test_parts_that_come_and_go_are_refused(columbus):
    fit = fits(columbus, "ols")
    own = fit.rsquared

    def statistic(fit):
        return {"a": 1.0} if fit.rsquared == own else {"a": 1.0, "b": 2.0}

    with pytest.raises(InputError, match="in draw 1"):
        fit.bootstrap(statistic, draws=39, jobs=1)


@pytest.mark.quick_cases(7)
@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"kind": "wold"}, "did you mean 'wild'"),
        ({"kind": "residuals"}, "did you mean 'residual'"),
        ({"statistic": "impact"}, "did you mean 'impacts'"),
        ({"interval": "percentiles"}, "did you mean 'percentile'"),
        ({"multipliers": "rademacher's", "kind": "wild"}, "did you mean 'rademacher'"),
        ({"draws": 10}, "at least 39"),
        ({"draws": 99, "level": 0.99}, "at least 199"),
        ({"draws": 99.5}, "a whole number"),
        ({"level": 95}, "between 0 and 1"),
        ({"jobs": 0}, "at least 1"),
        ({"seed": -1}, "an integer from 0"),
        ({"by": pd.Series([1], index=["1001"])}, 'kind="wild"'),
        ({"by": pd.Series([1], index=["1001"]), "kind": "wild"}, "48 regions without one"),
        ({"by": [1, 2], "kind": "wild"}, "a Series of labels"),
        ({"statistic": 3}, "a function from a fit"),
        ({"statistic": lambda fit: "text"}, "a function from a fit"),
        ({"statistic": lambda fit: True}, "a function from a fit"),
        ({"statistic": lambda fit: pd.Series({"a": "b"})}, "other parts"),
        ({"statistic": lambda fit: fit.rsquared, "interval": "studentised"}, "standard error"),
    ],
)
def test_refusals_say_what_would_do(columbus, options, told):
    fit = fits(columbus, "sar")
    with pytest.raises(InputError, match=told.replace("(", r"\(")):
        fit.bootstrap(**{"draws": 39, **options})


def test_a_statistic_that_is_missing_in_the_fit_is_refused(columbus):
    with pytest.raises(ValuesError, match="b"):
        fits(columbus, "ols").bootstrap(lambda fit: {"a": 1.0, "b": np.nan}, draws=39)


def test_a_model_that_leaves_nothing_is_refused(columbus):
    table = columbus.table.assign(CRIME=2 * columbus.table["INC"] + 1)
    with pytest.raises(ValuesError, match="reproduce exactly"):
        wb.fit("CRIME ~ INC", table).bootstrap(draws=39)


def test_intervals_that_need_more_than_draws_say_how_to_get_it(columbus):
    boot = fits(columbus, "ols").bootstrap(draws=39)
    with pytest.raises(InputError, match="interval='bca'"):
        boot.tidy(interval="bca")
    with pytest.raises(OptionError, match="studentised"):
        boot.conf_int(interval="studentized")
    with pytest.raises(InputError, match="at least 199"):
        boot.tidy(level=0.99)


def test_a_model_of_the_intercept_alone_has_parameters_only(columbus):
    boot = wb.fit("CRIME ~ 1", columbus.table, columbus.W, model="sar").bootstrap(draws=39)
    assert boot.draws.columns.get_level_values("term").tolist() == ["Intercept", "rho"]
    with pytest.raises(InputError, match="a regressor besides"):
        wb.fit("CRIME ~ 1", columbus.table, columbus.W, model="sar").bootstrap("impacts")


def test_a_covariance_that_draws_do_not_have_is_told(columbus):
    from workbench.models import Clustered

    by = pd.Series(np.arange(49) % 9, index=columbus.table.index)
    fit = fits(columbus, "ols").with_covariance(Clustered(by))
    notes = fit.bootstrap(lambda fit: fit.tstats["INC"], draws=39).notes
    assert any("does not compare" in note for note in notes)
    with pytest.raises(InputError, match="a covariance"):
        fit.bootstrap(draws=39, interval="studentised")


def test_few_clusters_are_told(columbus):
    by = pd.Series(np.arange(49) % 4, index=columbus.table.index)
    boot = fits(columbus, "ols").bootstrap(kind="wild", by=by, draws=39)
    assert any("16 different draws" in note for note in boot.notes)


def test_likelihood_under_unequal_variances_is_not_promised(columbus):
    notes = fits(columbus, "sar").bootstrap(kind="wild", draws=39).notes
    assert any("bias is not removed" in note for note in notes)
