"""Promise: ties, offsets, units, islands and tiny maps give the right number or a refusal."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from scipy import sparse

from workbench import explore
from workbench.errors import InputError, ValuesError
from workbench.numerics.autocorrelation.likes import common_neighbors


def graph_of(A):
    return Graph.from_sparse(sparse.coo_array(A), ids=list(range(len(A))))


def ring(n, steps=(1, 2, 3, -1)):
    return sum(np.roll(np.eye(n), step, axis=1) for step in steps)


def series(values):
    return pd.Series(np.asarray(values, dtype=float), index=range(len(values)), name="x")


ONE = {
    "lisa": explore.lisa,
    "geary": explore.local_geary,
    "median": explore.local_median_moran,
    "LOSH": explore.losh,
}


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("unequal", [False, True])
@pytest.mark.parametrize("name", ONE)
def test_decimals_tie_whatever_is_added_to_them(name, unequal):
    """0.1, 0.2, 0.3: equal sums and the mean itself are met in many ways, rounding parts none."""
    x = series(np.arange(60) % 3) / 10 + 0.1
    A = ring(60)
    if unequal:
        A = A * np.random.default_rng(0).integers(1, 4, A.shape) / 10
    base = ONE[name](series(np.arange(60) % 3), None, graph_of(A), permutations=99).table
    for offset in (0.0, 1e3, 1e9):
        moved = ONE[name](x + offset, None, graph_of(A), permutations=99).table
        np.testing.assert_array_equal(moved["p_value"], base["p_value"])


@pytest.mark.parametrize("factor", [1e-200, 1e200])
@pytest.mark.parametrize("name", ["lisa", "geary", "G", "median"])
def test_units_do_not_matter(name, factor):
    compute = {**ONE, "G": explore.local_getis_ord}[name]
    x = series(np.random.default_rng(0).gamma(2.0, size=30))
    base = compute(x, None, graph_of(ring(30)), permutations=99).table
    scaled = compute(x * factor, None, graph_of(ring(30)), permutations=99).table
    np.testing.assert_array_equal(scaled["p_value"], base["p_value"])
    np.testing.assert_allclose(scaled["z"], base["z"], rtol=1e-9)


@pytest.mark.parametrize("inference", ["conditional", "total"])
def test_what_cannot_vary_is_no_discovery(inference):
    """All others are neighbours; and a value at the mean times anything is zero."""
    n = 12
    x = series(np.random.default_rng(0).gamma(2.0, size=n))
    complete = graph_of((np.ones((n, n)) - np.eye(n)) / (n - 1))
    found = explore.local_getis_ord(x, None, complete, star=True, inference=inference)
    assert (found.table["p_value"] == 1.0).all()
    assert not found.flagged.any()
    found = explore.lisa(series(np.arange(12) % 3), None, graph_of(ring(12)), inference=inference)
    assert found.table["p_value"].notna().all()
    middle = found.table["value"] == 0.0
    if inference == "conditional":
        assert (found.table.loc[middle, "p_value"] == 1.0).all()


def test_a_value_at_the_mean_has_no_joint_p_either():
    x = series(np.r_[0.0, np.full(5, 10.0), np.full(5, -10.0), np.zeros(14)])
    A = ring(25)
    A[0] = 0.0
    A[0, 1:6] = 1.0  # all five high ones around a region at the mean
    found = explore.lisa(
        x, None, graph_of(A), alpha=0.05, correction="max-t", permutations=99
    )  # fmt: skip
    assert found.table.loc[0, ["p_value", "p_adjusted"]].tolist() == [1.0, 1.0]


def test_a_hot_spot_by_total_moments_is_not_called_cold():
    """Own value far above, neighbours a little below the mean of the others: G* is large."""
    x = series(np.r_[500.0, np.linspace(4.0, 6.0, 35)])
    A = ring(36, (1, -1))
    x.loc[[1, 35]] = 4.5
    found = explore.local_getis_ord(
        x, None, graph_of(A), star=True, inference="total", alpha=0.2
    ).table.loc[0]
    assert found["z"] > 2
    assert found["cluster"] == "hot spot"


def test_a_share_of_nothing_is_not_tested():
    x = series(np.r_[5.0, np.zeros(11)])
    found = explore.local_getis_ord(x, None, graph_of(ring(12)), permutations=99)
    assert found.table.loc[0, "cluster"] == "not tested"
    assert np.isnan(found.table.loc[0, "p_value"])
    assert found.table.loc[1:, "p_value"].notna().all()
    assert any("whole total" in note for note in found.notes)
    with pytest.raises(InputError, match='"permutation" or "conditional"'):
        explore.local_getis_ord(x, None, graph_of(ring(12)), inference="total")


def test_islands_lend_no_deviation_to_others():
    """LOSH with islands has the p-values of the map without them, samples apart."""
    x = series(np.random.default_rng(1).gamma(2.0, size=12))
    A = np.zeros((30, 30))
    A[:12, :12] = ring(12)
    padded = series(np.r_[x, np.linspace(0.0, 9.0, 18)])
    alone = explore.losh(x, None, graph_of(ring(12)), permutations=9999).table
    graph = Graph.from_arrays(
        np.r_[np.nonzero(A)[0], np.arange(12, 30)],
        np.r_[np.nonzero(A)[1], np.arange(12, 30)],
        np.r_[np.ones(48), np.zeros(18)],
    )
    among = explore.losh(padded, None, graph, permutations=9999).table
    np.testing.assert_allclose(among["z"][:12], alone["z"], rtol=1e-9)
    # 9,999 draws each: five standard errors of the difference of two doubled shares
    np.testing.assert_allclose(among["p_value"][:12], alone["p_value"], atol=0.07)
    assert (among["cluster"][12:] == "isolated").all()
    joint = explore.losh(
        padded, None, graph, permutations=99, alpha=0.05, correction="max-t"
    ).table  # fmt: skip
    assert joint["p_adjusted"].notna().sum() == 12


def test_a_map_without_local_deviations_is_refused():
    checker = series(np.r_[1.0, 1.0, 1.0, 5.0, 5.0, 5.0])
    A = np.kron(np.eye(2), np.ones((3, 3))) - np.eye(6)
    with pytest.raises(ValuesError, match="deviate from the mean of their neighbours"):
        explore.losh(checker, None, graph_of(A))


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(("n", "k"), [(56, 11), (91, 10), (25, 5), (7, 3)])
def test_a_value_on_a_cut_belongs_below_it(n, k):
    exact = [Fraction(j * (n - 1), k) for j in range(1, k)]
    for quantile in range(1, k + 1):
        found = explore.quantile_lisa(
            series(range(n)), None, graph_of(ring(n)), quantile=quantile, k=k
        )
        place = [1 + sum(cut < i for cut in exact) for i in range(n)]
        assert found.table["value"].tolist() == [float(p == quantile) for p in place]
        assert not any("ties" in note for note in found.notes)


def test_uneven_quantiles_are_pointed_out():
    x = series(np.r_[np.zeros(15), np.arange(1.0, 11.0)])
    found = explore.quantile_lisa(x, None, graph_of(ring(25)), quantile=1)
    assert "ties put 15 of 25 regions into quantile 1 of 5 of x" in found.notes


@pytest.mark.parametrize("kind", ["continuous", "ties", "twins"])
def test_likes_are_those_of_all_distances(kind):
    n, rng = 80, np.random.default_rng(4)
    points = {
        "continuous": rng.standard_normal((n, 3)),
        "ties": rng.integers(0, 3, (n, 2)) * 1.0,
        "twins": np.zeros((n, 1)),
    }[kind]
    A = np.triu(rng.random((n, n)) < 0.1, 1)
    A = (A + A.T) * 1.0
    common, nearest = common_neighbors(points, sparse.csr_array(A), slack=1e-9)
    apart = np.round(np.linalg.norm(points[:, None] - points[None], axis=2), 9)
    np.fill_diagonal(apart, np.inf)
    np.testing.assert_allclose(nearest, apart.min(axis=1), atol=1e-8)
    for i in range(n):
        k = int(A[i].sum())
        likes = np.lexsort((np.arange(n), apart[i]))[:k]
        assert common[i] == A[i, likes].sum()


def test_decimals_do_not_decide_who_is_alike():
    """Steps of 0.1 are equally far from both sides, though not to the last bit."""
    x = pd.DataFrame({"x": np.arange(20) * 0.1, "y": 1e6 + np.arange(20) * 0.3})
    whole = pd.DataFrame({"x": np.arange(20.0), "y": np.arange(20.0)})
    graph = graph_of(ring(20, (1, -1, 2)))
    for columns in (["x"], ["x", "y"]):
        one = explore.neighbor_match(columns, x, graph).table["statistic"]
        two = explore.neighbor_match(columns, whole, graph).table["statistic"]
        np.testing.assert_array_equal(one, two)


def test_two_regions_are_refused_and_three_are_served():
    x = series([1.0, 2.0, 4.0])
    chain = np.diag(np.ones(2), 1) + np.diag(np.ones(2), -1)
    for compute in (*ONE.values(), explore.local_getis_ord):
        assert compute(x, None, graph_of(chain), permutations=99).table["p_value"].notna().all()
        with pytest.raises(ValuesError, match="at least 3 regions"):
            compute(x[:2], None, graph_of(chain[:2, :2]))
    assert explore.neighbor_match([x], None, graph_of(chain)).table["p_value"].notna().all()


def test_a_map_of_islands_is_told_apart():
    graph = Graph.from_arrays(np.arange(5), np.arange(5), np.zeros(5))
    for name in ("lisa", "geary", "median"):
        found = ONE[name](series(range(5)), None, graph, permutations=99)
        assert (found.table["cluster"] == "isolated").all()
        assert any("no region could be tested" in note for note in found.notes)


def test_a_heading_tells_a_one_sided_test():
    x = series(np.random.default_rng(0).random(20))
    both = explore.local_geary(x, None, graph_of(ring(20)), permutations=99)
    one = explore.local_geary(x, None, graph_of(ring(20)), permutations=99, alternative="less")
    assert "one-sided" not in both.heading
    assert "one-sided: less" in one.heading


def test_a_result_is_not_judged_by_its_own_permutations():
    x = series(np.random.default_rng(0).random(30))
    base = explore.lisa(x, None, graph_of(ring(30)), permutations=19, seed=2, alpha=0.4)
    seeds = []
    watched = replace(base, again=lambda W, seed: seeds.append(seed) or base.again(W, seed))
    watched.stability(by="seed", draws=3)
    assert seeds == [1, 3, 4]


@pytest.fixture
def beside_a_giant():
    """A ring of 400, one value of 10,000: region 50's neighbours are the highest of all others.

    Two neighbours draw the giant 2 times in 399, else anything up to 3: that pair of threes is
    at the upper end (p about 1 % doubled), far below a mean that the giant makes.
    """
    x = series(np.random.default_rng(0).uniform(1.0, 2.0, 400))
    x[300] = 1e4
    x[[49, 51]] = 3.0
    return x, graph_of(ring(400, (1, -1)))


def test_hot_is_what_few_draws_exceed_not_what_exceeds_the_mean(beside_a_giant):
    x, graph = beside_a_giant
    spots = explore.local_getis_ord(x, None, graph, permutations=9999, alpha=0.05).table.loc[50]
    assert spots["statistic"] < spots["expected"]
    assert spots["cluster"] == "hot spot"
    flat = x.copy()
    flat[50] = 1.5
    unlike = explore.local_geary(flat, None, graph, permutations=9999, alpha=0.05).table.loc[50]
    assert unlike["cluster"] == "dissimilar"


def test_a_quadrant_that_its_tail_contradicts_is_pointed_out(beside_a_giant):
    x, graph = beside_a_giant
    found = explore.lisa(x, None, graph, permutations=9999, alpha=0.05)
    assert found.table.loc[50, "cluster"] == "Low-Low"
    assert any("other side of what chance gives" in note and "50" in note for note in found.notes)
    plain = explore.lisa(np.log(x), None, graph, permutations=9999)
    assert not any("other side" in note for note in plain.notes)
