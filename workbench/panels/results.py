"""Results of panel models: the shared vocabulary, and their tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from workbench.core.statistics import Tests
from workbench.panels.effects import TITLES
from workbench.panels.impacts import PanelEffects
from workbench.panels.linear.choices import title_of
from workbench.regression.covariance_sets import Covariances
from workbench.regression.covariances import Clustered, Conley
from workbench.regression.panel_covariances import DriscollKraay, PanelCorrected
from workbench.typing import Covariance

if TYPE_CHECKING:
    from workbench.panels.spatial.predictions import PanelPredictions

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
class PanelResults(PanelEffects):
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
            If the fit is of moments, common shocks or counts and has another one: the message says
            which fit has it. Or if the covariance cannot be had.

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
        from workbench.panels.linear.covariances import with_covariance

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
        from workbench.panels.linear.covariances import covariances

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
        from workbench.panels.linear.counts import diagnose_counts
        from workbench.panels.shocks.factors import diagnose_factors
        from workbench.panels.testing.diagnostics import diagnose

        if self.family == "poisson":
            return diagnose_counts(self)
        if self.factors != "none":
            return diagnose_factors(self)
        return diagnose(self)

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
        from workbench.panels.spatial.effect_estimates import effects_table

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
        from workbench.panels.linear.random_variances import variance_table

        return variance_table(self)

    def predict(self, newdata: pd.DataFrame | None = None) -> PanelPredictions:
        """Predict outcomes from regressors and effects, Xβ + effects.

        Parameters
        ----------
        newdata : DataFrame, optional
            Regressors indexed by (region, period), of regions of the sample; the sample's own
            without. Other periods need a model without effects of periods, and other regions are
            refused: their effects are not known.

        Returns
        -------
        PanelPredictions
            A row a (region, period), in units of the formula's outcome; no standard errors, which
            would need those of the effects.

        Raises
        ------
        PanelError
            If the model has no such expectation, or a period has no effect.
        IdError
            If a region is new; with lagged regressors, if one is missing.

        Examples
        --------
        >>> import workbench as wb
        >>> panel = wb.load("munnell-1990")
        >>> fit = wb.fit("log(gsp) ~ log(emp)", panel, effects="entity")
        >>> bool(abs(fit.predict().values - fit.fitted_values).max() < 1e-10)
        True
        """
        from workbench.panels.spatial.predictions import predictions_of, refuse_unpredictable

        refuse_unpredictable(self)
        return predictions_of(self, newdata)
