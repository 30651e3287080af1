"""A number with what is known of its uncertainty, and the questions a verdict asks of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from workbench.core.vocabulary import Reference, check_level, critical_value, two_sided_p
from workbench.typing import FloatArray

Interval = tuple[float, float]


class Evidence(Protocol):
    """What intervals and p-values are read off."""

    def interval(self, level: float) -> Interval:
        """Return the confidence interval of a level."""
        ...

    def p_value(self, null: float) -> float:
        """Return the two-sided p-value of the estimand being `null`."""
        ...


@dataclass(frozen=True, slots=True)
class Wald:
    """An estimate over its standard error, by Student's t, the normal or a reference of its own."""

    value: float
    std_error: float
    df: float | Reference | None

    def interval(self, level: float) -> Interval:
        """Return value ± critical value × standard error."""
        half = critical_value(level, df=self.df) * self.std_error
        return self.value - half, self.value + half

    def p_value(self, null: float) -> float:
        """Return the two-sided p-value."""
        gap = self.value - null
        if self.std_error == 0.0:
            return 1.0 if gap == 0.0 else 0.0
        return float(two_sided_p(np.asarray(gap / self.std_error), df=self.df))


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """Draws of the estimand: quantiles are intervals, doubled tails p-values, so that both agree.

    Attributes
    ----------
    draws : ndarray of shape (R,)
    """

    draws: FloatArray

    def interval(self, level: float) -> Interval:
        """Return the quantiles that leave out the same share on both sides."""
        tail = (1 - check_level(level)) / 2
        low, high = np.quantile(self.draws, [tail, 1 - tail])
        return float(low), float(high)

    def p_value(self, null: float) -> float:
        """Return twice the smaller share of draws beyond `null`, (M + 1) / (R + 1)."""
        below, above = (self.draws <= null).sum(), (self.draws >= null).sum()
        return min(1.0, 2.0 * (float(min(below, above)) + 1.0) / (self.draws.size + 1.0))


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate of an estimand from one fit.

    Attributes
    ----------
    value : float
        In the estimand's own units.
    std_error : float
        NaN where there is none: of an index or a length, which have other evidence.
    df : float, Reference or None
        Degrees of freedom of Student's t; None for the normal distribution; or a distribution of
        its own, as the tables of the fit have it.
    conf_low, conf_high : float
        Of the interval of `level`; NaN where there is none, infinite where it is open.
    level : float
    method : str
        ``"delta"``, ``"monte-carlo"``, ``"permutation"`` or ``"profile likelihood"``.
    notes : tuple of str
        What the reader must know.
    evidence : Evidence, optional
        Where intervals and p-values come from, if not from `std_error`.
    """

    value: float
    std_error: float
    df: float | Reference | None
    conf_low: float
    conf_high: float
    level: float
    method: str
    notes: tuple[str, ...] = ()
    evidence: Evidence | None = field(default=None, repr=False)  # may hold every draw

    @property
    def known_by(self) -> Evidence:
        """What intervals and p-values are read off: `evidence`, or value and standard error."""
        return self.evidence or Wald(self.value, self.std_error, self.df)

    def interval(self, level: float) -> Interval:
        """Return the confidence interval of a level, that of the estimate where it is the same.

        Parameters
        ----------
        level : float

        Examples
        --------
        >>> low, high = wald(1.0, 0.5, None).interval(0.9)
        >>> round(low, 3), round(high, 3)
        (0.178, 1.822)
        """
        if level == self.level:
            return self.conf_low, self.conf_high
        return self.known_by.interval(level)

    def p_value(self, null: float = 0.0) -> float:
        """Return the two-sided p-value of the estimand being `null`.

        Examples
        --------
        >>> round(wald(1.96, 1.0, None).p_value(), 3)
        0.05
        """
        return self.known_by.p_value(null)

    def centre(self, null: float) -> float:
        """Return what the estimate is on one or the other side of, where the null is `null`.

        Of an index its expectation under independence.
        """
        return float(getattr(self.known_by, "expected", null))

    def statistic(self, null: float = 0.0) -> float:
        """Return (value − null) / std_error; NaN where there is no standard error.

        Of a profile likelihood the signed root of the likelihood ratio, whose p-value is given.
        """
        ratio = getattr(self.evidence, "statistic", None)
        if self.method == "profile likelihood" and callable(ratio):
            return math.copysign(math.sqrt(max(float(ratio(null)), 0.0)), self.value - null)
        if math.isnan(self.std_error) or self.std_error == 0.0:
            return math.nan
        return (self.value - null) / self.std_error


def wald(
    value: float,
    std_error: float,
    df: float | Reference | None,
    *,
    level: float = 0.95,
    notes: tuple[str, ...] = (),
) -> Estimate:
    """Return an estimate with the interval that its standard error gives."""
    low, high = Wald(value, std_error, df).interval(level)
    return Estimate(value, std_error, df, low, high, level, "delta", notes)


def sampled(
    value: float, draws: FloatArray, *, level: float = 0.95, notes: tuple[str, ...] = ()
) -> Estimate:
    """Return an estimate with the quantiles of its draws."""
    evidence = Sampled(draws)
    low, high = evidence.interval(level)
    error = float(draws.std(ddof=1))
    return Estimate(value, error, None, low, high, level, "monte-carlo", notes, evidence)
