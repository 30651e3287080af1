"""Hypotheses as values: estimands, restrictions as text, and verdicts."""

from workbench.hypotheses.statements.estimands import (
    Estimand,
    NotInModelError,
    coefficient,
    direct,
    indirect,
    lambda_,
    moran_index,
    rho,
    total,
)
from workbench.hypotheses.statements.estimates import Estimate
from workbench.hypotheses.statements.families import Verdicts, test_hypotheses
from workbench.hypotheses.statements.grammar import Restriction, parse, parse_restriction
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.hypotheses.statements.verdicts import Verdict

__all__ = [
    "Estimand",
    "Estimate",
    "Hypothesis",
    "NotInModelError",
    "Restriction",
    "Verdict",
    "Verdicts",
    "coefficient",
    "direct",
    "indirect",
    "lambda_",
    "moran_index",
    "parse",
    "parse_restriction",
    "rho",
    "test_hypotheses",
    "total",
]
