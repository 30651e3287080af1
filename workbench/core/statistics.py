"""Statistics and tests as objects; "not applicable" is an answer with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.errors import unknown_name
from workbench.typing import Alternative


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic or test with its null hypothesis and p-value.

    Attributes
    ----------
    name : str
        What the literature calls it, e.g. ``"Moran's I"``.
    statistic : float
        Its value.
    null : str
        The null hypothesis in words.
    p_value : float
        Against `alternative`, from the reference `distribution`.
    alternative : {"two-sided", "greater", "less"}
        For chi-square and F tests ``"greater"``: large values speak against the null.
    distribution : str
        ``"normal"``, ``"chi2"``, ``"F"``, ``"t"`` or ``"permutation"``.
    df : tuple of float
        Degrees of freedom of `distribution`.
    expected, variance, z : float or None
        Moments under the null and the standardised value, where they exist.
    p_permutation : float or None
        Permutation p-value, (M + 1) / (R + 1), where permutations were drawn.
    permutations : int or None
        Number of permutations R.
    assumptions : str
        What the p-value takes for granted.
    provenance : Provenance or None
        What produced it.
    """

    name: str
    statistic: float
    null: str
    p_value: float
    alternative: Alternative = "two-sided"
    distribution: str = "normal"
    df: tuple[float, ...] = ()
    expected: float | None = None
    variance: float | None = None
    z: float | None = None
    p_permutation: float | None = None
    permutations: int | None = None
    assumptions: str = ""
    provenance: Provenance | None = None

    @property
    def applicable(self) -> bool:
        """Always true: the test could be computed."""
        return True

    def tidy(self) -> pd.DataFrame:
        """Return one row with the glossary's columns, those that exist for this statistic."""
        row: dict[str, object] = {
            "statistic": self.statistic,
            "expected": self.expected,
            "variance": self.variance,
            "z": self.z,
            "distribution": _distribution_text(self.distribution, self.df),
            "p_value": self.p_value,
            "p_permutation": self.p_permutation,
            "permutations": self.permutations,
            "alternative": self.alternative,
            "null": self.null,
        }
        kept = {key: value for key, value in row.items() if value is not None}
        return pd.DataFrame([kept], index=pd.Index([self.name], name="test"))

    def __str__(self) -> str:
        return display.text(self.name, [("", self.tidy().T)])

    def _repr_html_(self) -> str:
        return display.html(self.name, [("", self.tidy())])


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A test that cannot be made here, with the reason; it has no statistic and no p-value."""

    name: str
    null: str
    reason: str

    @property
    def applicable(self) -> bool:
        """Always false."""
        return False

    @property
    def statistic(self) -> float:
        """Not a number, so that no comparison can hold."""
        return float("nan")

    @property
    def p_value(self) -> float:
        """Not a number, so that no comparison with a level can hold."""
        return float("nan")

    def tidy(self) -> pd.DataFrame:
        """Return one row: the null and the reason."""
        return pd.DataFrame(
            [{"null": self.null, "reason": f"not applicable: {self.reason}"}],
            index=pd.Index([self.name], name="test"),
        )

    def __str__(self) -> str:
        return f"{self.name}: not applicable ({self.reason})"

    def _repr_html_(self) -> str:
        return display.html(self.name, [("", self.tidy())])


Answer: TypeAlias = Statistic | NotApplicable


@dataclass(frozen=True, slots=True)
class Tests(Mapping[str, Answer]):
    """Several tests, looked up by name, shown as one table.

    Attributes
    ----------
    title : str
        Heading of the table.
    answers : mapping of str to Statistic or NotApplicable
        In the order in which they are shown.
    """

    __test__ = False  # pytest collects classes that begin with "Test"

    title: str
    answers: Mapping[str, Answer] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Answer:
        if name not in self.answers:
            raise unknown_name("test", name, self.answers)
        return self.answers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.answers)

    def __len__(self) -> int:
        return len(self.answers)

    @property
    def made(self) -> Tests:
        """Those that could be made, without the ones that do not apply."""
        kept = {name: answer for name, answer in self.answers.items() if answer.applicable}
        return Tests(self.title, kept)

    def tidy(self) -> pd.DataFrame:
        """Return a row a test: ``statistic distribution p_value null`` (and ``reason`` if any)."""
        frames = [answer.tidy() for answer in self.answers.values()]
        if not frames:
            return pd.DataFrame(columns=["statistic", "distribution", "p_value", "null"])
        rows = [frame.iloc[0].to_dict() for frame in frames]
        table = pd.DataFrame(rows, index=pd.Index([f.index[0] for f in frames], name="test"))
        wanted = ["statistic", "distribution", "p_value", "p_permutation", "null", "reason"]
        return table[[column for column in wanted if column in table]]

    def __str__(self) -> str:
        return display.text(self.title, [("", self.tidy())])

    def _repr_html_(self) -> str:
        return display.html(self.title, [("", self.tidy())])


def chi2_test(
    name: str, statistic: float, df: float, *, null: str, assumptions: str = ""
) -> Statistic:
    """Return a test whose statistic is chi-square with `df` degrees of freedom under the null."""
    return Statistic(
        name=name,
        statistic=float(statistic),
        null=null,
        p_value=float(stats.chi2.sf(statistic, df)),
        alternative="greater",
        distribution="chi2",
        df=(float(df),),
        assumptions=assumptions,
    )


def f_test(
    name: str, statistic: float, df: tuple[float, float], *, null: str, assumptions: str = ""
) -> Statistic:
    """Return a test whose statistic is F with ``df = (numerator, denominator)`` under the null."""
    return Statistic(
        name=name,
        statistic=float(statistic),
        null=null,
        p_value=float(stats.f.sf(statistic, *df)),
        alternative="greater",
        distribution="F",
        df=(float(df[0]), float(df[1])),
        assumptions=assumptions,
    )


def normal_p(z: float, alternative: Alternative) -> float:
    """Return the p-value of a standard normal statistic against the named alternative."""
    if alternative == "greater":
        return float(stats.norm.sf(z))
    if alternative == "less":
        return float(stats.norm.cdf(z))
    return float(2 * stats.norm.sf(np.abs(z)))


def _distribution_text(distribution: str, df: tuple[float, ...]) -> str:
    return distribution + (f"({', '.join(f'{d:g}' for d in df)})" if df else "")
