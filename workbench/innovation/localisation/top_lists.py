"""What follows from a published list of the largest regions, and what it leaves open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, ValuesError
from workbench.innovation.organisations.counts import listed_regions, read_counts
from workbench.numerics.concentration import top_lists as kernel
from workbench.typing import IntArray, Tolerance

MOST_TOTALS = 2_000_000
"""Totals that are gone through, one by one."""
PERCENT = 100.0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TopList:
    """Bounds that follow from a list of the largest regions; immutable.

    Attributes
    ----------
    table : pandas.DataFrame
        A row a quantity; what :meth:`tidy` hands out copies of.
    listed : pandas.DataFrame
        A row a listed region; what :meth:`augment` hands out copies of.
    regions : int
        Number of all regions, listed or not.
    notes : tuple of str
    provenance : Provenance
    """

    table: pd.DataFrame
    listed: pd.DataFrame
    regions: int
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "closed form"

    @property
    def heading(self) -> str:
        """How many of how many regions are listed."""
        return f"The largest {len(self.listed)} of {self.regions} regions: what follows for all"

    def tidy(self) -> pd.DataFrame:
        """Return a row a quantity: the least and the largest that it can be, ``least most``.

        ``total`` of all regions, ``rest`` of those not listed, ``share_listed`` and
        ``share_parts`` (of the listed regions, and of `parts`) in per cent of the total,
        ``herfindahl`` and ``gini`` over all regions.
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, how many are listed, their sum, the smallest of them."""
        values = self.listed["value"]
        return one_row(
            regions=self.regions,
            listed=len(values),
            listed_total=float(values.sum()),
            smallest_listed=float(values.min()),
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a listed region: ``value`` and its share of the total, ``least most``."""
        return self.listed.copy()

    def __str__(self) -> str:
        return display.text(self.heading, [("", self.table)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, [("", self.table)], self.notes)


def top_list(
    values: pd.Series[Any],
    *,
    regions: int,
    total: int | None = None,
    parts: Sequence[Any] | None = None,
    printed: str | None = None,
) -> TopList:
    """Bound totals, shares and concentration of which only the largest regions are published.

    A region that is not listed has at most as much as the smallest of those listed. Hence the total
    lies between the sum S of the list and S + m v, with m regions not listed and v the smallest
    listed figure; shares follow, and measures of concentration are bounded over all ways in which
    the rest may be spread. A share that is printed somewhere narrows the total down to those of
    which it is the rounded share.

    Parameters
    ----------
    values : pandas.Series
        Whole numbers of the listed regions by region id, in any order. All those regions that have
        more than the smallest of them must be listed.
    regions : int
        Number of all regions, listed or not.
    total : int, optional
        The total of all regions, where it is known.
    parts : sequence of region ids, optional
        Listed regions whose joint share is asked for, e.g. a capital and its surroundings.
    printed : str, optional
        The share of `parts` in the total as it is printed, in per cent, e.g. ``"53.6"``: a text,
        because its digits count.

    Returns
    -------
    TopList
        ``.tidy()`` (a row a quantity, ``least most``), ``.augment()``, ``.glance()``.

    Raises
    ------
    InputError, IdError, ValuesError
        If counts, regions or choices cannot be used, or the total or the printed share cannot be
        those of this list.

    Notes
    -----
    The least concentrated rest is the even one, the most concentrated one has as many regions as
    possible at v: every other is majorised by the one and majorises the other, and Gini's and
    Herfindahl's measures are Schur-convex.

    References
    ----------
    Marshall, A. W., Olkin, I. and Arnold, B. C. (2011). Inequalities: Theory of Majorization and
    Its Applications. 2nd ed., Springer.

    Examples
    --------
    >>> created = pd.Series({"RU-MOW": 60, "RU-MOS": 20, "RU-SPE": 10})
    >>> top_list(created, regions=5, parts=["RU-MOW", "RU-MOS"]).tidy().loc["total"].to_dict()
    {'least': 90.0, 'most': 110.0}
    """
    listed = read_counts(values, argument="values", positive="the smallest listed bounds the rest")
    missing = _missing(regions, len(listed))
    numbers = listed.to_numpy(dtype=np.int64)
    chosen = None if parts is None else listed_regions(parts, listed.index, argument="parts")
    part = None if chosen is None else int(listed[chosen].sum())
    rest = _rest(numbers, missing, total=total, part=part, printed=printed)
    sums = numbers.sum() + rest[[0, -1]]
    table = _table(numbers, missing, rest, part)
    shares = pd.DataFrame(
        {
            "value": listed,
            "least": PERCENT * listed / sums[1],
            "most": PERCENT * listed / sums[0],
        }
    )
    notes = _notes(rest, total, printed)
    return TopList(
        table=table,
        listed=shares.sort_values("value", ascending=False, kind="stable"),
        regions=regions,
        notes=notes,
        provenance=Provenance(
            method="bounds from the largest regions",
            formula="S <= T <= S + m v",
            nobs=len(listed),
            ids_digest=ids_digest(listed.index),
            notes=notes,
            options={"regions": str(regions), "total": str(total), "printed": str(printed)},
        ),
    )


def _missing(regions: int, listed: int) -> int:
    if isinstance(regions, bool) or not isinstance(regions, int | np.integer) or regions < listed:
        raise InputError(
            "regions",
            expected=f"the number of all regions, at least the {listed} that are listed",
            found=repr(regions),
            remedy="count those that are not listed too",
        )
    return int(regions) - listed


def _rest(
    listed: IntArray, missing: int, *, total: int | None, part: int | None, printed: str | None
) -> IntArray:
    """Return the sums that the regions which are not listed may have, ascending."""
    low, high = kernel.rests(listed, missing)
    held = int(listed.sum())
    if total is not None:
        _require_whole(total)
        if not held + low <= total <= held + high:
            raise _impossible("total", str(total), held + low, held + high)
        low = high = int(total) - held
    if printed is not None:
        if part is None:
            raise InputError(
                "printed",
                expected="parts= beside it",
                found="none",
                why="the printed share is that of some listed regions",
                remedy='parts=["RU-MOW", "RU-MOS"]',
            )
        first, last = _totals(part, printed)
        if first > held + high or last < held + low:
            least, most = PERCENT * part / (held + high), PERCENT * part / (held + low)
            raise _impossible("printed", f"{printed} %", least, most)
        if first > last:
            raise _no_total(part, printed, first)
        low, high = max(low, first - held), min(high, last - held)
    if high - low >= MOST_TOTALS:
        raise ValuesError(
            "values",
            expected=f"fewer than {MOST_TOTALS:,} totals that are possible",
            found=f"{high - low + 1:,}",
            remedy="pass thousands, rounded to whole numbers",
        )
    return np.arange(low, high + 1, dtype=np.int64)


def _require_whole(total: Any) -> None:
    if isinstance(total, bool) or not isinstance(total, int | np.integer):
        raise InputError(
            "total",
            expected="a whole number",
            found=repr(total),
            remedy="total=int(total) once it is one",
        )


def _no_total(part: int, printed: str, above: int) -> ValuesError:
    least, most = PERCENT * part / above, PERCENT * part / (above - 1)
    return ValuesError(
        "printed",
        expected=f"the rounded share of {part} in some whole number",
        found=f"{printed} %, which is of none",
        why=f"{part} of {above - 1} is {most:.6g} %, and of {above} it is {least:.6g} %",
        remedy="check the digits, parts=, and the list",
    )


def _totals(part: int, printed: str) -> tuple[int, int]:
    """Return the least and the largest total of which the printed share is the rounded one."""
    # a number has lost how many digits were printed: 53.60 is 53.6
    text = printed if isinstance(printed, str) else ""
    text = text.replace("%", "").strip().replace(",", ".")
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 < share <= PERCENT:
        raise InputError(
            "printed",
            expected='a share in per cent as printed, a text such as "53.6"',
            found=repr(printed),
            why="how far a share was rounded is told by its digits",
            remedy='printed="53.6"',
        )
    half = 0.5 * 10.0 ** -len(text.partition(".")[2])
    # the ends of an interval of rounding may round either way: both belong to it
    slack = 1e-9
    first = math.ceil(PERCENT * part / (share + half) * (1 - slack))
    last = math.floor(PERCENT * part / max(share - half, half * slack) * (1 + slack))
    return first, last


def _impossible(argument: str, found: str, least: float, most: float) -> ValuesError:
    return ValuesError(
        argument,
        expected=f"between {display.number(least)} and {display.number(most)}, as the list allows",
        found=found,
        why="no region that is left out can have more than the smallest that is listed",
        remedy="check regions=, the list, and that the figure is of the same regions and year",
    )


def _table(listed: IntArray, missing: int, rest: IntArray, part: int | None) -> pd.DataFrame:
    held, ends = int(listed.sum()), rest[[0, -1]]
    totals = held + ends
    rows = {
        "total": tuple(totals),
        "rest": tuple(ends),
        "share_listed": (PERCENT * held / totals[1], PERCENT * held / totals[0]),
    }
    if part is not None:
        rows["share_parts"] = (PERCENT * part / totals[1], PERCENT * part / totals[0])
    rows["herfindahl"] = kernel.herfindahl(listed, missing, rest)
    rows["gini"] = kernel.gini(listed, missing, rest)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["least", "most"])
    return table.astype(np.float64).rename_axis("quantity")


def _notes(rest: IntArray, total: int | None, printed: str | None) -> tuple[str, ...]:
    told = ["least and most are bounds, not an interval of confidence."]
    if total is None and printed is None:
        told.append("The total is open: total= or printed= narrows it down.")
    if printed is not None:
        told.append(f"The total is one of {len(rest):,} of which {printed} % is the rounded share.")
    return tuple(told)
