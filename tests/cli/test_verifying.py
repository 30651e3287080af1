"""``workbench verify``: what it shows, asks and writes, and how it ends."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from workbench.cli import main
from workbench.reports import verifying
from workbench.reports.checking.outcome import Verification

ROOT = Path(__file__).parents[2]
SCRIPT = '# %% [markdown]\n# # Tiny\n\n# %%\nimport workbench as wb\nwb.publish(2.5, "x")\n'
LOADING = """# ---
# jupyter:
#   workbench:
#     datasets: [russia-regions]
# ---

# %% [markdown]
# # Loading

# %%
import workbench as wb
wb.publish(float(len(wb.load("russia-regions"))), "regions")
"""


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    """Run a command in this process, away from the project: output and exit code."""

    def run(*words):
        monkeypatch.chdir(tmp_path)
        try:
            code = main(list(map(str, words))) or 0
        except SystemExit as left:
            code = left.code or 0
        told = capsys.readouterr()
        return subprocess.CompletedProcess(words, code, told.out, told.err)

    return run


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A project with one report, and the bundle of it."""
    from workbench.reports.bundling import bundle_report
    from workbench.reports.project import Project
    from workbench.reports.running import run_study
    from workbench.reports.studies import Study, sync

    root = tmp_path_factory.mktemp("tiny") / "project"
    (root / "notebooks").mkdir(parents=True)
    (root / "pyproject.toml").write_text("")
    (root / "notebooks" / "tiny.py").write_text(SCRIPT)
    shutil.copytree(ROOT / "locks", root / "locks")
    sync(Study("tiny", root / "notebooks"))
    project = Project.at(root)
    run_study(project, "tiny")
    bundle_report(project.reports / "tiny", project, to=root / "tiny.zip")
    return root


@pytest.fixture
def tiny(original, tmp_path):
    """A copy of it, to be changed at will."""
    return Path(shutil.copytree(original, tmp_path / "project"))


def test_bundle_is_shown_and_refused_without_a_terminal_or_a_yes(command, tiny, monkeypatch):
    monkeypatch.setattr(verifying, "execute", pytest.fail)
    done = command("verify", tiny / "tiny.zip")
    assert done.returncode == 2
    assert "imports     workbench" in done.stderr
    assert "can do anything that Python can do" in done.stderr
    assert "your consent" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2), ("\n", 2)])
def test_at_a_terminal_the_answer_decides(command, tiny, monkeypatch, answer, code):
    import io

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    outcome = Verification("tiny", compared=1, identical=1)
    monkeypatch.setattr(verifying, "_again", lambda *a, **more: outcome)
    assert command("verify", tiny / "tiny.zip").returncode == code


def test_bundle_alone_is_verified_and_certified(command, tiny, tmp_path):
    alone = shutil.copy(tiny / "tiny.zip", tmp_path / "alone.zip")
    shutil.rmtree(tiny)
    done = command("verify", alone, "--yes", "--certificate", tmp_path / "made")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Report tiny: holds")
    assert "came with the report" in done.stdout
    names = {path.name for path in (tmp_path / "made").iterdir()}
    assert names == {"certificate.json", "certificate.pdf", "codecheck.yml"}
    assert json.loads((tmp_path / "made" / "certificate.json").read_text())["numbers"] == 1
    done = command("verify", alone, "--yes", "--record")
    assert done.returncode == 2
    assert "--certificate DIR" in done.stderr


def test_bundle_that_was_changed_is_refused_by_name(command, tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(verifying, "execute", pytest.fail)
    path = tmp_path / "changed.zip"
    with zipfile.ZipFile(tiny / "tiny.zip") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text + b" " if name == "tiny/ledger.json" else text)
    done = command("verify", path, "--yes")
    assert done.returncode == 1
    assert "tiny/ledger.json: changed" in done.stderr
    assert "nothing was executed" in done.stderr


@pytest.mark.parametrize("name", ["nosuch.zip", "nosuch", "x" * 5000])
def test_report_that_is_not_there_is_named_outside_a_project_too(command, name):
    done = command("verify", name)
    assert done.returncode == 2
    assert "report: expected a folder or a bundle that is there; got " + name in done.stderr
    assert "notebooks/" not in done.stderr


def test_bundle_that_climbs_out_is_refused(command, tmp_path):
    path = tmp_path / "climbing.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny/../../out.txt", "x")
    done = command("verify", path, "--yes")
    assert done.returncode == 1
    assert "climbs out of the archive" in done.stderr
    assert not (tmp_path.parent / "out.txt").exists()


def test_record_is_kept_beside_the_reports_and_only_of_them(command, tiny, tmp_path):
    words = ("--project", tiny, "verify")
    done = command(*words, tiny / "reports" / "tiny", "--record", "--checked-on", "2026-01-31")
    assert done.returncode == 0, done.stderr
    assert "Executing the project's own notebook tiny: 1 cells, 2 lines, SHA-256" in done.stderr
    kept = json.loads((tiny / "reports" / "checks" / "tiny.json").read_text())
    assert (kept["outcome"], kept["checked_on"]) == ("holds", "2026-01-31")
    elsewhere = shutil.copytree(tiny / "reports" / "tiny", tmp_path / "elsewhere" / "tiny")
    assert command(*words, elsewhere, "--record").returncode == 2
    assert command(*words, elsewhere, "--checked-on", "tomorrow").returncode == 2


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, 0),
        ({"kind": "minor"}, 1),
        ({"absent": ("x",)}, 3),
        ({"uncompared": ("x",)}, 4),
        ({"uncompared": ("x",), "kind": "minor"}, 1),
    ],
)
def test_exit_code_is_the_outcome(command, tiny, monkeypatch, more, code):
    from workbench.reports.checking.findings import Finding

    kind = more.pop("kind", None)
    findings = (Finding("x", kind, "was 1, is 2"),) if kind else ()
    outcome = Verification("tiny", findings=findings, **more)
    monkeypatch.setattr(verifying, "_again", lambda *a, **given: outcome)
    report = tiny / "reports" / "tiny"
    assert command("--project", tiny, "verify", report).returncode == code


def test_environment_without_lock_is_refused(command, tiny):
    shutil.rmtree(tiny / "locks")
    done = command("--project", tiny, "verify", tiny / "reports" / "tiny", "--fresh-env")
    assert done.returncode == 1
    assert "the lock of the environment" in done.stderr


def test_installation_that_fails_is_said(command, tiny, monkeypatch):
    from workbench.reports.checking import environments

    def ran(words):
        failed = "install" in words
        text = "" if failed else "uv 0\n"
        return subprocess.CompletedProcess(words, int(failed), text, "no such package")

    monkeypatch.setattr(environments, "_ran", ran)
    monkeypatch.setattr(environments, "_venv", lambda folder: folder / "bin" / "python")
    done = command("--project", tiny, "verify", tiny / "reports" / "tiny", "--fresh-env")
    assert done.returncode == 1
    assert "no such package" in done.stderr
    assert "an index of packages" in done.stderr


@pytest.mark.parametrize("brings", [True, False], ids=["its own workbench", "none"])
def test_an_environment_of_its_own_has_the_bundled_data(tmp_path, brings):
    from workbench.reports.checking import environments

    root = tmp_path / "project"
    root.mkdir()
    if brings:
        for name in ("workbench", "geodata"):
            shutil.copytree(ROOT / name, root / name)
    venv.create(tmp_path / "env", with_pip=False)
    environments._copy_workbench(tmp_path / "env" / "bin" / "python", root)
    (package,) = (tmp_path / "env").rglob("site-packages/workbench")
    for file in (ROOT / "geodata").glob("*/datapackage.json"):
        copied = package / "_geodata" / file.relative_to(ROOT / "geodata")
        assert copied.read_bytes() == file.read_bytes()


@pytest.mark.slow
def test_environment_is_built_from_the_lock_and_holds_nothing_else(command, tiny, monkeypatch):
    from workbench.reports.checking.environments import Fresh
    from workbench.reports.project import Project
    from workbench.reports.running import run_study
    from workbench.reports.studies import Study, sync

    (tiny / "notebooks" / "loading.py").write_text(LOADING)
    sync(Study("loading", tiny / "notebooks"))
    run_study(Project.at(tiny), "loading")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    report = tiny / "reports" / "loading"
    done = command("--project", tiny, "verify", report, "--fresh-env")
    if "to set up what environment.txt names" in done.stderr:
        pytest.skip("neither an index of packages nor a cache with all of them")
    assert done.returncode == 0, done.stdout + done.stderr
    assert Fresh(Project.at(tiny)).told in done.stdout
    assert "numbers compared      1" in done.stdout
    assert "note:" not in done.stdout, "the lock is that of the report, and so are the versions"
