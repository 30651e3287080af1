"""A small study in a project of its own, run once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from workbench.reports.project import Project
from workbench.reports.running import run_study
from workbench.reports.studies import Study, sync

ROOT = Path(__file__).parents[2]

SCRIPT = """\
# ---
# jupyter:
#   workbench:
#     title: A small study
#     question: Does it run?
#     datasets:
#       - toy
# ---

# %% [markdown]
# # A small study
#
# It has mathematics, $\\rho W y$, and a question.

# %%
import numpy as np
import pandas as pd

import workbench as wb

HOSTILE = "<script>alert(1)</script> **bold** $x$"
table = pd.DataFrame(
    {"estimate": [1.25, -0.5], "p_value": [0.049, 0.2], "count": [3, 4], "word": ["a", HOSTILE]},
    index=pd.Index(["x", HOSTILE], name="term"),
)
wb.publish(table, "numbers", caption=f"A table with {HOSTILE}", notes=HOSTILE)

# %%
wb.claim("answer", "The estimate is {x:.2f} for {name}.", numbers={"x": 1.25, "name": HOSTILE})

# %%
from matplotlib.figure import Figure

figure = Figure()
figure.subplots().plot([0, 1, 2], [1, 0, 1])
wb.publish(figure, "picture", caption="A line")

# %%
print("printed " + HOSTILE)
pd.DataFrame({"shown": [HOSTILE]})
"""


def make_project(folder: Path, script: str = SCRIPT, name: str = "small") -> Project:
    """Lay out a project with one study and one data set."""
    (folder / "notebooks").mkdir(parents=True)
    (folder / "geodata" / "toy").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("", encoding="utf-8")
    (folder / "geodata" / "toy" / "data.csv").write_text("a\n1\n", encoding="utf-8")
    (folder / "geodata" / "toy" / "datapackage.json").write_text(
        '{"name": "toy", "title": "Toy", "resources": [{"name": "data", "path": "data.csv"}]}',
        encoding="utf-8",
    )
    (folder / "notebooks" / f"{name}.py").write_text(script, encoding="utf-8")
    sync(Study(name, folder / "notebooks"))
    return Project.at(folder)


@pytest.fixture(scope="session")
def laid_out():
    """Return a function from a folder and a script to a project with that study."""
    return make_project


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Project:
    """A project whose study has been run; not to be changed."""
    project = make_project(tmp_path_factory.mktemp("finished"))
    run_study(project, "small")
    return project


@pytest.fixture
def project(finished, tmp_path) -> Project:
    """A copy of it, to be changed at will."""
    shutil.copytree(finished.root, tmp_path / "project")
    return Project.at(tmp_path / "project")


@pytest.fixture
def new_project(tmp_path):
    """Return a function from a script to a project with that study."""
    return lambda script: make_project(tmp_path / "new", script)


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Content and time of every file of a folder."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def frozen():
    """Return a function that tells what a folder holds, to compare before and after."""
    return snapshot
