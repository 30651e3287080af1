"""Adapter: tables of R packages as the collection Rdatasets publishes them."""

from __future__ import annotations

import pandas as pd

from workbench.data.descriptor import Resource
from workbench.errors import DataIntegrityError

REGION_PREFIX = "US-"
"""What turns a two-letter postal code into ISO 3166-2."""

CENTURY = 1900
"""Years of the table are written with two digits."""

# fmt: off
POSTAL = (
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA",
    "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM",
    "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA",
    "WV", "WI", "WY",
)
# fmt: on
"""Postal codes in the order of the names of the states and of the District of Columbia: the table
numbers them in this order from 1, leaving gaps where it has no data."""


def relabelled(table: pd.DataFrame, resource: Resource) -> pd.DataFrame:
    """Return the table of cigarette demand under the descriptor's names, with ISO 3166-2 ids.

    Parameters
    ----------
    table : DataFrame of str
        The canonical table: columns ``state`` (1 to 51), ``year`` (two digits) and the values.
    resource : Resource
        Descriptor of the table; ``source_name`` of its fields are its columns.

    Returns
    -------
    DataFrame of str
        Columns named by the descriptor's fields; ``US-AL`` instead of 1, 1963 instead of 63.

    Raises
    ------
    DataIntegrityError
        If a state has no such number.
    """
    names = {field.source_name or field.name: field.name for field in resource.fields}
    codes = {str(number): REGION_PREFIX + postal for number, postal in enumerate(POSTAL, start=1)}
    unknown = sorted(set(table["state"]) - set(codes))
    if unknown:
        raise DataIntegrityError(
            f"{resource.path}, column 'state'",
            expected=f"numbers of states from 1 to {len(POSTAL)}",
            found=repr(unknown[0]),
            offenders=unknown,
        )
    years = (table["year"].astype(int) + CENTURY).astype(str)
    return table.assign(state=table["state"].map(codes), year=years).rename(columns=names)
