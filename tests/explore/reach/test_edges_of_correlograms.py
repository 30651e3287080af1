"""Promise: lags with few regions, or at which nothing varies, are told apart and never significant.

Also that a correlogram of Geary's C speaks as :func:`workbench.explore.geary` does.
"""

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from workbench.explore import correlogram, geary

N = 8
x = pd.Series(np.random.default_rng(1).normal(size=N), name="x")
LINE = Graph.from_dicts({i: [j for j in (i - 1, i + 1) if 0 <= j < N] for i in range(N)})


@pytest.mark.parametrize("statistic", ["moran", "geary"])
def test_orders_that_link_two_regions_have_permutation_inference_only(statistic):
    found = correlogram(x, None, LINE, orders=7, statistic=statistic, permutations=99)
    assert found.table.loc[7, "linked"] == 2
    assert found.table.loc[7, ["expected", "variance", "z", "p_value", "p_holm"]].isna().all()
    assert found.table.loc[7, ["p_permutation", "p_adjusted"]].notna().all()
    # order 6 links four regions of eight: the approximate variance is negative
    assert found.table.loc[6, "variance"] < 0
    assert np.isnan(found.table.loc[6, "z"])
    assert any("without z and p_value" in note and "6, 7" in note for note in found.notes)
    assert any("approximate" in note and "7: 2 of 8" in note for note in found.notes)
    assert found.plot() is not None


@pytest.mark.parametrize("statistic", ["moran", "geary"])
@pytest.mark.parametrize("seed", range(3))
def test_where_everyone_is_linked_no_lag_is_significant(statistic, seed):
    ids = list(range(9))
    everyone = Graph.from_dicts({a: [b for b in ids if b != a] for a in ids})
    values = pd.Series(np.random.default_rng(seed).lognormal(size=9), ids, name="x")
    found = correlogram(values, None, everyone, orders=1, statistic=statistic, permutations=99)
    assert found.table.loc[1, ["p_permutation", "p_adjusted"]].tolist() == [1.0, 1.0]
    assert found.table.loc[1, ["z", "p_value"]].isna().all()


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_geary_of_order_one_is_geary(alternative):
    alone = geary(x, None, LINE, permutations=199, alternative=alternative)
    found = correlogram(
        x, None, LINE, orders=1, statistic="geary", normalize="none", permutations=199,
        alternative=alternative,
    )  # fmt: skip
    first = found.table.loc[1]
    for quantity in ("statistic", "expected", "variance", "z", "p_value", "p_permutation"):
        assert first[quantity] == pytest.approx(getattr(alone, quantity), rel=1e-12)
    assert any("C below 1" in note for note in found.notes)
