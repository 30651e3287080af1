"""What sets a report: the programs whose version can change a byte of it, and no number."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType

PACKAGES = ("typst", "pypandoc-binary", "matplotlib", "rocrate")
"""Typesetting, prose and Word, figures and their fonts, the crate."""

WHEEL, PANDOC = "pypandoc-binary", "pandoc"
"""The package, and the program inside it."""

OTHER_PANDOC = "PYPANDOC_PANDOC"
"""Environment variable that names another program than that of the package."""

_PIN = re.compile(r"^([\w.-]+)==([\w.+!-]+)", re.MULTILINE)
_PANDOC_SAYS = re.compile(rb"pandoc(?:\.exe)? ([\d.]+)")


@cache
def tool_versions() -> Mapping[str, str]:
    """Return the version of each program that sets a report, where it is installed."""
    found: dict[str, str] = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    if said := _version_of(pandoc_path()):
        found[PANDOC] = said
    return MappingProxyType(found)


@cache
def pandoc_path() -> str:
    """Return the program inside the package, so that the lock decides which pandoc it is.

    Another one on the path is not used, however new. ``PYPANDOC_PANDOC`` names another one, and so
    does a package without a program of its own; reports then tell its version.
    """
    other = os.environ.get(OTHER_PANDOC, "")
    return other or str(_inside_wheel() or PANDOC)


def _inside_wheel() -> Path | None:
    import pypandoc

    files = Path(str(pypandoc.__file__)).parent / "files"
    return next((path for path in sorted(files.glob("pandoc*")) if _is_program(path)), None)


def _is_program(path: Path) -> bool:
    return path.name in ("pandoc", "pandoc.exe") and path.is_file()


@cache
def _version_of(program: str) -> str:
    """Return the version that a pandoc says it is; empty where there is none."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = _PANDOC_SAYS.match(said.stdout)
    return match[1].decode() if match else ""


def departures(versions: Mapping[str, str], lock: Path) -> dict[str, str]:
    """Return the versions that are not those of a lock, as ``"2.0, not 1.9"`` by name.

    Parameters
    ----------
    versions : mapping of str to str
        Installed, or recorded by a report.
    lock : pathlib.Path
        Pins as ``name==version``; a name that it lacks departs from nothing. A package that has
        pandoc inside pins it too, where it is the one installed here and there.
    """
    text = lock.read_text(encoding="utf-8") if lock.is_file() else ""
    pins = {_canonical(pin[1]): pin[2] for pin in _PIN.finditer(text)}
    held = _inside_wheel()
    if held and versions.get(WHEEL) == pins.get(WHEEL) == tool_versions().get(WHEEL):
        pins[PANDOC] = _version_of(str(held))
    return {
        name: f"{found}, not {pin}"
        for name, found in versions.items()
        if (pin := pins.get(_canonical(name), found)) != found
    }


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
