"""Links that agents could have, by region and by pair of types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.typing import Tolerance

SHOWN = 10


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PotentialLinks:
    """Potential links of regions, from :func:`potential_links`; immutable.

    Attributes
    ----------
    types : tuple of str
        Kinds of agents.
    pairs : tuple of str
        Pairs of types that can link, ``"firms-universities"``; columns of the table.
    table : pandas.DataFrame
        Index region; what :meth:`augment` hands out copies of.
    provenance : Provenance
    notes : tuple of str
    """

    types: tuple[str, ...]
    pairs: tuple[str, ...]
    table: pd.DataFrame
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form"

    @property
    def heading(self) -> str:
        """What was counted."""
        return say("Potential links between {types}", types=", ".join(self.types))

    def tidy(self) -> pd.DataFrame:
        """Return a row a pair of types, then all: ``links_within link_share`` over all regions."""
        within = self.table[list(self.pairs)].sum()
        total = float(within.sum())
        rows = pd.DataFrame({"links_within": within})
        rows["link_share"] = within / total if total else float("nan")
        return rows.rename_axis("pair")

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, agents, links within, links across each once, realised share."""
        across = {}
        if "across" in self.table:
            across = {"links_across": float(self.table["across"].sum()) / 2}
        realised = {}
        if "actual" in self.table and self.table["within"].sum():
            realised = {"realised": float(self.table["actual"].sum() / self.table["within"].sum())}
        return one_row(
            regions=len(self.table),
            agents=int(self.table["agents"].sum()),
            links_within=int(self.table["within"].sum()),
            **across,
            **realised,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region.

        Columns ``agents``, one a pair of types, ``within``, with distances ``across``, with actual
        links ``actual`` and ``realised``.
        """
        return self.table.copy()

    def plot(self, *, title: str | None = None, most: int = 20) -> Any:
        """Return bars of the regions with the most links; options in ``views.position``."""
        return display.picture("potential links", self, title=title, most=most)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        order = self.table.sort_values("within", ascending=False, kind="stable").head(SHOWN)
        return [("By pair of types", self.tidy()), ("Regions with the most", order)]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)
