"""Power before estimation: which spillovers this W, sample and design could see at all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.core.seeds import check_seed
from workbench.errors import InputError, check_number
from workbench.hypotheses.planning.lines import Line, claim_of, line_of
from workbench.hypotheses.planning.planned import check_parameters, plan
from workbench.hypotheses.planning.reading import notes_of, provenance_of
from workbench.hypotheses.planning.results import Power
from workbench.hypotheses.planning.simulated import simulated_power
from workbench.hypotheses.planning.sizes import smallest_effect
from workbench.hypotheses.planning.units import unit_of
from workbench.numerics.threads import single_thread
from workbench.typing import Effects, Missing, Model

if TYPE_CHECKING:
    from workbench.hypotheses.statements.estimands import Estimand
    from workbench.hypotheses.statements.hypothesis import Hypothesis
    from workbench.weights import WeightsLike

POINTS = 31
"""Values of a curve, where the caller names none."""

BEYOND = 8.0
"""Standard errors up to which a curve goes that never reaches the wanted power."""


def power(
    hypothesis: Hypothesis | Estimand | str,
    data: pd.DataFrame,
    W: WeightsLike | None = None,
    *,
    formula: str,
    model: Model = "slx",
    effects: Effects = "none",
    sigma: float = 1.0,
    rho: float = 0.0,
    lambda_: float = 0.0,
    coefficients: Mapping[str, float] | None = None,
    moves: str | None = None,
    alpha: float | None = None,
    target: float = 0.8,
    values: Sequence[float] | None = None,
    missing: Missing = "error",
    simulate: int = 0,
    seed: int = 0,
    jobs: int | None = None,
) -> Power:
    """Say how large a spillover must be for this design and W to show it, before any outcome.

    Parameters
    ----------
    hypothesis : Hypothesis, Estimand or str
        ``"indirect(log(rd)) > 0"``, or a Hypothesis; a bare estimand
        is to differ from zero.
    data : DataFrame or GeoDataFrame
        Indexed by region id, or by (region, period). Only columns of the right-hand side are
        read: an outcome may be there, be missing, or not be known yet.
    W : Weights, libpysal Graph or W, optional
        Spatial weights.
    formula : str
        Right-hand side, ``"~ log(rd) + log(students)"``; what stands left of ``~`` is not read.
    model : {"ols", "slx", "sar", "sem", "sac", "sdm", "sdem", "gns"}
        As it would be estimated, by least squares or maximum likelihood.
    effects : {"none", "entity", "time", "two-way"}
        Of a panel; effects are taken out as :func:`workbench.fit` does.
    sigma : float, default 1
        Standard deviation of the disturbance, in units of the outcome. With 1 all effects are in
        units of sigma.
    rho, lambda_ : float
        Assumed spatial parameters of models that have them.
    coefficients : mapping of str to float, optional
        Assumed coefficients by term, 0 for the others. In models with Wy they decide how exactly
        rho can be known.
    moves : str, optional
        The coefficient that makes the estimand what it truly is: that of ``W(term)`` for
        spillovers where the model has it, else that of the term.
    alpha : float, optional
        Level of the two-sided interval that decides; that of the hypothesis without.
    target : float, default 0.8
        Power that is wanted.
    values : sequence of float, optional
        True values of the estimand for the curve; from the null to twice the minimum without.
    missing : {"error", "drop", "drop-regions"}
        As in :func:`workbench.fit`, for regressors.
    simulate : int, default 0
        Outcomes to draw at each of a few true values, on which the model is estimated as
        :func:`workbench.fit` does; the notes say where the formula is off.
    seed : int
        Of these outcomes.
    jobs : int, optional
        Processes for them; no number depends on it.

    Returns
    -------
    Power

    Raises
    ------
    InputError
        If the design does not serve, the estimand is fixed by the form of the model (a spillover
        of ``sar`` at rho = 0), or an assumed parameter is none of the model or not admissible.
    NotInModelError
        If the model lacks what the estimand is about.

    Notes
    -----
    Least squares: T = (θ̂ − θ₀)/s has the noncentral t distribution with noncentrality
    (θ − θ₀)/σ_θ, exactly for normal disturbances. Likelihood: the normal distribution with the
    inverse of the expected information at the assumed parameters, impacts by the delta method;
    effects are transformed out as in Lee and Yu (2010). Supported is what the rule of verdicts
    says: the two-sided 1 − alpha interval lies wholly on the hypothesised side.

    References
    ----------
    Cohen, J. (1988). Statistical Power Analysis for the Behavioral Sciences, chapter 9. Lee, L.-F.
    and Yu, J. (2010). Journal of Econometrics 154, 165-185.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.hypotheses.planning import power
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> x = wb.load("munnell-1990").xs(1986, level="year")[["emp", "unemp"]]
    >>> seen = power("indirect(log(emp)) > 0", x, W, formula="~ log(emp) + unemp")
    >>> round(seen.at(seen.minimum), 6)
    0.8
    """
    check_number("target", target, above=0.0, below=1.0)
    check_seed(seed)
    claim = claim_of(hypothesis, alpha=alpha)
    planned = plan(formula, data, W, model=model, effects=effects, missing=missing)
    assumed = check_parameters(
        planned, sigma=sigma, rho=rho, lambda_=lambda_, coefficients=coefficients or {}
    )
    with single_thread():
        line = line_of(planned, claim, assumed, sigma=float(sigma), moves=moves)
        minimum, highest = smallest_effect(line, target)
        table = _curve(line, _values(line, minimum) if values is None else _checked(line, values))
    if simulate:
        found = simulated_power(line, minimum, draws=simulate, seed=seed, jobs=jobs)
        table = _joined(line, table, found)
    return Power(
        hypothesis=claim.name,
        restriction=claim.text,
        model=planned.model,
        effects=effects,
        table=table,
        minimum=minimum,
        target=target,
        alpha=claim.alpha,
        draws=simulate,
        line=line,
        notes=notes_of(line, minimum, highest, target=target, table=table, draws=simulate),
        provenance=provenance_of(line, seed=seed, draws=simulate),
        tolerance="simulation" if simulate else "closed form",
    )


def _values(line: Line, minimum: float) -> list[float]:
    null, way = line.claim.value, line.claim.way
    reach = 2.0 * abs(minimum - null)
    if math.isnan(minimum):
        reach = BEYOND * line.estimate(null).std_error
    while not line.admits(null + way * reach):
        reach *= 0.95
    return [float(value) for value in null + way * np.linspace(0.0, reach, POINTS)]


def _checked(line: Line, values: Sequence[float]) -> list[float]:
    found = [check_number("values", value) for value in values]
    if not found:
        raise InputError("values", expected="at least one true value", found="none")
    for value in found:
        if not line.admits(value):
            low, high = line.limits
            raise InputError(
                "values",
                expected=f"values for which {line.moves} lies between {low:.4g} and {high:.4g}",
                found=f"{value:g}",
                remedy="leave values out",
            )
    return sorted(set(found))


def _curve(line: Line, values: Sequence[float]) -> pd.DataFrame:
    unit = unit_of(line)
    rows = []
    for value in values:
        found, error = line.power(value)
        at = line.parameters(value)[line.moves]
        rows.append((at, value * unit, error, found))
    columns = ["coefficient", "standardised", "std_error", "power"]
    return pd.DataFrame(rows, index=pd.Index(values, name="true_value"), columns=columns)


def _joined(line: Line, table: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Add simulated rows; values that only they have get their formula too."""
    more = [value for value in found.index if value not in table.index]
    if more:
        table = pd.concat([table, _curve(line, more)]).sort_index()
    return table.join(found)
