"""Results of logits: the shared vocabulary, probabilities, and what separates the outcomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.statistics import Statistic, Tests, chi2_test
from workbench.core.vocabulary import check_level, critical_value, one_row
from workbench.errors import InputError, check_option, unknown_name
from workbench.numerics.binary.logit import LogitFit, fit_logit, null_loglik
from workbench.numerics.binary.separation import Separation
from workbench.regression.design import INTERCEPT
from workbench.regression.results import RegressionResults
from workbench.typing import Alternative, LogitInterval, Said

if TYPE_CHECKING:
    from workbench.models.binary.curves import ProbabilityCurve
    from workbench.models.binary.goodness import Classification
    from workbench.models.binary.profiled import Profile
    from workbench.regression.impacts import ImpactParts

TITLES = {
    "ml": "Binary logit (maximum likelihood)",
    "firth": "Binary logit (Firth's penalised likelihood)",
}


@dataclass(frozen=True, eq=False, repr=False)
class BinaryResults(RegressionResults):
    """A logit of an outcome of 0 and 1; see also `RegressionResults`.

    Coefficients are changes of the log odds, log(p / (1 − p)); :meth:`odds_ratios` and
    :meth:`marginal_effects` say what they are worth. ``fitted_values`` are probabilities,
    ``resids`` are y − p. Of Firth's fits ``loglik``, ``aic`` and ``bic`` are of the likelihood
    without its penalty at the penalised estimates: never above that of maximum likelihood.

    Attributes
    ----------
    maximum : LogitFit
        Where the (penalised) likelihood has its maximum.
    separation : Separation
        What a combination of the regressors tells of the outcome: of a fit by maximum likelihood
        nothing without error.
    """

    maximum: LogitFit = field(kw_only=True)
    separation: Separation = field(kw_only=True)

    @property
    def title(self) -> str:
        """Name of the model in words."""
        lags = ", with spatially lagged regressors" if self.model == "slx" else ""
        return TITLES[str(self.extras["method"])] + lags

    @property
    def penalised(self) -> bool:
        """Whether Firth's penalty is in the likelihood."""
        return self.extras["method"] == "firth"

    @property
    def events(self) -> int:
        """Number of ones."""
        return int(self.design.y.sum())

    @property
    def loglik_null(self) -> float:
        """Log-likelihood of a constant alone, by maximum likelihood."""
        return null_loglik(self.design.y)

    @property
    def loglik_penalised(self) -> float:
        """Maximised loglik + ½ log|I| of Firth's fits; `loglik` of others."""
        return self.maximum.objective

    @property
    def pseudo_rsquared(self) -> float:
        """McFadden's 1 − loglik / loglik_null; others are in :meth:`goodness`."""
        return self.fit.rsquared

    @property
    def zstats(self) -> pd.Series[Any]:
        """Statistics by term: estimate over standard error, or of Firth's fits signed roots."""
        return self.tidy()["statistic"].rename("zstat")

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return a row a term: ``estimate std_error statistic p_value conf_low conf_high``.

        Of maximum likelihood by Wald's statistic. Of Firth's fits ``p_value`` is of the penalised
        likelihood-ratio test, ``statistic`` its signed root, the interval its profile.
        """
        if not self.penalised:
            return super().tidy(level)
        return self._profiled(level).copy()

    def conf_int(self, level: float = 0.95, *, method: LogitInterval | None = None) -> pd.DataFrame:
        """Return confidence intervals, columns ``lower upper``, by term.

        Parameters
        ----------
        level : float
        method : {"wald", "profile"}, optional
            Estimate ± critical value × standard error, or what the likelihood-ratio test does not
            reject. ``"profile"`` of Firth's fits without, ``"wald"`` of others.
        """
        chosen = method or ("profile" if self.penalised else "wald")
        check_option("method", chosen, LogitInterval)
        if chosen == "profile":
            table = self._profiled(level)[["conf_low", "conf_high"]]
            return table.set_axis(["lower", "upper"], axis=1)
        half = critical_value(level, df=None) * self.std_errors
        return pd.DataFrame({"lower": self.params - half, "upper": self.params + half})

    def evidence_of(self, term: str) -> Profile | None:
        """Return what p-values and intervals of a term come from: its profile, of Firth's fits."""
        from workbench.models.binary.profiled import profiles_of

        return profiles_of(self)[term] if self.penalised else None

    def glance(self) -> pd.DataFrame:
        """Return one row: sample, likelihood, criteria, McFadden's R-squared, separation."""
        return one_row(
            model=self.model,
            **self.extras,
            nobs=self.nobs,
            events=self.events,
            df_resid=self.fit.df_resid,
            loglik=self.loglik,
            loglik_null=self.loglik_null,
            aic=self.aic,
            bic=self.bic,
            pseudo_rsquared=self.pseudo_rsquared,
            separation=self.separation.kind,
            covariance=self.estimates.covariance,
            weights=self.weights.digest if self.weights is not None else "",
        )

    def goodness(self) -> pd.DataFrame:
        """Return one row: ``mcfadden cox_snell nagelkerke tjur brier auc`` beside likelihoods."""
        from workbench.models.binary.goodness import goodness_table

        return goodness_table(self)

    def classification(self, cutoff: float = 0.5) -> Classification:
        """Return the table of outcomes and predictions at a cutoff, and the regions gone wrong."""
        from workbench.models.binary.goodness import classification_of

        return classification_of(self, cutoff)

    def likelihood_ratio(self) -> Statistic:
        """Return the likelihood-ratio test of all slopes being 0.

        Of Firth's fits both likelihoods have the penalty of all regressors, as in R's logistf.
        """
        slopes = np.array([term != INTERCEPT for term in self.estimates.terms])
        base = fit_logit(
            self.design.y,
            self.design.X,
            penalised=self.penalised,
            held=slopes,
            start=np.zeros(len(slopes)),
        )
        name = "Penalised likelihood ratio" if self.penalised else "Likelihood ratio"
        statistic = 2.0 * (self.maximum.objective - base.objective)
        return chi2_test(name, statistic, int(slopes.sum()), null="all slopes are 0")

    def odds_ratios(self, level: float = 0.95) -> pd.DataFrame:
        """Return a row a term: ``odds_ratio p_value conf_low conf_high``, exp of the estimates.

        By how much a unit more of a regressor multiplies the odds p / (1 − p).
        """
        from workbench.models.binary.effects import odds_ratios_of

        return odds_ratios_of(self, level)

    def marginal_effects(self, variable: str | None = None, *, level: float = 0.95) -> pd.DataFrame:
        """Return average marginal effects on the probability, by the delta method.

        Parameters
        ----------
        variable : str, optional
            A variable of the formula that changes in all its terms together, such as x in
            ``x + I(x**2)`` or ``log(x)``. Without, a row a term, the others held.
        level : float

        Returns
        -------
        pandas.DataFrame
            Index ``term``; ``estimate std_error statistic p_value conf_low conf_high``. Of a
            dummy the change of the probability from 0 to 1; of the others the mean over regions
            of p(1 − p)β, a change of the probability by a unit.
        """
        from workbench.models.binary.effects import marginal_effects_of

        return marginal_effects_of(self, variable, level)

    def probabilities(
        self, newdata: pd.DataFrame | None = None, *, level: float = 0.95
    ) -> pd.DataFrame:
        """Return a row a region: ``probability conf_low conf_high``.

        Parameters
        ----------
        newdata : DataFrame, optional
            Other regions, or other values for those of the sample; the sample without.
        level : float
            Of intervals by the standard error of the log odds.
        """
        from workbench.models.binary.curves import probabilities_of

        return probabilities_of(self, newdata, level)

    def curve(
        self, term: str | None = None, *, points: int = 101, level: float = 0.95
    ) -> ProbabilityCurve:
        """Return the probability along a term, the other variables at their medians.

        Parameters
        ----------
        term : str, optional
            A term or variable of the formula; the first slope without. Categories stay at the most
            frequent one.
        points : int
            Values between the smallest and largest observed.
        level : float
            Of the band.
        """
        from workbench.models.binary.curves import curve_of

        return curve_of(self, term, points=points, level=level)

    def dependence(
        self, *, permutations: int = 999, seed: int = 0, alternative: Alternative = "two-sided"
    ) -> Tests:
        """Return tests of the residuals for spatial dependence; the fit must have W.

        Returns
        -------
        Tests
            Moran's I of Pearson residuals against random permutations, and the test of Kelejian
            and Prucha (2001) for outcomes whose variances differ.
        """
        from workbench.models.binary.dependence import dependence_of

        return dependence_of(self, permutations, seed=seed, alternative=alternative)

    def augment(self) -> pd.DataFrame:
        """Return a row a region: the outcome, ``fitted``, ``residual`` and ``pearson``."""
        table = super().augment()
        p = self.fit.fitted
        return table.assign(pearson=self.fit.resids / np.sqrt(p * (1.0 - p)))

    def plot(self, term: str | None = None, *, title: Said | None = None) -> Any:
        """Draw the probability curve of a term; options in ``views.logits``."""
        return self.curve(term).plot(title=title)

    def _impact_parts(self) -> ImpactParts:
        raise InputError(
            "impacts",
            expected="a model that is linear in its outcome",
            found=self.title,
            why="a coefficient changes the log odds, and the probability by an amount that "
            "differs between regions",
            remedy="fit.marginal_effects(), or coefficient(x) in a hypothesis",
        )

    @cached_property
    def _tables(self) -> dict[float, pd.DataFrame]:
        return {}

    def _profiled(self, level: float) -> pd.DataFrame:
        """Return the table of profiles, computed once a level: a notebook asks for it often."""
        from workbench.models.binary.profiled import profile_table

        check_level(level)
        if level not in self._tables:
            self._tables[level] = profile_table(self, level)
        return self._tables[level]

    def __str__(self) -> str:
        return display.text(self._heading(), self._shown(), self._notes())

    __repr__ = __str__

    def _shown(self) -> list[tuple[str, pd.DataFrame]]:
        row = self.glance()
        left_out = ["covariance", *(["weights"] if self.weights is None else [])]
        return [("", self.tidy()), ("", row.drop(columns=left_out).T)]

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._shown(), self._notes())


def slope_named(fit: BinaryResults, term: str | None) -> str:
    """Return a slope or variable of a fit by name, the first slope for None."""
    slopes = [name for name in fit.design.terms if name != INTERCEPT]
    if not slopes:
        raise InputError("term", expected="a model with a regressor", found=fit.formula)
    known = [*slopes, *(map(str, fit.design.variables) if fit.design.variables is not None else ())]
    if term is not None and term not in known:
        raise unknown_name("term", term, [name for name in known if name != fit.design.outcome])
    return slopes[0] if term is None else term
