"""The decision: supported, contradicted, cannot tell, or not applicable, and why."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.hypotheses.published import telling
from workbench.hypotheses.statements.estimates import Estimate
from workbench.typing import Tolerance, VerdictWord

if TYPE_CHECKING:
    from workbench.hypotheses.statements.expectations import Expectation
    from workbench.hypotheses.statements.hypothesis import Hypothesis

SUPPORTED: VerdictWord = "supported"
CONTRADICTED: VerdictWord = "contradicted"
CANNOT_TELL: VerdictWord = "cannot tell"
NOT_APPLICABLE: VerdictWord = "not applicable"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Verdict:
    """What a fit says of a hypothesis, or a test of an expectation.

    Attributes
    ----------
    hypothesis : Hypothesis or Expectation
    answer : {"supported", "contradicted", "cannot tell", "not applicable"}
    estimate, std_error : float
        Of the estimand, or the statistic of the test; NaN where there is none.
    statistic : float
        (estimate − value) / std_error; of equivalence that to the nearer margin; of a test its
        standardised value.
    p_value : float
        Two-sided, of the estimand being `value`; of equivalence the larger of the two one-sided
        ones, small where equivalence is supported; of several tests the largest, one on the other
        side counted as 1.
    conf_low, conf_high : float
        Of the interval at `level`.
    reason : str
        Why, in words.
    level : float
        1 − α; of equivalence 1 − 2α, whose interval decides.
    p_contrary : float
        Of equivalence, the two-sided p-value of the estimand being at the nearer margin, where the
        estimate is beyond it, small where equivalence is contradicted; of several tests the
        smallest on the other side times their number; NaN otherwise.
    method : str
        How uncertainty was found.
    notes : tuple of str
    provenance : Provenance or None
        Of the fit.
    tolerance : str
        Rule by which published numbers are verified.
    expected : float
        Of an expectation, what the null makes of the statistic; NaN where nothing tells it.
    """

    hypothesis: Hypothesis | Expectation
    answer: VerdictWord
    estimate: float = math.nan
    std_error: float = math.nan
    statistic: float = math.nan
    p_value: float = math.nan
    conf_low: float = math.nan
    conf_high: float = math.nan
    reason: str = ""
    level: float = math.nan
    p_contrary: float = math.nan
    method: str = ""
    notes: tuple[str, ...] = ()
    provenance: Provenance | None = None
    tolerance: Tolerance = "maximum likelihood"
    expected: float = math.nan

    @property
    def value(self) -> float:
        """What the estimate is compared with: of an expectation what is expected under the null."""
        return self.hypothesis.value if math.isnan(self.expected) else self.expected

    @property
    def applicable(self) -> bool:
        """Whether the fit or test could be asked."""
        return self.answer != NOT_APPLICABLE

    @property
    def p_decision(self) -> float:
        """The p-value that a family of hypotheses adjusts: of what the verdict could claim.

        That of equivalence or of its contrary, whichever is smaller; otherwise `p_value`.
        """
        return self.p_value if math.isnan(self.p_contrary) else min(self.p_value, self.p_contrary)

    def row(self) -> dict[str, object]:
        """Return the verdict as a row of a table."""
        return {
            "hypothesis": self.hypothesis.label,
            "restriction": self.hypothesis.restriction,
            "estimate": self.estimate,
            "std_error": self.std_error,
            "statistic": self.statistic,
            "p_value": self.p_value,
            "conf_low": self.conf_low,
            "conf_high": self.conf_high,
            "verdict": self.answer,
            "reason": self.reason,
            "kind": self.hypothesis.kind,
        }

    def tidy(self) -> pd.DataFrame:
        """Return one row: the restriction, its estimate and the verdict."""
        return pd.DataFrame([self.row()])

    def glance(self) -> pd.DataFrame:
        """Return one row: the verdict, α, level and method."""
        return pd.DataFrame(
            [
                {
                    "verdict": self.answer,
                    "alpha": self.hypothesis.alpha,
                    "level": self.level,
                    "method": self.method,
                    "kind": self.hypothesis.kind,
                    "nobs": self.provenance.nobs if self.provenance else 0,
                }
            ]
        )

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: the numbers, the verdict and why."""
        return {"": telling(self.tidy().set_index("restriction"), "reason")}

    def plot(self, *, title: str = "") -> Any:
        """Draw the interval beside what the hypothesis says, with the verdict in words."""
        return display.picture("verdicts", (self,), title=title)

    def _heading(self) -> str:
        return f"{self.answer.upper()}: {self.hypothesis.label} ({self.hypothesis.restriction})"

    def __str__(self) -> str:
        table = self.tidy().drop(columns=["hypothesis", "restriction", "reason"]).T
        table = table.set_axis([""], axis=1)
        return display.text(self._heading(), [("", table)], (self.reason, *self.notes))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table = self.tidy().drop(columns=["reason"])
        return display.html(self._heading(), [("", table)], (self.reason, *self.notes))


def judged(
    hypothesis: Hypothesis, estimate: Estimate, provenance: Provenance | None = None
) -> Verdict:
    """Return the verdict that an estimate gives; the rule is that of :meth:`Hypothesis.judge`."""
    if math.isnan(estimate.value):
        asked = not math.isnan(estimate.conf_low)
        answer = CANNOT_TELL if asked else NOT_APPLICABLE
        return Verdict(
            hypothesis,
            answer,
            p_value=1.0 if asked else math.nan,
            conf_low=estimate.conf_low,
            conf_high=estimate.conf_high,
            reason=estimate.notes[0] if estimate.notes else "there is no estimate",
            level=estimate.level,
            method=estimate.method,
            notes=estimate.notes[1:],
            provenance=provenance,
        )
    decide = _equivalence if hypothesis.relation == "=" else _direction
    return decide(hypothesis, estimate, provenance)


def _direction(hypothesis: Hypothesis, found: Estimate, provenance: Provenance | None) -> Verdict:
    value, level = hypothesis.value, 1.0 - hypothesis.alpha
    low, high = found.interval(level)
    p_value = found.p_value(value)
    above, below = _sides(found, value, (low, high), p_value, hypothesis.alpha)
    if hypothesis.relation == "!=":
        answer = SUPPORTED if above or below else CANNOT_TELL
    else:
        meant, other = (above, below) if hypothesis.relation == ">" else (below, above)
        answer = SUPPORTED if meant else CONTRADICTED if other else CANNOT_TELL
    return Verdict(
        hypothesis,
        answer,
        estimate=found.value,
        std_error=found.std_error,
        statistic=found.statistic(value),
        p_value=p_value,
        conf_low=low,
        conf_high=high,
        reason=_told(value, (low, high), level, above=above, below=below, p_value=p_value),
        level=level,
        method=found.method,
        notes=found.notes,
        provenance=provenance,
    )


def _sides(
    found: Estimate, value: float, interval: tuple[float, float], p_value: float, alpha: float
) -> tuple[bool, bool]:
    """Return whether the estimand is told to be above, or below, the value."""
    low, high = interval
    if math.isnan(low) and math.isnan(high):  # an index: no interval, but a p-value
        told = p_value <= alpha
        return told and found.value > found.centre(value), told and found.value < found.centre(
            value
        )
    return low > value, high < value


def _equivalence(hypothesis: Hypothesis, found: Estimate, provenance: Provenance | None) -> Verdict:
    """Two one-sided tests at α, against the interval 1 − α wholly beyond a margin."""
    margin = hypothesis.margin or 0.0
    ends = hypothesis.value - margin, hypothesis.value + margin
    level = 1.0 - 2.0 * hypothesis.alpha
    low, high = found.interval(level)
    wide_low, wide_high = found.interval(1.0 - hypothesis.alpha)
    one_sided = (
        _one_sided(found, ends[0], greater=True),
        _one_sided(found, ends[1], greater=False),
    )
    beyond = not ends[0] <= found.value <= ends[1]
    nearer = min(ends, key=lambda end: abs(found.value - end))
    inside, outside = low > ends[0] and high < ends[1], wide_low > ends[1] or wide_high < ends[0]
    answer = SUPPORTED if inside else CONTRADICTED if outside else CANNOT_TELL
    shown = f"({ends[0]:.4g}, {ends[1]:.4g})"
    said = {
        SUPPORTED: f"the {_per_cent(level)} interval lies within {shown}",
        CONTRADICTED: f"the {_per_cent(1 - hypothesis.alpha)} interval, from {wide_low:.4g} to "
        f"{wide_high:.4g}, lies wholly outside {shown}",
        CANNOT_TELL: f"the {_per_cent(level)} interval reaches beyond {shown}, and the "
        f"{_per_cent(1 - hypothesis.alpha)} interval into it",
    }
    return Verdict(
        hypothesis,
        answer,
        estimate=found.value,
        std_error=found.std_error,
        statistic=found.statistic(nearer),
        p_value=max(one_sided),
        conf_low=low,
        conf_high=high,
        reason=said[answer],
        level=level,
        p_contrary=found.p_value(nearer) if beyond else 1.0,
        method=found.method,
        notes=found.notes,
        provenance=provenance,
    )


def _one_sided(found: Estimate, null: float, *, greater: bool) -> float:
    """Return the p-value of the estimand being at `null` against one side of it."""
    half = found.p_value(null) / 2.0
    return half if (found.value > null) == greater else 1.0 - half


def _per_cent(level: float) -> str:
    return f"{100 * level:.6g} %"


def _told(
    value: float,
    interval: tuple[float, float],
    level: float,
    *,
    above: bool,
    below: bool,
    p_value: float,
) -> str:
    low, high = interval
    side = "above" if above else "below" if below else ""
    if math.isnan(low) and math.isnan(high):
        said = say(f"{side} what independence gives" if side else "what independence may give")
        return say("{said}, p = {p:.4g}; it has no interval", said=said, p=p_value)
    template = (
        f"the {{level}} interval, from {{low:.4g}} to {{high:.4g}}, lies {side} {{value:.4g}}"
        if side
        else "the {level} interval, from {low:.4g} to {high:.4g}, has {value:.4g} in it"
    )
    return say(template, level=_per_cent(level), low=low, high=high, value=value)
