"""Promise: permuted forms have the right law, and no split, thread or tie changes their counts."""

from itertools import pairwise
from itertools import permutations as orders

import numpy as np
import pytest
from scipy import stats

from workbench.numerics.autocorrelation.moran import moran
from workbench.numerics.permutations import bilinear_forms as module
from workbench.numerics.permutations.bilinear_forms import (
    permutation,
    permuted_forms,
    permuted_products,
)
from workbench.numerics.permutations.global_moran import global_moran, tail_counts


def _sample(n, seed=0):
    return np.random.default_rng(seed).gamma(2.0, size=n)


def test_forms_are_those_of_the_permuted_fields(any_weights):
    n = any_weights.shape[0]
    fields = np.vstack([_sample(n), _sample(n, 1)])
    pairs = [(0, 0), (0, 1), (1, 0), (1, 1)]
    found = permuted_forms(fields, any_weights, pairs=pairs, permutations=5, seed=3)
    for number in range(5):
        order = permutation(n, seed=3, number=number)
        moved = fields[:, order]
        dense = [moved[a] @ (any_weights @ moved[b]) for a, b in pairs]
        np.testing.assert_allclose(found[number], dense, rtol=1e-12)
    alone = permuted_forms(fields[0], any_weights, pairs=[(0, 0)], permutations=5, seed=3)
    np.testing.assert_allclose(alone[:, 0], found[:, 0], rtol=1e-12)
    products = permuted_products(fields[0], fields[1], permutations=5, seed=3)
    expected = [fields[0] @ fields[1][permutation(n, seed=3, number=k)] for k in range(5)]
    np.testing.assert_allclose(products, expected, rtol=1e-12)


def test_any_split_and_any_number_of_threads_gives_the_same_bits(any_weights):
    x = _sample(any_weights.shape[0])
    call = {"pairs": [(0, 0)], "seed": 4}
    whole = permuted_forms(x, any_weights, permutations=300, **call)
    cuts = [0, 1, 31, 32, 65, 200, 300]
    parts = [
        permuted_forms(x, any_weights, permutations=b - a, start=a, **call)
        for a, b in pairwise(cuts)
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    for threads in (1, 2, 4):
        again = permuted_forms(x, any_weights, permutations=300, threads=threads, **call)
        np.testing.assert_array_equal(again, whole)


@pytest.mark.slow
def test_every_order_is_equally_likely():
    # 24 orders of four regions, 1,000 expected each: chi-square with 23 degrees of freedom.
    seen = [tuple(permutation(4, seed=1, number=k)) for k in range(24_000)]
    counts = [seen.count(order) for order in orders(range(4))]
    assert sum(counts) == 24_000
    assert stats.chisquare(counts).pvalue > 0.001


@pytest.mark.slow
def test_single_precision_stays_within_the_slack_for_ties(monkeypatch):
    # The same field in double and in single precision, on a ring of 6,000 regions.
    n = 6000
    from scipy import sparse

    i = np.arange(n)
    ring = sparse.csr_array((np.ones(n), (i, (i + 1) % n)), shape=(n, n))
    x = _sample(n)
    single = permuted_forms(x, ring, pairs=[(0, 0)], permutations=50, seed=0)
    monkeypatch.setattr(module, "SINGLE", n + 1)
    double = permuted_forms(x, ring, pairs=[(0, 0)], permutations=50, seed=0)
    assert np.abs(single - double).max() < 1e-6 * double.std()
    assert (single != double).any()


def test_global_moments_are_those_under_randomisation(any_weights):
    x = _sample(any_weights.shape[0])
    exact = moran(x, any_weights, count="all")
    found = global_moran(x, any_weights, permutations=9999, seed=1)
    assert found.observed == pytest.approx(exact.I, rel=1e-12)
    # 9,999 draws: mean to 1 % of a standard deviation (four errors: 4 %), variance to 1.4 %.
    sd = exact.variance_randomisation**0.5
    assert found.simulated.mean() == pytest.approx(exact.expected, abs=0.04 * sd)
    assert found.simulated.std() == pytest.approx(sd, rel=0.04)


def test_global_spread_agrees_with_spdep(reference_case):
    stored = reference_case("boston")
    found = global_moran(stored.table["CMEDV"], stored.W, permutations=9999, seed=0)
    # spdep's own 999 permutations know the spread to 2.2 %, ours to 0.7 %.
    assert found.simulated.std() == pytest.approx(stored.numbers["moran/W/CMEDV/mc999/sd"], rel=0.1)
    assert found.at_least == 0


def test_equal_arrangements_are_ties():
    # A 0/1 variable on a ring: many orders have the same I, and decimals do not add exactly.
    n = 30
    ring = np.roll(np.eye(n), 1, axis=1) + np.roll(np.eye(n), -1, axis=1)
    x = np.where(np.arange(n) < 15, 0.1, 0.3)
    found = global_moran(x, ring, permutations=2000, seed=0)
    distinct = np.unique(found.simulated.round(9))
    assert len(distinct) < 30
    own = np.isclose(found.simulated, found.observed, atol=1e-9).sum()
    assert found.at_least + found.at_most == 2000 + own


def test_tails_count_ties_on_both_sides():
    assert tail_counts(1.0, np.array([0.0, 1.0, 1.0 + 1e-12, 2.0]), slack=1e-9) == (3, 3)


def test_refusals():
    with pytest.raises(ValueError, match="at least 0"):
        global_moran(np.arange(5.0), np.ones((5, 5)) - np.eye(5), permutations=9, seed=-1)
    with pytest.raises(ValueError, match="threads"):
        permuted_forms(np.ones(3), np.eye(3), pairs=[(0, 0)], permutations=2, seed=0, threads=0)
