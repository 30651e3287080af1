"""Numbers written as text: which mark is the decimal one, and which cells are no numbers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from workbench.data.files.flags import GAP, meaning, parted
from workbench.errors import InputError, check_option
from workbench.typing import DecimalMark, ThousandsMark

SPACES = " \u00a0\u2007\u2009\u202f"
APOSTROPHES = "'’"
MISSING = frozenset((
    "-", "--", "---", "–", "—", "―", "−", "…", "...", "..", ".", "н/д", "н.д.", "нд", "#н/д",
    "х", "x", "n/a", "na", "nan", "null", "none", "нет данных", "no data", "not available",
    "данные отсутствуют", GAP,
))  # fmt: skip
"""Marks of a missing figure, in lower case: Rosstat's, Eurostat's, and those in general use."""

SIGN = re.compile(r"^[-−–+]")
PLAIN = re.compile(r"^\d+$")
MARK = re.compile(r"^(.*?\d[.,]?)\s*(?:\d?\)|\(?\d\)|[¹²³⁴-⁹⁰]+[⁾)]?|\*+|[а-яa-z]\))$", re.I)
GROUPED = {
    " ": re.compile(rf"^\d{{1,3}}(?:[{SPACES}]\d{{3}})+$"),
    "'": re.compile(rf"^\d{{1,3}}(?:[{APOSTROPHES}]\d{{3}})+$"),
    ",": re.compile(r"^\d{1,3}(?:,\d{3})+$"),
    ".": re.compile(r"^\d{1,3}(?:\.\d{3})+$"),
}
NUMERIC = re.compile(rf"^[-−–+]?\d[\d.,{SPACES}{APOSTROPHES}]*(?:[eEеЕ][-+]?\d+)?\s*%?$")


def is_missing(cell: Any) -> bool:
    """Return whether a cell is empty or a mark of a missing figure.

    Examples
    --------
    >>> [is_missing(cell) for cell in ("–", "н/д", " ... ", None, float("nan"), "0", "", ": c")]
    [True, True, True, True, True, False, True, True]
    """
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return True
    if isinstance(cell, str):
        text = cell.strip().casefold()
        return not text or text in MISSING or parted(text)[0] == GAP
    return isinstance(cell, float | np.floating) and math.isnan(cell)


def read_number(
    cell: Any, *, decimal: DecimalMark, thousands: ThousandsMark | None = None
) -> float | None:
    """Return the number that a cell holds, or None for a cell that holds none.

    Examples
    --------
    >>> read_number("1 234,5", decimal=",", thousands=" ")
    1234.5
    >>> read_number("12,5%", decimal=",") is None, read_number("1,234", decimal=".") is None
    (True, True)
    """
    if isinstance(cell, bool | np.bool_):
        return None
    if isinstance(cell, Real):
        value = float(cell)
        return value if math.isfinite(value) else None
    if not isinstance(cell, str):
        return None
    text = cell.strip()
    negative = text[:1] in "-−–" and bool(text)
    body, exponent = _parted(SIGN.sub("", text).strip(), decimal)
    whole, mark, fraction = body.partition(decimal)
    if mark and not PLAIN.match(fraction):
        return None
    if thousands is not None and GROUPED[thousands].match(whole):
        whole = re.sub(r"\D", "", whole)
    if not (PLAIN.match(whole) and whole.isascii()) or not (fraction + "0").isascii():
        return None
    value = float(f"{whole}.{fraction or '0'}{exponent}")
    if not math.isfinite(value):
        return None
    return -value if negative else value


def _parted(text: str, decimal: str) -> tuple[str, str]:
    """Return mantissa and exponent: "1,5E+03" is how Excel writes large numbers to text."""
    match = re.match(rf"^(\d+(?:{re.escape(decimal)}\d+)?)[eEеЕ]([-+]?\d{{1,3}})$", text)
    return (match[1], f"e{match[2]}") if match else (text, "")


def to_numbers(
    column: pd.Series[Any], *, decimal: str | None, thousands: str | None = None
) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Turn a column of a file into numbers, and name the cells that are none.

    Parameters
    ----------
    column : Series, n
        Text, numbers, or both; what is missing (empty, or a mark such as "…") becomes NaN.
    decimal : {".", ","}
        Decimal mark of cells of text; None, where :func:`read_table` could not tell, is refused.
    thousands : {" ", "'", ",", "."}, optional
        What groups digits; ``" "`` is any kind of space. Without it grouped digits are no number.

    Returns
    -------
    numbers : Series of float64, n
        NaN where a cell is missing or no number.
    others : Series, m
        The cells that are neither number nor missing, as they stand, by the column's index: per
        cent signs, footnote marks ("12,5¹⁾"), words, truth values, dates, infinite numbers.
        :func:`why_no_number` says what each is.

    Raises
    ------
    InputError
        If the decimal mark is not known, or both marks are the same.

    Examples
    --------
    >>> cells = pd.Series(["1 234,5", "12,5*", "…"], index=["RU-TOM", "RU-OMS", "RU-TYU"])
    >>> numbers, others = to_numbers(cells, decimal=",", thousands=" ")
    >>> numbers.to_dict(), others.to_dict()
    ({'RU-TOM': 1234.5, 'RU-OMS': nan, 'RU-TYU': nan}, {'RU-OMS': '12,5*'})
    """
    _check_marks(decimal, thousands)
    if not isinstance(column, pd.Series):
        raise InputError("column", expected="a Series", found=type(column).__name__)
    cells = column.astype(object)
    found = [read_number(cell, decimal=decimal, thousands=thousands) for cell in cells]  # type: ignore[arg-type]
    values = [math.nan if value is None else value for value in found]
    numbers = pd.Series(values, index=column.index, name=column.name, dtype="float64")
    wrong = [
        value is None and not is_missing(cell) for value, cell in zip(found, cells, strict=True)
    ]
    return numbers, cells[np.array(wrong, dtype=bool)]


def _check_marks(decimal: object, thousands: object) -> None:
    if decimal is None:
        raise InputError(
            "decimal",
            expected="the decimal mark of the file",
            found="None: the file does not tell it",
            why='"1,234" is a thousand or one and a bit',
            remedy='decimal="," or decimal="."',
        )
    check_option("decimal", decimal, DecimalMark)
    if thousands is not None:
        check_option("thousands", thousands, ThousandsMark)
    if decimal == thousands:
        raise InputError(
            "thousands",
            expected="another mark than the decimal one",
            found=repr(thousands),
            remedy='thousands=" " for any kind of space',
        )


def why_no_number(cell: Any, *, decimal: str, thousands: str | None = None) -> str:
    """Say what a cell is instead of a number.

    Examples
    --------
    >>> why_no_number("12,5¹⁾", decimal=","), why_no_number("12,5 %", decimal=",")
    ('a footnote mark after 12,5', 'a per cent sign after 12,5')
    >>> why_no_number("12.5", decimal=",")
    'a decimal point, where the file has decimal commas'
    """
    if isinstance(cell, bool | np.bool_):
        return "a truth value"
    if isinstance(cell, Real):
        return "an infinite number"
    if not isinstance(cell, str):
        return f"a {type(cell).__name__}"
    text = cell.strip()
    if text.startswith("#"):
        return "an error of the spreadsheet"
    if text.startswith("(") and text.endswith(")") and NUMERIC.match(text[1:-1]):
        return "a number in brackets, which may mean less than nought"
    behind = _behind(text)
    if behind:
        return behind
    other = "," if decimal == "." else "."
    if read_number(text, decimal=other, thousands=None) is not None:  # type: ignore[arg-type]
        had = "commas" if decimal == "," else "points"
        return f"a decimal {'point' if other == '.' else 'comma'}, where the file has decimal {had}"
    if NUMERIC.match(text):
        told = "none" if thousands is None else repr(thousands)
        return f"digits grouped otherwise than said (thousands: {told})"
    return "text"


def _behind(text: str) -> str:
    """Say what stands behind a number: a per cent sign, flags or a mark; nothing for none."""
    if text.endswith("%"):
        return f"a per cent sign after {text[:-1].strip()}"
    figure, flags = parted(text)
    if flags:
        return f"a flag of Eurostat after {figure} ({meaning(flags)})"
    marked = MARK.match(text)
    return f"a footnote mark after {marked[1].strip()}" if marked else ""


@dataclass(frozen=True, slots=True)
class Marks:
    """What cells of text tell about decimal and thousands marks.

    Attributes
    ----------
    decimal, thousands : str or None
        As :class:`~workbench.data.files.table.RawTable` has them.
    seen : bool
        Whether some cell showed the decimal mark.
    doubtful : tuple of str
        Cells that may be thousands or decimals.
    clashing : tuple of str
        Cells of the rarer kind where both marks are used for decimals.
    """

    decimal: str | None
    thousands: str | None
    seen: bool
    doubtful: tuple[str, ...] = ()
    clashing: tuple[str, ...] = ()


def marks_of(cells: Iterable[Any]) -> Marks:
    """Return the decimal and thousands marks that cells of text show.

    Examples
    --------
    >>> marks = marks_of(["1 234,5", "17"])
    >>> marks.decimal, marks.thousands
    (',', ' ')
    >>> marks_of(["1,234", "5,678"]).decimal is None
    True
    """
    shown: dict[str, list[str]] = {",": [], ".": []}
    groups: Counter[str] = Counter()
    doubtful: list[str] = []
    for cell in cells:
        text = cell.strip() if isinstance(cell, str) else ""
        if not NUMERIC.match(text):
            continue
        body = re.split("[eEеЕ]", SIGN.sub("", text).rstrip("% "))[0]
        _tell(body.strip(), text, shown, groups, doubtful)
    return _concluded(shown, groups, doubtful)


def _tell(
    body: str, text: str, shown: dict[str, list[str]], groups: Counter[str], doubtful: list[str]
) -> None:
    """Note what one number shows: its decimal mark, its groups, or a doubt."""
    used = [mark for mark in ",." if mark in body]
    last = max(used, key=body.rfind, default="")
    for mark, pattern in ((" ", f"[{SPACES}]"), ("'", f"[{APOSTROPHES}]")):
        if re.search(pattern, body):
            groups[mark] += 1
    if not used:
        return
    if len(used) == 2 and body.count(last) == 1:
        shown[last].append(text)
        groups[used[0] if used[1] == last else used[1]] += 1
    elif body.count(last) > 1:
        if len(used) == 1 and GROUPED[last].match(body):
            groups[last] += 1
    elif GROUPED[last].match(body) and not body.startswith("0"):
        doubtful.append(text)
    else:
        shown[last].append(text)


def _concluded(shown: dict[str, list[str]], groups: Counter[str], doubtful: list[str]) -> Marks:
    """Weigh what all numbers show; one mark cannot part both thousands and decimals."""
    commas, points = shown[","], shown["."]
    thousands = groups.most_common(1)[0][0] if groups else None
    if commas and points:
        fewer = commas if len(commas) <= len(points) else points
        return Marks(None, thousands, True, tuple(doubtful), tuple(fewer))
    in_doubt = {mark for mark in ",." for text in doubtful if mark in text}
    if commas or points:
        decimal, other = (",", ".") if commas else (".", ",")
        if thousands == decimal:  # 1.234.567 beside 12.5
            return Marks(None, None, True, tuple(doubtful), tuple(commas or points))
        grouped = other if thousands is None and other in in_doubt else thousands
        return Marks(decimal, grouped, True)
    if thousands in (",", "."):
        return Marks("." if thousands == "," else ",", thousands, True)
    if thousands is not None and len(in_doubt) == 1:
        return Marks(in_doubt.pop(), thousands, True)
    return Marks(None if doubtful else ".", thousands, False, tuple(doubtful))
