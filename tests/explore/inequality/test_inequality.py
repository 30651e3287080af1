"""Inequality: closed forms, PySAL's inequality package, exact sums of parts, nulls, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from libpysal.examples import get_path
from libpysal.graph import Graph

from workbench.core.glossary import GLOSSARY
from workbench.errors import IdError, InputError, ValuesError, WeightsError
from workbench.explore.inequality import gini, inequality, spatial_gini, theil
from workbench.numerics.dynamics import inequality as kernel

YEARS = list(range(1940, 2010, 10))
ALL = ["gini", "theil", "log_deviation", "atkinson", "variation"]


@pytest.fixture(scope="module")
def mexico():
    """Incomes of the 32 Mexican states: the example of the inequality package, out of order."""
    table = pd.read_csv(get_path("mexico.csv")).set_index("State")
    table = table.rename(columns={f"pcgdp{year}": year for year in YEARS})
    return table.sample(frac=1, random_state=2)


def _dense_gini(y, p):
    return (p[:, None] * p * np.abs(y[:, None] - y)).sum() / (2 * p @ y)


def test_theil_is_the_inequality_packages(mexico):
    """inequality 1.1, docstrings of Theil and TheilD (groups of Hanson 1998)."""
    total = [0.20894344, 0.15222451, 0.10472941, 0.10194725, 0.09560113, 0.10511256, 0.10660832]
    between = [0.0345889, 0.02816853, 0.05260921, 0.05931219, 0.03205257, 0.02963731, 0.03635872]
    within = [0.17435454, 0.12405598, 0.0521202, 0.04263506, 0.06354856, 0.07547525, 0.0702496]
    table = theil(mexico[YEARS], groups=mexico["hanson98"], permutations=0).tidy()
    np.testing.assert_allclose(table["theil"], total, atol=5e-9)
    np.testing.assert_allclose(table["between"], between, atol=5e-9)
    np.testing.assert_allclose(table["within"], within, atol=5e-9)
    plain = inequality(mexico[YEARS], measures=["theil"]).tidy()["theil"]
    np.testing.assert_allclose(plain, total, atol=5e-9)


def test_between_groups_p_is_the_inequality_packages(mexico):
    """TheilDSim's one-sided p of 999 permutations, 5 standard errors of two draws."""
    theirs = np.array([0.4, 0.344, 0.001, 0.001, 0.034, 0.072, 0.032])
    table = theil(mexico[YEARS], groups=mexico["hanson98"], alternative="greater").tidy()
    error = np.sqrt(2 * theirs * (1 - theirs) / 999)
    assert (np.abs(table["p_permutation"] - theirs) < 5 * error + 0.002).all()


def test_spatial_gini_is_the_inequality_packages(mexico):
    """Gini_Spatial of 1940: sum over other pairs 4353856, by chance 4170356.7 (99 draws)."""
    blocks = Graph.build_block_contiguity(mexico["hanson98"])
    row = spatial_gini(mexico[1940].rename("income"), None, blocks).tidy().loc["all"]
    scale = 2 * 32**2 * mexico[1940].mean()
    assert row["non_neighbors"] * scale == pytest.approx(4353856.0, rel=1e-12)
    by_chance = (1 - row["expected"]) * row["gini"] * scale
    assert by_chance == pytest.approx(4170356.7, rel=0.01)
    assert row["polarization"] > 1


def test_live_inequality_package(mexico):
    from inequality.atkinson import atkinson as their_atkinson
    from inequality.gini import Gini

    table = inequality(mexico[YEARS], measures=ALL, aversion=1.5).tidy()
    for year in YEARS:
        y = mexico[year].to_numpy(float)
        assert table.loc[year, "gini"] == pytest.approx(Gini(y).g, rel=1e-12)
        assert table.loc[year, "atkinson"] == pytest.approx(their_atkinson(y, 1.5), rel=1e-12)
        assert table.loc[year, "variation"] == pytest.approx(y.std() / y.mean(), rel=1e-12)


def test_closed_forms():
    one_has_all = np.array([0.0, 0.0, 0.0, 5.0])
    assert kernel.gini(one_has_all) == 0.75
    equal = np.full(7, 0.1)
    for measure in (kernel.gini, kernel.theil, kernel.log_deviation, kernel.variation):
        assert measure(equal) == pytest.approx(0.0, abs=1e-15)
    two = np.array([1.0, 3.0])
    assert kernel.theil(two) == pytest.approx(0.25 * np.log(0.5) + 0.75 * np.log(1.5))
    assert kernel.log_deviation(two) == pytest.approx(np.log(2) - np.log(3) / 2)
    assert kernel.atkinson(two, aversion=2.0) == pytest.approx(1 - 1.5 / 2)


def test_population_counts_people():
    """A region of three people is three regions of one, for every measure."""
    y, people = np.array([1.0, 2.0, 6.0]), np.array([3.0, 1.0, 2.0])
    repeated = np.repeat(y, people.astype(int))
    table = pd.DataFrame({"y": y, "people": people}, index=["a", "b", "c"])
    weighted = inequality("y", table, measures=ALL, population="people").tidy().loc["all"]
    plain = pd.Series(repeated, index=range(6), name="y")
    np.testing.assert_allclose(weighted, inequality(plain, measures=ALL).tidy().loc["all"])
    p = people / people.sum()
    assert kernel.gini(y, p) == pytest.approx(_dense_gini(y, p), rel=1e-14)
    alike = table.assign(people=5.0)
    np.testing.assert_allclose(
        inequality("y", alike, measures=ALL, population="people").tidy(),
        inequality("y", alike, measures=ALL).tidy(),
    )


def test_parts_add_up_exactly():
    rng = np.random.default_rng(0)
    y, people = np.exp(rng.normal(size=40)), rng.random(40)
    p = people / people.sum()
    groups = np.arange(40) % 5
    found = kernel.theil_parts(y, groups, p)
    assert found.between + found.within == found.total
    assert found.total == pytest.approx(kernel.theil(y, p), rel=1e-13)
    for g in range(5):
        inside = p[groups == g] / p[groups == g].sum()
        assert found.group_theil[g] == pytest.approx(kernel.theil(y[groups == g], inside))
    parts = kernel.spatial_gini(y, np.array([[0, 1], [3, 9], [4, 39]]))
    near = sum(abs(y[i] - y[j]) for i, j in [(0, 1), (3, 9), (4, 39)])
    assert parts.neighbors == pytest.approx(near / (40**2 * y.mean()), rel=1e-12)
    assert parts.neighbors + parts.non_neighbors == pytest.approx(kernel.gini(y), rel=1e-14)


@pytest.fixture
def panel(lattice):
    rng = np.random.default_rng(3)
    ids = sorted(lattice(5).unique_ids)
    index = pd.MultiIndex.from_product([ids, [2000, 2001]], names=["region", "year"])
    frame = pd.DataFrame({"y": rng.random(50) + 1, "people": rng.random(50) + 1}, index=index)
    frame["side"] = ["west" if int(i[3:]) < 2 else "east" for i, _ in index]
    return frame.sample(frac=1, random_state=4)


@pytest.mark.slow
def test_row_order_changes_no_bit(panel, lattice):
    again = panel.sample(frac=1, random_state=8)
    before = panel.copy()
    for call in (
        lambda p: inequality("y", p, measures=ALL, population="people"),
        lambda p: theil("log(y) + 1", p, groups="side", population="people", permutations=39),
        lambda p: spatial_gini("y", p, lattice(5), permutations=39),
    ):
        one, two = call(panel), call(again)
        pd.testing.assert_frame_equal(one.tidy(), two.tidy(), check_exact=True)
        assert one.tidy().index.tolist() == [2000, 2001]
        assert set(one.tidy().columns) | set(one.glance().columns) <= set(GLOSSARY)
        assert len(one.plot().to_png(50)) > 1000
        assert "<table" in one._repr_html_()
    pd.testing.assert_frame_equal(panel, before)


def test_a_cross_section_is_a_period_of_the_panel(panel, lattice):
    year = panel.xs(2001, level="year")
    W = lattice(5)
    one = spatial_gini("y", year, W).tidy().loc["all"]
    np.testing.assert_array_equal(one, spatial_gini("y", panel, W).tidy().loc[2001])
    series = spatial_gini(year["y"], None, W).tidy().loc["all"]
    np.testing.assert_array_equal(one, series)
    side = theil("y", year, groups="side").tidy().loc["all"]
    np.testing.assert_array_equal(side, theil("y", panel, groups="side").tidy().loc[2001])
    assert theil("y", panel, groups="side").augment().loc[(2001, "west"), "theil"] > 0


def test_seeds_and_alternatives(panel, lattice):
    def p(**options):
        return spatial_gini("y", panel, lattice(5), permutations=99, **options).tidy()

    assert p(seed=1).equals(p(seed=1))
    assert not p(seed=1).equals(p(seed=2))
    less, more = (p(alternative=a)["p_permutation"] for a in ("less", "greater"))
    both = p()["p_permutation"]
    np.testing.assert_allclose(both, np.minimum(1, 2 * np.minimum(less, more)))


@pytest.mark.slow
def test_permutation_tests_keep_their_level(lattice):
    """White noise, 200 periods of one panel, level 0.1; 4 standard errors are 0.085."""
    W = lattice(6)
    ids = sorted(W.unique_ids)
    rng = np.random.default_rng(5)
    wide = pd.DataFrame(rng.random((36, 200)) + 0.5, index=ids, columns=range(200))
    groups = pd.Series([i[:3] for i in ids], index=ids)
    for table in (
        theil(wide, groups=groups, permutations=199).tidy(),
        spatial_gini(wide, None, W, permutations=199).tidy(),
    ):
        assert 0.015 < (table["p_permutation"] <= 0.1).mean() < 0.185


def test_clustered_values_are_seen(lattice):
    W = lattice(6)
    trend = pd.Series({i: 1.0 + int(i[1:3]) for i in W.unique_ids}, name="trend")
    rows = pd.Series({i: i[:3] for i in W.unique_ids})
    assert spatial_gini(trend, None, W, alternative="less").tidy()["p_permutation"].item() == 0.001
    found = theil(trend, groups=rows, alternative="greater").tidy().loc["all"]
    assert found["between_share"] == pytest.approx(1.0, abs=1e-14)
    assert found["p_permutation"] == 0.001


def test_values_that_have_no_inequality_are_refused(panel, lattice):
    low = panel.copy()
    low.loc[("c0000", 2000), "y"] = -1.0
    for call in (gini, inequality):
        with pytest.raises(ValuesError, match=r"negative[\s\S]*c0000 2000"):
            call("y", low)
    with pytest.raises(ValuesError, match="c0000 2000"):
        spatial_gini("y", low, lattice(5))
    zero = panel.copy()
    zero.loc[("c0000", 2000), "y"] = 0.0
    assert gini("y", zero).tidy()["gini"].notna().all()
    with pytest.raises(ValuesError, match=r"positive values[\s\S]*c0000 2000"):
        theil("y", zero, groups="side")
    with pytest.raises(ValuesError, match="expected positive values"):
        inequality("y", zero, measures=["atkinson"])
    with pytest.raises(ValuesError, match="positive mean"):
        gini(panel["y"].where(panel.index.get_level_values(1) == 2001, 0.0))
    with pytest.raises(ValuesError, match="positive population"):
        gini("y", zero.assign(people=zero["y"]), population="people")
    zero.loc[("c0001", 2001), "y"] = np.nan
    with pytest.raises(ValuesError, match="c0001 2001"):
        gini("y", zero)


def test_groups_and_options_are_checked(panel, lattice):
    with pytest.raises(InputError, match="one column of the table"):
        theil("y", panel, groups="sides")
    moved = panel.copy()
    moved.loc[("c0000", 2001), "side"] = "north"
    with pytest.raises(ValuesError, match=r"change group[\s\S]*c0000"):
        theil("y", moved, groups="side")
    assert theil("y", moved, groups="side", permutations=0, periods=[2000]).tidy().shape[0] == 1
    ids = panel.index.get_level_values(0).unique()
    with pytest.raises(IdError, match=r"without a group[\s\S]*c0404[\s\S]*each region"):
        theil("y", panel, groups=pd.Series("a", index=ids.drop("c0404")))
    with pytest.raises(ValuesError, match="at least two groups"):
        theil("y", panel, groups=pd.Series("a", index=ids))
    with pytest.raises(InputError, match="did you mean 'gini'"):
        inequality("y", panel, measures=["ginni"])
    for wrong in (0.0, "strong", np.inf, True):
        with pytest.raises(InputError, match=r"aversion[\s\S]*Way out"):
            inequality("y", panel, aversion=wrong)
    with pytest.raises(InputError, match="measures"):
        inequality("y", panel, measures=3)
    with pytest.raises(InputError, match="cross-section"):
        gini("y", panel.xs(2000, level=1), periods=[2000])
    with pytest.raises(InputError, match="population"):
        gini(panel["y"], population="people")
    links = lattice(5).adjacency.drop("c0000", level="focal").drop("c0000", level="neighbor")
    alone = pd.Series([0.0], index=pd.MultiIndex.from_tuples([("c0000", "c0000")]))
    island = Graph(pd.concat([links, alone]).rename_axis(["focal", "neighbor"]).rename("weight"))
    with pytest.raises(WeightsError, match="c0000"):
        spatial_gini("y", panel, island)


@pytest.mark.parametrize(("low", "high"), [(5.0, 5.0), (0.3, 0.1 + 0.2)])
def test_a_period_of_equal_values_has_no_shares(panel, lattice, low, high):
    """Shares and p-values of what rounding leaves of an equal period would be about nothing."""
    equal = panel.copy()
    at = equal.index.get_level_values(1) == 2001
    equal.loc[at, "y"] = low
    equal.loc[at & (np.arange(len(equal)) % 4 == 0), "y"] = high
    near = spatial_gini("y", equal, lattice(5), permutations=19).tidy().loc[2001]
    assert near[["gini", "neighbors", "non_neighbors"]].tolist() == [0.0, 0.0, 0.0]
    assert near[["neighbor_share", "p_permutation"]].isna().all()
    parts = theil("y", equal, groups="side", permutations=19).tidy().loc[2001]
    assert parts[["theil", "between", "within"]].tolist() == [0.0, 0.0, 0.0]
    assert parts[["between_share", "p_permutation"]].isna().all()
    assert inequality("y", equal).tidy().loc[2001, ["gini", "theil"]].tolist() == [0.0, 0.0]


def test_one_region_has_no_inequality(panel):
    with pytest.raises(ValuesError, match=r"at least two regions[\s\S]*c0000"):
        inequality("y", panel.loc[["c0000"]])


def test_aversion_may_be_great_or_next_to_one():
    """The limits: 1 − min y/μ for ever greater aversion; the geometric mean at one."""
    y, p = np.array([1.0, 2.0, 4.0, 9.0]), np.array([0.1, 0.2, 0.3, 0.4])
    mean = p @ y
    assert kernel.atkinson(y, p, aversion=5000.0) == pytest.approx(1 - 1 / mean, abs=1e-3)
    at_one = 1 - np.exp(p @ np.log(y)) / mean
    # by Taylor: the derivative in ε at 1 is half the variance of logarithms times (1 − A)
    slope = (1 - at_one) * (p @ np.log(y) ** 2 - (p @ np.log(y)) ** 2) / 2
    for step in (1e-9, -1e-9):
        found = kernel.atkinson(y, p, aversion=1 + step)
        assert found - at_one == pytest.approx(slope * step, abs=1e-15)
    for aversion in (0.3, 0.5, 2.0, 7.0):
        power = 1 - aversion
        expected = 1 - (p @ y**power) ** (1 / power) / mean
        assert kernel.atkinson(y, p, aversion=aversion) == pytest.approx(expected, rel=1e-12)


def test_legend_of_shares_names_every_marker(panel, lattice):
    """Filled and open markers both; one period alone, and one of equal values, are drawn too."""
    years = range(2000, 2040)
    rng = np.random.default_rng(9)
    ids = sorted(lattice(5).unique_ids)
    wide = pd.DataFrame(1 + rng.random((25, 40)), index=ids, columns=years)
    wide[2039] = np.arange(1.0, 26.0)
    wide[2038] = 2.0
    axes = spatial_gini(wide, None, lattice(5), permutations=99).plot().axes[1]
    names = axes.get_legend_handles_labels()[1]
    assert names == ["expected by chance", "p ≤ 0.05", "p > 0.05"]
    alone = spatial_gini(wide[[2039]], None, lattice(5), permutations=99).plot().axes[1]
    assert alone.get_lines()[1].get_marker() == "_"
    assert spatial_gini(wide[[2037, 2038]], None, lattice(5), permutations=0).plot().to_png(50)
