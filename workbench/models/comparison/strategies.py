"""Named strategies of specification search: each a path of tests and a recommendation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from workbench.core import display
from workbench.errors import unknown_name
from workbench.regression.steps import Step, steps_table

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "classic": "from OLS by LM tests, then robust LM tests (Anselin 2005)",
        "florax": "from OLS by the larger LM test (Florax, Folmer and Rey 2003)",
        "koley-bera": "from OLS by robust LM tests against Wy and WX (Koley and Bera 2024)",
        "elhorst": "LM tests on OLS, then LR tests on SDM (Elhorst 2010)",
        "from-sdm": "from SDM down by LR tests (LeSage and Pace 2009)",
        "from-gns": "from GNS down by LR tests",
    }
)
"""What each strategy does, in words."""

KEPT_OLS = "That no test rejects OLS does not show that there is no spatial dependence."


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
        return steps_table(self.steps)

    def line(self) -> str:
        """Return one line: strategy, recommendation, reason."""
        return f"{self.strategy}: {self.answer} ({self.reason})"

    def plot(self, ladder: Any, *, term: str | None = None, title: str | None = None) -> Any:
        """Draw this path on the lattice of the models of `ladder`; see :meth:`Ladder.plot`."""
        return ladder.plot(self.strategy, level=self.level, term=term, title=title)

    def _heading(self) -> str:
        return f"Strategy {self.strategy}, {TITLES[self.strategy]}: {self.answer}"

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        caption = f"Steps, each at level {self.level:g}"
        return [(caption, self.tidy())] if self.steps else []

    def _notes(self) -> list[str]:
        if self.model is not None:
            because = f"Leads to {self.model}: {self.reason}."
        elif self.candidates:
            because = f"The data cannot tell {' from '.join(self.candidates)}: {self.reason}."
        else:
            because = f"Cannot be followed: {self.reason}."
        return [because, KEPT_OLS] if self.model == "ols" else [because]

    def __str__(self) -> str:
        return display.text(self._heading(), self._parts(), self._notes())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._parts(), self._notes())


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
            raise unknown_name("strategy", strategy, self.recommendations)
        return self.recommendations[strategy]

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
            if len(followed) == 1:
                return f"The one strategy that could be followed leads to {self.agreed}."
            rest = "" if len(followed) == len(self) else " that could be followed"
            return f"All {len(followed)} strategies{rest} lead to {self.agreed}."
        groups: dict[str, list[str]] = {}
        for r in followed:
            groups.setdefault(r.answer, []).append(r.strategy)
        spelt = "; ".join(f"{answer} ({', '.join(who)})" for answer, who in groups.items())
        verb = "disagree" if len(groups) > 1 else "give no single model"
        return f"The strategies {verb}: {spelt}."

    @property
    def unfollowed(self) -> str:
        """Which strategies could not be followed and why, in one line; empty where all could."""
        spelt = [f"{r.strategy} ({r.reason})" for r in self.values() if not r.candidates]
        return f"Not followed: {'; '.join(spelt)}." if spelt else ""

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
