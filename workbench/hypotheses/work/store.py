"""Answers kept on disk under the digest of what they follow from, so that work can go on."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.provenance import library_versions
from workbench.errors import InputError

FOLDER = "WORKBENCH_CACHE"
"""Environment variable that names the folder where none is given."""

WITHOUT_CACHE = "WORKBENCH_WITHOUT_CACHE"
"""Environment variable under which no cache is read or written."""


class Store:
    """A folder of answers, one file a key, each written whole or not at all.

    Parameters
    ----------
    folder : str or path
        Made where it is not there.

    Notes
    -----
    Answers are what JSON holds: numbers (NaN and infinities too), text, lists and mappings. Numbers
    come back to the last bit. A file that cannot be read, or is not as it was written, counts as
    absent and is named in ``unreadable``. An answer that cannot be written, as on a full disk, ends
    no work: its key is named in ``unwritten``, with the reason.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = Store(folder)
    ...     store.put("ab12", {"estimate": 0.1})
    ...     store.get("ab12")
    {'estimate': 0.1}
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        if not isinstance(folder, str | os.PathLike):
            raise InputError(
                "cache",
                expected="a folder, as text or path",
                found=type(folder).__name__,
                remedy='cache="curve-cache", or no cache',
            )
        self.folder = Path(folder)
        self.unreadable: list[str] = []
        self.unwritten: dict[str, str] = {}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise InputError(
                "cache",
                expected="a folder that can be written",
                found=f"{folder}: {fault.strerror or type(fault).__name__}",
                remedy='cache="curve-cache", or no cache',
            ) from fault

    def get(self, key: str) -> Any:
        """Return the answer of a key, or None where there is none."""
        try:
            seal, _, text = self._path(key).read_text(encoding="utf-8").partition("\n")
            if seal != _seal(key, text):
                raise ValueError("not as it was written")
            return json.loads(text)
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            self.unreadable.append(key)
            return None

    def put(self, key: str, answer: Any) -> None:
        """Keep an answer; a reader sees the old file or the new one, never a part."""
        path = self._path(key)
        text = json.dumps(answer, ensure_ascii=False)
        beside = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                beside.write_text(f"{_seal(key, text)}\n{text}", encoding="utf-8", newline="\n")
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)  # there only where it could not be moved
        except OSError as fault:
            self.unwritten[key] = fault.strerror or type(fault).__name__

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


def _seal(key: str, text: str) -> str:
    return hashlib.blake2b(f"{key}\n{text}".encode(), digest_size=16).hexdigest()


def store_of(folder: str | os.PathLike[str] | Store | None) -> Store | None:
    """Return the store of a folder, or that of ``WORKBENCH_CACHE``, or None where neither is.

    With ``WORKBENCH_WITHOUT_CACHE`` there is none, whatever else is said: a verification computes
    every number anew.
    """
    if os.environ.get(WITHOUT_CACHE):
        return None
    if isinstance(folder, Store):
        return folder
    told = folder if folder is not None else os.environ.get(FOLDER, "")
    return Store(told) if told else None


def digest_of(*parts: object) -> str:
    """Return 32 hexadecimal digits of what the parts hold, the same on every machine.

    Parameters
    ----------
    *parts : object
        None, text, numbers, arrays, tables, series, indexes, mappings, sequences, dataclasses of
        these, and anything with a ``digest``.

    Raises
    ------
    InputError
        If the content of a part cannot be told from its identity, e.g. of a function.

    Examples
    --------
    >>> digest_of(1, 2.0) == digest_of(1, 2.0), digest_of("1") == digest_of(1)
    (True, False)
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        _feed(digest, part)
    return digest.hexdigest()


@cache
def code_digest() -> str:
    """Return a digest of the package's own source and of the libraries that decide its numbers."""
    return source_digest(Path(__file__).parents[2], library_versions())


def source_digest(package: Path, versions: Mapping[str, str]) -> str:
    """Return the digest of code for the source in a folder beside libraries of some versions.

    Parameters
    ----------
    package : pathlib.Path
        Folder of a package; its ``.py`` files are read.
    versions : mapping of str to str
        Libraries that decide numbers.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    digest.update(json.dumps(dict(versions), sort_keys=True).encode())
    return digest.hexdigest()


def _feed(digest: Any, part: object) -> None:
    name = type(part).__name__
    if part is None or isinstance(part, str | bool | int | float | np.generic):
        _tell(digest, name, repr(part).encode())
    elif isinstance(getattr(part, "digest", None), str):
        _tell(digest, name, str(getattr(part, "digest", "")).encode())
    elif isinstance(part, np.ndarray):
        _feed_array(digest, part)
    elif isinstance(part, pd.DataFrame | pd.Series | pd.Index):
        _feed_table(digest, part)
    elif isinstance(part, Mapping | Sequence | set | frozenset):
        _feed_many(digest, part)
    elif is_dataclass(part) and not isinstance(part, type):
        _tell(digest, name, b"")
        for field in fields(part):
            _feed(digest, getattr(part, field.name))
    else:
        raise InputError(
            "cache",
            expected="values whose content can be told",
            found=name,
            why="a digest of it would not be the same in another run",
            remedy="leave cache out",
        )


def _feed_many(digest: Any, part: Mapping[Any, Any] | Sequence[Any] | Set[Any]) -> None:
    if isinstance(part, bytes):
        _tell(digest, "bytes", part)
        return
    if isinstance(part, Mapping):
        _tell(digest, "mapping", str(len(part)).encode())
        items = [half for key in sorted(part, key=repr) for half in (key, part[key])]
    else:
        _tell(digest, "sequence", str(len(part)).encode())
        items = list(part) if isinstance(part, Sequence) else sorted(part, key=repr)
    for item in items:
        _feed(digest, item)


def _tell(digest: Any, name: str, content: bytes) -> None:
    """Feed content with its kind and length, so that no two sequences of parts look alike."""
    digest.update(f"{name}:{len(content)}:".encode())
    digest.update(content)


def _feed_array(digest: Any, array: np.ndarray[Any, Any]) -> None:
    if array.dtype == object:
        _feed(digest, array.tolist())
        return
    _tell(digest, f"{array.dtype.str}{array.shape}", np.ascontiguousarray(array).tobytes())


def _feed_table(digest: Any, table: pd.DataFrame | pd.Series[Any] | pd.Index[Any]) -> None:
    if isinstance(table, pd.Index):
        _feed(digest, list(map(str, table.names)))
        _feed(digest, [str(label) for label in table])
        return
    _feed_table(digest, table.index)
    columns = table.items() if isinstance(table, pd.DataFrame) else [(table.name, table)]
    for name, column in columns:
        _feed(digest, str(name))
        _feed_kind(digest, column)
        numeric = pd.api.types.is_numeric_dtype(column)
        values = column.to_numpy(np.float64, na_value=np.nan) if numeric else None
        _feed(digest, [str(value) for value in column] if values is None else values)


def _feed_kind(digest: Any, column: pd.Series[Any]) -> None:
    """Feed what a formula reads besides values: truth or number, the order of categories, CRS."""
    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
        _feed(digest, ["ordered" if kind.ordered else "categories", *map(str, kind.categories)])
    elif pd.api.types.is_bool_dtype(kind):
        _feed(digest, "truth")
    elif (crs := getattr(column, "crs", None)) is not None:
        _feed(digest, str(crs))
