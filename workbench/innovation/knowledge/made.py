"""A table with columns that were made, ready for a formula, and what each of them holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import InputError
from workbench.innovation.knowledge.rows import Rows
from workbench.typing import FloatArray, Tolerance


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MadeColumns:
    """The caller's table with new columns; immutable.

    Attributes
    ----------
    heading : str
        What was made.
    columns : tuple of str
        Names of the new columns.
    table : pandas.DataFrame
        The caller's columns and the new ones, rows sorted by region and period; to be handed to
        :func:`workbench.fit` with ``missing="drop"`` where new columns are missing.
    described : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    provenance : Provenance
    notes : tuple of str
    """

    heading: str
    columns: tuple[str, ...]
    table: pd.DataFrame
    described: pd.DataFrame
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form"

    @property
    def complete(self) -> pd.DataFrame:
        """The rows in which no new column is missing, as a new table."""
        return self.table[self.table[list(self.columns)].notna().all(axis=1)].copy()

    def tidy(self) -> pd.DataFrame:
        """Return a row a new column: ``source meaning missing``."""
        return self.described.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: rows, and rows in which a new column is missing."""
        return one_row(nobs=len(self.table), missing=len(self.table) - len(self.complete))

    def augment(self) -> pd.DataFrame:
        """Return a copy of the table with the new columns."""
        return self.table.copy()

    def __str__(self) -> str:
        return display.text(self.heading, [("", self.described)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, [("", self.described)], self.notes)


def made_columns(
    heading: str,
    rows: Rows,
    made: Mapping[str, tuple[FloatArray, str, str]],
    *,
    options: Mapping[str, str],
    notes: tuple[str, ...],
) -> MadeColumns:
    """Put columns beside those of a table.

    Parameters
    ----------
    heading : str
    rows : Rows
    made : mapping of str to (ndarray of shape (n,), str, str)
        Values, source and meaning by the name of the column.
    options : mapping of str to str
    notes : tuple of str

    Raises
    ------
    InputError
        If the table has a column of such a name.
    """
    taken = [name for name in made if name in rows.table.columns]
    if taken:
        raise InputError(
            "columns",
            expected="names that the table does not have yet",
            found=f"{len(taken)} that it has",
            offenders=taken,
            why="a column would be overwritten",
            remedy=f"table.drop(columns={taken!r}), or rename them",
        )
    table: Any = rows.table.assign(**{name: values for name, (values, _, _) in made.items()})
    described = pd.DataFrame(
        {
            "source": [source for _, source, _ in made.values()],
            "meaning": [meaning for _, _, meaning in made.values()],
            "missing": [int(table[name].isna().sum()) for name in made],
        },
        index=pd.Index(list(made), name="column"),
    )
    provenance = Provenance(
        method=heading,
        formula=", ".join(made),
        nobs=len(table),
        ids_digest=rows.digest,
        notes=notes,
        options=dict(options),
    )
    return MadeColumns(heading, tuple(made), table, described, provenance, notes)
