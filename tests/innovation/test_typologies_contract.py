"""Every result on types and organisations shows itself, draws itself and says what produced it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.innovation.organisations import creation_rates, digital_divide, growth_rates
from workbench.innovation.typologies import (
    combined_types,
    compare_typologies,
    leader_types,
    typology_moves,
    typology_profiles,
    typology_stability,
)

NAMES = {
    ("high", "high"): "core", ("high", "low"): "creator",
    ("low", "high"): "acceptor", ("low", "low"): "periphery",
}  # fmt: skip
KINDS = [
    "leader", "combined", "profiles", "comparison", "stability", "moves", "creation", "growth",
    "divide", "cross-section",
]  # fmt: skip


@pytest.fixture(scope="module")
def regions():
    return wb.load("russia-regions")


@pytest.fixture(scope="module")
def results(regions):
    rng = np.random.default_rng(0)
    ids = regions.index[:40]
    score = pd.Series(rng.uniform(0.05, 1.0, 40), index=ids, name="index")
    table = pd.DataFrame(rng.normal(size=(40, 2)), index=ids, columns=["create", "adopt"])
    later = (score * rng.uniform(0.8, 1.2, 40)).clip(0.01)
    types, combined = leader_types(score), combined_types(table, NAMES)
    total = pd.Series(rng.integers(50, 5000, 40), index=ids)
    years = np.arange(2010, 2020)
    x = 0.4 * (years[None, :] - 2013 - rng.uniform(0, 6, 40)[:, None])
    online = pd.DataFrame(100 / (1 + np.exp(-x)), index=ids, columns=years)
    return {
        "leader": types,
        "combined": combined,
        "profiles": typology_profiles(combined, table.assign(index=score)),
        "comparison": compare_typologies(types, combined, permutations=19),
        "stability": typology_stability(types, draws=10),
        "moves": typology_moves({2010: types, 2020: leader_types(later)}),
        "creation": creation_rates((total * 0.08).round(), total),
        "growth": growth_rates(total, (total * rng.uniform(0.8, 1.5, 40)).round()),
        "divide": digital_divide(online),
        "cross-section": digital_divide(online[2015]),
    }


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", KINDS)
def test_results_show_themselves(results, name):
    result = results[name]
    assert result.heading in str(result)
    assert str(result) == repr(result)
    assert "<table" in result._repr_html_()
    assert result.plot().alt.endswith(".")
    assert result.plot(title="Own title")._suptitle.get_text() == "Own title"


@pytest.mark.parametrize("name", KINDS)
def test_provenance_is_plain_and_has_the_notes(results, name):
    plain = results[name].provenance.to_dict()
    json.dumps(plain)
    assert plain["options"]
    assert set(results[name].notes) >= set(plain["notes"])


@pytest.mark.parametrize("name", KINDS)
def test_results_cannot_be_changed(results, name):
    result = results[name]
    with pytest.raises((AttributeError, TypeError)):
        result.notes = ()
    handed = result.tidy()
    handed.iloc[:, 0] = 0
    assert not result.tidy().equals(handed)


def test_types_are_drawn_on_the_map_of_all_regions(results, regions):
    figure = results["leader"].map(regions)
    entries = [text.get_text() for text in figure.legends[0].get_texts()]
    sizes = results["leader"].sizes
    assert entries == [*(f"{name} ({n})" for name, n in sizes.items()), "no data (40)"]


def test_every_region_is_a_point(results):
    axes = results["leader"].plot().axes[0]
    assert sum(len(points.get_offsets()) for points in axes.collections) == 40
    dots = results["profiles"].plot(kind="dots").axes[0]
    assert sum(len(points.get_offsets()) for points in dots.collections) == 3 * 40


def test_profiles_put_the_variables_that_tell_types_apart_on_top(results):
    profiles = results["profiles"]
    left = profiles.plot().axes[0]
    assert [text.get_text() for text in left.get_yticklabels()] == list(profiles.separation.index)


def test_gaps_are_drawn_from_zero(results):
    for axes in results["divide"].plot().axes[1:]:
        assert axes.get_ylim()[0] == 0.0
