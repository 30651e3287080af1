"""Tables as Eurostat hands them out: series in rows, years in columns, flags behind figures."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from workbench.data.files.flags import GAP, parted
from workbench.data.files.numbers import read_number
from workbench.data.files.opening import opened
from workbench.errors import InputError, listing

TAB = "\t"
_HEAD = re.compile(r"^\ufeff?([\w-]+(?:,[\w-]+)*)\\(?:TIME_PERIOD|time)\s*$", re.IGNORECASE)
_YEAR = re.compile(r"^\d{4}$")

EXPECTED = (
    "Eurostat's TSV: dimensions and years in the first line, as in "
    r"'freq,unit,geo\TIME_PERIOD', tab, '2012', tab, '2013'"
)
AS_TSV = (
    "take the table from Eurostat as TSV, unpacked and not customised; "
    "wb.data.read_table reads other files"
)


def read_eurostat(path: str | Path) -> pd.DataFrame:
    r"""Read a table by region and year that Eurostat handed out as TSV.

    Parameters
    ----------
    path : str or Path
        The file, unpacked: series in rows, their dimensions before the first tab, parted by commas;
        years in columns, in any order. Both the older layout (``unit,geo\time``) and the present
        one (``freq,unit,geo\TIME_PERIOD``) are read.

    Returns
    -------
    DataFrame
        A row a series and year, sorted: the dimensions of the table in their order, without ``geo``
        (text); ``region`` (the code in ``geo``); ``year`` (int64); ``value`` (float64, NaN where
        missing: a colon); ``flag`` (letters behind the figure, empty where there are none). Codes
        of all levels are there, as the table has them, and figures in the units of the table.

    Raises
    ------
    InputError
        If there is no such file or it is of another layout, has no dimension ``geo``, periods that
        are no years, a cell that is no figure, or a series twice; names the lines.

    Notes
    -----
    The meaning of the flags: ``b`` break in time series, ``c`` confidential, ``d`` definition
    differs, ``e`` estimated, ``p`` provisional, ``s`` Eurostat estimate, ``u`` low reliability.

    References
    ----------
    Eurostat, API: detailed guidelines, TSV format.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "rd.tsv"
    >>> lines = "unit,sectperf,geo\\time\t2010 \t2009 \nMIO_EUR,BES,UKC1\t190.5 e\t: c\n"
    >>> written = file.write_text(lines)
    >>> read_eurostat(file)[["sectperf", "region", "year", "value", "flag"]].values.tolist()
    [['BES', 'UKC1', 2009, nan, 'c'], ['BES', 'UKC1', 2010, 190.5, 'e']]
    >>> folder.cleanup()
    """
    where, kind = opened(path)
    if kind != "text":
        raise _refusal(f"{where.name}, a file of another kind ({kind})")
    try:
        lines = where.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise _refusal(f"{where.name}, which is not UTF-8") from error
    head = lines[0].split(TAB) if lines else [""]
    dimensions = _dimensions(head[0], where.name)
    years = _years(head[1:], where.name)
    rows = [(at, line.split(TAB)) for at, line in enumerate(lines[1:], 2) if line.strip()]
    _check_shape(rows, len(dimensions), len(years), where.name)
    return _long(rows, dimensions, years, where.name)


def _dimensions(cell: str, name: str) -> list[str]:
    found = _HEAD.match(cell)
    if not found:
        raise _refusal(f"{name}, whose first line begins with {cell[:60]!r}")
    dimensions = found[1].split(",")
    if dimensions.count("geo") != 1:
        raise _refusal(f"{name} with the dimensions {found[1]}: no geo, so no regions")
    return dimensions


def _years(cells: list[str], name: str) -> list[int]:
    texts = [cell.strip() for cell in cells]
    odd = [text for text in texts if not _YEAR.match(text)]
    if odd or not texts:
        raise _refusal(f"{name} with other columns than years: {listing(odd) or 'none'}")
    repeated = sorted({text for text in texts if texts.count(text) > 1})
    if repeated:
        raise _refusal(f"{name} with a year twice: {listing(repeated)}")
    return [int(text) for text in texts]


def _check_shape(rows: list[tuple[int, list[str]]], keys: int, years: int, name: str) -> None:
    odd = [
        f"line {at}"
        for at, cells in rows
        if len(cells) != years + 1 or cells[0].count(",") != keys - 1
    ]
    if odd or not rows:
        raise InputError(
            "path",
            expected=f"lines with {keys} dimensions and {years} years, as the first line has",
            found=f"{len(odd)} others in {name}" if rows else f"none in {name}",
            offenders=odd,
            remedy="take the file anew: it was cut or edited",
        )


def _long(
    rows: list[tuple[int, list[str]]], dimensions: list[str], years: list[int], name: str
) -> pd.DataFrame:
    held = []
    odd = []
    for at, (key, *cells) in rows:
        codes = [code.strip() for code in key.split(",")]
        for year, cell in zip(years, cells, strict=True):
            figure, flag = parted(cell.strip())
            value = None if figure in (GAP, "") else read_number(figure, decimal=".")
            if value is None and figure not in (GAP, ""):
                odd.append(f"line {at}, {year}: {cell.strip()!r}")
            held.append((*codes, year, value, flag))
    if odd:
        raise InputError(
            "path",
            expected="figures with a decimal point, flags behind them, or a colon",
            found=f"{len(odd)} other cells in {name}",
            offenders=odd,
            remedy="take the file anew: it was edited",
        )
    names = ["region" if dimension == "geo" else dimension for dimension in dimensions]
    table = pd.DataFrame(held, columns=[*names, "year", "value", "flag"])
    table = table.astype({"year": "int64", "value": "float64"})
    order = [*(one for one in names if one != "region"), "region", "year"]
    twice = table[table.duplicated(subset=order)]
    if len(twice):
        raise InputError(
            "path",
            expected="each series once",
            found=f"{len(twice)} figures of series that occur twice in {name}",
            offenders=[" ".join(map(str, row)) for row in twice[order].itertuples(index=False)],
            remedy="take the file anew: it was edited",
        )
    return table.sort_values(order, ignore_index=True)[[*order, "value", "flag"]]


def _refusal(found: str) -> InputError:
    return InputError("path", expected=EXPECTED, found=found, remedy=AS_TSV)
