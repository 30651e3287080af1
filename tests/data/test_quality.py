"""The quality report counts the gaps, shows the known oddities, and finds repeated keys."""

import csv

import numpy as np
import pandas as pd

import workbench.data as data
from workbench.data.bundled import bundled_root
from workbench.data.descriptor import Anomaly
from workbench.data.inspection import inspect


def test_gaps_are_those_of_the_file():
    missing = data.quality("russia-innovation").missing
    with (bundled_root() / "russia-innovation" / "innovation.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for field in missing.columns:
        for year in missing.index:
            blanks = sum(row[field] == "" for row in rows if int(row["year"]) == year)
            assert missing.loc[year, field] == blanks
    assert missing.shape == (21, 9)


def test_known_oddities_come_with_their_values():
    anomalies = data.quality("russia-innovation").anomalies.set_index(["region", "year", "field"])
    published = {
        ("RU-IVA", 2007, "patents"): 501,
        ("RU-IVA", 2008, "patents"): 1323,
        ("RU-KDA", 2003, "patents"): 1466,
        ("RU-KDA", 2004, "patents"): 1316,
        ("RU-TYU", 2004, "utility_models"): 1500,
        ("RU-STA", 2011, "researchers"): 2085,
        ("RU-STA", 2012, "researchers"): 1567,
        ("RU-KHA", 2017, "rd"): 5898,
    }
    for key, value in published.items():
        assert anomalies.loc[key, "value"] == value
    assert np.isnan(anomalies.loc[("RU-CE", 2008, "patents"), "value"])
    assert anomalies["note"].ne("").all()
    assert anomalies["note_ru"].ne("").all()


def test_catalogue_has_no_repeated_keys():
    for name in ("russia-regions", "russia-innovation", "us-states", "munnell-1990", "us-income"):
        assert data.quality(name).duplicates == ()
    assert data.quality("us-states").complete
    assert not data.quality("russia-innovation").complete
    assert data.quality("russia-regions", part="capitals83").missing.loc["all", "geonames_id"] == 1


def test_repeated_keys_and_gaps_of_any_table_are_found():
    index = pd.MultiIndex.from_tuples(
        [("a", 1), ("a", 1), ("b", 1), ("b", 2)], names=["region", "year"]
    )
    table = pd.DataFrame({"x": [1.0, 2.0, np.nan, 4.0]}, index=index)
    known = [
        Anomaly("b", 2, "x", "odd", "странно"),
        Anomaly("c", 2, "x", "not there", "нет"),
        Anomaly("b", 2, "z", "no such field", "нет поля"),
    ]
    report = inspect(table, anomalies=known)
    assert report.duplicates == (("a", 1),)
    assert report.missing["x"].to_dict() == {1: 1, 2: 0}
    assert report.anomalies["value"].fillna(-1).tolist() == [4.0, -1.0]
    assert not report.complete


def test_report_can_be_read_and_not_changed():
    report = data.quality("russia-innovation")
    assert "1680 rows, 356 missing cells, 0 repeated keys" in str(report)
    assert "RU-IVA" in repr(report)
    assert "<table" in report._repr_html_()
    missing, anomalies = report.missing, report.anomalies
    missing.loc[2020, "grp"] = 0
    anomalies.loc[0, "note"] = ""
    assert report.missing.loc[2020, "grp"] == 80
    assert report.anomalies.loc[0, "note"] != ""
