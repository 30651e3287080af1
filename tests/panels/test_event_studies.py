"""Event studies find known effects that differ between cohorts, and spillovers on neighbours.

Simulations with known truth; dense formulas of the estimators; no numbers of other software.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import workbench as wb
from workbench.errors import InputError, PanelError, ValuesError
from workbench.panels import event_study
from workbench.panels.events.studies import sup_t

N, T = 90, 12
NAMES = [f"r{i:03d}" for i in range(N)]
BEGIN = np.where(np.arange(N) < 30, 4, np.where(np.arange(N) < 60, 8, -1))


def effect_of(cohort, time):
    """Early regions gain ever more, late ones ever less."""
    return (time >= 0) * (1.0 + (0.5 if cohort == 4 else -0.2) * time)


def simulated(seed, *, noise=0.3, spill=0.0, neighbours=None):
    generator = np.random.default_rng(seed)
    y = generator.standard_normal((N, 1)) + generator.standard_normal(T).cumsum()
    y = y + noise * generator.standard_normal((N, T))
    for i in range(N):
        if BEGIN[i] > 0:
            y[i] += effect_of(BEGIN[i], np.arange(T) - BEGIN[i])
        elif neighbours is not None and neighbours[i] >= 0:
            y[i] += spill * (np.arange(T) >= neighbours[i])
    index = pd.MultiIndex.from_product([NAMES, range(2000, 2000 + T)], names=["region", "year"])
    first = np.where(BEGIN > 0, 2000.0 + BEGIN, np.nan)
    return pd.DataFrame({"y": y.ravel(), "first": np.repeat(first, T)}, index=index)


def truth(time):
    """Mean over the cohorts that are observed at a time; both have 30 regions."""
    seen = [g for g in (4, 8) if 0 <= g + time < T]
    return np.mean([effect_of(g, time) for g in seen])


@pytest.mark.slow
@pytest.mark.parametrize("method", ["sun-abraham", "callaway-santanna"])
def test_effects_that_differ_between_cohorts_are_found(method):
    """Without noise to the last digit; two-way fixed effects is wrong by far on the same data."""
    found = event_study("y", simulated(0, noise=0.0), treated="first", method="sun-abraham")
    times = found.table.loc["own"].index
    exact = [truth(time) if time >= 0 else 0.0 for time in times]
    noisy = event_study("y", simulated(1, noise=0.05), treated="first", method=method)
    np.testing.assert_allclose(noisy.table["estimate"], exact, atol=0.06)
    np.testing.assert_allclose(found.table["estimate"], exact, atol=1e-9)
    plain = event_study("y", simulated(1, noise=0.05), treated="first", method="two-way")
    leads = [time for time in plain.table.loc["own"].index if time < -1]
    assert np.abs(plain.table.loc["own", "estimate"].loc[leads]).max() > 0.2
    assert plain.pretrend().p_value < 1e-6
    assert noisy.pretrend().p_value > 0.001


@pytest.mark.slow
def test_bands_and_intervals_keep_their_promise():
    """80 panels: intervals of one time cover in 95 %, bands cover all times at once in 95 % (0.877
    at three standard deviations)."""
    single, band, pre = [], 0, 0
    for seed in range(80):
        found = event_study(
            "y", simulated(100 + seed), treated="first", method="callaway-santanna",
            window=(-3, 3),
        )  # fmt: skip
        part = found.table.loc["own"].drop(index=-1)
        exact = np.array([truth(time) if time >= 0 else 0.0 for time in part.index])
        single.append(((part["conf_low"] <= exact) & (exact <= part["conf_high"])).mean())
        band += bool(((part["band_low"] <= exact) & (exact <= part["band_high"])).all())
        pre += found.pretrend().p_value < 0.05
    assert 0.89 <= np.mean(single) <= 0.99
    assert band / 80 >= 0.877
    assert pre / 80 <= 0.13


def test_both_estimators_agree_without_covariates():
    """With one base period and the same comparison they are the same averages."""
    table = simulated(3)
    one = event_study("y", table, treated="first")
    two = event_study("y", table, treated="first", method="callaway-santanna")
    pd.testing.assert_series_equal(one.table["estimate"], two.table["estimate"], atol=1e-9)


def test_group_time_effects_are_differences_of_means():
    table = simulated(4)
    y = table["y"].to_numpy().reshape(N, T)
    found = event_study("y", table, treated="first", method="callaway-santanna")
    early, late, never = BEGIN == 4, BEGIN == 8, BEGIN < 0
    change = y[:, 9] - y[:, 3]
    expected = change[early].mean() - change[never].mean()
    variance = change[early].var() / 30 + change[never].var() / 30
    cell = found.cells.loc[("own", 2004, 2009)]
    assert cell["estimate"] == pytest.approx(expected, rel=1e-12)
    assert cell["std_error"] == pytest.approx(np.sqrt(variance), rel=1e-12)
    later = event_study(
        "y", table, treated="first", method="callaway-santanna", comparison="not-yet"
    )
    change = y[:, 5] - y[:, 3]
    expected = change[early].mean() - change[never | late].mean()
    assert later.cells.loc[("own", 2004, 2005), "estimate"] == pytest.approx(expected, rel=1e-12)


def test_shares_of_cohorts_are_estimated():
    """The variance of an average counts that cohort sizes are random (theorem 2): by draws of
    which regions belong to which cohort, with effects known to differ."""
    from workbench.numerics.panels.staggered import by_event_time, group_time_effects

    generator = np.random.default_rng(0)
    estimates, variances = [], []
    for _ in range(200):
        first = generator.choice([1, 2, -1], size=N, p=[0.3, 0.3, 0.4])
        y = 0.2 * generator.standard_normal((N, 3))
        y[:, 2] += np.where(first == 2, 5.0, 0.0)
        found = group_time_effects(y, first, controls=first < 0, not_yet=False)
        value, psi = by_event_time(found, first, np.array([0]))
        estimates.append(value[0])
        variances.append(np.sum(psi**2) / N**2)
    assert np.mean(estimates) == pytest.approx(2.5, abs=0.1)
    # 200 draws leave the standard deviation 5 %
    assert np.sqrt(np.mean(variances)) == pytest.approx(np.std(estimates), rel=0.15)


def test_regression_is_saturated_dummies():
    """The cells of Sun and Abraham are least squares on all dummies, written out."""
    table = simulated(5).iloc[:-1]  # one row less: not balanced
    found = event_study("y", table, treated="first")
    region = table.index.get_level_values(0)
    year = table.index.get_level_values(1).to_numpy()
    begin = table["first"].to_numpy()
    columns = [pd.get_dummies(region).to_numpy(float), pd.get_dummies(year).to_numpy(float)[:, 1:]]
    cells = [(g, t) for g in (2004, 2008) for t in range(2000, 2000 + T) if t != g - 1]
    columns += [((begin == g) & (year == t)).astype(float)[:, None] for g, t in cells]
    beta = np.linalg.lstsq(np.column_stack(columns), table["y"].to_numpy(), rcond=None)[0]
    ours = [found.cells.loc[("own", g, t), "estimate"] for g, t in cells]
    np.testing.assert_allclose(ours, beta[-len(cells) :], atol=1e-9)


def neighbourhood():
    """Each of 15 regions never treated is next to one early region, 5 to a late one."""
    pairs = [(60 + k, k) for k in range(15)] + [(75 + k, 30 + k) for k in range(5)]
    focal = [NAMES[a] for a, b in pairs] + [NAMES[b] for a, b in pairs]
    neighbor = [NAMES[b] for a, b in pairs] + [NAMES[a] for a, b in pairs]
    # regions without a link are their own entry with weight 0, an island
    alone = [name for name in NAMES if name not in focal]
    weights = [1.0] * len(focal) + [0.0] * len(alone)
    graph = Graph.from_arrays(focal + alone, neighbor + alone, weights)
    exposed = np.full(N, -1)
    for a, b in pairs:
        exposed[a] = BEGIN[b]
    return graph, exposed


@pytest.mark.slow
@pytest.mark.parametrize("method", ["sun-abraham", "callaway-santanna"])
def test_spillovers_on_neighbours_are_told_apart(method):
    """Neighbours of treated regions gain 1.5: without W the comparison is spoilt (effects are too
    small by a share of exposed comparison regions), with W both effects are found."""
    graph, exposed = neighbourhood()
    table = simulated(7, noise=0.05, spill=1.5, neighbours=exposed)
    blind = event_study("y", table, treated="first", method=method)
    seeing = event_study("y", table, graph, treated="first", method=method)
    at = ("own", 1)
    assert blind.table.loc[at, "estimate"] < truth(1) - 0.4
    assert seeing.table.loc[at, "estimate"] == pytest.approx(truth(1), abs=0.06)
    spill = seeing.table.loc["exposure", "estimate"]
    after = spill[spill.index >= 0]
    np.testing.assert_allclose(after, 1.5, atol=0.12)
    assert seeing.pretrend("exposure").p_value > 0.001
    assert seeing.average().loc["exposure", "estimate"] == pytest.approx(1.5, abs=0.06)


@pytest.mark.parametrize("method", ["sun-abraham", "callaway-santanna"])
def test_rows_of_regions_exposed_before_treatment_are_left_out(method):
    """A late region next to an early one gains 1.5 before its own treatment: with hardly any
    noise the effects are exact once these rows are out, and wrong with them."""
    focal, neighbor = [NAMES[0], NAMES[30]], [NAMES[30], NAMES[0]]
    alone = [name for name in NAMES if name not in focal]
    graph = Graph.from_arrays(focal + alone, neighbor + alone, [1.0, 1.0] + [0.0] * len(alone))
    table = simulated(8, noise=1e-4)
    spoilt = (NAMES[30], slice(2004, 2007))
    table.loc[spoilt, "y"] += 1.5
    found = event_study("y", table, graph, treated="first", method=method)
    assert any("4 rows of regions" in note for note in found.notes)
    part = found.table.loc["own", "estimate"]
    if method == "sun-abraham":  # whole regions are left out by the other, which moves shares
        exact = [truth(time) if time >= 0 else 0.0 for time in part.index]
        at = [time for time in part.index if time <= 3]
        np.testing.assert_allclose(part.loc[at], exact[: len(at)], atol=5e-4)
    assert part.loc[[-4, -3, -2]].abs().max() < 5e-4
    blind = event_study("y", table, treated="first", method=method)
    assert blind.table.loc["own", "estimate"].loc[[-4, -3, -2]].abs().max() < 0.1
    assert abs(blind.table.loc[("own", 0), "estimate"] - truth(0)) > 0.02


def test_last_cohort_serves_where_all_are_treated():
    table = simulated(9, noise=0.0).iloc[: 60 * T]
    found = event_study("y", table, treated="first")
    assert "comparison" in " ".join(found.notes)
    part = found.table.loc["own", "estimate"]
    exact = [effect_of(4, time) if time >= 0 else 0.0 for time in part.index]
    np.testing.assert_allclose(part, exact, atol=1e-9)


def test_order_of_rows_and_seed_change_no_bit():
    table = simulated(10)
    one = event_study("y", table, treated="first")
    two = event_study("y", table.sample(frac=1, random_state=0), treated="first")
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)


def test_covariates_and_other_covariances_are_those_of_a_panel_fit():
    table = simulated(11)
    table["x"] = np.random.default_rng(0).standard_normal(len(table))
    table["y"] += 2 * table["x"]
    group = pd.Series([i // 3 for i in range(N)], index=NAMES, name="group")
    found = event_study("y ~ x", table, treated="first", covariance=wb.Clustered(by=group))
    assert found.df == 29.0
    assert "group (30)" in " ".join(found.notes)
    assert found.table.loc[("own", 2), "estimate"] == pytest.approx(truth(2), abs=0.4)


def test_band_is_that_of_the_largest_ratio():
    """Independent ratios: the quantile solves (2Φ(c) − 1)^q = level; equal ones: one ratio."""
    from scipy import stats

    exact = stats.norm.ppf((1 + 0.95 ** (1 / 8)) / 2)
    assert sup_t(np.eye(8), df=None, level=0.95, seed=0) == pytest.approx(exact, abs=0.03)
    one = sup_t(np.ones((8, 8)), df=10, level=0.95, seed=0)
    assert one == pytest.approx(stats.t.ppf(0.975, 10), abs=0.05)


def test_picture_and_text():
    graph, exposed = neighbourhood()
    found = event_study("y", simulated(12, spill=1.0, neighbours=exposed), graph, treated="first")
    assert found.plot().to_png(dpi=40)[:4] == b"\x89PNG"
    assert "Sun and Abraham" in str(found)
    assert "exposure" in found._repr_html_()


def test_bad_input_is_refused_by_name():
    table = simulated(13)
    with pytest.raises(ValuesError, match="missing for regions never treated"):
        event_study("y", table.fillna({"first": 0}), treated="first")
    moving = table.copy()
    moving.loc[("r000", 2003), "first"] = 2007
    with pytest.raises(ValuesError, match="r000"):
        event_study("y", moving, treated="first")
    partly = table.copy()
    partly.loc[("r000", 2003), "first"] = np.nan
    with pytest.raises(ValuesError, match="r000"):
        event_study("y", partly, treated="first")
    with pytest.raises(InputError, match="treated"):
        event_study("y", table, treated="begun")
    with pytest.raises(InputError, match="none"):
        event_study("y", table.assign(first=np.nan), treated="first")
    with pytest.raises(InputError, match="window"):
        event_study("y", table, treated="first", window=(2, 5))
    with pytest.raises(InputError, match="covariates"):
        event_study(
            "y ~ x", table.assign(x=table["y"]), treated="first", method="callaway-santanna"
        )
    everyone = Graph.from_arrays(
        [a for a in NAMES for b in NAMES if a != b], [b for a in NAMES for b in NAMES if a != b],
        np.ones(N * (N - 1)),
    )  # fmt: skip
    with pytest.raises(PanelError, match="neither treated nor exposed"):
        event_study("y", table, everyone, treated="first")
