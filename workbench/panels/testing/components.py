"""Tests of error components: effects of regions, spatial and serial correlation."""

from __future__ import annotations

from scipy import stats

from workbench.core.statistics import Answer, NotApplicable, Statistic, Tests, chi2_test, normal_p
from workbench.errors import ConvergenceError, PanelError
from workbench.numerics.panels.component_fit import (
    Found,
    fit_effects,
    fit_effects_and_error,
    fit_pooled,
    fit_spatial_error,
)
from workbench.numerics.panels.components import PooledMoments, component_score, pooled_moments
from workbench.numerics.sparse.matrices import DENSE_LIMIT, CsrArray, as_weights
from workbench.panels.results import PanelResults
from workbench.panels.testing.lag_error_problem import is_plain
from workbench.typing import Alternative, FloatArray

NO_REGIONS = "regions have no effects of their own"
NO_SPACE = "disturbances have no spatial correlation"
NO_TIME = "disturbances have no serial correlation"
NORMAL = "normal disturbances; effects uncorrelated with the regressors"
AT_ZERO = "; effects were estimated to have no variance, and are left out"

LM1, LM2, LMH, LMJ = "BSK LM1", "BSK LM2", "BSK LMH", "BSK LMJ"
CLM_LAMBDA, CLM_MU = "BSK CLM lambda", "BSK CLM mu"
JOINT, C1, C2, C3 = "BSJK J", "BSJK C.1", "BSJK C.2", "BSJK C.3"


def component_tests(fit: PanelResults) -> Tests:
    """Test a pooled panel against effects of regions, spatial and serial correlation.

    Parameters
    ----------
    fit : PanelResults
        An ``ols`` or ``slx`` panel with ``effects="none"`` and weights W, balanced.

    Returns
    -------
    Tests
        Of Baltagi, Song and Koh (2003): ``BSK LM1`` against effects of regions (one-sided) and
        ``BSK LM2`` against a spatial error, both taking the other to be absent; ``BSK LMJ``
        against either; ``BSK LMH`` the same where both can only be positive (a mixture of
        chi-squares); ``BSK CLM lambda`` and ``BSK CLM mu`` allowing for the other. Of Baltagi,
        Song, Jung and Koh (2007): ``BSJK J`` against effects, spatial or serial correlation;
        ``BSJK C.1`` spatial, ``C.2`` serial correlation and ``C.3`` effects, each allowing for
        the two others.

    Raises
    ------
    PanelError
        If the model is not a pooled one, has no W, or the panel has gaps.

    Notes
    -----
    Score tests at the maximum of the restricted likelihood, with expected information. Tests
    that allow for other components need dense matrices of regions by regions, and are not made
    beyond 1,500. Statistics that do not square carry the sign of the component.

    References
    ----------
    Baltagi, B., Song, S. H. and Koh, W. (2003). Testing panel data regression models with spatial
    error correlation. Journal of Econometrics 117, 123–150. Baltagi, B., Song, S. H., Jung, B. C.
    and Koh, W. (2007). Testing for serial correlation, spatial autocorrelation and random effects
    using panel data. Journal of Econometrics 140, 5–51.

    Examples
    --------
    >>> import workbench as wb
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> fit = wb.fit("log(gsp) ~ log(emp)", wb.load("munnell-1990"), W)
    >>> wb.panels.component_tests(fit)["BSK LM1"].p_value < 0.01
    True
    """
    W = _weights(fit)
    y, X = fit.design.y, fit.design.X
    moments = pooled_moments(fit_pooled(y, X), W=W)
    answers = _from_least_squares(moments)
    answers |= _conditional(y, X, W)
    return Tests(f"Error components: {fit.title}", answers)


def _weights(fit: PanelResults) -> CsrArray:
    wrong = {
        f"effects={fit.effects!r}": fit.effects != "none",
        f"model={fit.model!r}": fit.model not in ("ols", "slx"),
        "instruments or absorbed categories": not is_plain(fit),
        "no W": fit.spatial is None,
        "a W that changes over time": fit.spatial is not None and fit.spatial.one is None,
        "a panel with gaps": not fit.cells.balanced,
        f"{fit.cells.T} periods": fit.cells.T < 3,
        "other outcomes than normal ones": fit.family != "gaussian" or fit.factors != "none",
        "weights without links": fit.weights is not None and fit.weights.sparse.nnz == 0,
    }
    found = [name for name, is_so in wrong.items() if is_so]
    if found or fit.weights is None:
        raise PanelError(
            "fit",
            expected="a balanced pooled panel of least squares with one W and three periods",
            found=", ".join(found),
            why="the tests start from the model without effects and without dependence",
            remedy='fit(formula, data, W, effects="none")',
        )
    return as_weights(fit.weights.sparse)


def _from_least_squares(m: PooledMoments) -> dict[str, Answer]:
    one, two = m.of_regions, m.of_space
    kept = max(one, 0.0) ** 2 + max(two, 0.0) ** 2
    return {
        LM1: _normal(LM1, one, NO_REGIONS, "greater", f"{NORMAL}; no spatial correlation"),
        LM2: _normal(LM2, two, NO_SPACE, "two-sided", f"{NORMAL}; no effects of regions"),
        LMJ: chi2_test(LMJ, one**2 + two**2, 2, null=f"{NO_REGIONS}; {NO_SPACE}"),
        LMH: Statistic(
            LMH,
            kept,
            f"{NO_REGIONS}; {NO_SPACE}",
            _mixed_p(kept),
            alternative="greater",
            distribution="chi-bar-squared",
            df=(0.0, 1.0, 2.0),
            assumptions=f"{NORMAL}; the spatial correlation can only be positive",
        ),
        JOINT: chi2_test(JOINT, m.joint, 3, null=f"{NO_REGIONS}; {NO_SPACE}; {NO_TIME}"),
    }


def _mixed_p(value: float) -> float:
    """Return the p-value of ¼χ²(0) + ½χ²(1) + ¼χ²(2)."""
    if value <= 0.0:
        return 1.0
    return float(0.5 * stats.chi2.sf(value, 1) + 0.25 * stats.chi2.sf(value, 2))


def _normal(name: str, z: float, null: str, alternative: Alternative, assumptions: str) -> Answer:
    return Statistic(
        name, z, null, normal_p(z, alternative), alternative, z=z, assumptions=assumptions
    )


def _conditional(y: FloatArray, X: FloatArray, W: CsrArray) -> dict[str, Answer]:
    if W.shape[0] > DENSE_LIMIT:
        reason = f"it needs dense matrices of {W.shape[0]} by {W.shape[0]} regions"
        nulls = {CLM_LAMBDA: NO_SPACE, CLM_MU: NO_REGIONS, C1: NO_SPACE, C2: NO_TIME}
        nulls[C3] = NO_REGIONS
        return {name: NotApplicable(name, null, reason) for name, null in nulls.items()}
    N = W.shape[0]
    answers: dict[str, Answer] = {}
    signed, told = _signed(fit_effects(y, X, N=N, serial=False), W, "lambda", ("mu",))
    answers[CLM_LAMBDA] = _normal(CLM_LAMBDA, signed, NO_SPACE, "two-sided", NORMAL + told)
    effects = fit_effects(y, X, N=N, serial=True)
    signed, told = _signed(effects, W, "lambda", ("mu", "psi"))
    answers[C1] = chi2_test(C1, signed**2, 1, null=NO_SPACE, assumptions=NORMAL + told)
    try:
        signed, _ = _signed(fit_spatial_error(y, X, W=W, serial=False), W, "mu", ("lambda",))
        answers[CLM_MU] = _normal(CLM_MU, signed, NO_REGIONS, "greater", NORMAL)
        signed, told = _signed(fit_effects_and_error(y, X, W=W), W, "psi", ("mu", "lambda"))
        answers[C2] = chi2_test(C2, signed**2, 1, null=NO_TIME, assumptions=NORMAL + told)
        both = fit_spatial_error(y, X, W=W, serial=True)
        signed, _ = _signed(both, W, "mu", ("psi", "lambda"))
        answers[C3] = chi2_test(C3, signed**2, 1, null=NO_REGIONS, assumptions=NORMAL)
    except ConvergenceError as error:
        reason = f"the restricted model could not be estimated: {error.found}"
        nulls = {CLM_MU: NO_REGIONS, C2: NO_TIME, C3: NO_REGIONS}
        missing = {name: null for name, null in nulls.items() if name not in answers}
        answers |= {name: NotApplicable(name, null, reason) for name, null in missing.items()}
    return answers


def _signed(found: Found, W: CsrArray, name: str, beside: tuple[str, ...]) -> tuple[float, str]:
    """Return the signed root of the statistic, and what has to be said of effects at zero."""
    disturbances, at = found
    zero = "mu" in beside and at.mu == 0.0
    kept = tuple(x for x in beside if not (zero and x == "mu"))
    score = component_score(disturbances, at, W=W)
    return score.signed(name, beside=kept), AT_ZERO if zero else ""
