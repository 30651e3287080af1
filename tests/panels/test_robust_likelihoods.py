"""Covariances of spatial panel likelihoods without normality or white disturbances.

One period is a cross-section; slopes of a filtered regression are those of linearmodels; rows in
any order give the same bits; and, by simulation (slow), intervals cover where disturbances are
autoregressive.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from linearmodels import PanelOLS

import workbench as wb
from workbench.errors import InputError
from workbench.numerics.panels.likelihood_scores import PAIR_LIMIT, pair_products
from workbench.panels.effects import BY_TIME
from workbench.panels.spatial.robust_likelihoods import _scores
from workbench.typing import PanelLikelihoodCovariance, words

from .spatial_panels import drawn, lattice

WORDS = words(PanelLikelihoodCovariance)
W = lattice(6)
DATA = drawn(W, 6, 3, rho=0.3, theta=0.4, lam=0.2, mu=1.0, psi=0.5, years=1.0)
FIXED = ["none", "entity", "time", "two-way"]
MODELS = ["sar", "sem", "sac", "sdm", "sdem", "gns"]


@pytest.fixture(scope="module")
def two_way():
    return wb.fit("y ~ x", DATA, W, model="sdm", effects="two-way")


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("model", MODELS)
def test_one_period_is_the_cross_section(model):
    year = DATA.xs(2002, level="year", drop_level=False)
    panel = wb.fit("y ~ x", year, W, model=model, covariance="qml")
    cross = wb.fit("y ~ x", year.droplevel("year"), W, model=model, covariance="qml")
    np.testing.assert_allclose(panel.params, cross.params, rtol=1e-8)
    np.testing.assert_allclose(panel.cov, cross.cov, rtol=1e-8)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("effects", FIXED)
@pytest.mark.parametrize("model", ["sem", "sdem"])
def test_slopes_of_a_spatial_disturbance_are_clustered_as_those_of_least_squares(model, effects):
    """(I - lambda W) y on (I - lambda W) X, effects out: linearmodels, factors as documented."""
    fit = wb.fit("y ~ x", DATA, W, model=model, effects=effects, covariance="clustered")
    columns = {"y": DATA["y"], "x": DATA["x"]}
    if model == "sdem":
        columns["W(x)"] = lagged(DATA["x"])
    if effects == "none":
        columns["Intercept"] = DATA["y"] * 0 + 1
    lam = fit.params["lambda"]
    white = pd.DataFrame({name: c - lam * lagged(c) for name, c in columns.items()})
    ways = {"entity_effects": effects in ("entity", "two-way")}
    ways["time_effects"] = effects in ("time", "two-way")
    slopes = [name for name in white if name != "y"]
    peer = PanelOLS(white["y"], white[slopes], **ways).fit(
        cov_type="clustered",
        cluster_entity=True,
        debiased=False,
        group_debias=False,
        count_effects=False,
        auto_df=False,
    )
    np.testing.assert_allclose(fit.params[slopes], peer.params[slopes], rtol=1e-7)
    factor = 36 / 35
    theirs = peer.cov.loc[slopes, slopes]
    np.testing.assert_allclose(fit.cov.loc[slopes, slopes], factor * theirs, rtol=1e-6)


def lagged(column):
    """W times a column of every period; rows of DATA are sorted by region, then year."""
    return pd.Series((W.sparse @ column.to_numpy().reshape(W.n, -1)).ravel(), column.index)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", FIXED)
@pytest.mark.parametrize("model", MODELS)
def test_the_door_and_the_change_afterwards_agree(model, effects):
    plain = wb.fit("y ~ x", DATA, W, model=model, effects=effects)
    for word in WORDS:
        asked = wb.fit("y ~ x", DATA, W, model=model, effects=effects, covariance=word)
        changed = plain.with_covariance(word)
        assert np.array_equal(asked.cov, changed.cov)
        assert asked.estimates.covariance == changed.estimates.covariance
        assert asked.provenance.options["covariance"] == word
        assert changed.provenance.options["covariance"] == word
        np.testing.assert_array_equal(asked.params, plain.params)
        assert np.linalg.eigvalsh(asked.cov)[0] > -1e-8 or word == "clustered-two-way"
    again = plain.with_covariance("clustered").with_covariance("classical")
    assert np.array_equal(again.cov, plain.cov)
    assert again.notes == plain.notes


@pytest.mark.parametrize(("lee_yu", "wide"), [("bias-correction", 0.1), ("none", 0.2)])
def test_all_corrections_have_the_covariances(lee_yu, wide, two_way):
    """The direct approach counts effects as observations: its information of rho is too large."""
    fit = wb.fit("y ~ x", DATA, W, model="sdm", effects="two-way", lee_yu=lee_yu)
    near = fit.with_covariance("clustered").std_errors
    np.testing.assert_allclose(near, two_way.with_covariance("clustered").std_errors, rtol=wide)


def test_rows_in_any_order_give_the_same_bits(two_way):
    mixed = DATA.sample(frac=1, random_state=0)
    names = np.random.default_rng(1).permutation(W.ids)
    other = wb.weights.from_matrix(
        W.sparse[[list(W.ids).index(n) for n in names]][:, [list(W.ids).index(n) for n in names]],
        ids=list(names),
        normalize="none",
    )
    for word in WORDS:
        found = wb.fit("y ~ x", mixed, other, model="sdm", effects="two-way", covariance=word)
        assert np.array_equal(found.cov, two_way.with_covariance(word).cov), word


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("effects", FIXED)
def test_the_same_w_in_every_period_is_one_w(effects):
    lee_yu = None if effects == "none" else "none"
    options = {"model": "sar", "effects": effects, "lee_yu": lee_yu}
    one = wb.fit("y ~ x", DATA, W, **options)
    several = wb.fit("y ~ x", DATA, dict.fromkeys(range(2000, 2006), W), **options)
    for word in WORDS:
        # Estimates agree to the search's tolerance.
        first, second = (fit.with_covariance(word).cov for fit in (one, several))
        np.testing.assert_allclose(first, second, rtol=1e-5, atol=1e-9)


def with_gaps():
    """Twelve rows left out, never two of a period's neighbours' rows; W of each period's own."""
    gone = [(W.ids[i], 2000 + t) for t in range(6) for i in (3 * t, 20 + t)]
    data = DATA.drop(index=gone)
    years = data.index.get_level_values("year")
    ids = {t: data.index.get_level_values("region")[years == t] for t in range(2000, 2006)}
    return data, {t: W.restrict(list(kept)).normalize("row") for t, kept in ids.items()}


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", FIXED)
def test_panels_with_gaps_are_summed_over_the_pairs_that_they_have(effects):
    """One dense matrix of all rows: Hv of every period, summed over the rows of two regions."""
    data, weights = with_gaps()
    lee_yu = None if effects == "none" else "none"
    fit = wb.fit("y ~ x", data, weights, model="sar", effects=effects, lee_yu=lee_yu)
    region, period, N, rho = fit.cells.region, fit.cells.period, fit.cells.N, fit.params["rho"]
    n, p = len(region), len(fit.params) + 1
    H, v = np.zeros((n, n)), np.asarray(fit.fit.resids) * np.sqrt(N / (N - 1))
    for t, year in enumerate(range(2000, 2006)):
        rows = np.flatnonzero(period == t)
        dense = weights[year].sparse.toarray()
        form = dense @ np.linalg.inv(np.eye(len(rows)) - rho * dense)
        H[np.ix_(rows, rows)] = form - (form.mean(axis=0) if effects in BY_TIME else 0)
    members = np.eye(N)[region]
    pairs = members.T @ ((H + H.T) * np.outer(v, v)) @ members
    apart = np.tril(pairs, -1)
    scores = _scores(fit.likelihood, fit)
    expected = np.zeros((p, p))
    expected[-2, -2] = np.sum(apart**2)
    np.testing.assert_allclose(pair_products(scores, v), expected, rtol=1e-9)
    np.testing.assert_allclose(scores.diagonals()[:, -2], np.diag(H), atol=1e-12)
    for word in WORDS:
        assert (np.diag(fit.with_covariance(word).cov) > 0).all()


def test_tests_and_impacts_are_by_the_new_covariance(two_way):
    robust = two_way.with_covariance("clustered")
    wald = robust.diagnostics()["Wald rho"].statistic
    assert wald == pytest.approx((robust.params["rho"] / robust.std_errors["rho"]) ** 2)
    before, after = (fit.impacts().table["std_error"] for fit in (two_way, robust))
    assert not np.allclose(before, after, rtol=0.05)
    np.testing.assert_allclose(
        robust.impacts().table["estimate"], two_way.impacts().table["estimate"]
    )
    table = two_way.covariances(["classical", "qml", "clustered"]).std_errors
    np.testing.assert_array_equal(table["clustered"], robust.std_errors)
    assert "clustered by region" in str(robust)
    assert any("Lin and Lee 2010" in note for note in robust.notes)
    assert any("Only 36 clusters of region" in note for note in robust.notes)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("effects", ["entity", "two-way"])
@pytest.mark.parametrize("model", ["sar", "sdm"])
def test_lags_in_time_have_moments_without_normality(model, effects):
    fit = wb.fit("y ~ x", DATA, W, model=model, effects=effects, dynamic="lag")
    found = fit.with_covariance("qml")
    assert found.estimates.covariance == "quasi-maximum likelihood"
    np.testing.assert_allclose(found.std_errors, fit.std_errors, rtol=0.2)
    assert found.impacts(horizon="long-run").table["std_error"].gt(0).all()
    asked = wb.fit("y ~ x", DATA, W, model=model, effects=effects, dynamic="lag", covariance="qml")
    assert np.array_equal(asked.cov, found.cov)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(("model", "random"), [("sar", None), ("sem", "kkp"), ("gns", "kkp")])
def test_random_effects_can_be_clustered(model, random):
    options = {"model": model, "effects": "random", "random": random}
    fit = wb.fit("y ~ x", DATA, W, **options)
    found = fit.with_covariance("clustered")
    asked = wb.fit("y ~ x", DATA, W, **options, covariance="clustered")
    assert np.array_equal(asked.cov, found.cov)
    assert not np.allclose(found.std_errors, fit.std_errors, rtol=0.01)
    assert np.linalg.eigvalsh(found.cov)[0] > 0


REFUSED = [
    ({"model": "sar", "effects": "entity"}, "robust", "clustered"),
    ({"model": "sem"}, "HC3", "clustered"),
    ({"model": "sar", "effects": "entity", "dynamic": "lag"}, "clustered", "qml"),
    ({"model": "sem", "effects": "random"}, "clustered", "kkp"),
    ({"model": "sar", "effects": "random"}, "qml", "clustered"),
]


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize(("options", "word", "way_out"), REFUSED)
def test_what_is_not_offered_is_refused_with_a_way_out(options, word, way_out):
    with pytest.raises(InputError, match=way_out) as after:
        wb.fit("y ~ x", DATA, W, **options).with_covariance(word)
    with pytest.raises(InputError, match=way_out) as door:
        wb.fit("y ~ x", DATA, W, **options, covariance=word)
    assert str(after.value) == str(door.value)


def test_the_ways_out_work():
    wb.fit("y ~ x", DATA, W, model="sar", effects="entity", covariance="clustered")
    wb.fit("y ~ x", DATA, W, model="sar", effects="entity", dynamic="lag", covariance="qml")
    wb.fit("y ~ x", DATA, W, model="sar", effects="entity", dynamic="lag", method="gmm")
    wb.fit("y ~ x", DATA, W, model="sem", effects="random", random="kkp", covariance="clustered")
    wb.fit("y ~ x", DATA, W, model="sem", effects="entity", covariance="clustered")


@pytest.mark.parametrize(
    "options",
    [
        {"model": "sar", "effects": "entity", "method": "gmm"},
        {"model": "sem", "effects": "random", "method": "gmm"},
    ],
)
def test_other_estimators_name_a_call_that_works(options):
    fit = wb.fit("y ~ x", DATA, W, **options)
    with pytest.raises(InputError, match='covariance="clustered"') as caught:
        fit.with_covariance("clustered")
    if options["model"] == "sem":
        assert 'model="sem", effects="entity"' in str(caught.value)
        options = {"model": "sem", "effects": "entity"}
    assert wb.fit("y ~ x", DATA, W, **options, covariance="clustered").std_errors.gt(0).all()


@pytest.mark.parametrize(
    "options",
    [
        {"model": "slx", "factors": "cce"},
        {"model": "sar", "dynamic": "lag", "method": "gmm"},
    ],
)
def test_estimators_that_let_a_region_depend_on_itself_have_it_already(options):
    """Slopes of regions (Pesaran 2006) and Windmeijer's errors are sums over whole regions."""
    fit = wb.fit("y ~ x", DATA, W, effects="entity", **options)
    assert fit.with_covariance("clustered") is fit
    with pytest.raises(InputError, match="driscoll-kraay"):
        fit.with_covariance("driscoll-kraay")


def test_objects_and_short_panels_are_refused():
    fit = wb.fit("y ~ x", DATA, W, model="sar", effects="entity")
    by = pd.Series("a", index=W.ids, name="part")
    with pytest.raises(InputError, match="clustered by part"):
        fit.with_covariance(wb.Clustered(by=by))
    short = DATA[DATA.index.get_level_values("year") < 2002]
    fit = wb.fit("y ~ x", short, W, model="sar", effects="entity")
    for word in ("clustered-time", "clustered-two-way", "driscoll-kraay"):
        with pytest.raises(InputError, match="at least 3 periods"):
            fit.with_covariance(word)
    fit.with_covariance("clustered")
    fit.with_covariance("qml")


def test_too_many_pairs_are_refused(two_way, monkeypatch):
    monkeypatch.setattr("workbench.panels.spatial.robust_likelihoods.PAIR_LIMIT", 10)
    assert PAIR_LIMIT == 20_000
    with pytest.raises(InputError, match="driscoll-kraay"):
        two_way.with_covariance("clustered")
    two_way.with_covariance("driscoll-kraay")
    two_way.with_covariance("qml")


def test_nothing_of_the_fit_is_changed(two_way):
    before = two_way.cov.copy()
    for word in WORDS:
        two_way.with_covariance(word)
    assert np.array_equal(two_way.cov, before)
    assert not two_way.with_covariance("clustered").estimates.cov.flags.writeable


def autoregressive(T, seed, *, rho, theta, W=W):
    """x and disturbances autoregressive over time (0.7 and 0.6), two-way effects."""
    rng = np.random.default_rng(seed)
    N, dense = W.n, W.sparse.toarray()
    x, e = rng.standard_normal((2, N, T))
    for series, keep in ((x, 0.7), (e, 0.6)):
        series[:, 0] /= np.sqrt(1 - keep**2)
        for t in range(1, T):
            series[:, t] += keep * series[:, t - 1]
    right = x + theta * dense @ x + rng.standard_normal((N, 1)) + rng.standard_normal(T) + e
    y = np.linalg.solve(np.eye(N) - rho * dense, right)
    index = pd.MultiIndex.from_product([W.ids, range(T)], names=["region", "year"])
    return pd.DataFrame({"y": y.ravel(), "x": x.ravel()}, index=index)


@pytest.mark.slow
@pytest.mark.parametrize(("model", "theta"), [("sar", 0.0), ("sdm", 0.5)])
def test_clustered_intervals_cover_where_disturbances_are_autoregressive(model, theta):
    """81 regions, 20 periods, 200 samples: 95 % less three standard errors (4.6 %) of coverage."""
    near = lattice(9)
    hits, ratios = {"classical": [], "clustered": []}, []
    for seed in range(200):
        data = autoregressive(20, seed, rho=0.4, theta=theta, W=near)
        fit = wb.fit("y ~ x", data, near, model=model, effects="two-way")
        off = fit.params[["x", "rho"]] - [1.0, 0.4]
        for word, found in hits.items():
            errors = fit.with_covariance(word).std_errors[["x", "rho"]]
            found.append(np.abs(off / errors) < 1.96)
        ratios.append((off, errors))
    cover = {word: np.mean(found, axis=0) for word, found in hits.items()}
    assert (cover["clustered"] > 0.904).all()
    assert (cover["classical"] < 0.9).all()
    spread = np.std([off for off, _ in ratios], axis=0)
    typical = np.mean([errors for _, errors in ratios], axis=0)
    # A standard deviation of 200 draws is known to 5 %.
    np.testing.assert_allclose(typical / spread, 1.0, atol=0.15)
