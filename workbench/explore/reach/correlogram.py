"""What a correlogram is made of: a statistic at each lag, and inference on all lags at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.typing import Alternative, FloatArray, LagStatistic, Tolerance

NAMES = {
    "moran": "Moran's I",
    "geary": "Geary's C",
    "correlation": "correlation with the spatial lag",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CorrelogramResult:
    """A statistic at each lag, its p-values and its simultaneous envelope; immutable.

    Attributes
    ----------
    variable : str
        As the caller wrote it.
    kind : {"moran", "geary", "correlation"}
        Which statistic.
    unit : str
        Unit of the distances; empty for orders of contiguity.
    lags : pandas.DataFrame
        What :attr:`table` hands out copies of.
    simulated : ndarray, shape (permutations, lags)
        All lags under each permutation; read-only.
    alternative : {"two-sided", "greater", "less"}
        Of every p-value and of the envelope.
    level : float
        Of the envelope.
    notes : tuple of str
        What the reader must know: lags with few regions, what the p-values mean.
    provenance : Provenance
        What produced the result.
    """

    variable: str
    kind: LagStatistic
    unit: str
    lags: pd.DataFrame
    simulated: FloatArray
    alternative: Alternative
    level: float
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def statistic_name(self) -> str:
        """What the literature calls the statistic."""
        return NAMES[self.kind]

    @property
    def table(self) -> pd.DataFrame:
        """A row a lag: ``pairs linked (distance) statistic expected variance z p_value ...``.

        ``z`` of Geary's C is turned, so that positive z is positive autocorrelation of either
        statistic; where a lag's statistic has no variance ``z p_value p_holm`` are missing.
        ``p_value`` and ``p_holm`` are from the normal approximation, ``p_permutation`` is each
        lag's own and ``p_adjusted`` holds for all lags at once, as does the envelope
        (``envelope_low envelope_high``). The correlation has no moments in closed form and
        ``expected variance z p_value p_holm`` are left out; without permutations ``p_permutation
        p_adjusted`` and the envelope are.
        """
        return self.lags.copy()

    @property
    def permutations(self) -> int:
        """Number of permutations R."""
        return len(self.simulated)

    @property
    def p_value(self) -> float:
        """P-value of "no lag is autocorrelated": the smallest adjusted one.

        Max-T over permutations where there are any, Holm's otherwise.
        """
        return float(self.lags["p_adjusted" if self.permutations else "p_holm"].min())

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "permutation" if self.permutations else "closed form"

    @property
    def heading(self) -> str:
        """Statistic, variable and permutations in one line."""
        drawn = (
            say(" (R = {permutations})", permutations=self.permutations)
            if self.permutations
            else ""
        )
        return say(
            "Correlogram of {variable}: {statistic_name}{drawn}",
            variable=self.variable,
            statistic_name=say(self.statistic_name),
            drawn=drawn,
        )

    def tidy(self) -> pd.DataFrame:
        """Return :attr:`table`: a row a lag."""
        return self.table

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, permutations, alternative, p-value over all lags."""
        return one_row(
            nobs=self.provenance.nobs,
            permutations=self.permutations,
            alternative=self.alternative,
            p_value=self.p_value,
        )

    def plot(self, *, title: str | None = None) -> Any:
        """Return the correlogram: points, simultaneous envelope, significant lags filled.

        Parameters
        ----------
        title : str, optional
            Heading; by default statistic and variable.
        """
        return display.picture("correlogram", self, title=title)

    def __str__(self) -> str:
        return display.text(self.heading, [("", self.lags)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, [("", self.lags)], self.notes)
