"""Who made a project and under which licence, as its own files say; nothing where they do not."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Author:
    """A person or, where it has no family name, an organisation."""

    name: str
    person: bool
    orcid: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """Authors and licence (an SPDX identifier); empty where the project names none."""

    authors: tuple[Author, ...] = ()
    licence: str = ""


def citation_of(root: Path) -> Citation:
    """Return what ``CITATION.cff``, else ``pyproject.toml``, says of authors and licence.

    Parameters
    ----------
    root : pathlib.Path
        Of the project. Files that cannot be read say nothing.
    """
    cff, project = _cff(root / "CITATION.cff"), _pyproject(root / "pyproject.toml")
    authors = _entries(cff.get("authors")) or _entries(project.get("authors"))
    licence = cff.get("license") or project.get("license") or ""
    known = tuple(author for one in authors if (author := _author(one)).name)
    return Citation(known, licence if isinstance(licence, str) else "")


def _cff(path: Path) -> dict[str, Any]:
    import yaml

    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _pyproject(path: Path) -> dict[str, Any]:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8")).get("project", {})
    except (OSError, ValueError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _entries(raw: object) -> list[dict[str, Any]]:
    return [one for one in raw if isinstance(one, dict)] if isinstance(raw, list) else []


def _author(raw: dict[str, Any]) -> Author:
    parts = ("given-names", "name-particle", "family-names", "name-suffix")
    personal = " ".join(str(raw[part]) for part in parts if raw.get(part))
    orcid = str(raw.get("orcid", ""))
    return Author(personal or str(raw.get("name", "")), bool(personal), orcid)
