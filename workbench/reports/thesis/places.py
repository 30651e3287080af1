"""Where the regions are: a student's vector file, or the bundled polygons of Russia."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.data.bundled import bundled_root
from workbench.data.catalogue import Catalogue
from workbench.data.crosswalk.matching import match_regions
from workbench.data.crosswalk.result import EMPTY, RegionMatch, label
from workbench.errors import GeometryError, IdError, InputError, listing
from workbench.reports.thesis.columns import one_of
from workbench.reports.thesis.wanted import BUNDLED_REGIONS

POLYGONS, POINTS = ("Polygon", "MultiPolygon"), ("Point",)
ALIKE = 0.5
"""Share of the table's ids that a column of the vector file must hold to be that of ids."""

OKRUGS, OKRUGS_RU = "RU-(?:TYU|ARK|NEN|KHM|YAN)", "(?i)тюмен|архангел"
BESIDE_OKRUGS = (
    "; beside the okrugs say 'Тюменская область без автономных округов', or the one with them alone"
)
_NEAREST = re.compile(r"[^,()]+ \((RU-[A-Z]+)\)")


@dataclass(frozen=True, slots=True)
class Places:
    """Regions with geometry, keyed by id as text.

    Attributes
    ----------
    frame : GeoDataFrame
        Geometry only, indexed by ``region``.
    kind : {"regions", "points"}
        Polygons or points.
    attributes : DataFrame
        The other columns of the vector file, by ``region``.
    column : str
        The column that the ids are from.
    respelled : tuple of str
        Russian regions that the map calls otherwise than the table: both names of each.
    """

    frame: Any
    kind: str
    attributes: pd.DataFrame
    column: str
    respelled: tuple[str, ...] = ()


def vector_file(path: Path, *, column: str, ids: Sequence[str], crs: str) -> Places:
    """Read a vector file and key it by region.

    Parameters
    ----------
    path : Path
        Of any kind that GDAL reads with one layer.
    column : str
        With ids; empty for the one that holds most of `ids`, or has any value once.
    ids : sequence of str
        Of the table; empty where there is none.
    crs : str
        Of a file that does not say it.

    Raises
    ------
    InputError
        If it cannot be read, has several layers, no CRS, or no column of ids.
    GeometryError
        If shapes are missing, invalid, or neither polygons nor points throughout.
    IdError
        If an id is missing or occurs twice.
    """
    import geopandas as gpd  # heavy

    frame = _located(_read(path), path, crs)
    attributes = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    chosen = (
        one_of("data-id", column, list(map(str, attributes.columns)))
        if column
        else _column_of(attributes, ids, path)
    )
    written = _padded([label(cell) for cell in attributes[chosen]], ids)
    keys = _spelled(written, ids)
    other = tuple(f"{a} = {b}" for a, b in zip(written, keys, strict=True) if a != b)
    _check_ids(keys, chosen, path)
    kind = _kind(frame, keys, path)
    index = pd.Index(keys, name="region")
    shapes = gpd.GeoDataFrame(index=index, geometry=frame.geometry.array, crs=frame.crs)
    rest = attributes.drop(columns=chosen).set_axis(index)
    return Places(shapes.sort_index(), kind, rest, chosen, other)


def _read(path: Path) -> Any:
    import geopandas as gpd  # heavy
    import pyogrio

    if not path.is_file():
        raise InputError("data", expected="a vector file that is there", found=repr(str(path)))
    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
        if len(layers) == 1:
            return gpd.read_file(path)
    except (OSError, ValueError, pyogrio.errors.DataSourceError) as error:
        raise InputError(
            "data",
            expected="a vector file: GeoPackage, GeoJSON, Shapefile",
            found=f"{path.name}: {type(error).__name__}",
            remedy="a table goes to --table; of a Shapefile all its files must lie together",
        ) from error
    raise InputError(
        "data",
        expected="a vector file with one layer",
        found=f"{path.name} with {len(layers)}: {listing(layers)}",
        remedy="export the layer of regions into a file of its own",
    )


def _located(frame: Any, path: Path, crs: str) -> Any:
    import geopandas as gpd  # heavy

    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(
            "data",
            expected="a vector file with geometry",
            found=f"{path.name}, a table without any",
            remedy="give it as --table",
        )
    if frame.crs is None and not crs:
        raise InputError(
            "crs",
            expected="a coordinate reference system",
            found=f"none in {path.name}",
            why="degrees would be taken for metres, or metres for degrees",
            remedy="say it: --crs EPSG:4326 if coordinates are longitude and latitude",
        )
    return frame.set_crs(crs) if frame.crs is None else frame


def _column_of(attributes: pd.DataFrame, ids: Sequence[str], path: Path) -> str:
    """Return the column that holds most of the table's ids."""
    wanted = set(ids)
    shares: dict[str, float] = {}
    for name in attributes.columns:
        keys = [label(cell) for cell in attributes[name]]
        held = len(wanted & set(_spelled(_padded(keys, ids), ids))) / max(len(wanted), 1)
        shares[str(name)] = held if len(set(keys)) == len(keys) else 0.0
    best = max(shares, key=lambda name: shares[name], default="")
    if best and shares[best] >= ALIKE:
        return best
    raise IdError(
        "data-id",
        expected="a column of the vector file with the ids of the table"
        + (f" ({listing(sorted(wanted))})" if wanted else ""),
        found=f"none in {path.name} ({', '.join(shares) or 'no columns'}) holds half of them"
        if wanted
        else "none named",
        remedy="name it: --data-id COLUMN; if regions are called otherwise in the two files, put "
        "the codes of the map into a column of the table; regions of Russia by name need no map: "
        "--regions russia-regions instead of --data",
    )


def _padded(keys: list[str], ids: Sequence[str]) -> list[str]:
    """Return ids of digits as the table writes them, which may have lost leading zeros."""
    if not ids or not all(key.isdigit() for key in (*keys, *ids)) or set(keys) & set(ids) == {*ids}:
        return keys
    bare = {one.lstrip("0") or "0": one for one in ids}
    if len(bare) < len(set(ids)):
        return keys
    return [bare.get(key.lstrip("0") or "0", key) for key in keys]


def _spelled(keys: list[str], ids: Sequence[str]) -> list[str]:
    """Return names of Russian regions as the table spells them; ids of digits stay."""
    missing = {one for one in set(ids) - set(keys) if not one.isdigit() and one != EMPTY}
    names = [key for key in keys if not key.isdigit() and key != EMPTY]
    if not missing or not names:
        return keys
    here, there = match_regions(names).ids, match_regions(ids).ids
    often = there.value_counts()
    wanted = {
        region: name for name, region in there.items() if name in missing and often[region] == 1
    }
    known = here.to_dict()
    return [key if key in ids else str(wanted.get(known.get(key), key)) for key in keys]


def _check_ids(keys: list[str], column: str, path: Path) -> None:
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if EMPTY in keys or twice:
        raise IdError(
            f"column {column!r} of {path.name}",
            expected="an id for each region, each once",
            found="regions without an id" if EMPTY in keys else f"{len(twice)} that repeat",
            offenders=[key for key in twice if key != EMPTY],
            remedy="if a region consists of several shapes, dissolve them by this column first",
        )


def _kind(frame: Any, keys: list[str], path: Path) -> str:
    lost = frame.geometry.isna() | frame.geometry.is_empty
    if lost.any():
        raise GeometryError(
            path.name,
            expected="a shape for each region",
            found=f"{int(lost.sum())} without",
            offenders=[key for key, gone in zip(keys, lost, strict=True) if gone],
        )
    types = set(frame.geom_type)
    if types <= set(POINTS):
        return "points"
    if not types <= set(POLYGONS):
        raise GeometryError(
            path.name,
            expected="polygons, or points, throughout",
            found=", ".join(sorted(types)),
            remedy="keep one kind in the file",
        )
    bad = ~frame.geometry.is_valid
    if bad.any():
        raise GeometryError(
            path.name,
            expected="valid polygons",
            found=f"{int(bad.sum())} whose border crosses itself",
            offenders=[key for key, wrong in zip(keys, bad, strict=True) if wrong],
            why="neighbours are found along borders",
            remedy="mend them, e.g. with QGIS: Vector geometry, Fix geometries",
        )
    return "regions"


def _in_russian(nearest: str) -> str:
    """Return suggested regions by their Russian names, with the ids."""
    names = Catalogue(bundled_root()).load(BUNDLED_REGIONS)["name_ru"]
    return _NEAREST.sub(
        lambda found: f" {names[found[1]]} ({found[1]})" if found[1] in names else found[0], nearest
    ).strip()


def russian(names: pd.Series[Any], column: str) -> tuple[RegionMatch, str]:
    """Match names of Russian regions; return the match and the part with their polygons.

    Raises
    ------
    IdError
        If names are unknown or may mean several regions; names them and the nearest ones.
    """
    match = match_regions(names)
    if not match.complete:
        rows = pd.concat([match.ambiguous, match.unmatched])
        okrugs = rows["nearest"].str.contains(OKRUGS) | rows["name"].str.contains(OKRUGS_RU)
        raise IdError(
            f"column {column!r}",
            expected="names or codes of Russian regions",
            found=f"{len(rows)} that are ambiguous or unknown",
            offenders=[
                f"{a!r} ({_in_russian(c) or b})"
                for a, b, c in rows.itertuples(index=False, name=None)
            ],
            why="their figures would be lost unnoticed",
            remedy="write them as Rosstat does, in the file, and begin again"
            + (BESIDE_OKRUGS if okrugs.any() else ": the names in brackets are the nearest"),
        )
    return match, "regions83" if match.scheme in ("83", "85") else "regions80"
