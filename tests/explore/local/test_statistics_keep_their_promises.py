"""Promise: every local statistic is honest under noise, row order, threads, islands, bad input."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench import explore
from workbench.errors import IdError, InputError, ValuesError

CONTINUOUS = {
    "lisa": lambda t, W, **o: explore.lisa("x", t, W, **o),
    "bivariate": lambda t, W, **o: explore.local_bivariate_moran("x", "y", t, W, **o),
    "differential": lambda t, W, **o: explore.local_differential_moran("x", "y", t, W, **o),
    "geary": lambda t, W, **o: explore.local_geary("x", t, W, **o),
    "multivariate geary": lambda t, W, **o: explore.local_multivariate_geary(["x", "y"], t, W, **o),
    "G": lambda t, W, **o: explore.local_getis_ord("x", t, W, **o),
    "G*": lambda t, W, **o: explore.local_getis_ord("x", t, W, star=True, **o),
    "median": lambda t, W, **o: explore.local_median_moran("x", t, W, **o),
    "LOSH": lambda t, W, **o: explore.losh("x", t, W, **o),
}
EVENTS = {
    "join counts": lambda t, W, **o: explore.local_join_counts("a", t, W, **o),
    "bivariate join counts": lambda t, W, **o: explore.local_bivariate_join_counts(
        "a", "b", t, W, **o
    ),
    "co-location": lambda t, W, **o: explore.local_colocation(["a", "b"], t, W, **o),
    "quantile": lambda t, W, **o: explore.quantile_lisa("x", t, W, quantile=5, **o),
}


def noise(ids, seed=0):
    rng = np.random.default_rng(seed)
    n = len(ids)
    draws = {"x": rng.gamma(2.0, size=n), "y": rng.gamma(2.0, size=n)}
    events = {"a": rng.random(n) < 0.5, "b": rng.random(n) < 0.6}
    return pd.DataFrame({**draws, **events}, index=ids)


@pytest.fixture(scope="module")
def graph(lattice):
    return lattice(10)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", [*CONTINUOUS, *EVENTS])
def test_order_of_rows_does_not_matter(graph, name):
    table = noise(graph.unique_ids)
    options = {"permutations": 199} if name in CONTINUOUS else {}
    compute = {**CONTINUOUS, **EVENTS}[name]
    one = compute(table, graph, **options)
    two = compute(table.sample(frac=1, random_state=3), graph, **options)
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)


# LOSH rests on deviations that neighbours share, so that permuting them cannot be exact: its
# rate is known to be above nominal (Xu, Mei and Yan 2014) and is tested by itself below.
@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", [k for k in CONTINUOUS if k != "LOSH"])
def test_noise_is_rejected_at_the_nominal_rate(graph, name):
    """15 maps of 100 regions, skewed: a share of 5 % of correlated tests, known to 0.9 points."""
    rates = [
        (
            CONTINUOUS[name](noise(graph.unique_ids, seed), graph, permutations=199, alpha=0.05)
            .table["p_value"]
            .le(0.05)
            .mean()
        )
        for seed in range(15)
    ]
    assert np.mean(rates) == pytest.approx(0.05, abs=0.025)


@pytest.mark.parametrize("name", EVENTS)
def test_exact_p_values_of_join_counts_are_valid_and_agree_with_permutation(graph, name):
    table = noise(graph.unique_ids)
    exact = EVENTS[name](table, graph).table
    drawn = EVENTS[name](table, graph, inference="permutation", permutations=9999).table
    tested = exact["p_value"].notna()
    assert tested.sum() > 5
    p = exact.loc[tested, "p_value"]
    # 9,999 draws of a hypergeometric law: five standard errors, and the observed one counts
    assert (np.abs(drawn.loc[tested, "p_value"] - p) < 5 * np.sqrt(p * (1 - p) / 9999) + 2e-4).all()
    assert (drawn["p_value"].isna() == ~tested).all()


def test_joins_are_counted_whatever_the_weights(graph):
    table = noise(graph.unique_ids)
    binary = explore.local_join_counts("a", table, graph).table
    row = explore.local_join_counts("a", table, wb.weights.as_weights(graph).normalize("row")).table
    pd.testing.assert_frame_equal(binary, row)


@pytest.mark.quick_cases(4)
@pytest.mark.parametrize("name", [*CONTINUOUS, *EVENTS])
def test_islands_are_isolated_and_untested(explored, name):
    case = explored("ncsids_islands")
    table = noise(case.table.index)
    options = {"permutations": 99} if name in CONTINUOUS else {}
    found = {**CONTINUOUS, **EVENTS}[name](table, case.graphs["W"], **options)
    alone = found.table["cluster"] == "isolated"
    assert alone.sum() == 2
    assert found.table.loc[alone, ["p_value", "p_adjusted", "statistic", "z"]].isna().all(axis=None)
    assert any("without neighbours" in note for note in found.notes)


@pytest.mark.quick_cases(4)
@pytest.mark.parametrize("name", CONTINUOUS)
def test_missing_infinite_text_and_unknown_ids_are_refused_by_name(graph, name):
    table = noise(graph.unique_ids)
    victim = table.index[17]
    for bad in (np.nan, np.inf):
        broken = table.copy()
        broken.loc[victim, "x"] = bad
        with pytest.raises(ValuesError, match=str(victim)):
            CONTINUOUS[name](broken, graph)
    with pytest.raises(ValuesError, match="numbers"):
        CONTINUOUS[name](table.assign(x="high"), graph)
    with pytest.raises(ValuesError, match="vary"):
        CONTINUOUS[name](table.assign(x=1.0, y=1.0), graph)
    with pytest.raises(IdError, match=str(victim)):
        CONTINUOUS[name](table.drop(index=victim), graph)


def test_values_outside_a_statistics_domain_are_refused_with_their_ids(graph):
    table = noise(graph.unique_ids)
    victim = table.index[3]
    table.loc[victim, "x"] = -1.0
    with pytest.raises(ValuesError, match=str(victim)):
        explore.local_getis_ord("x", table, graph)
    with pytest.raises(ValuesError, match="0 or 1"):
        explore.local_join_counts("y", table, graph)
    with pytest.raises(ValuesError, match="vary"):
        explore.local_join_counts("a", table.assign(a=True), graph)
    with pytest.raises(InputError, match="at least two"):
        explore.local_multivariate_geary(["x"], table, graph)
    with pytest.raises(InputError, match="quantile"):
        explore.quantile_lisa("x", table, graph, quantile=6)
    with pytest.raises(ValuesError, match="ties"):
        explore.quantile_lisa("x", table.assign(x=np.arange(100) < 95), graph, quantile=3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fdr": 0.05, "alpha": 0.05}, "either fdr or alpha"),
        ({"fdr": 1.5}, "between 0 and 1"),
        ({"alpha": True}, "between 0 and 1"),
        ({"fdr": 0.05, "correction": "bonferroni"}, "benjamini-yekutieli"),
        ({"alpha": 0.05, "correction": "benjamini-hochberg"}, "bonferroni"),
        ({"correction": "holm"}, "one of"),
        ({"permutations": 3}, "at least 19"),
        ({"permutations": True}, "at least 19"),
        ({"seed": -1}, "seed"),
        ({"alternative": "both"}, "two-sided"),
        ({"inference": "conditional", "stop_after": 20}, "permutations can reach"),
        ({"stop_after": 0}, "at least 1"),
        ({"alpha": 0.05, "correction": "max-t", "inference": "total"}, "closed form"),
        ({"inference": "bootstrap"}, "one of"),
    ],
)
def test_choices_that_cannot_be_meant_are_refused(graph, options, message):
    with pytest.raises(InputError, match=message):
        explore.lisa("x", noise(graph.unique_ids), graph, **options)


def test_corrections_are_those_of_scipy_and_of_the_definition(graph):
    from scipy.stats import false_discovery_control

    table = noise(graph.unique_ids)
    call = {"permutations": 999, "seed": 2}
    by = explore.lisa("x", table, graph, fdr=0.1, correction="benjamini-yekutieli", **call).table
    np.testing.assert_allclose(
        by["p_adjusted"], false_discovery_control(by["p_value"], method="by")
    )
    bonferroni = explore.lisa("x", table, graph, alpha=0.1, correction="bonferroni", **call).table
    np.testing.assert_allclose(bonferroni["p_adjusted"], np.minimum(1, bonferroni["p_value"] * 100))
    joint = explore.lisa("x", table, graph, alpha=0.1, correction="max-t", **call).table
    # the maximum over dependent regions is never above what any dependence would allow
    assert (joint["p_adjusted"] >= joint["p_value"] / 2 - 0.02).all()


def test_permutations_are_chosen_so_that_one_region_can_be_flagged(graph):
    table = noise(graph.unique_ids)
    assert explore.lisa("x", table, graph).permutations == 9_999
    assert explore.lisa("x", table, graph, fdr=0.01).permutations == 99_999
    found = explore.lisa("x", table, graph, fdr=0.01, permutations=999)
    assert any("needs R >= 19999" in note for note in found.notes)


@pytest.mark.slow
def test_threads_do_not_change_a_bit():
    """The whole call under 1 and 4 threads, each in a process of its own."""
    script = (
        "import numpy as np, pandas as pd, libpysal\n"
        "from workbench import explore\n"
        "W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(80, 80, rook=False))\n"
        "x = pd.Series(np.random.default_rng(0).gamma(2, size=6400), name='x')\n"
        "a = explore.lisa(x, None, W, permutations=99).table\n"
        "b = explore.local_geary(x, None, W, permutations=49).table\n"
        "m = explore.moran(x, None, W, permutations=199)\n"
        "print(pd.util.hash_pandas_object(pd.concat([a, b])).sum(), m.simulated.sum().hex())\n"
    )
    said = set()
    for threads in ("1", "4"):
        run = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", script],
            env={**os.environ, "WORKBENCH_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        )
        said.add(run.stdout)
    assert len(said) == 1


def test_early_stopping_decides_alike(explored):
    case = explored("boston")
    whole = explore.lisa("CMEDV", case.table, case.graphs["W"], permutations=9999, alpha=0.05)
    early = explore.lisa(
        "CMEDV", case.table, case.graphs["W"], permutations=9999, alpha=0.05, stop_after=50
    )
    assert (whole.table["cluster"] == early.table["cluster"]).mean() > 0.97
    small = whole.table["p_value"] < 0.005
    pd.testing.assert_series_equal(
        whole.table.loc[small, "p_value"], early.table.loc[small, "p_value"]
    )


def test_clusters_are_connected_and_cores_have_their_neighbours(explored):
    case = explored("boston")
    found = explore.lisa("CMEDV", case.table, case.graphs["W"], permutations=9999)
    clusters = found.clusters
    assert clusters["members"].sum() == found.flagged.sum()
    assert (clusters["with_neighbors"] >= clusters["members"]).all()
    assert clusters["members"].is_monotonic_decreasing
    from scipy.sparse.csgraph import connected_components

    W = wb.weights.as_weights(case.graphs["W"])
    for members in clusters["regions"]:
        at = W.ids.get_indexer(members)
        assert connected_components(W.sparse[at][:, at])[0] == 1
    parts = found.cores["part"]
    core = parts.index[parts == "core"]
    assert set(core) == set(found.flagged.index[found.flagged])
    touched = W.ids[W.sparse[W.ids.get_indexer(core)].indices]
    assert set(parts.index[parts == "neighbor"]) == set(touched) - set(core)


def test_stability_counts_labels_of_repeated_runs(explored):
    case = explored("usa48")
    base = explore.lisa("price.1960", case.table, case.graphs["W"], permutations=499, alpha=0.05)
    same = explore.stability(base, {"itself": case.graphs["W"]}, seed=0)
    assert (same.table["share"] == 1).all()
    other = explore.stability(base, {"W": case.graphs["W"], "B": case.graphs["B"]})
    by_hand = explore.lisa(
        "price.1960", case.table, case.graphs["B"], permutations=499, alpha=0.05
    ).table["cluster"]
    expected = (1 + (by_hand == base.table["cluster"])) / 2
    np.testing.assert_allclose(other.table["share"], expected)
    seeds = base.stability(by="seed", draws=12)
    assert seeds.draws == 12
    assert seeds.table["share"].between(0, 1).all()
    thinned = base.stability(by="thinned", draws=9, share=0.2, seed=4)
    pd.testing.assert_frame_equal(
        thinned.table, base.stability(by="thinned", draws=9, share=0.2, seed=4).table
    )
    shares = thinned.table.drop(columns=["cluster", "share"])
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    region = thinned.table.index[0]
    assert thinned.sentence(region).endswith("of 9 draws (20% of the links dropped)")


def test_stability_refuses_what_cannot_vary(explored):
    case = explored("usa48")
    analytic = explore.lisa("price.1960", case.table, case.graphs["W"], inference="total")
    with pytest.raises(InputError, match="every seed gives the same"):
        analytic.stability(by="seed")
    with pytest.raises(InputError, match="at least one Weights"):
        explore.stability(analytic, {})
    with pytest.raises(InputError, match="one of"):
        analytic.stability(by="jackknife")


def test_neighbours_that_match_are_counted(graph):
    """Coordinates as variables: the nearest in data are the nearest on the map."""
    ids = sorted(graph.unique_ids)
    table = pd.DataFrame(
        {"row": [int(i[1:3]) for i in ids], "column": [int(i[3:]) for i in ids]}, index=ids
    )
    found = explore.neighbor_match(["row", "column"], table, graph).table
    inner = found["lag"] == 8
    assert (found.loc[inner, "statistic"] == 8).all()
    from scipy.stats import hypergeom

    assert found.loc[inner, "p_value"].iloc[0] == pytest.approx(hypergeom(99, 8, 8).pmf(8))
