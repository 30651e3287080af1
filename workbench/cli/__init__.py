"""The command line: ``workbench list | run | verify | lab | notebooks``."""

from __future__ import annotations

from workbench.cli.main import main

__all__ = ["main"]
