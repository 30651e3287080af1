"""What a student says about the thesis that is to be begun."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from workbench.data.bundled import bundled_root
from workbench.data.catalogue import Catalogue
from workbench.errors import InputError, check_option
from workbench.typing import DecimalMark, Language

BUNDLED_REGIONS = "russia-regions"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The answers of a student, before any file is read.

    Attributes
    ----------
    name : str
        Of the thesis: small Latin letters, digits and hyphens.
    data : Path or None
        Vector file of regions; None for the bundled polygons of Russia.
    table : Path or None
        Table of figures; None where they are attributes of the vector file.
    region : str
        Column of the table with ids or names of regions; found where empty and only one can be.
    data_region : str
        Column of the vector file with the same ids; found where empty.
    time : str
        Column of periods; empty for one period.
    sheet : str
        Of an Excel file with several sheets.
    decimal : {".", ","} or None
        Decimal mark of cells of text, where the file does not tell.
    outcome : str
        Column that is to be explained; the first column of numbers where empty.
    regressors : tuple of str
        Columns that explain; the next three where empty.
    crs : str
        Of a vector file that does not say it, e.g. ``"EPSG:4326"``.
    matched_only : bool
        Whether regions that only one of the files has are left out; otherwise they are refused.
    lang : {"en", "ru"}
        Of the notebook and its captions.
    """

    name: str
    data: Path | None = None
    table: Path | None = None
    region: str = ""
    data_region: str = ""
    time: str = ""
    sheet: str = ""
    decimal: DecimalMark | None = None
    outcome: str = ""
    regressors: tuple[str, ...] = ()
    crs: str = ""
    matched_only: bool = False
    lang: Language = "en"

    def __post_init__(self) -> None:
        check_option("lang", self.lang, Language)
        check_name(self.name)
        if self.data is None and self.table is None:
            raise InputError(
                "data",
                expected="a vector file (--data), a table (--table), or both",
                found="neither",
                remedy="workbench new NAME --data regions.gpkg --table figures.xlsx; for Russian "
                "regions a table is enough: --regions russia-regions --table figures.xlsx",
            )


def check_name(name: str) -> None:
    """Refuse a name that could not be that of a folder, a study and a dataset at once.

    Raises
    ------
    InputError
        If it is of other letters, or a dataset of the workbench has it.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            "name",
            expected="small Latin letters, digits and hyphens, a letter first: my-thesis",
            found=repr(name),
        )
    if name in Catalogue(bundled_root()).names():
        raise InputError(
            "name",
            expected="a name that no dataset of the workbench has",
            found=repr(name),
            why="wb.load would not know which of the two is meant",
            remedy=f"another one, e.g. {name}-thesis",
        )
