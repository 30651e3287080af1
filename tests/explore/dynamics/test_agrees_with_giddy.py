"""Numbers that giddy documents for US incomes 1929-2009 and for Mexico come out of ours.

giddy 2.3.6, docstrings of giddy.markov, giddy.rank and giddy.directional. Its quantiles, pooled
or by year, and its contiguity (states48.gal) are used; rows here are out of order on purpose.
"""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from libpysal.examples import get_path
from libpysal.graph import Graph

import workbench as wb
from workbench.explore.dynamics import (
    directional_lisa,
    lisa_markov,
    markov,
    rank_markov,
    rank_mobility,
    spatial_markov,
)
from workbench.numerics.dynamics import chains, transitions

YEARS = list(range(1940, 2010, 10))


def test_markov_of_quintiles_by_year(income):
    found = markov(income, pooled=False)
    assert found.transitions.to_numpy().tolist() == [
        [729, 71, 1, 0, 0], [72, 567, 80, 3, 0], [0, 81, 631, 86, 2],
        [0, 3, 86, 573, 56], [0, 0, 1, 57, 741],
    ]  # fmt: skip
    steady = [0.20774716, 0.18725774, 0.20740537, 0.18821787, 0.20937187]
    np.testing.assert_allclose(found.steady_state, steady, atol=5e-9)
    passage = [98.41295543, 56.36521038, 30.66046735, 14.21158356, 4.77619083]
    np.testing.assert_allclose(found.first_passage.loc[5], passage, atol=5e-9)
    sojourn = [11.125, 4.65806452, 4.73372781, 4.95172414, 13.77586207]
    np.testing.assert_allclose(found.sojourn, sojourn, atol=5e-9)
    index = found.chain.mobility
    assert (round(index.shorrocks, 5), round(index.determinant, 5)) == (0.19759, 0.60685)
    assert round(index.second_eigenvalue, 5) == 0.03978


def test_markov_of_pooled_quintiles_of_relative_income(income):
    found = markov(income, relative=True)
    assert found.transitions.to_numpy().tolist() == [
        [707, 58, 7, 1, 0], [50, 629, 80, 1, 1], [4, 79, 610, 73, 2],
        [0, 7, 72, 650, 37], [0, 0, 0, 48, 724],
    ]  # fmt: skip
    steady = [0.17957376, 0.21631443, 0.21499942, 0.21134662, 0.17776576]
    np.testing.assert_allclose(found.steady_state, steady, atol=5e-9)


def test_spatial_markov_of_quintiles(income, states):
    found = spatial_markov(income, None, states, relative=True, permutations=0)
    first = [
        [0.96341463, 0.0304878, 0.00609756, 0, 0], [0.06040268, 0.83221477, 0.10738255, 0, 0],
        [0, 0.14, 0.74, 0.12, 0], [0, 0.03571429, 0.32142857, 0.57142857, 0.07142857],
        [0, 0, 0, 0.16666667, 0.83333333],
    ]  # fmt: skip
    last = [
        [0.33333333, 0.66666667, 0, 0, 0], [0.0483871, 0.77419355, 0.16129032, 0.01612903, 0],
        [0.01149425, 0.16091954, 0.74712644, 0.08045977, 0],
        [0, 0.01036269, 0.06217617, 0.89637306, 0.03108808], [0, 0, 0, 0.02352941, 0.97647059],
    ]  # fmt: skip
    np.testing.assert_allclose(found.probabilities.loc[1], first, atol=5e-9)
    np.testing.assert_allclose(found.probabilities.loc[5], last, atol=5e-9)
    steady = [
        [0.43509425, 0.2635327, 0.20363044, 0.06841983, 0.02932278],
        [0.13391287, 0.33993305, 0.25153036, 0.23343016, 0.04119356],
        [0.12124869, 0.21137444, 0.2635101, 0.29013417, 0.1137326],
        [0.0776413, 0.19748806, 0.25352636, 0.22480415, 0.24654013],
        [0.01776781, 0.19964349, 0.19009833, 0.25524697, 0.3372434],
    ]
    np.testing.assert_allclose(found.steady_states.iloc[:5], steady, atol=5e-9)
    ratio, square = found.tests["LR"], found.tests["chi2"]
    assert (f"{ratio.statistic:.3f}", f"{square.statistic:.3f}") == ("170.659", "200.624")
    assert ratio.df == square.df == (60.0,)
    passage = [2.29835259, 28.95614035, 46.14285714, 80.80952381, 279.42857143]
    np.testing.assert_allclose(found.first_passage.loc[(1, 1)], passage, atol=5e-9)


def test_poor_regions_stay_poor_among_the_poor_and_the_rich_rich_among_the_rich(income, states):
    """What Rey (2001) found: the neighbours' class holds a region down or up."""
    P = spatial_markov(income, None, states, relative=True, permutations=0).probabilities
    assert P.loc[(1, 1), 1] > P.loc[("all", 1), 1] > P.loc[(5, 1), 1]
    assert P.loc[(5, 5), 5] > P.loc[("all", 5), 5] > P.loc[(1, 5), 5]


def test_other_classes_of_the_neighbours(income, states):
    four = spatial_markov(income, None, states, relative=True, lag_classes=4, permutations=0).tests
    assert f"{four['LR'].statistic:.3f}" == "172.105"
    assert f"{four['chi2'].statistic:.3f}" == "321.128"
    assert four["LR"].df == (45.0,)
    cutoffs = [0.8, 0.9, 1, 1.2]
    fixed = spatial_markov(income, None, states, classes=cutoffs, relative=True, permutations=0)
    third = [0.78082192, 0.17808219, 0.02739726, 0.01369863, 0]
    np.testing.assert_allclose(fixed.probabilities.loc[(3, 1)], third, atol=5e-9)
    # giddy shows rows of zeros; nobody was there, so there is no probability
    assert fixed.probabilities.loc[(1, 5)].isna().all()
    steady = [0.03607655, 0.22667277, 0.25883041, 0.43607249, 0.04234777]
    np.testing.assert_allclose(fixed.steady_states.loc[3], steady, atol=5e-9)
    parts = fixed.conditional[2].steady_states
    assert parts.shape == (2, 5)
    assert fixed.steady_states.loc[2].isna().all()


def test_the_map_in_another_order_gives_the_same(income, states):
    """us48.shp runs from Washington to Florida, usjoin.csv by alphabet."""
    shapes = gpd.read_file(get_path("us48.shp")).set_index("STATE_NAME")
    drawn = wb.weights.queen(shapes.set_crs(4326, allow_override=True))
    a = spatial_markov(income, None, drawn, relative=True, permutations=19)
    b = spatial_markov(income, None, states, relative=True, permutations=19)
    pd.testing.assert_frame_equal(a.tidy(), b.tidy())
    pd.testing.assert_frame_equal(a.tests.tidy(), b.tests.tidy())


def test_lisa_markov(income, states):
    found = lisa_markov(income, None, states, permutations=0)
    order = ["High-High", "Low-High", "Low-Low", "High-Low"]
    assert found.transitions.loc[order, order].to_numpy().tolist() == [
        [1087, 44, 4, 34], [41, 470, 36, 1], [5, 34, 1422, 39], [30, 1, 40, 552],
    ]  # fmt: skip
    steady = [0.28561505, 0.14190226, 0.40493672, 0.16754598]
    np.testing.assert_allclose(found.steady_state[order], steady, atol=5e-9)


def test_rose(later_income, states):
    """giddy's test suite: 32, 5, 9 and 2 of 48 states in the four quarters."""
    found = directional_lisa(later_income, None, states, sectors=4, relative=False)
    assert found.tidy()["statistic"].tolist() == [32, 5, 9, 2]


def test_rank_mobility_of_mexico(mexico):
    regime = mexico["esquivel99"]
    blocks = Graph.build_block_contiguity(regime)
    table = rank_mobility(mexico[YEARS], None, blocks, regimes=regime, permutations=999).tidy()
    theta = [0.41538462, 0.28070175, 0.61363636, 0.62222222, 0.33333333, 0.47222222]
    np.testing.assert_allclose(table["theta"].iloc[:-1], theta, atol=5e-9)
    near = [0.397, 0.492, 0.651, 0.714, 0.683, 0.810]
    assert table["tau_neighbors"].iloc[:-1].round(3).tolist() == near
    # giddy's means over 99 permutations; 5 standard errors of such a mean of a tau of 80 pairs
    expected = [0.659, 0.706, 0.772, 0.752, 0.705, 0.819]
    np.testing.assert_allclose(table["tau_neighbors_expected"].iloc[:-1], expected, atol=0.05)
    assert table["tau"].iloc[0] == pytest.approx(0.6612903225806451, rel=1e-12)
    low = table["theta_p_permutation"].iloc[[1, 4]]
    # twice the one-sided 0.077 and 0.045 of giddy, 5 standard errors of two draws of 999
    np.testing.assert_allclose(low, [0.154, 0.09], atol=0.1)


@pytest.mark.slow
def test_long_run_and_homogeneity_of_random_tables():
    """Live giddy, where it may be relied on: no empty class, one recurrent class."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations inside giddy's dependencies
        from giddy.ergodic import mfpt, steady_state
        from giddy.markov import Homogeneity_Results
        from giddy.mobility import markov_mobility
    rng = np.random.default_rng(3)
    for _ in range(20):
        counts = rng.poisson(3.0, (3, 4, 4)).astype(float) + np.eye(4)
        ours, theirs = transitions.homogeneity(counts), Homogeneity_Results(counts)
        assert ours.likelihood_ratio.statistic == pytest.approx(theirs.LR, rel=1e-10)
        assert ours.pearson.statistic == pytest.approx(theirs.Q, rel=1e-10)
        assert ours.pearson.df == theirs.dof
        P = transitions.probabilities(counts[0] + 0.1)
        found = chains.long_run(P)
        np.testing.assert_allclose(found.steady[0], steady_state(P), rtol=1e-10)
        np.testing.assert_allclose(found.first_passage, mfpt(P), rtol=1e-9)
        index = chains.mobility(P)
        assert index.determinant == pytest.approx(markov_mobility(P, measure="D"), abs=1e-12)
        assert index.second_eigenvalue == pytest.approx(markov_mobility(P, measure="L2"), abs=1e-12)


@pytest.mark.slow
def test_where_giddy_is_not_followed(income, states):
    """Three results of giddy 2.3 that are not what they say; if one changes, look again."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from giddy.ergodic import mfpt
        from giddy.markov import Homogeneity_Results, LISA_Markov, Markov

        empty = np.zeros((2, 3, 3))
        empty[:, :2, :2] = [[[8, 2], [3, 5]], [[5, 5], [2, 9]]]
        # two rows of two destinations in two regimes: 2; the empty row adds (0 - 1)(0 - 1)
        assert Homogeneity_Results(empty).dof == 3
        assert transitions.homogeneity(empty).pearson.df == 2
        apart = np.kron(np.eye(2), np.full((2, 2), 0.5))
        assert np.isinf(mfpt(apart)).all()
        assert chains.long_run(apart).first_passage[0, 1] == 2
        ordered = income.sort_index()
        theirs = LISA_Markov(ordered.to_numpy(float), states.to_W())
        z = ordered.to_numpy(float) - ordered.to_numpy(float).mean(axis=0)
        own, around = z <= 0, states.sparse @ z <= 0
        P = np.kron(*(Markov(part, summary=False).p for part in (own, around)))
    found = lisa_markov(income, None, states, permutations=0)
    # giddy takes years for regions when it forms expected moves; on its feet it agrees with ours
    assert theirs.chi_2[0] == pytest.approx(1058.2079, abs=1e-3)
    expected = found.transitions.sum(axis=1).to_numpy()[:, None] * P
    np.testing.assert_allclose(found.expected, expected, rtol=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize("states", ["ranks", "regions"])
def test_rank_markov(income, states):
    """FullRank_Markov and GeoRank_Markov of giddy, run here on the same rows in sorted order."""
    from giddy.markov import FullRank_Markov, GeoRank_Markov

    theirs = (FullRank_Markov if states == "ranks" else GeoRank_Markov)(
        income.sort_index().to_numpy(), summary=False
    )
    ours = rank_markov(income, states=states)
    np.testing.assert_array_equal(ours.transitions, theirs.transitions)
    np.testing.assert_allclose(ours.probabilities, theirs.p, atol=1e-15)
    np.testing.assert_allclose(ours.first_passage, theirs.mfpt, rtol=1e-9)
    np.testing.assert_allclose(ours.sojourn, theirs.sojourn_time, rtol=1e-12)
    np.testing.assert_allclose(ours.chain.steady_state, 1 / 48, rtol=1e-9)


def test_rank_markov_as_printed_in_giddy(income):
    """Docstring of FullRank_Markov, giddy 2.3."""
    ours = rank_markov(income)
    assert ours.probabilities.iloc[0, :5].tolist() == [0.825, 0.0625, 0.0625, 0.025, 0.025]
    passage = [48.0, 87.96280048, 68.1089084, 58.83306575, 41.77250827]
    np.testing.assert_allclose(ours.first_passage.iloc[0, :5], passage, atol=5e-9)
    sojourn = [5.71428571, 2.75862069, 2.22222222, 1.77777778, 1.66666667]
    np.testing.assert_allclose(ours.sojourn.iloc[:5], sojourn, atol=5e-9)
    assert ours.plot().to_png(50)
    assert any("equal another one" in note for note in ours.notes)
