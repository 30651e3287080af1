"""Sobol indices: known values of test functions, groups, intervals, another implementation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from workbench.core.seeds import generator
from workbench.errors import InputError
from workbench.numerics.composites.sobol import design, indices

A, B = 7.0, 0.1


def ishigami(x):
    z = np.pi * (2 * x - 1)
    return np.sin(z[:, 0]) + A * np.sin(z[:, 1]) ** 2 + B * z[:, 2] ** 4 * np.sin(z[:, 0])


def ishigami_indices():
    """Closed form: Ishigami and Homma (1990); Saltelli et al. (2008), section 4.6."""
    V1 = 0.5 * (1 + B * np.pi**4 / 5) ** 2
    V2 = A**2 / 8
    V13 = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    V = V1 + V2 + V13
    return np.array([V1, V2, 0]) / V, np.array([V1 + V13, V2, V13]) / V


def g_function(x, a):
    return np.prod((np.abs(4 * x - 2) + a) / (1 + a), axis=1)


def g_indices(a):
    """Closed form: Saltelli and Sobol (1995)."""
    Vi = 1 / (3 * (1 + a) ** 2)
    V = np.prod(1 + Vi) - 1
    total = Vi * np.array([np.prod(1 + np.delete(Vi, i)) for i in range(len(a))]) / V
    return Vi / V, total


def found(function, sizes, N, *, seed=0, **options):
    plan = design(sizes, N, rng=generator(seed, "design"))
    options.setdefault("rng", generator(seed, "bootstrap"))
    return indices(function(plan.points()), len(sizes), **options)


def test_indices_of_the_ishigami_function_are_those_of_its_closed_form():
    first, total = ishigami_indices()
    result = found(ishigami, [1, 1, 1], 4096, resamples=100)
    # errors of scrambled Sobol points fall nearly as 1/N; measured here: below 3e-3
    np.testing.assert_allclose(result.first, first, atol=0.01)
    np.testing.assert_allclose(result.total, total, atol=0.01)


def test_indices_of_the_g_function_are_those_of_its_closed_form():
    a = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0])
    first, total = g_indices(a)
    result = found(lambda x: g_function(x, a), [1] * 6, 4096, resamples=100)
    np.testing.assert_allclose(result.first, first, atol=0.01)
    np.testing.assert_allclose(result.total, total, atol=0.01)


def test_inputs_that_change_together_have_the_index_of_their_group():
    # of an additive function the group's share is the sum of its members' shares
    weights = np.array([1.0, 2.0, 3.0, 4.0])
    result = found(lambda x: x @ weights, [1, 2, 1], 1024, resamples=100)
    shares = weights**2 / (weights**2).sum()
    wanted = [shares[0], shares[1] + shares[2], shares[3]]
    np.testing.assert_allclose(result.first, wanted, atol=0.01)
    np.testing.assert_allclose(result.total, wanted, atol=0.01)


def test_indices_agree_with_scipy_at_the_same_number_of_points():
    ours = found(ishigami, [1, 1, 1], 2048, resamples=100)
    theirs = stats.sobol_indices(
        func=lambda x: ishigami(x.T), n=2048, dists=[stats.uniform()] * 3, rng=0
    )
    # two scramblings of one sequence, the same estimators
    np.testing.assert_allclose(ours.first, theirs.first_order, atol=0.02)
    np.testing.assert_allclose(ours.total, theirs.total_order, atol=0.02)


def test_several_outputs_have_the_indices_of_each_and_still_ones_have_none():
    plan = design([1, 1, 1], 256, rng=generator(0, "design"))
    points = plan.points()
    outputs = np.column_stack([ishigami(points), np.full(len(points), 5.0)])
    both = indices(outputs, 3, rng=generator(0, "bootstrap"), resamples=60)
    alone = indices(outputs[:, 0], 3, rng=generator(0, "bootstrap"), resamples=60)
    np.testing.assert_allclose(both.first[:, 0], alone.first, rtol=1e-12)
    np.testing.assert_allclose(both.total_high[:, 0], alone.total_high, rtol=1e-12)
    assert np.isnan(both.first[:, 1]).all()
    assert np.isnan(both.total_low[:, 1]).all()
    assert both.variance[1] == 0


def test_an_index_does_not_change_with_units_of_the_output():
    one = found(ishigami, [1, 1, 1], 256, resamples=60)
    other = found(lambda x: 1e3 + 7 * ishigami(x), [1, 1, 1], 256, resamples=60)
    np.testing.assert_allclose(other.first, one.first, atol=1e-10)
    np.testing.assert_allclose(other.total, one.total, atol=1e-10)


@pytest.mark.slow
def test_intervals_cover_the_index_as_often_as_they_say():
    first, total = ishigami_indices()
    hits = np.zeros(2)
    runs = 200
    for seed in range(runs):
        one = found(ishigami, [1, 1, 1], 256, seed=seed, resamples=300)
        hits += [
            ((one.first_low <= first) & (first <= one.first_high)).mean(),
            ((one.total_low <= total) & (total <= one.total_high)).mean(),
        ]
    # cautious, as the docstring says: 95 % or more, within sampling error
    assert (hits / runs > 0.92).all()


@pytest.mark.parametrize("N", [0, 100, 4, 8.0, True])
def test_a_number_of_points_that_is_no_power_of_two_is_refused(N):
    with pytest.raises(InputError, match="power of two"):
        design([1], N, rng=generator(0, "design"))


def test_outputs_that_are_missing_are_refused():
    with pytest.raises(InputError, match="finite"):
        indices(np.array([1.0, np.nan, 2.0, 3.0] * 8), 2, rng=generator(0, "b"))
