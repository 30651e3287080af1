"""What placebo outcomes answer: effects where there can be none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core import display
from workbench.core.display import number
from workbench.core.provenance import Provenance
from workbench.errors import listing
from workbench.hypotheses.published import without_reasons
from workbench.typing import Tolerance

if TYPE_CHECKING:
    from workbench.hypotheses.statements import Hypothesis

REJECTED, SILENT, PASSED, NONE = "rejected", "cannot tell", "passed", "none could be estimated"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PlaceboOutcomes:
    """Estimates for outcomes that the mechanism cannot move.

    Attributes
    ----------
    hypothesis : Hypothesis
    real : pandas.Series
        For the real outcome: ``estimate std_error statistic p_value conf_low conf_high``.
    table : pandas.DataFrame
        A row an outcome; see :meth:`tidy`.
    notes : tuple of str
        Outcomes that could not be estimated, and what stands beside the regressors.
    provenance : Provenance
    """

    hypothesis: Hypothesis
    real: pd.Series[Any]
    table: pd.DataFrame
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "maximum likelihood"

    def tidy(self) -> pd.DataFrame:
        """Return a row an outcome.

        Returns
        -------
        pandas.DataFrame
            Index outcome; ``estimate std_error statistic p_value p_adjusted conf_low conf_high
            status reason nobs``. ``p_adjusted`` is Holm's over all that could be estimated;
            intervals are not adjusted.
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: ``outcomes failed rejected smallest_p verdict``.

        ``rejected`` is the number of outcomes with an adjusted p-value below alpha, ``smallest_p``
        the smallest adjusted p-value; ``verdict`` see :attr:`verdict`.
        """
        made = self._made
        row = {
            "outcomes": len(self.table),
            "failed": len(self.table) - len(made),
            "rejected": len(self._moved),
            "smallest_p": float(made["p_adjusted"].min()) if len(made) else float("nan"),
            "verdict": self.verdict,
        }
        return pd.DataFrame([row])

    @property
    def verdict(self) -> str:
        """What the placebos say together.

        ``"rejected"``: some outcome that cannot be moved is; ``"cannot tell"``: none is, but the
        interval of each holds the real estimate too; ``"passed"``: none is, and some interval
        leaves the real estimate out.
        """
        if not len(self._made):
            return NONE
        if len(self._moved):
            return REJECTED
        return SILENT if bool(self._holds_real.all()) else PASSED

    @property
    def conclusion(self) -> str:
        """What the placebos say, in plain words."""
        made, moved = self._made, self._moved
        if self.verdict == NONE:
            return "No placebo outcome could be estimated: nothing is known."
        smallest = number(float(made["p_adjusted"].min()))
        outcomes = "1 outcome" if len(made) == 1 else f"{len(made)} outcomes"
        if len(moved):
            seem = "seems" if len(moved) == 1 else "seem"
            return (
                f"{len(moved)} of {outcomes} that cannot have been moved {seem} to be "
                f"({listing(list(moved.index))}; smallest p, adjusted for all, {smallest}): the "
                "estimate for the real outcome shares what is behind that, and is not evidence of "
                "a spillover."
            )
        first = (
            f"None of {outcomes} that cannot have been moved seems to be (smallest p, "
            f"adjusted for all, {smallest})."
        )
        if len(made) == 1:
            first = (
                f"The one outcome that cannot have been moved does not seem to be (p {smallest})."
            )
        if self.verdict == SILENT:
            hold = "all their intervals hold" if len(made) > 1 else "its interval holds"
            these = "these placebos" if len(made) > 1 else "this placebo"
            return (
                f"{first} But {hold} the real estimate, {number(float(self.real['estimate']))}, "
                f"too: {these} could not have told."
            )
        apart = len(made) - int(self._holds_real.sum())
        which = f"The interval of {apart} of them leaves"
        if apart > 1:
            which = f"The intervals of {apart} of them leave"
        if len(made) == 1:
            which = "Its interval leaves"
        return f"{first} {which} the real estimate, {number(float(self.real['estimate']))}, out."

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: a row an outcome."""
        return {"": without_reasons(self.table, self.table["estimate"].notna())}

    def plot(self, *, title: str = "") -> Any:
        """Draw the estimates with intervals below that of the real outcome.

        Parameters
        ----------
        title : str
            Heading; by default the hypothesis.
        """
        return display.picture("placebo outcomes", self, title=title)

    @property
    def _made(self) -> pd.DataFrame:
        return self.table[self.table["p_adjusted"].notna()]

    @property
    def _moved(self) -> pd.DataFrame:
        made = self._made
        return made[made["p_adjusted"] < self.hypothesis.alpha]

    @property
    def _holds_real(self) -> pd.Series[Any]:
        made, real = self._made, float(self.real["estimate"])
        return (made["conf_low"] <= real) & (real <= made["conf_high"])

    def _heading(self) -> str:
        return f"Placebo outcomes: {self.hypothesis.restriction}"

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        shown = ["estimate", "std_error", "p_value", "p_adjusted", "conf_low", "conf_high", "nobs"]
        return [("", self.table[shown])]

    def __str__(self) -> str:
        return display.text(self._heading(), self._parts(), (self.conclusion, *self.notes))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._parts(), (self.conclusion, *self.notes))
