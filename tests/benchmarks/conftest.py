"""The scripts of `benchmarks/` are no package: they find each other in their own folder."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]
MODULES = ("designs", "counts", "dense", "tables", "views", "bootstrap")


@pytest.fixture(scope="session")
def study() -> SimpleNamespace:
    """The modules of the study of coverage, by their second word; its command as ``command``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        found = {name: importlib.import_module(f"interval_{name}") for name in MODULES}
        return SimpleNamespace(command=importlib.import_module("intervals"), **found)
