"""The identification panel: each number against moments, least squares or other software."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from linearmodels.iv import IV2SLS
from scipy import stats

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.errors import FormulaError, IdError, InputError, OptionError, ValuesError
from workbench.hypotheses.identifying.added import added_columns
from workbench.hypotheses.identifying.claims import claims_of
from workbench.hypotheses.identifying.lines import ITEMS, READINGS, REFERENCES
from workbench.hypotheses.identifying.own_variable import measure, own_variable
from workbench.hypotheses.identifying.panel import identification
from workbench.hypotheses.identifying.regressor import lead_test, wu_hausman
from workbench.hypotheses.identifying.rho_estimates import two_stage_rho
from workbench.hypotheses.identifying.strength import _Found, strength
from workbench.hypotheses.identifying.system import frame_of, system_of
from workbench.hypotheses.identifying.weights_origin import control_function
from workbench.hypotheses.statements.estimands import indirect
from workbench.models.testing.catalogue import SARGAN
from workbench.numerics.moments.weak_instruments import anderson_rubin

FORMULA = "log(gsp) ~ log(pc) + log(emp) + unemp"
CLAIM = "indirect(log(pc))"


@pytest.fixture(scope="module")
def panel():
    return wb.load("munnell-1990")


@pytest.fixture(scope="module")
def y1986(panel):
    return panel.xs(1986, level="year")


@pytest.fixture(scope="module")
def W():
    return wb.weights.queen(wb.load("us-states"))


@pytest.fixture(scope="module")
def sar(y1986, W):
    return wb.fit(FORMULA, y1986, W, model="sar")


@pytest.fixture(scope="module")
def of_sar(sar):
    return identification(sar)


@pytest.fixture(scope="module")
def two_way(panel, W):
    return wb.fit(FORMULA, panel, W, model="sdm", effects="two-way")


@pytest.fixture(scope="module")
def short(panel, W):
    """Six years, so that dense dummies are few."""
    years = panel.index.get_level_values("year")
    return wb.fit(FORMULA, panel[years >= 1981], W, model="sdm", effects="two-way")


@pytest.fixture(scope="module")
def of_two_way(two_way):
    return identification(two_way, CLAIM)


def dummies(index):
    """Effects of regions and periods as columns, one period left out."""
    regions = pd.get_dummies(index.get_level_values(0), dtype=float)
    periods = pd.get_dummies(index.get_level_values(1), dtype=float).iloc[:, 1:]
    return np.column_stack([regions.to_numpy(), periods.to_numpy()])


def line(result, evidence, claim=None):
    """The one line whose evidence begins so."""
    rows = result.table[result.table["evidence"].str.startswith(evidence)]
    if claim is not None:
        rows = rows[rows["claim"] == claim]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["sar", "sdm"])
def test_instruments_are_those_of_the_moments_of_a_cross_section(y1986, W, model):
    ml = wb.fit(FORMULA, y1986, W, model=model)
    gmm = wb.fit(FORMULA, y1986, W, model=model, method="gmm")
    found = strength(ml, frame_of(ml)).tables
    known = gmm.diagnostics()
    columns = ["partial_r2", "shea_r2", "first_stage_f", "conditional_f", "p_value"]
    pd.testing.assert_frame_equal(
        found["first_stage"][columns], known.first_stage[columns], rtol=1e-7
    )
    assert found["rho"].loc["2SLS", "estimate"] == pytest.approx(gmm.params["rho"], rel=1e-8)
    assert found["rho"].loc["2SLS", "std_error"] == pytest.approx(gmm.std_errors["rho"], rel=1e-8)
    assert found["rho"].loc["ML", "estimate"] == ml.params["rho"]
    sargan = line(identification(ml, CLAIM), "over-identification: Sargan")
    assert sargan["statistic"] == pytest.approx(known[SARGAN].statistic)
    assert sargan["p_value"] == pytest.approx(known[SARGAN].p_value)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["sar", "sdm"])
def test_instruments_are_those_of_the_moments_of_a_panel(panel, W, model):
    ml = wb.fit(FORMULA, panel, W, model=model, effects="entity")
    gmm = wb.fit(FORMULA, panel, W, model=model, effects="entity", method="gmm")
    found = strength(ml, frame_of(ml)).tables
    assert found["first_stage"].loc["rho", "first_stage_f"] == pytest.approx(gmm.instrumentation.f)
    assert found["rho"].loc["2SLS", "estimate"] == pytest.approx(gmm.params["rho"], rel=1e-7)


def test_two_stage_least_squares_of_a_two_way_panel_is_that_with_dummies(short):
    two_way = short
    system = system_of(frame_of(two_way))
    design = two_way.design
    lag = two_way.spatial.layers(two_way.cells).lag
    X = design.X
    effects = dummies(design.index)
    Wy, WX2 = lag(design.y[:, None]), lag(lag(X[:, :3]))
    WX3 = lag(WX2)
    model = IV2SLS(design.y, np.column_stack([X, effects]), Wy, np.column_stack([WX2, WX3]))
    clustered = model.fit(cov_type="clustered", clusters=two_way.cells.region, debiased=False)
    known = float(clustered.params.iloc[-1])
    assert system.stage().delta[-1] == pytest.approx(known, rel=1e-6)
    rho = strength(two_way, frame_of(two_way)).tables["rho"]
    G = two_way.cells.N  # linearmodels has no G / (G - 1) without debiasing
    expected = float(clustered.std_errors.iloc[-1]) * np.sqrt(G / (G - 1))
    assert rho.loc["2SLS", "std_error"] == pytest.approx(expected, rel=1e-5)


def test_anderson_rubin_set_is_in_the_table_with_its_pieces(y1986, W, of_sar):
    """Two-stage least squares lies in it; zero does where the test of zero does not reject."""
    fit = wb.fit(f"{FORMULA} + log(pcap)", y1986, W, model="sar")
    found = identification(fit, CLAIM)
    row = found.rho.loc["Anderson–Rubin, one variance"]
    assert row["conf_low"] < found.rho.loc["2SLS", "estimate"] < row["conf_high"]
    assert row["set"].startswith("[")
    p = line(found, "Anderson–Rubin set")["p_value"]
    assert (p >= 0.05) == (row["conf_low"] <= 0 <= row["conf_high"])
    # With three regressors alone every rho is rejected: the instruments do not fit the equation.
    refused = line(of_sar, "Anderson–Rubin set")
    assert refused["reading"] == "fails"
    assert of_sar.rho.loc["Anderson–Rubin, one variance", "set"] == "empty"


def test_a_sar_spreads_all_terms_in_one_ratio_and_says_so(sar, of_sar):
    impacts = sar.impacts()
    assert of_sar.sources["ratio"].to_numpy() == pytest.approx(
        (impacts.indirect / impacts.direct).to_numpy()
    )
    assert np.ptp(of_sar.sources["ratio"]) < 1e-12
    rows = of_sar.table[of_sar.table["evidence"].str.startswith("ratio of indirect")]
    assert rows["reading"].tolist() == ["in doubt"] * 3
    assert rows["sentence"].str.contains("Functional form").all()


@pytest.mark.slow
def test_a_lag_of_its_own_is_named_as_the_source(of_two_way, two_way):
    found = line(of_two_way, "W(x) as a regressor")
    assert found["reading"] == "holds"
    assert found["statistic"] == two_way.params["W(log(pc))"]


def test_an_slx_has_no_rho_to_instrument_and_nothing_to_reflect(y1986, W):
    found = identification(wb.fit(FORMULA, y1986, W, model="slx"), CLAIM)
    rows = found.item("instruments of Wy")
    assert set(rows["reading"]) == {"not applicable"}
    assert rows["sentence"].str.contains("no rho to instrument").all()
    assert line(found, "reflection")["reading"] == "not applicable"
    assert found.rho.empty


def grouped(sizes, *, periods=1, seed=0):
    """Outcome and regressor of regions in complete groups, and their W."""
    rng = np.random.default_rng(seed)
    names = [f"g{g}m{i:02d}" for g, size in enumerate(sizes) for i in range(size)]
    belongs = pd.Series([name[:2] for name in names], index=names)
    W = wb.weights.block(belongs)
    index = pd.MultiIndex.from_product([names, range(periods)], names=["region", "year"])
    table = pd.DataFrame(rng.normal(size=(len(index), 2)), index=index, columns=["y", "x"])
    return (table.droplevel("year") if periods == 1 else table), W


@pytest.mark.slow
def test_reflection_fails_in_equal_groups_and_not_in_unequal_ones():
    equal, W = grouped([8] * 6)
    failed = identification(wb.fit("y ~ x", equal, W, model="sar"))
    assert line(failed, "reflection")["reading"] == "fails"
    table, W = grouped([3, 5, 8, 12, 20])
    passed = identification(wb.fit("y ~ x", table, W, model="sar"))
    assert line(passed, "reflection")["reading"] == "holds"


@pytest.mark.slow
def test_effects_of_periods_ask_for_a_third_power(of_two_way, of_sar, W):
    assert line(of_two_way, "reflection")["evidence"].endswith("I, W, W², W³")
    assert line(of_sar, "reflection")["evidence"].endswith("I, W, W²")
    dense = W.sparse.toarray()
    for found, highest in ((of_sar, 2), (of_two_way, 3)):
        powers = [np.linalg.matrix_power(dense, k) for k in range(highest + 1)]
        stacked = np.column_stack([power.ravel() / np.linalg.norm(power) for power in powers])
        smallest = np.linalg.svd(stacked, compute_uv=False)[-1]
        assert line(found, "reflection")["statistic"] == pytest.approx(smallest)


def test_share_of_the_lag_is_that_of_least_squares_with_dummies(short):
    design = short.design
    effects = dummies(design.index)
    lag = design.X[:, design.terms.index("W(log(pc))")]
    others = np.delete(design.X, design.terms.index("W(log(pc))"), axis=1)

    def left(*columns):
        return sm.OLS(lag, np.column_stack(columns)).fit().ssr

    raw = np.sum((lag - lag.mean()) ** 2)
    row = own_variable(claims_of(short, CLAIM), frame_of(short), 0).tables["lag_variable"].iloc[0]
    assert row["after_effects"] == pytest.approx(left(effects) / raw)
    own = design.X[:, [design.terms.index("log(pc)")]]
    assert row["partial_r2_own"] == pytest.approx(1 - left(effects, own) / left(effects))
    rest = left(effects, others) / left(effects)
    assert row["partial_r2_all"] == pytest.approx(1 - rest)
    assert row["vif"] == pytest.approx(1 / rest)


def test_share_of_the_lag_of_a_cross_section_is_centred(y1986, W):
    fit = wb.fit(FORMULA, y1986, W, model="slx")
    k = fit.design.terms.index("W(log(pc))")
    auxiliary = sm.OLS(fit.design.X[:, k], np.delete(fit.design.X, k, axis=1)).fit()
    assert measure(frame_of(fit), "log(pc)").partial_r2_all == pytest.approx(auxiliary.rsquared)
    z = fit.design.values(("log(pc)",))[:, 0]
    z = z - z.mean()
    moran = z @ (W.sparse @ z) / (z @ z)  # rows of W sum to 1
    assert measure(frame_of(fit), "log(pc)").moran == pytest.approx(moran)


def test_rivals_are_plain_fits(two_way, of_two_way, panel, W):
    for model in ("slx", "sar", "sdem"):
        fit = wb.fit(FORMULA, panel, W, model=model, effects="two-way")
        assert of_two_way.models.loc[(CLAIM, model), "estimate"] == pytest.approx(
            fit.impacts()["log(pc)", "indirect"]["estimate"], rel=1e-9
        )
    own = two_way.impacts()["log(pc)", "indirect"]
    assert of_two_way.models.loc[(CLAIM, "sdm"), "p_value"] == pytest.approx(own["p_value"])


def test_other_weights_move_the_estimate_as_refits_do(y1986, W):
    fit = wb.fit(FORMULA, y1986, W, model="slx")
    six = wb.weights.knn(wb.load("us-states"), 6)
    found = identification(fit, CLAIM, candidates={"six nearest": six})
    plain = wb.fit(FORMULA, y1986, six, model="slx").impacts()["log(pc)", "indirect"]
    assert found.candidates.loc[(CLAIM, "six nearest"), "estimate"] == plain["estimate"]
    assert line(found, "other W")["reading"] != "untested"


def test_leads_are_tested_as_least_squares_with_dummies_does(panel, W):
    years = panel.index.get_level_values("year")
    fit = wb.fit(FORMULA, panel[years >= 1981], W, model="slx", effects="two-way")
    found = lead_test(frame_of(fit), "log(pc)")
    design = fit.design
    table = pd.DataFrame(design.X, index=design.index, columns=design.terms)
    ahead = table[["log(pc)", "W(log(pc))"]].groupby(level=0).shift(-1)
    keep = ahead.notna().all(axis=1).to_numpy()
    X = np.column_stack([ahead[keep], table[keep], dummies(design.index[keep])])
    ols = sm.OLS(design.y[keep], X).fit()
    assert found.estimates == pytest.approx(ols.params[:2], rel=1e-6)
    # By hand: scores summed by region, G/(G - 1) (n - 1)/(n - k), k without effects as clustered.
    codes = fit.cells.region[keep]
    influence = np.linalg.pinv(X)[:2] * ols.resid
    sums = np.stack([influence[:, codes == g].sum(axis=1) for g in range(48)])
    n, k = len(codes), 8
    V = sums.T @ sums * 48 / 47 * (n - 1) / (n - k)
    F = ols.params[:2] @ np.linalg.solve(V, ols.params[:2]) / 2
    assert found.statistic == pytest.approx(F, rel=1e-5)
    assert found.df == (2, 47.0)


@pytest.mark.slow
def test_leads_that_the_outcome_drives_are_found():
    table, W = grouped([4, 6, 9, 11], periods=12, seed=2)
    later = table["y"].groupby(level=0).shift(1).fillna(0)
    driven = table.assign(x=table["x"] + 0.8 * later)
    found = identification(wb.fit("y ~ x", driven, W, model="slx", effects="two-way"))
    assert line(found, "reverse causality")["reading"] == "fails"
    free = identification(wb.fit("y ~ x", table, W, model="slx", effects="two-way"))
    assert line(free, "reverse causality")["reading"] == "holds"


def test_outside_instruments_are_tested_as_linearmodels_does(y1986, W):
    fit = wb.fit("log(gsp) ~ log(emp) + log(pc)", y1986, W, model="slx", durbin=["log(pc)"])
    table = np.log(y1986[["hwy", "water"]])
    order = table.loc[fit.design.index]
    f, statistic, p = wu_hausman(frame_of(fit), "log(pc)", order.to_numpy())
    at = [fit.design.terms.index(term) for term in ("log(pc)", "W(log(pc))")]
    instruments = np.column_stack([order, W.lag(order)])
    known = IV2SLS(
        fit.design.y, np.delete(fit.design.X, at, axis=1), fit.design.X[:, at], instruments
    ).fit()
    tested = known.wu_hausman()
    assert statistic == pytest.approx(tested.stat, rel=1e-7)
    assert p == pytest.approx(tested.pval, rel=1e-6)
    assert f > 0
    found = identification(fit, CLAIM, external=table.sample(frac=1, random_state=1))
    assert line(found, "endogeneity of the regressor")["p_value"] == pytest.approx(p)


def test_lags_of_a_regressor_in_question_are_no_instruments(y1986, W):
    """In a SAR Wy is instrumented by lags of the others and of the outside instruments."""
    fit = wb.fit("log(gsp) ~ log(emp) + log(pc)", y1986, W, model="sar")
    table = np.log(y1986.loc[fit.design.index, ["hwy", "water"]])
    found = wu_hausman(frame_of(fit), "log(pc)", table.to_numpy())
    lag = W.sparse
    X = fit.design.X[:, [0, 1]]  # the constant and log(emp)
    pc, Wy = fit.design.X[:, [2]], (lag @ fit.design.y)[:, None]
    emp = fit.design.X[:, [1]]
    H = np.column_stack([table, lag @ table.to_numpy(), lag @ emp, lag @ (lag @ emp)])
    known = IV2SLS(fit.design.y, X, np.column_stack([pc, Wy]), H).fit()
    tested = known.wu_hausman(["endog.0"])
    assert found[1] == pytest.approx(tested.stat, rel=1e-6)
    assert found[2] == pytest.approx(tested.pval, rel=1e-5)


def test_a_name_within_another_name_takes_no_instruments_away(y1986, W):
    """Lags of ``pcx`` are instruments while ``pc`` is in question, as they are under any name."""
    found = []
    for name in ("pcx", "other"):
        table = np.log(y1986[["gsp", "pc", "emp"]]).rename(columns={"emp": name})
        fit = wb.fit(f"gsp ~ pc + {name}", table, W, model="sar")
        outside = np.log(y1986.loc[fit.design.index, ["hwy", "water"]])
        found.append(wu_hausman(frame_of(fit), "pc", outside.to_numpy()))
    assert found[0] == pytest.approx(found[1], rel=1e-12)


def test_what_is_not_tested_is_said_and_never_passed(y1986, W):
    for model in ("slx", "sar", "sem"):
        found = identification(wb.fit(FORMULA, y1986, W, model=model))
        rows = found.item("endogeneity of the regressor")
        assert set(rows["reading"]) == {"untested"}
        assert rows["sentence"].str.startswith("Untested").all()
        assert line(found, "what one cross-section")["reading"] == "untested"


def own_links(seed, *, endogenous):
    """A W whose links point to regions with large z, and z correlated with y's disturbance."""
    rng = np.random.default_rng(seed)
    n = 120
    names = [f"r{i:03d}" for i in range(n)]
    v, e = rng.normal(size=(2, n))
    z = v
    gap = np.abs(np.subtract.outer(rng.uniform(size=n), rng.uniform(size=n)))
    raw = np.exp(z)[None, :] * np.exp(-5 * gap) * (rng.uniform(size=(n, n)) < 0.1)
    np.fill_diagonal(raw, 0.0)
    raw[np.arange(n), (np.arange(n) + 1) % n] = 0.01
    W = wb.weights.from_matrix(pd.DataFrame(raw, index=names, columns=names))
    x = rng.normal(size=n)
    u = e + (1.0 if endogenous else 0.0) * v
    y = np.linalg.solve(np.eye(n) - 0.3 * W.sparse.toarray(), 1 + x + u)
    return pd.DataFrame({"y": y, "x": x, "z": z}, index=names), W


@pytest.mark.slow
def test_a_w_made_of_what_is_in_the_disturbance_is_found_by_its_control_function():
    table, W = own_links(1, endogenous=True)
    fit = wb.fit("y ~ x", table, W, model="sar")
    found = identification(fit, made_of=table["z"])
    assert line(found, "control function")["reading"] == "fails"
    assert line(found, "recipe of W")["reading"] == "untested"
    table, W = own_links(1, endogenous=False)
    free = identification(wb.fit("y ~ x", table, W, model="sar"), made_of=table["z"])
    assert line(free, "control function")["reading"] == "holds"


def test_control_function_is_two_stage_least_squares_with_a_residual_beside(y1986, W):
    fit = wb.fit(FORMULA, y1986, W, model="sdm")
    system = system_of(frame_of(fit))
    z = np.log(y1986.loc[fit.design.index, ["hwy"]].to_numpy())
    found = control_function(system, z)
    v = sm.OLS(z[:, 0], system.X).fit().resid
    known = IV2SLS(system.y, np.column_stack([system.X, v]), system.Y, system.H).fit(
        cov_type="robust", debiased=True
    )
    at = system.X.shape[1]
    assert found.estimates[0] == pytest.approx(float(known.params.iloc[at]), rel=1e-6)
    assert found.std_errors[0] == pytest.approx(float(known.std_errors.iloc[at]), rel=1e-6)
    same = added_columns(system, z)
    assert found.p_value == pytest.approx(same.p_value, rel=1e-6)


def test_links_made_of_what_regions_do_are_doubted(y1986):
    W = wb.weights.economic_proximity(y1986["gsp"], threshold=None)
    fit = wb.fit("log(gsp) ~ log(pc)", y1986, W, model="slx")
    found = line(identification(fit), "recipe of W")
    assert found["reading"] == "in doubt"
    assert "economic_proximity" in found["sentence"]


def test_common_shocks_of_a_panel_are_those_of_the_room(two_way, of_two_way):
    known = wb.panels.common_shocks(two_way)
    pd.testing.assert_frame_equal(of_two_way.shocks, known.impacts)
    row = line(of_two_way, "exponent of dependence")
    assert row["statistic"] == pytest.approx(known.dependence.iloc[0]["exponent"])


def test_conley_is_that_of_the_slx(y1986, W, sar):
    near = wb.Conley(wb.load("us-states"), distance=600)
    found = line(identification(sar, CLAIM, conley=near), "the SLX under Conley")
    slx = wb.fit(FORMULA, y1986, W, model="slx").with_covariance(near)
    assert found["p_value"] == pytest.approx(slx.pvalues["W(log(pc))"])


@pytest.mark.slow
def test_rows_in_another_order_change_nothing(y1986, W, of_sar):
    mixed = y1986.sample(frac=1, random_state=3)
    before = mixed.copy()
    found = identification(wb.fit(FORMULA, mixed, W, model="sar"))
    pd.testing.assert_frame_equal(found.table, of_sar.table)
    pd.testing.assert_frame_equal(found.rho, of_sar.rho)
    pd.testing.assert_frame_equal(mixed, before)


def test_table_keeps_its_promises(of_sar, of_two_way):
    for found in (of_sar, of_two_way):
        table = found.tidy()
        assert list(dict.fromkeys(table["item"])) == list(ITEMS)
        assert set(table["reading"]) <= set(READINGS)
        assert table["sentence"].str.endswith(".").all()
        assert (table.loc[table["reading"] == "not applicable", "statistic"].isna()).all()
        glance = found.glance().iloc[0]
        counted = glance[[word.replace(" ", "_") for word in READINGS]].sum()
        assert counted == len(table)
        assert set(found.references) == set(REFERENCES) == set(ITEMS)
        assert found.provenance.seed == 0
        names = ("table", "sources", "first_stage", "rho", "lag_variable", "models", "weights")
        for name in (*names, "candidates", "shocks", "regressors"):
            frame = getattr(found, name)
            assert {*frame.columns, *filter(None, frame.index.names)} <= set(GLOSSARY)
        page = found._repr_html_()
        assert "what identifies it" in page
        assert ("indirect(log(pc)) in" in page) == (len(found.claims) == 1)
        assert "Anderson" in str(found)
        with pytest.raises(OptionError, match="SLX first"):
            found.item("SLX")


@pytest.mark.slow
def test_claims_may_be_hypotheses_estimands_or_text(sar):
    text = identification(sar, CLAIM)
    estimand = identification(sar, indirect("log(pc)"))
    stated = identification(sar, wb_hypothesis())
    assert text.claims == estimand.claims == stated.claims == (CLAIM,)
    pd.testing.assert_frame_equal(text.table, estimand.table)


def wb_hypothesis():
    from workbench.hypotheses.statements.hypothesis import Hypothesis

    return Hypothesis("Capital next door raises output", indirect("log(pc)"), ">", 0)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["ols", "sem", "sac", "gns", "sdem"])
def test_every_model_has_a_panel(y1986, W, model):
    found = identification(wb.fit(FORMULA, y1986, W, model=model), CLAIM)
    assert found.table["item"].nunique() == len(ITEMS)


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        {"model": "sar", "effects": "random"},
        {"model": "sar", "effects": "entity", "factors": "cce"},
        {"model": "sar", "effects": "entity", "dynamic": "lag"},
        {"model": "slx", "effects": "entity", "family": "poisson"},
        {"model": "slx", "effects": "first-difference"},
        {"model": "sdm", "effects": "entity", "method": "gmm"},
    ],
    ids=lambda options: "-".join(map(str, options.values())),
)
def test_panels_of_other_kinds_say_what_does_not_apply(panel, W, options):
    formula = "gsp ~ log(pc) + log(emp)" if "family" in options else FORMULA
    found = identification(wb.fit(formula, panel, W, **options), CLAIM)
    rows = found.table[found.table["reading"] == "not applicable"]
    assert rows["sentence"].str.startswith("Not applicable: ").all()
    assert found.table["item"].nunique() == len(ITEMS)


@pytest.mark.slow
def test_bad_input_is_refused_by_name(y1986, W, sar):
    with pytest.raises(InputError, match="without W"):
        identification(wb.fit(FORMULA, y1986))
    with pytest.raises(InputError, match=r"result of wb\.fit"):
        identification(y1986)
    with pytest.raises(InputError, match=r"indirect\(nothing\)"):
        identification(sar, "indirect(nothing)")
    with pytest.raises(FormulaError):
        identification(sar, "indirect(log(pc)")
    with pytest.raises(InputError, match="hypothesis"):
        identification(sar, 3)
    with pytest.raises(InputError, match="seed"):
        identification(sar, seed=-1)
    outside = np.log(y1986[["hwy"]])
    with pytest.raises(IdError, match="US-AL"):
        identification(sar, external=outside.drop("US-AL"))
    outside.loc["US-AZ", "hwy"] = np.nan
    with pytest.raises(ValuesError, match="US-AZ"):
        identification(sar, external=outside)
    with pytest.raises(ValuesError, match="numbers"):
        identification(sar, external=outside.astype(str))
    with pytest.raises(ValuesError, match="constants"):
        identification(sar, external=outside.assign(hwy=1.0))
    with pytest.raises(InputError, match="candidates"):
        identification(sar, candidates=[W])


@pytest.mark.slow
def test_the_picture_says_in_words_what_it_shows(of_sar, of_two_way):
    for found in (of_sar, of_two_way):
        figure = found.plot()
        assert f"{len(found.table)} lines" in figure.alt
        drawn = " ".join(text.get_text() for text in figure.axes[0].texts)
        for item in ITEMS:
            assert item in drawn
        assert figure.to_png(30)


@pytest.mark.slow
def test_anderson_rubin_covers_rho_where_two_stage_least_squares_does_not(W):
    """500 outcomes of a SAR with strong rho whose regressors hardly matter.

    Coverage of 95 % within 99.9 % binomial bounds; two-stage least squares leans towards least
    squares, as 24 instruments of no strength make it.
    """
    n, k, rho, draws = 48, 8, 0.7, 500
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, k))
    names = [f"x{j}" for j in range(k)]
    formula = f"y ~ {' + '.join(names)}"
    spread = np.linalg.inv(np.eye(n) - rho * W.sparse.toarray())
    method = wb.GMM(instrument_orders=3)
    covered = wald = 0
    for _ in range(draws):
        y = spread @ (0.05 * X.sum(axis=1) + rng.normal(size=n))
        table = pd.DataFrame(X, index=W.ids, columns=names).assign(y=y)
        fit = wb.fit(formula, table, W, model="sar", method=method)
        system = system_of(frame_of(fit))
        left, lag = system.left(system.y[:, None])[:, 0], system.left(system.Y)[:, 0]
        test = anderson_rubin(left, lag, system.basis(), room=system.room)
        covered += test.p_value(rho) >= 0.05
        estimate, error = two_stage_rho(system, system.stage())
        wald += abs(estimate - rho) <= stats.norm.isf(0.025) * error
    low, high = stats.binom.interval(0.999, draws, 0.95)
    assert low <= covered <= high
    assert wald < low


@pytest.mark.parametrize(
    ("f", "effective", "strong"),
    [(15.0, 25.0, True), (15.0, 12.0, False), (8.0, 25.0, False), (15.0, None, True)],
)
def test_instruments_are_strong_where_no_measure_is_below_its_mark(f, effective, strong):
    """10 of Staiger and Stock; of the effective F its own critical value, here 23.1."""
    value = None if effective is None else SimpleNamespace(value=effective, critical=23.1)
    assert _Found.strong.fget(SimpleNamespace(f=f, effective=value)) is strong
