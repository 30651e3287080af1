"""JupyterLab on the notebooks."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import NoReturn

from workbench.errors import InputError


def start_lab(notebooks: Path) -> NoReturn:
    """Replace this process by JupyterLab, opened on a folder of notebooks.

    Raises
    ------
    InputError
        If JupyterLab is not installed.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise InputError(
            "lab",
            expected="JupyterLab in this environment",
            found="none",
            remedy="make env installs it, or pip install 'spatial-workbench[lab]'",
        )
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={notebooks}"]
    os.execv(sys.executable, command)
