"""The decay of spillovers: scipy's nonlinear least squares, statsmodels, and known truths."""

from __future__ import annotations

import pickle

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from scipy.optimize import curve_fit

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.errors import (
    CollinearityError,
    FormulaError,
    IdError,
    InputError,
    OptionError,
    PanelError,
    ValuesError,
)
from workbench.innovation.knowledge import spillover_decay
from workbench.numerics.distance_decay.pools import Pool

KERNELS = {
    "exponential": lambda d, p: np.exp(-d / p),
    "gaussian": lambda d, p: np.exp(-(d**2) / (2 * p**2)),
    "power": lambda d, p: d**-p,
}
TRUTH = {"exponential": 80.0, "gaussian": 120.0, "power": 1.5}


def scattered(n, seed=0):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 1e6, (n, 2))
    ids = [f"r{k:03d}" for k in range(n)]
    return gpd.GeoSeries(gpd.points_from_xy(*xy.T), index=ids, crs=3035)


def between(places):
    x, y = places.x.to_numpy() / 1000, places.y.to_numpy() / 1000
    return np.hypot(x[:, None] - x, y[:, None] - y)


def kernel(form, d, p, *, normalize=False):
    F = KERNELS[form](d + np.eye(len(d)), p)
    np.fill_diagonal(F, 0.0)
    return F / F.sum(axis=1, keepdims=True) if normalize else F


@pytest.fixture(scope="module")
def places():
    return scattered(90)


@pytest.fixture(scope="module")
def tables(places):
    d, rng = between(places), np.random.default_rng(1)
    out = {}
    for form, p in TRUTH.items():
        x, z = rng.standard_normal((2, 90))
        s = kernel(form, d, p) @ x
        y = 1 + 0.5 * x - 0.3 * z + 0.8 * s / s.std() + 0.5 * rng.standard_normal(90)
        out[form] = pd.DataFrame({"y": y, "x": x, "z": z}, index=places.index)
    return out


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize("form", list(TRUTH))
def test_estimates_and_covariance_are_those_of_curve_fit(places, tables, form, normalize):
    """scipy.optimize.curve_fit over all parameters at once, from our optimum slightly off."""
    table, d = tables[form], between(places)
    found = spillover_decay(
        "y ~ x + z", table, places, "x", form=form, normalize=normalize, draws=19
    )
    x, z = table["x"].to_numpy(), table["z"].to_numpy()

    def mean(_, a, b, c, g, p):
        return a + b * x + c * z + g * kernel(form, d, p, normalize=normalize) @ x

    start = found.params.to_numpy() * 1.01
    values, cov = curve_fit(mean, None, table["y"].to_numpy(), p0=start, xtol=1e-13, ftol=1e-13)
    # curve_fit differences its Jacobian: six digits
    np.testing.assert_allclose(found.params, values, rtol=2e-6)
    np.testing.assert_allclose(found.cov, cov, rtol=2e-4, atol=1e-9 * np.abs(cov).max())


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("form", list(TRUTH))
def test_coefficients_are_least_squares_given_the_decay(places, tables, form):
    table = tables[form]
    found = spillover_decay("y ~ x + z", table, places, "x", form=form, draws=19)
    s = found.augment()["spillover"]
    np.testing.assert_allclose(s, kernel(form, between(places), found.decay) @ table["x"])
    X = sm.add_constant(np.column_stack([table[["x", "z"]], s]))
    fit = sm.OLS(table["y"], X).fit()
    np.testing.assert_allclose(found.params.iloc[:-1], fit.params, rtol=1e-8)
    assert found.glance()["rsquared"].item() == pytest.approx(fit.rsquared, rel=1e-10)
    np.testing.assert_allclose(found.augment()["residual"], fit.resid, atol=1e-10)
    grid = np.geomspace(*found.bounds, 400)
    assert min(found.problem.sse(p) for p in grid) >= found.optimum.sse * (1 - 1e-12)


def test_sandwiches_are_those_of_statsmodels_on_the_jacobian(places, tables):
    """A Gauss-Newton step from the optimum is 0 and has the sandwich of the nonlinear fit."""
    table = tables["exponential"]
    found = spillover_decay("y ~ x + z", table, places, "x", covariance="robust", draws=19)
    J, e = found.solution.jacobian, found.solution.residuals
    step = sm.OLS(e, J).fit(cov_type="HC1")
    np.testing.assert_allclose(step.params, 0.0, atol=1e-6)
    np.testing.assert_allclose(found.cov, step.cov_params(), rtol=1e-6)


@pytest.fixture(scope="module")
def panel(places):
    rng, d = np.random.default_rng(4), between(places)
    T, n = 6, 90
    x = rng.standard_normal((n, T))
    s = kernel("exponential", d, 100.0) @ x
    y = 0.5 * x + 0.4 * s + rng.standard_normal((n, 1)) + np.arange(T) + rng.normal(0, 0.6, (n, T))
    index = pd.MultiIndex.from_product([places.index, range(2000, 2000 + T)])
    return pd.DataFrame({"y": y.ravel(), "x": x.ravel()}, index=index.set_names(["region", "year"]))


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", ["none", "entity", "time", "two-way"])
def test_panels_are_those_of_dummies(places, panel, effects):
    """The same estimates and covariance with every effect as a column."""
    holes = panel.drop(index=[("r003", 2001), ("r050", 2005)])
    found = spillover_decay("y ~ x", holes, places, "x", effects=effects, draws=19)
    region, year = (pd.Index(holes.index.get_level_values(k)) for k in (0, 1))
    dummies = [np.ones((len(holes), 1))] if effects == "none" else []
    if effects in ("entity", "two-way"):
        dummies.append(pd.get_dummies(region, dtype=float).to_numpy())
    if effects in ("time", "two-way"):
        every = pd.get_dummies(year, dtype=float).to_numpy()
        dummies.append(every[:, 1:] if effects == "two-way" else every)
    wide = holes["x"].unstack(fill_value=0.0)  # noqa: PD010

    def slope_and_column(p):
        d = between(places)
        cells = pd.DataFrame(
            kernel("exponential", d, p) @ wide.to_numpy(), wide.index, wide.columns
        )
        return cells.stack().reindex(holes.index).to_numpy()  # noqa: PD013

    p, h = found.decay, found.decay * 1e-5
    ds = (slope_and_column(p + h) - slope_and_column(p - h)) / (2 * h)
    gamma = found.params["spillover"]
    D = np.column_stack([*dummies, holes["x"]])
    J = np.column_stack([D, slope_and_column(p), gamma * ds])
    fit = sm.OLS(holes["y"].to_numpy(), J[:, :-1]).fit()
    np.testing.assert_allclose(found.params["spillover"], fit.params[-1], rtol=1e-8)
    e = fit.resid
    assert abs(e @ J[:, -1]) < 1e-6 * np.linalg.norm(e) * np.linalg.norm(J[:, -1])
    df = len(e) - J.shape[1]
    cov = e @ e / df * np.linalg.inv(J.T @ J)
    np.testing.assert_allclose(found.cov[-2:, -2:], cov[-2:, -2:], rtol=1e-5)
    assert found.problem.df == df


def test_clusters_are_those_of_statsmodels(places, panel):
    found = spillover_decay("y ~ x", panel, places, "x", covariance="clustered", draws=19)
    J, e = found.solution.jacobian, found.solution.residuals
    groups = pd.factorize(panel.sort_index().index.get_level_values(0))[0]
    step = sm.OLS(e, J).fit(cov_type="cluster", cov_kwds={"groups": groups})
    np.testing.assert_allclose(found.cov, step.cov_params(), rtol=1e-6)
    low, high = found.interval()
    plain = spillover_decay("y ~ x", panel, places, "x", draws=19)
    assert found.scale == pytest.approx(found.cov[-1, -1] / plain.cov[-1, -1], rel=1e-9)
    assert low < found.decay < high


def test_the_interval_ends_where_the_profile_says(places, tables):
    """Bates and Watts 1988: S(delta) = S (1 + t^2/df) at both ends."""
    from scipy import stats

    found = spillover_decay("y ~ x + z", tables["exponential"], places, "x", draws=19)
    t = stats.t.ppf(0.95, found.problem.df)
    for end in found.interval(0.9):
        ratio = found.problem.sse(end) / found.optimum.sse
        assert ratio == pytest.approx(1 + t**2 / found.problem.df, rel=1e-8)
    half = found.half_distance()
    low, high = found.interval()
    np.testing.assert_allclose(
        half[["estimate", "conf_low", "conf_high"]].to_numpy()[0],
        np.log(2) * np.array([found.decay, low, high]), rtol=1e-9,
    )  # fmt: skip
    assert half["std_error"].item() == pytest.approx(
        np.log(2) * found.tidy().loc["decay", "std_error"], rel=1e-6
    )


def test_half_distance_of_a_power_is_a_ratio(places, tables):
    found = spillover_decay("y ~ x + z", tables["power"], places, "x", form="power", draws=19)
    half = found.half_distance()
    assert half["estimate"].item() == pytest.approx(2 ** (1 / found.decay))
    assert half["conf_low"].item() < half["estimate"].item() < half["conf_high"].item()


def test_the_effect_by_distance_by_the_delta_method(places, tables):
    found = spillover_decay("y ~ x + z", tables["gaussian"], places, "x", form="gaussian", draws=19)
    table = found.effect_at([50.0, 200.0])
    g, p = found.params[["spillover", "decay"]]
    for d, row in table.iterrows():
        f = KERNELS["gaussian"](d, p)
        grad = np.array([f, g * (KERNELS["gaussian"](d, p * 1.000001) - f) / (p * 1e-6)])
        assert row["estimate"] == pytest.approx(g * f, rel=1e-12)
        assert row["std_error"] == pytest.approx(
            np.sqrt(grad @ found.cov[-2:, -2:] @ grad), rel=1e-4
        )


def test_units_of_distance_change_the_decay_and_nothing_else(places, tables):
    km = spillover_decay("y ~ x + z", tables["exponential"], places, "x", draws=99)
    m = spillover_decay("y ~ x + z", tables["exponential"], places, "x", unit="m", draws=99)
    assert m.decay == pytest.approx(1000 * km.decay, rel=1e-8)
    np.testing.assert_allclose(m.params.iloc[:-1], km.params.iloc[:-1], rtol=1e-7)
    assert m.test.p_value == km.test.p_value
    other = tables["exponential"].assign(x=lambda t: 1e5 * t["x"], y=lambda t: 1e-3 * t["y"])
    scaled = spillover_decay("y ~ x + z", other, places, "x", draws=99)
    assert scaled.decay == pytest.approx(km.decay, rel=1e-8)
    assert scaled.params["spillover"] == pytest.approx(1e-8 * km.params["spillover"], rel=1e-7)
    assert scaled.test.p_value == km.test.p_value
    d = pd.DataFrame(between(places), index=places.index, columns=places.index)
    given = spillover_decay("y ~ x + z", tables["exponential"], d, "x", draws=99)
    np.testing.assert_allclose(given.params, km.params, rtol=1e-8)


def test_row_order_changes_no_bit(places, tables):
    table = tables["exponential"]
    straight = spillover_decay("y ~ x + z", table, places, "x", draws=39)
    mixed = spillover_decay(
        "y ~ x + z", table.sample(frac=1, random_state=2), places[::-1], "x", draws=39
    )
    pd.testing.assert_frame_equal(mixed.tidy(), straight.tidy(), check_exact=True)
    assert mixed.test.p_value == straight.test.p_value


def noise(places, seed):
    rng = np.random.default_rng(seed)
    y, x = rng.standard_normal((2, len(places)))
    return pd.DataFrame({"y": y, "x": x}, index=places.index)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("null", ["parametric", "residual", "wild"])
def test_without_a_spillover_it_is_said(places, null):
    found = spillover_decay("y ~ x", noise(places, 3), places, "x", draws=199, null=null)
    assert found.test.p_value > 0.05
    assert "neither it nor its interval means anything" in str(found)
    real = noise(places, 3).assign(y=lambda t: t["y"] + kernel("exponential", between(places), 80)
                                   @ t["x"])  # fmt: skip
    found = spillover_decay("y ~ x", real, places, "x", draws=199, null=null)
    assert found.test.p_value == pytest.approx(1 / 200)


def test_the_largest_f_is_that_of_least_squares(places, tables):
    """F of adding the column at each decay of the grid, by statsmodels, with one degree for it."""
    table = tables["exponential"]
    found = spillover_decay("y ~ x + z", table, places, "x", draws=19)
    null = sm.OLS(table["y"], sm.add_constant(table[["x", "z"]])).fit().ssr
    for at in found.curve.index[[10, 50, 90]]:
        s = kernel("exponential", between(places), at) @ table["x"]
        X = sm.add_constant(table[["x", "z"]]).assign(s=s)
        ssr = sm.OLS(table["y"], X).fit().ssr
        assert found.curve[at] == pytest.approx((null - ssr) / (ssr / found.problem.df), rel=1e-8)
    assert found.test.statistic == found.curve.max()


def test_an_optimum_at_the_end_has_no_standard_error(places, tables):
    found = spillover_decay("y ~ x + z", tables["exponential"], places, "x", longest=30, draws=19)
    assert found.optimum.at_end == "upper"
    assert np.isnan(found.tidy().loc["decay", "std_error"])
    assert found.tidy().drop("decay")["std_error"].notna().all()
    assert found.interval()[1] == np.inf
    assert "up to the upper end" in str(found)
    s = found.augment()["spillover"]
    X = sm.add_constant(tables["exponential"][["x", "z"]]).assign(s=s)
    fit = sm.OLS(tables["exponential"]["y"], X).fit()
    np.testing.assert_allclose(found.tidy()["std_error"].iloc[:-1], fit.bse, rtol=1e-6)
    assert found.plot().alt.endswith(".")


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"form": "linear"}, OptionError, "form"),
        ({"form": "binary"}, OptionError, "form"),
        ({"effects": "entity"}, PanelError, "index of one level"),
        ({"effects": "random"}, OptionError, "effects"),
        ({"covariance": "clustered"}, PanelError, "index of one level"),
        ({"shortest": -1}, InputError, "shortest"),
        ({"shortest": 50, "longest": 40}, InputError, "longest"),
        ({"draws": 5}, InputError, "draws=999"),
        ({"seed": -1}, InputError, "seed"),
        ({"null": "bootstrap"}, OptionError, "null"),
        ({"variable": "w"}, FormulaError, "w"),
        ({"variable": "log(x)"}, ValuesError, "undefined"),
        ({"formula": "y ~ x + W(x)"}, FormulaError, "W"),
        ({"formula": "y ~ x + I(2 * x)"}, CollinearityError, "x"),
    ],
)
def test_unusable_arguments_are_refused(places, tables, change, error, text):
    given = {"formula": "y ~ x", "variable": "x", **change}
    formula, variable = given.pop("formula"), given.pop("variable")
    with pytest.raises(error, match=text):
        spillover_decay(formula, tables["power"], places, variable, **given)


def test_unusable_data_and_places_are_refused_by_name(places, tables, panel):
    table = tables["power"]
    broken = table.copy()
    broken.loc["r007", "x"] = np.nan
    with pytest.raises(ValuesError, match="r007"):
        spillover_decay("y ~ z", broken, places, "x")
    with pytest.raises(IdError, match="r005"):
        spillover_decay("y ~ x", table, places.drop(index="r005"), "x")
    twins = places.copy()
    twins["r002"] = twins["r001"]
    with pytest.raises(ValuesError, match="r001 = r002"):
        spillover_decay("y ~ x", table, twins, "x", form="power")
    assert spillover_decay("y ~ x", table, twins, "x", draws=19).decay > 0
    with pytest.raises(PanelError, match="wild"):
        spillover_decay("y ~ x", panel, places, "x", null="residual")
    flat = panel.assign(x=panel.index.get_level_values(0).str[1:].astype(float))
    with pytest.raises((InputError, CollinearityError)):
        spillover_decay("y ~ z", flat.assign(z=panel["x"]), places, "x", effects="two-way")


def test_results_show_themselves(places, tables):
    before = tables["power"].copy()
    found = spillover_decay("y ~ x", tables["power"], places, "x", form="power", draws=19)
    for frame in (found.tidy(), found.glance(), found.augment(), found.half_distance(),
                  found.effect_at(), found.profile()):  # fmt: skip
        assert set(frame.columns) <= set(GLOSSARY)
    assert found.heading in str(found)
    assert "<table" in found._repr_html_()
    assert found.plot().alt.endswith(".")
    back = pickle.loads(pickle.dumps(found))
    assert back.interval() == found.interval()
    assert found.provenance.options["form"] == "power"
    pd.testing.assert_frame_equal(tables["power"], before)
    with pytest.raises(ValuesError, match="distances"):
        found.effect_at([0.0])


def test_real_regions_on_the_sphere():
    states = wb.load("us-states")
    y = wb.load("munnell-1990").xs(1986, level="year")
    found = spillover_decay("log(gsp) ~ log(pc)", y, states, "log(pc)", normalize=True, draws=19)
    assert "great-circle" in " ".join(found.notes)


@pytest.mark.slow
def test_the_test_has_its_size_and_naive_t_has_not():
    """500 maps of noise of 40 regions: 5 % for the largest F, far more for |t| at its largest."""
    places = scattered(40, seed=9)
    p = []
    for seed in range(500):
        found = spillover_decay("y ~ x", noise(places, seed), places, "x", draws=99, seed=seed)
        p.append(found.test.p_value)
    # three standard errors of a share of 0.05 in 500
    assert abs(np.mean(np.array(p) <= 0.05) - 0.05) < 0.029
    from scipy import stats

    largest = np.mean([stats.f.sf(f, 1, 36) <= 0.05 for f in _sup(places, 300)])
    assert largest > 0.08


def _sup(places, count):
    for seed in range(count):
        yield spillover_decay("y ~ x", noise(places, seed), places, "x", draws=19).test.statistic


@pytest.mark.slow
def test_intervals_by_the_profile_hold_the_truth():
    """400 outcomes with a decay of 80 km on 90 regions: 95 % intervals."""
    places = scattered(90)
    d, rng = between(places), np.random.default_rng(5)
    x = rng.standard_normal(90)
    s = kernel("exponential", d, 80.0) @ x
    held = []
    for _ in range(400):
        y = 1 + 0.5 * x + 0.5 * s + rng.standard_normal(90)
        table = pd.DataFrame({"y": y, "x": x}, index=places.index)
        low, high = spillover_decay("y ~ x", table, places, "x", draws=19).interval()
        held.append(low <= 80.0 <= high)
    assert abs(np.mean(held) - 0.95) < 0.033


def test_a_remote_region_has_the_mean_of_its_nearest_also_of_a_gaussian():
    """exp(−d²/2δ²) underflows at 40 δ; divided by the sum of its row it does not vanish."""
    off = gpd.GeoSeries.from_xy([0.0, 1e4, 2e4, 3e4, 4e6], [0.0] * 5, index=list("abcde"), crs=3035)
    d, x = between(off), np.array([1.0, 4.0, 2.0, 7.0, 5.0])
    pool = Pool(d, x[:, None], np.ones((5, 1), dtype=bool), np.arange(5), np.zeros(5, dtype=int),
                "gaussian", normalize=True)  # fmt: skip
    s, slope = pool.column_and_slope(20.0)
    assert s[-1] == pytest.approx(7.0)
    near = kernel("gaussian", d[:4, :4], 20.0, normalize=True) @ x[:4]  # e of none of them is near
    np.testing.assert_allclose(s[:4], near)
    step = 1e-5
    numeric = (pool.column(20.0 + step) - pool.column(20.0 - step)) / (2 * step)
    np.testing.assert_allclose(slope, numeric, atol=1e-7)


def test_every_interval_of_clustered_rows_counts_clusters(places):
    """Student's t with clusters less one: of the table, of the profile and of effects alike."""
    rng, some = np.random.default_rng(3), places.iloc[:6]
    index = pd.MultiIndex.from_product([some.index, range(2000, 2010)], names=["region", "year"])
    x = rng.standard_normal(len(index))
    wide = x.reshape(6, 10)
    s = (kernel("exponential", between(some), 300.0) @ wide).ravel()
    frame = pd.DataFrame({"y": x + 3 * s + 0.2 * rng.standard_normal(60), "x": x}, index=index)
    found = spillover_decay("y ~ x", frame, some, "x", covariance="clustered", draws=19)
    table, effect = found.tidy(), found.effect_at([100.0])
    critical = stats.t.isf(0.025, 5)
    half = (table["conf_high"] - table["conf_low"]) / (2 * table["std_error"])
    assert half.tolist() == pytest.approx([critical] * 4)
    half = (effect["conf_high"] - effect["conf_low"]) / (2 * effect["std_error"])
    assert half.item() == pytest.approx(critical)
    assert found.limit() == pytest.approx(critical**2)
    low, high = found.interval()
    for end in (low, high):
        lost = (found.problem.sse(end) / found.optimum.sse - 1) * found.problem.df / found.scale
        assert lost == pytest.approx(critical**2, rel=1e-6)


def test_the_null_is_drawn_as_the_standard_errors_have_it(places, tables):
    """Independent disturbances beside errors that need not be are another model of the data."""
    for covariance, null in (("classical", "parametric"), ("robust", "wild")):
        found = spillover_decay(
            "y ~ x", tables["power"], places, "x", form="power", covariance=covariance, draws=19
        )
        assert found.provenance.options["null"] == null


@pytest.mark.slow
def test_clustered_panels_without_a_spillover_rarely_show_one():
    """80 panels with effects of regions in y and x: at 5 % within three standard errors."""
    rejected = []
    for seed in range(80):
        places, rng = scattered(25, seed), np.random.default_rng(seed)
        index = pd.MultiIndex.from_product([places.index, range(4)], names=["region", "year"])
        y, x = (rng.normal(size=(25, 1)) + 0.4 * rng.normal(size=(25, 4)) for _ in range(2))
        frame = pd.DataFrame({"y": y.ravel(), "x": x.ravel()}, index=index)
        found = spillover_decay(
            "y ~ x", frame, places, "x", covariance="clustered", draws=59, seed=seed
        )
        rejected.append(found.test.p_value <= 0.05)
    assert abs(np.mean(rejected) - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 80)
