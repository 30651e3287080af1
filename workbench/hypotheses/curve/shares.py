"""How often the specifications of a curve say what, overall and by each choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.display import number
from workbench.core.provenance import Provenance
from workbench.errors import unknown_name
from workbench.hypotheses.curve.evaluation import ESTIMATED, FAILED, NOT_APPLICABLE
from workbench.hypotheses.curve.rows import (
    benchmark,
    beyond,
    check_curve,
    dimensions_of,
    distinct,
    estimated,
    numbers,
)
from workbench.typing import Tolerance

if TYPE_CHECKING:
    from workbench.hypotheses.curve.result import SpecificationCurve

ALL = "all"
"""Name of the row of all specifications."""

COUNTED = (
    "positive", "positive_significant", "negative", "negative_significant",
    "supported", "contradicted", "cannot_tell",
)  # fmt: skip
"""Counts whose denominator is the number of estimated specifications."""

SHOWN = (
    "supported", "cannot_tell", "contradicted", "not_applicable", "failed", "median", "smallest",
    "largest",
)  # fmt: skip
"""Columns of the tables by choice when printed."""

SUMMARIES = ("estimates", "median", "quartile_low", "quartile_high", "smallest", "largest")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Shares:
    """Counts and summaries of a specification curve.

    Attributes
    ----------
    table : pandas.DataFrame
        Index (dimension, choice), the first row ``("all", "all")``. Columns: ``specifications``
        and what became of them, ``estimated not_applicable failed``; of the estimated ones
        ``positive negative`` (estimate above or below the value of the hypothesis), among them
        ``positive_significant negative_significant`` (at its α, two-sided; of an equivalence,
        whose p-value asks something else, where the interval of the curve lies beyond the value),
        and ``supported contradicted cannot_tell``; ``estimates`` the number of distinct ones;
        their ``median quartile_low quartile_high smallest largest`` over specifications.
    value : float
        What the hypothesis compares the estimand with; 0 as a rule.
    statement : str
        The hypothesis.
    notes : tuple of str
    provenance : Provenance
    """

    table: pd.DataFrame
    value: float
    statement: str
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "maximum likelihood"

    @property
    def overall(self) -> pd.Series[Any]:
        """The row of all specifications."""
        return self.table.iloc[0]

    @property
    def by(self) -> Mapping[str, pd.DataFrame]:
        """A table for each dimension that varies, a row a choice."""
        names = dict.fromkeys(self.table.index.get_level_values("dimension"))
        return MappingProxyType(
            {name: self.table.loc[name].rename_axis(name) for name in names if name != ALL}
        )

    def of(self, dimension: str) -> pd.DataFrame:
        """Return the table of one dimension.

        Raises
        ------
        UnknownNameError
            If the dimension does not vary over the curve.
        """
        if dimension not in self.by:
            raise unknown_name("dimension", dimension, self.by)
        return self.by[dimension]

    def tidy(self) -> pd.DataFrame:
        """Return a row a count: ``dimension choice class count of share``."""
        rows = [
            (dimension, choice, name, count, of, _ratio(count, of))
            for (dimension, choice), of, *counts in zip(
                self.table.index,
                *(self.table[c].tolist() for c in ("estimated", *COUNTED)),
                strict=True,
            )
            for name, count in zip(COUNTED, counts, strict=True)
        ]
        return pd.DataFrame(rows, columns=["dimension", "choice", "class", "count", "of", "share"])

    def glance(self) -> pd.DataFrame:
        """Return the row of all specifications as a table."""
        return self.table.loc[[(ALL, ALL)]].reset_index(drop=True)

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: the counts by choice."""
        return {"": self.table}

    def plot(self, *, title: str | None = None) -> Any:
        """Draw the shares of verdicts, a bar a choice."""
        return display.picture("curve shares", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        whole = ("All specifications", self.table.loc[[(ALL, ALL)]].droplevel(0))
        parts = [(caption, _with_denominators(table).T) for caption, table in (whole,)]
        for name, table in self.by.items():
            parts.append((f"By {name}", _with_denominators(table)[list(SHOWN)]))
        return parts

    def _heading(self) -> str:
        return f"Shares of the specifications: {self.statement}"

    def __str__(self) -> str:
        return display.text(self._heading(), self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._parts(), self.notes)


def shares_of(curve: SpecificationCurve) -> Shares:
    """Count signs, significance and verdicts of a curve, overall and by each choice.

    Parameters
    ----------
    curve : SpecificationCurve

    Returns
    -------
    Shares
        Specifications that do not apply or failed are counted beside, never in a denominator.

    Raises
    ------
    ValuesError
        If no specification could be estimated.

    Notes
    -----
    Shares describe the grid that was chosen. Specifications share data and are far from
    independent: a share of 0.9 is no probability, and a test of the whole curve is another
    question (Simonsohn, Simmons and Nelson 2020, Nature Human Behaviour 4, 1208-1214, step 3).

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.hypotheses.curve.engine import specification_curve
    >>> from workbench.hypotheses.statements.hypothesis import Hypothesis
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> curve = specification_curve(
    ...     Hypothesis("Capital next door matters", "indirect(log(pc)) > 0"),
    ...     y,
    ...     formulas=["log(gsp) ~ log(pc)", "log(gsp) ~ log(pc) + log(emp)"],
    ...     weights=W,
    ...     models=["slx", "sdm"],
    ... )
    >>> shares_of(curve).of("model")["estimated"].to_dict()
    {'slx': 2, 'sdm': 2}
    """
    check_curve(curve)
    table = curve.table.sort_index()
    value = benchmark(curve)
    used = estimated(curve)
    rows = {(ALL, ALL): _row(curve, table)}
    for dimension in dimensions_of(curve):
        for label in dict.fromkeys(table[dimension]):
            rows[dimension, str(label)] = _row(curve, table[table[dimension] == label])
    frame = pd.DataFrame(list(rows.values()))
    frame.index = pd.MultiIndex.from_tuples(list(rows), names=["dimension", "choice"])
    return Shares(
        table=frame,
        value=value,
        statement=str(curve.hypothesis.statement),
        notes=_notes(used, value, frame.iloc[0]),
        provenance=curve.provenance,
    )


def _row(curve: SpecificationCurve, table: pd.DataFrame) -> dict[str, int | float]:
    value = benchmark(curve)
    status = table["status"]
    used = table[status == ESTIMATED]
    estimate = numbers(used, "estimate")
    above, below = beyond(curve, used)
    verdict = used["verdict"]
    row: dict[str, int | float] = {
        "specifications": len(table),
        "estimated": len(used),
        "not_applicable": int((status == NOT_APPLICABLE).sum()),
        "failed": int((status == FAILED).sum()),
        "positive": int((estimate > value).sum()),
        "positive_significant": int(above.sum()),
        "negative": int((estimate < value).sum()),
        "negative_significant": int(below.sum()),
        "supported": int((verdict == "supported").sum()),
        "contradicted": int((verdict == "contradicted").sum()),
        "cannot_tell": int((verdict == "cannot tell").sum()),
        "estimates": distinct(estimate),
    }
    points = np.quantile(estimate, [0.5, 0.25, 0.75, 0.0, 1.0]) if len(used) else [np.nan] * 5
    return row | dict(zip(SUMMARIES[1:], map(float, points), strict=True))


def _notes(used: pd.DataFrame, value: float, overall: pd.Series[Any]) -> tuple[str, ...]:
    bare = int(np.isnan(numbers(used, "std_error")).sum())
    equal = int((numbers(used, "estimate") == value).sum())
    count, specs = int(overall["estimates"]), int(overall["estimated"])
    many = "several covariances share an estimate, and medians and quartiles count it once for each"
    return tuple(
        note
        for note in (
            f"Positive means above {number(value)}, negative below it." if value else "",
            f"{specs} estimated specifications hold {count} distinct estimates: {many}."
            if count < specs
            else "",
            f"{bare} estimates have no standard error and count as not significant."
            if bare
            else "",
            f"{equal} estimates equal {number(value)} and have no sign." if equal else "",
            "Shares describe the chosen grid of specifications; they are no probabilities.",
        )
        if note
    )


def _with_denominators(table: pd.DataFrame) -> pd.DataFrame:
    """Write each count as ``12 of 40 (30 %)``."""
    shown = table.astype(object).copy()
    for name in COUNTED:
        shown[name] = [
            f"{count} of {of} ({_ratio(count, of):.0%})" if of else "0 of 0"
            for count, of in zip(table[name], table["estimated"], strict=True)
        ]
    return shown


def _ratio(count: float, of: float) -> float:
    return float(count) / float(of) if of else float("nan")
