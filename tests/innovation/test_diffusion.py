"""Bass curves, hazards and shares of adoption are what published figures and simulation say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import workbench as wb
from workbench.errors import (
    CollinearityError,
    ConvergenceError,
    IdError,
    InputError,
    PanelError,
    ValuesError,
)
from workbench.innovation.diffusion import adoption_hazard, bass, spatial_bass
from workbench.numerics.diffusion import bass as kernel
from workbench.numerics.diffusion import hazards

RECORDERS = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]
YEARS = pd.Index(range(1980, 1990), name="year")


@pytest.fixture(scope="module")
def states():
    return wb.load("us-states")


@pytest.fixture(scope="module")
def W(states):
    return wb.weights.queen(states)


def test_the_density_form_gives_the_published_estimates_of_video_recorders():
    """Cowpertwait and Metcalfe (2009), Introductory Time Series with R, p. 52: nls of R."""
    table = bass(pd.Series(RECORDERS, index=YEARS), form="density").tidy().droplevel(0)
    expected = {
        "market": (6.798e4, 3.128e3),
        "innovation": (6.594e-3, 1.430e-3),
        "imitation": (0.6381, 0.04140),
    }
    for term, (estimate, std_error) in expected.items():
        assert table.loc[term, "estimate"] == pytest.approx(estimate, rel=1e-4)
        assert table.loc[term, "std_error"] == pytest.approx(std_error, rel=4e-4)


@pytest.mark.parametrize("form", ["interval", "density"])
def test_derivatives_are_those_of_the_curve(form):
    end = np.arange(1.0, 12.0)
    p, q, h = 0.02, 0.4, 1e-6
    _, slopes = kernel.expected(end - 1, end, p, q, form)
    by_p = [kernel.expected(end - 1, end, p + s, q, form)[0] for s in (h, -h)]
    by_q = [kernel.expected(end - 1, end, p, q + s, form)[0] for s in (h, -h)]
    numeric = np.column_stack([(by_p[0] - by_p[1]), (by_q[0] - by_q[1])]) / (2 * h)
    assert slopes == pytest.approx(numeric, abs=1e-7)


@pytest.mark.slow
def test_curves_of_regions_are_found_whatever_the_order_of_rows():
    end = np.arange(1.0, 16.0)
    truth = {"a": (1000.0, 0.03, 0.38), "b": (50.0, 0.005, 0.6), "c": (7.0, 0.01, 0.2)}
    wide = pd.DataFrame(
        {
            r: m * kernel.expected(end - 1, end, p, q, "interval")[0]
            for r, (m, p, q) in truth.items()
        },
        index=range(2000, 2015),
    ).T
    found = bass(wide).glance()
    for region, (m, p, q) in truth.items():
        assert found.loc[region, ["market", "innovation", "imitation"]].tolist() == pytest.approx(
            [m, p, q], rel=1e-6
        )
        assert found.loc[region, "peak"] == pytest.approx(1999 + np.log(q / p) / (p + q), rel=1e-6)
    shuffled = bass(wide.iloc[::-1].iloc[:, ::-1]).tidy()
    pd.testing.assert_frame_equal(shuffled, bass(wide).tidy(), rtol=0)
    given = bass(
        wide.cumsum(axis=1), kind="cumulative", market=pd.Series({"a": 1e3, "b": 50.0, "c": 7.0})
    )
    assert given.glance()["imitation"].tolist() == pytest.approx([0.38, 0.6, 0.2], rel=1e-6)


def test_what_a_record_cannot_tell_has_no_numbers_and_a_reason():
    t = np.arange(1.0, 11.0)
    wide = pd.DataFrame(
        {"flat": np.ones(10), "falling": np.exp(-0.3 * t), "once": (t == 5) * 1.0, "none": 0 * t},
        index=YEARS,
    ).T
    result = bass(wide)
    assert result.glance()["status"].to_dict() == {
        "flat": "no market",
        "falling": "no imitation",
        "once": "no innovators",
        "none": "nothing adopted",
    }
    assert result.glance()[["market", "innovation", "imitation", "peak"]].isna().all(axis=None)
    assert result.tidy().empty
    assert all(region in " ".join(result.notes) for region in wide.index)
    assert result.tidy().index.names == ["region", "term"]
    alone = bass(wide.loc["flat"])
    assert "no market" in str(alone)
    assert "no market" in alone._repr_html_()


def test_a_forecast_goes_on_with_the_curve():
    curve = bass(pd.Series(RECORDERS, index=YEARS))
    ahead = curve.forecast(200)
    fit = curve.fits["all"]
    assert ahead["cumulative_adopters"].iloc[-1] == pytest.approx(fit.market, rel=1e-9)
    through = curve.augment()["fitted"].sum() + ahead["prediction"].sum()
    assert through == pytest.approx(fit.market, rel=1e-9)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("form", ["interval", "density"])
def test_the_market_does_not_depend_on_how_long_periods_are(form):
    """Quarters and every second year of one curve: m f(t) is a rate, adopters are a number."""
    p, q, market = 0.02, 0.4, 1000.0
    for index, step in (
        (pd.period_range("2000Q1", periods=100, freq="Q"), 0.25),
        (pd.Index(range(2000, 2026, 2)), 2.0),
    ):
        end = step * np.arange(1, len(index) + 1)
        curve = bass(pd.Series(np.diff(market * kernel.cumulative(np.r_[0, end], p, q)),
                               index=index), form=form)  # fmt: skip
        found = curve.glance().iloc[0]
        assert found["market"] == pytest.approx(market, rel=0.02)
        assert found["imitation"] == pytest.approx(q, rel=0.02)
        assert found["adopted_share"] == pytest.approx(1.0, abs=0.02)
        assert len(curve.forecast(2)) == 2


def test_a_record_that_begins_after_the_launch_is_that_part_of_the_curve():
    """Figures made from known parameters, of which the first four years are not recorded."""
    made = 1000 * np.diff(kernel.cumulative(np.arange(25.0), 0.02, 0.4))
    late = pd.Series(made[4:], index=range(2005, 2025))
    total = late.cumsum() + made[:4].sum()
    for found in (bass(late, launch=2000), bass(total, kind="cumulative", launch=2000)):
        row = found.glance().iloc[0]
        assert row[["market", "innovation", "imitation"]].tolist() == pytest.approx(
            [1000, 0.02, 0.4], rel=1e-6
        )
        assert row["adopted_share"] == pytest.approx(made.sum() / 1000, rel=1e-6)


def test_cumulative_shares_may_end_at_the_whole_market():
    """Increments of shares that reach 100 % may add up to more by rounding."""
    shares = np.sort(np.random.default_rng(12).uniform(0, 100, 12))
    shares[-1] = 100.0
    assert np.diff(shares, prepend=0.0)[None].sum(axis=1) > 100.0
    bass(pd.Series(shares, index=range(12)), kind="cumulative", market=100.0)


def test_a_record_without_change_has_no_share_of_it_explained():
    found = bass(pd.Series(np.ones(10), index=YEARS), market=100.0).glance().iloc[0]
    assert found["status"] == "fitted"
    assert np.isnan(found["rsquared"])


def test_growth_that_never_bends_has_no_market():
    """p m e^{qt}: market and innovation are one number, their Jacobian has lost a rank."""
    found = bass(pd.Series(np.exp(0.07 * np.arange(12.0)), index=range(12)))
    assert found.glance()["status"].item() == "no market"


def test_adoptions_that_are_none_are_refused_by_region_and_year():
    wide = pd.DataFrame([RECORDERS, RECORDERS], index=["a", "b"], columns=YEARS)
    wide.loc["b", 1984] = -1
    with pytest.raises(ValuesError, match="b in 1984"):
        bass(wide)
    with pytest.raises(ValuesError, match="never fall"):
        bass(wide.abs(), kind="cumulative")
    with pytest.raises(ValuesError, match="at least those who have adopted") as raised:
        bass(wide.abs(), market=60_000.0)
    assert raised.value.offenders == ("a",)
    with pytest.raises(PanelError, match="four periods"):
        bass(pd.Series([1.0, 2.0, 3.0], index=[2000, 2001, 2002]))
    ids = [*wb.load("russia-regions").index, "RU-NEN"]
    with pytest.raises(IdError, match="one scheme"):
        bass(pd.DataFrame(1.0, index=ids, columns=YEARS))


def _spread(W, states, *, contagion, seed):
    """Return first years of adoption under a known hazard."""
    rng = np.random.default_rng(seed)
    adopted = np.full(W.n, np.nan)
    for year in range(2000, 2016):
        near = W.sparse @ (adopted < year).astype(float)
        hazard = 1 - np.exp(-np.exp(-3.0 + contagion * near))
        now = np.isnan(adopted) & (rng.uniform(size=W.n) < hazard)
        adopted[now] = year
    return pd.Series(adopted, index=W.ids)


def test_new_adopters_of_a_record_with_a_gap_are_refused():
    sold = pd.Series(RECORDERS, index=YEARS, dtype=float)
    with pytest.raises(PanelError, match="1983") as raised:
        bass(sold.drop(1984))
    assert 'kind="cumulative"' in raised.value.remedy
    held = bass(sold.cumsum().drop(1984), kind="cumulative").glance()["market"].item()
    assert held == pytest.approx(bass(sold).glance()["market"].item(), rel=0.02)


def test_the_hazard_is_statsmodels_likelihood_of_the_rows_at_risk(W, states):
    first = _spread(W, states, contagion=2.0, seed=1)
    odds = adoption_hazard(first, W, link="logit", permutations=0).plot()
    assert "odds of adoption" in odds.alt
    size = pd.Series(np.random.default_rng(2).uniform(1, 9, W.n), index=W.ids)
    result = adoption_hazard(first, W, size=size, periods=(2000, 2015), permutations=19)
    rows = []
    for i, region in enumerate(W.ids):
        for year in range(2000, 2016):
            if not first[region] < year:
                near = W.sparse[[i]] @ (first.to_numpy() < year).astype(float)
                rows.append([1, year - 2000, near[0], np.log(size[region]), first[region] == year])
    table = np.array(rows, dtype=float)
    family = sm.families.Binomial(link=sm.families.links.CLogLog())
    peer = sm.GLM(table[:, 4], table[:, :4], family=family).fit(tol=1e-12)
    assert result.tidy()["estimate"].tolist() == pytest.approx(peer.params[2:].tolist(), rel=1e-8)
    assert result.tidy()["std_error"].tolist() == pytest.approx(peer.bse[2:].tolist(), rel=1e-6)
    assert result.glance()["at_risk"].item() == len(table)
    shuffled = adoption_hazard(
        first.sample(frac=1, random_state=1), W, size=size.sample(frac=1, random_state=2),
        periods=(2000, 2015), permutations=19,
    )  # fmt: skip
    pd.testing.assert_frame_equal(shuffled.tidy(), result.tidy(), rtol=0)
    pd.testing.assert_frame_equal(shuffled.tests.tidy(), result.tests.tidy(), rtol=0)


def test_the_score_is_the_square_root_of_raos_statistic(W, states):
    """Against the definition, U′I⁻¹U, with the information of all columns inverted densely."""
    rng = np.random.default_rng(3)
    X = np.column_stack([np.ones(200), rng.normal(size=200)])
    z, eta = rng.normal(size=200), X @ np.array([-1.0, 0.3])
    y = (rng.uniform(size=200) < 0.3).astype(float)
    for link in ("cloglog", "logit"):
        mean, slope = hazards.probability(eta, link)
        full = np.column_stack([X, z])
        weight = slope**2 / (mean * (1 - mean))
        cov = np.linalg.inv(full.T @ (weight[:, None] * full))
        u = z @ ((y - mean) * slope / (mean * (1 - mean)))
        assert hazards.score(X, y, eta, link)(z) == pytest.approx(u * np.sqrt(cov[2, 2]), rel=1e-10)


@pytest.mark.parametrize("link", ["cloglog", "logit"])
def test_the_score_lives_on_where_adoption_is_certain(link):
    """Of fitted probabilities that round to 0 and to 1 the score is finite, and y less 1 is 0."""
    X, eta = np.ones((6, 1)), np.array([-800.0, -2.0, 0.0, 1.0, 6.0, 40.0])
    y = np.array([0.0, 0.0, 1.0, 0.0, 1.0, 1.0])
    found = hazards.score(X, y, eta, link)
    assert np.isfinite(found.rest).all()
    assert found.rest[[0, 5]] == pytest.approx([0.0, 0.0], abs=1e-16)
    assert np.isfinite(found(np.arange(6.0)))


def test_neither_units_nor_origins_of_terms_decide_whether_a_hazard_is_estimated(W):
    first = _spread(W, None, contagion=1.0, seed=1)
    x = pd.Series(np.random.default_rng(0).normal(size=W.n), index=W.ids)
    size = pd.Series(np.exp(x.to_numpy()[::-1]), index=W.ids)
    plain, moved = (
        adoption_hazard(
            first, W, size=a * size, controls=(b + c * x).to_frame("x"), periods=(2000, 2015),
            permutations=19,
        )
        for a, b, c in ((1.0, 0.0, 1.0), (1e9, 1e6, 10.0))
    )  # fmt: skip
    factor = np.array([1.0, 1.0, 10.0])
    for column in ("estimate", "std_error"):
        assert (moved.tidy()[column] * factor).tolist() == pytest.approx(
            plain.tidy()[column].tolist(), rel=1e-6
        )
    assert moved.models["loglik"].tolist() == pytest.approx(plain.models["loglik"].tolist())


def test_terms_that_cannot_be_told_apart_are_refused_by_name(W):
    first = _spread(W, None, contagion=1.0, seed=1)
    x = pd.Series(np.random.default_rng(0).normal(size=W.n), index=W.ids)
    with pytest.raises(CollinearityError, match="same") as raised:
        adoption_hazard(first, W, controls=pd.DataFrame({"x": x, "same": 1 - 2 * x}))
    assert raised.value.offenders == ("x", "same")
    for name in ("trend", "Intercept"):
        with pytest.raises(InputError, match="names of their own"):
            adoption_hazard(first, W, controls=x.to_frame(name))
    for periods in (2000, (2000, 2010, 2015), (1999.5, 2015), ("2000", "2015")):
        with pytest.raises(InputError, match="whole numbers"):
            adoption_hazard(first, W, periods=periods)


@pytest.mark.slow
def test_contagion_is_found_where_it_is_and_rarely_where_it_is_not(W, states):
    """240 histories without contagion: rejections at 5 % within three standard errors."""
    small = [
        adoption_hazard(_spread(W, states, contagion=0.0, seed=s), W, permutations=99, seed=s)
        .tests["contagion under wrong maps"].p_value <= 0.05
        for s in range(240)
    ]  # fmt: skip
    assert abs(np.mean(small) - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 240)
    large = [
        adoption_hazard(_spread(W, states, contagion=3.0, seed=s), W, permutations=99, seed=s)
        .tests["contagion under wrong maps"].p_value <= 0.05
        for s in range(20)
    ]  # fmt: skip
    assert np.mean(large) > 0.6


def test_a_term_that_separates_adopters_is_no_estimate(W, states):
    first = _spread(W, states, contagion=0.0, seed=5)
    never = first.isna().astype(float).rename("never")
    with pytest.raises(ConvergenceError, match="never"):
        adoption_hazard(first, W, controls=never.to_frame(), permutations=0)


def test_adoptions_without_a_period_are_refused(W, states):
    first = _spread(W, states, contagion=0.0, seed=1)
    with pytest.raises(ValuesError, match="whole numbers"):
        adoption_hazard(first + 0.5, W)
    with pytest.raises(ValuesError, match="at least 5"):
        adoption_hazard(first.where(first == 2000), W)
    with pytest.raises(IdError, match="1 of them missing"):
        adoption_hazard(first.iloc[1:], W)
    with pytest.raises(ValuesError, match="record"):
        adoption_hazard(first, W, periods=(2005, 2015))
    with pytest.raises(ValuesError, match="above zero"):
        adoption_hazard(first, W, size=pd.Series(0.0, index=W.ids))


def test_shares_spread_as_they_were_made_to(W):
    rng = np.random.default_rng(4)
    size = pd.Series(rng.uniform(1, 100, W.n), index=W.ids)
    wide = pd.DataFrame({2010: rng.uniform(0.5, 15, W.n)}, index=W.ids)
    for year in range(2011, 2018):
        before = wide[year - 1] / 100
        rate = 0.01 + 0.1 * before + 0.2 * (W.sparse @ before.to_numpy()) + 0.002 * np.log(size)
        wide[year] = wide[year - 1] + rate * (100 - wide[year - 1])
    result = spatial_bass(wide, None, W, size=size, ceiling=100)
    expected = {
        "Intercept": 0.01,
        "own_adoption": 0.1,
        "neighbours_adoption": 0.2,
        "hierarchical": 0.002,
    }
    assert result.tidy()["estimate"].to_dict() == pytest.approx(expected, rel=1e-8)
    with pytest.raises(ValuesError, match="ceiling=100"):
        spatial_bass(wide, None, W)
    wide.iloc[0, -1] = wide.iloc[0, -2] - 0.1
    assert any(
        "falls in 1 cells" in note for note in spatial_bass(wide, None, W, ceiling=100).notes
    )


def test_shares_that_reach_the_ceiling_are_refused_with_a_way_out_that_works(W):
    wide = pd.DataFrame(np.linspace(0.1, 1.0, 6)[None].repeat(W.n, 0), index=W.ids)
    wide = wide.mul(np.random.default_rng(0).uniform(0.8, 1.0, W.n), axis=0)
    wide.iloc[0, 4:] = 1.0
    with pytest.raises(ValuesError, match="in which all have adopted"):
        spatial_bass(wide, None, W)
    assert spatial_bass(wide.iloc[:, :5], None, W).glance()["nobs"].item() == 4 * W.n


def test_effects_under_which_terms_are_no_rates_are_refused(W):
    wide = pd.DataFrame(np.random.default_rng(1).uniform(0, 0.5, (W.n, 5)), index=W.ids)
    with pytest.raises(InputError, match="'two-way'"):
        spatial_bass(wide, None, W, effects="first-difference")


@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_the_slope_of_a_probability_is_its_derivative(link):
    eta, step = np.linspace(-4.0, 1.5, 12), 1e-6
    mean, slope = hazards.probability(eta, link)
    ends = [hazards.probability(eta + s, link)[0] for s in (step, -step)]
    np.testing.assert_allclose(slope, (ends[0] - ends[1]) / (2 * step), rtol=1e-7)
    assert ((mean > 0) & (mean < 1)).all()


def test_those_who_have_adopted_are_the_sum_of_those_who_did():
    end = np.arange(1.0, 31.0)
    new, _ = kernel.expected(end - 1, end, 0.02, 0.4, "interval")
    np.testing.assert_allclose(kernel.cumulative(end, 0.02, 0.4), np.cumsum(new), rtol=1e-12)
