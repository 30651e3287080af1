"""What placebo geography answers: estimates under wrong maps, and the real one among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.display import number
from workbench.core.provenance import Provenance
from workbench.hypotheses.placebo.ranks import GENEROUS, HIDES, NO_RATE, OTHER, SOUND, STANDS
from workbench.typing import PlaceboNumber, Tolerance

if TYPE_CHECKING:
    from workbench.hypotheses.statements import Hypothesis

NAMES = {
    "permuted": "Regions exchanged at random",
    "rewired": "Links exchanged at random",
    "displaced": "The map turned or mirrored, neighbours those of where a region lands",
    "rotated": "The map turned, neighbours with it",
}
"""What is done to the map, in words."""

READINGS = {
    STANDS: "the estimate stands out from wrong maps",
    OTHER: "the estimate stands out from wrong maps, against the direction of the hypothesis",
    HIDES: "wrong neighbours give as much, so that the estimate is no evidence for these ones",
}

FAULTS = {
    "permuted": "the reference distribution does not hold",
    "rewired": "the reference distribution does not hold, or the number of neighbours itself tells",
    "displaced": "disturbances are smoother than the standard errors know, or controls are missing",
    "rotated": "standard errors or controls are at fault, or a true spillover shows through",
}
"""What is suspected where too many wrong maps are significant."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PlaceboGeography:
    """An estimate under wrong maps beside the real one.

    Attributes
    ----------
    hypothesis : Hypothesis
    real : pandas.Series
        Under the real map: ``estimate std_error statistic p_value conf_low conf_high loglik
        verdict``.
    table : pandas.DataFrame
        A row a draw; see :meth:`tidy`.
    kinds : pandas.DataFrame
        A row a kind of wrong map; see :meth:`glance`.
    notes : tuple of str
        Draws that failed, and how many rotations differ.
    provenance : Provenance
    """

    hypothesis: Hypothesis
    real: pd.Series[Any]
    table: pd.DataFrame
    kinds: pd.DataFrame
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "simulation"

    def tidy(self) -> pd.DataFrame:
        """Return a row a draw.

        Returns
        -------
        pandas.DataFrame
            Index (how, draw); ``draw`` is the argument of the function that made the map, from 0.
            Columns ``estimate std_error statistic p_value conf_low conf_high loglik verdict status
            reason overlap``: ``status`` is ``"estimated"`` or ``"failed"``, and ``reason`` why;
            ``overlap`` the share of the real weights that the wrong map has too.
        """
        return self.table.drop(columns=["weights", "near"])

    def glance(self) -> pd.DataFrame:
        """Return a row a kind of wrong map.

        Returns
        -------
        pandas.DataFrame
            Index how. ``draws failed distinct overlap``; ``estimate statistic`` under the real
            map; ``estimate_low estimate_high statistic_low statistic_high``, which leave out alpha
            of the placebos; ``p_permutation`` of the real statistic among them, ``p_direction`` in
            the direction of the hypothesis, ``p_estimate`` of the estimate itself;
            ``significant_share`` of the placebos at alpha with its 95 % interval
            ``significant_low significant_high``, ``supported_share`` under which the hypothesis
            would be supported; ``loglik`` of the real map and ``p_loglik``, the share of maps that
            fit as well; ``position`` and ``inference``, the two readings.
        """
        return self.kinds.copy()

    @property
    def conclusion(self) -> str:
        """What the placebos say, a sentence or two a kind, in plain words."""
        return " ".join(self._said(str(how)) for how in self.kinds.index)

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: the real estimate, and a row a kind of wrong map."""
        kinds = self.kinds.assign(permutations=self.kinds["draws"] - self.kinds["failed"])
        kinds.attrs["tolerance"] = self.tolerance
        real = self.real.drop(labels=["status", "reason"], errors="ignore").to_frame("real").T
        real.attrs["tolerance"] = "maximum likelihood"
        return {"The real map": real, "Wrong maps": kinds}

    def plot(self, *, of: PlaceboNumber = "estimate", title: str = "") -> Any:
        """Draw placebo estimates by kind with the real one, and the shares that are significant.

        Parameters
        ----------
        of : {"estimate", "statistic"}
            What is drawn; p-values are those of the statistic.
        title : str
            Heading; by default the hypothesis.
        """
        return display.picture("placebo geography", self, of=of, title=title)

    def _said(self, how: str) -> str:
        row: dict[Any, Any] = self.kinds.loc[how].to_dict()
        by = "statistic" if np.isfinite(float(row["statistic"])) else "estimate"
        low, high, real = (number(float(row[k])) for k in (f"{by}_low", f"{by}_high", by))
        what = f"statistic is {real} (estimate {number(float(row['estimate']))})"
        place = READINGS[str(row["position"])]
        first = (
            f"{NAMES[how]}: the real {what if by == 'statistic' else f'estimate is {real}'}, "
            f"{1 - self.hypothesis.alpha:.0%} of {row['draws']} placebos lie between {low} and "
            f"{high}, p = {number(float(row['p_permutation']))}: {place}."
        )
        share = (
            f"{row['significant_share']:.0%} of the wrong maps are significant at "
            f"{self.hypothesis.alpha:.0%}"
        )
        return f"{first} {share}{self._judged(how, str(row['inference']))}."

    def _judged(self, how: str, inference: str) -> str:
        if inference == NO_RATE:
            return ", which is no error of an estimand that has a part without neighbours"
        if inference == GENEROUS:
            return (
                f", more than there should be: {FAULTS[how]}, and the model's own p-value is not "
                "to be trusted"
            )
        if inference == SOUND:
            return ", about as many as there should be"
        return ", fewer than there should be: the model is cautious"

    def _heading(self) -> str:
        return f"Placebo geography: {self.hypothesis.restriction}"

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        shown = [
            *("draws", "failed", "overlap", "estimate", "estimate_low", "estimate_high"),
            *("statistic", "statistic_low", "statistic_high", "p_permutation", "p_direction"),
            *("significant_share", "p_loglik", "position", "inference"),
        ]
        return [("", self.kinds[shown].T)]

    def __str__(self) -> str:
        return display.text(self._heading(), self._parts(), (self.conclusion, *self.notes))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._parts(), (self.conclusion, *self.notes))
