"""Which choices the estimates of a curve differ by: their variance, split between dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.display import number
from workbench.core.provenance import Provenance
from workbench.errors import InputError, ValuesError, check_option
from workbench.hypotheses.curve.rows import SAME, check_curve, dimensions_of, estimated, numbers
from workbench.numerics.regression.attribution import (
    attributed,
    crossed,
    dummies,
    r_squared,
    rank,
)
from workbench.typing import Attributable, FloatArray, IntArray, Tolerance

if TYPE_CHECKING:
    from workbench.hypotheses.curve.result import SpecificationCurve

INTERACTIONS, RESIDUAL = "interactions of two", "rest"
"""Rows beside the dimensions: what pairs of choices add, and what is left."""

COVARIANCE = "covariance"

READ = (
    "Shares of the variance over the chosen grid, not importance in nature: a dimension with more, "
    "or more extreme, choices takes a larger share."
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Attribution:
    """The variance of a curve's estimates, and of their statistics, by choice.

    Attributes
    ----------
    table : pandas.DataFrame
        Index (quantity, dimension), quantity ``estimate`` or ``statistic``; after the dimensions
        the rows ``interactions of two`` and ``rest``. Columns: ``choices`` (how many of them
        have estimates), ``variance_share`` (Shapley value; all rows of a quantity add up to 1),
        ``alone`` (R² of the dimension by itself) and ``last`` (what it adds to the others). In a
        balanced grid the three are equal.
    pairs : pandas.DataFrame
        Index (quantity, dimension, with_dimension): ``variance_share`` that the interaction of
        the two adds to the main effects of all. In a balanced grid they add up to the row of
        interactions.
    medians : pandas.DataFrame
        Index (quantity, dimension, choice): ``median count``.
    statement : str
        The hypothesis.
    notes : tuple of str
        Aliased dimensions, unbalanced grids, what was left out.
    provenance : Provenance
    """

    table: pd.DataFrame
    pairs: pd.DataFrame
    medians: pd.DataFrame
    statement: str
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "maximum likelihood"

    def of(self, quantity: Attributable = "estimate") -> pd.DataFrame:
        """Return the rows of one quantity, the largest share first, the rest last."""
        check_option("quantity", quantity, Attributable)
        part = self.table[self.table.index.get_level_values("quantity") == quantity].droplevel(0)
        main = part.drop(index=[INTERACTIONS, RESIDUAL], errors="ignore")
        main = main.sort_values("variance_share", ascending=False, kind="stable")
        return pd.concat([main, part.loc[[n for n in part.index if n not in main.index]]])

    def tidy(self) -> pd.DataFrame:
        """Return a row a quantity and dimension."""
        return self.table.reset_index()

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: a row a choice."""
        return {"": self.table}

    def plot(self, *, title: str | None = None) -> Any:
        """Draw the shares, a bar a dimension, estimates beside statistics."""
        return display.picture("curve attribution", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        quantities = dict.fromkeys(self.table.index.get_level_values("quantity"))
        return [(f"Variance of the {quantity}", self.of(quantity)) for quantity in quantities]

    def _heading(self) -> str:
        return f"Which choices the estimates differ by: {self.statement}"

    def __str__(self) -> str:
        return display.text(self._heading(), self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._parts(), self.notes)


def attribution_of(
    curve: SpecificationCurve, *, of: Sequence[Attributable] = ("estimate", "statistic")
) -> Attribution:
    """Attribute the variance of a curve's estimates to the choices behind them.

    Parameters
    ----------
    curve : SpecificationCurve
        With two dimensions or more that vary.
    of : sequence of {"estimate", "statistic"}
        What varies. Covariances change statistics only.

    Returns
    -------
    Attribution

    Raises
    ------
    OptionError
        If a quantity is unknown.
    InputError
        If nothing varies over the curve.
    ValuesError
        If fewer than two specifications have the quantity, or all are equal.

    Notes
    -----
    The quantity is regressed on indicators of the choices. Shares are Shapley values of R² (the
    "LMG" of Lindeman, Merenda and Gold 1980): the mean over all orders of the dimensions of what
    each adds. They need no balanced grid; where one dimension determines another in part (a W
    only for some models), what cannot be told apart is shared equally, and a note says so.
    Interactions of two come after all main effects; the rest is what they leave.

    References
    ----------
    Grömping, U. (2007). Estimators of relative importance in linear regression based on variance
    decomposition. The American Statistician 61(2), 139-147.

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
    >>> found = attribution_of(curve).of("estimate")
    >>> found.index.tolist(), round(float(found["variance_share"].sum()), 6)
    (['formula', 'model', 'interactions of two', 'rest'], 1.0)
    """
    check_curve(curve)
    for quantity in of:
        check_option("of", quantity, Attributable)
    dimensions = dimensions_of(curve)
    if not dimensions:
        raise InputError(
            "curve",
            expected="at least one dimension with two choices",
            found="one specification",
            remedy="give more formulas=, weights=, models= ... to specification_curve",
        )
    used = estimated(curve)
    parts = [_Part.of(used, dimensions, quantity) for quantity in dict.fromkeys(of)]
    return Attribution(
        table=pd.concat([part.table() for part in parts]),
        pairs=pd.concat([part.pairs() for part in parts]),
        medians=pd.concat([part.medians() for part in parts]),
        statement=str(curve.hypothesis.statement),
        notes=_notes(used, dimensions, parts),
        provenance=curve.provenance,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One quantity, its rows, and the codes of the choices, shape (dimensions, rows)."""

    quantity: str
    rows: pd.DataFrame
    dimensions: tuple[str, ...]
    y: FloatArray
    codes: IntArray
    left_out: int

    @property
    def inert(self) -> bool:
        """Whether covariances were left out, as they do not change estimates."""
        return COVARIANCE not in self.dimensions

    @classmethod
    def of(cls, used: pd.DataFrame, dimensions: tuple[str, ...], quantity: str) -> _Part:
        if quantity == "estimate" and COVARIANCE in dimensions:
            used, dimensions = _once(used, dimensions)
        values = numbers(used, quantity)
        kept = np.isfinite(values)
        rows, y = used[kept], values[kept]
        spread = float(np.ptp(y)) if len(y) else 0.0
        if len(y) < 2 or spread <= SAME * float(np.abs(y).max()):
            raise ValuesError(
                "curve",
                expected=f"two specifications or more whose {quantity} differs",
                found=f"{len(y)} specifications, all equal" if len(y) else "none that has one",
                remedy='attribution_of(curve, of=["estimate"])' if quantity != "estimate" else "",
            )
        codes = np.array([pd.factorize(rows[name])[0] for name in dimensions])
        return cls(quantity, rows, dimensions, y - y.mean(), codes, int((~kept).sum()))

    def table(self) -> pd.DataFrame:
        sets = [dummies(c) for c in self.codes]
        found = attributed(self.y, sets)
        both = r_squared(self.y, np.hstack([*sets, *(self._pair(a, b) for a, b in self._pairs())]))
        names = [*self.dimensions]
        share, alone, last = [*found.share], [*found.alone], [*found.last]
        if self._pairs():
            names.append(INTERACTIONS)
            share.append(max(both - found.together, 0.0))
        names.append(RESIDUAL)
        share.append(max(1.0 - both, 0.0))
        counts = self.codes.max(axis=1) + 1
        more = [np.nan] * (len(names) - len(self.dimensions))
        frame = pd.DataFrame(
            {
                "choices": pd.array([*counts, *([None] * len(more))], "Int64"),
                "variance_share": share,
                "alone": [*alone, *more],
                "last": [*last, *more],
            }
        )
        frame.index = pd.MultiIndex.from_tuples(
            [(self.quantity, name) for name in names], names=["quantity", "dimension"]
        )
        return frame

    def pairs(self) -> pd.DataFrame:
        main = np.hstack([dummies(c) for c in self.codes])
        base = r_squared(self.y, main)
        rows = {
            (self.quantity, self.dimensions[a], self.dimensions[b]): max(
                r_squared(self.y, np.hstack([main, self._pair(a, b)])) - base, 0.0
            )
            for a, b in self._pairs()
        }
        names = ["quantity", "dimension", "with_dimension"]
        index = (
            pd.MultiIndex.from_tuples(list(rows), names=names)
            if rows
            else pd.MultiIndex.from_arrays([[], [], []], names=names)
        )
        return pd.DataFrame({"variance_share": list(rows.values())}, index=index)

    def medians(self) -> pd.DataFrame:
        frames = []
        for name in self.dimensions:
            grouped = self.rows.groupby(name, sort=False, observed=True)[self.quantity]
            part = pd.DataFrame({"median": grouped.median(), "count": grouped.size()})
            part.index = pd.MultiIndex.from_product(
                [[self.quantity], [name], part.index.astype(str)],
                names=["quantity", "dimension", "choice"],
            )
            frames.append(part)
        return pd.concat(frames)

    def _pairs(self) -> list[tuple[int, int]]:
        return list(combinations(range(len(self.dimensions)), 2))

    def _pair(self, a: int, b: int) -> FloatArray:
        return dummies(crossed(self.codes[a], self.codes[b]))


def _once(used: pd.DataFrame, dimensions: tuple[str, ...]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Keep each estimate once where covariances do not change it, and leave their dimension out.

    An estimate that has more covariances than another would count more, and the covariance would
    take a share that belongs to the models that have it.
    """
    others = [name for name in dimensions if name != COVARIANCE]
    if not others:
        return used, dimensions
    grouped = used.groupby(others, sort=False, observed=True)["estimate"]
    scale = float(used["estimate"].abs().max())
    if ((grouped.max() - grouped.min()) > SAME * scale).any():
        return used, dimensions
    return used.drop_duplicates(others), tuple(others)


def _notes(
    used: pd.DataFrame, dimensions: tuple[str, ...], parts: Sequence[_Part]
) -> tuple[str, ...]:
    codes = np.array([pd.factorize(used[name])[0] for name in dimensions])
    notes = [READ]
    single = [name for name, c in zip(dimensions, codes, strict=True) if c.max() == 0]
    if single:
        notes.append(f"One choice is left with estimates, so no share: {', '.join(single)}.")
    notes += _aliases(codes, dimensions)
    uneven = [part.quantity for part in parts if not _balanced(part.codes)]
    if uneven:
        notes.append(
            f"The grid of the {' and the '.join(uneven)} is not balanced (choices that exist only "
            "together, do not apply or failed): shares depend on which combinations exist; compare "
            "the columns alone and last."
        )
    for part in parts:
        if COVARIANCE in dimensions and part.inert:
            notes.append("Covariances do not change the estimates: each counts once.")
        if part.left_out:
            notes.append(
                f"{part.left_out} specifications have no {part.quantity} and are left out."
            )
    if "outcome" in dimensions:
        notes.append("Estimates of different outcomes may be in different units.")
    smallest = min(len(part.y) for part in parts)
    free = smallest - 1 - rank(np.hstack([dummies(c) for c in codes]))
    if free < 1:
        notes.append(f"{number(float(smallest))} specifications leave nothing beside main effects.")
    return tuple(notes)


def _aliases(codes: IntArray, dimensions: tuple[str, ...]) -> list[str]:
    """Name pairs of dimensions that determine each other, wholly or in part."""
    notes = []
    for a, b in combinations(range(len(dimensions)), 2):
        own = [rank(dummies(codes[d])) for d in (a, b)]
        lost = sum(own) - rank(np.hstack([dummies(codes[a]), dummies(codes[b])]))
        if lost:
            how = "wholly" if lost == min(own) else "in part"
            notes.append(
                f"{dimensions[a]} and {dimensions[b]} cannot be told apart {how} ({lost} of "
                f"{min(own)} contrasts): what they share is split equally between them."
            )
    return notes


def _balanced(codes: IntArray) -> bool:
    """Tell whether all combinations of choices occur equally often."""
    cells, counts = np.unique(codes.T, axis=0, return_counts=True)
    full = int(np.prod(codes.max(axis=1) + 1))
    return len(cells) == full and len(set(counts.tolist())) == 1
