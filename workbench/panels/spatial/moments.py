"""Spatial panels by moments: Wy instrumented, disturbances with error components."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from workbench.core.statistics import Answer, NotApplicable, Tests, chi2_test
from workbench.core.vocabulary import Reference
from workbench.errors import CollinearityError, InputError, PanelError
from workbench.numerics.likelihoods.wald import wald
from workbench.numerics.panels.gmm import (
    Components,
    MomentFit,
    between,
    error_components,
    spanning,
    stage_residuals,
    weighted_fit,
    within,
)
from workbench.numerics.panels.layers import Layers
from workbench.panels.effects import TITLES, estimable_design
from workbench.panels.results import PanelResults
from workbench.panels.sample import PanelSample
from workbench.panels.spatial.likelihood import LAGS_Y, SPATIAL, layers_of
from workbench.panels.spatial.moment_inference import (
    Instrumentation,
    instrument_answers,
    instrumentation,
    refuse_covariance,
    refuse_few,
    robust,
    weak_notes,
)
from workbench.panels.spatial.multiplier import inadmissible, refuse_inadmissible
from workbench.panels.spatial.results import MODEL_TITLES
from workbench.panels.testing.dependence import PESARAN, pesaran_cd
from workbench.regression.design import Design, lag_name, read_only
from workbench.regression.impacts import ImpactParts
from workbench.regression.instruments import GMM
from workbench.regression.results import LAMBDA, RHO, Estimates, Fit
from workbench.regression.specification import LAGS_ERROR, LAGS_X, Specification
from workbench.typing import FloatArray

METHODS: Mapping[tuple[bool, bool], str] = MappingProxyType(
    {
        (True, False): "two-stage least squares (Baltagi and Liu 2011)",
        (False, True): "moments (Kapoor, Kelejian and Prucha 2007)",
        (True, True): "two-stage least squares and moments (Mutl and Pfaffermayr 2011)",
    }
)
"""By whether the model has Wy and a spatial disturbance."""

_Estimated: TypeAlias = tuple[Components, MomentFit, Instrumentation | None]

NO_ERROR = (
    "Moments give lambda and the variances no standard error: those of the coefficients take them "
    "as known, which changes nothing in large samples."
)


@dataclass(frozen=True, eq=False, repr=False)
class MomentPanelResults(PanelResults):
    """A spatial panel by moments, with effects of regions that are fixed or random.

    Wy is instrumented by lags of the regressors, within and between regions. Random effects spread
    as the disturbance does (Kapoor, Kelejian and Prucha 2007), whose moments of both dimensions
    are fully weighted. Normality is not assumed; there is no likelihood. ``sar`` and ``sdm`` have
    the covariances of linear panels, clustered ones among them. Residuals are
    (I − λW)(y − Zδ), with fixed effects taken out and random ones left in. R-squared is the squared
    correlation of outcome and fitted values.

    Attributes
    ----------
    components : Components
        λ, σ²_ν and σ₁² = σ²_ν + Tσ²_μ.
    instruments : tuple of str
        What instruments Wy, by name.
    instrumentation : Instrumentation or None
        First stage of Wy, and Sargan's test.

    References
    ----------
    Baltagi, B. H. and Liu, L. (2011). Instrumental variable estimation of a spatial autoregressive
    panel model with random effects. Economics Letters 111, 135–137. Mutl, J. and Pfaffermayr, M.
    (2011). The Hausman test in a Cliff and Ord panel model. Econometrics Journal 14, 48–76.
    """

    components: Components = field(kw_only=True)
    instruments: tuple[str, ...] = field(kw_only=True, default=())
    instrumentation: Instrumentation | None = field(kw_only=True, default=None)

    @property
    def title(self) -> str:
        """Name of the model in words."""
        return f"{MODEL_TITLES[self.model]} by moments, {TITLES[self.effects]}"

    def _impact_parts(self) -> ImpactParts:
        refuse_inadmissible(
            inadmissible(float(self.params.get(RHO, 0.0)), self.weights),
            remedy='method="ml" keeps rho inside',
        )
        return super()._impact_parts()

    def diagnostics(self) -> Tests:
        """Return tests of instruments, Wald tests of Wy and WX, Pesaran's of the residuals.

        Returns
        -------
        Tests
            ``First stage F (rho)`` and ``Sargan over-identification`` of the instruments of Wy
            (both for one variance), ``Wald rho``, ``Wald WX`` and ``Pesaran CD``; those that do
            not apply are there with the reason.
        """
        lagged = tuple(lag_name(term) for term in self.design.lagged)
        answers: dict[str, Answer] = {
            **instrument_answers(self.instrumentation),
            "Wald rho": self._zero("Wald rho", (RHO,), "rho = 0"),
            "Wald WX": self._zero("Wald WX", lagged, "the coefficients of WX are zero"),
            PESARAN: pesaran_cd(self.fit.resids, self.cells, self.effects),
        }
        return Tests(f"Diagnostics: {self.title}", answers)

    def _zero(self, name: str, terms: tuple[str, ...], null: str) -> Answer:
        if not terms or any(term not in self.estimates.terms for term in terms):
            return NotApplicable(name, null, "the model does not have it")
        at = [self.estimates.terms.index(term) for term in terms]
        found = wald(self.estimates.values[at], self.estimates.cov[np.ix_(at, at)])
        return chi2_test(name, found.statistic, found.df, null=null)


def fit_moments(
    specification: Specification, design: Design, sample: PanelSample
) -> MomentPanelResults:
    """Estimate a spatial panel with effects of regions by moments.

    Raises
    ------
    InputError
        If an option does not belong to the method.
    PanelError
        If effects are others, or W changes over time.
    ConvergenceError
        If the moments are closest at an end of the interval of λ.
    """
    gmm = _asked(specification)
    refuse_covariance(specification)
    lag, error = layers_of(specification, sample)
    _refuse_sample(specification, sample)
    effects, T = specification.effects, sample.cells.T
    design = estimable_design(design, sample.cells, effects)
    Z = design.X
    H: FloatArray | None = None
    names: tuple[str, ...] = ()
    if lag is not None:
        Z = np.column_stack([Z, lag.lag(design.y[:, None])])
        H, names = _instruments(specification, design, lag, gmm.instrument_orders)
        refuse_few(H, N=sample.cells.N, T=T, random=effects == "random")
    try:
        estimated = _estimate(design, Z, H, error, sample, random=effects == "random")
    except CollinearityError as problem:
        raise InputError(
            "formula",
            expected="instruments that tell rho from the coefficients",
            found="lags of the regressors that do not",
            offenders=names,
            why="Wy is instrumented by WX, W²X and so on, which must move on their own",
            remedy='method="ml", or regressors that vary between neighbours',
        ) from problem
    return _labelled(specification, design, sample, estimated, (names, T))


def refuse_beside_moments(specification: Specification) -> None:
    """Refuse, beside ``method="gmm"``, choices that moments of panels are not made for."""
    if specification.gmm is None or specification.model not in SPATIAL:
        return
    if specification.dynamic_gmm is not None:
        return
    for name, value in (
        ("lee_yu", specification.lee_yu),
        ("random", specification.random),
        ("endogenous", specification.endogenous or None),
        ("factors", None if specification.factors == "none" else specification.factors),
        ("family", None if specification.family == "gaussian" else specification.family),
    ):
        if value is not None:
            raise InputError(
                name,
                expected="nothing beside the moments of a spatial panel",
                found=repr(value),
                why="they are made for Wy alone, exogenous regressors and random effects that "
                "spread as the disturbance does",
                remedy='model="ols", with lags of exogenous columns as columns'
                if name == "endogenous"
                else f"leave {name} out, or leave method out",
            )


def _asked(specification: Specification) -> GMM:
    gmm = specification.gmm
    if gmm is None:
        raise AssertionError
    if gmm != GMM(instrument_orders=gmm.instrument_orders):
        raise InputError(
            "method",
            expected="'gmm', or GMM(instrument_orders=...), for a panel",
            found=repr(gmm),
            why="the other options are of the moments of cross-sections",
            remedy='method="gmm"',
        )
    return gmm


def _refuse_sample(specification: Specification, sample: PanelSample) -> None:
    if specification.effects not in ("entity", "random"):
        raise PanelError(
            "effects",
            expected="'entity' or 'random' with method='gmm'",
            found=repr(specification.effects),
            why="the moments are those of what varies within and between regions",
            remedy='effects="entity", with C(year) in the formula for effects of periods',
        )
    for name, weights in (("W", sample.spatial), ("W_error", sample.error)):
        if weights is not None and weights.one is None:
            raise PanelError(
                name,
                expected="one W for all periods, with method='gmm'",
                found="one a period",
                why="means over time would mix the W of different periods",
                remedy='method="ml", or one W',
            )
    if not sample.panel.balanced:
        raise PanelError(
            "data",
            expected="a balanced panel with method='gmm'",
            found="a panel with gaps",
            remedy='missing="drop-regions"',
        )


def _instruments(
    specification: Specification, design: Design, lag: Layers, orders: int
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return regressors and their lags, one order more in models with WX."""
    at = [design.terms.index(term) for term in design.slopes]
    power, columns, names = design.X[:, at], [design.X], list(design.terms)
    for order in range(1, orders + 1 + (specification.model in LAGS_X)):
        power = lag.lag(power)
        columns.append(power)
        names += [f"W{order if order > 1 else ''}({term})" for term in design.slopes]
    return np.column_stack(columns), tuple(dict.fromkeys(names))


def _estimate(
    design: Design,
    Z: FloatArray,
    H: FloatArray | None,
    error: Layers | None,
    sample: PanelSample,
    *,
    random: bool,
) -> _Estimated:
    """Find the disturbance from residuals of each dimension, then the weighted estimates."""
    y, cells = design.y, sample.cells
    N, T = cells.N, cells.T
    by = Z if H is None else H
    own, k = _residuals(within, y, Z, by, T)
    if random and H is None:
        # Without Wy least squares of all observations is consistent in both dimensions.
        own = y - Z @ np.linalg.lstsq(Z, y, rcond=None)[0]
        means = own
    elif random:
        means, m = _residuals(between, y, Z, by, T)
    if error is not None:
        limits = _limits(sample)
        found = error_components(own, means if random else None, error, limits=limits)
    else:
        sigma2 = float(own @ own) / (N * (T - 1) - k)
        found = Components(0.0, sigma2, float(means @ means) / (N - m) if random else np.nan)
    instruments = None
    if H is not None:
        parts = [within(H, T), *([between(H, T)] if random else [])]
        instruments = spanning(np.column_stack(parts), np.column_stack([H] * len(parts)))
    made = weighted_fit(y, Z, H=instruments, M=error, T=T, found=found)
    worth = None
    if instruments is not None:
        worth = instrumentation(Z, instruments, found, made, T=T, error=error is not None)
    return found, made, worth


def _residuals(
    part: Callable[[FloatArray, int], FloatArray],
    y: FloatArray,
    Z: FloatArray,
    H: FloatArray,
    T: int,
) -> tuple[FloatArray, int]:
    """Return residuals in one dimension, and how many coefficients they took."""
    return stage_residuals(part(y[:, None], T)[:, 0], part(Z, T), H=part(H, T), whole=(Z, H))


def _limits(sample: PanelSample) -> tuple[float, float]:
    weights = (sample.error.one if sample.error else None) or sample.require_weights()
    return weights.spectrum.rho_low, weights.spectrum.rho_high


def _labelled(
    specification: Specification,
    design: Design,
    sample: PanelSample,
    estimated: _Estimated,
    told: tuple[tuple[str, ...], int],
) -> MomentPanelResults:
    (found, made, worth), (names, T) = estimated, told
    has_lag, has_error = specification.model in LAGS_Y, specification.model in LAGS_ERROR
    terms = (*design.terms, *([RHO] if has_lag else []), *([LAMBDA] if has_error else []))
    k = len(made.delta)
    cov = np.full((len(terms), len(terms)), np.nan)
    word = specification.covariance_name
    df: float | Reference | None = None
    cov[:k, :k] = made.covariance
    effects, cells = specification.effects, sample.cells
    how = METHODS[has_lag, has_error]
    title: str = how
    if word != "classical":
        sandwich = robust(word, design, made, cells, within=effects == "entity")
        cov[:k, :k], df, title = sandwich.cov, sandwich.df, sandwich.title
    fitted = design.y - made.residuals
    extras: dict[str, object] = {
        "effects": effects,
        "entities": cells.N,
        "periods": cells.T,
        "method": "gmm",
    }
    notes: tuple[str, ...] = (NO_ERROR,) if has_error else ()
    if effects == "random":
        extras["sigma2_effects"] = (found.means - found.own) / T
        if found.means < found.own:
            notes += (
                "The variance between regions is smaller than that within: the estimated "
                "variance of the effects is negative, and regions do not seem to differ by more "
                "than their disturbances.",
            )
    if has_lag:
        notes += (f"Instruments of Wy: {', '.join(n for n in names if n not in design.terms)}.",)
    notes += weak_notes(worth)
    reason = inadmissible(float(made.delta[-1]), sample.weights) if has_lag else ""
    notes += (f"{reason}: there are no impacts.",) if reason else ()
    return MomentPanelResults(
        specification.model,
        design,
        Estimates(
            terms,
            read_only(np.append(made.delta, [found.lambda_] if has_error else [])),
            read_only(cov),
            df=df,
            covariance=title,
        ),
        Fit(
            fitted=read_only(fitted),
            resids=read_only(made.residuals),
            loglik=float("nan"),
            parameters=len(terms) + 1 + (cells.N if effects == "entity" else 1),
            sigma2=found.own,
            rsquared=float(np.corrcoef(design.y, fitted)[0, 1] ** 2),
            df_resid=design.nobs - len(terms) - cells.count(effects),
        ),
        sample.weights,
        sample.provenance(
            specification,
            f"{specification.model}, {TITLES[effects]}, by {how}",
            {**specification.estimation, "errors": "fully weighted" if has_error else "none"},
        ),
        (*sample.notes, *notes),
        "closed form" if not has_error else "maximum likelihood",
        extras,
        weights_error=sample.error.one if sample.error else None,
        weights_x=sample.lagged.one if sample.lagged else None,
        cells=cells,
        effects=effects,
        spatial=sample.spatial,
        lagged=sample.lagged,
        components=found,
        instruments=names,
        instrumentation=worth,
    )
