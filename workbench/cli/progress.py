"""A line on the error stream that says how far a notebook has run."""

from __future__ import annotations

from types import TracebackType
from typing import Any


class Progress:
    """Shows cells done of cells in all; a context manager that is called as it goes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._bar: Any = None

    def __enter__(self) -> Progress:
        return self

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` cells have run."""
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(total=total, desc=self.name, unit="cell", leave=False, disable=None)
        self._bar.n = done
        self._bar.refresh()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()
