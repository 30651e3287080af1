"""Which datasets this process has loaded: a quiet register, for whoever must know what was seen.

``wb.load`` notes the dataset and its columns here; nothing else does, and nothing is written to
disk. Tables that were read otherwise (``pandas.read_csv``, another process) are not in it.
"""

from __future__ import annotations

from collections.abc import Iterable

_LOADED: dict[str, set[str]] = {}


def note_loaded(name: str, columns: Iterable[object]) -> None:
    """Note that a dataset was handed to the user.

    Parameters
    ----------
    name : str
        Of the dataset.
    columns : iterable
        Of the part that was loaded.
    """
    _LOADED.setdefault(name, set()).update(str(column) for column in columns)


def loaded() -> dict[str, tuple[str, ...]]:
    """Return the columns of every dataset that this process has loaded, both in sorted order.

    Examples
    --------
    >>> import workbench as wb
    >>> states = wb.load("us-states")
    >>> "us-states" in loaded()
    True
    """
    return {name: tuple(sorted(columns)) for name, columns in sorted(_LOADED.items())}


def forget_loaded() -> None:
    """Empty the register: for tests, and for a process that serves several studies."""
    _LOADED.clear()
