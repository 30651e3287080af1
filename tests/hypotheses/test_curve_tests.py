"""The joint test of a curve: its null is null, its draws are shared, its p-values are exact."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import workbench as wb
from workbench.errors import InputError, OptionError
from workbench.hypotheses.curve.batch import benches_of
from workbench.hypotheses.curve.inference import curve_test
from workbench.hypotheses.curve.joint import (
    _from_models,
    compared,
    p_values,
    statistics_of,
    work_of,
)
from workbench.hypotheses.curve.nulls import kept_regressors, null_models, relabelling
from workbench.hypotheses.curve.plan import Choice
from workbench.hypotheses.curve.twins import twin_of
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.models import Conley

with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    study = importlib.import_module("curve_size")

benches_with, curve_of, lattice = study.benches_with, study.curve_of, study.lattice
repeats, sample = study.repeats, study.sample


@pytest.fixture(scope="module")
def weights():
    return lattice(6)


def drawn(weights, **changes):
    told = {"periods": 1, "estimand": "total", "strength": 0.0, "seed": ((0,), (1,))}
    return sample(weights["edges"], **told | changes)


def found(benches, model):
    """Return the first entry of a model, and its bench."""
    pairs = ((bench, entry) for bench in benches for entry in bench.entries)
    return next(pair for pair in pairs if pair[1].specification.model == model)


@pytest.fixture(scope="module")
def curve(weights):
    return curve_of(drawn(weights), weights, "total")


@pytest.fixture(scope="module")
def tested(curve):
    return curve_test(curve, draws=39, jobs=1)


def test_the_result_has_a_row_a_statistic_and_a_curve_inside_its_envelope(tested):
    assert tested.tidy().index.tolist() == [
        "median estimate",
        "share significant",
        "average z",
        "all three",
    ]
    assert tested.draws.shape == (39, 3)
    assert tested.curves["estimate"].is_monotonic_increasing
    assert (tested.curves["conf_low"] <= tested.curves["conf_high"]).all()
    assert tested.left_out == ()
    assert len(tested.curves) == 28
    p = tested.table["p_value"]
    assert ((p * 40) % 1 < 1e-9).any()
    assert tested.glance().loc[0, "specifications"] == 28
    assert "39 draws" in str(tested)
    assert "39 draws" in tested._repr_html_()


@pytest.mark.slow
def test_observed_statistics_are_those_of_plain_fits(curve, tested):
    estimates = []
    for choice in curve.plan.choices:
        estimates.append(curve.hypothesis.test(curve.plan.fit(choice)))
    values = np.array([verdict.estimate for verdict in estimates])
    assert tested.table.loc["median estimate", "observed"] == pytest.approx(np.median(values))
    share = np.mean([v.p_value < 0.05 and v.estimate > 0 for v in estimates])
    assert tested.table.loc["share significant", "observed"] == pytest.approx(share)


@pytest.mark.slow
def test_seeds_decide_and_the_order_of_rows_does_not(curve, weights, tested):
    shuffled = curve_of(drawn(weights).sample(frac=1.0, random_state=2), weights, "total")
    pd.testing.assert_frame_equal(curve_test(shuffled, draws=39, jobs=1).table, tested.table)
    other = curve_test(curve, draws=39, seed=1, jobs=1)
    assert not np.array_equal(other.draws.to_numpy(), tested.draws.to_numpy())


@pytest.mark.slow
def test_processes_change_no_number(curve, tested):
    again = curve_test(curve, draws=39, jobs=2)
    pd.testing.assert_frame_equal(again.table, tested.table)
    pd.testing.assert_frame_equal(again.draws, tested.draws)


def test_p_values_count_the_data_among_the_draws():
    found = np.column_stack([np.arange(20.0)[::-1], np.zeros(20), np.arange(20.0)])
    p = p_values(found, relation=">")
    assert p[0].tolist() == pytest.approx([1 / 20, 1.0, 1.0])
    assert p_values(found, relation="<")[0].tolist() == pytest.approx([1.0, 1.0, 1 / 20])
    assert p_values(found, relation="!=")[0].tolist() == pytest.approx([2 / 20, 1.0, 2 / 20])


def test_a_share_is_against_larger_ones_whatever_the_relation():
    found = np.column_stack([np.zeros(20), np.arange(20.0)[::-1], np.zeros(20)])
    for relation in (">", "<", "!="):
        assert p_values(found, relation=relation)[0, 1] == pytest.approx(1 / 20)


def test_significant_is_two_sided_at_alpha():
    """1.8 lies beyond the 5 per cent point of one side, 1.645, and not of two, 1.96."""
    z = np.array([[1.8, 2.5, -1.8, -2.5]])
    for relation, share in ((">", 0.25), ("<", 0.25), ("!=", 0.5)):
        assert statistics_of(z, z, relation=relation, alpha=0.05)[0, 1] == share


def test_the_joint_p_value_counts_the_data_among_the_draws():
    """Data beyond all 19 draws in every statistic: 1 / 20, never 0."""
    rng = np.random.default_rng(4)
    asked = SimpleNamespace(relation=">", alpha=0.05)
    work = SimpleNamespace(observed=np.full((2, 3), 9.0), hypothesis=asked)
    drawn = rng.standard_normal((19, 3))
    assert compared(work, (drawn, drawn))[2] == pytest.approx(1 / 20)


@pytest.mark.slow
def test_how_draws_are_dealt_out_to_tasks_changes_none(curve, tested, monkeypatch):
    monkeypatch.setattr("workbench.hypotheses.curve.joint.BLOCK", 20)
    again = curve_test(curve, draws=39, jobs=1)
    np.testing.assert_allclose(again.draws, tested.draws, rtol=1e-9)
    assert not again.draws.duplicated().any()


def test_either_sign_takes_half_of_the_keys(curve):
    plan = curve.plan
    benches = benches_of(plan, plan.choices)
    work = work_of(benches, curve.hypothesis, "regions", seed=0, draws=19)
    n = len(benches[0].entries[0].design.y)
    for low, high in ((0.0, 0.49), (0.51, 0.99)):
        one, two = (_from_models(work, 0, np.full((1, n), key)).value for key in (low, high))
        np.testing.assert_array_equal(one, two)


def test_statistics_leave_out_what_could_not_be_had():
    values, z = np.array([[1.0, 3.0, np.nan]]), np.array([[3.0, -3.0, np.nan]])
    found = statistics_of(values, z, relation="<", alpha=0.05)
    assert found.tolist() == [[2.0, 0.5, 0.0]]


@pytest.mark.parametrize("draws", [19, 39, 99, 199, 499, 999])
@pytest.mark.parametrize("relation", [">", "<"])
def test_p_values_are_the_nearest_numbers_to_their_fractions(draws, relation):
    """1 of 20 is 0.05 and rejects at 5 per cent; 1 − 19 / 20 is above it by a rounding."""
    found = np.tile(np.arange(draws + 1.0)[:, None], 3)
    p = np.sort(p_values(found, relation=relation)[:, 0])
    assert p.tolist() == [count / (draws + 1) for count in range(1, draws + 2)]


def test_draws_of_which_nothing_could_be_estimated_speak_against_the_data():
    """Two of four draws failed: they count as more extreme in every statistic, on both sides."""
    nothing = np.full((2, 3), np.nan)
    z = np.vstack([np.full((1, 3), 4.0), np.full((2, 3), 0.5), nothing])
    found = statistics_of(z / 10.0, z, relation=">", alpha=0.05)
    assert np.isnan(found[3:]).all()
    assert p_values(found, relation=">")[0].tolist() == [3 / 5] * 3
    assert p_values(-found, relation="<")[0].tolist() == pytest.approx([3 / 5, 1.0, 3 / 5])


@pytest.mark.slow
def test_the_null_model_leaves_out_what_the_estimand_is_about(weights):
    data = drawn(weights)
    for restriction, gone in (
        ("total(x) > 0", {"x", "W(x)"}),
        ("indirect(x) > 0", {"W(x)"}),
        ("indirect(x) - direct(x) > 0", {"x", "W(x)"}),
        ("coefficient(W(x)) > 0", {"W(x)"}),
        ("rho > 0", set()),
    ):
        base = curve_of(data, weights, "total").plan
        hypothesis = Hypothesis("x", restriction)
        entry = found(benches_of(base, base.choices), "sdm")[1]
        kept = {entry.design.terms[i] for i in kept_regressors(entry, hypothesis.estimand)}
        assert set(entry.design.terms) - kept == gone


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("periods", [1, 4])
def test_signs_that_are_all_plus_give_the_outcome_back_but_for_its_scale(weights, periods):
    plan = curve_of(drawn(weights, periods=periods), weights, "total").plan
    benches = benches_of(plan, plan.choices)
    models, which = null_models(benches, plan.hypothesis.estimand, "regions")
    for bench, own in zip(benches, which, strict=True):
        for entry, place in zip(bench.entries, own, strict=True):
            model = models[place]
            n, k = entry.design.X[:, kept_regressors(entry, plan.hypothesis.estimand)].shape
            scale = np.sqrt(n / (n - k - entry.absorbed))
            y = model.outcomes(np.ones((n, 1)))[:, 0]
            expected = model.mean + scale * (entry.design.y - model.mean)
            np.testing.assert_allclose(y, expected, rtol=0, atol=1e-9)


@pytest.mark.slow
def test_innovations_of_one_region_keep_their_sign_together_in_a_panel(weights):
    plan = curve_of(drawn(weights, periods=4), weights, "indirect").plan
    benches = benches_of(plan, plan.choices[:2])
    models, _ = null_models(benches, plan.hypothesis.estimand, "regions")
    model, n = models[0], len(models[0].mean)
    signs = np.repeat(np.where(np.arange(36) % 2, 1.0, -1.0), 4)[:, None]
    u = model.outcomes(signs) - model.mean[:, None]
    filtered = u - model.lambda_ * model.ground.layers.lag(u)
    np.testing.assert_allclose(filtered[:, 0], signs[:, 0] * model.innovations, atol=1e-9)
    assert n == 144


@pytest.mark.slow
def test_relabelling_exchanges_data_and_leaves_weights(weights):
    curve = curve_of(drawn(weights, estimand="indirect"), weights, "indirect")
    tested = curve_test(curve, draws=19, null="relabelled", jobs=1)
    assert tested.null == "relabelled"
    plan = curve.plan
    bench, entry = found(benches_of(plan, plan.choices), "sdm")
    at = bench.entries.index(entry)
    order = np.random.default_rng(0).permutation(36)
    keys = np.empty(36)
    keys[order] = np.arange(36)
    data = plan.samples["all"]
    moved = pd.DataFrame(data.to_numpy()[order], index=data.index, columns=data.columns)
    asked = plan.choices[entry.number - 1].arguments
    fit = wb.fit(asked["formula"], moved, asked["W"], model="sdm")
    expected = fit.impacts()["x", "indirect"]
    estimates = relabelling(bench)(keys).estimates()
    assert estimates.value[at] == pytest.approx(expected["estimate"], rel=1e-9)
    assert estimates.std_error[at] == pytest.approx(expected["std_error"], rel=1e-9)


@pytest.mark.slow
def test_another_outcome_on_the_same_bench_is_the_fit_of_that_outcome(weights):
    plan = curve_of(drawn(weights), weights, "total").plan
    other = drawn(weights, seed=((0,), (9,)))
    for bench in benches_with(benches_of(plan, plan.choices), other["y"].to_numpy())[:4]:
        entry = bench.entries[0]
        asked = plan.choices[entry.number - 1].arguments
        fit = wb.fit(asked["formula"], other, asked["W"], model=asked["model"])
        expected = fit.impacts()["x", "total"]
        assert bench.estimates().value[0] == pytest.approx(expected["estimate"], rel=1e-9)


def test_refusals(weights, curve):
    with pytest.raises(InputError, match="19 or more"):
        curve_test(curve, draws=9)
    with pytest.raises(OptionError, match="null"):
        curve_test(curve, null="rows")
    with pytest.raises(InputError, match="10 periods or more"):
        curve_test(curve, null="periods")
    for restriction in ("total(x) > 1", "total(x) = 0 +- 0.1"):
        hypothesis = Hypothesis("x", restriction)
        plan = replace(curve.plan, hypothesis=hypothesis)
        with pytest.raises(InputError, match="above, below or other than 0"):
            curve_test(replace(curve, hypothesis=hypothesis, plan=plan))


def test_what_cannot_be_estimated_together_is_named(weights, curve):
    plan = curve.plan
    asked = {"formula": "y ~ x", "W": weights["edges"], "model": "sac"}
    choices = (*plan.choices[:3], Choice(4, {}, asked, "all"))
    table = curve.table.loc[[1, 2, 3, 4]]
    tested = curve_test(
        replace(curve, plan=replace(plan, choices=choices), table=table), draws=19, jobs=1
    )
    assert tested.left_out == (4,)
    assert any("times: 1 of model sac (ml, classical)." in note for note in tested.notes)
    assert "published" in str(tested)


def with_covariances(curve, models, covariances):
    """Return the panel curve of some models, each with several covariances, as fits have it."""
    choices, told = [], {}
    for choice in curve.plan.choices:
        if choice.arguments["model"] not in models or choice.arguments["covariance"] != "classical":
            continue
        for covariance in covariances:
            one = Choice(
                len(choices) + 1, {}, {**choice.arguments, "covariance": covariance}, "all"
            )
            verdict = curve.hypothesis.test(curve.plan.fit(one))
            told[one.number] = (verdict.estimate, verdict.p_value, "estimated")
            choices.append(one)
    columns = ["estimate", "p_value", "status"]
    table = pd.DataFrame.from_dict(told, orient="index", columns=columns)
    return replace(curve, plan=replace(curve.plan, choices=tuple(choices)), table=table)


@pytest.fixture(scope="module")
def twinned(weights):
    panel = curve_of(drawn(weights, periods=4, estimand="indirect"), weights, "indirect")
    curve = with_covariances(panel, ("sdm",), ("clustered", "clustered-time", "qml"))
    return curve, curve_test(curve, draws=39, jobs=1)


@pytest.mark.slow
def test_twins_have_the_estimates_and_the_other_covariance_of_a_fit(twinned):
    curve, tested = twinned
    assert tested.left_out == ()
    assert set(tested.replaced.values()) == {"clustered"}
    assert len(tested.curves) == len(curve.plan.choices) == 12
    z = []
    for choice in curve.plan.choices:
        asked = {**choice.arguments, "covariance": "clustered"}
        verdict = curve.hypothesis.test(curve.plan.fit(replace(choice, arguments=asked)))
        z.append(np.sign(verdict.estimate) * norm.isf(verdict.p_value / 2))
    observed = tested.table["observed"]
    assert observed["average z"] == pytest.approx(np.sum(z) / np.sqrt(len(z)), rel=1e-8)
    assert observed["share significant"] == np.mean(np.array(z) > norm.isf(0.025))


@pytest.mark.slow
def test_every_specification_counts_once_and_the_published_curve_is_shown_beside(twinned):
    curve, tested = twinned
    values = curve.table["estimate"]
    assert tested.table.loc["median estimate", "observed"] == pytest.approx(values.median())
    assert tested.table.loc["median estimate", "published"] == values.median()
    z = np.sign(values) * norm.isf(curve.table["p_value"] / 2)
    expected = z.sum() / np.sqrt(len(z))
    assert tested.table.loc["average z", "published"] == pytest.approx(expected)
    assert "published" in str(tested)
    # three of each are one under the null: as if each were there three times
    once = [c for c in curve.plan.choices if c.arguments["covariance"] == "clustered"]
    plan = replace(curve.plan, choices=tuple(once))
    alone = curve_test(
        replace(curve, plan=plan, table=curve.table.loc[[c.number for c in once]]), draws=39, jobs=1
    )
    assert alone.replaced == {}
    assert "published" not in str(alone)
    for name, factor in (("median estimate", 1), ("share significant", 1), ("average z", 3**0.5)):
        np.testing.assert_allclose(tested.draws[name], factor * alone.draws[name], rtol=1e-9)
    assert tested.p_value == alone.p_value


def test_notes_name_the_covariances_and_how_many(twinned):
    told = next(note for note in twinned[1].notes if "take part" in note)
    assert told.startswith("8 specifications")
    assert "4 by clustered for clustered-time; 4 by clustered for qml" in told


@pytest.mark.slow
def test_twins_do_not_depend_on_the_order_of_rows(twinned):
    curve, tested = twinned
    data = curve.plan.samples["all"].sample(frac=1.0, random_state=5)
    shuffled = replace(curve, plan=replace(curve.plan, samples={"all": data}))
    pd.testing.assert_frame_equal(curve_test(shuffled, draws=39, jobs=1).table, tested.table)


def test_a_twin_has_the_first_covariance_that_its_model_has(weights, curve):
    panel = curve_of(drawn(weights, periods=4), weights, "total").plan
    for plan, model, asked, expected in (
        (panel, "slx", "clustered-time", "clustered"),
        (panel, "sar", "qml", "clustered"),
        (curve.plan, "slx", Conley(None, distance=1.0), "robust"),
        (curve.plan, "sem", "qml", "classical"),
    ):
        told = {"formula": "y ~ x", "W": weights["edges"], "model": model, "covariance": asked}
        twin = twin_of(plan, Choice(1, {}, told, "all"))
        assert twin.arguments["covariance"] == expected
    for told in ({"model": "sac"}, {"model": "sar", "method": "gmm"}, {"effects": "random"}):
        asked = {"formula": "y ~ x", "W": weights["edges"], **told}
        assert twin_of(panel, Choice(1, {}, asked, "all")) is None


def test_the_picture_says_what_it_shows(tested):
    assert "28 estimates" in tested.plot().alt


@pytest.mark.slow
@pytest.mark.parametrize(("periods", "estimand"), [(1, "total"), (5, "indirect")])
def test_size_is_nominal_and_power_rises(weights, periods, estimand):
    """Simulation: dependence of 0.5 in regressors and disturbances; bounds of 99.9 per cent."""
    told = {"periods": periods, "estimand": estimand, "null": "regions", "draws": 39}
    size = repeats(weights, **told, strength=0.0, times=100, seed=3)
    assert (size["all three"] <= 0.05 + 1e-12).mean() <= 0.13
    power = repeats(weights, **told, strength=1.2, times=30, seed=3)
    assert (power["all three"] <= 0.05 + 1e-12).mean() >= 0.5


@pytest.mark.slow
def test_size_is_nominal_where_twins_are_clustered(weights):
    """Simulation, as above: sdm of a panel with clustered covariances and twins by them."""
    told = {"periods": 5, "estimand": "indirect", "null": "regions", "draws": 39}
    asked = {"models": ("sdm",), "covariances": ("clustered", "qml")}
    size = repeats(weights, **told, **asked, strength=0.0, times=100, seed=3)
    assert (size["all three"] <= 0.05 + 1e-12).mean() <= 0.13
    assert size["specifications"].eq(8).all()
