"""What a design could see: power over effect sizes, and the smallest effect that it would see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.hypotheses.planning.lines import Line
from workbench.hypotheses.planning.sizes import needed_sizes
from workbench.hypotheses.planning.units import unit_of
from workbench.typing import Tolerance


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Power:
    """Power of a hypothesis for a design and W, before any outcome is seen.

    Attributes
    ----------
    hypothesis : str
        Its statement.
    restriction : str
        What is to be shown, in the grammar of hypotheses.
    model, effects : str
        As they would be estimated.
    table : pandas.DataFrame
        Index ``true_value``, what the estimand truly is, in units of the outcome per unit of the
        term (per sigma where sigma is 1); columns ``coefficient`` (of the term that makes it so),
        ``standardised`` (standard deviations of the disturbance per standard deviation of the
        term, effects out), ``std_error``, ``power``; with ``simulate=`` also ``power_simulated
        mc_error failed reason`` for some of the rows.
    minimum : float
        Value from which the power is `target`; NaN where no value reaches it.
    target, alpha : float
        Power that is wanted, and level of the two-sided interval that decides.
    draws : int
        Simulated outcomes a value; 0 without simulation.
    line : Line
        Behind :meth:`at` and :meth:`needed`.
    notes, provenance, tolerance
    """

    hypothesis: str
    restriction: str
    model: str
    effects: str
    table: pd.DataFrame
    minimum: float
    target: float
    alpha: float
    draws: int
    line: Line
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "closed form"

    @property
    def moves(self) -> str:
        """The coefficient that makes the estimand what it truly is."""
        return self.line.moves

    @property
    def estimand(self) -> str:
        """What has a true value."""
        return self.line.claim.estimand.text

    @property
    def null(self) -> float:
        """The value that the estimand is compared with."""
        return self.line.claim.value

    @property
    def unit(self) -> float:
        """Standard deviations of the disturbance, per one of the term, in a unit of the estimand.

        NaN where the estimand is about no regressor.
        """
        return unit_of(self.line)

    @property
    def unit_term(self) -> str:
        """The term whose standard deviation that is; empty where there is none."""
        return next(iter(self.line.claim.estimand.terms), "")

    @property
    def minimum_standardised(self) -> float:
        """The minimum in standard deviations of the disturbance per standard deviation of x."""
        return self.minimum * self.unit

    def at(self, true_value: float) -> float:
        """Return the power where the estimand truly has a value.

        Parameters
        ----------
        true_value : float
            In units of the outcome per unit of the term.
        """
        return self.line.power(float(true_value))[0]

    def needed(self, true_value: float) -> pd.DataFrame:
        """Return how many regions, or how many periods, would see an effect of a size.

        Parameters
        ----------
        true_value : float

        Returns
        -------
        pandas.DataFrame
            Index ``size``: ``regions`` and, of panels, ``periods``; columns ``now needed``. Each
            row changes one and leaves the other. NaN where no number suffices.

        Raises
        ------
        InputError
            If the value is on the wrong side of the hypothesis.

        Notes
        -----
        More of the same: regions whose regressors and neighbours are as those of the sample, or
        periods in which regressors vary within regions as they did. The information is then
        proportional to N, or to N − 1 where effects of periods are out, and to T, or to T − 1
        where effects of regions are out; degrees of freedom of Student's t follow.

        Examples
        --------
        >>> import workbench as wb
        >>> from workbench.hypotheses.planning import power
        >>> W, panel = wb.weights.queen(wb.load("us-states")), wb.load("munnell-1990")
        >>> seen = power("indirect(unemp) > 0", panel, W, formula="~ unemp", effects="entity")
        >>> table = seen.needed(seen.minimum)
        >>> bool((table["needed"] == table["now"]).all())
        True
        """
        return needed_sizes(self.line, float(true_value), self.target)

    def tidy(self) -> pd.DataFrame:
        """Return the table: a row a true value."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: the smallest effect that is seen, and under what."""
        regions, periods = self.line.planned.size
        return one_row(
            restriction=self.restriction,
            model=self.model,
            effects=self.effects,
            nobs=self.provenance.nobs,
            entities=regions,
            periods=periods,
            alpha=self.alpha,
            target=self.target,
            minimum=self.minimum,
            minimum_standardised=self.minimum_standardised,
            sigma=self.line.sigma,
        )

    def plot(self, *, title: str | None = None) -> Any:
        """Draw power over effect sizes, with the smallest effect that is seen.

        Parameters
        ----------
        title : str, optional
            Heading.
        """
        return display.picture("power", self, title=title)

    def _heading(self) -> str:
        return f"Power of {self.restriction} ({self.model}, alpha {self.alpha:g})"

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        every = max(1, len(self.table) // 10)
        shown = self.table.iloc[::every] if self.draws == 0 else self.table.dropna()
        return [("", self.glance().T.rename(columns={0: ""})), ("", shown)]

    def __str__(self) -> str:
        return display.text(self._heading(), self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._parts(), self.notes)
