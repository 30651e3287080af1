"""The command line guides, answers with exit codes, and shows refusals without tracebacks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.cli import main

ROOT = Path(__file__).parents[2]


def workbench(*words, cwd=ROOT):
    return subprocess.run(
        [sys.executable, "-m", "workbench.cli", *map(str, words)],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
        env={**__import__("os").environ, "COLUMNS": "160", "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture
def here(monkeypatch, capsys):
    """Run a command in this process: what it prints and its exit code, without another start."""

    def run(*words, cwd=ROOT):
        monkeypatch.chdir(cwd)
        monkeypatch.setenv("COLUMNS", "160")
        try:
            code = main(list(map(str, words))) or 0
        except SystemExit as left:
            code = left.code or 0
        told = capsys.readouterr()
        return subprocess.CompletedProcess(words, code, told.out, told.err)

    return run


def test_help_says_where_to_start():
    told = workbench("--help").stdout
    for word in ("workbench list", "workbench run", "verify", "lab", "notebooks"):
        assert word in told


def test_list_names_data_and_studies(here):
    told = here("list").stdout
    assert "russia-innovation" in told
    assert "knowledge-spillovers" in told


def test_notebooks_of_the_project_are_in_step(here):
    done = here("notebooks", "check")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["run", "knowledge-spillover"], 2, "did you mean 'knowledge-spillovers'?"),
        (["run"], 2, "--all"),
        (["verify", "reports/nothing"], 2, "workbench run"),
        (["notebooks", "sync", "--from", "docx"], 2, "one of 'py', 'ipynb'"),
    ],
)
def test_refusals_are_messages_with_exit_codes(here, words, code, told):
    done = here(*words)
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_a_project_the_way_out_is_told(here, tmp_path):
    done = here("list", cwd=tmp_path)
    assert done.returncode == 2
    assert "--project DIR" in done.stderr


def test_run_and_verify_from_the_command_line(here, tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "pyproject.toml").write_text("")
    script = '# %% [markdown]\n# # Tiny\n\n# %%\nimport workbench as wb\nwb.publish(2.5, "x")\n'
    (tmp_path / "notebooks" / "tiny.py").write_text(script)
    assert here("--project", tmp_path, "notebooks", "sync").returncode == 0
    done = workbench("--project", tmp_path, "run", "tiny")
    assert done.returncode == 0, done.stderr
    ledger = tmp_path / "reports" / "tiny" / "ledger.json"
    certificate = tmp_path / "certificate"
    report = ledger.parent
    done = workbench("--project", tmp_path, "verify", report, "--certificate", certificate)
    assert done.returncode == 0, done.stderr
    assert json.loads((certificate / "certificate.json").read_text())["outcome"] == "holds"
    plain = json.loads(ledger.read_text())
    plain["numbers"][0].update(value=2.575, printed="2.575")
    ledger.write_text(json.dumps(plain))
    done = here("--project", tmp_path, "verify", report)
    assert done.returncode == 1
    assert "x: was 2.575, is 2.5" in done.stdout
    inside = here("--project", tmp_path, "verify", report, "--certificate", report / "c")
    assert inside.returncode == 2


def test_a_study_is_told_of_the_cluster_by_the_environment_of_its_kernel(monkeypatch):
    import os

    from workbench.reports import running
    from workbench.reports.kernel import environment

    found = {}

    def run_study(project, name, **more):
        found.update(environment(ROOT, ROOT))
        raise SystemExit(0)

    monkeypatch.setenv("WORKBENCH_SCHEDULER", "")
    monkeypatch.setattr(running, "run_study", run_study)
    with pytest.raises(SystemExit):
        main(["run", "knowledge-spillovers", "--scheduler", "tcp://127.0.0.1:8786"])
    assert found["WORKBENCH_SCHEDULER"] == "tcp://127.0.0.1:8786"
    assert os.environ["WORKBENCH_SCHEDULER"] == "tcp://127.0.0.1:8786"


def test_a_cluster_needs_its_package(monkeypatch, capsys):
    from workbench.hypotheses.work import running

    monkeypatch.setattr(running, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as left:
        main(["run", "knowledge-spillovers", "--scheduler", "tcp://127.0.0.1:8786"])
    assert left.value.code == 2
    assert 'pip install "spatial-workbench[cluster]"' in capsys.readouterr().err


PARAMETRISED = (
    '# %% [markdown]\n# # Tiny\n\n# %% tags=["parameters"]\nlang = "en"\nregion = "RU-KEM"\n\n'
    '# %%\nimport workbench as wb\nwb.publish(len(region), "x")\n'
)


@pytest.fixture
def parametrised(tmp_path, here):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "notebooks" / "tiny.py").write_text(PARAMETRISED)
    assert here("--project", tmp_path, "notebooks", "sync").returncode == 0
    return tmp_path


@pytest.mark.slow
def test_a_study_is_run_and_verified_with_parameters(here, parametrised):
    words = ("--project", parametrised, "run", "tiny", "-p", "region=RU-TOM=x")
    done = here(*words, "--parameter", "lang=ru")
    assert done.returncode == 0, done.stderr
    assert "1 numbers in reports/tiny--lang-ru--region-ru-tom-x-" in done.stdout
    (report,) = (parametrised / "reports").glob("tiny--*")
    done = here("--project", parametrised, "verify", report)
    assert done.returncode == 0, done.stdout
    assert "lang = 'ru', region = 'RU-TOM=x'" in done.stdout
    plain = json.loads((report / "ledger.json").read_text())
    plain["parameters"]["year"] = 2020
    (report / "ledger.json").write_text(json.dumps(plain))
    done = here("--project", parametrised, "verify", report)
    assert done.returncode == 1
    assert "'year', which the notebook has not" in done.stderr
    told = here("--project", parametrised, "list").stdout
    assert "lang = 'en'" in told
    assert "region =" in told


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["tiny", "-p", "regio=x"], "did you mean 'region'?"),
        (["tiny", "-p", "region"], "NAME=VALUE"),
        (["tiny", "-p", "=x"], "NAME=VALUE"),
        (["tiny", "-p", "lang=ru", "-p", "lang=en"], "'lang' twice"),
        (["tiny", "-p", "lang=de"], "one of 'en', 'ru'"),
        (["tiny", "-p", "region=" + "x" * 10_000], "the default is region = 'RU-KEM'"),
        (["tiny", "-p", "region=a\nb"], "one line"),
        (["tiny", "-p", "x" * 10_000 + "=1"], "one of lang, region"),
        (["tiny", "-p", "<script>=1"], "NAME=VALUE"),
        (["--all", "-p", "lang=ru"], "--all runs each with its defaults"),
    ],
)
def test_parameters_that_a_study_cannot_have_are_refused(here, parametrised, words, told):
    done = here("--project", parametrised, "run", *words)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr) < 600
    assert "Traceback" not in done.stderr
    assert not (parametrised / "reports").exists()


@pytest.mark.slow
def test_all_studies_run_with_their_defaults(here, parametrised):
    done = here("--project", parametrised, "run", "--all")
    assert done.returncode == 0, done.stderr
    assert [p.name for p in (parametrised / "reports").glob("tiny*")] == ["tiny"]


def test_titles_are_listed_in_the_language_in_use(here, parametrised, monkeypatch):
    script = parametrised / "notebooks" / "tiny.py"
    header = "# ---\n# jupyter:\n#   workbench:\n#     title_ru: Малое\n# ---\n\n"
    script.write_text(header + PARAMETRISED, encoding="utf-8")
    here("--project", parametrised, "notebooks", "sync")
    assert "Tiny" in here("--project", parametrised, "list").stdout
    monkeypatch.setenv("WORKBENCH_LANG", "ru")
    assert "Малое" in here("--project", parametrised, "list").stdout


def test_a_cell_of_parameters_that_computes_is_found_by_the_check(here, parametrised):
    script = parametrised / "notebooks" / "tiny.py"
    script.write_text(PARAMETRISED.replace('"RU-KEM"', "print(1)"))
    here("--project", parametrised, "notebooks", "sync")
    done = here("--project", parametrised, "notebooks", "check")
    assert done.returncode == 1
    assert "region = print(1)" in done.stderr
