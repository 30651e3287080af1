"""Promise: local statistics and their moments are spdep's to 1e-10, its p-values within noise."""

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench import explore


def equal(found, stored, *, rtol=1e-10):
    """Islands have no statistic here; spdep writes 0 or NaN for them."""
    both = found.notna().to_numpy()
    assert both.sum() > 40
    np.testing.assert_allclose(
        found.to_numpy()[both], stored.to_numpy()[both], rtol=rtol, atol=1e-13
    )


@pytest.mark.quick_cases(2)
def test_local_moran_and_its_moments(spdep):
    x, graph, stored = spdep
    conditional = wb.lisa(x, None, graph, inference="conditional").table
    equal(conditional["statistic"], stored["I"])
    equal(conditional["expected"], stored["E_cond"])
    equal(conditional["variance"], stored["Var_cond"])
    permuted = wb.lisa(x, None, graph, permutations=99).table
    equal(permuted["expected"], stored["E_cond"])
    total = wb.lisa(x, None, graph, inference="total").table
    equal(total["expected"], stored["E_tot"])
    equal(total["variance"], stored["Var_tot"])
    equal(total["p_value"], stored["p_tot"])


@pytest.mark.quick_cases(2)
def test_local_g(spdep):
    x, graph, stored = spdep
    found = explore.local_getis_ord(x, None, graph, inference="conditional").table
    equal(found["statistic"], stored["G"])
    equal(found["expected"], stored["G_E"])
    equal(found["variance"], stored["G_Var"])


@pytest.mark.quick_cases(2)
def test_local_g_star(spdep):
    x, graph, stored = spdep
    found = explore.local_getis_ord(x, None, own_rows(graph), star=True, inference="total").table
    equal(found["statistic"], stored["Gstar"])
    equal(found["expected"], stored["Gstar_E"])
    equal(found["variance"], stored["Gstar_Var"])


def own_rows(graph):
    """spdep's include.self gives every row weights 1/(k + 1); from 0/1 links, as built."""
    binary = wb.weights.as_weights(graph).normalize("binary")
    sums = graph.sparse.sum(axis=1)
    linked = np.asarray(sums).ravel() > 0
    if not np.allclose(np.asarray(sums).ravel()[linked], 1.0):
        return binary
    return wb.weights.from_matrix(
        binary.sparse, ids=list(binary.ids), normalize="row", islands="keep"
    )


@pytest.mark.quick_cases(2)
def test_local_geary(spdep):
    x, graph, stored = spdep
    found = explore.local_geary(x, None, graph, permutations=9999).table
    equal(found["statistic"], stored["C"])
    # spdep draws neighbours with replacement: its variance is (n - 2)/(n - 1 - k) of ours
    n, k = len(x), np.diff(wb.weights.as_weights(graph).sparse.indptr)
    finite = (n - 1 - k) / (n - 2)
    known = found["p_value"].notna() & (stored["C_perm_variance"] > 0)
    ratio = (found["variance"] / (stored["C_perm_variance"] * finite))[known]
    assert np.median(ratio) == pytest.approx(1.0, abs=0.01)
    away = stored["C_p_folded"].between(0.001, 0.45) & known
    folded, p = (found["p_value"] / 2)[away], stored["C_p_folded"][away]
    if n > 400:  # below, the difference between the two ways of drawing shows in p
        # both shares of 9,999 draws: five standard errors of the difference
        assert (np.abs(folded - p) < 5 * np.sqrt(2 * p * (1 - p) / 9999)).all()
    # spdep's simulated mean is known to a hundredth of a deviation
    deviation = np.sqrt(found["variance"])[away]
    assert (np.abs(found["expected"][away] - stored["C_perm_mean"][away]) < 0.05 * deviation).all()


@pytest.mark.quick_cases(2)
def test_losh(spdep):
    x, graph, stored = spdep
    if stored["H"].isna().all():
        pytest.skip("spdep's LOSH is not stored for weights with islands")
    found = explore.losh(x, None, graph, inference="total", alternative="greater").table
    equal(found["statistic"], stored["H"])
    equal(found["variance"], stored["H_Var"])
    equal(found["p_value"], stored["H_p"])


def test_multivariate_geary(boston):
    table, graph, stored = boston
    found = explore.local_multivariate_geary(["CMEDV", "NOX", "RM"], table, graph, permutations=99)
    equal(found.table["statistic"], stored["C_multi"])


def test_bivariate_moran(boston):
    table, graph, stored = boston
    found = explore.local_bivariate_moran("CMEDV", "NOX", table, graph, permutations=9999).table
    # spdep was given variables scaled with divisor n - 1 twice: (n - 1)/n of ours
    equal(found["statistic"] * 505 / 506, stored["I_bv"])
    deviation = np.sqrt(found["variance"])
    # spdep drew 999: its mean is known to 3 % of a deviation
    assert (np.abs(found["expected"] - stored["I_bv_perm_mean"]) < 0.16 * deviation + 1e-9).all()
    away = stored["I_bv_p_folded"].between(0.01, 0.4)
    folded, p = (found["p_value"] / 2)[away], stored["I_bv_p_folded"][away]
    assert (np.abs(folded - p) < 5 * np.sqrt(p * (1 - p) / 999)).all()


def test_colocation_join_counts(boston):
    table, graph, stored = boston
    events = pd.DataFrame(
        {name: table[name] > table[name].median() for name in ("CMEDV", "NOX")}, table.index
    )
    found = explore.local_colocation(["CMEDV", "NOX"], events, graph).table
    np.testing.assert_array_equal(found["statistic"], stored["JC"])
    tested = found["p_value"].notna() & stored["JC_p"].notna() & (stored["JC"] > 0)
    assert tested.sum() > 40
    p, drawn = found["p_value"][tested], stored["JC_p"][tested]
    # spdep draws 999 samples from all regions, ours is the exact law without the region itself
    assert (np.abs(p - drawn) < 5 * np.sqrt(p * (1 - p) / 999) + 0.005).all()


@pytest.mark.parametrize(
    "statistic", ["local_geary", "local_getis_ord", "losh", "local_median_moran"]
)
def test_tables_have_one_vocabulary(boston, statistic):
    table, graph, _ = boston
    found = getattr(explore, statistic)("CMEDV", table, graph, permutations=99, alpha=0.05)
    columns = "value lag statistic expected variance z p_value p_adjusted cluster"
    assert " ".join(found.table.columns) == columns
    assert found.counts.sum() == len(table)
    assert list(found.counts.index) == list(found.classes)
    assert found.glance()["permutations"].item() == 99
