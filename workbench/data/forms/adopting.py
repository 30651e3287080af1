"""Taking in a user's table: keyed, in the form's units, with its provenance, or refused."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.data.files import RawTable
from workbench.data.forms.checking import check
from workbench.data.forms.keeping import keep
from workbench.data.forms.own import FOLDER, YOURS, form_named
from workbench.data.forms.result import Check
from workbench.errors import DataIntegrityError
from workbench.typing import RegionScheme


def adopt(
    source: str | Path | pd.DataFrame | RawTable,
    form: str,
    *,
    units: Mapping[str, str] | None = None,
    columns: Mapping[Any, str | None] | None = None,
    regions: Mapping[str, str | None] | None = None,
    scheme: RegionScheme | None = None,
    decimal: str | None = None,
    sheet: str | None = None,
    to: str | Path | None = None,
) -> pd.DataFrame:
    """Take in a table of the user's that passes the check of a form.

    Parameters
    ----------
    source, form, units, columns, regions, scheme, decimal, sheet
        As :func:`workbench.data.check` takes them.
    to : path, optional
        A new file ``.csv`` that keeps the table, its units in the headings: it passes the check
        without a word. Its folder is made where it is not there, one level deep. In the folder of
        your tables, under the name of the form, ``wb.load`` reads it, brought to the form's own
        scheme; ``yours/NAME.csv`` means that folder of the project.

    Returns
    -------
    DataFrame
        Indexed by the form's key, sorted; the form's columns that the table has, in the form's
        order and units; figures are float64, NaN where missing. ``.attrs["provenance"]`` is a
        dict: ``dataset`` (the form), ``part``, ``title``, ``licence``, ``source``, ``sha256`` by
        file, ``form``, ``file`` and ``mended``, a sentence for each thing that was mended.

    Raises
    ------
    DataIntegrityError
        If the table does not pass: names every problem that needs the user's word or an edit, with
        the keyword or edit.
    OptionError, InputError
        As :func:`workbench.data.check`; if the file to be written is there already.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"region": ["Томская область"], "year": [2019], "high_tech_exports": [51.2]}
    ... )
    >>> adopt(table, "high-tech-exports").loc[("RU-TOM", 2019), "high_tech_exports"].item()
    51.2
    """
    found = check(source, form, units=units, columns=columns, regions=regions, scheme=scheme,
                  decimal=decimal, sheet=sheet)  # fmt: skip
    if not found.passed:
        raise refusal(found)
    frame = found._frame.copy()
    descriptor = form_named(form)
    frame.attrs["provenance"] = {
        "dataset": form,
        "part": descriptor.parts[0].name,
        "title": descriptor.title,
        "licence": "the user's own table",
        "source": found.file,
        "sha256": {found.file: found.sha256},
        "form": form,
        "file": found.file,
        "mended": list(found.mended),
    }
    if to is not None:
        keep(frame, descriptor, to)
    return frame


def refusal(found: Check) -> DataIntegrityError:
    """Return the refusal of a table that did not pass, with every problem and its remedy."""
    place = f"{os.environ.get(YOURS) or FOLDER}/{found.form}.csv"
    told = "\n".join(f"    {problem.sentence()}" for problem in found.unmended)
    count = len(found.unmended)
    return DataIntegrityError(
        found.file,
        expected=f"a table that passes the check of the form {found.form!r}",
        found=f"{count} problem{'s' if count > 1 else ''} that only you can mend:\n{told}",
        offenders=[problem.where for problem in found.unmended],
        remedy="mend them as each says, in the file or by keywords of "
        f"wb.data.adopt(FILE, {found.form!r}, ..., to={place!r}), which keeps the table in place "
        "of the file (move that one out of the folder); wb.data.check says the same as a table",
    )
