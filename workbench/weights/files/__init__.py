"""Spatial weights from files and to files."""

from __future__ import annotations

from workbench.weights.files.reading import read
from workbench.weights.files.writing import write

__all__ = ["read", "write"]
