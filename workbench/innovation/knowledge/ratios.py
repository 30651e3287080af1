"""Quantities a head: over the population, in a unit that is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.expressions import labels
from workbench.errors import IdError, ValuesError, check_number
from workbench.innovation.knowledge.made import MadeColumns, made_columns
from workbench.innovation.knowledge.rows import Rows, column_names, column_of, rows_of, safe
from workbench.typing import FloatArray


def per_capita(
    table: pd.DataFrame,
    columns: str | Sequence[str],
    population: str | pd.Series[Any],
    *,
    per: float = 1000,
) -> MadeColumns:
    """Divide quantities by the population: ``per`` · y / population.

    Parameters
    ----------
    table : DataFrame
        Indexed by region id, or by (region, period). Not changed.
    columns : str or sequence of str
        Columns or expressions in levels: counts or sums, not shares or logarithms. Missing values
        are refused.
    population : str or Series
        Column or expression of the table, or a Series with its index (by region id alone for
        a population that does not change); positive.
    per : float
        Inhabitants, in the unit of the population: 1000 is per thousand of what the population
        counts. Of a population counted in thousands, ``per=1`` is per thousand inhabitants.

    Returns
    -------
    MadeColumns
        ``table`` has columns named ``patents_per_1000``.

    Raises
    ------
    ValuesError, IdError, InputError
        If the population is zero, negative or missing, naming where; if ids do not match.

    Examples
    --------
    >>> import pandas as pd
    >>> y = pd.DataFrame({"patents": [30.0, 5.0], "people": [2e5, 1e5]}, index=["a", "b"])
    >>> per_capita(y, "patents", "people", per=1e5).table["patents_per_100000"].tolist()
    [15.0, 5.0]
    """
    rows = rows_of(table, argument="table")
    unit = check_number("per", per, above=0.0)
    people, name = _population(population, rows)
    bad = people <= 0
    if bad.any():
        raise ValuesError(
            "population",
            expected="positive numbers of inhabitants",
            found=f"{int(bad.sum())} that are zero or negative",
            offenders=labels(rows.table.index[bad]),
            why="a quantity a head has no value without heads",
            remedy="leave those rows out, or correct their population",
        )
    made = {
        f"{safe(column)}_per_{safe(f'{unit:.12g}')}": (
            column_of(column, rows) * unit / people,
            column,
            f"{column} per {unit:,.12g} of {name}",
        )
        for column in column_names(columns)
    }
    options = {"population": name, "per": f"{unit:.12g}"}
    return made_columns("quantities a head", rows, made, options=options, notes=())


def _population(population: Any, rows: Rows) -> tuple[FloatArray, str]:
    if not isinstance(population, pd.Series):
        return column_of(population, rows), str(population)
    name = str(population.name or "population")
    index = rows.table.index
    if rows.periods is not None and not isinstance(population.index, pd.MultiIndex):
        index = index.get_level_values(0)
    if population.index.has_duplicates:
        repeated = population.index[population.index.duplicated()].unique()
        raise IdError(
            "population",
            expected="one population for each row",
            found=f"{len(repeated)} that occur more than once",
            offenders=labels(repeated),
        )
    lacking = index.unique().difference(population.index)
    if len(lacking):
        raise IdError(
            "population",
            expected="a population for every row",
            found=f"{len(lacking)} without one",
            offenders=labels(lacking),
            remedy="index it as the table is: by region id, or by (region, period)",
        )
    found = population.reindex(index).set_axis(rows.table.index)
    beside = Rows(
        found.to_frame(name), rows.regions, rows.periods, rows.region, rows.period, rows.digest
    )
    return np.asarray(column_of(name, beside)), name
