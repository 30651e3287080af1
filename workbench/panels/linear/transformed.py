"""The least squares that each panel estimator amounts to: data once effects are taken out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.errors import CollinearityError, PanelError, ValuesError
from workbench.numerics.panels.absorption import rank_of_factors, without_factors
from workbench.numerics.panels.error_components import (
    Components,
    Over,
    quasi_demeaned,
    variance_components,
)
from workbench.panels.effects import (
    BY_ENTITY,
    BY_TIME,
    FIXED,
    TITLES,
    Cells,
    group_means,
    without_effects,
    without_intercept,
)
from workbench.panels.linear.basis import Basis
from workbench.regression.design import INTERCEPT, Design, check_estimable, read_only
from workbench.typing import Effects, FloatArray, IntArray

OVER: dict[str, Over] = {"random": "region", "random-time": "period", "random-two-way": "both"}
ABSORBED_TOLERANCE = 1e-9
# As in effects.py: what a transformation leaves of a column that it absorbs is rounding.


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Outcome, regressors and instruments once a transformation has removed the effects.

    Attributes
    ----------
    design : Design
        Transformed; its index has the rows that are left: regions for ``between``.
    instruments : ndarray, shape (m, q)
        Outside instruments, transformed alike.
    region, period : ndarray of int, shape (m,)
        Codes of each row; of a change from one period to the next, those of the later one.
    absorbed : int
        Degrees of freedom that fixed effects took.
    factors : tuple of ndarray of int, shape (m,)
        Codes of these effects.
    levels : Design
        What the result shows: the design in levels with the terms that are estimated.
    components : Components or None
        Variances of random effects.
    """

    design: Design
    instruments: FloatArray
    region: IntArray
    period: IntArray
    absorbed: int
    factors: tuple[IntArray, ...]
    levels: Design
    components: Components | None = None

    @property
    def spare(self) -> int:
        """Residual degrees of freedom."""
        return self.design.nobs - len(self.design.terms) - self.absorbed


def problem_of(basis: Basis, components: Components | None = None) -> Problem:
    """Transform a basis as its effects ask for.

    Parameters
    ----------
    basis : Basis
    components : Components, optional
        Variances of random effects, where another estimator found them.

    Raises
    ------
    PanelError
        If the panel is too short, or not balanced where it has to be.
    CollinearityError
        If the transformation leaves nothing of a regressor, or regressors are combinations of each
        other once it is made.
    """
    effects, cells = basis.specification.effects, basis.sample.cells
    design = basis.design
    if effects in FIXED or basis.absorbed:
        return _fixed(basis, without_intercept(design))
    if effects == "between":
        return _between(basis)
    if effects == "first-difference":
        return _differenced(basis)
    if effects in OVER:
        return _random(basis, components)
    check_estimable(design)
    return Problem(design, basis.instruments, cells.region, cells.period, 0, (), design)


def _fixed(basis: Basis, levels: Design) -> Problem:
    effects, cells = basis.specification.effects, basis.sample.cells
    factors = (
        *((cells.region,) if effects in BY_ENTITY else ()),
        *((cells.period,) if effects in BY_TIME else ()),
        *basis.absorbed,
    )

    def take(columns: FloatArray) -> FloatArray:
        if basis.absorbed:
            return without_factors(columns, factors)
        return without_effects(columns, cells, effects)

    title = " and ".join(
        [TITLES[effects]] * (effects != "none") + list(basis.specification.absorb)
    ).replace("regions and periods and", "regions, periods and")
    design, instruments = _applied(basis, levels, take, title)
    absorbed = rank_of_factors(factors) if basis.absorbed else cells.count(effects)
    problem = Problem(design, instruments, cells.region, cells.period, absorbed, factors, levels)
    return _enough(problem)


def _between(basis: Basis) -> Problem:
    cells, levels = basis.sample.cells, basis.design

    def take(columns: FloatArray) -> FloatArray:
        return group_means(columns, cells.region, cells.N)

    index = pd.Index(basis.sample.panel.regions, name=basis.design.index.names[0])
    design, instruments = _applied(basis, levels, take, TITLES["between"], index=index)
    region = np.arange(cells.N, dtype=np.int64)
    return _enough(
        Problem(design, instruments, region, np.zeros_like(region), 0, (), _shown(design))
    )


def _differenced(basis: Basis) -> Problem:
    cells, levels = basis.sample.cells, basis.design
    later = np.flatnonzero(
        (np.diff(cells.region, prepend=-1) == 0) & (np.diff(cells.period, prepend=-2) == 1)
    )
    if not len(later):
        raise PanelError(
            "effects",
            expected="regions with rows in two periods that follow each other",
            found="none",
            why="there is no change to explain",
            remedy='effects="none"',
        )

    def take(columns: FloatArray) -> FloatArray:
        return columns[later] - columns[later - 1]

    # The constant stays: it is the average change, a trend in levels.
    constant = INTERCEPT in levels.terms
    slopes = without_intercept(levels)
    design, instruments = _applied(
        basis, slopes, take, TITLES["first-difference"], index=levels.index[later]
    )
    if constant:
        X = np.column_stack([np.ones(design.nobs), design.X])
        design = check_estimable(replace(design, terms=(INTERCEPT, *design.terms), X=read_only(X)))
    region, period = cells.region[later], cells.period[later]
    return _enough(Problem(design, instruments, region, period, 0, (), _shown(design)))


def _random(basis: Basis, components: Components | None) -> Problem:
    cells, design = basis.sample.cells, check_estimable(basis.design)
    if components is None:
        components = estimated_components(basis)
    if cells.balanced:
        shape, found = (cells.N, cells.T), components

        def take(columns: FloatArray) -> FloatArray:
            return quasi_demeaned(columns, found, shape=shape)

    else:
        counts = np.bincount(cells.region, minlength=cells.N)
        ratio = components.own / (components.own + counts * components.region)
        share = (1.0 - np.sqrt(ratio))[cells.region, None]

        def take(columns: FloatArray) -> FloatArray:
            return np.asarray(
                columns - share * group_means(columns, cells.region, cells.N)[cells.region]
            )

    moved = replace(design, y=read_only(take(design.y[:, None])[:, 0]), X=read_only(take(design.X)))
    none = np.empty((design.nobs, 0))
    return Problem(moved, none, cells.region, cells.period, 0, (), design, components)


def estimated_components(basis: Basis) -> Components:
    """Estimate the variances of random effects; refuse what these estimators do not have."""
    specification, cells = basis.specification, basis.sample.cells
    if not cells.balanced:
        raise PanelError(
            "effects",
            expected="a balanced panel for these random effects",
            found=f"{len(cells.region)} of {cells.N * cells.T} cells",
            why="variances of both kinds of effects have no closed form with gaps",
            remedy='effects="random" with random_method="swar", or missing="drop-regions"',
        )
    if cells.T < 2 or cells.N < 2:
        raise PanelError(
            "effects",
            expected="two regions and two periods, for random effects",
            found=f"{cells.N} and {cells.T}",
            remedy='take more periods, or effects="none"',
        )
    return variance_components(
        basis.design.y,
        basis.design.X,
        shape=(cells.N, cells.T),
        method=specification.random_method,
        over=OVER[specification.effects],
    )


def _applied(
    basis: Basis,
    levels: Design,
    take: Callable[[FloatArray], FloatArray],
    title: str,
    *,
    index: pd.Index | None = None,
) -> tuple[Design, FloatArray]:
    """Transform all columns, and refuse what nothing is left of."""
    y, X = take(levels.y[:, None])[:, 0], take(levels.X)
    scale = float(np.linalg.norm(levels.y))
    if np.linalg.norm(y - (0.0 if index is None else y.mean())) <= ABSORBED_TOLERANCE * scale:
        raise ValuesError(
            levels.outcome,
            expected=f"an outcome that varies: {title}",
            found="one of which nothing is left",
            why="nothing is left to explain",
            remedy='choose other effects, e.g. effects="none"',
        )
    _refuse_gone("formula", X, levels.X, levels.terms, title)
    variables = levels.variables if index is None else None
    design = replace(
        levels,
        y=read_only(y),
        X=read_only(X),
        index=levels.index if index is None else index,
        variables=variables,
    )
    try:
        check_estimable(design)
    except CollinearityError as error:
        raise CollinearityError(
            "formula",
            expected=f"{error.expected}, once the data are those of: {title}",
            found=error.found,
            offenders=error.offenders,
            why=error.why,
            remedy=error.remedy,
        ) from None
    if not basis.instrument_names:
        return design, np.empty((len(y), 0))
    moved = take(basis.instruments)
    _refuse_gone("instruments", moved, basis.instruments, basis.instrument_names, title)
    return design, moved


def _refuse_gone(
    argument: str, moved: FloatArray, levels: FloatArray, names: tuple[str, ...], title: str
) -> None:
    left = np.linalg.norm(moved, axis=0) <= ABSORBED_TOLERANCE * np.linalg.norm(levels, axis=0)
    gone = [name for name, empty in zip(names, left, strict=True) if empty]
    if gone:
        raise CollinearityError(
            argument,
            expected=f"variables that vary: {title}",
            found=f"{len(gone)} of which nothing is left",
            offenders=gone,
            why="what they do cannot be told from the effects",
            remedy="leave them out, or take other effects",
        )


def _shown(design: Design) -> Design:
    """Return the design without the variables of levels, which are other rows."""
    return replace(design, variables=None)


def _enough(problem: Problem) -> Problem:
    if problem.spare <= 0:
        raise PanelError(
            "effects",
            expected="more observations than effects and coefficients",
            found=f"{problem.design.nobs} observations, {problem.absorbed} effects and "
            f"{len(problem.design.terms)} coefficients",
            remedy="take fewer effects or terms, or more periods",
        )
    return problem


def cells_of(problem: Problem, cells: Cells) -> Cells:
    """Return region and period of the rows of a problem, as codes without gaps."""
    if len(problem.region) == len(cells.region):
        return cells
    regions, region = np.unique(problem.region, return_inverse=True)
    periods, period = np.unique(problem.period, return_inverse=True)
    return Cells(region.astype(np.int64), period.astype(np.int64), len(regions), len(periods))


def effects_of(effects: Effects, cells: Cells) -> int:
    """Return how many variances or effects AIC counts besides coefficients and one variance."""
    if effects in OVER:
        return 2 if effects == "random-two-way" else 1
    return cells.count(effects)
