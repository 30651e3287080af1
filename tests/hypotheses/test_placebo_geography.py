"""An estimate under wrong neighbours: the numbers of a plain fit, counted as the text says."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

import workbench as wb
from workbench.errors import IdError, InputError, OptionError, PanelError
from workbench.hypotheses.placebo import geography
from workbench.hypotheses.placebo.geography import placebo_geography
from workbench.hypotheses.placebo.ranks import (
    CAUTIOUS,
    GENEROUS,
    SOUND,
    _inference,
    share_interval,
    summary_of,
    tails,
)
from workbench.hypotheses.statements import Hypothesis
from workbench.models import GMM

DRAWS = 19
SPILLOVER = Hypothesis("Jobs next door raise output", "indirect(log(emp)) > 0")
FORMULA = "log(gsp) ~ log(pc) + log(emp)"


@pytest.fixture(scope="module")
def states():
    return wb.load("us-states")


@pytest.fixture(scope="module")
def queen(states):
    return wb.weights.queen(states)


@pytest.fixture(scope="module")
def panel():
    rows = wb.load("munnell-1990")
    return rows[rows.index.get_level_values("year") >= 1979]


@pytest.fixture(scope="module")
def y1986(panel):
    return panel.xs(1986, level="year")


def one_by_one(hypothesis, W, make, how, points=None, draws=DRAWS):
    """Estimates and likelihoods of plain fits, a draw at a time."""
    rows = []
    for draw in range(draws):
        options = {"points": points} if how == "displaced" else {}
        other = getattr(wb.weights, how)(W, seed=0, draw=draw, **options)
        fit = make(other)
        found = hypothesis.test(fit)
        rows.append((found.estimate, found.std_error, fit.loglik))
    return np.array(rows)


CASES = {
    "sdm": {"model": "sdm"},
    "slx, HC3": {"model": "slx", "covariance": "HC3"},
    "sar, qml": {"model": "sar", "covariance": "qml"},
    "sdem": {"model": "sdem"},
    "sdm by moments": {"model": "sdm", "method": GMM()},
    "lag named": {"model": "sar", "formula": f"{FORMULA} + W(log(emp))"},
    "case weights": {"model": "slx", "case_weights": "emp"},
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_cross_sections_are_a_loop_of_fits_to_the_last_bit(states, queen, y1986, case):
    options = {"formula": FORMULA, **CASES[case]}
    formula = options.pop("formula")

    def make(W):
        return wb.fit(formula, y1986, W, **options)

    kinds = ["permuted", "displaced"] if case == "sdm" else ["permuted"]
    found = placebo_geography(SPILLOVER, make(queen), how=kinds, draws=DRAWS, points=states)
    # moments put rho outside its interval under some wrong maps: there are no impacts
    assert (found.table["status"] == "estimated").all() == (case != "sdm by moments")
    for how in kinds:
        ours = found.tidy().xs(how, level="how")[["estimate", "std_error", "loglik"]].to_numpy()
        theirs = one_by_one(SPILLOVER, queen, make, how, points=states)
        np.testing.assert_array_equal(ours, theirs)


PANELS = {
    "two-way, clustered": {"effects": "two-way", "covariance": "clustered"},
    "entity, driscoll-kraay": {"effects": "entity", "covariance": "driscoll-kraay"},
    "time, clustered both ways": {"effects": "time", "covariance": "clustered-two-way"},
    "pooled, classical": {"effects": "none"},
    "two-way, robust": {"effects": "two-way", "covariance": "robust"},
}


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("case", PANELS)
def test_linear_panels_that_take_effects_out_once_are_a_loop_of_fits(queen, panel, case):
    """Sums in another order than linearmodels': ten digits, likelihoods too."""
    options = PANELS[case]

    def make(W):
        return wb.fit(FORMULA, panel, W, model="slx", **options)

    found = placebo_geography(SPILLOVER, make(queen), how="permuted", draws=DRAWS)
    theirs = one_by_one(SPILLOVER, queen, make, "permuted", draws=3)
    ours = found.table[["estimate", "std_error", "loglik"]].to_numpy()[:3]
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def test_the_panels_above_take_the_short_way(queen, panel):
    fit = wb.fit(FORMULA, panel, queen, model="slx", effects="two-way", covariance="clustered")
    maps = geography.maps_of(fit, None, 0, turned=False)
    arguments = geography.own_arguments(fit, maps.one.ids) | dict(maps.given)
    question = geography.Question(SPILLOVER)
    assert geography.sweep_of(fit, question, arguments, null=0.0) is not None
    random = wb.fit(FORMULA, panel, queen, model="slx", effects="random")
    arguments = geography.own_arguments(random, maps.one.ids) | dict(maps.given)
    assert geography.sweep_of(random, question, arguments, null=0.0) is None


COUNTS = {
    "two-way": {"effects": "two-way"},
    "entity, classical": {"effects": "entity", "covariance": "classical"},
    "pooled, with an exposure": {"effects": "none", "exposure": "emp"},
    "lag named": {"effects": "time", "formula": "jobs ~ log(pc) + log(emp) + W(log(emp))"},
}


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("case", COUNTS)
def test_panels_of_counts_are_a_loop_of_fits_to_the_last_bit(states, queen, panel, case):
    """Counts of a whole number of thousands; a state without any is left out by every fit."""
    rows = panel.assign(jobs=panel["emp"].round())
    rows.loc["US-VT", "jobs"] = 0.0
    options = {"formula": "jobs ~ log(pc) + log(emp)", **COUNTS[case]}
    formula = options.pop("formula")

    def make(W):
        return wb.fit(formula, rows, W, model="slx", family="poisson", **options)

    fit = make(queen)
    found = placebo_geography(SPILLOVER, fit, how="displaced", draws=DRAWS, points=states)
    theirs = one_by_one(SPILLOVER, queen, make, "displaced", points=states, draws=3)
    ours = found.table[["estimate", "std_error", "loglik"]].to_numpy()[:3]
    np.testing.assert_array_equal(ours, theirs)
    maps = geography.maps_of(fit, None, 0, turned=False)
    arguments = geography.own_arguments(fit, maps.one.ids) | dict(maps.given)
    sweep = geography.sweep_of(fit, geography.Question(SPILLOVER), arguments, null=0.0)
    assert type(sweep).__name__ == "CountSweep"


@pytest.mark.slow
def test_spatial_panels_go_through_the_door(queen, panel):
    short = panel[panel.index.get_level_values("year") >= 1983]

    def make(W):
        return wb.fit("log(gsp) ~ log(emp)", short, W, model="sdm", effects="entity")

    found = placebo_geography(SPILLOVER, make(queen), how="rewired", draws=DRAWS)
    theirs = one_by_one(SPILLOVER, queen, make, "rewired", draws=2)
    ours = found.table[["estimate", "std_error", "loglik"]].to_numpy()[:2]
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.slow
def test_regions_that_are_left_out_have_no_place_to_give(queen, y1986):
    """Labels are permuted within the sample: every wrong map has the spectrum of the one in use."""
    gaps = y1986.assign(emp=y1986["emp"].where(y1986.index != "colorado"))
    gaps = gaps if gaps["emp"].isna().any() else y1986.assign(emp=_without_one(y1986["emp"]))
    fit = wb.fit(FORMULA, gaps, queen, model="slx", missing="drop")
    assert fit.weights.n == 47
    found = placebo_geography(SPILLOVER, fit, how="permuted", draws=DRAWS)
    complete = gaps.dropna(subset=["emp"])

    def make(W):
        return wb.fit(FORMULA, complete, W, model="slx")

    theirs = one_by_one(SPILLOVER, fit.weights, make, "permuted")
    np.testing.assert_array_equal(found.table["estimate"], theirs[:, 0])


def _without_one(values):
    out = values.copy()
    out.iloc[5] = np.nan
    return out


def test_all_weights_follow_one_change_of_places(states, queen, y1986):
    near = wb.weights.knn(states, 4)
    fit = wb.fit(FORMULA, y1986, queen, model="gns", W_error=near, W_x=near)
    maps = geography.maps_of(fit, None, 5, turned=False)
    placebo = maps.placebo("permuted", 3)
    assert placebo["W"].digest == wb.weights.permuted(queen, seed=5, draw=3).digest
    other = wb.weights.permuted(near, seed=5, draw=3)
    assert placebo["W_x"].digest == placebo["W_error"].digest == other.digest


@pytest.mark.slow
def test_weights_by_period_change_places_alike(queen, panel):
    years = panel.index.get_level_values("year").unique()
    by_year = dict.fromkeys(reversed(years.append(years[:1] - 1)), queen)
    one = wb.fit(FORMULA, panel, queen, model="slx", effects="two-way")
    many = wb.fit(FORMULA, panel, by_year, model="slx", effects="two-way")
    a, b = (placebo_geography(SPILLOVER, fit, how="permuted", draws=DRAWS) for fit in (one, many))
    np.testing.assert_allclose(a.table["estimate"], b.table["estimate"], rtol=1e-10)


def test_weights_of_other_regions_each_period_are_refused(queen, panel):
    years = panel.index.get_level_values("year").unique()
    some = panel.drop(index=panel.index[0])
    first = some.xs(years[0], level="year").index
    by_year = {year: queen.restrict(first) if year == years[0] else queen for year in years}
    fit = wb.fit(FORMULA, some, by_year, model="slx")
    with pytest.raises(PanelError, match="same regions in every period"):
        placebo_geography(SPILLOVER, fit, draws=DRAWS)


@pytest.mark.slow
def test_counts_are_what_the_table_says(states, queen, y1986):
    fit = wb.fit(FORMULA, y1986, queen, model="slx")
    found = placebo_geography(SPILLOVER, fit, draws=39, points=states)
    assert found.kinds.index.tolist() == ["permuted", "rewired", "displaced"]
    real = SPILLOVER.test(fit)
    for how, row in found.glance().iterrows():
        part = found.tidy().xs(how, level="how")
        above = int((part["statistic"] >= real.statistic).sum())
        below = int((part["statistic"] <= real.statistic).sum())
        assert row["p_permutation"] == min(1.0, 2 * (min(above, below) + 1) / 40)
        assert row["p_direction"] == (above + 1) / 40
        assert row["p_loglik"] == (int((part["loglik"] >= fit.loglik).sum()) + 1) / 40
        assert row["estimate"] == real.estimate
    shares = found.tidy()["p_value"].lt(0.05).groupby("how").mean()
    assert found.kinds.loc["permuted", "significant_share"] == shares["permuted"]
    assert "95% of 39 placebos" in found.conclusion
    assert found.tidy().shape == (117, 11)


def test_a_draw_that_fails_is_counted_and_named(y1986):
    """All regions linked to all: no exchange of links is possible, the labels do not matter."""
    few = y1986.iloc[:12]
    ones = pd.DataFrame(1.0 - np.eye(12), index=few.index, columns=few.index)
    lines = wb.weights.from_matrix(ones.mul(np.arange(1.0, 13.0), axis=1))
    fit = wb.fit("log(gsp) ~ log(emp)", few, lines, model="slx")
    found = placebo_geography(SPILLOVER, fit, how=["permuted", "rewired"], draws=DRAWS)
    row = found.glance().loc["rewired"]
    assert (row["failed"], row["p_permutation"], row["position"]) == (19, 1.0, "does not stand out")
    assert found.kinds.loc["permuted", "failed"] == 0
    assert (found.tidy().xs("rewired", level="how")["status"] == "failed").all()
    assert "none of which changed" in found.tidy()["reason"].iloc[-1]
    assert any("rewired: 19 of 19" in note for note in found.notes)
    assert "19" in str(found)


def test_failures_count_as_far_out():
    found = tails(np.array([0.0, 1.0, np.nan, np.nan]), 3.0)
    assert (found.above, found.below) == (2, 4)
    assert found.greater == 3 / 5


def test_interval_of_a_share_is_clopper_and_pearsons():
    from statsmodels.stats.proportion import proportion_confint

    for count in (0, 7, 40):
        theirs = proportion_confint(count, 40, method="beta")
        np.testing.assert_allclose(share_interval(count / 40, 40), theirs, rtol=1e-10)


@pytest.mark.slow
def test_rows_in_any_order_give_the_same_bits(states, queen, y1986):
    mixed = y1986.sample(frac=1, random_state=3)
    points = states.sample(frac=1, random_state=4)
    a = placebo_geography(
        SPILLOVER, wb.fit(FORMULA, y1986, queen, model="sdm"), draws=DRAWS, points=states
    )
    b = placebo_geography(
        SPILLOVER, wb.fit(FORMULA, mixed, queen, model="sdm"), draws=DRAWS, points=points
    )
    pd.testing.assert_frame_equal(a.table, b.table, check_exact=True)


def test_a_second_call_reads_what_the_first_one_kept(tmp_path, monkeypatch, queen, y1986):
    fit = wb.fit(FORMULA, y1986, queen, model="slx")
    first = placebo_geography(SPILLOVER, fit, draws=DRAWS, cache=tmp_path)

    def fails(task, item):
        raise AssertionError(item)

    monkeypatch.setattr(geography, "_one", fails)
    again = placebo_geography(SPILLOVER, fit, draws=DRAWS, cache=tmp_path)
    pd.testing.assert_frame_equal(first.table, again.table, check_exact=True)
    with pytest.raises(AssertionError):
        placebo_geography(SPILLOVER, fit, draws=DRAWS, cache=tmp_path, seed=1)


@pytest.mark.slow
def test_other_processes_give_the_same_bits(queen, y1986):
    fit = wb.fit(FORMULA, y1986, queen, model="sdm")
    one = placebo_geography(SPILLOVER, fit, draws=DRAWS, jobs=1)
    two = placebo_geography(SPILLOVER, fit, draws=DRAWS, jobs=2)
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)


def test_refusals(states, queen, panel, y1986):
    slx = wb.fit(FORMULA, y1986, queen, model="slx")
    with pytest.raises(InputError, match="with spatial weights"):
        placebo_geography(SPILLOVER, wb.fit(FORMULA, y1986))
    with pytest.raises(InputError, match="a model in which W has a part"):
        placebo_geography(SPILLOVER, wb.fit(FORMULA, y1986, queen))
    with pytest.raises(OptionError, match="did you mean 'permuted'"):
        placebo_geography(SPILLOVER, slx, how=["permutted"])
    with pytest.raises(InputError, match="from 19"):
        placebo_geography(SPILLOVER, slx, draws=9)
    with pytest.raises(InputError, match="geometry"):
        placebo_geography(SPILLOVER, slx, how="displaced")
    with pytest.raises(IdError, match="1 regions without"):
        placebo_geography(SPILLOVER, slx, points=states.iloc[1:], draws=DRAWS)
    with pytest.raises(InputError, match="one or more"):
        placebo_geography(SPILLOVER, slx, how=[])


def test_an_estimate_that_no_map_moves_is_refused(queen, panel):
    """Least squares with W beside them, for diagnostics, do not use it."""
    claim = Hypothesis("Own jobs matter", "coefficient(log(emp)) > 0")
    fit = wb.fit(FORMULA, panel, queen, effects="two-way")
    with pytest.raises(InputError, match="a model in which W has a part"):
        placebo_geography(claim, fit, draws=DRAWS)


def test_an_estimand_with_a_part_of_its_own_has_no_rate_of_errors(queen, y1986):
    fit = wb.fit(FORMULA, y1986, queen, model="slx")
    claim = Hypothesis("Jobs raise output", "total(log(emp)) > 0")
    found = placebo_geography(claim, fit, how="permuted", draws=DRAWS)
    assert found.kinds["inference"].tolist() == ["no rate of false positives"]
    assert "part without neighbours" in found.conclusion


@pytest.mark.slow
def test_every_column_is_in_the_glossary_and_the_picture_tells(queen, states, y1986):
    from workbench.core.glossary import GLOSSARY

    found = placebo_geography(
        SPILLOVER, wb.fit(FORMULA, y1986, queen, model="slx"), draws=DRAWS, points=states
    )
    assert {*found.tidy(), *found.glance()} <= set(GLOSSARY)
    for of in ("estimate", "statistic"):
        picture = found.plot(of=of)
        assert picture.alt == found.conclusion
    with pytest.raises(OptionError):
        found.plot(of="p_value")
    assert "Placebo geography" in found._repr_html_()
    assert found.provenance.options["how"] == "permuted, rewired, displaced"


def points_of(rng, n):
    xy = rng.uniform(0, 10, (n, 2))
    ids = [f"r{i:03d}" for i in range(n)]
    return gpd.GeoSeries([Point(*p) for p in xy], index=ids, crs=3857), xy


@pytest.mark.slow
def test_rewiring_tells_the_number_of_neighbours_from_who_they_are():
    """y follows how many neighbours a region has, not what they hold: W is not row-normalised."""
    rng = np.random.default_rng(5)
    points, _ = points_of(rng, 60)
    W = wb.weights.delaunay(points, normalize="none")
    number = W.cardinalities.reindex(points.index).to_numpy()
    x = 3.0 + rng.standard_normal(60)
    table = pd.DataFrame({"x": x, "y": 0.5 * number + rng.standard_normal(60)}, index=points.index)
    claim = Hypothesis("x next door raises y", "coefficient(W(x)) > 0")
    fit = wb.fit("y ~ x", table, W, model="slx")
    found = placebo_geography(claim, fit, how=["permuted", "rewired"], draws=39).kinds
    assert found.loc["permuted", "position"] == "stands out"
    assert found.loc["rewired", "inference"] == "too many significant"
    assert found.loc["rewired", "significant_share"] > 0.9


@pytest.mark.slow
def test_size_and_power_under_exchange_of_regions():
    """No spillover, independent x and disturbances: p is uniform; with one it is small."""
    rng = np.random.default_rng(11)
    points, _ = points_of(rng, 49)
    W = wb.weights.knn(points, 4)
    A = W.sparse.toarray()
    claim = Hypothesis("x next door raises y", "indirect(x) != 0")
    p = {0.0: [], 1.0: []}
    for theta, repetitions in ((0.0, 150), (1.0, 15)):
        for _ in range(repetitions):
            x = rng.standard_normal(49)
            y = x + theta * (A @ x) + rng.standard_normal(49)
            table = pd.DataFrame({"x": x, "y": y}, index=points.index)
            fit = wb.fit("y ~ x", table, W, model="slx")
            found = placebo_geography(claim, fit, how="permuted", draws=39, seed=len(p[theta]))
            p[theta].append(found.kinds["p_permutation"].iloc[0])
    null = np.array(p[0.0])
    for level in (0.1, 0.25, 0.5):
        # four standard errors of a share among 150
        room = 4 * np.sqrt(level * (1 - level) / 150)
        assert (null <= level).mean() == pytest.approx(level, abs=room)
    assert np.mean(np.array(p[1.0]) <= 0.05) > 0.7


@pytest.mark.slow
def test_smooth_noise_fools_exchanged_regions_but_not_turned_maps():
    """Kelly (2019): smooth x, smooth disturbances, no spillover."""
    rng = np.random.default_rng(12)
    points, xy = points_of(rng, 81)
    W = wb.weights.knn(points, 5)
    distance = np.linalg.norm(xy[:, None] - xy[None], axis=2)
    root = np.linalg.cholesky(np.exp(-distance / 2.5) + 1e-9 * np.eye(81))
    claim = Hypothesis("x next door raises y", "indirect(x) != 0")
    rows = []
    for seed in range(40):
        x, e = root @ rng.standard_normal(81), root @ rng.standard_normal(81)
        table = pd.DataFrame({"x": x, "y": x + e}, index=points.index)
        fit = wb.fit("y ~ x", table, W, model="slx")
        found = placebo_geography(
            claim, fit, how=["permuted", "displaced"], draws=39, points=points, seed=seed
        ).kinds
        rows.append(found[["p_permutation", "significant_share"]])
    table = pd.concat(rows)
    rejected = (table["p_permutation"] <= 0.05).groupby(level="how").mean()
    share = table["significant_share"].groupby(level="how").mean()
    assert rejected["permuted"] > 0.12
    assert rejected["displaced"] <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 40)
    assert share["permuted"] == pytest.approx(0.05, abs=0.02)
    assert share["displaced"] > 0.2


@pytest.mark.slow
def test_the_seed_of_the_maps_decides_what_is_kept(tmp_path, queen, y1986):
    fit = wb.fit(FORMULA, y1986, queen, model="slx")
    asked = {"how": "permuted", "draws": DRAWS, "cache": tmp_path}
    kept = [placebo_geography(SPILLOVER, fit, seed=seed, **asked).table for seed in (0, 1)]
    fresh = placebo_geography(SPILLOVER, fit, how="permuted", draws=DRAWS, seed=1).table
    pd.testing.assert_frame_equal(kept[1], fresh, check_exact=True)
    assert not kept[0]["estimate"].equals(kept[1]["estimate"])


def test_maps_near_the_real_one_are_no_false_positives():
    """Two of forty are significant; both are turned by too little to be wrong."""
    near = np.arange(40) < 2
    table = pd.DataFrame(
        {
            "status": "estimated", "near": near, "verdict": np.where(near, "supported", "no"),
            "p_value": np.where(near, 0.001, 0.5), "estimate": 1.0, "statistic": 1.0,
            "loglik": -1.0, "overlap": 0.1, "weights": [f"w{i}" for i in range(40)],
        },
        index=pd.MultiIndex.from_product([["displaced"], range(40)], names=["how", "draw"]),
    )  # fmt: skip
    real = {"estimate": 2.0, "statistic": 2.0, "loglik": 0.0}
    row = summary_of(table, real, SPILLOVER, regions=48).loc["displaced"]
    assert (row["significant_share"], row["supported_share"]) == (0.0, 0.0)
    far = summary_of(table.assign(near=False), real, SPILLOVER, regions=48).loc["displaced"]
    assert far["significant_share"] == far["supported_share"] == 2 / 40


def test_a_rate_is_generous_only_where_its_interval_lies_above_alpha():
    row = {"significant_share": 0.08, "significant_low": 0.03, "significant_high": 0.2}
    assert _inference(row, SPILLOVER) == SOUND
    assert _inference({**row, "significant_low": 0.06}, SPILLOVER) == GENEROUS
    assert _inference({**row, "significant_high": 0.04}, SPILLOVER) == CAUTIOUS
