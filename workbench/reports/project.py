"""Where a project keeps its notebooks, data and reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import InputError


@dataclass(frozen=True, slots=True)
class Project:
    """A project's folders.

    Attributes
    ----------
    root : pathlib.Path
        The folder with ``pyproject.toml`` and ``notebooks/``.
    notebooks, reports, geodata : pathlib.Path
        Where studies, rendered reports and data sets are.
    """

    root: Path
    notebooks: Path
    reports: Path
    geodata: Path

    @classmethod
    def at(
        cls, root: Path, *, notebooks: Path | None = None, reports: Path | None = None
    ) -> Project:
        """Return the project in a folder, with other places for notebooks or reports if given."""
        root = root.resolve()
        return cls(
            root,
            (notebooks or root / "notebooks").resolve(),
            (reports or root / "reports").resolve(),
            root / "geodata",
        )

    @property
    def lock(self) -> Path:
        """The file that pins the environment."""
        return self.root / "locks" / "environment.txt"


def find_root(start: Path) -> Path:
    """Return the nearest folder at or above `start` that holds a project.

    Raises
    ------
    InputError
        If there is none.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "notebooks").is_dir() and (folder / "pyproject.toml").is_file():
            return folder
    raise InputError(
        "project",
        expected="a folder with notebooks/ and pyproject.toml, here or above",
        found=f"none at or above {start}",
        remedy="change into the project, or name it: workbench --project DIR ...",
    )


def listed(paths: Iterable[Path], root: Path) -> list[str]:
    """Return paths relative to the root where they lie in it, as messages show them."""
    return [str(p.relative_to(root)) if p.is_relative_to(root) else str(p) for p in paths]
