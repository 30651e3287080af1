"""The statement that a study rests on, read off a fit in the same way again and again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import InputError, WorkbenchError
from workbench.hypotheses.statements.atoms import Effect
from workbench.hypotheses.statements.grammar import parse
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.hypotheses.wording import interval_text, p_text
from workbench.regression.design import INTERCEPT
from workbench.regression.results import RegressionResults
from workbench.typing import ImpactMethod

COEFFICIENT = "coefficient"
ORDER = ("indirect", "direct")
"""Effects of a term that stand for a study without a hypothesis: its spillover, if it has one."""

POSITIVE, NEGATIVE, NEITHER = "positive", "negative", "not different from zero"


@dataclass(frozen=True, slots=True)
class Reading:
    """An estimate and what it says.

    Attributes
    ----------
    estimate, std_error, p_value, conf_low, conf_high : float
        The interval has level 1 − α; the p-value is two-sided.
    says : str
        ``"positive"``, ``"negative"`` or ``"not different from zero"``; of a hypothesis, its
        verdict.
    """

    estimate: float
    std_error: float
    p_value: float
    conf_low: float
    conf_high: float
    says: str

    @property
    def text(self) -> str:
        """The numbers as a phrase."""
        numbers = interval_text(self.estimate, self.conf_low, self.conf_high)
        return f"{numbers}, {p_text(self.p_value)}"


@dataclass(frozen=True, slots=True)
class Claim:
    """What is estimated and tested throughout the checklist.

    Attributes
    ----------
    term : str
        Regressor or parameter, as the formula writes it; empty where a hypothesis has several.
    effect : str
        ``"direct"``, ``"indirect"``, ``"total"`` or ``"coefficient"``; empty likewise.
    alpha : float
        Level of tests; intervals have level 1 − α.
    hypothesis : Hypothesis or None
        Whose estimand and rule are used where there is one.
    """

    term: str
    effect: str
    alpha: float
    hypothesis: Hypothesis | None = None

    @property
    def text(self) -> str:
        """The statement in words."""
        if self.hypothesis is not None:
            return str(self.hypothesis.restriction)
        if self.effect == COEFFICIENT:
            return f"the coefficient of {self.term}"
        return f"the {self.effect} impact of {self.term}"

    @property
    def subject(self) -> str:
        """What is estimated, in words: of a hypothesis its estimand, without the relation."""
        return self.text if self.hypothesis is None else self.hypothesis.estimand.text

    @property
    def of_impact(self) -> bool:
        """Whether the statement is about an impact."""
        if self.hypothesis is None:
            return self.effect != COEFFICIENT
        return any(isinstance(atom, Effect) for _, atom in self.hypothesis.estimand.parts)

    def read(
        self,
        fit: RegressionResults,
        *,
        method: ImpactMethod = "delta",
        draws: int = 10_000,
        seed: int = 0,
    ) -> Reading:
        """Read the statement off a fit.

        Parameters
        ----------
        fit : RegressionResults
        method, draws, seed
            As for :meth:`RegressionResults.impacts`.

        Raises
        ------
        InputError
            If the fit does not have it.
        """
        if self.hypothesis is not None:
            return self._judged(fit, method, draws, seed)
        row = self._row(fit, method, draws, seed)
        return self.reading(
            float(row["estimate"]),
            float(row["std_error"]),
            p_value=float(row["p_value"]),
            low=float(row["conf_low"]),
            high=float(row["conf_high"]),
        )

    def reading(
        self, estimate: float, std_error: float, *, p_value: float, low: float, high: float
    ) -> Reading:
        """Return an effect's numbers with what they say."""
        return Reading(estimate, std_error, p_value, low, high, sign_of(low, high))

    def renamed(self, old: str, new: str) -> Claim:
        """Return the statement about a term that the formula now writes in another way."""
        if self.hypothesis is None:
            return replace(self, term=new if self.term == old else self.term)
        text = self.hypothesis.estimand.text
        if old not in text:
            return self
        estimand = parse(text.replace(old, new))
        return replace(self, hypothesis=replace(self.hypothesis, estimand=estimand))

    def concerns(self, term: str) -> bool:
        """Return whether the statement is about a term."""
        if self.hypothesis is None:
            return self.term == term
        return term in tuple(self.hypothesis.estimand.terms)

    def _row(self, fit: RegressionResults, method: ImpactMethod, draws: int, seed: int) -> Any:
        level = 1 - self.alpha
        if self.effect == COEFFICIENT:
            table: Any = fit.tidy(level)
            if self.term not in table.index:
                raise _absent(self, fit)
            return table.loc[self.term]
        table = fit.impacts(method=method, draws=draws, seed=seed, level=level).tidy()
        if (self.term, self.effect) not in table.index:
            raise _absent(self, fit)
        row: Any = table.loc[(self.term, self.effect)]
        if not np.isfinite(row["std_error"]):
            raise _absent(self, fit)
        return row

    def _judged(
        self, fit: RegressionResults, method: ImpactMethod, draws: int, seed: int
    ) -> Reading:
        assert self.hypothesis is not None
        verdict = self.hypothesis.test(fit, method=method, draws=draws, seed=seed)
        if not verdict.applicable:
            raise InputError(
                "hypothesis", expected=f"a model that has {self.text}", found=verdict.reason
            )
        return Reading(
            float(verdict.estimate),
            float(verdict.std_error),
            float(verdict.p_value),
            float(verdict.conf_low),
            float(verdict.conf_high),
            str(verdict.answer),
        )


def sign_of(low: float, high: float) -> str:
    """Return what an interval says of a sign.

    Examples
    --------
    >>> sign_of(0.1, 0.3), sign_of(-0.1, 0.3)
    ('positive', 'not different from zero')
    """
    if low > 0:
        return POSITIVE
    return NEGATIVE if high < 0 else NEITHER


def claim_of(fit: RegressionResults, hypothesis: Hypothesis | None, *, alpha: float) -> Claim:
    """Return the statement of a hypothesis, or the one that stands for the study without.

    Without a hypothesis it is the indirect impact of the first regressor that has one, else the
    direct impact of the first regressor, else the first coefficient: chosen by its place in the
    formula, never by its p-value.

    Parameters
    ----------
    fit : RegressionResults
    hypothesis : Hypothesis or None
    alpha : float
        Level without a hypothesis, which has its own.
    """
    if hypothesis is not None:
        return Claim("", "", hypothesis.alpha, hypothesis)
    try:
        table: Any = fit.impacts().tidy()
    except WorkbenchError:
        table = pd.DataFrame()
    for effect in ORDER:
        for term in fit.design.slopes if not table.empty else ():
            key = (term, effect)
            if key in table.index and np.isfinite(table.loc[key, "std_error"]):
                return Claim(str(term), effect, alpha)
    terms = [term for term in fit.estimates.terms if term != INTERCEPT]
    return Claim(str((terms or list(fit.estimates.terms))[0]), COEFFICIENT, alpha)


def _absent(claim: Claim, fit: RegressionResults) -> InputError:
    return InputError(
        "claim",
        expected=f"a model that estimates {claim.text}",
        found=f"{fit.title}, which has none or sets it to zero by its form",
    )
