"""Shift-share: how much of a region's change is the country's, its activities' and its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.alignment import common_regions, match
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, ValuesError, WeightsError, check_option
from workbench.innovation.reading import TwoWay, same_regions, two_way
from workbench.numerics.concentration import shifts as kernel
from workbench.typing import FloatArray, ShiftShareForm, ShiftShareTotals, Tolerance
from workbench.weights.adoption import as_weights
from workbench.weights.weights import Weights, WeightsLike

PARTS = {
    "classic": kernel.CLASSIC,
    "esteban-marquillas": kernel.ESTEBAN,
    "arcelus": kernel.ARCELUS,
    "spatial": kernel.SPATIAL,
}
SHOWN = 12


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ShiftShare:
    """Parts of the change of regions' activities, which add up to it; immutable.

    Attributes
    ----------
    form : {"classic", "esteban-marquillas", "arcelus", "spatial"}
    start, end : TwoWay
        First and last table, sorted.
    parts : ndarray, shape (n, k, c)
        In units of the table, read-only.
    growth : ndarray, shape (k,)
        Growth rates of the activities in the whole, from start to end.
    national_growth : float
        Growth rate of the whole.
    steps : int
        Number of intervals whose parts were added up; 1 without `between`.
    provenance : Provenance
    notes : tuple of str
    """

    form: ShiftShareForm
    start: TwoWay
    end: TwoWay
    parts: FloatArray
    growth: FloatArray
    national_growth: float
    steps: int
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parts."""
        return PARTS[self.form]

    @property
    def heading(self) -> str:
        """What was decomposed."""
        n, k = self.start.values.shape
        steps = say(", {steps} intervals added up", steps=self.steps) if self.steps > 1 else ""
        return say(
            "Shift-share ({form}), {n} regions × {k} activities{steps}",
            form=say(self.form),
            n=n,
            k=k,
            steps=steps,
        )

    def tidy(self, by: ShiftShareTotals = "region", *, rates: bool = False) -> pd.DataFrame:
        """Return a row a region, an activity or a cell (region, activity).

        Columns: the parts and ``change``, their sum, in units of the table; with `rates` divided by
        the start (missing where it is zero).
        """
        check_option("by", by, ShiftShareTotals)
        change = self.end.values - self.start.values
        if by == "cell":
            index: pd.Index = pd.MultiIndex.from_product(
                [self.start.ids, self.start.activities], names=["region", "activity"]
            )
            parts, total, base = (
                self.parts.reshape(-1, len(self.names)), change.ravel(), self.start.values.ravel()
            )  # fmt: skip
        else:
            axis = 1 if by == "region" else 0
            labels = self.start.ids if by == "region" else self.start.activities
            index = pd.Index(labels, name=by)
            parts, total, base = (
                part.sum(axis=axis) for part in (self.parts, change, self.start.values)
            )
        table = pd.DataFrame(parts, index=index, columns=list(self.names)).assign(change=total)
        return table.div(np.where(base > 0, base, np.nan), axis=0) if rates else table

    def glance(self) -> pd.DataFrame:
        """Return one row: ``regions activities national_growth intervals``."""
        n, k = self.start.values.shape
        return one_row(
            regions=n, activities=k, national_growth=self.national_growth, intervals=self.steps
        )

    def plot(self, *, title: str | None = None) -> Any:
        """Return the parts of each region's growth as bars; see ``views.localisation``."""
        return display.picture("shift-share", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        table = self.tidy()
        largest = table.abs()["change"].sort_values(ascending=False, kind="stable").index[:SHOWN]
        cut = f"Largest changes (first {SHOWN} of {len(table)})" if len(table) > SHOWN else ""
        return [("", self.glance()), (cut, table.loc[largest])]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def shift_share(
    start: pd.DataFrame,
    end: pd.DataFrame,
    *,
    form: ShiftShareForm = "classic",
    between: Sequence[pd.DataFrame] = (),
    W: WeightsLike | None = None,
) -> ShiftShare:
    """Divide the change of each region's activities into parts that add up to it.

    With x the start, g the growth rate of the whole, g_j of an activity in the whole, g_ij of the
    activity in the region, and h = N_i C_j / E what the region would have with the structure of the
    whole:

    - ``"classic"``: national x g, mix x (g_j − g), regional x (g_ij − g_j);
    - ``"esteban-marquillas"``: regional as competitive h (g_ij − g_j) and allocation
      (x − h)(g_ij − g_j);
    - ``"arcelus"``: g, g_j − g, g_i − g and (g_ij − g_i) − (g_j − g), each for h and, named
      ``_allocation``, for x − h;
    - ``"spatial"``: regional as neighbour x (ğ_ij − g_j) and regional x (g_ij − ğ_ij), with ğ the
      growth of the activity in the neighbours of W. Nazara and Hewings' three parts are national,
      mix + neighbour, and regional.

    Parameters
    ----------
    start, end : DataFrame, n × k
        The same regions × activities at two times, non-negative, in one unit; missing figures are
        refused, zeros allowed in `end` throughout and in cells of `start`.
    form : {"classic", "esteban-marquillas", "arcelus", "spatial"}
    between : sequence of DataFrame
        Tables of times in between, in order: parts are computed for each interval and added up
        (dynamic shift-share, Barff and Knight 1988), so that the weights follow the structure.
    W : Weights, Graph or libpysal W, optional
        For ``"spatial"``: neighbours, one at least for every region.

    Returns
    -------
    ShiftShare
        ``tidy(by) glance() plot()``; parts by region, activity or cell.

    Raises
    ------
    ValuesError, IdError, InputError
        If figures cannot be used, or tables are not of the same regions and activities, naming
        them; if a cell that begins at zero grows, in forms that need its growth rate.
    WeightsError
        If `W` is missing or leaves regions without neighbours; or if neighbours have none of an
        activity that a region has.

    References
    ----------
    Dunn, E. S. (1960). A statistical and analytical technique for regional analysis. Papers and
    Proceedings of the Regional Science Association 6, 97-112.

    Esteban-Marquillas, J. M. (1972). A reinterpretation of shift-share analysis. Regional and Urban
    Economics 2(3), 249-255.

    Arcelus, F. J. (1984). An extension of shift-share analysis. Growth and Change 15(1), 3-8.

    Barff, R. A. and Knight, P. L. (1988). Dynamic shift-share analysis. Growth and Change 19(2),
    1-10.

    Nazara, S. and Hewings, G. J. D. (2004). Spatial structure and taxonomy of decomposition in
    shift-share analysis. Growth and Change 35(4), 476-490.

    Examples
    --------
    >>> before = pd.DataFrame({"cars": [50, 50], "code": [50, 150]}, index=["east", "west"])
    >>> after = pd.DataFrame({"cars": [40, 50], "code": [80, 190]}, index=["east", "west"])
    >>> shift_share(before, after).tidy().loc["east"].round(6).tolist()
    [20.0, -7.5, 7.5, 20.0]
    """
    check_option("form", form, ShiftShareForm)
    tables = _tables(start, end, between)
    near = _neighbours(tables[0], W, form)
    parts = np.zeros((*tables[0].values.shape, len(PARTS[form])))
    notes: list[str] = []
    for before, after in pairwise(tables):
        parts += _interval(before, after, form, near)
    if form in ("esteban-marquillas", "arcelus"):
        empty = sum(int(((a.values == 0) & (b.values == 0)).sum())
                    for a, b in pairwise(tables))  # fmt: skip
        if empty:
            notes.append(f"{empty} cells that stay at zero count as growing like their activity.")
    parts.setflags(write=False)
    first, last = tables[0], tables[-1]
    found = kernel.rates(first.values, last.values)
    provenance = Provenance(
        method=f"shift-share, {form}",
        nobs=first.values.size,
        ids_digest=ids_digest(first.ids),
        weights=near.described if near is not None else None,
        notes=tuple(notes),
        options={"form": form, "intervals": str(len(tables) - 1)},
    )
    return ShiftShare(
        form, first, last, parts, found.activity, found.whole, len(tables) - 1,
        provenance, tuple(notes),
    )  # fmt: skip


def _tables(
    start: pd.DataFrame, end: pd.DataFrame, between: Sequence[pd.DataFrame]
) -> list[TwoWay]:
    names = ["start", *(f"between[{i}]" for i in range(len(between))), "end"]
    given = [start, *between, end]
    read = []
    for place, (name, table) in enumerate(zip(names, given, strict=True)):
        # the last one is divided by nothing
        last = place == len(given) - 1
        read.append(
            two_way(table, argument=name, zero_totals="allow" if last else "refuse", fewest=(2, 1))
        )
        same_regions(read[-1].ids, read[0].ids, argument=name, other="start")
        off = read[0].activities.symmetric_difference(read[-1].activities)
        if len(off):
            raise InputError(
                name,
                expected="the activities of start",
                found=f"{len(off)} activities that one table has alone",
                offenders=off,
                why="their change would be counted as growth from nothing",
                remedy="table.reindex(columns=start.columns, fill_value=0) where none is meant",
            )
    return read


def _neighbours(read: TwoWay, W: WeightsLike | None, form: ShiftShareForm) -> Weights | None:
    if form != "spatial":
        if W is not None:
            raise InputError(
                "W",
                expected=f'no weights with form="{form}"',
                found="weights",
                remedy='form="spatial" uses them',
            )
        return None
    if W is None:
        raise WeightsError(
            "W",
            expected='neighbours for form="spatial"',
            found="none",
            remedy="W=workbench.weights.queen(regions)",
        )
    weights = as_weights(W)
    match(read.ids, weights.ids, argument="start", align="strict",
          remedy=f"{common_regions('start')}, and the other tables likewise")  # fmt: skip
    if weights.islands:
        raise WeightsError(
            "W",
            expected="a neighbour for every region",
            found=f"{len(weights.islands)} islands",
            offenders=weights.islands,
            why="growth of the neighbours is compared with the region's",
            remedy='workbench.weights.queen(regions, islands="nearest")',
        )
    return weights


def _interval(
    before: TwoWay, after: TwoWay, form: ShiftShareForm, near: Weights | None
) -> FloatArray:
    x, y = before.values, after.values
    if form == "classic":
        return kernel.classic(x, y)
    if form == "spatial":
        assert near is not None
        lagged, later = (np.asarray(near.sparse @ values) for values in (x, y))
        alone = (lagged == 0) & (x > 0)
        if alone.any():
            raise WeightsError(
                "W",
                expected="neighbours that have every activity of the region",
                found=f"{int(alone.sum())} cells without any in the neighbours at the start",
                offenders=before.cells(alone),
                why="growth from nothing has no rate",
                remedy="add up small activities, or take more neighbours",
            )
        return kernel.spatial(x, y, lagged, later)
    new = kernel.undefined(x, y)
    if new.any():
        raise ValuesError(
            "start",
            expected=f'activities that are there at the start, with form="{form}"',
            found=f"{int(new.sum())} cells that grow from zero",
            offenders=before.cells(new),
            why="growth from nothing has no rate",
            remedy='form="classic" needs none; or add up small activities',
        )
    return kernel.esteban_marquillas(x, y) if form == "esteban-marquillas" else kernel.arcelus(x, y)
