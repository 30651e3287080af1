"""Concentration of establishments: units, great circles, order of rows, chance, and bad input."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from scipy.spatial.distance import pdist

from workbench.core.glossary import GLOSSARY
from workbench.errors import (
    InputError,
    UnknownNameError,
)
from workbench.innovation.points import k_density, m_function
from workbench.weights.sphere import haversine_km

DRAWS = 199
FEW = {"draws": 119, "level": 0.8}
TWO = {"sectors": ["machines", "optics"]}
AT = np.arange(0.0, 41.0, 4.0)


@pytest.fixture(scope="module")
def density(firms):
    return k_density(firms, sector="sector", draws=DRAWS, distances=AT)


@pytest.fixture(scope="module")
def m(firms):
    return m_function(firms, sector="sector", draws=DRAWS, distances=AT[1:])


@pytest.fixture(params=["density", "m"])
def result(request):
    return request.getfixturevalue(request.param)


def kernel(distances, h, at, weights=None):
    weights = np.ones(distances.size) if weights is None else weights
    u = np.asarray(at)[:, None]
    both = sum(np.exp(-0.5 * ((u + s * distances) / h) ** 2) for s in (-1, 1))
    return both @ weights / (h * np.sqrt(2 * np.pi) * weights.sum())


def test_density_in_the_plane_is_the_dense_formula_in_kilometres(firms, density):
    for sector in ("optics", "shops"):
        part = firms[firms["sector"] == sector]
        d = pdist(part.get_coordinates().to_numpy()) / 1000
        low, high = np.quantile(d, [0.25, 0.75])
        h = 0.9 * min(d.std(ddof=1), (high - low) / 1.34) * d.size**-0.2
        assert density.glance().loc[sector, "bandwidth"] == pytest.approx(h, rel=1e-3)
        curve = density.curve(sector)["estimate"]
        np.testing.assert_allclose(curve, kernel(d, h, AT), atol=2e-4 * curve.max())


def test_density_on_the_earth_takes_great_circles(firms, table):
    rng = np.random.default_rng(0)
    lonlat = np.column_stack([rng.uniform(20, 180, 90), rng.uniform(40, 80, 90)])
    wide = table(lonlat, ["a"] * 30 + ["b"] * 60, 4326, jobs=rng.uniform(1, 9, 90))
    at = np.linspace(0, 6000, 13)
    found = k_density(
        wide, sector="sector", sectors="a", weight="jobs", distances=at, bandwidth=300, **FEW
    )
    first, second = np.triu_indices(30, 1)
    d = haversine_km(lonlat[first], lonlat[second])
    jobs = wide["jobs"].to_numpy()
    expected = kernel(d, 300.0, at, jobs[first] * jobs[second])
    np.testing.assert_allclose(found.tidy()["estimate"], expected, rtol=1e-4)
    assert any("great-circle" in note for note in found.notes)


def test_m_on_the_earth_counts_great_circles(table):
    # a degree of longitude at 60° N is 55.6 km: neighbours 1° apart within 56 km, not within 55
    lonlat = np.column_stack([np.arange(30.0), np.full(30, 60.0)])
    line = table(lonlat, ["a", "a", "b"] * 10, 4326)
    found = m_function(line, sector="sector", sectors="a", distances=[56, 10_000], draws=39).curve(
        "a"
    )
    # around: one or two neighbours; the first sees one of a, inner ones half
    shares = [1.0] + [0.5] * 19
    expected = np.mean(shares) / (19 / 29)
    np.testing.assert_allclose(found["estimate"], [expected, 1.0], rtol=1e-12)
    with pytest.raises(InputError, match="distances: expected distances within which some"):
        m_function(line, sector="sector", sectors="a", distances=[55, 56], draws=39)


def test_patterns_are_told_from_chance(density, m):
    for found in (density, m):
        verdicts = found.glance()["verdict"]
        assert verdicts["optics"] == "localised"
        assert verdicts["machines"] == "neither"
        assert verdicts["shops"] == "dispersed"
    row = density.glance().loc["optics"]
    assert 0.5 < row["localisation"] < 1.0
    assert row["dispersion"] == 0.0
    assert row["above_from"] == 0.0
    assert row["p_localised"] <= 0.05
    assert density.glance().loc["shops", "p_dispersed"] <= 0.05


def test_indices_are_sums_of_what_is_outside_the_global_bands(firms):
    at = np.arange(0, 31)
    found = k_density(firms, sector="sector", distances=at, draws=DRAWS)
    for sector, row in found.glance().iterrows():
        curve = found.curve(sector)
        above = np.maximum(curve["estimate"] - curve["band_high"], 0.0)
        below = np.maximum(curve["band_low"] - curve["estimate"], 0.0)
        assert row["localisation"] == pytest.approx(above.sum(), abs=1e-12)
        expected = 0.0 if above.any() else below.sum()
        assert row["dispersion"] == pytest.approx(expected, abs=1e-12)
        assert curve["dispersion"].sum() == pytest.approx(expected, abs=1e-12)
    # clustered firms lack long distances, which is no dispersion
    optics = found.curve("optics")
    assert (optics["estimate"] < optics["band_low"]).any()


def test_local_intervals_lie_within_global_bands(result):
    curves = result.tidy()
    assert (curves["local_low"] >= curves["band_low"] - 1e-12).all()
    assert (curves["local_high"] <= curves["band_high"] + 1e-12).all()
    assert (curves["local_low"] <= curves["expected"]).all()
    assert (curves["expected"] <= curves["local_high"]).all()


def test_m_is_near_one_under_its_null(m):
    far = m.tidy().query("distance >= 12")
    assert np.abs(far["expected"] - 1.0).max() < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("weight", [None, "jobs"])
def test_rows_may_come_in_any_order(firms, measure, weight):
    options = {"sector": "sector", "distances": AT[1:], "weight": weight, **TWO, **FEW}
    shuffled = firms.sample(frac=1.0, random_state=1)
    one, other = measure(firms, **options), measure(shuffled, **options)
    pd.testing.assert_frame_equal(one.tidy(), other.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(one.glance(), other.glance(), check_exact=True)
    assert one.provenance.to_dict() == other.provenance.to_dict()


def test_kilometres_and_metres_agree(firms, measure):
    km = measure(firms, sector="sector", distances=AT[1:], **TWO, **FEW).tidy()
    m = measure(firms, sector="sector", distances=1000 * AT[1:], unit="m", **TWO, **FEW).tidy()
    scale = 1000 if measure is k_density else 1
    np.testing.assert_allclose(m["estimate"] * scale, km["estimate"], rtol=1e-9)
    np.testing.assert_allclose(m["band_high"] * scale, km["band_high"], rtol=1e-9)


def test_weights_may_be_in_any_unit(firms, measure):
    options = {"sector": "sector", "sectors": "optics", "weight": "jobs", "distances": AT[1:]}
    one = measure(firms, **FEW, **options).tidy()
    other = measure(firms.assign(jobs=firms["jobs"] * 2.5), **FEW, **options).tidy()
    np.testing.assert_allclose(other["estimate"], one["estimate"], rtol=1e-12)
    np.testing.assert_allclose(other["band_high"], one["band_high"], rtol=1e-9)


def test_threads_change_nothing(firms, measure, monkeypatch):
    options = {"sector": "sector", "weight": "jobs", "distances": AT[1:], **TWO, **FEW}
    monkeypatch.setenv("WORKBENCH_THREADS", "1")
    one = measure(firms, **options).tidy()
    monkeypatch.setenv("WORKBENCH_THREADS", "3")
    pd.testing.assert_frame_equal(one, measure(firms, **options).tidy(), check_exact=True)


@pytest.mark.slow
def test_draws_of_a_sector_do_not_depend_on_the_others(firms, result, measure):
    alone = measure(firms, sector="sector", sectors=["shops"], draws=DRAWS, distances=AT[1:])
    if result.measure == alone.measure == "M function":
        rows = result.curve("shops")
        pd.testing.assert_frame_equal(alone.curve("shops"), rows, check_exact=True)
    other = measure(
        firms, sector="sector", sectors="shops", draws=DRAWS, distances=AT[1:], seed=1
    ).tidy()
    assert (other["estimate"] == alone.tidy()["estimate"]).all()
    assert (other["expected"] != alone.tidy()["expected"]).all()


def test_the_callers_table_is_not_changed(firms, measure):
    before = firms.copy()
    measure(firms, sector="sector", sectors="optics", **FEW, distances=AT[1:])
    assert_geodataframe_equal(firms, before)


def test_two_sectors_that_share_places_are_colocalised(firms, table):
    rng = np.random.default_rng(8)
    xy = rng.normal(4.6e5, 4e3, (20, 2))
    lasers = table(xy, ["lasers"] * 20, 32637, jobs=1)
    lasers.index = [f"l{k}" for k in range(20)]
    both = pd.concat([firms, lasers])
    for null in ("location", "labelling", "independence"):
        for measure in (k_density, m_function):
            found = measure(
                both, sector="sector", sectors="optics", neighbours="lasers", null=null,
                distances=AT[1:], **FEW,
            )  # fmt: skip
            row = found.glance().loc["optics"]
            assert row["verdict"] == "localised", null
            assert row["neighbour_points"] == 20
    # among their own sites they mix as a random split does
    split = k_density(
        both, sector="sector", sectors="optics", neighbours="lasers", distances=AT, draws=399,
        controls=["optics", "lasers"],
    )  # fmt: skip
    assert split.glance().loc["optics", "sites"] == 44
    assert split.glance().loc["optics", "verdict"] != "localised"


def test_controls_restrict_the_sites(firms):
    options = {"sector": "sector", "sectors": "optics", "distances": AT[1:], **FEW}
    found = m_function(firms, controls=["machines"], **options)
    kept = firms[firms["sector"].isin(["optics", "machines"])]
    alone = m_function(kept, **options)
    pd.testing.assert_frame_equal(found.tidy(), alone.tidy(), check_exact=True)
    assert found.glance().loc["optics", "sites"] == 54
    found = m_function(firms, controls=["machines"], neighbours="shops", **options)
    assert found.glance().loc["optics", "sites"] == 54 + 25


def test_default_distances_reach_to_the_median_of_all_pairs(firms):
    median = np.median(pdist(firms.get_coordinates().to_numpy())) / 1000
    density = k_density(firms, sector="sector", sectors="shops", draws=399)
    at = density.tidy()["distance"]
    assert len(at) == 101
    assert at.iloc[0] == 0.0
    assert at.iloc[-1] == pytest.approx(median, rel=1e-3)
    found = m_function(firms, sector="sector", sectors="machines", draws=699)
    at = found.tidy()["distance"]
    assert at.iloc[-1] == pytest.approx(median, rel=1e-3)
    assert found.tidy()["estimate"].notna().all()
    assert len(at) == 50 or any("Distances begin" in note for note in found.notes)


def test_shared_places_and_small_sectors_are_noted(firms):
    twice = pd.concat([firms, firms.iloc[:4].set_index(pd.Index(["x1", "x2", "x3", "x4"]))])
    twice.loc[["e0010", "e0011"], "sector"] = "rare"
    found = k_density(twice, sector="sector", draws=99, distances=[0, 10, 20])
    told = " ".join(found.notes)
    assert "8 establishments share 4 places" in told
    assert "1 sectors of fewer than 10 establishments are not looked at (rare)" in told
    assert "rare" not in found.glance().index
    named = m_function(twice, sector="sector", sectors="rare", draws=99, distances=[30, 60, 90])
    assert any("single pairs show" in note for note in named.notes)


def test_results_speak_the_houses_vocabulary(result):
    for frame in (result.tidy(), result.glance()):
        assert set(frame.columns) <= set(GLOSSARY)
    assert result.heading in str(result)
    assert str(result) == repr(result)
    assert "<table" in result._repr_html_()
    plain = result.provenance.to_dict()
    json.dumps(plain)
    assert plain["options"]["null"] == "location"
    assert plain["seed"] == 0
    assert plain["notes"] == result.notes


def test_pictures_have_a_panel_a_sector_and_say_what_they_show(result):
    picture = result.plot()
    panels = [axes for axes in picture.axes if axes.get_title(loc="left")]
    assert [axes.get_title(loc="left") for axes in panels[:2]] == [
        "machines: neither",
        "optics: localised",
    ]
    assert "shops dispersed (p = " in picture.alt
    assert picture.alt.endswith(".")
    one = result.plot(["optics"], title="Optics")
    lines = one.axes[0].lines
    drawn = next(line for line in lines if line.get_label() == "observed")
    np.testing.assert_array_equal(drawn.get_ydata(), result.curve("optics")["estimate"])
    assert one.axes[0].get_title(loc="left") == "Optics"
    with pytest.raises(UnknownNameError, match="did you mean 'optics'"):
        result.plot(["optic"])
    with pytest.raises(InputError, match="from 1 to 9 sectors"):
        result.plot([])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["K-density", "weighted K-density", "M function"])
def test_sectors_without_pattern_are_called_localised_at_the_nominal_rate(kind, table):
    """Sectors of 15 drawn among 120 clustered sites: 5 % above a global band, ± 3 s.e."""
    rng = np.random.default_rng(33)
    centres = rng.uniform(0, 1e5, (12, 2))
    xy = centres[rng.integers(0, 12, 120)] + rng.normal(0, 6e3, (120, 2))
    count = 15
    measure = m_function if kind == "M function" else k_density
    weight = "jobs" if kind.startswith("weighted") else None
    at = np.arange(5.0, 46.0, 5.0)
    outcome = []
    for batch in range(50):
        # eight sectors a table: each is a random subset of the sites
        order = rng.permutation(120)
        sectors = np.array([f"s{k}" for k in range(8)])[np.argsort(order) // count]
        jobs = rng.lognormal(sigma=1.0, size=120)
        firms = table(xy, sectors, 32637, jobs=jobs)
        found = measure(firms, sector="sector", weight=weight, distances=at, draws=199, seed=batch)
        outcome.append(found)
    glances = pd.concat([one.glance() for one in outcome])
    curves = pd.concat([one.tidy() for one in outcome])
    se = np.sqrt(0.05 * 0.95 / len(glances))
    assert abs((glances["localisation"] > 0).mean() - 0.05) < 3 * se
    assert abs((glances["p_localised"] <= 0.05).mean() - 0.05) < 3 * se
    assert abs((glances["p_dispersed"] <= 0.05).mean() - 0.05) < 3 * se
    assert abs((curves["estimate"] > curves["local_high"]).mean() - 0.05) < 3 * se
