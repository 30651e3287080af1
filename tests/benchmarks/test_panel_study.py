"""The study of panels draws from the right model, counts against the right truth, and goes on."""

from __future__ import annotations

import numpy as np
import pytest

SMALL = "lattice-25"


def design(panels, model="sar", *, T=4, **values):
    return panels.designs.PanelDesign(SMALL, T, model, **values)


def by_period(known, data, name):
    return data[name].unstack().loc[known.place.ids].to_numpy()


def centred(x):
    return x - x.mean(axis=0) - x.mean(axis=1, keepdims=True) + x.mean()


@pytest.mark.parametrize(
    ("model", "values"),
    [
        ("sar", {"rho": 0.5}),
        ("sac", {"rho": 0.5, "lam": 0.3}),
        ("sdem", {"lam": -0.2}),
        ("sdm", {"rho": 0.3, "tau": 0.4, "eta": 0.1}),
    ],
)
def test_samples_obey_the_model_they_are_drawn_from(panels, model, values):
    """What is left of y is the third block of the stream, but for effects."""
    known = panels.designs.panel_world(design(panels, model, **values))
    drawn, W = known.design, known.place.dense
    data = known.sample(3, seed=0)
    y, a, b = (by_period(known, data, name) for name in ("y", "a", "b"))
    theta = (0.4, -0.6) if model in ("sdm", "sdem") else (0.0, 0.0)
    left = y - drawn.rho * W @ y - a - 0.5 * b - theta[0] * W @ a - theta[1] * W @ b
    if drawn.dynamic:
        left = left[:, 1:] - drawn.tau * y[:, :-1] - drawn.eta * W @ y[:, :-1]
    assert left.shape == (25, 4)
    shock = centred(centred(left) - drawn.lam * W @ centred(left))
    stream = panels.designs.generator(0, "panel coverage", drawn.name, 3)
    before = panels.designs.BURN + 1 if drawn.dynamic else 0
    noise = stream.standard_normal((3, before + 4, 25))[2, before:].T
    assert np.allclose(shock, centred(noise), atol=1e-12)


def test_uneven_errors_persist_within_regions_that_differ(panels):
    known = panels.designs.panel_world(design(panels, "slx", T=4000, errors=panels.designs.UNEVEN))
    data, W = known.sample(0, seed=0), known.place.dense
    y, a, b = (by_period(known, data, name) for name in ("y", "a", "b"))
    e = centred(y - a - 0.5 * b - 0.4 * W @ a + 0.6 * W @ b)
    following = np.sum(e[:, 1:] * e[:, :-1]) / np.sum(e**2)
    # five standard errors: sqrt((1 - 0.5^2) / (25 * 4000)) = 0.0027, more as scales differ
    assert following == pytest.approx(0.5, abs=0.02)
    scale, of_a = e.std(axis=1), centred(a).std(axis=1)
    assert scale.max() / scale.min() > 2
    assert np.corrcoef(scale, of_a)[0, 1] > 0.98


def test_the_long_run_is_where_a_change_that_stays_leads(panels):
    """Direct and total impacts by following a unit change of each region for 400 periods."""
    known = panels.designs.panel_world(design(panels, "sdm", rho=0.3, tau=0.4, eta=0.1))
    W, eye = known.place.dense, np.eye(25)
    truth = panels.designs.panel_truth(known)
    for term, own, lagged in (("a", 1.0, 0.4), ("b", 0.5, -0.6)):
        y = np.zeros((25, 25))
        for period in range(400):
            y = np.linalg.solve(eye - 0.3 * W, 0.4 * y + 0.1 * W @ y + own * eye + lagged * W)
            if period in (0, 399):
                word = "" if period == 0 else "long-run "
                direct, total = np.trace(y) / 25, y.sum() / 25
                assert truth[term, word + "direct"] == pytest.approx(direct, rel=1e-10)
                assert truth[term, word + "total"] == pytest.approx(total, rel=1e-10)
                assert truth[term, word + "indirect"] == pytest.approx(total - direct, rel=1e-10)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("model", "values"),
    [
        ("sar", {"rho": 0.5}),
        ("sem", {"lam": 0.5}),
        ("sdm", {"rho": 0.5}),
        ("sdem", {"lam": 0.5}),
        ("sac", {"rho": 0.5, "lam": 0.3}),
    ],
)
def test_intervals_are_those_of_the_dense_likelihood(panels, model, values):
    """Lee and Yu's transformation by hand, and the direct approach with all dummies.

    Maximised and differentiated numerically, from the normal density alone.
    """
    found = panels.dense.panel_differences(design(panels, model, T=3, **values))
    assert list(found.index) == ["transformation", "none"]
    # 1e-5: central differences with a step of 1e-5 and a simplex leave about 1e-7.
    assert found.to_numpy().max() < 1e-5


def test_a_replication_does_not_depend_on_those_before_it(panels):
    known = panels.designs.panel_world(design(panels, rho=0.5))
    together, _ = panels.counts.panel_replications(known, range(3), seed=0, draws=200)
    alone, _ = panels.counts.panel_replications(known, [2], seed=0, draws=200)
    for estimator in known.design.estimators:
        first, last = alone[estimator][0], together[estimator][2]
        assert list(first) == list(last)
        assert np.array_equal(list(first.values()), list(last.values()), equal_nan=True)


def test_estimators_that_fail_are_counted_and_named(panels, monkeypatch):
    from workbench.errors import ConvergenceError

    known, real = panels.designs.panel_world(design(panels, rho=0.5)), panels.counts._fitted

    def sometimes(world, data, **options):
        if options["lee_yu"] == "none" and data["y"].iloc[0] == refused:
            raise ConvergenceError("rho", expected="a maximum inside", found="none")
        return real(world, data, **options)

    refused = known.sample(1, 0)["y"].iloc[0]
    monkeypatch.setattr(panels.counts, "_fitted", sometimes)
    found, failures = panels.counts.panel_replications(known, range(3), seed=0, draws=200)
    rows = panels.counts.panel_block(known.design, found, failures, seed=0, draws=200)
    rows = rows.set_index("estimator")
    assert (rows.loc["none", "failed"] == 1).all()
    assert (rows.loc["none", "used"] == 2).all()
    assert set(rows.loc["none", "failures"]) == {"fit: ConvergenceError in rho (1)"}
    assert (rows.loc["transformation", "failed"] == 0).all()
    assert (rows.loc["transformation", "used"] == 3).all()


@pytest.mark.slow
def test_every_kind_of_design_gives_every_interval(panels):
    """Two replications: estimators, terms, effects and kinds of intervals that are there."""
    D = panels.designs
    cases = {
        "sdm": (design(panels, "sdm", rho=0.3, tau=0.2, eta=0.1, T=6), 2 * (7 + 1 + 24)),
        "slx": (design(panels, "slx", errors=D.UNEVEN, estimators=D.COVARIANCES), 5 * (4 + 6)),
        "sem": (design(panels, "sem", lam=0.3, estimators=D.LEE_YU), 3 * (3 + 1)),
    }
    for case, count in cases.values():
        rows = panels.command.settled(case, count=2, seed=0, draws=200)
        assert len(rows) == count
        assert not rows.duplicated(["estimator", "term", "effect", "interval"]).any()
        assert set(rows["estimator"]) == set(case.estimators)
        told = rows[rows["interval"] != panels.counts.POINT]
        shares = told["coverage"] + told["below"] + told["above"]
        assert (shares.round(12) == 1.0).all()


@pytest.mark.slow
def test_a_second_run_goes_on_where_the_first_stopped(panels, tmp_path, monkeypatch):
    first, second = design(panels, rho=0.5), design(panels, "sem", lam=0.5)
    monkeypatch.setattr(panels.command, "panel_designs", lambda: [first, second])
    run = {"count": 2, "seed": 0, "draws": 200}
    path, other = tmp_path / "panel_coverage.csv", tmp_path / "other.csv"
    panels.command.study([first], path, **run)
    done = path.read_text(encoding="utf-8")
    panels.command.study([second, first], other, **run)
    real = panels.command.settled

    def only_the_second(which, **settings):
        assert which == second
        return real(which, **settings)

    monkeypatch.setattr(panels.command, "settled", only_the_second)
    panels.command.study([first, second], path, **run)
    text = path.read_text(encoding="utf-8")
    assert text.startswith(done)
    assert text == other.read_text(encoding="utf-8")  # whatever the order of work


@pytest.mark.slow
def test_other_settings_and_estimators_are_run_anew(panels, tmp_path, monkeypatch):
    path, which = tmp_path / "panel_coverage.csv", design(panels, "sem", lam=0.5)
    more = design(panels, "sem", lam=0.5, estimators=panels.designs.LEE_YU)
    monkeypatch.setattr(panels.command, "panel_designs", lambda: [which])
    panels.command.study([which], path, count=2, seed=0, draws=200)
    panels.command.study([which], path, count=3, seed=0, draws=200)
    assert set(panels.command.read(path)["replications"]) == {3}
    panels.command.study([more], path, count=3, seed=0, draws=200)
    assert list(panels.command.read(path)["estimator"].unique()) == list(panels.designs.LEE_YU)


def test_names_tell_designs_apart(panels):
    names = [design.name for design in panels.designs.panel_designs()]
    assert len(set(names)) == len(names)
