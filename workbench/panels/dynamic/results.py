"""Results of dynamic spatial panels: whether shocks die out, and what a change does over time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.core.statistics import Answer, Statistic, Tests, chi2_test
from workbench.errors import PanelError, check_option
from workbench.numerics.likelihoods.wald import wald
from workbench.numerics.panels.dynamic import Roots
from workbench.panels.effects import TITLES
from workbench.panels.spatial.predictions import PanelPredictions
from workbench.panels.spatial.results import MODEL_TITLES, SpatialPanelResults
from workbench.regression.impacts import Impacts
from workbench.regression.results import RHO
from workbench.typing import Change, Dynamic, FloatArray, Horizon, ImpactMethod, IntArray
from workbench.weights import Weights

if TYPE_CHECKING:
    from workbench.panels.dynamic.impacts import ImpactPath

TAU, ETA = "tau", "eta"
WALD_TAU, WALD_ETA = "Wald tau", "Wald eta"
SHARED = "Wald unit root"
SHORT_RUN = "Short run: what a change does within its own period."
LONG_RUN = "Long run: what a change that stays has done in the end."


@dataclass(frozen=True, eq=False, repr=False)
class DynamicPanelResults(SpatialPanelResults):
    """A spatial panel with lags in time, y_t = τy_{t-1} + ηWy_{t-1} + ρWy_t + … (``tau``, ``eta``).

    See :class:`SpatialPanelResults`. The first period is given; with effects of regions estimates
    are corrected for the bias of order 1/T (Yu, de Jong and Lee 2008), with those of periods too
    after these are transformed out, or directly (Lee and Yu 2010, Econometric Theory), as `lee_yu`
    says. Impacts by order, by region and of an impulse are those within the period. σ² has the
    degrees of freedom that the effects leave. Tables, residuals and effects are of the
    periods after the first.

    Attributes
    ----------
    dynamic : {"lag", "spatial-lag", "both"}
        Which lags in time the model has.
    roots : Roots
        Sizes of the eigenvalues of (I − ρW)⁻¹(τI + ηW): shocks die out where the largest is
        below 1.
    expected : ndarray of shape (n,)
        τy_{t-1} + ηWy_{t-1} + Xβ + effects of each row.
    """

    dynamic: Dynamic = field(kw_only=True)
    roots: Roots = field(kw_only=True)
    expected: FloatArray = field(kw_only=True)

    @property
    def title(self) -> str:
        """Name of the model in words."""
        kind = MODEL_TITLES[self.model]
        return f"Dynamic {kind[0].lower()}{kind[1:]}, {TITLES[self.effects]}"

    @property
    def stable(self) -> bool:
        """Whether shocks die out at the estimates: all roots smaller than 1."""
        return self.roots.largest < 1.0

    def impacts(
        self,
        *,
        horizon: Horizon = "short-run",
        method: ImpactMethod = "delta",
        draws: int = 10_000,
        seed: int = 0,
        level: float = 0.95,
    ) -> Impacts:
        """Return direct, indirect and total impacts, at once or once they have worked out.

        Parameters
        ----------
        horizon : {"short-run", "long-run"}
            Within the period, (I − ρW)⁻¹(βI + θW); or of a change that stays, in the end,
            ((1 − τ)I − (ρ + η)W)⁻¹(βI + θW).
        method, draws, seed, level
            As in :meth:`workbench.regression.results.RegressionResults.impacts`. Draws of the long
            run under which shocks do not die out are left out, and counted in the notes.

        Returns
        -------
        Impacts

        Raises
        ------
        PanelError
            If there is no long run: shocks do not die out at the estimates.

        References
        ----------
        Elhorst, J. P. (2014). Spatial Econometrics, section 4.5, table 4.1.

        Examples
        --------
        >>> import workbench as wb
        >>> W = wb.weights.queen(wb.load("us-states"))
        >>> panel, formula = wb.load("munnell-1990"), "log(gsp) ~ log(emp) + log(pc)"
        >>> fit = wb.fit(formula, panel, W, model="sar", effects="two-way", dynamic="lag")
        >>> now, later = fit.impacts().total, fit.impacts(horizon="long-run").total
        >>> bool((abs(later) > abs(now)).all())
        True
        """
        from workbench.panels.dynamic.impacts import long_run

        check_option("horizon", horizon, Horizon)
        if horizon == "short-run":
            made = super().impacts(method=method, draws=draws, seed=seed, level=level)
            return replace(made, notes=(SHORT_RUN, *made.notes))
        self._refuse_unstable()
        made = long_run(self, method=method, draws=draws, seed=seed, level=level)
        return replace(made, notes=(LONG_RUN, *made.notes))

    def impacts_over_time(
        self,
        periods: int = 10,
        *,
        change: Change = "permanent",
        method: ImpactMethod = "delta",
        draws: int = 2_000,
        seed: int = 0,
        level: float = 0.95,
    ) -> ImpactPath:
        """Return direct, indirect and total impacts period by period after a change.

        Parameters
        ----------
        periods : int, default 10
            How many after that of the change, 0 to 200.
        change : {"permanent", "temporary"}
            A unit that stays (impacts add up, to those of the long run where shocks die out), or a
            unit for one period.
        method, draws, seed, level
            As in :meth:`impacts`.

        Returns
        -------
        ImpactPath
            Table with index (term, effect, horizon).

        Raises
        ------
        WeightsError
            If W has neither rows of one sum nor a basis of eigenvectors; or, of more than 1,500
            regions, is directed and rho beyond the inverse of its spectral radius.
        ConvergenceError
            If draws of rho reach too near the end of its interval (more than 1,500 regions).

        Notes
        -----
        Direct effects are averages of functions of W: sums over its eigenvalues for up to 1,500
        regions, beyond over a contour about them, to eleven digits and without probes.

        Examples
        --------
        >>> import workbench as wb
        >>> W = wb.weights.queen(wb.load("us-states"))
        >>> panel = wb.load("munnell-1990")
        >>> fit = wb.fit("log(gsp) ~ log(emp)", panel, W, model="sar", effects="entity",
        ...              dynamic="lag")
        >>> fit.impacts_over_time(5).table.shape
        (18, 6)
        """
        from workbench.panels.dynamic.impacts import over_time

        return over_time(
            self, periods, change=change, method=method, draws=draws, seed=seed, level=level
        )

    def predict(self, newdata: pd.DataFrame | None = None) -> PanelPredictions:
        """Predict outcomes of the sample a period ahead, from those observed in the one before.

        Parameters
        ----------
        newdata : None
            Not yet: outcomes of the period before would have to come with it.

        Returns
        -------
        PanelPredictions
            (I − ρW)⁻¹(τy_{t-1} + ηWy_{t-1} + Xβ + effects), a row a (region, period) after the
            first.
        """
        if newdata is not None or self.spatial is None:
            raise PanelError(
                "newdata",
                expected="None: a dynamic panel predicts its own sample",
                found=type(newdata).__name__,
                why="outcomes of the period before would have to come with the regressors",
                remedy="fit.predict()",
            )
        rho = float(self.params.get(RHO, 0.0))
        ahead = self.spatial.layers(self.cells).solve(self.expected[:, None], rho)[:, 0]
        table = pd.DataFrame({"prediction": ahead}, index=self.design.index)
        return PanelPredictions(table, self.provenance)

    def diagnostics(self) -> Tests:
        """Return Wald tests of the lags in time and space, and Pesaran's test of the residuals.

        Returns
        -------
        Tests
            Beside those of :meth:`SpatialPanelResults.diagnostics` ``Wald tau``, ``Wald eta`` and
            ``Wald unit root``, of τ + (ρ + η)c = 1 with c the largest eigenvalue of W (1 where
            its rows sum to 1): under it a movement that all regions share does not die out.

        References
        ----------
        Yu, J., de Jong, R. and Lee, L.-F. (2012). Estimation for spatial dynamic panel data with
        fixed effects: the case of spatial cointegration. Journal of Econometrics 167, 16–37.
        """
        from workbench.panels.comparison.nested import zero_test

        answers: dict[str, Answer] = {
            WALD_TAU: zero_test(self, WALD_TAU, (TAU,), "tau = 0"),
            WALD_ETA: zero_test(self, WALD_ETA, (ETA,), "eta = 0"),
            SHARED: self._unit_root(),
            **super().diagnostics(),
        }
        return Tests(f"Diagnostics: {self.title}", answers)

    def _unit_root(self) -> Statistic:
        c = self.roots.eigenvalue
        slope = np.array([{TAU: 1.0, ETA: c, RHO: c}.get(t, 0.0) for t in self.estimates.terms])
        gap = float(slope @ self.estimates.values) - 1.0
        found = wald(np.array([gap]), np.array([[slope @ self.estimates.cov @ slope]]))
        null = f"tau + {c:.4g} (rho + eta) = 1: what all regions share does not die out"
        return chi2_test(SHARED, found.statistic, found.df, null=null)

    def require_weights(self) -> Weights:
        """Return W, which every dynamic panel has."""
        if self.weights is None:
            raise PanelError("W", expected="spatial weights", found="None")
        return self.weights

    def _refuse_unstable(self) -> None:
        if not self.stable:
            raise PanelError(
                "horizon",
                expected="estimates under which shocks die out, for the long run",
                found=f"a largest root of {self.roots.largest:.4f}",
                why="effects of a change that stays grow without end",
                remedy="fit.impacts_over_time(10) follows them",
            )

    def _feedback_at(self) -> IntArray:
        """Return where τ, η and ρ are among the estimates; −1 where the model has none."""
        position = {term: i for i, term in enumerate(self.estimates.terms)}
        return np.array([position.get(term, -1) for term in (TAU, ETA, RHO)], dtype=np.int64)


def stability_notes(roots: Roots) -> tuple[str, ...]:
    """Say whether shocks die out."""
    bound = "" if roots.exact else " at most"
    told = f"The largest root of (I - rho W)^-1 (tau I + eta W) is{bound} {roots.largest:.4f}: "
    if roots.largest < 1.0:
        return (told + "shocks die out.",)
    if abs(roots.common) >= 1.0 and roots.others < 1.0:
        return (
            told + "what all regions share does not die out, differences between them do "
            f"(next root {roots.others:.4f}; spatial cointegration, Yu, de Jong and Lee 2012). "
            "There is no long run.",
        )
    if abs(roots.common) >= 1.0 and np.isnan(roots.others):
        return (
            told + "what all regions share does not die out; whether differences between them do "
            "is not known of so many regions. There is no long run.",
        )
    if not roots.exact:
        return (told + "whether shocks die out is not known.",)
    return (told + "the estimates are explosive, shocks do not die out. There is no long run.",)
