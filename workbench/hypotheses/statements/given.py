"""What calls about hypotheses are given: a hypothesis, a fit, names of scales."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.errors import InputError
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.regression.results import RegressionResults


def check_hypothesis(hypothesis: object) -> None:
    """Refuse what is no hypothesis.

    Raises
    ------
    InputError
    """
    if not isinstance(hypothesis, Hypothesis):
        swapped = isinstance(hypothesis, RegressionResults)
        text = repr(hypothesis) if isinstance(hypothesis, str) else '"indirect(log(rd)) > 0"'
        raise InputError(
            "hypothesis",
            expected="a Hypothesis",
            found=type(hypothesis).__name__,
            remedy="the hypothesis comes first, then the fit"
            if swapped
            else f"wb.Hypothesis('what is claimed', {text})",
        )


def check_fit(fit: object) -> None:
    """Refuse what is no fit.

    Raises
    ------
    InputError
    """
    if not isinstance(fit, RegressionResults):
        raise InputError(
            "fit",
            expected="a result of wb.fit",
            found=type(fit).__name__,
            remedy="wb.fit(formula, data, W, model=...)",
        )


def check_named(argument: str, given: object, *, remedy: str) -> None:
    """Refuse what is neither None nor a mapping from names.

    Raises
    ------
    InputError
    """
    if given is not None and not isinstance(given, Mapping):
        raise InputError(
            argument,
            expected="a mapping from names",
            found=type(given).__name__,
            remedy=remedy,
        )
