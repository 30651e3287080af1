"""Adoption of a technology by region and period: what a gap may be measured of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import region_ids
from workbench.core.periods import cells, times
from workbench.data.schemes import refuse_mixed
from workbench.errors import InputError, PanelError, ValuesError
from workbench.explore.panel_variable import PanelVariable, read_panel
from workbench.innovation.reading import same_regions, series
from workbench.typing import AdoptionUnit, BoolArray, FloatArray

TOPS = {"percent": 100.0, "fraction": 1.0}
"""Ceilings of bounded shares."""
WIDESPREAD = 0.2
"""Share of adopters beside which one of at most a hundredth is taken for a mistake of units."""


@dataclass(frozen=True, slots=True, eq=False)
class Adoption:
    """A measure of adoption.

    Attributes
    ----------
    read : PanelVariable
        Regions by periods; one period of a cross-section.
    unit : {"percent", "fraction", "unbounded"}
    time : ndarray, shape (T,)
        Periods as numbers.
    shares : ndarray, shape (n, T), or None
        Population shares, each column summing to one.
    """

    read: PanelVariable
    unit: AdoptionUnit
    time: FloatArray
    shares: FloatArray | None

    @property
    def top(self) -> float | None:
        """The ceiling, or None without one."""
        return TOPS.get(self.unit)

    def mean(self) -> FloatArray:
        """Return the mean of regions in each period, by population where there is one."""
        values = self.read.values
        if self.shares is None:
            return np.array([float(values[:, t].mean()) for t in range(values.shape[1])])
        return np.array([float(self.shares[:, t] @ values[:, t]) for t in range(values.shape[1])])


def read_adoption(
    variable: Any,
    panel: pd.DataFrame | None,
    *,
    unit: AdoptionUnit,
    population: Any,
    periods: Sequence[Any] | None,
) -> Adoption:
    """Read a measure of adoption and refuse what no gap can be measured of.

    Raises
    ------
    ValuesError
        If values are negative, above the ceiling, in other units than said, or equal in a period.
    """
    source, frame, single = _as_panel(variable, panel)
    if single and periods is not None:
        raise InputError(
            "periods",
            expected="a panel, from which to choose periods",
            found="one cross-section",
            remedy="leave out periods",
        )
    held = getattr(source if frame is None else frame, "index", None)
    if isinstance(held, pd.MultiIndex):
        refuse_mixed(held, argument="panel")  # before rows of some periods are missed
    read = read_panel(source, frame, periods=periods)
    refuse_mixed(read.ids, argument=read.name)
    if len(read.ids) < 3:
        raise ValuesError(
            read.name, expected="at least three regions", found=str(len(read.ids)),
            offenders=read.ids.tolist(), remedy="pass the table of all regions",
        )  # fmt: skip
    _refuse_units(read, unit)
    _refuse_equal(read)
    time = np.zeros(1) if single else times(read.periods)
    return Adoption(read, unit, time, _shares(population, frame, read, single))


def _as_panel(variable: Any, panel: Any) -> tuple[Any, Any, bool]:
    """Return a cross-section as a panel of one period."""
    source = variable if panel is None else panel
    flat = isinstance(source, pd.DataFrame | pd.Series) and not isinstance(
        source.index, pd.MultiIndex
    )
    if not flat or (panel is None and isinstance(variable, pd.DataFrame)):
        return variable, panel, False

    def longer(table: Any) -> Any:
        if not isinstance(table, pd.DataFrame | pd.Series):
            return table
        ids = region_ids(table.index, argument="panel")
        names = [ids.name or "region", "period"]
        return table.set_axis(pd.MultiIndex.from_arrays([ids, [0] * len(ids)], names=names))

    return longer(variable), longer(panel), True


def _refuse_units(read: PanelVariable, unit: AdoptionUnit) -> None:
    values = read.values
    _refuse(read, values < 0, "values of 0 or more", "negative", "", "correct them")
    top = TOPS.get(unit)
    if top is None:
        return
    if unit == "percent" and values.max() <= 1.0:
        raise ValuesError(
            read.name,
            expected="per cent, from 0 to 100",
            found=f"fractions: the largest is {values.max():g}",
            remedy='unit="fraction"',
        )
    beyond = values > top * (1 + 1e-12)
    mixed = unit == "fraction" and bool((values <= 1).any() and (values <= 100).all())
    _refuse(
        read, beyond, f"shares from 0 to {top:g}", f"above {top:g}",
        "fractions and per cents do not mix" if mixed else "no more than all can have adopted",
        "divide those by 100" if mixed else 'unit="unbounded" for subscriptions per 100 people',
    )  # fmt: skip
    if unit == "percent":
        _refuse(
            read, _fractions(values), "per cent everywhere",
            "at most 1 beside values above 20: fractions among per cents",
            "a fraction read as per cent makes the gap a hundred times too wide",
            'multiply those by 100; if they are right, unit="unbounded"',
        )  # fmt: skip


def _fractions(values: FloatArray) -> BoolArray:
    """Say which values look like fractions among per cents.

    A value of at most 1 next to one of the same region above 20 %, that a hundredfold would be
    nearer to; in a single period, one whose hundredfold is within the others, of which half are
    above 20.
    """
    small = (values > 0) & (values <= 1)
    wide = 100.0 * WIDESPREAD
    if values.shape[1] == 1:
        column = values[:, 0]
        other = column[~small[:, 0]]
        if not other.size or np.median(other) <= wide:
            return np.zeros_like(small)
        return np.asarray(small & (100.0 * values <= other.max()))
    found = np.zeros_like(small)
    for shift in (-1, 1):
        beside = np.full_like(values, np.nan)
        if shift < 0:
            beside[:, 1:] = values[:, :-1]
        else:
            beside[:, :-1] = values[:, 1:]
        with np.errstate(invalid="ignore"):
            nearer = np.abs(100.0 * values - beside) < np.abs(values - beside)
            found |= small & (beside > wide) & nearer
    return found


def _refuse_equal(read: PanelVariable) -> None:
    spread = np.ptp(read.values, axis=0)
    flat = spread <= 1e-12 * np.abs(read.values).max(axis=0)
    if flat.any():
        raise ValuesError(
            read.name,
            expected="regions that differ in every period",
            found=f"equal values in {int(flat.sum())} periods",
            offenders=read.periods[flat].tolist(),
            why="no gap has no ratio, share or trend",
            remedy="leave those periods out, periods=[...]",
        )


def _refuse(
    read: PanelVariable, bad: BoolArray, expected: str, found: str, why: str, remedy: str
) -> None:
    if bad.any():
        single = len(read.periods) == 1
        raise ValuesError(
            read.name,
            expected=expected,
            found=f"{int(bad.sum())} that are {found}",
            offenders=read.ids[bad[:, 0]].tolist()
            if single
            else cells(bad, read.ids, read.periods),
            why=why,
            remedy=remedy,
        )


def _shares(
    population: Any, panel: pd.DataFrame | None, read: PanelVariable, single: bool
) -> FloatArray | None:
    if population is None:
        return None
    if isinstance(population, pd.Series) and population.index.nlevels == 1:
        held = series(population, argument="population", ids=read.ids, positive=True).to_numpy()
        return np.repeat((held / held.sum())[:, None], len(read.periods), axis=1)
    try:
        people = read_panel(
            population,
            panel if isinstance(population, str) else None,
            periods=None if single else read.periods,
            constant_allowed=True,
        )
    except PanelError as refused:
        if refused.argument != "periods":
            raise
        raise PanelError(
            "population",
            expected=f"the periods of {read.name}",
            found=f"{len(refused.offenders)} that it does not have",
            offenders=refused.offenders,
            remedy="a Series by region of one that does not change",
        ) from None
    same_regions(people.ids, read.ids, argument="population", other="panel")
    _refuse(
        people, people.values <= 0, "a positive population", "zero or negative",
        "a region without people has no weight", "leave those regions out",
    )  # fmt: skip
    return np.asarray(people.values / people.values.sum(axis=0))
