"""Hostile text is inert in everything a report is made of; what breaks off leaves the last one."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pypdf
import pytest

from workbench.cli import main
from workbench.data.forms import blank
from workbench.errors import ReportError
from workbench.reports import running
from workbench.reports.project import Project
from workbench.reports.running import run_study

ROOT = Path(__file__).parents[2]
HOSTILE = {
    "html": "<img src=x onerror=alert(1)></p><script>alert(2)</script>",
    "latex": r"\input{secret} \end{document} 5 % _a_ ^b^ $x$",
    "typst": '#panic("p") #read("secret") <label> @cite $x$ ]',
    "markdown": "**bold** [link](http://evil.example) ![x](http://evil.example/x.png)",
    "shell": "=cmd|' /C calc'!A0",
    "plus": "+1+1",
    "minus": "-1-1",
    "at": "@SUM(A1:A9)",
    "rich": "[red]x[/red] [link=http://evil.example]y[/link]",
    "card": "{{ x }} ${y} %s",
}
FORMULA = re.compile(r"\A\s*[=+\-@]")

STUDY = """\
# ---
# jupyter:
#   workbench:
#     title: {title}
#     question: {question}
#     title_ru: {title}
#     datasets: [toy]
# ---

# %% [markdown]
# Plain words.

# %%
import pandas as pd
from matplotlib.figure import Figure

import workbench as wb

HOSTILE = {hostile!r}
EVERY = " ".join(HOSTILE.values())
texts = list(HOSTILE.values())
table = pd.DataFrame(
    {{"estimate": range(len(texts)), "word": texts, "verdict": "supported"}},
    index=pd.Index(texts, name=HOSTILE["html"]),
)
wb.publish(table, "verdicts", caption=EVERY, notes=EVERY, labels={{"word": HOSTILE["shell"]}})

# %%
for number, text in enumerate(texts):
    values = {{"x": 1.5, "name": text}}
    wb.claim(f"answer-{{number}}", "It is {{x:.1f}} in {{name}}.", numbers=values)

# %%
figure = Figure()
axes = figure.subplots()
axes.plot([0, 1], [1, 0])
axes.set_title(HOSTILE["html"])
wb.publish(figure, "picture", caption=EVERY)
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, laid_out) -> Project:
    """A project whose every text is hostile, run once."""
    every = " ".join(HOSTILE.values())
    script = STUDY.format(title=json.dumps(every), question=json.dumps(every), hostile=HOSTILE)
    folder = tmp_path_factory.mktemp("hostile")
    project = laid_out(folder, script)
    descriptor = folder / "geodata" / "toy" / "datapackage.json"
    plain = json.loads(descriptor.read_text(encoding="utf-8"))
    descriptor.write_text(json.dumps({**plain, "title": every}), encoding="utf-8")
    run_study(project, "small")
    return project


class Tags(HTMLParser):
    """Every tag of a page with its attributes, as a browser reads them."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, attrs))


@pytest.mark.parametrize("page", ["small/index.html", "index.html"])
def test_pages_show_hostile_text_and_do_nothing(hostile, page):
    text = (hostile.reports / page).read_text(encoding="utf-8")
    read = Tags()
    read.feed(text)
    assert not {"script", "iframe", "object", "form"} & {tag for tag, _ in read.found}
    given = [(name, value or "") for _, attributes in read.found for name, value in attributes]
    assert not [name for name, _ in given if name.startswith("on")]
    assert not [value for name, value in given if name in ("href", "src") and "evil" in value]
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in text
    assert "<strong>bold</strong>" not in text
    assert "<math" not in text


def test_printed_report_prints_hostile_text(hostile):
    pages = pypdf.PdfReader(hostile.reports / "small" / "report.pdf").pages
    text = re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))
    for name in ("typst", "latex", "markdown", "rich", "shell"):
        assert re.sub(r"\s+", "", HOSTILE[name]) in text, name
    links = [page.get("/Annots") for page in pages]
    assert "evil.example" not in str([a.get_object() for found in links if found for a in found])


def test_word_report_holds_hostile_text_as_text(hostile):
    with zipfile.ZipFile(hostile.reports / "small" / "report.docx") as file:
        parts = {name: file.read(name) for name in file.namelist()}
    body = ElementTree.fromstring(parts["word/document.xml"])
    text = "".join(part.text or "" for part in body.iter() if part.tag.endswith("}t"))
    for name, wanted in HOSTILE.items():
        assert re.sub(r"\s+", "", wanted) in re.sub(r"\s+", "", text), name
    assert not any(b"evil.example" in parts[name] for name in parts if name.endswith(".rels"))
    fields = {part.text for part in body.iter() if part.tag.endswith("}instrText")}
    assert not [field for field in fields if any(text in field for text in HOSTILE.values())]
    assert all(re.match(r"\s*(TOC|PAGE|REF|SEQ|HYPERLINK \\l)\b", field) for field in fields)


def test_ledger_holds_hostile_text_as_it_is(hostile):
    ledger = json.loads((hostile.reports / "small" / "ledger.json").read_text(encoding="utf-8"))
    texts = {text["text"] for text in ledger["texts"]}
    assert set(HOSTILE.values()) <= texts
    assert ledger["title"] == " ".join(HOSTILE.values())


def test_no_cell_of_a_kept_table_is_a_formula(hostile):
    kept = (hostile.reports / "small" / "tables" / "verdicts.csv").read_text(encoding="utf-8")
    cells = [cell for row in csv.reader(io.StringIO(kept)) for cell in row]
    assert not [cell for cell in cells if FORMULA.match(cell)]
    assert {"'" + HOSTILE[name] for name in ("shell", "plus", "minus", "at")} <= set(cells)


def test_readme_and_crate_hold_hostile_text_as_text(hostile):
    folder = hostile.reports / "small"
    readme = (folder / "replication" / "README.md").read_text(encoding="utf-8")
    assert "](http://evil.example" not in readme
    assert not re.search(r"(?<!\\)<(script|img)", readme)
    json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))


def test_names_of_files_come_from_names_that_were_checked(hostile):
    every = [str(p.relative_to(hostile.reports)) for p in hostile.reports.rglob("*")]
    assert all(re.fullmatch(r"[A-Za-z0-9./_-]+", path) for path in every)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_an_empty_form_holds_no_formula(tmp_path, monkeypatch, suffix):
    names = list(HOSTILE.values())
    rows = pd.DataFrame({"region": names, "Region name": names, "=1+1": None})
    meanings = pd.DataFrame({"column": names, "least": ["-5"] * len(names)})
    monkeypatch.setattr(blank, "blank", lambda _form: rows)
    monkeypatch.setattr(blank, "meanings_of", lambda _form: meanings)
    written = blank.write_blank("high-tech-exports", tmp_path / f"form{suffix}")
    if suffix == ".xlsx":
        book = openpyxl.load_workbook(written[0])
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert not [cell.value for cell in cells if cell.data_type == "f"]
        assert HOSTILE["shell"] in {cell.value for cell in cells}
        return
    for file in written:
        texts = csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig")))
        cells = [cell for row in texts for cell in row if cell != "-5"]
        assert not [cell for cell in cells if FORMULA.match(cell)]


def test_check_of_a_table_says_hostile_text_and_colours_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    bad = [*HOSTILE.values(), "\x1b[31mred\x1b[0m\x07"]
    file = tmp_path / "t.csv"
    frame = pd.DataFrame({"region": bad, "year": 2019, "high_tech_exports": "\x1b[2J[red]x[/red]"})
    frame["[bold]\x1b[31mstrange"] = 1
    frame.to_csv(file, index=False)
    with pytest.raises(SystemExit) as left:
        main(["data", "check", str(file), "--form", "high-tech-exports"])
    told = capsys.readouterr()
    assert left.value.code
    assert "[red]x[/red]" in told.out + told.err
    assert "\x1b" not in told.out + told.err
    assert "\x07" not in told.out + told.err


def killed(how):
    return f"# %%\nimport os, signal, time\n{how}\ntime.sleep(60)\n"


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("how", ["os.kill(os.getpid(), signal.SIGKILL)", "os.abort()"])
def test_a_dead_kernel_leaves_the_last_report(project, frozen, how):
    before = frozen(project.reports)
    (project.notebooks / "small.py").write_text(killed(how), encoding="utf-8")
    (project.notebooks / "small.ipynb").unlink()
    with pytest.raises(ReportError, match="the kernel died in cell 1"):
        run_study(project, "small")
    assert frozen(project.reports) == before


@pytest.mark.slow
def test_time_out_leaves_the_last_report(project, frozen):
    before = frozen(project.reports)
    (project.notebooks / "small.py").write_text(killed(""), encoding="utf-8")
    (project.notebooks / "small.ipynb").unlink()
    with pytest.raises(ReportError, match="still running after 5 seconds"):
        run_study(project, "small", timeout=5)
    assert frozen(project.reports) == before


FILES = {
    "index.html": b"new",
    "report.pdf": b"new",
    "figures/picture.svg": b"new",
    "tables/numbers.csv": b"new",
    "manifest-sha256.txt": b"new",
}


@pytest.mark.parametrize("at", FILES)
@pytest.mark.parametrize(
    ("raised", "seen"),
    [
        (OSError(28, "No space left on device"), ReportError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_a_write_that_breaks_off_leaves_the_last_report(
    project, frozen, monkeypatch, at, raised, seen
):
    before = frozen(project.reports)
    write = running._write

    def breaking(path, content):
        write(path, content)
        if path.as_posix().endswith(at):
            raise raised

    monkeypatch.setattr(running, "_write", breaking)
    with pytest.raises(seen):
        running.replace_report(project.reports, "small", FILES)
    assert frozen(project.reports) == before
    assert not list(project.reports.glob(".partial-*"))


@pytest.mark.parametrize("raised", [OSError(5, "Input/output error"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", [1, 2])
def test_a_swap_that_breaks_off_leaves_the_last_report(project, frozen, monkeypatch, raised, step):
    before = frozen(project.reports / "small")
    rename, calls = Path.rename, []

    def breaking(self, target):
        calls.append(self)
        if len(calls) == step:
            raise raised
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", breaking)
    with pytest.raises((ReportError, KeyboardInterrupt)):
        running.replace_report(project.reports, "small", FILES)
    assert frozen(project.reports / "small") == before
    assert not list(project.reports.glob(".partial-*"))


@pytest.mark.slow
def test_a_full_disk_under_the_index_leaves_a_whole_report(project, monkeypatch):
    index = (project.reports / "index.html").read_bytes()

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbench.reports.index._write", full)
    with pytest.raises(ReportError, match="index of all reports"):
        run_study(project, "small")
    assert (project.reports / "index.html").read_bytes() == index
    assert (project.reports / "small" / "report.pdf").is_file()
    assert not list(project.reports.glob(".partial-*"))


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_asked_to_end_leaves_the_last_report(project, frozen, which, tmp_path):
    before = frozen(project.reports)
    begun = tmp_path / "begun"
    script = f"# %%\nimport pathlib, time\npathlib.Path({str(begun)!r}).touch()\ntime.sleep(60)\n"
    (project.notebooks / "small.py").write_text(script, encoding="utf-8")
    (project.notebooks / "small.ipynb").unlink()
    run = subprocess.Popen(
        [sys.executable, "-m", "workbench.cli", "run", "small"],
        cwd=project.root, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    for _ in range(600):
        if begun.exists() or run.poll() is not None:
            break
        time.sleep(0.1)
    run.send_signal(which)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 130, told
    assert "untouched" in told
    assert "Traceback" not in told
    assert frozen(project.reports) == before
