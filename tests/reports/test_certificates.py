"""A certificate says what came of a verification, in the same bytes, and claims no more."""

from __future__ import annotations

import io
import json
import platform

import numpy as np
import pytest
import yaml

from workbench.errors import InputError, ReportError
from workbench.reports.checking.certificate import Checker, certificate, record, write
from workbench.reports.checking.findings import Finding
from workbench.reports.checking.outcome import Figures, Machine, Verification

HOSTILE = '#panic("x") $x$ *b* <script> @y [z] \\ \x1b[31m \u202e "quoted": \U0001f600'
DIGEST = "0123456789abcdef" * 4


def outcome(*findings, **more):
    given = {
        "compared": 12, "identical": 10, "within": 1, "largest": 1e-8, "report": "small",
        "title": "Инновации в регионах", "ledger": DIGEST, "notebook": DIGEST,
        "figures": Figures(1, 1, 0), "notes": ("numpy was 1, is 2",),
    }  # fmt: skip
    return Verification("small", findings=tuple(findings), **{**given, **more})


def text_of(pdf):
    from pypdf import PdfReader

    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_certificate_is_read_back_with_outcome_counts_and_cyrillic(finished):
    found = outcome(Finding("регион/Томск", "major", "was 1.0, is 2.0", 1.0, 2.0, 1.0))
    who = Checker("Анна Иванова", "2026-01-31")
    made = certificate(found, finished.reports / "small", finished, checker=who)
    assert made == certificate(found, finished.reports / "small", finished, checker=who)
    told = text_of(made["certificate.pdf"])
    for words in ("The report does not hold", "Инновации в регионах", "Анна Иванова", "2026-01-31",
                  "регион/Томск", "was 1.0, is 2.0", "major", DIGEST):  # fmt: skip
        assert words in told
    plain = json.loads(made["certificate.json"])
    assert plain["outcome"] == "differs"
    assert plain["classes"] == {"major": 1}
    assert plain["findings"][0] == {
        "id": "регион/Томск", "class": "major", "told": "was 1.0, is 2.0", "was": 1.0, "is": 2.0,
        "relative": 1.0,
    }  # fmt: skip
    assert plain["checked_by"] == "Анна Иванова"


def test_certificate_is_archival_and_without_clock(finished):
    from pypdf import PdfReader

    made = certificate(outcome(), finished.reports / "small", finished)
    assert "The report holds" in text_of(made["certificate.pdf"])
    reader = PdfReader(io.BytesIO(made["certificate.pdf"]))
    assert "/OutputIntents" in reader.trailer["/Root"]
    assert "checked_" not in made["certificate.json"].decode()
    assert "check_time" not in made["codecheck.yml"].decode()


def test_hostile_texts_are_only_texts(finished):
    found = outcome(Finding(HOSTILE, "text", f"was {HOSTILE!r}"), title=HOSTILE, notes=(HOSTILE,))
    made = certificate(found, finished.reports / "small", finished, checker=Checker(HOSTILE))
    assert '#panic("x") $x$ *b*' in text_of(made["certificate.pdf"])
    draft = yaml.safe_load(made["codecheck.yml"])
    assert set(draft) == {"version", "manifest", "paper", "codechecker", "report", "summary"}
    assert "\x1b" not in draft["paper"]["title"]
    assert "\x1b" not in found.certificate()
    assert "\u202e" not in found.certificate()


def test_draft_for_codecheck_follows_its_specification_and_claims_no_identifier(finished):
    # https://codecheck.org.uk/spec/config/2.0/: manifest, paper, codechecker, report, summary
    made = certificate(outcome(), finished.reports / "small", finished, checker=Checker("A", ""))
    text = made["codecheck.yml"].decode()
    assert text.startswith("%YAML 1.1\n")
    draft = yaml.safe_load(text)
    assert draft["version"] == "https://codecheck.org.uk/spec/config/2.0/"
    assert "certificate" not in draft
    assert draft["report"] == ""
    assert "only the CODECHECK register issues one" in text
    assert draft["codechecker"] == [{"name": "A", "ORCID": ""}]
    named = [entry["file"] for entry in draft["manifest"]]
    assert {"index.html", "ledger.json"} <= set(named)
    assert all((finished.reports / "small" / name).is_file() for name in named)
    assert "certificate.json" not in draft["summary"]


def test_authors_are_those_that_the_project_cites(finished, project):
    (project.root / "CITATION.cff").write_text(
        "authors:\n- given-names: Анна\n  family-names: Иванова\n"
        "  orcid: https://orcid.org/0000-0002-1825-0097\n- name: A group\n",
        encoding="utf-8",
    )
    made = certificate(outcome(), project.reports / "small", project)
    assert yaml.safe_load(made["codecheck.yml"])["paper"]["authors"] == [
        {"name": "Анна Иванова", "ORCID": "0000-0002-1825-0097"},
        {"name": "A group", "ORCID": ""},
    ]


def test_record_names_the_ledger_and_nothing_of_the_machine(project):
    path = record(outcome(environment="new, from a lock"), project)
    assert path == project.reports / "checks" / "small.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    assert plain["ledger_sha256"] == DIGEST
    assert plain["outcome"] == "holds"
    assert (plain["numbers"], plain["identical"], plain["within"]) == (12, 10, 1)
    assert not {"notes", "environment", "largest_relative"} & plain.keys()
    before = path.read_bytes()
    record(outcome(notes=()), project)
    assert path.read_bytes() == before


def test_absent_data_take_no_place_of_a_check_of_the_same_ledger(project):
    path = record(outcome(), project)
    before = path.read_bytes()
    record(outcome(absent=("get it",), compared=0), project)
    assert path.read_bytes() == before
    record(outcome(absent=("get it",), ledger="f" * 64), project)
    assert json.loads(path.read_text(encoding="utf-8"))["outcome"] == "absent"


def test_full_disk_is_said_and_the_last_certificate_stays(tmp_path, monkeypatch):
    import errno
    from pathlib import Path

    write(tmp_path, {"certificate.json": b"old"})

    def full(self, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ReportError, match="No space left"):
        write(tmp_path, {"certificate.json": b"new"})
    monkeypatch.undo()
    assert (tmp_path / "certificate.json").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["certificate.json"]


@pytest.mark.parametrize("date", ["31.01.2026", "today", "2026-1-31"])
def test_dates_of_another_form_are_refused(date):
    with pytest.raises(InputError, match="2026-01-31"):
        Checker("A", date)


def test_certificate_tells_on_what_the_notebook_was_executed_and_the_record_does_not(finished):
    machine = Machine("CPython 3.11.7", "Linux, x86_64", {"numpy": "2.4.6"}, {"numpy": "2.4.5"})
    found = outcome(machine=machine)
    made = certificate(found, finished.reports / "small", finished)
    words = text_of(made["certificate.pdf"])
    assert "CPython 3.11.7; Linux, x86_64" in words
    assert "numpy 2.4.6 (the report: 2.4.5)" in words
    assert json.loads(made["certificate.json"])["run"] == {
        "python": "CPython 3.11.7", "system": "Linux, x86_64", "versions": {"numpy": "2.4.6"},
        "report_made_with": {"numpy": "2.4.5"},
    }  # fmt: skip
    assert not {"run", "by_content"} & found.record().keys()


def test_verification_knows_on_what_it_ran(run):
    machine = run[0].machine
    assert machine.python.endswith(platform.python_version())
    assert machine.versions["numpy"] == np.__version__
    assert machine.others == {}
