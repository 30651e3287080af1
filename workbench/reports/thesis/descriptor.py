"""The descriptor of a student's data: a ``datapackage.json`` before anybody has filled it in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from workbench.reports.thesis.columns import Column
from workbench.reports.thesis.draft import Draft

TODO = "to be filled in"
TODO_RU = "заполнить"
OPEN = {
    "en": {
        "title": f"{{name}} (title {TODO})",
        "licence": f"{TODO}: the licence of the figures",
        "source": f"{TODO}: who published the figures, and where",
        "made": "Drafted by workbench new{sources}.",
        "sources": " from {files}",
    },
    "ru": {
        "title": f"{{name}} ({TODO_RU}: название)",
        "licence": f"{TODO_RU}: лицензия данных",
        "source": f"{TODO_RU}: кто и где опубликовал данные",
        "made": "Черновик составлен командой workbench new{sources}.",
        "sources": " по {files}",
    },
}
"""What has one text only, in the language of the thesis."""


def descriptor(draft: Draft, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the descriptor of a dataset as plain JSON.

    Parameters
    ----------
    draft : Draft
        What was found.
    files : mapping of str to bytes
        The dataset's files by path: ``figures.csv``, and ``units.csv`` with ``regions.gpkg`` where
        the regions are the student's; the rest are sources that are kept as they came.
    """
    kept = [path for path in files if "/" in path]
    resources = [_table("figures", _keys(draft) + [_field(c) for c in draft.columns], files,
                        key=["region", "year"] if draft.panel else ["region"])]  # fmt: skip
    if draft.places is not None:
        resources.append(_table("units", [_key("region")], files, key=["region"]))
        resources.append({**_file("shapes", "regions.gpkg", files), "key": "region"})
    resources += [_file(f"source-{number}", path, files) for number, path in enumerate(kept, 1)]
    name, lang = draft.wanted.name, draft.wanted.lang
    return {
        "profile": "data-package",
        "name": name,
        "title": OPEN[lang]["title"].format(name=name),
        "title_ru": OPEN["ru"]["title"].format(name=name),
        "description": f"What the figures are, of which years, from where: {TODO}.",
        "description_ru": f"Что это за данные, за какие годы и откуда: {TODO_RU}.",
        "licenses": [{"name": "notspecified", "title": OPEN[lang]["licence"]}],
        "sources": [{"title": OPEN[lang]["source"]}],
        "provenance": _provenance(draft, files, kept),
        "anomalies": [],
        "parts": _parts(draft),
        "resources": resources,
    }


def _provenance(draft: Draft, files: Mapping[str, bytes], kept: list[str]) -> str:
    sums = [f"{path} (SHA-256 {_digest(files[path])})" for path in kept]
    words = OPEN[draft.wanted.lang]
    sources = words["sources"].format(files=", ".join(sums)) if sums else ""
    return " ".join([words["made"].format(sources=sources), *draft.told])


def _parts(draft: Draft) -> list[dict[str, Any]]:
    figures = {
        "name": "figures",
        "kind": "panel" if draft.panel else "table",
        "title": "Figures",
        "title_ru": "Данные",
        "table": "figures",
        "fields": [column.name for column in draft.columns],
        "rows": len(draft.figures),
    }
    if draft.places is None:
        return [figures]
    regions = {
        "name": "regions",
        "kind": draft.places.kind,
        "title": "Regions",
        "title_ru": "Регионы",
        "table": "units",
        "fields": [],
        "rows": len(draft.places.frame),
        "geometry": {
            "resource": "shapes",
            "field": {
                "name": "geometry",
                "type": "geometry",
                "unit": "degree" if draft.places.frame.crs.is_geographic else "m",
                "title": "Geometry",
                "title_ru": "Геометрия",
                "description": f"{draft.places.frame.crs.name}.",
                "description_ru": f"{draft.places.frame.crs.name}.",
                "constraints": {"required": True},
            },
        },
    }
    return [figures, regions]


def _keys(draft: Draft) -> list[dict[str, Any]]:
    region = _key("region")
    if not draft.panel:
        return [region]
    year = {**_text("year", draft.time), "type": "year", "unit": ""}
    return [region, {**year, "constraints": {"required": True}}]


def _key(name: str) -> dict[str, Any]:
    texts = {"title": "Region id", "title_ru": "Код региона", "description": "",
             "description_ru": ""}  # fmt: skip
    return {"name": name, "type": "string", "unit": "", **texts, "constraints": {"required": True}}


def _field(column: Column) -> dict[str, Any]:
    return {**_text(column.name, column.heading), "type": column.type, "unit": column.unit}


def _text(name: str, heading: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": heading,
        "title_ru": heading,
        "description": f"{TODO}: what it is and how it was measured",
        "description_ru": f"{TODO_RU}: что это и как измерено",
        "source_name": heading,
    }


def _table(
    name: str, fields: list[dict[str, Any]], files: Mapping[str, bytes], *, key: list[str]
) -> dict[str, Any]:
    schema = {"fields": fields, "primaryKey": key, "missingValues": [""]}
    known = {"profile": "tabular-data-resource", "mediatype": "text/csv", "encoding": "utf-8"}
    return {**_file(name, f"{name}.csv", files), **known, "schema": schema}


def _file(name: str, path: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "name": name,
        "path": path,
        "format": path.rpartition(".")[2].lower(),
        "hash": f"sha256:{_digest(files[path])}",
        "bytes": len(files[path]),
    }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
