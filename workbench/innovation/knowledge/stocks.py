"""Stocks of knowledge: expenditure that accumulates and depreciates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.core.expressions import label, labels
from workbench.core.panel_frame import longer_gaps, period_text
from workbench.core.provenance import Provenance
from workbench.errors import (
    IdError,
    InputError,
    PanelError,
    ValuesError,
    check_number,
    check_option,
    listing,
)
from workbench.innovation.knowledge.rows import Rows, column_of, rows_of
from workbench.innovation.knowledge.stock_result import KnowledgeStock
from workbench.innovation.knowledge.trends import growth_rates
from workbench.numerics.dynamics.stocks import Recipe, Spells, accumulate
from workbench.typing import ExpenditureGrowth, FirstStock, FloatArray, IntArray, StockTiming


def knowledge_stock(
    panel: pd.DataFrame,
    column: str,
    *,
    depreciation: float = 0.15,
    growth: ExpenditureGrowth | float | pd.Series[Any] = "estimated",
    deflator: str | pd.Series[Any] | None = None,
    initial: FirstStock | pd.Series[Any] = "textbook",
    timing: StockTiming = "end",
) -> KnowledgeStock:
    """Accumulate expenditure into a stock by the perpetual inventory method.

    K_t = (1 − δ) K_{t−1} + R_t, from a first stock of R_0 / (g + δ).

    Parameters
    ----------
    panel : DataFrame
        Indexed by (region, period), rows in any order, periods evenly spaced. Regions may enter
        late or leave early; a gap between is refused. Not changed.
    column : str
        Expenditure R, a column or expression in levels (``"rd"``), at least 0; missing values are
        refused.
    depreciation : float
        δ, the share of a stock that is lost from one period to the next, 0 to 1; 0.15 a year is
        what most studies of R&D assume, none of them being sure of it.
    growth : {"estimated", "by-region"}, float or Series
        g, the rate at which expenditure grew before the first period. ``"estimated"``: one rate for
        all regions, from the slope of log R on time within regions; ``"by-region"``: each region's
        own slope, of which short series are unsure; a number, or numbers by region id. It makes
        the first stocks, so that there is none where those are given.
    deflator : str or Series, optional
        Price index by which expenditure is divided: a column of the panel, or a Series by period;
        1 in the base period. Without it R counts as it is: stocks of nominal money add money of
        different years.
    initial : {"textbook", "steady-state"} or Series
        ``"textbook"``: the first stock that is reported is R_0 / (g + δ). ``"steady-state"``: it is
        what would have accumulated at that growth, R_0 (1 + g) / (g + δ) at the end of the period
        (Hall, Mairesse and Mohnen 2010); at its start both are the same. Or first
        stocks by region id, at the moment of `timing`.
    timing : {"end", "start"}
        ``"end"``: K_t is the stock at the end of period t, R_t is in it. ``"start"``: K_t is what
        there is when t begins, K_t = (1 − δ) K_{t−1} + R_{t−1}, which no outcome of t can cause.

    Returns
    -------
    KnowledgeStock
        ``values tidy() glance() augment() sensitivity() plot()``.

    Raises
    ------
    PanelError, ValuesError, InputError, IdError, FormulaError
        If expenditure is missing, negative or has gaps in time, naming regions and periods; if
        g + δ is not positive; if the deflator lacks periods.

    Notes
    -----
    Rates are a period: of a panel of every fifth year, of five years. A region's first stock is
    R_0 over g + δ, hence 0 where its first expenditure is 0; the notes name those. What the guess
    is worth at the end is ``initial_share``, (1 − δ)^(T−1) K_0 / K_T.

    References
    ----------
    Griliches, Z. (1979). Issues in assessing the contribution of research and development to
    productivity growth. Bell Journal of Economics 10, 92-116. Hall, B. H. and Mairesse, J. (1995).
    Exploring the relationship between R&D and productivity in French manufacturing firms. Journal
    of Econometrics 65, 263-293. Hall, B. H., Mairesse, J. and Mohnen, P. (2010). Measuring the
    returns to R&D. Handbook of the Economics of Innovation 2, 1033-1082.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([["a"], [2000, 2001]], names=["region", "year"])
    >>> rd = pd.DataFrame({"rd": [20.0, 30.0]}, index=index)
    >>> knowledge_stock(rd, "rd", growth=0.05).values.tolist()
    [100.0, 115.0]
    """
    check_option("timing", timing, StockTiming)
    delta = _rate(depreciation)
    rows = rows_of(panel, argument="panel", panel=True)
    _refuse_uneven(rows)
    spells = _spells(rows)
    R, told = _expenditure(column, rows, deflator)
    given = None if isinstance(initial, str) else _given(initial, rows)
    if given is None:
        check_option("initial", initial, FirstStock)
        g, how = growth_rates(growth, R, rows, column)
        _refuse_shrinking(g, delta, rows)
    else:
        g, how = _no_growth(growth, rows)
    steady = isinstance(initial, str) and initial == "steady-state"
    recipe = Recipe(delta, steady=steady, start=timing == "start")
    found = accumulate(R, spells, recipe, growth=g, given=given)
    notes = (*told, how, *_notes(found.share, R, spells, rows, given), _spacing(rows))
    notes = tuple(note for note in notes if note)
    return KnowledgeStock(
        variable=column,
        depreciation=delta,
        timing=timing,
        rows=rows,
        spells=spells,
        expenditure=R,
        growth_rates=g,
        given=given,
        recipe=recipe,
        found=found,
        provenance=Provenance(
            method="stock by perpetual inventory",
            formula=column,
            nobs=len(R),
            ids_digest=rows.digest,
            notes=notes,
            options={"depreciation": f"{delta:g}", "growth": _said(growth), "timing": timing,
                     "initial": _said(initial), "deflator": _said(deflator)},
        ),
        notes=notes,
    )  # fmt: skip


def _said(choice: object) -> str:
    if choice is None:
        return "none"
    return "a Series" if isinstance(choice, pd.Series) else str(choice)


def _rate(depreciation: Any) -> float:
    if isinstance(depreciation, int | float | np.integer) and depreciation in (0, 1):
        if isinstance(depreciation, bool):
            raise InputError("depreciation", expected="a share", found=repr(depreciation))
        return float(depreciation)
    return check_number(
        "depreciation", depreciation, above=0.0, below=1.0, why="it is the share lost a period",
        remedy="depreciation=0.15",
    )  # fmt: skip


def _refuse_uneven(rows: Rows) -> None:
    periods = rows.periods if rows.periods is not None else pd.Index([])
    longer = longer_gaps(periods)
    if longer:
        raise PanelError(
            "panel",
            expected="periods that are evenly spaced",
            found="longer gaps in time",
            offenders=longer,
            why="expenditure between would be missing in every stock after it",
            remedy="complete the periods, or begin after the gap",
        )


def _spells(rows: Rows) -> Spells:
    """Return first and last row of each region; refuse regions with gaps between."""
    first = np.searchsorted(rows.region, np.arange(len(rows.regions)), side="left")
    last = np.searchsorted(rows.region, np.arange(len(rows.regions)), side="right") - 1
    lengths = rows.period[last] - rows.period[first] + 1
    gaps = lengths != last - first + 1
    if gaps.any():
        cells = _between(rows, first, last)
        raise PanelError(
            "panel",
            expected="no gap between the first and the last period of a region",
            found=f"{len(cells)} (region, period) pairs without a row",
            offenders=cells,
            why="a stock has to know what was added in every period",
            remedy="fill in those rows, or leave out what lies before them",
        )
    return Spells(first.astype(np.int64), last.astype(np.int64))


def _between(rows: Rows, first: IntArray, last: IntArray) -> list[str]:
    """Name the cells without a row between the first and the last row of a region."""
    present, periods = rows.present, rows.periods
    if periods is None:
        return []
    return [
        label((rows.regions[i], period_text(periods[t])))
        for i in range(len(rows.regions))
        for t in range(int(rows.period[first[i]]), int(rows.period[last[i]]))
        if not present[i, t]
    ]


def _expenditure(column: str, rows: Rows, deflator: Any) -> tuple[FloatArray, tuple[str, ...]]:
    remedy = (
        "fill them in; or drop these rows where they come before a region's first or after its "
        f"last: panel.dropna(subset=[{column!r}])"
    )
    R = column_of(column, rows, remedy=remedy)
    negative = R < 0
    if negative.any():
        raise ValuesError(
            column,
            expected="expenditure of at least 0",
            found=f"{int(negative.sum())} negative",
            offenders=labels(rows.table.index[negative]),
            why="knowledge is not spent by negative expenditure; a logarithm is no level",
            remedy="take the level, or correct those rows",
        )
    if deflator is None:
        return R, ()
    index, name = _prices(deflator, rows)
    return R / index, (f"{column} is divided by {name}.",)


def _prices(deflator: Any, rows: Rows) -> tuple[FloatArray, str]:
    if isinstance(deflator, pd.Series):
        periods = rows.periods if rows.periods is not None else pd.Index([])
        if isinstance(deflator.index, pd.MultiIndex) or deflator.index.has_duplicates:
            raise PanelError(
                "deflator",
                expected="a Series by period, each once",
                found=f"an index of {deflator.index.nlevels} levels"
                if isinstance(deflator.index, pd.MultiIndex)
                else "periods that occur more than once",
                remedy="a deflator by region and period is a column of the panel",
            )
        lacking = periods.difference(deflator.index)
        if len(lacking):
            raise PanelError(
                "deflator",
                expected="a price index for every period",
                found=f"{len(lacking)} periods without",
                offenders=[period_text(period) for period in lacking],
            )
        prices = deflator.reindex(periods).to_numpy(dtype=np.float64, na_value=np.nan)
        values, name = prices[rows.period], str(deflator.name or "the deflator")
    else:
        values, name = column_of(deflator, rows), str(deflator)
    bad = ~(np.isfinite(values) & (values > 0))
    if bad.any():
        raise ValuesError(
            "deflator",
            expected="positive price indices",
            found=f"{int(bad.sum())} missing, infinite or not positive",
            offenders=labels(rows.table.index[bad]),
        )
    return np.asarray(values, dtype=np.float64), name


def _given(initial: Any, rows: Rows) -> FloatArray:
    if not isinstance(initial, pd.Series):
        raise InputError(
            "initial",
            expected="'textbook', 'steady-state', or a Series of first stocks by region id",
            found=repr(initial),
        )
    lacking = rows.regions.difference(initial.index)
    if len(lacking) or initial.index.has_duplicates:
        raise IdError(
            "initial",
            expected="one first stock for every region",
            found=f"{len(lacking)} regions without" if len(lacking) else "regions named twice",
            offenders=lacking.tolist(),
        )
    values = initial.reindex(rows.regions).to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        raise ValuesError(
            "initial",
            expected="first stocks of at least 0",
            found=f"{int(bad.sum())} missing, infinite or negative",
            offenders=rows.regions[bad].tolist(),
        )
    return np.asarray(values, dtype=np.float64)


def _no_growth(growth: Any, rows: Rows) -> tuple[FloatArray, str]:
    """Return rates that are none, as first stocks were given; refuse any that were too."""
    if not (isinstance(growth, str) and growth == "estimated"):
        raise InputError(
            "growth",
            expected="nothing beside first stocks that are given",
            found=_said(growth),
            why="it makes the first stocks, and nothing else",
            remedy='leave it out, or initial="textbook"',
        )
    return np.full(len(rows.regions), np.nan), "First stocks were given: no growth is assumed."


def _refuse_shrinking(g: FloatArray, delta: float, rows: Rows) -> None:
    bad = g + delta <= 0
    if bad.any():
        raise InputError(
            "growth",
            expected=f"rates above minus the depreciation, -{delta:g}",
            found=f"{float(g[bad].min()):.4g} and below in {int(bad.sum())} regions"
            if bad.sum() > 1
            else f"{float(g[bad].min()):.4g}",
            offenders=rows.regions[bad].tolist(),
            why="the first stock, R / (g + depreciation), would be infinite or negative",
            remedy='growth="estimated", one rate for all regions, or a number, growth=0.05',
        )


def _notes(
    share: FloatArray, R: FloatArray, spells: Spells, rows: Rows, given: FloatArray | None
) -> list[str]:
    known = share[np.isfinite(share)]
    told = []
    if known.size:
        worst = int(np.nanargmax(share))
        what = "the first stock that was given" if given is not None else "the guess of the first"
        told.append(
            f"Of the last stock {np.median(known):.1%} still come from {what} in the median "
            f"region, at most {known.max():.1%} ({rows.regions[worst]})."
        )
    zero = R[spells.first] == 0
    if zero.any() and given is None:
        names = listing(rows.regions[zero].tolist())
        told.append(f"{int(zero.sum())} regions begin with no expenditure and no stock: {names}.")
    late = rows.period[spells.first] > 0
    if late.any():
        names = listing(rows.regions[late].tolist())
        told.append(f"{int(late.sum())} regions enter after the first period: {names}.")
    early = rows.period[spells.last] < rows.T - 1
    if early.any():
        names = listing(rows.regions[early].tolist())
        told.append(f"{int(early.sum())} regions leave before the last period: {names}.")
    return told


def _spacing(rows: Rows) -> str:
    periods = rows.periods if rows.periods is not None else pd.Index([])
    if len(periods) < 2 or not pd.api.types.is_numeric_dtype(periods.dtype):
        return ""
    step = float(periods[1] - periods[0])
    return "" if step == 1 else f"Rates are those of a period, which is {step:g} long."
