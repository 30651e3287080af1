"""Pairs of regions against their distance, with the smooth through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.typing import FloatArray, PairMeasure, Tolerance


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DistanceScatterResult:
    """Pairs of regions, a local linear smooth and its envelope without autocorrelation; immutable.

    Attributes
    ----------
    variable : str
        As the caller wrote it.
    measure : {"product", "semivariance"}
        What is shown of a pair.
    unit : str
        Unit of the distances.
    points : pandas.DataFrame
        What :meth:`augment` hands out copies of.
    curve : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    simulated : ndarray, shape (permutations, places)
        The smooth of each permutation; read-only.
    bandwidth : float
        Of the smooth, in `unit`.
    level : float
        Of the envelope.
    total : int or None
        Number of pairs within reach; None where only a sample was measured.
    notes : tuple of str
        What the reader must know: whether pairs were sampled, what the envelope means.
    provenance : Provenance
        What produced the result.
    tolerance : str
        Kind of the p-values, for comparison on another machine.
    """

    variable: str
    measure: PairMeasure
    unit: str
    points: pd.DataFrame
    curve: pd.DataFrame
    simulated: FloatArray
    bandwidth: float
    level: float
    total: int | None
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "permutation"

    @property
    def permutations(self) -> int:
        """Number of permutations R."""
        return len(self.simulated)

    @property
    def p_value(self) -> float:
        """P-value of "pairs are alike at no distance more than at any other" (max-T)."""
        return float(self.curve["p_adjusted"].min())

    @property
    def reach(self) -> float | None:
        """Distance up to which regions are alike beyond chance.

        The end of the first stretch in which the smooth is outside the envelope on the side of
        similarity; before that stretch, where few pairs make the envelope wide, it must lie on the
        same side of the envelope's middle. None if there is no such stretch.
        """
        sign = 1.0 if self.measure == "product" else -1.0
        end = self.curve["envelope_high" if sign > 0 else "envelope_low"]
        middle = 0.5 * (self.curve["envelope_low"] + self.curve["envelope_high"])
        alike = (sign * (self.curve["statistic"] - end) > 0).to_numpy()
        leaning = (sign * (self.curve["statistic"] - middle) > 0).to_numpy()
        if not alike.any():
            return None
        first = int(alike.argmax())
        if not leaning[:first].all():
            return None
        length = int((~alike[first:]).argmax()) or len(alike) - first
        return float(self.curve.index[first + length - 1])

    @property
    def heading(self) -> str:
        """Variable, number of pairs and permutations in one line."""
        pairs = say("{n:,} pairs", n=len(self.points))
        return say(
            "Distance scatter of {variable} ({pairs}, R = {permutations})",
            variable=self.variable,
            pairs=pairs,
            permutations=self.permutations,
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row a distance: the smooth, its p-values and envelope.

        ``statistic p_permutation p_adjusted envelope_low envelope_high``.
        """
        return self.curve.copy()

    def augment(self) -> pd.DataFrame:
        """Return a row a pair, by ids of both regions: ``distance value``."""
        return self.points.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, pairs, permutations, p-value over all distances."""
        return one_row(
            nobs=self.provenance.nobs,
            pairs=len(self.points),
            permutations=self.permutations,
            p_value=self.p_value,
        )

    def plot(self, *, title: str | None = None) -> Any:
        """Return the scatter of pairs with smooth and envelope.

        Parameters
        ----------
        title : str, optional
            Heading; by default the variable.
        """
        return display.picture("distance scatter", self, title=title)

    def _facts(self) -> tuple[str, ...]:
        reach = "at no distance" if self.reach is None else f"up to {self.reach:.4g} {self.unit}"
        return (f"alike beyond chance {reach}", *self.notes)

    def _shown(self) -> pd.DataFrame:
        return self.curve.iloc[::5].rename(index=lambda distance: f"{distance:.4g}")

    def __str__(self) -> str:
        return display.text(self.heading, [("", self._shown())], self._facts())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, [("", self._shown())], self._facts())
