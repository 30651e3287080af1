"""The ladder: the nested models side by side, the tests between them, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from workbench.core import display
from workbench.core.statistics import NotApplicable, Statistic, Tests
from workbench.errors import (
    ConvergenceError,
    InputError,
    OptionError,
    check_number,
    check_option,
    unknown_option,
)
from workbench.models.criteria import best_by, corrected_aic, criteria_table, marginal_table
from workbench.models.cross_section import fit_cross_section
from workbench.models.dependence import REMAINING
from workbench.models.formula_lags import refuse_formula_lags
from workbench.models.nesting import common_factor_is_exact, likelihood_ratio, restrictions
from workbench.models.results import CrossSectionResults
from workbench.models.strategies import FOLLOW, Paths, Recommendation, follow
from workbench.models.validation import cross_validation_table
from workbench.regression.results import LAMBDA, RHO
from workbench.regression.specification import LAGS_X, Specification
from workbench.typing import Align, Missing, Model, Strategy
from workbench.weights import WeightsLike

RUNGS: tuple[Model, ...] = ("ols", "slx", "sar", "sem", "sdm")
"""The rungs of the convergence ladder."""

FAMILY: tuple[Model, ...] = ("ols", "slx", "sar", "sem", "sac", "sdm", "sdem", "gns")
"""Every model of the family, the ladder's default."""

INEXACT = (
    "SEM is not nested in SDM exactly here (W does not map the constant into the regressors, as "
    "with islands, or not every slope is lagged): LR sdm vs sem is only approximate."
)
MANY_TESTS = "No p-value is adjusted for the number of tests."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ladder(Mapping[str, CrossSectionResults]):
    """Models of one formula on one sample and W, with the tests between them.

    A mapping from model word to result: ``ladder["sdm"].impacts()``.

    Attributes
    ----------
    fits : mapping of str to CrossSectionResults
        In the order of the rungs.
    tests : Tests
        Likelihood-ratio tests between nested models; Lagrange-multiplier tests on the OLS fit.
    failures : mapping of str to str
        Models that could not be estimated, with the reason.
    notes : tuple of str
        What the reader of the tests must know.
    """

    fits: Mapping[str, CrossSectionResults]
    tests: Tests
    failures: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __getitem__(self, model: str) -> CrossSectionResults:
        if model in self.failures:
            raise InputError(
                "model",
                expected=f"a model that was estimated: {', '.join(self.fits)}",
                found=f"{model!r}, which was not",
                why=self.failures[model],
                remedy=f"ladder[{next(iter(self.fits))!r}]",
            )
        if model not in self.fits:
            raise unknown_option("model", model, self.fits)
        return self.fits[model]

    def __contains__(self, model: object) -> bool:
        return model in self.fits

    def __iter__(self) -> Iterator[str]:
        return iter(self.fits)

    def __len__(self) -> int:
        return len(self.fits)

    @property
    def table(self) -> pd.DataFrame:
        """Estimates side by side: a row a term, a column a model; blank where it has none."""
        columns = {model: fit.params for model, fit in self.fits.items()}
        terms = dict.fromkeys(term for column in columns.values() for term in column.index)
        spatial = [term for term in (RHO, LAMBDA) if term in terms]
        order = [term for term in terms if term not in spatial] + spatial
        table: pd.DataFrame = pd.DataFrame(columns).reindex(order)
        return table

    def glance(self) -> pd.DataFrame:
        """Return a row a model: sample size, log-likelihood, AIC, BIC, R-squared, AICc."""
        rows = pd.concat([fit.glance() for fit in self.fits.values()], ignore_index=True)
        kept = rows.set_index("model")[["nobs", "loglik", "aic", "bic", "sigma2", "rsquared"]]
        return kept.assign(aicc=[corrected_aic(fit) for fit in self.fits.values()])

    def criteria(self) -> pd.DataFrame:
        """Return a row a model: AIC, AICc and BIC with weights.

        Returns
        -------
        pandas.DataFrame
            Index ``model``; columns ``parameters loglik aic aicc bic aic_weight aicc_weight
            probability_bic``. The last are posterior probabilities of the models as BIC
            approximates them, all models equally likely beforehand.
        """
        return criteria_table(self.fits)

    def marginal(self) -> pd.DataFrame:
        """Return posterior probabilities of SLX, SDM and SDEM from marginal likelihoods.

        Returns
        -------
        pandas.DataFrame
            Index ``model`` (slx, sdm, sdem); columns ``log_marginal`` (up to a constant of all
            three) and ``probability``, the three equally likely beforehand. They share their
            regressors, so flat priors of the coefficients cancel; rho and lambda are uniform on
            the admissible interval (LeSage 2014, Review of Regional Studies 44, 13–32).

        Raises
        ------
        InputError
            If none of the three was fitted.
        ConvergenceError
            If an integral is not found to six digits.

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> W = wb.weights.queen(wb.load("us-states"))
        >>> wb.ladder("log(gsp) ~ log(pc)", y, W).marginal().index.tolist()
        ['slx', 'sdm', 'sdem']
        """
        return marginal_table(self.fits)

    def cross_validate(self, blocks: pd.Series[Any]) -> pd.DataFrame:
        """Predict each block of regions from all the others, by every model.

        Parameters
        ----------
        blocks : Series
            A label of each region by id: a partition of the map, or ``W.components()``.

        Returns
        -------
        pandas.DataFrame
            Index ``model``; ``rmse`` (in units of the outcome), ``log_score`` (log density of the
            regions left out given the others, a region; larger is better), ``regions``,
            ``reason`` where a model could not be estimated without a block. Estimates come from
            the regions that stay, with W restricted and normalised anew.

        Raises
        ------
        InputError
            If a region has no label, there is one block only, or no model has weights.

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> states = wb.load("us-states")
        >>> W = wb.weights.queen(states)
        >>> steps = wb.ladder("log(gsp) ~ log(emp)", y, W, models=("ols", "sar"))
        >>> west = states.bounds["minx"]
        >>> halves = west > west.median()
        >>> steps.cross_validate(halves)["regions"].tolist()
        [48, 48]
        """
        W = next((fit.weights for fit in self.fits.values() if fit.weights is not None), None)
        if W is None:
            raise InputError("W", expected="weights of the ladder", found="none")
        return cross_validation_table(self.fits, W, blocks)

    def tidy(self) -> pd.DataFrame:
        """Return every model's tidy table under one another, index (model, term)."""
        return pd.concat({name: fit.tidy() for name, fit in self.fits.items()}, names=["model"])

    def impacts(self) -> pd.DataFrame:
        """Return every model's impacts by the delta method, index (model, term, effect)."""
        frames = {name: fit.impacts().tidy() for name, fit in self.fits.items()}
        return pd.concat(frames, names=["model"])

    def recommend(self, strategy: Strategy = "elhorst", *, level: float = 0.05) -> Recommendation:
        """Follow one strategy of specification search.

        Parameters
        ----------
        strategy : {"classic", "florax", "elhorst", "from-sdm", "from-gns"}
            ``"classic"``: LM tests on OLS; where both reject, the model whose robust LM test
            alone rejects. ``"florax"``: where both LM tests reject, the model of the larger.
            ``"elhorst"``: if an LM test rejects OLS, SDM, from which LR tests lead to SAR or SEM
            where robust LM tests point the same way (where both reject, to the larger); if
            none does, SLX against OLS and then against SDM. ``"from-sdm"``, ``"from-gns"``: from
            that model down, keeping each model that no larger kept one rejects; the smallest
            kept model.
        level : float, default 0.05
            Level of each test; none is adjusted for the number of tests.

        Returns
        -------
        Recommendation
            ``model`` is None where the data cannot tell (``candidates``) or where a model that
            the strategy needs is not there; ``tidy()`` has a row a step.

        Raises
        ------
        OptionError
            If the strategy is unknown.
        InputError
            If the level is not between 0 and 1.

        References
        ----------
        Anselin, L., Bera, A., Florax, R. and Yoon, M. (1996). RSUE 26, 77–104. Florax, R.,
        Folmer, H. and Rey, S. (2003). RSUE 33, 557–579. Elhorst, J. P. (2010). Applied spatial
        econometrics: raising the bar. Spatial Economic Analysis 5, 9–28.

        Examples
        --------
        >>> import workbench as wb
        >>> states = wb.load("us-states")
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> steps = wb.ladder("log(gsp) ~ log(pc) + log(emp)", y, wb.weights.queen(states))
        >>> list(steps.recommend("classic").tidy().columns)
        ['test', 'statistic', 'df', 'p_value', 'decision']
        """
        check_option("strategy", strategy, Strategy)
        checked = check_number("level", level, above=0.0, below=1.0, remedy="level=0.05")
        return follow(strategy, self.tests, level=checked)

    def paths(self, *, level: float = 0.05) -> Paths:
        """Follow every strategy; the result says whether they agree.

        Parameters
        ----------
        level : float, default 0.05
            Level of each test.

        Returns
        -------
        Paths
            A mapping from strategy to :class:`Recommendation`; ``tidy() glance() agreement``.
        """
        return Paths({word: self.recommend(word, level=level) for word in FOLLOW})

    def _side_by_side(self) -> pd.DataFrame:
        """Estimates above, fit below; a model that could not be estimated has an empty column."""
        fit = self.criteria()[["parameters", "loglik", "aic", "aicc", "bic", "probability_bic"]]
        both = pd.concat([self.table, fit.T.astype(float)])
        return both.reindex(columns=[*self.fits, *self.failures])

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [
            ("Estimates and fit", self._side_by_side()),
            (self.tests.title, self.tests.tidy()),
            ("Strategies", self.paths().glance()),
        ]

    def _notes(self) -> tuple[str, ...]:
        failed = (f"{model} could not be estimated: {why}" for model, why in self.failures.items())
        found = (best_by(self.criteria()), self.paths().agreement)
        return (*failed, *found, *self.notes, *self._notes_of_fits())

    def _notes_of_fits(self) -> Iterator[str]:
        """Every note of a fit once, with the models it belongs to unless that is all of them."""
        holders: dict[str, list[str]] = {}
        for model, fit in self.fits.items():
            for note in fit.notes:
                holders.setdefault(note, []).append(model)
        for note, models in holders.items():
            yield note if len(models) == len(self.fits) else f"{', '.join(models)}: {note}"

    def _heading(self) -> str:
        return f"Ladder of spatial models: {next(iter(self.fits.values())).formula}"

    def __str__(self) -> str:
        return display.text(self._heading(), self._parts(), self._notes())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._parts(), self._notes())


def ladder(
    formula: str,
    data: pd.DataFrame,
    W: WeightsLike,
    *,
    models: tuple[Model, ...] | None = None,
    durbin: Sequence[str] | None = None,
    align: Align = "strict",
    missing: Missing = "error",
) -> Ladder:
    """Fit the nested models of one formula and test them against each other.

    Parameters
    ----------
    formula : str
        ``"y ~ x1 + x2"``.
    data : DataFrame
        One row a region, indexed by region id.
    W : Weights, Graph or W
        Spatial weights with the same ids.
    models : tuple of str, optional
        Rungs to fit, in order; one that cannot be estimated is refused. Without it the whole
        family, OLS to GNS, where models that cannot be estimated are named in ``failures``.
    durbin : sequence of str, optional
        Terms whose spatial lags the models with WX take; all without.
    align, missing : str
        As in :func:`workbench.fitting.fit`.

    Returns
    -------
    Ladder
        Fits by model word, likelihood-ratio tests (chi-square) of each nested pair that was
        fitted, the Lagrange-multiplier tests on OLS (Anselin, Bera, Florax and Yoon 1996),
        information criteria, and recommendations by named strategies.

    Raises
    ------
    OptionError
        If a model word is unknown, or none or one twice is given.
    InputError
        If the data, the formula or the weights would be refused for OLS, or a model that was
        asked for cannot be estimated.
    ConvergenceError
        If the likelihood of a model that was asked for has no maximum inside the interval.

    Examples
    --------
    >>> import workbench as wb
    >>> states = wb.load("us-states")
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> steps = wb.ladder("log(gsp) ~ log(emp)", y, wb.weights.queen(states))
    >>> list(steps)
    ['ols', 'slx', 'sar', 'sem', 'sac', 'sdm', 'sdem', 'gns']
    >>> steps.recommend("classic").model
    'sar'
    """
    refuse_formula_lags(formula, remedy='durbin=["x"] for the terms to lag in models with WX')
    chosen = FAMILY if models is None else models
    if not chosen or len(set(chosen)) != len(chosen):
        raise OptionError("models", expected="different model words", found=repr(models))
    for model in chosen:
        check_option("models", model, Model)
    lagged = None if durbin is None else (durbin,) if isinstance(durbin, str) else tuple(durbin)
    specification = Specification(formula, align=align, missing=missing)
    fits: dict[str, CrossSectionResults] = {}
    failures: dict[str, str] = {}
    for model in chosen:
        terms = lagged if model in LAGS_X else None
        try:
            fits[model] = fit_cross_section(
                replace(specification, model=model, durbin=terms), data, W
            )
        except (ConvergenceError, InputError) as error:
            # OLS is the first of the default: what it refuses is wrong for every model.
            if models is not None or model == "ols" or _of_the_caller(error):
                raise
            failures[model] = " ".join(str(error).split())
    return Ladder(fits, _tests(fits), failures, _pair_notes(fits))


def _of_the_caller(error: Exception) -> bool:
    """Whether an error speaks of an argument of the ladder rather than of one model."""
    return isinstance(error, InputError) and error.argument in ("durbin", "W", "data")


def _pair_notes(fits: Mapping[str, CrossSectionResults]) -> tuple[str, ...]:
    both = "sdm" in fits and "sem" in fits
    inexact = both and not common_factor_is_exact(fits["sdm"])
    return (MANY_TESTS, INEXACT) if inexact else (MANY_TESTS,)


def _tests(fits: Mapping[str, CrossSectionResults]) -> Tests:
    answers: dict[str, Statistic | NotApplicable] = {}
    for pair in restrictions(fit for fit in FAMILY if fit in fits):
        answers[pair.name] = likelihood_ratio(fits[pair.small], fits[pair.large], restriction=pair)
    if "ols" in fits:
        lagrange = fits["ols"].diagnostics().tests
        answers.update({key: lagrange[key] for key in lagrange if "LM" in key and key != REMAINING})
    return Tests("Tests between the models", answers)
