"""Each question of the referee fails where simulated data make it fail, and passes where not.

Numbers come from simulations with known truth; where noise is orthogonal to the regressors,
estimates and standard errors are known in closed form.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from tests.hypotheses.referee_cases import ask, lattice, multiplier, noise_beside, panel_of
from workbench.hypotheses.statements.hypothesis import Hypothesis

REGIONS = lattice(10)
W = wb.weights.queen(REGIONS)
N = len(REGIONS)
S = W.sparse


def frame(**columns):
    return pd.DataFrame(columns, index=REGIONS.index)


def spillover(seed=1, *, theta=1.0, rho=0.0, noise=1.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=N)
    y = multiplier(W, rho) @ (x + theta * (S @ x) + noise * rng.normal(size=N))
    return frame(y=y, x=x, z=rng.normal(size=N))


def test_a_spillover_over_one_map_is_lost_under_the_neighbours_of_others():
    fit = wb.fit("y ~ x", spillover(theta=2.0), W, model="slx")
    lost = ask(fit, "weights", candidates={"permuted": wb.weights.permuted(W, seed=3)})
    assert lost.answer == "failed"
    assert not lost.evidence.loc["permuted", "stands"]


def test_what_is_no_matter_of_neighbours_stands_under_any_w():
    data = spillover(theta=0.0)
    fit = wb.fit("y ~ x", data, W, model="sar")
    other = {f"permuted {i}": wb.weights.permuted(W, seed=i) for i in range(3)}
    home = Hypothesis("R&D matters at home", "direct(x) > 0")
    found = ask(fit, "weights", hypothesis=home, candidates=other)
    assert found.answer == "passed"
    assert found.evidence["stands"].all()


def test_changes_of_w_alone_are_never_enough_to_pass():
    fit = wb.fit("y ~ x", spillover(theta=3.0), W, model="slx")
    found = ask(fit, "weights")
    assert found.answer in ("not known", "failed")
    with_map = ask(fit, "weights", regions=REGIONS)
    assert {"inverse distance", "orders 1 and 2"} <= set(with_map.evidence.index)


def test_coefficients_of_a_durbin_model_that_mislead_are_named():
    # y = 2x + u with u = (I - 0.6 W)^-1 e: theta is -1.2, and the indirect impact is zero
    rng = np.random.default_rng(5)
    regions = lattice(20)
    V = wb.weights.queen(regions)
    x = rng.normal(size=400)
    y = 2 * x + multiplier(V, 0.6) @ rng.normal(size=400)
    data = pd.DataFrame({"y": y, "x": x}, index=regions.index)
    wrong = ask(wb.fit("y ~ x", data, V, model="sdm"), "impacts")
    assert wrong.answer == "failed"
    row = wrong.evidence.loc[("x", "indirect")]
    assert (row["says_coefficient"], row["says"]) == ("negative", "not different from zero")
    right = ask(wb.fit("y ~ x", spillover(theta=2.0), W, model="sdm"), "impacts")
    assert right.answer == "passed"
    assert ask(wb.fit("y ~ x", data, V, model="slx"), "impacts").answer == "not applicable"


def test_a_hypothesis_about_a_coefficient_beside_wy_fails():
    fit = wb.fit("y ~ x", spillover(theta=2.0), W, model="sdm")
    about = Hypothesis("x matters", "coefficient(x) > 0")
    assert ask(fit, "impacts", hypothesis=about).answer == "failed"


def test_endogeneity_passes_with_strong_instruments_fails_with_weak_and_is_else_unknown():
    rng = np.random.default_rng(2)
    h, g, u = rng.normal(size=(3, N))
    data = frame(x=h + g + u, h=h, g=g, w=rng.normal(size=N), v=rng.normal(size=N))
    data["y"] = data["x"] + u + rng.normal(size=N)
    strong = wb.fit("y ~ [x ~ h + g]", data, method="gmm")
    weak = wb.fit("y ~ [x ~ w + v]", data, method="gmm")
    assert ask(strong, "endogeneity").answer == "passed"
    assert ask(weak, "endogeneity").answer == "failed"
    for model in ("ols", "slx", "sar", "sdm", "sem"):
        found = ask(wb.fit("y ~ x", data, W, model=model), "endogeneity")
        assert found.answer in ("not known", "failed")


def shocks(seed, *, factor, effect, T=24, side=7):
    """Regions with smooth loadings on one factor, in x and in y; `effect` of neighbours' x."""
    rng = np.random.default_rng(seed)
    regions = lattice(side)
    V = wb.weights.queen(regions)
    n = side * side
    smooth = multiplier(V, 0.9) @ rng.normal(size=n)
    smooth = 1 + smooth / smooth.std()  # a mean other than zero: averages see the factor
    f = rng.normal(size=T)
    x = factor * np.outer(smooth, f) + rng.normal(size=(n, T))
    y = factor * np.outer(smooth, f) + effect * (V.sparse @ x) + rng.normal(size=(n, T))
    return panel_of({"x": x, "y": y}, regions), V


@pytest.mark.slow
def test_a_planted_common_factor_is_told_from_a_spillover():
    data, V = shocks(1, factor=1.5, effect=0.0)
    spurious = wb.fit("y ~ x", data, V, model="slx", effects="two-way")
    found = ask(spurious, "common factors")
    assert found.answer == "failed"
    assert found.evidence.loc["cce", "says"] != found.evidence.loc["as estimated", "says"]
    data, V = shocks(2, factor=0.0, effect=1.0)
    real = wb.fit("y ~ x", data, V, model="slx", effects="two-way")
    assert ask(real, "common factors").answer == "passed"


def test_the_common_factor_restriction_of_a_durbin_model():
    rng = np.random.default_rng(8)
    data = spillover(theta=2.0, seed=8)
    assert ask(wb.fit("y ~ x", data, W, model="sdm"), "common factors").answer == "passed"
    x = rng.normal(size=N)
    error = frame(x=x, y=x + multiplier(W, 0.5) @ rng.normal(size=N))
    assert ask(wb.fit("y ~ x", error, W, model="sdm"), "common factors").answer == "not known"


def test_errors_that_reach_far_need_conley():
    # nothing but two smooth fields: least squares takes their resemblance for an effect
    rng = np.random.default_rng(4)
    M = multiplier(W, 0.97)
    data = frame(x=M @ rng.normal(size=N), y=M @ rng.normal(size=N))
    naive = wb.fit("y ~ x", data, W)
    assert naive.pvalues["x"] < 0.05
    found = ask(naive, "correlated errors", regions=REGIONS)
    assert found.answer == "failed"
    assert sum(str(name).startswith("Conley") for name in found.evidence.index) == 3
    assert "SCPC" in found.evidence.index
    sound = wb.fit("y ~ x", spillover(theta=0.0), W)
    assert ask(sound, "correlated errors", regions=REGIONS).answer == "passed"
    assert ask(sound, "correlated errors").answer == "not known"  # no places, no cut-offs


def test_variances_that_grow_with_the_regressor():
    rng = np.random.default_rng(12)
    x = rng.standard_t(3, size=N)
    data = frame(x=x, y=0.6 * x + rng.normal(size=N) * (0.2 + x**2) / 2)
    naive = wb.fit("y ~ x", data, W)
    assert naive.pvalues["x"] < 0.05 < naive.with_covariance("HC3").pvalues["x"]
    assert ask(naive, "heteroskedasticity").answer == "failed"
    assert ask(wb.fit("y ~ x", spillover(), W), "heteroskedasticity").answer == "passed"


def exact(t, *, terms=5, seed=0):
    """Regressors of unit variance, orthogonal, of which the first has the t-statistic t."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N, terms))
    X = np.linalg.qr(X - X.mean(axis=0))[0]
    y = t * X[:, 0] + noise_beside(X, rng)
    return frame(y=y, **{f"x{j + 1}": X[:, j] for j in range(terms)})


def test_holm_takes_away_one_of_five_small_p_values():
    formula = "y ~ x1 + x2 + x3 + x4 + x5"
    weak, strong = (wb.fit(formula, exact(t)) for t in (2.2, 6.0))
    found = ask(weak, "multiplicity")
    assert found.answer == "failed"
    p = float(weak.pvalues["x1"])
    assert found.evidence.loc["x1", "p_adjusted"] == pytest.approx(5 * p, rel=1e-12)
    assert ask(strong, "multiplicity").answer == "passed"


def test_a_map_of_local_statistics_without_adjustment_fails():
    data = frame(y=np.random.default_rng(3).normal(size=N), x=np.arange(float(N)))
    fit = wb.fit("y ~ x", data, W)
    loose = wb.lisa("y", data, W, alpha=0.05, permutations=999)
    held = wb.lisa("y", data, W, fdr=0.05, permutations=999)
    assert loose.flagged.sum() > held.flagged.sum()
    assert ask(fit, "multiplicity", lisa=loose).answer == "failed"
    assert ask(fit, "multiplicity", lisa=held).answer == "passed"


def test_a_region_linked_by_policy_that_carries_the_result():
    rng = np.random.default_rng(6)
    data = frame(y=rng.normal(size=N), x=rng.normal(size=N))
    apart = REGIONS.geometry.copy()
    apart["r099"] = apart["r099"].buffer(-1e4)  # no longer touches anybody
    V = wb.weights.queen(apart, islands="nearest")
    data.loc["r099"] = [9.0, 9.0]
    fit = wb.fit("y ~ x", data, V, model="sar")
    found = ask(fit, "islands", hypothesis=Hypothesis("at home", "direct(x) > 0"))
    assert "r099" in found.sentence
    assert found.answer == "failed"
    assert ask(wb.fit("y ~ x", spillover(), W, model="sar"), "islands").answer == "passed"


def test_the_constant_before_the_logarithm_decides_between_two_margins():
    # x makes zeros more frequent and positive counts larger: the constant weighs one against
    # the other
    rng = np.random.default_rng(1)
    x = rng.normal(size=N)
    some = rng.random(N) < 1 / (1 + np.exp(1.2 * x))
    data = frame(x=x, y=np.where(some, np.round(np.exp(3 + 1.2 * x) + 1), 0.0))
    fit = wb.fit("log(1 + y) ~ x", data, W)
    found = ask(fit, "zeros")
    assert found.answer == "failed"
    assert {"0.1 + y", "0.5 + y", "2 + y", "asinh(y)"} <= set(found.evidence.index)
    large = frame(x=x, y=np.round(np.exp(8 + x)))
    assert ask(wb.fit("log(1 + y) ~ x", large, W), "zeros").answer == "passed"
    assert ask(wb.fit("log(y) ~ x", large, W), "zeros").answer == "not applicable"


def test_a_regressor_under_another_constant_keeps_its_claim():
    rng = np.random.default_rng(1)
    data = frame(x=rng.poisson(50, size=N).astype(float))
    data["y"] = np.log(1 + data["x"]) + 0.1 * rng.normal(size=N)
    found = ask(wb.fit("y ~ log(1 + x)", data, W), "zeros")
    assert found.answer == "passed"
    assert found.evidence["estimate"].notna().all()


@pytest.mark.slow
def test_one_planted_region_is_named():
    rng = np.random.default_rng(9)
    data = frame(x=rng.normal(size=N), y=rng.normal(size=N))
    data.loc["r042"] = [9.0, 9.0]
    fit = wb.fit("y ~ x", data, W, model="sar")
    home = Hypothesis("at home", "direct(x) > 0")
    found = ask(fit, "influence", hypothesis=home)
    assert found.answer == "failed"
    assert "something else without r042" in found.sentence
    kept = data.drop("r042")
    direct = wb.refit(fit, {"data": kept, "align": "intersection"}).impacts()["x", "direct"]
    assert found.evidence.loc["r042", "estimate"] == pytest.approx(direct["estimate"], rel=1e-9)
    sound = wb.fit("y ~ x", spillover(theta=0.0), W, model="sar")
    assert ask(sound, "influence", hypothesis=home).answer == "passed"


def short_panel(T=3, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(N, T))
    y = multiplier(W, 0.4) @ (x + rng.normal(size=(N, T)) + rng.normal(size=(N, 1)))
    return panel_of({"x": x, "y": y}, REGIONS)


def test_fixed_effects_of_three_periods_without_lee_and_yu():
    data = short_panel()
    asked = {"model": "sar", "effects": "entity"}
    plain = ask(wb.fit("y ~ x", data, W, lee_yu="none", **asked), "incidental parameters")
    assert plain.answer == "failed"
    # sigma^2 is too small by (T - 1)/T, and standard errors by its root
    assert plain.number == pytest.approx(np.sqrt(2 / 3), rel=0.05)
    assert ask(wb.fit("y ~ x", data, W, **asked), "incidental parameters").answer == "passed"


def test_scale_is_not_known_unless_fits_at_other_scales_are_given():
    fit = wb.fit("y ~ x", spillover(theta=2.0), W, model="slx")
    assert ask(fit, "scale").answer == "not known"
    same = wb.fit("y ~ x", spillover(theta=2.0, seed=2), W, model="slx")
    other = wb.fit("y ~ x", spillover(theta=-2.0, seed=2), W, model="slx")
    assert ask(fit, "scale", scales={"coarse": same}).answer == "passed"
    assert ask(fit, "scale", scales={"coarse": same, "coarser": other}).answer == "failed"


def test_a_sample_that_lost_many_links():
    data = spillover(theta=1.0)
    gaps = data.copy()
    gaps.loc[gaps.index[::4], "x"] = np.nan
    lossy = wb.fit("y ~ x", gaps, W, model="slx", missing="drop")
    found = ask(lossy, "sample")
    assert found.answer == "failed"
    links = pd.DataFrame(S.toarray() > 0, index=W.ids, columns=W.ids)
    used = lossy.design.index
    expected = 1 - links.loc[used, used].to_numpy().sum() / links.loc[used].to_numpy().sum()
    assert found.number == pytest.approx(expected, rel=1e-12)
    assert ask(wb.fit("y ~ x", data, W, model="slx"), "sample").answer == "passed"


def test_least_squares_does_not_stand_against_a_lag_that_is_there():
    data = spillover(rho=0.6, theta=0.0)
    assert ask(wb.fit("y ~ x", data, W), "nested models").answer == "failed"
    assert ask(wb.fit("y ~ x", data, W, model="sar"), "nested models").answer == "passed"


def test_intervals_of_many_normal_regions_and_of_a_few_skewed_ones():
    assert ask(wb.fit("y ~ x", spillover(theta=3.0), W, model="slx"), "small sample").answer == (
        "passed"
    )
    # the t-statistic is 1.97, a hundredth below the critical value: the draws tell otherwise
    edge = ask(wb.fit("y ~ x1", exact(1.97, terms=1)), "small sample", seed=1)
    assert edge.evidence.loc["bootstrap", "std_error"] == pytest.approx(1.0, rel=0.15)
    assert edge.answer == "failed"


def test_regressors_that_are_nearly_the_same():
    data = spillover()
    data["twin"] = data["x"] + 0.01 * data["z"]
    found = ask(wb.fit("y ~ x + twin", data, W), "collinearity")
    assert found.answer == "failed"
    r = np.corrcoef(data["x"], data["twin"])[0, 1]
    assert found.number == pytest.approx(1 / (1 - r**2), rel=1e-6)
    assert ask(wb.fit("y ~ x + z", data, W), "collinearity").answer == "passed"


@pytest.mark.slow
def test_two_random_walks_are_told_from_stationary_series():
    rng = np.random.default_rng(4)
    regions = lattice(5)
    V = wb.weights.queen(regions)
    shocks_of = rng.normal(size=(2, 25, 40))
    walks = panel_of({"x": shocks_of[0].cumsum(axis=1), "y": shocks_of[1].cumsum(axis=1)}, regions)
    naive = wb.fit("y ~ x", walks, V, effects="entity")
    assert naive.pvalues["x"] < 0.05
    assert ask(naive, "unit roots").answer == "failed"
    calm = panel_of({"x": shocks_of[0], "y": shocks_of[0] + shocks_of[1]}, regions)
    assert ask(wb.fit("y ~ x", calm, V, effects="entity"), "unit roots").answer == "passed"
    assert ask(wb.fit("y ~ x", short_panel(), W), "unit roots").answer == "not applicable"


@pytest.mark.slow
def test_shocks_of_a_year_that_entity_effects_do_not_hold_constant():
    rng = np.random.default_rng(7)
    T = 8
    year = 2 * rng.normal(size=T)
    x, y = year + rng.normal(size=(N, T)), year + rng.normal(size=(N, T))
    data = panel_of({"x": x, "y": y}, REGIONS)
    home = Hypothesis("at home", "direct(x) > 0")
    entity = wb.fit("y ~ x", data, W, effects="entity")
    assert ask(entity, "confounding", hypothesis=home).answer == "failed"
    both = wb.fit("y ~ x", data, W, effects="two-way")
    assert ask(both, "confounding", hypothesis=home).answer == "passed"
    assert ask(wb.fit("y ~ x", spillover(), W), "confounding").answer == "not known"


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("panel", [False, True])
def test_a_parabola_is_not_linear(panel):
    rng = np.random.default_rng(12)
    T = 6 if panel else 1
    x, e = rng.normal(size=(2, N, T))
    bent, straight = (panel_of({"x": x, "y": x + c * x**2 + e}, REGIONS) for c in (1.0, 0.0))
    if not panel:
        bent, straight = (data.droplevel("year") for data in (bent, straight))
    effects = {"effects": "two-way"} if panel else {}
    assert ask(wb.fit("y ~ x", bent, W, **effects), "nonlinearity").answer == "failed"
    assert ask(wb.fit("y ~ x", straight, W, **effects), "nonlinearity").answer == "passed"


def test_several_maxima_and_the_edge_of_the_interval():
    fit = wb.fit("y ~ x", spillover(rho=0.4), W, model="sar")
    found = ask(fit, "maxima")
    assert found.answer == "passed"
    high = W.spectrum.rho_high
    expected = (high - fit.params["rho"]) / fit.std_errors["rho"]
    assert found.number == pytest.approx(expected, rel=1e-12)
    note = "The likelihood has 2 maxima; the highest is reported: rho 0.1; rho 0.6"
    assert ask(replace(fit, notes=(note,)), "maxima").answer == "failed"
    cov = fit.estimates.cov * 1e4
    blunt = replace(fit, estimates=replace(fit.estimates, cov=cov))
    assert ask(blunt, "maxima").answer == "failed"


def test_a_design_that_could_not_have_found_a_spillover_as_large_as_the_effect_at_home():
    blind = ask(wb.fit("y ~ x", spillover(theta=0.0, noise=6.0), W, model="slx"), "power")
    assert blind.answer == "failed"
    fit = wb.fit("y ~ x", spillover(theta=0.0, noise=0.3), W, model="slx")
    sharp = ask(fit, "power")
    assert sharp.answer == "passed"
    # 1.96 + 0.84 standard errors
    error = fit.impacts()["x", "indirect"]["std_error"]
    assert sharp.number == pytest.approx(2.8015852 * error, rel=1e-6)


def test_numbers_come_again_and_their_source_is_known():
    data = spillover()
    assert ask(wb.fit("y ~ x", data, W, model="sar"), "reproducibility").answer == "not known"
    data.attrs["provenance"] = {"source": "simulated in 2 lines", "licence": "CC0"}
    fit = wb.fit("y ~ x", data, W, model="sar")
    assert ask(fit, "reproducibility").answer == "passed"
    moved = replace(fit, estimates=replace(fit.estimates, values=fit.estimates.values + 1e-9))
    assert ask(moved, "reproducibility").answer == "failed"


def test_a_scale_ladder_is_read_by_the_names_of_its_zones():
    """The regions themselves are no other borders; every other row of the ladder is one."""
    states = wb.load("us-states")
    W, y = wb.weights.queen(states), wb.load("munnell-1990").xs(1986, level="year")
    H = wb.Hypothesis("Capital next door matters", "indirect(log(pc)) > 0")
    formula = "log(gsp) ~ log(pc)"
    ladder = wb.scale_ladder(
        H,
        y,
        W,
        formula=formula,
        model="slx",
        aggregate={"gsp": "sum", "pc": "sum"},
        random={"sizes": [24], "draws": 2},
    )
    fit = wb.fit(formula, y, W, model="slx")
    table = ask(fit, "scale", hypothesis=H, scales=ladder).evidence
    assert list(table.index[1:]) == ["24 random zones (1)", "24 random zones (2)"]
    found = ladder.tidy().query("scale == 'random'")
    assert table["estimate"].tolist()[1:] == found["estimate"].tolist()
    assert table["says"].tolist()[1:] == found["verdict"].tolist()
