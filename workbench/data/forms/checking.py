"""A user's table against a form: all that differs, told at once, mended where that is safe."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.data.files import RawTable
from workbench.data.forms.examining import examined
from workbench.data.forms.own import form_named
from workbench.data.forms.result import Check
from workbench.data.forms.source import opened
from workbench.data.forms.words import words_of
from workbench.typing import RegionScheme


def check(
    source: str | Path | pd.DataFrame | RawTable,
    form: str,
    *,
    units: Mapping[str, str] | None = None,
    columns: Mapping[Any, str | None] | None = None,
    regions: Mapping[str, str | None] | None = None,
    scheme: RegionScheme | None = None,
    decimal: str | None = None,
    sheet: str | None = None,
) -> Check:
    """Check a table of the user's against a form, and say everything that differs at once.

    Parameters
    ----------
    source : path or DataFrame
        CSV, Excel, Parquet or Stata file, as :func:`workbench.data.files.read_table` reads it, or a
        table in memory. It is not changed.
    form : str
        Name of a form in ``wb.datasets()``, e.g. ``"high-tech-exports"``.
    units : mapping of str to str, optional
        Unit of a column of the form where it is not the form's: ``{"exports": "thousand USD"}``.
        The form's own unit confirms figures that look as if they were in another.
    columns : mapping of str to (str or None), optional
        Column of the form by heading of the table; None leaves a heading out. Headings with
        years may all name one column.
    regions : mapping of str to (str or None), optional
        Id by name as it stands in the table; None leaves its rows out.
    scheme : {"80", "82", "83", "85"}, optional
        Scheme of Russian regions to bring the table to; the form's own when left out.
    decimal : {".", ","}, optional
        Decimal mark, where cells such as ``"1,234"`` do not tell it.
    sheet : str, optional
        Sheet of an Excel file.

    Returns
    -------
    Check
        ``.passed``, ``.problems``; prints what to do.

    Raises
    ------
    OptionError
        If there is no such form, or a keyword names a column that the form does not have.
    InputError
        If a keyword speaks of headings or names that the table does not have, a unit cannot be
        turned into the form's, or the file holds no table.

    Notes
    -----
    Mended without asking, and told: headings that are a column's name or title in English or
    Russian in any case; names and codes of regions; countries, districts and notes among the rows;
    years in headings or as text; decimal commas and grouped digits; units that a heading names, or
    a column of units; okrugs merged into their oblasts by each column's rule; repeated rows that
    agree in all cells. Never mended silently: units that only a line above the table or the size of
    the figures suggests, names that resemble one, codes of two digits under another heading than
    OKATO, columns that name different regions, dates inside a year, keys with several figures. A
    missing cell stays missing. The result does not depend on the order of rows.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "Регион": ["Томская область", "Республика Татарстан"],
    ...         "Год": ["2019 г.", "2019 г."],
    ...         "Экспорт высокотехнологичных товаров, тыс. долл. США": ["51 200,5", "640 000"],
    ...     }
    ... )
    >>> found = check(table, "high-tech-exports")
    >>> found.passed, found.rows
    (True, 2)
    """
    descriptor = form_named(form)
    said = words_of(descriptor, units=units, columns=columns, regions=regions, scheme=scheme,
                    decimal=decimal)  # fmt: skip
    own = opened(source, form=form, sheet=sheet)
    frame, problems = examined(own, descriptor, said)
    return Check(
        form=form,
        file=own.name,
        sha256=own.sha256,
        rows=len(frame),
        notes=own.notes,
        _problems=tuple(problems),
        _frame=frame,
    )
