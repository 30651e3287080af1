"""Promise: long work shows a bar, short work none, and an interrupt leaves at once."""

import io
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr

import pytest

from workbench import progress as module
from workbench.progress import progress


def test_short_work_prints_nothing():
    said = io.StringIO()
    with redirect_stderr(said), progress(3, "permutations") as tick:
        tick(3)
    assert said.getvalue() == ""


def test_long_work_says_what_is_done(monkeypatch):
    monkeypatch.setattr(module, "DELAY", 0.0)
    said = io.StringIO()
    with redirect_stderr(said), progress(2, "permutations") as tick:
        tick(1)
    assert "permutations" in said.getvalue()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_an_interrupt_ends_a_long_run():
    """A run of many minutes is interrupted after its first seconds and ends within some more."""
    script = (
        "import numpy as np, pandas as pd, libpysal\n"
        "from workbench import explore\n"
        "W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(60, 60))\n"
        "x = pd.Series(np.random.default_rng(0).normal(size=3600), name='x')\n"
        "explore.local_geary(x, None, W, permutations=99)\n"
        "print('ready', flush=True)\n"
        "explore.local_geary(x, None, W, permutations=50_000_000)\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "ready\n"
    time.sleep(1.0)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=60)
    assert "KeyboardInterrupt" in errors
