"""Results of panels with lags in time by moments: tests of instruments and of what they left."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from workbench.core.statistics import (
    Answer,
    NotApplicable,
    Statistic,
    Tests,
    chi2_test,
    f_test,
)
from workbench.errors import InputError
from workbench.numerics.likelihoods.wald import wald
from workbench.numerics.moments.instruments import FirstStage, first_stage
from workbench.numerics.panels.moments import (
    Step,
    difference_in_hansen,
    hansen,
    sargan,
    serial_correlation,
)
from workbench.numerics.scores.chi_square import ChiSquare
from workbench.panels.comparison.nested import WALD_RHO, WALD_WX, zero_test
from workbench.panels.dynamic.equations import HISTORY, LEVELS, OWN, POWERS, NamedEquations
from workbench.panels.dynamic.results import (
    ETA,
    SHARED,
    TAU,
    WALD_ETA,
    WALD_TAU,
    DynamicPanelResults,
)
from workbench.panels.effects import TITLES
from workbench.panels.linear.instrumented import FIRST_STAGE, HANSEN, WEAK
from workbench.panels.results import SUFFIXES
from workbench.panels.spatial.multiplier import refuse_inadmissible
from workbench.panels.spatial.predictions import PanelPredictions
from workbench.panels.testing.dependence import PESARAN, pesaran_cd
from workbench.regression.design import lag_name
from workbench.regression.dynamic_moments import DynamicGMM
from workbench.regression.impacts import ImpactParts
from workbench.regression.results import RHO
from workbench.typing import BoolArray

SARGAN = "Sargan"
SERIAL = ("AR(1)", "AR(2)")
DIFFERENCE = "Difference-in-Hansen"
VALID = "the instruments are uncorrelated with the disturbances"
TESTED = {
    LEVELS: "the instruments of the equations in levels are uncorrelated with effects and "
    "disturbances",
    POWERS: "spatial lags of the regressors are uncorrelated with the disturbances",
}


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """What was estimated.

    Attributes
    ----------
    gmm : DynamicGMM
        What was asked for.
    named : NamedEquations
    first : Step
    second : Step or None
        None where instruments are as many as regions.
    """

    gmm: DynamicGMM
    named: NamedEquations
    first: Step
    second: Step | None

    @property
    def step(self) -> Step:
        """The step that is reported."""
        return self.first if self.gmm.steps == 1 or self.second is None else self.second


@dataclass(frozen=True, eq=False, repr=False)
class DynamicMomentResults(DynamicPanelResults):
    """A panel with lags in time by difference or system GMM, with Wy_t where the model has it.

    y_t = τy_{t−1} + ηWy_{t−1} + ρWy_t + Xβ + WXθ + effects + ε_t. Effects of regions are
    differenced out, or by deviations from later periods; y and Wy two or more periods before, and
    exogenous regressors, instrument the equations, for Wy_t also WX, W²X and so on (Kukenova and
    Monteiro 2009; Jacobs, Ligthart and Vrijburg 2009; Bouayad-Agha and Védrine 2010). System GMM
    adds equations in levels, instrumented by earlier changes, of exogenous regressors too: their
    levels may be correlated with effects. Effects of periods are taken out of each equation's
    variables and instruments, period by period, and use up no instruments; one step of difference
    GMM is that with a dummy a period, to the last digit. The disturbances of different regions
    are independent, of one region they may have any variance; moments of different regions are
    then uncorrelated though one instruments the other. There is no likelihood.

    The quadratic moments of Lee and Yu (2014), which take one variance, are not used: ρ is weakly
    identified where neither WX nor earlier Wy move Wy_t, which ``diagnostics()`` says. Stata's
    ``spxtregress`` fits static spatial panels with random or fixed effects, its ``xsmle`` lags in
    time by the likelihood; ``xtabond2`` and R's ``pgmm`` fit these moments with Wy as a column.

    Tables, residuals and fitted values are of the rows whose predecessor is there; residuals are
    those in levels less the effects' estimates, means of what is left. R-squared is the squared
    correlation of outcome and fitted values, which contain the effects.

    Attributes
    ----------
    moments : Moments
        Equations, instruments and both steps.
    refused : str
        Why there are no impacts; empty where there are.

    References
    ----------
    Arellano, M. and Bond, S. (1991). Review of Economic Studies 58, 277–297. Blundell, R. and Bond,
    S. (1998). Journal of Econometrics 87, 115–143. Kukenova, M. and Monteiro, J.-A. (2009). Spatial
    dynamic panel model and system GMM. Jacobs, J., Ligthart, J. and Vrijburg, H. (2009). Dynamic
    panel data models featuring endogenous interaction and spatially correlated errors.
    Bouayad-Agha, S. and Védrine, L. (2010). Spatial Economic Analysis 5, 205–227. Lee, L.-F. and
    Yu, J. (2014). Journal of Econometrics 180, 174–197. Roodman, D. (2009). Stata Journal 9,
    86–136.
    """

    moments: Moments = field(kw_only=True)
    refused: str = field(kw_only=True, default="")

    @property
    def title(self) -> str:
        """Name of the model in words."""
        kind = "System" if self.moments.gmm.equations == "system" else "Difference"
        lag = SUFFIXES[self.model]
        return f"Dynamic panel by {kind.lower()} GMM{lag}, {TITLES[self.effects]}"

    @property
    def instruments(self) -> tuple[str, ...]:
        """Names of the instruments, those of effects of periods apart."""
        return self.moments.named.instruments

    def diagnostics(self) -> Tests:
        """Return the tests of instruments, of serial correlation, and Wald tests.

        Returns
        -------
        Tests
            ``AR(1)`` and ``AR(2)`` of Arellano and Bond, of differenced residuals: the first is
            expected to reject, the second not to; ``Hansen J`` (two steps, any variances) and
            ``Sargan`` (one step, one variance, difference GMM); ``Difference-in-Hansen`` of the
            equations in levels and of WX as instruments of Wy; ``First stage F`` of each term that
            is instrumented (Sanderson and Windmeijer 2016, for one variance, in the transformed
            equations; 10 is the rule of thumb); Wald tests of τ, η, ρ and WX and of a unit root;
            Pesaran's CD. Those that do not apply are there with the reason.

        References
        ----------
        Roodman, D. (2009). A note on the theme of too many instruments. Oxford Bulletin of
        Economics and Statistics 71, 135–158.

        Examples
        --------
        >>> import workbench as wb
        >>> fit = wb.fit("log(gsp) ~ log(emp)", wb.load("munnell-1990"), effects="two-way",
        ...              dynamic="lag", method="gmm")
        >>> fit.diagnostics()["AR(1)"].applicable
        True
        """
        lagged = tuple(lag_name(term) for term in self.design.lagged)
        answers: dict[str, Answer] = {
            **serial_tests(self.moments),
            HANSEN: _hansen(self.moments),
            SARGAN: _sargan(self.moments),
            f"{DIFFERENCE} ({LEVELS})": _subset(self.moments, LEVELS),
            f"{DIFFERENCE} (WX)": _subset(self.moments, POWERS),
            **_first_stages(self.moments),
            WALD_TAU: zero_test(self, WALD_TAU, (TAU,), "tau = 0"),
            WALD_ETA: zero_test(self, WALD_ETA, (ETA,), "eta = 0"),
            WALD_RHO: zero_test(self, WALD_RHO, (RHO,), "rho = 0"),
            WALD_WX: zero_test(self, WALD_WX, lagged, "the coefficients of WX are zero"),
            SHARED: self._shared(),
            PESARAN: pesaran_cd(self.fit.resids, self.cells, self.effects),
        }
        return Tests(f"Diagnostics: {self.title}", answers)

    def effects_table(self, level: float = 0.95) -> pd.DataFrame:  # noqa: ARG002 - as its base's
        """Refuse: effects are not estimated with an error of their own."""
        raise InputError(
            "effects",
            expected="a fit by maximum likelihood, for effects with standard errors",
            found=self.title,
            why="moments take the effects out; what is left of a region is a mean of few periods",
            remedy='wb.fit(..., method="ml").effects_table()',
        )

    def predict(self, newdata: pd.DataFrame | None = None) -> PanelPredictions:
        """Predict outcomes of the sample a period ahead, from those observed in the one before.

        Parameters
        ----------
        newdata : None
            Not yet: outcomes of the period before would have to come with it.

        Raises
        ------
        PanelError
            If ρ̂ has no spatial multiplier.
        """
        self._refuse_inadmissible()
        if newdata is None and RHO not in self.estimates.terms:
            table = pd.DataFrame({"prediction": self.expected}, index=self.design.index)
            return PanelPredictions(table, self.provenance)
        return super().predict(newdata)

    def _impact_parts(self) -> ImpactParts:
        self._refuse_inadmissible()
        return super()._impact_parts()

    def _refuse_inadmissible(self) -> None:
        refuse_inadmissible(
            self.refused,
            remedy='other lags or regressors, another W, or the likelihood: method="ml"',
        )

    def _shared(self) -> Answer:
        if self.refused:
            return NotApplicable(SHARED, "what all regions share does not die out", self.refused)
        if {ETA, RHO} & {*self.estimates.terms}:
            return self._unit_root()
        at = self.estimates.terms.index(TAU)
        gap = (self.estimates.values[[at]] - 1.0, self.estimates.cov[np.ix_([at], [at])])
        return _told(SHARED, "tau = 1: shocks do not die out", wald(*gap))


def serial_tests(moments: Moments) -> dict[str, Answer]:
    """Return Arellano and Bond's tests of differenced residuals for correlation over time."""
    answers: dict[str, Answer] = {}
    named = moments.named
    for order, name in enumerate(SERIAL, start=1):
        null = f"differenced disturbances are not correlated {order} period(s) apart"
        found = serial_correlation(
            named.equations, moments.step, changes=named.changes, order=order
        )
        if np.isfinite(found.statistic):
            answers[name] = Statistic(name, found.statistic, null, found.pvalue, z=found.statistic)
        else:
            reason = f"no two differences are {order} period(s) apart"
            answers[name] = NotApplicable(name, null, reason if not found.pairs else NO_VARIANCE)
    return answers


NO_VARIANCE = "the estimated variance of the statistic is not positive"
EXACT = "there are no more instruments than coefficients"
MANY_REGIONS = "instruments are as many as regions: their covariance has no inverse"


def _told(name: str, null: str, found: ChiSquare, assumptions: str = "") -> Answer:
    if found.df <= 0:
        return NotApplicable(name, null, EXACT)
    return chi2_test(name, found.statistic, found.df, null=null, assumptions=assumptions)


def _hansen(moments: Moments) -> Answer:
    if moments.second is None:
        return NotApplicable(HANSEN, VALID, MANY_REGIONS)
    return _told(HANSEN, VALID, hansen(moments.named.equations, moments.second))


def _sargan(moments: Moments) -> Answer:
    if moments.gmm.equations == "system":
        reason = "disturbances in levels hold effects of unknown variance: see Hansen J"
        return NotApplicable(SARGAN, VALID, reason)
    found = sargan(moments.named.equations, moments.first)
    return _told(SARGAN, VALID, found, "disturbances of one variance")


def _subset(moments: Moments, kind: str) -> Answer:
    """Test instruments of one kind, those of the equations in levels or WX."""
    named = moments.named
    name = f"{DIFFERENCE} ({'WX' if kind == POWERS else kind})"
    tested = np.array([found == kind for found in named.kinds], dtype=bool)
    if not tested.any():
        return NotApplicable(name, TESTED[kind], "the model does not have them")
    if moments.second is None:
        return NotApplicable(name, TESTED[kind], MANY_REGIONS)
    free = _moving(named) if kind == LEVELS else np.ones(len(named.terms), dtype=bool)
    kept = ~tested
    if kind == LEVELS:
        kept &= np.array([found in (OWN, POWERS, HISTORY) for found in named.kinds])
    found = difference_in_hansen(
        named.equations, moments.first, moments.second, kept=kept, free=free
    )
    if found is None:
        reason = "without them there are not enough instruments"
        return NotApplicable(name, TESTED[kind], reason)
    return chi2_test(name, found.statistic, found.df, null=TESTED[kind])


def _moving(named: NamedEquations) -> BoolArray:
    """Return which coefficients equations without effects have: all but the constant."""
    return np.asarray(np.abs(named.equations.X[named.transformed]).max(axis=0) > 0)


def strength(moments: Moments) -> FirstStage | None:
    """Return the first stage of the transformed equations; None with too few instruments."""
    named = moments.named
    part, moving = named.transformed, _moving(named)
    at = np.array([term in named.endogenous for term in named.terms])
    X = named.equations.X[part]
    kinds = np.array(named.kinds)
    H = named.equations.Z[part][:, np.isin(kinds, (POWERS, HISTORY))]
    if H.shape[1] < int(at.sum()) or len(X) <= H.shape[1] + int((moving & ~at).sum()):
        return None
    return first_stage(X[:, at], X[:, moving & ~at], H=H)


def _first_stages(moments: Moments) -> dict[str, Answer]:
    names = [f"{FIRST_STAGE}: {term}" for term in _instrumented(moments)]
    null = "the instruments do not move the term beside the others"
    found = strength(moments)
    if found is None:
        reason = "the equations without effects have too few instruments of their own"
        return {name: NotApplicable(name, null, reason) for name in names}
    df = (float(found.conditional_df[0]), float(found.conditional_df[1]))
    return {
        name: f_test(name, float(value), df, null=null, assumptions="disturbances of one variance")
        for name, value in zip(names, found.conditional_f, strict=True)
    }


DOUBTED = 0.05
"""p-value below which a test of the instruments is told beside the table."""


def validity_notes(moments: Moments) -> tuple[str, ...]:
    """Say where tests speak against the instruments."""
    gmm, first = moments.gmm, moments.gmm.lags[0]
    tests = {SERIAL[1]: serial_tests(moments)[SERIAL[1]], HANSEN: _hansen(moments)}
    told = [f"{name} (p = {test.p_value:.2g})" for name, test in tests.items() if doubted(test)]
    notes: tuple[str, ...] = ()
    if told:
        later = replace(gmm, lags=(first + 1, first + 3))
        notes = (
            f"{' and '.join(told)}: the data speak against the instruments, lag {first} of the "
            f"outcome among them. Take further lags into the model, or method={later.call}.",
        )
    added = _subset(moments, LEVELS)
    if doubted(added):
        notes += (
            f"{added.name} (p = {added.p_value:.2g}): the data speak against the equations in "
            f"levels. method={replace(gmm, equations='difference').call} is without them.",
        )
    return notes


def doubted(test: Answer) -> bool:
    """Return whether a test that applies has a small p-value."""
    return test.applicable and test.p_value < DOUBTED


def _instrumented(moments: Moments) -> list[str]:
    named = moments.named
    return [term for term in named.terms if term in named.endogenous]


def weak_notes(moments: Moments) -> tuple[str, ...]:
    """Name the terms that their instruments hardly move in the transformed equations."""
    found = strength(moments)
    if found is None:
        return ()
    told = zip(_instrumented(moments), found.conditional_f, strict=True)
    weak = [f"{term} ({f:.3g})" for term, f in told if f < WEAK]
    if not weak:
        return ()
    system = moments.gmm.equations == "system"
    also = (
        ""
        if system
        else ' wb.panels.DynamicGMM("system") adds moments where outcomes are persistent.'
    )
    where = "in the transformed equations " if system else ""
    return (
        f"Weak instruments {where}(first-stage F below {WEAK:g}): {', '.join(weak)}. Estimates "
        f"lean towards those of least squares and intervals are too narrow.{also}",
    )
