"""What placebo geography answers: estimates under wrong maps, and the real one among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core import display
from workbench.core.display import number
from workbench.core.provenance import Provenance
from workbench.hypotheses.placebo.ranks import GENEROUS, HIDES, NO_RATE, SOUND, STANDS

if TYPE_CHECKING:
    from workbench.hypotheses.statements.hypotheses import Hypothesis

NAMES = {
    "permuted": "Regions exchanged at random",
    "rewired": "Links exchanged at random",
    "rotated": "The map turned",
}
"""What is done to the map, in words."""

READINGS = {
    STANDS: "the estimate needs its true neighbours",
    HIDES: "wrong neighbours give as much, so that the estimate is not evidence for these ones",
}


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

    def tidy(self) -> pd.DataFrame:
        """Return a row a draw.

        Returns
        -------
        pandas.DataFrame
            Index (how, draw); ``draw`` is the argument of the function that made the map, from 0.
            Columns ``estimate std_error statistic p_value conf_low conf_high loglik verdict status
            reason overlap``: ``status`` is ``"estimated"`` or ``"failed"``, and ``reason`` why;
            ``overlap`` the share of the real links that the wrong map has too.
        """
        return self.table.drop(columns="weights")

    def glance(self) -> pd.DataFrame:
        """Return a row a kind of wrong map.

        Returns
        -------
        pandas.DataFrame
            Index how. ``draws failed distinct overlap``; ``estimate statistic`` under the real
            map; ``placebo_low placebo_high``, which leave out alpha of the placebo estimates;
            ``p_permutation`` of the real statistic among the placebos, ``p_direction`` in the
            direction of the hypothesis, ``p_estimate`` of the estimate itself;
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

    def plot(self, *, title: str = "") -> Any:
        """Draw placebo estimates by kind with the real one, and the shares that are significant.

        Parameters
        ----------
        title : str
            Heading; by default the hypothesis.
        """
        return display.picture("placebo geography", self, title=title)

    def _said(self, how: str) -> str:
        row = self.kinds.loc[how]
        alpha = f"{self.hypothesis.alpha:.0%}"
        inside = int(row["draws"] - row["failed"])
        first = (
            f"{NAMES[how]} ({row['draws']} times): the real estimate is "
            f"{number(float(row['estimate']))}, {1 - self.hypothesis.alpha:.0%} of the placebos lie "
            f"between {number(float(row['placebo_low']))} and {number(float(row['placebo_high']))}, "
            f"p = {number(float(row['p_permutation']))}: "
            + READINGS.get(str(row["position"]), "the estimate stands out on the other side")
            + "."
        )
        share = f"{row['significant_share']:.0%} of {inside} wrong maps are significant at {alpha}"
        if row["inference"] == NO_RATE:
            return f"{first} {share}; of an estimand that has a part without neighbours this is no error."
        if row["inference"] == GENEROUS:
            return (
                f"{first} {share}, more than there should be: standard errors or controls of this "
                "model are at fault, and its own p-value is not to be trusted."
            )
        if row["inference"] == SOUND:
            return f"{first} {share}, about as many as there should be."
        return f"{first} {share}, fewer than there should be: the model is cautious."

    def _heading(self) -> str:
        return f"Placebo geography: {self.hypothesis.restriction}"

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        shown = [
            "draws", "failed", "estimate", "placebo_low", "placebo_high", "p_permutation",
            "p_direction", "significant_share", "p_loglik", "position", "inference",
        ]  # fmt: skip
        return [("", self.kinds[shown].T)]

    def __str__(self) -> str:
        return display.text(self._heading(), self._parts(), (self.conclusion, *self.notes))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._parts(), (self.conclusion, *self.notes))
