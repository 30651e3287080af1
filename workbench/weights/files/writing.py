"""From weights to a file, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from workbench.errors import InputError, check_option
from workbench.typing import WeightsFormat, Written
from workbench.weights.adoption import as_weights
from workbench.weights.files import market
from workbench.weights.files.formats import FORMATS, check_columns, format_of, path_of
from workbench.weights.files.links import Writing, refuse_labels
from workbench.weights.weights import WeightsLike


def write(
    W: WeightsLike,
    path: str | Path,
    *,
    format: WeightsFormat | None = None,
    values: Written = "normalized",
    columns: tuple[str, str, str] = ("focal", "neighbor", "weight"),
    regions: Any = None,
    overwrite: bool = False,
) -> Path:
    """Write weights to a file.

    Parameters
    ----------
    W : Weights, libpysal Graph or W
        Not changed.
    path : str or Path
        Its ending says the format, as for :func:`read`. MatrixMarket puts the ids into a second
        file beside it (``.ids.txt``).
    format : str, optional
        As for :func:`read`.
    values : {"normalized", "as built"}, default "normalized"
        Which weights. A GAL file holds links only: weights other than 1 are refused.
    columns : tuple of str
        Columns of an edge list.
    regions : GeoDataFrame or GeoSeries, optional
        With it a Parquet file is GeoParquet: each link a line between representative points.
    overwrite : bool, default False
        Whether a file that is there may be replaced.

    Returns
    -------
    Path
        Of the file. The same weights give the same bytes; a file that could not be written
        whole is not there, and an old one stays.

    Raises
    ------
    IdError
        If the format cannot hold an id (blanks in GAL and GWT, text in SWM and Stata).
    InputError
        If the file is there, or its ending unknown.
    WeightsError
        If a GAL file would lose weights.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> W = Graph.from_dicts({"a": ["b"], "b": ["a"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(write(W, Path(folder) / "pair.csv").read_text())
    focal,neighbor,weight
    a,b,1.0
    b,a,1.0
    <BLANKLINE>
    """
    check_option("values", values, Written)
    check_columns(columns)
    path = path_of(path)
    weights = as_weights(W)
    name = format_of(path, format)
    files = [path, market.beside(path)] if name == "matrix-market" else [path]
    there = [file.name for file in files if file.exists()]
    if there and not overwrite:
        raise InputError(
            "path",
            expected="a file that is not there yet",
            found=", ".join(there),
            remedy="choose another name, or overwrite=True",
        )
    if not path.parent.is_dir():
        raise InputError("path", expected="a folder that is there", found=repr(str(path.parent)))
    content = Writing.of(weights, as_built=values == "as built", columns=columns, regions=regions)
    parts = [FORMATS[name].write(content)]
    if name == "matrix-market":
        words = [str(label) for label in weights.ids]
        broken = [word for word in words if len(word.splitlines()) != 1]
        refuse_labels(weights.ids, broken, name="MatrixMarket", why="it lists an id a line")
        parts.append(("\n".join(words) + "\n").encode())
    for file, part in zip(files, parts, strict=True):
        _replace(file, part)
    return path


def _replace(path: Path, content: bytes) -> None:
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
