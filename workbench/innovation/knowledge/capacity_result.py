"""The effect of a spillover along the capacity to absorb it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.statistics import Statistic
from workbench.core.vocabulary import (
    Reference,
    check_level,
    coefficient_table,
    critical_value,
    one_row,
)
from workbench.errors import InputError, ValuesError, check_option
from workbench.regression.results import RegressionResults
from workbench.typing import Band, FloatArray, Tolerance

SPILLOVER, CAPACITY, INTERACTION = "spillover", "capacity", "spillover_x_capacity"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AbsorptiveCapacity:
    """Effects of a spillover by capacity, from :func:`absorptive_capacity`; immutable.

    Attributes
    ----------
    spillover, capacity : str
        What reaches regions, and what they have to use it.
    fit : RegressionResults
        The regression with ``spillover``, ``capacity`` and ``spillover_x_capacity``.
    center : float
        Mean capacity z̄.
    values : pandas.Series
        Capacity z of each row.
    provenance : Provenance
    own_notes : tuple of str
    """

    spillover: str
    capacity: str
    fit: RegressionResults
    center: float
    values: pd.Series[Any]
    provenance: Provenance
    own_notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return self.fit.tolerance

    @property
    def heading(self) -> str:
        """What was estimated."""
        return say(
            "Effect of {spillover} by {capacity}: {title}",
            spillover=self.spillover,
            capacity=self.capacity,
            title=self.fit.title,
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader must know, the regions of significance among it."""
        return (self._reads(), *self.own_notes, *self.fit.notes)

    @property
    def test(self) -> Statistic:
        """Whether the effect depends on the capacity: φ = 0."""
        row = self.fit.tidy().loc[INTERACTION].to_dict()
        df = self.fit.estimates.df
        t = df is not None
        return Statistic(
            name="interaction of spillover and capacity",
            statistic=float(row["statistic"]),
            null="the effect of the spillover is the same at every capacity",
            p_value=float(row["p_value"]),
            distribution="t" if t else "normal",
            df=(float(df),) if isinstance(df, int | float) else (),
        )

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the three rows of spillover, capacity and their product; columns of coefficients.

        ``spillover`` is the effect at the mean capacity, ``capacity`` that at the mean spillover.
        The other terms are in ``fit.tidy()``.
        """
        return self.fit.tidy(level).loc[[SPILLOVER, CAPACITY, INTERACTION]]

    def marginal(
        self,
        at: Sequence[float] | FloatArray | None = None,
        *,
        level: float = 0.95,
        band: Band = "pointwise",
    ) -> pd.DataFrame:
        """Return the effect of the spillover at capacities, γ + φ (z − z̄).

        Parameters
        ----------
        at : sequence of float, optional
            Capacities, in the units of `capacity`; 41 from the smallest to the largest without.
        level : float
        band : {"pointwise", "simultaneous"}
            Whether the interval holds at each capacity, or at all of them at once (Scheffé).

        Returns
        -------
        pandas.DataFrame
            Index ``capacity``; columns ``estimate std_error statistic p_value conf_low
            conf_high``. The variance is V_γγ + 2 (z − z̄) V_γφ + (z − z̄)² V_φφ.
        """
        check_option("band", band, Band)
        z = np.linspace(self.values.min(), self.values.max(), 41) if at is None else at
        z = np.atleast_1d(np.asarray(z, dtype=np.float64))
        if z.ndim != 1 or not z.size or not np.isfinite(z).all():
            raise ValuesError("at", expected="finite capacities", found=repr(at))
        estimate, std_error = self._line(z - self.center)
        df = self.fit.estimates.df
        table = coefficient_table(
            [str(v) for v in z], estimate, std_error, df=df, level=level
        ).set_axis(pd.Index(z, name="capacity"))
        if band == "simultaneous":
            half = self._critical(level, band) * std_error
            table["conf_low"], table["conf_high"] = estimate - half, estimate + half
            table["p_value"] = self._scheffe(estimate / std_error)
        return table

    def _line(self, c: FloatArray) -> tuple[FloatArray, FloatArray]:
        terms = list(self.fit.estimates.terms)
        i, j = terms.index(SPILLOVER), terms.index(INTERACTION)
        b, V = self.fit.estimates.values, self.fit.estimates.cov
        estimate = b[i] + b[j] * c
        variance = V[i, i] + 2 * c * V[i, j] + c**2 * V[j, j]
        return np.asarray(estimate), np.sqrt(np.maximum(variance, 0.0))

    def _df(self) -> float | Reference | None:
        return self.fit.estimates.df

    def _critical(self, level: float, band: Band) -> float:
        df = self._df()
        if band == "pointwise":
            return critical_value(level, df=df)
        tail = 1 - check_level(level)
        if df is None:
            return math.sqrt(stats.chi2.isf(tail, 2))
        return math.sqrt(2 * stats.f.isf(tail, 2, self._plain(df)))

    def _scheffe(self, statistic: FloatArray) -> FloatArray:
        df = self._df()
        squared = statistic**2
        if df is None:
            return np.asarray(stats.chi2.sf(squared, 2))
        return np.asarray(stats.f.sf(squared / 2, 2, self._plain(df)))

    @staticmethod
    def _plain(df: float | Reference) -> float:
        if isinstance(df, int | float):
            return float(df)
        raise InputError(
            "band",
            expected="'pointwise' with these standard errors",
            found="'simultaneous'",
            why="their distribution is of one coefficient at a time",
        )

    def significant(self, level: float = 0.95, *, band: Band = "pointwise") -> pd.DataFrame:
        """Return where along the capacity the effect differs from 0: Johnson and Neyman's regions.

        Parameters
        ----------
        level : float
        band : {"pointwise", "simultaneous"}

        Returns
        -------
        pandas.DataFrame
            A row a region of significance, from low to high capacity: ``lower`` and ``upper`` (may
            be infinite), ``sign`` of the effect, ``share`` of the rows that lie in it. Empty where
            the effect is nowhere significant.
        """
        check_option("band", band, Band)
        roots = self._roots(self._critical(level, band))
        ends = [-math.inf, *(self.center + root for root in roots), math.inf]
        rows = []
        for low, high in pairwise(ends):
            inside = self._inside(low, high)
            estimate, std_error = self._line(np.array([inside - self.center]))
            if abs(estimate[0]) > self._critical(level, band) * std_error[0]:
                members = (self.values > low) & (self.values <= high)
                sign = "positive" if estimate[0] > 0 else "negative"
                rows.append((low, high, sign, float(members.mean())))
        return pd.DataFrame(rows, columns=["lower", "upper", "sign", "share"])

    @staticmethod
    def _inside(low: float, high: float) -> float:
        if math.isinf(low) and math.isinf(high):
            return 0.0
        if math.isinf(low):
            return high - 1.0 - abs(high)
        return low + 1.0 + abs(low) if math.isinf(high) else (low + high) / 2

    def _roots(self, t: float) -> list[float]:
        """Return where (γ + φc)² = t² Var(γ + φc), ascending."""
        terms = list(self.fit.estimates.terms)
        i, j = terms.index(SPILLOVER), terms.index(INTERACTION)
        b, V = self.fit.estimates.values, self.fit.estimates.cov
        a = b[j] ** 2 - t**2 * V[j, j]
        half = b[i] * b[j] - t**2 * V[i, j]
        c = b[i] ** 2 - t**2 * V[i, i]
        inside = half**2 - a * c
        if inside <= 0 or a == 0:
            return [] if a != 0 or half == 0 else [float(-c / (2 * half))]
        # the stable pair: no difference of near numbers
        q = -(half + math.copysign(math.sqrt(inside), half))
        return sorted([float(q / a), float(c / q)])

    def _reads(self) -> str:
        found = self.significant()
        parts = [
            f"{row['sign']} {_between(row['lower'], row['upper'])} ({row['share']:.0%} of rows)"
            for row in found.to_dict("records")
            if row["share"] > 0
        ]
        if not parts:
            return f"The effect differs from 0 at no {self.capacity} (95 %, each by itself)."
        return f"The effect is significant (95 %, each by itself): {'; '.join(parts)}."

    def glance(self) -> pd.DataFrame:
        """Return one row: observations, R-squared, test of the interaction."""
        return one_row(
            nobs=self.fit.nobs,
            rsquared=self.fit.rsquared,
            statistic=self.test.statistic,
            p_value=self.test.p_value,
        )

    def augment(self, level: float = 0.95) -> pd.DataFrame:
        """Return the effect of the spillover in each row: ``capacity`` and columns of estimates."""
        table = self.marginal(self.values.to_numpy(), level=level)
        table.insert(0, "capacity", self.values.to_numpy())
        table.index = self.values.index
        return table

    def plot(
        self, *, title: str | None = None, level: float = 0.95, band: Band = "pointwise"
    ) -> Any:
        """Return the effect along the capacity with its band, and where regions lie."""
        return display.picture("absorptive capacity", self, title=title, level=level, band=band)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        quantiles = np.asarray(self.values.quantile([0.1, 0.5, 0.9]), dtype=np.float64)
        return [
            ("At the means, and their product", self.tidy()),
            ("Effect at the 10, 50 and 90 % quantile of capacity", self.marginal(quantiles)),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def _between(low: float, high: float) -> str:
    if math.isinf(low) and math.isinf(high):
        return "everywhere"
    if math.isinf(low):
        return f"up to {high:.4g}"
    return f"from {low:.4g}" if math.isinf(high) else f"from {low:.4g} to {high:.4g}"
