"""Further panel estimators equal R's plm, linearmodels, and dense formulas.

Numbers: tests/reference/panel_plm.csv (its README names the calls), printed digits of plm's own
test output (ycroissant/plm, inst/tests/test_FD_models.Rout.save), and linearmodels run here.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from linearmodels.iv import IV2SLS
from linearmodels.iv.absorbing import AbsorbingLS
from linearmodels.panel import BetweenOLS, FamaMacBeth, FirstDifferenceOLS
from scipy import stats

import workbench as wb
from workbench.errors import CollinearityError, FormulaError, InputError, PanelError

FORMULA = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"
REFERENCE = Path(__file__).parents[1] / "reference" / "panel_plm.csv"
RELATIVE = 1e-9  # both solve the same least squares: far above rounding, far below any difference
EFFECTS = [
    ("between", "swar", "between"),
    ("first-difference", "swar", "first-difference"),
    *((e, m, f"{e}/{m}") for e in ("random",) for m in ("swar", "walhus", "amemiya", "nerlove")),
    *(("random-two-way", m, f"random-two-way/{m}") for m in ("swar", "walhus", "amemiya")),
    ("random-time", "swar", "random-time/swar"),
]


@pytest.fixture(scope="module")
def numbers():
    with REFERENCE.open(encoding="utf-8", newline="") as handle:
        return {row["quantity"]: float(row["value"]) for row in csv.DictReader(handle)}


def logs(panel):
    table = pd.DataFrame({name: np.log(panel[name]) for name in ("gsp", "pcap", "pc", "emp")})
    return table.assign(unemp=panel["unemp"], one=1.0)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize(("effects", "method", "case"), EFFECTS)
def test_estimators_are_those_of_plm(panel, numbers, effects, method, case):
    fit = wb.fit(FORMULA, panel, effects=effects, random_method=method)
    for quantity, ours in (("coef", fit.params), ("se", fit.std_errors)):
        theirs = [numbers[f"{case}/{quantity}/{term}"] for term in ours.index]
        np.testing.assert_allclose(ours, theirs, rtol=RELATIVE)
    assert fit.sigma2 == pytest.approx(numbers[f"{case}/sigma2"], rel=RELATIVE)
    assert fit.rsquared == pytest.approx(numbers[f"{case}/r2"], rel=RELATIVE)
    assert fit.fit.df_resid == numbers[f"{case}/df"]


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize(("effects", "method", "case"), EFFECTS[2:])
def test_variances_of_random_effects_are_those_of_plm(panel, numbers, effects, method, case):
    from workbench.numerics.panels.error_components import shares
    from workbench.panels.linear.transformed import estimated_components

    fit = wb.fit(FORMULA, panel, effects=effects, random_method=method)
    found, told = estimated_components(fit.basis), fit.glance().iloc[0]
    expected = {"idios": found.own, "id": found.region, "time": found.period}
    columns = {"idios": "sigma2_own", "id": "sigma2_effects", "time": "sigma2_periods"}
    for name, value in expected.items():
        assert told.get(columns[name], 0.0) == pytest.approx(value, rel=1e-9, abs=1e-15)
        assert (columns[name] in told) == (f"{case}/variance/{name}" in numbers)
        theirs = numbers.get(f"{case}/variance/{name}", 0.0)
        assert value == pytest.approx(theirs, rel=1e-9, abs=1e-15)
    if effects == "random-two-way":
        theta = [numbers[f"{case}/theta/{i}"] for i in (1, 2, 3)]
        np.testing.assert_allclose(shares(found, (48, 17)), theta, rtol=1e-9)


@pytest.mark.parametrize("effects", ["random", "random-time", "random-two-way"])
def test_likelihood_of_random_effects_is_the_dense_normal_density(panel, effects):
    part = panel.loc[panel.index.get_level_values("region").unique()[:7]]
    part = part[part.index.get_level_values("year") < 1976]
    fit = wb.fit("log(gsp) ~ log(emp)", part, effects=effects, random_method="amemiya")
    from workbench.panels.linear.transformed import estimated_components

    found = estimated_components(fit.basis)
    region, period = np.kron(np.eye(7), np.ones((6, 6))), np.kron(np.ones((7, 7)), np.eye(6))
    omega = found.own * np.eye(42) + found.region * region + found.period * period
    expected = stats.multivariate_normal(np.zeros(42), omega).logpdf(fit.resids.to_numpy())
    assert fit.loglik == pytest.approx(expected, rel=1e-9)


def test_cigarettes_are_those_of_plm(cigarettes, shared_reference):
    """Cigarette demand of 46 states; the data may not be copied."""
    cases = json.loads((shared_reference / "50_panel_plm.json").read_text())["cigar"]
    table, _ = cigarettes
    plm = {"between": "between individual", "first-difference": "fd individual"}
    chosen = [(effects, "swar", plm[effects]) for effects in plm]
    for ours, theirs in (("random", "individual"), ("random-two-way", "twoways")):
        chosen += [(ours, m, f"random {theirs} {m}") for m in ("swar", "amemiya", "walhus")]
    chosen += [("random", "nerlove", "random individual nerlove")]
    chosen += [("random-time", "swar", "random time swar")]
    for effects, method, case in chosen:
        fit = wb.fit("logc ~ logp + logy", table, effects=effects, random_method=method)
        np.testing.assert_allclose(fit.params, list(cases[case]["coef"].values()), rtol=1e-8)
        np.testing.assert_allclose(fit.std_errors, list(cases[case]["se"].values()), rtol=1e-8)


def test_differences_without_drift_and_clustered_are_as_plm_prints(panel):
    """test_FD_models.Rout.save: `fd_plm2`, and vcovHC(fd_plm), vcovHC(fd_plm2), which have no
    small-sample factor: G/(G - 1) (n - 1)/(n - k) is Stata's, ours."""
    formula = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp - 1"
    fit = wb.fit(formula, panel, effects="first-difference")
    np.testing.assert_allclose(
        fit.params, [0.12347223, 0.01838177, 0.95943399, -0.00428020], atol=5e-9
    )
    np.testing.assert_allclose(
        fit.std_errors, [0.04440085, 0.02294278, 0.03435017, 0.00075677], atol=5e-9
    )
    drift = [1.535028e-06, 1.904713e-03, 6.851179e-04, 1.004051e-03, 6.273753e-07]
    printed = {formula: [2.104941e-03, 6.968358e-04, 9.602959e-04, 6.544230e-07], FORMULA: drift}
    for text, variances in printed.items():
        clustered = wb.fit(text, panel, effects="first-difference", covariance="clustered")
        n, k = clustered.nobs, len(variances)
        factor = 48 / 47 * (n - 1) / (n - k)
        np.testing.assert_allclose(np.diag(clustered.cov) / factor, variances, rtol=5e-7)
    peer = FirstDifferenceOLS(logs(panel)["gsp"], logs(panel)[["pcap", "pc", "emp", "unemp"]])
    np.testing.assert_allclose(fit.params, peer.fit().params, rtol=1e-10)


def test_rows_are_changes_and_means(panel):
    change = wb.fit(FORMULA, panel, effects="first-difference")
    assert change.nobs == 48 * 16
    assert change.resids.index[0] == ("US-AL", 1971)
    expected = np.log(panel["gsp"]).groupby(level=0).diff().dropna()
    pd.testing.assert_series_equal(
        change.augment()["log(gsp)"], expected.sort_index(), check_names=False
    )
    means = wb.fit(FORMULA, panel, effects="between")
    assert means.nobs == 48
    assert means.resids.index.tolist() == sorted(panel.index.get_level_values(0).unique())


def test_differences_do_not_reach_over_gaps(panel):
    gap = panel.drop(("US-TX", 1975))
    fit = wb.fit(FORMULA, gap, effects="first-difference")
    assert fit.nobs == 48 * 16 - 2
    assert ("US-TX", 1976) not in fit.resids.index
    peer = FirstDifferenceOLS(logs(gap)["gsp"], logs(gap)[["emp"]]).fit()
    ours = wb.fit("log(gsp) ~ log(emp) - 1", gap, effects="first-difference")
    assert ours.params.iloc[0] == pytest.approx(peer.params.iloc[0], rel=1e-10)


def test_between_with_gaps_is_that_of_linearmodels(panel):
    gap = panel.drop([("US-TX", 1975), ("US-AL", 1980)])
    peer = BetweenOLS(logs(gap)["gsp"], logs(gap)[["one", "emp", "unemp"]]).fit(cov_type="robust")
    ours = wb.fit("log(gsp) ~ log(emp) + unemp", gap, effects="between", covariance="robust")
    np.testing.assert_allclose(ours.params, peer.params, rtol=1e-10)
    np.testing.assert_allclose(ours.std_errors, peer.std_errors, rtol=1e-10)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("covariance", ["classical", "newey-west"])
def test_fama_macbeth_is_the_mean_of_regressions_a_period(panel, covariance):
    fit = wb.fit(FORMULA, panel, effects="fama-macbeth", covariance=covariance)
    table = logs(panel)
    slopes = []
    for _, year in table.groupby(level="year"):
        X = year[["one", "pcap", "pc", "emp", "unemp"]].to_numpy()
        slopes.append(np.linalg.lstsq(X, year["gsp"].to_numpy(), rcond=None)[0])
    slopes = np.array(slopes)
    T = len(slopes)
    np.testing.assert_allclose(fit.params, slopes.mean(axis=0), rtol=1e-9)
    off = slopes - slopes.mean(axis=0)
    S = off.T @ off
    for lag in range(1, 3 if covariance == "newey-west" else 1):
        cross = off[lag:].T @ off[:-lag]
        S += (1 - lag / 3) * (cross + cross.T)
    np.testing.assert_allclose(fit.cov, S / (T * (T - 1)), rtol=1e-8)
    assert fit.estimates.df == T - 1
    peer = FamaMacBeth(table["gsp"], table[["one", "pcap", "pc", "emp", "unemp"]]).fit()
    np.testing.assert_allclose(fit.params, peer.params, rtol=1e-10)


def divided(panel):
    letters = [region[-2] for region in panel.index.get_level_values("region")]
    return panel.assign(division=letters)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", ["none", "entity", "two-way"])
def test_absorbed_effects_are_dummies(panel, effects):
    """Frisch, Waugh and Lovell by a dense matrix of dummies; its rank counts the effects."""
    table = divided(panel).sort_index()
    fit = wb.fit("log(gsp) ~ log(emp) + unemp", table, effects=effects, absorb="division:year")
    region, year = (table.index.get_level_values(i).to_numpy() for i in (0, 1))
    cells = table["division"].to_numpy() + year.astype(str)
    groups = [cells, *([region] if effects != "none" else []), *([year] * (effects == "two-way"))]
    D = np.column_stack([pd.get_dummies(g).to_numpy(dtype=float) for g in groups])
    U, values, _ = np.linalg.svd(D, full_matrices=False)
    U = U[:, values > 1e-9 * values[0]]
    X = np.column_stack([np.log(table["emp"]), table["unemp"]])
    y = np.log(table["gsp"]).to_numpy()
    X, y = X - U @ (U.T @ X), y - U @ (U.T @ y)
    beta = np.linalg.lstsq(X, y, rcond=None)[0]
    np.testing.assert_allclose(fit.params, beta, rtol=1e-8)
    spare = 816 - 2 - U.shape[1]
    assert fit.fit.df_resid == spare
    e, bread = y - X @ beta, np.linalg.inv(X.T @ X)
    a = X * e[:, None]
    by_region, by_year = (pd.DataFrame(a).groupby(g).sum().to_numpy() for g in (region, year))
    lagged = by_year.T @ by_year
    for lag in (1, 2):
        cross = by_year[lag:].T @ by_year[:-lag]
        lagged += (1 - lag / 3) * (cross + cross.T)
    dense = {
        "classical": X.T @ X * (e @ e) / spare,
        "robust": a.T @ a * 816 / spare,
        "clustered": by_region.T @ by_region * 48 / 47 * 815 / spare,
        "driscoll-kraay": lagged * 816 / spare,
    }
    for covariance, meat in dense.items():
        ours = fit.with_covariance(covariance).cov
        np.testing.assert_allclose(ours, bread @ meat @ bread, rtol=1e-7)


def test_absorption_is_that_of_linearmodels(panel):
    table = divided(panel).sort_index()
    fit = wb.fit("log(gsp) ~ log(emp)", table, effects="entity", absorb=["division:year"])
    years = table.index.get_level_values("year").astype(str)
    effects = pd.DataFrame(
        {
            "region": pd.Categorical(table.index.get_level_values("region")),
            "cell": pd.Categorical(table["division"].to_numpy() + years),
        }
    )
    y, X = np.log(table[["gsp"]]).reset_index(drop=True), np.log(table[["emp"]])
    peer = AbsorbingLS(y, X.reset_index(drop=True), absorb=effects).fit()
    np.testing.assert_allclose(fit.params, peer.params, rtol=1e-9)


def dummies_of(panel, effects):
    region, year = (panel.index.get_level_values(i) for i in (0, 1))
    D = pd.get_dummies(region).to_numpy(dtype=float)
    if effects == "two-way":
        D = np.column_stack([D, pd.get_dummies(year).to_numpy(dtype=float)[:, 1:]])
    return D


IV = {"method": "gmm", "endogenous": ["log(pc)"], "instruments": ["log(hwy)", "log(water)"]}


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", ["entity", "two-way"])
def test_instruments_with_effects_are_those_beside_dummies(panel, effects):
    """IV2SLS of linearmodels with every dummy as a regressor has the same slopes and, counting
    them, the same classical, robust and clustered covariances."""
    fit = wb.fit("log(gsp) ~ log(emp) + log(pc)", panel, effects=effects, **IV)
    panel = panel.sort_index()
    y, x = np.log(panel["gsp"]).to_numpy(), np.log(panel["pc"]).to_numpy()
    D = dummies_of(panel, effects)
    exog = np.column_stack([np.log(panel["emp"]), D])
    Z = np.log(panel[["hwy", "water"]]).to_numpy()
    model = IV2SLS(y, exog, x, Z)
    at = [0, exog.shape[1]]
    for ours, theirs in (("classical", "unadjusted"), ("robust", "robust")):
        peer = model.fit(cov_type=theirs, debiased=True)
        again = fit.with_covariance(ours)
        np.testing.assert_allclose(again.params, peer.params.iloc[at], rtol=1e-7)
        np.testing.assert_allclose(again.cov, peer.cov.iloc[at, at], rtol=1e-6)
    codes = np.unique(panel.index.get_level_values(1), return_inverse=True)[1]
    peer = model.fit(cov_type="clustered", clusters=codes, debiased=True)
    ratio = fit.with_covariance("clustered-time").cov.to_numpy() / peer.cov.iloc[at, at]
    np.testing.assert_allclose(ratio, np.asarray(ratio)[0, 0], rtol=1e-6)


def test_bracket_and_words_say_the_same(panel):
    bracket = "log(gsp) ~ log(emp) + [log(pc) ~ log(hwy) + log(water)]"
    one = wb.fit(bracket, panel, effects="entity", method="gmm")
    two = wb.fit("log(gsp) ~ log(emp) + log(pc)", panel, effects="entity", **IV)
    pd.testing.assert_frame_equal(one.tidy(), two.tidy(), check_exact=True)


def test_instrumented_differences_and_means_run_on_their_rows(panel):
    for effects, rows in (("first-difference", 768), ("between", 48)):
        fit = wb.fit("log(gsp) ~ log(emp) + log(pc)", panel, effects=effects, **IV)
        table = logs(panel).assign(hwy=np.log(panel["hwy"]), water=np.log(panel["water"]))
        if effects == "between":
            moved = table.groupby(level=0).mean()
        else:
            moved = table.groupby(level=0).diff().dropna().assign(one=1.0)
        peer = IV2SLS(
            moved["gsp"], moved[["one", "emp"]], moved["pc"], moved[["hwy", "water"]]
        ).fit(cov_type="unadjusted", debiased=True)
        assert fit.nobs == rows
        np.testing.assert_allclose(fit.params, peer.params, rtol=1e-8)
        np.testing.assert_allclose(fit.std_errors, peer.std_errors, rtol=1e-8)


@pytest.mark.parametrize("covariance", ["clustered", "clustered-time", "clustered-two-way"])
def test_clusters_have_one_degree_of_freedom_less_than_their_number(panel, covariance):
    """Stata's convention; the interval is that of Student's t with G − 1."""
    fit = wb.fit(FORMULA, panel, effects="entity", covariance=covariance)
    df = 47 if covariance == "clustered" else 16
    assert fit.estimates.df == df
    tidy = fit.tidy()
    expected = 2 * stats.t.sf(tidy["statistic"].abs(), df)
    np.testing.assert_allclose(tidy["p_value"], expected, rtol=1e-10)


EVERY = [
    ("none", {}), ("entity", {}), ("two-way", {}), ("random", {}), ("first-difference", {}),
    ("random-two-way", {}), ("entity", {"absorb": "division:year"}), ("two-way", IV),
]  # fmt: skip


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize(("effects", "more"), EVERY)
def test_clusters_by_region_given_as_a_column_are_those_of_the_word(panel, effects, more):
    """Our sums over transformed rows equal linearmodels' covariance, nested effects included."""
    table = divided(panel)
    by = pd.Series(table.index.get_level_values(0), index=table.index, name="region")
    formula = "log(gsp) ~ log(emp) + unemp + log(pc)"
    fit = wb.fit(formula, table, effects=effects, covariance="clustered", **more)
    again = fit.with_covariance("classical").with_covariance(wb.Clustered(by=by))
    np.testing.assert_allclose(again.cov, fit.cov, rtol=1e-7)
    assert again.estimates.df == 47.0


def test_random_effects_with_gaps_have_clusters_too(panel):
    gap = panel.drop([("US-TX", 1975), ("US-AL", 1980)])
    fit = wb.fit(FORMULA, gap, effects="random", covariance="clustered")
    by = pd.Series(gap.index.get_level_values(0), index=gap.index, name="region")
    np.testing.assert_allclose(fit.with_covariance(wb.Clustered(by=by)).cov, fit.cov, rtol=1e-7)


def test_conley_is_the_double_sum_over_pairs(panel):
    """Every pair of rows: the spatial kernel in a period, Bartlett's weights in a region."""
    ids = panel.index.get_level_values(0).unique().sort_values()
    centres = shapely.centroid(wb.load("us-states").geometry.loc[ids].to_numpy())
    points = geopandas.GeoSeries(centres, index=ids, crs=4326)
    fit = wb.fit("log(gsp) ~ log(emp) + unemp", panel, effects="two-way")
    made = fit.with_covariance(wb.Conley(points, distance=600, time_lags=3))
    N, T = 48, 17
    X = fit.design.X.reshape(N, T, 2)
    X = X - X.mean(axis=1, keepdims=True) - X.mean(axis=0, keepdims=True) + X.mean(axis=(0, 1))
    X = X.reshape(-1, 2)
    a = X * fit.resids.to_numpy()[:, None]
    lon, lat = np.radians(shapely.get_x(centres)), np.radians(shapely.get_y(centres))
    h = np.sin((lat[:, None] - lat) / 2) ** 2
    h += np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    distance = 2 * 6371.0088 * np.arcsin(np.sqrt(h))
    space = np.clip(1 - distance / 600, 0, None)
    steps = np.abs(np.subtract.outer(np.arange(T), np.arange(T)))
    time = np.clip(1 - steps / 4, 0, None) * (steps > 0)
    K = np.kron(space, np.eye(T)) + np.kron(np.eye(N), time)
    bread = np.linalg.inv(X.T @ X)
    dense = bread @ (a.T @ K @ a) @ bread * (N * T / (N * T - N - T + 1))
    np.testing.assert_allclose(made.cov, dense, rtol=1e-8)
    assert "600 km; 3 lags" in made.estimates.covariance


def test_conley_over_all_distances_is_clustered_by_period(panel):
    """Uniform weights for every pair of a period: products of the periods' sums, no factor."""
    near = wb.Conley(wb.load("us-states"), distance=1e9, kernel="uniform", time_lags=0)
    fit = wb.fit("log(gsp) ~ log(emp) + unemp", panel)
    X, e = fit.design.X, fit.resids.to_numpy()
    years = fit.design.index.get_level_values(1)
    sums = pd.DataFrame(X * e[:, None]).groupby(years).sum().to_numpy()
    bread = np.linalg.inv(X.T @ X)
    np.testing.assert_allclose(
        fit.with_covariance(near).cov, bread @ sums.T @ sums @ bread, rtol=1e-8
    )


def test_covariances_for_cross_sections_only_are_refused(panel):
    states = wb.load("us-states")
    fit = wb.fit("log(gsp) ~ log(emp)", panel, effects="entity")
    for option in (wb.SCPC(states), wb.KelejianPrucha(states, neighbors=6), "HC3"):
        with pytest.raises(InputError):
            fit.with_covariance(option)
    with pytest.raises(InputError, match="fewer lags"):
        fit.with_covariance(wb.Conley(states, distance=500, time_lags=17))
    year = wb.fit("log(gsp) ~ log(emp)", panel.xs(1986, level="year"))
    with pytest.raises(InputError, match="cross-section"):
        year.with_covariance(wb.Conley(states, distance=500, time_lags=1))


def refusal(error, *arguments, **options):
    with pytest.raises(error) as caught:
        wb.fit(*arguments, **options)
    return str(caught.value)


def test_choices_that_do_not_go_together_are_refused_by_name(panel):
    assert "random_method" in refusal(InputError, FORMULA, panel, random_method="nerlove")
    text = refusal(PanelError, FORMULA, panel, effects="random", absorb="unemp")
    assert "absorb" in text
    text = refusal(PanelError, "log(gsp) ~ log(pc)", panel, effects="random", **IV)
    assert 'effects="entity"' in text
    assert "newey-west" in refusal(
        InputError, FORMULA, panel, effects="fama-macbeth", covariance="clustered"
    )
    assert "instruments" in refusal(
        InputError, FORMULA, panel, method="gmm", endogenous=["log(pc)"]
    )
    text = refusal(FormulaError, FORMULA, panel, effects="entity", absorb="divison")
    assert "divison" in text
    gap = panel.drop(("US-TX", 1975))
    assert "balanced" in refusal(PanelError, FORMULA, gap, effects="random-two-way")
    assert "first" in refusal(
        PanelError, FORMULA, panel, effects="first-difference", family="poisson"
    )


def test_instruments_that_say_nothing_are_refused(panel):
    fixed = panel.assign(size=panel.groupby(level=0)["emp"].transform("mean"))
    text = refusal(
        CollinearityError, "log(gsp) ~ log(pc)", fixed, effects="entity",
        method="gmm", endogenous="log(pc)", instruments="size",
    )  # fmt: skip
    assert "size" in text
    text = refusal(
        InputError, "log(gsp) ~ log(pc) + log(emp)", panel, effects="entity",
        method="gmm", endogenous="log(pc)", instruments="log(emp)",
    )  # fmt: skip
    assert "log(emp)" in text


def test_what_a_transformation_leaves_nothing_of_is_named(panel):
    fixed = panel.assign(size=panel.groupby(level=0)["gsp"].transform("mean"))
    for effects in ("first-difference",):
        text = refusal(CollinearityError, "log(gsp) ~ log(emp) + size", fixed, effects=effects)
        assert "size" in text
    yearly = divided(panel).assign(cycle=panel.groupby(level="year")["unemp"].transform("mean"))
    text = refusal(CollinearityError, "log(gsp) ~ log(emp) + cycle", yearly, absorb="division:year")
    assert "cycle" in text


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize(("effects", "more"), [*EVERY[4:], ("fama-macbeth", {}), ("between", {})])
def test_order_of_rows_changes_no_bit(panel, effects, more):
    table = divided(panel)
    formula = "log(gsp) ~ log(emp) + unemp + log(pc)"
    one = wb.fit(formula, table, effects=effects, **more)
    two = wb.fit(formula, table.sample(frac=1, random_state=2), effects=effects, **more)
    pd.testing.assert_frame_equal(one.tidy(), two.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(one.augment(), two.augment(), check_exact=True)


def test_objects_of_covariances_pass_through_the_door(panel):
    near = wb.Conley(wb.load("us-states"), distance=500)
    one = wb.fit("log(gsp) ~ log(emp)", panel, effects="entity", covariance=near)
    two = wb.fit("log(gsp) ~ log(emp)", panel, effects="entity").with_covariance(near)
    pd.testing.assert_frame_equal(one.tidy(), two.tidy(), check_exact=True)
    assert list(one.covariances(["clustered", near])) == ["clustered", near.label]


def test_choices_of_linear_panels_are_refused_beside_likelihoods(panel):
    W = wb.weights.queen(wb.load("us-states"))
    for options in ({"effects": "between"}, {"absorb": "unemp"}, {"random_method": "nerlove"}):
        with pytest.raises(PanelError, match=next(iter(options))):
            wb.fit("log(gsp) ~ log(emp)", panel, W, model="sar", **options)
    with pytest.raises(PanelError, match="lag of an endogenous"):
        wb.fit("log(gsp) ~ log(pc)", panel, W, model="slx", effects="entity", **IV)


def test_rows_that_miss_an_instrument_are_left_out_on_demand(panel):
    gap = panel.copy()
    gap.loc[("US-TX", 1975), "hwy"] = np.nan
    formula = "log(gsp) ~ log(emp) + log(pc)"
    assert "hwy at US-TX 1975" in refusal(InputError, formula, gap, effects="entity", **IV)
    assert wb.fit(formula, gap, effects="entity", missing="drop", **IV).nobs == 815
