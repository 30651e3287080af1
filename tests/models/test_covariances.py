"""Promise: standard errors change after the fit, agree with other software, and never mislead."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.core.vocabulary import COEFFICIENT_COLUMNS
from workbench.errors import GeometryError, IdError, InputError, OptionError, ValuesError
from workbench.models import SCPC, Clustered, Conley, KelejianPrucha
from workbench.typing import LeastSquaresCovariance, words

REFERENCE = Path(__file__).parents[1] / "reference"
FORMULA = "log(gsp) ~ log(emp) + log(pc)"


@pytest.fixture(scope="module")
def states():
    return wb.load("us-states")


@pytest.fixture(scope="module")
def y1986():
    return wb.load("munnell-1990").xs(1986, level="year")


@pytest.fixture(scope="module")
def W(states):
    return wb.weights.queen(states)


@pytest.fixture(scope="module")
def ols(y1986, W):
    return wb.fit(FORMULA, y1986, W)


@pytest.fixture(scope="module")
def slx(y1986, W):
    return wb.fit(FORMULA, y1986, W, model="slx")


@pytest.fixture
def options(states):
    return [
        *words(LeastSquaresCovariance),
        Clustered(states["division"]),
        Conley(states, distance=700),
        KelejianPrucha(states, neighbors=6),
        SCPC(states),
    ]


@pytest.fixture
def boston(labelled_case):
    case = labelled_case("boston")
    table = pd.read_csv(REFERENCE / "weights" / "distances_boston_points.csv")
    # the points are in the order of the data file; kilometres stand for metres, which no bandwidth
    # by neighbours depends on
    points = gpd.points_from_xy(table["x"], table["y"], crs=32619)
    return case, gpd.GeoSeries(points, index=case.table.index)


def separations(fit, states):
    """Great-circle distances in km by the spherical law of cosines, in the order of the fit."""
    lon, lat = np.radians(wb.weights.places.locate(states, metric="auto", unit="km").lonlat).T
    inner = np.sin(lat)[:, None] * np.sin(lat) + np.cos(lat)[:, None] * np.cos(lat) * np.cos(
        lon[:, None] - lon
    )
    d = 6371.0088 * np.arccos(np.clip(inner, -1, 1))
    np.fill_diagonal(d, 0.0)
    return d


def test_neighbour_hac_is_that_of_sphet(boston):
    """R's sphet 2.1-1, triangular kernel, each bandwidth the distance of the 12th neighbour."""
    case, points = boston
    with (REFERENCE / "cross_section_hac.csv").open(encoding="utf-8", newline="") as handle:
        stored = {row["quantity"]: float(row["value"]) for row in csv.DictReader(handle)}
    fit = wb.fit(case.formula, case.table).with_covariance(KelejianPrucha(points, neighbors=12))
    np.testing.assert_allclose(
        fit.params, [stored[f"triangular/coef/{name}"] for name in case.names], rtol=1e-9
    )
    np.testing.assert_allclose(
        fit.std_errors, [stored[f"triangular/se/{name}"] for name in case.names], rtol=1e-9
    )
    theirs = np.array(
        [[stored[f"triangular/vcov/{a}/{b}"] for b in case.names] for a in case.names]
    )
    scale = np.outer(fit.std_errors, fit.std_errors)
    # theirs is not symmetric, as bandwidths differ; ours is its symmetric part
    np.testing.assert_allclose(fit.cov / scale, (theirs + theirs.T) / 2 / scale, atol=1e-9)


def test_neighbour_hac_is_that_of_spreg(boston):
    from libpysal.weights import Kernel
    from spreg.ols import BaseOLS

    case, points = boston
    y = np.log(case.table[["CMEDV"]].to_numpy())
    X = case.table[["CRIM", "AGE", "RM"]].to_numpy()
    xy = np.column_stack([points.x, points.y])
    with warnings.catch_warnings():
        # numpy deprecates the setting of shapes, which libpysal's Kernel and spreg do
        warnings.filterwarnings("ignore", message="Setting the shape", category=DeprecationWarning)
        kernel = Kernel(xy, k=12, fixed=False, function="triangular", diagonal=True)
        kernel.transform = "O"
        peer = BaseOLS(y, np.column_stack([np.ones(len(y)), X]), robust="hac", gwk=kernel)
    fit = wb.fit("log(CMEDV) ~ CRIM + AGE + RM", case.table)
    ours = fit.with_covariance(KelejianPrucha(points, neighbors=12))
    # its bandwidths are 1e-7 longer, so that the 12th neighbour has some weight
    np.testing.assert_allclose(ours.std_errors, np.sqrt(np.diag(peer.vm)), rtol=1e-6)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("kernel", ["bartlett", "uniform", "spherical", "quadratic-spectral"])
def test_conley_is_the_dense_double_sum(ols, states, kernel):
    d = separations(ols, states)
    from workbench.numerics.regression.conley import (
        spatial_kernel,  # held to its formulas elsewhere
    )

    K = spatial_kernel(kernel, d / 700)
    X, e = ols.design.X, ols.resids.to_numpy()
    inverse = np.linalg.inv(X.T @ X)
    expected = inverse @ (X * e[:, None]).T @ K @ (X * e[:, None]) @ inverse
    fit = ols.with_covariance(Conley(states, distance=700, kernel=kernel))
    np.testing.assert_allclose(fit.cov, expected, rtol=1e-7)
    debiased = ols.with_covariance(Conley(states, distance=700, kernel=kernel, debiased=True))
    np.testing.assert_allclose(debiased.cov, fit.cov * 48 / 45, rtol=1e-12)


def test_units_and_metrics_of_conley_agree(ols, states):
    km = ols.with_covariance(Conley(states, distance=700)).std_errors
    m = ols.with_covariance(Conley(states, distance=700_000, unit="m")).std_errors
    np.testing.assert_allclose(m, km, rtol=1e-12)
    # the ellipsoid differs from the sphere by up to 0.6 % of each distance
    body = ols.with_covariance(Conley(states, distance=700, metric="ellipsoidal")).std_errors
    np.testing.assert_allclose(body, km, rtol=5e-3)
    projected = states.to_crs("ESRI:102003")
    plane = ols.with_covariance(Conley(projected, distance=700_000, unit="crs")).std_errors
    np.testing.assert_allclose(plane, km, rtol=2e-2)


def test_words_and_clusters_are_those_of_statsmodels(ols, states, y1986):
    import statsmodels.formula.api as smf

    table = y1986.sort_index().assign(division=states["division"])
    peer = smf.ols("np.log(gsp) ~ np.log(emp) + np.log(pc)", table)
    for word in ("HC0", "HC1", "HC2", "HC3"):
        theirs = peer.fit(cov_type=word, use_t=True)
        ours = ols.with_covariance(word)
        np.testing.assert_allclose(ours.std_errors, theirs.bse, rtol=1e-8)
        np.testing.assert_allclose(ours.pvalues, theirs.pvalues, rtol=1e-6)
    codes = pd.factorize(table["division"])[0]
    theirs = peer.fit(cov_type="cluster", cov_kwds={"groups": codes}, use_t=True)
    ours = ols.with_covariance(Clustered(states["division"]))
    np.testing.assert_allclose(ours.std_errors, theirs.bse, rtol=1e-8)
    # Student's t with G - 1 degrees of freedom
    np.testing.assert_allclose(ours.pvalues, theirs.pvalues, rtol=1e-6)
    np.testing.assert_allclose(ours.conf_int(), theirs.conf_int(), rtol=1e-7)


def test_clusters_are_those_of_linearmodels(ols, states):
    from linearmodels.iv import IV2SLS

    design = ols.design
    codes = pd.factorize(states["division"].loc[design.index])[0]
    peer = IV2SLS(np.array(design.y), np.array(design.X), None, None)
    theirs = peer.fit(cov_type="clustered", clusters=codes, debiased=True)
    ours = ols.with_covariance(Clustered(states["division"]))
    np.testing.assert_allclose(ours.std_errors, theirs.std_errors, rtol=1e-8)


def test_two_ways_are_those_of_statsmodels(columbus):
    import statsmodels.api as sm
    from statsmodels.stats.sandwich_covariance import cov_cluster_2groups

    rng = np.random.default_rng(5)
    table = columbus.table.sort_index()
    ways = pd.DataFrame(
        {"a": rng.integers(0, 14, len(table)), "b": rng.choice(list("pqrstuvw"), len(table))},
        index=table.index,
    )
    peer = sm.OLS(table["CRIME"], sm.add_constant(table[["INC", "HOVAL"]])).fit()
    both = [pd.factorize(ways[name])[0] for name in ways]
    expected = np.sqrt(np.diag(cov_cluster_2groups(peer, *both)[0]))
    ours = wb.fit(columbus.formula, columbus.table).with_covariance(Clustered(ways))
    np.testing.assert_allclose(ours.std_errors, expected, rtol=1e-8)
    assert ours.estimates.df == 7  # the fewer clusters less one
    assert ours.estimates.covariance == "clustered by a (14) and b (8)"


def test_scpc_is_its_definition_from_the_definition(ols, states):
    """(1/q) Σ_j (r_j′ψ)²/n² with ψ_i = n (X′X)⁻¹ x_i e_i and r_j′r_j = n, on dense matrices."""
    d = separations(ols, states)
    from scipy import optimize

    off = ~np.eye(48, dtype=bool)
    c0 = optimize.brentq(lambda c: np.exp(-c * d)[off].mean() - 0.03, 1e-6, 1.0, xtol=1e-16)
    M = np.eye(48) - 1 / 48
    r = np.sqrt(48) * np.linalg.eigh(M @ np.exp(-c0 * d) @ M)[1][:, ::-1]
    fit = ols.with_covariance(SCPC(states))
    q = fit.estimates.df.q
    X, e = ols.design.X, ols.resids.to_numpy()
    psi = 48 * (X * e[:, None]) @ np.linalg.inv(X.T @ X)
    expected = np.sqrt(np.mean((r[:, :q].T @ psi) ** 2, axis=0)) / 48
    np.testing.assert_allclose(fit.std_errors, expected, rtol=1e-6)
    half = fit.estimates.df.critical_value(0.9) * fit.std_errors
    np.testing.assert_allclose(fit.conf_int(0.9)["upper"], fit.params + half, rtol=1e-12)
    inside = fit.conf_int(0.9)["lower"] > 0
    np.testing.assert_array_equal(inside, (fit.pvalues < 0.1) & (fit.params > 0))


def test_every_covariance_leaves_estimates_and_the_fit_alone(slx, options):
    before = slx.tidy()
    several = slx.covariances(options)
    pd.testing.assert_frame_equal(slx.tidy(), before, check_exact=True)
    for fit in several.values():
        pd.testing.assert_series_equal(fit.params, slx.params, check_exact=True)
        assert tuple(fit.tidy().columns) == COEFFICIENT_COLUMNS
        assert np.isfinite(fit.tidy().to_numpy()).all()
        assert fit.glance()["covariance"].item() == fit.estimates.covariance
        with pytest.raises(ValueError, match="read-only"):
            fit.estimates.cov[0, 0] = 0.0
        # and back, to the last bit
        back = fit.with_covariance("classical")
        pd.testing.assert_frame_equal(back.tidy(), before, check_exact=True)
        assert back.notes == slx.notes
    assert several.std_errors.columns.tolist()[:2] == ["estimate", "classical"]
    assert several.tidy().index.names == ["covariance", "term"]
    assert "Only 9 clusters of division" in str(several)


@pytest.mark.parametrize("word", words(LeastSquaresCovariance))
def test_words_mean_the_same_in_fit_and_after_it(y1986, ols, word):
    pd.testing.assert_frame_equal(
        wb.fit(FORMULA, y1986, covariance=word).tidy(),
        ols.with_covariance(word).tidy(),
        check_exact=True,
    )


def test_rows_and_points_in_any_order_give_the_same_bits(y1986, states, options):
    turned = wb.fit(FORMULA, y1986.sample(frac=1, random_state=3))
    straight = wb.fit(FORMULA, y1986)
    shuffled = states.sample(frac=1, random_state=4)
    others = [
        Clustered(shuffled["division"]),
        Conley(shuffled, distance=700),
        KelejianPrucha(shuffled, neighbors=6),
        SCPC(shuffled),
    ]
    for one, two in zip(options[-4:], others, strict=True):
        pd.testing.assert_frame_equal(
            straight.with_covariance(one).tidy(),
            turned.with_covariance(two).tidy(),
            check_exact=True,
        )


def test_impacts_of_slx_follow_the_covariance(slx, states):
    fit = slx.with_covariance(Conley(states, distance=700, kernel="spherical"))
    total = fit.impacts()["log(pc)", "total"]
    # W is row-standardised: the total is beta + theta
    pick = ["log(pc)", "W(log(pc))"]
    variance = fit.cov.loc[pick, pick].to_numpy().sum()
    assert total["std_error"] == pytest.approx(np.sqrt(variance), rel=1e-9)
    assert total["std_error"] != pytest.approx(slx.impacts()["log(pc)", "total"]["std_error"], 1e-3)
    scpc = slx.with_covariance(SCPC(states))
    row = scpc.impacts()["log(pc)", "total"]
    half = scpc.estimates.df.critical_value(0.95) * row["std_error"]
    assert row["conf_high"] == pytest.approx(row["estimate"] + half, rel=1e-9)
    with pytest.raises(InputError, match="critical values of its own"):
        scpc.impacts(method="monte-carlo")


def test_regions_beyond_the_fit_are_ignored_and_absent_ones_named(y1986, states):
    fit = wb.fit(FORMULA, y1986.iloc[5:])
    fit.with_covariance(Conley(states, distance=900))
    fit.with_covariance(Clustered(states["division"]))
    full = wb.fit(FORMULA, y1986)
    for option in (Conley(states.iloc[2:], distance=900), SCPC(states.iloc[2:])):
        with pytest.raises(IdError, match=r"2 of 48 regions") as caught:
            full.with_covariance(option)
        assert set(caught.value.offenders) == set(states.index[:2])
    with pytest.raises(IdError, match=r"by: expected a cluster"):
        full.with_covariance(Clustered(states["division"].iloc[2:]))


def test_gaps_and_single_clusters_are_refused(ols, states):
    gap = states["division"].copy()
    gap.iloc[7] = None
    with pytest.raises(ValuesError, match="a cluster for every region") as caught:
        ols.with_covariance(Clustered(gap))
    assert caught.value.offenders == (states.index[7],)
    with pytest.raises(ValuesError, match="at least two clusters"):
        ols.with_covariance(Clustered(pd.Series("all", index=states.index, name="part")))
    with pytest.raises(IdError, match="unique region ids"):
        ols.with_covariance(Clustered(pd.concat([states["division"], states["division"]])))


def test_places_that_are_none_are_refused(ols, states, y1986):
    with pytest.raises(InputError, match="a GeoDataFrame or GeoSeries"):
        ols.with_covariance(Conley(y1986, distance=500))
    bare = states.set_crs(None, allow_override=True)
    with pytest.raises(GeometryError):
        ols.with_covariance(Conley(bare, distance=500))
    with pytest.raises(GeometryError, match="degree"):
        ols.with_covariance(Conley(states, distance=500, metric="planar"))
    empty = states.geometry.copy()
    empty.iloc[0] = None
    with pytest.raises(GeometryError):
        ols.with_covariance(Conley(empty, distance=500))


def test_a_bandwidth_without_pairs_is_refused_with_one_that_has(ols, states):
    with pytest.raises(InputError, match="no two of 48 regions within 10 km") as caught:
        ols.with_covariance(Conley(states, distance=10))
    assert "67.13 km apart" in caught.value.remedy
    wide = float(caught.value.remedy.split("distance=")[1].split(" ")[0])
    every = ols.with_covariance(Conley(states, distance=wide, kernel="uniform"))
    assert not any("no neighbour" in note for note in every.notes)


def test_regions_alone_and_coincident_are_told(ols, states):
    fit = ols.with_covariance(Conley(states, distance=300))
    assert any("regions have no neighbour within 300 km" in note for note in fit.notes)
    points = states.geometry.representative_point()
    points.iloc[1] = points.iloc[0]
    told = ols.with_covariance(Conley(points, distance=900)).notes
    assert any(note.startswith("2 regions coincide") for note in told)
    points.iloc[:4] = points.iloc[0]
    with pytest.raises(InputError, match="regions that coincide") as caught:
        ols.with_covariance(KelejianPrucha(points, neighbors=3))
    assert len(caught.value.offenders) == 4


def test_a_bandwidth_as_wide_as_the_map_leaves_no_variance(ols, states):
    with pytest.raises(InputError, match="positive variances") as caught:
        ols.with_covariance(Conley(states, distance=9000, kernel="uniform"))
    assert set(caught.value.offenders) == set(ols.params.index)
    wide = ols.with_covariance(Conley(states, distance=9000, kernel="spherical"))
    assert any("Every pair of regions has a weight" in note for note in wide.notes)


def test_a_covariance_that_is_not_positive_is_told_and_has_no_impacts(slx, states):
    """With the uniform kernel at 3,150 km standard errors exist, and the matrix is indefinite."""
    found = indefinite(slx, states)
    assert any("not positive semi-definite" in note for note in found.notes)
    assert np.isfinite(found.std_errors).all()
    for method in ("delta", "monte-carlo"):
        with pytest.raises(InputError, match="positive semi-definite"):
            found.impacts(method=method)


def indefinite(slx, states):
    for distance in range(1000, 4000, 50):
        try:
            fit = slx.with_covariance(Conley(states, distance=distance, kernel="uniform"))
        except InputError:
            continue
        if np.linalg.eigvalsh(fit.cov)[0] < -1e-6:
            return fit
    raise AssertionError


def test_few_components_bound_joint_tests(y1986, states):
    table = y1986.assign(**{f"x{i}": np.sin(np.arange(48) * (i + 1.0)) for i in range(12)})
    fit = wb.fit("log(gsp) ~ log(emp) + " + " + ".join(f"x{i}" for i in range(12)), table)
    told = fit.with_covariance(SCPC(states)).notes
    assert any("The covariance has rank" in note for note in told)


def test_leverage_of_one_is_named_by_region(y1986, states):
    table = y1986.assign(alone=(y1986.index == "US-TX").astype(float))
    fit = wb.fit("log(gsp) ~ log(emp) + alone", table)
    with pytest.raises(ValuesError) as caught:
        fit.with_covariance("HC3")
    assert caught.value.offenders == ("US-TX",)
    assert np.isfinite(fit.with_covariance("HC1").std_errors).all()


@pytest.mark.parametrize("model", ["sar", "sem", "sdm"])
def test_likelihood_models_refuse_with_the_reason(y1986, W, model):
    fit = wb.fit(FORMULA, y1986, W, model=model)
    with pytest.raises(InputError, match="misses rho and lambda themselves"):
        fit.with_covariance("HC3")


def test_panels_name_the_covariances_they_have():
    with pytest.raises(InputError, match="driscoll-kraay"):
        wb.fit("log(gsp) ~ log(emp)", wb.load("munnell-1990"), covariance="HC3")


@pytest.mark.parametrize(
    ("option", "remedy"),
    [
        ("conley", "Conley(regions, distance=300)"),
        ("clustered", "Clustered(by="),
        ("hc3", "with_covariance('HC3')"),
        ("scpc", "SCPC(regions)"),
        (3, "with_covariance('HC3')"),
    ],
)
def test_words_that_say_too_little_get_the_call(ols, option, remedy):
    with pytest.raises(OptionError) as caught:
        ols.with_covariance(option)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    "wrong",
    [
        lambda s: Conley(s, distance=0),
        lambda s: Conley(s, distance=np.nan),
        lambda s: Conley(s, distance=True),
        lambda s: Conley(s, distance=10, kernel="triangle"),
        lambda s: Conley(s, distance=10, unit="miles"),
        lambda s: KelejianPrucha(s, neighbors=0),
        lambda s: KelejianPrucha(s, neighbors=2.5),
        lambda s: KelejianPrucha(s, neighbors=5, kernel="quadratic-spectral"),
        lambda s: SCPC(s, rho_bar=0.0),
        lambda s: SCPC(s, level=95),
        lambda s: SCPC(s, sample=10),
        lambda s: SCPC(s, seed=-1),
        lambda s: SCPC(s, metric="ellipsoidal"),
        lambda s: Clustered("division"),
        lambda s: Clustered(s[["division", "name_en", "name_ru"]]),
    ],
)
def test_options_check_themselves(states, wrong):
    with pytest.raises(InputError):
        wrong(states)


def test_many_neighbours_are_refused_by_number(ols, states):
    with pytest.raises(InputError, match="between 1 and n - 1 = 47"):
        ols.with_covariance(KelejianPrucha(states, neighbors=48))


def test_lists_of_covariances_check_themselves(ols, states):
    with pytest.raises(InputError, match="a list of covariances"):
        ols.covariances("HC3")
    with pytest.raises(InputError, match="a list of covariances"):
        ols.covariances([])
    with pytest.raises(InputError, match="more than once"):
        ols.covariances(["HC3", "HC3"])
    named = ols.covariances({"near": Conley(states, distance=400), "far": "HC3"})
    assert list(named) == ["near", "far"]
    with pytest.raises(OptionError, match="did you mean 'near'"):
        named["nearr"]


def test_scpc_among_a_sample_says_so_and_depends_on_the_seed_alone(labelled_case):
    case = labelled_case("boston")
    points = gpd.GeoSeries(
        gpd.points_from_xy(case.table["LON"], case.table["LAT"], crs=4326), index=case.table.index
    )
    fit = wb.fit("log(CMEDV) ~ CRIM + RM", case.table)
    every = fit.with_covariance(SCPC(points))
    some = fit.with_covariance(SCPC(points, sample=300))
    again = fit.with_covariance(SCPC(points.sample(frac=1, random_state=1), sample=300))
    pd.testing.assert_frame_equal(some.tidy(), again.tidy(), check_exact=True)
    assert any("300 regions drawn at random (seed 0)" in note for note in some.notes)
    assert some.provenance.seed == 0
    assert some.tolerance == "simulation"
    assert every.tolerance == "closed form"
    ratio = some.estimates.df.critical_value(0.95) / every.estimates.df.critical_value(0.95)
    assert ratio == pytest.approx(1.0, abs=0.05)


def test_the_picture_shows_every_covariance(slx):
    several = slx.covariances(["classical", "HC3"])
    figure = several.plot()
    assert "HC3" in figure.alt
    panels = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title() or axes.get_title("left") for axes in panels] == [
        term for term in slx.params.index if term != "Intercept"
    ]
    assert "<table" in several._repr_html_()
