"""The last call to a kernel, after the last cell: what it computed, and on what."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from workbench.reports.made import of_names

MIME = "application/vnd.workbench.afterwards+json"
"""Mime type under which the kernel answers."""

SOURCE = "from workbench.reports.afterwards import answer as _answer; _answer(globals())"
"""What the kernel is asked, in a cell that is no part of the notebook."""


def answer(names: Mapping[str, object]) -> None:
    """Show, as the output of a cell, what a notebook computed and what its kernel is.

    Parameters
    ----------
    names : mapping of str to object
        Variables of the notebook.
    """
    from IPython.display import display as show

    show({MIME: afterwards(names), "text/plain": ""}, raw=True)


def afterwards(names: Mapping[str, object]) -> dict[str, Any]:
    """Return ``computed`` and ``weights`` of the notebook, and ``kernel``: BLAS and memory."""
    made, cards = of_names(names)
    return {
        "computed": [asdict(one) for one in made],
        "weights": cards,
        "kernel": {"blas": blas(), "peak_memory_mib": peak_memory()},
    }


def blas() -> list[dict[str, str | int]]:
    """Return the linear algebra libraries that this process has loaded, with their threads."""
    import numpy as np  # noqa: F401  threadpoolctl sees only libraries that are loaded
    from threadpoolctl import threadpool_info

    wanted = ("internal_api", "version", "architecture", "threading_layer", "num_threads")
    found = [
        {key: library[key] for key in wanted if library.get(key)}
        for library in threadpool_info()
        if library.get("user_api") == "blas"
    ]
    unique = {tuple(one.items()) for one in found}
    return sorted((dict(pairs) for pairs in unique), key=str)


def peak_memory() -> int | None:
    """Return the most memory that this process has had, in MiB; None where nobody counts."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1024 * 1024 if sys.platform == "darwin" else 1024))
