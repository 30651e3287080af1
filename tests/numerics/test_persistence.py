"""Promise: tests of spatial unit roots have exact p-values; differences of Brownian motion whiten.

No published number is repeated here: the data of Müller and Watson (2024) are not bundled. The
promises are checked by closed forms on the line and by simulation with known truth.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import linalg

from workbench.errors import InputError
from workbench.numerics.scores.persistence import (
    brownian_covariance,
    brownian_differences,
    decay_of,
    frequencies,
    half_life_pvalues,
    low_frequency_test,
    stationarity,
    unit_root,
)

N = 80
ONES = np.ones((N, 1))


@pytest.fixture(scope="module")
def plane():
    places = np.random.default_rng(0).uniform(size=(N, 2))
    distances = np.linalg.norm(places[:, None] - places[None], axis=-1)
    return distances / distances.max()


def surface(covariance, random, draws):
    values, vectors = linalg.eigh(covariance)
    root = vectors * np.sqrt(np.clip(values, 0.0, None))
    return (root @ random.normal(size=(len(root), draws))).T


def test_averages_on_a_line_are_cosines():
    """A demeaned random walk has the eigenvectors cos(pi k (i + 1/2) / n) (discrete cosines)."""
    i = np.arange(40)
    found = frequencies(np.abs(np.subtract.outer(i, i)).astype(float), np.ones((40, 1)), q=5)
    for k in range(1, 6):
        wave = np.cos(np.pi * k * (i + 0.5) / 40)
        wave /= np.linalg.norm(wave)
        assert abs(wave @ found.R[:, k - 1]) == pytest.approx(1.0, abs=1e-10)


def test_averages_do_not_see_the_regressors(plane):
    X = np.column_stack([ONES, np.random.default_rng(1).normal(size=(N, 2))])
    found = frequencies(plane, X, q=15)
    np.testing.assert_allclose(found.R.T @ X, 0.0, atol=1e-10)
    np.testing.assert_allclose(found.R.T @ found.R, np.eye(15), atol=1e-12)


def test_statistic_is_free_of_units_and_origin(plane):
    y = np.random.default_rng(2).normal(size=N)
    found = frequencies(plane, ONES, q=12)
    one = low_frequency_test(y, found, unit_root(found))
    far = frequencies(1234.5 * plane, ONES, q=12)
    two = low_frequency_test(100.0 - 7.0 * y, far, unit_root(far))
    assert two.statistic == pytest.approx(one.statistic, rel=1e-6)
    assert two.pvalue == pytest.approx(one.pvalue, rel=1e-5)


@pytest.mark.slow
def test_unit_root_test_has_exact_size_and_the_power_it_is_built_for(plane):
    random = np.random.default_rng(3)
    found = frequencies(plane, ONES, q=15)
    test = unit_root(found)

    def rate(covariance):
        draws = surface(covariance, random, 1000)
        return np.mean([low_frequency_test(y, found, test).pvalue < 0.05 for y in draws])

    # 1,000 samples: four standard errors are 2.8 points of 5 %, 6.3 of 50 %.
    assert rate(brownian_covariance(plane, ONES)) == pytest.approx(0.05, abs=0.028)
    assert rate(np.exp(-test.parameter * plane)) == pytest.approx(0.5, abs=0.063)


@pytest.mark.slow
def test_stationarity_test_holds_its_size_at_its_strongest_null(plane):
    random = np.random.default_rng(4)
    found = frequencies(plane, ONES, q=15)
    test = stationarity(found)
    # The largest p-value is at an end of the family of nulls: two laws instead of thirty.
    test = replace(test, laws=(test.laws[0], test.laws[-1]))

    def rate(covariance, draws=300):
        return np.mean(
            [
                low_frequency_test(y, found, test).pvalue < 0.05
                for y in surface(covariance, random, draws)
            ]
        )

    strongest = np.exp(-decay_of(plane, 0.03) * plane)
    assert rate(strongest) == pytest.approx(0.05, abs=0.05)  # four standard errors
    assert rate(np.eye(N)) < 0.05
    assert rate(brownian_covariance(plane, ONES), 200) > 0.5


@pytest.mark.slow
def test_size_of_residual_tests(plane):
    """Both the disturbance and the regressor are Brownian: the spurious regression."""
    random = np.random.default_rng(5)
    covariance = brownian_covariance(plane, ONES)
    X = np.column_stack([ONES, surface(covariance, random, 1)[0]])
    found = frequencies(plane, X, q=15)
    test = unit_root(found)
    M = np.eye(N) - X @ np.linalg.pinv(X)
    p = [low_frequency_test(M @ u, found, test).pvalue for u in surface(covariance, random, 500)]
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.039)


@pytest.mark.slow
def test_half_life_sets_cover(plane):
    """The true half-life is in the 95 % set in 95 of 100 samples."""
    random = np.random.default_rng(6)
    found = frequencies(plane, ONES, q=10)
    truth, draws = 0.2, random.normal(size=(10, 399))
    p = [
        half_life_pvalues(y, found, grid=[truth], alternatives=np.linspace(0.05, 1, 8), draws=draws)
        for y in surface(np.exp(-np.log(2) / truth * plane), random, 400)
    ]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.05)


def test_differences_whiten_brownian_motion(plane):
    covariance = brownian_covariance(plane, ONES)
    root = brownian_differences(np.eye(N) - 1.0 / N, plane)
    np.testing.assert_allclose(root @ covariance @ root.T, np.eye(N) - 1.0 / N, atol=1e-8)


def test_levels_are_spurious_and_differences_are_not(plane):
    """t tests between independent Brownian motions: far too many in levels, 5 % in differences."""
    random = np.random.default_rng(7)
    covariance = brownian_covariance(plane, ONES)
    levels = surface(covariance, random, 800).reshape(400, 2, N)

    def t(x, y, df):
        x, y = x - x.mean(), y - y.mean()
        b = x @ y / (x @ x)
        return b / np.sqrt(np.sum((y - b * x) ** 2) / df / (x @ x))

    raw = np.array([t(x, y, N - 2) for x, y in levels])
    root = brownian_differences(np.eye(N) - 1.0 / N, plane)
    moved = levels @ root.T
    clean = np.array([t(x, y, N - 2) for x, y in moved])
    assert np.mean(np.abs(raw) > 1.99) > 0.35
    assert np.mean(np.abs(clean) > 1.99) == pytest.approx(0.05, abs=0.045)


def test_too_many_averages_are_refused(plane):
    with pytest.raises(InputError, match="averages"):
        frequencies(plane, ONES, q=79)
