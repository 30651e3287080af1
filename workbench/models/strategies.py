"""Named strategies of specification search: each a path of tests and a recommendation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

import pandas as pd

from workbench.core import display
from workbench.core.statistics import Answer, Statistic, Tests
from workbench.errors import unknown_option
from workbench.models.nesting import PARAMETERS, restrictions
from workbench.typing import Model, Strategy

COLUMNS = ["step", "test", "statistic", "df", "p_value", "decision"]
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "classic": "from OLS by LM tests, then robust LM tests (Anselin et al. 1996)",
        "florax": "from OLS by the larger LM test (Florax, Folmer and Rey 2003)",
        "elhorst": "LM tests on OLS, then LR tests on SDM (Elhorst 2010)",
        "from-sdm": "from SDM down by LR tests (LeSage and Pace 2009)",
        "from-gns": "from GNS down by LR tests",
    }
)
"""What each strategy does, in words."""


@dataclass(frozen=True, slots=True)
class Step:
    """One test of a path and what was made of it."""

    test: str
    answer: Answer
    decision: str

    def row(self) -> dict[str, object]:
        """Return the glossary's columns."""
        df = self.answer.df[0] if isinstance(self.answer, Statistic) else float("nan")
        return {
            "test": self.test,
            "statistic": self.answer.statistic,
            "df": df,
            "p_value": self.answer.p_value,
            "decision": self.decision,
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Recommendation:
    """Where a strategy leads, and the path it took.

    Attributes
    ----------
    strategy : str
        Its word.
    model : str or None
        The model recommended; None where the data cannot tell or a model is missing.
    candidates : tuple of str
        Models that the data cannot tell apart; the model alone where there is one; empty where
        the strategy cannot be followed.
    reason : str
        Why, in one sentence.
    level : float
        Level of each test; none is adjusted for the number of tests.
    steps : tuple of Step
        The tests in order.
    """

    strategy: str
    model: str | None
    candidates: tuple[str, ...]
    reason: str
    level: float
    steps: tuple[Step, ...] = ()

    @property
    def answer(self) -> str:
        """The recommendation in words."""
        if self.model is not None:
            return self.model
        if self.candidates:
            return f"the data cannot tell: {' or '.join(self.candidates)}"
        return "cannot be followed"

    def tidy(self) -> pd.DataFrame:
        """Return a row a step: index ``step``; ``test statistic df p_value decision``."""
        rows = [{"step": i, **step.row()} for i, step in enumerate(self.steps, start=1)]
        return pd.DataFrame(rows, columns=COLUMNS).set_index("step")

    def line(self) -> str:
        """Return one line: strategy, recommendation, reason."""
        return f"{self.strategy}: {self.answer} ({self.reason})"

    def _heading(self) -> str:
        return f"{self.strategy}, {TITLES[self.strategy]}, level {self.level:g}: {self.answer}"

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self.tidy())], [self.reason])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self.tidy())], [self.reason])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Paths(Mapping[str, Recommendation]):
    """Every strategy on one ladder; a mapping from its word to its recommendation.

    Attributes
    ----------
    recommendations : mapping of str to Recommendation
    """

    recommendations: Mapping[str, Recommendation]

    def __getitem__(self, strategy: str) -> Recommendation:
        if strategy not in self.recommendations:
            raise unknown_option("strategy", strategy, self.recommendations)
        return self.recommendations[strategy]

    def __contains__(self, strategy: object) -> bool:
        return strategy in self.recommendations

    def __iter__(self) -> Iterator[str]:
        return iter(self.recommendations)

    def __len__(self) -> int:
        return len(self.recommendations)

    @property
    def agreed(self) -> str | None:
        """The model that every strategy that could be followed recommends, or None."""
        answers = {r.model for r in self.recommendations.values() if r.candidates}
        return answers.pop() if len(answers) == 1 else None

    @property
    def agreement(self) -> str:
        """Whether the strategies agree, in one line."""
        followed = [r for r in self.recommendations.values() if r.candidates]
        if not followed:
            return "No strategy could be followed."
        if self.agreed is not None:
            return f"The strategies agree on {self.agreed} ({len(followed)} followed)."
        groups: dict[str, list[str]] = {}
        for r in followed:
            groups.setdefault(r.answer, []).append(r.strategy)
        spelt = "; ".join(f"{answer} ({', '.join(who)})" for answer, who in groups.items())
        verb = "disagree" if len(groups) > 1 else "give no single model"
        return f"The strategies {verb}: {spelt}."

    def tidy(self) -> pd.DataFrame:
        """Return every step: index (strategy, step); ``test statistic df p_value decision``."""
        return pd.concat({w: r.tidy() for w, r in self.items()}, names=["strategy"])

    def glance(self) -> pd.DataFrame:
        """Return a row a strategy: ``recommendation reason``."""
        rows = [{"recommendation": r.answer, "reason": r.reason} for r in self.values()]
        return pd.DataFrame(rows, index=pd.Index(list(self), name="strategy"))

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.glance()), ("Steps", self.tidy())]

    def __str__(self) -> str:
        return display.text("Strategies of specification", self._parts(), [self.agreement])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html("Strategies of specification", self._parts(), [self.agreement])


@dataclass(slots=True)
class _Search:
    """The tests of a ladder while a strategy walks over them."""

    strategy: str
    tests: Tests
    level: float
    steps: list[Step] = field(default_factory=list)

    def rejects(self, test: str) -> bool:
        """Whether a test rejects; one that does not apply rejects nothing."""
        return self.tests[test].p_value <= self.level

    def ask(self, test: str, *, yes: str, no: str) -> bool:
        """Record a test with its decision and return whether it rejects."""
        answer, rejected = self.tests[test], self.rejects(test)
        decision = yes if rejected else no
        if not answer.applicable:
            decision = f"not applicable; {no}"
        self.steps.append(Step(test, answer, decision))
        return rejected

    def lacks(self, *tests: str) -> Recommendation | None:
        """Return that the strategy cannot be followed if one of its tests is not there."""
        missing = [test for test in tests if test not in self.tests.answers]
        if not missing:
            return None
        return self.tell(None, (), f"without {', '.join(missing)}: a model was not fitted")

    def tell(self, model: str | None, candidates: tuple[str, ...], reason: str) -> Recommendation:
        """End the search."""
        return Recommendation(
            self.strategy, model, candidates, reason, self.level, tuple(self.steps)
        )

    def take(self, model: str, reason: str) -> Recommendation:
        """End the search with a model."""
        return self.tell(model, (model,), reason)


LM, ROBUST = ("LM lag", "LM error"), ("Robust LM lag", "Robust LM error")
_SAYS = {"LM lag": "sar", "LM error": "sem", "Robust LM lag": "sar", "Robust LM error": "sem"}


def _lagrange(search: _Search, tests: tuple[str, str]) -> list[str]:
    """Return the models that a pair of LM tests speaks for."""
    return [
        _SAYS[test]
        for test in tests
        if search.ask(test, yes=f"rejected: for {_SAYS[test]}", no="not rejected")
    ]


def _classic(search: _Search) -> Recommendation:
    missing = search.lacks(*LM, *ROBUST)
    if missing:
        return missing
    found = _lagrange(search, LM)
    if not found:
        return search.take("ols", "neither LM test rejects OLS")
    if len(found) == 1:
        return search.take(found[0], "only one LM test rejects OLS")
    found = _lagrange(search, ROBUST)
    if len(found) == 1:
        return search.take(found[0], "both LM tests reject OLS, only one robust LM test does")
    which = "both robust LM tests do too" if found else "neither robust LM test does"
    return search.tell(None, ("sar", "sem"), f"both LM tests reject OLS and {which}")


def _florax(search: _Search) -> Recommendation:
    missing = search.lacks(*LM)
    if missing:
        return missing
    found = _lagrange(search, LM)
    if not found:
        return search.take("ols", "neither LM test rejects OLS")
    if len(found) == 1:
        return search.take(found[0], "only one LM test rejects OLS")
    return search.take(_larger(search, LM), "both LM tests reject OLS, and its LM is the larger")


def _larger(search: _Search, tests: tuple[str, str]) -> str:
    lag, error = (search.tests[test].statistic for test in tests)
    return "sar" if lag > error else "sem"


def _pointed(search: _Search, found: list[str]) -> str | None:
    """Return which model LM tests point to: robust ones, the larger where both reject."""
    robust = _lagrange(search, ROBUST)
    if len(robust) == 2:
        return _larger(search, ROBUST)
    if robust:
        return robust[0]
    return found[0] if len(found) == 1 else None


def _elhorst(search: _Search) -> Recommendation:
    missing = search.lacks(
        *LM, *ROBUST, "LR slx vs ols", "LR sdm vs slx", "LR sdm vs sar", "LR sdm vs sem"
    )
    if missing:
        return missing
    found = _lagrange(search, LM)
    if not found:
        return _elhorst_without_dependence(search)
    pointed = _pointed(search, found)
    sar = not search.ask("LR sdm vs sar", yes="sar rejected", no="sar not rejected")
    sem = not search.ask("LR sdm vs sem", yes="sem rejected", no="sem not rejected")
    if not (sar or sem):
        return search.take("sdm", "LR tests reject both SAR and SEM within SDM")
    if sar and sem and pointed is None:
        reason = "SDM rejects neither, and LM tests do not tell them apart"
        return search.tell(None, ("sar", "sem"), reason)
    kept = [model for model, holds in (("sar", sar), ("sem", sem)) if holds]
    if pointed in kept:
        return search.take(str(pointed), "SDM does not reject it, and LM tests point to it")
    return search.take("sdm", f"SDM does not reject {kept[0]}, but LM tests do not point to it")


def _elhorst_without_dependence(search: _Search) -> Recommendation:
    if not search.ask("LR slx vs ols", yes="WX matters", no="not rejected"):
        return search.take("ols", "neither LM test rejects OLS, nor does SLX")
    if search.ask("LR sdm vs slx", yes="slx rejected", no="slx not rejected"):
        return search.take("sdm", "WX matters, and so does Wy beside it")
    return search.take("slx", "WX matters, and Wy does not beside it")


def _downward(search: _Search, top: Model) -> Recommendation:
    """Keep every model that no larger kept model rejects; recommend the smallest if it is one."""
    pairs = [pair for pair in restrictions(PARAMETERS) if pair.name in search.tests.answers]
    if not any(pair.large == top for pair in pairs):
        return search.tell(None, (), f"{top} was not fitted, or nothing that it nests")
    kept: list[str] = [top]
    below = [pair.small for pair in pairs if pair.large == top]
    for model in reversed(below):
        larger = [pair for pair in pairs if pair.small == model and pair.large in kept]
        rejected = [
            search.ask(pair.name, yes=f"{model} rejected", no="not rejected") for pair in larger
        ]
        if not any(rejected):
            kept.append(model)
    nested_in = {pair.large for pair in pairs if pair.small in kept}
    ends = tuple(model for model in kept if model not in nested_in)
    if len(ends) == 1:
        reason = "it rejects every model below it" if ends[0] == top else "no larger one rejects it"
        return search.take(ends[0], reason)
    return search.tell(None, ends, "none is nested in another, and no larger one rejects them")


def _from_sdm(search: _Search) -> Recommendation:
    return _downward(search, "sdm")


def _from_gns(search: _Search) -> Recommendation:
    return _downward(search, "gns")


_Follow: TypeAlias = Callable[[_Search], Recommendation]
FOLLOW: Mapping[Strategy, _Follow] = MappingProxyType(
    {
        "classic": _classic,
        "florax": _florax,
        "elhorst": _elhorst,
        "from-sdm": _from_sdm,
        "from-gns": _from_gns,
    }
)


def follow(strategy: Strategy, tests: Tests, *, level: float) -> Recommendation:
    """Follow a strategy over the tests of a ladder; see :meth:`Ladder.recommend`."""
    return FOLLOW[strategy](_Search(strategy, tests, level))
