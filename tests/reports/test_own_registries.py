"""The study of clusters runs on whatever registry its reader has, and its words follow the numbers.

All rows are invented.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.data.bundled import bundled_root
from workbench.data.forms import own
from workbench.reports.project import Project
from workbench.reports.running import run_study

NAME = "ai-clusters"
REGIONS = ["Москва", "Республика Татарстан", "Томская область", "Новосибирская область",
           "Самарская область", "Санкт-Петербург", "Пермский край"]  # fmt: skip
FORMS = ["territorial", "national network"]

pytestmark = pytest.mark.slow


def bare(rows: int = 15, industries=("ИИ", "ИТ", "агро")) -> pd.DataFrame:
    """Rows with the columns that the form needs and no other, under Russian headings."""
    k = np.arange(rows)
    return pd.DataFrame({
        "Код": [f"c-{i:02d}" for i in k], "Название": [f"Кластер {i}" for i in k],
        "Форма": [FORMS[i % 2] for i in k], "Регион": [REGIONS[i * i % 7] for i in k],
        "Отрасль": [industries[i % len(industries)] for i in k],
        "Источник": [f"https://example.org/{i}" for i in k],
    })  # fmt: skip


def in_towns(table: pd.DataFrame) -> pd.DataFrame:
    """The rows at the capitals of their regions: several of a region share one."""
    capitals = wb.load("russia-regions", part="capitals80").to_crs(4326)
    names = wb.load("russia-regions")["name_ru"]
    at = capitals.geometry.loc[[names.index[names == one][0] for one in table["Регион"]]]
    return table.assign(lon=at.x.to_numpy(), lat=at.y.to_numpy())


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A function from tables by form to the ledger and the page of the study run on them."""
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

    def run(parameters=None, **tables):
        for form, table in tables.items():
            file = tmp_path / "yours" / f"{form.replace('_', '-')}.csv"
            table.to_csv(file, index=False)
        ledger = run_study(project, NAME, parameters=parameters or {})
        pages = sorted(project.reports.glob(f"{NAME}*/index.html"))
        page = re.sub(r"<pre.*?</pre>|<svg.*?</svg>", "", pages[0].read_text("utf-8"), flags=re.S)
        return ledger, re.sub(r"<[^>]+>", "", page)

    return run


def heads(ledger) -> set[str]:
    return {key.split("/")[0] for key in [*ledger.numbers, *ledger.texts]}


def test_a_registry_of_needed_columns_only(run):
    ledger, page = run(cluster_registry=bare())
    told = heads(ledger)
    assert ledger.numbers["listed/clusters"].value == 15
    assert {"no-map", "no-investment", "no-m-fields", "no-m-researchers", "no-colocation"} <= told
    assert not told & {"colocation-table", "investment", "answer-points", "answer-beside"}
    assert "regions by their number, towns by form" not in page
    # what needs no place is answered
    assert {"shares", "answer-shares-ai", "answer-shares-territorial", "coagglomeration"} <= told
    assert "answer-shares-pilot" not in told
    for question in ("Clusters on the map", "Investment by kind", "Does AI gather"):
        assert question in page
    assert "pilot clusters ·" not in page


def test_the_same_in_russian(run):
    _, page = run({"lang": "ru"}, cluster_registry=bare())
    page = page.replace("\u00a0", " ")
    assert "по этому реестру ответить нельзя" in page
    assert "not answered with this registry" not in page
    assert "Территориальные кластеры ближе всего" in page


def test_industries_that_the_study_does_not_know_stay_fields_of_their_own(run):
    table = in_towns(bare(24, ("агро", "туризм", "лес", "ИТ")))
    table["Инвестиции, млн руб."] = np.where(np.arange(24) % 5 == 0, 100.0, np.nan)
    ledger, page = run(cluster_registry=table)
    told = heads(ledger)
    fields = {key.split("/")[1] for key in ledger.numbers if key.startswith("forms/")}
    assert fields == {"агро", "туризм", "лес", "IT and electronics"}
    assert "heavy engineering" not in page
    assert ledger.numbers["unsaid/rows"].value == 5
    assert {"no-investment", "few-ai", "no-logit-ai", "no-parts", "no-m-researchers"} <= told
    assert {"answer-points", "colocation-table", "answer-pairs", "same-regions"} <= told
    assert "regions by their number, towns by form" in page
    words = {key: text.text for key, text in ledger.texts.items()}
    assert words["answer-hypotheses/h1"] == words["answer-hypotheses/h3"] == "not asked"


def test_words_follow_numbers_where_ai_stands_beside_it(run):
    """Pairs of one AI and one IT row, a pair a capital; others far from both."""
    regions = wb.load("russia-regions")
    ids = list(regions.index[:40])
    rows = []
    for k, region in enumerate(ids):
        for industry in ("ai", "it") if k % 2 else ("materials",):
            rows.append({"cluster": f"{industry}-{k}", "name_ru": f"{industry} {k}",
                         "form": "territorial", "region": region, "industry": industry,
                         "source": "invented"})  # fmt: skip
    table = pd.DataFrame(rows).assign(Регион=lambda t: t["region"].map(regions["name_ru"]))
    table = in_towns(table).drop(columns="Регион")
    rest = pd.DataFrame([{"cluster": "khanty", "name_ru": "округ", "form": "territorial",
                          "region": "RU-KHM", "industry": "it", "source": "invented"},
                         {"cluster": "simferopol", "name_ru": "вне схем", "form": "territorial",
                          "region": "RU-CR", "industry": "it", "source": "invented"}])  # fmt: skip
    ledger, page = run(cluster_registry=pd.concat([table, rest], ignore_index=True))
    words = {key: text.text for key, text in ledger.texts.items()}
    assert ledger.numbers["parts/as listed/colocation"].value > 1
    assert words["answer-beside/near_0_told"] == "told from chance"
    assert words["answer-hypotheses/h3"] == "supported"
    assert words["answer-hypotheses/h4"] == "supported"
    # an okrug is counted in its oblast, and has no place; what no figures are of is left out, said
    assert ledger.numbers["outside/rows"].value == 1
    assert ledger.numbers["listed/clusters"].value == len(table) + 1
    assert ledger.numbers["listed/located"].value == len(table)
    assert not re.search(r"told from chance.*H3: neither", page)


def test_what_hangs_on_recalled_rows_is_said(run):
    """AI in the regions with most researchers of a year, all but two read; of IT three are."""
    figures = wb.load("russia-innovation").xs(2019, level="year")["researchers"].dropna()
    most = figures.sort_values(ascending=False, kind="stable").index.drop(["RU-MOW", "RU-SPE"])
    rows = [{"cluster": f"{form}-{k}", "name_ru": f"{form} {k}", "form": form, "region": region,
             "industry": industry, "source": "invented", "basis": "read" if k < read else "in part"}
            for form, industry, read in (("national network", "ai", 10), ("territorial", "it", 3))
            for k, region in enumerate(most[:12])]  # fmt: skip
    names = wb.load("russia-regions")["name_ru"]
    table = in_towns(pd.DataFrame(rows).assign(Регион=[names[row["region"]] for row in rows]))
    ledger, page = run(cluster_registry=table.drop(columns="Регион"))
    number = {key: one.value for key, one in ledger.numbers.items()}
    word = {key: one.text for key, one in ledger.texts.items()}
    assert (number["answer-read-ai/rows"], number["answer-read-ai/all"]) == (10, 12)
    assert number["answer-read-ai/hosts"] == 10
    assert number["answer-read-ai/low"] > 0
    assert word["answer-hypotheses/h1_read"] == "; the same of read rows alone"
    assert number["answer-read-territorial/rows"] == 3
    assert "answer-read-territorial/slope" not in number
    assert "cannot be asked of read rows alone" in word["answer-hypotheses/h2_read"]
    assert "H2 cannot be asked of read rows alone" in page


def test_the_readers_scores_of_maturity_are_ranked(run):
    """Sub-indices that are equal within a row: the index is that number, whatever the weights."""
    parts = ("strategy_governance", "people", "data_infrastructure", "use_in_processes", "effects")
    scores = {"A": 80.0, "B": 20.0, "C": 50.0, "D": 35.0}
    table = pd.DataFrame(
        [{"unit": unit, "year": year, "region": "RU-TOM",
          **dict.fromkeys(parts, score + year - 2024)}
         for unit, score in scores.items() for year in (2023, 2024)]
    )  # fmt: skip
    ledger, page = run(ai_maturity=table)
    number = {key: one.value for key, one in ledger.numbers.items()}
    ranks = {unit: number[f"maturity-table/{unit}/rank"] for unit in scores}
    assert ranks == {"A": 1, "C": 2, "D": 3, "B": 4}
    assert number["answer-maturity/year"] == 2024
    assert number["answer-maturity/high"] == pytest.approx(80.0)
    assert "cannot be ranked" not in page
    assert "AI maturity: your figures, ranked" in page
