"""Which model of the family is nested in which, derived from their parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from workbench.core.statistics import Statistic, chi2_test
from workbench.models.results import CrossSectionResults
from workbench.models.testing.answers import require_likelihood
from workbench.numerics.regression.least_squares import least_squares
from workbench.typing import Model

WY, WX, WU = "rho", "theta", "lambda"
PARAMETERS: Mapping[Model, frozenset[str]] = MappingProxyType(
    {
        "ols": frozenset(),
        "slx": frozenset({WX}),
        "sar": frozenset({WY}),
        "sem": frozenset({WU}),
        "sac": frozenset({WY, WU}),
        "sdm": frozenset({WY, WX}),
        "sdem": frozenset({WX, WU}),
        "gns": frozenset({WY, WX, WU}),
    }
)
"""Spatial parameters of each model: of Wy, of WX (theta, as many as lagged terms) and of Wu."""

COMMON_FACTOR_PAIR = ("sem", "sdm")
COMMON_FACTOR = "common factor: theta = -rho * beta"
NORMAL = "normal disturbances"
UNIDENTIFIED = (
    "normal disturbances; under the null rho and lambda of the larger model are not identified, "
    "so the chi-square is only rough"
)


@dataclass(frozen=True, slots=True)
class Restriction:
    """A nested pair: which model, restricted how, is which."""

    small: Model
    large: Model
    null: str

    @property
    def name(self) -> str:
        """Name of the likelihood-ratio test, as in ``ladder.tests``."""
        return f"LR {self.large} vs {self.small}"

    @property
    def by_common_factor(self) -> bool:
        """Whether the pair is SEM in SDM."""
        return (self.small, self.large) == COMMON_FACTOR_PAIR

    @property
    def assumptions(self) -> str:
        """What the chi-square takes for granted."""
        # y = rho Wy + X beta - rho WX beta + e is GNS twice: by (rho, 0) and by (0, lambda = rho).
        doubtful = (
            self.large == "gns"
            and WX not in PARAMETERS[self.small]
            and WY not in (PARAMETERS[self.small])
        )
        return UNIDENTIFIED if doubtful else NORMAL


def restrictions(models: Iterable[Model]) -> tuple[Restriction, ...]:
    """Return every nested pair among some models, smaller models first.

    A model is nested in another whose spatial parameters contain its own; SEM is nested in SDM
    besides, by the common factor theta = -rho * beta (Burridge 1981).

    Parameters
    ----------
    models : iterable of str

    Returns
    -------
    tuple of Restriction

    Examples
    --------
    >>> [pair.name for pair in restrictions(["ols", "sem", "sdm"])]
    ['LR sem vs ols', 'LR sdm vs ols', 'LR sdm vs sem']
    """
    present = set(models)
    family = [model for model in PARAMETERS if model in present]
    pairs = [
        Restriction(small, large, _null(small, large))
        for small in family
        for large in family
        if PARAMETERS[small] < PARAMETERS[large] or (small, large) == COMMON_FACTOR_PAIR
    ]
    return tuple(pairs)


def _null(small: Model, large: Model) -> str:
    if (small, large) == COMMON_FACTOR_PAIR:
        return COMMON_FACTOR
    dropped = PARAMETERS[large] - PARAMETERS[small]
    zero = [f"{word} = 0" for word in (WY, WU) if word in dropped]
    if WX in dropped:
        zero.append("the coefficients of WX are zero")
    *first, last = zero
    return f"{', '.join(first)} and {last}" if first else last


def likelihood_ratio(
    small: CrossSectionResults, large: CrossSectionResults, *, restriction: Restriction
) -> Statistic:
    """Return the likelihood-ratio test of a nested pair, 2 (l_large − l_small) ~ chi-square.

    Parameters
    ----------
    small, large : CrossSectionResults
        On one sample.
    restriction : Restriction
        The pair.

    Returns
    -------
    Statistic
        Degrees of freedom are the difference of the numbers of parameters.
    """
    for argument, fit in (("small", small), ("large", large)):
        require_likelihood(fit, "likelihood-ratio tests", argument=argument)
    return chi2_test(
        restriction.name,
        2 * (large.loglik - small.loglik),
        large.fit.parameters - small.fit.parameters,
        null=restriction.null,
        assumptions=restriction.assumptions,
    )


def common_factor_is_exact(sdm: CrossSectionResults) -> bool:
    """Return whether SEM is nested in this SDM exactly.

    (I − λW)Xβ lies in the span of the regressors of SDM if every slope is lagged and W maps the
    constant into that span, as rows that sum to one do; islands break it, and so do other weights
    of WX.
    """
    design, W = sdm.design, sdm.weights
    if set(design.lagged) != set(design.slopes) or W is None or sdm.weights_x is not None:
        return False
    if not design.has_intercept:
        return True
    lag = np.asarray(W.sparse @ np.ones(design.nobs))
    # 1e-16 of the sum of squares: a residual of 1e-8, far above rounding of row sums.
    return bool(least_squares(lag, design.X).sse <= 1e-16 * float(lag @ lag))
