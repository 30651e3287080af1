"""Effects of regions and periods taken out of the data, and what they leave nothing of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from workbench.core.expressions import label
from workbench.errors import CollinearityError, FormulaError, PanelError, ValuesError, listing
from workbench.regression.design import INTERCEPT, Design, check_estimable, read_only
from workbench.typing import Effects, FloatArray, IntArray

FIXED: frozenset[str] = frozenset({"entity", "time", "two-way"})
BY_ENTITY: frozenset[str] = frozenset({"entity", "two-way"})
BY_TIME: frozenset[str] = frozenset({"time", "two-way"})
RANDOM: frozenset[str] = frozenset({"random", "random-time", "random-two-way"})

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "none": "pooled",
        "entity": "fixed effects of regions",
        "time": "fixed effects of periods",
        "two-way": "fixed effects of regions and periods",
        "random": "random effects of regions",
        "random-time": "random effects of periods",
        "random-two-way": "random effects of regions and periods",
        "between": "between regions, means over time",
        "first-difference": "first differences",
        "fama-macbeth": "means of regressions a period (Fama and MacBeth)",
    }
)
OF_REGION, OF_PERIOD = "constant over time in every region", "the same in all regions"
ABSORBED_TOLERANCE = 1e-9
# Share of a column's length that must remain once the effects are out: demeaning leaves
# about 1e-15 of a column that does not vary, a column worth estimating far more.


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Which region and period each row belongs to; rows are sorted by region, then period.

    Attributes
    ----------
    region, period : ndarray of int, shape (n,)
        Codes 0 … N − 1 and 0 … T − 1.
    N, T : int
        Numbers of regions and periods.
    """

    region: IntArray
    period: IntArray
    N: int
    T: int

    @property
    def balanced(self) -> bool:
        """Whether every region has a row in every period."""
        return len(self.region) == self.N * self.T

    def count(self, effects: Effects) -> int:
        """Return the degrees of freedom that fixed effects use, the constant among them."""
        if effects not in FIXED:
            return 0
        return {"entity": self.N, "time": self.T, "two-way": self.N + self.T - 1}[effects]


def group_means(columns: FloatArray, codes: IntArray, groups: int) -> FloatArray:
    """Return the mean of each column in each group, shape (groups, k)."""
    sums = np.zeros((groups, columns.shape[1]))
    np.add.at(sums, codes, columns)
    return np.asarray(sums / np.bincount(codes, minlength=groups)[:, None])


def without_effects(columns: FloatArray, cells: Cells, effects: Effects) -> FloatArray:
    """Take fixed effects out of columns, shape (n, k): the residual on the effects' dummies.

    Two-way effects: the residual, within regions, on the demeaned dummies of the periods, which
    is exact for unbalanced panels too (Baltagi 2021, section 9.4).
    """
    if effects not in FIXED:
        return columns
    if cells.balanced:
        return _without_balanced(columns, cells, effects)
    if effects == "time":
        return columns - group_means(columns, cells.period, cells.T)[cells.period]
    within = columns - group_means(columns, cells.region, cells.N)[cells.region]
    if effects == "entity":
        return within
    dummies = np.eye(cells.T)[cells.period]
    dummies -= group_means(dummies, cells.region, cells.N)[cells.region]
    return np.asarray(within - dummies @ np.linalg.lstsq(dummies, within, rcond=None)[0])


def _without_balanced(columns: FloatArray, cells: Cells, effects: Effects) -> FloatArray:
    """Take effects out of a balanced panel, whose rows are a table of regions by periods."""
    cube = columns.reshape(cells.N, cells.T, -1)
    if effects in BY_ENTITY:
        cube = cube - cube.mean(axis=1, keepdims=True)
    if effects in BY_TIME:
        cube = cube - cube.mean(axis=0, keepdims=True)
    return np.asarray(cube.reshape(columns.shape))


def absorbed(columns: FloatArray, cells: Cells, effects: Effects) -> IntArray:
    """Return the positions of the columns of which fixed effects leave nothing."""
    left = np.linalg.norm(without_effects(columns, cells, effects), axis=0)
    return np.flatnonzero(left <= ABSORBED_TOLERANCE * np.linalg.norm(columns, axis=0))


def estimable_design(design: Design, cells: Cells, effects: Effects) -> Design:
    """Return the design with what `effects` can estimate, or say by name what they cannot.

    The intercept is left out under fixed effects, which contain it.

    Raises
    ------
    CollinearityError
        If effects absorb a regressor, or regressors are linear combinations of each other once
        the effects are out.
    PanelError
        If no degree of freedom is left.
    """
    if effects not in FIXED:
        return check_estimable(design)
    design = without_intercept(design)
    _refuse_single_rows(design, cells, effects)
    _refuse_absorbed_outcome(design, cells, effects)
    _refuse_absorbed(design, cells, effects)
    spare = design.nobs - len(design.terms) - cells.count(effects)
    if spare <= 0:
        raise PanelError(
            "effects",
            expected="more observations than effects and coefficients",
            found=f"{design.nobs} observations, {cells.count(effects)} effects and "
            f"{len(design.terms)} coefficients",
            remedy="take fewer effects or terms, or more periods",
        )
    try:
        check_estimable(replace(design, X=read_only(without_effects(design.X, cells, effects))))
    except CollinearityError as error:
        raise CollinearityError(
            "formula",
            expected=f"{error.expected}, once {TITLES[effects]} are taken out",
            found=error.found,
            offenders=error.offenders,
            why=error.why,
            remedy=error.remedy,
        ) from None
    return design


def without_intercept(design: Design) -> Design:
    """Return the design without the column of ones."""
    kept = [position for position, term in enumerate(design.terms) if term != INTERCEPT]
    if not kept:
        raise FormulaError(
            "formula",
            expected="a regressor besides the intercept, which the effects contain",
            found=repr(design.formula),
            remedy='name one, or effects="none"',
        )
    terms = tuple(design.terms[position] for position in kept)
    return replace(design, terms=terms, X=read_only(design.X[:, kept]))


def _refuse_single_rows(design: Design, cells: Cells, effects: Effects) -> None:
    """Refuse effects each of which has one row only: they leave nothing."""
    found = {
        "a second period in some region": effects in BY_ENTITY
        and bool(np.bincount(cells.region).max() < 2),
        "a second region in some period": effects in BY_TIME
        and bool(np.bincount(cells.period).max() < 2),
    }
    for what, lacks in found.items():
        if lacks:
            raise PanelError(
                "data",
                expected=f"{what}, with {TITLES[effects]}",
                found=f"{design.nobs} rows of {cells.N} regions in {cells.T} periods",
                why="an effect of its own takes up every row whole",
                remedy='effects="none"; one cross-section is panel.xs(2014, level=1)',
            )


def _refuse_absorbed_outcome(design: Design, cells: Cells, effects: Effects) -> None:
    if len(absorbed(design.y[:, None], cells, effects)):
        raise ValuesError(
            design.outcome,
            expected=f"an outcome that varies beyond {TITLES[effects]}",
            found="one that the effects determine exactly",
            why="nothing is left to explain",
            remedy='choose other effects, e.g. effects="none"',
        )


def _refuse_absorbed(design: Design, cells: Cells, effects: Effects) -> None:
    positions = absorbed(design.X, cells, effects)
    if not len(positions):
        return
    kinds: dict[str, list[str]] = {}
    for position in positions:
        kind = _constancy(design.X[:, [position]], cells)
        kinds.setdefault(kind, []).append(design.terms[position])
    terms = [design.terms[position] for position in positions]
    raise CollinearityError(
        "formula",
        expected=f"regressors that vary beyond {TITLES[effects]}",
        found="; ".join(f"{listing(names)}: {kind}" for kind, names in kinds.items()),
        offenders=terms,
        why=f'effects="{effects}" absorbs them: effect and coefficient cannot be told apart',
        remedy=_estimable_by(effects, set(kinds)),
    )


def _estimable_by(effects: Effects, kinds: set[str]) -> str:
    """Say which other effects leave the variation that these take up."""
    if kinds == {OF_REGION}:
        leaves = 'effects="time"' if effects == "two-way" else 'effects="none"'
        return f'leave them out; effects="random" or {leaves} estimates them'
    if kinds == {OF_PERIOD}:
        return 'leave them out; effects="entity" estimates them'
    return "leave them out"


def _constancy(column: FloatArray, cells: Cells) -> str:
    if len(absorbed(column, cells, "entity")):
        return OF_REGION
    if len(absorbed(column, cells, "time")):
        return OF_PERIOD
    return "a part of the region plus a part of the period"


def units_of(design: Design) -> FloatArray:
    """Return a power of two near the length of each column, shape (k,).

    Columns over these have ranks that do not depend on units, to the last bit.
    """
    lengths = np.linalg.norm(design.X, axis=0)
    return np.asarray(np.exp2(np.round(np.log2(np.where(lengths > 0, lengths, 1.0)))))


def refuse_short_periods(design: Design, cells: Cells) -> None:
    """Refuse periods that have no regression of their own, for the mean of regressions a period."""
    k = len(design.terms)
    periods = design.index.get_level_values(1)
    by_period = [np.flatnonzero(cells.period == t) for t in range(cells.T)]
    few = [rows for rows in by_period if len(rows) < k]
    if few:
        raise PanelError(
            "effects",
            expected="at least as many regions as coefficients in every period",
            found=f"{min(map(len, few))} regions for {k} coefficients in {len(few)} periods",
            offenders=[label(periods[rows[0]]) for rows in few],
            why="the mean would be over fewer periods than the data have",
            remedy='take fewer terms, or effects="time"',
        )
    scaled = design.X / units_of(design)
    flat = [rows for rows in by_period if np.linalg.matrix_rank(scaled[rows]) < k]
    if flat:
        raise CollinearityError(
            "formula",
            expected="regressors that are not linear combinations of each other in any period",
            found=f"{len(flat)} of {cells.T} periods in which they are",
            offenders=[label(periods[rows[0]]) for rows in flat],
            why="these periods have no regression, and the mean would be over the others alone",
            remedy="leave out terms that all regions share or that repeat others in a period"
            + (", or leave these periods out" if len(flat) < cells.T else ""),
        )
