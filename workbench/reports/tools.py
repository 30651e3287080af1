"""What sets a report: the programs whose version can change a byte of it, and no number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType

PACKAGES = ("typst", "pypandoc-binary", "matplotlib", "rocrate")
"""Typesetting, prose and Word, figures and their fonts, the crate."""

PANDOC = "pandoc"
"""The program inside ``pypandoc-binary``."""

_PIN = re.compile(r"^([\w.-]+)==([\w.+!-]+)", re.MULTILINE)


@cache
def tool_versions() -> Mapping[str, str]:
    """Return the version of each program that sets a report, where it is installed."""
    import pypandoc

    found: dict[str, str] = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    with suppress(OSError):  # there is none
        found[PANDOC] = str(pypandoc.get_pandoc_version())
    return MappingProxyType(found)


def departures(versions: Mapping[str, str], lock: Path) -> dict[str, str]:
    """Return the versions that are not those of a lock, as ``"2.0, not 1.9"`` by name.

    Parameters
    ----------
    versions : mapping of str to str
        Installed, or recorded by a report.
    lock : pathlib.Path
        Pins as ``name==version``; a name that it lacks departs from nothing.
    """
    text = lock.read_text(encoding="utf-8") if lock.is_file() else ""
    pins = {_canonical(pin[1]): pin[2] for pin in _PIN.finditer(text)}
    return {
        name: f"{found}, not {pin}"
        for name, found in versions.items()
        if (pin := pins.get(_canonical(name), found)) != found
    }


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
