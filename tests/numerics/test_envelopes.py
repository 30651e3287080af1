"""Joint inference: step-down max-T by its definition, exact error rates, Holm by statsmodels."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from workbench.errors import InputError, ValuesError
from workbench.numerics.autocorrelation.geary import geary as geary_moments
from workbench.numerics.autocorrelation.lag_statistics import lag_statistics
from workbench.numerics.autocorrelation.moran import moran
from workbench.numerics.permutations.envelopes import holm, joint_inference


def correlated(rng, draws, lags):
    common = rng.standard_normal((draws, 1))
    return 0.6 * common + 0.8 * rng.standard_normal((draws, lags))


def test_adjusted_p_is_the_definition_of_westfall_and_young():
    # alternative "greater" with one scale: standardise as documented, then count maxima one by one
    t = correlated(np.random.default_rng(0), 200, 5) * [1, 3, 0.5, 2, 1] + [0, 1, 2, 3, 4]
    t[0] = t[1:].mean(axis=0) + np.array([1.5, 7.0, 1.2, 0.1, -0.4])
    found = joint_inference(t[0], t[1:], alternative="greater", level=0.9)
    low, middle, high = np.quantile(t, [0.025, 0.5, 0.975], axis=0)
    z = np.where(t > middle, (t - middle) / (high - middle), (t - middle) / (middle - low))
    order = sorted(range(5), key=lambda k: -z[0, k])
    expected, previous = {}, 0.0
    for place, k in enumerate(order):
        rest = order[place:]
        count = sum(max(z[r, j] for j in rest) >= z[0, k] for r in range(1, 200))
        previous = max(previous, (count + 1) / 200)
        expected[k] = previous
    np.testing.assert_allclose(found.p_adjusted, [expected[k] for k in range(5)])


@pytest.mark.slow
@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_the_envelope_is_left_as_often_as_its_level_says(alternative):
    # 4,000 nulls, 99 permutations, 6 correlated lags: exactly 5 % by exchangeability;
    # binomial standard error 0.34 %, band of three
    rng = np.random.default_rng(1)
    left, flagged = 0, 0
    for _ in range(4000):
        t = correlated(rng, 100, 6) ** 3  # heavy tails
        found = joint_inference(t[0], t[1:], alternative=alternative)
        out = bool(((t[0] < found.low) | (t[0] > found.high)).any())
        left += out
        flagged += bool((found.p_adjusted <= 0.05 + 1e-12).any())
        assert out or not (found.p_adjusted <= 0.05 - 0.011).any()
    assert left / 4000 == pytest.approx(0.05, abs=0.0105)
    assert flagged <= left  # adjusted p-values are floored by the doubled pointwise tail


def test_pointwise_p_counts_ties_and_doubles_the_smaller_tail():
    found = joint_inference([3.0], np.arange(1.0, 20.0)[:, None], level=0.9)
    # of 20 arrangements 18 are at least 3 and 4 at most 3 (the observed counts in both)
    assert found.p_pointwise[0] == pytest.approx(2 * 4 / 20)


def test_equal_statistics_of_single_precision_are_ties():
    # twenty arrangements that are the same but for the rounding of 1e-7
    t = np.append(3.0, 3.0 + 1e-7 * np.arange(-9, 10))
    spread = np.append(t, np.arange(20.0))[:, None]
    coarse = joint_inference(t[:1], spread[1:], alternative="greater", level=0.9, tie=1e-6)
    fine = joint_inference(t[:1], spread[1:], alternative="greater", level=0.9)
    # 20 equal ones, and 3 to 19 of the others, among 40
    assert coarse.p_pointwise[0] == pytest.approx((20 + 17) / 40)
    assert fine.p_pointwise[0] < coarse.p_pointwise[0]


def test_a_statistic_that_permutations_cannot_change_is_never_significant():
    rng = np.random.default_rng(2)
    fixed = -0.1 + 1e-17 * rng.standard_normal(100)
    t = np.column_stack([fixed, rng.standard_normal(100)])
    found = joint_inference(t[0], t[1:])
    assert found.p_pointwise[0] == found.p_adjusted[0] == 1.0
    np.testing.assert_allclose([found.low[0], found.high[0]], -0.1, rtol=1e-14)


def test_holm_is_statsmodels():
    p = np.array([0.001, 0.2, 0.013, 0.04, 0.9])
    np.testing.assert_allclose(holm(p), multipletests(p, method="holm")[1])
    np.testing.assert_allclose(holm([np.nan, 0.02, 0.03]), [np.nan, 0.04, 0.04])


def test_moments_are_those_of_all_arrangements():
    # 7! = 5,040 arrangements of seven values on weights without symmetry: the exact moments
    rng = np.random.default_rng(5)
    x, W = rng.gamma(1.0, size=7), rng.random((7, 7)) * (rng.random((7, 7)) < 0.5)
    np.fill_diagonal(W, 0)
    order = np.array(list(permutations(range(7))))
    z = (x - x.mean())[order]
    squares = (z[0] ** 2).sum()
    geary = np.zeros(len(z))
    for i, j in zip(*np.nonzero(W), strict=True):
        geary += W[i, j] * (z[:, i] - z[:, j]) ** 2
    geary *= 6 / (2 * W.sum() * squares)
    contiguity = geary_moments(x, W, count="all")
    assert contiguity.variance_randomisation == pytest.approx(geary.var(), rel=1e-10)
    moments = moran(x, W, count="all")
    products = 7 / W.sum() * np.einsum("ri,ij,rj->r", z, W, z) / squares
    assert moments.variance_randomisation == pytest.approx(products.var(), rel=1e-10)
    found = lag_statistics(x, [W], statistic="geary", permutations=5, seed=0, count="all")
    assert found.observed[0] == pytest.approx(geary[0], rel=1e-12)
    # every draw is one of the arrangements
    assert np.abs(geary[:, None] - found.simulated[:, 0]).min(axis=0).max() < 1e-12


def test_drawn_correlation_is_the_correlation_of_the_drawn_values():
    rng = np.random.default_rng(6)
    x, W = rng.random(12), (rng.random((12, 12)) < 0.3) * 1.0
    np.fill_diagonal(W, 0)
    W[4] = 0  # region 4 has no neighbour: it is left out of the correlation
    found = lag_statistics(x, [W], statistic="correlation", permutations=19, seed=3)
    linked = W.sum(axis=1) > 0
    z = x - x.mean()
    expected = np.corrcoef(z[linked], (W @ z)[linked])[0, 1]
    assert found.observed[0] == pytest.approx(expected, rel=1e-10)
    from workbench.numerics.permutations.bilinear_forms import permuted_forms

    # the permutation itself, read off a form: row i of the identity picks position π(i)
    which = np.stack(
        [
            permuted_forms(
                np.stack([np.arange(12.0), np.ones(12)]),
                np.outer(np.eye(12)[i], np.eye(12)[i]),
                pairs=[(0, 1)], permutations=19, seed=3,
            )[:, 0]
            for i in range(12)
        ], axis=1,
    ).astype(int)  # fmt: skip
    for r in range(19):
        shuffled = z[which[r]]
        expected = np.corrcoef(shuffled[linked], (W @ shuffled)[linked])[0, 1]
        assert found.simulated[r, 0] == pytest.approx(expected, rel=1e-9)


def test_what_cannot_be_inferred_from_is_refused():
    with pytest.raises(InputError, match="at least 19"):
        joint_inference([0.0], np.zeros((10, 1)))
    with pytest.raises(ValuesError, match="finite"):
        joint_inference([0.0, np.nan], np.zeros((99, 2)))
    with pytest.raises(ValuesError, match="shape"):
        joint_inference([0.0], np.zeros((99, 2)))
