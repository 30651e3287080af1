"""Colocation quotients equal published ones, enumeration, closed forms and dense formulas."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy import stats

import workbench as wb
from workbench.errors import GeometryError, InputError, OptionError, UnknownNameError, ValuesError
from workbench.innovation.points import colocation_quotient
from workbench.innovation.points.establishments import read_establishments
from workbench.numerics.points import colocation as kernel

REFERENCE = Path(__file__).parents[2] / "reference" / "colocation_sfdep_guerry.csv"


def _points(xy, kinds, ids=None):
    ids = [f"p{i:03}" for i in range(len(kinds))] if ids is None else ids
    geometry = gpd.points_from_xy(*np.asarray(xy, dtype=float).T)
    return gpd.GeoDataFrame({"kind": list(kinds)}, geometry=geometry, index=ids, crs="EPSG:3857")


def _asked(points, **options):
    return colocation_quotient(points, "kind", metric="planar", unit="m", **options)


@pytest.fixture
def scattered():
    rng = np.random.default_rng(4)
    return _points(rng.uniform(0, 1000, (60, 2)), rng.choice(list("abc"), 60, p=[0.5, 0.3, 0.2]))


def test_printed_quotients_of_sfdep_are_met():
    """Guerry's departments, regions to main cities among 5 neighbours: sfdep's own page."""
    table = pd.read_csv(REFERENCE)
    first = table.iloc[0]
    joined, printed, others = (
        table[name].to_numpy().reshape(3, 3)
        for name in ("neighbour_count", "pairwise_clq_published", "n_category")
    )
    sizes = np.full(3, int(first["n_region_points"]))
    found = kernel.quotients(
        joined / int(first["k"]), sizes, others[0], int(first["N"]), same=False
    )
    np.testing.assert_allclose(found, printed, atol=5.1e-8)


def test_equally_near_points_share_a_neighbour():
    """One a, two b and a c at distance 1 from it: two thirds b, one third c."""
    cross = _points([(0, 0), (1, 0), (-1, 0), (0, 1)], ["a", "b", "b", "c"])
    found = _asked(cross, permutations=19).tidy()["joins"]
    np.testing.assert_allclose(found["a"], [0, 2 / 3, 1 / 3], atol=1e-15)


def test_last_places_are_shared_among_those_that_tie_for_them():
    """Of three neighbours one is nearer and three tie for two places: two thirds each."""
    places = [(0, 0), (0, 0.5), (1, 0), (-1, 0), (0, -1), (9, 9)]
    sites = read_establishments(
        _points(places, list("abbcca")), sector="kind", weight=None, metric="planar", unit="m"
    )
    nearby = kernel.nearest(sites.ground, 3, gaussian=False)
    own = nearby.focal == 0
    assert nearby.other[own].tolist() == [1, 2, 3, 4]
    np.testing.assert_allclose(nearby.weights[own] * 3, [1, 2 / 3, 2 / 3, 2 / 3])


@pytest.fixture(scope="module")
def enumerated():
    """Joins of all 720 labellings of six points, one pair of which shares a place."""
    places = [(0, 0), (0, 0), (1, 0), (3, 0), (4, 1), (9, 0)]
    kinds = list("aaabbc")
    sites = read_establishments(
        _points(places, kinds), sector="kind", weight=None, metric="planar", unit="m"
    )
    nearby = kernel.nearest(sites.ground, 2, gaussian=False)
    every = [kernel.joins(nearby, sites.codes[list(o)], 3) for o in permutations(range(6))]
    return places, kinds, np.array(every)


def test_under_random_labels_every_quotient_is_one_on_average(enumerated):
    _, _, every = enumerated
    sizes = np.array([3, 2, 1])
    mean = kernel.quotients(every, sizes, sizes, 6, same=True).mean(axis=0)
    np.testing.assert_allclose(mean[:2], 1.0, atol=1e-12)
    assert np.isnan(mean[2, 2])
    np.testing.assert_allclose(kernel.alike(every, sizes, 6).mean(), 1.0, atol=1e-12)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("alternative", ["greater", "less", "two-sided"])
def test_p_values_are_those_of_enumeration(enumerated, alternative):
    places, kinds, every = enumerated
    found = _asked(
        _points(places, kinds), neighbours=2, permutations=9999, alternative=alternative,
        adjust="none",
    )  # fmt: skip
    observed = found.tidy()["joins"].to_numpy().reshape(3, 3)
    upper = (every >= observed - 1e-9).mean(axis=0)
    lower = (every <= observed + 1e-9).mean(axis=0)
    two = np.minimum(1, 2 * np.minimum(upper, lower))
    exact = {"greater": upper, "less": lower, "two-sided": two}[alternative]
    p = found.tidy()["p_permutation"].to_numpy().reshape(3, 3)
    there = ~np.isnan(p)
    # four standard errors of a share of 9,999 draws, doubled for two sides
    error = 8 * np.sqrt(exact * (1 - exact) / 9999) + 2e-4
    assert (np.abs(p - exact) <= error)[there].all()


def test_variance_is_that_of_dixon_1994():
    """Nearest-neighbour contingency tables: var N_AA from reflexive pairs R and shared ones Q."""
    rng = np.random.default_rng(0)
    points = _points(rng.uniform(0, 1, (7, 2)), list("aaaabbb"))
    sites = read_establishments(points, sector="kind", weight=None, metric="planar", unit="m")
    nearby = kernel.nearest(sites.ground, 1, gaussian=False)
    every = np.array(
        [kernel.joins(nearby, sites.codes[list(o)], 2) for o in permutations(range(7))]
    )
    n, m = 7, 4
    to = nearby.other
    reflexive = float((to[to] == np.arange(n)).sum())
    shared = float((np.bincount(to, minlength=n) * (np.bincount(to, minlength=n) - 1)).sum())
    two = m * (m - 1) / (n * (n - 1))
    three = two * (m - 2) / (n - 2)
    four = three * (m - 3) / (n - 3)
    variance = (
        (n + reflexive) * two
        + (2 * n - 2 * reflexive + shared) * three
        + (n * (n - 3) - shared + reflexive) * four
        - (n * two) ** 2
    )
    np.testing.assert_allclose(every[:, 0, 0].var(), variance, rtol=1e-12)


def test_kernels_equal_dense_formulas(scattered):
    xy = np.column_stack([scattered.geometry.x, scattered.geometry.y])
    apart = np.linalg.norm(xy[:, None] - xy[None], axis=2)
    own = np.eye(60, dtype=bool)
    kinds = scattered["kind"].to_numpy()
    hot = np.stack([kinds == kind for kind in "abc"], axis=1).astype(float)
    reach = np.sort(np.where(own, np.inf, apart), axis=1)[:, 6]
    for options, weights in (
        ({"bandwidth": 300.0}, (apart <= 300.0)),
        ({"bandwidth": 300.0, "kernel": "gaussian"},
         np.exp(-0.5 * (apart / 300.0) ** 2) * (apart <= 300.0)),
        ({"neighbours": 7, "kernel": "gaussian"},
         np.exp(-0.5 * (apart / reach[:, None]) ** 2) * (apart <= reach[:, None])),
    ):  # fmt: skip
        W = np.where(own, 0.0, weights)
        W /= W.sum(axis=1, keepdims=True)
        found = _asked(scattered, permutations=19, **options)
        joined = found.tidy()["joins"].to_numpy().reshape(3, 3)
        np.testing.assert_allclose(joined, hot.T @ W @ hot, atol=1e-12)
        there = hot.sum(axis=0) - hot
        np.testing.assert_allclose(
            found.local("b")["colocation"], ((W @ hot) / (there / 59))[:, 1], atol=1e-12
        )


def test_joins_of_a_kind_add_to_its_points(scattered):
    table = _asked(scattered, neighbours=4, permutations=19).tidy()
    sums = table.groupby("kind")["joins"].sum()
    np.testing.assert_allclose(sums, scattered["kind"].value_counts().sort_index(), atol=1e-12)


def test_local_p_values_are_hypergeometric_without_ties(scattered):
    found = _asked(scattered, neighbours=5, permutations=9999, alternative="greater").local("a")
    there = (scattered["kind"] == "a").sum() - (scattered["kind"] == "a")
    count = np.round(found["colocation"] * there / 59 * 5)
    exact = stats.hypergeom.sf(count - 1, 59, there, 5)
    error = 5 * np.sqrt(exact * (1 - exact) / 9999) + 2e-4
    assert (np.abs(found["p_permutation"] - exact) <= error).all()


def test_what_was_planted_is_found():
    rng = np.random.default_rng(1)
    labs = rng.uniform(0, 1000, (30, 2))
    firms = labs + rng.normal(0, 1, (30, 2))
    shops = rng.uniform(0, 1000, (60, 2))
    points = _points(np.vstack([labs, firms, shops]), ["lab"] * 30 + ["firm"] * 30 + ["shop"] * 60)
    found = _asked(points)
    assert found.verdicts.loc["lab", "firm"] == "together"
    assert found.verdicts.loc["firm", "lab"] == "together"
    assert found.verdicts.loc["lab", "lab"] == "apart"
    assert found.glance()["colocation"].item() < 1


def test_rows_and_units_do_not_matter_and_nothing_is_changed(scattered):
    before = scattered.copy()
    one = _asked(scattered, neighbours=3)
    other = _asked(scattered.sample(frac=1, random_state=0), neighbours=3)
    far = scattered.set_geometry(scattered.geometry.scale(8, 8, origin=(0, 0)))
    pd.testing.assert_frame_equal(one.tidy(), other.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(one.local("a"), other.local("a"), check_exact=True)
    pd.testing.assert_frame_equal(one.tidy(), _asked(far, neighbours=3).tidy())
    pd.testing.assert_frame_equal(scattered, before)
    assert not _asked(scattered, neighbours=3, seed=1).tidy().equals(one.tidy())


def test_input_that_no_quotient_can_come_from_is_refused(scattered):
    missing = scattered.copy()
    missing.loc["p007", "kind"] = None
    with pytest.raises(ValuesError, match="p007"):
        _asked(missing)
    with pytest.raises(InputError, match="two kinds"):
        _asked(scattered.assign(kind="a"))
    with pytest.raises(InputError, match="kind of its own"):
        _asked(scattered.assign(kind=scattered.index))
    with pytest.raises(InputError, match="both"):
        _asked(scattered, neighbours=2, bandwidth=5.0)
    with pytest.raises(OptionError, match="at most 59"):
        _asked(scattered, neighbours=60)
    with pytest.raises(UnknownNameError, match="'d'"):
        _asked(scattered, permutations=19).local("d")
    with pytest.raises(OptionError):
        _asked(scattered, kernel="gausian")


def test_bandwidth_that_is_named_as_way_out_is_one(scattered):
    with pytest.raises(GeometryError, match="neighbour of every point") as caught:
        _asked(scattered, bandwidth=20.0)
    width = float(caught.value.remedy.split()[0].removeprefix("bandwidth="))
    assert _asked(scattered, bandwidth=width, permutations=19).matrix.notna().all(axis=None)


def test_picture_and_text_show_themselves(scattered):
    found = _asked(scattered, permutations=99)
    assert "3 kinds, 60 points" in str(found)
    assert found.plot().to_svg().startswith("<?xml")
    assert wb.innovation.colocation_quotient is colocation_quotient


@pytest.mark.slow
def test_random_labels_are_flagged_at_the_nominal_rate():
    """Of 400 maps with random labels about 5 % are flagged at 5 % (binomial, four errors)."""
    rng = np.random.default_rng(7)
    places = rng.uniform(0, 1, (80, 2))
    rejected = np.zeros(2)
    for trial in range(400):
        points = _points(places, rng.permutation(np.repeat(["a", "b"], [50, 30])))
        found = _asked(points, neighbours=3, permutations=199, adjust="none", seed=trial)
        rejected += [
            found.glance()["p_permutation"].item() <= 0.05,
            found.tidy().loc[("a", "b"), "p_permutation"] <= 0.05,
        ]
    bound = 400 * 0.05 + 4 * np.sqrt(400 * 0.05 * 0.95)
    # joins are few values, so that a two-sided test keeps below its level
    assert (rejected <= bound).all()
    assert (rejected >= 4).all()
