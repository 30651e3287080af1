"""Effects by order, by region and of an impulse are the dense formula's, with honest intervals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import workbench as wb
from workbench.errors import IdError, InputError, OptionError
from workbench.regression.impacts import impacts_of
from workbench.regression.orders import impacts_by_order_of
from workbench.regression.parameters import parameter_draws
from workbench.regression.regional import impacts_by_region_of, impulse_of

RNG = np.random.default_rng(7)
POINTS = RNG.uniform(size=(60, 2))


def neighbours(k):
    distance = np.linalg.norm(POINTS[:, None] - POINTS, axis=2)
    np.fill_diagonal(distance, np.inf)
    dense = np.zeros_like(distance)
    np.put_along_axis(dense, np.argsort(distance, axis=1)[:, :k], 1.0, axis=1)
    return dense


def weights(dense, normalization):
    ids = [f"r{i:02d}" for i in range(len(dense))]
    focal, neighbor = np.nonzero(dense)
    graph = Graph.from_arrays(np.array(ids)[focal], np.array(ids)[neighbor], dense[focal, neighbor])
    return wb.weights.as_weights(graph).normalize(normalization)


WORLDS = {
    "directed, row": (neighbours(4), "row"),
    "mutual, spectral (rows of different sums)": (
        np.maximum(neighbours(3), neighbours(3).T), "spectral"
    ),
}  # fmt: skip


def world(name, rho=0.45, noise=0.3):
    dense, normalization = WORLDS[name]
    W = weights(dense, normalization)
    rng = np.random.default_rng(3)
    x = rng.normal(size=(60, 2))
    w = W.sparse.toarray()
    mean = 1 + x @ [1.0, -0.5] + 0.6 * w @ x[:, 0]
    y = np.linalg.solve(np.eye(60) - rho * w, mean + noise * rng.normal(size=60))
    return pd.DataFrame({"y": y, "a": x[:, 0], "b": x[:, 1]}, index=W.ids), W


def dense_effects(values, w, term="a"):
    """S = (I − ρW)⁻¹(βI + θW), LeSage and Pace (2009), equation 2.45."""
    one = np.eye(len(w))
    return np.linalg.solve(
        one - values.get("rho", 0.0) * w,
        values[term] * one + values.get(f"W({term})", 0.0) * w,
    )


def dense_error(function, fit, step=1e-5):
    """Delta-method errors by central differences (right to about 1e-9 relative)."""
    at = fit.params
    rows = []
    for name in at.index:
        up, down = at.copy(), at.copy()
        up[name] += step
        down[name] -= step
        rows.append((function(up) - function(down)) / (2 * step))
    J = np.stack(rows)
    return np.sqrt(np.einsum("pi,pq,qi->i", J, fit.cov.to_numpy(), J))


@pytest.fixture(params=WORLDS)
def case(request):
    return world(request.param)


def by_region(values, w):
    S = dense_effects(values, w)
    own = np.diag(S)
    return np.column_stack([own, S.sum(axis=1) - own, S.sum(axis=0) - own]).ravel()


@pytest.mark.parametrize("model", ["slx", "sar", "sdm"])
def test_given_and_received_are_sums_of_the_dense_matrix(case, model):
    table, W = case
    fit = wb.fit("y ~ a + b", table, W, model=model)
    found = fit.impacts_by_region("a", method="delta").table
    w = W.sparse.toarray()
    np.testing.assert_allclose(found["estimate"], by_region(fit.params, w), rtol=0, atol=1e-8)
    error = dense_error(lambda p: by_region(p, w), fit)
    np.testing.assert_allclose(found["std_error"].fillna(0), error, rtol=1e-6, atol=1e-9)


def test_means_over_regions_are_the_impacts(case):
    table, W = case
    fit = wb.fit("y ~ a + b", table, W, model="sdm")
    regional, impacts = fit.impacts_by_region("a", method="delta"), fit.impacts()
    assert regional.effect("own").mean() == pytest.approx(impacts["a", "direct"]["estimate"])
    for name in ("received", "given"):
        mean = regional.effect(name).mean()
        assert mean == pytest.approx(impacts["a", "indirect"]["estimate"], abs=1e-10)


@pytest.mark.parametrize("model", ["slx", "sar", "sdm"])
def test_an_impulse_is_a_column_of_the_dense_matrix(case, model):
    table, W = case
    fit = wb.fit("y ~ a + b", table, W, model=model)
    w = W.sparse.toarray()
    found = fit.impulse("a", "r17", 0.5, method="delta")

    def column(p):
        return 0.5 * dense_effects(p, w)[:, 17]

    np.testing.assert_allclose(found.table["estimate"], column(fit.params), rtol=0, atol=1e-8)
    np.testing.assert_allclose(
        found.table["std_error"].fillna(0), dense_error(column, fit), rtol=1e-6, atol=1e-9
    )
    assert found.total["estimate"] == pytest.approx(column(fit.params).sum())
    error = dense_error(lambda p: column(p).sum(keepdims=True), fit)
    assert found.total["std_error"] == pytest.approx(error[0], rel=1e-6)
    assert found.elsewhere == pytest.approx(column(fit.params).sum() - column(fit.params)[17])


@pytest.mark.slow
def test_draws_are_of_the_dense_formula(case):
    """The same draws put through dense inverses: interpolation in rho moves no digit that shows."""
    table, W = case
    fit = wb.fit("y ~ a + b", table, W, model="sdm")
    sample = parameter_draws(fit._impact_parts(), 200, 5)
    w = W.sparse.toarray()
    columns = [
        dense_effects({"rho": r[0], "a": r[1], "W(a)": r[3]}, w)[:, 4]
        for r in sample
        if W.spectrum.rho_low < r[0] < W.spectrum.rho_high
    ]
    found = fit.impulse("a", "r04", draws=200, seed=5).table
    np.testing.assert_allclose(found["std_error"], np.std(columns, axis=0, ddof=1), rtol=1e-6)
    low = np.quantile(columns, 0.025, axis=0)
    np.testing.assert_allclose(found["conf_low"], low, rtol=1e-6, atol=1e-9)
    again = fit.impulse("a", "r04", draws=200, seed=5).table
    pd.testing.assert_frame_equal(found, again)
    regional = fit.impacts_by_region("a", draws=200, seed=5)
    totals = regional.table["estimate"].xs("received", level="effect")
    assert totals.index.equals(table.index)


def order_parts(values, w, q):
    """Average of the part with W^p, straight from the powers; the rest from the inverse."""
    n, rho = len(w), values.get("rho", 0.0)
    rows, rest = [], dense_effects(values, w)
    for p in range(q + 1):
        part = rho**p * values["a"] * np.linalg.matrix_power(w, p)
        if p:
            part = part + rho ** (p - 1) * values.get("W(a)", 0.0) * np.linalg.matrix_power(w, p)
        rest = rest - part
        rows.append(part)
    out = [(np.trace(S) / n, (S.sum() - np.trace(S)) / n, S.sum() / n) for S in (*rows, rest)]
    return np.array(out).ravel()


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("model", ["slx", "sar", "sdm"])
@pytest.mark.parametrize("q", [0, 1, 5])
def test_orders_are_powers_of_w(case, model, q):
    table, W = case
    fit = wb.fit("y ~ a + b", table, W, model=model)
    w = W.sparse.toarray()
    found = fit.impacts_by_order(q).table.loc["a"]
    expected = order_parts(fit.params, w, q)
    np.testing.assert_allclose(found["estimate"], expected, rtol=0, atol=1e-8)
    error = dense_error(lambda p: order_parts(p, w, q), fit)
    np.testing.assert_allclose(found["std_error"].fillna(0), error, rtol=1e-6, atol=1e-8)


def test_orders_add_up_to_the_impacts(case):
    table, W = case
    fit = wb.fit("y ~ a + b", table, W, model="sdm")
    found = fit.impacts_by_order(3, method="monte-carlo", draws=500).table
    sums = found["estimate"].groupby(level=["term", "effect"]).sum()
    impacts = fit.impacts().table["estimate"]
    np.testing.assert_allclose(sums.reindex(impacts.index), impacts, atol=1e-10)
    last = found["cumulative"].xs("beyond", level="order")
    np.testing.assert_allclose(last.reindex(impacts.index), impacts, atol=1e-10)


@pytest.mark.slow
def test_delta_and_draws_agree_where_rho_is_precise():
    """With little noise the parameters are nearly normal around effects that are nearly linear.

    2,000 draws leave 1.6 % error in a standard deviation; 8 % is five of these.
    """
    table, W = world("directed, row", noise=0.05)
    fit = wb.fit("y ~ a + b", table, W, model="sdm")
    delta = fit.impacts_by_region("a", method="delta").table["std_error"]
    drawn = fit.impacts_by_region("a").table["std_error"]
    np.testing.assert_allclose(drawn, delta, rtol=0.08)
    delta = fit.impacts_by_order(2).table["std_error"].dropna()
    drawn = fit.impacts_by_order(2, method="monte-carlo").table["std_error"].dropna()
    np.testing.assert_allclose(drawn, delta, rtol=0.08)


@pytest.mark.slow
def test_intervals_hold_the_true_effect_as_often_as_they_say():
    """40 samples of known truth, delta intervals of the five largest effects of an impulse.

    Their coverages are not independent; 3 binomial standard errors of 40 below 95 % are 0.847.
    Little noise, so that effects are nearly linear in rho over its error: with more of it delta
    intervals of regions further on cover too seldom (0.89 at noise 0.5), those from draws do not.
    """
    _, W = world("directed, row")
    w, n = W.sparse.toarray(), 60
    truth = dense_effects({"rho": 0.4, "a": 1.0}, w)[:, 9]
    regions = np.argsort(-np.abs(truth))[:5]
    rng = np.random.default_rng(0)
    hits = []
    for _ in range(40):
        a = rng.normal(size=n)
        y = np.linalg.solve(np.eye(n) - 0.4 * w, 1 + a + 0.1 * rng.normal(size=n))
        table = pd.DataFrame({"y": y, "a": a}, index=W.ids)
        found = wb.fit("y ~ a", table, W, model="sar").impulse("a", "r09", method="delta").table
        inside = (found["conf_low"] <= truth) & (truth <= found["conf_high"])
        hits.append(inside.to_numpy()[regions])
    assert np.mean(hits) >= 0.847


@pytest.mark.slow
def test_the_order_of_rows_changes_no_bit(case):
    table, W = case
    first = wb.fit("y ~ a + b", table, W, model="sdm")
    second = wb.fit("y ~ a + b", table.sample(frac=1, random_state=1), W, model="sdm")
    pd.testing.assert_frame_equal(
        first.impacts_by_region("a").table, second.impacts_by_region("a").table, check_exact=True
    )
    pd.testing.assert_frame_equal(
        first.predict(kind="BP").table, second.predict(kind="BP").table, check_exact=True
    )


def test_refusals_name_what_is_wrong(case):
    table, W = case
    fit = wb.fit("y ~ a + b", table, W, model="sar")
    with pytest.raises(IdError, match="'r99'"):
        fit.impulse("a", "r99")
    with pytest.raises(OptionError, match="'z'"):
        fit.impacts_by_region("z")
    for size in (0, np.nan, np.inf, "1", True):
        with pytest.raises(InputError, match="size"):
            fit.impulse("a", "r01", size)
    for q in (-1, 2.5, True, 1000):
        with pytest.raises(InputError, match="q: expected"):
            fit.impacts_by_order(q)
    with pytest.raises(InputError, match="at least 100"):
        fit.impulse("a", "r01", draws=10)
    sem = wb.fit("y ~ a + b", table, W, model="sem")
    for question in (
        lambda: sem.impulse("a", "r01"),
        lambda: sem.impacts_by_order(),
        lambda: sem.impacts_by_region("a"),
    ):
        with pytest.raises(InputError, match=r'model="sdm"'):
            question()


def test_probed_diagonals_say_how_far_they_are_off(case):
    table, W = case
    fit = wb.fit("y ~ a + b", table, W, model="sdm")
    exact = fit.impacts_by_region("a", method="delta")
    probed = fit.impacts_by_region("a", method="delta", diagonal="probes", seed=2)
    gap = (probed.effect("own") - exact.effect("own")).abs().max()
    said = next(note for note in probed.notes if "probes" in note)
    largest = float(said.split(" on average and ")[1].split(" at most")[0])
    assert 0 < gap < 4 * largest
    assert not any("probes" in note for note in exact.notes)
    assert probed.provenance.seed == 2


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["slx", "sdm"])
def test_regressors_may_have_weights_of_their_own(case, model):
    """S = (I − ρW)⁻¹(βI + θV), the parameters being whatever they are."""
    table, W = case
    V = weights(neighbours(2), "row")
    fit = wb.fit("y ~ a + b", table, W, model=model)
    parts = replace(fit._impact_parts(), weights_x=V)
    w, v, one = W.sparse.toarray(), V.sparse.toarray(), np.eye(60)

    def effects(p):
        return np.linalg.solve(one - p.get("rho", 0.0) * w, p["a"] * one + p.get("W(a)", 0.0) * v)

    def average(p):
        S = effects(p)
        return np.array([np.trace(S), S.sum() - np.trace(S), S.sum()]) / 60

    how = {"draws": 300, "seed": 1, "level": 0.95}
    found = impacts_of(parts, method="delta", **how).table.loc["a"]
    np.testing.assert_allclose(found["estimate"], average(fit.params), atol=1e-8)
    np.testing.assert_allclose(found["std_error"], dense_error(average, fit), rtol=1e-6)

    sample = parameter_draws(parts, 300, 1)
    low, high = W.spectrum.rho_low, W.spectrum.rho_high
    drawn = [average({"rho": r[0], "a": r[1], "W(a)": r[3]}) for r in sample if low < r[0] < high]
    found = impacts_of(parts, method="monte-carlo", **how).table.loc["a"]
    np.testing.assert_allclose(found["std_error"], np.std(drawn, axis=0, ddof=1), rtol=1e-6)

    def orders(p):
        rho, rest, rows = p.get("rho", 0.0), effects(p), []
        for k in range(4):
            part = rho**k * p["a"] * np.linalg.matrix_power(w, k)
            if k:
                part = part + rho ** (k - 1) * p["W(a)"] * np.linalg.matrix_power(w, k - 1) @ v
            rest = rest - part
            rows.append(part)
        sums = [(np.trace(S), S.sum() - np.trace(S), S.sum()) for S in (*rows, rest)]
        return np.array(sums).ravel() / 60

    found = impacts_by_order_of(parts, 3, method="delta", **how).table.loc["a"]
    np.testing.assert_allclose(found["estimate"], orders(fit.params), atol=1e-8)
    error = dense_error(orders, fit)
    np.testing.assert_allclose(found["std_error"].fillna(0), error, rtol=1e-6, atol=1e-8)

    def regions(p):
        S = effects(p)
        own = np.diag(S)
        return np.column_stack([own, S.sum(axis=1) - own, S.sum(axis=0) - own]).ravel()

    found = impacts_by_region_of(parts, "a", method="delta", diagonal="auto", **how).table
    np.testing.assert_allclose(found["estimate"], regions(fit.params), atol=1e-8)
    error = dense_error(regions, fit)
    np.testing.assert_allclose(found["std_error"].fillna(0), error, rtol=1e-6, atol=1e-8)
    found = impulse_of(parts, "a", "r20", size=1, method="delta", **how).table
    np.testing.assert_allclose(found["estimate"], effects(fit.params)[:, 20], atol=1e-8)
