"""Panel unit-root tests equal R's plm; simulated references equal published tables.

Numbers as plm's own test output prints them (ycroissant/plm, inst/tests/test_cipstest.Rout.save on
gsp of the 48 states, inst/tests/test_purtest.Rout.save on Grunfeld's ten firms), and critical
values of Pesaran (2007, table II).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import InputError, PanelError, ValuesError
from workbench.numerics.panels.unit_root import dickey_fuller, simulated_cips, truncated
from workbench.numerics.panels.unit_root_moments import ips_moments
from workbench.panels import unit_root


@pytest.fixture(scope="module")
def panel():
    return wb.load("munnell-1990")


@pytest.fixture(scope="module")
def grunfeld():
    import statsmodels.api as sm

    table = sm.datasets.grunfeld.load_pandas().data
    table = table[table["firm"] != "American Steel"].astype({"year": int})
    return table.set_index(["firm", "year"])


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("deterministic", "plain", "held"),
    [("trend", -0.58228, -0.61357), ("intercept", -0.59924, -0.59924), ("none", -0.52464, None)],
)
def test_cips_is_that_of_plm(panel, deterministic, plain, held):
    """`cipstest(gsp, lags = 2)`, plain and `truncated = TRUE`: five printed digits."""
    series = panel["gsp"].sort_index().to_numpy().reshape(48, 17)
    ratios = dickey_fuller(series, lags=2, deterministic=deterministic, averages=True)
    assert ratios.mean() == pytest.approx(plain, abs=5e-6)
    found = unit_root("gsp", panel, deterministic=deterministic, lags=2, draws=199)
    assert found.statistic == pytest.approx(plain if held is None else held, abs=5e-6)


def test_ips_regressions_without_averages_are_those_of_plm(panel):
    """`cipstest(model = "mg")` averages the t-ratios of plain regressions."""
    series = panel["gsp"].sort_index().to_numpy().reshape(48, 17)
    printed = {"trend": -1.658, "intercept": -0.011214, "none": 1.7254}
    for deterministic, value in printed.items():
        ratios = dickey_fuller(series, lags=2, deterministic=deterministic)
        assert ratios.mean() == pytest.approx(value, rel=5e-5)


@pytest.mark.parametrize(
    ("lags", "z", "p"), [(0, -1.419, 0.078), (2, 1.496, 0.933), (4, 1.394, 0.918)]
)
def test_ips_is_that_of_plm(grunfeld, lags, z, p):
    """`purtest(value, test = "ips", exo = "intercept", dfcor = TRUE)`, which its authors compared
    with gretl and EViews."""
    found = unit_root("value", grunfeld, test="ips", lags=lags)
    assert found.statistic == pytest.approx(z, abs=5e-4)
    assert found.p_value == pytest.approx(p, abs=5e-4)


def test_ratios_of_firms_are_those_of_plm(grunfeld):
    """General Motors to Diamond Match, in plm's order of firms, two lags."""
    order = ["General Motors", "US Steel", "General Electric", "Chrysler", "Atlantic Refining",
             "IBM", "Union Oil", "Westinghouse", "Goodyear", "Diamond Match"]  # fmt: skip
    printed = [-1.43117190, -1.83739675, -1.58422268, -2.15851492, -0.08602929, 2.80099666,
               -1.75556519, 1.02362053, -2.07408161, -2.11875217]  # fmt: skip
    found = unit_root("value", grunfeld, test="ips", lags=2).table["statistic"]
    np.testing.assert_allclose(found.loc[order], printed, atol=6e-9)


@pytest.mark.parametrize(("deterministic", "z"), [("intercept", 10.155), ("trend", 9.578)])
def test_hadri_is_that_of_plm(grunfeld, deterministic, z):
    """`purtest(value, test = "hadri")`; EViews prints 10.1553 and 9.57816."""
    found = unit_root("value", grunfeld, test="hadri", deterministic=deterministic)
    assert found.statistic == pytest.approx(z, abs=5e-4)
    assert found.answer.alternative == "greater"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shape", "deterministic", "published"),
    [
        ((20, 20), "intercept", (-2.40, -2.21, -2.10)),
        ((10, 30), "intercept", (-2.57, -2.33, -2.21)),
        ((20, 20), "trend", (-2.92, -2.73, -2.63)),
        ((30, 20), "none", (-1.76, -1.58, -1.47)),
        ((20, 10), "intercept", (-2.56, -2.29, -2.15)),
    ],
)
def test_simulated_reference_is_pesarans_table(shape, deterministic, published):
    """Table II (a) to (c), truncated where it differs; T there counts the first value beside. 2,000
    draws leave the 1 % value 0.03 (two standard deviations), the 5 % and 10 % values 0.02."""
    N, T = shape
    draws = simulated_cips(
        (N, T + 1), lags=0, deterministic=deterministic, draws=2000,
        random=np.random.default_rng(5),
    )  # fmt: skip
    found = np.quantile(draws, [0.01, 0.05, 0.1])
    np.testing.assert_array_less(np.abs(found - published), [0.06, 0.035, 0.03])


def random_walks(seed, shape, *, common=0.0, root=1.0):
    generator = np.random.default_rng(seed)
    steps = generator.standard_normal(shape) + common * generator.standard_normal(shape[1])
    y = np.zeros(shape)
    for t in range(1, shape[1]):
        y[:, t] = root * y[:, t - 1] + steps[:, t]
    index = pd.MultiIndex.from_product(
        [[f"r{i:02d}" for i in range(shape[0])], range(shape[1])], names=["region", "year"]
    )
    return pd.DataFrame({"y": y.ravel()}, index=index)


@pytest.mark.slow
def test_sizes_and_power_under_common_shocks():
    """120 panels of 12 regions, 25 periods: with common shocks CIPS rejects 5 % of unit roots
    (0.11 at three standard deviations), IPS, which takes regions for independent, far more than
    that; stationary panels are told apart."""
    shape = (12, 25)
    null = simulated_cips(
        shape, lags=0, deterministic="intercept", draws=1000, random=np.random.default_rng(1)
    )
    bound = np.quantile(null, 0.05)
    mean, variance = ips_moments(24, 0, deterministic="intercept")
    cips, ips, power = 0, 0, 0
    for seed in range(120):
        y = random_walks(seed, shape, common=2.0)["y"].to_numpy().reshape(shape)
        ratios = dickey_fuller(y, lags=0, deterministic="intercept", averages=True)
        cips += truncated(ratios, "intercept").mean() < bound
        plain = dickey_fuller(y, lags=0, deterministic="intercept").mean()
        ips += np.sqrt(12) * (plain - mean) / np.sqrt(variance) < -1.645
        y = random_walks(seed, shape, common=2.0, root=0.3)["y"].to_numpy().reshape(shape)
        ratios = dickey_fuller(y, lags=0, deterministic="intercept", averages=True)
        power += truncated(ratios, "intercept").mean() < bound
    assert cips / 120 <= 0.11
    assert ips / 120 > 0.15
    assert power / 120 > 0.9


@pytest.mark.slow
def test_ips_keeps_its_size_for_independent_regions():
    """300 panels of 15 independent random walks: 5 % within three standard deviations."""
    mean, variance = ips_moments(28, 1, deterministic="intercept")
    rejected = 0
    for seed in range(300):
        y = random_walks(1000 + seed, (15, 30))["y"].to_numpy().reshape(15, 30)
        plain = dickey_fuller(y, lags=1, deterministic="intercept").mean()
        rejected += np.sqrt(15) * (plain - mean) / np.sqrt(variance) < -1.645
    assert 0.012 <= rejected / 300 <= 0.09


def test_answers_are_reproducible_and_do_not_depend_on_rows(panel):
    one = unit_root("log(gsp)", panel, lags=1, draws=199)
    two = unit_root("log(gsp)", panel.sample(frac=1, random_state=1), lags=1, draws=199)
    assert (one.statistic, one.p_value) == (two.statistic, two.p_value)
    other = unit_root("log(gsp)", panel, lags=1, draws=199, seed=1)
    assert not other.critical.equals(one.critical)
    assert "CIPS" in str(one)
    assert one.table.shape == (48, 2)


def test_bad_input_is_refused_by_name(panel):
    with pytest.raises(PanelError, match="cells missing"):
        unit_root("gsp", panel.drop(("US-TX", 1975)))
    gap = panel.copy()
    gap.loc[("US-TX", 1975), "gsp"] = np.nan
    with pytest.raises(ValuesError, match="US-TX 1975"):
        unit_root("gsp", gap)
    flat = panel.copy()
    flat.loc["US-TX", "gsp"] = 5.0
    with pytest.raises(ValuesError, match="US-TX"):
        unit_root("gsp", flat)
    with pytest.raises(PanelError, match="17 periods"):
        unit_root("gsp", panel, lags=9)
    with pytest.raises(InputError, match="intercept"):
        unit_root("gsp", panel, test="ips", deterministic="none")
    with pytest.raises(ValuesError, match="cips"):
        unit_root("gsp", panel, test="ips", lags=6)
    with pytest.raises(InputError, match="lags"):
        unit_root("gsp", panel, lags=-1)


@pytest.mark.slow
def test_gaps_of_a_variable_come_with_the_rows_that_have_none():
    """There is no policy to pass: the way out is the table to pass instead."""
    data = wb.load("russia-innovation")
    with pytest.raises(ValuesError) as caught:
        wb.panels.unit_root("log(rd / students)", data)
    kept = eval(caught.value.remedy.split("regions: ")[1], {"data": data})
    assert 0 < kept.index.unique("region").size < 80
    assert wb.panels.unit_root("log(rd / students)", kept).notes is not None
    assert "missing=" not in caught.value.remedy
