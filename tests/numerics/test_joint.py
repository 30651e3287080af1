"""Promise: the step-down maximum controls the chance of a single false alarm on the map."""

import numpy as np
import pytest

from workbench.numerics.autocorrelation.local_forms import local
from workbench.numerics.permutations.bilinear_forms import permutation
from workbench.numerics.permutations.joint import max_adjusted


def _lattice(side):
    line = np.diag(np.ones(side - 1), 1) + np.diag(np.ones(side - 1), -1)
    return np.kron(np.eye(side), line) + np.kron(line, np.eye(side))


def _adjusted(z, W, **options):
    call = {"alternative": "two-sided", "permutations": 199, "seed": 0, **options}
    return max_adjusted(local(z, None, W), np.sign(z), tested=np.ones(z.size, dtype=bool), **call)


@pytest.mark.slow
def test_family_wise_error_is_nominal_under_noise():
    """300 skewed maps of 36 regions: a share of 5 % is known to 1.3 points, two errors 2.6."""
    rng = np.random.default_rng(0)
    W = _lattice(6)
    hits = 0
    for seed in range(300):
        x = rng.gamma(1.0, size=36)
        hits += (_adjusted((x - x.mean()) / x.std(), W, seed=seed) <= 0.05).any()
    assert hits / 300 == pytest.approx(0.05, abs=0.026)


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_adjusted_p_are_those_of_the_definition(alternative):
    """Westfall and Young's step-down maximum, written out with dense matrices."""
    W = _lattice(4) * np.random.default_rng(2).random((16, 16))
    x = np.random.default_rng(1).gamma(1.0, size=16)
    z = (x - x.mean()) / x.std()
    n, R = 16, 99

    def deviates(v):
        mean = -v / (n - 1)
        variance = (n - v**2) / (n - 1) - mean**2
        w1, w2 = W.sum(axis=1), (W**2).sum(axis=1)
        d = (W @ v - w1 * mean) / np.sqrt(variance * ((n - 1) * w2 - w1**2) / (n - 2))
        turned = {"two-sided": np.abs(d), "greater": d * np.sign(v), "less": -d * np.sign(v)}
        return turned[alternative]

    observed = deviates(z)
    order = np.argsort(-observed)
    counts = np.zeros(n)
    for r in range(R):
        d = deviates(z[permutation(n, seed=3, number=r)])[order]
        counts += np.maximum.accumulate(d[::-1])[::-1] >= observed[order] - 1e-9
    expected = np.empty(n)
    expected[order] = np.maximum.accumulate((counts + 1) / (R + 1))
    found = _adjusted(z, W, alternative=alternative, permutations=R, seed=3)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_threads_do_not_matter_and_untested_regions_have_no_p():
    W = _lattice(5)
    z = np.random.default_rng(1).standard_normal(25)
    z = (z - z.mean()) / z.std()
    one = _adjusted(z, W, threads=1)
    for threads in (2, 4):
        np.testing.assert_array_equal(_adjusted(z, W, threads=threads), one)
    tested = np.ones(25, dtype=bool)
    tested[3] = False
    part = max_adjusted(
        local(z, None, W),
        np.sign(z),
        tested=tested,
        alternative="two-sided",
        permutations=99,
        seed=0,
    )
    assert np.isnan(part[3])
    assert not np.isnan(np.delete(part, 3)).any()


def test_places_count_where_the_permuted_map_has_an_event():
    """Join counts of six regions, all 720 maps: the largest deviate over the map's own events."""
    from itertools import permutations

    n = 6
    W = np.zeros((n, n))
    W[np.arange(n - 1), np.arange(1, n)] = W[np.arange(1, n), np.arange(n - 1)] = 1.0
    W[0, 3] = W[3, 0] = 1.0
    x = np.array([1.0, 1.0, 0.0, 1.0, 0.0, 0.0])

    def deviates(v):
        others, N = v.sum() - v, n - 1
        share, k = others / N, W.sum(axis=1)
        variance = share * (1 - share) * k * (N - k) / (N - 1)
        return np.where(v > 0, (W @ v - k * share) / np.sqrt(variance), -np.inf)

    observed = deviates(x)
    largest = np.array([deviates(x[list(order)]).max() for order in permutations(range(n))])
    found = max_adjusted(
        local(x, None, W), x, tested=x > 0, alternative="greater", permutations=9999, seed=0
    )
    exact = (largest >= observed.max() - 1e-9).mean()
    assert found[np.argmax(observed)] == pytest.approx(exact, abs=5 * 0.5 / 100)
    assert np.isnan(found[x == 0]).all()
