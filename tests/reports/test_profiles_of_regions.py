"""Two studies keep their word: claims first, verdicts in one table, no rank resting on little."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import workbench as wb
from workbench.core.language import speaking

pytestmark = pytest.mark.slow
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LATIN = re.compile(r"[A-Za-z]{2,}")
ALLOWED = re.compile(r"\bRU(-[A-Z]+)?\b|\b(AIC|BIC)\b|coefficient\(|log\(|R²")
"""Ids, names of statistics and functions; what stands in formulas is taken out first."""
FORMULA = re.compile(r"(coefficient\()?log\([^)]*\)\)?|investment / grp")


@pytest.fixture
def run(monkeypatch):
    """Return what a study publishes, by name, in the order in which it does."""

    def running(study, **parameters):
        source = (NOTEBOOKS / f"{study}.py").read_text(encoding="utf-8")
        for name, value in parameters.items():
            source, count = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value!r}", source)
            assert count == 1
        found = {}
        for verb in ("claim", "publish"):
            real = getattr(wb, verb)

            def kept(*args, _real=real, **options):
                published = _real(*args, **options)
                found[published.name] = published
                return published

            monkeypatch.setattr(wb, verb, kept)
        with speaking("en"):
            exec(compile(source, study, "exec"), {"__name__": study})
        return found

    return running


def numbers_of(published):
    return {number.id.partition("/")[2]: number.value for number in published.numbers}


def rows_of(published):
    return [row.label for grid in published.grids for row in grid.rows]


def test_a_region_of_two_components_is_not_ranked_as_a_whole(run):
    """Chukotka has no figures of science, finance and results in 2017-2019."""
    found = run("innovation-potential", region="RU-CHU")
    told = numbers_of(found["not-ranked"])
    assert (told["have"], told["every"], told["least"]) == (2, 5, 3)
    assert "whole index" not in rows_of(found["components"])
    assert not {"answer-profile", "map", "answer-map", "gaps", "answer-gaps"} & set(found)
    verdicts = [text.text for text in found["verdicts"].texts if text.id.endswith("/verdict")]
    assert verdicts.count("not applicable") == 2


def test_a_rank_says_how_many_components_it_rests_on(run):
    found = run("innovation-potential", region="RU-KEM")
    told = numbers_of(found["answer-profile"])
    assert (told["have"], told["every"]) == (5, 5)
    assert told["used"] == told["indicators"] == 8
    assert "whole index" in rows_of(found["components"])
    assert next(iter(found)) == "hypotheses"
    assert rows_of(found["hypotheses"]) == rows_of(found["verdicts"])


def test_creative_claims_stand_before_any_model_and_verdicts_in_one_table(run):
    order = list(found := run("creative-entrepreneurship"))
    assert order.index("hypotheses") < order.index("top20") < order.index("elasticities")
    assert len(rows_of(found["verdicts"])) == 4
    assert "65" in found["printed"].sentence


@pytest.mark.parametrize("study", ["innovation-potential", "creative-entrepreneurship"])
def test_tables_in_russian_are_in_russian(run, study):
    found = run(study, lang="ru")
    shown = {
        text
        for published in found.values()
        for grid in published.grids
        for text in (
            *grid.header,
            *(row.label for row in grid.rows),
            *(cell.shown for row in grid.rows for cell in row.cells),
        )
    }
    left = {text for text in shown if LATIN.search(ALLOWED.sub("", FORMULA.sub("", text)))}
    assert left == set()
