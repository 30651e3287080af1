"""What stands beside a report, and its head, follow from its run: each forgery is named."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace

import pytest

from workbench.reports.checking.findings import Finding
from workbench.reports.ledger import read_ledger
from workbench.reports.tools import departures, pandoc_path, tool_versions
from workbench.reports.verifying import compared, verify_report

KEY = "numbers/x/estimate"


def edited(folder, change):
    path = folder / "ledger.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    change({entry["id"]: entry for entry in plain["numbers"]}, plain)
    path.write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")


def kinds(outcome):
    return {(finding.id, finding.kind) for finding in outcome.failing}


def other_bytes(path):
    path.write_bytes(path.read_bytes() + b"\n% by hand\n")


HEAD = {
    "title": "Another study",
    "question": "Another question?",
    "picture": "numbers",
}
PLACE = {"thing": "number", "cell": 9, "number": 7, "files": ["tables/other.csv"], "word": "figure"}


@pytest.mark.parametrize("name", HEAD)
def test_head_of_a_ledger_is_held_against_the_new_run(project, replayed, sealed, name):
    folder = project.reports / "small"
    edited(folder, lambda _numbers, plain: plain.update({name: HEAD[name]}))
    sealed(folder)
    outcome = verify_report(folder, project)
    assert ("small", "record") in kinds(outcome)
    assert f"small: its {name} was {HEAD[name]!r}, is " in outcome.certificate()
    assert "report.pdf" in outcome.files, "what documents show is as it was"
    assert "came out different" not in outcome.certificate()


@pytest.mark.parametrize("name", PLACE)
def test_place_of_a_thing_is_held_against_the_new_run(finished, name):
    new = read_ledger(finished.reports / "small")
    first, *rest = new.published
    value = tuple(PLACE[name]) if name == "files" else PLACE[name]
    old = replace(new, published=(replace(first, **{name: value}), *rest))
    assert ("numbers", "record") in kinds(compared(old, new, findings=[], notes=[]))


def test_sentence_is_held_against_the_new_run_and_is_no_second_finding(finished):
    new = read_ledger(finished.reports / "small")
    others = [place for place in new.published if place.name != "answer"]
    (claim,) = (place for place in new.published if place.name == "answer")
    old = replace(new, published=(*others, replace(claim, sentence="It is not 1.25.")))
    assert kinds(compared(old, new, findings=[], notes=[])) == {("answer", "text")}
    number = replace(new.numbers["answer/x"], value=1.5, printed="1.50")
    old = replace(old, numbers={**new.numbers, "answer/x": number})
    assert kinds(compared(old, new, findings=[], notes=[])) == {("answer/x", "major")}


def in_json(path, change):
    plain = json.loads(path.read_text(encoding="utf-8"))
    change(plain)
    path.write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def in_text(path, was, now):
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, now), encoding="utf-8")


LICENCE = {"title": "CC0", "url": "", "name": "CC0-1.0"}
FORGED = {
    "licence of the data": (
        "provenance.json",
        lambda path: in_json(path, lambda p: p["data"][0].update(licences=[LICENCE])),
        "data/0/licences is [], should be absent",
    ),
    "seed": (
        "provenance.json",
        lambda path: in_json(path, lambda p: p["seeds"].append({"result": "x", "seed": 1})),
        "seeds/0/seed is 1, should be absent",
    ),
    "command": (
        "provenance.json",
        lambda path: in_json(path, lambda p: p.update(command="rm -r .")),
        "command is 'rm -r .', should be 'workbench run small'",
    ),
    "program": (
        "provenance.json",
        lambda path: in_json(path, lambda p: p["tools"].update(typst="0.1")),
        "tools/typst is '0.1', should be ",
    ),
    "number of tables": (
        "replication/README.md",
        lambda path: in_text(path, "tables: 1", "tables: 2"),
        "does not say 'One notebook",
    ),
    "licence of the code": (
        "replication/README.md",
        lambda path: in_text(path, "License for code: none stated", "License for code: MIT"),
        "says 'License for code: MIT.'",
    ),
    "author": (
        "ro-crate-metadata.json",
        lambda path: in_text(path, '"name": "A small study"', '"author": "A. Nobody"'),
        ".//author is 'A. Nobody', should be absent",
    ),
    "action": (
        "ro-crate-metadata.json",
        lambda path: in_text(path, '"Execution of the notebook small"', '"Execution"'),
        "#execution/name is 'Execution', should be 'Execution of the notebook small'",
    ),
}


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("what", FORGED)
def test_what_stands_beside_a_report_is_made_again_and_compared(project, replayed, sealed, what):
    name, forge, told = FORGED[what]
    folder = project.reports / "small"
    forge(folder / name)
    sealed(folder)
    outcome = verify_report(folder, project)
    assert (name, "record") in kinds(outcome)
    if what != "licence of the data":
        assert told in outcome.certificate()
    assert not outcome.passed


@pytest.mark.slow
def test_what_nobody_can_check_is_stated_and_a_change_of_it_is_no_fault(project, replayed, sealed):
    folder = project.reports / "small"

    def change(plain):
        plain["source"] = {"commit": "abc123", "date": "2026-01-31", "changed": True}
        plain["run"].update(wall_seconds=7.5, peak_memory_mib=321)
        plain.update(system="Plan 9", processors=99)

    again = in_text(folder / "replication" / "README.md", "- [ ] I certify", "- [x] I certify")
    assert again is None
    sealed(folder)
    outcome = verify_report(folder, project)
    assert outcome.passed, "authors may tick what only they can state"
    in_json(folder / "provenance.json", change)
    sealed(folder)
    told = verify_report(folder, project).certificate()
    assert "not checked: commit abc123 of 2026-01-31, with changes beside it" in told
    assert "not checked: run time 7.5 s, memory 321 MiB" in told
    assert "Plan 9" in told
    assert "99 processors" in told
    assert "provenance.json: record" not in told
    assert "! record: replication/README.md: says '- Run time:" in told, "both tell of one run"


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", ["provenance.json", "replication/README.md"])
def test_record_that_is_missing_under_a_new_manifest_is_named(project, replayed, sealed, name):
    folder = project.reports / "small"
    (folder / name).unlink()
    sealed(folder)
    assert (name, "file") in kinds(verify_report(folder, project))


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("text", ["", "[]", "{}", '{"run": 1, "lock": 2}'])
def test_record_that_is_none_is_named(project, replayed, sealed, text):
    folder = project.reports / "small"
    (folder / "ro-crate-metadata.json").unlink()  # the digests are then made for the manifest only
    sealed(folder)
    (folder / "provenance.json").write_text(text, encoding="utf-8")
    sealed(folder)
    outcome = verify_report(folder, project)
    assert {("provenance.json", "record"), ("ro-crate-metadata.json", "file")} <= kinds(outcome)


@pytest.mark.slow
def test_versions_that_are_not_those_of_the_lock_are_named(project, replayed, sealed):
    folder = project.reports / "small"
    project.lock.parent.mkdir()
    pins = "\n".join(
        f"{name}=={version} \\" for name, version in tool_versions().items() if name != "pandoc"
    )
    project.lock.write_text(pins, encoding="utf-8")
    lock = hashlib.sha256(project.lock.read_bytes()).hexdigest()
    in_json(folder / "provenance.json", lambda plain: plain["lock"].update(sha256=lock))
    sealed(folder)
    assert ("ledger.json", "record") not in kinds(verify_report(folder, project))
    edited(folder, lambda _numbers, plain: plain["tools"].update(typst="0.1.0"))
    sealed(folder)
    outcome = verify_report(folder, project)
    assert ("ledger.json", "record") in kinds(outcome)
    assert "those of the lock: typst 0.1.0, not " in outcome.certificate()


def test_pandoc_is_pinned_by_the_package_that_has_it_inside(tmp_path, monkeypatch):
    """The lock names the wheel; which pandoc is in it, the wheel says itself."""
    lock = tmp_path / "environment.txt"
    here = tool_versions()
    lock.write_text(f"pypandoc-binary=={here['pypandoc-binary']} \\\n", encoding="utf-8")
    assert departures(here, lock) == {}
    told = departures({**here, "pandoc": "3.8"}, lock)
    assert told == {"pandoc": f"3.8, not {here['pandoc']}"}
    older = {**here, "pypandoc-binary": "0.1", "pandoc": "3.1"}
    assert "pandoc" not in departures(older, lock), "nobody knows what that one held"
    lock.write_text("pypandoc-binary==0.1 \\\n", encoding="utf-8")
    assert "pandoc" not in departures({**here, "pandoc": "3.8"}, lock), "nobody knows what it held"


def test_a_pandoc_on_the_path_does_not_set_reports(tmp_path, monkeypatch):
    """However new it says it is; only a program named on purpose is taken."""
    program = tmp_path / "pandoc"
    program.write_text("#!/bin/sh\necho pandoc 99.9\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    for found in (pandoc_path, tool_versions):
        found.cache_clear()
    try:
        assert tool_versions()["pandoc"] != "99.9"
        monkeypatch.setenv("PYPANDOC_PANDOC", str(program))
        for found in (pandoc_path, tool_versions):
            found.cache_clear()
        assert tool_versions()["pandoc"] == "99.9"
        lock = tmp_path / "environment.txt"
        pin = f"pypandoc-binary=={tool_versions()['pypandoc-binary']}"
        lock.write_text(f"{pin} \\\n", encoding="utf-8")
        assert "pandoc" in departures(tool_versions(), lock), "a report says so"
    finally:
        monkeypatch.undo()
        for found in (pandoc_path, tool_versions):
            found.cache_clear()


def test_file_that_no_report_has_is_named_once(project, replayed, sealed):
    """Its name stands there, not its place in a list, and nothing that only echoes it."""
    folder = project.reports / "small"
    (folder / "extra.txt").write_text("x", encoding="utf-8")
    sealed(folder)
    outcome = verify_report(folder, project)
    assert [f.line for f in outcome.failing] == [
        "extra.txt: added: no report has it, and the ledger does not name it"
    ]


def earlier(folder, *names):
    def older(plain):
        plain["schema"] = 2
        plain.pop("tools", None)

    for name in names:
        in_json(folder / name, older)


def test_report_of_an_earlier_workbench_holds_in_part_and_says_what_was_not_compared(
    project, replayed, sealed
):
    folder = project.reports / "small"
    earlier(folder, "ledger.json", "provenance.json")
    sealed(folder)
    outcome = verify_report(folder, project)
    assert (outcome.outcome, outcome.passed) == ("partly", False)
    told = "as an earlier workbench wrote them: workbench run small renews them"
    assert told in outcome.certificate()
    assert "NOT COMPARED: provenance.json, replication/README.md, ro-crate" in outcome.certificate()


def test_ledger_that_claims_an_earlier_schema_than_what_stands_beside_it_fails(
    project, replayed, sealed
):
    folder = project.reports / "small"
    earlier(folder, "ledger.json")
    in_json(folder / "provenance.json", lambda plain: plain["data"][0].update(title="Another"))
    sealed(folder)
    outcome = verify_report(folder, project)
    assert kinds(outcome) == {("ledger.json", "record")}
    assert "of schema 2, though provenance.json is of 4" in outcome.certificate()


def test_crate_of_another_rocrate_excuses_the_crate_alone(project, replayed, sealed):
    folder = project.reports / "small"

    def forged(plain):
        plain["tools"]["rocrate"] = "0.1"
        plain["run"]["wall_seconds"] = 1.0
        plain["data"][0]["title"] = "Another"

    edited(folder, lambda _numbers, plain: plain["tools"].update(rocrate="0.1"))
    in_json(folder / "provenance.json", forged)
    sealed(folder)
    outcome = verify_report(folder, project)
    assert ("provenance.json", "record") in kinds(outcome)
    assert [line.split(",")[0] for line in outcome.uncompared] == ["ro-crate-metadata.json"]
    assert "rocrate was 0.1, is " in outcome.uncompared[0]


def test_documents_are_not_compared_for_the_reason_that_is_told(project, replayed, sealed):
    folder = project.reports / "small"
    edited(folder, lambda numbers, _plain: numbers[KEY].update(value=2.5, printed="2.500"))
    sealed(folder)
    outcome = verify_report(folder, project)
    assert (KEY, "major") in kinds(outcome)
    assert "report.pdf" in outcome.files, "it shows what the new run gives: the ledger does not"
    other_bytes(folder / "report.pdf")
    sealed(folder)
    outcome = verify_report(folder, project)
    told = "not checked: report.pdf, as what they show came out different: numbers"
    assert told in outcome.certificate()


def test_certificate_tells_by_which_kind_how_many_numbers_were_compared(run):
    told = run[0].certificate()
    assert "       5  of kind closed form: within 1e-09 relative" in told
    assert "       2  whole numbers: identical" in told
    assert run[0].plain()["kinds"] == {"closed form": 5, "exact": 2}


def test_a_finding_can_be_written_whatever_it_names():
    """Half of a pair of characters is no text that a file can hold."""
    told = Finding("a\ud800", "record", "says \ud800", was="\ud800").plain()
    assert json.dumps(told, ensure_ascii=False).encode()
