"""A study on external data that are not here is not run, and says what it needs; else as any."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

import workbench as wb
from workbench.cli import main
from workbench.data import external
from workbench.data.bundled import bundled_root
from workbench.data.descriptor import read_descriptor
from workbench.errors import AbsentDataError
from workbench.reports.datasets import Dataset, absences, describe
from workbench.reports.document.footer import not_distributed
from workbench.reports.project import Project
from workbench.reports.running import run_study
from workbench.reports.studies import Study, sync
from workbench.reports.verifying import verify_report

NAME = "cigarette-demand"
HEADER = "state,year,price,pop,pop16,cpi,ndi,sales,pimin\n"
TABLE = HEADER + "1,63,20.5,3000,2000.5,30.6,1500.3,90.1,19\n"  # invented
SCRIPT = f"""\
# ---
# jupyter:
#   workbench:
#     title: Elsewhere
#     datasets:
#       - {NAME}
# ---

# %%
import os
from pathlib import Path

import workbench as wb

rows = Path(os.environ["WORKBENCH_DATA_MIRROR"], "cigar.csv").read_text().splitlines()
wb.publish(len(rows) - 1.0, "rows")
"""


def lay_out(folder: Path) -> Project:
    """A project with two studies: one on external data, one on none."""
    raw = json.loads((bundled_root() / NAME / "datapackage.json").read_text("utf-8"))
    table = read_descriptor(bundled_root() / NAME).resources[0]
    digest = hashlib.sha256(external.canonical(TABLE.encode(), table, label="")).hexdigest()
    raw["resources"][0]["values"] = f"sha256:{digest}"
    data = folder / "geodata" / NAME
    data.mkdir(parents=True)
    (data / "datapackage.json").write_text(json.dumps(raw), encoding="utf-8")
    (folder / "mirror").mkdir()
    (folder / "mirror" / "cigar.csv").write_text(TABLE, encoding="utf-8")
    (folder / "pyproject.toml").write_text("", encoding="utf-8")
    notebooks = folder / "notebooks"
    notebooks.mkdir()
    plain = '# %% [markdown]\n# # Here\n\n# %%\nimport workbench as wb\nwb.publish(2.5, "x")\n'
    for name, script in (("elsewhere", SCRIPT), ("here", plain)):
        (notebooks / f"{name}.py").write_text(script, encoding="utf-8")
        sync(Study(name, notebooks))
    return Project.at(folder)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> Project:
    """The project with the report that a mirror made possible; not to be changed."""
    project = lay_out(tmp_path_factory.mktemp("rendered"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(external.MIRROR, str(project.root / "mirror"))
        run_study(project, "elsewhere")
    return project


@pytest.fixture
def project(rendered, tmp_path, monkeypatch) -> Project:
    """A copy of it, to be changed at will; the data are not here."""
    shutil.copytree(rendered.root, tmp_path / "project")
    monkeypatch.delenv(external.MIRROR, raising=False)
    monkeypatch.setattr(external, "cache_folder", lambda: tmp_path / "cache")
    return Project.at(tmp_path / "project")


@pytest.fixture
def command(project, capsys, monkeypatch):
    """A function from words of the command line to exit code, output and errors."""
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))

    def run(*words):
        with pytest.raises(SystemExit) as done:
            main(["--project", str(project.root), *map(str, words)])
        told = capsys.readouterr()
        return SimpleNamespace(returncode=done.value.code, stdout=told.out, stderr=told.err)

    return run


def test_the_report_names_the_values_and_the_terms(rendered):
    ledger = json.loads((rendered.reports / "elsewhere" / "ledger.json").read_text("utf-8"))
    resource = read_descriptor(rendered.geodata / NAME).resources[0]
    assert ledger["datasets"] == [
        {
            "name": NAME,
            "title": "United States: cigarette demand of states, 1963–1992",
            "files": {"Cigar.csv": resource.sha256},
        }
    ]
    page = (rendered.reports / "elsewhere" / "index.html").read_text("utf-8")
    assert "workbench data fetch cigarette-demand" in page
    assert "Licence: GNU GPL" in page
    assert str(rendered.root) not in page


def test_the_terms_are_headed_in_the_language_of_the_page():
    dataset = Dataset("d", "D", {}, "Licence: MIT\nSource: S: a table\nAddress: https://x.org/y")
    told = not_distributed(dataset).replace("\\", "")
    assert "Licence: MIT. Source: S: a table. Address: https://x.org/y." in told
    with wb.speaking("ru"):
        told = not_distributed(dataset).replace("\\", "")
    assert "Лицензия: MIT. Источник: S: a table. Адрес: https://x.org/y." in told


def test_run_refuses_and_leaves_the_report(project, frozen, command):
    before = frozen(project.reports)
    with pytest.raises(AbsentDataError, match="Licence: GNU GPL"):
        run_study(project, "elsewhere")
    done = command("run", "elsewhere")
    assert done.returncode == 3
    assert "workbench data fetch cigarette-demand" in done.stderr
    assert "Traceback" not in done.stderr
    assert frozen(project.reports) == before


@pytest.mark.slow
def test_run_all_skips_it_and_runs_the_rest(project, frozen, command):
    before = frozen(project.reports / "elsewhere")
    done = command("run", "--all")
    assert done.returncode == 0, done.stderr
    assert "elsewhere: skipped, its report is left as it is" in done.stdout
    assert "Licence: GNU GPL" in done.stdout
    assert 'wb.load("cigarette-demand", download=True)' in done.stdout
    assert "here: 1 numbers" in done.stdout
    assert frozen(project.reports / "elsewhere") == before


def test_verify_says_that_it_cannot_be_run_again(project, frozen, command):
    before = frozen(project.root)
    outcome = verify_report(project.reports / "elsewhere", project)
    assert not outcome.passed
    assert not outcome.faults
    assert outcome.compared == 0
    told = outcome.certificate()
    assert told.startswith("Report elsewhere: CANNOT BE RE-RUN without data that are not here")
    assert "elsewhere: holds" not in told
    assert "Licence: GNU GPL" in told
    done = command("verify", project.reports / "elsewhere")
    assert (done.returncode, done.stdout) == (3, told)
    assert frozen(project.root) == before


def test_bundle_without_its_data_says_that_nothing_was_executed(project):
    outcome = verify_report(project.reports / "elsewhere", project, trusted=False)
    assert outcome.outcome == "absent"
    told = "nothing was executed; what would be came with the report: notebook of elsewhere"
    assert outcome.notes == (told,)


def test_without_the_data_an_edited_report_still_fails(project, command):
    path = project.reports / "elsewhere" / "ledger.json"
    plain = json.loads(path.read_text("utf-8"))
    plain["numbers"][0]["printed"] = "7"
    path.write_text(json.dumps(plain), encoding="utf-8")
    page = project.reports / "elsewhere" / "index.html"
    page.write_text(page.read_text("utf-8") + "<!-- by hand -->", encoding="utf-8")
    outcome = verify_report(project.reports / "elsewhere", project)
    assert [finding.id for finding in outcome.failing] == ["ledger.json", "index.html", "rows"]
    assert "DOES NOT HOLD" in outcome.certificate()
    assert command("verify", project.reports / "elsewhere").returncode == 1


def test_with_the_data_it_holds_wherever_the_mirror_is_named_from(project, monkeypatch):
    monkeypatch.chdir(project.root)
    monkeypatch.setenv(external.MIRROR, "mirror")
    outcome = verify_report(project.reports / "elsewhere", project)
    assert outcome.passed, outcome.certificate()
    assert outcome.compared == 1


def test_other_values_are_no_absence(project, monkeypatch, command):
    monkeypatch.setenv(external.MIRROR, str(project.root / "mirror"))
    (project.root / "mirror" / "cigar.csv").write_text(TABLE.replace("20.5", "20.6"))
    assert absences([NAME], geodata=project.geodata) == []
    done = command("run", "elsewhere")
    assert done.returncode == 2
    assert "other values" in done.stderr


def test_absences_are_of_external_data_only(project):
    names = [
        a.argument for a in absences([NAME, "us-states", "unheard-of"], geodata=project.geodata)
    ]
    assert names == [NAME]
    with pytest.raises(AbsentDataError):
        describe(project.geodata / NAME)


def test_fetch_asks_first(command):
    done = command("data", "fetch", NAME)
    assert done.returncode == 1
    assert "Licence: GNU GPL" in done.stdout
    assert "Download it under these terms?" in done.stdout
    assert command("data", "fetch", "us-states").returncode == 0
    done = command("data", "fetch", "cigarettes-demand")
    assert done.returncode == 2
    assert "did you mean 'cigarette-demand'?" in done.stderr


def test_list_says_whether_it_is_here(project, monkeypatch, command):
    assert "external (not here)" in command("list").stdout
    monkeypatch.setenv(external.MIRROR, str(project.root / "mirror"))
    assert "external (here)" in command("list").stdout
