"""Rates, per cents and units of a count panel: statsmodels with a dummy for every effect."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import workbench as wb
from workbench.errors import InputError, PanelError, ValuesError

REGIONS, PERIODS = 16, 5
FORMULA = "y ~ x + log(z)"


@pytest.fixture(scope="module")
def panel():
    """Counts that are proportional to a population; nothing is ever counted in r03."""
    random = np.random.default_rng(23)
    ids = [f"r{i:02d}" for i in range(REGIONS)]
    index = pd.MultiIndex.from_product([ids, range(2000, 2000 + PERIODS)], names=["region", "year"])
    region = np.repeat(np.arange(REGIONS), PERIODS)
    effect = 0.5 * random.normal(size=REGIONS)[region]
    x = random.normal(size=len(index)) + effect
    z, people = np.exp(0.4 * random.normal(size=(2, len(index))))
    rate = random.gamma(3.0, 1 / 3, size=len(index)) * 8 * people * np.exp(effect + 0.3 * x)
    y = random.poisson(rate * np.sqrt(z)).astype(float)
    y[region == 3] = 0.0
    return pd.DataFrame({"y": y, "x": x, "z": z, "people": people}, index=index)


@pytest.fixture(scope="module")
def W(panel):
    """A path, not normalised: rows at its ends sum to 1, the others to 2; no region alone."""
    links = np.diag(np.ones(REGIONS - 1), 1)
    ids = panel.index.unique("region")
    return wb.weights.from_matrix(links + links.T, ids=ids, normalize="none")


def columns(panel, effects):
    """Rows that count, and regressors with a dummy for every effect."""
    kept = panel.drop("r03", level=0) if effects in ("entity", "two-way") else panel
    region = pd.get_dummies(kept.index.get_level_values(0), dtype=float).to_numpy()
    period = pd.get_dummies(kept.index.get_level_values(1), dtype=float).to_numpy()
    blocks = {
        "none": np.ones((len(kept), 1)),
        "entity": region,
        "time": period,
        "two-way": np.column_stack([region, period[:, 1:]]),
    }
    own = np.column_stack([kept["x"], np.log(kept["z"])])
    return kept, np.column_stack([own, blocks[effects]])


def poisson(y, X, kept, **options):
    model = sm.Poisson(y, X, exposure=options.pop("exposure", None))
    if options:
        codes = pd.factorize(kept.index.get_level_values(0))[0]
        options["cov_kwds"] = {"groups": codes, "use_correction": False}
    return model.fit(disp=False, method="newton", maxiter=200, tol=1e-14, **options)


@pytest.mark.parametrize("effects", ["none", "entity", "time", "two-way"])
def test_an_exposure_enters_with_coefficient_one(panel, effects):
    ours = wb.fit(
        FORMULA, panel, family="poisson", effects=effects, exposure="people", covariance="classical"
    )
    kept, X = columns(panel, effects)
    theirs = poisson(kept["y"].to_numpy(), X, kept, exposure=kept["people"].to_numpy())
    slopes = ["x", "log(z)"]
    np.testing.assert_allclose(ours.params[slopes], theirs.params[:2], rtol=1e-8)
    np.testing.assert_allclose(ours.std_errors[slopes], theirs.bse[:2], rtol=1e-6)
    assert ours.loglik == pytest.approx(theirs.llf, rel=1e-12)
    np.testing.assert_allclose(ours.fitted_values, theirs.predict(), rtol=1e-7)
    assert ours.provenance.options["exposure"] == "people"
    alone = poisson(kept["y"].to_numpy(), X[:, 2:], kept, exposure=kept["people"].to_numpy())
    assert ours.rsquared == pytest.approx(1 - theirs.llf / alone.llf, rel=1e-9)


def test_an_exposure_is_read_as_an_expression_and_checked(panel):
    doubled = wb.fit(FORMULA, panel, family="poisson", effects="entity", exposure="people * 2")
    plain = wb.fit(FORMULA, panel, family="poisson", effects="entity", exposure="people")
    np.testing.assert_allclose(doubled.params, plain.params, rtol=1e-10)

    def refusal(table, **options):
        with pytest.raises(InputError) as caught:
            wb.fit(FORMULA, table, effects="entity", **options)
        return caught.value

    broken = panel.copy()
    broken.iloc[7, broken.columns.get_loc("people")] = 0.0
    found = refusal(broken, family="poisson", exposure="people")
    assert isinstance(found, ValuesError)
    assert found.offenders == ("r01 2002",)
    broken.iloc[7, broken.columns.get_loc("people")] = np.nan
    assert "r01 2002" in str(refusal(broken, family="poisson", exposure="people"))
    left = wb.fit(
        FORMULA, broken, family="poisson", effects="entity", exposure="people", missing="drop"
    )
    assert any("r01 2002" in note for note in left.notes)
    assert "did you mean" in refusal(panel, family="poisson", exposure="peoples").remedy
    assert "poisson" in refusal(panel, exposure="people").remedy
    assert "column" in refusal(panel, family="poisson", exposure=panel["people"]).expected


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("effects", ["none", "entity", "time", "two-way"])
@pytest.mark.parametrize("word", ["classical", "clustered"])
def test_marginal_effects_are_those_of_statsmodels(panel, effects, word):
    fit = wb.fit(
        FORMULA, panel, family="poisson", effects=effects, exposure="people", covariance=word
    )
    kept, X = columns(panel, effects)
    options = {} if word == "classical" else {"cov_type": "cluster"}
    theirs = poisson(kept["y"].to_numpy(), X, kept, exposure=kept["people"].to_numpy(), **options)
    mean = theirs.predict()
    groups = kept.index.get_level_values(0).nunique()
    factor = np.sqrt(groups / (groups - 1)) if options else 1.0
    found = fit.marginal_effects()
    for at, term in enumerate(["x", "log(z)"]):
        # the delta method in all parameters, dummies among them
        gradient = theirs.params[at] * (mean @ X) / len(mean)
        gradient[at] += mean.mean()
        error = np.sqrt(gradient @ theirs.cov_params() @ gradient) * factor
        row = found[term, "direct"]
        assert row["estimate"] == pytest.approx(theirs.params[at] * mean.mean(), rel=1e-8)
        assert row["std_error"] == pytest.approx(error, rel=1e-6)
        assert found[term, "indirect"]["estimate"] == 0.0
        assert np.isnan(found[term, "indirect"]["std_error"])
        assert found[term, "total"]["std_error"] == row["std_error"]


@pytest.mark.parametrize("effects", ["entity", "two-way"])
def test_marginal_effects_of_neighbours_are_the_written_out_sum(panel, W, effects):
    """Delta method by differences of (1/n) sum mu (beta + theta w), dummies among parameters."""
    fit = wb.fit(
        f"{FORMULA} + W(x)", panel, W, family="poisson", effects=effects, covariance="classical"
    )
    dense = W.sparse.toarray()
    near = (dense @ panel["x"].to_numpy().reshape(REGIONS, PERIODS)).ravel()
    kept, X = columns(panel.assign(near=near), effects)
    X = np.column_stack([X[:, :2], kept["near"], X[:, 2:]])
    theirs = poisson(kept["y"].to_numpy(), X, kept)
    ids = panel.index.unique("region")
    sums = pd.Series(dense.sum(axis=1), index=ids).loc[kept.index.get_level_values(0)].to_numpy()

    def effect(params, which):
        mean = np.exp(X @ params)
        spread = {"direct": 0.0, "indirect": 1.0, "total": 1.0}[which] * params[2] * sums
        return np.mean(mean * (spread + (which != "indirect") * params[0]))

    found = fit.marginal_effects()
    for which in ("direct", "indirect", "total"):
        step = 1e-5
        gradient = np.array(
            [
                (effect(theirs.params + step * e, which) - effect(theirs.params - step * e, which))
                / (2 * step)
                for e in np.eye(len(theirs.params))
            ]
        )
        row = found["x", which]
        assert row["estimate"] == pytest.approx(effect(theirs.params, which), rel=1e-7)
        error = np.sqrt(gradient @ theirs.cov_params() @ gradient)
        assert row["std_error"] == pytest.approx(error, rel=1e-6)


def test_per_cents_of_the_count(panel, W):
    """The mean is log-linear: these were told as units of y, a hundredth of a per cent."""
    fit = wb.fit(FORMULA, panel, W, model="slx", family="poisson", effects="entity")
    table = fit.elasticities().table
    assert table.loc[("x", "direct"), "reads"] == "1 more x: % of y"
    assert table.loc[("x", "direct"), "estimate"] == pytest.approx(100 * fit.params["x"])
    assert table.loc[("log(z)", "indirect"), "reads"] == "1 % more z: % of y"
    theta = fit.impacts()["log(z)", "indirect"]["estimate"]
    assert table.loc[("log(z)", "indirect"), "estimate"] == pytest.approx(theta)


def test_clustered_by_region_unless_asked_otherwise(panel, W):
    default = wb.fit(FORMULA, panel, family="poisson", effects="entity")
    asked = wb.fit(FORMULA, panel, family="poisson", effects="entity", covariance="clustered")
    assert default.estimates.covariance == "clustered by region"
    pd.testing.assert_frame_equal(default.tidy(), asked.tidy(), check_exact=True)
    assert any("times the mean, which these standard errors allow" in n for n in default.notes)
    linear = wb.fit("x ~ z", panel, effects="entity")
    assert linear.provenance.options["covariance"] == "classical"


def test_linear_panels_have_no_marginal_effects_and_counts_no_common_shocks(panel, W):
    with pytest.raises(PanelError, match=r"fit\.impacts"):
        wb.fit("x ~ z", panel, W, effects="entity").marginal_effects()
    with pytest.raises(InputError, match="Poisson"):
        wb.panels.common_shocks(
            wb.fit(FORMULA, panel, W, model="slx", family="poisson", effects="entity")
        )
