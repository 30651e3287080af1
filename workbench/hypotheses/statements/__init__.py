"""Hypotheses as values: estimands, restrictions as text, and verdicts."""

from workbench.hypotheses.statements.conditions import only_where
from workbench.hypotheses.statements.decay import decay_length
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
from workbench.hypotheses.statements.expectations import Expectation
from workbench.hypotheses.statements.families import Verdicts, family, test_hypotheses
from workbench.hypotheses.statements.grammar import Restriction, parse, parse_restriction
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.hypotheses.statements.ready import (
    agglomeration,
    convergence,
    digital_divide,
    distance_decay,
    human_capital_over_rd,
    localised_spillovers,
    potential_links,
)
from workbench.hypotheses.statements.stating import stated
from workbench.hypotheses.statements.verdicts import Verdict

__all__ = [
    "Estimand",
    "Estimate",
    "Expectation",
    "Hypothesis",
    "NotInModelError",
    "Restriction",
    "Verdict",
    "Verdicts",
    "agglomeration",
    "coefficient",
    "convergence",
    "decay_length",
    "digital_divide",
    "direct",
    "distance_decay",
    "family",
    "human_capital_over_rd",
    "indirect",
    "lambda_",
    "localised_spillovers",
    "moran_index",
    "only_where",
    "parse",
    "parse_restriction",
    "potential_links",
    "rho",
    "stated",
    "test_hypotheses",
    "total",
]
