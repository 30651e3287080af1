"""The ladder: the nested models side by side, the tests between them, and where they lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from workbench.core import display
from workbench.core.statistics import Tests
from workbench.errors import (
    OptionError,
    check_number,
    check_option,
)
from workbench.models.comparison.criteria import best_by, corrected_aic, criteria_table
from workbench.models.comparison.probabilities import model_probabilities
from workbench.models.comparison.rungs import (
    FAMILY,
    Given,
    between_models,
    fit_rungs,
    notes_of_pairs,
)
from workbench.models.comparison.searches import FOLLOW, follow
from workbench.models.comparison.side_by_side import notes_of_fits, side_by_side
from workbench.models.comparison.strategies import Paths, Recommendation
from workbench.models.comparison.validation import CrossValidation, cross_validate, shapes_of
from workbench.models.results import CrossSectionResults
from workbench.regression.case_weights import CaseWeights
from workbench.regression.lag_terms import refuse_formula_lags
from workbench.regression.probabilities import Probabilities
from workbench.regression.side_by_side import FitsByModel
from workbench.regression.specification import Specification
from workbench.typing import Align, BlockPredictor, Missing, Model, Strategy
from workbench.weights import WeightsLike


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ladder(FitsByModel[CrossSectionResults]):
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
    regions : GeoSeries or None
        Polygons of the regions, where the table had them.
    """

    fits: Mapping[str, CrossSectionResults]
    tests: Tests
    failures: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    regions: Any = None

    def glance(self) -> pd.DataFrame:
        """Return a row a model: sample size, log-likelihood, AIC, BIC, R-squared, AICc."""
        rows = pd.concat([fit.glance() for fit in self.fits.values()], ignore_index=True)
        kept = rows.set_index("model")[["nobs", "loglik", "aic", "bic", "sigma2", "rsquared"]]
        return kept.assign(aicc=[corrected_aic(fit) for fit in self.fits.values()])

    def criteria(self) -> pd.DataFrame:
        """Return a row a model: AIC, AICc and BIC with weights.

        Columns ``parameters loglik aic aicc bic aic_weight aicc_weight probability_bic``; the last
        approximates posterior probabilities, all models equally likely beforehand.
        """
        return criteria_table(self.fits)

    def marginal(self, *, g: float | None = None) -> Probabilities:
        """Return posterior probabilities of the models from marginal likelihoods.

        Parameters
        ----------
        g : float, optional
            Of the g-prior of the slopes; max(n, q²) without, q the most slopes of a model
            (Fernández, Ley and Steel 2001).

        Returns
        -------
        Probabilities
            Of the models that were estimated, equally likely beforehand; ``table sensitivity
            answer model``. Each is given with its range under other priors.

        Raises
        ------
        ConvergenceError
            If an integral is not found to six digits.

        Notes
        -----
        ρ and λ are uniform on their admissible intervals, constant and log σ flat, and slopes,
        those of WX among them, have Zellner's g-prior, which makes models with different
        regressors comparable (LeSage and Parent 2007). The coefficients, σ, ρ and λ are integrated
        out (LeSage 2014, Review of Regional Studies 44, 13–32, for SLX, SDM and SDEM).

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> W = wb.weights.queen(wb.load("us-states"))
        >>> steps = wb.ladder("log(gsp) ~ log(pc)", y, W, models=("slx", "sdm", "sdem"))
        >>> round(float(steps.marginal().table["probability"].sum()), 9)
        1.0
        """
        return model_probabilities(self.fits, g=g)

    def cross_validate(
        self,
        blocks: Any = None,
        *,
        k: int | None = None,
        buffer: int = 0,
        predictor: BlockPredictor = "BP",
    ) -> CrossValidation:
        """Predict each block of regions from the others, by every model and by the mean.

        Parameters
        ----------
        blocks : Series, GeoDataFrame or GeoSeries, optional
            Labels by region id: a partition of the map, or ``W.components``. Shapes by region
            id are cut into compact blocks of about equal size. Without it the shapes of the
            ladder's table serve, and W where it had none.
        k : int, optional
            Number of blocks where they are made here; min(10, n / 10) without, at least 2.
        buffer : int, default 0
            Regions within so many steps of the block over W are left out of the estimation and
            of what is known for the prediction.
        predictor : {"BP", "TC"}
            ``"BP"``: the expectation given the outcomes of the regions that stay; ``"TC"``: the
            expectation (I − ρW)⁻¹Zβ, no outcome known. They are one for OLS and SLX.

        Returns
        -------
        CrossValidation
            ``table`` with a row a model; ``blocks``; ``answer``, which may be that the data
            cannot tell.

        Raises
        ------
        InputError
            If a region has no label, there is one block only, no model has weights, or the
            buffer leaves too few regions.

        Notes
        -----
        Estimates come from the regions that stay, with W restricted and normalised anew. Where a
        model is to carry over to places far from the sample, leave a buffer (Le Rest and others
        2014, Global Ecology and Biogeography 23, 811–820; Roberts and others 2017, Ecography 40).

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> states = wb.load("us-states")
        >>> W = wb.weights.queen(states)
        >>> steps = wb.ladder("log(gsp) ~ log(emp)", y, W, models=("ols", "sar"))
        >>> steps.cross_validate(states).table["regions"].tolist()
        [48, 48, 48]
        """
        return cross_validate(
            self.fits,
            self.regions if blocks is None else blocks,
            k=k,
            buffer=buffer,
            predictor=predictor,
        )

    def plot(
        self,
        strategy: Strategy | None = "elhorst",
        *,
        term: str | None = None,
        level: float = 0.05,
        title: str | None = None,
    ) -> Any:
        """Draw the lattice of models, tests between neighbours, and the path of a strategy.

        Parameters
        ----------
        strategy : str or None
            Whose path and recommendation are highlighted.
        term : str, optional
            Whose indirect impact stands at each model; the first regressor without.
        level : float, default 0.05
            Of the tests.
        title : str, optional
        """
        path = None if strategy is None else self.recommend(strategy, level=level)
        return display.picture("ladder", self, path, term=term, level=level, title=title)

    def recommend(self, strategy: Strategy = "elhorst", *, level: float = 0.05) -> Recommendation:
        """Follow one strategy of specification search.

        Parameters
        ----------
        strategy : {"classic", "florax", "koley-bera", "elhorst", "from-sdm", "from-gns"}
            ``"classic"``: LM tests on OLS; where both reject, the model whose robust LM test
            alone rejects, or whose is the larger. ``"florax"``: where both LM tests reject, the
            model of the larger. ``"koley-bera"``: if the joint LM test against Wy and WX rejects
            OLS, SAR, SLX or SDM, as the robust ones say. ``"elhorst"``: if an LM test rejects OLS,
            SDM, from which LR tests lead to SAR or SEM where robust LM tests point the same way;
            if none does, SLX against OLS and then against SDM. ``"from-sdm"``, ``"from-gns"``:
            from that model down, keeping each model that no larger kept one rejects; the smallest
            kept model.
        level : float, default 0.05
            Level of each test, which rejects where p ≤ level; none is adjusted for their number.

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
        Anselin, L. (2005). Exploring Spatial Data with GeoDa: a Workbook, chapter 23. Florax, R.,
        Folmer, H. and Rey, S. (2003). RSUE 33, 557–579. Koley, M. and Bera, A. (2024). Spatial
        Economic Analysis 19, 30–56. Elhorst, J. P. (2010). Applied spatial
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
        return follow(strategy, self.tests, level=checked, failures=self.failures)

    def paths(self, *, level: float = 0.05) -> Paths:
        """Follow every strategy, each test at `level`; the result says whether they agree.

        Returns
        -------
        Paths
            From strategy to :class:`Recommendation`; ``tidy() glance() agreement``.
        """
        return Paths({word: self.recommend(word, level=level) for word in FOLLOW})

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [
            ("Estimates and fit", side_by_side(self.fits, self.criteria(), self.failures)),
            (self.tests.title, self.tests.tidy()),
            ("Strategies", self.paths().glance()),
        ]

    def _notes(self) -> tuple[str, ...]:
        failed = (f"{model} could not be estimated: {why}" for model, why in self.failures.items())
        paths = self.paths()
        said = (best_by(self.criteria()), paths.agreement, paths.unfollowed)
        found = (sentence for sentence in said if sentence)
        return (*failed, *found, *self.notes, *notes_of_fits(self.fits))

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
    models: Sequence[Model] | None = None,
    durbin: Sequence[str] | None = None,
    W_error: WeightsLike | None = None,
    W_x: WeightsLike | None = None,
    case_weights: CaseWeights | None = None,
    align: Align = "strict",
    missing: Missing = "error",
) -> Ladder:
    """Fit the nested models of one formula and test them against each other.

    Parameters
    ----------
    formula : str
        ``"y ~ x1 + x2"``.
    data : DataFrame or GeoDataFrame
        One row a region, indexed by region id. Polygons serve :meth:`Ladder.cross_validate`.
    W : Weights, Graph or W
        Spatial weights with the same ids.
    models : sequence of str, optional
        Rungs to fit, in order; without it the whole family, OLS to GNS. A model whose likelihood
        has no maximum is named in ``failures`` with the reason, and the others stand.
    durbin : sequence of str, optional
        Terms whose spatial lags the models with WX take; all without.
    W_error : Weights, Graph or W, optional
        Weights of the disturbance, of the models that have a spatial one, where they are not W.
    W_x, case_weights
        As in :func:`workbench.fitting.fit`; each reaches the models it concerns.
    align, missing : str
        As in :func:`workbench.fitting.fit`.

    Returns
    -------
    Ladder
        Fits by model word, likelihood-ratio tests of each nested pair, Lagrange-multiplier tests
        on OLS, information criteria, and recommendations by named strategies.

    Raises
    ------
    OptionError
        If a model word is unknown, none is given, or one twice.
    InputError
        If the data, the formula or the weights would be refused for OLS, or do not allow a model
        that was asked for.
    ConvergenceError
        If no model could be estimated.

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
    chosen = FAMILY if models is None else tuple(models)
    if isinstance(models, str) or not chosen or len(set(chosen)) != len(chosen):
        raise OptionError("models", expected="different model words", found=repr(models))
    for model in chosen:
        check_option("models", model, Model)
    fitted = fit_rungs(
        Specification(formula, align=align, missing=missing),
        data,
        W,
        models=chosen,
        durbin=None if durbin is None else (durbin,) if isinstance(durbin, str) else tuple(durbin),
        asked=models is not None,
        given=Given(W_error, W_x, case_weights),
    )
    return Ladder(
        fitted.fits,
        between_models(fitted.fits),
        fitted.failures,
        tuple(notes_of_pairs(fitted.fits)),
        shapes_of(data),
    )
