"""Rows of a printed table of logits: read with their rounding, and what each implies alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.errors import InputError, ValuesError, check_option, nearest
from workbench.numerics.binary import published as kernel
from workbench.numerics.binary.published import Bounds
from workbench.typing import Digits, FloatArray

NUMBERS = ("const", "const_se", "coef", "coef_se", "pseudo_r2", "bic")
CRITERIA = ("pseudo_r2", "bic")
NEAR_ONE = 0.9
"""McFadden's R-squared from which nearly every outcome is told: a sign of separation."""
SURE = 1.96
"""Statistic of a coefficient from which the sign of a turning point says something."""
HAUCK_DONNER = 4.0
"""How many times Wald's statistic the likelihood ratio must be for a flag."""

STARS = {
    "const": "stars of the constant are not those of its standard error",
    "coef": "stars of the coefficient are not those of its standard error",
}
NO_ERROR = "standard error printed as 0 (separation?)"
NEARLY_ALL = "R-squared near 1: nearly every outcome is told (separation?)"
RUNS_AWAY = "likelihood ratio far above Wald's statistic: an estimate that runs away (separation?)"
UNFIT = "criterion and R-squared do not fit the sample"
OTHER_SIDE = "turning point on the other side of 0 than in most rows"
SEPARATION = (NO_ERROR, NEARLY_ALL, RUNS_AWAY)
"""Flags that are marks of separation."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Numbers of a printed table, each within the bounds of what rounds to it.

    Attributes
    ----------
    names : tuple of str
    printed : dict of str to ndarray
        As they stand, by column.
    const, const_se, coef, coef_se, pseudo_r2, bic : Bounds
    stars : dict of str to tuple of (int or None)
        Printed stars of ``const`` and ``coef``; None where the table has no such column.
    levels : tuple of float
        p-values below which there are one, two, three ... stars.
    """

    names: tuple[str, ...]
    printed: Mapping[str, FloatArray]
    const: Bounds
    const_se: Bounds
    coef: Bounds
    coef_se: Bounds
    pseudo_r2: Bounds
    bic: Bounds
    stars: Mapping[str, tuple[int, ...] | None]
    levels: tuple[float, ...]


def read_rows(
    table: pd.DataFrame, *, decimals: Mapping[str, int | Digits], stars: tuple[float, ...]
) -> Rows:
    """Return the rows of a printed table; refuse what is not one."""
    if not isinstance(table, pd.DataFrame) or len(table) == 0:
        raise InputError("table", expected="a DataFrame, a row a model", found=type(table).__name__)
    _check_columns(table, decimals)
    labels = table.get("regressor", table.index)
    names = tuple(str(label) for label in labels)
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InputError(
            "table",
            expected="rows with names that occur once",
            found="rows of one name",
            offenders=repeated,
            remedy='table.assign(regressor=["x1", "x2", ...])',
        )
    printed = {column: _numeric(table, column, names) for column in NUMBERS}
    bounds = {column: _bounds(column, printed[column], decimals) for column in NUMBERS}
    asterisks = {side: _stars(table, f"{side}_sig", names) for side in ("const", "coef")}
    if list(stars) != sorted(stars, reverse=True) or not all(0 < s < 1 for s in stars):
        raise InputError(
            "stars",
            expected="levels from one star to the most, each smaller",
            found=repr(stars),
            remedy="stars=(0.1, 0.05, 0.01)",
        )
    return Rows(names, printed, **bounds, stars=asterisks, levels=tuple(stars))


def _check_columns(table: pd.DataFrame, decimals: Mapping[str, int | Digits]) -> None:
    absent = [column for column in NUMBERS if column not in table]
    if absent:
        hint = nearest(absent[0], [str(column) for column in table])
        raise InputError(
            "table",
            expected=f"columns {', '.join(NUMBERS)}",
            found=f"a table without {', '.join(absent)}",
            offenders=absent,
            remedy=f"table.rename(columns={{...}}); {hint}"
            if hint
            else "table.rename(columns=...)",
        )
    strange = [column for column in decimals if column not in NUMBERS]
    if strange:
        raise InputError(
            "decimals",
            expected=f"columns among {', '.join(NUMBERS)}",
            found=", ".join(map(repr, strange)),
            remedy='decimals={"bic": 1}',
        )
    for column, word in decimals.items():
        if isinstance(word, str):
            check_option(f"decimals[{column!r}]", word, Digits)


def _numeric(table: pd.DataFrame, column: str, names: tuple[str, ...]) -> FloatArray:
    values = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)
    bad = ~np.isfinite(values)
    if column.endswith("_se"):
        bad |= values < 0.0
    if column == "pseudo_r2":
        bad |= (values < 0.0) | (values > 1.0)
    if bad.any():
        raise ValuesError(
            column,
            expected={"pseudo_r2": "numbers from 0 to 1"}.get(column, "finite numbers")
            + (", not negative" if column.endswith("_se") else ""),
            found=f"{int(bad.sum())} others",
            offenders=[name for name, b in zip(names, bad, strict=True) if b],
            remedy="leave those rows out, or mend them",
        )
    return values


def _bounds(column: str, values: FloatArray, decimals: Mapping[str, int | Digits]) -> Bounds:
    criteria = column in CRITERIA
    said = decimals.get(column, "aligned" if criteria else "shown")
    if isinstance(said, str):
        own = np.array([kernel.decimals_of(v, significant=said == "shown") for v in values])
        own = np.full(len(values), own.max()) if said == "aligned" else own
    else:
        own = np.full(len(values), int(said))
    found = kernel.rounded(values, own)
    if column.endswith("_se") or criteria:
        found = Bounds(np.maximum(found.low, 0.0), found.high)
    return Bounds(found.low, np.minimum(found.high, 1.0)) if column == "pseudo_r2" else found


def _stars(table: pd.DataFrame, column: str, names: tuple[str, ...]) -> tuple[int, ...] | None:
    if column not in table:
        return None
    cells = ["" if pd.isna(cell) else str(cell).strip() for cell in table[column]]
    odd = [name for name, cell in zip(names, cells, strict=True) if cell.strip("*")]
    if odd:
        raise ValuesError(
            column, expected="asterisks, or blank for none", found="other text", offenders=odd
        )
    return tuple(len(cell) for cell in cells)


def implied_table(read: Rows, nobs: int, events: int, *, tried: Sequence[int]) -> pd.DataFrame:
    """Return what each row implies, read with a sample; ``tried`` are the events to try."""
    z, const_z = kernel.ratios(read.coef, read.coef_se), kernel.ratios(read.const, read.const_se)
    p = kernel.p_values(z)
    turning = kernel.turning_points(read.const, read.coef)
    deviance = kernel.deviances(read.bic, nobs)
    null = kernel.null_deviances(deviance, read.pseudo_r2)
    counts = np.asarray(tried)
    with np.errstate(divide="ignore"):
        centre = np.where(
            read.printed["coef"] == 0.0, np.nan, -read.printed["const"] / read.printed["coef"]
        )
    allowed = [
        _listed(counts[Bounds(low, high).holds(kernel.null_deviance(nobs, counts))])
        for low, high in zip(null.low, null.high, strict=True)
    ]
    return pd.DataFrame(
        {
            "z_low": z.low,
            "z_high": z.high,
            "p_low": p.low,
            "p_high": p.high,
            "stars": _shown(read.stars["coef"], len(read.names)),
            "stars_implied": _implied_stars(p, read.levels),
            "const_stars": _shown(read.stars["const"], len(read.names)),
            "const_stars_implied": _implied_stars(kernel.p_values(const_z), read.levels),
            "turning_point": centre,
            "turning_low": turning.low,
            "turning_high": turning.high,
            "deviance_low": deviance.low,
            "deviance_high": deviance.high,
            "ratio_low": np.maximum(read.pseudo_r2.low * null.low, 0.0),
            "wald_high": z.high**2,
            "null_low": null.low,
            "null_high": null.high,
            "consistent": null.holds(kernel.null_deviance(nobs, events)) & (deviance.high > 0.0),
            "events": allowed,
        },
        index=pd.Index(read.names, name="row"),
    )


def _listed(counts: np.ndarray) -> str:
    """Return runs of whole numbers as text: ``4-6, 9``."""
    if len(counts) == 0:
        return "none"
    runs = np.split(counts, np.flatnonzero(np.diff(counts) != 1) + 1)
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def _star_counts(p: FloatArray, levels: tuple[float, ...]) -> FloatArray:
    return np.asarray((p[:, None] < np.asarray(levels)).sum(axis=1))


def _implied_stars(p: Bounds, levels: tuple[float, ...]) -> list[str]:
    """Return the stars that p-values within bounds allow: ``*``, or ``* to ***``."""
    few, many = _star_counts(p.high, levels), _star_counts(p.low, levels)
    return [
        _asterisks(int(a)) if a == b else f"{_asterisks(int(a))} to {_asterisks(int(b))}"
        for a, b in zip(few, many, strict=True)
    ]


def _asterisks(count: int) -> str:
    return "*" * count or "none"


def _shown(stars: tuple[int, ...] | None, rows: int) -> list[str]:
    return [""] * rows if stars is None else [_asterisks(count) for count in stars]


def flags_of(read: Rows, table: pd.DataFrame) -> pd.DataFrame:
    """Return what does not agree in each row, and what looks like separation."""
    found: list[tuple[str, str]] = []
    side = np.sign(table["turning_point"])
    usual = float(np.sign(side.sum()))
    for at, name in enumerate(read.names):
        row = table.iloc[at]
        found += [(name, flag) for flag in _star_flags(read, at)]
        found += [(name, flag) for flag in _separation_flags(read, row, at)]
        if not row["consistent"]:
            found.append((name, UNFIT))
        if usual and side.iloc[at] == -usual and row["z_low"] > SURE:
            found.append((name, OTHER_SIDE))
    return pd.DataFrame(found, columns=["row", "flag"])


def _star_flags(read: Rows, at: int) -> list[str]:
    flags = []
    for what, flag in STARS.items():
        stars = read.stars[what]
        if stars is None:
            continue
        one = slice(at, at + 1)
        estimate, error = getattr(read, what), getattr(read, f"{what}_se")
        z = kernel.ratios(
            Bounds(estimate.low[one], estimate.high[one]), Bounds(error.low[one], error.high[one])
        )
        p = kernel.p_values(z)
        few, many = (int(_star_counts(end, read.levels)[0]) for end in (p.high, p.low))
        if not few <= stars[at] <= many:
            flags.append(flag)
    return flags


def _separation_flags(read: Rows, row: pd.Series[float], at: int) -> list[str]:
    flags = []
    if read.printed["coef_se"][at] == 0.0 or read.printed["const_se"][at] == 0.0:
        flags.append(NO_ERROR)
    if read.printed["pseudo_r2"][at] >= NEAR_ONE:
        flags.append(NEARLY_ALL)
    if row["ratio_low"] > HAUCK_DONNER * row["wald_high"]:
        flags.append(RUNS_AWAY)
    return flags
