"""What correlograms promise besides spdep's numbers: joint error rates, order, distances, words."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.errors import IdError, InputError, OptionError, ValuesError
from workbench.explore import correlogram, distance_correlogram


@pytest.fixture(scope="module")
def towns():
    """Forty points on the globe with a north-south trend and noise."""
    rng = np.random.default_rng(4)
    lon, lat = rng.uniform(30, 60, 40), rng.uniform(50, 65, 40)
    values = {"x": lat + rng.standard_normal(40), "noise": rng.standard_normal(40)}
    names = [f"t{i:02d}" for i in rng.permutation(40)]
    places = [Point(*at) for at in zip(lon, lat, strict=True)]
    return gpd.GeoDataFrame(values, index=names, geometry=places, crs=4326)


@pytest.mark.slow
def test_no_lag_of_pure_noise_is_flagged_more_often_than_five_per_cent(lattice):
    # 200 fields, 5 orders looked at together; 5 % with a binomial standard error of 1.54 %,
    # band of two and a half; five pointwise tests would flag about 20 %
    graph = lattice(6)
    W = wb.weights.as_weights(graph)
    rng = np.random.default_rng(8)
    flagged = pointwise = 0
    for _ in range(200):
        x = pd.Series(rng.standard_normal(36), index=W.ids)
        table = correlogram(x, None, W, orders=5, permutations=99).table
        flagged += bool((table["p_adjusted"] <= 0.05).any())
        pointwise += bool((table["p_permutation"] <= 0.05).any())
    assert flagged / 200 <= 0.05 + 0.039
    assert pointwise / 200 > 0.12


def test_moran_of_a_class_is_the_mean_product_of_its_pairs(towns):
    found = distance_correlogram("x", towns, breaks=[0, 200, 500, 900], permutations=99)
    x = towns["x"].to_numpy()
    z = (x - x.mean()) / x.std()
    lon, lat = np.radians([towns.geometry.x, towns.geometry.y])
    cosine = np.sin(lat)[:, None] * np.sin(lat) + np.cos(lat)[:, None] * np.cos(lat) * np.cos(
        lon[:, None] - lon
    )
    km = 6371.0088 * np.arccos(np.clip(cosine, -1, 1))
    np.fill_diagonal(km, np.nan)
    geary = distance_correlogram(
        "x", towns, breaks=[0, 200, 500, 900], permutations=99, statistic="geary"
    )
    for label, (low, high) in zip(
        found.table.index, [(-1, 200), (200, 500), (500, 900)], strict=True
    ):
        i, j = np.nonzero((km > low) & (km <= high))
        assert found.table.loc[label, "pairs"] == len(i)
        # the spherical law of cosines loses digits at short distances
        assert found.table.loc[label, "distance"] == pytest.approx(km[i, j].mean(), rel=1e-6)
        assert found.table.loc[label, "statistic"] == pytest.approx((z[i] * z[j]).mean(), rel=1e-9)
        expected = 39 / 40 * ((z[i] - z[j]) ** 2).mean() / 2
        assert geary.table.loc[label, "statistic"] == pytest.approx(expected, rel=1e-9)
    assert found.unit == "km"
    assert "great-circle" in " ".join(found.notes)


def test_automatic_classes_hold_about_as_many_pairs_each(towns):
    table = distance_correlogram("x", towns, bins=6, max_distance=1200, permutations=99).table
    assert len(table) == 6
    assert table["pairs"].max() < 1.2 * table["pairs"].min()
    assert table.index[-1].endswith("-1200 km")
    assert table.loc[table.index[0], "p_adjusted"] <= 0.05


def test_shuffled_rows_change_no_bit(towns, explored):
    order = np.random.default_rng(1).permutation(len(towns))
    a = distance_correlogram("x", towns, bins=4, permutations=99)
    b = distance_correlogram("x", towns.iloc[order], bins=4, permutations=99)
    pd.testing.assert_frame_equal(a.table, b.table, check_exact=True)
    case = explored("ncsids")
    order = np.random.default_rng(1).permutation(len(case.table))
    a = correlogram("ft.SID74", case.table, case.graphs["W"], orders=3, permutations=99)
    b = correlogram("ft.SID74", case.table.iloc[order], case.graphs["W"], orders=3, permutations=99)
    pd.testing.assert_frame_equal(a.table, b.table, check_exact=True)
    np.testing.assert_array_equal(a.simulated, b.simulated)


def test_greater_means_alike_for_every_statistic(towns):
    for statistic in ("moran", "geary", "correlation"):
        found = distance_correlogram(
            "x", towns, bins=5, statistic=statistic, alternative="greater", permutations=199
        )
        near = found.table.iloc[0]
        assert near["p_permutation"] == pytest.approx(1 / 200)
        side = "envelope_high" if statistic == "geary" else "envelope_low"
        assert np.isinf(near[side])
        if statistic != "correlation":
            assert near["p_value"] < 0.01


def test_without_permutations_holm_holds_for_all_lags(explored):
    case = explored("ncsids")
    found = correlogram("ft.SID74", case.table, case.graphs["W"], orders=4, permutations=0)
    assert "p_adjusted" not in found.table
    assert found.p_value == found.table["p_holm"].min() >= found.table["p_value"].min() * 4 - 1e-15
    assert found.tolerance == "closed form"


def test_columns_are_in_the_glossary_and_the_result_shows_itself(towns):
    found = distance_correlogram("x", towns, bins=4, permutations=99)
    assert set(found.table) <= set(GLOSSARY)
    assert set(found.glance()) <= set(GLOSSARY)
    assert "Correlogram of x" in str(found)
    assert "<table" in found._repr_html_()
    handed_out = found.table
    handed_out["statistic"] = 0.0
    assert found.table["statistic"].abs().sum() > 0
    assert not found.simulated.flags.writeable
    assert found.provenance.seed == 0
    assert found.plot().alt.startswith("Correlogram of x, Moran's I by class")


def test_chart_fills_the_significant_lags(explored):
    case = explored("boston")
    found = correlogram("CMEDV", case.table, case.graphs["W"], orders=3, permutations=99)
    figure = found.plot()
    shown = " ".join(t.get_text() for t in figure.findobj(lambda o: hasattr(o, "get_text")))
    assert "adjusted p ≤ 0.05" in shown
    assert "not significant" not in shown
    assert "order of contiguity" in shown
    assert figure.to_svg() == found.plot().to_svg()


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"orders": 0}, InputError, "orders: expected a whole number from 1"),
        ({"orders": 40}, InputError, "Way out: orders="),
        ({"statistic": "getis"}, OptionError, "statistic: expected one of 'moran'"),
        ({"statistic": "correlation", "permutations": 0}, InputError, "permutations"),
        ({"level": 1.0}, InputError, "level"),
        ({"level": 0.999, "permutations": 99}, InputError, "at least 999"),
        ({"normalize": "rows"}, OptionError, "normalize"),
    ],
)
def test_unusable_options_of_orders_are_refused(explored, options, error, text):
    case = explored("ncsids")
    with pytest.raises(error, match=text):
        correlogram("ft.SID74", case.table, case.graphs["W"], **options)


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"breaks": [0, 1, 500]}, InputError, "0-1 km"),
        ({"breaks": [0, 500], "max_distance": 300}, InputError, "either breaks or max_distance"),
        ({"max_distance": 0.5}, InputError, "the nearest pair is"),
        ({"max_distance": -1}, InputError, "positive"),
        ({"bins": 2.5}, InputError, "bins"),
        ({"metric": "planar"}, InputError, "great-circle"),
    ],
)
def test_unusable_options_of_distances_are_refused(towns, options, error, text):
    with pytest.raises(error, match=text):
        distance_correlogram("x", towns, **options)


def test_bad_values_are_refused_by_name(towns):
    broken = towns.copy()
    broken.loc["t07", "x"] = np.nan
    with pytest.raises(ValuesError, match="t07"):
        distance_correlogram("x", broken)
    with pytest.raises(ValuesError, match="vary"):
        distance_correlogram("x", towns.assign(x=1.0))
    with pytest.raises(IdError, match="t07"):
        distance_correlogram(towns["x"].drop("t07"), towns.geometry)
    fewer = distance_correlogram(
        towns["x"].drop("t07"), towns.geometry, align="intersection", permutations=99
    )
    assert fewer.provenance.nobs == 39
    assert "t07" in fewer.notes[0]
