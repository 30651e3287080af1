"""Promise: every permuted value is the statistic of some arrangement, and ties are ties.

All 720 arrangements of six regions under directed weights are enumerated with the observed-value
functions; what the permutation functions return must be among them, each about as often.
"""

from itertools import permutations

import numpy as np
import pytest

from workbench.numerics.autocorrelation import bivariate, geary, getis_ord, join_counts
from workbench.numerics.permutations.bilinear_forms import permuted_forms, permuted_products
from workbench.numerics.sparse.matrices import as_weights

ORDERS = [list(order) for order in permutations(range(6))]
RANDOM = np.random.default_rng(8)
W = RANDOM.random((6, 6)) * (RANDOM.random((6, 6)) < 0.6)
np.fill_diagonal(W, 0.0)
x, y = RANDOM.gamma(1.0, size=6), RANDOM.random(6)
colors = np.array([0, 0, 0, 1, 1, 2])
DRAWS = {"permutations": 300, "seed": 3}

STATISTICS = {
    "geary": (
        lambda: geary.geary_permutations(x, W, **DRAWS),
        lambda order: geary.geary(x[order], W).C,
    ),
    "getis_ord": (
        lambda: getis_ord.getis_ord_permutations(x, W, **DRAWS),
        lambda order: getis_ord.getis_ord(x[order], W).G,
    ),
    "lee": (
        lambda: bivariate.lee_permutations(x, y, W, **DRAWS),
        lambda order: bivariate.lee(x[order], y[order], W).statistic,
    ),
    "bivariate": (
        lambda: bivariate.bivariate_moran_permutations(x, y, W, **DRAWS),
        lambda order: bivariate.bivariate_moran(x, y[order], W).statistic,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", STATISTICS)
def test_permuted_values_are_statistics_of_arrangements(name):
    simulated, statistic = STATISTICS[name]
    every = np.sort([statistic(order) for order in ORDERS])
    drawn = simulated()
    place = np.clip(np.searchsorted(every, drawn), 1, 719)
    nearest = np.minimum(abs(every[place] - drawn), abs(every[place - 1] - drawn))
    # 1e-13: rounding of sums of some thirty terms of size one
    assert nearest.max() < 1e-13
    # Kolmogorov-Smirnov: 1.95 / sqrt(300) is exceeded once in a thousand
    ranks = np.searchsorted(every, np.sort(drawn) + 1e-12) / 720
    assert abs(ranks - np.arange(1, 301) / 300).max() < 1.95 / np.sqrt(300)


@pytest.mark.slow
def test_permuted_join_counts_are_those_of_arrangements():
    every = np.array([join_counts.join_counts(colors[order], W, k=3).counts for order in ORDERS])
    drawn = join_counts.join_count_permutations(colors, W, k=3, **DRAWS)
    distance = abs(drawn[:, None, :] - every[None]).max(axis=2).min(axis=1)
    assert distance.max() < 1e-13
    np.testing.assert_allclose(drawn.sum(axis=1) - drawn[:, -1], W.sum() / 2, rtol=1e-13)


def test_all_forms_of_one_permutation_share_it():
    fields = np.stack([x, y, np.ones(6)])
    pairs = [(0, 0), (0, 1), (1, 0), (2, 2)]
    together = permuted_forms(fields, W, pairs=pairs, **DRAWS)
    every = np.array([[fields[a][o] @ W @ fields[b][o] for a, b in pairs] for o in ORDERS])
    assert abs(together[:, None] - every[None]).max(axis=2).min(axis=1).max() < 1e-13
    for at, pair in enumerate(pairs):
        alone = permuted_forms(fields, W, pairs=[pair], **DRAWS)
        np.testing.assert_allclose(alone[:, 0], together[:, at], rtol=1e-13)


def test_a_run_in_parts_is_the_same_run():
    whole = permuted_forms(x[None], W, pairs=[(0, 0)], permutations=200, seed=1)
    parts = [
        permuted_forms(x[None], W, pairs=[(0, 0)], permutations=count, seed=1, start=start)
        for start, count in ((0, 70), (70, 130))
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    whole = permuted_products(x, y, permutations=200, seed=1)
    parts = [
        permuted_products(x, y, permutations=count, seed=1, start=start)
        for start, count in ((0, 33), (33, 167))
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def ring(n: int) -> np.ndarray:
    A = np.roll(np.eye(n), 1, axis=1)
    return A + A.T


@pytest.mark.parametrize("offset", [0.0, 1e3, 1e6])
def test_equal_sums_in_another_order_are_ties(offset):
    """Three values on a ring: distinct statistics are far apart, equal ones differ by rounding."""
    held = np.repeat([0.1, 0.3, 0.7], 4) + offset
    other = np.tile([0.2, 0.9], 6) + offset
    R = ring(12) / 3
    draws = {"permutations": 400, "seed": 0}
    found = {
        "geary": (geary.geary(held, R), geary.geary_permutations(held, R, **draws)),
        "getis_ord": (
            getis_ord.getis_ord(held, R), getis_ord.getis_ord_permutations(held, R, **draws)
        ),
        "lee": (bivariate.lee(held, other, R), bivariate.lee_permutations(held, other, R, **draws)),
        "bivariate": (
            bivariate.bivariate_moran(held, other, R),
            bivariate.bivariate_moran_permutations(held, other, R, **draws),
        ),
    }  # fmt: skip
    if offset > 1e3:
        # G = 1/(n - 1) (1 + 1e-13 ...): what varies is a few hundred units of its last digit
        del found["getis_ord"]
    for name, (observed, simulated) in found.items():
        value = next(getattr(observed, a) for a in ("C", "G", "statistic") if hasattr(observed, a))
        spread = simulated.std()
        # a thousandth of the spread parts equal from distinct: on the ring a step is 4 % and more
        equal = abs(simulated - value) < 1e-3 * spread
        tied = abs(simulated - value) <= observed.rounding
        np.testing.assert_array_equal(tied, equal, err_msg=name)
        assert observed.rounding < 1e-3 * spread, name


def test_islands_take_no_part_in_g_and_join_counts():
    A = np.zeros((8, 8))
    A[:6, :6] = ring(6)
    values = np.arange(1.0, 9.0)
    kept = getis_ord.getis_ord_permutations(values[:6], A[:6, :6], **DRAWS)
    np.testing.assert_array_equal(getis_ord.getis_ord_permutations(values, A, **DRAWS), kept)
    assert getis_ord.getis_ord(values, A).n == 6
    painted = np.array([0, 1, 0, 1, 1, 0, 1, 1])
    assert join_counts.join_counts(painted, A, k=2).sizes.tolist() == [3, 3]


def test_who_is_only_a_neighbour_of_others_counts():
    A = np.zeros((5, 5))
    A[[0, 1, 2], [1, 2, 3]] = 1.0  # the fourth region has no neighbour but is one
    assert getis_ord.linked(as_weights(A)).tolist() == [True, True, True, True, False]


def test_large_maps_keep_their_ties():
    """From 5,000 regions on permuted values are held in single precision; ties must survive it.

    The permuted statistics are compared with those of the same permutations in double precision.
    """
    from scipy import sparse

    from workbench.numerics.permutations.bilinear_forms import SINGLE, permutation
    from workbench.numerics.permutations.global_moran import single_slack

    n = SINGLE + 1
    here = np.arange(n)
    R = sparse.csr_array(
        (np.full(2 * n, 1 / 3), (np.r_[here, here], np.r_[(here + 1) % n, (here - 1) % n]))
    )
    random = np.random.default_rng(1)
    values = random.gamma(2.0, size=n) + 100.0
    other = random.random(n) + values
    painted = random.integers(0, 3, n)
    painted[painted == 2] = 0
    painted[[0, 1, 700, 900]] = 2  # a rare colour, most of whose counts are the same
    orders = [permutation(n, seed=4, number=number) for number in range(4)]
    few = {"permutations": 4, "seed": 4}
    found = [
        (geary.geary_permutations(values, R, **few), geary.geary, "C", (values,)),
        (getis_ord.getis_ord_permutations(values, R, **few), getis_ord.getis_ord, "G", (values,)),
        (bivariate.lee_permutations(values, other, R, **few), bivariate.lee, "statistic",
         (values, other)),
    ]  # fmt: skip
    for simulated, statistic, name, variables in found:
        double = [statistic(*(v[order] for v in variables), R) for order in orders]
        exact = np.array([getattr(one, name) for one in double])
        many = np.append(simulated, simulated)
        slack = double[0].rounding + single_slack(many, n)
        assert abs(simulated - exact).max() <= slack, name
    simulated = join_counts.join_count_permutations(painted, R, k=3, **few)
    for drawn, order in zip(simulated, orders, strict=True):
        double = join_counts.join_counts(painted[order], R, k=3)
        assert (abs(drawn - double.counts) <= double.rounding).all()
        # and the smallest step of a count is far larger than the slack
        assert (double.rounding < 0.01 / 3).all()
