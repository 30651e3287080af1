"""Unit-root tests read tables and fits by id; bad input yields no number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import IdError, InputError, ValuesError
from workbench.models import half_life, spatial_differences, unit_roots


@pytest.fixture(scope="module")
def states():
    return wb.load("us-states")


@pytest.fixture(scope="module")
def y1986():
    return wb.load("munnell-1990").xs(1986, level="year")


@pytest.mark.slow
def test_a_fit_tests_outcome_regressors_and_residuals(states, y1986):
    fit = wb.fit("log(gsp) ~ log(emp) + unemp", y1986)
    found = unit_roots(fit, states)
    assert list(found.table.index) == ["log(gsp)", "log(emp)", "unemp", "residuals"]
    alone = unit_roots(np.log(y1986["emp"]).rename("log(emp)"), states)
    expected = alone.table.loc["log(emp)"]
    pd.testing.assert_series_equal(found.table.loc["log(emp)"], expected)
    assert found.tidy().index.names == ["variable", "test"]
    assert found.tests["residuals"]["LFUR"].distribution == "exact"


@pytest.mark.slow
def test_rows_and_other_regions_do_not_matter(states, y1986):
    values = y1986["unemp"]
    one = unit_roots(values, states).table
    two = unit_roots(values.sample(frac=1, random_state=0), states.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(one, two.table)
    fewer = values.iloc[5:]
    assert unit_roots(fewer, states).table.shape == (1, 3)


@pytest.mark.slow
def test_a_smooth_surface_and_noise_are_told_apart(states, y1986):
    """Known truth: a Brownian surface from the covariance of the places, and white noise."""
    random = np.random.default_rng(1)
    noise = pd.Series(random.normal(size=48), index=states.index.sort_values(), name="noise")
    assert unit_roots(noise, states).table.loc["noise", "reading"] == "weakly dependent"
    longitude = states.geometry.representative_point().x.rename("longitude")
    found = unit_roots(longitude, states).table.loc["longitude"]
    assert found["reading"] == "like a spatial unit root"


def test_half_life_is_a_set_with_seed_and_unit(states, y1986):
    values = y1986["unemp"]
    one, two = (half_life(values, states, draws=199, seed=s) for s in (0, 0))
    pd.testing.assert_frame_equal(one.table, two.table)
    metres = half_life(values, states, draws=199, unit="m")
    np.testing.assert_allclose(metres.table.index[:-1], 1000 * one.table.index[:-1])
    assert one.table["p_value"].between(1 / 200, 1).all()
    with pytest.raises(InputError, match="draws"):
        half_life(values, states, draws=10)
    with pytest.raises(InputError, match="level"):
        half_life(values, states, level=95)


def test_differences_enter_a_regression(states, y1986):
    logs = np.log(y1986[["gsp", "emp"]])
    before = logs.copy()
    moved = spatial_differences(logs, states)
    pd.testing.assert_frame_equal(logs, before)
    fit = wb.fit("gsp ~ emp - 1", moved, covariance="robust")
    # Generalised least squares with a constant under the pseudo-inverse of the covariance.
    assert fit.params["emp"] == pytest.approx(
        float(moved["gsp"] @ moved["emp"] / (moved["emp"] @ moved["emp"]))
    )
    assert 0.9 < fit.params["emp"] < 1.2


def test_bad_values_are_named(states, y1986):
    values = y1986["unemp"]
    with pytest.raises(ValuesError, match="US-AL"):
        unit_roots(values.where(values.index != "US-AL"), states)
    with pytest.raises(ValuesError, match="vary"):
        unit_roots(values * 0 + 3.0, states)
    with pytest.raises(ValuesError, match="numbers"):
        unit_roots(values.astype(str), states)
    with pytest.raises(IdError, match="XX"):
        unit_roots(values.rename(index={"US-AL": "XX"}), states)
    with pytest.raises(IdError, match="more than once"):
        unit_roots(pd.concat([values, values.head(1)]), states)
    with pytest.raises(InputError, match="averages"):
        unit_roots(values, states, q=60)
    with pytest.raises(InputError, match="Series"):
        unit_roots([1, 2, 3], states)
