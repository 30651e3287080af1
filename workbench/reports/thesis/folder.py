"""The folder of a thesis: written beside its place, checked, and only then put there."""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
from pathlib import Path

import pandas as pd

from workbench.data.bundled import bundled_root
from workbench.data.catalogue import Catalogue
from workbench.data.descriptor import DESCRIPTOR_FILE
from workbench.errors import InputError, ReportError
from workbench.reports.studies import Study, sync
from workbench.reports.thesis.descriptor import descriptor
from workbench.reports.thesis.draft import Draft, source_files
from workbench.reports.thesis.notebook import TEMPLATES, filled, script

PARTIAL = ".partial-"
EPOCH = "1970-01-01T00:00:00.000Z"
"""What a GeoPackage says of when it was changed: the same map gives the same bytes."""


def make_folder(draft: Draft, place: Path, *, command: str = "workbench") -> list[str]:
    """Write the project of a thesis.

    Parameters
    ----------
    draft : Draft
        The files, read and matched.
    place : Path
        A folder that is not there yet.
    command : str
        How `make` starts the workbench where it is not on the PATH.

    Returns
    -------
    list of str
        What was written, relative to the folder.

    Raises
    ------
    InputError
        If there is something at the place already; nothing is ever written over.
    ReportError
        If it cannot be written; nothing remains then.
    """
    refuse_existing(place)
    partial = place.parent / f"{PARTIAL}{place.name}"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        partial.mkdir()
        try:
            for path, content in _files(draft, command).items():
                (partial / path).parent.mkdir(parents=True, exist_ok=True)
                (partial / path).write_bytes(content)
            sync(Study(draft.wanted.name, partial / "notebooks"))
            _check(draft, partial / "geodata")
            refuse_existing(place)
            partial.rename(place)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise ReportError(
            str(place),
            expected="to write the folder of the thesis",
            found=f"{type(error).__name__}: {error.strerror}",
            remedy=f"remove {partial.name} if another start of this command was killed"
            if isinstance(error, FileExistsError)
            else "free some space, or choose another place",
        ) from error
    return sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file())


def refuse_existing(place: Path) -> None:
    """Refuse a place where something is.

    Raises
    ------
    InputError
        Always in that case.
    """
    if place.exists() or place.is_symlink():
        raise InputError(
            "name",
            expected="a folder that is not there yet",
            found=f"{place.name}, which is",
            why="a thesis is never written over",
            remedy="another name, or move the folder away",
        )


def command_from(place: Path, program: Path) -> str:
    """Return how to start a program from a folder: by a relative path, which may be moved along.

    Examples
    --------
    >>> command_from(Path("/home/a/my-thesis"), Path("/home/a/bench/.venv/bin/workbench"))
    '../bench/.venv/bin/workbench'
    """
    return Path(os.path.relpath(program, place)).as_posix().replace(" ", "\\ ")


def _files(draft: Draft, command: str) -> dict[str, bytes]:
    name, lang = draft.wanted.name, draft.wanted.lang
    fields = {"name": name, "command": command, "notes": "\n".join(f"- {n}" for n in draft.told)}
    texts = {
        "README.md": f"readme_{lang}.md",
        "Makefile": "Makefile",
        "pyproject.toml": "pyproject.toml",
        ".gitignore": "gitignore",
        "notebooks/references.bib": "references.bib",
    }
    written = {
        path: filled((TEMPLATES / template).read_text(encoding="utf-8"), fields, {}).encode()
        for path, template in texts.items()
    }
    written[f"notebooks/{name}.py"] = script(draft).encode()
    written["reports/.gitkeep"] = b""
    data = _data(draft)
    plain = json.dumps(descriptor(draft, data), ensure_ascii=False, indent=2) + "\n"
    written |= {f"geodata/{name}/{path}": content for path, content in data.items()}
    written[f"geodata/{name}/{DESCRIPTOR_FILE}"] = plain.encode()
    return written


def _data(draft: Draft) -> dict[str, bytes]:
    """Return the files of the dataset: tables, shapes, and the student's file as it came."""
    files = {"figures.csv": _csv(draft.figures)}
    if draft.places is not None:
        files["units.csv"] = _csv(pd.DataFrame(index=draft.places.frame.index))
        files["regions.gpkg"] = _geopackage(draft)
    kept = {f"source/{path.name}": path.read_bytes() for path in source_files(draft.wanted)}
    return {**files, **kept}


def _csv(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV, whole numbers without a point and others to the last digit."""
    shown = frame.reset_index()
    for name in frame.columns:
        if pd.api.types.is_float_dtype(frame[name]):
            shown[name] = shown[name].map(_digits)
    text: str = shown.to_csv(index=False, lineterminator="\n")
    return text.encode()


def _digits(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))


def _geopackage(draft: Draft) -> bytes:
    import pyogrio

    assert draft.places is not None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "regions.gpkg"
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": EPOCH})
        try:
            draft.places.frame.reset_index().to_file(path, layer="regions", driver="GPKG")
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
        return path.read_bytes()


def _check(draft: Draft, geodata: Path) -> None:
    """Load every part once, as the notebook will: a descriptor that does not hold is no draft."""
    catalogue = Catalogue(bundled_root(), geodata)
    for part in catalogue.descriptor(draft.wanted.name).parts:
        catalogue.load(draft.wanted.name, part=part.name)
