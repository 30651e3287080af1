"""From a statement to a verdict: hypotheses, specification curves, placebos, power, referee.

Names resolve on first use: a part that needs one of them does not load all.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
        Expectation,
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
        family,
        human_capital_over_rd,
        indirect,
        lambda_,
        localised_spillovers,
        moran_index,
        only_where,
        parse,
        parse_restriction,
        potential_links,
        rho,
        stated,
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
    "Expectation",
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
    "family",
    "human_capital_over_rd",
    "identification",
    "indirect",
    "lambda_",
    "localised_spillovers",
    "lock",
    "moran_index",
    "only_where",
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
    "stated",
    "test_hypotheses",
    "total",
]

_HOMES = {
    "Attribution": "workbench.hypotheses.curve.attribution",
    "Changes": "workbench.hypotheses.locks",
    "CurveInfluence": "workbench.hypotheses.curve.influence",
    "CurveTest": "workbench.hypotheses.curve.inference",
    "Estimand": "workbench.hypotheses.statements",
    "Estimate": "workbench.hypotheses.statements",
    "Expectation": "workbench.hypotheses.statements",
    "Hypothesis": "workbench.hypotheses.statements",
    "Identification": "workbench.hypotheses.identifying.results",
    "Lock": "workbench.hypotheses.locks",
    "Marked": "workbench.hypotheses.locks",
    "NotInModelError": "workbench.hypotheses.statements",
    "PlaceboGeography": "workbench.hypotheses.placebo.geography_result",
    "PlaceboOutcomes": "workbench.hypotheses.placebo.outcomes_result",
    "Power": "workbench.hypotheses.planning",
    "Recovery": "workbench.hypotheses.planning",
    "Referee": "workbench.hypotheses.review.result",
    "Restriction": "workbench.hypotheses.statements",
    "ScaleLadder": "workbench.hypotheses.scale.result",
    "Shares": "workbench.hypotheses.curve.shares",
    "SpecificationCurve": "workbench.hypotheses.curve.result",
    "SpecificationCurves": "workbench.hypotheses.curve.result",
    "Verdict": "workbench.hypotheses.statements",
    "Verdicts": "workbench.hypotheses.statements",
    "agglomeration": "workbench.hypotheses.statements",
    "coefficient": "workbench.hypotheses.statements",
    "convergence": "workbench.hypotheses.statements",
    "decay_length": "workbench.hypotheses.statements",
    "digital_divide": "workbench.hypotheses.statements",
    "direct": "workbench.hypotheses.statements",
    "distance_decay": "workbench.hypotheses.statements",
    "family": "workbench.hypotheses.statements",
    "human_capital_over_rd": "workbench.hypotheses.statements",
    "identification": "workbench.hypotheses.identifying.panel",
    "indirect": "workbench.hypotheses.statements",
    "lambda_": "workbench.hypotheses.statements",
    "localised_spillovers": "workbench.hypotheses.statements",
    "lock": "workbench.hypotheses.locks",
    "moran_index": "workbench.hypotheses.statements",
    "only_where": "workbench.hypotheses.statements",
    "parse": "workbench.hypotheses.statements",
    "parse_restriction": "workbench.hypotheses.statements",
    "placebo_geography": "workbench.hypotheses.placebo.geography",
    "placebo_outcomes": "workbench.hypotheses.placebo.outcomes",
    "potential_links": "workbench.hypotheses.statements",
    "power": "workbench.hypotheses.planning",
    "recovery": "workbench.hypotheses.planning",
    "referee": "workbench.hypotheses.review.examination",
    "rho": "workbench.hypotheses.statements",
    "scale_ladder": "workbench.hypotheses.scale.ladder",
    "specification_curve": "workbench.hypotheses.curve.engine",
    "stated": "workbench.hypotheses.statements",
    "test_hypotheses": "workbench.hypotheses.statements",
    "total": "workbench.hypotheses.statements",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
