"""Inference of localisation keeps its promises where the truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.innovation.localisation import (
    coagglomeration,
    ellison_glaeser,
    location_quotients,
    specialisation,
)

pytestmark = pytest.mark.slow

REGIONS = [f"r{i:02d}" for i in range(30)]


def share_within(found, expected, draws, *, errors=3.5):
    """Whether a simulated share is its expectation within Monte Carlo error."""
    return abs(found - expected) < errors * np.sqrt(expected * (1 - expected) / draws)


@pytest.fixture(scope="module")
def sizes():
    return np.random.default_rng(1).dirichlet(np.full(30, 2.0))


def thrown(sizes, *, activities, plants, spread, seed):
    """Return plants placed by chance, and totals of which they are a trifle."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({
        "region": rng.choice(REGIONS, activities * plants, p=sizes),
        "activity": np.repeat([f"a{j:04d}" for j in range(activities)], plants),
        "employment": rng.lognormal(0, spread, activities * plants),
    })  # fmt: skip
    return table, pd.Series(sizes * 1e9, index=REGIONS)


@pytest.mark.parametrize("index", ["ellison-glaeser", "maurel-sedillot"])
@pytest.mark.parametrize(("plants", "spread"), [(25, 1.0), (100, 0.5)])
def test_darts_have_no_gamma_on_average_and_the_test_its_level(sizes, index, plants, spread):
    """1,500 activities whose plants fall by chance."""
    table, totals = thrown(sizes, activities=1500, plants=plants, spread=spread, seed=plants)
    found = ellison_glaeser(table, totals=totals, index=index, draws=199).tidy()
    assert abs(found["gamma"].mean()) < 3.5 * found["gamma"].std() / np.sqrt(1500)
    assert found["z"].std() == pytest.approx(1.0, abs=0.07)
    assert share_within((found["p_value"] <= 0.05).mean(), 0.05, 1500)
    inside = found["gamma"].between(found["chance_low"], found["chance_high"]).mean()
    # quantiles of 199 draws take a little off the range
    assert share_within(inside, 0.945, 1500)
    upwards = ellison_glaeser(
        table, totals=totals, index=index, inference="pearson", alternative="greater"
    ).tidy()
    assert share_within((upwards["p_value"] <= 0.05).mean(), 0.05, 1500, errors=4)


def test_pearsons_law_holds_for_equal_plants(sizes):
    """What is used where only H is known: 40 plants of one size."""
    table, totals = thrown(sizes, activities=3000, plants=40, spread=0.0, seed=5)
    wide = table.pivot_table(
        index="region", columns="activity", values="employment", aggfunc="sum", fill_value=0
    )
    known = pd.Series(1 / 40, index=wide.columns)
    found = ellison_glaeser(wide, known, totals=totals).tidy()
    assert share_within((found["p_value"] <= 0.05).mean(), 0.05, 3000)
    assert found["z"].std() == pytest.approx(1.0, abs=0.05)


def test_independent_activities_are_not_coagglomerated(sizes):
    """Half of them clustered, each in regions of its own choice: 5 % of pairs are flagged."""
    rng = np.random.default_rng(7)
    columns = {}
    for j in range(160):
        p = rng.dirichlet(sizes * 20) if j % 2 else sizes
        place = rng.choice(30, 40, p=p)
        columns[f"a{j:03d}"] = np.bincount(place, rng.lognormal(0, 1, 40), minlength=30)
    table, totals = pd.DataFrame(columns, REGIONS), pd.Series(sizes * 1e9, index=REGIONS)
    found = coagglomeration(table, totals=totals).tidy()
    # pairs share activities: their effective number is far below 12,720
    assert (found["p_value"] <= 0.05).mean() == pytest.approx(0.05, abs=0.02)
    assert found["z"].mean() == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("interval", ["delta-log", "delta", "exact"])
def test_intervals_of_quotients_cover_the_truth(interval):
    """Regions of given totals, activities binomial: 95 % (exact: at least)."""
    rng = np.random.default_rng(2)
    totals = rng.integers(200, 4000, 12)
    p = rng.dirichlet(np.full(5, 4.0), 12)
    whole = totals @ p / totals.sum()
    truth = p / whole
    held = np.zeros_like(truth)
    for _ in range(600):
        drawn = np.array([rng.multinomial(N, row) for N, row in zip(totals, p, strict=True)])
        found = location_quotients(pd.DataFrame(drawn, REGIONS[:12]).add_prefix("a"),
                                   interval=interval)  # fmt: skip
        held += (found.limits.low <= truth) & (truth <= found.limits.high)
    covered = held / 600
    assert covered.mean() > 0.94
    if interval == "exact":
        assert covered.min() > 0.93
    else:
        assert covered.mean() == pytest.approx(0.95, abs=0.01)
        assert covered.min() > 0.90


@pytest.mark.parametrize("reference", ["whole", "rest"])
def test_a_random_part_of_the_whole_is_seldom_special(reference):
    """The region is drawn from all units: its p-value is at most 0.05 in 5 % of draws."""
    rng = np.random.default_rng(4)
    units = np.array([60, 300, 25, 150, 90, 10])
    flagged = np.zeros(3)
    for seed in range(500):
        own = rng.multivariate_hypergeometric(units, 80)
        table = pd.DataFrame([own, units - own], ["own", "rest"]).add_prefix("a")
        found = specialisation(
            table, measures=["krugman", "theil", "gini"], reference=reference, draws=99,
            seed=seed, alternative="greater",
        ).tidy()  # fmt: skip
        flagged += (found.loc["own", "p_value"] <= 0.05).to_numpy()
    for share in flagged / 500:
        assert share_within(share, 0.05, 500)


def test_intervals_of_a_special_region_cover_its_structure():
    """1,500 units of a structure far from the whole's: near 95 % for every measure."""
    rng = np.random.default_rng(6)
    p = np.array([0.4, 0.25, 0.15, 0.1, 0.07, 0.03])
    rest = np.array([3000, 4000, 9000, 12000, 9000, 13000])
    measures = ["krugman", "hachman", "theil", "gini", "herfindahl", "entropy"]
    # a structure whose shares are exactly p, of the same size
    exact = pd.DataFrame([1500 * p, rest], ["own", "rest"]).add_prefix("a")
    truth = specialisation(exact, measures=measures, interval="none").wide().loc["own"]
    held = np.zeros(len(measures))
    for seed in range(400):
        table = pd.DataFrame([rng.multinomial(1500, p), rest], ["own", "rest"]).add_prefix("a")
        found = specialisation(table, measures=measures, draws=199, seed=seed).tidy().loc["own"]
        held += ((found["conf_low"] <= truth) & (truth <= found["conf_high"])).to_numpy()
    np.testing.assert_allclose(held / 400, 0.95, atol=0.035)
