"""The page on coverage says what the committed file says, as the command prints it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE = ROOT / "reports" / "validation" / "coverage.csv"
DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.]*\d)")


@pytest.fixture(scope="module")
def table(study):
    return study.command.read(FILE)


@pytest.fixture(scope="module")
def printed(study, table):
    beside = study.bootstrap.pages(study.bootstrap.read(FILE.with_name("bootstrap.csv")))
    return [*study.tables.pages(table), *beside]


@pytest.fixture(scope="module")
def page():
    return (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")


def test_every_design_is_there_with_the_same_settings(study, table):
    for design in study.designs.designs():
        assert study.command.is_done(
            table,
            design,
            count=study.command.REPLICATIONS,
            seed=study.command.SEED,
            draws=study.command.DRAWS,
        ), design.name
    assert (table["used"] + table["failed"] <= table["replications"]).all()


def test_tables_of_the_page_are_those_of_the_command(printed, page):
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert rows
    assert [row for row in rows if row not in printed] == []
    shown = [line for line in printed if line.startswith("|") and "---" not in line]
    assert [line for line in shown if line not in rows] == []


def test_every_figure_of_its_sentences_is_in_a_table(study, printed, page):
    given = {f"{abs(value):g}" for value in (*study.designs.BETA, *study.designs.THETA)}
    given |= {str(study.designs.CORRELATED), str(study.counts.LEVEL)}
    known = given | set(DECIMAL.findall("\n".join(printed)))
    prose = "\n".join(line for line in page.splitlines() if not line.startswith("|"))
    assert sorted(set(DECIMAL.findall(prose)) - known) == []


def test_the_truths_of_the_file_are_those_of_the_designs(study, table):
    for design in study.designs.designs()[::7]:
        values = study.designs.truth(study.designs.world(design))
        rows = study.tables.rows_of(table, design)
        rows = rows[rows["term"] != study.counts.JOINT]
        for row in rows.itertuples():
            assert row.truth == pytest.approx(values[row.term, row.effect], abs=1e-5)


def test_the_picture_can_be_drawn_anew(study, table):
    picture = study.views.draw(table)
    assert len(picture.axes) == 3
    assert "lowest of all" in picture.alt


def test_the_bootstraps_of_the_page_are_all_there(study):
    table = study.bootstrap.read(FILE.with_name("bootstrap.csv"))
    assert list(table["design"].unique()) == [design.name for design in study.bootstrap.DESIGNS]
    assert (table["replications"] == study.bootstrap.REPLICATIONS).all()
    assert (table["draws"] == study.bootstrap.DRAWS).all()
    assert set(table["interval"]) == set(study.bootstrap.KINDS)


def test_a_design_of_the_bootstrap_comes_out_again(study, tmp_path):
    once, again = (
        study.bootstrap.settled(study.bootstrap.DESIGNS[0], count=3, draws=39) for _ in range(2)
    )
    assert once.equals(again)
    assert ((once["coverage"] + once["below"] + once["above"]).round(12) == 1.0).all()
