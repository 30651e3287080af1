"""Weights that data decide: the handbook's example, linear programmes, definitions by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from workbench.errors import InputError, ValuesError
from workbench.numerics.composites import weighting
from workbench.numerics.composites.frontier import benefit_of_the_doubt

# OECD and JRC (2008), table 17: rotated loadings of the Technology Achievement Index, 23 countries
TAI = np.array(
    [
        [0.07, 0.97, 0.06, 0.06],  # patents
        [0.13, 0.07, -0.07, 0.93],  # royalties
        [0.79, -0.21, 0.21, 0.42],  # internet
        [-0.64, 0.56, -0.04, 0.36],  # technology exports
        [0.37, 0.17, 0.38, 0.68],  # telephones
        [0.82, -0.04, 0.25, 0.35],  # electricity
        [0.88, 0.23, -0.09, 0.09],  # schooling
        [0.08, 0.04, 0.96, 0.04],  # university
    ]
)


def data(n=40, k=6, seed=0):
    rng = np.random.default_rng(seed)
    return rng.random((n, 1)) + rng.random((n, k))


def test_loadings_of_the_handbook_give_the_weights_of_the_handbook():
    """Table 18 of the handbook; loadings have two decimals, hence the last digit is one off."""
    published = [0.17, 0.15, 0.11, 0.06, 0.08, 0.12, 0.14, 0.16]
    np.testing.assert_allclose(weighting.squared_loading_weights(TAI), published, atol=0.0065)


def test_signs_of_factors_do_not_decide_weights():
    """A factor and its negative are one factor; two opposite indicators are one to the other."""
    np.testing.assert_allclose(
        weighting.squared_loading_weights(TAI * [1.0, -1.0, 1.0, -1.0]),
        weighting.squared_loading_weights(TAI),
        rtol=1e-12,
    )
    # two factors, the first of two opposite indicators: equal weights by symmetry
    table = np.array([[0.87, 1e-17], [-0.87, 1e-17], [0.0, 1.0]])
    found = weighting.squared_loading_weights(table)
    np.testing.assert_allclose(found, np.array([0.87**2, 0.87**2, 1.0]) / (2 * 0.87**2 + 1.0))


def test_variance_explained_by_the_factors_is_that_of_the_handbook():
    np.testing.assert_allclose((TAI**2).sum(axis=0), [2.64, 1.39, 1.19, 1.76], atol=0.015)


def test_rotation_keeps_communalities_and_reaches_the_criterion_of_statsmodels():
    from statsmodels.multivariate.factor_rotation import rotate_factors

    A = np.random.default_rng(2).standard_normal((12, 4))
    ours = weighting.varimax(A)
    length = np.sqrt((A**2).sum(axis=1))[:, None]
    theirs = rotate_factors(A / length, "varimax")[0]

    def criterion(L):
        return (L**4).sum() - ((L**2).sum(axis=0) ** 2).sum() / len(L)

    np.testing.assert_allclose((ours**2).sum(axis=1), (A**2).sum(axis=1), rtol=1e-12)
    assert criterion(ours / length) >= criterion(theirs) - 1e-9


def test_a_saddle_point_of_the_criterion_does_not_hold_the_rotation_up():
    # two indicators, two components: unrotated loadings are (c, s) and (c, -s)
    turned = weighting.varimax(np.array([[0.9, 0.43], [0.9, -0.43], [0.9, 0.43], [0.9, -0.43]]))
    assert (np.abs(turned).min(axis=1) < 0.5 * np.abs(turned).max(axis=1)).all()


def test_components_are_retained_by_eigenvalue_and_by_what_they_explain():
    Z = data(60, 8)
    found = weighting.pca_weights(Z)
    shares = found.eigenvalues / found.eigenvalues.sum()
    f = found.loadings.shape[1]
    assert found.eigenvalues.sum() == pytest.approx(8)
    assert shares[:f].sum() >= 0.6
    assert shares[: f - 1].sum() < 0.6 or found.eigenvalues[f - 1] > 1
    assert found.explained.sum() == pytest.approx(found.eigenvalues[:f].sum())
    assert found.weights.sum() == pytest.approx(1)


@pytest.mark.parametrize("function", ["pca_weights", "critic_weights"])
def test_units_do_not_change_weights_by_correlation_nor_order_of_rows(function):
    Z = data()
    weigh = getattr(weighting, function)
    values = (lambda Z: weigh(Z).weights) if function == "pca_weights" else weigh
    order = np.random.default_rng(3).permutation(len(Z))
    np.testing.assert_allclose(values(Z[order]), values(Z), atol=1e-9)
    np.testing.assert_allclose(values(100 * Z + 5), values(Z), atol=1e-9)


def test_entropy_weights_by_hand():
    X = np.array([[1.0, 1.0], [1.0, 2.0], [2.0, 5.0]])
    e = [
        -sum(p * np.log(p) for p in (0.25, 0.25, 0.5)) / np.log(3),
        -sum(p * np.log(p) for p in (0.125, 0.25, 0.625)) / np.log(3),
    ]
    d = 1 - np.array(e)
    np.testing.assert_allclose(weighting.entropy_weights(X), d / d.sum(), rtol=1e-12)


def test_critic_weights_by_hand():
    Z = data(20, 3)
    R = np.corrcoef(Z.T)
    c = Z.std(axis=0, ddof=1) * (1 - R).sum(axis=0)
    np.testing.assert_allclose(weighting.critic_weights(Z), c / c.sum(), rtol=1e-10)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.05, 0.4), (0.1, 0.2), (0.0, 0.25)])
def test_benefit_of_the_doubt_is_the_linear_programme(low, high):
    """Against HiGHS, in the form of shares: min t, Σ s_i z_ji / z_ci ≤ t, Σ s = 1, L ≤ s ≤ U."""
    Z = data(30, 6) * [1, 10, 100, 1, 0.01, 1]
    found = benefit_of_the_doubt(Z, low, high)
    n, k = Z.shape
    for c in range(n):
        ratio = Z / Z[c]
        solved = linprog(
            np.r_[np.zeros(k), 1.0],
            A_ub=np.c_[ratio, -np.ones(n)], b_ub=np.zeros(n),
            A_eq=[np.r_[np.ones(k), 0.0]], b_eq=[1.0],
            bounds=[(low, high)] * k + [(0, None)],
        )  # fmt: skip
        # tolerance of HiGHS
        assert found.scores[c] == pytest.approx(1 / solved.fun, rel=1e-7)
    assert (found.weights @ Z.T <= 1 + 1e-9).all()
    np.testing.assert_allclose((found.weights * Z).sum(axis=1), found.scores, rtol=1e-12)
    assert (found.shares >= low - 1e-9).all()
    assert (found.shares <= high + 1e-9).all()


def test_benefit_of_the_doubt_of_two_indicators_by_enumeration_of_vertices():
    """The optimum of a programme in two weights is where two of its lines cross."""
    Z = data(9, 2, seed=4)
    found = benefit_of_the_doubt(Z).scores
    lines = [*[(z, 1.0) for z in Z], (np.array([1.0, 0.0]), 0.0), (np.array([0.0, 1.0]), 0.0)]
    vertices = []
    for (a, p), (b, q) in itertools.combinations(lines, 2):
        matrix = np.array([a, b])
        if abs(np.linalg.det(matrix)) > 1e-12:
            w = np.linalg.solve(matrix, [p, q])
            if (w >= -1e-12).all() and (Z @ w <= 1 + 1e-12).all():
                vertices.append(w)
    np.testing.assert_allclose(found, (Z @ np.array(vertices).T).max(axis=1), rtol=1e-10)


def test_benefit_of_the_doubt_does_not_depend_on_units():
    Z = data(25, 5)
    other = benefit_of_the_doubt(Z * [1, 1e3, 1e-3, 7, 1], 0.05, 0.5).scores
    np.testing.assert_allclose(other, benefit_of_the_doubt(Z, 0.05, 0.5).scores, rtol=1e-10)


def test_tied_regions_and_zeros_are_solved():
    Z = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [0.5, 0.0]])
    np.testing.assert_allclose(benefit_of_the_doubt(Z).scores, [1, 1, 1, 1, 0.5], rtol=1e-10)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: benefit_of_the_doubt(np.array([[0.0, 1.0], [1.0, 1.0]]), 0.1), ValuesError,
         "row 0"),
        (lambda: benefit_of_the_doubt(np.ones((3, 2)), 0.6), InputError, "bounds"),
        (lambda: benefit_of_the_doubt(np.ones((3, 2)), 0.0, 0.3), InputError, "bounds"),
        (lambda: benefit_of_the_doubt(-np.ones((3, 2))), ValuesError, "row 0"),
        (lambda: weighting.pca_weights(np.ones((5, 2))), ValuesError, "indicator number 1"),
        (lambda: weighting.entropy_weights(np.array([[1.0], [-1.0], [2.0]])), ValuesError,
         "negative"),
        (lambda: weighting.entropy_weights(np.ones((4, 2))), ValuesError, "vary"),
        (lambda: weighting.critic_weights(np.full((4, 2), np.nan)), ValuesError, "missing"),
    ],
)  # fmt: skip
def test_values_that_no_weight_may_come_from_are_refused(call, error, says):
    with pytest.raises(error, match=says):
        call()
