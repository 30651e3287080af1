"""A report that was altered with care, its ledger and manifest too, does not pass."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from dataclasses import replace

import pytest

from workbench.errors import ReportError
from workbench.reports import verifying
from workbench.reports.checking import faults
from workbench.reports.entries import Number
from workbench.reports.ledger import read_ledger
from workbench.reports.verifying import compared, verify_report

KEY = "numbers/x/estimate"


def edited(folder, change):
    path = folder / "ledger.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    change({entry["id"]: entry for entry in plain["numbers"]}, plain)
    path.write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")


def in_page(folder, was, now):
    page = folder / "index.html"
    text = page.read_text(encoding="utf-8")
    assert was in text
    page.write_text(text.replace(was, now), encoding="utf-8")
    digest = hashlib.sha256(page.read_bytes()).hexdigest()
    edited(folder, lambda _numbers, plain: plain["page"].update(sha256=digest))


def kinds(outcome):
    return {(finding.id, finding.kind) for finding in outcome.failing}


def test_certificate_names_the_files_that_were_compared(run):
    outcome = run[0]
    assert outcome.passed
    beside = ("provenance.json", "replication/README.md", "ro-crate-metadata.json")
    documents = ("index.html", "report.pdf", "report.docx")
    assert outcome.files == (*documents, "tables/numbers.csv", *beside)
    assert "files compared        7 (index.html, report.pdf" in outcome.certificate()
    assert outcome.plain()["files"] == list(outcome.files)


def test_ledger_cannot_widen_its_own_tolerance(project, replayed, sealed):
    folder = project.reports / "small"

    def change(numbers, plain):
        value = 1.25 * 1.03
        numbers[KEY].update(
            value=value, printed=f"{value:.4f}", format=".4f", tolerance="simulation"
        )
        plain["versions"]["numpy"] = "1.0"

    edited(folder, change)
    sealed(folder)
    outcome = verify_report(folder, project)
    assert {(KEY, "minor"), (KEY, "kind")} <= kinds(outcome)
    assert "its tolerance was 'simulation', is 'closed form'" in outcome.certificate()


@pytest.mark.parametrize(
    ("field", "value"),
    [("tolerance", "simulation"), ("permutations", 9), ("p_value", True), ("format", ".9f")],
)
def test_each_part_of_the_rule_of_a_number_is_compared(finished, field, value):
    new = read_ledger(finished.reports / "small")
    old = replace(new, numbers={**new.numbers, KEY: replace(new.numbers[KEY], **{field: value})})
    assert (KEY, "kind") in kinds(compared(old, new, findings=[], notes=[]))


def test_simulated_number_that_only_another_numpy_lets_pass_is_named(finished):
    ledger = read_ledger(finished.reports / "small")

    def drawn(value, numpy, tolerance="simulation"):
        number = Number("tab/x", value, f"{value:.2f}", ".2f", tolerance)
        versions = {**ledger.versions, "numpy": numpy}
        return replace(ledger, numbers={"tab/x": number}, versions=versions, texts={}, published=())

    outcome = compared(drawn(1.0, "1.0"), drawn(1.04, "2.0"), findings=[], notes=[])
    assert outcome.passed
    assert "within the wider tolerance of numpy 2.0 beside 1.0: tab/x" in outcome.certificate()
    likelihood = drawn(1.04, "2.0", "maximum likelihood")
    found = compared(drawn(1.0, "1.0"), likelihood, findings=[], notes=[])
    assert kinds(found) == {("tab/x", "minor"), ("tab/x", "kind")}


def other_number(path):
    path.write_text(path.read_text(encoding="utf-8").replace("1.25", "1.35"), encoding="utf-8")


def other_bytes(path):
    path.write_bytes(path.read_bytes() + b"\n% by hand\n")


def other_part(path):
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(b"small", b"large"))


@pytest.mark.parametrize(
    ("name", "alter"),
    [("tables/numbers.csv", other_number), ("report.pdf", other_bytes),
     ("report.docx", other_part)],
)  # fmt: skip
def test_file_that_was_altered_under_a_new_manifest_is_named(
    project, replayed, name, alter, sealed
):
    folder = project.reports / "small"
    alter(folder / name)
    sealed(folder)
    assert kinds(verify_report(folder, project)) == {(name, "file")}


def test_page_that_was_altered_with_its_digest_is_named(project, replayed, sealed):
    folder = project.reports / "small"
    in_page(folder, "1.25", "1.35")
    sealed(folder)
    assert kinds(verify_report(folder, project)) == {("index.html", "file")}


def test_tables_are_held_against_the_ledger_where_its_numbers_came_out_different(
    project, replayed, sealed
):
    folder = project.reports / "small"
    value = 1.25 * (1 + 1e-10)
    edited(folder, lambda numbers, _plain: numbers[KEY].update(value=value))
    table = folder / "tables" / "numbers.csv"
    sealed(folder)
    told = kinds(verify_report(folder, project))
    assert told == {("tables/numbers.csv", "file"), ("index.html", "file")}
    table.write_text(table.read_text("utf-8").replace("1.25", repr(value)), encoding="utf-8")
    behind = 'value="1.25" title="1.25"'
    in_page(folder, behind, behind.replace("1.25", repr(value)))
    sealed(folder)
    outcome = verify_report(folder, project)
    assert outcome.passed, outcome.certificate()
    assert outcome.within == 1
    assert "report.pdf" in outcome.files, "the digits that it prints are the same"


@pytest.mark.parametrize("name", ["figures", "tables"])
def test_folder_that_was_taken_out_under_a_new_manifest_is_named(project, replayed, name, sealed):
    folder = project.reports / "small"
    shutil.rmtree(folder / name)
    sealed(folder)
    assert (f"{name}/", "file") in kinds(verify_report(folder, project))


def test_data_that_stop_the_notebook_are_named_and_not_the_cell(project, monkeypatch):
    def stopping(*_given, **_more):
        raise ReportError("cell 3", expected="to run", found="DataIntegrityError")

    monkeypatch.setattr(verifying, "execute", stopping)
    folder = project.reports / "small"
    with pytest.raises(ReportError, match="cell 3"):
        verify_report(folder, project)
    (project.geodata / "toy" / "data.csv").write_text("a\n2\n", encoding="utf-8")
    outcome = verify_report(folder, project)
    assert kinds(outcome) == {("toy/data.csv", "data")}
    assert outcome.compared == 0
    assert "no number was compared" in outcome.certificate()


def test_data_that_were_altered_with_the_ledger_are_named_by_file_and_cell(
    project, monkeypatch, sealed
):
    """The marks of columns and rows are those of the data as they were."""

    def stopping(*_given, **_more):
        raise ReportError("cell 3", expected="to run", found="DataIntegrityError")

    monkeypatch.setattr(verifying, "execute", stopping)
    folder, data = project.reports / "small", project.geodata / "toy" / "data.csv"
    data.write_text("a\n2\n", encoding="utf-8")
    digest = hashlib.sha256(data.read_bytes()).hexdigest()

    def forged(_numbers, plain):
        plain["datasets"][0]["files"]["data.csv"] = digest

    edited(folder, forged)
    sealed(folder)
    outcome = verify_report(folder, project)
    assert ("toy/data.csv", "data") in kinds(outcome)
    told = f"the data changed (column a, row 2), though the ledger has their SHA-256 {digest[:12]}"
    assert told in outcome.certificate()


def test_data_that_the_workbench_has_otherwise_are_named_where_the_notebook_stops(
    project, monkeypatch, tmp_path
):
    """Marks forged too, the workbench's own data of that name still tell which cell it is."""

    def stopping(*_given, **_more):
        raise ReportError("cell 3", expected="to run", found="another one of this name in each")

    monkeypatch.setattr(verifying, "execute", stopping)
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "data.csv").write_text("a\n2\n", encoding="utf-8")
    monkeypatch.setattr(faults, "bundled_root", lambda: tmp_path)
    outcome = verify_report(project.reports / "small", project)
    assert kinds(outcome) == {("toy/data.csv", "data")}
    told = "not the data of this name that the workbench at hand has (column a, row 1)"
    assert told in outcome.certificate()
    shutil.copy(project.geodata / "toy" / "data.csv", tmp_path / "toy" / "data.csv")
    with pytest.raises(ReportError, match="another one of this name"):
        verify_report(project.reports / "small", project)


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain["metadata"].update(title="Certified"),
        lambda plain: plain["cells"][-1].update(
            outputs=[{"output_type": "stream", "name": "stdout", "text": "p = 0.0001"}]
        ),
    ],
    ids=["metadata", "output"],
)
def test_notebook_that_holds_more_than_its_sources_is_named(project, replayed, sealed, change):
    """Its cells are as they were, and run as they did: what stands beside them was invented."""
    folder = project.reports / "small"
    plain = json.loads((folder / "notebook.ipynb").read_text(encoding="utf-8"))
    change(plain)
    (folder / "notebook.ipynb").write_text(json.dumps(plain), encoding="utf-8")
    sealed(folder)
    outcome = verify_report(folder, project)
    assert ("notebook.ipynb", "file") in kinds(outcome)
    assert "holds more than the sources of its cells" in outcome.certificate()
