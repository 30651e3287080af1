"""The study of coverage counts against the right truth, and a wrong interval does not pass it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom, norm

SMALL = "lattice-81"


def design(study, model="sdm", *, place=SMALL, rho=0.6, lam=0.0):
    return study.designs.Design(place, model, rho, lam)


def power_series(rho, W, terms=400):
    total, step = np.eye(len(W)), np.eye(len(W))
    for _ in range(terms):
        step = rho * step @ W
        total += step
    return total


def test_the_truth_is_the_average_of_the_power_series(study):
    W = study.designs.place(SMALL).dense
    assert np.allclose(W.sum(axis=1), 1)
    M = power_series(0.6, W)
    truth = study.designs.truth(study.designs.world(design(study)))
    for term, beta, theta in (("a", 1.0, 0.4), ("b", 0.5, -0.6)):
        S = beta * M + theta * M @ W
        assert truth[term, "direct"] == pytest.approx(np.mean(np.diag(S)), abs=1e-12)
        # rows of W sum to one, so the total impact has a closed form
        assert truth[term, "total"] == pytest.approx((beta + theta) / (1 - 0.6), abs=1e-12)
        assert truth[term, "indirect"] == pytest.approx(
            (beta + theta) / 0.4 - np.mean(np.diag(S)), abs=1e-12
        )


def test_truths_of_models_without_a_lagged_outcome(study):
    truth = study.designs.truth(study.designs.world(design(study, "sdem", rho=0.0, lam=0.6)))
    assert truth["a", "direct"] == pytest.approx(1.0)
    assert truth["a", "indirect"] == pytest.approx(0.4)
    error = study.designs.truth(study.designs.world(design(study, "sem", rho=0.0, lam=0.6)))
    assert error["b", "total"] == pytest.approx(0.5)
    assert ("b", "indirect") not in error
    assert error["lambda", "coefficient"] == 0.6


@pytest.mark.parametrize(
    ("model", "rho", "lam"), [("sar", 0.6, 0.0), ("sdem", 0.0, 0.6), ("sac", 0.4, 0.3)]
)
def test_samples_obey_the_model_they_are_drawn_from(study, model, rho, lam):
    known = study.designs.world(design(study, model, rho=rho, lam=lam))
    data = known.sample(3, seed=0)
    W = known.place.dense
    Z = known.regressors(data[["a", "b"]].to_numpy())
    left = data["y"].to_numpy() - rho * W @ data["y"].to_numpy() - Z @ known.coefficients()
    shock = left - lam * W @ left
    # the third column of the stream of (design, replication), whatever was drawn before
    stream = study.designs.generator(0, "coverage", known.design.name, 3)
    assert np.allclose(shock, stream.standard_normal((known.n, 3))[:, 2], atol=1e-12)


def test_a_replication_does_not_depend_on_those_before_it(study):
    known = study.designs.world(design(study, "sar"))
    together, _, _ = study.counts.replications(known, range(4), seed=0, draws=200)
    alone, _, _ = study.counts.replications(known, [3], seed=0, draws=200)
    assert list(alone[0]) == list(together[3])
    assert np.array_equal(list(alone[0].values()), list(together[3].values()), equal_nan=True)


def test_counts_of_hits_and_misses_by_side(study):
    made = [(1.0, 0.1, 0.8, 1.2), (0.5, 0.1, 0.3, 0.7), (1.5, 0.1, 1.3, 1.7), (1.1, 0.1, 0.9, 1.3)]
    counted = study.counts.cell(1.0, made)
    assert counted["used"] == 4
    assert counted["coverage"] == 0.5
    assert (counted["below"], counted["above"]) == (0.25, 0.25)
    assert counted["length"] == pytest.approx(0.4)
    assert counted["bias"] == pytest.approx(0.025)
    assert counted["sd"] == pytest.approx(np.std([1.0, 0.5, 1.5, 1.1], ddof=1))
    assert counted["mc_error"] == pytest.approx(math.sqrt(0.25 / 4))
    assert counted["z"] == pytest.approx((0.5 - 0.95) / math.sqrt(0.95 * 0.05 / 4))


def test_an_interval_that_touches_the_truth_covers_it(study):
    assert study.counts.cell(1.0, [(1.5, 0.1, 1.0, 2.0), (0.5, 0.1, 0.0, 1.0)])["coverage"] == 1.0


def test_failed_fits_are_counted_and_named(study, monkeypatch):
    from workbench.errors import ConvergenceError

    known, real = study.designs.world(design(study, "sar")), study.counts.fitted

    def sometimes(world, data):
        if data["y"].iloc[0] == refused:
            raise ConvergenceError("rho", expected="a maximum inside", found="none")
        return real(world, data)

    refused = known.sample(1, 0)["y"].iloc[0]
    monkeypatch.setattr(study.counts, "fitted", sometimes)
    found, failures, several = study.counts.replications(known, range(3), seed=0, draws=200)
    rows = study.counts.block(known.design, found, failures, several=several, seed=0, draws=200)
    assert (rows["failed"] == 1).all()
    assert (rows["used"] == 2).all()
    assert (rows["replications"] == 3).all()
    assert set(rows["failures"]) == {"fit: ConvergenceError in rho (1)"}


def test_draws_left_out_are_counted(study):
    from workbench.regression.parameters import draw_notes

    assert study.counts.left_out_of(draw_notes(150, 200, 0), 200) == 0.25
    assert study.counts.left_out_of(draw_notes(200, 200, 0), 200) == 0.0


def test_likelihood_ratios_know_their_side(study):
    known = study.designs.world(design(study, "sar"))
    fit = type("Fit", (), {"params": {"rho": 0.5}})()
    key = ("rho", "coefficient", study.counts.RATIO)
    # twice the gain is held against the 95 % quantile of chi-squared(1), 3.8415
    inside = study.counts.cell(0.6, [study.counts._by_ratio(known.design, fit, 1.92)[key]])
    outside = study.counts.cell(0.6, [study.counts._by_ratio(known.design, fit, 1.93)[key]])
    assert (inside["coverage"], outside["coverage"], outside["below"]) == (1.0, 0.0, 1.0)


@pytest.fixture(scope="module")
def sixty(study):
    """Sixty replications of a lag model: keys with their intervals, and the truth."""
    known = study.designs.world(design(study, "sar"))
    found, _, _ = study.counts.replications(known, range(60), seed=0, draws=500)
    return found, study.designs.truth(known)


WRONG = {
    "half as long": lambda e, s, low, high: (e, s, (e + low) / 2, (e + high) / 2),
    "one sigma": lambda e, s, low, high: (e, s, e - s, e + s),
    "shifted": lambda e, s, low, high: (e, s, low + 2 * s, high + 2 * s),
}


@pytest.mark.slow
@pytest.mark.parametrize("wrong", list(WRONG))
def test_a_wrong_interval_is_caught(study, sixty, wrong):
    found, truth = sixty
    key = ("a", "direct", "delta")
    right = [made[key] for made in found]
    limit = study.counts.largest_by_chance(1000)
    assert abs(study.counts.cell(truth[key[:2]], right)["z"]) < limit
    spoilt = [WRONG[wrong](*interval) for interval in right]
    assert abs(study.counts.cell(truth[key[:2]], spoilt)["z"]) > limit


def test_an_impact_without_its_feedback_is_caught(study, sixty):
    found, truth = sixty
    key = ("a", "total", "delta")
    coefficient = truth["a", "coefficient"]
    made = [interval[key] for interval in found]
    assert abs(study.counts.cell(coefficient, made)["z"]) > study.counts.largest_by_chance(1000)


def test_the_bound_is_bonferronis(study):
    # two-sided: P(any of 20 |z| above it) is at most 5 %
    assert 20 * 2 * norm.sf(study.counts.largest_by_chance(20)) == pytest.approx(0.05)


@pytest.mark.slow
def test_a_second_run_goes_on_where_the_first_stopped(study, tmp_path, monkeypatch):
    first, second = design(study, "sar"), design(study, "sem", rho=0.0, lam=0.6)
    run = {"count": 2, "seed": 0, "draws": 200}
    path, other = tmp_path / "coverage.csv", tmp_path / "other.csv"
    study.command.study([first], path, **run)
    done = path.read_text(encoding="utf-8")
    study.command.study([second, first], other, **run)
    real = study.command.settled

    def only_the_second(which, **settings):
        assert which == second
        return real(which, **settings)

    monkeypatch.setattr(study.command, "settled", only_the_second)
    study.command.study([first, second], path, **run)
    text = path.read_text(encoding="utf-8")
    assert text.startswith(done)
    assert text == other.read_text(encoding="utf-8")  # whatever the order of work


def test_other_settings_are_run_anew(study, tmp_path):
    path = tmp_path / "coverage.csv"
    which = design(study, "sem", rho=0.0, lam=0.6)
    study.command.study([which], path, count=2, seed=0, draws=200)
    study.command.study([which], path, count=3, seed=0, draws=200)
    assert set(study.command.read(path)["replications"]) == {3}


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["sar", "sem", "sdm", "sdem", "sac"])
def test_intervals_are_those_of_the_dense_likelihood(study, model):
    """Maximised and differentiated numerically, from the normal density alone."""
    parameters = {"sem": (0.0, 0.6), "sdem": (0.0, 0.6), "sac": (0.4, 0.3)}
    rho, lam = parameters.get(model, (0.6, 0.0))
    known = study.designs.world(design(study, model, place="russia", rho=rho, lam=lam))
    # 1e-5: central differences with a step of 1e-5 and a simplex leave about 1e-7.
    assert max(study.dense.differences(known, [0], seed=0).values()) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("model", ["sar", "sdm"])
def test_intervals_of_impacts_cover_at_their_level(study, model):
    """300 replications on a lattice of 225: Monte-Carlo intervals of both terms' impacts.

    The bound was fixed beforehand: the counts that a binomial of 300 with p = 0.95 leaves with a
    probability of 0.1 %, shared between both tails and the 12 cells of both models: 268 to 297.
    """
    known = study.designs.world(design(study, model, place="lattice-225", rho=0.3))
    found, failures, _ = study.counts.replications(known, range(300), seed=1, draws=1000)
    assert not failures
    truth = study.designs.truth(known)
    tail = 0.001 / 12 / 2
    low, high = binom.ppf(tail, 300, 0.95), binom.isf(tail, 300, 0.95)
    for term in ("a", "b"):
        for effect in ("direct", "indirect", "total"):
            made = [intervals[term, effect, "monte-carlo"] for intervals in found]
            covered = 300 * study.counts.cell(truth[term, effect], made)["coverage"]
            assert low <= covered <= high, (term, effect, covered)
