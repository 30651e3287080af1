"""Peers are the nearest by the stated distance, and their choice says how firm it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

import workbench as wb
from workbench.errors import FormulaError, IdError, InputError, OptionError, ValuesError

COLUMNS = ["log(population)", "log(grp / population)", "unemployment"]


@pytest.fixture(scope="module")
def year():
    return wb.load("russia-innovation").xs(2019, level="year")


@pytest.fixture
def made():
    rng = np.random.default_rng(1)
    ids = [f"R{i:02}" for i in range(20)]
    return pd.DataFrame(rng.normal(size=(20, 3)), ids, ["a", "b", "c"])


def _scaled(year):
    """The variables in robust standard deviations, by numpy and scipy's own quantiles."""
    X = np.column_stack(
        [np.log(year["population"]), np.log(year["grp"] / year["population"]), year["unemployment"]]
    )
    low, high = np.percentile(X, [25, 75], axis=0)
    return X / ((high - low) / 1.3489795003921634)


def test_robust_distance_is_euclidean_over_the_root_of_the_number(year):
    Z = _scaled(year)
    at = year.index.get_loc("RU-KEM")
    expected = pd.Series(cdist(Z, Z[[at]])[:, 0] / np.sqrt(3), year.index).drop("RU-KEM")
    expected = expected.sort_values().head(10)
    found = wb.innovation.peers(year, "RU-KEM", columns=COLUMNS)
    assert list(found.ids) == list(expected.index)
    np.testing.assert_allclose(found.tidy()["distance"], expected, rtol=1e-12)


def test_mahalanobis_distance_is_scipys(made):
    V = np.linalg.inv(np.cov(made.to_numpy().T))
    expected = cdist(made, made.loc[["R04"]], "mahalanobis", VI=V)[:, 0] / np.sqrt(3)
    expected = pd.Series(expected, made.index).drop("R04").sort_values().head(6)
    found = wb.innovation.peers(made, "R04", k=6, metric="mahalanobis")
    assert list(found.ids) == list(expected.index)
    np.testing.assert_allclose(found.tidy()["distance"], expected, rtol=1e-10)


def test_mahalanobis_distance_does_not_depend_on_a_mixture_of_variables(made):
    mixed = pd.DataFrame({"a": made["a"], "b": made["a"] + 2 * made["b"], "c": 5 - made["c"]})
    one, two = (wb.innovation.peers(t, "R04", k=6, metric="mahalanobis") for t in (made, mixed))
    assert one.ids == two.ids
    np.testing.assert_allclose(one.tidy()["distance"], two.tidy()["distance"], rtol=1e-10)


def test_stability_is_the_choice_made_again_without_each_variable(year):
    found = wb.innovation.peers(year, "RU-KEM", columns=COLUMNS)
    for name in COLUMNS:
        rest = [one for one in COLUMNS if one != name]
        again = wb.innovation.peers(year, "RU-KEM", columns=rest).ids
        assert found.stability[name].to_dict() == {one: one in again for one in found.ids}
        assert set(again) <= set(found.ids) | set(found.could_be)
    expected = found.stability.mean(axis=1)
    pd.testing.assert_series_equal(found.tidy()["share_same"], expected, check_names=False)


def test_shares_of_the_distance_add_up(year):
    table = wb.innovation.peers(year, "RU-KEM", columns=COLUMNS).variables
    assert table["distance_share"].sum() == pytest.approx(1)
    assert table.loc["unemployment", "value"] == 5.5
    assert (table["peers_low"] <= table["peers_median"]).all()


def test_candidates_of_the_same_district_or_named(year):
    district = wb.load("russia-regions")["federal_district"]
    found = wb.innovation.peers(year, "RU-KEM", columns=COLUMNS, among=district, k=None)
    assert set(found.ids) == set(district.index[district == "Siberian"]) - {"RU-KEM"}
    assert found.tidy()["share_same"].isna().all()  # all candidates: nothing was chosen
    named = ["RU-TOM", "RU-NVS", "RU-IRK"]
    assert set(wb.innovation.peers(year, "RU-KEM", columns=COLUMNS, among=named, k=2).ids) < set(
        named
    )


def test_order_of_rows_and_columns_elsewhere_do_not_matter(year):
    mixed = year.sample(frac=1, random_state=0)[list(reversed(year.columns))]
    one, two = (wb.innovation.peers(t, "RU-KEM", columns=COLUMNS) for t in (year, mixed))
    pd.testing.assert_frame_equal(one.tidy(), two.tidy(), check_exact=True)


def test_the_table_is_not_changed(year):
    before = year.copy()
    wb.innovation.peers(year, "RU-KEM", columns=COLUMNS)
    pd.testing.assert_frame_equal(year, before)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Кемеровская область", "RU-KEM"),
        ("Kemerovo", "RU-KEM"),
        ("Томская обл.", "RU-TOM"),
        ("Tatarstan", "RU-TA"),
        ("RU-TOMM", "RU-TOM"),
        ("Кемеровская область - Кузбасс", "RU-KEM"),
        ("г. Москва", "RU-MOW"),
        ("Kemerovo oblst", "RU-KEM"),
    ],
)
def test_a_name_is_refused_and_its_id_said(year, name, meant):
    with pytest.raises(IdError, match=rf"did you mean '{meant}'"):
        wb.innovation.peers(year, name, columns=COLUMNS)


def test_a_region_that_the_data_do_not_have_is_told_apart_from_a_slip(year):
    with pytest.raises(IdError, match="Томская область is not among the regions of the data"):
        wb.innovation.peers(year.drop(index="RU-TOM"), "RU-TOM", columns=COLUMNS)


@pytest.mark.parametrize("name", ["RU-KHM", "ХМАО"])
def test_an_okrug_of_another_scheme_is_said_to_lie_inside_its_oblast(year, name):
    with pytest.raises(IdError, match="lies inside RU-TYU in the scheme of these data") as caught:
        wb.innovation.peers(year, name, columns=COLUMNS)
    assert "take 'RU-TYU' (Tyumen Oblast, Тюменская область)" in str(caught.value)
    with pytest.raises(IdError, match="Югра is not among the regions of the data"):
        wb.innovation.peers(year.drop(index="RU-TYU"), name, columns=COLUMNS)


@pytest.mark.parametrize("name", ["RU-CR", "Республика Крым"])
def test_crimea_is_not_taken_for_another_region_where_the_scheme_is_without_it(year, name):
    with pytest.raises(IdError, match="Республика Крым is not in the scheme of these") as caught:
        wb.innovation.peers(year, name, columns=COLUMNS)
    assert "did you mean" not in str(caught.value)


def test_missing_figures(year):
    asked = [*COLUMNS, "log(rd)"]
    with pytest.raises(ValuesError, match="RU-CHU, RU-YEV"):
        wb.innovation.peers(year, "RU-KEM", columns=asked)
    found = wb.innovation.peers(year, "RU-KEM", columns=asked, missing="drop")
    assert "Left out for missing figures: RU-CHU, RU-YEV." in found.notes
    with pytest.raises(ValuesError, match=r"region: .*RU-CHU"):
        wb.innovation.peers(year, "RU-CHU", columns=asked, missing="drop")


def test_what_cannot_be_alike_is_refused(year, made):
    with pytest.raises(InputError, match="at most 19"):
        wb.innovation.peers(made, "R00", k=20)
    with pytest.raises(ValuesError, match="singular"):
        wb.innovation.peers(made.assign(d=made["a"] - made["b"]), "R00", metric="mahalanobis")
    with pytest.raises(ValuesError, match="robust scale is zero"):
        wb.innovation.peers(made.assign(d=[1.0] * 16 + [2.0] * 4), "R00", k=3)
    with pytest.raises(ValuesError, match="d"):
        wb.innovation.peers(made.assign(d=1.0), "R00", k=3)
    with pytest.raises(InputError, match="the region itself"):
        wb.innovation.peers(made, "R00", k=2, among=["R00", "R01", "R02"])
    with pytest.raises(FormulaError):
        wb.innovation.peers(year, "RU-KEM", columns=["log(exports)"])
    with pytest.raises(OptionError, match="mahalanobis"):
        wb.innovation.peers(made, "R00", metric="mahalonobis")
    with pytest.raises(IdError, match="levels"):
        wb.innovation.peers(wb.load("russia-innovation"), "RU-KEM", columns=COLUMNS)
