"""Elasticities say what the formula's logarithms make of impacts; joint terms change together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import FormulaError, OptionError, ValuesError
from workbench.regression.scales import scale_of


@pytest.fixture(scope="module")
def states():
    table = wb.load("munnell-1990").xs(1986, level="year")
    return table, wb.weights.queen(wb.load("us-states"))


FACTORS = {
    ("log(gsp)", "log(emp)"): (1.0, "1 % more emp: % of gsp"),
    ("log(gsp)", "emp"): (100.0, "1 more emp: % of gsp"),
    ("gsp", "log(emp)"): (0.01, "1 % more emp: units of gsp"),
    ("gsp", "emp"): (1.0, "1 more emp: units of gsp"),
    ("log10(gsp)", "log2(emp)"): (np.log(10) / np.log(2), "1 % more emp: % of gsp"),
    ("log(gsp / emp)", "log(pc / emp)"): (1.0, "1 % more pc / emp: % of gsp / emp"),
    ("gsp", "log1p(emp)"): (1.0, "1 more log1p(emp): units of gsp"),
}


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize(("outcome", "term"), FACTORS)
def test_the_formula_tells_the_unit(states, outcome, term):
    """Factors from the definitions: d log y = dy/y, d log_b y = dy/(y log b)."""
    table, W = states
    fit = wb.fit(f"{outcome} ~ {term}", table, W, model="sar")
    factor, reads = FACTORS[outcome, term]
    found, impacts = fit.elasticities().table, fit.impacts().table
    for column in ("estimate", "std_error", "conf_low", "conf_high"):
        np.testing.assert_allclose(found[column], factor * impacts[column])
    pd.testing.assert_series_equal(found["p_value"], impacts["p_value"])
    assert set(found["reads"]) == {reads}


def test_bases_of_logarithms_do_not_matter(states):
    table, W = states
    natural = wb.fit("log(gsp) ~ log(emp)", table, W, model="sdm").elasticities().table
    other = wb.fit("log10(gsp) ~ log2(emp)", table, W, model="sdm").elasticities().table
    np.testing.assert_allclose(other["estimate"], natural["estimate"], rtol=1e-6)
    np.testing.assert_allclose(other["std_error"], natural["std_error"], rtol=1e-6)


def test_at_the_means(states):
    table, _ = states
    fit = wb.fit("gsp ~ emp + log(pc)", table)
    found = fit.elasticities(at="means").table["estimate"].xs("direct", level="effect")
    mean = table.mean(numeric_only=True)
    assert found["emp"] == pytest.approx(fit.params["emp"] * mean["emp"] / mean["gsp"])
    assert found["log(pc)"] == pytest.approx(fit.params["log(pc)"] / mean["gsp"])


def test_a_negative_mean_turns_intervals_over(states):
    table, _ = states
    table = table.assign(minus=-table["emp"])
    plus = wb.fit("gsp ~ emp", table).elasticities(at="means").table
    minus = wb.fit("gsp ~ minus", table).elasticities(at="means").table
    for column in ("estimate", "std_error", "statistic", "conf_low", "conf_high"):
        np.testing.assert_allclose(minus[column], plus[column])


def test_categories_and_scales():
    assert scale_of("C(group)[T.b]").step == "group = b rather than its base"
    assert scale_of("log(x) + log(z)").base is None
    assert scale_of("log((x + 1) / z)").inner == "(x + 1) / z"


def test_a_mean_of_zero_is_refused(states):
    table, _ = states
    table = table.assign(centred=table["emp"] - table["emp"].mean())
    with pytest.raises(ValuesError, match="centred"):
        wb.fit("gsp ~ centred", table).elasticities(at="means")


FORMULA = "log(gsp) ~ unemp + I(unemp**2) + unemp:log(emp) + log(emp)"


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["ols", "slx", "sar", "sdm"])
def test_joint_impacts_are_derivatives_of_the_dense_model(states, model):
    """dy_i/dx_j by moving x_j alone through (I − ρW)⁻¹(Xβ + WXθ), averaged."""
    table, W = states
    fit = wb.fit(FORMULA, table, W, model=model)
    table = table.loc[fit.design.index]
    p, w, n = fit.params, W.sparse.toarray(), len(table)

    def outcomes(x):
        emp = np.log(table["emp"].to_numpy())
        columns = {"unemp": x, "I(unemp ** 2)": x**2, "unemp:log(emp)": x * emp}
        mean = sum(
            p[name] * value + p.get(f"W({name})", 0.0) * (w @ value)
            for name, value in columns.items()
        )
        return np.linalg.solve(np.eye(n) - p.get("rho", 0.0) * w, mean)

    x = table["unemp"].to_numpy()
    step = 1e-4
    J = np.column_stack(
        [(outcomes(x + step * e) - outcomes(x - step * e)) / (2 * step) for e in np.eye(n)]
    )
    found = fit.marginal_impacts("unemp")
    assert found.direct["unemp"] == pytest.approx(np.trace(J) / n, rel=1e-7)
    assert found.total["unemp"] == pytest.approx(J.sum() / n, rel=1e-7)
    assert found["unemp", "total"]["std_error"] > 0


def test_the_error_of_joint_impacts_is_that_of_the_linear_form(states):
    table, _ = states
    fit = wb.fit("log(gsp) ~ unemp + I(unemp**2)", table)
    gradient = np.array([0.0, 1.0, 2 * table["unemp"].mean()])
    expected = np.sqrt(gradient @ fit.cov.to_numpy() @ gradient)
    for at in ("observed", "means"):
        row = fit.marginal_impacts("unemp", at=at)["unemp", "direct"]
        assert row["std_error"] == pytest.approx(expected, rel=1e-8)


def test_one_term_alone_has_its_own_impacts(states):
    table, W = states
    fit = wb.fit("log(gsp) ~ unemp + log(emp)", table, W, model="sdm")
    joint, own = fit.marginal_impacts("unemp").table, fit.impacts().table.loc[["unemp"]]
    np.testing.assert_allclose(joint, own, rtol=1e-7)


def test_terms_that_change_together_are_named(states):
    table, _ = states
    assert "marginal_impacts('unemp')" in str(wb.fit(FORMULA, table).elasticities())
    assert "marginal_impacts" not in str(wb.fit("log(gsp) ~ unemp", table).elasticities())


def test_joint_impacts_refuse_by_name(states):
    table, _ = states
    table = table.assign(group=np.where(table["unemp"] > 6, "high", "low"))
    fit = wb.fit("log(gsp) ~ unemp + group", table)
    with pytest.raises(OptionError, match="'unmep'"):
        fit.marginal_impacts("unmep")
    with pytest.raises(ValuesError, match="group"):
        fit.marginal_impacts("group")
    with pytest.raises(FormulaError, match=r"center\(unemp\)"):
        wb.fit("log(gsp) ~ center(unemp) + log(emp)", table).marginal_impacts("emp")
