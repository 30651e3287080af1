"""Steps of a composite index on arrays: imputation, outliers, scales, reliability."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from workbench.numerics.composites import imputation, normalisation, outliers, reliability
from workbench.numerics.composites.levels import effective, members, pruned, ranks


@pytest.fixture(scope="module")
def X():
    return np.random.default_rng(3).lognormal(size=(40, 5))


def test_em_meets_the_factored_likelihood_of_a_monotone_pattern():
    """Little and Rubin (2002), section 7.2: two normal variables, the second partly missing."""
    rng = np.random.default_rng(1)
    x = rng.normal(5.0, 2.0, 60)
    y = 3.0 + 0.7 * x + rng.normal(size=60)
    seen = x < 6.0
    found = imputation.normal_em(np.column_stack([x, np.where(seen, y, np.nan)]))
    slope = np.cov(x[seen], y[seen], bias=True)[0, 1] / x[seen].var()
    start = y[seen].mean() - slope * x[seen].mean()
    rest = y[seen].var() - slope**2 * x[seen].var()
    assert found.converged
    np.testing.assert_allclose(found.values[~seen, 1], start + slope * x[~seen], rtol=1e-7)
    np.testing.assert_allclose(found.mean, [x.mean(), start + slope * x.mean()], rtol=1e-7)
    np.testing.assert_allclose(
        found.covariance,
        [[x.var(), slope * x.var()], [slope * x.var(), rest + slope**2 * x.var()]],
        rtol=1e-7,
    )


def test_em_leaves_what_is_known_and_does_not_depend_on_units(X):
    holes = X.copy()
    holes[[1, 5, 9], [0, 3, 3]] = np.nan
    found = imputation.normal_em(holes).values
    np.testing.assert_array_equal(found[~np.isnan(holes)], holes[~np.isnan(holes)])
    scaled = imputation.normal_em(holes * 1000.0 + 5.0).values
    np.testing.assert_allclose(scaled, found * 1000.0 + 5.0, rtol=1e-8)


def test_nearest_takes_the_mean_of_the_nearest_that_have_a_value():
    X = np.array([[0.0, 1.0], [1.0, np.nan], [1.1, np.nan], [2.0, 5.0], [9.0, 7.0]])
    assert imputation.nearest(X, 1)[2, 1] == 5.0
    assert imputation.nearest(X, 2)[2, 1] == pytest.approx((5.0 + 1.0) / 2)
    alone = np.array([[np.nan, 1.0], [2.0, np.nan], [3.0, np.nan]])
    assert np.isnan(imputation.nearest(alone, 1)[0, 0])


def test_lines_in_time_reach_inside_only():
    X = np.array([[np.nan], [2.0], [np.nan], [8.0], [1.0], [np.nan]])
    entity, times = np.array([0, 0, 0, 0, 1, 1]), np.array([0.0, 1.0, 2.0, 4.0, 0.0, 1.0])
    filled = imputation.linear_in_time(X, entity, times).ravel()
    np.testing.assert_array_equal(filled, [np.nan, 2.0, 4.0, 8.0, 1.0, np.nan])


def test_shape_is_that_of_scipy_without_bias(X):
    skewness, kurtosis = outliers.shape(X)
    np.testing.assert_allclose(skewness, stats.skew(X, bias=False), rtol=1e-12)
    np.testing.assert_allclose(kurtosis, stats.kurtosis(X, bias=False), rtol=1e-12)


def test_winsorising_gives_the_values_of_coinr():
    """COINr 1.1, tests/testthat/test-treat.R: 1, …, 10, 100 becomes 1, …, 10, 10 and passes."""
    x = np.array([*range(1, 11), 100.0])[:, None]
    found = outliers.winsorise(x, 5)
    np.testing.assert_array_equal(found.values.ravel(), [*range(1, 11), 10])
    assert found.moved.ravel().tolist() == [False] * 10 + [True]
    assert not outliers.outlying(found.values)[0]
    np.testing.assert_array_equal(outliers.winsorise(-x, 5).values, -found.values)


def test_too_many_outliers_are_a_skewed_distribution_and_the_logarithm_is_taken():
    """COINr's log_CT is log(x − min + 0.01 range); ours differs by log(range)."""
    x = np.array([*range(1, 21), 100.0, 200.0])[:, None]
    found = outliers.winsorise(x, 1)
    assert found.transformed.tolist() == [True]
    assert not found.moved.any()
    log_ct = np.log(x - 1.0 + 0.01 * 199.0)
    np.testing.assert_allclose(found.values, log_ct - np.log(199.0), rtol=1e-12)


@pytest.mark.parametrize("treat", ["winsorise", "trim", "log", "box-cox"])
def test_treatment_keeps_order_and_does_not_depend_on_units(treat, X):
    def treated(values):
        if treat == "winsorise":
            return outliers.winsorise(values, 5).values
        if treat == "trim":
            return outliers.trim(values).values
        return outliers.transform(values, power=treat == "box-cox").values

    X = np.exp(2.0 * np.log(X))
    found, scaled = treated(X), treated(40.0 * X)
    ones = np.ones(X.shape[1])
    assert (np.diff(np.take_along_axis(found, np.argsort(X, axis=0), axis=0), axis=0) >= 0).all()
    assert (found != X).any()
    np.testing.assert_allclose(
        normalisation.min_max(scaled, ones), normalisation.min_max(found, ones), atol=1e-6
    )


def test_trimming_stops_at_tukeys_fences(X):
    found = outliers.trim(X)
    low, high = np.percentile(X, [25, 75], axis=0)
    assert (found.values <= high + 1.5 * (high - low)).all()
    np.testing.assert_array_equal(found.moved, found.values != X)


AFFINE = ["min_max", "z_score", "borda", "percentile", "categorical"]


@pytest.mark.parametrize("name", AFFINE)
def test_scales_are_invariant_to_units_and_to_turning_round(name, X):
    scale = getattr(normalisation, name)
    ones = np.ones(X.shape[1])
    a = np.array([2.0, 0.001, 300.0, 7.0, 1.0])
    np.testing.assert_allclose(scale(X * a + 5.0, ones), scale(X, ones), atol=1e-9)
    np.testing.assert_allclose(scale(5.0 - X * a, -ones), scale(X, ones), atol=1e-9)


@pytest.mark.parametrize("name", ["borda", "percentile", "categorical"])
def test_scales_by_rank_are_invariant_to_monotone_transformations(name, X):
    scale = getattr(normalisation, name)
    ones = np.ones(X.shape[1])
    if name == "categorical":
        X = X[:21]  # its quantiles are values of the data then, not means of two
    np.testing.assert_array_equal(scale(np.log(X), ones), scale(X, ones))


def test_borda_is_the_ascending_rank_less_one(X):
    tied = np.round(X, 0)
    expected = stats.rankdata(tied, axis=0) - 1
    np.testing.assert_array_equal(normalisation.borda(tied, np.ones(5)), expected)


def test_reference_rows_give_the_parameters_for_all(X):
    rows = np.arange(40) < 10
    ones = np.ones(5)
    found = normalisation.min_max(X, ones, rows=rows)
    np.testing.assert_allclose(found[:10], normalisation.min_max(X[:10], ones))
    assert found.max() > 100
    z = normalisation.z_score(X, ones, rows=rows)
    np.testing.assert_allclose(z[:10].mean(axis=0), 0, atol=1e-12)
    placed = normalisation.percentile(X, ones, rows=rows)
    np.testing.assert_allclose(placed[:10], normalisation.percentile(X[:10], ones))
    assert placed[10:].min() >= 0
    assert placed[10:].max() <= 100


def test_adequacy_is_that_of_partial_correlations_from_regressions(X):
    """Partial correlations as correlations of residuals: another road to the same measure."""
    k = X.shape[1]
    R = np.corrcoef(X.T)
    partial = np.eye(k)
    for i in range(k):
        for j in range(i):
            rest = np.column_stack([np.ones(len(X)), np.delete(X, [i, j], axis=1)])
            left = [v - rest @ np.linalg.lstsq(rest, v, rcond=None)[0] for v in (X[:, i], X[:, j])]
            partial[i, j] = partial[j, i] = np.corrcoef(*left)[0, 1]
    off = ~np.eye(k, dtype=bool)
    r2, p2 = np.where(off, R**2, 0), np.where(off, partial**2, 0)
    total, each = reliability.sampling_adequacy(R)
    assert total == pytest.approx(r2.sum() / (r2.sum() + p2.sum()), rel=1e-10)
    np.testing.assert_allclose(each, r2.sum(1) / (r2.sum(1) + p2.sum(1)), rtol=1e-10)


def test_sphericity_rejects_at_its_level_when_nothing_is_correlated():
    rng = np.random.default_rng(0)
    p = [
        stats.chi2.sf(*reliability.sphericity(np.corrcoef(rng.normal(size=(4, 60))), 60))
        for _ in range(600)
    ]
    assert 0.03 < np.mean(np.array(p) < 0.05) < 0.075  # three standard errors about 0.05


def test_alpha_is_that_of_variances_of_standardised_items(X):
    Z = (X - X.mean(0)) / X.std(0)
    k = X.shape[1]
    by_variance = k / (k - 1) * (1 - k / Z.sum(axis=1).var())
    R = np.corrcoef(X.T)
    assert reliability.cronbach_alpha(R) == pytest.approx(by_variance, rel=1e-10)
    rest = np.delete(Z, 2, axis=1).sum(axis=1)
    assert reliability.item_total(R)[2] == pytest.approx(np.corrcoef(Z[:, 2], rest)[0, 1])


def test_main_effects_see_curves_and_add_up_for_independent_parts():
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(2, 600))
    Z = np.column_stack([a, b])
    shares = reliability.main_effects(Z, 2 * a + b)
    np.testing.assert_allclose(shares, [0.8, 0.2], atol=0.05)
    curved = reliability.main_effects(Z, a**2)
    assert curved[0] > 0.95
    assert curved[1] < 0.05
    assert np.corrcoef(a, a**2)[0, 1] ** 2 < 0.05


def test_singular_correlations_have_no_adequacy():
    R = np.ones((3, 3))
    assert np.isnan(reliability.sampling_adequacy(R)[0])
    assert np.isnan(reliability.sphericity(R, 50)[0])


def test_ranks_share_the_better_one_and_ignore_rounding():
    assert ranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [1, 4, 1, 3]
    assert ranks(np.array([0.1 + 0.2, 0.3])).tolist() == [1, 1]
    both = np.array([[1.0, 2.0], [5.0, 4.0]])
    assert ranks(both).tolist() == [[2, 1], [1, 2]]


def test_pruning_drops_empty_groups_and_numbers_anew():
    tree = (np.array([0, 0, 1, 2]), np.array([0, 1, 1]), np.zeros(2, dtype=int))
    codes, stays = pruned(tree, np.array([False, False, True, True]))
    assert [c.tolist() for c in codes] == [[0, 1], [0, 0], [0]]
    assert [s.tolist() for s in stays] == [
        [False, False, True, True],
        [False, True, True],
        [False, True],
    ]
    assert [part.tolist() for part in members(codes[1])] == [[0, 1]]


def test_effective_weights_sum_to_one():
    tree = (np.array([0, 0, 1]), np.array([0, 0]))
    found = effective((np.array([0.25, 0.75, 1.0]), np.array([0.4, 0.6])), tree)
    np.testing.assert_allclose(found, [0.1, 0.3, 0.6])


def test_no_more_points_are_winsorised_than_allowed_ties_included():
    """Three equal outliers move together or not at all: with two allowed the logarithm is taken."""
    X = np.array([*np.linspace(1.0, 2.0, 40), 90.0, 90.0, 90.0])[:, None]
    assert not outliers.outlying(outliers.winsorise(X, 3).values).any()
    assert int(outliers.winsorise(X, 3).moved.sum()) == 3
    few = outliers.winsorise(X, 2)
    assert few.transformed.tolist() == [True]
    assert not few.moved.any()
