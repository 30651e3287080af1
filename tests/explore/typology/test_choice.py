"""The number of groups: found where it is planted, one where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.glossary import GLOSSARY
from workbench.errors import InputError, OptionError
from workbench.explore.typology import choose_k, cluster, regionalize


@pytest.fixture(scope="module")
def three() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    centre = np.array([[0.0, 0.0], [12.0, 0.0], [0.0, 12.0]])[np.arange(45) % 3]
    return pd.DataFrame(centre + rng.normal(size=(45, 2)), columns=["x", "y"])


@pytest.mark.slow
@pytest.mark.parametrize("method", ["k-means", "ward"])
def test_three_planted_groups_are_three_by_every_rule(three, method):
    found = choose_k(["x", "y"], three, k=range(2, 7), method=method, draws=20, starts=3)
    assert (found.elbow, found.silhouette, found.gap) == (3, 3, 3)


@pytest.mark.slow
def test_quarters_of_a_map_are_four(quarters):
    frame, graph, _ = quarters
    found = choose_k(["rd", "men"], frame, graph, k=range(2, 8), draws=20)
    assert found.silhouette == 4
    assert found.gap == 4
    assert found.method == "skater"


@pytest.mark.slow
def test_one_even_cloud_has_no_groups():
    rng = np.random.default_rng(12)
    cloud = pd.DataFrame(rng.uniform(size=(80, 2)), columns=["x", "y"])
    assert choose_k(["x", "y"], cloud, k=range(2, 6), draws=20, starts=3).gap == 1


def test_rows_are_what_the_groups_have(noise):
    frame, graph = noise
    found = choose_k(["a", "b"], frame, graph, k=range(2, 5), draws=3)
    for k in (2, 3, 4):
        groups = regionalize(["a", "b"], frame, graph, k=k)
        row = found.tidy().loc[k]
        assert row["within"] == float(groups.squares.within.sum())
        assert row["silhouette"] == float(groups.silhouette.mean())
        assert row["explained"] == pytest.approx(groups.squares.explained)
    assert found.tidy().loc[1, "within"] == pytest.approx(72.0)
    apart = choose_k(["a", "b"], frame, k=range(2, 5), draws=3)
    assert apart.tidy().loc[3, "within"] == cluster(["a", "b"], frame, k=3).squares.within.sum()


def test_gap_rule_is_the_papers():
    # gap(k) >= gap(k + 1) - s(k + 1), the smallest such k; none while it still grows
    from dataclasses import replace

    table = pd.DataFrame({"x": [1.0, 1.1, 5.0, 5.1, 9.0, 9.4]})
    found = choose_k(["x"], table, k=range(2, 5), draws=2)
    rows = found.tidy()
    rows["gap"], rows["gap_se"] = [0.1, 0.2, 0.5, 0.55], [0.0, 0.02, 0.1, 0.1]
    assert replace(found, rows=rows).gap == 3
    rows["gap"] = [0.1, 0.4, 0.9, 1.6]
    assert replace(found, rows=rows).gap is None


def test_order_of_rows_changes_no_bit(noise):
    frame, graph = noise
    one, other = (
        choose_k(["a", "b"], f, graph, k=range(2, 5), draws=4) for f in (frame, frame.iloc[::-1])
    )
    pd.testing.assert_frame_equal(one.tidy(), other.tidy(), check_exact=True)
    assert set(one.tidy().columns) | set(one.glance().columns) <= set(GLOSSARY)
    assert "SKATER" in str(one)


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"k": range(3, 6)}, InputError, "from 2 on without a hole"),
        ({"k": [2, 4]}, InputError, "without a hole"),
        ({"k": 5}, InputError, "got 5"),
        ({"k": range(2, 40)}, InputError, "from 2 to n - 1 = 35"),
        ({"draws": 1}, InputError, "at least 2 reference data sets"),
        ({"method": "max-p"}, InputError, "finds the number of groups by itself"),
        ({"method": "k-means"}, OptionError, "method: expected one of 'skater'"),
    ],
)
def test_unusable_options_are_refused(noise, options, error, text):
    frame, graph = noise
    with pytest.raises(error, match=text):
        choose_k(["a", "b"], frame, graph, **options)


def test_as_many_groups_as_different_profiles_have_no_gap():
    frame = pd.DataFrame({"x": [1.0, 1.0, 2.0, 3.0, 4.0, 4.0, 9.0]})
    with pytest.raises(InputError, match="fewer groups than different profiles, 5") as caught:
        choose_k(["x"], frame, k=range(2, 6), method="ward", draws=5)
    assert caught.value.remedy == "k=range(2, 5)"
    found = choose_k(["x"], frame, k=range(2, 5), method="ward", draws=5)
    assert np.isfinite(found.tidy()[["within", "gap", "gap_se"]].to_numpy()).all()
