"""From a statement to a verdict: hypotheses, specification curves, placebos, power, referee."""

from workbench.hypotheses.curve.attribution import Attribution
from workbench.hypotheses.curve.engine import specification_curve
from workbench.hypotheses.curve.inference import CurveTest
from workbench.hypotheses.curve.influence import CurveInfluence
from workbench.hypotheses.curve.result import SpecificationCurve, SpecificationCurves
from workbench.hypotheses.curve.shares import Shares
from workbench.hypotheses.identifying.panel import identification
from workbench.hypotheses.identifying.results import Identification
from workbench.hypotheses.locks import Changes, Lock, Marked, lock
from workbench.hypotheses.placebo.geography import placebo_geography
from workbench.hypotheses.placebo.geography_result import PlaceboGeography
from workbench.hypotheses.placebo.outcomes import placebo_outcomes
from workbench.hypotheses.placebo.outcomes_result import PlaceboOutcomes
from workbench.hypotheses.planning import Power, Recovery, power, recovery
from workbench.hypotheses.review.examination import referee
from workbench.hypotheses.review.result import Referee
from workbench.hypotheses.scale.ladder import scale_ladder
from workbench.hypotheses.scale.result import ScaleLadder
from workbench.hypotheses.statements import (
    Estimand,
    Estimate,
    Hypothesis,
    NotInModelError,
    Restriction,
    Verdict,
    Verdicts,
    agglomeration,
    coefficient,
    convergence,
    decay_length,
    digital_divide,
    direct,
    distance_decay,
    human_capital_over_rd,
    indirect,
    lambda_,
    localised_spillovers,
    moran_index,
    parse,
    parse_restriction,
    potential_links,
    rho,
    test_hypotheses,
    total,
)

__all__ = [
    "Attribution",
    "Changes",
    "CurveInfluence",
    "CurveTest",
    "Estimand",
    "Estimate",
    "Hypothesis",
    "Identification",
    "Lock",
    "Marked",
    "NotInModelError",
    "PlaceboGeography",
    "PlaceboOutcomes",
    "Power",
    "Recovery",
    "Referee",
    "Restriction",
    "ScaleLadder",
    "Shares",
    "SpecificationCurve",
    "SpecificationCurves",
    "Verdict",
    "Verdicts",
    "agglomeration",
    "coefficient",
    "convergence",
    "decay_length",
    "digital_divide",
    "direct",
    "distance_decay",
    "human_capital_over_rd",
    "identification",
    "indirect",
    "lambda_",
    "localised_spillovers",
    "lock",
    "moran_index",
    "parse",
    "parse_restriction",
    "placebo_geography",
    "placebo_outcomes",
    "potential_links",
    "power",
    "recovery",
    "referee",
    "rho",
    "scale_ladder",
    "specification_curve",
    "test_hypotheses",
    "total",
]
