"""Attribution: closed form on additive tables, ANOVA on balanced ones, aliases told."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.stats.anova import anova_lm

from tests.hypotheses.curves import curve_of, grid
from workbench.errors import InputError, OptionError, ValuesError
from workbench.hypotheses.curve.attribution import INTERACTIONS, RESIDUAL, attribution_of
from workbench.numerics.regression.attribution import attributed, dummies, rank


@pytest.fixture
def balanced():
    table = grid(formula=["f", "g", "h"], weights=["a", "b", "c", "d"], model=["slx", "sdm"])
    noise = np.random.default_rng(5)
    table["estimate"] = noise.normal(size=len(table)) + table["formula"].map(
        {"f": 0, "g": 1, "h": 4}
    )
    table["std_error"] = noise.uniform(0.5, 2.0, size=len(table))
    return table


def test_an_additive_table_has_the_closed_form():
    table = grid(formula=["f", "g", "h"], weights=["a", "b"])
    own, other = np.array([0.0, 1.0, 5.0]), np.array([0.0, 2.0])
    table["estimate"], table["std_error"] = np.add.outer(own, other).ravel(), 1.0
    found = attribution_of(curve_of(table)).table.loc["estimate"]
    total = own.var() + other.var()
    assert found.loc["formula", "variance_share"] == pytest.approx(own.var() / total, abs=1e-12)
    assert found.loc["weights", "variance_share"] == pytest.approx(other.var() / total, abs=1e-12)
    assert found.loc[[INTERACTIONS, RESIDUAL], "variance_share"].to_numpy() == pytest.approx(0)


@pytest.mark.parametrize("quantity", ["estimate", "statistic"])
def test_on_a_balanced_grid_shares_are_those_of_anova(balanced, quantity):
    curve = curve_of(balanced)
    found = attribution_of(curve)
    main = smf.ols(f"{quantity} ~ C(formula) + C(weights) + C(model)", curve.table).fit()
    full = smf.ols(f"{quantity} ~ (C(formula) + C(weights) + C(model))**2", curve.table).fit()
    total = main.centered_tss
    sums = anova_lm(main)["sum_sq"] / total
    table = found.table.loc[quantity]
    for name in ("formula", "weights", "model"):
        row = table.loc[name]
        assert row[["variance_share", "alone", "last"]].tolist() == pytest.approx(
            [sums[f"C({name})"]] * 3, abs=1e-10
        )
    crossed = anova_lm(full)["sum_sq"] / total
    assert found.pairs.loc[(quantity, "formula", "weights"), "variance_share"] == pytest.approx(
        crossed["C(formula):C(weights)"], abs=1e-10
    )
    assert table.loc[INTERACTIONS, "variance_share"] == pytest.approx(
        found.pairs.loc[quantity, "variance_share"].sum(), abs=1e-10
    )
    assert table.loc[RESIDUAL, "variance_share"] == pytest.approx(crossed["Residual"], abs=1e-10)
    assert table["variance_share"].sum() == pytest.approx(1.0, abs=1e-12)
    assert "not importance in nature" in found._repr_html_()


def test_on_any_grid_shares_are_means_over_all_orders(balanced):
    part = balanced.drop(index=[0, 3, 4, 9, 17, 18, 23])
    curve = curve_of(part)
    found = attribution_of(curve).table.loc["estimate"]
    names = ("formula", "weights", "model")

    def rsquared(chosen):
        text = " + ".join(f"C({name})" for name in sorted(chosen)) or "1"
        return smf.ols(f"estimate ~ {text}", curve.table).fit().rsquared

    for name in names:
        gains = []
        for order in permutations(names):
            before = order[: order.index(name)]
            gains.append(rsquared([*before, name]) - rsquared(before))
        assert found.loc[name, "variance_share"] == pytest.approx(np.mean(gains), abs=1e-10)
    assert "not balanced" in " ".join(attribution_of(curve).notes)


def test_dimensions_that_determine_each_other_share_equally_and_are_named():
    table = pd.DataFrame({"weights": ["a", "b", "c"] * 2, "model": ["x", "y", "z"] * 2})
    table["sample"] = ["s"] * 3 + ["t"] * 3
    table["estimate"], table["std_error"] = [1.0, 2.0, 4.0, 2.0, 3.0, 5.0], 1.0
    result = attribution_of(curve_of(table), of=["estimate"])
    found = result.table.loc["estimate"]
    assert found.loc["weights", "variance_share"] == pytest.approx(
        found.loc["model", "variance_share"], abs=1e-12
    )
    assert found.loc["weights", "last"] == pytest.approx(0.0, abs=1e-12)
    assert "weights and model cannot be told apart wholly" in " ".join(result.notes)


def test_weights_that_only_some_models_use_are_told():
    table = grid(weights=["a", "b"], model=["slx", "sdm"], formula=["f", "g"])
    bare = pd.DataFrame({"weights": "not used", "model": "ols", "formula": ["f", "g"]})
    table = pd.concat([table, bare], ignore_index=True)
    table["estimate"], table["std_error"] = np.arange(10.0) ** 2, 1.0
    result = attribution_of(curve_of(table), of=["estimate"])
    assert "weights and model cannot be told apart in part (1 of 2 contrasts)" in " ".join(
        result.notes
    )
    assert result.table["variance_share"].sum() == pytest.approx(1.0)


def test_covariances_change_statistics_only():
    table = grid(weights=["a", "b", "c"], covariance=["HC0", "HC3"])
    table["estimate"], table["std_error"] = np.repeat([1.0, 2.0, 4.0], 2), [1.0, 2.0] * 3
    result = attribution_of(curve_of(table))
    found = result.table
    assert ("estimate", "covariance") not in found.index
    assert "each counts once" in " ".join(result.notes)
    assert found.loc[("statistic", "covariance"), "variance_share"] > 0.1


def test_an_estimate_counts_once_however_many_covariances_it_has():
    table = grid(weights=["a", "b"], model=["slx", "sdm"], covariance=["HC0"])
    table["estimate"], table["std_error"] = [1.0, 2.0, 4.0, 9.0], 1.0
    more = table[table["model"] == "slx"].assign(covariance="HC3", std_error=2.0)
    one = attribution_of(curve_of(table), of=["estimate"]).table
    both = attribution_of(curve_of(pd.concat([table, more])), of=["estimate"]).table
    pd.testing.assert_frame_equal(one, both)


def test_what_has_no_statistic_is_left_out_and_counted(balanced):
    balanced.loc[2, "std_error"] = np.nan
    notes = attribution_of(curve_of(balanced)).notes
    assert "1 specifications have no statistic and are left out." in notes


def test_the_rescaled_outcome_has_the_same_shares(balanced):
    scaled = balanced.assign(estimate=1e6 * balanced["estimate"] - 3e7)
    one, other = (
        attribution_of(curve_of(t), of=["estimate"]).table["variance_share"].to_numpy()
        for t in (balanced, scaled)
    )
    assert other == pytest.approx(one, abs=1e-9)


def test_equal_estimates_have_no_variance_to_attribute():
    table = grid(weights=["a", "b"], covariance=["HC0", "HC3"])
    table["estimate"], table["std_error"] = 0.1, [1.0, 2.0, 1.0, 2.0]
    with pytest.raises(ValuesError, match="all equal"):
        attribution_of(curve_of(table))


def test_refusals(balanced):
    with pytest.raises(OptionError, match="estimate"):
        attribution_of(curve_of(balanced), of=["z"])
    with pytest.raises(InputError, match="one specification"):
        attribution_of(curve_of(balanced.iloc[:1]))
    with pytest.raises(InputError, match="specification curve"):
        attribution_of(balanced)


def test_eight_dimensions_at_once():
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 3, size=(8, 400))
    y = rng.normal(size=400)
    found = attributed(y - y.mean(), [dummies(c) for c in codes])
    assert found.share.sum() == pytest.approx(found.together, abs=1e-12)
    assert rank(np.hstack([dummies(c) for c in codes])) == 16
