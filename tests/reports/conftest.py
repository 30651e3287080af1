"""A small study in a project of its own, run once."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from workbench.reports import verifying
from workbench.reports.evidence import CRATE
from workbench.reports.ledger import LEDGER, PROVENANCE
from workbench.reports.manifest import MANIFEST, manifest_text
from workbench.reports.project import Project
from workbench.reports.running import run_study
from workbench.reports.studies import Study, sync
from workbench.reports.verifying import verify_report

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


def resealed(where: Project | Path) -> None:
    """Make crate, provenance and manifest agree with what lies there, as who forges with care."""
    folder = where.reports / "small" if isinstance(where, Project) else where
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    provenance, crate = folder / PROVENANCE, folder / CRATE
    if provenance in files.values() and crate in files.values():
        plain = json.loads(provenance.read_text(encoding="utf-8"))
        plain["ledger"]["sha256"] = hashlib.sha256((folder / LEDGER).read_bytes()).hexdigest()
        provenance.write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", "utf-8")
        graph = json.loads(crate.read_text(encoding="utf-8"))
        for entity in graph["@graph"]:
            if "sha256" in entity and entity["@id"] in files:
                content = files[entity["@id"]].read_bytes()
                entity["sha256"] = hashlib.sha256(content).hexdigest()
                entity["contentSize"] = str(len(content))
        crate.write_text(json.dumps(graph, ensure_ascii=False, indent=1) + "\n", "utf-8")
    text = manifest_text({name: path.read_bytes() for name, path in files.items()})
    (folder / MANIFEST).write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def sealed():
    """Return a function that forges all digests of a report, given its project or folder."""
    return resealed


@pytest.fixture(scope="session")
def run(finished):
    """One real execution of the study: what the kernel said, and the executed notebook."""
    seen, plain = [], verifying.execute

    def recording(notebook, *, watch, **more):
        def noting(name):
            return lambda *given: (seen.append((name, given)), getattr(watch, name)(*given))

        noted = replace(watch, finished=noting("finished"), ended=noting("ended"))
        seen.append(plain(notebook, watch=noted, **more))
        return seen[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verifying, "execute", recording)
        outcome = verify_report(finished.reports / "small", finished)
    return outcome, seen[:-1], seen[-1]


@pytest.fixture
def replayed(run, monkeypatch):
    """Let a verification have the outputs of that execution, without another one."""

    def replaying(notebook, *, watch, **more):
        for name, given in run[1]:
            getattr(watch, name)(*given)
        return run[2]

    monkeypatch.setattr(verifying, "execute", replaying)


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


BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless", "--no-sandbox", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--dump-dom", "--virtual-time-budget=2000",
)  # fmt: skip
OWN = ("google.com", "gvt1.com", "googleapis.com", "gstatic.com")
"""Whom a browser calls by itself, whatever it shows."""


class Refusing(BaseHTTPRequestHandler):
    """A proxy that lets nothing through and remembers who was asked for."""

    def refuse(self):
        self.server.asked.append(self.path)
        self.send_error(502)

    do_GET = do_POST = do_CONNECT = refuse  # noqa: N815

    def log_message(self, *_arguments):
        pass


def _asked_by(page, folder):
    """Return what a browser shows of a page with the network off, and what was asked for."""
    browser = next(name for name in map(shutil.which, BROWSERS) if name)
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as proxy:
        proxy.asked = []
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        call = [browser, *QUIET, f"--proxy-server=http://127.0.0.1:{proxy.server_port}"]
        call += [f"--user-data-dir={folder / 'own'}", page.as_uri()]
        shown = subprocess.run(call, capture_output=True, check=True, timeout=120)
        proxy.shutdown()
    hosts = [re.sub(r"^\w+://|[:/].*$", "", one.removeprefix("http://")) for one in proxy.asked]
    return shown.stdout.decode(), [host for host in hosts if not host.endswith(OWN)]


@pytest.fixture(scope="session")
def asked_by():
    """Return a function from a page and a folder to what a browser shows and whom it asks."""
    if not any(map(shutil.which, BROWSERS)):
        pytest.skip("no browser here")
    return _asked_by
