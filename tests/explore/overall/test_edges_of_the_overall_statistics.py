"""Promise: where a formula of the overall statistics ends, a refusal or no number stands.

Too few regions with neighbours, weights under which nothing varies, means that dwarf the spread,
and values whose fourth powers are no numbers. Expected numbers: enumeration of all arrangements,
and invariance of Moran's I to which G reduces where every region has as many neighbours.
"""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from workbench.errors import ValuesError, WeightsError
from workbench.explore import (
    bivariate_moran,
    geary,
    getis_ord,
    join_counts,
    lee,
    moran,
    residual_moran,
)
from workbench.numerics.autocorrelation import getis_ord as kernel

IDS = [f"r{i:02d}" for i in range(10)]
x = pd.Series(np.random.default_rng(3).lognormal(size=10), IDS, name="x")
y = pd.Series(np.random.default_rng(4).lognormal(size=10), IDS, name="y")


def line(linked: int) -> Graph:
    """Link the first regions in a line; the others have no neighbour."""
    near = {i: [IDS[j] for j in (k - 1, k + 1) if 0 <= j < linked] if k < linked else []
            for k, i in enumerate(IDS)}  # fmt: skip
    return Graph.from_dicts(near)


def everyone(ids: list[str]) -> Graph:
    return Graph.from_dicts({a: [b for b in ids if b != a] for a in ids})


@pytest.mark.parametrize("linked", [2, 3])
def test_fewer_than_four_regions_with_neighbours_are_refused(linked):
    half = pd.Series(["a", "b"] * 5, IDS, name="half")
    for found in (
        lambda: moran(x, None, line(linked)),
        lambda: geary(x, None, line(linked)),
        lambda: getis_ord(x, None, line(linked)),
        lambda: join_counts(half, None, line(linked)),
    ):
        with pytest.raises(WeightsError, match="at least 4 regions with neighbours") as caught:
            found()
        assert caught.value.found == str(linked)
        assert "knn(regions, 4)" in caught.value.remedy


def test_join_counts_that_cannot_vary_say_so_and_expect_no_minus_zero():
    alone = pd.Series(["a"] * 8 + ["b"] * 2, IDS, name="alone")
    found = join_counts(alone, None, line(8), permutations=99)
    assert found.tidy()["z"].isna().all()
    assert not np.signbit(found.tidy()["expected"]).any()
    assert any("a:a, b:b, b:a, all different: every arrangement" in note for note in found.notes)
    half = pd.Series(["a", "b"] * 5, IDS, name="half")
    assert not join_counts(half, None, line(10)).notes


def test_without_any_link_there_is_no_bivariate_moran():
    with pytest.raises(WeightsError, match="at least 1 region with"):
        bivariate_moran(x, y, None, line(0))


def test_with_islands_moran_says_that_its_moments_are_approximate():
    found = moran(x, None, line(6), permutations=0)
    # over all arrangements I of all ten averages −1/9, and n counts six of them
    assert any(f"averages {-6 / 90:.4f} rather than {-1 / 5:.4f}" in n for n in found.notes)
    assert not any("approximate" in note for note in moran(x, None, line(10)).notes)


def test_a_negative_approximate_variance_is_not_called_a_statistic_that_cannot_vary():
    found = moran(x, None, line(4), permutations=99)
    assert found.variance < 0
    assert np.isnan(found.z)
    assert np.isnan(found.p_value)
    assert any("variance is negative" in note for note in found.notes)
    assert not any("every arrangement" in note for note in found.notes)
    assert 0 < found.p_permutation < 1


@pytest.mark.parametrize("method", ["normal", "exact", "saddlepoint"])
def test_residuals_whose_moran_cannot_vary_have_no_p_value(method):
    frame = pd.DataFrame({"x": x, "y": y})
    found = residual_moran("y ~ x", frame, everyone(IDS), inference=method)
    assert found.statistic == pytest.approx(-1 / 9, rel=1e-12)
    assert found.variance == 0.0
    assert np.isnan(found.z)
    assert np.isnan(found.p_value)
    assert any("one value" in note for note in found.notes)
    # three regions and two terms leave one direction for the residuals
    three = residual_moran("y ~ x", frame.iloc[:3], line(3), inference=method, align="intersection")
    assert np.isnan(three.p_value)


def test_residuals_need_more_linked_regions_than_terms():
    with pytest.raises(WeightsError, match="at least 3 regions with neighbours"):
        residual_moran("y ~ x", pd.DataFrame({"x": x, "y": y}), line(2))


@pytest.mark.parametrize("mean", [0.0, 1e3, 1e4])
def test_the_deviate_of_g_does_not_drown_in_a_large_mean(mean):
    """On a ring G is a linear function of Moran's I: the deviates agree whatever the mean."""
    n = 200
    ring = Graph.from_dicts({i: [(i - 1) % n, (i + 1) % n] for i in range(n)})
    values = pd.Series(np.random.default_rng(0).random(n), name="x") + mean
    found = getis_ord(values, None, ring, permutations=99)
    alike = moran(values, None, ring, permutations=99)
    # the square of the mean, 1e9 times the variance, leaves some six digits of the deviate
    assert found.z == pytest.approx(alike.z, rel=1e-4)
    assert found.p_permutation == alike.p_permutation
    assert not found.notes


def test_the_variance_of_g_is_that_of_all_arrangements_of_large_values():
    rng = np.random.default_rng(1)
    W = rng.random((6, 6)) * (rng.random((6, 6)) < 0.6)
    np.fill_diagonal(W, 0)
    values = 1e4 + rng.gamma(1.0, size=6)
    every = []
    for order in permutations(range(6)):
        z = values[list(order)] - values.mean()
        # x′Wx less its constant part: squares of the means cancel in floating point
        every.append(values.mean() * (W.sum(axis=0) + W.sum(axis=1)) @ z + z @ W @ z)
    pairs = values.sum() ** 2 - values @ values
    found = kernel.getis_ord(values, W)
    assert found.variance == pytest.approx(np.var(every) / pairs**2, rel=1e-10)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("size", [1e-200, 1e-90, 1e90, 1e200])
def test_values_beyond_floating_point_are_refused_and_the_remedy_works(size):
    huge = x * size
    for statistic in (moran, geary, getis_ord):
        with pytest.raises(ValuesError, match="fourth powers"):
            statistic(huge, None, line(10))
    with pytest.raises(ValuesError, match="fourth powers"):
        lee(huge, y, None, line(10))
    mended = moran(huge / huge.abs().max(), None, line(10))
    assert mended.statistic == pytest.approx(moran(x, None, line(10)).statistic, rel=1e-9)
