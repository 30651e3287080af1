"""An estimand as one coefficient moves: its true value, and how exactly it would be estimated."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.errors import FormulaError, InputError, check_number, unknown_option
from workbench.hypotheses.planning.planned import Planned
from workbench.hypotheses.planning.rejections import rejection
from workbench.hypotheses.statements.absences import NotInModelError
from workbench.hypotheses.statements.atoms import Effect
from workbench.hypotheses.statements.estimands import Estimand
from workbench.hypotheses.statements.grammar import parse, parse_restriction
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.regression.design import lag_name
from workbench.regression.results import LAMBDA, RHO

if TYPE_CHECKING:
    from workbench.hypotheses.statements.estimates import Estimate

LINEAR = 1e-8
"""Share of its size by which an estimand that is linear in a coefficient may bend: rounding."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to be shown: an estimand on one side of a value.

    Attributes
    ----------
    estimand : Estimand
    relation : {">", "<", "!="}
    value : float
    alpha : float
    name : str
        Statement of the hypothesis, or the restriction.
    """

    estimand: Estimand
    relation: str
    value: float
    alpha: float
    name: str

    @property
    def text(self) -> str:
        """The restriction."""
        return f"{self.estimand.text} {self.relation} {self.value:g}"

    @property
    def way(self) -> float:
        """−1 where the hypothesis is about values below, else 1."""
        return -1.0 if self.relation == "<" else 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """True values of an estimand, made by one coefficient while all others stay as assumed.

    Attributes
    ----------
    planned : Planned
    claim : Claim
    values : mapping of str to float
        Assumed parameters.
    sigma : float
    moves : str
        The coefficient that moves.
    start, slope : float
        The estimand is start + slope × coefficient.
    limits : (float, float)
        Between which it may lie.
    """

    planned: Planned
    claim: Claim
    values: Mapping[str, float]
    sigma: float
    moves: str
    start: float
    slope: float
    limits: tuple[float, float]

    def parameters(self, true_value: float) -> dict[str, float]:
        """Return all parameters where the estimand has a value."""
        return {**self.values, self.moves: (true_value - self.start) / self.slope}

    def estimate(self, true_value: float) -> Estimate:
        """Return value, standard error and degrees of freedom under such parameters."""
        made = self.planned.assumed(self.parameters(true_value), self.sigma)
        return self.claim.estimand.estimate(made)

    def power(self, true_value: float) -> tuple[float, float]:
        """Return power and standard error where the estimand has a value."""
        found = self.estimate(true_value)
        distance = (true_value - self.claim.value) / found.std_error
        return float(self.rejected(distance, found.df)), found.std_error

    def rejected(self, distance: float, df: Any) -> float:
        """Return the power at a distance in standard errors."""
        claim = self.claim
        return float(rejection(distance, alpha=claim.alpha, relation=claim.relation, df=df))

    def admits(self, true_value: float) -> bool:
        """Return whether parameters can be such."""
        return self.limits[0] < self.parameters(true_value)[self.moves] < self.limits[1]


def line_of(
    planned: Planned,
    claim: Claim,
    values: Mapping[str, float],
    *,
    sigma: float,
    moves: str | None,
) -> Line:
    """Find the coefficient that makes the estimand what it truly is.

    Raises
    ------
    OptionError
        If `moves` is no coefficient of the model.
    InputError
        If the estimand does not depend on it, or not in a straight line.
    """
    chosen = _chosen(planned, claim) if moves is None else moves
    if chosen not in planned.terms:
        raise unknown_option("moves", chosen, planned.terms)
    limits = (-math.inf, math.inf)
    weights = planned.base.weights
    if chosen in (RHO, LAMBDA) and weights is not None:
        limits = (weights.spectrum.rho_low, weights.spectrum.rho_high)
    made = Line(planned, claim, values, sigma, chosen, 0.0, 1.0, limits)
    try:
        zero, half, one = (made.estimate(at).value for at in (0.0, 0.125, 0.25))
    except NotInModelError:
        if RHO in planned.spatial and values.get(RHO) == 0.0:
            raise _unmoved(claim, planned, chosen) from None
        raise
    slope = (one - zero) / 0.25
    size = max(abs(zero), abs(half), abs(one), abs(slope))
    if abs(slope) <= LINEAR * size or size == 0.0:
        raise _unmoved(claim, planned, chosen)
    if abs(zero + one - 2.0 * half) > LINEAR * size:
        raise InputError(
            "hypothesis",
            expected="an estimand that is linear in one coefficient: direct, indirect, total, "
            "coefficient, rho or lambda, and sums of the first four",
            found=claim.estimand.text,
            why="its true value and the coefficient behind it would not determine each other",
            remedy='hypothesis="indirect(log(rd)) > 0"',
        )
    return replace(made, start=zero, slope=slope)


def _chosen(planned: Planned, claim: Claim) -> str:
    """Return the lagged regressor for spillovers where the model has it, else the regressor."""
    for _, atom in claim.estimand.parts:
        term = atom.term
        if isinstance(atom, Effect) and atom.effect != "direct" and lag_name(term) in planned.terms:
            return lag_name(term)
        if term in planned.terms:
            return term
    # the estimand itself says what the model lacks
    claim.estimand.estimate(planned.assumed({}, 1.0))
    raise _unmoved(claim, planned, claim.estimand.text)


def _unmoved(claim: Claim, planned: Planned, chosen: str) -> InputError:
    lag = RHO in planned.spatial
    return InputError(
        "hypothesis",
        expected="an estimand that the model lets differ from zero",
        found=f"{claim.estimand.text}, which does not change with {chosen} in "
        f"model={planned.model!r}",
        why="without rho a spatial lag has no spillovers"
        if lag
        else "the form of the model decides it, not the data",
        remedy="rho=0.3, or what earlier studies found" if lag else 'model="slx" or "sdm"',
    )


def claim_of(hypothesis: Hypothesis | Estimand | str, *, alpha: float | None) -> Claim:
    """Return what is to be shown; a bare estimand is to differ from zero.

    Raises
    ------
    InputError
        If it is none of these, or an equivalence.
    """
    if isinstance(hypothesis, str | Estimand):
        text = hypothesis if isinstance(hypothesis, str) else hypothesis.text
        level = 0.05 if alpha is None else alpha
        try:
            hypothesis = Hypothesis(text, parse(text), "!=", alpha=level)
        except FormulaError:
            made = parse_restriction(text)
            hypothesis = Hypothesis(
                text, made.estimand, made.relation, made.value, margin=made.margin, alpha=level
            )
    if not isinstance(hypothesis, Hypothesis):
        raise InputError(
            "hypothesis",
            expected="a Hypothesis, or its restriction as text",
            found=type(hypothesis).__name__,
            remedy='hypothesis="indirect(log(rd)) > 0"',
        )
    if hypothesis.relation == "=":
        raise InputError(
            "hypothesis",
            expected="a direction, or a difference",
            found=f"the equivalence {hypothesis.restriction}",
            why="the power of an equivalence is that of its margin, not of an effect",
            remedy=f'hypothesis="{hypothesis.estimand.text} != {hypothesis.value:g}": effects that '
            "it would see are too large for the margin to be doubted",
        )
    level = hypothesis.alpha if alpha is None else alpha
    check_number("alpha", level, above=0.0, below=1.0)
    return Claim(
        hypothesis.estimand,
        str(hypothesis.relation),
        hypothesis.value,
        float(level),
        hypothesis.label,
    )
