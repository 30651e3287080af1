"""Checks of an index are the handbook's, and notes say what is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.errors import ValuesError
from workbench.innovation.composites import composite

REFERENCE = Path(__file__).parents[1] / "reference"
ORDER = ["patents", "royalties", "internet", "exports", "telephones", "electricity", "schooling",
         "university"]  # fmt: skip


@pytest.fixture(scope="module")
def tai():
    return pd.read_csv(REFERENCE / "tai.csv", index_col="country")


@pytest.fixture(scope="module")
def checked(tai):
    return composite(tai, dict.fromkeys(tai, "higher")).checks()


@pytest.fixture
def sample():
    rng = np.random.default_rng(11)
    common = rng.normal(size=60)
    data = pd.DataFrame({name: common + rng.normal(size=60) for name in "abcd"})
    data["e"] = data["a"] * 1.001 + 0.01 * rng.normal(size=60)
    data["f"] = -data["b"] + 0.5 * rng.normal(size=60)
    data.index = data.index.map("r{:02d}".format)
    return data


def test_correlations_are_the_handbooks(checked):
    """OECD/JRC (2008), table 6."""
    table = checked.correlations.loc[ORDER, ORDER].to_numpy()
    published = [
        0.13, -0.09, 0.45, 0.28, 0.03, 0.22, 0.08, 0.46, 0.25, 0.56, 0.32, 0.30, 0.06, -0.45, 0.56,
        0.84, 0.63, 0.27, 0.00, -0.36, -0.35, -0.03, 0.64, 0.30, 0.33, 0.65, 0.26, 0.08,
    ]  # fmt: skip
    rows, columns = np.triu_indices(8, 1)
    found = table[rows, columns]
    exact = ~np.isin(rows, [4, 5]) & ~np.isin(columns, [4, 5])
    np.testing.assert_allclose(found[exact], np.array(published)[exact], atol=0.0051)
    # telephones and electricity are given as logarithms with an error of a tenth of their spread
    np.testing.assert_allclose(found, published, atol=0.019)


def test_components_are_the_handbooks(checked):
    """OECD/JRC (2008), table 7: shares of variance in per cent."""
    published = [41.9, 21.8, 12.3, 11.1, 6.0, 3.7, 2.2, 0.9]
    found = 100 * checked.components["variance_explained"]
    np.testing.assert_allclose(found, published, atol=0.12)
    assert checked.components["eigenvalue"].sum() == pytest.approx(8)


def test_alpha_and_items_are_the_handbooks(checked):
    """OECD/JRC (2008), section 4.3 and table 11."""
    assert checked.alpha == pytest.approx(0.70, abs=0.005)
    total = [0.261, 0.527, 0.566, -0.108, 0.701, 0.614, 0.451, 0.249]
    without = [0.704, 0.645, 0.636, 0.774, 0.603, 0.624, 0.662, 0.706]
    items = checked.tidy().loc[ORDER]
    # logarithms of three digits, as above
    np.testing.assert_allclose(items["item_total"], total, atol=0.006)
    np.testing.assert_allclose(items["alpha_without"], without, atol=0.002)


def test_notes_name_contradiction_redundancy_and_misleading_weights(sample):
    index = composite(sample, dict.fromkeys(sample, "higher"))
    notes = " ".join(index.checks().notes)
    assert "b and f (-" in notes
    assert "a and e (1.00)" in notes
    assert "twice" in notes
    assert "Weights mislead" in notes


def test_groups_are_checked_apart(sample):
    groups = {"a": "one", "c": "one", "d": "one", "b": "two", "f": "two", "e": "three"}
    told = {name: {"direction": "higher", "group": group} for name, group in groups.items()}
    told["f"]["direction"] = "lower"
    checked = composite(sample, told).checks()
    R = sample[["a", "c", "d"]].corr().to_numpy()
    mean = R[np.triu_indices(3, 1)].mean()
    assert checked.groups.loc["one", "alpha"] == pytest.approx(3 * mean / (1 + 2 * mean))
    assert np.isnan(checked.groups.loc["three", "alpha"])
    assert not checked.tests["Bartlett, three"].applicable
    assert checked.tests["Bartlett, two"].p_value < 0.01
    assert checked.correlations.loc["b", "f"] > 0
    assert set(checked.with_levels.columns) == {"one", "two", "three", "index"}
    assert checked.with_levels.loc["e", "three"] == pytest.approx(1.0)
    assert not any("each other" in note for note in checked.notes)


def test_indicators_without_differences_are_refused():
    told = {
        name: {"direction": "higher", "low": 0, "high": 10} for name in ("same", "other", "third")
    }
    data = pd.DataFrame(
        {"same": [5.0] * 5, "other": [1.0, 2, 3, 4, 5], "third": [2.0, 1, 4, 3, 3]},
        index=list("abcde"),
    )
    index = composite(data, told, normalisation="goalposts")
    with pytest.raises(ValuesError, match="same") as caught:
        index.checks()
    assert caught.value.offenders == ("same",)
    with pytest.raises(ValuesError, match="four regions"):
        composite(data.iloc[:3], told, normalisation="goalposts").checks()
