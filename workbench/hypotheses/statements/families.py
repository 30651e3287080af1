"""Several hypotheses, or one of several fits: a family, whose p-values are adjusted together."""

# ruff: noqa: PT028  # test_hypotheses is a verb of the workbench, no test of pytest

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core import display
from workbench.core.language import say
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, check_option
from workbench.hypotheses.published import telling
from workbench.hypotheses.statements.expectations import Expectation
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.hypotheses.statements.stating import refuse_unnamed
from workbench.hypotheses.statements.verdicts import CANNOT_TELL, Verdict
from workbench.numerics.permutations.envelopes import holm
from workbench.regression.results import RegressionResults
from workbench.typing import FamilyAdjustment, ImpactMethod, Tolerance, VerdictWord, words

TITLES = {"holm": "Holm", "fdr_bh": "Benjamini and Hochberg", "none": "not adjusted"}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Verdicts(Sequence[Verdict]):
    """Verdicts of a family of hypotheses; a sequence in the order in which they were asked.

    Attributes
    ----------
    verdicts : tuple of Verdict
        After adjustment: what one alone would claim and the family does not is ``"cannot tell"``.
    p_adjusted : tuple of float
        Of what each could claim; NaN where not applicable.
    fits : tuple of str
        Name of the fit of each; empty text where there is one fit.
    adjust : {"holm", "fdr_bh", "none"}
    """

    verdicts: tuple[Verdict, ...]
    p_adjusted: tuple[float, ...]
    fits: tuple[str, ...]
    adjust: FamilyAdjustment

    def __getitem__(self, at: Any) -> Any:
        return self.verdicts[at]

    def __len__(self) -> int:
        return len(self.verdicts)

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.verdicts)

    @property
    def notes(self) -> tuple[str, ...]:
        """How the family was counted and adjusted."""
        absent = sum(not verdict.applicable for verdict in self.verdicts)
        size = len(self.verdicts) - absent
        told = [f"A family of {size}; p-values: {TITLES[self.adjust]}."]
        if absent:
            told.append(f"{absent} not applicable, outside the family.")
        return tuple(told)

    @property
    def answered(self) -> Verdicts:
        """Those that are applicable; their p-values stay those of the family.

        Where several fits are asked about hypotheses that only some of them can answer.
        """
        kept = [i for i, verdict in enumerate(self.verdicts) if verdict.applicable]
        return replace(
            self,
            verdicts=tuple(self.verdicts[i] for i in kept),
            p_adjusted=tuple(self.p_adjusted[i] for i in kept),
            fits=tuple(self.fits[i] for i in kept),
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row a verdict, with ``p_adjusted`` and, of several fits, ``fit``."""
        rows = [
            ({"fit": fit} if any(self.fits) else {}) | verdict.row()
            for verdict, fit in zip(self.verdicts, self.fits, strict=True)
        ]
        table = pd.DataFrame(rows)
        table.insert(list(table.columns).index("p_value") + 1, "p_adjusted", self.p_adjusted)
        return table

    def glance(self) -> pd.DataFrame:
        """Return one row: how many there are of each verdict."""
        counted = dict.fromkeys(words(VerdictWord), 0)
        for verdict in self.verdicts:
            counted[verdict.answer] += 1
        named = {word.replace(" ", "_"): count for word, count in counted.items()}
        return one_row(hypotheses=len(self.verdicts), adjust=self.adjust, **named)

    @property
    def tolerance(self) -> Tolerance:
        """Rule by which published numbers are verified: the widest of the verdicts'."""
        kinds = {verdict.tolerance for verdict in self.verdicts}
        order: tuple[Tolerance, ...] = ("simulation", "maximum likelihood")
        return next((kind for kind in order if kind in kinds), "closed form")

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: a row a verdict, under its restriction."""
        table = self.tidy()
        keys = ["fit", "restriction"] if "fit" in table else ["restriction"]
        return {"": telling(table.set_index(keys), "reason")}

    def plot(self, *, title: str = "") -> Any:
        """Draw the intervals beside what the hypotheses say, with the verdicts in words."""
        adjusted = None if self.adjust == "none" else self.p_adjusted
        return display.picture(
            "verdicts", self.verdicts, labels=self._labels(), adjusted=adjusted, title=title
        )

    def _labels(self) -> list[str]:
        pairs = zip(self.verdicts, self.fits, strict=True)
        return [f"{v.hypothesis.label} · {fit}" if fit else v.hypothesis.label for v, fit in pairs]

    def __str__(self) -> str:
        return display.text("Verdicts", [("", self.tidy())], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html("Verdicts", [("", self.tidy())], self.notes)


def test_hypotheses(
    hypotheses: Hypothesis | Sequence[Hypothesis],
    fit: RegressionResults | Mapping[str, RegressionResults],
    *,
    adjust: FamilyAdjustment = "holm",
    method: ImpactMethod = "delta",
    draws: int = 10_000,
    seed: int = 0,
) -> Verdicts:
    """Ask one or several fits about several hypotheses, and adjust for asking so often.

    Parameters
    ----------
    hypotheses : Hypothesis or sequence of Hypothesis
    fit : RegressionResults, or mapping of str to RegressionResults
        Every hypothesis is asked of every fit.
    adjust : {"holm", "fdr_bh", "none"}
        Holm's p-values bound the probability of any wrong claim by α, those of Benjamini and
        Hochberg the expected share of wrong ones among all claims.
    method, draws, seed
        As of :meth:`Hypothesis.test`.

    Returns
    -------
    Verdicts
        Those that are not applicable are outside the family, and counted.

    Raises
    ------
    InputError
        If there is no hypothesis or no fit, or two hypotheses share a name.

    Notes
    -----
    A verdict claims a side or an equivalence where its adjusted p-value is at most α. Of
    equivalence the smaller of two p-values is adjusted, of equivalence and of its contrary: one of
    them at most can be a wrong claim.

    References
    ----------
    Holm, S. (1979). Scandinavian Journal of Statistics 6, 65-70. Benjamini, Y. and Hochberg, Y.
    (1995). Journal of the Royal Statistical Society B 57, 289-300.

    Examples
    --------
    >>> import workbench as wb
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> fit = wb.fit("log(gsp) ~ log(emp) + log(pc)", y, W, model="sdm")
    >>> names = ("emp", "pc", "water")
    >>> asked = [Hypothesis(f"Impact of {x}", f"total(log({x})) > 0") for x in names]
    >>> [verdict.answer for verdict in test_hypotheses(asked, fit)]
    ['supported', 'supported', 'not applicable']
    """
    check_option("adjust", adjust, FamilyAdjustment)
    asked = [hypotheses] if isinstance(hypotheses, Hypothesis) else list(hypotheses)
    fits = dict(fit) if isinstance(fit, Mapping) else {"": fit}
    _refuse_none(asked, fits)
    made = [
        (name, one.test(found, method=method, draws=draws, seed=seed))
        for name, found in fits.items()
        for one in asked
    ]
    return family([verdict for _, verdict in made], [name for name, _ in made], adjust=adjust)


test_hypotheses.__test__ = False  # type: ignore[attr-defined]  # no test of pytest's


def family(
    verdicts: Sequence[Verdict | Verdicts],
    fits: Sequence[str] = (),
    *,
    adjust: FamilyAdjustment = "holm",
) -> Verdicts:
    """Put verdicts of fits and of tests into one table, and adjust for asking so often.

    Parameters
    ----------
    verdicts : sequence of Verdict or Verdicts
        Of hypotheses and of expectations; those of several, as :func:`test_hypotheses` returns
        them, are taken one by one, if they are not adjusted yet.
    fits : sequence of str, optional
        Name of the fit or sample of each verdict.
    adjust : {"holm", "fdr_bh", "none"}
        As in :func:`test_hypotheses`.

    Returns
    -------
    Verdicts
        What one alone would claim and the family does not is ``"cannot tell"``.

    Raises
    ------
    InputError
        If there is none, one is no verdict or adjusted already, or names do not fit their number.

    Examples
    --------
    >>> H = [Expectation(f"Measure {x}", x, ">", null="chance") for x in "ab"]
    >>> told = [one.judge(2, expected=1, p_value=p) for one, p in zip(H, (0.01, 0.04))]
    >>> [verdict.answer for verdict in family([told[0], told[1]])]
    ['supported', 'supported']
    """
    check_option("adjust", adjust, FamilyAdjustment)
    pairs = _one_by_one(verdicts)
    if fits and len(fits) != len(pairs):
        raise InputError(
            "fits", expected=f"{len(pairs)} names, one a verdict", found=f"{len(fits)}"
        )
    single = [verdict for verdict, _ in pairs]
    adjusted = adjusted_p([verdict.p_decision for verdict in single], adjust)
    after = tuple(_after(v, p, adjust) for v, p in zip(single, adjusted, strict=True))
    names = tuple(fits) or tuple(name for _, name in pairs)
    return Verdicts(after, tuple(adjusted), names, adjust)


def _one_by_one(verdicts: Sequence[Verdict | Verdicts]) -> list[tuple[Verdict, str]]:
    """Return verdicts with the name of their fit."""
    pairs: list[tuple[Verdict, str]] = []
    for one in [verdicts] if isinstance(verdicts, Verdict) else verdicts:
        if isinstance(one, Verdict):
            pairs.append((one, ""))
        elif isinstance(one, Verdicts) and one.adjust == "none":
            pairs += zip(one.verdicts, one.fits, strict=True)
        else:
            raise _not_to_be_joined(one)
    if not pairs:
        raise InputError("verdicts", expected="one or more", found="none")
    return pairs


def _not_to_be_joined(one: object) -> InputError:
    found, remedy = type(one).__name__, "H.test(fit) or H.judge(test)"
    if isinstance(one, Verdicts):
        found = f"verdicts adjusted by {TITLES[one.adjust]}"
        remedy = 'wb.hypotheses.test_hypotheses(..., adjust="none")'
    return InputError("verdicts", expected="verdicts, not adjusted yet", found=found, remedy=remedy)


def adjusted_p(p_values: Sequence[float], adjust: FamilyAdjustment) -> list[float]:
    """Return adjusted p-values; NaN stay outside the family.

    Examples
    --------
    >>> [round(p, 6) for p in adjusted_p([0.01, 0.02, float("nan"), 0.03], "holm")]
    [0.03, 0.04, nan, 0.04]
    """
    p = np.array(p_values, dtype=float)
    known = ~np.isnan(p)
    if adjust != "none" and known.any():
        by = holm if adjust == "holm" else stats.false_discovery_control
        p[known] = by(p[known])
    return [float(value) for value in p]


def _after(verdict: Verdict, p_adjusted: float, adjust: FamilyAdjustment) -> Verdict:
    alpha = verdict.hypothesis.alpha
    claims = verdict.answer in ("supported", "contradicted")
    if adjust == "none" or not claims or math.isnan(p_adjusted) or p_adjusted <= alpha:
        return verdict
    reason = say(
        "{answer} alone, but not in the family: adjusted p = {p:.4g} is above {alpha:g}; {reason}",
        answer=say(verdict.answer), p=p_adjusted, alpha=alpha, reason=verdict.reason,
    )  # fmt: skip
    return replace(verdict, answer=CANNOT_TELL, reason=reason)


def _refuse_none(asked: Sequence[object], fits: Mapping[str, object]) -> None:
    if not fits:
        raise InputError("fit", expected="one or more", found="none")
    refuse_unnamed(asked)
    untold = [one.label for one in asked if isinstance(one, Expectation)]
    if untold:
        raise InputError(
            "hypotheses",
            expected="hypotheses about an estimand of the fit",
            found="expectations, which no fit decides",
            offenders=untold,
            remedy="H.judge(test), and wb.hypotheses.family([...]) for one table",
        )
