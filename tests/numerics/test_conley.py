"""Promise: sums over near pairs are the dense double sum, whatever finds the pairs."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from workbench.errors import OptionError, ValuesError
from workbench.numerics.regression.conley import (
    conley_covariance,
    neighbour_covariance,
    spatial_kernel,
)
from workbench.typing import SpatialKernel, words

KERNELS = words(SpatialKernel)
ENDING = tuple(kernel for kernel in KERNELS if kernel != "quadratic-spectral")


def scores(n, k=3, seed=0):
    a = np.random.default_rng(seed).normal(size=(n, k))
    return a - a.mean(axis=0)


def plane(n, seed=1):
    points = np.random.default_rng(seed).uniform(0, 10, (n, 2))
    points[1] = points[0]  # coincident
    points[2] = [100.0, 100.0]  # alone
    return points


def sphere(n, seed=2):
    points = np.random.default_rng(seed).normal(size=(n, 3))
    points /= np.linalg.norm(points, axis=1)[:, None]
    points[1] = -points[0]  # antipodes
    return points


def separations(points):
    """Distances by other formulas than the module's: norms, and the angle by its tangent."""
    if points.shape[1] == 2:
        return np.linalg.norm(points[:, None] - points, axis=2)
    cross = np.linalg.norm(np.cross(points[:, None], points[None]), axis=2)
    return np.arctan2(cross, points @ points.T)


def by_formula(kernel, x):
    """The kernels as their papers print them, one distance at a time."""
    if x == 0:
        return 1.0
    if kernel == "quadratic-spectral":
        a = 6 * np.pi * x / 5
        return 25 / (12 * np.pi**2 * x**2) * (np.sin(a) / a - np.cos(a))
    if x > 1:
        return 0.0
    return {
        "uniform": 1.0,
        "bartlett": 1 - x,
        "spherical": 1 - 3 * x / 2 + x**3 / 2,
        "epanechnikov": 1 - x**2,
        "bisquare": (1 - x**2) ** 2,
        "parzen": 1 - 6 * x**2 + 6 * x**3 if x <= 0.5 else 2 * (1 - x) ** 3,
        "tukey-hanning": (1 + np.cos(np.pi * x)) / 2,
    }[kernel]


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(("points", "width"), [(plane(90), 2.5), (sphere(90), 0.7)])
def test_few_places_are_the_double_sum(kernel, points, width):
    a = scores(90)
    K = np.vectorize(lambda x: by_formula(kernel, x))(separations(points) / width)
    found = conley_covariance(a, points, bandwidth=width, kernel=kernel)
    np.testing.assert_allclose(found.covariance, a.T @ K @ a, rtol=1e-10, atol=1e-10)
    np.fill_diagonal(K, 0.0)
    if kernel in ENDING:
        assert found.pairs == np.count_nonzero(K) // 2
        np.testing.assert_array_equal(found.alone, ~K.any(axis=1))


@pytest.mark.slow
@pytest.mark.parametrize("kernel", ENDING)
@pytest.mark.parametrize(("points", "width"), [(plane(4500), 0.6), (sphere(4500), 0.15)])
def test_many_places_on_the_tree_are_the_double_sum(kernel, points, width):
    a = scores(len(points))
    # an arc is no shorter than its chord, so that no pair is missed
    i, j = cKDTree(points).query_pairs(width, output_type="ndarray").T
    line = np.linalg.norm(points[i] - points[j], axis=1)
    d = line if points.shape[1] == 2 else 2 * np.arcsin(line / 2)
    w = spatial_kernel(kernel, d / width)
    cross = (a[i] * w[:, None]).T @ a[j]
    found = conley_covariance(a, points, bandwidth=width, kernel=kernel)
    np.testing.assert_allclose(found.covariance, a.T @ a + cross + cross.T, rtol=1e-10, atol=1e-9)
    assert found.pairs == np.count_nonzero(w)
    met = np.zeros(len(points), dtype=bool)
    met[i[w > 0]] = met[j[w > 0]] = True
    np.testing.assert_array_equal(found.alone, ~met)


def everywhere(n):
    half = sphere(n // 2)
    return np.vstack([half, -half])  # antipodes, whose chords round to more than 2


@pytest.mark.slow
@pytest.mark.parametrize("points", [plane(4500), everywhere(4500)])
def test_a_bandwidth_beyond_the_map_reaches_every_pair(points):
    n = len(points)
    found = conley_covariance(scores(n), points, bandwidth=500.0, kernel="uniform")
    assert found.pairs == n * (n - 1) // 2
    # influences sum to zero, and all weights are 1
    assert np.abs(found.covariance).max() < 1e-8 * n


@pytest.mark.parametrize("more", [0, pytest.param(4500, marks=pytest.mark.slow)])
def test_pairs_at_the_bandwidth_belong_to_the_uniform_kernel_only(more):
    apart = 0.1 + 0.2  # a little more than 0.3
    line = np.zeros((3 + more, 2))
    line[:, 0] = [0.0, apart, 5.0, *np.arange(10, 10 + more)]
    a = scores(3 + more)
    assert conley_covariance(a, line, bandwidth=0.3, kernel="uniform").pairs == 1
    assert conley_covariance(a, line, bandwidth=apart, kernel="bartlett").pairs == 0


@pytest.mark.parametrize("points", [plane(200), sphere(200)])
@pytest.mark.parametrize("width", [0.3, 1.0, 3.0])
def test_the_spherical_kernel_is_positive_semidefinite(points, width):
    K = spatial_kernel("spherical", separations(points) / width)
    assert np.linalg.eigvalsh(K)[0] > -1e-9


def test_bartletts_kernel_is_not_in_the_plane():
    grid = np.stack(np.meshgrid(np.arange(12.0), np.arange(12.0)), -1).reshape(-1, 2)
    assert np.linalg.eigvalsh(spatial_kernel("bartlett", separations(grid) / 1.5))[0] < -1e-3


def test_own_bandwidths_are_the_symmetrised_double_sum():
    points, a, k = plane(60), scores(60), 5
    d = separations(points)
    order = np.argsort(d + np.diag(np.full(60, -1.0)), axis=1)[:, 1 : k + 1]
    near = np.take_along_axis(d, order, axis=1)
    w = spatial_kernel("epanechnikov", near / near.max(axis=1)[:, None])
    K = np.eye(60)
    np.put_along_axis(K, order, w, axis=1)
    found = neighbour_covariance(a, np.arange(61) * k, order.ravel(), w.ravel())
    np.testing.assert_allclose(found.covariance, a.T @ (K + K.T) @ a / 2, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(found.covariance, found.covariance.T)


def test_the_quadratic_spectral_kernel_is_smooth_at_zero():
    x = np.array([0.0, 9.99e-4, 1.001e-3])
    values = spatial_kernel("quadratic-spectral", x)
    np.testing.assert_allclose(values, 1 - (6 * np.pi * x / 5) ** 2 / 10, atol=1e-10)


def test_kernels_are_refused_by_name():
    with pytest.raises(OptionError, match="did you mean 'bartlett'"):
        spatial_kernel("triangular", 0.5)
    with pytest.raises(ValuesError, match="every pair"):
        conley_covariance(
            np.zeros((60_001, 1)), np.zeros((60_001, 2)), bandwidth=1, kernel="quadratic-spectral"
        )
