"""The scripts of `benchmarks/` are no package: they find each other in their own folder."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]
MODULES = ("designs", "counts", "dense", "tables", "views", "bootstrap")


def gathered(prefix, names, command):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        found = {name: importlib.import_module(f"{prefix}_{name}") for name in names}
        return SimpleNamespace(command=importlib.import_module(command), **found)


@pytest.fixture(scope="session")
def study() -> SimpleNamespace:
    """The modules of the study of coverage, by their second word; its command as ``command``."""
    return gathered("interval", MODULES, "intervals")


@pytest.fixture(scope="session")
def panels() -> SimpleNamespace:
    """The same of the study of panels."""
    return gathered("panel", MODULES[:-1], "panel_intervals")


@pytest.fixture(scope="session")
def timed() -> SimpleNamespace:
    """The script that times panels, as ``command``."""
    return gathered("", (), "panels")
