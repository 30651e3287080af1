"""The rules of the named strategies: which test comes next, and what its answer leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from workbench.core.statistics import NotApplicable, Tests
from workbench.models.comparison.strategies import Recommendation
from workbench.models.testing.nesting import PARAMETERS, restrictions
from workbench.regression.steps import Step
from workbench.typing import Model, Strategy


@dataclass(slots=True)
class Search:
    """The tests of a ladder while a strategy walks over them."""

    strategy: str
    tests: Tests
    level: float
    failures: Mapping[str, str]
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
        if missing:
            return self.tell(None, (), self.why_not(missing))
        return None

    def dumb(self, *tests: str) -> Recommendation | None:
        """Return that the strategy cannot be followed if one of its tests does not apply."""
        for test in tests:
            answer = self.tests[test]
            if isinstance(answer, NotApplicable):
                return self.tell(None, (), f"{test} does not apply: {answer.reason}")
        return None

    def why_not(self, tests: Iterable[str]) -> str:
        """Return why some tests are not there: a model that failed, or was not asked for."""
        words = {word for test in tests for word in test.replace("LM", "ols").split()}
        failed = [model for model in PARAMETERS if model in words and model in self.failures]
        if failed:
            return f"{' and '.join(failed)} could not be estimated"
        return f"it needs {', '.join(tests)}, not among the tests of this ladder"

    def unseen_below(self, top: Model) -> str:
        """Return a clause on models within `top` that failed; empty where none did."""
        inside = [m for m in self.failures if PARAMETERS[m] < PARAMETERS[top]]  # type: ignore[index]
        return f" ({', '.join(inside)} could not be estimated)" if inside else ""

    def tell(self, model: str | None, candidates: tuple[str, ...], reason: str) -> Recommendation:
        """End the search."""
        return Recommendation(
            self.strategy, model, candidates, reason, self.level, tuple(self.steps)
        )

    def take(self, model: str, reason: str) -> Recommendation:
        """End the search with a model."""
        return self.tell(model, (model,), reason)


LM, ROBUST = ("LM lag", "LM error"), ("Robust LM lag", "Robust LM error")
JOINT, ONLY_LAG, ONLY_WX = "LM SDM", "Robust LM lag (beside WX)", "Robust LM WX"
BOTH: tuple[Model, Model] = ("sar", "sem")
SAYS: Mapping[str, Model] = MappingProxyType(
    {
        "LM lag": "sar",
        "LM error": "sem",
        "Robust LM lag": "sar",
        "Robust LM error": "sem",
        ONLY_LAG: "sar",
        ONLY_WX: "slx",
    }
)
NO_LM = "neither LM test rejects OLS"
ONE_LM = "only one LM test rejects OLS"


def _speaking(search: Search, tests: tuple[str, str]) -> list[Model]:
    """Return the models that a pair of LM tests speaks for."""
    return [
        SAYS[test]
        for test in tests
        if search.ask(test, yes=f"rejected: for {SAYS[test]}", no="not rejected")
    ]


def _larger(search: Search, tests: tuple[str, str]) -> Model | None:
    """Return the model of the larger statistic; None where they are equal."""
    lag, error = (search.tests[test].statistic for test in tests)
    return None if lag == error else "sar" if lag > error else "sem"


def _by_size(search: Search, tests: tuple[str, str], reason: str) -> Recommendation:
    larger, kind = _larger(search, tests), "robust LM" if tests == ROBUST else "LM"
    if larger is None:
        return search.tell(None, BOTH, f"{reason}, and their statistics are equal")
    return search.take(larger, f"{reason}, and its {kind} statistic is the larger")


def _classic(search: Search) -> Recommendation:
    stop = search.lacks(*LM, *ROBUST) or search.dumb(*LM)
    if stop:
        return stop
    found = _speaking(search, LM)
    if len(found) < 2:
        return search.take(found[0], ONE_LM) if found else search.take("ols", NO_LM)
    found = _speaking(search, ROBUST)
    if len(found) == 1:
        return search.take(found[0], "both LM tests reject OLS, of the robust ones only one")
    if found:
        why = "both LM tests and both robust ones reject OLS, which may hide another misfit"
        return _by_size(search, ROBUST, why)
    return search.tell(None, BOTH, "both LM tests reject OLS, but neither robust one does")


def _florax(search: Search) -> Recommendation:
    stop = search.lacks(*LM) or search.dumb(*LM)
    if stop:
        return stop
    found = _speaking(search, LM)
    if len(found) < 2:
        return search.take(found[0], ONE_LM) if found else search.take("ols", NO_LM)
    return _by_size(search, LM, "both LM tests reject OLS")


def _koley_bera(search: Search) -> Recommendation:
    stop = search.lacks(JOINT, ONLY_LAG, ONLY_WX) or search.dumb(JOINT, ONLY_LAG, ONLY_WX)
    if stop:
        return stop
    if not search.ask(JOINT, yes="rejected: Wy, WX or both", no="not rejected"):
        return search.take("ols", "the joint LM test against Wy and WX does not reject OLS")
    found = _speaking(search, (ONLY_LAG, ONLY_WX))
    if len(found) == 2:
        return search.take("sdm", "the joint test and both robust LM tests reject OLS")
    if found:
        return search.take(found[0], "the joint test rejects OLS, of the robust ones only one")
    why = "the joint test rejects OLS, but neither robust one does"
    return search.tell(None, ("sar", "slx", "sdm"), why)


def _pointed(search: Search, found: list[Model]) -> Model | None:
    """Return which model LM tests point to: robust ones, the larger where both reject."""
    robust = _speaking(search, ROBUST)
    if len(robust) == 2:
        return _larger(search, ROBUST)
    if robust:
        return robust[0]
    return found[0] if len(found) == 1 else None


def _elhorst(search: Search) -> Recommendation:
    stop = search.lacks(
        *LM, *ROBUST, "LR slx vs ols", "LR sdm vs slx", "LR sdm vs sar", "LR sdm vs sem"
    ) or search.dumb(*LM)
    if stop:
        return stop
    found = _speaking(search, LM)
    if not found:
        return _elhorst_without_dependence(search)
    pointed = _pointed(search, found)
    sar = not search.ask("LR sdm vs sar", yes="sar rejected", no="sar not rejected")
    sem = not search.ask("LR sdm vs sem", yes="sem rejected", no="sem not rejected")
    if not (sar or sem):
        return search.take("sdm", "SDM rejects both SAR and SEM")
    if sar and sem and pointed is None:
        return search.tell(None, BOTH, "SDM rejects neither, and LM tests do not tell them apart")
    kept = [model for model, holds in zip(BOTH, (sar, sem), strict=True) if holds]
    if pointed in kept:
        return search.take(str(pointed), "SDM does not reject it, and LM tests point to it")
    return search.take("sdm", f"SDM does not reject {kept[0]}, but LM tests do not point to it")


def _elhorst_without_dependence(search: Search) -> Recommendation:
    if not search.ask("LR slx vs ols", yes="WX matters", no="not rejected"):
        return search.take("ols", "neither LM test rejects OLS, and SLX does not either")
    if search.ask("LR sdm vs slx", yes="slx rejected", no="slx not rejected"):
        return search.take("sdm", "WX matters, and so does Wy beside it")
    return search.take("slx", "WX matters, and Wy beside it does not")


def _downward(search: Search, top: Model) -> Recommendation:
    """Keep every model that no larger kept model rejects; recommend the smallest if it is one."""
    pairs = [pair for pair in restrictions(PARAMETERS) if pair.name in search.tests.answers]
    below = [pair.small for pair in pairs if pair.large == top]
    if not below:
        failed = top in search.failures
        why = f"{top} could not be estimated" if failed else f"it needs {top} and a smaller model"
        return search.tell(None, (), why)
    kept: list[str] = [top]
    for model in reversed(below):
        larger = [pair for pair in pairs if pair.small == model and pair.large in kept]
        rejected = [
            search.ask(pair.name, yes=f"{model} rejected", no="not rejected") for pair in larger
        ]
        if not any(rejected):
            kept.append(model)
    nested_in = {pair.large for pair in pairs if pair.small in kept}
    ends = tuple(model for model in kept if model not in nested_in)
    without = search.unseen_below(top)
    if len(ends) > 1:
        why = "none is nested in another, and no larger model rejects them"
        return search.tell(None, ends, why + without)
    why = "it rejects every model below it" if ends[0] == top else "no larger model rejects it"
    return search.take(ends[0], why + without)


def _from_sdm(search: Search) -> Recommendation:
    return _downward(search, "sdm")


def _from_gns(search: Search) -> Recommendation:
    return _downward(search, "gns")


Follow: TypeAlias = Callable[[Search], Recommendation]
FOLLOW: Mapping[Strategy, Follow] = MappingProxyType(
    {
        "classic": _classic,
        "florax": _florax,
        "koley-bera": _koley_bera,
        "elhorst": _elhorst,
        "from-sdm": _from_sdm,
        "from-gns": _from_gns,
    }
)


def follow(
    strategy: Strategy, tests: Tests, *, level: float, failures: Mapping[str, str] | None = None
) -> Recommendation:
    """Follow a strategy over the tests of a ladder; see :meth:`Ladder.recommend`."""
    return FOLLOW[strategy](Search(strategy, tests, level, failures or {}))
