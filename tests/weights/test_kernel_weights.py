"""Kernel weights are K(d/h) without the diagonal; coincident points keep K(0)."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pytest
from libpysal.graph import Graph
from shapely import Point

import workbench as wb
from workbench.errors import InputError, WeightsError

FUNCTIONS = {
    "triangular": lambda z: 1 - z,
    "uniform": lambda z: 0.5 + 0 * z,
    "epanechnikov": lambda z: 3 / 4 * (1 - z**2),
    "bisquare": lambda z: 15 / 16 * (1 - z**2) ** 2,
    "gaussian": lambda z: (2 * np.pi) ** -0.5 * np.exp(-(z**2) / 2),
}
# Graph.build_kernel and weights.Kernel have other words; the former's boxcar is 1, not 1/2.
NAMES_IN_GRAPH = {
    "triangular": ("triangular", 1.0),
    "uniform": ("boxcar", 0.5),
    "epanechnikov": ("parabolic", 1.0),
    "bisquare": ("bisquare", 1.0),
    "gaussian": ("gaussian", 1.0),
}
NAMES_IN_KERNEL = {
    "triangular": "triangular",
    "uniform": "uniform",
    "epanechnikov": "quadratic",
    "bisquare": "quartic",
    "gaussian": "gaussian",
}


@pytest.fixture(scope="module")
def points():
    xy = np.random.default_rng(11).random((150, 2)) * 1000
    return gpd.GeoSeries(gpd.points_from_xy(*xy.T, crs=3857))


def squared(points):
    xy = np.column_stack([points.x, points.y])
    return np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))


def refusal(error, call, *arguments, **options):
    with pytest.raises(error) as caught:
        call(*arguments, **options)
    return str(caught.value)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_fixed_bandwidth_is_the_formula(points, function):
    W = wb.weights.kernel(points, function=function, bandwidth=200, unit="m", normalize="none")
    z = squared(points) / 200
    expected = np.where(z <= 1, FUNCTIONS[function](z), 0)
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(W.sparse.toarray(), expected, rtol=1e-12, atol=1e-15)
    assert W.recipe.parameters["self_weight"] == pytest.approx(FUNCTIONS[function](np.zeros(1))[0])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_adaptive_bandwidth_is_the_formula(points, function):
    W = wb.weights.kernel(points, function=function, k=6, unit="m", normalize="none")
    D = squared(points)
    np.fill_diagonal(D, np.inf)
    h = np.sort(D, axis=1)[:, 5] * 1.0000001
    z = D / h[:, None]
    expected = np.where(z <= 1, FUNCTIONS[function](np.where(z <= 1, z, 0)), 0)
    np.testing.assert_allclose(W.sparse.toarray(), expected, rtol=1e-9, atol=1e-15)
    assert (W.cardinalities == 6).all()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_fixed_bandwidth_equals_libpysal(points, function):
    """libpysal 4.14.1, Graph.build_kernel, points that do not coincide."""
    W = wb.weights.kernel(points, function=function, bandwidth=200, unit="m", normalize="none")
    name, factor = NAMES_IN_GRAPH[function]
    theirs = Graph.build_kernel(points, kernel=name, bandwidth=200).sparse.toarray() * factor
    np.fill_diagonal(theirs, 0)
    np.testing.assert_allclose(W.sparse.toarray(), theirs, rtol=1e-12, atol=1e-15)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_adaptive_bandwidth_equals_libpysal(points, function):
    """libpysal 4.14.1, weights.Kernel(fixed=False), whose k and factor are GeoDa's."""
    from libpysal.weights import Kernel

    W = wb.weights.kernel(points, function=function, k=6, unit="m", normalize="none")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = Kernel(
            np.column_stack([points.x, points.y]),
            fixed=False,
            k=6,
            function=NAMES_IN_KERNEL[function],
        )
    for focal in range(150):
        row = dict(zip(theirs.neighbors[focal], theirs.weights[focal], strict=True))
        row.pop(focal)
        ours = W.graph[focal]
        assert set(row) == set(ours.index)
        np.testing.assert_allclose(ours, [row[j] for j in ours.index], rtol=1e-9, atol=1e-15)


def test_coincident_points_keep_the_weight_at_distance_zero():
    places = gpd.GeoSeries({"a": Point(0, 0), "b": Point(0, 0), "c": Point(5, 0)}, crs=3857)
    W = wb.weights.kernel(places, bandwidth=10, unit="m", normalize="none")
    np.testing.assert_allclose(W.sparse.toarray(), [[0, 1, 0.5], [1, 0, 0.5], [0.5, 0.5, 0]])
    text = refusal(WeightsError, wb.weights.kernel, places, k=1)
    assert "bandwidth would be 0" in text
    assert "a, b" in text
    adaptive = wb.weights.kernel(places, k=2, unit="m", normalize="none")
    assert adaptive.sparse.toarray()[0, 1] == 1.0


def test_exactly_one_width_is_taken():
    places = gpd.GeoSeries({"a": Point(0, 0), "b": Point(1, 0), "c": Point(5, 0)}, crs=3857)
    assert "neither" in refusal(InputError, wb.weights.kernel, places)
    assert "both" in refusal(InputError, wb.weights.kernel, places, k=1, bandwidth=2)
    for k in (0, 3, 1.5, True):
        assert "whole number" in refusal(InputError, wb.weights.kernel, places, k=k)
    for bandwidth in (0, -1, np.nan, np.inf):
        assert "positive" in refusal(InputError, wb.weights.kernel, places, bandwidth=bandwidth)


def test_a_bandwidth_that_isolates_names_the_one_that_would_not():
    places = gpd.GeoSeries({"a": Point(0, 0), "b": Point(1, 0), "c": Point(5, 0)}, crs=3857)
    text = refusal(WeightsError, wb.weights.kernel, places, bandwidth=2, unit="m")
    assert "c" in text
    assert "isolates none is 4" in text
    # The triangular kernel is 0 at its bandwidth: a pair there is no link.
    assert wb.weights.kernel(places, bandwidth=4, unit="m", islands="keep").islands == ("c",)
    assert "0" in refusal(WeightsError, wb.weights.kernel, places, bandwidth=2, islands="nearest")
