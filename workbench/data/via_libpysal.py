"""Adapter: the examples that libpysal installs, read by path.

``libpysal.examples`` is not imported: it answers an unknown or absent example by a download,
and without a network by ``SystemExit``. Only files inside the installed package are opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from workbench.data.descriptor import Resource
from workbench.errors import DataIntegrityError, OptionError, nearest, unknown_option

PREFIX = "libpysal:"
LICENCE = "BSD 3-Clause (libpysal, which distributes the files)"
INDEX_NAME = "region"
DEGREES = "EPSG:4326"
"""Declared where the coordinates are degrees and the source states no CRS: without it,
planar distances in degrees would pass unnoticed."""

FILES = {
    "us48.shp": "us_income/us48.shp",
    "us48.dbf": "us_income/us48.dbf",
    "usjoin.csv": "us_income/usjoin.csv",
}
"""Where libpysal keeps the file of each resource of ours."""

REGION_PREFIX = "US-"
"""What turns a two-letter postal code into ISO 3166-2."""

FIPS_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Layer:
    """A file of an example: its unique id column, number of rows, and kind.

    ``key`` is empty where no column is unique: ids are then row numbers from 0. ``crs`` is
    declared where the file has none and its coordinates are degrees.
    """

    file: str
    key: str
    rows: int
    kind: str = "regions"
    crs: str = ""


@dataclass(frozen=True, slots=True)
class ExampleSet:
    """An example of libpysal: its title and layers, the first one being the default."""

    title: str
    layers: Mapping[str, Layer]


EXAMPLES: Mapping[str, ExampleSet] = MappingProxyType(
    {
        "10740": ExampleSet(
            "Albuquerque, New Mexico: census tracts, 2000",
            {"tracts": Layer("10740.shp", "STFID", 195, crs=DEGREES)},
        ),
        "baltim": ExampleSet(
            "Baltimore: house sales prices and hedonics, 1978",
            {"houses": Layer("baltim.shp", "STATION", 211, "points")},
        ),
        "burkitt": ExampleSet(
            "Western Nile district of Uganda: Burkitt's lymphoma",
            {"cases": Layer("burkitt.shp", "ID", 188, "points")},
        ),
        "chicago": ExampleSet(
            "Chicago: community areas", {"areas": Layer("Chicago77.shp", "AREANO", 77)}
        ),
        "columbus": ExampleSet(
            "Columbus, Ohio: neighbourhood crime, 1980",
            {"neighbourhoods": Layer("columbus.shp", "POLYID", 49)},
        ),
        "geodanet": ExampleSet(
            "GeoDaNet: crimes, schools and streets of a city",
            {
                "crimes": Layer("crimes.shp", "POLYID", 287, "points"),
                "schools": Layer("schools.shp", "POLYID", 8, "points"),
                "streets": Layer("streets.shp", "ID", 293, "lines"),
            },
        ),
        "georgia": ExampleSet(
            "Georgia: socio-economic variables of counties, 1990",
            {"counties": Layer("G_utm.shp", "AreaKey", 159)},
        ),
        "juvenile": ExampleSet(
            "Cardiff: residences of juvenile offenders",
            {"residences": Layer("juvenile.shp", "ID", 168, "points")},
        ),
        "mexico": ExampleSet(
            "Mexico: income per head of states by decade, 1940–2000",
            {"states": Layer("mexicojoin.shp", "NAME", 32, crs=DEGREES)},
        ),
        "sids2": ExampleSet(
            "North Carolina: sudden infant deaths in counties",
            {"counties": Layer("sids2.shp", "FIPS", 100, crs=DEGREES)},
        ),
        "snow_maps": ExampleSet(
            "London, 1854: cholera deaths, water pumps and streets",
            {
                "deaths": Layer("SohoPeople.shp", "", 324, "points"),
                "pumps": Layer("SohoWater.shp", "", 13, "points"),
                "streets": Layer("Soho_Network.shp", "", 118, "lines"),
            },
        ),
        "stl": ExampleSet(
            "Counties around St Louis: homicides, 1979–1993",
            {"counties": Layer("stl_hom.shp", "FIPS", 78, crs=DEGREES)},
        ),
        "tokyo": ExampleSet(
            "Tokyo metropolitan area: mortality in municipalities, 1990",
            {
                "municipalities": Layer("tokyomet262.shp", "AreaID", 262),
                "mortality": Layer("Tokyomortality.csv", "IDnum0", 262, "table"),
            },
        ),
        "us_income": ExampleSet(
            "United States: income per head of states, 1929–2009",
            {
                "states": Layer("us48.shp", "STATE_NAME", 48, crs=DEGREES),
                "income": Layer("usjoin.csv", "Name", 48, "table"),
            },
        ),
        "virginia": ExampleSet(
            "Virginia: counties", {"counties": Layer("virginia.shp", "FIPS", 136)}
        ),
    }
)
"""The examples that hold observations; toys of the library's own tests are left out."""


def examples_folder() -> Path:
    """Return the folder of the examples in the installed libpysal.

    Raises
    ------
    OSError
        If libpysal is not there.
    """
    spec = find_spec("libpysal")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("libpysal")
    return Path(spec.submodule_search_locations[0]) / "examples"


def resource_path(path: str) -> Path:
    """Return the path of a resource of ours that libpysal holds."""
    return examples_folder() / FILES[path]


def resource_bytes(path: str) -> bytes:
    """Return the content of a resource of ours that libpysal holds."""
    return resource_path(path).read_bytes()


def relabelled(table: pd.DataFrame, resource: Resource) -> pd.DataFrame:
    """Return the table of a column a year as a row a state and year, with ISO 3166-2 ids.

    Ids come from the postal codes that the attributes of the polygons give for the FIPS codes;
    the table writes these as numbers, without their leading zero.

    Parameters
    ----------
    table : DataFrame of str
        Cells as in the file; a column is a year where its heading is a number.
    resource : Resource
        Descriptor of the file: its fields are the region, the year and the value.
    """
    region, year, value = (field.name for field in resource.fields)
    fips = table[resource.fields[0].source_name].str.zfill(FIPS_DIGITS)
    years = [column for column in table.columns if str(column).isdigit()]
    states = read_polygons(resource_path("us48.dbf")).set_index("STATE_FIPS")["STATE_ABBR"]
    wide = table[years].assign(**{region: REGION_PREFIX + fips.map(states)})
    return wide.melt(id_vars=region, var_name=year, value_name=value)[[region, year, value]]


def example(name: str) -> ExampleSet:
    """Return an example by its catalogue name, e.g. ``"libpysal:columbus"``.

    Raises
    ------
    OptionError
        If there is no such example in the installation; names the nearest one.
    """
    short = name.removeprefix(PREFIX)
    if short not in EXAMPLES:
        hint = nearest(short, EXAMPLES).replace("'", f"'{PREFIX}", 1)
        raise OptionError(
            "name",
            expected="an example that libpysal installs: " + ", ".join(map(repr, EXAMPLES)),
            found=repr(name),
            why="other examples of libpysal are downloads, and nothing here uses a network",
            remedy=f"{hint} Otherwise download it and use geopandas.read_file".strip(),
        )
    return EXAMPLES[short]


def layer_of(name: str, part: str | None) -> tuple[str, Layer]:
    """Return the name and description of a layer of an example; the first one for None."""
    layers = example(name).layers
    chosen = next(iter(layers)) if part is None else part
    if chosen not in layers:
        raise unknown_option("part", part, layers)
    return chosen, layers[chosen]


def load_example(name: str, *, part: str | None = None) -> Any:
    """Load a layer of an example, indexed by its id column (which is kept as a column).

    Parameters
    ----------
    name : str
        Catalogue name, e.g. ``"libpysal:columbus"``.
    part : str, optional
        Layer; the first one when left out.

    Returns
    -------
    GeoDataFrame or DataFrame
        Columns as in the file; index named ``region``. The CRS is the file's; EPSG:4326 is
        declared where the file has none and its coordinates are degrees; else None.

    Raises
    ------
    OptionError
        If there is no such example or layer.
    DataIntegrityError
        If the installed file is missing or its ids are not unique.
    """
    part_name, layer = layer_of(name, part)
    path = examples_folder() / name.removeprefix(PREFIX) / layer.file
    if not path.is_file():
        raise DataIntegrityError(
            f"{name}/{layer.file}",
            expected="a file of the installed libpysal",
            found="no such file",
            remedy="install the version of libpysal that the lock file names",
        )
    frame = _indexed(_read(path, layer), layer, label=f"{name}/{layer.file}")
    frame.attrs["provenance"] = {
        "dataset": name,
        "part": part_name,
        "title": example(name).title,
        "licence": LICENCE,
        "source": f"libpysal {version('libpysal')}, example {name.removeprefix(PREFIX)}",
        "sha256": {file.name: _digest(file) for file in _files(path)},
    }
    return frame


def read_polygons(path: Path) -> Any:
    """Read a vector file as a GeoDataFrame."""
    import geopandas as gpd  # heavy

    return gpd.read_file(path)


def _read(path: Path, layer: Layer) -> Any:
    if path.suffix == ".csv":
        return pd.read_csv(path)
    frame = read_polygons(path)
    return frame.set_crs(layer.crs) if layer.crs and frame.crs is None else frame


def _indexed(frame: Any, layer: Layer, *, label: str) -> Any:
    if not layer.key:
        return frame.rename_axis(index=INDEX_NAME)
    ids = frame[layer.key]
    if pd.api.types.is_numeric_dtype(ids):
        # dBASE stores whole numbers at any width, even as decimals
        ids = ids.astype("int64")
    if not ids.is_unique or len(frame) != layer.rows:
        raise DataIntegrityError(
            label,
            expected=f"{layer.rows} unique ids in {layer.key!r}",
            found=f"{ids.nunique()} ids in {len(frame)} rows",
            offenders=ids[ids.duplicated()].unique(),
            remedy="install the version of libpysal that the lock file names",
        )
    return frame.set_index(pd.Index(ids, name=INDEX_NAME))


def _files(path: Path) -> list[Path]:
    companions = [path.with_suffix(suffix) for suffix in (".dbf", ".prj")]
    return [path, *(file for file in companions if file.is_file() and path.suffix == ".shp")]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
