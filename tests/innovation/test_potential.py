"""Potentials: closed forms, the sphere, own mass, competition, permutations, many places."""

from __future__ import annotations

from itertools import permutations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pyproj import Geod
from shapely.geometry import box

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.errors import GeometryError, IdError, InputError, OptionError, ValuesError
from workbench.innovation.position import potential


@pytest.fixture(scope="module")
def places():
    rng = np.random.default_rng(0)
    ids = [f"r{k:02d}" for k in range(30)]
    return gpd.GeoSeries(
        gpd.points_from_xy(rng.uniform(20, 60, 30), rng.uniform(45, 65, 30)), index=ids, crs=4326
    )


@pytest.fixture(scope="module")
def masses(places):
    return pd.Series(np.random.default_rng(1).pareto(2, 30), index=places.index, name="patents")


def dense(places):
    """Distances on the sphere pair by pair, by pyproj."""
    geod = Geod(a=6371008.8, b=6371008.8)
    lon, lat = places.x.to_numpy(), places.y.to_numpy()
    i, j = np.indices((len(places), len(places)))
    return geod.inv(lon[i], lat[i], lon[j], lat[j])[2] / 1000


@pytest.mark.parametrize(
    ("form", "how", "f"),
    [
        ("power", {"exponent": 1.5}, lambda d: d**-1.5),
        ("exponential", {"length": 300}, lambda d: np.exp(-d / 300)),
        ("gaussian", {"length": 300}, lambda d: np.exp(-(d**2) / (2 * 300**2))),
        ("binary", {"length": 500}, lambda d: (d <= 500).astype(float)),
    ],
)
def test_potentials_on_the_sphere_by_the_dense_formula(places, masses, form, how, f):
    """Harris 1954, Hansen 1959: A = Σ m f(d), the distances by pyproj."""
    d = dense(places)
    np.fill_diagonal(d, 1.0)
    F = f(d)
    np.fill_diagonal(F, 0.0)
    found = potential(masses, places, form=form, self_potential="none", **how)
    np.testing.assert_allclose(found.values, F @ masses.to_numpy(), rtol=1e-8)


def test_own_mass_counts_at_the_mean_distance_within_a_disc(masses):
    """Keeble, Owens and Thompson 1982: d_ii = 2/3 of the radius of a disc of the same area."""
    squares = gpd.GeoSeries(
        [box(10e3 * k, 0, 10e3 * (k + 1), 10e3) for k in range(3)], index=list("abc"), crs=3035
    )
    flat = squares.set_crs("+proj=laea +lat_0=52 +lon_0=10 +datum=WGS84", allow_override=True)
    m = pd.Series([5.0, 1.0, 2.0], index=list("abc"), name="patents")
    area = flat.to_crs("+proj=cea +datum=WGS84").area.to_numpy() / 1e6
    inside = 2 / 3 * np.sqrt(area / np.pi)
    found = potential(m, flat)
    expected = m / inside + np.array([1 / 10 + 2 / 20, 5 / 10 + 2 / 10, 5 / 20 + 1 / 10])
    np.testing.assert_allclose(found.values, expected, rtol=1e-9)
    np.testing.assert_allclose(found.table["own_share"], m / inside / expected, rtol=1e-9)
    points = gpd.GeoSeries(flat.centroid, crs=flat.crs)
    given = potential(m, points, areas=pd.Series(area, index=list("abc")))
    np.testing.assert_allclose(given.values, found.values, rtol=1e-12)


def test_the_disc_factor_by_simulation():
    """2/3 is the mean distance of the points of a disc from its centre, not from each other."""
    u = np.random.default_rng(0).uniform(size=200_000)
    assert np.sqrt(u).mean() == pytest.approx(2 / 3, abs=2e-3)


def test_units_of_distance_and_mass_change_no_share_and_no_rank(places, masses):
    km = potential(masses, places, self_potential="none")
    m = potential(masses * 7, places, self_potential="none", unit="m")
    np.testing.assert_allclose(m.values, km.values * 7 / 1000, rtol=1e-12)
    for column in ("potential_share", "relative", "rank", "z", "p_permutation"):
        np.testing.assert_allclose(m.table[column], km.table[column], rtol=1e-9)
    assert km.table["potential_share"].sum() == pytest.approx(1.0, rel=1e-12)
    assert km.table["relative"].mean() == pytest.approx(1.0, rel=1e-12)


def test_competition_gives_out_every_mass_once(places, masses):
    """Shen 1998: accessibilities weighted by demand sum to the supply."""
    people = pd.Series(np.random.default_rng(2).uniform(1, 9, 30), index=places.index, name="p")
    how = {"form": "exponential", "length": 400, "self_potential": "none"}
    found = potential(masses, places, demand=people, **how)
    assert float(people @ found.values) == pytest.approx(masses.sum(), rel=1e-12)
    d = dense(places)
    F = np.exp(-d / 400) - np.eye(30)
    by_hand = F @ (masses.to_numpy() / (people.to_numpy() @ F))
    np.testing.assert_allclose(found.values, by_hand, rtol=1e-8)
    assert not found.test.applicable
    assert found.plot().alt.endswith(".")
    assert "z" not in found.table


def test_two_step_floating_catchment_by_hand():
    """Luo and Wang 2003: two towns share the beds of the middle one."""
    d = pd.DataFrame([[1, 5, 9], [5, 1, 5], [9, 5, 1]], index=list("abc"), columns=list("abc"))
    beds = pd.Series([0.0, 12.0, 3.0], index=list("abc"), name="beds")
    people = pd.Series([1.0, 2.0, 1.0], index=list("abc"), name="people")
    found = potential(beds, d, form="binary", length=5, demand=people)
    # 12 beds reach 4 people, 3 beds reach b and c, 3 people
    np.testing.assert_allclose(found.values, [3.0, 4.0, 4.0], rtol=1e-12)


def towns(rows, far):
    """Distances from towns to practices, the only ones that count; practices are places too."""
    table = pd.DataFrame(rows)
    ids = [*table.columns, *table.index]
    d = pd.DataFrame(float(far), index=ids, columns=ids)
    for town, practice in [(t, p) for t in table.columns for p in table.index]:
        d.loc[town, practice] = d.loc[practice, town] = table.loc[practice, town]
    supply = pd.Series([0.0] * len(table.columns) + [1.0] * len(table.index), index=ids, name="s")
    return d - np.diag(np.diag(d)), supply, (1 - supply).rename("people")


def test_figure_3_of_luo_and_wang():
    """Luo and Wang 2003, figure 3, as in the tests of R's twostepr (tests.R, test1_out)."""
    near = {"A": [1, 2, 3, 4, 6, 7, 9, 10], "B": [4, 5, 8, 11]}
    rows = {f"t{k:02d}": {p: 20.0 if k in near[p] else 40.0 for p in near} for k in range(1, 12)}
    d, supply, people = towns(rows, 40)
    found = potential(
        supply, d, form="binary", length=30, demand=people, self_potential="none"
    ).values  # fmt: skip
    expected = [0.125, 0.125, 0.125, 0.375, 0.25, 0.125, 0.125, 0.25, 0.125, 0.125, 0.25]
    np.testing.assert_allclose(found.filter(like="t"), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("exponent", "expected"),
    [
        (1, [0.733333333333333, 0.733333333333333, 0.533333333333333]),
        (2, [0.777777777777778, 0.777777777777778, 0.444444444444444]),
    ],
)
def test_gravity_with_competition_of_twostepr(exponent, expected):
    """R's twostepr, tests.R, test2_out_g1 and test2_out_g2."""
    d, supply, people = towns(
        {"t1": {"A": 1, "B": 1}, "t2": {"A": 1, "B": 1}, "t3": {"A": 1, "B": 2}}, 7
    )
    found = potential(
        supply, d, exponent=exponent, demand=people, self_potential="none"
    ).values  # fmt: skip
    np.testing.assert_allclose(found.filter(like="t"), expected, rtol=1e-12)


def test_mixed_schemes_are_refused():
    """Some ids with the okrugs apart from their oblasts, some with them inside."""
    regions = wb.load("russia-regions")
    m = pd.Series(1.0, index=regions.index, name="m") * np.arange(1, 81)
    broken = pd.concat([m, pd.Series({"RU-NEN": 1.0, "RU-KHM": 2.0})])
    with pytest.raises(IdError, match="RU-NEN"):
        potential(broken, regions)


def test_weights_in_the_place_of_distances(places, masses):
    W = wb.weights.knn(places, 4)
    found = potential(masses, W)
    np.testing.assert_allclose(found.values, W.sparse @ masses.loc[W.ids], rtol=1e-12)
    with pytest.raises(InputError, match="how they fall"):
        potential(masses, W, exponent=2)
    with pytest.raises(InputError, match="distance within"):
        potential(masses, W, self_potential="internal")


def test_moments_and_chances_over_every_permutation():
    """All 720 orders of six masses."""
    rng = np.random.default_rng(3)
    xy = rng.uniform(0, 10, (6, 2))
    ids = list("abcdef")
    d = np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(-1))
    table = pd.DataFrame(d, index=ids, columns=ids)
    m = pd.Series([1.0, 2.0, 4.0, 8.0, 16.0, 32.0], index=ids, name="m")
    F = 1 / (d + np.eye(6)) - np.eye(6)
    every = np.array([F @ p for p in permutations(m)])
    found = potential(m, table, self_potential="none", permutations=9999)
    np.testing.assert_allclose(found.table["expected"], every.mean(axis=0), rtol=1e-12)
    z = (F @ m - every.mean(axis=0)) / every.std(axis=0)
    np.testing.assert_allclose(found.table["z"], z, rtol=1e-10)
    upper = (every >= F @ m.to_numpy() - 1e-9).mean(axis=0)
    lower = (every <= F @ m.to_numpy() + 1e-9).mean(axis=0)
    exact = np.minimum(1, 2 * np.minimum(upper, lower))
    # 9,999 draws: three standard errors of a share are 0.015, doubled 0.03
    np.testing.assert_allclose(found.table["p_permutation"], exact, atol=0.03)
    orders = list(permutations(m))
    G = np.array([np.dot(p, F @ p) for p in orders]) / (m.sum() ** 2 - (m**2).sum())
    assert found.test.expected == pytest.approx(G.mean(), rel=1e-12)
    assert found.test.variance == pytest.approx(G.var(), rel=0.05)


def test_the_test_agrees_with_getis_and_ords_g(places, masses):
    """esda's G on the same weights."""
    W = wb.weights.distance_band(places, 900)
    other = wb.getis_ord_g(masses, None, W) if hasattr(wb, "getis_ord_g") else None
    found = potential(masses, places, form="binary", length=900, self_potential="none")
    F = W.sparse_base.toarray()
    x = masses.loc[W.ids].to_numpy()
    G = x @ F @ x / (x.sum() ** 2 - x @ x)
    assert found.test.statistic == pytest.approx(G, rel=1e-12)
    if other is not None:
        assert found.test.statistic == pytest.approx(other.statistic, rel=1e-9)


@pytest.mark.slow
def test_random_masses_are_called_so_at_the_nominal_rate(places):
    """Uniformity of p over 200 maps of noise: a tenth lies below 0.1, give or take."""
    p = [
        potential(
            pd.Series(np.random.default_rng(k).pareto(2, 30), index=places.index, name="m"),
            places, self_potential="none", permutations=99, seed=k,
        ).test.p_value
        for k in range(200)
    ]  # fmt: skip
    # three standard errors of a share of 0.1 in 200
    assert abs(np.mean(np.array(p) <= 0.1) - 0.1) < 0.064


def test_blocks_are_one_matrix(places, masses, monkeypatch):
    whole = potential(masses, places, self_potential="none")
    from workbench.innovation.position import sites

    monkeypatch.setattr(sites, "BLOCK_CELLS", 70)
    parts = potential(masses, places, self_potential="none")
    np.testing.assert_allclose(parts.table, whole.table, rtol=1e-12)


def test_row_order_changes_nothing_and_callers_are_left_alone(places, masses):
    before = places.copy(), masses.copy()
    straight = potential(masses, places, self_potential="none")
    mixed = potential(masses[::-1], places.sample(frac=1, random_state=1), self_potential="none")
    pd.testing.assert_frame_equal(mixed.table, straight.table, check_exact=True)
    pd.testing.assert_series_equal(masses, before[1])
    assert places.equals(before[0])
    handed = straight.augment()
    handed["potential"] = 0.0
    assert straight.values.gt(0).all()


def test_sensitivity_says_what_the_exponent_decides(places, masses):
    found = potential(masses, places, self_potential="none")
    table = found.sensitivity([1.0, 2.0])
    assert table.loc[1.0, "rank_correlation"] == pytest.approx(1.0)
    assert table.loc[1.0, "rank_change"] == 0
    other = potential(masses, places, exponent=2.0, self_potential="none")
    assert table.loc[2.0, "rank_correlation"] == pytest.approx(
        other.values.corr(found.values, method="spearman")
    )


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"form": "linear"}, OptionError, "power"),
        ({"exponent": 0}, InputError, "exponent"),
        ({"exponent": True}, InputError, "exponent"),
        ({"length": 100}, InputError, "none with form='power'"),
        ({"form": "exponential"}, InputError, "length=200"),
        ({"form": "binary", "length": 3, "exponent": 1}, InputError, "exponent"),
        ({"self_potential": "internal"}, GeometryError, "points without areas"),
        ({"permutations": -1}, InputError, "permutations"),
        ({"alternative": "more"}, OptionError, "alternative"),
        ({"metric": "planar"}, GeometryError, "degree"),
    ],
)
def test_unusable_arguments_are_refused(places, masses, change, error, text):
    with pytest.raises(error, match=text):
        potential(masses, places, **{"self_potential": "none", **change})


def test_unusable_masses_and_places_are_refused_by_name(places, masses):
    for value, text in ((np.nan, "r03"), (-1.0, "r03"), (np.inf, "r03")):
        broken = masses.copy()
        broken["r03"] = value
        with pytest.raises(ValuesError, match=text):
            potential(broken, places, self_potential="none")
    with pytest.raises(ValuesError, match="zero in every region"):
        potential(masses * 0, places, self_potential="none")
    with pytest.raises(IdError, match="r05"):
        potential(masses, places.drop(index="r05"), self_potential="none")
    twins = places.copy()
    twins["r07"] = twins["r02"]
    with pytest.raises(ValuesError, match="r02 = r07"):
        potential(masses, twins, self_potential="none")
    assert potential(
        masses, twins, form="exponential", length=100, self_potential="none"
    ).values.gt(0).all()  # fmt: skip
    left = potential(masses.drop("r09"), places, self_potential="none")
    assert any("r09" in note for note in left.notes)
    with pytest.raises(InputError, match="two regions"):
        potential(masses[:1], places, self_potential="none")
    d = pd.DataFrame(dense(places), index=places.index, columns=places.index)
    d.iloc[2, 4] = np.nan
    with pytest.raises(ValuesError, match="r02 to r04"):
        potential(masses, d, self_potential="none")


def test_results_speak_the_glossary_and_show_themselves(places, masses):
    found = potential(masses, places, self_potential="none")
    for table in (found.tidy(), found.glance(), found.augment(), found.sensitivity()):
        assert set(table.columns) <= set(GLOSSARY)
    assert found.heading in str(found)
    assert "<table" in found._repr_html_()
    assert found.provenance.options["parameter"] == "1"
    with pytest.raises((AttributeError, TypeError)):
        found.notes = ()


@pytest.mark.slow
def test_pictures_of_potential():
    states = wb.load("us-states")
    product = wb.load("munnell-1990").xs(1986, level="year")["gsp"]
    found = potential(product, states)
    axes = found.plot().axes[0]
    assert len(axes.collections[-1].get_offsets()) == 48
    assert found.plot().alt.endswith(".")
    assert "Map of" in found.map(states).alt


def test_geodesics_on_the_ellipsoid(places, masses):
    geod = Geod(ellps="WGS84")
    lon, lat = places.x.to_numpy(), places.y.to_numpy()
    i, j = np.indices((30, 30))
    d = geod.inv(lon[i], lat[i], lon[j], lat[j])[2] / 1000 + np.eye(30)
    F = 1 / d - np.eye(30)
    found = potential(masses[5:], places, metric="ellipsoidal", self_potential="none")
    np.testing.assert_allclose(found.values, F[5:, 5:] @ masses[5:], rtol=1e-9)


def test_results_travel_between_processes(places, masses):
    import pickle

    found = potential(masses, places, self_potential="none")
    back = pickle.loads(pickle.dumps(found))
    pd.testing.assert_frame_equal(back.sensitivity(), found.sensitivity(), check_exact=True)


@pytest.mark.parametrize("form", ["binary", "exponential"])
def test_a_length_within_which_nothing_reaches_anything_is_refused(form):
    d = pd.DataFrame([[9.0, 50.0], [50.0, 9.0]], index=list("ab"), columns=list("ab"))
    with pytest.raises(InputError, match="every potential is 0"):
        potential(pd.Series([1.0, 2.0], index=list("ab")), d, form=form, length=0.001)


def test_permutations_from_which_no_test_can_reject_are_refused():
    masses = pd.Series([1.0, 2.0, 3.0], index=list("abc"))
    places = pd.DataFrame(1.0 - np.eye(3), index=list("abc"), columns=list("abc"))
    with pytest.raises(InputError, match="permutations: expected 0 for none, or a whole number"):
        potential(masses, places, permutations=5, self_potential="none")
