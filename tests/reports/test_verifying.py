"""Verification finds every number that is not as published, and never changes a report."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from workbench.errors import ReportError
from workbench.reports import verifying
from workbench.reports.ledger import read_ledger
from workbench.reports.verifying import compared, verify_report


def edited(project, change):
    """Edit the ledger of the report on disk."""
    path = project.reports / "small" / "ledger.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    change({entry["id"]: entry for entry in plain["numbers"]}, plain)
    path.write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")


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


def test_everything_that_was_altered_is_named(project):
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


def altered(ledger, key, **changes):
    return replace(ledger, numbers={**ledger.numbers, key: replace(ledger.numbers[key], **changes)})


def outcome(old, new):
    return compared(old, new, faults=[], notes=[])


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
