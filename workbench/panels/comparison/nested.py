"""Tests of static spatial panels: of one fit, and between two of which one restricts the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.core.statistics import Answer, NotApplicable, Tests, chi2_test
from workbench.errors import InputError
from workbench.numerics.likelihoods.wald import wald
from workbench.numerics.regression.least_squares import gaussian_loglik
from workbench.panels.effects import FIXED
from workbench.panels.spatial.results import SpatialPanelResults
from workbench.panels.testing.dependence import PESARAN, WEIGHTED, pesaran_cd, weighted_cd_test
from workbench.panels.testing.moran import JOINT as MORAN
from workbench.panels.testing.moran import joint_moran
from workbench.regression.design import lag_name
from workbench.regression.results import LAMBDA, RHO

if TYPE_CHECKING:
    from workbench.panels.results import PanelResults

NORMAL = "normal disturbances of equal variance"
WALD_RHO, WALD_LAMBDA = "Wald rho", "Wald lambda"
WALD_WX, COMMON = "Wald WX", "Wald common factor"
COMMON_NULL = "theta = -rho * beta: the model is a spatial error model"


def spatial_diagnostics(fit: SpatialPanelResults) -> Tests:
    """Run the tests; see :meth:`SpatialPanelResults.diagnostics`."""
    lagged = tuple(lag_name(term) for term in fit.design.lagged)
    answers: dict[str, Answer] = {
        WALD_RHO: zero_test(fit, WALD_RHO, (RHO,), "rho = 0"),
        WALD_LAMBDA: zero_test(fit, WALD_LAMBDA, (LAMBDA,), "lambda = 0"),
        WALD_WX: zero_test(fit, WALD_WX, lagged, "the coefficients of WX are zero"),
        COMMON: _common_factor(fit),
        PESARAN: pesaran_cd(fit.fit.resids, fit.cells, fit.effects),
        WEIGHTED: weighted_cd_test(fit.fit.resids, fit.cells),
        MORAN: joint_moran(fit),
    }
    return Tests(f"Diagnostics: {fit.title}", answers)


def zero_test(fit: SpatialPanelResults, name: str, terms: tuple[str, ...], null: str) -> Answer:
    """Return the Wald test that coefficients are zero."""
    if not terms or any(term not in fit.estimates.terms for term in terms):
        return NotApplicable(name, null, "the model does not have it")
    at = [fit.estimates.terms.index(term) for term in terms]
    found = wald(fit.estimates.values[at], fit.estimates.cov[np.ix_(at, at)])
    return chi2_test(name, found.statistic, found.df, null=null)


def _common_factor(fit: SpatialPanelResults) -> Answer:
    """Wald test of θ + ρβ = 0 by the delta method (Burridge 1981)."""
    terms = fit.estimates.terms
    if fit.model != "sdm" or set(fit.design.lagged) != set(fit.design.slopes):
        return NotApplicable(COMMON, COMMON_NULL, "it is made for sdm with every slope lagged")
    own = [terms.index(term) for term in fit.design.lagged]
    lags = [terms.index(lag_name(term)) for term in fit.design.lagged]
    at = terms.index(RHO)
    values, rho = fit.estimates.values, fit.estimates.values[at]
    J = np.zeros((len(own), len(terms)))
    rows = np.arange(len(own))
    J[rows, lags], J[rows, own], J[:, at] = 1.0, rho, values[own]
    found = wald(values[lags] + rho * values[own], J @ fit.estimates.cov @ J.T)
    return chi2_test(COMMON, found.statistic, found.df, null=COMMON_NULL)


def nested_tests(small: PanelResults, large: SpatialPanelResults) -> Tests:
    """Test by likelihood ratio the restrictions that make one static panel of another.

    Parameters
    ----------
    small : PanelResults
        An ``ols`` or ``slx`` panel, or a spatial one, with the effects of `large`.
    large : SpatialPanelResults
        A spatial panel that has every term of `small` and more; or the spatial Durbin model
        beside the spatial error model with the same regressors (then θ = −ρβ under the null).

    Returns
    -------
    Tests
        ``"LR"``, chi-square with as many degrees of freedom as restrictions.

    Raises
    ------
    InputError
        If outcome, sample, weights or effects differ, or neither model contains the other.

    Notes
    -----
    Likelihoods are compared on one footing: that of least squares with the observations that
    `large` counts, once fixed effects are out. Random effects by feasible GLS do not maximise it.

    References
    ----------
    Elhorst, J. P. (2014). Spatial Econometrics, section 3.5. Lee, L.-F. and Yu, J. (2010).

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.panels import nested_tests
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> panel, formula = wb.load("munnell-1990"), "log(gsp) ~ log(emp) + unemp"
    >>> sar = wb.fit(formula, panel, W, model="sar", effects="two-way")
    >>> sdm = wb.fit(formula, panel, W, model="sdm", effects="two-way")
    >>> nested_tests(sar, sdm)["LR"].df
    (2.0,)
    """
    _refuse_unlike(small, large)
    found = restrictions(small, large)
    if found is None:
        raise _not_nested(small, large)
    title = f"{small.title} within {large.title}"
    return Tests(title, {"LR": _ratio(small, large, *found)})


def restrictions(small: PanelResults, large: SpatialPanelResults) -> tuple[int, str] | None:
    """Return how many restrictions make `small` of `large`, and which; None if none do."""
    extra = [term for term in large.estimates.terms if term not in small.estimates.terms]
    missing = [term for term in small.estimates.terms if term not in large.estimates.terms]
    if not missing and extra:
        return len(extra), f"the coefficients of {', '.join(extra)} are zero"
    whole = set(large.design.lagged) == set(large.design.slopes)
    own = set(small.design.terms) == set(large.design.terms) - set(
        map(lag_name, large.design.lagged)
    )
    if (small.model, large.model) == ("sem", "sdm") and whole and own:
        return len(large.design.lagged), COMMON_NULL
    return None


def _not_nested(small: PanelResults, large: SpatialPanelResults) -> InputError:
    missing = [term for term in small.estimates.terms if term not in large.estimates.terms]
    return InputError(
        "large",
        expected=f"a model that contains {small.model} and has more terms",
        found=f"{large.model} without {', '.join(missing)}" if missing else "no further term",
        why="a restriction leads from the larger model to the smaller one",
        remedy="exchange the two",
    )


def _ratio(small: PanelResults, large: SpatialPanelResults, df: int, null: str) -> Answer:
    if np.isnan(large.loglik):
        return NotApplicable("LR", null, "moments have no likelihood: see the Wald tests of a fit")
    restricted = _loglik(small, large)
    if restricted is None:
        reason = "random effects by feasible GLS do not maximise the likelihood"
        return NotApplicable("LR", null, reason)
    value = 2.0 * (large.loglik - restricted)
    if value < 0.0:
        reason = "the larger model has the lower likelihood: they are not nested as estimated"
        return NotApplicable("LR", null, reason)
    return chi2_test("LR", value, df, null=null, assumptions=NORMAL)


def on_footing(fit: PanelResults, large: SpatialPanelResults) -> tuple[float, int, int]:
    """Return log-likelihood, parameters and observations of a fit as those of `large` count.

    NaN for random effects by feasible GLS, which do not maximise the likelihood.
    """
    n = int(str(large.extras.get("nobs_effective", large.nobs)))
    if isinstance(fit, SpatialPanelResults):
        return fit.loglik, fit.fit.parameters, n
    loglik = _loglik(fit, large)
    taken = fit.cells.count(fit.effects) if n < fit.nobs else 0
    return (float("nan") if loglik is None else loglik), fit.fit.parameters - taken, n


def _loglik(small: PanelResults, large: SpatialPanelResults) -> float | None:
    if isinstance(small, SpatialPanelResults):
        return small.loglik
    if small.effects == "random":
        return None
    n = large.extras.get("nobs_effective", large.nobs) if large.effects in FIXED else large.nobs
    return gaussian_loglik(float(small.fit.resids @ small.fit.resids), int(str(n)))


def _refuse_unlike(small: PanelResults, large: SpatialPanelResults) -> None:
    chosen = ("lee_yu", "random") if isinstance(small, SpatialPanelResults) else ()
    checks = {
        "rows": small.design.index.equals(large.design.index),
        "outcome": np.array_equal(small.design.y, large.design.y),
        "effects": small.effects == large.effects
        and all(
            not small.extras.get(name)
            or not large.extras.get(name)
            or small.extras[name] == large.extras[name]
            for name in chosen
        ),
        "W": small.model == "ols" or _digests(small) <= _digests(large),
    }
    unlike = [name for name, same in checks.items() if not same]
    if unlike:
        raise InputError(
            "large",
            expected=f"a fit with the same {', '.join(checks)}",
            found=f"another {', '.join(unlike)}",
            why="likelihoods of different data or effects cannot be compared",
            remedy="fit both with the same formula's left-hand side, data, W and effects",
        )


def _digests(fit: PanelResults) -> set[str]:
    found = {fit.spatial.digest} if fit.spatial else set()
    others = (getattr(fit, "error", None), fit.lagged)
    return found | {weights.digest for weights in others if weights}
