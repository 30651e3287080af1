"""Spatial panels with lags in time: their roots, and the bias that effects of regions bring.

In ``y_t = τy_{t-1} + ηWy_{t-1} + ρWy_t + …`` a disturbance is multiplied by A = (I − ρW)⁻¹(τI + ηW)
from one period to the next. Given the first period the likelihood is that of a static panel with
y_{t-1} and Wy_{t-1} among the regressors; effects of regions, estimated along with it, are means
over time that hold later disturbances, and bias it by order 1/T.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workbench.errors import ValuesError
from workbench.numerics.panels.bias import of_periods, refuse_outside
from workbench.numerics.panels.likelihood import (
    PanelMaximum,
    PanelProblem,
    Point,
    at_point,
    residuals_at,
)
from workbench.numerics.responses.traces import own_traces
from workbench.numerics.sparse.matrices import DENSE_LIMIT, CsrArray, constant_row_sum, symmetrize
from workbench.numerics.sparse.spectrum import eigenvalues, extreme_eigenvalues, spectral_radius
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True)
class Feedback:
    """What carries an outcome on: τ to the next period, η to the neighbours' next, ρ to theirs."""

    tau: float
    eta: float
    rho: float

    def root(self, w: Any) -> Any:
        """Return the eigenvalue of A that goes with an eigenvalue w of W, (τ + ηw)/(1 − ρw)."""
        return (self.tau + self.eta * w) / (1.0 - self.rho * w)


@dataclass(frozen=True, slots=True)
class Roots:
    """Sizes of the eigenvalues of A.

    Attributes
    ----------
    largest : float
        Of all.
    common : float
        The root of W's largest real eigenvalue c, (τ + ηc)/(1 − ρc), signed: of a movement that
        all regions share where rows of W have one sum.
    others : float
        The largest size beside that root; not a number beyond 1,500 regions.
    exact : bool
        Whether `largest` is exact; a bound otherwise (a directed W of more than 1,500 regions).
    eigenvalue : float
        c.
    """

    largest: float
    common: float
    others: float
    exact: bool
    eigenvalue: float


def roots_of(W: CsrArray, feedback: Feedback) -> Roots:
    """Return the sizes of the eigenvalues of (I − ρW)⁻¹(τI + ηW).

    Parameters
    ----------
    W : csr_array of shape (N, N)
    feedback : Feedback
        ρ in the admissible interval of W.

    Notes
    -----
    (τ + ηw)/(1 − ρw) is a Möbius function of w whose pole no eigenvalue passes: on an interval it
    is monotone, and on a disc about 0 without the pole it is largest where the circle is real.

    Examples
    --------
    >>> from scipy import sparse
    >>> W = sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> found = roots_of(W, Feedback(0.5, 0.1, 0.2))
    >>> round(found.largest, 6), round(found.others, 6)
    (0.75, 0.333333)
    """
    values, exact = extremes_of(W)
    at = int(np.argmax(values.real))
    top = float(values[at].real)
    sizes = np.abs(feedback.root(values))
    largest = float(sizes.max())
    if not exact and not (feedback.rho * values.real < 1.0).all():
        largest = np.inf  # the circle about the spectrum holds the pole: no bound
    dense = W.shape[0] <= DENSE_LIMIT
    others = float(np.delete(sizes, at).max(initial=0.0)) if dense else np.nan
    return Roots(largest, float(feedback.root(top)), others, exact, top)


def extremes_of(W: CsrArray) -> tuple[Any, bool]:
    """Return eigenvalues of W among which the largest root is found, and whether it is exact.

    All of them up to 1,500 regions; beyond, the smallest and the largest where all are real, and
    else the ends of the circle about them.
    """
    if W.shape[0] <= DENSE_LIMIT:
        return eigenvalues(W), True
    if symmetrize(W) is not None:
        found = extreme_eigenvalues(W)
        return np.array([found.smallest, found.largest]), found.exact
    radius = spectral_radius(W)
    return np.array([-radius, radius]), False


def long_run_traces(
    W: CsrArray, feedback: Feedback, *, without_common: bool = False
) -> tuple[float, float]:
    """Return tr P and tr WP, P = ((1 − τ)I − (ρ + η)W)⁻¹ = Σ_h A^h (I − ρW)⁻¹ where that converges.

    Parameters
    ----------
    W : csr_array of shape (N, N)
    feedback : Feedback
    without_common : bool
        Whether effects of periods have taken out what all regions share: traces of JP and JWP,
        J = I − 11′/N, for W whose rows have one sum.

    Raises
    ------
    ValuesError
        If rows do not have one sum, though `without_common` is asked for.

    Examples
    --------
    >>> from scipy import sparse
    >>> W = sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> [round(x, 4) for x in long_run_traces(W, Feedback(0.5, 0.0, 0.2))]
    [4.7619, 1.9048]
    """
    stay, pass_on = 1.0 - feedback.tau, feedback.rho + feedback.eta
    shared = (0.0, 0.0)
    if without_common:
        c = _one_sum(W)
        # At 1 − τ = (ρ + η)c what is shared has a unit root; the rest is had from eigenvalues.
        if W.shape[0] <= DENSE_LIMIT:
            values = eigenvalues(W)
            values = np.delete(values, int(np.argmin(np.abs(values - c))))
            each = 1.0 / (stay - pass_on * values)
            return float(each.sum().real), float((values * each).sum().real)
        shared = (1.0 / (stay - pass_on * c), c / (stay - pass_on * c))
    x = pass_on / stay
    lagged, _ = own_traces(W, x)
    return (W.shape[0] + x * lagged) / stay - shared[0], lagged / stay - shared[1]


def _one_sum(W: CsrArray) -> float:
    found = constant_row_sum(W)
    if found is None:
        raise ValuesError(
            "W",
            expected="rows that have one sum",
            found="rows with different sums",
            why="effects of periods cannot be transformed out",
        )
    return found


def corrected(
    problem: PanelProblem,
    found: PanelMaximum,
    W: CsrArray,
    *,
    lags: tuple[bool, bool],
    regions: int,
    periods: int,
) -> PanelMaximum:
    """Return estimates less the bias of order 1/T that effects of regions bring.

    Parameters
    ----------
    problem : PanelProblem
        The last columns of X are y_{t-1} and Wy_{t-1}, those that the model has. Effects of periods
        are transformed out (``deflated``) or estimated.
    found : PanelMaximum
        Its maximum; the log-likelihood stays that.
    W : csr_array of shape (N, N)
        That of Wy_t and Wy_{t-1}.
    lags : (bool, bool)
        Whether the model has y_{t-1} and Wy_{t-1}.
    regions, periods : int
        N and T where there are effects of that kind, else 0.

    Returns
    -------
    PanelMaximum
        The covariance is the inverse information at the corrected estimates, with the observations
        and determinants that the effects leave.

    Raises
    ------
    ConvergenceError
        If a corrected ρ or λ is not admissible.

    Notes
    -----
    At the truth the score has mean −φ: tr P for τ, tr WP for η and for ρ, tr M(I − λM)⁻¹ for λ,
    N/(2σ²) for σ², all less what is shared where there are effects of periods; estimated effects
    of periods add Tc/(1 − ρc) and T/(2σ²), as in a static panel. The estimates move by the inverse
    information times φ; σ² then has its maximum at the others, with the degrees of freedom that are
    left.

    References
    ----------
    Yu, J., de Jong, R. and Lee, L.-F. (2008). Journal of Econometrics 146, 118–134, theorem 3 and
    equation 17. Lee, L.-F. and Yu, J. (2010). Econometric Theory 26, 564–597, sections 3 and 4.
    """
    n, k = problem.y.size, len(found.beta)
    shift = bias_of_score(problem, found, W, lags=lags, regions=regions, periods=periods)
    step = found.covariance @ shift
    rho, lam, place = found.rho, found.lambda_, k
    if problem.lag is not None:
        rho, place = rho + float(step[place]), place + 1
    if problem.error is not None:
        lam = lam + float(step[place])
    lost = regions + periods - (1 if regions and periods else 0)
    left = replace(
        problem,
        n_eff=n - lost,
        share=1.0 - regions / n,
        deflated=bool(periods),
    )
    point = Point(found.beta + step[:k], rho, lam, found.sigma2)
    refuse_outside(problem, point)
    options: dict[str, Any] = {
        "loglik": found.loglik,
        "maxima": found.maxima,
        "optima": found.optima,
    }
    rest = residuals_at(left, point)
    return at_point(left, replace(point, sigma2=float(rest @ rest) / left.n_eff), **options)


def bias_of_score(
    problem: PanelProblem,
    found: PanelMaximum,
    W: CsrArray,
    *,
    lags: tuple[bool, bool],
    regions: int,
    periods: int,
) -> FloatArray:
    """Return φ, less the mean of the score at the estimates: shape of (β, τ, η, ρ, λ, σ²)."""
    k = len(found.beta)
    shift = np.zeros(len(found.covariance))
    first = k - sum(lags)
    values = iter(found.beta[first:])
    tau, eta = (float(next(values)) if has else 0.0 for has in lags)
    own = spread = 0.0
    if regions:
        feedback = Feedback(tau, eta, found.rho)
        own, spread = long_run_traces(W, feedback, without_common=bool(periods))
        shift[first:k] = [value for value, has in zip((own, spread), lags, strict=True) if has]
    estimated = 0 if problem.deflated else periods
    held = found.traces.error * regions / problem.y.size
    if estimated and regions and problem.error is not None:
        held -= of_periods(problem.error, found.lambda_) / problem.error.T
    place = k
    for layers, x, trace in (
        (problem.lag, found.rho, spread),
        (problem.error, found.lambda_, held),
    ):
        if layers is not None:
            shift[place] = trace + (of_periods(layers, x) if estimated else 0.0)
            place += 1
    lost = regions + estimated - (1 if regions and periods else 0)
    shift[-1] = 0.5 * lost / found.sigma2
    return shift
