"""On what a report was made: Python, platform, BLAS, lock file, commit; no clock, no paths."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from workbench.core.provenance import library_versions
from workbench.reports.afterwards import blas
from workbench.reports.datasets import sha256_of
from workbench.reports.project import Project
from workbench.reports.tools import departures, tool_versions


def machine(project: Project) -> dict[str, Any]:
    """Return what a reader needs to know of the machine, as plain values that JSON can hold.

    Linear algebra is that of this process; that of a report's kernel is asked from the kernel.
    """
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "libc": " ".join(platform.libc_ver()).strip(),
        "processors": os.cpu_count(),
        "blas": blas(),
        "lock": {
            "file": "locks/environment.txt",
            "sha256": _digest(project.lock),
            "departures": departures({**library_versions(), **tool_versions()}, project.lock),
        },
        "source": _commit(project.root),
    }


def _digest(path: Path) -> str:
    return sha256_of(path) if path.is_file() else ""


def _commit(root: Path) -> dict[str, Any]:
    """Return the commit and whether files differ from it (reports aside); empty without git."""
    try:
        commit = _git(root, "rev-parse", "HEAD")
        date = _git(root, "log", "-1", "--format=%cI")
        changed = _git(root, "status", "--porcelain", "--", ".", ":!reports")
    except (OSError, subprocess.CalledProcessError):
        return {}
    return {"commit": commit, "date": date, "changed": bool(changed)}


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *words], capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout.strip()
