"""Adapter: regional indicators of Eurostat as Nesta's repository beis-indicators keeps them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.data.canonical import DIGITS
from workbench.data.descriptor import Resource
from workbench.errors import DataIntegrityError

MILLION = 1e6
"""What turns euros into millions."""

INPUTS: Mapping[str, tuple[str, str]] = {
    "business_rd": ("business", "eurostat_berd_data"),
    "university_rd": ("universities", "eurostat_higher_ed_rd_workforce_data"),
}
"""Fields of R&D, each with its table and column; that of universities is named a workforce in the
repository, and its description there says expenditure."""


def laid_out(tables: Mapping[str, pd.DataFrame], resource: Resource) -> pd.DataFrame:
    """Return the table of regions, or of regions and years.

    Parameters
    ----------
    tables : mapping of str to DataFrame of str
        The canonical tables by name: ``patents``, ``business`` and ``universities`` (columns
        ``year``, ``nuts_id`` and a value), and for the table of regions ``points``.
    resource : Resource
        Descriptor of the table to lay out, by its name: ``regions`` or ``panel``.

    Returns
    -------
    DataFrame of str
        Columns named by the descriptor's fields; R&D in millions of euros. Years without a
        figure of R&D have an empty cell.

    Raises
    ------
    DataIntegrityError
        If the regions of the points have no patents.
    """
    panel = _panel(tables)
    if resource.name == "panel":
        return panel[[field.name for field in resource.fields]]
    points = tables["points"].rename(columns={"id": "region", "na": "name"}).set_index("region")
    absent = points.index.difference(pd.Index(panel["region"]))
    if len(absent):
        raise DataIntegrityError(
            f"{resource.name}, table 'points'",
            expected="regions that have patents",
            found=f"{len(absent)} without",
            offenders=absent,
        )
    found = pd.concat([points, _means(panel)], axis=1).loc[points.index]
    found = found.rename(columns={"x": "longitude", "y": "latitude"}).rename_axis("region")
    return found.reset_index()[[field.name for field in resource.fields]]


def _panel(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    keys = ["nuts_id", "year"]
    panel = tables["patents"].set_index(keys)
    columns = {"patents": panel["epo_patent_applications"]}
    for name, (table, column) in INPUTS.items():
        spent = tables[table].set_index(keys)[column].astype(float) / MILLION
        columns[name] = _text(spent.reindex(panel.index))
    return pd.DataFrame(columns).rename_axis(["region", "year"]).reset_index()


def _means(panel: pd.DataFrame) -> pd.DataFrame:
    """Return means by region: patents over the last three years, R&D over the years it has."""
    numbers = panel.assign(
        patents=pd.to_numeric(panel["patents"]).where(panel["year"].isin(LATER)),
        **{name: pd.to_numeric(panel[name]) for name in INPUTS},
    )
    means = numbers.groupby("region")[["patents", *INPUTS]].mean()
    return means.apply(_text)


LATER = ("2010", "2011", "2012")
"""Years over which the patents of the cross-section are averaged: from the second year of R&D."""


def _text(numbers: pd.Series) -> pd.Series:
    return numbers.map(lambda number: "" if pd.isna(number) else format(number, f".{DIGITS}g"))
