"""The ladder of static panels: models of one formula side by side, and the tests between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.statistics import Answer, NotApplicable, Tests
from workbench.errors import (
    ConvergenceError,
    InputError,
)
from workbench.panels.comparison.nested import nested_tests, on_footing, restrictions
from workbench.panels.fit import fit_panel
from workbench.panels.results import PanelResults
from workbench.panels.spatial.period_weights import PanelWeightsLike
from workbench.panels.spatial.results import SpatialPanelResults
from workbench.regression.lag_terms import refuse_formula_lags
from workbench.regression.probabilities import check_models, weights_of
from workbench.regression.side_by_side import FitsByModel
from workbench.regression.specification import LAGS_X, Specification
from workbench.typing import Align, Effects, LeeYu, Missing, Model, RandomStructure

FAMILY: tuple[Model, ...] = ("ols", "slx", "sar", "sem", "sdm", "sdem", "sac", "gns")
UNLIKE = (
    "Log-likelihoods, AIC and BIC of models that count different numbers of observations do not "
    "compare: the tests put them on one footing."
)
MANY_TESTS = "No p-value is adjusted for the number of tests."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PanelLadder(FitsByModel[PanelResults]):
    """Static panel models of one formula, sample, W and effects.

    A mapping from model word to result: ``ladder["sdm"].impacts()``.

    Attributes
    ----------
    fits : mapping of str to PanelResults
        In the order asked for.
    tests : Tests
        Likelihood-ratio tests between nested models, ``"LR sdm vs sar"``.
    failures : mapping of str to str
        Models that could not be estimated, with the reason.
    """

    fits: Mapping[str, PanelResults]
    tests: Tests
    failures: Mapping[str, str] = field(default_factory=dict)

    def glance(self) -> pd.DataFrame:
        """Return a row a model: sample size, log-likelihood, AIC, BIC, variance, R-squared.

        Likelihoods of ``ols`` and ``slx`` by linearmodels count all observations, those of
        transformed data fewer: compare by :attr:`tests`.
        """
        rows = pd.concat([fit.glance() for fit in self.fits.values()], ignore_index=True)
        return rows.set_index("model")[["nobs", "loglik", "aic", "bic", "sigma2", "rsquared"]]

    def criteria(self) -> pd.DataFrame:
        """Return a row a model: log-likelihood, AIC and BIC on one footing, with weights.

        The footing is that of the tests: likelihoods count the observations that the spatial
        models count, once effects are out. Random effects by feasible GLS have none.

        Returns
        -------
        pandas.DataFrame
            Columns ``parameters loglik aic bic aic_weight probability_bic``; the last approximates
            posterior probabilities, all models equally likely beforehand.
        """
        spatial = [fit for fit in self.fits.values() if isinstance(fit, SpatialPanelResults)]
        rows = {}
        for model, fit in self.fits.items():
            found = on_footing(fit, spatial[0]) if spatial else None
            loglik, k, n = found or (fit.loglik, fit.fit.parameters, fit.nobs)
            aic, bic = -2.0 * loglik + 2.0 * k, -2.0 * loglik + float(np.log(n)) * k
            rows[model] = {"parameters": k, "loglik": loglik, "aic": aic, "bic": bic}
        table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")
        table["aic_weight"] = weights_of(table["aic"])
        table["probability_bic"] = weights_of(table["bic"])
        return table

    def plot(
        self, *, term: str | None = None, level: float = 0.05, title: str | None = None
    ) -> Any:
        """Draw the lattice of models with the tests between neighbours.

        Parameters
        ----------
        term : str, optional
            Whose indirect impact stands at each model; the first regressor without.
        level : float, default 0.05
            Of the tests.
        title : str, optional
        """
        return display.picture("ladder", self, term=term, level=level, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        tests = self.tests.tidy()[["statistic", "distribution", "p_value"]]
        return [("", self.table), ("", self.glance()), ("Tests", tests)]

    def _notes(self) -> tuple[str, ...]:
        failed = tuple(f"{model} was not estimated: {why}" for model, why in self.failures.items())
        counted = {fit.extras.get("nobs_effective", fit.nobs) for fit in self.fits.values()}
        unlike = (UNLIKE,) if len(counted) > 1 else ()
        return (*failed, *unlike, MANY_TESTS)

    def __str__(self) -> str:
        return display.text(self.tests.title, self._parts(), self._notes())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.tests.title, self._parts(), self._notes())


def panel_ladder(
    formula: str,
    data: pd.DataFrame,
    W: PanelWeightsLike,
    *,
    effects: Effects = "two-way",
    models: Sequence[Model] = FAMILY,
    lee_yu: LeeYu | None = None,
    random: RandomStructure | None = None,
    align: Align = "strict",
    missing: Missing = "error",
    durbin: Sequence[str] | None = None,
) -> PanelLadder:
    """Estimate several static panel models, and test those that are nested.

    Parameters
    ----------
    formula, data, W, effects, align, missing, durbin
        As :func:`workbench.fit` takes them.
    models : sequence of str
        Models in the order in which they are shown.
    lee_yu, random : str, optional
        As there, for the models that they are made for.

    Returns
    -------
    PanelLadder

    Raises
    ------
    OptionError
        If a model word is unknown, none is given, or one twice.
    FormulaError
        If the formula names spatial lags: which models have them is what the ladder compares.
    InputError
        If data and W do not allow a model.

    References
    ----------
    Elhorst, J. P. (2014). Spatial Econometrics: From Cross-Sectional Data to Spatial Panels,
    section 3.5. Springer.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.panels import panel_ladder
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> panel = wb.load("munnell-1990")
    >>> found = panel_ladder("log(gsp) ~ log(emp)", panel, W, models=["ols", "sar", "sdm"])
    >>> list(found.tests)
    ['LR sar vs ols', 'LR sdm vs ols', 'LR sdm vs sar']
    """
    check_models(models)
    refuse_formula_lags(formula, remedy='durbin=["x"] for the terms to lag in models with WX')
    fits: dict[str, PanelResults] = {}
    failures: dict[str, str] = {}
    for model in models:
        specification = Specification(
            formula,
            model=model,
            effects=effects,
            align=align,
            missing=missing,
            durbin=tuple(durbin) if durbin is not None and model in LAGS_X else None,
            lee_yu=None if model in ("ols", "slx") else lee_yu,
            random=random if model in ("sem", "sac", "sdem", "gns") else None,
        )
        try:
            fits[model] = fit_panel(specification, data, W)
        except ConvergenceError as error:
            failures[model] = f"{error.argument}: {error.found}"
    title = f"Ladder of panels: {formula}"
    return PanelLadder(fits, Tests(title, _tests(fits)), failures)


def _tests(fits: Mapping[str, PanelResults]) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for large_name, large in fits.items():
        if not isinstance(large, SpatialPanelResults):
            continue
        for small_name, small in fits.items():
            restricted = None if small is large else restrictions(small, large)
            if restricted is None:  # neither model is a case of the other: there is no test
                continue
            name = f"LR {large_name} vs {small_name}"
            answers[name] = _between(small, large, name=name, null=restricted[1])
    return answers


def _between(small: PanelResults, large: SpatialPanelResults, *, name: str, null: str) -> Answer:
    """Return the test of a nested pair, or why these two fits do not compare."""
    try:
        return replace(nested_tests(small, large)["LR"], name=name)
    except InputError as error:
        return NotApplicable(name, null, f"{error.found}: {error.why}")
