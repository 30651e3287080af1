"""Contiguity of jittered quadrilaterals and of a wall of bricks, beside libpysal and pygeoda.

Usage: python benchmarks/contiguity.py [--sizes 1000 10000 100000] [--engines ...] [--rook]

The answer of every engine is its number of links and a digest of who is linked with whom: equal
answers, equal neighbours (pygeoda tells the number only). Quadrilaterals share exact vertices. On
the wall, where no joint meets a vertex, libpysal needs strict=True.
"""

from __future__ import annotations

import sys
import tempfile
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from harness import engines, measure, pairs_digest, report, table

SCRIPT = str(Path(__file__))
ENGINES = ("workbench", "libpysal", "pygeoda", "read GeoPackage")
SMALL = 60_000  # large enough for compiled code


def quadrilaterals(n: int) -> Any:
    """Return about n cells of a lattice whose corners are moved at random."""
    import geopandas as gpd
    import shapely

    side = round(n**0.5)
    corner = np.stack(np.meshgrid(*[np.arange(side + 1.0)] * 2, indexing="ij"), axis=-1)
    corner = 5e5 + 1000 * (corner + np.random.default_rng(0).uniform(-0.3, 0.3, corner.shape))
    ring = [corner[:-1, :-1], corner[1:, :-1], corner[1:, 1:], corner[:-1, 1:]]
    cells = shapely.polygons(np.stack(ring, axis=2).reshape(-1, 4, 2))
    return gpd.GeoSeries(cells, crs="EPSG:3857")


def bricks(n: int) -> Any:
    """Return about n bricks, every other row moved by half a brick."""
    import geopandas as gpd
    import shapely

    side = round(n**0.5)
    row, column = np.divmod(np.arange(side * side), side)
    left = column + row % 2 / 2
    return gpd.GeoSeries(shapely.box(left, row, left + 1, row + 1.0), crs="EPSG:3857")


MAPS = {"quadrilaterals": quadrilaterals, "bricks": bricks}


def one(n: int, engine: str, kind: str, rook: bool) -> None:
    """Measure one engine at one size."""
    cells, small = MAPS[kind](n), MAPS[kind](SMALL)
    with tempfile.TemporaryDirectory() as folder:
        build = Builder(engine, kind, rook, Path(folder))
        big = build.prepare(cells)
        found = measure(lambda: build(big), warm=lambda: build(build.prepare(small)))
        report(replace(found, answer=build.answer(found.answer, big)))


class Builder:
    """One engine as a function from prepared polygons to what it builds."""

    def __init__(self, engine: str, kind: str, rook: bool, folder: Path) -> None:
        self.engine, self.strict, self.rook, self.folder = engine, kind == "bricks", rook, folder

    def prepare(self, cells: Any) -> Any:
        """Return polygons as the engine takes them; this is not timed."""
        if self.engine == "pygeoda":
            import geopandas as gpd
            import pygeoda

            return pygeoda.open(gpd.GeoDataFrame(geometry=cells))
        if self.engine == "read GeoPackage":
            path = self.folder / f"{len(cells)}.gpkg"
            if not path.exists():
                cells.to_frame("geometry").to_file(path)
            return path
        return cells

    def __call__(self, cells: Any) -> Any:
        """Build the weights, or read the file; this is timed."""
        if self.engine == "workbench":
            import workbench as wb

            build = wb.weights.rook if self.rook else wb.weights.queen
            return build(cells)
        if self.engine == "libpysal":
            from libpysal.graph import Graph

            return Graph.build_contiguity(cells, rook=self.rook, strict=self.strict)
        if self.engine == "pygeoda":
            import pygeoda

            build = pygeoda.rook_weights if self.rook else pygeoda.queen_weights
            return build(cells)
        import geopandas as gpd

        return gpd.read_file(cells)

    def answer(self, built: Any, cells: Any) -> str:
        """Return the number of links, and who is linked; not timed."""
        if self.engine == "read GeoPackage":
            return f"{len(built)} rows"
        if self.engine == "pygeoda":
            return str(round(built.mean_neighbors() * cells.num_obs))
        matrix = built.sparse.tocsr()
        return f"{int((matrix.data != 0).sum())} {pairs_digest(built)}"


def main() -> None:
    """Run every engine at every size on both maps and print a table each."""
    if "--one" in sys.argv:
        n, engine, kind, rook = sys.argv[sys.argv.index("--one") + 1 :]
        one(int(n), engine, kind, rook == "True")
        return
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[1_000, 10_000, 100_000])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--maps", nargs="+", choices=MAPS, default=list(MAPS))
    parser.add_argument("--rook", action="store_true")
    chosen = parser.parse_args()
    word = "rook" if chosen.rook else "queen"
    for kind in chosen.maps:
        found = engines(SCRIPT, chosen.sizes, chosen.engines, kind, chosen.rook)
        print("\n".join([*table(f"{word} of {kind}", found, ours="workbench"), ""]))


if __name__ == "__main__":
    main()
