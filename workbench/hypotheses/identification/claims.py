"""The spillover claims of a fit: estimands, and what other fits make of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.errors import InputError, WorkbenchError
from workbench.hypotheses.statements.estimands import Estimand, indirect
from workbench.refitting import refit

if TYPE_CHECKING:
    from workbench.regression.results import RegressionResults

COLUMNS = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")


@dataclass(frozen=True, slots=True)
class Claim:
    """An estimand that is taken for a spillover.

    Attributes
    ----------
    name : str
        Its text.
    estimand : Estimand
    terms : tuple of str
        Terms of the formula that it is about.
    """

    name: str
    estimand: Estimand
    terms: tuple[str, ...]

    def row(self, fit: RegressionResults) -> dict[str, float]:
        """Return estimate, standard error, p-value and interval in a fit.

        Raises
        ------
        WorkbenchError
            If the fit lacks it.
        """
        found = self.estimand.estimate(fit)
        error = found.std_error
        return {
            "estimate": found.value,
            "std_error": error,
            "statistic": found.statistic(),
            "p_value": found.p_value(),
            "conf_low": found.conf_low,
            "conf_high": found.conf_high,
        }


def claims_of(fit: RegressionResults, hypothesis: object) -> tuple[Claim, ...]:
    """Return the claim of a hypothesis, or the indirect impact of every term of a fit.

    Parameters
    ----------
    fit : RegressionResults
    hypothesis : Hypothesis, Estimand, str or None

    Raises
    ------
    InputError
        If the hypothesis is something else, or the formula has no such term.
    """
    known = fit.design.impact_terms
    if hypothesis is None:
        return tuple(_claim(indirect(term)) for term in known)
    claim = _claim(_estimand(hypothesis))
    unknown = [term for term in claim.terms if term not in known and term not in fit.params.index]
    if unknown:
        raise InputError(
            "hypothesis",
            expected=f"terms of the formula: {', '.join(known)}",
            found=claim.name,
            offenders=unknown,
            why="the evidence is about the columns of the fit",
            remedy="a fit with these terms",
        )
    return (claim,)


def _claim(estimand: Estimand) -> Claim:
    return Claim(estimand.text, estimand, estimand.terms)


def _estimand(hypothesis: object) -> Estimand:
    if isinstance(hypothesis, str):
        from workbench.hypotheses.statements.grammar import parse

        return parse(hypothesis)
    found = getattr(hypothesis, "estimand", hypothesis)
    if not isinstance(found, Estimand):
        raise InputError(
            "hypothesis",
            expected='a Hypothesis, an Estimand or its text, e.g. "indirect(log(rd))"',
            found=type(hypothesis).__name__,
        )
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Rivals:
    """Other fits of the same data, by name, and why some could not be made.

    Attributes
    ----------
    fits : mapping of str to RegressionResults
    failures : mapping of str to str
    """

    fits: Mapping[str, Any]
    failures: Mapping[str, str]

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence for each fit that could not be made."""
        return tuple(
            f"{name} could not be estimated: {why}." for name, why in self.failures.items()
        )


def rivals_of(fit: RegressionResults, changes: Mapping[str, Mapping[str, object]]) -> Rivals:
    """Estimate a fit again with each of several changes; those that fail are named, not raised."""
    fits: dict[str, Any] = {}
    failures: dict[str, str] = {}
    for name, change in changes.items():
        try:
            fits[name] = refit(fit, change)
        except WorkbenchError as error:
            failures[name] = f"{error.argument}: {error.found}"
    return Rivals(fits, failures)


def claim_rows(claims: tuple[Claim, ...], fits: Mapping[str, Any], *, by: str) -> pd.DataFrame:
    """Return a row a (claim, fit); a fit without the estimand has an empty row with the reason.

    Parameters
    ----------
    claims : tuple of Claim
    fits : mapping of str to RegressionResults
    by : str
        Name of the second level: ``"model"``, ``"candidate"``.
    """
    rows: list[dict[str, object]] = []
    for claim in claims:
        for name, fit in fits.items():
            try:
                row: dict[str, object] = {**claim.row(fit), "reason": ""}
            except WorkbenchError as error:
                row = {"reason": error.found}
            rows.append({"claim": claim.name, by: name, **row})
    columns = ["claim", by, *COLUMNS, "reason"]
    return pd.DataFrame(rows, columns=columns).set_index(["claim", by])
