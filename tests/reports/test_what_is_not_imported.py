"""A run of a small study does not wait for packages that it does not use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def after(source):
    """Return the names of the modules that a process has after a source."""
    told = subprocess.run(
        [sys.executable, "-c", f"{source}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return set(json.loads(told.stdout))


def test_notebooks_are_read_without_grammars_of_addresses():
    """39 grammars of rfc3987_syntax, which lark builds, are out of sight only meanwhile."""
    read = (
        "from workbench.reports.studies import clean\nfrom workbench.reports.via_nbformat import v4"
    )
    known = after(f"{read}\nclean(v4.new_notebook(cells=[v4.new_code_cell('1')]))")
    assert {"nbformat", "jupytext", "jsonschema"} <= known
    assert not {"lark", "rfc3987_syntax"} & known


@pytest.mark.parametrize(("given", "there"), [("{'x': 1.0}", False), ("{'W': W}", True)])
def test_a_kernel_without_weights_does_not_import_them(given, there):
    """Where weights are among its variables their card is told as before."""
    made = (
        "import workbench as wb\nW = wb.weights.from_matrix([[0, 1], [1, 0]], ids=['a', 'b'])\n"
        if there
        else ""
    )
    ask = f"from workbench.reports.made import of_names\nfound = of_names({given})\n"
    known = after(f"{made}{ask}assert bool(found[1]) is {there}, found")
    assert ("workbench.weights.weights" in known) is there
