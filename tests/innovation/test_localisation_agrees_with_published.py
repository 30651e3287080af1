"""Measures of localisation equal EconGeo's, worked examples of textbooks and R's REAT.

EconGeo 2.1: ``tests/reference/innovation_econgeo.csv``. REAT 3.0.3 (Wieland 2019): the values that
its documentation states for examples of Farhauer and Kröll (2013, 2014), quoted with each test.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.innovation.localisation import (
    concentration,
    ellison_glaeser,
    location_quotients,
    locational_gini,
    shift_share,
    specialisation,
)


def test_quotients_equal_econgeo(econgeo_table, econgeo):
    found = location_quotients(econgeo_table).quotients
    theirs = [[econgeo["location_quotient"][f"{i}/{j}"] for j in found] for i in found.index]
    np.testing.assert_allclose(found, theirs, rtol=1e-13)
    rounded = [[econgeo["rca"][f"{i}/{j}"] for j in found] for i in found.index]
    np.testing.assert_allclose(found, rounded, atol=5.0001e-3)


def test_average_quotient_of_econgeo_is_the_reciprocal_of_hachman(econgeo_table, econgeo):
    """Theirs weights a region's quotients by its shares: Σ p · p/q."""
    found = 1 / specialisation(econgeo_table, interval="none").wide()["hachman"]
    np.testing.assert_allclose(found, econgeo["location_quotient_avg"][found.index], rtol=1e-13)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("krugman_index", "krugman"), ("spec_coeff", "hoover"), ("hachman", "hachman"),
     ("herfindahl", "herfindahl")],
)  # fmt: skip
def test_specialisation_equals_econgeo(econgeo_table, econgeo, theirs, ours):
    found = specialisation(econgeo_table, interval="none").wide()[ours]
    np.testing.assert_allclose(found.to_numpy(), econgeo[theirs][found.index], rtol=1e-13)


def test_entropy_is_econgeos_in_nats(econgeo_table, econgeo):
    """Theirs is in bits and rounded to three digits."""
    found = specialisation(econgeo_table, interval="none").wide()["entropy"] / np.log(2)
    np.testing.assert_allclose(found, econgeo["entropy"][found.index], atol=5.0001e-4)


def test_locational_gini_is_twice_econgeos(econgeo_table, econgeo):
    """Theirs is Krugman's (1991) area, with a limit of one half."""
    found = locational_gini(econgeo_table, interval="none").gini
    theirs = econgeo["locational_gini"][found.index]
    np.testing.assert_allclose(found, 2 * theirs, rtol=1e-12)
    relative = concentration(econgeo_table, interval="none").wide()["gini"]
    np.testing.assert_allclose(found, relative, rtol=1e-15)


def test_absolute_gini_and_hoover_equal_econgeos(econgeo_table, econgeo):
    """Theirs compare with equal shares and are rounded; Hoover's is in per cent."""
    found = concentration(econgeo_table, reference="uniform", interval="none").wide()
    np.testing.assert_allclose(found["gini"], econgeo["gini"][found.index], atol=5.0001e-4)
    hoover = econgeo["hoover_index"][found.index]
    np.testing.assert_allclose(100 * found["hoover"], hoover, atol=5.0001e-3)


def test_quotient_of_farhauer_and_kroell():
    """``locq(1714, 79006, 879213, 15593224)`` returns 0.3847623."""
    rows = [[1714, 79006 - 1714], [879213 - 1714, 15593224 - 79006 - 879213 + 1714]]
    table = pd.DataFrame(rows, index=["city", "rest"], columns=["industry", "others"])
    quotient = location_quotients(table).quotients.loc["city", "industry"]
    assert quotient == pytest.approx(0.3847623, abs=5e-8)


def test_gini_of_concentration_of_farhauer_and_kroell():
    """``gini.conc``: 0.4068966; its regions count once each."""
    jobs = pd.DataFrame({"own": [500, 500, 1000, 7000, 1000]}, index=list("abcde"))
    size = pd.Series([20000, 15000, 20000, 40000, 5000], index=list("abcde"))
    found = locational_gini(jobs, reference=size, counting="equal", interval="none")
    assert found.gini["own"] == pytest.approx(0.4068966, abs=5e-8)


def test_gini_of_specialisation_of_farhauer_and_kroell():
    """``gini.spec``: 0.6222222; the same formula with activities in the place of regions."""
    own = pd.DataFrame({"own": [700, 600, 500, 10000, 40000]}, index=list("abcde"))
    size = pd.Series([30000, 15000, 10000, 60000, 50000], index=list("abcde"))
    found = locational_gini(own, reference=size, counting="equal", interval="none")
    assert found.gini["own"] == pytest.approx(0.6222222, abs=5e-8)


def test_krugman_against_the_mean_of_others():
    """``krugman.spec2`` of Sweden is 0.1595, ``krugman.conc2`` of mining 0.8619."""
    countries = pd.DataFrame(
        [[45000, 15000, 32000, 10000, 30000], [35000, 12000, 30000, 8000, 22000],
         [40000, 10000, 25000, 9000, 18000], [30000, 11000, 18000, 3000, 13000],
         [40000, 6000, 11000, 2000, 12000]],
        index=["Sweden", "Norway", "Denmark", "Finland", "Iceland"], columns=list("abcde"),
    )  # fmt: skip
    found = specialisation(countries, reference="others", interval="none").wide()
    assert found.loc["Sweden", "krugman"] == pytest.approx(0.1595, abs=5e-5)
    industries = pd.DataFrame(
        {"chemistry": [20000, 11000, 31000, 8000, 20000],
         "social": [40000, 10000, 25000, 9000, 16000],
         "electronics": [10000, 11000, 14000, 14000, 13000],
         "wood": [7000, 7500, 11000, 1500, 36000], "mining": [4320, 7811, 3900, 2300, 47560]},
        index=list("abcde"),
    )  # fmt: skip
    found = concentration(industries, reference="others", interval="none").wide()
    assert found.loc["mining", "krugman"] == pytest.approx(0.8619, abs=5e-5)


def test_krugman_of_regions_without_a_common_activity():
    """``krugman.spec(c(20,10,70,0,0), c(0,0,0,60,40))`` is 2."""
    table = pd.DataFrame(
        [[20, 10, 70, 0, 0], [0, 0, 0, 60, 40]], index=["j", "l"], columns=list("abcde")
    )
    found = specialisation(table, reference="rest", measures=["krugman", "hachman"], draws=39)
    assert found.wide().loc["j"].tolist() == [2.0, 0.0]


def test_herfindahl_of_doersam():
    """``herf(c(20,50,20,10))``: 0.34, standardised 0.12."""
    table = pd.DataFrame(
        [[20, 50, 20, 10], [1, 1, 1, 1]], index=["cars", "rest"], columns=list("abcd")
    )
    found = specialisation(table, interval="none").wide().loc["cars"]
    assert found["herfindahl"] == pytest.approx(0.34)
    assert found["herfindahl_normalised"] == pytest.approx(0.12)
    assert found["number_equivalent"] == pytest.approx(1 / 0.34)


def test_gamma_of_farhauer_and_kroell():
    """``ellison.a``: 0.05990628 for ten plants in Vienna, Linz and Graz."""
    plants = pd.DataFrame({
        "region": ["Wien"] * 5 + ["Linz"] * 4 + ["Graz"],
        "activity": "steel",
        "employment": [200, 650, 12000, 100, 50, 16000, 13000, 1500, 1500, 25000],
    })  # fmt: skip
    totals = pd.Series({"Wien": 500_000, "Linz": 400_000, "Graz": 100_000})
    found = ellison_glaeser(plants, totals=totals)
    assert found.gamma["steel"] == pytest.approx(0.05990628, abs=5e-9)
    shares = plants["employment"] / plants["employment"].sum()
    table = plants.groupby("region")["employment"].sum().to_frame("steel")
    known = ellison_glaeser(table, pd.Series({"steel": (shares**2).sum()}), totals=totals)
    assert known.gamma["steel"] == pytest.approx(found.gamma["steel"], rel=1e-12)


def test_shift_share_of_farhauer_and_kroell():
    """Their example of three regions (REAT's ``shift``), by hand: g = 15 %, region A 27 + 1 − 3."""
    columns = ["i", "ii", "iii", "iv"]
    before = pd.DataFrame(
        [[90, 20, 10, 60], [60, 30, 30, 40], [250, 100, 110, 300]], list("ABC"), columns
    )
    after = pd.DataFrame(
        [[100, 40, 10, 55], [85, 55, 40, 35], [255, 115, 85, 390]], list("ABC"), columns
    )
    found = shift_share(before, after)
    assert found.national_growth == pytest.approx(0.15)
    np.testing.assert_allclose(found.growth, [0.1, 0.4, -0.1, 0.2])
    expected = [[27, 1, -3, 25], [24, -1, 32, 55], [114, 0, -29, 85]]
    np.testing.assert_allclose(found.tidy(), expected, atol=1e-9)


def test_shift_share_of_holukuluku():
    """Krumme's classroom table (faculty.washington.edu/krumme/350/ssexcel.html).

    National growth effect 290, net composition effect −80, net differential effect 420.
    """
    own, later = np.array([500, 100, 200, 200]), np.array([1000, 100, 250, 280])
    nation = np.array([10_000, 20_000, 40_000, 30_000])
    grown = nation * [1.1, 1.2, 1.3, 1.4]
    index, columns = ["Holukuluku", "rest"], ["I", "II", "III", "IV"]
    before = pd.DataFrame([own, nation - own], index, columns)
    after = pd.DataFrame([later, grown - later], index, columns)
    found = shift_share(before, after).tidy().loc["Holukuluku"]
    np.testing.assert_allclose(found, [290, -80, 420, 630], atol=1e-9)
    by_activity = shift_share(before, after).tidy("cell").loc["Holukuluku", "regional"]
    np.testing.assert_allclose(by_activity, [450, -20, -10, 0], atol=1e-9)
