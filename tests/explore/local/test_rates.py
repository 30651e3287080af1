"""Promise: local Moran of rates is that of Assunção and Reis, and non-counts are refused."""

import numpy as np
import pandas as pd
import pytest

from workbench import explore
from workbench.errors import InputError, ValuesError


@pytest.fixture
def ncsids(explored):
    case = explored("ncsids")
    return case.table, case.graphs["W"]


def standardised(events, population):
    """Equations 7 to 9 of Assunção and Reis (1999), written out."""
    p, b = events / population, events.sum() / population.sum()
    a = (population * (p - b) ** 2).sum() / population.sum() - b / population.mean()
    v = a + b / population
    return (p - b) / np.sqrt(np.where(v > 0, v, b / population))


def test_statistics_are_local_moran_of_standardised_rates(ncsids):
    table, graph = ncsids
    found = explore.local_moran_rates("SID74", "BIR74", table, graph, permutations=999)
    ids = found.table.index
    y = standardised(table.loc[ids, "SID74"], table.loc[ids, "BIR74"])
    z = ((y - y.mean()) / y.std(ddof=0)).to_numpy()
    W = graph.sparse.toarray()
    order = [list(graph.unique_ids).index(i) for i in ids]
    W = W[np.ix_(order, order)]
    np.testing.assert_allclose(found.table["statistic"], z * (W @ z), rtol=1e-9, atol=1e-12)
    same = explore.lisa(y.rename("y"), None, graph, permutations=999)
    np.testing.assert_array_equal(found.table["p_value"], same.table["p_value"])
    assert found.table["cluster"].tolist() == same.table["cluster"].tolist()
    assert found.provenance.options["population"] == "BIR74"
    assert found.heading.startswith("Empirical Bayes local Moran's I of SID74 / BIR74")


def test_rates_of_equal_populations_are_plain_rates(ncsids):
    table, graph = ncsids
    table = table.assign(one=1000.0)
    rates = explore.local_moran_rates("SID74", "one", table, graph, permutations=199)
    plain = explore.lisa("SID74", table, graph, permutations=199)
    np.testing.assert_allclose(rates.table["statistic"], plain.table["statistic"], rtol=1e-9)
    np.testing.assert_array_equal(rates.table["p_value"], plain.table["p_value"])


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("inference", ["conditional", "total", "exact", "saddlepoint"])
def test_analytic_words_are_those_of_lisa(ncsids, inference):
    table, graph = ncsids
    y = standardised(table["SID74"], table["BIR74"]).rename("y")
    rates = explore.local_moran_rates("SID74", "BIR74", table, graph, inference=inference)
    plain = explore.lisa(y, None, graph, inference=inference)
    np.testing.assert_allclose(rates.table["p_value"], plain.table["p_value"], rtol=1e-9)


@pytest.mark.slow
def test_noise_of_unequal_populations_is_rejected_at_the_nominal_rate(lattice):
    """Poisson counts of one rate, populations over three orders: 15 maps of 100 regions."""
    graph = lattice(10)
    ids = sorted(graph.unique_ids)
    rng = np.random.default_rng(5)
    rates = []
    for _ in range(15):
        population = np.round(10 ** rng.uniform(3, 6, 100))
        table = pd.DataFrame({"e": rng.poisson(0.002 * population), "p": population}, index=ids)
        found = explore.local_moran_rates("e", "p", table, graph, permutations=199, alpha=0.05)
        rates.append(found.table["p_value"].le(0.05).mean())
    assert np.mean(rates) == pytest.approx(0.05, abs=0.025)


def test_what_are_no_counts_or_no_population_is_refused_by_name(ncsids):
    table, graph = ncsids
    victim = table.index[7]
    for value, column, text in [
        (0.0, "BIR74", "positive population"),
        (-1.0, "SID74", "whole and not negative"),
        (2.5, "SID74", "whole and not negative"),
        (np.nan, "SID74", "missing"),
    ]:
        broken = table.astype({column: float})
        broken.loc[victim, column] = value
        with pytest.raises(ValuesError, match=text) as caught:
            explore.local_moran_rates("SID74", "BIR74", broken, graph)
        assert str(victim) in str(caught.value)
    with pytest.raises(ValuesError, match="vary"):
        explore.local_moran_rates("BIR74", "BIR74", table, graph)


def test_rows_islands_and_stability(explored):
    case = explored("ncsids_islands")
    call = {"permutations": 199, "alpha": 0.05}
    one = explore.local_moran_rates("SID74", "BIR74", case.table, case.graphs["B"], **call)
    mixed = case.table.sample(frac=1, random_state=1)
    two = explore.local_moran_rates("SID74", "BIR74", mixed, case.graphs["B"], **call)
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)
    assert one.counts["isolated"] == 2
    again = one.stability(by="seed", draws=3)
    assert again.table["share"].between(0, 1).all()


WORDS = {
    "bivariate": (lambda t, W, **o: explore.local_bivariate_moran("x", "y", t, W, **o), 1),
    "geary": (lambda t, W, **o: explore.local_geary("x", t, W, **o), -1),
    "many": (lambda t, W, **o: explore.local_multivariate_geary(["x", "y"], t, W, **o), -1),
    "differential": (lambda t, W, **o: explore.local_differential_moran("x", "y", t, W, **o), 1),
}


@pytest.mark.parametrize("name", WORDS)
def test_conditional_moments_are_offered_and_turned_towards_association(lattice, name):
    from scipy.stats import norm

    compute, toward = WORDS[name]
    graph = lattice(8)
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.gamma(2.0, size=(64, 2)), sorted(graph.unique_ids), ["x", "y"])
    drawn = compute(table, graph, permutations=9999).table
    for alternative, side in (("greater", toward), ("less", -toward)):
        found = compute(table, graph, inference="conditional", alternative=alternative).table
        np.testing.assert_allclose(found["z"], drawn["z"], rtol=1e-9)
        np.testing.assert_allclose(found["p_value"], norm.sf(side * found["z"]), rtol=1e-9)


def test_words_without_a_law_are_refused_with_those_there_are(lattice):
    graph = lattice(5)
    table = pd.DataFrame({"x": range(25), "y": range(25, 0, -1)}, sorted(graph.unique_ids))
    for name, word in (("geary", "exact"), ("bivariate", "total"), ("many", "saddlepoint")):
        with pytest.raises(InputError, match='"permutation" or "conditional"'):
            WORDS[name][0](table, graph, inference=word)
