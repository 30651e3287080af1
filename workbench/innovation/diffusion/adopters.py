"""Adopters by region and period, and markets: what a Bass curve may be fitted to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.core.panel_frame import longer_gaps, period_text
from workbench.data.schemes import refuse_mixed
from workbench.errors import PanelError, ValuesError, check_number, listing
from workbench.explore.panel_variable import PanelVariable, read_panel
from workbench.innovation.reading import series
from workbench.typing import AdoptionKind, FloatArray

WHOLE = "all"
"""Name of the row where one curve was given rather than one a region."""


def read_adoptions(adoptions: pd.Series[Any] | pd.DataFrame) -> PanelVariable:
    """Return adopters by region and period; of one series a region named "all"."""
    if isinstance(adoptions, pd.Series) and adoptions.index.nlevels == 1:
        wide = adoptions.to_frame(WHOLE).T
        wide.columns.name = adoptions.index.name or "period"
        read = read_panel(wide, None, constant_allowed=True)
        name = str(adoptions.name) if adoptions.name is not None else "adopters"
        ids = read.ids.rename("series")
        return PanelVariable(name, read.values, ids, read.periods, None, None, read.notes)
    read = read_panel(adoptions, None, constant_allowed=True)
    refuse_mixed(read.ids, argument="adoptions")
    return read


def new_adopters(read: PanelVariable, kind: AdoptionKind) -> FloatArray:
    """Return those who adopted since the period before, shape (n, T)."""
    if len(read.periods) < 4:
        raise PanelError(
            "adoptions",
            expected="at least four periods",
            found=f"{len(read.periods)}: {listing(read.periods.tolist())}",
            why="market, innovation and imitation are three numbers",
        )
    new = np.diff(read.values, axis=1, prepend=0.0) if kind == "cumulative" else read.values
    falling = kind == "cumulative" and (read.values >= 0).all()
    if (new < 0).any():
        raise ValuesError(
            "adoptions",
            expected="cumulative adopters that never fall" if falling else "adopters of 0 or more",
            found=f"{int((new < 0).sum())} that do" if falling else "negative ones",
            offenders=[
                f"{read.ids[i]} in {period_text(read.periods[t])}" for i, t in np.argwhere(new < 0)
            ],
            remedy="those who gave the innovation up are beyond the model: count first adoptions",
        )
    return new


def refuse_gaps(periods: pd.Index) -> None:
    """Refuse periods with a gap between them: who adopted in it is not known."""
    longer = longer_gaps(periods)
    if longer:
        raise PanelError(
            "adoptions",
            expected="periods of one length, of new adopters",
            found="longer gaps in time",
            offenders=longer,
            why="figures of one period would count for several, and the market would be too small",
            remedy='put the periods between in, or pass kind="cumulative" with the numbers who '
            "had adopted by the end of each",
        )


def launched(launch: float, first: float) -> float:
    """Return the launch, or refuse one that is not before the first period."""
    return check_number(
        "launch", launch, below=first, why="nobody has adopted when the innovation is launched"
    )


def markets(market: Any, ids: pd.Index, new: FloatArray) -> FloatArray | None:
    """Return the eventual adopters of each region, or None where they are to be estimated."""
    if market is None:
        return None
    sizes = (
        series(market, argument="market", ids=ids, other="adoptions", positive=True).to_numpy()
        if isinstance(market, pd.Series)
        else np.full(len(ids), check_number("market", market, above=0.0))
    )
    # sums of increments that make up the whole market may pass it by rounding
    short = sizes * (1 + 1e-9) < new.sum(axis=1)
    if short.any():
        raise ValuesError(
            "market",
            expected="at least those who have adopted",
            found=f"{int(short.sum())} markets that are smaller",
            offenders=ids[short],
            remedy="check its unit, or leave it out to have it estimated",
        )
    return sizes
