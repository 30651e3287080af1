"""JSON of a report that one reader could take otherwise than another does not hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.errors import ReportError, WorkbenchError
from workbench.reports.ledger import read_ledger
from workbench.reports.manifest import MANIFEST, manifest_text
from workbench.reports.plain_json import DEEPEST, departures, parsed
from workbench.reports.studies import read_notebook
from workbench.reports.verifying import verify_report

ROOT = Path(__file__).parents[2]
DEEP = "[" * 200_000 + "]" * 200_000
STILL_READ = "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1)
PROVENANCE, CRATE = "provenance.json", "ro-crate-metadata.json"


def told_of(folder, project):
    """Return the outcome of a verification and what it says; "refused" where it is refused."""
    try:
        outcome = verify_report(folder, project)
    except WorkbenchError as error:
        return "refused", str(error)
    return outcome.outcome, outcome.certificate()


def in_text(path, was, now):
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, now, 1), encoding="utf-8")


def manifest_alone(folder):
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}
    (folder / MANIFEST).write_text(manifest_text(files), encoding="utf-8")


DOUBLED = [
    ("ledger.json", '"value": 1.25', '"value": 99.9, "value": 1.25', "value"),
    ("ledger.json", '"study":', '"study": "large", "study":', "study"),
    ("ledger.json", '"file": "index.html"', '"file": "a", "file": "index.html"', "file"),
    (PROVENANCE, '"command":', '"command": "rm -r .", "command":', "command"),
    (PROVENANCE, '"wall_seconds":', '"wall_seconds": 1, "wall_seconds":', "wall_seconds"),
    (CRATE, '"@graph":', '"@graph": [], "@graph":', "@graph"),
    ("notebook.ipynb", '"nbformat":', '"nbformat": 3, "nbformat":', "nbformat"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "was", "now", "key"), DOUBLED)
def test_key_that_occurs_twice_is_named_and_nothing_holds(
    project, replayed, sealed, name, was, now, key
):
    folder = project.reports / "small"
    sealed(folder)
    in_text(folder / name, was, now)
    manifest_alone(folder)
    outcome, told = told_of(folder, project)
    assert outcome in ("refused", "differs")
    assert name in told
    assert f"the key {key!r} occurs twice" in told


UNKNOWN = {
    "at the top": ('"schema": 3,', '"schema": 3, "approved": true,', "approved is unknown"),
    "in the page": ('"file": "index.html",', '"file": "index.html", "x": 1,', "page/x is unknown"),
    "a file": ('"file": "notebook.ipynb"', '"file": "other.ipynb"', "notebook/file is not as it"),
    "with a slash": ('"schema": 3,', '"schema": 3, "page/file": "index.html",', "page/file is unk"),
    "null": ('"schema": 3,', '"schema": 3, "approved": null,', "approved is unknown"),
    "empty": ('"schema": 3,', '"schema": 3, "parameters": {},', "parameters is unknown"),
    "another kind": ('"schema": 3,', '"schema": 3.0,', "schema is not as it is written"),
}


@pytest.mark.parametrize("where", UNKNOWN)
def test_ledger_is_what_a_workbench_writes_and_nothing_more(project, replayed, sealed, where):
    folder = project.reports / "small"
    was, now, told = UNKNOWN[where]
    in_text(folder / "ledger.json", was, now)
    sealed(folder)
    outcome = verify_report(folder, project)
    assert {(f.id, f.kind) for f in outcome.failing} == {("ledger.json", "record")}
    assert told in outcome.certificate()


@pytest.mark.parametrize(
    ("name", "was", "now", "told"),
    [(PROVENANCE, '"command":', '"approved": null, "command":', "approved is None, should be abs"),
     (PROVENANCE, '"command":', '"ledger/file": "ledger.json", "command":', "ledger/file is"),
     (CRATE, '"@graph": [', '"@graph": [{"@id": "./", "name": "Another"},', "'./' occurs twice")],
)  # fmt: skip
def test_record_that_says_more_than_it_should_is_named(project, replayed, name, was, now, told):
    folder = project.reports / "small"
    in_text(folder / name, was, now)
    manifest_alone(folder)
    outcome = verify_report(folder, project)
    assert (name, "record") in {(f.id, f.kind) for f in outcome.failing}
    assert told in outcome.certificate()


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("reports/*/ledger.json")), ids=lambda path: path.parent.name
)
def test_ledgers_of_the_project_are_read_without_loss(path):
    text = path.read_text(encoding="utf-8")
    assert read_ledger(path.parent).to_json() == text
    assert list(departures(parsed(text), json.loads(text))) == []


@pytest.mark.parametrize("text", [DEEP, STILL_READ], ids=["no parser reads it", "too deep"])
@pytest.mark.parametrize("name", ["ledger.json", PROVENANCE, CRATE, "notebook.ipynb"])
def test_json_that_nests_without_end_is_refused_by_name(project, replayed, name, text):
    folder = project.reports / "small"
    (folder / name).write_text(text, encoding="utf-8")
    manifest_alone(folder)
    outcome, told = told_of(folder, project)
    assert outcome in ("refused", "differs")
    assert name in told


@pytest.mark.parametrize("text", [DEEP, "[1]"], ids=["deep", "no object"])
def test_descriptor_of_the_data_that_is_none_is_refused_by_name(project, replayed, text):
    (project.geodata / "toy" / "datapackage.json").write_text(text, encoding="utf-8")
    outcome, told = told_of(project.reports / "small", project)
    assert outcome == "refused"
    assert "toy" in told
    assert "datapackage.json" in told


def test_notebook_with_nesting_in_its_metadata_is_refused_though_its_digest_is_the_same(
    project, replayed
):
    folder = project.reports / "small"
    in_text(folder / "notebook.ipynb", '"metadata": {}', f'"metadata": {{"x": {STILL_READ}}}')
    manifest_alone(folder)
    outcome, told = told_of(folder, project)
    assert outcome == "refused"
    assert "notebook.ipynb" in told
    assert f"nested deeper than {DEEPEST} levels" in told


def test_as_deep_as_is_said_is_read():
    text = "[" * DEEPEST + "]" * DEEPEST
    assert parsed(text) == json.loads(text)


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain["cells"][0].pop("source"),
        lambda plain: plain["cells"][0].update(source=5),
        lambda plain: plain["cells"][0].update(cell_type="other"),
        lambda plain: plain["cells"][0].pop("cell_type"),
        lambda plain: plain["cells"][0].update(metadata=5),
        lambda plain: plain.update(cells=[1]),
        lambda plain: plain.update(cells={"a": 1}),
        lambda plain: plain.update(metadata=[1]),
    ],
)
def test_notebook_of_another_shape_is_an_error_that_names_it(project, tmp_path, change):
    plain = json.loads((project.reports / "small" / "notebook.ipynb").read_text("utf-8"))
    change(plain)
    path = tmp_path / "notebook.ipynb"
    path.write_text(json.dumps(plain), encoding="utf-8")
    with pytest.raises(ReportError, match=r"notebook\.ipynb"):
        read_notebook(path)
