"""Results of carrying the uncertainty of an index into other analyses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.explore.local.result import UNFLAGGED, LocalResult
from workbench.explore.overall.result import GlobalResult
from workbench.regression.results import RegressionResults
from workbench.typing import Tolerance

if TYPE_CHECKING:
    from workbench.innovation.composites.uncertainty import IndexUncertainty

ENDS = (0.025, 0.5, 0.975)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CarriedMoran:
    """Moran's I over drawn constructions of an index; immutable.

    Attributes
    ----------
    uncertainty : IndexUncertainty
        The draws.
    recorded : GlobalResult
        Of the index as recorded.
    table : pandas.DataFrame
        A row a draw: ``statistic expected variance z p_value``.
    alpha : float
        Level of the share of significant draws.
    notes : tuple of str
    """

    uncertainty: IndexUncertainty
    recorded: GlobalResult
    table: pd.DataFrame
    alpha: float
    notes: tuple[str, ...] = ()

    @property
    def share_significant(self) -> float:
        """Share of draws with p below alpha."""
        return float((self.table["p_value"] < self.alpha).mean())

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "simulation"

    @property
    def provenance(self) -> Provenance:
        """What produced the draws."""
        return self.uncertainty.provenance

    def tidy(self) -> pd.DataFrame:
        """Return one row: the recorded statistic, median and 95 % range over draws, shares."""
        low, median, high = np.quantile(self.table["statistic"], ENDS)
        row = one_row(
            recorded=float(self.recorded.statistic),
            estimate=float(median),
            conf_low=float(low),
            conf_high=float(high),
            share_positive=float((self.table["statistic"] > self.table["expected"]).mean()),
            share_significant=self.share_significant,
        )
        return row.set_axis(pd.Index(["Moran's I"], name="test"))

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, draws, the recorded statistic and its p-value."""
        return one_row(
            nobs=len(self.uncertainty.scores),
            draws=len(self.table),
            statistic=float(self.recorded.statistic),
            p_value=float(self.recorded.p_value),
            share_significant=self.share_significant,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a draw."""
        return self.table.copy()

    def plot(self, *, title: str | None = None) -> Any:
        """Return the distribution of Moran's I over draws."""
        return display.picture("carried moran", self, title=title)

    @property
    def heading(self) -> str:
        """What was carried on, how often."""
        return say("Moran's I of the index over {n} drawn constructions", n=len(self.table))

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [(f"Range over draws; significant at {self.alpha:g}, two-sided", self.tidy())]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CarriedLisa:
    """Local clusters over drawn constructions of an index; immutable.

    Attributes
    ----------
    uncertainty : IndexUncertainty
        The draws.
    recorded : LocalResult
        Of the index as recorded.
    shares : pandas.DataFrame
        A row a region, a column a class: share of draws.
    draws : int
    notes : tuple of str
    """

    uncertainty: IndexUncertainty
    recorded: LocalResult
    shares: pd.DataFrame
    draws: int
    notes: tuple[str, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """A row a region.

        ``cluster`` of the index as recorded and its ``share`` of draws, ``cluster_stable``, the
        most frequent class, and its ``share_stable``, then the share of every class.
        """
        base = self.recorded.local["cluster"]
        values = self.shares.to_numpy()
        own = self.shares.columns.get_indexer(pd.Index(base))
        lead = pd.DataFrame(
            {
                "cluster": base,
                "share": values[np.arange(len(base)), own],
                "cluster_stable": self.shares.columns.to_numpy()[values.argmax(axis=1)],
                "share_stable": values.max(axis=1),
            },
            index=base.index,
        )
        return pd.concat([lead, self.shares], axis=1)

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "simulation"

    @property
    def provenance(self) -> Provenance:
        """What produced the draws."""
        return self.uncertainty.provenance

    def tidy(self) -> pd.DataFrame:
        """Return :attr:`table`."""
        return self.table

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, draws, mean share of recorded labels, flagged ones apart."""
        table = self.table
        hit = ~table["cluster"].isin(UNFLAGGED)
        return one_row(
            nobs=len(table),
            draws=self.draws,
            share_flagged=float(table.loc[hit, "share"].mean()) if hit.any() else float("nan"),
            share=float(table["share"].mean()),
        )

    def augment(self) -> pd.DataFrame:
        """Return :attr:`table`."""
        return self.table

    def plot(self, regions: Any = None, *, title: str | None = None) -> Any:
        """Return a map of the most frequent class, the paler the less often it stands."""
        return display.picture("carried clusters", self, regions, title=title)

    @property
    def heading(self) -> str:
        """What was carried on, how often."""
        return say("Local clusters of the index over {draws} drawn constructions", draws=self.draws)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        table = self.table
        hit = ~table["cluster"].isin(UNFLAGGED) | ~table["cluster_stable"].isin(UNFLAGGED)
        return [("", (table[hit] if hit.any() else table).head(20))]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CarriedFit:
    """A regression over drawn constructions of an index, pooled by Rubin's rules; immutable.

    Attributes
    ----------
    uncertainty : IndexUncertainty
        The draws.
    recorded : RegressionResults
        With the index as recorded.
    formula : str
    coefficients : pandas.DataFrame
        A row a term: pooled ``estimate std_error statistic p_value conf_low conf_high df``,
        ``share_between`` (part of the variance that the draws add), ``recorded`` (estimate with
        the index as recorded), ``share_positive share_significant share_holds``.
    impacts : pandas.DataFrame or None
        The same of direct, indirect and total impacts of a spatial model.
    draws : int
        Fits that were pooled.
    alpha : float
    standardised : bool
        Whether scores were scaled to mean 0 and standard deviation 1 in every draw.
    """

    uncertainty: IndexUncertainty
    recorded: RegressionResults
    formula: str
    coefficients: pd.DataFrame
    impacts: pd.DataFrame | None
    draws: int
    alpha: float
    standardised: bool

    @property
    def notes(self) -> tuple[str, ...]:
        """How the scores were scaled."""
        if self.standardised:
            return ("Scores have mean 0 and standard deviation 1 in every draw.",)
        return ("Scores are as each draw made them; their scales differ.",)

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "simulation"

    @property
    def provenance(self) -> Provenance:
        """What produced the draws."""
        return self.uncertainty.provenance

    def tidy(self) -> pd.DataFrame:
        """Return the pooled coefficients."""
        return self.coefficients.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: observations, fits, the largest share of variance between draws."""
        return one_row(
            nobs=self.recorded.nobs,
            draws=self.draws,
            share_between=float(self.coefficients["share_between"].max()),
        )

    @property
    def heading(self) -> str:
        """What was pooled."""
        return say(
            "{formula}: {draws} drawn constructions pooled by Rubin's rules",
            formula=self.formula,
            draws=self.draws,
        )

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        parts = [(f"Coefficients ({1 - self.alpha:.0%} intervals)", self.coefficients)]
        return parts if self.impacts is None else [*parts, ("Impacts", self.impacts)]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)
