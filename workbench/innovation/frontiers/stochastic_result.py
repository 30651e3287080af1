"""A stochastic frontier as a result: estimates, efficiencies, and how sure their order is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from workbench.core import display
from workbench.core.language import say
from workbench.core.panel_frame import period_text
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, generator
from workbench.core.statistics import Tests
from workbench.core.vocabulary import check_level, coefficient_table, critical_value, one_row
from workbench.errors import InputError, PanelError
from workbench.explore.overall.moran import moran
from workbench.explore.overall.result import GlobalResult
from workbench.innovation.frontiers.reading import whole_draws
from workbench.innovation.frontiers.sample import FrontierSample
from workbench.numerics.frontiers import inefficiency as law
from workbench.numerics.frontiers.composed import conditional, split
from workbench.numerics.frontiers.maximum import Maximum
from workbench.typing import (
    FloatArray,
    FrontierKind,
    Inefficiency,
    InefficiencyEffects,
    Tolerance,
)

GIVEN = "Intervals of efficiencies take the parameters as known."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StochasticFrontier:
    """A frontier with noise and inefficiency; immutable.

    Attributes
    ----------
    sample : FrontierSample
        Rows, design and names.
    maximum : numerics.frontiers.maximum.Maximum
        Estimates in the parameters of the search.
    distribution, kind, effects : str
    level : float
        Confidence level.
    tests : Tests
        ``no inefficiency`` and ``skewness``.
    provenance : Provenance
    notes : tuple of str
    """

    sample: FrontierSample
    maximum: Maximum
    distribution: Inefficiency
    kind: FrontierKind
    effects: InefficiencyEffects
    level: float
    tests: Tests
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def formula(self) -> str:
        """As the caller wrote it."""
        return self.sample.design.formula

    @property
    def params(self) -> pd.Series[Any]:
        """Estimates by term; ``sigma2`` and ``gamma``, then ``mu`` and ``eta`` where there are."""
        values = self.maximum.point.copy()
        k = len(self.sample.design.terms)
        values[k], values[k + 1] = np.exp(values[k]), expit(values[k + 1])
        return pd.Series(values, index=self._terms(), name="estimate")

    @property
    def cov(self) -> pd.DataFrame:
        """Covariance of the estimates, from the observed information."""
        k = len(self.sample.design.terms)
        params = self.params.to_numpy()
        scale = np.ones(len(params))
        scale[k], scale[k + 1] = params[k], params[k + 1] * (1.0 - params[k + 1])
        matrix = self.maximum.covariance * np.outer(scale, scale)
        return pd.DataFrame(matrix, index=self._terms(), columns=self._terms())

    @property
    def std_errors(self) -> pd.Series[Any]:
        """Standard errors of the estimates."""
        errors = np.sqrt(np.diag(self.cov.to_numpy()))
        return pd.Series(errors, index=self._terms(), name="std_error")

    @property
    def loglik(self) -> float:
        """Maximised log-likelihood with all constants."""
        return self.maximum.loglik

    @property
    def nobs(self) -> int:
        """Number of observations."""
        return self.sample.design.nobs

    @property
    def efficiency(self) -> pd.Series[Any]:
        """E(exp(−u) | residual), a row a row of the sample."""
        return self.augment()["efficiency"]

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "maximum likelihood"

    @property
    def heading(self) -> str:
        """What was estimated."""
        spread = (
            ""
            if self.effects == "pooled"
            else say(", {effects} inefficiency", effects=say(self.effects))
        )
        return say(
            "Stochastic {kind} frontier, {distribution}{spread}: {formula}",
            kind=say(self.kind),
            distribution=say(self.distribution),
            spread=spread,
            formula=self.formula,
        )

    def tidy(self, level: float | None = None) -> pd.DataFrame:
        """Return a row a parameter: ``estimate std_error statistic p_value conf_low conf_high``.

        ``sigma2`` and ``gamma`` have no test here, zero being the edge of what they can be: see
        ``tests``.
        """
        chosen = self.level if level is None else check_level(level)
        params, errors = self.params.to_numpy(), self.std_errors.to_numpy()
        with np.errstate(invalid="ignore", divide="ignore"):
            table = coefficient_table(self._terms(), params, errors, level=chosen)
        k, half = len(self.sample.design.terms), critical_value(chosen, df=None)
        raw, width = self.maximum.point, half * np.sqrt(np.diag(self.maximum.covariance))
        for row, back in ((k, np.exp), (k + 1, expit)):
            name = self._terms()[row]
            table.loc[name, ["statistic", "p_value"]] = np.nan
            ends = [back(raw[row] - width[row]), back(raw[row] + width[row])]
            table.loc[name, ["conf_low", "conf_high"]] = ends
        return table

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the confidence intervals of the estimates."""
        return self.tidy(level)[["conf_low", "conf_high"]]

    def glance(self) -> pd.DataFrame:
        """Return one row: observations, log-likelihoods, criteria, scales, mean efficiency."""
        p, n = len(self.maximum.point), self.nobs
        _, of_u, of_v, _, _ = split(self.maximum.model, self.maximum.point)
        row: dict[str, object] = {
            "nobs": n,
            "loglik": self.loglik,
            "loglik_ols": self.maximum.least_squares,
            "aic": 2.0 * p - 2.0 * self.loglik,
            "bic": p * float(np.log(n)) - 2.0 * self.loglik,
            "sigma_u": float(np.sqrt(of_u)),
            "sigma_v": float(np.sqrt(of_v)),
            "mean": float(self.efficiency.mean()),
        }
        if self.sample.panel is not None:
            row["entities"] = len(self.sample.panel.regions)
            row["periods"] = len(self.sample.panel.periods)
        return one_row(**row)

    def augment(self) -> pd.DataFrame:
        """Return a row a row of the sample.

        ``fitted`` is the frontier, ``residual`` the outcome less it (noise and inefficiency), then
        ``inefficiency``, ``efficiency`` and the ends of its interval, ``conf_low conf_high``.
        """
        design, model = self.sample.design, self.sample.model
        fitted = design.X @ self.maximum.point[: design.X.shape[1]]
        columns = {"fitted": fitted, "residual": design.y - fitted}
        if not self.maximum.found:
            rest = {"inefficiency": 0.0, "efficiency": 1.0, "conf_low": np.nan, "conf_high": np.nan}
            return pd.DataFrame({**columns, **rest}, index=design.index)
        found, g = conditional(model, self.maximum.point), model.groups
        centre, scale, weight = found.mean[g], found.scale[g], found.weight
        low, high = law.interval(centre, scale, weight, level=self.level)
        return pd.DataFrame(
            {
                **columns,
                "inefficiency": weight * law.mean(centre, scale),
                "efficiency": law.efficiency(centre, scale, weight),
                "conf_low": low,
                "conf_high": high,
            },
            index=design.index,
        )

    def regions(self, period: Any = None) -> pd.DataFrame:
        """Return ``efficiency conf_low conf_high`` by region, of one period of a panel.

        Parameters
        ----------
        period : label, optional
            The last one by default.
        """
        table = self.augment()[["efficiency", "conf_low", "conf_high"]]
        rows = self._rows(period)
        if self.sample.panel is None:
            return table
        chosen = pd.DataFrame(table[rows])
        chosen.index = chosen.index.get_level_values(0)
        return chosen

    def ranks(
        self, period: Any = None, *, draws: int = 2000, seed: int = 0, parameters: bool = True
    ) -> pd.DataFrame:
        """Return how sure the order of regions is.

        Inefficiency is drawn from its law given the residuals, of parameters that are drawn from
        their asymptotic law (as they are, with ``parameters=False``), and regions are ranked in
        each draw.

        Parameters
        ----------
        period : label, optional
            Of a panel; the last one by default.
        draws, seed : int
        parameters : bool
            Whether the estimates are uncertain too.

        Returns
        -------
        DataFrame
            By region ``rank rank_mean rank_low rank_high probability_best``, 1 the most efficient.
        """
        count = whole_draws(draws, argument="draws", level=self.level)
        check_seed(seed)
        if not self.maximum.found:
            raise InputError(
                "ranks", expected="regions that differ in efficiency",
                found="a frontier without inefficiency", remedy="other terms in the formula",
            )  # fmt: skip
        rows = self._rows(period)
        regions = self.regions(period)
        drawn = self._drawn(count, seed, parameters)[:, rows]
        order = drawn.argsort(axis=1, kind="stable").argsort(axis=1) + 1  # least inefficient first
        tail = (1.0 - self.level) / 2.0
        low, high = np.quantile(order, [tail, 1.0 - tail], axis=0, method="inverted_cdf")
        return pd.DataFrame(
            {
                "rank": regions["efficiency"].rank(ascending=False, method="min").astype(int),
                "rank_mean": order.mean(axis=0),
                "rank_low": low.astype(int),
                "rank_high": high.astype(int),
                "probability_best": (order == 1).mean(axis=0),
            },
            index=regions.index,
        ).sort_values(["rank", "rank_mean"], kind="stable")

    def residual_moran(self, W: Any, *, permutations: int = 999, seed: int = 0) -> GlobalResult:
        """Test the residuals of a cross-section for spatial autocorrelation.

        The frontier takes regions as independent. The test takes residuals as if they were data,
        not estimates, which makes it a little cautious.

        Parameters
        ----------
        W : Weights, Graph or libpysal W
        permutations, seed : int
        """
        if self.sample.panel is not None:
            raise PanelError(
                "W", expected="a cross-section", found="a panel",
                remedy="wb.moran of fit.augment()['residual'].xs(period, level=1)",
            )  # fmt: skip
        residual = self.augment()["residual"]
        return moran(residual, None, W, permutations=permutations, seed=seed)

    def plot(
        self, *, title: str | None = None, names: pd.Series[Any] | None = None, most: int = 30
    ) -> Any:
        """Return efficiency by rank with its intervals, of the last period of a panel."""
        return display.picture("efficiency", self, title=title, names=names, most=most)

    def _drawn(self, draws: int, seed: int, parameters: bool) -> FloatArray:
        """Draw inefficiency, shape (draws, rows)."""
        model, point = self.sample.model, self.maximum.point
        uniform = generator(seed, "ranks").random((draws, int(model.groups[-1]) + 1))
        points = np.broadcast_to(point, (draws, len(point)))
        if parameters:
            root = np.linalg.cholesky(self.maximum.covariance)
            shocks = generator(seed, "ranks", "parameters").standard_normal(points.shape)
            points = point + shocks @ root.T
        out = np.empty((draws, len(model.y)))
        for row, q, u in zip(out, points, uniform, strict=True):
            found = conditional(model, q)
            row[:] = found.weight * law.quantile(found.mean, found.scale, u)[model.groups]
        return out

    def _rows(self, period: Any) -> Any:
        panel = self.sample.panel
        if panel is None:
            if period is not None:
                raise InputError(
                    "period", expected="nothing for a cross-section", found=repr(period),
                    remedy="leave it out",
                )  # fmt: skip
            return np.ones(self.nobs, dtype=bool)
        chosen = panel.periods[-1] if period is None else period
        if chosen not in panel.periods:
            raise InputError(
                "period", expected=f"a period from {period_text(panel.periods[0])} to "
                f"{period_text(panel.periods[-1])}", found=repr(period),
                remedy="leave it out for the last one",
            )  # fmt: skip
        return panel.period_codes == panel.periods.get_loc(chosen)

    def _terms(self) -> list[str]:
        return list(self.sample.parameters)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [
            ("", self.tidy()),
            ("Fit", self.glance()),
            (self.tests.title, self.tests.tidy()),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self._said())

    __repr__ = __str__

    def _said(self) -> tuple[str, ...]:
        return (*self.notes, GIVEN) if self.maximum.found else self.notes

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self._said())
