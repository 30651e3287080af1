"""The specifications of a curve as values: which choices, in what order, on which samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.fitting import fit as fit_anew
from workbench.typing import ImpactMethod

if TYPE_CHECKING:
    from workbench.hypotheses.statements.hypothesis import Hypothesis
    from workbench.regression.results import RegressionResults

DIMENSIONS = (
    "outcome",
    "formula",
    "weights",
    "model",
    "method",
    "effects",
    "covariance",
    "sample",
)
"""What specifications differ in, in the order in which they are numbered."""

NOT_USED = "not used"
"""Label of a choice that does not enter a specification: weights of an ``ols``."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One specification: a choice in every dimension.

    Attributes
    ----------
    number : int
        From 1, in the order of :data:`DIMENSIONS`, the last one fastest.
    labels : mapping of str to str
        Label of the choice in each of :data:`DIMENSIONS`; :data:`NOT_USED` where a choice does
        not enter the specification.
    arguments : mapping of str to object
        Arguments of :func:`workbench.fit` by name, all but the data.
    sample : str
        Label of its sample, a key of ``Plan.samples``.
    """

    number: int
    labels: Mapping[str, str]
    arguments: Mapping[str, Any]
    sample: str


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Everything that a specification curve estimates.

    Attributes
    ----------
    hypothesis : Hypothesis
        What is asked of every fit.
    samples : mapping of str to DataFrame
        Tables by label: cross-sections or panels, rows in the caller's order.
    choices : tuple of Choice, length S
        Numbered from 1.
    dimensions : tuple of str
        Those of :data:`DIMENSIONS` in which the choices differ.
    seed : int
        Seed of Monte-Carlo draws.
    method : {"delta", "monte-carlo"}
        How standard errors of impacts are computed.
    draws : int
        Number of Monte-Carlo draws.
    level : float or None
        Confidence level of the intervals; None for 1 − α of the hypothesis.
    notes : tuple of str
        What was made of the choices before anything was estimated.
    """

    hypothesis: Hypothesis
    samples: Mapping[str, pd.DataFrame]
    choices: tuple[Choice, ...]
    dimensions: tuple[str, ...]
    seed: int = 0
    method: ImpactMethod = "delta"
    draws: int = 10_000
    level: float | None = None
    notes: tuple[str, ...] = ()

    def fit(self, choice: Choice) -> RegressionResults:
        """Return the fit of one specification, by :func:`workbench.fit`."""
        arguments = dict(choice.arguments)
        formula, W = arguments.pop("formula"), arguments.pop("W")
        return fit_anew(formula, self.samples[choice.sample], W, **arguments)
