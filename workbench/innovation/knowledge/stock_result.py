"""A stock of knowledge by region and period, and how much of it is a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import check_number
from workbench.innovation.knowledge.rows import Rows, safe
from workbench.numerics.dynamics.stocks import Recipe, Spells, Stocks, accumulate
from workbench.typing import FloatArray, StockTiming, Tolerance

DEPRECIATIONS = (0.05, 0.1, 0.15, 0.2, 0.3)
GROWTHS = (0.0, 0.05, 0.1)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KnowledgeStock:
    """Stocks by (region, period), from :func:`knowledge_stock`; immutable.

    Attributes
    ----------
    variable : str
        What accumulates.
    depreciation : float
        Share lost a period.
    timing : {"end", "start"}
        Moment of a period at which stocks are taken.
    rows : Rows
        Rows by region and period.
    spells : Spells
        First and last row of each region.
    expenditure : ndarray, shape (n,)
        What is added, deflated.
    growth_rates : ndarray, shape (N,)
        Rate that the first stock assumes, by region.
    given : ndarray, shape (N,), or None
        First stocks where they were given.
    recipe : Recipe
        How it accumulates.
    found : Stocks
        Stocks and their part from the first.
    provenance : Provenance
    notes : tuple of str
    """

    variable: str
    depreciation: float
    timing: StockTiming
    rows: Rows
    spells: Spells
    expenditure: FloatArray
    growth_rates: FloatArray
    given: FloatArray | None
    recipe: Recipe
    found: Stocks
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def values(self) -> pd.Series[Any]:
        """Stocks by (region, period), named ``rd_stock``, ready to be a column."""
        name = f"{safe(self.variable)}_stock"
        return pd.Series(self.found.values.copy(), index=self.rows.table.index, name=name)

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form"

    @property
    def heading(self) -> str:
        """What was accumulated."""
        return say(
            "Stock of {variable} at the {timing} of periods, depreciation {depreciation:.4g}",
            variable=self.variable,
            timing=say(self.timing),
            depreciation=self.depreciation,
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row a region: ``assumed_growth initial_stock last_stock initial_share``."""
        return pd.DataFrame(
            {
                "assumed_growth": self.growth_rates,
                "initial_stock": self.found.initial,
                "last_stock": self.found.last,
                "initial_share": self.found.share,
            },
            index=self.rows.regions.rename(self.rows.regions.name or "region"),
        )

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, periods, rates, and the median share of the first stock."""
        share = self.found.share[np.isfinite(self.found.share)]
        return one_row(
            entities=len(self.rows.regions),
            periods=self.rows.T,
            depreciation=self.depreciation,
            assumed_growth=float(np.median(self.growth_rates)),
            initial_share=float(np.median(share)) if share.size else float("nan"),
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a (region, period): ``expenditure stock initial_share``."""
        stock = self.found.values
        share = np.full(len(stock), np.nan)
        np.divide(self.found.from_initial, stock, out=share, where=stock > 0)
        columns = {"expenditure": self.expenditure, "stock": stock, "initial_share": share}
        return pd.DataFrame(columns, index=self.rows.table.index)

    def sensitivity(
        self,
        *,
        depreciations: Sequence[float] | None = None,
        growths: Sequence[float] | None = None,
    ) -> pd.DataFrame:
        """Return what other rates of depreciation and growth would make of the last stocks.

        Parameters
        ----------
        depreciations, growths : sequence of float, optional
            5, 10, 15, 20 and 30 %, and 0, 5 and 10 %, with those in use, without.

        Returns
        -------
        pandas.DataFrame
            Index ``depreciation``, ``assumed_growth`` (that in use is empty where it differs
            between regions). Columns ``relative_stock`` (sum of the last stocks over that in use),
            ``initial_share`` (of the median region), ``rank_correlation`` (Spearman, of the last
            stocks with those in use). Where first stocks were given there is no growth.
        """
        own = self.growth_rates
        one = float(own[0]) if np.ptp(own) == 0 else float("nan")
        deltas = sorted({*(DEPRECIATIONS if depreciations is None else depreciations),
                         self.depreciation})  # fmt: skip
        others = GROWTHS if growths is None else growths
        rates = [one, *(g for g in others if g != one and self.given is None)]
        rows = []
        for delta in deltas:
            check_number("depreciations", delta, above=-1e-300, below=1.0 + 1e-12)
            for g in rates:
                every = own if g is one else np.full(len(own), float(g))
                rows.append((delta, g, *self._changed(delta, every)))
        table = pd.DataFrame(
            rows,
            columns=["depreciation", "assumed_growth", "relative_stock", "initial_share",
                     "rank_correlation"],
        )  # fmt: skip
        return table.set_index(["depreciation", "assumed_growth"]).sort_index()

    def _changed(self, delta: float, growth: FloatArray) -> tuple[float, float, float]:
        if self.given is None and (growth + delta <= 0).any():
            return (float("nan"),) * 3
        recipe = replace(self.recipe, depreciation=float(delta))
        other = accumulate(self.expenditure, self.spells, recipe, growth=growth, given=self.given)
        share = other.share[np.isfinite(other.share)]
        ranks = [pd.Series(stocks).rank() for stocks in (other.last, self.found.last)]
        with np.errstate(invalid="ignore", divide="ignore"):
            correlation = float(ranks[0].corr(ranks[1])) if len(other.last) > 1 else 1.0
            relative = float(other.last.sum() / self.found.last.sum())
        return relative, float(np.median(share)) if share.size else float("nan"), correlation

    def plot(self, *, title: str | None = None) -> Any:
        """Return the sum of stocks over time, and what of it is the first guess."""
        return display.picture("knowledge stock", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        table = self.tidy()
        return [
            ("Regions", table.describe().loc[["min", "50%", "max"]]),
            ("Other rates", self.sensitivity(depreciations=(0.1, 0.2), growths=(0.0, 0.1))),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)
