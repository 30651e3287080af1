"""Intervals and tests of a logit from the profile of its likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core.vocabulary import check_level
from workbench.numerics.binary.logit import LogitFit
from workbench.numerics.binary.profiles import profile_interval, profile_statistic
from workbench.typing import FloatArray

if TYPE_CHECKING:
    from workbench.models.binary.results import BinaryResults


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The profile of the likelihood of one coefficient.

    Attributes
    ----------
    y, X : ndarray, shapes (n,) and (n, k)
    fit : LogitFit
        The maximum.
    column : int
    penalised : bool
    """

    y: FloatArray
    X: FloatArray
    fit: LogitFit
    column: int
    penalised: bool

    def statistic(self, null: float) -> float:
        """Return the likelihood-ratio statistic of the coefficient being `null`."""
        return profile_statistic(
            self.y, self.X, self.fit, column=self.column, value=null, penalised=self.penalised
        )

    def p_value(self, null: float) -> float:
        """Return its p-value, by chi-square with one degree of freedom."""
        return float(stats.chi2.sf(self.statistic(null), 1))

    def interval(self, level: float) -> tuple[float, float]:
        """Return the values that the test does not reject."""
        return profile_interval(
            self.y,
            self.X,
            self.fit,
            column=self.column,
            level=check_level(level),
            penalised=self.penalised,
        )


def profiles_of(fit: BinaryResults) -> dict[str, Profile]:
    """Return the profile of each coefficient of a fit, by term."""
    return {
        term: Profile(fit.design.y, fit.design.X, fit.maximum, at, fit.penalised)
        for at, term in enumerate(fit.estimates.terms)
    }


def profile_table(fit: BinaryResults, level: float) -> pd.DataFrame:
    """Return the coefficient table of a fit with profile intervals and likelihood-ratio tests.

    ``statistic`` is the signed root of the likelihood-ratio statistic, of which ``p_value`` is the
    two-sided normal one.
    """
    rows = []
    for at, profile in enumerate(profiles_of(fit).values()):
        value = float(fit.estimates.values[at])
        low, high = profile.interval(level)
        statistic = profile.statistic(0.0)
        rows.append(
            {
                "estimate": value,
                "std_error": float(np.sqrt(fit.estimates.cov[at, at])),
                "statistic": float(np.sign(value) * np.sqrt(statistic)),
                "p_value": float(stats.chi2.sf(statistic, 1)),
                "conf_low": low,
                "conf_high": high,
            }
        )
    return pd.DataFrame(rows, index=pd.Index(fit.estimates.terms, name="term"))
