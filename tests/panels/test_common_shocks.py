"""Factors taken out of panels: plm's own output, unit-by-unit regressions, simulations."""

from dataclasses import replace
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.stats import chi2

import workbench as wb
from workbench.errors import CollinearityError, InputError, PanelError
from workbench.numerics.panels.common_factors import (
    averages_over_regions,
    dependence_exponent,
    mean_group,
    number_of_factors,
    pooled,
    principal_factors,
    projection_off,
    weighted_cd,
)
from workbench.numerics.panels.defactored import defactored_instruments

common_shocks_module = import_module("workbench.panels.shocks.side_by_side")
FORMULA = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"
TERMS = ["log(pcap)", "log(pc)", "log(emp)", "unemp"]

# plm (R), the saved output of its own tests, test_pcce_pmg.Rout.save, data Produc, as printed:
# pcce(model = "mg") and pmg(model = "cmg"); pcce(model = "p")
PLM_GROUP = (
    [0.0899850, 0.0335784, 0.6258659, -0.0031178],
    [0.1176040, 0.0423362, 0.1071719, 0.0014389],
)
PLM_POOLED = (
    [0.0432375, 0.0363922, 0.8209631, -0.0020925],
    [0.1041125, 0.0368432, 0.1390202, 0.0014973],
)


@pytest.mark.parametrize(("word", "expected"), [("cce-mean-group", PLM_GROUP), ("cce", PLM_POOLED)])
def test_cce_is_that_of_plm(panel, word, expected):
    fit = wb.fit(FORMULA, panel, effects="entity", factors=word)
    # 7 decimals are printed; the averages are nearly collinear, which costs plm one of them
    np.testing.assert_allclose(fit.params[TERMS], expected[0], atol=2e-7)
    np.testing.assert_allclose(fit.std_errors[TERMS], expected[1], atol=1.1e-7)


def test_mean_group_slopes_are_those_of_regressions_with_averages_added():
    random = np.random.default_rng(3)
    y, X = random.normal(size=(5, 12)), random.normal(size=(5, 12, 2))
    H = averages_over_regions(y, X)
    found = mean_group(y, X, projection_off(H))
    slopes = [
        np.linalg.lstsq(np.column_stack([x, H]), one, rcond=None)[0][:2]
        for one, x in zip(y, X, strict=True)
    ]
    np.testing.assert_allclose(found.by_region, slopes, rtol=1e-9)
    np.testing.assert_allclose(found.beta, np.mean(slopes, axis=0), rtol=1e-10)
    np.testing.assert_allclose(found.covariance, np.cov(np.transpose(slopes)) / 5, rtol=1e-9)


def ring(n):
    near = sum(np.roll(np.eye(n), k, axis=1) for k in (-2, -1, 1, 2)) / 4
    return sparse.csr_array(near)


def shocked(random, N, T, *, rho):
    """y = ρWy + x + shocks, two factors in x and in the errors, loadings of unequal means."""
    W = ring(N)
    f = random.normal(size=(T, 2))
    x = (random.normal(size=(N, 2)) + np.array([1.0, 0.0])) @ f.T + random.normal(size=(N, T))
    u = (0.7 * random.normal(size=(N, 2)) + np.array([0.3, 1.0])) @ f.T + random.normal(size=(N, T))
    return W, np.linalg.solve(np.eye(N) - rho * W.toarray(), x + u), x


@pytest.mark.slow
def test_shocks_that_fool_effects_of_regions_do_not_fool_cce_or_defactoring():
    random, N, T, rho, rounds = np.random.default_rng(5), 60, 25, 0.4, 100
    truth = np.array([1.0, rho])
    hits = {"cce": np.zeros(2), "defactored": np.zeros(2), "effects": np.zeros(2)}
    rejected = 0
    for _ in range(rounds):
        W, y, x = shocked(random, N, T, rho=rho)
        powers = (W, sparse.csr_array(W @ W))
        C = np.stack([x, W @ y], axis=-1)
        Z = np.stack([x, *(A @ x for A in powers)], axis=-1)
        off = projection_off(averages_over_regions(y, x[..., None]))
        alone = projection_off(np.ones((T, 1)))
        made = defactored_instruments(y, C, X=x[..., None], lags=powers)
        fits = {
            "cce": pooled(y, C, off, Z=Z),
            "defactored": made.fit,
            "effects": pooled(y, C, alone, Z=Z),
        }
        for word, fit in fits.items():
            hits[word] += np.abs(fit.beta - truth) < 1.96 * np.sqrt(np.diag(fit.covariance))
        rejected += chi2.sf(*made.fit.overidentification) < 0.05
    # 95 % less 4 binomial standard errors: clustering over 60 regions undercovers by a point or two
    least = 0.95 - 4 * np.sqrt(0.95 * 0.05 / rounds)
    assert (hits["cce"] / rounds > least).all()
    assert (hits["defactored"] / rounds > least).all()
    assert hits["effects"][1] / rounds < 0.7
    assert rejected / rounds < 0.05 + 4 * np.sqrt(0.05 * 0.95 / rounds)


def test_defactored_instruments_are_the_formulae_of_both_stages():
    """Written out region by region from singular vectors (Cui, Sarafidis and Yamagata 2023)."""
    N, T = 40, 15
    W, y, x = shocked(np.random.default_rng(3), N, T, rho=0.4)
    C = np.stack([x, W @ y], axis=-1)
    made = defactored_instruments(
        y, C, X=x[..., None], lags=(W, sparse.csr_array(W @ W)), factors=(2, 2)
    )

    def off(values):
        F = np.linalg.svd(values, full_matrices=False)[2][:2].T
        return np.eye(T) - F @ F.T

    clean = x @ off(x)
    Z = np.stack([clean, W @ clean, W @ (W @ clean)], axis=-1)

    def sums(M):
        A = sum(z.T @ M @ c for z, c in zip(Z, C, strict=True))
        return A, sum(z.T @ M @ v for z, v in zip(Z, y, strict=True))

    def unweighted(M):
        A, g = sums(M)
        inverse = np.linalg.inv(sum(z.T @ M @ z for z in Z))
        return np.linalg.solve(A.T @ inverse @ A, A.T @ inverse @ g)

    M = off(y - C @ unweighted(np.eye(T)))
    theta = unweighted(M)
    moments = [z.T @ M @ (v - c @ theta) for z, v, c in zip(Z, y, C, strict=True)]
    inverse = np.linalg.inv(sum(np.outer(m, m) for m in moments))
    A, g = sums(M)
    covariance = np.linalg.inv(A.T @ inverse @ A)
    beta = covariance @ A.T @ inverse @ g
    np.testing.assert_allclose(made.fit.beta, beta, rtol=1e-8)
    np.testing.assert_allclose(made.fit.covariance, covariance, rtol=1e-8)
    gap = g - A @ beta
    J, df = made.fit.overidentification
    assert pytest.approx(gap @ inverse @ gap, rel=1e-7) == J
    assert df == 1  # three instruments, two coefficients


def test_the_number_of_factors_is_found():
    random = np.random.default_rng(8)
    noise = random.normal(size=(60, 30))
    for count in (0, 1, 3):
        common = random.normal(size=(60, count)) @ random.normal(size=(count, 30))
        assert number_of_factors(common + 0.5 * noise) == count


def test_principal_factors_span_the_factors():
    random = np.random.default_rng(9)
    f = random.normal(size=(40, 2))
    values = random.normal(size=(50, 2)) @ f.T
    left = projection_off(principal_factors(values, 2)) @ f
    assert np.abs(left).max() < 1e-10


def test_weighted_cd_holds_its_size_where_effects_of_periods_ruin_the_plain_one():
    random, N, T = np.random.default_rng(12), 40, 30
    weighted, plain = [], []
    for _ in range(300):
        e = random.normal(size=(N, T))
        e -= e.mean(axis=0)
        weighted.append(weighted_cd(e, random.choice([-1.0, 1.0], size=N)))
        plain.append(weighted_cd(e, np.ones(N)))
    rate = np.mean(np.abs(weighted) > 1.96)
    assert abs(rate - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 300)
    assert np.mean(np.abs(plain) > 1.96) > 0.99


def test_the_exponent_tells_factors_from_independence():
    random = np.random.default_rng(2)
    e = random.normal(size=(100, 80))
    f = random.normal(size=80)
    weak, strong = dependence_exponent(e), dependence_exponent(e + np.outer(np.full(100, 2.0), f))
    assert weak < 0.62
    assert strong > 0.99


def test_impacts_of_sdm_with_factors_are_those_of_the_dense_inverse(panel, W):
    fit = wb.fit(
        "log(gsp) ~ log(pc) + log(emp)", panel, W, model="sar", effects="entity", factors="cce"
    )
    rho, beta = fit.params["rho"], fit.params["log(emp)"]
    S = np.linalg.inv(np.eye(48) - rho * W.sparse.toarray()) * beta
    impacts = fit.impacts()
    np.testing.assert_allclose(impacts["log(emp)", "direct"]["estimate"], np.trace(S) / 48)
    np.testing.assert_allclose(impacts["log(emp)", "total"]["estimate"], S.sum() / 48)


def test_the_comparison_says_what_becomes_of_each_spillover(panel, W):
    slx = wb.fit(FORMULA, panel, W, model="slx", effects="two-way")
    shocks = wb.panels.common_shocks(slx)
    assert list(shocks.verdicts.index) == TERMS
    first = shocks.impacts.loc["slx, two-way effects"]
    pd.testing.assert_frame_equal(first, slx.impacts().table)
    again = wb.panels.common_shocks(
        wb.fit(FORMULA, panel.sample(frac=1, random_state=3), W, model="slx", effects="two-way")
    )
    pd.testing.assert_frame_equal(shocks.impacts, again.impacts)
    pd.testing.assert_frame_equal(shocks.dependence, again.dependence)


def explosive(random, W, T):
    """y = 1.5 Wy + x + 0.5 Wx + ε: a ρ that instruments find, and that has no reduced form."""
    N = W.n
    x, e = random.normal(size=(N, T)), 0.1 * random.normal(size=(N, T))
    A = W.sparse.toarray()
    y = np.linalg.solve(np.eye(N) - 1.5 * A, x + 0.5 * A @ x + e)
    index = pd.MultiIndex.from_product([W.graph.unique_ids, range(T)], names=["region", "year"])
    return pd.DataFrame({"y": y.ravel(), "x": x.ravel()}, index=index)


def test_a_rho_outside_the_admissible_interval_has_no_impacts(W):
    data = explosive(np.random.default_rng(4), W, 12)
    fit = wb.fit("y ~ x", data, W, model="sdm", effects="entity", factors="cce")
    assert fit.params["rho"] == pytest.approx(1.5, abs=0.05)
    with pytest.raises(PanelError, match="reduced form"):
        fit.impacts()
    with pytest.raises(PanelError, match="reduced form"):
        fit.impacts_by_order()


def test_an_estimator_without_impacts_is_named_and_does_not_judge(monkeypatch, panel, W):
    sdm = wb.fit("log(gsp) ~ log(emp)", panel, W, model="sdm", effects="two-way")
    again = common_shocks_module._again

    def beyond(fit, word):
        made = again(fit, word)
        if word == "cce":
            return made
        values = np.array([1.2 if t == "rho" else v for t, v in made.params.items()])
        return replace(made, estimates=replace(made.estimates, values=values))

    monkeypatch.setattr(common_shocks_module, "_again", beyond)
    shocks = wb.panels.common_shocks(sdm)
    assert "defactored instruments" not in shocks.impacts.index.unique("estimator")
    assert "defactored instruments" in shocks.dependence.index
    assert any("defactored instruments has no impacts: rho = 1.2" in n for n in shocks.notes)
    monkeypatch.setattr(common_shocks_module, "RIVALS", {"defactored": "defactored instruments"})
    assert wb.panels.common_shocks(sdm).verdicts["log(emp)"] == "cannot tell"


def effect_rows(first, *others):
    """Indirect impacts of one term: (estimate, standard error) of the fit and of its rivals."""
    pairs = np.array([first, *others])
    index = pd.MultiIndex.from_product(
        [["fit", "cce", "defactored"][: len(pairs)], ["x"], ["indirect"]],
        names=["estimator", "term", "effect"],
    )
    table = pd.DataFrame(pairs, index=index, columns=["estimate", "std_error"])
    return table.assign(p_value=chi2.sf((table["estimate"] / table["std_error"]) ** 2, 1))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (((1.0, 0.2), (0.1, 0.2), (0.0, 0.3)), "goes with the common shocks"),
        (((1.0, 0.2), (0.1, 5.0), (0.0, 9.0)), "cannot tell"),  # ± 10 holds 1.0: too blunt
        (((1.0, 0.2), (0.1, 0.2), (0.0, 9.0)), "cannot tell"),  # one of two is too blunt
        (((0.1, 0.2), (1.0, 0.2), (1.1, 0.2)), "appears once the shocks are out"),
        (((0.1, 5.0), (1.0, 0.2), (1.1, 0.2)), "cannot tell"),  # the fit itself is too blunt
        (((1.0, 0.2), (1.0, 0.3), (0.9, 0.3)), "remains"),
        (((1.0, 0.2), (-1.0, 0.3), (-0.9, 0.3)), "changes sign"),
        (((0.1, 0.2), (0.1, 0.3), (0.0, 0.3)), "none"),
    ],
)
def test_a_blunt_estimate_does_not_say_that_a_spillover_goes(rows, expected):
    verdicts = common_shocks_module._verdicts(effect_rows(*rows), 0.05)
    assert verdicts["x"] == expected


def test_what_factors_cannot_do_is_refused_by_name(panel, W):
    with pytest.raises(PanelError, match="entity"):
        wb.fit(FORMULA, panel, W, factors="cce")
    with pytest.raises(InputError, match="sem"):
        wb.fit(FORMULA, panel, W, model="sem", effects="entity", factors="cce")
    with pytest.raises(InputError, match="mean-group"):
        wb.fit(FORMULA, panel, W, model="sar", effects="entity", factors="cce-mean-group")
    with pytest.raises(PanelError, match="time"):
        wb.fit(FORMULA, panel.xs(1980, level="year"), factors="cce")
    short = panel.loc[panel.index.get_level_values("year") < 1976]
    with pytest.raises(PanelError, match="periods"):
        wb.fit(FORMULA, short, effects="entity", factors="cce")
    trend = panel.assign(oil=panel.index.get_level_values("year") ** 1.5)
    with pytest.raises(CollinearityError, match="oil") as caught:
        wb.fit("log(gsp) ~ log(emp) + oil", trend, effects="entity", factors="cce")
    assert caught.value.offenders == ("oil",)
    with pytest.raises(InputError, match="W"):
        wb.panels.common_shocks(wb.fit(FORMULA, panel, effects="entity"))


def test_rho_outside_its_interval_has_no_impacts():
    """Noise identifies no rho: where it lands outside, impacts are refused and the note says so."""
    from workbench.errors import PanelError

    W = wb.weights.queen(wb.load("us-states"))
    index = pd.MultiIndex.from_product([W.ids, range(10)], names=["region", "year"])
    outside = 0
    for seed in range(8):
        values = np.random.default_rng(seed).normal(size=(len(index), 2))
        data = pd.DataFrame(values, index=index, columns=["y", "x"])
        fit = wb.fit("y ~ x", data, W, model="sar", effects="entity", factors="cce")
        if W.spectrum.rho_low < fit.params["rho"] < W.spectrum.rho_high:
            assert fit.impacts().table.shape == (3, 6)
            continue
        outside += 1
        assert any("there are no impacts" in note for note in fit.notes)
        for asked in (
            fit.impacts,
            fit.impacts_by_order,
            lambda fit=fit: fit.impulse("x", W.ids[0]),
        ):
            with pytest.raises(PanelError, match="lies outside"):
                asked()
    assert outside


@pytest.mark.parametrize("factors", ["cce", "defactored"])
def test_the_variance_counts_coefficients_and_regions(panel, W, factors):
    fit = wb.fit(
        "log(gsp) ~ log(emp) + unemp", panel, W, effects="entity", model="sar", factors=factors
    )
    e = fit.resids.to_numpy()
    assert fit.sigma2 == pytest.approx(e @ e / (48 * 17 - 3 - 48), rel=1e-12)
