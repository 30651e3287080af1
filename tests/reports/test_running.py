"""A report is complete, self-contained and deterministic, and replaced only by a complete one."""

from __future__ import annotations

import json
import re

import pytest

from workbench.errors import InputError, ReportError
from workbench.reports.running import run_study
from workbench.reports.studies import studies


def page(project):
    return (project.reports / "small" / "index.html").read_text(encoding="utf-8")


def test_report_holds_page_ledger_notebook_and_provenance(finished):
    names = {path.name for path in (finished.reports / "small").iterdir()}
    assert names >= {
        "index.html",
        "report.pdf",
        "report.docx",
        "ledger.json",
        "notebook.ipynb",
        "provenance.json",
    }
    index = (finished.reports / "index.html").read_text(encoding="utf-8")
    assert "A small study" in index
    assert "small/index.html" in index


def test_page_shows_title_mathematics_captions_and_folded_code(finished):
    text = page(finished)
    assert "<h1>A small study</h1>" in text
    assert "<math" in text
    assert "<strong>Table 1.</strong>" in text
    assert "<strong>Figure 1.</strong>" in text
    assert '<details class="code">' in text
    assert "workbench verify reports/small" in text


def test_page_asks_nothing_of_a_network_and_runs_no_script(finished):
    text = page(finished)
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", text)
    assert "@import" not in text
    assert not re.search(r"<script", text)


def test_hostile_text_is_inert_and_legible(finished):
    text = page(finished)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; **bold** $x$" in text


def test_ledger_records_every_number_at_full_precision(finished):
    ledger = json.loads((finished.reports / "small" / "ledger.json").read_text(encoding="utf-8"))
    numbers = {n["id"]: n for n in ledger["numbers"]}
    assert numbers["numbers/x/estimate"]["value"] == 1.25
    assert numbers["numbers/x/count"]["tolerance"] == "exact"
    assert numbers["numbers/x/p_value"]["printed"] == "0.049"
    assert numbers["answer/x"]["printed"] == "1.25"
    assert ledger["datasets"][0]["files"].keys() == {"data.csv"}
    assert any(t["text"] == "a" for t in ledger["texts"])


def test_same_run_gives_the_same_bytes_and_no_machine_path(finished, project):
    run_study(project, "small")
    for name in ("index.html", "report.pdf", "report.docx", "ledger.json", "notebook.ipynb"):
        one = (finished.reports / "small" / name).read_bytes()
        two = (project.reports / "small" / name).read_bytes()
        assert one == two, name
        assert str(project.root).encode() not in two


def test_failing_cell_is_named_and_the_old_report_stays(project, frozen):
    before = frozen(project.reports)
    study = project.notebooks / "small.py"
    study.write_text(
        study.read_text(encoding="utf-8").replace(
            'print("printed', 'raise ValueError("no such") ; print("printed'
        ),
        encoding="utf-8",
    )
    (project.notebooks / "small.ipynb").unlink()
    with pytest.raises(ReportError) as caught:
        run_study(project, "small")
    told = str(caught.value)
    assert "cell 5 of 5 failed at line 1" in told
    assert "ValueError: no such" in told
    assert len(told.splitlines()) < 25
    assert frozen(project.reports) == before


def test_interruption_leaves_the_old_report_and_nothing_else(project, frozen):
    before = frozen(project.reports)

    def interrupt(done, _total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_study(project, "small", progress=interrupt)
    assert frozen(project.reports) == before


def test_full_disk_leaves_the_old_report(project, frozen, monkeypatch):
    before = frozen(project.reports / "small")

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbench.reports.running._write", full)
    with pytest.raises(ReportError, match="No space left on device"):
        run_study(project, "small")
    assert frozen(project.reports / "small") == before
    assert not list(project.reports.glob(".partial-*"))


def test_time_out_names_the_cell(new_project):
    project = new_project("# %%\nimport time\ntime.sleep(60)\n")
    with pytest.raises(ReportError, match="cell 1 was still running after 6 seconds"):
        run_study(project, "small", timeout=6)
    assert not (project.reports / "small").exists()


@pytest.mark.slow
def test_dead_kernel_is_said(new_project):
    project = new_project("# %%\nimport os\nos._exit(3)\n")
    with pytest.raises(ReportError, match="the kernel died in cell 1"):
        run_study(project, "small")


def test_name_published_twice_is_refused(new_project):
    project = new_project(
        '# %%\nimport workbench as wb\nwb.publish(1.0, "x")\n\n# %%\nwb.publish(2.0, "x")\n'
    )
    with pytest.raises(ReportError, match="cells 1 and 2"):
        run_study(project, "small")


def test_unknown_study_gets_the_nearest(finished):
    with pytest.raises(InputError, match="did you mean 'small'"):
        run_study(finished, "smal")


def test_pair_that_disagrees_is_refused(project):
    study = project.notebooks / "small.py"
    study.write_text(study.read_text(encoding="utf-8") + "\n# %%\n1 + 1\n", encoding="utf-8")
    with pytest.raises(ReportError, match="notebooks sync"):
        run_study(project, "small")


@pytest.mark.slow
def test_bars_of_progress_leave_no_trace(new_project):
    """Nor does tqdm's advice to install widgets, which names a folder of this machine."""
    project = new_project(
        "# %% [markdown]\n# # Long work\n\n# %%\n"
        "from workbench.progress import progress\n\n"
        "with progress(3, 'work') as tick:\n    tick(3)\n"
    )
    run_study(project, "small")
    assert 'class="output"' not in page(project)


@pytest.mark.slow
def test_a_folder_of_other_results_is_no_study(project, frozen):
    index = (project.reports / "index.html").read_bytes()
    other = project.reports / "validation"
    other.mkdir()
    (other / "coverage.csv").write_text("place,coverage\nrussia,0.95\n", encoding="utf-8")
    (other / "coverage.png").write_bytes(b"\x89PNG")
    before = frozen(other)
    run_study(project, "small")
    assert (project.reports / "index.html").read_bytes() == index
    assert frozen(other) == before
    assert [study.name for study in studies(project.notebooks)] == ["small"]


def test_a_kernel_finds_the_cache_that_is_told_and_a_verification_finds_none(tmp_path, monkeypatch):
    from workbench.hypotheses.work.store import store_of
    from workbench.reports.kernel import environment

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORKBENCH_CACHE", "kept")
    running = environment(tmp_path, tmp_path)
    assert running["WORKBENCH_CACHE"] == str(tmp_path / "kept")
    assert "WORKBENCH_WITHOUT_CACHE" not in running
    verifying = environment(tmp_path, tmp_path, fresh=True)
    for name in ("WORKBENCH_CACHE", "WORKBENCH_WITHOUT_CACHE"):
        monkeypatch.setenv(name, verifying[name])
    assert store_of("named by the notebook") is store_of(None) is None
    assert not (tmp_path / "named by the notebook").exists()
