"""How many digits numbers are printed with: one number of decimals for those that belong together.

Numbers of a column stand under each other with the same decimals; in a table of summary statistics,
whose rows are variables, those of a row. An estimate has the decimals of its error. Thousands are
held apart in all measured columns of a table in which one of them reaches five digits; years, codes
and seeds never are. Powers of ten stand only for what cannot be read otherwise.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from workbench.reports.formats import LEVELS, P_FORMAT, PROBABILITIES, holds_p_values

Plain: TypeAlias = int | float | str

SIGNIFICANT = 4
MOST_DECIMALS = 6
MOST_DIGITS = 9
"""Digits of a number that is printed without a power of ten, before and after the mark."""

LARGE, SMALL = 1e10, 1e-4
"""Sizes from which, and below which, a number is printed with a power of ten."""

GROUPED = 10_000
"""From this on thousands are held apart; a number of four digits may be a year."""

CODES = frozenset({"seed", "code", "id"})
"""Columns of whole numbers that count nothing."""

YEARS = frozenset({"year", "years", "period", "first_year", "last_year"})
"""Columns of numbers of four digits that are no amounts."""

LIKELIHOODS = frozenset({"loglik", "loglik_ols", "aic", "bic"})
"""Columns whose differences are read: two decimals at least."""

OF_ONE_UNIT = frozenset({"estimate", "std_error", "conf_low", "conf_high"})
"""Columns of a table of estimates that have the same decimals."""

SUMMARIES = frozenset(
    {
        "mean", "average", "median", "mode", "sd", "std", "std_dev", "iqr", "range",
        "min", "max", "minimum", "maximum", "lowest", "highest", "smallest", "largest",
        "quartile_low", "quartile_high", "sample_mean", "sample_sd", "sample_min",
        "sample_median", "sample_max",
    }
)  # fmt: skip
"""Columns that say something of the variable of their row."""

COUNTS = frozenset({"count", "nobs"})
_QUANTILE = re.compile(r"\d+(\.\d+)?\s*%|[pq]\d{1,2}")


def column_format(values: Iterable[float], *, column: str) -> str:
    """Return one format for numbers that belong together, without exceptions for small ones.

    Parameters
    ----------
    values : iterable of int or float
        Infinite and missing ones do not count.
    column : str
        Its name: p-values and posterior probabilities have formats of their own, levels are
        printed as they were given, likelihoods get two decimals at least.

    Returns
    -------
    str
        As :func:`workbench.reports.formats.render` takes it. The largest number gets four
        significant digits and the smallest at least two, with at most six decimals and nine
        digits.

    Examples
    --------
    >>> column_format([0.25, 12.5], column="x"), column_format([30344.9, 282267.0], column="x")
    ('.2f', ',.0f')
    >>> column_format([1998, 2014], column="year"), column_format([1e-7], column="x")
    ('d', '')
    """
    measured = column.rpartition(LEVELS)[2]
    if holds_p_values(column):
        return P_FORMAT
    if measured in PROBABILITIES:
        return ".4f"
    if measured == "alpha":
        return "g"
    finite = [value for value in values if math.isfinite(value)]
    if finite and all(isinstance(value, int) for value in finite):
        return "d" if measured in CODES else f"{_grouping(finite)}d"
    decimals = decimals_of(finite, least=2 if measured in LIKELIHOODS else 0)
    return "" if decimals is None else f"{_grouping(finite)}.{decimals}f"


def decimals_of(values: Sequence[float], *, least: int = 0) -> int | None:
    """Return the decimals that numbers have in common, or None if they need powers of ten.

    Parameters
    ----------
    values : sequence of float
        Finite.
    least : int
        Decimals that are wanted in any case.

    Examples
    --------
    >>> decimals_of([0.4567, 0.03]), decimals_of([1e7, 2.5e9]), decimals_of([12.0, 345.0])
    (4, 0, 0)
    """
    sizes = [abs(value) for value in values if value]
    if not sizes or not SMALL <= max(sizes) < LARGE:
        return None
    top, low = _exponent(max(sizes)), _exponent(min(sizes))
    if len(values) > 1 and top >= 1 and all(float(value).is_integer() for value in values):
        return least
    wanted = max(SIGNIFICANT - 1 - top, 1 - low, least)
    most = max(min(max(MOST_DECIMALS, SIGNIFICANT - 1 - top), MOST_DIGITS - 1 - max(top, 0)), 0)
    return wanted if wanted <= most else _without_zeros(values, most)


def _without_zeros(values: Sequence[float], decimals: int) -> int:
    """Return fewer decimals if the last of them are 0 in all numbers that are not too small."""
    shown = [value for value in values if not value or abs(value) >= 10.0**-decimals]
    texts = [f"{value:.{decimals}f}" for value in shown]
    return max(len(text.rstrip("0").partition(".")[2]) for text in texts)


def cell_format(value: float, spec: str) -> str:
    """Return the format of one number in a column of a format: that, unless nothing would be left.

    A number of which the common decimals show no digit gets two significant ones of its own.

    Examples
    --------
    >>> cell_format(0.5, ".2f"), cell_format(0.0012, ".2f"), cell_format(1e-7, ".2f")
    ('.2f', '.4f', '.1e')
    """
    found = re.fullmatch(r",?\.(\d+)f", spec)
    if not found or not value or abs(value) >= 10.0 ** -int(found[1]):
        return spec
    return f".{1 - _exponent(abs(value))}f" if abs(value) >= SMALL else ".1e"


def formats_of(
    columns: Sequence[str], cells: Sequence[Sequence[Plain]], rows: Sequence[str]
) -> list[list[str]]:
    """Return the format of each cell of a table, column by column.

    Parameters
    ----------
    columns : sequence of str
        Their names, levels joined.
    cells : sequence of sequence of int, float or str
        For each column its cells, texts among them.
    rows : sequence of str
        Labels: those of counts among summary statistics are whole.

    Examples
    --------
    >>> formats_of(["mean", "max"], [[0.25, 30344.9], [0.5, 282267.0]], ["share", "output"])
    [[',.4f', ',.0f'], [',.4f', ',.0f']]
    """
    across = _summaries(columns, cells)
    chosen = _by_rows(columns, cells, across) if across else _by_columns(columns, cells, rows)
    if not any(reaches_five_digits(*pair) for pair in zip(columns, cells, strict=True)):
        return chosen
    return [
        [parted(spec, column) for spec in specs]
        for column, specs in zip(columns, chosen, strict=True)
    ]


def reaches_five_digits(column: str, values: Sequence[Plain]) -> bool:
    """Say whether a column is measured and holds a number whose thousands are held apart.

    Examples
    --------
    >>> reaches_five_digits("income", [75458.5, 12.0]), reaches_five_digits("seed", [20140101])
    (True, False)
    """
    numbers = [value for value in _numbers(values) if math.isfinite(value)]
    measured = column.rpartition(LEVELS)[2] not in CODES | YEARS | COUNTS
    return measured and bool(_grouping(n for n in numbers if not isinstance(n, int)))


def parted(spec: str, column: str) -> str:
    """Return a format in a table whose thousands are held apart; years and codes keep theirs.

    Examples
    --------
    >>> parted(".2f", "income"), parted("d", "nobs"), parted("d", "year"), parted(".0f", "year")
    (',.2f', ',d', 'd', '.0f')
    """
    measured = column.rpartition(LEVELS)[2]
    if measured in CODES | YEARS or holds_p_values(column):
        return spec
    counted = spec == "d" and measured in COUNTS
    return f",{spec}" if counted or re.fullmatch(r"\.\d+f", spec) else spec


def _by_columns(
    columns: Sequence[str], cells: Sequence[Sequence[Plain]], rows: Sequence[str]
) -> list[list[str]]:
    units = _units(columns, cells)
    formats = []
    for column, values in zip(columns, cells, strict=True):
        spec = column_format(units.get(column) or _numbers(values), column=column)
        one = column in units or column.rpartition(LEVELS)[2] in PROBABILITIES
        chosen = [
            spec if one else _of_cell(v, spec, row) for v, row in zip(values, rows, strict=True)
        ]
        formats.append(_with_plain_zeros(values, chosen))
    return formats


def _with_plain_zeros(values: Sequence[Plain], formats: list[str]) -> list[str]:
    """Return formats in which a zero is a plain 0 beside powers of ten or very small numbers."""
    if not {".1e", f".{MOST_DECIMALS}f"} & set(formats):
        return formats
    return [".0f" if value == 0 else spec for value, spec in zip(values, formats, strict=True)]


def _of_cell(value: Plain, spec: str, measured: str) -> str:
    if isinstance(value, str) or spec == P_FORMAT:
        return spec
    if measured in COUNTS and float(value).is_integer():
        return f"{_grouping([value])}.0f"
    return cell_format(value, spec)


def _units(columns: Sequence[str], cells: Sequence[Sequence[Plain]]) -> dict[str, list[float]]:
    """Return for estimates, errors and ends of intervals the numbers whose digits are to be seen.

    These are the errors, and the largest number of all; an estimate that is small beside its error
    shows few digits or none, as it has none. Where there are ends of intervals only, a quarter of
    what lies between them stands for the error.
    """
    found: dict[str, list[float]] = {}
    parts = [column.rpartition(LEVELS) for column in columns]
    for over in {over for over, _, _ in parts}:
        own = {m: j for j, (other, _, m) in enumerate(parts) if other == over and m in OF_ONE_UNIT}
        if len(own) > 1:
            errors = (
                _numbers(cells[own["std_error"]]) if "std_error" in own else _widths(own, cells)
            )
            largest = max((abs(v) for j in own.values() for v in _numbers(cells[j])), default=0.0)
            found |= {columns[j]: [*errors, largest] for j in own.values() if errors}
    return found


def _widths(own: Mapping[str, int], cells: Sequence[Sequence[Plain]]) -> list[float]:
    """Return a quarter of the width of each interval that has two ends."""
    if not {"conf_low", "conf_high"} <= own.keys():
        return []
    ends = zip(cells[own["conf_low"]], cells[own["conf_high"]], strict=True)
    widths = [
        (high - low) / 4
        for low, high in ends
        if not (isinstance(low, str) or isinstance(high, str))
    ]
    return [width for width in widths if math.isfinite(width) and width > 0]


def _summaries(columns: Sequence[str], cells: Sequence[Sequence[Plain]]) -> list[int]:
    """Return which columns summarise the variable of their row; none where others are between."""
    told = [j for j, values in enumerate(cells) if _numbers(values)]
    found = [j for j in told if columns[j] in SUMMARIES or _QUANTILE.fullmatch(columns[j])]
    counted = [j for j in told if columns[j] in COUNTS]
    return found if len(found) > 1 and len(found) + len(counted) == len(told) else []


def _by_rows(
    columns: Sequence[str], cells: Sequence[Sequence[Plain]], across: Sequence[int]
) -> list[list[str]]:
    every = [v for j in across for v in _numbers(cells[j])]
    rows = [_numbers([cells[j][i] for j in across]) for i in range(len(cells[0]))]
    specs = [_spread(column_format(row, column=""), _grouping(every)) for row in rows]
    return [
        [
            _of_cell(value, spec, columns[j])
            for value, spec in zip(values, specs if j in across else [""] * len(rows), strict=True)
        ]
        for j, values in enumerate(cells)
    ]


def _spread(spec: str, grouping: str) -> str:
    return spec if not spec or spec.startswith(",") else f"{grouping}{spec}"


def estimate_formats(
    pairs: Sequence[tuple[Plain, Plain]], *, decimals: int, large: float = 0.0
) -> list[tuple[str, str]]:
    """Return the formats of estimates and of their errors: in a row all have the same decimals.

    Parameters
    ----------
    pairs : sequence of (float or "", float or "")
        An estimate and its standard error; an empty text where there is none.
    decimals : int
        Of all, unless an error would be nothing but zeros: then two significant digits of the
        smallest such error, up to six decimals, beyond which it gets a power of ten.
    large : float
        Size of the largest number beside them.

    Examples
    --------
    >>> estimate_formats([(0.4567, 0.0312), (0.4, 0.01)], decimals=3)
    [('.3f', '.3f'), ('.3f', '.3f')]
    >>> estimate_formats([(0.00125, 0.00031)], decimals=3)
    [('.5f', '.5f')]
    >>> estimate_formats([(0.1, 2e-8)], decimals=3)
    [('.3f', '.1e')]
    """
    sizes = [abs(v) for pair in pairs for v in pair if not isinstance(v, str)]
    grouping = _grouping([large, *sizes])
    units = [_unit(*pair) for pair in pairs]
    needed = [1 - _exponent(unit) for unit in units if unit and unit < 0.5 * 10.0**-decimals]
    common = max([decimals, *(need for need in needed if need <= MOST_DECIMALS)])
    spec = f"{grouping}.{common}f"
    formats = []
    for (estimate, error), unit in zip(pairs, units, strict=True):
        lost = bool(unit) and unit < 0.5 * 10.0**-common
        formats.append((
            ".1e" if lost and _vanishes(estimate, common) else spec,
            ".1e" if lost and _vanishes(error, common) else spec,
        ))  # fmt: skip
    return formats


def fit_format(values: Sequence[Plain], statistic: str) -> str:
    """Return the format of a row below the estimates, the same for every model.

    Examples
    --------
    >>> fit_format([0.8123, 0.9], "rsquared"), fit_format([-12345.678, -3.21], "loglik")
    ('.3f', ',.2f')
    """
    numbers = _numbers(values)
    if statistic == "rsquared":
        return ".3f"
    chosen = column_format(numbers, column=statistic)
    large = any(abs(value) >= 10 for value in numbers)
    whole = all(float(value).is_integer() for value in numbers)
    if not large or whole or not chosen.endswith("f"):
        return chosen
    return f"{',' if chosen.startswith(',') else ''}.2f"


def _unit(estimate: Plain, error: Plain) -> float:
    """Return the size whose digits have to be seen: that of the error, or the estimate's own."""
    for value in (error, estimate):
        if not isinstance(value, str) and value:
            return abs(value)
    return 0.0


def _vanishes(value: Plain, decimals: int) -> bool:
    return not isinstance(value, str) and 0 < abs(value) < 0.5 * 10.0**-decimals


def _numbers(values: Sequence[Plain]) -> list[float]:
    return [value for value in values if not isinstance(value, str)]


def _grouping(values: Iterable[float]) -> str:
    return "," if any(abs(value) >= GROUPED for value in values) else ""


def _exponent(size: float) -> int:
    return math.floor(math.log10(size))
