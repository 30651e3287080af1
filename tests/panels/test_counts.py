"""Poisson panels: statsmodels with a dummy for every effect is the other side."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import workbench as wb
from workbench.errors import ConvergenceError, InputError, PanelError, ValuesError

FORMULA = "y ~ x + z"
REGIONS, PERIODS = 24, 6


@pytest.fixture(scope="module")
def panel():
    """Overdispersed counts with effects of regions and periods; one region without any count."""
    random = np.random.default_rng(7)
    index = pd.MultiIndex.from_product(
        [[f"r{i:02d}" for i in range(REGIONS)], range(2000, 2000 + PERIODS)],
        names=["region", "year"],
    )
    region = np.repeat(np.arange(REGIONS), PERIODS)
    effect = random.normal(size=REGIONS)[region] + 0.1 * np.tile(np.arange(PERIODS), REGIONS)
    x, z = random.normal(size=(2, len(index))) + 0.5 * effect
    rate = random.gamma(2.0, 0.5, size=len(index)) * np.exp(1.0 + effect + 0.4 * x - 0.3 * z)
    y = random.poisson(rate).astype(float)
    y[region == 3] = 0.0
    return pd.DataFrame({"y": y, "x": x, "z": z}, index=index)


@pytest.fixture(scope="module")
def ring():
    ids = [f"r{i:02d}" for i in range(REGIONS)]
    near = np.roll(np.eye(REGIONS), 1, axis=1) + np.roll(np.eye(REGIONS), -1, axis=1)
    return wb.weights.from_matrix(near, ids=ids)


def dummies(panel, effects):
    kept = panel.loc[panel.index.get_level_values(0) != "r03"] if effects != "time" else panel
    if effects == "none":
        kept = panel
    region = pd.get_dummies(kept.index.get_level_values(0), dtype=float).to_numpy()
    period = pd.get_dummies(kept.index.get_level_values(1), dtype=float).to_numpy()
    columns = {
        "none": np.ones((len(kept), 1)),
        "entity": region,
        "time": period,
        "two-way": np.column_stack([region, period[:, 1:]]),
    }[effects]
    return kept, np.column_stack([kept[["x", "z"]].to_numpy(), columns])


def glm(panel, effects, **options):
    kept, X = dummies(panel, effects)
    model = sm.GLM(kept["y"].to_numpy(), X, family=sm.families.Poisson())
    return model.fit(tol=1e-14, maxiter=200, **options), kept


@pytest.mark.parametrize("effects", ["none", "entity", "time", "two-way"])
def test_effects_concentrated_out_are_dummies(panel, effects):
    ours = wb.fit(FORMULA, panel, family="poisson", effects=effects, covariance="classical")
    theirs, kept = glm(panel, effects)
    np.testing.assert_allclose(ours.params[["x", "z"]], theirs.params[:2], rtol=1e-9)
    slopes = ours.cov.loc[["x", "z"], ["x", "z"]]
    np.testing.assert_allclose(slopes, theirs.cov_params()[:2, :2], rtol=1e-7)
    np.testing.assert_allclose(ours.loglik, theirs.llf, rtol=1e-12)
    np.testing.assert_allclose(ours.sigma2, theirs.pearson_chi2 / theirs.df_resid, rtol=1e-9)
    np.testing.assert_allclose(ours.fitted_values, theirs.fittedvalues, rtol=1e-8)
    assert ours.nobs == len(kept)


def test_the_conditional_likelihood_has_the_same_maximum(panel):
    from statsmodels.discrete.conditional_models import ConditionalPoisson

    kept, _ = dummies(panel, "entity")
    groups = kept.index.codes[0]
    model = ConditionalPoisson(kept["y"].to_numpy(), kept[["x", "z"]].to_numpy(), groups=groups)
    theirs = model.fit(disp=False, method="newton")
    ours = wb.fit(FORMULA, panel, family="poisson", effects="entity", covariance="classical")
    np.testing.assert_allclose(ours.params, theirs.params, rtol=1e-7)
    np.testing.assert_allclose(ours.std_errors, theirs.bse, rtol=1e-4)  # their Hessian is numerical


@pytest.mark.parametrize(("word", "level"), [("clustered", 0), ("clustered-time", 1)])
def test_clustered_errors_are_those_of_statsmodels_with_the_factor_of_likelihoods(
    panel, word, level
):
    ours = wb.fit(FORMULA, panel, family="poisson", effects="two-way", covariance=word)
    kept, _ = dummies(panel, "two-way")
    codes = pd.factorize(kept.index.get_level_values(level))[0]
    theirs, _ = glm(
        panel, "two-way", cov_type="cluster", cov_kwds={"groups": codes, "use_correction": False}
    )
    groups = codes.max() + 1
    np.testing.assert_allclose(
        ours.cov, theirs.cov_params()[:2, :2] * groups / (groups - 1), rtol=1e-7
    )


def test_two_ways_are_the_sum_of_one_way_less_the_overlap(panel):
    def cov(word):
        fit = wb.fit(FORMULA, panel, family="poisson", effects="entity", covariance=word)
        return fit.cov.to_numpy()

    expected = cov("clustered") + cov("clustered-time") - cov("robust")
    np.testing.assert_allclose(cov("clustered-two-way"), expected, rtol=1e-10)


def test_driscoll_kraay_is_the_dense_double_sum(panel):
    ours = wb.fit(FORMULA, panel, family="poisson", effects="entity", covariance="driscoll-kraay")
    theirs, kept = glm(panel, "entity")
    _, X = dummies(panel, "entity")
    scores = X * (kept["y"].to_numpy() - theirs.fittedvalues)[:, None]
    year = kept.index.get_level_values(1).to_numpy()
    lags = int(4 * (PERIODS / 100) ** (2 / 9))
    gap = np.abs(year[:, None] - year[None, :])
    kernel = np.where(gap <= lags, 1 - gap / (lags + 1), 0.0)
    bread = np.linalg.inv((X * theirs.fittedvalues[:, None]).T @ X)
    dense = bread @ scores.T @ kernel @ scores @ bread * PERIODS / (PERIODS - 1)
    np.testing.assert_allclose(ours.cov, dense[:2, :2], rtol=1e-7)


@pytest.mark.slow
def test_clustered_intervals_hold_under_overdispersion_and_classical_ones_do_not():
    random = np.random.default_rng(11)
    index = pd.MultiIndex.from_product([range(60), range(8)], names=["region", "year"])
    region = np.repeat(np.arange(60), 8)
    hits = {"classical": 0, "clustered": 0}
    rounds = 100
    for _ in range(rounds):
        x = random.normal(size=480)
        rate = random.gamma(1.0, 1.0, size=480) * np.exp(2 + random.normal(size=60)[region] + x / 2)
        data = pd.DataFrame({"y": random.poisson(rate).astype(float), "x": x}, index=index)
        for word in hits:
            fit = wb.fit("y ~ x", data, family="poisson", effects="entity", covariance=word)
            low, high = fit.conf_int().loc["x"]
            hits[word] += low <= 0.5 <= high
    # 3 binomial standard errors below nominal, and as many clusters as leave a little undercoverage
    assert hits["clustered"] / rounds > 0.95 - 3 * np.sqrt(0.95 * 0.05 / rounds)
    assert hits["classical"] / rounds < 0.6


def test_lags_of_regressors_are_taken_before_empty_regions_leave(panel, ring):
    fit = wb.fit(FORMULA, panel, ring, model="slx", family="poisson", effects="two-way")
    V = ring.normalize("row").sparse
    x, z = (panel[name].to_numpy().reshape(REGIONS, PERIODS) for name in "xz")
    own = panel.assign(wx=(V @ x).ravel(), wz=(V @ z).ravel())
    by_hand = wb.fit("y ~ x + z + wx + wz", own, family="poisson", effects="two-way")
    np.testing.assert_allclose(fit.params, by_hand.params, rtol=1e-9)
    assert any("r03" in note for note in fit.notes)
    indirect = fit.impacts()["x", "indirect"]
    np.testing.assert_allclose(indirect["estimate"], fit.params["W(x)"], rtol=1e-12)


def test_rows_in_any_order_give_the_same_bits(panel, ring):
    shuffled = panel.sample(frac=1.0, random_state=5)
    one, other = (
        wb.fit(
            FORMULA,
            data,
            ring,
            model="slx",
            family="poisson",
            effects="two-way",
            covariance="clustered",
        )
        for data in (panel, shuffled)
    )
    assert (one.params == other.params).all()
    assert (one.std_errors == other.std_errors).all()


def test_overdispersion_is_the_t_of_cameron_and_trivedi(panel):
    fit = wb.fit(FORMULA, panel, family="poisson", effects="entity", covariance="classical")
    found = fit.diagnostics()["Cameron-Trivedi overdispersion"]
    kept, _ = dummies(panel, "entity")
    mean = fit.fitted_values.to_numpy()
    left = ((kept["y"].to_numpy() - mean) ** 2 - kept["y"].to_numpy()) / mean
    theirs = sm.OLS(left, mean).fit(cov_type="HC0")
    np.testing.assert_allclose(found.statistic, theirs.tvalues[0], rtol=1e-10)
    assert any("clustered" in note for note in fit.notes)


def test_what_cannot_be_a_count_model_is_refused_by_name(panel, ring):
    with pytest.raises(ValuesError, match="negative") as caught:
        wb.fit(FORMULA, panel.assign(y=panel["y"] - 1.0), family="poisson", effects="entity")
    assert "r03" in str(caught.value)
    with pytest.raises(InputError, match="slx"):
        wb.fit(FORMULA, panel, ring, model="sar", family="poisson", effects="entity")
    with pytest.raises(PanelError, match="random"):
        wb.fit(FORMULA, panel, family="poisson", effects="random")
    with pytest.raises(PanelError, match="region, period"):
        wb.fit(FORMULA, panel.xs(2000, level=1), family="poisson")
    with pytest.raises(InputError, match="gaussian"):
        wb.fit(FORMULA, panel, family="poison")
    with pytest.raises(InputError, match="constant 0"):
        wb.fit(FORMULA, panel.assign(y=0.0 * panel["y"]), family="poisson")


def test_a_regressor_that_separates_the_zeros_is_named(panel):
    mark = ((panel["y"] == 0) & (np.arange(len(panel)) % 2 == 0)).astype(float)
    with pytest.raises(ConvergenceError, match="separation") as caught:
        wb.fit("y ~ x + mark", panel.assign(mark=mark), family="poisson", effects="entity")
    assert caught.value.offenders == ("mark",)
