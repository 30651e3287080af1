"""Variety adds up exactly, agrees with worked numbers, and refuses what is no hierarchy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import IdError, InputError, ValuesError
from workbench.innovation.activity_space import variety
from workbench.numerics.networks.entropies import entropy

TABLE = pd.DataFrame({"1011": [2, 4], "1012": [2, 0], "2011": [4, 4]}, index=["a", "b"])


def test_by_hand():
    """Shares 1/4, 1/4, 1/2: 1.5 bits; groups 1/2, 1/2: 1 bit; half of the region has 1 bit."""
    found = variety(TABLE, [2]).parts
    assert found.loc["a"].tolist() == [1.5, 1.0, 0.5]
    assert found.loc["b"].tolist() == [1.0, 1.0, 0.0]
    np.testing.assert_allclose(variety(TABLE, [2]).equivalent.loc["b"], [2, 2, 1])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 50), min_size=8, max_size=8), min_size=2, max_size=4),
    st.sampled_from(["none", "miller-madow", "chao-shen"]),
)
def test_parts_add_up_to_the_total(rows, correction):
    """Between and within, weighted by the groups, as Frenken et al. write them."""
    names = ["11a", "11b", "12a", "12b", "21a", "21b", "22a", "22b"]
    table = pd.DataFrame(np.array(rows) + np.eye(len(rows), 8, dtype=int), columns=names)
    table.index = [f"r{i}" for i in range(len(table))]
    found = variety(table, [1, 2], correction=correction).parts
    pieces = found.drop(columns="total_variety").sum(axis=1)
    np.testing.assert_allclose(pieces, found["total_variety"], atol=1e-9)
    if correction != "none":
        return
    for region, row in table.iterrows():
        p = row / row.sum()
        groups = p.groupby(p.index.str[:2]).sum()
        within = 0.0
        for group, weight in groups.items():
            inner = p[p.index.str[:2] == group] / weight if weight else p * 0
            within += weight * sum(q * np.log2(1 / q) for q in inner if q > 0)
        assert found.loc[region, "related_variety"] == pytest.approx(within, abs=1e-9)
        assert (found.loc[region] >= -1e-9).all()


def test_corrected_entropies_are_those_of_infomeasure():
    """PyPI's infomeasure 0.6.3 on these counts, in natural units."""
    counts = np.array([[4, 2, 3, 0, 2, 4, 0, 0, 2, 1, 1]], dtype=float)
    assert entropy(counts)[0] == pytest.approx(1.9683824087283812, abs=1e-12)
    assert entropy(counts, "miller-madow")[0] == pytest.approx(2.152592935044171, abs=1e-12)
    assert entropy(counts, "chao-shen")[0] == pytest.approx(2.201137101279585, abs=1e-12)
    once = np.ones((1, 4))
    assert entropy(once, "chao-shen")[0] == pytest.approx(3.046482035086619, abs=1e-12)


def test_levels_may_come_as_series_table_or_prefixes():
    by_prefix = variety(TABLE, [1, 2]).parts.to_numpy()
    table = pd.DataFrame(
        {"section": ["1", "1", "2"], "division": ["10", "10", "20"]}, index=TABLE.columns
    )
    found = variety(TABLE, table.iloc[::-1])
    np.testing.assert_array_equal(found.parts.to_numpy(), by_prefix)
    assert found.parts.columns[2] == "semi-related (division)"
    one = variety(TABLE, table["division"]).parts
    np.testing.assert_array_equal(one.to_numpy(), variety(TABLE, [2]).parts.to_numpy())


def test_errors_shrink_with_counts_and_repeat():
    many, few = variety(TABLE * 400, [2], draws=99), variety(TABLE * 4, [2], draws=99)
    assert (many.std_errors.loc["a"] < few.std_errors.loc["a"]).all()
    again = variety(TABLE.iloc[::-1, ::-1] * 4, [2], draws=99)
    pd.testing.assert_frame_equal(few.std_errors, again.std_errors, check_exact=True)
    row = few.tidy().loc[("a", "total_variety")]
    assert row["conf_low"] < row["estimate"] < row["conf_high"]


@pytest.mark.slow
def test_corrections_bring_small_samples_nearer_to_the_truth():
    """Simulated: 40 draws from 20 activities of falling shares, true entropy known."""
    shares = 0.8 ** np.arange(20)
    shares = shares / shares.sum()
    truth = -(shares * np.log(shares)).sum()
    rng = np.random.default_rng(0)
    X = rng.multinomial(40, shares, size=4000).astype(float)
    bias = {c: abs(entropy(X, c).mean() - truth) for c in ("none", "miller-madow", "chao-shen")}
    assert bias["miller-madow"] < 0.7 * bias["none"]
    assert bias["chao-shen"] < 0.5 * bias["none"]


@pytest.mark.parametrize(
    ("hierarchy", "error", "words"),
    [
        (pd.Series({"1011": "10", "1012": "10"}), IdError, "2011"),
        (pd.Series({"1011": "10", "1012": None, "2011": "20"}), ValuesError, "1012"),
        (
            pd.DataFrame(
                {"a": ["x", "y", "y"], "b": ["p", "p", "q"]}, index=["1011", "1012", "2011"]
            ),
            ValuesError,
            "lie in several(.|\n)*p",
        ),
        ([4], ValuesError, "shorter"),
        ([2, 1], InputError, "increasing"),
        ("2", InputError, "hierarchy"),
        ([0, 1], InputError, "positive whole numbers"),
    ],
)
def test_what_is_no_hierarchy_is_refused(hierarchy, error, words):
    with pytest.raises(error, match=words):
        variety(TABLE, hierarchy)


def test_what_has_no_variety_is_refused():
    with pytest.raises(ValuesError, match="b"):
        variety(TABLE.mul([1, 0], axis=0), [2])
    with pytest.raises(ValuesError, match="counts"):
        variety(TABLE / 3, [2], correction="chao-shen")
    with pytest.raises(ValuesError, match="counts"):
        variety(TABLE / 3, [2], draws=99)
    with pytest.raises(InputError, match="at least 2 activities"):
        variety(TABLE[["1011"]], [2])
