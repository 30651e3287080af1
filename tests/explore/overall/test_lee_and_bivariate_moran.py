"""Lee's L and bivariate Moran's I: R's numbers, and moments by full enumeration."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from workbench.errors import IdError, ValuesError
from workbench.explore import bivariate_moran, lee, moran
from workbench.numerics.autocorrelation import bivariate as kernel


def dense_variance(P: np.ndarray, Q: np.ndarray) -> float:
    """Variance of ΣΣ p_ij q_π(i)π(j) over π for symmetric P and Q, diagonals included.

    Sums over all pairs of terms by how many regions they share, element by element (Mantel 1967;
    Lee 2004, equations for the on- and off-diagonal parts).
    """
    n = len(P)

    def parts(M: np.ndarray) -> dict[str, float]:
        d, off = np.diag(M), M - np.diag(np.diag(M))
        rows = off.sum(axis=1)
        return {
            "on": d.sum(), "on2": (d**2).sum(), "off": off.sum(), "off2": (off**2).sum(),
            "rows2": (rows**2).sum(), "cross": (d * rows).sum(),
        }  # fmt: skip

    p, q = parts(P), parts(Q)
    pairs, triples, fours = n * (n - 1), n * (n - 1) * (n - 2), n * (n - 1) * (n - 2) * (n - 3)
    second = 2 * p["off2"] * q["off2"] / pairs
    second += 4 * (p["rows2"] - p["off2"]) * (q["rows2"] - q["off2"]) / triples
    apart = [m["off"] ** 2 - 4 * m["rows2"] + 2 * m["off2"] for m in (p, q)]
    second += apart[0] * apart[1] / fours
    second += p["on2"] * q["on2"] / n
    second += (p["on"] ** 2 - p["on2"]) * (q["on"] ** 2 - q["on2"]) / pairs
    second += 4 * p["cross"] * q["cross"] / pairs
    alone = [m["on"] * m["off"] - 2 * m["cross"] for m in (p, q)]
    second += 2 * alone[0] * alone[1] / triples
    return second - (p["on"] * q["on"] / n + p["off"] * q["off"] / pairs) ** 2


def forms(x: np.ndarray, y: np.ndarray, W: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return P = W′W / 1′W′W1 and Q = z_x z_y′ with z of variance 1, as Lee (2004) writes them."""
    P = W.T @ W
    z = [(v - v.mean()) / v.std() for v in (x, y)]
    return P / P.sum(), np.outer(*z)


def test_lee_agrees_with_spdep_but_for_its_variance(overall):
    case = overall("boston")
    found = lee("CMEDV", "NOX", case.table, case.weights["W"], permutations=1999)
    section = "W/CMEDV,NOX/lee"
    assert found.statistic == pytest.approx(case.numbers[f"{section}/statistic"], rel=1e-10)
    assert found.expected == pytest.approx(case.numbers[f"{section}/expected"], rel=1e-10)
    W = case.graphs["W"].sparse.toarray()
    P, Q = forms(*(case.table[v].to_numpy() for v in ("CMEDV", "NOX")), W)
    # spdep squares the elements of Q and its row sums as if Q were symmetric ...
    theirs = case.numbers[f"{section}/variance_unsymmetric"]
    assert dense_variance(P, Q) == pytest.approx(theirs, rel=1e-10)
    # ... only its symmetric part counts, since P is symmetric; and so say permutations:
    # the variance of 1,999 is known to 3.2 %, and spdep's is 54 % larger
    assert found.variance == pytest.approx(dense_variance(P, (Q + Q.T) / 2), rel=1e-10)
    assert found.simulated.var() == pytest.approx(found.variance, rel=0.12)
    error = np.sqrt(found.variance / 1999)
    assert abs(found.simulated.mean() - found.expected) < 3.5 * error


@pytest.mark.slow
def test_moments_are_those_of_all_arrangements():
    """All 720 permutations of six pairs (Lee) and of six values of y (Moran), directed weights."""
    random = np.random.default_rng(4)
    W = random.random((6, 6)) * (random.random((6, 6)) < 0.6)
    np.fill_diagonal(W, 0.0)
    x, y = random.random(6), random.gamma(1.0, size=6)
    orders = [list(p) for p in permutations(range(6))]
    L = np.array([kernel.lee(x[p], y[p], W).statistic for p in orders])
    found = kernel.lee(x, y, W)
    assert L.mean() == pytest.approx(found.expected, rel=1e-11)
    assert L.var() == pytest.approx(found.variance, rel=1e-11)
    B = np.array([kernel.bivariate_moran(x, y[p], W).statistic for p in orders])
    found = kernel.bivariate_moran(x, y, W)
    assert B.mean() == pytest.approx(found.expected, abs=1e-14)
    assert B.var() == pytest.approx(found.variance, rel=1e-11)


def test_bivariate_moran_agrees_with_spdep_and_permutes_y_alone(overall):
    case = overall("boston")
    found = bivariate_moran("CMEDV", "NOX", case.table, case.weights["W"], permutations=1999)
    section = "W/CMEDV,NOX/moran_bv"
    assert found.statistic == pytest.approx(case.numbers[f"{section}/statistic"], rel=1e-10)
    # sd of 1,999 permutations: known to 1.6 %
    assert found.simulated.std() == pytest.approx(np.sqrt(found.variance), rel=0.06)
    # spdep moves the pairs, which also breaks up x: a smaller spread, known to 2.2 % (999)
    from workbench.numerics.permutations.bilinear_forms import permuted_forms

    z = [(case.table[v] - case.table[v].mean()) / case.table[v].std(ddof=0) for v in
         ("CMEDV", "NOX")]  # fmt: skip
    ids = sorted(case.table.index)
    W = case.graphs["W"].transform("R").sparse
    order = case.graphs["W"].unique_ids
    fields = np.stack([v.reindex(order).to_numpy() for v in z])
    pairs = permuted_forms(fields, W, pairs=[(0, 1)], permutations=1999, seed=0) / len(ids)
    assert pairs.std() == pytest.approx(case.numbers[f"{section}/sd_pairs"], rel=0.08)


def test_x_with_itself_is_moran_and_lee_is_symmetric(overall):
    case = overall("boston")
    both = case.table[["CMEDV"]].assign(again=case.table["CMEDV"])
    one = bivariate_moran("CMEDV", "again", both, case.weights["W"], permutations=0)
    expected = moran("CMEDV", case.table, case.weights["W"], permutations=0).statistic
    assert one.statistic == pytest.approx(expected, rel=1e-12)
    forth = lee("CMEDV", "NOX", case.table, case.weights["W"], permutations=99)
    back = lee("NOX", "CMEDV", case.table, case.weights["W"], permutations=99)
    assert forth.statistic == pytest.approx(back.statistic, rel=1e-12)
    assert forth.variance == pytest.approx(back.variance, rel=1e-10)
    assert forth.p_permutation == back.p_permutation


def test_scatterplot_has_x_and_the_lag_of_y(overall):
    case = overall("boston")
    found = bivariate_moran("CMEDV", "NOX", case.table, case.weights["W"], permutations=99)
    points = found.augment()
    slope = np.polyfit(points["value"], points["lag"], 1)[0]
    assert slope == pytest.approx(found.statistic, rel=1e-9)
    texts = {t.get_text() for t in found.plot().findobj(lambda o: hasattr(o, "get_text"))}
    assert {"CMEDV, standardised", "spatial lag of NOX, standardised"} <= texts
    assert any(text.startswith("Bivariate Moran's I = -0.390") for text in texts)


def test_islands_have_no_lag_and_keep_the_moments_exact():
    W = np.zeros((6, 6))
    W[0, 1] = W[1, 0] = W[1, 2] = W[2, 1] = W[3, 0] = 1.0
    x, y = np.array([1.0, 4, 2, 8, 5, 7]), np.array([2.0, 3, 9, 1, 1, 6])
    orders = [list(p) for p in permutations(range(6))]
    L = np.array([kernel.lee(x[p], y[p], W).statistic for p in orders])
    assert L.mean() == pytest.approx(kernel.lee(x, y, W).expected, rel=1e-11)
    assert L.var() == pytest.approx(kernel.lee(x, y, W).variance, rel=1e-11)


def test_two_series_of_different_regions_are_refused(overall):
    case = overall("boston")
    x, y = case.table["CMEDV"].iloc[1:], case.table["NOX"].iloc[:-1]
    for statistic in (lee, bivariate_moran):
        with pytest.raises(IdError, match="2 regions that only one of them has") as caught:
            statistic(x, y, None, case.weights["W"], align="intersection")
        assert set(caught.value.offenders) == {case.table.index[0], case.table.index[-1]}
        with pytest.raises(ValuesError, match="vary between regions"):
            statistic("CMEDV", "k", case.table.assign(k=1.0), case.weights["W"])
        found = statistic(
            pd.Series(case.table["CMEDV"]), case.table["NOX"], None, case.weights["W"],
            permutations=99,
        )  # fmt: skip
        assert found.provenance.nobs == 506
