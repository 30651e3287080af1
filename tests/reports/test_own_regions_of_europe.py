"""The study of spillovers in Europe on a table of the reader's finds what was put into it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.data.bundled import bundled_root
from workbench.data.forms import own
from workbench.errors import ReportError
from workbench.reports.project import Project
from workbench.reports.running import run_study

pytestmark = pytest.mark.slow

NAME, FORM = "spillovers-europe", "nuts2-knowledge"
LETTERS = ("AT", "BE", "CZ", "DE", "DK", "ES", "FR", "HU", "IT", "NL", "PL", "SE")
OWN_RD, NEIGHBOURS = 0.6, 0.5
"""Elasticities put in: of a region's own business R&D, and of the mean of its four nearest."""


def europe(spillover: float, seed: int = 1) -> pd.DataFrame:
    """Invented regions of twelve countries on a lattice, two of a single region, one overseas.

    Patents follow R&D of businesses at home and next door, of universities, size and country.
    """
    rng = np.random.default_rng(seed)
    rows = [
        (f"{letters}{k // 9 + 1}{k % 9 + 1}", (at % 4) * 6.5 - 5 + (k % 5) * 1.3,
         (at // 4) * 6 + 40 + (k // 5) * 1.3)
        for at, letters in enumerate(LETTERS)
        for k in range(20)
    ]  # fmt: skip
    rows += [("EE00", 25.0, 58.5), ("LV00", 25.0, 57.0), ("FR91", -61.5, 16.2)]
    places = pd.DataFrame(rows, columns=["region", "longitude", "latitude"]).set_index("region")
    moved = rng.uniform(-0.25, 0.25, (len(places), 2))
    places += np.where(places[["longitude"]] > -30, moved, 0)
    at = gpd.points_from_xy(places["longitude"], places["latitude"])
    size = pd.Series(rng.normal(7.3, 0.6, len(places)), places.index)
    business = 0.5 * size + rng.normal(1, 1.2, len(places))
    university = 0.5 * size + rng.normal(0, 1, len(places))
    near = wb.weights.knn(gpd.GeoDataFrame(places, geometry=at, crs=4326), 4).lag(business)
    countries = places.index.str[:2]
    effects = pd.Series(rng.normal(0, 1, countries.nunique()), countries.unique())
    patents = effects.reindex(countries).to_numpy() + OWN_RD * business + 0.2 * university
    patents += 0.3 * (size - 7.3) + spillover * near + rng.normal(0, 0.4, len(places))
    years = [
        places.assign(
            year=year, name="Region " + places.index,
            patents=np.exp(patents + rng.normal(0, 0.1, len(places))),
            business_rd=np.exp(business), university_rd=np.exp(university),
            population=np.exp(size),
        )
        for year in range(2008, 2014)
    ]  # fmt: skip
    table = pd.concat(years).reset_index()
    # R&D of universities every second year, of businesses not of the last ones
    table["university_rd"] = table["university_rd"].where(table["year"] % 2 == 1)
    table["business_rd"] = table["business_rd"].where(table["year"] < 2012)
    table.loc[table["region"] == "IT11", "patents"] = 0.0
    return table


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A function from a table to the ledger and the page of the study that runs on it."""
    monkeypatch.delenv(own.YOURS, raising=False)
    monkeypatch.delenv(own.ASIDE, raising=False)
    root = Path(__file__).parents[2]
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "yours").mkdir()
    (tmp_path / "geodata").symlink_to(bundled_root())
    for suffix in (".py", ".ipynb"):
        shutil.copy(root / "notebooks" / f"{NAME}{suffix}", tmp_path / "notebooks")
    shutil.copy(root / "notebooks" / "references.bib", tmp_path / "notebooks")
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    project = Project.at(tmp_path)
    if wb.datasets().loc["eu-nuts2-knowledge", "where"] != "external (here)":
        pytest.skip("the study names an external table too, which is not here")

    def run(table: pd.DataFrame, **parameters):
        table.to_csv(tmp_path / "yours" / f"{FORM}.csv", index=False)
        ledger = run_study(project, NAME, parameters=parameters)
        pages = sorted(project.reports.glob(f"{NAME}*/index.html"))
        hidden = r"<(pre|svg|script|style|footer)\b.*?</\1>"
        page = re.sub(hidden, "", pages[0].read_text("utf-8"), flags=re.S)
        text = " ".join(re.sub(r"<[^>]+>", "", page).split())
        return ledger, text.split("Check this report")[0]

    return run


def verdicts_of(ledger, hypothesis: str) -> dict[str, str]:
    return {
        key.split("/")[1]: text.text
        for key, text in ledger.texts.items()
        if key.startswith(f"verdicts/{hypothesis} ·") and key.endswith("/verdict")
    }


def test_a_spillover_that_was_put_in_is_found_and_the_page_is_of_the_readers_table(run):
    ledger, page = run(europe(NEIGHBOURS))
    numbers = {name: number.value for name, number in ledger.numbers.items()}
    assert numbers["data/regions"] == numbers["coverage/regions"] == 242  # one has no patents
    assert numbers["coverage/all"] == 243
    assert numbers["data/countries"] == 14
    assert ledger.texts["data/years"].text == "2011–2013"
    assert ledger.texts["data/rd_years"].text == "2010–2011"
    found = verdicts_of(ledger, "H2")
    assert {found[f"H2 · {model}, nearest"] for model in ("SLX", "SDM")} == {"supported"}
    assert set(verdicts_of(ledger, "H3").values()) == {"supported"}
    slx = numbers["verdicts/H2 · SLX, nearest/estimate"]
    error = (numbers["verdicts/H2 · SLX, nearest/conf_high"] - slx) / 1.96
    assert abs(slx - NEIGHBOURS) < 3 * error
    assert numbers["decay-answer/p"] < 0.05
    assert not re.search(r"United Kingdom|London|\b35\b|Scottish", page)
    assert "within 150 km counts for more than from 300 to 600 km" in page
    assert "C(country)" not in page.split("Verdicts")[0].split("The ladder of models")[1]


def test_none_is_found_where_none_was_put_in_and_years_are_the_readers(run):
    table = europe(0.0, seed=3).drop(columns="population")
    ledger, page = run(table, last_year=2012, lang="ru")
    assert ledger.texts["data/years"].text == "2010–2012"
    assert "Размер не удержан" in page
    assert "Великобритан" not in page
    assert "Лондон" not in page
    assert "supported" not in set(verdicts_of(ledger, "H2").values())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda table: table.assign(region=table["region"].replace("FR11", "FRF2")),
         "versions of NUTS"),
        (lambda table: table[table["region"].str.startswith("AT")], "30 regions or more"),
        (lambda table: table.assign(business_rd=table["business_rd"] * 1000), "suspected unit"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_answered_from_stops_the_study_by_name(run, changed, said):
    table = europe(0.0)
    table["region"] = table["region"].replace("FR91", "FR21")
    table.loc[table["region"] == "FR21", ["longitude", "latitude"]] = (2.0, 47.0)
    with pytest.raises(ReportError, match=said):
        run(changed(table))
