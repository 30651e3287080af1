"""A hypothesis as a value: what is claimed, of which estimand, and at which level."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

import pandas as pd

from workbench.core import display
from workbench.errors import InputError, check_number, check_option, unknown_option
from workbench.hypotheses.published import tolerance_of_method
from workbench.hypotheses.statements.absences import NotInModelError
from workbench.hypotheses.statements.atoms import Decay, Index
from workbench.hypotheses.statements.estimands import Estimand
from workbench.hypotheses.statements.estimates import Estimate
from workbench.hypotheses.statements.grammar import Restriction, parse, parse_restriction
from workbench.hypotheses.statements.verdicts import NOT_APPLICABLE, Verdict, judged
from workbench.hypotheses.statements.wordings import checked_alpha, refuse_no_text
from workbench.typing import HypothesisKind, ImpactMethod, Relation

if TYPE_CHECKING:
    from workbench.regression.results import RegressionResults


@dataclass(frozen=True, slots=True, repr=False)
class Hypothesis:
    """A statement about an estimand that a fit can support or contradict.

    Parameters
    ----------
    statement : str
        What is claimed, in a sentence.
    estimand : Estimand or str
        An estimand; its text, with `relation` beside it; or a whole restriction as text, such as
        ``"indirect(log(rd)) > 0"``, without.
    relation : {">", "<", "!=", "="}, optional
        ``"="`` is equivalence, and needs a margin.
    value : float, default 0
        What the estimand is compared with.
    margin : float, optional
        Of equivalence: within value ± margin counts as equal.
    alpha : float, default 0.05
        Level of the decision, above 0 and up to 0.5.
    kind : {"exploratory", "confirmatory"}
        Whether it was stated before the outcomes were seen.
    mechanism : str
        Why it should hold.
    reference : str
        Where it comes from.
    name : str
        A short name for tables and charts; the statement without.

    Attributes
    ----------
    restriction : str
        As the grammar writes it.
    digest : str
        16 hexadecimal digits of what decides a verdict: restriction and α.

    Raises
    ------
    FormulaError
        If the text cannot be read.
    InputError
        If relation, value, margin or α cannot be decided on.

    Examples
    --------
    >>> H1 = Hypothesis("R&D next door raises patenting", "indirect(log(rd)) > 0")
    >>> H1.relation, H1.value, H1.restriction
    ('>', 0.0, 'indirect(log(rd)) > 0')
    >>> Hypothesis("Constant returns", "total(x)", "=", 1, margin=0.1).restriction
    'total(x) = 1 +- 0.1'
    """

    statement: str
    estimand: Estimand
    relation: Relation = None  # type: ignore[assignment]
    value: float = 0.0
    margin: float | None = field(default=None, kw_only=True)
    alpha: float = field(default=0.05, kw_only=True)
    kind: HypothesisKind = field(default="exploratory", kw_only=True)
    mechanism: str = field(default="", kw_only=True)
    reference: str = field(default="", kw_only=True)
    name: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        for word in ("statement", "mechanism", "reference", "name"):
            refuse_no_text(word, getattr(self, word), needed=word == "statement")
        read = self._read()
        check_option("kind", self.kind, HypothesisKind)
        alpha = checked_alpha(self.alpha)
        for name in ("estimand", "relation", "value", "margin"):
            object.__setattr__(self, name, getattr(read, name))
        object.__setattr__(self, "alpha", alpha)
        _refuse_undecidable(read)

    def _read(self) -> Restriction:
        """Return the restriction, whichever way it was given."""
        estimand = cast(object, self.estimand)  # text until here
        relation = cast("Relation | None", self.relation)
        if isinstance(estimand, str) and relation is None:
            if self.value != 0.0:
                raise InputError(
                    "value",
                    expected="the value in the text, or a relation beside it",
                    found=repr(self.value),
                    remedy=f"wb.Hypothesis(statement, '...', '>', {self.value!r})",
                )
            read = parse_restriction(estimand, margin=_checked_margin(self.margin))
            if self.margin is not None and (read.relation != "=" or read.margin != self.margin):
                raise _one_margin(read)
            return read
        if relation is None:
            raise InputError(
                "relation",
                expected="one of '>', '<', '!=', '='",
                found="None",
                remedy="wb.Hypothesis(statement, estimand, '>', 0)",
            )
        check_option("relation", relation, Relation)
        made = parse(estimand) if isinstance(estimand, str) else estimand
        if not isinstance(made, Estimand):
            raise InputError(
                "estimand",
                expected="an estimand such as wb.indirect('log(rd)'), or text",
                found=type(estimand).__name__,
            )
        value = check_number("value", self.value) + 0.0
        margin = _checked_margin(self.margin)
        if (relation == "=") != (margin is not None):
            raise InputError(
                "margin",
                expected="a margin for '=', and for no other relation",
                found=f"relation {relation!r} and margin {self.margin!r}",
                why="no estimate is exactly equal to a number",
                remedy="relation='=', margin=0.1 with what counts as equal",
            )
        return Restriction(made, relation, value, margin)

    @property
    def restriction(self) -> str:
        """The restriction as the grammar writes it."""
        return Restriction(self.estimand, self.relation, self.value, self.margin).text

    @property
    def label(self) -> str:
        """The name, or the statement without one."""
        return self.name or self.statement

    @property
    def digest(self) -> str:
        """16 hexadecimal digits of what decides a verdict: restriction and α."""
        decisive = json.dumps([self.restriction, self.alpha])
        return hashlib.blake2b(decisive.encode(), digest_size=8).hexdigest()

    def to_dict(self) -> dict[str, object]:
        """Return everything as plain values that JSON can hold."""
        return {
            "statement": self.statement,
            "restriction": self.restriction,
            "alpha": self.alpha,
            "kind": self.kind,
            "mechanism": self.mechanism,
            "reference": self.reference,
            "name": self.name,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> Hypothesis:
        """Return the hypothesis that :meth:`to_dict` wrote.

        Raises
        ------
        OptionError
            If a name is none of a hypothesis.
        InputError
            If the statement or restriction is missing.

        Examples
        --------
        >>> H1 = Hypothesis("Spillovers", "indirect(x) > 0", alpha=0.1)
        >>> Hypothesis.from_dict(H1.to_dict()) == H1
        True
        """
        known = ("statement", "restriction", "alpha", "kind", "mechanism", "reference", "name")
        for name in values:
            if name not in known:
                raise unknown_option("values", name, known)
        rest = dict(values)
        if "statement" not in rest or "restriction" not in rest:
            raise InputError(
                "values", expected="statement and restriction", found=", ".join(values) or "nothing"
            )
        return cls(rest.pop("statement"), rest.pop("restriction"), **rest)  # type: ignore[arg-type]

    def test(
        self,
        fit: RegressionResults,
        *,
        method: ImpactMethod = "delta",
        draws: int = 10_000,
        seed: int = 0,
    ) -> Verdict:
        """Return what a fit says of the hypothesis.

        Parameters
        ----------
        fit : RegressionResults
        method, draws, seed
            As of :meth:`Estimand.estimate`.

        Returns
        -------
        Verdict
            ``"not applicable"`` where the fit lacks a term, a parameter or the effect.

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> W = wb.weights.queen(wb.load("us-states"))
        >>> fit = wb.fit("log(gsp) ~ log(emp)", y, W, model="sar")
        >>> Hypothesis("More work, more output", "direct(log(emp)) > 0").test(fit).answer
        'supported'
        """
        try:
            found = self.estimand.estimate(
                fit, level=1.0 - self.alpha, method=method, draws=draws, seed=seed
            )
        except NotInModelError as error:
            return Verdict(self, NOT_APPLICABLE, reason=_reason(error), provenance=fit.provenance)
        found_by = tolerance_of_method(method, fit.tolerance)
        return replace(judged(self, found, fit.provenance), tolerance=found_by)

    def judge(self, estimate: Estimate) -> Verdict:
        """Return the verdict that an estimate gives: the decision rule alone.

        Parameters
        ----------
        estimate : Estimate

        Notes
        -----
        Three decisions at α. Of a direction: supported where the two-sided 1 − α interval lies
        wholly on its side of the value, contradicted where wholly on the other, otherwise cannot
        tell; of the two wrong claims each has a probability of α/2 at most. Of equivalence:
        supported by two one-sided tests at α (the 1 − 2α interval lies within the margins),
        contradicted where the 1 − α interval lies wholly outside. Of ``"!="``: supported or cannot
        tell, for no estimate shows that two numbers are the same.

        References
        ----------
        Kaiser, H. F. (1960). Directional statistical decisions. Psychological Review 67, 160-167.
        Schuirmann, D. J. (1987). Journal of Pharmacokinetics and Biopharmaceutics 15, 657-680.

        Examples
        --------
        >>> from workbench.hypotheses.statements.estimates import wald
        >>> H1 = Hypothesis("Spillovers", "indirect(x) > 0")
        >>> [H1.judge(wald(value, 1.0, None)).answer for value in (2.5, 1.0, -2.5)]
        ['supported', 'cannot tell', 'contradicted']
        """
        return judged(self, estimate)

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: the statement and what decides it."""
        return {"": self._rows().set_axis(pd.Index([self.statement]), axis=1)}

    def _rows(self) -> pd.DataFrame:
        rows = {
            "restriction": self.restriction,
            "alpha": f"{self.alpha:g}",
            "kind": self.kind,
            "mechanism": self.mechanism,
            "reference": self.reference,
        }
        return pd.DataFrame({"": {name: text for name, text in rows.items() if text}})

    def __str__(self) -> str:
        return display.text(f"Hypothesis: {self.statement}", [("", self._rows())])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(f"Hypothesis: {self.statement}", [("", self._rows())])


def _reason(error: NotInModelError) -> str:
    found = f"{error.argument}: {error.found}; expected {error.expected}"
    return f"{found} ({error.why})" if error.why else found


def _checked_margin(margin: object) -> float | None:
    return None if margin is None else check_number("margin", margin, above=0.0)


def _one_margin(read: Restriction) -> InputError:
    return InputError(
        "margin",
        expected="one margin, of an equivalence",
        found=f"margin= beside {read.text!r}",
        remedy="'total(x) = 1 +- 0.1' or 'total(x) = 1' with margin=0.1",
    )


def _refuse_beyond(read: Restriction, lone: Decay) -> None:
    """Refuse lengths outside the range that is searched, of which the profile knows nothing."""
    margin = read.margin or 0.0
    for end in (read.value - margin, read.value + margin):
        if not lone.shortest <= end <= lone.longest:
            raise InputError(
                "value",
                expected=f"a length within the range that is searched, {lone.shortest:.4g} to "
                f"{lone.longest:.4g} {lone.unit}",
                found=f"{end:g}",
                remedy="wb.hypotheses.decay_length(term, points, shortest=..., longest=...)",
            )


def _refuse_undecidable(read: Restriction) -> None:
    """Refuse relations that an index without a standard error cannot be decided on."""
    lone = read.estimand.parts[0][1]
    if isinstance(lone, Decay):
        _refuse_beyond(read, lone)
    if not isinstance(lone, Index) or (read.relation != "=" and read.value == 0.0):
        return
    raise InputError(
        "restriction",
        expected=f"{lone.text} > 0, < 0 or != 0",
        found=read.text,
        why="permutations tell whether it is what independence gives, and no more: there is no "
        "standard error to compare it with another number",
        remedy=f'"{lone.text} > 0"',
    )
