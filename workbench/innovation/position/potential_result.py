"""The potential of regions: its size, share and rank, and how much of it is position."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.statistics import Answer
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, check_number
from workbench.typing import FloatArray, Tolerance

SHOWN = 10
FORMULAS = {
    "power": "d^-{0:g} (d in {1})",
    "exponential": "exp(-d / {0:g} {1})",
    "gaussian": "exp(-d^2 / (2 ({0:g} {1})^2))",
    "binary": "1 up to {0:g} {1}",
    "weights": "the weights given",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Potential:
    """Potential by region, from :func:`potential`; immutable.

    Attributes
    ----------
    variable : str
        What the masses are.
    form : str
        How weights fall; ``"weights"`` where they were given.
    parameter : float
        Exponent, or length in `unit`.
    unit : str
        Of distances.
    table : pandas.DataFrame
        Index region; what :meth:`augment` hands out copies of.
    test : Statistic or NotApplicable
        Whether masses lie nearer to each other than at random.
    provenance : Provenance
    notes : tuple of str
    """

    variable: str
    form: str
    parameter: float
    unit: str
    table: pd.DataFrame
    test: Answer
    provenance: Provenance
    notes: tuple[str, ...]
    _again: Callable[[float], tuple[FloatArray, FloatArray]]

    @property
    def values(self) -> pd.Series[Any]:
        """Potential by region, ready to be a column."""
        return self.table["potential"].copy()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "permutation" if "p_permutation" in self.table else "closed form"

    @property
    def heading(self) -> str:
        """What was measured."""
        fall = FORMULAS[self.form].format(self.parameter, self.unit)
        return say("Potential of {variable}, weights {fall}", variable=self.variable, fall=fall)

    def tidy(self) -> pd.DataFrame:
        """Return the test of position in a row."""
        return self.test.tidy()

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, total mass, median own share, the largest share."""
        return one_row(
            regions=len(self.table),
            mass=float(self.table["mass"].sum()),
            own_share=float(self.table["own_share"].median()),
            potential_share=float(self.table["potential_share"].max()),
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region.

        Columns ``mass potential own_share potential_share relative rank from_others``, without
        competition ``expected z``, and with permutations ``p_permutation``.
        """
        return self.table.copy()

    def sensitivity(self, parameters: Sequence[float] | None = None) -> pd.DataFrame:
        """Return how shares and ranks depend on the exponent or length.

        Parameters
        ----------
        parameters : sequence of float, optional
            A half, three quarters, one and a half and twice that in use, and itself, without.

        Returns
        -------
        pandas.DataFrame
            Index ``parameter``; ``own_share`` of the median region, ``rank_correlation`` (Spearman)
            with the potential in use, ``rank_change`` (the largest), ``first_region`` (that
            with rank 1).
        """
        if self.form == "weights":
            raise InputError(
                "parameters",
                expected="a potential made from distances",
                found="weights that were given",
                remedy="pass places: potential(masses, regions)",
            )
        chosen = parameters
        if chosen is None:
            chosen = [self.parameter * factor for factor in (0.5, 0.75, 1.0, 1.5, 2.0)]
        rows = {}
        for at in chosen:
            value = check_number("parameters", at, above=0.0)
            total, own = self._again(value)
            series = pd.Series(total, index=self.table.index)
            rank = series.rank(ascending=False, method="min")
            with np.errstate(invalid="ignore", divide="ignore"):
                share = np.nanmedian(np.where(total > 0, own / total, np.nan))
            rows[value] = {
                "own_share": float(share),
                "rank_correlation": float(series.rank().corr(self.table["potential"].rank())),
                "rank_change": int((rank - self.table["rank"]).abs().max()),
                "first_region": series.idxmax(),
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("parameter")

    def plot(self, *, title: str | None = None, labels: int = 6) -> Any:
        """Return what reaches each region against its own mass; options in ``views.position``."""
        return display.picture("potential", self, title=title, labels=labels)

    def map(self, regions: Any = None, *, title: str | None = None, k: int = 5) -> Any:
        """Return a map of the potential relative to its mean, of polygons indexed by region id."""
        return display.picture("potential map", self, regions, title=title, k=k)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        first = self.table.sort_values(["rank"], kind="stable").head(SHOWN)
        wanted = ["mass", "potential", "own_share", "relative", "rank", "z"]
        columns = [column for column in wanted if column in first]
        return [("First by potential", first[columns]), ("Does position add?", self.tidy())]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)
