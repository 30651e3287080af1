"""What a file of weights holds, and how each format refuses what it cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import region_ids
from workbench.errors import DataIntegrityError, IdError
from workbench.numerics.sparse.scaling import rows_of
from workbench.typing import FileValues, FloatArray, IdType, IntArray
from workbench.weights.weights import Weights


@dataclass(frozen=True, slots=True)
class Links:
    """Links as a file lists them.

    Attributes
    ----------
    labels : sequence
        Regions, as the file writes them: text, or numbers in binary files.
    focal, neighbor : ndarray, shape (m,)
        Positions in `labels`.
    weight : ndarray, shape (m,)
        As the file has them.
    lines : ndarray, shape (m,), optional
        Line of each link, for messages; empty in binary files.
    numbered : bool
        Whether labels are row numbers and not ids.
    row_standardized : bool
        Whether the file holds rows that sum to 1, and `weight` is what they were before.
    """

    labels: Sequence[Any]
    focal: IntArray
    neighbor: IntArray
    weight: FloatArray
    lines: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    numbered: bool = False
    row_standardized: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read: what the caller said of its ids and its values."""

    ids: pd.Index | None = None
    id_type: IdType = "auto"
    values: FileValues | None = None
    columns: tuple[str, str, str] = ("focal", "neighbor", "weight")


@dataclass(frozen=True, slots=True)
class Writing:
    """What goes into a file: sorted ids and links, normalised or as built."""

    ids: pd.Index
    focal: IntArray
    neighbor: IntArray
    weight: FloatArray
    row_sums: FloatArray
    row_standardized: bool
    columns: tuple[str, str, str] = ("focal", "neighbor", "weight")
    regions: Any = None

    @classmethod
    def of(cls, W: Weights, *, as_built: bool, columns: Any, regions: Any) -> Writing:
        """Take the values of weights."""
        matrix = W.sparse_base if as_built else W.sparse
        sums = np.asarray(W.sparse_base.sum(axis=1), dtype=np.float64).ravel()
        return cls(
            W.ids,
            rows_of(matrix).astype(np.int64),
            matrix.indices.astype(np.int64),
            np.asarray(matrix.data),
            sums,
            W.normalization == "row" and not as_built,
            columns,
            regions,
        )

    def rows(self) -> Iterator[tuple[int, IntArray, FloatArray]]:
        """Yield position, neighbours and weights of each region."""
        at = np.searchsorted(self.focal, np.arange(len(self.ids) + 1))
        for row in range(len(self.ids)):
            part = slice(at[row], at[row + 1])
            yield row, self.neighbor[part], self.weight[part]


def text_of(path: Path) -> list[str]:
    """Return the lines of a text file in UTF-8, or refuse another encoding and an empty file."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise bad(path, 0, "text in UTF-8", "another encoding", "save the file as UTF-8") from error
    lines = text.splitlines()
    if not any(line.strip() for line in lines):
        raise bad(path, 0, "weights", "an empty file")
    return lines


def bad(path: Path, line: int, expected: str, found: str, remedy: str = "") -> DataIntegrityError:
    """Return the error that names file and line."""
    where = f"{path.name}, line {line}" if line else path.name
    return DataIntegrityError(where, expected=expected, found=found, remedy=remedy)


def number(path: Path, line: int, word: str, *, kind: type[float] | type[int] = float) -> Any:
    """Return a number of a text file, or refuse another word."""
    try:
        if "_" in word:  # Python's own way to group digits, nobody else's
            raise ValueError(word)
        return kind(word)
    except ValueError as error:
        wanted = "a whole number" if kind is int else "a number"
        raise bad(path, line, wanted, repr(word)) from error


def count(path: Path, word: str) -> int:
    """Return the number of regions that the first line of a text file tells."""
    n: int = number(path, 1, word, kind=int)
    if n < 1:
        raise bad(path, 1, "one region or more", word)
    return n


def typed(labels: Sequence[Any], id_type: IdType, *, path: Path) -> pd.Index:
    """Turn labels into ids: whole numbers only where all are and nothing is lost."""
    words = [str(label) for label in labels]
    plain = all(word.lstrip("-").isdigit() and str(int(word)) == word for word in words)
    if id_type == "integer" and not plain:
        wrong = [w for w in words if not (w.lstrip("-").isdigit() and str(int(w)) == w)]
        raise IdError(
            path.name,
            expected="ids that are whole numbers",
            found=f"{len(wrong)} that are not",
            offenders=wrong,
            remedy='id_type="text"',
        )
    if plain and id_type != "text":
        return region_ids(pd.Index([int(word) for word in words]), argument=path.name)
    return region_ids(pd.Index(words, dtype=object).astype("str"), argument=path.name)


def are_row_numbers(labels: Sequence[Any], ids: pd.Index, *, path: Path) -> bool:
    """Tell whether a file calls regions by row number 1 ... n, or by the ids that were given.

    Raises
    ------
    IdError
        If both can be meant and differ: the ids are themselves 1 ... n, in another order.
    """
    words = {str(label) for label in labels}
    names = [str(label) for label in ids]
    rows = [str(row) for row in range(1, len(ids) + 1)]
    by_row, by_name = words <= set(rows), words <= set(names)
    if by_row and by_name and names != rows:
        raise IdError(
            "ids",
            expected="ids that cannot be taken for row numbers, or 1 ... n in this order",
            found="numbers in another order",
            why=f"whether {path.name} calls regions by id or by row is not known",
            remedy="if by id, leave ids out or sort them by number; if by row, name the regions "
            "so that ids differ from row numbers",
        )
    return by_row and not by_name


def refuse_labels(ids: pd.Index, wrong: list[Any], *, name: str, why: str) -> None:
    """Refuse ids that a format has no way to write."""
    if wrong:
        raise IdError(
            "W",
            expected=f"ids that a {name} file can hold",
            found=f"{len(wrong)} of {len(ids)} that it cannot",
            offenders=wrong,
            why=why,
            remedy='write an edge list instead: W.write("weights.csv")',
        )


def spaceless(ids: pd.Index, *, name: str) -> list[str]:
    """Return ids as words of a file whose words are parted by blanks."""
    words = [str(label) for label in ids]
    wrong = [word for word in words if not word or len(word.split()) != 1 or word != word.strip()]
    refuse_labels(ids, wrong, name=name, why="it parts words by blanks")
    return words
