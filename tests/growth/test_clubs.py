"""Convergence clubs: labelled, stable under order, refusing what has no transition path."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.filters.hp_filter import hpfilter

import workbench as wb
from workbench.errors import InputError, OptionError, PanelError, ValuesError
from workbench.growth import convergence_clubs
from workbench.numerics.dynamics.clubs import LogTSettings, cluster, log_t


@pytest.fixture(scope="module")
def known():
    """Return a wide panel of two clubs and one region that leaves them, with the true clubs."""
    rng = np.random.default_rng(11)
    t = np.arange(1.0, 36.0)
    fade = 1 / (np.log(t + 1) * t)
    rich = 12 + rng.standard_normal((7, 1)) * fade
    poor = 7 + rng.standard_normal((9, 1)) * fade
    away = (20 + 0.5 * t)[None, :]
    ids = [f"r{i:02d}" for i in range(17)]
    wide = pd.DataFrame(np.vstack([poor, away, rich]), index=ids, columns=range(1980, 2015))
    return wide, {1: set(ids[10:]), 2: set(ids[:9])}, ids[9]


@pytest.mark.parametrize("trend", ["none", "hodrick-prescott"])
def test_known_clubs_are_named(known, trend):
    wide, clubs, away = known
    result = convergence_clubs(wide, None, filter=trend, smoothing=6.25)
    assert {k: set(result.members(k)) for k in (1, 2)} == clubs
    assert result.divergent == (away,)
    assert result.whole.t < -1.65
    table = result.table
    assert pd.isna(table.loc[away, "club"])
    assert table["club"].dropna().astype(int).value_counts().to_dict() == {1: 7, 2: 9}
    assert table["core"].sum() >= 4
    assert result.glance().loc[0, ["clubs", "divergent"]].tolist() == [2, 1]


def test_trends_are_those_of_the_filter_and_t_is_of_the_trends(known):
    wide, _, _ = known
    result = convergence_clubs(wide, None, smoothing=6.25, trim=0.3)
    trend = hpfilter(wide.loc["r03"].to_numpy(), lamb=6.25)[1]
    np.testing.assert_allclose(result.trends.loc["r03"], trend, rtol=1e-12)
    direct = log_t(result.trends.to_numpy(), LogTSettings(0.3))
    assert result.tidy().loc["all", "statistic"] == direct.t
    rows = result.trends.loc[list(result.members(1))]
    assert result.tidy().loc["club 1", "statistic"] == log_t(rows, LogTSettings(0.3)).t
    np.testing.assert_allclose(result.paths, result.trends / result.trends.mean(), rtol=1e-12)


def test_order_by_average_uses_the_later_half():
    rng = np.random.default_rng(12)
    walks = 10 + np.cumsum(0.1 * rng.standard_normal((20, 30)), axis=1)
    wide = pd.DataFrame(walks, columns=range(1980, 2010))
    found = {
        order: convergence_clubs(wide, None, filter="none", order=order, merge=False)
        for order in ("last", "average")
    }
    orders = {"last": walks[:, -1], "average": walks[:, 15:].mean(axis=1)}
    for order, by in orders.items():
        expected = cluster(walks, by, LogTSettings())
        for ours, theirs in zip(found[order].initial.clubs, expected.clubs, strict=True):
            np.testing.assert_array_equal(ours.members, theirs.members)
    # the two orders differ here, so that the comparison says something
    assert not found["last"].table.equals(found["average"].table)


def test_row_order_and_unit_of_levels_change_nothing():
    panel = wb.load("us-income")
    straight = convergence_clubs("income", panel, periods=range(1960, 2010))
    mixed = convergence_clubs(
        "income", panel.sample(frac=1, random_state=3), periods=range(2009, 1959, -1)
    )
    pd.testing.assert_frame_equal(mixed.tidy(), straight.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(mixed.table, straight.table, check_exact=True)
    other = convergence_clubs("income * 64", panel, periods=range(1960, 2010))
    pd.testing.assert_frame_equal(other.table, straight.table)
    pd.testing.assert_frame_equal(other.tidy(), straight.tidy(), rtol=1e-6)


def test_merging_is_a_choice_and_is_told():
    russia = wb.load("russia-innovation").drop(index="RU-CE", level="region")
    years = range(2000, 2020)
    merged = convergence_clubs("log(grp * 1000 / population)", russia, periods=years)
    apart = convergence_clubs("log(grp * 1000 / population)", russia, periods=years, merge=False)
    pd.testing.assert_frame_equal(merged.initial_tidy(), apart.tidy())
    assert len(merged.clubs.clubs) <= len(apart.clubs.clubs)
    assert (apart.table["club"].dropna() == apart.table["initial_club"].dropna()).all()
    # a logarithm's unit matters, and the result says so
    assert any("unit and inflation" in note for note in merged.notes)


def test_caller_and_result_are_left_alone(known):
    wide, _, away = known
    before = wide.copy()
    result = convergence_clubs(wide, None)
    handed_out = result.augment()
    handed_out["club"] = 9
    assert pd.isna(result.table.loc[away, "club"])
    pd.testing.assert_frame_equal(wide, before)


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"trim": 0.0}, InputError, "number between 0 and 1"),
        ({"trim": "third"}, InputError, "number between 0 and 1"),
        ({"critical": "5 %"}, InputError, "number below 0"),
        ({"smoothing": "much"}, InputError, "smoothing"),
        ({"threshold": None}, InputError, "threshold"),
        ({"trim": 0.95}, ValuesError, "periods after trimming"),
        ({"critical": 1.65}, InputError, "number below 0"),
        ({"filter": "hp"}, OptionError, "hodrick-prescott"),
        ({"smoothing": 0}, InputError, "smoothing"),
        ({"order": "first"}, OptionError, "last"),
        ({"kernel": "parzen"}, OptionError, "bartlett"),
        ({"threshold": float("nan")}, InputError, "threshold"),
        ({"periods": [1990, 1991, 1992]}, PanelError, "at least 8 periods"),
    ],
)
def test_unusable_arguments_are_refused(known, change, error, text):
    with pytest.raises(error, match=text):
        convergence_clubs(known[0], None, **change)


def test_paths_without_meaning_are_refused(known):
    wide, _, _ = known
    with pytest.raises(ValuesError, match=r"r00.*1980"):
        convergence_clubs(wide - 10, None, filter="none")
    tied = wide.copy()
    tied.loc[:, 2000] = 5.0
    with pytest.raises(ValuesError, match=r"Where \(1\): 2000\.[\s\S]*hodrick-prescott"):
        convergence_clubs(tied, None, filter="none")
    twins = wide.iloc[[0, 0]].set_axis(["r00", "r01"])
    with pytest.raises(ValuesError, match=r"Where \(2\): r00, r01\.[\s\S]*all but one"):
        convergence_clubs(twins, None)
    with pytest.raises(InputError, match="at least two regions"):
        convergence_clubs(wide.iloc[:1], None)
    with pytest.raises(InputError, match="club"):
        convergence_clubs(wide, None).members(3)


def test_gaps_between_periods_are_refused(known):
    """Filter and regression count periods: a year left out would be taken for no time at all."""
    wide = known[0]
    with pytest.raises(PanelError, match=r"equal distances[\s\S]*1985 to 1987"):
        convergence_clubs(wide.drop(columns=1986), None)
    every_second = convergence_clubs(wide, None, periods=list(wide.columns[::2]))
    assert len(every_second.trends.columns) == -(-len(wide.columns) // 2)
    for frequency in ("MS", "QS", "YS"):
        dates = pd.date_range("2001-01-01", periods=wide.shape[1], freq=frequency)
        assert convergence_clubs(wide.set_axis(dates, axis=1), None).heading.endswith(
            dates[-1].date().isoformat()
        )


def test_note_on_logarithms_is_about_logarithms(known):
    years = pd.MultiIndex.from_product([known[0].index, known[0].columns])
    panel = pd.DataFrame({"technology": known[0].to_numpy().ravel()}, index=years)
    plain = convergence_clubs("technology", panel).notes
    assert not any("logarithm" in note for note in plain)
    notes = convergence_clubs("log(1 + technology)", panel).notes
    assert any("logarithm" in note for note in notes)
