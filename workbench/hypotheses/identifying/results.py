"""The panel as a result: lines by item, the tables behind them, text, picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import unknown_option
from workbench.hypotheses.identifying.lines import ITEMS, READINGS, REFERENCES
from workbench.hypotheses.published import telling
from workbench.typing import Tolerance

COLUMNS = ("item", "claim", "evidence", "statistic", "p_value", "reading", "sentence")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Identification:
    """What identifies the spillovers of a fit, line by line.

    Attributes
    ----------
    claims : tuple of str
        The estimands in question.
    table : pandas.DataFrame
        A row a line, index ``line``; columns ``item claim evidence statistic p_value reading
        sentence``. ``claim`` is empty where a line is about all claims. ``reading`` is ``holds``,
        ``in doubt``, ``fails``, ``untested`` (the question arises and these data do not answer it)
        or ``not applicable`` (it does not arise; the sentence says why).
    sources : pandas.DataFrame
        By term: whether its lag is a regressor, that coefficient, indirect over direct impact, the
        share of its variance that effects leave.
    first_stage : pandas.DataFrame
        By endogenous column: partial R², F, conditional and effective F with its mark. Empty
        without Wy.
    rho : pandas.DataFrame
        By estimator: ρ with interval; the Anderson–Rubin sets as text and as hull.
    lag_variable : pandas.DataFrame
        By term: what is left of its lag beside effects, x and the other columns; Moran's I.
    models : pandas.DataFrame
        By claim and model: the estimate in SLX, SAR, SDM, SDEM.
    weights : pandas.DataFrame
        By variable and measure of W: correlation over regions.
    candidates : pandas.DataFrame
        By claim and candidate W: the estimate.
    shocks : pandas.DataFrame
        The estimate once common shocks, or correlated disturbances, are allowed for.
    regressors : pandas.DataFrame
        By term: tests of its exogeneity.
    notes : tuple of str
        What could not be had, with the reason.
    provenance : Provenance
    """

    claims: tuple[str, ...]
    table: pd.DataFrame
    sources: pd.DataFrame
    first_stage: pd.DataFrame
    rho: pd.DataFrame
    lag_variable: pd.DataFrame
    models: pd.DataFrame
    weights: pd.DataFrame
    candidates: pd.DataFrame
    shocks: pd.DataFrame
    regressors: pd.DataFrame
    notes: tuple[str, ...]
    provenance: Provenance
    model: str
    tolerance: Tolerance = "simulation"

    @property
    def references(self) -> Mapping[str, tuple[str, ...]]:
        """What each item rests on."""
        return MappingProxyType(REFERENCES)

    def tidy(self) -> pd.DataFrame:
        """Return a row a line; see `table`."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: the model, and how many lines read how."""
        counts = self.table["reading"].value_counts()
        named = {word.replace(" ", "_"): int(counts.get(word, 0)) for word in READINGS}
        return one_row(model=self.model, nobs=self.provenance.nobs, **named)

    def item(self, name: str) -> pd.DataFrame:
        """Return the lines of one item.

        Parameters
        ----------
        name : str
            As column ``item`` has it, e.g. ``"instruments of Wy"``.

        Raises
        ------
        OptionError
            If there is no such item.
        """
        if name not in ITEMS:
            raise unknown_option("name", name, ITEMS)
        return self.table[self.table["item"] == name].drop(columns="item")

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: the lines of each item, with how they read."""
        parts = {
            name: rows.set_index("claim", append=True) if "claim" in rows else rows
            for name, rows in self._parts()
        }
        return {name: telling(rows, "sentence") for name, rows in parts.items()}

    def plot(self, *, title: str = "") -> Any:
        """Draw the lines and how they read, a column a claim.

        Parameters
        ----------
        title : str
            Heading; by default what is drawn.
        """
        return display.picture("identification", self, title=title)

    def _heading(self) -> str:
        claim = f"{self.claims[0]} in " if len(self.claims) == 1 else "the spillovers in "
        return f"What identifies {claim}{self.provenance.formula} ({self.model.upper()})"

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        parts = []
        for name in ITEMS:
            rows = self.item(name)
            if len(self.claims) == 1 or (rows["claim"] == "").all():
                rows = rows.drop(columns="claim")
            keep = [column for column in rows if not rows[column].isna().all()]
            parts.append((name, rows[keep].set_index("evidence")))
        return parts

    def __str__(self) -> str:
        return display.text(self._heading(), self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._parts(), self.notes)
