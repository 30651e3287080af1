"""Every result of the measures of innovation geography can be published, each number once."""

from __future__ import annotations

import inspect
import pickle
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.reports.markup import grids_html

REGIONS = [f"R{i:02}" for i in range(16)]
FIRMS = Path(__file__).parents[1] / "reference" / "data" / "frontier41.csv"
NOT_RESULTS = {"Construction", "Indicators"}
"""Classes of the room that are asked with, not answered with."""


def _table(seed):
    rng = np.random.default_rng(seed)
    names = ["a1", "a2", "b1", "b2", "b3"]
    return pd.DataFrame(rng.poisson(rng.gamma(1.0, 12.0, (16, 5))) + 1, REGIONS, names)


def _ring():
    """Return weights of regions in a ring, each with two neighbours."""
    step = np.roll(np.eye(16), 1, axis=0)
    return wb.weights.from_matrix(pd.DataFrame(step + step.T, REGIONS, REGIONS))


def _activity_space():
    years = {year: _table(year) for year in (2000, 2005, 2010)}
    table = years[2000]
    entries = wb.innovation.entries(years)
    density = wb.innovation.relatedness_density(years)
    groups = pd.Series([name[0] for name in table], index=table.columns)
    return {
        "co-occurrence": wb.innovation.co_occurrence(table),
        "relatedness": wb.innovation.relatedness(table),
        "density": density,
        "complexity": wb.innovation.complexity(table, draws=99),
        "fitness": wb.innovation.fitness(table),
        "variety": wb.innovation.variety(table, groups),
        "transitions": entries,
        "entry-model": wb.innovation.entry_model(entries, density, effects=[]),
    }


def _localisation():
    one, other = _table(0), _table(1)
    rng = np.random.default_rng(2)
    plants = pd.DataFrame({
        "region": rng.choice(REGIONS, 160),
        "activity": rng.choice(list("abcd"), 160),
        "employment": rng.lognormal(2, 1, 160),
    })  # fmt: skip
    return {
        "quotients": wb.innovation.location_quotients(one),
        "specialisation": wb.innovation.specialisation(one, draws=39),
        "gini": wb.innovation.locational_gini(one, draws=39),
        "agglomeration": wb.innovation.ellison_glaeser(plants, draws=99),
        "coagglomeration": wb.innovation.coagglomeration(one),
        "shift-share": wb.innovation.shift_share(one, other),
    }


def _points():
    rng = np.random.default_rng(3)
    xy = gpd.points_from_xy(*rng.normal(0.0, 10_000.0, (2, 40)), crs="EPSG:3857")
    places = gpd.GeoDataFrame({"branch": rng.choice(["it", "steel"], 40)}, geometry=xy)
    asked = {"sector": "branch", "draws": 99, "metric": "planar"}
    distances = [2.0, 8.0, 16.0]
    rows = places.assign(
        region=rng.choice(REGIONS[:9], 40), name_en=[f"cluster {i}" for i in range(40)],
        year_start=rng.integers(2008, 2020, 40),
    )  # fmt: skip
    listed = wb.innovation.registry(rows, by=["branch"])
    return {
        "points": wb.innovation.m_function(places, distances=distances, **asked),
        "colocation": wb.innovation.colocation_quotient(places, "branch", metric="planar"),
        "registry": listed,
        "excess": listed.excess(pd.Series(1.0, REGIONS), draws=99),
    }


def _indices():
    data = _table(4).astype(float)
    index = wb.innovation.composite(data, dict.fromkeys(data.columns, "higher"))
    drawn = index.uncertainty({"left_out": True, "weight_noise": 0.25}, draws=40)
    W = _ring()
    types = wb.innovation.leader_types(index, draws=drawn)
    before = wb.innovation.leader_types(data["a1"])
    return {
        "index": index,
        "checks": index.checks(),
        "comparison": index.compare(data["a1"]),
        "uncertainty": drawn,
        "sensitivity": index.sensitivity({"left_out": True, "weight_noise": 0.25}, samples=64),
        "carried-moran": drawn.moran(W),
        "carried-lisa": drawn.lisa(W),
        "carried-fit": drawn.fit("index ~ b3", data, draws=5),
        "types": types,
        "types-compared": wb.innovation.compare_typologies(types, before, permutations=99),
        "moves": wb.innovation.typology_moves({2013: before, 2014: types}),
        "profiles": wb.innovation.typology_profiles(types, data),
        "stability": wb.innovation.typology_stability(types, draws=20),
    }


def _knowledge():
    rng = np.random.default_rng(5)
    panel = pd.MultiIndex.from_product([REGIONS, range(2000, 2006)], names=["region", "year"])
    spent = pd.DataFrame({"rd": rng.lognormal(2, 0.3, len(panel))}, index=panel)
    y = pd.DataFrame(rng.lognormal(2, 1, (16, 3)), REGIONS, ["patents", "rd", "staff"])
    places = gpd.GeoDataFrame(
        index=REGIONS, geometry=gpd.points_from_xy(*rng.uniform(0, 1e6, (2, 16))), crs="EPSG:3857"
    )
    W, formula = _ring(), "log(patents) ~ log(rd)"
    asked = {"spillover": "W(log(rd))", "capacity": "log(staff)"}
    metric = {"metric": "planar"}
    alone = {"self_potential": "none", "permutations": 99, **metric}
    counts = pd.DataFrame(rng.poisson(9, (16, 2)), REGIONS, ["firms", "labs"])
    return {
        "stock": wb.innovation.knowledge_stock(spent, "rd"),
        "made": wb.innovation.lagged(spent, "rd"),
        "decay": wb.innovation.spillover_decay(formula, y, places, "log(rd)", draws=99, **metric),
        "capacity": wb.innovation.absorptive_capacity(formula, y, W, **asked),
        "potential": wb.innovation.potential(y["rd"], places, **alone),
        "links": wb.innovation.potential_links(counts),
    }


def _change():
    rng = np.random.default_rng(6)
    made, all_of = (pd.Series(rng.poisson(mean, 16), REGIONS) for mean in (30, 400))
    years = pd.Index(range(2000, 2012), name="year")
    curve = pd.Series([3.0, 8, 20, 45, 80, 120, 130, 100, 60, 30, 12, 5], years, name="robots")
    middle = rng.normal(2006, 1.5, 16)
    share = pd.DataFrame({t: 1 / (1 + np.exp(-(t - middle) / 2)) for t in years}, REGIONS)
    share.columns.name, share.index.name = "year", "region"
    begun = pd.Series(np.where(middle < 2007, np.round(middle), np.nan), REGIONS)
    W = _ring()
    return {
        "creation": wb.innovation.creation_rates(made, all_of),
        "growth": wb.innovation.growth_rates(all_of, all_of + made),
        "divide": wb.innovation.digital_divide(100 * share),
        "bass": wb.innovation.bass(curve),
        "spatial-bass": wb.innovation.spatial_bass(share, None, W),
        "hazard": wb.innovation.adoption_hazard(begun, W, permutations=99),
    }


def _frontiers():
    rng = np.random.default_rng(7)
    used = pd.DataFrame({"rd": rng.lognormal(0, 1, 16)}, REGIONS)
    made = (used["rd"] ** 0.6 * np.exp(-rng.exponential(0.5, 16))).rename("patents")
    envelope = wb.innovation.data_envelopment(used, made, bootstrap=100)
    z = pd.DataFrame({"z": rng.normal(size=16)}, REGIONS)
    firms = pd.read_csv(FIRMS, index_col="firm")
    return {
        "envelope": envelope,
        "determinants": envelope.determinants(z, algorithm=1, draws=99),
        "productivity": wb.innovation.malmquist((used, used), (made, made * 1.1)),
        "frontier": wb.innovation.stochastic_frontier("log(output) ~ log(capital)", firms),
    }


def _profiles():
    table = _table(8).astype(float)
    alike = wb.innovation.peers(table, "R03", k=5, columns=["b1", "b2"])
    told = {name: {"direction": "higher", "group": name[0]} for name in ("a1", "a2", "b3")}
    return {
        "peers": alike,
        "region-profile": wb.innovation.region_profile(table, told, "R03", peers=alike),
        "top-list": wb.innovation.top_list(_table(8)["a1"].nlargest(5) + 1, regions=16),
    }


PARTS = (
    _activity_space,
    _localisation,
    _points,
    _indices,
    _knowledge,
    _change,
    _frontiers,
    _profiles,
)


@pytest.fixture(scope="module")
def results():
    return {name: result for part in PARTS for name, result in part().items()}


def test_each_class_of_the_room_is_published_here(results):
    public = {
        name
        for name in wb.innovation.__all__
        if inspect.isclass(getattr(wb.innovation, name)) and name not in NOT_RESULTS
    }
    assert {type(result).__name__ for result in results.values()} == public


def test_numbers_have_names_that_occur_once_and_tables_that_show_them(results):
    for name, result in results.items():
        published = wb.publish(result, name, caption="Shown")
        ids = [entry.id for entry in (*published.numbers, *published.texts)]
        assert ids, name
        assert len(ids) == len(set(ids)), name
        assert not any("#" in one for one in ids), f"{name}: a number is named by its place"
        assert "<table>" in grids_html(published)


CLOSED = {"potential", "types-compared"}
"""Statistics in closed form beside p-values by permutation, told apart by their columns."""


def test_drawn_numbers_are_not_held_to_the_rule_of_closed_forms(results):
    for name, result in results.items():
        seed = getattr(getattr(result, "provenance", None), "seed", None)
        if (seed is not None or name == "types") and name not in CLOSED:
            kinds = {number.tolerance for number in wb.publish(result, name).numbers}
            assert "closed form" not in kinds, name


def test_p_values_of_draws_are_compared_as_such(results):
    asked = {
        "hazard": "tests/contagion",
        "decay": "is-there-a-spillover",
        "types-compared": "agree",
    }
    for name, where in asked.items():
        numbers = wb.publish(results[name], name).numbers
        found = [n for n in numbers if n.id.endswith("/p_permutation") and where in n.id]
        assert found, name
        assert all(n.tolerance == "permutation" for n in found)
        assert all(n.permutations in (99, 999) for n in found), [n.permutations for n in found]


def test_curves_of_several_regions_or_sectors_are_all_published(results):
    curve = results["bass"].adoptions.iloc[0]
    both = wb.innovation.bass(pd.DataFrame({"A": curve, "B": 2 * curve}).T)
    found = {n.id: n.value for n in wb.publish(both, "bass").numbers}
    assert found["bass/curves/B/market"] == pytest.approx(2 * found["bass/curves/A/market"])
    for name, result in results.items():
        assert len(result.glance()) == 1 or hasattr(result, "to_publish"), name


@pytest.mark.slow
def test_each_can_be_pickled(results):
    for name, result in results.items():
        assert str(pickle.loads(pickle.dumps(result))) == str(result), name
