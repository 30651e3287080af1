"""A specification curve: one hypothesis, every specification, none dropped."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, unknown_name
from workbench.hypotheses.curve.plan import DIMENSIONS, Plan

if TYPE_CHECKING:
    from workbench.hypotheses.statements.hypothesis import Hypothesis
    from workbench.regression.results import RegressionResults

ESTIMATED, NOT_APPLICABLE, FAILED = "estimated", "not applicable", "failed"
ESTIMATES = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
COLUMNS = (*DIMENSIONS, *ESTIMATES, "verdict", "status", "reason", "nobs")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SpecificationCurve:
    """Estimates and verdicts of one hypothesis over all specifications; immutable.

    Attributes
    ----------
    hypothesis : Hypothesis
    plan : Plan
        Samples and choices; enough to fit any specification again.
    table : pandas.DataFrame
        A row a specification, index ``specification`` = its number: the label of each choice
        (`outcome formula weights model method effects covariance sample`), ``estimate std_error
        statistic p_value conf_low conf_high``, ``verdict``, ``status`` (``estimated``,
        ``not applicable`` or ``failed``), ``reason`` and ``nobs``. Estimates are NaN where the
        status is not ``estimated``.
    notes : tuple of str
        What the reader must know: how many specifications do not apply or failed, and why.
    provenance : Provenance
    """

    hypothesis: Hypothesis
    plan: Plan
    table: pd.DataFrame
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def estimated(self) -> pd.DataFrame:
        """The rows of `table` that have an estimate."""
        return self.table[self.table["status"] == ESTIMATED]

    def fit(self, number: int) -> RegressionResults:
        """Return the whole fit of one specification, estimated anew by :func:`workbench.fit`.

        Parameters
        ----------
        number : int
            Number of the specification, as in the index of `table`.

        Raises
        ------
        UnknownNameError
            If there is no such specification.
        """
        if number not in self.table.index:
            raise unknown_name("number", number, map(str, self.table.index))
        return self.plan.fit(self.plan.choices[int(self.table.index.get_loc(number))])

    def tidy(self) -> pd.DataFrame:
        """Return a row a specification: its choices, estimate, interval, verdict and status."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: how many specifications, of what sign, how many significant."""
        return one_row(**self._counts())

    def shares(self) -> Any:
        """Return shares of signs, significance and verdicts, overall and by choice."""
        return _made("shares:shares_of", self)

    def attribution(self) -> Any:
        """Return how much of the variance of the estimates each choice accounts for."""
        return _made("attribution:attribution_of", self)

    def influence(self, **options: Any) -> Any:
        """Return how the curve moves when single regions are left out."""
        return _made("influence:influence_of", self, **options)

    def test(self, **options: Any) -> Any:
        """Return the permutation test of the whole curve."""
        return _made("inference:curve_test", self, **options)

    def plot(self, **options: Any) -> Any:
        """Draw the curve with the choices behind each estimate."""
        return display.picture("specification curve", self, **options)

    def _counts(self) -> dict[str, object]:
        status, done = self.table["status"], self.estimated
        if len(status) == 0:
            raise InputError("curve", expected="a specification", found="none")
        return {
            "specifications": len(status),
            "estimated": len(done),
            "not_applicable": int((status == NOT_APPLICABLE).sum()),
            "failed": int((status == FAILED).sum()),
        }

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self.glance().T)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self.glance())], self.notes)

    def _heading(self) -> str:
        return f"Specification curve: {self.hypothesis.restriction}"


def _made(where: str, curve: SpecificationCurve, **options: Any) -> Any:
    """Call a sibling module's function on the curve; they import the class, so it waits."""
    module, _, name = where.partition(":")
    return getattr(import_module(f"workbench.hypotheses.curve.{module}"), name)(curve, **options)
