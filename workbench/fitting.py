"""One door to every model: ``fit`` looks at the data and calls the room that estimates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.errors import InputError, PanelError
from workbench.regression.dynamic_moments import DynamicGMM
from workbench.regression.instruments import GMM, names_of, structural
from workbench.regression.specification import LEAST_SQUARES, Specification
from workbench.typing import (
    Align,
    Covariance,
    Dynamic,
    Effects,
    Factors,
    Family,
    LeeYu,
    Method,
    Missing,
    Model,
    RandomMethod,
    RandomStructure,
)

if TYPE_CHECKING:
    from workbench.regression.case_weights import CaseWeights
    from workbench.regression.covariances import CovarianceOption
    from workbench.regression.results import RegressionResults
    from workbench.weights import WeightsLike


def fit(
    formula: str,
    data: pd.DataFrame,
    W: WeightsLike | Mapping[Any, WeightsLike] | None = None,
    *,
    model: Model = "ols",
    effects: Effects = "none",
    covariance: Covariance | CovarianceOption | None = None,
    align: Align = "strict",
    missing: Missing = "error",
    durbin: Sequence[str] | None = None,
    W_error: WeightsLike | Mapping[Any, WeightsLike] | None = None,
    method: Method | GMM | DynamicGMM = "ml",
    endogenous: Sequence[str] | None = None,
    instruments: Sequence[str] | None = None,
    W_x: WeightsLike | Mapping[Any, WeightsLike] | None = None,
    case_weights: CaseWeights | None = None,
    family: Family = "gaussian",
    factors: Factors = "none",
    lee_yu: LeeYu | None = None,
    random: RandomStructure | None = None,
    absorb: Sequence[str] | None = None,
    random_method: RandomMethod = "swar",
    dynamic: Dynamic = "none",
    exposure: str | None = None,
) -> RegressionResults:
    """Estimate a cross-section or panel regression, spatial or not.

    Parameters
    ----------
    formula : str
        ``"log(patents) ~ log(rd) + log(students)"``; an intercept is added unless it says ``- 1``.
        ``W(term)`` is the spatial lag of a term, e.g. ``W(log(rd))``, ``W(a:b)`` or
        ``W(C(type))``, which need not be a term of its own; see Notes.
    data : DataFrame or GeoDataFrame
        Indexed by region id for a cross-section, by (region, period) for a panel; rows in any
        order.
    W : Weights, libpysal Graph or W, optional
        Spatial weights with the same region ids. Without it only ``model="ols"``; with it an
        OLS fit offers spatial diagnostics. For a panel also a mapping from period to the weights
        of the regions present in it.
    model : {"ols", "slx", "sar", "sem", "sac", "sdm", "sdem", "gns"}
        ``slx`` adds WX, ``sar`` adds ρWy, ``sem`` a disturbance u = λWu + ε, ``sac`` both ρWy and
        u = λWu + ε, ``sdm`` ρWy and WX, ``sdem`` WX and the disturbance, ``gns`` all three. All
        but ``slx`` are estimated by maximum likelihood.
    effects : {"none", "entity", "time", "two-way", "random", "random-time", "random-two-way", \
"between", "first-difference", "fama-macbeth"}
        Effects of a panel model: fixed effects of regions, periods or both; random effects; or
        the regression of the regions' means, of changes from one period to the next (an intercept
        is then the average change, a trend in levels), or the mean of regressions a period.
    covariance : {"classical", "robust", "HC0", "HC1", "HC2", "HC3", "qml", "clustered", \
"clustered-time", "clustered-two-way", "driscoll-kraay", "newey-west"}, Clustered, Conley, \
KelejianPrucha or SCPC, optional
        Standard errors; ``"classical"`` without, of counts ``"clustered"``. ``ols`` and ``slx`` of
        a cross-section: classical, robust (HC1), HC0 to HC3, or an object of
        :mod:`workbench.regression.covariances` that holds the clusters or places. Models of
        maximum likelihood: classical, or ``"qml"``, which allows for disturbances that are not
        normal (not for variances that differ). Panels: the other words (``"newey-west"`` for
        ``"fama-macbeth"`` only), Clustered or Conley; p-values of clustered ones are by Student's
        t with the number of clusters less one as degrees of freedom, as in Stata. Spatial panels
        by maximum likelihood: classical, ``"qml"``, ``"clustered"`` (by region),
        ``"clustered-time"``, ``"clustered-two-way"`` and ``"driscoll-kraay"``, by the normal
        distribution; with random effects classical and clustered, with `dynamic` classical and
        ``"qml"``; see :meth:`workbench.panels.SpatialPanelResults.with_covariance`.
    align : {"strict", "intersection"}
        ``"strict"`` refuses ids that only one side has; ``"intersection"`` keeps the common ones,
        restricts W to them and normalises it anew, and says so in ``notes``.
    missing : {"error", "drop", "drop-regions"}
        ``"error"`` refuses missing values naming them; ``"drop"`` leaves those rows out;
        ``"drop-regions"`` leaves out every region that misses any value. W is restricted and
        normalised anew.
    durbin : sequence of str, optional
        Terms whose spatial lags ``slx``, ``sdm``, ``sdem`` and ``gns`` take; all without, or
        those that the formula names.
    W_error : Weights, libpysal Graph or W, optional
        Weights of the disturbance of ``sem``, ``sac``, ``sdem`` and ``gns`` where they are not W.
    method : {"ml", "gmm", "firth"}, GMM or DynamicGMM, optional
        ``"ml"``: maximum likelihood (least squares for ``ols`` and ``slx``). ``"gmm"``: moments;
        for cross-sections spatial two-stage least squares for ``sar`` and ``sdm``, with
        covariances classical, robust (HC1), HC0, HC1 and those of ``with_covariance``; moments of
        the disturbance for ``sem``, ``sdem``, ``sac`` and ``gns``, robust to variances that
        differ; ``ols`` and ``slx`` with endogenous regressors. :class:`workbench.models.GMM` has
        the options. No normality is assumed, and there is no likelihood to compare. Panels:
        ``ols`` with endogenous regressors, by two-stage least squares once effects are out;
        spatial models with effects ``entity`` or ``random``, ``sar`` and ``sdm`` among them with
        the covariances of panels, see :class:`workbench.panels.MomentPanelResults`. With `dynamic`
        difference or system GMM of ``ols``, ``slx``, ``sar`` and ``sdm``;
        :class:`workbench.panels.DynamicGMM` has the options. ``"firth"``: Firth's penalised
        likelihood, of ``family="binomial"``.
    endogenous, instruments : sequence of str, optional
        Terms of the formula that are correlated with the disturbance, and variables that
        instrument them (columns or expressions of `data`), with ``method="gmm"``. The formula
        may say both: ``"y ~ x1 + [x2 ~ h1 + h2]"``.
    W_x : Weights, libpysal Graph or W, optional
        Weights of the lagged regressors of ``slx``, ``sdm``, ``sdem`` and ``gns`` where they are
        not W. Impacts are (I − ρW)⁻¹(Iβ + W_x θ); tests for spatial dependence are by W.
    case_weights : str or Series, optional
        Column of `data`, or a Series by region id in any order: c > 0, where the variance of a
        disturbance ε is σ²/c, as R's ``lm(weights=)`` and ``errorsarlm(weights=)``. The population
        behind a rate, for one. ``missing="drop"`` leaves out regions that miss it.
    family : {"gaussian", "poisson", "binomial"}
        ``"poisson"``: counts of a panel, such as patents, with a log-linear mean and multiplicative
        effects; models ``ols`` and ``slx``. ``"binomial"``: an outcome of 0 and 1 of a
        cross-section, by a logit; models ``ols`` and ``slx``, methods ``"ml"`` and ``"firth"``; see
        :class:`workbench.models.BinaryResults`. Where regressors separate the outcomes, no maximum
        of the likelihood exists and ``"ml"`` is refused.
    factors : {"none", "cce", "cce-mean-group", "defactored"}
        Common shocks of a panel that act on each region in its own way, taken out by averages over
        regions (Pesaran 2006; with Wy instrumented as in Yang 2021) or by principal components in
        two stages of instruments (Cui, Sarafidis and Yamagata 2023); with ``effects="entity"`` and
        models ``ols``, ``slx``, ``sar`` and ``sdm``.
    lee_yu : {"transformation", "bias-correction", "none"}, optional
        Fixed effects of a panel by maximum likelihood: transformed out (default; all parameters
        are consistent whether periods are few or many), estimated along with the rest and then
        corrected for their bias, or estimated without correction (Lee and Yu 2010).
    random : {"baltagi", "kkp"}, optional
        Random effects beside a spatial disturbance: effects of regions stay where they are
        (default; Baltagi, Song and Koh 2003), or spread as the disturbance does (Kapoor,
        Kelejian and Prucha 2007).
    absorb : sequence of str, optional
        Columns of a panel whose categories have fixed effects besides `effects`, or several joined
        by a colon for each of their combinations, ``"industry:year"``.
    random_method : {"swar", "walhus", "amemiya", "nerlove"}
        Estimator of the variances of random effects: Swamy and Arora, Wallace and Hussain,
        Amemiya, or Nerlove.
    dynamic : {"none", "lag", "spatial-lag", "both"}
        Lags in time of a panel's outcome: τy_{t-1}, ηWy_{t-1} or both, given the first period. By
        maximum likelihood, for spatial models, fixed effects of regions are estimated along with
        the rest and their bias of order 1/T is taken out (Yu, de Jong and Lee 2008; Lee and Yu
        2010); see :class:`workbench.panels.DynamicPanelResults`. By ``method="gmm"`` earlier
        outcomes are instruments, for few periods of many regions; see
        :class:`workbench.panels.DynamicMomentResults`.

    exposure : str, optional
        Of ``family="poisson"``: a column, or an expression of columns, to which expected counts
        are proportional, such as the population behind patents; its logarithm enters with
        coefficient 1.

    Returns
    -------
    RegressionResults
        Immutable; see :class:`workbench.regression.results.RegressionResults`. ``weights``,
        ``weights_error`` and ``weights_x`` are the weights in use (the latter two None where they
        are W), ``case_weights`` the case weights by region or None.

    Raises
    ------
    InputError
        If an option is unknown, an id does not match, a value is missing or not finite, or the
        coefficients cannot be told apart. Each message names what is at fault and the way out.
    FormulaError
        If the formula cannot be read, or names a lag of the outcome, of a lag, of a constant, or
        within an interaction or function.
    PanelError
        If data indexed by (region, period) meet a choice for cross-sections.
    ConvergenceError
        If a likelihood has its maximum at the edge of the admissible interval, or at infinity.

    Notes
    -----
    Coefficients of models with Wy are not effects; ``impacts()`` gives direct, indirect and total
    effects with standard errors (LeSage and Pace 2009, chapter 2).

    With ``W(term)`` in the formula the lags are those that it names: ``ols``, ``sar``, ``sem`` and
    ``sac`` become ``slx``, ``sdm``, ``sdem`` and ``gns`` with ``durbin`` of these terms, to the
    last bit, and ``.model`` and ``.notes`` say so; ``slx``, ``sdm``, ``sdem`` and ``gns`` lag these
    terms and no others. ``durbin`` beside them must name the same. Impacts of a term that enters
    by its lag alone come from θ alone. ``W(C(type))`` lags the columns that ``C(type)`` has in the
    formula, or has beside an intercept where it is no term of its own.

    With case weights every model is that of rows multiplied by √c: likelihoods have ½ Σ log c
    more, R² of least squares is around the weighted mean, HC, clustered and Conley covariances
    sum scores of weighted rows, and diagnostics are those of √c ε̂. ``resids`` are ε̂ themselves,
    ``weighted_resids`` √c ε̂, and ``sigma2`` is the variance of a region of weight 1.

    Examples
    --------
    >>> import workbench as wb
    >>> states = wb.load("us-states")
    >>> W = wb.weights.queen(states)
    >>> panel = wb.load("munnell-1990")
    >>> y1986 = panel.xs(1986, level="year")
    >>> result = wb.fit("log(gsp) ~ log(pc) + log(emp)", y1986, W, model="sar")
    >>> result.impacts().total.index.tolist()
    ['log(pc)', 'log(emp)']

    >>> bracket = "log(gsp) ~ log(emp) + [log(pc) ~ log(hwy) + log(water)]"
    >>> moments = wb.fit(bracket, y1986, W, model="sar", method="gmm")
    >>> moments.diagnostics().first_stage.index.tolist()
    ['log(pc)', 'rho']

    >>> lagged = wb.fit("log(gsp) ~ log(pc) + log(emp) + W(log(pc))", y1986, W, model="sar")
    >>> lagged.model, lagged.impacts()["log(pc)", "indirect"].name
    ('sdm', ('log(pc)', 'indirect'))
    >>> wb.fit("log(gsp) ~ unemp", y1986, case_weights="emp").case_weights.shape
    (48,)
    """
    formula, named, identifying = structural(formula, endogenous, instruments)
    specification = Specification(
        formula,
        model=model,
        effects=effects,
        covariance=covariance or ("clustered" if family == "poisson" else "classical"),
        align=align,
        missing=missing,
        durbin=_terms(durbin),
        family=family,
        factors=factors,
        method=method,
        endogenous=named,
        instruments=identifying,
        lee_yu=lee_yu,
        random=random,
        absorb=names_of("absorb", absorb),
        random_method=random_method,
        dynamic=dynamic,
        exposure=exposure,
    )
    specification.require_weights(W)
    if not isinstance(data, pd.DataFrame):
        raise InputError(
            "data",
            expected="a DataFrame indexed by region id, or by (region, period)",
            found=type(data).__name__,
        )
    if family == "binomial":
        from workbench.models.binary import fit_binary

        _refuse_of_panels(specification, data)
        return fit_binary(
            specification, data, W, W_error=W_error, W_x=W_x, case_weights=case_weights
        )
    if isinstance(data.index, pd.MultiIndex):
        from workbench.panels import fit_panel

        _refuse_in_panels(
            {
                "case_weights": case_weights,
                "method": method
                if specification.gmm and model in LEAST_SQUARES and not named and dynamic == "none"
                else None,
            }
        )
        return fit_panel(specification, data, W, W_error=W_error, W_x=W_x)
    _refuse_in_cross_sections(specification, {"W": W, "W_error": W_error, "W_x": W_x})
    if effects != "none":
        raise PanelError(
            "effects",
            expected="data indexed by (region, period) for panel effects",
            found=f"effects={effects!r} with an index of one level",
            remedy='frame.set_index(["region", "year"])',
        )
    if family == "poisson":
        raise PanelError(
            "family",
            expected="data indexed by (region, period) for counts",
            found="family='poisson' with an index of one level",
            remedy='frame.set_index(["region", "year"])',
        )
    if dynamic != "none":
        raise PanelError(
            "dynamic",
            expected="data indexed by (region, period): lags need time",
            found=f"dynamic={dynamic!r} with an index of one level",
            remedy='frame.set_index(["region", "year"])',
        )
    if factors != "none":
        raise PanelError(
            "factors",
            expected="data indexed by (region, period): shocks need time",
            found=f"factors={factors!r} with an index of one level",
            remedy='frame.set_index(["region", "year"])',
        )
    if specification.absorb:
        raise PanelError(
            "absorb",
            expected="data indexed by (region, period)",
            found="an index of one level",
            remedy='leave it out, or frame.set_index(["region", "year"])',
        )
    from workbench.models import fit_cross_section

    return fit_cross_section(
        specification, data, W, W_error=W_error, W_x=W_x, case_weights=case_weights
    )


def _terms(durbin: Sequence[str] | None) -> tuple[str, ...] | None:
    if durbin is None:
        return None
    return (durbin,) if isinstance(durbin, str) else tuple(durbin)


def _refuse_of_panels(specification: Specification, data: pd.DataFrame) -> None:
    """Refuse a panel, or a choice for panels, of an outcome of 0 and 1."""
    if isinstance(data.index, pd.MultiIndex):
        raise PanelError(
            "family",
            expected='one cross-section with family="binomial"',
            found="data indexed by (region, period)",
            why="fixed effects of a logit are incidental parameters: with few periods they bias "
            "the slopes",
            remedy="panel.xs(2014, level=1); of years until adoption wb.innovation.adoption_hazard",
        )
    chosen = {
        "effects": specification.effects != "none" and specification.effects,
        "factors": specification.factors != "none" and specification.factors,
        "dynamic": specification.dynamic != "none" and specification.dynamic,
        "absorb": specification.absorb,
        "lee_yu": specification.lee_yu,
        "random": specification.random,
    }
    for name, value in chosen.items():
        if value:
            raise PanelError(
                name,
                expected='nothing with family="binomial", which is for one cross-section',
                found=repr(value),
                remedy=f"leave {name} out; dummies of groups are C(group) in the formula",
            )


def _refuse_in_panels(choices: Mapping[str, object]) -> None:
    for name, value in choices.items():
        if value is not None:
            raise PanelError(
                name,
                expected="nothing for a panel",
                found="a choice for cross-sections",
                remedy=f"leave {name} out, or take one cross-section: panel.xs(2014, level=1)",
            )


def _refuse_in_cross_sections(specification: Specification, weights: Mapping[str, object]) -> None:
    given: dict[str, object] = {"lee_yu": specification.lee_yu, "random": specification.random}
    given |= {name: w for name, w in weights.items() if isinstance(w, Mapping)}
    for name, value in given.items():
        if value is not None:
            raise PanelError(
                name,
                expected="data indexed by (region, period) for a choice of panels",
                found="an index of one level",
                remedy='frame.set_index(["region", "year"])',
            )
