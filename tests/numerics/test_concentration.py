"""Kernels of localisation against enumeration, dense formulas, scipy and moments by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from workbench.core.seeds import generator
from workbench.numerics.concentration import chance, dartboard, quotients, structure
from workbench.numerics.dynamics import inequality
from workbench.numerics.networks import entropies

COUNTS = np.array([[12.0, 30.0, 8.0], [25.0, 5.0, 10.0], [40.0, 41.0, 19.0]])


@pytest.mark.parametrize("kind", ["ellison-glaeser", "maurel-sedillot"])
def test_moments_of_thrown_plants_are_exact(kind):
    """Mean, variance and skewness over all 6⁵ ways to place five unequal plants in six regions."""
    rng = np.random.default_rng(3)
    x, z = rng.dirichlet(np.full(6, 2.0)), rng.lognormal(0, 1, 5)
    z /= z.sum()
    place = np.array(list(product(range(6), repeat=5)))
    s = np.zeros((len(place), 6))
    for plant in range(5):
        s[np.arange(len(place)), place[:, plant]] += z[plant]
    weight = x[place].prod(axis=1)
    away = ((s - x) ** 2).sum(axis=1)
    raw = away if kind == "ellison-glaeser" else (s**2).sum(axis=1) - (x**2).sum()
    mean = weight @ raw
    variance, third = weight @ (raw - mean) ** 2, weight @ (raw - mean) ** 3
    plants = dartboard.plant_sums(z, np.zeros(5, dtype=np.int64), 1)
    found = dartboard.index(np.full((6, 1), 1 / 6), x, plants, kind=kind)
    assert found.mean[0] == pytest.approx(mean, rel=1e-12)
    assert found.sd[0] == pytest.approx(np.sqrt(variance), rel=1e-12)
    assert found.skewness[0] == pytest.approx(third / variance**1.5, rel=1e-10)


def test_equal_plants_have_the_sums_that_h_alone_gives():
    given = dartboard.Plants.equal(np.array([0.1]))
    counted = dartboard.plant_sums(np.ones(10), np.zeros(10, dtype=np.int64), 1)
    np.testing.assert_allclose(given.powers, counted.powers, rtol=1e-12)


def test_thrown_plants_have_the_moments_of_theory():
    x, z = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.3, 0.2, 0.1])
    raw = dartboard.throw(
        z, x, kind="ellison-glaeser", draws=20_000, generator=generator(0, "test")
    )
    plants = dartboard.plant_sums(z, np.zeros(4, dtype=np.int64), 1)
    found = dartboard.index(x[:, None], x, plants, kind="ellison-glaeser")
    error = found.sd[0] / np.sqrt(20_000)
    assert abs(raw.mean() - found.mean[0]) < 4 * error
    assert raw.std() == pytest.approx(found.sd[0], rel=0.03)


def test_delta_variance_is_that_of_the_gradient():
    """J Σ J′ with the numerical gradient of log LQ and binomial rows of given totals."""
    x, step = COUNTS, 1e-4
    N = x.sum(axis=1, keepdims=True)
    p = x / N
    for i, j in np.ndindex(3, 3):
        gradient = np.empty(3)
        for r in range(3):
            up, down = p[:, j].copy(), p[:, j].copy()
            up[r] += step
            down[r] -= step
            logs = [np.log(v[i] / (N[:, 0] @ v / N.sum())) for v in (up, down)]
            gradient[r] = (logs[0] - logs[1]) / (2 * step)
        variance = gradient**2 @ (p[:, j] * (1 - p[:, j]) / N[:, 0])
        assert quotients.log_variance(x)[i, j] == pytest.approx(variance, rel=1e-5)


def test_exact_intervals_are_clopper_and_pearsons():
    found = quotients.exact(COUNTS, level=0.9)
    C, share = COUNTS.sum(axis=0), COUNTS.sum(axis=1) / COUNTS.sum()
    for i, j in np.ndindex(3, 3):
        test = stats.binomtest(int(COUNTS[i, j]), int(C[j]), share[i])
        low, high = test.proportion_ci(0.9, method="exact")
        assert found.low[i, j] == pytest.approx(low / share[i], rel=1e-9)
        assert found.high[i, j] == pytest.approx(high / share[i], rel=1e-9)
        law = stats.binom(C[j], share[i])
        tails = law.cdf(COUNTS[i, j]), law.sf(COUNTS[i, j] - 1)
        assert found.p_value[i, j] == pytest.approx(min(1, 2 * min(tails)), rel=1e-9)


def test_exact_intervals_at_both_ends():
    """None: (0, 1 − (α/2)^(1/C)); all: ((α/2)^(1/C), 1), over the region's share."""
    found = quotients.exact(np.array([[0.0, 10.0], [20.0, 0.0]]), level=0.95)
    share = np.array([1 / 3, 2 / 3])
    assert found.low[0, 0] == 0
    assert found.high[0, 0] == pytest.approx((1 - 0.025 ** (1 / 20)) / share[0])
    assert found.low[0, 1] == pytest.approx(0.025 ** (1 / 10) / share[0])
    assert found.high[0, 1] == pytest.approx(1 / share[0])


def test_gini_of_rows_is_that_of_inequality():
    p, q = structure.shares(COUNTS), structure.reference_shares(COUNTS, "whole")
    found = structure.gini(p, q)
    for row in range(3):
        assert found[row] == pytest.approx(inequality.gini(p[row] / q[0], q[0]), rel=1e-12)
    equal = structure.gini_of_quotients(p, q)
    for row in range(3):
        assert equal[row] == pytest.approx(inequality.gini(p[row] / q[0]), rel=1e-12)


def test_equal_structures_differ_by_nothing():
    same = np.outer([1.0, 3.0, 7.0], [0.1, 0.2, 0.7])
    p, q = structure.shares(same), structure.reference_shares(same, "whole")
    for name in ("krugman", "theil", "gini", "gini_of_quotients"):
        np.testing.assert_allclose(structure.MEASURES[name](p, q), 0.0, atol=1e-15)
    np.testing.assert_allclose(structure.hachman(p, q), 1.0)


def test_what_the_reference_lacks():
    """Theil's measure is infinite, Hachman's zero, Krugman's the whole of it."""
    p, q = np.array([[0.5, 0.5, 0.0]]), np.array([[0.0, 0.5, 0.5]])
    assert structure.theil(p, q)[0] == np.inf
    assert structure.hachman(p, q)[0] == 0
    assert structure.krugman(p, q)[0] == 1
    assert structure.gini(p, q)[0] == pytest.approx(0.75)


@pytest.mark.parametrize("null", ["without-replacement", "multinomial"])
def test_chance_has_the_mean_of_theory(null):
    """E Σ p²/q = 1 + (k − 1)/N, times (E − N)/(E − 1) without replacement."""
    frame = chance.Frame.of(COUNTS, "whole")
    drawn = chance.null_draws(
        frame, 0, ("hachman", "herfindahl"), null=null, draws=20_000, generator=generator(1, null)
    )
    N, whole = COUNTS[0].sum(), COUNTS.sum()
    shrunk = (whole - N) / (whole - 1) if null == "without-replacement" else 1.0
    excess = 1 / drawn["hachman"] - 1
    assert excess.mean() == pytest.approx(2 / N * shrunk, abs=4 * excess.std() / np.sqrt(20_000))
    q = COUNTS.sum(axis=0) / whole
    expected = (q**2).sum() + (1 - (q**2).sum()) / N * shrunk
    held = drawn["herfindahl"]
    assert held.mean() == pytest.approx(expected, abs=4 * held.std() / np.sqrt(20_000))


def test_rest_moves_with_what_is_drawn_from_it():
    """Two regions: drawn and rest differ by (p − q)·E/(E − N), so Krugman's index does."""
    counts = COUNTS[:2]
    own = {}
    for reference in ("whole", "rest"):
        frame = chance.Frame.of(counts, reference)
        own[reference] = chance.null_draws(
            frame, 0, ("krugman",), null="without-replacement", draws=50, generator=generator(2)
        )["krugman"]
    N, whole = counts[0].sum(), counts.sum()
    np.testing.assert_allclose(own["rest"], own["whole"] * whole / (whole - N))


def test_pearsons_law_is_a_shifted_gamma_of_three_moments():
    """Shape 4/γ₁², scale σ γ₁/2, shifted to the mean; the normal law has the first two."""
    x = np.array([0.5, 0.3, 0.2])
    plants = dartboard.Plants.equal(np.array([0.05, 0.2]))
    found = dartboard.index(np.full((3, 2), 1 / 3), x, plants, kind="ellison-glaeser")
    law = dartboard.null_law(found, normal=False)
    shape, scale = 4 / found.skewness**2, found.sd * found.skewness / 2
    at = found.mean + 1.5 * found.sd
    expected = stats.gamma.sf(at - found.mean + shape * scale, shape, scale=scale)
    np.testing.assert_allclose(law.sf(at), expected, rtol=1e-9)
    np.testing.assert_allclose(dartboard.null_law(found, normal=True).sf(at), stats.norm.sf(1.5))


def test_kernels_of_shares_are_those_of_inequality_between_unequal_groups():
    """A distribution p against q is a value p / q of groups of size q: one Gini, one Theil."""
    rng = np.random.default_rng(5)
    p, q = rng.dirichlet(np.ones(7), 4), rng.dirichlet(np.ones(7), 4)
    for name, other in (("gini", inequality.gini), ("theil", inequality.theil)):
        theirs = [other(a / b, b) for a, b in zip(p, q, strict=True)]
        np.testing.assert_allclose(structure.MEASURES[name](p, q), theirs, rtol=1e-12)
    equal = [inequality.gini(a / b) for a, b in zip(p, q, strict=True)]
    np.testing.assert_allclose(structure.gini_of_quotients(p, q), equal, rtol=1e-12)
    counts = rng.integers(1, 9, (4, 7)).astype(float)
    entropy = structure.entropy(structure.shares(counts), counts)
    np.testing.assert_allclose(entropies.entropy(counts), entropy, rtol=1e-14)
