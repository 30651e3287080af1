"""A bundle holds a report and what it needs, is the same bytes, and is read without trust."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import subprocess
import zipfile

import pytest

from workbench.core.provenance import library_versions
from workbench.errors import InputError, ReportError
from workbench.hypotheses.work.store import code_digest, source_digest
from workbench.reports.archives import unpack
from workbench.reports.bundling import bundle_report, opened
from workbench.reports.checking.environments import unknown_workbench
from workbench.reports.manifest import MANIFEST, disagreements, manifest_text, read_manifest
from workbench.reports.marks import marks_of
from workbench.reports.running import run_study
from workbench.reports.verifying import verify_report


@pytest.fixture(scope="module")
def bundle(finished, tmp_path_factory):
    """The bundle of the finished report; not to be changed."""
    path = tmp_path_factory.mktemp("bundle") / "small.zip"
    bundle_report(finished.reports / "small", finished, to=path)
    return path


def contents(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path, files, *, manifest=True):
    """Write a zip of texts by name, with a manifest that agrees."""
    files = {name: text.encode() for name, text in files.items()}
    if manifest:
        files[MANIFEST] = manifest_text(files).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def repacked(source, path, change, *, sealed=False):
    """Write a copy of a bundle with other files; with its manifest made anew if sealed."""
    files = contents(source)
    change(files)
    if sealed:
        files[MANIFEST] = manifest_text(files).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.mark.slow
def test_bundle_holds_the_works_that_the_study_cites_from(finished, tmp_path):
    works = finished.notebooks / "references.bib"
    assert not works.exists()
    try:
        works.write_text("@book{a, title={T}, author={A, B}, year={2000}}", encoding="utf-8")
        bundle_report(finished.reports / "small", finished, to=tmp_path / "small.zip")
    finally:
        works.unlink()
    found = contents(tmp_path / "small.zip")
    assert found["project/notebooks/references.bib"].startswith(b"@book{a")


def test_manifest_of_a_report_names_every_file_and_is_read_by_sha256sum(finished):
    folder = finished.reports / "small"
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    told = read_manifest(folder)
    assert set(told) == set(files) - {MANIFEST}
    assert list(told) == sorted(told)
    for path, digest in told.items():
        assert hashlib.sha256(files[path].read_bytes()).hexdigest() == digest
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "-c", "--quiet", MANIFEST], cwd=folder, check=True)


def test_manifest_finds_what_was_changed_added_or_removed(project):
    folder = project.reports / "small"
    assert disagreements(folder) == []
    (folder / "ledger.json").write_text("{}", encoding="utf-8")
    (folder / "more.txt").write_text("", encoding="utf-8")
    (folder / "provenance.json").unlink()
    assert [fault.split(":")[0] for fault in disagreements(folder)] == [
        "ledger.json",
        "more.txt",
        "provenance.json",
    ]


def test_bundle_holds_the_report_and_the_project_that_it_needs(bundle, finished):
    files = contents(bundle)
    report = finished.reports / "small"
    for path in (p for p in report.rglob("*") if p.is_file()):
        assert files[f"small/{path.relative_to(report).as_posix()}"] == path.read_bytes()
    assert files["project/geodata/toy/data.csv"] == b"a\n1\n"
    assert files["project/notebooks/small.ipynb"] == (report / "notebook.ipynb").read_bytes()
    script = (finished.notebooks / "small.py").read_bytes()
    assert files["project/notebooks/small.py"] == script
    assert b"workbench verify ../small" in files["project/README.md"]
    assert "project/workbench/reports/theme/page.css" in files
    assert not [name for name in files if "__pycache__" in name or "_geodata" in name]
    assert {name.split("/")[0] for name in files} == {"small", "project", MANIFEST}


@pytest.mark.slow
def test_same_report_gives_the_same_bundle(bundle, project, tmp_path):
    again = tmp_path / "again.zip"
    bundle_report(project.reports / "small", project, to=again)
    assert again.read_bytes() == bundle.read_bytes()


@pytest.mark.slow
def test_opened_bundle_can_be_verified_and_leaves_nothing(bundle):
    with opened(bundle) as (report, project):
        assert report.name == "small"
        assert verify_report(report, project).passed
        place = report.parent.parent
    assert not place.exists()


def test_report_that_was_edited_is_not_bundled(project, tmp_path):
    page = project.reports / "small" / "index.html"
    page.write_text(page.read_text(encoding="utf-8") + "<!-- by hand -->", encoding="utf-8")
    with pytest.raises(ReportError, match=r"index\.html: changed"):
        bundle_report(project.reports / "small", project, to=tmp_path / "small.zip")
    assert not (tmp_path / "small.zip").exists()


def test_report_of_another_notebook_is_not_bundled(project, tmp_path):
    folder = project.reports / "small"
    path = folder / "notebook.ipynb"
    path.write_text(path.read_text("utf-8").replace("1.25", "1.26"), encoding="utf-8")
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}
    (folder / MANIFEST).write_text(manifest_text(files), encoding="utf-8")
    with pytest.raises(ReportError, match="another one: its digest disagrees"):
        bundle_report(folder, project, to=tmp_path / "small.zip")


def test_data_that_changed_since_are_not_bundled(project, tmp_path):
    (project.geodata / "toy" / "data.csv").write_text("a\n2\n", encoding="utf-8")
    with pytest.raises(ReportError, match=r"changed since[\s\S]*data\.csv"):
        bundle_report(project.reports / "small", project, to=tmp_path / "small.zip")


def test_data_from_elsewhere_and_of_the_user_are_left_out_and_named(finished, project, tmp_path):
    from workbench.reports.bundling import _own_files

    folder = tmp_path / "far"
    folder.mkdir()
    (folder / "datapackage.json").write_text(
        '{"resources": [{"values": "x", "path": "far.csv"}]}', encoding="utf-8"
    )
    paths, reason = _own_files(folder)
    assert paths == []
    assert "workbench data fetch far" in reason
    (folder / "datapackage.json").write_text(
        '{"resources": [{"yours": true, "path": "mine.csv"}]}', encoding="utf-8"
    )
    assert _own_files(folder) == ([], "a table of the author's own, which is not passed on")
    (folder / "datapackage.json").write_text(
        '{"resources": [{"path": "../secret.csv"}]}', encoding="utf-8"
    )
    with pytest.raises(ReportError, match="inside its own folder"):
        _own_files(folder)


HOSTILE_NAMES = (
    "/etc/passwd", "../out.txt", "small/../../out.txt", "C:/out.txt", "small\\out.txt",
    "small/a:b", "small/con.txt", "small/trailing.", "small//two", "./small/here", "small/a\x01b",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_paths_outside_the_archive_are_refused_and_nothing_is_written(name, tmp_path):
    path = packed(tmp_path / "bad.zip", {"small/fine.txt": "x", name: "y"}, manifest=False)
    place = tmp_path / "place"
    place.mkdir()
    with pytest.raises(ReportError, match="nothing was unpacked"):
        unpack(path, place)
    assert not list(place.iterdir())
    assert {p.name for p in tmp_path.iterdir()} == {"bad.zip", "place"}


def test_links_are_refused(tmp_path):
    path = tmp_path / "bad.zip"
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("small/link")
        entry.create_system = 3
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(ReportError, match="is a link"), opened(path):
        pass


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "names", [("s/a", "s/a"), ("s/a", "S/A"), ("s/é", "s/e\u0301"), ("s/a", "s/a/b")]
)
def test_names_that_a_file_system_takes_for_one_are_refused(names, tmp_path):
    path = tmp_path / "bad.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    with pytest.raises(ReportError, match="nothing was unpacked"), opened(path):
        pass


def test_bombs_are_refused_before_anything_is_written(tmp_path, monkeypatch):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("small/zeros", bytes(50_000_000))
    with pytest.raises(ReportError, match="times its size"), opened(path):
        pass
    monkeypatch.setattr("workbench.reports.archives.MOST_BYTES", 10)
    with pytest.raises(ReportError, match="at most 20,000 files of 10 bytes"), opened(path):
        pass


def test_no_zip_is_said(tmp_path):
    path = tmp_path / "text.zip"
    path.write_text("no archive", encoding="utf-8")
    with pytest.raises(ReportError, match="a sound zip archive"), opened(path):
        pass


def test_damaged_zip_is_said(bundle, tmp_path):
    whole = bytearray(bundle.read_bytes())
    whole[2000:2100] = bytes(100)
    path = tmp_path / "damaged.zip"
    path.write_bytes(whole)
    with pytest.raises(ReportError, match="a sound zip archive"), opened(path):
        pass


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("times", [2, 1], ids=["everywhere", "before the content only"])
def test_zip_with_a_name_that_is_no_text_is_said(tmp_path, times):
    path = packed(tmp_path / "name.zip", {"\xe9/a.txt": "x"}, manifest=False)
    content = path.read_bytes()
    assert content.count("\xe9".encode()) == 2
    path.write_bytes(content.replace("\xe9".encode(), b"\xff\xfe", times))
    with pytest.raises(ReportError, match="a sound zip archive"), opened(path):
        pass


def one_byte(files):
    files["project/geodata/toy/data.csv"] = b"a\n2\n"


def one_more(files):
    files["project/workbench/more.py"] = b"print(1)"


def one_less(files):
    del files["small/index.html"]


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("change", "told"),
    [(one_byte, "data.csv: changed"), (one_more, "more.py: not in"), (one_less, "html: missing")],
)
def test_bundle_that_disagrees_with_its_manifest_is_refused(bundle, tmp_path, change, told):
    path = repacked(bundle, tmp_path / "small.zip", change)
    with pytest.raises(ReportError, match=told), opened(path):
        pass


def test_a_manifest_made_anew_does_not_hide_a_change_in_the_report(bundle, tmp_path):
    path = repacked(bundle, tmp_path / "small.zip", one_less, sealed=True)
    with pytest.raises(ReportError, match=r"index\.html: missing"), opened(path):
        pass


def test_zip_of_something_else_is_refused(tmp_path):
    path = packed(tmp_path / "other.zip", {"a/x.txt": "x", "b/y.txt": "y"})
    with pytest.raises(ReportError, match="workbench bundle"), opened(path):
        pass


def test_bundle_into_its_own_report_is_refused(finished):
    from workbench.cli.bundling import pack

    folder = finished.reports / "small"
    with pytest.raises(InputError, match="outside the report"):
        pack(folder, folder / "x.zip", finished)


def test_full_disk_leaves_the_old_bundle(bundle, project, tmp_path, monkeypatch):
    path = shutil.copy(bundle, tmp_path / "small.zip")
    before = path.read_bytes()

    def full(*_arguments, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(ReportError, match="No space left on device"):
        bundle_report(project.reports / "small", project, to=path)
    assert path.read_bytes() == before
    assert {p.name for p in tmp_path.iterdir()} == {"small.zip", "project"}


@pytest.mark.slow
def test_another_run_gives_a_report_whose_manifest_agrees(project):
    run_study(project, "small")
    assert disagreements(project.reports / "small") == []


@pytest.mark.slow
def test_bundle_from_the_command_line_says_what_is_left_out(
    finished, tmp_path, monkeypatch, capsys
):
    from workbench.cli import main

    monkeypatch.chdir(finished.root)
    to = tmp_path / "small.zip"
    with pytest.raises(SystemExit) as left:
        main(["bundle", "reports/small", "--to", str(to)])
    assert left.value.code == 0
    assert "files in" in capsys.readouterr().out
    with zipfile.ZipFile(to) as archive:
        assert archive.testzip() is None


@pytest.mark.parametrize(
    ("file", "told_of"),
    [("core/provenance.py", True), ("reports/theme/report.typ", True), ("", False)],
)
def test_workbench_in_a_bundle_that_nothing_tells_of_is_not_certified(
    bundle, replayed, tmp_path, file, told_of
):
    """It was not executed, and is not what the report was made with: somebody may run it later."""

    def altered(files):
        files["project/Makefile"] = b"all:\n"
        if file:
            files[f"project/workbench/{file}"] += b"\n// another line\n"

    path = repacked(bundle, tmp_path / "small.zip", altered, sealed=True)
    with opened(path) as (report, project):
        outcome = verify_report(report, project, trusted=False, consent=lambda _plan: True)
    assert outcome.outcome == ("partly" if told_of else "holds"), outcome.certificate()
    assert any(line.startswith("project/workbench, as it is") for line in outcome.uncompared) == (
        told_of
    )
    told = "Makefile, pyproject.toml of the project, of which the report holds no digest"
    assert told in outcome.certificate()


def test_notebook_and_readme_of_a_bundle_are_those_of_its_report(bundle, replayed, tmp_path):
    """They are what a reviewer reads and types; what is not compared is named."""

    def altered(files):
        files["project/notebooks/small.py"] += b"\n# %%\nprint(1)\n"
        files["project/README.md"] += b"\nRun this first.\n"
        files["project/more.sh"] = b"true\n"

    path = repacked(bundle, tmp_path / "small.zip", altered, sealed=True)
    with opened(path) as (report, project):
        outcome = verify_report(report, project, trusted=False, consent=lambda _plan: True)
    assert {(f.id, f.kind) for f in outcome.failing} == {
        ("project/notebooks/small.py", "file"), ("project/README.md", "file"),
    }  # fmt: skip
    assert "not checked: more.sh, pyproject.toml of the project" in outcome.certificate()


@pytest.mark.parametrize(
    "file", ["core/__pycache__/provenance.cpython-311.pyc", "_geodata/x/datapackage.json"]
)
def test_what_python_takes_in_the_place_of_source_or_data_is_refused(bundle, tmp_path, file):
    def altered(files):
        files[f"project/workbench/{file}"] = b"{}"

    path = repacked(bundle, tmp_path / "small.zip", altered, sealed=True)
    with pytest.raises(ReportError, match="in their place"), opened(path):
        pass


def test_workbench_that_a_report_was_made_with_is_known_by_its_digest(bundle, tmp_path):
    """The digest of the source decides, whichever workbench is at hand."""
    with opened(bundle) as (_report, project):
        package = project.root / "workbench"
        assert not unknown_workbench(project.root, "", {})
        (package / "more.py").write_text("x = 1\n", encoding="utf-8")
        digest = source_digest(package, {"numpy": "2.0"})
        assert not unknown_workbench(project.root, digest, {"numpy": "2.0"})
        assert unknown_workbench(project.root, digest, {"numpy": "1.0"})
        assert unknown_workbench(project.root, code_digest(), library_versions())


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


@pytest.mark.slow
def test_cell_of_data_that_was_altered_in_a_bundle_is_named(laid_out, sealed, tmp_path):
    """Descriptor, ledger, marks and manifests are forged too; the bundle as it was holds."""
    here = laid_out(tmp_path / "here", LOADING)
    run_study(here, "small")
    path = tmp_path / "small.zip"
    bundle_report(here.reports / "small", here, to=path)

    def verified():
        return verify_report(report, project, trusted=False, consent=lambda _plan: True)

    with opened(path) as (report, project):
        assert verified().passed, "its data are exactly those that the workbench has"
        folder = project.geodata / "russia-regions"
        table = next(file for file in sorted(folder.glob("*.csv")) if file.stat().st_size > 200)
        was = hashlib.sha256(table.read_bytes()).hexdigest()
        header, first, *rest = table.read_text("utf-8").splitlines(keepends=True)
        column, key = header.strip().split(",")[-1], first.split(",")[0]
        table.write_text("".join([header, first.rstrip() + "7\n", *rest]), encoding="utf-8")
        now = hashlib.sha256(table.read_bytes()).hexdigest()
        for file in (folder / "datapackage.json", report / "ledger.json",
                     report / "provenance.json", report / "replication" / "README.md",
                     report / "ro-crate-metadata.json"):  # fmt: skip
            file.write_text(file.read_text("utf-8").replace(was, now), encoding="utf-8")
        plain = json.loads((report / "ledger.json").read_text("utf-8"))
        for marks in (True, False):
            if not marks:
                forged = marks_of(table.name, table.read_bytes())
                plain["datasets"][0]["marks"][table.name] = forged
                (report / "ledger.json").write_text(json.dumps(plain), encoding="utf-8")
            sealed(report)
            outcome = verified()
            assert outcome.classes.get("data"), outcome.certificate()
            assert f"russia-regions/{table.name}: " in outcome.certificate()
            assert f"(column {column}, row {key}" in outcome.certificate()
            assert outcome.outcome == "differs"
