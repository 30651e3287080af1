"""Dynamic panels answer in the shared vocabulary, and refuse what they cannot do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.core.vocabulary import COEFFICIENT_COLUMNS
from workbench.errors import InputError, OptionError, PanelError
from workbench.panels.dynamic.sample import FEWEST

FORMULA = "log(gsp) ~ log(pc) + log(emp)"


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("dynamic", ["lag", "both"])
@pytest.mark.parametrize("effects", ["none", "entity", "two-way"])
def test_order_of_rows_changes_no_bit(panel, W, effects, dynamic):
    options = {"model": "sar", "effects": effects, "dynamic": dynamic}
    before = panel.copy(deep=True)
    one = wb.fit(FORMULA, panel, W, **options)
    two = wb.fit(FORMULA, panel.sample(frac=1, random_state=1), W, **options)
    pd.testing.assert_frame_equal(panel, before)
    for table in ("tidy", "glance", "augment"):
        a, b = getattr(one, table)(), getattr(two, table)()
        pd.testing.assert_frame_equal(a, b, check_exact=True)
    assert tuple(one.tidy().columns) == COEFFICIENT_COLUMNS
    assert set(one.glance().columns) <= set(GLOSSARY)
    assert one.nobs == 48 * 16
    assert "1970" not in {str(t) for t in one.augment().index.get_level_values(1)}
    augmented = one.augment()
    left = augmented[one.design.outcome] - augmented["fitted"] - augmented["residual"]
    assert np.abs(left).max() < 1e-12
    assert one.title in str(one)
    assert "<table" in one._repr_html_()
    assert one.provenance.options["dynamic"] == dynamic
    path = one.impacts_over_time(3)
    assert path.table.index.names == ["term", "effect", "horizon"]
    assert "<table" in path._repr_html_()
    assert path.effect("log(emp)").shape == (4, 6)
    drawn = one.impacts_over_time(2, method="monte-carlo", draws=200)
    again = two.impacts_over_time(2, method="monte-carlo", draws=200)
    pd.testing.assert_frame_equal(drawn.table, again.table, check_exact=True)


def test_draws_agree_with_the_delta_method(panel, W):
    fit = wb.fit(FORMULA, panel, W, model="sdm", effects="two-way", dynamic="both")
    delta = fit.impacts_over_time(4).table
    drawn = fit.impacts_over_time(4, method="monte-carlo", draws=4000).table
    ratio = drawn["std_error"] / delta["std_error"]
    # 4,000 draws leave about 1 %, the bend of the impacts some more
    assert ((ratio > 0.9) & (ratio < 1.15)).all()
    path = fit.impacts_over_time(4)
    drawn_terms = path.plot(terms=["log(emp)"]).axes[0].get_legend_handles_labels()[1]
    assert path.plot().axes
    assert drawn_terms == ["log(emp)"]
    long = fit.impacts(horizon="long-run", method="monte-carlo", draws=1000)
    assert np.isfinite(long.table.to_numpy()).all()


def test_uncorrected_fit_agrees_with_sdpdmod_as_far_as_its_grid_goes(panel, W):
    """SDPDmod 0.0.6 (R), direct approach, which it does not correct: tau, rho, log(emp), sigma2.

    It maximises on an interpolated grid of rho, hence 5e-3.
    """
    formula = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"
    stored = {
        ("sar", "entity"): (0.5335, 0.2126, 0.3047, 6.6186e-4),
        ("sar", "two-way"): (0.7626, 0.0626, 0.2166, 3.8367e-4),
        ("sdm", "two-way"): (0.7448, 0.2806, 0.2711, 3.4451e-4),
    }
    for (model, effects), (tau, rho, slope, sigma2) in stored.items():
        fit = wb.fit(formula, panel, W, model=model, effects=effects, dynamic="lag", lee_yu="none")
        found = fit.params[["tau", "rho", "log(emp)"]]
        np.testing.assert_allclose(found, [tau, rho, slope], atol=5e-3)
        assert fit.sigma2 == pytest.approx(sigma2, rel=5e-3)


def test_tests_and_stability_are_told(panel, W):
    fit = wb.fit(FORMULA, panel, W, model="sdm", effects="two-way", dynamic="both")
    tests = fit.diagnostics()
    p, V = fit.params, fit.cov
    three = ["tau", "eta", "rho"]
    gap = p[three].sum() - 1
    assert tests["Wald unit root"].statistic == pytest.approx(
        gap**2 / V.loc[three, three].sum().sum()
    )
    assert tests["Wald tau"].statistic == pytest.approx((p["tau"] / fit.std_errors["tau"]) ** 2)
    assert fit.stable
    assert fit.glance()["largest_root"].iloc[0] == fit.roots.largest
    assert any("shocks die out" in note for note in fit.notes)
    assert (
        not wb.fit(FORMULA, panel, W, model="sar", effects="two-way", dynamic="lag")
        .diagnostics()["Wald eta"]
        .applicable
    )


def test_explosive_estimates_have_no_long_run(panel, W):
    fit = wb.fit(FORMULA, panel, W, model="sdm", effects="none", dynamic="lag")
    assert not fit.stable
    assert any("no long run" in note for note in fit.notes)
    with pytest.raises(PanelError, match="shocks die out"):
        fit.impacts(horizon="long-run")
    assert fit.impacts_over_time(3, method="monte-carlo", draws=200).table.shape == (24, 6)
    formula = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"
    with pytest.raises(PanelError, match="roots"):
        wb.fit(formula, panel, W, model="sdm", effects="entity", dynamic="lag")


def test_too_few_or_uneven_periods_are_refused(panel, W):
    years = panel.index.get_level_values(1)
    options = {"model": "sar", "effects": "entity", "dynamic": "lag"}
    with pytest.raises(PanelError, match=f"at least {FEWEST + 1} periods") as caught:
        wb.fit(FORMULA, panel[years < 1970 + FEWEST], W, **options)
    assert f"got {FEWEST}" in str(caught.value)
    assert wb.fit(FORMULA, panel[years < 1970 + FEWEST], W, lee_yu="none", **options).nobs
    with pytest.raises(PanelError, match="evenly apart") as caught:
        wb.fit(FORMULA, panel[years != 1980], W, **options)
    assert "1981" in str(caught.value)
    every_second = wb.fit(FORMULA, panel[years % 2 == 0], W, **options)
    assert every_second.extras["periods"] == 8
    short = wb.fit(FORMULA, panel[years < 1975], W, **options)
    assert any("N/T^3" in note for note in short.notes)


@pytest.mark.parametrize(
    ("choices", "argument"),
    [
        ({"model": "ols"}, "model"),
        ({"model": "slx"}, "model"),
        ({"factors": "cce", "effects": "entity"}, "factors"),
        ({"family": "poisson"}, "family"),
        ({"effects": "random"}, "effects"),
        ({"effects": "entity", "lee_yu": "transformation"}, "lee_yu"),
        ({"effects": "none", "lee_yu": "none"}, "lee_yu"),
        ({"random": "kkp"}, "random"),
        ({"covariance": "clustered"}, "covariance"),
    ],
)
def test_misplaced_choices_are_refused(panel, W, choices, argument):
    options = {"model": "sar", "effects": "two-way", "dynamic": "lag"} | choices
    with pytest.raises(InputError) as caught:
        wb.fit(FORMULA, panel, W, **options)
    assert caught.value.argument == argument
    assert caught.value.remedy


def test_other_samples_are_refused(panel, W):
    options = {"model": "sar", "effects": "entity", "dynamic": "lag"}
    near = wb.weights.knn(wb.load("us-states"), 4)
    several = {year: W if year < 1980 else near for year in range(1970, 1987)}
    with pytest.raises(PanelError, match="one W"):
        wb.fit(FORMULA, panel, several, **options)
    with pytest.raises(PanelError, match="lags need time"):
        wb.fit(FORMULA, panel.xs(1986, level=1), W, model="sar", dynamic="lag")
    with pytest.raises(OptionError, match="lag"):
        wb.fit(FORMULA, panel, W, model="sar", dynamic="lags")
    with pytest.raises(InputError, match="tau"):
        wb.fit("log(gsp) ~ tau", panel.assign(tau=panel["unemp"]), W, **options)
    fit = wb.fit(FORMULA, panel, W, **options)
    with pytest.raises(PanelError, match="own sample"):
        fit.predict(panel)
    with pytest.raises(InputError, match="0 to"):
        fit.impacts_over_time(-1)
    with pytest.raises(OptionError, match="horizon"):
        fit.impacts(horizon="medium-run")
    with pytest.raises(OptionError, match="log"):
        fit.impacts_over_time(2).plot(terms=["log(pcap)"])
    with pytest.raises(InputError, match="at least 100"):
        fit.impacts_over_time(method="monte-carlo", draws=5)
