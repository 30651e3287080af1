"""The log t regression agrees with its formula, and clustering finds clubs that are there."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.sandwich_covariance import S_hac_simple

from workbench.errors import ValuesError
from workbench.numerics.dynamics.clubs import (
    Clubs,
    LogTSettings,
    cluster,
    core_group,
    first_point,
    log_t,
    merge,
    relative_paths,
)
from workbench.numerics.regression import hac

USUAL = LogTSettings()


def panel(limits, sizes, *, T=40, seed=0, decay=1.0):
    """Return X = limit + noise that dies out like t^-decay / log t, and the true club."""
    rng = np.random.default_rng(seed)
    club = np.repeat(np.arange(len(limits)), sizes)
    t = np.arange(1.0, T + 1)
    start = rng.standard_normal(len(club))[:, None]
    wobble = 0.02 * rng.standard_normal((len(club), T))
    return np.asarray(limits)[club][:, None] + (start + wobble) / (np.log(t + 1) * t**decay), club


@pytest.mark.parametrize("kernel", ["quadratic-spectral", "bartlett"])
@pytest.mark.parametrize("trim", [0.2, 1 / 3])
def test_log_t_is_the_regression_of_the_paper(kernel, trim):
    X, _ = panel([10.0], [12], T=50, seed=2)
    h = X / X.mean(axis=0)
    H = ((h - 1) ** 2).mean(axis=0)
    start = int(trim * 50 + 1e-9)
    t = np.arange(start, 51)
    y = np.log(H[0] / H[start - 1 :]) - 2 * np.log(np.log(t))
    fit = sm.OLS(y, sm.add_constant(np.log(t))).fit()
    n, u = len(t), fit.resid
    width = hac.andrews_bandwidth(u, kernel)

    def weights(_):
        return np.r_[1.0, hac.kernel_weights(kernel, width, n - 1)]

    omega = S_hac_simple(u[:, None], nlags=n - 1, weights_func=weights)[0, 0] / n
    error = np.sqrt(omega / ((np.log(t) - np.log(t).mean()) ** 2).sum())
    found = log_t(X, LogTSettings(trim, kernel))
    assert (found.b, found.std_error) == pytest.approx((fit.params[1], error), rel=1e-8)
    assert found.t == pytest.approx(fit.params[1] / error, rel=1e-8)
    assert (found.start, found.points) == (start, n)


def test_the_share_left_out_is_exact_where_floating_point_is_not():
    assert [first_point(T, 1 / 3) for T in (9, 21, 48, 81, 300)] == [3, 7, 16, 27, 100]
    assert first_point(6, 0.2) == 2  # log log 1 is not defined


def test_slope_is_twice_the_rate_of_decay():
    # H_t = H_1 log(2)^2 / (log(t + 1)^2 t^(2 a)): b tends to 2 a
    t = np.arange(1.0, 2001.0)
    for a in (0.3, 1.0):
        gap = 1 / (np.log(t + 1) * t**a)
        X = np.vstack([10 + gap, 10 - gap, 10 + 2 * gap, 10 - 2 * gap])
        assert log_t(X, LogTSettings(0.2)).b == pytest.approx(2 * a, abs=0.01)


@pytest.mark.parametrize("seed", range(4))
def test_known_clubs_are_found(seed):
    X, truth = panel([20.0, 14.0, 8.0], [9, 12, 7], seed=seed)
    found = merge(X, cluster(X, X[:, -1], USUAL), USUAL)
    assert log_t(X, USUAL).t < -1.65
    assert found.divergent.size == 0
    assert [club.members.tolist() for club in found.clubs] == [
        np.flatnonzero(truth == k).tolist() for k in range(3)
    ]


def test_one_club_is_left_whole_and_a_lone_region_diverges():
    X, _ = panel([10.0], [15], seed=1)
    whole = cluster(X, X[:, -1], USUAL)
    assert [club.members.size for club in whole.clubs] == [15]
    t = np.arange(1.0, 41.0)
    alone = np.vstack([X, 11 + 0.3 * t])
    found = cluster(alone, alone[:, -1], USUAL)
    assert found.divergent.tolist() == [15]
    assert [club.members.size for club in found.clubs] == [15]


def test_regions_that_all_part_form_no_club():
    t = np.arange(1.0, 41.0)
    X = np.vstack([10 + k * 0.4 * t + 0.01 * np.sin(k * t) for k in range(6)])
    found = cluster(X, X[:, -1], USUAL)
    assert found.clubs == ()
    assert found.divergent.tolist() == list(range(6))


def noisy(seed):
    """Return a panel whose regions drift, so that the steps of the algorithm have work to do."""
    rng = np.random.default_rng(seed)
    drift = rng.choice([0.0, 0.03, 0.06], size=24)[:, None]
    t = np.arange(1.0, 36.0)
    return (
        10
        + drift * t
        + rng.standard_normal((24, 1)) / np.log(t + 1)
        + np.cumsum(0.02 * rng.standard_normal((24, 35)), axis=1)
    )


def core_in_words(t_of, rest):
    for first in range(len(rest) - 1):
        chain = {}
        for last in range(first + 2, len(rest) + 1):
            value = t_of(rest[first:last])
            if value <= -1.65:
                break
            chain[last] = value
        if chain:
            return rest[first : max(chain, key=chain.get)]
    return []


def club_in_small_steps(t_of, core, rest):
    beside = {i: t_of([*core, i]) for i in rest if i not in core}
    limit = 0.0
    while True:
        club = [*core, *(i for i, value in beside.items() if value > limit)]
        if t_of(club) > -1.65:
            return sorted(club)
        limit += 0.001


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("seed", range(6))
def test_clusters_are_those_of_the_algorithm_in_small_steps(seed):
    """A plain transcription of the four steps, c* raised by 0.001, gives the same clubs."""
    X = noisy(seed)

    def t_of(rows):
        return log_t(X[sorted(rows)], USUAL).t

    rest, clubs = sorted(range(24), key=lambda i: -X[i, -1]), []
    while len(rest) > 1:
        core = rest if t_of(rest) > -1.65 else core_in_words(t_of, rest)
        if not core:
            break
        clubs.append(club_in_small_steps(t_of, core, rest))
        rest = [i for i in rest if i not in clubs[-1]]
    found = cluster(X, X[:, -1], USUAL)
    assert [club.members.tolist() for club in found.clubs] == clubs
    assert found.divergent.tolist() == sorted(rest)


@pytest.mark.parametrize("seed", range(6))
def test_clubs_converge_and_merged_neighbours_do_not(seed):
    X = noisy(seed)
    initial = cluster(X, X[:, -1], USUAL)
    merged = merge(X, initial, USUAL)
    for found in (initial, merged):
        for club in found.clubs:
            assert club.test.t > -1.65
            assert club.test.t == log_t(X[club.members], USUAL).t
        everyone = np.concatenate([*(club.members for club in found.clubs), found.divergent])
        assert sorted(everyone.tolist()) == list(range(24))
    for upper, lower in zip(merged.clubs, merged.clubs[1:], strict=False):
        assert log_t(X[np.r_[upper.members, lower.members]], USUAL).t <= -1.65
    assert len(merged.clubs) <= len(initial.clubs)
    np.testing.assert_array_equal(merged.divergent, initial.divergent)


def test_a_club_cut_in_two_is_merged_again():
    X, _ = panel([20.0, 8.0], [10, 8], seed=3)
    whole = cluster(X, X[:, -1], USUAL)
    upper, lower = whole.clubs
    half = [cluster(X[rows], X[rows, -1], USUAL).clubs[0] for rows in (range(5), range(5, 10))]
    pieces = [
        type(upper)(np.arange(5), np.arange(5), half[0].test, 0.0),
        type(upper)(np.arange(5, 10), np.arange(5, 10), half[1].test, 0.0),
        lower,
    ]
    merged = merge(X, Clubs(tuple(pieces), whole.divergent), USUAL)
    assert [club.members.tolist() for club in merged.clubs] == [
        list(range(10)), list(range(10, 18)),
    ]  # fmt: skip


def test_first_region_is_passed_over_where_it_converges_with_none():
    X, _ = panel([10.0], [6], seed=4)
    t = np.arange(1.0, 41.0)
    X = np.vstack([X, 30 + 0.5 * t])
    order = np.argsort(-X[:, -1]).astype(np.int64)
    assert order[0] == 6
    assert 6 not in core_group(X, order, USUAL)


def test_relative_paths_average_to_one():
    X, _ = panel([20.0, 8.0], [5, 4])
    np.testing.assert_allclose(relative_paths(X).mean(axis=0), 1.0, rtol=1e-14)
    np.testing.assert_allclose(relative_paths(1000 * X), relative_paths(X), rtol=1e-12)


def test_equal_regions_and_short_panels_are_refused():
    X = np.array([[1.0, 2, 3, 4, 5, 6, 7, 8], [2.0, 3, 4, 5, 5, 7, 8, 9]])
    with pytest.raises(ValuesError, match="period 5"):
        log_t(X, USUAL)
    X[:, 4] = 0.3, 0.1 + 0.2  # equal but for rounding, whose logarithm would be taken
    with pytest.raises(ValuesError, match="period 5"):
        log_t(X, USUAL)
    with pytest.raises(ValuesError, match="at least 5 periods after trimming"):
        log_t(X[:, :5], USUAL)
