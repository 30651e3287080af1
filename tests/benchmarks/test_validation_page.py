"""The page on coverage says what the committed file says, as the command prints it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE = ROOT / "reports" / "validation" / "coverage.csv"
PANELS = FILE.with_name("panel_coverage.csv")
DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.]*\d)")


@pytest.fixture(scope="module")
def table(study):
    return study.command.read(FILE)


@pytest.fixture(scope="module")
def panel_table(panels):
    return panels.command.read(PANELS)


@pytest.fixture(scope="module")
def printed(study, table, panels, panel_table):
    beside = study.bootstrap.pages(study.bootstrap.read(FILE.with_name("bootstrap.csv")))
    return [*study.tables.pages(table), *beside, *panels.tables.panel_pages(panel_table)]


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


@pytest.mark.slow
def test_tables_of_the_page_are_those_of_the_command(printed, page):
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert rows
    assert [row for row in rows if row not in printed] == []
    shown = [line for line in printed if line.startswith("|") and "---" not in line]
    assert [line for line in shown if line not in rows] == []


@pytest.mark.slow
def test_every_figure_of_its_sentences_is_in_a_table(study, panels, printed, page):
    given = {f"{abs(value):g}" for value in (*study.designs.BETA, *study.designs.THETA)}
    given |= {str(panels.designs.PERSISTENCE), str(panels.designs.SPREAD)}
    given |= {str(study.designs.CORRELATED), str(study.counts.LEVEL)}
    known = given | set(DECIMAL.findall("\n".join(printed)))
    prose = "\n".join(line for line in page.splitlines() if not line.startswith("|"))
    assert sorted(set(DECIMAL.findall(prose)) - known) == []


@pytest.mark.slow
def test_the_truths_of_the_file_are_those_of_the_designs(study, table):
    for design in study.designs.designs()[::7]:
        values = study.designs.truth(study.designs.world(design))
        rows = study.tables.rows_of(table, design)
        rows = rows[rows["term"] != study.counts.JOINT]
        for row in rows.itertuples():
            assert row.truth == pytest.approx(values[row.term, row.effect], abs=1e-5)


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_design_of_the_bootstrap_comes_out_again(study, tmp_path):
    once, again = (
        study.bootstrap.settled(study.bootstrap.DESIGNS[0], count=3, draws=39) for _ in range(2)
    )
    assert once.equals(again)
    assert ((once["coverage"] + once["below"] + once["above"]).round(12) == 1.0).all()


def test_every_panel_is_there_with_the_same_settings(panels, panel_table):
    for design in panels.designs.panel_designs():
        assert panels.command.is_done(
            panel_table,
            design,
            count=panels.command.REPLICATIONS,
            seed=panels.command.SEED,
            draws=panels.command.DRAWS,
        ), design.name
    assert (panel_table["used"] + panel_table["failed"] <= panel_table["replications"]).all()


def test_the_truths_of_panels_are_those_of_the_designs(panels, panel_table):
    for design in panels.designs.panel_designs()[::5]:
        values = panels.designs.panel_truth(panels.designs.panel_world(design))
        for row in panels.tables.rows_of_panel(panel_table, design).itertuples():
            assert row.truth == pytest.approx(values[row.term, row.effect], abs=1e-5)


@pytest.mark.slow
def test_the_picture_of_panels_can_be_drawn_anew(panels, panel_table):
    picture = panels.views.draw_panels(panel_table)
    assert len(picture.axes) == 3
    assert "transformed out" in picture.alt


@pytest.mark.slow
def test_a_cell_of_the_panels_comes_out_again(panels, panel_table):
    """The first twenty replications of a design lie in the file's range of estimates."""
    design = panels.designs.panel_designs()[0]
    known = panels.designs.panel_world(design)
    found, _ = panels.counts.panel_replications(known, range(20), seed=0, draws=200)
    rows = panels.tables.rows_of_panel(panel_table, design)
    rows = rows[rows["interval"] == "normal"].set_index(["estimator", "term"])
    for estimator, replications in found.items():
        for term in ("a", "b", "rho"):
            row = rows.loc[(estimator, term)]
            made = [each[term, "coefficient", "normal"][0] for each in replications]
            # five standard errors of a mean of twenty
            assert abs(sum(made) / 20 - row["truth"] - row["bias"]) < 5 * row["sd"] / 20**0.5


def test_variances_of_the_direct_approach_are_those_of_theory(panels, panel_table):
    """(T - 1)/T (N - 1)/N of the true one, whatever the model; all of it where corrected."""
    cells = panels.tables.static(panel_table)
    cells = cells[(cells["interval"] == panels.counts.POINT) & cells["rho"].isna()]
    assert len(cells) > 10
    for cell in cells.itertuples():
        direct = cell.estimator == panels.designs.DIRECT
        share = (cell.T - 1) / cell.T * (cell.N - 1) / cell.N if direct else 1.0
        # five standard errors, and what estimated coefficients take: at most six of the
        # (N - 1)(T - 1) that effects leave
        taken = 6 / ((cell.N - 1) * (cell.T - 1))
        assert abs(1 + cell.bias - share) < 5 * cell.sd / cell.used**0.5 + taken


@pytest.mark.slow
def test_biases_of_lambda_are_those_of_theory(panels, panel_table):
    """Beyond that of the transformation, between two forms of the theory's first order."""
    rows = panels.tables.drift(panel_table)[2:]
    assert len(rows) == 10
    for row in rows:
        whole, left, _, beyond, _ = (float(cell) for cell in row.split("|")[2:-1])
        # of samples that both estimators share, so that little noise is left
        assert min(whole, left) - 0.002 <= beyond <= max(whole, left) + 0.002
