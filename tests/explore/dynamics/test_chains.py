"""Long runs, passages and tests of transitions: closed forms, textbook chains, simulated nulls."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.errors import InputError
from workbench.explore.dynamics import markov
from workbench.explore.dynamics.lisa_markov import _independence
from workbench.numerics.dynamics import chains, concordance, transitions

OZ = np.array([[0.5, 0.25, 0.25], [0.5, 0.0, 0.5], [0.25, 0.25, 0.5]])


def test_land_of_oz():
    """Kemeny and Snell's example, with the numbers of the book."""
    found = chains.long_run(OZ)
    np.testing.assert_allclose(found.steady, [[0.4, 0.2, 0.4]], atol=1e-14)
    passage = [[5 / 2, 4, 10 / 3], [8 / 3, 5, 8 / 3], [10 / 3, 4, 5 / 2]]
    np.testing.assert_allclose(found.first_passage, passage, rtol=1e-13)
    np.testing.assert_allclose(1 / np.diag(found.first_passage), found.steady[0], rtol=1e-13)


@pytest.mark.parametrize(("a", "b"), [(0.1, 0.3), (1e-9, 2e-9), (1.0, 1.0)])
def test_two_states(a, b):
    """π = (b, a) / (a + b), passage times 1/a and 1/b, second eigenvalue 1 − a − b."""
    P = np.array([[1 - a, a], [b, 1 - b]])
    found = chains.long_run(P)
    np.testing.assert_allclose(found.steady[0], [b / (a + b), a / (a + b)], rtol=1e-9)
    # 1 − p loses digits of tiny p before any method sees them
    np.testing.assert_allclose(found.first_passage[[0, 1], [1, 0]], [1 / a, 1 / b], rtol=1e-6)
    index = chains.mobility(P)
    assert index.shorrocks == pytest.approx(a + b, rel=1e-6)
    assert index.second_eigenvalue == pytest.approx(1 - abs(1 - a - b), abs=1e-12)


def test_chains_that_fall_apart():
    halves = np.kron(np.eye(2), np.full((2, 2), 0.5))
    found = chains.long_run(halves)
    assert [part.tolist() for part in found.recurrent] == [[0, 1], [2, 3]]
    np.testing.assert_allclose(found.steady, [[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]])
    apart = np.full((4, 4), np.inf)
    apart[:2, :2] = apart[2:, 2:] = 2.0
    np.testing.assert_allclose(found.first_passage, apart)
    # a gambler with 1 of 3, fair coin: absorbed at 0 or 3, so neither is reached for sure
    ruin = np.array([[1, 0, 0, 0], [0.5, 0, 0.5, 0], [0, 0.5, 0, 0.5], [0, 0, 0, 1.0]])
    found = chains.long_run(ruin)
    assert len(found.recurrent) == 2
    assert np.isinf(found.first_passage[1, [0, 3]]).all()
    assert np.isinf(found.first_passage[1, 1])
    # with one absorbing end the time is finite: 2 steps from next to the end of a line of two
    line = np.array([[1, 0], [0.5, 0.5]])
    np.testing.assert_allclose(chains.long_run(line).first_passage, [[1, np.inf], [2, np.inf]])
    assert chains.long_run(line).steady.tolist() == [[1.0, 0.0]]


def test_classes_without_moves():
    never = np.array([[0.5, 0.5, 0], [0.5, 0.5, 0], [np.nan] * 3])
    found = chains.long_run(never)
    assert found.steady.tolist() == [[0.5, 0.5, 0.0]]
    assert np.isnan(found.first_passage[2]).all()
    assert np.isnan(found.first_passage[:, 2]).all()
    entered = np.array([[0.5, 0.5], [np.nan, np.nan]])
    assert not chains.long_run(entered).determined
    assert np.isnan(chains.long_run(entered).steady).all()
    assert np.isnan(chains.mobility(entered).shorrocks)


def test_homogeneity_by_hand():
    """Two regimes of one row: the chi-square of a 2 × 2 table, n(ad − bc)² / (r1 r2 c1 c2)."""
    a, b, c, d = 12.0, 5.0, 7.0, 16.0
    found = transitions.homogeneity(np.array([[[a, b]], [[c, d]]]))
    n = a + b + c + d
    square = n * (a * d - b * c) ** 2 / ((a + b) * (c + d) * (a + c) * (b + d))
    assert found.pearson.statistic == pytest.approx(square, rel=1e-12)
    assert found.pearson.df == found.likelihood_ratio.df == 1
    cells = [
        (a, (a + b) * (a + c)),
        (b, (a + b) * (b + d)),
        (c, (c + d) * (a + c)),
        (d, (c + d) * (b + d)),
    ]
    ratio = 2 * sum(o * np.log(o * n / e) for o, e in cells)
    assert found.likelihood_ratio.statistic == pytest.approx(ratio, rel=1e-12)


def test_nothing_to_compare_is_no_statistic():
    found = transitions.homogeneity(np.array([[[3.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 5.0]]]))
    assert found.pearson.df == 0
    assert np.isnan(found.pearson.statistic)


def _walk(P, n, T, rng):
    states = np.zeros((n, T), dtype=np.int64)
    states[:, 0] = rng.integers(0, len(P), n)
    for t in range(1, T):
        states[:, t] = (rng.random(n)[:, None] > P[states[:, t - 1]].cumsum(axis=1)).sum(axis=1)
    return states


def test_homogeneity_has_its_degrees_of_freedom():
    """Mean of the statistics under the null, 5 standard errors; a class nobody is in adds none."""
    rng = np.random.default_rng(0)
    draws = []
    for _ in range(400):
        states = _walk(OZ, 200, 6, rng)
        regimes = np.repeat(np.arange(2), 100)[:, None] * np.ones((1, 5), dtype=np.int64)
        found = transitions.homogeneity(
            transitions.count_transitions(states, 4, regimes=regimes, m=2)
        )
        assert found.pearson.df == 5  # 2 + 1 + 2: from nice weather no nice weather follows
        draws.append((found.pearson.statistic, found.likelihood_ratio.statistic))
    error = np.sqrt(2 * 5 / 400)
    np.testing.assert_allclose(np.mean(draws, axis=0), 5.0, atol=5 * error)


@pytest.mark.slow
def test_quantiles_by_period_leave_fewer_degrees_of_freedom():
    """Level of the test over time with class sizes given, 200 panels of an AR(1), ± 5 errors.

    With (b - 1) k (k - 1) degrees of freedom it rejected in none of them.
    """
    rng = np.random.default_rng(4)
    p_values = []
    for _ in range(200):
        x = np.empty((200, 7))
        x[:, 0] = rng.normal(size=200)
        for t in range(1, 7):
            x[:, t] = 0.5 * x[:, t - 1] + np.sqrt(0.75) * rng.normal(size=200)
        test = markov(pd.DataFrame(x), classes=3, pooled=False).tests
        assert test["homogeneity over time (LR)"].df == (5 * 2**2,)
        p_values.append([test[f"homogeneity over time ({s})"].p_value for s in ("LR", "chi2")])
    for shares, level in ((np.array(p_values) <= 0.05, 0.05), (np.array(p_values) <= 0.5, 0.5)):
        error = np.sqrt(level * (1 - level) / 200)
        np.testing.assert_allclose(shares.mean(axis=0), level, atol=5 * error)


def test_free_cells_of_given_margins():
    """Of a full 3 x 3 table 4; of two blocks 1 + 0; a class nobody is in bounds nothing."""
    full, blocks = np.ones((3, 3)), np.array([[1.0, 1, 0], [1, 1, 0], [0, 0, 1]])
    empty = np.array([[1.0, 1, 0], [1, 1, 0], [0, 0, 0]])
    for table, free in ((full, 4), (blocks, 1), (empty, 1)):
        found = transitions.homogeneity(np.stack([table] * 3), fixed_margins=True)
        assert found.pearson.df == 2 * free


def test_blocks_are_runs_of_intervals():
    """Pearson's statistic by scipy, a contingency table a class of departure."""
    states = _walk(OZ, 24, 12, np.random.default_rng(2))
    wide = pd.DataFrame(states.astype(float))
    found = markov(wide, classes=[0.5, 1.5], blocks=3)
    runs = [range(4), range(4, 8), range(8, 11)]
    square = df = 0
    for origin in range(3):
        table = np.array(
            [
                [sum(int(((states[:, t] == origin) & (states[:, t + 1] == to)).sum()) for t in run)
                 for to in range(3)]
                for run in runs
            ]
        )  # fmt: skip
        table = table[:, table.sum(axis=0) > 0]
        test = stats.chi2_contingency(table, correction=False)
        square, df = square + test.statistic, df + test.dof
    ours = found.tests["homogeneity over time (chi2)"]
    assert ours.statistic == pytest.approx(square, rel=1e-12)
    assert ours.df == (df,)
    assert "3 blocks" in ours.null
    assert found.provenance.options["blocks"] == "3"
    by_interval = markov(wide, classes=[0.5, 1.5])
    assert any("blocks=" in note for note in by_interval.notes)
    assert not any("blocks=" in note for note in found.notes)
    for wrong in (1, 12, 2.0, True, "decades"):
        with pytest.raises(InputError, match=r"blocks: expected a whole number from 2 to 11"):
            markov(wide, classes=[0.5, 1.5], blocks=wrong)


def test_independent_moves_have_eight_degrees_of_freedom():
    """A free chain over four quadrants has 12 parameters, two chains over high and low have 4."""
    rng = np.random.default_rng(1)
    own, around = np.array([[0.8, 0.2], [0.3, 0.7]]), np.array([[0.6, 0.4], [0.3, 0.7]])
    draws = [_independence(_walk(own, 300, 8, rng), _walk(around, 300, 8, rng)) for _ in range(400)]
    assert {part.df for draw in draws for part in draw[1:]} == {8}
    means = np.mean([[part.statistic for part in draw[1:]] for draw in draws], axis=0)
    np.testing.assert_allclose(means, 8.0, atol=5 * np.sqrt(2 * 8 / 400))


def test_quantiles_fall_on_observations_exactly():
    """The 0.7 quantile of 11 values is the eighth, although 0.7 × 10 is not 7 in binary."""
    values = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1])
    cutoffs = transitions.quantile_cutoffs(values, 10)
    assert cutoffs.tolist() == values[1:-1].tolist()
    assert transitions.assign(values, cutoffs).tolist() == [0, 0, *range(1, 10)]
    rng = np.random.default_rng(2)
    draws = rng.random(97)
    expected = np.quantile(draws, [0.2, 0.4, 0.6, 0.8])
    np.testing.assert_allclose(transitions.quantile_cutoffs(draws, 5), expected, rtol=1e-14)


def test_tau_of_all_pairs_is_kendalls_with_ties():
    """giddy's example of ties, from its test suite; and scipy's tau-b."""
    x = np.array([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1.0])
    y = np.array([1, 4, 7, 1, 1, 3, 1, 6, 7, 7, 3, 6, 2, 7, 2, 8.0])
    every = np.column_stack(np.triu_indices(16, 1))
    assert concordance.pair_tau(x, y, every) == pytest.approx(0.15494494670022804, rel=1e-12)
    assert np.isnan(concordance.pair_tau(x, np.ones(16), every))
