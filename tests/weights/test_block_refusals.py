"""Blocks hold for any kind of group and order of rows; regions without company are named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import workbench as wb
from workbench.errors import IdError, InputError, ValuesError, WeightsError
from workbench.weights import as_weights

GROUPS = pd.Series(list("nsnsnee"), index=list("gfedcba"), name="district")


def refusal(error, groups, **options):
    with pytest.raises(error) as caught:
        wb.weights.block(groups, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    "kind", [lambda g: g, lambda g: g.astype("category"), lambda g: g.map(ord), lambda g: g == "n"]
)
def test_links_are_those_of_equal_groups(kind):
    groups = kind(GROUPS)
    ordered = groups.sort_index().to_numpy(dtype=object)
    expected = (ordered[:, None] == ordered) & ~np.eye(7, dtype=bool)
    W = wb.weights.block(groups, normalize="none")
    np.testing.assert_array_equal(W.sparse.toarray(), expected.astype(float))
    for seed in range(3):
        again = wb.weights.block(groups.sample(frac=1, random_state=seed), normalize="none")
        assert again.digest == W.digest


def test_districts_of_russia_equal_libpysal():
    districts = wb.load("russia-regions")["federal_district"]
    W = wb.weights.block(districts, normalize="none")
    assert W.digest == as_weights(Graph.build_block_contiguity(districts)).digest
    size = districts.map(districts.value_counts())
    assert W.cardinalities.to_dict() == (size - 1).to_dict()
    assert W.components.nunique() == districts.nunique()
    assert "federal_district" in str(W.card())


def test_empty_categories_are_no_groups():
    groups = GROUPS.astype(pd.CategoricalDtype([*"nsex"]))
    assert wb.weights.block(groups).digest == wb.weights.block(GROUPS).digest


def test_regions_without_group_or_company_are_named():
    alone = refusal(WeightsError, GROUPS.replace({"e": "w"}).mask(GROUPS.index == "a", "x"))
    assert "a (x), b (w)" in alone
    assert 'islands="drop"' in alone
    missing = refusal(ValuesError, GROUPS.mask(GROUPS == "s"))
    assert "Where (2): d, f" in missing
    assert "nobody is nearest" in refusal(WeightsError, GROUPS, islands="nearest")
    assert wb.weights.block(GROUPS.mask(GROUPS.index == "a", "x"), islands="keep").islands == (
        "a",
        "b",
    )


def test_what_is_no_series_of_groups():
    assert 'table["district"]' in refusal(InputError, GROUPS.to_frame())
    assert "more than once" in refusal(IdError, pd.concat([GROUPS, GROUPS.head(1)]))
    assert "empty index" in refusal(IdError, GROUPS.head(0))
    before = GROUPS.copy()
    wb.weights.block(GROUPS)
    pd.testing.assert_series_equal(GROUPS, before)


def test_too_many_links_are_refused_before_they_are_made():
    assert "100,000,000" in refusal(WeightsError, pd.Series(np.zeros(10_001)))
