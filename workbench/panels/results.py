"""Results of panel models: the shared vocabulary, and their tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeAlias

import pandas as pd

from workbench.core.expressions import label
from workbench.core.statistics import Tests
from workbench.errors import PanelError, unknown_option
from workbench.panels.basis import Basis
from workbench.panels.choices import title_of
from workbench.panels.effects import TITLES, Cells
from workbench.panels.multiplier import inadmissible, refuse_inadmissible
from workbench.panels.period_impacts import ImpactsByPeriod, impacts_by_period, impacts_over_periods
from workbench.panels.period_weights import PanelWeights
from workbench.regression.covariance_sets import Covariances
from workbench.regression.covariances import Clustered, Conley
from workbench.regression.effects import SpatialEffects
from workbench.regression.elasticities import Elasticities, elasticities_of
from workbench.regression.impacts import ImpactParts, Impacts
from workbench.regression.panel_covariances import DriscollKraay, PanelCorrected
from workbench.regression.results import RHO
from workbench.typing import Covariance, Effects, ElasticityAt, Factors, Family, ImpactMethod

PanelCovariance: TypeAlias = Covariance | Clustered | Conley | DriscollKraay | PanelCorrected

SUFFIXES: Mapping[str, str] = MappingProxyType(
    {
        "ols": "",
        "slx": " with spatially lagged regressors (SLX)",
        "sar": " with a spatial lag (SAR)",
        "sdm": " of the spatial Durbin model (SDM)",
    }
)
FACTORS: Mapping[str, str] = MappingProxyType(
    {
        "none": "",
        "cce": ", common correlated effects",
        "cce-mean-group": ", common correlated effects, mean group",
        "defactored": ", defactored instruments",
    }
)


@dataclass(frozen=True, eq=False, repr=False)
class PanelResults(SpatialEffects):
    """A panel fit; see :class:`~workbench.regression.results.RegressionResults`.

    Fitted values contain fixed effects; random effects are part of the residual. R-squared is that
    of the regression once the effects are taken out. Student's t has observations minus
    coefficients minus effects as degrees of freedom, and with clustered covariances the number of
    clusters less one, as in Stata. The log-likelihood is Gaussian with all constants; that of
    random effects is taken at their estimated variances, which do not maximise it. Rows are
    regions for ``effects="between"``, and changes, by their later period, for
    ``"first-difference"``.

    Attributes
    ----------
    cells : Cells
        Region and period of each row.
    effects : str
        ``"none"``, ``"entity"``, ``"time"``, ``"two-way"``, ``"random"`` or another word of
        :func:`workbench.fitting.fit`.
    family : str
        ``"gaussian"`` or ``"poisson"``. Of counts, ``sigma2`` is Pearson's dispersion, ``rsquared``
        is McFadden's against the effects alone, residuals are counts minus fitted means, and the
        log-likelihood is Poisson's, whatever the covariance.
    factors : str
        How common shocks were taken out: ``"none"``, ``"cce"``, ``"cce-mean-group"`` or
        ``"defactored"``. With them there is no likelihood: ``loglik`` and what follows from it are
        not a number.
    overidentification : tuple of (float, int) or None
        Hansen's J and its degrees of freedom, where instruments outnumber coefficients.
    spatial : PanelWeights or None
        W of all periods or of each.
    lagged : PanelWeights or None
        The same of the lagged regressors, where they are others.
    basis : Basis or None
        Sample and choices behind a linear fit, from which other covariances are computed.
    """

    cells: Cells = field(kw_only=True)
    effects: Effects = field(kw_only=True)
    family: Family = field(kw_only=True, default="gaussian")
    factors: Factors = field(kw_only=True, default="none")
    overidentification: tuple[float, int] | None = field(kw_only=True, default=None)
    spatial: PanelWeights | None = field(default=None, kw_only=True)
    lagged: PanelWeights | None = field(default=None, kw_only=True)
    basis: Basis | None = field(kw_only=True, default=None)

    @property
    def title(self) -> str:
        """Name of the model in words."""
        kind = "Poisson panel regression" if self.family == "poisson" else "Panel regression"
        told = TITLES[self.effects] if self.basis is None else title_of(self.basis.specification)
        return f"{kind}{SUFFIXES[self.model]}, {told}{FACTORS[self.factors]}"

    def with_covariance(self, option: PanelCovariance) -> PanelResults:
        """Return the fit with other standard errors; coefficients stay.

        Parameters
        ----------
        option : str, Clustered, Conley, DriscollKraay or PanelCorrected
            A word of ``wb.fit(covariance=)`` for panels; ``Clustered(by=...)`` with clusters by
            region or by (region, period), one or two ways; ``Conley(points, distance=...)`` for
            dependence over space within periods and over time within regions (Hsiang 2010), whose
            ``time_lags`` are ⌊4 (T/100)^(2/9)⌋ where none are given; ``DriscollKraay(lags=...)``
            with lags of your choice; ``PanelCorrected()`` of Beck and Katz (1995). The last two
            are in ``wb.panels``.

        Raises
        ------
        InputError
            If the fit is of a likelihood, or the covariance cannot be had.

        Notes
        -----
        Effects are counted, but for effects of regions within clusters of regions, and of periods
        likewise: Conley's covariance is multiplied by n/(n − effects), and by n/(n − k − effects)
        if it is ``debiased``.

        Examples
        --------
        >>> import workbench as wb
        >>> fit = wb.fit("log(gsp) ~ log(emp)", wb.load("munnell-1990"), effects="two-way")
        >>> near = wb.Conley(wb.load("us-states"), distance=500, time_lags=3)
        >>> fit.with_covariance(near).estimates.covariance
        'Conley (bartlett kernel, 500 km; 3 lags in time)'
        """
        from workbench.panels.recovariance import with_covariance

        return with_covariance(self, option)

    def covariances(
        self,
        options: Sequence[PanelCovariance] | Mapping[str, Covariance | Clustered | Conley],
    ) -> Covariances:
        """Return the fit under several covariances, side by side.

        Parameters
        ----------
        options : list or mapping
            As those of :meth:`with_covariance`; a mapping names them.

        Examples
        --------
        >>> import workbench as wb
        >>> fit = wb.fit("log(gsp) ~ log(emp)", wb.load("munnell-1990"), effects="entity")
        >>> fit.covariances(["classical", "clustered"]).std_errors.columns.tolist()
        ['estimate', 'classical', 'clustered']
        """
        from workbench.panels.recovariance import covariances

        return covariances(self, options)

    def diagnostics(self) -> Tests:
        """Return the tests that choose between effects, and those of dependent residuals.

        Returns
        -------
        Tests
            Poolability (F); random effects of regions, periods or both (Breusch–Pagan, Honda,
            King–Wu, Gourieroux–Holly–Monfort, Wooldridge); fixed against random effects (Hausman,
            by an auxiliary regression, and Mundlak's clustered by region); dependence between
            regions (Pesaran's CD, of all pairs and of those that W links; LM of squared
            correlations, scaled and corrected for bias); serial correlation (Wooldridge within
            and in differences, Breusch–Godfrey, Bera–Sosa-Escudero–Yoon, Baltagi–Li); with W the
            LM tests against a spatial lag or error. Those that do not apply are there with the
            reason; ``.made`` has the others. With instruments: first-stage F, Sargan, Hansen,
            Wu–Hausman, and dependence between regions. Of counts: overdispersion (Cameron and
            Trivedi 1990) and CD of Pearson's residuals.

        Examples
        --------
        >>> import workbench as wb
        >>> fit = wb.fit("log(gsp) ~ log(emp)", wb.load("munnell-1990"), effects="entity")
        >>> fit.diagnostics()["Poolability F"].p_value < 0.01
        True
        """
        from workbench.panels.counts import diagnose_counts
        from workbench.panels.diagnostics import diagnose
        from workbench.panels.factors import diagnose_factors

        if self.family == "poisson":
            return diagnose_counts(self)
        if self.factors != "none":
            return diagnose_factors(self)
        return diagnose(self)

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
        if self._varies:
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
        from workbench.panels.count_effects import marginal_effects

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
        if not self._varies:
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

    def in_period(self, period: object) -> PanelResults:
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
        if self.spatial is None or not self._varies:
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

    def effects_table(self, level: float = 0.95) -> pd.DataFrame:
        """Return the effects of regions and periods, with standard errors.

        Fixed effects are deviations from their mean, which is the row ``("Intercept", "")``;
        their standard errors hold the uncertainty of the coefficients too. Random effects of
        regions are best linear unbiased predictions with the standard deviation of the
        prediction error, parameters taken as known.

        Parameters
        ----------
        level : float
            Of the intervals.

        Returns
        -------
        pandas.DataFrame
            Index (effect, level), effects ``Intercept entity time``; columns ``estimate std_error
            statistic p_value conf_low conf_high``.

        Raises
        ------
        InputError
            If the model has no such effects.
        PanelError
            If they are two-way and the panel has gaps.

        Notes
        -----
        plm's ``fixef`` has the same effects of one kind in levels: Intercept + effect. With
        two-way effects it adds to those of regions the first period's.

        Examples
        --------
        >>> import workbench as wb
        >>> fit = wb.fit("log(gsp) ~ log(emp)", wb.load("munnell-1990"), effects="entity")
        >>> fit.effects_table().shape
        (49, 6)
        """
        from workbench.panels.effect_estimates import effects_table

        return effects_table(self, level)

    def variance_components(self) -> pd.DataFrame:
        """Return the estimated variances of random effects and of what is left.

        Returns
        -------
        pandas.DataFrame
            Index ``part``: ``region``, ``period``, ``own``, those that the model has; columns
            ``variance``, ``variance_share`` (of their sum) and ``demeaned`` (the part θ of the
            means that quasi-demeaning takes away; empty for ``own``, and with gaps, where it
            differs between regions). A variance estimated as negative is 0.

        Raises
        ------
        InputError
            If the model is not one of random effects by generalised least squares.

        Examples
        --------
        >>> import workbench as wb
        >>> fit = wb.fit("log(gsp) ~ log(emp)", wb.load("munnell-1990"), effects="random")
        >>> fit.variance_components().index.tolist()
        ['region', 'own']
        """
        from workbench.panels.random_variances import variance_table

        return variance_table(self)

    @property
    def _varies(self) -> bool:
        return bool(self._periods)

    @property
    def _periods(self) -> tuple[object, ...]:
        """The periods whose W differ; none for one W."""
        several = [weights.periods for weights in (self.spatial, self.lagged) if weights]
        return next((periods for periods in several if periods), ())

    def _impact_parts(self) -> ImpactParts:
        if self._varies:
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
