"""Promise: the conditional law is exact where every arrangement can be written down."""

import itertools
import threading

import numpy as np
import pytest
from scipy import sparse

from workbench.errors import ValuesError
from workbench.explore.permuted import sequential_p
from workbench.numerics.autocorrelation.local_forms import local, moments, rarest_tail
from workbench.numerics.permutations.conditional import median_tails, tails
from workbench.numerics.permutations.joint import max_adjusted

DRAWS = 5_000
ERROR = 5 * 0.5 / np.sqrt(DRAWS)
"""Five standard errors of a share."""


def every(statistic, i, summary=None):
    """Return T_i of every ordered choice of neighbours among the others."""
    W, n = statistic.W, statistic.W.shape[0]
    w = W.data[W.indptr[i] : W.indptr[i + 1]]
    f = statistic.coefficients[i] @ statistic.features
    others = [j for j in range(n) if j != i]
    chosen = itertools.permutations(others, w.size)
    return np.array([summary(f[list(c)]) if summary else w @ f[list(c)] for c in chosen])


@pytest.mark.parametrize("n", [3, 4, 7])
@pytest.mark.parametrize("kind", ["equal", "unequal", "negative", "everybody", "decimals"])
@pytest.mark.parametrize("many", [False, True])
def test_tails_and_moments_are_those_of_all_arrangements(n, kind, many):
    rng = np.random.default_rng(n)
    A = (rng.random((n, n)) < 0.7) * 1.0
    A[1] = 1.0  # every other region is a neighbour
    A *= {
        "unequal": rng.random((n, n)),
        "negative": rng.standard_normal((n, n)),
        "everybody": rng.random((n, 1)),
    }.get(kind, 1.0)
    np.fill_diagonal(A, 0.0)
    x = rng.integers(1, 4, n) / 10 if kind == "decimals" else rng.standard_normal(n)
    features = np.vstack([x**2, x]) if many else x
    coefficients = rng.standard_normal((n, 2)) if many else None
    statistic = local(features, coefficients, sparse.csr_array(A))
    found = tails(statistic, permutations=DRAWS, seed=3)
    mean, variance = moments(statistic)
    for i in range(n):
        values = every(statistic, i)
        assert found.at_least[i] / DRAWS == pytest.approx(
            (values >= statistic.observed[i] - 1e-9).mean(), abs=ERROR
        )
        assert found.at_most[i] / DRAWS == pytest.approx(
            (values <= statistic.observed[i] + 1e-9).mean(), abs=ERROR
        )
        assert mean[i] == pytest.approx(values.mean(), abs=1e-12)
        assert variance[i] == pytest.approx(values.var(), abs=1e-12)


@pytest.mark.parametrize("ties", [False, True])
def test_medians_are_those_of_all_arrangements(ties):
    n, rng = 7, np.random.default_rng(0)
    x = rng.integers(0, 3, n) * 1.0 if ties else rng.standard_normal(n)
    A = np.zeros((n, n))
    for i in range(n):  # one neighbour for the first, two for the second, ... six
        A[i, [j for j in range(n) if j != i][: min(i + 1, n - 1)]] = 1.0
    W = sparse.csr_array(A)
    found = median_tails(x, W, permutations=DRAWS, seed=1)
    for i in range(n):
        values = every(local(x, None, W), i, np.median)
        observed = np.median(x[A[i] > 0])
        assert found.at_least[i] / DRAWS == pytest.approx((values >= observed).mean(), abs=ERROR)
        assert found.at_most[i] / DRAWS == pytest.approx((values <= observed).mean(), abs=ERROR)


def test_moments_do_not_lose_digits_to_an_offset_or_an_outlier():
    rng = np.random.default_rng(1)
    W = sparse.random_array((30, 30), density=0.2, rng=rng).tocsr()
    W.setdiag(0.0)
    x = rng.integers(0, 8, 30) / 4
    x[5] = 2.0**40  # the others of region 5 hardly vary beside it
    _, variance = moments(local(x, None, W))
    N, others = 29, np.delete(x, 5)
    w = W.toarray()[5]
    exact = others.var() * (N * (w**2).sum() - w.sum() ** 2) / (N - 1)
    assert variance[5] == pytest.approx(exact, rel=1e-12)
    x[5] = 1.0
    shifted = moments(local(x + 2.0**40, None, W))[1]
    np.testing.assert_allclose(shifted, moments(local(x, None, W))[1], rtol=1e-9)


def test_what_cannot_vary_has_no_variance_and_is_no_discovery():
    """All others are neighbours of equal weight: rounding must not stand in for variation."""
    n = 15
    W = sparse.csr_array((np.ones((n, n)) - np.eye(n)) / (n - 1))
    statistic = local(np.random.default_rng(0).gamma(2.0, size=n), None, W)
    assert (moments(statistic)[1] == 0.0).all()
    p = max_adjusted(
        statistic, np.ones(n), tested=np.ones(n, bool), alternative="two-sided",
        permutations=99, seed=0,
    )  # fmt: skip
    assert (p == 1.0).all()


def test_regions_beside_an_outlier_can_be_told_apart():
    """Whole-number sums and floating ones count alike with one value ten billion times the rest."""
    n, rng = 40, np.random.default_rng(2)
    x = rng.random(n)
    x[0] = 1e10
    A = np.roll(np.eye(n), 1, axis=1) + np.roll(np.eye(n), 2, axis=1)
    equal = tails(local(x, None, sparse.csr_array(A)), permutations=999, seed=0)
    # nearly equal weights take the other route; the same samples
    nudged = A * (1 + 1e-15 * rng.random((n, n)))
    other = tails(local(x, None, sparse.csr_array(nudged)), permutations=999, seed=0)
    away = [i for i in range(n) if A[i, 0] == 0]
    assert np.abs(equal.at_least[away] - other.at_least[away]).max() <= 2
    assert len(set(equal.at_least[away])) > 20


def test_two_regions_have_nothing_to_permute():
    with pytest.raises(ValuesError, match="at least 3 regions"):
        local([0.0, 1.0], None, np.array([[0.0, 1.0], [1.0, 0.0]]))


@pytest.mark.parametrize("kind", ["apart", "ties", "events", "unequal"])
def test_no_tail_is_rarer_than_the_bound(kind):
    """The bound is met by some arrangement of equal weights, and never undercut."""
    n, rng = 7, np.random.default_rng(6)
    A = np.zeros((n, n))
    for i in range(n):
        A[i, rng.choice([j for j in range(n) if j != i], 2 + i % 2, replace=False)] = 1.0
    if kind == "unequal":
        A *= rng.random((n, n))
    x = {
        "apart": rng.standard_normal(n),
        "ties": np.array([0.1, 0.1, 0.3, 0.3, 0.3, 0.1 + 0.2, 0.1]),
        "events": np.array([1.0, 0, 1, 0, 1, 1, 0]),
        "unequal": rng.standard_normal(n),
    }[kind]
    statistic = local(x, None, sparse.csr_array(A))
    tails_of_all = [every(statistic, i) for i in range(n)]
    rarest = np.array(
        [
            min((t >= t.max() - 1e-9).mean(), (t <= t.min() + 1e-9).mean())
            for t in tails_of_all
        ]
    )  # fmt: skip
    for i in range(n):
        bound = rarest_tail(statistic, np.arange(n) == i)
        if kind == "unequal":
            assert bound <= rarest[i] + 1e-12
        else:
            assert bound == pytest.approx(rarest[i], rel=1e-9)
    assert rarest_tail(statistic, np.ones(n, bool)) <= rarest.min() + 1e-12


@pytest.mark.parametrize("enough", [1, 2, 5, 20])
def test_stopping_early_never_rejects_more_often_than_it_says(enough):
    """Exchangeable numbers, one of them observed: 8,000 tests at the levels they can reach."""
    R, rng = 39, np.random.default_rng(enough)
    values = rng.random((8_000, R + 1))
    hit = values[:, 1:] >= values[:, :1]
    seen = hit.cumsum(axis=1)
    stopped = np.where(seen[:, -1] >= enough, (seen >= enough).argmax(axis=1) + 1, R)
    count = np.minimum(seen[:, -1], enough)
    p = sequential_p(count, stopped, R, enough)
    for level in (0.025, 0.05, 0.1, 0.2, 0.5):
        # three standard errors above nominal
        assert (p <= level + 1e-12).mean() <= level + 3 * np.sqrt(level / len(p))
    # where the p-value takes the level itself, exactly that often
    assert (p <= 0.05 + 1e-12).mean() == pytest.approx(0.05, abs=0.01)


def test_an_interrupt_leaves_no_thread_behind():
    n, rng = 3_000, np.random.default_rng(0)
    W = sparse.csr_array(np.roll(np.eye(n), 1, axis=1) * rng.random((n, 1)))
    statistic = local(np.vstack([rng.random(n)] * 2), rng.random((n, 2)), W)
    before = threading.active_count()

    def interrupt(_count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tails(statistic, permutations=9_999, seed=0, threads=3, tick=interrupt)
    with pytest.raises(KeyboardInterrupt):
        max_adjusted(
            statistic, np.ones(n), tested=np.ones(n, bool), alternative="greater",
            permutations=999, seed=0, threads=3, tick=interrupt,
        )  # fmt: skip
    assert threading.active_count() == before
