"""Aggregations: published and hand-made examples, limits, votes against all orders."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from workbench.errors import InputError, ValuesError
from workbench.numerics.composites import aggregation as means
from workbench.numerics.composites.outranking import EXACT_REGIONS, kemeny


def positive(n=12, k=5, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(0.5, 9, (n, k)), rng.random(k)


def test_means_are_those_of_scipy():
    Z, w = positive()
    np.testing.assert_allclose(means.arithmetic(Z, w), np.average(Z, weights=w, axis=1))
    np.testing.assert_allclose(
        means.geometric(Z, w), stats.gmean(Z, weights=w[None].repeat(len(Z), 0), axis=1)
    )
    np.testing.assert_allclose(
        means.harmonic(Z, w), stats.hmean(Z, weights=w[None].repeat(len(Z), 0), axis=1)
    )
    for p in (-2.0, 0.5, 3.0):
        wanted = stats.pmean(Z, p, weights=w[None].repeat(len(Z), 0), axis=1)
        np.testing.assert_allclose(means.generalised_mean(Z, w, power=p), wanted)


def test_means_are_ordered_by_their_power():
    Z, w = positive()
    order = [means.generalised_mean(Z, w, power=p) for p in (-1, 0, 1, 2)]
    assert all((low <= high + 1e-12).all() for low, high in itertools.pairwise(order))


def test_many_constructions_at_once_are_each_of_them():
    Z, _ = positive()
    W = np.random.default_rng(1).random((7, 5))
    for mean in (means.arithmetic, means.geometric, means.harmonic, means.mazziotta_pareto):
        np.testing.assert_array_equal(mean(Z, W), [mean(Z, w) for w in W])
    votes = means.outranking(Z, W)
    np.testing.assert_allclose(votes, [means.outranking(Z, w) for w in W], atol=1e-15)


def test_mazziotta_and_pareto_by_hand():
    """M ∓ S·cv; De Muro, Mazziotta and Pareto (2011): z-scores around 100, deviation over n."""
    X = np.array([[1.0, 30.0], [2.0, 20.0], [3.0, 10.0]])
    Z = means.mazziotta_standard(X, np.array([1.0, -1.0]))
    step = 10 * np.sqrt(1.5)
    np.testing.assert_allclose(Z, 100 + step * np.array([[-1, -1], [0, 0], [1, 1]]))
    unbalanced = means.mazziotta_standard(X, np.array([1.0, 1.0]))
    equal = np.ones(2)
    found = means.mazziotta_pareto(unbalanced, equal)
    # rows 1 and 3: mean 100, S = step, penalty S²/100 = 1.5; row 2: none
    np.testing.assert_allclose(found, [98.5, 100.0, 98.5])
    other = means.mazziotta_pareto(unbalanced, equal, phenomenon="negative")
    np.testing.assert_allclose(other, [101.5, 100.0, 101.5])


def test_balanced_regions_have_no_penalty_and_weights_act_on_mean_and_deviation():
    Z = np.array([[104.0, 104.0, 104.0], [80.0, 100.0, 120.0]])
    w = np.array([0.5, 0.25, 0.25])
    M, S2 = 95.0, 0.5 * 225 + 0.25 * 25 + 0.25 * 625
    np.testing.assert_allclose(means.mazziotta_pareto(Z, w), [104.0, M - S2 / M])


def test_goalposts_are_70_and_130_and_the_reference_100():
    X = np.array([[10.0], [20.0], [40.0]])
    reference, reach = 20.0, (40.0 - 10.0) / 2
    low, high = np.array([reference - reach]), np.array([reference + reach])
    scaled = means.mazziotta_goalposts(X, np.array([1.0]), low, high)
    np.testing.assert_allclose(scaled.ravel(), [80.0, 100.0, 140.0])
    turned = means.mazziotta_goalposts(X, np.array([-1.0]), low, high)
    np.testing.assert_allclose(turned.ravel(), [120.0, 100.0, 60.0])


# Condorcet (1785), as told by Young (1988), Condorcet's theory of voting, American Political
# Science Review 82: 60 voters; A over B 33, B over C 42, A over C 25.
# Profiles: 23 ABC, 17 BCA, 2 BAC, 10 CAB, 8 CBA.
PROFILES = [(23, "ABC"), (17, "BCA"), (2, "BAC"), (10, "CAB"), (8, "CBA")]


def condorcet():
    Z = np.array([[-order.index(one) for _, order in PROFILES] for one in "ABC"], dtype=float)
    return means.outranking(Z, np.array([count for count, _ in PROFILES], dtype=float))


def test_condorcets_votes_are_counted():
    votes = 60 * condorcet()
    np.testing.assert_allclose(votes, [[0, 33, 25], [27, 0, 42], [35, 18, 0]])


def test_condorcets_circle_has_a_kemeny_order_but_no_copeland_winner():
    votes = condorcet()
    assert means.copeland(votes).tolist() == [0.0, 0.0, 0.0]
    # Young (1988): BCA has 42 + 35 + 27 = 104 votes, ABC 100, CAB 86
    found = kemeny(votes)
    assert found.order.tolist() == [1, 2, 0]
    assert 60 * found.agreement == pytest.approx(104)
    assert found.exact
    np.testing.assert_allclose(60 * means.borda(votes), [58, 69, 53])


@pytest.mark.parametrize("seed", range(40))
def test_kemenys_order_is_the_best_of_all(seed):
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(2, 7)), int(rng.integers(1, 5))
    votes = means.outranking(rng.integers(0, 3, (n, k)).astype(float), rng.random(k))
    best = max(
        np.triu(votes[np.ix_(p, p)], 1).sum() for p in map(list, itertools.permutations(range(n)))
    )
    found = kemeny(votes)
    assert found.agreement == pytest.approx(best)
    assert sorted(found.order.tolist()) == list(range(n))


def test_a_circle_too_large_for_the_exact_order_says_so_and_a_large_chain_does_not():
    n = EXACT_REGIONS + 6
    circle = np.array([[(i + shift) % n for shift in (0, 7, 13)] for i in range(n)], dtype=float)
    found = kemeny(means.outranking(circle, np.ones(3)))
    assert not found.exact
    chain = kemeny(means.outranking(np.arange(60.0)[:, None], np.ones(1)))
    assert chain.exact
    assert chain.order.tolist() == list(range(59, -1, -1))


def test_votes_depend_on_the_order_of_values_only():
    Z, w = positive()
    np.testing.assert_array_equal(means.outranking(np.exp(Z) * 1e3, w), means.outranking(Z, w))
    votes = means.outranking(Z, w)
    np.testing.assert_allclose((votes + votes.T)[~np.eye(len(Z), dtype=bool)], 1.0)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: means.geometric(np.array([[1.0, 0.0], [1.0, 1.0]]), np.ones(2)), ValuesError,
         "row 0"),
        (lambda: means.harmonic(np.array([[1.0, -1.0]]), np.ones(2)), ValuesError, "positive"),
        (lambda: means.arithmetic(np.array([[1.0, np.nan]]), np.ones(2)), ValuesError, "finite"),
        (lambda: means.arithmetic(np.ones((2, 2)), np.array([1.0, -1.0])), ValuesError, "weights"),
        (lambda: means.arithmetic(np.ones((2, 2)), np.zeros(2)), ValuesError, "positive sum"),
        (lambda: means.arithmetic(np.ones((2, 2)), np.ones(3)), InputError, "2 a construction"),
        (lambda: means.mazziotta_pareto(-np.ones((2, 2)), np.ones(2)), ValuesError, "100"),
        (lambda: means.mazziotta_standard(np.ones((3, 1)), np.ones(1)), ValuesError, "vary"),
        (lambda: means.mazziotta_pareto(np.ones((2, 2)), np.ones(2), phenomenon="bad"), InputError,
         "positive"),
        (lambda: means.generalised_mean(np.ones((2, 2)), np.ones(2), power=np.nan), InputError,
         "finite"),
    ],
)  # fmt: skip
def test_what_no_score_may_come_from_is_refused(call, error, says):
    with pytest.raises(error, match=says):
        call()
