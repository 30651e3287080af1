"""Coefficients, spillover and decay of a regression whose decay was estimated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.statistics import Statistic
from workbench.core.vocabulary import check_level, coefficient_table, critical_value, one_row
from workbench.errors import ValuesError
from workbench.numerics.distance_decay.concentrated import (
    Concentrated,
    Optimum,
    Solution,
    profile_interval,
)
from workbench.numerics.distance_decay.forms import change, falling, half_distance
from workbench.numerics.threads import single_thread
from workbench.regression.design import Design
from workbench.typing import DecayCovariance, EstimatedDecay, FixedEffects, FloatArray, Tolerance

SPILLOVER, DECAY = "spillover", "decay"
ALPHA = 0.05

TEST = "Is there a spillover?"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SpilloverDecay:
    """Estimates with their decay, from :func:`spillover_decay`; immutable.

    Attributes
    ----------
    variable : str
        What spills over.
    form : {"exponential", "power", "gaussian"}
    effects : {"none", "entity", "time", "two-way"}
    unit : str
        Of the decay: that of distances, empty for the exponent of a power.
    distance_unit : str
        Of distances.
    design : Design
        Outcome and regressors as used.
    solution : Solution
        Coefficients at the optimum and the Jacobian.
    cov : ndarray, shape (k + 2, k + 2)
        Covariance of β, γ and δ; not a number where the decay is at an end of its range.
    scale : float
        Variance of δ over the classical one; what the profile is divided by.
    covariance : {"classical", "robust", "clustered"}
    problem : Concentrated
        The regression as a function of δ.
    optimum : Optimum
        Sums of squares along δ.
    bounds : (float, float)
        Range that was searched.
    farthest : float
        Largest distance between regions.
    spillover : ndarray, shape (n,)
        Σ f(d_ij; δ̂) x_j by row.
    test : Statistic
        Of no spillover.
    curve : pandas.Series
        F of the spillover along the decay.
    entities : int
        Number of regions.
    provenance : Provenance
    source_notes : tuple of str
        On distances and the sample.
    normalize : bool
        Whether weights of a row are divided by their sum.
    """

    variable: str
    form: EstimatedDecay
    effects: FixedEffects
    unit: str
    distance_unit: str
    design: Design
    solution: Solution
    cov: FloatArray
    scale: float
    covariance: DecayCovariance
    problem: Concentrated
    optimum: Optimum
    bounds: tuple[float, float]
    farthest: float
    spillover: FloatArray
    test: Statistic
    curve: pd.Series[float]
    entities: int
    provenance: Provenance
    source_notes: tuple[str, ...] = ()
    normalize: bool = False

    @property
    def params(self) -> pd.Series[Any]:
        """Estimates by term: the regressors, ``spillover`` (γ), ``decay`` (δ)."""
        terms = [*self.design.terms, SPILLOVER, DECAY]
        return pd.Series(self.solution.values.copy(), index=pd.Index(terms, name="term"))

    @property
    def decay(self) -> float:
        """δ̂, in `unit`."""
        return self.optimum.parameter

    @property
    def _df(self) -> int:
        """Degrees of freedom of Student's t: clusters less one where rows are clustered."""
        return self.entities - 1 if self.covariance == "clustered" else self.problem.df

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "maximum likelihood"

    @property
    def heading(self) -> str:
        """What was estimated."""
        return say(
            "Spillover of {variable} with {form} decay: {formula}",
            variable=self.variable,
            form=say(self.form),
            formula=self.design.formula,
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader of the table must know."""
        told = []
        if self.test.p_value > ALPHA:
            told.append(
                f"No spillover is told from none (p = {self.test.p_value:.3g}): without one there "
                "is no decay, and neither it nor its interval means anything."
            )
        if self.optimum.at_end:
            told.append(
                f"The fit improves up to the {self.optimum.at_end} end of the range, "
                f"{self.decay:.4g} {self.unit}".rstrip()
                + ": no optimum, no standard error of the decay."
            )
        told.append(self._half_told())
        told.append(
            "The t of the spillover was taken where it is largest: see the test of no spillover."
        )
        return (*told, *self.source_notes)

    def _half_told(self) -> str:
        half = half_distance(self.form, self.decay)
        if self.form == "power":
            return f"Half of the spillover is lost from any distance to {half:.4g} times it."
        return f"Half of the spillover is gone after {half:.4g} {self.unit}."

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return a row a term, then ``spillover`` and ``decay``; columns of coefficients.

        Student's t with n less all parameters; clusters less one of ``"clustered"``. The interval
        of ``decay`` is symmetric; :meth:`interval` is the one by the profile. There is no test
        of a decay of 0.
        """
        std_error = np.sqrt(np.diag(self.cov))
        table = coefficient_table(
            self.params.index.tolist(), self.solution.values, std_error, df=self._df, level=level
        )
        table.loc[DECAY, ["statistic", "p_value"]] = np.nan
        return table

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the decays that the profile does not reject, in `unit`.

        0 or infinite where the range ends first. With other than classical standard errors the
        profile is divided by the ratio of the variances (Chandler and Bate 2007).
        """
        with single_thread():  # as the search was: sums over threads differ in their last bits
            return profile_interval(
                self.problem, self.optimum, level=check_level(level), scale=self.scale, df=self._df
            )

    def half_distance(self, level: float = 0.95) -> pd.DataFrame:
        """Return the distance at which half of a spillover is gone, with its interval.

        One row ``half_distance``, columns ``estimate std_error conf_low conf_high``: interval by
        the profile, standard error by the delta method. Of a power the ratio of distances.
        """
        ends = sorted(
            half_distance(self.form, end) if 0.0 < end < math.inf else self._open(end)
            for end in self.interval(level)
        )
        step = 1e-6 * self.decay
        sides = [half_distance(self.form, self.decay + sign * step) for sign in (1, -1)]
        slope = abs(sides[0] - sides[1]) / (2 * step)
        row = {
            "estimate": half_distance(self.form, self.decay),
            "std_error": slope * math.sqrt(self.cov[-1, -1]),
            "conf_low": ends[0],
            "conf_high": ends[1],
        }
        return pd.DataFrame([row], index=pd.Index(["half_distance"], name="term"))

    def _open(self, end: float) -> float:
        """Return the half distance of an open end: a power of 0 never halves."""
        if self.form == "power":
            return math.inf if end == 0.0 else 1.0
        return end

    def effect_at(
        self, distances: Sequence[float] | FloatArray | None = None, *, level: float = 0.95
    ) -> pd.DataFrame:
        """Return γ f(d; δ): what a unit of x at a distance adds to the outcome.

        Parameters
        ----------
        distances : sequence of float, optional
            In the unit of distances, above 0 for a power; 60 from near 0 to the farthest without.
        level : float

        Returns
        -------
        pandas.DataFrame
            Index ``distance``; ``estimate std_error conf_low conf_high`` by the delta method from
            the joint covariance of γ and δ. Of normalised weights they are before division by the
            sum of the row.
        """
        given = np.linspace(self.farthest / 200, self.farthest / 2, 60)
        d = np.asarray(given if distances is None else distances, dtype=np.float64)
        low = 0.0 if self.form != "power" else np.finfo(float).tiny
        if d.ndim != 1 or not d.size or not (np.isfinite(d) & (d >= low)).all():
            raise ValuesError(
                "distances", expected="finite distances of at least 0", found=repr(distances)
            )
        f = falling(d, self.form, self.decay)
        gamma = float(self.solution.values[-2])
        J = np.column_stack([f, gamma * change(d, self.form, self.decay)])
        V = self.cov[-2:, -2:]
        std_error = np.sqrt(np.einsum("ij,jk,ik->i", J, V, J))
        half = critical_value(level, df=self._df) * std_error
        columns = {"estimate": gamma * f, "std_error": std_error,
                   "conf_low": gamma * f - half, "conf_high": gamma * f + half}  # fmt: skip
        return pd.DataFrame(columns, index=pd.Index(d, name="distance"))

    def profile(self) -> pd.DataFrame:
        """Return the squared profile t along the decay: index ``decay``, column ``statistic``."""
        lost = (self.optimum.squares / self.optimum.sse - 1.0) * self.problem.df / self.scale
        index = pd.Index(self.optimum.grid, name="decay")
        return pd.DataFrame({"statistic": np.maximum(lost, 0.0)}, index=index)

    def limit(self, level: float = 0.95) -> float:
        """Return the squared profile t up to which a decay is not rejected."""
        return float(stats.t.isf((1 - check_level(level)) / 2, self._df)) ** 2

    def glance(self) -> pd.DataFrame:
        """Return one row: observations, regions, R-squared, variance, test and half distance."""
        e = self.solution.residuals
        y = self.problem.y
        around = y - y.mean() if self.effects == "none" and self.design.has_intercept else y
        return one_row(
            nobs=self.design.nobs,
            entities=self.entities,
            rsquared=1.0 - float(e @ e) / float(around @ around),
            sigma2=float(e @ e) / self.problem.df,
            df_resid=self.problem.df,
            sup_f=self.test.statistic,
            p_value=self.test.p_value,
            half_distance=half_distance(self.form, self.decay),
        )

    def augment(self) -> pd.DataFrame:
        """Return a row an observation: ``spillover fitted residual``."""
        e = self.solution.residuals
        columns = {"spillover": self.spillover, "fitted": self.design.y - e, "residual": e}
        return pd.DataFrame(columns, index=self.design.index)

    def plot(self, *, title: str | None = None, level: float = 0.95) -> Any:
        """Return the profile of the decay beside the spillover by distance."""
        return display.picture("spillover decay", self, title=title, level=level)

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows; the p-value of the test of no spillover is of draws."""
        tables = dict(self._parts())
        tables["Fit"] = self.glance().drop(columns=["sup_f", "p_value"]).set_axis(["all"])
        tables[TEST].attrs["tolerance"] = "simulation"
        return tables

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        low, high = self.interval()
        decay = pd.DataFrame(
            [{"estimate": self.decay, "conf_low": low, "conf_high": high}],
            index=pd.Index([f"decay ({self.unit})" if self.unit else "decay"], name="term"),
        )
        return [
            ("Coefficients", self.tidy()),
            ("Decay by its profile", decay),
            (TEST, self.test.tidy()),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)
