"""How far a spillover reaches: where the likelihood is highest, and when there is no telling.

References: least squares along a fine grid, written out; outcomes made with a known length.
"""

from __future__ import annotations

import math
import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import workbench as wb
from workbench.errors import FormulaError, IdError, InputError
from workbench.hypotheses.statements.decay import decay_length
from workbench.hypotheses.statements.estimands import NotInModelError, rho
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.hypotheses.statements.profiles import Profile, davies_p
from workbench.hypotheses.statements.sites import sites_of

TRUE = 400.0


@pytest.fixture(scope="module")
def sites(states):
    return sites_of(states, metric="auto", unit="km")


@pytest.fixture(scope="module")
def made(sites):
    """An outcome that decays over 400 km; one without spillovers; seeds are fixed."""
    rng = np.random.default_rng(7)
    n = len(sites.ids)
    x, noise = rng.standard_normal(n), rng.standard_normal(n)
    W = sites.weights(TRUE, row=True).sparse.toarray()
    frame = {"x": x, "z": rng.standard_normal(n), "y": x + 3 * W @ x + 0.3 * noise, "none": noise}
    return pd.DataFrame(frame, index=sites.ids)


def lost_by_grid(table, sites, lengths, outcome="y"):
    """nu log SSE of outcome on 1, x, z and W(length) x, by numpy, less its minimum."""
    d = sites.distances
    out = []
    for length in lengths:
        W = np.exp(-d / length)
        np.fill_diagonal(W, 0)
        W /= W.sum(axis=1, keepdims=True)
        X = np.column_stack([np.ones(len(d)), table["x"], table["z"], W @ table["x"]])
        y = table[outcome].to_numpy()
        residual = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
        out.append((len(d) - 5) * math.log(residual @ residual))
    return np.array(out) - min(out)


@pytest.mark.slow
def test_the_estimate_and_interval_are_those_of_a_fine_grid(made, states, sites):
    fit = wb.fit("y ~ x + z", made)
    found = decay_length("x", states, shortest=50, longest=3000).estimate(fit)
    lengths = np.geomspace(50, 3000, 4001)
    lost = lost_by_grid(made, sites, lengths)
    inside = lengths[lost <= stats.t.isf(0.025, 43) ** 2]
    # a step of the grid is 0.1 %
    np.testing.assert_allclose(found.value, lengths[lost.argmin()], rtol=2e-3)
    np.testing.assert_allclose(
        [found.conf_low, found.conf_high], [inside[0], inside[-1]], rtol=4e-3
    )
    assert found.conf_low < TRUE < found.conf_high
    assert math.isnan(found.std_error)
    at = np.abs(lengths - 250).argmin()
    p = 2 * stats.t.sf(np.sqrt(lost[at]), 43)
    # the minimum of the grid is 1e-6 off that of the likelihood
    np.testing.assert_allclose(found.p_value(lengths[at]), p, rtol=1e-4)
    assert any("Half of the spillover" in note for note in found.notes)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("level", [0.99, 0.95, 0.9, 0.8, 0.68])
def test_p_values_and_intervals_of_any_level_are_those_of_the_likelihood(
    made, states, sites, level
):
    """Not of a curve laid through some lengths: at an end of an interval p is what is left."""
    found = decay_length("x", states, shortest=50, longest=3000).estimate(wb.fit("y ~ x + z", made))
    low, high = found.interval(level)
    at = np.array([low, found.value, high])
    lost = lost_by_grid(made, sites, at)
    p = 2 * stats.t.sf(np.sqrt(lost[[0, 2]]), 43)
    np.testing.assert_allclose(p, 1 - level, rtol=1e-4)
    np.testing.assert_allclose([found.p_value(low), found.p_value(high)], 1 - level, rtol=1e-6)


def test_a_verdict_follows_from_the_interval(made, states):
    fit = wb.fit("y ~ x", made)
    reach = decay_length("x", states, shortest=50, longest=3000)
    assert Hypothesis("s", reach, "<", 1500).test(fit).answer == "supported"
    assert Hypothesis("s", reach, ">", 1500).test(fit).answer == "contradicted"
    assert Hypothesis("s", reach, "<", 410).test(fit).answer == "cannot tell"


def test_without_a_spillover_there_is_no_length(made, states):
    fit = wb.fit("none ~ x", made)
    told = Hypothesis("s", decay_length("x", states), "<", 1000).test(fit)
    assert told.answer == "cannot tell"
    assert math.isnan(told.estimate)
    assert (told.conf_low, told.conf_high) == (0.0, math.inf)
    assert "no spillover" in told.reason


def test_a_range_that_ends_too_soon_leaves_an_end_open(made, states):
    fit = wb.fit("y ~ x", made)
    short = decay_length("x", states, shortest=20, longest=90).estimate(fit)
    assert short.value == math.inf
    assert short.conf_high == math.inf
    assert any("open above" in note for note in short.notes)
    assert any("longest" in note for note in short.notes)
    long = decay_length("x", states, shortest=1500, longest=4000).estimate(fit)
    assert long.value == 0.0
    assert long.conf_low == 0.0


@pytest.mark.slow
def test_models_with_wy_decay_too(made, states, queen):
    fit = wb.fit("y ~ x", made, queen, model="sdm")
    found = decay_length("x", states, shortest=100, longest=2000).estimate(fit)
    again = wb.fit(
        "y ~ x",
        made,
        queen,
        model="sdm",
        W_x=sites_of(states, metric="auto", unit="km").weights(found.value, row=True),
    )
    for factor in (0.97, 1.03):
        W = sites_of(states, metric="auto", unit="km").weights(found.value * factor, row=True)
        assert wb.fit("y ~ x", made, queen, model="sdm", W_x=W).loglik < again.loglik


@pytest.mark.slow
def test_other_standard_errors_change_the_width_alone(made, states):
    reach = decay_length("x", states, shortest=50, longest=3000)
    plain = reach.estimate(wb.fit("y ~ x", made))
    robust = reach.estimate(wb.fit("y ~ x", made, covariance="HC3"))
    # least squares by columns, and fits made anew: two ways to one number
    np.testing.assert_allclose(plain.value, robust.value, rtol=1e-8)
    assert plain.conf_high != robust.conf_high


@pytest.mark.slow
def test_of_several_statistics_the_bound_is_that_of_simulation():
    """Davies's bound holds for the largest of chi-squares along a path, and is not far off."""
    rng = np.random.default_rng(2)
    angle = np.linspace(0, np.pi / 2, 40)
    z = rng.standard_normal((4000, 2))
    paths = (z @ np.stack([np.cos(angle), np.sin(angle)])) ** 2
    share = np.mean([davies_p(path, 1) <= 0.05 for path in paths])
    assert 0.03 < share < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 4000)


def test_a_profile_between_its_values():
    lengths = np.geomspace(10, 1000, 60)
    profile = Profile(lengths, 9 * np.log(lengths / 100) ** 2, None)
    low, high = profile.interval(0.95)
    np.testing.assert_allclose([low, high], 100 * np.exp([-1.96 / 3, 1.96 / 3]), rtol=1e-3)
    np.testing.assert_allclose(profile.p_value(high), 0.05, rtol=1e-6)
    with pytest.raises(InputError, match="range"):
        profile.p_value(5.0)


def test_rows_in_another_order_change_nothing(made, states):
    reach = decay_length("x", states, shortest=50, longest=3000)
    other = decay_length("x", states.sample(frac=1, random_state=2), shortest=50, longest=3000)
    assert reach == other
    assert hash(reach) == hash(other)
    shuffled = made.sample(frac=1, random_state=3)
    assert (
        reach.estimate(wb.fit("y ~ x", made)).value
        == other.estimate(wb.fit("y ~ x", shuffled)).value
    )
    assert pickle.loads(pickle.dumps(reach)) == reach


def test_what_has_no_decay_is_named(made, states, queen, panel):
    reach = decay_length("x", states)
    for fit in (
        wb.fit("y ~ x", made, queen, model="sar", method="gmm"),
        wb.fit("log(gsp) ~ log(emp)", panel, effects="random"),
    ):
        with pytest.raises(NotInModelError, match="likelihood"):
            reach.estimate(fit)
    with pytest.raises(NotInModelError, match="'q'"):
        decay_length("q", states).estimate(wb.fit("y ~ x", made))
    with pytest.raises(NotInModelError, match="without a lag"):
        reach.estimate(wb.fit("y ~ x + z", made, queen, model="slx", durbin=["z"]))
    with pytest.raises(IdError, match="US-AL"):
        decay_length("x", states.drop("US-AL")).estimate(wb.fit("y ~ x", made))
    with pytest.raises(InputError, match="no standard error"):
        (reach - rho()).estimate(wb.fit("y ~ x", made))
    for wrong in ({"shortest": 0}, {"shortest": 100, "longest": 50}, {"longest": math.inf}):
        with pytest.raises(InputError):
            decay_length("x", states, **wrong)
    with pytest.raises(InputError, match="range that is searched"):
        Hypothesis("s", reach, "<", 1e6)
    with pytest.raises(FormulaError, match="places"):
        Hypothesis.from_dict(Hypothesis("s", reach, "<", 1000).to_dict())
