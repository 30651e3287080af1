"""Results of panel models: the shared vocabulary, and their tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from workbench.core.statistics import Tests
from workbench.panels.effects import TITLES, Cells
from workbench.regression.results import RegressionResults
from workbench.typing import Effects, Factors, Family

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
class PanelResults(RegressionResults):
    """A panel fit; see :class:`~workbench.regression.results.RegressionResults`.

    Fitted values contain fixed effects; random effects are part of the residual. R-squared is that
    of the regression once the effects are taken out. Student's t has observations minus
    coefficients minus effects as degrees of freedom, whatever the covariance. The log-likelihood
    is Gaussian with all constants; that of random effects is taken at the variance components of
    Swamy and Arora, which do not maximise it.

    Attributes
    ----------
    cells : Cells
        Region and period of each row.
    effects : str
        ``"none"``, ``"entity"``, ``"time"``, ``"two-way"`` or ``"random"``.
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
    """

    cells: Cells = field(kw_only=True)
    effects: Effects = field(kw_only=True)
    family: Family = field(kw_only=True, default="gaussian")
    factors: Factors = field(kw_only=True, default="none")
    overidentification: tuple[float, int] | None = field(kw_only=True, default=None)

    @property
    def title(self) -> str:
        """Name of the model in words."""
        kind = "Poisson panel regression" if self.family == "poisson" else "Panel regression"
        return f"{kind}{SUFFIXES[self.model]}, {TITLES[self.effects]}{FACTORS[self.factors]}"

    def diagnostics(self) -> Tests:
        """Return the tests that choose between effects, and those of dependent residuals.

        Returns
        -------
        Tests
            Poolability (F), random effects (Breusch–Pagan LM), fixed against random (Hausman),
            cross-section dependence of the residuals (Pesaran CD), serial correlation
            (Wooldridge), and with W the LM tests against a spatial lag or error; those that do not
            apply are there with the reason. All but Wooldridge's with classical covariances. Of
            counts: overdispersion (Cameron and Trivedi 1990) and CD of Pearson's residuals.

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
