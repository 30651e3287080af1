"""Pages, PDFs and Word files of an executed study: seconds of each, and what they weigh.

Usage: python benchmarks/rendering.py [--study knowledge-spillovers] [--runs 5] [--kept FILE]

The study is executed once, which counts nowhere; ``--kept`` names a file that holds it executed,
read if it is there, else written. Each run is in a process that has rendered nothing before, as
typst remembers what it set. CPU seconds are of this process and of pandoc. ``together`` is what a
run does: all three at once, from one document, assembling included.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from harness import ROOT

from workbench.core.language import speaking
from workbench.core.provenance import library_versions
from workbench.reports.datasets import used
from workbench.reports.document.assembled import assembled
from workbench.reports.document.printed import report_pdf
from workbench.reports.document.word import report_docx
from workbench.reports.documents import PRINTED, WORD, documents
from workbench.reports.kernel import Watch, execute
from workbench.reports.ledger import PAGE
from workbench.reports.page import page_html
from workbench.reports.parameters import setting_of, with_values
from workbench.reports.project import Project
from workbench.reports.studies import bibliography_of, find_study, header_of, load_study


def executed(name: str, kept: Path | None) -> tuple[Any, Any, dict[str, Any]]:
    """Return an executed notebook, its header, and what else its documents are written from."""
    import nbformat

    project = Project.at(ROOT)
    notebook = load_study(find_study(project.notebooks, name))
    header = header_of(notebook, study=name)
    setting = setting_of(notebook, study=name, given={})
    told = {
        "setting": setting,
        "datasets": used(header.datasets, geodata=project.geodata),
        "versions": library_versions(),
        "bibliography": bibliography_of(header, project.notebooks),
    }
    if kept and kept.is_file():
        return nbformat.read(kept, as_version=4), header, told
    made = execute(
        with_values(notebook, setting), name=name, project=project.root, timeout=3600.0,
        watch=Watch(
            progress=lambda _done, _total: None,
            finished=lambda _cell, _number: None,
            ended=lambda _answer: None,
        ),
        lang=setting.lang,
    )  # fmt: skip
    if kept:
        nbformat.write(made, kept)
    return made, header, told


TASKS: dict[str, Callable[[], Any]] = {}


def timed(name: str) -> tuple[float, float, int]:
    """Return CPU seconds, those of programs that it calls included, wall seconds, bytes."""
    before, started = os.times(), perf_counter()
    made = TASKS[name]()
    seconds, after = perf_counter() - started, os.times()
    weight = len(made) if isinstance(made, bytes) else 0
    return sum(after[:4]) - sum(before[:4]), seconds, weight


def main() -> None:
    """Render a study several times, each in a process that has rendered nothing, and tell."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--study", default="knowledge-spillovers")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--kept", type=Path)
    options = parser.parse_args()
    notebook, header, told = executed(options.study, options.kept)
    with speaking(told["setting"].lang):
        document = assembled(notebook, header, **told)
        TASKS.update(
            {
                "assembling": lambda: assembled(notebook, header, **told),
                PAGE: lambda: page_html(document).encode(),
                PRINTED: lambda: report_pdf(document),
                WORD: lambda: report_docx(document),
                "together": lambda: documents(notebook, header, **told),
            }
        )
        print(f"rendering {options.study}, median of {options.runs}")
        print(f"{'':14}{'cpu s':>8}{'wall s':>9}{'MB':>8}")
        with get_context("fork").Pool(1, maxtasksperchild=1) as fresh:
            for name in TASKS:
                runs = [fresh.apply(timed, (name,)) for _ in range(options.runs)]
                cpu, wall, weight = (median(each) for each in zip(*runs, strict=True))
                told_weight = f"{weight / 1e6:8.2f}" if weight else ""
                print(f"{name:14}{cpu:8.2f}{wall:9.2f}{told_weight}", flush=True)


if __name__ == "__main__":
    main()
