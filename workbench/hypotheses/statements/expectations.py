"""A hypothesis that no fit decides: what a placement test or a permutation should show."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import pandas as pd

from workbench.core import display
from workbench.core.statistics import NotApplicable
from workbench.errors import InputError, check_option, unknown_option
from workbench.hypotheses.statements.evidence import Evidence, Tested, of_numbers, of_test
from workbench.hypotheses.statements.verdicts import NOT_APPLICABLE, Verdict
from workbench.hypotheses.statements.weighing import together, weighed
from workbench.hypotheses.statements.wordings import checked_alpha, refuse_no_text
from workbench.typing import Alternative, ExpectedRelation, HypothesisKind

One: TypeAlias = Tested | NotApplicable | Verdict
Asked: TypeAlias = One | float | Sequence[One] | Mapping[str, One]

CALL = (
    "wb.Expectation('AI stands beside IT', 'colocation quotient of AI to IT', '>', "
    "null='labels dealt out at random')"
)
TEXTS = ("statement", "measure", "relation", "null", "mechanism", "reference", "name")
NEEDED = ("statement", "measure", "null")


@dataclass(frozen=True, slots=True, repr=False)
class Expectation:
    """A statement about a measure that a test can support or contradict.

    Beside :class:`Hypothesis`, which is about an estimand of a fit: here the measure and the null
    are told in words, and a test made elsewhere decides.

    Parameters
    ----------
    statement : str
        What is claimed, in a sentence.
    measure : str
        What is measured, in words.
    relation : {">", "<", "!="}
        On which side of what is expected under the null the measure is to lie.
    null : str
        What the measure is compared with, in words: how chance is let to work.
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
        Measure, relation and null.
    digest : str
        16 hexadecimal digits of what decides a verdict: restriction and α.
    value, margin : float, None
        NaN, for what is expected comes with the test; there is no margin.

    Raises
    ------
    InputError
        If a text is empty or none, or α cannot decide.
    OptionError
        If relation or kind is none.

    Examples
    --------
    >>> H3 = Expectation("AI stands beside IT more often than by chance",
    ...     "colocation quotient of AI to IT", ">",
    ...     null="labels dealt out at random over the same places", name="H3")
    >>> H3.restriction
    'colocation quotient of AI to IT > labels dealt out at random over the same places'
    >>> H3.judge(2.1, expected=1.0, p_value=0.004).answer
    'supported'
    """

    statement: str
    measure: str
    relation: ExpectedRelation
    null: str = field(kw_only=True)
    alpha: float = field(default=0.05, kw_only=True)
    kind: HypothesisKind = field(default="exploratory", kw_only=True)
    mechanism: str = field(default="", kw_only=True)
    reference: str = field(default="", kw_only=True)
    name: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        for word in TEXTS:
            refuse_no_text(word, getattr(self, word), needed=word in NEEDED, remedy=CALL)
        check_option("relation", self.relation, ExpectedRelation)
        check_option("kind", self.kind, HypothesisKind)
        object.__setattr__(self, "alpha", checked_alpha(self.alpha))

    @property
    def restriction(self) -> str:
        """Measure, relation and null."""
        return f"{self.measure} {self.relation} {self.null}"

    @property
    def label(self) -> str:
        """The name, or the statement without one."""
        return self.name or self.statement

    @property
    def value(self) -> float:
        """NaN: what is expected comes with the test."""
        return float("nan")

    @property
    def margin(self) -> None:
        """None: there is no equivalence to chance."""
        return

    @property
    def digest(self) -> str:
        """16 hexadecimal digits of what decides a verdict: restriction and α."""
        decisive = json.dumps([self.measure, self.relation, self.null, self.alpha])
        return hashlib.blake2b(decisive.encode(), digest_size=8).hexdigest()

    def to_dict(self) -> dict[str, object]:
        """Return everything as plain values that JSON can hold."""
        return {
            "statement": self.statement,
            "measure": self.measure,
            "relation": self.relation,
            "null": self.null,
            "alpha": self.alpha,
            "kind": self.kind,
            "mechanism": self.mechanism,
            "reference": self.reference,
            "name": self.name,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> Expectation:
        """Return the expectation that :meth:`to_dict` wrote.

        Raises
        ------
        OptionError
            If a name is none of an expectation.
        InputError
            If statement, measure, relation or null is missing.

        Examples
        --------
        >>> H = Expectation("Together", "quotient", ">", null="chance", alpha=0.1)
        >>> Expectation.from_dict(H.to_dict()) == H
        True
        """
        known = (*TEXTS, "alpha", "kind")
        for name in values:
            if name not in known:
                raise unknown_option("values", name, known)
        missing = [name for name in (*NEEDED, "relation") if name not in values]
        if missing:
            raise InputError(
                "values",
                expected="statement, measure, relation and null",
                found=", ".join(values) or "nothing",
                offenders=missing,
            )
        return cls(**dict(values))  # type: ignore[arg-type]

    def judge(
        self,
        test: Asked,
        *,
        expected: float | None = None,
        p_value: float | None = None,
        alternative: Alternative = "two-sided",
        conf_low: float | None = None,
        conf_high: float | None = None,
    ) -> Verdict:
        """Return what a test, several tests, or plain numbers say of the expectation.

        Parameters
        ----------
        test : Statistic, NotApplicable, float, or several
            A test, or a result with the attributes of one, such as that of ``wb.moran``; the
            statistic alone, with the numbers beside it; or a sequence or a mapping by name of
            tests and of verdicts of this expectation, where the claim must hold each time.
        expected : float, optional
            The statistic under the null; of a test instead of its own.
        p_value : float
            Of a statistic given as a number.
        alternative : {"two-sided", "greater", "less"}
            What that p-value is against.
        conf_low, conf_high : float, optional
            Interval of that statistic, at 1 − α. It is shown and does not decide.

        Returns
        -------
        Verdict
            ``"not applicable"`` where no test could be made; ``"cannot tell"`` also where a test
            gave no number. Its `estimate` is the statistic, its `statistic` the standardised one.

        Raises
        ------
        InputError
            If a number given is missing or not finite, nothing tells on which side the statistic
            lies, or a verdict is of another claim.

        Notes
        -----
        The rule of :meth:`Hypothesis.judge`: the two-sided p-value at α decides, and the side is
        that of the statistic against what is expected under the null. Supported where it lies on
        the claimed side, contradicted where on the other, otherwise cannot tell; of ``"!="``
        supported or cannot tell. The permutation p-value is taken where there is one. A one-sided
        p-value is doubled (of the two wrong claims each has a probability of α/2 at most), and
        tells nothing of the side that its test did not look to. Chi-square and F tests, which are
        against any difference, are not doubled for ``"!="``.

        Of several tests the claim is supported if each supports it: the largest p-value decides,
        and needs no adjustment, for all must be small (an intersection-union test). It is
        contradicted if one contradicts it with a p-value that stays below α times their number,
        and none supports it. A test that is not applicable leaves it at cannot tell at best. The
        reason says which test decided, the notes what each says.

        References
        ----------
        Kaiser, H. F. (1960). Directional statistical decisions. Psychological Review 67, 160-167.
        Berger, R. L. (1982). Multiparameter hypothesis testing and acceptance sampling.
        Technometrics 24, 295-300.

        Examples
        --------
        >>> H = Expectation("Together", "quotient", ">", null="labels dealt out at random")
        >>> seen = ((2, 0.01), (2, 0.2), (0.5, 0.01))
        >>> [H.judge(x, expected=1, p_value=p).answer for x, p in seen]
        ['supported', 'cannot tell', 'contradicted']
        >>> H.judge(2, expected=1, p_value=0.03, alternative="greater").answer
        'cannot tell'
        """
        beside = {"p_value": p_value, "conf_low": conf_low, "conf_high": conf_high}
        if isinstance(test, Mapping) or _is_several(test):
            _refuse_beside({**beside, "expected": expected}, alternative)
            return self._each(test)
        if isinstance(test, Tested | NotApplicable | Verdict):
            _refuse_beside(beside, alternative)
            return self._one(test, expected=expected)
        seen = of_numbers(
            test,
            expected=expected,
            p_value=p_value,
            alternative=alternative,
            interval=(conf_low, conf_high),
        )
        return self._weighed(seen)

    def _one(self, test: object, *, expected: float | None = None) -> Verdict:
        if isinstance(test, NotApplicable):
            return Verdict(self, NOT_APPLICABLE, reason=test.reason)
        if isinstance(test, Tested):
            return self._weighed(of_test(test, expected))
        if isinstance(test, Verdict) and test.hypothesis == self:
            return test
        raise InputError(
            "test",
            expected="tests, or verdicts of this expectation",
            found=f"a verdict on {test.hypothesis.label!r}"
            if isinstance(test, Verdict)
            else type(test).__name__,
            remedy="H.judge(test), or H.judge(2.1, expected=1.0, p_value=0.004)",
        )

    def _weighed(self, seen: Evidence) -> Verdict:
        if self.relation != "!=" and not seen.sided:
            raise InputError(
                "expected",
                expected="what the statistic is expected to be under the null",
                found="None",
                why=f"nothing tells on which side of it {seen.statistic:.4g} lies",
                remedy="H.judge(test, expected=1.0)",
            )
        return weighed(self, seen)

    def _each(self, tests: object) -> Verdict:
        if isinstance(tests, Mapping):
            named = [(str(name), one) for name, one in tests.items()]
        else:
            given = list(tests)  # type: ignore[call-overload]
            named = [(str(at), one) for at, one in enumerate(given, 1)]
        if not named:
            raise InputError("test", expected="one test or more", found="none")
        return together(self, [(name, self._one(one)) for name, one in named])

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: the statement and what decides it."""
        return {"": self._rows().set_axis(pd.Index([self.statement]), axis=1)}

    def _rows(self) -> pd.DataFrame:
        rows = {
            "measure": self.measure,
            "relation": self.relation,
            "null": self.null,
            "alpha": f"{self.alpha:g}",
            "kind": self.kind,
            "mechanism": self.mechanism,
            "reference": self.reference,
        }
        return pd.DataFrame({"": {name: text for name, text in rows.items() if text}})

    def __str__(self) -> str:
        return display.text(f"Expectation: {self.statement}", [("", self._rows())])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(f"Expectation: {self.statement}", [("", self._rows())])


def _is_several(test: object) -> bool:
    return isinstance(test, Sequence) and not isinstance(test, str)


def _refuse_beside(values: Mapping[str, object], alternative: object) -> None:
    """Refuse numbers beside a test, which has its own."""
    check_option("alternative", alternative, Alternative)
    given = [name for name, value in values.items() if value is not None]
    given += ["alternative"] if alternative != "two-sided" else []
    if given:
        raise InputError(
            given[0],
            expected="numbers beside a statistic that is a number",
            found=f"{', '.join(given)} beside a test",
            why="a test has its own",
            remedy="H.judge(test), or H.judge(test.statistic, expected=..., p_value=...)",
        )
