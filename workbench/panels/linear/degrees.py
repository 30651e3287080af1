"""Degrees of freedom of panel covariances: effects that count, and those of Student's t."""

from __future__ import annotations

import numpy as np

from workbench.panels.linear.transformed import Problem
from workbench.typing import IntArray


def counted(problem: Problem, word: str) -> int:
    """Return how many effects a covariance counts: none where clusters contain the only factor.

    As linearmodels and Stata: effects of regions are not counted by errors clustered by region.
    """
    clusters = {
        "clustered": (problem.region,),
        "clustered-time": (problem.period,),
        "clustered-two-way": (problem.region, problem.period),
    }.get(word, ())
    return count_unnested(problem, clusters)


def count_unnested(problem: Problem, clusters: tuple[IntArray, ...]) -> int:
    """Return the effects that are not within clusters; all of them without clusters."""
    if not clusters or len(problem.factors) != 1:
        return problem.absorbed
    levels = len(np.unique(problem.factors[0]))
    within = all(
        len(np.unique(np.column_stack([problem.factors[0], codes]), axis=0)) == levels
        for codes in clusters
    )
    return 0 if within else problem.absorbed


def reference_df(word: str, region: IntArray, period: IntArray, *, spare: float) -> float:
    """Return the degrees of freedom of Student's t under a covariance."""
    regions, periods = len(np.unique(region)), len(np.unique(period))
    clusters = {
        "clustered": regions,
        "clustered-time": periods,
        "clustered-two-way": min(regions, periods),
    }
    return float(clusters[word] - 1) if word in clusters else spare
