"""From a file to weights: ids, repeated links, diagonal, and where it all came from."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core.ids import region_ids
from workbench.errors import InputError, check_option
from workbench.typing import BoolArray, Diagonal, FileValues, IdType, WeightsFormat
from workbench.weights import graphs, tables
from workbench.weights.adoption import adopt
from workbench.weights.files.formats import FORMATS, check_columns, format_of, path_of
from workbench.weights.files.links import Links, Reading, are_row_numbers, bad, typed
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights


def read(
    path: str | Path,
    *,
    format: WeightsFormat | None = None,
    values: FileValues | None = None,
    ids: Any = None,
    id_type: IdType = "auto",
    regions: Any = None,
    columns: tuple[str, str, str] = ("focal", "neighbor", "weight"),
    diagonal: Diagonal = "error",
) -> Weights:
    r"""Read weights from a file.

    Parameters
    ----------
    path : str or Path
        ``.gal``, ``.gwt``, ``.swm`` (ArcGIS), ``.txt`` (Stata's ``spmatrix export``), ``.mtx``
        (MatrixMarket), ``.csv``, ``.tsv``, ``.parquet`` or ``.geoparquet`` (edge list).
    format : str, optional
        ``"gal"``, ``"gwt"``, ``"swm"``, ``"stata"``, ``"matrix-market"``, ``"csv"``, ``"tsv"`` or
        ``"parquet"``, where the ending does not say.
    values : {"weights", "links"}, optional
        Whether numbers are weights, or every link counts 1. A GWT file must be told: many hold
        distances.
    ids : index or sequence, optional
        Ids of the rows, for files that number their rows 1 ... n or list no region without
        neighbours. Ids are never guessed from numbers.
    id_type : {"auto", "text", "integer"}, default "auto"
        ``"auto"``: whole numbers where all ids are and nothing is lost (``"01"`` stays text).
    regions : Index, Series or (Geo)DataFrame indexed by region id, optional
        What the ids must be.
    columns : tuple of str
        Columns of focal region, neighbour and weight of an edge list.
    diagonal : {"error", "drop"}, default "error"
        What is done with weights of regions for themselves.

    Returns
    -------
    Weights
        The values of the file. Rows that all sum to 1 are recorded as row-normalised, as
        :func:`as_weights` does. The recipe names the file and the digest of its bytes. Islands
        are kept.

    Raises
    ------
    DataIntegrityError
        If the file is not what its format says; file, line and what was expected are named.
    IdError
        If ids are not those of the regions.
    InputError
        If the file is missing, or a choice is needed that was not made.
    WeightsError
        If weights are negative or on the diagonal.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "pair.gal"
    ...     _ = path.write_text("2\nnorth 1\nsouth\nsouth 1\nnorth\n")
    ...     W = read(path)
    >>> W.ids.tolist()
    ['north', 'south']
    """
    check_option("diagonal", diagonal, Diagonal)
    check_option("id_type", id_type, IdType)
    if values is not None:
        check_option("values", values, FileValues)
    check_columns(columns)
    path = path_of(path)
    if not path.is_file():
        raise InputError("path", expected="a file that is there", found=repr(str(path)))
    name = format_of(path, format)
    given = None if ids is None else region_ids(pd.Index(ids), argument="ids")
    links = FORMATS[name].read(path, Reading(given, id_type, values, columns))
    labels = _ids(links, given, id_type, path)
    tables.require_ids(labels, regions, argument=path.name)
    links = _checked(links, path, diagonal)
    weight = np.ones_like(links.weight) if values == "links" else links.weight
    n = len(labels)
    matrix = sparse.coo_array((weight, (links.focal, links.neighbor)), shape=(n, n))
    order, canonical = graphs.sorted_matrix(labels.rename("region"), matrix, argument=path.name)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    parameters = {"file": path.name, "format": name, "sha256": digest}
    if values is not None:
        parameters["values"] = values
    recipe = Recipe("read", parameters, islands="keep")
    weights = adopt(order, canonical, recipe, argument=path.name)
    return weights.normalize("row") if links.row_standardized else weights


def _ids(links: Links, given: pd.Index | None, id_type: IdType, path: Path) -> pd.Index:
    if given is None:
        return typed(links.labels, id_type, path=path)
    out: pd.Index
    n = len(links.labels)
    if len(given) != n:
        raise bad(path, 0, f"{len(given)} regions, as in ids", f"{n}")
    if links.numbered or are_row_numbers(links.labels, given, path=path):
        out = pd.Index([given[int(label) - 1] for label in links.labels])
        return out
    by_name = {str(label): label for label in given}
    unknown = [label for label in links.labels if str(label) not in by_name]
    if unknown:
        raise bad(path, 0, "row numbers, or the ids in ids", f"{unknown[0]!r} and others")
    out = pd.Index([by_name[str(label)] for label in links.labels])
    return out


def _checked(links: Links, path: Path, diagonal: Diagonal) -> Links:
    """Refuse numbers that are no weights, and pairs that are listed twice."""
    _refuse(links, ~np.isfinite(links.weight), path, "finite weights", "a weight that is not")
    _refuse(links, links.weight < 0, path, "weights that are not negative", "a negative one")
    own = links.focal == links.neighbor
    if diagonal == "error":
        _refuse(
            links,
            own & (links.weight != 0),
            path,
            "no region as its own neighbour",
            "a weight on the diagonal",
            'leave them out: diagonal="drop"',
        )
    kept = np.flatnonzero(~own)
    key = links.focal[kept] * len(links.labels) + links.neighbor[kept]
    again = np.ones(kept.size, dtype=bool)
    again[np.unique(key, return_index=True)[1]] = False
    twice = np.zeros(own.size, dtype=bool)
    twice[kept[again]] = True
    _refuse(links, twice, path, "each link once", "a link that is listed again")
    return replace(
        links, focal=links.focal[kept], neighbor=links.neighbor[kept], weight=links.weight[kept]
    )


def _refuse(
    links: Links, wrong: BoolArray, path: Path, expected: str, found: str, remedy: str = ""
) -> None:
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        line = int(links.lines[first]) if links.lines.size else 0
        pair = f"{links.labels[links.focal[first]]} -> {links.labels[links.neighbor[first]]}"
        raise bad(path, line, expected, f"{found}: {pair} ({int(wrong.sum())} in all)", remedy)
