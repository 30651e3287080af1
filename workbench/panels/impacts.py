"""What a panel fit holds, and its effects: averages, by period, in per cents and in units."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from workbench.core.expressions import label
from workbench.errors import PanelError, unknown_option
from workbench.panels.effects import Cells
from workbench.panels.linear.basis import Basis
from workbench.panels.spatial.multiplier import inadmissible, refuse_inadmissible
from workbench.panels.spatial.period_impacts import (
    ImpactsByPeriod,
    impacts_by_period,
    impacts_over_periods,
)
from workbench.panels.spatial.period_weights import PanelWeights
from workbench.regression.effects import SpatialEffects
from workbench.regression.elasticities import Elasticities, elasticities_of
from workbench.regression.impacts import ImpactParts, Impacts
from workbench.regression.results import RHO
from workbench.typing import Effects, ElasticityAt, Factors, Family, ImpactMethod


@dataclass(frozen=True, eq=False, repr=False)
class PanelEffects(SpatialEffects):
    """Fields of :class:`workbench.panels.PanelResults`, and what follows from its coefficients."""

    cells: Cells = field(kw_only=True)
    effects: Effects = field(kw_only=True)
    family: Family = field(kw_only=True, default="gaussian")
    factors: Factors = field(kw_only=True, default="none")
    overidentification: tuple[float, int] | None = field(kw_only=True, default=None)
    spatial: PanelWeights | None = field(default=None, kw_only=True)
    lagged: PanelWeights | None = field(default=None, kw_only=True)
    basis: Basis | None = field(kw_only=True, default=None)

    def impacts(
        self,
        *,
        method: ImpactMethod = "delta",
        draws: int = 10_000,
        seed: int = 0,
        level: float = 0.95,
    ) -> Impacts:
        """Return direct, indirect and total impacts, over one period.

        As :meth:`workbench.regression.results.RegressionResults.impacts`. Where W changes over
        time these are averages over all regions and periods; see :meth:`impacts_by_period`.

        Parameters
        ----------
        method, draws, seed, level
            As there.

        Returns
        -------
        Impacts
        """
        if self.varies:
            return impacts_over_periods(
                self._parts_by_period(), method=method, draws=draws, seed=seed, level=level
            )
        return super().impacts(method=method, draws=draws, seed=seed, level=level)

    def elasticities(
        self,
        *,
        at: ElasticityAt = "formula",
        method: ImpactMethod = "delta",
        draws: int = 10_000,
        seed: int = 0,
        level: float = 0.95,
    ) -> Elasticities:
        """Return impacts in per cents, as the logarithms of the formula make them.

        As :meth:`workbench.regression.effects.SpatialEffects.elasticities`. The mean of counts is
        log-linear: of these, estimates are per cents of the expected count.

        Parameters
        ----------
        at, method, draws, seed, level
            As there.

        Returns
        -------
        Elasticities

        Examples
        --------
        >>> import workbench as wb
        >>> panel = wb.load("munnell-1990")
        >>> fit = wb.fit("gsp ~ log(emp)", panel, effects="entity", family="poisson")
        >>> fit.elasticities().table["reads"].iloc[0]
        '1 % more emp: % of gsp'
        """
        impacts = self.impacts(method=method, draws=draws, seed=seed, level=level)
        design = self.design
        if self.family == "poisson":
            design = replace(design, outcome=f"log({design.outcome})")
        return elasticities_of(impacts, design, at=at)

    def marginal_effects(self, *, level: float = 0.95) -> Impacts:
        """Return average marginal effects of a count panel, in units of the count.

        Parameters
        ----------
        level : float
            Of the intervals.

        Returns
        -------
        Impacts
            Direct, indirect and total: the mean over rows of what one unit more of a term, in the
            region, in all its neighbours, and in both, changes the expected count by.

        Raises
        ------
        PanelError
            If the panel is not one of counts: its impacts are marginal effects already.

        Notes
        -----
        Direct (1/n) Σ μ_i β, total (1/n) Σ μ_i (β + θ Σ_j w_ij). Standard errors by the delta
        method, of the effects and means too, under the covariance of the fit.

        References
        ----------
        Cameron, A. C. and Trivedi, P. (2013). Regression Analysis of Count Data, section 3.5.

        Examples
        --------
        >>> import workbench as wb
        >>> panel = wb.load("munnell-1990")
        >>> fit = wb.fit("gsp ~ log(emp)", panel, effects="entity", family="poisson")
        >>> found = fit.marginal_effects()["log(emp)", "direct"]["estimate"]
        >>> bool(abs(found / (fit.params["log(emp)"] * panel["gsp"].mean()) - 1) < 1e-12)
        True
        """
        from workbench.panels.linear.count_effects import marginal_effects

        return marginal_effects(self, level)

    def impacts_by_period(
        self,
        *,
        method: ImpactMethod = "delta",
        draws: int = 10_000,
        seed: int = 0,
        level: float = 0.95,
    ) -> ImpactsByPeriod:
        """Return the impacts under the W of each period.

        Parameters
        ----------
        method, draws, seed, level
            As in :meth:`impacts`.

        Returns
        -------
        ImpactsByPeriod
            Table with index (term, effect, period).

        Raises
        ------
        PanelError
            If one W serves all periods: their impacts are the same.

        Examples
        --------
        >>> import workbench as wb
        >>> panel, states = wb.load("munnell-1990"), wb.load("us-states")
        >>> queen, near = wb.weights.queen(states), wb.weights.knn(states, 4)
        >>> W = {year: queen if year < 1978 else near for year in range(1970, 1987)}
        >>> fit = wb.fit("log(gsp) ~ log(emp)", panel, W, model="sar")
        >>> fit.impacts_by_period().table.shape
        (51, 6)
        """
        if not self.varies:
            raise PanelError(
                "W",
                expected="a W that changes over time",
                found="one W for all periods",
                why="the impacts of all periods are the same",
                remedy="fit.impacts()",
            )
        return impacts_by_period(
            self._parts_by_period(), method=method, draws=draws, seed=seed, level=level
        )

    def in_period(self, period: object) -> Self:
        """Return the fit with the W of one period in the place of those of all periods.

        For impacts by order, by region and of an impulse, which are those of one W.

        Parameters
        ----------
        period : period
            One of the sample.

        Raises
        ------
        OptionError
            If the sample does not have the period.
        """
        if self.spatial is None or not self.varies:
            return self
        if period not in self._periods:
            raise unknown_option("period", period, [label(p) for p in self._periods])
        weights = self.spatial.of(period)
        other = self.lagged.of(period) if self.lagged else None
        note = f"Impacts are those under the W of {label(period)}."
        return replace(
            self,
            weights=weights,
            weights_x=other,
            spatial=PanelWeights((weights,)),
            lagged=PanelWeights((other,)) if other is not None else None,
            traces=None,
            notes=(*self.notes, note),
        )

    @property
    def varies(self) -> bool:
        """Whether W changes over time, so that impacts are averages over periods."""
        return bool(self._periods)

    @property
    def _periods(self) -> tuple[object, ...]:
        """The periods whose W differ; none for one W."""
        several = [weights.periods for weights in (self.spatial, self.lagged) if weights]
        return next((periods for periods in several if periods), ())

    def _impact_parts(self) -> ImpactParts:
        if self.varies:
            raise PanelError(
                "W",
                expected="one W, for effects by order, by region or of an impulse",
                found="one a period",
                remedy=f"fit.in_period({label(self._periods[0])}).impacts_by_order(), and so on",
            )
        if self.factors != "none" and RHO in self.estimates.terms:
            refuse_inadmissible(
                inadmissible(float(self.params[RHO]), self.weights),
                remedy='model="slx" has spillovers without a spatial lag',
            )
        return super()._impact_parts()

    def _parts_by_period(self) -> dict[object, ImpactParts]:
        return {period: self.in_period(period)._impact_parts() for period in self._periods}
