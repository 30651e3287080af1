"""Problems of a table: what is found, what is expected, what to do, and whether it was done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Literal, TypeAlias

import pandas as pd

Mended: TypeAlias = Literal["yes", "no", "told"]

COLUMNS = ("problem", "where", "found", "expected", "remedy", "mended")
SHOWN_PLACES = 12


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a table that the form does not expect.

    Attributes
    ----------
    problem : str
        What kind of thing, e.g. ``"unit"``.
    where : str
        The column, region or cells.
    found, expected : str
        What the table has, and what the form has.
    remedy : str
        Where it was mended, what was done; otherwise the keyword of the call, or the edit of the
        file, that mends it.
    mended : {"yes", "no", "told"}
        ``"told"`` needs no mending: the reader should know it.
    """

    problem: str
    where: str
    found: str
    expected: str
    remedy: str
    mended: Mended = "no"

    def sentence(self) -> str:
        """Return the problem as one line."""
        told = f"{self.problem} ({self.where}): found {self.found}"
        if self.expected:
            told += f", expected {self.expected}"
        return f"{told}. {self.remedy}"


def table_of(problems: Sequence[Problem]) -> pd.DataFrame:
    """Return problems as a table: those that need the user's word first."""
    ranked = sorted(problems, key=lambda item: ("no", "told", "yes").index(item.mended))
    return pd.DataFrame([astuple(item) for item in ranked], columns=list(COLUMNS), dtype=object)


def places(items: Iterable[object]) -> str:
    """Return places in sorted order, the first twelve spelt out and the rest counted.

    Examples
    --------
    >>> places(["RU-TOM 2019", "RU-KEM 2019"])
    'RU-KEM 2019, RU-TOM 2019'
    """
    ordered = sorted({str(item) for item in items})
    more = len(ordered) - SHOWN_PLACES
    return ", ".join(ordered[:SHOWN_PLACES]) + (f" and {more} more" if more > 0 else "")
