"""Influence says what leaving a region's equation out does, to coefficients and to impacts."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench.errors import OptionError
from workbench.models import influence


def test_least_squares_is_exact(columbus):
    """A dummy of its own removes a region's equation and leaves W and WX alone."""
    fit = wb.fit(columbus.formula, columbus.table, columbus.W, model="slx")
    found = influence(fit)
    region = found.table.index[0]
    i = fit.design.index.get_loc(region)
    dummy = np.zeros(49)
    dummy[i] = 1.0
    beta = np.linalg.lstsq(np.column_stack([fit.design.X, dummy]), fit.design.y, rcond=None)[0]
    without = [found.of(term)["without"][region] for term in fit.design.terms]
    np.testing.assert_allclose(without, beta[:-1], rtol=1e-8)
    # SLX: direct = beta, indirect = theta, with rows of W that sum to one.
    assert found.of("INC", "direct")["without"][region] == pytest.approx(beta[1])
    assert found.of("INC", "indirect")["without"][region] == pytest.approx(beta[3])
    assert "Exact" in found.notes[0]


def test_cook_agrees_with_statsmodels(columbus):
    import statsmodels.api as sm

    fit = wb.fit(columbus.formula, columbus.table)
    theirs = sm.OLS(fit.design.y, fit.design.X).fit().get_influence().cooks_distance[0]
    ours = influence(fit).table["cook"].reindex(fit.design.index)
    np.testing.assert_allclose(ours, theirs, rtol=1e-8)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["sar", "sdm", "sem", "sdem", "sac", "gns"])
def test_likelihood_models_say_that_they_take_one_step(columbus, model):
    fit = wb.fit(columbus.formula, columbus.table, columbus.W, model=model)
    found = influence(fit)
    assert not found.exact
    assert "One Newton step" in str(found)
    total = found.of("INC", "total").sort_index()
    parts = sum(found.of("INC", e)["change"].sort_index() for e in ("direct", "indirect"))
    np.testing.assert_allclose(total["change"], parts, atol=1e-10)
    assert found.tidy().index.names == ["region", "term", "effect"]
    assert len(found.tidy()) == 49 * len(found.changes.columns)


@pytest.mark.parametrize("model", ["sdm", "gns"])
def test_moved_impacts_follow_moved_estimates(columbus, model):
    """With rows of W that sum to one the total impact is (beta + theta) / (1 - rho)."""
    fit = wb.fit(columbus.formula, columbus.table, columbus.W, model=model)
    found = influence(fit)
    b, t, r = (found.changes[key, "coefficient"] for key in ("INC", "W(INC)", "rho"))
    p = fit.params
    slope = (p["INC"] + p["W(INC)"]) / (1 - p["rho"]) ** 2
    expected = (b + t) / (1 - p["rho"]) + slope * r
    np.testing.assert_allclose(found.changes["INC", "total"], expected, rtol=1e-8)


def test_pictures_and_names(columbus):
    found = influence(wb.fit(columbus.formula, columbus.table, columbus.W, model="sar"))
    assert "Cook" in found.plot().alt
    assert "one-step" in found.plot(term="INC", effect="indirect").alt
    with pytest.raises(OptionError, match="did you mean 'INC'"):
        found.plot(term="INCC")
    with pytest.raises(OptionError, match="did you mean 'total'"):
        found.of("INC", "totals")


def test_map_of_influence():
    states = wb.load("us-states")
    y = wb.load("munnell-1990").xs(1986, level="year")
    fit = wb.fit("log(gsp) ~ log(emp)", y, wb.weights.queen(states), model="slx")
    found = influence(fit)
    assert "48 regions" in found.plot(states, term="log(emp)").alt
    assert "Cook" in found.plot(states).alt


def test_order_of_rows_changes_no_bit(columbus):
    shuffled = columbus.table.sample(frac=1, random_state=1)
    one, two = (
        influence(wb.fit(columbus.formula, table, columbus.W, model="sar"))
        for table in (columbus.table, shuffled)
    )
    np.testing.assert_array_equal(one.changes, two.changes)


@pytest.mark.slow
def test_many_regions_are_the_same_question(monkeypatch, columbus):
    """Factors instead of a dense inverse, as beyond some hundred regions, give the same numbers."""
    from workbench.numerics.responses import diagonals

    fit = wb.fit(columbus.formula, columbus.table, columbus.W, model="sac")
    few = influence(fit).changes
    monkeypatch.setattr(diagonals, "EIGENVALUE_LIMIT", 10)
    many = influence(fit).changes
    np.testing.assert_allclose(many, few, rtol=1e-8, atol=1e-10)
